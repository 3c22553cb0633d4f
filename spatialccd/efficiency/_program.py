"""One linear program for many units: built once, changed a little, solved again.

The columns of the units that span the frontier stay. What changes from one
evaluated unit to the next is a few leading columns and the bounds of the rows,
so that HiGHS goes on from the last basis: six times as fast as a new program
for each unit (300 units, 5 rows).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import highspy
import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from spatialccd._types import FloatArray

Status = Literal["optimal", "infeasible", "unbounded", "not solved"]

_STATUS: dict[highspy.HighsModelStatus, Status] = {
    highspy.HighsModelStatus.kOptimal: "optimal",
    highspy.HighsModelStatus.kInfeasible: "infeasible",
    highspy.HighsModelStatus.kUnboundedOrInfeasible: "infeasible",  # amounts bound all of them
    highspy.HighsModelStatus.kUnbounded: "unbounded",
}

#: Tolerances are of constraints and reduced costs; the data are of the order of 1.
_OPTIONS: dict[str, bool | int | float | str] = {
    "output_flag": False,
    "threads": 1,
    "presolve": "off",
    "primal_feasibility_tolerance": 1e-9,
    "dual_feasibility_tolerance": 1e-9,
}


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
        self._solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in _OPTIONS.items():
            self._solver.setOptionValue(option, value)
        low = np.zeros(cost.size + n)
        low[0] = -highspy.kHighsInf if free else 0.0
        self._solver.passModel(_model(np.hstack([self._head, reference]), cost, low))
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
        for row, column in zip(*np.nonzero(head != self._head), strict=True):
            self._solver.changeCoeff(int(row), int(column), float(head[row, column]))
        self._head = head
        self._solver.changeRowsBounds(self._rows.size, self._rows, lower, upper)
        if without is None:
            return self._run()
        column = head.shape[1] + without
        self._solver.changeColBounds(column, 0.0, 0.0)
        found = self._run()
        self._solver.changeColBounds(column, 0.0, highspy.kHighsInf)
        return found

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
            nothing = np.full(h, np.nan)
            return Solution(_STATUS.get(status, "not solved"), np.nan, nothing, np.empty(0))
        values = np.asarray(self._solver.getSolution().col_value)
        value = self._solver.getInfo().objective_function_value
        return Solution("optimal", value, values[:h], values[h:])


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
