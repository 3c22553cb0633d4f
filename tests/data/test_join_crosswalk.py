"""Mergers, splits and renamings keep totals, average rates, and are told."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import box

import spatialccd as sc
from spatialccd.data.crosswalk import Averages, convert, read_crosswalk
from spatialccd.errors import JoinError, JoinWarning, ParameterError

TOTALS = Averages((), None)


def _areas(units: str) -> gpd.GeoDataFrame:
    boxes = [box(i, 0, i + 1, 1) for i in range(len(units))]
    return gpd.GeoDataFrame(geometry=boxes, index=pd.Index(list(units), name="unit"))


def _panel(rows: dict[tuple[str, int], tuple[float, float]]) -> pd.DataFrame:
    index = pd.MultiIndex.from_tuples(list(rows), names=["unit", "time"])
    return pd.DataFrame(list(rows.values()), columns=["people", "rate"], index=index)


@pytest.fixture
def panel() -> pd.DataFrame:
    """A and B merge into B in 2012."""
    return _panel(
        {("A", 2011): (10, 1), ("B", 2011): (30, 5), ("B", 2012): (44, 4), ("C", 2011): (7, 2)}
    )


def test_a_merger_sums_totals_and_averages_rates(panel: pd.DataFrame) -> None:
    crosswalk = pd.DataFrame({"old": ["A"], "new": ["B"], "from_year": [2012]})
    joined = sc.join(
        panel, _areas("BC"), crosswalk=crosswalk, averaged=["rate"], average_by="people"
    )
    assert joined.panel.loc[("B", 2011)].to_dict() == {"people": 40.0, "rate": 4.0}
    assert joined.panel.loc[("B", 2012)].to_dict() == {"people": 44.0, "rate": 4.0}
    assert joined.panel.loc[("C", 2011)].to_dict() == {"people": 7.0, "rate": 2.0}
    assert joined.report.crosswalk.to_dict("records") == [
        {"old": "A", "new": "B", "weight": 1.0, "from_year": 2012.0, "rows": 1, "partial": 0}
    ]
    assert "Changes of code applied" in joined.report.summary()
    plain = sc.join(panel, _areas("BC"), crosswalk=crosswalk, averaged=["rate"])
    assert plain.panel.loc[("B", 2011), "rate"] == 3.0


def test_a_split_shares_totals_out_and_keeps_rates() -> None:
    panel = _panel({("A", 2011): (10, 2), ("B", 2011): (5, 8)})
    crosswalk = {"old": ["A", "A"], "new": ["B", "D"], "weight": [0.2, 0.8]}
    joined = sc.join(
        panel,
        _areas("BD"),
        crosswalk=pd.DataFrame(crosswalk),
        averaged=["rate"],
        average_by="people",
    )
    assert joined.panel["people"].to_dict() == {("B", 2011): 7.0, ("D", 2011): 8.0}
    assert joined.panel.loc[("D", 2011), "rate"] == 2.0
    assert joined.panel.loc[("B", 2011), "rate"] == pytest.approx((2 * 2 + 5 * 8) / 7)


def test_a_renaming_leaves_every_figure_and_text_as_it_is(tmp_path: Path) -> None:
    """Dade became Miami-Dade, from a file whose codes lost their zeros."""
    panel = pd.DataFrame({"x": [1.5, 2.5], "name": ["Dade", "Kent"]}, index=["12025", "10001"])
    file = tmp_path / "changes.csv"
    file.write_text("old,new\n12025.0,12086\n", encoding="utf-8")
    areas = _areas("ab").set_axis(pd.Index(["12086", "10001"], name="unit"))
    joined = sc.join(panel, areas, crosswalk=file)
    assert joined.panel.loc["12086"].to_dict() == {"x": 1.5, "name": "Dade"}


def test_every_county_of_1980_finds_its_place_today(root: Path) -> None:
    """Two were renamed; three independent cities of Virginia went back into their counties."""
    panel = sc.read_panel(root / "examples/us_counties/data/elect80.csv", unit="fips")
    renamed = [("12025", "12086"), ("46113", "46102")]
    merged = [("51515", "51019"), ("51560", "51005"), ("51780", "51083")]
    changes = pd.DataFrame([*renamed, *merged], columns=["old", "new"])
    with pytest.warns(JoinWarning, match="^127 areas have no data"):
        joined = sc.join(
            panel, sc.read_boundaries("us_counties"), crosswalk=changes, averaged=list(panel)
        )
    assert joined.report.only_in_panel == []
    assert len(joined.panel) == 3107 - 3
    pd.testing.assert_series_equal(joined.panel.loc["12086"], panel.loc["12025"], check_names=False)
    pd.testing.assert_series_equal(
        joined.panel.loc["51019"], panel.loc[["51019", "51515"]].mean(), check_names=False
    )
    untouched = joined.panel.index.difference([*changes["new"]])
    pd.testing.assert_frame_equal(joined.panel.loc[untouched], panel.loc[untouched])
    assert joined.report.crosswalk["partial"].sum() == 0


def test_years_make_steps_and_touch_earlier_rows_only() -> None:
    rows = {("A", t): (1.0, 0.0) for t in (1995, 2003)} | {
        ("C", t): (5.0, 0.0) for t in (1995, 2015)
    }
    crosswalk = read_crosswalk({"old": ["B", "A"], "new": ["C", "B"], "from_year": [2010, 2000]})
    converted, touched = convert(_panel(rows), crosswalk, TOTALS)
    # In 1995 A becomes B, then with B becomes C; the A of 2003 is after its change and stays.
    assert converted["people"].to_dict() == {("C", 1995): 6.0, ("A", 2003): 1.0, ("C", 2015): 5.0}
    assert touched["rows"].tolist() == [1, 1]


def test_dates_are_compared_by_their_year_and_other_times_are_refused() -> None:
    crosswalk = read_crosswalk({"old": ["A"], "new": ["B"], "from_year": [2012]})
    panel = _panel({("A", 2011): (1, 1), ("A", 2012): (2, 1)})
    dates = pd.MultiIndex.from_arrays(
        [["A", "A"], pd.to_datetime(["2011-12-31", "2012-01-01"])], names=["unit", "time"]
    )
    converted, _ = convert(panel.set_axis(dates), crosswalk, TOTALS)
    assert list(converted.index.get_level_values("unit")) == ["B", "A"]
    words = pd.MultiIndex.from_arrays([["A", "A"], ["before", "after"]], names=["unit", "time"])
    with pytest.raises(ParameterError, match="times are text"):
        convert(panel.set_axis(words), crosswalk, TOTALS)


def test_a_whole_without_one_of_its_parts_is_missing_and_told() -> None:
    rows = {("A", 2010): (1, 1), ("B", 2010): (2, 1), ("B", 2011): (2, 1), ("B", 2012): (9, 1)}
    dated = read_crosswalk({"old": ["A"], "new": ["B"], "from_year": [2012]})
    converted, touched = convert(_panel(rows), dated, TOTALS)
    assert converted.loc[("B", 2010), "people"] == 3
    assert np.isnan(converted.loc[("B", 2011), "people"])
    assert converted.loc[("B", 2012), "people"] == 9
    assert touched["partial"].tolist() == [1]
    # Without years the old code may be gone because the figures of B hold it already.
    undated = read_crosswalk({"old": ["A"], "new": ["B"]})
    converted, touched = convert(_panel(rows), undated, TOTALS)
    assert converted["people"].tolist() == [3, 2, 9]
    assert touched["partial"].tolist() == [2]


def test_a_missing_figure_of_a_part_makes_the_whole_missing(panel: pd.DataFrame) -> None:
    panel.loc[("A", 2011), "people"] = float("nan")
    crosswalk = read_crosswalk({"old": ["A"], "new": ["B"]})
    converted, _ = convert(panel, crosswalk, Averages(("rate",), None))
    assert np.isnan(converted.loc[("B", 2011), "people"])
    assert converted.loc[("B", 2011), "rate"] == 3.0


def test_text_is_kept_where_the_parts_agree_or_one_keeps_its_code() -> None:
    panel = pd.DataFrame({"region": ["East"] * 3, "name": ["a", "b", "c"]}, index=["A", "B", "C"])
    crosswalk = read_crosswalk({"old": ["A", "C"], "new": ["B", "D"]})
    converted, _ = convert(panel, crosswalk, TOTALS)
    assert converted["region"].to_dict() == {"B": "East", "D": "East"}
    assert converted["name"].to_dict() == {"B": "b", "D": "c"}


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_totals_are_kept_whatever_the_weights(data: st.DataObject) -> None:
    olds, news = "ABCDE", "VWXYZ"
    rows = []
    for old in data.draw(st.lists(st.sampled_from(olds), min_size=1, unique=True)):
        targets = data.draw(st.lists(st.sampled_from(news), min_size=1, unique=True))
        parts = data.draw(st.lists(st.integers(1, 9), min_size=len(targets), max_size=len(targets)))
        rows += [(old, new, part / sum(parts)) for new, part in zip(targets, parts, strict=True)]
    crosswalk = read_crosswalk(pd.DataFrame(rows, columns=["old", "new", "weight"]))
    people = data.draw(st.lists(st.integers(0, 1000), min_size=10, max_size=10))
    index = pd.MultiIndex.from_product([list(olds), [1, 2]], names=["unit", "time"])
    panel = pd.DataFrame({"people": people, "rate": 3.0}, index=index)
    converted, _ = convert(panel, crosswalk, Averages(("rate",), None))
    by_time = converted["people"].groupby(level="time").sum()
    np.testing.assert_allclose(by_time, panel["people"].groupby(level="time").sum())
    np.testing.assert_allclose(converted["rate"], 3.0)  # a mean of equal rates is that rate
    assert converted.index.is_unique


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"old": ["A", "A"], "new": ["B", "C"], "weight": [0.5, 0.4]}, "do not sum to 1"),
        ({"old": ["A", "A"], "new": ["B", "C"]}, "do not sum to 1"),
        ({"old": ["A", "A"], "new": ["B", "B"], "weight": [0.5, 0.5]}, "stands twice"),
        ({"old": ["A"], "new": [None]}, "old or new is blank"),
        ({"old": ["A"], "new": ["B"], "weight": ["all"]}, "weight is not a number"),
        ({"old": ["A"], "new": ["B"], "weight": [-1]}, "weight is not between 0 and 1"),
        ({"old": ["A", "B"], "new": ["B", "C"], "from_year": [2010, None]}, "from_year is blank"),
    ],
)
def test_a_faulty_crosswalk_is_refused_row_by_row(
    table: dict[str, list[object]], message: str
) -> None:
    with pytest.raises(JoinError, match=message) as raised:
        read_crosswalk(table)
    assert raised.value.cases is not None
    assert len(raised.value.cases) >= 1


def test_settings_are_checked(panel: pd.DataFrame) -> None:
    crosswalk = pd.DataFrame({"old": ["A"], "new": ["B"], "from_year": [2012]})
    areas = _areas("BC")
    with pytest.raises(ParameterError, match="no column old"):
        read_crosswalk(pd.DataFrame({"from": ["A"], "new": ["B"]}))
    with pytest.raises(ParameterError, match="did you mean 'rate'"):
        sc.join(panel, areas, crosswalk=crosswalk, averaged=["rates"])
    with pytest.raises(ParameterError, match="'people' is a total"):
        sc.join(panel, areas, crosswalk=crosswalk, averaged=["people"], average_by="people")
    with pytest.raises(ParameterError, match="the panel has no time"):
        sc.join(panel.xs(2011, level="time"), areas, crosswalk=crosswalk)
