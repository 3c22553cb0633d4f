"""What is possible, given what units were seen to do: the programs of DEA.

Rows of every program: inputs, outputs, undesirable outputs, returns to scale,
and for slacks-based measures the normalization. Kernels take arrays, evaluate
units against a frontier and know no labels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from spatialccd._progress import each
from spatialccd.efficiency._program import Program, Solution

if TYPE_CHECKING:
    from spatialccd._progress import Step
    from spatialccd._types import FloatArray, IntArray

Returns = Literal["crs", "vrs", "nirs", "ndrs"]
Orientation = Literal["input", "output", "none"]
Disposability = Literal["weak", "strong"]

#: Lower and upper bound of the sum of weights.
_RETURNS = {
    "crs": (-np.inf, np.inf),
    "vrs": (1.0, 1.0),
    "nirs": (-np.inf, 1.0),
    "ndrs": (1.0, np.inf),
}
#: Differences below this, beside a unit's own size, are rounding of the solver.
HAIR = 1e-8


@dataclass(frozen=True)
class Activity:
    """What units put in and what comes out, in units of the mean of each column.

    Attributes
    ----------
    X, Y, B : array, shape (n, m), (n, s), (n, u)
        Inputs, outputs, undesirable outputs.
    """

    X: FloatArray
    Y: FloatArray
    B: FloatArray

    def __len__(self) -> int:
        return len(self.X)

    def __getitem__(self, rows: IntArray | slice) -> Activity:
        return Activity(self.X[rows], self.Y[rows], self.B[rows])

    @property
    def stacked(self) -> FloatArray:
        """All columns side by side, (n, m + s + u)."""
        return np.hstack([self.X, self.Y, self.B])

    @property
    def extent(self) -> FloatArray:
        """The largest figure of each unit, (n, 1): what is small beside it is rounding."""
        return np.asarray(self.stacked.max(axis=1, keepdims=True))

    @property
    def sizes(self) -> tuple[int, int, int]:
        """How many inputs, outputs and undesirable outputs there are."""
        return self.X.shape[1], self.Y.shape[1], self.B.shape[1]


@dataclass(frozen=True)
class Evaluation:
    """Units measured against a frontier.

    Attributes
    ----------
    score : array, shape (k,)
        NaN where there is no solution.
    status : list of str, length k
    slacks : array, shape (k, m + s + u)
        What is left after the score; NaN without a solution.
    weights : array, shape (k, n)
        Of the units of the frontier: rows of peers.
    """

    score: FloatArray
    status: list[str]
    slacks: FloatArray
    weights: FloatArray


def radial(
    units: Activity,
    frontier: Activity,
    returns: Returns,
    orientation: Orientation,
    own: Sequence[int] | None = None,
    step: Step | None = None,
) -> tuple[FloatArray, list[str]]:
    """Give the radial efficiency of each unit (k,), and how each program ended.

    Input: the least theta with (theta x, y) possible. Output: 1 / phi with phi
    the largest so that (x, phi y) is possible. `own` names the column of each
    unit in the frontier where it may not be its own peer; `step` is told of each unit.
    """
    m, s, _ = units.sizes
    to_input = orientation == "input"
    program = Program(_reference(frontier, m, s, 0), np.array([1.0 if to_input else -1.0]))
    low, high = _RETURNS[returns]
    found = []
    for i in each(len(units), step):
        x, y = units.X[i], units.Y[i]
        head = np.zeros((m + s + 1, 1))
        head[slice(0, m) if to_input else slice(m, m + s), 0] = -x if to_input else -y
        lower = np.concatenate([np.full(m, -np.inf), y if to_input else np.zeros(s), [low]])
        upper = np.concatenate([np.zeros(m) if to_input else x, np.full(s, np.inf), [high]])
        found.append(program.solve(head, lower, upper, None if own is None else own[i]))
    value = np.array([solution.head[0] for solution in found])
    status: list[str] = [solution.status for solution in found]
    if to_input:
        return _snapped(value), status
    # phi = 0: the frontier makes none of an output that the unit makes. To inputs that has no
    # solution, and to outputs none that is a number.
    nothing = np.abs(value) < HAIR
    value[nothing] = np.nan
    status = ["infeasible" if zero else word for zero, word in zip(nothing, status, strict=True)]
    return _snapped(1.0 / value), status


def directional(
    units: Activity,
    frontier: Activity,
    direction: Activity,
    returns: Returns,
    disposability: Disposability,
    step: Step | None = None,
) -> tuple[FloatArray, list[str]]:
    """Give the directional distance of each unit (k,): the largest beta with
    (x - beta gx, y + beta gy, b - beta gb) possible; negative beyond the frontier.
    """  # noqa: D205 - one sentence
    m, s, u = units.sizes
    program = Program(_reference(frontier, m, s, u), np.array([-1.0]), free=True)
    low, high = _RETURNS[returns]
    found = []
    for i in each(len(units), step):
        x, y, b = units.X[i], units.Y[i], units.B[i]
        steps = [direction.X[i], -direction.Y[i], direction.B[i], [0.0]]
        at_least = b if disposability == "weak" else np.full(u, -np.inf)
        lower = np.concatenate([np.full(m, -np.inf), y, at_least, [low]])
        upper = np.concatenate([x, np.full(s, np.inf), b, [high]])
        found.append(program.solve(np.concatenate(steps)[:, None], lower, upper))
    beta = np.array([solution.head[0] for solution in found])
    beta[np.abs(beta) < HAIR] = 0.0
    return beta, [solution.status for solution in found]


def slacks(
    points: Activity,
    frontier: Activity,
    returns: Returns,
    own: Sequence[int] | None = None,
    disposability: Disposability = "strong",
    step: Step | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Give the largest sum of slacks at points on the frontier, and the peers.

    Slacks are in units of the mean of each column, so that their sum does not
    depend on what the columns are measured in.

    Returns
    -------
    slacks : array, shape (k, m + s + u)
    weights : array, shape (k, n)
    """
    m, s, u = points.sizes
    last = m + s + (u if disposability == "strong" else 0)
    head = np.zeros((m + s + u + 1, last))
    np.fill_diagonal(head, np.concatenate([np.ones(m), -np.ones(s), np.ones(u)])[:last])
    program = Program(_reference(frontier, m, s, u), -np.ones(last))
    low, high = _RETURNS[returns]
    left = np.full((len(points), m + s + u), np.nan)
    weights = np.zeros((len(points), len(frontier)))
    stacked, extents = points.stacked, points.extent
    for i in each(len(points), step):
        at, extent = stacked[i], extents[i]
        if np.isnan(at).any():
            continue
        # A point that rounding put a hair outside the frontier has a solution a hair inside.
        for hair in (0.0, HAIR * extent):
            lower, upper = np.append(at - hair, low), np.append(at + hair, high)
            solution = program.solve(head, lower, upper, None if own is None else own[i])
            if solution.status == "optimal":
                left[i] = 0.0
                left[i, :last] = np.where(solution.head > 10 * HAIR * extent, solution.head, 0.0)
                weights[i] = solution.weights
                break
    return left, weights


def slacks_based(
    units: Activity,
    frontier: Activity,
    returns: Returns,
    orientation: Orientation,
    own: Sequence[int] | None = None,
    step: Step | None = None,
) -> Evaluation:
    """Measure units by their slacks, or with `own` by how far they are super-efficient.

    The fractional program made linear by t (Charnes and Cooper): with slacks
    as shares sigma of the unit's own figures,
    min t - mean(sigma_x)  such that  t + mean(sigma_y, sigma_b) = 1.
    For super-efficiency all sigma change sign: inputs may grow, outputs shrink.
    An orientation takes the other side's slacks out of the score.
    """
    m, s, u = units.sizes
    sign = 1.0 if own is None else -1.0
    into = np.full(m, 1.0 / m if orientation != "output" else 0.0)
    out = np.full(s + u, 1.0 / (s + u) if orientation != "input" else 0.0)
    cost = np.concatenate([[1.0], -sign * into, np.zeros(s + u)])
    normal = np.concatenate([[1.0], np.zeros(m), sign * out])
    reference = _reference(frontier, m, s, u)
    reference = np.vstack([reference, np.zeros(len(frontier))])
    program = Program(reference, cost)
    lower, upper = _cone(m, s, u, returns, exact=own is None)
    signs = np.concatenate([np.ones(m), -np.ones(s), np.ones(u)]) * sign
    if own is not None:  # a side outside the score must not give way
        signs[:m] *= into > 0
        signs[m:] *= out > 0
    found = []
    stacked = units.stacked
    for i in each(len(units), step):
        z = stacked[i]
        head = np.zeros((len(reference), cost.size))
        head[:-2, 0] = -z
        head[-2, 0] = -1.0 if returns != "crs" else 0.0
        np.fill_diagonal(head[:-2, 1:], signs * z)
        head[-1] = normal
        found.append(program.solve(head, lower, upper, None if own is None else own[i]))
    return _scaled_back(found, units, len(frontier), sign * (signs != 0))


def _cone(
    m: int, s: int, u: int, returns: Returns, *, exact: bool
) -> tuple[FloatArray, FloatArray]:
    """Bounds of the rows of a slacks-based program, whose unit side stands left."""
    low, high = np.zeros(m + s + u), np.zeros(m + s + u)
    if not exact:
        low[:m], low[m + s :], high[m : m + s] = -np.inf, -np.inf, np.inf
    bounds = {
        "crs": (-np.inf, np.inf),
        "vrs": (0.0, 0.0),
        "nirs": (-np.inf, 0.0),
        "ndrs": (0.0, np.inf),
    }[returns]
    return np.concatenate([low, [bounds[0], 1.0]]), np.concatenate([high, [bounds[1], 1.0]])


def _scaled_back(found: list[Solution], units: Activity, n: int, signs: FloatArray) -> Evaluation:
    """Undo the normalization by t: slacks in the columns' own scale, weights of peers."""
    value = np.array([solution.value for solution in found])
    left = np.full(units.stacked.shape, np.nan)
    weights = np.zeros((len(units), n))
    for i, solution in enumerate(found):
        if solution.status != "optimal":
            continue
        share = solution.head[1:] / solution.head[0]
        left[i] = np.where(share > 10 * HAIR, signs * share, 0.0) * units.stacked[i]
        weights[i] = solution.weights / solution.head[0]
    return Evaluation(_snapped(value), [solution.status for solution in found], left, weights)


def _reference(frontier: Activity, m: int, s: int, u: int) -> FloatArray:
    """Rows of the frontier's units: inputs, outputs, undesirable outputs, ones."""
    rows = [frontier.X[:, :m].T, frontier.Y[:, :s].T, frontier.B[:, :u].T]
    return np.vstack([*rows, np.ones((1, len(frontier)))])


def _snapped(score: FloatArray) -> FloatArray:
    """Give 1 where the solver's rounding put a score a hair beside it."""
    return np.where(np.abs(score - 1.0) < HAIR, 1.0, score)
