"""A join leaves panel and areas on the same units and no label unaccounted for."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import box

import spatialccd as sc
from spatialccd.errors import JoinError, JoinWarning, ParameterError


def _areas(names: dict[Any, str], column: str = "name") -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {column: list(names.values())},
        geometry=[box(i, 0, i + 1, 1) for i in range(len(names))],
        index=pd.Index(list(names), name="unit"),
        crs="EPSG:4326",
    )


def _panel(units: list[Any], times: list[int] | None = None) -> pd.DataFrame:
    index: pd.Index = pd.Index(units, name="unit")
    if times is not None:
        index = pd.MultiIndex.from_product([units, times], names=["unit", "time"])
    return pd.DataFrame({"x": [float(i) for i in range(len(index))]}, index=index)


@pytest.fixture
def three() -> gpd.GeoDataFrame:
    return _areas({"110000": "北京市", "140000": "山西省", "610000": "陕西省"})


@pytest.mark.compares("join", against="the study of 31 provinces")
def test_the_province_study_joins_and_says_what_is_left_out(shared: Path) -> None:
    panel = sc.read_panel(
        shared / "data/china_province_ccd_2011_2020.csv", unit="adcode", time="year"
    )
    areas = sc.read_boundaries("china_provinces")
    with pytest.warns(JoinWarning, match=r"^3 areas have no data \(710000 .*810000 .*820000 "):
        joined = sc.join(panel, areas)
    pd.testing.assert_frame_equal(joined.panel, panel)
    assert set(joined.areas.index) == set(panel.index.get_level_values("unit"))
    assert isinstance(joined.areas, gpd.GeoDataFrame)
    assert joined.areas.crs == areas.crs
    assert joined.report.only_in_areas == ["710000", "810000", "820000"]
    assert joined.report.only_in_panel == []
    assert len(joined.report.to_frame()) == 34
    assert "Units in both: 31" in joined.report.summary()


@pytest.mark.parametrize("column", ["name", "province", "name_en"])
def test_names_of_the_studies_join_as_their_codes_do(column: str, shared: Path) -> None:
    """English, Chinese and run-together names of the two panels: 31 of 31."""
    file = {
        "name": "china_province_ccd_2011_2020.csv",
        "province": "china_province_agri_rd/panel.csv",
        "name_en": "china_province_agri_rd/panel.csv",
    }[column]
    raw = pd.read_csv(shared / "data" / file, dtype={"adcode": str})
    year = raw["year"].max()
    one = raw[raw["year"] == year]
    areas = sc.read_boundaries("china_provinces")
    with pytest.warns(JoinWarning, match="^3 areas have no data"):
        joined = sc.join(one.set_index(column)[["adcode"]], areas, on="name")
    assert list(joined.panel.index) == list(one["adcode"])
    assert list(joined.panel["adcode"]) == list(one["adcode"])


def test_the_counties_of_1980_that_are_no_more(root: Path) -> None:
    panel = sc.read_panel(root / "examples/us_counties/data/elect80.csv", unit="fips")
    with pytest.warns(JoinWarning, match="5 units of the panel have no area"):
        joined = sc.join(panel, sc.read_boundaries("us_counties"))
    # Dade, Shannon, and three independent cities of Virginia.
    assert joined.report.only_in_panel == ["12025", "46113", "51515", "51560", "51780"]
    assert {"12086", "46102", "04012", "08014", "35006"} <= set(joined.report.only_in_areas)
    assert len(joined.panel) == len(joined.areas) == 3102


@pytest.mark.parametrize(
    "labels",
    [
        ["110000", "140000", "610000"],
        [110000, 140000, 610000],
        [110000.0, 140000.0, 610000.0],
        ["110000.0", " 140000 ", "６１００００"],
    ],
)
def test_codes_are_codes_however_they_are_typed(labels: list[Any], three: gpd.GeoDataFrame) -> None:
    joined = sc.join(_panel(labels, [2011, 2012]), three)
    assert list(joined.panel.index.get_level_values("unit").unique()) == list(three.index)
    assert joined.panel.index.names == ["unit", "time"]
    assert set(joined.report.labels["how"]) == {"code"}


def test_lost_leading_zeros_are_found_and_told() -> None:
    areas = _areas({"01001": "Autauga", "10001": "Kent"})
    joined = sc.join(_panel([1001, 10001]), areas)
    assert list(joined.panel.index) == ["01001", "10001"]
    assert list(joined.report.labels["how"]) == ["leading zeros", "code"]
    again = sc.join(_panel(["01001", "10001"]), _areas({1001: "Autauga", 10001: "Kent"}))
    assert list(again.panel.index) == [1001, 10001]


def test_short_codes_are_suggested_and_not_applied(three: gpd.GeoDataFrame) -> None:
    with pytest.warns(JoinWarning, match=r"11 \(perhaps 110000 \(北京市\)\)"):
        joined = sc.join(_panel(["11", "140000", "610000"]), three)
    assert joined.report.only_in_panel == ["11"]
    assert joined.report.only_in_areas == ["110000"]
    assert joined.report.suggestions == {"11": "110000 (北京市)"}


def test_a_code_that_is_no_more_is_suggested_by_the_name_beside_it() -> None:
    areas = _areas({"12086": "Miami-Dade", "46102": "Oglala Lakota", "10001": "Kent"})
    panel = _panel(["12025", "46113", "10001"])
    panel["county_name"] = ["Dade", "Shannon", "Kent"]
    with pytest.warns(
        JoinWarning, match=r"12025 Dade \(perhaps 12086 \(Miami-Dade\)\), 46113 Shannon"
    ):
        joined = sc.join(panel, areas)
    assert joined.report.suggestions == {
        "12025": "12086 (Miami-Dade)",
        "46113": "46102 (Oglala Lakota)",  # by the known changes of codes: no letter is alike
    }
    assert list(joined.panel.index) == ["10001"]


def test_nothing_in_common_is_an_error_that_says_what_to_try(three: gpd.GeoDataFrame) -> None:
    with pytest.raises(JoinError, match="look like names"):
        sc.join(_panel(["北京", "山西"]), three)
    with pytest.raises(JoinError, match=r"11 may be 110000 .*bring both to the same codes"):
        sc.join(_panel(["11", "14"]), three)
    with pytest.raises(JoinError, match="check which columns unit= names"):
        sc.join(_panel(["1", "2"]), three)
    with pytest.raises(JoinError, match="look like codes: say on='code'"):
        sc.join(_panel([110000.0, 140000.0]), three, on="name")


def test_unmatched_labels_can_be_made_an_error(three: gpd.GeoDataFrame) -> None:
    with pytest.raises(JoinError, match="unmatched='drop'") as raised:
        sc.join(_panel(["110000", "999999"]), three, unmatched="error")
    cases = raised.value.cases
    assert cases is not None
    assert dict(zip(cases["label"], cases["status"], strict=True)) == {
        "999999": "only in panel",
        "140000": "only in areas",
        "610000": "only in areas",
    }


def test_shanxi_twice_is_an_error_that_lists_both(three: gpd.GeoDataFrame) -> None:
    with pytest.raises(JoinError, match=r"'Shanxi' may be 140000 .* or 610000") as raised:
        sc.join(_panel(["Beijing", "Shanxi", "Shanxi"]), three, on="name")
    assert raised.value.cases is not None
    assert list(raised.value.cases["candidate"]) == ["140000", "610000"]


def test_shanxi_alone_is_asked_about_and_beside_shaanxi_it_is_clear(
    three: gpd.GeoDataFrame,
) -> None:
    with pytest.raises(JoinError, match=r"aliases=\{name: code\}"):
        sc.join(_panel(["Beijing", "Shanxi"]), three, on="name")
    with pytest.warns(JoinWarning, match="610000"):
        joined = sc.join(
            _panel(["Beijing", "Shanxi"]), three, on="name", aliases={"Shanxi": "140000"}
        )
    assert list(joined.panel.index) == ["110000", "140000"]
    assert joined.report.labels["how"].iloc[1] == "aliases="
    joined = sc.join(_panel(["Shanxi", "Beijing", "Shaanxi"]), three, on="name")
    assert list(joined.panel.index) == ["140000", "110000", "610000"]


def test_two_counties_of_one_name_are_an_error_that_lists_both() -> None:
    areas = _areas({"110105": "朝阳区", "220104": "朝阳区", "211321": "朝阳县"})
    with pytest.raises(JoinError, match=r"'朝阳区' may be 110105 \(朝阳区\) or 220104 \(朝阳区\)"):
        sc.join(_panel(["朝阳区", "朝阳县"]), areas, on="name")
    with pytest.raises(JoinError) as raised:
        sc.join(_panel(["朝阳"]), areas, on="name")
    assert raised.value.cases is not None
    assert len(raised.value.cases) == 3


def test_likeness_is_suggested_and_never_applied(three: gpd.GeoDataFrame) -> None:
    panel = _panel(["Bejing", "Shānxī", "Shensi"])
    with pytest.warns(JoinWarning, match=r"Bejing \(perhaps 110000"):
        joined = sc.join(panel, three, on="name")
    assert list(joined.panel.index) == ["140000", "610000"]
    assert joined.report.suggestions == {"Bejing": "110000 (北京市)"}
    assert "Bejing (perhaps 110000 (北京市))" in joined.report.summary()


def test_two_labels_for_one_area_collide_only_at_one_time(three: gpd.GeoDataFrame) -> None:
    with pytest.raises(JoinError, match="'Peking' and 'Beijing' mean 110000"):
        sc.join(_panel(["Peking", "Beijing"]), three, on="name")
    with pytest.raises(JoinError, match="mean 110000"):
        sc.join(_panel(["110000", "110000.0"]), three)
    renamed = pd.concat([_panel(["Peking"], [1978]), _panel(["Beijing"], [1979])])
    with pytest.warns(JoinWarning):
        joined = sc.join(renamed, three, on="name")
    assert list(joined.panel.index) == [("110000", 1978), ("110000", 1979)]
    assert list(joined.report.duplicates["label"]) == ["Peking", "Beijing"]
    assert "110000: Peking, Beijing" in joined.report.summary()


def test_repeated_labels_are_an_error_on_either_side(three: gpd.GeoDataFrame) -> None:
    with pytest.raises(JoinError, match=r"labels of the panel stand more than once.*'110000'"):
        sc.join(_panel(["110000", "110000", "140000"]), three)
    with pytest.raises(JoinError, match="areas have labels that stand more than once: 110000"):
        sc.join(_panel(["110000"]), pd.concat([three, three.iloc[:1]]))


def test_rows_without_a_label_are_an_error_on_either_side(three: gpd.GeoDataFrame) -> None:
    with pytest.raises(JoinError, match="the panel has rows without a unit: positions 1"):
        sc.join(_panel(["110000", None]), three)
    with pytest.raises(JoinError, match="areas have rows without a unit: positions 2"):
        sc.join(_panel(["110000"]), three.set_axis(["110000", "140000", None]))


def test_columns_of_names_are_found_or_said() -> None:
    areas = _areas({"01": "Autauga", "02": "Baldwin", "03": "Barbour", "04": "Bibb"}, "county")
    areas["state_name"] = "Alabama"
    panel = _panel(["Baldwin", "Bibb"])
    with pytest.raises(JoinError, match="no unit of the panel"):
        sc.join(panel, areas, on="name")
    with pytest.warns(JoinWarning):
        assert list(sc.join(panel, areas, on="name", names="county").panel.index) == ["02", "04"]
    with pytest.raises(ParameterError, match="did you mean 'county'"):
        sc.join(panel, areas, on="name", names="country")


def test_settings_are_checked(three: gpd.GeoDataFrame) -> None:
    panel = _panel(["110000"])
    with pytest.raises(ParameterError, match="did you mean 'name'"):
        sc.join(panel, three, on="names")  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="'110001', not in areas; did you mean '110000'"):
        sc.join(panel, three, aliases={"x": "110001"})
    with pytest.raises(ParameterError, match="go with crosswalk="):
        sc.join(panel, three, averaged=["x"])


@settings(max_examples=25, deadline=None)
@given(
    here=st.sets(st.integers(0, 30), min_size=1),
    there=st.sets(st.integers(0, 30), min_size=1),
    times=st.integers(1, 3),
)
def test_every_label_is_accounted_for(here: set[int], there: set[int], times: int) -> None:
    panel = _panel([f"{i:03d}" for i in sorted(here)], list(range(times)))
    areas = _areas({f"{i:03d}": f"area {i}" for i in sorted(there)})
    if not here & there:
        with pytest.raises(JoinError):
            sc.join(panel, areas)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", JoinWarning)
        joined = sc.join(panel, areas)
    both = {f"{i:03d}" for i in here & there}
    assert set(joined.areas.index) == set(joined.panel.index.get_level_values(0)) == both
    assert len(joined.panel) == len(both) * times
    report = joined.report
    assert set(report.matched) | set(report.only_in_panel) == set(panel.index.get_level_values(0))
    assert set(report.matched) | set(report.only_in_areas) == set(areas.index)
    pd.testing.assert_frame_equal(joined.panel, panel.loc[joined.panel.index])
