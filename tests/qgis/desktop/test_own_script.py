"""Inside QGIS's own process: layers to frames and back, where the environment allows it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import geopandas as gpd
import pytest

import spatialccd as sc
from spatialccd.errors import IslandWarning, OneNeighborWarning
from tests.qgis.desktop.conftest import HERE, PYTHON, QGIS


def test_the_package_works_in_the_desktops_process(
    qgis: QGIS, layers: Path, provinces: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    code = "import sys; print(sys.version_info[:2])"
    theirs = subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, check=True)
    if theirs.stdout.strip() != str(sys.version_info[:2]):
        pytest.skip("QGIS has another Python: compiled packages cannot be shared")
    said = qgis.desktop(
        "own_script.py",
        LAYERS=str(layers),
        PICTURES=str(tmp_path),
        PYTHONPATH=os.pathsep.join([sysconfig.get_path("purelib"), str(HERE.parents[2])]),
    )
    assert (tmp_path / "own.json").is_file(), said.stdout + said.stderr
    told = json.loads((tmp_path / "own.json").read_text(encoding="utf-8"))
    assert "traceback" not in told, told["traceback"]
    with pytest.warns(IslandWarning):
        graph = sc.neighbors(provinces)
    with pytest.warns(OneNeighborWarning):
        expected = sc.local_moran(provinces["D"], graph, seed=1).to_frame()["I"]
    assert told["I"] == pytest.approx(expected.to_dict(), rel=1e-10)
    assert (told["valid"], told["crs"], told["rows"]) == (True, "EPSG:4326", 34)
    assert told["first"] == provinces["name_zh"].iloc[0]
    assert told["filtered"] == (provinces["region"] == "Central").sum()
    assert told["odd"] == ["2020-02-29 00:00:00", None, None]
