"""One tool as a form asks for it: its columns and settings checked, run, and written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spatialccd import _forms, catalog
from spatialccd.errors import ParameterError
from spatialccd.report.words.names import file_names

if TYPE_CHECKING:
    from spatialccd.workspace import Workspace

_NUMBERS = frozenset(["Values", "UnitValues", "UnitColumns"])
_PERHAPS_NUMBERS = frozenset(["Columns"])
_LAYERED = frozenset(["Areas", "Places", "Graph"])


@dataclass(frozen=True)
class Step:
    """One call.

    Attributes
    ----------
    name : str
        What later steps know its result by.
    tool : Tool
        From the catalog.
    columns : mapping
        Names of columns and of earlier steps, by data parameter.
    settings : dict
        Checked, in their types.
    figure, layer : Path or None
        The picture to write; another layer to work on.
    level : mapping or None
        The level and correction that the columns were made at.
    """

    name: str
    tool: catalog.Tool
    columns: Mapping[str, Any]
    settings: Mapping[str, Any]
    figure: Path | None = None
    layer: Path | None = None
    level: Mapping[str, Any] | None = None

    @classmethod
    def read(cls, entry: Mapping[str, Any]) -> Step:
        """Read a step of a message.

        Raises
        ------
        ParameterError
            No such tool, or settings it does not take.
        """
        tool = catalog.tool(entry["tool"])
        figure, layer = (Path(entry[n]) if entry.get(n) else None for n in ("figure", "layer"))
        settings = checked(tool, entry.get("settings", {}))
        name = entry.get("name", tool.name)
        return cls(name, tool, entry.get("columns", {}), settings, figure, layer)

    def made_with(self, made: Mapping[str, Any]) -> Step:
        """Note how the layer of a map was made, so that its small print can tell."""
        level = made.get("level")
        return replace(self, level=level) if level else self

    def numeric(self) -> tuple[list[str], list[str]]:
        """List the columns that must be numbers, and those that are if they can be."""
        return self._named(_NUMBERS), self._named(_PERHAPS_NUMBERS)

    def check_geometry(self, space: Workspace) -> None:
        """Raise ``ParameterError`` where the tool needs to know where units are, and does not."""
        needs = any(p.required and _LAYERED & set(p.types) for p in self.tool.data)
        if needs and space.areas is None:
            raise ParameterError(
                f"{self.tool.name} needs to know where the units are; choose a layer with "
                "geometry, or a layer of boundaries beside the table"
            )

    def run(self, space: Workspace, time: Any, progress: Any) -> Any:
        """Call the tool on what a workspace holds, at one time where it takes one."""
        self.check_geometry(space)
        given = space.give(self.tool, self.columns, time=time)
        takes_progress = any(p.name == "progress" for p in self.tool.parameters)
        extra = {"progress": progress} if takes_progress else {}
        for value in given.arguments.values() if self.level else ():
            if hasattr(value, "attrs"):
                value.attrs["level"] = dict(self.level or {})
        return catalog.function(self.tool)(**given.arguments, **self.settings, **extra)

    def write(self, result: Any, space: Workspace, time: Any, folder: Path) -> dict[str, Any]:
        """Write a result: a picture, or the JSON file of a layer, and its single figures."""
        if hasattr(result, "save"):
            figure = self.figure or free(folder, self.name, ".png")
            result.save(figure)
            return {"figure": str(figure)}
        from spatialccd.qgis import exchange, single

        path = free(folder, self.name, ".json")
        first = result[0] if isinstance(result, tuple) else result
        exchange.write_result(first, space, time, path)
        return {"result": str(path), "single": single.values(first)}

    def _named(self, types: frozenset[str]) -> list[str]:
        """List the columns named for the parameters that take one of `types`."""
        found: list[str] = []
        for parameter in self.tool.data:
            if types & set(parameter.types) and parameter.name in self.columns:
                names = self.columns[parameter.name]
                found += [names] if isinstance(names, str) else names
        return found


def free(folder: Path, name: str, suffix: str) -> Path:
    """Give a file in the folder of a job, whatever the step is called, that is not there yet."""
    there = [path.stem for path in folder.iterdir() if path.suffix == suffix]
    *_, own = file_names([*there, f"{name}\0"]).values()
    return folder / f"{own}{suffix}"


def checked(tool: catalog.Tool, given: Mapping[str, Any]) -> dict[str, Any]:
    """Give settings in their types, checked by the form that study files use.

    Raises
    ------
    ParameterError
        The tool does not take them; all problems are in the one message.
    """
    known = {p.name: p for p in tool.settings}
    typed = {n: _typed(known[n], v) if n in known else v for n, v in given.items()}
    problems: list[str] = []
    found = _forms.check(_forms.form(tool.name, tool.settings), typed, tool.name, problems)
    if found is None:
        raise ParameterError("; ".join(problems))
    settings: dict[str, Any] = found.model_dump(exclude_unset=True)
    return settings


def _typed(parameter: catalog.Parameter, value: Any) -> Any:
    """Take apart what a line edit holds in one text: lists, tables and numbers."""
    if not isinstance(value, str):
        return value
    types = parameter.types
    if any(kind.startswith("table") for kind in types) and "=" in value:
        return _forms.table_of_line(parameter.name, value, plain="table of path" in types)
    listing = any(kind.startswith("list of") for kind in types)
    if listing and ("," in value or not {"text", "integer", "choice"} & set(types)):
        words = [word.strip() for word in value.split(",") if word.strip()]
        if "list of text" in types:
            return words
        return [_forms.number_or_word(word) for word in words]
    return int(value) if "integer" in types and value.lstrip("-").isdigit() else value
