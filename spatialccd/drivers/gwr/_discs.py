"""Sums over discs from the moments of a k-d tree: the engine for many places.

Answers what `Neighbors` answers, exactly, in memory that grows with n and work that
grows with n^1.5 a bandwidth. Sorted neighbors give every bandwidth in one pass over
n^2 pairs; here each bandwidth is a pass of its own, so that whole curves are not
affordable, and nothing is looked ahead for.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.spatial import ConvexHull, KDTree, QhullError
from scipy.spatial.distance import pdist

from spatialccd.drivers.gwr._neighbors import EPS, Local, _products
from spatialccd.drivers.gwr._space import Space
from spatialccd.drivers.gwr._threads import Threads
from spatialccd.drivers.gwr._tree import plant
from spatialccd.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable

    from spatialccd._types import FloatArray, IntArray

#: Leaves that a thread takes at a time.
_LEAVES = 256
#: Bytes of radii that are kept; golden section visits the same bandwidths round after round.
_KEPT_BYTES = 150e6
#: Columns that are summed in one walk: more would not stay in the cache.
_COLUMNS = 16


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
    """

    #: One pass does not give the criterion at every bandwidth.
    whole_curves = False
    looks_ahead = 0
    on_disk = False

    def __init__(self, space: Space, *, n_jobs: int = -1) -> None:
        self.space = space
        self.first = 0
        self.threads = Threads(n_jobs)
        self.tree = plant(space.xy)
        self._radii: OrderedDict[float, FloatArray] = OrderedDict()

    def weighted_sums(
        self, values: FloatArray, points: FloatArray, upto: int | None = None
    ) -> FloatArray:
        """As `Neighbors.weighted_sums`."""
        upto = len(points) if upto is None else upto
        there = np.ascontiguousarray(values[:, self.tree.order])
        moments = self._moments(there)
        out = np.empty((len(values), len(points), len(self.tree.order)))
        for p, point in enumerate(points.tolist()):
            count = len(values) if p < upto else 1
            sums = self._sums(there[:count], moments[:, : 9 * count], self._squared_radii(point))
            out[:count, p, self.tree.order] = sums
        return out

    def local_systems(
        self, X: FloatArray, y: FloatArray, point: float, *, focal: FloatArray, full: bool
    ) -> Local:
        """As `Neighbors.local_systems`."""
        from spatialccd.drivers.gwr import _tree_loops

        n, k = X.shape
        order = self.tree.order
        products = np.ascontiguousarray(_products(X, y)[order].T)
        h2 = self._squared_radii(point)
        sums = np.empty(products.shape)
        for at in range(0, len(products), _COLUMNS):
            part = np.ascontiguousarray(products[at : at + _COLUMNS])
            sums[at : at + _COLUMNS] = self._sums(part, self._moments(part), h2)
        found = Local.blank(n, k)
        there = np.ascontiguousarray(focal[order])
        self._over_rows(
            _tree_loops.solve_systems, n, (sums, k, there, found.beta, found.leverage,
                                           found.dependent)
        )  # fmt: skip
        if full:
            cross = products[: k * (k + 1) // 2]
            squares = np.empty(cross.shape)
            self._over_leaves(_tree_loops.squared_sums, (cross, h2, squares))
            self._over_rows(
                _tree_loops.spread_of, n, (sums, squares, k, there, found.variance, found.spread)
            )
        return Local(*(self._back(figure) for figure in found))

    def smooth_many(self, values: Any, point: float, out: Any) -> None:
        """As `Neighbors.smooth_many`."""
        h2 = self._squared_radii(point)
        order = self.tree.order
        for at in range(0, values.shape[1], _COLUMNS):
            part = np.ascontiguousarray(values[order, at : at + _COLUMNS].T, dtype=float)
            out[order, at : at + _COLUMNS] = self._sums(part, self._moments(part), h2).T

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
        from spatialccd.drivers.gwr import _tree_loops

        n = len(self.tree.order)
        if self.space.fixed:
            return np.full(n, point * point)
        if point in self._radii:
            self._radii.move_to_end(point)
            return self._radii[point]
        found = np.empty(n)
        self._over_leaves(_tree_loops.radii, (int(point), self._guess(point), found))
        found *= EPS * EPS
        self._radii[point] = found
        while len(self._radii) > max(4, _KEPT_BYTES / (8 * n)):
            self._radii.popitem(last=False)
        return found

    def _guess(self, point: float) -> FloatArray:
        """Give radii to begin from: those of the nearest bandwidth known, or even density."""
        n = len(self.tree.order)
        if self._radii:
            near = min(self._radii, key=lambda known: abs(np.log(known / point)))
            return self._radii[near] * (point / near)
        box = self.tree.box[0]
        wide, high = box[2] - box[0], box[3] - box[1]
        area = max(wide * high, 1e-4 * (wide * wide + high * high))  # places may lie on a line
        return np.full(n, area * point / n / np.pi)

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

    def _sums(self, values: FloatArray, moments: FloatArray, h2: FloatArray) -> FloatArray:
        from spatialccd.drivers.gwr import _tree_loops

        out = np.empty(values.shape)
        self._over_leaves(
            _tree_loops.disc_sums,
            (self.tree.center, values, np.ascontiguousarray(moments), h2, out),
        )
        return out

    def _over_leaves(self, loop: Callable[..., None], arguments: tuple[Any, ...]) -> None:
        """Deal the leaves out to threads, this one among them."""
        tree = self.tree
        fixed = (tree.x, tree.y, *tree.shape)
        self.threads.deal(
            lambda a, b: loop(a, b, *fixed, *arguments), self._spans(tree.first, tree.nodes)
        )

    def _over_rows(
        self, loop: Callable[..., None], n_rows: int, arguments: tuple[Any, ...]
    ) -> None:
        self.threads.deal(lambda a, b: loop(a, b, *arguments), self._spans(0, n_rows, 65_536))

    def _spans(self, first: int, last: int, step: int = _LEAVES) -> list[tuple[int, int]]:
        return [(at, min(at + step, last)) for at in range(first, last, step)]

    def _back(self, figure: Any) -> Any:
        """Put figures by position into the order of the places."""
        out = np.empty_like(figure)
        out[self.tree.order] = figure
        return out
