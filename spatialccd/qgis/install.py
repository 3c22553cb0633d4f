"""Puts the plugin into a QGIS profile, takes it out, checks it, and packs it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from pathlib import Path

from spatialccd._files import replacing
from spatialccd.errors import SpatialCCDError
from spatialccd.qgis.forms import PLUGIN, to_json

NAME = "spatialccd_qgis"
_NOTE = "python.json"
_LEAVE_OUT = ("__pycache__", "*.pyc", _NOTE, ".*")
_SECTION = "[PythonPlugins]"
_CHECK_SECONDS = 180
#: Debian's ``qgis_process`` is a wrapper that fails on every command.
_PROCESS = ("qgis_process.bin", "qgis_process")


class QGISError(SpatialCCDError):
    """QGIS, or a profile of it, is not where it should be."""


def install(profile: str = "default", qgis_dir: Path | None = None) -> Path:
    """Copy the plugin into a profile, switch it on, and note which Python has spatialccd.

    Parameters
    ----------
    profile : str, default "default"
        The user profile of QGIS; it is made where there is none yet.
    qgis_dir : Path, optional
        The folder that holds ``profiles``, as given to QGIS by
        ``--profiles-path``; the usual one of this system when omitted.

    Returns
    -------
    Path
        The plugin's folder.
    """
    home = profile_folder(profile, qgis_dir)
    target = home / "python" / "plugins" / NAME
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".spatialccd-") as folder:
        fresh = Path(folder) / NAME
        shutil.copytree(PLUGIN, fresh, ignore=shutil.ignore_patterns(*_LEAVE_OUT))
        (fresh / "catalog.json").write_text(to_json(), encoding="utf-8")
        (fresh / _NOTE).write_text(json.dumps(_this_python(), indent=1), encoding="utf-8")
        shutil.rmtree(target, ignore_errors=True)
        fresh.rename(target)
    _switch(_settings(home), on=True)
    return target


def uninstall(profile: str = "default", qgis_dir: Path | None = None) -> Path:
    """Take the plugin out of a profile and out of its settings.

    Raises
    ------
    QGISError
        It is not there.
    """
    home = profile_folder(profile, qgis_dir)
    target = home / "python" / "plugins" / NAME
    if not target.is_dir():
        raise QGISError(f"the plugin is not in the profile {profile!r}: no folder {target}")
    shutil.rmtree(target)
    _switch(_settings(home), on=False)
    return target


def package(out: Path) -> Path:
    """Write the zip that the plugin site takes: text and one icon, no binaries, no caches."""
    with replacing(out) as path, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(PLUGIN.rglob("*")):
            inside = file.relative_to(PLUGIN)
            hidden = any(p.startswith(".") or p == "__pycache__" for p in inside.parts)
            if hidden or not file.is_file() or file.suffix == ".pyc" or file.name == _NOTE:
                continue
            text = to_json() if file.name == "catalog.json" else file.read_text(encoding="utf-8")
            archive.writestr(f"{NAME}/{inside.as_posix()}", text)
    return out


def check(profile: str = "default", qgis_dir: Path | None = None) -> list[str]:
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
    home = profile_folder(profile, qgis_dir)
    target = home / "python" / "plugins" / NAME
    if not target.is_dir():
        raise QGISError(f"QGIS is at {program}, but the plugin is not in {home}; {_INSTALL}")
    lines = [f"QGIS: {_version(program)} ({program})", f"plugin: {target}"]
    lines.append(f"Python: {json.loads((target / _NOTE).read_text(encoding='utf-8'))['python']}")
    with tempfile.TemporaryDirectory(prefix="spatialccd-check-") as folder:
        _run_one(program, home, Path(folder))
    return [*lines, "spatialccd:mean_center ran through qgis_process"]


def profile_folder(profile: str, qgis_dir: Path | None = None) -> Path:
    """Give the folder of a profile: the usual place of this system, the newest QGIS first."""
    if qgis_dir is not None:
        return qgis_dir / "profiles" / profile
    places = [_data_folder() / "QGIS" / name / "profiles" for name in ("QGIS4", "QGIS3")]
    found = next((place for place in places if place.is_dir()), places[-1])
    return found / profile


def find_process() -> str:
    """Find QGIS's command line program.

    Raises
    ------
    QGISError
        It is not installed, or not on the path.
    """
    for name in _PROCESS:
        if found := shutil.which(name):
            return found
    apps = Path("/Applications").glob("QGIS*.app/Contents/MacOS/bin/qgis_process")
    if found_app := next(apps, None):
        return str(found_app)
    raise QGISError(
        "qgis_process is not on the path; install QGIS 3.22 or newer (on Debian and Ubuntu: "
        "apt install qgis python3-qgis qgis-providers), or add its folder to PATH"
    )


_INSTALL = "run: spatialccd qgis install"


def _data_folder() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA", Path.home() / "AppData" / "Roaming"))
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")


def _this_python() -> dict[str, str]:
    """Name this Python; and the folder of a checkout that is not installed in it."""
    note = {"python": sys.executable}
    parent = Path(__file__).resolve().parents[2]
    installed = {Path(sysconfig.get_path(name)).resolve() for name in ("purelib", "platlib")}
    if parent not in installed:
        note["path"] = str(parent)
    return note


def _settings(home: Path) -> Path:
    """Give the settings file of a profile, whose name has the major version of QGIS."""
    folder = home / "QGIS"
    of_4 = folder / "QGIS4.ini"
    return of_4 if of_4.is_file() or "QGIS4" in home.parts else folder / "QGIS3.ini"


def _switch(settings: Path, *, on: bool) -> None:
    """Switch the plugin on or off in QGIS's settings; every other line stays as it is."""
    text = settings.read_text(encoding="utf-8") if settings.is_file() else ""
    line = f"{NAME}=true"
    text = re.sub(rf"(?m)^{NAME}=.*\n?", "", text)
    if on and _SECTION in text:
        text = text.replace(_SECTION, f"{_SECTION}\n{line}", 1)
    elif on:
        text = f"{text.rstrip()}\n\n{_SECTION}\n{line}\n".lstrip()
    with replacing(settings) as path:
        path.write_text(text, encoding="utf-8")


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
    environment["QGIS_CUSTOM_CONFIG_PATH"] = str(home.parent.parent)
    environment.setdefault("XDG_RUNTIME_DIR", str(folder))
    out = folder / "center.csv"
    said = _process(
        [program, "run", "spatialccd:mean_center", "--", f"INPUT={points}", "y=y", f"OUTPUT={out}"],
        environment,
    )
    if said.returncode or not out.is_file():
        words = (said.stdout + said.stderr).strip().splitlines()[-6:]
        raise QGISError(f"QGIS could not run a tool of the plugin: {' / '.join(words)}")


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
