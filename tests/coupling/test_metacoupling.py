"""Metacoupling against R coupling's printed values, a loop of its own, and its identities."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

import spatialccd as sc
from spatialccd.errors import ParameterError
from spatialccd.report.words.sentences import retell
from tests.toys import Toys


def _gzma(shared: Path) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, Any]]:
    """Scores, links with 1 / distance, and what R prints, of 118 units in Guangzhou."""
    folder = shared / "verify" / "metacoupling_gzma"
    raw = pd.read_csv(folder / "scores.csv", index_col="id").filter(like="Score")
    links = pd.read_csv(folder / "neighbors.csv").assign(weight=lambda t: 1 / t["distance_m"])
    expected = json.loads((folder / "expected.json").read_text())["expected"]
    return (raw - raw.min()) / (raw.max() - raw.min()), links, expected


def _graph(links: pd.DataFrame, weight: pd.Series) -> Graph:
    return Graph.from_arrays(links["i"].to_numpy(), links["j"].to_numpy(), weight.to_numpy())


@pytest.mark.compares("metacoupling", against="coupling (R): printed values")
@pytest.mark.parametrize("variant", ["standard", "wang", "fan"])
def test_the_printed_values_within_units(shared: Path, variant: str) -> None:
    U, links, expected = _gzma(shared)
    found = sc.metacoupling(_graph(links, links["weight"]), **dict(U.items()), variant=variant)
    for part in "CD":
        printed = expected["printed"][f"{variant}_{part}"]
        np.testing.assert_allclose(found.intra[part].iloc[:6], printed, atol=6e-8)
        by_row = expected["peri_rowstandardised"][f"{variant}_{part}"]
        np.testing.assert_allclose(found.peri[part].iloc[:6], by_row, atol=6e-8)
    assert found.notes() == []


@pytest.mark.compares("metacoupling", against="coupling (R): printed values around units")
def test_the_printed_values_around_units_come_of_the_transposed_matrix(shared: Path) -> None:
    U, links, expected = _gzma(shared)
    of_the_neighbor = links.groupby("j")["weight"].transform("sum")
    transposed = _graph(links, links["weight"] / of_the_neighbor)
    found = sc.metacoupling(transposed, **dict(U.items()), row_standardize=False)
    for part in "CD":
        printed = expected["printed"][f"peri_{part}"]
        np.testing.assert_allclose(found.peri[part].iloc[:6], printed, atol=6e-8)
    (note,) = found.notes()
    assert note.startswith("peri weights sum to 0.302 to 1.54")
    assert retell(note, "zh").startswith("peri 权重按单元求和为 0.302 至 1.54")


@pytest.mark.parametrize("variant", ["standard", "wang", "fan"])
@pytest.mark.parametrize("k", [2, 3])
def test_a_loop_over_pairs_and_mixtures_gives_the_same(variant: str, k: int) -> None:
    rng = np.random.default_rng(4)
    U = pd.DataFrame(rng.uniform(size=(5, k)), columns=[f"s{i}" for i in range(k)])
    W = rng.uniform(size=(5, 5)) * (1 - np.eye(5))
    i, j = np.nonzero(W)
    a = np.arange(1, k + 1) / np.arange(1, k + 1).sum()
    found = sc.metacoupling(
        Graph.from_arrays(i, j, W[i, j]), **dict(U.items()), variant=variant, weights=a
    )
    W = W / W.sum(axis=1, keepdims=True)
    values = U.to_numpy()
    for unit in range(5):
        C = T = 0.0
        for other in range(5):
            mixed = [m for m in product([0, 1], repeat=k) if 0 < sum(m) < k]
            V = pd.DataFrame(
                [np.where(m, values[unit], values[other]) for m in mixed], columns=U.columns
            )
            pair = sc.coupling_coordination(**dict(V.items()), variant=variant, weights=a)
            C += W[unit, other] * pair.C.mean()
            T += W[unit, other] * pair.T.mean()
        np.testing.assert_allclose(found.peri.loc[unit, ["C", "D"]], [C, np.sqrt(C * T)])


def test_alike_units_are_coupled_around_as_within(toys: Toys) -> None:
    scores = {
        name: pd.Series(value, toys.units) for name, value in {"a": 0.3, "b": 0.6, "c": 0.5}.items()
    }
    found = sc.metacoupling(toys.graph, **scores)
    np.testing.assert_allclose(found.peri, found.intra)


def test_years_are_coupled_by_themselves(toys: Toys) -> None:
    scores = dict(toys.scores.items())
    panel = sc.metacoupling(toys.graph, **scores)
    year = {name: column.xs(2019, level="time") for name, column in scores.items()}
    alone = sc.metacoupling(toys.graph, **year)
    pd.testing.assert_frame_equal(panel.to_frame().xs(2019, level="time"), alone.to_frame())


def test_far_links_between_neighbors_count_as_near(toys: Toys) -> None:
    scores = {name: c.xs(2019, level="time") for name, c in toys.scores.items()}
    i, j = (axis.ravel() for axis in np.meshgrid(toys.units, toys.units, indexing="ij"))
    apart = i != j
    everybody = Graph.from_arrays(i[apart], j[apart], np.ones(apart.sum()))
    found = sc.metacoupling(toys.graph, **scores, tele=everybody)
    near = toys.graph.adjacency.index
    far = [(a, b) not in near for a, b in zip(i[apart], j[apart], strict=True)]
    only_far = Graph.from_arrays(i[apart][far], j[apart][far], np.ones(sum(far)))
    pure = sc.metacoupling(toys.graph, **scores, tele=only_far)
    pd.testing.assert_frame_equal(found.tele, pure.tele)
    assert pure.notes() == []
    (note,) = found.notes()
    assert note.endswith("far links join neighbors and count as near only")
    assert retell(note, "zh") != note


def test_a_unit_without_partners_has_no_figure_around_it() -> None:
    U = {"a": pd.Series([0.2, 0.4, 0.6], list("xyz")), "b": pd.Series([0.3, 0.5, 0.1], list("xyz"))}
    graph = Graph.from_arrays(["x", "y", "z"], ["y", "x", "z"], [1, 1, 0])
    found = sc.metacoupling(graph, **U)
    assert found.peri.loc["z"].isna().all()
    assert found.intra.notna().all(axis=None)
    assert found.notes() == ["missing peri_C in 1 of 3 rows: the unit has no partner there"]
    assert "没有联系对象" in retell(found.notes()[0], "zh")


def test_what_is_no_neighborhood_is_refused() -> None:
    U = {"a": pd.Series([0.2, 0.4], list("xy")), "b": pd.Series([0.3, 0.5], list("xy"))}
    with pytest.raises(ParameterError, match="graph links units to themselves"):
        sc.metacoupling(Graph.from_arrays(["x", "x", "y"], ["x", "y", "x"], [1, 1, 1]), **U)
    good = Graph.from_arrays(["x", "y"], ["y", "x"], [1, 1])
    with pytest.raises(ParameterError, match="tele has negative weights"):
        sc.metacoupling(good, **U, tele=Graph.from_arrays(["x", "y"], ["y", "x"], [1, -1]))
    with pytest.raises(ParameterError, match="two to 8 subsystems, not 9"):
        sc.metacoupling(good, *[U["a"]] * 9)
