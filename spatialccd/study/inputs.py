"""The files and databases that a study reads: where they are, and what was in them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spatialccd import _files
from spatialccd.data.layers import bundled
from spatialccd.data.names.changes import CROSSWALKS
from spatialccd.data.stores import databases
from spatialccd.data.tables.sources import find_files
from spatialccd.errors import ParameterError, StudyError, listed

if TYPE_CHECKING:
    import pandas as pd

    from spatialccd import catalog

_FILES = ("path", "source", "crosswalk")


class Inputs:
    """What a study reads, by the names it has there.

    Attributes
    ----------
    hashes : dict of str to str
        Of each file read, of those read along with it, and of what a database gave.
    files : set of Path
        Where the files are: nothing may be written over them.
    """

    def __init__(self, study: Path) -> None:
        self.hashes: dict[str, str] = {}
        self.files: set[Path] = {study.resolve()}
        self._study = study
        self._folder = study.parent

    def ground(self, table: Mapping[str, Any]) -> dict[str, Any]:
        """Take the paths of [panel], [areas] or [join] as relative to the study, and hash them.

        Raises
        ------
        StudyError
            A file is not there.
        """
        found = dict(table)
        for name in _FILES:
            if name in table:
                found[name] = self._located(name, table[name])
        return found

    def settings(
        self, tool: catalog.Tool, settings: Mapping[str, Any]
    ) -> tuple[dict[str, Any], dict[str, str]]:
        """Take a step's files as relative to the study; give the hash of each too.

        Raises
        ------
        ParameterError
            A file is not there.
        """
        located, files = dict(settings), dict[str, str]()
        for parameter in tool.settings:
            given = settings.get(parameter.name)
            if given is None or not {"path", "table of path"} & set(parameter.types):
                continue
            if parameter.name == "source":
                located["source"], noted = self._cells(given)
                files |= noted
                continue
            several = given if isinstance(given, dict) else {"": given}
            paths = {key: self._path(value) for key, value in several.items()}
            for key, path in paths.items():
                if not path.is_file():
                    raise ParameterError(f"{parameter.name} = {several[key]!r}: no file at {path}")
                files |= self._note(str(several[key]), path)
            located[parameter.name] = paths if isinstance(given, dict) else paths[""]
        return located, files

    def _cells(self, given: Any) -> tuple[Any, dict[str, str]]:
        """Find the files of cells: one, a list, a folder, a pattern, rasters by name, a query.

        Returns
        -------
        Any, dict of str to str
            What was given, as paths; the hash of each file.

        Raises
        ------
        ParameterError
            A file is not there.
        """
        if isinstance(given, dict):
            # Of a query only the database is a file.
            names = ["path"] if {"sql", "table"} & set(given) else list(given)
            found: Any = {**given, **{n: self._path(given[n]) for n in names if n in given}}
            files = {str(given[n]): [found[n]] for n in names if n in given}
        elif isinstance(given, list):
            found = [self._path(one) for one in given]
            files = {str(one): [path] for one, path in zip(given, found, strict=True)}
        else:
            found = self._path(given)
            files = {str(given): [Path(str(found).partition("#")[0])]}
        noted: dict[str, str] = {}
        for name, paths in files.items():
            for path in [one for given_path in paths for one in _spelled_out(given_path)]:
                if not path.is_file():
                    raise ParameterError(f"source = {name!r}: no file at {path}")
                noted |= self._note(name if path == paths[0] else f"{name}/{path.name}", path)
        return found, noted

    def saved(self, name: str) -> str:
        """Give the hash of a saved result that a step names."""
        return self._note(name, self._path(name))[name]

    def data(self, source: Any, frame: pd.DataFrame) -> None:
        """Note the hash of what a database gave, by its name without a password."""
        if databases.is_database(source):
            self.hashes |= databases.digest(source, frame)

    def _located(self, key: str, value: Any) -> Any:
        """Find one file, several, or a database; what is bundled has a name."""
        if isinstance(value, list):
            return self._several(value)
        if databases.is_target(value) or databases.is_database(self._path(value)):
            return databases.located(value, self._folder)
        path = self._path(value)
        if path.exists() and key == "source":  # a .gdb is a folder
            self._note(str(value), path)
            return path
        if path.is_file():
            self._note(str(value), path)
            return path
        if key == "path":
            return self._several(value)
        if key == "source" and value in bundled.SHIPPED:
            self.hashes[str(value)] = _files.digest(bundled.shipped_path(str(value)))
        elif key == "crosswalk" and value not in CROSSWALKS:
            raise StudyError(f"{self._study.name}: {key} = {value!r}: no file at {path}")
        return value

    def _several(self, value: str | list[str]) -> list[Path]:
        """Find the files of a list or a pattern; name every one that is not there."""
        given = [value] if isinstance(value, str) else value
        try:
            files = find_files([self._path(one) for one in given])
        except ParameterError as error:
            raise StudyError(f"{self._study.name}: path = {value!r}: {error}") from error
        absent = [str(file) for file in files if not file.is_file()]
        if absent:
            raise StudyError(f"{self._study.name}: path = {value!r}: no file at {listed(absent)}")
        for file in files:
            near = file.is_relative_to(self._folder)
            self._note(file.relative_to(self._folder).as_posix() if near else str(file), file)
        return files

    def _note(self, name: str, path: Path) -> dict[str, str]:
        hashes = _files.digests(name, path)
        self.hashes |= hashes
        self.files.add(path.resolve())
        self.files |= {(path.parent / Path(part).name).resolve() for part in hashes}
        return hashes

    def _path(self, value: Any) -> Path:
        return self._folder / Path(str(value)).expanduser()


def _spelled_out(path: Path) -> list[Path]:
    """List the files of a folder and of a pattern; a file is itself."""
    if path.is_dir():
        return sorted(one for one in path.rglob("*") if one.is_file() and one.name[0] not in "._")
    if any(mark in path.name for mark in "*?[") and not path.exists():
        return sorted(path.parent.glob(path.name)) or [path]
    return [path]
