"""The compiled loops over a k-d tree: moments, sums over discs, local regressions.

With delta = p_j - c (c the center of a node), Delta = p_i - c and D = |Delta|^2,

    d^2 = |delta|^2 - 2 delta.Delta + D,

so that sums of f, f d^2 and f d^4 over a node, and with them sums of the bisquare
weight 1 - 2 d^2/h^2 + d^4/h^4 times f, follow from nine moments of the node: sums of
f, f delta (2), f delta delta' (3), f |delta|^2 delta (2) and f |delta|^4.

A node wholly inside the discs of a leaf's places is taken by its moments, one wholly
outside not at all; only leaves that circles cut are summed pair by pair.

Observations in space and time stand in one tree for each time. Those of a leaf have one
time, and so all of another tree are as late or as early to them: where d^2 takes on the
square z^2 of that, |delta|^2 takes it on in the moments, and a ball cuts that tree's
plane in discs of h^2 - z^2.
"""

from __future__ import annotations

import numpy as np

from spatialccd._jit import compiled
from spatialccd.drivers.gwr._loops import _FAST, _cholesky, _sandwich, _solve
from spatialccd.drivers.gwr._tree import LEAF

#: Places of cut leaves that are gathered before they are summed; they stay in the cache.
_CUT = 500
#: Of a node, and of all times around a leaf: there the sum of f |delta|^2 is one of its own.
_MOMENTS, _TIMED = 9, 10


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
def leaf_moments(first, last, forest, leaves, values, out):  # type: ignore[no-untyped-def]
    """Write the moments of some of the leaves, (nodes, 9 c), of vectors (c, n)."""
    x, y, center = forest.x, forest.y, forest.center
    for v in leaves[first:last]:
        cx, cy = center[v, 0], center[v, 1]
        for f in range(values.shape[0]):
            m0 = mx = my = xx = xy = yy = qx = qy = q = 0.0
            for j in range(forest.start[v], forest.stop[v]):
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
def inner_moments(forest, out):  # type: ignore[no-untyped-def]
    """Write the moments of the nodes above the leaves, from the lowest up."""
    for t in range(forest.root.size):
        nodes, center = out[forest.root[t] :], forest.center[forest.root[t] :]
        for v in range(forest.inner[t] - 1, -1, -1):
            nodes[v] = 0.0
            for child in (2 * v + 1, 2 * v + 2):
                dx, dy = center[child, 0] - center[v, 0], center[child, 1] - center[v, 1]
                for at in range(0, out.shape[1], _MOMENTS):
                    _shift(nodes[child], at, dx, dy, nodes[v], at)


@compiled(nogil=True, inline="always")
def leaf_of(forest, leaf):  # type: ignore[no-untyped-def]
    """Give the tree of a leaf, and its node."""
    t = forest.tree[leaf]
    return t, forest.root[t] + forest.inner[t] + leaf - forest.first[t]


@compiled(nogil=True, inline="always")
def apart(forest, here, there, scale, past):  # type: ignore[no-untyped-def]
    """Give the squared distance of a tree in time, infinite where only the past counts."""
    late = forest.time[there] - forest.time[here]
    return np.inf if past and late > 0.0 else (scale * late) * (scale * late)


@compiled(nogil=True, error_model="numpy")
def parted(x0, y0, x1, y1, box, inner, least, most, met, whole, cut):  # type: ignore[no-untyped-def]
    """List the nodes wholly inside the discs of a box's places, and the leaves that are cut.

    Level by level and without a branch for each node, which nobody could foretell: a node
    is written down either way, and the count moves on where it belongs there.

    Parameters
    ----------
    box : (nodes, 4)
        Of one tree, `inner` nodes above its leaves.
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
        if n_cut == 0 or cut[0] >= inner:
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


@compiled(nogil=True, inline="always", fastmath=_FAST)
def add_whole(nodes, root, leaf, center, moments, late, local, total):  # type: ignore[no-untyped-def]
    """Add the moments of nodes of one time to those of all, about the center of a leaf's node."""
    local[:] = 0.0
    for v in nodes:
        dx = center[root + v, 0] - center[leaf, 0]
        dy = center[root + v, 1] - center[leaf, 1]
        for at in range(0, local.size, _MOMENTS):
            _shift(moments[root + v], at, dx, dy, local, at)
    for f in range(local.size // _MOMENTS):
        _delay(local, f * _MOMENTS, late, total, f * _TIMED)


@compiled(nogil=True, inline="always")
def gather(block, late, near, m):  # type: ignore[no-untyped-def]
    """Write the places of a leaf beside the m that are there, in moves of one length."""
    rows = block.shape[0]
    for r in range(rows):
        source, target = block[r], near[r, m : m + LEAF]
        for q in range(LEAF):
            target[q] = source[q]
    near[rows, m : m + LEAF] = late


@compiled(nogil=True, error_model="numpy", fastmath=_FAST)
def disc_sums(  # type: ignore[no-untyped-def]
    from_leaf, to_leaf, forest, scale, past, packed, moments, h2, squared, out
):
    """Write sum_j (1 - d_ij^2 / h_i^2)^2 f_j over d_ij < h_i, (c, n) by position.

    Parameters
    ----------
    packed : (leaves, 2 + c, LEAF)
        The vectors f; see `Discs._packed`.
    moments : (nodes, 9 c)
    h2 : (n,)
        Squared radii; where 0, nothing is reached and the sum is 0.
    squared : bool
        Sum by the squares of the weights: their moments would be of the eighth order, so that
        all that is reached is summed pair by pair.
    """
    x, y, start, stop, center = forest.x, forest.y, forest.start, forest.stop, forest.center
    count = packed.shape[1] - 2
    g, sums = np.zeros(LEAF), np.empty((count, LEAF))
    local, total = np.empty(_MOMENTS * count), np.empty(_TIMED * count)
    near = np.empty((3 + count, _CUT))
    weight = np.empty(_CUT)
    met, whole, cut = np.empty((3, forest.inner.max() + 2), np.int64)
    for leaf in range(from_leaf, to_leaf):
        here, node = leaf_of(forest, leaf)
        a, b = start[node], stop[node]
        least, most = np.inf, 0.0
        for i in range(a, b):
            g[i - a] = 1.0 / h2[i] if h2[i] > 0.0 else np.inf
            least, most = min(least, h2[i]), max(most, h2[i])
        if squared:
            least = 0.0
        sums[:] = 0.0
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
                    _add_pairs(x[a:b], y[a:b], g, near, m, weight, squared, sums)
                    m = 0
        _add_pairs(x[a:b], y[a:b], g, near, m, weight, squared, sums)
        for i in range(a, b):
            dx, dy = x[i] - center[node, 0], y[i] - center[node, 1]
            for f in range(count):
                out[f, i] = sums[f, i - a] + _evaluated(total, f * _TIMED, dx, dy, g[i - a])
            if h2[i] <= 0.0:
                out[:, i] = 0.0


@compiled(nogil=True)
def pack(forest, leaves, values, out):  # type: ignore[no-untyped-def]
    """Write places and values leaf by leaf; see `Discs._packed`."""
    for leaf in range(leaves.size):
        first = forest.start[leaves[leaf]]
        for q in range(forest.stop[leaves[leaf]] - first):
            j = first + q
            out[leaf, 0, q], out[leaf, 1, q] = forest.x[j], forest.y[j]
            for f in range(values.shape[0]):
                out[leaf, 2 + f, q] = values[f, j]


@compiled(nogil=True, error_model="numpy", fastmath=_FAST)
def _add_pairs(px, py, g, near, m, weight, squared, sums):  # type: ignore[no-untyped-def]
    """Add the weighted sums of m places, pair by pair, to those of a leaf's places (c, leaf).

    The places stand side by side, so that the loops over them fill vector registers.
    """
    count = near.shape[0] - 3
    x, y, values, late = near[0], near[1], near[2 : 2 + count], near[2 + count]
    for i in range(px.size):
        at_x, at_y, inverse = px[i], py[i], g[i]
        if count == 1 and not squared:
            total = 0.0
            for j in range(m):
                ex, ey = at_x - x[j], at_y - y[j]
                u = max(1.0 - (ex * ex + ey * ey + late[j]) * inverse, 0.0)
                total += u * u * values[0, j]
            sums[0, i] += total
            continue
        for j in range(m):
            ex, ey = at_x - x[j], at_y - y[j]
            u = max(1.0 - (ex * ex + ey * ey + late[j]) * inverse, 0.0)
            weight[j] = u * u
        if squared:
            for j in range(m):
                weight[j] *= weight[j]
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
def _delay(source, at, late, target, to):  # type: ignore[no-untyped-def]
    """Add moments of one time to those of all: a squared distance `late` joins |delta|^2."""
    m0, mx, my = source[at], source[at + 1], source[at + 2]
    spread = source[at + 3] + source[at + 5]
    for q in range(6):
        target[to + q] += source[at + q]
    target[to + 6] += spread + late * m0
    target[to + 7] += source[at + 6] + late * mx
    target[to + 8] += source[at + 7] + late * my
    target[to + 9] += source[at + 8] + late * (2 * spread + late * m0)


@compiled(nogil=True, inline="always", fastmath=_FAST)
def _evaluated(m, at, x, y, g):  # type: ignore[no-untyped-def]
    """Give the weighted sum of what lies inside a disc around (x, y), 1/h^2 = g."""
    m0, mx, my = m[at], m[at + 1], m[at + 2]
    xx, xy, yy, r = m[at + 3], m[at + 4], m[at + 5], m[at + 6]
    qx, qy, q = m[at + 7], m[at + 8], m[at + 9]
    D = x * x + y * y
    along = x * mx + y * my
    second = r - 2 * along + D * m0
    fourth = (
        q
        + D * D * m0
        + 4 * (x * x * xx + 2 * x * y * xy + y * y * yy)
        + 2 * D * r
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
