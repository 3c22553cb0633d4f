"""The log t regression, and the search for clubs in which it does not reject."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, IntArray


@dataclass(frozen=True)
class LogT:
    """Tests whether sets of units converge (Phillips and Sul 2007).

    Attributes
    ----------
    X : array, shape (N, T)
        Positive values, trends where these were taken.
    first : int
        The first time used, counted from 1.
    critical : float
        A t at or below it rejects.
    """

    X: FloatArray
    first: int
    critical: float

    def test(self, units: IntArray) -> tuple[float, float, float]:
        """Give intercept, slope and t of ln(H_1 / H_t) - 2 ln ln t on ln t.

        The error of the slope is that of the long-run variance of the residuals
        (quadratic spectral kernel, bandwidth of Andrews 1991).
        """
        X = self.X[units]
        spread = ((X / X.mean(axis=0) - 1) ** 2).mean(axis=0)
        t = np.arange(self.first, X.shape[1] + 1)
        log_t = np.log(t)
        with np.errstate(divide="ignore", invalid="ignore"):
            left = np.log(spread[0] / spread[self.first - 1 :]) - 2 * np.log(log_t)
        if not np.isfinite(left).all():  # units that are one and the same
            return np.nan, np.nan, np.inf
        centered = log_t - log_t.mean()
        square = float(centered @ centered)
        b = float(centered @ left) / square
        a = float(left.mean() - b * log_t.mean())
        u = left - a - b * log_t
        return a, b, b / float(np.sqrt(long_run_variance(u) / square))

    def holds(self, units: IntArray) -> bool:
        """Whether convergence of these units is not rejected."""
        return self.test(units)[2] > self.critical

    def clubs(self, order: IntArray, cut: float) -> tuple[list[IntArray], IntArray]:
        """Find clubs; give them, and the units that belong to none.

        Parameters
        ----------
        order : array
            Units, highest first.
        cut : float
            t over which a unit joins a core.
        """
        found: list[IntArray] = []
        rest = order
        while len(rest) > 1:
            if self.holds(rest):
                return [*found, rest], rest[:0]
            club = self._club(rest, cut)
            if club is None:
                return found, rest
            found.append(club)
            rest = rest[~np.isin(rest, club)]
        return found, rest

    def _club(self, order: IntArray, cut: float) -> IntArray | None:
        """Find a core, and add each unit that converges with it."""
        core = self._core(order)
        if core is None:
            return None
        others = order[~np.isin(order, core)]
        t = np.array([self.test(np.append(core, unit))[2] for unit in others])
        while cut <= 3 + 1e-9:
            club = order[np.isin(order, core) | np.isin(order, others[t > cut])]
            if self.holds(club):
                return club
            cut += 0.1
        return core

    def _core(self, order: IntArray) -> IntArray | None:
        """Take the first pair that converges, and units below it while the t is highest."""
        for i in range(len(order) - 1):
            best = self.test(order[i : i + 2])[2]
            if best <= self.critical:
                continue
            end = i + 2
            for j in range(i + 3, len(order) + 1):
                t = self.test(order[i:j])[2]
                if t <= self.critical:
                    break
                if t > best:
                    best, end = t, j
            return order[i:end]
        return None

    def merge(self, clubs: list[IntArray]) -> list[IntArray]:
        """Join neighboring clubs that converge together, from the top, as long as any do."""
        merged = list(clubs)
        i = 0
        while i < len(merged) - 1:
            both = np.concatenate(merged[i : i + 2])
            if self.holds(both):
                merged[i : i + 2] = [both]
                i = 0
            else:
                i += 1
        return merged


def long_run_variance(u: FloatArray) -> float:
    """Give the long-run variance by the quadratic spectral kernel."""
    m = len(u)
    p = float(u[1:] @ u[:-1] / (u[:-1] @ u[:-1])) if (u[:-1] @ u[:-1]) > 0 else 0.0
    bandwidth = 1.3221 * (4 * p**2 / (1 - p) ** 4 * m) ** 0.2 if p != 1 else float(m)
    own = float(u @ u) / m
    if bandwidth == 0:
        return own
    lags = np.arange(1, m)
    z = 6 * np.pi * lags / (5 * bandwidth)
    weight = 3 / z**2 * (np.sin(z) / z - np.cos(z))
    products = np.array([u[lag:] @ u[:-lag] for lag in lags]) / m
    return own + 2 * float(weight @ products)


def trend(X: FloatArray, smoothing: float) -> FloatArray:
    """Give the trend of each row by the filter of Hodrick and Prescott."""
    T = X.shape[1]
    second = np.diff(np.eye(T), 2, axis=0)
    return np.asarray(np.linalg.solve(np.eye(T) + smoothing * second.T @ second, X.T).T)
