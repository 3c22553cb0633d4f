"""The compiled loops that find the distance to the k-th nearest place in a k-d tree.

An adaptive bandwidth is such a distance around each place, in space or in space and time,
and a new bandwidth costs more than the sums over its discs: places are listed once a leaf,
and picked from by counts.
"""

from __future__ import annotations

import numpy as np

from spatialccd._jit import compiled
from spatialccd.drivers.gwr._tree import LEAF
from spatialccd.drivers.gwr._tree_loops import apart, leaf_of, parted

#: Values among which the k-th is picked by sorting, and counts that may lead there.
_FEW, _TRIALS = 64, 60
#: Far more than rounding moves a squared distance, relative.
_ROUNDING = 1e-9


@compiled(nogil=True, error_model="numpy")
def radii(  # type: ignore[no-untyped-def]
    from_leaf, to_leaf, forest, scale, past, places, k, below, above, share, out
):
    """Write the squared distance to the k-th nearest place (itself counted), by position.

    Of those that see fewer than k, that to the farthest.

    From one place to another such a distance changes by no more than they are apart. What
    was found in the nearest leaf before therefore says between which circles the k-th
    neighbor of a leaf's middle place lies, and that one the same of all places of the leaf:
    what lies there is listed once. Where none was found before, all places are listed: in the
    first leaf of a share, and where only the past counts of a time, which sees more than those
    before.

    Parameters
    ----------
    places : (leaves, 2, LEAF)
        See `Discs._packed`.
    below, above : (n,)
        What is known of fewer and of more neighbors: it is no less and no more than these.
    share : float
        How far on the way between the two it may be.
    """
    x, y, n = forest.x, forest.y, forest.x.size
    trees = forest.root.size
    near = np.empty((2, n + LEAF)), np.zeros(trees + 1, np.int64), np.empty(trees)
    distances, marks = np.empty(n), np.empty(n // 8 * 8 + 16, np.uint8)
    words = marks.view(np.uint64)
    nodes = np.empty((3, forest.inner.max() + 2), np.int64)
    middles = np.empty(to_leaf - from_leaf, np.int64)
    for leaf in range(from_leaf, to_leaf):
        here, node = leaf_of(forest, leaf)
        a, b = forest.start[node], forest.stop[node]
        x0, y0, x1, y1 = forest.box[node]
        seen = forest.stop[forest.root[here]] if past else n
        rank = min(k, seen)
        middle = _nearest((x0 + x1) / 2, (y0 + y1) / 2, x, y, a, b)
        px, py = x[middle], y[middle]
        middles[leaf - from_leaf] = middle
        known, gap = _nearest_before(forest, from_leaf, leaf, scale, past, middles)
        if known < 0:
            inside, most = 0, _all(px, py, forest, here, scale, past, near)
            trial = most * rank / seen
        else:
            least, most = _between(out[known], gap, below[middle], above[middle])
            inside = _listed(
                px, py, px, py, least, most, forest, here, scale, past, places, nodes, near
            )
            trial = _guess(out[known], below[middle], above[middle], share)
        out[middle] = _picked(
            px, py, near, rank - inside, trial, rank, most, distances, marks, words
        )
        reach = max(px - x0, x1 - px) ** 2 + max(py - y0, y1 - py) ** 2
        least, most = _between(out[middle], reach, below[a:b].min(), above[a:b].max())
        inside = _listed(
            x0, y0, x1, y1, least, most, forest, here, scale, past, places, nodes, near
        )
        for i in range(a, b):
            if i != middle:
                trial = _guess(out[middle], below[i], above[i], share)
                out[i] = _picked(
                    x[i], y[i], near, rank - inside, trial, rank, most, distances, marks, words
                )


@compiled(nogil=True, inline="always")
def _guess(near, below, above, share):  # type: ignore[no-untyped-def]
    """Give a squared radius to begin from: between what is known, or that of a place nearby."""
    return below + share * (above - below) if above < np.inf else near


@compiled(nogil=True, inline="always")
def _between(squared, gap, below, above):  # type: ignore[no-untyped-def]
    """Give the bounds of a squared radius, by one that is known at `gap` and by those given."""
    radius, reach = np.sqrt(squared), np.sqrt(gap)
    least = max(max(0.0, radius - reach) ** 2, below)
    most = min((radius + reach) ** 2, above)
    return least * (1.0 - _ROUNDING), _beyond(most)


@compiled(nogil=True)
def _nearest(px, py, x, y, first, last):  # type: ignore[no-untyped-def]
    """Give which of some places is nearest."""
    found, least = first, np.inf
    for at in range(first, last):
        gap = (px - x[at]) ** 2 + (py - y[at]) ** 2
        if gap < least:
            found, least = at, gap
    return found


@compiled(nogil=True)
def _nearest_before(forest, from_leaf, leaf, scale, past, middles):  # type: ignore[no-untyped-def]
    """Give the nearest middle place of the leaves before, and its squared distance; -1: none.

    Where only the past counts it is one of the same time, which sees the same.
    """
    x, y = forest.x, forest.y
    here, middle = forest.tree[leaf], middles[leaf - from_leaf]
    found, least = -1, np.inf
    for before in range(from_leaf, leaf):
        there, at = forest.tree[before], middles[before - from_leaf]
        if past and there != here:
            continue
        gap = (x[middle] - x[at]) ** 2 + (y[middle] - y[at]) ** 2
        gap += apart(forest, here, there, scale, past)
        if gap < least:
            found, least = at, gap
    return found, least


@compiled(nogil=True)
def _all(px, py, forest, here, scale, past, near):  # type: ignore[no-untyped-def]
    """List all places that are seen, as `_listed` does; give how far they are at most."""
    listed, ends, lates = near
    m, most = 0, 0.0
    for there in range(forest.root.size):
        late = apart(forest, here, there, scale, past)
        if late < np.inf:
            for j in range(forest.start[forest.root[there]], forest.stop[forest.root[there]]):
                listed[0, m], listed[1, m] = forest.x[j], forest.y[j]
                most = max(most, (px - forest.x[j]) ** 2 + (py - forest.y[j]) ** 2 + late)
                m += 1
        ends[there + 1], lates[there] = m, late
    return _beyond(most)


@compiled(nogil=True)
def _listed(  # type: ignore[no-untyped-def]
    x0, y0, x1, y1, least, most, forest, here, scale, past, places, nodes, near
):
    """List the places around a box that may be at squared distances of `least` to `most`.

    Parameters
    ----------
    near : tuple
        Written: coordinates (2, n), tree after tree; where those of each end, (trees + 1,), and
        its squared distance in time.

    Returns
    -------
    int
        How many places are nearer than those listed.
    """
    met, whole, cut = nodes
    listed, ends, lates = near
    inside = m = 0
    for there in range(forest.root.size):
        late = lates[there] = apart(forest, here, there, scale, past)
        if late < most:
            root, inner = forest.root[there], forest.inner[there]
            n_whole, n_cut = parted(
                x0, y0, x1, y1, forest.box[root:], inner, least - late, most - late, met, whole, cut
            )
            for v in whole[:n_whole]:
                inside += forest.stop[root + v] - forest.start[root + v]
            for v in cut[:n_cut]:
                block = places[forest.first[there] + v - inner]
                for r in range(2):
                    source, target = block[r], listed[r, m : m + LEAF]
                    for q in range(LEAF):
                        target[q] = source[q]
                m += forest.stop[root + v] - forest.start[root + v]
        ends[there + 1] = m
    return inside


@compiled(nogil=True, inline="always")
def _beyond(squared):  # type: ignore[no-untyped-def]
    """Give a bit more, so that what lies at this very distance is reached whatever rounding did."""
    return squared * (1.0 + _ROUNDING) + 1e-300


@compiled(nogil=True, error_model="numpy")
def _picked(px, py, near, k, trial, scale, most, distances, marks, words):  # type: ignore[no-untyped-def]
    """Give the k-th smallest squared distance to places listed, which is no more than `most`.

    Counts within trial distances bracket it; what is left in the bracket is sorted.

    Parameters
    ----------
    trial, scale : float
        Where to begin, and how many places are within about that.
    """
    listed, ends, lates = near
    for tree in range(lates.size):
        a, b = ends[tree], ends[tree + 1]
        _measure(px, py, listed[0, a:b], listed[1, a:b], lates[tree], distances[a:b])
    m = ends[-1]
    low, high, below = _bracketed(distances, m, k, trial, scale / trial, most)
    return np.sort(_within(distances, m, low, high, marks, words))[k - below - 1]


@compiled(nogil=True)
def _measure(px, py, x, y, late, out):  # type: ignore[no-untyped-def]
    """Write squared distances to places of one time, that adds `late`."""
    for j in range(x.size):
        ex, ey = px - x[j], py - y[j]
        out[j] = ex * ex + ey * ey + late


@compiled(nogil=True)
def _within(values, m, low, high, marks, words):  # type: ignore[no-untyped-def]
    """Give the few of m values that are in (low, high].

    They are marked without a branch, and marks are read eight at a time.
    """
    for j in range(m):
        marks[j] = (low < values[j]) & (values[j] <= high)
    marks[m : m + 8] = 0
    found = np.empty(_FEW)
    kept = 0
    for word in range((m + 7) // 8):
        if words[word] == 0:
            continue
        for j in range(8 * word, 8 * word + 8):
            if marks[j]:
                if kept == found.size:
                    found = np.append(found, np.empty(kept))  # many at one distance
                found[kept] = values[j]
                kept += 1
    return found[:kept]


@compiled(nogil=True)
def _counted(values, m, trial):  # type: ignore[no-untyped-def]
    found = 0
    for j in range(m):
        found += values[j] <= trial
    return found


@compiled(nogil=True, error_model="numpy")
def _bracketed(values, m, k, trial, slope, high):  # type: ignore[no-untyped-def]
    """Bracket the k-th smallest of m values: (low, high] holds it, and few others.

    Parameters
    ----------
    trial, slope : float
        Where to begin, and by how much the count grows with the value.
    high : float
        No less than the k-th.

    Returns
    -------
    tuple
        low, high and the number no more than low.
    """
    low, below, above = -1.0, 0, m
    at, reached = -1.0, 0
    for step in range(_TRIALS):
        if above - below <= _FEW:
            break
        if not (low < trial < high) or step > _TRIALS // 2:
            trial = (max(low, 0.0) + high) / 2
            if not (low < trial < high):
                break  # as many at one distance
        found = _counted(values, m, trial)
        if at >= 0.0:
            slope = (found - reached) / (trial - at)
        at, reached = trial, found
        if found >= k:
            high, above = trial, found
            trial -= (found - k + _FEW // 4) / slope
        else:
            low, below = trial, found
            trial += (k - found + _FEW // 4) / slope
    return low, high, below
