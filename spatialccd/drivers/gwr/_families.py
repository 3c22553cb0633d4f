"""Poisson and binomial y: deviance, likelihood and criteria, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from spatialccd._types import FloatArray


@dataclass(frozen=True)
class Response:
    """What is explained, and how it is distributed.

    Attributes
    ----------
    family : str
        poisson or binomial.
    y : (n,)
        Counts, or shares of one trial each.
    size : (n,)
        What counts are in proportion to (population, expected cases); ones for shares.
    """

    family: str
    y: FloatArray
    size: FloatArray

    @property
    def poisson(self) -> bool:
        """Whether y are counts."""
        return self.family == "poisson"

    def mean(self, linear: FloatArray) -> FloatArray:
        """Give expected y at linear predictors."""
        return np.asarray(self.size * np.exp(linear) if self.poisson else special.expit(linear))

    def linear(self, mean: FloatArray) -> FloatArray:
        """Give linear predictors at expected y."""
        return np.asarray(np.log(mean / self.size) if self.poisson else special.logit(mean))

    def common(self) -> FloatArray:
        """Give expected y where one rate stands for all."""
        return np.asarray(self.size * (self.y.sum() / self.size.sum()))

    def variance(self, mean: FloatArray) -> FloatArray:
        """Give the variance of y."""
        return mean if self.poisson else np.asarray(mean * (1.0 - mean))

    def deviances(self, mean: FloatArray) -> FloatArray:
        """Give each observation's part of the deviance; 0 log 0 is 0."""
        if self.poisson:
            return np.asarray(2.0 * special.kl_div(self.y, mean))
        other = special.rel_entr(1.0 - self.y, 1.0 - mean)
        return np.asarray(2.0 * (special.rel_entr(self.y, mean) + other))

    def log_likelihood(self, mean: FloatArray) -> float:
        """Give the log-likelihood; that of shares is the one of a trial."""
        if self.poisson:
            parts = special.xlogy(self.y, mean) - mean - special.gammaln(self.y + 1.0)
        else:
            parts = special.xlogy(self.y, mean) + special.xlog1py(1.0 - self.y, -mean)
        return float(parts.sum())

    def pearson(self, mean: FloatArray) -> FloatArray:
        """Give residuals over the standard deviation that y has there."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray((self.y - mean) / np.sqrt(self.variance(mean)))


def score_of(name: str, response: Response, mean: FloatArray, leverage: FloatArray) -> float:
    """Score a fit, smaller is better: deviance and tr S, as Nakaya et al. (2005) have it.

    Parameters
    ----------
    name : {"aicc", "aic", "bic", "cv"}
    mean, leverage : (n,)

    Returns
    -------
    float
        Infinite where the fit has no degrees of freedom left.
    """
    n, trace = len(mean), float(leverage.sum())
    with np.errstate(divide="ignore", invalid="ignore"):
        left_out = float((((response.y - mean) / (1.0 - leverage)) ** 2).sum())
        deviance = float(response.deviances(mean).sum())
        score = float(scored(name, n, deviance, trace, left_out))
    return score if np.isfinite(score) else float("inf")


def scored(name: str, n: int, deviance: Any, trace: float, left_out: Any = np.nan) -> Any:
    """Give criteria from deviances where the noise has a known variance; mgwr 2.2.1 has the same.

    Infinite where the fit has no degrees of freedom left.
    """
    if name == "cv":
        return left_out / n
    score = deviance + trace * (np.log(n) if name == "bic" else 2.0)
    if name == "aicc":
        with np.errstate(divide="ignore", invalid="ignore"):
            score = score + 2.0 * trace * (trace + 1.0) / (n - trace - 1.0)
    return np.where(n - trace - 1.0 <= 0.0, np.inf, score)[()]
