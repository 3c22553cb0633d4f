"""Every tool through QGIS gives the library's figures; stopping and doubling lose nothing."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest

import spatialccd as sc
from spatialccd import catalog
from spatialccd.errors import SpatialCCDError, SpatialCCDWarning
from spatialccd.qgis import forms
from spatialccd.workspace import Workspace
from tests.qgis.desktop.conftest import QGIS

ENTRIES = {entry["name"]: entry for entry in forms.entries()["tools"]}
DIRECTIONS = {"x1": "benefit", "x2": "cost"}
#: Columns where the first fields that fit would make no sense to the tool.
COLUMNS: dict[str, dict[str, Any]] = {
    "join_counts": {"grades": "s1"},
    "fill_missing": {"panel": ["urban", "x1"]},
    "stratify": {"X": ["x1", "x2"]},
    "optimal_strata": {"y": "urban", "X": ["x1"]},
    "gtwr": {"y": "urban", "X": ["x1", "x2"]},
    "beta_convergence": {"y": "urban"},
    "spatial_strata": {"X": ["x1", "x2"]},
}
#: By picker, where the two drivers would make no sense.
SEVERAL = {
    "named": ["urban", "ecology"],
    "strata": ["s1", "s2"],
    "inputs": ["x1"],
    "outputs": ["urban"],
    "groups": ["region"],
}
IN_METRES = frozenset(["standard_deviational_ellipse"])
SETTINGS: dict[str, dict[str, Any]] = {
    "optimal_strata": {"methods": "equal_interval,quantile", "k_range": "3,4"},
}
#: They take tables of another form: judgements, links, or results of other tools.
OTHER_FORM = frozenset(["ahp_weights", "join", "map_lisa", "map_coefficients"])
#: They ask for the fields of other tools; ``test_process`` and ``test_worker`` run them.
COMPOSED = frozenset(name for name, entry in ENTRIES.items() if entry["before"])


def columns(entry: dict[str, Any]) -> dict[str, Any]:
    if entry["name"] in COLUMNS:
        return COLUMNS[entry["name"]]
    figures = iter(("urban", "ecology"))
    chosen: dict[str, Any] = {}
    for picker in entry["columns"]:
        if not picker["required"]:
            continue
        if picker["several"]:
            chosen[picker["name"]] = SEVERAL.get(picker["name"], ["x1", "x2"])
        else:
            chosen[picker["name"]] = next(figures) if picker["numeric"] else "region"
    return chosen


def settings(entry: dict[str, Any]) -> dict[str, Any]:
    takes = {setting["name"] for setting in entry["settings"]}
    common = {"seed": 1, "n_permutations": 99}
    return {
        **{name: value for name, value in common.items() if name in takes},
        **SETTINGS.get(entry["name"], {}),
    }


@pytest.fixture(scope="module")
def ran(qgis: QGIS, layers: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Run every tool once, in one QGIS."""
    folder = tmp_path_factory.mktemp("tools")
    calls = {}
    for name, entry in ENTRIES.items():
        if name in OTHER_FORM | COMPOSED:
            continue
        values = {
            "INPUT": str(layers / "panel.gpkg"),
            "UNIT_FIELD": "code",
            "TIME_FIELD": "year",
            "BOUNDARIES": str(layers / "provinces.gpkg"),
            "BOUNDARIES_UNIT": "adcode",
            **columns(entry),
            **settings(entry),
        }
        if name in IN_METRES:
            values["BOUNDARIES"] = str(layers / "metres.gpkg")
        if name == "neighbors":
            values["INPUT"] = str(layers / "provinces.gpkg")
            values["UNIT_FIELD"] = "adcode"
        if entry["fills"]:
            values |= {f"directions_{w}": [c] for c, w in DIRECTIONS.items()}
        key, suffix = ("FIGURE", "png") if entry["draws"] else ("OUTPUT", "gpkg")
        values[key] = str(folder / f"{name}.{suffix}")
        calls[name] = values
    (folder / "calls.json").write_text(json.dumps(calls), encoding="utf-8")
    said = qgis.script("inside.py", "every_tool", folder)
    assert said.returncode == 0, said.stdout + said.stderr
    return folder, json.loads(said.stdout.splitlines()[-1])


def test_the_provider_lists_every_tool(ran: Any) -> None:
    _, found = ran
    assert set(found["listed"]) == {*ENTRIES, "run_study"}


@pytest.mark.parametrize("name", sorted(set(ENTRIES) - OTHER_FORM - COMPOSED))
def test_the_figures_are_the_librarys(
    ran: Any, name: str, panel: pd.DataFrame, provinces: gpd.GeoDataFrame
) -> None:
    folder, found = ran
    if ENTRIES[name]["draws"]:
        assert name not in found["failed"], found["failed"].get(name)
        assert (folder / f"{name}.png").stat().st_size > 10_000
        return
    if found["failed"].get(name, [""])[0]:  # these columns are not for it: Python says so too
        with pytest.raises(SpatialCCDError) as refused:
            expectation(name, panel, provinces)
        assert found["failed"][name][0] == " ".join(str(refused.value).split())
        return
    expected = expectation(name, panel, provinces)
    written = pyogrio.read_dataframe(folder / f"{name}.gpkg", read_geometry=False)
    assert len(written) == len(expected)
    tail = written.iloc[:, -len(expected.columns) :]
    for place, column in enumerate(expected.columns):
        values = expected[column]
        if pd.api.types.is_float_dtype(values) or pd.api.types.is_integer_dtype(values):
            got = pd.to_numeric(tail.iloc[:, place]).to_numpy(float)
            want = values.replace([np.inf, -np.inf], np.nan).to_numpy(float)
            np.testing.assert_allclose(got, want, rtol=1e-10, atol=1e-12, err_msg=str(column))


def expectation(name: str, panel: pd.DataFrame, provinces: gpd.GeoDataFrame) -> pd.DataFrame:
    """Give the frame of the same call in Python, on a workspace made without the worker."""
    entry, tool = ENTRIES[name], catalog.tool(name)
    panel = panel.rename_axis(["unit", "time"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SpatialCCDWarning)
        areas = provinces.to_crs(3857) if name in IN_METRES else provinces
        space = Workspace(panel=panel, areas=areas[["geometry"]])
        if entry["needs_graph"]:
            space.results["neighbors"] = sc.neighbors(provinces)
        words = {"directions": DIRECTIONS} if entry["fills"] else {}
        named = columns(entry)
        if entry["fills"]:
            named = {entry["fills"]: list(DIRECTIONS)}
        given = {k: python(v) for k, v in settings(entry).items()}
        result = catalog.function(tool)(**space.give(tool, named).arguments, **given, **words)
    first = result[0] if isinstance(result, tuple) else result
    frame = first.to_frame() if hasattr(first, "to_frame") else first
    return pd.DataFrame(frame).drop(columns="geometry", errors="ignore")


def python(value: Any) -> Any:
    """Give what a line of text in the form stands for."""
    if not isinstance(value, str) or "," not in value:
        return value
    return [int(word) if word.isdigit() else word for word in value.split(",")]


def test_cancel_leaves_no_process_no_file_and_the_project_as_it_was(
    qgis: QGIS, tmp_path: Path
) -> None:
    said = qgis.script("inside.py", "cancelled", tmp_path)
    found = json.loads(said.stdout.splitlines()[-1])
    assert found["took"] is not None, found
    assert found["took"] < 1.0
    assert found["message"] == "Stopped; nothing was changed."
    assert found["same_project"]
    assert found["children"] == []
    assert not qgis.left_behind()


def test_two_runs_at_once_lose_nothing(qgis: QGIS, tmp_path: Path) -> None:
    said = qgis.script("inside.py", "together", tmp_path)
    found = json.loads(said.stdout.splitlines()[-1])
    assert found["rows"] == [55 * 55, 55 * 55]
    assert found["workers"] == 2


def test_a_selection_is_respected_and_an_empty_one_is_said(qgis: QGIS, tmp_path: Path) -> None:
    said = qgis.script("inside.py", "selected", tmp_path)
    found = json.loads(said.stdout.splitlines()[-1])
    assert found["rows"] == 30
    assert "名" in found["names"]
    assert "cluster" in found["names"]
    assert found["name"] == "格"
    assert "no features to work on; if only selected" in found["message"]
