"""Moderate indicators: a target value or interval is best."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import spatialccd as sc
from spatialccd.errors import ConstantWarning, ParameterError, TargetWarning
from spatialccd.report.words.sentences import retell

MODERATE = {"x": "moderate", "y": "benefit"}


@pytest.fixture
def panel() -> pd.DataFrame:
    return pd.DataFrame({"x": [10.0, 18, 20, 24, 40], "y": [1.0, 2, 3, 5, 4]}, index=list("abcde"))


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (20, [0.5, 0.9, 1, 0.8, 0]),  # largest distance 20, of e
        ([18, 24], [0.5, 1, 1, 1, 0]),  # 8 below, 16 above
        ((20.0,), [0.5, 0.9, 1, 0.8, 0]),
        ("18:24", [0.5, 1, 1, 1, 0]),  # as a line of text has it
        ("20", [0.5, 0.9, 1, 0.8, 0]),
    ],
)
def test_the_target_scores_one_and_the_farthest_zero(
    panel: pd.DataFrame, target: Any, expected: list[float]
) -> None:
    scaled = sc.scale(panel, MODERATE, targets={"x": target})
    np.testing.assert_allclose(scaled.scaled["x"], expected, atol=1e-15)
    assert scaled.limits["target_low"].notna().to_list() == [True, False]


def test_without_a_moderate_indicator_limits_say_nothing_of_targets(panel: pd.DataFrame) -> None:
    assert list(sc.scale(panel, {"x": "cost"}).limits) == ["minimum", "maximum"]


def test_each_year_has_its_own_farthest_value() -> None:
    index = pd.MultiIndex.from_product([list("abc"), [1, 2]], names=["unit", "time"])
    panel = pd.DataFrame({"x": [0.0, 5, 10, 10, 14, 20]}, index=index)
    by_year = sc.scale(panel, {"x": "moderate"}, targets={"x": 10}, pooled=False).scaled["x"]
    np.testing.assert_allclose(by_year, [0, 0.5, 1, 1, 0.6, 0])


def test_interval_moves_a_moderate_indicator_too(panel: pd.DataFrame) -> None:
    moved = sc.scale(panel, MODERATE, targets={"x": 20}, interval=(0.2, 0.8)).scaled["x"]
    np.testing.assert_allclose(moved, 0.2 + 0.6 * np.array([0.5, 0.9, 1, 0.8, 0]))


@pytest.mark.parametrize(
    ("values", "target", "score"),
    [
        ([18.0, 20, 22], [10, 30], 1),  # all inside
        ([0.3, 0.1 + 0.2, 0.3], 0.3, 1),  # on it but for rounding
        ([10.0, 30, 10], 20, 0),  # all equally far
        ([7.0, 7, 7], 20, 0),  # one value, off target
        ([1e6 + 0.3, 1e6 - 0.3, 1e6 + 0.3], 1e6, 0),  # the two distances differ by rounding
    ],
)
def test_equally_near_values_carry_no_information(
    values: list[float], target: Any, score: float
) -> None:
    panel = pd.DataFrame({"x": values, "y": [1.0, 2, 4]}, index=list("abc"))
    with pytest.warns(ConstantWarning, match="x"):
        index = sc.composite_index(panel, MODERATE, targets={"x": target})
    assert (index.scaled["x"] == score).all()
    assert index.weights.to_dict() == {"x": 0, "y": 1}


def test_a_target_beyond_the_data_is_said(panel: pd.DataFrame) -> None:
    with pytest.warns(TargetWarning, match="x; none scores 1") as raised:
        scaled = sc.scale(panel, MODERATE, targets={"x": 50}).scaled["x"]
    np.testing.assert_allclose(scaled, [0, 0.2, 0.25, 0.35, 0.75])
    assert retell(str(raised[0].message), "zh").startswith("所有取值都在目标值的同一侧：x")


def test_all_faults_of_targets_come_at_once(panel: pd.DataFrame) -> None:
    wide = panel.assign(z=1.0, v=[1, 2, 3, 4, 5])
    directions = {"x": "moderate", "y": "benefit", "z": "moderate", "v": "moderate"}
    with pytest.raises(ParameterError) as raised:
        sc.scale(wide, directions, targets={"xx": 1, "y": 2, "z": [3, 1], "v": "much"})
    message = str(raised.value)
    assert "'x' has no target; did you mean 'xx'?" in message
    assert "'y' has a target, and its direction is not 'moderate'" in message
    assert "[3, 1] of 'z' is no number and no rising pair" in message
    assert "'much' of 'v' is no number" in message


def test_one_set_of_targets_serves_several_subsystems(panel: pd.DataFrame) -> None:
    common = {"x": 20, "elsewhere": [1, 2]}
    own = sc.scale(panel, MODERATE, targets={"x": 20}).scaled
    pd.testing.assert_frame_equal(sc.scale(panel, MODERATE, targets=common).scaled, own)


@pytest.mark.parametrize(
    ("target", "written"),
    [(20, "20"), ("20", "20"), ([18, 24.5], "18–24.5"), ("18:24.5", "18–24.5")],
)
def test_a_target_is_written_alike_however_it_was_given(
    panel: pd.DataFrame, target: Any, written: str
) -> None:
    index = sc.composite_index(panel, MODERATE, targets={"x": target})
    assert index.further()["indicators"]["target"].to_dict() == {"x": written, "y": ""}
    assert written in index.summary()


@pytest.mark.parametrize(
    "target", [np.nan, [np.nan, 1], [1, 2, 3], True, [5, 5], None, [], {"low": 1}, np.inf]
)
def test_what_is_no_target_is_refused(panel: pd.DataFrame, target: Any) -> None:
    with pytest.raises(ParameterError, match="no number and no rising pair"):
        sc.scale(panel, MODERATE, targets={"x": target})


@pytest.mark.parametrize(
    "tool",
    [
        sc.entropy_weights, sc.equal_weights, sc.critic_weights, sc.cv_weights,
        sc.composite_index, sc.rank_sensitivity, sc.weight_stability,
    ],
)  # fmt: skip
def test_every_tool_with_directions_takes_targets(tool: Callable[..., Any]) -> None:
    """The moderate indicator counts as what scale() makes of it counts as a benefit."""
    index = pd.MultiIndex.from_product([list("abcd"), [1, 2]], names=["unit", "time"])
    panel = pd.DataFrame(
        {"x": [1.0, 9, 4, 6, 5, 7, 2, 3], "y": [2.0, 3, 9, 1, 4, 6, 8, 5]}, index=index
    )
    found = tool(panel, MODERATE, targets={"x": 5}).to_frame()
    if tool is sc.cv_weights:  # of raw figures by default: directions do not matter
        pd.testing.assert_frame_equal(found, tool(panel, dict.fromkeys("xy", "benefit")).to_frame())
        return
    near = panel.assign(x=1 - (panel["x"] - 5).abs() / 4)
    if tool is sc.weight_stability:  # each year has its own farthest value
        near["x"] = -(panel["x"] - 5).abs()
    expected = tool(near, dict.fromkeys("xy", "benefit")).to_frame()
    pd.testing.assert_frame_equal(found, expected)


@given(st.lists(st.floats(-1e9, 1e9), min_size=2, max_size=20), st.floats(-1e9, 1e9))
def test_nearer_never_scores_less(values: list[float], target: float) -> None:
    import warnings

    panel = pd.DataFrame({"x": values, "y": np.arange(len(values))})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        z = sc.scale(panel, MODERATE, targets={"x": target}).scaled["x"].to_numpy()
    assert ((z >= 0) & (z <= 1)).all()
    order = np.argsort(np.abs(panel["x"].to_numpy() - target))
    assert (np.diff(z[order]) <= 1e-15).all()
