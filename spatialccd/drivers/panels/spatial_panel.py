"""Spatial panels: exact maximum likelihood with fixed, random or no effects."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._progress import counter
from spatialccd._result import record
from spatialccd.drivers._places import distances
from spatialccd.drivers.panels._fit import LAMBDA, RHO, Fit, PanelCov, fit, units_of
from spatialccd.drivers.panels._layout import (
    HAS_RHO,
    Approach,
    Layout,
    PanelEffects,
    PanelModel,
    lay_out,
)
from spatialccd.drivers.panels.results import (
    SpatialEstimates,
    covariates_of,
    static_roots,
    statistics_of,
    table_of_effects,
    table_of_terms,
)
from spatialccd.errors import (
    ApproachWarning,
    ParameterError,
    check_choice,
    check_range,
)

if TYPE_CHECKING:
    from spatialccd._types import Columns, FloatArray, Graph, Groups, Places, Progress, Values


@dataclass(frozen=True, eq=False, kw_only=True)
class SpatialPanel(SpatialEstimates):
    """A fitted spatial panel.

    Attributes
    ----------
    terms : DataFrame
        As of every regression. "lag of x" is the slope of W x; rho is the lag of y,
        lambda that of the error; with random effects phi = sqrt(s2 / (T s2_mu +
        s2)); sigma2 is the variance of the error.
    statistics : Series
        n, units, times, r2 (fixed effects fitted), r2_within (squared correlation without
        them), log_likelihood, aic, bic; with random effects sigma_u.
    optima : DataFrame
        On (optimum, parameter), every optimum of the likelihood that was found, the
        one taken first: rho, lambda, phi (those searched) and log_likelihood.
    """

    optima: pd.DataFrame

    def further(self) -> dict[str, pd.DataFrame]:
        """Give effects, figures of fit and, where there are several, the optima."""
        several = self.optima.index.get_level_values("optimum").nunique() > 1
        more = {"optima": self.optima} if several else {}
        return {**super().further(), **more}


def spatial_panel(
    y: Values,
    X: Columns,
    graph: Graph,
    clusters: Groups | None = None,
    places: Places | None = None,
    *,
    model: PanelModel = "sar",
    effects: PanelEffects = "unit",
    approach: Approach = "transformation",
    cov: PanelCov | None = None,
    cutoff: float | None = None,
    row_standardize: bool = True,
    n_draws: int = 1000,
    seed: int | None = None,
    confidence: float = 0.95,
    progress: Progress | None = None,
) -> SpatialPanel:
    """Regress a panel on covariates and on neighbors, by exact maximum likelihood.

    y = rho W y + X b + W X t + effects + u, u = lambda W u + e.

    Parameters
    ----------
    y : Series
        What is explained, on (unit, time) with every unit at every time. On unit
        alone it is a cross-section, for ``effects="none"``.
    X : DataFrame
        Covariates on the index of y. An intercept is added where effects do not
        take it up; its lag is not.
    graph : Neighbors or libpysal Graph
        Who is whose neighbor, on the same units.
    clusters : Series, optional
        For ``cov="cluster"``, a label for each unit; each unit by itself when
        omitted.
    places : GeoDataFrame, optional
        For ``cov="conley"``, where the units are.
    model : {"sar", "sem", "sdm", "slx", "sac", "sdem", "gns"}, default "sar"
        sar: rho alone. sem: lambda alone. slx: t alone. sdm: rho and t. sac: rho
        and lambda. sdem: t and lambda. gns: all three, weakly identified: read it
        with care.
    effects : {"unit", "time", "two-way", "random", "none"}, default "unit"
        Fixed effects of units, of times, of both; random effects of units; none.
    approach : {"transformation", "direct", "corrected"}, default "transformation"
        How fixed effects leave the likelihood. transformation: Lee and Yu's, which
        is consistent. direct: demeaning as in Elhorst (2003); biased, above all
        rho with effects of times, and the variance. corrected: direct, with Lee and
        Yu's correction in one step. The last two are for comparing with papers.
    cov : {"expected", "observed", "robust", "cluster", "conley"}, optional
        Errors from the expected information, from the observed one (second
        derivatives), robust to other than normal errors, or clustered by unit,
        which allows errors that go on over time. conley: of slx only, errors that go
        together nearby, falling to nothing at `cutoff`, and over time. Random effects
        have the observed one only, and take it when omitted; the others take the
        expected one.
    cutoff : float, optional
        For ``cov="conley"``: meters for a layer in degrees, else its unit.
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
    SpatialPanel
        ``.terms``, ``.effects`` (direct, indirect, total) and ``.statistics``.

    Raises
    ------
    AlignmentError
        y, X and graph do not carry the same labels, or a value is missing.
    PanelError
        A unit lacks a time, or there is one time and effects of units.
    SingularDesignError
        A covariate or its lag is constant, follows from others, or is taken up by
        the effects.
    EstimationError
        The graph has no links; nothing of y is left to estimate from; the likelihood
        rises up to a bound of rho, lambda or phi; effects of times with lambda where
        rows of W do not add up to 1.
    ParameterError
        Errors or an approach that the effects do not have; a covariate that is called
        like a parameter.

    Warns
    -----
    ApproachWarning
        W does not allow the transformation by times, and the corrected approach
        was taken.

    Notes
    -----
    The log-determinant is exact: by all eigenvalues of W up to 3,000 units (1,200
    where W cannot be made symmetric), by sparse factors beyond. Figures differ from
    spreg 1.9 (its panels' log-likelihood is another than its estimates maximize)
    and from packages that approximate the determinant. Log-likelihoods of
    transformation and direct are not comparable. A coefficient is no effect where
    there is rho: read ``.effects``; in sar and sac the ratio of indirect to direct
    is the same for every covariate. Under heteroskedasticity that is not modeled
    the estimate of rho itself is not consistent (Lin and Lee 2010), whatever the
    errors. With few units (some 30) intervals of rho and lambda in sac cover .90
    where they say .95. Random effects of sem and sdem are not spatial (Baltagi,
    Song and Koh); those of Kapoor, Kelejian and Prucha are another model. Not for
    y lagged in time: see dynamic_spatial_panel.

    References
    ----------
    Lee and Yu (2010), J. Econometrics 154, 165-185. Elhorst (2014), Spatial
    Econometrics: From Cross-Sectional Data to Spatial Panels, chapters 2-3. LeSage
    and Pace (2009), Introduction to Spatial Econometrics, section 2.7. Kelejian and
    Prucha (2001), J. Econometrics 104, 219-257. Baltagi, Song and Koh (2003),
    J. Econometrics 117, 123-150. Conley (1999), J. Econometrics 92, 1-45.

    Examples
    --------
    >>> import numpy as np
    >>> from libpysal.graph import Graph
    >>> ring = Graph.from_dicts({i: {(i - 1) % 9: 1, (i + 1) % 9: 1} for i in range(9)})
    >>> rows = pd.MultiIndex.from_product([range(9), range(4)], names=["unit", "time"])
    >>> rng = np.random.default_rng(1)
    >>> X = pd.DataFrame({"x": rng.normal(size=36)}, rows)
    >>> y = 2 * X["x"] + rng.normal(size=36)
    >>> fitted = spatial_panel(y, X, ring, effects="two-way", seed=1)
    >>> fitted.coef.round(2).to_dict()
    {'x': 1.65, 'rho': -0.04, 'sigma2': 0.52}
    >>> fitted.effects.loc["x", "value"].round(2).to_dict()
    {'direct': 1.65, 'indirect': -0.06, 'total': 1.58}
    """
    call = locals()
    check_choice("model", model, get_args(PanelModel))
    check_choice("effects", effects, get_args(PanelEffects))
    check_choice("approach", approach, get_args(Approach))
    check_range("n_draws", n_draws, 2)
    check_range("confidence", confidence, 0, 1, open_low=True, open_high=True)
    chosen = _errors(cov, effects, approach, model)
    near = _near(places, cutoff, chosen, y)
    if clusters is not None and chosen != "cluster":
        raise ParameterError("clusters need cov='cluster'")
    layout = lay_out(y, X, graph, row_standardize=row_standardize)
    groups = units_of(clusters, layout)
    step = counter(progress, 3)
    fitted = fit(layout, model, effects, approach)
    step(1)
    if fitted.remark:
        warnings.warn(f"approach='corrected' was taken: {fitted.remark}", ApproachWarning, 2)
        chosen = _errors(cov, effects, fitted.approach, model)
    covariance = fitted.covariance(chosen, groups, near)
    step(1)
    table, rejected = table_of_effects(
        fitted,
        covariates_of(fitted),
        covariance,
        static_roots(fitted.names),
        n_draws=n_draws,
        seed=seed,
        confidence=confidence,
    )
    step(1)
    residuals = fitted.likelihood.residuals(fitted.theta)
    covariance = fitted.on_data(covariance)
    taken = {"approach": fitted.approach} if fitted.remark else {}
    return SpatialPanel(
        settings=record("spatial_panel", call, cov=chosen, **taken),
        terms=table_of_terms(fitted.names, fitted.estimate, covariance, confidence),
        covariance=pd.DataFrame(covariance, fitted.names, fitted.names),
        statistics=statistics_of(fitted, residuals),
        dependent=layout.dependent,
        effects=table,
        residuals=_align.restore(layout.residuals(residuals), y.index),
        remarks=tuple(_remarks(fitted, layout, model, rejected)),
        dropped=layout.dropped,
        optima=_optima(fitted),
    )


def _near(places: Any, cutoff: float | None, cov: PanelCov, y: pd.Series) -> FloatArray | None:
    """Give how much each pair of units counts: 1 less their distance over the cutoff."""
    if cov != "conley":
        if places is not None or cutoff is not None:
            raise ParameterError("places and cutoff need cov='conley'")
        return None
    if places is None or cutoff is None:
        raise ParameterError("cov='conley' needs places and cutoff")
    check_range("cutoff", cutoff, 0, open_low=True)
    units = y.index.get_level_values(0).unique() if y.index.nlevels > 1 else y.index
    ordered, _ = _align.align(places=places, units=pd.Series(0, units))
    return np.maximum(0.0, 1.0 - distances(ordered, "places") / cutoff)


def _errors(cov: PanelCov | None, effects: str, approach: str, model: str) -> PanelCov:
    """Give the kind of errors, or say why it cannot be had."""
    if cov is None:
        return "observed" if effects == "random" else "expected"
    check_choice("cov", cov, get_args(PanelCov))
    if effects == "random" and cov != "observed":
        raise ParameterError(f"effects='random' has errors of cov='observed' only, not {cov!r}")
    if cov == "conley" and model != "slx":
        raise ParameterError(
            f"cov='conley' is for model='slx': in {model!r} the lag itself says how places go "
            "together; take cov='cluster'"
        )
    if approach == "corrected" and cov == "observed":
        raise ParameterError(
            "a corrected estimate is not where the likelihood is highest, so that second "
            "derivatives there are no information: take cov='expected', 'robust' or 'cluster'"
        )
    return cov


def _optima(fitted: Fit) -> pd.DataFrame:
    """Table the optima; the first is where the likelihood is highest."""
    names = fitted.likelihood.names
    first = fitted.optimum.theta[fitted.slopes : fitted.slopes + len(names)]
    every = [(first, fitted.optimum.value), *fitted.optimum.others]
    table = pd.DataFrame(
        [[*tau, fitted.log_likelihood(value)] for tau, value in every],
        columns=[*names, "log_likelihood"],
    )
    table.index = pd.RangeIndex(1, len(every) + 1)
    return table.stack().rename_axis(["optimum", "parameter"]).to_frame("value")


def _remarks(fitted: Fit, layout: Layout, model: str, rejected: int) -> list[str]:
    """Say what a reader must know to read the figures."""
    said = []
    if fitted.remark:
        said.append(f"The corrected approach was taken: {fitted.remark}.")
    elif fitted.approach == "corrected":
        said.append("The log-likelihood is that of the direct estimate, before its correction.")
    elif fitted.approach == "direct" and fitted.likelihood.sample.by_unit | (
        fitted.likelihood.sample.by_time
    ):
        said.append(
            "The direct approach is biased: the variance with effects of units, rho and lambda "
            "with those of times; the transformation is not."
        )
    if len(layout.islands):
        said.append(
            f"Units without a neighbor stay in the model with lags of 0: {len(layout.islands)}."
        )
    if not layout.operator.row_normalized and RHO in fitted.names:
        low, high = layout.operator.bounds
        said.append(f"Rows of W do not add up to 1: rho lies between {low:.4g} and {high:.4g}.")
    if len(fitted.optimum.others):
        values = (fitted.optimum.value, fitted.optimum.others[0][1])
        best, other = (fitted.log_likelihood(value) for value in values)
        said.append(
            f"The likelihood has {1 + len(fitted.optimum.others)} optima (the best {best:.4f}, "
            f"the next {other:.4f}): rho and lambda can hardly be told apart."
        )
    if model in ("sar", "sac"):
        said.append("The ratio of indirect to direct effects is the same for every covariate.")
    if model in ("sac", "gns") and RHO in fitted.names and LAMBDA in fitted.names:
        said.append("With few units the intervals of rho and lambda are too narrow.")
    if rejected and model in HAS_RHO:
        said.append(f"Draws of rho outside its bounds were left out of the errors: {rejected}.")
    return said
