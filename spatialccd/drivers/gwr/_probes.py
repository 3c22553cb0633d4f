"""How uncertain MGWR's coefficients are where n^3 is too much: random signs tell.

Signs v are pushed through the backfitting at its final bandwidths; by Hutchinson
(1990) E[v' R_j v] = tr R_j and E[(R_j v)_i^2] = |row i of R_j|^2.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from spatialccd.drivers.gwr._inferred import Inference
from spatialccd.drivers.gwr._settled import MAX_ROUNDS, settle
from spatialccd.errors import ConvergenceWarning

if TYPE_CHECKING:
    from spatialccd._types import FloatArray
    from spatialccd.drivers.gwr._kernel_sums import KernelSums

#: The rounds end when one moves the fit of the probes by less.
_TOL = 1e-4


def stochastic(
    around: Sequence[KernelSums],
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
    beta, settled = settle(around, X, probes, bandwidths, tol=_TOL)
    if not settled:
        warnings.warn(
            f"stochastic inference did not settle in {MAX_ROUNDS} rounds: standard errors are "
            "rough; the covariates' surfaces are all but confounded, raise min_bandwidth",
            ConvergenceWarning,
            stacklevel=4,
        )
    columns = X.T.astype(np.float32)[:, :, None]
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
