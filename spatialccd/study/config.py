"""Reads study.toml and checks it against the catalog, before anything runs."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import GenericAlias
from typing import Any, Literal

from pydantic import BaseModel, Field

from spatialccd import _forms, catalog
from spatialccd.data.blank import Blank
from spatialccd.errors import ParameterError, StudyError, closest, listed
from spatialccd.report.paper.formats import Format
from spatialccd.report.words.labels import Labels, read_labels
from spatialccd.workspace import Part

#: Tables that are the ground of every study; all others are named after tools.
_GROUND = {
    "study": None,
    "labels": None,
    "panel": "read_panel",
    "fill_missing": "fill_missing",
    "areas": "read_boundaries",
    "join": "join",
    "systems": None,
    "outputs": None,
}
#: Tools that no table is named after: [panel] and [areas] read, [outputs] writes.
_HIDDEN = frozenset(
    [
        "read_panel",
        "read_boundaries",
        "write_neighbors",
        "write_tables",
        "write_page",
        "write_geopackage",
        "write_layer",
    ]
)


_MOST_BYTES = 2**20
#: What inputs and the joining of them are called among the results.
_TAKEN = ("panel", "areas", "join", "fill_missing")

#: What tables of the ground hold beside the settings of their tools.
_OWN: dict[str, dict[str, Any]] = {
    "panel": {"where": (str, None), "complete": (str | list[str], None)},
    "areas": {"project": (bool, False)},
}


class StudyTable(BaseModel):
    """The table ``[study]``; ``place`` is what the units are of, for captions."""

    model_config = _forms.STRICT
    title: str = Field(min_length=1)
    seed: int = 0
    language: Literal["en", "zh"] = "en"
    notes: str = ""
    place: str = ""


class Outputs(BaseModel):
    """The table ``[outputs]``: which files are written, and which areas maps draw.

    Of the areas without data, maps, page and layer draw those that would leave a hole,
    and of a layer of China's provinces all; ``areas = "all"`` draws every one of the
    layer, ``areas = "joined"`` none. ``groups = "region"`` names the column whose groups
    tables give means of.
    """

    model_config = _forms.STRICT
    tables: list[Literal["xlsx", "docx", "tex"]] = ["xlsx", "docx", "tex"]
    figures: list[Format] = ["png"]
    page: bool = True
    geopackage: bool = True
    areas: Blank = "auto"
    groups: str | None = None


@dataclass(frozen=True)
class Step:
    """One call of a tool that the study asks for.

    Attributes
    ----------
    name : str
        The tool's name, or the ``name`` given, with its time when one of several.
    tool : Tool
        From the catalog.
    inputs : dict
        Names of columns and steps, by data parameter.
    settings : dict
        Keyword settings.
    time : object
        The time to select, or None.
    where : str or None
        What rows must meet.
    for_each : tuple of str
        Columns of groups: the step is run for each by itself.
    part : Part or None
        The group, of a step that is run for one.
    """

    name: str
    tool: catalog.Tool
    inputs: dict[str, Any]
    settings: dict[str, Any]
    time: Any = None
    where: str | None = None
    for_each: tuple[str, ...] = ()
    part: Part | None = None


@dataclass(frozen=True)
class Study:
    """A checked study file.

    Attributes
    ----------
    path : Path
        The file; paths in it are relative to its folder.
    about : StudyTable
        Title, seed, language.
    ground : dict
        Settings of ``read_panel``, ``read_boundaries`` and ``join``.
    steps : tuple of Step
        In the order of a study, whatever the order in the file.
    outputs : Outputs
        What to write.
    labels : mapping of str to Label
        What variables are called.
    """

    path: Path
    about: StudyTable
    ground: dict[str, dict[str, Any]]
    steps: tuple[Step, ...]
    outputs: Outputs
    labels: Labels


def read_study(path: Path) -> Study:
    """Read and check a study file.

    Raises
    ------
    StudyError
        The file is missing or is not TOML, or a table or key is unknown,
        missing or of the wrong type. All problems are in the one message.
    """
    tables = _read_toml(path)
    problems: list[str] = []
    if "source" in _mapping(tables.get("panel")) and "path" not in tables["panel"]:
        tables["panel"]["path"] = tables["panel"].pop("source")  # as [areas] calls it
    for name in tables:
        if name not in _table_names():
            near = closest(name, _table_names())
            hint = f"; did you mean [{near}]?" if near else ""
            problems.append(f"[{name}] is neither a table of a study nor a tool{hint}")
    for name in ("study", "panel"):
        if name not in tables:
            problems.append(f"the table [{name}] is missing")

    about = _forms.check(StudyTable, tables.get("study", {}), "study", problems)
    outputs = _forms.check(Outputs, tables.get("outputs", {}), "outputs", problems)
    labels = _read_labels(tables.get("labels"), problems)
    ground = {
        table: _check_ground(table, tool, tables[table], problems)
        for table, tool in _GROUND.items()
        if tool is not None and table in tables
    }
    if "systems" in tables:
        tables = _with_systems(tables, _check_systems(tables["systems"], problems))
    steps = tuple(_steps(tables, problems))
    names = [step.name for step in steps]
    for step in steps:
        if not step.name.strip() or step.name in _TAKEN or step.name.lower().endswith(".scc"):
            problems.append(
                f"[{step.tool.name}] name = {step.name!r}: a name is a word of your own, not "
                f"{listed(_TAKEN)} or a file"
            )
    for name in sorted({name for name in names if names.count(name) > 1}):
        problems.append(f"several steps are called {name!r}; give each its own name = ...")
    if problems or about is None or outputs is None:
        raise StudyError(f"{path.name}: {'; '.join(problems)}")
    return Study(path, about, ground, steps, outputs, labels)


def _read_toml(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise StudyError(f"no study file at {path}; give the path of a study.toml")
    if path.stat().st_size > _MOST_BYTES:
        raise StudyError(
            f"{path.name} has {path.stat().st_size:,} bytes, and a study file is a page or two; "
            "put data into files and name those"
        )
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise StudyError(f"{path.name} is not UTF-8 text; save it as UTF-8 ({error})") from error
    except tomllib.TOMLDecodeError as error:
        raise StudyError(f"{path.name} is not TOML: {error}") from error
    except RecursionError:
        raise StudyError(f"{path.name} is nested too deep to be a study") from None


@cache
def _table_names() -> tuple[str, ...]:
    return (*_GROUND, *(name for name in _tool_names() if name not in _GROUND))


@cache
def _tool_names() -> tuple[str, ...]:
    return tuple(tool.name for tool in catalog.tools() if tool.name not in _HIDDEN)


def _check_ground(table: str, tool_name: str, given: Any, problems: list[str]) -> dict[str, Any]:
    """Check [panel], [areas] or [join], whose keys are settings and no names of data.

    ``[areas] project = true`` puts the joined areas on the equal-area plane that
    suits their extent, for tools that need meters. ``[panel] where`` keeps the rows
    that meet a condition, and ``complete`` the units that lack no value of some columns.
    """
    checked = _forms.check(ground_form(table, tool_name), given, table, problems)
    return checked.model_dump(exclude_unset=True) if checked else {}


def _read_labels(given: Any, problems: list[str]) -> Labels:
    try:
        return read_labels(given)
    except ParameterError as error:
        problems.append(f"[labels] {str(error).removeprefix('labels: ')}")
        return {}


def ground_form(table: str, tool_name: str) -> type[BaseModel]:
    """Give the form of a table of the ground: the settings of its tool, and keys of its own."""
    return _forms.form(table, catalog.tool(tool_name).settings, **_OWN.get(table, {}))


def ground_tools() -> dict[str, catalog.Tool]:
    """Give the tool of each table of the ground that has one."""
    return {table: catalog.tool(name) for table, name in _GROUND.items() if name is not None}


def step_tools() -> list[catalog.Tool]:
    """List the tools that tables are named after, in the order of a study."""
    return [t for t in catalog.tools() if t.name in _tool_names() and t.name not in _GROUND]


def direction_words() -> tuple[Any, ...]:
    """Give the words that [systems] takes for an indicator."""
    index = catalog.tool("composite_index")
    (words,) = (p.choices for p in index.settings if p.name == "directions")
    return words


def _check_systems(given: Any, problems: list[str]) -> dict[str, dict[str, str]]:
    directions = (GenericAlias(dict, (str, Literal.__getitem__(direction_words()))), ...)
    form = _forms.form("systems", (), **dict.fromkeys(_mapping(given), directions))
    checked = _forms.check(form, given, "systems", problems)
    if checked and given and len(given) < 2:
        problems.append("[systems] holds one subsystem; coupling needs two or more")
    return checked.model_dump() if checked else {}


def _with_systems(tables: dict[str, Any], systems: dict[str, dict[str, str]]) -> dict[str, Any]:
    """Write [systems] out as one composite index a subsystem, and their coupling."""
    common = _mapping(tables.get("composite_index", {}))
    indexes = [
        {"name": name, "panel": list(directions), "directions": directions, **common}
        for name, directions in systems.items()
    ]
    coupling = {"named": list(systems), **_mapping(tables.get("coupling_coordination", {}))}
    return {**tables, "composite_index": indexes, "coupling_coordination": coupling}


def _steps(tables: dict[str, Any], problems: list[str]) -> Iterator[Step]:
    """Yield the calls that the tables named after tools ask for."""
    for tool in step_tools():
        if tool.name in tables:
            given = tables[tool.name]
            several = given if isinstance(given, list) else [given]
            for one in several:
                yield from _tool_steps(tool, one, problems)


def _tool_steps(tool: catalog.Tool, given: Any, problems: list[str]) -> Iterator[Step]:
    checked = _forms.check(_forms.tool_form(tool), given, tool.name, problems)
    if checked is None:
        return
    values = checked.model_dump(exclude_unset=True)
    name = values.pop("name", tool.name)
    own_time = any(p.name == "time" for p in tool.parameters)
    time = None if own_time else values.pop("time", None)
    where, for_each = values.pop("where", None), values.pop("for_each", ())
    chosen = {
        "where": where,
        "for_each": (for_each,) if isinstance(for_each, str) else (*for_each,),
    }
    data = {p.name for p in tool.data}
    inputs = {key: value for key, value in values.items() if key in data}
    settings = {key: value for key, value in values.items() if key not in data}
    if isinstance(time, list):
        for one in time:
            yield Step(f"{name} {one}", tool, inputs, settings, one, **chosen)
    else:
        yield Step(name, tool, inputs, settings, time, **chosen)


def _mapping(given: Any) -> dict[str, Any]:
    return given if isinstance(given, dict) else {}
