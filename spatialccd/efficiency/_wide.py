"""Programs whose figures span many orders: scaled for the solver, and judged as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from spatialccd._types import BoolArray, FloatArray

#: Figures this many times smaller than others are near what a solver takes for zero.
_NARROW = 1e-5
_ROUNDS = 12


def is_wide(figures: FloatArray) -> bool:
    """Tell whether the smallest amount of some row is far below its largest, or below 1."""
    size = np.abs(figures)
    some = size > 0
    least = np.min(size, axis=1, initial=np.inf, where=some)
    most = np.max(size, axis=1, initial=1.0)
    return bool((least < _NARROW * most).any())


def balanced(
    matrix: FloatArray, lower: FloatArray, upper: FloatArray
) -> tuple[FloatArray, FloatArray, float]:
    """Give factors of rows and columns, and of the bounds, that bring all figures near 1.

    Each row, then each column, is divided by the geometric mean of its smallest
    and largest figure, over and over; the bounds count as one more column.
    Factors are powers of two, so that scaling rounds nothing.

    Returns
    -------
    row, column : array, shape (r,), (c,)
    size : float
        What a value of 1 stands for once bounds are divided by it.
    """
    bound = np.where(np.isfinite(lower), lower, np.where(np.isfinite(upper), upper, 0.0))
    size = np.abs(np.column_stack([matrix, bound]))
    some = size > 0
    row, column = np.ones(size.shape[0]), np.ones(size.shape[1])
    for _ in range(_ROUNDS):
        row /= _middle(size * row[:, None] * column, some, axis=1)
        column /= _middle(size * row[:, None] * column, some, axis=0)
    row, column = (np.exp2(np.round(np.log2(factor))) for factor in (row, column))
    return row, column[:-1], float(1 / column[-1])


def misfit(
    matrix: FloatArray,
    lower: FloatArray,
    upper: FloatArray,
    cost: FloatArray,
    values: FloatArray,
    prices: FloatArray,
) -> float:
    """Give by how much, each by its own size, figures must differ for a solution to be optimal.

    0 where `values` keep to all bounds, `prices` of the rows let no column gain,
    and nothing is paid for what is left over (Karush, Kuhn and Tucker). Each row,
    each column and the whole are measured by the sum of the sizes of their
    terms, so that neither units of measurement nor the size of units count.
    """
    row = matrix @ values
    ends = [np.where(np.isfinite(bound), bound, row) for bound in (lower, upper)]
    terms = np.abs(matrix) @ np.abs(values) + np.maximum(*np.abs(ends))
    primal = _share(np.maximum(row - upper, 0.0) + np.maximum(lower - row, 0.0), terms)
    loss = cost - prices @ matrix
    dual = _share(np.maximum(-loss, 0.0), np.abs(prices) @ np.abs(matrix) + np.abs(cost))
    idle = np.where(prices > 0, row - ends[0], ends[1] - row)
    paid = np.abs(loss) @ np.abs(values) + np.abs(prices) @ np.abs(idle)
    gap = _share(paid, np.abs(cost) @ np.abs(values) + np.abs(prices) @ terms)
    return float(max(primal.max(), dual.max(), gap))


def _middle(size: FloatArray, some: BoolArray, axis: int) -> FloatArray:
    """Geometric mean of the smallest and largest figure that is not zero; 1 where all are."""
    least = np.min(size, axis=axis, initial=np.inf, where=some)
    most = np.max(size, axis=axis, initial=0.0, where=some)
    return np.asarray(np.where(most > 0, np.sqrt(np.where(most > 0, least, 1.0) * most), 1.0))


def _share(part: FloatArray, whole: FloatArray) -> FloatArray:
    return np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)
