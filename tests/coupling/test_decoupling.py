"""Tapio's eight states, their edges, and what has no state."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.coupling.decoupling import STATES
from spatialccd.errors import DataError, PanelError, ParameterError, ScoreWarning
from spatialccd.report.words.cells import say_cell
from spatialccd.report.words.sentences import retell

#: Pressure and driver at the end, both 100 at the start; elasticity and state by Tapio (2005).
CASES = [
    (120, 110, 2.0, "expansive negative decoupling"),
    (110, 110, 1.0, "expansive coupling"),
    (105, 110, 0.5, "weak decoupling"),
    (95, 110, -0.5, "strong decoupling"),
    (80, 90, 2.0, "recessive decoupling"),
    (90, 90, 1.0, "recessive coupling"),
    (95, 90, 0.5, "weak negative decoupling"),
    (105, 90, -0.5, "strong negative decoupling"),
    (100, 110, 0.0, "weak decoupling"),
    (100, 90, 0.0, "weak negative decoupling"),
    (110, 100, np.nan, "undefined"),
    (108, 110, 0.8, "expansive coupling"),  # .8 only to rounding
    (112, 110, 1.2, "expansive coupling"),
    (92, 90, 0.8, "recessive coupling"),
    (88, 90, 1.2, "recessive coupling"),
    (100, 100, np.nan, "undefined"),
    (100 * (1 + 1e-15), 100 * (1 - 1e-15), np.nan, "undefined"),  # no change but rounding
]


def _pair(pressure: list[float], driver: list[float]) -> tuple[pd.Series, pd.Series]:
    """Give a start of 100 and an end for as many units."""
    index = pd.MultiIndex.from_product([range(len(pressure)), [2015, 2020]], names=["unit", "time"])
    columns = [np.c_[np.full(len(end), 100.0), end].ravel() for end in (pressure, driver)]
    return pd.Series(columns[0], index=index), pd.Series(columns[1], index=index)


@pytest.mark.compares("decoupling", against="Tapio (2005), all eight states")
@pytest.mark.parametrize("times", [1.0, 1e-3, 1e12])
def test_the_eight_states_and_their_edges(times: float) -> None:
    pressure, driver, elasticity, state = zip(*CASES, strict=True)
    P, G = _pair(list(pressure), list(driver))
    found = sc.decoupling(P * 1e3, G * times * 1e3).to_frame().xs(2020, level="time")
    np.testing.assert_allclose(found["elasticity"], elasticity, atol=1e-9)
    assert found["state"].to_list() == list(state)


def test_a_first_time_has_no_state_and_counts_leave_it_out() -> None:
    found = sc.decoupling(*_pair([120, 95], [110, 110]))
    assert found.state.xs(2015, level="time").isna().all()
    assert found.since.dtype == "Int64"
    assert found.since.xs(2020, level="time").eq(2015).all()
    assert found.counts.loc[2020].sum() == 2
    assert list(found.counts.index) == [2020]
    assert found.counts.loc[2020, "strong decoupling"] == 1


def test_base_first_counts_from_the_start_and_previous_from_the_year_before() -> None:
    index = pd.MultiIndex.from_product([["x"], [1, 2, 3]], names=["unit", "time"])
    P, G = pd.Series([100.0, 120, 130], index), pd.Series([100.0, 150, 130], index)
    chained = sc.decoupling(P, G).to_frame()
    np.testing.assert_allclose(chained["elasticity"], [np.nan, 0.4, (10 / 120) / (-20 / 150)])
    assert chained["state"].iloc[2] == "strong negative decoupling"
    fixed = sc.decoupling(P, G, base="first").to_frame()
    np.testing.assert_allclose(fixed["elasticity"], [np.nan, 0.4, 1.0])
    assert fixed["since"].to_list()[1:] == [1, 1]


def test_bands_are_an_argument() -> None:
    P, G = _pair([105], [110])
    assert sc.decoupling(P, G, bands=(0.4, 2)).state.iloc[1] == "expansive coupling"
    with pytest.raises(ParameterError, match="two rising positive"):
        sc.decoupling(P, G, bands=(1.2, 0.8))


def test_a_base_of_zero_has_no_state_and_is_noted() -> None:
    index = pd.MultiIndex.from_product([list("ab"), [1, 2]], names=["unit", "time"])
    P = pd.Series([0.0, 5, 100, 110], index)
    found = sc.decoupling(P, pd.Series([100.0, 110, 100, 110], index))
    assert found.state.to_list()[1::2] == ["undefined", "expansive coupling"]
    assert found.notes() == [
        "missing elasticity in 1 of 2 rows: the driver did not change, or a base is 0"
    ]
    assert "驱动力无变化" in retell(found.notes()[0], "zh")


def test_scores_are_warned_of() -> None:
    P, G = _pair([120, 95], [110, 105])
    with pytest.warns(ScoreWarning, match="all values of pressure lie in") as raised:
        sc.decoupling(P / 200, G)
    assert retell(str(raised[0].message), "zh").startswith("pressure 的取值")


def test_negative_levels_are_all_named() -> None:
    P, G = _pair([120, -95], [110, 105])
    with pytest.raises(
        DataError, match=r"pressure has 1 value below 0.*\(1, 2020\): -95"
    ) as raised:
        sc.decoupling(P, G)
    assert raised.value.cases is not None
    assert raised.value.cases["value"].to_list() == [-95]


def test_without_times_there_is_no_change() -> None:
    P, G = _pair([120, 95], [110, 105])
    with pytest.raises(PanelError, match=r"on \(unit, time\)"):
        sc.decoupling(P.droplevel(1).iloc[::2], G.droplevel(1).iloc[::2])
    with pytest.raises(PanelError, match="these units have one: 1"):
        sc.decoupling(P.iloc[:3], G.iloc[:3])


def test_every_state_has_its_chinese() -> None:
    assert not [state for state in STATES if say_cell("state", state, "zh") == state]
