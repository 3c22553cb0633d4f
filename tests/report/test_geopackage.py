from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import ParameterError


@pytest.fixture
def ccd(toys):
    return sc.coupling_coordination(economy=toys.scores["economy"], ecology=toys.scores["ecology"])


@pytest.fixture
def package(ccd, toys, tmp_path):
    lisa = sc.local_moran(ccd.D.xs(2020, level="time"), toys.graph, n_permutations=99, seed=1)
    moran = sc.global_moran(ccd.D, toys.graph, n_permutations=99, seed=1)
    results = {"ccd": ccd, "lisa": lisa, "moran": moran}
    return sc.write_geopackage(results, toys.areas, tmp_path / "study.gpkg")


def _query(path, sql):
    with closing(sqlite3.connect(path)) as database:
        return database.execute(sql).fetchall()


def test_every_figure_comes_back(package, ccd, toys):
    back = gpd.read_file(package, layer="results").set_index("unit")
    for year in toys.years:
        expected = ccd.D.xs(year, level="time")
        pd.testing.assert_series_equal(back[f"ccd_D_{year}"], expected, check_names=False)
    grades = ccd.grade.xs(2020, level="time").astype(str)
    assert back["ccd_grade_2020"].to_list() == grades.reindex(back.index).to_list()
    assert back["name"].to_list() == toys.areas["name"].to_list()
    assert back.crs == toys.areas.crs
    assert set(back["lisa_significant"]) <= {"yes", "no"}


def test_the_format_is_1_3(package):
    assert _query(package, "PRAGMA user_version") == [(10300,)]


def test_fields_are_explained(package):
    found = _query(package, "SELECT result, column, time FROM fields WHERE field = 'ccd_D_2019'")
    assert found == [("ccd", "D", "2019")]
    (call,) = _query(package, "SELECT call FROM made WHERE result = 'moran'")[0]
    assert "global_moran(" in call


def test_one_style_is_the_default_and_each_matches_its_column(package, ccd):
    styles = _query(package, "SELECT styleName, styleQML, useAsDefault FROM layer_styles")
    assert [name for name, _, default in styles if default] == ["ccd_grade_2020"]
    columns = gpd.read_file(package, layer="results").columns
    for name, qml, _ in styles:
        root = ET.fromstring(qml)
        assert root.find("renderer-v2").get("attr") == f'"{name}"'
        assert name in columns
    graded = ET.fromstring(next(qml for name, qml, _ in styles if name == "ccd_D_2020"))
    ranges = [(float(r.get("lower")), float(r.get("upper"))) for r in graded.iter("range")]
    assert len(ranges) == len(list(graded.iter("symbol"))) == 5
    D = ccd.D.to_numpy()
    assert all(any(low <= value <= high for low, high in ranges) for value in D)


def test_names_that_sqlite_would_confuse_are_kept_apart(toys, tmp_path):
    frame = pd.DataFrame({"C": 1.0, "c": 2.0, '得"分': 3.0}, toys.units)
    path = sc.write_geopackage({"x": frame}, toys.areas, tmp_path / "s.gpkg")
    back = gpd.read_file(path, layer="results")
    assert back["x_C"].eq(1).all()
    assert back["x_c_2"].eq(2).all()
    assert back["x_得_分"].eq(3).all()


def test_units_without_a_figure_have_none(toys, tmp_path):
    frame = pd.DataFrame({"y": np.arange(30.0)}, toys.units[:30])
    path = sc.write_geopackage({"x": frame}, toys.areas, tmp_path / "s.gpkg")
    back = gpd.read_file(path, layer="results")
    assert back["x_y"].isna().sum() == 6


def test_points_get_markers(toys, tmp_path):
    places = toys.areas.set_geometry(toys.areas.centroid)
    path = sc.write_geopackage({"x": toys.year}, places, tmp_path / "s.gpkg")
    (qml,) = _query(path, "SELECT styleQML FROM layer_styles LIMIT 1")[0]
    assert ET.fromstring(qml).find(".//symbol").get("type") == "marker"


def test_bad_requests_leave_no_file(toys, tmp_path):
    with pytest.raises(ParameterError, match="gpkg"):
        sc.write_geopackage({"x": toys.year}, toys.areas, tmp_path / "s.shp")
    with pytest.raises(ParameterError, match="nothing to write"):
        sc.write_geopackage({"x": pd.DataFrame({"a": [1]})}, toys.areas, tmp_path / "s.gpkg")
    assert list(tmp_path.iterdir()) == []


def test_qgis_opens_it_colored(package, tmp_path):
    """QGIS itself loads the default style: 10 grades."""
    python = "/usr/bin/python3"
    if shutil.which("qgis_process") is None or shutil.which(python) is None:
        pytest.skip("QGIS is not installed: its reading of the styles was not checked")
    script = f"""
from qgis.core import QgsApplication, QgsVectorLayer
app = QgsApplication([], False)
app.initQgis()
layer = QgsVectorLayer({str(package)!r} + "|layername=results", "x", "ogr")
message, loaded = layer.loadDefaultStyle()
renderer = layer.renderer()
print(loaded, renderer.type(), renderer.classAttribute(), len(renderer.categories()))
import os
os._exit(0)
"""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PROJ", "GDAL"))}
    clean |= {"QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    run = subprocess.run(
        [python, "-c", script], env=clean, capture_output=True, text=True, timeout=120, check=False
    )
    if "No module named 'qgis'" in run.stderr:
        pytest.skip("QGIS has no Python module here")
    assert run.stdout.split() == ["True", "categorizedSymbol", '"ccd_grade_2020"', "10"], run.stderr


@pytest.fixture
def drawn(ccd, toys, tmp_path):
    """A package of results that draw layers of their own, and what they were made of."""
    center = sc.mean_center(ccd.D, toys.areas)
    results = {
        "ccd": ccd,
        "center": center,
        "ellipse": sc.standard_deviational_ellipse(ccd.D, toys.areas),
        "fields": sc.neighbors(toys.areas),
    }
    return sc.write_geopackage(results, toys.areas, tmp_path / "study.gpkg"), results


def test_centers_ellipses_and_links_are_layers(drawn, toys):
    path, results = drawn
    names = {"results", "center", "center_moves", "ellipse", "fields_links"}
    assert names <= set(gpd.list_layers(path)["name"])
    points = gpd.read_file(path, layer="center")
    assert points.crs == toys.areas.crs
    assert points["time"].to_list() == list(toys.years)
    np.testing.assert_allclose(points.geometry.x, results["center"].path["x"], rtol=1e-12)
    moves = gpd.read_file(path, layer="center_moves")
    assert moves["time"].to_list() == list(toys.years[1:])
    assert moves["since"].to_list() == list(toys.years[:-1])
    length = moves.length / 1000  # the toy layer is in meters, distances are in kilometers
    np.testing.assert_allclose(length, results["center"].path["distance"].iloc[1:], rtol=1e-9)
    rings = gpd.read_file(path, layer="ellipse")
    # A polygon of 180 corners in an ellipse lacks 1 - sin(t)/t of its area, t = 2 pi / 180.
    np.testing.assert_allclose(rings.area, results["ellipse"].path["area"], rtol=3e-4)
    links = gpd.read_file(path, layer="fields_links")
    first = links.iloc[0]
    middle = toys.areas.centroid
    ends = [middle[first["focal"]].coords[0], middle[first["neighbor"]].coords[0]]
    np.testing.assert_allclose(list(first.geometry.coords), ends)
    assert len(links) == len(results["fields"].links)


def test_the_styles_of_drawn_layers_name_every_time(drawn, toys):
    path, _ = drawn
    styles = dict(_query(path, "SELECT f_table_name, styleQML FROM layer_styles"))
    for name in ("center", "center_moves", "ellipse"):
        root = ET.fromstring(styles[name])
        times = list(toys.years[1:] if name == "center_moves" else toys.years)
        assert [int(c.get("value")) for c in root.iter("category")] == times
    assert ET.fromstring(styles["fields_links"]).find("renderer-v2").get("type") == "singleSymbol"


def test_a_center_alone_is_enough(toys, tmp_path):
    center = sc.mean_center(toys.year["income"], toys.areas)
    path = sc.write_geopackage({"center": center}, toys.areas, tmp_path / "s.gpkg")
    assert "results" not in set(gpd.list_layers(path)["name"])


def test_lines_cross_the_180th_meridian_the_short_way():
    from spatialccd.report.layers.drawn import _lines

    (line,) = _lines(np.array([[179.0, 50.0]]), np.array([[-178.0, 51.0]]), degrees=True)
    assert list(line.coords) == [(179.0, 50.0), (182.0, 51.0)]
