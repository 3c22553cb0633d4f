"""What to know before quoting a fit: rounds that ran out, bandwidths at a bound."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from spatialccd.errors import BandwidthWarning, ConvergenceWarning, listed

if TYPE_CHECKING:
    from spatialccd.drivers.gwr._backfit import Backfit, Rules
    from spatialccd.drivers.gwr._design import Design
    from spatialccd.drivers.gwr._fit import Plan
    from spatialccd.drivers.gwr._kernel_sums import KernelSums


#: How far above its bound a bandwidth of a fixed kernel counts as on it: a share of the bound.
_NEAR = 0.05


def warn_of(found: Backfit, plan: Plan, around: Sequence[KernelSums], design: Design) -> None:
    """Warn of rounds that ran out and of bandwidths on the bound.

    `around` holds the neighbors of each term: at another time scale they lie
    elsewhere, and so does the bound.
    """
    if not found.converged:
        warnings.warn(
            f"backfitting stopped after {len(found.change)} rounds with a score of change of "
            f"{found.change[-1]:.2g}, above tol={plan.tol:g}; raise max_iter",
            ConvergenceWarning,
            stacklevel=3,
        )
    alike: dict[int, tuple[KernelSums, dict[str, float]]] = {}
    for name, bandwidth, given, neighbors in zip(
        design.names, found.bandwidths, plan.given, around, strict=True
    ):
        if np.isnan(given):
            alike.setdefault(id(neighbors), (neighbors, {}))[1][name] = float(bandwidth)
    for neighbors, searched in alike.values():
        warn_bound(searched, plan.bounds(neighbors), fixed=design.space.fixed)


def warn_bound(bandwidths: Mapping[str, float], bounds: Rules, *, fixed: bool) -> None:
    """Warn of a bandwidth that the search would have taken beyond its range."""
    near = min(0.01 * (bounds.high - bounds.low), _NEAR * bounds.low) if fixed else 1.0
    low = [name for name, b in bandwidths.items() if b <= bounds.low + near]
    if low:
        warnings.warn(
            f"{listed(low)}: bandwidth on the lower bound {bounds.low:g}; the best may be smaller, "
            "or the units are too few for so local a coefficient (see min_bandwidth)",
            BandwidthWarning,
            stacklevel=4,
        )
