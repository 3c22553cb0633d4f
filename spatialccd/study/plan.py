"""The order of steps: each after those whose results it needs, else as the catalog has them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from spatialccd import catalog
from spatialccd._rows import Condition
from spatialccd.catalog.columns import given_by, gives
from spatialccd.errors import ParameterError, StudyError, did_you_mean, listed
from spatialccd.study.config import Step, Study
from spatialccd.workspace.given import LAYER
from spatialccd.workspace.wanted import wanted


@dataclass(frozen=True)
class Plan:
    """Steps in the order in which they run, and what each needs.

    Attributes
    ----------
    steps : tuple of Step
    needs : dict of str to tuple of str
        By step: the names of the steps that it needs, in the order of `steps`.
    """

    steps: tuple[Step, ...]
    needs: dict[str, tuple[str, ...]]


def make_plan(study: Study, columns: Collection[str]) -> Plan:
    """Order the steps of a study.

    Parameters
    ----------
    study : Study
    columns : collection of str
        Names of the columns of the panel and the areas.

    Raises
    ------
    StudyError
        Steps need what nobody gives, or each other in a circle. All problems are in
        the one message.
    """
    problems: list[str] = []
    found = {
        step.name: _Needs(step, study.steps, columns, "areas" in study.ground, problems).steps()
        for step in study.steps
    }
    ordered = _ordered(study.steps, found, problems)
    if problems:
        raise StudyError(f"{study.path.name}: {'; '.join(problems)}")
    place = {step.name: i for i, step in enumerate(ordered)}
    needs = {name: tuple(sorted(names, key=lambda n: place[n])) for name, names in found.items()}
    return Plan(ordered, needs)


def _ordered(
    steps: tuple[Step, ...], needs: dict[str, set[str]], problems: list[str]
) -> tuple[Step, ...]:
    """Take the first step, in the order of the catalog, whose needs are there; and again."""
    left, done = list(steps), []
    names: set[str] = set()
    while left:
        ready = next((step for step in left if needs[step.name] <= names), None)
        if ready is None:
            circle = " -> ".join(_circle(left[0].name, needs, names))
            problems.append(f"steps need each other: {circle}; name another input in one of them")
            break
        left.remove(ready)
        done.append(ready)
        names.add(ready.name)
    return tuple(done)


def _circle(start: str, needs: dict[str, set[str]], done: set[str]) -> list[str]:
    """Follow the needs that are not there until a step comes again."""
    path = [start]
    while True:
        following = min(needs[path[-1]] - done)
        if following in path:
            return [*path[path.index(following) :], following]
        path.append(following)


class _Needs:
    """What one step needs of the others."""

    def __init__(
        self,
        step: Step,
        steps: tuple[Step, ...],
        columns: Collection[str],
        has_areas: bool,
        problems: list[str],
    ) -> None:
        self.step = step
        self.has_areas = has_areas
        place = steps.index(step)
        self.before, self.after = steps[:place], steps[place + 1 :]
        self.columns = columns
        self.problems = problems

    def steps(self) -> set[str]:
        """Name the steps that must run before this one."""
        found: set[str] = set()
        for parameter in self.step.tool.data:
            named = self.step.inputs.get(parameter.name)
            if named is None:
                found |= self._unnamed(parameter)
                continue
            for name in [named] if isinstance(named, str) else named:
                found |= self._named(str(name), parameter)
        for name in self._deciding():
            found |= self._column(name, "for_each" if name in self.step.for_each else "where")
        return found - {self.step.name}

    def _deciding(self) -> Iterator[str]:
        """Yield the columns by which rows are chosen."""
        try:
            names = Condition(self.step.where).names if self.step.where else ()
        except ParameterError as error:
            self._tell("where", str(error))
            names = ()
        yield from (n for n in (*names, *self.step.for_each) if n not in ("unit", "time"))

    def _unnamed(self, parameter: catalog.Parameter) -> set[str]:
        """Take the steps before whose result fits; those after it only where one must be."""
        types = set(parameter.types)
        if types & LAYER:
            if parameter.required and not self.has_areas:
                self._tell(parameter.name, "there are no areas; add a table [areas]")
            return set()
        if "Graph" in types:
            types |= {"Neighbors"}
        fitting = {step.name for step in _giving(self.before, types)}
        if not fitting and parameter.required:
            fitting = {step.name for step in _giving(self.after, types)}
            if not fitting:
                self._tell(parameter.name, f"name {wanted(types)}")
        return fitting

    def _tell(self, role: str, problem: str) -> None:
        self.problems.append(f"[{self.step.name}] {role}: {problem}")

    def _named(self, name: str, parameter: catalog.Parameter) -> set[str]:
        if name.lower().endswith(".scc") or ".scc:" in name.lower():
            return set()
        members = {s.name for s in (*self.before, *self.after) if name == s.name}
        takes_steps = any(kind not in catalog.DATA for kind in parameter.types)
        if members and (takes_steps or "Graph" in parameter.types):
            return members
        if name == "areas" or "Graph" in parameter.types:
            return set()
        return self._column(name, parameter.name)

    def _column(self, name: str, role: str) -> set[str]:
        """Name the steps that hold a column: those before, else the only one after."""
        if name in self.columns:
            return set()
        step, _, column = name.partition(".")
        named = {s.name for s in (*self.before, *self.after) if step == s.name}
        if column and named:
            return named
        holding = [s for s in self.before if gives(s.tool.name, s.inputs, name)]
        later = [s for s in self.after if gives(s.tool.name, s.inputs, name)]
        if holding or not later:
            if not holding:
                self._tell_unknown(name, role)
            return {s.name for s in holding}
        families = dict.fromkeys(s.name for s in later)
        if len(families) > 1:
            self._tell(
                role,
                f"{name!r} is given by {listed(families)}; write "
                f"'{next(iter(families))}.{name}' to say which",
            )
        return {s.name for s in later}

    def _tell_unknown(self, name: str, role: str) -> None:
        steps = (*self.before, *self.after)
        given = [c for s in steps for c in given_by(s.tool.name, s.inputs) if "*" not in c]
        hint = did_you_mean(name, [*self.columns, *sorted(given), *(s.name for s in steps)])
        hint = hint or f"; there are {listed(self.columns)}"
        self._tell(role, f"no column is called {name!r}{hint}")


def _giving(steps: Iterable[Step], types: set[str]) -> Iterator[Step]:
    """Yield the steps whose result is of one of these classes, or of one that extends it."""
    for step in steps:
        if types & _classes(step.tool):
            yield step


def _classes(tool: catalog.Tool) -> set[str]:
    return {kind.__name__ for kind in catalog.result_class(tool).__mro__}
