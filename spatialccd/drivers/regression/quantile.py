"""Quantile regression: what a value depends on where it is low, and where it is high."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd
from scipy import stats
from scipy.optimize import linprog

from spatialccd._result import Result, record
from spatialccd._spatial.sample import check_left
from spatialccd.drivers._estimates import Design, make_design, term_table
from spatialccd.drivers.regression._scaling import standardized
from spatialccd.errors import (
    ConvergenceError,
    EstimationError,
    ParameterError,
    check_choice,
    check_range,
)

if TYPE_CHECKING:
    from spatialccd._types import Columns, FloatArray, Progress, Values

QuantileCov = Literal["robust", "bootstrap"]


@dataclass(frozen=True, eq=False, kw_only=True)
class QuantileRegression(Result):
    """Regressions of several quantiles.

    Attributes
    ----------
    terms : DataFrame
        On (quantile, term): coef, se, statistic, p, low, high.
    statistics : DataFrame
        By quantile: n and pseudo_r2, 1 less the loss over that of the quantile alone.
    """

    terms: pd.DataFrame
    statistics: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give one row a quantile and term."""
        return self.terms.copy()

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the figures of fit."""
        return {"fit": self.statistics}


def quantile_regression(
    y: Values,
    X: Columns,
    *,
    quantiles: Sequence[float] = (0.1, 0.25, 0.5, 0.75, 0.9),
    cov: QuantileCov = "robust",
    n_bootstrap: int = 500,
    confidence: float = 0.95,
    seed: int | None = None,
    progress: Progress | None = None,
) -> QuantileRegression:
    """Regress quantiles of a value on covariates.

    Parameters
    ----------
    y : Series
        What is explained, on unit or (unit, time).
    X : DataFrame
        Covariates on the index of y. An intercept is added.
    quantiles : sequence of float, default (0.1, 0.25, 0.5, 0.75, 0.9)
        Between 0 and 1.
    cov : {"robust", "bootstrap"}, default "robust"
        Errors by a kernel estimate of the density (Powell), of rows that do not
        depend on each other; or from draws, of whole units on a panel.
    n_bootstrap : int, default 500
        Number of bootstrap samples for ``cov="bootstrap"``.
    confidence : float, default 0.95
        Level of the intervals.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    progress : Progress, optional
        Told of the quantiles done.

    Returns
    -------
    QuantileRegression
        ``.terms`` on (quantile, term).

    Raises
    ------
    AlignmentError
        y and X do not carry the same labels, or a value is missing.
    SingularDesignError
        A covariate is constant or follows from others.
    EstimationError
        y does not vary, or the covariates add up to it.
    ConvergenceError
        A quantile is not found.

    Notes
    -----
    No effects of units: taking means off does not take effects out of a quantile. On
    a panel the errors of "robust" are too small, since rows of one unit go together:
    take "bootstrap". At quantiles beyond some 5 / n from the ends there is nothing to
    estimate from. Not with spatial lags.

    References
    ----------
    Koenker and Bassett (1978), Econometrica 46, 33-50. Koenker (2005), Quantile
    Regression, sections 3.4 and 3.9.

    Examples
    --------
    >>> X = pd.DataFrame({"x": np.arange(40.0)})
    >>> noise = np.random.default_rng(1).normal(size=40)
    >>> y = X["x"] * (1 + 0.5 * noise)
    >>> fitted = quantile_regression(y, X, quantiles=[0.25, 0.75])
    >>> fitted.terms["coef"].xs("x", level="term").round(1).to_dict()
    {0.25: 0.8, 0.75: 1.3}
    """
    settings = record("quantile_regression", locals())
    check_choice("cov", cov, get_args(QuantileCov))
    check_range("n_bootstrap", n_bootstrap, 19)
    check_range("confidence", confidence, 0, 1, open_low=True, open_high=True)
    chosen = [float(q) for q in quantiles]
    if not chosen or len(set(chosen)) < len(chosen):
        raise ParameterError(f"quantiles={quantiles!r} must be one or more, each once")
    for q in chosen:
        check_range("quantiles", q, 0, 1, open_low=True, open_high=True)
    design = make_design(y, X)
    check_left(design.y, design.X, design.dependent)
    scaled = standardized(design)
    values, columns = scaled.design.y, scaled.design.X
    draws = _draws(design, n_bootstrap, seed) if cov == "bootstrap" else None
    terms, lines = {}, {}
    for done, q in enumerate(sorted(chosen), start=1):
        coef, score = _fit(values, columns, q)
        e = values - columns @ coef
        if draws is None:
            covariance = _sandwich(columns, e, score, q)
        else:
            drawn = [_fit(values[rows], columns[rows], q)[0] for rows in draws]
            covariance = np.cov(np.array(drawn).T).reshape(len(coef), len(coef))
        terms[q] = term_table(
            design.names, scaled.coef(coef), scaled.covariance(covariance), confidence
        )
        alone = np.quantile(values, q)
        lines[q] = {"n": len(values), "pseudo_r2": 1 - _loss(e, q) / _loss(values - alone, q)}
        if progress is not None:
            progress(done, len(chosen))
    return QuantileRegression(
        settings=settings,
        terms=pd.concat(terms, names=["quantile", "term"]),
        statistics=pd.DataFrame.from_dict(lines, orient="index").rename_axis("quantile"),
    )


def _fit(y: FloatArray, X: FloatArray, q: float) -> tuple[FloatArray, FloatArray]:
    """Find the coefficients of one quantile exactly, as the prices of a linear program.

    y and X have a spread of 1: the program's tolerances are those of such numbers.
    The program's own solution gives the score of each row, a - (1 - q): q above the
    fit, q - 1 below, and between them on it.

    max y'a with X'a = (1 - q) X'1 and 0 <= a <= 1 (Koenker 2005, section 6.2).
    statsmodels' reweighted least squares may go round without an end, and stops near.
    """
    solved: Any = linprog(-y, A_eq=X.T, b_eq=(1 - q) * X.sum(axis=0), bounds=(0, 1), method="highs")
    if solved.status != 0:
        raise ConvergenceError(f"the quantile {q:g} was not found: {solved.message}")
    return np.asarray(-solved.eqlin.marginals), np.asarray(solved.x - (1 - q))


def _sandwich(X: FloatArray, e: FloatArray, score: FloatArray, q: float) -> FloatArray:
    """Give the covariance by a kernel estimate of the density at the quantile.

    y has a spread of 1. As in statsmodels: Epanechnikov's kernel, the bandwidth of Hall
    and Sheather (1988). There a row on the fit counts as above or below by the sign of
    rounding.
    """
    n, z = len(e), float(stats.norm.ppf(q))
    near = (
        n ** (-1 / 3)
        * stats.norm.ppf(0.975) ** (2 / 3)
        * ((1.5 * stats.norm.pdf(z) ** 2) / (2 * z**2 + 1)) ** (1 / 3)
    )
    low, high = max(q - near, 1e-6), min(q + near, 1 - 1e-6)
    quartiles = np.quantile(e, [0.25, 0.75])
    h = min(1.0, float(np.ptp(quartiles)) / 1.34) * (stats.norm.ppf(high) - stats.norm.ppf(low))
    if not h > 0:
        raise EstimationError(
            f"half of the residuals of the quantile {q:g} are one value, so that their density "
            "there cannot be told: y has too many ties; take cov='bootstrap'"
        )
    u = e / h
    density = float((0.75 * (1 - u**2) * (np.abs(u) <= 1)).sum()) / (n * h)
    bread = np.linalg.inv(X.T @ X)
    return np.asarray(bread @ (X.T * (score / density) ** 2) @ X @ bread)


def _loss(residual: FloatArray, q: float) -> float:
    return float((residual * (q - (residual < 0))).sum())


def _draws(design: Design, n_bootstrap: int, seed: int | None) -> list[Any]:
    """Draw rows with replacement, or whole units of a panel."""
    rng = np.random.default_rng(seed)
    index = design.index
    labels = index.get_level_values(0) if index.nlevels > 1 else index
    codes = pd.factorize(labels)[0]
    rows = [np.flatnonzero(codes == code) for code in range(codes.max() + 1)]
    return [
        np.concatenate([rows[i] for i in rng.integers(0, len(rows), len(rows))])
        for _ in range(n_bootstrap)
    ]
