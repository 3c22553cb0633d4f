"""Labels that stand on the first row of their block only, as merged cells are written to text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from spatialccd.data.tables.faults import Faults, Kind
from spatialccd.data.tables.grid import Table

_FILLED = Kind(
    "row without a label takes that of the row above, as of a merged cell",
    "rows without a label take that of the row above, as of merged cells",
    "write the label on every row if that is wrong",
)


def fill_down(faults: Faults, table: Table, units: Sequence[str], time: str | None) -> Table:
    """Fill labels down blocks that are plainly those of merged cells, and tell it.

    Every label stands once, at the head of its block; the rows below have all
    other keys; no key stands twice when filled. The blocks of a unit's only
    column must also be several and equally long. All else is left for the
    reader to find fault with.
    """
    cells = table.cells
    keys = [*units, *([time] if time is not None else [])]
    for column in units[:1] if time is not None or len(units) > 1 else ():
        labels = cells[column]
        others = [key for key in keys if key != column]
        blank = labels.isna()
        if not blank.any() or blank.iloc[0] or labels.dropna().duplicated().any():
            continue
        if cells.loc[blank, others].isna().any(axis=None):
            continue
        lengths = (~blank).cumsum().value_counts()
        if len(units) == 1 and (len(lengths) < 2 or lengths.nunique() > 1):
            continue
        filled = cells.assign(**{column: labels.ffill()})
        if filled[keys].duplicated().any():
            continue
        cases = pd.DataFrame({"row": cells.index[blank], "column": column})
        places = [f"row {row}" for row in cases["row"]]
        faults.doubt(_FILLED, table, cases, places)
        cells = filled
    return replace(table, cells=cells)
