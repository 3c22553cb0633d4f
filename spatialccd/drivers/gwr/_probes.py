"""How uncertain MGWR's coefficients are where n^3 is too much: random signs tell.

Signs v are pushed through the backfitting at its final bandwidths; by Hutchinson
(1990) E[v' R_j v] = tr R_j and E[(R_j v)_i^2] = |row i of R_j|^2. Rounds of
backfitting can close in slowly; here only their limit counts, so they are mixed
(Anderson 1965): a third of the rounds, or fewer, leads nearer to it.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from spatialccd.drivers.gwr._inferred import Inference
from spatialccd.drivers.gwr._mixing import Mixture
from spatialccd.errors import ConvergenceWarning

if TYPE_CHECKING:
    from spatialccd._types import FloatArray
    from spatialccd.drivers.gwr._neighbors import Neighbors

#: The rounds end when one moves the fit of the probes by less.
_TOL = 1e-4
_MAX_ROUNDS = 500
#: Earlier rounds that are mixed into the next.
_DEPTH = 3


def stochastic(
    neighbors: Neighbors,
    X: FloatArray,
    bandwidths: FloatArray,
    rss: float,
    n_probes: int,
    rng: np.random.Generator,
) -> Inference:
    """Estimate traces and row norms, with the errors of both.

    Warns
    -----
    ConvergenceWarning
        The probes did not settle.
    """
    n, k = X.shape
    probes = rng.choice(np.array([-1.0, 1.0], np.float32), (n, n_probes))
    columns = X.T.astype(np.float32)[:, :, None]
    beta = _push(neighbors, X, columns, probes, [float(b) for b in bandwidths])
    traces = np.array([(probes * x * b).sum(axis=0) for x, b in zip(columns, beta, strict=True)])
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


def _push(
    neighbors: Neighbors, X: FloatArray, columns: Any, probes: Any, points: list[float]
) -> Any:
    """Give coefficients (k, n, m) of probes (n, m) in the limit of backfitting."""
    squares = [
        neighbors.weighted_sums((x * x)[None], np.array([b]))[0].T
        for x, b in zip(X.T, points, strict=True)
    ]
    scales = (1.0 / np.array(squares)).astype(np.float32)
    mixture = Mixture(_DEPTH)
    start = np.zeros((len(points), *probes.shape), np.float32)
    sums = np.empty_like(probes)
    for _ in range(_MAX_ROUNDS):
        beta = start.copy()
        residual = probes - (columns * beta).sum(axis=0)
        moved = 0.0
        for j, x in enumerate(columns):
            partial = residual + x * beta[j]
            neighbors.smooth_many(x * partial, points[j], sums)
            beta[j] = sums * scales[j]
            residual = partial - x * beta[j]
            moved += float(np.mean((x * (beta[j] - start[j])) ** 2, dtype=np.float64))
        if moved < _TOL**2 * float(np.mean((probes - residual) ** 2, dtype=np.float64)):
            return beta
        start = mixture.next(start, beta)
    warnings.warn(
        f"stochastic inference did not settle in {_MAX_ROUNDS} rounds: standard errors are "
        "rough; the covariates' surfaces are all but confounded, raise min_bandwidth",
        ConvergenceWarning,
        stacklevel=5,
    )
    return beta
