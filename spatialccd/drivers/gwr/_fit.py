"""The whole of one MGWR fit: bounds, start, backfitting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from spatialccd.drivers.gwr._backfit import Backfit, Rules, Smoother, backfit
from spatialccd.drivers.gwr._design import Design, rules
from spatialccd.drivers.gwr._everywhere import GLOBAL, by_term
from spatialccd.drivers.gwr._local import fit_local, search_local
from spatialccd.drivers.gwr._options import check_bandwidth, given_bandwidths
from spatialccd.drivers.gwr._paired import PairedSmoother
from spatialccd.drivers.gwr._timed import HeldSmoother, TimedSmoother

if TYPE_CHECKING:
    from typing import TypeAlias

    from spatialccd._types import FloatArray, Progress
    from spatialccd.drivers.gwr._clock import Clock
    from spatialccd.drivers.gwr._kernel_sums import KernelSums
    from spatialccd.drivers.gwr._scales import Found

    #: What regresses a panel's partial residual on one covariate.
    OverTime: TypeAlias = TimedSmoother | PairedSmoother | HeldSmoother


@dataclass(frozen=True)
class Plan:
    """How bandwidths are found, as the settings of a call have it.

    Attributes
    ----------
    low, high : float or None
        Bounds asked for.
    convention : str
        Whose bounds stand where none are asked for.
    start : float or None
        GWR bandwidth to start from.
    given : (k,)
        Bandwidths not searched, infinite where a coefficient is the same everywhere; NaN where
        they are searched.
    """

    criterion: str
    search: str
    low: float | None
    high: float | None
    convention: str
    start: float | None
    given: FloatArray
    tol: float
    max_iter: int

    @classmethod
    def read(cls, settings: Mapping[str, Any], design: Design) -> Plan:
        """Take the plan of ``mgwr`` from its settings."""
        if settings["start_bandwidth"] is not None:
            check_bandwidth("start_bandwidth", settings["start_bandwidth"], design)
        return cls(
            settings["criterion"],
            settings["search"],
            settings["min_bandwidth"],
            settings["max_bandwidth"],
            settings.get("bounds", "scaled"),
            settings["start_bandwidth"],
            given_bandwidths(settings["bandwidths"], design, settings.get("fixed_terms", ())),
            settings["tol"],
            settings["max_iter"],
        )

    def bounds(self, neighbors: KernelSums) -> Rules:
        """Give the rules of each covariate's search."""
        return rules(
            neighbors,
            1,
            criterion=self.criterion,
            search=self.search,
            low=self.low,
            high=self.high,
            bounds=self.convention,
        )

    @property
    def start_given(self) -> float | None:
        """The GWR bandwidth to start from, as wanted or the widest given; None to search it."""
        if self.start is not None:
            return float(self.start)
        if np.isnan(self.given).any():
            return None
        return float(self.given[self.given != GLOBAL].max())

    def start_bounds(self, neighbors: KernelSums) -> Rules:
        """Give the rules of the search for GWR's bandwidth to start from."""
        return rules(
            neighbors,
            len(self.given),
            criterion=self.criterion,
            search=self.search,
            low=None,
            high=None,
            bounds=self.convention,
        )


def smoothers_of(
    neighbors: KernelSums, design: Design, plan: Plan, *, known_noise: bool = False
) -> list[Smoother]:
    """Give what regresses on each term."""
    bounds = replace(plan.bounds(neighbors), known_noise=known_noise)
    around = by_term(neighbors, plan.given)
    columns = np.ascontiguousarray(design.X.T)
    return [Smoother(near, x, bounds) for near, x in zip(around, columns, strict=True)]


def fit_multiscale(
    neighbors: KernelSums,
    design: Design,
    plan: Plan,
    *,
    curves: bool = True,
    progress: Progress | None = None,
) -> tuple[float, Backfit]:
    """Give the start bandwidth and what backfitting ends with."""
    start = start_from(neighbors, design, plan)
    first = fit_local(
        neighbors, design.X, design.y, start, units=design.units, names=design.names, full=False
    )
    found = backfit(
        smoothers_of(neighbors, design, plan),
        design.y,
        first.beta,
        plan.given,
        tol=plan.tol,
        max_iter=plan.max_iter,
        units=design.units,
        names=design.names,
        curves=curves,
        progress=progress,
    )
    return start, found


def start_from(neighbors: KernelSums, design: Design, plan: Plan) -> float:
    """Give GWR's bandwidth to start from: as given, or GWR's own best."""
    if plan.start_given is not None:
        return plan.start_given
    bounds = plan.start_bounds(neighbors)
    best, _ = search_local(
        neighbors, design.X, design.y, bounds, units=design.units, names=design.names
    )
    return best


def fit_timed(
    clock: Clock,
    design: Design,
    plan: Plan,
    start: Found,
    scales: FloatArray,
    *,
    progress: Progress | None = None,
) -> tuple[Backfit, list[OverTime]]:
    """Give what backfitting over space and time ends with, from a GTWR on.

    Parameters
    ----------
    scales : (k,)
        Time scales that are not searched; NaN where they are, and of a coefficient that is the
        same everywhere.
    """
    labels = {"units": design.units, "names": design.names}
    first = fit_local(
        clock.at(start.scale), design.X, design.y, start.bandwidth, full=False, **labels
    )
    smoothers: list[OverTime] = [
        HeldSmoother(clock, x, plan.bounds, start.scale)
        if bandwidth == GLOBAL
        else _over_time(clock, x, plan, bandwidth, scale)
        for x, bandwidth, scale in zip(
            np.ascontiguousarray(design.X.T), plan.given, scales, strict=True
        )
    ]
    searched = np.array([smoother.searched for smoother in smoothers])
    found = backfit(
        smoothers,
        design.y,
        first.beta,
        np.where(searched, np.nan, plan.given),
        tol=plan.tol,
        max_iter=plan.max_iter,
        progress=progress,
        **labels,
    )
    return found, smoothers


def _over_time(
    clock: Clock, x: FloatArray, plan: Plan, bandwidth: float, scale: float
) -> TimedSmoother | PairedSmoother:
    """Give what regresses on one covariate: NaN of a bandwidth or time scale is searched."""
    both = np.isnan(bandwidth) and np.isnan(scale)
    if both and clock.by_product and clock.ticks and plan.search == "golden":
        return PairedSmoother(clock, x, plan.bounds, (plan.low, plan.high))
    return TimedSmoother(clock, x, plan.bounds, bandwidth=bandwidth, scale=scale)
