"""Balanced k-d trees of places, one for each time, in arrays that compiled loops read.

Nodes of a tree are numbered as in a heap: the children of v are 2 v + 1 and 2 v + 2, and
all leaves stand on the last level. Places are put into the order of times and of leaves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, IntArray

#: Places in a leaf at most; the loops over pairs of leaves have this length.
LEAF = 16


class Forest(NamedTuple):
    """Trees over n observations; those without times have one.

    Attributes
    ----------
    order : (n,)
        The observation that stands at each position.
    x, y : (n,)
        Coordinates by position.
    start, stop : (nodes,)
        Positions in each node.
    box : (nodes, 4)
        Lowest x and y, highest x and y of its places.
    center : (nodes, 2)
        Of the box; moments are taken about it.
    root : (trees,)
        The first node of each tree, from which its nodes are counted.
    inner : (trees,)
        How many of them are above the leaves.
    time : (trees,)
        Ascending.
    first : (trees,)
        The number of each tree's first leaf, of all leaves.
    tree : (leaves,)
        That each leaf belongs to.
    """

    order: IntArray
    x: FloatArray
    y: FloatArray
    start: IntArray
    stop: IntArray
    box: FloatArray
    center: FloatArray
    root: IntArray
    inner: IntArray
    time: FloatArray
    first: IntArray
    tree: IntArray

    @property
    def leaves(self) -> IntArray:
        """The nodes that are leaves, (leaves,)."""
        tree = self.tree
        return (self.root + self.inner - self.first)[tree] + np.arange(len(tree))


def plant(xy: FloatArray, clock: FloatArray | None = None) -> Forest:
    """Make trees of places (n, 2), one for each time."""
    clock = np.zeros(len(xy)) if clock is None else np.asarray(clock, dtype=float)
    time, alike = np.unique(clock, return_inverse=True)
    rows = np.split(np.argsort(alike, kind="stable"), np.cumsum(np.bincount(alike))[:-1])
    order, start, stop, box = (
        list(parts) for parts in zip(*(_planted(xy, own) for own in rows), strict=True)
    )
    before = 0
    for first, last in zip(start, stop, strict=True):
        first += before
        last += before
        before = int(last[0])
    nodes = np.array([len(one) for one in start])
    leaves = (nodes + 1) // 2
    where = np.concatenate(order)
    x, y = np.ascontiguousarray(xy[where].T)
    boxes = np.concatenate(box)
    return Forest(
        where,
        x,
        y,
        np.concatenate(start),
        np.concatenate(stop),
        boxes,
        (boxes[:, :2] + boxes[:, 2:]) / 2,
        np.cumsum(nodes) - nodes,
        nodes - leaves,
        time,
        np.cumsum(leaves) - leaves,
        np.repeat(np.arange(len(nodes)), leaves),
    )


def _planted(xy: FloatArray, rows: IntArray) -> tuple[IntArray, IntArray, IntArray, FloatArray]:
    """Give order, start, stop and boxes of one tree: each node is halved across its longer side."""
    n = len(rows)
    depth = max(0, int(np.ceil(np.log2(n / LEAF))))
    nodes, inner = 2 ** (depth + 1) - 1, 2**depth - 1
    order = rows.copy()
    start, stop = np.zeros(nodes, np.int64), np.zeros(nodes, np.int64)
    box = np.empty((nodes, 4))
    stop[0] = n
    for v in range(nodes):
        a, b = int(start[v]), int(stop[v])
        places = xy[order[a:b]]
        box[v, :2], box[v, 2:] = places.min(axis=0), places.max(axis=0)
        if v < inner:
            axis = int(box[v, 3] - box[v, 1] > box[v, 2] - box[v, 0])
            middle = (a + b) // 2
            order[a:b] = order[a:b][np.argpartition(places[:, axis], middle - a)]
            start[2 * v + 1 : 2 * v + 3] = a, middle
            stop[2 * v + 1 : 2 * v + 3] = middle, b
    return order, start, stop, box
