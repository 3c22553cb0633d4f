"""A whole study from the console's script, and two desktops at once in one profile."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import sleep
from typing import Any

import geopandas as gpd
import matplotlib.image
import numpy as np
import pytest

import spatialccd as sc
from spatialccd.errors import IslandWarning, OneNeighborWarning
from tests.qgis.desktop import us_states
from tests.qgis.desktop.conftest import QGIS, pictures_folder


@pytest.fixture(scope="module")
def pictures(qgis: QGIS, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = pictures_folder(tmp_path_factory)
    said = qgis.desktop("study.py", PICTURES=str(folder), EXAMPLE=str(us_states.FOLDER))
    assert (folder / "study.json").is_file(), said.stdout + said.stderr
    return folder


@pytest.fixture(scope="module")
def told(pictures: Path) -> Any:
    found = json.loads((pictures / "study.json").read_text(encoding="utf-8"))
    assert "traceback" not in found, found["traceback"]
    return found


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    return us_states.figures()


@pytest.mark.parametrize("step", ["D", "moran", "I", "coef"])
def test_the_console_gives_the_librarys_figures(
    told: Any, figures: dict[str, Any], step: str
) -> None:
    expected = {str(key): value for key, value in figures[step].items()}
    assert set(told[step]) == set(expected)
    for key, value in expected.items():
        assert told[step][key] == pytest.approx(value, rel=1e-9, abs=1e-12), key


def test_the_clusters_and_the_shares_explained_are_the_librarys(
    told: Any, figures: dict[str, Any]
) -> None:
    assert told["cluster"] == figures["cluster"]
    assert told["q"] == pytest.approx(figures["q"], rel=1e-9)


def test_columns_carry_the_subsystems_names(told: Any) -> None:
    assert {"infrastructure", "economy", "C", "T", "D", "grade"} <= set(told["fields"])
    assert not [name for name in told["fields"] if name[-2:] in ("_2", "_3")]
    assert told["names"]["lisa"] == "clusters"


def test_every_file_of_the_study_is_there(told: Any, pictures: Path) -> None:
    expected = [
        "coordination.png",
        "grades.png",
        "lisa.png",
        "mgwr.png",
        "tables.docx",
        "years.pdf",
    ]
    assert told["files"] == expected
    for name in [n for n in expected if n.endswith(".png")]:
        image = matplotlib.image.imread(pictures / "us_states" / name)[..., :3]
        assert len({tuple(pixel) for pixel in image[::5, ::5].reshape(-1, 3).round(2)}) > 8, name


def test_two_desktops_at_once_do_not_disturb_each_other(
    qgis: QGIS, layers: Path, provinces: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    def desktop(name: str, field: str, after: str) -> Any:
        # QGIS takes a plugin that another one is just loading for one that crashed it.
        while after and not (tmp_path / f"{after}.ready").exists():
            sleep(0.2)
        said = qgis.desktop(
            "pair.py", LAYERS=str(layers), PICTURES=str(tmp_path), NAME=name, FIELD=field
        )
        assert (tmp_path / name).is_file(), said.stdout + said.stderr
        return json.loads((tmp_path / name).read_text(encoding="utf-8"))

    fields, names = ("D", "指标"), ("first.json", "second.json")
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(desktop, names, fields, ("", names[0])))
    with pytest.warns(IslandWarning):
        graph = sc.neighbors(provinces)
    for told, field in zip(found, fields, strict=True):
        assert "traceback" not in told, told["traceback"]
        with pytest.warns(OneNeighborWarning):
            expected = sc.local_moran(provinces[field], graph, seed=1).to_frame()["I"]
        np.testing.assert_allclose([told["I"][unit] for unit in expected.index], expected)
    assert not set(found[0]["workers"]) & set(found[1]["workers"])
    assert not qgis.left_behind()
