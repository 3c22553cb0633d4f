"""Every unit of every time against the frontiers of its own and of other times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd

from spatialccd.efficiency._technology import (
    Activity,
    Disposability,
    Orientation,
    Returns,
    directional,
    radial,
)

if TYPE_CHECKING:
    from spatialccd._types import FloatArray
    from spatialccd.efficiency._activity import Activities

#: Name of a distance -> array (T, n), in what adds up: see ``Measure``.
Table: TypeAlias = "dict[str, FloatArray]"


@dataclass(frozen=True)
class Measure:
    """How a unit is measured against a frontier, so that a change is a difference.

    Radial: the logarithm of the efficiency. Directional: -ln(1 + d) for
    Malmquist-Luenberger and -d for Luenberger, of the distance d.
    """

    orientation: Orientation
    returns: Returns
    disposability: Disposability
    is_directional: bool
    additive: bool

    def __call__(
        self, units: Activity, frontier: Activity, returns: Returns
    ) -> tuple[FloatArray, list[str]]:
        """Measure units, arrays (k,), and say how each programme ended."""
        if not self.is_directional:
            score, status = radial(units, frontier, returns, self.orientation)
            return np.log(score), status
        along = direction(units, self.orientation)
        beta, status = directional(units, frontier, along, returns, self.disposability)
        return (-beta if self.additive else -np.log1p(beta)), status


def direction(units: Activity, orientation: Orientation) -> Activity:
    """Give the way to the frontier: each unit's own figures, on the sides that move."""
    X = units.X if orientation != "output" else np.zeros_like(units.X)
    Y = units.Y if orientation != "input" else np.zeros_like(units.Y)
    return Activity(X, Y, units.B)


def distances(
    found: Activities, measure: Measure, *, pooled: bool, n_jobs: int
) -> tuple[Table, pd.DataFrame]:
    """Measure every unit of a balanced panel.

    Returns
    -------
    Table
        own, and vrs under constant returns; with `pooled` global, else before
        and after: against the frontier of the time before or after, NaN at the
        ends. Each (T, n).
    DataFrame
        unit, time, distance, status of the programmes without a solution.
    """
    parts = [found.activity[rows] for _, rows in found.by_time()]
    jobs: list[tuple[str, int, Activity, Activity, Returns]] = []
    for t, units in enumerate(parts):
        jobs.append(("own", t, units, units, measure.returns))
        if measure.returns == "crs":
            jobs.append(("vrs", t, units, units, "vrs"))
        if pooled:
            jobs.append(("global", t, units, found.activity, measure.returns))
            continue
        if t > 0:
            jobs.append(("before", t, units, parts[t - 1], measure.returns))
        if t + 1 < len(parts):
            jobs.append(("after", t, units, parts[t + 1], measure.returns))
    solved = _run(jobs, measure, n_jobs)
    units_of, times = found.levels
    table: Table = {}
    cases = []
    for (name, t, *_), (values, status) in zip(jobs, solved, strict=True):
        table.setdefault(name, np.full((len(parts), len(units_of)), np.nan))[t] = values
        cases += [
            {"unit": units_of[i], "time": times[t], "distance": name, "status": word}
            for i, word in enumerate(status)
            if word != "optimal"
        ]
    return table, pd.DataFrame(cases, columns=["unit", "time", "distance", "status"])


def _run(
    jobs: list[tuple[str, int, Activity, Activity, Returns]], measure: Measure, n_jobs: int
) -> list[tuple[FloatArray, list[str]]]:
    if n_jobs == 1:
        return [measure(units, frontier, returns) for _, _, units, frontier, returns in jobs]
    from joblib import Parallel, delayed

    return list(
        Parallel(n_jobs=n_jobs)(
            delayed(measure)(units, frontier, returns) for _, _, units, frontier, returns in jobs
        )
    )
