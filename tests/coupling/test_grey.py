"""Grey relational coupling against a loop of its own, and what independent indicators give."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import ConstantWarning, ParameterError
from spatialccd.report.words.sentences import retell


def _systems(rows: int, seed: int) -> tuple[sc.CompositeIndex, sc.CompositeIndex]:
    """Two subsystems of three and two independent indicators."""
    data = pd.DataFrame(np.random.default_rng(seed).uniform(size=(rows, 5)), columns=list("abcxy"))
    first = sc.composite_index(data, {"a": "benefit", "b": "cost", "c": "benefit"})
    return first, sc.composite_index(data, {"x": "benefit", "y": "cost"})


@pytest.mark.compares("grey_coupling", against="a loop over pairs and rows")
def test_a_loop_over_pairs_and_rows_gives_the_same() -> None:
    first, second = _systems(8, 1)
    X, Y = first.scaled.to_numpy(), second.scaled.to_numpy()
    D = {(i, j, t): abs(X[t, i] - Y[t, j]) for i in range(3) for j in range(2) for t in range(8)}
    low, high = min(D.values()), 0.4 * max(D.values())
    xi = {key: (low + high) / (d + high) for key, d in D.items()}
    found = sc.grey_coupling(first, second, rho=0.4, n_permutations=0)
    for t in range(8):
        expected = np.mean([value for (_, _, row), value in xi.items() if row == t])
        assert found.C[t] == pytest.approx(expected, rel=1e-12)
    degree = np.mean([xi[0, 1, t] for t in range(8)])
    assert found.degrees.loc["a", "y"] == pytest.approx(degree, rel=1e-12)
    assert list(found.chance) == ["degree"]
    assert found.chance["degree"].item() == pytest.approx(np.mean(list(xi.values())), rel=1e-12)


def test_independent_indicators_lie_within_chance_and_near_six_tenths() -> None:
    found = [sc.grey_coupling(*_systems(30, seed), n_permutations=99, seed=1) for seed in range(20)]
    chance = pd.concat([one.chance for one in found])
    assert chance["degree"].mean() == pytest.approx(0.6, abs=0.05)
    assert (chance["degree"] > chance["chance_95"]).mean() <= 0.2


def test_subsystems_that_run_together_exceed_chance() -> None:
    t = np.linspace(0, 1, 20)
    data = pd.DataFrame({"a": t, "x": t**1.2})
    found = sc.grey_coupling(
        urban=sc.composite_index(data, {"a": "benefit"}),
        air=sc.composite_index(data, {"x": "benefit"}),
        seed=1,
    )
    (row,) = found.chance.itertuples()
    assert row.degree < 0.6  # less than independent ones have
    assert row.degree > row.chance_95
    assert row.Index == "urban - air"
    table = found.further()["degrees of pairs"]
    assert table.loc["mean", "mean"] == pytest.approx(found.degrees.to_numpy().mean())


def test_a_constant_indicator_is_left_out_and_named() -> None:
    data = pd.DataFrame({"a": [1.0, 2, 4], "b": 1.0, "x": [3.0, 1, 2]})
    with pytest.warns(ConstantWarning):
        first = sc.composite_index(data, {"a": "benefit", "b": "benefit"})
    second = sc.composite_index(data, {"x": "benefit"})
    found = sc.grey_coupling(first, second, seed=1)
    alone = sc.grey_coupling(sc.composite_index(data, {"a": "benefit"}), second, seed=1)
    pd.testing.assert_series_equal(found.C, alone.C)
    assert found.notes()[1] == "indicators without weight are in no figure: b"
    assert all(retell(note, "zh") != note for note in found.notes())


def test_two_subsystems_are_asked_for() -> None:
    first, second = _systems(5, 1)
    with pytest.raises(ParameterError, match="of two subsystems, not 3"):
        sc.grey_coupling(a=first, b=second, c=second)
    with pytest.raises(ParameterError, match="two or more subsystems"):
        sc.grey_coupling(first)
    with pytest.raises(ParameterError, match="rho"):
        sc.grey_coupling(first, second, rho=0)
