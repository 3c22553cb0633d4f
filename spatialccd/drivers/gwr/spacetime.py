"""Regressions whose coefficients vary over space and time."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import pandas as pd

from spatialccd._result import record
from spatialccd.drivers.gwr._clock import Clock
from spatialccd.drivers.gwr._design import prepare_panel
from spatialccd.drivers.gwr._engine import engine_named
from spatialccd.drivers.gwr._label import single_scale_parts
from spatialccd.drivers.gwr._local import curve_beyond
from spatialccd.drivers.gwr._neighbors import budget
from spatialccd.drivers.gwr._options import (
    Criterion,
    Kernel,
    PanelEngine,
    Search,
    check_bandwidth,
    check_settings,
)
from spatialccd.drivers.gwr._reach import reaches
from spatialccd.drivers.gwr._scales import ScaleSearch
from spatialccd.drivers.gwr._search import curve_of
from spatialccd.drivers.gwr._warnings import warn_bound
from spatialccd.drivers.gwr.results import GTWR
from spatialccd.errors import ParameterError, check_choice, check_range

if TYPE_CHECKING:
    from spatialccd._types import Columns, Places, Progress, Values


def gtwr(
    y: Values,
    X: Columns,
    geometry: Places,
    *,
    kernel: Kernel = "bisquare",
    fixed: bool = False,
    bandwidth: float | None = None,
    time_scale: float | None = None,
    causal: bool = False,
    search: Search = "golden",
    criterion: Criterion = "aicc",
    min_bandwidth: float | None = None,
    max_bandwidth: float | None = None,
    standardize: bool = True,
    engine: PanelEngine = "native",
    n_jobs: int = -1,
    memory_limit: float | None = None,
    progress: Progress | None = None,
) -> GTWR:
    """Fit a geographically and temporally weighted regression to a panel.

    Observations are near when they are near in space and in time:
    d^2 = (distance in space)^2 + (time_scale x distance in time)^2. For each time
    scale tried the bandwidth is searched as in GWR, and the pair with the best
    criterion is kept. Where the kernel is one in space times one in time (a fixed
    Gaussian kernel on a panel at least half full), "golden" searches both at once.

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
    causal : bool, default False
        Let only the same time and the past count around an observation. Where fewer
        are known by then than the bandwidth takes, it takes all of them.
    search : {"golden", "exhaustive"}, default "golden"
        How the bandwidth is searched; see the notes.
    criterion : {"aicc", "aic", "bic", "cv"}, default "aicc"
        What bandwidth and time scale minimize.
    min_bandwidth, max_bandwidth : float, optional
        Bounds of the search for the bandwidth. By default from
        max(k + 2, min(40 + 2k, n/3)) to n observations, k terms.
    standardize : bool, default True
        Turn y and X into z-scores (ddof 0) over the whole panel.
    engine : {"native", "sorted", "moments"}, default "native"
        sorted: neighbors sorted by distance, 10 n^2 bytes, anew for each time scale.
        moments: sums over balls in space and time from a k-d tree for each of T times,
        exact too, memory of n and time of n^1.5 sqrt(T) a bandwidth; bisquare kernels on
        plane coordinates, golden section; slow where nearly each row has a time of its
        own. native: moments beyond 2,000 rows where they can and a time has 16 rows or
        more on average, else sorted; of a fixed Gaussian kernel on a panel at least
        half full, sums over units times sums over times ("product" in ``settings``).
    n_jobs : int, default -1
        Threads; -1 for all.
    memory_limit : float, optional
        GB that may be held, half of what is free by default. Sorted neighbors
        take 10 n^2 bytes; beyond the limit they are kept in a temporary file.
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
        y is no panel, its times are not numbers, or moments were asked for what they
        cannot hold.
    SingularDesignError
        A covariate is constant, or depends on others around rows it names.

    Notes
    -----
    Golden section takes the curve over bandwidths to have one minimum. Where
    bandwidth and time scale are searched at once, a grid of both, an octave apart,
    comes before, its three lowest minima are gone down from, and golden section at the
    time scale found tells whether it has a lower one.

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
    >>> import numpy as np
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
    check_choice("engine", engine, get_args(PanelEngine))
    check_settings(kernel, search, criterion, engine)
    if time_scale is not None:
        check_range("time_scale", time_scale, 0)
    design = prepare_panel(
        y, X, geometry, kernel=kernel, fixed=fixed, standardize=standardize, past=causal,
        tool="gtwr",
    )  # fmt: skip
    taken = engine_named(engine, design.space, search=search)
    limit = budget(memory_limit, len(design.y))
    clock = Clock(design.space, taken, n_jobs=n_jobs, memory_limit=limit)
    if not clock.ticks:
        raise ParameterError(f"y holds one time only ({design.units[0][1]}); use gwr")
    if bandwidth is not None:
        check_bandwidth("bandwidth", bandwidth, design)
    search_at = ScaleSearch(
        design,
        clock,
        bandwidth=bandwidth,
        scale=time_scale,
        criterion=criterion,
        method=search,
        bounds=(min_bandwidth, max_bandwidth),
    )
    best, tried = search_at.run(progress)
    neighbors, at = clock.at(best.scale), search_at.placed(best.scale)
    curve = curve_of(best.visited)
    if bandwidth is None:
        searched = search_at.rules(neighbors)
        warn_bound({"the bandwidth": best.bandwidth}, searched, fixed=fixed)
        curve = curve_beyond(neighbors, at, searched, best.visited)
    table = pd.DataFrame([found[:3] for found in tried])
    return GTWR(
        settings=record("gtwr", settings, engine=taken),
        time_scale=best.scale,
        tau=best.scale**2,
        scales=table.set_axis(["time_scale", "bandwidth", "criterion"], axis=1).sort_values(
            "time_scale", ignore_index=True
        ),
        space_time=reaches(["all"], [neighbors], [best.bandwidth]),
        **single_scale_parts(at, neighbors, best.bandwidth, curve),
    )
