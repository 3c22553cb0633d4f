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
_FEW, _TRIALS = 32, 60
#: Values from which counting those before each would take longer than sorting.
_MANY = 200
#: Far more than rounding moves a squared distance, relative.
_ROUNDING = 1e-9


@compiled(nogil=True, error_model="numpy")
def radii(from_leaf, to_leaf, forest, scale, past, places, ks, known, out):  # type: ignore[no-untyped-def]
    """Write the squared distances to the k-th nearest places (itself counted), (P, n) by position.

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
    ks : (P,)
        Ascending, and close to one another: their neighbors are sorted together.
    known : Bracket
        What is known of fewer and of more neighbors.
    """
    x, y, n = forest.x, forest.y, forest.x.size
    trees, last = forest.root.size, ks.size - 1
    near = np.empty((2, n + LEAF)), np.zeros(trees + 1, np.int64), np.empty(trees)
    marks = np.empty(n // 8 * 8 + 16, np.uint8)
    room = np.empty(n), marks, marks.view(np.uint64)
    nodes = np.empty((3, forest.inner.max() + 2), np.int64)
    middles = np.empty(to_leaf - from_leaf, np.int64)
    for leaf in range(from_leaf, to_leaf):
        here, node = leaf_of(forest, leaf)
        a, b = forest.start[node], forest.stop[node]
        x0, y0, x1, y1 = forest.box[node]
        seen = forest.stop[forest.root[here]] if past else n
        middle = _nearest((x0 + x1) / 2, (y0 + y1) / 2, x, y, a, b)
        px, py = x[middle], y[middle]
        middles[leaf - from_leaf] = middle
        before, gap = _nearest_before(forest, from_leaf, leaf, scale, past, middles)
        if before < 0:
            inside, most = 0, _all(px, py, forest, here, scale, past, near)
            trial = _guess(known, middle, most * min(ks[0], seen) / seen, 0.5)
        else:
            least = _no_less(out[0, before], gap, known.below[middle])
            most = _no_more(out[last, before], gap, known.above[middle])
            inside = _listed(
                px, py, px, py, least, most, forest, here, scale, past, places, nodes, near
            )
            trial = _guess(known, middle, out[0, before], _share(known, before, out[0, before]))
        _pick(px, py, near, ks, seen, inside, trial, most, known, middle, room, out)
        reach = max(px - x0, x1 - px) ** 2 + max(py - y0, y1 - py) ** 2
        least = _no_less(out[0, middle], reach, known.below[a:b].min())
        most = _no_more(out[last, middle], reach, known.above[a:b].max())
        inside = _listed(
            x0, y0, x1, y1, least, most, forest, here, scale, past, places, nodes, near
        )
        share = _share(known, middle, out[0, middle])
        for i in range(a, b):
            if i != middle:
                trial = _guess(known, i, out[0, middle], share)
                _pick(x[i], y[i], near, ks, seen, inside, trial, most, known, i, room, out)


@compiled(nogil=True, inline="always")
def _share(known, i, squared):  # type: ignore[no-untyped-def]
    """Give how far a squared radius is on the way between what is known of its place."""
    way = known.above[i] - known.below[i]
    return (squared - known.below[i]) / way if 0.0 < way < np.inf else 0.5


@compiled(nogil=True, inline="always")
def _guess(known, i, near, share):  # type: ignore[no-untyped-def]
    """Give a squared radius to begin from: so far between what is known, or one nearby."""
    way = known.above[i] - known.below[i]
    return known.below[i] + share * way if way < np.inf else near


@compiled(nogil=True, inline="always")
def _no_less(squared, gap, below):  # type: ignore[no-untyped-def]
    """Bound a squared radius by one that is known at a squared distance, and by `below`."""
    return max(max(0.0, np.sqrt(squared) - np.sqrt(gap)) ** 2, below) * (1.0 - _ROUNDING)


@compiled(nogil=True, inline="always")
def _no_more(squared, gap, above):  # type: ignore[no-untyped-def]
    """Bound it from above."""
    return _beyond(min((np.sqrt(squared) + np.sqrt(gap)) ** 2, above))


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
def _pick(px, py, near, ks, seen, inside, trial, most, known, i, room, out):  # type: ignore[no-untyped-def]
    """Write the squared distances to the neighbors of place i that have these ranks.

    Where what is known brackets few others, they are sorted out of them; else counts within
    trial distances narrow the bracket first.

    Parameters
    ----------
    near, inside
        Places listed, and how many are nearer than those.
    seen : int
        How many places are seen at all.
    trial, most : float
        Where to begin with the first, and no less than the last.
    room : tuple
        For squared distances and marks.
    """
    listed, ends, lates = near
    distances, marks, words = room
    for tree in range(lates.size):
        a, b = ends[tree], ends[tree + 1]
        _measure(px, py, listed[0, a:b], listed[1, a:b], lates[tree], distances[a:b])
    m = ends[-1]
    first, last = min(ks[0], seen) - inside, min(ks[-1], seen) - inside
    low, below = known.below[i] * (1.0 - _ROUNDING) - 1e-300, max(0, known.fewer - inside)
    high, above = most, m
    if known.above[i] < np.inf:
        high, above = _beyond(known.above[i]), min(m, known.more - inside)
    if above - below > last - first + _FEW:
        slope = (above - below) / (high - max(low, 0.0))
        start, end = _bracketed(distances, m, first, trial, slope, low, below, high, above)
        if last > first:
            trial = end + (last - first) / slope
            _, end = _bracketed(distances, m, last, trial, slope, start, below, high, above)
        low, high = start, end
    below, some = _sorted_within(distances, m, low, high, marks, words)
    for p in range(ks.size):
        out[p, i] = some[min(ks[p], seen) - inside - below - 1]


@compiled(nogil=True)
def _measure(px, py, x, y, late, out):  # type: ignore[no-untyped-def]
    """Write squared distances to places of one time, that adds `late`."""
    for j in range(x.size):
        ex, ey = px - x[j], py - y[j]
        out[j] = ex * ex + ey * ey + late


@compiled(nogil=True)
def _sorted_within(values, m, low, high, marks, words):  # type: ignore[no-untyped-def]
    """Give how many of m values are up to `low`, and sorted the few in (low, high].

    They are marked without a branch, and marks are read eight at a time.
    """
    below = _counted(values, m, low)
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
    return below, _in_order(found[:kept])


@compiled(nogil=True)
def _in_order(values):  # type: ignore[no-untyped-def]
    """Sort values: of some tens to count those before each is faster than to compare in turn."""
    if values.size > _MANY:
        return np.sort(values)
    out = np.full(values.size, -1.0)
    for i in range(values.size):
        before = 0
        for j in range(values.size):
            before += values[j] < values[i]
        out[before] = values[i]
    for i in range(1, values.size):
        if out[i] < 0.0:  # as large as the one before
            out[i] = out[i - 1]
    return out


@compiled(nogil=True)
def _counted(values, m, trial):  # type: ignore[no-untyped-def]
    found = 0
    for j in range(m):
        found += values[j] <= trial
    return found


@compiled(nogil=True, error_model="numpy")
def _bracketed(values, m, k, trial, slope, low, below, high, above):  # type: ignore[no-untyped-def]
    """Bracket the k-th smallest of m values: (low, high] holds it, and few others.

    Parameters
    ----------
    trial, slope : float
        Where to begin, and by how much the count grows with the value.
    low, high, below, above : float, float, int, int
        No less and no more than the k-th, and about how many values are up to them.

    Returns
    -------
    tuple
        low, high
    """
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
    return low, high
