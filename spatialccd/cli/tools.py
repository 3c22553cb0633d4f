"""Makes the command of one tool from its catalog entry, and runs it.

What a Python caller passes as objects, the command line takes from a table
(``--data``), a layer (``--layer``), the names of columns, and results that an
earlier call saved (``--out NAME.scc``). Settings are typed
as they are in a study file and are checked by the same form.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from fnmatch import fnmatch
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape  # formulas have square brackets, which rich takes for its own

from spatialccd import catalog
from spatialccd.cli.once import OnceTyper
from spatialccd.cli.saying import say
from spatialccd.errors import ParameterError
from spatialccd.report.paper.formats import SUFFIXES

_INPUT = "Input"
_LAYERS = frozenset(["Areas", "Places", "Graph"])
_GRAPH = "graph_"
_LAYER = "layer_"
_TABLE = "data_"
#: Settings of ``read_panel`` that have an option of their own among the inputs.
_NAMED = {"path": "data", "unit": "unit_column", "time": "time_column"}


def command(tool: catalog.Tool) -> Any:
    """Give the command of a tool, in the form that a typer group holds."""
    return _made(tool.name, f"{tool.title}\n\n{tool.help}".strip(), _callback(tool))


def listing(tool: catalog.Tool) -> Any:
    """Give what a list of commands shows of a tool: making all its options takes too long."""
    return _made(tool.name, tool.title, lambda: None)


def _made(name: str, text: str, callback: Callable[..., None]) -> Any:
    app = OnceTyper(add_completion=False, pretty_exceptions_enable=False)
    app.command(name, help=escape(text))(callback)
    return typer.main.get_command(app)


def _callback(tool: catalog.Tool) -> Callable[..., None]:
    """Give a function whose signature is the tool's, in the words of a command line."""

    def call(**given: Any) -> None:
        _run(tool, {name: value for name, value in given.items() if value is not None})

    parameters = list(_options(tool))
    call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined] # typer reads it
    call.__annotations__ = {p.name: p.annotation for p in parameters}
    return call


def _options(tool: catalog.Tool) -> Iterator[inspect.Parameter]:
    kinds = {name for parameter in tool.data for name in parameter.types}
    if tool.data:
        yield _option("data", "FILE", "Table with a row for each unit, or unit and time.", _INPUT)
        yield _option(
            "unit_column", "COLUMN", "Column of the table with the unit's code or name.", _INPUT
        )
        yield _option("time_column", "COLUMN", "Column of the table with the year.", _INPUT)
        yield _option("at_time", "YEAR", "The one time to use.", _INPUT)
        rows = "Which rows count, such as \"type == 'energy' and gdp >= 100\"."
        yield _option("where", "CONDITION", rows, _INPUT)
    if kinds & _LAYERS:
        yield _option("layer", "NAME|FILE", "Boundaries: bundled, or a file.", _INPUT)
        for parameter in _reading():
            yield _setting(parameter, _LAYER + parameter.name, panel="Layer")
    for parameter in tool.data:
        if not set(parameter.types) & {"Areas", "Places"}:
            yield _option(parameter.name, _metavar(parameter), parameter.help, _INPUT)
        elif _is_asked_for(tool, parameter):
            yield _option(parameter.name, "areas", parameter.help, _INPUT)
    for parameter in tool.settings:
        yield _setting(parameter, parameter.name)
    if tool.data:
        for parameter in catalog.tool("read_panel").settings:
            if parameter.name not in _NAMED:
                yield _setting(parameter, _TABLE + parameter.name, panel="Table")
    if "Graph" in kinds:
        for parameter in catalog.tool("neighbors").settings:
            yield _setting(parameter, _GRAPH + parameter.name, panel="Neighbors")
    if tool.returns not in ("Path", "str"):  # else it writes a file of its own, or a table
        formats = ", ".join(suffix[1:] for suffix in _suffixes(tool))
        text = f"Where to write the result ({formats}); scc is what other tools go on from."
        yield _option("out", "FILE", text, "Output")


def _is_asked_for(tool: catalog.Tool, parameter: catalog.Parameter) -> bool:
    """Whether the layer serves a parameter only when the line says so (``--places areas``)."""
    others = [p for p in tool.data if not set(p.types) & {"Areas", "Places"}]
    return not parameter.required and bool(others) and parameter.name != "overlay"


def _suffixes(tool: catalog.Tool) -> tuple[str, ...]:
    """List the kinds of files that a tool's result is written to."""
    tables = (".csv", ".xlsx", ".docx", ".tex", ".parquet")
    return (*(SUFFIXES if tool.returns in ("Figure", "Map") else tables), ".scc")


def _metavar(parameter: catalog.Parameter) -> str:
    """Say what an input is named by: columns, files of saved results, or either."""
    kinds = set(parameter.types)
    words = ["COLUMN"] if kinds & catalog.DATA - {"Graph"} else []
    words += ["FILE.scc"] if kinds - catalog.DATA or "Graph" in kinds else []
    return "|".join(words) + (",..." if _takes_several(parameter) else "")


def _reading() -> list[catalog.Parameter]:
    """Give how a layer can be read; ``--layer`` itself names it."""
    return [p for p in catalog.tool("read_boundaries").settings if p.name != "source"]


def _setting(parameter: catalog.Parameter, name: str, panel: str = "Settings") -> inspect.Parameter:
    words = [str(word) for word in parameter.choices]
    others = [kind for kind in parameter.types if kind != "choice"]
    metavar = "|".join([*words, *(kind.upper().replace("LIST OF ", "") for kind in others)])
    if any(kind.startswith("list of") for kind in parameter.types):
        metavar += ",..."
    if any(kind.startswith("table") for kind in parameter.types):
        metavar = "KEY=VALUE,..."
    default = "" if parameter.default is None else f" [default: {parameter.default}]"
    return _option(name, metavar, parameter.help + default, panel)


def _option(name: str, metavar: str, text: str, panel: str) -> inspect.Parameter:
    """Declare one option; every one is text here, and its form gives it its type."""
    option = typer.Option(
        "--" + name.replace("_", "-"), metavar=metavar, help=escape(text), rich_help_panel=panel
    )
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[str | None, option],
    )


def _run(tool: catalog.Tool, given: dict[str, str]) -> None:
    out = _target(tool, given.pop("out")) if "out" in given else None
    writes = out is None and tool.returns in ("Path", "str") and "path" in given
    _spare_inputs(Path(given["path"]) if writes else out, given)
    settings = _checked(tool, given)
    if tool.data:
        from spatialccd.workspace import Workspace

        space = Workspace()
        _load(space, tool, given)
        names = {p.name: _names(p, given[p.name]) for p in tool.data if p.name in given}
        if "layer" in given and all({"Areas", "Places"} & set(p.types) for p in tool.data):
            names |= {p.name: "areas" for p in tool.data}  # a layer is all it can be for
        found = space.give(tool, names, time=_at(given, space.times), where=given.get("where"))
        arguments = found.arguments
        if found.rows:
            say(found.rows)
    else:
        arguments = {}
    result = catalog.function(tool)(**arguments, **settings)
    _show(result)
    if out is not None:
        _write(tool, result, out)


def _target(tool: catalog.Tool, text: str) -> Path:
    """Check where to write before anything is computed."""
    out = Path(text).expanduser()
    if out.suffix.lower() not in _suffixes(tool):
        kinds = [suffix[1:] for suffix in _suffixes(tool)]
        raise ParameterError(
            f"cannot write {out.suffix or 'a file without suffix'}; "
            f"use {', '.join(kinds[:-1])} or {kinds[-1]}"
        )
    return out


def _spare_inputs(target: Path | None, given: Mapping[str, str]) -> None:
    """Raise ``ParameterError`` where what is written would replace what is read."""
    if target is None:
        return
    place = target.expanduser().resolve()
    for name, text in given.items():
        words = [text, *re.split(r"[,=]", text)]
        if name != "path" and any(_is_read(Path(word).expanduser(), place) for word in words):
            raise ParameterError(
                f"{target} is read as --{name.replace('_', '-')}, and would be replaced by "
                "the result; write to another file"
            )


def _is_read(source: Path, place: Path) -> bool:
    """Say whether a file is one of those that a path or a pattern stands for, or goes with one."""
    with suppress(OSError, ValueError):  # a word that is no path
        if source.resolve() == place:
            return True
        if source.is_dir():
            return place.is_relative_to(source.resolve()) and place.exists()
        return place.parent == source.parent.resolve() and fnmatch(place.name, source.name)
    return False


def _names(parameter: catalog.Parameter, text: str) -> str | list[str]:
    return text.split(",") if _takes_several(parameter) else text


def _takes_several(parameter: catalog.Parameter) -> bool:
    several = {"Columns", "UnitColumns", "Result", "Figure"}
    return bool(parameter.many or several & set(parameter.types))


def _at(given: dict[str, str], times: list[Any]) -> Any:
    """Give the time named, in the type that the panel holds."""
    if "at_time" not in given:
        return None
    known = {str(time): time for time in times}
    return known.get(given["at_time"], given["at_time"])


def _checked(tool: catalog.Tool, given: dict[str, str], prefix: str = "") -> dict[str, Any]:
    """Give the settings in their types, checked by the form that study files use."""
    from spatialccd import _forms  # pydantic: not needed to print a help page

    typed = {
        p.name: _typed(p, given[prefix + p.name]) for p in tool.settings if prefix + p.name in given
    }
    problems: list[str] = []
    form = _forms.form(tool.name, tool.settings)
    checked = _forms.check(form, typed, tool.name, problems)
    if checked is None:
        raise ParameterError("; ".join(problems))
    settings: dict[str, Any] = checked.model_dump(exclude_unset=True)
    return settings


def _typed(parameter: catalog.Parameter, text: str) -> Any:
    """Split what the line holds in one word: a,b into a list and k=v,k=v into a table."""
    if any(kind.startswith("table") for kind in parameter.types) and re.match(r"[^/:]+=", text):
        from spatialccd._forms import table_of_line

        plain = "table of path" in parameter.types
        return table_of_line(parameter.name, text, plain=plain)
    # A file's name may hold commas; a pattern (data/*.csv) stands for several.
    is_list = any(kind.startswith("list of") for kind in parameter.types) and (
        "path" not in parameter.types
    )
    if is_list and ("," in text or len(parameter.types) == 1):
        return text.split(",")
    return text


def _load(space: Any, tool: catalog.Tool, given: dict[str, str]) -> None:
    """Read the table and the layer, join them, and find the neighbors that the tool needs."""
    from spatialccd import join, neighbors, read_boundaries, read_panel

    if "data" in given:
        named = {_TABLE + own: given[name] for own, name in _NAMED.items() if name in given}
        across = given.get(_TABLE + "layout") == "wide" and "time_column" in given
        if "unit_column" not in given and not across:
            raise ParameterError("name the table's column of units with --unit-column")
        settings = _checked(catalog.tool("read_panel"), {**given, **named}, prefix=_TABLE)
        space.panel = read_panel(**settings)
    if "layer" in given:
        named = {**given, _LAYER + "source": given["layer"]}
        space.areas = read_boundaries(**_checked(catalog.tool("read_boundaries"), named, _LAYER))
    if space.panel is not None and space.areas is not None and tool.name != "join":
        joined = join(space.panel, space.areas)
        space.panel, space.areas = joined.panel, joined.areas
    graphs = [p.name for p in tool.data if "Graph" in p.types and p.name not in given]
    if graphs and space.areas is not None:
        settings = _checked(catalog.tool("neighbors"), given, prefix=_GRAPH)
        space.results["neighbors"] = neighbors(space.areas, **settings)


def _show(result: Any) -> None:
    """Print what a reader checks first."""
    report = getattr(result, "report", result)
    summary = getattr(report, "summary", None)
    say(summary() if callable(summary) else str(report))


def _write(tool: catalog.Tool, result: Any, out: Path) -> None:
    """Write a result by the suffix: whole, as a picture, or as a table."""
    from spatialccd import save, write_tables
    from spatialccd._files import replacing
    from spatialccd.report.tables.separated import write_csv

    suffix = out.suffix.lower()
    if suffix == ".scc":
        save(result, out)
        return
    if hasattr(result, "save"):
        result.save(out)
        return
    first = result[0] if isinstance(result, tuple) else result
    frame = first.to_frame() if hasattr(first, "to_frame") else first
    if suffix in (".xlsx", ".docx", ".tex"):
        write_tables({tool.name: frame}, out)
        return
    with replacing(out) as path:
        if suffix == ".csv":
            marked = write_csv(frame, path)
            if marked:
                say(
                    f"note: {marked} texts that a spreadsheet would calculate begin with ' in {out}"
                )
        else:
            frame.to_parquet(path)
