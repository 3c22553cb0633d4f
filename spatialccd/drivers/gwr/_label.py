"""From what was fitted to the results that users hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from spatialccd.drivers.gwr import _assemble as assemble
from spatialccd.drivers.gwr._everywhere import GLOBAL
from spatialccd.drivers.gwr._family_label import family_parts
from spatialccd.drivers.gwr._local import fit_local
from spatialccd.drivers.gwr._reach import reaches
from spatialccd.drivers.gwr.results import GWR, MGTWR, MGWR

if TYPE_CHECKING:
    from spatialccd._types import FloatArray
    from spatialccd.drivers.gwr._backfit import Backfit
    from spatialccd.drivers.gwr._design import Design
    from spatialccd.drivers.gwr._fit import OverTime
    from spatialccd.drivers.gwr._inferred import Inference
    from spatialccd.drivers.gwr._kernel_sums import KernelSums
    from spatialccd.drivers.gwr._scales import Found
    from spatialccd.drivers.gwr._scoring import Scored
    from spatialccd.drivers.gwr._search import Curve


def label_gwr(
    settings: Any,
    design: Design,
    neighbors: KernelSums,
    bandwidth: float,
    curve: Curve,
) -> GWR:
    """Fit GWR at one bandwidth and label all of it."""
    return GWR(settings=settings, **single_scale_parts(design, neighbors, bandwidth, curve))


def single_scale_parts(
    design: Design, neighbors: KernelSums, bandwidth: float, curve: Curve
) -> dict[str, Any]:
    """Give every field of a result with one bandwidth, but the settings."""
    fit = fit_local(
        neighbors, design.X, design.y, bandwidth, units=design.units, names=design.names, full=True
    )
    k = len(design.names)
    enp = fit.leverage.sum(axis=0)
    parts = assemble.shared_parts(
        design,
        neighbors,
        beta=fit.beta,
        enp=enp,
        variance=fit.variance,
        leverage=fit.leverage.sum(axis=1),
        sigma2=None,
        local_bandwidth=bandwidth,
        tests=assemble.tests_of(enp, np.zeros(k, dtype=bool)),
    )
    curves = [curve] * k
    return {
        "bandwidth": _by_term(np.full(k, bandwidth), design, "bandwidth"),
        "interval": assemble.intervals(curves, design.terms),
        "curve": assemble.curve_frame(curves[:1], ["all"]),
        "inference": "exact",
        "missed": assemble.missed_minima(np.array([bandwidth]), curves[:1], ["all"]),
        **parts,
    }


def label_mgwr(
    settings: Any,
    design: Design,
    neighbors: KernelSums,
    start: float,
    found: Backfit,
    inferred: Inference,
) -> MGWR:
    """Label what backfitting and inference gave."""
    shared = _gaussian_parts(design, neighbors, start, found, inferred)
    return _mgwr(settings, design, start, found, inferred, shared)


def label_scored(settings: Any, scored: Scored, inferred: Inference) -> MGWR:
    """Label the same of counts or shares."""
    likelihood, start, found, _ = scored
    design = likelihood.design
    shared = family_parts(
        likelihood,
        beta=found.beta,
        mean=likelihood.response.mean((design.X * found.beta).sum(axis=1)),
        enp=inferred.enp,
        variance=inferred.variance,
        leverage=inferred.leverage.sum(axis=1),
        local_bandwidth=start,
        tests=inferred.enp,
    )
    return _mgwr(settings, design, start, found, inferred, shared)


def _mgwr(
    settings: Any,
    design: Design,
    start: float,
    found: Backfit,
    inferred: Inference,
    shared: dict[str, Any],
) -> MGWR:
    history = pd.DataFrame(found.history, columns=design.terms.rename(None))
    return MGWR(
        settings=settings,
        history=_by_round(history, found),
        **_multiscale_parts(design, start, found, inferred),
        **shared,
    )


def label_mgtwr(
    settings: Any,
    design: Design,
    start: Found,
    found: Backfit,
    smoothers: list[OverTime],
    inferred: Inference,
) -> MGTWR:
    """Label the same over space and time; `design` is placed at the time scale of the start.

    What is the same everywhere has no time scale: NaN.
    """
    around = [smoother.neighbors for smoother in smoothers]
    neighbors = smoothers[0].clock.at(start.scale)
    by_round = np.where(found.bandwidths == GLOBAL, np.nan, found.scales)
    scales = by_round[-1]
    history = pd.concat(
        [
            pd.DataFrame(found.history, columns=[f"bandwidth_{name}" for name in design.names]),
            pd.DataFrame(by_round, columns=[f"time_scale_{name}" for name in design.names]),
        ],
        axis=1,
    )
    tried = [
        (name, *one)
        for name, smoother in zip(design.names, smoothers, strict=True)
        for one in sorted(smoother.tried.values())
    ]
    return MGTWR(
        settings=settings,
        time_scale=_by_term(scales, design, "time_scale"),
        tau=_by_term(scales**2, design, "tau"),
        space_time=reaches(design.names, around, found.bandwidths.tolist()),
        scales=pd.DataFrame(tried, columns=["term", "time_scale", "bandwidth", "criterion"]),
        start_time_scale=start.scale,
        history=_by_round(history, found),
        **_multiscale_parts(design, start.bandwidth, found, inferred),
        **_gaussian_parts(design, neighbors, start.bandwidth, found, inferred),
    )


def _by_round(history: pd.DataFrame, found: Backfit) -> pd.DataFrame:
    history["change"] = found.change
    return history.set_axis(pd.RangeIndex(1, len(history) + 1, name="round"))


def _multiscale_parts(
    design: Design, start: float, found: Backfit, inferred: Inference
) -> dict[str, Any]:
    """Give the fields that only results with a bandwidth for each term have."""
    return {
        "bandwidth": _by_term(found.bandwidths, design, "bandwidth"),
        "interval": assemble.intervals(found.curves, design.terms),
        "curve": assemble.curve_frame(found.curves, design.names),
        "inference": inferred.method,
        "start_bandwidth": start,
        "converged": found.converged,
        "enp_error": _by_term(inferred.enp_error, design, "enp_error"),
        "se_error": inferred.se_error,
        "missed": assemble.missed_minima(found.bandwidths, found.curves, design.names),
    }


def _gaussian_parts(
    design: Design, neighbors: KernelSums, start: float, found: Backfit, inferred: Inference
) -> dict[str, Any]:
    """Give what these have in common with results of one bandwidth."""
    return assemble.shared_parts(
        design,
        neighbors,
        beta=found.beta,
        enp=inferred.enp,
        variance=inferred.variance,
        leverage=inferred.leverage.sum(axis=1),
        sigma2=inferred.rss / (len(design.y) - float(inferred.enp.sum())),
        local_bandwidth=start,
        tests=inferred.enp,
    )


def _by_term(values: FloatArray, design: Design, name: str) -> pd.Series:
    return pd.Series(values, index=design.terms, name=name)
