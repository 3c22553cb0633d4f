"""LESH: the shares of several factors in what trees on all of them explain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import factorial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from spatialccd._progress import counter
from spatialccd._result import Result, record
from spatialccd.drivers.geodetector._permutations import Restrict, restriction
from spatialccd.drivers.geodetector._searched import Searched, null_of, searched
from spatialccd.drivers.geodetector._trees import Trees, make_trees
from spatialccd.errors import DataError, ParameterError, check_range

if TYPE_CHECKING:
    from collections.abc import Callable

    from spatialccd._types import Columns, FloatArray, Groups, IntArray, Places, Progress, Values

#: Factors up to which the trees on all subsets are grown.
_EXACT = 12


@dataclass(frozen=True, eq=False, kw_only=True)
class ShapleyShares(Result):
    """Shapley values of factors: their shares in q of the tree on all of them.

    Attributes
    ----------
    figures : DataFrame
        One row a factor: the columns of ``to_frame``.
    pairs : DataFrame
        One row a pair: factor_a, factor_b, q (of the tree on both), spd_a, spd_b (q parted
        by the size of both Shapley values).
    q_all : float
        q of the tree on all factors.
    """

    figures: pd.DataFrame
    pairs: pd.DataFrame
    q_all: float

    def to_frame(self) -> pd.DataFrame:
        """Give one row a factor.

        Columns: factor, q (of the factor alone), theta (its Shapley value), share (theta
        over q of all), se (of theta, where orders of the factors were drawn), and after
        permutations expected_theta, above_chance and p_search.
        """
        return self.figures.copy()

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the pairs."""
        return {"interactions": self.pairs}

    def notes(self) -> list[str]:
        """Say what the shares add up to, and which of them do not mean what they seem to."""
        total = float(self.figures["theta"].sum())
        said = [
            f"The Shapley values sum to {total:.4f}; the tree on all factors explains "
            f"{self.q_all:.4f}."
        ]
        if self.settings["legacy"]:
            said.append(
                "legacy=True leaves the empty set out, as gdverse does: the values do not sum to "
                "q of all factors. Use it only to compare with published tables."
            )
        if (self.figures["theta"] < 0).any():
            said.append(
                "A Shapley value below 0: trees are greedy, so that a factor can take from what "
                "the others explain; spd counts its size all the same."
            )
        return said


def lesh(
    y: Values,
    X: Columns,
    blocks: Groups | None = None,
    places: Places | None = None,
    *,
    categorical: Sequence[str] = (),
    legacy: bool = False,
    n_orders: int = 200,
    min_split: int = 20,
    min_leaf: int = 7,
    complexity: float = 0.01,
    max_depth: int = 30,
    n_permutations: int = 199,
    restrict: Restrict | None = None,
    seed: int | None = None,
    progress: Progress | None = None,
) -> ShapleyShares:
    """Part what factors explain together into a share of each (LESH).

    The locally explained stratified heterogeneity model: v(S) is q of the regression tree of
    y on the factors S, and the share of a factor is its Shapley value: the mean of what it
    adds to v over all orders in which factors can join. Their sum is q of the tree on all
    factors. Of a pair, q is parted in the ratio of the sizes of both values (SPD).

    Do not read a share as an effect: trees look at y, so that noise has shares too
    (``expected_theta``; ``p_search`` repeats all trees for every permutation); and trees are
    greedy, so that more factors can explain less and a share can be negative.

    Parameters
    ----------
    y : Series (n,)
        The value to explain, on unit or on (unit, time).
    X : DataFrame (n, p)
        Two factors or more on the index of y; what is on unit holds at all times. A column
        that is categorical, text or true/false is cut between its classes.
    blocks : Series, optional
        A label for each unit or row; with ``restrict="blocks"`` y changes
        places within a block only.
    places : GeoDataFrame, GeoSeries or DataFrame, optional
        Where the units are; needed by ``restrict="shift"``.
    categorical : sequence of str
        Columns of numbers that are codes of classes and must not be cut.
    legacy : bool, default False
        Leave out what a factor explains alone, as gdverse does, whose values do not sum to q
        of all factors: for comparing with published tables.
    n_orders : int, default 200
        Orders of the factors to draw where there are more than 12; up to 12 all subsets are
        grown and nothing is drawn.
    min_split : int, default 20
        Rows that a node needs to be cut.
    min_leaf : int, default 7
        Rows that a leaf needs.
    complexity : float, default 0.01
        What a leaf must save, as a share of the root's sum of squares, to outlive pruning at
        the weakest links.
    max_depth : int, default 30
        Cuts on the way from the root to a leaf, at the most.
    n_permutations : int, default 199
        Number of permutations of y, each with all trees; 0 for none.
    restrict : {"blocks", "units", "shift"}, optional
        What a permutation must respect, as in ``factor_detector``.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    progress : callable, optional
        Told (done, total) as draws are done.

    Returns
    -------
    ShapleyShares
        Shapley values, their expectation under no effect, p_search, and parted pairs.

    Raises
    ------
    AlignmentError
        y and X do not carry the same labels, or a value is missing.
    DataError
        y or a factor is constant, a factor holds numbers as text, there is one factor only,
        or rows are fewer than a tree needs.
    ParameterError
        A setting is not known or out of range, or `legacy` with more than 12 factors.

    Notes
    -----
    Of 60 rows of noise ``p_search`` is 5% or less in .055 (1,000 draws,
    tests/drivers/searched_sizes.py).

    References
    ----------
    Li, Y. et al. (2023). A locally explained heterogeneity model for examining wetland
    disparity. International Journal of Digital Earth 16, 4533-4552. Shapley, L. S. (1953).
    A value for n-person games. Castro, J. et al. (2009). Polynomial calculation of the
    Shapley value based on sampling. Computers & Operations Research 36, 1726-1730.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = pd.DataFrame(rng.normal(size=(60, 2)), columns=["rain", "noise"])
    >>> y = (X["rain"] > 0) + 0.3 * pd.Series(rng.normal(size=60))
    >>> found = lesh(y, X, n_permutations=99, seed=1)
    >>> found.to_frame()[["factor", "q", "theta", "expected_theta", "p_search"]].round(2)
      factor     q  theta  expected_theta  p_search
    0   rain  0.79   0.73            0.13      0.01
    1  noise  0.16   0.09            0.11      0.64
    """
    settings = record("lesh", locals())
    check_range("n_permutations", n_permutations, 0)
    check_range("n_orders", n_orders, 2)
    rows = searched(y, X, categorical)
    p = len(rows.names)
    if p < 2:
        raise DataError(f"shares need two factors; X has {rows.names[0]} only: give another")
    if legacy and p > _EXACT:
        raise ParameterError(
            f"legacy=True needs the trees on all subsets, which are grown for up to {_EXACT} "
            f"factors; X has {p}: choose fewer"
        )
    kept = restriction(rows.frame.index, restrict, blocks, places)
    trees = make_trees(rows, min_split, min_leaf, complexity, max_depth)
    rng = np.random.default_rng(seed)
    values = _all_subsets(trees, legacy) if p <= _EXACT else _orders(trees, n_orders, rng)
    theta, se = values(rows.z[:, None])
    pairs = [list(pair) for pair in rows.pairs]
    alone = trees.q(rows.z[:, None], [[j] for j in range(p)])[:, 0]
    together = trees.q(rows.z[:, None], [*pairs, list(range(p))])[:, 0]
    figures = pd.DataFrame({"factor": rows.names, "q": alone, "theta": theta[:, 0]})
    q_all = float(together[-1])
    figures["share"] = figures["theta"] / q_all if q_all > 0 else 0.0
    if se is not None:
        figures["se"] = se
    if n_permutations:
        draw = kept.within(np.arange(rows.n), "the data")
        figures["expected_theta"], figures["p_search"] = null_of(
            lambda drawn: values(drawn)[0],
            theta[:, 0],
            rows.z,
            draw,
            n_permutations,
            rng,
            counter(progress, n_permutations),
        )
        figures.insert(
            len(figures.columns) - 1, "above_chance", theta[:, 0] - figures["expected_theta"]
        )
    return ShapleyShares(
        settings=settings,
        figures=figures,
        pairs=_parted(rows, together[:-1], theta[:, 0]),
        q_all=q_all,
    )


def _all_subsets(
    trees: Trees, legacy: bool
) -> Callable[[FloatArray], tuple[FloatArray, FloatArray | None]]:
    """Make a function that gives the exact Shapley values (p, m) of values (n, m)."""
    p = len(trees.rows.names)
    subsets = [[j for j in range(p) if s >> j & 1] for s in range(1, 2**p)]
    combine = _shapley_weights(p, legacy)
    return lambda drawn: (combine @ trees.q(drawn, subsets), None)


def _shapley_weights(p: int, legacy: bool) -> FloatArray:
    """Give the matrix (p, 2^p - 1) that makes Shapley values of v of the subsets 1, 2, ...

    Subset s holds factor j where bit j of s is set; v of the empty set is 0.
    """
    weight = [factorial(size) * factorial(p - size - 1) / factorial(p) for size in range(p)]
    matrix = np.zeros((p, 2**p))
    for j in range(p):
        for s in range(2**p):
            if s >> j & 1 or (legacy and s == 0):
                continue
            share = weight[s.bit_count()]
            matrix[j, s | 1 << j] += share
            matrix[j, s] -= share
    return matrix[:, 1:]


def _orders(
    trees: Trees, n_orders: int, rng: np.random.Generator
) -> Callable[[FloatArray], tuple[FloatArray, FloatArray | None]]:
    """Make a function that gives Shapley values by the orders drawn, the same for all values."""
    p = len(trees.rows.names)
    orders: IntArray = rng.permuted(np.tile(np.arange(p), (n_orders, 1)), axis=1)
    subsets = [sorted(order[: size + 1]) for order in orders.tolist() for size in range(p)]

    def values(drawn: FloatArray) -> tuple[FloatArray, FloatArray | None]:
        v = trees.q(drawn, subsets).reshape(n_orders, p, -1)
        added = np.diff(v, axis=1, prepend=0.0)
        by_factor = np.empty_like(added)
        np.put_along_axis(by_factor, orders[:, :, None], added, axis=1)
        spread = by_factor[:, :, 0].std(axis=0, ddof=1) / np.sqrt(n_orders)
        return by_factor.mean(axis=0), spread

    return values


def _parted(rows: Searched, q: FloatArray, theta: FloatArray) -> pd.DataFrame:
    """Part q of each pair in the ratio of the sizes of both values."""
    first, second = rows.pairs.T
    size = np.abs(theta)
    both = size[first] + size[second]
    part = np.divide(size[first], both, out=np.full(q.size, 0.5), where=both > 0)
    names = np.array(rows.names, dtype=object)
    return pd.DataFrame(
        {
            "factor_a": names[first],
            "factor_b": names[second],
            "q": q,
            "spd_a": q * part,
            "spd_b": q * (1 - part),
        }
    )
