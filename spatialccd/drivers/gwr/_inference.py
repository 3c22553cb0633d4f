"""Which inference a fit of MGWR gets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from spatialccd.drivers.gwr._exact import exact, exact_bytes
from spatialccd.drivers.gwr._inferred import Inference
from spatialccd.drivers.gwr._probes import stochastic
from spatialccd.drivers.gwr._threads import blas_threads
from spatialccd.errors import ApproachWarning, EstimationError, ParameterError, warn

if TYPE_CHECKING:
    from spatialccd.drivers.gwr._backfit import Backfit
    from spatialccd.drivers.gwr._design import Design
    from spatialccd.drivers.gwr._kernel_sums import KernelSums

#: Up to here `auto` is exact: two minutes on two cores with five covariates.
_EXACT_UNITS = 5_000


def choose(method: str, n: int, k: int, *, memory_limit: float | None, budget: float) -> str:
    """Give the method of inference for n units and k terms, before anything is computed.

    ``auto`` goes by n, k and the limit that the user set, never by what happens to be
    free: the same call gives the same figures on every machine, or says why not.

    Parameters
    ----------
    method : str
        As asked for.
    n, k : int
        Units and terms.
    memory_limit : float or None
        GB, as the user gave it.
    budget : float
        Bytes that may be held.

    Raises
    ------
    ParameterError
        Exact inference does not fit into memory.
    """
    needed = exact_bytes(n, k)
    if method == "auto":
        fits = memory_limit is None or needed <= memory_limit * 1e9
        method = "exact" if n <= _EXACT_UNITS and fits else "stochastic"
        if method == "stochastic":
            warn(
                f"inference is stochastic for {n:,} units and {k} terms: above "
                f"{_EXACT_UNITS:,} units, or beyond memory_limit, standard errors and t come from "
                "random probes, which differ from call to call unless seed= is given; se_error "
                "says how far they are off, and inference='exact' computes them",
                ApproachWarning,
            )
    if method == "exact" and needed > budget:
        raise ParameterError(
            f"exact inference for {n} units and {k} terms needs {needed / 1e9:.1f} GB, the "
            f"limit is {budget / 1e9:.1f} GB; take inference='stochastic' or raise "
            "memory_limit"
        )
    return method


def infer(
    method: str,
    around: Sequence[KernelSums],
    design: Design,
    found: Backfit,
    *,
    n_probes: int,
    seed: int | None,
    auto: bool = False,
) -> Inference:
    """Infer by the method chosen; `around` has the neighbors of each term.

    `auto` takes random probes where the exact system has no unique solution.
    """
    if method == "exact":
        try:
            with blas_threads(around[0].threads.count):
                return exact(around, design.X, design.y, found.bandwidths)
        except EstimationError as error:
            if not auto:
                raise
            warn(
                f"inference is stochastic, because {error}; se_error says how far standard errors "
                "are off",
                ApproachWarning,
            )
            method = "stochastic"
    residual = design.y - found.fitted.sum(axis=1)
    rss = float(residual @ residual)
    if method == "stochastic":
        rng = np.random.default_rng(seed)
        with blas_threads(around[0].threads.count):
            return stochastic(around, design.X, found.bandwidths, rss, n_probes, rng)
    unknown = np.full(design.X.shape, np.nan)
    return Inference("none", unknown[0], unknown[0], unknown, np.nan, unknown, rss)
