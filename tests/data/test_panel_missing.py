"""Gaps are filled as said, no further, and every filled value is accounted for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import spatialccd as sc
from spatialccd.errors import AlignmentError, ParameterError

NAN = float("nan")


def _series(values: list[float], times: list[object] | None = None) -> pd.DataFrame:
    times = times or list(range(2011, 2011 + len(values)))
    index = pd.MultiIndex.from_product([["A"], times], names=["unit", "time"])
    return pd.DataFrame({"x": values}, index=index)


@pytest.mark.parametrize(
    ("settings", "values", "filled"),
    [
        ({}, [1, NAN, 3, NAN, NAN, 9], [1, 2, 3, 5, 7, 9]),
        ({"limit": 1}, [1, NAN, 3, NAN, NAN, 9], [1, 2, 3, NAN, NAN, 9]),
        ({}, [NAN, 2, NAN, 4, NAN], [NAN, 2, 3, 4, NAN]),
        ({"ends": "nearest"}, [NAN, 2, NAN, 4, NAN], [2, 2, 3, 4, 4]),
        ({"ends": "trend"}, [NAN, 2, 3, 4, NAN, NAN], [1, 2, 3, 4, 5, 6]),
        ({"ends": "trend"}, [2, 3, NAN, NAN], [2, 3, NAN, NAN]),  # two points are no trend
        ({"method": "growth"}, [1, NAN, 4, NAN, NAN, 32], [1, 2, 4, 8, 16, 32]),
        ({"method": "growth"}, [-1, NAN, 4], [-1, NAN, 4]),
        ({"method": "forward"}, [NAN, 1, NAN, NAN, 5, NAN], [NAN, 1, 1, 1, 5, 5]),
        ({"method": "backward"}, [NAN, 1, NAN, NAN, 5, NAN], [1, 1, 5, 5, 5, NAN]),
        ({"method": "mean"}, [NAN, 1, NAN, 5], [3, 1, 3, 5]),
        ({}, [NAN, NAN], [NAN, NAN]),
    ],
)
def test_methods(settings: dict[str, object], values: list[float], filled: list[float]) -> None:
    result = sc.fill_missing(_series(values), **settings)
    np.testing.assert_allclose(result.panel["x"], filled)
    n_filled = int(np.isnan(values).sum() - np.isnan(filled).sum())
    assert len(result.filled) == n_filled
    assert len(result.remaining) == np.isnan(filled).sum()


@pytest.mark.parametrize(
    "times",
    [
        [2000, 2005, 2006, 2020],
        list(pd.to_datetime(["2000-01-01", "2005-01-01", "2006-01-01", "2020-01-01"])),
    ],
)
def test_the_line_runs_over_time_and_not_over_rows(times: list[object]) -> None:
    result = sc.fill_missing(_series([0, NAN, NAN, 20], times))
    np.testing.assert_allclose(result.panel["x"], [0, 5, 6, 20], atol=0.01)


def test_the_account_says_from_what() -> None:
    result = sc.fill_missing(_series([1, NAN, 3, NAN, NAN, NAN, 4, NAN]))
    assert result.filled.to_dict("records") == [
        {
            "unit": "A",
            "time": 2012,
            "column": "x",
            "value": 2.0,
            "method": "interpolate",
            "from_time": 2011,
            "to_time": 2013,
        }
    ]
    assert dict(zip(result.remaining["time"], result.remaining["reason"], strict=True)) == {
        2014: "in a gap longer than the limit",
        2015: "in a gap longer than the limit",
        2016: "in a gap longer than the limit",
        2018: "at the start or end of the series",
    }
    assert "3 in a gap longer than the limit" in result.summary()
    trend = sc.fill_missing(_series([1, 2, 3, NAN]), ends="trend")
    assert trend.filled[["method", "from_time", "to_time"]].to_numpy().tolist() == [
        ["trend", 2011, 2013]
    ]


def test_an_absent_row_is_a_gap_in_every_column_and_carries_constant_text() -> None:
    index = pd.MultiIndex.from_tuples(
        [("B", 2013), ("A", 2011), ("A", 2013), ("B", 2011), ("B", 2012)], names=["unit", "time"]
    )
    panel = pd.DataFrame(
        {"x": [6.0, 1, 3, 4, NAN], "n": [1, 1, 3, 1, 1], "region": ["W", "E", "E", "W", None]},
        index=index,
    )
    before = panel.copy(deep=True)
    result = sc.fill_missing(panel)
    pd.testing.assert_frame_equal(panel, before)
    assert list(result.panel.index) == [*index, ("A", 2012)]
    assert result.panel.loc[("A", 2012)].to_dict() == {"x": 2.0, "n": 2.0, "region": "E"}
    assert result.panel.loc[("B", 2012)].to_dict() == {"x": 5.0, "n": 1.0, "region": "W"}
    assert set(result.filled["method"]) == {"interpolate", "constant"}
    assert result.remaining.empty


def test_columns_without_a_gap_keep_their_type() -> None:
    panel = _series([1, NAN, 3]).assign(flag=[True, False, True], n=[1, 2, 3])
    result = sc.fill_missing(panel)
    assert result.panel.dtypes.astype(str).to_dict() == {
        "x": "float64",
        "flag": "bool",
        "n": "int64",
    }


def test_a_row_that_nothing_is_known_of_is_not_invented() -> None:
    panel = _series([1, 2, 3]).drop(index=("A", 2013))
    other = _series([1, 2, 3]).rename({"A": "B"})
    result = sc.fill_missing(pd.concat([panel, other]))
    assert ("A", 2013) not in result.panel.index
    assert result.remaining.to_dict("records") == [
        {
            "unit": "A",
            "time": 2013,
            "column": "x",
            "reason": "at the start or end of the series",
        }
    ]


@pytest.mark.compares("fill_missing", against="pandas")
@settings(max_examples=50, deadline=None)
@given(
    values=st.lists(st.floats(-1e6, 1e6) | st.just(NAN), min_size=1, max_size=12),
    limit=st.integers(1, 4),
)
def test_interpolation_agrees_with_pandas_where_no_gap_is_too_long(
    values: list[float], limit: int
) -> None:
    panel = _series(values)
    result = sc.fill_missing(panel, limit=limit)
    x = panel["x"]
    run = x.isna().groupby(x.notna().cumsum()).transform("sum")
    expected = x.interpolate("linear", limit_area="inside").where(x.notna() | (run <= limit))
    np.testing.assert_allclose(result.panel["x"], expected, rtol=1e-9, atol=1e-6)
    # Known values are never touched, and what is filled plus what is left is what was missing.
    np.testing.assert_array_equal(result.panel["x"][x.notna()], x.dropna())
    assert len(result.filled) + len(result.remaining) == x.isna().sum()


def test_bad_input_is_refused() -> None:
    panel = _series([1, NAN, 3])
    with pytest.raises(ParameterError, match="single time"):
        sc.fill_missing(panel.xs(2011, level="time"))
    with pytest.raises(AlignmentError, match="more than once"):
        sc.fill_missing(pd.concat([panel, panel]))
    with pytest.raises(ParameterError, match="did you mean 'interpolate'"):
        sc.fill_missing(panel, method="interpolat")  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="limit=0"):
        sc.fill_missing(panel, limit=0)
    with pytest.raises(ParameterError, match="ends='trend' goes with"):
        sc.fill_missing(panel, method="mean", ends="trend")


def test_the_agricultural_panel_is_filled_as_pandas_does(shared: Path) -> None:
    panel = sc.read_panel(
        shared / "data/china_province_agri_rd/panel.csv", unit="adcode", time="year", gaps="ignore"
    )
    result = sc.fill_missing(panel, limit=100)
    numbers = panel.select_dtypes("number").sort_index()
    expected = numbers.groupby(level="unit").transform(
        lambda s: s.interpolate("linear", limit_area="inside")
    )
    pd.testing.assert_frame_equal(
        result.panel[list(numbers)].sort_index(), expected, check_dtype=False
    )
    assert len(result.filled) == int(numbers.isna().sum().sum() - expected.isna().sum().sum())
    assert len(result.filled) == 126
