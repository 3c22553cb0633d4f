"""The tables that papers print of a geographically weighted regression."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from spatialccd.drivers.gwr._assemble import tests_of
from spatialccd.drivers.gwr._everywhere import GLOBAL

if TYPE_CHECKING:
    from spatialccd.drivers.gwr._estimates import LocalEstimates


def coefficient_table(result: LocalEstimates) -> pd.DataFrame:
    """Give mean, spread and the shares of significant coefficients, by term.

    Returns
    -------
    DataFrame
        mean, sd (ddof 0), min, median, max of the coefficients on the scale
        fitted; positive and negative: the percentage of places at which the
        coefficient is significant at .05, adjusted, and of that sign.
    """
    coef = result.coef
    places = {
        "positive": result.significant & (coef > 0),
        "negative": result.significant & (coef < 0),
    }
    known = result.inference != "none"
    return pd.DataFrame(
        {
            "mean": coef.mean(),
            "sd": spread(coef),
            "min": coef.min(),
            "median": coef.median(),
            "max": coef.max(),
            **{sign: 100 * at.mean() if known else float("nan") for sign, at in places.items()},
        }
    ).rename_axis("term")


def spread(coef: pd.DataFrame) -> pd.Series:
    """Give standard deviations (ddof 0): 0 where all values are one, and not what rounding left."""
    return coef.std(ddof=0).mask(coef.max() == coef.min(), 0.0)


def bandwidth_table(result: LocalEstimates) -> pd.DataFrame:
    """Give the bandwidth of each term with its interval, ENP, and what makes t significant.

    Returns
    -------
    DataFrame
        bandwidth, low and high (95%), time_scale and tau of an MGTWR, ENP, alpha (.05
        adjusted for the number of tests) and critical_t.
    """
    places = {"bandwidth": result.bandwidth} | {
        end: result.interval[end] for end in ("low", "high")
    }
    if not result.design.space.fixed:
        places = {name: _neighbors(b) for name, b in places.items()}
    if isinstance(getattr(result, "time_scale", None), pd.Series):
        places |= {name: getattr(result, name) for name in ("time_scale", "tau")}
    return pd.DataFrame(
        {
            **places,
            "ENP": result.enp,
            "alpha": adjusted_alpha(result),
            "critical_t": result.critical_t[0.05],
        }
    ).rename_axis("term")


def adjusted_alpha(result: LocalEstimates) -> pd.Series:
    """Give .05 over the number of tests that the t values of each term amount to."""
    enp = result.enp
    if type(result).__name__ in ("GWR", "GTWR"):
        held = (result.bandwidth == GLOBAL).to_numpy()
        return pd.Series(0.05 / tests_of(enp.to_numpy(), held), enp.index)
    return 0.05 / enp


def _neighbors(bandwidths: pd.Series) -> pd.Series:
    """Write numbers of neighbors as such; one of a term that does not vary has no end."""
    whole = bandwidths.round()
    return whole if (whole == GLOBAL).any() else whole.astype("Int64")


def fit_table(result: LocalEstimates) -> pd.DataFrame:
    """Give the figures of fit beside those of the global regression.

    Returns
    -------
    DataFrame
        By statistic: ``ols`` and ``local``. Moran's I and its p are of the residuals over
        the eight nearest neighbors.
    """
    moran = result.residual_moran
    local = {
        "n": float(len(result.coef)),
        "r2": result.r2,
        "adj_r2": result.adj_r2,
        "aicc": result.aicc,
        "aic": result.aic,
        "bic": result.bic,
        "rss": result.rss,
        "ENP": float(result.enp.sum()),
        "residual_moran": moran["I"],
        "residual_moran_p": moran["p_norm"],
    }
    if type(result).__name__ == "GTWR":
        local |= {name: getattr(result, name) for name in ("time_scale", "tau")}
    ols = {"n": local["n"], "ENP": float(len(result.ols)), **result.ols_fit.to_dict()}
    return pd.DataFrame({"ols": pd.Series(ols), "local": pd.Series(local)}).reindex(
        pd.Index(list(local), name="statistic")
    )
