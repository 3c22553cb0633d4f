"""Tests that compare estimates: restrictions of the Durbin model, effects, random or fixed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from spatialccd._spatial.sample import without_means
from spatialccd.drivers.panels._fit import RHO, fit, fit_random
from spatialccd.drivers.panels._hausman import hausman, hausman_draws
from spatialccd.drivers.panels._layout import Layout, make_sample
from spatialccd.drivers.panels.results import LAG, covariates_of
from spatialccd.errors import BoundError, EstimationError

if TYPE_CHECKING:
    from spatialccd._progress import Step
    from spatialccd._types import FloatArray

#: statistic, degrees of freedom (a second one for F), p.
Line = tuple[float, float, float, float]
_NONE: Line = (np.nan, np.nan, np.nan, np.nan)


def chi2_line(statistic: float, df: float) -> Line:
    """Give a line of a chi-squared statistic."""
    return statistic, df, np.nan, float(stats.chi2.sf(statistic, df))


def durbin_restrictions(layout: Layout, effects: str, approach: str) -> dict[str, Line]:
    """Test sdm against sar (t = 0) and sem (t + rho b = 0), by likelihood ratio and by Wald."""
    fits = {model: fit(layout, model, effects, approach) for model in ("sdm", "sar", "sem")}
    durbin = fits["sdm"]
    covariates = covariates_of(durbin)
    count = len(covariates)
    lines = {
        f"lr_sdm_{model}": chi2_line(2 * (durbin.optimum.value - fits[model].optimum.value), count)
        for model in ("sar", "sem")
    }
    own = [durbin.names.index(name) for name in covariates]
    around = [durbin.names.index(LAG + name) for name in covariates]
    at = durbin.names.index(RHO)
    theta, covariance = durbin.theta, durbin.covariance("expected")
    slope = np.zeros((count, len(theta)))
    slope[np.arange(count), around] = 1
    lines["wald_sdm_sar"] = chi2_line(_wald(theta[around], slope, covariance), count)
    slope[np.arange(count), own] = theta[at]
    slope[:, at] = theta[own]
    common = theta[around] + theta[at] * theta[own]
    lines["wald_sdm_sem"] = chi2_line(_wald(common, slope, covariance), count)
    return lines


def _wald(value: FloatArray, slope: FloatArray, covariance: FloatArray) -> float:
    return float(value @ np.linalg.solve(slope @ covariance @ slope.T, value))


def joint_effects(layout: Layout) -> dict[str, Line]:
    """Test effects of units given those of times, and the other way, in the model without lags.

    F is exact with normal errors; the likelihood ratio rejects too often with few times.
    """
    N, T = layout.y.shape
    k = layout.X.shape[2]

    def squares(by_unit: bool, by_time: bool) -> float:
        X = without_means(layout.X, by_unit, by_time).reshape(N * T, k)
        y = without_means(layout.y, by_unit, by_time).reshape(-1)
        e = y - X @ np.linalg.lstsq(X, y, rcond=None)[0]
        return float(e @ e)

    both, free = squares(True, True), (N - 1) * (T - 1) - k
    lines: dict[str, Line] = {}
    for name, df, one in (
        ("units", N - 1, squares(False, True)),
        ("times", T - 1, squares(True, False)),
    ):
        lines[f"lr_{name}"] = chi2_line(N * T * float(np.log(one / both)), df)
        F = (one - both) / df / (both / free)
        lines[f"f_{name}"] = (F, df, free, float(stats.f.sf(F, df, free)))
    return lines


def random_or_fixed(
    layout: Layout,
    model: str,
    *,
    years: bool,
    n_draws: int = 0,
    seed: int | None = None,
    step: Step | None = None,
) -> tuple[dict[str, Line], dict[str, tuple[float, float]], list[str]]:
    """Test whether random effects of units are consistent: Hausman's test, and Mundlak's.

    Parameters
    ----------
    n_draws : int
        Panels drawn from the random-effects estimate, by which Hausman's statistic is
        judged; with 0 by its limit, chi-squared.
    step : callable, optional
        Told of each draw.

    Returns
    -------
    lines : dict
        hausman and mundlak.
    published : dict
        Of hausman: statistic and p of chi-squared, where `lines` has that of the draws.
    said : list of str
        Why one of them could not be had.
    """
    names = {"hausman": f"hausman_{model}", "mundlak": f"mundlak_{model}"}
    lines, published, said = dict.fromkeys(names.values(), _NONE), {}, []
    try:
        random = fit_random(layout, model, years=years)
        fixed = fit(layout, model, "two-way" if years else "unit", "transformation")
        line = chi2_line(*hausman(fixed, random))
        if n_draws:
            published[names["hausman"]] = line[0], line[3]
            draws = hausman_draws(fixed, random, n_draws, np.random.default_rng(seed), step)
            line, few = _judged(line, draws, model)
            said += few
        lines[names["hausman"]] = line
    except EstimationError as error:
        said.append(f"No Hausman test of {model}: {error}.")
        if n_draws and step is not None:  # none of which was made
            step(n_draws)
    try:
        lines[names["mundlak"]] = _mundlak(layout, model, years=years)
    except EstimationError as error:
        said.append(f"No Mundlak test of {model}: {error}.")
    return lines, published, said


def _judged(line: Line, draws: FloatArray, model: str) -> tuple[Line, list[str]]:
    """Put the p of the draws that have a test in the place of that of chi-squared."""
    made = draws[np.isfinite(draws)]
    p = (1 + int((made >= line[0]).sum())) / (len(made) + 1)
    said = [] if len(made) == len(draws) else [
        f"Hausman's p of {model} is by {len(made)} of {len(draws)} draws: the others have no test."
    ]  # fmt: skip
    return (line[0], line[1], np.nan, p), said


def _mundlak(layout: Layout, model: str, *, years: bool) -> Line:
    """Test the units' means of x, and of W x for sdm, beside them under random effects."""
    means = np.broadcast_to(layout.X.mean(axis=1, keepdims=True), layout.X.shape)
    size = np.abs(layout.X).max(axis=(0, 1))
    moving = np.flatnonzero(np.abs(layout.X - means).max(axis=(0, 1)) > 1e-12 * size)
    wider = replace(
        layout,
        X=np.concatenate([layout.X, means[:, :, moving]], axis=2),
        names=[*layout.names, *(f"mean of {layout.names[j]}" for j in moving)],
    )
    try:
        fitted = fit_random(wider, model, years=years)
    except BoundError as error:
        if error.parameter != "phi":
            raise
        # Beyond their means units have no effect: the estimate is that without one.
        plain = ("time", "transformation") if years else ("none", "direct")
        fitted = fit(wider, model, *plain)
    tested = [j for j, name in enumerate(fitted.names) if "mean of " in name]
    V = fitted.covariance("observed")[np.ix_(tested, tested)]
    theta = fitted.theta[tested]
    return chi2_line(float(theta @ np.linalg.solve(V, theta)), len(tested))


def dependence_of_units(layout: Layout, effects: str) -> Line:
    """Test whether residuals of units go together over time (Pesaran's CD)."""
    sample, _ = make_sample(layout, "sar", effects, "direct")
    Z, y = sample.rows(sample.Z), sample.rows(sample.y)[:, 0]
    e = (y - Z @ np.linalg.lstsq(Z, y, rcond=None)[0]).reshape(layout.y.shape)
    N, T = layout.y.shape
    r = np.corrcoef(e)
    above = np.triu(np.asarray(r, dtype=float).reshape(N, N), 1).sum()
    statistic = float(np.sqrt(2 * T / (N * (N - 1))) * above)
    return statistic, np.nan, np.nan, float(2 * stats.norm.sf(abs(statistic)))
