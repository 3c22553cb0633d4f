"""How units move through the Moran scatterplot over the years."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from spatialccd._align import left_out, restore
from spatialccd._result import Result, record
from spatialccd._types import FloatArray
from spatialccd.association._permutation import Alternative, Correction
from spatialccd.association._results import NO_NEIGHBORS, NOT_SIGNIFICANT, check_local
from spatialccd.association._weights import warn_alone
from spatialccd.association.moran import CLUSTERS, local_moran, quadrants
from spatialccd.association.scatterplot import Points, on_index, scatter
from spatialccd.errors import ParameterError, check_choice

if TYPE_CHECKING:
    from spatialccd._types import Graph, Values

States = Literal["quadrant", "cluster"]

#: Kinds of move (Rey, 2001): who changed sides of the mean.
KINDS = ("none", "unit", "neighbors", "both alike", "both unlike")


@dataclass(frozen=True, eq=False, kw_only=True)
class LisaTransitions(Result):
    """Moves between the states of a LISA from each time to the next.

    Attributes
    ----------
    states : Series
        State of each unit and time, on the index of the values.
    moves : DataFrame
        On (unit, time), time being the later of the two: before, after, kind.
    counts : DataFrame
        Moves from each state (row) to each (column), all times together.
    probabilities : DataFrame
        The same by row; a state that nobody left has no probabilities.
    shares : DataFrame
        Share of the moves of each kind (column), by time and, in the last
        row, overall. Kinds: none; unit (it alone changed sides of the mean: type I);
        neighbors (they alone: II); both alike (III A); both unlike (III B).
    islands : Index
        Units without neighbors; they are in no move.
    dropped : Index
        Units that the graph left out.
    """

    states: pd.Series
    moves: pd.DataFrame
    counts: pd.DataFrame
    probabilities: pd.DataFrame
    shares: pd.DataFrame
    islands: pd.Index
    dropped: pd.Index

    def notes(self) -> list[str]:
        """Name the units that carry no figure."""
        return left_out(self.dropped)

    def to_frame(self) -> pd.DataFrame:
        """One row a move."""
        return self.moves.copy()

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the moves between states, as counts and by row, and the shares of their kinds."""
        return {"counts": self.counts, "probabilities": self.probabilities, "kinds": self.shares}

    def summary(self) -> str:
        """Write the transition counts and the shares of the kinds of move."""
        figures = [str(self.counts), str(self.shares.round(3))]
        return "\n\n".join([repr(self.settings), *figures, *self.notes()])


@dataclass(frozen=True, eq=False, kw_only=True)
class LisaPaths(Result):
    """The path of each unit through the Moran scatterplot.

    Attributes
    ----------
    table : DataFrame
        On unit: length, relative to the mean path (above 1: the unit and its
        neighbors moved more than others); tortuosity, the path over the
        straight line from start to end (1: straight; missing when they
        coincide); angle of that line in degrees from the axis of the unit's
        own value, 0 to 360; direction in words.
    points : DataFrame
        On the rows of `y`: ``z`` and ``lag``, the points of the paths.
    islands : Index
        Units without neighbors; they have no path.
    dropped : Index
        Units that the graph left out; they have no path.
    """

    table: pd.DataFrame
    points: pd.DataFrame
    islands: pd.Index
    dropped: pd.Index

    def notes(self) -> list[str]:
        """Name the units that carry no figure."""
        return left_out(self.dropped)

    def to_frame(self) -> pd.DataFrame:
        """One row a unit."""
        return self.table.copy()


def lisa_transitions(
    y: Values,
    graph: Graph,
    *,
    states: States = "quadrant",
    n_permutations: int = 9999,
    seed: int | None = None,
    alpha: float = 0.05,
    correction: Correction = "fdr",
    alternative: Alternative = "two-sided",
    row_standardize: bool = True,
    n_jobs: int = 1,
) -> LisaTransitions:
    """Follow each unit's LISA state from each time to the next.

    Parameters
    ----------
    y : Series
        Values on (unit, time), at least two times; every time needs the same
        units. Times that stand next to each other in order are compared.
    graph : Neighbors or libpysal Graph
        Who is whose neighbor, on the same units. It is the same in every time.
    states : {"quadrant", "cluster"}
        quadrant: the four quadrants, whatever the p-values, as in the
        literature. cluster: those of ``local_moran`` with "Not significant"
        as a fifth state; the settings below are for this only.
    n_permutations : int, default 9999
        Random draws around each unit, for states="cluster".
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    alpha : float, default 0.05
        Level of the clusters.
    correction : {"fdr", "bonferroni", "none"}
        Of the p-values for the number of units, in each time.
    alternative : {"two-sided", "greater", "less", "directed"}
        Of the p-values, see ``local_moran``.
    row_standardize : bool, default True
        Divide each unit's weights by their sum.
    n_jobs : int, default 1
        Threads; -1 for all. It moves no figure.

    Returns
    -------
    LisaTransitions

    Raises
    ------
    AlignmentError
        Units differ between `y` and `graph` or between times, or values are missing.
    EstimationError
        `y` is constant in some time, or there are too few units or links.
    ParameterError
        `y` holds fewer than two times.

    Notes
    -----
    The kinds of move go by the sides of the mean, with any `states`. Rey
    and Janikas call the share of "none" the cohesion of the system; others add
    "both alike".

    References
    ----------
    Rey, S. (2001). Spatial empirics for economic growth and convergence.
    Geographical Analysis 33, 195-214. Rey, S. and Janikas, M. (2006). STARS.
    Geographical Analysis 38, 67-86.

    Examples
    --------
    >>> import pandas as pd
    >>> from libpysal.graph import Graph
    >>> ring = Graph.from_dicts({i: {(i - 1) % 6: 1, (i + 1) % 6: 1} for i in range(6)})
    >>> rows = pd.MultiIndex.from_product([range(6), [2000, 2010]], names=["unit", "time"])
    >>> y = pd.Series([3.0, 3, 3, 1, 3, 3, 1, 1, 1, 1, 1, 3], index=rows)
    >>> lisa_transitions(y, ring).moves.loc[1].to_dict("list")
    {'before': ['High-High'], 'after': ['Low-High'], 'kind': ['unit']}
    """
    settings = record("lisa_transitions", locals())
    check_choice("states", states, get_args(States))
    check_local(n_permutations, alpha, correction, alternative)
    points = _several_times(y, graph, row_standardize=row_standardize)
    named = quadrants(points.z, points.lag)
    names = list(CLUSTERS)
    if states == "cluster":
        names.append(NOT_SIGNIFICANT)
        clusters = [
            local_moran(
                y.xs(time, level=1),
                graph,
                n_permutations=n_permutations,
                seed=seed,
                alpha=alpha,
                correction=correction,
                alternative=alternative,
                row_standardize=row_standardize,
                n_jobs=n_jobs,
            ).cluster.reindex(points.weights.units)
            for time in points.times
        ]
        named = np.stack([np.asarray(column, dtype=object) for column in clusters], axis=1)

    moves = _moves(named, points, names)
    linked = moves.dropna()
    counts = pd.crosstab(linked["before"], linked["after"], dropna=False)
    counts = counts.reindex(index=names, columns=names, fill_value=0)
    left = counts.sum(axis=1)
    return LisaTransitions(
        settings=settings,
        states=_on_rows(named, points, y.index, names),
        moves=_later_rows(moves, y.index, points.times[0]),
        counts=counts,
        probabilities=counts.div(left.where(left > 0), axis=0),
        shares=_shares(linked),
        islands=points.weights.islands,
        dropped=points.weights.dropped,
    )


def lisa_paths(
    y: Values,
    graph: Graph,
    *,
    row_standardize: bool = True,
) -> LisaPaths:
    """Measure each unit's path through the Moran scatterplot over all times.

    A point of the path is (z_it, lag_it), the unit's standard score within
    its time and the weighted mean of its neighbors'. length_i = n * d_i / sum_j
    d_j with d_i the sum of the steps; tortuosity_i = d_i over the distance
    from the first point to the last.

    Parameters
    ----------
    y : Series
        Values on (unit, time), at least two times; every time needs the same units.
    graph : Neighbors or libpysal Graph
        Who is whose neighbor, on the same units. It is the same in every time.
    row_standardize : bool, default True
        Divide each unit's weights by their sum.

    Returns
    -------
    LisaPaths

    Raises
    ------
    AlignmentError
        Units differ between `y` and `graph` or between times, or values are missing.
    EstimationError
        `y` is constant in some time, or there are too few units or links.
    ParameterError
        `y` holds fewer than two times.

    References
    ----------
    Ye, X. and Rey, S. (2013). A framework for exploratory space-time analysis of
    economic data. Annals of Regional Science 50, 315-339, section 3.

    Examples
    --------
    >>> import pandas as pd
    >>> from libpysal.graph import Graph
    >>> ring = Graph.from_dicts({i: {(i - 1) % 6: 1, (i + 1) % 6: 1} for i in range(6)})
    >>> rows = pd.MultiIndex.from_product([range(6), [2000, 2010]], names=["unit", "time"])
    >>> y = pd.Series([3.0, 3, 3, 1, 3, 3, 1, 1, 1, 1, 1, 3], index=rows)
    >>> lisa_paths(y, ring).table.loc[1, "direction"]
    'unit falls, neighbors stay'
    """
    settings = record("lisa_paths", locals())
    points = _several_times(y, graph, row_standardize=row_standardize)
    steps = np.hypot(np.diff(points.z, axis=1), np.diff(points.lag, axis=1)).sum(axis=1)
    across = points.z[:, -1] - points.z[:, 0]
    up = points.lag[:, -1] - points.lag[:, 0]
    straight = np.hypot(across, up)
    moved = straight > 1e-9 * np.nanmax(np.append(steps, 0.0))
    mean = np.nanmean(steps)
    table = pd.DataFrame(
        {
            "length": steps / mean if mean > 0 else np.where(np.isnan(steps), np.nan, 1.0),
            "tortuosity": np.divide(steps, straight, out=np.full(len(steps), np.nan), where=moved),
            "angle": np.where(moved, np.degrees(np.arctan2(up, across)) % 360, np.nan),
            "direction": _in_words(points).to_numpy(),
        },
        index=points.weights.units,
    )
    return LisaPaths(
        settings=settings,
        table=restore(table, y.index.get_level_values(0).unique()),
        points=on_index({"z": points.z, "lag": points.lag}, points, y.index),
        islands=points.weights.islands,
        dropped=points.weights.dropped,
    )


def _several_times(y: pd.Series, graph: object, *, row_standardize: bool) -> Points:
    points = scatter(y, graph, row_standardize=row_standardize)
    if len(points.times) < 2:
        raise ParameterError("y holds one time; moves need at least two, on (unit, time)")
    warn_alone(points.weights, graph)
    return points


def _moves(named: npt.NDArray[np.object_], points: Points, names: list[str]) -> pd.DataFrame:
    """List the moves between states, shape (n, T), on (unit, time) in canonical order."""
    alone = points.weights.alone
    own = np.diff((points.z > 0).astype(int), axis=1)
    around = np.diff((points.lag > 0).astype(int), axis=1)
    code = np.select(
        [(own == 0) & (around == 0), around == 0, own == 0, own == around], [0, 1, 2, 3], default=4
    )
    rows = pd.MultiIndex.from_product(
        [points.weights.units, points.times[1:]], names=["unit", "time"]
    )
    columns = {
        "before": (named[:, :-1], names),
        "after": (named[:, 1:], names),
        "kind": (np.array(KINDS, dtype=object)[code], list(KINDS)),
    }
    moves = pd.DataFrame(index=rows)
    for name, (values, categories) in columns.items():
        linked = values.copy()
        linked[alone] = None
        moves[name] = pd.Categorical(linked.ravel(), categories=categories)
    return moves


def _shares(moves: pd.DataFrame) -> pd.DataFrame:
    """Give the share of the moves of each kind (column), by time and overall."""
    counts = pd.crosstab(moves.index.get_level_values("time"), moves["kind"], dropna=False)
    counts = counts.reindex(columns=list(KINDS), fill_value=0)
    counts.loc["all"] = counts.sum()
    return counts.div(counts.sum(axis=1), axis=0).rename_axis(index="time", columns="kind")


def _on_rows(
    named: npt.NDArray[np.object_], points: Points, index: pd.Index, names: list[str]
) -> pd.Series:
    """Put states, shape (n, T), onto the caller's rows."""
    linked = named.copy()
    linked[points.weights.alone] = NO_NEIGHBORS
    column = on_index({"state": linked}, points, index)["state"].fillna(NO_NEIGHBORS)
    return column.astype(pd.CategoricalDtype([*names, NO_NEIGHBORS]))


def _later_rows(moves: pd.DataFrame, index: pd.Index, first: object) -> pd.DataFrame:
    """Put moves onto the caller's rows, those of the first time left out."""
    return restore(moves, index[np.asarray(index.get_level_values(1) != first)])


def _in_words(points: Points) -> pd.Series:
    """Say which way a unit and its neighbors went, within rounding; missing for islands."""
    words = {1: ("unit rises", "neighbors rise"), 0: ("unit stays", "neighbors stay")}
    words[-1] = ("unit falls", "neighbors fall")
    own, around = (_signs(values) for values in (points.z, points.lag))
    own_words = own.map({sign: pair[0] for sign, pair in words.items()})
    around_words = around.map({sign: pair[1] for sign, pair in words.items()})
    return own_words + ", " + around_words


def _signs(values: FloatArray) -> pd.Series:
    """Give the sign of the change from the first time to the last, values (n, T)."""
    change = values[:, -1] - values[:, 0]
    nothing = 1e-9 * np.nanmax(np.abs(values), initial=0.0)
    return pd.Series(np.where(np.abs(change) <= nothing, 0.0, np.sign(change)))
