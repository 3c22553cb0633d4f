"""What every tool on panels says of data that cannot be used: words, and no bare exceptions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import DataError, EstimationError, ParameterError
from tests.toys import Toys

_TOOLS: dict[str, Callable[..., Any]] = {
    "sar": lambda y, X, graph: sc.spatial_panel(y, X, graph),
    "sem": lambda y, X, graph: sc.spatial_panel(y, X, graph, model="sem", effects="two-way"),
    "sac": lambda y, X, graph: sc.spatial_panel(y, X, graph, model="sac"),
    "slx": lambda y, X, graph: sc.spatial_panel(y, X, graph, model="slx", effects="time"),
    "none": lambda y, X, graph: sc.spatial_panel(y, X, graph, effects="none"),
    "random": lambda y, X, graph: sc.spatial_panel(y, X, graph, effects="random"),
    "tests": lambda y, X, graph: sc.specification_tests(y, X, graph, n_permutations=19, n_draws=0),
    "dynamic": lambda y, X, graph: sc.dynamic_spatial_panel(y, X, graph),
    "threshold": lambda y, X, **_: sc.panel_threshold(y, X, X["b"] + 0, n_bootstrap=19),
    "quantile": lambda y, X, **_: sc.quantile_regression(y, X),
}


@pytest.fixture
def data(toys: Toys) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    rows = pd.MultiIndex.from_product([toys.units, range(6)], names=["unit", "time"])
    X = pd.DataFrame(rng.normal(size=(216, 2)), rows, ["a", "b"])
    return {"y": X["a"] + rng.normal(size=216), "X": X, "graph": toys.graph}


@pytest.mark.parametrize("tool", _TOOLS)
def test_a_y_of_which_nothing_is_left(data: dict[str, Any], tool: str) -> None:
    run = _TOOLS[tool]
    for y in (data["y"] * 0 + 3.5, 2 * data["X"]["a"] - data["X"]["b"] + 1):
        with pytest.raises(EstimationError, match="nothing of"):
            run(**{**data, "y": y.rename("y")})


@pytest.mark.parametrize("tool", ["sar", "sem", "sac", "tests", "dynamic", "threshold"])
def test_a_y_that_does_not_vary_within_units(data: dict[str, Any], tool: str) -> None:
    y = data["y"].groupby(level=0).transform("mean")
    with pytest.raises(EstimationError, match=r"does not vary within|nothing of"):
        _TOOLS[tool](**{**data, "y": y})


@pytest.mark.parametrize("name", ["rho", "sigma2", "lag of b", "lagged y", "b"])
def test_covariates_that_are_called_like_parameters(data: dict[str, Any], name: str) -> None:
    X = data["X"].rename(columns={"a": name})
    for tool in ("sar", "tests", "dynamic"):
        with pytest.raises(ParameterError, match=f"called {name}"):
            _TOOLS[tool](**{**data, "X": X})


@pytest.mark.parametrize("tool", ["sar", "tests", "dynamic"])
def test_text_in_place_of_numbers(data: dict[str, Any], tool: str) -> None:
    with pytest.raises(DataError, match=r"no numbers|hold numbers"):
        _TOOLS[tool](**{**data, "y": data["y"].astype(str)})
    with pytest.raises(DataError, match="no numbers"):
        _TOOLS[tool](**{**data, "X": data["X"].astype({"a": str})})


@pytest.mark.parametrize("model", ["sar", "sem", "sdm", "sac"])
def test_units_of_measurement_do_not_matter(data: dict[str, Any], model: str) -> None:
    settings = {"model": model, "effects": "two-way", "seed": 1, "n_draws": 50}
    plain = sc.spatial_panel(**data, **settings)
    large = sc.spatial_panel(data["y"] * 1e9, data["X"] * 1e-7, data["graph"], **settings)
    for name in plain.terms.index:
        scale = {"rho": 1, "lambda": 1, "sigma2": 1e18}.get(name, 1e16)
        assert large.coef[name] == pytest.approx(plain.coef[name] * scale, rel=1e-6)
        assert large.se[name] == pytest.approx(plain.se[name] * scale, rel=1e-5)
    np.testing.assert_allclose(
        large.effects["se_simulated"], plain.effects["se_simulated"] * 1e16, rtol=1e-4
    )
