"""A panel laid out for the likelihood: units by times, its effects swept out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from spatialccd._spatial.operator import Determinant, Operator
from spatialccd.errors import EstimationError

if TYPE_CHECKING:
    from spatialccd._types import FloatArray


@dataclass(frozen=True)
class Sample:
    """y and its regressors as units by times, and the effects that are swept out.

    Attributes
    ----------
    y : array, shape (N, T)
    Z : array, shape (N, T, k)
        Covariates, their spatial lags and an intercept, as the model has them.
    operator : Operator
        W on the N units.
    by_unit, by_time : bool
        The means of units, or of times, are taken off.
    transformed : bool
        Count only what is left after the effects are swept out by an orthonormal
        transformation (Lee and Yu 2010). Sums of squares are those of demeaned
        data; the numbers of units and times, and with times the determinant, are
        not. By time it takes a row-normalized W.
    keep_times : bool
        Units are demeaned and all times count although ``transformed``: under a y
        lagged in time no transformation frees the estimate of them.
    demeaned : bool
        y and Z were swept before their lags were taken, and lags are left as they
        are: what papers print as the direct approach. Under effects of times it is
        not the same as sweeping the lags.
    center : array, shape (k,), optional
        What was taken off the columns of Z, where the first is an intercept.
    y_center : float
        What was taken off y.
    """

    y: FloatArray
    Z: FloatArray
    operator: Operator
    by_unit: bool
    by_time: bool
    transformed: bool
    keep_times: bool = False
    demeaned: bool = False
    center: FloatArray | None = None
    y_center: float = 0.0

    @property
    def units(self) -> int:
        """How many units count."""
        return int(self.y.shape[0]) - (self.by_time and self.transformed)

    @property
    def times(self) -> int:
        """How many times count."""
        return int(self.y.shape[1]) - (self.by_unit and self.transformed and not self.keep_times)

    @property
    def count(self) -> int:
        """How many observations count."""
        return self.units * self.times

    @cached_property
    def determinant(self) -> Determinant:
        """The determinant of the units that count."""
        return Determinant(self.operator, swept=self.by_time and self.transformed)

    def lag(self, values: FloatArray) -> FloatArray:
        """Give W values, time by time; the units are the first axis."""
        return np.asarray(self.operator.matrix @ values.reshape(len(values), -1)).reshape(
            values.shape
        )

    def sweep(self, values: FloatArray) -> FloatArray:
        """Take the means off that the effects take; lags come before (W may not be even)."""
        return values if self.demeaned else without_means(values, self.by_unit, self.by_time)

    def rows(self, values: FloatArray) -> FloatArray:
        """Give swept values as rows, shape (N T, columns)."""
        wide = values if values.ndim == 3 else values[:, :, None]
        return self.sweep(wide).reshape(-1, wide.shape[2])


def without_means(values: FloatArray, by_unit: bool, by_time: bool) -> FloatArray:
    """Take the means of units, of times or both off values of shape (N, T, ...)."""
    if by_unit:
        values = values - values.mean(axis=1, keepdims=True)
    if by_time:
        values = values - values.mean(axis=0, keepdims=True)
    return values


def means_off(
    y: FloatArray, Z: FloatArray, *, y_too: bool
) -> tuple[FloatArray, FloatArray, FloatArray, float]:
    """Take means off that an intercept, the first column of Z, takes up.

    Parameters
    ----------
    y, Z : arrays, shapes (N, T), (N, T, k)
    y_too : bool
        Off y too: with a lag of y only where rows of W add up to 1.

    Returns
    -------
    y, Z, center, y_center
        Both less their means, and these: ``Sample`` keeps them.
    """
    center = np.append(0.0, Z[:, :, 1:].mean(axis=(0, 1)))
    y_center = float(y.mean()) if y_too else 0.0
    return y - y_center, Z - center, center, y_center


def triangle(rows: FloatArray) -> FloatArray:
    """Give the triangular factor of many rows: as few rows with the same cross products."""
    factor: Any = np.linalg.qr(rows, mode="r")
    return np.asarray(factor, dtype=float)


def least_squares(Z: FloatArray, y: FloatArray) -> FloatArray:
    """Give the slopes of y on Z, in columns of one size.

    Else a covariate, or its lag, in far smaller units would count as a dependent one.
    """
    size = np.abs(Z).max(axis=0, initial=0.0)
    size = np.where(size > 0, size, 1.0)
    return np.asarray(np.linalg.lstsq(Z / size, y, rcond=None)[0] / size)


def check_left(y: FloatArray, Z: FloatArray, name: str, effects: str = "none") -> None:
    """Raise ``EstimationError`` where regressors and effects leave nothing of y.

    Parameters
    ----------
    y : array, shape (N, T) or (n,)
        As given: what is nothing beside it is rounding.
    Z : array, shape (N, T, k) or (n, k)
        Regressors.
    name : str
        Of y.
    effects : str
        Those swept: "unit", "time", "two-way"; others sweep nothing.
    """
    by_unit, by_time = effects in ("unit", "two-way"), effects in ("time", "two-way")
    swept = without_means(y[..., None], by_unit, by_time).reshape(-1)
    rows = without_means(Z, by_unit, by_time).reshape(len(swept), -1)
    left = swept - rows @ least_squares(rows, swept)
    if np.linalg.norm(left) > 1e-10 * np.linalg.norm(y):
        return
    within = f" within the {effects} effects" if by_unit or by_time else ""
    raise EstimationError(
        f"nothing of {name} is left to estimate from: it does not vary{within}, or the covariates "
        "add up to it; take another y, or drop what it is made of"
    )
