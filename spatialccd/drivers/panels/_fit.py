"""Estimates of a spatial panel: maximum likelihood, corrections, covariances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from spatialccd._spatial.information import Curvature, inverse, sandwich
from spatialccd._spatial.likelihood import Pooled, observed
from spatialccd._spatial.random_effects import RandomError, RandomLag
from spatialccd._spatial.search import Optimum, maximize
from spatialccd.drivers.panels._layout import (
    HAS_LAMBDA,
    HAS_RHO,
    Layout,
    check_effects,
    make_sample,
    route,
)
from spatialccd.errors import ParameterError

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, IntArray

PanelCov = Literal["expected", "observed", "robust", "cluster", "conley"]

RHO, LAMBDA, PHI, SIGMA2 = "rho", "lambda", "phi", "sigma2"


@dataclass(frozen=True)
class Fit:
    """One estimate, in the scale of its layout.

    Attributes
    ----------
    layout : Layout
    likelihood : Pooled, RandomLag or RandomError
    names : list of str
        Of the parameters: slopes, rho, lambda, phi, sigma2.
    theta : array
        The estimate; corrected where the approach says so. On the data: ``estimate``.
    optimum : Optimum
        Where the likelihood is highest.
    approach : str
        The one taken.
    remark : str
        Why it is not the one asked for; empty where it is.
    """

    layout: Layout
    likelihood: Any
    names: list[str]
    theta: FloatArray
    optimum: Optimum
    approach: str
    remark: str

    def __getitem__(self, name: str) -> float:
        """Give a parameter; 0 where the model has none of that name."""
        return float(self.theta[self.names.index(name)]) if name in self.names else 0.0

    @property
    def slopes(self) -> int:
        """How many slopes there are."""
        return int(self.likelihood.k)

    @property
    def estimate(self) -> FloatArray:
        """The parameters on the data."""
        return self.layout.scale.estimate(self.names, self.likelihood.sample, self.theta)

    def on_data(self, covariance: FloatArray) -> FloatArray:
        """Give a covariance of the parameters on the data."""
        return self.layout.scale.covariance(self.names, self.likelihood.sample, covariance)

    def log_likelihood(self, value: float) -> float:
        """Give a log-likelihood of the data, of one of the fit."""
        return self.layout.scale.log_likelihood(self.likelihood.sample, value)

    def covariance(
        self, cov: str, groups: IntArray | None = None, near: FloatArray | None = None
    ) -> FloatArray:
        """Give the covariance of all parameters of the fit; ``on_data`` takes it further.

        Parameters
        ----------
        cov : {"expected", "observed", "robust", "cluster", "conley"}
        groups : array of int, shape (N,), optional
            For "cluster": the cluster of each unit; each by itself when omitted.
        near : array, shape (N, N), optional
            For "conley": how much a pair of units counts.
        """
        if cov == "observed":
            return inverse(observed(self.likelihood, self.theta), self.names)
        curvature = Curvature(self.likelihood, self.theta)
        sample = self.likelihood.sample
        times = sample.times
        if self.approach == "corrected" and sample.by_unit:
            times -= 1  # its variance is that of the transformed data, so its information is
        bread = inverse(curvature.expected(times), self.names)
        if cov == "expected":
            return bread
        if near is not None:
            wide = bread.copy()
            wide[: self.slopes, : self.slopes] = curvature.near(near)
            return wide
        scores, units = curvature.scores()
        if cov == "robust":
            return sandwich(bread, scores, None)
        return sandwich(bread, scores, units if groups is None else groups[units])


def fit(layout: Layout, model: str, effects: str, approach: str) -> Fit:
    """Estimate one model with fixed effects or none; random effects of units by ``fit_random``."""
    check_effects(layout, effects)
    if effects == "random":
        return fit_random(layout, model)
    taken, remark = route(layout, model, effects, approach)
    sample, names = make_sample(layout, model, effects, taken)
    likelihood = Pooled(sample, model in HAS_RHO, model in HAS_LAMBDA)
    optimum = maximize(likelihood)
    theta = _corrected(likelihood, optimum.theta) if taken == "corrected" else optimum.theta
    names = [*names, *likelihood.names, SIGMA2]
    return Fit(layout, likelihood, names, theta, optimum, taken, remark)


def fit_random(layout: Layout, model: str, *, years: bool = False) -> Fit:
    """Estimate a model with random effects of units, and with fixed ones of times for `years`."""
    if model in ("sac", "gns"):
        raise ParameterError(
            f"effects='random' takes sar, sem, sdm, slx or sdem, not {model!r}; take effects='unit'"
        )
    if years:
        sample, names = make_sample(layout, model, "time", "transformation")
    else:
        sample, names = make_sample(layout, model, "random", "direct")
    if years and model in HAS_LAMBDA:
        raise ParameterError("fixed years beside random units take sar, sdm or slx")
    spatial_error = model in HAS_LAMBDA
    likelihood: RandomLag | RandomError = (
        RandomError(sample) if spatial_error else RandomLag(sample, model in HAS_RHO)
    )
    optimum = maximize(likelihood)
    names = [*names, *likelihood.names, SIGMA2]
    return Fit(layout, likelihood, names, optimum.theta, optimum, "direct", "")


def _corrected(likelihood: Pooled, theta: FloatArray) -> FloatArray:
    """Take the bias of demeaning off a direct estimate in one step (Lee and Yu 2010).

    With effects of times theta + Sigma^-1 a / N, Sigma the information an
    observation and a = (0, 1'G1/N, 1'H1/N, 1/(2 s2)); where W is row-normalized
    1'G1/N is 1/(1 - rho). With effects of units the variance times T / (T - 1).
    """
    s = likelihood.sample
    if s.by_time:
        curvature = Curvature(likelihood, theta)
        a = np.zeros(len(theta))
        at = likelihood.k
        if likelihood.has_rho:
            a[at] = curvature.lag_of_y.sum() / s.units
        if likelihood.has_lambda:
            a[at + likelihood.has_rho] = curvature.lag_of_error.sum() / s.units
        a[-1] = 1 / (2 * theta[-1])
        theta = theta + s.times * np.linalg.solve(curvature.expected(), a)
    if s.by_unit:
        theta = theta.copy()
        theta[-1] *= s.times / (s.times - 1)
    return theta


def units_of(clusters: Any, layout: Layout) -> IntArray | None:
    """Give the cluster of each unit as a number; None where none are given."""
    from spatialccd import _align

    if clusters is None:
        return None
    labels = clusters
    if labels.index.nlevels > 1:
        by_unit = labels.groupby(level=0)
        if (by_unit.nunique() > 1).any():
            moved = list(by_unit.nunique()[by_unit.nunique() > 1].index)
            raise ParameterError(
                f"clusters change over time in {moved[:8]}: here a unit has one cluster"
            )
        labels = by_unit.first()
    spread = _align.broadcast(labels, layout.units, "clusters")
    _align.check_complete(spread, "clusters", words=True)
    codes = np.asarray(pd.factorize(spread)[0])
    if codes.max() < 1:
        raise ParameterError("there is one cluster; errors cannot be clustered by it")
    return codes
