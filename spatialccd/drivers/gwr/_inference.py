"""Which inference a fit of MGWR gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from spatialccd.drivers.gwr._exact import exact, exact_bytes
from spatialccd.drivers.gwr._inferred import Inference
from spatialccd.drivers.gwr._probes import stochastic
from spatialccd.drivers.gwr._threads import blas_threads
from spatialccd.errors import ParameterError

if TYPE_CHECKING:
    from spatialccd.drivers.gwr._backfit import Backfit
    from spatialccd.drivers.gwr._design import Design
    from spatialccd.drivers.gwr._neighbors import Neighbors

#: Up to here `auto` is exact: two minutes on two cores with five covariates.
_EXACT_UNITS = 5_000


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
        with blas_threads(neighbors.threads.count):
            return exact(neighbors, design.X, design.y, found.bandwidths)
    residual = design.y - found.fitted.sum(axis=1)
    rss = float(residual @ residual)
    if method == "stochastic":
        rng = np.random.default_rng(seed)
        with blas_threads(neighbors.threads.count):
            return stochastic(neighbors, design.X, found.bandwidths, rss, n_probes, rng)
    unknown = np.full((n, k), np.nan)
    return Inference("none", unknown[0], unknown[0], unknown, np.nan, unknown, rss)
