"""Moran's I against spdep, its identities, its permutations and its refusals."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from libpysal.graph import Graph

import spatialccd as sc
from spatialccd.association._permutation import adjusted, draw
from spatialccd.association.moran import global_moran, local_moran
from spatialccd.association.neighbors import neighbors
from spatialccd.errors import (
    AlignmentError,
    EstimationError,
    IslandWarning,
    ParameterError,
    PermutationWarning,
)
from tests.association.columbus import Columbus
from tests.association.test_neighbors import _with_island
from tests.toys import Toys


def _ring(n: int, reach: int = 1) -> Graph:
    steps = [step for step in range(-reach, reach + 1) if step]
    return Graph.from_dicts({i: {(i + step) % n: 1 for step in steps} for i in range(n)})


@pytest.mark.compares("global_moran", against="spdep (R): Columbus")
def test_global_figures_are_those_of_spdep(columbus: Columbus) -> None:
    row = global_moran(columbus.crime, columbus.graph, alternative="greater", seed=1).table.loc[
        "all"
    ]
    expected = columbus.expected
    assert row["I"] == pytest.approx(expected["I"], abs=1e-10)
    assert row["expected_I"] == pytest.approx(expected["EI"], abs=1e-10)
    assert row["variance"] == pytest.approx(expected["VI_rand"], abs=1e-10)
    assert row["z"] == pytest.approx(expected["z_rand"], abs=1e-6)
    assert row["p_rand"] == pytest.approx(expected["p_rand_onesided"], rel=1e-5)
    assert row["variance_norm"] == pytest.approx(expected["VI_norm"], abs=1e-10)
    assert row["z_norm"] == pytest.approx(expected["z_norm"], abs=1e-5)


def test_permutations_have_the_moments_of_the_randomization(columbus: Columbus) -> None:
    row = global_moran(columbus.crime, columbus.graph, n_permutations=9999, seed=1).table.loc["all"]
    standard_error = np.sqrt(row["variance"] / 9999)
    assert row["mean_sim"] == pytest.approx(row["expected_I"], abs=4 * standard_error)
    assert row["sd_sim"] ** 2 == pytest.approx(row["variance"], rel=0.06)


@pytest.mark.compares("local_moran", against="spdep (R): Columbus")
def test_local_figures_are_those_of_spdep(columbus: Columbus) -> None:
    table = local_moran(columbus.crime, columbus.graph, seed=1).table
    pairs = {
        "I": "Ii",
        "expected_I": "E.Ii",
        "variance_I": "Var.Ii",
        "z_I": "Z.Ii",
        "p_norm": "Pr(z != E(Ii))",
    }
    for ours, theirs in pairs.items():
        np.testing.assert_allclose(table[ours], columbus.local[theirs], rtol=1e-9, atol=1e-12)


def test_local_figures_sum_to_the_global_one(columbus: Columbus) -> None:
    local = local_moran(columbus.crime, columbus.graph, seed=1).I
    overall = global_moran(columbus.crime, columbus.graph, seed=1).I["all"]
    assert local.mean() == pytest.approx(overall, rel=1e-12)


def test_conditional_permutations_are_exact_on_a_ring_small_enough_to_count() -> None:
    """All ordered pairs of others are counted by hand; permutations must come near."""
    y = pd.Series([3.0, 1.0, 4.0, 1.5, 9.0, 2.6])
    table = local_moran(y, _ring(6), n_permutations=20_000, seed=3, alternative="greater").table
    z = ((y - y.mean()) / y.std(ddof=0)).to_numpy()
    for i in range(6):
        others = np.delete(z, i)
        lags = np.array([(a + b) / 2 for a, b in itertools.permutations(others, 2)])
        exact = (z[i] * lags >= table["I"].iloc[i] - 1e-9).mean()
        assert table["p_sim"].iloc[i] == pytest.approx(exact, abs=0.015)


@pytest.mark.parametrize(("k", "n"), [(3, 40), (30, 40), (40, 40)])
def test_draws_are_distinct_and_every_value_is_as_likely_in_every_place(k: int, n: int) -> None:
    table = draw(np.random.default_rng(0), 20_000, k, n)
    assert table.shape == (20_000, k)
    assert (np.diff(np.sort(table[:500], axis=1), axis=1) > 0).all()
    counts = np.stack([np.bincount(table[:, c], minlength=n) for c in (0, k - 1)])
    expected = 20_000 / n
    assert (abs(counts - expected) < 5 * np.sqrt(expected)).all()


def test_the_number_of_threads_moves_no_figure() -> None:
    rng = np.random.default_rng(0)
    y = pd.Series(rng.normal(size=700))
    one, two = (
        local_moran(y, _ring(700), n_permutations=199, seed=5, n_jobs=jobs).table for jobs in (1, 2)
    )
    pd.testing.assert_frame_equal(one, two)
    one, two = (
        global_moran(y, _ring(700), n_permutations=299, seed=5, n_jobs=jobs).table
        for jobs in (1, 2)
    )
    pd.testing.assert_frame_equal(one, two)


def test_one_year_alone_gives_its_row_of_the_panel(toys: Toys) -> None:
    panel = global_moran(toys.panel["income"], toys.graph, seed=2)
    alone = global_moran(toys.panel["income"].xs(2019, level="time"), toys.graph, seed=2)
    np.testing.assert_allclose(panel.table.loc[2019], alone.table.loc["all"], rtol=1e-12)
    assert panel.table.index.tolist() == [2018, 2019, 2020]
    assert panel.simulated.shape == (999, 3)


def test_noise_is_significant_as_often_as_alpha_says() -> None:
    """Two-sided p holds its level; the directed p of GeoDa and esda doubles it."""
    y = pd.Series(np.random.default_rng(8).normal(size=3000))
    graph = _ring(3000)
    two = local_moran(y, graph, seed=1, correction="none").significant.mean()
    directed = local_moran(y, graph, seed=1, correction="none", alternative="directed")
    assert two == pytest.approx(0.05, abs=0.012)
    assert directed.significant.mean() == pytest.approx(0.10, abs=0.016)
    assert not local_moran(y, graph, seed=1).significant.any()


def test_clusters_lie_where_they_were_put() -> None:
    y = pd.Series(np.r_[np.full(20, 5.0), np.full(80, 0.0)])
    y += np.random.default_rng(1).normal(scale=0.3, size=100)
    y.iloc[60] = 9.0
    result = local_moran(y, _ring(100, reach=3), n_permutations=9999, seed=1)
    assert (result.cluster.iloc[3:17] == "High-High").all()
    assert result.table["quadrant"].iloc[60] == "High-Low"
    assert result.table["quadrant"].iloc[61] == "Low-High"
    assert set(result.cluster[~result.significant]) == {"Not significant"}


def test_a_kept_island_has_no_test_and_no_cluster() -> None:
    areas = _with_island(4)
    y = pd.Series(np.arange(16.0), index=areas.index)
    with pytest.warns(IslandWarning):
        graph = neighbors(areas, islands="keep")
    result = local_moran(y, graph, seed=1)
    island = result.table.loc["A15"]
    assert island["cluster"] == "No neighbors"
    assert np.isnan(island["p_sim"])
    assert np.isnan(island["p_adjusted"])
    assert not island["significant"]
    assert result.islands.tolist() == ["A15"]
    assert global_moran(y, graph, seed=1).table["n"].item() == 16


def test_a_dropped_island_is_in_no_figure(columbus: Columbus) -> None:
    areas = _with_island(4)
    y = pd.Series(np.arange(16.0), index=areas.index)
    with pytest.warns(IslandWarning):
        graph = neighbors(areas, islands="drop")
    without = neighbors(areas.drop("A15"))
    dropped, alone = (
        local_moran(y, graph, seed=1),
        local_moran(y.drop("A15"), without, seed=1),
    )
    pd.testing.assert_frame_equal(dropped.table.drop("A15"), alone.table)
    assert dropped.table.loc["A15", "cluster"] == "No neighbors"
    assert dropped.dropped.tolist() == ["A15"]
    overall = global_moran(y, graph, seed=1)
    assert overall.I["all"] == global_moran(y.drop("A15"), without, seed=1).I["all"]
    assert overall.dropped.tolist() == ["A15"]


def test_islands_of_a_bare_graph_are_warned_of() -> None:
    graph = Graph.from_dicts({0: {1: 1}, 1: {0: 1}, 2: {3: 1}, 3: {2: 1}, 4: {4: 0}})
    with pytest.warns(IslandWarning, match=r": 4;"):
        global_moran(pd.Series([1.0, 2, 3, 4, 5]), graph, seed=1)


def test_a_unit_does_not_count_as_its_own_neighbor() -> None:
    y = pd.Series([1.0, 3, 2, 5, 4])
    ring = _ring(5)
    table = local_moran(y, ring.assign_self_weight(), seed=1).table
    pd.testing.assert_frame_equal(table, local_moran(y, ring, seed=1).table)


def test_results_stand_on_the_index_of_the_caller(toys: Toys) -> None:
    y = toys.shuffled(toys.year["income"])
    assert local_moran(y, toys.graph, seed=1).table.index.equals(y.index)


@pytest.mark.parametrize("function", [global_moran, local_moran])
def test_values_without_variation_are_refused(function: object, toys: Toys) -> None:
    flat = pd.Series(0.1 + 0.2, index=toys.units)
    with pytest.raises(EstimationError, match="same value everywhere"):
        function(flat, toys.graph)  # type: ignore[operator]


def test_numbers_of_any_kind_and_times_of_any_kind_will_do(toys: Toys) -> None:
    y = toys.panel["income"].round()
    plain = global_moran(y, toys.graph, seed=1).table
    whole = global_moran(y.astype("Int64"), toys.graph, seed=1).table
    pd.testing.assert_frame_equal(plain, whole)
    dated = y.copy()
    dated.index = dated.index.set_levels(
        pd.PeriodIndex(["2018", "2019", "2020"], freq="Y"), level=1
    )
    named = global_moran(dated, toys.graph, seed=1).table
    assert named.index.astype(str).tolist() == ["2018", "2019", "2020"]
    np.testing.assert_array_equal(plain, named)
    gap = y.astype("Int64")
    gap.iloc[0] = pd.NA
    with pytest.raises(AlignmentError, match="missing"):
        global_moran(gap, toys.graph)


def test_every_flat_year_is_named(toys: Toys) -> None:
    y = toys.panel["income"].copy()
    y.loc[:, [2018, 2020]] = 7.0
    with pytest.raises(EstimationError, match="in 2018, 2020"):
        global_moran(y, toys.graph)


def test_gaps_are_named(toys: Toys) -> None:
    y = toys.panel["income"].copy()
    y.iloc[[0, 4]] = [np.nan, np.inf]
    with pytest.raises(AlignmentError, match="2 missing or infinite"):
        global_moran(y, toys.graph)
    with pytest.raises(AlignmentError, match="A00 in 2018") as raised:
        global_moran(toys.panel["income"].drop([("A00", 2018)]), toys.graph)
    assert raised.value.cases is not None
    assert raised.value.cases.to_numpy().tolist() == [["A00", 2018]]


def test_what_cannot_be_used_is_refused(toys: Toys) -> None:
    y = toys.year["income"]
    with pytest.raises(EstimationError, match="too few"):
        global_moran(pd.Series([1.0, 2, 3]), _ring(3))
    empty = Graph.from_dicts({i: {i: 0} for i in range(5)})
    with pytest.raises(EstimationError, match="no unit has a neighbor"):
        global_moran(pd.Series(np.arange(5.0)), empty)
    with pytest.raises(ParameterError, match="numbers"):
        global_moran(y.astype(str), toys.graph)
    with pytest.raises(ParameterError, match="'fdr'"):
        local_moran(y, toys.graph, correction="bh")
    with pytest.raises(ParameterError, match="alpha"):
        local_moran(y, toys.graph, alpha=5)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0.001, 1), min_size=1, max_size=30))
def test_fdr_agrees_with_scipy_and_lies_between_raw_and_bonferroni(p: list[float]) -> None:
    from scipy.stats import false_discovery_control

    raw = np.array([*p, np.nan])
    fdr = adjusted(raw, "fdr")
    np.testing.assert_allclose(fdr[:-1], false_discovery_control(p), rtol=1e-12)
    assert np.isnan(fdr[-1])
    assert (fdr[:-1] >= raw[:-1] - 1e-15).all()
    assert (fdr[:-1] <= adjusted(raw, "bonferroni")[:-1] + 1e-15).all()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.floats(-1e3, 1e3), st.floats(0.01, 100))
def test_shift_and_scale_of_the_values_move_nothing(seed: int, a: float, b: float) -> None:
    y = pd.Series(np.random.default_rng(seed).normal(size=12))
    plain = local_moran(y, _ring(12), n_permutations=49, seed=1).table
    moved = local_moran(a + b * y, _ring(12), n_permutations=49, seed=1).table
    np.testing.assert_allclose(moved["I"], plain["I"], rtol=1e-6, atol=1e-8)
    np.testing.assert_array_equal(moved["p_sim"], plain["p_sim"])


def test_permutations_too_few_for_the_correction_are_warned_of(columbus: Columbus) -> None:
    settings = {"n_permutations": 999, "correction": "bonferroni", "seed": 1}
    with pytest.warns(PermutationWarning, match="take at least 1960") as caught:
        local_moran(columbus.crime, columbus.graph, **settings)
    assert caught[0].filename == __file__
    enough = {**settings, "n_permutations": 1960}
    assert "0 of 49 units" in local_moran(columbus.crime, columbus.graph, **enough).summary()


@pytest.mark.parametrize("test", [sc.local_moran, sc.local_geary, sc.local_getis_ord])
def test_a_panel_is_each_year_by_itself(test, toys):
    y = toys.shuffled(toys.panel["income"])
    wishes = {"n_permutations": 99, "seed": 1, "correction": "none"}
    whole = test(y, toys.graph, **wishes)
    assert whole.table.index.equals(y.index)
    for year in toys.years:
        alone = test(y.xs(year, level="time"), toys.graph, **wishes).table
        pd.testing.assert_frame_equal(whole.table.xs(year, level="time"), alone)
    drawn = sc.map_lisa(whole, toys.areas)
    titles = [text.get_text() for text in drawn.figure.texts]
    assert {str(year) for year in toys.years} <= set(titles)
    assert any("p ≤ 0.05, 99 permutations" in words for words in titles)
