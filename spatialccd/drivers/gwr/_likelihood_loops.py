"""The compiled loop of local likelihoods: counts and shares around every place.

Rows of neighbors are as in ``_loops``. At each place the kernel-weighted likelihood is
climbed by Newton's method, which for these two families is what is called iteratively
reweighted least squares.
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
    _sandwich,
    _smooth_weight,
    _solve,
)

POISSON, BINOMIAL = 0, 1

#: What `local_maxima` writes where a likelihood has no maximum, beside columns and -1.
LOST = -2
#: Steps at most: from anywhere near, a maximum takes ten.
_STEPS = 60
#: A step that moves no linear predictor further than this is the last: the next would move it by
#: the square of that.
_SMALL = 1e-6
#: A linear predictor at the place itself beyond which nothing comes back.
_GONE = 30.0
#: Of its slope at the start, how much may stand on the far side of a step.
_BEYOND = 0.5
_HALVINGS = 60


@compiled(nogil=True, error_model="numpy", fastmath=_FAST)
def local_maxima(  # type: ignore[no-untyped-def]
    start,
    stop,
    order,
    d2,
    counts,
    inverse,
    products,
    X,
    y,
    size,
    kind,
    family,
    full,
    beta,
    leverage,
    variance,
    state,
):
    """Climb the likelihood around every focal place, which is an observation.

    Parameters
    ----------
    products : (n, k (k + 1) / 2)
        For each observation the products x_a x_b (a >= b).
    X : (n, k)
    y : (n,)
    size : (n,)
        What counts are in proportion to; 1 for shares.
    full : bool
        Also X' (GW) G X, for the variances.
    beta : (n, k)
        Where to start from; then the maximum.
    leverage : (n, k)
        x_a times row a of (X'GWX)^-1 x_i w_i; sums to the leverage.
    variance : (n, k)
        Diagonal of (X'GWX)^-1 X'G W G X (X'GWX)^-1; zeros unless `full`.
    state : (n,)
        -1 where the maximum was found, `LOST` where there is none, else the column
        that depends on earlier ones.
    """
    k = X.shape[1]
    n = order.shape[1]
    cross = products.shape[1]
    g, eta, trial, far = np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    work, rest = np.empty(n), np.empty(n)
    sums, squares = np.empty(cross), np.empty(cross)
    score, step = np.empty(k), np.empty(k)
    root, solved = np.empty((k, k)), np.empty((k, k))
    for i in range(start, stop):
        reached = counts[i, 0]
        for q in range(reached):
            ratio = d2[i, q] * inverse[i, 0]
            g[q] = (1.0 - ratio) ** 2 if kind == BISQUARE else _smooth_weight(ratio, kind)
        while reached > 0 and g[reached - 1] <= 0.0:  # 0 times an infinite mean is no number
            reached -= 1
        near = order[i]
        for q in range(reached):
            eta[q] = 0.0
            for a in range(k):
                eta[q] += X[near[q], a] * beta[i, a]
        _weigh(eta, g, near, reached, y, size, family, work, rest)
        sums[:] = 0.0
        _add_products(work, products, near, reached, sums)
        score[:] = 0.0
        _add_products(rest, X, near, reached, score)
        state[i], own = LOST, 0.0
        for _ in range(_STEPS):
            if _cholesky(sums, root, k) >= 0:
                break
            step[:] = score
            _solve(root, step, k)
            climb, largest = 0.0, 0.0
            for a in range(k):
                climb += step[a] * score[a]
            for q in range(reached):
                far[q] = 0.0
                for a in range(k):
                    far[q] += X[near[q], a] * step[a]
                largest = max(largest, abs(far[q]))
            length = 1.0
            for _half in range(_HALVINGS):
                for q in range(reached):
                    trial[q] = eta[q] + length * far[q]
                _weigh(trial, g, near, reached, y, size, family, work, rest)
                score[:] = 0.0
                _add_products(rest, X, near, reached, score)
                slope = 0.0
                for a in range(k):
                    slope += step[a] * score[a]
                # Not "worse than": a mean that ran over leaves a slope that is no number.
                if largest <= _SMALL or slope >= -_BEYOND * climb:
                    break
                length *= 0.5
            own = 0.0
            for a in range(k):
                beta[i, a] += length * step[a]
                own += X[i, a] * beta[i, a]
            for q in range(reached):
                eta[q] = trial[q]
            sums[:] = 0.0
            _add_products(work, products, near, reached, sums)
            if largest <= _SMALL:
                state[i] = _cholesky(sums, root, k)
                break
            if abs(own) > _GONE + abs(np.log(size[i])):
                break
        if state[i] != -1:
            # Whose fault: the likelihood's, or that of covariates which depend on one another?
            sums[:] = 0.0
            _add_products(g, products, near, reached, sums)
            bad = _cholesky(sums, root, k)
            state[i] = bad if bad >= 0 else LOST
            continue
        own_weight = size[i] * np.exp(own)
        if family == BINOMIAL:
            own_weight = 1.0 / ((1.0 + np.exp(own)) * (1.0 + np.exp(-own)))
        step[:] = X[i]
        _solve(root, step, k)
        for a in range(k):
            leverage[i, a] = X[i, a] * step[a] * own_weight
        if full:
            for q in range(reached):
                work[q] *= g[q]
            squares[:] = 0.0
            _add_products(work, products, near, reached, squares)
            _sandwich(root, squares, solved, k)
            for a in range(k):
                variance[i, a] = solved[a, a]


@compiled(nogil=True, error_model="numpy", fastmath=_FAST)
def _weigh(eta, g, near, reached, y, size, family, work, rest):  # type: ignore[no-untyped-def]
    """Write kernel times working weight, and kernel times residual, of each neighbor."""
    if family == POISSON:
        for q in range(reached):
            j = near[q]
            mean = size[j] * np.exp(eta[q])
            work[q] = g[q] * mean
            rest[q] = g[q] * (y[j] - mean)
    else:
        for q in range(reached):
            odds = np.exp(-abs(eta[q]))  # never runs over
            less = odds / (1.0 + odds)
            more = 1.0 / (1.0 + odds)
            work[q] = g[q] * less * more
            rest[q] = g[q] * (y[near[q]] - (more if eta[q] > 0.0 else less))


announce(__name__, "the loops of local likelihoods")
