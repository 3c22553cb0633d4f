"""Steps run in the order of what they need; rows are chosen by condition, group and time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import SpatialCCDError, StudyError
from spatialccd.saved import files
from spatialccd.study import run_study
from spatialccd.study.config import read_study
from spatialccd.study.plan import make_plan
from tests.toys import Toys

HEAD = """
[study]
title = "Rows"
seed = 1
[panel]
path = "panel.csv"
unit = "unit"
time = "time"
[areas]
source = "areas.gpkg"
unit = "unit"
[outputs]
page = false
geopackage = false
tables = []
figures = []
"""


@pytest.fixture
def panel(toys: Toys) -> pd.DataFrame:
    """The toy panel with a region of each unit and a kind of each row."""
    panel = toys.panel.copy()
    units = panel.index.get_level_values(0)
    panel["region"] = toys.regions.reindex(units).to_numpy()
    panel["kind"] = ["energy" if int(unit[1:]) % 2 else "other" for unit in units]
    usual = panel.groupby("region")["income"].transform("mean")
    return panel.assign(share=(29 * panel["income"] / usual).clip(upper=31.0))


@pytest.fixture
def ask(tmp_path: Path, toys: Toys, panel: pd.DataFrame) -> Any:
    """Run a study of these steps; give the results that it kept, by step."""
    panel.to_csv(tmp_path / "panel.csv")
    toys.areas.reset_index().to_file(tmp_path / "areas.gpkg", engine="pyogrio")

    def run(steps: str, *, head: str = HEAD) -> dict[str, Any]:
        study = tmp_path / "study.toml"
        study.write_text(head + steps, encoding="utf-8")
        manifest = run_study(study, tmp_path / "out")
        found: dict[str, Any] = {"manifest": manifest}
        for step in manifest["steps"]:
            path = tmp_path / "out" / ".steps" / f"{step['key']}.scc"
            found[step["name"]] = files.read(path, limit=2**30, key=step["key"])["result"]
        return found

    return run


def _order(tmp_path: Path, steps: str, *columns: str) -> list[str]:
    path = tmp_path / "study.toml"
    path.write_text(HEAD + steps, encoding="utf-8")
    return [step.name for step in make_plan(read_study(path), columns).steps]


_DEA = "[dea]\ninputs = ['smoke']\noutputs = ['income']\n"


@pytest.mark.parametrize("y", ["score", "dea.score"])
@pytest.mark.parametrize(
    "tool", ["theil", "kernel_density", "group_summary", "mann_kendall", "coordination_grades"]
)
def test_scores_of_efficiency_feed_what_the_catalog_lists_before(
    tmp_path: Path, tool: str, y: str
) -> None:
    key = "D" if tool == "coordination_grades" else "y"
    groups = "groups = 'region'\n" if tool == "theil" else ""
    steps = f"{_DEA}[{tool}]\n{key} = '{y}'\n{groups}"
    assert _order(tmp_path, steps, "smoke", "income", "region") == ["dea", tool]


def test_without_a_need_steps_keep_the_order_of_a_study(tmp_path: Path) -> None:
    steps = "[map_values]\nvalues = 'income'\n[theil]\ny = 'income'\ngroups = 'region'\n"
    assert _order(tmp_path, steps + _DEA, "smoke", "income", "region") == [
        *("theil", "dea", "map_values"),
    ]


def test_a_column_of_the_panel_is_no_need(tmp_path: Path) -> None:
    steps = f"{_DEA}[mann_kendall]\ny = 'score'\n"
    columns = ("smoke", "income", "score")
    assert _order(tmp_path, steps, *columns) == ["mann_kendall", "dea"]


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ("[mann_kendall]\ny = 'incom'\n", r"\[mann_kendall\] y: .*'incom'; did you mean 'income'"),
        (
            f"{_DEA}[directional_distance]\ninputs = ['smoke']\noutputs = ['income']\n"
            "[mann_kendall]\ny = 'score'\n",
            r"'score' is given by dea, directional_distance; write 'dea\.score'",
        ),
        (
            "[[composite_index]]\nname = 'a'\npanel = ['b.score', 'income']\n"
            "directions = {'b.score' = 'benefit', income = 'benefit'}\n"
            "[[composite_index]]\nname = 'b'\npanel = ['a.score', 'income']\n"
            "directions = {'a.score' = 'benefit', income = 'benefit'}\n",
            r"steps need each other: a -> b -> a",
        ),
        (f"{_DEA}where = 'region = 1'\n", r"\[dea\] where: .*= sets, == compares"),
    ],
)
def test_what_cannot_be_ordered_is_told(tmp_path: Path, steps: str, message: str) -> None:
    with pytest.raises(StudyError, match=message):
        _order(tmp_path, steps, "income", "smoke", "region")


def test_scores_reach_theil_with_the_figures_of_the_library(ask: Any, panel: pd.DataFrame) -> None:
    found = ask(f"{_DEA}[theil]\ny = 'score'\ngroups = 'region'\n")
    score = sc.dea(panel[["smoke"]], panel[["income"]]).score
    expected = sc.theil(score, panel["region"])
    pd.testing.assert_frame_equal(found["theil"].to_frame(), expected.to_frame())


def test_where_gives_what_the_library_gives_for_these_rows(ask: Any, panel: pd.DataFrame) -> None:
    found = ask(
        "[tobit]\ny = 'share'\nX = ['forest']\nwhere = \"kind == 'energy'\"\nupper = 31.0\n"
    )
    rows = panel[panel["kind"] == "energy"]
    expected = sc.tobit(rows["share"], rows[["forest"]], upper=31.0)
    pd.testing.assert_frame_equal(found["tobit"].to_frame(), expected.to_frame())
    said = [w["message"] for w in found["manifest"]["warnings"] if w["step"] == "tobit"]
    assert "kind == 'energy': 18 of 36 units" in said


def test_for_each_group_gives_what_the_library_gives(ask: Any, panel: pd.DataFrame) -> None:
    found = ask("[tobit]\ny = 'share'\nX = ['forest']\nfor_each = 'region'\nupper = 31.0\n")
    for region, rows in panel.groupby("region"):
        expected = sc.tobit(rows["share"], rows[["forest"]], upper=31.0)
        pd.testing.assert_frame_equal(found[f"tobit {region}"].to_frame(), expected.to_frame())


def test_detectors_by_region_take_the_strata_of_their_region(ask: Any, panel: pd.DataFrame) -> None:
    steps = (
        "[stratify]\nX = ['smoke', 'forest']\nk = 3\nfor_each = 'region'\n"
        "[factor_detector]\ny = 'income'\nfor_each = 'region'\n"
    )
    found = ask(steps)
    for region, rows in panel.groupby("region"):
        strata = sc.stratify(rows[["smoke", "forest"]], k=3)
        expected = sc.factor_detector(rows["income"], strata, seed=1)
        got = found[f"factor_detector {region}"]
        pd.testing.assert_frame_equal(got.to_frame(), expected.to_frame())


@pytest.mark.parametrize(
    "tool", ["factor_detector", "interaction_detector", "risk_detector", "ecological_detector"]
)
def test_detectors_take_one_time_of_strata_of_all_times(
    tool: str, ask: Any, panel: pd.DataFrame
) -> None:
    steps = f"[stratify]\nX = ['smoke', 'forest']\nk = 3\n[{tool}]\ny = 'income'\ntime = 2019\n"
    got = ask(steps)[tool].to_frame()
    strata = sc.stratify(panel[["smoke", "forest"]], k=3).labels.xs(2019, level="time")
    given = panel["income"].xs(2019, level="time"), strata
    seed = {} if tool in ("risk_detector", "ecological_detector") else {"seed": 1}
    pd.testing.assert_frame_equal(got, getattr(sc, tool)(*given, **seed).to_frame())


def test_neighbors_of_a_group_are_the_links_among_its_units(ask: Any, toys: Toys) -> None:
    steps = (
        "[neighbors]\nmethod = 'queen'\n"
        "[global_moran]\ny = 'income'\nn_permutations = 99\nfor_each = 'region'\n"
    )
    found = ask(steps)
    for region in toys.regions.unique():
        units = toys.regions.index[toys.regions == region]
        rows = toys.panel[toys.panel.index.get_level_values(0).isin(units)]
        graph = sc.neighbors(toys.areas.loc[units], method="queen", islands="keep")
        expected = sc.global_moran(rows["income"], graph, n_permutations=99, seed=1)
        got = found[f"global_moran {region}"].to_frame()
        pd.testing.assert_frame_equal(got, expected.to_frame())


def test_a_group_is_redone_only_when_its_own_settings_change(ask: Any) -> None:
    steps = "[tobit]\ny = 'share'\nX = ['forest']\nfor_each = 'region'\nupper = 31.0\n"
    ask(steps)
    again = ask(steps + "[theil]\ny = 'income'\ngroups = 'region'\n")["manifest"]
    assert {s["name"]: s["reused"] for s in again["steps"] if s["tool"] == "tobit"} == {
        s["name"]: True for s in again["steps"] if s["tool"] == "tobit"
    }
    assert len([s for s in again["steps"] if s["tool"] == "tobit"]) > 1


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        (
            "[stratify]\nX = ['smoke']\nk = 3\nfor_each = 'region'\n"
            "[factor_detector]\ny = 'income'\n",
            r"stratify was made for each of several groups: name one of stratify .*for_each here",
        ),
        ("[theil]\ny = 'income'\ngroups = 'region'\nwhere = \"kind == 'enrgy'\"\n", r"'energy'"),
        ("[theil]\ny = 'income'\ngroups = 'region'\nwhere = 'income > 1e9'\n", r"no row meets"),
        ("[theil]\ny = 'income'\ngroups = 'region'\nfor_each = 'smoke'\n", r"is measured"),
        (
            f"{_DEA}[kernel_density]\ny = 'score'\n[chart_density]\nwhere = \"kind == 'energy'\"\n",
            r"chart_density is given here is a result",
        ),
    ],
)
def test_rows_that_cannot_be_chosen_are_told(ask: Any, steps: str, message: str) -> None:
    with pytest.raises(SpatialCCDError, match=message):
        ask(steps)


def test_a_name_of_several_results_is_told(ask: Any) -> None:
    steps = (
        "[composite_index]\npanel = ['income', 'forest']\n"
        "directions = {income = 'benefit', forest = 'benefit'}\n"
        f"{_DEA}[group_heterogeneity]\ny = 'score'\ngroups = ['region']\n"
    )
    said = [w["message"] for w in ask(steps)["manifest"]["warnings"]]
    assert any(
        "'score' is a column of dea, composite_index; that of dea is taken" in m for m in said
    )
    said = [
        w["message"] for w in ask(steps.replace("'score'", "'dea.score'"))["manifest"]["warnings"]
    ]
    assert [m for m in said if "is a column of" in m] == []


_BY_REGION = "y = 'income'\ngroups = 'region'\n"
_ORDERED = {
    "group_summary": _BY_REGION,
    "sigma_convergence": _BY_REGION,
    "dagum_gini": _BY_REGION,
    "theil": _BY_REGION,
    "beta_convergence": _BY_REGION,
    "variation": _BY_REGION,
    "kernel_density": "y = 'income'\ngroup = 'region'\n",
    "group_heterogeneity": "y = 'income'\ngroups = ['region']\n",
    "malmquist": "inputs = ['smoke']\noutputs = ['income']\ngroups = 'region'\n",
    "join_counts": "grades = 'region'\nn_permutations = 99\n[neighbors]\n",
    "risk_detector": "y = 'income'\nstrata = ['region']\n",
    "factor_detector": f"{_BY_REGION}by = 'region'\n[stratify]\nX = ['forest']\nk = 3\n",
}


@pytest.mark.parametrize("tool", _ORDERED)
def test_every_tool_keeps_the_order_of_classes(
    tool: str, ask: Any, panel: pd.DataFrame, tmp_path: Path
) -> None:
    order = ["West", "Central", "East"]
    assert sorted(order) != order
    assert set(panel["region"]) == set(order)
    found = ask(f"[labels.region]\norder = {order}\n[{tool}]\n{_ORDERED[tool]}")[tool]
    frames = [found.to_frame(), *found.further().values()]
    seen = []
    for frame in frames:
        plain = frame.reset_index()
        for column in plain.columns:
            words = [str(w) for w in plain[column] if str(w) in order]
            if len(set(words)) == 3:
                seen.append(list(dict.fromkeys(words)))
        across = [str(c) for c in frame.columns if str(c) in order]
        seen += [across] if len(across) == 3 else []
    assert seen, "no table of this result has the three classes"
    assert all(words == order for words in seen)


def test_an_order_that_lacks_a_class_is_told(ask: Any) -> None:
    steps = "[theil]\ny = 'income'\ngroups = 'region'\n[labels.region]\norder = ['West', 'East']\n"
    with pytest.raises(SpatialCCDError, match=r"\[labels\] region\.order lacks Central"):
        ask(steps)
