"""Finds QGIS's command line program, whatever it is called on a system."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from spatialccd.qgis.errors import QGISError

#: Debian's ``qgis_process`` is a wrapper that fails on every command, so its real name is first.
#: On Windows OSGeo4W has a batch file for each flavor, which sets the paths of its libraries.
_NAMES = (
    "qgis_process.bin",
    "qgis_process",
    "qgis_process-qgis.bat",
    "qgis_process-qgis-ltr.bat",
    "qgis_process-qgis-qt6.bat",
)
_BATCH = "bin/qgis_process-qgis*.bat"
_BUNDLES = (
    "QGIS*.app/Contents/MacOS/bin/qgis_process",
    "QGIS*.app/Contents/MacOS/qgis_process",
)


def find_process() -> str:
    """Find QGIS's command line program: on the path, or where its installers put it.

    Raises
    ------
    QGISError
        It is not installed, or not where it is looked for.
    """
    for name in _NAMES:
        if found := shutil.which(name):
            return found
    for path in _installed():
        return str(path)
    raise QGISError(
        "qgis_process is not on the path; install QGIS 3.22 or newer (on Debian and Ubuntu: "
        f"apt install qgis python3-qgis qgis-providers), or add its folder to PATH{_sandboxed()}"
    )


def _installed() -> Iterator[Path]:
    """Yield the programs in the folders of installers, the newest first."""
    system = str(sys.platform)
    if system == "win32":
        for folder in _windows_folders():
            yield from sorted(folder.glob(_BATCH), reverse=True)
    elif system == "darwin":
        for applications in (Path("/Applications"), Path.home() / "Applications"):
            for bundle in _BUNDLES:
                yield from sorted(applications.glob(bundle), reverse=True)


def _windows_folders() -> Iterator[Path]:
    roots = [os.environ.get("OSGEO4W_ROOT")]
    if local := os.environ.get("LOCALAPPDATA"):
        roots.append(str(Path(local) / "Programs" / "OSGeo4W"))
    if drive := os.environ.get("SYSTEMDRIVE"):
        roots += [f"{drive}\\OSGeo4W", f"{drive}\\OSGeo4W64"]
    yield from (Path(root) for root in roots if root)
    for variable in ("ProgramW6432", "ProgramFiles"):
        if root := os.environ.get(variable):
            yield from sorted(Path(root).glob("QGIS*"), reverse=True)


def _sandboxed() -> str:
    """Say how to run a QGIS that only a flatpak or a snap knows."""
    if shutil.which("flatpak") and (Path.home() / ".var/app/org.qgis.qgis").is_dir():
        return "; that of a flatpak is: flatpak run --command=qgis_process org.qgis.qgis"
    if Path("/snap/bin/qgis.process").exists():
        return "; that of a snap is: qgis.process"
    return ""
