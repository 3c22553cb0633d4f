"""Kernels of Mann and Kendall's test and of Sen's slope, for every station that asks for a trend.

Series stand in rows. Values that differ by rounding only count as ties.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy import stats

from spatialccd._constant import ROUNDING
from spatialccd._types import FloatArray, IntArray

#: Below this length p is that of the exact distribution of S; the normal one is too coarse.
EXACT_BELOW = 10


class Kendall(NamedTuple):
    """S, its variance without a trend, its score and two-sided p; all of shape (n,)."""

    s: FloatArray
    variance: FloatArray
    z: FloatArray
    p: FloatArray


def mann_kendall(x: FloatArray) -> Kendall:
    """Test each series (n, T) for a trend; p is exact where T < ``EXACT_BELOW``.

    Examples
    --------
    >>> found = mann_kendall(np.array([[1.0, 2, 3, 4, 5]]))
    >>> found.s.item(), round(found.z.item(), 3), round(found.p.item(), 5)
    (10.0, 2.205, 0.01667)
    """
    codes = tie_codes(x)
    s, variance = kendall_s(codes), kendall_variance(codes)
    z = score(s, variance)
    p = 2 * stats.norm.sf(np.abs(z))
    if x.shape[1] < EXACT_BELOW:
        p = np.array([_exact_p(row, total) for row, total in zip(codes, s, strict=True)])
    return Kendall(s, variance, z, p)


def tie_codes(x: FloatArray) -> IntArray:
    """Give the place of each value in its series (n, T), from small to large, ties alike."""
    order = np.argsort(x, axis=1, kind="stable")
    rising = np.take_along_axis(x, order, axis=1)
    apart = np.diff(rising, axis=1) > ROUNDING * np.abs(x).max(axis=1, keepdims=True)
    steps = np.concatenate([np.zeros((len(x), 1), dtype=int), np.cumsum(apart, axis=1)], axis=1)
    codes = np.empty_like(steps)
    np.put_along_axis(codes, order, steps, axis=1)
    return codes


def kendall_s(codes: IntArray) -> FloatArray:
    """Count pairs that rise less pairs that fall, (n, T) -> (n,)."""
    spans = range(1, codes.shape[1])
    moves = (np.sign(codes[:, k:] - codes[:, :-k]).sum(axis=1) for k in spans)
    return np.asarray(sum(moves, start=np.zeros(len(codes), dtype=int)), dtype=float)


def kendall_variance(codes: IntArray) -> FloatArray:
    """Variance of S without a trend (Kendall 1975), ties counted, (n, T) -> (n,)."""
    n = codes.shape[1]
    ties = _tie_sizes(codes)
    within = (ties * (ties - 1) * (2 * ties + 5)).sum(axis=1)
    return np.asarray((n * (n - 1) * (2 * n + 5) - within) / 18.0, dtype=float)


def tau_denominator(codes: IntArray) -> FloatArray:
    """Give what S is divided by in Kendall's tau-b (times have no ties), (n, T) -> (n,)."""
    n = codes.shape[1]
    ties = _tie_sizes(codes)
    pairs = n * (n - 1) / 2
    return np.asarray(np.sqrt(pairs * (pairs - (ties * (ties - 1)).sum(axis=1) / 2)), dtype=float)


def score(s: FloatArray, variance: FloatArray) -> FloatArray:
    """Standardize S with its correction for continuity; NaN where there is no variance."""
    z = np.full(s.shape, np.nan)
    shrunk = s - np.sign(s)
    np.divide(shrunk, np.sqrt(np.maximum(variance, 0)), out=z, where=variance > 0)
    z[(s == 0) & (variance == 0)] = 0.0  # one value at all times: no trend, whatever the scale
    return z


def pair_slopes(x: FloatArray, t: FloatArray) -> FloatArray:
    """Slopes between all pairs of times of series (n, T), (n, T (T - 1) / 2)."""
    i, j = np.triu_indices(len(t), k=1)
    return np.asarray((x[:, j] - x[:, i]) / (t[j] - t[i]), dtype=float)


def sen_interval(
    slopes: FloatArray, variance: FloatArray, alpha: float
) -> tuple[FloatArray, FloatArray]:
    """Give the ends of the interval of Sen's slope by ranks (Sen 1968), from pair slopes (n, m)."""
    rising = np.sort(slopes, axis=1)
    m = slopes.shape[1]
    reach = stats.norm.ppf(1 - alpha / 2) * np.sqrt(variance)
    known = np.isfinite(reach)
    half = np.where(known, reach, 0.0)
    low = np.maximum(np.round((m - half) / 2).astype(int) - 1, 0)
    high = np.minimum(np.round((m + half) / 2).astype(int), m - 1)
    ends = [np.take_along_axis(rising, k[:, None], axis=1)[:, 0] for k in (low, high)]
    return np.where(known, ends[0], np.nan), np.where(known, ends[1], np.nan)


def _tie_sizes(codes: IntArray) -> IntArray:
    """How often each code stands in each series, (n, T)."""
    n, T = codes.shape
    flat = codes + T * np.arange(n)[:, None]
    return np.bincount(flat.ravel(), minlength=n * T).reshape(n, T)


def _exact_p(codes: IntArray, s: float) -> float:
    """Share of the orders of one series (T,) whose S is as far from 0."""
    sizes = tuple(sorted(int(c) for c in np.bincount(codes) if c > 1))
    values, share = _distribution(len(codes), sizes)
    return min(1.0, float(share[np.abs(values) >= abs(s)].sum()))


@lru_cache(maxsize=1024)
def _distribution(n: int, ties: tuple[int, ...]) -> tuple[FloatArray, FloatArray]:
    """All values of S and their shares of the orders of n values with groups of ties.

    Inversions of the orders of a multiset are counted by the Gaussian multinomial
    coefficient [n]! / ([t1]! [t2]! ...) (MacMahon 1916), and S = pairs - 2 inversions.
    """
    counts: FloatArray = _factorial(n)
    for size in ties:
        counts = np.round(np.polydiv(counts, _factorial(size))[0])  # whole numbers below 10!
    pairs = len(counts) - 1
    share = np.asarray(counts / counts.sum(), dtype=float)
    return np.asarray(pairs - 2.0 * np.arange(pairs + 1), dtype=float), share


def _factorial(n: int) -> FloatArray:
    """Coefficients of [n]! = (1)(1 + q)(1 + q + q^2)..."""
    product = np.ones(1)
    for k in range(2, n + 1):
        product = np.convolve(product, np.ones(k))
    return product
