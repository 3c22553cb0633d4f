"""One fitted model on other responses: how far its coefficients then spread."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from spatialccd.drivers.gwr._design import Design, rules
from spatialccd.drivers.gwr._everywhere import by_term
from spatialccd.drivers.gwr._fit import Plan, fit_multiscale
from spatialccd.drivers.gwr._local import fit_local, search_local
from spatialccd.drivers.gwr._semiparametric import Semiparametric, common_bandwidth, held_of
from spatialccd.drivers.gwr._semiparametric_fit import bounds_of, search_semiparametric
from spatialccd.drivers.gwr._settled import settle
from spatialccd.drivers.gwr.results import GWR, MGTWR, MGWR
from spatialccd.errors import ConvergenceWarning

if TYPE_CHECKING:
    from spatialccd._types import FloatArray
    from spatialccd.drivers.gwr._kernel_sums import KernelSums
    from spatialccd.drivers.gwr.results import LocalRegression

#: Where the rounds of backfitting end: well below what tells two spreads apart.
_TOL = 1e-5


class Spread(NamedTuple):
    """Standard deviations of the coefficients (k,), and the residuals' root mean square."""

    sd: FloatArray
    residual: float


def refit(result: GWR | MGWR, neighbors: KernelSums, design: Design, *, search: bool) -> Spread:
    """Fit the model of `result` to the observations of `design`, which has the same places."""
    if isinstance(result, MGWR):
        beta = _multiscale(result, neighbors, design, search=search)
    else:
        beta = _single(result, neighbors, design, search=search)
    residual = design.y - (design.X * beta).sum(axis=1)
    return Spread(beta.std(axis=0), float(np.sqrt(np.mean(residual**2))))


def refit_many(result: GWR | MGWR, neighbors: KernelSums, Y: FloatArray) -> list[Spread]:
    """Fit responses Y (n, m) at the bandwidths of `result`."""
    beta = coefficients_of_many(result, by_term(neighbors, result.bandwidth), Y)
    residual = Y - np.einsum("nk,mnk->nm", result.design.X, beta)
    size = np.sqrt(np.mean(residual**2, axis=0)).tolist()
    return [Spread(sd, b) for sd, b in zip(beta.std(axis=1), size, strict=True)]


def coefficients_of_many(
    result: LocalRegression, around: Sequence[KernelSums], Y: FloatArray
) -> FloatArray:
    """Give coefficients (m, n, k) of responses Y (n, m) at the bandwidths of `result`.

    `around` has the neighbors of each term.

    Warns
    -----
    ConvergenceWarning
        The backfitting did not settle.
    """
    X = result.design.X
    if isinstance(result, MGWR | MGTWR):
        beta, settled = settle(around, X, Y, result.bandwidth.to_numpy(), tol=_TOL)
        if not settled:
            warnings.warn(
                "the backfitting of random responses did not settle: what rests on them is rough; "
                "the covariates' surfaces are all but confounded, raise min_bandwidth",
                ConvergenceWarning,
                stacklevel=5,
            )
        return np.ascontiguousarray(beta.transpose(2, 1, 0), dtype=np.float64)
    bandwidth, held = common_bandwidth(result), held_of(result)
    if held.any():
        near = around[int(np.argmin(held))]
        return Semiparametric(near, result.design, held, bandwidth).coefficients(Y)
    return np.array(
        [
            around[0].local_systems(X, y, bandwidth, focal=X, full=False).beta
            for y in np.ascontiguousarray(Y.T)
        ]
    )


def _single(result: GWR, neighbors: KernelSums, design: Design, *, search: bool) -> FloatArray:
    labels = {"units": design.units, "names": design.names}
    made = result.settings
    bandwidth, held = common_bandwidth(result), held_of(result)
    if held.any():
        if search and made["bandwidth"] is None:
            bounds = bounds_of(made, neighbors, held)
            bandwidth, _ = search_semiparametric(neighbors, design, held, bounds)
        model = Semiparametric(neighbors, design, held, bandwidth)
        return np.asarray(model.coefficients(design.y[:, None])[0])
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


def _multiscale(result: MGWR, neighbors: KernelSums, design: Design, *, search: bool) -> FloatArray:
    plan = Plan.read(result.settings, design)
    if not search:
        held = result.bandwidth.to_numpy(dtype=float)
        plan = replace(plan, given=held, start=result.start_bandwidth)
    return fit_multiscale(neighbors, design, plan, curves=False)[1].beta
