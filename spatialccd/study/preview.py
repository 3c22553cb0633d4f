"""What a run of a study would do, without doing it: the steps, what each needs, and why."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spatialccd._result import environment
from spatialccd.errors import SpatialCCDError, SpatialCCDWarning, StudyError, listed
from spatialccd.study import outputs, store
from spatialccd.study.config import Step, Study, read_study
from spatialccd.study.folder import MANIFEST, STEPS, read_manifest
from spatialccd.study.ground import Ground, read_ground
from spatialccd.study.inputs import Inputs
from spatialccd.study.plan import Plan, make_plan
from spatialccd.study.session import Session


@dataclass(frozen=True)
class Outlook:
    """What would happen to one step.

    Attributes
    ----------
    name, tool : str
    needs : tuple of str
        The steps that it needs.
    unchanged : bool
        Whether its result would be taken as an earlier run kept it.
    why : str
        Why it would be made anew; "" where it would not.
    """

    name: str
    tool: str
    needs: tuple[str, ...]
    unchanged: bool
    why: str


@dataclass(frozen=True)
class Checked:
    """A study in which nothing was found to be wrong.

    Attributes
    ----------
    ground : Ground
        What was read.
    plan : Plan
        Steps in the order in which they would run.
    """

    ground: Ground
    plan: Plan


def check_study(path: str | Path) -> Checked:
    """Check a study without running a step: its keys, files, columns, and the join.

    Parameters
    ----------
    path : str or Path
        The study.toml.

    Raises
    ------
    StudyError
        Something is not there or not allowed; all problems of one kind are in one message.
    SpatialCCDError
        The data cannot be read or joined.
    """
    study = read_study(Path(path))
    inputs = Inputs(study.path)
    ground = read_ground(study, inputs)
    session = Session(study, inputs)
    session.stand_on(ground)
    plan = make_plan(study, session.space.column_names())
    problems = [one for step in plan.steps for one in _problems(session, step, plan)]
    if problems:
        raise StudyError(f"{study.path.name}: {'; '.join(problems)}")
    return Checked(ground, plan)


def _problems(session: Session, step: Step, plan: Plan) -> Iterator[str]:
    """Find what is wrong with a step that can be known before others have run."""
    times = session.space.times
    if step.time is not None and step.time not in times:
        yield f"[{step.name}] time = {step.time!r} is not in the panel; it has {listed(times)}"
        return
    if plan.needs[step.name]:
        return  # what it is given is not there yet; its names were looked at by the plan
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SpatialCCDWarning)
            for one in session.parted(step) if step.for_each else [step]:
                session.prepare(one)
    except SpatialCCDError as error:
        yield f"[{step.name}] {error}"


def preview_study(path: str | Path, out: str | Path) -> list[Outlook]:
    """Tell which steps a run into a folder would make anew, and why.

    Parameters
    ----------
    path : str or Path
        The study.toml.
    out : str or Path
        The folder of its results, if there is one yet.

    Raises
    ------
    StudyError, SpatialCCDError
        As `check_study`.
    """
    study = read_study(Path(path))
    return list(_Preview(study, Path(out)).outlooks())


class _Preview:
    """Goes through a study as a run does, as far as results are kept."""

    def __init__(self, study: Study, out: Path) -> None:
        self.study = study
        self.store = store.Store(out / STEPS, outputs.styles(study.outputs))
        self.before = read_manifest(out / MANIFEST)
        self.inputs = Inputs(study.path)
        self.session = Session(study, self.inputs)
        self.changed: set[str] = set()

    def outlooks(self) -> Iterator[Outlook]:
        """Yield the outlook of each step, in the order in which they would run."""
        self.session.stand_on(read_ground(self.study, self.inputs))
        plan = make_plan(self.study, self.session.space.column_names())
        waiting = list(plan.steps)
        while waiting:
            step = waiting.pop(0)
            family = step.part.family if step.part else step.name
            needs = plan.needs[family]
            stale = [name for name in needs if name in self.changed]
            if stale:
                self.changed |= {step.name, family}
                why = f"{listed(stale)} {'is' if len(stale) == 1 else 'are'} made anew"
                yield Outlook(step.name, step.tool.name, needs, False, why)
            elif step.for_each and step.part is None:
                waiting[:0] = self.session.parted(step)
            else:
                why = self._why(step)
                if why:
                    self.changed |= {step.name, family}
                yield Outlook(step.name, step.tool.name, needs, not why, why)

    def _why(self, step: Step) -> str:
        """Say why a step would be made anew; "" where its result is kept."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SpatialCCDWarning)
            ready = self.session.prepare(step)
        kept = self.store.load(ready.key)
        if kept is not None:
            self.session.space.results[step.name] = kept.result
            self.session.keys[step.name] = ready.key
            return ""
        known = {one["name"]: one for one in self.before.get("steps", [])}
        if step.name not in known:
            return "not made yet"
        before = known[step.name]
        if before["tool"] != step.tool.name:
            return f"was made by {before['tool']}"
        return (
            self._differing(before, ready.settings, ready.given.sources, ready.given.rows)
            or self._differing_inputs()
            or "its result is not kept any more"
        )

    def _differing(
        self,
        before: Mapping[str, Any],
        settings: Mapping[str, Any],
        sources: Mapping[str, str],
        rows: str,
    ) -> str:
        old = before["settings"]
        keys = [key for key in {**old, **settings} if _plain(old, key) != _plain(settings, key)]
        if keys:
            return f"settings changed: {listed(keys)}"
        inputs = [key for key, source in sources.items() if before["sources"].get(key) != source]
        if inputs:
            return f"inputs changed: {listed(inputs)}"
        return "other rows are chosen" if before.get("rows", "") != rows else ""

    def _differing_inputs(self) -> str:
        """Say which files or versions are others than those of the last run."""
        files = self.before.get("inputs", {})
        changed = [n for n, digest in self.inputs.hashes.items() if files.get(n) != digest]
        if changed:
            return f"changed: {listed(changed)}"
        versions = self.before.get("versions", {})
        newer = [n for n, version in environment().items() if versions.get(n) != version]
        return f"other versions: {listed(newer)}" if newer else "the package or [panel] changed"


def _plain(settings: Mapping[str, Any], key: str) -> Any:
    """Give a setting as the manifest holds it: JSON has lists only."""
    value = settings.get(key)
    return list(value) if isinstance(value, tuple) else value
