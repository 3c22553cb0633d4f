"""A study replaces what is its own and nothing else, reads no stale input, and runs alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest

from spatialccd import _files
from spatialccd.errors import StudyError
from spatialccd.study import folder as folders
from spatialccd.study import run_study
from tests.toys import Toys

LEAN = """
[study]
title = "lean"

[panel]
path = "data/panel.csv"
unit = "unit"
time = "time"

[areas]
source = "data/areas.shp"
unit = "unit"

[systems.economy]
income = "benefit"
schools = "benefit"

[systems.ecology]
smoke = "cost"
forest = "benefit"

[neighbors]

[global_moran]
y = "D"
n_permutations = 99

[outputs]
tables = ["tex"]
page = false
geopackage = false
"""


@pytest.fixture
def lean(tmp_path: Path, toys: Toys) -> Path:
    """A study without pictures on a shapefile."""
    folder = tmp_path / "lean"
    (folder / "data").mkdir(parents=True)
    toys.panel.to_csv(folder / "data" / "panel.csv")
    toys.areas.reset_index().to_file(folder / "data" / "areas.shp", engine="pyogrio")
    path = folder / "study.toml"
    path.write_text(LEAN, encoding="utf-8")
    return path


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def _reused(manifest: dict[str, Any]) -> list[bool]:
    return [step["reused"] for step in manifest["steps"]]


# --- what was read -------------------------------------------------------------------------------


def _other_table(data: Path) -> None:
    layer = gpd.read_file(data / "areas.shp", engine="pyogrio")
    layer["unit"] = list(reversed(layer["unit"]))
    copy = data / "copy"
    copy.mkdir()
    layer.to_file(copy / "areas.shp", engine="pyogrio")
    shutil.copy(copy / "areas.dbf", data / "areas.dbf")
    shutil.rmtree(copy)


def _other_plane(data: Path) -> None:
    text = (data / "areas.prj").read_text()
    assert "6378137.0" in text
    (data / "areas.prj").write_text(text.replace("6378137.0", "6378136.0"))


def _other_coding(data: Path) -> None:
    (data / "areas.cpg").write_text("GB18030")


def _other_shx(data: Path) -> None:
    index = bytearray((data / "areas.shx").read_bytes())
    index[28:32] = b"\0\0\0\0"  # the header's version, which readers do not look at
    (data / "areas.shx").write_bytes(index)


@pytest.mark.parametrize("change", [_other_table, _other_plane, _other_coding, _other_shx])
def test_each_part_of_a_shapefile_counts(
    lean: Path, out: Path, change: Callable[[Path], None]
) -> None:
    first = run_study(lean, out)
    parts = {f"data/areas.{s}" for s in ("shp", "shx", "dbf", "prj", "cpg")}
    assert set(first["inputs"]) == {"data/panel.csv", *parts}
    change(lean.parent / "data")
    second = run_study(lean, out)
    assert not any(_reused(second))
    if change is _other_table:
        before, after = (m["outputs"]["tables.tex"]["sha256"] for m in (first, second))
        assert before != after


def test_each_file_of_a_geodatabase_counts(lean: Path, out: Path) -> None:
    layer = gpd.read_file(lean.parent / "data" / "areas.shp", engine="pyogrio")
    target = lean.parent / "data" / "areas.gdb"
    layer.to_file(target, driver="OpenFileGDB", engine="pyogrio")
    lean.write_text(LEAN.replace("areas.shp", "areas.gdb"), encoding="utf-8")
    first = run_study(lean, out)
    assert sum(name.startswith("data/areas.gdb/") for name in first["inputs"]) > 5
    assert all(_reused(run_study(lean, out)))
    shutil.rmtree(target)
    layer["unit"] = list(reversed(layer["unit"]))
    layer.to_file(target, driver="OpenFileGDB", engine="pyogrio")
    second = run_study(lean, out)
    assert not any(_reused(second))
    assert second["outputs"]["tables.tex"]["sha256"] != first["outputs"]["tables.tex"]["sha256"]


def test_an_upgraded_package_redoes_the_steps(
    lean: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run_study(lean, out)
    for package in ("highspy", "pyogrio", "jinja2", "joblib", "pyproj"):
        assert package in first["versions"], package
    from spatialccd.study import runner, store

    newer = {**store.environment(), "joblib": "99"}
    monkeypatch.setattr(store, "environment", lambda: newer)
    monkeypatch.setattr(runner, "environment", lambda: newer)
    second = run_study(lean, out)
    assert second["versions"]["joblib"] == "99"
    assert not any(_reused(second))


# --- what is written -----------------------------------------------------------------------------


def _files_in(folder: Path) -> dict[str, str]:
    return {
        p.relative_to(folder).as_posix(): _files.digest(p)
        for p in folder.rglob("*")
        if p.is_file() and ".steps" not in p.parts
    }


def test_files_of_others_are_not_replaced_unless_forced(lean: Path) -> None:
    folder = lean.parent
    (folder / "tables.tex").write_text("a thesis")
    (folder / "manifest.json").write_text('{"name": "a web app"}')
    before = _files_in(folder)
    with pytest.raises(StudyError, match=r"manifest\.json, tables\.tex.*--out.*--force"):
        run_study(lean, folder)
    assert _files_in(folder) == before
    run_study(lean, folder, force=True)
    assert (folder / "tables.tex").read_text() != "a thesis"
    again = run_study(lean, folder)  # by now they are ours
    assert all(_reused(again))


@pytest.mark.parametrize("force", [False, True])
def test_an_input_is_never_replaced(lean: Path, force: bool) -> None:
    folder = lean.parent
    (folder / "data" / "panel.csv").rename(folder / "page.html")
    text = LEAN.replace("data/panel.csv", "page.html").replace("page = false", "page = true")
    lean.write_text(text, encoding="utf-8")
    before = _files_in(folder)
    with pytest.raises(StudyError, match=r"page\.html.*a file that the study reads"):
        run_study(lean, folder, force=True)
    assert _files_in(folder) == before


@pytest.mark.parametrize(
    "name", ["../x", "figures/../../x", "/tmp/x", "link/x", "mine.txt", ".steps/x", "a\0b", ""]
)
def test_a_manifest_removes_nothing_that_no_run_wrote(lean: Path, out: Path, name: str) -> None:
    run_study(lean, out)
    kept = out.parent / "elsewhere"
    kept.mkdir()
    victims = [out.parent / "x", kept / "x", out / "mine.txt", out / ".steps" / "x"]
    for victim in victims:
        victim.write_text("precious")
    (out / "link").symlink_to(kept)
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    entry = {"key": "", "sha256": "0" * 64}
    if name != "mine.txt":  # even with the right hash
        entry["sha256"] = _files.digest(victims[0])
    manifest["outputs"][name] = entry
    (out / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    said = run_study(lean, out)["warnings"]
    assert [v.read_text() for v in victims] == ["precious"] * len(victims)
    assert any("mine.txt" in w["message"] for w in said) == (name == "mine.txt")


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", '{"outputs": 3, "steps": 1}', '{"outputs": {"a": 1}}', "[" * 10**5, "\x00"],
)
def test_a_manifest_that_is_broken_is_written_anew(lean: Path, out: Path, text: str) -> None:
    first = run_study(lean, out)
    (out / "manifest.json").write_text(text, encoding="utf-8")
    second = run_study(lean, out)
    assert second["outputs"] == first["outputs"]
    assert all(_reused(second))


@pytest.mark.parametrize("name", [".steps", "figures"])
def test_no_link_is_followed(lean: Path, out: Path, tmp_path: Path, name: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / f"{'0' * 64}.scc").write_text("another study's")
    out.mkdir()
    (out / name).symlink_to(elsewhere)
    with pytest.raises(StudyError, match="is a link to another place"):
        run_study(lean, out)
    assert [p.name for p in elsewhere.iterdir()] == [f"{'0' * 64}.scc"]


# --- killed runs, and two at once ----------------------------------------------------------------

_GONE = 2**22 + 1  # above the most that Linux gives out


def test_what_a_killed_run_left_is_swept(lean: Path, out: Path) -> None:
    run_study(lean, out)
    left = [out / f".page.{_GONE}.part.html", out / ".steps" / f".0a-1.{os.getpid()}.part.scc"]
    others = [out / ".page.1.part.html", out / ".bashrc", out / "a.part.html"]
    for path in (*left, *others):
        path.write_text("half")
    run_study(lean, out)
    assert not any(path.exists() for path in left)
    assert all(path.exists() for path in others)


def test_a_run_killed_before_its_manifest_goes_on(lean: Path, out: Path) -> None:
    """Its tables are there, its manifest is not: they are ours all the same."""
    run_study(lean, out)
    (out / "manifest.json").unlink()
    assert all(_reused(run_study(lean, out)))


def _hold(folder: Path) -> subprocess.Popen[str]:
    code = (
        "import sys\nfrom pathlib import Path\nfrom spatialccd.study.folder import Folder\n"
        "with Folder(Path(sys.argv[1])).held():\n    print('held', flush=True)\n"
        "    sys.stdin.read()"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_two_runs_into_one_folder(lean: Path, out: Path) -> None:
    with _hold(out) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(StudyError, match=rf"another run \(process {other.pid} on .*--out"):
            run_study(lean, out)
        other.kill()
    assert (out / ".run.lock").exists()  # it could not tidy up
    assert run_study(lean, out)["outputs"]
    assert not (out / ".run.lock").exists()


def test_without_locks_of_the_system_the_process_counts(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fcntl = pytest.importorskip("fcntl", reason="Windows has locks of its own")

    def none(*_: Any) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", none)
    out.mkdir()
    note = {"pid": os.getppid(), "host": folders.socket.gethostname()}
    (out / ".run.lock").write_text(json.dumps(note))
    with pytest.raises(StudyError, match="another run"), folders.Folder(out).held():
        pass
    (out / ".run.lock").write_text(json.dumps({**note, "pid": _GONE}))
    with folders.Folder(out).held():
        pass
    (out / ".run.lock").write_text("gibberish")
    with folders.Folder(out).held():
        pass


def test_a_run_that_fails_at_once_leaves_no_folder(lean: Path, out: Path) -> None:
    lean.write_text(LEAN.replace("panel.csv", "nothing.csv"), encoding="utf-8")
    with pytest.raises(StudyError, match="nothing"):
        run_study(lean, out / "a" / "b")
    assert not (out / "a").exists()


# --- names ---------------------------------------------------------------------------------------

_NAMES = [
    "map 2020",
    "Map/2020",
    "map?2020",
    "CON",
    "nul",
    "省" * 100,
    "省" * 99 + "市",
    "..",
    "caf\u00e9",
    "cafe\u0301",
]


def test_steps_whose_names_differ_in_signs_or_case_have_files_of_their_own(
    lean: Path, out: Path
) -> None:
    tables = "".join(
        f'\n[[map_values]]\nname = {json.dumps(name, ensure_ascii=False)}\nvalues = "D"\n'
        f"time = {2018 + 2 * (i % 2)}\n"
        for i, name in enumerate(_NAMES)
    )
    assert len({*_NAMES}) == len(_NAMES)
    lean.write_text(LEAN.replace("\n[outputs]", tables + "\n[outputs]"), encoding="utf-8")
    manifest = run_study(lean, out)
    files = {n: e["step"] for n, e in manifest["outputs"].items() if n.startswith("figures/")}
    assert set(files.values()) == {*_NAMES}
    assert len({name.casefold() for name in files}) == len(_NAMES)
    for name in files:
        stem = Path(name).stem
        assert stem.casefold() not in ("con", "nul")
        assert len(Path(name).name.encode()) < 200
    assert all(_reused(run_study(lean, out)))


@pytest.mark.parametrize("name", ["", "  ", "panel", "areas", "join", "rook.scc"])
def test_a_name_that_stands_for_something_else_is_refused(lean: Path, out: Path, name: str) -> None:
    text = LEAN.replace("[global_moran]\n", f'[global_moran]\nname = "{name}"\n')
    lean.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match=r"global_moran.*name"):
        run_study(lean, out)


def test_a_database_whose_columns_change_names_is_read_anew() -> None:
    from spatialccd.data.stores import databases

    frame = pd.DataFrame({"a": [1.0], "b": [2.0]})
    swapped = frame.set_axis(["b", "a"], axis=1)
    digests = [databases.digest("study.duckdb#t", one) for one in (frame, swapped)]
    assert digests[0] != digests[1]
