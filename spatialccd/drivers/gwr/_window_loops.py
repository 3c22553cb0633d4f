"""The compiled loops that sum over the discs of several close bandwidths in one walk.

Golden section ends among bandwidths that are a few neighbors apart. Their discs around a
place hold the same places but for those few, and the bisquare weight 1 - 2 d^2/h^2 + d^4/h^4
has h only as a factor; so what lies within the smallest disc is summed once, with d^0, d^2
and d^4, and only the ring between the smallest and the largest one by one.
"""

from __future__ import annotations

import numpy as np

from spatialccd._jit import compiled
from spatialccd.drivers.gwr._loops import _FAST
from spatialccd.drivers.gwr._tree import LEAF
from spatialccd.drivers.gwr._tree_loops import (
    _CUT,
    _MOMENTS,
    _TIMED,
    _evaluated,
    add_whole,
    apart,
    gather,
    leaf_of,
    parted,
)

#: Sums within the smallest disc: of f, f d^2 and f d^4.
_POWERS = 3


@compiled(nogil=True, error_model="numpy", fastmath=_FAST)
def window_sums(  # type: ignore[no-untyped-def]
    from_leaf, to_leaf, forest, scale, past, packed, moments, h2, out
):
    """Write the sums of ``_tree_loops.disc_sums`` at P close bandwidths, (c, P, n) by position.

    Parameters
    ----------
    packed, moments
        As there.
    h2 : (P, n)
        Squared radii, ascending; where 0, nothing is reached and the sum is 0.
    """
    x, y, start, stop, center = forest.x, forest.y, forest.start, forest.stop, forest.center
    count, last = packed.shape[1] - 2, h2.shape[0] - 1
    g = np.empty((LEAF, last + 1))
    within, ring = np.empty((count, LEAF, _POWERS)), np.empty((count, LEAF, last + 1))
    local, total = np.empty(_MOMENTS * count), np.empty(_TIMED * count)
    near = np.empty((3 + count, _CUT))
    room = np.empty(_CUT), np.empty(_CUT, np.int64), np.empty(last + 1)
    met, whole, cut = np.empty((3, forest.inner.max() + 2), np.int64)
    for leaf in range(from_leaf, to_leaf):
        here, node = leaf_of(forest, leaf)
        a, b = start[node], stop[node]
        least, most = np.inf, 0.0
        for i in range(a, b):
            for p in range(last + 1):
                g[i - a, p] = 1.0 / h2[p, i] if h2[p, i] > 0.0 else np.inf
            least, most = min(least, h2[0, i]), max(most, h2[last, i])
        within[:] = 0.0
        ring[:] = 0.0
        total[:] = 0.0
        x0, y0, x1, y1 = forest.box[node]
        m = 0
        for there in range(forest.root.size):
            late = apart(forest, here, there, scale, past)
            if late >= most:
                continue
            root, inner = forest.root[there], forest.inner[there]
            n_whole, n_cut = parted(
                x0, y0, x1, y1, forest.box[root:], inner, least - late, most - late, met, whole, cut
            )
            add_whole(whole[:n_whole], root, node, center, moments, late, local, total)
            for v in cut[:n_cut]:
                gather(packed[forest.first[there] + v - inner], late, near, m)
                m += stop[root + v] - start[root + v]
                if m > _CUT - LEAF:
                    _add_window(x[a:b], y[a:b], h2[:, a:b], g, near, m, room, within, ring)
                    m = 0
        _add_window(x[a:b], y[a:b], h2[:, a:b], g, near, m, room, within, ring)
        for i in range(a, b):
            dx, dy = x[i] - center[node, 0], y[i] - center[node, 1]
            for f in range(count):
                flat, square, fourth = within[f, i - a]
                for p in range(last + 1):
                    h = g[i - a, p]
                    out[f, p, i] = ring[f, i - a, p] + (flat - h * (2.0 * square - h * fourth))
                    out[f, p, i] += _evaluated(total, f * _TIMED, dx, dy, h)
            for p in range(last + 1):
                if h2[p, i] <= 0.0:
                    out[:, p, i] = 0.0


@compiled(nogil=True, error_model="numpy", fastmath=_FAST)
def _add_window(px, py, h2, g, near, m, room, within, ring):  # type: ignore[no-untyped-def]
    """Add what m places give to a leaf's places: `within` (c, leaf, 3) and `ring` (c, leaf, P)."""
    count, last = near.shape[0] - 3, h2.shape[0] - 1
    x, y, values, late = near[0], near[1], near[2 : 2 + count], near[2 + count]
    squared, listed, weight = room
    for i in range(px.size):
        at_x, at_y, low, high = px[i], py[i], h2[0, i], h2[last, i]
        for j in range(m):
            ex, ey = at_x - x[j], at_y - y[j]
            squared[j] = ex * ex + ey * ey + late[j]
        for f in range(count):
            some = values[f]
            flat = second = fourth = 0.0
            for j in range(m):
                v = some[j] if squared[j] < low else 0.0
                far = v * squared[j]
                flat += v
                second += far
                fourth += far * squared[j]
            within[f, i, 0] += flat
            within[f, i, 1] += second
            within[f, i, 2] += fourth
        kept = 0
        for j in range(m):  # without a branch, which nobody could foretell
            listed[kept] = j
            kept += (squared[j] >= low) & (squared[j] < high)
        for j in listed[:kept]:
            for p in range(last + 1):
                u = max(1.0 - squared[j] * g[i, p], 0.0)
                weight[p] = u * u
            for f in range(count):
                v, sums = values[f, j], ring[f, i]
                for p in range(last + 1):
                    sums[p] += weight[p] * v
