"""Lee's L: whether two variables form one pattern over neighborhoods."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from spatialccd._align import align
from spatialccd._result import record
from spatialccd._types import FloatArray, IntArray
from spatialccd.association._frame import Overall, global_test
from spatialccd.association._links import Matrix
from spatialccd.association._permutation import Alternative
from spatialccd.association._results import GlobalTest
from spatialccd.association._weights import Lattice
from spatialccd.association.bivariate import scores_of_both

if TYPE_CHECKING:
    from spatialccd._types import Graph, Values


@dataclass(frozen=True, eq=False, kw_only=True)
class LeeL(GlobalTest):
    """Lee's L of each time.

    Attributes
    ----------
    table : DataFrame
        One row a time (index "time"; one row "all" for a cross-section): n; L; r,
        the correlation of x and y in the same unit; expected_L, the mean of L over
        all orders of the pairs; mean_sim, sd_sim and p_sim of the permutations.
    simulated : DataFrame
        L of each permutation (row) and time (column).
    islands : Index
        Units without neighbors that stand in mean and variance.
    dropped : Index
        Units that the graph left out, and so did every figure here.
    """

    def notes(self) -> list[str]:
        """Say what the permutations hold fixed."""
        return [
            *super().notes(),
            "The permutations move x and y together: they hold r fixed, and p_sim is about how the "
            "pairs lie in space, not about whether x has to do with y.",
        ]

    @property
    def L(self) -> pd.Series:  # noqa: N802 - the field's name
        """Lee's L by time."""
        return self.table["L"]


def lee_l(
    x: Values,
    y: Values,
    graph: Graph,
    *,
    n_permutations: int = 999,
    seed: int | None = None,
    alternative: Alternative = "two-sided",
    row_standardize: bool = True,
    n_jobs: int = 1,
) -> LeeL:
    """Test in each time whether `x` and `y` have one pattern over neighborhoods.

    L = sum_i (sum_j w_ij zx_j) (sum_j w_ij zy_j) / sum_i (sum_j w_ij)^2, with zx and
    zy the standard scores (ddof 0): the correlation of what lies around each
    unit, scaled by how smooth both are.

    Parameters
    ----------
    x : Series
        Values on (unit, time) or unit. Every time needs the same units.
    y : Series
        Others on the same index.
    graph : Neighbors or libpysal Graph
        Who is whose neighbor, on the same units. Links of a unit to itself do not
        count, as in spdep's ``lee`` without them; with them (Lee's W*) L is another
        number.
    n_permutations : int, default 999
        Random orders of the pairs (x, y), the same in every time.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    alternative : {"two-sided", "greater", "less", "directed"}
        greater: L is larger than for pairs in random places. less: smaller.
        two-sided: either, the smaller tail doubled. directed: the smaller tail alone.
    row_standardize : bool, default True
        Divide each unit's weights by their sum.
    n_jobs : int, default 1
        Threads; -1 for all. It moves no figure.

    Returns
    -------
    LeeL

    Raises
    ------
    AlignmentError
        Labels differ between `x`, `y` and `graph`, or values are missing.
    EstimationError
        `x` or `y` is constant in some time, or there are too few units or links.

    Notes
    -----
    When not to use it: to test whether x has to do with y. The permutations move
    pairs and hold their correlation r fixed, so p_sim asks whether the pairs are
    arranged in space. Correlated pairs in random places rejected 4.5% at 5%; two
    unrelated variables on a grid of 8 x 8 with a spatial lag of .5 and .8 rejected
    15% and 47%. Unlike ``bivariate_moran``, L is symmetric in x and y.

    References
    ----------
    Lee, S.-I. (2001). Developing a bivariate spatial association measure. Journal
    of Geographical Systems 3, 369-385, equation 17. Lee, S.-I. (2004). A generalized
    significance testing method for global measures of spatial association.
    Environment and Planning A 36, 1687-1703.

    Examples
    --------
    >>> import pandas as pd
    >>> from libpysal.graph import Graph
    >>> ring = Graph.from_dicts({i: {(i - 1) % 8: 1, (i + 1) % 8: 1} for i in range(8)})
    >>> x = pd.Series([1.0, 2, 3, 4, 4, 3, 2, 1])
    >>> lee_l(x, -x, ring, n_permutations=99, seed=1).L.round(3).tolist()
    [-0.5]
    """
    settings = record("lee_l", locals())
    x, y = align(x=x, y=y)
    return global_test(LeeL, settings, x, graph, partial(_overall, y), role="x")


def _overall(y: pd.Series, data: Lattice) -> Overall:
    """Measure L in each time; the pairs move."""
    zx, zy = scores_of_both(data, y)
    matrix = data.weights.matrix
    scale = float((np.asarray(matrix.sum(axis=1)).ravel() ** 2).sum())
    observed = _together(zx, zy, matrix) / scale

    def reordered(orders: IntArray) -> FloatArray:
        pairs = zip(zx.T, zy.T, strict=True)
        moved = [_together(a[orders].T, b[orders].T, matrix) for a, b in pairs]
        return np.column_stack(moved) / scale

    r = (zx * zy).mean(axis=0)
    figures = {"n": len(zx), "L": observed, "r": r, "expected_L": _expected(matrix, scale) * r}
    return Overall(pd.DataFrame(figures), observed, reordered)


def _together(zx: FloatArray, zy: FloatArray, matrix: Matrix) -> FloatArray:
    """Sum the products of both lags, (n, m) -> (m,)."""
    return np.asarray(((matrix @ zx) * (matrix @ zy)).sum(axis=0))


def _expected(matrix: Matrix, scale: float) -> float:
    """Give the mean of L over all orders of pairs whose r is 1.

    With V = W'W and z of mean 0, E z_i z_j is r on the diagonal and -r / (n - 1)
    off it: E L = r (tr V - (1'V1 - tr V) / (n - 1)) / 1'V1.
    """
    n = matrix.shape[0]
    trace = float((matrix.data**2).sum())
    return float((trace - (scale - trace) / (n - 1)) / scale)
