"""Simar and Wilson's (1999) smooth bootstrap of Malmquist indices.

What is drawn is how far each unit stands from the frontier, at all times at
once; the frontier that was estimated plays the true one. Units are drawn with
all their times and reflected about 1 in each time by itself, so that any two
times are drawn from the bivariate kernel density of the paper, with the
covariance of the two, and what is said of several times (means over time,
cumulative change) rests on one and the same draw.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from spatialccd.efficiency._changes import parts_of_change
from spatialccd.efficiency._distances import Comparison, Table, comparisons, tabled
from spatialccd.efficiency._simplex import LOST, radial_scores
from spatialccd.efficiency._technology import Activity, Orientation, Returns, radial
from spatialccd.efficiency._wide import is_wide

if TYPE_CHECKING:
    from spatialccd._progress import Step
    from spatialccd._types import FloatArray
    from spatialccd.efficiency._activity import Activities
    from spatialccd.efficiency._distances import Measure

#: Samples that threads are given at a time.
_BATCH = 32


@dataclass(frozen=True)
class Bootstrap:
    """How a sample is drawn and measured.

    Attributes
    ----------
    parts : list of Activity, length T
    far : array, shape (T, n)
        How far each unit is from its own frontier: 1 / efficiency, 1 or more.
    todo : list of Comparison
    orientation : str
    bandwidth : float
    """

    parts: list[Activity]
    far: FloatArray
    todo: list[Comparison]
    orientation: Orientation
    bandwidth: float

    def sample(self, rng: np.random.Generator) -> Table:
        """Measure the units of the data against the frontiers of one pseudo-sample."""
        drawn = draw(self.far, self.bandwidth, rng)
        pseudo = [
            _moved(units, at / to, self.orientation)
            for units, at, to in zip(self.parts, self.far, drawn, strict=True)
        ]
        whole = Activity(*(np.concatenate(side) for side in zip(*map(_sides, pseudo), strict=True)))
        values = [
            np.log(
                _scores(
                    self.parts[c.time],
                    whole if c.frontier < 0 else pseudo[c.frontier],
                    c.returns,
                    self.orientation,
                )
            )
            for c in self.todo
        ]
        return tabled(self.todo, values, len(self.parts))


def replicate(
    found: Activities,
    measure: Measure,
    table: Table,
    streams: Sequence[np.random.Generator],
    *,
    n_jobs: int,
    step: Step,
) -> dict[str, FloatArray]:
    """Give the changes of all samples by name, arrays (n_bootstrap, T - 1, n).

    Parameters
    ----------
    table : Table
        The distances of the data. "vrs", or "own" where all is measured under
        variable returns, says how far units are from the frontier: what is
        possible is then the same in every sample, and the cone of constant
        returns is that of the data.
    streams : sequence of Generator
        One a sample.
    step : callable
        Told of the programs of each sample.
    """
    parts = [found.activity[rows] for _, rows in found.by_time()]
    T, n = table["own"].shape
    todo = comparisons(T, measure.returns, pooled="global" in table)
    far = np.exp(-table.get("vrs", table["own"]))
    plan = Bootstrap(parts, far, todo, measure.orientation, normal_reference(n))
    draws: dict[str, FloatArray] = {}
    for b, sample in enumerate(_samples(plan, streams, n_jobs)):
        for name, values in parts_of_change(sample).items():
            draws.setdefault(name, np.empty((len(streams), T - 1, n)))[b] = values
        step(len(todo) * n)
    return draws


def normal_reference(n: int) -> float:
    """Give the bandwidth for two standardized variables (Silverman 1986, section 4.3.2)."""
    return float((4 / (5 * n)) ** (1 / 6))


def draw(far: FloatArray, bandwidth: float, rng: np.random.Generator) -> FloatArray:
    """Draw how far units are from the frontier, 1 or more, from a reflected kernel density.

    Parameters
    ----------
    far : array, shape (T, n)

    Returns
    -------
    array, shape (T, n)
    """
    T, n = far.shape
    centered = far - far.mean(axis=1, keepdims=True)
    sides = rng.choice([-1.0, 1.0], size=(T, n))
    chosen = 1.0 + sides * (far[:, rng.integers(n, size=n)] - 1.0)
    # Normal, with the covariance of the times; reflection turns the sign of both alike.
    noise = sides * (centered @ rng.standard_normal((n, n))) / np.sqrt(max(n - 1, 1))
    mean = chosen.mean(axis=1, keepdims=True)
    # Shrunk towards the mean, so that smoothing does not widen the spread.
    smooth = mean + (chosen + bandwidth * noise - mean) / np.sqrt(1 + bandwidth**2)
    folded: FloatArray = 1.0 + np.abs(smooth - 1.0)
    return folded


def _samples(
    plan: Bootstrap, streams: Sequence[np.random.Generator], n_jobs: int
) -> Iterator[Table]:
    if n_jobs == 1:
        for stream in streams:
            yield plan.sample(stream)
        return
    from joblib import Parallel, delayed

    # The compiled loop holds no lock, so that threads do and nothing is copied. Samples come in
    # batches, between which the work can be stopped.
    with Parallel(n_jobs=n_jobs, prefer="threads") as run:
        for start in range(0, len(streams), _BATCH):
            batch = streams[start : start + _BATCH]
            yield from run(delayed(plan.sample)(stream) for stream in batch)


def _moved(units: Activity, factor: FloatArray, orientation: Orientation) -> Activity:
    """Move units along their ray: outputs by `factor` (n,), or inputs by one over it."""
    if orientation == "output":
        return Activity(units.X, units.Y * factor[:, None], units.B)
    return Activity(units.X / factor[:, None], units.Y, units.B)


def _sides(units: Activity) -> tuple[FloatArray, FloatArray, FloatArray]:
    return units.X, units.Y, units.B


def _scores(
    units: Activity, frontier: Activity, returns: Returns, orientation: Orientation
) -> FloatArray:
    """Give radial efficiencies, (k,), by the compiled loop, or HiGHS where it gave up."""
    # Under constant returns both orientations agree, and outputs have the shorter way.
    to_output = orientation == "output" or returns == "crs"
    if any(is_wide(side) for side in (units.stacked.T, frontier.stacked.T)):
        # Figures of many orders: the compiled loop has the tolerances of figures near 1.
        return radial(units, frontier, returns, orientation)[0]
    score, status = np.empty(len(units)), np.empty(len(units), dtype=np.int64)
    radial_scores(
        units.X, units.Y, frontier.X, frontier.Y, returns == "vrs", to_output, score, status
    )
    lost = np.flatnonzero(status == LOST)
    if lost.size:
        score[lost] = radial(units[lost], frontier, returns, orientation)[0]
    return score
