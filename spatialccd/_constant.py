"""What counts as constant, and how large a column is: one answer for every station."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from spatialccd._types import BoolArray, FloatArray

#: Spread beside the largest size below which values are one value written in two ways: .3 and
#: .1 + .2 differ by 2e-16 of their size, the sums of a panel by some 1e-14; data by far more.
ROUNDING = 1e-12


def is_constant(values: npt.ArrayLike) -> BoolArray:
    """Say which columns hold one value only, up to rounding.

    Parameters
    ----------
    values : array, shape (n,) or (n, k)
        Missing values (NaN) are passed over; a column without any value is constant.

    Returns
    -------
    array of bool, shape () or (k,)

    Examples
    --------
    >>> bool(is_constant([0.3, 0.1 + 0.2]))
    True
    >>> is_constant([[1e6, 0.0], [1e6 + 1, 1e-300]]).tolist()
    [False, False]
    """
    array = np.asarray(values, dtype=float)
    known = ~np.isnan(array)
    low = np.min(array, axis=0, initial=np.inf, where=known)
    high = np.max(array, axis=0, initial=-np.inf, where=known)
    size = np.maximum(np.abs(low), np.abs(high))
    # Halves: the spread of +-1e308 would overflow. No value at all leaves high below low.
    return np.asarray((high / 2 - low / 2 <= ROUNDING * (size / 2)) | (high < low))


def center_and_scale(columns: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give mean and standard deviation of columns; a constant one keeps its size.

    Parameters
    ----------
    columns : array, shape (n, k)

    Returns
    -------
    center, scale : arrays, shape (k,)
    """
    center = columns.mean(axis=0)
    size = np.abs(columns).max(axis=0)
    size = np.where(size > 0, size, 1.0)
    spread = size * ((columns - center) / size).std(axis=0)
    return center, np.where(spread > 0, spread, size)
