"""Join counts: which grades lie next to which, more often than chance has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from spatialccd._align import canonical, check_complete, left_out
from spatialccd._result import Result, record
from spatialccd._types import FloatArray, IntArray
from spatialccd.association import _moments
from spatialccd.association._frame import begin, orders
from spatialccd.association._links import Matrix
from spatialccd.association._moments import Sums
from spatialccd.association._permutation import Alternative
from spatialccd.association._results import permuted
from spatialccd.errors import ParameterError, listed

if TYPE_CHECKING:
    from spatialccd._types import Graph, Groups


@dataclass(frozen=True, eq=False, kw_only=True)
class JoinCounts(Result):
    """Joins between grades, by pair of grades and time.

    Attributes
    ----------
    table : DataFrame
        One row for a time and an unordered pair of grades: time ("all" for a
        cross-section), grade, neighbor, n_grade and n_neighbor (units of
        each), joins, expected, variance, z and p_rand under randomization,
        mean_sim, sd_sim and p_sim. z and p are missing where grades are too
        few to vary.
    same : DataFrame
        One row a time (index "time"): joins of units of the same grade, their
        expected number, mean_sim, sd_sim and p_sim.
    islands : Index
        Units without neighbors; they are in no join but are shuffled with the rest.
    dropped : Index
        Units that the graph left out, and so did every figure here.
    """

    table: pd.DataFrame
    same: pd.DataFrame
    islands: pd.Index
    dropped: pd.Index

    def notes(self) -> list[str]:
        """Name the units that are in no figure, and say why a test is missing."""
        rare = self.table["p_sim"].isna()
        pairs = self.table[rare][["grade", "neighbor"]].drop_duplicates()
        said = listed(f"{p.grade} with {p.neighbor}" for p in pairs.itertuples())
        none = [f"No test where units of a grade are too few to vary: {said}."] if said else []
        return [*left_out(self.dropped), *none]

    def to_frame(self) -> pd.DataFrame:
        """One row for a time and an unordered pair of grades."""
        return self.table.copy()

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the joins of equal grades, by time."""
        return {"same": self.same.copy()}


def join_counts(
    grades: Groups,
    graph: Graph,
    *,
    n_permutations: int = 999,
    seed: int | None = None,
    alternative: Alternative = "two-sided",
    row_standardize: bool = False,
    n_jobs: int = 1,
) -> JoinCounts:
    """Count how often each pair of grades is joined by a border.

    J_rs = (1/2) sum_ij w_ij over pairs of units of which one has grade r and
    the other s. With binary weights of a symmetric graph it is a number of borders.

    Parameters
    ----------
    grades : Series
        One label a row, on (unit, time) or unit; an ordered categorical keeps
        its order.
    graph : Neighbors or libpysal Graph
        Who is whose neighbor, on the same units. Links of a unit to itself do not
        count.
    n_permutations : int, default 999
        Random orders of the labels, the same in every time.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    alternative : {"two-sided", "greater", "less", "directed"}
        greater: more joins than chance has it. less: fewer. two-sided:
        either, the smaller tail doubled. directed: the smaller tail alone.
    row_standardize : bool, default False
        Divide each unit's weights by their sum.
    n_jobs : int, default 1
        Threads; -1 for all. It moves no figure.

    Returns
    -------
    JoinCounts

    Raises
    ------
    AlignmentError
        Units differ between `grades` and `graph`, or labels are missing.
    EstimationError
        All units have one grade in some time, or there are too few units or links.
    ParameterError
        There are more than 50 different labels: it is not a grade.

    References
    ----------
    Cliff, A. and Ord, J. (1981). Spatial Processes, section 1.4, equations 1.31
    to 1.34 (non-free sampling).

    Examples
    --------
    >>> import pandas as pd
    >>> from libpysal.graph import Graph
    >>> ring = Graph.from_dicts({i: {(i - 1) % 6: 1, (i + 1) % 6: 1} for i in range(6)})
    >>> grades = pd.Series(["good", "good", "good", "poor", "poor", "poor"])
    >>> table = join_counts(grades, ring, n_permutations=99, seed=1).table
    >>> table[["grade", "neighbor", "joins", "expected"]].to_numpy().tolist()
    [['good', 'good', 2.0, 1.2], ['good', 'poor', 2.0, 3.6], ['poor', 'poor', 2.0, 1.2]]
    """
    settings = record("join_counts", locals())
    check_complete(grades, "grades", words=True)
    codes, names = encode_grades(grades)
    data = begin(settings, codes, graph, "grades")
    weights = data.weights

    labels = data.values.astype(np.int64)
    k = len(names)
    observed = np.stack([_joins(column[None], weights.matrix, k)[0] for column in labels.T])

    def count(reordered: IntArray) -> FloatArray:
        by_time = [_joins(column[reordered], weights.matrix, k) for column in labels.T]
        return np.concatenate(by_time, axis=1)

    simulated = orders(settings, len(labels), count).reshape(-1, *observed.shape)
    sums = Sums.of(weights.matrix)
    parts = []
    for at, time in enumerate(data.times):
        sizes = np.bincount(labels[:, at], minlength=k)
        part = _pairs(observed[at], simulated[:, at], sizes, sums, names, alternative)
        part.insert(0, "time", time)
        parts.append(part)
    return JoinCounts(
        settings=settings,
        table=pd.concat(parts, ignore_index=True),
        same=_same(observed, simulated, labels, sums, alternative).set_axis(data.times),
        islands=weights.islands,
        dropped=weights.dropped,
    )


def encode_grades(grades: pd.Series) -> tuple[pd.Series, list[object]]:
    """Turn labels into numbers in their order, without categories that nowhere occur."""
    if isinstance(grades.dtype, pd.CategoricalDtype):
        ordered = grades.cat.remove_unused_categories()
    else:
        ordered = grades.astype(pd.CategoricalDtype(canonical(pd.Index(grades.unique()))))
    names = list(ordered.cat.categories)
    if len(names) > 50:
        raise ParameterError(
            f"grades hold {len(names)} different labels; classify the values first, "
            "or use Moran's I for numbers"
        )
    return pd.Series(ordered.cat.codes.astype(float), index=grades.index), names


def _joins(labels: IntArray, matrix: Matrix, k: int) -> FloatArray:
    """Count the joins of each unordered pair of labels.

    Parameters
    ----------
    labels : array of int, shape (m, n)
    matrix : sparse array, shape (n, n)
    k : int
        Number of different labels.

    Returns
    -------
    array, shape (m, k * (k + 1) / 2)
        Pairs (0, 0), (0, 1) ... (k - 1, k - 1).
    """
    m = len(labels)
    links = matrix.tocoo()
    one, other = labels[:, links.row], labels[:, links.col]
    pair = np.minimum(one, other) * k + np.maximum(one, other)
    flat = pair + (np.arange(m) * k * k)[:, None]
    weights = np.broadcast_to(links.data / 2, flat.shape)
    counts = np.bincount(flat.ravel(), weights=weights.ravel(), minlength=m * k * k)
    upper = np.triu_indices(k)
    return np.asarray(counts.reshape(m, k, k)[:, upper[0], upper[1]], dtype=float)


def _pairs(
    observed: FloatArray,
    simulated: FloatArray,
    sizes: IntArray,
    sums: Sums,
    names: list[object],
    alternative: Alternative,
) -> pd.DataFrame:
    """Table one time's joins; observed shape (pairs,), simulated (m, pairs)."""
    first, second = np.triu_indices(len(names))
    expected, variance = _join_moments(sizes[first], sizes[second], first == second, sums)
    varies = variance > 1e-12 * expected**2  # both in weights squared
    score = np.full(len(first), np.nan)
    score[varies] = (observed - expected)[varies] / np.sqrt(variance[varies])
    table = pd.DataFrame(
        {
            "grade": [names[at] for at in first],
            "neighbor": [names[at] for at in second],
            "n_grade": sizes[first],
            "n_neighbor": sizes[second],
            "joins": observed,
            "expected": expected,
            "variance": variance,
            "z": score,
            "p_rand": _moments.normal_p(score, alternative),
            **permuted(simulated, observed, alternative),
        }
    )
    table["p_sim"] = table["p_sim"].where(varies)
    return table


def _same(
    observed: FloatArray,
    simulated: FloatArray,
    labels: IntArray,
    sums: Sums,
    alternative: Alternative,
) -> pd.DataFrame:
    """Table the joins of like with like; observed shape (T, pairs), simulated (m, T, pairs)."""
    k = int(labels.max()) + 1
    first, second = np.triu_indices(k)
    like = first == second
    sizes = np.stack([np.bincount(column, minlength=k) for column in labels.T])
    n = sums.n
    joins, moved = observed[:, like].sum(axis=1), simulated[:, :, like].sum(axis=2)
    return pd.DataFrame(
        {
            "joins": joins,
            "expected": sums.s0 / 2 * (sizes * (sizes - 1)).sum(axis=1) / (n * (n - 1)),
            **permuted(moved, joins, alternative),
        }
    )


def _join_moments(
    r: IntArray, s: IntArray, like: IntArray, sums: Sums
) -> tuple[FloatArray, FloatArray]:
    """Mean and variance of joins of r units of a grade with s of another, or the same.

    Cliff and Ord (1981), equations 1.31 to 1.34, for random orders of fixed labels.
    """
    n, s0, s1, s2 = sums.n, sums.s0, sums.s1, sums.s2
    pairs, triples = n * (n - 1), n * (n - 1) * (n - 2)
    quadruples = triples * (n - 3)
    spread = s0**2 + s1 - s2
    alike = r * (r - 1)
    expected_alike = s0 * alike / (2 * pairs)
    square_alike = s1 * alike / pairs + (s2 - 2 * s1) * alike * (r - 2) / triples
    square_alike = square_alike + spread * alike * (r - 2) * (r - 3) / quadruples
    mixed = r * s
    expected_mixed = s0 * mixed / pairs
    square_mixed = 2 * s1 * mixed / pairs + (s2 - 2 * s1) * mixed * (r + s - 2) / triples
    square_mixed = square_mixed + 4 * spread * mixed * (r - 1) * (s - 1) / quadruples
    expected = np.where(like, expected_alike, expected_mixed)
    square = np.where(like, square_alike, square_mixed) / 4
    return expected, np.maximum(square - expected**2, 0.0)
