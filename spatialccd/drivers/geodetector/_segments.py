"""The best segments of a factor's values, and how many of them to take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from spatialccd._jit import compiled

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, IntArray

#: A step up of q, as a share of it, that counts as flat (Song and Wu 2021).
_FLAT = 0.05
#: Share of the values that a point of the smooth curve rests on, and the degree of its curve.
_SPAN = 0.75


@compiled(nogil=True, error_model="numpy")
def segment(
    sums: FloatArray, sizes: FloatArray, least: float, top: int
) -> tuple[FloatArray, IntArray]:
    """Part sorted values into 1, ..., `top` segments whose sums of squares are least, exactly.

    Dynamic programming over the distinct values, so that a cut never parts equal ones:
    `sums` (b,) of the explained values (mean 0, sum of squares 1) and `sizes` (b,) of the
    rows at each. A segment has `least` rows or more.

    Returns q of each number of segments (top + 1,), -inf where there is none, and where the
    last segment of the first j values starts (top + 1, b + 1).
    """
    b = sums.size
    total, count = np.zeros(b + 1), np.zeros(b + 1)
    for i in range(b):
        total[i + 1] = total[i] + sums[i]
        count[i + 1] = count[i] + sizes[i]
    start = np.zeros((top + 1, b + 1), np.int64)
    q = np.full(top + 1, -np.inf)
    before = np.full(b + 1, -np.inf)
    before[0] = 0.0
    for g in range(1, top + 1):
        now = np.full(b + 1, -np.inf)
        for j in range(g, b + 1):
            for i in range(g - 1, j):
                n = count[j] - count[i]
                if n < least:
                    break
                value = before[i] + (total[j] - total[i]) ** 2 / n
                if value > now[j] + 1e-14:
                    now[j], start[g, j] = value, i
        before = now
        q[g] = before[b]
    return q, start


def codes_of(start: IntArray, g: int, ranks: IntArray) -> IntArray:
    """Give the segment 0, ..., g - 1 of each row, by the rank of its value."""
    ends = [start.shape[1] - 1]
    for number in range(g, 1, -1):
        ends.append(int(start[number, ends[-1]]))
    return np.searchsorted(np.array(ends[:0:-1]) - 1, ranks, side="left").astype(np.int64)


def flat_number(numbers: IntArray, q: FloatArray) -> int:
    """Choose a number of strata where q stops to rise: the position in `numbers`.

    A smooth curve (local quadratic, span .75) through q by number; the first number whose
    step up is at most 5% after one above that; else the number of the largest q.
    """
    smooth = _smooth(numbers.astype(float), q)
    with np.errstate(divide="ignore", invalid="ignore"):
        rise = np.diff(smooth) / smooth[:-1]
    for i in range(1, rise.size):
        if rise[i] <= _FLAT < rise[i - 1]:
            return i + 1
    return int(np.argmax(q))


def _smooth(x: FloatArray, y: FloatArray) -> FloatArray:
    """Fit a local quadratic at each x (Cleveland's loess, evaluated directly)."""
    near = int(np.floor(x.size * _SPAN + 1e-5))
    if near < 5:  # at most three points have weight: the curve runs through all of them
        return y
    smooth = np.empty_like(y)
    for i, at in enumerate(x):
        distance = np.abs(x - at)
        reach = np.sort(distance)[near - 1]
        root = np.sqrt(np.clip(1 - (distance / reach) ** 3, 0, None) ** 3)
        design = np.column_stack([np.ones_like(x), x - at, (x - at) ** 2])
        smooth[i] = np.linalg.lstsq(design * root[:, None], y * root, rcond=None)[0][0]
    return smooth
