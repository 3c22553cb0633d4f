"""No unit of measurement moves a regression, and no other package's error comes through."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

import spatialccd as sc
from spatialccd import _align
from spatialccd.errors import (
    DataError,
    EstimationError,
    ParameterError,
    SingularDesignError,
    SpatialCCDError,
)
from tests.toys import Toys

pytest.importorskip("spreg")
pytest.importorskip("linearmodels")

#: Multiples of x and y, and what is added to x.
SCALES = [(1e9, 1.0, 0.0), (1e-9, 1.0, 0.0), (1.0, 1e12, 0.0), (1.0, 1e-12, 0.0), (1.0, 1.0, 1e6),
          (1e4, 1e4, 1e10)]  # fmt: skip


@pytest.fixture(scope="module")
def toys() -> Toys:
    return Toys(6, 6)


def _data(units: pd.Index, times: int) -> tuple[pd.Series, pd.DataFrame]:
    rng = np.random.default_rng(11)
    rows: pd.Index = units
    if times > 1:
        rows = pd.MultiIndex.from_product([units, range(times)], names=["unit", "time"])
    X = pd.DataFrame(rng.normal(size=(len(rows), 2)), rows, ["a", "b"])
    own = np.repeat(rng.normal(size=len(units)), times)
    return 0.6 * X["a"] - 0.3 * X["b"] + own + rng.normal(scale=0.8, size=len(rows)), X


def _spatial(model: str, **settings: Any) -> Callable[..., Any]:
    return lambda y, X, toys, _unit: sc.spatial_regression(
        y, X, toys.graph, model=model, n_draws=50, seed=1, **settings
    )


def _panel(effects: str, cov: str) -> Callable[..., Any]:
    return lambda y, X, _toys, _unit: sc.panel_regression(y, X, effects=effects, cov=cov)


FITS: dict[str, tuple[Callable[..., Any], int]] = {
    **{f"spatial {m}": (_spatial(m), 1) for m in ("ols", "lag", "error", "durbin")},
    **{f"spatial panel {m}": (_spatial(m), 5) for m in ("lag", "error", "durbin")},
    # Not durbin: what is added to x then comes back in proportion to a unit's neighbors.
    "spatial binary": (_spatial("lag", row_standardize=False), 1),
    **{f"panel {e}": (_panel(e, "cluster"), 5) for e in ("unit", "two-way", "random", "none")},
    **{f"panel {c}": (_panel("unit", c), 5) for c in ("robust", "cr2", "driscoll-kraay")},
    "tobit": (lambda y, X, _toys, unit: sc.tobit(y, X, lower=-0.5 * unit), 1),
    "tobit cluster": (lambda y, X, _toys, unit: sc.tobit(y, X, lower=-unit, cov="cluster"), 5),
    "panel tobit": (lambda y, X, _toys, unit: sc.panel_tobit(y, X, lower=-0.5 * unit), 5),
}
#: Statistics that are the same in every unit.
_FREE = ("n", "r2", "r2_within", "f", "f_p", "mundlak", "mundlak_p", "wald", "lr", "rho", "theta",
         "lm_lag", "lm_error", "robust_lm_lag", "moran_z", "lm_sarma")  # fmt: skip


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("name", FITS)
def test_a_unit_of_measurement_moves_nothing(
    toys: Toys, name: str, scale: tuple[float, float, float]
) -> None:
    fit, times = FITS[name]
    x_unit, y_unit, added = scale
    y, X = _data(toys.units, times)
    plain = fit(y, X, toys, 1.0)
    moved = fit(y * y_unit, X * x_unit + added, toys, y_unit)
    slopes = [n for n in plain.terms.index if n in ("a", "b") or n.startswith("lag of")]
    ratio = y_unit / x_unit
    np.testing.assert_allclose(moved.coef[slopes] / ratio, plain.coef[slopes], rtol=2e-6, atol=1e-8)
    np.testing.assert_allclose(moved.se[slopes] / ratio, plain.se[slopes], rtol=2e-6)
    for extra in ("rho", "lambda"):
        if extra in plain.terms.index:
            columns = ["coef", "se", "p"]
            np.testing.assert_allclose(
                moved.terms.loc[extra, columns].astype(float),
                plain.terms.loc[extra, columns].astype(float),
                rtol=1e-4,
                atol=1e-7,
            )
    for figure in _FREE:
        if figure in plain.statistics:
            assert moved.statistics[figure] == pytest.approx(
                plain.statistics[figure], rel=1e-5, abs=1e-7
            )
    if hasattr(plain, "effects") and isinstance(plain.effects, pd.DataFrame):
        for figure in ("direct", "total", "total_se"):
            np.testing.assert_allclose(
                moved.effects[figure] / ratio, plain.effects[figure], rtol=1e-4
            )
        np.testing.assert_allclose(moved.effects["direct_p"], plain.effects["direct_p"], atol=1e-6)
    if hasattr(plain, "residuals"):
        np.testing.assert_allclose(moved.residuals / y_unit, plain.residuals, rtol=1e-4, atol=1e-6)


def test_figures_of_a_lag_model_are_those_of_its_likelihood(toys: Toys) -> None:
    """Intercept and its error too, where y and X were centered for the fit."""
    y, X = _data(toys.units, 1)
    y = y + 1e5
    fitted = sc.spatial_regression(y, X, toys.graph, model="lag", seed=1)
    W = _align.graph_matrix(toys.graph, toys.units).toarray()
    rho, n = fitted.coef["rho"], len(y)
    Z = np.column_stack([np.ones(n), X])
    filtered = y - rho * W @ y
    np.testing.assert_allclose(
        fitted.coef.iloc[:3], np.linalg.lstsq(Z, filtered, rcond=None)[0], rtol=1e-7
    )
    left = filtered - Z @ fitted.coef.iloc[:3]
    inverse = np.linalg.inv(np.eye(n) - rho * W)
    G, sigma2 = W @ inverse, left @ left / n
    mean = G @ Z @ fitted.coef.iloc[:3]
    information = np.zeros((5, 5))
    information[:3, :3] = Z.T @ Z / sigma2
    information[3, :3] = information[:3, 3] = Z.T @ mean / sigma2
    information[3, 3] = np.trace(G @ G) + np.trace(G.T @ G) + mean @ mean / sigma2
    information[3, 4] = information[4, 3] = np.trace(G) / sigma2
    information[4, 4] = n / 2 / sigma2**2
    # In units of y's spread: the mean of 1e5 leaves the intercept four digits.
    np.testing.assert_allclose(
        fitted.se, np.sqrt(np.diag(np.linalg.inv(information)))[:4], rtol=2e-3
    )
    log_likelihood = np.log(np.linalg.det(np.eye(n) - rho * W)) - n / 2 * (
        np.log(2 * np.pi * sigma2) + 1
    )
    assert fitted.statistics["log_likelihood"] == pytest.approx(log_likelihood, rel=1e-6)


def test_weights_that_are_not_standardized_are_fitted_within_their_own_bounds(toys: Toys) -> None:
    """rho of binary weights lies within 1 / eigenvalues, not within -1 and 1."""
    rng = np.random.default_rng(2)
    W = _align.graph_matrix(toys.graph, toys.units, row_standardize=False).toarray()
    X = pd.DataFrame(rng.normal(size=(36, 1)), toys.units, ["a"])
    y = np.linalg.solve(np.eye(36) - 0.12 * W, 3 * X["a"] + rng.normal(scale=0.1, size=36))
    fitted = sc.spatial_regression(
        pd.Series(y, toys.units), X, toys.graph, seed=1, row_standardize=False
    )
    assert fitted.coef["rho"] == pytest.approx(0.12, abs=0.005)
    assert fitted.coef["a"] == pytest.approx(3, abs=0.1)


def test_links_without_a_way_back_have_no_bound() -> None:
    chain = Graph.from_dicts({i: {i + 1: 1.0} for i in range(29)} | {29: {}})
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(30, 1)), range(30), ["a"])
    fitted = sc.spatial_regression(X["a"] + rng.normal(size=30), X, chain, seed=1)
    assert np.isfinite(fitted.effects.to_numpy(dtype=float)).all()


def test_tobit_calls_no_scale_a_separation() -> None:
    rng = np.random.default_rng(3)
    X = pd.DataFrame({"a": rng.normal(size=80) * 1e9, "b": rng.normal(size=80) * 1e-9 + 1e3})
    y = (X["a"] / 1e9 + rng.normal(size=80)).clip(lower=0)
    assert sc.tobit(y, X).coef["a"] * 1e9 == pytest.approx(1, abs=0.4)


def test_another_packages_error_is_put_in_our_words(
    toys: Toys, monkeypatch: pytest.MonkeyPatch
) -> None:
    import spreg
    from linearmodels.panel import PanelOLS

    def broken(*args: Any, **kwargs: Any) -> None:
        raise ZeroDivisionError("no")

    y, X = _data(toys.units, 1)
    monkeypatch.setattr(spreg, "OLS", broken)
    with pytest.raises(EstimationError, match="spreg could not fit this model"):
        sc.spatial_regression(y, X, toys.graph, model="ols")
    monkeypatch.setattr(PanelOLS, "fit", broken)
    with pytest.raises(EstimationError, match="linearmodels could not fit this model"):
        sc.panel_regression(*_data(toys.units, 4))


@pytest.mark.parametrize("name", FITS)
def test_what_cannot_be_fitted_is_named(toys: Toys, name: str) -> None:
    fit, times = FITS[name]
    y, X = _data(toys.units, times)
    with pytest.raises((DataError, SingularDesignError), match="constant"):
        fit(y * 0 + 0.3, X, toys, 1.0)
    near = X.assign(flat=np.where(np.arange(len(X)) < 5, 0.3, 0.1 + 0.2))
    with pytest.raises(SingularDesignError, match="flat"):
        fit(y, near, toys, 1.0)
    with pytest.raises(SingularDesignError, match="twice"):
        fit(y, X.assign(twice=2 * X["a"] - 1e6), toys, 1.0)
    with pytest.raises(DataError, match=r"y \(str"):
        fit(y.astype(str), X, toys, 1.0)
    with pytest.raises(ParameterError, match="'rho', a name that is added here"):
        fit(y, X.rename(columns={"a": "rho"}), toys, 1.0)
    with pytest.raises(SpatialCCDError):
        fit(y.iloc[:3], X.iloc[:3], toys, 1.0)


@pytest.mark.parametrize("dtype", ["int64", "Int64", "float32", "double[pyarrow]", "Float64"])
@pytest.mark.parametrize("name", FITS)
def test_columns_of_any_kind_of_number_give_the_same(toys: Toys, name: str, dtype: str) -> None:
    fit, times = FITS[name]
    y, X = _data(toys.units, times)
    y, X = (y * 100).round(), (X * 100).round()
    plain, other = fit(y, X, toys, 100.0), fit(y.astype(dtype), X.astype(dtype), toys, 100.0)
    np.testing.assert_allclose(other.coef, plain.coef, rtol=1e-9)
