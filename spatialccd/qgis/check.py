"""Finds QGIS and runs one tool through it, as a user would."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from spatialccd.qgis.errors import QGISError
from spatialccd.qgis.files import NAME, NOTE
from spatialccd.qgis.install import switch
from spatialccd.qgis.profiles import profile_folder, settings_file
from spatialccd.qgis.programs import find_process

_CHECK_SECONDS = 180
_INSTALL = "run: spatialccd qgis install"


def check(
    profile: str | None = None, qgis_dir: Path | None = None, version: int | None = None
) -> list[str]:
    """Find QGIS and run one tool through it, as a user would.

    Returns
    -------
    list of str
        What was found, a line each.

    Raises
    ------
    QGISError
        Something is missing or fails; the message says what to do.
    """
    program = find_process()
    home = profile_folder(profile, qgis_dir, version)
    target = home / "python" / "plugins" / NAME
    if not target.is_dir():
        raise QGISError(f"QGIS is at {program}, but the plugin is not in {home}; {_INSTALL}")
    python = _python(home, target)
    lines = [
        f"QGIS: {_version(program)} ({program})",
        f"plugin: {target}",
        f"Python: {python}",
    ]
    with tempfile.TemporaryDirectory(prefix="spatialccd-check-") as folder:
        _run_one(program, home, Path(folder))
    return [*lines, "spatialccd:mean_center ran through qgis_process"]


def _version(program: str) -> str:
    """Find the version in what QGIS prints about itself; it warns on the way there."""
    said = _process([program, "--version"], _outside(program))
    found = re.search(r"QGIS\D{0,30}(\d+\.\d+\.\d+)", said.stdout + said.stderr)
    if found is None:
        raise QGISError(f"{program} does not say its version: {said.stderr.strip()[-200:]}")
    return found[1]


def _run_one(program: str, home: Path, folder: Path) -> None:
    """Have QGIS find the center of three points through the plugin."""
    points = folder / "points.geojson"
    features = [
        {
            "type": "Feature",
            "properties": {"y": 1.0},
            "geometry": {"type": "Point", "coordinates": [x, 10.0]},
        }
        for x in (10.0, 11.0, 12.0)
    ]
    points.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    environment = _outside(program)
    environment["QGIS_CUSTOM_CONFIG_PATH"] = str(_alone(home, folder))
    environment.setdefault("XDG_RUNTIME_DIR", str(folder))
    out = folder / "center.csv"
    said = _process(
        [program, "run", "spatialccd:mean_center", "--", f"INPUT={points}", "y=y", f"OUTPUT={out}"],
        environment,
    )
    if said.returncode or not out.is_file():
        words = (said.stdout + said.stderr).strip().splitlines()[-6:]
        raise QGISError(f"QGIS could not run a tool of the plugin: {' / '.join(words)}")


def _alone(home: Path, folder: Path) -> Path:
    """Copy what matters of a profile to be the default one: qgis_process knows no other."""
    copy = folder / "profiles" / "default"
    settings = settings_file(home)
    own = copy / "QGIS" / settings.name
    own.parent.mkdir(parents=True)
    if settings.is_file():
        shutil.copy(settings, own)
    switch(own, on=True)
    shutil.copytree(home / "python" / "plugins" / NAME, copy / "python" / "plugins" / NAME)
    return folder


def _python(home: Path, target: Path) -> str:
    """Give the Python that the plugin will run: the user's choice, or the installer's note.

    Raises
    ------
    QGISError
        It knows none, as after an install from a zip.
    """
    settings = settings_file(home)
    text = settings.read_text(encoding="utf-8") if settings.is_file() else ""
    chosen = re.search(r"(?ms)^\[spatialccd\]\n(?:[^\[].*\n)*?python=(.+?)$", text)
    if chosen:
        return chosen[1].strip('"').replace("\\\\", "\\")
    try:
        return str(json.loads((target / NOTE).read_text(encoding="utf-8"))["python"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise QGISError(
            f"the plugin is in {target}, but knows no Python with spatialccd, as after an install "
            f"from a zip; {_INSTALL}, or in QGIS choose Plugins > spatialccd > Set up"
        ) from error


def _outside(program: str) -> dict[str, str]:
    """Give an environment without a screen, and with QGIS's Python before any other.

    The Python within QGIS takes its home from the first python3 on the PATH, be it
    that of an environment or of pyenv.
    """
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV"))}
    folders = [str(Path(program).parent), kept.get("PATH", "")]
    return {**kept, "PATH": os.pathsep.join(filter(None, folders)), "QT_QPA_PLATFORM": "offscreen"}


def _process(command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command,
            capture_output=True,
            check=False,
            encoding="utf-8",
            errors="replace",
            env=environment,
            timeout=_CHECK_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise QGISError(f"{command[0]} does not run: {error}") from error
