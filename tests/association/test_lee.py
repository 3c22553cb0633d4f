"""Lee's L against esda, against all orders of a small lattice, and its identities."""

from __future__ import annotations

from itertools import permutations

import esda
import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

import spatialccd as sc
from spatialccd.report.words.sentences import retell
from tests.toys import Toys

_QUICK = {"n_permutations": 99, "seed": 1}


@pytest.mark.compares("lee_l", against="esda")
@pytest.mark.parametrize("row_standardize", [True, False])
def test_esda_gives_the_same(toys: Toys, row_standardize: bool) -> None:
    x, y = toys.year["income"], toys.year["smoke"]
    found = sc.lee_l(x, y, toys.graph, row_standardize=row_standardize, **_QUICK)
    W = toys.graph.transform("r") if row_standardize else toys.graph
    W = W.sparse.tocsr()[W.unique_ids.get_indexer(x.index)][:, W.unique_ids.get_indexer(x.index)]
    theirs = esda.Spatial_Pearson(connectivity=W.tocsr(), permutations=0)
    theirs.fit(x.to_numpy()[:, None], y.to_numpy()[:, None])
    assert found.L["all"] == pytest.approx(float(np.ravel(theirs.association_)[1]), rel=1e-9)


def test_the_expectation_is_the_mean_over_all_orders() -> None:
    graph = Graph.from_arrays([0, 1, 1, 2, 3, 3, 4], [1, 0, 2, 1, 4, 1, 3], np.ones(7))
    rng = np.random.default_rng(2)
    x, y = pd.Series(rng.normal(size=5)), pd.Series(rng.normal(size=5))
    found = sc.lee_l(x, y, graph, **_QUICK)
    every = [
        sc.lee_l(
            pd.Series(x.to_numpy()[list(order)]),
            pd.Series(y.to_numpy()[list(order)]),
            graph,
            n_permutations=1,
            seed=1,
        ).L["all"]
        for order in permutations(range(5))
    ]
    assert np.mean(every) == pytest.approx(found.table["expected_L"].item(), rel=1e-9)


def test_it_is_symmetric_and_follows_r_in_noise(toys: Toys) -> None:
    x, y = toys.panel["income"], toys.panel["smoke"]
    one, other = sc.lee_l(x, y, toys.graph, **_QUICK), sc.lee_l(y, x, toys.graph, **_QUICK)
    pd.testing.assert_frame_equal(one.table, other.table)
    assert (one.L < 0).all()  # income rises to the east and smoke falls
    assert (one.p_sim <= 0.05).all()
    np.testing.assert_allclose(one.table["mean_sim"], one.table["expected_L"], atol=0.03)
    assert retell(one.notes()[-1], "zh") != one.notes()[-1]


def test_pairs_in_random_places_reject_at_the_level() -> None:
    """600 runs like these, of 99 permutations on a ring of 30, rejected 4.5% at 5%."""
    ring = Graph.from_dicts({i: {(i - 1) % 30: 1, (i + 1) % 30: 1} for i in range(30)})
    rng = np.random.default_rng(3)
    rejected = 0
    for seed in range(120):
        x = rng.normal(size=30)
        y = 0.7 * x + rng.normal(size=30)
        found = sc.lee_l(pd.Series(x), pd.Series(y), ring, n_permutations=99, seed=seed)
        rejected += found.p_sim.item() <= 0.05
    assert rejected <= 13
