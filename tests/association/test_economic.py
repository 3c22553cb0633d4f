"""Weights by likeness of a value, and combined weights."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

from spatialccd.association.economic import combine_neighbors, economic_neighbors
from spatialccd.association.moran import local_moran
from spatialccd.association.neighbors import neighbors
from spatialccd.errors import AlignmentError, DataError, IslandWarning, ParameterError
from tests.association.test_neighbors import _with_island
from tests.toys import Toys


@pytest.mark.compares("economic_neighbors", against="the definition, by hand")
def test_weights_are_inverse_differences_of_the_mean_over_years(toys: Toys) -> None:
    result = economic_neighbors(toys.panel["income"], power=2)
    mean = toys.panel["income"].groupby(level="unit").mean()
    assert result.graph["A00"]["A17"] == pytest.approx((mean["A00"] - mean["A17"]) ** -2)
    assert (result.to_frame()["neighbors"] == 35).all()


def test_k_keeps_the_nearest_in_value() -> None:
    product = pd.Series([1.0, 2.0, 4.0, 9.0], index=list("abcd"))
    result = economic_neighbors(product, k=1)
    assert result.links[["focal", "neighbor"]].agg("".join, axis=1).tolist() == [
        "ab",
        "ba",
        "cb",
        "dc",
    ]
    assert result.graph["d"]["c"] == pytest.approx(0.2)


def test_equal_values_are_named_in_groups() -> None:
    with pytest.raises(DataError, match="b, c; a, d") as raised:
        economic_neighbors(pd.Series([2.0, 1, 1, 2, 5], index=list("abcde")))
    assert raised.value.cases is not None
    assert raised.value.cases["unit"].tolist() == ["b", "c", "a", "d"]
    with pytest.raises(ParameterError, match="k=3"):
        economic_neighbors(pd.Series([1.0, 2, 3]), k=3)


@pytest.mark.compares("combine_neighbors", against="the product, by hand")
def test_a_product_weighs_the_borders_by_likeness(toys: Toys) -> None:
    income = economic_neighbors(toys.year["income"])
    result = combine_neighbors(toys.graph, toys.shuffled(toys.areas).pipe(neighbors))
    assert result.links["weight"].eq(1).all()
    result = combine_neighbors(toys.graph, income)
    assert len(result.links) == (toys.graph.adjacency > 0).sum()
    assert result.graph["A00"]["A07"] == pytest.approx(income.graph["A00"]["A07"])


def test_a_mixture_has_rows_that_sum_to_one(toys: Toys) -> None:
    income = economic_neighbors(toys.year["income"])
    result = combine_neighbors(toys.graph, income, rule="mixture", share=0.25)
    np.testing.assert_allclose(result.to_frame()["weight_sum"], 1.0)
    own = income.graph.transform("R")["A00"]["A35"]
    assert result.graph["A00"]["A35"] == pytest.approx(0.75 * own)


def test_a_share_without_a_mixture_is_refused(toys: Toys) -> None:
    with pytest.raises(ParameterError, match="mixture"):
        combine_neighbors(toys.graph, toys.graph, share=0.3)


def test_a_product_without_common_links_warns_of_islands() -> None:
    one = Graph.from_dicts({0: {1: 1}, 1: {0: 1}, 2: {1: 1}})
    other = Graph.from_dicts({0: {2: 1}, 1: {0: 1}, 2: {0: 1}})
    with pytest.warns(IslandWarning, match="0, 2"):
        assert combine_neighbors(one, other).islands.tolist() == [0, 2]


def test_dropped_units_stay_dropped() -> None:
    areas = _with_island(4)
    y = pd.Series(np.arange(16.0) ** 1.5, index=areas.index)
    with pytest.warns(IslandWarning):
        near = neighbors(areas, islands="drop")
    result = combine_neighbors(near, economic_neighbors(y))
    assert result.dropped.tolist() == ["A15"]
    assert local_moran(y, result, seed=1).table.loc["A15", "cluster"] == "No neighbors"


def test_different_units_are_named(toys: Toys) -> None:
    with pytest.raises(AlignmentError, match="A00"):
        combine_neighbors(toys.graph, economic_neighbors(toys.year["income"].drop("A00")))
