"""Forecasters of one short series: a function of the values known and of steps to come each."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from spatialccd._constant import is_constant

if TYPE_CHECKING:
    from spatialccd._types import FloatArray

#: Orders of accumulation that FGM(1,1) chooses from.
_ORDERS = np.round(np.arange(0.05, 1.0001, 0.05), 2)
#: (p, d, q) that ARIMA chooses from by AICc, with a drift; those with d = 2 or a second lag
#: ask more of a series of ten years than it holds.
_ARIMA = ((0, 1, 0), (1, 1, 0), (0, 1, 1))
#: States of the relative residual in a grey-Markov model.
_STATES = 3


def naive(x: FloatArray, steps: int) -> FloatArray:
    """Carry the last value on."""
    return np.full(steps, x[-1])


def drift(x: FloatArray, steps: int) -> FloatArray:
    """Carry the mean step from the first to the last value on."""
    return np.asarray(x[-1] + (x[-1] - x[0]) / (len(x) - 1) * np.arange(1, steps + 1))


def accumulate(x: FloatArray, order: float) -> FloatArray:
    """Accumulate a series by a fractional order: sum_i c_(k-i) x_i (Wu et al. 2013).

    c_0 = 1, c_m = c_(m-1) (m - 1 + r) / m. Order 1 is the running sum, and -r undoes r.

    Examples
    --------
    >>> accumulate(np.array([1.0, 2.0, 3.0]), 1.0).tolist()
    [1.0, 3.0, 6.0]
    >>> accumulate(accumulate(np.array([1.0, 2.0, 3.0]), 0.3), -0.3).round(12).tolist()
    [1.0, 2.0, 3.0]
    """
    m = np.arange(1, len(x))
    c = np.concatenate([[1.0], np.cumprod((m - 1 + order) / m)])
    return np.convolve(c, x)[: len(x)]


def grey_path(x: FloatArray, steps: int, order: float) -> FloatArray:
    """Fitted values and forecasts of FGM(1,1) of one order, (t + steps,); order 1 is GM(1,1)."""
    total = accumulate(x, order)
    z = (total[1:] + total[:-1]) / 2
    design = np.column_stack([-z, np.ones(len(z))])
    (a, b), *_ = np.linalg.lstsq(design, np.diff(total), rcond=None)
    k = np.arange(len(x) + steps)
    still = abs(a) < 1e-10  # the limit: no growth
    path = x[0] + b * k if still else (x[0] - b / a) * np.exp(-a * k) + b / a
    return accumulate(path, -order)


def gm11(x: FloatArray, steps: int) -> FloatArray:
    """Forecast by GM(1,1)."""
    return grey_path(x, steps, 1.0)[len(x) :]


def fgm11(x: FloatArray, steps: int) -> FloatArray:
    """Forecast by FGM(1,1), its order by the error of the fit to the values known here."""
    errors = []
    for order in _ORDERS:
        path = grey_path(x, 0, float(order))
        errors.append(np.abs(path - x).mean() if np.isfinite(path).all() else np.inf)
    best = float(_ORDERS[int(np.argmin(errors))])
    return grey_path(x, steps, best)[len(x) :]


def grey_markov(x: FloatArray, steps: int) -> FloatArray:
    """Correct GM(1,1) by the state its relative residual is expected in.

    States are thirds of the residuals; each state's mean corrects, weighed by its probability
    after as many moves. A state that was never left keeps its own.
    """
    path = grey_path(x, steps, 1.0)
    residual = (x / path[: len(x)] - 1)[1:]  # the first value is the path's own start
    limits = np.quantile(residual, np.arange(1, _STATES) / _STATES)
    state = np.searchsorted(limits, residual, side="left")
    means = np.array(
        [residual[state == s].mean() if (state == s).any() else 0.0 for s in range(_STATES)]
    )
    moves = np.zeros((_STATES, _STATES))
    np.add.at(moves, (state[:-1], state[1:]), 1)
    left = moves.sum(axis=1, keepdims=True)
    moves = np.where(left > 0, moves / np.where(left > 0, left, 1), np.eye(_STATES))
    now = np.eye(_STATES)[state[-1]]
    ahead = []
    for value in path[len(x) :]:
        now = now @ moves
        ahead.append(value * (1 + now @ means))
    return np.array(ahead)


def _size(x: FloatArray) -> float:
    """Give what a series is divided by, so that its unit does not matter to an optimizer."""
    return float(np.abs(x).max()) or 1.0


def smoothing(x: FloatArray, steps: int) -> FloatArray:
    """Forecast by simple exponential smoothing (statsmodels)."""
    from statsmodels.tsa.holtwinters import SimpleExpSmoothing

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = SimpleExpSmoothing(x / _size(x), initialization_method="estimated").fit()
        return np.asarray(_size(x) * fitted.forecast(steps), dtype=float)


def damped_trend(x: FloatArray, steps: int) -> FloatArray:
    """Forecast by Holt's smoothing with a damped trend (statsmodels)."""
    from statsmodels.tsa.holtwinters import Holt

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = Holt(x / _size(x), damped_trend=True, initialization_method="estimated").fit()
        return np.asarray(_size(x) * fitted.forecast(steps), dtype=float)


def arima(x: FloatArray, steps: int) -> FloatArray:
    """Forecast by the ARIMA of least AICc among a few orders (statsmodels)."""
    from statsmodels.tsa.arima.model import ARIMA

    if is_constant(x):
        return naive(x, steps)
    center, scale = x.mean(), x.std()
    z, best, chosen = (x - center) / scale, np.inf, None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for order in _ARIMA:
            try:
                fitted = ARIMA(z, order=order, trend="t").fit(low_memory=True)
            except (ValueError, np.linalg.LinAlgError):
                continue
            if fitted.aicc < best:
                best, chosen = fitted.aicc, fitted
        if chosen is None:
            return np.full(steps, np.nan)
        return np.asarray(center + scale * np.asarray(chosen.forecast(steps)), dtype=float)


#: Name -> (function, values that it needs, whether it needs statsmodels, positive values).
FORECASTERS: dict[str, tuple[Callable[[FloatArray, int], FloatArray], int, bool, bool]] = {
    "naive": (naive, 1, False, False),
    "drift": (drift, 2, False, False),
    "gm11": (gm11, 4, False, True),
    "fgm11": (fgm11, 4, False, True),
    "grey_markov": (grey_markov, 6, False, True),
    "smoothing": (smoothing, 4, True, False),
    "damped_trend": (damped_trend, 6, True, False),
    "arima": (arima, 7, True, False),
}
