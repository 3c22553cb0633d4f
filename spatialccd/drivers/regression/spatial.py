"""Spatial regressions: what a value depends on here, and in the places around."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._progress import counter
from spatialccd._result import record
from spatialccd._spatial.operator import Operator, operator_of
from spatialccd.drivers._estimates import (
    INTERCEPT,
    Design,
    Regression,
    check_absorbed,
    check_rank,
    make_design,
    named,
    term_table,
)
from spatialccd.drivers.regression._scaling import check_explainable
from spatialccd.drivers.regression._spatial_fit import LAMBDA, RHO, fit
from spatialccd.errors import (
    PanelError,
    ParameterError,
    check_choice,
    check_range,
    require,
)

if TYPE_CHECKING:
    from spatialccd._types import Columns, Graph, Progress, Values

SpatialModel = Literal["ols", "lag", "error", "durbin"]


@dataclass(frozen=True, eq=False, kw_only=True)
class SpatialRegression(Regression):
    """A fitted spatial regression.

    Attributes
    ----------
    terms : DataFrame
        As of every regression; rho is the lag of y, lambda that of the error,
        and "lag of x" that of a covariate.
    statistics : Series
        n, r2 (pseudo, the squared correlation of y with its prediction),
        log_likelihood, aic, bic; of OLS the tests of spatial dependence:
        moran_z, lm_lag, lm_error, their robust forms, lm_sarma, each with _p.
    effects : DataFrame
        By covariate: direct, indirect and total effect on y, each with _se and
        _p; without a lag of y or x the direct effect is the coefficient.
    residuals : Series
        On the caller's rows; those of units that the graph dropped are missing.
    dropped : Index
        Units that ``neighbors(islands="drop")`` took out: they are in no figure.
    """

    effects: pd.DataFrame
    residuals: pd.Series
    dropped: pd.Index

    def further(self) -> dict[str, pd.DataFrame]:
        """Give direct, indirect and total effects, and the figures of fit."""
        return {"effects": self.effects, **super().further()}

    def summary(self) -> str:
        """Write terms, figures of fit and effects."""
        return f"{super().summary()}\n\n{self.effects.to_string()}"


def spatial_regression(
    y: Values,
    X: Columns,
    graph: Graph,
    *,
    model: SpatialModel = "lag",
    n_draws: int = 1000,
    seed: int | None = None,
    row_standardize: bool = True,
    confidence: float = 0.95,
    progress: Progress | None = None,
) -> SpatialRegression:
    """Regress a value on covariates and on neighbors, by maximum likelihood.

    ols: y = X b + e. lag: y = rho W y + X b + e. error: e = lambda W e + u.
    durbin: the lag model with W X beside X. A panel is fitted with fixed
    effects of its units.

    Parameters
    ----------
    y : Series
        What is explained, on unit, or on (unit, time) with every unit at every
        time.
    X : DataFrame
        Covariates on the index of y. Without a panel an intercept is added.
    graph : Neighbors or libpysal Graph
        Who is whose neighbor, on the same units. Units that
        ``neighbors(islands="drop")`` took out are left out and named.
    model : {"ols", "lag", "error", "durbin"}, default "lag"
        The model; ols tests which of the others is called for, and takes no panel.
    n_draws : int, default 1000
        Draws of the estimate for the errors of effects, where y has a lag.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    row_standardize : bool, default True
        Divide each unit's weights by their sum.
    confidence : float, default 0.95
        Level of the intervals.
    progress : callable, optional
        Told how many of 2 parts are done: the estimate with its errors, effects.

    Returns
    -------
    SpatialRegression
        ``.terms``, ``.effects`` and ``.statistics``.

    Raises
    ------
    AlignmentError
        y, X and graph do not carry the same labels, or a value is missing.
    PanelError
        A unit of a panel lacks a time.
    DataError
        y is constant, or a column holds no numbers.
    SingularDesignError
        A covariate is constant or follows from others, in a panel also after
        the means of units are taken off, or for durbin its lag does.
    EstimationError
        The graph has no links, or a unit is its own neighbor; covariates explain y
        without rest; the likelihood rises up to a bound of rho or lambda; or spreg
        cannot fit ols.
    MissingDependencyError
        ols, and spreg is not installed.

    Notes
    -----
    With a lag of y a coefficient is no effect: a change here moves neighbors,
    and they move this place again. The direct effect is the mean of dy_i/dx_i,
    the indirect one that of the sum of dy_i/dx_j over the others (LeSage and
    Pace). Their errors are those of draws from the estimate's distribution.
    Panels: means of units are taken off (Elhorst), and with few times the
    variance, and with it all errors, is too small by the factor (T - 1) / T.
    All is fitted in standard scores and steps of rho in parts of its interval, so
    that no unit of measurement matters, of weights neither; figures are those of
    the data as given. The log-determinant is exact: by all eigenvalues of W up to
    3,000 units (1,200 where W cannot be made symmetric), by sparse factors beyond.
    ols and its tests of dependence are spreg's. spreg's own fit of the others
    searches rho to 1e-7 between -1 and 1, and finds no lag in weights that are very
    small numbers (one over squared meters).

    References
    ----------
    Anselin (1988), Spatial Econometrics. Anselin, Bera, Florax and Yoon (1996),
    Reg. Sci. Urban Econ. 26, 77-104. LeSage and Pace (2009), Introduction to
    Spatial Econometrics, section 2.7. Elhorst (2014), Spatial Econometrics:
    From Cross-Sectional Data to Spatial Panels, section 3.3.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> ring = Graph.from_dicts({i: {(i - 1) % 12: 1, (i + 1) % 12: 1} for i in range(12)})
    >>> X = pd.DataFrame({"x": [1.0, 3, 2, 5, 4, 6, 8, 7, 5, 6, 3, 2]})
    >>> y = pd.Series([2.1, 5.8, 4.4, 9.1, 8.9, 12.2, 15.1, 13.9, 10.3, 11.2, 6.4, 4.2])
    >>> fitted = spatial_regression(y, X, ring, model="ols", seed=1)
    >>> fitted.coef.round(2).to_dict(), bool(fitted.statistics["lm_lag_p"] < 0.05)
    ({'Intercept': 0.56, 'x': 1.86}, True)
    """
    settings = record("spatial_regression", locals())
    check_choice("model", model, get_args(SpatialModel))
    check_range("n_draws", n_draws, 2)
    check_range("confidence", confidence, 0, 1, open_low=True, open_high=True)
    if model == "ols":
        require("spreg", "regression")
    is_panel = isinstance(y, pd.Series) and y.index.nlevels > 1
    if is_panel and model == "ols":
        raise ParameterError("ols takes a single time; panel_regression takes panels")
    (y_kept, X_kept), dropped = _align.without_dropped(graph, y=y, X=X)
    design = make_design(y_kept, X_kept, intercept=not is_panel)
    check_explainable(design)
    units = design.index.get_level_values(0).unique() if is_panel else design.index
    operator = operator_of(graph, units, row_standardize=row_standardize)
    if is_panel:
        design = _by_time(design, len(units))
    if model == "durbin":
        design = _with_lags(design, operator)
    check_rank(design.X, design.names)
    if is_panel:
        check_absorbed(design, "unit")
    lag = None if model == "ols" else LAMBDA if model == "error" else RHO
    step = counter(progress, 2)
    fitted = fit(design, operator, lag, is_panel=is_panel)
    step(1)
    effects, rejected = fitted.effects(n_draws, seed)
    step(1)
    remarks = _align.left_out(dropped)
    if rejected:
        remarks.append(f"Draws of rho outside its bounds were left out of the errors: {rejected}.")
    return SpatialRegression(
        settings=settings,
        terms=term_table(fitted.names, fitted.coef, fitted.covariance, confidence, fitted.df),
        covariance=pd.DataFrame(fitted.covariance, fitted.names, fitted.names),
        statistics=named(fitted.statistics()),
        dependent=design.dependent,
        remarks=tuple(remarks),
        effects=effects,
        residuals=_align.restore(
            pd.Series(fitted.residual, design.index, name="residual"), y.index
        ),
        dropped=dropped,
    )


def _by_time(design: Design, units: int) -> Design:
    """Put all units of a time together, as the fit reads them."""
    times = design.index.get_level_values(1)
    every = _align.canonical(times.unique())
    if len(every) < 2:
        raise PanelError("a panel needs two times or more").advise(
            "no panel", "take the one with .xs()"
        )
    if len(design.y) != units * len(every):
        full = pd.MultiIndex.from_product([design.index.get_level_values(0).unique(), every])
        cases = full.difference(design.index).to_frame(index=False, name=["unit", "time"])
        places = ", ".join(f"{c.unit} {c.time}" for c in cases.head(8).itertuples())
        raise PanelError(
            f"{len(cases)} rows of the panel are missing: {places}; every unit must stand at "
            "every time: fill them (fill_missing) or drop the units",
            cases,
        )
    order = np.argsort(every.get_indexer(times), kind="stable")
    return Design(
        design.y[order], design.X[order], design.names, design.index[order], design.dependent
    )


def _with_lags(design: Design, operator: Operator) -> Design:
    """Put W X beside X, time by time."""
    plain = [j for j, name in enumerate(design.names) if name != INTERCEPT]
    # A mean is lagged apart: rounding of its size would drown a small spread.
    mean = design.X[:, plain].mean(axis=0)
    blocks = (design.X[:, plain] - mean).reshape(-1, operator.size, len(plain))
    of_mean = operator.row_sums[:, None] * mean
    lagged = np.concatenate([operator.matrix @ block + of_mean for block in blocks])
    names = [*design.names, *(f"lag of {design.names[j]}" for j in plain)]
    X = np.column_stack([design.X, lagged])
    return Design(design.y, X, names, design.index, design.dependent)
