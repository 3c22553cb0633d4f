"""What GWR and MGWR expect at places that were not observed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from spatialccd._align import align, check_complete, cross_section
from spatialccd._result import Result, record
from spatialccd.data.geometry import coordinates
from spatialccd.drivers.gwr import _assemble as assemble
from spatialccd.drivers.gwr._local import singular
from spatialccd.drivers.gwr._neighbors import Neighbors
from spatialccd.drivers.gwr.results import GWR, MGWR
from spatialccd.errors import ParameterError, SingularDesignError, listed

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, Places, UnitColumns


@dataclass(frozen=True, eq=False, kw_only=True)
class Prediction(Result):
    """Predicted values and the local coefficients behind them.

    Attributes
    ----------
    predicted : Series
        On the new units, in the units of y.
    se : Series
        Standard error of a new observation there, in the units of y: sigma times
        sqrt(1 + x'CC'x), C = (X'WX)^-1 X'W. NaN for MGWR.
    coef : DataFrame
        Coefficients at the new places, on the scale fitted.
    note : str
        What the standard errors are, or why there are none.
    """

    predicted: pd.Series
    se: pd.Series
    coef: pd.DataFrame
    note: str

    def to_frame(self) -> pd.DataFrame:
        """Give predicted, se and the coefficients, one row a new unit."""
        return pd.concat([self.predicted, self.se, self.coef.add_prefix("coef_")], axis=1)

    def summary(self) -> str:
        """Write the table and the note."""
        return f"{super().summary()}\n\n{self.note}"


def predict_gwr(
    result: GWR | MGWR, X_new: UnitColumns, geometry_new: Places, *, n_jobs: int = -1
) -> Prediction:
    """Predict y at new places from a fitted GWR or MGWR.

    A GWR is calibrated anew at each place from the observations around it. For
    MGWR each coefficient is smoothed on its own: beta_j = sum w x_j (f_j + r) /
    sum w x_j^2 over the observations, at bandwidth j, with f_j the covariate's
    part of the fit and r the residuals; at an observed place this is the
    coefficient there.

    Parameters
    ----------
    result : GWR or MGWR
        A fitted model.
    X_new : DataFrame
        The covariates of the model at the new units, in the units of the data.
    geometry_new : GeoDataFrame, GeoSeries or DataFrame
        The new places, in the coordinates the model was fitted in.
    n_jobs : int, default -1
        Threads; -1 for all.

    Returns
    -------
    Prediction
        Values, standard errors and coefficients. MGWR's have no standard error:
        the projections of the backfitting are known at the observations only.

    Raises
    ------
    AlignmentError
        The inputs carry different labels, or values are missing.
    ParameterError
        A covariate of the model is missing from `X_new`, or distances differ in
        kind (degrees against a plane).
    SingularDesignError
        Around a new place the covariates depend on one another.

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
    design = result.design
    covariates = design.names[1:]
    lacking = [name for name in covariates if name not in map(str, X_new.columns)]
    if lacking:
        raise ParameterError(f"X_new lacks covariates of the model: {listed(lacking)}")
    index = cross_section(X_new, "X_new").index
    X_new, geometry_new = align(X_new=X_new, geometry_new=geometry_new)
    X_new = X_new.set_axis([str(c) for c in X_new.columns], axis=1)[covariates]
    check_complete(X_new, "X_new")
    where = coordinates(geometry_new, "geometry_new")
    if where.great_circle != design.space.great_circle:
        raise ParameterError(
            "geometry_new and the fitted places differ in kind: one is in degrees; bring both to "
            "the same coordinates"
        )
    units = X_new.index
    raw = X_new.to_numpy(dtype=float)
    if design.standardized:
        raw = (raw - design.scale.X_mean[1:]) / design.scale.X_sd[1:]
    focal = np.column_stack([np.ones(len(raw)), raw])
    around = Neighbors(design.space, np.ascontiguousarray(where.xy), n_jobs=n_jobs)
    unit = assemble.unit_of_y(design)
    if isinstance(result, MGWR):
        beta = _multiscale(result, around, units)
        se = np.full(len(units), np.nan)
        note = (
            "MGWR predictions have no standard errors: the projections of backfitting are known "
            "at the observations only."
        )
    else:
        beta, se = _single_scale(result, around, focal, units)
        se = se * unit
        note = "se is that of a new observation: sigma sqrt(1 + x'CC'x)."
    predicted = assemble.in_units_of_y((focal * beta).sum(axis=1), design)
    return Prediction(
        settings=settings,
        predicted=pd.Series(predicted, index=units, name="predicted").reindex(index),
        se=pd.Series(se, index=units, name="se").reindex(index),
        coef=pd.DataFrame(beta, index=units, columns=design.names).reindex(index),
        note=note,
    )


def _single_scale(
    result: GWR, around: Neighbors, focal: FloatArray, units: pd.Index
) -> tuple[FloatArray, FloatArray]:
    design = result.design
    bandwidth = float(result.bandwidth.iloc[0])
    local = around.local_systems(design.X, design.y, bandwidth, focal=focal, full=True)
    if (local.dependent >= 0).any():
        raise singular(local.dependent, bandwidth, units, design.names)
    return local.beta, np.sqrt(result.sigma2 * (1.0 + local.spread))


def _multiscale(result: MGWR, around: Neighbors, units: pd.Index) -> FloatArray:
    design = result.design
    beta_observed = result.coef.reindex(design.units).to_numpy()
    parts = design.X * beta_observed
    residual = design.y - parts.sum(axis=1)
    beta = np.empty((len(units), len(design.names)))
    for j, name in enumerate(design.names):
        x = design.X[:, j]
        both = np.array([x * x, x * (parts[:, j] + residual)])
        squares, sums = around.weighted_sums(both, np.array([result.bandwidth[name]]))[:, 0]
        if (squares <= 0).any():
            raise SingularDesignError(
                f"{name} is zero all around {listed(units[squares <= 0])}: no coefficient there"
            )
        beta[:, j] = sums / squares
    return beta
