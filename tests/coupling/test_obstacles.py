from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import spatialccd as sc
from spatialccd.errors import ParameterError
from tests.toys import Toys

ECONOMY = {"income": "benefit", "schools": "benefit"}
ECOLOGY = {"smoke": "cost", "forest": "benefit"}


@pytest.mark.compares("obstacle_degree", against="the definition")
def test_shares_by_their_definition(toys: Toys) -> None:
    economy, ecology = (sc.composite_index(toys.panel, d) for d in (ECONOMY, ECOLOGY))
    result = sc.obstacle_degree(economy=economy, ecology=ecology, weights=(0.3, 0.7))
    gap = pd.concat(
        [
            0.3 * economy.weights * (1 - economy.scaled),
            0.7 * ecology.weights * (1 - ecology.scaled),
        ],
        axis=1,
    )
    expected = gap.div(gap.sum(axis=1), axis=0)
    np.testing.assert_allclose(result.indicators.droplevel(0, axis=1), expected, rtol=1e-12)
    np.testing.assert_allclose(
        result.systems["economy"], expected[["income", "schools"]].sum(axis=1)
    )


_values = arrays(float, (5, 3), elements=st.floats(0, 100).map(lambda v: round(v, 2)))


@given(values=_values)
@settings(max_examples=100, deadline=None)
@pytest.mark.filterwarnings("ignore::spatialccd.errors.ConstantWarning")
def test_shares_sum_to_one_unless_nothing_is_lacking(values: np.ndarray) -> None:
    panel = pd.DataFrame(values, columns=list("abc"))
    varying = {name: "benefit" for name in panel if panel[name].nunique() > 1}
    if not varying:
        return
    result = sc.obstacle_degree(sc.composite_index(panel, varying, weights="equal"))
    best = (panel[list(varying)] == panel[list(varying)].max()).all(axis=1)
    np.testing.assert_allclose(result.indicators.sum(axis=1), np.where(best, 0.0, 1.0), atol=1e-12)
    np.testing.assert_allclose(result.systems.sum(axis=1), np.where(best, 0.0, 1.0), atol=1e-12)


def test_largest_obstacles_by_year(toys: Toys) -> None:
    economy, ecology = (sc.composite_index(toys.panel, d, pooled=False) for d in (ECONOMY, ECOLOGY))
    result = sc.obstacle_degree(economy=economy, ecology=ecology)
    ranked = result.ranked(2)
    assert ranked.shape == (3, 2)
    mean = result.indicators.xs(2019, level="time").mean().droplevel(0)
    top = mean.sort_values(ascending=False)
    assert ranked.loc[2019, 1] == f"{top.index[0]} ({100 * top.iloc[0]:.1f}%)"


def test_only_composite_indices_have_obstacles(toys: Toys) -> None:
    with pytest.raises(ParameterError, match="must be what composite_index returns, not Series"):
        sc.obstacle_degree(toys.scores["economy"])
    with pytest.raises(ParameterError, match="one or more subsystems, not 0"):
        sc.obstacle_degree()


def test_an_indicator_of_two_subsystems_is_told_apart(toys: Toys) -> None:
    one, two = (sc.composite_index(toys.panel, d) for d in (ECONOMY, ECONOMY))
    result = sc.obstacle_degree(one=one, two=two)
    assert list(result.flat().columns) == [
        "one: income",
        "one: schools",
        "two: income",
        "two: schools",
    ]
