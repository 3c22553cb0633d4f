"""Makes the plugin's own environment and installs spatialccd there; standard library only."""

import os
import queue
import re
import shutil
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

#: Packages that a whole install collects, for the share that is done.
_PACKAGES = 60
_STARTED, _COLLECTED = 5, 80
_POLL_SECONDS = 0.1


class SetUpError(Exception):
    """It could not be made; the message says what is missing."""


class Stopped(Exception):  # noqa: N818 - not a fault: the user asked for it
    """The user stopped it."""


def program(folder):
    """Give the Python of an environment."""
    name = "Scripts/python.exe" if sys.platform == "win32" else "bin/python"
    return str(Path(folder) / name)


def make(python, folder, source, variables, tell, is_cancelled=lambda: False):
    """Make an environment, or take the one that is there, and install into it by pip.

    Parameters
    ----------
    python : Python
        The one it is made from; looked at before.
    folder : str
        Where it is made. What was begun is taken away again when it fails.
    source : str
        What pip installs: ``spatialccd``, or the path of a wheel.
    variables : dict
        The environment of the processes.
    tell : callable
        Told of (share in percent, line of text).
    is_cancelled : callable
        Asked every tenth of a second.

    Returns
    -------
    str
        The environment's Python.

    Raises
    ------
    SetUpError, Stopped
    """
    _check(python, source)
    fresh = not os.path.isfile(program(folder))
    try:
        if fresh:
            shutil.rmtree(folder, ignore_errors=True)
            os.makedirs(os.path.dirname(folder), exist_ok=True)
            tell(0, f"{python.path} -m venv {folder}")
            _run([python.path, "-m", "venv", folder], variables, lambda _: None, is_cancelled)
        tell(_STARTED, f"pip install {source}")
        _install(program(folder), source, variables, tell, is_cancelled)
    except BaseException:
        if fresh:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    tell(100, program(folder))
    return program(folder)


def _check(python, source):
    """Say exactly what is missing before anything is made."""
    if python.problem:
        raise SetUpError(f"{python.path}: {python.problem}")
    number = ".".join(map(str, python.version[:2]))
    if not python.new_enough:
        raise SetUpError(f"{python.path} is Python {number}; spatialccd needs 3.11 or newer")
    if not python.venv:
        raise SetUpError(
            f"{python.path} lacks the modules venv and ensurepip; on Debian and Ubuntu: "
            f"apt install python{number}-venv"
        )
    if source.endswith(".whl") and not os.path.isfile(source):
        raise SetUpError(f"there is no file {source}")


def _install(python, source, variables, tell, is_cancelled):
    collected, done = [], [_STARTED]

    def follow(line):
        if line.startswith("Collecting "):
            collected.append(line)
        share = _STARTED + (_COLLECTED - _STARTED) * min(len(collected) / _PACKAGES, 1)
        share = _COLLECTED if line.startswith("Installing collected") else share
        done.append(max(done[-1], share))  # it never goes back
        tell(done[-1], line)

    command = [python, "-m", "pip", "install", "--upgrade", "--disable-pip-version-check"]
    command += ["--no-input", "--progress-bar", "off", source]
    _run(command, variables, follow, is_cancelled)


def _run(command, variables, follow, is_cancelled):
    """Run a process, and hand its lines on as they come."""
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            env=variables,
            **({"creationflags": subprocess.CREATE_NO_WINDOW} if sys.platform == "win32" else {}),
        )
    except OSError as error:
        raise SetUpError(f"{command[0]} does not start ({error.strerror})") from error
    lines, said = queue.Queue(), []
    threading.Thread(target=_read, args=(process.stdout, lines), daemon=True).start()
    while True:
        if is_cancelled():
            _end(process)
            raise Stopped("stopped")
        with suppress(queue.Empty):
            line = lines.get(timeout=_POLL_SECONDS)
            if line is None:
                break
            said.append(line)
            follow(line)
    if process.wait():
        raise SetUpError(_why(said, process.returncode))


def _read(stream, lines):
    with stream:
        for line in stream:
            lines.put(line.rstrip())
    lines.put(None)


def _end(process):
    process.terminate()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _why(said, code):
    """Find the reason in what a process said last."""
    text = "\n".join(said)
    if "ensurepip is not available" in text or "No module named 'ensurepip'" in text:
        package = re.search(r"apt install (\S+)", text)
        hint = f"; on Debian and Ubuntu: apt install {package[1]}" if package else ""
        return f"this Python cannot make environments with pip{hint}"
    errors = [line for line in said if line.startswith("ERROR")] or said[-3:]
    if "No matching distribution found" in text or "NewConnectionError" in text:
        errors.append("is there a network, and a proxy that pip knows? A wheel file works without")
    return " / ".join(errors) or f"it ended with code {code}"
