"""The compiled loops over a k-d tree: moments, sums over discs, local regressions.

With delta = p_j - c (c the center of a node), Delta = p_i - c and D = |Delta|^2,

    d^2 = |delta|^2 - 2 delta.Delta + D,

so that sums of f, f d^2 and f d^4 over a node, and with them sums of the bisquare
weight 1 - 2 d^2/h^2 + d^4/h^4 times f, follow from nine moments of the node: sums of
f, f delta (2), f delta delta' (3), f |delta|^2 delta (2) and f |delta|^4.

A node wholly inside the discs of a leaf's places is taken by its moments, one wholly
outside not at all; only leaves that circles cut are summed pair by pair.
"""

from __future__ import annotations

import numpy as np

from spatialccd._jit import compiled
from spatialccd.drivers.gwr._loops import _FAST, _cholesky, _sandwich, _solve
from spatialccd.drivers.gwr._tree import LEAF

#: Nodes that wait on the way down; the depth of a tree of 2^60 places.
_STACK = 64
#: Places of cut leaves that are gathered before they are summed; they stay in the cache.
_CUT = 500
_MOMENTS = 9


@compiled(nogil=True, inline="always", fastmath=_FAST)
def _shift(source, at, dx, dy, target, to):  # type: ignore[no-untyped-def]
    """Add moments about one center to those about another that lies (-dx, -dy) from it."""
    m0, mx, my = source[at], source[at + 1], source[at + 2]
    xx, xy, yy = source[at + 3], source[at + 4], source[at + 5]
    qx, qy, q = source[at + 6], source[at + 7], source[at + 8]
    r = dx * dx + dy * dy
    t = xx + yy
    along = dx * mx + dy * my
    ax, ay = dx * xx + dy * xy, dx * xy + dy * yy
    target[to] += m0
    target[to + 1] += mx + dx * m0
    target[to + 2] += my + dy * m0
    target[to + 3] += xx + 2 * dx * mx + dx * dx * m0
    target[to + 4] += xy + dx * my + dy * mx + dx * dy * m0
    target[to + 5] += yy + 2 * dy * my + dy * dy * m0
    target[to + 6] += qx + 2 * ax + r * mx + dx * (t + 2 * along + r * m0)
    target[to + 7] += qy + 2 * ay + r * my + dy * (t + 2 * along + r * m0)
    target[to + 8] += (
        q + 4 * (dx * ax + dy * ay) + r * r * m0 + 4 * (dx * qx + dy * qy) + 2 * r * (t + 2 * along)
    )


@compiled(nogil=True, fastmath=_FAST)
def leaf_moments(first, last, x, y, start, stop, center, values, out):  # type: ignore[no-untyped-def]
    """Write the moments of leaves `first` to `last`, (nodes, 9 c), of vectors (c, n)."""
    for v in range(first, last):
        cx, cy = center[v, 0], center[v, 1]
        for f in range(values.shape[0]):
            m0 = mx = my = xx = xy = yy = qx = qy = q = 0.0
            for j in range(start[v], stop[v]):
                dx, dy, w = x[j] - cx, y[j] - cy, values[f, j]
                r = dx * dx + dy * dy
                m0 += w
                mx += w * dx
                my += w * dy
                xx += w * dx * dx
                xy += w * dx * dy
                yy += w * dy * dy
                qx += w * r * dx
                qy += w * r * dy
                q += w * r * r
            at = f * _MOMENTS
            out[v, at], out[v, at + 1], out[v, at + 2] = m0, mx, my
            out[v, at + 3], out[v, at + 4], out[v, at + 5] = xx, xy, yy
            out[v, at + 6], out[v, at + 7], out[v, at + 8] = qx, qy, q


@compiled(nogil=True, fastmath=_FAST)
def inner_moments(first, center, out):  # type: ignore[no-untyped-def]
    """Write the moments of the nodes above the leaves, from the lowest up."""
    for v in range(first - 1, -1, -1):
        out[v] = 0.0
        for child in (2 * v + 1, 2 * v + 2):
            dx, dy = center[child, 0] - center[v, 0], center[child, 1] - center[v, 1]
            for at in range(0, out.shape[1], _MOMENTS):
                _shift(out[child], at, dx, dy, out[v], at)


@compiled(nogil=True, error_model="numpy")
def parted(x0, y0, x1, y1, box, first, least, most, met, whole, cut):  # type: ignore[no-untyped-def]
    """List the nodes wholly inside the discs of a box's places, and the leaves that are cut.

    Level by level and without a branch for each node, which nobody could foretell: a node
    is written down either way, and the count moves on where it belongs there.

    Parameters
    ----------
    least, most : float
        Squared radii of the smallest and largest disc.
    met : (leaves,)
        Room for the nodes of a level.
    whole, cut : (leaves,)
        Written; how many there are is given back.
    """
    n_whole, n_met = 0, 1
    met[0] = 0
    while True:
        n_cut = 0
        for v in met[:n_met]:
            near = _squared_gap(box, v, x0, y0, x1, y1)
            far = _squared_reach(box, v, x0, y0, x1, y1)
            whole[n_whole] = v
            n_whole += far < least
            cut[n_cut] = v
            n_cut += (far >= least) & (near < most)
        if n_cut == 0 or cut[0] >= first:
            return n_whole, n_cut
        for q in range(n_cut):
            met[2 * q], met[2 * q + 1] = 2 * cut[q] + 1, 2 * cut[q] + 2
        n_met = 2 * n_cut


@compiled(nogil=True, inline="always")
def _squared_gap(box, v, x0, y0, x1, y1):  # type: ignore[no-untyped-def]
    """Give the least squared distance between a node's box and another."""
    dx = max(0.0, max(box[v, 0] - x1, x0 - box[v, 2]))
    dy = max(0.0, max(box[v, 1] - y1, y0 - box[v, 3]))
    return dx * dx + dy * dy


@compiled(nogil=True, inline="always")
def _squared_reach(box, v, x0, y0, x1, y1):  # type: ignore[no-untyped-def]
    """Give the largest squared distance between a node's box and another."""
    dx = max(box[v, 2] - x0, x1 - box[v, 0])
    dy = max(box[v, 3] - y0, y1 - box[v, 1])
    return dx * dx + dy * dy


@compiled(nogil=True, error_model="numpy", fastmath=_FAST)
def disc_sums(  # type: ignore[no-untyped-def]
    from_leaf, to_leaf, x, y, start, stop, box, first, center, packed, moments, h2, out
):
    """Write sum_j (1 - d_ij^2 / h_i^2)^2 f_j over d_ij < h_i, (c, n) by position.

    Parameters
    ----------
    values : (c, n)
        The vectors f by position.
    moments : (nodes, 9 c)
    h2 : (n,)
        Squared radii; where 0, nothing is reached and the sum is 0.
    """
    count = packed.shape[1] - 2
    g, sums = np.zeros(LEAF), np.empty((count, LEAF))
    local = np.empty(_MOMENTS * count)
    rows = 2 + count
    near = np.empty((rows, _CUT))
    weight = np.empty(_CUT)
    met, whole, cut = np.empty((3, first + 2), np.int64)
    for leaf in range(from_leaf, to_leaf):
        a, b = start[leaf], stop[leaf]
        least, most = np.inf, 0.0
        for i in range(a, b):
            g[i - a] = 1.0 / h2[i] if h2[i] > 0.0 else np.inf
            least, most = min(least, h2[i]), max(most, h2[i])
        sums[:] = 0.0
        local[:] = 0.0
        x0, y0, x1, y1 = box[leaf, 0], box[leaf, 1], box[leaf, 2], box[leaf, 3]
        n_whole, n_cut = parted(x0, y0, x1, y1, box, first, least, most, met, whole, cut)
        for v in whole[:n_whole]:
            dx, dy = center[v, 0] - center[leaf, 0], center[v, 1] - center[leaf, 1]
            for f in range(count):
                _shift(moments[v], f * _MOMENTS, dx, dy, local, f * _MOMENTS)
        m = 0
        for v in cut[:n_cut]:
            for r in range(rows):
                source, target = packed[v - first, r], near[r, m : m + LEAF]
                for q in range(LEAF):
                    target[q] = source[q]
            m += stop[v] - start[v]
            if m > _CUT - LEAF:
                _add_pairs(x[a:b], y[a:b], g, near, m, weight, sums)
                m = 0
        _add_pairs(x[a:b], y[a:b], g, near, m, weight, sums)
        for i in range(a, b):
            dx, dy = x[i] - center[leaf, 0], y[i] - center[leaf, 1]
            for f in range(count):
                out[f, i] = sums[f, i - a] + _evaluated(local, f * _MOMENTS, dx, dy, g[i - a])
            if h2[i] <= 0.0:
                out[:, i] = 0.0


@compiled(nogil=True)
def pack(x, y, start, stop, values, out):  # type: ignore[no-untyped-def]
    """Write places and values leaf by leaf; see `Discs._packed`."""
    for leaf in range(start.size):
        for q in range(stop[leaf] - start[leaf]):
            j = start[leaf] + q
            out[leaf, 0, q], out[leaf, 1, q] = x[j], y[j]
            for f in range(values.shape[0]):
                out[leaf, 2 + f, q] = values[f, j]


@compiled(nogil=True, error_model="numpy", fastmath=_FAST)
def _add_pairs(px, py, g, near, m, weight, sums):  # type: ignore[no-untyped-def]
    """Add the weighted sums of m places, pair by pair, to those of a leaf's places (c, leaf).

    The places stand side by side, so that the loops over them fill vector registers.
    """
    x, y, values = near[0], near[1], near[2:]
    count = values.shape[0]
    for i in range(px.size):
        at_x, at_y, inverse = px[i], py[i], g[i]
        if count == 1:
            total = 0.0
            for j in range(m):
                ex, ey = at_x - x[j], at_y - y[j]
                u = max(1.0 - (ex * ex + ey * ey) * inverse, 0.0)
                total += u * u * values[0, j]
            sums[0, i] += total
            continue
        for j in range(m):
            ex, ey = at_x - x[j], at_y - y[j]
            u = max(1.0 - (ex * ex + ey * ey) * inverse, 0.0)
            weight[j] = u * u
        f = 0
        while f + 4 <= count:  # four at a time read the weights once
            s0 = s1 = s2 = s3 = 0.0
            for j in range(m):
                w = weight[j]
                s0 += w * values[f, j]
                s1 += w * values[f + 1, j]
                s2 += w * values[f + 2, j]
                s3 += w * values[f + 3, j]
            sums[f, i] += s0
            sums[f + 1, i] += s1
            sums[f + 2, i] += s2
            sums[f + 3, i] += s3
            f += 4
        while f < count:
            total = 0.0
            for j in range(m):
                total += weight[j] * values[f, j]
            sums[f, i] += total
            f += 1


@compiled(nogil=True, inline="always", fastmath=_FAST)
def _evaluated(m, at, x, y, g):  # type: ignore[no-untyped-def]
    """Give the weighted sum of what lies inside a disc around (x, y), 1/h^2 = g."""
    m0, mx, my = m[at], m[at + 1], m[at + 2]
    xx, xy, yy = m[at + 3], m[at + 4], m[at + 5]
    qx, qy, q = m[at + 6], m[at + 7], m[at + 8]
    D = x * x + y * y
    along = x * mx + y * my
    second = xx + yy - 2 * along + D * m0
    fourth = (
        q
        + D * D * m0
        + 4 * (x * x * xx + 2 * x * y * xy + y * y * yy)
        + 2 * D * (xx + yy)
        - 4 * (x * qx + y * qy)
        - 4 * D * along
    )
    return m0 - 2 * g * second + g * g * fourth


@compiled(nogil=True, error_model="numpy", fastmath=_FAST)
def solve_systems(from_row, to_row, sums, k, focal, beta, leverage, dependent):  # type: ignore[no-untyped-def]
    """Solve local regressions from their sums (width, n); see ``_loops.local_systems``."""
    cross = k * (k + 1) // 2
    packed, root, rhs = np.empty(cross), np.empty((k, k)), np.empty(k)
    for i in range(from_row, to_row):
        for a in range(cross):
            packed[a] = sums[a, i]
        bad = _cholesky(packed, root, k)
        if bad >= 0:
            dependent[i] = bad
            continue
        for a in range(k):
            rhs[a] = sums[cross + a, i]
        _solve(root, rhs, k)
        beta[i] = rhs
        rhs[:] = focal[i]
        _solve(root, rhs, k)
        leverage[i] = rhs * focal[i]


@compiled(nogil=True, error_model="numpy", fastmath=_FAST)
def squared_sums(from_leaf, to_leaf, x, y, start, stop, box, first, values, h2, out):  # type: ignore[no-untyped-def]
    """Write sum_j (1 - d_ij^2 / h_i^2)^4 f_j pair by pair, (c, n) by position.

    The square of the weight has moments up to the eighth order; variances are asked
    for once, and are summed directly.
    """
    count = values.shape[0]
    waiting, sums = np.empty(_STACK, np.int64), np.empty(count)
    for leaf in range(from_leaf, to_leaf):
        for i in range(start[leaf], stop[leaf]):
            sums[:] = 0.0
            waiting[0] = 0
            left = 1 if h2[i] > 0.0 else 0
            while left > 0:
                left -= 1
                v = waiting[left]
                dx = max(0.0, max(box[v, 0] - x[i], x[i] - box[v, 2]))
                dy = max(0.0, max(box[v, 1] - y[i], y[i] - box[v, 3]))
                if dx * dx + dy * dy >= h2[i]:
                    continue
                if v < first:
                    waiting[left], waiting[left + 1] = 2 * v + 1, 2 * v + 2
                    left += 2
                    continue
                for j in range(start[v], stop[v]):
                    ex, ey = x[i] - x[j], y[i] - y[j]
                    u = 1.0 - (ex * ex + ey * ey) / h2[i]
                    if u > 0.0:
                        for f in range(count):
                            sums[f] += u * u * u * u * values[f, j]
            out[:, i] = sums


@compiled(nogil=True, error_model="numpy", fastmath=_FAST)
def spread_of(from_row, to_row, sums, squares, k, focal, variance, spread):  # type: ignore[no-untyped-def]
    """Write variance and spread as ``_loops.local_systems`` has them, from sums (cross, n)."""
    cross = k * (k + 1) // 2
    packed, root, solved = np.empty(cross), np.empty((k, k)), np.empty((k, k))
    for i in range(from_row, to_row):
        for a in range(cross):
            packed[a] = sums[a, i]
        if _cholesky(packed, root, k) >= 0:
            continue
        for a in range(cross):
            packed[a] = squares[a, i]
        _sandwich(root, packed, solved, k)
        for a in range(k):
            variance[i, a] = solved[a, a]
            for b in range(k):
                spread[i] += focal[i, a] * focal[i, b] * solved[a, b]
