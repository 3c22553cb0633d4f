"""Panel Tobit against integrals on a grid, against mixed models, and its refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import multivariate_normal, norm

import spatialccd as sc
from spatialccd.errors import ConvergenceWarning, PanelError


def _made(
    units: int = 30, years: int = 6, effect: float = 1.0, seed: int = 1
) -> tuple[pd.Series, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    rows = pd.MultiIndex.from_product([range(units), range(years)], names=["unit", "time"])
    X = pd.DataFrame(rng.normal(size=(len(rows), 2)), rows, ["a", "b"])
    own = np.repeat(rng.normal(size=units), years)
    return 1 + X["a"] - 0.5 * X["b"] + effect * own + rng.normal(size=len(rows)), X


@pytest.mark.compares("panel_tobit", against="the integral on a grid")
@pytest.mark.parametrize("limits", [(0.0, None), (None, 2.0), (0.0, 2.0)])
def test_the_likelihood_is_that_of_an_integral_on_a_grid(
    limits: tuple[float | None, float | None],
) -> None:
    y, X = _made(years=10)
    fitted = sc.panel_tobit(y, X, lower=limits[0], upper=limits[1])
    high = np.inf if limits[1] is None else limits[1]
    low = -np.inf if limits[0] is None else limits[0]
    coef = fitted.coef.to_numpy()
    sigma_e, sigma_u = np.exp(coef[-2:])
    v = np.linspace(-8, 8, 8001)
    total = 0.0
    for unit in range(30):
        own = y.loc[unit].to_numpy()[:, None]
        mean = coef[0] + X.loc[unit].to_numpy() @ coef[1:-2]
        at = mean[:, None] + sigma_u * v
        rows = np.where(
            own <= low,
            norm.logcdf(low, at, sigma_e),
            np.where(own >= high, norm.logsf(high, at, sigma_e), norm.logpdf(own, at, sigma_e)),
        )
        total += np.log(np.exp(rows.sum(axis=0)) @ norm.pdf(v) * (v[1] - v[0]))
    assert fitted.statistics["log_likelihood"] == pytest.approx(total, abs=1e-5)
    assert fitted.statistics["quadrature_drift"] < 1e-4


def test_without_limits_it_is_the_mixed_model() -> None:
    y, X = _made()
    y = y.drop([(0, 0), (3, 4)])
    X = X.loc[y.index]
    fitted = sc.panel_tobit(y, X, lower=None)
    coef = fitted.coef.to_numpy()
    sigma_e, sigma_u = np.exp(coef[-2:])
    residual = y - coef[0] - X.to_numpy() @ coef[1:-2]
    total = 0.0
    for _, own in residual.groupby(level="unit"):
        covariance = sigma_e**2 * np.eye(len(own)) + sigma_u**2
        total += multivariate_normal.logpdf(own, cov=covariance)
    assert fitted.statistics["log_likelihood"] == pytest.approx(total, abs=1e-7)

    models = pytest.importorskip("statsmodels.regression.mixed_linear_model")
    design = np.column_stack([np.ones(len(X)), X])
    peer = models.MixedLM(y.to_numpy(), design, y.index.get_level_values("unit")).fit(reml=False)
    np.testing.assert_allclose(coef[:-2], peer.fe_params, rtol=1e-4)
    np.testing.assert_allclose(fitted.se.iloc[:3], peer.bse_fe, rtol=1e-3)
    assert sigma_u**2 == pytest.approx(float(np.asarray(peer.cov_re)[0, 0]), rel=1e-3)


def test_nodes_follow_narrow_peaks() -> None:
    """Forty years a unit leave the integrand too narrow for nodes that stay in place."""
    y, X = _made(units=12, years=40, effect=3.0)
    few, many = (sc.panel_tobit(y, X, n_nodes=nodes) for nodes in (10, 40))
    np.testing.assert_allclose(few.coef, many.coef, atol=5e-5)
    np.testing.assert_allclose(few.se, many.se, rtol=1e-4)


def test_estimates_are_near_the_truth_and_pooling_is_rejected() -> None:
    y, X = _made(units=150)
    fitted = sc.panel_tobit(y, X, upper=2.0)
    truth = np.array([1, 1, -0.5, 0, 0])
    assert (np.abs(fitted.coef - truth) < 3 * fitted.se).all()
    assert fitted.statistics["rho"] == pytest.approx(0.5, abs=0.1)
    assert fitted.statistics["lr_p"] < 1e-10
    robust = sc.panel_tobit(y, X, upper=2.0, cov="robust")
    np.testing.assert_allclose(robust.se, fitted.se, rtol=0.3)


def test_units_of_measurement_do_not_matter() -> None:
    y, X = _made()
    plain, other = sc.panel_tobit(y, X), sc.panel_tobit(y * 1e5, X * [1e-4, 1e4] + [0, 1e5])
    np.testing.assert_allclose(
        other.coef[["a", "b"]], plain.coef[["a", "b"]] * [1e9, 10], rtol=1e-4
    )
    np.testing.assert_allclose(other.se[["a", "b"]], plain.se[["a", "b"]] * [1e9, 10], rtol=1e-3)


def test_marginal_effects_take_the_whole_latent_variance() -> None:
    y, X = _made()
    fitted = sc.panel_tobit(y, X)
    coef = fitted.coef
    mean = coef["Intercept"] + X @ coef[["a", "b"]]
    scale = np.sqrt(fitted.scale**2 + fitted.statistics["sigma_u"] ** 2)
    by_hand = coef["a"] * norm.cdf(mean / scale).mean()
    assert sc.marginal_effects(fitted).terms.loc["a", "coef"] == pytest.approx(by_hand)


def test_units_without_effects_are_told() -> None:
    y, X = _made(effect=0.0, seed=3)
    with pytest.warns(ConvergenceWarning, match="rho is 0"):
        fitted = sc.panel_tobit(y, X)
    simple = sc.tobit(y, X)
    np.testing.assert_allclose(fitted.coef.iloc[:4], simple.coef, atol=1e-4)
    assert fitted.statistics["lr_p"] == 1


def test_years_are_needed() -> None:
    y, X = _made()
    with pytest.raises(PanelError, match="takes a single time"):
        sc.panel_tobit(y.xs(0, level="time"), X.xs(0, level="time"))
    one = y.index.get_level_values("time") == 0
    with pytest.raises(PanelError, match="more rows than units"):
        sc.panel_tobit(y[one], X[one])
