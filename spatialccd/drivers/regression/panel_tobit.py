"""Tobit for panels: each unit has an effect of its own, at random."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd
from scipy import stats

from spatialccd._clusters import sandwich
from spatialccd._progress import counter
from spatialccd._result import record
from spatialccd.drivers._estimates import (
    cluster_remarks,
    likelihood_statistics,
    make_design,
    named,
    term_table,
)
from spatialccd.drivers.regression._censored import censor
from spatialccd.drivers.regression._random_effects import estimate
from spatialccd.drivers.regression._scaling import standardized
from spatialccd.drivers.regression.tobit import LOG_SCALE, Tobit
from spatialccd.errors import (
    ConvergenceWarning,
    EstimationError,
    PanelError,
    check_choice,
    check_range,
)

if TYPE_CHECKING:
    from spatialccd._types import Columns, Progress, Values

PanelCovariance = Literal["nonrobust", "robust"]

LOG_SIGMA_U = "log_sigma_u"

#: A share of the variance below this is none.
_NO_EFFECT = 1e-5
#: Quadrature that moves the log-likelihood by more than this is too coarse.
_COARSE = 1e-3


@dataclass(frozen=True, eq=False, kw_only=True)
class PanelTobit(Tobit):
    """A fitted Tobit with random effects.

    Attributes
    ----------
    terms, covariance
        As of every regression, the last terms the logarithms of the scale
        within units and of the standard deviation of their effects.
    statistics : Series
        n, units, left_censored, right_censored, scale, sigma_u, rho (the
        effects' share of the variance), log_likelihood, aic, bic,
        pooled_log_likelihood, lr (no effects) and lr_p, wald (all slopes 0)
        and wald_p, quadrature_drift.
    """


def panel_tobit(
    y: Values,
    X: Columns,
    *,
    lower: float | None = 0.0,
    upper: float | None = None,
    cov: PanelCovariance = "nonrobust",
    n_nodes: int = 32,
    confidence: float = 0.95,
    progress: Progress | None = None,
) -> PanelTobit:
    """Regress a censored value on a panel, with a random effect of each unit.

    y*_it = X_it b + u_i + e_it, u and e normal, independent of X and of each
    other; by maximum likelihood, the effects integrated out by adaptive Gauss
    and Hermite quadrature.

    Parameters
    ----------
    y : Series
        What is explained, on (unit, time); units may lack times. At or beyond a
        limit it counts as censored there.
    X : DataFrame
        Covariates on the index of y; an intercept is added.
    lower, upper : float, optional
        The limits; None for none.
    cov : {"nonrobust", "robust"}, default "nonrobust"
        Errors from the observed information, or the sandwich of the units'
        gradients (factor N / (N - 1)), which holds when rows of a unit are
        related in other ways too: clustered by unit, in the words of ``tobit``.
    n_nodes : int, default 32
        Of the quadrature; units that are censored at all times ask for many.
    confidence : float, default 0.95
        Level of the intervals.
    progress : callable, optional
        Told how many of 3 parts are done: a start without effects, the estimate, its
        errors.

    Returns
    -------
    PanelTobit

    Raises
    ------
    AlignmentError
        y and X do not carry the same labels, or a value is missing.
    PanelError
        y has no times, or every unit has one only.
    DataError
        Every value is censored, y is constant, or a column holds no numbers.
    SingularDesignError
        A covariate is constant or follows from others.
    ConvergenceError
        A covariate separates censored from uncensored rows.

    Warns
    -----
    CensoringWarning
        No value lies at a limit.
    ConvergenceWarning
        There are no effects to find, or too few nodes for them.

    Notes
    -----
    There is no fixed-effects Tobit that is consistent for few years; where u
    goes together with X add the units' means of X as covariates (Mundlak
    1978). The p-value of lr is half the tail of chi-squared with one degree of
    freedom, as sigma_u cannot be negative.

    References
    ----------
    Butler and Moffitt (1982), Econometrica 50, 761-764. Liu and Pierce (1994),
    Biometrika 81, 624-629 for adaptive nodes. Wooldridge (2010), Econometric
    Analysis of Cross Section and Panel Data, section 17.8.

    Examples
    --------
    >>> rows = pd.MultiIndex.from_product([range(40), range(5)], names=["unit", "time"])
    >>> rng = np.random.default_rng(1)
    >>> X = pd.DataFrame({"x": rng.normal(size=200)}, rows)
    >>> effect = np.repeat(rng.normal(size=40), 5)
    >>> y = (1 + X["x"] + effect + rng.normal(size=200)).clip(lower=0)
    >>> fitted = panel_tobit(y, X)
    >>> bool(abs(fitted.coef["x"] - 1) < 0.2), int(fitted.statistics["left_censored"])
    (True, 70)
    """
    settings = record("panel_tobit", locals())
    check_choice("cov", cov, get_args(PanelCovariance))
    check_range("n_nodes", n_nodes, 2, 200)
    check_range("confidence", confidence, 0, 1, open_low=True, open_high=True)
    design = make_design(y, X)
    if design.index.nlevels != 2:
        raise PanelError("panel_tobit needs y on (unit, time); tobit takes a single time")
    codes = pd.factorize(design.index.get_level_values(0))[0]
    units = int(codes.max()) + 1
    if units < 2 or units == len(codes):
        raise PanelError(
            f"{units} units in {len(codes)} rows: effects of units need two units or more, and "
            "more rows than units"
        )
    known = censor(design.y, lower, upper)
    scaled = standardized(design)
    values = replace(known, value=scaled.value(known.value))
    found = estimate(scaled.design, values, codes, n_nodes, counter(progress, 3))
    log_unit = float(np.log(scaled.y_scale))
    variances = np.exp(2 * (found.parameters[-2:] + log_unit))
    rho = float(variances[1] / variances.sum())
    _warn(rho, found.drift, n_nodes)
    covariance = found.bread if cov == "nonrobust" else sandwich(found.bread, found.scores, None)
    k = len(design.names)
    slopes = slice(1, k)
    coef = found.parameters[slopes]
    if not (np.diag(covariance)[:-1] > 0).all():
        raise EstimationError("the information is not positive: drop covariates or scale them")
    wald = float(coef @ np.linalg.solve(covariance[slopes, slopes], coef))
    lr = max(2 * (found.log_likelihood - found.pooled), 0.0)
    names = [*design.names, LOG_SCALE, LOG_SIGMA_U]
    parameters = scaled.coef(found.parameters, more=2) + np.append(np.zeros(k), [log_unit] * 2)
    covariance = scaled.covariance(covariance, more=2)
    shift = known.seen.sum() * log_unit  # a density grows as the unit of its value shrinks
    return PanelTobit(
        settings=settings,
        terms=term_table(names, parameters, covariance, confidence),
        covariance=pd.DataFrame(covariance, names, names),
        statistics=named(
            likelihood_statistics(found.log_likelihood - shift, len(codes), len(names))
            | {
                "units": units,
                "left_censored": (known.side < 0).sum(),
                "right_censored": (known.side > 0).sum(),
                "scale": np.sqrt(variances[0]),
                "sigma_u": np.sqrt(variances[1]),
                "rho": rho,
                "pooled_log_likelihood": found.pooled - shift,
                "lr": lr,
                "lr_p": stats.chi2.sf(lr, 1) / 2 if lr > 0 else 1.0,
                "wald": wald,
                "wald_p": stats.chi2.sf(wald, k - 1),
                "quadrature_drift": found.drift,
            }
        ),
        dependent=design.dependent,
        remarks=cluster_remarks(codes if cov == "robust" else None),
        X=pd.DataFrame(design.X, design.index, design.names),
        limits=(-np.inf if lower is None else lower, np.inf if upper is None else upper),
    )


def _warn(rho: float, drift: float, n_nodes: int) -> None:
    if rho < _NO_EFFECT:
        warnings.warn(
            "the units have no effect of their own beyond chance (rho is 0): tobit with "
            "cov='cluster' says the same",
            ConvergenceWarning,
            stacklevel=3,
        )
    if drift > _COARSE:
        warnings.warn(
            f"twice as many nodes move the log-likelihood by {drift:.2g}: take more than "
            f"n_nodes={n_nodes}",
            ConvergenceWarning,
            stacklevel=3,
        )
