"""Durbin and Watson's test against their tables, and what dependence does to sigma convergence."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from spatialccd.dynamics._autocorrelation import durbin_watson


def _trend(t: int) -> np.ndarray:
    return np.column_stack([np.ones(t), np.arange(t)])


def _p(d: float, t: int) -> float:
    """Give p of a residual whose d is the one wanted, between two shapes of low and high d."""
    low, high = np.cos(np.pi * np.arange(t) / (t - 1)), (-1.0) ** np.arange(t)
    outside = np.linalg.svd(_trend(t))[0][:, 2:]
    low, high = (outside @ (outside.T @ e) for e in (low, high))
    shares = np.linspace(0, 1, 20_001)
    mixed = low + shares[:, None] * (high - low)
    found = (np.diff(mixed, axis=1) ** 2).sum(axis=1) / (mixed**2).sum(axis=1)
    residual = mixed[np.abs(found - d).argmin()]
    return durbin_watson(residual, _trend(t))[1]


@pytest.mark.parametrize(("t", "low", "high"), [(10, 0.879, 1.320), (15, 1.077, 1.361)])
def test_the_5_percent_point_lies_within_the_published_bounds(
    t: int, low: float, high: float
) -> None:
    """Savin and White (1977), Table II: dL and dU at 5% for one regressor beside the constant."""
    assert _p(low, t) < 0.05
    assert _p(high, t) > 0.05


def test_p_is_the_share_of_normal_draws_below() -> None:
    t = 9
    rng = np.random.default_rng(0)
    outside = np.linalg.svd(_trend(t))[0][:, 2:]
    residuals = rng.normal(size=(40_000, t)) @ outside @ outside.T
    d = (np.diff(residuals, axis=1) ** 2).sum(axis=1) / (residuals**2).sum(axis=1)
    for residual in residuals[:5]:
        seen, p = durbin_watson(residual, _trend(t))
        assert p == pytest.approx((d < seen).mean(), abs=0.012)


def test_few_years_have_no_test() -> None:
    assert np.isnan(durbin_watson(np.array([1.0, -2.0, 1.0]), _trend(3))).all()


@pytest.mark.parametrize(("rho", "share"), [(0.0, 0.05), (0.5, 0.10), (0.8, 0.30), (0.95, 0.47)])
def test_a_still_spread_is_found_to_move_as_often_as_the_docstring_says(
    rho: float, share: float
) -> None:
    """30 units, ten years, a spread that does not change: the trend's size at 5%."""
    rng = np.random.default_rng(7)
    x = np.empty((1_500, 30, 10))
    x[..., 0] = rng.normal(size=(1_500, 30))
    for t in range(1, 10):
        x[..., t] = rho * x[..., t - 1] + np.sqrt(1 - rho**2) * rng.normal(size=(1_500, 30))
    spread = x.std(axis=1)
    found = np.mean([stats.linregress(np.arange(10), s).pvalue < 0.05 for s in spread])
    assert found == pytest.approx(share, abs=0.035)
