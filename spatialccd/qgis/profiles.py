"""Where QGIS keeps its user profiles: by system, by version, and as flatpak or snap."""

from __future__ import annotations

import configparser
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from spatialccd.errors import did_you_mean
from spatialccd.qgis.errors import QGISError

_VERSIONS = (4, 3)
_USUAL = "default"


@dataclass(frozen=True)
class Home:
    """One folder that holds ``profiles``.

    Attributes
    ----------
    folder : Path
        Such as ``~/.local/share/QGIS/QGIS3``.
    version : int
        The major version of QGIS that reads it.
    kind : {"system", "flatpak", "snap"}
        How that QGIS was installed.
    """

    folder: Path
    version: int
    kind: str = "system"

    @property
    def profiles(self) -> Path:
        """The folder of the profiles."""
        return self.folder / "profiles"

    def __str__(self) -> str:
        """Say which it is."""
        how = "" if self.kind == "system" else f" ({self.kind})"
        return f"QGIS {self.version}{how} in {self.folder}"


def homes() -> list[Home]:
    """List the folders of QGIS that are there, the newest version first."""
    return [home for home in _usual_homes() if home.profiles.is_dir()]


def home_of(qgis_dir: Path | None = None, version: int | None = None) -> Home:
    """Find the folder of QGIS to work on.

    Parameters
    ----------
    qgis_dir : Path, optional
        The folder that holds ``profiles``, as given to QGIS by ``--profiles-path``.
    version : int, optional
        The major version, where several are there.

    Raises
    ------
    QGISError
        There are several, and nothing says which one is meant.
    """
    if qgis_dir is not None:
        return Home(qgis_dir, version or (4 if _is_of_4(qgis_dir) else 3))
    found = [home for home in homes() if version in (None, home.version)]
    if len(found) == 1:
        return found[0]
    if not found:
        usual = [home for home in _usual_homes() if home.version == (version or 3)]
        return usual[0]
    listing = "; ".join(map(str, found))
    many = len({home.version for home in found}) > 1
    hint = "say which by --version, or by --qgis-dir" if many else "say which by --qgis-dir"
    raise QGISError(f"there is more than one QGIS here: {listing}; {hint}")


def profile_folder(
    profile: str | None = None, qgis_dir: Path | None = None, version: int | None = None
) -> Path:
    """Give the folder of a profile that is there.

    Parameters
    ----------
    profile : str, optional
        Its name; the one that ``profiles.ini`` calls the default when omitted.

    Raises
    ------
    QGISError
        There is no such profile, or its name is a path; the message lists those there are.
    """
    home = home_of(qgis_dir, version)
    known = _names(home.profiles)
    name = _default(home.profiles, known) if profile is None else profile
    if name in ("", ".", "..") or any(mark in name for mark in ("/", "\\", ":", "\0")):
        raise QGISError(f"{name!r} is no name of a profile but a path; {_listing(known)}")
    # QGIS makes its first profile when it first starts, and we may come before it.
    if name not in known and (known or name != _USUAL):
        raise QGISError(
            f"{home} has no profile {name!r}{did_you_mean(name, known)}; {_listing(known)}"
        )
    return home.profiles / name


def settings_file(folder: Path) -> Path:
    """Give the settings file of a profile, whose name has the major version of QGIS."""
    own = folder / "QGIS"
    of_4 = own / "QGIS4.ini"
    return of_4 if of_4.is_file() or "QGIS4" in folder.parts else own / "QGIS3.ini"


def _listing(known: list[str]) -> str:
    return f"there are {', '.join(known)}" if known else f"only {_USUAL!r} can be made here"


def _names(profiles: Path) -> list[str]:
    if not profiles.is_dir():
        return []
    return sorted(path.name for path in profiles.iterdir() if path.is_dir())


def _default(profiles: Path, known: list[str]) -> str:
    """Read which profile QGIS starts with; one that has gone is not followed."""
    told = configparser.ConfigParser(strict=False, interpolation=None)
    try:
        told.read(profiles / "profiles.ini", encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError):
        return _USUAL
    for key in ("defaultProfile", "lastProfile"):
        name = told.get("core", key, fallback="").strip().strip('"')
        if name in known:
            return name
    return _USUAL


def _is_of_4(folder: Path) -> bool:
    if "QGIS4" in folder.parts:
        return True
    return any(folder.glob("profiles/*/QGIS/QGIS4.ini"))


def _usual_homes() -> list[Home]:
    found = []
    for folder, kind in _data_folders():
        found += [Home(folder / "QGIS" / f"QGIS{v}", v, kind) for v in _VERSIONS]
    return sorted(found, key=lambda home: -home.version)


def _data_folders() -> list[tuple[Path, str]]:
    """List where programs keep their data, the usual place of the system first."""
    own = Path.home()
    if sys.platform == "win32":
        roaming = os.environ.get("APPDATA")
        return [(Path(roaming) if roaming else own / "AppData" / "Roaming", "system")]
    if sys.platform == "darwin":
        return [(own / "Library" / "Application Support", "system")]
    usual = Path(os.environ.get("XDG_DATA_HOME") or own / ".local" / "share")
    return [
        (usual, "system"),
        (own / ".var" / "app" / "org.qgis.qgis" / "data", "flatpak"),
        (own / "snap" / "qgis" / "current" / ".local" / "share", "snap"),
    ]
