"""Tables to one panel: which layout they have, and how several of them go together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import pandas as pd

from spatialccd.data.tables import tidy, wide
from spatialccd.data.tables.columns import Reader
from spatialccd.data.tables.faults import Kind
from spatialccd.data.tables.grid import Table
from spatialccd.data.tables.headers import short_years, split_names
from spatialccd.data.tables.sources import one_an_indicator, times_of
from spatialccd.errors import PanelError, ParameterError, listed

Layout = Literal["long", "wide", "tidy"]
_SHORT_YEARS = Kind(
    "column name ends in what looks like a year of two digits",
    "column names hold what look like years of two digits",
    "each was read as an indicator of its own; write years with four digits (gdp_1998)",
)
_Read = tuple[pd.DataFrame, list[pd.DataFrame]]


def read_layout(
    reader: Reader,
    tables: list[Table],
    units: Sequence[str],
    time: str | None,
    layout: Layout,
    value: str | None,
    indicator: str | None,
    explicit: bool,
) -> _Read:
    """Bring the tables of a file to one panel, by their layout.

    Parameters
    ----------
    reader : Reader
        Reads the cells and takes note of faults.
    tables : list of Table
        One a sheet or file; their cells may be gone afterwards.
    units, time, layout, value, indicator
        As in ``read_panel``.
    explicit : bool
        Whether the sheets or files were named, so that all of them are meant.

    Returns
    -------
    DataFrame, list of DataFrame
        The panel, and the flags of each table.
    """
    _note_short_years(reader, tables, [*units, time])
    if layout == "long":
        return _long(reader, tables, units, time, explicit)
    if layout == "tidy":
        read = [tidy.pivot(reader, t, units, time, indicator, value) for t in tables]
    elif len(tables) > 1 and value is not None:
        raise ParameterError(
            f"value={value!r} names one indicator, but {len(tables)} sheets are read "
            f"({listed(repr(t.sheet) for t in tables)}), which are named by their sheets; "
            "leave it out or say sheet="
        )
    else:
        read = [_wide(reader, t, units, time, value, len(tables) > 1) for t in tables]
    reader.faults.check()
    panels = [panel for panel, _ in read]
    return (wide.combine(panels) if len(panels) > 1 else panels[0]), [flags for _, flags in read]


def _note_short_years(reader: Reader, tables: Sequence[Table], keys: Sequence[str | None]) -> None:
    for table in tables:
        columns = short_years(name for name in table.cells if name not in keys)
        if columns:
            reader.faults.doubt(_SHORT_YEARS, table, pd.DataFrame({"column": columns}), columns)


def _wide(
    reader: Reader,
    table: Table,
    units: Sequence[str],
    time: str | None,
    value: str | None,
    several: bool,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    if time is not None:
        return wide.unstack(reader, table, time, table.sheet if several else value)
    plain = several and any(not t.indicator for t in split_names(table.cells).timed.values())
    return wide.stack(reader, table, units, table.sheet if plain else value)


def _long(
    reader: Reader, tables: list[Table], units: Sequence[str], time: str | None, explicit: bool
) -> _Read:
    """Read one table; put several below each other, or side by side where each is an indicator."""
    times = times_of(tables) if len(tables) > 1 and time is None else None
    indicators = None
    if len(tables) > 1 and times is None:
        indicators = one_an_indicator(tables, [*units, *([time] if time else [])])
        if indicators is None and not (explicit and time is not None):
            raise ParameterError(
                f"{len(tables)} sheets have these columns: "
                f"{listed(repr(t.sheet) for t in tables)}; say which with sheet= "
                "(sheets named 2020, 2021 are read as times, without time=)"
            )
    elif times is not None and times.rule:
        reader.note_rule(tables[0], "the names of the sheets or files", times.rule)
    tables = indicators or tables
    parts, flags = [], []
    for position in range(len(tables)):  # enumerate would hold on to the cells
        table = tables[position]
        keys = [reader.units(table, units)]
        if time is not None:
            keys.append(reader.times(table, time))
        frame = pd.concat(keys, axis=1)
        reader.note_duplicates(table, frame, units)
        if times is not None:
            frame["time"] = times.values.to_list()[position]
        names = [name for name in table.cells if name not in (*units, time)]
        if not names:
            beside = f"{listed(map(repr, units))} and {time!r}"
            raise PanelError(f"{table.source} has no column beside {beside}")
        columns = {name: table.cells[[name]] for name in names}
        parents = table.cells[[*units]]
        # What is read is let go: the cells of a long file take more than its numbers.
        table = tables[position] = replace(table, cells=parents)
        values = [reader.values(table, name, columns.pop(name)) for name in names]
        if len(units) > 1:  # the parts of a label stay, for a join that asks for the parent
            values = [parents, *values]
        # Columns as they are: put together in one block they would stand twice for a while.
        panel = pd.DataFrame({name: part[name] for part in values for name in part}, copy=False)
        has_time = "time" in frame
        panel.index = pd.MultiIndex.from_frame(frame) if has_time else pd.Index(frame["unit"])
        parts.append(panel)
        flags.append(reader.take_flags(frame["unit"], frame["time"] if has_time else None))
    if indicators is not None:
        reader.faults.check()
        return wide.combine(parts), flags
    return (_below(reader, parts) if len(parts) > 1 else parts[0]), flags


def _below(reader: Reader, parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put the rows of several tables below each other."""
    reader.faults.check()
    source = reader.faults.source
    panel = pd.concat(parts)
    for name in panel:
        kinds = {pd.api.types.is_numeric_dtype(part[name]) for part in parts if name in part}
        if len(kinds) > 1:
            raise PanelError(
                f"{source} has numbers in column {name!r} of some tables and text in others; "
                f"correct the cells, or say text=[{name!r}]"
            )
    twice = panel.index[panel.index.duplicated()]
    if len(twice):
        labels = listed(" ".join(map(str, label)) for label in twice.unique())
        raise PanelError(
            f"{source}: {len(twice):,} (unit, time) stand in several tables ({labels}); keep each "
            "in one",
            twice.to_frame(index=False),
        )
    return panel
