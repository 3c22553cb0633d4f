"""A QGIS of its own: temporary home, the plugin of this checkout, layers to work on."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest

from spatialccd.qgis import install
from tests.qgis.desktop import calls

#: Both are run in QGIS's Python and import it: pytest of this environment cannot.
collect_ignore = ["inside", "scripts"]
HERE = Path(__file__).parent
SCRIPTS = HERE / "scripts"
#: QGIS of the system and the Python it was built for.
PROCESS = next((p for p in map(shutil.which, ("qgis_process.bin", "qgis_process")) if p), None)
PYTHON = "/usr/bin/python3"
#: pytest and pytest-qgis for that Python: a folder made with ``pip install --target``.
PYTEST_QGIS = os.environ.get("PYTEST_QGIS")


class QGIS:
    """Runs QGIS's programs in a home of their own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.plugins = install.install(qgis_dir=home / ".local/share/QGIS/QGIS3").parent
        run = home / "run"
        run.mkdir(mode=0o700)
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL"))}
        self.environment = {
            **kept,
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(run),
            "XDG_DATA_HOME": str(home / ".local/share"),
            "TMPDIR": str(home / "tmp"),
            "QT_QPA_PLATFORM": "offscreen",
            "PATH": "/usr/bin:/bin",
        }
        (home / "tmp").mkdir()

    def process(self, tool: str, **values: object) -> subprocess.CompletedProcess[str]:
        """Run ``qgis_process run spatialccd:tool``."""
        words = [f"{name}={value}" for name, value in values.items()]
        return self.run([str(PROCESS), "run", f"spatialccd:{tool}", "--", *words])

    def desktop(self, script: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a script of the folder ``scripts`` in the desktop, on a screen of its own."""
        program = shutil.which("qgis.bin") or shutil.which("qgis")
        if program is None or shutil.which("xvfb-run") is None:
            pytest.skip("no qgis or no xvfb-run: the desktop was not opened")
        screen = ["xvfb-run", "-a", "-s", "-screen 0 1400x900x24"]
        words = ["--nologo", "--noversioncheck", "--code", str(SCRIPTS / script)]
        shared = {"PYTHONPATH": str(SCRIPTS), "PYTHONDONTWRITEBYTECODE": "1"}
        own = {"QT_QPA_PLATFORM": "xcb", **shared, **environment}
        return self.run([*screen, program, *words], **own)

    def pytest(self, suite: str, material: Path) -> subprocess.CompletedProcess[str]:
        """Run tests of the folder ``inside`` with pytest-qgis, in QGIS's Python."""
        inside = HERE / "inside"
        words = ["-q", "--color=no", "-c", str(inside / "pytest.ini")]
        words.append(f"--rootdir={self.home}")  # it keeps QGIS's settings there
        return self.run(
            [PYTHON, "-m", "pytest", *words, str(inside / suite)],
            PYTHONPATH=str(PYTEST_QGIS),
            PYTHONDONTWRITEBYTECODE="1",
            PLUGINS=str(self.plugins),
            MATERIAL=str(material),
        )

    def run(self, command: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            capture_output=True,
            check=False,
            encoding="utf-8",
            errors="replace",
            cwd=self.home,  # not the checkout, whose package would be importable
            env={**self.environment, **environment},
            timeout=1800,
        )

    def left_behind(self) -> list[str]:
        """Name the temporary folders of the plugin that are still there."""
        return [p.name for p in (self.home / "tmp").glob("spatialccd-*")]


def pictures_folder(factory: pytest.TempPathFactory) -> Path:
    """Give a folder for pictures: with SPATIALCCD_PICTURES set they stay there."""
    kept = os.environ.get("SPATIALCCD_PICTURES")
    folder = Path(kept) if kept else factory.mktemp("pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def qgis(tmp_path_factory: pytest.TempPathFactory) -> QGIS:
    if PROCESS is None:
        pytest.skip("qgis_process is not installed: the plugin was not run in QGIS")
    return QGIS(tmp_path_factory.mktemp("qgis"))


@pytest.fixture(scope="session")
def provinces() -> gpd.GeoDataFrame:
    return calls.provinces().copy()


@pytest.fixture(scope="session")
def georgia() -> gpd.GeoDataFrame:
    libpysal = pytest.importorskip("libpysal")
    try:
        example = libpysal.examples.load_example("georgia")
    except OSError:
        pytest.skip("libpysal has no copy of Georgia here, and there is no network")
    path = next(file for file in example.get_file_list() if file.endswith("G_utm.shp"))
    return gpd.read_file(path).set_crs(32617, allow_override=True)


@pytest.fixture(scope="session")
def panel() -> pd.DataFrame:
    return calls.china().panel


@pytest.fixture(scope="session")
def layers(
    tmp_path_factory: pytest.TempPathFactory,
    provinces: gpd.GeoDataFrame,
    georgia: gpd.GeoDataFrame,
    panel: pd.DataFrame,
) -> Path:
    """A folder with provinces.gpkg, the same in metres.gpkg, georgia.gpkg and panel.gpkg."""
    folder = tmp_path_factory.mktemp("layers")
    write = {"engine": "pyogrio", "VERSION": "1.3"}
    provinces.reset_index(names="adcode").to_file(folder / "provinces.gpkg", **write)
    metres = provinces.to_crs(3857).reset_index(names="adcode")
    metres.to_file(folder / "metres.gpkg", **write)
    georgia.to_file(folder / "georgia.gpkg", **write)
    table = panel.reset_index(names=["code", "year"])
    pyogrio.write_dataframe(table, folder / "panel.gpkg")
    return folder
