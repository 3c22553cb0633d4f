"""Keeps the results of steps between runs, by what they were made from."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import spatialccd
from spatialccd._result import environment
from spatialccd.errors import SavedFileError
from spatialccd.report.paper.figure import Figure
from spatialccd.report.paper.rendered import Rendered, Style, render
from spatialccd.saved import files

#: A step's result of more bytes than this is not read again but made anew.
LIMIT = 2**33


def key(**made_from: Any) -> str:
    """Give the key of a result: a hash of all that it was made from.

    The package's own files and the versions of all packages that its code runs on
    count, so that an upgrade makes everything anew.
    """
    text = json.dumps(
        {"code": _code(), "versions": environment(), **made_from}, sort_keys=True, default=str
    )
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Kept:
    """What a step gave and the warnings it gave; of the first one, the data as joined."""

    result: Any
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

    def __init__(self, folder: Path, styles: tuple[Style, ...] = ()) -> None:
        self.folder = folder
        self.styles = styles

    def load(self, key: str) -> Kept | None:
        """Give a kept result, or None where there is none that is as it was written."""
        try:
            kept = files.read(self.path(key), limit=LIMIT, key=key)
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
        files.write(vars(kept), self.path(key), key=key)
        return kept

    def keep_only(self, keys: Collection[str]) -> None:
        """Remove every result that no step of the study stands for any more."""
        for path in self.folder.iterdir() if self.folder.is_dir() else ():
            own = self._OWN.fullmatch(path.name) is not None
            if own and not (path.suffix == files.SUFFIX and path.stem in keys):
                path.unlink()

    def path(self, key: str) -> Path:
        """Say where the result of a key is kept."""
        return self.folder / f"{key}{files.SUFFIX}"


def _holds(figure: Figure, styles: tuple[Style, ...]) -> bool:
    drawn = figure.figure
    return isinstance(drawn, Rendered) and set(styles) <= set(drawn.pictures)


@cache
def _code() -> str:
    """Hash all files of the package, so that changed code or templates never give an old figure."""
    package = Path(spatialccd.__file__).parent
    total = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts and "_shapefiles" not in path.parts:
            total.update(path.relative_to(package).as_posix().encode())
            total.update(path.read_bytes())
    return total.hexdigest()
