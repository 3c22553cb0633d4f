"""From labeled inputs to the arrays of a panel, and what is said when they do not fit."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._spatial.operator import Operator, operator_of
from spatialccd._spatial.sample import Sample, check_left, means_off, without_means
from spatialccd._spatial.scale import Scale, scaled
from spatialccd.drivers._estimates import (
    INTERCEPT,
    Design,
    check_absorbed,
    check_rank,
    make_design,
)
from spatialccd.errors import DataError, EstimationError, PanelError, ParameterError, listed

if TYPE_CHECKING:
    from spatialccd._types import FloatArray

PanelModel = Literal["sar", "sem", "sdm", "slx", "sac", "sdem", "gns"]
PanelEffects = Literal["unit", "time", "two-way", "random", "none"]
Approach = Literal["transformation", "direct", "corrected"]

#: Which models have a lag of y, of the error, and of the covariates.
HAS_RHO = ("sar", "sdm", "sac", "gns")
HAS_LAMBDA = ("sem", "sac", "sdem", "gns")
HAS_LAGS = ("sdm", "slx", "sdem", "gns")
#: What no covariate may be called, since a parameter is.
RESERVED = ("rho", "lambda", "phi", "sigma2", "lagged y")


@dataclass(frozen=True)
class Layout:
    """A panel as arrays in a scale of one, units and times in canonical order.

    Attributes
    ----------
    y : array, shape (N, T)
        Over its scale.
    X : array, shape (N, T, K)
        Each covariate over its scale.
    names : list of str, length K
    units, times : Index
        Of a cross-section, times is empty and T is 1.
    operator : Operator
        W on `units`.
    index : Index
        Labels of the rows in canonical order.
    dependent : str
    dropped : Index
        Units that the graph had dropped: they are in no array.
    scale : Scale
        What y and X were divided by.
    """

    y: FloatArray
    X: FloatArray
    names: list[str]
    units: pd.Index
    times: pd.Index
    operator: Operator
    index: pd.Index
    dependent: str
    dropped: pd.Index = field(default_factory=lambda: pd.Index([]))
    scale: Scale = field(default_factory=Scale)

    @property
    def islands(self) -> pd.Index:
        """Units without a neighbor."""
        return self.units[np.asarray(self.operator.row_sums == 0)]

    def lag(self, values: FloatArray) -> FloatArray:
        """Give W values, time by time."""
        flat = values.reshape(len(values), -1)
        return np.asarray(self.operator.matrix @ flat).reshape(values.shape)

    def with_lags(self) -> Layout:
        """Put W X beside X."""
        names = [*self.names, *(f"lag of {name}" for name in self.names)]
        return replace(self, X=np.concatenate([self.X, self.lag(self.X)], axis=2), names=names)

    def residuals(self, values: FloatArray) -> pd.Series:
        """Label residuals of shape (N, T) by row, in the unit of y."""
        return pd.Series(self.scale.y * values.reshape(-1), self.index, name="residual")


def lay_out(y: Any, X: Any, graph: Any, *, row_standardize: bool) -> Layout:
    """Check and align y, X and the graph, and lay them out as units by times.

    Raises
    ------
    AlignmentError
        Labels differ, or a value is missing.
    PanelError
        A unit lacks a time.
    EstimationError
        The graph has no links, or a unit is its own neighbor.
    """
    _check_names(X)
    (y, X), dropped = _align.without_dropped(graph, y=y, X=X)
    design = make_design(y, X, intercept=False)
    if not pd.api.types.is_numeric_dtype(y):
        raise DataError(f"y does not hold numbers but {y.dtype}; convert it first")
    is_panel = design.index.nlevels == 2
    units = design.index.get_level_values(0).unique() if is_panel else design.index
    times = _align.canonical(design.index.get_level_values(1).unique()) if is_panel else units[:0]
    depth = max(len(times), 1)
    if is_panel:
        design = balanced(design, units, times)
    values, columns, scale = scaled(design.y, design.X, design.names)
    return Layout(
        y=values.reshape(len(units), depth),
        X=columns.reshape(len(units), depth, -1),
        names=design.names,
        units=units,
        times=times,
        operator=operator_of(graph, units, row_standardize=row_standardize),
        index=design.index,
        dependent=design.dependent,
        dropped=dropped,
        scale=scale,
    )


def _check_names(X: Any) -> None:
    """Raise where a covariate has the name of a parameter, or is there twice."""
    names = [str(name) for name in getattr(X, "columns", [])]
    taken = [n for n in names if n in RESERVED or n.startswith("lag of ")]
    taken += sorted({n for n in names if names.count(n) > 1})
    if taken:
        raise ParameterError(
            f"X has columns called {listed(taken)}: names of parameters or of lags, or twice the "
            "same; rename them"
        )


def balanced(design: Design, units: pd.Index, times: pd.Index) -> Design:
    """Put rows into the order of units, and of times within them; none may be missing."""
    full = pd.MultiIndex.from_product([units, times], names=design.index.names)
    if len(design.y) != len(full):
        cases = full.difference(design.index).to_frame(index=False, name=["unit", "time"])
        places = listed(f"{case.unit} {case.time}" for case in cases.itertuples())
        raise PanelError(
            f"{len(cases)} rows of the panel are missing: {places}; with spatial lags every unit "
            "must stand at every time: fill them (fill_missing), or drop these units or times",
            cases,
        )
    order = design.index.get_indexer(full)
    return Design(design.y[order], design.X[order], design.names, full, design.dependent)


def check_effects(layout: Layout, effects: str) -> None:
    """Raise where a panel is too short for its effects."""
    depth = layout.y.shape[1]
    if effects in ("unit", "two-way", "random") and depth < 2:
        raise PanelError(
            f"there is one time: effects={effects!r} of units take two or more; use "
            "effects='none' (one time is a cross-section)"
        )
    if effects in ("time", "two-way") and len(layout.units) < 3:
        raise PanelError(f"{len(layout.units)} units are too few for effects of times")
    if effects == "time" and depth == 1:
        raise PanelError("there is one time: its effect is the intercept; use effects='none'")


def make_sample(
    layout: Layout, model: str, effects: str, approach: str
) -> tuple[Sample, list[str]]:
    """Sweep a panel of its effects; give it with the names of its regressors.

    Raises
    ------
    SingularDesignError
        A regressor, or a lag of one, is constant, follows from others, or is taken
        up by the effects.
    EstimationError
        There are too few observations.
    """
    wide = layout.with_lags() if model in HAS_LAGS else layout
    X, names = wide.X, wide.names
    if effects in ("none", "random"):
        X = np.concatenate([np.ones((*X.shape[:2], 1)), X], axis=2)
        names = [INTERCEPT, *names]
    flat = X.reshape(-1, X.shape[2])
    design = Design(layout.y.reshape(-1), flat, names, layout.index, layout.dependent)
    if effects in ("time", "two-way"):  # first: a country-wide series and its lag are the same
        check_absorbed(design, effects)
    check_rank(flat, names)
    check_absorbed(design, effects)
    check_left(layout.y, X, layout.dependent, effects)
    by_unit, by_time = effects in ("unit", "two-way"), effects in ("time", "two-way")
    y = layout.y
    # Papers demean and then lag. Where rows do not add up to 1 that is worse: lag first.
    demeaned = approach != "transformation" and by_time and layout.operator.row_normalized
    if demeaned:
        y, X = (without_means(values, by_unit, by_time) for values in (y, layout.X))
        if model in HAS_LAGS:
            X = np.concatenate([X, layout.lag(X)], axis=2)
    center, y_center = None, 0.0
    if INTERCEPT in names:
        y_too = model not in HAS_RHO or layout.operator.row_normalized
        y, X, center, y_center = means_off(y, X, y_too=y_too)
    sample = Sample(
        y=y,
        Z=X,
        operator=layout.operator,
        by_unit=by_unit,
        by_time=by_time,
        transformed=approach == "transformation",
        demeaned=demeaned,
        center=center,
        y_center=y_center,
    )
    free = (y.shape[0] - by_time) * (y.shape[1] - by_unit)
    if free <= len(names) + 2:
        raise EstimationError(
            f"{free} observations are left after the {effects} effects, too few for "
            f"{len(names)} slopes, a spatial lag and a variance; drop covariates, or take fewer "
            "effects"
        )
    return sample, names


def route(layout: Layout, model: str, effects: str, approach: str) -> tuple[str, str]:
    """Give the approach that W allows, and a sentence where it is not the one asked for.

    Raises
    ------
    EstimationError
        A lag of the error under effects of times, and rows of W do not add up to 1.
    ParameterError
        An approach that effects='none' or 'random' does not have.
    """
    if effects in ("none", "random"):
        if approach == "corrected":
            raise ParameterError(
                f"effects={effects!r} has nothing to correct: nothing is demeaned; leave approach "
                "out"
            )
        return "direct", ""
    if effects == "unit" or layout.operator.row_normalized or model == "slx":
        return approach, ""
    why = (
        f"units without a neighbor ({listed(layout.islands)})"
        if len(layout.islands)
        else "W is not row-standardized"
    )
    if model in HAS_LAMBDA:
        raise EstimationError(
            f"{why}: rows of W do not add up to 1, and then effects of times do not leave the "
            f"likelihood of {model!r}; take row_standardize=True and link or drop islands "
            "(neighbors(islands='nearest') or 'drop'), or effects='unit'"
        )
    if approach != "transformation":
        return approach, ""
    return "corrected", (
        f"{why}: rows of W do not add up to 1, so that effects of times were demeaned after the "
        "lag and the bias corrected, in place of Lee and Yu's transformation"
    )
