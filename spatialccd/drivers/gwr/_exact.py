"""How uncertain MGWR's coefficients are, without replaying the backfitting.

At convergence the projections R_j (f_j = R_j y) solve one linear system: with A_j
covariate j's smoother at its bandwidth, B_j = I - A_j, and r = y - sum f_j,

    B_j f_j = A_j r    for every j.

A_j keeps x_j (A_j x_j = x_j), so B_j is singular; with v_j = x_j / x_j'x_j and

    K_j = (B_j + x_j v_j')^-1,   Z_j = K_j - I,   u_j = K_j' v_j

f_j = Z_j r + c_j x_j wherever u_j' r = 0. Two covariates s and t, those of the smallest
bandwidths, need no K: with p = r + f_s the first follows as r = B_s p, f_s = A_s p, and
B_t times y = p + f_t + sum f_j leaves B_t f_t = A_t r. With T the sum of the other Z_j,

    [I - A_t A_s + B_t T B_s  B_t X] [p]   [B_t y]
    [U' B_s                       0] [c] = [    0]:   p = P y,  c_j = C_j y,  G = B_s P,

R_j = Z_j G + x_j C_j, R_s = A_s P, and R_t is what the others leave of I - G.

ENP_j = tr R_j and Var(beta_ij) = sigma^2 |row i of R_j|^2 / x_ij^2. Replaying costs
O(rounds k n^3) (Yu et al. 2020, Li and Fotheringham 2020), this about (4 k - 6) n^3
flops in products of matrices. Where weights are a product of few factors (``_product``), K
follows from an inverse of as many rows (Woodbury); s and t are then chosen among the others
first. Two covariates alone are the system of Buja, Hastie and Tibshirani (1989, Annals of
Statistics 17, 453-510, section 4).
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from spatialccd.drivers.gwr._inferred import Inference
from spatialccd.drivers.gwr._product import Product
from spatialccd.drivers.gwr._response import check_unique, confounded, invert, respond, room_for
from spatialccd.drivers.gwr._smoothing import Smoothing

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, IntArray
    from spatialccd.drivers.gwr._kernel_sums import KernelSums
    from spatialccd.drivers.gwr._response import Response

#: What an inverse may leave of a vector of ones.
_PRECISE = 1e-11
#: A covariate smaller than this, in standard deviations, is not divided by.
_TINY = 1e-6


def exact_bytes(n: int, k: int) -> float:
    """Give the bytes that `exact` needs at its peak."""
    return 8.0 * n * n * (k + 5)


def exact(
    around: Sequence[KernelSums], X: FloatArray, y: FloatArray, bandwidths: FloatArray
) -> Inference:
    """Solve the bordered system; `X` has two covariates at least, each with its neighbors.

    Raises
    ------
    EstimationError
        The system has no unique solution: covariates are confounded at these
        bandwidths (such as two clusters of places that share no neighbor).
    """
    from spatialccd.drivers.gwr import _loops

    n, k = X.shape
    leverage, variance = np.empty((2, n, k))
    thin = [
        near.factors(float(b)) if isinstance(near, Product) else None
        for near, b in zip(around, bandwidths, strict=True)
    ]
    s, t, *others = sorted(range(k), key=lambda j: (thin[j] is not None, bandwidths[j]))
    room = room_for(n)
    responses = [respond(around[j], X[:, j], float(bandwidths[j]), thin[j], room) for j in others]
    A_s, A_t = (Smoothing(around[j], X[:, j], float(bandwidths[j])) for j in (s, t))
    P, C = _leftover(responses, X[:, others], A_s, A_t, room)
    del room
    R = A_s.times(P)
    G = P - R
    rest = np.negative(P, out=P)  # what all but s take together is I - P
    rest.flat[:: n + 1] += 1.0

    def read(j: int, R: FloatArray, norms: FloatArray) -> None:
        leverage[:, j] = R.diagonal()
        with np.errstate(divide="ignore", invalid="ignore"):
            variance[:, j] = norms / X[:, j] ** 2
        for i in _near_zero(X[:, j]):
            row = _beta_row(around[j], X[:, j], float(bandwidths[j]), int(i))
            variance[i, j] = float(((row @ G + row @ R) ** 2).sum())

    read(s, R, np.einsum("ij,ij->i", R, R))
    norms = np.empty(n)
    for j, c in zip(others, C, strict=True):
        responses.pop(0).times(G, R)
        _loops.take_projection(R, X[:, j], c, rest, norms)
        read(j, R, norms)
    read(t, rest, np.einsum("ij,ij->i", rest, rest))
    residual = G @ y
    rss = float(residual @ residual)
    return Inference("exact", leverage.sum(axis=0), np.zeros(k), variance, 0.0, leverage, rss)


def _leftover(
    responses: list[Response],
    X: FloatArray,
    A_s: Smoothing,
    A_t: Smoothing,
    room: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Give P (n, n) and C (k - 2, n) by elimination of the border."""
    n = len(X)
    system = np.zeros((n, n))
    for Z in responses:
        Z.add_to(system)
    V = X / (X * X).sum(axis=0)
    U = np.array([v + Z.after(v) for v, Z in zip(V.T, responses, strict=True)])  # u' = v'(I + Z)
    U = U.reshape(-1, n)  # there may be none
    system -= A_s.after(system)
    system -= A_t.times(A_s.plus(system))
    system.flat[:: n + 1] += 1.0
    try:
        P = _inverse(system, room)
        check_unique(P)
        P -= A_t.after(P)
        W = (U - A_s.after(U)) @ P
        C = np.asarray(np.linalg.solve(W @ X, W), dtype=float)
    except np.linalg.LinAlgError:
        raise confounded() from None
    P -= np.matmul(P @ X, C, out=system)
    check_unique(C)
    return P, C


def _inverse(matrix: FloatArray, room: FloatArray) -> FloatArray:
    """Invert any matrix: by halves, and where that does not serve, by LAPACK."""
    inverse = matrix.copy()
    probe = np.where(np.arange(len(matrix)) % 3, 1.0, -1.0)
    with contextlib.suppress(np.linalg.LinAlgError):
        invert(inverse, room)
        if np.abs(matrix @ (inverse @ probe) - probe).max() < _PRECISE:
            return inverse
    return np.asarray(np.linalg.inv(matrix), dtype=float)


def _near_zero(x: FloatArray) -> IntArray:
    """Give the places whose covariate is too near zero to divide by."""
    return np.flatnonzero(np.abs(x) < _TINY * np.sqrt(np.mean(x**2)))


def _beta_row(neighbors: KernelSums, x: FloatArray, bandwidth: float, i: int) -> FloatArray:
    """Give the weights w x / sum w x^2 with which place i's coefficient reads a residual."""
    weighted = neighbors.weights(bandwidth, slice(i, i + 1))[0] * x
    return weighted / float(weighted @ x)  # type: ignore[no-any-return]
