"""How uncertain MGWR's coefficients are, without replaying the backfitting.

At convergence the projections R_j (f_j = R_j y) solve one linear system. A_j,
covariate j's smoother at its bandwidth, keeps x_j (A_j x_j = x_j), so I - A_j is
singular; with v_j = x_j / x_j'x_j

    K_j = (I - A_j + x_j v_j')^-1,   Z_j = K_j - I,   u_j = K_j' v_j

solve (I - A_j) f_j = A_j r by f_j = Z_j r + c_j x_j wherever u_j' r = 0. What all
covariates leave unexplained, r = y - sum f_j, then follows from

    [I + sum Z_j  X] [r]   [y]
    [U'           0] [c] = [0]:    r = G y,  c_j = C_j y,  R_j = Z_j G + x_j C_j.

ENP_j = tr R_j and Var(beta_ij) = sigma^2 |row i of R_j|^2 / x_ij^2. Replaying
costs O(rounds k n^3) (Yu et al. 2020, Li and Fotheringham 2020), this about
4 k n^3 flops, nearly all of them in matrix products.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import numpy as np

from spatialccd.drivers.gwr._inferred import Inference
from spatialccd.errors import EstimationError

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, IntArray
    from spatialccd.drivers.gwr._neighbors import Neighbors

#: Below this size LAPACK inverts; above it, matrix products do.
_LEAF = 64
#: What an inverse may leave of a vector of ones.
_PRECISE = 1e-11
#: An inverse with larger entries is that of a singular matrix.
_SINGULAR = 1e9
#: A covariate smaller than this, in standard deviations, is not divided by.
_TINY = 1e-6


def exact_bytes(n: int, k: int) -> float:
    """Give the bytes that `exact` needs at its peak."""
    return 8.0 * n * n * (k + 5)


def exact(neighbors: Neighbors, X: FloatArray, y: FloatArray, bandwidths: FloatArray) -> Inference:
    """Solve the bordered system.

    Raises
    ------
    EstimationError
        The system has no unique solution: covariates are confounded at these
        bandwidths (such as two clusters of places that share no neighbor).
    """
    from spatialccd.drivers.gwr import _loops

    n, k = X.shape
    responses = [_respond(neighbors, X[:, j], float(bandwidths[j])) for j in range(k)]
    G, C = _leftover(responses, X)
    # y = r + sum f_j: the constant's projection is what the others leave of I - G.
    rest = -G
    rest.flat[:: n + 1] += 1.0
    R = np.empty((n, n))
    leverage = np.empty((n, k))
    norms = np.empty((k, n))
    variance = np.empty((n, k))
    for j in reversed(range(k)):
        if j:
            np.matmul(responses.pop(), G, out=R)
            _loops.take_projection(R, X[:, j], C[j], rest, norms[j])
        else:
            R, norms[j] = rest, np.einsum("ij,ij->i", rest, rest)
        leverage[:, j] = R.diagonal()
        with np.errstate(divide="ignore", invalid="ignore"):
            variance[:, j] = norms[j] / X[:, j] ** 2
        for i in _near_zero(X[:, j]):
            row = _beta_row(neighbors, X[:, j], float(bandwidths[j]), int(i))
            variance[i, j] = float(((row @ G + row @ R) ** 2).sum())
    residual = G @ y
    rss = float(residual @ residual)
    return Inference("exact", leverage.sum(axis=0), np.zeros(k), variance, 0.0, leverage, rss)


def _respond(neighbors: Neighbors, x: FloatArray, bandwidth: float) -> FloatArray:
    """Give Z_j, (n, n)."""
    from spatialccd.drivers.gwr import _loops

    K = neighbors.weights(bandwidth)
    _loops.shifted_smoother(K, x)
    try:
        _invert(K)
    except np.linalg.LinAlgError:
        raise _confounded() from None
    _check_unique(K)
    K.flat[:: len(x) + 1] -= 1.0
    return K


def _leftover(responses: list[FloatArray], X: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give G (n, n) and C (k, n) by elimination of the border."""
    n = len(X)
    V = X / (X * X).sum(axis=0)
    U = np.array([v + v @ Z for v, Z in zip(V.T, responses, strict=True)])  # u' = v'(I + Z)
    total = responses[0].copy()
    for Z in responses[1:]:
        total += Z
    total.flat[:: n + 1] += 1.0
    try:
        G = _inverse(total)
        UG = U @ G
        C = np.asarray(np.linalg.solve(UG @ X, UG), dtype=float)
    except np.linalg.LinAlgError:
        raise _confounded() from None
    G -= (G @ X) @ C
    _check_unique(C)
    _check_unique(G)
    return G, C


def _inverse(matrix: FloatArray) -> FloatArray:
    """Invert any matrix: by halves, and where that does not serve, by LAPACK."""
    inverse = matrix.copy()
    probe = np.where(np.arange(len(matrix)) % 3, 1.0, -1.0)
    with contextlib.suppress(np.linalg.LinAlgError):
        _invert(inverse)
        if np.abs(matrix @ (inverse @ probe) - probe).max() < _PRECISE:
            return inverse
    return np.asarray(np.linalg.inv(matrix), dtype=float)


def _invert(matrix: FloatArray) -> None:
    """Invert in place, by halves.

    No rows are exchanged between the halves, and none need be: I - A is an
    M-matrix scaled by x on both sides, and x v' adds a positive multiple of
    its null vector, so that no leading block is singular (Berman and Plemmons
    1994, ch. 6).
    """
    n = len(matrix)
    if n <= _LEAF:
        matrix[:] = np.linalg.inv(matrix)
        return
    half = n // 2
    a, b = matrix[:half, :half], matrix[:half, half:]
    c, d = matrix[half:, :half], matrix[half:, half:]
    _invert(a)
    right = a @ b
    d -= c @ right
    _invert(d)
    np.negative(right, out=right)
    left = c @ a
    np.matmul(right, d, out=b)
    a -= b @ left
    np.matmul(d, left, out=c)
    np.negative(c, out=c)


def _check_unique(inverse: FloatArray) -> None:
    if not max(float(inverse.max()), -float(inverse.min())) < _SINGULAR:
        raise _confounded()


def _confounded() -> EstimationError:
    return EstimationError(
        "exact inference has no unique solution at these bandwidths: the covariates' "
        "surfaces are confounded; raise min_bandwidth, drop a covariate, or take "
        "inference='none'"
    )


def _near_zero(x: FloatArray) -> IntArray:
    """Give the places whose covariate is too near zero to divide by."""
    return np.flatnonzero(np.abs(x) < _TINY * np.sqrt(np.mean(x**2)))


def _beta_row(neighbors: Neighbors, x: FloatArray, bandwidth: float, i: int) -> FloatArray:
    """Give the weights w x / sum w x^2 with which place i's coefficient reads a residual."""
    weighted = neighbors.weights(bandwidth, slice(i, i + 1))[0] * x
    return weighted / float(weighted @ x)  # type: ignore[no-any-return]
