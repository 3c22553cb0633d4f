"""A study on its ground: what each step is given, and what its result is made from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from spatialccd._rows import Condition
from spatialccd.errors import ParameterError
from spatialccd.report.words.labels import Labels, with_units
from spatialccd.study import store
from spatialccd.study.config import Step, Study
from spatialccd.study.dates import common_time, dated
from spatialccd.study.ground import Ground
from spatialccd.study.inputs import Inputs
from spatialccd.study.naming import worded
from spatialccd.workspace import Given, Part, Workspace, groups_of


@dataclass(frozen=True)
class Prepared:
    """A step ready to run.

    Attributes
    ----------
    given : Given
        Its data arguments.
    settings : dict
        Its settings as the study has them, with seed and language.
    located : dict
        The same, with the paths of files where they are.
    key : str
        What its result is made from, as the store counts.
    """

    given: Given
    settings: dict[str, Any]
    located: dict[str, Any]
    key: str


class Session:
    """The workspace of a study, and the keys of what is in it."""

    def __init__(self, study: Study, inputs: Inputs) -> None:
        self.study = study
        self.inputs = inputs
        self.space = Workspace(folder=study.path.parent)
        self.keys: dict[str, str] = {}
        #: The one time that a step was made for, where it was.
        self.times: dict[str, Any] = {}
        #: What variables are called, with the units of the panel's file.
        self.labels: Labels = study.labels

    def stand_on(self, ground: Ground) -> None:
        """Take the panel and the areas."""
        self.space.panel, self.space.areas = ground.panel, ground.areas
        self.space.results |= ground.results
        self.labels = with_units(self.labels, ground.about.get("units", {}))
        self.keys |= dict.fromkeys(("panel", "areas", *ground.results), ground.key)

    def parted(self, step: Step) -> list[Step]:
        """Make a step for each group of a step that asks for them.

        Raises
        ------
        ParameterError
            No row is in any group, or a column is not one of groups.
        """
        condition = None if step.where is None else Condition(step.where)
        groups = groups_of(self.space, step.for_each, condition)
        if not groups:
            raise ParameterError(f"for_each = {list(step.for_each)} finds no group")
        parts = [Part(step.name, group) for group in groups]
        for part in parts:
            self.space.parts[part.name] = part
        return [replace(step, name=part.name, part=part) for part in parts]

    def prepare(self, step: Step) -> Prepared:
        """Find what a step is given.

        Raises
        ------
        ParameterError
            Something that it names is not there.
        """
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
        return Prepared(given, settings, located, key)

    def _made_from(self, holder: str) -> str:
        """Give the key of the panel, the areas or a step; of a saved file, its hash."""
        return self.keys[holder] if holder in self.keys else self.inputs.saved(holder)

    def _settings(self, step: Step) -> dict[str, Any]:
        """Give the step's settings, with the study's seed, language and labels where it takes them.

        Settings are what a step is remembered by, so labels stand in them as plain text.
        """
        about = self.study.about
        taken = {p.name for p in step.tool.settings}
        common: dict[str, Any] = {"seed": about.seed, "language": about.language}
        own = worded(step.settings, self.labels) if "labels" in taken else step.settings
        settings = {**{k: v for k, v in common.items() if k in taken}, **own}
        if "title" in taken and self.times.get(step.name) is not None:
            settings["title"] = dated(settings.get("title") or "", self.times[step.name])
        return settings

    def _date(self, step: Step, given: Given) -> None:
        """Note the one time that a step is made for: its own, or that of the steps it draws."""
        time = given.time
        if time is None:
            time = common_time(given.holders, self.times)
        if time is not None:
            self.times[step.name] = time
