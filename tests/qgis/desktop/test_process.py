"""``qgis_process`` runs the tools, in a Python that has none of our dependencies."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import IslandWarning, OneNeighborWarning
from spatialccd.qgis import check
from tests.qgis.desktop.conftest import PROCESS, PYTHON, QGIS

LISA = ["I", "lag", "z", "p_sim"]


def test_the_python_of_qgis_has_none_of_our_dependencies(qgis: QGIS) -> None:
    code = (
        "from importlib.util import find_spec as f;"
        "print([m for m in ('spatialccd', 'geopandas', 'libpysal', 'esda', 'numba') if f(m)])"
    )
    assert qgis.run([PYTHON, "-c", code]).stdout.strip() == "[]"


def test_local_moran_of_the_provinces(
    qgis: QGIS, layers: Path, provinces: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    out, log = tmp_path / "lisa.gpkg", tmp_path / "log.html"
    said = qgis.process(
        "local_moran",
        INPUT=layers / "provinces.gpkg",
        UNIT_FIELD="adcode",
        y="D",
        seed=1,
        OUTPUT=out,
        LOG=log,
    )
    assert said.returncode == 0, said.stdout + said.stderr
    found = gpd.read_file(out).set_index("adcode")
    with pytest.warns(IslandWarning):
        graph = sc.neighbors(provinces)
    with pytest.warns(OneNeighborWarning):
        expected = sc.local_moran(provinces["D"], graph, seed=1).to_frame()
    np.testing.assert_allclose(found[LISA], expected.loc[found.index, LISA], rtol=1e-10)
    assert (found["cluster"] == expected["cluster"].astype(str)).all()
    assert found.geometry.geom_equals(provinces.geometry.loc[found.index]).all()
    assert (found["name_zh"] == provinces["name_zh"]).all()
    assert "460000" in log.read_text(encoding="utf-8")
    assert not qgis.left_behind()


def test_mgwr_of_georgia(
    qgis: QGIS, layers: Path, georgia: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    X = ["PctRural", "PctPov", "PctBlack"]
    out = tmp_path / "mgwr.gpkg"
    said = qgis.process(
        "mgwr",
        INPUT=layers / "georgia.gpkg",
        UNIT_FIELD="AreaKey",
        y="PctBach",
        X=";".join(X),
        OUTPUT=out,
    )
    assert said.returncode == 0, said.stdout + said.stderr
    found = gpd.read_file(out).set_index("AreaKey")
    counties = georgia.set_index("AreaKey")
    expected = sc.mgwr(counties["PctBach"], pd.DataFrame(counties[X]), counties).to_frame()
    figures = expected.select_dtypes("number")
    np.testing.assert_allclose(
        found.loc[figures.index, figures.columns], figures, rtol=1e-10, atol=1e-12
    )
    assert not qgis.left_behind()


def faulty(kind: str, provinces: gpd.GeoDataFrame, folder: Path) -> Path:
    layer = provinces.reset_index(names="adcode")[["adcode", "D", "geometry"]]
    if kind == "no features":
        layer = layer.iloc[:0]
    elif kind == "no CRS":
        layer = layer.set_crs(None, allow_override=True)
    elif kind == "NULL":
        layer.loc[3, "D"] = None
    elif kind == "a code twice":
        layer.loc[1, "adcode"] = layer.loc[0, "adcode"]
    path = folder / "faulty.gpkg"
    layer.to_file(path, engine="pyogrio", VERSION="1.3")
    return path


@pytest.mark.filterwarnings("ignore:'crs' was not provided:UserWarning")
@pytest.mark.parametrize(
    ("kind", "field", "words"),
    [
        ("sound", "adcode_", "has no field adcode_ (did you mean adcode?)"),
        ("no features", "D", "has no features to work on"),
        ("no CRS", "D", "no coordinate reference system"),
        ("NULL", "D", "missing or infinite values: 140000"),
        ("a code twice", "D", "same unit more than once: 110000"),
    ],
)
def test_faults_are_one_line(
    qgis: QGIS, provinces: gpd.GeoDataFrame, tmp_path: Path, kind: str, field: str, words: str
) -> None:
    path, out = faulty(kind, provinces, tmp_path), tmp_path / "out.gpkg"
    said = qgis.process("local_moran", INPUT=path, UNIT_FIELD="adcode", y=field, OUTPUT=out)
    assert said.returncode == 1
    assert words in said.stdout + said.stderr
    assert "Traceback" not in said.stdout + said.stderr
    assert not out.exists()
    assert not qgis.left_behind()


def test_a_python_that_is_not_there_is_said_with_the_install_line(
    qgis: QGIS, layers: Path, tmp_path: Path
) -> None:
    words = ["INPUT=" + str(layers / "provinces.gpkg"), "y=D", f"OUTPUT={tmp_path / 'x.gpkg'}"]
    said = qgis.run(
        [str(PROCESS), "run", "spatialccd:local_moran", "--", *words],
        SPATIALCCD_PYTHON="/usr/bin/python3",
    )
    assert said.returncode == 1
    assert "has no spatialccd" in said.stdout + said.stderr
    assert "spatialccd qgis install" in said.stdout + said.stderr


def test_check_finds_qgis_and_runs_a_tool(qgis: QGIS, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_RUNTIME_DIR", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, qgis.environment[name])
    # Another Python comes first, as with pyenv or conda: QGIS must not take its home for its own.
    monkeypatch.setenv("PATH", f"{sys.base_prefix}/bin{os.pathsep}{os.environ['PATH']}")
    lines = check.check()
    assert lines[0].startswith("QGIS: 3.")
    assert lines[-1] == "spatialccd:mean_center ran through qgis_process"


def test_join_finds_units_by_their_names(
    qgis: QGIS, layers: Path, provinces: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    table = provinces[["name_zh"]].assign(gdp=range(len(provinces))).iloc[::-1]
    table.to_csv(tmp_path / "names.csv", index=False)
    said = qgis.process(
        "join",
        INPUT=tmp_path / "names.csv",
        UNIT_FIELD="name_zh",
        panel="gdp",
        BOUNDARIES=layers / "provinces.gpkg",
        BOUNDARIES_UNIT="adcode",
        on="name",
        OUTPUT=tmp_path / "joined.gpkg",
    )
    assert said.returncode == 0, said.stdout + said.stderr
    found = gpd.read_file(tmp_path / "joined.gpkg").set_index("name_zh")
    for code, area in provinces.iterrows():
        assert found.loc[area["name_zh"], "geometry"].equals(area["geometry"]), code


def test_judgements_are_weighed(qgis: QGIS, tmp_path: Path) -> None:
    (tmp_path / "matrix.csv").write_text("c,a,b\na,1,2\nb,0.5,1\n")
    said = qgis.process(
        "ahp_weights",
        INPUT=tmp_path / "matrix.csv",
        UNIT_FIELD="c",
        matrix="a;b",
        OUTPUT=tmp_path / "weights.csv",
    )
    assert said.returncode == 0, said.stdout + said.stderr
    weights = pd.read_csv(tmp_path / "weights.csv")["weight"]
    np.testing.assert_allclose(weights, [2 / 3, 1 / 3], rtol=1e-10)


def test_results_of_tools_are_mapped(
    qgis: QGIS, layers: Path, provinces: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    random = np.random.default_rng(3)
    layer = provinces[["geometry"]].reset_index(names="adcode")
    layer["cluster"] = random.choice(["High-High", "Low-Low", "Not significant"], len(layer))
    layer["coef_x"] = random.standard_normal(len(layer))
    layer.to_file(tmp_path / "results.gpkg", engine="pyogrio", VERSION="1.3")
    for tool, field in (("map_lisa", {"lisa": "cluster"}), ("map_coefficients", {"gwr": "coef_x"})):
        figure = tmp_path / f"{tool}.png"
        said = qgis.process(
            tool, INPUT=tmp_path / "results.gpkg", UNIT_FIELD="adcode", FIGURE=figure, **field
        )
        assert said.returncode == 0, said.stdout + said.stderr
        assert figure.stat().st_size > 10_000


def test_gwr_gives_its_diagnostics_and_predictions_from_one_run(
    qgis: QGIS, layers: Path, georgia: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    X = ["PctRural", "PctPov"]
    georgia.iloc[:7].to_crs(4326).to_file(tmp_path / "new.gpkg", engine="pyogrio", VERSION="1.3")
    said = qgis.process(
        "gwr",
        INPUT=layers / "georgia.gpkg",
        UNIT_FIELD="AreaKey",
        y="PctBach",
        X=";".join(X),
        OUTPUT=tmp_path / "gwr.gpkg",
        LOCAL_COLLINEARITY=tmp_path / "local.gpkg",
        SPATIAL_VARIABILITY=tmp_path / "test.csv",
        spatial_variability_n_permutations=9,
        spatial_variability_seed=1,
        PREDICT_GWR=tmp_path / "ahead.gpkg",
        PREDICT_GWR_LAYER=tmp_path / "new.gpkg",
        PREDICT_GWR_UNIT="AreaKey",
        MAP_BANDWIDTHS=tmp_path / "bandwidths.png",
    )
    assert said.returncode == 0, said.stdout + said.stderr
    counties = georgia.set_index("AreaKey")
    table = pd.DataFrame(counties[X])
    model = sc.gwr(counties["PctBach"], table, counties)
    local = gpd.read_file(tmp_path / "local.gpkg").set_index("AreaKey")
    expected = sc.local_collinearity(model).to_frame()
    np.testing.assert_allclose(local.loc[expected.index, expected.columns], expected, rtol=1e-10)
    found = pd.read_csv(tmp_path / "test.csv").set_index("term")
    test = sc.spatial_variability(model, n_permutations=9, seed=1).table
    np.testing.assert_allclose(found[test.columns], test, rtol=1e-10)
    ahead = gpd.read_file(tmp_path / "ahead.gpkg").set_index("AreaKey")
    assert ahead.crs == "EPSG:4326"
    there = sc.predict_gwr(model, table.iloc[:7], counties.iloc[:7])
    # To degrees and back moves a place by some 1e-9 m.
    np.testing.assert_allclose(ahead["predicted"], there.predicted[ahead.index], rtol=1e-8)
    assert (tmp_path / "bandwidths.png").stat().st_size > 10_000
    assert not qgis.left_behind()


def test_obstacles_are_found_from_the_fields(
    qgis: QGIS, layers: Path, panel: pd.DataFrame, tmp_path: Path
) -> None:
    said = qgis.process(
        "obstacle_degree",
        INPUT=layers / "panel.gpkg",
        UNIT_FIELD="code",
        TIME_FIELD="year",
        system1_name="城镇",
        system1_indicators="urban,benefit,,,x1,benefit,,",
        system2_name="生态",
        system2_indicators="ecology,正向,,,x2,-,,",
        OUTPUT=tmp_path / "obstacles.csv",
        CHART_OBSTACLES=tmp_path / "obstacles.png",
    )
    assert said.returncode == 0, said.stdout + said.stderr
    systems = {
        "城镇": {"urban": "benefit", "x1": "benefit"},
        "生态": {"ecology": "benefit", "x2": "cost"},
    }
    indices = {name: sc.composite_index(panel[list(d)], d) for name, d in systems.items()}
    expected = sc.obstacle_degree(**indices).to_frame()
    found = pd.read_csv(tmp_path / "obstacles.csv").iloc[:, -len(expected.columns) :]
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12)
    assert (tmp_path / "obstacles.png").stat().st_size > 10_000


def test_centers_and_ellipses_are_layers_of_their_own(
    qgis: QGIS, layers: Path, panel: pd.DataFrame, provinces: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    given = {
        "INPUT": layers / "panel.gpkg",
        "UNIT_FIELD": "code",
        "TIME_FIELD": "year",
        "y": "urban",
        "BOUNDARIES": layers / "metres.gpkg",
        "BOUNDARIES_UNIT": "adcode",
    }
    plane = provinces.to_crs(3857)
    center = sc.mean_center(panel["urban"], plane)
    moves = tmp_path / "moves.gpkg"
    said = qgis.process("mean_center", **given, OUTPUT=tmp_path / "center.gpkg", MOVES=moves)
    assert said.returncode == 0, said.stdout + said.stderr
    points = gpd.read_file(tmp_path / "center.gpkg")
    assert points.crs == "EPSG:3857"
    np.testing.assert_allclose(points.geometry.x, center.path["x"], rtol=1e-10)
    lengths = gpd.read_file(moves).length / 1000
    np.testing.assert_allclose(lengths, center.path["distance"].iloc[1:], rtol=1e-9)
    said = qgis.process("standard_deviational_ellipse", **given, OUTPUT=tmp_path / "ellipse.gpkg")
    assert said.returncode == 0, said.stdout + said.stderr
    rings = gpd.read_file(tmp_path / "ellipse.gpkg")
    areas = sc.standard_deviational_ellipse(panel["urban"], plane).path["area"]
    np.testing.assert_allclose(rings.area, areas, rtol=3e-4)  # a polygon of 180 corners
