"""What estimates of spatial panels give: terms, effects, figures of fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._spatial import effects as spatial_effects
from spatialccd._spatial.effects import KINDS, p_values
from spatialccd.drivers._estimates import (
    INTERCEPT,
    Regression,
    named,
    term_table,
)
from spatialccd.drivers.panels._fit import PHI, RHO, SIGMA2, Fit

if TYPE_CHECKING:
    from collections.abc import Callable

    from spatialccd._types import FloatArray

LAG = "lag of "


@dataclass(frozen=True, eq=False, kw_only=True)
class SpatialEstimates(Regression):
    """Estimates with spatial lags: terms, effects, residuals and what must be said.

    Attributes
    ----------
    effects : DataFrame
        On (term, effect), effect direct, indirect or total: value at the estimate;
        se, statistic, p, low and high by the delta method; se_simulated,
        low_simulated and high_simulated from draws of the estimate.
    residuals : Series
        Of the rows, effects taken off.
    remarks : tuple of str
        What was done otherwise than asked, and what limits the figures.
    dropped : Index
        Units that the graph had dropped; they are in no figure.
    """

    effects: pd.DataFrame
    residuals: pd.Series
    remarks: tuple[str, ...]
    dropped: pd.Index

    def further(self) -> dict[str, pd.DataFrame]:
        """Give effects and figures of fit."""
        return {"effects": self.effects, **super().further()}

    def notes(self) -> list[str]:
        """Name the units left out, and give the remarks."""
        return [*_align.left_out(self.dropped), *self.remarks]

    def summary(self) -> str:
        """Write terms, figures of fit, effects and remarks."""
        return "\n\n".join([super().summary(), self.effects.to_string(), *self.remarks])


def table_of_terms(
    names: list[str], theta: FloatArray, covariance: FloatArray, confidence: float
) -> pd.DataFrame:
    """Table estimates with z-tests; a variance is not tested against 0.

    The interval of sigma2 is that of its logarithm: its error grows with it, and
    theta +- z se covers .92 for .95 with 31 units and 10 times (.95 so, 500 panels).
    """
    table = term_table(names, theta, covariance, confidence)
    s2 = table.loc[SIGMA2, "coef"]
    away = np.exp((table.loc[SIGMA2, "high"] - s2) / s2)
    table.loc[SIGMA2, ["low", "high"]] = s2 / away, s2 * away
    table.loc[[name for name in (SIGMA2, PHI) if name in names], ["statistic", "p"]] = np.nan
    return table


def lag_positions(names: list[str], covariates: list[str]) -> tuple[list[int], list[int]]:
    """Say where each covariate's slope stands, and its lag's (-1 where there is none)."""
    return (
        [names.index(name) for name in covariates],
        [names.index(LAG + name) if LAG + name in names else -1 for name in covariates],
    )


def slopes_of(names: list[str], covariates: list[str]) -> Callable[[FloatArray], Any]:
    """Give what picks slopes b and lag slopes t out of parameters (..., p)."""
    own, around = lag_positions(names, covariates)
    missing = np.array(around) < 0

    def pick(theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        t = np.where(missing, 0.0, theta[..., around])
        return theta[..., own], t

    return pick


def table_of_effects(
    fit: Fit,
    covariates: list[str],
    covariance: FloatArray,
    roots: Callable[[FloatArray], tuple[Any, Any]],
    *,
    n_draws: int,
    seed: int | None,
    confidence: float,
) -> tuple[pd.DataFrame, int]:
    """Table effects by covariate, on the data; say how many draws were left out.

    `covariance` is that of the fit.
    """
    found = spatial_effects.estimate(
        fit.likelihood.sample.operator,
        fit.theta,
        covariance,
        slopes_of(fit.names, covariates),
        roots,
        n_draws=n_draws,
        seed=seed,
        confidence=confidence,
    )
    index = pd.MultiIndex.from_product([covariates, KINDS], names=["term", "effect"])
    value, se = found.value.reshape(-1), found.se.reshape(-1)
    # An effect that the model holds at 0 comes out as rounding, and has no error.
    nothing = ~(se > 1e-10 * (np.abs(value) + np.nanmax(np.append(se, 1e-300))))
    se = np.where(nothing, np.nan, se)
    value = np.where(nothing, np.round(value, 12), value)
    from scipy import stats

    wide = stats.norm.ppf((1 + confidence) / 2) * se
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = value / se
    table = pd.DataFrame(
        {
            "value": value,
            "se": se,
            "statistic": statistic,
            "p": p_values(value, se),
            "low": value - wide,
            "high": value + wide,
            "se_simulated": found.se_simulated.reshape(-1),
            "low_simulated": found.low_simulated.reshape(-1),
            "high_simulated": found.high_simulated.reshape(-1),
        },
        index,
    )
    drawn = ["se_simulated", "low_simulated", "high_simulated"]
    table.loc[nothing, drawn] = np.nan
    units = fit.layout.scale.of(covariates).repeat(len(KINDS))
    in_units = [name for name in table if name not in ("statistic", "p")]
    return table.assign(**{name: table[name] * units for name in in_units}), found.rejected


def static_roots(names: list[str]) -> Callable[[FloatArray], tuple[Any, Any]]:
    """Give what picks c = 1 and rho for (I - rho W)^-1."""
    at = names.index(RHO) if RHO in names else -1

    def pick(theta: FloatArray) -> tuple[Any, Any]:
        rho = theta[..., at] if at >= 0 else 0.0 * theta[..., 0]
        return 1.0 + 0.0 * rho, rho

    return pick


def covariates_of(fit: Fit) -> list[str]:
    """Name the covariates, without intercept and lags."""
    every = fit.names[: fit.slopes]
    return [name for name in every if name != INTERCEPT and not name.startswith(LAG)]


def statistics_of(fit: Fit, residuals: FloatArray) -> pd.Series:
    """Give figures of fit.

    r2 is 1 less the share of the residuals, effects fitted; r2_within the squared
    correlation of y and its prediction (I - rho W)^-1 Z b, both without effects.
    """
    layout, s, p = fit.layout, fit.likelihood.sample, len(fit.theta)
    total = float(((layout.y - layout.y.mean()) ** 2).sum())
    predicted = s.Z @ fit.theta[: fit.slopes]
    if fit[RHO]:
        predicted = s.operator.solve(fit[RHO], predicted)
    within = np.corrcoef(s.sweep(predicted).reshape(-1), s.sweep(s.y).reshape(-1))[0, 1] ** 2
    value = fit.log_likelihood(fit.optimum.value)
    found = {
        "n": layout.y.size,
        "units": len(layout.units),
        "times": layout.y.shape[1],
        "r2": 1 - float((residuals**2).sum()) / total,
        "r2_within": float(within),
        "log_likelihood": value,
        "aic": 2 * p - 2 * value,
        "bic": p * float(np.log(s.count)) - 2 * value,
    }
    if PHI in fit.names:
        found["sigma_u"] = layout.scale.y * float(
            np.sqrt(fit[SIGMA2] * (1 / fit[PHI] ** 2 - 1) / s.y.shape[1])
        )
    return named(found)
