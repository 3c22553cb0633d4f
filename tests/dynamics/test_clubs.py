"""Clubs against a known case, the size of the test, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.dynamics._logt import LogT, long_run_variance, trend
from spatialccd.errors import DataError, PanelError, ParameterError


@pytest.mark.compares("convergence_clubs", against="Phillips and Sul's rules, made independently")
def test_the_simulated_case(shared: Path) -> None:
    folder = shared / "verify" / "clubs_sim"
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))["expected"]
    data = pd.read_csv(folder / "data.csv").set_index("unit").drop(columns="true_club")
    data.columns = data.columns.astype(int)
    y = data.rename_axis("time", axis=1).stack().sample(frac=1, random_state=1)
    found = sc.convergence_clubs(y, trend="none")
    for name, known in [("All", expected["all_units"]), *(
        (str(i + 1), club) for i, club in enumerate(expected["clubs"])
    )]:  # fmt: skip
        line = found.clubs.loc[name]
        assert line["a"] == pytest.approx(known["a"], abs=1e-8)
        assert line["b"] == pytest.approx(known["b"], abs=1e-8)
        assert line["t"] == pytest.approx(known["t"], abs=1e-6)
        if name != "All":
            club = found.members.index[found.members["before_merging"] == int(name)]
            assert sorted(club) == known["members"]
    assert sorted(found.members.index[found.members["club"] == 0]) == expected["divergent"]
    for (_, line), known in zip(found.merges.iterrows(), expected["merge_tests"], strict=True):
        assert line["b"] == pytest.approx(known["b"], abs=1e-8)
        assert line["t"] == pytest.approx(known["t"], abs=1e-6)
    for i, members in enumerate(expected["after_merging"], start=1):
        assert sorted(found.members.index[found.members["club"] == i]) == members
    test = LogT(data.to_numpy(), 12, -1.65)
    assert test.first == 12
    spread = ((data / data.mean() - 1) ** 2).mean()
    np.testing.assert_allclose(spread.iloc[[0, -1]], expected["H_first_last"], atol=1e-8)


def _made(sizes: tuple[int, ...], T: int, seed: int, alpha: float = 0.4) -> pd.DataFrame:
    """Make clubs around 1, 2, 3 ..., noise falling like 1 / (ln t t^alpha), as the test has it."""
    rng = np.random.default_rng(seed)
    t = np.arange(1, T + 1)
    rows = []
    for number, size in enumerate(sizes, start=1):
        noise = rng.normal(size=(size, T)) * 0.2 / (np.log(np.maximum(t, 2)) * t**alpha)
        rows.append(number * (1 + noise) * np.exp(0.02 * t))
    units = [f"u{i:02d}" for i in range(sum(sizes))]
    return pd.DataFrame(np.vstack(rows), pd.Index(units, name="unit"), pd.Index(t, name="time"))


def test_clubs_that_were_made_are_found() -> None:
    found = sc.convergence_clubs(_made((8, 7, 6), 60, 1).stack(), trend="none")
    assert found.members["club"].tolist() == [3] * 8 + [2] * 7 + [1] * 6
    assert (found.clubs["t"].drop("All") > -1.65).all()
    assert found.clubs.loc["All", "t"] < -1.65
    assert found.paths.columns.tolist() == ["1", "2", "3"]
    assert found.paths.iloc[-1].is_monotonic_decreasing
    assert "left out" in found.notes()[0]


def test_one_club_where_all_converge_and_none_where_all_part() -> None:
    one = sc.convergence_clubs(_made((12,), 40, 2).stack(), trend="none")
    assert set(one.members["club"]) == {1}
    t = np.arange(1, 41)
    apart = pd.DataFrame(
        {f"u{i}": np.exp(0.01 * i * i * t) for i in range(1, 6)}, pd.Index(t, name="time")
    )
    none = sc.convergence_clubs(apart.T.rename_axis("unit").stack(), trend="none")
    assert set(none.members["club"]) == {0}
    assert none.merges.empty


def test_merging_joins_neighbors_from_the_top_until_none_do() -> None:
    X = _made((12,), 40, 2).to_numpy()
    test = LogT(X, 12, -1.65)
    pieces = [np.arange(0, 4), np.arange(4, 8), np.arange(8, 12)]
    assert [len(club) for club in test.merge(pieces)] == [12]


def test_the_long_run_variance_is_that_of_the_process() -> None:
    """Of an AR(1) with slope .6 and shocks of variance 1 it is 1 / (1 - .6)^2 = 6.25."""
    u = np.random.default_rng(1).normal(size=4000)
    noise = long_run_variance(u)
    for t in range(1, len(u)):
        u[t] += 0.6 * u[t - 1]
    assert noise == pytest.approx(1, rel=0.15)
    assert long_run_variance(u) == pytest.approx(6.25, rel=0.15)


def test_the_trend_is_that_of_statsmodels() -> None:
    filters = pytest.importorskip("statsmodels.tsa.filters.hp_filter")
    X = np.random.default_rng(1).normal(size=(3, 30)).cumsum(axis=1) + 20
    for row, smooth in zip(X, trend(X, 400), strict=True):
        np.testing.assert_allclose(smooth, filters.hpfilter(row, 400)[1], atol=1e-8)


def test_what_cannot_be_tested_is_said() -> None:
    y = _made((6,), 20, 3).stack()
    with pytest.raises(DataError, match="u02 5") as raised:
        sc.convergence_clubs(y.where(y.index != ("u02", 5), -1.0))
    assert len(raised.value.cases) == 1
    with pytest.raises(DataError, match="logarithms"):
        sc.convergence_clubs(y / 10, logs=True)
    with pytest.raises(PanelError, match="12 or more"):
        sc.convergence_clubs(y[y.index.get_level_values("time") < 9])
    with pytest.raises(PanelError, match="u03 7"):
        sc.convergence_clubs(y.drop(("u03", 7)))
    with pytest.raises(ParameterError, match="six or more"):
        sc.convergence_clubs(y, discard=0.8)


@pytest.mark.slow
def test_size_of_the_test_and_its_estimate() -> None:
    """At alpha 0 the test rejects some .06 at T = 100; b is twice alpha."""
    rejected, slopes = [], []
    for seed in range(150):
        X = _made((40,), 100, seed, alpha=0.0).to_numpy()
        rejected.append(not LogT(X, 20, -1.65).holds(np.arange(40)))
        slopes.append(LogT(_made((40,), 100, seed, alpha=0.25).to_numpy(), 20, -1.65).test(
            np.arange(40)
        )[1])  # fmt: skip
    assert np.mean(rejected) < 0.06 + 3 * np.sqrt(0.06 * 0.94 / 150)
    assert np.mean(slopes) == pytest.approx(0.5, abs=0.1)
