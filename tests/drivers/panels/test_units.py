"""No unit of measurement moves a spatial panel: of y, of its covariates, or of the weights."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

import spatialccd as sc
from spatialccd import _align
from tests.toys import Toys

#: Multiples of x and y, and what is added to x.
SCALES = [(1e9, 1.0, 0.0), (1e-9, 1e12, 0.0), (1.0, 1e-12, 0.0), (1.0, 1.0, 1e6),
          (1e4, 1e4, 1e10)]  # fmt: skip
CASES = [
    (model, effects)
    for model in ("sar", "sem", "sdm", "sac", "slx", "sdem")
    for effects in ("unit", "two-way", "none", "random")
    if (model, effects) != ("sac", "random")
]


@pytest.fixture(scope="module")
def toys() -> Toys:
    return Toys(6, 6)


def _panel(toys: Toys) -> tuple[pd.Series, pd.DataFrame]:
    rng = np.random.default_rng(11)
    rows = pd.MultiIndex.from_product([toys.units, range(5)], names=["unit", "time"])
    X = pd.DataFrame(rng.normal(size=(len(rows), 2)), rows, ["a", "b"])
    own = np.repeat(rng.normal(size=len(toys.units)), 5)
    return 3 + 0.6 * X["a"] - 0.3 * X["b"] + own + rng.normal(scale=0.8, size=len(rows)), X


@pytest.mark.parametrize(("model", "effects"), CASES)
def test_a_unit_of_measurement_moves_nothing(toys: Toys, model: str, effects: str) -> None:
    """Nor does a far zero; it moves the intercept by as much as it must."""
    y, X = _panel(toys)
    settings = {"model": model, "effects": effects, "n_draws": 50, "seed": 1}
    plain = sc.spatial_panel(y, X, toys.graph, **settings)
    slopes = [name for name in plain.terms.index if name in ("a", "b") or "lag of" in name]
    free = [name for name in plain.terms.index if name in ("rho", "lambda", "phi")]
    figures = ["value", "se", "low", "high", "se_simulated", "low_simulated", "high_simulated"]
    for x_unit, y_unit, added in SCALES:
        moved = sc.spatial_panel(y * y_unit, X * x_unit + added, toys.graph, **settings)
        ratio = y_unit / x_unit
        for column in ("coef", "se"):
            np.testing.assert_allclose(
                moved.terms.loc[slopes, column] / ratio, plain.terms.loc[slopes, column], rtol=1e-6
            )
            np.testing.assert_allclose(
                moved.terms.loc[free, column], plain.terms.loc[free, column], atol=1e-7
            )
        np.testing.assert_allclose(
            moved.effects[figures] / ratio, plain.effects[figures], rtol=1e-5, atol=1e-9
        )
        np.testing.assert_allclose(moved.effects["p"], plain.effects["p"], atol=1e-6)
        np.testing.assert_allclose(moved.residuals / y_unit, plain.residuals, atol=1e-5)
        assert moved.coef["sigma2"] / y_unit**2 == pytest.approx(plain.coef["sigma2"])
        if effects in ("none", "random"):  # the others count fewer rows than there are
            expected = plain.statistics["log_likelihood"] - len(y) * np.log(y_unit)
            assert moved.statistics["log_likelihood"] == pytest.approx(expected)


@pytest.mark.parametrize("model", ["sar", "sem", "sdm", "sac", "slx"])
@pytest.mark.parametrize("row_standardize", [True, False])
def test_the_intercept_is_that_of_the_data(toys: Toys, model: str, row_standardize: bool) -> None:
    """It is what is left of the mean, its error that of generalized least squares with rho free."""
    y, X = _panel(toys)
    X = X.add([50.0, -20.0])
    fitted = sc.spatial_panel(
        y, X, toys.graph, model=model, effects="none", row_standardize=row_standardize, seed=1
    )
    W = _align.graph_matrix(toys.graph, toys.units, row_standardize=row_standardize).toarray()
    full = np.kron(W, np.eye(5))
    coef = fitted.coef
    rho, lam = coef.get("rho", 0.0), coef.get("lambda", 0.0)
    Z = np.column_stack([np.ones(len(y)), X])
    if "lag of a" in coef:
        Z = np.column_stack([Z, full @ X])
    B, A = np.eye(len(y)) - lam * full, np.eye(len(y)) - rho * full
    slopes, *_ = np.linalg.lstsq(B @ Z, B @ (A @ y), rcond=None)
    np.testing.assert_allclose(coef.iloc[: Z.shape[1]], slopes, rtol=1e-7)
    e = B @ (A @ y - Z @ slopes)
    s2 = float(e @ e) / len(y)
    G, H = full @ np.linalg.inv(A), full @ np.linalg.inv(B)
    size = Z.shape[1] + ("rho" in coef) + ("lambda" in coef) + 1
    information = np.zeros((size, size))
    k = Z.shape[1]
    information[:k, :k] = (B @ Z).T @ (B @ Z) / s2
    at = k
    if "rho" in coef:
        mean, turned = B @ G @ Z @ slopes, B @ G @ np.linalg.inv(B)
        information[:k, at] = information[at, :k] = (B @ Z).T @ mean / s2
        information[at, at] = mean @ mean / s2 + (turned * turned.T).sum() + (turned**2).sum()
        information[at, -1] = information[-1, at] = np.trace(G) / s2
        at += 1
    if "lambda" in coef:
        information[at, at] = (H * H.T).sum() + (H**2).sum()
        information[at, -1] = information[-1, at] = np.trace(H) / s2
        if "rho" in coef:
            both = (H * turned.T).sum() + (H * turned).sum()
            information[at, at - 1] = information[at - 1, at] = both
    information[-1, -1] = len(y) / (2 * s2**2)
    se = np.sqrt(np.diag(np.linalg.inv(information)))
    np.testing.assert_allclose(fitted.se.iloc[:k], se[:k], rtol=1e-6)


@pytest.mark.filterwarnings("ignore::spatialccd.errors.ApproachWarning")
@pytest.mark.parametrize("unit", [1e-12, 1e9])
@pytest.mark.parametrize(("model", "effects"), CASES)
def test_a_unit_of_the_weights_moves_their_parameter_alone(
    toys: Toys, model: str, effects: str, unit: float
) -> None:
    """One over squared meters is 1e-10: rho is then that much larger, and nothing else moves."""
    if effects == "two-way" and model in ("sem", "sdem", "sac"):
        return  # without row-standardized weights these are refused
    y, X = _panel(toys)
    other = Graph(toys.graph.adjacency * unit)
    settings = {"model": model, "effects": effects, "row_standardize": False, "seed": 1}
    plain = sc.spatial_panel(y, X, toys.graph, **settings)
    moved = sc.spatial_panel(y, X, other, **settings)
    scale = np.array(
        [unit if n in ("rho", "lambda") or "lag of" in n else 1.0 for n in plain.coef.index]
    )
    for column in ("coef", "se"):
        np.testing.assert_allclose(moved.terms[column] * scale, plain.terms[column], rtol=1e-6)
    np.testing.assert_allclose(moved.effects["value"], plain.effects["value"], rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(moved.effects["se"], plain.effects["se"], rtol=1e-5)
