"""A layer as the plugin writes it, and a worker to send it to."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib import util
from pathlib import Path
from types import ModuleType
from typing import Any

import geopandas as gpd
import numpy as np
import pytest

import spatialccd as sc
from spatialccd.qgis import install
from spatialccd.qgis.forms import PLUGIN


@pytest.fixture(scope="session")
def client() -> ModuleType:
    """The plugin's client: standard library only, so it loads without QGIS."""
    spec = util.spec_from_file_location("spatialccd_qgis_client", PLUGIN / "client.py")
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def environment() -> dict[str, str]:
    """What the plugin gives a worker of this checkout."""
    import os

    kept = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    note = install._this_python()
    return {**kept, "PYTHONPATH": note["path"]} if "path" in note else kept


@pytest.fixture(scope="session")
def worker(client: ModuleType, environment: dict[str, str]) -> Iterator[Any]:
    """One worker for all tests: as in QGIS, it is started once."""
    started = client.Worker(sys.executable, environment, "advice")
    yield started
    started.end()


@pytest.fixture(scope="session")
def areas() -> gpd.GeoDataFrame:
    """The provinces with two made-up columns."""
    provinces = sc.read_boundaries("china_provinces")
    random = np.random.default_rng(7)
    provinces["D"] = random.random(len(provinces))
    provinces["指标"] = provinces["D"] + 0.1 * random.standard_normal(len(provinces))
    return provinces


@pytest.fixture
def exchange(tmp_path: Path) -> Callable[..., Path]:
    """Write a layer as the plugin does: `_row`, `_unit` and perhaps `_time` beside its columns."""

    def write(frame: Any, unit: Any, name: str = "input", time: Any = None) -> Path:
        written = frame.copy()
        written.insert(0, "_row", range(100, 100 + len(written)))
        written.insert(1, "_unit", np.asarray(unit))
        if time is not None:
            written.insert(2, "_time", np.asarray(time))
        path = tmp_path / f"{name}.gpkg"
        if "geometry" in written.columns:
            written.reset_index(drop=True).to_file(path, engine="pyogrio")
        else:
            import pyogrio

            pyogrio.write_dataframe(written.reset_index(drop=True), path)
        return path

    return write
