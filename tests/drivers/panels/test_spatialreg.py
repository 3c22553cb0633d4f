"""Agreement with R's spatialreg, spdep and plm: figures kept beside the script that made them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

import spatialccd as sc
from spatialccd._spatial.multipliers import multipliers
from spatialccd.drivers.panels._contrasts import dependence_of_units
from spatialccd.drivers.panels._layout import lay_out, make_sample

_DATA = Path(__file__).parent / "data"
_TESTS = {
    "LMlag": "lm_lag",
    "LMerr": "lm_error",
    "RLMlag": "robust_lm_lag",
    "RLMerr": "robust_lm_error",
    "SARMA": "lm_sarma",
}


@pytest.fixture(scope="module")
def panel() -> tuple[pd.Series, pd.DataFrame, Graph]:
    data = pd.read_csv(_DATA / "panel25.csv").set_index(["unit", "time"])
    places = {5 * row + column + 1: (row, column) for row in range(5) for column in range(5)}
    links = {
        i: {j: 1 for j, b in places.items() if abs(a[0] - b[0]) + abs(a[1] - b[1]) == 1}
        for i, a in places.items()
    }
    return data["y"], data[["x", "z"]], Graph.from_dicts(links)


def _known(case: str) -> pd.Series:
    every = pd.read_csv(_DATA / "spatialreg.csv")
    known = every[every["case"] == case].set_index("name")["value"]
    return known.rename(
        lambda name: name.replace("(Intercept)", "Intercept").replace("lag.", "lag of ")
    )


def _check(fitted: sc.SpatialPanel, known: pd.Series) -> None:
    """Their search stops at some 1e-8 of the likelihood's height."""
    for name, value in known.items():
        kind, _, term = str(name).partition(" ")
        if kind == "se":
            assert fitted.se[term] == pytest.approx(value, rel=1e-5)
        elif str(name).endswith(("direct", "total")):
            found = fitted.effects.loc[tuple(str(name).split()), "value"]
            assert found == pytest.approx(value, abs=1e-6)
        elif name == "log_likelihood":
            assert fitted.statistics[name] == pytest.approx(value, abs=1e-8)
        else:
            assert fitted.coef[name] == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize("model", ["sar", "sem", "sdm", "sdem"])
def test_a_cross_section(panel: tuple[pd.Series, pd.DataFrame, Graph], model: str) -> None:
    y, X, graph = panel
    one = y.xs(1, level="time"), X.xs(1, level="time")
    fitted = sc.spatial_panel(*one, graph, model=model, effects="none", seed=1)
    _check(fitted, _known(f"cross-section/{model}"))


@pytest.mark.parametrize("model", ["sar", "sem"])
def test_a_panel_by_the_direct_approach(
    panel: tuple[pd.Series, pd.DataFrame, Graph], model: str
) -> None:
    fitted = sc.spatial_panel(*panel, model=model, effects="two-way", approach="direct", seed=1)
    _check(fitted, _known(f"two-way/{model}"))


def test_multipliers_and_dependence(panel: tuple[pd.Series, pd.DataFrame, Graph]) -> None:
    y, X, graph = panel
    one = lay_out(y.xs(1, level="time"), X.xs(1, level="time"), graph, row_standardize=True)
    sample, _ = make_sample(one, "sar", "none", "direct")
    found, known = multipliers(sample, centered=False), _known("cross-section/tests")
    for theirs, ours in _TESTS.items():
        assert found[ours][0] == pytest.approx(known[theirs], rel=1e-9)
    whole = lay_out(y, X, graph, row_standardize=True)
    cd = dependence_of_units(whole, "unit")[0]
    assert cd == pytest.approx(_known("unit/tests")["pesaran_cd"], rel=1e-9)
    assert np.isfinite(cd)
