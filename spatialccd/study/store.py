"""Keeps the results of steps between runs, by what they were made from."""

from __future__ import annotations

import hashlib
import json
import pickle
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import spatialccd
from spatialccd import _files
from spatialccd._result import Result, versions


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
    """A folder of pickled results; a file is whole or absent."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load(self, key: str) -> Kept | None:
        """Give a kept result, or None where there is none that can be read."""
        path = self._path(key)
        try:
            with path.open("rb") as file:
                kept: Kept = pickle.load(file)
        except FileNotFoundError:
            return None
        except (pickle.UnpicklingError, EOFError, AttributeError, ImportError):
            path.unlink(missing_ok=True)  # written by another version: make it anew
            return None
        return kept

    def save(self, key: str, kept: Kept) -> None:
        """Keep a result."""
        with _files.replacing(self._path(key)) as path, path.open("wb") as file:
            pickle.dump(kept, file, protocol=pickle.HIGHEST_PROTOCOL)

    def keep_only(self, keys: Collection[str]) -> None:
        """Remove every result that no step of the study stands for any more."""
        for path in self.folder.glob("*.pickle"):
            if path.stem not in keys:
                path.unlink()

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.pickle"


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
