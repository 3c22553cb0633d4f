"""What a change of x does here, elsewhere and in all: the means of (I - rho W)^-1 (b I + t W)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from spatialccd._spatial.operator import Operator

if TYPE_CHECKING:
    from collections.abc import Callable

    from spatialccd._types import FloatArray

KINDS = ("direct", "indirect", "total")
_NODES = 24
_STEP = 1e-20


@dataclass(frozen=True)
class Effects:
    """Effects with both kinds of errors.

    Attributes
    ----------
    value, se, se_simulated, low_simulated, high_simulated : array, shape (K, 3)
        Direct, indirect and total; errors by the delta method and by draws.
    rejected : int
        Draws left out, where rho was outside its interval.
    """

    value: FloatArray
    se: FloatArray
    se_simulated: FloatArray
    low_simulated: FloatArray
    high_simulated: FloatArray
    rejected: int


class Multiplier:
    """Mean diagonals and mean row sums of (c I - r W)^-1, and of it times W.

    With c = 1 and r = rho these are the weights of slopes in an effect; the long
    run of a dynamic model takes others.
    """

    def __init__(self, operator: Operator) -> None:
        self.operator = operator

    def means(self, c: complex, r: complex) -> tuple[Any, Any, Any, Any]:
        """Give the mean diagonal of the inverse, of it times W, then their mean row sums."""
        op, kappa = self.operator, r / c
        trace = op.trace(kappa) / op.size
        ones, sums = np.ones(op.size), op.row_sums
        if op.row_normalized:
            own_sum = around_sum = 1 / (1 - kappa)
        else:
            solved = op.solve(kappa, np.column_stack([ones, sums]))
            own_sum, around_sum = solved.mean(axis=0)
        return (1 + kappa * trace) / c, trace / c, own_sum / c, around_sum / c

    def many(self, c: FloatArray, r: FloatArray) -> FloatArray:
        """Give the four means for many pairs (c, r), shape (draws, 4).

        Between the ends of r / c the means are so smooth that a polynomial
        through a few points is exact to rounding; draws are no estimates.
        """
        kappa = r / c
        low, high = kappa.min(), kappa.max()
        if high - low <= 1e-12 * max(abs(low), abs(high)):
            rows = np.array([self.means(1.0, float(kappa[0]))]).repeat(len(c), axis=0)
        else:
            nodes = np.cos(np.pi * (np.arange(_NODES) + 0.5) / _NODES)
            at = low + (nodes + 1) / 2 * (high - low)
            found = np.array([self.means(1.0, float(value)) for value in at])
            fit = np.polynomial.chebyshev.chebfit(nodes, found, _NODES - 1)
            scaled = 2 * (kappa - low) / (high - low) - 1
            rows = np.polynomial.chebyshev.chebval(scaled, fit).T
        return np.asarray(rows / c[:, None])


def combine(means: Any, b: FloatArray, t: FloatArray) -> FloatArray:
    """Give direct, indirect and total effects, (..., K, 3), of slopes b and lag slopes t."""
    own, around, own_sum, around_sum = means
    direct, total = b * own + t * around, b * own_sum + t * around_sum
    return np.stack([direct, total - direct, total], axis=-1)


def estimate(
    operator: Operator,
    theta: FloatArray,
    covariance: FloatArray,
    slopes: Callable[[FloatArray], tuple[FloatArray, FloatArray]],
    roots: Callable[[FloatArray], tuple[Any, Any]],
    *,
    n_draws: int,
    seed: int | None,
    confidence: float,
) -> Effects:
    """Compute effects at the estimate, and their errors in both ways.

    Parameters
    ----------
    theta, covariance : arrays, shapes (p,), (p, p)
        The estimate.
    slopes : callable
        theta (..., p) -> b and t, (..., K).
    roots : callable
        theta (..., p) -> c and r of (c I - r W)^-1.
    """
    multiplier = Multiplier(operator)

    def at(point: FloatArray) -> FloatArray:
        c, r = roots(point)
        return combine(multiplier.means(c, r), *slopes(point))

    value = at(theta)
    size = len(theta)
    slope = np.stack([at(row).imag / _STEP for row in theta + 1j * _STEP * np.eye(size)], axis=-1)
    variance = np.einsum("kep,pq,keq->ke", slope, covariance, slope)
    rng = np.random.default_rng(seed)
    spread = np.sqrt(np.diag(covariance))
    spread = np.where(spread > 0, spread, 1.0)  # whatever the units of measurement
    even = covariance / np.outer(spread, spread)
    # Cholesky: axes of nearly equal variance would turn with rounding, and the draws with them.
    factor = np.linalg.cholesky(even + 1e-12 * np.eye(size))
    noise = rng.standard_normal((n_draws, size)) @ factor.T
    draws = theta + spread * noise
    c, r = (np.broadcast_to(part, n_draws) for part in roots(draws))
    low, high = operator.bounds
    with np.errstate(divide="ignore", invalid="ignore"):
        kept = (c > 0) & (r / c > low) & (r / c < high)
    if kept.sum() < 2:
        nothing = np.full_like(value, np.nan)
        return Effects(value, _root(variance), nothing, nothing, nothing, int((~kept).sum()))
    means = multiplier.many(c[kept], r[kept])
    b, t = (part[kept] for part in slopes(draws))
    drawn = combine([column[:, None] for column in means.T], b, t)
    tails = [(1 - confidence) / 2, (1 + confidence) / 2]
    ends = np.quantile(drawn, tails, axis=0)
    return Effects(
        value, _root(variance), drawn.std(axis=0, ddof=1), ends[0], ends[1], int((~kept).sum())
    )


def _root(variance: FloatArray) -> FloatArray:
    """Give standard errors; none where an effect is 0 by the model."""
    return np.where(variance > 0, np.sqrt(np.maximum(variance, 0)), np.nan)


def p_values(value: FloatArray, se: FloatArray) -> FloatArray:
    """Two-sided p-values of the normal distribution."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(2 * stats.norm.sf(np.abs(value / se)))
