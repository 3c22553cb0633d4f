"""Finds the Pythons of a system and says whether each can do the sums; standard library only."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

OLDEST = (3, 11)
_NEWEST = 16
_SECONDS = 30
_CODE = """
import json, sys
from importlib.util import find_spec
try:
    from importlib.metadata import version
    known = version("spatialccd")
except Exception:
    known = "?" if find_spec("spatialccd") else ""
print(json.dumps({
    "version": list(sys.version_info[:3]),
    "executable": sys.executable,
    "spatialccd": known,
    "venv": bool(find_spec("venv") and find_spec("ensurepip")),
}))
"""


class Python:
    """What was found of one Python.

    Attributes
    ----------
    path : str
    version : tuple of int
    spatialccd : str
        The version it has; empty where it has none.
    venv : bool
        Whether it can make an environment with pip.
    problem : str
        Why it does not run; empty where it does.
    """

    def __init__(self, path, version=(), spatialccd="", venv=False, problem=""):
        self.path = path
        self.version = tuple(version)
        self.spatialccd = spatialccd
        self.venv = venv
        self.problem = problem

    @property
    def new_enough(self):
        """Whether spatialccd runs on it."""
        return self.version >= OLDEST


def look_at(path, variables=None):
    """Run a Python and ask what it is and has.

    Parameters
    ----------
    path : str
    variables : dict, optional
        Its environment.

    Returns
    -------
    Python
    """
    if not os.path.isfile(path):
        return Python(path, problem="there is no such file")
    if is_store_stub(path):
        return Python(path, problem="it is the Microsoft Store's link and no Python")
    try:
        said = subprocess.run(
            [path, "-c", _CODE],
            capture_output=True,
            check=False,
            encoding="utf-8",
            errors="replace",
            cwd=tempfile.gettempdir(),  # a checkout that QGIS was started in is not installed
            env=variables,
            stdin=subprocess.DEVNULL,
            timeout=_SECONDS,
            **_no_window(),
        )
    except subprocess.TimeoutExpired:
        return Python(path, problem=f"it does not answer in {_SECONDS} s")
    except OSError as error:
        return Python(path, problem=f"it does not start ({error.strerror})")
    try:
        told = json.loads(said.stdout.strip().splitlines()[-1])
        return Python(path, told["version"], told["spatialccd"], told["venv"])
    except (ValueError, IndexError, KeyError, TypeError):
        words = (said.stderr or said.stdout).strip().splitlines()[-1:]
        return Python(path, problem=f"it is no Python ({' '.join(words) or said.returncode})")


def candidates():
    """List the files that may be Pythons here, each once whatever links to it, newest first."""
    found, seen = [], set()
    for path in _paths():
        real = os.path.realpath(path)
        # An environment links to its base and is another Python all the same.
        own = (real, _environment_of(path))
        if own in seen or not os.path.isfile(path) or is_store_stub(path):
            continue
        seen.add(own)
        found.append(str(path))
    return found


def find(variables=None, is_cancelled=lambda: False):
    """Look at every candidate; those that have spatialccd come first, then the newest."""
    found = []
    for path in candidates():
        if is_cancelled():
            break
        found.append(look_at(path, variables))
    usable = [python for python in found if python.new_enough]
    return sorted(usable, key=lambda p: (bool(p.spatialccd), p.version), reverse=True)


def is_store_stub(path):
    """Whether a file is the empty link by which Windows offers the Store's Python."""
    parts = [part.lower() for part in str(path).replace("\\", "/").split("/")]
    if "windowsapps" not in parts:
        return False
    try:
        return os.path.getsize(path) == 0
    except OSError:
        return True


def _paths():
    names = [f"python3.{minor}" for minor in range(_NEWEST, OLDEST[1] - 1, -1)]
    for name in [*names, "python3", "python"]:
        found = shutil.which(name)
        if found:
            yield found
    if sys.platform == "win32":
        yield from _of_windows()
    elif sys.platform == "darwin":
        yield from _of_mac()
    yield from _of_user()


def _of_windows():
    yield from _of_launcher()
    roots = []
    if os.environ.get("LOCALAPPDATA"):
        roots.append(Path(os.environ["LOCALAPPDATA"]) / "Programs" / "Python")
    roots += [
        Path(os.environ[name]) for name in ("ProgramFiles", "ProgramW6432") if name in os.environ
    ]
    if os.environ.get("SYSTEMDRIVE"):
        roots.append(Path(os.environ["SYSTEMDRIVE"] + "\\"))
    for root in roots:
        yield from _newest(root, "Python3*/python.exe")


def _of_launcher():
    """Ask Windows's launcher, which lists the installed ones with their paths."""
    launcher = shutil.which("py")
    if not launcher:
        return
    try:
        said = subprocess.run(
            [launcher, "-0p"], capture_output=True, check=False, text=True, timeout=_SECONDS,
            **_no_window(),
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return
    for line in said.stdout.splitlines():
        words = line.strip().split(None, 2)
        if words and words[-1].lower().endswith("python.exe"):
            yield words[-1]


def _of_mac():
    for root, pattern in (
        ("/opt/homebrew/bin", "python3.*"),
        ("/usr/local/bin", "python3.*"),
        ("/Library/Frameworks/Python.framework/Versions", "3.*/bin/python3"),
    ):
        yield from (p for p in _newest(Path(root), pattern) if "config" not in p.name)


def _of_user():
    """Yield the Pythons of pyenv, uv, conda and its kin, in the user's own folder."""
    home = Path.home()
    name = "python.exe" if sys.platform == "win32" else "bin/python"
    for root in (home / ".pyenv" / "versions", home / ".local" / "share" / "uv" / "python"):
        yield from _newest(root, f"*/{name}")
    for kind in ("miniconda3", "anaconda3", "miniforge3", "mambaforge", "micromamba"):
        base = home / kind
        yield base / name
        yield from _newest(base / "envs", f"*/{name}")


def _newest(root, pattern):
    if not root.is_dir():
        return []
    return sorted(root.glob(pattern), key=lambda path: _numbers(path), reverse=True)


def _numbers(path):
    return [int("".join(c for c in part if c.isdigit()) or 0) for part in str(path).split(".")]


def _environment_of(path):
    """Give the folder of the environment a Python belongs to; nothing for a base."""
    folder = Path(path).parent.parent
    return str(folder) if (folder / "pyvenv.cfg").is_file() else ""


def _no_window():
    return {"creationflags": subprocess.CREATE_NO_WINDOW} if sys.platform == "win32" else {}
