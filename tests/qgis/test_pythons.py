"""The plugin finds Pythons, makes its own, and says exactly what is missing; without QGIS."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from importlib import util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from spatialccd.qgis.forms import PLUGIN

WORKER = """
import sys
print('{"type": "hello", "protocol": 1, "version": "9.9"}', flush=True)
sys.stdin.read()
"""


def plugin_module(name: str) -> ModuleType:
    """Load a module of the plugin that takes nothing but the standard library."""
    spec = util.spec_from_file_location(f"spatialccd_qgis_{name}", PLUGIN / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


pythons, own_python = plugin_module("pythons"), plugin_module("own_python")


def program(folder: Path, text: str) -> str:
    """Write a program that stands for a Python."""
    path = folder / "python3"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """A wheel called spatialccd whose worker says hello, for the way and not the sums."""
    path = tmp_path / "spatialccd-9.9-py3-none-any.whl"
    info = "spatialccd-9.9.dist-info"
    files = {
        "spatialccd/__init__.py": "",
        "spatialccd/qgis/__init__.py": "",
        "spatialccd/qgis/worker.py": WORKER,
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: spatialccd\nVersion: 9.9\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
        archive.writestr(f"{info}/RECORD", "".join(f"{name},,\n" for name in files))
    return path


def outside() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}


def test_a_python_is_looked_at() -> None:
    found = pythons.look_at(sys.executable, outside())
    assert found.version == sys.version_info[:3]
    assert found.new_enough
    assert not found.problem


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("exit 9", "it is no Python (9)"),
        ("echo hello", "it is no Python (hello)"),
        ("echo 'no such module' >&2; exit 1", "it is no Python (no such module)"),
    ],
)
def test_what_is_no_python_is_said(tmp_path: Path, text: str, problem: str) -> None:
    assert pythons.look_at(program(tmp_path, text)).problem == problem


def test_a_path_that_leads_nowhere_is_said(tmp_path: Path) -> None:
    assert pythons.look_at(str(tmp_path / "none")).problem == "there is no such file"
    path = tmp_path / "python"
    path.write_text("no program")
    assert "does not start" in pythons.look_at(str(path)).problem


def test_the_stores_link_is_no_python(tmp_path: Path) -> None:
    """Windows puts an empty python.exe on the path that opens the Store."""
    stub = tmp_path / "Microsoft" / "WindowsApps" / "python.exe"
    stub.parent.mkdir(parents=True)
    stub.touch()
    assert pythons.is_store_stub(str(stub))
    assert "Microsoft Store" in pythons.look_at(str(stub)).problem
    assert not pythons.is_store_stub(sys.executable)


def test_pythons_are_found_where_they_are_put(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pythons.shutil, "which", lambda _: None)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "Local"))
    for name in ("ProgramFiles", "ProgramW6432", "SYSTEMDRIVE"):
        monkeypatch.delenv(name, raising=False)
    places = [
        "Local/Programs/Python/Python312/python.exe",
        "Local/Programs/Python/Python311/python.exe",
        "miniconda3/python.exe",
        ".pyenv/versions/3.13.1/python.exe",
    ]
    for place in places:
        (tmp_path / place).parent.mkdir(parents=True)
        (tmp_path / place).write_text(place)
    found = [Path(path).relative_to(tmp_path).as_posix() for path in pythons.candidates()]
    assert found[:2] == places[:2]  # the newest first
    assert set(found) == set(places)


def test_pythons_with_spatialccd_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {
        "old": pythons.Python("old", (3, 9, 1)),
        "new": pythons.Python("new", (3, 13, 0), venv=True),
        "has": pythons.Python("has", (3, 11, 2), "0.1.0"),
        "broken": pythons.Python("broken", problem="it is no Python"),
    }
    monkeypatch.setattr(pythons, "candidates", lambda: list(known))
    monkeypatch.setattr(pythons, "look_at", lambda path, _: known[path])
    assert [python.path for python in pythons.find()] == ["has", "new"]


def test_an_environment_is_made_from_a_wheel_and_its_worker_answers(
    tmp_path: Path, wheel: Path, client: ModuleType
) -> None:
    folder, told = str(tmp_path / "profile" / "spatialccd" / "python"), []
    base = pythons.look_at(sys.executable, outside())
    made = own_python.make(
        base, folder, str(wheel), outside(), lambda share, line: told.append((share, line))
    )
    assert made == own_python.program(folder)
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert shares[-1] == 100
    assert any("Successfully installed spatialccd-9.9" in line for _, line in told)
    worker = client.Worker(made, outside(), "advice")
    worker.end()
    assert worker.version == "9.9"
    # A second time it is taken as it is, and brought up to date.
    assert own_python.make(base, folder, str(wheel), outside(), lambda *_: None) == made


def failing(tmp_path: Path, python: Any, source: str) -> str:
    """Give why an environment could not be made; nothing of it may stay."""
    folder = tmp_path / "made"
    with pytest.raises(own_python.SetUpError) as raised:
        own_python.make(python, str(folder), source, outside(), lambda *_: None)
    assert not folder.exists()
    return str(raised.value)


def test_what_is_missing_is_said_before_anything_is_made(tmp_path: Path, wheel: Path) -> None:
    python = pythons.Python
    said = failing(tmp_path, python("p", (3, 9, 2), venv=True), str(wheel))
    assert said == "p is Python 3.9; spatialccd needs 3.11 or newer"
    said = failing(tmp_path, python("p", (3, 12, 2)), str(wheel))
    assert "apt install python3.12-venv" in said
    said = failing(tmp_path, python("p", problem="it is no Python"), str(wheel))
    assert said == "p: it is no Python"
    here = pythons.look_at(sys.executable, outside())
    assert "there is no file" in failing(tmp_path, here, str(tmp_path / "none.whl"))


def test_a_failing_pip_tells_why_and_leaves_nothing(tmp_path: Path) -> None:
    broken = tmp_path / "spatialccd-1-py3-none-any.whl"
    broken.write_bytes(b"no zip")
    here = pythons.look_at(sys.executable, outside())
    assert "ERROR" in failing(tmp_path, here, str(broken))


def test_a_stop_is_heard_and_leaves_nothing(tmp_path: Path, wheel: Path) -> None:
    here = pythons.look_at(sys.executable, outside())
    with pytest.raises(own_python.Stopped):
        own_python.make(
            here, str(tmp_path / "made"), str(wheel), outside(), lambda *_: None, lambda: True
        )
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("code", [0, 1, 9])
def test_a_python_that_exits_at_once_is_answered_at_once(
    tmp_path: Path, client: ModuleType, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """The thread that mourns must not wait for one that was never started."""
    monkeypatch.setattr(client, "_HELLO_SECONDS", 600)  # else the fault would only be slow
    for _ in range(5):
        with pytest.raises(client.WorkerError, match=f"ended by itself with code {code}"):
            client.Worker(program(tmp_path, f"exit {code}"), outside(), "advice")


@pytest.mark.slow
def test_the_wheel_of_this_tree_has_the_worker_and_the_plugin(
    tmp_path: Path, client: ModuleType
) -> None:
    """Built as a release is; its dependencies are those of this Python, for want of a network."""
    pytest.importorskip("build")
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "build", "--wheel", "-o", str(tmp_path), str(root)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    if "No matching distribution" in built.stdout + built.stderr:
        pytest.skip("the build backend cannot be had without a network")
    assert built.returncode == 0, built.stdout + built.stderr
    (made,) = tmp_path.glob("spatialccd-*.whl")
    bare = tmp_path / made.name.replace("spatialccd-", "bare/spatialccd-")
    bare.parent.mkdir()
    without_dependencies(made, bare)
    folder = str(tmp_path / "profile" / "python")
    base = pythons.look_at(sys.executable, outside())
    python = own_python.make(base, folder, str(bare), outside(), lambda *_: None)
    (site,) = Path(folder).glob("lib/python*/site-packages")
    installed = site / "spatialccd" / "qgis"
    assert (installed / "words" / "errors.txt").is_file()
    assert (installed / "plugin" / "spatialccd_qgis" / "catalog.json").is_file()
    (site / "dependencies.pth").write_text(sysconfig.get_paths()["purelib"], encoding="utf-8")
    worker = client.Worker(python, outside(), "advice")
    try:
        message = {"type": "boundaries", "name": "us_states", "folder": str(tmp_path)}
        answer = worker.do(message, lambda *_: None, lambda *_: None, lambda: False)
        assert Path(answer["layer"]).stat().st_size > 10_000
    finally:
        worker.end()


def without_dependencies(wheel: Path, target: Path) -> None:
    """Copy a wheel without what it requires, so that pip asks no index."""
    with zipfile.ZipFile(wheel) as source, zipfile.ZipFile(target, "w") as copy:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith(".dist-info/METADATA"):
                lines = content.decode().split("\n")
                content = "\n".join(n for n in lines if not n.startswith("Requires-Dist")).encode()
            if not name.endswith(".dist-info/RECORD"):
                copy.writestr(name, content)
            else:
                listed = [line.split(",")[0] for line in content.decode().splitlines()]
                copy.writestr(name, "".join(f"{one},,\n" for one in listed))
