"""Keeps the results of steps between runs, by what they were made from."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import spatialccd
from spatialccd import _files
from spatialccd._result import Result, versions
from spatialccd.errors import SavedFileError
from spatialccd.report.paper.figure import Figure
from spatialccd.report.paper.rendered import Rendered, Style, render
from spatialccd.saved import files

#: A step's result of more bytes than this is not read again but made anew.
_LIMIT = 2**33


def key(**made_from: Any) -> str:
    """Give the key of a result: a hash of all that it was made from.

    The package's own source and the versions of the numerical packages count,
    so that an upgrade makes everything anew.
    """
    text = json.dumps(
        {"code": _code(), "versions": versions(), **made_from}, sort_keys=True, default=str
    )
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Kept:
    """A step's result and the warnings it gave."""

    result: Result
    warnings: list[dict[str, str]]


class Store:
    """A folder of saved results, each under its key; a file is whole, sealed, or absent.

    Parameters
    ----------
    folder : Path
    styles : tuple of Style
        How pictures are kept: as the study's outputs want them.
    """

    #: The store's own files: those of today, and the pickles of old stores, which are never read.
    _OWN = re.compile(r"[0-9a-f]{64}\.(scc|pickle)")

    def __init__(self, folder: Path, styles: tuple[Style, ...]) -> None:
        self.folder = folder
        self.styles = styles

    def load(self, key: str) -> Kept | None:
        """Give a kept result, or None where there is none that is as it was written."""
        try:
            kept = files.read(self._path(key), limit=_LIMIT, key=key)
            result, warnings = kept["result"], kept["warnings"]
        except (SavedFileError, KeyError, TypeError):
            return None  # absent, damaged, or of another version: it is made anew and replaced
        if isinstance(result, Figure) and not _holds(result, self.styles):
            return None  # the study wants its picture in another form by now
        return Kept(result, warnings)

    def save(self, key: str, kept: Kept) -> Kept:
        """Keep a result; give it as the store holds it, pictures drawn."""
        result = kept.result
        if isinstance(result, Figure):
            result = replace(result, figure=render(result.figure, self.styles))
        kept = Kept(result, kept.warnings)
        files.write(vars(kept), self._path(key), key=key)
        return kept

    def keep_only(self, keys: Collection[str]) -> None:
        """Remove every result that no step of the study stands for any more."""
        for path in self.folder.iterdir() if self.folder.is_dir() else ():
            own = self._OWN.fullmatch(path.name) is not None
            if own and not (path.suffix == files.SUFFIX and path.stem in keys):
                path.unlink()

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}{files.SUFFIX}"


def _holds(figure: Figure, styles: tuple[Style, ...]) -> bool:
    drawn = figure.figure
    return isinstance(drawn, Rendered) and set(styles) <= set(drawn.pictures)


def read_manifest(path: Path) -> Mapping[str, Any]:
    """Give what an earlier run wrote down; nothing where it left no readable manifest."""
    try:
        manifest: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError, UnicodeDecodeError):
        return {}
    return manifest


def write_manifest(path: Path, manifest: Mapping[str, Any]) -> None:
    """Write down what was run and what came out."""
    text = json.dumps(manifest, ensure_ascii=False, indent=2, default=str)
    with _files.replacing(path) as temporary:
        temporary.write_text(text + "\n", encoding="utf-8")


@cache
def _code() -> str:
    """Hash the package's source, so that changed code never gives an old figure."""
    package = Path(spatialccd.__file__).parent
    total = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        total.update(path.relative_to(package).as_posix().encode())
        total.update(path.read_bytes())
    return total.hexdigest()
