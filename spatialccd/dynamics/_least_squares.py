"""Least squares with robust errors, of columns of any size, and of one speed in spans that differ.

Arrays are (n, k) designs, (n,) outcomes; `clusters` are codes 0, 1, ... of the units.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from spatialccd._clusters import sandwich
from spatialccd._constant import ROUNDING, is_constant
from spatialccd.errors import EstimationError, PanelError, SingularDesignError

if TYPE_CHECKING:
    from collections.abc import Callable

    from spatialccd._types import FloatArray, IntArray

#: Columns whose part that others do not explain is a smaller share of them depend on others.
_DEPENDENT = 1e-9
#: The speeds tried first: a loss of up to 98% of the distance a year, and a gain of as much again.
_STARTS = -np.log1p(np.linspace(-0.98, 1.0, 100))
_MOST_STEPS = 100
_SINGULAR = (
    "in the group {group!r} the start level and the controls are linearly dependent (a control "
    "may be constant there); drop one"
)


def demean(values: FloatArray, codes: IntArray) -> FloatArray:
    """Take the mean of each code off; the overall mean goes with it."""
    frame = pd.DataFrame(values)
    return np.asarray(frame - frame.groupby(codes).transform("mean")).reshape(values.shape)


def robust(
    y: FloatArray, X: FloatArray, clusters: IntArray | None, absorbed: int, group: str
) -> tuple[FloatArray, FloatArray]:
    """Give coefficients and HC1 errors, or with `clusters` errors clustered by unit.

    Columns are centered (where the first is the intercept) and scaled, so that
    neither their unit of measurement nor where their zero lies costs digits.
    """
    Z, back = _standardized(X, group, has_intercept=not absorbed)
    Q, R = np.linalg.qr(Z)
    inverse = np.linalg.inv(R)
    coef = inverse @ (Q.T @ y)
    scores = Z * (y - Z @ coef)[:, None]
    n, k = X.shape
    bread = inverse @ inverse.T
    if clusters is None:
        variance = bread @ (scores.T @ scores) @ bread * n / (n - k)
    else:
        groups = int(clusters.max()) + 1
        if groups < 2:
            raise PanelError(f"the group {group!r} has one unit: no error can be clustered by unit")
        # Unit effects are nested in the clusters: of them all the intercept alone counts.
        taken = absorbed - (groups - 1) + 1 if absorbed else 0
        variance = sandwich(bread, scores, clusters, k=k + taken)
    return back @ coef, np.sqrt(np.diag(back @ variance @ back.T))


def one_speed(
    growth: FloatArray,
    level: FloatArray,
    years: FloatArray,
    others: FloatArray,
    within: Callable[[FloatArray], FloatArray],
    group: str,
) -> tuple[float, FloatArray, FloatArray]:
    """Fit growth a year = -(1 - exp(-v T)) / T level + others by nonlinear least squares.

    Parameters
    ----------
    growth, level, years : array, shape (n,)
        Growth a year, logarithm at the start, and length T of each span.
    others : array, shape (n, k)
        Intercept and controls; without columns where effects take them.
    within : callable
        Takes effects off an array.

    Returns
    -------
    v : float
        The speed a year.
    y, design : array, shape (n,), (n, 1 + k)
        The equation made linear at v: its least squares have v and the other
        coefficients, and its residuals are those of the fit.
    """
    fixed = within(others)

    def linear(v: float) -> tuple[FloatArray, FloatArray]:
        pull = np.expm1(-v * years) / years * level
        slope = -np.exp(-v * years) * level
        return within(growth - pull + slope * v), np.column_stack([within(slope), fixed])

    def left(v: float) -> float:
        y = within(growth - np.expm1(-v * years) / years * level)
        residual = y - fixed @ np.linalg.lstsq(fixed, y, rcond=None)[0] if fixed.size else y
        return float(residual @ residual)

    v = float(min(_STARTS, key=left))
    for _ in range(_MOST_STEPS):
        y, design = linear(v)
        step = float(np.linalg.lstsq(design, y, rcond=None)[0][0]) - v
        while left(v + step) > left(v) and abs(step) > 1e-12:
            step /= 2
        v += step
        if abs(step) <= 1e-10 * max(1.0, abs(v)):
            return v, *linear(v)
    raise EstimationError(
        f"in the group {group!r} no one speed fits spans of {years.min():g} to {years.max():g} "
        "years; take spans of one length, or span='whole'"
    )


def check_within(raw: FloatArray, left: FloatArray, group: str) -> None:
    """Raise where effects left nothing of a column but rounding."""
    if (np.ptp(left, axis=0) <= ROUNDING * np.abs(raw).max(axis=0)).any():
        raise SingularDesignError(_SINGULAR.format(group=group))


def _standardized(
    X: FloatArray, group: str, *, has_intercept: bool
) -> tuple[FloatArray, FloatArray]:
    """Center and scale columns; give them and the matrix that takes coefficients back."""
    n, k = X.shape
    center, size = np.zeros(k), np.ones(k)
    first = int(has_intercept)
    if has_intercept:
        center[1:] = X[:, 1:].mean(axis=0)
    Z = X - center
    size[first:] = np.sqrt((Z[:, first:] ** 2).mean(axis=0))
    if n < k or is_constant(X[:, first:]).any() or not size.all() or _depends(Z / size):
        raise SingularDesignError(_SINGULAR.format(group=group))
    back = np.diag(1 / size)
    if has_intercept:
        back[0, 1:] = -center[1:] / size[1:]
    return Z / size, back


def _depends(Z: FloatArray) -> bool:
    """Tell whether a column is explained by the ones before it."""
    R = np.abs(np.diag(np.linalg.qr(Z, mode="r")))
    return bool((_DEPENDENT * np.sqrt(len(Z)) >= R).any())


def t_statistics(coef: FloatArray, se: FloatArray) -> FloatArray:
    """Divide coefficients (k,) by their errors: endless where an exact fit leaves no error.

    NaN where the coefficient is zero too: nothing is known of its sign.
    """
    exact = np.where(coef == 0, np.nan, np.copysign(np.inf, coef))
    return np.divide(coef, se, out=exact, where=se > 0)
