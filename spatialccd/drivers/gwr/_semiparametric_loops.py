"""The compiled loops of a GWR some of whose coefficients are the same everywhere.

Rows of neighbors, weights and threads are as in ``_loops``.
"""

from __future__ import annotations

import numpy as np

from spatialccd._compiled import announce
from spatialccd._jit import compiled
from spatialccd.drivers.gwr._loops import (
    _FAST,
    BISQUARE,
    _add_products,
    _cholesky,
    _smooth_weight,
    _solve,
)


@compiled(nogil=True, error_model="numpy", fastmath=_FAST)
def local_solutions(  # type: ignore[no-untyped-def]
    start,
    stop,
    order,
    d2,
    counts,
    inverse,
    products,
    focal,
    kind,
    solutions,
    own,
    dependent,
):
    """Solve (X' W_i X) b = X' W_i y at every focal place, for r responses y at once.

    Parameters
    ----------
    products : (n, k (k + 1) / 2 + r k)
        For each observation x_a x_b (a >= b), then x_a y of one response after another.
    focal : (m, k)
        Covariates at the focal places.
    solutions : (m, r, k)
    own : (m, k)
        (X' W_i X)^-1 x_i, x_i the focal covariates.
    dependent : (m,)
        The column that depends on earlier ones at this place, or -1.
    """
    k = focal.shape[1]
    cross = k * (k + 1) // 2
    sums = np.empty(products.shape[1])
    weights = np.empty(order.shape[1])
    root = np.empty((k, k))
    for i in range(start, stop):
        sums[:] = 0.0
        _write_weights(d2[i], counts[i, 0], inverse[i, 0], kind, weights)
        _add_products(weights, products, order[i], counts[i, 0], sums)
        bad = _cholesky(sums, root, k)
        if bad >= 0:
            dependent[i] = bad
            continue
        for r in range(solutions.shape[1]):
            for a in range(k):
                solutions[i, r, a] = sums[cross + r * k + a]
            _solve(root, solutions[i, r], k)
        own[i] = focal[i]
        _solve(root, own[i], k)


@compiled(nogil=True, error_model="numpy", fastmath=_FAST)
def transposed(start, stop, order, d2, counts, inverse, X, own, V, kind, out):  # type: ignore[no-untyped-def]
    """Add the rows' share of S' V to `out` (n, c): S is the hat matrix, S_ij = w_ij x_j' own_i.

    Parameters
    ----------
    X, own : (n, k)
        As `local_solutions` has them, at the observations.
    V : (n, c)
    """
    weights = np.empty(order.shape[1])
    for i in range(start, stop):
        _write_weights(d2[i], counts[i, 0], inverse[i, 0], kind, weights)
        for q in range(counts[i, 0]):
            j = order[i, q]
            entry = 0.0
            for a in range(X.shape[1]):
                entry += X[j, a] * own[i, a]
            entry *= weights[q]
            for c in range(V.shape[1]):
                out[j, c] += entry * V[i, c]


@compiled(nogil=True, error_model="numpy", fastmath=_FAST)
def _write_weights(d2, reached, t, kind, weights):  # type: ignore[no-untyped-def]
    """Write the weights of the neighbors that one focal place reaches; t is 1/h^2."""
    for q in range(reached):
        if kind == BISQUARE:
            weights[q] = (1.0 - d2[q] * t) ** 2
        else:
            weights[q] = _smooth_weight(d2[q] * t, kind)


announce(__name__, "the loops of semiparametric regressions")
