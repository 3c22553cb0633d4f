"""Rows that share their unit and time: which column tells them apart, and what that means."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import pandas as pd

from spatialccd.data.cells import MISSING
from spatialccd.data.names.lookup import lookalikes

_INDICATOR = re.compile(
    r"指标|指標|变量|變量|项目|項目|科目|类别|indicator|series|variable|item|measure|element"
    r"|subject|concept|description|line",
    re.IGNORECASE,
)
_PARENT = re.compile(
    r"省|州|市|地区|区域|县|国家|province|state|county|city|region|country|district|prefecture"
    r"|parent|geo",
    re.IGNORECASE,
)
_TIME = re.compile(r"年|月|季|时间|日期|year|time|date|month|quarter|period", re.IGNORECASE)
_YEARS = r"(?:1[5-9]|2[01])\d\d(?:\.0)?年?"
#: Share of all pairs of key and value that must be there for a column to cross the units.
_CROSSED = 0.75


def is_figures(cells: pd.Series) -> bool:
    """Tell a column of figures from one of words or codes."""
    known = cells.dropna()
    return bool(len(known)) and bool(
        pd.to_numeric(known.str.replace(",", ""), errors="coerce").notna().mean() > 0.5
    )


def tell_apart(cells: pd.DataFrame, keys: pd.DataFrame) -> list[str]:
    """Name the columns of words each of which, with the keys, makes every row one of its own."""
    complete = keys.dropna()
    twice = complete.duplicated(keep=False)
    found = []
    for column in cells:
        values = cells.loc[complete.index, column]
        if values[twice].isna().any() or is_figures(values):
            continue
        if not pd.concat([complete, values], axis=1).duplicated().any():
            found.append(str(column))
    return found


def crosses(values: pd.Series, keys: pd.DataFrame) -> bool | None:
    """Tell an indicator, which every unit has, from a part of the unit's name; None: neither."""
    if _INDICATOR.search(str(values.name)):
        return True
    if _PARENT.search(str(values.name)):
        return False
    n_keys = len(keys.drop_duplicates())
    if n_keys < 2:
        return None
    pairs = pd.concat([keys, values], axis=1).drop_duplicates()
    return bool(len(pairs) >= _CROSSED * n_keys * values.nunique())


def advice(
    cells: pd.DataFrame, keys: pd.DataFrame, units: Sequence[str], rows: Collection[int]
) -> str:
    """Say what to do about rows that share their key.

    Parameters
    ----------
    cells : DataFrame of text
        The columns that are no keys.
    keys : DataFrame
        unit and, where there is one, time, by row.
    units : sequence of str
        The columns of the unit.
    rows : collection of int
        The rows that share a key.
    """
    labels = [str(unit) for unit in keys.loc[[*rows], "unit"].unique()]
    said = [hint for label in labels if (hint := lookalikes(label))]
    said += [
        f"{label!r} in the column of units may be a missing code"
        for label in labels
        if label.lower() in MISSING
    ]
    if "time" not in keys:
        said += [
            f"column {column!r} looks like the time: say time={column!r}"
            for column in cells
            if _TIME.search(str(column)) and cells[column].dropna().str.fullmatch(_YEARS).all()
        ]
    columns = tell_apart(cells, keys)
    if columns:
        told = {column: crosses(cells[column], keys.dropna()) for column in columns}
        column = next((c for c, crossed in told.items() if crossed), columns[0])
        said.append(f"column {column!r} tells the rows apart: {_use(column, told[column], units)}")
    if said:
        return "; ".join(said)
    same = cells.loc[[*rows]].assign(**{f"\x1f{key}": keys[key] for key in keys})
    if same.duplicated(keep=False).all():
        return "the rows are alike: delete all but one of each"
    return "keep one row for each"


def _use(column: str, crossed: bool | None, units: Sequence[str]) -> str:
    pivot = f"pivot it with layout='tidy', indicator={column!r}"
    within = f"say unit={[column, *units]!r}, or take a column of codes"
    if crossed is None:
        return f"{within}; if it names indicators, {pivot}"
    return pivot if crossed else within
