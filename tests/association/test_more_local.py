"""LOSH, local multivariate Geary and local join counts against esda, and by hand."""

from __future__ import annotations

import warnings

import esda
import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

import spatialccd as sc
from spatialccd.errors import EstimationError, OneNeighborWarning, ParameterError
from spatialccd.report.words.sentences import retell
from tests.association.local_sizes import rejected
from tests.toys import Toys, square_grid

_QUICK = {"n_permutations": 99, "seed": 1}


@pytest.fixture
def grid() -> tuple[Graph, pd.Index]:
    areas = square_grid(9, 9)
    return Graph.build_contiguity(areas, rook=False), areas.index


def _weights(graph: Graph, transform: str) -> object:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        weights = graph.to_W()
        weights.transform = transform
    return weights


@pytest.mark.compares("losh", against="esda")
def test_losh_and_its_chi_square_are_those_of_esda(grid: tuple[Graph, pd.Index]) -> None:
    graph, units = grid
    y = pd.Series(np.random.default_rng(1).normal(size=81), units)
    found = sc.losh(y, graph, **_QUICK).table
    theirs = esda.LOSH(_weights(graph, "r"), "chi-square").fit(y.to_numpy())
    np.testing.assert_allclose(found["losh"], theirs.Hi, rtol=1e-12)
    np.testing.assert_allclose(found["variance"], theirs.VarHi, rtol=1e-10)
    np.testing.assert_allclose(found["p_norm"], theirs.pval, rtol=1e-9)


def test_losh_finds_the_half_that_varies_more(grid: tuple[Graph, pd.Index]) -> None:
    graph, units = grid
    rng = np.random.default_rng(2)
    east = np.arange(81) % 9 > 4
    y = pd.Series(rng.normal(size=81) * np.where(east, 5, 1), units)
    found = sc.losh(y, graph, seed=1, n_permutations=999, correction="none")
    assert found.H[east].mean() > 2 * found.H[~east].mean()
    assert set(found.cluster[east].unique()) >= {"Heterogeneous"}
    assert "Heterogeneous" not in set(found.cluster[np.arange(81) % 9 < 3])
    absolute = sc.losh(y, graph, power=1, **_QUICK).table
    assert "p_norm" not in absolute
    with pytest.raises(EstimationError, match="equals the mean"):
        sc.losh(pd.Series([0.0, 1, 0, 1, 0, 1], list("abcdef")), _pairs(), **_QUICK)


def _pairs() -> Graph:
    """Two triangles whose corners are each the mean of others by weights below 0."""
    table = {
        "a": {"c": 1}, "c": {"e": 1}, "e": {"a": 1}, "b": {"d": 1}, "d": {"f": 1}, "f": {"b": 1},
    }  # fmt: skip
    return Graph.from_dicts(table)


@pytest.mark.compares("local_multivariate_geary", against="esda")
def test_multivariate_geary_is_that_of_esda_and_the_mean_of_each(
    grid: tuple[Graph, pd.Index],
) -> None:
    graph, units = grid
    X = pd.DataFrame(np.random.default_rng(3).normal(size=(81, 3)), units, list("abc"))
    found = sc.local_multivariate_geary(X, graph, **_QUICK).table
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of esda, which goes on to permute
        theirs = esda.Geary_Local_MV(_weights(graph, "r"), permutations=9)
        theirs.fit([X[name].to_numpy() for name in X])
    np.testing.assert_allclose(found["c"], theirs.localG, rtol=1e-12)
    for name in X:
        own = sc.local_geary(X[name], graph, **_QUICK).table["c"]
        np.testing.assert_allclose(found[f"c_{name}"], own, rtol=1e-12)
    twice = pd.DataFrame({"a": X["a"], "again": X["a"]})
    alone = sc.local_geary(X["a"], graph, n_permutations=999, seed=1).table
    both = sc.local_multivariate_geary(twice, graph, n_permutations=999, seed=1).table
    np.testing.assert_allclose(both["p_sim"], alone["p_sim"])
    with pytest.raises(ParameterError, match="local_geary"):
        sc.local_multivariate_geary(X[["a"]], graph)


@pytest.mark.compares("local_join_counts", against="esda")
def test_local_joins_are_those_of_esda_and_sum_to_the_global_ones(
    grid: tuple[Graph, pd.Index],
) -> None:
    graph, units = grid
    grades = pd.Series(np.random.default_rng(4).integers(0, 3, 81), units)
    found = sc.local_join_counts(grades, graph, **_QUICK).table
    overall = sc.join_counts(grades, graph, **_QUICK)
    assert found["joins"].sum() / 2 == pytest.approx(overall.same["joins"].iloc[0])
    two = (grades == 2).astype(int)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = esda.Join_Counts_Local(connectivity=_weights(graph, "b"), permutations=9)
        theirs.fit(two.to_numpy())
    own = sc.local_join_counts(two, graph, **_QUICK).table
    np.testing.assert_array_equal(own["joins"][two == 1], theirs.LJC[two == 1])
    assert (found["grade"] == grades).all()


def test_a_block_of_one_grade_is_among_its_like(grid: tuple[Graph, pd.Index]) -> None:
    graph, units = grid
    rng = np.random.default_rng(5)
    block = (np.arange(81) % 9 < 3) & (np.arange(81) // 9 < 3)
    grades = pd.Series(np.where(block, "rare", rng.choice(list("pqr"), 81)), units)
    found = sc.local_join_counts(grades, graph, n_permutations=999, seed=1)
    assert (found.cluster[block] == "Among its like").sum() >= 5


@pytest.mark.parametrize("tool", ["losh", "local_join_counts", "local_multivariate_geary"])
def test_the_clusters_are_mapped(tool: str, toys: Toys) -> None:
    data = {
        "losh": toys.year["income"],
        "local_join_counts": toys.regions,
        "local_multivariate_geary": toys.year[["income", "smoke"]],
    }[tool]
    found = getattr(sc, tool)(data, toys.graph, correction="none", **_QUICK)
    drawn = sc.map_lisa(found, toys.areas)
    counts = drawn.legend.set_index("class")["n"]
    for name, n in found.cluster.value_counts().items():
        if n:
            assert counts[name] == n


def test_units_with_one_neighbor_are_told() -> None:
    path = Graph.from_dicts(
        {"a": {"b": 1}, "b": {"a": 1, "c": 1}, "c": {"b": 1, "d": 1}, "d": {"c": 1}}
    )
    y = pd.Series([1.0, 2, 4, 3], list("abcd"))
    with pytest.warns(OneNeighborWarning, match="units with one neighbor.*a, d") as told:
        sc.local_moran(y, path, **_QUICK)
    assert "只有一个邻居" in retell(str(told[0].message), "zh")


def test_moran_with_weights_of_a_file(tmp_path: object, toys: Toys) -> None:
    from pathlib import Path

    path = Path(str(tmp_path))
    y = toys.year["income"]
    wanted = sc.global_moran(y, toys.graph, **_QUICK).table
    for name in ("w.gal", "w.csv", "w.xlsx"):
        file = sc.write_neighbors(toys.graph, path / name)
        graph = sc.read_neighbors(file, toys.areas)
        pd.testing.assert_frame_equal(sc.global_moran(y, graph, **_QUICK).table, wanted)
        again = sc.neighbors(toys.areas, method="file", path=file)
        pd.testing.assert_frame_equal(sc.global_moran(y, again, **_QUICK).table, wanted)


def test_what_is_not_there_is_found_as_seldom_as_the_docstrings_say() -> None:
    """The whole table: python -m tests.association.local_sizes."""
    found = rejected(8)
    for tool in ("losh", "geary", "losh, p_norm"):
        assert 0.02 < found[tool] < 0.085, tool  # 800 units that share neighbors
    assert found["joins"] < 0.045


@pytest.mark.parametrize(
    "tool",
    ["local_moran", "local_geary", "local_getis_ord", "losh", "local_join_counts",
     "local_bivariate_moran", "local_multivariate_geary"],
)  # fmt: skip
def test_progress_is_told_to_its_end_and_moves_no_figure(tool: str, toys: Toys) -> None:
    wide = toys.of(rows=20, columns=20)
    year = wide.panel.xs(2020, level="time")
    given: dict[str, list[object]] = {
        "local_bivariate_moran": [year["income"], year["smoke"]],
        "local_multivariate_geary": [year[["income", "smoke"]]],
        "local_join_counts": [(year["income"] > 30).map({True: "high", False: "low"})],
    }
    inputs = given.get(tool, [year["income"]])
    told: list[tuple[int, int]] = []
    call = getattr(sc, tool)
    found = call(*inputs, wide.graph, **_QUICK, progress=lambda *at: told.append(at))
    assert told == sorted(told)
    assert told[-1] == (400, 400)
    pd.testing.assert_frame_equal(found.table, call(*inputs, wide.graph, **_QUICK).table)


def test_progress_runs_on_over_the_times(toys: Toys) -> None:
    told: list[tuple[int, int]] = []
    sc.local_moran(toys.panel["income"], toys.graph, **_QUICK, progress=lambda *at: told.append(at))
    assert [done for done, _ in told] == [36, 72, 108]
    assert {total for _, total in told} == {108}
