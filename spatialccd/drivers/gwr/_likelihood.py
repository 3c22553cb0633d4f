"""Geographically weighted regression of counts and shares: search and fit at one bandwidth."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from spatialccd.drivers.gwr._families import Response, score_of
from spatialccd.drivers.gwr._local import search_one_by_one, singular
from spatialccd.drivers.gwr._neighbors import cross_products, numbering
from spatialccd.errors import EstimationError, SingularDesignError, listed

if TYPE_CHECKING:
    import pandas as pd

    from spatialccd._types import BoolArray, FloatArray, IntArray, Progress
    from spatialccd.drivers.gwr._backfit import Rules
    from spatialccd.drivers.gwr._design import Design
    from spatialccd.drivers.gwr._kernel_sums import KernelSums

#: A linear predictor beyond this is on its way to infinity: probabilities, or counts, of 3e-7.
_RUN_AWAY = 15.0
#: What a pair of places costs beside one of a Gaussian regression.
_STEPS = 8


class Fitted(NamedTuple):
    """Coefficients by likelihood, one row a place.

    Attributes
    ----------
    beta : (n, k)
    mean : (n,)
        Expected y.
    leverage : (n, k)
        Each covariate's share of the hat matrix's diagonal.
    variance : (n, k)
        Var(beta).
    state : (n,)
        -1 where a maximum was found; see ``_likelihood_loops.local_maxima``.
    """

    beta: FloatArray
    mean: FloatArray
    leverage: FloatArray
    variance: FloatArray
    state: IntArray


class Likelihood:
    """Local likelihoods of one response, at one bandwidth after another.

    Each starts where the last ended: a maximum is the same from anywhere, and near
    from there.

    Parameters
    ----------
    neighbors : KernelSums
        Observations around observations.
    design : Design
    response : Response
    """

    def __init__(self, neighbors: KernelSums, design: Design, response: Response) -> None:
        self.neighbors = neighbors
        self.design = design
        self.response = response
        # One layout of memory: the loop is compiled for each.
        data = (cross_products(design.X), design.X, response.y, response.size)
        self._data = tuple(map(np.ascontiguousarray, data))
        self._start = np.zeros(design.X.shape)
        self._start[:, 0] = response.linear(response.common())[0]
        self.everywhere = self._whole()
        if self.everywhere.state[0] < 0 and np.isfinite(self.everywhere.beta).all():
            self._start[:] = self.everywhere.beta
        self._near = self._start.copy()

    def fit(self, bandwidth: float, *, full: bool) -> Fitted:
        """Give the maxima at one bandwidth; `state` says where there is none."""
        from spatialccd.drivers.gwr import _likelihood_loops as loops

        found = self._blank(self._near.copy())
        self.neighbors.over_kernel(
            loops.local_maxima,
            bandwidth,
            (*self._inputs(self.neighbors.space.kind), full, *_arrays(found)),
            _STEPS * self.design.X.shape[1],
        )
        good = found.state == -1
        self._near = np.where(good[:, None], found.beta, self._start)
        return found._replace(mean=self._means(found.beta))

    def lost(self, found: Fitted) -> BoolArray:
        """Say where no maximum was found, or coefficients are on their way to infinity."""
        return np.asarray(
            (found.state != -1) | run_away(found.beta, found.mean, self.response), dtype=bool
        )

    def checked(self, bandwidth: float) -> Fitted:
        """Give the maxima at one bandwidth.

        Raises
        ------
        SingularDesignError
            Covariates depend linearly on one another around some places.
        EstimationError
            A likelihood has no maximum there.
        """
        found = self.fit(bandwidth, full=True)
        units, names = self.design.units, self.design.names
        if (found.state >= 0).any():
            raise singular(found.state, bandwidth, units, names)
        check_separated(self.lost(found), self.response.family, units)
        return found

    def score(self, bandwidth: float, name: str) -> float:
        """Give the criterion at one bandwidth; infinite where some place has no estimate."""
        found = self.fit(bandwidth, full=False)
        if self.lost(found).any():
            return float("inf")
        return score_of(name, self.response, found.mean, found.leverage.sum(axis=1))

    def search(
        self, rules: Rules, progress: Progress | None = None
    ) -> tuple[float, dict[float, float]]:
        """Give the best bandwidth and the criterion at those looked at.

        Raises
        ------
        SingularDesignError, EstimationError
            No bandwidth allowed gives every place an estimate.
        """
        best, visited = search_one_by_one(
            lambda point: self.score(point, rules.criterion),
            rules,
            fixed=self.neighbors.space.fixed,
            progress=progress,
        )
        if not np.isfinite(list(visited.values())).any():
            self.checked(rules.high)  # says which covariate, or where
            n, k = self.design.X.shape
            raise SingularDesignError(
                f"{n} units are too few for {k} local coefficients: no bandwidth "
                "leaves degrees of freedom; drop covariates"
            )
        return best, visited

    def _whole(self) -> Fitted:
        """Fit all places alike: the generalized linear model, as one place amid all others."""
        from spatialccd.drivers.gwr import _likelihood_loops as loops

        n = len(self.design.y)
        found = self._blank(self._start.copy())
        # At distance 0 each weighs 1.
        rows: tuple[IntArray, FloatArray] = (
            np.arange(n, dtype=numbering(n))[None, :],
            np.zeros((1, n)),
        )
        reach = np.full((1, 1), n), np.zeros((1, 1))
        loops.local_maxima(0, 1, *rows, *reach, *self._inputs(0), True, *_arrays(found))
        mean = self._means(np.repeat(found.beta[:1], n, axis=0))
        unknown = np.full(found.beta.shape, np.nan)
        return Fitted(found.beta[:1], mean, unknown, found.variance[:1], found.state[:1])

    def _inputs(self, kind: int) -> tuple[object, ...]:
        from spatialccd.drivers.gwr import _likelihood_loops as loops

        family = loops.POISSON if self.response.poisson else loops.BINOMIAL
        return *self._data, kind, family

    def _blank(self, beta: FloatArray) -> Fitted:
        unknown = np.zeros(len(beta))
        return Fitted(
            beta, unknown, np.zeros(beta.shape), np.zeros(beta.shape), np.full(len(beta), -1)
        )

    def _means(self, beta: FloatArray) -> FloatArray:
        with np.errstate(over="ignore"):  # where coefficients ran away
            return self.response.mean((self.design.X * beta).sum(axis=1))


def run_away(beta: FloatArray, mean: FloatArray, response: Response) -> BoolArray:
    """Say where expected y is nearly 0 (or 1, of shares), or no number."""
    with np.errstate(all="ignore"):
        linear = np.log(mean) if response.poisson else response.linear(mean)
    beyond = linear < -_RUN_AWAY if response.poisson else np.abs(linear) > _RUN_AWAY
    return np.asarray(beyond | ~np.isfinite(beta).all(axis=1) | np.isnan(linear))


def check_separated(lost: BoolArray, family: str, units: pd.Index) -> None:
    """Raise where a local likelihood has no maximum, so that coefficients run away."""
    if lost.any():
        raise EstimationError(
            f"the local {family} likelihood has no maximum around {listed(units[lost])}: "
            "y is all zeros (or ones) there, or a covariate separates them; raise the bandwidth"
        )


def _arrays(found: Fitted) -> tuple[object, ...]:
    return found.beta, found.leverage, found.variance, found.state
