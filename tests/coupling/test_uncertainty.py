from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import ParameterError
from tests.toys import Toys

ECONOMY = {"income": "benefit", "schools": "benefit"}
ECOLOGY = {"smoke": "cost", "forest": "benefit"}


@pytest.fixture
def systems(toys: Toys) -> dict[str, sc.CompositeIndex]:
    return {
        "economy": sc.composite_index(toys.panel, ECONOMY),
        "ecology": sc.composite_index(toys.panel, ECOLOGY),
    }


def test_d_is_that_of_all_indicators_and_draws_follow_the_seed(
    systems: dict[str, sc.CompositeIndex],
) -> None:
    first, again, other = (
        sc.bootstrap_coordination(**systems, n_bootstrap=50, seed=seed) for seed in (3, 3, 4)
    )
    np.testing.assert_allclose(first.table["D"], sc.coupling_coordination(**systems).D)
    pd.testing.assert_frame_equal(first.table, again.table)
    assert not first.table.equals(other.table)
    assert first.table["rank"].groupby(level="time").min().eq(1).all()


def test_two_indicators_have_three_outcomes(toys: Toys) -> None:
    """With two indicators a draw is both, or one of them twice: low and high are the extremes."""
    panel = toys.year.assign(steady=np.linspace(0, 1, 36), steady2=np.linspace(0, 1, 36))
    economy = sc.composite_index(panel, ECONOMY, weights="equal")
    twins = sc.composite_index(panel, {"steady": "benefit", "steady2": "benefit"}, weights="equal")
    table = sc.bootstrap_coordination(economy=economy, twins=twins, n_bootstrap=400, seed=0).table
    alone = [
        sc.coupling_coordination(economy.scaled[name], twins.score).D
        for name in ("income", "schools")
    ]
    np.testing.assert_allclose(table["low"], np.minimum(*alone), atol=1e-12)
    np.testing.assert_allclose(table["high"], np.maximum(*alone), atol=1e-12)


def test_indicators_that_agree_leave_no_doubt(toys: Toys) -> None:
    panel = toys.year.assign(twin=2 * toys.year["income"] + 5)
    one = sc.composite_index(panel, {"income": "benefit", "twin": "benefit"}, weights="equal")
    table = sc.bootstrap_coordination(one, one, n_bootstrap=30, seed=0).table
    np.testing.assert_allclose(table["high"] - table["low"], 0, atol=1e-12)


def test_progress_is_told(systems: dict[str, sc.CompositeIndex]) -> None:
    steps: list[tuple[int, int]] = []
    sc.bootstrap_coordination(
        **systems, n_bootstrap=3, seed=0, progress=lambda done, total: steps.append((done, total))
    )
    assert steps == [(1, 3), (2, 3), (3, 3)]


def test_a_subsystem_of_one_indicator_cannot_be_drawn_from(toys: Toys) -> None:
    one = sc.composite_index(toys.panel, {"income": "benefit"})
    two = sc.composite_index(toys.panel, ECOLOGY)
    with pytest.raises(ParameterError, match="economy rests on one indicator"):
        sc.bootstrap_coordination(economy=one, ecology=two)
    with pytest.raises(ParameterError, match="two or more subsystems, not 1"):
        sc.bootstrap_coordination(ecology=two)
