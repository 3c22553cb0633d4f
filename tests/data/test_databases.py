"""A panel and its areas go into databases and come back as they were, and no password is told."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import traceback
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box

import spatialccd as sc
from spatialccd.data.stores import databases
from spatialccd.data.stores.connections import Database, redact
from spatialccd.errors import (
    AlignmentError,
    DatabaseError,
    DataError,
    GeometryError,
    MissingDependencyError,
    ParameterError,
    SpatialCCDError,
    StudyError,
)
from spatialccd.study import run_study
from tests.data import postgis
from tests.toys import Toys

duckdb = pytest.importorskip("duckdb", reason="the extra 'db' is not installed")
sqlalchemy = pytest.importorskip("sqlalchemy", reason="the extra 'db' is not installed")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    lacking = postgis.missing()
    if lacking:
        pytest.skip(lacking)
    with postgis.running() as url:
        yield url


@pytest.fixture(params=["postgresql", "duckdb", "sqlite"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty place: a server, or a file."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("server"))
    return str(tmp_path / f"study.{request.param}")


@pytest.fixture
def areas() -> gpd.GeoDataFrame:
    """Chinese names, a quote in a name, codes with zeros, and a system that is not 4326."""
    return gpd.GeoDataFrame(
        {"name": ["甲县", "O'Brien"], "n": [1, 2]},
        geometry=[box(100, 30, 101, 31), box(101, 30, 102, 31)],
        index=pd.Index(["010100", "010200"], name="unit"),
        crs="EPSG:4490",
    )


@pytest.fixture
def panel() -> pd.DataFrame:
    index = pd.MultiIndex.from_product([["010100", "010200"], [2019, 2020]], names=["unit", "time"])
    return pd.DataFrame({"gdp": [1.5, 2.25, 1e10 / 3, 4.0], "name": ["a", "a", "b", "b"]}, index)


def test_areas_come_back_as_they_were(database: str, areas: gpd.GeoDataFrame) -> None:
    table = f"{database}#Some areas"
    label = sc.write_layer(areas, table)
    assert label.endswith(" [Some areas]")
    back = sc.read_boundaries(table, unit="unit")
    assert back.crs == areas.crs
    pd.testing.assert_frame_equal(
        pd.DataFrame(back.drop(columns="geometry")),
        pd.DataFrame(areas.drop(columns="geometry")),
        check_dtype=False,
    )
    assert back.geometry.geom_equals(areas.geometry).all()
    with pytest.raises(DataError, match="is there already; say replace=True"):
        sc.write_layer(areas, table)
    sc.write_layer(areas.iloc[:1], table, replace=True)
    assert len(sc.read_boundaries(table)) == 1
    sc.write_layer(areas, database, table="others")
    assert len(sc.read_boundaries(table)) == 1
    assert len(sc.read_boundaries({"url": database, "table": "others"})) == 2
    if database.startswith("postgresql"):
        _drop(database, "Some areas", "others")


def test_a_panel_is_read_as_from_a_file(
    database: str, areas: gpd.GeoDataFrame, panel: pd.DataFrame
) -> None:
    """By table and by query, without its geometry, values bound: a quote in one breaks nothing."""
    figures = panel.rename(columns={"name": "grade"})
    sc.write_layer(areas, f"{database}#figures", figures)
    read = sc.read_panel(f"{database}#figures", unit="unit", time="time")
    pd.testing.assert_frame_equal(
        read[["gdp", "grade"]].sort_index(), figures, check_dtype=False, rtol=0, atol=0
    )
    assert "geometry" not in read
    sql = "SELECT unit, time, gdp FROM figures WHERE name = :name AND time >= :first"
    query = {"sql": sql, "url": database, "parameters": {"name": "O'Brien", "first": 2020}}
    some = sc.read_panel(query, unit="unit", time="time")
    assert some["gdp"].to_dict() == {("010200", 2020): 4.0}
    evil = {"name": "x' OR '1'='1", "first": 0}
    with pytest.raises(SpatialCCDError, match="is empty"):
        sc.read_panel({**query, "parameters": evil}, unit="unit", time="time")
    quoted = "SELECT unit, ':name is O''Brien' AS q FROM figures WHERE name = :name AND time=2019"
    bound = {**query, "sql": quoted, "parameters": {"name": "甲县"}}
    assert sc.read_panel(bound, unit="unit")["q"].to_dict() == {"010100": ":name is O'Brien"}
    with pytest.raises(ParameterError, match="parameters= lacks a value for first"):
        sc.read_panel({**query, "parameters": {"name": "x"}}, unit="unit", time="time")
    more = {"name": "x", "first": 1, "last": 2}
    with pytest.raises(ParameterError, match="parameters= has last, which sql= does not name"):
        sc.read_panel({**query, "parameters": more}, unit="unit", time="time")
    with pytest.raises(ParameterError, match=r"no column 'units' \(did you mean 'unit'"):
        sc.read_panel(f"{database}#figures", unit="units", time="time")
    words = {"sql": "SELECT unit, time, gdp, ':name' AS mark, '12:30' AS h FROM figures"}
    assert set(sc.read_panel({**words, "url": database}, unit="unit", time="time")["mark"]) == {
        ":name"
    }
    if database.startswith("postgresql"):
        _drop(database, "figures")


def test_areas_of_a_query(database: str, areas: gpd.GeoDataFrame) -> None:
    sc.write_layer(areas, f"{database}#layer")
    query = {"sql": "SELECT unit, geometry FROM layer WHERE n > :n", "url": database}
    back = sc.read_boundaries({**query, "parameters": {"n": 1}}, crs="EPSG:4490")
    assert list(back.index) == ["010200"]
    assert back.crs == areas.crs
    with pytest.raises(GeometryError, match="one column of geometry and has none"):
        sc.read_boundaries({"sql": "SELECT unit FROM layer", "url": database})
    with pytest.raises(DatabaseError, match=r"no table 'layers' .*did you mean 'layer'"):
        sc.read_boundaries({"table": "layers", "url": database})
    with pytest.raises(DatabaseError, match="check the table or query"):
        sc.read_boundaries({"sql": "SELECT nothing FROM layer", "url": database})
    if database.startswith("postgresql"):
        _drop(database, "layer")


def _drop(url: str, *tables: str) -> None:
    engine = sqlalchemy.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        for table in tables:
            connection.execute(sqlalchemy.text(f'DROP TABLE "{table}"'))
    engine.dispose()


def test_postgis_has_schemas_and_its_own_coordinate_systems(
    server: str, areas: gpd.GeoDataFrame
) -> None:
    engine = sqlalchemy.create_engine(server.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("CREATE SCHEMA IF NOT EXISTS work"))
    sc.write_layer(areas.to_crs(32648), f"{server}#work.utm")
    back = sc.read_boundaries(f"{server}#work.utm")
    assert back.crs.to_epsg() == 32648
    with engine.begin() as connection:
        stored = connection.execute(
            sqlalchemy.text(
                "SELECT DISTINCT ST_SRID(geometry), GeometryType(geometry) FROM work.utm"
            )
        ).fetchall()
        connection.execute(sqlalchemy.text("DROP SCHEMA work CASCADE"))
    engine.dispose()
    assert stored == [(32648, "POLYGON")]


@pytest.mark.parametrize("wrong", ["password", "port", "database"])
def test_no_password_is_in_an_error(server: str, wrong: str, areas: gpd.GeoDataFrame) -> None:
    url = {
        "password": server.replace(postgis.QUOTED, "wr0ng%21pass"),
        "port": server.rsplit(":", 1)[0] + ":1/study",
        "database": server.replace("/study", "/nosuch"),
    }[wrong]
    calls: list[Any] = [
        lambda: sc.read_panel(f"{url}#t", unit="unit"),
        lambda: sc.read_boundaries({"sql": "SELECT 1", "url": url}),
        lambda: sc.write_layer(areas, f"{url}#t"),
    ]
    for call in calls:
        with pytest.raises(DatabaseError) as raised:
            call()
        text = "".join(traceback.format_exception(raised.value)) + repr(raised.value.__context__)
        said = str(raised.value)
        assert "ann:***@127.0.0.1" in said
        assert "check that the server runs" in said or wrong == "database"
        for secret in (postgis.PASSWORD, postgis.QUOTED, "wr0ng!pass", "wr0ng%21pass"):
            assert secret not in said
            assert secret not in str(raised.value.__cause__ or "")
            assert secret not in text.replace(url, "")


def test_a_password_is_in_no_label() -> None:
    url = "postgresql://ann:pass%40word@host/db"
    for text in (repr(Database(url)), Database(url, table="t").label, redact(url)):
        assert "pass" not in text
    assert redact("postgresql://host/db?user=a&password=pw") == (
        "postgresql://host/db?user=a&password=***"
    )


def test_the_column_comment_of_duckdb_is_the_coordinate_system(
    tmp_path: Path, areas: gpd.GeoDataFrame
) -> None:
    path = tmp_path / "a.duckdb"
    sc.write_layer(areas, path, table="t")
    with duckdb.connect(str(path), read_only=True) as connection:
        found = connection.execute("SELECT comment FROM duckdb_columns() WHERE comment != ''")
        assert found.fetchall() == [("EPSG:4490",)]
    # A table that is not from here says nothing of its system: crs= does.
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE bare AS SELECT unit, geometry FROM t")
    with pytest.raises(GeometryError, match="no coordinate reference system"):
        sc.read_boundaries(f"{path}#bare")
    assert sc.read_boundaries(f"{path}#bare", crs="EPSG:4490").crs.to_epsg() == 4490
    with pytest.raises(ParameterError, match="holds 2 tables; say which"):
        sc.read_boundaries(path)


def test_a_layer_that_qgis_and_gdal_read(tmp_path: Path, areas: gpd.GeoDataFrame) -> None:
    import pyogrio

    sc.write_layer(areas, tmp_path / "a.sqlite", table="t")
    assert pyogrio.read_info(tmp_path / "a.sqlite", layer="t")["crs"] == "EPSG:4490"


@pytest.mark.parametrize("suffix", [".parquet", ".gpkg", ".geojson", ".fgb"])
def test_files(suffix: str, tmp_path: Path, areas: gpd.GeoDataFrame, panel: pd.DataFrame) -> None:
    layer = areas.to_crs(4326)
    path = sc.write_layer(layer, tmp_path / f"areas{suffix}", panel[["gdp"]].xs(2019, level="time"))
    back = sc.read_boundaries(path, unit="unit")
    assert back["gdp"].to_dict() == {"010100": 1.5, "010200": 1e10 / 3}
    assert back.crs.to_epsg() == 4326
    with pytest.raises(DataError, match="is there already"):
        sc.write_layer(layer, path)
    assert len(sc.read_boundaries(sc.write_layer(layer, path, replace=True))) == 2


def test_folders_of_parquet(tmp_path: Path, areas: gpd.GeoDataFrame, panel: pd.DataFrame) -> None:
    (tmp_path / "layer").mkdir()
    for number in range(2):
        areas.iloc[[number]].reset_index().to_parquet(tmp_path / f"layer/{number}.parquet")
    back = sc.read_boundaries(tmp_path / "layer")
    assert list(back.index) == ["010100", "010200"]
    assert back.crs == areas.crs
    for year, rows in panel.reset_index().groupby("time"):
        (tmp_path / f"panel/year={year}").mkdir(parents=True)
        rows.drop(columns="time").to_parquet(tmp_path / f"panel/year={year}/rows.parquet")
    read = sc.read_panel(tmp_path / "panel", unit="unit", time="year")
    assert read["gdp"].sort_index().tolist() == panel["gdp"].tolist()
    with pytest.raises(GeometryError, match="holds no GeoParquet"):
        sc.read_boundaries(tmp_path / "panel")


def test_values_are_beside_their_areas_by_label(tmp_path: Path, areas: gpd.GeoDataFrame) -> None:
    figures = pd.DataFrame({"D": [2.0, 1.0]}, index=["010200", "010100"])
    path = sc.write_layer(areas, tmp_path / "a.parquet", figures)
    assert sc.read_boundaries(path)["D"].to_dict() == {"010100": 1.0, "010200": 2.0}
    with pytest.raises(AlignmentError, match="without an area: x"):
        sc.write_layer(areas, tmp_path / "b.parquet", figures.rename(index={"010200": "x"}))
    with pytest.raises(DataError, match="both have n"):
        sc.write_layer(areas, tmp_path / "b.parquet", figures.rename(columns={"D": "n"}))


def test_what_is_wrong_is_said(
    tmp_path: Path, areas: gpd.GeoDataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(match: str, source: Any) -> None:
        with pytest.raises(ParameterError, match=match):
            sc.read_panel(source, unit="unit")

    refused("no key 'tables'; did you mean 'table'", {"tables": "t", "path": "a.duckdb"})
    refused("given: none", {"sql": "SELECT 1"})
    refused("given: url, path", {"sql": "SELECT 1", "url": "postgresql://h/d", "path": "a.duckdb"})
    refused("sql or table, not both", {"sql": "SELECT 1", "table": "t", "path": "a.duckdb"})
    refused("no such variable; set it", {"sql": "SELECT 1", "url_env": "NO_SUCH_STUDY_DB"})
    refused("'mysql' is not read", "mysql://ann:pw@host/db#t")
    refused("no file a.duckdb", tmp_path / "a.duckdb")
    (tmp_path / "broken.duckdb").write_text("words, and no database at all")
    with pytest.raises(DatabaseError, match=r"^broken\.duckdb: "):
        sc.read_panel(tmp_path / "broken.duckdb", unit="unit")
    (tmp_path / "broken.sqlite").write_text("words, and no database at all")
    with pytest.raises(DatabaseError, match="file is not a database"):
        sc.read_panel(tmp_path / "broken.sqlite", unit="unit")
    with pytest.raises(ParameterError, match="name the one table to write"):
        sc.write_layer(areas, tmp_path / "a.duckdb")
    with pytest.raises(ParameterError, match=r"ends in '\.txt'"):
        sc.write_layer(areas, tmp_path / "a.txt")
    monkeypatch.setitem(sys.modules, "duckdb", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda *_: None)
    with pytest.raises(MissingDependencyError, match=r'pip install "spatialccd\[db\]"'):
        sc.read_panel(tmp_path / "broken.duckdb", unit="unit")


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as connection:
        connection.execute("CREATE TABLE t (unit TEXT, x REAL)")
    query = {"sql": "SELECT unit, x, x FROM t", "path": str(tmp_path / "a.sqlite")}
    with pytest.raises(DatabaseError, match="several columns named x"):
        sc.read_panel(query, unit="unit")


STUDY = """
[study]
title = "From a database"

[panel]
source = {{sql = "SELECT * FROM panel WHERE time > :t", {place}, parameters = {{t = 2017}}}}
unit = "unit"
time = "time"

[areas]
source = {{table = "areas", {place}}}
unit = "unit"

[neighbors]
method = "queen"

[global_moran]
y = "income"
n_permutations = 99
"""


@pytest.mark.parametrize("kind", ["postgresql", "duckdb"])
def test_a_study_reads_from_a_database_and_keeps_no_password(
    kind: str,
    tmp_path: Path,
    toys: Toys,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if kind == "postgresql":
        url = request.getfixturevalue("server")
        monkeypatch.setenv("STUDY_DB", url)
        place = 'url_env = "STUDY_DB"'
    else:
        url, place = str(tmp_path / "toys.duckdb"), 'path = "toys.duckdb"'
    sc.write_layer(toys.areas, f"{url}#areas")
    sc.write_layer(toys.areas[["geometry"]], f"{url}#panel", toys.panel)
    study = tmp_path / "study.toml"
    study.write_text(STUDY.format(place=place), encoding="utf-8")
    manifest = run_study(study, tmp_path / "out")
    names = sorted(name.partition(" [")[2] for name in manifest["inputs"])
    assert names == ["areas]", "query]"]
    again = run_study(study, tmp_path / "out")
    assert all(step["reused"] for step in again["steps"])
    sc.write_layer(toys.areas[["geometry"]], f"{url}#panel", toys.panel * 2, replace=True)
    changed = run_study(study, tmp_path / "out")
    assert not any(step["reused"] for step in changed["steps"])
    for path in (tmp_path / "out").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert postgis.PASSWORD.encode() not in content, path
            assert postgis.QUOTED.encode() not in content, path
    assert postgis.PASSWORD not in json.dumps(changed)
    if kind == "postgresql":
        _drop(url, "areas", "panel")


def test_a_password_in_a_study_file_is_refused(tmp_path: Path) -> None:
    place = 'url = "postgresql://ann:hush@localhost/db"'
    (tmp_path / "study.toml").write_text(STUDY.format(place=place), encoding="utf-8")
    with pytest.raises(StudyError, match="a study file is shared") as raised:
        run_study(tmp_path / "study.toml", tmp_path / "out")
    assert "hush" not in "".join(traceback.format_exception(raised.value)).replace(place, "")


def test_only_what_is_a_database_is_taken_for_one(tmp_path: Path) -> None:
    for plain in ("panel.csv", "a#b.csv", Path("x.gpkg"), "china_provinces", "folder.gdb"):
        assert not databases.is_database(plain)
    for source in ("postgres://h/d", "a.sqlite#t", Path("b.db"), {"sql": "SELECT 1"}):
        assert databases.is_database(source)
    assert os.path.isdir(tmp_path)
    assert not databases.is_database(tmp_path)
    (tmp_path / "a.parquet").touch()
    (tmp_path / "_SUCCESS").touch()
    assert databases.is_database(tmp_path)
    (tmp_path / "a.gpkg").touch()  # a folder of several kinds: the file has to be named
    assert not databases.is_database(tmp_path)
