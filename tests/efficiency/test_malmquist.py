"""Malmquist against DEAP, its identities and its refusals."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

import spatialccd as sc
from spatialccd.errors import InfeasibleWarning, PanelError, ParameterError
from tests.efficiency.test_envelopment import _random, few

PARTS = ["effch", "techch", "pech", "sech", "tfpch"]


@pytest.mark.compares("malmquist", against="DEAP 2.1 (Coelli 1996), example 4")
@few
def test_every_figure_is_that_printed_by_deap(shared: Path) -> None:
    folder = shared / "verify" / "dea_deap_eg4_malmquist"
    data = pd.read_csv(folder / "data.csv").set_index(["firm", "year"])
    data.index.names = ["unit", "time"]
    expected = json.loads((folder / "expected.json").read_text())["expected"]
    result = sc.malmquist(data[["x"]], data[["y"]])
    for part in PARTS:
        second = result.table[part].xs(2, level="time")
        np.testing.assert_allclose(second, expected["year2"][part], atol=6e-4)
        third = result.table[part].xs(3, level="time")
        np.testing.assert_allclose(third, expected["year3"]["all_indices"], atol=6e-4)
        mean = expected["year2"]["mean"][part]
        assert result.means.loc[("All", 2), part] == pytest.approx(mean, abs=6e-4)
        mean = expected["annual_means"]["mean"][part]
        assert result.means.loc[("All", "mean"), part] == pytest.approx(mean, abs=6e-4)
    columns = {"crs_t": "own", "crs_tp1": "after", "crs_tm1": "before", "vrs": "vrs"}
    for year, printed in expected["distances"].items():
        ours = result.distances.xs(int(year[-1]), level="time")
        for theirs, figures in printed.items():
            if ours[columns[theirs]].notna().all():
                np.testing.assert_allclose(ours[columns[theirs]], figures, atol=6e-4)


@few
@given(
    seed=st.integers(0, 10_000),
    kind=st.sampled_from(["adjacent", "global"]),
    orientation=st.sampled_from(["input", "output"]),
)
@settings(max_examples=10, deadline=None)
def test_the_parts_multiply_to_the_whole(seed: int, kind: str, orientation: str) -> None:
    data = _random(8, seed, years=3)
    result = sc.malmquist(data[["k", "l"]], data[["y", "z"]], kind=kind, orientation=orientation)
    table = result.table
    np.testing.assert_allclose(table["tfpch"], table["effch"] * table["techch"], rtol=1e-12)
    np.testing.assert_allclose(table["effch"], table["pech"] * table["sech"], rtol=1e-12)
    last = table.groupby(level="unit").prod()
    np.testing.assert_allclose(result.cumulative.xs(2, level="time"), last, rtol=1e-9)


def test_the_luenberger_parts_add_up() -> None:
    data = _random(30, years=3)
    how = {"kind": "luenberger", "orientation": "none", "disposability": "strong"}
    table = sc.malmquist(data[["k", "l"]], data[["y"]], data[["b"]], **how).table
    np.testing.assert_allclose(table["tfpch"], table["effch"] + table["techch"], atol=1e-12)
    np.testing.assert_allclose(table["effch"], table["pech"] + table["sech"], atol=1e-12)


@pytest.mark.parametrize("kind", ["adjacent", "global"])
def test_both_orientations_agree_under_constant_returns(kind: str) -> None:
    data = _random(30, years=3)
    into, out = (
        sc.malmquist(data[["k", "l"]], data[["y"]], kind=kind, orientation=side).table["tfpch"]
        for side in ("input", "output")
    )
    np.testing.assert_allclose(into, out, rtol=1e-6)


@pytest.mark.parametrize("kind", ["adjacent", "global"])
def test_growth_shared_by_all_is_frontier_shift(kind: str) -> None:
    first = _random(30)
    panel = pd.concat({0: first, 1: first.assign(y=first["y"] * 1.1)}, names=["time", "unit"])
    panel = panel.swaplevel().sort_index()
    table = sc.malmquist(panel[["k", "l"]], panel[["y"]], kind=kind).table
    np.testing.assert_allclose(table["effch"], 1, rtol=1e-7)
    np.testing.assert_allclose(table["techch"], 1.1, rtol=1e-7)


def test_the_global_index_chains() -> None:
    """One comparison of the first and the last year gives what the years between add up to."""
    data = _random(30, years=3)
    chained = sc.malmquist(data[["k", "l"]], data[["y"]], kind="global")
    levels = chained.distances["global"].unstack()
    np.testing.assert_allclose(
        chained.cumulative["tfpch"].xs(2, level="time"), levels[2] / levels[0], rtol=1e-9
    )


def test_programs_without_a_solution_are_listed() -> None:
    data = _random(20, years=3)
    with pytest.warns(InfeasibleWarning, match="productivity change") as caught:
        result = sc.malmquist(data[["k", "l"]], data[["y"]], returns="vrs", orientation="input")
    cases = caught[0].message.cases
    assert set(cases["distance"]) <= {"before", "after"}
    for case in cases.itertuples():
        later = case.time if case.distance == "before" else case.time + 1
        assert np.isnan(result.table.loc[(case.unit, later), "tfpch"])
    assert list(result.table.columns) == ["effch", "techch", "tfpch"]


def test_an_output_that_nobody_made_before_has_no_change() -> None:
    """Against a frontier that makes none of it no factor is large enough: missing, not infinite."""
    data = _random(20, years=2)
    data["b"] = 0.0
    data.loc[(7, 1), "b"] = 1.0
    for side in ("input", "output"):
        with pytest.warns(InfeasibleWarning, match="7 1 before infeasible"):
            table = sc.malmquist(data[["k", "l"]], data[["y", "b"]], orientation=side).table
        assert table["tfpch"].isna().sum() == 1
        assert np.isnan(table.loc[(7, 1), "tfpch"])
        assert np.isfinite(table["effch"]).all()


def test_means_are_geometric_by_group() -> None:
    data = _random(30, years=3)
    groups = pd.Series(["a", "b", "b"] * 10, index=pd.RangeIndex(30, name="unit"))
    result = sc.malmquist(data[["k", "l"]], data[["y"]], groups=groups)
    rows = result.table.xs(1, level="time").groupby(groups)["effch"]
    by_hand = rows.agg(lambda v: np.exp(np.log(v).mean()))
    for group in ("a", "b"):
        assert result.means.loc[(group, 1), "effch"] == pytest.approx(by_hand[group])
    assert list(result.means.index.get_level_values("group").unique()) == ["a", "b", "All"]


def _ccr(units: np.ndarray, frontier: np.ndarray, inputs: int) -> np.ndarray:
    """Input efficiency under constant returns by scipy, of rows (inputs, outputs)."""
    found = []
    for z in units:
        x, y = z[:inputs], z[inputs:]
        A = np.vstack([frontier[:, :inputs].T, -frontier[:, inputs:].T])
        head = np.concatenate([-x, np.zeros(y.size)])[:, None]
        b = np.concatenate([np.zeros(x.size), -y])
        found.append(optimize.linprog(np.eye(1, 1 + len(frontier))[0], np.hstack([head, A]), b).fun)
    return np.array(found)


@few
@pytest.mark.parametrize("returns", ["crs", "vrs"])
@pytest.mark.parametrize("seed", [3, 5])
def test_means_are_over_the_same_units_in_every_column(seed: int, returns: str) -> None:
    rng = np.random.default_rng(seed)
    rows = pd.MultiIndex.from_product([list("ABCDEFGHIJ"), [2019, 2020, 2021]])
    X = pd.DataFrame(rng.uniform(1, 5, (30, 2)), rows, ["k", "l"])
    Y = pd.DataFrame(rng.uniform(1, 5, (30, 1)), rows, ["g"])
    groups = pd.Series(["a", "b"] * 5, list("ABCDEFGHIJ"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InfeasibleWarning)
        result = sc.malmquist(X, Y, groups=groups, returns=returns)
    whole = result.table.dropna()
    for group, units in groups.groupby(groups).groups.items():
        own = whole[whole.index.get_level_values(0).isin(units)]
        by_time = np.exp(np.log(own).groupby(level=1).mean())
        for time, row in by_time.iterrows():
            np.testing.assert_allclose(result.means.loc[(group, time), row.index], row)
    means = result.means
    np.testing.assert_allclose(means["effch"] * means["techch"], means["tfpch"], rtol=1e-12)
    sizes = whole.groupby(level=1).size()
    assert means.loc["All", "n"].to_dict() == {**sizes.to_dict(), "mean": sizes.sum()}
    lost = len(result.table) - len(whole)
    if returns == "vrs":
        assert lost > 0
        assert f"leave out {lost} of 20 changes" in result.notes()[0]
        assert "kind='global'" in result.summary()
    else:
        assert lost == 0
        assert result.notes() == []


def test_means_of_the_luenberger_indicator_add_up_whoever_is_left_out() -> None:
    data = _random(12, 3, years=3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = sc.malmquist(
            data[["k", "l"]], data[["y"]], kind="luenberger", orientation="input", returns="vrs"
        )
    assert result.table["tfpch"].isna().any()
    means = result.means
    np.testing.assert_allclose(means["effch"] + means["techch"], means["tfpch"], atol=1e-12)


@pytest.mark.parametrize("side", ["input", "output", "none"])
def test_malmquist_luenberger_without_waste_that_counts_is_malmquist(side: str) -> None:
    """Waste that no program minds leaves radial efficiencies: 1 - d of inputs and not 1 / (1 + d).

    It is disposed of freely, and each unit has as much of it as of its output, which the
    direction takes down along with the inputs; so the radial side must shrink it too.
    """
    data = _random(30, years=2)
    X, Y = data[["k", "l"]], data[["y"]]
    waste = pd.DataFrame({"b": data["k"]})  # shrinks as k does, with k's own row
    how = {"disposability": "strong", "orientation": side}
    if side == "output":
        # Along (y, -b): the row of k would stay where b moves, so compare own programs only.
        found = sc.malmquist(X, Y, waste, **how).distances["own"]
        direct = pd.concat(
            sc.directional_distance(X.xs(t, level=1), Y.xs(t, level=1), waste.xs(t, level=1),
                                    disposability="strong").score.rename(t)
            for t in (0, 1)
        )  # fmt: skip
        np.testing.assert_allclose(found.swaplevel().sort_index(), direct, rtol=1e-9)
        return
    table = sc.malmquist(X, Y, waste, **how).table
    radial = sc.malmquist(X, Y, orientation="input").table
    np.testing.assert_allclose(table["effch"], radial["effch"], rtol=1e-6)
    np.testing.assert_allclose(table["tfpch"], radial["tfpch"], rtol=1e-6)


def test_a_distance_beyond_giving_all_up_is_told() -> None:
    """A fiftieth of the waste: the old frontier has none as clean, however much is given up."""
    data = _random(30, years=2)
    later = data.index.get_level_values(1) == 1
    data.loc[later, "b"] /= 50
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = sc.malmquist(data[["k", "l"]], data[["y"]], data[["b"]], returns="vrs")
    told = next(c.message for c in caught if "are -1 or less" in str(c.message))
    assert "kind='luenberger' adds distances up" in str(told)
    lost = result.table["tfpch"].isna()
    assert lost.any()
    assert set(told.cases["unit"]) <= set(lost[lost].index.get_level_values(0))
    assert any("leave out" in note for note in result.notes())


def test_rows_come_back_in_the_callers_order() -> None:
    data = _random(20, years=3).sample(frac=1, random_state=1)
    result = sc.malmquist(data[["k", "l"]], data[["y"]])
    assert result.distances.index.equals(data.index)
    later = data.index[data.index.get_level_values("time") > 0]
    assert result.table.index.equals(later)


def test_a_unit_without_a_time_is_named() -> None:
    data = _random(20, years=3).drop([(7, 1)])
    with pytest.raises(PanelError, match="7 1") as raised:
        sc.malmquist(data[["k", "l"]], data[["y"]])
    assert raised.value.cases is not None
    assert raised.value.cases.to_dict("records") == [{"unit": 7, "time": 1}]


def test_times_are_needed() -> None:
    data = _random(20)
    with pytest.raises(PanelError, match="needs times"):
        sc.malmquist(data[["k"]], data[["y"]])
    one = _random(20, years=2).xs(0, level="time", drop_level=False)
    with pytest.raises(PanelError, match="there is one: 0"):
        sc.malmquist(one[["k"]], one[["y"]])
    two = _random(20, years=2)
    with pytest.raises(ParameterError, match="directional"):
        sc.malmquist(two[["k"]], two[["y"]], orientation="none")
