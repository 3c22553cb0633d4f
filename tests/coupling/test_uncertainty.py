from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import special, stats

import spatialccd as sc
from spatialccd.errors import ParameterError
from tests.coupling.coverage import coverage
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


def test_two_indicators_tell_next_to_nothing(toys: Toys) -> None:
    """One degree of freedom: intervals are far wider than from one indicator to the other."""
    panel = toys.year.assign(steady=np.linspace(0, 1, 36), steady2=np.linspace(0, 1, 36))
    economy = sc.composite_index(panel, ECONOMY, weights="equal")
    twins = sc.composite_index(panel, {"steady": "benefit", "steady2": "benefit"}, weights="equal")
    table = sc.bootstrap_coordination(economy=economy, twins=twins, n_bootstrap=400, seed=0).table
    alone = [
        sc.coupling_coordination(economy.scaled[name], twins.score).D
        for name in ("income", "schools")
    ]
    apart = np.abs(alone[0] - alone[1]) > 0.05
    assert apart.sum() > 10
    wide = table["high"] - table["low"]
    assert (wide > 1.2 * np.abs(alone[0] - alone[1]))[apart].all()
    assert wide[apart].mean() > 0.6


@pytest.mark.compares("bootstrap_coordination", against="Student's intervals")
def test_scores_of_one_subsystem_have_intervals_of_student(toys: Toys) -> None:
    """Beside a subsystem without doubt D follows one score: its logit's t interval, by scipy."""
    rng = np.random.default_rng(2)
    panel = pd.DataFrame(rng.normal(size=(20, 6)), columns=list("abcdef"))
    panel["one"], panel["two"] = np.linspace(0, 1, 20), np.linspace(0, 1, 20)
    first = sc.composite_index(panel, dict.fromkeys("abcdef", "benefit"), weights="equal")
    still = sc.composite_index(panel, {"one": "benefit", "two": "benefit"}, weights="equal")
    table = sc.bootstrap_coordination(
        first, still, weights=(1.0, 0.0), variant="standard", n_bootstrap=6_000, seed=0
    ).table
    z = first.scaled.to_numpy()
    U, se = z.mean(axis=1), z.std(axis=1, ddof=1) / np.sqrt(6)
    half = stats.t.ppf(0.975, 5) * se / (U * (1 - U))
    low = special.expit(special.logit(U) - half)
    # D rises with the first score where it is the smaller of the two.
    below = special.expit(special.logit(U) + half) < still.score.to_numpy()
    assert below.sum() >= 3
    expected = sc.coupling_coordination(
        pd.Series(low), still.score, weights=(1.0, 0.0)
    ).D.to_numpy()
    np.testing.assert_allclose(table["low"].to_numpy()[below], expected[below], atol=0.02)


@pytest.mark.parametrize(("k", "long_tails"), [(5, False), (8, False), (8, True), (15, False)])
def test_intervals_hold_the_d_of_all_indicators(k: int, long_tails: bool) -> None:
    """Fewer runs than tests/coupling/coverage.py, so that the bounds are a little wider."""
    held = coverage(k, 12, long_tails=long_tails)
    assert 0.88 <= held <= 0.99


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
