"""A Gaussian kernel of space and time is the product of one of places and one of times.

exp(-(s^2 + tau t^2) / 2h^2) = exp(-s^2 / 2h^2) exp(-tau t^2 / 2h^2). With values on a
table of P places by T times the sums over all observations are K_s V K_t': P^2 T + P T^2
products in place of (P T)^2, exactly.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from spatialccd.drivers.gwr._neighbors import Local, _products
from spatialccd.drivers.gwr._threads import Threads

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, IntArray
    from spatialccd.drivers.gwr._space import Space

#: Cells of the table for each observation at most.
_EMPTY = 2
#: Kernels that are kept, in bytes.
_KEPT_BYTES = 1.2e7
#: Pairs looked at together.
_BLOCK = 4_000_000


def fits(space: Space) -> bool:
    """Whether observations fill a table of places by times, and the kernel is a product."""
    if space.kernel != "gaussian" or not space.fixed or space.clock is None:
        return False
    times = len(np.unique(space.clock))
    cells = len(np.unique(space.xy, axis=0)) * times
    return times > 1 and cells <= _EMPTY * len(space.xy)


class Product:
    """Places by times; questions as of `Neighbors`.

    Parameters
    ----------
    space : Space
        The observations: a Gaussian kernel whose bandwidth is a distance.
    n_jobs : int
        Threads; -1 for all.
    """

    whole_curves = False
    looks_ahead = 0
    on_disk = False

    def __init__(self, space: Space, *, n_jobs: int = -1) -> None:
        self.space = space
        self.first = 0
        self.threads = Threads(n_jobs)
        clock = np.asarray(space.clock, dtype=float)
        places, place = np.unique(space.xy, axis=0, return_inverse=True)
        times, time = np.unique(clock, return_inverse=True)
        self._shape = len(places), len(times)
        self._cell = place.ravel() * len(times) + time.ravel()
        self._apart = replace(space, xy=places, clock=None).squared(places)
        self._late = (space.time_scale * (times[:, None] - times)) ** 2
        if space.past:
            self._late[times > times[:, None]] = np.inf
        self._alone = len(np.unique(self._cell)) == len(self._cell)
        self._known: dict[float, tuple[FloatArray, FloatArray]] = {}
        self._nearest: dict[int, IntArray] = {}

    def weighted_sums(
        self, values: FloatArray, points: FloatArray, upto: int | None = None
    ) -> FloatArray:
        """As `Neighbors.weighted_sums`."""
        upto = len(points) if upto is None else upto
        out = np.empty((len(values), len(points), len(self._cell)))
        for p, point in enumerate(points.tolist()):
            count = len(values) if p < upto else 1
            out[:count, p] = self._sums(values[:count], point)
        return out

    def local_systems(
        self, X: FloatArray, y: FloatArray, point: float, *, focal: FloatArray, full: bool
    ) -> Local:
        """As `Neighbors.local_systems`."""
        from spatialccd.drivers.gwr import _tree_loops

        n, k = X.shape
        products = _products(X, y).T
        sums = self._sums(products, point)
        found = Local.blank(n, k)
        focal = np.ascontiguousarray(focal)
        solved = (found.beta, found.leverage, found.dependent)
        _tree_loops.solve_systems(0, n, sums, k, focal, *solved)
        if full:  # the square of the kernel is a kernel of h / sqrt 2
            squares = self._sums(products[: k * (k + 1) // 2], point / np.sqrt(2.0))
            _tree_loops.spread_of(0, n, sums, squares, k, focal, found.variance, found.spread)
        return found

    def smooth_many(self, values: Any, point: float, out: Any) -> None:
        """As `Neighbors.smooth_many`."""
        out[:] = self._sums(np.ascontiguousarray(values.T, dtype=float), point).T

    def weights(self, point: float, rows: slice = slice(None)) -> FloatArray:
        """As `Neighbors.weights`."""
        spatial, temporal = self._kernels(point)
        place, time = np.divmod(self._cell, self._shape[1])
        return np.asarray(
            spatial[place[rows]][:, place] * temporal[time[rows]][:, time], dtype=float
        )

    def share_reached(self, _point: float) -> float:
        """As `Neighbors.share_reached`: this kernel has no end."""
        return 1.0

    def reach(self, point: float) -> FloatArray:
        """As `Neighbors.reach`."""
        return np.full(len(self._cell), point)

    @property
    def fewest(self) -> int:
        """As `Neighbors.fewest`."""
        if not self.space.past:
            return len(self._cell)
        return int((self._cell % self._shape[1] == 0).sum())

    def nearest(self, k: int) -> IntArray:
        """As `Neighbors.nearest`."""
        if k not in self._nearest:
            n = len(self._cell)
            step = max(1, _BLOCK // n)
            parts = [
                self._nearest_of(first, min(first + step, n), k) for first in range(0, n, step)
            ]
            self._nearest[k] = np.concatenate(parts)
        return self._nearest[k]

    def distance_range(self) -> tuple[float, float]:
        """As `Neighbors.distance_range`."""
        n = len(self._cell)
        if n == self._shape[0] * self._shape[1]:
            apart = self._apart[~np.eye(self._shape[0], dtype=bool)]
            late = self._late[~np.eye(self._shape[1], dtype=bool)]
            late = late[np.isfinite(late)]
            least = min(late.min(), apart.min(initial=np.inf))
            return float(np.sqrt(least)), float(np.sqrt(apart.max(initial=0.0) + late.max()))
        least, largest = np.inf, 0.0
        step = max(1, _BLOCK // n)
        for first in range(0, n, step):
            d2 = self._squared(first, min(first + step, n))
            largest = max(largest, float(d2[np.isfinite(d2)].max()))
            rows = np.arange(len(d2))
            d2[rows, first + rows] = np.inf
            least = min(least, float(d2.min()))
        return float(np.sqrt(least)), float(np.sqrt(largest))

    def _kernels(self, point: float) -> tuple[FloatArray, FloatArray]:
        """Give those of places and of times; a search asks for the same round after round."""
        if point not in self._known:
            if len(self._known) >= max(2, _KEPT_BYTES / self._apart.nbytes):
                self._known.pop(next(iter(self._known)))
            t = -0.5 / (point * point)
            self._known[point] = np.exp(self._apart * t), np.exp(self._late * t)
        return self._known[point]

    def _sums(self, values: FloatArray, point: float) -> FloatArray:
        """Give sum_j w_ij v_j of c vectors, (c, n)."""
        if point <= 0:  # h = 0 reaches none
            return np.zeros(values.shape)
        spatial, temporal = self._kernels(point)
        places, times = self._shape
        table = np.zeros((len(values), places * times))
        if self._alone:
            table[:, self._cell] = values
        else:  # units that stand on one place
            for c, column in enumerate(values):
                table[c] = np.bincount(self._cell, column, places * times)
        by_time = table.reshape(-1, times) @ temporal.T
        sums = spatial @ by_time.reshape(len(values), places, times)
        return np.ascontiguousarray(sums.reshape(len(values), -1)[:, self._cell])

    def _squared(self, first: int, end: int) -> FloatArray:
        space = self.space
        when = np.asarray(space.clock)[first:end]
        return space.squared(space.xy[first:end], when)

    def _nearest_of(self, first: int, end: int, k: int) -> IntArray:
        """Give the nearest others of some observations; of those as near, the first."""
        n = len(self._cell)
        mask = np.uint64((1 << (n - 1).bit_length()) - 1)
        keys = self._squared(first, end).view(np.uint64) & ~mask
        keys |= np.arange(n, dtype=np.uint64)
        own = np.arange(end - first)
        keys[own, first + own] = np.iinfo(np.uint64).max
        keys.partition(k - 1, axis=1)
        near = np.sort(keys[:, :k], axis=1)
        return (near & mask).astype(np.intp)
