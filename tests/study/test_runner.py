"""A study runs whole, redoes only what changed, and leaves nothing half-done."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import spatialccd as sc
from spatialccd import _files
from spatialccd.errors import Cancelled, SpatialCCDError, StudyError
from spatialccd.study import run_study
from tests.toys import Toys


def _reused(manifest: dict[str, Any]) -> dict[str, bool]:
    return {step["name"]: step["reused"] for step in manifest["steps"]}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def test_figures_are_those_of_the_library(study: Path, out: Path, toys: Toys) -> None:
    run_study(study, out)
    economy = sc.composite_index(
        toys.panel[["income", "schools"]], {"income": "benefit", "schools": "benefit"}
    )
    ecology = sc.composite_index(
        toys.panel[["smoke", "forest"]], {"smoke": "cost", "forest": "benefit"}
    )
    ccd = sc.coupling_coordination(economy=economy, ecology=ecology)
    moran = sc.global_moran(ccd.D, toys.graph, n_permutations=99, seed=1).to_frame()
    sheet = pd.read_excel(
        out / "tables.xlsx", sheet_name="global_moran", header=None, engine="openpyxl"
    )
    rows, columns = (sheet == "I").to_numpy().nonzero()
    written = pd.to_numeric(sheet.iloc[rows[0] + 1 :, columns[0]], errors="coerce").dropna()
    assert written.to_list() == pytest.approx(moran["I"].to_list(), abs=1e-12)


def test_every_output_is_in_the_manifest_with_its_hash(study: Path, out: Path) -> None:
    manifest = run_study(study, out)
    written = {
        path.relative_to(out).as_posix()
        for path in out.rglob("*")
        if path.is_file() and ".steps" not in path.parts and path.name != "manifest.json"
    }
    assert written == set(manifest["outputs"])
    assert {"tables.xlsx", "page.html", "study.gpkg", "figures/map_grades.png"} <= written
    for name, entry in manifest["outputs"].items():
        assert entry["sha256"] == _files.digest(out / name)
    assert set(manifest["inputs"]) == {"data/panel.csv", "data/areas.gpkg"}
    assert json.loads((out / "manifest.json").read_text(encoding="utf-8")) == manifest


def test_a_second_run_redoes_nothing(study: Path, out: Path) -> None:
    run_study(study, out)
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
    manifest = run_study(study, out)
    assert all(_reused(manifest).values())
    after = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
    del before[out / "manifest.json"], after[out / "manifest.json"]
    assert after == before


def test_a_changed_setting_redoes_its_step_and_what_depends_on_it(study: Path, out: Path) -> None:
    run_study(study, out)
    text = study.read_text(encoding="utf-8").replace('"queen"', '"rook"')
    study.write_text(text, encoding="utf-8")
    reused = _reused(run_study(study, out))
    assert not reused["neighbors"]
    assert not reused["global_moran"]
    assert not reused["local_moran 2020"]
    assert reused["coupling_coordination"]
    assert reused["map_grades"]


def test_changed_data_redo_everything_and_force_does_too(study: Path, out: Path) -> None:
    run_study(study, out)
    assert not any(_reused(run_study(study, out, force=True)).values())
    data = study.parent / "data" / "panel.csv"
    data.write_text(data.read_text(encoding="utf-8").replace("A00,2018,", "A00,2018,1"))
    assert not any(_reused(run_study(study, out)).values())


@pytest.mark.parametrize("force", [False, True])
def test_a_step_taken_out_takes_its_files_along(study: Path, out: Path, force: bool) -> None:
    run_study(study, out)
    (out / "mine.txt").write_text("not the study's")
    text = study.read_text(encoding="utf-8").partition("[map_grades]")[0]
    study.write_text(text, encoding="utf-8")
    run_study(study, out, force=force)
    assert not (out / "figures" / "map_grades.png").exists()
    assert (out / "mine.txt").exists()


class _Stopper:
    """A watch that stops the run when a step begins."""

    def __init__(self, at: str) -> None:
        self.at = at

    def begin(self, step: str, number: int, total: int) -> None:
        if step == self.at:
            raise Cancelled("stopped")

    def progress(self, done: int, total: int) -> None: ...

    def end(self, step: str, *, reused: bool) -> None: ...


def test_a_stopped_run_resumes(study: Path, out: Path) -> None:
    with pytest.raises(Cancelled):
        run_study(study, out, watch=_Stopper("local_moran 2020"))
    assert not (out / "manifest.json").exists()
    reused = _reused(run_study(study, out))
    assert reused["local_moran 2018"]
    assert not reused["local_moran 2020"]


def test_an_unreadable_kept_result_is_made_anew(study: Path, out: Path) -> None:
    run_study(study, out)
    for path in (out / ".steps").iterdir():
        path.write_bytes(path.read_bytes()[:100])
    manifest = run_study(study, out)
    assert not any(_reused(manifest).values())


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('y = "D"\nn_permutations = 99\n\n', 'y = "E"\n\n', r"\[global_moran\] y: no column .*'E'"),
        ('income = "benefit"', 'incme = "benefit"', r"\[economy\] .*'incme'.*'income'"),
        ("time = [2018, 2020]\n\n", "time = [1999]\n\n", r"time=1999 is not in the panel"),
        ("data/panel.csv", "data/pannel.csv", r"no file at .*pannel\.csv"),
    ],
)
def test_a_wrong_name_is_told_with_its_step(
    study: Path, out: Path, old: str, new: str, message: str
) -> None:
    text = study.read_text(encoding="utf-8")
    assert old in text
    study.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises((StudyError, SpatialCCDError), match=message):
        run_study(study, out)
    assert not (out / "manifest.json").exists()
    assert not (out / "tables.xlsx").exists()


def test_a_panel_of_several_files_with_settings_of_every_kind(
    study: Path, out: Path, toys: Toys
) -> None:
    """One file a year, with a total and notes' marks: the keys are those of read_panel."""
    expected = run_study(study, out)
    folder = study.parent / "data"
    for year, rows in toys.panel.groupby(level="time"):
        table = rows.droplevel("time").reset_index()
        table["income"] = table["income"].astype(object)
        table.loc[0, "income"] = f"{table.loc[0, 'income']!r}*"
        total = {"unit": "Total", "income": 1, "schools": 1, "smoke": 1, "forest": 1}
        table = pd.concat([table, pd.DataFrame([total])])
        table.to_csv(folder / f"year_{year}.csv", index=False)
    text = study.read_text(encoding="utf-8")
    new = 'path = "data/year_*.csv"\nunit = ["unit"]\ndrop_units = ["Total"]\nheader = [1]'
    assert "data/panel.csv" in text
    text = text.replace('path = "data/panel.csv"\nunit = "unit"\ntime = "time"', new)
    study.write_text(text, encoding="utf-8")
    manifest = run_study(study, out)
    years = sorted(toys.years)
    named = {f"data/year_{year}.csv" for year in years}
    assert set(manifest["inputs"]) == {*named, "data/areas.gpkg"}
    assert manifest["panel"]["flags"]["time"] == years
    assert manifest["panel"]["flags"]["flag"] == ["*"] * len(years)
    assert {s["name"] for s in manifest["steps"]} == {s["name"] for s in expected["steps"]}
    said = [w["message"] for w in manifest["warnings"] if w["step"] == "read_panel"]
    assert any("marks were taken off numbers" in message for message in said)


def test_an_index_is_made_of_indices(study: Path, out: Path) -> None:
    """A column of an earlier index is no unknown indicator, whichever way it is named."""
    text = study.read_text(encoding="utf-8")
    start, end = text.index("[systems.economy]"), text.index("[neighbors]")
    indices = """
[[composite_index]]
name = "economy"
panel = ["income", "schools"]
directions = {income = "benefit", schools = "benefit"}

[[composite_index]]
name = "all"
panel = ["economy.score", "forest"]
directions = {"economy.score" = "benefit", forest = "benefit"}

[weight_stability]
panel = ["score", "forest"]
directions = {score = "benefit", forest = "benefit"}

[global_moran]
y = "all.score"
n_permutations = 99

[outputs]
page = false
"""
    study.write_text(text[:start] + text[end : text.index("[global_moran]")] + indices)
    manifest = run_study(study, out)
    names = {step["name"] for step in manifest["steps"]}
    assert {"economy", "all", "weight_stability", "global_moran"} <= names


def _steps(out: Path) -> list[Path]:
    """Give the results of steps; the list of what was written stands beside them."""
    return sorted(path for path in (out / ".steps").iterdir() if path.name != "written.json")


def test_no_pickle_is_written_and_one_of_an_old_store_is_never_read(study: Path, out: Path) -> None:
    first = run_study(study, out)
    assert {path.suffix for path in _steps(out)} == {".scc"}
    mark = out.parent / "ran"
    for path in _steps(out):
        path.rename(path.with_suffix(".pickle")).write_bytes(pickle.dumps(_Runs(mark)))
    assert not any(_reused(run_study(study, out)).values())
    assert not mark.exists()
    assert {path.suffix for path in _steps(out)} == {".scc"}
    for path in _steps(out):
        path.write_bytes(pickle.dumps(_Runs(mark)))
    second = run_study(study, out)
    assert not any(_reused(second).values())
    assert not mark.exists()
    assert _figures(second) == _figures(first)


class _Runs:
    """Unpickled, it would leave a file behind."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> Any:
        return (Path.touch, (self.mark,))


def _figures(manifest: dict[str, Any]) -> dict[str, str]:
    """Hashes of outputs that carry no time of their making."""
    files = manifest["outputs"]
    return {n: f["sha256"] for n, f in files.items() if not n.endswith((".xlsx", ".gpkg"))}


@pytest.mark.parametrize("where", [0.02, 0.3, 0.6, 0.9, 0.999])
def test_a_flipped_bit_in_a_kept_step_redoes_it(study: Path, out: Path, where: float) -> None:
    first = run_study(study, out)
    path = out / ".steps" / f"{first['steps'][-1]['key']}.scc"
    whole = path.read_bytes()
    damaged = bytearray(whole)
    damaged[int(where * len(whole))] ^= 4
    path.write_bytes(damaged)
    second = run_study(study, out)
    assert [n for n, kept in _reused(second).items() if not kept] == [first["steps"][-1]["name"]]
    assert path.read_bytes()[:100] == whole[:100]
    assert _figures(second) == _figures(first)


def test_a_kept_step_under_the_key_of_another_is_redone(study: Path, out: Path) -> None:
    steps = {s["name"]: s["key"] for s in run_study(study, out)["steps"]}
    one, other = (
        out / ".steps" / f"{steps[n]}.scc" for n in ("local_moran 2018", "local_moran 2020")
    )
    one.write_bytes(other.read_bytes())
    reused = _reused(run_study(study, out))
    assert not reused["local_moran 2018"]
    assert reused["local_moran 2020"]


def test_a_figure_kept_in_another_form_is_drawn_anew(study: Path, out: Path) -> None:
    run_study(study, out)
    text = study.read_text(encoding="utf-8") + '\n[outputs]\nfigures = ["png", "pdf"]\n'
    study.write_text(text, encoding="utf-8")
    reused = _reused(run_study(study, out))
    assert [n for n, kept in reused.items() if not kept] == ["map_grades"]
    assert (out / "figures" / "map_grades.pdf").read_bytes().startswith(b"%PDF")


def test_a_saved_result_is_an_input_of_a_step(study: Path, out: Path, toys: Toys) -> None:
    saved = sc.neighbors(toys.areas, method="rook")
    sc.save(saved, study.parent / "rook.scc")
    text = study.read_text(encoding="utf-8")
    text = text.replace("[global_moran]\n", '[global_moran]\ngraph = "rook.scc"\n')
    study.write_text(text, encoding="utf-8")
    manifest = run_study(study, out)
    moran = next(s for s in manifest["steps"] if s["name"] == "global_moran")
    assert moran["sources"]["graph"] == "rook.scc"
    assert manifest["inputs"]["rook.scc"] == _files.digest(study.parent / "rook.scc")
    assert all(_reused(run_study(study, out)).values())
    sc.save(sc.neighbors(toys.areas, method="queen"), study.parent / "rook.scc")
    reused = _reused(run_study(study, out))
    assert not reused["global_moran"]
    assert reused["local_moran 2020"]
    (study.parent / "rook.scc").write_bytes(b"no")
    with pytest.raises(SpatialCCDError, match=r"\[global_moran\].*rook.scc is not a saved result"):
        run_study(study, out)


def test_labels_reach_every_output_and_those_of_nothing_are_told(study, tmp_path):
    text = study.read_text(encoding="utf-8")
    study.write_text(
        text + '\n[labels]\nsmoke = "Smoke, logged"\nincom = "Income"\n'
        '[map_values]\nvalues = "smoke"\nlabels = "name"\ntime = 2020\n',
        encoding="utf-8",
    )
    manifest = run_study(study, tmp_path / "out")
    (told,) = [w["message"] for w in manifest["warnings"] if w["step"] == "labels"]
    assert "'incom'; did you mean 'income'?" in told
    (step,) = [s for s in manifest["steps"] if s["name"] == "map_values"]
    assert step["settings"]["names"] == "name"
    assert step["settings"]["labels"]["smoke"]["en"] == "Smoke, logged"
    page = (tmp_path / "out" / "page.html").read_text(encoding="utf-8")
    assert "Smoke, logged" in page
    assert "Smoke, logged" in (tmp_path / "out" / "tables.tex").read_text(encoding="utf-8")


def test_tables_have_means_of_the_groups_and_the_place(study, tmp_path):
    text = study.read_text(encoding="utf-8").replace("seed = 1", 'seed = 1\nplace = "Toyland"')
    panel = pd.read_csv(study.parent / "data" / "panel.csv")
    panel["half"] = panel["unit"].map(lambda unit: "North" if unit < "A18" else "South")
    panel.to_csv(study.parent / "data" / "panel.csv", index=False)
    only = '\n[outputs]\ntables = ["tex"]\npage = false\ngeopackage = false\n'
    study.write_text(text + only + 'groups = "half"\n', encoding="utf-8")
    run_study(study, tmp_path / "out")
    tables = (tmp_path / "out" / "tables.tex").read_text(encoding="utf-8")
    assert tables.count("Mean of the group") == 2
    assert "D by unit and time, Toyland" in tables
    study.write_text(text + only + 'groups = "halb"\n', encoding="utf-8")
    with pytest.raises(StudyError, match="halb"):
        run_study(study, tmp_path / "out")
