from __future__ import annotations

from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.network._rewire import rewired
from spatialccd.network.blocks import split
from tests.network.test_measures import expected, florentine, random_ties, table


@pytest.mark.compares("concor_blocks", against="Florentine families (published split)")
def test_first_split_of_the_florentine_families(shared: Path) -> None:
    ties = florentine(shared, "marriage")
    known = expected(shared)["florentine"]["concor_first_split"]
    block = sc.concor_blocks(ties, depth=1, n_rewired=19, seed=1).table["block"]
    assert block["Pucci"] == 0
    assert (block.drop("Pucci") == 1).astype(int).tolist() == known


def test_blocks_that_were_put_there_are_found() -> None:
    rng = np.random.default_rng(1)
    group = np.repeat([0, 1, 2, 3], 6)
    share = np.full((4, 4), 0.05)
    share[[0, 1, 2, 3], [1, 0, 2, 2]] = 0.95
    A = (rng.random((24, 24)) < share[group][:, group]).astype(int)
    np.fill_diagonal(A, 0)
    result = sc.concor_blocks(pd.DataFrame(A), n_rewired=29, seed=1)
    found = pd.crosstab(result.table["block"], group)
    assert ((found > 0).sum(axis=1) == 1).all()
    assert len(found) == 4
    assert result.contrast["observed"].iloc[0] > result.contrast["p95"].iloc[0]
    names = dict(zip(found.idxmax(axis=1), found.index, strict=True))
    assert result.image.loc[names[0], names[1]] == 1
    assert result.image.loc[names[0], names[3]] == 0
    own = A[group == 3][:, group == 2]
    assert result.densities.loc[names[3], names[2]] == pytest.approx(own.mean())
    inner = A[group == 2][:, group == 2].sum() / 30  # a unit has no tie to itself
    assert result.densities.loc[names[2], names[2]] == pytest.approx(inner)
    assert result.roles.loc[names[3], "role"] == "net spillover"
    assert result.roles["sent"].sum() == result.roles["received"].sum()


def test_random_networks_have_blocks_that_are_chance() -> None:
    beyond = []
    for seed in range(12):
        result = sc.concor_blocks(random_ties(seed, 24, 0.15), n_rewired=29, seed=seed)
        assert result.table["block"].nunique() == 4
        row = result.contrast.iloc[0]
        beyond.append(row["observed"] > row["p95"])
        assert any("in any network" in note for note in result.notes())
    assert np.mean(beyond) < 0.35


@pytest.mark.parametrize("symmetric", [False, True])
def test_rewiring_keeps_what_each_unit_sends_and_gets(symmetric: bool) -> None:
    A = random_ties(3, 16).to_numpy().astype(float)
    A = np.maximum(A, A.T) if symmetric else A
    B = rewired(A, np.random.default_rng(1))
    np.testing.assert_array_equal(B.sum(axis=0), A.sum(axis=0))
    np.testing.assert_array_equal(B.sum(axis=1), A.sum(axis=1))
    assert np.trace(B) == 0
    assert set(np.unique(B)) == {0, 1}
    assert (A != B).sum() > A.sum() / 2
    assert np.array_equal(B, B.T) == symmetric


def test_units_that_are_tied_alike_are_not_split() -> None:
    """Sources and sinks are two blocks, which no further split takes apart."""
    A = np.zeros((6, 6))
    A[:3, 3:] = 1
    assert split(A, 3).tolist() == [1, 1, 1, 2, 2, 2]
    alone = np.zeros((5, 5))
    alone[0, 1] = alone[1, 0] = 1
    assert (split(alone, 2) > 0).tolist() == [True, True, False, False, False]


def test_every_network_of_networkx_is_split_whole() -> None:
    for graph in (nx.karate_club_graph(), nx.cycle_graph(7), nx.star_graph(6), nx.path_graph(5)):
        ties = (table(graph) > 0).astype(int)
        result = sc.concor_blocks(ties, depth=3, n_rewired=19, seed=1)
        assert result.table["block"].min() == 1
        assert result.roles["n"].sum() == len(ties)
        total = result.roles[["within", "sent"]].sum().sum()
        assert total == ties.to_numpy().sum()
