"""The programs of a DEA: the units of each frontier measured against one another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from spatialccd.efficiency._processes import in_processes
from spatialccd.efficiency._technology import (
    Activity,
    Evaluation,
    Orientation,
    Returns,
    radial,
    slacks,
    slacks_based,
)

if TYPE_CHECKING:
    from spatialccd._progress import Step
    from spatialccd._types import FloatArray

Model = Literal["radial", "sbm"]

#: A unit this near to 1 without slacks is called efficient.
EFFICIENT = 1e-6


@dataclass(frozen=True)
class Plan:
    """The settings of one evaluation."""

    model: Model
    returns: Returns
    orientation: Orientation
    super_efficiency: bool
    scale_efficiency: bool

    @property
    def others(self) -> list[Returns]:
        """The returns to scale whose scores are measured besides."""
        if not self.scale_efficiency:
            return []
        known = None if self.super_efficiency else self.returns
        kinds: tuple[Returns, ...] = ("crs", "vrs", "nirs")
        return [kind for kind in kinds if kind != known]

    @property
    def programs(self) -> int:
        """How many each unit has: score, slacks where they are apart, and the others' scores.

        Those of super-efficiency by slacks, which the best have only, go uncounted.
        """
        return (1 if self.model == "sbm" else 2) + len(self.others)

    def scores(self, units: Activity, returns: Returns, step: Step | None) -> FloatArray:
        """Scores without super-efficiency."""
        if self.model == "sbm":
            return slacks_based(units, units, returns, self.orientation, step=step).score
        return radial(units, units, returns, self.orientation, step=step)[0]


@dataclass(frozen=True)
class Measured:
    """One frontier's units: the evaluation, and scores by returns to scale."""

    evaluation: Evaluation
    by_returns: dict[Returns, FloatArray]


def in_parallel(plan: Plan, parts: list[Activity], n_jobs: int, step: Step) -> list[Measured]:
    """Evaluate the units of each frontier; `step` is told of the programs."""
    if n_jobs == 1 or len(parts) == 1:
        return [_measure(plan, part, step) for part in parts]
    return in_processes(
        _measure,
        [(plan, part) for part in parts],
        n_jobs,
        lambda one: step(plan.programs * len(one.evaluation.score)),
    )


def _measure(plan: Plan, units: Activity, step: Step | None = None) -> Measured:
    """Evaluate units against each other; `step` is told of each program."""
    evaluate = _slacks_based if plan.model == "sbm" else _radial
    evaluation = evaluate(plan, units, step)
    by_returns = {kind: plan.scores(units, kind, step) for kind in plan.others}
    if plan.scale_efficiency:
        by_returns.setdefault(plan.returns, evaluation.score)
    return Measured(evaluation, by_returns)


def _radial(plan: Plan, units: Activity, step: Step | None) -> Evaluation:
    own = range(len(units)) if plan.super_efficiency else None
    score, status = radial(units, units, plan.returns, plan.orientation, own, step)
    if plan.orientation == "input":
        points = Activity(units.X * score[:, None], units.Y, units.B)
    else:
        points = Activity(units.X, units.Y / score[:, None], units.B)
    # A missing score makes a missing point, and that missing slacks.
    unsolved = np.isnan(score)[:, None]
    points = Activity(*(np.where(unsolved, np.nan, z) for z in (points.X, points.Y, points.B)))
    left, weights = slacks(points, units, plan.returns, own, step=step)
    return Evaluation(score, status, left, weights)


def _slacks_based(plan: Plan, units: Activity, step: Step | None) -> Evaluation:
    first = slacks_based(units, units, plan.returns, plan.orientation, step=step)
    best = np.flatnonzero(first.score > 1 - EFFICIENT)
    if not plan.super_efficiency or not best.size:
        return first
    second = slacks_based(units[best], units, plan.returns, plan.orientation, list(best))
    status = list(first.status)
    for i, word in zip(best, second.status, strict=True):
        status[i] = word
    score, left, weights = first.score.copy(), first.slacks.copy(), first.weights.copy()
    score[best], left[best], weights[best] = second.score, second.slacks, second.weights
    return Evaluation(score, status, left, weights)
