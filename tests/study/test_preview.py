"""Checking and previewing a study run nothing, and tell what a run would do."""

from __future__ import annotations

from pathlib import Path

import pytest

from spatialccd import cli
from spatialccd.errors import SpatialCCDError
from spatialccd.study import run_study
from spatialccd.study.preview import check_study, preview_study

QUICK = "\n[outputs]\npage = false\ngeopackage = false\ntables = []\nfigures = []\n"


@pytest.fixture
def quick(study: Path) -> Path:
    """The toy study without maps and files."""
    text = study.read_text(encoding="utf-8").partition("[map_grades]")[0]
    study.write_text(text + QUICK, encoding="utf-8")
    return study


def _change(study: Path, old: str, new: str) -> None:
    text = study.read_text(encoding="utf-8")
    assert old in text
    study.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_sound_study_has_its_steps_in_order(quick: Path) -> None:
    checked = check_study(quick)
    assert [step.name for step in checked.plan.steps][:3] == [
        *("economy", "ecology", "coupling_coordination")
    ]
    assert checked.plan.needs["local_moran 2018"] == ("coupling_coordination", "neighbors")
    assert not (quick.parent / "results").exists()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('y = "D"', 'y = "E"', r"\[global_moran\] y: no column is called 'E'"),
        ("time = [2018, 2020]", "time = [2018, 2021]", r"local_moran 2021.* 2021 is not in"),
        ('[neighbors]\nmethod = "queen"\n', "", r"\[global_moran\] graph: name what neighbors"),
        ("[global_moran]", "[theil]\ny = 'D'\n[global_moran]", r"\[theil\] groups: name its col"),
        ("data/panel.csv", "data/other.csv", r"no file at .*other\.csv"),
        ('source = "data/areas.gpkg"', 'source = "data/area.gpkg"', r"area\.gpkg"),
        (
            "[neighbors]",
            "[hurst]\ny = 'income'\nwhere = 'income > 1e9'\n[neighbors]",
            r"\[hurst\] no row meets income > 1e9",
        ),
        (
            "[neighbors]",
            "[hurst]\ny = 'income'\nfor_each = 'schools'\n[neighbors]",
            r"\[hurst\] for_each: 'schools' is measured",
        ),
    ],
)
def test_what_is_wrong_is_told_before_anything_runs(
    quick: Path, old: str, new: str, message: str
) -> None:
    _change(quick, old, new)
    with pytest.raises(SpatialCCDError, match=message):
        check_study(quick)


def test_the_outlook_says_what_is_made_anew_and_why(quick: Path) -> None:
    out = quick.parent / "results"

    def why() -> dict[str, str]:
        return {one.name: one.why for one in preview_study(quick, out)}

    assert why()["economy"] == "not made yet"
    assert why()["coupling_coordination"] == "economy, ecology are made anew"
    run_study(quick, out)
    assert set(why().values()) == {""}
    _change(quick, '"queen"', '"rook"')
    told = why()
    assert told["neighbors"] == "settings changed: method"
    assert told["global_moran"] == "neighbors is made anew"
    assert told["coupling_coordination"] == ""
    _change(quick, '"rook"', '"queen"')
    data = quick.parent / "data" / "panel.csv"
    data.write_text(data.read_text(encoding="utf-8").replace("A00,2018,", "A00,2018,1"))
    assert why()["economy"] == "changed: data/panel.csv"
    # What it says is what a run does.
    would = {name for name, reason in why().items() if reason}
    made = {s["name"] for s in run_study(quick, out)["steps"] if not s["reused"]}
    assert made == would


def test_the_commands_print_it(quick: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def call(*words: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as stopped:
            cli.main([*words, str(quick)])
        return int(stopped.value.code or 0), capsys.readouterr().out

    code, out = call("check")
    assert code == 0
    assert "7 steps on 36 units and 3 times; nothing is wrong" in out
    code, out = call("steps")
    assert code == 0
    assert "to make: not made yet" in out
    assert "7 of 7 steps to make" in out
