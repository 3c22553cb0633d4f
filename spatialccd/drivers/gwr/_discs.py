"""Sums over discs from the moments of k-d trees: the engine for many places, or many rows.

Answers what `KernelSums` asks, exactly, in memory that grows with n and work that
grows with n^1.5 a bandwidth; in space and time, with a tree for each of T times, n^1.5
sqrt(T). Sorted neighbors give every bandwidth in one pass over
n^2 pairs; here each bandwidth is a pass of its own, but those that are a few neighbors
apart, which share one. So whole curves are not affordable, and only the end of a search
is looked ahead for.
"""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from spatialccd.drivers.gwr._apart import distance_range, nearest_others
from spatialccd.drivers.gwr._kept import Kept
from spatialccd.drivers.gwr._kernel_sums import KernelSums, Local
from spatialccd.drivers.gwr._neighbors import EPS, _products
from spatialccd.drivers.gwr._space import Space
from spatialccd.drivers.gwr._threads import Threads
from spatialccd.drivers.gwr._tree import LEAF, plant

if TYPE_CHECKING:
    from collections.abc import Callable

    from spatialccd._types import FloatArray, IntArray

#: Leaves that a thread takes at a time, fewer where there would not be as many shares as this.
_LEAVES, _SHARES = 256, 16
#: Radii that are kept at least, and more where they take fewer bytes than this: golden section
#: visits the same bandwidths round after round. At 100,000 places that is room for the paths
#: of ten covariates, and for what the searches of a round meet on their way.
_KEPT, _KEPT_BYTES = 100, 190e6
#: Bandwidths whose discs are found and summed together, and neighbors that they differ by.
_TOGETHER, _WIDE = 32, 128
#: Neighbors between its ends from which what a golden section reaches is summed together.
_NEAR = 40
#: Columns that are summed in one walk: more would not stay in the cache.
_COLUMNS = 16


class _Laid(NamedTuple):
    """Vectors as a walk down the trees reads them.

    packed : (leaves, 2 + c, LEAF)
        See `Discs._packed`.
    moments : (nodes, 9 c)
    """

    packed: FloatArray
    moments: FloatArray


class Bracket(NamedTuple):
    """Between what squared radii of a bandwidth lie.

    Attributes
    ----------
    fewer, more : int
        Numbers of neighbors of which radii are known; 0 and n where none are.
    below, above : (n,)
        Those radii squared, by position; 0 and infinite where none are known.
    """

    fewer: int
    below: FloatArray
    more: int
    above: FloatArray


def fits(space: Space) -> bool:
    """Whether the moments of the coordinates hold the kernel: bisquare, in the plane."""
    return space.kernel == "bisquare" and not space.great_circle


def windows(points: list[float]) -> list[list[float]]:
    """Part ascending numbers of neighbors where the discs of some can be summed together."""
    parts: list[list[float]] = []
    for point in points:
        if parts and point - parts[-1][0] <= _WIDE and len(parts[-1]) < _TOGETHER:
            parts[-1].append(point)
        else:
            parts.append([point])
    return parts


class Discs(KernelSums):
    """All places of `space` in a tree, or in one for each time; questions as of `KernelSums`.

    Parameters
    ----------
    space : Space
        The observations: bisquare, plane coordinates.
    n_jobs : int
        Threads; -1 for all.
    part : (int, int)
        Which share of the leaves is its own, of how many: a worker of a cluster holds the
        whole tree and answers for its leaves.

    Attributes
    ----------
    forest : Forest
    own : slice
        Positions of the own leaves.
    """

    def __init__(self, space: Space, *, n_jobs: int = -1, part: tuple[int, int] = (0, 1)) -> None:
        self.space = space
        self.first = 0
        self.threads = Threads(n_jobs)
        self.forest = plant(space.xy, space.clock)
        self._leaves = self.forest.leaves
        share, of = part
        self._share = len(self._leaves) * share // of, len(self._leaves) * (share + 1) // of
        first, last = self._leaves[self._share[0]], self._leaves[self._share[1] - 1]
        self.own = slice(int(self.forest.start[first]), int(self.forest.stop[last]))
        self._places = self._packed(np.empty((0, len(space.xy))))
        #: Squared radii by time scale and bandwidth.
        self._radii: Kept[tuple[float, float], FloatArray] = Kept(
            max(_KEPT, _KEPT_BYTES / (8 * len(space.xy)))
        )

    @property
    def looks_near(self) -> int:
        """As `KernelSums.looks_near`."""
        return 0 if self.space.fixed else _NEAR

    def at(self, scale: float) -> Discs:
        """Give the same observations at another time scale; trees and radii are shared."""
        other = copy(self)
        other.space = replace(self.space, time_scale=scale)
        return other

    def weighted_sums(
        self, values: FloatArray, points: FloatArray, upto: int | None = None
    ) -> FloatArray:
        """As `KernelSums.weighted_sums`."""
        out = np.empty((len(values), len(points), len(self.forest.order)))
        out[:, :, self.forest.order] = self.sums_here(values, points, upto)
        return out

    def local_systems(
        self, X: FloatArray, y: FloatArray, point: float, *, focal: FloatArray, full: bool
    ) -> Local:
        """As `KernelSums.local_systems`."""
        return Local(*(self._back(part) for part in self.systems_here(X, y, point, focal, full)))

    def smooth_many(self, values: Any, point: float, out: Any) -> None:
        """As `KernelSums.smooth_many`."""
        out[self.forest.order] = self.smoothed_here(values, point)

    def sums_here(self, values: FloatArray, points: FloatArray, upto: int | None) -> FloatArray:
        """Give `weighted_sums` by position, of the own leaves."""
        upto = len(points) if upto is None else upto
        there = np.ascontiguousarray(values[:, self.forest.order])
        out = np.empty((len(values), len(points), self.own.stop - self.own.start))
        for count, part in ((len(values), slice(0, upto)), (1, slice(upto, None))):
            if not len(points[part]):
                continue
            laid = self._laid(there[:count])
            at = part.start
            for window in self._windows(points[part].tolist()):
                many = slice(at, at := at + len(window))
                out[:count, many] = self._window_sums(laid, self._window(window))[:, :, self.own]
        return out

    def systems_here(
        self, X: FloatArray, y: FloatArray, point: float, focal: FloatArray, full: bool
    ) -> Local:
        """Give `local_systems` by position, of the own leaves."""
        from spatialccd.drivers.gwr import _tree_loops

        n, k = X.shape
        order = self.forest.order
        products = np.ascontiguousarray(_products(X, y)[order].T)
        h2 = self._squared_radii(point)
        sums = np.empty(products.shape)
        for at in range(0, len(products), _COLUMNS):
            part = np.ascontiguousarray(products[at : at + _COLUMNS])
            sums[at : at + _COLUMNS] = self._sums(self._laid(part), h2)
        found = Local.blank(n, k)
        there = np.ascontiguousarray(focal[order])
        self._over_rows(
            _tree_loops.solve_systems,
            (sums, k, there, found.beta, found.leverage, found.dependent),
        )
        if full:
            cross = products[: k * (k + 1) // 2]
            squares = np.empty(cross.shape)
            for at in range(0, len(cross), _COLUMNS):
                part = cross[at : at + _COLUMNS]
                squares[at : at + _COLUMNS] = self._sums(self._laid(part), h2, squared=True)
            self._over_rows(
                _tree_loops.spread_of, (sums, squares, k, there, found.variance, found.spread)
            )
        return Local._make(figure[self.own] for figure in found)

    def smoothed_here(self, values: Any, point: float) -> Any:
        """Give `smooth_many` by position, of the own leaves."""
        h2 = self._squared_radii(point)
        out = np.empty((self.own.stop - self.own.start, values.shape[1]), values.dtype)
        for at in range(0, values.shape[1], _COLUMNS):
            part = np.ascontiguousarray(
                values[self.forest.order, at : at + _COLUMNS].T, dtype=float
            )
            out[:, at : at + _COLUMNS] = self._sums(self._laid(part), h2)[:, self.own].T
        return out

    def nearest(self, k: int) -> IntArray:
        """As `KernelSums.nearest`."""
        return nearest_others(self.space, k)

    @property
    def fewest(self) -> int:
        """As `KernelSums.fewest`."""
        return int(self.forest.stop[0]) if self.space.past else len(self.space.xy)

    def distance_range(self) -> tuple[float, float]:
        """As `KernelSums.distance_range`."""
        return distance_range(self.space)

    def reach(self, point: float) -> FloatArray:
        """As `KernelSums.reach`."""
        h2 = self._squared_radii(point)
        return np.asarray(self._back(np.where(h2 > 0, np.sqrt(h2), np.inf)))

    def _squared_radii(self, point: float) -> FloatArray:
        """Give h^2 by position; of an adaptive bandwidth that of the b-th neighbor, widened."""
        return self._window([point])[0]

    def _window(self, points: list[float]) -> list[FloatArray]:
        """Give h^2 of ascending bandwidths, by position; near ones are found together."""
        scale = self.space.time_scale
        if self.space.fixed:
            return [np.full(len(self.forest.order), point * point) for point in points]
        keys = {point: (scale, point) for point in points}
        at = {b: self._radii.ask(key) for b, key in keys.items() if key in self._radii}
        for window in windows([point for point in points if point not in at]):
            at.update(zip(window, self._found(window), strict=True))
            for point in window:
                self._radii.keep(keys[point], at[point])
        return [at[point] for point in points]

    def _found(self, points: list[float]) -> list[FloatArray]:
        """Give squared radii that are not kept, of bandwidths near to one another."""
        from spatialccd.drivers.gwr import _radius_loops

        found = np.zeros((len(points), len(self.forest.order)))
        known = self._bracket(points[0], points[-1])
        self._over_leaves(
            _radius_loops.radii, (self._places, np.array(points, np.int64), known, found)
        )
        return [squared * EPS**2 for squared in found]

    def _bracket(self, first: float, last: float) -> Bracket:
        """Give what kept radii say of those of bandwidths from the first to the last."""
        n, scale = len(self.forest.order), self.space.time_scale
        known = [at for other, at in self._radii if other == scale]
        fewer = max((at for at in known if at < first), default=0.0)
        more = min((at for at in known if at > last), default=np.inf)
        below = self._radii[scale, fewer] / EPS**2 if fewer else np.zeros(n)
        above = self._radii[scale, more] / EPS**2 if more < np.inf else np.full(n, np.inf)
        return Bracket(int(fewer), below, int(min(more, n)), above)

    def _moments(self, values: FloatArray) -> FloatArray:
        """Give the moments of every node, (nodes, 9 c), of vectors by position (c, n)."""
        from spatialccd.drivers.gwr import _tree_loops

        forest, leaves = self.forest, self._leaves
        out = np.empty((len(forest.start), 9 * len(values)))
        self.threads.deal(
            lambda a, b: _tree_loops.leaf_moments(a, b, forest, leaves, values, out),
            self._spans(0, len(leaves)),
        )
        _tree_loops.inner_moments(forest, out)
        return out

    def _sums(self, laid: _Laid, h2: FloatArray, *, squared: bool = False) -> FloatArray:
        """Give the weighted sums of vectors, (c, n) by position; or by the weights' squares."""
        from spatialccd.drivers.gwr import _tree_loops

        out = np.empty((laid.packed.shape[1] - 2, len(h2)))
        self._over_leaves(_tree_loops.disc_sums, (*laid, h2, squared, out))
        return out

    def _window_sums(self, laid: _Laid, h2: list[FloatArray]) -> FloatArray:
        """Give the weighted sums of vectors at close bandwidths, (c, P, n) by position."""
        from spatialccd.drivers.gwr import _window_loops

        if len(h2) == 1:
            return self._sums(laid, h2[0])[:, None]
        out = np.empty((laid.packed.shape[1] - 2, len(h2), len(h2[0])))
        self._over_leaves(_window_loops.window_sums, (*laid, np.array(h2), out))
        return out

    def _windows(self, points: list[float]) -> list[list[float]]:
        return [[point] for point in points] if self.space.fixed else windows(points)

    def _laid(self, values: FloatArray) -> _Laid:
        """Lay vectors (c, n) by position out for the walk."""
        return _Laid(self._packed(values), self._moments(values))

    def _packed(self, values: FloatArray) -> FloatArray:
        """Give places and vectors (c, n) leaf by leaf, (leaves, 2 + c, LEAF).

        A leaf is then one block, that is copied in a few wide moves.
        """
        from spatialccd.drivers.gwr import _tree_loops

        out = np.zeros((len(self._leaves), 2 + len(values), LEAF))
        _tree_loops.pack(self.forest, self._leaves, values, out)
        return out

    def _over_leaves(self, loop: Callable[..., None], arguments: tuple[Any, ...]) -> None:
        """Deal the leaves out to threads, this one among them."""
        near = (self.forest, self.space.time_scale, self.space.past)
        first, last = self._share
        step = max(1, min(_LEAVES, (last - first) // _SHARES))
        self.threads.deal(
            lambda a, b: loop(a, b, *near, *arguments), self._spans(first, last, step)
        )

    def _over_rows(self, loop: Callable[..., None], arguments: tuple[Any, ...]) -> None:
        spans = self._spans(self.own.start, self.own.stop, 65_536)
        self.threads.deal(lambda a, b: loop(a, b, *arguments), spans)

    def _spans(self, first: int, last: int, step: int = _LEAVES) -> list[tuple[int, int]]:
        return [(at, min(at + step, last)) for at in range(first, last, step)]

    def _back(self, figure: Any) -> Any:
        """Put figures by position into the order of the places."""
        out = np.empty_like(figure)
        out[self.forest.order] = figure
        return out
