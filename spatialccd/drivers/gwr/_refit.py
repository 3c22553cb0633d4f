"""One fitted model on other responses: how far its coefficients then spread."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from spatialccd.drivers.gwr._design import Design, rules
from spatialccd.drivers.gwr._fit import Plan, fit_multiscale
from spatialccd.drivers.gwr._local import fit_local, search_local
from spatialccd.drivers.gwr._settled import settle
from spatialccd.drivers.gwr.results import GWR, MGWR

if TYPE_CHECKING:
    from spatialccd._types import FloatArray
    from spatialccd.drivers.gwr._neighbors import Neighbors

#: Where the rounds of backfitting end: well below what tells two spreads apart.
_TOL = 1e-5


class Spread(NamedTuple):
    """Standard deviations of the coefficients (k,), and the residuals' root mean square."""

    sd: FloatArray
    residual: float


def refit(result: GWR | MGWR, neighbors: Neighbors, design: Design, *, search: bool) -> Spread:
    """Fit the model of `result` to the observations of `design`, which has the same places."""
    if isinstance(result, MGWR):
        beta = _multiscale(result, neighbors, design, search=search)
    else:
        beta = _single(result, neighbors, design, search=search)
    residual = design.y - (design.X * beta).sum(axis=1)
    return Spread(beta.std(axis=0), float(np.sqrt(np.mean(residual**2))))


def refit_many(result: MGWR, neighbors: Neighbors, Y: FloatArray) -> tuple[list[Spread], bool]:
    """Fit responses Y (n, m) at the bandwidths of `result`; say whether the rounds ended."""
    X = result.design.X
    beta, settled = settle(neighbors, X, Y, result.bandwidth.to_numpy(), tol=_TOL)
    residual = Y - np.einsum("nk,knm->nm", X, beta)
    sd = beta.std(axis=1, dtype=np.float64).T
    size = np.sqrt(np.mean(residual**2, axis=0))
    return [Spread(a, float(b)) for a, b in zip(sd, size, strict=True)], settled


def _single(result: GWR, neighbors: Neighbors, design: Design, *, search: bool) -> FloatArray:
    labels = {"units": design.units, "names": design.names}
    made = result.settings
    bandwidth = float(result.bandwidth.iloc[0])
    if search and made["bandwidth"] is None:
        bounds = rules(
            neighbors,
            design.X.shape[1],
            criterion=made["criterion"],
            search=made["search"],
            low=made["min_bandwidth"],
            high=made["max_bandwidth"],
            bounds=made["bounds"],
        )
        bandwidth, _ = search_local(neighbors, design.X, design.y, bounds, **labels)
    return fit_local(neighbors, design.X, design.y, bandwidth, full=False, **labels).beta


def _multiscale(result: MGWR, neighbors: Neighbors, design: Design, *, search: bool) -> FloatArray:
    plan = Plan.read(result.settings, design)
    if not search:
        held = result.bandwidth.to_numpy(dtype=float)
        plan = replace(plan, given=held, start=result.start_bandwidth)
    return fit_multiscale(neighbors, design, plan, curves=False)[1].beta
