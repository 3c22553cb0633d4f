"""Ranks of several methods beside each other."""

from __future__ import annotations

import pandas as pd
import pytest
from scipy import stats

import spatialccd as sc
from spatialccd.errors import ParameterError
from tests.index.test_topsis import AIRCRAFT, DIRECTIONS, WEIGHTS
from tests.toys import Toys


@pytest.mark.compares("rank_comparison", against="scipy")
def test_the_ranks_are_those_of_the_methods_and_scipy_correlates_them_alike() -> None:
    methods = ["equal", "topsis", "topsis_vector", "gra_topsis", "vikor"]
    found = sc.rank_comparison(AIRCRAFT, DIRECTIONS, methods=methods, weights=WEIGHTS)
    assert found.ranks["topsis"].to_list() == [1, 3, 2, 4]
    assert found.ranks["topsis_vector"].to_list() == [1, 4, 2, 3]
    assert found.ranks["vikor"].to_list() == [1, 4, 2, 3]
    assert len(found.pairs) == 10
    for a, b in found.pairs.index:
        x, y = found.ranks[a], found.ranks[b]
        row = found.pairs.loc[(a, b)]
        assert row["spearman"] == pytest.approx(stats.spearmanr(x, y).statistic)
        assert row["kendall"] == pytest.approx(stats.kendalltau(x, y).statistic)
    swap = found.pairs.loc[("topsis", "topsis_vector")]
    assert (swap["largest_shift"], swap["unit"], swap["mean_shift"]) == (1, "A2", 0.5)


def test_years_are_ranked_by_themselves(toys: Toys) -> None:
    directions = {"income": "benefit", "smoke": "cost", "forest": "benefit"}
    found = sc.rank_comparison(toys.panel, directions)
    assert list(found.pairs.index.names) == ["a", "b", "time"]
    assert found.ranks.groupby(level="time").min().eq(1).all(axis=None)
    entropy = sc.composite_index(toys.panel, directions).score
    expected = entropy.groupby(level="time").rank(ascending=False)
    pd.testing.assert_series_equal(found.ranks["entropy"], expected, check_names=False)
    alone = sc.rank_comparison(toys.panel, directions, pooled=False)
    assert not alone.scores.equals(found.scores)


@pytest.mark.parametrize("methods", [["entropy"], ["entropy", "entropy"], []])
def test_two_different_methods_are_asked_for(methods: list[str]) -> None:
    with pytest.raises(ParameterError, match="two or more different"):
        sc.rank_comparison(AIRCRAFT, DIRECTIONS, methods=methods)


def test_an_unknown_method_is_answered_and_targets_reach_every_method() -> None:
    with pytest.raises(ParameterError, match="did you mean 'topsis'"):
        sc.rank_comparison(AIRCRAFT, DIRECTIONS, methods=["entropy", "topsiss"])
    moderate = DIRECTIONS | {"range": "moderate"}
    everyone = ["entropy", "equal", "critic", "cv", "topsis", "topsis_vector", "gra_topsis"]
    found = sc.rank_comparison(
        AIRCRAFT, moderate, targets={"range": 2000}, methods=[*everyone, "vikor"]
    )
    assert found.ranks.shape == (4, 8)
