"""The likelihood of a censored normal with an effect of each unit, by adaptive quadrature.

The effect of a unit is integrated out: L_i = integral of prod_t f(y_it | x_it b
+ sigma_u v) phi(v) dv. Gauss and Hermite's nodes are laid around the mode of
each unit's integrand, as wide as its curvature asks for; with many years the
integrand is a narrow peak that fixed nodes would miss.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp

from spatialccd.drivers._estimates import Design
from spatialccd.drivers.regression._censored import Censored, hazard, log_density, maximize
from spatialccd.errors import ConvergenceError

if TYPE_CHECKING:
    from spatialccd._progress import Step
    from spatialccd._types import FloatArray, IntArray

_ROUNDS = 50
_SETTLED = 1e-9
_LOG_ROOT_2PI = 0.5 * np.log(2 * np.pi)


class Grid(NamedTuple):
    """Nodes of the effect and the logarithm of their weights, each (units, nodes)."""

    v: FloatArray
    log_weight: FloatArray


@dataclass(frozen=True)
class Panel:
    """Rows sorted by unit, in a scale in which the estimate is of the order of 1.

    Attributes
    ----------
    Z : array, shape (n, k)
        The design made orthogonal.
    known : Censored
    codes, starts : array
        The unit of each row, and where each unit begins.
    """

    Z: FloatArray
    known: Censored
    codes: IntArray
    starts: IntArray

    def sums(self, rows: FloatArray) -> FloatArray:
        """Add rows up by unit."""
        return np.asarray(np.add.reduceat(rows, self.starts, axis=0))

    def standard(self, theta: FloatArray, v: FloatArray) -> FloatArray:
        """(value - mean) / sigma_e at the effects `v` (units, q), (n, q)."""
        mean = (self.Z @ theta[:-2])[:, None] + np.exp(theta[-1]) * v[self.codes]
        return np.asarray((self.known.value[:, None] - mean) / np.exp(theta[-2]))

    def grid(self, theta: FloatArray, nodes: int) -> Grid:
        """Lay nodes around the mode of each unit's integrand."""
        ratio = np.exp(theta[-1] - theta[-2])
        mode = np.zeros((len(self.starts), 1))
        for _ in range(_ROUNDS):  # concave in the effect: Newton climbs, damped at first
            first, second = hazard(self.standard(theta, mode), self.known.side[:, None])
            slope = -ratio * self.sums(first) - mode
            curvature = ratio**2 * self.sums(second) + 1
            step = np.clip(slope / curvature, -2, 2)
            mode = mode + step
            if np.abs(step).max() < 1e-10:
                break
        z, weight = np.polynomial.hermite.hermgauss(nodes)
        width = np.sqrt(2 / curvature)
        v = mode + width * z
        log_weight = np.log(width) + np.log(weight) + z**2 - 0.5 * v**2 - _LOG_ROOT_2PI
        return Grid(v, np.asarray(log_weight))

    def log_likelihood(self, theta: FloatArray, grid: Grid) -> tuple[FloatArray, FloatArray]:
        """Give each unit's log-likelihood (units,) and its gradient (units, k + 2).

        The gradient is the mean over the effect, given the data, of the
        gradient at that effect.
        """
        side = self.known.side[:, None]
        standard = self.standard(theta, grid.v)
        joint = self.sums(log_density(standard, side, theta[-2])) + grid.log_weight
        total = logsumexp(joint, axis=1)
        posterior = np.exp(joint - total[:, None])[self.codes]
        first, _ = hazard(standard, side)
        down = -posterior * first
        sigma_e, sigma_u = np.exp(theta[-2]), np.exp(theta[-1])
        by_mean = down.sum(axis=1) / sigma_e
        by_sigma_e = (down * standard).sum(axis=1) - self.known.seen
        by_sigma_u = (down * grid.v[self.codes]).sum(axis=1) * sigma_u / sigma_e
        rows = np.column_stack([self.Z * by_mean[:, None], by_sigma_e, by_sigma_u])
        return np.asarray(total), self.sums(rows)


@dataclass(frozen=True)
class Estimate:
    """The maximum, in coefficients, log sigma_e and log sigma_u.

    Attributes
    ----------
    parameters : array, shape (k + 2,)
    log_likelihood, pooled : float
        With the effects, and of the Tobit without.
    bread : array, shape (k + 2, k + 2)
        Inverse observed information.
    scores : array, shape (units, k + 2)
    drift : float
        How much twice as many nodes move the log-likelihood.
    """

    parameters: FloatArray
    log_likelihood: float
    pooled: float
    bread: FloatArray
    scores: FloatArray
    drift: float


def estimate(design: Design, known: Censored, codes: IntArray, nodes: int, step: Step) -> Estimate:
    """Maximize the likelihood; nodes are laid anew until nothing moves. `step` is told thrice."""
    simple = maximize(design, known)
    step(1)
    n, unit = len(design.y), float(np.exp(simple.log_scale))
    q, r = np.linalg.qr(design.X)
    back = np.linalg.inv(r) * np.sqrt(n) * unit  # from the scaled coefficients to the design's
    panel = Panel(
        q * np.sqrt(n),
        Censored(known.value / unit, known.side),
        codes,
        np.flatnonzero(np.diff(codes, prepend=-1)),
    )
    half = -0.5 * np.log(2)
    theta = np.concatenate([np.linalg.solve(back, simple.coef), [half, half]])
    theta, grid = _maximize(panel, theta, nodes)
    step(1)
    total, scores = panel.log_likelihood(theta, grid)
    twice, _ = panel.log_likelihood(theta, panel.grid(theta, 2 * nodes))
    jacobian = np.eye(theta.size)
    jacobian[:-2, :-2] = back
    information = _information(panel, theta, grid)
    step(1)
    # Values were divided by `unit`, and a density grows as its values shrink.
    shift = -known.seen.sum() * np.log(unit)
    return Estimate(
        np.concatenate([back @ theta[:-2], theta[-2:] + np.log(unit)]),
        float(total.sum() + shift),
        simple.log_likelihood,
        jacobian @ np.linalg.pinv(information, hermitian=True) @ jacobian.T,
        scores @ np.linalg.inv(jacobian),
        float(abs(twice.sum() - total.sum())),
    )


def _maximize(panel: Panel, theta: FloatArray, nodes: int) -> tuple[FloatArray, Grid]:
    last = -np.inf
    for _ in range(_ROUNDS):
        grid = panel.grid(theta, nodes)

        def loss(at: FloatArray, grid: Grid = grid) -> tuple[float, FloatArray]:
            total, gradient = panel.log_likelihood(at, grid)
            return -float(total.sum()), -gradient.sum(axis=0)

        # No effect at all is log sigma_u at minus infinity: a bound stands for it.
        bounds = [(None, None)] * (theta.size - 1) + [(-9.0, None)]
        found = minimize(
            loss, theta, jac=True, method="L-BFGS-B", bounds=bounds,
            options={"maxiter": 500, "ftol": 1e-15, "gtol": 1e-7, "maxcor": 30},
        )  # fmt: skip
        moved = np.abs(found.x - theta).max()
        theta = found.x
        if abs(-found.fun - last) < _SETTLED * len(panel.Z) and moved < 1e-5:
            return theta, panel.grid(theta, nodes)
        last = -found.fun
    raise ConvergenceError(
        f"the likelihood did not settle in {_ROUNDS} rounds of quadrature; take more nodes "
        "(n_nodes) or fewer covariates"
    )


def _information(panel: Panel, theta: FloatArray, grid: Grid) -> FloatArray:
    """Give minus the second derivatives, as differences of the gradient."""
    columns = []
    for j in range(theta.size):
        step = np.zeros(theta.size)
        step[j] = 1e-4
        up, down = (panel.log_likelihood(theta + sign * step, grid)[1] for sign in (1, -1))
        columns.append((down - up).sum(axis=0) / 2e-4)
    matrix = np.column_stack(columns)
    return np.asarray((matrix + matrix.T) / 2)
