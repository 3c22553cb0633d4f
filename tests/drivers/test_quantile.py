"""Quantile regression: the median of a sample, statsmodels' figures, panels, and words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.drivers.regression import quantile
from spatialccd.errors import ParameterError, SingularDesignError


def _made(n: int = 60, times: int = 4) -> tuple[pd.Series, pd.DataFrame]:
    rng = np.random.default_rng(2)
    rows = pd.MultiIndex.from_product([range(n), range(times)], names=["unit", "time"])
    x = np.repeat(rng.uniform(1, 3, n), times)
    noise = np.repeat(rng.normal(size=n), times) + 0.2 * rng.normal(size=n * times)
    return pd.Series(2 + x + x * noise, rows), pd.DataFrame(
        {"x": x, "z": rng.normal(size=240)}, rows
    )


@pytest.mark.compares("quantile_regression", against="statsmodels")
def test_figures_are_those_of_statsmodels_on_any_scale() -> None:
    peer = pytest.importorskip("statsmodels.regression.quantile_regression")
    y, X = _made()
    found = sc.quantile_regression(y, X * [1e6, 1e-3], quantiles=[0.9, 0.5])
    assert found.terms.index.levels[0].tolist() == [0.5, 0.9]
    for q in (0.5, 0.9):
        known = peer.QuantReg(y.to_numpy(), np.column_stack([np.ones(240), X])).fit(
            q=q, max_iter=5000
        )
        terms = found.terms.loc[q]
        np.testing.assert_allclose(terms["coef"] * [1, 1e6, 1e-3], known.params, rtol=1e-4)
        # The three rows on the fit have their score here; there that of a row above or below,
        # by the sign of rounding, which far from the middle weighs much (27 of 240 rows).
        rtol = 0.02 if q == 0.5 else 0.25
        np.testing.assert_allclose(terms["se"] * [1, 1e6, 1e-3], known.bse, rtol=rtol)
        assert found.statistics.loc[q, "pseudo_r2"] == pytest.approx(known.prsquared, abs=1e-4)


@pytest.mark.parametrize("cov", ["robust", "bootstrap"])
def test_a_far_zero_moves_the_intercept_alone(cov: str) -> None:
    """Of y some 10^7 spreads from 0 the program's tolerances were as large as what was sought."""
    y, X = _made()
    settings = {"quantiles": [0.25, 0.5], "cov": cov, "n_bootstrap": 30, "seed": 1}
    plain = sc.quantile_regression(y, X, **settings)
    slopes = plain.terms.index.get_level_values("term") != "Intercept"
    for y_added, x_added in ((1e7, 0.0), (0.0, 1e7)):
        moved = sc.quantile_regression(y + y_added, X + x_added, **settings)
        for column in ("coef", "se"):
            np.testing.assert_allclose(
                moved.terms.loc[slopes, column], plain.terms.loc[slopes, column], rtol=1e-5
            )
        np.testing.assert_allclose(
            moved.statistics["pseudo_r2"], plain.statistics["pseudo_r2"], atol=1e-6
        )


def test_a_share_q_of_residuals_is_below() -> None:
    y, X = _made()
    found = sc.quantile_regression(y, X)
    for q, terms in found.terms.groupby(level="quantile"):
        b = terms.droplevel(0)["coef"]
        below = (y < b["Intercept"] + X @ b[["x", "z"]]).mean()
        assert below == pytest.approx(q, abs=3 / len(y) + 1e-9)
    slopes = found.terms["coef"].xs("x", level="term")
    assert slopes[0.9] > slopes[0.5] > slopes[0.1]  # the spread grows with x


def test_scores_are_those_of_the_program_and_add_up_to_nothing() -> None:
    y, X = _made()
    Z = np.column_stack([np.ones(240), X])
    for q in (0.1, 0.5, 0.9):
        coef, score = quantile._fit(y.to_numpy(), Z, q)
        e = y.to_numpy() - Z @ coef
        np.testing.assert_allclose(Z.T @ score, 0, atol=1e-8)
        np.testing.assert_allclose(score[e > 1e-9], q)
        np.testing.assert_allclose(score[e < -1e-9], q - 1)


@pytest.mark.slow
def test_intervals_cover() -> None:
    """y = 1 + x + (1 + x / 2) e: the slope of the quantile q is 1 + z_q / 2."""
    rng, held = np.random.default_rng(4), []
    for _ in range(300):
        x = rng.uniform(0, 2, 300)
        y = pd.Series(1 + x + (1 + x / 2) * rng.normal(size=300))
        terms = sc.quantile_regression(y, pd.DataFrame({"x": x}), quantiles=[0.25, 0.5]).terms
        for q, z in ((0.25, -0.6744898), (0.5, 0.0)):
            low, high = terms.loc[(q, "x"), ["low", "high"]]
            held.append(low <= 1 + z / 2 <= high)
    assert 0.92 - 0.03 < np.mean(held) < 0.97 + 0.02


def test_draws_of_units_allow_for_rows_that_go_together() -> None:
    y, X = _made()
    plain = sc.quantile_regression(y, X, quantiles=[0.5])
    drawn = sc.quantile_regression(y, X, quantiles=[0.5], cov="bootstrap", n_bootstrap=60, seed=1)
    at = (0.5, "x")
    assert drawn.terms.loc[at, "coef"] == plain.terms.loc[at, "coef"]
    assert drawn.terms.loc[at, "se"] > 1.3 * plain.terms.loc[at, "se"]


def test_what_cannot_be_asked_for() -> None:
    y, X = _made()
    with pytest.raises(ParameterError, match="each once"):
        sc.quantile_regression(y, X, quantiles=[0.5, 0.5])
    with pytest.raises(ParameterError, match="out of range"):
        sc.quantile_regression(y, X, quantiles=[1.0])
    with pytest.raises(SingularDesignError):
        sc.quantile_regression(y, X.assign(w=X["x"] * 2))
