"""What GWR, MGWR, GTWR and MGTWR expect at places and times that were not observed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from spatialccd._align import align, broadcast, check_complete, cross_section, labels
from spatialccd._result import Result, record
from spatialccd.data.layers.geometry import Coordinates, coordinates
from spatialccd.drivers.gwr import _assemble as assemble
from spatialccd.drivers.gwr._around import around_terms
from spatialccd.drivers.gwr._design import check_frame, times_of
from spatialccd.drivers.gwr._local import singular
from spatialccd.drivers.gwr._neighbors import Neighbors
from spatialccd.drivers.gwr._options import check_gaussian
from spatialccd.drivers.gwr._semiparametric import Semiparametric, common_bandwidth, held_of
from spatialccd.drivers.gwr.results import GTWR, GWR, MGTWR, MGWR
from spatialccd.errors import ParameterError, SingularDesignError, check_range, listed

if TYPE_CHECKING:
    from spatialccd._types import Columns, FloatArray, Places
    from spatialccd.drivers.gwr._design import Design
    from spatialccd.drivers.gwr._kernel_sums import KernelSums
    from spatialccd.drivers.gwr.results import LocalRegression


@dataclass(frozen=True, eq=False, kw_only=True)
class Prediction(Result):
    """Predicted values and the local coefficients behind them.

    Attributes
    ----------
    predicted : Series
        On the new rows, in the units of y.
    se : Series
        Standard error of a new observation there, in the units of y: sigma times
        sqrt(1 + x'CC'x), C what gives the coefficients there from y: (X'WX)^-1 X'W
        where all vary. NaN for MGWR and MGTWR.
    coef : DataFrame
        Coefficients at the new places, on the scale fitted.
    note : str
        What the standard errors are, or why there are none; times outside those
        fitted.
    """

    predicted: pd.Series
    se: pd.Series
    coef: pd.DataFrame
    note: str

    def to_frame(self) -> pd.DataFrame:
        """Give predicted, se and the coefficients, one row a new unit."""
        return pd.concat([self.predicted, self.se, self.coef.add_prefix("coef_")], axis=1)

    def notes(self) -> list[str]:
        """Give the note, for a report to print below the table."""
        return self.note.split("\n")

    def summary(self) -> str:
        """Write the table and the note."""
        return f"{super().summary()}\n\n{self.note}"


def predict_gwr(
    result: GWR | MGWR | GTWR | MGTWR,
    X_new: Columns,
    geometry_new: Places,
    *,
    time: float | None = None,
    n_jobs: int = -1,
) -> Prediction:
    """Predict y at new places, and of a GTWR or MGTWR at new times, from a fitted model.

    A GWR is calibrated anew at each place from the observations around it, a GTWR
    at each place and time; what ``fixed_terms`` holds is the same there. For MGWR and
    MGTWR each coefficient is smoothed on its own: beta_j = sum w x_j (f_j + r) / sum w x_j^2
    over the observations, at bandwidth j, with f_j the covariate's part of the fit and
    r the residuals; at an observed place this is the coefficient there.

    Parameters
    ----------
    result : GWR, MGWR, GTWR or MGTWR
        A fitted model of a Gaussian y.
    X_new : DataFrame
        The covariates of the model at the new units, in the units of the data; for
        a GTWR or MGTWR on unit (and then `time` says when) or on (unit, time).
    geometry_new : GeoDataFrame, GeoSeries or DataFrame
        The new places, on unit, in the coordinates the model was fitted in.
    time : float, optional
        When: the time of all rows of an `X_new` on unit, for a GTWR or MGTWR; the rows
        that are taken of an `X_new` on (unit, time), for any model.
    n_jobs : int, default -1
        Threads; -1 for all.

    Returns
    -------
    Prediction
        Values, standard errors and coefficients. MGWR's and MGTWR's have no standard
        error: the projections of the backfitting are known at the observations only.

    Raises
    ------
    AlignmentError
        The inputs carry different labels, or values are missing.
    ParameterError
        A covariate of the model is missing from `X_new`, or distances differ in
        kind (degrees against a plane); a GTWR is not told the time, or a model
        that knows no time is; counts or shares were fitted.
    SingularDesignError
        Around a new place the covariates depend on one another.

    Notes
    -----
    A time before or after those fitted is predicted from the nearest of them: a
    trend is not carried on. The note names such times.

    References
    ----------
    Harris, Fotheringham, Crespo, Charlton (2010), Mathematical Geosciences 42,
    657-680, eqs 6-8 (GWR as a predictor and its variance).

    Examples
    --------
    >>> from spatialccd import gwr
    >>> rng = np.random.default_rng(0)
    >>> places = pd.DataFrame(rng.uniform(0, 100, (60, 2)), columns=["x", "y"])
    >>> X = pd.DataFrame({"roads": rng.normal(size=60)})
    >>> y = X["roads"] * places["x"] / 50 + rng.normal(size=60) / 10
    >>> fit = gwr(y[:50], X[:50], places[:50], bandwidth=20)
    >>> ahead = predict_gwr(fit, X[50:], places[50:])
    >>> bool((ahead.predicted - y[50:]).abs().max() < 1)
    True
    """
    settings = record("predict_gwr", locals())
    check_gaussian(result, "predict_gwr")
    design = result.design
    covariates = _covariates(X_new, design)
    X_new, when = _rows(result, X_new, time)
    index = X_new.index
    X_new, where = _aligned(X_new, geometry_new)
    if where.great_circle != design.space.great_circle:
        raise ParameterError(
            "geometry_new and the fitted places differ in kind: one is in degrees; bring both to "
            "the same coordinates"
        )
    _check_later(result, when)
    units = X_new.index
    columns = X_new.set_axis([str(c) for c in X_new.columns], axis=1)[covariates]
    check_complete(columns, "X_new")
    raw = columns.to_numpy(dtype=float)
    if design.standardized:
        raw = (raw - design.scale.X_mean[1:]) / design.scale.X_sd[1:]
    focal = np.column_stack([np.ones(len(raw)), raw])
    around = around_terms(
        result,
        focal=np.ascontiguousarray(where.xy, dtype=float),
        when=None if when is None else when.reindex(units).to_numpy(dtype=float),
        n_jobs=n_jobs,
    )
    unit = assemble.unit_of_y(design)
    if isinstance(result, MGWR | MGTWR):
        beta = _multiscale(result, around, units)
        se = np.full(len(units), np.nan)
        note = (
            f"{type(result).__name__} predictions have no standard errors: the projections of "
            "backfitting are known at the observations only."
        )
    else:
        beta, se = _single_scale(result, around, focal, units, n_jobs)
        se = se * unit
        note = "se is that of a new observation: sigma sqrt(1 + x'CC'x)."
    predicted = assemble.in_units_of_y((focal * beta).sum(axis=1), design)
    return Prediction(
        settings=settings,
        predicted=pd.Series(predicted, index=units, name="predicted").reindex(index),
        se=pd.Series(se, index=units, name="se").reindex(index),
        coef=pd.DataFrame(beta, index=units, columns=design.names).reindex(index),
        note="\n".join([note, *_beyond(result, when)]),
    )


def _covariates(X_new: pd.DataFrame, design: Design) -> list[str]:
    """Give the names of the model's covariates, once `X_new` has them all as numbers."""
    check_frame(X_new, "X_new")
    covariates = design.names[1:]
    held = {str(name): name for name in X_new.columns}
    lacking = [name for name in covariates if name not in held]
    if lacking:
        raise ParameterError(f"X_new lacks covariates of the model: {listed(lacking)}")
    words = [n for n in covariates if not pd.api.types.is_numeric_dtype(X_new[held[n]])]
    if words:
        raise ParameterError(f"X_new is not numeric in {listed(words)}; the model's covariates are")
    return covariates


def _rows(
    result: LocalRegression, X_new: pd.DataFrame, time: float | None
) -> tuple[pd.DataFrame, pd.Series | None]:
    """Give the rows to predict, and for a GTWR the time of each."""
    panel = labels(X_new, "X_new").nlevels > 1
    knows_time = isinstance(result, GTWR | MGTWR)
    if time is not None and panel:
        held = X_new.index.get_level_values(1)
        if time not in held:
            raise ParameterError(
                f"X_new has no row at time={time!r}; it has {listed(held.unique())}"
            )
        X_new, panel = X_new.xs(time, level=1), False
    elif time is not None and not knows_time:
        raise ParameterError(
            f"time={time!r} says nothing to a {type(result).__name__}, which was fitted to one "
            "time, and X_new has one row a unit: leave time out"
        )
    if not knows_time:
        return cross_section(X_new, "X_new"), None
    if panel:
        return X_new, pd.Series(times_of(X_new.index, "X_new"), X_new.index)
    if time is None:
        known = result.design.units.get_level_values(1)
        raise ParameterError(
            f"a {type(result).__name__} predicts for a time: say time=, or give X_new on (unit, "
            f"time); it was fitted to {known.min()} until {known.max()}"
        )
    check_range("time", time)
    return X_new, pd.Series(float(time), X_new.index)


def _check_later(result: LocalRegression, when: pd.Series | None) -> None:
    """Raise for times before all that a model knows which looks back only."""
    space = result.design.space
    if when is None or space.clock is None or not space.past:
        return
    early = np.unique(when[when < space.clock.min()])
    if early.size:
        raise ParameterError(
            f"{listed(f'{t:g}' for t in early)}: before all times fitted, and with causal=True "
            "only the past counts; leave these out"
        )


def _aligned(X_new: pd.DataFrame, geometry_new: Places) -> tuple[pd.DataFrame, Coordinates]:
    """Put rows and their places into one order."""
    if X_new.index.nlevels == 1:
        X_new, geometry_new = align(X_new=X_new, geometry_new=geometry_new)
    else:
        (X_new,) = align(X_new=X_new)
        geometry_new = broadcast(geometry_new, X_new.index, "geometry_new")
    return X_new, coordinates(geometry_new, "geometry_new")


def _beyond(result: LocalRegression, when: pd.Series | None) -> list[str]:
    """Name the times before or after those fitted."""
    if when is None:
        return []
    known = times_of(result.design.units, "the model")
    outside = np.unique(when[(when < known.min()) | (when > known.max())])
    if not outside.size:
        return []
    return [
        f"{listed(f'{t:g}' for t in outside)}: outside the times fitted ({known.min():g} to "
        f"{known.max():g}), predicted from the nearest of them without carrying on a trend."
    ]


def _single_scale(
    result: GWR | GTWR,
    around: list[KernelSums],
    focal: FloatArray,
    units: pd.Index,
    n_jobs: int,
) -> tuple[FloatArray, FloatArray]:
    design = result.design
    bandwidth, held = common_bandwidth(result), held_of(result)
    near = around[int(np.argmin(held))]
    if held.any():
        observed = Neighbors(design.space, n_jobs=n_jobs)
        model = Semiparametric(observed, design, held, bandwidth)
        beta, spread = model.elsewhere(near, focal, units)
        return beta, np.sqrt(result.sigma2 * (1.0 + spread))
    local = near.local_systems(design.X, design.y, bandwidth, focal=focal, full=True)
    if (local.dependent >= 0).any():
        raise singular(local.dependent, bandwidth, units, design.names)
    return local.beta, np.sqrt(result.sigma2 * (1.0 + local.spread))


def _multiscale(result: MGWR | MGTWR, around: list[KernelSums], units: pd.Index) -> FloatArray:
    design = result.design
    beta_observed = result.coef.reindex(design.units).to_numpy()
    parts = design.X * beta_observed
    residual = design.y - parts.sum(axis=1)
    beta = np.empty((len(units), len(design.names)))
    for j, name in enumerate(design.names):
        x = design.X[:, j]
        both = np.array([x * x, x * (parts[:, j] + residual)])
        squares, sums = around[j].weighted_sums(both, np.array([result.bandwidth[name]]))[:, 0]
        if (squares <= 0).any():
            raise SingularDesignError(
                f"{name} is zero all around {listed(units[squares <= 0])}: no coefficient there"
            )
        beta[:, j] = sums / squares
    return beta
