"""Regressions whose coefficients vary over space and time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from spatialccd._constant import is_constant
from spatialccd._result import record
from spatialccd.drivers.gwr._design import Design, prepare, rules, times_of
from spatialccd.drivers.gwr._label import single_scale_parts
from spatialccd.drivers.gwr._local import curve_beyond, local_score, search_local
from spatialccd.drivers.gwr._neighbors import Neighbors, budget
from spatialccd.drivers.gwr._options import (
    Criterion,
    Kernel,
    Search,
    check_bandwidth,
    check_settings,
)
from spatialccd.drivers.gwr._search import curve_of
from spatialccd.drivers.gwr._warnings import warn_bound
from spatialccd.drivers.gwr.results import GTWR
from spatialccd.errors import ParameterError, check_range

if TYPE_CHECKING:
    from spatialccd._types import Columns, FloatArray, Places, Progress, Values
    from spatialccd.drivers.gwr._backfit import Rules

#: The first grid of time scales, in multiples of (distance spread / time spread).
_GRID = tuple(2.0**e for e in range(-5, 4))
#: Halvings of the step around the best of the grid.
_REFINEMENTS = 6


def gtwr(
    y: Values,
    X: Columns,
    geometry: Places,
    *,
    kernel: Kernel = "bisquare",
    fixed: bool = False,
    bandwidth: float | None = None,
    time_scale: float | None = None,
    search: Search = "golden",
    criterion: Criterion = "aicc",
    min_bandwidth: float | None = None,
    max_bandwidth: float | None = None,
    standardize: bool = True,
    n_jobs: int = -1,
    memory_limit: float | None = None,
    progress: Progress | None = None,
) -> GTWR:
    """Fit a geographically and temporally weighted regression to a panel.

    Observations are near when they are near in space and in time:
    d^2 = (distance in space)^2 + (time_scale x distance in time)^2. For each time
    scale tried the bandwidth is searched as in GWR, and the pair with the best
    criterion is kept.

    Parameters
    ----------
    y : Series
        The value to explain, on (unit, time); times must be numbers.
    X : DataFrame
        Covariates on the same rows, without a constant column.
    geometry : GeoDataFrame, GeoSeries or DataFrame
        Areas or points on unit; a geographic CRS gives great-circle km.
    kernel : {"bisquare", "gaussian", "exponential"}, default "bisquare"
        How weight falls with distance; see ``gwr``.
    fixed : bool, default False
        A bandwidth is one distance everywhere, instead of a number of nearest
        observations.
    bandwidth : float, optional
        Observations (or distance, when `fixed`); searched by default.
    time_scale : float, optional
        Units of distance that count as much as one unit of time; searched by
        default. 0 ignores time.
    search : {"golden", "exhaustive"}, default "golden"
        How the bandwidth is searched.
    criterion : {"aicc", "aic", "bic", "cv"}, default "aicc"
        What bandwidth and time scale minimize.
    min_bandwidth, max_bandwidth : float, optional
        Bounds of the search for the bandwidth. By default from
        max(k + 2, min(40 + 2k, n/3)) to n observations, k terms.
    standardize : bool, default True
        Turn y and X into z-scores (ddof 0) over the whole panel.
    n_jobs : int, default -1
        Threads; -1 for all.
    memory_limit : float, optional
        GB that may be held, half of what is free by default.
    progress : callable, optional
        Told the time scales tried and how many there will be.

    Returns
    -------
    GTWR
        As GWR, on (unit, time), with the time scale and what was tried.

    Raises
    ------
    AlignmentError
        The inputs carry different labels, or values are missing.
    ParameterError
        y is no panel, or its times are not numbers.
    SingularDesignError
        A covariate is constant, or depends on others around rows it names.

    Notes
    -----
    AICc is that of GWR and mgwr: -2 log L + 2 K + 2 K (K + 1) / (n - K - 1) with
    K = tr S + 1, the variance counted (Fotheringham et al. 2002, eq 2.33). mgtwr
    2.0.5 has K in the first penalty and tr S in the second, so that it prints less
    (13,780.79 for 13,782.96 on its example data, the fit being the same) and can
    choose a smaller bandwidth. Its sigma2 is RSS / (n - tr S), as here.

    References
    ----------
    Huang, Wu, Barry (2010), IJGIS 24, 383-401, eqs 9-13. Fotheringham, Crespo,
    Yao (2015), Geographical Analysis 47, 431-452.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> places = pd.DataFrame(rng.uniform(0, 100, (30, 2)), columns=["x", "y"])
    >>> rows = pd.MultiIndex.from_product([places.index, [2018, 2019, 2020]])
    >>> X = pd.DataFrame({"roads": rng.normal(size=90)}, index=rows)
    >>> trend = rows.get_level_values(1) - 2018
    >>> y = X["roads"] * trend + rng.normal(size=90) / 5
    >>> fit = gtwr(y, X, places, bandwidth=30)
    >>> bool(fit.time_scale > 10)
    True
    """
    settings = record("gtwr", locals())
    check_settings(kernel, search, criterion, "native")
    if time_scale is not None:
        check_range("time_scale", time_scale, 0)
    if y.index.nlevels != 2:
        raise ParameterError("y must be on (unit, time) for gtwr; for one time use gwr")
    design = prepare(
        y, X, geometry, kernel=kernel, fixed=fixed, standardize=standardize, panel=True
    )
    time = times_of(design.units, "y")
    if is_constant(time):
        raise ParameterError(f"y holds one time only ({design.units[0][1]}); use gwr")
    if bandwidth is not None:
        check_bandwidth("bandwidth", bandwidth, design)
    search_at = _Search(
        design,
        time,
        n_jobs=n_jobs,
        memory_limit=budget(memory_limit, len(design.y)),
        bandwidth=bandwidth,
        criterion=criterion,
        method=search,
        bounds=(min_bandwidth, max_bandwidth),
    )
    if time_scale is not None:
        tried = [search_at(float(time_scale))]
    else:
        tried = _search_scale(search_at, progress)
    best = min(tried, key=lambda found: (found.score, found.scale))
    at, neighbors = search_at.place(best.scale)
    curve = curve_of(best.visited)
    if bandwidth is None:
        searched = search_at.rules(neighbors)
        warn_bound({"the bandwidth": best.bandwidth}, searched, fixed=fixed)
        curve = curve_beyond(neighbors, at, searched, best.visited)
    table = pd.DataFrame([found[:3] for found in tried])
    return GTWR(
        settings=settings,
        time_scale=best.scale,
        scales=table.set_axis(["time_scale", "bandwidth", "criterion"], axis=1).sort_values(
            "time_scale", ignore_index=True
        ),
        **single_scale_parts(at, neighbors, best.bandwidth, curve),
    )


class _Found(NamedTuple):
    """The best bandwidth at one time scale."""

    scale: float
    bandwidth: float
    score: float
    visited: dict[float, float]


@dataclass(frozen=True)
class _Search:
    """Finds the bandwidth for a time scale."""

    design: Design
    time: FloatArray
    n_jobs: int
    memory_limit: float
    bandwidth: float | None
    criterion: str
    method: str
    bounds: tuple[float | None, float | None]

    def __call__(self, scale: float) -> _Found:
        at, neighbors = self.place(scale)
        labels = {"units": at.units, "names": at.names}
        if self.bandwidth is not None:
            score = local_score(neighbors, at.X, at.y, self.bandwidth, self.criterion)
            return _Found(scale, float(self.bandwidth), score, {})
        found, visited = search_local(neighbors, at.X, at.y, self.rules(neighbors), **labels)
        return _Found(scale, found, min(visited.values()), visited)

    def place(self, scale: float) -> tuple[Design, Neighbors]:
        """Put the observations into space-time."""
        space = replace(self.design.space, clock=self.time * scale)
        neighbors = Neighbors(space, n_jobs=self.n_jobs, memory_limit=self.memory_limit)
        return replace(self.design, space=space), neighbors

    def rules(self, neighbors: Neighbors) -> Rules:
        """Give the bounds of the bandwidth."""
        low, high = self.bounds
        return rules(
            neighbors,
            self.design.X.shape[1],
            criterion=self.criterion,
            search=self.method,
            low=low,
            high=high,
        )

    def natural_scale(self) -> float:
        """Give the median distance in space over the spread of time."""
        xy = self.design.space.xy
        some = xy[:: max(1, len(xy) // 200)]
        distance = np.sqrt(replace(self.design.space, clock=None).squared(some))
        return float(np.median(distance[distance > 0]) / self.time.std())


def _search_scale(search_at: _Search, progress: Progress | None) -> list[_Found]:
    """Try a grid of time scales, then close in on the best by halves (on the log scale)."""
    unit = search_at.natural_scale()
    total = len(_GRID) + 2 * _REFINEMENTS
    tried: list[_Found] = []

    def attempt(scale: float) -> None:
        tried.append(search_at(scale))
        if progress is not None:
            progress(len(tried), total)

    for factor in _GRID:
        attempt(factor * unit)
    step = 2.0**0.5
    for _ in range(_REFINEMENTS):
        best = min(tried, key=lambda found: found.score).scale
        attempt(best / step)
        attempt(best * step)
        step **= 0.5
    return tried
