"""The mgwr package behind our signatures, to compare with."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from spatialccd.drivers.gwr import _assemble as assemble
from spatialccd.drivers.gwr._backfit import Backfit
from spatialccd.drivers.gwr._family_label import as_peer_says
from spatialccd.drivers.gwr._fit import Plan, start_from
from spatialccd.drivers.gwr._inferred import Inference
from spatialccd.drivers.gwr._label import label_gwr, label_mgwr
from spatialccd.drivers.gwr._likelihood import Likelihood
from spatialccd.drivers.gwr._options import check_searched
from spatialccd.drivers.gwr._search import curve_of
from spatialccd.errors import EstimationError, ParameterError

if TYPE_CHECKING:
    from spatialccd.drivers.gwr._backfit import Rules
    from spatialccd.drivers.gwr._design import Design
    from spatialccd.drivers.gwr._families import Response
    from spatialccd.drivers.gwr._kernel_sums import KernelSums
    from spatialccd.drivers.gwr.results import GWR, MGWR

_CRITERIA = {"aicc": "AICc", "aic": "AIC", "bic": "BIC", "cv": "CV"}


def mgwr_by_peer(
    settings: Any,
    design: Design,
    neighbors: KernelSums,
    plan: Plan,
    *,
    infer: bool,
) -> MGWR:
    """Run mgwr's search, backfitting and replayed projections, and label what they give."""
    from mgwr import gwr as peer
    from mgwr.sel_bw import Sel_BW

    check_searched(plan.given)
    bounds = plan.bounds(neighbors)
    _check_golden(bounds)
    start = start_from(neighbors, design, plan)
    options = _options(design, neighbors.threads.count)
    y = design.y[:, None]
    selector = Sel_BW(design.space.xy, y, design.X[:, 1:], multi=True, **options)
    bandwidths = selector.search(
        criterion=_CRITERIA[bounds.criterion],
        init_multi=start,
        multi_bw_min=[bounds.low],
        multi_bw_max=[bounds.high],
        tol_multi=plan.tol,
        max_iter_multi=plan.max_iter,
    )
    change = np.asarray(selector.bw[2], dtype=float)
    fitted = design.X * selector.params
    found = Backfit(
        np.asarray(bandwidths, dtype=float),
        selector.params,
        fitted,
        np.asarray(selector.bw[1], dtype=float),
        np.zeros((len(change), design.X.shape[1])),
        change,
        [curve_of(_visited(history)) for history in selector.sel_hist[-design.X.shape[1] :]],
        bool(change[-1] < plan.tol),
    )
    residual = design.y - fitted.sum(axis=1)
    n, k = design.X.shape
    unknown = np.full((n, k), np.nan)
    inferred = Inference(
        "none", unknown[0], unknown[0], unknown, np.nan, unknown, float(residual @ residual)
    )
    if infer:
        fit = peer.MGWR(design.space.xy, y, design.X[:, 1:], selector, **options).fit()
        inferred = replace(
            inferred,
            method="exact",
            enp=np.asarray(fit.ENP_j),
            enp_error=np.zeros(k),
            variance=fit.CCT / fit.sigma2,
            se_error=0.0,
        )
    return label_mgwr(settings, design, neighbors, start, found, inferred)


def gwr_by_peer(
    settings: Any,
    design: Design,
    neighbors: KernelSums,
    bounds: Rules | None,
    bandwidth: float | None,
    response: Response | None = None,
) -> GWR:
    """Run mgwr's GWR; `bounds` are needed where no bandwidth is given."""
    from mgwr import gwr as peer
    from mgwr.sel_bw import Sel_BW
    from spglm.family import Binomial, Gaussian, Poisson

    family = response.family if response else "gaussian"
    families = {"gaussian": Gaussian, "poisson": Poisson, "binomial": Binomial}
    options = {**_options(design, neighbors.threads.count), "family": families[family]()}
    if response:
        options["offset"] = response.size[:, None]
    y, X, xy = design.y[:, None], design.X[:, 1:], design.space.xy
    visited: dict[float, float] = {}
    if bandwidth is None and bounds is not None:
        _check_golden(bounds)
        selector = Sel_BW(xy, y, X, **options)
        with _foreign(family), np.errstate(all="ignore"):
            bandwidth = selector.search(
                criterion=_CRITERIA[bounds.criterion], bw_min=bounds.low, bw_max=bounds.high
            )
        visited = _visited(selector.sel_hist)
    with _foreign(family), np.errstate(all="ignore"):
        fit = peer.GWR(xy, y, X, bandwidth, **options).fit()
    found = float(bandwidth or 0.0)
    if response:
        likelihood = Likelihood(neighbors, design, response)
        return as_peer_says(settings, likelihood, fit, found, visited)
    ours = label_gwr(settings, design, neighbors, found, curve_of(visited))
    residual = design.y - fit.mu.ravel()
    return replace(
        ours,
        coef=design.frame(fit.params),
        se=design.frame(fit.bse),
        t=design.frame(fit.tvalues),
        significant=design.frame(np.abs(fit.tvalues) >= fit.critical_tval()),
        coef_original=design.frame(assemble.original_scale(fit.params, design)),
        enp=ours.enp * (float(fit.ENP) / ours.enp.sum()),
        sigma2=float(fit.sigma2),
        rss=float(residual @ residual),
        log_likelihood=float(fit.llf),
        aicc=float(fit.aicc),
        aic=float(fit.aic),
        bic=float(fit.bic),
        r2=float(fit.D2),
        adj_r2=float(fit.adj_D2),
        fitted=design.series(assemble.in_units_of_y(fit.mu.ravel(), design), "fitted"),
        residuals=design.series(residual * assemble.unit_of_y(design), "residual"),
        local_r2=design.series(np.ravel(fit.localR2), "local_r2"),
        leverage=design.series(np.ravel(fit.influ), "leverage"),
        cooks_distance=design.series(np.ravel(fit.cooksD), "cooks_distance"),
    )


@contextlib.contextmanager
def _foreign(family: str) -> Iterator[None]:
    """Put what the local fits of mgwr raise into words."""
    try:
        yield
    except (np.linalg.LinAlgError, FloatingPointError, ValueError) as error:
        raise EstimationError(
            f"mgwr could not fit a local {family} regression ({error}): a covariate or y has one "
            "value around some place; raise the bandwidth or min_bandwidth, or drop the covariate"
        ) from error


def _options(design: Design, n_jobs: int) -> dict[str, Any]:
    return {
        "kernel": design.space.kernel,
        "fixed": design.space.fixed,
        "spherical": design.space.great_circle,
        "n_jobs": n_jobs,
    }


def _visited(history: list[tuple[Any, Any]]) -> dict[float, float]:
    return {float(bandwidth): float(np.ravel(score)[0]) for bandwidth, score in history}


def _check_golden(bounds: Rules) -> None:
    if bounds.search != "golden":
        raise ParameterError("engine='pysal' searches by golden section only; use engine='native'")
