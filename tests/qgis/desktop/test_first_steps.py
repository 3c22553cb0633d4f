"""After an install from a zip the plugin says what it lacks, refuses what fails, and then works."""

from __future__ import annotations

import json
import shutil
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from spatialccd.qgis import package
from tests.qgis.desktop.conftest import HERE, PROCESS, QGIS, pictures_folder


@pytest.fixture(scope="module")
def told(layers: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    if PROCESS is None:
        pytest.skip("qgis is not installed: the desktop was not opened")
    home = tmp_path_factory.mktemp("zip")
    qgis = QGIS(home)
    shutil.rmtree(qgis.plugins / "spatialccd_qgis")
    with zipfile.ZipFile(package.package(home / "plugin.zip")) as archive:
        archive.extractall(qgis.plugins)
    good = home / "python"
    good.write_text(f'#!/bin/sh\nPYTHONPATH={HERE.parents[2]} exec {sys.executable} "$@"\n')
    good.chmod(0o755)
    folder = pictures_folder(tmp_path_factory)
    said = qgis.desktop("first_steps.py", LAYERS=str(layers), PICTURES=str(folder), GOOD=str(good))
    assert (folder / "first.json").is_file(), said.stdout + said.stderr
    found = json.loads((folder / "first.json").read_text(encoding="utf-8"))
    assert "traceback" not in found, found["traceback"]
    return {**found, "good": str(good)}


def test_it_offers_to_set_up(told: Any) -> None:
    assert told["python"] is None
    assert any("does not know which Python has spatialccd" in text for text in told["bar"])
    assert "Plugins > spatialccd > Set up" in told["call"]


def test_a_broken_path_is_refused_when_set(told: Any) -> None:
    text, kept = told["refused"]
    assert "cannot start the Python /no/such/python" in text
    assert "ended by itself with code 1" in text
    assert text.count("It was not taken") == 2
    assert kept is None


def test_a_python_that_answers_is_taken_and_works(told: Any) -> None:
    assert told["tested"] is True
    assert told["taken"] == told["good"]
    assert told["rows"] == 34
