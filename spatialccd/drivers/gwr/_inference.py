"""How uncertain MGWR's coefficients are, without replaying the backfitting.

At convergence the projections R_j (f_j = R_j y) solve one linear system. With
A_j covariate j's smoother at its bandwidth, r = y - sum f_j and A_j x_j = x_j,

    [I - A_j  x_j]^-1   [G_j  u_j]
    [x_j'      0 ]    = [ .    . ]       f_j = Z_j r + c_j x_j,  Z_j = G_j A_j,

    [I + sum Z_j  X]^-1   [G  .]
    [U'           0]    = [C  .]         r = G y,  c = C y,  R_j = Z_j G + x_j C_j.

ENP_j = tr R_j and Var(beta_ij) = sigma^2 |row i of R_j|^2 / x_ij^2. Replaying
costs O(rounds k n^3) (Yu et al. 2020, Li and Fotheringham 2020), this O(k n^3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import lapack
from threadpoolctl import threadpool_limits

from spatialccd.errors import EstimationError, ParameterError

if TYPE_CHECKING:
    from spatialccd._types import FloatArray
    from spatialccd.drivers.gwr._backfit import Backfit
    from spatialccd.drivers.gwr._design import Design
    from spatialccd.drivers.gwr._neighbors import Neighbors

#: Up to here `auto` is exact: two minutes on two cores with five covariates.
_EXACT_UNITS = 5_000
#: Probes are pushed through the backfitting until a round changes them by less.
_PROBE_TOL = 1e-4
_PROBE_ROUNDS = 500

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
    n, k = X.shape
    solved = [_respond(neighbors, X[:, j], float(bandwidths[j])) for j in range(k)]
    U = np.column_stack([u for _, u in solved])
    total = np.zeros((n + k, n + k), order="F")
    for Z, _ in solved:
        total[:n, :n] += Z
    total[:n, :n].flat[:: n + 1] += 1.0
    total[:n, n:] = X
    total[n:, :n] = U.T
    inverse = _inverse(total)
    G, C = inverse[:n, :n], inverse[n:, :n]
    residual = G @ y
    leverage = np.empty((n, k))
    variance = np.empty((n, k))
    for j in range(k):
        R = solved[j][0] @ G
        R += np.outer(X[:, j], C[j])
        leverage[:, j] = R.diagonal()
        small = np.abs(X[:, j]) < _TINY * np.sqrt(np.mean(X[:, j] ** 2))
        norms = np.einsum("ij,ij->i", R, R)
        with np.errstate(divide="ignore", invalid="ignore"):
            variance[:, j] = norms / X[:, j] ** 2
        for i in np.flatnonzero(small):
            row = _beta_row(neighbors, X[:, j], float(bandwidths[j]), int(i))
            variance[i, j] = float(((row @ G + row @ R) ** 2).sum())
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


def _respond(
    neighbors: Neighbors, x: FloatArray, bandwidth: float
) -> tuple[FloatArray, FloatArray]:
    """Give Z_j = G_j A_j and u_j; Z_j = G_j - I + x x' / x'x needs no product."""
    n = len(x)
    bordered = np.zeros((n + 1, n + 1), order="F")
    bordered[:n, :n] = neighbors.weights(bandwidth)
    bordered[:n, :n] *= x
    bordered[:n, :n] *= (-x / (bordered[:n, :n] @ x))[:, None]
    bordered[:n, :n].flat[:: n + 1] += 1.0
    bordered[:n, n] = bordered[n, :n] = x
    inverse = _inverse(bordered)
    Z = inverse[:n, :n]
    Z += np.outer(x, x / float(x @ x))
    Z.flat[:: n + 1] -= 1.0
    return Z, inverse[n, :n]


def _inverse(matrix: FloatArray) -> FloatArray:
    """Invert in place of both operands; a solve runs far faster here than LAPACK's inverse."""
    identity = np.eye(len(matrix), order="F")
    _, _, inverse, info = lapack.dgesv(matrix, identity, overwrite_a=True, overwrite_b=True)
    if info != 0 or not float(np.abs(inverse).max()) < _SINGULAR:
        raise EstimationError(
            "exact inference has no unique solution at these bandwidths: the covariates' "
            "surfaces are confounded; raise min_bandwidth, drop a covariate, or take "
            "inference='none'"
        )
    return inverse  # type: ignore[no-any-return]


def _beta_row(neighbors: Neighbors, x: FloatArray, bandwidth: float, i: int) -> FloatArray:
    """Give the weights w x / sum w x^2 with which place i's coefficient reads a residual."""
    weighted = neighbors.weights(bandwidth, slice(i, i + 1))[0] * x
    return weighted / float(weighted @ x)  # type: ignore[no-any-return]
