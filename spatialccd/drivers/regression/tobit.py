"""Tobit: what a value depends on that cannot go beyond a limit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd
from scipy import stats

from spatialccd._clusters import sandwich
from spatialccd._result import record
from spatialccd.drivers._estimates import (
    Regression,
    cluster_codes,
    cluster_remarks,
    likelihood_statistics,
    make_design,
    named,
    term_table,
)
from spatialccd.drivers.regression._censored import censor, maximize
from spatialccd.drivers.regression._scaling import standardized
from spatialccd.errors import ParameterError, check_choice, check_range

if TYPE_CHECKING:
    from spatialccd._types import Columns, Groups, Values

Covariance = Literal["nonrobust", "robust", "cluster"]

LOG_SCALE = "log_scale"


@dataclass(frozen=True, eq=False, kw_only=True)
class Tobit(Regression):
    """A fitted Tobit.

    Attributes
    ----------
    terms, covariance
        As of every regression, the last term the logarithm of the scale.
    statistics : Series
        n, left_censored, right_censored, scale, log_likelihood, aic, bic,
        wald (all slopes 0) and wald_p.
    X : DataFrame
        The design, with its intercept.
    limits : tuple of float
        Lower and upper, infinite where there is none.
    """

    X: pd.DataFrame
    limits: tuple[float, float]

    @property
    def scale(self) -> float:
        """Standard deviation of the latent value around its mean."""
        return float(self.statistics["scale"])


def tobit(
    y: Values,
    X: Columns,
    clusters: Groups | None = None,
    *,
    lower: float | None = 0.0,
    upper: float | None = None,
    cov: Covariance = "nonrobust",
    confidence: float = 0.95,
) -> Tobit:
    """Regress a value that is censored at a limit, such as an efficiency at 1.

    y* = X b + e, e normal with constant variance; y is y* between the limits
    and the limit beyond them. By maximum likelihood.

    Parameters
    ----------
    y : Series
        What is explained, on unit or (unit, time). At or beyond a limit it
        counts as censored there.
    X : DataFrame
        Covariates on the index of y; an intercept is added.
    clusters : Series, optional
        For ``cov="cluster"``, a label for each unit or row; the units of a panel
        when omitted.
    lower, upper : float, optional
        The limits; None for none.
    cov : {"nonrobust", "robust", "cluster"}, default "nonrobust"
        Errors from the observed information; the sandwich (factor n / (n - 1));
        or the sandwich of sums by cluster (factor G / (G - 1)), as by Stata's
        ``vce(robust)`` and ``vce(cluster)``.
    confidence : float, default 0.95
        Level of the intervals.

    Returns
    -------
    Tobit
        ``.terms``, ``.statistics``; ``marginal_effects`` has what a covariate
        does to the value itself.

    Raises
    ------
    AlignmentError
        y, X and clusters do not carry the same labels, or a value is missing.
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

    Notes
    -----
    A coefficient is the effect on y*, not on y. Tobit is not robust to errors
    that are not normal or of unequal variance; robust errors do not mend that.
    Intervals and p-values are from the normal distribution, as those of Stata's
    ``intreg`` (its ``tobit`` has the same estimates and errors, and takes t with n
    less the number of covariates). They are for many clusters: with fewer than 30
    the test rejects more often than its level.

    References
    ----------
    Tobin (1958), Econometrica 26, 24-36. Olsen (1978), Econometrica 46,
    1211-1215. Greene (2018), Econometric Analysis, 8th ed., section 19.3.

    Examples
    --------
    >>> X = pd.DataFrame({"x": np.arange(8.0)})
    >>> y = pd.Series([0, 0, 0, 0.9, 1.2, 2.4, 2.6, 3.8])
    >>> fitted = tobit(y, X)
    >>> fitted.coef.round(2).to_dict(), int(fitted.statistics["left_censored"])
    ({'Intercept': -1.62, 'x': 0.76, 'log_scale': -1.47}, 3)
    """
    settings = record("tobit", locals())
    check_choice("cov", cov, get_args(Covariance))
    check_range("confidence", confidence, 0, 1, open_low=True, open_high=True)
    design = make_design(y, X)
    if clusters is not None and cov != "cluster":
        raise ParameterError("clusters need cov='cluster'")
    codes = cluster_codes(clusters, design.index) if cov == "cluster" else None
    known = censor(design.y, lower, upper)
    scaled = standardized(design)
    found = maximize(scaled.design, replace(known, value=scaled.value(known.value)))
    covariance = found.bread
    if cov != "nonrobust":
        covariance = sandwich(found.bread, found.scores, codes)
    names = [*design.names, LOG_SCALE]
    slopes = slice(1, len(design.names))
    wald = found.coef[slopes] @ np.linalg.solve(covariance[slopes, slopes], found.coef[slopes])
    n, log_unit = len(design.y), float(np.log(scaled.y_scale))
    log_scale = found.log_scale + log_unit
    coef = np.append(scaled.coef(found.coef), log_scale)
    covariance = scaled.covariance(covariance, more=1)
    # A density grows as the unit of its value shrinks.
    log_likelihood = found.log_likelihood - known.seen.sum() * log_unit
    return Tobit(
        settings=settings,
        terms=term_table(names, coef, covariance, confidence),
        covariance=pd.DataFrame(covariance, names, names),
        statistics=named(
            likelihood_statistics(log_likelihood, n, len(names))
            | {
                "left_censored": (known.side < 0).sum(),
                "right_censored": (known.side > 0).sum(),
                "scale": np.exp(log_scale),
                "wald": wald,
                "wald_p": stats.chi2.sf(wald, len(design.names) - 1),
            }
        ),
        dependent=design.dependent,
        remarks=cluster_remarks(codes),
        X=pd.DataFrame(design.X, design.index, design.names),
        limits=(-np.inf if lower is None else lower, np.inf if upper is None else upper),
    )
