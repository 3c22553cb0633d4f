"""Moran's I: whether values are like their neighbors', overall and place by place."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from spatialccd._result import record
from spatialccd._types import FloatArray
from spatialccd.association import _moments
from spatialccd.association._frame import Around, Overall, by_column, global_test, local_test
from spatialccd.association._permutation import Alternative, Correction
from spatialccd.association._results import NO_NEIGHBORS, GlobalTest, LocalTest
from spatialccd.association._weights import Lattice, Weights

if TYPE_CHECKING:
    from spatialccd._types import Graph, Progress, UnitValues, Values


QUADRANTS = ("High-High", "Low-High", "Low-Low", "High-Low")
#: What a significant unit can be, in the order of a legend.
CLUSTERS = ("High-High", "Low-Low", "High-Low", "Low-High")


@dataclass(frozen=True, eq=False, kw_only=True)
class GlobalMoran(GlobalTest):
    """Moran's I of each time.

    Attributes
    ----------
    table : DataFrame
        One row a time (index "time"; one row "all" for a cross-section):
        n; I; expected_I = -1/(n-1); variance, z and p_rand under
        randomization; variance_norm, z_norm and p_norm under normality; and
        mean_sim, sd_sim and p_sim of the permutations.
    simulated : DataFrame
        I of each permutation (row) and time (column): the reference distribution.
    islands : Index
        Units without neighbors that stand in mean and variance.
    dropped : Index
        Units that the graph left out, and so did every figure here.
    """

    @property
    def I(self) -> pd.Series:  # noqa: E743, N802 - the field's name
        """Moran's I by time."""
        return self.table["I"]


@dataclass(frozen=True, eq=False, kw_only=True)
class LocalMoran(LocalTest):
    """Moran's I of each unit and the cluster it belongs to.

    Attributes
    ----------
    table : DataFrame
        On unit: z, the standard score; lag, the weighted mean (sum, when not
        row-standardized) of the neighbors' scores; I = z * lag; expected_I,
        variance_I, z_I and p_norm, analytic with all other values permuted;
        quadrant; p_sim; p_adjusted; significant; cluster.
    islands : Index
        Units without neighbors: no test, cluster "No neighbors".
    dropped : Index
        Units that the graph left out: they carry no figure, cluster "No neighbors".
    """

    @property
    def I(self) -> pd.Series:  # noqa: E743, N802 - the field's name
        """Local I by unit."""
        return self.table["I"]


def global_moran(
    y: Values,
    graph: Graph,
    *,
    n_permutations: int = 999,
    seed: int | None = None,
    alternative: Alternative = "two-sided",
    row_standardize: bool = True,
    n_jobs: int = 1,
) -> GlobalMoran:
    """Test in each time whether near units have like values.

    I = (n / S0) * sum_ij w_ij z_i z_j / sum_i z_i^2. Each time is permuted with
    the same random orders, so a year's figures do not depend on which other
    years stand beside it.

    Parameters
    ----------
    y : Series
        Values on (unit, time) or unit. Every time needs the same units.
    graph : Neighbors or libpysal Graph
        Who is whose neighbor, on the same units. Links of a unit to itself do not
        count.
    n_permutations : int, default 999
        Random orders of the values.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    alternative : {"two-sided", "greater", "less", "directed"}
        greater: like values are near each other. less: unlike values are. two-sided:
        either, the smaller tail doubled. directed: the smaller tail alone, the figure
        that GeoDa and esda print; it rejects twice as often as its level. Holds for
        both the analytic and the permutation p-values.
    row_standardize : bool, default True
        Divide each unit's weights by their sum.
    n_jobs : int, default 1
        Threads; -1 for all. It moves no figure.

    Returns
    -------
    GlobalMoran

    Raises
    ------
    AlignmentError
        Units differ between `y` and `graph`, or values are missing.
    EstimationError
        `y` is constant in some time, or there are too few units or links.

    Warns
    -----
    IslandWarning
        The graph has units without neighbors and does not come from ``neighbors``.

    Notes
    -----
    The permutation p-value is (r + 1) / (m + 1), where r of m permutations
    reach the observed I. A unit without neighbors that was kept stays in n,
    mean and variance, and its value takes part in the permutations.

    References
    ----------
    Cliff, A. and Ord, J. (1981). Spatial Processes, equations 1.37, 1.40.

    Examples
    --------
    >>> import pandas as pd
    >>> from libpysal.graph import Graph
    >>> ring = Graph.from_dicts({i: {(i - 1) % 8: 1, (i + 1) % 8: 1} for i in range(8)})
    >>> y = pd.Series([1.0, 2, 3, 4, 4, 3, 2, 1])
    >>> result = global_moran(y, ring, n_permutations=99, seed=1)
    >>> result.I.round(3).tolist(), bool(result.p_sim.iloc[0] < 0.1)
    ([0.7], True)
    """
    settings = record("global_moran", locals())
    return global_test(GlobalMoran, settings, y, graph, partial(_overall, alternative=alternative))


def local_moran(
    y: UnitValues,
    graph: Graph,
    *,
    n_permutations: int = 9999,
    seed: int | None = None,
    alpha: float = 0.05,
    correction: Correction = "fdr",
    alternative: Alternative = "two-sided",
    row_standardize: bool = True,
    n_jobs: int = 1,
    progress: Progress | None = None,
) -> LocalMoran:
    """Find clusters of like values and places unlike their neighbors.

    I_i = z_i * sum_j w_ij z_j with z the standard scores (ddof 0), so that the
    local figures sum to S0 times the global I. spdep does the same; esda
    multiplies by (n - 1) / n.

    Parameters
    ----------
    y : Series
        Values on unit. On (unit, time) each time is tested by itself, and corrected
        for its own units alone.
    graph : Neighbors or libpysal Graph
        Who is whose neighbor, on the same units. Links of a unit to itself do not
        count.
    n_permutations : int, default 9999
        Random draws of the other units' values around each unit. The smallest
        p-value is 1 / (n_permutations + 1), twice that when two-sided; with
        999 of them few units, or none, pass a correction for many tests.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    alpha : float, default 0.05
        A unit is significant when its corrected p-value is at most this.
    correction : {"fdr", "bonferroni", "none"}
        For the number of tests. fdr: Benjamini and Hochberg. Units without
        neighbors are not tests.
    alternative : {"two-sided", "greater", "less", "directed"}
        greater: like its neighbors. less: unlike. two-sided: either, the
        smaller tail doubled. directed: the smaller tail alone, the figure
        that GeoDa and esda print; it rejects twice as often as its level.
    row_standardize : bool, default True
        Divide each unit's weights by their sum.
    n_jobs : int, default 1
        Threads; -1 for all. It moves no figure.
    progress : callable, optional
        Told (done, total) as units are done.

    Returns
    -------
    LocalMoran

    Raises
    ------
    AlignmentError
        Units differ between `y` and `graph`, or values are missing.
    EstimationError
        `y` is constant, or there are too few units or links.

    Warns
    -----
    PermutationWarning
        The permutations are too few for any unit to be significant.
    OneNeighborWarning
        Units have one neighbor, so that their figure is that neighbor's.

    Notes
    -----
    High and low are above and not above the mean. The permutation p-value is
    (r + 1) / (m + 1).

    References
    ----------
    Anselin, L. (1995). Local indicators of spatial association. Geographical
    Analysis 27, 93-115, equations 7 and 12. Sokal, R., Oden, N. and Thomson, B.
    (1998). Geographical Analysis 30, 331-354. Caldas de Castro, M. and Singer, B.
    (2006). Geographical Analysis 38, 180-208 (FDR for local statistics).

    Examples
    --------
    >>> import pandas as pd
    >>> from libpysal.graph import Graph
    >>> ring = Graph.from_dicts({i: {(i - 1) % 8: 1, (i + 1) % 8: 1} for i in range(8)})
    >>> y = pd.Series([1.0, 2, 3, 4, 4, 3, 2, 1])
    >>> local_moran(y, ring, seed=1).table["quadrant"].tolist()[:4]
    ['Low-Low', 'Low-Low', 'High-High', 'High-High']
    """
    settings = record("local_moran", locals())

    def measure(data: Lattice) -> Around:
        z = _moments.standard_scores(data.values)[:, 0]
        return around(z, z, data.weights, alternative)

    return local_test(LocalMoran, CLUSTERS, settings, y, graph, measure, progress=progress)


def around(x: FloatArray, y: FloatArray, weights: Weights, alternative: Alternative) -> Around:
    """Measure x_i * lag_i(y) of standard scores x and y, shape (n,) each."""
    return Around(
        statistic=lambda units, lags: x[units] * lags[0],
        observed=x * (weights.matrix @ y),
        fields=y[None],
        figures=lambda _: local_figures(x, y, weights, alternative),
    )


def local_figures(
    x: FloatArray, y: FloatArray, weights: Weights, alternative: Alternative
) -> pd.DataFrame:
    """Table the local figures that need no permutation.

    Parameters
    ----------
    x, y : array, shape (n,)
        Standard scores of the unit and of what lies around it; the same but
        for bivariate figures.
    weights : Weights
    alternative : str
    """
    lag = weights.matrix @ y
    expected, variance = _moments.local_moments(x, y, weights.matrix)
    with np.errstate(invalid="ignore", divide="ignore"):
        score = (x * lag - expected) / np.sqrt(variance)
    kind = quadrants(x, lag)
    return pd.DataFrame(
        {
            "z": x,
            "lag": lag,
            "I": x * lag,
            "expected_I": expected,
            "variance_I": variance,
            "z_I": score,
            "p_norm": _moments.normal_p(score, alternative),
            "quadrant": np.where(weights.alone, NO_NEIGHBORS, kind),
            "kind": kind,
        }
    )


def quadrants(z: FloatArray, lag: FloatArray) -> npt.NDArray[np.object_]:
    """Name the quadrant of the Moran scatterplot of each unit."""
    code = np.where(z > 0, np.where(lag > 0, 0, 3), np.where(lag > 0, 1, 2))
    return np.array(QUADRANTS, dtype=object)[code]


def _overall(data: Lattice, alternative: Alternative) -> Overall:
    """Measure I in each time."""
    matrix, sums = data.weights.matrix, _moments.Sums.of(data.weights.matrix)
    z = _moments.standard_scores(data.values)
    observed, expected = _moments.moran(z, matrix, sums.s0), -1 / (sums.n - 1)
    variance = partial(_moments.moran_variance, sums)
    return Overall(
        table=pd.DataFrame({"n": sums.n, "I": observed, "expected_I": expected}).assign(
            **_moments.analytic(observed, expected, variance, z, alternative)
        ),
        observed=observed,
        reordered=by_column(lambda moved: _moments.moran(moved, matrix, sums.s0), z),
    )
