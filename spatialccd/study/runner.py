"""Runs a study step by step, and redoes only what changed."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from spatialccd import _files, catalog
from spatialccd._result import versions
from spatialccd.data.layers.geometry import project_for_area
from spatialccd.data.names.changes import CROSSWALKS
from spatialccd.data.stores import databases
from spatialccd.data.tables.sources import find_files
from spatialccd.errors import (
    ParameterError,
    SpatialCCDError,
    SpatialCCDWarning,
    StudyError,
    listed,
)
from spatialccd.study import outputs, store
from spatialccd.study.config import Step, Study, read_study
from spatialccd.study.log import Log, Watch
from spatialccd.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd


class _Silent:
    def begin(self, step: str, number: int, total: int) -> None: ...

    def progress(self, done: int, total: int) -> None: ...

    def end(self, step: str, *, reused: bool) -> None: ...


def run_study(
    path: str | Path, out: str | Path, *, force: bool = False, watch: Watch | None = None
) -> dict[str, Any]:
    """Run a study file and write its tables, maps, layers and page.

    Parameters
    ----------
    path : str or Path
        The study.toml. Paths in it are relative to its folder.
    out : str or Path
        The folder to write to. It is made if need be. Every file is written
        under a temporary name and renamed when it is whole.
    force : bool, default False
        Make everything anew. By default a step is redone only if its settings,
        its inputs, or the versions of the packages changed.
    watch : Watch, optional
        Told of each step.

    Returns
    -------
    dict
        The manifest, as written to ``manifest.json``: versions, seed, hashes of
        inputs and outputs, and each step with its settings and time.

    Raises
    ------
    StudyError
        The study asks for what there is not; nothing was written.
    SpatialCCDError
        A step failed; the message names it. The results of the steps before
        it are kept for the next run.
    """
    study = read_study(Path(path))
    return _Run(study, Path(out), force, watch or _Silent()).run()


class _Run:
    """One run: the workspace, the store, and the log."""

    def __init__(self, study: Study, out: Path, force: bool, watch: Watch) -> None:
        self.study = study
        self.out = out
        self.force = force
        self.watch = watch
        self.store = store.Store(out / ".steps", outputs.styles(study.outputs))
        self.before = store.read_manifest(out / "manifest.json")
        self.space = Workspace(folder=study.path.parent)
        self.inputs: dict[str, str] = {}
        self.log = Log()
        #: Units of measurement, flags and notes, as the panel's file has them.
        self.about: dict[str, Any] = {}
        self.total = 1 + len(study.steps) + 1

    def run(self) -> dict[str, Any]:
        self.inputs |= self._read()
        self._check_indicators()
        for number, step in enumerate(self.study.steps, start=2):
            self._step(step, number)
        with self._told("outputs", self.total) as told:
            before = {} if self.force else self.before
            told.reused = outputs.write_all(self.study, self.space, self.log, self.out, before)
        manifest = {
            "study": self.study.path.name,
            "title": self.study.about.title,
            "seed": self.study.about.seed,
            "versions": versions(),
            "inputs": self.inputs,
            "panel": self.about,
            "steps": self.log.steps,
            "warnings": self.log.warnings,
            "outputs": self.log.files,
        }
        store.write_manifest(self.out / "manifest.json", manifest)
        outputs.remove_stale(self.out, self.before, self.log)
        self.store.keep_only(set(self.log.keys.values()))
        return manifest

    # --- the ground: panel, areas, join ---------------------------------------------------------

    def _read(self) -> dict[str, str]:
        """Read and join the inputs; give the hash of each input file."""
        ground = self.study.ground
        hashes: dict[str, str] = {}
        with self._told("read and join", 1):
            settings = {name: self._located(table, hashes) for name, table in ground.items()}
            panel = self._call("read_panel", settings["panel"])
            self._hash_data(settings["panel"]["path"], panel, hashes)
            self.about = dict(panel.attrs)
            if "fill_missing" in settings:
                filled = self._call("fill_missing", settings["fill_missing"], panel)
                self.space.results["fill_missing"] = filled
                panel = filled.panel
            if "areas" in settings:
                panel = self._join(panel, settings["areas"], settings.get("join", {}), hashes)
            self.space.panel = panel
        made_from = store.key(ground=ground, files=hashes, drawn=self.study.outputs.areas)
        self.log.keys |= dict.fromkeys(("panel", "areas", *self.space.results), made_from)
        return hashes

    def _join(
        self,
        panel: pd.DataFrame,
        settings: dict[str, Any],
        joining: dict[str, Any],
        hashes: dict[str, str],
    ) -> pd.DataFrame:
        """Read the areas and join them; give the panel on their units."""
        project = settings.pop("project", False)
        areas = self._call("read_boundaries", settings)
        self._hash_data(settings["source"], areas, hashes)
        joined = self._call("join", joining, panel, areas)
        self.space.areas = joined.areas
        if project:
            plane = project_for_area(joined.areas)
            self.space.areas = plane.areas
            message = f"projected to {plane.description}; distances are in meters"
            self.log.warnings.append({"step": "areas", "message": message})
        if self.study.outputs.areas == "all":
            self.space.drawn = areas
        self.space.results["join"] = joined.report
        joined_panel: pd.DataFrame = joined.panel
        return joined_panel

    def _check_indicators(self) -> None:
        """Name every indicator that is in no table, of all indices, before one is made.

        What an earlier step may hold is let through; it is looked for when the step begins.
        """
        problems = []
        earlier: set[str] = set()
        for step in (s for s in self.study.steps if s.tool.station == "index"):
            for parameter in step.tool.data:
                named = step.inputs.get(parameter.name, [])
                names = [named] if isinstance(named, str) else named
                try:
                    self.space.check_columns(
                        n for n in names if not earlier & {n, n.partition(".")[0]}
                    )
                except ParameterError as error:
                    problems.append(f"[{step.name}] {parameter.name}: {error}")
            earlier |= {step.name, *(f.name for f in fields(catalog.result_class(step.tool)))}
        if problems:
            raise StudyError(f"{self.study.path.name}: {'; '.join(problems)}")

    def _located(self, table: dict[str, Any], hashes: dict[str, str]) -> dict[str, Any]:
        """Take paths as relative to the study's folder, and hash the files they name."""
        found = dict(table)
        for name, value in table.items():
            path = self.study.path.parent / str(value)
            if name in ("path", "source") and self._is_database(value):
                with self._noted(name):
                    found[name] = databases.located(value, self.study.path.parent)
                continue
            if name == "path" and not path.is_file():
                found[name] = self._several(value, hashes)
            elif name in ("path", "source", "crosswalk"):
                if path.is_file():
                    hashes[str(value)] = _files.digest(path)
                    found[name] = path
                elif name != "source" and value not in CROSSWALKS:  # what is bundled has a name
                    raise StudyError(
                        f"{self.study.path.name}: {name} = {value!r}: no file at {path}"
                    )
        return found

    def _several(self, value: str | list[str], hashes: dict[str, str]) -> list[Path]:
        """Find the files of a list or a pattern; name every one that is not there."""
        folder = self.study.path.parent
        given = [value] if isinstance(value, str) else value
        try:
            files = find_files([folder / one for one in given])
        except ParameterError as error:
            raise StudyError(f"{self.study.path.name}: path = {value!r}: {error}") from error
        absent = [str(file) for file in files if not file.is_file()]
        if absent:
            raise StudyError(
                f"{self.study.path.name}: path = {value!r}: no file at {listed(absent)}"
            )
        for file in files:
            near = file.is_relative_to(folder)
            name = file.relative_to(folder).as_posix() if near else str(file)
            hashes[name] = _files.digest(file)
        return files

    def _is_database(self, value: Any) -> bool:
        if isinstance(value, list):
            return False
        return databases.is_target(value) or databases.is_database(self.study.path.parent / value)

    def _hash_data(self, source: Any, frame: pd.DataFrame, hashes: dict[str, str]) -> None:
        """Note the hash of what a database gave, by its name without a password."""
        if databases.is_database(source):
            hashes |= databases.digest(source, frame)

    def _call(self, tool: str, settings: dict[str, Any], *data: Any) -> Any:
        with self._noted(tool):
            return catalog.function(catalog.tool(tool))(*data, **settings)

    # --- the steps ------------------------------------------------------------------------------

    def _step(self, step: Step, number: int) -> None:
        with self._told(step.name, number) as told:
            with self._noted(step.name):
                given = self.space.give(step.tool, step.inputs, time=step.time)
                settings = self._settings(step)
                located, files = self._files(step, settings)
            key = store.key(
                **({"files": files} if files else {}),
                tool=step.tool.name,
                settings=settings,
                sources=given.sources,
                inputs={holder: self._made_from(holder) for holder in given.holders},
            )
            start = perf_counter()
            kept = None if self.force else self.store.load(key)
            told.reused = kept is not None
            if kept is None:
                with self._noted(step.name) as noted:
                    function = catalog.function(step.tool)
                    result = function(**given.arguments, **located, **self._progress(step))
                kept = self.store.save(key, store.Kept(result, noted))
            else:
                self.log.warnings += kept.warnings
            self.space.results[step.name] = kept.result
            self.log.keys[step.name] = key
            self.log.steps.append(
                {
                    "name": step.name,
                    "tool": step.tool.name,
                    "settings": settings,
                    "sources": given.sources,
                    "key": key,
                    "seconds": round(perf_counter() - start, 3),
                    "reused": told.reused,
                }
            )

    def _made_from(self, holder: str) -> str:
        """Give the key of the panel, the areas or a step; of a saved file, its hash."""
        if holder not in self.log.keys:
            path = self.study.path.parent / holder
            self.inputs[holder] = _files.digest(path)
            return self.inputs[holder]
        return self.log.keys[holder]

    def _settings(self, step: Step) -> dict[str, Any]:
        """Give the step's settings, with the study's seed and language where it takes them."""
        about = self.study.about
        taken = {p.name for p in step.tool.settings}
        common = {"seed": about.seed, "language": about.language}
        return {**{k: v for k, v in common.items() if k in taken}, **step.settings}

    def _files(self, step: Step, settings: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        """Take a step's files as relative to the study's folder; give the hash of each too."""
        located, files = dict(settings), {}
        for parameter in step.tool.settings:
            given = settings.get(parameter.name)
            if given is None or not {"path", "table of path"} & set(parameter.types):
                continue
            several = given if isinstance(given, dict) else {"": given}
            paths = {key: self.study.path.parent / str(value) for key, value in several.items()}
            for key, path in paths.items():
                if not path.is_file():
                    raise ParameterError(f"{parameter.name} = {several[key]!r}: no file at {path}")
                files[str(several[key])] = _files.digest(path)
            located[parameter.name] = paths if isinstance(given, dict) else paths[""]
        self.inputs |= files
        return located, files

    def _progress(self, step: Step) -> dict[str, Callable[[int, int], None]]:
        takes_progress = any(p.role == "python" for p in step.tool.parameters)
        return {"progress": self.watch.progress} if takes_progress else {}

    # --- telling --------------------------------------------------------------------------------

    @contextmanager
    def _told(self, name: str, number: int) -> Iterator[_Told]:
        told = _Told()
        self.watch.begin(name, number, self.total)
        yield told
        self.watch.end(name, reused=told.reused)

    @contextmanager
    def _noted(self, step: str) -> Iterator[list[dict[str, str]]]:
        """Collect the step's warnings for the report, and name the step in its errors."""
        noted: list[dict[str, str]] = []
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", SpatialCCDWarning)
            try:
                yield noted
            except ParameterError as error:
                raise StudyError(f"{self.study.path.name}: [{step}] {error}") from error
            except SpatialCCDError as error:
                error.args = (f"[{step}] {error}", *error.args[1:])
                raise
            finally:
                noted += [
                    {"step": step, "message": str(item.message)}
                    for item in caught
                    if issubclass(item.category, SpatialCCDWarning)
                ]
        self.log.warnings += noted


@dataclass
class _Told:
    reused: bool = False
