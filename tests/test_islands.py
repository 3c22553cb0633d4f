"""One policy for units that ``neighbors(islands="drop")`` took out: in no figure, and named."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

import spatialccd as sc
from spatialccd.errors import IslandWarning, ShortPanelWarning

_FAR = "aa far"  # first in order: a policy by position would show


def _areas() -> gpd.GeoDataFrame:
    cells = {f"u{i}{j}": box(i, j, i + 1, j + 1) for i in range(4) for j in range(4)}
    return gpd.GeoDataFrame(geometry=pd.Series({**cells, _FAR: box(50, 50, 51, 51)}), crs=3857)


@pytest.fixture(scope="module")
def areas() -> gpd.GeoDataFrame:
    found = _areas()
    found.index.name = "unit"
    return found


def _panel(units: pd.Index) -> pd.DataFrame:
    """An outlier at the far unit moves every figure that it gets into."""
    rows = pd.MultiIndex.from_product([units, range(4)], names=["unit", "time"])
    data = np.random.default_rng(7).normal(size=(len(rows), 2)) + 5
    panel = pd.DataFrame(data, rows, ["y", "x"]).sort_index()
    panel.loc[_FAR] = panel.loc[_FAR].to_numpy() + 100
    return panel


def _quietly(function: Callable[..., Any], *given: Any) -> Any:
    """Call what warns of a panel this short."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ShortPanelWarning)
        return function(*given)


_SEEDED: dict[str, Any] = {"n_permutations": 99, "seed": 1}
#: What takes values, covariates and a graph.
CALLS: dict[str, Callable[[pd.DataFrame, Any], Any]] = {
    "global_moran": lambda p, g: sc.global_moran(p["y"], g, **_SEEDED),
    "local_moran": lambda p, g: sc.local_moran(p["y"].xs(0, level=1), g, **_SEEDED),
    "bivariate_moran": lambda p, g: sc.bivariate_moran(p["x"], p["y"], g, **_SEEDED),
    "local_bivariate_moran": lambda p, g: sc.local_bivariate_moran(
        p["x"].xs(0, level=1), p["y"].xs(0, level=1), g, **_SEEDED
    ),
    "global_geary": lambda p, g: sc.global_geary(p["y"], g, **_SEEDED),
    "local_geary": lambda p, g: sc.local_geary(p["y"].xs(0, level=1), g, **_SEEDED),
    "global_getis_ord": lambda p, g: sc.global_getis_ord(p["y"], g, **_SEEDED),
    "local_getis_ord": lambda p, g: sc.local_getis_ord(p["y"].xs(0, level=1), g, **_SEEDED),
    "join_counts": lambda p, g: sc.join_counts(
        (p["y"] > 5).map({True: "a", False: "b"}), g, **_SEEDED
    ),
    "emerging_hot_spots": lambda p, g: _quietly(sc.emerging_hot_spots, p["y"], g),
    "lisa_transitions": lambda p, g: sc.lisa_transitions(p["y"], g),
    "lisa_paths": lambda p, g: sc.lisa_paths(p["y"], g),
    "lee_l": lambda p, g: sc.lee_l(p["x"], p["y"], g, **_SEEDED),
    "metacoupling": lambda p, g: sc.metacoupling(
        g, a=(p["y"] / 200).clip(0, 1), b=(p["x"] / 200).clip(0, 1)
    ),
    "moran_scatterplot": lambda p, g: sc.moran_scatterplot(p["y"], g),
    "spatial_markov": lambda p, g: sc.spatial_markov(p["y"], g, k=2),
    "spatial_regression": lambda p, g: sc.spatial_regression(
        p["y"].xs(0, level=1), p[["x"]].xs(0, level=1), g, n_draws=20, seed=1
    ),
    "spatial_regression of a panel": lambda p, g: sc.spatial_regression(
        p["y"], p[["x"]], g, model="error", n_draws=20, seed=1
    ),
    "beta_convergence": lambda p, g: sc.beta_convergence(p["y"] + 10, graph=g),
    "beta_convergence by sar": lambda p, g: sc.beta_convergence(p["y"] + 10, graph=g, model="sar"),
    "smooth_rates": lambda p, g: sc.smooth_rates(
        p["y"].abs().round() + 1, p["x"].abs() * 50 + 500, g, method="spatial_empirical_bayes"
    ),
    "global_moran_rates": lambda p, g: sc.global_moran_rates(
        p["y"].abs().round() + 1, p["x"].abs() * 50 + 500, g, **_SEEDED
    ),
    "spatial_panel": lambda p, g: sc.spatial_panel(p["y"], p[["x"]], g, n_draws=20, seed=1),
    "dynamic_spatial_panel": lambda p, g: sc.dynamic_spatial_panel(
        p["y"], p[["x"]], g, n_draws=20, seed=1
    ),
    "specification_tests": lambda p, g: sc.specification_tests(
        p["y"], p[["x"]], g, n_permutations=19, n_draws=0, seed=1
    ),
    "stochastic_kernel": lambda p, g: sc.stochastic_kernel(
        p["y"] + 10, g, given="neighbors", points=11
    ),
    "losh": lambda p, g: sc.losh(p["y"].xs(0, level=1), g, **_SEEDED),
    "local_multivariate_geary": lambda p, g: sc.local_multivariate_geary(
        p.xs(0, level=1)[["x", "y"]], g, **_SEEDED
    ),
    "local_join_counts": lambda p, g: sc.local_join_counts(
        (p["y"].xs(0, level=1) > 5).map({True: "a", False: "b"}), g, **_SEEDED
    ),
    "spade": lambda p, g: sc.spade(
        p["y"].xs(0, level=1), p[["x"]].xs(0, level=1), graph=g, k_range=(2, 3), **_SEEDED
    ),
    "idsa": lambda p, g: sc.idsa(
        p["y"].xs(0, level=1), p[["x"]].xs(0, level=1), graph=g, k_range=(2, 3), n_permutations=0
    ),
    "spatial_strata": lambda p, g: sc.spatial_strata(p[["x"]].xs(0, level=1), graph=g, k=3),
}


def _dropped(areas: gpd.GeoDataFrame) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IslandWarning)
        return sc.neighbors(areas, islands="drop")


def test_every_function_that_takes_a_graph_is_here() -> None:
    import inspect

    # These make a graph or draw one; their own tests say what they do with what was dropped.
    others = {"combine_neighbors", "economic_weights", "write_neighbors"}
    taking = {
        name
        for name in dir(sc)
        if name.islower() and not name.startswith(("chart_", "map_", "_"))
        and callable(getattr(sc, name))
        and "graph" in inspect.signature(getattr(sc, name)).parameters
    }  # fmt: skip
    assert taking - others <= {name.split()[0] for name in CALLS}


@pytest.mark.parametrize("name", CALLS)
def test_what_a_graph_dropped_is_in_no_figure_and_named(areas: gpd.GeoDataFrame, name: str) -> None:
    panel = _panel(areas.index)
    with_far = CALLS[name](panel, _dropped(areas))
    kept = areas.drop(_FAR)
    without = CALLS[name](panel.drop(_FAR, level="unit"), sc.neighbors(kept))
    assert list(with_far.dropped) == [_FAR]
    assert any(_FAR in note for note in with_far.notes())
    assert not len(without.dropped)
    assert not any("Left out" in note for note in without.notes())
    found, wanted = with_far.to_frame(), without.to_frame()
    pd.testing.assert_frame_equal(
        found.loc[wanted.index], wanted, check_dtype=False, check_categorical=False
    )
    rest = found.drop(index=wanted.index)
    if "cluster" in rest:
        assert rest["cluster"].tolist() == ["No neighbors"]
    assert rest.select_dtypes("number").isna().all(axis=None)
    assert set(rest.index.get_level_values(0)) <= {_FAR}


def test_the_figures_beside_the_table_are_those_without(areas: gpd.GeoDataFrame) -> None:
    panel = _panel(areas.index)
    year, rest = panel.xs(0, level=1), panel.xs(0, level=1).drop(_FAR)
    graph, own = _dropped(areas), sc.neighbors(areas.drop(_FAR))
    fitted = sc.spatial_regression(year["y"], year[["x"]], graph, n_draws=50, seed=1)
    alone = sc.spatial_regression(rest["y"], rest[["x"]], own, n_draws=50, seed=1)
    pd.testing.assert_frame_equal(fitted.effects, alone.effects)
    assert fitted.residuals.isna().sum() == 1
    assert list(fitted.residuals.index) == list(year.index)
    chain = sc.spatial_markov(panel["y"], graph, k=2)
    assert chain.classes.isna().sum() == chain.lag_classes.isna().sum() == 4
    assert list(chain.classes.index) == list(panel.index)


def test_detectors_leave_out_what_regions_left_out(areas: gpd.GeoDataFrame) -> None:
    panel = _panel(areas.index)
    year, graph = panel.xs(0, level=1), _dropped(areas)
    by_place = areas.centroid.get_coordinates()
    strata = sc.spatial_strata(by_place, graph=graph, k=3, standardize=False)
    assert strata.labels["region"].isna().sum() == 1
    blocks = pd.Series("b", areas.index)
    found = sc.factor_detector(
        year["y"], strata, blocks=blocks, restrict="blocks", n_permutations=99, seed=1
    )
    alone = sc.factor_detector(
        year["y"].drop(_FAR), strata.labels.drop(_FAR), n_permutations=99, seed=1
    )
    assert found.to_frame()["n"].tolist() == [16]
    np.testing.assert_allclose(found.to_frame()["q"], alone.to_frame()["q"])
    assert _FAR in found.basis
    everywhere = sc.factor_detector(panel["y"], strata, by="time", n_permutations=0)
    assert everywhere.to_frame()["n"].tolist() == [16] * 4


def test_islands_that_stay_have_no_lag_and_are_named_once(areas: gpd.GeoDataFrame) -> None:
    with pytest.warns(IslandWarning, match=_FAR):
        graph = sc.neighbors(areas, islands="keep")
    chain = sc.spatial_markov(_panel(areas.index)["y"], graph, k=2)
    assert list(chain.islands) == [_FAR]
    assert _FAR in chain.notes()[0]
    with pytest.warns(IslandWarning, match=_FAR):
        sc.spatial_markov(_panel(areas.index)["y"], graph.graph, k=2)
