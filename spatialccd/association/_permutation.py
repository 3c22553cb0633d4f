"""Permutation inference whose figures depend on the seed alone.

Work is cut into blocks of fixed size, each with its own stream spawned from
the seed; workers take blocks. So the number of workers moves no figure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from spatialccd._progress import counter
from spatialccd._types import BoolArray, FloatArray, IntArray, Progress
from spatialccd.association._links import Matrix

Alternative = Literal["two-sided", "greater", "less", "directed"]
Correction = Literal["fdr", "bonferroni", "none"]

#: Units that share one table of draws.
_UNITS = 256
#: Permutations drawn at a time around a unit, and of all units.
_DRAWS, _ORDERS = 1024, 128
#: Relative difference below which a permuted figure ties with the observed one.
_TIE = 1e-10


@dataclass(frozen=True)
class Simulated:
    """What permutations gave for each unit, shape (n,) each; NaN and 0 without neighbors.

    Attributes
    ----------
    at_least, at_most : array of int
        Permuted figures that reach the observed one from above and from below.
    mean : array
        Of the permuted figures.
    """

    at_least: IntArray
    at_most: IntArray
    mean: FloatArray


def shuffled(
    statistic: Callable[[IntArray], FloatArray],
    n: int,
    n_permutations: int,
    seed: int | None,
    n_jobs: int,
) -> FloatArray:
    """Evaluate a statistic at random orders of n units.

    Parameters
    ----------
    statistic : function
        Of random orders, shape (m, n); gives figures, shape (m, T).
    n, n_permutations, seed, n_jobs : int

    Returns
    -------
    array, shape (n_permutations, T)
    """
    from joblib import Parallel, delayed

    sizes = [min(_ORDERS, n_permutations - at) for at in range(0, n_permutations, _ORDERS)]
    streams = np.random.SeedSequence(seed).spawn(len(sizes))

    def run(size: int, stream: np.random.SeedSequence) -> FloatArray:
        orders = np.tile(np.arange(n), (size, 1))
        return statistic(np.random.default_rng(stream).permuted(orders, axis=1))

    parts = Parallel(n_jobs=n_jobs, prefer="threads")(
        delayed(run)(size, stream) for size, stream in zip(sizes, streams, strict=True)
    )
    return np.concatenate(parts)


def tails(simulated: FloatArray, observed: FloatArray) -> tuple[IntArray, IntArray]:
    """Count figures that reach the observed one from above and below, shape (T,) each."""
    slack = _TIE * np.maximum(np.abs(observed), np.abs(simulated).max(axis=0))
    at_least = (simulated >= observed - slack).sum(axis=0)
    return at_least, (simulated <= observed + slack).sum(axis=0)


def conditional(
    statistic: Callable[[IntArray, FloatArray], FloatArray],
    observed: FloatArray,
    fields: FloatArray,
    matrix: Matrix,
    n_permutations: int,
    seed: int | None,
    n_jobs: int,
    progress: Progress | None = None,
) -> Simulated:
    """Permute all other units' values around each unit (Anselin, 1995, p. 96).

    Parameters
    ----------
    statistic : function
        Of positions of units, shape (b,), and the permuted lags of the fields
        there, shape (p, m, b); gives the local figure, shape (m, b).
    observed : array, shape (n,)
    fields : array, shape (p, n)
        The values that move; those of one unit move together.
    matrix : sparse array, shape (n, n)
        Without self-links.
    n_permutations, seed, n_jobs : int
    progress : callable, optional
        Told the units done and their number.
    """
    from joblib import Parallel, delayed

    cards = np.diff(matrix.indptr)
    # Units with as many neighbors share a block, so that its table is narrow.
    order = np.argsort(cards, kind="stable")
    order = order[cards[order] > 0]
    blocks = [order[at : at + _UNITS] for at in range(0, len(order), _UNITS)]
    streams = np.random.SeedSequence(seed).spawn(len(blocks))
    parts = Parallel(n_jobs=n_jobs, prefer="threads", return_as="generator")(
        delayed(_block)(statistic, observed, fields, matrix, units, n_permutations, stream)
        for units, stream in zip(blocks, streams, strict=True)
    )
    n, step = len(observed), counter(progress, len(order))
    at_least, at_most = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    mean = np.full(n, np.nan)
    for units, part in zip(blocks, parts, strict=True):
        at_least[units], at_most[units], mean[units] = part
        step(len(units))
    return Simulated(at_least, at_most, mean)


def _block(
    statistic: Callable[[IntArray, FloatArray], FloatArray],
    observed: FloatArray,
    fields: FloatArray,
    matrix: Matrix,
    units: IntArray,
    count: int,
    stream: np.random.SeedSequence,
) -> tuple[IntArray, IntArray, FloatArray]:
    """Simulate one block of units; gives counts and mean, shape (b,) each."""
    rng = np.random.default_rng(stream)
    weights = _dense_rows(matrix, units)
    target = observed[units]
    at_least = np.zeros(len(units), dtype=np.int64)
    at_most = np.zeros(len(units), dtype=np.int64)
    total = np.zeros(len(units))
    for start in range(0, count, _DRAWS):
        table = draw(rng, min(_DRAWS, count - start), len(weights), fields.shape[1] - 1)
        simulated = statistic(units, _permuted_lags(fields, weights, units, table))
        above, below = tails(simulated, target)
        at_least += above
        at_most += below
        total += simulated.sum(axis=0)
    return at_least, at_most, total / count


def _permuted_lags(
    fields: FloatArray, weights: FloatArray, units: IntArray, table: IntArray
) -> FloatArray:
    """Weighted sums of others' values drawn at random.

    The n - 1 others of unit i are slots 0 ... n - 2, where slot i holds the
    last unit. So one table of slots serves all units of a block by a single
    matrix product, but for the few draws of slot i, which are put right after.

    Parameters
    ----------
    fields : array, shape (p, n)
    weights : array, shape (k, b)
        Weights of each unit's links, zeros below.
    units : array of int, shape (b,)
    table : array of int, shape (m, k)
        Slots drawn, distinct in each row.

    Returns
    -------
    array, shape (p, m, b)
    """
    lags = fields[:, table] @ weights
    rank = np.argsort(units)  # a mark for each of n units would cost more than the draws
    sought = units[rank]
    near = np.minimum(np.searchsorted(sought, table), len(units) - 1)
    row, link = np.nonzero(sought[near] == table)
    unit = rank[near[row, link]]
    wrong = fields[:, -1:] - fields[:, table[row, link]]
    lags[:, row, unit] += wrong * weights[link, unit]
    return np.asarray(lags, dtype=float)


def draw(rng: np.random.Generator, count: int, k: int, n: int) -> IntArray:
    """Draw k of n without replacement, in random order, `count` times."""
    if k * (k - 1) > 2 * n:
        return rng.permuted(np.tile(np.arange(n), (count, 1)), axis=1)[:, :k]
    # Rows with a repeat are drawn again: at least a third passes each round.
    table = rng.integers(n, size=(count, k))
    again = np.flatnonzero(_repeats(table))
    while len(again):
        table[again] = rng.integers(n, size=(len(again), k))
        again = again[_repeats(table[again])]
    return table


def pseudo_p(
    at_least: IntArray, at_most: IntArray, count: int, alternative: Alternative
) -> FloatArray:
    """Turn counts into p = (r + 1) / (count + 1), never 0.

    "two-sided" doubles the smaller tail (at most 1). "directed" takes the
    smaller tail alone, as GeoDa and esda 2.8 print it: it is below alpha in
    2 alpha of the cases when there is no association.
    """
    tail = {"greater": at_least, "less": at_most}.get(alternative, np.minimum(at_least, at_most))
    p = (np.asarray(tail, dtype=float) + 1) / (count + 1)
    return np.minimum(2 * p, 1.0) if alternative == "two-sided" else p


def smallest_p(count: int, alternative: str) -> float:
    """Give the smallest p-value that `count` permutations can give."""
    return (2 if alternative == "two-sided" else 1) / (count + 1)


def adjusted(p: FloatArray, correction: Correction) -> FloatArray:
    """Adjust p-values for their number; NaN stays out of it.

    "fdr" is Benjamini and Hochberg (1995).
    """
    result = np.array(p, dtype=float)
    tested: BoolArray = ~np.isnan(result)
    count = int(tested.sum())
    if correction == "none" or count == 0:
        return result
    values = result[tested]
    if correction == "bonferroni":
        result[tested] = np.minimum(values * count, 1.0)
        return result
    order = np.argsort(values)[::-1]
    scaled = values[order] * count / np.arange(count, 0, -1)
    values[order] = np.minimum(np.minimum.accumulate(scaled), 1.0)
    result[tested] = values
    return result


def _dense_rows(matrix: Matrix, units: IntArray) -> FloatArray:
    """Weights of the links of some units as columns, shape (largest cardinality, b)."""
    starts, cards = matrix.indptr[units], np.diff(matrix.indptr)[units]
    link = np.arange(cards.max())[:, None]
    present = link < cards
    weights = np.zeros(present.shape)
    weights[present] = matrix.data[(starts + link)[present]]
    return weights


def _repeats(table: IntArray) -> Any:
    return (np.diff(np.sort(table, axis=1), axis=1) == 0).any(axis=1)
