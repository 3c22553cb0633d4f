"""Processing's batch dialog in the desktop: a layer for each row, and a bad row costs no other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest

import spatialccd as sc
from spatialccd.errors import IslandWarning, OneNeighborWarning
from tests.qgis.desktop.conftest import QGIS, pictures_folder


@pytest.fixture(scope="module")
def told(qgis: QGIS, layers: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = pictures_folder(tmp_path_factory)
    said = qgis.desktop("batch.py", LAYERS=str(layers), PICTURES=str(folder))
    assert (folder / "batch.json").is_file(), said.stdout + said.stderr
    found = json.loads((folder / "batch.json").read_text(encoding="utf-8"))
    assert "traceback" not in found, found["traceback"]
    assert not qgis.left_behind()
    return found


@pytest.fixture(scope="module")
def graph(provinces: gpd.GeoDataFrame) -> sc.Neighbors:
    with pytest.warns(IslandWarning):
        return sc.neighbors(provinces)


def test_each_row_gives_a_styled_layer_of_its_own(
    told: Any, provinces: gpd.GeoDataFrame, graph: sc.Neighbors
) -> None:
    first, last = told["local"]["layers"]
    assert [layer["source"] for layer in (first, last)] == ["row0.gpkg", "row2.gpkg"]
    for layer, field in ((first, "D"), (last, "指标")):
        assert (layer["rows"], layer["renderer"]) == (34, "categorizedSymbol")
        with pytest.warns(OneNeighborWarning):
            expected = sc.local_moran(provinces[field], graph, seed=1, n_permutations=99).to_frame()
        expected = expected.loc[layer["figures"]["adcode"], "I"]
        np.testing.assert_allclose(layer["figures"]["I"], expected, rtol=1e-10)


def test_a_row_that_fails_is_told_and_costs_no_other(told: Any) -> None:
    log = told["local"]["log"]
    assert "3 features have no code in the unit or time field" in log
    assert "1 executions failed" in log
    assert log.count("correctly executed") == 2
    assert "Traceback" not in log


def test_temporary_tables_do_not_overwrite_each_other(
    told: Any, provinces: gpd.GeoDataFrame, graph: sc.Neighbors
) -> None:
    found = [layer["figures"]["I"] for layer in told["global"]["layers"]]
    expected = [
        sc.global_moran(provinces[field], graph, seed=1, n_permutations=99).I.tolist()
        for field in ("D", "指标")
    ]
    np.testing.assert_allclose(sorted(found), sorted(expected), rtol=1e-10)
