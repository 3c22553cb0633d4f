"""A name is matched to a unit of its own level, and a suffix more or less is told."""

from __future__ import annotations

import warnings

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box

import spatialccd as sc
from spatialccd.errors import JoinError, JoinWarning

COUNTIES = {
    "220221": "永吉县",
    "150304": "海南区",
    "371502": "东昌府区",
    "130521": "邢台县",
    "211321": "朝阳县",
    "511902": "巴州区",
}
PARENTS = ["吉林省", "内蒙古自治区", "山东省", "河北省", "辽宁省", "四川省"]


def _areas(names: dict[str, str], **more: list[str]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"name": list(names.values()), **more},
        geometry=[box(i, 0, i + 1, 1) for i in range(len(names))],
        index=pd.Index(list(names), name="unit"),
        crs="EPSG:4326",
    )


def _panel(labels: list[str], **more: list[str]) -> pd.DataFrame:
    values = [float(i) for i in range(len(labels))]
    return pd.DataFrame({"x": values, **more}, index=pd.Index(labels, name="unit"))


def _how(panel: pd.DataFrame, areas: gpd.GeoDataFrame) -> dict[str, tuple[str, str]]:
    """What each label matched, and how, whatever is warned of."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", JoinWarning)
        labels = sc.join(panel, areas, on="name").report.labels
    found = labels[labels["status"] != "only in areas"]
    return dict(zip(found["label"], zip(found["unit"], found["how"], strict=True), strict=True))


@pytest.mark.parametrize(
    ("label", "said"),
    [
        (
            "海南",
            "460000 (海南省), a province or 632500 (海南藏族自治州), a prefecture, not 150304",
        ),
        ("吉林", "220000 (吉林省), a province"),
        ("山东省", "370000 (山东省), a province"),
        ("Shandong", "370000 (山东省), a province"),
        ("邢台", "130500 (邢台市), a prefecture, not 130521 (邢台县)"),
        ("朝阳市", "211300 (朝阳市), a prefecture"),
        ("巴州", "652800 (巴音郭楞蒙古自治州), a prefecture, not 511902 (巴州区)"),
    ],
)
def test_a_larger_units_own_name_among_counties_is_an_error(label: str, said: str) -> None:
    with pytest.raises(JoinError, match="names of larger units") as raised:
        sc.join(_panel([label, "永吉县"]), _areas(COUNTIES), on="name")
    assert said in str(raised.value)
    assert raised.value.cases is not None
    assert list(raised.value.cases["label"]) == [label]


def test_it_is_one_as_well_where_the_areas_have_codes_of_their_own() -> None:
    """By the column of provinces, or since only a suffix makes them alike."""
    own = dict(zip("abcdef", COUNTIES.values(), strict=True))
    with pytest.raises(JoinError, match="'吉林' is 220000 "):
        sc.join(_panel(["吉林", "永吉县"]), _areas(own, province=PARENTS), on="name")
    with pytest.raises(JoinError, match=r"'海南' is 460000 .* not b "):
        sc.join(_panel(["海南", "永吉县"]), _areas(own), on="name")


def test_a_states_name_among_counties_is_an_error() -> None:
    areas = _areas({"15001": "Hawaii", "48015": "Austin", "41067": "Washington", "11001": "DC"})
    for label in ("Hawaii", "Washington"):
        with pytest.raises(JoinError, match=f"{label}' is .*, a state, not"):
            sc.join(_panel([label, "Austin"]), areas, on="name")
    found = _how(_panel(["Hawaii County", "Washington County, Oregon"]), areas)
    assert found["Hawaii County"] == ("15001", "name")
    assert found["Washington County, Oregon"] == ("41067", "name")


def test_a_name_of_the_areas_own_level_is_none() -> None:
    """Municipalities are provinces and prefectures; states stand among states."""
    mixed = _areas({"500000": "重庆市", "110100": "北京市", "130500": "邢台市"})
    found = _how(_panel(["重庆", "Beijing", "邢台"]), mixed)
    assert [unit for unit, _ in found.values()] == ["500000", "110100", "130500"]
    states = _how(_panel(["Iowa", "Texas", "Mass."]), sc.read_boundaries("us_states"))
    assert [unit for unit, _ in states.values()] == ["19", "48", "25"]
    world = _areas({"GEO": "Georgia", "GAB": "Gabon", "MLI": "Mali"})
    assert _how(_panel(["Georgia", "Mali"]), world)["Georgia"] == ("GEO", "name")
    assert _how(_panel(["GA", "Mali"]), world)["GA"] == ("", "")


def test_a_suffix_left_out_or_added_is_told_and_counted() -> None:
    areas = _areas({"a": "Mayo", "b": "Kerry County", "c": "黄陂区"})
    with pytest.warns(JoinWarning, match="^3 labels were matched with a suffix left out or added"):
        joined = sc.join(_panel(["Mayo County", "Kerry", "黄陂"]), areas, on="name")
    assert list(joined.report.labels["how"]) == [
        "name without suffix",
        "name with suffix",
        "name with suffix",
    ]
    assert "by name with suffix: 2" in joined.report.summary()


def test_a_suffix_of_another_kind_is_no_match() -> None:
    states = sc.read_boundaries("us_states")
    found = _how(_panel(["Ohio County", "Nevada County", "Maine"]), states)
    assert found == {
        "Ohio County": ("", ""),
        "Nevada County": ("", ""),
        "Maine": ("23", "name"),
    }


def test_the_panels_parents_must_agree() -> None:
    areas = _areas({"350102": "鼓楼区", "320106": "鼓楼区", "410204": "鼓楼区", "370203": "市北区"})
    panel = _panel(["鼓楼区", "市北区"], province=["江苏省", "山东"])
    assert [unit for unit, _ in _how(panel, areas).values()] == ["320106", "370203"]
    # 市北区 lies in 山东 by its code: a row that says 河北 is another place, and stays out.
    wrong = _how(_panel(["市北区", "鼓楼区"], 省份=["河北省", "福建省"]), areas)
    assert wrong == {"市北区": ("", ""), "鼓楼区": ("350102", "name")}
    us = _areas({"01129": "Washington", "53053": "Pierce", "31139": "Pierce"})
    found = _how(_panel(["Pierce County", "Washington County"], state=["NE", "Ala."]), us)
    assert [unit for unit, _ in found.values()] == ["31139", "01129"]


def test_parents_that_nobody_knows_tell_nothing() -> None:
    areas = _areas({"a": "Kisumu", "b": "Nakuru"}, province=["Nyanza", "Rift Valley"])
    found = _how(_panel(["Kisumu", "Nakuru"], province=["Nyanza", "the west"]), areas)
    assert [unit for unit, _ in found.values()] == ["a", "b"]
    other = _how(_panel(["Kisumu", "Nakuru"], province=["Rift Valley", "Rift Valley"]), areas)
    assert other["Kisumu"] == ("", "")


def test_the_first_digits_of_a_code_beside_the_name_must_agree() -> None:
    areas = _areas({"330106": "西湖区", "360103": "西湖区", "130131": "平山县"})
    found = _how(_panel(["西湖区", "平山县"], adcode=["360103", "130131"]), areas)
    assert [unit for unit, _ in found.values()] == ["360103", "130131"]
    moved = _panel(["平山县", "西湖区"]).assign(区划代码=[410000, 330100])
    assert _how(moved, areas) == {"平山县": ("", ""), "西湖区": ("330106", "name")}
    post = _panel(["平山县", "西湖区"]).assign(postcode=[410000, 330100], 邮政编码=[110000, 330100])
    with pytest.raises(JoinError, match="'西湖区' may be 330106"):
        sc.join(post, areas, on="name")
    us = _areas({"04012": "La Paz", "08001": "Adams", "16003": "Adams"})
    found = _how(_panel(["Adams County", "La Paz"]).assign(fips=[8001, 4012]), us)
    assert [unit for unit, _ in found.values()] == ["08001", "04012"]


def test_a_parent_at_hand_tells_a_prefecture_from_a_province() -> None:
    areas = _areas({"632500": "海南藏族自治州", "630200": "海东市", "220200": "吉林市"})
    found = _how(_panel(["海南", "海东"], province=["青海省", "青海省"]), areas)
    assert found["海南"][0] == "632500"
    with pytest.raises(JoinError, match="'吉林' is 220000"):
        sc.join(_panel(["吉林", "海东"], province=["吉林省", "青海省"]), areas, on="name")


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("恩施州", "422800"),
        ("恩施", "422800"),
        ("巴州", "652800"),
        ("克州", "653000"),
        ("黔东南州", "522600"),
        ("Guangzhou", "440100"),
        ("Guangzhou City", "440100"),
        ("廣州市", "440100"),
        ("廣州", "440100"),
        ("襄陽市", "420600"),
        ("襄樊市", "420600"),
        ("Xi'an", "610100"),
        ("Xi’an City, Shaanxi", "610100"),
        ("Lhasa", "540100"),
        ("Lüliang", "141100"),
        ("Urumqi", "650100"),
        ("Ürümqi", "650100"),
        ("Hulunbuir", "150700"),
        ("Changzhi", "140400"),
        ("Enshi Tujia and Miao Autonomous Prefecture", "422800"),
        ("浙江省台州市", "331000"),
        ("Suzhou, Anhui", "341300"),
        ("Suzhou (Jiangsu)", "320500"),
    ],
)
def test_a_prefectures_many_names(label: str, code: str) -> None:
    names = {
        "422800": "恩施土家族苗族自治州",
        "652800": "巴音郭楞蒙古自治州",
        "653000": "克孜勒苏柯尔克孜自治州",
        "522600": "黔东南苗族侗族自治州",
        "440100": "广州市",
        "420600": "襄阳市",
        "610100": "西安市",
        "540100": "拉萨市",
        "141100": "吕梁市",
        "650100": "乌鲁木齐市",
        "150700": "呼伦贝尔市",
        "140400": "长治市",
        "331000": "台州市",
        "321200": "泰州市",
        "341300": "宿州市",
        "320500": "苏州市",
    }
    assert (
        _how(_panel([label, "拉萨市" if code != "540100" else "西安市"]), _areas(names))[label][0]
        == code
    )


@pytest.mark.parametrize("label", ["Suzhou", "Taizhou"])
def test_one_pinyin_of_two_prefectures_is_asked_about(label: str) -> None:
    both = {"341300": "宿州市", "320500": "苏州市", "331000": "台州市", "321200": "泰州市"}
    with pytest.raises(JoinError, match=f"'{label}' may be"):
        sc.join(_panel([label]), _areas(both), on="name")
    # Where the layer lacks one of them, but has its province, the name is no less doubtful.
    part = {"340100": "合肥市", "330100": "杭州市", "320500": "苏州市", "321200": "泰州市"}
    with pytest.raises(JoinError, match="not among the areas"):
        sc.join(_panel([label]), _areas(part), on="name")
    jiangsu = {"320500": "苏州市", "321200": "泰州市"}
    assert _how(_panel([label]), _areas(jiangsu))[label][1] == "alias"


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Lodz", "Łódź"),
        ("Tromso", "Tromsø"),
        ("Dakovo", "Đakovo"),
        ("Diyarbakir", "Diyarbakır"),
        ("Giessen", "Gießen"),
        ("Nordfjordeid & Stryn", "Nordfjordeid and Stryn"),
        ("King and Queen County", "King & Queen County"),
        ("Hawaii", "Hawaiʻi"),
        ("Ste. Genevieve", "Sainte Genevieve"),
    ],
)
def test_letters_and_signs_are_folded(label: str, name: str) -> None:
    assert _how(_panel([label]), _areas({"x": name, "y": "Other"}))[label] == ("x", "name")


def test_county_names_as_the_census_writes_them() -> None:
    areas = sc.read_boundaries("us_counties")
    labels = {
        "Los Angeles County, California": "06037",
        "St. Louis city, Missouri": "29510",
        "Añasco Municipio, Puerto Rico": "72011",
        "Acadia Parish, LA": "22001",
        "Dona Ana County, NM": "35013",
        "Prince George's County, Maryland": "24033",
        "King & Queen County, Va.": "51097",
        "Anchorage Municipality, Alaska": "02020",
        "Bronx, N.Y.": "36005",
        "Cass, IA": "19029",  # and not Cassia in Idaho
        "LaPorte County Indiana": "18091",
    }
    found = _how(_panel(list(labels)), areas)
    assert {label: unit for label, (unit, _) in found.items()} == labels
    with pytest.raises(JoinError, match=r"'Cass IA' may be 16031 .* or 19029"):
        sc.join(_panel(["Cass IA"]), areas, on="name")


def test_states_by_abbreviation_where_the_areas_are_states() -> None:
    areas = _areas({"a": "California", "b": "New York", "c": "West Virginia"})
    found = _how(_panel(["CA", "N.Y.", "W. Va."]), areas)
    assert [unit for unit, _ in found.values()] == ["a", "b", "c"]


@pytest.mark.parametrize(
    "label", ["Xi'an", "邢台县", "Mass.", "Lyon", "Shandy", "广元", "Zug", "United States"]
)
def test_what_is_no_likeness_is_not_suggested(label: str) -> None:
    panel = _panel(["Beijing", label])
    with pytest.warns(JoinWarning, match=r"1 unit of the panel has no area"):
        joined = sc.join(panel, sc.read_boundaries("china_provinces"), on="name")
    assert joined.report.suggestions == {}


def test_a_suggestion_lies_where_the_label_says() -> None:
    """There is a Dade in Georgia; the Dade of Florida is another, and of Ohio there is none."""
    counties = sc.read_boundaries("us_counties")
    panel = _panel(["Dade County, Florida", "Dade County, Ohio", "Cook, IL"])
    with pytest.warns(JoinWarning, match="2 units of the panel have no area"):
        joined = sc.join(panel, counties, on="name")
    assert joined.report.suggestions == {"Dade County, Florida": "12086 (Miami-Dade)"}
    with pytest.warns(JoinWarning):
        joined = sc.join(
            _panel(["United States", "Ohio"]), sc.read_boundaries("us_states"), on="name"
        )
    assert joined.report.suggestions == {}


def test_a_slip_of_the_pen_is_suggested() -> None:
    panel = _panel(["Beijing", "Shangdong", "Guizou", "黑龙江州", "Chonqing"])
    with pytest.warns(JoinWarning):
        joined = sc.join(panel, sc.read_boundaries("china_provinces"), on="name")
    assert {label: text[:6] for label, text in joined.report.suggestions.items()} == {
        "Shangdong": "370000",
        "Guizou": "520000",
        "黑龙江州": "230000",
        "Chonqing": "500000",
    }


def test_codes_of_municipalities_are_one_place() -> None:
    areas = _areas({"310100": "上海市", "120000": "天津市", "320100": "南京市"})
    joined = sc.join(_panel(["310000", "120100", "320100"]), areas)
    assert list(joined.panel.index) == ["310100", "120000", "320100"]
    assert list(joined.report.labels["how"]) == ["code of a municipality"] * 2 + ["code"]
    with pytest.raises(JoinError, match="'310000' and '310100' mean 310100"):
        sc.join(_panel(["310000", "310100"]), areas)
    with pytest.raises(JoinError, match="no unit of the panel"):
        sc.join(_panel(["320000"]), areas)  # a province of several cities is none of them


def test_a_code_without_an_area_has_its_name_and_what_it_may_be() -> None:
    areas = _areas({"310101": "黄浦区", "110101": "东城区", "110105": "朝阳区"})
    with pytest.warns(JoinWarning, match=r"310103 卢湾区 \(perhaps 310101 \(黄浦区\)\)"):
        joined = sc.join(_panel(["310103", "110105", "440305"]), areas)
    labels = joined.report.labels.set_index("label")
    assert labels.loc["440305", "name"] == "南山区"
    assert labels.loc["440305", "suggestion"] == ""
    counties = _areas({"02158": "Kusilvak", "01001": "Autauga"})
    with pytest.warns(JoinWarning, match=r"2270 Wade Hampton Census Area \(perhaps 02158 "):
        sc.join(_panel(["2270", "1001"]), counties)
