"""Rates of few events: smoothed, and tested for being like those of neighbors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd
from scipy import sparse

from spatialccd._align import align, by_time, check_complete, left_out, restore, without_dropped
from spatialccd._result import Result, record
from spatialccd._types import FloatArray
from spatialccd.association._permutation import Alternative
from spatialccd.association._weights import weights_for
from spatialccd.association.moran import GlobalMoran, global_moran
from spatialccd.errors import DataError, EstimationError, ParameterError, check_choice, listed

if TYPE_CHECKING:
    from spatialccd._types import Graph, Values

Smoothing = Literal["empirical_bayes", "spatial_empirical_bayes"]


@dataclass(frozen=True, eq=False, kw_only=True)
class SmoothedRates(Result):
    """Rates, smoothed.

    Attributes
    ----------
    table : DataFrame
        On the caller's rows: rate (events over population), smoothed, and kept, the
        share of its distance from the mean that a rate keeps (1: not moved).
    dropped : Index
        Units that the graph dropped as islands; they are not smoothed (NaN).
    """

    table: pd.DataFrame
    dropped: pd.Index

    def to_frame(self) -> pd.DataFrame:
        """Give one row a unit, or unit and time."""
        return self.table.copy()

    def notes(self) -> list[str]:
        """Name the units left out."""
        return left_out(self.dropped)


def smooth_rates(
    events: Values,
    population: Values,
    graph: Graph | None = None,
    *,
    method: Smoothing = "empirical_bayes",
) -> SmoothedRates:
    """Smooth rates towards a mean, the more the fewer people they are of.

    m + A / (A + m / P_i) (r_i - m), r = O / P, with m the rate of all and A the
    variance of rates beyond chance, or both of a unit and its neighbors.

    Parameters
    ----------
    events : Series
        Counts of what happened, 0 or more, on unit or (unit, time); each time is
        smoothed by itself.
    population : Series
        How many it could have happened to, above 0, on the same index.
    graph : Neighbors or libpysal Graph, optional
        Who is whose neighbor, on the same units. For spatial_empirical_bayes, where
        links count and not their weights.
    method : {"empirical_bayes", "spatial_empirical_bayes"}
        Towards the mean of all units of the time, or of neighbors and the unit
        itself.

    Returns
    -------
    SmoothedRates
        ``.table`` with rate, smoothed and kept.

    Raises
    ------
    AlignmentError
        events, population and graph do not carry the same labels, or a value is
        missing.
    DataError
        Events below 0, or a population that is not above 0; ``cases`` lists each.
    ParameterError
        spatial_empirical_bayes without a graph.

    Notes
    -----
    A = max(0, sum P (r - m)^2 / sum P - m / mean P). Around a unit both are of its
    neighbors and itself, about the mean m_i there, as in esda, GeoDa and spdep's
    EBlocal(geoda=TRUE); spdep's default takes each neighbor's own mean. Where there
    is no event around, the smoothed rate is 0. A smoothed rate is no rate: sums of
    smoothed events differ from those observed, and neighbors are made more alike, so
    do not test them for association: see global_moran_rates.

    References
    ----------
    Marshall (1991), J. R. Stat. Soc. C 40, 283-294.

    Examples
    --------
    >>> events = pd.Series([0, 3, 100], index=list("abc"))
    >>> population = pd.Series([100, 200, 10_000], index=list("abc"))
    >>> smooth_rates(events, population).table.round(4)["smoothed"].to_dict()
    {'a': 0.01, 'b': 0.01, 'c': 0.01}
    """
    settings = record("smooth_rates", locals())
    check_choice("method", method, get_args(Smoothing))
    local = method == "spatial_empirical_bayes"
    if local and graph is None:
        raise ParameterError("method='spatial_empirical_bayes' needs a graph")
    used = graph if local else None
    (kept, living), dropped = without_dropped(used, events=events, population=population)
    counts, people = _checked(kept, living)
    parts = []
    for (_, own), (_, base) in zip(
        by_time(counts, "events"), by_time(people, "population"), strict=True
    ):
        table = pd.DataFrame({"O": own, "P": base})
        if local:
            weights = weights_for(table, graph, row_standardize=False)
            table = table.reindex(weights.units)
            around = sparse.csr_array(
                (weights.matrix != 0).astype(float) + sparse.eye_array(len(table))
            )
            smoothed, kept = _local(table["O"].to_numpy(), table["P"].to_numpy(), around)
        else:
            smoothed, kept = _global(table["O"].to_numpy(), table["P"].to_numpy())
        parts.append(
            pd.DataFrame(
                {"rate": table["O"] / table["P"], "smoothed": smoothed, "kept": kept}, table.index
            )
        )
    if counts.index.nlevels > 1:
        times = [time for time, _ in by_time(counts, "events")]
        table = pd.concat(dict(zip(times, parts, strict=True))).swaplevel()
        table.index.names = counts.index.names
    else:
        table = parts[0]
    table = restore(table, events.index)
    table["rate"] = restore(counts / people, events.index)
    return SmoothedRates(settings=settings, table=table, dropped=dropped)


def global_moran_rates(
    events: Values,
    population: Values,
    graph: Graph,
    *,
    n_permutations: int = 999,
    seed: int | None = None,
    alternative: Alternative = "two-sided",
    row_standardize: bool = True,
) -> GlobalMoran:
    """Test whether rates are like those of neighbors, allowing for small populations.

    Moran's I of z_i = (r_i - b) / sqrt(v_i): rates of few people vary by chance, and
    are put on one scale before.

    Parameters
    ----------
    events : Series
        Counts of what happened, 0 or more, on unit or (unit, time).
    population : Series
        How many it could have happened to, above 0, on the same index.
    graph : Neighbors or libpysal Graph
        Who is whose neighbor, on the same units.
    n_permutations : int, default 999
        Random orders of z.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    alternative : {"two-sided", "greater", "less", "directed"}
        As of global_moran.
    row_standardize : bool, default True
        Divide each unit's weights by their sum.

    Returns
    -------
    GlobalMoran
        As of global_moran, of z.

    Raises
    ------
    AlignmentError
        events, population and graph do not carry the same labels, or a value is
        missing.
    DataError
        Events below 0, or a population that is not above 0.
    EstimationError
        There are no events in a time.

    Notes
    -----
    b = sum O / sum P, a = sum P (r - b)^2 / sum P - b / mean P, v = a + b / P, or b /
    P where that is not above 0. The mean of z is taken off in numerator and
    denominator, as esda does; spdep's EBImoran leaves it in the numerator.

    References
    ----------
    Assuncao and Reis (1999), Stat. Med. 18, 2147-2162.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> ring = Graph.from_dicts({i: {(i - 1) % 8: 1, (i + 1) % 8: 1} for i in range(8)})
    >>> events = pd.Series([1, 2, 5, 9, 8, 5, 2, 1])
    >>> found = global_moran_rates(events, pd.Series(1000, range(8)), ring, seed=1)
    >>> found.I.round(2).tolist()
    [0.67]
    """
    settings = record("global_moran_rates", locals())
    # The common rate is of the units tested alone.
    (kept, living), dropped = without_dropped(graph, events=events, population=population)
    counts, people = _checked(kept, living)
    parts = []
    for (time, own), (_, base) in zip(
        by_time(counts, "events"), by_time(people, "population"), strict=True
    ):
        cases, P = own.to_numpy(), base.to_numpy()
        if not cases.any():
            raise EstimationError(
                f"there are no events{'' if time is None else f' in {time}'}: rates of 0 have no "
                "association"
            )
        r, b = cases / P, cases.sum() / P.sum()
        a = float((P * (r - b) ** 2).sum() / P.sum() - b / P.mean())
        v = a + b / P
        parts.append((r - b) / np.sqrt(np.where(v > 0, v, b / P)))
    z = np.stack(parts, axis=1).reshape(-1)  # units by times, the order of sorted rows
    standard = pd.Series(z, counts.index)
    found = global_moran(
        standard,
        graph,
        n_permutations=n_permutations,
        seed=seed,
        alternative=alternative,
        row_standardize=row_standardize,
    )
    return replace(found, settings=settings, dropped=dropped)


def _checked(events: Any, population: Any) -> tuple[pd.Series, pd.Series]:
    """Give counts and people in canonical order, every unit at every time."""
    for role, data in {"events": events, "population": population}.items():
        if not isinstance(data, pd.Series):
            raise ParameterError(f"{role} must be one column (a Series)")
    counts, people = align(events=events, population=population)
    for role, data in {"events": counts, "population": people}.items():
        if not pd.api.types.is_numeric_dtype(data):
            raise DataError(f"{role} does not hold numbers but {data.dtype}; convert it first")
        check_complete(data, role)
    if counts.index.nlevels > 1:
        whole = pd.MultiIndex.from_product([level.unique() for level in _levels(counts.index)])
        gaps = whole.difference(counts.index)
        if len(gaps):
            places = listed(f"{unit} {time}" for unit, time in gaps)
            raise DataError(
                f"{len(gaps)} rows are missing: {places}; every time needs the same units",
                gaps.to_frame(index=False, name=["unit", "time"]),
            )
    below, nobody = counts < 0, people <= 0
    if below.any() or nobody.any():
        wrong = below | nobody
        cases = pd.DataFrame({"events": counts[wrong], "population": people[wrong]}).reset_index()
        raise DataError(
            f"events must be 0 or more and populations above 0; {int(wrong.sum())} rows are not: "
            f"{listed(str(label) for label in counts.index[wrong])}",
            cases,
        )
    return counts.astype(float), people.astype(float)


def _levels(index: pd.Index) -> list[pd.Index]:
    return [index.get_level_values(0), index.get_level_values(1)]


def _global(cases: FloatArray, P: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Smooth towards the rate of all."""
    r, m = cases / P, cases.sum() / P.sum()
    A = max(0.0, float((P * (r - m) ** 2).sum() / P.sum() - m / P.mean()))
    return _shrunk(r, np.full_like(r, m), np.full_like(r, A), P)


def _local(
    cases: FloatArray, P: FloatArray, around: sparse.csr_array[np.float64]
) -> tuple[FloatArray, FloatArray]:
    """Smooth towards the rate of neighbors and the unit itself."""
    r = cases / P
    people, count = around @ P, np.asarray(around.sum(axis=1)).ravel()
    m = (around @ cases) / people
    # sum_j P_j (r_j - m_i)^2 around each i
    squares = around @ (P * r**2) - 2 * m * (around @ (P * r)) + m**2 * people
    A = np.maximum(0.0, squares / people - m / (people / count))
    return _shrunk(r, m, A, P)


def _shrunk(
    r: FloatArray, m: FloatArray, A: FloatArray, P: FloatArray
) -> tuple[FloatArray, FloatArray]:
    whole = A + m / P
    kept = np.divide(A, whole, out=np.zeros_like(A), where=whole > 0)
    return m + kept * (r - m), kept
