"""One linear program for many units: built once, changed a little, solved again.

The columns of the units that span the frontier stay. What changes from one
evaluated unit to the next is a few leading columns and the bounds of the rows,
so that HiGHS goes on from the last basis: six times as fast as a new program
for each unit (300 units, 5 rows).

HiGHS takes what is below 1e-9 for zero and lets rows miss their bounds by as
much, so that units of very different size are told apart by rounding alone.
Where amounts span many orders each program is therefore solved by itself, its
rows and columns scaled to be alike, and what comes out is checked against the
figures as they are (``_wide``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import highspy
import numpy as np
from scipy import sparse

from spatialccd.efficiency._wide import balanced, is_wide, misfit

if TYPE_CHECKING:
    from spatialccd._types import FloatArray

Status = Literal["optimal", "infeasible", "unbounded", "not solved"]

_STATUS: dict[highspy.HighsModelStatus, Status] = {
    highspy.HighsModelStatus.kOptimal: "optimal",
    highspy.HighsModelStatus.kInfeasible: "infeasible",
    highspy.HighsModelStatus.kUnboundedOrInfeasible: "infeasible",  # amounts bound all of them
    highspy.HighsModelStatus.kUnbounded: "unbounded",
}

#: A solution that holds for figures this near to the ones given, each by its own size, is right.
_NEAR = 1e-8

#: Tolerances are of constraints and reduced costs; the data are of the order of 1.
_OPTIONS: dict[str, bool | int | float | str] = {
    "output_flag": False,
    "threads": 1,
    "presolve": "off",
    "primal_feasibility_tolerance": 1e-9,
    "dual_feasibility_tolerance": 1e-9,
}
_FINE: dict[str, bool | int | float | str] = {
    "simplex_scale_strategy": 0,
    "small_matrix_value": 1e-12,
    "primal_feasibility_tolerance": 1e-10,
    "dual_feasibility_tolerance": 1e-10,
}
#: Of figures scaled here: the dual simplex, the primal one, and with HiGHS's presolve.
_SCALED = (_FINE, _FINE | {"simplex_strategy": 4}, _FINE | {"presolve": "on"})


@dataclass(frozen=True)
class Solution:
    """What one program came to.

    Attributes
    ----------
    status : str
    value : float
        Of the objective; NaN unless optimal.
    head : array, shape (h,)
        The leading columns: scores and slacks.
    weights : array, shape (n,)
        The intensity of each unit of the frontier.
    """

    status: Status
    value: float
    head: FloatArray
    weights: FloatArray


class Program:
    """min c head  such that  lower <= H head + R weights <= upper, weights >= 0.

    Parameters
    ----------
    reference : array, shape (r, n)
        R: the rows of the units that span the frontier; it stays.
    cost : array, shape (h,)
        c: of the leading columns.
    free : bool
        Whether the first leading column may be negative; all others are >= 0.
    """

    def __init__(self, reference: FloatArray, cost: FloatArray, *, free: bool = False) -> None:
        rows, n = reference.shape
        self._head = np.zeros((rows, cost.size))
        self._reference, self._cost = reference, cost
        self._low = np.zeros(cost.size + n)
        self._low[0] = -highspy.kHighsInf if free else 0.0
        self._is_wide = is_wide(reference)
        self._solver = _solver(np.hstack([self._head, reference]), cost, self._low)
        self._rows = np.arange(rows, dtype=np.int32)

    def solve(
        self, head: FloatArray, lower: FloatArray, upper: FloatArray, without: int | None = None
    ) -> Solution:
        """Solve for one unit.

        Parameters
        ----------
        head : array, shape (r, h)
            H of this unit.
        lower, upper : array, shape (r,)
            Bounds of the rows.
        without : int, optional
            A unit that may not be its own peer.
        """
        if self._is_wide or is_wide(np.column_stack([head, _finite(lower), _finite(upper)])):
            return self._alone(head, lower, upper, without)
        for row, column in zip(*np.nonzero(head != self._head), strict=True):
            self._solver.changeCoeff(int(row), int(column), float(head[row, column]))
        self._head = head
        self._solver.changeRowsBounds(self._rows.size, self._rows, lower, upper)
        column = None if without is None else head.shape[1] + without
        if column is not None:
            self._solver.changeColBounds(column, 0.0, 0.0)
        found = self._run()
        if column is not None:
            self._solver.changeColBounds(column, 0.0, highspy.kHighsInf)
        if found.status == "not solved":
            return self._alone(head, lower, upper, without)
        return found

    def _alone(
        self, head: FloatArray, lower: FloatArray, upper: FloatArray, without: int | None
    ) -> Solution:
        """Solve a program of its own, scaled by rows and columns, and check it as it is."""
        h = head.shape[1]
        matrix = np.hstack([head, self._reference])
        if without is not None:
            matrix[:, h + without] = 0.0
        cost = np.concatenate([self._cost, np.zeros(matrix.shape[1] - h)])
        row, column, size = balanced(matrix, lower, upper)
        scaled = matrix * row[:, None] * column
        bounds = [np.where(np.isfinite(b), b * row / size, b) for b in (lower, upper)]
        status: Status = "not solved"
        for options in _SCALED:  # other ways to go about it, when one does not end well
            solver = _solver(scaled, cost * column, self._low, options)
            solver.changeRowsBounds(self._rows.size, self._rows, *bounds)
            solver.run()
            status = _STATUS.get(solver.getModelStatus(), "not solved")
            if status != "optimal":
                continue
            found = solver.getSolution()
            values = np.maximum(np.asarray(found.col_value) * column * size, self._low)
            # Of cost per unit of bound, in the scale of the figures given.
            prices = np.asarray(found.row_dual) * row
            if without is not None:
                values[h + without] = 0.0
            if misfit(matrix, lower, upper, cost, values, prices) <= _NEAR:
                return Solution("optimal", float(cost @ values), values[:h], values[h:])
            status = "not solved"
        return _without_solution(status, h)

    def _run(self) -> Solution:
        self._solver.run()
        status = self._solver.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            # The last basis can mislead: what has no solution is asked once more from the start.
            self._solver.clearSolver()
            self._solver.run()
            status = self._solver.getModelStatus()
        h = self._head.shape[1]
        if status != highspy.HighsModelStatus.kOptimal:
            return _without_solution(_STATUS.get(status, "not solved"), h)
        values = np.asarray(self._solver.getSolution().col_value)
        value = self._solver.getInfo().objective_function_value
        return Solution("optimal", value, values[:h], values[h:])


def _without_solution(status: Status, h: int) -> Solution:
    return Solution(status, np.nan, np.full(h, np.nan), np.empty(0))


def _finite(bounds: FloatArray) -> FloatArray:
    return np.where(np.isfinite(bounds), bounds, 0.0)


class _Quiet(highspy.Highs):
    """A solver that writes nothing: 1.16 prints a banner before it can be told not to."""

    def __init__(self) -> None:
        # What Highs itself does next hooks up callbacks in Python, and has the banner printed.
        super(highspy.Highs, self).__init__()
        self.setOptionValue("output_flag", False)


def _solver(
    matrix: FloatArray,
    cost: FloatArray,
    low: FloatArray,
    options: Mapping[str, bool | int | float | str] = MappingProxyType({}),
) -> Any:
    """Make a solver of one program."""
    solver = _Quiet()
    for option, value in (_OPTIONS | dict(options)).items():
        solver.setOptionValue(option, value)
    solver.passModel(_model(matrix, cost, low))
    return solver


def _model(matrix: FloatArray, cost: FloatArray, low: FloatArray) -> highspy.HighsLp:
    rows, columns = matrix.shape
    columnwise = sparse.csc_array(matrix)
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = rows, columns
    model.col_cost_ = np.concatenate([cost, np.zeros(columns - cost.size)])
    model.col_lower_, model.col_upper_ = low, np.full(columns, highspy.kHighsInf)
    model.row_lower_ = np.full(rows, -highspy.kHighsInf)
    model.row_upper_ = np.full(rows, highspy.kHighsInf)
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = columnwise.indptr
    model.a_matrix_.index_ = columnwise.indices
    model.a_matrix_.value_ = columnwise.data
    return model
