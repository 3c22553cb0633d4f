"""Geary's c: association by the squared differences between neighbors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from spatialccd._result import record
from spatialccd._types import FloatArray, IntArray
from spatialccd.association import _moments
from spatialccd.association._frame import Around, Overall, by_column, global_test, local_test
from spatialccd.association._links import Matrix
from spatialccd.association._moments import Sums
from spatialccd.association._permutation import Alternative, Correction, Simulated
from spatialccd.association._results import GlobalTest, LocalTest
from spatialccd.association._weights import Lattice

if TYPE_CHECKING:
    from spatialccd._types import Graph, Progress, UnitValues, Values

#: What a significant unit can be, in the order of a legend.
CLUSTERS = ("High-High", "Low-Low", "Other positive", "Negative")


@dataclass(frozen=True, eq=False, kw_only=True)
class GlobalGeary(GlobalTest):
    """Geary's c of each time.

    Attributes
    ----------
    table : DataFrame
        One row a time (index "time"; one row "all" for a cross-section): n;
        C; expected_C = 1; variance, z and p_rand under randomization;
        variance_norm, z_norm and p_norm under normality; mean_sim, sd_sim and
        p_sim. z = (1 - C) / sd, so that it is positive for like neighbors.
    simulated : DataFrame
        C of each permutation (row) and time (column).
    islands : Index
        Units without neighbors that stand in mean and variance.
    dropped : Index
        Units that the graph left out, and so did every figure here.
    """

    @property
    def C(self) -> pd.Series:  # noqa: N802 - the field's name
        """Geary's c by time."""
        return self.table["C"]


@dataclass(frozen=True, eq=False, kw_only=True)
class LocalGeary(LocalTest):
    """Geary's c of each unit and the cluster it belongs to.

    Attributes
    ----------
    table : DataFrame
        On unit: z, the standard score; lag, the weighted mean of the
        neighbors' scores; c = sum_j w_ij (z_i - z_j)^2; mean_sim; p_sim;
        p_adjusted; significant; cluster. A significant unit whose c is below
        the mean of the permutations is "High-High", "Low-Low" or "Other
        positive" (like its neighbors, across the mean); above, "Negative".
    islands : Index
        Units without neighbors: no test, cluster "No neighbors".
    dropped : Index
        Units that the graph left out: they carry no figure, cluster "No neighbors".
    """

    @property
    def c(self) -> pd.Series:
        """Local c by unit."""
        return self.table["c"]


def global_geary(
    y: Values,
    graph: Graph,
    *,
    n_permutations: int = 999,
    seed: int | None = None,
    alternative: Alternative = "two-sided",
    row_standardize: bool = True,
    n_jobs: int = 1,
) -> GlobalGeary:
    """Test in each time whether neighbors differ less than chance has it.

    C = (n - 1) / (2 S0) * sum_ij w_ij (y_i - y_j)^2 / sum_i (y_i - mean)^2;
    1 without association, below 1 when neighbors are alike.

    Parameters
    ----------
    y : Series
        Values on (unit, time) or unit. Every time needs the same units.
    graph : Neighbors or libpysal Graph
        Who is whose neighbor, on the same units. Links of a unit to itself do not
        count.
    n_permutations : int, default 999
        Random orders of the values, the same in every time.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    alternative : {"two-sided", "greater", "less", "directed"}
        greater: neighbors are alike (C below 1). less: unlike. two-sided:
        either, the smaller tail doubled. directed: the smaller tail alone.
    row_standardize : bool, default True
        Divide each unit's weights by their sum.
    n_jobs : int, default 1
        Threads; -1 for all. It moves no figure.

    Returns
    -------
    GlobalGeary

    Raises
    ------
    AlignmentError
        Units differ between `y` and `graph`, or values are missing.
    EstimationError
        `y` is constant in some time, or there are too few units or links.

    References
    ----------
    Cliff, A. and Ord, J. (1981). Spatial Processes, equations 1.43 and 1.44.

    Examples
    --------
    >>> import pandas as pd
    >>> from libpysal.graph import Graph
    >>> ring = Graph.from_dicts({i: {(i - 1) % 8: 1, (i + 1) % 8: 1} for i in range(8)})
    >>> y = pd.Series([1.0, 2, 3, 4, 4, 3, 2, 1])
    >>> global_geary(y, ring, n_permutations=99, seed=1).C.round(4).tolist()
    [0.2625]
    """
    settings = record("global_geary", locals())
    return global_test(GlobalGeary, settings, y, graph, partial(_overall, alternative=alternative))


def local_geary(
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
) -> LocalGeary:
    """Find units that differ from their neighbors less, or more, than chance has it.

    c_i = sum_j w_ij (z_i - z_j)^2 with z the standard scores (ddof 0).

    Parameters
    ----------
    y : Series
        Values on unit. On (unit, time) each time is tested by itself, and corrected
        for its own units alone.
    graph : Neighbors or libpysal Graph
        Who is whose neighbor, on the same units. Links of a unit to itself do not
        count.
    n_permutations : int, default 9999
        Random draws of the other units' values around each unit.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    alpha : float, default 0.05
        A unit is significant when its corrected p-value is at most this.
    correction : {"fdr", "bonferroni", "none"}
        For the number of tests. fdr: Benjamini and Hochberg.
    alternative : {"two-sided", "greater", "less", "directed"}
        greater: like its neighbors (small c). less: unlike. two-sided:
        either, the smaller tail doubled. directed: the smaller tail alone.
    row_standardize : bool, default True
        Divide each unit's weights by their sum.
    n_jobs : int, default 1
        Threads; -1 for all. It moves no figure.
    progress : callable, optional
        Told (done, total) as units are done.

    Returns
    -------
    LocalGeary

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

    References
    ----------
    Anselin, L. (1995). Geographical Analysis 27, 93-115, equation 18. Anselin, L.
    (2019). A local indicator of multivariate spatial association. Geographical
    Analysis 51, 133-150, section 3.

    Examples
    --------
    >>> import pandas as pd
    >>> from libpysal.graph import Graph
    >>> ring = Graph.from_dicts({i: {(i - 1) % 8: 1, (i + 1) % 8: 1} for i in range(8)})
    >>> y = pd.Series([1.0, 2, 3, 4, 4, 3, 2, 1])
    >>> local_geary(y, ring, seed=1).c.round(3).tolist()[:3]
    [0.4, 0.8, 0.8]
    """
    settings = record("local_geary", locals())
    return local_test(LocalGeary, CLUSTERS, settings, y, graph, _around, progress=progress)


def _overall(data: Lattice, alternative: Alternative) -> Overall:
    """Measure C in each time."""
    matrix, sums = data.weights.matrix, Sums.of(data.weights.matrix)
    margins, z = _margins(matrix), _moments.standard_scores(data.values)
    observed, variance = _geary(z, matrix, margins, sums), partial(_variance, sums)
    return Overall(
        table=pd.DataFrame({"n": sums.n, "C": observed, "expected_C": 1.0}).assign(
            **_moments.analytic(observed, 1.0, variance, z, alternative, sign=-1)
        ),
        observed=observed,
        reordered=by_column(lambda moved: _geary(moved, matrix, margins, sums), z),
        sign=-1,
    )


def _around(data: Lattice) -> Around:
    """Measure -c of each unit, so that more is more association."""
    matrix, z = data.weights.matrix, _moments.standard_scores(data.values)[:, 0]
    total = np.asarray(matrix.sum(axis=1)).ravel()

    def alike(units: IntArray, lags: FloatArray) -> FloatArray:
        """Give -c from the lags of z and z^2, (2, m, b) -> (m, b)."""
        return np.asarray(2 * z[units] * lags[0] - lags[1] - z[units] ** 2 * total[units])

    fields = np.stack([z, z**2])
    lags = (matrix @ fields.T).T
    observed = alike(np.arange(len(z)), lags[:, None, :])[0]

    def figures(simulated: Simulated) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "z": z,
                "lag": lags[0],
                "c": -observed,
                "mean_sim": -simulated.mean,
                "kind": np.where(observed > simulated.mean, _same_side(z, lags[0]), "Negative"),
            }
        )

    return Around(alike, observed, fields, figures)


def _same_side(z: FloatArray, lag: FloatArray) -> npt.NDArray[np.object_]:
    """Name the sides of the mean on which a unit and neighbors like it lie, shape (n,)."""
    sides = np.full(len(z), "Other positive", dtype=object)
    sides[(z > 0) & (lag > 0)] = "High-High"
    sides[(z <= 0) & (lag <= 0)] = "Low-Low"
    return sides


def _geary(z: FloatArray, matrix: Matrix, margins: FloatArray, sums: Sums) -> FloatArray:
    """Geary's c of standard scores, shape (n, T) -> (T,)."""
    squares = margins @ z**2 - 2 * (z * (matrix @ z)).sum(axis=0)
    return np.asarray((sums.n - 1) / (2 * sums.n * sums.s0) * squares, dtype=float)


def _margins(matrix: Matrix) -> FloatArray:
    """Row sum plus column sum of each unit, shape (n,)."""
    return np.asarray(matrix.sum(axis=1) + matrix.sum(axis=0), dtype=float).ravel()


def _variance(sums: Sums, kurtosis: FloatArray | None) -> FloatArray:
    """Variance of C: under normality, or under randomization given the kurtosis m4/m2^2."""
    n, s0, s1, s2 = sums.n, sums.s0, sums.s1, sums.s2
    if kurtosis is None:
        return np.asarray(((2 * s1 + s2) * (n - 1) - 4 * s0**2) / (2 * (n + 1) * s0**2))
    first = (n - 1) * s1 * (n**2 - 3 * n + 3 - (n - 1) * kurtosis)
    second = (n - 1) * s2 * (n**2 + 3 * n - 6 - (n**2 - n + 2) * kurtosis) / 4
    third = s0**2 * (n**2 - 3 - (n - 1) ** 2 * kurtosis)
    return np.asarray((first - second + third) / (n * (n - 2) * (n - 3) * s0**2))
