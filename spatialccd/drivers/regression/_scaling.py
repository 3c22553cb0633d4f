"""Fit in a scale of one, answer in the caller's: no unit of measurement moves a figure.

Covariates of 1e9, or of 1e7 with a spread of 1, leave an optimizer and a matrix
inverse few digits. So every regression here is fitted to values with mean 0 and standard
deviation 1, and its coefficients are put back; with an intercept (or effects that stand for one)
that is the same model.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np

from spatialccd._constant import center_and_scale, is_constant
from spatialccd._types import FloatArray
from spatialccd.drivers._estimates import INTERCEPT, Design
from spatialccd.errors import DataError, EstimationError, SpatialCCDError


@dataclass(frozen=True)
class Scaled:
    """A design in a scale of one, and the way back.

    Attributes
    ----------
    design : Design
        y and the columns of X, less their centers, over their scales.
    center, scale : array, shape (k,)
        Of the columns of X; 0 and 1 of an intercept.
    y_center, y_scale : float
    """

    design: Design
    center: FloatArray
    scale: FloatArray
    y_center: float
    y_scale: float

    @property
    def intercept(self) -> bool:
        """Whether the first coefficient is that of an intercept."""
        return self.design.names[0] == INTERCEPT

    def value(self, y: FloatArray) -> FloatArray:
        """Bring values on the scale of y to that of the fit."""
        return np.asarray((y - self.y_center) / self.y_scale)

    def back(self, more: int = 0) -> FloatArray:
        """Give the matrix that turns coefficients of the fit into those of the data.

        Parameters
        ----------
        more : int
            Further parameters at the end, which stay as they are.
        """
        matrix = np.diag(np.append(self.y_scale / self.scale, np.ones(more)))
        if self.intercept:
            slopes = slice(1, self.scale.size)
            matrix[0, slopes] = -self.y_scale * (self.center / self.scale)[slopes]
        return matrix

    def coef(self, coef: FloatArray, more: int = 0) -> FloatArray:
        """Put coefficients back."""
        found = self.back(more) @ coef
        if self.intercept:
            found[0] += self.y_center
        return np.asarray(found)

    def covariance(self, covariance: FloatArray, more: int = 0) -> FloatArray:
        """Put their covariance back."""
        back = self.back(more)
        return np.asarray(back @ covariance @ back.T)


def standardized(design: Design, *, center_y: bool = True) -> Scaled:
    """Give y and X a mean of 0 and a spread of 1.

    Parameters
    ----------
    design : Design
        With an intercept, or with effects taken off: else centers would be missed.
    center_y : bool
        Leave it off where a mean of y does not go into the intercept.

    Raises
    ------
    DataError
        y is constant.
    """
    check_explainable(design)
    plain = np.array([name != INTERCEPT for name in design.names])
    center, scale = np.zeros(plain.size), np.ones(plain.size)
    columns = center_and_scale(design.X[:, plain])
    center[plain], scale[plain] = columns
    for j, name in enumerate(design.names):  # a covariate and its lag add up in an effect
        if name.startswith("lag of "):
            scale[j] = scale[design.names.index(name.removeprefix("lag of "))]
    (y_center,), (y_scale,) = center_and_scale(design.y[:, None])
    if not center_y:
        y_center = 0.0
    X = (design.X - center) / scale
    fit = replace(design, y=(design.y - y_center) / y_scale, X=X)
    return Scaled(fit, center, scale, float(y_center), float(y_scale))


def check_explainable(design: Design) -> None:
    """Raise where y is constant: then there is nothing to explain."""
    if is_constant(design.y):
        raise DataError(
            f"{design.dependent} is constant ({design.y[0]:g}): there is nothing to explain"
        )


@contextmanager
def peer(package: str) -> Iterator[None]:
    """Turn what another package raises into an error of this one that says what to try."""
    try:
        yield
    except SpatialCCDError:
        raise
    except Exception as error:
        raise EstimationError(
            f"{package} could not fit this model: {type(error).__name__}: {error}; try fewer "
            "covariates, another model or other neighbors"
        ) from error
