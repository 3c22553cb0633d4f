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

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from threadpoolctl import threadpool_limits

from spatialccd.errors import EstimationError, ParameterError

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, IntArray
    from spatialccd.drivers.gwr._backfit import Backfit
    from spatialccd.drivers.gwr._design import Design
    from spatialccd.drivers.gwr._neighbors import Neighbors

#: Up to here `auto` is exact: two minutes on two cores with five covariates.
_EXACT_UNITS = 5_000
#: Probes are pushed through the backfitting until a round changes them by less.
_PROBE_TOL = 1e-4
_PROBE_ROUNDS = 500

#: Below this size LAPACK inverts; above it, matrix products do.
_LEAF = 64
#: What an inverse may leave of a vector of ones.
_PRECISE = 1e-11
#: An inverse with larger entries is that of a singular matrix.
_SINGULAR = 1e9
#: A covariate smaller than this, in standard deviations, is not divided by.
_TINY = 1e-6


@dataclass(frozen=True)
class Inference:
    """Effective parameters and unscaled variances.

    Attributes
    ----------
    method : str
        exact, stochastic or none.
    enp : (k,)
    enp_error : (k,)
        Standard error of `enp`; zeros when exact.
    variance : (n, k)
        Var(beta) / sigma^2.
    se_error : float
        Relative standard error of its root; 0 when exact.
    leverage : (n, k)
        Diagonals of R_j; NaN when stochastic.
    rss : float
        Of the limit that the backfitting converges to; of its last round when
        that limit is not computed.
    """

    method: str
    enp: FloatArray
    enp_error: FloatArray
    variance: FloatArray
    se_error: float
    leverage: FloatArray
    rss: float


def infer(
    method: str,
    neighbors: Neighbors,
    design: Design,
    found: Backfit,
    *,
    n_probes: int,
    seed: int | None,
    memory_limit: float,
) -> Inference:
    """Infer by the method asked for; ``auto`` goes by size and by memory.

    Raises
    ------
    ParameterError
        Exact inference was asked for and does not fit into memory.
    """
    n, k = design.X.shape
    needed = exact_bytes(n, k)
    if method == "auto":
        fits = n <= _EXACT_UNITS and needed <= memory_limit
        method = "exact" if fits else "stochastic"
    if method == "exact":
        if needed > memory_limit:
            raise ParameterError(
                f"exact inference for {n} units and {k} terms needs {needed / 1e9:.1f} GB, the "
                f"limit is {memory_limit / 1e9:.1f} GB; take inference='stochastic' or raise "
                "memory_limit"
            )
        with threadpool_limits(neighbors.n_threads, user_api="blas"):
            return exact(neighbors, design.X, design.y, found.bandwidths)
    residual = design.y - found.fitted.sum(axis=1)
    rss = float(residual @ residual)
    if method == "stochastic":
        rng = np.random.default_rng(seed)
        return stochastic(neighbors, design.X, found.bandwidths, rss, n_probes, rng)
    unknown = np.full((n, k), np.nan)
    return Inference("none", unknown[0], unknown[0], unknown, np.nan, unknown, rss)


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


def stochastic(
    neighbors: Neighbors,
    X: FloatArray,
    bandwidths: FloatArray,
    rss: float,
    n_probes: int,
    rng: np.random.Generator,
) -> Inference:
    """Estimate traces and row norms from random signs v pushed through the backfitting.

    E[v' R_j v] = tr R_j and E[(R_j v)_i^2] = |row i of R_j|^2 (Hutchinson 1990).
    """
    n, k = X.shape
    probes = rng.choice(np.array([-1.0, 1.0], np.float32), (n, n_probes))
    points = [float(b) for b in bandwidths]
    squares = [neighbors.weighted_sums(X[:, j] ** 2, np.array([points[j]]))[:, 0] for j in range(k)]
    columns = X.astype(np.float32)
    scale = np.column_stack([1.0 / s for s in squares]).astype(np.float32)
    beta = np.zeros((k, n, n_probes), np.float32)
    residual = probes.copy()
    sums = np.empty_like(probes)
    for _ in range(_PROBE_ROUNDS):
        moved = 0.0
        for j in range(k):
            x = columns[:, j : j + 1]
            partial = residual + x * beta[j]
            neighbors.smooth_many(np.ascontiguousarray(x * partial), points[j], sums)
            latest = sums * scale[:, j : j + 1]
            step = x * (latest - beta[j])
            moved += float(np.mean(step * step, dtype=np.float64))
            beta[j] = latest
            residual -= step
        if moved < _PROBE_TOL**2 * float(np.mean((probes - residual) ** 2, dtype=np.float64)):
            break
    traces = np.array([(probes * columns[:, j : j + 1] * beta[j]).sum(axis=0) for j in range(k)])
    return Inference(
        "stochastic",
        traces.mean(axis=1),
        traces.std(axis=1, ddof=1) / np.sqrt(n_probes),
        np.column_stack([np.mean(b * b, axis=1, dtype=np.float64) for b in beta]),
        # A sum of many signs is near normal: its mean square has relative error sqrt(2 / m).
        float(np.sqrt(0.5 / n_probes)),
        np.full((n, k), np.nan),
        rss,
    )


def _respond(neighbors: Neighbors, x: FloatArray, bandwidth: float) -> FloatArray:
    """Give Z_j, (n, n)."""
    from spatialccd.drivers.gwr import _loops

    K = neighbors.weights(bandwidth)
    _loops.shifted_smoother(K, x)
    _invert(K)
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
    _invert(inverse)
    probe = np.where(np.arange(len(matrix)) % 3, 1.0, -1.0)
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
        try:
            matrix[:] = np.linalg.inv(matrix)
        except np.linalg.LinAlgError:
            raise _confounded() from None
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
