"""Sums over discs from the moments of a k-d tree: the engine for many places.

Answers what `Neighbors` answers, exactly, in memory that grows with n and work that
grows with n^1.5 a bandwidth. Sorted neighbors give every bandwidth in one pass over
n^2 pairs; here each bandwidth is a pass of its own, so that whole curves are not
affordable, and nothing is looked ahead for.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.spatial import ConvexHull, KDTree, QhullError
from scipy.spatial.distance import pdist

from spatialccd.drivers.gwr._neighbors import EPS, Local, _products
from spatialccd.drivers.gwr._space import Space
from spatialccd.drivers.gwr._threads import Threads
from spatialccd.drivers.gwr._tree import LEAF, plant
from spatialccd.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable

    from spatialccd._types import FloatArray, IntArray

#: Leaves that a thread takes at a time, fewer where there would not be as many shares as this.
_LEAVES, _SHARES = 256, 16
#: Radii that are kept at least, and more where they take fewer bytes than this: golden section
#: visits the same bandwidths round after round.
_KEPT, _KEPT_BYTES = 100, 150e6
#: Columns that are summed in one walk: more would not stay in the cache.
_COLUMNS = 16


class _Laid(NamedTuple):
    """Vectors as a walk down the tree reads them.

    packed : (leaves, 2 + c, LEAF)
        See `Discs._packed`.
    moments : (nodes, 9 c)
    """

    packed: FloatArray
    moments: FloatArray


def fits(space: Space) -> bool:
    """Whether the moments of the coordinates hold the kernel: bisquare, in the plane."""
    return space.kernel == "bisquare" and not space.great_circle and space.clock is None


class Discs:
    """All places of `space` in a tree; questions as of `Neighbors`.

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
    own : slice
        Positions of the own leaves.
    """

    #: One pass does not give the criterion at every bandwidth.
    whole_curves = False
    looks_ahead = 0
    on_disk = False

    def __init__(self, space: Space, *, n_jobs: int = -1, part: tuple[int, int] = (0, 1)) -> None:
        self.space = space
        self.first = 0
        self.threads = Threads(n_jobs)
        self.tree = plant(space.xy)
        self._leaves = self._share_of_leaves(*part)
        low, high = self.tree.start[self._leaves[0]], self.tree.stop[self._leaves[1] - 1]
        self.own = slice(int(low), int(high))
        self._places = self._packed(np.empty((0, len(space.xy))))
        self._radii: OrderedDict[float, FloatArray] = OrderedDict()

    def weighted_sums(
        self, values: FloatArray, points: FloatArray, upto: int | None = None
    ) -> FloatArray:
        """As `Neighbors.weighted_sums`."""
        out = np.empty((len(values), len(points), len(self.tree.order)))
        out[:, :, self.tree.order] = self.sums_here(values, points, upto)
        return out

    def local_systems(
        self, X: FloatArray, y: FloatArray, point: float, *, focal: FloatArray, full: bool
    ) -> Local:
        """As `Neighbors.local_systems`."""
        return Local(*(self._back(part) for part in self.systems_here(X, y, point, focal, full)))

    def smooth_many(self, values: Any, point: float, out: Any) -> None:
        """As `Neighbors.smooth_many`."""
        out[self.tree.order] = self.smoothed_here(values, point)

    def sums_here(self, values: FloatArray, points: FloatArray, upto: int | None) -> FloatArray:
        """Give `weighted_sums` by position, of the own leaves."""
        upto = len(points) if upto is None else upto
        there = np.ascontiguousarray(values[:, self.tree.order])
        out = np.empty((len(values), len(points), self.own.stop - self.own.start))
        for count, part in ((len(values), slice(0, upto)), (1, slice(upto, None))):
            if not len(points[part]):
                continue
            laid = self._laid(there[:count])
            for p, point in enumerate(points[part].tolist(), part.start):
                out[:count, p] = self._sums(laid, self._squared_radii(point))[:, self.own]
        return out

    def systems_here(
        self, X: FloatArray, y: FloatArray, point: float, focal: FloatArray, full: bool
    ) -> Local:
        """Give `local_systems` by position, of the own leaves."""
        from spatialccd.drivers.gwr import _tree_loops

        n, k = X.shape
        order = self.tree.order
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
            self._over_leaves(_tree_loops.squared_sums, (cross, h2, squares))
            self._over_rows(
                _tree_loops.spread_of, (sums, squares, k, there, found.variance, found.spread)
            )
        return Local._make(figure[self.own] for figure in found)

    def smoothed_here(self, values: Any, point: float) -> Any:
        """Give `smooth_many` by position, of the own leaves."""
        h2 = self._squared_radii(point)
        out = np.empty((self.own.stop - self.own.start, values.shape[1]), values.dtype)
        for at in range(0, values.shape[1], _COLUMNS):
            part = np.ascontiguousarray(values[self.tree.order, at : at + _COLUMNS].T, dtype=float)
            out[:, at : at + _COLUMNS] = self._sums(self._laid(part), h2)[:, self.own].T
        return out

    def nearest(self, k: int) -> IntArray:
        """As `Neighbors.nearest`."""
        own = np.arange(len(self.space.xy))
        near = KDTree(self.space.xy).query(self.space.xy, k + 1)[1]
        is_own = near == own[:, None]
        is_own[~is_own.any(axis=1), k] = True  # others stand on the same place: drop the last
        return np.asarray(near[~is_own].reshape(len(near), k))

    def distance_range(self) -> tuple[float, float]:
        """As `Neighbors.distance_range`."""
        xy = self.space.xy
        least = float(KDTree(xy).query(xy, 2)[0][:, 1].min())
        try:
            rim = xy[ConvexHull(xy).vertices]
        except QhullError:  # all on one line
            rim = xy[np.lexsort(xy.T)][[0, -1]]
        return least, float(pdist(rim).max())

    def __getattr__(self, name: str) -> Any:
        """Say what this engine does not do, in place of a bare attribute error."""
        if name in ("weights", "sparse_weights", "whole_curve", "local_curve", "share_reached"):
            raise ParameterError(
                "this needs the weights of all pairs, which engine='moments' never holds; take "
                "engine='sorted' (10 bytes a pair), or inference='stochastic' or 'none'"
            )
        raise AttributeError(name)

    def _squared_radii(self, point: float) -> FloatArray:
        """Give h^2 by position; of an adaptive bandwidth that of the b-th neighbor, widened."""
        from spatialccd.drivers.gwr import _radius_loops

        n = len(self.tree.order)
        if self.space.fixed:
            return np.full(n, point * point)
        if point in self._radii:
            self._radii.move_to_end(point)
            return self._radii[point]
        found = np.zeros(n)
        self._over_leaves(
            _radius_loops.radii, (self._places, int(point), *self._bounds(point), found)
        )
        found *= EPS * EPS
        self._radii[point] = found
        while len(self._radii) > max(_KEPT, _KEPT_BYTES / (8 * n)):
            self._radii.popitem(last=False)
        return found

    def _bounds(self, point: float) -> tuple[FloatArray, FloatArray, float]:
        """Give what kept radii say of others: no less, no more, and how far between they are."""
        n = len(self.tree.order)
        fewer = max((known for known in self._radii if known < point), default=0.0)
        more = min((known for known in self._radii if known > point), default=np.inf)
        below = self._radii[fewer] / EPS**2 if fewer else np.zeros(n)
        above = self._radii[more] if more < np.inf else np.full(n, np.inf)
        return below, above, (point - fewer) / (more - fewer)

    def _moments(self, values: FloatArray) -> FloatArray:
        """Give the moments of every node, (nodes, 9 c), of vectors by position (c, n)."""
        from spatialccd.drivers.gwr import _tree_loops

        tree = self.tree
        out = np.empty((tree.nodes, 9 * len(values)))
        spans = self._spans(tree.first, tree.nodes)
        self.threads.deal(
            lambda a, b: _tree_loops.leaf_moments(
                a, b, tree.x, tree.y, tree.start, tree.stop, tree.center, values, out
            ),
            spans,
        )
        _tree_loops.inner_moments(tree.first, tree.center, out)
        return out

    def _sums(self, laid: _Laid, h2: FloatArray) -> FloatArray:
        """Give the weighted sums of vectors, (c, n) by position."""
        from spatialccd.drivers.gwr import _tree_loops

        out = np.empty((laid.packed.shape[1] - 2, len(h2)))
        self._over_leaves(
            _tree_loops.disc_sums, (self.tree.center, laid.packed, laid.moments, h2, out)
        )
        return out

    def _laid(self, values: FloatArray) -> _Laid:
        """Lay vectors (c, n) by position out for the walk."""
        return _Laid(self._packed(values), self._moments(values))

    def _packed(self, values: FloatArray) -> FloatArray:
        """Give places and vectors (c, n) leaf by leaf, (leaves, 2 + c, LEAF).

        A leaf is then one block, that is copied in a few wide moves.
        """
        from spatialccd.drivers.gwr import _tree_loops

        tree = self.tree
        start, stop = tree.start[tree.first :], tree.stop[tree.first :]
        out = np.zeros((len(start), 2 + len(values), LEAF))
        _tree_loops.pack(tree.x, tree.y, start, stop, values, out)
        return out

    def _over_leaves(self, loop: Callable[..., None], arguments: tuple[Any, ...]) -> None:
        """Deal the leaves out to threads, this one among them."""
        tree = self.tree
        fixed = (tree.x, tree.y, *tree.shape)
        first, last = self._leaves
        step = max(1, min(_LEAVES, (last - first) // _SHARES))
        self.threads.deal(
            lambda a, b: loop(a, b, *fixed, *arguments), self._spans(first, last, step)
        )

    def _over_rows(self, loop: Callable[..., None], arguments: tuple[Any, ...]) -> None:
        spans = self._spans(self.own.start, self.own.stop, 65_536)
        self.threads.deal(lambda a, b: loop(a, b, *arguments), spans)

    def _share_of_leaves(self, part: int, of: int) -> tuple[int, int]:
        first = self.tree.first
        count = self.tree.nodes - first
        return first + count * part // of, first + count * (part + 1) // of

    def _spans(self, first: int, last: int, step: int = _LEAVES) -> list[tuple[int, int]]:
        return [(at, min(at + step, last)) for at in range(first, last, step)]

    def _back(self, figure: Any) -> Any:
        """Put figures by position into the order of the places."""
        out = np.empty_like(figure)
        out[self.tree.order] = figure
        return out
