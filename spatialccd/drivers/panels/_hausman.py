"""Hausman's test of random against fixed effects of units, and what it is under random ones."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from spatialccd._progress import each
from spatialccd._spatial.search import climb
from spatialccd.drivers.panels._fit import PHI, RHO, SIGMA2, Fit
from spatialccd.errors import EstimationError

if TYPE_CHECKING:
    from spatialccd._progress import Step
    from spatialccd._types import FloatArray


def hausman(fixed: Fit, random: Fit) -> tuple[float, int]:
    """Give d' (V_fixed - V_random)^-1 d over slopes and rho, and its degrees of freedom.

    Both estimates are swept of years in the same way and take the same kind of
    information (observed): mixing them gives statistics below 0.

    Raises
    ------
    EstimationError
        The difference of the covariances is not positive definite. The statistic's
        absolute value, which some programs print then, is no test.
    """
    shared = [*(name for name in fixed.names[: fixed.slopes] if name in random.names), RHO]
    of_fixed = [fixed.names.index(name) for name in shared]
    of_random = [random.names.index(name) for name in shared]
    apart = fixed.theta[of_fixed] - random.theta[of_random]
    V = fixed.covariance("observed")[np.ix_(of_fixed, of_fixed)]
    V = V - random.covariance("observed")[np.ix_(of_random, of_random)]
    scale = np.sqrt(np.abs(np.diag(V)))
    if scale.min() == 0 or np.linalg.eigvalsh(V / np.outer(scale, scale)).min() <= 0:
        raise EstimationError("the difference of the covariances is not positive definite")
    return float(apart @ np.linalg.solve(V, apart)), len(shared)


def hausman_draws(
    fixed: Fit, random: Fit, n_draws: int, rng: np.random.Generator, step: Step | None = None
) -> FloatArray:
    """Give the statistic of panels drawn from the random-effects estimate.

    y* = (I - rho W)^-1 (Z b + mu* + e*), mu* and e* normal with the variances
    estimated; both estimates are made anew of each. `step` is told of each.

    Returns
    -------
    array, shape (n_draws,)
        nan for draws without a test, as there are data without one.
    """
    sample = random.likelihood.sample
    N, T = sample.y.shape
    s2, phi, rho = random[SIGMA2], random[PHI], random[RHO]
    of_unit, of_error = np.sqrt(s2 * (1 / phi**2 - 1) / T), np.sqrt(s2)
    mean = sample.Z @ random.theta[: random.slopes]
    found = np.full(n_draws, np.nan)
    for draw in each(n_draws, step):
        e = of_unit * rng.normal(size=(N, 1)) + of_error * rng.normal(size=(N, T))
        y = sample.operator.solve(rho, mean + e)
        try:
            found[draw] = hausman(_again(fixed, y), _again(random, y))[0]
        except EstimationError:
            continue  # no optimum inside the bounds, or no test
    return found


def _again(fit: Fit, y: FloatArray) -> Fit:
    """Estimate the same model of another y, from where the estimate was."""
    sample = replace(fit.likelihood.sample, y=y)
    likelihood = replace(fit.likelihood, sample=sample)
    optimum = climb(likelihood, fit.theta[fit.slopes : -1])
    return replace(fit, likelihood=likelihood, theta=optimum.theta, optimum=optimum)
