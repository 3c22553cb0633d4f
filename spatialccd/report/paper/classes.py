"""Cuts figures into classes with names that say where each begins and ends."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._types import FloatArray
from spatialccd.drivers.breaks import Method, classes, upper_limits
from spatialccd.errors import DataError, ParameterError, check_choice, check_range
from spatialccd.report.paper.numbers import LARGE, SMALL, number, scientific

Scheme = Literal["quantiles", "natural_breaks", "equal_interval", "std", "breaks", "continuous"]
WORDS = {
    "quantiles": "quantiles",
    "natural_breaks": "natural breaks",
    "equal_interval": "equal intervals",
    "std": "standard deviations",
    "breaks": "given breaks",
    "continuous": "continuous",
}
_RULES: dict[str, Method] = {
    "quantiles": "quantile",
    "natural_breaks": "natural_breaks",
    "equal_interval": "equal_interval",
    "std": "standard_deviation",
}


@dataclass(frozen=True)
class Classes:
    """Figures in classes.

    Attributes
    ----------
    codes : Series of int
        On the labels of the figures: 0 is the lowest class.
    labels : list of str
        The classes as intervals.
    edges : list of float
        Where they begin and end: one more than there are classes.
    """

    codes: pd.Series
    labels: list[str]
    edges: list[float]


def classify(
    values: pd.Series,
    scheme: Scheme,
    k: int,
    breaks: Sequence[float] | None,
    center: float | None = None,
) -> Classes:
    """Cut finite figures into at most `k` classes (a, b]; the first holds its lower end too.

    A `center` that figures lie on both sides of is a limit between classes, and each
    side is cut by itself; limits set by hand stay as they are.
    """
    x = values.to_numpy(dtype=float)
    if scheme == "breaks":
        limits = _given(x, breaks)
    else:
        check_range("k", k, 1, 12)
        if center is not None and k > 1 and x.min() < center < x.max():
            limits = _about(x, scheme, k, center)
        else:
            limits = upper_limits(x, _RULES[scheme], k)
    codes = pd.Series(classes(x, limits), index=values.index)
    edges = np.r_[x.min(), limits]
    return Classes(codes, intervals(edges, closed="right"), [float(edge) for edge in edges])


def _about(x: FloatArray, scheme: Scheme, k: int, center: float) -> FloatArray:
    """Cut both sides of a center, with as many classes as a side has of the figures."""
    above = x > center
    n_above = int(np.clip(round(k * above.mean()), 1, k - 1))
    low = upper_limits(x[~above], _RULES[scheme], k - n_above)
    return np.concatenate([low[:-1], [center], upper_limits(x[above], _RULES[scheme], n_above)])


def intervals(edges: FloatArray, closed: Literal["left", "right"]) -> list[str]:
    """Write classes with no more decimals than tell their limits apart.

    Examples
    --------
    >>> intervals(np.array([0.0, 0.25, 1.0]), closed="right")
    ['[0.00, 0.25]', '(0.25, 1.00]']
    >>> intervals(np.array([3.0, 3.0]), closed="right")
    ['3']
    >>> intervals(np.array([-2e-8, 1e-8, 2.5e-8]), closed="right")
    ['[−2×10⁻⁸, 1×10⁻⁸]', '(1×10⁻⁸, 2.5×10⁻⁸]']
    """
    if len(edges) == 2 and edges[0] == edges[1]:
        return [number(edges[0])]
    words = _distinct(edges)
    last = len(edges) - 2
    named = []
    for i, (low, high) in enumerate(pairwise(words)):
        opening = "[" if closed == "left" or i == 0 else "("
        closing = "]" if closed == "right" or i == last else ")"
        named.append(f"{opening}{low}, {high}{closing}")
    return named


def check_scheme(scheme: str, breaks: Sequence[float] | None) -> Scheme:
    """Check a scheme; breaks that were given decide."""
    check_choice("scheme", scheme, get_args(Scheme))
    if breaks is not None:
        return "breaks"
    if scheme == "breaks":
        raise ParameterError('scheme="breaks" needs breaks=, the limits between the classes')
    return scheme  # type: ignore[return-value]  # checked above


def pick_times(values: Any, time: Any, role: str) -> list[tuple[Any, Any]]:
    """Take the times wanted out of values: pairs of a time and what is on unit.

    A cross-section has the time None. Times are compared as text too, because
    a command line has only text.
    """
    found = dict(_align.by_time(values, role))
    if None in found:
        if time is not None:
            raise ParameterError(f"{role} has one time only; leave out time={time!r}")
        return [(None, found[None])]
    if time is None:
        return list(found.items())
    asked = [time] if isinstance(time, str) or not isinstance(time, Sequence) else list(time)
    known = {str(at): at for at in found}
    for one in asked:
        check_choice("time", str(one), list(known))
    return [(known[str(one)], found[known[str(one)]]) for one in asked]


def stack(picked: Sequence[tuple[Any, Any]], level: str = "time") -> Any:
    """Put what was picked together again, on (unit, time); a cross-section stays on unit."""
    if len(picked) == 1 and picked[0][0] is None:
        return picked[0][1]
    whole = pd.concat([part for _, part in picked], keys=[at for at, _ in picked])
    whole.index.names = [level, "unit"]
    return whole.swaplevel()


def finite(values: pd.Series, role: str) -> pd.Series:
    """Drop missing figures; they are drawn as "no data".

    Raises
    ------
    DataError
        None is left, or what stands there is not numbers.
    """
    if not pd.api.types.is_numeric_dtype(values):
        raise DataError(f"{role} holds text, not figures; give a numeric column")
    _align.check_kinds(values, role)
    kept = values[np.isfinite(values.to_numpy(dtype=float, na_value=np.nan))]
    if kept.empty:
        raise DataError(f"{role} has no figure to draw: all {len(values)} are missing")
    return kept.astype(float)


def _given(x: FloatArray, breaks: Sequence[float] | None) -> FloatArray:
    inner = np.array(breaks or (), dtype=float)
    if not len(inner) or not np.isfinite(inner).all() or (np.diff(inner) <= 0).any():
        raise ParameterError(f"breaks={breaks!r} must be one or more rising numbers")
    inside = inner[(inner > x.min()) & (inner < x.max())]
    return np.append(inside, x.max())


def _distinct(edges: FloatArray) -> list[str]:
    """Write limits with the fewest digits, three at least, that tell them apart."""
    span = float(np.max(np.abs(edges)))
    apart = len(np.unique(edges))
    if span and not SMALL <= span < LARGE:
        tries = ([scientific(edge, digits) for edge in edges] for digits in range(2, 17))
    else:
        first = min(max(0, 2 - math.floor(math.log10(span))), 3) if span > 0 else 0
        tries = ([number(edge, decimals) for edge in edges] for decimals in range(first, 17))
    # Limits that differ in their last bits only are written as they are.
    return next((words for words in tries if len(set(words)) == apart), [repr(e) for e in edges])
