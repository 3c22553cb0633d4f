"""The real desktop: toolbox, dialog, console calls, layouts; its pictures are kept."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import matplotlib.image
import numpy as np
import pytest

from tests.qgis.desktop.conftest import HERE, QGIS, pictures_folder


@pytest.fixture(scope="module")
def pictures(qgis: QGIS, layers: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = pictures_folder(tmp_path_factory)
    said = qgis.desktop(
        "session.py",
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
    assert told["lisa"] == [34, "categorizedSymbol", "Local Moran: D"]
    assert told["in_project"]
    assert told["second_workers"] == told["first_workers"] != [], "the worker was not kept"


def test_mgwr_has_a_style_for_every_coefficient(told: Any) -> None:
    rows, renderer, styles = told["mgwr"]
    assert (rows, renderer) == (159, "RuleRenderer")
    assert {"Intercept", "PctRural", "PctPov", "PctBlack"} <= set(styles)


def test_a_panel_is_graded_year_by_year(told: Any) -> None:
    assert told["coordination"] == [5 * 34, "categorizedSymbol"]


def test_an_atlas_has_a_page_for_every_year(told: Any, pictures: Path) -> None:
    atlas = told["atlas"]
    assert atlas["files"] == [f"{year}.png" for year in range(2016, 2021)]
    assert atlas["pages"] == 5
    assert sum(atlas["kept"]) == 1  # the second one replaced the first
    assert atlas["temporal"]
    first, last = (
        matplotlib.image.imread(pictures / "atlas" / f"{year}.png") for year in (2016, 2020)
    )
    map_of = np.s_[300:1500, 100:1600]  # without the year above the legend
    assert (first[map_of] != last[map_of]).any(axis=-1).mean() > 0.05, "pages show the same year"
    pdf = (pictures / "atlas.pdf").read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 5


def test_help_tells_what_a_call_takes(told: Any) -> None:
    signature, text = told["help"]
    assert signature.startswith("(layer, *, y, n_permutations=9999, seed=None")
    assert "wait=True" in signature
    assert text.startswith("Find clusters of like values")
    assert "n_permutations" in text
    assert {"local_moran", "local_collinearity", "run_study", "atlas"} <= set(told["names"])


def test_what_goes_on_from_a_result_comes_with_it_or_alone(told: Any) -> None:
    assert told["also"] == ["GWR: PctBach", [159], "Local collinearity: PctBach"]
    assert told["gwr_layers"] == 1  # the fit behind the second call stays out of the project


def test_centers_and_moves_are_styled_layers(told: Any) -> None:
    assert told["center"] == [5, "categorizedSymbol", True]
    assert told["moves"] == [4, "categorizedSymbol", "EPSG:4326"]


def test_a_result_shows_what_it_found_first(told: Any) -> None:
    # Of several years the last is drawn: an expression that gives the field's value then.
    fields = [re.sub(r'^if\(.*, "(\w+)", NULL\)$', r"\1", shown) for shown in told["shown"]]
    assert fields == ["gm11", "predicted", "urban_2"]


def test_subsystems_are_given_by_name(told: Any) -> None:
    assert {"城镇", "生态"} <= set(told["systems"])


def test_a_study_adds_its_layers(told: Any) -> None:
    assert told["study"] == ["results", "neighbors_links"]


def test_mistakes_are_answered_with_the_nearest_word(told: Any) -> None:
    assert "did you mean provinces?" in told["layer_typo"]
    assert "did you mean 'seed'?" in told["setting_typo"]
    assert "'name_zh' must hold numbers" in told["text_field"]
    assert "adcod (did you mean adcode?), DD (did you mean D?)" in told["fields_typo"]
    assert "did you mean 'local_moran'?" in told["tool_typo"]
    assert "2 layers are called 'provinces'; pass the layer itself" in told["ambiguous"]
    assert told["by_id"] == 34


@pytest.mark.parametrize(
    ("name", "least"),
    [("desktop", 150), ("dialog", 60), ("layout", 40), ("atlas/2020", 40), ("moves", 15)],
)
def test_pictures_are_not_blank(told: Any, pictures: Path, name: str, least: int) -> None:
    image = matplotlib.image.imread(pictures / f"{name}.png")[..., :3]
    colors = {tuple(pixel) for pixel in image[::3, ::3].reshape(-1, 3).round(2)}
    assert len(colors) > least
    assert told
