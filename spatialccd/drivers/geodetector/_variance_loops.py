"""Spatial variance within strata, in compiled loops over pairs of units.

G(x, W) = sum_ij w_ij (x_i - x_j)^2 / 2 / sum_ij w_ij: how much near units differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from spatialccd._jit import compiled

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, IntArray


@compiled(nogil=True, error_model="numpy")
def totals(columns: FloatArray, W: FloatArray) -> tuple[FloatArray, float]:
    """Give the numerator of G of each column of (n, v), and the sum of weights, over all pairs.

    `W` (n, n) is symmetric: w_ij and w_ji are averaged before.
    """
    n, v = columns.shape
    above, weights = np.zeros(v), 0.0
    for i in range(n):
        for j in range(i + 1, n):
            w = W[i, j]
            if w != 0.0:
                weights += 2.0 * w
                for c in range(v):
                    above[c] += w * (columns[i, c] - columns[j, c]) ** 2
    return above, weights


@compiled(nogil=True, error_model="numpy")
def explained_variance(
    columns: FloatArray, W: FloatArray, codes: IntArray, above: FloatArray, weights: float
) -> FloatArray:
    """Give PSD of each column for one set of strata: 1 - sum_h N_h G_h / (N G).

    Strata in which no two units are linked (those of one unit among them) have no G: their
    units count neither in N nor in the total G. `above` and `weights` are those of `totals`.
    """
    n, v = columns.shape
    count = codes.max() + 1
    sizes = np.zeros(count + 1, np.int64)
    for i in range(n):
        sizes[codes[i] + 1] += 1
    first = np.cumsum(sizes)
    members, filled = np.empty(n, np.int64), first[:-1].copy()
    for i in range(n):
        members[filled[codes[i]]] = i
        filled[codes[i]] += 1
    kept = np.ones(n, np.bool_)
    within, remaining = np.zeros(v), 0
    stratum = np.empty(v)
    for h in range(count):
        own, linked = members[first[h] : first[h + 1]], 0.0
        stratum[:] = 0.0
        for a in range(own.size):
            for b in range(a + 1, own.size):
                w = W[own[a], own[b]]
                if w != 0.0:
                    linked += 2.0 * w
                    for c in range(v):
                        stratum[c] += w * (columns[own[a], c] - columns[own[b], c]) ** 2
        if linked == 0.0:
            for i in own:
                kept[i] = False
            continue
        remaining += own.size
        for c in range(v):
            within[c] += own.size * stratum[c] / linked
    left_above, left_weights = above.copy(), weights
    for i in range(n):
        if kept[i]:
            continue
        for j in range(n):
            if j == i or (not kept[j] and j < i):
                continue
            w = W[i, j]
            if w != 0.0:
                left_weights -= 2.0 * w
                for c in range(v):
                    left_above[c] -= w * (columns[i, c] - columns[j, c]) ** 2
    shares = np.full(v, np.nan)
    for c in range(v):
        total = left_above[c] / left_weights if remaining else 0.0
        if total > 1e-14 * above[c] / weights and left_weights > 0.0:
            shares[c] = 1.0 - within[c] / (remaining * total)
    return shares


@compiled(nogil=True, error_model="numpy")
def explained_of_draws(
    values: FloatArray, W: FloatArray, codes: IntArray, above: FloatArray, weights: float
) -> FloatArray:
    """Give PSD of each column of `values` (n, m) for each set of strata `codes` (s, n): (s, m)."""
    shares = np.empty((codes.shape[0], values.shape[1]))
    for s in range(codes.shape[0]):
        shares[s] = explained_variance(values, W, codes[s], above, weights)
    return shares
