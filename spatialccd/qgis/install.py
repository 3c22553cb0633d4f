"""Puts the plugin into a QGIS profile, and takes it out."""

from __future__ import annotations

import json
import re
import shutil
import sys
import sysconfig
import tempfile
from pathlib import Path

from spatialccd._files import replacing
from spatialccd.qgis.errors import QGISError
from spatialccd.qgis.files import NAME, NOTE, files
from spatialccd.qgis.profiles import profile_folder, settings_file

_SECTION = "[PythonPlugins]"
#: The plugin's own folder in a profile, where "Set up" makes a Python; and its settings.
OWN = "spatialccd"


def install(
    profile: str | None = None, qgis_dir: Path | None = None, version: int | None = None
) -> Path:
    """Copy the plugin into a profile, switch it on, and note which Python has spatialccd.

    Parameters
    ----------
    profile : str, optional
        The user profile of QGIS; the one that QGIS starts with when omitted.
    qgis_dir : Path, optional
        The folder that holds ``profiles``, as given to QGIS by
        ``--profiles-path``; the usual one of this system when omitted.
    version : int, optional
        The major version, where QGIS 3 and 4 are both there.

    Returns
    -------
    Path
        The plugin's folder.
    """
    home = profile_folder(profile, qgis_dir, version)
    target = home / "python" / "plugins" / NAME
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".spatialccd-") as folder:
        fresh = Path(folder) / NAME
        for name, text in files().items():
            path = fresh / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        (fresh / NOTE).write_text(json.dumps(_this_python(), indent=1), encoding="utf-8")
        shutil.rmtree(target, ignore_errors=True)
        fresh.rename(target)
    switch(settings_file(home), on=True)
    return target


def uninstall(
    profile: str | None = None, qgis_dir: Path | None = None, version: int | None = None
) -> Path:
    """Take the plugin out of a profile, with its settings and the Python it made there.

    Raises
    ------
    QGISError
        It is not there.
    """
    home = profile_folder(profile, qgis_dir, version)
    target = home / "python" / "plugins" / NAME
    if not target.is_dir():
        raise QGISError(f"the plugin is not in the profile {home.name!r}: no folder {target}")
    shutil.rmtree(target)
    shutil.rmtree(home / OWN, ignore_errors=True)
    switch(settings_file(home), on=False)
    _forget(settings_file(home))
    return target


def _this_python() -> dict[str, str]:
    """Name this Python; and the folder of a checkout that is not installed in it."""
    note = {"python": sys.executable}
    parent = Path(__file__).resolve().parents[2]
    installed = {Path(sysconfig.get_path(name)).resolve() for name in ("purelib", "platlib")}
    if parent not in installed:
        note["path"] = str(parent)
    return note


def _forget(settings: Path) -> None:
    """Take the plugin's own settings out; every other line stays as it is."""
    text = settings.read_text(encoding="utf-8")
    kept = re.sub(rf"(?m)^\[{OWN}\]\n(?:(?!\[).*\n?)*", "", text)
    if kept != text:
        with replacing(settings) as path:
            path.write_text(kept, encoding="utf-8")


def switch(settings: Path, *, on: bool) -> None:
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
