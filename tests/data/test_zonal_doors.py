"""Statistics of rasters by the command line, a study file and QGIS's worker."""

from __future__ import annotations

import json
import sys
import types
from importlib import util
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd import cli
from spatialccd.errors import StudyError
from spatialccd.qgis.forms import PLUGIN, offered
from spatialccd.study import run_study
from tests.toys import Toys

rasterio = pytest.importorskip("rasterio", reason="the extra 'raster' is not installed")
pytest.importorskip("exactextract", reason="the extra 'raster' is not installed")

STUDY = """
[study]
title = "Lights"

[panel]
path = "panel.csv"
unit = "unit"
time = "time"

[areas]
source = "areas.gpkg"
unit = "unit"

[zonal_panel]
statistics = ["mean", "sum"]
prefix = "ntl"
[zonal_panel.rasters]
2018 = "r2018.tif"
2019 = "r2019.tif"
2020 = "r2020.tif"

[neighbors]
method = "queen"

[global_moran]
y = "ntl_mean"
n_permutations = 99
"""


@pytest.fixture
def folder(tmp_path: Path, toys: Toys) -> Path:
    toys.panel.to_csv(tmp_path / "panel.csv")
    toys.areas.reset_index().to_file(tmp_path / "areas.gpkg", engine="pyogrio")
    for year in toys.years:
        _write(tmp_path / f"r{year}.tif", np.random.default_rng(year).random((24, 24)))
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    return tmp_path


def _write(path: Path, values: np.ndarray) -> None:
    how = {"width": 24, "height": 24, "count": 1, "dtype": "float64", "crs": "EPSG:3857"}
    corner = rasterio.Affine(2_500, 0, 0, 0, -2_500, 60_000)
    with rasterio.open(path, "w", driver="GTiff", transform=corner, **how) as file:
        file.write(values, 1)


def test_the_command_line(folder: Path, toys: Toys, capsys: pytest.CaptureFixture[str]) -> None:
    rasters = f"2018={folder}/r2018.tif,2019={folder}/r2019.tif"
    out = folder / "out.csv"
    with pytest.raises(SystemExit) as stopped:
        cli.main(
            [
                *("zonal_panel", "--layer", str(folder / "areas.gpkg"), "--layer-unit", "unit"),
                *("--rasters", rasters, "--statistics", "mean,max", "--out", str(out)),
            ]
        )
    assert stopped.value.code in (0, None), capsys.readouterr().err
    files = {2018: folder / "r2018.tif", 2019: folder / "r2019.tif"}
    expected = sc.zonal_panel(files, toys.areas, statistics=["mean", "max"]).panel
    found = pd.read_csv(out, index_col=[0, 1])
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert list(found.index) == list(expected.index)


def test_a_study_file(folder: Path, toys: Toys) -> None:
    manifest = run_study(folder / "study.toml", folder / "out")
    assert {"r2018.tif", "r2019.tif", "r2020.tif"} <= set(manifest["inputs"])
    again = run_study(folder / "study.toml", folder / "out")
    assert all(step["reused"] for step in again["steps"])
    _write(folder / "r2020.tif", np.random.default_rng(0).random((24, 24)))
    changed = run_study(folder / "study.toml", folder / "out")
    assert not any(step["reused"] for step in changed["steps"] if step["tool"] != "neighbors")
    lost = STUDY.replace("r2020.tif", "no.tif")
    (folder / "study.toml").write_text(lost, encoding="utf-8")
    with pytest.raises(StudyError, match=r"\[zonal_panel\] rasters = 'no\.tif': no file at"):
        run_study(folder / "study.toml", folder / "out")


def test_qgis_offers_it_and_its_worker_computes_it(folder: Path, toys: Toys) -> None:
    assert "zonal_panel" in {tool.name for tool in offered()}
    areas = toys.areas.copy()
    areas.insert(0, "_row", range(len(areas)))
    areas.insert(1, "_unit", areas.index)
    gpd.GeoDataFrame(areas).reset_index(drop=True).to_file(folder / "in.gpkg", engine="pyogrio")
    answer = _worker().do(
        {
            "type": "run",
            "tool": "zonal_panel",
            "input": str(folder / "in.gpkg"),
            "folder": str(folder),
            "settings": {"rasters": f"2018={folder}/r2018.tif", "statistics": ["mean"]},
        },
        lambda *_: None,
        lambda *_: None,
        lambda: False,
    )
    content: dict[str, Any] = json.loads(Path(answer["result"]).read_text(encoding="utf-8"))
    found = {column["name"]: column["values"] for column in content["columns"]}
    expected = sc.zonal_panel({2018: folder / "r2018.tif"}, toys.areas).panel["mean"]
    np.testing.assert_allclose(found["mean"], expected, rtol=1e-12)


def _worker() -> Any:
    spec = util.spec_from_file_location("spatialccd_qgis_client_zonal", PLUGIN / "client.py")
    assert spec is not None
    assert spec.loader is not None
    module: types.ModuleType = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    import os

    root = str(Path(sc.__file__).parents[1])
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    return module.Worker(sys.executable, {**environment, "PYTHONPATH": root}, "advice")
