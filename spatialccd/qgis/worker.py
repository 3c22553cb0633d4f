"""The process that computes for QGIS: ``python -m spatialccd.qgis.worker``.

One JSON object a line, both ways. It says hello before it imports anything
heavy, and then does one job at a time until its input ends:

- in: ``run`` or ``study`` with an ``id`` (see ``jobs``), ``cancel``, ``bye``;
- out: ``hello``, ``progress``, ``log``, and for each job one ``result`` or ``error``.

A job whose tool reports progress stops at its next report after a ``cancel``,
and the worker lives on. For one that does not, QGIS ends the process: nothing
of it is needed later. When QGIS dies the input ends, or only its process is gone
because a child of its own holds the input open; so does the worker end then,
with the folder of the job it was at. A line that is no message is answered.
"""

from __future__ import annotations

import json
import os
import platform
import queue
import shutil
import sys
import threading
import traceback
from collections.abc import Mapping
from time import monotonic, sleep
from typing import IO, Any

from spatialccd import __version__
from spatialccd.errors import Cancelled, DataError, SpatialCCDError
from spatialccd.qgis import advice, jobs, messages

PROTOCOL = 1
_MOST_CASES = 50
#: Seconds between two progress messages; a loop may report thousands.
_EVERY = 0.1
#: Seconds between two looks whether the process that started us is still there.
_LOOK = 2.0


class Worker:
    """Reads messages, does jobs, writes answers."""

    def __init__(self, source: IO[str], sink: IO[str]) -> None:
        self._source = source
        self._sink = sink
        self._writing = threading.Lock()
        self._jobs: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._cancelled: set[str] = set()
        self._current: Mapping[str, Any] = {}
        self._parent = os.getppid()

    def serve(self) -> None:
        """Do jobs until the input ends."""
        self.say("hello", protocol=PROTOCOL, version=__version__, python=platform.python_version())
        threading.Thread(target=self._listen, daemon=True).start()
        threading.Thread(target=self._look_after_parent, daemon=True).start()
        while (message := self._jobs.get()) is not None:
            self._do(message)

    def say(self, kind: str, /, **content: Any) -> None:
        """Write one message."""
        line = json.dumps({"type": kind, **content})  # ASCII: any text goes through
        with self._writing:
            self._sink.write(line + "\n")
            self._sink.flush()

    def _listen(self) -> None:
        """Take messages in while a job runs, so that a cancel is heard."""
        for line in messages.lines(self._source):
            try:
                message = messages.read(line)
            except messages.NotAMessage as error:
                self.say("error", id=None, kind="ProtocolError", message=str(error))
                continue
            kind = message["type"]
            if kind == "cancel":
                self._cancelled.add(str(message["id"]))
            elif kind == "bye":
                break
            elif kind in jobs.JOBS:
                self._jobs.put(message)
            else:
                self.say(
                    "error",
                    id=message.get("id"),
                    kind="ProtocolError",
                    message=f"no job is called {kind[:80]!r}; the plugin and spatialccd "
                    f"{__version__} do not belong together: run spatialccd qgis install",
                )
        else:
            self._abandon()
        self._jobs.put(None)

    def _look_after_parent(self) -> None:
        """End when the process that started us is gone, though its input may be held open."""
        while os.getppid() == self._parent:
            sleep(_LOOK)
        self._abandon()

    def _abandon(self) -> None:
        """End at once when QGIS has gone, and leave no files of the job behind."""
        folder = self._current.get("folder")
        if folder:
            shutil.rmtree(folder, ignore_errors=True)
        os._exit(0)

    def _do(self, message: Mapping[str, Any]) -> None:
        job = str(message.get("id"))
        self._current = message
        try:
            answer = jobs.JOBS[message["type"]](message, _Tell(self, job, self._cancelled))
            self.say("result", id=job, **answer)
        except Cancelled:
            self.say("error", id=job, kind="Cancelled", message="stopped")
        except SpatialCCDError as error:
            self.say(
                "error",
                id=job,
                kind=type(error).__name__,
                message=advice.message(error, message.get("language", "en")),
                cases=_cases(error),
            )
        except Exception as error:  # whatever it is, QGIS must get an answer
            self.say(
                "error",
                id=job,
                kind="Defect",
                message=f"spatialccd failed: {type(error).__name__}: {error}",
                detail=traceback.format_exc(),
            )
        finally:
            self._current = {}
            self._cancelled.discard(job)


class _Tell:
    """Says how one job goes, and stops it once it is cancelled."""

    def __init__(self, worker: Worker, job: str, cancelled: set[str]) -> None:
        self._worker = worker
        self._job = job
        self._cancelled = cancelled
        self._last = -_EVERY

    def progress(self, done: int, total: int) -> None:
        if self._job in self._cancelled:
            raise Cancelled("stopped")
        now = monotonic()
        if done >= total or now - self._last >= _EVERY:
            self._last = now
            self._worker.say("progress", id=self._job, done=done, total=total)

    def log(self, level: str, text: str) -> None:
        self._worker.say("log", id=self._job, level=level, text=text)


def _cases(error: SpatialCCDError) -> list[dict[str, str]]:
    """Give the offending rows of a data error as words, the first of them."""
    frame = error.cases if isinstance(error, DataError) else None
    if frame is None:
        return []
    return [
        {str(name): str(value) for name, value in row.items()}
        for row in frame.head(_MOST_CASES).to_dict("records")
    ]


def main() -> None:
    """Serve on standard input and output; what libraries print goes to standard error."""
    sink = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    os.dup2(2, 1)
    source = os.fdopen(os.dup(0), "r", encoding="utf-8", errors="surrogateescape")
    with open(os.devnull, encoding="utf-8") as nothing:
        os.dup2(nothing.fileno(), 0)  # a child must not read our messages
    sys.stdout = sys.stderr
    Worker(source, sink).serve()


if __name__ == "__main__":
    main()
