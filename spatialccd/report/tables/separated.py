"""Writes a table as CSV in which no spreadsheet finds a formula."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

#: What spreadsheets take for the beginning of a formula.
_BEGINS = ("=", "+", "-", "@", "\t", "\r")


def write_csv(frame: pd.DataFrame, path: Path) -> int:
    """Write a frame; text that a spreadsheet would calculate begins with a quote mark.

    Returns
    -------
    int
        How many cells and labels were given the mark.
    """
    marked = 0

    def spared(value: Any) -> Any:
        nonlocal marked
        if not isinstance(value, str) or not value.startswith(_BEGINS) or _is_number(value):
            return value
        marked += 1
        return f"'{value}"

    table = pd.DataFrame(frame).copy(deep=False)
    for place, dtype in enumerate(table.dtypes):
        if not pd.api.types.is_numeric_dtype(dtype) and str(dtype) != "geometry":
            table.isetitem(place, table.iloc[:, place].astype(object).map(spared))
    table.index = _labels(table.index, spared)
    table.columns = _labels(table.columns, spared)
    table.to_csv(path)
    return marked


def _labels(labels: pd.Index, spared: Any) -> pd.Index:
    if isinstance(labels, pd.MultiIndex):
        levels = [_labels(level, spared) for level in labels.levels]
        return labels.set_levels(levels).set_names([spared(name) for name in labels.names])
    text = labels if pd.api.types.is_numeric_dtype(labels.dtype) else labels.map(spared)
    return text.set_names([spared(labels.name)])


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
