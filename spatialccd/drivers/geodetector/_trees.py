"""Trees as strata: their rules, checked, and q of many trees at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spatialccd._types import FloatArray, IntArray
from spatialccd.drivers.geodetector import _tree_loops as loops
from spatialccd.drivers.geodetector._searched import Searched
from spatialccd.errors import DataError, check_range


@dataclass(frozen=True)
class Trees:
    """Trees of y on subsets of the factors.

    Attributes
    ----------
    rows : Searched
        The data.
    order : ndarray (p, n)
        Rows in the order of each factor.
    rules : ndarray (4,)
        As ``_tree_loops.leaves`` takes them.
    """

    rows: Searched
    order: IntArray
    rules: FloatArray

    def q(self, values: FloatArray, subsets: Sequence[Sequence[int]]) -> FloatArray:
        """Give q of the tree on each subset of factors, for each column of values (n, m)."""
        table = np.zeros((len(subsets), len(self.rows.names)), dtype=np.int64)
        for position, subset in enumerate(subsets):
            table[position, : len(subset)] = subset
        sizes = np.array([len(subset) for subset in subsets], dtype=np.int64)
        rows = self.rows
        return np.asarray(
            loops.tree_q(values, rows.ranks, rows.classes, self.order, table, sizes, self.rules)
        )

    def leaves(self, subset: Sequence[int]) -> IntArray:
        """Give the leaf of each row (n,) in the tree of y on one subset."""
        chosen = np.array(subset, dtype=np.int64)
        rows = self.rows
        return np.asarray(
            loops.leaves(rows.z, rows.ranks, rows.classes, chosen, self.order, self.rules)
        )


def make_trees(
    rows: Searched, min_split: int, min_leaf: int, complexity: float, max_depth: int
) -> Trees:
    """Check the rules of a tree.

    Raises
    ------
    DataError
        There are fewer rows than a node needs to be cut.
    ParameterError
        A rule is out of range.
    """
    check_range("min_leaf", min_leaf, 1)
    check_range("min_split", min_split, 2)
    check_range("complexity", complexity, 0, 1, open_high=True)
    check_range("max_depth", max_depth, 1)
    least = max(min_split, 2 * min_leaf)
    if rows.n < least:
        raise DataError(
            f"{rows.n} rows are fewer than a tree needs for its first cut ({least}); lower "
            "min_split and min_leaf, or use strata of fixed limits (stratify, factor_detector)"
        )
    order = np.argsort(rows.ranks, axis=1, kind="stable").astype(np.int64)
    return Trees(rows, order, np.array([min_split, min_leaf, complexity, max_depth], dtype=float))
