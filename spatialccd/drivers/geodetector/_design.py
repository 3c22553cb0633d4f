"""The rows a detector works on: y, its strata, and the parts it is split into."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._types import FloatArray, IntArray
from spatialccd.drivers.geodetector._kernels import compact, standardize
from spatialccd.drivers.strata import Strata, as_classes
from spatialccd.errors import DataError, ParameterError, ThinStrataWarning, closest, listed

_GIVEN = "strata as given"


@dataclass(frozen=True)
class Part:
    """The rows of one value of `by`, or all rows.

    Attributes
    ----------
    key : mapping of str to object
        The value of each name in `by`.
    rows : ndarray (n,)
        Positions among the rows of the design.
    y : ndarray (n,)
        The explained values.
    z : ndarray (n,)
        The same, centered, with a sum of squares of 1; zeros where y is constant.
    codes : list of (ndarray (n,), int)
        For each factor the strata without unused ones, and their number.
    levels : list of Index
        For each factor the label of each stratum.
    """

    key: Mapping[str, Any]
    rows: IntArray
    y: FloatArray
    z: FloatArray
    codes: list[tuple[IntArray, int]]
    levels: list[pd.Index]

    @property
    def n(self) -> int:
        """Number of rows."""
        return self.rows.size

    @property
    def strata(self) -> IntArray:
        """Number of strata of each factor."""
        return np.array([count for _, count in self.codes])

    @property
    def usable(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Which factors can explain anything here: 1 < L < n, and y not constant."""
        return (self.strata > 1) & (self.strata < self.n) & bool(self.z.any())

    @property
    def name(self) -> str:
        """How messages call it."""
        return ", ".join(str(value) for value in self.key.values()) or "the data"


@dataclass(frozen=True)
class Design:
    """Everything a detector needs, in canonical order of rows."""

    index: pd.Index
    factors: list[str]
    parts: list[Part]
    basis: str
    dropped: pd.Index

    def pairs(self, purpose: str) -> IntArray:
        """Give the positions of every two factors, shape (pairs, 2)."""
        if len(self.factors) < 2:
            raise DataError(
                f"{purpose} needs two factors; strata has {self.factors[0]} only: give another"
            )
        return np.array(list(combinations(range(len(self.factors)), 2)))

    def generators(self, seed: int | None) -> list[np.random.Generator]:
        """Give each part its own stream: no part depends on how much another draws."""
        return [
            np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(len(self.parts))
        ]


def make_design(
    y: Any,
    strata: Any,
    groups: Any,
    by: str | Sequence[str] | None,
    total: str | None,
) -> Design:
    """Check the inputs against each other and split the rows by `by`.

    Raises
    ------
    AlignmentError
        Labels differ, or a value is missing.
    DataError
        y is constant, or no factor has between 2 and n - 1 strata.
    ParameterError
        `by` names what neither the index of y nor `groups` has.
    """
    values = check_y(y)
    (values, groups), dropped = _align.without_dropped(strata, y=values, groups=groups)
    labels, basis = _check_strata(strata, values.index)
    keys = _keys(values.index, groups, by)
    factors = [_classes(labels[f]) for f in labels]
    numbers = values.to_numpy(dtype=float)
    parts = [
        _make_part(key, rows, numbers[rows], factors)
        for key, rows in _split(keys, len(values), total if _has_groups(keys, values) else None)
    ]
    design = Design(values.index, [str(f) for f in labels], parts, basis, dropped)
    _check_parts(design)
    return design


def warn_thin(design: Design) -> None:
    """Warn once of strata too thin, in one message over all parts and factors."""
    thin = []
    for part in design.parts:
        for factor, (codes, count), usable in zip(
            design.factors, part.codes, part.usable, strict=True
        ):
            where = f"{factor} ({part.name})" if part.key else factor
            lone = int((np.bincount(codes) < 2).sum())
            if not usable:
                thin.append(f"{where}: {_why_unusable(part, count)}, so q is not given")
            elif lone or count > part.n / 3:
                alone = f", {lone} of one unit" if lone else ""
                thin.append(f"{where}: {count} strata for {part.n} rows{alone}")
    if thin:
        warnings.warn(
            f"thin strata make q large by themselves (see expected_q): {_joined(thin)}",
            ThinStrataWarning,
            stacklevel=3,
        )


def _joined(messages: Sequence[str], limit: int = 6) -> str:
    more = f"; and {len(messages) - limit} more" if len(messages) > limit else ""
    return "; ".join(messages[:limit]) + more


def check_y(y: Any) -> pd.Series:
    """Give the values in canonical order of rows: labeled, numeric and complete."""
    if not isinstance(y, pd.Series):
        raise ParameterError(f"y must be a labeled Series, not {type(y).__name__}")
    if not pd.api.types.is_numeric_dtype(y) or pd.api.types.is_bool_dtype(y):
        raise ParameterError(f"y must hold numbers, not {y.dtype}")
    (values,) = _align.align(y=y)
    _align.check_complete(values, "y")
    return values


def _check_strata(strata: Any, index: pd.Index) -> tuple[pd.DataFrame, str]:
    labels = strata
    if isinstance(strata, Strata):
        (labels,), _ = _align.without_dropped(strata, strata=strata.labels)
    if not isinstance(labels, pd.DataFrame):
        raise ParameterError(
            "strata must be what stratify() returns or a frame of labels, one column a factor, "
            f"not {type(strata).__name__}"
        )
    if not len(labels.columns) or not labels.columns.is_unique:
        raise ParameterError("strata must have at least one column, and each name once")
    spread = _align.broadcast(labels, index, "strata")
    _align.check_complete(spread, "strata", words=True)
    if not isinstance(strata, Strata):
        return spread, _GIVEN
    return spread, "; ".join([strata.basis, *strata.notes()])


def _classes(column: pd.Series) -> tuple[IntArray, pd.Index]:
    categorical = as_classes(column).cat
    return categorical.codes.to_numpy(dtype=np.int64), categorical.categories


def _keys(index: pd.Index, groups: Any, by: Any) -> dict[str, pd.Series]:
    """Give the values of each name in `by` on the rows; a category keeps its order."""
    names = [by] if isinstance(by, str) else list(by or ())
    known: dict[str, Any] = {}
    if index.nlevels > 1:
        known[str(index.names[1])] = pd.Series(index.get_level_values(1), index)
    if groups is not None:
        if not isinstance(groups, pd.Series):
            raise ParameterError(f"groups must be a labeled Series, not {type(groups).__name__}")
        spread = _align.broadcast(groups, index, "groups")
        _align.check_complete(spread, "groups", words=True)
        known[str(groups.name if groups.name is not None else "group")] = spread
    unknown = [name for name in names if name not in known]
    if unknown:
        near = [closest(name, known) for name in unknown]
        hint = f"; did you mean {listed(n for n in near if n)}?" if any(near) else ""
        raise ParameterError(
            f"by={by!r} names {listed(unknown)}, which is neither the second level of the index "
            f"of y nor the name of groups{hint}; known here: {listed(known) or 'nothing'}"
        )
    if groups is not None and list(known)[-1] not in names:
        raise ParameterError(f"groups were given but not used; add by={list(known)[-1]!r}")
    return {name: known[name] for name in names}


def _has_groups(keys: Mapping[str, pd.Series], values: pd.Series) -> bool:
    return any(name not in values.index.names for name in keys)


def _split(
    keys: Mapping[str, pd.Series], n: int, total: str | None
) -> Iterable[tuple[dict[str, Any], IntArray]]:
    """Yield every combination of values of `by` that has rows, `total` of a group first."""
    choices: list[list[tuple[Any, Any]]] = []
    for name, column in keys.items():
        classes = as_classes(column).cat
        codes = classes.codes.to_numpy()
        found = [(v, codes == i) for i, v in enumerate(classes.categories) if (codes == i).any()]
        if total is not None and name not in column.index.names:
            if total in classes.categories:
                raise ParameterError(f"total={total!r} is the name of a group; choose another word")
            found.insert(0, (total, np.ones(n, dtype=bool)))
        choices.append(found)
    for chosen in product(*choices):
        rows = np.ones(n, dtype=bool)
        for _, mask in chosen:
            rows = rows & mask
        if rows.any():
            yield dict(zip(keys, (v for v, _ in chosen), strict=True)), np.flatnonzero(rows)


def _make_part(
    key: Mapping[str, Any],
    rows: IntArray,
    y: FloatArray,
    factors: Sequence[tuple[IntArray, pd.Index]],
) -> Part:
    codes = [compact(all_codes[rows]) for all_codes, _ in factors]
    levels = [levels[np.unique(all_codes[rows])] for all_codes, levels in factors]
    return Part(key, rows, y, standardize(y), codes, levels)


def _check_parts(design: Design) -> None:
    """Raise unless each factor can be used in at least one part."""
    if not any(part.z.any() for part in design.parts):
        raise DataError(
            f"y is constant ({design.parts[0].y[0]:g}): there is nothing to explain",
            pd.DataFrame([part.key for part in design.parts]),
        )
    dead = ~np.any([part.usable for part in design.parts], axis=0)
    cases = []
    for part in design.parts:
        for factor, count, is_dead in zip(design.factors, part.strata, dead, strict=True):
            if is_dead:
                reason = _why_unusable(part, count)
                cases.append({"factor": factor, **part.key, "strata": count, "reason": reason})
    if cases:
        found = pd.DataFrame(cases)
        named = dict(zip(found["factor"], found["reason"], strict=True))
        raise DataError(
            "no q exists for "
            + "; ".join(f"{factor} ({reason})" for factor, reason in named.items())
            + "; cut it into fewer or other strata, or drop it",
            found,
        )


def _why_unusable(part: Part, count: int) -> str:
    if not part.z.any():
        return "y is constant"
    if count < 2:
        return "one stratum only"
    return f"{count} strata of one row each"
