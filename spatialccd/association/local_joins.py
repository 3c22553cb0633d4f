"""Local join counts: units that lie among their like."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from spatialccd._align import check_complete
from spatialccd._result import record
from spatialccd._types import FloatArray, IntArray
from spatialccd.association._frame import Around, local_test
from spatialccd.association._permutation import Alternative, Correction, Simulated
from spatialccd.association._results import LocalTest
from spatialccd.association._weights import Lattice
from spatialccd.association.joincount import encode_grades

if TYPE_CHECKING:
    from spatialccd._types import Graph, Groups, Progress

#: What a significant unit can be, in the order of a legend.
CLUSTERS = ("Among its like", "Among others")


@dataclass(frozen=True, eq=False, kw_only=True)
class LocalJoinCounts(LocalTest):
    """Joins of each unit with neighbors of its own grade.

    Attributes
    ----------
    table : DataFrame
        On unit: grade; joins, the weights of neighbors of the same grade; weight, of all
        neighbors; mean_sim; p_sim; p_adjusted; significant; cluster: "Among its like" where
        joins are above the mean of the permutations, "Among others" below.
    islands : Index
        Units without neighbors: no test, cluster "No neighbors".
    dropped : Index
        Units that the graph left out: they carry no figure, cluster "No neighbors".
    """

    @property
    def joins(self) -> pd.Series:
        """Joins with the same grade by unit."""
        return self.table["joins"]


def local_join_counts(
    grades: Groups,
    graph: Graph,
    *,
    n_permutations: int = 9999,
    seed: int | None = None,
    alpha: float = 0.05,
    correction: Correction = "fdr",
    alternative: Alternative = "greater",
    row_standardize: bool = False,
    n_jobs: int = 1,
    progress: Progress | None = None,
) -> LocalJoinCounts:
    """Find units that lie among neighbors of their own grade more than chance has it.

    J_i = sum_j w_ij [grade_j = grade_i]. With two labels, those of the first are the local
    join counts BB of Anselin and Li. With binary weights it is a number of neighbors.

    Few neighbors make few different counts: of three neighbors of a common grade all three are
    often alike, and no p-value is small. The test is careful for the same reason: of three labels
    by chance on 150 grids of 10 x 10, 2.0% of units were rejected at 5% with queen and 1.5% with
    rook neighbors (tests/association/local_sizes.py). Do not use it with k of 4 or less, nor for
    grades cut from numbers that `local_moran` can take as they are.

    Parameters
    ----------
    grades : Series
        One label a unit.
    graph : Neighbors or libpysal Graph
        Who is whose neighbor, on the same units. Links of a unit to itself do not
        count.
    n_permutations : int, default 9999
        Random draws of the other units' labels around each unit.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    alpha : float, default 0.05
        A unit is significant when its corrected p-value is at most this.
    correction : {"fdr", "bonferroni", "none"}
        For the number of tests. fdr: Benjamini and Hochberg.
    alternative : {"two-sided", "greater", "less", "directed"}
        greater: among its like. less: among others. two-sided: either, the smaller tail
        doubled. directed: the smaller tail alone.
    row_standardize : bool, default False
        Divide each unit's weights by their sum.
    n_jobs : int, default 1
        Threads; -1 for all. It moves no figure.
    progress : callable, optional
        Told (done, total) as units are done.

    Returns
    -------
    LocalJoinCounts

    Raises
    ------
    AlignmentError
        Units differ between `grades` and `graph`, or labels are missing.
    EstimationError
        All units have one grade, or there are too few units or links.
    ParameterError
        There are more than 50 different labels: it is not a grade.

    Warns
    -----
    PermutationWarning
        The permutations are too few for any unit to be significant.
    OneNeighborWarning
        Units have one neighbor, so that their figure is that neighbor's.

    References
    ----------
    Anselin, L., Li, X. (2019). Operational local join count statistics for cluster
    detection. Journal of Geographical Systems 21, 189-210, equations 1 and 2.

    Examples
    --------
    >>> import pandas as pd
    >>> from libpysal.graph import Graph
    >>> ring = Graph.from_dicts({i: {(i - 1) % 6: 1, (i + 1) % 6: 1} for i in range(6)})
    >>> grades = pd.Series(["good", "good", "good", "poor", "poor", "poor"])
    >>> local_join_counts(grades, ring, seed=1).joins.tolist()
    [1.0, 2.0, 1.0, 1.0, 2.0, 1.0]
    """
    settings = record("local_join_counts", locals())
    check_complete(grades, "grades", words=True)
    codes, names = encode_grades(grades)
    measure = partial(_around, np.array(names, dtype=object))
    return local_test(
        LocalJoinCounts, CLUSTERS, settings, codes, graph, measure, role="grades", progress=progress
    )


def _around(names: np.ndarray, data: Lattice) -> Around:
    """Measure the joins of each unit with its like."""
    matrix, codes = data.weights.matrix, data.values[:, 0].astype(np.int64)
    fields = (codes == np.arange(len(names))[:, None]).astype(float)
    lags = (matrix @ fields.T).T

    def like(units: IntArray, drawn: FloatArray) -> FloatArray:
        """Pick the lag of each unit's own grade, (k, m, b) -> (m, b)."""
        return np.asarray(drawn[codes[units], :, np.arange(units.size)].T)

    observed = lags[codes, np.arange(codes.size)]

    def figures(simulated: Simulated) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "grade": names[codes],
                "joins": observed,
                "weight": np.asarray(matrix.sum(axis=1)).ravel(),
                "mean_sim": simulated.mean,
                "kind": np.where(observed > simulated.mean, *CLUSTERS),
            }
        )

    return Around(like, observed, fields, figures)
