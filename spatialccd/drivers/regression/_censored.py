"""The likelihood of a censored normal: values, gradients and where it has its maximum."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linprog
from scipy.special import log_ndtr

from spatialccd._constant import is_constant
from spatialccd.errors import (
    CensoringWarning,
    ConvergenceError,
    DataError,
    EstimationError,
    ParameterError,
    listed,
)

if TYPE_CHECKING:
    from spatialccd._types import BoolArray, FloatArray
    from spatialccd.drivers._estimates import Design

_LOG_ROOT_2PI = 0.5 * np.log(2 * np.pi)
_STEPS = 200


@dataclass(frozen=True)
class Censored:
    """What is known of each value.

    Attributes
    ----------
    value : array, shape (n,)
        The value, or the limit it lies beyond.
    side : array, shape (n,)
        -1 at or below the lower limit, 1 at or above the upper, else 0.
    """

    value: FloatArray
    side: FloatArray

    @property
    def seen(self) -> BoolArray:
        """Which values are known themselves."""
        return np.asarray(self.side == 0)


def censor(y: FloatArray, lower: float | None, upper: float | None) -> Censored:
    """Tell what is censored; a value at or beyond a limit is."""
    low = -np.inf if lower is None else lower
    high = np.inf if upper is None else upper
    if not low < high:
        raise ParameterError(f"lower={lower!r} must be below upper={upper!r}")
    side = np.where(y <= low, -1.0, np.where(y >= high, 1.0, 0.0))
    found = Censored(np.clip(y, low, high), side)
    if found.seen.all() and is_constant(y):
        raise DataError(f"y is constant ({y[0]:g}): there is nothing to explain")
    limited = np.isfinite(low) or np.isfinite(high)
    if limited and found.seen.all():
        warnings.warn(
            f"no value of y lies at lower={lower!r} or upper={upper!r}: nothing is censored, and "
            "the estimate is that of least squares. Values end at "
            f"{y.min():.6g} and {y.max():.6g}: is one of these the limit?",
            CensoringWarning,
            stacklevel=3,
        )
    if not found.seen.any():
        raise DataError("every value of y is censored: there is nothing to measure effects by")
    return found


def log_density(standard: FloatArray, side: FloatArray, log_scale: float) -> FloatArray:
    """Log-likelihood of each row, from (value - mean) / scale."""
    seen = -0.5 * standard**2 - log_scale - _LOG_ROOT_2PI
    return np.asarray(np.where(side == 0, seen, log_ndtr(-side * standard)))


def hazard(standard: FloatArray, side: FloatArray) -> tuple[FloatArray, FloatArray]:
    """First derivative of ``log_density`` in `standard`, and minus the second."""
    at = -side * standard
    # phi / Phi by logarithms: both vanish far out, their ratio does not.
    ratio = np.exp(-0.5 * at**2 - _LOG_ROOT_2PI - log_ndtr(at))
    first = np.where(side == 0, -standard, -side * ratio)
    second = np.where(side == 0, 1.0, ratio * (at + ratio))
    return np.asarray(first), np.asarray(second)


@dataclass(frozen=True)
class Maximum:
    """The estimate in coefficients and log scale.

    Attributes
    ----------
    coef : array, shape (k,)
    log_scale : float
    log_likelihood : float
    bread : array, shape (k + 1, k + 1)
        Inverse observed information of (coef, log_scale).
    scores : array, shape (n, k + 1)
        Gradient of each row's log-likelihood in them.
    """

    coef: FloatArray
    log_scale: float
    log_likelihood: float
    bread: FloatArray
    scores: FloatArray


def maximize(design: Design, known: Censored) -> Maximum:
    """Find the maximum by Newton's method in (coef / scale, 1 / scale).

    In these the log-likelihood is concave (Olsen 1978), so that there is one
    maximum and every step can be made to climb.
    """
    X, seen = design.X, known.seen
    if seen.sum() <= X.shape[1]:
        raise EstimationError(
            f"{int(seen.sum())} of {len(seen)} values are uncensored, too few for "
            f"{X.shape[1]} coefficients; drop covariates"
        )
    _check_separation(design, known)
    Z = np.column_stack([X, -known.value])
    theta = _start(X, known.value)
    value = _total(theta, Z, known)
    for _ in range(_STEPS):
        first, second = hazard(-Z @ theta, known.side)
        gradient = -Z.T @ first
        gradient[-1] += seen.sum() / theta[-1]
        information = (Z * second[:, None]).T @ Z
        information[-1, -1] += seen.sum() / theta[-1] ** 2
        try:
            step = np.asarray(np.linalg.solve(information, gradient), dtype=np.float64)
        except np.linalg.LinAlgError:
            break
        decrement = float(gradient @ step)
        if decrement < 1e-18 * len(seen) and np.isfinite(value):
            return _finish(theta, Z, known, information)
        theta, value, moved = _climb(theta, step, value, decrement, Z, known)
        if not moved:
            if decrement < 1e-9:  # rounding, not a wall
                return _finish(theta, Z, known, information)
            break
    raise ConvergenceError(
        f"the likelihood did not settle in {_STEPS} steps; covariates of very different size, or "
        "very few uncensored rows, can be the cause"
    )


def _check_separation(design: Design, known: Censored) -> None:
    """Raise where some covariates tell censored rows from others without error.

    Then a coefficient can grow for ever: along a direction that leaves every
    uncensored mean as it is and moves every censored one, if at all, further
    beyond its limit.
    """
    _, singular, directions = np.linalg.svd(design.X[known.seen], full_matrices=False)
    still = directions[singular < 1e-10 * singular[0]]
    if not len(still):
        return
    beyond = known.side[~known.seen, None] * design.X[~known.seen] @ still.T
    found = linprog(-beyond.sum(axis=0), A_ub=-beyond, b_ub=np.zeros(len(beyond)), bounds=(-1, 1))
    if found.x is None or -found.fun < 1e-8 * np.abs(beyond).max():
        return
    weights = np.abs(found.x @ still) * np.abs(design.X).max(axis=0)
    names = [
        name
        for name, weight in zip(design.names[1:], weights[1:], strict=True)
        if weight > 1e-8 * weights.max()
    ]
    raise ConvergenceError(
        f"the likelihood has no maximum: {listed(names)} tells censored rows from others without "
        "error; drop it or merge its levels"
    )


def _start(X: FloatArray, y: FloatArray) -> FloatArray:
    """Least squares of all rows; uncensored ones alone may fit without error, of no scale."""
    coef = np.linalg.lstsq(X, y, rcond=None)[0]
    scale = max(float(np.std(y - X @ coef)), 0.1 * float(np.std(y)), 1e-12)
    return np.append(coef, 1.0) / scale


def _total(theta: FloatArray, Z: FloatArray, known: Censored) -> float:
    if theta[-1] <= 0:
        return -np.inf
    return float(log_density(-Z @ theta, known.side, -np.log(theta[-1])).sum())


def _climb(
    theta: FloatArray,
    step: FloatArray,
    value: float,
    decrement: float,
    Z: FloatArray,
    known: Censored,
) -> tuple[FloatArray, float, bool]:
    """Halve the step until it climbs enough."""
    for halvings in range(40):
        part = 0.5**halvings
        tried = _total(theta + part * step, Z, known)
        if tried >= value + 1e-4 * part * decrement:
            return theta + part * step, tried, True
    return theta, value, False


def _finish(theta: FloatArray, Z: FloatArray, known: Censored, information: FloatArray) -> Maximum:
    """Go over to coefficients and log scale."""
    inverse = theta[-1]
    coef = theta[:-1] / inverse
    k = coef.size
    jacobian = np.zeros((k + 1, k + 1))
    np.fill_diagonal(jacobian[:k, :k], 1 / inverse)
    jacobian[:k, k], jacobian[k, k] = -coef / inverse, -1 / inverse
    bread = jacobian @ np.linalg.inv(information) @ jacobian.T
    first, _ = hazard(-Z @ theta, known.side)
    scores = -Z * first[:, None]
    scores[:, -1] += known.seen / inverse
    return Maximum(
        coef,
        float(-np.log(inverse)),
        _total(theta, Z, known),
        bread,
        scores @ np.linalg.inv(jacobian),
    )
