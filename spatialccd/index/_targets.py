"""What is best for an indicator of which neither more nor less is better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from spatialccd._constant import is_constant
from spatialccd.errors import did_you_mean

if TYPE_CHECKING:
    from spatialccd._types import BoolArray, FloatArray

#: A value, or the two ends of an interval in which every value is best.
Target: TypeAlias = float | Sequence[float]
#: How a line of text, which parts its entries at commas, writes an interval.
_ENDS_APART = ":"


def problems_of(directions: Mapping[str, str], targets: Mapping[str, Any] | None) -> list[str]:
    """Say what is wrong with the targets of the moderate indicators, one sentence each."""
    if targets is not None and not isinstance(targets, Mapping):
        return ['targets must name each moderate indicator\'s, such as {"density": [18, 24]}']
    given = targets or {}
    moderate = [name for name, direction in directions.items() if direction == "moderate"]
    problems = [
        f"the moderate indicator {name!r} has no target{did_you_mean(name, given)}; say what is "
        f"best: targets={{{name!r}: 20}}, or an interval: {{{name!r}: [18, 24]}}"
        for name in moderate
        if name not in given
    ]
    for name, target in given.items():
        if name not in directions:
            continue  # one set of targets serves several subsystems
        if name not in moderate:
            problems.append(f"{name!r} has a target, and its direction is not 'moderate'")
        elif _ends(target) is None:
            problems.append(f"the target {target!r} of {name!r} is no number and no rising pair")
    return problems


def bounds(directions: Mapping[str, str], targets: Mapping[str, Any] | None) -> FloatArray:
    """Give the ends of each target, (2, k); NaN for benefits and costs."""
    none = (np.nan, np.nan)
    rows = [_ends((targets or {}).get(name)) or none for name in directions]
    return np.array(rows, dtype=float).T


def written(target: Any) -> str:
    """Write what is best for an indicator: nothing, a value, or an interval."""
    ends = _ends(target)
    if ends is None:
        return ""
    low, high = ends
    return f"{low:g}" if low == high else f"{low:g}–{high:g}"


def nearness(x: FloatArray, low: FloatArray, high: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Scale columns by their distance from a target: 1 on it, 0 for the farthest value.

    Parameters
    ----------
    x : (m, k) array
    low, high : (k,) array
        Ends of each target, equal where it is one value.

    Returns
    -------
    (m, k) array
        1 - distance / largest distance; 1 where all values are on the target.
    (k,) array of bool
        Whether all values are equally near.
    """
    distance = np.maximum(np.maximum(low - x, x - high), 0.0)
    farthest = distance.max(axis=0)
    # Distances are differences: they are as exact as what they are differences of.
    size = np.maximum(np.abs(x).max(axis=0), np.maximum(np.abs(low), np.abs(high)))
    alike = is_constant(distance + size)
    z = 1.0 - np.divide(distance, farthest, out=np.zeros_like(x), where=farthest > 0)
    on_target = is_constant(np.stack([farthest + size, size]))
    return np.where(on_target, 1.0, np.where(alike, 0.0, z)), alike


def outside(x: FloatArray, low: FloatArray, high: FloatArray) -> BoolArray:
    """Whether no value of a column can be on its target: all lie below it, or all above."""
    return np.asarray((x.max(axis=0) < low) | (x.min(axis=0) > high))


def _ends(target: Any) -> tuple[float, float] | None:
    """Read a target; None where it is neither a number nor two rising ones."""
    parts: Any = target
    if isinstance(parts, str):
        parts = parts.split(_ENDS_APART)
    elif not isinstance(parts, Sequence | np.ndarray):
        parts = (parts,)
    if any(isinstance(part, bool) for part in parts) or len(parts) not in (1, 2):
        return None
    try:
        low, high = float(parts[0]), float(parts[-1])
    except (TypeError, ValueError):
        return None
    rises = low < high or len(parts) == 1
    return (low, high) if rises and np.isfinite([low, high]).all() else None
