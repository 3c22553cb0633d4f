"""What must hold within and between the tables of a study, whatever its data.

A rule takes the tables and yields, for every place it looked at, None, or what
is wrong there. Printed figures are rounded: a difference that rounding can make
is not a finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from spatialccd.consistency.tables import (
    Sheet,
    half_unit,
    is_whole,
    split_means,
    strip_mean,
)
from spatialccd.coupling.degree import GRADES
from spatialccd.errors import listed

_UNIT_INTERVAL = frozenset(["c", "t", "d", "q", "q_a", "q_b"])
_SUMS = frozenset(["weight", "weights", "share", "权重"])
_COUPLING = frozenset(["C", "T", "D"])
_HAIR = 1e-9
#: Fewer equal cells than this can be chance.
_LEAST_COPIED = 5


@dataclass(frozen=True)
class Finding:
    """One figure, or one set of them, that cannot be right."""

    table: str
    where: str
    column: str
    value: float | str
    expected: float | str
    message: str


Checks = Iterator["Finding | None"]


def in_range(sheets: Sequence[Sheet]) -> Checks:
    """Check that C, T, D and q lie in [0, 1]."""
    for sheet in sheets:
        for column in sheet.figures:
            if column.lower() not in _UNIT_INTERVAL:
                continue
            for row, value in sheet.rows[column].dropna().items():
                ok = -_HAIR <= value <= 1 + _HAIR
                yield (
                    None
                    if ok
                    else Finding(
                        sheet.name,
                        sheet.where(row),
                        column,
                        float(value),
                        "0 to 1",
                        f"{column} = {value:g} is outside [0, 1]",
                    )
                )


def sum_to_one(sheets: Sequence[Sheet]) -> Checks:
    """Check that weights and shares sum to 1, or to 100, at each time."""
    for sheet in sheets:
        for column in [c for c in sheet.figures if c.lower() in _SUMS]:
            parts = sheet.rows.groupby(sheet.time) if sheet.time else [("", sheet.rows)]
            for time, rows in parts:
                total = rows[column].sum()
                target = 100.0 if total > 10 else 1.0
                slack = half_unit(rows[column]) * len(rows) + _HAIR
                yield (
                    None
                    if abs(total - target) <= slack
                    else Finding(
                        sheet.name,
                        str(time),
                        column,
                        float(total),
                        target,
                        f"{column} sums to {total:g}, not {target:g}",
                    )
                )


def degree_from_parts(sheets: Sequence[Sheet]) -> Checks:
    """Check that D is the square root of C times T."""
    for sheet in sheets:
        if not _COUPLING.issubset(sheet.figures):
            continue
        C, T, D = (sheet.rows[c] for c in "CTD")
        unit = {name: half_unit(values) for name, values in (("C", C), ("T", T), ("D", D))}
        for row in sheet.rows.index[sheet.rows[["C", "T", "D"]].notna().all(axis=1)]:
            c, t, d = float(C[row]), float(T[row]), float(D[row])
            low = np.sqrt(max(c - unit["C"], 0) * max(t - unit["T"], 0)) - unit["D"] - _HAIR
            high = np.sqrt((c + unit["C"]) * (t + unit["T"])) + unit["D"] + _HAIR
            expected = float(np.sqrt(max(c * t, 0)))
            yield (
                None
                if low <= d <= high
                else Finding(
                    sheet.name,
                    sheet.where(row),
                    "D",
                    d,
                    expected,
                    f"D = {d:g}, but the root of C T is {expected:.4g}",
                )
            )


def grade_matches(sheets: Sequence[Sheet], grades: Mapping[str, float] | None) -> Checks:
    """Check that the grade is the class of D."""
    bounds = dict(grades or {g.label: g.lower for g in GRADES})
    if grades is None:
        bounds |= {g.label_zh: g.lower for g in GRADES}
    known = {label.casefold(): low for label, low in bounds.items()}
    levels = sorted(set(known.values()))
    upper = dict(zip(levels, [*levels[1:], np.inf], strict=True))
    for sheet in sheets:
        grade = next((c for c in sheet.rows if c.lower() in ("grade", "等级")), None)
        if grade is None or "D" not in sheet.figures:
            continue
        labels = sheet.rows[grade].astype(str).str.strip().str.casefold()
        if not labels.isin(known).any():
            continue  # classes of the author's own; give them as grades=
        slack = half_unit(sheet.rows["D"]) + _HAIR
        for row, label in labels.items():
            d = float(sheet.rows.at[row, "D"])
            low = known.get(label)
            ok = low is not None and low - slack <= d < upper[low] + slack
            right = next(name for name, b in bounds.items() if b <= d + _HAIR < upper[b])
            printed = str(sheet.rows.at[row, grade])
            yield (
                None
                if ok
                else Finding(
                    sheet.name,
                    sheet.where(row),
                    str(grade),
                    printed,
                    right,
                    f"D = {d:g} is {right!r}, not {printed!r}",
                )
            )


def means_match(sheets: Sequence[Sheet]) -> Checks:
    """Check that a mean of a region, or of all, is that of the rows it stands for."""
    parted = [split_means(sheet) for sheet in sheets]
    for detail, own_means in parted:
        if len(own_means.rows):
            yield from _compare_means(detail, own_means)
        for other, _ in parted:
            fewer = set(other.keys) < set(detail.keys) and len(other.rows) < len(detail.rows)
            if other is not detail and fewer:
                yield from _compare_means(detail, other)


def _compare_means(detail: Sheet, means: Sheet) -> Checks:
    columns = [c for c in means.figures if c in _COUPLING and c in detail.figures]
    for column in columns:
        slack = half_unit(means.rows[column]) + half_unit(detail.rows[column]) + _HAIR
        for row, printed in means.rows[column].dropna().items():
            members = _members(detail, means, row)
            if members is None or members[column].isna().all():
                continue
            mean = float(members[column].mean())
            yield (
                None
                if abs(mean - printed) <= slack
                else Finding(
                    means.name,
                    means.where(row),
                    column,
                    float(printed),
                    mean,
                    f"printed mean {printed:g}, but the {len(members)} rows have {mean:.4f}",
                )
            )


def _members(detail: Sheet, means: Sheet, row: Any) -> pd.DataFrame | None:
    """Give the rows that a mean stands for; None where its group is not among them."""
    rows = detail.rows
    if detail.time is not None and means.time is not None:
        rows = rows[rows[detail.time] == means.rows.at[row, means.time]]
    keys = [key for key in detail.keys if key != detail.time]
    labels = [strip_mean(means.rows.at[row, key]) for key in means.keys if key != means.time]
    for label in labels:
        for key in keys:
            group = rows[key].astype(str) == label
            if label and group.any():
                return rows[group]
    return rows if all(is_whole(label) for label in labels) else None


def interaction_not_below(sheets: Sequence[Sheet]) -> Checks:
    """Check that q of two factors is not below the larger of the two (same rows and strata)."""
    single = [s for s in sheets if "q" in s.figures and "factor" in s.keys]
    for sheet in sheets:
        if "q" not in sheet.figures:
            continue
        if {"q_a", "q_b"} <= set(sheet.figures):
            yield from _not_below(sheet, sheet.rows["q_a"], sheet.rows["q_b"])
            continue
        pairs = _pairs(sheet)
        if pairs is None:
            continue
        for factors in single:
            keys = [k for k in factors.keys if k != "factor" and k in sheet.keys]
            q = factors.rows.set_index(["factor", *keys])["q"]
            if q.index.has_duplicates:
                continue
            rows = [tuple(r) for r in sheet.rows[keys].itertuples(index=False)]
            q_a, q_b = (
                pd.Series(
                    [q.get((f, *r) if r else f, np.nan) for f, r in zip(side, rows, strict=True)],
                    sheet.rows.index,
                    dtype=float,
                )
                for side in pairs
            )
            slack = half_unit(q)
            yield from _not_below(sheet, q_a, q_b, slack)


def _not_below(sheet: Sheet, q_a: pd.Series, q_b: pd.Series, slack: float | None = None) -> Checks:
    larger = pd.concat([q_a, q_b], axis=1).max(axis=1, skipna=False)
    allowed = half_unit(sheet.rows["q"]) + (half_unit(larger) if slack is None else slack) + _HAIR
    for row, value in sheet.rows["q"].items():
        top = float(larger[row])
        if np.isnan(value) or np.isnan(top):
            continue
        yield (
            None
            if value >= top - allowed
            else Finding(
                sheet.name,
                sheet.where(row),
                "q",
                float(value),
                top,
                f"q = {value:g} of two factors is below {top:g} of one of them",
            )
        )


def _pairs(sheet: Sheet) -> tuple[list[str], list[str]] | None:
    """Give the two factors of each row, from two columns or out of one such as X1_X2."""
    if {"factor_a", "factor_b"} <= set(sheet.keys):
        return list(sheet.rows["factor_a"]), list(sheet.rows["factor_b"])
    column = next((k for k in sheet.keys if k.lower() in ("pair", "interaction")), None)
    if column is None:
        return None
    parts = sheet.rows[column].astype(str).str.split(r"\s*[_∩&×]\s*", regex=True)
    if not (parts.str.len() == 2).all():
        return None
    return list(parts.str[0]), list(parts.str[1])


def time_not_copied(sheets: Sequence[Sheet], copied: float) -> Checks:
    """Check that the figures of one time are not those of another."""
    for sheet in sheets:
        others = [k for k in sheet.keys if k != sheet.time]
        if sheet.time is None or not others:
            continue
        for column in sheet.figures:
            if _may_repeat(column, sheet.rows[column]):
                continue
            cells = sheet.rows.set_index([*others, sheet.time])[column]
            if cells.index.has_duplicates:
                continue
            wide = cells.unstack(sheet.time)
            found = [_copied(sheet, column, wide, pair, copied) for pair in combinations(wide, 2)]
            if len(found) > 1 and all(found):
                continue  # the same at all times: a figure that has no time
            yield from found


def _may_repeat(column: str, values: pd.Series) -> bool:
    """Whether a figure may well be the same in two years: a count, a p-value, a rank."""
    name = column.lower()
    whole = bool((values.dropna().astype(float) % 1 == 0).all())  # Arrow has no %
    return whole or name == "p" or name.startswith(("p_", "expected", "w_"))


def _copied(
    sheet: Sheet, column: str, wide: pd.DataFrame, pair: tuple[Any, Any], copied: float
) -> Finding | None:
    cells = wide[list(pair)].dropna()
    same = cells[pair[0]] == cells[pair[1]]
    # Cells at a bound of the scale agree for that reason alone.
    telling = ~cells[pair[0]].isin([0.0, 1.0])
    if (same & telling).sum() < _LEAST_COPIED or same[telling].mean() < copied:
        return None
    different = cells[~same]
    named = [
        f"{', '.join(map(str, label if isinstance(label, tuple) else (label,)))} ({a:g}, {b:g})"
        for label, a, b in different.itertuples()
    ]
    apart = f"; different: {listed(named)}" if named else ""
    return Finding(
        sheet.name,
        f"{pair[0]} = {pair[1]}",
        column,
        float(same.sum()),
        f"few of {len(cells)}",
        f"{int(same.sum())} of {len(cells)} cells of {pair[0]} equal those of {pair[1]}{apart}",
    )
