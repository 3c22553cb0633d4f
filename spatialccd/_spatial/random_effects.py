"""Likelihoods with a random effect of each unit, for a lag of y and for one of the error."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from spatialccd._spatial.sample import Sample, least_squares, triangle

if TYPE_CHECKING:
    from spatialccd._types import FloatArray

_PHI = (1e-3, 1.0)


@dataclass(frozen=True)
class RandomLag:
    """y = rho W y + Z b + mu + e, mu_i random (Elhorst 2014, section 3.4).

    phi^2 = s2 / (T s2_mu + s2) and A. = A - (1 - phi) mean_t A:
    ln L = -(NT/2) ln(2 pi s2) + N ln phi + T ln |I - rho W| - e.'e. / (2 s2).
    Parameters: b, rho (if there is one), phi, s2. The sample may have its times
    swept and transformed (fixed years), never its units.
    """

    sample: Sample
    has_rho: bool

    @property
    def k(self) -> int:
        """How many slopes there are."""
        return int(self.sample.Z.shape[2])

    @property
    def bounds(self) -> list[tuple[float, float]]:
        """The intervals of rho and phi."""
        return [self.sample.operator.bounds] * self.has_rho + [_PHI]

    @property
    def names(self) -> list[str]:
        """What is searched."""
        return ["rho"] * self.has_rho + ["phi"]

    @cached_property
    def _columns(self) -> tuple[FloatArray, FloatArray]:
        """Triangular factors of [y, Wy, Z], of what varies within units and between them."""
        s = self.sample
        stacked = np.concatenate([s.y[:, :, None], s.lag(s.y)[:, :, None], s.Z], axis=2)
        stacked = s.sweep(stacked)
        mean = stacked.mean(axis=1, keepdims=True)
        within = (stacked - mean).reshape(-1, stacked.shape[2])
        between = np.sqrt(s.y.shape[1]) * mean[:, 0]
        return triangle(within), triangle(between)

    def _sides(self, tau: FloatArray) -> tuple[Any, Any, Any, Any]:
        """Give y less its lag, Z, the lag, and the row from which on they are between units."""
        rho, phi = (tau[0] if self.has_rho else 0.0), tau[-1]
        within, between = self._columns
        rows = np.vstack([within, phi * between])
        left, right = rows[:, 0] - rho * rows[:, 1], rows[:, 2:]
        return left, right, rows[:, 1], len(within)

    def concentrate(self, tau: FloatArray) -> FloatArray:
        """Give all parameters, slopes and variance at their best for rho and phi."""
        left, right, _, _ = self._sides(tau)
        b = least_squares(right, left) if self.k else np.zeros(0)
        e = left - right @ b
        return np.concatenate([b, tau, [e @ e / self.sample.count]])

    def value(self, theta: FloatArray) -> float:
        """Give the log-likelihood."""
        s, tau, s2 = self.sample, theta[self.k : -1], theta[-1]
        left, right, _, _ = self._sides(tau)
        e = left - right @ theta[: self.k]
        root = s.determinant.value(float(tau[0])) if self.has_rho else 0.0
        return float(
            -s.count / 2 * np.log(2 * np.pi * s2)
            + s.units * np.log(tau[-1])
            + s.times * root
            - e @ e / (2 * s2)
        )

    def gradient(self, theta: FloatArray) -> FloatArray:
        """Give the slope of the log-likelihood; complex steps pass through."""
        s, tau, s2 = self.sample, theta[self.k : -1], theta[-1]
        left, right, lag, cut = self._sides(tau)
        e = left - right @ theta[: self.k]
        slopes = [right.T @ e / s2]
        if self.has_rho:
            slopes.append(np.atleast_1d(lag @ e / s2 - s.times * s.determinant.trace(tau[0])))
        between = e[cut:]
        slopes.append(np.atleast_1d(s.units / tau[-1] - between @ between / (tau[-1] * s2)))
        slopes.append(np.atleast_1d(-s.count / (2 * s2) + e @ e / (2 * s2**2)))
        return np.concatenate(slopes)

    def residuals(self, theta: FloatArray) -> FloatArray:
        """Give mu + e, shape (N, T), swept of times where the sample is."""
        s = self.sample
        rho = theta[self.k] if self.has_rho else 0.0
        return s.sweep(s.y - rho * s.lag(s.y) - s.Z @ theta[: self.k])


@dataclass(frozen=True)
class RandomError:
    """y = Z b + mu + u, u = lambda W u + e, mu_i random and not spatial (Baltagi et al. 2003).

    With B = I - lambda W, f = s2_mu / s2 and V = T f I + (B'B)^-1,
    ln L = -(NT/2) ln(2 pi s2) - ln|V| / 2 + (T-1) ln|B|
    - [sum_t (u_t - ubar)'B'B (u_t - ubar) + T ubar'V^-1 ubar] / (2 s2).
    Parameters: b, lambda, phi, s2, with phi = 1 / sqrt(1 + T f).
    """

    sample: Sample

    @property
    def k(self) -> int:
        """How many slopes there are."""
        return int(self.sample.Z.shape[2])

    @property
    def bounds(self) -> list[tuple[float, float]]:
        """The intervals of lambda and phi."""
        return [self.sample.operator.bounds, _PHI]

    @property
    def names(self) -> list[str]:
        """What is searched."""
        return ["lambda", "phi"]

    @cached_property
    def _columns(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Factors of [y, Z] and its lag within units; the means of units, (N, 1 + k)."""
        s = self.sample
        stacked = np.concatenate([s.y[:, :, None], s.Z], axis=2)
        mean = stacked.mean(axis=1)
        within = stacked - mean[:, None]
        both = np.concatenate([within, s.lag(within)], axis=2)
        factor = triangle(both.reshape(-1, both.shape[2]))
        size = stacked.shape[2]
        return factor[:, :size], factor[:, size:], mean

    @cached_property
    def _products(self) -> tuple[FloatArray, FloatArray]:
        """W + W' and W'W, dense."""
        W = self.sample.operator.matrix
        return (W + W.T).toarray(), (W.T @ W).toarray()

    def _between(self, tau: FloatArray) -> tuple[Any, Any, Any]:
        """Give M = I + T f B'B, B'B and the slope of B'B along lambda."""
        lam, phi = tau
        ratio = 1 / phi**2 - 1  # T f
        sums, squares = self._products
        size = len(sums)
        product = np.eye(size) - lam * sums + lam**2 * squares
        return np.eye(size) + ratio * product, product, 2 * lam * squares - sums

    def _moments(self, tau: FloatArray) -> tuple[Any, Any]:
        """Give the cross products of [y, Z] under the weights, within and between units."""
        within, lagged, mean = self._columns
        rows = within - tau[0] * lagged
        M, product, _ = self._between(tau)
        T = self.sample.y.shape[1]
        return rows.T @ rows, T * mean.T @ (product @ np.linalg.solve(M, mean.astype(M.dtype)))

    def concentrate(self, tau: FloatArray) -> FloatArray:
        """Give all parameters, slopes and variance at their best for lambda and phi."""
        within, between = self._moments(tau)
        both = within + between
        b = np.linalg.solve(both[1:, 1:], both[1:, 0])
        line = np.concatenate([[1.0], -b])
        return np.concatenate([b, tau, [line @ both @ line / self.sample.count]])

    def value(self, theta: FloatArray) -> float:
        """Give the log-likelihood."""
        s, tau, s2 = self.sample, theta[self.k : -1], theta[-1]
        within, between = self._moments(tau)
        line = np.concatenate([[1.0], -theta[: self.k]])
        M = self._between(tau)[0]
        # ln|V| = ln|M| - 2 ln|B|
        log_v = np.linalg.slogdet(M)[1] / 2 - s.determinant.value(float(tau[0])) * s.times
        square = line @ (within + between) @ line
        return float(-s.count / 2 * np.log(2 * np.pi * s2) - log_v - square / (2 * s2))

    def gradient(self, theta: FloatArray) -> FloatArray:
        """Give the slope of the log-likelihood; complex steps pass through."""
        s, tau, s2 = self.sample, theta[self.k : -1], theta[-1]
        lam, phi = tau
        within, lagged, mean = self._columns
        M, product, turn = self._between(tau)
        T, ratio = s.y.shape[1], 1 / phi**2 - 1
        line = np.concatenate([[1.0 + 0 * s2], -theta[: self.k]])
        both = sum(self._moments(tau))
        inverse = np.linalg.inv(M)
        u = mean @ line
        # d(B'B M^-1) = M^-1 d(B'B) M^-1 along lambda, and -B'B M^-1 B'B M^-1 along T f.
        v, w = inverse @ u, product @ (inverse @ u)
        rows = (within - lam * lagged) @ line
        along = -2 * (lagged @ line) @ rows + T * v @ (turn @ v)
        slope_lambda = (
            -ratio / 2 * (inverse * turn.T).sum()
            - s.times * s.determinant.trace(lam)
            - along / (2 * s2)
        )
        slope_ratio = -(inverse * product.T).sum() / 2 + T * w @ w / (2 * s2)
        return np.concatenate(
            [
                both[1:] @ line / s2,
                [
                    slope_lambda,
                    slope_ratio * -2 / phi**3,
                    -s.count / (2 * s2) + line @ both @ line / (2 * s2**2),
                ],
            ]
        )

    def residuals(self, theta: FloatArray) -> FloatArray:
        """Give mu + u, shape (N, T)."""
        return np.asarray(self.sample.y - self.sample.Z @ theta[: self.k])
