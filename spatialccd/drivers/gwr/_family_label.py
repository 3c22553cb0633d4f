"""GWR of counts and shares, from the call to the labeled result."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import special

from spatialccd._constant import ROUNDING
from spatialccd.drivers.gwr import _assemble as assemble
from spatialccd.drivers.gwr._families import Response, scored
from spatialccd.drivers.gwr._likelihood import Fitted, Likelihood, check_separated, run_away
from spatialccd.drivers.gwr._search import curve_of
from spatialccd.drivers.gwr._warnings import warn_bound
from spatialccd.drivers.gwr.results import GWR
from spatialccd.errors import EstimationError

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, Progress
    from spatialccd.drivers.gwr._backfit import Rules
    from spatialccd.drivers.gwr._design import Design
    from spatialccd.drivers.gwr._kernel_sums import KernelSums
    from spatialccd.drivers.gwr._search import Curve


def gwr_by_likelihood(
    settings: Any,
    design: Design,
    neighbors: KernelSums,
    response: Response,
    bounds: Rules | None,
    bandwidth: float | None,
    progress: Progress | None = None,
) -> GWR:
    """Fit counts or shares; `bounds` are needed where no bandwidth is given."""
    likelihood = Likelihood(neighbors, design, response)
    visited: dict[float, float] = {}
    if bounds is not None:
        bandwidth, visited = likelihood.search(bounds, progress)
        warn_bound({"the bandwidth": bandwidth}, bounds, fixed=design.space.fixed)
    found = float(bandwidth or 0.0)
    return label_family(settings, likelihood, likelihood.checked(found), found, curve_of(visited))


def label_family(
    settings: Any, likelihood: Likelihood, fitted: Fitted, bandwidth: float, curve: Curve
) -> GWR:
    """Label a fit of counts or shares: deviance stands where squares do of a Gaussian one."""
    design = likelihood.design
    k = len(design.names)
    enp = fitted.leverage.sum(axis=0)
    return GWR(
        settings=settings,
        bandwidth=pd.Series(np.full(k, bandwidth), design.terms, name="bandwidth"),
        interval=assemble.intervals([curve] * k, design.terms),
        curve=assemble.curve_frame([curve], ["all"]),
        missed=assemble.missed_minima(np.array([bandwidth]), [curve], ["all"]),
        inference="exact",
        **family_parts(
            likelihood,
            beta=fitted.beta,
            mean=fitted.mean,
            enp=enp,
            variance=fitted.variance,
            leverage=fitted.leverage.sum(axis=1),
            local_bandwidth=bandwidth,
            tests=assemble.tests_of(enp, np.zeros(k, dtype=bool)),
        ),
    )


def family_parts(
    likelihood: Likelihood,
    *,
    beta: FloatArray,
    mean: FloatArray,
    enp: FloatArray,
    variance: FloatArray,
    leverage: FloatArray,
    local_bandwidth: float,
    tests: FloatArray,
) -> dict[str, Any]:
    """Give the fields that results of counts and shares have in common.

    Parameters
    ----------
    likelihood : Likelihood
    beta : (n, k)
    mean : (n,)
        Expected y.
    enp : (k,)
        NaN when nothing was inferred.
    variance : (n, k)
        Var(beta).
    leverage : (n,)
    local_bandwidth : float
        Bandwidth whose kernel weights the local deviance explained.
    tests : (k,)
        Independent tests that each term's t values amount to.
    """
    design, response, neighbors = likelihood.design, likelihood.response, likelihood.neighbors
    n, trace = len(mean), float(enp.sum())
    measures = _measures(response, mean, trace)
    pearson = response.pearson(mean)
    with np.errstate(divide="ignore", invalid="ignore"):
        cooks = pearson**2 * leverage / (trace * (1.0 - leverage) ** 2)
    explained = deviance_explained(neighbors, response, mean, local_bandwidth)
    return {
        **assemble.tested(design, beta, np.sqrt(variance), tests),
        "enp": pd.Series(enp, design.terms, name="enp"),
        "sigma2": 1.0,
        **{name: measures[name] for name in _LOCAL},
        "adj_r2": 1.0 - (1.0 - measures["r2"]) * (n - 1.0) / (n - trace - 1.0),
        "fitted": design.series(mean, "fitted"),
        "residuals": design.series(response.y - mean, "residual"),
        "local_r2": design.series(explained, "local_r2"),
        "leverage": design.series(leverage, "leverage"),
        "cooks_distance": design.series(cooks, "cooks_distance"),
        **_global_model(likelihood),
        "residual_moran": assemble.residual_moran(neighbors, pearson),
        "great_circle": design.space.great_circle,
        "design": design,
    }


_LOCAL = ("rss", "log_likelihood", "aicc", "aic", "bic", "r2")


def _measures(response: Response, mean: FloatArray, trace: float) -> dict[str, float]:
    """Give what one figure says of a whole fit with so many parameters."""
    n = len(mean)
    deviance = float(response.deviances(mean).sum())
    alone = float(response.deviances(response.common()).sum())
    residual = response.y - mean
    return {
        "rss": float(residual @ residual),
        "deviance": deviance,
        "log_likelihood": response.log_likelihood(mean),
        **{name: float(scored(name, n, deviance, trace)) for name in ("aicc", "aic", "bic")},
        "r2": 1.0 - deviance / alone,
    }


def deviance_explained(
    neighbors: KernelSums, response: Response, mean: FloatArray, bandwidth: float
) -> FloatArray:
    """Give the share of the kernel-weighted deviance around each place that is explained; or NaN.

    The rest is the weighted deviance of each observation from its own fitted value, the
    whole that from one rate for all (GWR4 manual, Nakaya 2016; as local R2 has squares).
    """
    y, size, left = response.y, response.size, response.deviances(mean)
    if response.poisson:
        columns = np.array([y, size, special.rel_entr(y, size), left])
    else:
        whole = special.xlogy(y, y) + special.xlogy(1.0 - y, 1.0 - y)
        columns = np.array([y, size, whole, left])
    events, total, own, unexplained = neighbors.weighted_sums(columns, np.array([bandwidth]))[:, 0]
    if response.poisson:
        common, scale = special.rel_entr(events, total), events
    else:
        rate = np.clip(events / total, 0.0, 1.0)
        common = total * (special.xlogy(rate, rate) + special.xlogy(1.0 - rate, 1.0 - rate))
        scale = total
    # Where y has one rate all around, nothing is there to be explained.
    deviance = 2.0 * (own - common)
    some = deviance > ROUNDING * (scale + np.abs(own))
    return np.where(some, 1.0 - unexplained / np.where(some, deviance, 1.0), np.nan)


def _global_model(likelihood: Likelihood) -> dict[str, Any]:
    """Give the generalized linear model of all places, in place of OLS."""
    response, whole = likelihood.response, likelihood.everywhere
    n, k = likelihood.design.X.shape
    if whole.state[0] != -1:
        raise EstimationError(
            f"the global {response.family} likelihood has no maximum: a covariate separates y; "
            "drop it, or merge units"
        )
    coef, se = whole.beta[0], np.sqrt(whole.variance[0])
    t = coef / se
    table = pd.DataFrame(
        {"coef": coef, "se": se, "t": t, "p": 2.0 * special.ndtr(-np.abs(t))},
        index=likelihood.design.terms,
    )
    fit = _measures(response, whole.mean, float(k))
    fit["adj_r2"] = 1.0 - (1.0 - fit["r2"]) * (n - 1.0) / (n - k)
    moran = assemble.residual_moran(likelihood.neighbors, response.pearson(whole.mean))
    fit |= {"residual_moran": moran["I"], "residual_moran_p": moran["p_norm"]}
    return {"ols": table, "ols_fit": pd.Series(fit, name="glm", dtype=float)}


def as_peer_says(
    settings: Any,
    likelihood: Likelihood,
    fit: Any,
    bandwidth: float,
    visited: dict[float, float],
) -> GWR:
    """Label what mgwr fitted: its coefficients and figures, and our names around them.

    Raises
    ------
    EstimationError
        Its coefficients run away; where ours have a maximum, mgwr stopped before it.
    """
    params, mean = np.asarray(fit.params), np.ravel(fit.mu)
    running = run_away(params, mean, likelihood.response)
    check_separated(running, likelihood.response.family, likelihood.design.units)
    native = likelihood.checked(bandwidth)
    influence = np.ravel(fit.influ)
    # mgwr knows the leverage of all terms together only.
    shares = native.leverage * (influence / native.leverage.sum(axis=1))[:, None]
    fitted = Fitted(params, mean, shares, np.asarray(fit.CCT), native.state)
    ours = label_family(settings, likelihood, fitted, bandwidth, curve_of(visited))
    return replace(
        ours,
        log_likelihood=float(fit.llf),
        aicc=float(fit.aicc),
        aic=float(fit.aic),
        bic=float(fit.bic),
        r2=float(fit.D2),
        adj_r2=float(fit.adj_D2),
        cooks_distance=likelihood.design.series(np.ravel(fit.cooksD), "cooks_distance"),
    )
