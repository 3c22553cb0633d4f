"""Every unit of every time against the frontiers of its own and of other times."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from spatialccd.efficiency._activity import warn_unsolved
from spatialccd.efficiency._processes import in_processes
from spatialccd.efficiency._technology import (
    Activity,
    Disposability,
    Orientation,
    Returns,
    directional,
    radial,
)
from spatialccd.errors import InfeasibleWarning, listed

if TYPE_CHECKING:
    from spatialccd._progress import Step
    from spatialccd._types import FloatArray
    from spatialccd.efficiency._activity import Activities

#: How a program ended that has a distance of which no efficiency can be made.
BEYOND = "no efficiency"

#: Name of a distance -> array (T, n), in what adds up: see ``Measure``.
Table: TypeAlias = "dict[str, FloatArray]"


@dataclass(frozen=True)
class Measure:
    """How a unit is measured against a frontier, so that a change is a difference.

    Radial: the logarithm of the efficiency. Directional: that of ``efficiency``
    for Malmquist-Luenberger, and -d for Luenberger, of the distance d.
    """

    orientation: Orientation
    returns: Returns
    disposability: Disposability
    is_directional: bool
    additive: bool

    def __call__(
        self, units: Activity, frontier: Activity, returns: Returns, step: Step | None = None
    ) -> tuple[FloatArray, list[str]]:
        """Measure units, arrays (k,), and say how each program ended."""
        if not self.is_directional:
            score, status = radial(units, frontier, returns, self.orientation, step=step)
            return np.log(score), status
        along = direction(units, self.orientation)
        beta, status = directional(units, frontier, along, returns, self.disposability, step)
        if self.additive:
            return -beta, status
        score = efficiency(beta, self.orientation)
        lost = np.isnan(score) & ~np.isnan(beta)
        words = [BEYOND if gone else word for gone, word in zip(lost, status, strict=True)]
        return np.log(score), words


class Comparison(NamedTuple):
    """The units of one time against one frontier.

    Attributes
    ----------
    distance : str
        Its name.
    time, frontier : int
        Place of the time, and of the frontier's; -1 for that of all times.
    returns : str
    """

    distance: str
    time: int
    frontier: int
    returns: Returns


def direction(units: Activity, orientation: Orientation) -> Activity:
    """Give the way to the frontier: each unit's own figures, on the sides that move."""
    X = units.X if orientation != "output" else np.zeros_like(units.X)
    Y = units.Y if orientation != "input" else np.zeros_like(units.Y)
    return Activity(X, Y, units.B)


def efficiency(distance: FloatArray, orientation: Orientation) -> FloatArray:
    """Give what share of the frontier's productivity a unit has, from its distance d along itself.

    Inputs that could shrink by d leave 1 - d of them, outputs that could grow
    by d make now 1 / (1 + d) of it, and where both move it is the quotient of
    the two: under constant returns without undesirable outputs each is the
    radial efficiency. Where outputs would have to fall by all they are
    (d <= -1, against the frontier of another time) there is none: NaN.
    """
    kept = 1.0 - distance if orientation != "output" else np.ones_like(distance)
    made = 1.0 + distance if orientation != "input" else np.ones_like(distance)
    whole = (kept > 0) & (made > 0)
    return np.divide(kept, made, out=np.full_like(distance, np.nan), where=whole)


def comparisons(T: int, returns: Returns, *, pooled: bool) -> list[Comparison]:
    """List what a change is made of.

    own, and vrs under constant returns; with `pooled` global, else before and
    after: against the frontier of the time before or after, where there is one.
    """
    found = []
    for t in range(T):
        found.append(Comparison("own", t, t, returns))
        if returns == "crs":
            found.append(Comparison("vrs", t, t, "vrs"))
        if pooled:
            found.append(Comparison("global", t, -1, returns))
            continue
        if t > 0:
            found.append(Comparison("before", t, t - 1, returns))
        if t + 1 < T:
            found.append(Comparison("after", t, t + 1, returns))
    return found


def distances(
    found: Activities, measure: Measure, *, pooled: bool, n_jobs: int, step: Step
) -> tuple[Table, pd.DataFrame]:
    """Measure every unit of a balanced panel; `step` is told of each program.

    Returns
    -------
    Table
        Each distance of ``comparisons``, (T, n), NaN where there is none.
    DataFrame
        unit, time, distance, status of the programs without a solution.
    """
    parts = [found.activity[rows] for _, rows in found.by_time()]
    todo = comparisons(len(parts), measure.returns, pooled=pooled)
    frontiers = [found.activity if c.frontier < 0 else parts[c.frontier] for c in todo]
    jobs = [(parts[c.time], f, c.returns) for c, f in zip(todo, frontiers, strict=True)]
    solved = _run(jobs, measure, n_jobs, step)
    units_of, times = found.levels
    cases = [
        {"unit": units_of[i], "time": times[c.time], "distance": c.distance, "status": word}
        for c, (_, status) in zip(todo, solved, strict=True)
        for i, word in enumerate(status)
        if word != "optimal"
    ]
    table = tabled(todo, [values for values, _ in solved], len(parts))
    return table, pd.DataFrame(cases, columns=["unit", "time", "distance", "status"])


def warn_missing(cases: pd.DataFrame) -> None:
    """Warn of programs without a solution, and of distances without an efficiency."""
    beyond = cases["status"] == BEYOND
    warn_unsolved(cases[~beyond], "productivity change")
    if beyond.any():
        places = [f"{c.unit} {c.time} {c.distance}" for c in cases[beyond].itertuples()]
        warnings.warn(
            InfeasibleWarning(
                f"{len(places)} distances to the frontier of another time are -1 or less, where "
                f"no efficiency exists, and their figures are missing: {listed(places)}; "
                "kind='luenberger' adds distances up and needs none, kind='global' has none",
                cases[beyond],
            ),
            stacklevel=3,
        )


def tabled(todo: list[Comparison], values: list[FloatArray], T: int) -> Table:
    """Put the values of comparisons, (n,) each, into one array (T, n) a distance."""
    table: Table = {}
    for c, row in zip(todo, values, strict=True):
        table.setdefault(c.distance, np.full((T, row.size), np.nan))[c.time] = row
    return table


def _run(
    jobs: list[tuple[Activity, Activity, Returns]], measure: Measure, n_jobs: int, step: Step
) -> list[tuple[FloatArray, list[str]]]:
    if n_jobs == 1:
        return [measure(units, frontier, returns, step) for units, frontier, returns in jobs]
    return in_processes(measure, jobs, n_jobs, lambda one: step(len(one[1])))
