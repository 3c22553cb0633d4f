"""Gives cases to a child process and judges what comes out, and what was done on the way."""

from __future__ import annotations

import json
import os
import re
import selectors
import shutil
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from time import monotonic
from typing import Any

from spatialccd import _files
from tests.faults.cases import LISTENER, Case, sound

#: Seconds that a case may compute, or wait where the machine does other work; MiB it may hold.
LONGEST, WAIT, MOST = 30.0, 300.0, 2048
_FRESH = 1200  # MiB at which a new child is taken: what is held is the sum of many cases


@dataclass
class Findings:
    """What was tried, and what was wrong."""

    tried: Counter[tuple[str, str]] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[Case, str, str]] = field(default_factory=list)
    peak: float = 0.0

    def note(self, case: Case, what: str, words: str) -> None:
        """Note what is wrong with a case."""
        self.wrong.append((case, what, words))
        print(f"WRONG {case.door} / {case.kind} / {case.name}: {what}: {words[:900]}", flush=True)

    def table(self) -> str:
        """Write how many cases were tried, by door and kind, and what was wrong."""
        faults = Counter((case.door, case.kind) for case, _, _ in self.wrong)
        lines = ["| Door | Kind | Inputs | Wrong |", "|---|---|---|---|"]
        lines += [
            f"| {d} | {k} | {n} | {faults[d, k]} |" for (d, k), n in sorted(self.tried.items())
        ]
        total = f"| **all** | | **{sum(self.tried.values())}** | **{len(self.wrong)}** |"
        return "\n".join([*lines, total])


class Supervisor:
    """Runs cases one after the other in a child, a new one whenever it dies, hangs or swells."""

    def __init__(self) -> None:
        self.findings = Findings()
        self._child: subprocess.Popen[str] | None = None
        self._port, self._calls = _listener()
        self._truths: dict[str, Any] = {}

    def __enter__(self) -> Supervisor:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the child."""
        self._end()

    def run(self, cases: Iterable[Case]) -> Findings:
        """Try every case."""
        for case in cases:
            self.try_one(case)
        return self.findings

    def try_one(self, case: Case) -> None:
        """Try one case in a folder of its own, and look at everything it touched."""
        home = Path(mkdtemp(prefix="spatialccd-fault-"))
        folder = home / "case"
        folder.mkdir()
        (home / "precious.txt").write_text("precious")
        case.make(folder)
        self._lure(folder)
        before = _state(home)
        calls = len(self._calls)
        answer = self._ask(case, folder)
        self._judge(case, answer, before, _state(home), len(self._calls) - calls)
        shutil.rmtree(home, ignore_errors=True)

    def _lure(self, folder: Path) -> None:
        """Put our listener in the place of the network."""
        url = LISTENER.format(port=self._port).encode()
        for path in folder.rglob("*"):
            if path.is_file() and b"LISTEN" in (data := path.read_bytes()):
                path.write_bytes(data.replace(b"LISTEN", url))

    def _judge(
        self, case: Case, answer: dict[str, Any], before: dict[str, str], after: dict[str, str],
        calls: int,
    ) -> None:  # fmt: skip
        found = self.findings
        found.tried[case.door, case.kind] += 1
        found.outcomes[answer["outcome"]] += 1
        found.peak = max(found.peak, answer.get("mebibytes", 0.0))
        outcome = answer["outcome"]
        if outcome in ("crash", "dead", "hang"):
            found.note(case, outcome, answer.get("message", "") + answer.get("where", ""))
        if answer.get("mebibytes", 0) > MOST:
            found.note(case, "memory", f"{answer['mebibytes']:.0f} MiB")
        ours = re.compile(r"case/out(/|$)")
        gone = [n for n in before if after.get(n) != before[n] and not ours.match(n)]
        new = [n for n in after if n not in before and not ours.match(n)]
        if case.door in ("worker", "line"):  # the folder of the job; what --out names
            new = [n for n in new if not n.startswith("case/")]
        if gone:
            found.note(case, "input changed", str(gone))
        if new:
            found.note(case, "file outside", str(new))
        if calls:
            found.note(case, "network", f"{calls} calls")
        same = case.truth.startswith("same") and outcome == "taken"
        if same and answer["figures"] != self._truth(case):
            found.note(case, "wrong figures", str(answer["figures"])[:200])
        if outcome == "refused" and case.truth == "same":
            found.note(case, "refused", answer["message"])
        if outcome == "taken" and case.truth == "refused":
            found.note(case, "taken", str(answer["figures"])[:200])

    def _truth(self, case: Case) -> Any:
        """Give the figures of the sound input of the case's door."""
        name = str(case.given.get("file", ""))
        names = {"panel": "panel.csv", "study": "study.toml"}
        key = f"{case.door} {names.get(case.door, name)}"
        if key not in self._truths:
            home = Path(mkdtemp(prefix="spatialccd-truth-"))
            shutil.copytree(sound(), home / "case")
            given = {**case.given, "file": names.get(case.door, name)}
            answer = self._ask(Case(case.door, "", "", lambda _: None, given), home / "case")
            self._truths[key] = answer["figures"]
            shutil.rmtree(home, ignore_errors=True)
        return self._truths[key]

    def _ask(self, case: Case, folder: Path) -> dict[str, Any]:
        child = self._running()
        assert child.stdin is not None
        assert child.stdout is not None
        asked = {"door": case.door, "folder": str(folder), "given": case.given}
        child.stdin.write(json.dumps(asked) + "\n")
        child.stdin.flush()
        with selectors.DefaultSelector() as ready:
            ready.register(child.stdout, selectors.EVENT_READ)
            begun, end = _seconds(child.pid), monotonic() + WAIT
            while not ready.select(1.0):
                if _seconds(child.pid) - begun > LONGEST or monotonic() > end:
                    self._end()
                    return {"outcome": "hang", "message": f"no answer in {LONGEST:g} s"}
        text = child.stdout.readline()
        if not text:
            code = child.wait()
            self._end()
            return {"outcome": "dead", "message": f"the process ended with {code}"}
        answer: dict[str, Any] = json.loads(text)
        if answer["mebibytes"] > _FRESH:
            self._end()
        return answer

    def _running(self) -> subprocess.Popen[str]:
        if self._child is None:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.doors"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
            warm = Path(mkdtemp(prefix="spatialccd-warm-"))  # imports are no part of a case's time
            shutil.copy(sound() / "panel.csv", warm)
            assert self._child.stdin is not None
            assert self._child.stdout is not None
            for door, file in (("panel", "panel.csv"), ("layer", "none.gpkg")):
                asked = {"door": door, "folder": str(warm), "given": {"file": file}}
                self._child.stdin.write(json.dumps(asked) + "\n")
                self._child.stdin.flush()
                self._child.stdout.readline()
            shutil.rmtree(warm, ignore_errors=True)
        return self._child

    def _end(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.communicate()  # closes its pipes
            self._child = None


def _seconds(pid: int) -> float:
    """Give the time that a process has computed; 0 where the system does not tell."""
    try:
        figures = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(figures[11]) + int(figures[12])) / os.sysconf("SC_CLK_TCK")


def _state(home: Path) -> dict[str, str]:
    """Give the hash of every file, and the name of every folder."""
    return {
        p.relative_to(home).as_posix(): _files.digest(p) if p.is_file() else "folder"
        for p in home.rglob("*")
        if "__pycache__" not in p.parts
    }


def _listener() -> tuple[int, list[Any]]:
    """Listen where hostile data point to; whoever calls is noted."""
    server = socket.create_server(("127.0.0.1", 0))
    calls: list[Any] = []

    def listen() -> None:
        while True:
            connection, address = server.accept()
            calls.append(address)
            connection.close()

    threading.Thread(target=listen, daemon=True).start()
    return server.getsockname()[1], calls
