"""Finds what a tool asks for, where there are names in place of Python objects.

A study file, a command line and a QGIS form hold names: of columns, of times,
of earlier steps. A workspace holds the panel, the areas and the results so far,
turns such names into a tool's arguments, and says where each came from, so that
a study can tell what a step depends on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spatialccd import _align, catalog
from spatialccd.errors import ParameterError, closest, did_you_mean, listed

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from spatialccd._result import Result

_ONE_COLUMN = frozenset(["Values", "UnitValues", "Groups"])
_SEVERAL_COLUMNS = frozenset(["Columns", "UnitColumns"])
_LAYER = frozenset(["Areas", "Places"])
#: Results of any class, or figures: taken as a mapping by name.
_SETS = frozenset(["Result", "Figure"])
#: A saved result, or a column of one: ``ccd.scc``, ``ccd.scc:D``.
_SAVED = re.compile(r"(?P<path>.+\.scc)(:(?P<column>.+))?", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Given:
    """The arguments found for a call, and the names of what they were taken from.

    Attributes
    ----------
    arguments : dict
        By parameter name; a tool's ``**named`` inputs stand among them.
    sources : dict of str to str
        By parameter name: what it was taken from, in words.
    holders : set of str
        "panel", "areas", and the steps and saved files that the arguments were taken from.
    """

    arguments: dict[str, Any]
    sources: dict[str, str]
    holders: set[str]


@dataclass(frozen=True)
class _Found:
    """One argument, and who held it."""

    value: Any
    source: str
    holders: frozenset[str]


@dataclass
class Workspace:
    """A panel, its areas, and the results so far by step name.

    Attributes
    ----------
    panel : DataFrame or None
        On (unit, time) or unit.
    areas : GeoDataFrame or None
        On unit, the units of the panel.
    drawn : GeoDataFrame or None
        The areas that maps draw, where these are more than `areas`: those
        without data too.
    results : dict of str to Result
        In the order they were made.
    folder : Path
        Where the paths of saved results begin.
    """

    panel: pd.DataFrame | None = None
    areas: gpd.GeoDataFrame | None = None
    drawn: gpd.GeoDataFrame | None = None
    results: dict[str, Result] = field(default_factory=dict)
    folder: Path = Path()
    _loaded: dict[str, Any] = field(default_factory=dict, init=False, repr=False)
    _made: dict[Result, pd.DataFrame] = field(default_factory=dict, init=False, repr=False)

    @property
    def times(self) -> list[Any]:
        """The times of the panel in order; none for a cross-section."""
        if self.panel is None or self.panel.index.nlevels == 1:
            return []
        return list(_align.canonical(self.panel.index.get_level_values(1).unique()))

    def give(self, tool: catalog.Tool, names: Mapping[str, Any], *, time: Any = None) -> Given:
        """Find the data arguments of `tool`.

        Parameters
        ----------
        tool : Tool
            From the catalog.
        names : mapping
            By parameter: the name of a column or step, the path of a saved result, or a list
            of these.
        time : scalar, optional
            The time to select; the last one by default, for a tool that takes
            one time, and all of them for a tool that takes a panel.

        Raises
        ------
        ParameterError
            Something has no such name, or nothing was named and no earlier
            step fits. All problems are in the one message.
        """
        if time is None and tool.on_one_time and self.times:
            time = self.times[-1]
        if time is not None and time not in self.times:
            raise ParameterError(f"time={time!r} is not in the panel; it has {listed(self.times)}")
        given = Given({}, {}, set())
        problems: list[str] = []
        for parameter in tool.data:
            try:
                found = self._find(tool, parameter, names.get(parameter.name), time)
            except ParameterError as error:
                problems.append(f"{parameter.name}: {error}")
                continue
            for name, one in found.items():
                given.arguments[name] = one.value
                given.sources[name] = one.source if time is None else f"{one.source} at {time}"
                given.holders.update(one.holders)
        if problems:
            raise ParameterError("; ".join(problems))
        return given

    def column(self, name: str) -> tuple[pd.Series, str]:
        """Find a column by name, and say who holds it.

        The panel comes first, then the results (the latest first), then the
        attributes of the areas. ``"step.column"`` names the step too, and
        ``"file.scc:column"`` a saved result.
        """
        saved = _SAVED.fullmatch(name)
        if saved and saved["column"]:
            return self._saved_column(saved["path"], saved["column"]), saved["path"]
        for source, frame in self._frames():
            if name in frame.columns:
                return frame[name], source
            step, _, column = name.partition(".")
            if step == source and column in frame.columns:
                return frame[column], source
        raise ParameterError(self._unknown([name]))

    def check_columns(self, names: Iterable[str]) -> None:
        """Raise ``ParameterError`` naming every column that nobody holds."""
        known = set(self.column_names())
        missing = [
            n
            for n in names
            if n not in known and n.partition(".")[0] not in self.results and not _SAVED.match(n)
        ]
        if missing:
            raise ParameterError(self._unknown(missing))

    def _unknown(self, names: list[str]) -> str:
        known = self.column_names()
        hints = [did_you_mean(name, known) for name in names]
        said = [f"no column is called {n!r}{hint}" for n, hint in zip(names, hints, strict=True)]
        return "; ".join(said) + ("" if all(hints) else f"; there are {listed(known)}")

    def column_names(self) -> list[str]:
        """List every column that can be named."""
        return list(dict.fromkeys(str(c) for _, frame in self._frames() for c in frame.columns))

    def _frames(self) -> Iterable[tuple[str, pd.DataFrame]]:
        if self.panel is not None:
            yield "panel", self.panel
        for step, result in reversed(self.results.items()):
            frame = self._frame(result)
            if self._is_on_rows(frame):
                yield step, frame
        if self.areas is not None:
            yield "areas", self.areas.drop(columns=self.areas.geometry.name)

    def _frame(self, result: Result) -> pd.DataFrame:
        """Give the frame of a result, made once: results are frozen, so it stays true."""
        if result not in self._made:
            self._made[result] = result.to_frame()
        return self._made[result]

    def _is_on_rows(self, frame: pd.DataFrame) -> bool:
        """Whether a result has one row a unit, or one a row of the panel."""
        rows = [self.panel.index] if self.panel is not None else []
        if self.areas is not None:
            rows.append(self.areas.index)
        return any(
            frame.index.nlevels == index.nlevels
            and len(frame) == len(index)
            and frame.index.isin(index).all()
            for index in rows
        )

    def _find(
        self, tool: catalog.Tool, parameter: catalog.Parameter, named: Any, time: Any
    ) -> dict[str, _Found]:
        """Give what one parameter takes, by argument name."""
        types = set(parameter.types)
        if "Graph" in types:
            types |= {"Neighbors"}
        if parameter.many:
            return self._many(tool, types, named, time)
        if types & _LAYER:
            return self._layer(tool, parameter, named)
        if "Graph" in types:
            first = next(p for p in tool.data if "Graph" in p.types)
            if named is None and parameter is not first and not parameter.required:
                return {}  # the latest step is the first graph's; a second one is named or none
            return self._graph(tool, parameter, named)
        if named is None:
            return self._default(parameter, types)
        names = [named] if isinstance(named, str) else [str(name) for name in named]
        if types & _SETS:
            return {parameter.name: self._set(tool, types, names, time)}
        alone = len(names) == 1 and (names[0] in self.results or _is_file(names[0]))
        if types & _SEVERAL_COLUMNS and not alone:
            return {parameter.name: self._columns(names, time)}
        if len(names) > 1:
            raise ParameterError(f"it takes one, not {listed(names)}")
        return {parameter.name: self._input(tool, names[0], types, time)}

    def _many(
        self, tool: catalog.Tool, types: set[str], named: Any, time: Any
    ) -> dict[str, _Found]:
        """Give any number of inputs, each under its name: that of a file without its suffix."""
        found: dict[str, _Found] = {}
        taken = {p.name for p in tool.parameters}
        given = self._fitting(types) if named is None else named
        for name in [given] if isinstance(given, str) else given:
            own = Path(name).stem if _is_file(name) else name
            if own in found or (own in taken and _is_file(name)):
                raise ParameterError(f"{name} cannot be called {own!r} here too; rename the file")
            found[own] = self._input(tool, name, types, time)
        return found

    def _set(self, tool: catalog.Tool, types: set[str], names: list[str], time: Any) -> _Found:
        """Give a mapping of results by name; columns of the table stand in it as one."""
        results = [name for name in names if name in self.results or _is_file(name)]
        parts = self._many(tool, types, results, time)
        columns = [name for name in names if name not in results]
        if columns:
            parts["panel"] = self._columns(columns, time)
        return _Found(
            {name: part.value for name, part in parts.items()},
            ", ".join(part.source for part in parts.values()),
            frozenset(holder for part in parts.values() for holder in part.holders),
        )

    def _layer(
        self, tool: catalog.Tool, parameter: catalog.Parameter, named: Any
    ) -> dict[str, _Found]:
        """Give the areas; to a parameter that can do without, only when ``"areas"`` is named."""
        if not parameter.required and named is None:
            return {}
        if named not in (None, "areas"):
            raise ParameterError(f"the one layer is called 'areas', not {named!r}")
        draws = tool.station == "report" and self.drawn is not None
        layer = self.drawn if draws else self.areas
        if layer is None:
            raise ParameterError("there are no areas; name a layer")
        return {parameter.name: _Found(layer, "areas", frozenset(["areas"]))}

    def _graph(
        self, tool: catalog.Tool, parameter: catalog.Parameter, named: Any
    ) -> dict[str, _Found]:
        """Give the step of that name, or the latest, that says who is whose neighbor."""
        if named is not None and _is_file(named):
            return {parameter.name: self._file(tool, named, {"Neighbors"})}
        fitting = self._fitting({"Neighbors"})
        if named is None or not fitting:
            return self._default(parameter, {"Neighbors"})
        if named not in fitting:
            near = closest(named, fitting)
            hint = f"did you mean {near!r}?" if near else f"there are {listed(fitting)}"
            raise ParameterError(f"no step called {named!r} gives neighbors; {hint}")
        return {parameter.name: self._step(named)}

    def _default(self, parameter: catalog.Parameter, types: set[str]) -> dict[str, _Found]:
        """Give the latest step whose result is of a class the parameter takes."""
        fitting = self._fitting(types)
        if fitting:
            return {parameter.name: self._step(fitting[-1])}
        if parameter.required:
            raise ParameterError(f"name {_wanted(types)}")
        return {}

    def _fitting(self, types: set[str]) -> list[str]:
        return [name for name, result in self.results.items() if _is_one_of(result, types)]

    def _input(self, tool: catalog.Tool, name: str, types: set[str], time: Any) -> _Found:
        """Give the step or the file of that name where its class fits, else the column."""
        if _is_file(name):
            return self._file(tool, name, types)
        held = self.results.get(name)
        if held is not None and _is_one_of(held, types):
            return self._step(name)
        if not types & catalog.DATA:
            if held is not None:
                raise ParameterError(_unfit(f"the step {name!r}", held, tool, types))
            raise ParameterError(
                f"no step is called {name!r}{did_you_mean(name, self.results)}; "
                f"{tool.name} needs {_given_by(types)}"
            )
        values, holder = self.column(name)
        return _Found(self._at(values, time), f"{name} of {holder}", frozenset([holder]))

    def _file(self, tool: catalog.Tool, name: str, types: set[str]) -> _Found:
        """Give what a saved file holds, where its class fits."""
        held = self._load(name)
        if not _is_one_of(held, types) or not hasattr(held, "settings"):
            raise ParameterError(_unfit(f"the file {name}", held, tool, types))
        return _Found(held, name, frozenset([name]))

    def _saved_column(self, path: str, column: str) -> pd.Series:
        held = self._load(path)
        frame = held.to_frame() if hasattr(held, "to_frame") else held
        columns = getattr(frame, "columns", ())
        if column not in columns:
            raise ParameterError(
                f"{path} has no column {column!r}{did_you_mean(column, map(str, columns))}; "
                f"there are {listed(columns)}"
            )
        return frame[column]

    def _load(self, path: str) -> Any:
        """Read a saved file, once."""
        if path not in self._loaded:
            from spatialccd.saved.files import load

            self._loaded[path] = load(self.folder / path)
        return self._loaded[path]

    def _step(self, name: str) -> _Found:
        return _Found(self.results[name], name, frozenset([name]))

    def _columns(self, names: list[str], time: Any) -> _Found:
        """Put columns of several holders side by side, on the panel where one is."""
        import pandas as pd

        self.check_columns(names)
        found = {name: self.column(name) for name in names}
        index = max((values.index for values, _ in found.values()), key=lambda i: i.nlevels)
        frame = pd.DataFrame(
            {name: _align.broadcast(values, index, name) for name, (values, _) in found.items()}
        )
        source = ", ".join(f"{name} of {holder}" for name, (_, holder) in found.items())
        holders = frozenset(holder for _, holder in found.values())
        return _Found(self._at(frame, time), source, holders)

    def _at(self, values: Any, time: Any) -> Any:
        return values.xs(time, level=1) if time is not None and values.index.nlevels > 1 else values


def _is_one_of(result: Any, types: set[str]) -> bool:
    """Tell whether a result is of a class named, or of one that extends it."""
    return any(kind.__name__ in types for kind in type(result).__mro__)


def _is_file(name: Any) -> bool:
    """Whether a name is the path of a saved result, not a column of one."""
    found = _SAVED.fullmatch(str(name))
    return found is not None and not found["column"]


def _unfit(owner: str, held: Any, tool: catalog.Tool, types: set[str]) -> str:
    """Say what holds what, and what the tool needs."""
    kind = getattr(getattr(held, "settings", None), "tool", None) or type(held).__name__
    return f"{owner} holds what {kind} gives; {tool.name} needs {_given_by(types)}"


def _given_by(types: set[str]) -> str:
    """Name the tools whose results are of these types, and columns where these will do."""
    givers = [tool.name for tool in catalog.tools() if tool.returns in types]
    kinds = [f"what {' or '.join(givers)} gives"] if givers else []
    if types & _ONE_COLUMN:
        kinds.append("a column (of a saved file: NAME.scc:COLUMN)")
    elif types & _SEVERAL_COLUMNS:
        kinds.append("columns (of a saved file: NAME.scc:COLUMN)")
    return ", or ".join(kinds) or " or ".join(sorted(types))


def _wanted(types: set[str]) -> str:
    if types & _SEVERAL_COLUMNS:
        return "its columns"
    if types & _ONE_COLUMN:
        return "its column"
    return f"{_given_by(types)}: an earlier step, or a file that --out NAME.scc or save() wrote"
