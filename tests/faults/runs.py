"""Runs of one study that are killed, that go on at the same time, or whose disk is full."""

from __future__ import annotations

import json
import random
import resource
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from time import sleep

from spatialccd import _files
from tests.faults.cases import sound

#: A study of a few seconds with every kind of output.
STUDY = """
[study]
title = "killed"
seed = 1

[panel]
path = "panel.csv"
unit = "unit"
time = "time"

[areas]
source = "areas.gpkg"
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

[map_grades]
time = [2018, 2020]
"""
#: Outputs without the time of their making in them.
_TIMELESS = (".png", ".tex", ".html")
_BIG = 2**30


@dataclass
class Runs:
    """What was tried and what was wrong."""

    tried: int = 0
    wrong: list[str] = field(default_factory=list)


def write_study(folder: Path) -> Path:
    """Write the study and its data."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("panel.csv", "areas.gpkg"):
        shutil.copy(sound() / name, folder)
    path = folder / "study.toml"
    path.write_text(STUDY, encoding="utf-8")
    return path


def start(study: Path, out: Path, limit: int | None = None) -> subprocess.Popen[str]:
    """Start the command line on a study; no file may grow beyond `limit` bytes."""

    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write beyond it fails, as on a full disk
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit or _BIG, limit or _BIG))

    return subprocess.Popen(
        [sys.executable, "-m", "spatialccd", "run", str(study), "--out", str(out)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=limited,
    )


def outcome(out: Path) -> dict[str, str]:
    """Give the hash of every output that carries no time, and the keys of all."""
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    found = {}
    for name, entry in manifest["outputs"].items():
        assert _files.digest(out / name) == entry["sha256"], f"{name} is not what the manifest says"
        found[name] = entry["sha256"] if name.endswith(_TIMELESS) else entry["key"]
    return found


def strangers(out: Path) -> list[str]:
    """List what is in a folder of results and in no manifest."""
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    known = {"manifest.json", *manifest["outputs"]}
    files = (p.relative_to(out) for p in out.rglob("*") if p.is_file())
    kept = {f"{step['key']}.scc" for step in manifest["steps"]} | {"written.json"}
    return [
        p.as_posix()
        for p in files
        if p.as_posix() not in known and not (p.parts[0] == ".steps" and p.name in kept)
        and p.parts[:1] != (".steps",)
    ] + [
        p.name for p in (out / ".steps").iterdir() if ".part" in p.name
    ]  # fmt: skip


def kills(folder: Path, n: int, seconds: float, seed: int = 0) -> Runs:
    """Kill `n` runs at times drawn over `seconds`; each must end, run again, as if undisturbed."""
    return _cut_short(folder, n, seconds, seed, signal.SIGKILL)


def stops(folder: Path, n: int, seconds: float, seed: int = 0) -> Runs:
    """Press Ctrl-C in `n` runs at times likewise; each must say so, and end, run again, whole."""
    return _cut_short(folder, n, seconds, seed, signal.SIGINT)


def _cut_short(folder: Path, n: int, seconds: float, seed: int, by: signal.Signals) -> Runs:
    study = write_study(folder / "study")
    expected = _undisturbed(study, folder / "whole")
    drawn, found = random.Random(seed), Runs()
    for i in range(n):
        out = folder / f"out{i}"
        run = start(study, out)
        sleep(drawn.uniform(0.2, seconds))
        run.send_signal(by)
        _, said = run.communicate()
        if by == signal.SIGINT and run.returncode != 0 and not _said_stopped(run.returncode, said):
            found.wrong.append(f"stop {i}: code {run.returncode}: {said[-600:]}")
        _finish(study, out, expected, f"{by.name} {i}", found)
    return found


def _said_stopped(code: int, said: str) -> bool:
    """Tell whether a run ended with its words; while Python itself starts it can have none."""
    if code == -signal.SIGINT:
        return "spatialccd/cli" not in said and "spatialccd/study" not in said
    return code == 130 and "stopped" in said and "Traceback" not in said


def pairs(folder: Path, n: int, apart: float = 1.0, seed: int = 0) -> Runs:
    """Start two runs into one folder; one is refused with words or they follow each other."""
    study = write_study(folder / "study")
    expected = _undisturbed(study, folder / "whole")
    drawn, found = random.Random(seed), Runs()
    for i in range(n):
        out = folder / f"out{i}"
        first = start(study, out)
        sleep(drawn.uniform(0, apart))
        second = start(study, out)
        said = [run.communicate()[1] for run in (first, second)]
        codes = [run.returncode for run in (first, second)]
        if sorted(codes) not in ([0, 0], [0, 2]):
            found.wrong.append(f"pair {i}: codes {codes}: {said}")
        if 2 in codes and "another run" not in said[codes.index(2)]:
            found.wrong.append(f"pair {i}: refused without its reason: {said[codes.index(2)]!r}")
        found.tried += 1
        if 0 in codes and (outcome(out) != expected or strangers(out)):
            found.wrong.append(f"pair {i}: {strangers(out)}")
    return found


def full_disks(folder: Path, sizes: list[int]) -> Runs:
    """Run where files end at a size; it must say so, exit 2, and go on when there is room."""
    study = write_study(folder / "study")
    expected = _undisturbed(study, folder / "whole")
    found = Runs()
    for size in sizes:
        out = folder / f"out{size}"
        run = start(study, out, size)
        _, said = run.communicate()
        if run.returncode not in (0, 2) or "Traceback" in said:
            found.wrong.append(f"{size} bytes: code {run.returncode}: {said[-600:]}")
        if run.returncode == 0 and outcome(out) != expected:
            found.wrong.append(f"{size} bytes: taken for whole")
        _finish(study, out, expected, f"{size} bytes", found)
    return found


def small_disks(folder: Path, mebibytes: list[float]) -> Runs:
    """Run on disks of a few MiB (tmpfs; needs the right to mount)."""
    study = write_study(folder / "study")
    found = Runs()
    for size in mebibytes:
        out = folder / f"disk{size}"
        out.mkdir()
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={int(size * 1024)}k", "tmpfs", str(out)],
            check=True,
        )
        try:
            run = start(study, out / "results")
            _, said = run.communicate()
            found.tried += 1
            if run.returncode not in (0, 2) or "Traceback" in said:
                found.wrong.append(f"{size} MiB: code {run.returncode}: {said[-600:]}")
            elif run.returncode == 0:
                outcome(out / "results")
            elif "disk" not in said:
                found.wrong.append(f"{size} MiB: not told of the disk: {said!r}")
        finally:
            subprocess.run(["umount", str(out)], check=True)
    return found


def _undisturbed(study: Path, out: Path) -> dict[str, str]:
    run = start(study, out)
    _, said = run.communicate()
    assert run.returncode == 0, said
    return outcome(out)


def _finish(study: Path, out: Path, expected: dict[str, str], name: str, found: Runs) -> None:
    run = start(study, out)
    _, said = run.communicate()
    found.tried += 1
    if run.returncode != 0:
        found.wrong.append(f"{name}: did not go on: {said[-400:]}")
    elif outcome(out) != expected:
        found.wrong.append(f"{name}: other outputs than the undisturbed run")
    elif strangers(out):
        found.wrong.append(f"{name}: left behind {strangers(out)}")
    shutil.rmtree(out, ignore_errors=True)
