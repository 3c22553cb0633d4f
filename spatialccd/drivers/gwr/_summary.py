"""The printed table of a GWR or MGWR result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from spatialccd.drivers.gwr._everywhere import GLOBAL
from spatialccd.drivers.gwr._tables import adjusted_alpha, spread
from spatialccd.errors import listed

if TYPE_CHECKING:
    from spatialccd.drivers.gwr._estimates import LocalEstimates

_WIDTH = 88
_CLOSED_FORM = (
    "Fixed terms by the two steps of Brunsdon et al. (1999) in closed form, which differ from "
    "those of an MGWR."
)
#: A criterion lower by less is no better.
_MISSED = 0.01
#: Standard errors by which a dispersion exceeds 1 before it is said.
_ODD = 3.0


def write(result: LocalEstimates) -> str:
    """Write a result for a reader who wants to check it."""
    parts = [
        _heading(result),
        _section(_global_title(result), _numbers(result.ols_fit), _table(result.ols)),
        _section("Bandwidths and tests at .05", _bandwidths(result)),
        _space_time(result),
        _section("Local regression", _fit(result)),
        _section("Local coefficients, on the scale fitted", _coefficients(result)),
        "\n".join(f"Note: {note}" for note in notes(result)),
    ]
    return "\n\n".join(part for part in parts if part)


def _heading(result: LocalEstimates) -> str:
    space = result.design.space
    kind = "fixed" if space.fixed else "adaptive"
    distance = "great-circle, km" if result.great_circle else "planar"
    scale = "z-scores (ddof 0)" if result.design.standardized else "as given"
    name = {
        "GWR": "Geographically weighted regression",
        "MGWR": "Multiscale geographically weighted regression",
        "GTWR": "Geographically and temporally weighted regression",
        "MGTWR": "Multiscale geographically and temporally weighted regression",
    }[type(result).__name__]
    lines = [
        "=" * _WIDTH,
        name,
        "=" * _WIDTH,
        f"Units: {len(result.coef)}   Terms: {len(result.bandwidth)}   Scale: {scale}",
        f"Kernel: {kind} {space.kernel}   Distance: {distance}{_distribution(result)}",
        f"Search: {result.settings['search']}   Criterion: {result.settings['criterion']}   "
        f"Inference: {result.inference}",
    ]
    return "\n".join(lines)


def _family(result: LocalEstimates) -> str:
    return str(result.settings.get("family", "gaussian"))


def _distribution(result: LocalEstimates) -> str:
    link = {"poisson": "log", "binomial": "logit"}.get(_family(result))
    return "" if link is None else f"   Family: {_family(result)}, {link} link"


def _global_title(result: LocalEstimates) -> str:
    if _family(result) == "gaussian":
        return "Global regression (OLS)"
    return f"Global regression ({_family(result)})"


def _section(title: str, *bodies: str) -> str:
    return "\n".join([title, "-" * _WIDTH, *bodies])


def _numbers(values: pd.Series) -> str:
    return "\n".join(f"{name:<40}{value:>16.4f}" for name, value in values.items())


def _table(frame: pd.DataFrame) -> str:
    return str(frame.to_string(float_format=lambda value: f"{value:.4f}"))


def _bandwidths(result: LocalEstimates) -> str:
    table = pd.DataFrame(
        {
            "bandwidth": result.bandwidth,
            "95% low": result.interval["low"],
            "95% high": result.interval["high"],
            "ENP": result.enp,
            "alpha": adjusted_alpha(result),
            "critical t": result.critical_t[0.05],
            "significant": result.significant.sum(),
        }
    )
    table["bandwidth"] = table["bandwidth"].map(lambda b: "global" if b == GLOBAL else f"{b:g}")
    return _table(table)


def _space_time(result: LocalEstimates) -> str:
    table = getattr(result, "space_time", None)
    if table is None:
        return ""
    shown = table.drop(columns="bandwidth")
    for name in ("time_scale", "tau"):  # of a term that is the same always there is none
        shown[name] = shown[name].map(lambda value: "none" if pd.isna(value) else f"{value:.4f}")
    return _section("Kernel in space and time", _table(shown))


def _fit(result: LocalEstimates) -> str:
    moran = result.residual_moran
    likely = _family(result) != "gaussian"
    explained = "Deviance explained" if likely else "R2"
    values = {
        "Residual sum of squares": result.rss,
        "Effective parameters (tr S)": result.enp.sum(),
        "Degrees of freedom (n - tr S)": len(result.coef) - result.enp.sum(),
        **(
            {"Dispersion (Pearson)": dispersion(result)}
            if likely
            else {"Sigma": result.sigma2**0.5}
        ),
        "Log-likelihood": result.log_likelihood,
        "AICc": result.aicc,
        "AIC": result.aic,
        "BIC": result.bic,
        explained: result.r2,
        f"{explained}, adjusted" if likely else "Adjusted R2": result.adj_r2,
        "Moran's I of residuals (8 nearest)": moran["I"],
        "  z": moran["z"],
        "  p": moran["p_norm"],
    }
    return _numbers(pd.Series(values))


def _coefficients(result: LocalEstimates) -> str:
    coef = result.coef
    table = pd.DataFrame(
        {
            "mean": coef.mean(),
            "sd": spread(coef),
            "min": coef.min(),
            "median": coef.median(),
            "max": coef.max(),
        }
    )
    table.index.name = "term"
    return _table(table)


def notes(result: LocalEstimates) -> list[str]:
    """Say what a reader should know before quoting the figures."""
    found = []
    for term, row in result.missed.iterrows():
        found.append(
            f"{term}: golden section ended at {row['bandwidth']:g}, the curve's minimum is at "
            f"{row['best']:g} and lower by {row['criterion_excess']:.3g} (see search='exhaustive')"
        )
    same = result.bandwidth.index[result.bandwidth == GLOBAL]
    if len(same):
        if hasattr(result, "space_time"):
            found.append(
                f"{listed(same)}: one coefficient for all places and times, as fixed_terms has it."
            )
        else:
            found.append(f"{listed(same)}: one coefficient for all places, as fixed_terms has it.")
        if type(result).__name__ == "GWR":
            found.append(_CLOSED_FORM)
            if len(result.curve):
                found.append("The interval of the bandwidth is over the bandwidths of .curve.")
    if hasattr(result, "space_time"):
        found += _of_time(result)
    if result.settings.get("engine") == "moments":
        found.append(
            "Sums over neighbors are taken by moments in a tree, exactly; intervals of bandwidths "
            "are over those that the search visited."
        )
    if result.inference == "stochastic":
        found.append(
            f"Standard errors are estimates with a relative error of {result.se_error:.1%}"  # type: ignore[attr-defined]
        )
    unknown = int(result.local_r2.isna().sum())
    if unknown:
        found.append(f"local_r2 is missing at {unknown} places around which y has one value.")
    if not getattr(result, "converged", True):
        found.append("Backfitting had not converged.")
    return found + (_of_family(result) if _family(result) != "gaussian" else [])


def dispersion(result: LocalEstimates) -> float:
    """Give Pearson's chi-squared over n - tr S: 1 where y varies as its family does."""
    mean = result.fitted
    variance = mean if _family(result) == "poisson" else mean * (1.0 - mean)
    free = len(mean) - float(result.enp.sum())
    return float((result.residuals**2 / variance).sum() / free)


def _of_family(result: LocalEstimates) -> list[str]:
    """Say whether y varies as its family has it, and what mgwr has otherwise."""
    found = []
    y = (result.fitted + result.residuals).round(9)
    shares = _family(result) == "binomial" and not y.isin([0.0, 1.0]).all()
    spread_of = dispersion(result)
    free = len(y) - float(result.enp.sum())
    if _family(result) == "poisson" and spread_of > 1.0 + _ODD * (2.0 / free) ** 0.5:
        found.append(
            f"y varies more than Poisson counts do, by a factor of {spread_of:.2f} (Pearson's "
            f"chi-squared over n - tr S): errors are nearer to se times {spread_of**0.5:.2f}."
        )
    if shares:
        found.append(
            "Shares count as one trial each, so that se is that of 0/1 values; of shares of many "
            f"it is too large (dispersion {spread_of:.2f})."
        )
    if result.settings.get("engine") == "pysal":
        found.append(
            "mgwr stops climbing a likelihood as soon as any one coefficient settles; Cook's "
            "distance is of raw residuals."
        )
        if shares:
            found.append(
                "mgwr's deviance takes every share below 1 for 0: aicc, aic, bic, r2 and the "
                "bandwidth searched are not of these shares; see engine='native'."
            )
    return found


def _of_time(result: LocalEstimates) -> list[str]:
    """Say how time counts, and what of it a reader should know."""
    scales: Any = result.time_scale  # type: ignore[attr-defined]
    found = []
    if isinstance(scales, pd.Series):
        named = ", ".join(f"{term} {scale:.4g}" for term, scale in scales.dropna().items())
        found.append(f"One unit of time counts as so many units of distance: {named}.")
        found += _missed_scales(result)
        found.append(
            "Intervals of bandwidths hold at the time scales found, which count as known there."
        )
    else:
        found.append(f"One unit of time counts as {scales:g} units of distance.")
    table: pd.DataFrame = result.space_time  # type: ignore[attr-defined]
    alone = table.index[(table["times"] <= 1) & (table["time_scale"] > 0)]
    if len(alone):
        found.append(f"{listed(alone)}: the kernel reaches one time only around most observations.")
    if result.design.space.past:
        found.append("Only the same time and the past count around an observation.")
    found.append(
        "AICc counts tr S + 1 parameters throughout, as GWR and mgwr do; mgtwr puts tr S into "
        "its correction for small samples and prints a lower one."
    )
    return found


def _missed_scales(result: LocalEstimates) -> list[str]:
    """Name the terms for which another time scale was better at the end."""
    found = []
    tried: pd.DataFrame = result.scales  # type: ignore[attr-defined]
    for term, rows in tried.groupby("term", sort=False):
        taken = rows["time_scale"] == result.time_scale[term]  # type: ignore[attr-defined]
        best = rows.loc[rows["criterion"].idxmin()]
        if taken.any() and len(rows) > 1:
            excess = rows.loc[taken, "criterion"].iloc[0] - best["criterion"]
            if excess > _MISSED:
                found.append(
                    f"{term}: the search ended at time scale {result.time_scale[term]:.4g}; "  # type: ignore[attr-defined]
                    f"{best['time_scale']:.4g} is lower by {excess:.3g}"
                )
    return found
