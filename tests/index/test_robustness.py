from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kendalltau, rankdata

import spatialccd as sc
from spatialccd.errors import PanelError, ParameterError
from tests.index.alignment import DIRECTIONS
from tests.toys import Toys


@pytest.mark.compares("weight_stability", against="weights of each year by themselves")
def test_weights_by_year_beside_the_pooled_ones(toys: Toys) -> None:
    result = sc.weight_stability(toys.panel, DIRECTIONS)
    pooled = sc.entropy_weights(toys.panel, DIRECTIONS).weights
    np.testing.assert_allclose(result.pooled, pooled)
    yearly = sc.entropy_weights(toys.panel, DIRECTIONS, pooled=False).weights
    pd.testing.assert_frame_equal(result.by_year, yearly)
    table = result.to_frame()
    np.testing.assert_allclose(table["cv"], yearly.std() / yearly.mean())
    for year in toys.years:
        ranks = np.corrcoef(rankdata(yearly.loc[year]), rankdata(pooled))[0, 1]
        assert result.agreement[year] == pytest.approx(ranks)


def test_one_year_has_no_stability(toys: Toys) -> None:
    with pytest.raises(PanelError, match="one year only"):
        sc.weight_stability(toys.panel.loc[(slice(None), [2018]), :], DIRECTIONS)


@pytest.mark.compares("rank_sensitivity", against="scores without each indicator")
@pytest.mark.parametrize("weights", ["entropy", "critic", {"income": 0.4, "smoke": 0.6}])
@pytest.mark.parametrize("pooled", [True, False])
def test_leaving_one_out_is_scoring_without_it(
    toys: Toys, weights: str | dict[str, float], pooled: bool
) -> None:
    directions = {"income": "benefit", "smoke": "cost"}
    if isinstance(weights, str):
        directions |= {"forest": "benefit"}
    result = sc.rank_sensitivity(toys.panel, directions, weights=weights, pooled=pooled)
    rest = {name: way for name, way in directions.items() if name != "smoke"}
    own = weights if isinstance(weights, str) else {"income": 1.0}
    score = sc.composite_index(toys.panel, rest, weights=own, pooled=pooled).score
    year = toys.years[1]
    ranks = result.ranks.xs(year, level="time")
    np.testing.assert_array_equal(ranks["smoke"], rankdata(-score.xs(year, level="time")))
    row = result.table.loc[("smoke", year)]
    assert row["kendall"] == pytest.approx(kendalltau(ranks["all"], ranks["smoke"]).statistic)
    shift = (ranks["all"] - ranks["smoke"]).abs()
    assert row["largest_shift"] == shift.max()
    assert shift[row["unit"]] == shift.max()


def test_a_twin_can_be_left_out_without_effect(toys: Toys) -> None:
    result = sc.rank_sensitivity(
        toys.year.assign(twin=toys.year["income"]),
        {"income": "benefit", "twin": "benefit"},
        weights="equal",
    )
    assert (result.table["largest_shift"] == 0).all()
    assert (result.table["spearman"] == 1).all()


def test_what_cannot_be_left_out(toys: Toys) -> None:
    with pytest.raises(ParameterError, match="two or more indicators"):
        sc.rank_sensitivity(toys.year, {"income": "benefit"})
    with pytest.raises(ParameterError, match="all weight lies on 'income'"):
        sc.rank_sensitivity(
            toys.year,
            {"income": "benefit", "smoke": "cost"},
            weights={"income": 1.0, "smoke": 0.0},
        )


def test_two_units_that_tie_have_no_correlation_and_are_told_of() -> None:
    """Left with an indicator on which both are equal; and each year's weights are alike."""
    panel = pd.DataFrame({"x": [1, 2], "y": [2, 1], "z": [1, 2]}, index=list("ab"))
    directions = dict.fromkeys("xyz", "benefit")
    result = sc.rank_sensitivity(panel, directions, weights="equal")
    assert result.table["spearman"].isna().any()
    assert "all units share one rank" in result.notes()[0]
    rows = pd.MultiIndex.from_product([list("ab"), [1, 2]], names=["unit", "time"])
    years = pd.DataFrame({"x": [1, 2, 3, 5], "y": [4, 3, 1, 2]}, rows)
    stable = sc.weight_stability(years, dict.fromkeys("xy", "benefit"), scheme="equal")
    assert stable.agreement.isna().all()
    assert "weights do not differ" in stable.notes()[0]
