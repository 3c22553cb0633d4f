"""One frame for tests of association: a statistic is its kernel, its moments and its words.

Settings are checked, values and graph aligned, islands told, values permuted,
p-values corrected and tables labeled here, once. A statistic says how it is
computed from a lattice: over all units (:class:`Overall`) or of each
(:class:`Around`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from spatialccd._align import by_time, cross_section, restore
from spatialccd._result import Settings
from spatialccd._types import FloatArray, IntArray, Progress
from spatialccd.association._permutation import Simulated, conditional, shuffled
from spatialccd.association._results import (
    GlobalTest,
    LocalTest,
    check_global,
    check_local,
    local_table,
    permuted,
)
from spatialccd.association._weights import Lattice, lattice, warn_alone, warn_single

Global = TypeVar("Global", bound=GlobalTest)
Local = TypeVar("Local", bound=LocalTest)


@dataclass(frozen=True)
class Overall:
    """A statistic over all units, in each time of a lattice.

    Attributes
    ----------
    table : DataFrame
        One row a time: n, the figure, and what is known of it without permutations.
    observed : array, shape (T,)
    reordered : function
        Of random orders of the units, shape (m, n); gives the figures, shape (m, T).
    sign : {1, -1}
        1 when a large figure is much association, -1 when a small one is.
    beside : mapping
        Further tables of the result, by its field; one row a time.
    """

    table: pd.DataFrame
    observed: FloatArray
    reordered: Callable[[IntArray], FloatArray]
    sign: int = 1
    beside: Mapping[str, pd.DataFrame] = field(default_factory=dict)


@dataclass(frozen=True)
class Around:
    """A statistic of each unit and what lies around it.

    Attributes
    ----------
    statistic : function
        Of positions of units, shape (b,), and the lags of the fields there, shape
        (p, m, b); gives the figures, shape (m, b). Large is much association.
    observed : array, shape (n,)
    fields : array, shape (p, n)
        The values that are permuted; those of one unit move together.
    figures : function
        Of what permutations gave; gives the columns of the table, with "kind": the
        class of a unit when it is significant.
    """

    statistic: Callable[[IntArray, FloatArray], FloatArray]
    observed: FloatArray
    fields: FloatArray
    figures: Callable[[Simulated], pd.DataFrame]


def begin(settings: Settings, y: pd.Series, graph: Any, role: str = "y") -> Lattice:
    """Check the settings of a test over all units, and bring values and graph together."""
    check_global(settings["n_permutations"], settings["alternative"])
    data = lattice(y, graph, row_standardize=settings["row_standardize"], role=role)
    warn_alone(data.weights, graph)
    return data


def orders(settings: Settings, n: int, reordered: Callable[[IntArray], FloatArray]) -> FloatArray:
    """Evaluate a statistic at the random orders that the settings ask for, (m, T)."""
    count, seed, n_jobs = (settings[name] for name in ("n_permutations", "seed", "n_jobs"))
    return shuffled(reordered, n, count, seed, n_jobs)


def by_column(
    statistic: Callable[[FloatArray], FloatArray], columns: FloatArray
) -> Callable[[IntArray], FloatArray]:
    """Make a statistic of reordered columns, (n, m) -> (m,), one of orders, (m, n) -> (m, T).

    Every column meets the same orders, so a year's figures do not depend on
    which other years stand beside it.
    """
    return lambda orders: np.column_stack([statistic(column[orders].T) for column in columns.T])


def global_test(
    kind: type[Global],
    settings: Settings,
    y: pd.Series,
    graph: Any,
    measure: Callable[[Lattice], Overall],
    *,
    role: str = "y",
) -> Global:
    """Test a statistic over all units in each time.

    Parameters
    ----------
    kind : type
        The result to give.
    settings : Settings
        Of the call, with n_permutations, seed, alternative, row_standardize and n_jobs.
    y : Series
        On (unit, time) or unit.
    graph : Neighbors or libpysal Graph
    measure : function
        Of a lattice; gives the statistic.
    role : str
        What the caller's signature calls `y`.
    """
    data = begin(settings, y, graph, role)
    found = measure(data)
    simulated = orders(settings, len(data.values), found.reordered)
    tested = permuted(simulated, found.observed, settings["alternative"], found.sign)
    return kind(
        settings=settings,
        table=found.table.assign(**tested).set_axis(data.times),
        simulated=pd.DataFrame(simulated, columns=data.times),
        islands=data.weights.islands,
        dropped=data.weights.dropped,
        **{name: table.set_axis(data.times) for name, table in found.beside.items()},
    )


def local_test(
    kind: type[Local],
    classes: tuple[str, ...],
    settings: Settings,
    y: pd.Series,
    graph: Any,
    measure: Callable[[Lattice], Around],
    *,
    role: str = "y",
    progress: Progress | None = None,
) -> Local:
    """Test a statistic of each unit.

    Parameters
    ----------
    kind : type
        The result to give.
    classes : tuple of str
        What a significant unit can be, in the order of a legend.
    settings : Settings
        Of the call, with n_permutations, seed, alpha, correction, alternative, n_jobs;
        row_standardize where the statistic depends on it.
    y : Series
        On unit; on (unit, time) each time is tested by itself.
    graph, measure, role
        As in :func:`global_test`.
    progress : callable, optional
        Told the units done and their number, over all times.
    """
    if role == "y" and isinstance(y, pd.Series) and y.index.nlevels == 2:
        return _each_time(
            kind,
            settings,
            y,
            lambda values, told: local_test(
                kind, classes, settings, values, graph, measure, progress=told
            ),
            progress,
        )
    count, seed, n_jobs = (settings[name] for name in ("n_permutations", "seed", "n_jobs"))
    check_local(count, *(settings[name] for name in ("alpha", "correction", "alternative")))
    cross_section(y, role)
    standardize = settings.get("row_standardize", False)
    data = lattice(y, graph, row_standardize=standardize, role=role)
    weights = data.weights
    found = measure(data)
    if not settings.get("star", False):  # else the unit itself is in its figure too
        warn_single(weights)
    simulated = conditional(
        found.statistic, found.observed, found.fields, weights.matrix, count, seed, n_jobs, progress
    )
    table = local_table(found.figures(simulated), simulated, weights, y.index, classes, settings)
    return kind(settings=settings, table=table, islands=weights.islands, dropped=weights.dropped)


def _part_of(progress: Progress | None, place: int, parts: int) -> Progress | None:
    """Tell what is done of one part as a share of all parts."""
    if progress is None:
        return None
    return lambda done, total: progress(place * total + done, parts * total)


def _each_time(
    kind: type[Local],
    settings: Settings,
    y: pd.Series,
    test: Callable[[pd.Series, Progress | None], Local],
    progress: Progress | None,
) -> Local:
    """Test every time by itself, its p-values corrected for its own units; one result of all."""
    times = [*by_time(y, "y")]
    found = {
        time: test(values, _part_of(progress, place, len(times)))
        for place, (time, values) in enumerate(times)
    }
    table = pd.concat({time: one.table for time, one in found.items()}).swaplevel()
    first = next(iter(found.values()))
    return kind(
        settings=settings,
        table=restore(table, y.index),
        islands=first.islands,
        dropped=first.dropped,
    )
