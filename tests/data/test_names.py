"""Names are matched in every spelling that is one, and in none that is not."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import spatialccd as sc
from spatialccd.data.names.lookup import Gazetteer, china_names, fold, plain, split_suffix
from spatialccd.errors import JoinError

FULL = {code: name for code, kind, name in china_names() if kind == "full"}


@pytest.fixture(scope="module")
def provinces() -> Gazetteer:
    """The 34 units by code, without any name of their own."""
    return Gazetteer({code: [] for code in FULL})


def _units(gazetteer: Gazetteer, name: str) -> list[str]:
    return [match.unit for match in gazetteer.find(name) if not match.loose]


def test_the_table_is_sound() -> None:
    file = Path(str(sc.__file__)).parent / "data/names/gazetteer/china_names.csv"
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))
    assert rows[0] == ["code", "kind", "name"]
    assert len(FULL) == 34
    assert len({tuple(row) for row in rows}) == len(rows)
    assert all(
        len(code) == 6 and code.isdigit() and name == name.strip() for code, _, name in rows[1:]
    )
    kinds = {"full", "short", "letter", "english", "variant", "iso", "former", "loose", "toned"}
    assert {kind for _, kind, _ in rows[1:]} == kinds


def test_no_proper_name_means_two_provinces() -> None:
    """Only the names marked as loose may be another's."""
    owners: dict[str, set[str]] = {}
    for code, kind, name in china_names():
        if kind not in ("loose", "toned"):
            owners.setdefault(plain(name), set()).add(code)
    assert {name for name, codes in owners.items() if len(codes) > 1} == set()


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("内蒙古自治区", "150000"),
        ("内蒙古", "150000"),
        ("內蒙古", "150000"),
        ("Inner Mongolia", "150000"),
        ("InnerMongolia", "150000"),
        ("Nei Mongolia", "150000"),
        ("Nei Mongol", "150000"),
        ("Neimenggu", "150000"),
        ("NEI-MENGGU", "150000"),
        ("Inner Mongolia Autonomous Region", "150000"),
        ("Xizang", "540000"),
        ("Tibet", "540000"),
        ("Tibet Autonomous Region", "540000"),
        ("Shaanxi", "610000"),
        ("Shaanxi Province", "610000"),
        ("Shensi", "610000"),
        ("陝西", "610000"),
        ("Shǎnxī", "610000"),
        ("Shānxī", "140000"),
        ("Shansi", "140000"),
        ("Peking", "110000"),
        ("Beijing Shi", "110000"),
        ("beijing city", "110000"),
        ("Ｂｅｉｊｉｎｇ\u3000", "110000"),
        ("京", "110000"),
        ("Chungking", "500000"),
        ("Szechwan", "510000"),
        ("Kwangtung", "440000"),
        ("Sinkiang", "650000"),
        ("Xinjiang Uyghur Autonomous Region", "650000"),
        ("Xinjiang Uygur Zizhiqu", "650000"),
        ("新疆维吾尔自治区", "650000"),
        ("宁夏回族自治区", "640000"),
        ("Ningxia Hui", "640000"),
        ("广西壮族自治区", "450000"),
        ("广西省", "450000"),
        ("Hebei Sheng", "130000"),
        ("Hong Kong SAR", "810000"),
        ("香港特别行政区", "810000"),
        ("Macau", "820000"),
        ("臺灣", "710000"),
        ("CN-SN", "610000"),
    ],
)
def test_a_provinces_many_names(name: str, code: str, provinces: Gazetteer) -> None:
    assert _units(provinces, name) == [code]


@pytest.mark.parametrize(
    "name", ["吉林市", "海南区", "河南县", "北京省", "Jilin City", "Guangxu", "江"]
)
def test_what_is_another_place_is_not_matched(name: str, provinces: Gazetteer) -> None:
    assert provinces.find(name) == []


def test_shanxi_without_its_tone_may_be_either(provinces: Gazetteer) -> None:
    found = provinces.find("Shanxi")
    assert [(match.unit, match.loose) for match in found] == [("140000", False), ("610000", True)]


@settings(max_examples=30, deadline=None)
@given(
    name=st.sampled_from(sorted(FULL.values())), spaces=st.sampled_from([" ", "\u3000", "\u00a0"])
)
def test_spaces_never_matter(name: str, spaces: str) -> None:
    assert fold(spaces.join(name)) == fold(name)


@pytest.mark.parametrize(
    ("name", "core", "kind"),
    [
        ("恩施土家族苗族自治州", "恩施", "autonomous prefecture"),
        ("延边朝鲜族自治州", "延边", "autonomous prefecture"),
        ("前郭尔罗斯蒙古族自治县", "前郭尔罗斯", "autonomous county"),
        ("莫力达瓦达斡尔族自治旗", "莫力达瓦", "autonomous banner"),
        ("鄂伦春自治旗", "鄂伦春", "autonomous banner"),
        ("积石山保安族东乡族撒拉族自治县", "积石山", "autonomous county"),
        ("喀喇沁左翼蒙古族自治县", "喀喇沁左翼", "autonomous county"),
        ("海淀区", "海淀", "district"),
        ("浦东新区", "浦东", "district"),
        ("神农架林区", "神农架", "district"),
        ("郊区", "郊区", None),
        ("易县", "易县", None),
        ("市中区", "市中", "district"),
        ("大兴安岭地区", "大兴安岭", "prefecture"),
        ("锡林郭勒盟", "锡林郭勒", "league"),
        ("Doña Ana County", "donaana", "county"),
        ("St. John the Baptist Parish", "saintjohnthebaptist", "parish"),
        ("Valdez-Cordova Census Area", "valdezcordova", "census area"),
    ],
)
def test_suffixes(name: str, core: str, kind: str | None) -> None:
    assert split_suffix(name) == (core, kind)


def test_every_county_of_the_census_finds_itself(shared: Path) -> None:
    """2,990 names: each finds its own unit, and others only where the name is the same."""
    with (shared / "data/china_county_census2020/county_census2020.csv").open(
        encoding="utf-8", newline=""
    ) as lines:
        names = {row["CODE"]: row["NAME"] for row in csv.DictReader(lines)}
    gazetteer = Gazetteer({code: [name] for code, name in names.items()})
    for code, name in names.items():
        found = _units(gazetteer, name)
        assert code in found
        assert {names[unit] for unit in found} == {name}


def test_us_counties_with_and_without_their_suffix() -> None:
    gazetteer = Gazetteer(
        {
            "29189": ["St. Louis County"],
            "29510": ["St. Louis city"],
            "22071": ["Orleans Parish"],
            "20091": ["Johnson"],
        }
    )
    assert _units(gazetteer, "Saint Louis County") == ["29189"]
    assert _units(gazetteer, "St Louis City") == ["29510"]
    assert sorted(_units(gazetteer, "St. Louis")) == ["29189", "29510"]
    assert _units(gazetteer, "Orleans") == ["22071"]
    assert _units(gazetteer, "Orleans County") == []
    assert _units(gazetteer, "Johnson County") == ["20091"]
    assert _units(gazetteer, "Johnson City") == []


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("江苏省徐州市鼓楼区", "320302"),
        ("徐州市鼓楼区", "320302"),
        ("徐州鼓楼", "320302"),
        ("江苏省/南京市/鼓楼区", "320106"),
        ("南京市 鼓楼区", "320106"),
        ("福建省鼓楼区", "350102"),
    ],
)
def test_a_name_that_repeats_is_told_by_what_it_lies_in(name: str, unit: str) -> None:
    places = {
        "320106": ("江苏省", "南京市"),
        "320302": ("江苏省", "徐州市"),
        "350102": ("福建省", "福州市"),
    }
    gazetteer = Gazetteer({code: ["鼓楼区"] for code in places}, places)
    assert _units(gazetteer, name) == [unit]
    assert _units(gazetteer, "鼓楼区") == list(places)
    assert sorted(_units(gazetteer, "江苏省鼓楼区")) == ["320106", "320302"]
    assert _units(gazetteer, "安徽省鼓楼区") == []


def test_us_counties_by_state() -> None:
    gazetteer = Gazetteer(
        {"41067": ["Washington"], "53053": ["Pierce"], "01129": ["Washington"]},
        {"41067": ["Oregon", "OR"], "53053": ["Washington", "WA"], "01129": ["Alabama", "AL"]},
    )
    assert _units(gazetteer, "Washington County, Oregon") == ["41067"]
    assert _units(gazetteer, "Washington, AL") == ["01129"]
    assert _units(gazetteer, "Pierce, Washington") == ["53053"]
    assert _units(gazetteer, "Pierce, OR") == []


def test_every_us_county_is_found_by_the_name_the_census_writes() -> None:
    """A county and an independent city of one name in one state are told apart."""
    areas = sc.read_boundaries("us_counties")
    areas = areas[areas["state_fips"] < "60"]
    with (Path(str(sc.__file__)).parent / "data/names/gazetteer/us_counties.csv").open() as lines:
        census = {row["code"]: row["name"] for row in csv.DictReader(lines)}
    states = {code: name for code, kind, name in _states() if kind == "full"}
    written = [f"{census[code]}, {states[code[:2]]}" for code in areas.index]
    assert {"Baltimore County, Maryland", "Baltimore city, Maryland"} <= set(written)
    panel = pd.DataFrame({"x": 1.0}, index=written)
    joined = sc.join(panel, areas, on="name")
    assert list(joined.panel.index) == list(areas.index)
    assert set(joined.report.labels["how"]) == {"name"}


def test_a_county_and_a_city_of_one_name_in_one_state_are_asked_about() -> None:
    """Without County or city, six pairs remain."""
    areas = sc.read_boundaries("us_counties")
    panel = pd.DataFrame({"x": 1.0}, index=areas["name"] + ", " + areas["state"])
    with pytest.raises(JoinError, match="'Baltimore, MD' may be 24005") as raised:
        sc.join(panel[~panel.index.duplicated()], areas, on="name")
    cases = raised.value.cases
    assert cases is not None
    assert len(cases) == 12
    assert set(cases["candidate"].str[:2]) == {"24", "29", "51"}


def _states() -> list[tuple[str, str, str]]:
    path = Path(str(sc.__file__)).parent / "data/names/gazetteer/us_states.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return [(row["code"], row["kind"], row["name"]) for row in csv.DictReader(lines)]


def test_suggestions_are_near_and_few(provinces: Gazetteer) -> None:
    assert provinces.suggest("Hielongjiang", list(FULL))[0] == "230000"
    assert provinces.suggest("内蒙古自治州", list(FULL))[0] == "150000"
    assert len(provinces.suggest("Hunan", list(FULL))) <= 3
    assert provinces.suggest("Wyoming", list(FULL)) == []
    assert provinces.suggest("Hebei", []) == []
