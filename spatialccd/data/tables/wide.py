"""The wide layouts: the times, or the units, in the column names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

import pandas as pd

from spatialccd.data.cells import to_codes
from spatialccd.data.tables.columns import Reader
from spatialccd.data.tables.faults import Kind
from spatialccd.data.tables.grid import Table
from spatialccd.data.tables.headers import Split, is_rest_of_time, split_names
from spatialccd.errors import PanelError, ParameterError, listed

#: What stands before a plain year where a program wants names to begin with a letter.
_PREFIXES = ("x", "y", "yr", "year")
_NAMES = Kind(
    "column name with a number that is taken for a name, not for a time",
    "column names with numbers that are taken for names, not for times",
    "by its place and its company it is no time (a price base, a size); its figures count for "
    "every time",
)
_UNITS_DIFFER = Kind(
    "unit of measurement differs from another of the same indicator",
    "units of measurement of one indicator differ",
    "bring its figures to one unit",
)
_LONE = Kind(
    "column name has a time that stands in no other column",
    "column names have times that stand in no other column",
    "rename them if it is no time",
)


def stack(
    reader: Reader, table: Table, unit: Sequence[str], value: str | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Bring a table with one row a unit and its times in the header to (unit, time).

    Parameters
    ----------
    reader : Reader
        Reads the cells and takes note of faults.
    table : Table
        One row a unit.
    unit : sequence of str
        The columns of the unit.
    value : str or None
        What the columns of plain times hold.

    Returns
    -------
    DataFrame, DataFrame
        The panel, and its flags.

    Raises
    ------
    ParameterError
        No column name holds a time, plain times have no `value`, or a `value`
        has no plain times.
    PanelError
        Two columns are for the same indicator and time.
    """
    others = [column for column in table.cells if column not in unit]
    split = split_names(others)
    timed = _timed(reader, table, split, value)
    _note_measures(reader, table, timed)
    units = reader.units(table, unit)
    reader.note_duplicates(table, units.to_frame(), unit)
    times = sorted({time for _, time in timed.values()})
    panel = {}
    if len(unit) > 1:  # the parts of a label stay, for a join that asks for the parent
        panel = {c: table.cells[c].to_numpy().repeat(len(times)) for c in unit}
    for name in dict.fromkeys(timed[c][0] if c in timed else c for c in others):
        columns = {c: time for c, (indicator, time) in timed.items() if indicator == name}
        if columns:
            block = reader.values(table, name, table.cells[list(columns)])
            panel[name] = block.rename(columns=columns).reindex(columns=times).to_numpy().ravel()
        else:  # the same at all times
            fixed = reader.values(table, name, table.cells[[name]])
            panel[name] = fixed.to_numpy().ravel().repeat(len(times))
    index = pd.MultiIndex.from_product([units, times], names=["unit", "time"])
    flags = reader.take_flags(units, {column: time for column, (_, time) in timed.items()})
    return pd.DataFrame(panel, index=index), flags


def unstack(
    reader: Reader, table: Table, time: str, value: str | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Bring a table with one row a time and its units in the header to (unit, time)."""
    if value is None:
        raise ParameterError(
            f"{table.source} has its units in the column names: say with value= what it holds"
        )
    times = reader.times(table, time)
    twice = times[times.duplicated(keep=False) & times.notna()]
    if len(twice):
        kind = Kind("time stands more than once", "times stand more than once", "keep one row")
        cases = pd.DataFrame({"row": twice.index, "column": time, "value": twice.astype(str)})
        reader.faults.add(kind, table, cases)
    block = table.cells.drop(columns=time)
    values = reader.values(table, value, block)
    units = to_codes(pd.Series(block.columns, dtype="str"))
    index = pd.MultiIndex.from_product([units, times], names=["unit", "time"])
    panel = pd.DataFrame({value: values.to_numpy().ravel(order="F")}, index=index)
    flags = pd.concat(reader.flags, ignore_index=True) if reader.flags else pd.DataFrame()
    reader.flags.clear()
    if len(flags):
        when = times.reindex(flags["row"]).to_numpy()
        flags = pd.DataFrame(
            {"unit": flags["column"], "time": when, "column": value, "flag": flags["flag"]}
        )
    return panel, flags


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


def _timed(
    reader: Reader, table: Table, split: Split, value: str | None
) -> Mapping[str, tuple[str, Any]]:
    """Give the indicator and the time of every column whose name holds a time."""
    if not split.timed:
        also = f" ({listed(split.names)} were taken for names)" if split.names else ""
        raise ParameterError(
            f"{table.source} has no years in its column names ({listed(table.cells)}){also}; "
            "layout='wide' wants names such as gdp_2011, 2011, gdp 2011-12 or 2011Q1"
        )
    names = {column: one.indicator for column, one in split.timed.items()}
    _check_partial(table, names)
    if value is not None:
        plain = {c for c, name in names.items() if name == "" or name.lower() in _PREFIXES}
        names |= dict.fromkeys(plain, value)
        if not plain:
            raise ParameterError(
                f"value={value!r} names what columns of plain years hold, but {table.source} has "
                f"none: its columns name their indicators ({listed(dict.fromkeys(names.values()))})"
                "; leave value= out"
            )
    _check_names(table, names)
    tokens = pd.Series({column: one.time for column, one in split.timed.items()}, dtype="str")
    read = reader.settle_times(table, tokens)
    times = {c: int(t) if isinstance(t, int) else t for c, t in read.dropna().items()}
    found = {column: (name, times[column]) for column, name in names.items() if column in times}
    for kind, columns in ((_NAMES, split.names), (_LONE, split.lone)):
        if columns:
            reader.faults.doubt(kind, table, pd.DataFrame({"column": columns}), columns)
    if len(found) < len(names):
        reader.faults.check()
    _check_times(table, found)
    return found


def _note_measures(reader: Reader, table: Table, timed: Mapping[str, tuple[str, Any]]) -> None:
    """Give each indicator the unit that stands under its columns; it must be one."""
    under: dict[str, dict[str, str]] = {}
    for column, (indicator, _) in timed.items():
        if column in table.units:
            under.setdefault(indicator, {})[table.units[column]] = column
    for indicator, units in under.items():
        if len(units) == 1:
            reader.measured[indicator] = next(iter(units))
        else:
            cases = pd.DataFrame({"column": units.values(), "value": units.keys()})
            places = [f"{column}: {unit}" for unit, column in units.items()]
            reader.faults.doubt(_UNITS_DIFFER, table, cases, places)


def _check_names(table: Table, names: Mapping[str, str]) -> None:
    nameless = [column for column, indicator in names.items() if not indicator]
    if nameless:
        raise ParameterError(
            f"{table.source} has columns of plain years ({listed(nameless)}); "
            "say what they hold with value="
        )


def _check_partial(table: Table, names: Mapping[str, str]) -> None:
    partial = [column for column, indicator in names.items() if is_rest_of_time(indicator)]
    if partial:
        raise ParameterError(
            f"{table.source} has times in its column names that are not read ({listed(partial)}); "
            "write months as 2020-01, quarters as 2020Q1, half-years as 2020H1"
        )


def _check_times(table: Table, timed: Mapping[str, tuple[str, Any]]) -> None:
    taken: dict[tuple[str, Any], str] = {}
    for column, found in timed.items():
        if found in taken:
            raise PanelError(
                f"{table.source} has two columns for {found[0]!r} in {found[1]}: "
                f"{taken[found]!r} and {column!r}; rename or delete one",
                pd.DataFrame({"column": [taken[found], column]}),
            )
        taken[found] = column
    both = [name for name, _ in taken if name in table.cells and name not in timed]
    if both:
        raise PanelError(
            f"{table.source} has {listed(dict.fromkeys(both))} with and without a year; "
            "rename one of the columns",
            pd.DataFrame({"column": list(dict.fromkeys(both))}),
        )
