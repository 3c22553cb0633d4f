"""Neighbors sorted by distance, and everything that is summed over them.

`Neighbors` holds all rows in this process, ``_cluster.RowsOnCluster`` spreads them
over workers.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import sparse

from spatialccd.drivers.gwr._kernel_sums import KernelSums, Local
from spatialccd.drivers.gwr._space import Space
from spatialccd.drivers.gwr._threads import Threads
from spatialccd.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable

    from spatialccd._types import FloatArray, IntArray

#: mgwr widens an adaptive bandwidth by this, so that the b-th neighbor counts.
EPS = 1.0000001
#: Up to here two bytes number an observation: the loops wait for memory, not for arithmetic.
_SHORT = 65_536
_SUPPORTS_KEPT = 48
_CURVE_PARTS = 32
#: Where a bandwidth reaches more than this share of all pairs a dense product is faster,
#: of so many rows at a time.
_DENSE, _DENSE_ROWS = 0.15, 512
#: Pairs that a thread is given at least: waking it costs as much as half of these.
_SHARE = 250_000


class _Support(NamedTuple):
    """What ascending bandwidths reach: neighbors (m, P), 1/h^2 (m, P), pairs of the last."""

    counts: IntArray
    inverse: FloatArray
    n_pairs: int


class Neighbors(KernelSums):
    """All places of `space` sorted by distance from each focal place.

    Parameters
    ----------
    space : Space
        The observations.
    focal : (m, 2), optional
        Places to look from; the observations themselves by default.
    when : (m,), optional
        Their times.
    n_jobs : int
        Threads; -1 for all.
    memory_limit : float
        Bytes that may be held; beyond it the rows are kept on disk.
    first : int
        The observation that the first row belongs to, when rows are observations.
    """

    def __init__(
        self,
        space: Space,
        focal: FloatArray | None = None,
        *,
        when: FloatArray | None = None,
        n_jobs: int = -1,
        memory_limit: float = np.inf,
        first: int = 0,
    ) -> None:
        self.space = space
        self.first = first
        self.threads = Threads(n_jobs)
        focal = space.xy if focal is None else focal
        when = space.clock if when is None else when
        shape = (len(focal), len(space.xy))
        self.on_disk = pairs_bytes(*shape) > memory_limit
        self.order = self._array(shape, numbering(len(space.xy)))
        self.d2 = self._array(shape, np.float64)
        self._supports: dict[bytes, _Support] = {}
        self._visits = _by_strips(focal)
        self._fill(focal, when)

    @property
    def whole_curves(self) -> bool:
        """As `KernelSums.whole_curves`."""
        return self.space.whole_curves

    @property
    def looks_ahead(self) -> int:
        """As `KernelSums.looks_ahead`."""
        return 4 if self.space.kernel == "bisquare" else 1

    def weighted_sums(
        self, values: FloatArray, points: FloatArray, upto: int | None = None
    ) -> FloatArray:
        """As `KernelSums.weighted_sums`."""
        from spatialccd.drivers.gwr import _loops

        counts, inverse, n_pairs = self._support(points)
        upto = len(points) if upto is None else upto
        out = np.empty((len(values), len(points), len(counts)))
        self._over_rows(
            _loops.weighted_sums,
            (self.order, self.d2, counts, inverse, values, upto, self.space.kind, out),
            len(counts),
            n_pairs,
        )
        return out

    def whole_curve(self, x: FloatArray, y: FloatArray) -> FloatArray:
        """As `KernelSums.whole_curve`."""
        from spatialccd.drivers.gwr import _loops

        rows = (self.order, self.d2, x, y, EPS, self.first)
        return self._in_parts(_loops.whole_curve, rows, (4, self.order.shape[1]), self.d2.size)

    def local_curve(self, X: FloatArray, y: FloatArray, points: FloatArray) -> FloatArray:
        """As `KernelSums.local_curve`."""
        from spatialccd.drivers.gwr import _loops

        rows = (self.order, self.d2, _products(X, y), X.shape[1], X, y, EPS, self.first, points)
        return self._in_parts(_loops.local_curve, rows, (4, len(points)), self.d2.size)

    def local_systems(
        self, X: FloatArray, y: FloatArray, point: float, *, focal: FloatArray, full: bool
    ) -> Local:
        """As `KernelSums.local_systems`."""
        from spatialccd.drivers.gwr import _loops

        k = X.shape[1]
        found = Local.blank(len(self.order), k)
        inputs = (_products(X, y), k, np.ascontiguousarray(focal), self.space.kind, full)
        self.over_kernel(_loops.local_systems, point, (*inputs, *found), k)
        return found

    def over_kernel(
        self, loop: Callable[..., None], point: float, arguments: tuple[Any, ...], width: int
    ) -> None:
        """As `KernelSums.over_kernel`."""
        counts, inverse, n_pairs = self._support(np.array([point]))
        arguments = (self.order, self.d2, counts, inverse, *arguments)
        self._over_rows(loop, arguments, len(counts), n_pairs * width)

    def parts_over_kernel(
        self,
        loop: Callable[..., None],
        point: float,
        arguments: tuple[Any, ...],
        shape: tuple[int, ...],
    ) -> FloatArray:
        """As `KernelSums.parts_over_kernel`."""
        counts, inverse, n_pairs = self._support(np.array([point]))
        arguments = (self.order, self.d2, counts, inverse, *arguments)
        return self._in_parts(loop, arguments, shape, n_pairs)

    def smooth_many(self, values: Any, point: float, out: Any) -> None:
        """As `KernelSums.smooth_many`."""
        from spatialccd.drivers.gwr import _loops

        counts, inverse, n_pairs = self._support(np.array([point]))
        if n_pairs > _DENSE * self.d2.size:
            dense = np.empty((_DENSE_ROWS, self.d2.shape[1]), np.float32)
            for start in range(0, len(out), _DENSE_ROWS):
                rows = out[start : start + _DENSE_ROWS]
                self._write_weights(point, start, dense[: len(rows)])
                np.matmul(dense[: len(rows)], values, out=rows)
            return
        self._over_rows(
            _loops.smooth_many,
            (self._visits, self.order, self.d2, counts, inverse, values, self.space.kind, out),
            len(out),
            n_pairs * values.shape[1],
        )

    def weights(self, point: float, rows: slice = slice(None)) -> FloatArray:
        """As `KernelSums.weights`."""
        first, end, _ = rows.indices(len(self.d2))
        out = np.empty((end - first, self.d2.shape[1]))
        self._write_weights(point, first, out)
        return out

    def sparse_weights(self, point: float) -> Any:
        """As `KernelSums.sparse_weights`."""
        counts, inverse, _ = self._support(np.array([point]))
        widest = int(counts.max())
        reached = np.arange(widest) < counts
        ratio = self.d2[:, :widest][reached] * np.repeat(inverse[:, 0], counts[:, 0])
        starts = np.concatenate([[0], np.cumsum(counts)])
        near = self.order[:, :widest][reached].astype(np.intp)
        return sparse.csr_array(((1.0 - ratio) ** 2, near, starts), shape=self.d2.shape)

    def share_reached(self, point: float) -> float:
        """As `KernelSums.share_reached`."""
        return float(self._support(np.array([point])).n_pairs / self.d2.size)

    def _write_weights(self, point: float, first: int, out: Any) -> None:
        """Write dense weights of the focal places from `first` on."""
        from spatialccd.drivers.gwr import _loops

        counts, inverse, _ = self._support(np.array([point]))
        self._over_rows(
            _loops.dense_weights,
            (self.order, self.d2, counts, inverse, self.space.kind, first, out),
            len(out),
            out.size,
        )

    def nearest(self, k: int) -> IntArray:
        """As `KernelSums.nearest`."""
        near = self.order[:, : k + 1].astype(np.intp)
        own = near == np.arange(self.first, self.first + len(near))[:, None]
        own[~own.any(axis=1), k] = True  # others stand on the same place: drop the last
        return near[~own].reshape(len(near), k)  # type: ignore[no-any-return]

    @property
    def fewest(self) -> int:
        """As `KernelSums.fewest`."""
        if not self.space.past:
            return int(self.d2.shape[1])
        return int(np.isfinite(self.d2).sum(axis=1).min())

    def distance_range(self) -> tuple[float, float]:
        """As `KernelSums.distance_range`."""
        largest = self.d2[:, -1].max()
        if self.space.past:
            largest = self.d2[np.isfinite(self.d2)].max()
        return float(np.sqrt(self.d2[:, 1].min())), float(np.sqrt(largest))

    def reach(self, point: float) -> FloatArray:
        """As `KernelSums.reach`."""
        with np.errstate(divide="ignore"):
            return np.asarray(self._support(np.array([point])).inverse[:, 0] ** -0.5)

    def _support(self, points: FloatArray) -> _Support:
        """Find what bandwidths reach; a search asks for the same points round after round."""
        from spatialccd.drivers.gwr import _loops

        points = np.asarray(points, dtype=float)
        key = points.tobytes()
        if key not in self._supports:
            if len(self._supports) >= _SUPPORTS_KEPT:
                self._supports.pop(next(iter(self._supports)))
            shape = (len(self.d2), len(points))
            counts, inverse = np.empty(shape, np.int64), np.empty(shape)
            self._over_rows(
                _loops.support,
                (self.d2, points, self.space.kind, self.space.fixed, EPS, counts, inverse),
                len(counts),
                counts.size,
            )
            self._supports[key] = _Support(counts, inverse, int(counts[:, -1].sum()))
        return self._supports[key]

    def _over_rows(
        self, loop: Callable[..., None], arguments: tuple[Any, ...], n_rows: int, n_pairs: int
    ) -> None:
        """Deal the rows out to threads, this one among them; a small job stays in this one."""
        spans = _spans(n_rows, min(4 * self.threads.count, n_pairs // _SHARE))
        self.threads.deal(lambda start, stop: loop(start, stop, *arguments), spans)

    def _in_parts(
        self,
        loop: Callable[..., None],
        arguments: tuple[Any, ...],
        shape: tuple[int, ...],
        n_pairs: int,
    ) -> FloatArray:
        """Give the sum of what a loop adds to an array, part by part of the rows.

        The parts are the same for any number of threads, and so is their sum.
        """
        spans = _spans(len(self.order), min(_CURVE_PARTS, n_pairs // _SHARE))
        sums = np.zeros((len(spans), *shape))

        def add(part: int, start: int, stop: int) -> None:
            loop(start, stop, *arguments, sums[part])

        self.threads.deal(add, [(part, *span) for part, span in enumerate(spans)])
        return np.asarray(sums.sum(axis=0))

    def _array(self, shape: tuple[int, int], dtype: type) -> Any:
        if not self.on_disk:
            return np.empty(shape, dtype)
        needed = pairs_bytes(*shape)
        free = shutil.disk_usage(tempfile.gettempdir()).free
        if needed > 0.9 * free:
            raise ParameterError(
                f"sorted neighbors of {shape[0]} units take {needed / 1e9:.1f} GB: more than "
                f"memory_limit, and the temporary folder has {free / 1e9:.1f} GB free; raise "
                "memory_limit, set TMPDIR to a larger disk, or pass client="
            )
        with tempfile.TemporaryFile(prefix="spatialccd-neighbors-") as file:
            return np.asarray(np.memmap(file, dtype, "w+", shape=shape))

    def _fill(self, focal: FloatArray, when: FloatArray | None) -> None:
        from spatialccd.drivers.gwr import _loops

        m, n = self.order.shape
        mask = np.uint64((1 << (n - 1).bit_length()) - 1)
        step = max(16, 32_000 // n)  # what a nearest cache holds

        def sort(start: int, stop: int) -> None:
            rows = slice(start, stop)
            d2 = self.space.squared(focal[rows], None if when is None else when[rows])
            # One sort of numbers that hold both distance and neighbor: faster than an argsort.
            keys = d2.view(np.uint64) & ~mask
            keys |= np.arange(n, dtype=np.uint64)
            keys.sort(axis=1)
            _loops.unpack(keys, mask, d2, self.order[rows], self.d2[rows])

        self.threads.deal(sort, [(start, min(start + step, m)) for start in range(0, m, step)])


def numbering(n: int) -> type:
    """Give the numbers that name one of n observations."""
    return np.uint16 if n <= _SHORT else np.uint32


def _spans(n_rows: int, n_parts: int) -> list[tuple[int, ...]]:
    """Cut rows into about equal spans; one at least."""
    if n_parts <= 1:
        return [(0, n_rows)]
    edges = np.linspace(0, n_rows, n_parts + 1).astype(int).tolist()
    return list(pairwise(edges))


def _by_strips(xy: FloatArray) -> IntArray:
    """Order places strip after strip, along each: who follow one another are near."""
    n_strips = max(1, int(np.sqrt(len(xy) / 10)))
    strip = np.argsort(np.argsort(xy[:, 0])) * n_strips // max(len(xy), 1)
    return np.lexsort((xy[:, 1], strip))


def pairs_bytes(m: int, n: int) -> float:
    """Give the bytes that sorted neighbors of m places among n take."""
    return (10.0 if n <= _SHORT else 12.0) * m * n


def budget(memory_limit: float | None, n: int) -> float:
    """Give the bytes that may be held: the limit in GB, or half of what is free.

    Raises
    ------
    ParameterError
        Not even vectors of n numbers fit.
    """
    limit = free_bytes() / 2 if memory_limit is None else memory_limit * 1e9
    needed = 4_000.0 * n
    if not limit > needed:
        raise ParameterError(
            f"memory_limit={memory_limit!r} GB is too little for {n} units; "
            f"the least is {needed / 1e9:.3f} GB"
        )
    return limit


def free_bytes() -> float:
    """Give the memory that is free on this machine, in bytes."""
    try:
        with open("/proc/meminfo", encoding="ascii") as lines:
            for line in lines:
                if line.startswith("MemAvailable:"):
                    return float(line.split()[1]) * 1024
        return float(os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (OSError, ValueError, AttributeError):  # neither Linux nor POSIX: assume a laptop
        return 8e9


def _products(X: FloatArray, y: FloatArray) -> FloatArray:
    """Give x_a x_b for a >= b, then x_a y, of each observation."""
    k = X.shape[1]
    out = cross_products(X, room=k)
    np.multiply(X, y[:, None], out=out[:, -k:])
    return out


def cross_products(X: FloatArray, room: int = 0) -> FloatArray:
    """Give x_a x_b for a >= b of each observation, and room for so many columns more."""
    n, k = X.shape
    out = np.empty((n, k * (k + 1) // 2 + room))
    for a in range(k):
        at = a * (a + 1) // 2
        np.multiply(X[:, a : a + 1], X[:, : a + 1], out=out[:, at : at + a + 1])
    return out
