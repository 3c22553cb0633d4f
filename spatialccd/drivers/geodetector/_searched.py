"""Detectors that look at y for their strata: inputs, null distributions, results.

A search makes q large where there is nothing, so that each of these detectors repeats its
whole search for every draw of y (`null_of`) and reports what the search finds by chance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._constant import is_constant
from spatialccd._result import Result
from spatialccd.drivers.geodetector import _kernels as kernels
from spatialccd.drivers.geodetector._design import check_y
from spatialccd.drivers.geodetector._permutations import draw_values, p_value
from spatialccd.drivers.strata import (
    as_classes,
    check_classes,
    check_columns,
    check_factors,
    is_categorical,
)
from spatialccd.errors import DataError, ParameterError, check_range, listed

if TYPE_CHECKING:
    from spatialccd._types import BoolArray, FloatArray, IntArray
    from spatialccd.drivers.geodetector._permutations import Draw

#: The numbers of one draw times this many draws are computed between two words of progress.
_AT_ONCE = 8


@dataclass(frozen=True)
class Searched:
    """Rows of a search in canonical order.

    Attributes
    ----------
    frame : DataFrame (n, p)
        The factors.
    y : ndarray (n,)
        The explained values.
    z : ndarray (n,)
        The same, centered, with a sum of squares of 1.
    ranks : ndarray (p, n)
        The rank of each value among the distinct ones of its factor, or its class.
    classes : ndarray (p,) of bool
        Which factors are classes.
    """

    frame: pd.DataFrame
    y: FloatArray
    z: FloatArray
    ranks: IntArray
    classes: BoolArray

    @property
    def n(self) -> int:
        """Number of rows."""
        return self.z.size

    @property
    def names(self) -> list[str]:
        """What the factors are called."""
        return [str(name) for name in self.frame]

    @property
    def pairs(self) -> IntArray:
        """Positions of every two factors, (pairs, 2); none for one factor."""
        found = list(combinations(range(len(self.names)), 2))
        return np.array(found, dtype=np.int64).reshape(-1, 2)

    def numbers(self, position: int) -> FloatArray:
        """Give a factor as numbers: its values, or its classes 1, 2, ..."""
        if self.classes[position]:
            return np.asarray(self.ranks[position] + 1.0)
        return np.asarray(self.frame.iloc[:, position], dtype=float)


def searched(y: Any, X: Any, categorical: Sequence[str]) -> Searched:
    """Check y and the factors against each other.

    Raises
    ------
    AlignmentError
        y and X do not carry the same labels, or a value is missing.
    DataError
        y or a factor is constant, or a factor holds numbers as text.
    ParameterError
        `categorical` names a column that X does not have.
    """
    values = check_y(y)
    frame = _align.broadcast(check_factors(X), values.index, "X")
    check_columns(frame, {}, categorical)
    classes = np.array([is_categorical(frame[c], categorical) for c in frame])
    given = [c for c in frame if is_categorical(frame[c], categorical) and c not in categorical]
    check_classes(frame[given])
    constant = [
        str(c)
        for c, plain in zip(frame, classes, strict=True)
        if (frame[c].nunique() < 2 if plain else bool(is_constant(frame[c])))
    ]
    z = kernels.standardize(values.to_numpy(dtype=float))
    problems = [f"y is constant ({values.iloc[0]:g}): there is nothing to explain"] * (not z.any())
    if constant:
        problems.append(f"{listed(constant)} has one value only and makes one stratum; drop it")
    if problems:
        raise DataError("; ".join(problems), pd.DataFrame({"factor": constant}))
    ranks = [_ranks(frame[c], plain) for c, plain in zip(frame, classes, strict=True)]
    return Searched(frame, values.to_numpy(dtype=float), z, np.array(ranks), classes)


def _ranks(column: pd.Series, plain: bool) -> IntArray:
    if plain:
        codes, _ = kernels.compact(as_classes(column).cat.codes.to_numpy(dtype=np.int64))
        return codes
    return np.unique(column.to_numpy(dtype=float), return_inverse=True)[1].astype(np.int64)


def check_k_range(k_range: Sequence[int]) -> tuple[int, int]:
    """Give the least and the largest number of strata to try."""
    if len(k_range) != 2 or k_range[0] > k_range[1]:
        raise ParameterError(f"k_range must be (least, largest), not {tuple(k_range)!r}")
    check_range("k_range", k_range[0], 2)
    return int(k_range[0]), int(k_range[1])


def null_of(
    statistic: Callable[[FloatArray], FloatArray],
    observed: FloatArray,
    z: FloatArray,
    draw: Draw,
    m: int,
    rng: np.random.Generator,
    step: Callable[[int], None],
    *,
    largest: bool = False,
) -> tuple[FloatArray, FloatArray]:
    """Repeat a search for `m` draws of y.

    Parameters
    ----------
    statistic : callable
        Gives the figures (k, m) that the whole search ends with for values (n, m).
    observed : ndarray (k,)
        The same figures of the data.
    largest : bool
        Compare each figure with the largest of all of a draw (Westfall and Young), as
        where the best of the `k` is what one reports.

    Returns
    -------
    ndarray (k,), ndarray (k,)
        The mean of each figure under no effect, and the share of draws in which it is as
        large as `observed`.
    """
    exceeded, total = np.zeros(observed.size), np.zeros(observed.size)
    width = max(z.size, 2**22 // _AT_ONCE)
    for drawn in draw_values(z, draw, m, rng, width, step):
        figures = statistic(drawn)
        compared = figures.max(axis=0, keepdims=True) if largest else figures
        exceeded += (compared >= observed[:, None] - kernels.TOLERANCE).sum(axis=1)
        total += figures.sum(axis=1)
    return total / m, p_value(exceeded, m)


@dataclass(frozen=True, eq=False, kw_only=True)
class SearchedDetector(Result):
    """q of strata that were sought by looking at y, and what the search finds by chance.

    Attributes
    ----------
    figures : DataFrame
        One row a factor: the columns of ``to_frame``.
    pairs : DataFrame
        One row a pair of factors: factor_a, factor_b, n, strata, q_a, q_b, q, gain (q less
        the larger of both), expected_q, above_chance, p_search. Empty where pairs were not
        asked for.
    strata : DataFrame
        One row a stratum: factor, stratum, n, lower, upper (of a factor of numbers),
        classes (of one of classes), mean (of y).
    labels : DataFrame
        The stratum of each row, one column a factor, on the caller's index: strata for
        ``risk_detector`` or a map.
    basis : str
        How the strata were found.
    """

    figures: pd.DataFrame
    pairs: pd.DataFrame
    strata: pd.DataFrame
    labels: pd.DataFrame
    basis: str

    def to_frame(self) -> pd.DataFrame:
        """Give one row a factor.

        Columns: factor, n, strata, smallest (rows in the smallest), q, and after
        permutations expected_q (mean of the searched q under no effect), above_chance
        (q - expected_q) and p_search.
        """
        return self.figures.copy()

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the pairs of factors and the strata."""
        tables = {"interactions": self.pairs, "strata": self.strata}
        return {name: table for name, table in tables.items() if len(table)}

    def notes(self) -> list[str]:
        """Say what q is worth, and which factors were not cut."""
        said = [
            "Strata were chosen by looking at y, so that q is large in noise too: read it beside "
            "expected_q, and judge by p_search, which repeats the whole search for every "
            "permutation."
        ]
        if "p_search" not in self.figures:
            said = ["Strata were chosen by looking at y, so that q is large in noise too."]
        uncut = self.figures.loc[self.figures["strata"] < 2, "factor"]
        if len(uncut):
            said.append(f"No cut was worth its cost in {listed(uncut)}: q is 0.")
        return said


def excess_figures(expected: FloatArray, p: FloatArray, q: FloatArray) -> dict[str, FloatArray]:
    """Give the columns that a search adds to q."""
    return {"expected_q": expected, "above_chance": q - expected, "p_search": p}


def pair_frame(
    rows: Searched,
    single: FloatArray,
    q: FloatArray,
    strata: IntArray,
    null: dict[str, FloatArray],
) -> pd.DataFrame:
    """Write one row for every two factors: `single` (p,), the others (pairs,)."""
    first, second = rows.pairs.T
    names = np.array(rows.names, dtype=object)
    return pd.DataFrame(
        {
            "factor_a": names[first],
            "factor_b": names[second],
            "n": rows.n,
            "strata": strata,
            "q_a": single[first],
            "q_b": single[second],
            "q": q,
            "gain": q - np.maximum(single[first], single[second]),
            **null,
        }
    )


def in_order(rows: Searched, position: int, codes: IntArray) -> IntArray:
    """Renumber strata upwards: by the values of a factor of numbers, or by the mean of y."""
    by = rows.z if rows.classes[position] else rows.ranks[position].astype(float)
    codes, count = kernels.compact(codes)
    means = np.bincount(codes, by, count) / np.bincount(codes, minlength=count)
    place = np.empty(count, dtype=np.int64)
    place[np.argsort(means, kind="stable")] = np.arange(count)
    return place[codes]


def describe_strata(rows: Searched, codes: Sequence[IntArray]) -> pd.DataFrame:
    """Write one row a stratum: its rows, what it holds of the factor, and its mean of y."""
    table = []
    for position, (name, own) in enumerate(zip(rows.names, codes, strict=True)):
        column = rows.frame.iloc[:, position]
        for stratum in range(int(own.max()) + 1):
            held = column[own == stratum]
            plain = bool(rows.classes[position])
            table.append(
                {
                    "factor": name,
                    "stratum": stratum + 1,
                    "n": len(held),
                    "lower": None if plain else float(held.min()),
                    "upper": None if plain else float(held.max()),
                    "classes": ", ".join(sorted(map(str, held.unique()))) if plain else None,
                    "mean": float(rows.y[own == stratum].mean()),
                }
            )
    frame = pd.DataFrame(table).astype({"lower": float, "upper": float})
    return frame.dropna(axis="columns", how="all")


def label_frame(rows: Searched, codes: Sequence[IntArray], index: pd.Index) -> pd.DataFrame:
    """Give the strata 1, 2, ... of each factor on the caller's index."""
    labels = {
        column: pd.Series(own + 1, rows.frame.index, dtype="int64")
        for column, own in zip(rows.frame, codes, strict=True)
    }
    return pd.DataFrame(_align.restore(pd.DataFrame(labels, rows.frame.index), index))
