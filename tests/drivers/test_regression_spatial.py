"""Spatial regression against likelihoods and effects written out, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph
from scipy.optimize import minimize_scalar

import spatialccd as sc
from spatialccd import _align
from spatialccd.errors import AlignmentError, PanelError, ParameterError, SingularDesignError
from tests.toys import Toys

pytest.importorskip("spreg")

_RHO = 0.5


@pytest.fixture(scope="module")
def toys() -> Toys:
    return Toys(8, 8)


def _matrix(toys: Toys) -> np.ndarray:
    return _align.graph_matrix(toys.graph, toys.units).toarray()


def _made(toys: Toys, times: int = 1) -> tuple[pd.Series, pd.DataFrame]:
    """Make y = 0.5 W y + 1 + a - 0.5 b + e, with an effect of each unit in a panel."""
    rng, n = np.random.default_rng(0), len(toys.units)
    solve = np.linalg.inv(np.eye(n) - _RHO * _matrix(toys))
    X = rng.normal(size=(times, n, 2))
    own = rng.normal(size=n) if times > 1 else 0.0
    noise = rng.normal(scale=0.5, size=(times, n))
    y = (1 + X @ [1.0, -0.5] + own + noise) @ solve.T
    rows = pd.MultiIndex.from_product([range(times), toys.units], names=["time", "unit"])
    frame = pd.DataFrame(X.reshape(-1, 2), rows, ["a", "b"]).assign(y=y.ravel())
    frame = frame.swaplevel().sort_index()
    if times == 1:
        frame = frame.droplevel("time")
    return frame["y"], frame[["a", "b"]]


def _blocks(toys: Toys, data: Any) -> np.ndarray:
    """Lay a panel out (times, units, ...), the units' means taken off; one time stays."""
    if data.index.nlevels == 1:
        return data.to_numpy()[None]
    wide = np.stack([data.xs(t, level="time").to_numpy() for t in data.index.levels[1]])
    return wide - wide.mean(axis=0)


def _log_likelihood(
    rho: float, toys: Toys, y: np.ndarray, X: np.ndarray, model: str
) -> tuple[float, np.ndarray]:
    """The likelihood at rho, coefficients and variance at their best."""
    filtered = np.eye(len(toys.units)) - rho * _matrix(toys)
    left = (y @ filtered.T).ravel()
    right = np.einsum("ij,tjk->tik", filtered, X) if model == "error" else X
    right = right.reshape(left.size, -1)
    coef = np.linalg.lstsq(right, left, rcond=None)[0]
    variance = float(((left - right @ coef) ** 2).mean())
    determinant = np.linalg.slogdet(filtered)[1] * len(y)
    return determinant - left.size / 2 * (np.log(2 * np.pi * variance) + 1), coef


@pytest.mark.parametrize("times", [1, 4])
@pytest.mark.parametrize("model", ["lag", "error", "durbin"])
def test_estimates_are_at_the_maximum_of_the_likelihood(toys: Toys, model: str, times: int) -> None:
    y, X = _made(toys, times)
    fitted = sc.spatial_regression(y, X, toys.graph, model=model, seed=1)
    design = _blocks(toys, X)
    if model == "durbin":
        design = np.concatenate([design, np.einsum("ij,tjk->tik", _matrix(toys), design)], axis=2)
    if times == 1:
        design = np.concatenate([np.ones((*design.shape[:2], 1)), design], axis=2)
    values = _blocks(toys, y)
    found = minimize_scalar(
        lambda rho: -_log_likelihood(rho, toys, values, design, model)[0],
        bounds=(-0.9, 0.95),
        method="bounded",
        options={"xatol": 1e-10},
    )
    assert fitted.coef.iloc[-1] == pytest.approx(found.x, abs=1e-5)
    assert fitted.statistics["log_likelihood"] == pytest.approx(-found.fun, abs=1e-6)
    coef = _log_likelihood(found.x, toys, values, design, model)[1]
    np.testing.assert_allclose(fitted.coef.iloc[:-1], coef, atol=1e-5)


@pytest.mark.parametrize("row_standardize", [True, False])
def test_effects_are_those_of_the_whole_inverse(toys: Toys, row_standardize: bool) -> None:
    y, X = _made(toys)
    fitted = sc.spatial_regression(
        y, X, toys.graph, model="durbin", seed=1, row_standardize=row_standardize
    )
    W = _align.graph_matrix(toys.graph, toys.units, row_standardize=row_standardize).toarray()
    coef, n = fitted.coef, len(W)
    change = np.linalg.inv(np.eye(n) - coef["rho"] * W) @ (
        coef["a"] * np.eye(n) + coef["lag of a"] * W
    )
    row = fitted.effects.loc["a"]
    assert row["direct"] == pytest.approx(np.trace(change) / n)
    assert row["total"] == pytest.approx(change.sum() / n)
    assert row["indirect"] == pytest.approx((change.sum() - np.trace(change)) / n)


def test_errors_of_effects_are_those_of_draws(toys: Toys) -> None:
    y, X = _made(toys)
    fitted = sc.spatial_regression(y, X, toys.graph, n_draws=4000, seed=1)
    both = ["a", "rho"]
    draws = np.random.default_rng(0).multivariate_normal(
        fitted.coef[both], fitted.covariance.loc[both, both], size=200_000
    )
    # b / (1 - rho) is skewed: the delta method gives .40 here, its distribution .47.
    total = draws[:, 0] / (1 - draws[:, 1])
    assert fitted.effects.loc["a", "total_se"] == pytest.approx(total.std(), rel=0.05)


def test_least_squares_and_its_tests_of_dependence(toys: Toys) -> None:
    y, X = _made(toys)
    fitted = sc.spatial_regression(y, X, toys.graph, model="ols")
    design = np.column_stack([np.ones(len(X)), X])
    coef = np.linalg.lstsq(design, y, rcond=None)[0]
    np.testing.assert_allclose(fitted.coef, coef)
    e, W = (y - design @ coef).to_numpy(), _matrix(toys)
    variance = float(e @ e) / len(e)
    trace = np.trace(W.T @ W + W @ W)
    lm_error = (e @ W @ e / variance) ** 2 / trace  # Anselin (1988), eq 6.9
    assert fitted.statistics["lm_error"] == pytest.approx(lm_error)
    project = np.eye(len(e)) - design @ np.linalg.pinv(design)
    ahead = W @ design @ coef
    lm_lag = (e @ W @ y / variance) ** 2 / (ahead @ project @ ahead / variance + trace)
    assert fitted.statistics["lm_lag"] == pytest.approx(lm_lag)
    assert fitted.statistics["robust_lm_lag_p"] < 0.01 < fitted.statistics["robust_lm_error_p"]


def test_residuals_come_back_on_the_callers_rows(toys: Toys) -> None:
    y, X = _made(toys, 3)
    mixed = y.sample(frac=1, random_state=1)
    fitted = sc.spatial_regression(mixed, X, toys.graph, seed=1)
    plain = sc.spatial_regression(y, X, toys.graph, seed=1)
    assert fitted.residuals.index.equals(mixed.index)
    pd.testing.assert_series_equal(fitted.residuals.reindex(y.index), plain.residuals)


def test_what_unit_effects_take_up_is_named(toys: Toys) -> None:
    """Taking off means of units leaves zeros of what never changes, and spreg would divide."""
    y, X = _made(toys, 3)
    units = y.index.get_level_values("unit")
    still = X.assign(area=pd.factorize(units)[0] * 1.0)
    for model in ("lag", "error", "durbin"):
        with pytest.raises(SingularDesignError, match="area"):
            sc.spatial_regression(y, still, toys.graph, model=model)


def test_a_lag_that_follows_from_its_covariate_is_named() -> None:
    """Among neighbors that are all alike, the lag of a covariate is the covariate."""
    blocks = {i: {j: 1 for j in range(30) if j // 5 == i // 5 and j != i} for i in range(30)}
    rng = np.random.default_rng(1)
    X = pd.DataFrame({"x": rng.normal(size=30), "block": np.arange(30) // 5 % 2 * 1.0})
    y = pd.Series(rng.normal(size=30))
    with pytest.raises(SingularDesignError, match="lag of block"):
        sc.spatial_regression(y, X, Graph.from_dicts(blocks), model="durbin")


def test_what_does_not_fit_is_refused(toys: Toys) -> None:
    y, X = _made(toys, 3)
    with pytest.raises(ParameterError, match="single time"):
        sc.spatial_regression(y, X, toys.graph, model="ols")
    with pytest.raises(PanelError, match="A00 1"):
        sc.spatial_regression(y.drop(("A00", 1)), X.drop(("A00", 1)), toys.graph)
    with pytest.raises(AlignmentError, match="A00"):
        sc.spatial_regression(y.drop("A00"), X.drop("A00"), toys.graph)
