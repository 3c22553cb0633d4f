"""Getis and Ord's G against spdep, its moments, and hot and cold spots."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

from spatialccd.association.hotspots import global_getis_ord, local_getis_ord
from spatialccd.association.moran import local_moran
from spatialccd.errors import DataError, ParameterError
from tests.association.columbus import Columbus
from tests.association.test_moran import _ring
from tests.toys import Toys


@pytest.mark.compares("global_getis_ord", against="spdep (R): Columbus")
def test_general_g_is_that_of_spdep(columbus: Columbus) -> None:
    row = global_getis_ord(columbus.crime, columbus.graph, seed=1).table.loc["all"]
    assert row["G"] == pytest.approx(columbus.expected["getis_G_binary"], abs=1e-9)
    assert row["z"] == pytest.approx(columbus.expected["getis_G_z"], abs=1e-6)


def test_the_moments_are_those_of_all_orders() -> None:
    links = {0: {1: 1, 2: 2}, 1: {0: 1}, 2: {3: 1}, 3: {4: 3}, 4: {5: 1}, 5: {0: 1, 3: 1}}
    graph = Graph.from_dicts(links)
    y = np.array([1.0, 5, 2, 8, 3, 3.5])
    row = global_getis_ord(pd.Series(y), graph, n_permutations=9).table.loc["all"]
    w = graph.sparse.toarray()
    pairs = y.sum() ** 2 - (y**2).sum()
    every = [
        y[list(order)] @ w @ y[list(order)] / pairs for order in itertools.permutations(range(6))
    ]
    assert row["expected_G"] == pytest.approx(np.mean(every))
    assert row["variance"] == pytest.approx(np.var(every), rel=1e-9)


def test_local_g_has_the_score_of_local_moran(columbus: Columbus) -> None:
    """Both standardize the neighbors' sum about what random others would give."""
    g = local_getis_ord(columbus.crime, columbus.graph, star=False, seed=1).G
    moran = local_moran(columbus.crime, columbus.graph, seed=1).table
    np.testing.assert_allclose(g * np.sign(moran["z"]), moran["z_I"], rtol=1e-9)


def test_weights_and_their_multiples_give_one_score(toys: Toys) -> None:
    y = toys.year["income"]
    binary = local_getis_ord(y, toys.graph, seed=1).G
    rows = local_getis_ord(y, toys.graph.transform("R"), seed=1).G
    pd.testing.assert_series_equal(binary, rows)
    heavier = local_getis_ord(y, toys.graph, self_weight=2.0, seed=1).G
    assert not np.allclose(heavier, binary)


def test_spots_lie_where_they_were_put() -> None:
    rng = np.random.default_rng(2)
    y = pd.Series(np.r_[np.full(20, 8.0), np.full(20, 1.0), rng.uniform(3, 6, 80)])
    y += rng.normal(scale=0.1, size=120)
    result = local_getis_ord(y, _ring(120, reach=3), n_permutations=9999, seed=1)
    assert (result.cluster.iloc[3:17] == "Hot spot").all()
    assert (result.cluster.iloc[23:37] == "Cold spot").all()
    assert list(result.cluster.cat.categories) == [
        "Hot spot",
        "Cold spot",
        "Not significant",
        "No neighbors",
    ]


@pytest.mark.filterwarnings("ignore:units with one neighbor")
def test_a_unit_linked_to_all_others_has_no_score_and_no_warning() -> None:
    star = Graph.from_dicts({0: dict.fromkeys(range(1, 6), 1), **{i: {0: 1} for i in range(1, 6)}})
    table = local_getis_ord(pd.Series([3.0, 1, 4, 1, 5, 9]), star, star=False, seed=1).table
    assert np.isnan(table.loc[0, "G"])
    assert table.loc[0, "p_sim"] == 1.0
    assert table.loc[1:, "G"].notna().all()


def test_an_island_has_no_score() -> None:
    graph = Graph.from_dicts({0: {1: 1}, 1: {0: 1}, 2: {3: 1}, 3: {2: 1}, 4: {4: 0}})
    row = local_getis_ord(pd.Series([1.0, 2, 3, 4, 5]), graph, seed=1).table.loc[4]
    assert row["cluster"] == "No neighbors"
    assert row[["local_sum", "G", "p_norm", "p_sim"]].isna().all()


def test_the_unit_of_measure_moves_nothing(toys: Toys) -> None:
    y = toys.panel["income"]
    plain = global_getis_ord(y, toys.graph, seed=1).table
    tiny = global_getis_ord(y * 1e-90, toys.graph, seed=1).table
    pd.testing.assert_frame_equal(plain, tiny)


def test_negative_values_are_named(toys: Toys) -> None:
    y = toys.year["income"].copy()
    y["A07"] = -1.0
    with pytest.raises(DataError, match="A07") as raised:
        global_getis_ord(y, toys.graph)
    assert raised.value.cases is not None
    assert len(raised.value.cases) == 1
    with pytest.raises(ParameterError, match="self_weight"):
        local_getis_ord(y, toys.graph, self_weight=0)
