"""Nearest and farthest observations, found by trees and hulls in memory of n."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import ConvexHull, KDTree

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, IntArray
    from spatialccd.drivers.gwr._space import Space

#: Rows that are looked at together.
_ROWS = 65_536
#: More than what rounding moves a squared distance by, relative.
_ROUNDING = 1e-9


def nearest_others(space: Space, k: int) -> IntArray:
    """Give the k nearest other observations of each, (n, k); of those as near, the first.

    Candidates come from a tree. What lies as far as the last of them may not be all that
    lies there, and later ones do not count where only the past does: then more are asked for.
    """
    points = _points(space)
    tree, n = KDTree(points), len(points)
    out = np.empty((n, k), np.intp)
    waiting, many = np.arange(n), min(2 * k + 1, n)
    while waiting.size:
        left = []
        for first in range(0, len(waiting), _ROWS):
            rows = waiting[first : first + _ROWS]
            far, near = tree.query(points[rows], many)
            d2 = space.squared(space.xy[rows], _when(space, rows), near)
            d2[near == rows[:, None]] = np.inf
            best = np.lexsort((near, d2))[:, :k]
            last = np.take_along_axis(d2, best[:, -1:], axis=1)[:, 0]
            settled = (last * (1.0 + _ROUNDING) < far[:, -1] ** 2) | (many == n)
            out[rows[settled]] = np.take_along_axis(near, best, axis=1)[settled]
            left.append(rows[~settled])
        waiting, many = np.concatenate(left), min(2 * many, n)
    return out


def distance_range(space: Space) -> tuple[float, float]:
    """Give the smallest and largest distance between two different observations."""
    both = replace(space, past=False)  # of two, the later one sees the other
    points = _points(space)
    near, pair = KDTree(points).query(points, 2)
    at = int(near[:, 1].argmin())
    least = both.squared(space.xy[[at]], _when(space, np.array([at])), pair[[at]]).max()
    rim = _rim(space)
    largest = both.squared(space.xy[rim], _when(space, rim), rim[None]).max()
    return float(np.sqrt(least)), float(np.sqrt(largest))


def _points(space: Space) -> FloatArray:
    """Give coordinates in space, and in space-time, where observations have times."""
    if space.clock is None:
        return space.xy
    clock = np.asarray(space.clock, dtype=float)
    return np.column_stack([space.xy, space.time_scale * (clock - clock.min())])


def _when(space: Space, rows: IntArray) -> FloatArray | None:
    return None if space.clock is None else np.asarray(space.clock, dtype=float)[rows]


def _rim(space: Space) -> IntArray:
    """Give the observations on the hull in space and time: the farthest at any time scale."""
    columns = space.xy if space.clock is None else np.column_stack([space.xy, space.clock])
    spread = np.ptp(columns, axis=0)
    points = (columns - columns.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    # All may lie on one plane or line: the hull is that of the directions there are.
    _, size, along = np.linalg.svd(points, full_matrices=False)
    points = points @ along[size > len(points) * np.finfo(float).eps * size[0]].T
    if points.shape[1] > 1:
        return np.asarray(ConvexHull(points).vertices, dtype=np.intp)
    return np.array([points.argmin(), points.argmax()])
