"""Runs a study step by step, and redoes only what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

from spatialccd import catalog
from spatialccd._result import environment
from spatialccd.errors import (
    listed,
)
from spatialccd.study import outputs, store
from spatialccd.study.config import Step, Study, read_study
from spatialccd.study.folder import Folder
from spatialccd.study.ground import read_ground
from spatialccd.study.inputs import Inputs
from spatialccd.study.log import Log, Note, Silent, Watch, noted
from spatialccd.study.naming import unknown_labels
from spatialccd.study.plan import make_plan
from spatialccd.study.session import Session


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
    return _Run(study, Path(out).expanduser(), force, watch or Silent()).run()


class _Run:
    """One run: the workspace, the store, and the log."""

    def __init__(self, study: Study, out: Path, force: bool, watch: Watch) -> None:
        self.study = study
        self.folder = Folder(out)
        self.force = force
        self.watch = watch
        self.store = store.Store(self.folder.steps, outputs.styles(study.outputs))
        self.inputs = Inputs(study.path)
        self.session = Session(study, self.inputs)
        self.space = self.session.space
        self.log = Log(keys=self.session.keys, times=self.session.times)
        #: Units of measurement, flags and notes, as the panel's file has them.
        self.about: dict[str, Any] = {}
        self.waiting = list(study.steps)
        self.begun = 0

    def run(self) -> dict[str, Any]:
        with self.folder.held():
            return self._run()

    def _run(self) -> dict[str, Any]:
        self._read()
        self._check_groups()
        self.waiting = list(make_plan(self.study, self.space.column_names()).steps)
        ran: list[Step] = []
        while self.waiting:
            step = self.waiting.pop(0)
            if step.for_each and step.part is None:
                with self._noted(step.name):
                    self.waiting[:0] = self.session.parted(step)
            else:
                self._step(step)
                ran.append(step)
        self.study = replace(self.study, steps=tuple(ran))
        self._check_labels()
        with self._told("outputs") as told:
            self._check_targets()
            self.folder.claim(outputs.planned(self.study))
            told.reused = outputs.write_all(
                self.study, self.space, self.log, self.folder, self.session.labels, force=self.force
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

    def _read(self) -> None:
        """Read and join the inputs, or take them as they were kept."""
        with self._told("read and join") as told:
            ground = read_ground(
                self.study, self.inputs, self.store, force=self.force, check=self._check_targets
            )
            told.reused = ground.reused
        self.about = ground.about
        self.log.warnings += ground.notes
        self.session.stand_on(ground)

    def _check_targets(self) -> None:
        self.folder.check(outputs.planned(self.study), self.inputs.files, force=self.force)

    def _check_groups(self) -> None:
        """Find the column of groups that tables go by, before anything is computed."""
        groups = self.study.outputs.groups
        if groups is not None:
            with self._noted("outputs"):
                self.space.check_columns([groups])

    def _check_labels(self) -> None:
        """Tell of words for what no table holds."""
        message = unknown_labels(self.study.labels, self.space)
        if message:
            self.log.warnings.append({"step": "labels", "message": message})

    # --- the steps ------------------------------------------------------------------------------

    def _step(self, step: Step) -> None:
        with self._told(step.name) as told:
            with self._noted(step.name):
                ready = self.session.prepare(step)
            start = perf_counter()
            kept = None if self.force else self.store.load(ready.key)
            told.reused = kept is not None
            if kept is None:
                with self._noted(step.name) as noted:
                    function = catalog.function(step.tool)
                    result = function(
                        **ready.given.arguments, **ready.located, **self._progress(step)
                    )
                kept = self.store.save(ready.key, store.Kept(result, noted))
            else:
                self.log.warnings += kept.warnings
            if ready.given.rows:
                self.log.warnings.append({"step": step.name, "message": ready.given.rows})
            self.space.results[step.name] = kept.result
            self.log.keys[step.name] = ready.key
            self.log.steps.append(
                {
                    "name": step.name,
                    "tool": step.tool.name,
                    "settings": ready.settings,
                    "sources": ready.given.sources,
                    "rows": ready.given.rows,
                    "key": ready.key,
                    "seconds": round(perf_counter() - start, 3),
                    "reused": told.reused,
                }
            )

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
    def _noted(self, step: str) -> Iterator[list[Note]]:
        """Collect the step's warnings for the report, and name the step in its errors."""
        with noted(self.study.path.name, step) as notes:
            yield notes
        self.log.warnings += notes


@dataclass
class _Told:
    reused: bool = False
