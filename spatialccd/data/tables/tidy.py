"""The tidy layout: one row a unit, time and indicator (or a unit and indicator, over years)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from spatialccd.data.tables import duplicates, wide
from spatialccd.data.tables.columns import Reader
from spatialccd.data.tables.faults import Kind
from spatialccd.data.tables.grid import Table
from spatialccd.data.tables.headers import split_names
from spatialccd.errors import ParameterError, did_you_mean, listed

_UNIT_OF_MEASURE = ("单位", "计量单位", "unit", "units", "unit of measure", "measurement unit")
_FLAG = re.compile(r"(?:obs_)?(?:flags?|status)|标记|标志", re.IGNORECASE)
_NO_INDICATOR = Kind(
    "row has no indicator",
    "rows have no indicator",
    "fill the column in, and delete notes below the table",
)
_LEFT_OUT = Kind(
    "column is left out, which differs within a unit and within an indicator",
    "columns are left out, which differ within a unit and within an indicator",
    "if one tells rows apart, name it with indicator=, or make a file for each of its values",
)


def pivot(
    reader: Reader,
    table: Table,
    unit: Sequence[str],
    time: str | None,
    indicator: str | None,
    value: str | None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Bring rows of one indicator each to one row a unit and time.

    Parameters
    ----------
    reader : Reader
        Reads the cells and takes note of faults.
    table : Table
        The rows.
    unit, time : sequence of str, str or None
        Columns of the unit and of the time; the years may stand in the header.
    indicator, value : str or None
        Columns of the indicators' names and of the figures; found where only
        one can be meant.

    Returns
    -------
    DataFrame, DataFrame
        The panel, and its flags.

    Raises
    ------
    ParameterError
        No such column, or several that may be meant.
    """
    for name, given in (("indicator", indicator), ("value", value)):
        if given is not None and given not in table.cells:
            near = did_you_mean(given, table.cells)
            raise ParameterError(f"{table.source} has no column {name}={given!r}{near}")
    keyed = [*unit, *([time] if time else [])]
    timed = [] if time else _plain_times([c for c in table.cells if c not in keyed])
    others = [c for c in table.cells if c not in (*keyed, *timed)]
    if indicator is None:
        indicator = _find_indicator(table, unit, time, [c for c in others if c != value])
    if not timed:
        value = value or _find_value(table, [c for c in others if c != indicator])
    figures = timed or [str(value)]
    names = table.cells[indicator]
    if names.isna().any():
        rows = [f"row {row}" for row in names.index[names.isna()]]
        cases = pd.DataFrame({"row": names.index[names.isna()], "column": indicator})
        reader.faults.add(_NO_INDICATOR, table, cases, rows)
    parts, flags = [], []
    flagged = next((c for c in others if _FLAG.fullmatch(c)), None)
    if flagged is not None and not timed:
        flags.append(_flags(reader, table, unit, time, indicator, flagged))
    for name, rows in table.cells.groupby(names, sort=False):
        part = replace(table, cells=rows[[*keyed, *figures]])
        if timed:
            panel, marked = wide.stack(reader, part, unit, str(name))
            panel = panel[[str(name)]]
        else:
            panel, marked = _long(reader, part, unit, time, str(name), str(value))
        parts.append(panel)
        flags.append(marked)
    reader.faults.check()
    panel = pd.concat(parts, axis=1, sort=False)
    rest = [c for c in others if c not in (indicator, value, None if timed else flagged)]
    fixed = _keep_fixed(reader, table, unit, indicator, rest)
    labels = panel.index.get_level_values(0)
    before = fixed.reindex(labels).set_axis(panel.index)
    return pd.concat([before, panel], axis=1), pd.concat(flags, ignore_index=True)


def _long(
    reader: Reader, table: Table, unit: Sequence[str], time: str | None, name: str, value: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    keys = [reader.units(table, unit)]
    if time is not None:
        keys.append(reader.times(table, time))
    frame = pd.concat(keys, axis=1)
    reader.note_duplicates(table, frame, unit)
    figures = reader.values(table, name, table.cells[[value]])
    panel = figures.set_axis([name], axis=1)
    panel.index = pd.Index(frame["unit"]) if time is None else pd.MultiIndex.from_frame(frame)
    return panel, reader.take_flags(frame["unit"], None if time is None else frame["time"])


def _flags(
    reader: Reader,
    table: Table,
    unit: Sequence[str],
    time: str | None,
    indicator: str,
    flagged: str,
) -> pd.DataFrame:
    """Give the flags that stand in a column of their own."""
    cells = table.cells[table.cells[flagged].notna()]
    part = replace(table, cells=cells)
    found = pd.DataFrame({"unit": reader.units(part, unit)})
    if time is not None and len(cells):
        found["time"] = reader.times(table, time).reindex(cells.index)
    return found.assign(column=cells[indicator], flag=cells[flagged]).reset_index(drop=True)


def _plain_times(columns: Sequence[str]) -> list[str]:
    timed = split_names(columns).timed
    return [column for column, one in timed.items() if not one.indicator]


def _find_indicator(
    table: Table, unit: Sequence[str], time: str | None, others: Sequence[str]
) -> str:
    """Find the column that tells rows of one unit and time apart."""
    keys = pd.concat([table.cells[c] for c in (*unit, *([time] if time else []))], axis=1)
    found = duplicates.tell_apart(table.cells[[*others]], keys)
    likely = [c for c in found if duplicates.crosses(table.cells[c], keys.dropna()) is not False]
    alike = [c for c in likely if _one_to_one(table.cells[c], table.cells[likely[0]])]
    if likely and len(alike) == len(likely):
        return likely[0]
    several = listed(likely or [c for c in others if not duplicates.is_figures(table.cells[c])])
    raise ParameterError(
        f"{table.source}: layout='tidy' wants one column with the indicators' names; say which "
        f"with indicator= (columns of words: {several})"
    )


def _one_to_one(left: pd.Series, right: pd.Series) -> bool:
    pairs = pd.DataFrame({"left": left, "right": right}).drop_duplicates()
    return bool(pairs["left"].is_unique and pairs["right"].is_unique)


def _find_value(table: Table, others: Sequence[str]) -> str:
    found = [c for c in others if duplicates.is_figures(table.cells[c])]
    if len(found) == 1:
        return found[0]
    raise ParameterError(
        f"{table.source}: layout='tidy' wants one column of figures; say which with value= "
        f"({listed(found or others)})"
    )


def _keep_fixed(
    reader: Reader, table: Table, unit: Sequence[str], indicator: str, others: Sequence[str]
) -> pd.DataFrame:
    """Keep what is the same for all rows of a unit, and the units of the indicators.

    What is the same for all rows of an indicator tells of that; what differs in
    both is named.
    """
    cells = table.cells
    labels = reader.units(table, unit)
    kept, lost = {}, []
    for column in others:
        if (cells[column].groupby(labels).nunique(dropna=False) <= 1).all():
            kept[column] = cells[column].groupby(labels, sort=False).first()
        elif (cells[column].groupby(cells[indicator]).nunique(dropna=False) <= 1).all():
            if column.lower() in _UNIT_OF_MEASURE:
                units = cells[column].groupby(cells[indicator]).first().dropna()
                reader.measured.update({str(name): str(unit) for name, unit in units.items()})
        else:
            lost.append(column)
    if lost:
        reader.faults.doubt(_LEFT_OUT, table, pd.DataFrame({"column": lost}), lost)
    return pd.DataFrame(kept, index=pd.Index(labels.unique(), name="unit"))
