"""A workspace: gives a call its arguments by the names of columns, steps and files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spatialccd import catalog
from spatialccd._rows import Condition
from spatialccd.errors import ParameterError, listed
from spatialccd.workspace.call import Call
from spatialccd.workspace.given import Found, Given, Part
from spatialccd.workspace.holdings import Holdings
from spatialccd.workspace.selection import Selection, select


class Workspace(Holdings):
    """A panel, its areas and the results so far, from which calls take their arguments."""

    def give(
        self,
        tool: catalog.Tool,
        names: Mapping[str, Any],
        *,
        time: Any = None,
        where: str | None = None,
        part: Part | None = None,
    ) -> Given:
        """Find the data arguments of `tool`.

        Parameters
        ----------
        tool : Tool
            From the catalog.
        names : mapping
            By parameter: the name of a column or step, the path of a saved result, or a list
            of these.
        time : scalar, optional
            The time to select. A tool that takes one time needs it, where what is
            named has several; a tool that takes a panel gets all of them.
        where : str, optional
            What rows must meet, such as ``"type == 'energy'"``; see
            ``spatialccd._rows.Condition``.
        part : Part, optional
            The group whose rows count. Results of the same group are taken before
            others, and never those of another.

        Raises
        ------
        ParameterError
            Something has no such name, or nothing was named and no earlier
            step fits; one time of several is needed; no row meets the condition, or
            there are no rows to choose. All problems are in the one message.
        """
        if time is not None and time not in self.times:
            raise ParameterError(f"time={time!r} is not in the panel; it has {listed(self.times)}")
        condition = None if where is None else Condition(where)
        chosen = select(self, condition, part, time)
        if tool.on_one_time and time is None and len(self.times) == 1:
            chosen = chosen.at(self.times[0])
        call = Call(self, tool, chosen, part)
        given = Given({}, {}, set(chosen.holders), chosen.words, chosen.rows.time)
        problems: list[str] = []
        undecided: list[str] = []
        for parameter in tool.data:
            try:
                found = call.find(parameter, names.get(parameter.name))
            except ParameterError as error:
                problems.append(f"{parameter.name}: {error}")
                continue
            if tool.on_one_time and _has_times(found):
                undecided.append(parameter.name)
            for name, one in found.items():
                given.arguments[name] = one.value
                given.sources[name] = one.source
                given.holders.update(one.holders)
        if undecided:
            problems.append(
                f"{tool.name} takes one time of {' and '.join(undecided)}, not all "
                f"{len(self.times)}: say time = {self.times[-1]}, or another of "
                f"{listed(self.times)} (on the command line --at-time {self.times[-1]})"
            )
        if not problems and chosen.is_asked and not call.chose:
            problems.append(_idle(chosen, tool))
        if problems:
            raise ParameterError("; ".join(problems))
        return given


def _has_times(found: Mapping[str, Found]) -> bool:
    """Tell whether an argument found is on (unit, time)."""
    indices = (getattr(one.value, "index", None) for one in found.values())
    return any(index is not None and index.nlevels > 1 for index in indices)


def _idle(chosen: Selection, tool: catalog.Tool) -> str:
    """Say that what was asked for would have no effect: a setting is never ignored."""
    return (
        f"{chosen.asked} has nothing to choose from: what {tool.name} is given here is a result "
        "that is taken as it is, or has no times; leave it out, or choose rows in the step that "
        "makes the result"
    )
