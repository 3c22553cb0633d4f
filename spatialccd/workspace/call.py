"""The arguments of one call, found by name and cut to the rows that it is about."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from spatialccd import _align, catalog
from spatialccd._result import Result
from spatialccd.errors import ParameterError, closest, did_you_mean, listed
from spatialccd.workspace.given import (
    LAYER,
    SETS,
    SEVERAL_COLUMNS,
    Found,
    Part,
    is_file,
    is_one_of,
)
from spatialccd.workspace.holdings import Holdings
from spatialccd.workspace.selection import Selection
from spatialccd.workspace.wanted import given_by, unfit, wanted

#: What a graph is to a call: the step that says who is whose neighbor, cut as data are.
_GRAPH = {"Graph", "Neighbors"}


class Call:
    """One call of a tool.

    Parameters
    ----------
    space : Holdings
        Where things are found.
    tool : Tool
        From the catalog.
    chosen : Selection
        The rows that the call is about.
    part : Part or None
        The group that it is about.

    Attributes
    ----------
    chose : bool
        Whether rows were chosen of anything.
    """

    def __init__(
        self, space: Holdings, tool: catalog.Tool, chosen: Selection, part: Part | None
    ) -> None:
        self.space = space
        self.tool = tool
        self.chosen = chosen
        self.part = part
        self.chose = False

    def find(self, parameter: catalog.Parameter, named: Any) -> dict[str, Found]:
        """Give what one parameter takes, by argument name."""
        types = set(parameter.types)
        if named == []:
            raise ParameterError("the list names nothing; name what it takes, or leave it out")
        if "Graph" in types:
            types |= {"Neighbors"}
        if parameter.many:
            return self._many(types, named)
        if types & LAYER:
            return self._layer(parameter, named)
        if "Graph" in types:
            first = next(p for p in self.tool.data if "Graph" in p.types)
            if named is None and parameter is not first and not parameter.required:
                return {}  # the latest step is the first graph's; a second one is named or none
            return self._graph(parameter, named)
        if named is None:
            return self._default(parameter, types)
        names = [named] if isinstance(named, str) else [str(name) for name in named]
        if types & SETS:
            return {parameter.name: self._set(types, names)}
        alone = len(names) == 1 and (self._is_step(names[0]) or is_file(names[0]))
        if types & SEVERAL_COLUMNS and not alone:
            return {parameter.name: self._columns(names)}
        if len(names) > 1:
            raise ParameterError(f"it takes one, not {listed(names)}")
        return {parameter.name: self._input(names[0], types)}

    def _many(self, types: set[str], named: Any) -> dict[str, Found]:
        """Give any number of inputs, each under its name: that of a file without its suffix."""
        found: dict[str, Found] = {}
        taken = {p.name for p in self.tool.parameters}
        for name in self._members(self._fitting(types) if named is None else named):
            own = Path(name).stem if is_file(name) else name
            if own in found or (own in taken and is_file(name)):
                raise ParameterError(f"{name} cannot be called {own!r} here too; rename the file")
            found[own] = self._input(name, types)
        return found

    def _set(self, types: set[str], names: list[str]) -> Found:
        """Give a mapping of results by name; columns of the table stand in it as one."""
        results = [name for name in names if self._is_step(name) or is_file(name)]
        parts = self._many(types, results)
        columns = [name for name in names if name not in results]
        if columns:
            parts["panel"] = self._columns(columns)
        return Found(
            {name: part.value for name, part in parts.items()},
            ", ".join(part.source for part in parts.values()),
            frozenset(holder for part in parts.values() for holder in part.holders),
        )

    def _layer(self, parameter: catalog.Parameter, named: Any) -> dict[str, Found]:
        """Give the areas; to a parameter that can do without, only when ``"areas"`` is named."""
        if not parameter.required and named is None:
            return {}
        if named not in (None, "areas"):
            raise ParameterError(f"the one layer is called 'areas', not {named!r}")
        if self.space.areas is None:
            raise ParameterError("there are no areas; name a layer")
        return {parameter.name: self._of_rows(self.space.areas, "areas", ["areas"])}

    def _graph(self, parameter: catalog.Parameter, named: Any) -> dict[str, Found]:
        """Give the step of that name, or the latest, that says who is whose neighbor."""
        if named is not None and is_file(named):
            return {parameter.name: self._file(named, _GRAPH)}
        fitting = self._fitting({"Neighbors"})
        if named is None or not fitting:
            return self._default(parameter, _GRAPH)
        name = self._member(named)
        if name not in fitting:
            near = closest(named, fitting)
            hint = f"did you mean {near!r}?" if near else f"there are {listed(fitting)}"
            raise ParameterError(f"no step called {named!r} gives neighbors; {hint}")
        return {parameter.name: self._step(name, _GRAPH)}

    def _default(self, parameter: catalog.Parameter, types: set[str]) -> dict[str, Found]:
        """Give the latest step whose result is of a class the parameter takes."""
        fitting = self._fitting(types)
        if not fitting:
            if parameter.required:
                raise ParameterError(f"name {wanted(types)}")
            return {}
        name = fitting[-1]
        if self.part is None and name in self.space.parts:
            family = self.space.parts[name].family
            same = [n for n in fitting if n in self.space.parts]
            raise ParameterError(
                f"{family} was made for each of several groups: name one of {listed(same)}, or "
                "say for_each here too"
            )
        return {parameter.name: self._step(name, types)}

    def _fitting(self, types: set[str]) -> list[str]:
        """List the results of these classes in the order they were made; of groups, one's own."""
        fitting = [n for n, result in self.space.results.items() if is_one_of(result, types)]
        if self.part is None:
            return fitting
        fitting = [n for n in fitting if self._is_own(n) or n not in self.space.parts]
        return sorted(fitting, key=self._is_own)

    def _is_own(self, name: str) -> bool:
        own = self.space.parts.get(name)
        return own is not None and self.part is not None and own.group == self.part.group

    def _families(self) -> set[str]:
        return {part.family for part in self.space.parts.values()}

    def _is_step(self, name: str) -> bool:
        return name in self.space.results or name in self._families()

    def _member(self, name: str) -> str:
        """Give the step of one's own group, where a name is that of a family."""
        own = self.part.of(name) if self.part is not None else name
        if own in self.space.results:
            return own
        if name in self._families():
            members = [n for n, part in self.space.parts.items() if part.family == name]
            raise ParameterError(
                f"{name!r} was made for each of several groups: name one of {listed(members)}, "
                "or say for_each here too"
            )
        return name

    def _members(self, names: str | Iterable[str]) -> list[str]:
        """Name every step of a family, where any number may be given."""
        found: list[str] = []
        for name in [names] if isinstance(names, str) else names:
            if self.part is None and name in self._families():
                found += [n for n, part in self.space.parts.items() if part.family == name]
            else:
                found.append(name)
        return found

    def _input(self, name: str, types: set[str]) -> Found:
        """Give the step or the file of that name where its class fits, else the column."""
        if is_file(name):
            return self._file(name, types)
        step = self._member(name)
        held = self.space.results.get(step)
        if held is not None and is_one_of(held, types):
            return self._step(step, types)
        if not types & catalog.DATA:
            if held is not None:
                raise ParameterError(unfit(f"the step {name!r}", held, self.tool, types))
            raise ParameterError(
                f"no step is called {name!r}{did_you_mean(name, self.space.results)}; "
                f"{self.tool.name} needs {given_by(types)}"
            )
        values, holder = self.space.column(name, self.part)
        return self._of_rows(values, f"{name} of {holder}", [holder])

    def _file(self, name: str, types: set[str]) -> Found:
        """Give what a saved file holds, where its class fits."""
        held = self.space.load(name)
        if not is_one_of(held, types) or not hasattr(held, "settings"):
            raise ParameterError(unfit(f"the file {name}", held, self.tool, types))
        return self._as_made(held, name, name, types)

    def _step(self, name: str, types: set[str]) -> Found:
        return self._as_made(self.space.results[name], name, name, types)

    def _as_made(self, held: Any, source: str, holder: str, types: set[str]) -> Found:
        """Give a result: whole, if it is of one's own group or if no data could stand for it."""
        if self._is_own(holder):
            self.chose = True
        elif types & catalog.DATA and isinstance(held, Result):
            held = self._cut(held)
        return Found(held, source, frozenset([holder]))

    def _columns(self, names: list[str]) -> Found:
        """Put columns of several holders side by side, on the panel where one is."""
        import pandas as pd

        self.space.check_columns(names)
        found = {name: self.space.column(name, self.part) for name in names}
        chosen = {name: self._cut(values) for name, (values, _) in found.items()}
        index = max((values.index for values in chosen.values()), key=lambda i: i.nlevels)
        frame = pd.DataFrame(
            {name: _align.broadcast(values, index, name) for name, values in chosen.items()}
        )
        source = ", ".join(f"{name} of {holder}" for name, (_, holder) in found.items())
        return Found(frame, self._at(source), frozenset(holder for _, holder in found.values()))

    def _of_rows(self, value: Any, source: str, holders: Iterable[str]) -> Found:
        return Found(self._cut(value), self._at(source), frozenset(holders))

    def _cut(self, value: Any) -> Any:
        """Keep the rows that count; note whether this chose any."""
        chosen = self.chosen
        rows = chosen.of_results if isinstance(value, Result) else chosen.rows
        if rows.met is None and rows.time is None:
            return value
        kept = rows.of(value)
        self.chose |= kept is not value
        return kept

    def _at(self, source: str) -> str:
        time = self.chosen.rows.time
        return source if time is None else f"{source} at {time}"
