"""Criteria that a bandwidth minimizes, as mgwr 2.2.1 defines them."""

from __future__ import annotations

from typing import Any

import numpy as np

_LOG_2PI = float(np.log(2 * np.pi))


def criterion(name: str, n: int, rss: Any, trace: Any, left_out: Any) -> Any:
    """Score fits of n observations; smaller is better.

    Parameters
    ----------
    name : {"aicc", "aic", "bic", "cv"}
    rss : float or array
        Sums of squared residuals.
    trace : float or array
        Traces of the hat matrices.
    left_out : float or array
        Sums of squared leave-one-out residuals, used by "cv".

    Returns
    -------
    float or array
        Infinite where the fit has no degrees of freedom left: mgwr's AICc turns
        negative there and would be chosen.
    """
    if name == "cv":
        return left_out / n
    with np.errstate(divide="ignore", invalid="ignore"):
        deviance = n * (np.log(rss / n) + _LOG_2PI + 1.0)
        if name == "aic":
            score = deviance + 2.0 * (trace + 1.0)
        elif name == "bic":
            score = deviance + (trace + 1.0) * np.log(n)
        else:
            score = deviance + 2.0 * n * (trace + 1.0) / (n - trace - 2.0)
    return np.where(n - trace - 2.0 <= 0, np.inf, score)[()]


def log_likelihood(n: int, rss: float) -> float:
    """Gaussian log-likelihood at its maximum."""
    return -0.5 * n * (float(np.log(rss / n)) + _LOG_2PI + 1.0)
