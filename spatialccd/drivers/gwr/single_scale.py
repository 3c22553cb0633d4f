"""GWR by an engine of our own: one bandwidth for all terms.

The algorithm is in ``_local``; here data are checked, the engine is chosen and results
labeled.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from spatialccd._result import record
from spatialccd.drivers.gwr._design import prepare, rules
from spatialccd.drivers.gwr._engine import engine_for
from spatialccd.drivers.gwr._family_label import gwr_by_likelihood
from spatialccd.drivers.gwr._label import label_gwr
from spatialccd.drivers.gwr._local import search_with_curve
from spatialccd.drivers.gwr._neighbors import budget
from spatialccd.drivers.gwr._options import (
    Bounds,
    Criterion,
    Engine,
    Family,
    Kernel,
    Search,
    check_bandwidth,
    check_settings,
    family_engine,
    response_of,
)
from spatialccd.drivers.gwr._peer import gwr_by_peer
from spatialccd.drivers.gwr._search import curve_of
from spatialccd.drivers.gwr._semiparametric_fit import fit_semiparametric, held_terms
from spatialccd.drivers.gwr._warnings import warn_bound
from spatialccd.drivers.gwr.results import GWR

if TYPE_CHECKING:
    from distributed import Client

    from spatialccd._types import Places, Progress, UnitColumns, UnitValues


def gwr(
    y: UnitValues,
    X: UnitColumns,
    geometry: Places,
    *,
    kernel: Kernel = "bisquare",
    fixed: bool = False,
    bandwidth: float | None = None,
    fixed_terms: Sequence[str] = (),
    search: Search = "golden",
    criterion: Criterion = "aicc",
    min_bandwidth: float | None = None,
    max_bandwidth: float | None = None,
    bounds: Bounds = "scaled",
    standardize: bool = True,
    family: Family = "gaussian",
    offset: UnitValues | None = None,
    engine: Engine = "native",
    n_jobs: int = -1,
    memory_limit: float | None = None,
    client: Client | None = None,
    progress: Progress | None = None,
) -> GWR:
    """Fit a geographically weighted regression: one bandwidth for all that varies.

    Parameters
    ----------
    y : Series
        The value to explain, one number a unit. Missing values are an error.
    X : DataFrame
        Covariates on the same units, any order, without a constant column.
    geometry : GeoDataFrame, GeoSeries or DataFrame
        Areas or points on the same units; areas count by their centroid. A
        geographic CRS gives great-circle distances in km. A table of two
        coordinate columns also serves.
    kernel : {"bisquare", "gaussian", "exponential"}, default "bisquare"
        How weight falls with distance d to the bandwidth's distance h: bisquare
        (1 - d^2/h^2)^2 and zero beyond h, Gaussian exp(-d^2/2h^2), exponential
        exp(-d/h).
    fixed : bool, default False
        A bandwidth is one distance everywhere, instead of a number of nearest
        neighbors (the unit itself counted, as in mgwr).
    bandwidth : float, optional
        Neighbors (or distance, when `fixed`); searched by default.
    fixed_terms : sequence of str, optional
        Terms whose coefficient is the same everywhere, "Intercept" or columns of `X`
        (semiparametric, or mixed, GWR; see Notes). For what has no reason to vary, or
        varies too little to be told. With a criterion other than cv, sorted neighbors
        and a Gaussian y. Their 95% intervals held the truth in 96.3% of 2,000 (n = 90;
        tests/drivers/gwr/test_semiparametric.py).
    search : {"golden", "exhaustive"}, default "golden"
        Golden section visits the same bandwidths as mgwr 2.2.1; exhaustive finds
        the true minimum (of a fine grid, where bandwidths are distances).
    criterion : {"aicc", "aic", "bic", "cv"}, default "aicc"
        What the bandwidth minimizes.
    min_bandwidth, max_bandwidth : float, optional
        Bounds of the search; `bounds` says which stand by default. A bandwidth as
        a distance: half the smallest to twice the largest distance.
    bounds : {"scaled", "mgwr"}, default "scaled"
        Fewest neighbors that the search starts from, with k terms that vary: scaled,
        max(k + 2, min(40 + 2k, n/3)); mgwr, 40 + 2k, whatever n. They differ
        below 120 + 6k units, and with them the golden section's way and its end.
    standardize : bool, default True
        Turn y and X into z-scores (ddof 0). The result has both scales. Counts
        and shares (`family`) are never standardized.
    family : {"gaussian", "poisson", "binomial"}, default "gaussian"
        How y is distributed. Counts (log link) and shares or 0/1 (logit link) are
        fitted by local likelihoods, each climbed to its maximum. ``r2`` and
        ``local_r2`` are then shares of the deviance explained, ``ols`` is the global
        generalized linear model, Cook's distance and Moran's I are of Pearson
        residuals. A share counts as one trial; se holds where counts vary as Poisson
        counts do: coef and 1.96 se then held coefficients that do not vary in .94 to
        .96 of places (400 samples each of 100 and 200 units;
        tests/drivers/gwr/family_sizes.py).
    offset : Series, optional
        With counts: what they are in proportion to, such as the population at risk
        or the cases expected, on the same units. It multiplies, exp(X b) is the rate;
        not its logarithm.
    engine : {"native", "sorted", "moments", "pysal"}, default "native"
        sorted: neighbors sorted by distance, 10 n^2 bytes, every bandwidth in one
        pass. moments: sums over discs from a k-d tree, exact too, memory of n and
        time of n^1.5 a bandwidth; bisquare kernels on plane coordinates, golden
        section, Gaussian y. native: moments beyond 10,000 units where they can, else
        sorted. pysal: the mgwr package, for comparison.
    n_jobs : int, default -1
        Threads; -1 for all.
    memory_limit : float, optional
        GB that may be held, half of what is free by default. Sorted neighbors
        take 10 n^2 bytes; beyond the limit they are kept in a temporary file.
    client : distributed.Client, optional
        A Dask cluster whose workers share the rows of neighbors, or of moments the
        leaves of the tree (extra ``cluster``).
    progress : callable, optional
        Told how many bandwidths were looked at, and about how many will be.

    Returns
    -------
    GWR
        Coefficients, standard errors, t, bandwidth, diagnostics.

    Raises
    ------
    AlignmentError
        The inputs carry different labels, or values are missing.
    SingularDesignError
        A covariate is constant, or depends on others around places it names.
    EstimationError
        There are too few units; or counts or shares have no likeliest coefficients
        around places it names, where y is all zeros or a covariate separates it.
    DataError
        y cannot come from `family`: counts that are negative or no whole numbers,
        shares outside [0, 1]; or an offset is not above 0. All rows are named.
    ParameterError
        A setting is out of range, or does not go with `fixed_terms` or `family`.

    Warns
    -----
    BandwidthWarning
        The bandwidth sits on the lower bound of its search.
    RepeatedLocationWarning
        Units share a place.

    Notes
    -----
    With `fixed_terms` y = X_a a + X_v b(place) + e. S being the hat matrix of a GWR on
    X_v alone and M = I - S,

        a = (X_a'M'M X_a)^-1 X_a'M'M y,    b = GWR of y - X_a a on X_v,

    in closed form (the two steps of Brunsdon et al.). Standard errors, leverage, tr S
    and the criteria that are searched are those of both parts together; a fixed term
    has an ENP of 1 and its t no correction. ``mgwr(fixed_terms=)`` is backfitted and
    ends at another estimate, X_a'M in place of X_a'M'M (where one term varies): the
    two steps are less biased (Speckman). An exhaustive search takes two passes over the
    neighbors a bandwidth: 5 s of 1,000 units on one core, where golden section takes .7 s.

    References
    ----------
    Fotheringham, Brunsdon, Charlton (2002), Geographically Weighted Regression,
    Wiley: eqs 2.15-2.33 and 9.6-9.11, and p. 189 (counts and shares). Nakaya,
    Fotheringham, Brunsdon, Charlton (2005), Statistics in Medicine 24, 2695-2717
    (counts, and their AICc). Brunsdon, Fotheringham, Charlton (1999), Journal of
    Regional Science 39, 497-524; Mei, He, Fang (2004), same journal 44, 143-157 (fixed
    terms). Speckman (1988), JRSS B 50, 413-436.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> places = pd.DataFrame(rng.uniform(0, 100, (60, 2)), columns=["x", "y"])
    >>> X = pd.DataFrame({"roads": rng.normal(size=60)})
    >>> y = X["roads"] * places["x"] / 50 + rng.normal(size=60) / 10
    >>> result = gwr(y, X, places)
    >>> result.coef.columns.tolist()
    ['Intercept', 'roads']
    """
    settings = record("gwr", locals())
    check_settings(kernel, search, criterion, engine, bounds)
    asked = family_engine(family, engine, offset, client)
    design = prepare(
        y,
        X,
        geometry,
        kernel=kernel,
        fixed=fixed,
        standardize=standardize,
        standardize_y=family == "gaussian",
    )
    held = held_terms(settings, design)
    if held.any():
        return fit_semiparametric(settings, design, held, progress)
    response = response_of(pd.Series(design.y, design.units), family, offset)
    neighbors, taken = engine_for(
        asked,
        design.space,
        search=search,
        n_jobs=n_jobs,
        memory_limit=budget(memory_limit, len(design.y)),
        client=client,
    )
    settings = record("gwr", settings, engine=taken)
    searched = None
    if bandwidth is not None:
        check_bandwidth("bandwidth", bandwidth, design)
    else:
        searched = rules(
            neighbors,
            design.X.shape[1],
            criterion=criterion,
            search=search,
            low=min_bandwidth,
            high=max_bandwidth,
            bounds=bounds,
        )
    if engine == "pysal":
        return gwr_by_peer(settings, design, neighbors, searched, bandwidth, response)
    if response is not None:
        return gwr_by_likelihood(
            settings, design, neighbors, response, searched, bandwidth, progress
        )
    curve = curve_of({})
    if searched is not None:
        bandwidth, curve = search_with_curve(neighbors, design, searched, progress)
        warn_bound({"the bandwidth": bandwidth}, searched, fixed=fixed)
    return label_gwr(settings, design, neighbors, float(bandwidth or 0.0), curve)
