"""Whatever comes in on a line is answered, and the worker lives on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import pytest

from spatialccd.qgis import messages
from spatialccd.qgis.steps import free

_HOSTILE = [
    b"",
    b"nonsense",
    b"null",
    b"[]",
    b'"type"',
    b"{}",
    b'{"type": ["run"]}',
    b'{"type": null, "id": "1"}',
    b'{"type": {"a": 1}, "id": "1"}',
    b'{"type": "cancel", "id": {"a": 1}}',
    b'{"type": "cancel", "id": [1]}',
    b'{"type": "run", "id": "1"}',
    b'{"type": "run", "id": "1", "tool": ["x"], "input": "a", "folder": "b"}',
    b'{"type": "run", "id": "1", "tool": "mgwr", "input": "a", "folder": "b", "before": {}}',
    b'{"type": "run", "id": "1", "tool": "mgwr", "input": "a", "folder": "b", "also": ["x"]}',
    b'{"type": "run", "id": "1", "tool": "mgwr", "input": "a", "folder": "b", "settings": []}',
    b'{"type": "study", "id": "1", "study": 3, "out": "b"}',
    b'{"type": "dance\xff", "id": "1"}',
    b"\xff\xfe\x00",
    b'{"type": "run", "id": "' + b"[" * 100_000,
    b"[" * 1_000_000,
    b'{"type": "run", "settings": ' + b'{"a":' * 5_000 + b"1" + b"}" * 5_001,
    b'{"type": "run", "settings": ' + b'{"a":' * 60 + b"1" + b"}" * 61,
    b"9" * 10_000,
    b'{"type": "cancel", "id": "\\ud800"}' + b" " * 10,
    b'{"type": "\\ud800", "id": "\\udfff"}',
    b'{"type": "run", "id": "1", "tool": "no_such", "input": "/nowhere", "folder": "/nowhere"}',
]


def test_every_hostile_line_is_answered_and_the_next_job_is_done(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text("[study]\n")
    job = {"type": "study", "id": "last", "study": str(tmp_path / "study.toml"), "out": "out"}
    with subprocess.Popen(
        [sys.executable, "-m", "spatialccd.qgis.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=tmp_path,
    ) as worker:
        assert worker.stdin is not None
        assert worker.stdout is not None
        worker.stdin.write(b"\n".join([*_HOSTILE, json.dumps(job).encode()]) + b"\n")
        worker.stdin.flush()
        answers = []
        for line in worker.stdout:
            answers.append(json.loads(line))
            if answers[-1].get("id") == "last":
                break
        worker.stdin.write(b'{"type": "bye"}\n')
        worker.stdin.close()
        assert worker.wait(60) == 0
    assert "the table [panel] is missing" in answers[-1]["message"]
    errors = [a for a in answers if a["type"] == "error" and a is not answers[-1]]
    silent = sum(b'"cancel", "id": "' in line for line in _HOSTILE)  # heard, and none to answer
    assert len(errors) == len(_HOSTILE) - silent
    assert not [a for a in errors if a["kind"] == "Defect"]


def test_null_stands_for_what_was_not_given() -> None:
    line = '{"type": "run", "id": "1", "tool": "t", "input": "a", "folder": "b", "settings": null,'
    read = messages.read(line + ' "before": null, "also": [{"tool": "u", "columns": null}]}')
    assert "settings" not in read
    assert "before" not in read
    assert read["also"] == [{"tool": "u"}]


def test_a_line_longer_than_any_message_is_let_by(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "LONGEST", 100)
    import io

    source = io.StringIO("x" * 1000 + "\n" + "short\n" + "y" * 99 + "\n" + "z" * 250)
    assert list(messages.lines(source)) == [None, "short\n", "y" * 99 + "\n", None]
    with pytest.raises(messages.NotAMessage, match="longer than"):
        messages.read(None)


def test_a_step_of_any_name_stays_in_the_folder_of_the_job(tmp_path: Path) -> None:
    folder = tmp_path / "job"
    folder.mkdir()
    names = ["moran", "moran", "../../x", "/etc/passwd", "", "a/b", "A?b", "con", "x" * 500]
    for name in names:
        path = free(folder, name, ".json")
        assert path.parent == folder
        assert not path.exists()
        path.write_text("")
    assert len(list(folder.iterdir())) == len(names)
    assert [p.name for p in tmp_path.iterdir()] == ["job"]


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_the_worker_ends_with_its_parent_though_the_input_is_held_open() -> None:
    """A child of QGIS inherits the pipe, and QGIS is killed."""
    code = (
        "import subprocess, sys\n"
        "read = subprocess.PIPE\n"
        "worker = subprocess.Popen([sys.executable, '-m', 'spatialccd.qgis.worker'], stdin=read,"
        " stdout=subprocess.PIPE)\n"
        "holder = subprocess.Popen(['sleep', '60'], pass_fds=[worker.stdin.fileno()])\n"
        "worker.stdout.readline()\n"
        "print(worker.pid, holder.pid, flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        worker, holder = map(int, parent.stdout.readline().split())
        parent.kill()
    try:
        end = monotonic() + 30
        while monotonic() < end and _runs(worker):
            sleep(0.2)
        assert not _runs(worker)
    finally:
        os.kill(holder, signal.SIGKILL)


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"  # ended, and nobody asks
