"""Getis and Ord's G: where high values gather, and where low ones do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from spatialccd._result import record
from spatialccd._types import FloatArray
from spatialccd.association import _moments
from spatialccd.association._frame import Around, Overall, by_column, global_test, local_test
from spatialccd.association._links import Matrix
from spatialccd.association._moments import Sums
from spatialccd.association._permutation import Alternative, Correction, Simulated
from spatialccd.association._results import GlobalTest, LocalTest
from spatialccd.association._weights import Lattice
from spatialccd.errors import DataError, EstimationError, check_range, listed

if TYPE_CHECKING:
    from spatialccd._types import Graph, Progress, UnitValues, Values

#: What a significant unit can be, in the order of a legend.
CLUSTERS = ("Hot spot", "Cold spot")

#: Below this share of its expectation squared the variance of G is mostly rounding.
_LOST = 1e-11


@dataclass(frozen=True, eq=False, kw_only=True)
class GlobalGetisOrd(GlobalTest):
    """Getis and Ord's general G of each time.

    Attributes
    ----------
    table : DataFrame
        One row a time (index "time"; one row "all" for a cross-section): n;
        G; expected_G; variance, z and p_rand under randomization; mean_sim,
        sd_sim and p_sim. High z: high values gather; low z: low values do.
    simulated : DataFrame
        G of each permutation (row) and time (column).
    islands : Index
        Units without neighbors that stand in the sums.
    dropped : Index
        Units that the graph left out, and so did every figure here.
    """

    @property
    def G(self) -> pd.Series:  # noqa: N802 - the field's name
        """General G by time."""
        return self.table["G"]


@dataclass(frozen=True, eq=False, kw_only=True)
class LocalGetisOrd(LocalTest):
    """Getis and Ord's local G or G* of each unit.

    Attributes
    ----------
    table : DataFrame
        On unit: local_sum, the weighted sum of the values around the unit; G,
        its standard score; p_norm of it; p_sim; p_adjusted; significant;
        cluster: "Hot spot", "Cold spot", "Not significant", "No neighbors".
    islands : Index
        Units without neighbors: no test, cluster "No neighbors".
    dropped : Index
        Units that the graph left out: they carry no figure, cluster "No neighbors".
    """

    @property
    def G(self) -> pd.Series:  # noqa: N802 - the field's name
        """Standard score of the local sum by unit."""
        return self.table["G"]


def global_getis_ord(
    y: Values,
    graph: Graph,
    *,
    n_permutations: int = 999,
    seed: int | None = None,
    alternative: Alternative = "two-sided",
    row_standardize: bool = False,
    n_jobs: int = 1,
) -> GlobalGetisOrd:
    """Test in each time whether high values, or low ones, are near each other.

    G = sum_ij w_ij y_i y_j / sum_{i != j} y_i y_j.

    Parameters
    ----------
    y : Series
        Values on (unit, time) or unit, none negative: G has no meaning on a
        scale without a natural zero.
    graph : Neighbors or libpysal Graph
        Who is whose neighbor, on the same units. Links of a unit to itself do not
        count.
    n_permutations : int, default 999
        Random orders of the values, the same in every time.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    alternative : {"two-sided", "greater", "less", "directed"}
        greater: high values gather. less: low values gather. two-sided:
        either, the smaller tail doubled. directed: the smaller tail alone.
    row_standardize : bool, default False
        Divide each unit's weights by their sum. Binary weights are usual.
    n_jobs : int, default 1
        Threads; -1 for all. It moves no figure.

    Returns
    -------
    GlobalGetisOrd

    Raises
    ------
    AlignmentError
        Units differ between `y` and `graph`, or values are missing.
    DataError
        A value is negative; ``cases`` lists every one.
    EstimationError
        `y` is constant in some time, or there are too few units or links.

    References
    ----------
    Getis, A. and Ord, J. (1992). The analysis of spatial association by use of
    distance statistics. Geographical Analysis 24, 189-206, equations 5 to 7.

    Examples
    --------
    >>> import pandas as pd
    >>> from libpysal.graph import Graph
    >>> ring = Graph.from_dicts({i: {(i - 1) % 8: 1, (i + 1) % 8: 1} for i in range(8)})
    >>> y = pd.Series([1.0, 2, 3, 4, 4, 3, 2, 1])
    >>> global_getis_ord(y, ring, n_permutations=99, seed=1).G.round(3).tolist()
    [0.335]
    """
    settings = record("global_getis_ord", locals())
    measure = partial(_overall, alternative=alternative)
    return global_test(GlobalGetisOrd, settings, y, graph, measure)


def local_getis_ord(
    y: UnitValues,
    graph: Graph,
    *,
    star: bool = True,
    self_weight: float | None = None,
    n_permutations: int = 9999,
    seed: int | None = None,
    alpha: float = 0.05,
    correction: Correction = "fdr",
    alternative: Alternative = "two-sided",
    n_jobs: int = 1,
    progress: Progress | None = None,
) -> LocalGetisOrd:
    """Find hot spots and cold spots.

    The standard score of sum_j w_ij y_j; G* counts the unit itself, G does
    not. The score is the same for weights and for their multiples, so
    row-standardizing them would move nothing.

    Parameters
    ----------
    y : Series
        Values on unit. On (unit, time) each time is tested by itself, and corrected
        for its own units alone.
    graph : Neighbors or libpysal Graph
        Who is whose neighbor, on the same units. Links of a unit to itself are set by
        `self_weight`.
    star : bool, default True
        G*, with the unit itself; False gives G.
    self_weight : float, optional
        Weight of the unit itself in G*. Without it, the largest weight of
        the unit's own links: 1 for binary links, as is usual.
    n_permutations : int, default 9999
        Random draws of the other units' values around each unit.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    alpha : float, default 0.05
        A unit is significant when its corrected permutation p-value is at most this.
    correction : {"fdr", "bonferroni", "none"}
        For the number of tests. fdr: Benjamini and Hochberg.
    alternative : {"two-sided", "greater", "less", "directed"}
        greater: hot. less: cold. two-sided: either, the smaller tail doubled.
        directed: the smaller tail alone.
    n_jobs : int, default 1
        Threads; -1 for all. It moves no figure.
    progress : callable, optional
        Told (done, total) as units are done.

    Returns
    -------
    LocalGetisOrd

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
    Permutations hold the unit's own value where it is, so in G* they test the
    neighbors only, while p_norm also counts the unit itself.

    References
    ----------
    Ord, J. and Getis, A. (1995). Local spatial autocorrelation statistics.
    Geographical Analysis 27, 286-306, equations 14 and 15.

    Examples
    --------
    >>> import pandas as pd
    >>> from libpysal.graph import Graph
    >>> ring = Graph.from_dicts({i: {(i - 1) % 8: 1, (i + 1) % 8: 1} for i in range(8)})
    >>> y = pd.Series([1.0, 2, 3, 4, 4, 3, 2, 1])
    >>> local_getis_ord(y, ring, seed=1).G.round(2).tolist()[:4]
    [-2.14, -0.92, 0.92, 2.14]
    """
    settings = record("local_getis_ord", locals())
    if self_weight is not None:
        check_range("self_weight", self_weight, 0, open_low=True)

    def measure(data: Lattice) -> Around:
        matrix = data.weights.matrix
        own = own_weight(matrix, self_weight) if star else np.zeros(matrix.shape[0])
        return _around(data, own, alternative, star=star)

    return local_test(LocalGetisOrd, CLUSTERS, settings, y, graph, measure, progress=progress)


def _overall(data: Lattice, alternative: Alternative) -> Overall:
    """Measure general G in each time."""
    _check_positive(data)
    matrix, sums = data.weights.matrix, Sums.of(data.weights.matrix)
    # G does not change with the unit of y; means of 1 keep fourth powers in range.
    values = data.values / data.values.mean(axis=0)
    observed = _general(values, matrix)
    expected, variance = _general_moments(values, sums)
    if (variance < _LOST * expected**2).any():
        raise EstimationError(
            "y varies by less than some 1e-5 of its mean, where G has no digits: use Moran's I"
        )
    score = (observed - expected) / np.sqrt(variance)
    table = pd.DataFrame(
        {
            "n": sums.n,
            "G": observed,
            "expected_G": expected,
            "variance": variance,
            "z": score,
            "p_rand": _moments.normal_p(score, alternative),
        }
    )
    return Overall(table, observed, by_column(lambda moved: _general(moved, matrix), values))


def _around(data: Lattice, own: FloatArray, alternative: Alternative, *, star: bool) -> Around:
    """Measure the weighted sum around each unit, with `own` times its own value."""
    x, weights = data.values[:, 0], data.weights
    local_sum = weights.matrix @ x + own * x
    score = _local_score(x, local_sum, weights.matrix, own, star=star)
    score[weights.alone] = np.nan

    def figures(simulated: Simulated) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "local_sum": np.where(weights.alone, np.nan, local_sum),
                "G": score,
                "p_norm": _moments.normal_p(score, alternative),
                "kind": np.where(local_sum > simulated.mean, *CLUSTERS),
            }
        )

    return Around(
        statistic=lambda units, lags: lags[0] + own[units] * x[units],
        observed=local_sum,
        fields=x[None],
        figures=figures,
    )


def _general(x: FloatArray, matrix: Matrix) -> FloatArray:
    """General G, shape (n, T) -> (T,)."""
    pairs = x.sum(axis=0) ** 2 - (x**2).sum(axis=0)
    return np.asarray((x * (matrix @ x)).sum(axis=0) / pairs, dtype=float)


def _general_moments(x: FloatArray, sums: Sums) -> tuple[FloatArray, FloatArray]:
    """Mean and variance of general G under randomization, shape (T,) each."""
    n, s0, s1, s2 = sums.n, sums.s0, sums.s1, sums.s2
    m1, m2, m3, m4 = ((x**power).sum(axis=0) for power in (1, 2, 3, 4))
    b0 = (n**2 - 3 * n + 3) * s1 - n * s2 + 3 * s0**2
    b1 = -((n**2 - n) * s1 - 2 * n * s2 + 6 * s0**2)
    b2 = -(2 * n * s1 - (n + 3) * s2 + 6 * s0**2)
    b3 = 4 * (n - 1) * s1 - 2 * (n + 1) * s2 + 8 * s0**2
    b4 = s1 - s2 + s0**2
    expected = s0 / (n * (n - 1))
    square = b0 * m2**2 + b1 * m4 + b2 * m1**2 * m2 + b3 * m1 * m3 + b4 * m1**4
    square = square / ((m1**2 - m2) ** 2 * n * (n - 1) * (n - 2) * (n - 3))
    return np.full(len(m1), expected), np.asarray(square - expected**2, dtype=float)


def own_weight(matrix: Matrix, self_weight: float | None = None) -> FloatArray:
    """Weight of each unit to itself, shape (n,)."""
    if self_weight is not None:
        return np.full(matrix.shape[0], float(self_weight))
    return np.asarray(matrix.max(axis=1).toarray(), dtype=float).ravel()


def _local_score(
    x: FloatArray, local_sum: FloatArray, matrix: Matrix, own: FloatArray, *, star: bool
) -> FloatArray:
    """Standardize local sums (Ord and Getis, 1995, equations 14 and 15), shape (n,)."""
    n = len(x)
    if star:
        matrix = sparse.csr_array(matrix + sparse.diags_array(own))
        count, mean = n, np.full(n, x.mean())
        spread = np.full(n, x.std())
    else:
        count, mean = n - 1, (x.sum() - x) / (n - 1)
        spread = np.sqrt(
            (np.square(x - x.mean()).sum() - (x - x.mean()) ** 2 * n / (n - 1)) / count
        )
    total = np.asarray(matrix.sum(axis=1)).ravel()
    squares = np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel()
    scale = spread * np.sqrt(np.maximum(count * squares - total**2, 0.0) / (count - 1))
    # A unit linked to all others by one weight has the same sum in every order.
    with np.errstate(invalid="ignore", divide="ignore"):
        score = (local_sum - total * mean) / scale
    return np.where(scale > 1e-12 * np.abs(total * mean), score, np.nan)


def _check_positive(data: Lattice) -> None:
    values = pd.DataFrame(data.values, data.weights.units, data.times).stack()
    negative = values[values < 0]
    if len(negative):
        names = listed(negative.index.get_level_values(0).unique())
        raise DataError(
            f"y is negative in {names}, where G has no meaning; use Moran's I",
            negative.rename("value").reset_index(),
        )
