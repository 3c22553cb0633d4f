"""Dynamic spatial panels: y lagged in time, in space, and in both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._progress import counter
from spatialccd._result import record
from spatialccd._spatial.dynamics import corrected, largest_root
from spatialccd._spatial.information import Curvature, inverse
from spatialccd._spatial.likelihood import Pooled
from spatialccd._spatial.sample import Sample, check_left
from spatialccd._spatial.search import maximize
from spatialccd.drivers._estimates import Design, check_absorbed, check_rank
from spatialccd.drivers.panels._fit import RHO, SIGMA2, Fit
from spatialccd.drivers.panels._layout import HAS_LAGS, Layout, lay_out
from spatialccd.drivers.panels.results import (
    SpatialEstimates,
    static_roots,
    statistics_of,
    table_of_effects,
    table_of_terms,
)
from spatialccd.errors import (
    EstimationError,
    PanelError,
    ParameterError,
    check_choice,
    check_range,
)

if TYPE_CHECKING:
    from spatialccd._types import Columns, FloatArray, Graph, Progress, Values

DynamicModel = Literal["sar", "sdm"]
DynamicEffects = Literal["unit", "two-way"]
DynamicApproach = Literal["corrected", "direct"]

LAGGED, SPACE_TIME = "lagged y", "lag of lagged y"


@dataclass(frozen=True, eq=False, kw_only=True)
class DynamicSpatialPanel(SpatialEstimates):
    """A fitted dynamic spatial panel.

    Attributes
    ----------
    terms : DataFrame
        "lagged y" is tau, "lag of lagged y" eta; then slopes, "lag of x", rho and
        sigma2.
    effects : DataFrame
        Of the short run, on (term, effect).
    long_run : DataFrame
        Of the long run, in the same form; without rows where the estimate is not
        stable.
    statistics : Series
        As of spatial_panel (n and times without the first time); largest_root, the
        largest |eigenvalue| of (I - rho W)^-1 (tau I + eta W).
    """

    long_run: pd.DataFrame

    @property
    def stable(self) -> bool:
        """Whether y settles: all eigenvalues inside 1."""
        return bool(self.statistics["largest_root"] < 1)

    def further(self) -> dict[str, pd.DataFrame]:
        """Give effects of the short run and the long one, and figures of fit."""
        both = super().further()
        return {"effects": both.pop("effects"), "long_run": self.long_run, **both}


def dynamic_spatial_panel(
    y: Values,
    X: Columns,
    graph: Graph,
    *,
    model: DynamicModel = "sdm",
    effects: DynamicEffects = "two-way",
    approach: DynamicApproach = "corrected",
    row_standardize: bool = True,
    n_draws: int = 1000,
    seed: int | None = None,
    confidence: float = 0.95,
    progress: Progress | None = None,
) -> DynamicSpatialPanel:
    """Regress a panel on its past, on neighbors and on covariates, with the bias taken off.

    y_t = rho W y_t + tau y_t-1 + eta W y_t-1 + X b (+ W X t) + effects + e.

    Parameters
    ----------
    y : Series
        What is explained, on (unit, time) with every unit at every time. Its first
        time is only a start.
    X : DataFrame
        Covariates on the index of y.
    graph : Neighbors or libpysal Graph
        Who is whose neighbor, on the same units.
    model : {"sar", "sdm"}, default "sdm"
        sdm has the spatial lags of the covariates too.
    effects : {"unit", "two-way"}, default "two-way"
        Fixed effects of units, or of units and times.
    approach : {"corrected", "direct"}, default "corrected"
        direct is the quasi-maximum likelihood of demeaned data; with few times its
        tau is far too small, which corrected takes off.
    row_standardize : bool, default True
        Divide each unit's weights by their sum.
    n_draws : int, default 1000
        Draws of the estimate for the simulated errors of effects.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    confidence : float, default 0.95
        Level of the intervals.
    progress : callable, optional
        Told how many of 3 parts are done: the estimate, its errors, effects.

    Returns
    -------
    DynamicSpatialPanel
        ``.terms``, ``.effects`` of the short run, ``.long_run``, ``.stable``.

    Raises
    ------
    AlignmentError
        y, X and graph do not carry the same labels, or a value is missing.
    PanelError
        A unit lacks a time, or there are fewer than four.
    SingularDesignError
        A covariate or its lag follows from others or is taken up by the effects.
    EstimationError
        Rows of W do not add up to 1 under effects of times; the likelihood rises
        up to a bound of rho.

    Notes
    -----
    Where the largest root is 1 or more y does not settle, and no long run is given:
    its figures would be those of a division by nearly 0. Then, or near 1, take
    effects of times, or differences. With ten times intervals of tau still cover
    some .91 where they say .95; errors are those of the corrected estimate times
    sqrt(T / (T - 1)). Times must follow each other without gaps of different length:
    a lag is the time before. Not for GMM: take pydynpd or linearmodels for that.

    References
    ----------
    Yu, de Jong and Lee (2008), J. Econometrics 146, 118-134. Lee and Yu (2010),
    Econometric Theory 26, 564-597. Elhorst (2014), Spatial Econometrics, chapter 4.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> ring = Graph.from_dicts({i: {(i - 1) % 9: 1, (i + 1) % 9: 1} for i in range(9)})
    >>> rows = pd.MultiIndex.from_product([range(9), range(8)], names=["unit", "time"])
    >>> rng = np.random.default_rng(1)
    >>> X = pd.DataFrame({"x": rng.normal(size=72)}, rows)
    >>> shocks = (2 * X["x"] + rng.normal(size=72)).groupby(level=0)
    >>> y = shocks.transform(lambda v: v.ewm(alpha=0.5, adjust=False).mean())
    >>> fitted = dynamic_spatial_panel(y, X, ring, model="sar", effects="unit", seed=1)
    >>> round(float(fitted.coef["lagged y"]), 2), fitted.stable
    (0.43, True)
    """
    settings = record("dynamic_spatial_panel", locals())
    check_choice("model", model, get_args(DynamicModel))
    check_choice("effects", effects, get_args(DynamicEffects))
    check_choice("approach", approach, get_args(DynamicApproach))
    check_range("n_draws", n_draws, 2)
    check_range("confidence", confidence, 0, 1, open_low=True, open_high=True)
    whole = lay_out(y, X, graph, row_standardize=row_standardize)
    _check_times(whole)
    layout, start = _after_the_first(whole)
    step = counter(progress, 3)
    fitted = fit_dynamic(layout, start, model, effects, approach)
    step(1)
    covariance = covariance_of(fitted)
    step(1)
    root = largest_root(layout.operator.all_eigenvalues, fitted.theta)
    covariates = layout.names
    tables = [
        table_of_effects(
            fitted,
            covariates,
            covariance,
            roots,
            n_draws=n_draws,
            seed=seed,
            confidence=confidence,
        )
        for roots in (static_roots(fitted.names), _long_roots(fitted.names))
        if root < 1 or roots.__name__ != "long_run"
    ]
    step(1)
    short, long = tables[0][0], tables[-1][0] if len(tables) > 1 else tables[0][0].iloc[:0]
    residuals = fitted.likelihood.residuals(fitted.theta)
    statistics = statistics_of(fitted, residuals)
    statistics["largest_root"] = root
    covariance = fitted.on_data(covariance)
    return DynamicSpatialPanel(
        settings=settings,
        terms=table_of_terms(fitted.names, fitted.estimate, covariance, confidence),
        covariance=pd.DataFrame(covariance, fitted.names, fitted.names),
        statistics=statistics,
        dependent=layout.dependent,
        effects=short,
        long_run=long,
        residuals=_align.restore(
            layout.residuals(residuals),
            y.index[y.index.get_level_values(1) != whole.times[0]],
        ),
        remarks=tuple(_remarks(fitted, layout, root, tables[-1][1] if len(tables) > 1 else 0)),
        dropped=layout.dropped,
    )


def _check_times(layout: Layout) -> None:
    if len(layout.times) < 4:
        raise PanelError(
            f"there are {max(len(layout.times), 1)} times; a y lagged in time takes four or more"
        )
    try:
        years = _align.time_values(layout.times, "y")
    except ParameterError:
        return  # times without numbers: their order is all there is
    steps = np.diff(years)
    if np.ptp(steps) > 0.02 * steps.max():
        raise PanelError(
            f"times do not follow each other evenly: steps of {sorted(set(steps.tolist()))}; a lag "
            "must be the same span everywhere: fill the panel, or take evenly spaced times"
        )


def _after_the_first(layout: Layout) -> tuple[Layout, FloatArray]:
    """Give the panel from its second time on, and y one time before each."""
    depth = layout.y.shape[1]
    kept = np.tile(np.arange(depth) > 0, len(layout.units))
    after = replace(
        layout,
        y=layout.y[:, 1:],
        X=layout.X[:, 1:],
        times=layout.times[1:],
        index=layout.index[kept],
    )
    return after, layout.y[:, :-1]


def fit_dynamic(layout: Layout, start: FloatArray, model: str, effects: str, approach: str) -> Fit:
    """Estimate with y one time before as a regressor beside its spatial lag."""
    by_time = effects == "two-way"
    if by_time and not layout.operator.row_normalized:
        raise EstimationError(
            "rows of W do not add up to 1 (islands, or row_standardize=False): effects of times do "
            "not leave the likelihood then; link or drop islands (neighbors(islands=...)), or take "
            "effects='unit'"
        )
    wide = layout.with_lags() if model in HAS_LAGS else layout
    past = np.stack([start, layout.lag(start)], axis=2)
    Z = np.concatenate([past, wide.X], axis=2)
    names = [LAGGED, SPACE_TIME, *wide.names]
    design = Design(
        layout.y.reshape(-1), Z.reshape(-1, Z.shape[2]), names, layout.index, layout.dependent
    )
    check_left(layout.y, wide.X, layout.dependent, effects)
    check_absorbed(design, effects)
    check_rank(design.X, names)
    check_left(layout.y, Z, layout.dependent, effects)
    sample = Sample(
        y=layout.y,
        Z=Z,
        operator=layout.operator,
        by_unit=True,
        by_time=by_time,
        transformed=True,
        keep_times=True,
    )
    likelihood = Pooled(sample, has_rho=True, has_lambda=False)
    optimum = maximize(likelihood)
    theta = corrected(likelihood, optimum.theta) if approach == "corrected" else optimum.theta
    low, high = layout.operator.bounds
    if not low < theta[-2] < high:
        raise EstimationError(
            f"the correction takes rho to {theta[-2]:.4g}, outside its bounds {low:.4g} and "
            f"{high:.4g}: there are too few times for it"
        )
    return Fit(layout, likelihood, [*names, RHO, SIGMA2], theta, optimum, approach, "")


def covariance_of(fitted: Fit) -> FloatArray:
    """Give the covariance; of a corrected estimate for the times that demeaning costs."""
    information = Curvature(fitted.likelihood, fitted.theta).expected()
    times = fitted.likelihood.sample.times
    factor = times / (times - 1) if fitted.approach == "corrected" else 1.0
    return inverse(information, fitted.names) * factor


def _long_roots(names: list[str]) -> Any:
    """Give what picks c = 1 - tau and r = rho + eta for ((1 - tau) I - (rho + eta) W)^-1."""
    tau, eta, rho = (names.index(name) for name in (LAGGED, SPACE_TIME, RHO))

    def long_run(theta: FloatArray) -> tuple[Any, Any]:
        return 1 - theta[..., tau], theta[..., rho] + theta[..., eta]

    return long_run


def _remarks(fitted: Fit, layout: Layout, root: float, rejected: int) -> list[str]:
    said = []
    if root >= 1:
        said.append(
            f"The estimate is not stable (largest root {root:.4f}): y does not settle, and there "
            "are no long-run effects. Take effects of times, or differences of y."
        )
    elif root > 0.95:
        said.append(
            f"The largest root is {root:.4f}, close to 1: long-run effects are large and uncertain."
        )
    if fitted.approach == "direct":
        said.append("Without correction the slope of lagged y is biased downwards by some 1/T.")
    if len(layout.islands):
        said.append(
            f"Units without a neighbor stay in the model with lags of 0: {len(layout.islands)}."
        )
    if rejected:
        said.append(f"Draws of rho outside its bounds were left out of the errors: {rejected}.")
    return said
