"""Deng's grey relational coefficient: one kernel for every station that compares series by it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from spatialccd._types import FloatArray


class Extremes(NamedTuple):
    """Smallest distance, and rho times the largest; they broadcast over distances."""

    low: FloatArray
    high: FloatArray


def extremes(distance: FloatArray, rho: float, axes: tuple[int, ...]) -> Extremes:
    """Take the extremes of absolute differences over `axes`, with `rho` in (0, 1]."""
    low = distance.min(axis=axes, keepdims=True)
    return Extremes(low, rho * distance.max(axis=axes, keepdims=True))


def coefficients(distance: FloatArray, ends: Extremes) -> FloatArray:
    """Give (min + rho max) / (distance + rho max), shaped as `distance`.

    In (0, 1] for the distances that the extremes are of; 1 where all are 0.

    Examples
    --------
    >>> distance = np.array([[0.0, 1.0, 2.0]])
    >>> coefficients(distance, extremes(distance, 0.5, (0, 1))).round(3).tolist()
    [[1.0, 0.5, 0.333]]
    """
    bottom = distance + ends.high
    found = np.divide(ends.low + ends.high, bottom, out=np.ones_like(bottom), where=bottom > 0)
    return np.asarray(found)
