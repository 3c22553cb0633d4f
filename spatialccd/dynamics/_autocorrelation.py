"""Whether what a trend leaves over depends on the year before: Durbin and Watson's test, exact."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import integrate

if TYPE_CHECKING:
    from spatialccd._types import FloatArray

#: Fewer years leave too little for a test.
_FEWEST = 5


def durbin_watson(residual: FloatArray, design: FloatArray) -> tuple[float, float]:
    """Give d = sum (e_t - e_t-1)^2 / sum e_t^2, and p against positive autocorrelation.

    With normal errors d is a ratio of quadratic forms whose distribution depends
    on the design alone (Durbin and Watson 1971); p = P(d < that seen) by Imhof's
    integral (1961).

    Parameters
    ----------
    residual : array, shape (t,)
        Of least squares, in order of time.
    design : array, shape (t, k)
        What it was regressed on.

    Returns
    -------
    d, p : float
        NaN where there are fewer than five years.

    Examples
    --------
    >>> time = np.arange(8.0)
    >>> design = np.column_stack([np.ones(8), time])
    >>> residual = np.array([1.0, 1.0, 0.0, -1.0, -1.0, -1.0, 0.0, 1.0])
    >>> d, p = durbin_watson(residual, design)
    >>> round(d, 3), p < 0.05
    (0.667, True)
    """
    t, k = design.shape
    if t < _FEWEST:
        return np.nan, np.nan
    d = float((np.diff(residual) ** 2).sum() / (residual**2).sum())
    steps = np.diff(np.eye(t), axis=0)
    outside = np.linalg.svd(design)[0][:, k:]  # spans what the regression leaves over
    forms = np.linalg.eigvalsh(outside.T @ steps.T @ steps @ outside) - d

    def imhof(u: float) -> float:
        angle = 0.5 * np.arctan(forms * u).sum()
        return float(np.sin(angle) / (u * np.prod((1 + (forms * u) ** 2) ** 0.25)))

    area = integrate.quad(imhof, 0.0, np.inf, limit=200)[0]
    return d, float(np.clip(0.5 - area / np.pi, 0.0, 1.0))
