"""The wide layout: one row a unit, the years in the column names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import reduce

import pandas as pd

from spatialccd.data.columns import Reader
from spatialccd.data.tables import Table
from spatialccd.errors import PanelError, ParameterError, listed

_YEAR = r"(?<!\d)(1[5-9]\d\d|2[01]\d\d)(?!\d)\s*年?度?"
#: What Excel leaves of a year that is typed as a date.
_REST_OF_DATE = re.compile(r"\d{1,2}[-/]\d{1,2}(?:T[\d:]+)?")
_EDGES = " _-.:：/"
_EMPTY_BRACKETS = re.compile(r"[(（\[【][)）\]】]")


def stack(reader: Reader, table: Table, unit: str, value: str | None) -> pd.DataFrame:
    """Bring one wide table to (unit, time).

    Parameters
    ----------
    reader : Reader
        Reads the cells and takes note of faults.
    table : Table
        One row a unit.
    unit : str
        The column of the unit.
    value : str or None
        What the columns of plain years hold.

    Raises
    ------
    ParameterError
        No column name holds a year, or plain years have no `value`.
    PanelError
        Two columns are for the same indicator and year.
    """
    years = {c: split_year(c, value) for c in table.cells if c != unit}
    dated = {column: found for column, found in years.items() if found is not None}
    _check_years(table, dated)
    units = reader.units(table, unit)
    reader.note_duplicates(table, units.to_frame())
    times = sorted({year for _, year in dated.values()})
    variables = dict.fromkeys(dated[c][0] if c in dated else c for c in table.cells if c != unit)
    panel = {}
    for name in variables:
        columns = {c: year for c, (indicator, year) in dated.items() if indicator == name}
        if columns:
            block = reader.values(table, name, table.cells[list(columns)])
            panel[name] = block.rename(columns=columns).reindex(columns=times).to_numpy().ravel()
        else:  # the same at all times
            fixed = reader.values(table, name, table.cells[[name]])
            panel[name] = fixed.to_numpy().ravel().repeat(len(times))
    index = pd.MultiIndex.from_product([units, times], names=["unit", "time"])
    return pd.DataFrame(panel, index=index)


def combine(panels: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put the panels of several sheets side by side.

    A column that stands in several sheets, such as the unit's name, is kept
    once; where two sheets disagree the panels do not belong together.
    """

    def join(left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
        index = left.index.union(right.index, sort=False)
        left, right = left.reindex(index), right.reindex(index)
        for name in left.columns.intersection(right.columns):
            clash = left[name].notna() & right[name].notna() & (left[name] != right[name])
            if clash.any():
                labels = [f"{u} {t}" for u, t in index[clash]]
                raise PanelError(
                    f"two sheets differ in {name!r} for {listed(labels)}; rename the column in one",
                    pd.DataFrame(list(index[clash]), columns=["unit", "time"]).assign(column=name),
                )
        return left.combine_first(right)[[*left, *right.columns.difference(left.columns)]]

    return reduce(join, panels)


def split_year(column: str, value: str | None) -> tuple[str, int] | None:
    """Part a column name into indicator and year; None where it holds no year.

    Examples
    --------
    >>> split_year("gdp_2011", None), split_year("2011年gdp", None), split_year("2011", "gdp")
    (('gdp', 2011), ('gdp', 2011), ('gdp', 2011))
    >>> split_year("gdp_1990prices_2011", None), split_year("region", None)
    (('gdp_1990prices', 2011), None)
    """
    found = list(re.finditer(_YEAR, column))
    if not found:
        return None
    # With two, such as a base year, the one at the end is the time.
    at_end = column[found[-1].end() :].strip(f"{_EDGES})）]】") == ""
    year = found[-1] if at_end else found[0]
    before, after = column[: year.start()].rstrip(_EDGES), column[year.end() :].lstrip(_EDGES)
    gap = "" if after[:1] in ("", ")", "）", "]", "】") else " "
    name = _EMPTY_BRACKETS.sub("", f"{before}{gap}{after}").strip(_EDGES)
    plain = name == "" or _REST_OF_DATE.fullmatch(name) is not None
    plain = plain or (value is not None and name in ("X", "y", "Y", "yr", "year"))
    return (value or "" if plain else name, int(year[1]))


def _check_years(table: Table, dated: dict[str, tuple[str, int]]) -> None:
    if not dated:
        raise ParameterError(
            f"{table.source} has no years in its column names ({listed(table.cells)}); "
            "layout='wide' wants names such as gdp_2011 or 2011"
        )
    nameless = [column for column, (indicator, _) in dated.items() if not indicator]
    if nameless:
        raise ParameterError(
            f"{table.source} has columns of plain years ({listed(nameless)}); "
            "say what they hold with value="
        )
    taken: dict[tuple[str, int], str] = {}
    for column, found in dated.items():
        if found in taken:
            raise PanelError(
                f"{table.source} has two columns for {found[0]!r} in {found[1]}: "
                f"{taken[found]!r} and {column!r}; rename or delete one",
                pd.DataFrame({"column": [taken[found], column]}),
            )
        taken[found] = column
    both = [name for name, _ in taken if name in table.cells and name not in dated]
    if both:
        raise PanelError(
            f"{table.source} has {listed(dict.fromkeys(both))} with and without a year; "
            "rename one of the columns",
            pd.DataFrame({"column": list(dict.fromkeys(both))}),
        )
