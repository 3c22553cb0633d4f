"""A Gaussian kernel of space and time is the product of one of places and one of times.

exp(-(s^2 + tau t^2) / 2h^2) = exp(-s^2 / 2h^2) exp(-tau t^2 / 2h^2). With values on a
table of P places by T times the sums over all observations are K_s V K_t': P^2 T + P T^2
products in place of (P T)^2, exactly.
"""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from spatialccd.drivers.gwr._kernel_sums import KernelSums, Local
from spatialccd.drivers.gwr._neighbors import _products
from spatialccd.drivers.gwr._threads import Threads

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, IntArray
    from spatialccd.drivers.gwr._space import Space

#: Cells of the table for each observation at most.
_EMPTY = 2
#: Kernels that are kept, in bytes.
_KEPT_BYTES = 1.2e7
#: Rows or columns of a matrix that are summed together.
_ROWS = 64
#: Weights count as of low rank up to this share of the observations.
_THIN = 0.25
#: Pairs looked at together: what a near cache holds.
_BLOCK = 100_000


def fits(space: Space) -> bool:
    """Whether observations fill a table of places by times, and the kernel is a product."""
    if space.kernel != "gaussian" or not space.fixed or space.clock is None:
        return False
    times = len(np.unique(space.clock))
    cells = len(np.unique(space.xy, axis=0)) * times
    return times > 1 and cells <= _EMPTY * len(space.xy)


class Product(KernelSums):
    """Places by times; questions as of `KernelSums`.

    Parameters
    ----------
    space : Space
        The observations: a Gaussian kernel whose bandwidth is a distance.
    n_jobs : int
        Threads; -1 for all.
    """

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
        self._later = times - times[:, None]
        self._alone = len(np.unique(self._cell)) == len(self._cell)
        self._spatial: dict[float, FloatArray] = {}
        self._ranges: dict[float, tuple[float, float]] = {}
        self._place(space)

    def _place(self, space: Space) -> None:
        self.space = space
        self._late = (space.time_scale * self._later) ** 2
        if space.past:
            self._late[self._later > 0] = np.inf
        self._nearest: dict[int, IntArray] = {}

    def at(self, scale: float) -> Product:
        """Give the same observations at another time scale; kernels of places are shared."""
        other = copy(self)
        other._place(replace(self.space, time_scale=scale))
        return other

    def table(self, values: FloatArray) -> FloatArray:
        """Put c vectors (c, n) onto places by times, (c, P, T)."""
        places, times = self._shape
        table = np.zeros((len(values), places * times))
        if self._alone:
            table[:, self._cell] = values
        else:  # units that stand on one place
            for c, column in enumerate(values):
                table[c] = np.bincount(self._cell, column, places * times)
        return table.reshape(-1, places, times)

    def in_space(self, table: FloatArray, point: float) -> FloatArray:
        """Sum tables (c, P, T) over places around each place."""
        return np.asarray(self._around_places(point) @ table)

    def in_time(self, table: FloatArray, point: float) -> FloatArray:
        """Sum them over times, and give what each observation gets, (c, n)."""
        places, times = self._shape
        sums = table.reshape(-1, times) @ self._around_times(point).T
        return sums.reshape(-1, places * times).take(self._cell, axis=1)

    def gaps(self) -> tuple[float, float, float, float]:
        """Give the smallest and largest distance between two places, and between two times."""
        least, largest = np.inf, 0.0
        step = max(1, _BLOCK // len(self._apart))
        for first in range(0, len(self._apart), step):
            apart = self._apart[first : first + step].copy()
            largest = max(largest, float(apart.max()))
            rows = np.arange(len(apart))
            apart[rows, first + rows] = np.inf
            least = min(least, float(apart.min()))
        near = 0.0 if least == np.inf else float(np.sqrt(least))
        late = np.diff(self._later[0])
        return near, float(np.sqrt(largest)), float(late.min()), float(self._later[0, -1])

    def weighted_sums(
        self, values: FloatArray, points: FloatArray, upto: int | None = None
    ) -> FloatArray:
        """As `KernelSums.weighted_sums`."""
        upto = len(points) if upto is None else upto
        out = np.empty((len(values), len(points), len(self._cell)))
        for p, point in enumerate(points.tolist()):
            count = len(values) if p < upto else 1
            out[:count, p] = self._sums(values[:count], point)
        return out

    def local_systems(
        self, X: FloatArray, y: FloatArray, point: float, *, focal: FloatArray, full: bool
    ) -> Local:
        """As `KernelSums.local_systems`."""
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
        """As `KernelSums.smooth_many`."""
        out[:] = self._sums(np.ascontiguousarray(values.T, dtype=float), point).T

    def weights(self, point: float, rows: slice = slice(None)) -> FloatArray:
        """As `KernelSums.weights`."""
        from spatialccd.drivers.gwr import _loops

        place, time = np.divmod(self._cell, self._shape[1])
        first, end, _ = rows.indices(len(place))
        out = np.empty((end - first, len(place)))
        kernels = self._around_places(point), self._around_times(point)
        inputs = (*kernels, place, time, first, out)
        spans = list(pairwise(range(0, len(out) + _ROWS, _ROWS)))
        self.threads.deal(
            lambda start, stop: _loops.product_weights(start, min(stop, len(out)), *inputs), spans
        )
        return out

    def factors(self, point: float) -> tuple[FloatArray, FloatArray] | None:
        """Give L (n, r) and R (r, n) of W = L R, where time has so smooth a part that r is small.

        A kernel of times that is all ones, as of a coefficient that does not change, has rank
        one; of others what rounding loses is left out.
        """
        places, times = self._shape
        left, size, right = np.linalg.svd(self._around_times(point))
        rank = int((size > times * np.finfo(float).eps * size[0]).sum())
        if rank * places > _THIN * len(self._cell):
            return None
        place, time = np.divmod(self._cell, times)
        smooth = (left[:, :rank] * size[:rank])[time]
        reached = self._around_places(point)[place][:, :, None] * smooth[:, None]
        out = np.zeros((places, rank, len(place)))
        out[place, :, np.arange(len(place))] = right[:rank].T[time]
        return reached.reshape(len(place), -1), out.reshape(-1, len(place))

    def times(self, M: FloatArray, point: float) -> FloatArray:
        """Give W M of a matrix (n, m), W the weights."""
        places, times = self._shape
        spatial, temporal = self._around_places(point), self._around_times(point)
        out = np.empty(M.shape)
        for first in range(0, M.shape[1], _ROWS):
            columns = slice(first, first + _ROWS)
            table = self._table_of_rows(M[:, columns])
            width = table.shape[1]
            table = spatial @ table.reshape(places, -1)
            table = temporal @ table.reshape(places, times, width)
            out[:, columns] = table.reshape(-1, width)[self._cell]
        return out

    def after(self, M: FloatArray, point: float) -> FloatArray:
        """Give M W of a matrix (m, n)."""
        places, times = self._shape
        spatial, temporal = self._around_places(point), self._around_times(point)
        out = np.empty(M.shape)
        for first in range(0, len(M), _ROWS):
            rows = slice(first, first + _ROWS)
            table = spatial @ self.table(M[rows])
            sums = table.reshape(-1, times) @ temporal
            sums.reshape(-1, places * times).take(self._cell, axis=1, out=out[rows])
        return out

    def _table_of_rows(self, M: FloatArray) -> FloatArray:
        table = np.zeros((self._shape[0] * self._shape[1], M.shape[1]))
        if self._alone:
            table[self._cell] = M
        else:
            np.add.at(table, self._cell, M)
        return table

    def share_reached(self, _point: float) -> float:
        """As `KernelSums.share_reached`: this kernel has no end."""
        return 1.0

    def reach(self, point: float) -> FloatArray:
        """As `KernelSums.reach`."""
        return np.full(len(self._cell), point)

    @property
    def fewest(self) -> int:
        """As `KernelSums.fewest`."""
        if not self.space.past:
            return len(self._cell)
        return int((self._cell % self._shape[1] == 0).sum())

    def nearest(self, k: int) -> IntArray:
        """As `KernelSums.nearest`."""
        if k not in self._nearest:
            n = len(self._cell)
            step = max(1, _BLOCK // n)
            parts = [
                self._nearest_of(first, min(first + step, n), k) for first in range(0, n, step)
            ]
            self._nearest[k] = np.concatenate(parts)
        return self._nearest[k]

    def distance_range(self) -> tuple[float, float]:
        """As `KernelSums.distance_range`; where time has no part, between places.

        A bandwidth of half the least distance between places is then as good as none.
        """
        scale = self.space.time_scale
        if scale not in self._ranges:
            self._ranges[scale] = self._distance_range() if scale > 0 else self.gaps()[:2]
        return self._ranges[scale]

    def _distance_range(self) -> tuple[float, float]:
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

    def _around_places(self, point: float) -> FloatArray:
        """Give the kernel of places; a search asks for the same round after round."""
        if point not in self._spatial:
            if len(self._spatial) >= max(2, _KEPT_BYTES / self._apart.nbytes):
                self._spatial.pop(next(iter(self._spatial)))
            self._spatial[point] = np.exp(self._apart * (-0.5 / (point * point)))
        return self._spatial[point]

    def _around_times(self, point: float) -> FloatArray:
        return np.asarray(np.exp(self._late * (-0.5 / (point * point))))

    def _sums(self, values: FloatArray, point: float) -> FloatArray:
        """Give sum_j w_ij v_j of c vectors, (c, n)."""
        if point <= 0:  # h = 0 reaches none
            return np.zeros(values.shape)
        return self.in_time(self.in_space(self.table(values), point), point)

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
