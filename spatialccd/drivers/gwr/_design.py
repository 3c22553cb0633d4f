"""From labeled data to arrays in canonical order, with everything checked first."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from spatialccd._align import align, broadcast, check_complete, cross_section, labels
from spatialccd._constant import is_constant
from spatialccd._types import BoolArray, FloatArray
from spatialccd.data.layers.copies import check_single
from spatialccd.data.layers.geometry import coordinates
from spatialccd.drivers.gwr._backfit import Rules
from spatialccd.drivers.gwr._kernel_sums import KernelSums
from spatialccd.drivers.gwr._space import Space
from spatialccd.errors import (
    EstimationError,
    ParameterError,
    RepeatedLocationWarning,
    SingularDesignError,
    check_range,
    listed,
)

INTERCEPT = "Intercept"
#: Mean over standard deviation up to which raw columns are fitted: the normal equations of a
#: covariate lose twice as many digits as it has, those of y as many.
_FAR_COLUMN, _FAR_RESPONSE = 1e5, 1e8


@dataclass(frozen=True)
class Scale:
    """Means and standard deviations (ddof 0) of y and of X with its constant."""

    y_mean: float
    y_sd: float
    X_mean: FloatArray
    X_sd: FloatArray


@dataclass(frozen=True)
class Design:
    """A regression in canonical order.

    Attributes
    ----------
    units : Index
        Labels in canonical order.
    index : Index
        Labels as the caller has them.
    names : list of str
        The constant and the covariates.
    y : (n,)
        On the scale that is fitted.
    X : (n, k)
        On the scale that is fitted; first column 1.
    scale : Scale
        What leads back to the units of the data.
    standardized : bool
        y and X were turned into z-scores.
    space : Space
    """

    units: pd.Index
    index: pd.Index
    names: list[str]
    y: FloatArray
    X: FloatArray
    scale: Scale
    standardized: bool
    space: Space

    @cached_property
    def terms(self) -> pd.Index:
        """The names as an index; to make one of text takes a while."""
        return pd.Index(self.names, name="term")

    def frame(self, values: FloatArray | BoolArray) -> pd.DataFrame:
        """Label (n, k) figures, on the caller's index."""
        return pd.DataFrame(values, index=self.units, columns=self.terms.rename(None)).reindex(
            self.index
        )

    def series(self, values: FloatArray, name: str) -> pd.Series:
        """Label (n,) figures, on the caller's index."""
        return pd.Series(values, index=self.units, name=name).reindex(self.index)

    def permuted(self, order: Any) -> Design:
        """Put the observations onto other places."""
        return replace(self, y=self.y[order], X=self.X[order])


def prepare(
    y: pd.Series,
    X: pd.DataFrame,
    geometry: Any,
    *,
    kernel: str,
    fixed: bool,
    standardize: bool,
    standardize_y: bool = True,
    panel: bool = False,
) -> Design:
    """Check and align y, X and places; counts and shares are not standardized.

    A `panel` has y and X on (unit, time) and places on unit.

    Raises
    ------
    AlignmentError
        Labels differ, or values are missing.
    SingularDesignError
        A covariate, or y, has one value only.
    ParameterError
        Columns stand too far from zero to be fitted as they are.
    EstimationError
        There are too few units.
    """
    _check_columns(X)
    if panel:
        index = labels(y, "y")
        y, X = align(y=y, X=X)
        where = coordinates(broadcast(geometry, y.index, "geometry"))
    else:
        index = cross_section(y, "y").index
        y, X, places = align(y=y, X=X, geometry=geometry)
        check_single(places, "geometry")
        where = coordinates(places)
        warn_repeated(where.xy, y.index)
    check_complete(y, "y")
    check_complete(X, "X")
    values = y.to_numpy(dtype=float)
    columns = X.to_numpy(dtype=float)
    names = [INTERCEPT, *map(str, X.columns)]
    n, k = len(values), len(names)
    if n < k + 3:
        raise EstimationError(
            f"{n} units are too few for {k} local coefficients; "
            f"drop covariates or bring at least {k + 3} units"
        )
    _check_varying(values, columns, list(X.columns))
    scale = Scale(
        float(values.mean()) if standardize_y else 0.0,
        float(values.std()) if standardize_y else 1.0,
        np.concatenate([[0.0], columns.mean(axis=0)]),
        np.concatenate([[1.0], columns.std(axis=0)]),
    )
    if not standardize:
        _check_origin(scale, list(X.columns))
    else:
        values = (values - scale.y_mean) / scale.y_sd
        columns = (columns - scale.X_mean[1:]) / scale.X_sd[1:]
    space = Space(np.ascontiguousarray(where.xy, dtype=float), where.great_circle, kernel, fixed)
    full = np.column_stack([np.ones(n), columns])
    return Design(y.index, index, names, values, full, scale, standardize, space)


def prepare_panel(
    y: pd.Series,
    X: pd.DataFrame,
    geometry: Any,
    *,
    kernel: str,
    fixed: bool,
    standardize: bool,
    past: bool,
    tool: str,
) -> Design:
    """Check and align y and X on (unit, time) and places on unit, for a tool called so.

    Raises
    ------
    ParameterError
        y is no panel, or its times are not numbers.
    EstimationError
        There are too few rows, at the first time where only the past counts.
    """
    if y.index.nlevels != 2:
        one = tool.replace("t", "")
        raise ParameterError(f"y must be on (unit, time) for {tool}; for one time use {one}")
    design = prepare(
        y, X, geometry, kernel=kernel, fixed=fixed, standardize=standardize, panel=True
    )
    clock = times_of(design.units, "y")
    first, k = int((clock == clock.min()).sum()), len(design.names)
    if past and first < k + 2:
        raise EstimationError(
            f"causal=True has {first} rows for {k} local coefficients at the first time, "
            f"{clock.min():g}, and nothing before it; leave out times that start with so few, or "
            f"drop covariates: {k + 2} are needed"
        )
    space = replace(design.space, clock=clock, past=past)
    return replace(design, space=space)


def rules(
    neighbors: KernelSums,
    n_columns: int,
    *,
    criterion: str,
    search: str,
    low: float | None,
    high: float | None,
    bounds: str = "scaled",
) -> Rules:
    """Give the bounds of a search over regressions with `n_columns` coefficients.

    Adaptive: from max(k + 2, min(40 + 2k, n/3)) to n neighbors; mgwr's 40 + 2k, which
    `bounds` "mgwr" takes, is no local fit where n is small, or exceeds n. Fixed: from
    half the smallest distance to twice the largest, as mgwr; rounded to .01 as mgwr
    does, unless the whole map is smaller than 100 units of distance.
    """
    n = len(neighbors.space.xy)
    if neighbors.space.fixed:
        nearest, farthest = neighbors.distance_range()
        default_low, default_high = nearest / 2.0, farthest * 2.0
        round_to = 2 if farthest >= 100 else None
    else:
        default_low = 40 + 2 * n_columns
        if bounds == "scaled":
            default_low = max(n_columns + 2, min(default_low, n // 3))
        default_high = n
        round_to = 2
        for name, bound in (("min_bandwidth", low), ("max_bandwidth", high)):
            if bound is not None:
                check_range(name, bound, 2, n)
                if bound != int(bound):
                    raise ParameterError(f"{name}={bound!r} must be a whole number of neighbors")
    low = float(default_low if low is None else low)
    high = float(default_high if high is None else high)
    if low >= high:
        lowest = "" if bounds == "scaled" else " (bounds='mgwr' starts at 40 + 2k; see 'scaled')"
        raise ParameterError(
            f"min_bandwidth={low:g} is not below max_bandwidth={high:g}{lowest}; "
            "give a wider range or fix the bandwidths"
        )
    return Rules(criterion, search, low, high, round_to)


def warn_repeated(xy: FloatArray, units: pd.Index) -> None:
    """Warn of places that hold several observations: neighbors would count twice."""
    repeated = pd.DataFrame(xy, index=units).duplicated(keep=False).to_numpy()
    if repeated.any():
        warnings.warn(
            f"{int(repeated.sum())} units share a place with another: {listed(units[repeated])}; "
            "neighbors are counted more than once. Fit each year by itself, or use gtwr for a "
            "panel",
            RepeatedLocationWarning,
            stacklevel=4,
        )


def times_of(rows: pd.Index, role: str) -> FloatArray:
    """Give the times of a panel's rows as the numbers that they are."""
    values = rows.get_level_values(1)
    dates = isinstance(values, pd.DatetimeIndex | pd.TimedeltaIndex)
    try:
        time = values.to_numpy(dtype=object if dates else float)
    except (TypeError, ValueError):
        dates = True
    if dates:  # as numbers they would be nanoseconds
        raise ParameterError(
            f"times of {role} must be numbers, such as years, not {values[0]!r}; convert the "
            "second level"
        )
    return np.asarray(time, dtype=float)


def check_frame(X: Any, role: str) -> None:
    """Raise unless covariates come as a frame."""
    if not isinstance(X, pd.DataFrame):
        raise ParameterError(f"{role} must be a DataFrame of covariates, not {type(X).__name__}")


def _check_columns(X: pd.DataFrame) -> None:
    problems = []
    check_frame(X, "X")
    if X.shape[1] == 0:
        problems.append("it has no column")
    text = [c for c in X.columns if not pd.api.types.is_numeric_dtype(X[c])]
    if text:
        problems.append(f"not numeric: {listed(text)} (encode categories as 0/1 columns)")
    twice = X.columns[X.columns.duplicated()].unique()
    if len(twice):
        problems.append(f"columns stand twice: {listed(twice)}")
    if INTERCEPT in X.columns:
        problems.append(f"{INTERCEPT} is added by itself; drop that column")
    if problems:
        raise ParameterError(f"X cannot be used: {'; '.join(problems)}")


def _check_origin(scale: Scale, names: list[Any]) -> None:
    """Raise for raw columns whose spread is lost beside their mean in the sums of squares."""
    share = np.abs(scale.X_mean[1:]) / scale.X_sd[1:]
    far = [f"{n} ({s:.0e})" for n, s in zip(names, share, strict=True) if s > _FAR_COLUMN]
    if abs(scale.y_mean) > _FAR_RESPONSE * scale.y_sd:
        far.append(f"y ({abs(scale.y_mean) / scale.y_sd:.0e})")
    if far:
        raise ParameterError(
            f"standardize=False fits the columns as they are, and the mean of {listed(far)} is "
            "that many times their spread: the sums of squares lose it. Take standardize=True "
            "(coef_original has the units of the data), or take the mean off"
        )


def _check_varying(y: FloatArray, X: FloatArray, names: list[Any]) -> None:
    if is_constant(y):
        raise SingularDesignError(f"y is {y[0]:g} for every unit; there is nothing to explain")
    constant = [name for name, flat in zip(names, is_constant(X), strict=True) if flat]
    if constant:
        raise SingularDesignError(
            f"constant covariates cannot be told from the intercept: {listed(constant)}; drop them"
        )
