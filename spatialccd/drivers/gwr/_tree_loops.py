"""The compiled loops over a k-d tree: moments, sums over discs, radii, local regressions.

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
from numba import njit

from spatialccd.drivers.gwr._loops import _FAST, _cholesky, _sandwich, _solve
from spatialccd.drivers.gwr._tree import LEAF

#: Nodes that wait on the way down; the depth of a tree of 2^60 places.
_STACK = 64
#: Places of the ring in which the k-th neighbor is picked.
_RING = 512
_MOMENTS = 9


@njit(nogil=True, cache=True, inline="always", fastmath=_FAST)
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


@njit(nogil=True, cache=True, fastmath=_FAST)
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


@njit(nogil=True, cache=True, fastmath=_FAST)
def inner_moments(first, center, out):  # type: ignore[no-untyped-def]
    """Write the moments of the nodes above the leaves, from the lowest up."""
    for v in range(first - 1, -1, -1):
        out[v] = 0.0
        for child in (2 * v + 1, 2 * v + 2):
            dx, dy = center[child, 0] - center[v, 0], center[child, 1] - center[v, 1]
            for at in range(0, out.shape[1], _MOMENTS):
                _shift(out[child], at, dx, dy, out[v], at)


@njit(nogil=True, cache=True, error_model="numpy", fastmath=_FAST)
def disc_sums(  # type: ignore[no-untyped-def]
    from_leaf, to_leaf, x, y, start, stop, box, first, center, values, moments, h2, out
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
    count = values.shape[0]
    px, py, g = np.zeros(LEAF), np.zeros(LEAF), np.zeros(LEAF)
    weight, sums = np.empty(LEAF), np.empty((count, LEAF))
    local = np.empty(_MOMENTS * count)
    waiting = np.empty(_STACK, np.int64)
    for leaf in range(from_leaf, to_leaf):
        a, b = start[leaf], stop[leaf]
        least, most = np.inf, 0.0
        for i in range(a, b):
            px[i - a], py[i - a] = x[i], y[i]
            g[i - a] = 1.0 / h2[i] if h2[i] > 0.0 else np.inf
            least, most = min(least, h2[i]), max(most, h2[i])
        for i in range(b - a, LEAF):  # so that the loops below have one length
            px[i], py[i], g[i] = px[0], py[0], g[0]
        sums[:] = 0.0
        local[:] = 0.0
        x0, y0, x1, y1 = box[leaf, 0], box[leaf, 1], box[leaf, 2], box[leaf, 3]
        waiting[0] = 0
        left = 1
        while left > 0:
            left -= 1
            v = waiting[left]
            dx = max(0.0, max(box[v, 0] - x1, x0 - box[v, 2]))
            dy = max(0.0, max(box[v, 1] - y1, y0 - box[v, 3]))
            if dx * dx + dy * dy >= most:
                continue
            dx = max(box[v, 2] - x0, x1 - box[v, 0])
            dy = max(box[v, 3] - y0, y1 - box[v, 1])
            if dx * dx + dy * dy < least:
                dx, dy = center[v, 0] - center[leaf, 0], center[v, 1] - center[leaf, 1]
                for f in range(count):
                    _shift(moments[v], f * _MOMENTS, dx, dy, local, f * _MOMENTS)
            elif v < first:
                waiting[left], waiting[left + 1] = 2 * v + 1, 2 * v + 2
                left += 2
            else:
                for j in range(start[v], stop[v]):
                    xj, yj = x[j], y[j]
                    for i in range(LEAF):
                        ex, ey = px[i] - xj, py[i] - yj
                        u = 1.0 - (ex * ex + ey * ey) * g[i]
                        u = u if u > 0.0 else 0.0
                        weight[i] = u * u
                    for f in range(count):
                        value = values[f, j]
                        for i in range(LEAF):
                            sums[f, i] += weight[i] * value
        for i in range(a, b):
            dx, dy = x[i] - center[leaf, 0], y[i] - center[leaf, 1]
            for f in range(count):
                out[f, i] = sums[f, i - a] + _evaluated(local, f * _MOMENTS, dx, dy, g[i - a])
            if h2[i] <= 0.0:
                out[:, i] = 0.0


@njit(nogil=True, cache=True, inline="always", fastmath=_FAST)
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


@njit(nogil=True, cache=True, error_model="numpy")
def _count(px, py, r2, x, y, start, stop, box, first, waiting):  # type: ignore[no-untyped-def]
    """Count the places no farther than r2 (squared)."""
    found = 0
    waiting[0] = 0
    left = 1
    while left > 0:
        left -= 1
        v = waiting[left]
        dx = max(0.0, max(box[v, 0] - px, px - box[v, 2]))
        dy = max(0.0, max(box[v, 1] - py, py - box[v, 3]))
        if dx * dx + dy * dy > r2:
            continue
        dx = max(box[v, 2] - px, px - box[v, 0])
        dy = max(box[v, 3] - py, py - box[v, 1])
        # Corners are as near as rounding tells: a node is whole only well inside.
        if dx * dx + dy * dy < r2 * (1.0 - 1e-14):
            found += stop[v] - start[v]
        elif v < first:
            waiting[left], waiting[left + 1] = 2 * v + 1, 2 * v + 2
            left += 2
        else:
            for j in range(start[v], stop[v]):
                ex, ey = px - x[j], py - y[j]
                if ex * ex + ey * ey <= r2:
                    found += 1
    return found


@njit(nogil=True, cache=True, error_model="numpy")
def _gather(px, py, low, high, x, y, start, stop, box, first, waiting, ring):  # type: ignore[no-untyped-def]
    """Collect squared distances in (low, high]; give how many, and the least of them.

    More than the ring holds are counted and not kept.
    """
    found = 0
    least = np.inf
    waiting[0] = 0
    left = 1
    while left > 0:
        left -= 1
        v = waiting[left]
        dx = max(0.0, max(box[v, 0] - px, px - box[v, 2]))
        dy = max(0.0, max(box[v, 1] - py, py - box[v, 3]))
        if dx * dx + dy * dy > high:
            continue
        dx = max(box[v, 2] - px, px - box[v, 0])
        dy = max(box[v, 3] - py, py - box[v, 1])
        if dx * dx + dy * dy < low * (1.0 - 1e-14):
            continue
        if v < first:
            waiting[left], waiting[left + 1] = 2 * v + 1, 2 * v + 2
            left += 2
            continue
        for j in range(start[v], stop[v]):
            ex, ey = px - x[j], py - y[j]
            d = ex * ex + ey * ey
            if low < d <= high:
                if found < ring.size:
                    ring[found] = d
                found += 1
                least = min(least, d)
    return found, least


@njit(nogil=True, cache=True, error_model="numpy")
def radii(from_leaf, to_leaf, x, y, start, stop, box, first, k, guess, out):  # type: ignore[no-untyped-def]
    """Write the squared distance to the k-th nearest place (itself counted), by position.

    Counts within trial radii bracket it, guided by area; in the last ring it is picked.

    Parameters
    ----------
    guess : (n,)
        Squared radii to begin from; the next place of a leaf begins from its neighbor's.
    """
    waiting, ring = np.empty(_STACK, np.int64), np.empty(_RING)
    across = (box[0, 2] - box[0, 0]) ** 2 + (box[0, 3] - box[0, 1]) ** 2
    floor = 1e-12 * across  # a radius of 0, of places that repeat, must grow as well
    for leaf in range(from_leaf, to_leaf):
        trial = guess[start[leaf]]
        for i in range(start[leaf], stop[leaf]):
            low, high, below, above = -1.0, -1.0, 0, 0
            for step in range(200):
                found = _count(x[i], y[i], trial, x, y, start, stop, box, first, waiting)
                if found >= k:
                    high, above = trial, found
                else:
                    low, below = trial, found
                if high >= 0.0 and above - below <= _RING:
                    break
                if high < 0.0:
                    trial = max(trial * max(1.3, 1.1 * k / max(found, 1)), floor)
                    continue
                bottom = max(low, 0.0)
                share = (k - below) / (above - below) if step < 20 else 0.5
                trial = bottom + (high - bottom) * min(0.95, max(0.05, share))
                if not bottom < trial < high:
                    break  # many at one distance
            found, least = _gather(
                x[i], y[i], low, high, x, y, start, stop, box, first, waiting, ring
            )
            while found > ring.size:  # places at one distance: take them off together
                at_least = _count(x[i], y[i], least, x, y, start, stop, box, first, waiting)
                if at_least >= k:
                    break
                low, below = least, at_least
                found, least = _gather(
                    x[i], y[i], low, high, x, y, start, stop, box, first, waiting, ring
                )
            out[i] = least if found > ring.size else np.sort(ring[:found])[k - below - 1]
            trial = out[i]


@njit(nogil=True, cache=True, error_model="numpy", fastmath=_FAST)
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


@njit(nogil=True, cache=True, error_model="numpy", fastmath=_FAST)
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


@njit(nogil=True, cache=True, error_model="numpy", fastmath=_FAST)
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
