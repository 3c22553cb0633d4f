"""Array kernels of the measures of association, and their analytic moments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from spatialccd._types import FloatArray
from spatialccd.association._links import Matrix
from spatialccd.association._permutation import Alternative


@dataclass(frozen=True)
class Sums:
    """Sums of a weight matrix that the moments need (Cliff and Ord, 1981, p. 19)."""

    n: int
    s0: float
    s1: float
    s2: float

    @classmethod
    def of(cls, matrix: Matrix) -> Sums:
        """Take them from a sparse matrix, shape (n, n)."""
        both = matrix + matrix.T
        margins = np.asarray(matrix.sum(axis=1)).ravel() + np.asarray(matrix.sum(axis=0)).ravel()
        return cls(
            n=matrix.shape[0],
            s0=float(matrix.sum()),
            s1=float((both.data**2).sum() / 2),
            s2=float((margins**2).sum()),
        )


def standard_scores(values: FloatArray) -> FloatArray:
    """Center and divide by the standard deviation (ddof 0) of each column."""
    centered = values - values.mean(axis=0)
    return np.asarray(centered / np.sqrt((centered**2).mean(axis=0)), dtype=float)


def moran(z: FloatArray, matrix: Matrix, s0: float) -> FloatArray:
    """Moran's I of standard scores, shape (n, T) -> (T,)."""
    return np.asarray((z * (matrix @ z)).sum(axis=0) / s0, dtype=float)


def moran_variance(sums: Sums, kurtosis: FloatArray | None) -> FloatArray:
    """Variance of I: under normality, or under randomization given the kurtosis m4/m2^2.

    Cliff and Ord (1981), equations 1.37 and 1.40.
    """
    n, s0, s1, s2 = sums.n, sums.s0, sums.s1, sums.s2
    square = 1 / (n - 1) ** 2
    if kurtosis is None:
        return np.asarray((n**2 * s1 - n * s2 + 3 * s0**2) / ((n**2 - 1) * s0**2) - square)
    plain = n * ((n**2 - 3 * n + 3) * s1 - n * s2 + 3 * s0**2)
    peaked = kurtosis * ((n**2 - n) * s1 - 2 * n * s2 + 6 * s0**2)
    return np.asarray((plain - peaked) / ((n - 1) * (n - 2) * (n - 3) * s0**2) - square)


def analytic(
    observed: FloatArray,
    expected: float,
    variance: Callable[[FloatArray | None], FloatArray],
    z: FloatArray,
    alternative: Alternative,
    sign: int = 1,
) -> dict[str, FloatArray]:
    """Test figures under randomization and under normality.

    Parameters
    ----------
    observed : array, shape (T,)
    expected : float
    variance : function
        Of the kurtosis m4/m2^2 of each time, shape (T,); of None under normality.
    z : array, shape (n, T)
        Standard scores of the values.
    alternative : str
    sign : {1, -1}
        -1 when a small figure is much association.

    Returns
    -------
    dict
        variance, z, p_rand; variance_norm, z_norm, p_norm.
    """
    figures = {}
    for tail, suffix, kurtosis in (("rand", "", (z**4).mean(axis=0)), ("norm", "_norm", None)):
        spread = variance(kurtosis)
        score = sign * (observed - expected) / np.sqrt(spread)
        figures[f"variance{suffix}"], figures[f"z{suffix}"] = spread, score
        figures[f"p_{tail}"] = normal_p(score, alternative)
    return figures


def local_moments(x: FloatArray, y: FloatArray, matrix: Matrix) -> tuple[FloatArray, FloatArray]:
    """Mean and variance of x_i * lag_i(y) when all other y are permuted, shape (n,) each.

    Sokal, Oden and Thomson (1998), appendix, the conditional hypothesis; for
    x other than y by the same reasoning, sampling without replacement.
    """
    n = len(x)
    total = np.asarray(matrix.sum(axis=1)).ravel()
    squares = np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel()
    expected = -x * y * total / (n - 1)
    variance = x**2 * n / (n - 2) * (squares - total**2 / (n - 1)) * (1 - y**2 / (n - 1))
    return expected, np.maximum(variance, 0.0)


def normal_p(z: FloatArray, alternative: Alternative) -> FloatArray:
    """P-value of a standard normal figure."""
    if alternative == "greater":
        return np.asarray(special.ndtr(-z), dtype=float)
    if alternative == "less":
        return np.asarray(special.ndtr(z), dtype=float)
    tails = 1 if alternative == "directed" else 2
    return np.asarray(tails * special.ndtr(-np.abs(z)), dtype=float)
