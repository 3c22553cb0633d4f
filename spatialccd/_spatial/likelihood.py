"""The likelihood that all models with fixed effects, or none, share.

ln L = -(n/2) ln(2 pi s2) + T [ln |I - rho W| + ln |I - lambda W|] - e'e / (2 s2),
e = (I - lambda W) ((I - rho W) y - Z b), on the data swept of their effects, n of
which count. b and s2 are concentrated out. Parameters stand in the order b, rho,
lambda (those the model has), s2.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from spatialccd._spatial.sample import Sample, least_squares, triangle

if TYPE_CHECKING:
    from spatialccd._types import FloatArray


@dataclass(frozen=True)
class Pooled:
    """The likelihood of a sample, with a lag of y, of the error, both or none."""

    sample: Sample
    has_rho: bool
    has_lambda: bool

    @property
    def k(self) -> int:
        """How many slopes there are."""
        return int(self.sample.Z.shape[2])

    @property
    def spatial(self) -> int:
        """How many of rho and lambda there are."""
        return self.has_rho + self.has_lambda

    @property
    def bounds(self) -> list[tuple[float, float]]:
        """The interval of each spatial parameter.

        The swept likelihood stays finite at 1, where the unit root was: the
        bound is W's all the same.
        """
        return [self.sample.operator.bounds] * self.spatial

    @property
    def names(self) -> list[str]:
        """What the spatial parameters are called."""
        return ["rho"] * self.has_rho + ["lambda"] * self.has_lambda

    @cached_property
    def _columns(self) -> dict[str, FloatArray]:
        """The swept y, Z and their lags in as few rows as there are columns.

        Every sum of squares is that of the triangular factor of all columns side
        by side, so that an evaluation costs the same for 100 rows and for 40,000.
        """
        s = self.sample
        parts = {"y": s.y[:, :, None], "Z": s.Z}
        parts["Wy"] = s.lag(parts["y"])
        if self.has_lambda:
            parts["WWy"], parts["WZ"] = s.lag(parts["Wy"]), s.lag(s.Z)
        factor = triangle(np.hstack([s.rows(part) for part in parts.values()]))
        ends = np.cumsum([part.shape[2] for part in parts.values()])
        return dict(zip(parts, np.split(factor, ends[:-1], axis=1), strict=True))

    def split(self, tau: FloatArray) -> tuple[Any, Any]:
        """Give rho and lambda; 0 for one the model lacks."""
        return (tau[0] if self.has_rho else 0.0), (tau[-1] if self.has_lambda else 0.0)

    def _sides(self, tau: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Give (I - lambda W)(I - rho W) y and (I - lambda W) Z."""
        rho, lam = self.split(tau)
        c = self._columns
        left, right = c["y"] - rho * c["Wy"], c["Z"]
        if self.has_lambda:
            left = left - lam * (c["Wy"] - rho * c["WWy"])
            right = right - lam * c["WZ"]
        return left[:, 0], right

    def concentrate(self, tau: FloatArray) -> FloatArray:
        """Give all parameters, slopes and variance at their best for rho and lambda."""
        left, right = self._sides(tau)
        b = least_squares(right, left) if self.k else np.zeros(0)
        e = left - right @ b
        return np.concatenate([b, tau, [e @ e / self.sample.count]])

    def value(self, theta: FloatArray) -> float:
        """Give the log-likelihood."""
        s, tau, s2 = self.sample, theta[self.k : -1], theta[-1]
        left, right = self._sides(tau)
        e = left - right @ theta[: self.k]
        roots = sum(s.determinant.value(float(parameter)) for parameter in tau)
        return float(-s.count / 2 * np.log(2 * np.pi * s2) + s.times * roots - e @ e / (2 * s2))

    def gradient(self, theta: FloatArray) -> FloatArray:
        """Give the slope of the log-likelihood; complex steps pass through."""
        s, c, s2 = self.sample, self._columns, theta[-1]
        b, tau = theta[: self.k], theta[self.k : -1]
        rho, lam = self.split(tau)
        left, right = self._sides(tau)
        e = left - right @ b
        slopes = [right.T @ e / s2]
        if self.has_rho:
            along = c["Wy"][:, 0]
            if self.has_lambda:
                along = along - lam * c["WWy"][:, 0]
            slopes.append(np.atleast_1d(along @ e / s2 - s.times * s.determinant.trace(rho)))
        if self.has_lambda:
            along = c["Wy"][:, 0] - rho * c["WWy"][:, 0] - c["WZ"] @ b
            slopes.append(np.atleast_1d(along @ e / s2 - s.times * s.determinant.trace(lam)))
        slopes.append(np.atleast_1d(-s.count / (2 * s2) + e @ e / (2 * s2**2)))
        return np.concatenate(slopes)

    def residuals(self, theta: FloatArray) -> FloatArray:
        """Give e, shape (N, T), swept."""
        s = self.sample
        rho, lam = self.split(theta[self.k : -1])
        left = s.y - rho * s.lag(s.y) - s.Z @ theta[: self.k]
        return s.sweep(left - lam * s.lag(left) if self.has_lambda else left)


def observed(likelihood: Any, theta: FloatArray) -> FloatArray:
    """Give minus the second derivatives of a log-likelihood, by complex steps of its slope."""
    step = 1e-20
    size = len(theta)
    moved = theta + 1j * step * np.eye(size)
    hessian = np.array([likelihood.gradient(row).imag / step for row in moved])
    return np.asarray(-(hessian + hessian.T) / 2)
