from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import AlignmentError, ConstantWarning, PanelError, ParameterError

DIRECTIONS = {"x1": "benefit", "x2": "cost"}


@pytest.fixture
def panel() -> pd.DataFrame:
    index = pd.MultiIndex.from_product([list("abc"), [2019, 2020]], names=["unit", "time"])
    return pd.DataFrame(
        {"x1": [-4.0, 6, 0, 1, 2, 3], "x2": [10.0, 20, 15, 25, 30, 50]}, index=index
    )


@pytest.mark.compares("scale", against="the definition, by hand")
def test_the_range_becomes_zero_to_one_and_a_cost_is_turned(panel: pd.DataFrame) -> None:
    result = sc.scale(panel, DIRECTIONS)
    np.testing.assert_allclose(result.scaled["x1"], [0, 1, 0.4, 0.5, 0.6, 0.7])
    np.testing.assert_allclose(result.scaled["x2"], [1, 0.75, 0.875, 0.625, 0.5, 0])
    assert result.limits.loc["x1"].to_list() == [-4, 6]


def test_each_year_has_its_own_range_when_not_pooled(panel: pd.DataFrame) -> None:
    result = sc.scale(panel, DIRECTIONS, pooled=False)
    np.testing.assert_allclose(result.scaled["x1"].xs(2019, level="time"), [0, 2 / 3, 1])
    np.testing.assert_allclose(result.scaled["x1"].xs(2020, level="time"), [1, 0, 0.4])
    assert result.limits.loc[(2020, "x2")].to_list() == [20, 50]


def test_interval_and_shift_move_the_scale(panel: pd.DataFrame) -> None:
    plain = sc.scale(panel, DIRECTIONS).scaled
    moved = sc.scale(panel, DIRECTIONS, interval=(0.2, 0.8), shift=0.01).scaled
    np.testing.assert_allclose(moved, 0.21 + 0.6 * plain)


def test_all_faults_of_the_directions_come_at_once(panel: pd.DataFrame) -> None:
    with pytest.raises(ParameterError) as raised:
        sc.scale(panel, {"x11": "benefit", "x2": "csot"})
    message = str(raised.value)
    assert "no column 'x11'; did you mean 'x1" in message
    assert "'csot' of 'x2' is not known; did you mean 'cost'?" in message


def test_every_missing_cell_is_named(panel: pd.DataFrame) -> None:
    panel.loc[("a", 2020), "x1"] = np.nan
    panel.loc[("c", 2019), "x2"] = np.inf
    with pytest.raises(AlignmentError, match="2 missing or infinite") as raised:
        sc.scale(panel, DIRECTIONS)
    assert raised.value.cases is not None
    assert raised.value.cases["label"].to_list() == [("a", 2020), ("c", 2019)]


def test_text_among_numbers_is_named(panel: pd.DataFrame) -> None:
    wrong = panel.astype({"x1": object})
    wrong.loc[("b", 2019), "x1"] = "n/a"
    with pytest.raises(PanelError, match=r"\('b', 2019\) \(x1\): 'n/a'") as raised:
        sc.scale(wrong, DIRECTIONS)
    assert raised.value.cases is not None
    assert len(raised.value.cases) == 1


@pytest.mark.parametrize("keep", [["a"], ["c"]])
def test_one_unit_has_no_range(panel: pd.DataFrame, keep: list[str]) -> None:
    with pytest.raises(PanelError, match="one unit only"):
        sc.scale(panel.loc[keep], DIRECTIONS)


def test_years_of_one_place_can_stand_as_its_units(panel: pd.DataFrame) -> None:
    years = panel.loc[["a"]].droplevel("unit")
    assert sc.scale(years, DIRECTIONS).scaled["x1"].to_list() == [0.0, 1.0]


def test_a_year_with_one_unit_is_named(panel: pd.DataFrame) -> None:
    with pytest.raises(PanelError, match="the year 2020 has one unit only"):
        sc.scale(panel.iloc[[0, 1, 2]], DIRECTIONS, pooled=False)


def test_a_constant_is_warned_of_even_when_rounding_hides_it(panel: pd.DataFrame) -> None:
    panel["x2"] = [0.3, 0.1 + 0.2, 0.3, 0.3, 0.3, 0.3]
    with pytest.warns(ConstantWarning, match="x2"):
        result = sc.scale(panel, DIRECTIONS)
    assert (result.scaled["x2"] == 0).all()


def test_nothing_but_constants_is_an_error(panel: pd.DataFrame) -> None:
    with pytest.raises(PanelError, match="no indicator varies"):
        sc.scale(panel * 0, DIRECTIONS)


@pytest.mark.parametrize("interval", [(0.5,), (0.9, 0.1), (-0.1, 1.0), (0.0, 1.5)])
def test_interval_is_checked(panel: pd.DataFrame, interval: tuple[float, ...]) -> None:
    with pytest.raises(ParameterError, match="two rising numbers"):
        sc.scale(panel, DIRECTIONS, interval=interval)


def test_a_negative_shift_is_refused(panel: pd.DataFrame) -> None:
    with pytest.raises(ParameterError, match="shift"):
        sc.scale(panel, DIRECTIONS, shift=-0.1)
