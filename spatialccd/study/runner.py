"""Runs a study step by step, and redoes only what changed."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from spatialccd import catalog
from spatialccd._result import environment
from spatialccd._rows import Condition
from spatialccd.data.blank import keep_blank
from spatialccd.data.layers.geometry import project_for_area
from spatialccd.errors import (
    ParameterError,
    SpatialCCDError,
    SpatialCCDWarning,
    StudyError,
    listed,
)
from spatialccd.report.words.labels import Labels, with_units
from spatialccd.study import outputs, store
from spatialccd.study.config import Step, Study, read_study
from spatialccd.study.dates import common_time, dated
from spatialccd.study.folder import Folder
from spatialccd.study.inputs import Inputs
from spatialccd.study.log import Log, Watch
from spatialccd.study.naming import unknown_labels, worded
from spatialccd.study.plan import make_plan
from spatialccd.workspace import Given, Part, Workspace, groups_of

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
        Make everything anew, and replace files in `out` that no run of this study
        wrote. By default a step is redone only if its settings, its inputs, or the
        versions of the packages changed. An input is never replaced.
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
        The study asks for what there is not, `out` holds files of others, or another
        run is writing there; nothing was written.
    SpatialCCDError
        A step failed; the message names it. The results of the steps before
        it are kept for the next run.
    """
    study = read_study(Path(path).expanduser())
    return _Run(study, Path(out).expanduser(), force, watch or _Silent()).run()


class _Run:
    """One run: the workspace, the store, and the log."""

    def __init__(self, study: Study, out: Path, force: bool, watch: Watch) -> None:
        self.study = study
        self.folder = Folder(out)
        self.force = force
        self.watch = watch
        self.store = store.Store(self.folder.steps, outputs.styles(study.outputs))
        self.space = Workspace(folder=study.path.parent)
        self.inputs = Inputs(study.path)
        self.log = Log()
        #: Units of measurement, flags and notes, as the panel's file has them.
        self.about: dict[str, Any] = {}
        #: What variables are called, with the units of the panel's file.
        self.labels: Labels = study.labels
        self.waiting = list(study.steps)
        self.begun = 0

    def run(self) -> dict[str, Any]:
        with self.folder.held():
            return self._run()

    def _run(self) -> dict[str, Any]:
        self._read()
        self.waiting = list(make_plan(self.study, self.space.column_names()).steps)
        ran: list[Step] = []
        while self.waiting:
            step = self.waiting.pop(0)
            if step.for_each and step.part is None:
                self.waiting[:0] = self._parted(step)
            else:
                self._step(step)
                ran.append(step)
        self.study = replace(self.study, steps=tuple(ran))
        self._check_labels()
        with self._told("outputs") as told:
            self._check_targets()
            self.folder.claim(outputs.planned(self.study))
            told.reused = outputs.write_all(
                self.study, self.space, self.log, self.folder, self.labels, force=self.force
            )
        stale, left = self.folder.stale(self.log.files)
        if left:
            message = f"no step makes {listed(left)} any more; changed since, and so left there"
            self.log.warnings.append({"step": "outputs", "message": message})
        manifest = {
            "study": self.study.path.name,
            "title": self.study.about.title,
            "seed": self.study.about.seed,
            "versions": environment(),
            "inputs": self.inputs.hashes,
            "panel": self.about,
            "ground": self.log.keys["panel"],
            "steps": self.log.steps,
            "warnings": self.log.warnings,
            "outputs": self.log.files,
        }
        self.folder.write_manifest(manifest)
        for path in stale:
            path.unlink(missing_ok=True)
        self.store.keep_only(set(self.log.keys.values()))
        return manifest

    # --- the ground: panel, areas, join ---------------------------------------------------------

    def _read(self) -> None:
        """Read and join the inputs."""
        ground = self.study.ground
        with self._told("read and join"):
            settings = {name: self._located(name, table) for name, table in ground.items()}
            self._check_targets()
            panel = self._call("read_panel", settings["panel"])
            self.inputs.data(settings["panel"]["path"], panel)
            self.about = dict(panel.attrs)
            self.labels = with_units(self.labels, panel.attrs.get("units", {}))
            if "fill_missing" in settings:
                filled = self._call("fill_missing", settings["fill_missing"], panel)
                self.space.results["fill_missing"] = filled
                panel = filled.panel
            if "areas" in settings:
                panel = self._join(panel, settings["areas"], settings.get("join", {}))
            self.space.panel = panel
        made_from = store.key(
            ground=ground, files=self.inputs.hashes, drawn=self.study.outputs.areas
        )
        self.log.keys |= dict.fromkeys(("panel", "areas", *self.space.results), made_from)
        self._keep_ground(made_from)

    def _check_targets(self) -> None:
        self.folder.check(outputs.planned(self.study), self.inputs.files, force=self.force)

    def _located(self, name: str, table: dict[str, Any]) -> dict[str, Any]:
        with self._noted(name):
            return self.inputs.ground(table)

    def _keep_ground(self, key: str) -> None:
        """Keep the data as the steps have them, for who loads the finished study."""
        if self.store.load(key) is not None:
            return
        space = self.space
        ground = {"panel": space.panel, "areas": space.areas, "results": dict(space.results)}
        try:
            self.store.save(key, store.Kept(ground, []))
        except ParameterError as error:  # a column of a kind that no file of ours holds
            message = f"the data are not kept with the results: {error}"
            self.log.warnings.append({"step": "panel", "message": message})

    def _join(
        self,
        panel: pd.DataFrame,
        settings: dict[str, Any],
        joining: dict[str, Any],
    ) -> pd.DataFrame:
        """Read the areas and join them; give the panel on their units."""
        project = settings.pop("project", False)
        areas = self._call("read_boundaries", settings)
        self.inputs.data(settings["source"], areas)
        joined = self._call("join", joining, panel, areas)
        self.space.areas = keep_blank(joined.areas, areas, self.study.outputs.areas)
        if project:
            plane = project_for_area(self.space.areas)
            self.space.areas = plane.areas
            message = f"projected to {plane.description}; distances are in meters"
            self.log.warnings.append({"step": "areas", "message": message})
        self.space.results["join"] = joined.report
        joined_panel: pd.DataFrame = joined.panel
        return joined_panel

    def _check_labels(self) -> None:
        """Tell of words for what no table holds."""
        message = unknown_labels(self.study.labels, self.space)
        if message:
            self.log.warnings.append({"step": "labels", "message": message})

    def _call(self, tool: str, settings: dict[str, Any], *data: Any) -> Any:
        with self._noted(tool):
            return catalog.function(catalog.tool(tool))(*data, **settings)

    # --- the steps ------------------------------------------------------------------------------

    def _parted(self, step: Step) -> list[Step]:
        """Make a step for each group of a step that asks for them."""
        with self._noted(step.name):
            condition = None if step.where is None else Condition(step.where)
            groups = groups_of(self.space, step.for_each, condition)
            if not groups:
                raise ParameterError(f"for_each = {list(step.for_each)} finds no group")
        parts = [Part(step.name, group) for group in groups]
        for part in parts:
            self.space.parts[part.name] = part
        return [replace(step, name=part.name, part=part) for part in parts]

    def _step(self, step: Step) -> None:
        with self._told(step.name) as told:
            with self._noted(step.name):
                given = self.space.give(
                    step.tool, step.inputs, time=step.time, where=step.where, part=step.part
                )
                self._date(step, given)
                settings = self._settings(step)
                located, files = self.inputs.settings(step.tool, settings)
            key = store.key(
                **({"files": files} if files else {}),
                tool=step.tool.name,
                settings=settings,
                sources=given.sources,
                inputs={holder: self._made_from(holder) for holder in given.holders},
                **({"rows": given.rows} if given.rows else {}),
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
            if given.rows:
                self.log.warnings.append({"step": step.name, "message": given.rows})
            self.space.results[step.name] = kept.result
            self.log.keys[step.name] = key
            self.log.steps.append(
                {
                    "name": step.name,
                    "tool": step.tool.name,
                    "settings": settings,
                    "sources": given.sources,
                    "rows": given.rows,
                    "key": key,
                    "seconds": round(perf_counter() - start, 3),
                    "reused": told.reused,
                }
            )

    def _made_from(self, holder: str) -> str:
        """Give the key of the panel, the areas or a step; of a saved file, its hash."""
        if holder not in self.log.keys:
            return self.inputs.saved(holder)
        return self.log.keys[holder]

    def _settings(self, step: Step) -> dict[str, Any]:
        """Give the step's settings, with the study's seed, language and labels where it takes them.

        Settings are what a step is remembered by, so labels stand in them as plain text.
        """
        about = self.study.about
        taken = {p.name for p in step.tool.settings}
        common: dict[str, Any] = {"seed": about.seed, "language": about.language}
        own = worded(step.settings, self.labels) if "labels" in taken else step.settings
        settings = {**{k: v for k, v in common.items() if k in taken}, **own}
        if "title" in taken and self.log.times.get(step.name) is not None:
            title = settings.get("title") or ""
            settings["title"] = dated(title, self.log.times[step.name])
        return settings

    def _date(self, step: Step, given: Given) -> None:
        """Note the one time that a step is made for: its own, or that of the steps it draws."""
        time = given.time
        if time is None:
            time = common_time(given.holders, self.log.times)
        if time is not None:
            self.log.times[step.name] = time

    def _progress(self, step: Step) -> dict[str, Callable[[int, int], None]]:
        takes_progress = any(p.role == "python" for p in step.tool.parameters)
        return {"progress": self.watch.progress} if takes_progress else {}

    # --- telling --------------------------------------------------------------------------------

    @contextmanager
    def _told(self, name: str) -> Iterator[_Told]:
        told = _Told()
        self.begun += 1
        left = len(self.waiting) + (name != "outputs")
        self.watch.begin(name, self.begun, self.begun + left)
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
