"""A second row of names below the first, which is no row of data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from spatialccd.data.cells import is_missing
from spatialccd.data.tables.faults import Faults, Kind
from spatialccd.data.tables.grid import Table
from spatialccd.errors import listed

#: How many rows below are looked at to tell what a column holds.
_LOOK = 50


def drop_second_header(
    faults: Faults, table: Table, units: Sequence[str], time: str | None
) -> Table:
    """Note a second header as a fault, and take it off: its words are no faults of their own.

    It is the first row, with a word for the unit and words without digits in
    every column that holds figures below.
    """
    cells = table.cells
    if len(cells) < 2 or not units:
        return table
    row, below = cells.iloc[0], cells.iloc[1 : 1 + _LOOK]
    figures = [c for c in cells if c not in units and _holds_figures(below[c])]
    words = pd.Series({c: row[c] for c in figures}, dtype="str")
    alone = len(figures) < 2 and (time is None or time not in figures)
    if not figures or alone or words.isna().any() or row[[*units]].isna().any():
        return table
    if words.str.contains(r"\d").any() or is_missing(words).any():
        return table
    number = cells.index[0]
    kind = Kind(
        "row looks like a second header",
        "rows look like second headers",
        f"say header={number} to take its names, header=[{number - 1}, {number}] to take both, "
        "or delete it",
    )
    shown = f"row {number}: {listed(map(repr, row.dropna()), 4)}"
    case = pd.DataFrame({"row": [number], "value": [shown]})
    faults.add(kind, table, case, [shown])
    return replace(table, cells=cells.drop(index=number))


def _holds_figures(cells: pd.Series) -> bool:
    known = cells.dropna()
    numbers = pd.to_numeric(known.str.replace(",", ""), errors="coerce")
    return bool(len(known)) and bool(numbers.notna().mean() >= 0.5)
