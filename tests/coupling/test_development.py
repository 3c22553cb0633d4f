from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import PanelError, ParameterError
from tests.toys import Toys


def panel(**series: list[float]) -> pd.DataFrame:
    index = pd.MultiIndex.from_product([["u"], range(2015, 2020)], names=["unit", "time"])
    return pd.DataFrame(series, index=index)


@pytest.mark.compares("relative_development", against="the bands, by hand")
def test_bands_hold_their_bounds() -> None:
    a = pd.Series([0.39, 0.4, 0.6, 0.61, 0.0, 0.5])
    b = pd.Series([0.5, 0.5, 0.5, 0.5, 0.0, 0.0])
    result = sc.relative_development(a, b)
    assert result.band.to_list() == [
        "lagging",
        "synchronous",
        "synchronous",
        "ahead",
        "synchronous",
        "ahead",
    ]
    assert np.isnan(result.ratio[4])
    assert sc.relative_development(a, b, bands=(0.5, 0.7)).band[0] == "ahead"
    with pytest.raises(ParameterError, match="rising positive"):
        sc.relative_development(a, b, bands=(1.2, 0.8))


@pytest.mark.compares("scissors_difference", against="the angle of two lines")
def test_lines_cross_at_the_angle_between_their_slopes() -> None:
    """Slopes .1 and .02 a year: tan = .08 / 1.002, whatever the trend."""
    data = panel(a=[0.1, 0.2, 0.3, 0.4, 0.5], b=[0.5, 0.52, 0.54, 0.56, 0.58])
    expected = np.arctan(0.08 / 1.002)
    for settings in ({}, {"trend": "polynomial"}, {"trend": "polynomial", "degree": 1}):
        result = sc.scissors_difference(data["a"], data["b"], **settings)
        np.testing.assert_allclose(result.angle.dropna(), expected, rtol=1e-9)
        np.testing.assert_allclose(result.degrees.dropna(), np.degrees(expected), rtol=1e-9)
        assert set(result.faster.dropna()) == {"a"}
    assert (
        sc.scissors_difference(data["a"], data["b"]).angle.isna().to_list() == [True] + [False] * 4
    )


def test_scores_can_be_named(toys: Toys) -> None:
    a, b = toys.scores["economy"].rename(None), toys.scores["ecology"].rename(None)
    assert list(sc.scissors_difference(a, b).speeds) == ["U1", "U2"]
    result = sc.scissors_difference(a, b, names=("industry", "nature"))
    assert list(result.speeds) == ["industry", "nature"]
    assert set(result.faster.dropna()) == {"industry", "nature"}
    ratio = sc.relative_development(a, b, names=("industry", "nature"))
    assert list(ratio.to_frame().columns) == ["industry", "nature", "ratio", "band"]
    for wrong in ("ab", ("a", "a"), ("a", "b", "c")):
        with pytest.raises(ParameterError, match="two different names"):
            sc.scissors_difference(a, b, names=wrong)


def test_opposite_slopes_open_wider_than_each() -> None:
    """arctan .05 + arctan .03: the angle between a rising and a falling line."""
    data = panel(a=[0.1, 0.15, 0.2, 0.25, 0.3], b=[0.9, 0.87, 0.84, 0.81, 0.78])
    angle = sc.scissors_difference(data["a"], data["b"]).angle.iloc[-1]
    assert angle == pytest.approx(np.arctan(0.05) + np.arctan(0.03))


def test_a_parabola_has_the_slope_of_its_derivative() -> None:
    t = np.arange(5.0)
    data = panel(a=list(0.1 + 0.02 * t**2), b=[0.3] * 5)
    result = sc.scissors_difference(data["a"], data["b"], trend="polynomial", degree=2)
    np.testing.assert_allclose(result.speeds["a"], 0.04 * t, atol=1e-12)
    np.testing.assert_allclose(result.angle, np.arctan(0.04 * t), atol=1e-12)
    assert result.faster.iloc[0] == "equal"


def test_speed_is_per_year_also_over_gaps() -> None:
    data = panel(a=[0.1, 0.2, 0.3, 0.4, 0.5], b=[0.5] * 5).iloc[[0, 2, 4]]
    speeds = sc.scissors_difference(data["a"], data["b"]).speeds
    np.testing.assert_allclose(speeds["a"].dropna(), 0.1)


@pytest.mark.parametrize("trend", ["difference", "polynomial"])
def test_units_do_not_run_into_each_other(toys: Toys, trend: str) -> None:
    a, b = toys.scores["economy"], toys.scores["ecology"]
    whole = sc.scissors_difference(a, b, trend=trend, degree=1)
    one = sc.scissors_difference(a.loc[["A07"]], b.loc[["A07"]], trend=trend, degree=1)
    pd.testing.assert_frame_equal(whole.to_frame().loc[["A07"]], one.to_frame())
    assert whole.angle.dropna().between(0, np.pi / 2, inclusive="left").all()


def test_scissors_refuses(toys: Toys) -> None:
    a, b = toys.scores["economy"], toys.scores["ecology"]
    last = toys.years[-1]
    with pytest.raises(PanelError, match="needs years"):
        sc.scissors_difference(a.xs(last, level="time"), b.xs(last, level="time"))
    with pytest.raises(PanelError, match=r"A00 \(2\)") as raised:
        sc.scissors_difference(a.iloc[1:], b.iloc[1:], trend="polynomial")
    assert raised.value.cases is not None
    with pytest.raises(ParameterError, match="degree=4"):
        sc.scissors_difference(a, b, trend="polynomial", degree=4)
    a, b = (score.rename(index={2018: "before"}, level="time") for score in (a, b))
    with pytest.raises(ParameterError, match="no numbers"):
        sc.scissors_difference(a, b)
