"""Finding where a likelihood is highest, with slopes and variance concentrated out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.ndimage import maximum_filter
from scipy.optimize import brentq

from spatialccd._spatial.likelihood import observed
from spatialccd.errors import BoundError, ConvergenceError, EstimationError

if TYPE_CHECKING:
    from spatialccd._types import FloatArray

_POINTS = {1: 41, 2: 13}
#: How near the ends of its interval, as a share of it, a parameter counts as at its bound.
_EDGE = 1e-4
#: A slope per observation below which an optimum is one.
SETTLED = 1e-8


@dataclass(frozen=True)
class Optimum:
    """Where a likelihood is highest.

    Attributes
    ----------
    theta : array
        All parameters.
    value : float
        The log-likelihood.
    others : list of (array, float)
        Lower optima that were found: their spatial parameters and log-likelihood.
    """

    theta: FloatArray
    value: float
    others: list[tuple[FloatArray, float]]


def maximize(likelihood: Any) -> Optimum:
    """Find the highest optimum of a likelihood with up to two parameters to search.

    `likelihood` has k, bounds, names, count, concentrate(tau), value(theta) and
    gradient(theta).

    Raises
    ------
    BoundError
        The likelihood rises up to a bound of rho, lambda or phi.
    """
    bounds = likelihood.bounds
    if not bounds:
        theta = likelihood.concentrate(np.zeros(0))
        return Optimum(theta, likelihood.value(theta), [])
    climb = _along_a_line if len(bounds) == 1 else _from_several
    found = climb(likelihood)
    if not found:
        found = [_edge(likelihood)]
    found.sort(key=lambda tau: -likelihood.value(likelihood.concentrate(tau)))
    best = likelihood.concentrate(found[0])
    _check_bounds(likelihood, found[0])
    slope = float(np.abs(_reach(likelihood) * likelihood.gradient(best)[likelihood.k : -1]).max())
    if slope > 1e-6 * likelihood.sample.count:
        raise ConvergenceError(
            f"the likelihood is not flat where the search of {' and '.join(likelihood.names)} "
            f"ended (slope {slope:.2g}); the model may not be identified: leave one of them out"
        )
    others = [(tau, likelihood.value(likelihood.concentrate(tau))) for tau in found[1:]]
    return Optimum(best, likelihood.value(best), others)


def climb(likelihood: Any, start: FloatArray) -> Optimum:
    """Find the optimum uphill of `start`; everywhere (``maximize``) where there is none.

    For samples drawn around a known estimate: the search begins where the truth is.

    Parameters
    ----------
    start : array
        The spatial parameters and phi, as many as the likelihood searches.

    Raises
    ------
    BoundError
        The likelihood rises up to a bound of rho, lambda or phi.
    """
    if not len(start):
        return maximize(likelihood)
    tau = _newton(likelihood, start)
    if tau is None:
        return maximize(likelihood)
    best = likelihood.concentrate(tau)
    return Optimum(best, likelihood.value(best), [])


def _reach(likelihood: Any) -> FloatArray:
    """Give half the interval of each parameter: steps and slopes are read in it.

    rho of weights a million times as large is a millionth, and its slope a million
    times as steep.
    """
    return np.diff(np.array(likelihood.bounds))[:, 0] / 2


def _grid(bounds: tuple[float, float], points: int) -> FloatArray:
    """Give points between two bounds, the bounds left out; each end close to its bound."""
    low, high = bounds
    inner = np.linspace(low, high, points)
    edge = _EDGE / 2 * (high - low)
    inner[0], inner[-1] = low + edge, high - edge
    return inner


def _along_a_line(likelihood: Any) -> list[FloatArray]:
    """Find every optimum of one parameter: where the slope falls through 0."""

    def slope(at: float) -> float:
        theta = likelihood.concentrate(np.array([at]))
        return float(likelihood.gradient(theta)[likelihood.k])

    grid = _grid(likelihood.bounds[0], _POINTS[1])
    slopes = [slope(at) for at in grid]
    falls = [i for i in range(len(grid) - 1) if slopes[i] > 0 >= slopes[i + 1]]
    xtol = 1e-15 * float(_reach(likelihood)[0])
    roots = [brentq(slope, grid[i], grid[i + 1], xtol=xtol, rtol=1e-14) for i in falls]
    return [np.array([root]) for root in roots]


def _from_several(likelihood: Any) -> list[FloatArray]:
    """Climb from every summit of a grid of two parameters."""
    axes = [_grid(bounds, _POINTS[2]) for bounds in likelihood.bounds]
    values = np.array(
        [
            [likelihood.value(likelihood.concentrate(np.array([a, b]))) for b in axes[1]]
            for a in axes[0]
        ]
    )
    summits = np.argwhere(values == maximum_filter(values, size=3, mode="nearest"))
    found: list[FloatArray] = []
    apart = 1e-6 * _reach(likelihood)
    for i, j in summits:
        tau = _newton(likelihood, np.array([axes[0][i], axes[1][j]]))
        if tau is not None and all((np.abs(tau - other) > apart).any() for other in found):
            found.append(tau)
    return found


def _newton(likelihood: Any, tau: FloatArray) -> FloatArray | None:
    """Climb by Newton's steps, shortened where they would leave the bounds or descend."""
    low, high = np.array(likelihood.bounds).T
    reach = _reach(likelihood)
    spatial = slice(likelihood.k, likelihood.k + len(tau))
    theta = likelihood.concentrate(tau)
    value = likelihood.value(theta)
    for _ in range(200):
        slope = reach * likelihood.gradient(theta)[spatial]
        information = _concentrated(observed(likelihood, theta), spatial) * np.outer(reach, reach)
        roots, axes = np.linalg.eigh(information)
        # Upwards along every axis, whatever its curvature.
        step = reach * (axes @ ((axes.T @ slope) / np.maximum(np.abs(roots), 1e-8)))
        share, moved = 1.0, None
        while share > 1e-9:
            trial = tau + share * step
            if (trial > low).all() and (trial < high).all():
                other = likelihood.concentrate(trial)
                reached = likelihood.value(other)
                if reached >= value - 1e-10 * abs(value):
                    moved = trial
                    break
            share /= 2
        if moved is None:
            break
        settled = (np.abs(moved - tau) / reach).max() < 1e-13
        tau, theta, value = moved, other, reached
        if settled or np.abs(slope).max() < 1e-13 * likelihood.sample.count:
            break
    edge = _EDGE * (high - low)
    if (tau - low < edge).any() or (high - tau < edge).any():
        return None
    slope = reach * likelihood.gradient(theta)[spatial]
    if np.abs(slope).max() > SETTLED * likelihood.sample.count:
        return None
    return tau if np.linalg.eigvalsh(information).min() > 0 else None


def _concentrated(information: FloatArray, kept: slice) -> FloatArray:
    """Give the information on some parameters with all others at their best."""
    inside = np.zeros(len(information), dtype=bool)
    inside[kept] = True
    cross = information[np.ix_(inside, ~inside)]
    return np.asarray(
        information[np.ix_(inside, inside)]
        - cross @ np.linalg.solve(information[np.ix_(~inside, ~inside)], cross.T)
    )


def _edge(likelihood: Any) -> FloatArray:
    """Give the best corner or end of the search, where no optimum lies inside."""
    axes = [_grid(bounds, _POINTS[len(likelihood.bounds)]) for bounds in likelihood.bounds]
    every = np.stack([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")], axis=1)
    values = [likelihood.value(likelihood.concentrate(tau)) for tau in every]
    return np.asarray(every[int(np.argmax(values))])


def _check_bounds(likelihood: Any, tau: FloatArray) -> None:
    for name, value, (low, high) in zip(likelihood.names, tau, likelihood.bounds, strict=True):
        if min(value - low, high - value) > _EDGE * (high - low):
            continue
        bound = low if value - low < high - value else high
        if name == "phi" and bound == high:
            raise BoundError(
                "the likelihood is highest where the units have no random effect (phi at 1, "
                "sigma_mu 0); take effects='none'",
                name,
            )
        if name == "phi":
            raise EstimationError(
                "the random effect of units has no upper bound here (phi at 0): take effects='unit'"
            )
        raise BoundError(
            f"the likelihood rises up to the bound {bound:.6g} of {name}: there is no estimate "
            "with errors. The graph may reach too far (nearly all pairs are neighbors), y may "
            "have a unit root (take differences or growth), or there are too few rows; try "
            "another graph or a model without it",
            name,
        )
