"""Bivariate Moran's I: one value here and another around it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from spatialccd._align import align, cross_section
from spatialccd._result import record
from spatialccd._types import FloatArray, IntArray
from spatialccd.association import _moments
from spatialccd.association._frame import Around, Overall, global_test, local_test
from spatialccd.association._permutation import Alternative, Correction
from spatialccd.association._results import GlobalTest
from spatialccd.association._weights import Lattice, Weights, check_varies, unit_by_time
from spatialccd.association.moran import CLUSTERS, LocalMoran, around
from spatialccd.errors import listed

if TYPE_CHECKING:
    from spatialccd._types import Graph, Progress, UnitValues, Values


@dataclass(frozen=True, eq=False, kw_only=True)
class BivariateMoran(GlobalTest):
    """Bivariate Moran's I of each time.

    Attributes
    ----------
    table : DataFrame
        One row a time (index "time"; one row "all" for a cross-section): n;
        I; r, the correlation of x and y in the same unit; mean_sim, sd_sim
        and p_sim of the permutations.
    simulated : DataFrame
        I of each permutation (row) and time (column).
    islands : Index
        Units without neighbors that stand in mean and variance.
    dropped : Index
        Units that the graph left out, and so did every figure here.
    own : DataFrame
        By time I_x and I_y, Moran's I of each alone, and their p_x and p_y under
        randomization: where both are autocorrelated p_sim is too small.
    """

    own: pd.DataFrame

    def notes(self) -> list[str]:
        """Say where x and y are each autocorrelated, so that p_sim is too small."""
        both = self.own[(self.own[["p_x", "p_y"]] < 0.05).all(axis=1)]
        if both.empty:
            return super().notes()
        where = "" if list(self.own.index) == ["all"] else f" in {listed(both.index)}"
        return [
            *super().notes(),
            f"x and y are each autocorrelated{where}: p_sim, which takes all orders of x for "
            "alike, is too small then. Two independent variables like that reject 18% to 53% at "
            "5%: I does not show by itself that one has to do with the other.",
        ]

    @property
    def I(self) -> pd.Series:  # noqa: E743, N802 - the field's name
        """Bivariate I by time."""
        return self.table["I"]


def bivariate_moran(
    x: Values,
    y: Values,
    graph: Graph,
    *,
    n_permutations: int = 999,
    seed: int | None = None,
    alternative: Alternative = "two-sided",
    row_standardize: bool = True,
    n_jobs: int = 1,
) -> BivariateMoran:
    """Test in each time whether `x` here goes with `y` around it.

    I = sum_ij w_ij zx_i zy_j / S0 with zx and zy the standard scores (ddof 0).

    Parameters
    ----------
    x : Series
        Values of the unit itself, on (unit, time) or unit.
    y : Series
        Values of its neighbors, on the same index.
    graph : Neighbors or libpysal Graph
        Who is whose neighbor, on the same units. Links of a unit to itself do not
        count.
    n_permutations : int, default 999
        Random orders of `x` against `y`, the same in every time.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    alternative : {"two-sided", "greater", "less", "directed"}
        greater: high x is among high y. less: among low y. two-sided: either,
        the smaller tail doubled. directed: the smaller tail alone.
    row_standardize : bool, default True
        Divide each unit's weights by their sum.
    n_jobs : int, default 1
        Threads; -1 for all. It moves no figure.

    Returns
    -------
    BivariateMoran

    Raises
    ------
    AlignmentError
        Labels differ between `x`, `y` and `graph`, or values are missing.
    EstimationError
        `x` or `y` is constant in some time, or there are too few units or links.

    Notes
    -----
    When x and y go together in the same unit and y is like its neighbors, I
    is high without any effect across borders (Lee, 2001): read it beside
    ``r`` and the univariate I of y. The permutations take all orders of x for
    equally likely. Where x and y are each autocorrelated they are not, and p_sim is too
    small: of two independent variables on a grid of 8 x 8 with a spatial lag of .5, .8 and
    .9 it rejected 18%, 41% and 53% at 5%.
    ``own`` has Moran's I of each, and the notes say where both are autocorrelated.

    References
    ----------
    Wartenberg, D. (1985). Multivariate spatial correlation. Geographical Analysis
    17, 263-283. Lee, S.-I. (2001). Journal of Geographical Systems 3, 369-385.

    Examples
    --------
    >>> import pandas as pd
    >>> from libpysal.graph import Graph
    >>> ring = Graph.from_dicts({i: {(i - 1) % 8: 1, (i + 1) % 8: 1} for i in range(8)})
    >>> x = pd.Series([1.0, 2, 3, 4, 4, 3, 2, 1])
    >>> bivariate_moran(x, -x, ring, n_permutations=99, seed=1).I.round(3).tolist()
    [-0.7]
    """
    settings = record("bivariate_moran", locals())
    x, y = align(x=x, y=y)
    return global_test(BivariateMoran, settings, x, graph, partial(_overall, y), role="x")


def _alone(zx: FloatArray, zy: FloatArray, weights: Weights) -> pd.DataFrame:
    """Give Moran's I of x and of y by time, with two-sided p-values under randomization."""
    sums = _moments.Sums.of(weights.matrix)
    table = {}
    for name, z in (("x", zx), ("y", zy)):
        table[f"I_{name}"] = _moments.moran(z, weights.matrix, sums.s0)
        spread = np.sqrt(_moments.moran_variance(sums, (z**4).mean(axis=0)))
        score = (table[f"I_{name}"] + 1 / (sums.n - 1)) / spread
        table[f"p_{name}"] = _moments.normal_p(score, "two-sided")
    return pd.DataFrame(table)


def local_bivariate_moran(
    x: UnitValues,
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
    """Find units whose `x` goes with, or against, `y` around them.

    I_i = zx_i * sum_j w_ij zy_j. "High-Low" is high x among low y.

    Parameters
    ----------
    x : Series
        Values of the unit itself.
    y : Series
        Values of its neighbors, on the same units.
    graph : Neighbors or libpysal Graph
        Who is whose neighbor, on the same units. Links of a unit to itself do not
        count.
    n_permutations : int, default 9999
        Random draws of the other units' `y` around each unit.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    alpha : float, default 0.05
        A unit is significant when its corrected p-value is at most this.
    correction : {"fdr", "bonferroni", "none"}
        For the number of tests. fdr: Benjamini and Hochberg.
    alternative : {"two-sided", "greater", "less", "directed"}
        greater: x goes with y around. less: against. two-sided: either, the
        smaller tail doubled. directed: the smaller tail alone.
    row_standardize : bool, default True
        Divide each unit's weights by their sum.
    n_jobs : int, default 1
        Threads; -1 for all. It moves no figure.
    progress : callable, optional
        Told (done, total) as units are done.

    Returns
    -------
    LocalMoran
        Its ``z`` is the score of x, its ``lag`` that of y around.

    Raises
    ------
    AlignmentError
        Labels differ between `x`, `y` and `graph`, or values are missing.
    EstimationError
        `x` or `y` is constant, or there are too few units or links.

    Warns
    -----
    PermutationWarning
        The permutations are too few for any unit to be significant.
    OneNeighborWarning
        Units have one neighbor, so that their figure is that neighbor's.

    References
    ----------
    Anselin, L., Syabri, I. and Smirnov, O. (2002). Visualizing multivariate
    spatial correlation with dynamically linked windows, section 3.

    Examples
    --------
    >>> import pandas as pd
    >>> from libpysal.graph import Graph
    >>> ring = Graph.from_dicts({i: {(i - 1) % 8: 1, (i + 1) % 8: 1} for i in range(8)})
    >>> x = pd.Series([1.0, 2, 3, 4, 4, 3, 2, 1])
    >>> local_bivariate_moran(x, -x, ring, seed=1).table["quadrant"].tolist()[:4]
    ['Low-High', 'Low-High', 'High-Low', 'High-Low']
    """
    settings = record("local_bivariate_moran", locals())
    cross_section(y, "y")
    _, others = align(x=x, y=y)

    def measure(data: Lattice) -> Around:
        zx, zy = scores_of_both(data, others)
        return around(zx[:, 0], zy[:, 0], data.weights, alternative)

    return local_test(
        LocalMoran, CLUSTERS, settings, x, graph, measure, role="x", progress=progress
    )


def _overall(y: pd.Series, data: Lattice) -> Overall:
    """Measure I in each time; x moves, and what lies around stays."""
    zx, zy = scores_of_both(data, y)
    matrix = data.weights.matrix
    lags = matrix @ zy / float(matrix.sum())
    observed = (zx * lags).sum(axis=0)

    def reordered(orders: IntArray) -> FloatArray:
        pairs = zip(zx.T, lags.T, strict=True)
        return np.column_stack([x_scores[orders] @ lag for x_scores, lag in pairs])

    figures = {"n": len(zx), "I": observed, "r": (zx * zy).mean(axis=0)}
    beside = {"own": _alone(zx, zy, data.weights)}
    return Overall(pd.DataFrame(figures), observed, reordered, beside=beside)


def scores_of_both(data: Lattice, y: pd.Series) -> tuple[FloatArray, FloatArray]:
    """Standardize the values of the lattice and those of `y` there, shape (n, T) each."""
    values = unit_by_time(y, "y").reindex(data.weights.units).to_numpy()
    check_varies(values, data.times, "y")
    return _moments.standard_scores(data.values), _moments.standard_scores(values)
