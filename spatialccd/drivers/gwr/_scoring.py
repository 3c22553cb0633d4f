"""MGWR of counts and shares by local scoring (Hastie and Tibshirani 1990, ch. 6).

Around linear predictors e, y is to first order a Gaussian response: z = e + (y - mean) / v has
noise of variance 1 / v, v being the variance of y (both links are canonical). Times sqrt(v), z and
the columns are a regression whose noise has variance 1; it goes through the rounds of
``_backfit`` and through ``_exact`` or ``_probes`` as it is. Each round starts with the weights
that the last one left, so that one loop climbs and backfits.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from spatialccd.drivers.gwr._backfit import Backfit, backfit
from spatialccd.drivers.gwr._fit import smoothers_of
from spatialccd.drivers.gwr._likelihood import Likelihood, check_separated, run_away

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, Progress
    from spatialccd.drivers.gwr._design import Design
    from spatialccd.drivers.gwr._families import Response
    from spatialccd.drivers.gwr._fit import Plan
    from spatialccd.drivers.gwr._kernel_sums import KernelSums


class Working:
    """The Gaussian regression that counts or shares amount to around a fit.

    Its linear predictors are counted from that of one rate for all: so that the score of
    change, a share of their size, does not depend on the units of an offset.
    """

    def __init__(self, design: Design, response: Response) -> None:
        self.design = design
        self.response = response
        self.level = float(response.linear(response.common())[0])

    def at(self, beta: FloatArray) -> Design:
        """Give columns and response around coefficients, the intercept's counted from `level`.

        Raises
        ------
        EstimationError
            Coefficients run away: expected y is 0 (or 1, of shares) at places it names.
        """
        part = (self.design.X * beta).sum(axis=1)
        with np.errstate(over="ignore"):
            mean = self.response.mean(self.level + part)
        lost = run_away(beta, mean, self.response)
        check_separated(lost, self.response.family, self.design.units)
        root = np.sqrt(self.response.variance(mean))
        y = root * part + (self.response.y - mean) / root
        return replace(self.design, X=self.design.X * root[:, None], y=y)


class Scored(NamedTuple):
    """What local scoring ends with.

    Attributes
    ----------
    likelihood : Likelihood
        Of the GWR that it started from.
    start : float
        Bandwidth of that.
    found : Backfit
    working : Design
        The Gaussian regression at the end.
    """

    likelihood: Likelihood
    start: float
    found: Backfit
    working: Design


def fit_scored(
    neighbors: KernelSums,
    design: Design,
    response: Response,
    plan: Plan,
    *,
    progress: Progress | None = None,
) -> Scored:
    """Search the bandwidths of counts or shares, and fit at them."""
    likelihood = Likelihood(neighbors, design, response)
    start = plan.start_given
    if start is None:
        start, _ = likelihood.search(plan.start_bounds(neighbors))
    model = Working(design, response)
    smoothers = smoothers_of(neighbors, design, plan, known_noise=True)

    def rework(beta: FloatArray) -> FloatArray:
        now = model.at(beta)
        for smoother, x in zip(smoothers, np.ascontiguousarray(now.X.T), strict=True):
            smoother.reweigh(x)
        return now.y

    first = likelihood.checked(start).beta.copy()
    first[:, 0] -= model.level
    found = backfit(
        smoothers,
        design.y,
        first,
        plan.given,
        tol=plan.tol,
        max_iter=plan.max_iter,
        units=design.units,
        names=design.names,
        progress=progress,
        rework=rework,
    )
    working = model.at(found.beta)
    fitted = working.X * found.beta
    found.beta[:, 0] += model.level
    return Scored(likelihood, start, replace(found, fitted=fitted), working)
