"""What a finished run gave comes back to Python."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import ParameterError, SavedFileError
from spatialccd.study import run_study
from tests.toys import Toys


@pytest.fixture
def out(study: Path) -> Path:
    folder = study.parent / "results"
    run_study(study, folder)
    return folder


def test_every_step_comes_back_under_its_name(out: Path, toys: Toys) -> None:
    found = sc.load_study(out)
    assert list(found) == [
        "join", "economy", "ecology", "coupling_coordination", "neighbors", "global_moran",
        "local_moran 2018", "local_moran 2020", "map_grades",
    ]  # fmt: skip
    ccd = sc.coupling_coordination(
        economy=sc.composite_index(toys.panel, {"income": "benefit", "schools": "benefit"}),
        ecology=sc.composite_index(toys.panel, {"smoke": "cost", "forest": "benefit"}),
    )
    pd.testing.assert_series_equal(found["coupling_coordination"].D, ccd.D, check_like=True)
    graph = sc.neighbors(found.areas)
    lisa = sc.local_moran(
        ccd.D.xs(2020, level="time"), graph, n_permutations=99, seed=found.manifest["seed"]
    )
    pd.testing.assert_frame_equal(
        found["local_moran 2020"].to_frame(), lisa.to_frame(), check_like=True
    )
    assert found["join"].to_frame()["status"].eq("matched").all()


def test_the_data_and_what_was_said_come_along(out: Path, toys: Toys) -> None:
    found = sc.load_study(str(out / "manifest.json"))
    assert found.title == "A toy study"
    assert set(toys.panel.columns) <= set(found.panel.columns)
    assert len(found.panel) == len(toys.panel)
    assert found.areas.crs == toys.areas.crs
    assert found.warnings == json.loads((out / "manifest.json").read_text())["warnings"]
    assert "coupling_coordination: CouplingCoordination" in repr(found)


def test_a_map_comes_as_its_picture(out: Path, tmp_path: Path) -> None:
    figure = sc.load_study(out)["map_grades"]
    path = figure.save(tmp_path / "again.png")
    assert path.read_bytes() == (out / "figures" / "map_grades.png").read_bytes()
    assert figure._repr_png_() == path.read_bytes()


def test_a_wrong_name_is_told_with_the_nearest(out: Path) -> None:
    with pytest.raises(KeyError, match="did you mean 'global_moran'"):
        sc.load_study(out)["global_morans"]


def test_a_folder_without_a_study_is_told_where_one_is(out: Path) -> None:
    with pytest.raises(ParameterError, match=r"did you mean .*results"):
        sc.load_study(out.parent)
    with pytest.raises(ParameterError, match=r"did you mean .*results"):
        sc.load_study(out.parent / "study.toml")
    with pytest.raises(ParameterError, match="run the study first"):
        sc.load_study(out / "figures")


def test_every_step_that_cannot_be_read_is_named(out: Path) -> None:
    steps = json.loads((out / "manifest.json").read_text())["steps"]
    keys = {step["name"]: step["key"] for step in steps}
    (out / ".steps" / f"{keys['global_moran']}.scc").unlink()
    damaged = out / ".steps" / f"{keys['economy']}.scc"
    damaged.write_bytes(damaged.read_bytes()[:-1])
    with pytest.raises(SavedFileError, match=r"\[economy\].*\[global_moran\]"):
        sc.load_study(out)


def test_an_old_manifest_asks_for_another_run(out: Path) -> None:
    path = out / "manifest.json"
    manifest = json.loads(path.read_text())
    del manifest["ground"]
    path.write_text(json.dumps(manifest))
    with pytest.raises(ParameterError, match="run the study again"):
        sc.load_study(out)


def test_damaged_data_are_kept_anew_by_the_next_run(study: Path, out: Path) -> None:
    manifest = json.loads((out / "manifest.json").read_text())
    path = out / ".steps" / f"{manifest['ground']}.scc"
    path.write_bytes(b"PK\x03\x04")
    run_study(study, out)
    assert len(sc.load_study(out).panel) == 108


def test_a_study_without_areas(study: Path) -> None:
    text = study.read_text(encoding="utf-8")
    study.write_text(text[: text.index("[areas]")] + "\n[mann_kendall]\ny = 'income'\n")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        run_study(study, study.parent / "results")
    found = sc.load_study(study.parent / "results")
    assert found.areas is None
    assert list(found) == ["mann_kendall"]
