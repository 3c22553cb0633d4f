"""Where backfitting at fixed bandwidths ends, for many responses at once.

Rounds can close in slowly; here only their limit counts, so they are mixed (Anderson
1965): a third of the rounds, or fewer, leads nearer to it. Single precision: what is
pushed through is random, and one figure of it is an average over many.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from spatialccd.drivers.gwr._mixing import Mixture

if TYPE_CHECKING:
    from spatialccd._types import FloatArray
    from spatialccd.drivers.gwr._kernel_sums import KernelSums

MAX_ROUNDS = 500
#: Earlier rounds that are mixed into the next.
_DEPTH = 3


def settle(
    around: Sequence[KernelSums], X: FloatArray, Y: Any, bandwidths: FloatArray, *, tol: float
) -> tuple[Any, bool]:
    """Give coefficients (k, n, m) of responses Y (n, m), and whether the rounds ended.

    `around` has the neighbors that each covariate is smoothed over.

    They end when one moves the fit by less than `tol` of its size.
    """
    responses = np.ascontiguousarray(Y, np.float32)
    columns = X.T.astype(np.float32)[:, :, None]
    points = [float(b) for b in bandwidths]
    squares = [
        near.weighted_sums((x * x)[None], np.array([b]))[0].T
        for near, x, b in zip(around, X.T, points, strict=True)
    ]
    scales = (1.0 / np.array(squares)).astype(np.float32)
    mixture = Mixture(_DEPTH)
    start = np.zeros((len(points), *responses.shape), np.float32)
    sums = np.empty_like(responses)
    for _ in range(MAX_ROUNDS):
        beta = start.copy()
        residual = responses - (columns * beta).sum(axis=0)
        moved = 0.0
        for j, x in enumerate(columns):
            partial = residual + x * beta[j]
            around[j].smooth_many(x * partial, points[j], sums)
            beta[j] = sums * scales[j]
            residual = partial - x * beta[j]
            moved += float(np.mean((x * (beta[j] - start[j])) ** 2, dtype=np.float64))
        if moved < tol**2 * float(np.mean((responses - residual) ** 2, dtype=np.float64)):
            return beta, True
        start = mixture.next(start, beta)
    return beta, False
