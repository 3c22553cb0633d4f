"""A crosswalk's rows meet the panel as a join's labels do, and tell what they did not do."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box

import spatialccd as sc
from spatialccd.data.names.places import read_table
from spatialccd.errors import JoinError, JoinWarning, ParameterError


def _areas(names: dict[str, str]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"name": list(names.values())},
        geometry=[box(i, 0, i + 1, 1) for i in range(len(names))],
        index=pd.Index(list(names), name="unit"),
        crs="EPSG:4326",
    )


def _years(values: dict[str, list[float]], years: list[int], column: str = "gdp") -> pd.DataFrame:
    index = pd.MultiIndex.from_product([list(values), years], names=["unit", "time"])
    return pd.DataFrame({column: [x for row in values.values() for x in row]}, index=index)


@pytest.mark.parametrize(
    ("old", "new"),
    [("芜湖县", "湾沚区"), ("芜湖", "湾沚"), ("蕪湖縣", "灣沚區")],
)
def test_names_meet_as_labels_do(old: str, new: str) -> None:
    panel = _years({"芜湖县": [100.0, 200.0], "湾沚区": [1000.0, 2000.0]}, [2018, 2019])
    areas = _areas({"340210": "湾沚区"})
    crosswalk = pd.DataFrame({"old": [old], "new": [new]})
    joined = sc.join(panel, areas, on="name", crosswalk=crosswalk)
    assert joined.panel["gdp"].tolist() == [1100.0, 2200.0]
    labels = joined.report.crosswalk_labels
    assert list(labels["panel"]) == ["芜湖县", "湾沚区"]
    assert list(labels["crosswalk"]) == [old, new]


def test_a_new_name_meets_the_label_that_means_the_same_area() -> None:
    panel = _years({"Laiwu": [500.0], "Jinan": [900.0]}, [2017])
    crosswalk = pd.DataFrame({"old": ["Laiwu"], "new": ["济南"]})
    joined = sc.join(panel, _areas({"370100": "济南市"}), on="name", crosswalk=crosswalk)
    assert joined.panel["gdp"].tolist() == [1400.0]
    assert "济南 of the crosswalk is Jinan (alias)" in joined.report.summary()


def test_states_meet_in_full_and_short() -> None:
    labels = {"Bedford city, VA": [700.0], "Bedford County, Va.": [800.0]}
    changes = pd.DataFrame({"old": ["Bedford city, Virginia"], "new": ["Bedford County, Virginia"]})
    counties = sc.read_boundaries("us_counties").loc[["51019"]]
    joined = sc.join(_years(labels, [2012]), counties, on="name", crosswalk=changes)
    assert joined.panel["gdp"].to_dict() == {("51019", 2012): 1500.0}


def test_codes_of_municipalities_meet_the_panels() -> None:
    panel = _years({"500000": [700.0], "511200": [800.0]}, [1996])
    changes = pd.DataFrame({"old": ["511200"], "new": ["500100"]})
    joined = sc.join(panel, _areas({"500100": "重庆市"}), crosswalk=changes)
    assert joined.panel["gdp"].to_dict() == {("500100", 1996): 1500.0}
    how = dict(joined.report.crosswalk_labels[["crosswalk", "how"]].itertuples(index=False))
    assert how == {"511200": "code", "500100": "code of a municipality"}


def test_a_label_that_may_be_several_of_the_panels_is_an_error() -> None:
    panel = _years({"朝阳区": [500.0], "朝阳县": [900.0]}, [2017])
    crosswalk = pd.DataFrame({"old": ["朝阳"], "new": ["龙城区"]})
    with pytest.raises(JoinError, match="'朝阳' may mean 朝阳区 or 朝阳县"):
        sc.join(panel, _areas({"211303": "龙城区"}), on="name", crosswalk=crosswalk)


@pytest.mark.parametrize("lost", ["panel", "crosswalk", "areas"])
def test_codes_meet_though_one_side_lost_its_zeros(lost: str) -> None:
    def code(text: str, side: str) -> str:
        return text.lstrip("0") if side == lost else text

    values = {code(c, "panel"): [v] for c, v in (("02270", 700.0), ("01001", 100.0))}
    old, new = code("02270", "crosswalk"), code("02158", "crosswalk")
    areas = _areas({code("02158", "areas"): "Kusilvak", code("01001", "areas"): "Autauga"})
    crosswalk = pd.DataFrame({"old": [old], "new": [new]})
    joined = sc.join(_years(values, [2010]), areas, crosswalk=crosswalk)
    assert joined.panel["gdp"].tolist() == [700.0, 100.0]
    assert list(joined.panel.index.get_level_values(0)) == list(areas.index)


def test_a_chain_of_codes_that_lost_its_zeros_holds() -> None:
    crosswalk = pd.DataFrame(
        {"old": ["3001", "03002"], "new": ["3002", "3003"], "from_year": [2005, 2010]}
    )
    panel = _years({"03001": [700.0], "09009": [1.0e3]}, [2000])
    joined = sc.join(panel, _areas({"03003": "c", "09009": "d"}), crosswalk=crosswalk)
    assert joined.panel["gdp"].to_dict() == {("03003", 2000): 700.0, ("09009", 2000): 1000.0}


def test_rows_without_effect_are_listed_and_told() -> None:
    panel = _years({"A": [500.0, 600.0], "B": [700.0, 800.0]}, [2010, 2011])
    crosswalk = pd.DataFrame({"old": ["A", "X", "Y"], "new": ["B", "B", "Z"]})
    with pytest.warns(JoinWarning, match=r"^2 of 3 rows .* met no row .*X -> B, Y -> Z\)"):
        joined = sc.join(panel, _areas({"B": "b"}), crosswalk=crosswalk)
    assert joined.report.crosswalk.set_index("old")["rows"].to_dict() == {"A": 2, "X": 0, "Y": 0}
    late = pd.DataFrame({"old": ["A"], "new": ["B"], "from_year": [2000]})
    with pytest.warns(JoinWarning, match=r"^1 of 1 rows of the crosswalk met no row"):
        sc.join(panel, _areas({"A": "a", "B": "b"}), crosswalk=late)


@pytest.mark.parametrize(
    ("column", "values", "rate"),
    [
        ("失业率", [140.0, 300.0], True),
        ("第三产业占比", [140.0, 300.0], True),
        ("urban share", [140.0, 300.0], True),
        ("gdp_per_capita", [14000.0, 30000.0], True),
        ("forest_%", [-140.0, 300.0], True),
        ("x", [0.25, 0.5], True),
        ("x", [25.0, 50.0], True),
        ("x", [250.0, 50.0], False),
        ("people", [250.0, 50.0], False),
        ("paper", [250.0, 50.0], False),
        ("corporate", [250.0, 50.0], False),
    ],
)
def test_a_sum_of_what_looks_like_a_rate_is_told(
    column: str, values: list[float], rate: bool, recwarn: pytest.WarningsRecorder
) -> None:
    panel = _years({"A": values[:1], "B": values[1:]}, [2010], column)
    crosswalk = pd.DataFrame({"old": ["A"], "new": ["B"]})
    joined = sc.join(panel, _areas({"B": "b"}), crosswalk=crosswalk)
    assert joined.panel[column].tolist() == [sum(values)]
    said = [str(one.message) for one in recwarn if "may be rates" in str(one.message)]
    assert len(said) == rate
    recwarn.clear()
    # A renaming sums nothing, and what is averaged is no sum.
    sc.join(panel.drop("B"), _areas({"B": "b"}), crosswalk=crosswalk)
    sc.join(panel, _areas({"B": "b"}), crosswalk=crosswalk, averaged=[column])
    assert len(recwarn) == 0


def test_the_shipped_changes_of_us_counties(root: Path) -> None:
    """The five codes of 1980 that are no more go where the example's own list takes them."""
    panel = sc.read_panel(root / "examples/us_counties/data/elect80.csv", unit="fips")
    with pytest.warns(JoinWarning, match="^127 areas have no data"):
        joined = sc.join(
            panel,
            sc.read_boundaries("us_counties"),
            crosswalk="us_counties",
            averaged=list(panel),
        )
    assert joined.report.only_in_panel == []
    pairs = dict(zip(joined.report.crosswalk["old"], joined.report.crosswalk["new"], strict=True))
    assert pairs == {
        "51780": "51083",
        "12025": "12086",
        "51560": "51005",
        "51515": "51019",
        "46113": "46102",
    }


def test_what_is_not_one_to_one_is_left_and_told() -> None:
    regions = {"09110": "Capitol", "09120": "Greater Bridgeport", "25013": "Hampden"}
    panel = _years({"09001": [950.0], "25013": [400.0], "09110": [1.0e3]}, [2020])
    with pytest.warns(JoinWarning) as said:
        joined = sc.join(panel, _areas(regions), crosswalk="us_counties")
    words = " | ".join(str(one.message) for one in said)
    assert "1 of the panel's codes are now shared among several" in words
    assert "09001 -> 09120, 09140, 09190" in words
    assert "09001 Fairfield County (perhaps 09120 (Greater Bridgeport))" in words
    assert joined.report.only_in_panel == ["09001"]


def test_the_shipped_changes_of_china_go_on_in_steps_of_years() -> None:
    """玉环县 became a city in 2017; 上虞 a district in 2013; each only for the rows before."""
    areas = _areas({"331083": "玉环市", "330604": "上虞区", "330602": "越城区"})
    panel = pd.concat(
        [
            _years({"331021": [300.0, 310.0], "330682": [500.0, 510.0]}, [2010, 2012]),
            _years({"331083": [400.0], "330604": [600.0]}, [2018]),
            _years({"330602": [800.0]}, [2010]),
        ]
    )
    joined = sc.join(panel, areas, crosswalk="china_counties")
    assert joined.panel.loc["331083", "gdp"].to_dict() == {2010: 300, 2012: 310, 2018: 400}
    assert joined.panel.loc["330604", "gdp"].to_dict() == {2010: 500, 2012: 510, 2018: 600}
    one = panel.xs(2010, level="time")
    assert sc.join(one, areas, crosswalk="china_counties").panel["gdp"].to_dict() == {
        "331083": 300.0,
        "330604": 500.0,
        "330602": 800.0,
    }


def test_laiwu_is_jinan_from_2019() -> None:
    panel = _years(
        {"370100": [7000.0] * 3, "371200": [900.0, 1000.0, float("nan")]}, [2017, 2018, 2019]
    )
    panel = panel.drop(("371200", 2019))
    joined = sc.join(panel, _areas({"370100": "济南市"}), crosswalk="china_prefectures")
    assert joined.panel["gdp"].tolist() == [7900.0, 8000.0, 7000.0]


def test_a_shipped_crosswalk_has_codes() -> None:
    panel = _years({"济南市": [7000.0]}, [2017])
    with pytest.raises(ParameterError, match="it goes with on='code'"):
        sc.join(panel, _areas({"370100": "济南市"}), on="name", crosswalk="china_prefectures")


@pytest.mark.parametrize(
    "table", ["us_county_changes.csv", "china_county_changes.csv", "china_prefecture_changes.csv"]
)
def test_every_shipped_change_has_its_source_and_one_way_on(table: str) -> None:
    rows = pd.DataFrame(read_table(table))
    assert (rows["source"].str.len() > 20).all()
    assert (rows[["old", "new", "old_name", "new_name"]] != "").all(axis=None)
    assert (rows["old"] != rows["new"]).all()
    assert not rows.duplicated(["old", "new", "from_year"]).any()
    whole = rows[rows["kind"] != "split"]
    assert (whole["weight"] == "1").all()
    assert not whole.duplicated("old").any()
    assert (rows.loc[rows["kind"] == "split", "weight"] == "").all()
    shared = rows[rows["kind"] == "split"]
    several = shared["old"].duplicated(keep=False) | shared["new"].duplicated(keep=False)
    assert several.all()
    # No chain leads back to where it began.
    onward = dict(zip(whole["old"], whole["new"], strict=True))
    for start in onward:
        seen, code = {start}, onward[start]
        while code in onward:
            assert code not in seen
            seen.add(code)
            code = onward[code]
