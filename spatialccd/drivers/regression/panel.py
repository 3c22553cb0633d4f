"""Linear regressions of panels: fixed and random effects, with errors that allow for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd
from scipy import stats

from spatialccd import _align
from spatialccd._result import record
from spatialccd.drivers.regression._estimates import (
    Design,
    Regression,
    check_absorbed,
    cluster_codes,
    make_design,
    named,
    term_table,
)
from spatialccd.errors import (
    PanelError,
    ParameterError,
    check_choice,
    check_range,
    require,
)

if TYPE_CHECKING:
    from spatialccd._types import Columns, Groups, Values

PanelEffects = Literal["unit", "time", "two-way", "random", "none"]
PanelErrors = Literal["nonrobust", "robust", "cluster", "driscoll-kraay"]

_PEER_ERRORS = {
    "nonrobust": "unadjusted",
    "robust": "robust",
    "cluster": "clustered",
    "driscoll-kraay": "kernel",
}


@dataclass(frozen=True, eq=False, kw_only=True)
class PanelRegression(Regression):
    """A fitted linear panel regression.

    Attributes
    ----------
    statistics : Series
        n, units, times, r2 (of the model fitted), r2_within, r2_between,
        r2_overall, log_likelihood, f (all slopes 0) and f_p; with fixed effects
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
        For ``cov="cluster"``, a label for each unit or row; the units when omitted.
    effects : {"unit", "time", "two-way", "random", "none"}, default "unit"
        Fixed effects of units, of times, of both; random effects of units
        (Swamy and Arora); or none, least squares of all rows.
    cov : {"nonrobust", "robust", "cluster", "driscoll-kraay"}, default "cluster"
        Errors: of equal variance; White's; clustered; or Driscoll and Kraay's,
        which hold when units are related to each other at a time, as near
        places are, and want many times.
    confidence : float, default 0.95
        Of the intervals.

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
    MissingDependencyError
        linearmodels is not installed.

    Notes
    -----
    Intervals and p-values are from the t distribution. Mundlak's test is that of
    Hausman by regression: the units' means of X beside X under random effects.
    It takes the errors asked for, and its statistic is never negative.

    References
    ----------
    Baltagi (2021), Econometric Analysis of Panel Data, 6th ed., chapters 2-4.
    Driscoll and Kraay (1998), Rev. Econ. Stat. 80, 549-560. Mundlak (1978),
    Econometrica 46, 69-85.

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
    if clusters is not None and cov != "cluster":
        raise ParameterError("clusters need cov='cluster'")
    check_absorbed(design, effects)
    config: dict[str, Any] = {"cov_type": _PEER_ERRORS[cov]}
    if cov == "cluster":
        codes = cluster_codes(clusters, design.index)
        config["clusters"] = pd.DataFrame({"cluster": codes}, _numbered(design.index))
    fitted = _fit(design, effects, config)
    covariance = fitted.cov.to_numpy()
    return PanelRegression(
        settings=settings,
        terms=term_table(
            design.names, fitted.params.to_numpy(), covariance, confidence, fitted.df_resid
        ),
        covariance=pd.DataFrame(covariance, design.names, design.names),
        statistics=named(_statistics(fitted, design, effects, config)),
        dependent=design.dependent,
        effects=_align.restore(_effects(fitted, design), y.index),
    )


def _numbered(index: pd.Index) -> pd.MultiIndex:
    """Give units and times as numbers in canonical order: the peer wants numbered times."""
    codes = []
    for level in (0, 1):
        labels = index.get_level_values(level)
        codes.append(_align.canonical(labels.unique()).get_indexer(labels))
    return pd.MultiIndex.from_arrays(codes, names=["unit", "time"])


def _fit(design: Design, effects: PanelEffects, config: dict[str, Any]) -> Any:
    from linearmodels.panel import PanelOLS, RandomEffects

    index = _numbered(design.index)
    y = pd.Series(design.y, index, name=design.dependent)
    X = pd.DataFrame(design.X, index, design.names)
    if effects == "random":
        return RandomEffects(y, X).fit(**config)
    return PanelOLS(
        y,
        X,
        entity_effects=effects in ("unit", "two-way"),
        time_effects=effects in ("time", "two-way"),
    ).fit(**config)


def _statistics(
    fitted: Any, design: Design, effects: PanelEffects, config: dict[str, Any]
) -> dict[str, float]:
    found: dict[str, float] = {
        "n": fitted.nobs,
        "units": design.index.get_level_values(0).nunique(),
        "times": design.index.get_level_values(1).nunique(),
        "r2": fitted.rsquared,
        "r2_within": fitted.rsquared_within,
        "r2_between": fitted.rsquared_between,
        "r2_overall": fitted.rsquared_overall,
        "log_likelihood": fitted.loglik,
        "f": fitted.f_statistic_robust.stat,
        "f_p": fitted.f_statistic_robust.pval,
    }
    if effects in ("unit", "time", "two-way"):
        found["f_effects"] = fitted.f_pooled.stat
        found["f_effects_p"] = fitted.f_pooled.pval
    if effects == "random":
        parts = fitted.variance_decomposition
        found["sigma_u"] = float(np.sqrt(parts["Effects"]))
        found["sigma_e"] = float(np.sqrt(parts["Residual"]))
        found["theta"] = float(np.mean(fitted.theta.to_numpy()))
    if effects in ("unit", "random"):
        found["mundlak"], found["mundlak_p"] = _mundlak(design, config)
    return found


def _mundlak(design: Design, config: dict[str, Any]) -> tuple[float, float]:
    """Test the units' means of X beside X, under random effects: Wald and its p.

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
    fitted = _fit(wider, "random", config)
    apart = fitted.params[names].to_numpy()
    wald = float(apart @ np.linalg.solve(fitted.cov.loc[names, names].to_numpy(), apart))
    return wald, float(stats.chi2.sf(wald, len(names)))


def _effects(fitted: Any, design: Design) -> pd.Series:
    values = fitted.estimated_effects.iloc[:, 0].to_numpy()
    return pd.Series(values, design.index, name="effect")
