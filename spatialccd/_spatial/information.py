"""Errors of the estimates: expected information, and scores that heteroskedasticity allows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import helmert

from spatialccd._spatial.likelihood import Pooled
from spatialccd.errors import SingularDesignError

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, IntArray


@dataclass(frozen=True)
class Curvature:
    """What errors take of a likelihood at an estimate.

    Attributes
    ----------
    likelihood : Pooled
    theta : array
        Slopes, rho, lambda, s2.
    """

    likelihood: Pooled
    theta: FloatArray

    @cached_property
    def _parts(self) -> tuple[float, float, float]:
        rho, lam = self.likelihood.split(self.theta[self.likelihood.k : -1])
        return rho, lam, float(self.theta[-1])

    @cached_property
    def lag_of_y(self) -> FloatArray:
        """G = W (I - rho W)^-1, shape (N, N)."""
        return self.likelihood.sample.operator.lagged_inverse(self._parts[0])

    @cached_property
    def lag_of_error(self) -> FloatArray:
        """H = W (I - lambda W)^-1, shape (N, N)."""
        rho, lam, _ = self._parts
        if self.likelihood.has_rho and lam == rho:
            return self.lag_of_y
        return self.likelihood.sample.operator.lagged_inverse(lam)

    @cached_property
    def filtered(self) -> FloatArray:
        """The regressors (I - lambda W) Z, not swept, shape (N, T, k)."""
        s, lam = self.likelihood.sample, self._parts[1]
        return s.Z - lam * s.lag(s.Z) if self.likelihood.has_lambda else s.Z

    @cached_property
    def mean_lag(self) -> FloatArray:
        """G = G (I - lambda W)(Z b + 1 alpha'), the mean of the lag of y, swept, (N, T).

        The effects alpha of times drop out where W is row-normalized; where it is
        not they belong to the mean. Effects of units drop out by sweeping.
        """
        s, (rho, lam, _) = self.likelihood.sample, self._parts
        mean = s.Z @ self.theta[: self.likelihood.k]
        if s.by_time and not s.demeaned:
            mean = mean + (s.y - rho * s.lag(s.y) - mean).mean(axis=0)
        if self.likelihood.has_lambda:
            mean = mean - lam * s.lag(mean)
        return s.sweep(self.lag_of_y @ mean)

    def _product(self, one: FloatArray, other: FloatArray) -> tuple[float, float]:
        """Give tr AB and tr A'B, of the swept matrices where the sample is so."""
        plain, crossed = float((one * other.T).sum()), float((one * other).sum())
        if self.likelihood.sample.determinant.swept:
            unit = one.sum(axis=1).mean() * other.sum(axis=1).mean()  # each row sums to 1/(1-rho)
            plain -= float(unit)
            crossed -= float(one.sum(axis=0) @ other.sum(axis=0)) / len(one)
        return plain, crossed

    def expected(self, times: int | None = None) -> FloatArray:
        """Give the expected information of all parameters.

        With the same W in both lags, G and I - lambda W commute. (Elhorst 2014,
        chapter 3; Lee and Yu 2010.)

        Parameters
        ----------
        times : int, optional
            How many times to count; those of the sample when omitted.
        """
        lik, s = self.likelihood, self.likelihood.sample
        _, _, s2 = self._parts
        times = times or s.times
        k, n = lik.k, s.units * times
        information = np.zeros((len(self.theta), len(self.theta)))
        Z = s.rows(self.filtered)
        information[:k, :k] = Z.T @ Z / s2
        at = k
        if lik.has_rho:
            g = self.mean_lag.reshape(-1)
            same, crossed = self._product(self.lag_of_y, self.lag_of_y)
            information[:k, at] = information[at, :k] = Z.T @ g / s2
            information[at, at] = g @ g / s2 + times * (same + crossed)
            trace = s.determinant.trace(self._parts[0])
            information[at, -1] = information[-1, at] = times * trace / s2
            at += 1
        if lik.has_lambda:
            same, crossed = self._product(self.lag_of_error, self.lag_of_error)
            information[at, at] = times * (same + crossed)
            trace = s.determinant.trace(self._parts[1])
            information[at, -1] = information[-1, at] = times * trace / s2
            if lik.has_rho:
                same, crossed = self._product(self.lag_of_error, self.lag_of_y)
                information[at, at - 1] = information[at - 1, at] = times * (same + crossed)
        information[-1, -1] = n / (2 * s2**2)
        return information

    def scores(self) -> tuple[FloatArray, IntArray]:
        """Give each observation's share of the slope, and its unit.

        The score of rho is a quadratic form in e. Its shares are martingale
        differences, q_i = g_i e_i + e_i sum_{j<i} (g_ij + g_ji) e_j + g_ii (e_i^2 -
        s2) (Kelejian and Prucha 2001): the plain product g e counts each pair
        twice over. Times are made orthogonal before, so that shares of one unit
        can be added up.

        Returns
        -------
        scores : array, shape (N T, parameters)
        units : array, shape (N T,)
        """
        lik, s = self.likelihood, self.likelihood.sample
        _, _, s2 = self._parts
        e = self._orthogonal(lik.residuals(self.theta))
        Z = self._orthogonal(s.sweep(self.filtered))
        scores = [Z * e[:, :, None] / s2]
        if lik.has_rho:
            g = self._orthogonal(self.mean_lag)
            scores.append((g * e + self._quadratic(self.lag_of_y, e))[:, :, None] / s2)
        if lik.has_lambda:
            scores.append(self._quadratic(self.lag_of_error, e)[:, :, None] / s2)
        scores.append(((e**2 - (e**2).mean()) / (2 * s2**2))[:, :, None])
        stacked = np.concatenate(scores, axis=2)
        units = np.repeat(np.arange(e.shape[0]), e.shape[1])
        return stacked.reshape(-1, stacked.shape[2]), units

    def near(self, weights: FloatArray) -> FloatArray:
        """Give the covariance of slopes whose scores go together nearby and over time (Conley).

        Pairs of units at one time count by `weights`, (N, N), times of one unit fully.
        For models without lags of y and of the error: their scores are of no one place.
        """
        s, k = self.likelihood.sample, self.likelihood.k
        e = self.likelihood.residuals(self.theta)
        Z = s.sweep(s.Z)
        scores = Z * e[:, :, None]
        nearby = np.einsum("itk,itl->kl", scores, np.tensordot(weights, scores, axes=1))
        own = scores.sum(axis=1)
        meat = nearby + own.T @ own - np.einsum("itk,itl->kl", scores, scores)
        rows = Z.reshape(-1, k)
        bread = np.linalg.inv(rows.T @ rows)
        return np.asarray(bread @ meat @ bread)

    def _quadratic(self, matrix: FloatArray, e: FloatArray) -> FloatArray:
        """Give the shares of e' A e less its expectation, shape (N, T)."""
        if self.likelihood.sample.by_time:
            matrix = matrix - matrix.mean(axis=0) - matrix.mean(axis=1)[:, None] + matrix.mean()
        pairs = np.tril(matrix + matrix.T, -1)
        return np.asarray(e * (pairs @ e) + np.diag(matrix)[:, None] * (e**2 - self.theta[-1]))

    def _orthogonal(self, values: FloatArray) -> FloatArray:
        """Turn swept times into one fewer that are not correlated by the sweeping."""
        s = self.likelihood.sample
        if not s.by_unit:
            return values
        turn = helmert(s.y.shape[1])
        return np.asarray(np.moveaxis(np.tensordot(turn, values, axes=(1, 1)), 0, 1))


def sandwich(bread: FloatArray, scores: FloatArray, groups: IntArray | None) -> FloatArray:
    """Give bread (sum of score products) bread, scores added up by group where there are any."""
    if groups is not None:
        summed = np.zeros((int(groups.max()) + 1, scores.shape[1]))
        np.add.at(summed, groups, scores)
        scores = summed
    return np.asarray(bread @ (scores.T @ scores) @ bread)


def inverse(information: FloatArray, names: list[str]) -> FloatArray:
    """Invert an information matrix, scaled so that units of measurement do not matter."""
    scale = np.sqrt(np.abs(np.diag(information)))
    scale[scale == 0] = 1
    even = information / np.outer(scale, scale)
    if np.linalg.eigvalsh(even).min() <= 1e-13:
        raise SingularDesignError(
            f"the parameters {', '.join(names[:-1])} cannot be told apart: their information "
            "has no inverse; drop a covariate, or take a model with one lag fewer"
        )
    return np.asarray(np.linalg.inv(even) / np.outer(scale, scale))
