"""Linear regressions of panels: fixed and random effects, with errors that allow for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._result import record
from spatialccd.drivers._estimates import (
    Design,
    Regression,
    check_absorbed,
    cluster_codes,
    make_design,
    named,
    term_table,
)
from spatialccd.drivers.regression._panel_errors import (
    Errors,
    Fitted,
    between,
    errors,
    remarks,
    transformed,
)
from spatialccd.drivers.regression._scaling import Scaled, peer, standardized
from spatialccd.errors import (
    EstimationError,
    PanelError,
    ParameterError,
    check_choice,
    check_range,
    require,
)

if TYPE_CHECKING:
    from spatialccd._types import Columns, Groups, IntArray, Values

PanelEffects = Literal["unit", "time", "two-way", "random", "none"]
PanelErrors = Literal["nonrobust", "robust", "cluster", "cr2", "driscoll-kraay"]

_PEER_ERRORS = {
    "nonrobust": "unadjusted",
    "robust": "robust",
    "cluster": "unadjusted",  # clustered errors are made here, by one convention
    "cr2": "unadjusted",
    "driscoll-kraay": "kernel",
}


@dataclass(frozen=True, eq=False, kw_only=True)
class PanelRegression(Regression):
    """A fitted linear panel regression.

    Attributes
    ----------
    statistics : Series
        n, units, times, r2 (of the model fitted), r2_within, r2_between,
        r2_overall, log_likelihood, f (all slopes 0) and f_p; with clustered
        errors clusters, their number; with fixed effects
        f_effects (no effects) and f_effects_p; with unit or random effects
        mundlak and mundlak_p (effects do not go together with X, so that random
        effects are consistent); with random effects sigma_u, sigma_e and theta,
        the share of a unit's mean taken off.
    effects : Series
        Estimated effects of units and times together, on the caller's rows;
        zero where there are none.
    """

    effects: pd.Series


def panel_regression(
    y: Values,
    X: Columns,
    clusters: Groups | None = None,
    *,
    effects: PanelEffects = "unit",
    cov: PanelErrors = "cluster",
    confidence: float = 0.95,
) -> PanelRegression:
    """Regress a value on a panel with fixed or random effects (linearmodels).

    Parameters
    ----------
    y : Series
        What is explained, on (unit, time); units may lack times.
    X : DataFrame
        Covariates on the index of y. An intercept is added.
    clusters : Series, optional
        For ``cov="cluster"`` and ``"cr2"``, a label for each unit or row; the
        units when omitted.
    effects : {"unit", "time", "two-way", "random", "none"}, default "unit"
        Fixed effects of units, of times, of both; random effects of units
        (Swamy and Arora); or none, least squares of all rows.
    cov : {"nonrobust", "robust", "cluster", "cr2", "driscoll-kraay"}, default "cluster"
        Errors: of equal variance; White's; clustered; clustered for few
        clusters; or Driscoll and Kraay's, which hold when units are related to
        each other at a time, as near places are, and want many times.
    confidence : float, default 0.95
        Level of the intervals.

    Returns
    -------
    PanelRegression

    Raises
    ------
    AlignmentError
        y, X and clusters do not carry the same labels, or a value is missing.
    PanelError
        y has no times, or there are too few rows.
    SingularDesignError
        A covariate is constant, follows from others, or is taken up by the
        effects, as what never changes in a unit is by its own.
    DataError
        y is constant, or a column holds no numbers.
    EstimationError
        There are too few rows or units for the model.
    MissingDependencyError
        linearmodels is not installed.

    Notes
    -----
    Intervals and p-values are from the t distribution. Clustered errors are
    those of Stata's ``vce(cluster)``: factor G / (G - 1) (n - 1) / (n - k) for G
    clusters, t with G - 1 degrees of freedom; effects of units that lie in one
    cluster each do not count in k. With few clusters that test still rejects too
    often where what is clustered is strong (in simulations of 8 units and 10 years
    it rejects 5% at 5% where half of a year's error comes from the year before,
    7% where y and x are random walks, 10% where units differ in spread as well,
    12% with two such x; 5% to 8% of 31 units). "cr2" does not: its errors are those
    of Bell and McCaffrey, its degrees of freedom those of Satterthwaite, and it
    rejected 2% to 5% of the same with one x.

    Mundlak's test is that of Hausman by regression: the units' means of X beside
    X under random effects, with the errors asked for; its statistic is F, never
    negative. Of such means there are as many as units, so that few units make
    the test of many rows a small-sample one. With clusters one mean is tested by
    its bias-reduced t, several by a wild bootstrap of clusters with the null
    imposed (Joshi, Pustejovsky and Beretvas 2022; all patterns of signs up to 12
    clusters, else 1,999 of them, from one fixed stream), without clusters by F
    with units less means less 1. At 5% it rejected 3% to 7% of 8 and of 31 units
    with one to three covariates.

    The variances of random effects in an unbalanced panel are those of Stata's
    ``xtreg, re``: a regression of unweighted means, and the harmonic mean of the
    units' numbers of times. plm, and Stata's option ``sa``, take Baltagi and
    Chang's (1994), which weight units by their times.

    References
    ----------
    Baltagi (2021), Econometric Analysis of Panel Data, 6th ed., chapters 2-4.
    Bell and McCaffrey (2002), Survey Methodology 28, 169-181. Cameron and Miller
    (2015), J. Human Resources 50, 317-372. Driscoll and Kraay (1998), Rev. Econ.
    Stat. 80, 549-560. Mundlak (1978), Econometrica 46, 69-85. Joshi,
    Pustejovsky and Beretvas (2022), Res. Synth. Methods 13, 457-477. Pustejovsky and
    Tipton (2018), J. Business Econ. Stat. 36, 672-683.

    Examples
    --------
    >>> rows = pd.MultiIndex.from_product([list("abc"), [1, 2, 3]], names=["unit", "time"])
    >>> X = pd.DataFrame({"x": [1.0, 2, 4, 2, 3, 3, 5, 4, 6]}, rows)
    >>> y = pd.Series([1.1, 2.0, 4.1, 3.0, 4.2, 4.1, 8.1, 7.0, 8.9], rows)
    >>> panel_regression(y, X, cov="nonrobust").coef.round(3).to_dict()
    {'Intercept': 1.374, 'x': 1.005}
    """
    settings = record("panel_regression", locals())
    check_choice("effects", effects, get_args(PanelEffects))
    check_choice("cov", cov, get_args(PanelErrors))
    check_range("confidence", confidence, 0, 1, open_low=True, open_high=True)
    require("linearmodels", "regression")
    design = make_design(y, X)
    if design.index.nlevels != 2:
        raise PanelError("panel_regression needs y on (unit, time)")
    clustered = cov in ("cluster", "cr2")
    if clusters is not None and not clustered:
        raise ParameterError("clusters need cov='cluster' or 'cr2'")
    scaled = standardized(design)
    check_absorbed(scaled.design, effects)
    codes = cluster_codes(clusters, design.index) if clustered else None
    fitted = _fit(scaled.design, effects, cov, codes)
    found = errors(fitted, cov, codes)
    covariance = scaled.covariance(found.covariance)
    statistics = _statistics(fitted, found, scaled, effects, cov, codes)
    values = fitted.peer.estimated_effects.iloc[:, 0].to_numpy() * scaled.y_scale
    return PanelRegression(
        settings=settings,
        terms=term_table(design.names, scaled.coef(fitted.coef), covariance, confidence, found.df),
        covariance=pd.DataFrame(covariance, design.names, design.names),
        statistics=named(statistics),
        dependent=design.dependent,
        remarks=remarks(found, design.index, effects, statistics),
        effects=_align.restore(pd.Series(values, design.index, name="effect"), y.index),
    )


def _numbered(index: pd.Index) -> pd.MultiIndex:
    """Give units and times as numbers in canonical order: the peer wants numbered times."""
    codes = []
    for level in (0, 1):
        labels = index.get_level_values(level)
        codes.append(_align.canonical(labels.unique()).get_indexer(labels))
    return pd.MultiIndex.from_arrays(codes, names=["unit", "time"])


def _fit(design: Design, effects: PanelEffects, cov: str, codes: IntArray | None) -> Fitted:
    from linearmodels.panel import PanelOLS, RandomEffects

    index = _numbered(design.index)
    y = pd.Series(design.y, index, name=design.dependent)
    X = pd.DataFrame(design.X, index, design.names)
    found: Any
    with peer("linearmodels"):
        if effects == "random":
            found = RandomEffects(y, X).fit(cov_type=_PEER_ERRORS[cov])
        else:
            found = PanelOLS(
                y,
                X,
                entity_effects=effects in ("unit", "two-way"),
                time_effects=effects in ("time", "two-way"),
            ).fit(cov_type=_PEER_ERRORS[cov])
        return transformed(found, design, effects, codes)


def _statistics(
    fitted: Fitted,
    found: Errors,
    scaled: Scaled,
    effects: PanelEffects,
    cov: str,
    codes: IntArray | None,
) -> dict[str, float]:
    peers, index = fitted.peer, scaled.design.index
    slopes = list(range(1, fitted.coef.size))
    f, f_p = found.wald(fitted, slopes)
    figures: dict[str, float] = {
        "n": peers.nobs,
        "units": index.get_level_values(0).nunique(),
        "times": index.get_level_values(1).nunique(),
        "r2": peers.rsquared,
        "r2_within": peers.rsquared_within,
        "r2_between": peers.rsquared_between,
        "r2_overall": peers.rsquared_overall,
        "log_likelihood": peers.loglik - peers.nobs * np.log(scaled.y_scale),
        "f": f,
        "f_p": f_p,
    }
    if codes is not None:
        figures["clusters"] = int(codes.max()) + 1
    if effects in ("unit", "time", "two-way"):
        figures["f_effects"] = peers.f_pooled.stat
        figures["f_effects_p"] = peers.f_pooled.pval
    if effects == "random":
        parts = peers.variance_decomposition
        figures["sigma_u"] = float(np.sqrt(parts["Effects"])) * scaled.y_scale
        figures["sigma_e"] = float(np.sqrt(parts["Residual"])) * scaled.y_scale
        figures["theta"] = float(np.mean(peers.theta.to_numpy()))
    if effects in ("unit", "random"):
        figures["mundlak"], figures["mundlak_p"] = _mundlak(scaled.design, cov, codes)
    return figures


def _mundlak(design: Design, cov: str, codes: IntArray | None) -> tuple[float, float]:
    """Test the units' means of X beside X, under random effects: F and its p.

    What varies between units and within them is tested, the rest has no mean
    of its own; NaN where nothing is.
    """
    columns = pd.DataFrame(design.X[:, 1:], columns=design.names[1:])
    means = columns.groupby(pd.factorize(design.index.get_level_values(0))[0]).transform("mean")
    size = columns.std(ddof=0)
    within = (columns - means).std(ddof=0) > 1e-9 * size
    tested = [name for name in columns.columns if within[name]]
    tested = [name for name in tested if means[name].std(ddof=0) > 1e-9 * size[name]]
    names = [f"mean of {name}" for name in tested]
    X = np.column_stack([design.X, means[tested]])
    if not tested or np.linalg.matrix_rank(X) < X.shape[1]:
        return np.nan, np.nan
    wider = Design(design.y, X, [*design.names, *names], design.index, design.dependent)
    try:
        fitted = _fit(wider, "random", cov, codes)
    except EstimationError:  # fewer units than means, or no time to spare within them
        return np.nan, np.nan
    at = list(range(len(design.names), X.shape[1]))
    units = design.index.get_level_values(0).nunique()
    return between(fitted, errors(fitted, cov, codes), at, codes, units)
