"""Packs the plugin as a zip, and says what the plugin site would not take."""

from __future__ import annotations

import configparser
import re
import zipfile
from pathlib import Path

from spatialccd import __version__
from spatialccd._files import replacing
from spatialccd.qgis.files import NAME, files

_LARGEST = 25_000_000
#: What the site's validator asks of ``metadata.txt``.
_REQUIRED = (
    "name", "description", "version", "qgisMinimumVersion", "author", "email", "about",
    "tracker", "repository",
)  # fmt: skip
_ADDRESSES = ("tracker", "repository", "homepage")
#: Whose addresses lead nowhere, by the rule of their names (RFC 2606).
_NOWHERE = re.compile(r"\bexample\.(org|com|net)\b|\.(invalid|test|example)\b|localhost")
_FOLDERS = ("__pycache__", "__MACOSX", ".git", ".idea")
_BINARIES = (".so", ".dll", ".pyd", ".dylib", ".exe", ".pyc")


def package(out: Path) -> Path:
    """Write the zip that QGIS installs from: text and one icon, no binaries, no caches."""
    with replacing(out) as path, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files().items():
            archive.writestr(f"{NAME}/{name}", text)
    return out


def problems(path: Path) -> list[str]:
    """List what the plugin site would not take, by the rules of its validator.

    Parameters
    ----------
    path : Path
        A zip that ``package`` wrote.

    Returns
    -------
    list of str
        Empty when it is ready for upload.
    """
    found = []
    if path.stat().st_size > _LARGEST:
        found.append(f"the zip is larger than {_LARGEST / 1e6:.0f} MB")
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        read = {n: archive.read(f"{NAME}/{n}").decode() for n in ("metadata.txt", "__init__.py")}
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", NAME) or {n.split("/")[0] for n in names} != {
        NAME
    }:
        found.append("the zip must hold one folder, called after the plugin")
    found += [f"{n} may not be in it" for n in names if set(n.split("/")) & set(_FOLDERS)]
    found += [f"{n} is no text" for n in names if n.endswith(_BINARIES)]
    if "def classFactory" not in read["__init__.py"]:
        found.append("__init__.py has no classFactory")
    if f"{NAME}/LICENSE" not in names:
        found.append("there is no LICENSE")
    return found + _metadata_problems(read["metadata.txt"], names)


def _metadata_problems(text: str, names: list[str]) -> list[str]:
    told = configparser.ConfigParser(interpolation=None)
    told.optionxform = str  # type: ignore[assignment, method-assign]
    told.read_string(text)
    fields = dict(told["general"]) if told.has_section("general") else {}
    found = [f"metadata.txt: {name} is empty" for name in _REQUIRED if not fields.get(name)]
    found += [
        f"metadata.txt: {name} leads nowhere: {fields[name]}"
        for name in (*_ADDRESSES, "email")
        if _NOWHERE.search(fields.get(name, ""))
    ]
    found += [
        f"metadata.txt: {name} is no address: {fields[name]}"
        for name in _ADDRESSES
        if fields.get(name) and not re.match(r"https?://", fields[name])
    ]
    if fields.get("version") != __version__:
        found.append(f"metadata.txt: version is {fields.get('version')}, not {__version__}")
    if re.search(r"<\w+", fields.get("description", "") + fields.get("about", "")):
        found.append("metadata.txt: description and about may hold no HTML")
    if f"{NAME}/{fields.get('icon', '')}" not in names:
        found.append("metadata.txt: there is no such icon")
    return found
