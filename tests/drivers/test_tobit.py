"""Tobit against R's AER, against its own likelihood, and its refusals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import approx_fprime
from scipy.stats import norm

import spatialccd as sc
from spatialccd.errors import (
    CensoringWarning,
    ConvergenceError,
    DataError,
    EstimationError,
    ParameterError,
    SingularDesignError,
)

COLUMNS = ["age", "yearsmarried", "religiousness", "occupation", "rating"]


def _affairs(shared: Path) -> tuple[pd.DataFrame, dict[str, Any]]:
    folder = shared / "verify" / "tobit_affairs"
    expected = json.loads((folder / "expected.json").read_text())["expected"]
    return pd.read_csv(folder / "data.csv"), expected


def _made(n: int = 400, seed: int = 0) -> tuple[pd.Series, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(rng.normal(size=(n, 2)), columns=["a", "b"])
    return 0.5 + X["a"] - 0.5 * X["b"] + rng.normal(scale=0.8, size=n), X


def _row_log_likelihood(
    parameters: np.ndarray, y: pd.Series, X: pd.DataFrame, low: float, high: float
) -> np.ndarray:
    """The textbook formula, row by row."""
    mean, scale = parameters[0] + X.to_numpy() @ parameters[1:-1], np.exp(parameters[-1])
    return np.where(
        y <= low,
        norm.logcdf(low, mean, scale),
        np.where(y >= high, norm.logsf(high, mean, scale), norm.logpdf(y, mean, scale)),
    )


@pytest.mark.compares("tobit", against="AER (R): affairs")
def test_estimates_are_those_of_aer(shared: Path) -> None:
    data, expected = _affairs(shared)
    fitted = sc.tobit(data["affairs"], data[COLUMNS])
    for name, value in expected["coef"].items():
        assert fitted.coef[name] == pytest.approx(value, abs=1e-7)
    for name, value in expected["se"].items():
        assert fitted.se[name] == pytest.approx(value, abs=1e-7)
    assert fitted.scale == pytest.approx(expected["scale"], abs=1e-7)
    assert fitted.statistics["log_likelihood"] == pytest.approx(expected["loglik"], abs=1e-4)
    assert fitted.statistics["n"] == expected["n"]
    assert fitted.statistics["left_censored"] == expected["left_censored"]


@pytest.mark.compares("tobit", against="AER (R): two limits")
def test_two_limits_are_those_of_aer(shared: Path) -> None:
    data, expected = _affairs(shared)
    fitted = sc.tobit(data["affairs"], data[COLUMNS], upper=4)
    right = expected["right4"]
    np.testing.assert_allclose(fitted.coef.iloc[:-1], right["coef"], atol=1e-6)
    assert fitted.scale == pytest.approx(right["scale"], abs=1e-5)
    assert fitted.statistics["log_likelihood"] == pytest.approx(right["loglik"], abs=1e-4)


def test_robust_and_clustered_errors_are_the_sandwich_of_numeric_scores() -> None:
    y, X = _made()
    low, high = 0.0, 1.5
    robust, clustered = (
        sc.tobit(y, X, groups, lower=low, upper=high, cov=cov)
        for cov, groups in (("robust", None), ("cluster", pd.Series(np.arange(400) // 8)))
    )
    at = robust.coef.to_numpy()
    scores = approx_fprime(at, _row_log_likelihood, 1e-6, y, X, low, high)

    def gradient(parameters: np.ndarray) -> np.ndarray:
        return approx_fprime(
            parameters, lambda p: _row_log_likelihood(p, y, X, low, high).sum(), 1e-6
        )

    bread = np.linalg.inv(-approx_fprime(at, gradient, 1e-4))
    meat = scores.T @ scores * 400 / 399
    np.testing.assert_allclose(robust.se, np.sqrt(np.diag(bread @ meat @ bread)), rtol=2e-3)
    sums = scores.reshape(50, 8, -1).sum(axis=1)
    meat = sums.T @ sums * 50 / 49
    np.testing.assert_allclose(clustered.se, np.sqrt(np.diag(bread @ meat @ bread)), rtol=2e-3)


def test_without_limits_it_is_least_squares() -> None:
    y, X = _made()
    fitted = sc.tobit(y, X, lower=None)
    design = np.column_stack([np.ones(len(X)), X])
    coef, rss, *_ = np.linalg.lstsq(design, y, rcond=None)
    np.testing.assert_allclose(fitted.coef.iloc[:-1], coef, rtol=1e-8)
    assert fitted.scale == pytest.approx(np.sqrt(rss[0] / len(y)), rel=1e-8)


def test_units_of_measurement_do_not_matter() -> None:
    y, X = _made()
    plain, other = sc.tobit(y, X), sc.tobit(y * 1e6, X * [1e-4, 1e5])
    np.testing.assert_allclose(other.coef["a"], plain.coef["a"] * 1e10, rtol=1e-6)
    np.testing.assert_allclose(other.terms["p"].iloc[:3], plain.terms["p"].iloc[:3], atol=1e-8)


@pytest.mark.compares("marginal_effects", against="integrated means")
def test_marginal_effects_are_the_slopes_of_integrated_means() -> None:
    y, X = _made(100)
    fitted = sc.tobit(y, X, lower=0.0, upper=1.5)
    coef, scale = fitted.coef.to_numpy()[:-1], fitted.scale
    nodes = np.linspace(-9, 9, 20_001)
    mass = norm.pdf(nodes) / norm.pdf(nodes).sum()

    def integrated(shift: float) -> dict[str, float]:
        latent = (coef[0] + X.to_numpy() @ coef[1:] + coef[1] * shift)[:, None] + scale * nodes
        inside = (latent > 0) & (latent < 1.5)
        share = inside @ mass
        return {
            "observed": float((np.clip(latent, 0, 1.5) @ mass).mean()),
            "uncensored": float(((latent * inside) @ mass / share).mean()),
            "probability": float(share.mean()),
        }

    up, down = integrated(0.05), integrated(-0.05)
    for of in ("observed", "uncensored", "probability"):
        ours = sc.marginal_effects(fitted, of=of).terms.loc["a", "coef"]
        assert ours == pytest.approx((up[of] - down[of]) / 0.1, abs=2e-3)


def test_errors_of_marginal_effects_cover_the_truth() -> None:
    """The effect on the value itself is 1 * P(uncensored): intervals hold it 95 times in 100."""
    inside, draws = 0, 200
    truth = norm.cdf(0.5 / np.sqrt(1 + 0.25 + 0.64))
    for seed in range(draws):
        y, X = _made(200, seed)
        row = sc.marginal_effects(sc.tobit(y, X)).terms.loc["a"]
        inside += row["low"] < truth < row["high"]
    assert 0.88 < inside / draws < 0.99


def test_a_covariate_that_separates_is_named() -> None:
    y, X = _made(60)
    X["apart"] = (y > 0).astype(float)
    with pytest.raises(ConvergenceError, match=r"apart tells censored rows from others"):
        sc.tobit(y, X)


def test_no_uncensored_rows_are_refused() -> None:
    y, X = _made(60)
    with pytest.raises(DataError, match="every value of y is censored"):
        sc.tobit(y, X, lower=100.0)
    with pytest.raises(EstimationError, match="3 of 60 values are uncensored"):
        sc.tobit(y, X, lower=float(y.nlargest(4).iloc[-1]))


def test_a_limit_at_which_nothing_lies_is_told() -> None:
    """Scores are censored at 1; the default limit, 0, would make least squares of them."""
    y, X = _made(60)
    score = 1 - y.clip(0, 0.9)
    with pytest.warns(CensoringWarning, match=r"lower=0.*end at 0.1 and 1"):
        plain = sc.tobit(score, X)
    assert plain.statistics["left_censored"] == 0
    assert sc.tobit(score, X, upper=1.0).statistics["right_censored"] == (y <= 0).sum()


def test_dependent_covariates_are_named() -> None:
    y, X = _made(60)
    with pytest.raises(SingularDesignError, match=r"total is constant or follows"):
        sc.tobit(y, X.assign(total=X["a"] + X["b"]))
    with pytest.raises(SingularDesignError, match=r"flat is constant"):
        sc.tobit(y, X.assign(flat=3.0))


def test_settings_are_checked() -> None:
    y, X = _made(60)
    with pytest.raises(ParameterError, match="below upper"):
        sc.tobit(y, X, lower=1, upper=0)
    with pytest.raises(ParameterError, match="needs clusters"):
        sc.tobit(y, X, cov="cluster")
    with pytest.raises(ParameterError, match="Intercept"):
        sc.tobit(y, X.rename(columns={"a": "Intercept"}))
