"""Geodetector's family: published values, independent implementations, and what noise gives."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph
from pyproj import Geod

import spatialccd as sc
from spatialccd.errors import DataError, GeometryError, ParameterError
from tests.drivers.searched_sizes import sizes
from tests.toys import Toys


@pytest.fixture(scope="module")
def ndvi(shared: Path) -> tuple[pd.Series, pd.DataFrame, dict[str, Any]]:
    """Change of NDVI and six factors (gdverse's example): 713 rows."""
    folder = shared / "verify" / "gdverse_ndvi"
    data = pd.read_csv(folder / "data.csv").rename_axis("unit")
    expected = json.loads((folder / "expected.json").read_text())["expected"]
    return data.pop("NDVIchange"), data, expected


@pytest.fixture(scope="module")
def depression(shared: Path) -> tuple[pd.Series, pd.DataFrame, Graph, dict[str, Any]]:
    """Prevalence of depression and ten factors (gdverse's example), and 1/geodesic distance."""
    folder = shared / "verify" / "gdverse_depression"
    data = pd.read_csv(folder / "data.csv").rename_axis("unit")
    expected = json.loads((folder / "expected.json").read_text())["expected"]
    lon, lat = data.pop("X").to_numpy(), data.pop("Y").to_numpy()
    i, j = np.triu_indices(len(data), 1)
    weight = 1 / np.asarray(Geod(ellps="WGS84").inv(lon[i], lat[i], lon[j], lat[j])[2])
    focal, other = np.concatenate([i, j]), np.concatenate([j, i])
    graph = Graph.from_arrays(focal, other, np.concatenate([weight, weight]))
    return data.pop("Depression_prevelence"), data, graph, expected


# --- trees ----------------------------------------------------------------------------------------


@pytest.mark.compares("gozh", against="gdverse (R), printed q")
def test_trees_explain_what_gdverse_prints(ndvi: Any) -> None:
    y, X, expected = ndvi
    found = sc.gozh(y, X, n_permutations=0)
    q = found.to_frame().set_index("factor")["q"]
    for factor, printed in expected["gozh"].items():
        if factor != "status":
            assert q[factor] == pytest.approx(printed, abs=expected["tolerance_q"])
    pairs = found.pairs.set_index(["factor_a", "factor_b"])["q"]
    assert len(expected["gozh_pairs_q"]) == len(pairs)
    for pair, printed in expected["gozh_pairs_q"].items():
        assert pairs[tuple(pair.split("|"))] == pytest.approx(printed, abs=expected["tolerance_q"])
    assert (found.strata.groupby("factor")["n"].sum() == len(y)).all()


def test_the_tree_on_every_subset_is_that_of_rpart(ndvi: Any, shared: Path) -> None:
    y, X, _ = ndvi
    subsets = pd.read_csv(shared / "verify" / "gdverse_ndvi" / "gozh_subsets.csv")
    for subset, printed in zip(subsets["subset"], subsets["q"], strict=True):
        factors = [c for c in X if c in subset]
        found = sc.lesh(y, X[factors], n_permutations=0).q_all if len(factors) > 1 else None
        if found is not None:
            assert found == pytest.approx(printed, abs=1e-12)


def test_a_tree_on_numbers_is_that_of_scikit_learn() -> None:
    from sklearn.tree import DecisionTreeRegressor

    rng = np.random.default_rng(4)
    X = pd.DataFrame(rng.normal(size=(150, 3)), columns=list("abc"))
    y = X["a"] * (X["b"] > 0) + pd.Series(rng.normal(size=150))
    tree = DecisionTreeRegressor(
        min_samples_split=20, min_samples_leaf=7, ccp_alpha=0.01 * y.var(ddof=0), random_state=1
    ).fit(X, y)
    own = sc.lesh(y, X, n_permutations=0)
    assert own.q_all == pytest.approx(tree.score(X, y), abs=1e-12)


@pytest.mark.compares("lesh", against="gdverse (R), printed shares")
def test_shapley_values_are_those_printed_and_the_true_ones(ndvi: Any) -> None:
    y, X, expected = ndvi
    printed = sc.lesh(y, X, legacy=True, n_permutations=0)
    parts = printed.pairs.set_index(["factor_a", "factor_b"])[["spd_a", "spd_b"]]
    assert len(expected["lesh_spd_printed"]) == len(parts) == 15
    for pair, values in expected["lesh_spd_printed"].items():
        np.testing.assert_allclose(
            parts.loc[tuple(pair.split("|"))], values, atol=expected["tolerance_q"]
        )
    true = sc.lesh(y, X, n_permutations=0)
    theta = true.to_frame().set_index("factor")["theta"]
    wanted = dict(expected["lesh_theta_true_shapley"])
    assert theta.sum() == pytest.approx(wanted.pop("sum"), abs=1e-9)
    assert theta.sum() == pytest.approx(true.q_all, abs=1e-12)
    for factor, value in wanted.items():
        assert theta[factor] == pytest.approx(value, abs=1e-9)
    assert any("legacy" in note for note in printed.notes())


def test_orders_drawn_come_near_the_exact_shares(
    monkeypatch: pytest.MonkeyPatch, ndvi: Any
) -> None:
    y, X, _ = ndvi
    exact = sc.lesh(y, X, n_permutations=0).to_frame()
    monkeypatch.setattr("spatialccd.drivers.geodetector.lesh._EXACT", 3)
    drawn = sc.lesh(y, X, n_orders=100, n_permutations=0, seed=1).to_frame()
    assert drawn["theta"].sum() == pytest.approx(exact["theta"].sum(), abs=1e-12)
    assert (np.abs(drawn["theta"] - exact["theta"]) <= 3.5 * drawn["se"] + 1e-9).all()
    assert (drawn["se"] > 0).all()


# --- segments -------------------------------------------------------------------------------------


def test_segments_are_the_best_that_part_no_ties(ndvi: Any) -> None:
    y, X, expected = ndvi
    numbers = list(expected["rgd_tie_proof_g3_to_8"])
    for k in range(3, 9):
        found = sc.rgd(y, X[numbers], k_range=(k, k), min_size=1, pairwise=False, n_permutations=0)
        for factor, q in found.to_frame().set_index("factor")["q"].items():
            wanted = expected["rgd_tie_proof_g3_to_8"][factor][k - 3]
            assert q == pytest.approx(wanted, abs=6e-8)
    chosen = sc.rgd(y, X[["Tempchange"]], n_permutations=0).to_frame().iloc[0]
    assert (chosen["strata"], round(chosen["q"], 7)) == (8, expected["rgd"]["Tempchange"]["q"])
    gdp = sc.rgd(y, X[["GDP"]], k_range=(4, 4), n_permutations=0).to_frame()
    assert round(gdp["q"].iloc[0], 7) == expected["rgd"]["GDP"]["q"]


@pytest.mark.compares("rgd", against="all cuts")
def test_segments_are_the_best_of_all_there_are() -> None:
    rng = np.random.default_rng(6)
    x = pd.Series(rng.integers(0, 9, 24) / 2.0)
    y = pd.Series(rng.normal(size=24))
    found = sc.rgd(y, x.to_frame("x") + 0.25, k_range=(3, 3), n_permutations=0)
    best = 0.0
    for cuts in combinations(np.unique(x)[:-1], 2):
        strata = np.searchsorted(cuts, x, side="left")
        sizes = np.bincount(strata, minlength=3)
        if sizes.min() < 2:
            continue
        means = np.bincount(strata, y, 3) / sizes
        best = max(best, (sizes * (means - y.mean()) ** 2).sum() / ((y - y.mean()) ** 2).sum())
    assert found.to_frame()["q"].iloc[0] == pytest.approx(best, abs=1e-12)
    assert found.labels.groupby(x)["x"].nunique().max() == 1


def test_the_overlay_of_two_is_that_of_their_strata(ndvi: Any) -> None:
    y, X, _ = ndvi
    found = sc.rgd(y, X[["Tempchange", "GDP"]], n_permutations=0)
    own = sc.interaction_detector(y, found.labels, n_permutations=0).to_frame()
    assert found.pairs["q"].iloc[0] == pytest.approx(own["q"].iloc[0], abs=1e-12)
    assert found.pairs["strata"].iloc[0] == own["strata"].iloc[0]


# --- spatial variance -----------------------------------------------------------------------------


@pytest.mark.compares("spade", against="gdverse (R), printed")
def test_spade_gives_what_gdverse_prints(depression: Any) -> None:
    y, X, graph, expected = depression
    found = sc.spade(y, X, graph=graph, n_permutations=0).to_frame().set_index("factor")["q"]
    assert set(found.index) == set(expected["spade"])
    for factor, printed in expected["spade"].items():
        assert found[factor] == pytest.approx(printed, abs=expected["tolerance_spade"])


@pytest.mark.compares("idsa", against="gdverse (R), printed")
@pytest.mark.slow
def test_idsa_gives_what_gdverse_prints(depression: Any) -> None:
    y, X, graph, expected = depression
    found = sc.idsa(y, X, graph=graph, n_permutations=0)
    assert len(found.figures) == 1023
    for row, (factors, printed) in zip(
        found.figures.head(5).itertuples(), expected["idsa_top5"], strict=True
    ):
        assert row.factors.split(" + ") == factors
        assert row.q == pytest.approx(printed, abs=expected["tolerance_pid"])
    best = found.figures.iloc[0]
    assert best["zones"] == expected["idsa_zones"] == found.zones.nunique()
    assert best["lone"] == pytest.approx(expected["idsa_share_singletons"], abs=1e-9)
    alone = found.figures[found.figures["size"] == 1].set_index("factors")["q"]
    for factor, value in expected["idsa_single_own"].items():
        assert alone[factor] == pytest.approx(value, abs=1e-12)
    assert found.cuts.set_index("factor")["k"].to_dict() == expected["idsa_k"]


def test_spatial_variance_by_hand() -> None:
    unit = pd.Index(list("abcde"), name="unit")
    places = pd.DataFrame({"x": [0.0, 1, 3, 4, 9], "y": 0.0}, unit)
    y = pd.Series([1.0, 2, 6, 7, 20], unit)
    X = pd.DataFrame({"zone": ["p", "p", "q", "q", "lone"]}, unit)
    found = sc.spade(y, X, places, n_permutations=0).to_frame()["q"].iloc[0]
    pairs = [(0, 1, 1), (0, 2, 3), (0, 3, 4), (1, 2, 2), (1, 3, 3), (2, 3, 1)]
    v = y.to_numpy()
    total = sum((v[i] - v[j]) ** 2 / d for i, j, d in pairs) / sum(1 / d for *_, d in pairs) / 2
    within = 2 * 0.5 + 2 * 0.5  # both pairs differ by 1, so that G is .5 in each
    assert found == pytest.approx(1 - within / (4 * total), abs=1e-12)


def test_units_at_one_place_have_no_weight() -> None:
    toys = Toys()
    places = toys.areas.copy()
    places.loc["A01", "geometry"] = places.loc["A00", "geometry"]
    flat = pd.DataFrame({"x": places.centroid.x, "y": places.centroid.y})
    with pytest.raises(DataError, match="A00 and A01"):
        sc.spade(toys.year["income"], toys.year[["smoke"]], flat)
    with pytest.raises(ParameterError, match=r"places=.*graph="):
        sc.spade(toys.year["income"], toys.year[["smoke"]])


def test_zones_take_the_stratum_of_the_smallest_or_largest_mean() -> None:
    rng = np.random.default_rng(2)
    places = pd.DataFrame(rng.uniform(size=(40, 2)), columns=["x", "y"])
    X = pd.DataFrame({"a": rng.choice(list("pq"), 40), "b": rng.choice(list("rst"), 40)})
    y = pd.Series(rng.normal(size=40))
    means = pd.DataFrame({c: y.groupby(X[c]).transform("mean") for c in X})
    for zoning, decides in (("and", means.idxmin(axis=1)), ("or", means.idxmax(axis=1))):
        found = sc.idsa(y, X, places, zoning=zoning, n_permutations=0)
        both = found.figures.query("size == 2").iloc[0]
        wanted = [f"{c} {X.loc[i, c]}" for i, c in decides.items()]
        assert both["zones"] == len(set(wanted))
    crossed = sc.idsa(y, X, places, zoning="intersection", n_permutations=0)
    assert crossed.figures.query("size == 2")["zones"].iloc[0] == 6


def test_too_many_subsets_are_refused() -> None:
    X = pd.DataFrame(np.random.default_rng(0).normal(size=(30, 13)))
    X.columns = [f"x{i}" for i in range(13)]
    places = pd.DataFrame({"x": np.arange(30.0), "y": 0.0})
    with pytest.raises(ParameterError, match="max_factors"):
        sc.idsa(X["x0"] + X["x1"], X, places)
    few = sc.idsa(X["x0"], X, places, max_factors=1, n_permutations=0)
    assert len(few.figures) == 13


# --- sizes of units -------------------------------------------------------------------------------


@pytest.mark.compares("sesu", against="means of cells, by hand")
def test_cells_hold_the_means_of_their_units() -> None:
    grid = np.stack(np.meshgrid(np.arange(8.0), np.arange(8.0)), axis=-1).reshape(-1, 2)
    places = pd.DataFrame(grid, columns=["x", "y"])
    rng = np.random.default_rng(1)
    X = pd.DataFrame(
        {"east": places["x"] + rng.normal(0, 0.1, 64), "soil": rng.choice(list("ab"), 64)}
    )
    y = X["east"] + pd.Series(rng.normal(size=64))
    found = sc.sesu(y, X, places, cell_sizes=[2], k=3, n_permutations=0)
    assert found.to_frame()["n"].tolist() == [64, 16]
    cell = (places // 2).apply(tuple, axis=1)
    limits = np.sort(X["east"])
    limits = np.quantile(limits, [1 / 3, 2 / 3])
    merged = pd.DataFrame({"y": y, "east": X["east"]}).groupby(cell).mean()
    strata = pd.DataFrame({"east": np.searchsorted(limits, merged["east"])}, merged.index)
    strata.index = merged.index = pd.RangeIndex(16)
    own = sc.factor_detector(merged["y"], strata, n_permutations=0).to_frame()
    row = found.factors.query("size == 2 and factor == 'east'").iloc[0]
    assert row["adjusted_q"] == pytest.approx(own["adjusted_q"].iloc[0], abs=1e-12)


def test_cells_need_a_plane_and_enough_of_them() -> None:
    toys = Toys()
    y, X = toys.year["income"], toys.year[["smoke"]]
    with pytest.raises(GeometryError, match="degrees"):
        sc.sesu(y, X, toys.areas.to_crs(4326))
    found = sc.sesu(y, X, toys.areas, cell_sizes=[15_000, 30_000], k=3, n_permutations=0)
    assert found.skipped == (30_000.0,)
    assert any("30000" in note for note in found.notes())


# --- what noise gives -----------------------------------------------------------------------------


def _rejected(detect: Any, runs: int, seed: int) -> float:
    """Give how often p_search is at most .05 where nothing is."""
    rng = np.random.default_rng(seed)
    p = [detect(rng, run) for run in range(runs)]
    return float(np.mean(np.array(p) <= 0.05))


def _noise(rng: np.random.Generator, n: int, p: int) -> tuple[pd.Series, pd.DataFrame]:
    X = pd.DataFrame(rng.normal(size=(n, p)), columns=[f"x{i}" for i in range(p)])
    return pd.Series(rng.normal(size=n)), X


@pytest.mark.parametrize(
    ("tool", "n", "p"), [("gozh", 60, 2), ("rgd", 60, 2), ("lesh", 60, 3), ("spade", 40, 1)]
)
def test_the_p_value_of_a_search_keeps_its_level(tool: str, n: int, p: int) -> None:
    """In 200 runs at 5% a sound test rejects 2 to 18 of them in 99 of 100 cases."""

    def detect(rng: np.random.Generator, run: int) -> float:
        y, X = _noise(rng, n, p)
        more = {"places": pd.DataFrame(rng.uniform(size=(n, 2)))} if tool == "spade" else {}
        found = getattr(sc, tool)(y, X, n_permutations=39, seed=run, **more).to_frame()
        return float(found.filter(like="p_").iloc[0, 0])

    assert 0.01 <= _rejected(detect, 200, 11) <= 0.09


@pytest.mark.slow
def test_the_best_overlay_of_noise_is_judged_by_the_whole_search() -> None:
    def detect(rng: np.random.Generator, run: int) -> float:
        y, X = _noise(rng, 40, 3)
        places = pd.DataFrame(rng.uniform(size=(40, 2)))
        found = sc.idsa(y, X, places, n_permutations=19, seed=run).to_frame()
        return float(found["p_search"].iloc[0])

    assert 0.005 <= _rejected(detect, 200, 12) <= 0.10


def test_the_curve_over_sizes_keeps_its_level() -> None:
    grid = np.stack(np.meshgrid(np.arange(10.0), np.arange(10.0)), axis=-1).reshape(-1, 2)
    places = pd.DataFrame(grid)

    def detect(rng: np.random.Generator, run: int) -> float:
        y, X = _noise(rng, 100, 2)
        found = sc.sesu(y, X, places, cell_sizes=[2], k=3, n_permutations=39, seed=run).to_frame()
        return float(found["p_permutation"].iloc[-1])

    assert 0.01 <= _rejected(detect, 200, 13) <= 0.09


@pytest.mark.parametrize("tool", ["gozh", "rgd"])
def test_what_is_there_is_found(tool: str) -> None:
    rng = np.random.default_rng(3)
    y, X = _noise(rng, 120, 2)
    found = getattr(sc, tool)(y + 2 * (X["x0"] > 0.3), X, n_permutations=99, seed=1)
    p = found.to_frame().set_index("factor")["p_search"]
    assert p["x0"] == 0.01
    assert p["x1"] > 0.05
    upper = found.strata.query("factor == 'x0'")["upper"]
    assert np.abs(upper - 0.3).min() < 0.2


def test_few_rows_are_refused_with_what_to_do() -> None:
    y, X = _noise(np.random.default_rng(0), 15, 1)
    with pytest.raises(DataError, match=r"min_split.*factor_detector"):
        sc.gozh(y, X)
    with pytest.raises(DataError, match=r"x0.*cannot be parted"):
        sc.rgd(y, pd.DataFrame({"x0": [0.5] * 7 + [1.5] * 8}))


@pytest.mark.slow
def test_what_is_not_there_is_found_about_as_often_as_the_level_says() -> None:
    """The whole table: python -m tests.drivers.searched_sizes."""
    for tool, share in sizes(120).items():
        assert 0.005 < share < 0.115, tool
