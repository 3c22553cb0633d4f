"""Rules that choose the bandwidth of a Gaussian kernel density from the data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.optimize import brentq

from spatialccd._constant import is_constant
from spatialccd.errors import ConvergenceError

if TYPE_CHECKING:
    from spatialccd._types import FloatArray

Rule = Literal["nrd0", "scott", "silverman", "sheather-jones"]

_ROOT_2PI = np.sqrt(2 * np.pi)
#: Beyond this many bandwidths a pair adds nothing that a float could hold.
_FAR = 40.0


def choose(x: FloatArray, rule: Rule) -> float:
    """Give the bandwidth of sample `x` (n,), n >= 2, in the unit of `x`."""
    n = len(x)
    sd = float(x.std(ddof=1))
    if rule == "silverman":
        return float(sd * (4 / (3 * n)) ** 0.2)
    if rule == "scott":
        return float(1.06 * _spread(x, sd, 1.34) * n**-0.2)
    if rule == "nrd0":
        return float(0.9 * _spread(x, sd, 1.34) * n**-0.2)
    return _sheather_jones(x, _spread(x, sd, 1.349))


def _spread(x: FloatArray, sd: float, normal_width: float) -> float:
    """Smaller of the sd and what the interquartile range says it is for a normal sample."""
    low, high = np.percentile(x, [25, 75])
    iqr = float(high - low) / normal_width
    # Quartiles that differ by rounding alone say as little as equal ones.
    return sd if is_constant([low, high]) else min(sd, iqr)


def _sheather_jones(x: FloatArray, scale: float) -> float:
    """Solve the equation of Sheather and Jones (1991), over all pairs, without binning."""
    n = len(x)
    gaps = np.abs(x[:, None] - x[None, :])[np.triu_indices(n, 1)]
    a = 1.24 * scale * n ** (-1 / 7)
    b = 1.23 * scale * n ** (-1 / 9)
    sixth = -_sixth(gaps, b, n)
    alpha = 1.357 * (_fourth(gaps, a, n) / sixth) ** (1 / 7)

    def excess(h: float) -> float:
        return float(
            (1 / (2 * np.sqrt(np.pi) * n * _fourth(gaps, alpha * h ** (5 / 7), n))) ** 0.2 - h
        )

    high = 1.144 * scale * n**-0.2
    low = 0.1 * high
    for _ in range(60):
        if excess(low) * excess(high) < 0:
            return float(brentq(excess, low, high, xtol=1e-12 * high, rtol=1e-12))
        low, high = low / 1.2, high * 1.2
    raise ConvergenceError(
        "the Sheather-Jones equation has no solution for this sample; choose bandwidth='nrd0' "
        "or a number"
    )


def _fourth(gaps: FloatArray, h: float, n: int) -> float:
    """Estimate the integral of f'' squared, with pilot bandwidth `h`."""
    d = (gaps[gaps < _FAR * h] / h) ** 2
    total = 2 * (np.exp(-d / 2) * (d * d - 6 * d + 3)).sum() + 3 * n
    return float(total / (n * (n - 1) * h**5 * _ROOT_2PI))


def _sixth(gaps: FloatArray, h: float, n: int) -> float:
    """Estimate minus the integral of f''' squared, with pilot bandwidth `h`."""
    d = (gaps[gaps < _FAR * h] / h) ** 2
    total = 2 * (np.exp(-d / 2) * (d**3 - 15 * d * d + 45 * d - 15)).sum() - 15 * n
    return float(total / (n * (n - 1) * h**7 * _ROOT_2PI))
