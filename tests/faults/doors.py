"""The doors, in a process of their own: ``python -m tests.faults.doors`` does one case a line."""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import socket
import sys
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any


def panel(folder: Path, given: dict[str, Any]) -> list[float]:
    """Read a table of indicators; its figures by unit and time."""
    import spatialccd as sc

    frame = sc.read_panel(folder / given["file"], unit="unit", time="time").sort_index()
    return [round(float(value), 9) for value in frame.select_dtypes("number").to_numpy().ravel()]


def layer(folder: Path, given: dict[str, Any]) -> list[float]:
    """Read a layer of areas; their bounds."""
    import spatialccd as sc

    areas = sc.read_boundaries(folder / given["file"], unit="unit").to_crs(4326)
    return [round(float(value), 6) for value in areas.sort_index().bounds.to_numpy().ravel()]


def saved(folder: Path, given: dict[str, Any]) -> list[float]:
    """Load a saved result; its figures."""
    import spatialccd as sc

    frame = sc.load(folder / given["file"]).to_frame().select_dtypes("number")
    return [float(value) for value in frame.to_numpy().ravel()]


def study(folder: Path, given: dict[str, Any]) -> str:
    """Run a study into ``out``; its table."""
    from spatialccd.study import run_study

    run_study(folder / given["file"], folder / "out")
    tables = folder / "out" / "tables.tex"
    return tables.read_text(encoding="utf-8") if tables.is_file() else ""


def worker(folder: Path, given: dict[str, Any]) -> str:
    """Send a line to the worker of QGIS; what it answers, none of it a defect."""
    from spatialccd.qgis.worker import Worker

    line = (folder / "line").read_bytes().decode("utf-8", "surrogateescape")
    sink = io.StringIO()
    with contextlib.chdir(folder):
        Worker(io.StringIO(f'{line}\n{{"type": "bye"}}\n'), sink).serve()
    answers = [json.loads(answer) for answer in sink.getvalue().splitlines()]
    for answer in answers:
        if answer.get("kind") == "Defect":
            raise RuntimeError(answer["message"] + "\n" + answer["detail"])
    return " ".join(sorted({answer["type"] for answer in answers}))


def line(folder: Path, given: dict[str, Any]) -> str:
    """Call the command line; its code is 0 or 2 and there is no trace of Python."""
    from spatialccd.cli import main
    from spatialccd.errors import ParameterError

    said = io.StringIO()
    code: Any = 0
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(said),
        contextlib.redirect_stderr(said),
    ):
        try:
            main(list(given["line"]))
        except SystemExit as end:
            code = end.code
    text = said.getvalue()
    if code not in (0, 2) or "Traceback" in text or "\x1b" in text:
        raise RuntimeError(f"exit code {code}: {text[-500:]!r}")
    if code == 2:
        raise ParameterError(text)
    return text


DOORS: dict[str, Callable[[Path, dict[str, Any]], Any]] = {
    "panel": panel, "layer": layer, "saved": saved, "study": study, "worker": worker, "line": line,
}  # fmt: skip


def _try(door: str, folder: Path, given: dict[str, Any]) -> dict[str, Any]:
    from spatialccd.errors import SpatialCCDError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return {"outcome": "taken", "figures": DOORS[door](folder, given)}
    except SpatialCCDError as error:
        return {"outcome": "refused", "message": str(error)[:500]}
    except BaseException as error:
        where = "".join(traceback.format_exception(error)[-3:])
        return {
            "outcome": "crash",
            "message": f"{type(error).__name__}: {error}"[:300],
            "where": where,
        }


def _no_network() -> None:
    """Let Python's own sockets reach nobody; what GDAL would do is seen by the listener."""

    def refused(*_: Any, **__: Any) -> None:
        raise AssertionError("the network was asked for")

    socket.socket.connect = refused  # type: ignore[method-assign]
    socket.create_connection = refused


def _held() -> float:
    """Give the most memory that this process held, in MiB.

    ``ru_maxrss`` counts what the parent held when it began this one, hence the system's own figure.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(one for one in status.read_text().splitlines() if one.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Do cases until the input ends."""
    sink = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    _no_network()
    for text in sys.stdin:
        case = json.loads(text)
        answer = _try(case["door"], Path(case["folder"]), case["given"])
        answer["mebibytes"] = _held()
        sink.write(json.dumps(answer) + "\n")
        sink.flush()


if __name__ == "__main__":
    main()
