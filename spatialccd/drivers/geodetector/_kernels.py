"""Sums over strata, for many factors and many y at once.

Every factor is a row of zeros and ones per stratum; all factors' rows stacked
make one sparse matrix, whose product with a matrix of permuted y gives every
stratum's sum of every permutation in one pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse, special

from spatialccd._constant import is_constant
from spatialccd._types import BoolArray, FloatArray, IntArray

#: Two figures nearer than this count as equal: q has rounding errors of its own,
#: and a permutation that gives the same strata must count as a tie.
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Stack:
    """The strata of several factors over the same n units.

    Attributes
    ----------
    member : csr_array (G, n)
        One row a stratum, the factors one below the other; 1 where a unit is in it.
    sizes : ndarray (G,)
        Units in each stratum; none is empty.
    starts : ndarray (D,)
        The first stratum of each factor.
    """

    member: Any
    sizes: FloatArray
    starts: IntArray

    @property
    def counts(self) -> IntArray:
        """Number of strata of each factor (D,)."""
        return np.diff(np.append(self.starts, self.sizes.size))

    def sums(self, values: FloatArray) -> FloatArray:
        """Give the sum of `values` (n, m) in each stratum, (G, m)."""
        return np.asarray(self.member @ values)

    def over_strata(self, values: FloatArray) -> FloatArray:
        """Add up `values` (G, ...) over the strata of each factor, (D, ...)."""
        return np.add.reduceat(values, self.starts, axis=0)


def compact(codes: IntArray) -> tuple[IntArray, int]:
    """Renumber codes so that none is unused; give their number too."""
    used, renumbered = np.unique(codes, return_inverse=True)
    return renumbered.astype(np.int64), used.size


def stack(factors: Sequence[tuple[IntArray, int]]) -> Stack:
    """Stack factors given as (codes (n,), number of strata), without unused codes."""
    counts = np.array([count for _, count in factors])
    starts = np.cumsum(counts) - counts
    n = factors[0][0].size
    rows = np.concatenate(
        [codes + start for (codes, _), start in zip(factors, starts, strict=True)]
    )
    units = np.tile(np.arange(n), len(factors))
    groups = int(counts.sum())
    member = sparse.csr_array((np.ones(rows.size), (rows, units)), shape=(groups, n))
    sizes = np.bincount(rows, minlength=groups).astype(float)
    return Stack(member, sizes, starts)


def standardize(y: FloatArray) -> FloatArray:
    """Center and scale `y` to a sum of squares of 1; a constant becomes zeros.

    q does not depend on the origin and the unit of y; after this step neither
    do its rounding errors, and permutations compare alike for y and a + b y.
    """
    if is_constant(y):  # what is left of it after centering would be rounding error
        return np.zeros_like(y)
    centered = y - y.mean()
    return np.asarray(centered / np.sqrt(centered @ centered))


def q_statistics(factors: Stack, values: FloatArray) -> FloatArray:
    """Give q of each factor (D,) for each column of `values` (n, m): (D, m).

    q = 1 - SSW/SST = SSB/SST over all n units, with strata of one unit kept
    (Wang et al. 2010). Columns need not be permutations of each other.
    """
    n = values.shape[0]
    square_of_sum = values.sum(axis=0) ** 2 / n
    total = np.einsum("ij,ij->j", values, values) - square_of_sum
    return q_of_sums(factors, factors.sums(values), square_of_sum, total)


def q_of_sums(
    factors: Stack, sums: FloatArray, square_of_sum: FloatArray | float, total: FloatArray | float
) -> FloatArray:
    """Give q (D, m) from the sum in each stratum (G, m), which is overwritten.

    `square_of_sum` is the square of all, over n; `total` is SST: (m,) each, or one for all.
    """
    sums *= sums
    sums /= factors.sizes[:, None]
    between = factors.over_strata(sums) - square_of_sum
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.clip(between / total, 0.0, 1.0))


def resampled_q(
    factors: Stack, values: FloatArray, times: FloatArray
) -> tuple[FloatArray, IntArray]:
    """Give q of samples in which unit i stands times[i, j] times: `times` (n, m).

    Returns q and the number of strata that are left, both (D, m).
    """
    n = times.sum(axis=0)
    weighted = times * values[:, None]
    square_of_sum = weighted.sum(axis=0) ** 2 / n
    total = (weighted * values[:, None]).sum(axis=0) - square_of_sum
    sums, sizes = factors.sums(weighted), factors.sums(times)
    part = np.divide(sums**2, sizes, out=np.zeros_like(sums), where=sizes > 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        q = np.clip((factors.over_strata(part) - square_of_sum) / total, 0.0, 1.0)
    left = factors.over_strata((sizes > 0).astype(float))
    return np.asarray(q), left.astype(np.int64)


def expected_q(strata: IntArray, n: int) -> FloatArray:
    """Give E[q] when the factor has no effect: (L - 1) / (n - 1)."""
    return np.asarray((strata - 1) / (n - 1))


def adjusted_q(q: FloatArray, strata: IntArray, n: int) -> FloatArray:
    """Take the bias out of q, in the form of omega squared (Hays 1963).

    (SSB - (L-1) MSW) / (SST + MSW), with all sums in units of SST. Below zero
    where the factor explains less than chance would.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        msw = (1.0 - q) / (n - strata)
        return np.asarray((q - (strata - 1) * msw) / (1.0 + msw))


def f_statistics(q: FloatArray, strata: IntArray, n: int) -> FloatArray:
    """Give F = [q / (L-1)] / [(1-q) / (n-L)], (D,)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(q * (n - strata) / ((1.0 - q) * (strata - 1)))


def p_central(F: FloatArray, strata: IntArray, n: int) -> FloatArray:
    """Upper tail of the central F(L - 1, n - L): exact for normal y with no effect."""
    with np.errstate(invalid="ignore"):
        return np.asarray(special.fdtrc(strata - 1.0, n - strata.astype(float), F))


def noncentrality(factors: Stack, means: FloatArray, n: int, variance: float) -> FloatArray:
    """Give lambda (D,) of Wang et al. (2016, eq. 4), from the means of the strata (G,) of y.

    [sum mean_h^2 - (sum sqrt(n_h) mean_h)^2 / n] / variance.
    """
    squares = factors.over_strata(means**2)
    roots = factors.over_strata(np.sqrt(factors.sizes) * means)
    return np.asarray((squares - roots**2 / n) / variance)


def p_noncentral(
    factors: Stack, means: FloatArray, n: int, variance: float, F: FloatArray, usable: BoolArray
) -> FloatArray:
    """Upper tail of F(L - 1, n - L, lambda), as the published packages compute it, (D,)."""
    from scipy.stats import ncf

    if not usable.any():
        return np.full(F.size, np.nan)
    shift = np.maximum(noncentrality(factors, means, n, variance), 0.0)
    between, within = factors.counts - 1.0, n - factors.counts.astype(float)
    with np.errstate(invalid="ignore"):
        return np.where(usable, ncf.sf(F, between, within, shift), np.nan)


def single_figures(factors: Stack, q: FloatArray, n: int, usable: BoolArray) -> dict[str, Any]:
    """Give all that follows from q (D,); NaN for a factor that cannot be used."""
    strata = factors.counts
    q = np.where(usable, q, np.nan)
    F = f_statistics(q, strata, n)
    return {
        "n": n,
        "strata": strata,
        "smallest": np.minimum.reduceat(factors.sizes, factors.starts).astype(int),
        "q": q,
        "expected_q": np.where(usable, expected_q(strata, n), np.nan),
        "adjusted_q": adjusted_q(q, strata, n),
        "F": F,
        "p_f": p_central(F, strata, n),
    }
