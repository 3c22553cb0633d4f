"""Regression trees in loops, compiled: the leaves that the tree detectors take for strata.

CART as R's rpart grows it (method anova): at each node the cut that takes most from the
sum of squares, on numbers between two distinct values, on classes between two of them in
the order of their means within the node; the tree is grown to its end and then pruned at
its weakest links. scikit-learn knows no classes, and one order of them for the whole tree
misses cuts below the root.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from spatialccd._jit import compiled

if TYPE_CHECKING:
    from spatialccd._types import BoolArray, FloatArray, IntArray

#: Share of the root's sum of squares that a cut must take beyond rounding.
_LEAST = 1e-12


@compiled(nogil=True, error_model="numpy")
def leaves(
    z: FloatArray,
    ranks: IntArray,
    classes: BoolArray,
    chosen: IntArray,
    order: IntArray,
    rules: FloatArray,
) -> IntArray:
    """Grow a tree of `z` on the factors `chosen`, prune it, and give the leaf of each row (n,).

    Parameters
    ----------
    z : ndarray (n,)
        Values with mean 0 and sum of squares 1.
    ranks : ndarray (p, n)
        Of each factor the rank of each row's value among the distinct ones, or its class.
    classes : ndarray (p,) of bool
        Which factors are classes.
    chosen : ndarray (m,)
        The factors that the tree may use.
    order : ndarray (p, n)
        Rows in order of each factor.
    rules : ndarray (4,)
        Least rows to cut, least rows in a leaf, complexity as a share of the root's sum of
        squares, deepest level.
    """
    n, m = z.size, chosen.size
    sorted_rows = np.empty((m, n), np.int64)
    for j in range(m):
        sorted_rows[j] = order[chosen[j]]
    limit = 2 * n + 1
    first, last = np.zeros(limit, np.int64), np.zeros(limit, np.int64)
    depth, left = np.zeros(limit, np.int64), np.full(limit, -1, np.int64)
    risk = np.zeros(limit)
    last[0], count, node = n, 1, 0
    goes_left, spare = np.zeros(n, np.bool_), np.empty(n, np.int64)
    while node < count:  # children stand behind their parents
        start, end = first[node], last[node]
        risk[node] = _within(z, sorted_rows[0, start:end])
        if end - start >= rules[0] and depth[node] < rules[3] and risk[node] > _LEAST:
            gain, taken = _mark_best(
                z, ranks, classes, chosen, sorted_rows, start, end, rules[1], goes_left
            )
            if gain > _LEAST:
                for j in range(m):
                    _part(sorted_rows[j], start, end, goes_left, spare)
                left[node] = count
                first[count], last[count] = start, start + taken
                first[count + 1], last[count + 1] = start + taken, end
                depth[count] = depth[count + 1] = depth[node] + 1
                count += 2
        node += 1
    _prune(left, risk, count, rules[2] * risk[0])
    labels: IntArray = _label(left, first, last, count, sorted_rows[0], n)
    return labels


@compiled(nogil=True, error_model="numpy")
def _within(z: FloatArray, rows: IntArray) -> float:
    """Sum of squares of the rows around their mean."""
    mean = 0.0
    for row in rows:
        mean += z[row]
    mean /= rows.size
    total = 0.0
    for row in rows:
        total += (z[row] - mean) ** 2
    return total


@compiled(nogil=True, error_model="numpy")
def _mark_best(
    z: FloatArray,
    ranks: IntArray,
    classes: BoolArray,
    chosen: IntArray,
    sorted_rows: IntArray,
    start: int,
    end: int,
    least: float,
    goes_left: BoolArray,
) -> tuple[float, int]:
    """Find the cut of a node that takes most; mark its left rows, give gain and their number."""
    size = end - start
    mean = 0.0
    for row in sorted_rows[0, start:end]:
        mean += z[row]
    mean /= size
    best, best_factor, best_taken = 0.0, -1, 0
    best_rows = np.empty(0, np.int64)
    for j in range(chosen.size):
        factor = chosen[j]
        rows = sorted_rows[j, start:end]
        if classes[factor]:
            rows = _by_mean(z, ranks[factor], rows)
        value, taken = ranks[factor], 0
        below = 0.0
        for position in range(size - 1):
            below += z[rows[position]] - mean
            taken = position + 1
            if value[rows[position]] == value[rows[position + 1]]:
                continue
            if taken < least or size - taken < least:
                continue
            gain = below * below / taken + below * below / (size - taken)
            if gain > best + 1e-14:
                best, best_factor, best_taken, best_rows = gain, j, taken, rows
    if best_factor >= 0:
        for position in range(size):
            goes_left[best_rows[position]] = position < best_taken
    return best, best_taken


@compiled(nogil=True, error_model="numpy")
def _by_mean(z: FloatArray, codes: IntArray, rows: IntArray) -> IntArray:
    """Order rows by the mean of their class, classes of one mean by their code."""
    top = 0
    for row in rows:
        top = max(top, codes[row])
    sums, sizes = np.zeros(top + 1), np.zeros(top + 1)
    for row in rows:
        sums[codes[row]] += z[row]
        sizes[codes[row]] += 1
    present = np.flatnonzero(sizes)
    by_mean = present[np.argsort(sums[present] / sizes[present], kind="mergesort")]
    ordered, filled = np.empty_like(rows), 0
    for code in by_mean:
        for row in rows:
            if codes[row] == code:
                ordered[filled] = row
                filled += 1
    return ordered


@compiled(nogil=True, error_model="numpy")
def _part(rows: IntArray, start: int, end: int, goes_left: BoolArray, spare: IntArray) -> None:
    """Put the left rows of a node first, both sides in the order they had."""
    filled, held = start, 0
    for position in range(start, end):
        row = rows[position]
        if goes_left[row]:
            rows[filled] = row
            filled += 1
        else:
            spare[held] = row
            held += 1
    rows[filled:end] = spare[:held]


@compiled(nogil=True, error_model="numpy")
def _prune(left: IntArray, risk: FloatArray, count: int, price: float) -> None:
    """Make a leaf of each node whose branches save less than their leaves cost at `price`."""
    cost = risk[:count] + price
    for node in range(count - 1, -1, -1):
        if left[node] < 0:
            continue
        branches = cost[left[node]] + cost[left[node] + 1]
        if cost[node] <= branches + _LEAST:
            left[node] = -1
        else:
            cost[node] = branches


@compiled(nogil=True, error_model="numpy")
def _label(
    left: IntArray, first: IntArray, last: IntArray, count: int, rows: IntArray, n: int
) -> IntArray:
    """Give numbers to the leaves that can be reached from the root."""
    reached = np.zeros(count, np.bool_)
    reached[0] = True
    codes, number = np.zeros(n, np.int64), 0
    for node in range(count):
        if not reached[node]:
            continue
        if left[node] >= 0:
            reached[left[node]] = reached[left[node] + 1] = True
            continue
        for row in rows[first[node] : last[node]]:
            codes[row] = number
        number += 1
    return codes


@compiled(nogil=True, error_model="numpy")
def explained(z: FloatArray, codes: IntArray) -> float:
    """Give q of strata for a `z` of mean 0 and sum of squares 1."""
    top = codes.max() + 1
    sums, sizes = np.zeros(top), np.zeros(top)
    for row in range(z.size):
        sums[codes[row]] += z[row]
        sizes[codes[row]] += 1
    q = 0.0
    for stratum in range(top):
        if sizes[stratum]:
            q += sums[stratum] ** 2 / sizes[stratum]
    return min(max(q, 0.0), 1.0)


@compiled(nogil=True, error_model="numpy")
def tree_q(
    values: FloatArray,
    ranks: IntArray,
    classes: BoolArray,
    order: IntArray,
    subsets: IntArray,
    sizes: IntArray,
    rules: FloatArray,
) -> FloatArray:
    """Give q of the tree of each column of `values` (n, m) on each subset: (subsets, m).

    `subsets` (s, p) lists the factors of each, `sizes` (s,) says how many of them count.
    """
    q = np.empty((sizes.size, values.shape[1]))
    for column in range(values.shape[1]):
        z = values[:, column].copy()
        for s in range(sizes.size):
            codes = leaves(z, ranks, classes, subsets[s, : sizes[s]], order, rules)
            q[s, column] = explained(z, codes)
    return q
