"""Reads a published or own table for the audit: which columns are keys, which are figures."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from spatialccd._result import Result

TIMES = frozenset(["time", "year", "年份", "年"])
_CODES = frozenset(["unit", "code", "adcode", "fips", "id"])
_MEAN = re.compile(r"\b(mean|average)\b|均值|平均", re.IGNORECASE)
_WHOLE = frozenset(["national", "nation", "all", "total", "whole", "country", "china", "全国"])


@dataclass(frozen=True)
class Sheet:
    """A table in long form.

    Attributes
    ----------
    name : str
        What the caller called it.
    rows : DataFrame
        Keys and figures as columns.
    keys : list of str
        Columns that say what a row is about: labels, codes, the time.
    figures : list of str
        Columns of numbers.
    time : str or None
        The key that holds the time.
    """

    name: str
    rows: pd.DataFrame
    keys: list[str]
    figures: list[str]
    time: str | None

    def where(self, row: Hashable) -> str:
        """Say what a row is about, as in "X1_X7, Central, 2011"."""
        return ", ".join(str(self.rows.at[row, key]) for key in self.keys) or f"row {row}"

    def only(self, kept: Any) -> Sheet:
        """Give the same table with some of its rows."""
        return Sheet(self.name, self.rows[kept], self.keys, self.figures, self.time)


def read_sheet(name: str, table: Result | pd.DataFrame) -> Sheet:
    """Tell keys from figures; labels in the index count as keys."""
    frame = (table.to_frame() if isinstance(table, Result) else table).infer_objects()
    named = any(level is not None for level in frame.index.names)
    rows = frame.reset_index() if named else frame.reset_index(drop=True)
    rows.columns = rows.columns.map(str)
    time = next((c for c in rows if c.lower() in TIMES), None)
    if time is not None and pd.api.types.is_float_dtype(rows[time]):
        whole = (rows[time] % 1 == 0).all()
        rows = rows.assign(**{time: rows[time].astype(int)}) if whole else rows
    keys = [
        c
        for c in rows
        if c == time or c.lower() in _CODES or not pd.api.types.is_numeric_dtype(rows[c])
    ]
    # A grade is what was found, not what the row is about.
    keys = [c for c in keys if c.lower() not in ("grade", "type", "significant")]
    figures = [c for c in rows if c not in keys and pd.api.types.is_numeric_dtype(rows[c])]
    return Sheet(name, rows, keys, figures, time)


def split_means(sheet: Sheet) -> tuple[Sheet, Sheet]:
    """Part the rows of units from rows that are called a mean or an average."""
    called = np.zeros(len(sheet.rows), dtype=bool)
    for key in sheet.keys:
        called |= np.array([bool(_MEAN.search(str(v))) for v in sheet.rows[key]], dtype=bool)
    return sheet.only(~called), sheet.only(called)


def strip_mean(label: Any) -> str:
    """Give the group that a label such as "Eastern mean" stands for.

    Examples
    --------
    >>> strip_mean("Eastern average"), strip_mean("全国均值")
    ('Eastern', '全国')
    """
    return _MEAN.sub("", str(label)).strip(" -_:")


def is_whole(label: Any) -> bool:
    """Whether a label stands for all units together."""
    return strip_mean(label).lower() in _WHOLE | {""}


def half_unit(values: Iterable[float]) -> float:
    """Give half a unit of the last decimal printed; 0 where figures are not rounded.

    Examples
    --------
    >>> half_unit([0.5, 0.473])
    0.0005
    """
    numbers = np.asarray([v for v in values if np.isfinite(v)], dtype=float)
    for decimals in range(7):
        if np.allclose(numbers, numbers.round(decimals), rtol=0, atol=1e-12):
            return float(0.5 * 10.0**-decimals)
    return 0.0
