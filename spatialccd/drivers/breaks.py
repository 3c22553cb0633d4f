"""Class limits of one variable: array kernels of the stratification methods.

Each takes the values and the number of classes and gives the upper limits of
the classes, ascending, the last one the maximum. A class holds its upper limit
and not its lower one; the first holds both. (mapclassify draws the same limits
where it knows the method, and the tests hold the two side by side; but it takes
seconds to import, more than all the work here.)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from spatialccd._constant import is_constant
from spatialccd._types import FloatArray, IntArray

Method = Literal[
    "natural_breaks",
    "quantile",
    "equal_interval",
    "geometric",
    "standard_deviation",
    "k_means",
    "head_tail",
]


def upper_limits(x: FloatArray, method: Method, k: int) -> FloatArray:
    """Give the upper limits of the classes of `x` (n,), each limit once.

    ``head_tail`` finds its own number of classes; ties can leave any method
    with fewer than `k`, and a constant (of one time, say) is one class.
    """
    if is_constant(x):
        return np.array([x.max()])
    return finished_limits(class_limits(x, method, k), x.max())


def class_limits(x: FloatArray, method: Method, k: int) -> FloatArray:
    """Give the limits of the classes of `x` (n,) as the method has them: some may be one."""
    return _RULES[method](x, k)


def finished_limits(limits: FloatArray, high: float) -> FloatArray:
    """Give each limit once, ascending, the maximum of the values as the last."""
    limits = np.unique(limits)
    return np.append(limits[limits < high], high)


def classes(x: FloatArray, limits: FloatArray) -> IntArray:
    """Give the class (0, 1, ...) of each value, by the upper limits of the classes."""
    return np.searchsorted(limits[:-1], x, side="left").astype(np.int64)


def _equal_interval(x: FloatArray, k: int) -> FloatArray:
    return np.linspace(x.min(), x.max(), k + 1)[1:]


def _quantile(x: FloatArray, k: int) -> FloatArray:
    return np.quantile(x, np.arange(1, k + 1) / k)


def _geometric(x: FloatArray, k: int) -> FloatArray:
    """Limits in a constant ratio; the caller has made sure that x > 0."""
    return np.geomspace(x.min(), x.max(), k + 1)[1:]


def _standard_deviation(x: FloatArray, k: int) -> FloatArray:
    """Classes one sample standard deviation wide, the middle of them at the mean."""
    return np.asarray(x.mean() + x.std(ddof=1) * (np.arange(1, k) - k / 2))


def _head_tail(x: FloatArray, k: int) -> FloatArray:  # noqa: ARG001 - it finds its own k
    """Cut at the mean, then the head again, until the head holds one value (Jiang 2013)."""
    limits = []
    head = x
    while head.size > 1 and not is_constant(head):
        limits.append(head.mean())
        head = head[head >= limits[-1]]
    return np.array(limits)


def _k_means(x: FloatArray, k: int) -> FloatArray:
    """Lloyd's iteration started at the quantiles: no chance, but a local optimum."""
    from sklearn.cluster import KMeans

    values = np.unique(x)
    if values.size <= k:
        return values
    start = np.quantile(values, (np.arange(k) + 0.5) / k)
    found = KMeans(k, init=start[:, None], n_init=1, tol=0.0, max_iter=1000).fit(x[:, None]).labels_
    return np.array([x[found == label].max() for label in np.unique(found)])


def _natural_breaks(x: FloatArray, k: int) -> FloatArray:
    """Least sum of squares within classes, exactly (Fisher 1958, Jenks 1977).

    Dynamic programming over the sorted distinct values: the best `c` classes of
    the first j values are the best ``c - 1`` of the first i and one class more.
    The best i grows with j, so that halving finds it in n log n steps a class.
    """
    values, weight = np.unique(x, return_counts=True)
    m = values.size
    if m <= k:
        return values
    centered = values - values.mean()
    sums = [
        np.concatenate([[0.0], np.cumsum(weight * centered**power, dtype=float)])
        for power in range(3)
    ]

    def within(i: IntArray, j: IntArray) -> FloatArray:
        """Sum of squares of values i, ..., j - 1 around their mean."""
        n, first, second = (s[j] - s[i] for s in sums)
        return np.asarray(np.maximum(second - first**2 / n, 0.0))

    ends = np.arange(m + 1)
    cost = np.full(m + 1, np.inf)
    cost[1:] = within(np.zeros(m, dtype=np.int64), ends[1:])
    starts = []
    for done in range(1, k):
        cost, start = _next_class(cost, within, done, m)
        starts.append(start)
    limits = [m]
    for start in reversed(starts):
        limits.append(start[limits[-1]])
    return np.asarray(values[np.array(limits[::-1]) - 1])


def _next_class(
    cost: FloatArray,
    within: Callable[[IntArray, IntArray], FloatArray],
    done: int,
    m: int,
) -> tuple[FloatArray, IntArray]:
    """Add one class to `done` of them, for every end j at once.

    Returns the cost of the best ``done + 1`` classes of the first j values and
    where the last of them starts, both (m + 1,). All ends in the middle of a
    range are solved together; each halves its range and narrows the starts.
    """
    new = np.full(m + 1, np.inf)
    start = np.zeros(m + 1, dtype=np.int64)
    first, last = np.array([done + 1]), np.array([m])  # ends j still to solve
    low, high = np.array([done]), np.array([m - 1])  # the starts i that they may have
    while first.size:
        j = (first + last) // 2
        count = np.minimum(high, j - 1) - low + 1
        offset = np.cumsum(count) - count
        i = np.arange(count.sum()) + np.repeat(low - offset, count)
        value = cost[i] + within(i, np.repeat(j, count))
        new[j] = np.minimum.reduceat(value, offset)
        hits = np.flatnonzero(value == np.repeat(new[j], count))
        _, leading = np.unique(np.searchsorted(offset, hits, side="right"), return_index=True)
        best = i[hits[leading]]
        start[j] = best
        first, last = np.concatenate([first, j + 1]), np.concatenate([j - 1, last])
        low, high = np.concatenate([low, best]), np.concatenate([best, high])
        open_ = first <= last
        first, last, low, high = first[open_], last[open_], low[open_], high[open_]
    return new, start


_RULES: dict[str, Callable[[FloatArray, int], FloatArray]] = {
    "natural_breaks": _natural_breaks,
    "quantile": _quantile,
    "equal_interval": _equal_interval,
    "geometric": _geometric,
    "standard_deviation": _standard_deviation,
    "k_means": _k_means,
    "head_tail": _head_tail,
}
