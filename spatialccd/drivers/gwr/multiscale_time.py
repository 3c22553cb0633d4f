"""Regressions whose coefficients vary over space and time, each at scales of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, get_args

import numpy as np

from spatialccd._result import record
from spatialccd.drivers.gwr._clock import Clock
from spatialccd.drivers.gwr._design import prepare_panel
from spatialccd.drivers.gwr._engine import engine_named
from spatialccd.drivers.gwr._everywhere import GLOBAL
from spatialccd.drivers.gwr._fit import Plan, fit_timed
from spatialccd.drivers.gwr._inference import choose, infer
from spatialccd.drivers.gwr._label import label_mgtwr
from spatialccd.drivers.gwr._neighbors import budget
from spatialccd.drivers.gwr._options import (
    Criterion,
    InferenceMethod,
    Kernel,
    PanelEngine,
    Search,
    check_settings,
    given_scales,
)
from spatialccd.drivers.gwr._scales import ScaleSearch
from spatialccd.drivers.gwr._warnings import warn_of
from spatialccd.drivers.gwr.results import MGTWR
from spatialccd.errors import ParameterError, check_choice, check_range

if TYPE_CHECKING:
    from spatialccd._types import Columns, FloatArray, Places, Progress, Values
    from spatialccd.drivers.gwr._design import Design


def mgtwr(
    y: Values,
    X: Columns,
    geometry: Places,
    *,
    kernel: Kernel = "bisquare",
    fixed: bool = False,
    bandwidths: Mapping[str, float] | None = None,
    time_scales: Mapping[str, float] | None = None,
    fixed_terms: Sequence[str] = (),
    causal: bool = False,
    search: Search = "golden",
    criterion: Criterion = "aicc",
    min_bandwidth: float | None = None,
    max_bandwidth: float | None = None,
    start_bandwidth: float | None = None,
    start_time_scale: float | None = None,
    standardize: bool = True,
    tol: float = 1e-5,
    max_iter: int = 200,
    inference: InferenceMethod = "auto",
    n_probes: int = 100,
    engine: PanelEngine = "native",
    n_jobs: int = -1,
    seed: int | None = None,
    memory_limit: float | None = None,
    progress: Progress | None = None,
) -> MGTWR:
    """Fit a multiscale geographically and temporally weighted regression to a panel.

    Each covariate has a bandwidth and a time scale of its own, so that one may vary
    from county to county and stand still, and another change from year to year alike
    everywhere. Observations are near when
    d^2 = (distance in space)^2 + (time_scale x distance in time)^2 is small.

    Parameters
    ----------
    y : Series
        The value to explain, on (unit, time); times must be numbers.
    X : DataFrame
        Covariates on the same rows, without a constant column.
    geometry : GeoDataFrame, GeoSeries or DataFrame
        Areas or points on unit; a geographic CRS gives great-circle km.
    kernel : {"bisquare", "gaussian", "exponential"}, default "bisquare"
        How weight falls with distance; see ``mgwr``.
    fixed : bool, default False
        A bandwidth is one distance everywhere, instead of a number of nearest
        observations.
    bandwidths : mapping of str to float, optional
        Bandwidths that are not searched, by term ("Intercept" or a column of
        `X`); the other terms are searched.
    time_scales : mapping of str to float, optional
        Time scales that are not searched, by term. 0: the coefficient does not
        vary over time.
    fixed_terms : sequence of str, optional
        Terms whose coefficient is the same everywhere, "Intercept" or columns of `X`
        (semiparametric, or mixed, MGTWR), and at all times: their bandwidth is infinite
        and they have no time scale. For what has no reason to vary, or varies too little
        to be told. Not with `causal`. Their 95% intervals held the truth in 92.6% of
        2,000 (80 rows, bandwidths from 20 on;
        tests/drivers/gwr/test_fixed_terms_in_time.py).
    causal : bool, default False
        Let only the same time and the past count around an observation. Where fewer
        are known by then than the bandwidth takes, it takes all of them.
    search : {"golden", "exhaustive"}, default "golden"
        How the bandwidth is searched at a time scale; see ``mgwr``, and the notes.
    criterion : {"aicc", "aic", "bic", "cv"}, default "aicc"
        What bandwidths and time scales minimize.
    min_bandwidth, max_bandwidth : float, optional
        Bounds of each covariate's search. By default max(3, min(42, n/3)) to n
        observations; of distances, half the smallest to twice the largest.
    start_bandwidth : float, optional
        Bandwidth of the GWR that backfitting starts from, here a GTWR; searched by
        default.
    start_time_scale : float, optional
        Its time scale; searched by default.
    standardize : bool, default True
        Turn y and X into z-scores (ddof 0) over the whole panel, so that bandwidths
        of covariates compare. The result has both scales.
    tol : float, default 1e-5
        Score of change at which backfitting ends.
    max_iter : int, default 200
        Rounds of backfitting at most.
    inference : {"auto", "exact", "stochastic", "none"}, default "auto"
        Exact solves one linear system, O(k n^3); stochastic estimates standard
        errors from random probes, with a stated error. Auto is exact up to 5,000
        rows, unless `memory_limit` is given and too little for that, or the system
        has no unique solution.
    n_probes : int, default 100
        Random probes of stochastic inference.
    engine : {"native", "sorted", "moments"}, default "native"
        sorted: neighbors sorted by distance, 10 n^2 bytes, anew for each time scale.
        moments: sums over balls in space and time from a k-d tree for each of T times,
        exact too, memory of n and time of n^1.5 sqrt(T) a bandwidth; bisquare kernels on
        plane coordinates, golden section, stochastic inference or none; slow where
        nearly each row has a time of its own. native: moments beyond 2,000 rows where
        they can and a time has 16 rows or more on average, else sorted; of a fixed
        Gaussian kernel on a panel at least half full, sums over units times sums over
        times ("product" in ``settings``).
    n_jobs : int, default -1
        Threads; -1 for all.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    memory_limit : float, optional
        GB that may be held, half of what is free by default. Sorted neighbors take
        10 n^2 bytes for each time scale at hand; beyond the limit fewer are kept and
        the others sorted anew.
    progress : callable, optional
        Told the rounds done and the most there may be; 0 while the GTWR is searched.

    Returns
    -------
    MGTWR
        As MGWR, on (unit, time), with a time scale and tau for each term. ``coef`` is
        where the backfitting stopped; ``se`` and ``sigma2`` of exact inference belong
        to the limit it converges to.

    Raises
    ------
    AlignmentError
        The inputs carry different labels, or values are missing.
    ParameterError
        y is no panel, its times are not numbers, a setting is out of range, or moments
        were asked for what they cannot hold.
    SingularDesignError
        A covariate is constant, or depends on others around rows it names.
    EstimationError
        There are too few rows (at the first time, where only the past counts).

    Warns
    -----
    BandwidthWarning
        A bandwidth sits on the lower bound of its search.
    ConvergenceWarning
        `max_iter` was reached.
    ApproachWarning
        Inference "auto" is stochastic: of many rows, or because places that hear of one
        another alone leave the exact system without a unique solution.

    Notes
    -----
    Each time scale is searched along a grid of doubles and then by halves of the
    step, down to a twelfth, with 0 (time has no part) among them; at each the
    bandwidth is searched as in ``mgwr``. Of a fixed Gaussian kernel on a panel that is
    at least half full, which is a kernel in space times one in time, only the first
    "golden" search of a term and that after it has stood still go through the grid; all
    others go down from the last bandwidth and time scale, both at once. Rows of `scales` tell
    what each term's search saw at the end. What is minimized is the criterion of each
    term's own regression, as in the papers, not that of the whole model: where terms
    compete, another start may end at another fit. Where y holds one time only, time
    scales have no part and the result is that of ``mgwr``.

    Fotheringham, Crespo and Yao (2015) weigh by the product of a kernel in space and
    one in time. Of a Gaussian kernel that is the same, with the temporal bandwidth
    that ``space_time`` has; of others it is not.

    References
    ----------
    Wu, Ren, Hu, Du (2019), IJGIS 33, 489-506. Huang, Wu, Barry (2010), IJGIS 24,
    383-401. Fotheringham, Yang, Kang (2017), Annals of the AAG 107, 1247-1265.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> places = pd.DataFrame(rng.uniform(0, 100, (40, 2)), columns=["x", "y"])
    >>> rows = pd.MultiIndex.from_product([places.index, range(2016, 2021)])
    >>> X = pd.DataFrame(rng.normal(size=(200, 2)), rows, ["roads", "schools"])
    >>> east = places["x"].reindex(rows.get_level_values(0)).to_numpy() / 50
    >>> year = np.asarray(rows.get_level_values(1)) - 2018
    >>> y = X["roads"] * east + X["schools"] * year + rng.normal(size=200) / 5
    >>> fit = mgtwr(y, X, places, start_bandwidth=60, start_time_scale=20)
    >>> bool(fit.time_scale["schools"] > fit.time_scale["roads"])
    True
    """
    settings = record("mgtwr", locals())
    check_choice("engine", engine, get_args(PanelEngine))
    check_settings(kernel, search, criterion, engine, "scaled", tol, max_iter)
    check_choice("inference", inference, get_args(InferenceMethod))
    check_range("n_probes", n_probes, 2)
    if start_time_scale is not None:
        check_range("start_time_scale", start_time_scale, 0, np.inf, open_high=True)
    design = prepare_panel(
        y, X, geometry, kernel=kernel, fixed=fixed, standardize=standardize, past=causal,
        tool="mgtwr",
    )  # fmt: skip
    plan = Plan.read(settings, design)
    scales = given_scales(time_scales, design, fixed_terms)
    held = plan.given == GLOBAL
    if causal and held.any():
        raise ParameterError(
            "causal=True lets only the same time and the past count, and what is in fixed_terms is "
            "the same at all times, so that the future counts too; take one of the two out"
        )
    n, k = design.X.shape
    limit = budget(memory_limit, n)
    # Moments never hold the weights of all pairs, which exact inference needs.
    wanted = "stochastic" if (engine, inference) == ("moments", "auto") else inference
    chosen = choose(wanted, n, k, memory_limit=memory_limit, budget=limit)
    taken = engine_named(engine, design.space, search=search, inference=chosen)
    settings = record("mgtwr", settings, engine=taken)
    clock = Clock(design.space, taken, n_jobs=n_jobs, memory_limit=limit, at_once=k)
    starting = _start(clock, design, plan, scales, start_time_scale)
    told = progress and (lambda _done, _total: progress(0, max_iter))
    start, _ = starting.run(told)
    found, smoothers = fit_timed(clock, design, plan, start, scales, progress=progress)
    around = [smoother.neighbors for smoother in smoothers]
    warn_of(found, plan, around, design)
    auto = inference == "auto"
    inferred = infer(chosen, around, design, found, n_probes=n_probes, seed=seed, auto=auto)
    placed = starting.placed(start.scale)
    return label_mgtwr(settings, placed, start, found, smoothers, inferred)


def _start(
    clock: Clock, design: Design, plan: Plan, scales: FloatArray, scale: float | None
) -> ScaleSearch:
    """Give the search of the GTWR to start from: what is given stands, for all where all is."""
    bandwidth = plan.start
    vary = plan.given != GLOBAL
    if bandwidth is None and not np.isnan(plan.given).any():
        bandwidth = float(plan.given[vary].max())
    if scale is None and not np.isnan(scales[vary]).any():
        scale = float(np.median(scales[vary]))
    return ScaleSearch(
        design,
        clock,
        bandwidth=bandwidth,
        scale=scale,
        criterion=plan.criterion,
        method=plan.search,
        bounds=(None, None),
    )
