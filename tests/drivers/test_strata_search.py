"""Strata searched for (optimal_strata) and drawn on the map (spatial_strata)."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csgraph

import spatialccd as sc
from spatialccd import _align
from spatialccd.errors import (
    AlignmentError,
    DataError,
    GeometryError,
    IslandWarning,
    ParameterError,
    ThinStrataWarning,
)
from tests.toys import Toys, square_grid


@pytest.fixture
def rain() -> tuple[pd.Series, pd.DataFrame]:
    """A step at 3 in rain explains y; wind does not; soil is a class."""
    rng = np.random.default_rng(0)
    unit = pd.Index([f"U{i:02d}" for i in range(50)], name="unit")
    X = pd.DataFrame(
        {
            "rain": rng.gamma(3, size=50),
            "wind": rng.normal(size=50),
            "soil": pd.Categorical(rng.choice(["clay", "loam", "sand"], 50)),
        },
        unit,
    )
    return (X["rain"] > 3) * 2.0 + 0.5 * pd.Series(rng.normal(size=50), unit), X


@pytest.mark.compares("optimal_strata", against="every cut that stratify gives")
def test_the_search_keeps_the_best_of_what_stratify_gives(rain: Any) -> None:
    y, X = rain
    found = sc.optimal_strata(y, X, k_range=(2, 5), n_permutations=49, seed=1)
    q = {}
    for method in ("equal_interval", "natural_breaks", "quantile", "geometric"):
        for k in range(2, 6):
            if method == "geometric":
                strata = sc.stratify(X[["rain"]], method=method, k=k)
            else:
                strata = sc.stratify(X[["rain", "wind"]], method=method, k=k)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ThinStrataWarning)
                figures = sc.factor_detector(y, strata, n_permutations=0).to_frame()
            for row in figures.to_dict("records"):
                if row["smallest"] >= 2:
                    q[row["factor"], method, k] = row["q"]
    tried = found.search.dropna(subset="q").set_index(["factor", "method", "k"])["q"]
    for key, value in q.items():
        assert tried[key] == pytest.approx(value, abs=1e-12)
    for row in found.best.to_dict("records"):
        assert row["q"] == pytest.approx(tried[row["factor"]].max(), abs=1e-12)
    assert found.best.set_index("factor").loc["rain", "p_search"] == 0.02  # the least of 49 draws
    assert found.best.set_index("factor").loc["soil", "method"] == "as given"
    assert "geometric" not in set(found.search.loc[found.search["factor"] == "wind", "method"])


def test_chosen_strata_serve_every_detector_and_say_that_they_were_chosen(rain: Any) -> None:
    y, X = rain
    found = sc.optimal_strata(y, X, n_permutations=0)
    detected = sc.factor_detector(y, found, n_permutations=0)
    assert "see p_search" in detected.summary()
    assert "p_search" not in found.best
    np.testing.assert_allclose(detected.q, found.best["q"], atol=1e-12)
    pd.testing.assert_series_equal(found.labels["soil"], X["soil"])
    limits = found.breaks[found.breaks["factor"] == "rain"].set_index("stratum")
    upper = limits["upper"].reindex(found.labels["rain"].astype(int)).to_numpy()
    lower = limits["lower"].reindex(found.labels["rain"].astype(int)).to_numpy()
    assert ((X["rain"] <= upper) & (X["rain"] >= lower)).all()


def test_a_search_for_a_value_over_years_broadcasts_and_restricts(toys: Toys) -> None:
    y = toys.scores["economy"]
    found = sc.optimal_strata(
        y, toys.year[["forest"]], k_range=(3, 3), n_permutations=19, restrict="units", seed=1
    )
    assert found.labels.index.equals(y.index)
    assert (found.labels.groupby("unit")["forest"].nunique() == 1).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"methods": ["jenks"]}, "'jenks' is not known"),
        ({"methods": "quantile"}, "must be a list"),
        ({"k_range": (5, 3)}, "k_range must be"),
        ({"k_range": (1, 3)}, "out of range"),
        ({"categorical": ["zone"]}, "no column zone"),
    ],
)
def test_settings_of_the_search_are_checked(rain: Any, arguments: Any, message: str) -> None:
    y, X = rain
    with pytest.raises(ParameterError, match=message):
        sc.optimal_strata(y, X, **arguments)


def test_a_factor_that_cannot_be_cut_is_named(rain: Any) -> None:
    y, X = rain
    with pytest.raises(DataError, match="no cut of flat, each"):
        sc.optimal_strata(y, X.assign(flat=1.0, each=pd.Categorical(range(50))), n_permutations=0)
    with pytest.raises(DataError, match="y is constant"):
        sc.optimal_strata(y * 0, X)
    with pytest.raises(DataError, match="rain holds numbers as text"):
        sc.optimal_strata(y, X.assign(rain=X["rain"].astype(str)))


# --- regions ------------------------------------------------------------------------------------


def _is_connected(labels: pd.Series, graph: Any) -> bool:
    """Every region hangs together on the map."""
    matrix = _align.graph_matrix(graph, labels.index)
    codes = labels.astype(int).to_numpy()
    return all(
        csgraph.connected_components(matrix[codes == c][:, codes == c], directed=False)[0] == 1
        for c in np.unique(codes)
    )


@pytest.mark.compares("spatial_strata", against="connectedness, counted")
@pytest.mark.parametrize("method", ["ward", "skater"])
def test_regions_are_connected_and_alike(toys: Toys, method: Any) -> None:
    X = toys.year[["income", "smoke"]]
    strata = sc.spatial_strata(X, toys.areas, k=4, method=method)
    assert strata.labels["region"].nunique() == 4
    assert _is_connected(strata.labels["region"], toys.graph)
    z = (X - X.mean()) / X.std()
    within = (z - z.groupby(strata.labels["region"], observed=True).transform("mean")).pow(2)
    assert within.to_numpy().sum() < 0.6 * z.pow(2).to_numpy().sum()
    shuffled = sc.spatial_strata(toys.shuffled(X), toys.areas, k=4, method=method)
    pd.testing.assert_frame_equal(shuffled.labels.sort_index(), strata.labels.sort_index())


@pytest.mark.parametrize("method", ["ward", "skater"])
def test_a_step_on_the_map_is_found(method: Any) -> None:
    """Two halves, alike within: neighbors without any difference must not be torn apart."""
    areas = square_grid(4, 6)
    east = areas.centroid.x > 30_000
    X = pd.DataFrame({"height": east.astype(float)}, areas.index)
    labels = sc.spatial_strata(X, areas, k=2, method=method).labels["region"]
    assert labels.groupby(east.to_numpy(), observed=True).nunique().tolist() == [1, 1]
    assert labels.nunique() == 2


def test_coordinates_give_compact_regions(toys: Toys) -> None:
    """Nearer to their centers than four strips of the grid are."""
    centers = toys.areas.centroid.get_coordinates()
    labels = sc.spatial_strata(centers, toys.areas, k=4, standardize=False).labels["region"]

    def spread(groups: Any) -> float:
        middle = centers.groupby(np.asarray(groups)).transform("mean")
        return float(((centers - middle) ** 2).to_numpy().sum())

    assert spread(labels.astype(int)) < spread(np.arange(36) // 9)


def test_a_given_graph_takes_the_place_of_touching(toys: Toys) -> None:
    X = toys.year[["income"]]
    by_graph = sc.spatial_strata(X, graph=toys.graph, k=3)
    by_areas = sc.spatial_strata(X, toys.areas, k=3)
    pd.testing.assert_frame_equal(by_graph.labels, by_areas.labels)


def test_the_policy_for_islands_is_followed(toys: Toys) -> None:
    """The first column of the grid is taken off by two rows of cells: three cells stand apart."""
    keep = ~toys.units.isin(["A01", "A06", "A07"])
    areas, X = toys.areas[keep], toys.year.loc[keep, ["income"]]
    with pytest.warns(IslandWarning, match="A00 to A"):
        linked = sc.spatial_strata(X, areas, k=3)
    assert linked.labels["region"].nunique() == 3
    with pytest.warns(IslandWarning, match="regions by themselves: A00"):
        apart = sc.spatial_strata(X, areas, k=3, islands="apart")
    assert apart.labels["region"].nunique() == 4
    assert (apart.labels["region"] == apart.labels.loc["A00", "region"]).sum() == 1
    with pytest.raises(GeometryError, match="A00"):
        sc.spatial_strata(X, areas, k=3, islands="error")
    from libpysal.graph import Graph

    graph = Graph.build_contiguity(areas, rook=False)
    with pytest.raises(ParameterError, match="needs geometry="):
        sc.spatial_strata(X, graph=graph, k=3)


def test_bad_input_for_regions_is_named(toys: Toys) -> None:
    X = toys.year[["income"]]
    with pytest.raises(ParameterError, match="graph=neighbors"):
        sc.spatial_strata(X, k=3)
    with pytest.raises(ParameterError, match="is a panel"):
        sc.spatial_strata(toys.panel, toys.areas)
    with pytest.raises(DataError, match="word does not hold numbers; flat has one value"):
        sc.spatial_strata(X.assign(word="a", flat=1.0), toys.areas)
    with pytest.raises(ParameterError, match="k=36"):
        sc.spatial_strata(X, toys.areas, k=36)
    with pytest.raises(AlignmentError, match="A00"):
        sc.spatial_strata(X.iloc[1:], toys.areas)


def test_regions_serve_as_strata(toys: Toys) -> None:
    regions = sc.spatial_strata(toys.year[["forest", "schools"]], toys.areas, k=4)
    found = sc.factor_detector(toys.scores["economy"], regions, by="time", n_permutations=0)
    assert "4 connected regions by ward of forest, schools" in found.summary()
    assert len(found.to_frame()) == len(toys.years)
