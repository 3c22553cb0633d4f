"""GOZH: strata that a regression tree finds, and what such a search finds by chance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from spatialccd._progress import counter
from spatialccd._result import record
from spatialccd.drivers._codes import warn_merged
from spatialccd.drivers.geodetector._permutations import Restrict, restriction
from spatialccd.drivers.geodetector._searched import SearchedDetector as SearchedDetector
from spatialccd.drivers.geodetector._searched import (
    describe_strata,
    excess_figures,
    in_order,
    label_frame,
    null_of,
    pair_frame,
    searched,
)
from spatialccd.drivers.geodetector._trees import make_trees
from spatialccd.errors import check_range

if TYPE_CHECKING:
    from spatialccd._types import Columns, FloatArray, Groups, Places, Progress, Values


def gozh(
    y: Values,
    X: Columns,
    blocks: Groups | None = None,
    places: Places | None = None,
    *,
    categorical: Sequence[str] = (),
    pairwise: bool = True,
    min_split: int = 20,
    min_leaf: int = 7,
    complexity: float = 0.01,
    max_depth: int = 30,
    n_permutations: int = 999,
    restrict: Restrict | None = None,
    seed: int | None = None,
    progress: Progress | None = None,
) -> SearchedDetector:
    """Measure how much a tree's strata of each factor, and of each two, explain (GOZH).

    The geographically optimal zones-based heterogeneity model: the strata are the leaves of
    a regression tree (CART) of y on the factor, those of two factors the leaves of a tree on
    both, and q = 1 - SSW/SST as ever. The tree looks at y, so that q is large in noise too:
    100 rows of noise give a mean q of .19, and the F test that takes the strata as given
    rejects 91% of what is not there at 5%. ``p_search`` grows the tree anew for every
    permutation and keeps its level (.045 at 31 rows).

    Do not use it to name types of interaction: a tree on two factors is greedy and stops by
    a rule, so that its q can be the q of one of them, or less, for reasons that lie in the
    rule; ``gain`` is given without a name. With few rows (n = 31) trees have two or three
    leaves: strata of fixed limits say more there (`stratify`, `factor_detector`).

    Parameters
    ----------
    y : Series (n,)
        The value to explain, on unit or on (unit, time).
    X : DataFrame (n, p)
        Factors on the index of y; what is on unit holds at all times. A column that is
        categorical, text or true/false is cut between its classes in the order of their
        means of y.
    blocks : Series, optional
        A label for each unit or row; with ``restrict="blocks"`` y changes
        places within a block only.
    places : GeoDataFrame, GeoSeries or DataFrame, optional
        Where the units are; needed by ``restrict="shift"``.
    categorical : sequence of str
        Columns of numbers that are codes of classes and must not be cut.
    pairwise : bool, default True
        Take every two factors together too, by a tree on both.
    min_split : int, default 20
        Rows that a node needs to be cut.
    min_leaf : int, default 7
        Rows that a leaf needs.
    complexity : float, default 0.01
        What a leaf must save, as a share of the root's sum of squares, to outlive pruning at
        the weakest links. The defaults are those of R's rpart, and so of gdverse.
    max_depth : int, default 30
        Cuts on the way from the root to a leaf, at the most.
    n_permutations : int, default 999
        Number of permutations of y, each with the whole search; 0 for none.
    restrict : {"blocks", "units", "shift"}, optional
        What a permutation must respect, as in ``factor_detector``.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    progress : callable, optional
        Told (done, total) as draws are done.

    Returns
    -------
    SearchedDetector
        q of each factor and pair, their expectation under no effect, p_search, the strata.

    Raises
    ------
    AlignmentError
        y and X do not carry the same labels, or a value is missing.
    DataError
        y or a factor is constant, a factor holds numbers as text, or rows are fewer than a
        tree needs.
    ParameterError
        A setting is not known or out of range.

    Warns
    -----
    CodesWarning
        A column of whole numbers with few distinct values, such as soil types, was
        cut into fewer strata than it has values.

    References
    ----------
    Luo, P. et al. (2022). Identifying determinants of spatio-temporal disparities in soil
    moisture of the Northern Hemisphere using a geographically optimal zones-based
    heterogeneity model. ISPRS Journal 185, 111-128. Breiman, L. et al. (1984).
    Classification and regression trees. Westfall, P. H., Young, S. S. (1993).
    Resampling-based multiple testing, section 2.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = pd.DataFrame(rng.normal(size=(60, 2)), columns=["rain", "noise"])
    >>> y = (X["rain"] > 0) + 0.3 * pd.Series(rng.normal(size=60))
    >>> found = gozh(y, X, n_permutations=99, seed=1)
    >>> found.to_frame()[["factor", "strata", "q", "expected_q", "p_search"]].round(2)
      factor  strata     q  expected_q  p_search
    0   rain       3  0.79        0.19      0.01
    1  noise       4  0.16        0.17      0.61
    """
    settings = record("gozh", locals())
    check_range("n_permutations", n_permutations, 0)
    rows = searched(y, X, categorical)
    kept = restriction(rows.frame.index, restrict, blocks, places)
    trees = make_trees(rows, min_split, min_leaf, complexity, max_depth)
    p = len(rows.names)
    pairs = rows.pairs if pairwise else rows.pairs[:0]
    subsets = [[j] for j in range(p)] + [list(pair) for pair in pairs]
    leaves = [trees.leaves(subset) for subset in subsets]
    q = trees.q(rows.z[:, None], subsets)[:, 0]
    null: dict[str, FloatArray] = {}
    if n_permutations:
        draw = kept.within(np.arange(rows.n), "the data")
        rng, step = np.random.default_rng(seed), counter(progress, n_permutations)
        expected, p_search = null_of(
            lambda values: trees.q(values, subsets), q, rows.z, draw, n_permutations, rng, step
        )
        null = excess_figures(expected, p_search, q)
    codes = [in_order(rows, j, leaves[j]) for j in range(p)]
    warn_merged(
        rows.frame.loc[:, ~rows.classes],
        {name: int(codes[j].max()) + 1 for j, name in enumerate(rows.names) if not rows.classes[j]},
    )
    counts = np.array([own.max() + 1 for own in leaves], dtype=np.int64)
    figures = pd.DataFrame(
        {
            "factor": rows.names,
            "n": rows.n,
            "strata": counts[:p],
            "smallest": [int(np.bincount(own).min()) for own in codes],
            "q": q[:p],
            **{name: values[:p] for name, values in null.items()},
        }
    )
    return SearchedDetector(
        settings=settings,
        figures=figures,
        pairs=pair_frame(rows, q[:p], q[p:], counts[p:], {k: v[p:] for k, v in null.items()})
        if len(pairs)
        else pd.DataFrame(),
        strata=describe_strata(rows, codes),
        labels=label_frame(rows, codes, y.index),
        basis=(
            f"leaves of a regression tree of y on the factor (complexity {complexity:g}, at least "
            f"{min_leaf} rows a leaf), so that q of a detector on the same y is too favorable"
        ),
    )
