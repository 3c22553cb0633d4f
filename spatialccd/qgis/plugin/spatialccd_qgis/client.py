"""Talks to the worker: starts it, keeps it, passes jobs on, ends it.

Standard library only. A worker does one job at a time; a second job at the same
time gets a second worker. One is kept for the next job, so that only the first
call waits for imports.
"""

import atexit
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from contextlib import suppress

PROTOCOL = 1
_HELLO_SECONDS = 60
#: How long a job may take to stop by itself before its process is ended.
_GRACE_SECONDS = 0.5
_POLL_SECONDS = 0.05
_KEPT = 1

_idle = []
_guard = threading.Lock()


class WorkerError(Exception):
    """The job failed; the message is for the user."""

    def __init__(self, message, cases=(), detail=""):
        super().__init__(message)
        self.cases = list(cases)
        self.detail = detail


class Cancelled(Exception):  # noqa: N818 - not a fault: the user asked for it
    """The user stopped the job."""


def run(message, python, variables, advice, progress, log, is_cancelled):
    """Do one job and give its result.

    Parameters
    ----------
    message : dict
        The job, without its id.
    python, variables, advice
        What to start a worker with, and what to say when that fails.
    progress, log : callable
        Told of (done, total) and of (level, text).
    is_cancelled : callable
        Asked every few hundredths of a second.

    Raises
    ------
    WorkerError, Cancelled
    """
    worker = _take(python, variables, advice, is_cancelled)
    try:
        result = worker.do(message, progress, log, is_cancelled)
    except BaseException:
        _give_back(worker)
        raise
    _give_back(worker)
    return result


def close():
    """End the workers that are kept."""
    with _guard:
        ended = list(_idle)
        _idle.clear()
    for worker in ended:
        worker.end()


atexit.register(close)


def _take(python, variables, advice, is_cancelled):
    with _guard:
        while _idle:
            worker = _idle.pop()
            if worker.alive() and worker.python == python:
                return worker
            worker.end()
    return Worker(python, variables, advice, is_cancelled)


def _give_back(worker):
    with _guard:
        if worker.alive() and worker.ready and len(_idle) < _KEPT:
            _idle.append(worker)
            return
    worker.end()


class Worker:
    """One process."""

    def __init__(self, python, variables, advice, is_cancelled=lambda: False):
        self.python = python
        self.ready = False
        self._advice = advice
        self._messages = queue.Queue()
        self._last_words = deque(maxlen=40)
        self._jobs = 0
        if not python:
            raise WorkerError("QGIS does not know which Python has spatialccd. " + advice)
        try:
            self._process = subprocess.Popen(
                [python, "-m", "spatialccd.qgis.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=variables,
                cwd=tempfile.gettempdir(),
                **_own_group(),
            )
        except OSError as error:
            raise WorkerError(
                f"cannot start the Python {python} ({error.strerror}). {advice}"
            ) from error
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()  # before the reader, which waits for its last words
        threading.Thread(target=self._read, daemon=True).start()
        self._greet(is_cancelled)

    def alive(self):
        """Whether the process runs."""
        return self._process.poll() is None

    def do(self, message, progress, log, is_cancelled):
        """Send one job and wait for its answer."""
        self._jobs += 1
        job = str(self._jobs)
        self.ready = False
        self._send(dict(message, id=job))
        stop_by = None
        while True:
            if stop_by is None and is_cancelled():
                stop_by = time.monotonic() + _GRACE_SECONDS
                self._send({"type": "cancel", "id": job})
            if stop_by is not None and time.monotonic() > stop_by:
                self.end()
                raise Cancelled("stopped")
            answer = self._next(_POLL_SECONDS)
            if answer is None or answer.get("id") not in (job, None):
                continue
            kind = answer["type"]
            if kind == "progress":
                progress(answer["done"], answer["total"])
            elif kind == "log":
                log(answer["level"], answer["text"])
            elif kind == "result":
                self.ready = True
                return answer
            elif kind == "error":
                self.ready = True
                self._fail(answer)

    def end(self):
        """End the process and all that it started."""
        if self.alive():
            _kill(self._process)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=5)
        with suppress(OSError):
            self._process.stdin.close()

    def _fail(self, answer):
        if answer["kind"] == "Cancelled":
            raise Cancelled("stopped")
        raise WorkerError(answer["message"], answer.get("cases", ()), answer.get("detail", ""))

    def _greet(self, is_cancelled):
        """Wait for the worker's hello, and check that it speaks as we do."""
        start = time.monotonic()
        while True:
            if is_cancelled():
                self.end()
                raise Cancelled("stopped")
            answer = self._next(_POLL_SECONDS)
            if answer is not None:
                break
            if time.monotonic() - start > _HELLO_SECONDS:
                self.end()
                raise WorkerError(f"the Python {self.python} did not answer")
        if answer["type"] != "hello" or answer.get("protocol") != PROTOCOL:
            self.end()
            raise WorkerError(
                "the plugin and spatialccd {} do not belong together; run: "
                "spatialccd qgis install".format(answer.get("version", ""))
            )
        self.version = answer["version"]
        self.ready = True

    def _next(self, seconds):
        """Give the next message, or None when none came in time."""
        try:
            answer = self._messages.get(timeout=seconds)
        except queue.Empty:
            return None
        if answer is None:
            self._mourn()
        return answer

    def _mourn(self):
        """Say in words how the process ended."""
        self.end()
        words = "\n".join(self._last_words)
        code = self._process.returncode
        if "No module named" in words and "spatialccd" in words.rsplit("No module named", 1)[1]:
            raise WorkerError(f"the Python {self.python} has no spatialccd. {self._advice}")
        if "No module named" in words:
            missing = words.rsplit("No module named", 1)[1].strip().splitlines()[0]
            raise WorkerError(
                f"the Python {self.python} lacks {missing}; install it with: "
                f"{self.python} -m pip install spatialccd"
            )
        hint = " (out of memory?)" if code in (-9, 137) else ""
        raise WorkerError(
            f"the worker ended by itself with code {code}{hint}; nothing was changed, run the tool "
            "again",
            detail=words,
        )

    def _send(self, message):
        try:
            line = json.dumps(message, ensure_ascii=False) + "\n"
            self._process.stdin.write(line.encode("utf-8"))
            self._process.stdin.flush()
        except (OSError, ValueError):
            self._mourn()

    def _read(self):
        with self._process.stdout as lines:
            for line in lines:
                try:
                    self._messages.put(json.loads(line.decode("utf-8")))
                except ValueError:
                    self._last_words.append(line.decode("utf-8", "replace").rstrip())
        self._process.wait()
        self._listener.join(timeout=2)  # its last words come before the news of its end
        self._messages.put(None)

    def _listen(self):
        with self._process.stderr as lines:
            for line in lines:
                self._last_words.append(line.decode("utf-8", "replace").rstrip())


def _own_group():
    """Start the process so that all it starts can be ended with it, and without a window."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}


def _kill(process):
    if sys.platform == "win32":
        subprocess.run(
            ["taskkill", "/F", "/T", "/PID", str(process.pid)],
            capture_output=True,
            check=False,
            creationflags=subprocess.CREATE_NO_WINDOW,
        )
        return
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
