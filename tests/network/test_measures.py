from __future__ import annotations

import json
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import AlignmentError, DataError


def table(graph: nx.Graph) -> pd.DataFrame:
    return nx.to_pandas_adjacency(graph, dtype=int)


def random_ties(seed: int, n: int = 14, share: float = 0.2) -> pd.DataFrame:
    """Give directed ties at random."""
    rng = np.random.default_rng(seed)
    A = (rng.random((n, n)) < share).astype(int)
    np.fill_diagonal(A, 0)
    return pd.DataFrame(A, range(n), range(n))


def expected(shared: Path) -> dict[str, dict[str, object]]:
    path = shared / "verify/network_qap/expected.json"
    return json.loads(path.read_text())["expected"]  # type: ignore[no-any-return]


def florentine(shared: Path, tie: str) -> pd.DataFrame:
    """Give the ties of the Florentine families; pairs are listed once."""
    data = pd.read_csv(shared / "verify/network_qap/florentine.csv")
    names = sorted({*data["i"], *data["j"]})
    half = data.pivot(index="i", columns="j", values=tie).reindex(index=names, columns=names)
    return (half.fillna(0) + half.fillna(0).T).astype(int)


def coleman(shared: Path, wave: str) -> pd.DataFrame:
    """Give the directed ties of 73 boys; absent pairs are 0."""
    data = pd.read_csv(shared / "verify/network_qap/coleman.csv")
    whole = data.pivot(index="i", columns="j", values=wave)
    return whole.reindex(index=range(1, 74), columns=range(1, 74)).fillna(0).astype(int)


def test_florentine_families(shared: Path) -> None:
    known = expected(shared)["florentine"]
    ties = florentine(shared, "marriage")
    result = sc.network_measures(ties)
    own = result.table.loc[known["names"]]
    np.testing.assert_array_equal(own["out_degree"], known["degree_marriage"])
    pairs = 15 * 14 / 2  # unordered, as printed
    np.testing.assert_allclose(own["betweenness"] * pairs, known["betweenness_marriage"], rtol=1e-8)
    wanted = known["harmonic_closeness_marriage"]
    np.testing.assert_allclose(own["harmonic_out"], wanted, rtol=1e-8)
    assert result.whole.loc["density", "value"] == pytest.approx(known["density"][0])
    assert own["closeness_out"].isna().all()  # Pucci is out of reach
    assert any("out of reach" in note for note in result.notes())


def test_friends_of_coleman(shared: Path) -> None:
    known = expected(shared)["coleman"]
    result = sc.network_measures(coleman(shared, "fall"))
    first = result.table.head(10)
    np.testing.assert_array_equal(first["out_degree"], known["outdegree_first10"])
    np.testing.assert_array_equal(first["in_degree"], known["indegree_first10"])
    pairs = 72 * 71
    np.testing.assert_allclose(
        first["betweenness"] * pairs, known["betweenness_fall_first10"], atol=1e-8
    )
    assert result.whole.loc["density", "value"] == pytest.approx(known["density"][0])
    reciprocity = known["reciprocity_fall"]["edges_reciprocated"]
    assert result.whole.loc["reciprocity", "value"] == pytest.approx(reciprocity)


@pytest.mark.compares("network_measures", against="networkx: Florentine families")
def test_medici_by_networkx_everywhere() -> None:
    graph = nx.florentine_families_graph()
    own = sc.network_measures(table(graph)).table
    assert own.loc["Medici", "betweenness"] * 14 * 13 / 2 == pytest.approx(47.5)
    closeness = pd.Series(nx.closeness_centrality(graph))
    np.testing.assert_allclose(own["closeness_out"], closeness[own.index])
    np.testing.assert_allclose(own["closeness_in"], closeness[own.index])


@pytest.mark.compares("network_measures", against="networkx: directed")
@pytest.mark.parametrize("seed", range(3))
def test_directions_are_those_of_networkx(seed: int) -> None:
    A = random_ties(seed)
    own = sc.network_measures(A).table
    graph = nx.from_pandas_adjacency(A, create_using=nx.DiGraph)
    inward = pd.Series(nx.harmonic_centrality(graph)) / 13
    outward = pd.Series(nx.harmonic_centrality(graph.reverse())) / 13
    np.testing.assert_allclose(own["harmonic_in"], inward)
    np.testing.assert_allclose(own["harmonic_out"], outward)
    assert sc.network_measures(A).whole.loc["reciprocity", "value"] == pytest.approx(
        nx.overall_reciprocity(graph)
    )


@pytest.mark.compares("network_measures", against="Krackhardt's measures of known shapes")
def test_krackhardt_of_known_shapes() -> None:
    whole = {
        name: sc.network_measures(table(graph)).whole["value"]
        for name, graph in {
            "tree": nx.DiGraph([(0, 1), (0, 2), (1, 3), (1, 4)]),  # an order of command
            "ring": nx.DiGraph([(0, 1), (1, 2), (2, 3), (3, 0)]),
            "two": nx.Graph([(0, 1), (2, 3), (3, 4), (2, 4)]),
        }.items()
    }
    figures = ["connectedness", "hierarchy", "efficiency"]
    np.testing.assert_allclose(whole["tree"][figures], [1, 1, 1])
    np.testing.assert_allclose(whole["ring"][figures], [1, 0, 1 - 1 / 3])
    np.testing.assert_allclose(whole["two"][figures], [0.4, 0, 0])


def test_rows_and_columns_are_matched_by_label() -> None:
    A = random_ties(1)
    mixed = A.sample(frac=1, random_state=1).sample(frac=1, axis=1, random_state=2)
    pd.testing.assert_frame_equal(
        sc.network_measures(mixed).table.sort_index(), sc.network_measures(A).table
    )
    with pytest.raises(AlignmentError, match="3 is missing from columns") as raised:
        sc.network_measures(A.drop(columns=3).drop(index=5))
    assert set(raised.value.cases["label"]) == {3, 5}


def test_what_is_no_network_is_refused() -> None:
    A = random_ties(2)
    with pytest.raises(DataError, match="other numbers than 0 and 1"):
        sc.network_measures(A * 2.5)
    with pytest.raises(DataError, match="no ties"):
        sc.network_measures(A * 0)
    gap = A.astype(float)
    gap.loc[0, 3] = np.nan
    with pytest.raises(DataError, match="0 to 3"):
        sc.network_measures(gap)
