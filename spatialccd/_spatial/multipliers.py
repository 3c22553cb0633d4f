"""Lagrange multiplier tests of a lag of y and of the error, in two forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from spatialccd._spatial.sample import least_squares

if TYPE_CHECKING:
    from spatialccd._spatial.sample import Sample

NAMES = ("lm_lag", "lm_error", "robust_lm_lag", "robust_lm_error", "lm_sarma")


def multipliers(sample: Sample, *, centered: bool) -> dict[str, tuple[float, float]]:
    """Give statistic and degrees of freedom of each test, on residuals of least squares.

    The published form takes the expectation of e'We as 0; under effects of times
    it is -(T - 1) s2, and the tests reject too often. The centered form is the
    score of the transformed likelihood: e'We less its expectation, T less the
    effect of units, variances of the swept W (Debarsy and Ertur 2010 go the same
    way). W may have any row sums.

    Parameters
    ----------
    sample : Sample
        For the published form demeaned before its lags, as papers do;
        ``transformed`` is not read.
    """
    N, T = sample.y.shape
    Z, y = sample.rows(sample.Z), sample.rows(sample.y)[:, 0]
    b = least_squares(Z, y)
    e = y - Z @ b
    units, times = (N - sample.by_time, T - sample.by_unit) if centered else (N, T)
    s2 = float(e @ e) / (units * times)
    wide = e.reshape(N, T)
    trace, spread = _traces(sample, centered=centered)
    lag = float((wide * sample.lag(sample.y)).sum()) / s2 - times * trace
    error = float((wide * sample.lag(wide)).sum()) / s2 - times * trace
    mean = sample.rows(sample.lag(sample.Z @ b))[:, 0]
    left = mean - Z @ least_squares(Z, mean)
    all_spread = times * (spread - 2 * trace**2 / units)
    J = float(left @ left) / s2 + all_spread
    robust_lag = (lag - error) ** 2 / (J - all_spread)
    found = {
        "lm_lag": lag**2 / J,
        "lm_error": error**2 / all_spread,
        "robust_lm_lag": robust_lag,
        "robust_lm_error": (error - all_spread / J * lag) ** 2
        / (all_spread * (1 - all_spread / J)),
        "lm_sarma": robust_lag + error**2 / all_spread,
    }
    return {name: (value, 2.0 if name == "lm_sarma" else 1.0) for name, value in found.items()}


def _traces(sample: Sample, *, centered: bool) -> tuple[float, float]:
    """Give tr W and tr(WW + W'W), of W swept of times where centered."""
    W = sample.operator.matrix
    same, crossed = float(W.multiply(W.T).sum()), float(W.multiply(W).sum())
    if not (centered and sample.by_time):
        return 0.0, same + crossed
    n = W.shape[0]
    out, into = np.asarray(W.sum(axis=1)).ravel(), np.asarray(W.sum(axis=0)).ravel()
    mean = out.sum() / n
    same += mean**2 - 2 * float(into @ out) / n
    crossed += mean**2 - float(into @ into + out @ out) / n
    return -float(mean), same + crossed


def chi2_p(statistic: float, df: float) -> float:
    """Give the upper tail of a chi-squared distribution."""
    return float(stats.chi2.sf(statistic, df))
