"""Deng's grey relational coefficient: one kernel for every station that compares series by it."""

from __future__ import annotations

import numpy as np

from spatialccd._types import FloatArray


def coefficients(distance: FloatArray, rho: float, axes: tuple[int, ...]) -> FloatArray:
    """Give (min + rho max) / (distance + rho max), with both extremes over `axes`.

    Parameters
    ----------
    distance : array
        Absolute differences, none below 0.
    rho : float
        In (0, 1]; the smaller, the further the coefficients part.
    axes : tuple of int
        Over which the smallest and largest distance are taken.

    Returns
    -------
    array
        Shaped as `distance`, in (0, 1]; 1 where all distances are 0.

    Examples
    --------
    >>> coefficients(np.array([[0.0, 1.0, 2.0]]), 0.5, (0, 1)).round(3).tolist()
    [[1.0, 0.5, 0.333]]
    """
    low = distance.min(axis=axes, keepdims=True)
    high = rho * distance.max(axis=axes, keepdims=True)
    bottom = distance + high
    found = np.divide(low + high, bottom, out=np.ones_like(bottom), where=bottom > 0)
    return np.asarray(found)
