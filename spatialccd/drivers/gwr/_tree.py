"""A balanced k-d tree of places, in arrays that compiled loops read.

Nodes are numbered as in a heap: the children of v are 2 v + 1 and 2 v + 2, and all
leaves stand on the last level. Places are put into the order of the leaves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, IntArray

#: Places in a leaf at most; the loops over pairs of leaves have this length.
LEAF = 16


@dataclass(frozen=True)
class Tree:
    """A tree over n places.

    Attributes
    ----------
    order : (n,)
        The place that stands at each position.
    x, y : (n,)
        Coordinates by position.
    start, stop : (nodes,)
        Positions in each node.
    box : (nodes, 4)
        Lowest x and y, highest x and y of its places.
    center : (nodes, 2)
        Of the box; moments are taken about it.
    first : int
        The first leaf.
    """

    order: IntArray
    x: FloatArray
    y: FloatArray
    start: IntArray
    stop: IntArray
    box: FloatArray
    center: FloatArray
    first: int

    @property
    def nodes(self) -> int:
        """How many nodes there are."""
        return len(self.start)

    @property
    def shape(self) -> tuple[IntArray, IntArray, FloatArray, int]:
        """What a walk down the tree reads: start, stop, box and the first leaf."""
        return self.start, self.stop, self.box, self.first


def plant(xy: FloatArray) -> Tree:
    """Make a tree of places (n, 2): each node is halved across its longer side."""
    n = len(xy)
    depth = max(0, int(np.ceil(np.log2(n / LEAF))))
    nodes, first = 2 ** (depth + 1) - 1, 2**depth - 1
    order = np.arange(n)
    start, stop = np.zeros(nodes, np.int64), np.zeros(nodes, np.int64)
    box = np.empty((nodes, 4))
    stop[0] = n
    for v in range(nodes):
        a, b = int(start[v]), int(stop[v])
        places = xy[order[a:b]]
        box[v, :2], box[v, 2:] = places.min(axis=0), places.max(axis=0)
        if v < first:
            axis = int(box[v, 3] - box[v, 1] > box[v, 2] - box[v, 0])
            middle = (a + b) // 2
            order[a:b] = order[a:b][np.argpartition(places[:, axis], middle - a)]
            start[2 * v + 1 : 2 * v + 3] = a, middle
            stop[2 * v + 1 : 2 * v + 3] = middle, b
    center = (box[:, :2] + box[:, 2:]) / 2
    x, y = np.ascontiguousarray(xy[order].T)
    return Tree(order, x, y, start, stop, box, center, first)
