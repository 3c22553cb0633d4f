"""Join counts against all orders, and what they say of grades on a map."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

from spatialccd.association.joincount import join_counts
from spatialccd.association.neighbors import neighbors
from spatialccd.errors import AlignmentError, EstimationError, ParameterError
from tests.association.test_moran import _ring
from tests.toys import Toys, square_grid

ONE_WAY = Graph.from_dicts(
    {0: {1: 1, 2: 2}, 1: {0: 1}, 2: {3: 1}, 3: {4: 3}, 4: {5: 1}, 5: {0: 1, 3: 1}, 6: {2: 1}}
)


@pytest.mark.compares("join_counts", against="all orders of the labels")
@pytest.mark.parametrize("graph", [_ring(7), ONE_WAY], ids=["ring", "one-way"])
def test_the_moments_are_those_of_all_orders(graph: Graph) -> None:
    grades = np.array(["a", "a", "a", "b", "b", "c", "c"])
    table = join_counts(pd.Series(grades), graph, n_permutations=9).table
    w = graph.sparse.toarray()
    every: dict[tuple[str, str], list[float]] = {}
    for order in itertools.permutations(range(7)):
        moved = grades[list(order)]
        for r, s in itertools.combinations_with_replacement("abc", 2):
            joined = np.outer(moved == r, moved == s)
            joined = joined if r == s else joined | joined.T
            every.setdefault((r, s), []).append((w * joined).sum() / 2)
    assert list(zip(table["grade"], table["neighbor"], strict=True)) == list(every)
    np.testing.assert_allclose(table["expected"], [np.mean(v) for v in every.values()])
    np.testing.assert_allclose(table["variance"], [np.var(v) for v in every.values()], rtol=1e-9)


def test_permutations_have_those_moments(toys: Toys) -> None:
    table = join_counts(toys.regions, toys.graph, n_permutations=4999, seed=1).table
    np.testing.assert_allclose(
        table["mean_sim"], table["expected"], atol=4 * np.sqrt(table["variance"].max() / 4999)
    )
    np.testing.assert_allclose(table["sd_sim"] ** 2, table["variance"], rtol=0.1)


def test_borders_of_a_grid_are_counted() -> None:
    areas = square_grid(2, 4)
    grades = pd.Series(["high", "high", "low", "low"] * 2, index=areas.index)
    result = join_counts(grades, neighbors(areas, method="rook"), seed=1)
    joins = result.table.set_index(["grade", "neighbor"])["joins"]
    assert joins.to_dict() == {("high", "high"): 4, ("high", "low"): 2, ("low", "low"): 4}
    assert result.same.loc["all", "joins"] == 8
    assert result.same.loc["all", "expected"] == pytest.approx(10 * 24 / 56)
    assert joins.sum() == 10  # every border once


def test_regions_in_one_piece_are_told_from_chance(toys: Toys) -> None:
    table = join_counts(toys.regions, toys.graph, seed=1).table.set_index(["grade", "neighbor"])
    assert (table.loc[("East", "East"), ["p_sim", "p_rand"]] < 0.01).all()
    assert table.loc[("East", "East"), "z"] > 3
    assert table.loc[("East", "West"), "joins"] == 0
    assert table.loc[("East", "West"), "z"] < -3


def test_grades_keep_their_order_and_times_their_rows(toys: Toys) -> None:
    income = toys.panel["income"]
    grades = pd.cut(income, 3, labels=["poor", "middling", "rich"])
    table = join_counts(grades, toys.graph, seed=1).table
    first = table[table["time"] == 2018]
    assert first["grade"].tolist() == ["poor"] * 3 + ["middling"] * 2 + ["rich"]
    year = grades.xs(2018, level="time")
    alone = join_counts(year, toys.graph, seed=1).table.drop(columns="time")
    pd.testing.assert_frame_equal(first.drop(columns="time").reset_index(drop=True), alone)


def test_a_grade_of_one_unit_has_no_test_of_its_own() -> None:
    grades = pd.Series(["a", "b", "b", "b", "c", "c"])
    table = join_counts(grades, _ring(6), seed=1).table.set_index(["grade", "neighbor"])
    assert table.loc[("a", "a"), "joins"] == 0
    assert table.loc[("a", "a"), ["z", "p_rand", "p_sim"]].isna().all()


def test_what_cannot_be_used_is_refused(toys: Toys) -> None:
    with pytest.raises(EstimationError, match="same value everywhere"):
        join_counts(pd.Series("good", index=toys.units), toys.graph)
    gap = toys.regions.copy()
    gap["A05"] = None
    with pytest.raises(AlignmentError, match="A05"):
        join_counts(gap, toys.graph)
    with pytest.raises(ParameterError, match="classify"):
        join_counts(pd.Series(np.arange(60)), _ring(60))
