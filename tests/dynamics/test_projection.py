from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import ParameterError
from tests.dynamics.projection_coverage import coverage
from tests.dynamics.test_trends import panel
from tests.toys import Toys


@pytest.fixture
def long() -> Toys:
    return Toys(rows=7, columns=7, years=12)


@pytest.mark.compares("project_markov", against="powers of the matrix")
def test_shares_are_those_of_powers_of_the_matrix(long: Toys) -> None:
    chain = sc.markov(long.panel["forest"])
    result = sc.project_markov(chain, horizon=6, seed=1)
    last = chain.classes.xs(2029, level="time").value_counts(normalize=True, sort=False)
    for h in range(7):
        wanted = last.to_numpy() @ np.linalg.matrix_power(chain.probabilities.to_numpy(), h)
        np.testing.assert_allclose(result.table.loc[h, "share"], wanted, rtol=1e-12)
    np.testing.assert_allclose(result.limit["share"], chain.steady_state, rtol=1e-9)
    known = result.table.loc[0]
    assert (known["share_low"] == known["share"]).all()
    later = result.table.loc[6]
    assert (later["share_low"] < later["share"]).all()
    assert (later["share"] < later["share_high"]).all()


def test_spatial_shares_add_up_over_classes_of_neighbors(long: Toys) -> None:
    chain = sc.spatial_markov(long.panel["forest"], long.graph)
    result = sc.project_markov(chain, horizon=2, seed=1)
    now = pd.crosstab(
        chain.lag_classes.xs(2029, level="time"), chain.classes.xs(2029, level="time")
    )
    wanted = sum(
        now.loc[lag].to_numpy() / 49 @ np.linalg.matrix_power(chain.probabilities.loc[lag], 2)
        for lag in now.index
    )
    np.testing.assert_allclose(result.table.loc[2, "share"], wanted, rtol=1e-12)
    weights = now.sum(axis=1) / 49
    limits = weights.to_numpy() @ chain.steady_state.loc[now.index].to_numpy()
    np.testing.assert_allclose(result.limit["share"], limits, rtol=1e-9)
    assert any("held as at the last time" in note for note in result.notes())


def test_a_class_that_is_never_left_keeps_its_units() -> None:
    climbing = panel([[1, 1, 2, 3], [1, 2, 2, 3], [1, 1, 1, 2], [1, 2, 2, 2]])
    chain = sc.markov(climbing, bounds=[1, 2])
    result = sc.project_markov(chain, horizon=1, seed=1)
    assert any(note.endswith("once entered: > 2") for note in result.notes())
    np.testing.assert_allclose(result.limit["share"], [0, 0, 1], atol=1e-9)
    reached = result.table.loc[(1, "> 2")]
    assert (reached >= 0.5).all()  # no draw lets out what has no move to be let out by
    assert reached["share"] > 0.5


def test_two_ends_make_a_limit_hang_on_the_start() -> None:
    apart = panel([[1, 1, 1], [3, 3, 3], [2, 1, 1], [2, 3, 3]])
    result = sc.project_markov(sc.markov(apart, bounds=[1, 2]), horizon=1, seed=1)
    assert result.limit["share"].isna().all()
    assert any("once entered: <= 1; > 2" in note for note in result.notes())
    assert any("hangs on the start" in note for note in result.notes())


def test_a_class_without_moves_among_some_neighbors_moves_as_among_all(long: Toys) -> None:
    chain = sc.spatial_markov(long.panel["income"], long.graph, k=5)
    empty = chain.probabilities[chain.probabilities.isna().any(axis=1)]
    assert len(empty)  # the case is there
    table = sc.project_markov(chain, horizon=3, seed=1).table
    assert table.notna().all(axis=None)
    np.testing.assert_allclose(table["share"].groupby("step").sum(), 1)


def test_what_speaks_against_projecting_is_said(long: Toys) -> None:
    x = np.zeros((40, 10))
    x[:, 5:] = np.random.default_rng(1).integers(0, 2, (40, 5))
    x[:20] = 1 - x[:20]
    notes = sc.project_markov(sc.markov(panel(x), bounds=[0]), horizon=6, seed=1).notes()
    assert any("not the same at all times" in note for note in notes)
    assert any("more than half of the 10 times" in note for note in notes)
    thin = sc.markov(panel([[1, 1, 2], [2, 1, 2], [1, 2, 1]]), bounds=[1])
    assert any("(4)" in n or "(2)" in n for n in sc.project_markov(thin, seed=1).notes())
    with pytest.raises(ParameterError, match="chain must be"):
        sc.project_markov(long.panel["forest"])  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="horizon"):
        sc.project_markov(thin, horizon=0)


def test_intervals_hold_expected_shares() -> None:
    """The whole table: python -m tests.dynamics.projection_coverage."""
    assert coverage(31, 10, 60, n_draws=199).mean() == pytest.approx(0.955, abs=0.035)


@pytest.mark.filterwarnings("ignore")
def test_an_interval_that_leaves_its_share_out_is_told() -> None:
    index = pd.MultiIndex.from_product([[f"u{i}" for i in range(12)], range(3)])
    index = index.set_names(["unit", "time"])
    told = []
    for seed in range(20):
        y = pd.Series(np.random.default_rng(seed).normal(size=36), index)
        found = sc.project_markov(sc.markov(y, k=4), horizon=2, seed=1)
        share, low, high = found.table.to_numpy().T
        beyond = ((share < low - 1e-12) | (share > high + 1e-12)).any()
        told.append(any("leave out the share itself" in words for words in found.notes()))
        assert told[-1] or not beyond
    assert 0 < sum(told) < 20
