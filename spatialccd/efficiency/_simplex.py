"""The radial programs of a bootstrap: many small ones, compiled.

A bootstrap solves millions of programs of a few rows. HiGHS takes 0.2 ms for
each, nearly all of it to get going; the revised simplex method with a dense
inverse of the basis, here, 5 to 20 microseconds. It gives up (NaN, and the
count of such) rather than to return what it has not shown to be optimal; the
caller then asks HiGHS.

The program of a unit (x, y) against a frontier (X, Y), all rows equalities
with slacks, the right side never negative:

    output: max phi    with  X'w + s = x,          phi y - Y'w + s = 0
    input:  max -theta with  X'w - theta x + s = 0,  Y'w - s = y

and sum(w) = 1 under variable returns.
"""

from __future__ import annotations

import numpy as np

from spatialccd._compiled import announce
from spatialccd._jit import compiled

#: Of reduced costs, of pivots, and of what may be negative; the data are of the order of 1.
_COST, _PIVOT, _BELOW = 1e-10, 1e-9, 1e-9
#: A factor below this is 0: the frontier makes none of an output that the unit makes.
_NONE = 1e-8
#: After so many steps without a gain the rule changes to one that cannot cycle (Bland 1977).
_PATIENCE = 30

OPTIMAL, INFEASIBLE, LOST = 0, 1, 2


@compiled(nogil=True, error_model="numpy")
def radial_scores(X, Y, frontier_X, frontier_Y, variable, to_output, score, status):  # type: ignore[no-untyped-def]
    """Write the radial efficiency of each unit (k,) and how its program ended.

    Parameters
    ----------
    X, Y : array, shape (k, m), (k, s)
        The units.
    frontier_X, frontier_Y : array, shape (n, m), (n, s)
        The units that span the frontier.
    variable, to_output : bool
        Variable returns, else constant; output orientation, else input.
    score : array, shape (k,)
        Out. theta, or 1 / phi; NaN unless optimal.
    status : array, shape (k,)
        Out. OPTIMAL, INFEASIBLE or LOST.
    """
    k, m = X.shape
    n, s = frontier_Y.shape
    rows = m + s + (1 if variable else 0)
    columns = n + m + s + 1  # weights, slacks, and the factor
    A = np.zeros((rows, columns))
    for j in range(n):
        for r in range(m):
            A[r, j] = frontier_X[j, r]
        for r in range(s):
            A[m + r, j] = -frontier_Y[j, r] if to_output else frontier_Y[j, r]
        if variable:
            A[m + s, j] = 1.0
    for r in range(m + s):
        A[r, n + r] = 1.0 if to_output or r < m else -1.0
    cost = np.zeros(columns)
    cost[-1] = 1.0 if to_output else -1.0
    b = np.zeros(rows)
    basis = np.empty(rows, dtype=np.int64)
    inverse = np.empty((rows, rows))
    for i in range(k):
        for r in range(m):
            A[r, -1] = 0.0 if to_output else -X[i, r]
            b[r] = X[i, r] if to_output else 0.0
        for r in range(s):
            A[m + r, -1] = Y[i, r] if to_output else 0.0
            b[m + r] = 0.0 if to_output else Y[i, r]
        if variable:
            b[m + s] = 1.0
        # A slack starts in each row that has one of the right sign; an artificial variable
        # (the number of the columns, plus the row) in the others.
        for r in range(rows):
            own = r < m or (to_output and r < m + s)
            basis[r] = n + r if own else columns + r
        status[i] = _two_phases(A, b, cost, basis, inverse)
        score[i] = np.nan
        if status[i] == OPTIMAL:
            factor = 0.0  # unless it is in the basis
            for r in range(rows):
                if basis[r] == columns - 1:
                    for q in range(rows):
                        factor += inverse[r, q] * b[q]
            if not to_output:
                score[i] = factor
            elif factor < _NONE:
                status[i] = INFEASIBLE
            else:
                score[i] = 1.0 / factor


@compiled(nogil=True, error_model="numpy")
def _two_phases(A, b, cost, basis, inverse):  # type: ignore[no-untyped-def]
    """Maximize cost @ z with A z = b, z >= 0, from a basis of slacks and artificial variables."""
    rows, columns = A.shape
    artificial = 0
    for r in range(rows):
        for q in range(rows):
            inverse[r, q] = 1.0 if r == q else 0.0
        if basis[r] >= columns:
            artificial += 1
    x = b.copy()
    if artificial:
        ended = _climb(A, b, np.zeros(columns), basis, inverse, x, 1.0)
        if ended != OPTIMAL:
            return LOST
        left = 0.0
        for r in range(rows):
            if basis[r] >= columns:
                left += x[r]
        if left > 10 * _BELOW:
            return INFEASIBLE
    return _climb(A, b, cost, basis, inverse, x, 0.0)


@compiled(nogil=True, error_model="numpy")
def _climb(A, b, cost, basis, inverse, x, penalty):  # type: ignore[no-untyped-def]
    """Go from basis to basis until no column gains.

    Artificial variables cost `penalty`: 1 in the first phase, 0 in the second. (A number: of true
    and false numba would compile a version each, which takes twice as long.)
    """
    rows, columns = A.shape
    prices = np.empty(rows)
    step = np.empty(rows)
    stalled = 0
    for turn in range(50 * rows + columns):
        if turn % 25 == 24 and not _invert(A, b, basis, inverse, x):
            return LOST
        for q in range(rows):
            price = 0.0
            for r in range(rows):
                if basis[r] >= columns:
                    price -= inverse[r, q] * penalty
                else:
                    price += cost[basis[r]] * inverse[r, q]
            prices[q] = price
        enter, best = -1, _COST
        for j in range(columns):
            gain = cost[j]
            for r in range(rows):
                gain -= prices[r] * A[r, j]
            if gain > best:
                enter, best = j, gain
                if stalled > _PATIENCE:
                    break
        if enter < 0:
            exact = _invert(A, b, basis, inverse, x)
            return OPTIMAL if exact and x.min() >= -_BELOW else LOST
        for r in range(rows):
            step[r] = 0.0
            for q in range(rows):
                step[r] += inverse[r, q] * A[q, enter]
        leave = _leaving(basis, x, step, columns, penalty, stalled > _PATIENCE)
        if leave < 0:
            return LOST  # unbounded: no radial program of amounts is
        length = max(x[leave], 0.0) / step[leave]
        stalled = 0 if length > _PIVOT else stalled + 1
        _pivot(inverse, x, step, leave, length)
        basis[leave] = enter
    return LOST


@compiled(nogil=True, error_model="numpy")
def _leaving(basis, x, step, columns, penalty, bland):  # type: ignore[no-untyped-def]
    """Give the row that first reaches zero, of equals the one with the largest pivot."""
    leave, shortest = -1, np.inf
    for r in range(x.size):
        if penalty == 0.0 and basis[r] >= columns and abs(step[r]) > _PIVOT:
            return r  # an artificial variable left at zero must stay there
        if step[r] <= _PIVOT:
            continue
        length = max(x[r], 0.0) / step[r]
        if leave < 0 or length < shortest - 1e-12:
            leave, shortest = r, length
        elif length <= shortest + 1e-12:
            better = basis[r] < basis[leave] if bland else step[r] > step[leave]
            if better:
                leave, shortest = r, min(length, shortest)
    return leave


@compiled(nogil=True, error_model="numpy")
def _pivot(inverse, x, step, leave, length):  # type: ignore[no-untyped-def]
    """Bring the inverse of the basis and the basic values up to date."""
    rows = x.size
    pivot = step[leave]
    for q in range(rows):
        inverse[leave, q] /= pivot
    for r in range(rows):
        if r == leave:
            continue
        x[r] -= step[r] * length
        if step[r] != 0.0:
            for q in range(rows):
                inverse[r, q] -= step[r] * inverse[leave, q]
    x[leave] = length


@compiled(nogil=True, error_model="numpy")
def _invert(A, b, basis, inverse, x):  # type: ignore[no-untyped-def]
    """Invert the basis anew, by elimination with pivots, and tell whether it can be done."""
    rows, columns = A.shape
    work = np.zeros((rows, rows))
    for c in range(rows):
        for r in range(rows):
            inverse[r, c] = 1.0 if r == c else 0.0
            work[r, c] = A[r, basis[c]] if basis[c] < columns else 0.0
        if basis[c] >= columns:
            work[basis[c] - columns, c] = 1.0
    for c in range(rows):
        top = c
        for r in range(c + 1, rows):
            if abs(work[r, c]) > abs(work[top, c]):
                top = r
        if abs(work[top, c]) < 1e-12:
            return False
        for q in range(rows):
            work[c, q], work[top, q] = work[top, q], work[c, q]
            inverse[c, q], inverse[top, q] = inverse[top, q], inverse[c, q]
        pivot = work[c, c]
        for q in range(rows):
            work[c, q] /= pivot
            inverse[c, q] /= pivot
        for r in range(rows):
            factor = work[r, c]
            if r != c and factor != 0.0:
                for q in range(rows):
                    work[r, q] -= factor * work[c, q]
                    inverse[r, q] -= factor * inverse[c, q]
    for r in range(rows):
        x[r] = 0.0
        for q in range(rows):
            x[r] += inverse[r, q] * b[q]
    return True


announce(__name__, "the loops of efficiency scores")
