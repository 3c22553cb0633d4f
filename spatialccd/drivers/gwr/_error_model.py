"""Errors that are alike where places are near: what they may be like, and draws of them.

Their covariance is variance x [(1 - t) M(d / range; smoothness) + t], M the correlation of
Matern and t the share of a nugget. Many ranges, shares and three smoothnesses are tried;
the restricted likelihood (Patterson and Thompson 1971, with the variance at its best)
says how well each suits. Draws are made under all of them in proportion, so that what
the data leave open of the covariance widens what chance may do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from spatialccd.drivers.gwr._space import EARTH_KM

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, IntArray
    from spatialccd.drivers.gwr._space import Space

#: Half-integer smoothness, for which Matern's function is elementary; .5 is the exponential.
_SMOOTHNESS = (0.5, 1.5, 2.5)
#: Ranges tried, in multiples of the median distance.
_RANGES = 2.0 ** np.arange(-4.5, 2.1, 0.5)
_NUGGETS = np.array([0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0])
#: Keeps the covariance of a smooth surface regular.
_JITTER = 1e-6
#: Of more places so many, drawn at random, tell the covariance.
_PLACES = 1_000


class Kind(NamedTuple):
    """One covariance."""

    smoothness: float
    range: float
    nugget: float
    variance: float


@dataclass(frozen=True)
class ErrorModel:
    """What errors may be like.

    Attributes
    ----------
    kinds : list of Kind
    shares : (kinds,)
        How well each suits; they sum to 1.
    """

    space: Space
    kinds: list[Kind]
    shares: FloatArray

    @classmethod
    def of(cls, y: FloatArray, X: FloatArray, space: Space, rng: np.random.Generator) -> ErrorModel:
        """Weigh the covariances of the errors of y (n,) around X b, X (n, k)."""
        n = len(y)
        some = np.arange(n) if n <= _PLACES else np.sort(rng.choice(n, _PLACES, replace=False))
        distance = _distances(space, some)
        contrasts = np.linalg.qr(X[some], mode="complete")[0][:, X.shape[1] :]
        left = contrasts.T @ y[some]
        unit = float(np.median(distance[distance > 0]))
        kinds: list[Kind] = []
        scores: list[FloatArray] = []
        for smoothness in _SMOOTHNESS:
            for reach in _RANGES * unit:
                inner = contrasts.T @ _matern(distance / reach, smoothness) @ contrasts
                score, variance = _restricted_likelihood(inner, left)
                scores.append(score)
                kinds += [
                    Kind(smoothness, float(reach), t, v)
                    for t, v in zip(_NUGGETS.tolist(), variance.tolist(), strict=True)
                ]
        whole = np.concatenate(scores)
        # The shares tried stand at uneven steps; each speaks for those about it.
        share = np.exp(whole - whole.max()) * np.tile(np.gradient(_NUGGETS), len(scores))
        return cls(space, kinds, share / share.sum())

    def draw(self, m: int, rng: np.random.Generator) -> FloatArray:
        """Give m draws of errors, (n, m)."""
        n = len(self.space.xy)
        distance = _distances(self.space, np.arange(n))
        out = np.empty((n, m))
        chosen = rng.choice(len(self.kinds), size=m, p=self.shares)
        for number in np.unique(chosen):
            kind = self.kinds[number]
            covariance = (1.0 - kind.nugget) * _matern(distance / kind.range, kind.smoothness)
            covariance.flat[:: n + 1] += kind.nugget + _JITTER
            at = np.flatnonzero(chosen == number)
            root = np.linalg.cholesky(kind.variance * covariance)
            out[:, at] = root @ rng.standard_normal((n, at.size))
        return out

    def correlation_at(self, distance: float) -> float:
        """Give the correlation of errors so far apart, over the covariances in proportion."""
        each = [
            (1.0 - kind.nugget) * _matern(np.array(distance / kind.range), kind.smoothness)
            for kind in self.kinds
        ]
        return float(np.array(each) @ self.shares)


def _restricted_likelihood(inner: FloatArray, left: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give the log-likelihood of contrasts (m,) at every share of the nugget, and variances.

    `inner` (m, m) is their correlation without a nugget.
    """
    roots, vectors = np.linalg.eigh(inner)
    variance = np.outer(1.0 - _NUGGETS, np.maximum(roots, 0.0)) + _NUGGETS[:, None] + _JITTER
    factor = ((vectors.T @ left) ** 2 / variance).mean(axis=1)
    score = -0.5 * (left.size * np.log(factor) + np.log(variance).sum(axis=1))
    return score, factor


def _matern(ratio: FloatArray, smoothness: float) -> FloatArray:
    """Give Matern's correlation at distance / range, for a half-integer smoothness."""
    a = np.sqrt(2.0 * smoothness) * ratio
    polynomial = {0.5: 1.0, 1.5: 1.0 + a, 2.5: 1.0 + a + a * a / 3.0}[smoothness]
    return np.asarray(polynomial * np.exp(-a))


def _distances(space: Space, some: IntArray) -> FloatArray:
    """Give distances (s, s); over the globe, straight through it: those keep Matern valid."""
    distance = np.sqrt(space.squared(space.xy[some]))[:, some]
    if space.great_circle:
        distance = 2 * EARTH_KM * np.sin(distance / (2 * EARTH_KM))
    return distance
