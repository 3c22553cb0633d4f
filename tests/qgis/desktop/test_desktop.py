"""The real desktop: toolbox, dialog, console calls, layouts; its pictures are kept."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import matplotlib.image
import pytest

from tests.qgis.desktop.conftest import HERE, QGIS


@pytest.fixture(scope="module")
def pictures(qgis: QGIS, layers: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Let a session run; with SPATIALCCD_PICTURES set its pictures stay there."""
    program = shutil.which("qgis.bin") or shutil.which("qgis")
    if program is None or shutil.which("xvfb-run") is None:
        pytest.skip("no qgis or no xvfb-run: the desktop was not opened")
    kept = os.environ.get("SPATIALCCD_PICTURES")
    folder = Path(kept) if kept else tmp_path_factory.mktemp("pictures")
    folder.mkdir(parents=True, exist_ok=True)
    command = ["xvfb-run", "-a", "-s", "-screen 0 1400x900x24", program]
    words = ["--nologo", "--noversioncheck", "--code", str(HERE / "session.py")]
    said = qgis.run(
        [*command, *words],
        QT_QPA_PLATFORM="xcb",
        LAYERS=str(layers),
        PICTURES=str(folder),
        STUDY=str(HERE.parents[2] / "examples" / "us_states" / "study.toml"),
    )
    assert (folder / "told.json").is_file(), said.stdout + said.stderr
    return folder


@pytest.fixture(scope="module")
def told(pictures: Path) -> Any:
    found = json.loads((pictures / "told.json").read_text(encoding="utf-8"))
    assert "traceback" not in found, found["traceback"]
    return found


def test_a_console_call_adds_a_styled_layer(told: Any) -> None:
    assert told["lisa"] == [34, "categorizedSymbol", "Local Moran"]
    assert told["in_project"]
    assert told["second"] < 2.0, "the worker was not kept"


def test_mgwr_has_a_style_for_every_coefficient(told: Any) -> None:
    rows, renderer, styles = told["mgwr"]
    assert (rows, renderer) == (159, "RuleRenderer")
    assert {"Intercept", "PctRural", "PctPov", "PctBlack"} <= set(styles)


def test_a_panel_is_graded_year_by_year(told: Any) -> None:
    assert told["coordination"] == [5 * 34, "categorizedSymbol"]
    assert told["atlas"] == [f"{year}.png" for year in range(2016, 2021)]


def test_a_study_adds_its_layers(told: Any) -> None:
    assert told["study"] == ["results"]


def test_mistakes_are_answered_with_the_nearest_word(told: Any) -> None:
    assert "did you mean 'provinces'?" in told["layer_typo"]
    assert "did you mean 'seed'?" in told["setting_typo"]
    assert "'name_zh' must hold numbers" in told["text_field"]


@pytest.mark.parametrize(
    ("name", "least"),
    [("desktop", 150), ("dialog", 60), ("layout", 40), ("atlas/2020", 40)],
)
def test_pictures_are_not_blank(told: Any, pictures: Path, name: str, least: int) -> None:
    image = matplotlib.image.imread(pictures / f"{name}.png")[..., :3]
    colors = {tuple(pixel) for pixel in image[::3, ::3].reshape(-1, 3).round(2)}
    assert len(colors) > least
    assert told
