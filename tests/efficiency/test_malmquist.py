"""Malmquist against DEAP, its identities and its refusals."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import spatialccd as sc
from spatialccd.errors import InfeasibleWarning, PanelError, ParameterError
from tests.efficiency.test_envelopment import _random, few

PARTS = ["effch", "techch", "pech", "sech", "tfpch"]


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
