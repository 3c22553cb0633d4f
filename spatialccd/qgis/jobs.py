"""Does what a message asks for: one tool on layers, or one study.

A message holds names and words; the workspace and the forms of the command
line and of study files turn them into arguments, so the three doors agree.
"""

from __future__ import annotations

import html
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from spatialccd import _forms, catalog
from spatialccd.errors import ParameterError, SpatialCCDWarning

if TYPE_CHECKING:
    from spatialccd.workspace import Workspace

_NUMBERS = frozenset(["Values", "UnitValues", "UnitColumns"])


class Tell(Protocol):
    """Where a job says how it goes; ``progress`` raises ``Cancelled`` to stop it."""

    def progress(self, done: int, total: int) -> None:
        """Tell that `done` of `total` parts are finished."""

    def log(self, level: str, text: str) -> None:
        """Tell something in words."""


def run_tool(message: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    """Run a tool on the layers a message names.

    Parameters
    ----------
    message : mapping
        ``tool``; ``input`` and perhaps ``boundaries``, paths of exchange files;
        ``columns`` by data parameter; ``settings``; ``graph``, the settings of
        ``neighbors``; ``time``; ``folder`` to write to.
    tell : Tell
        Told of progress and of warnings.

    Returns
    -------
    dict
        ``summary``, ``html``, and either ``result`` (the JSON file of columns)
        or ``figure`` (a picture).
    """
    tool = catalog.tool(message["tool"])
    folder = Path(message["folder"])
    settings = _settings(tool, message.get("settings", {}))
    graph = _settings(catalog.tool("neighbors"), message.get("graph", {}))
    with _told(tell) as notes:
        from spatialccd.qgis import exchange  # pandas and GDAL: seconds, so not before the hello
        from spatialccd.workspace import Workspace

        space = Workspace()
        rows = exchange.read_rows(Path(message["input"]))
        columns = message.get("columns", {})
        exchange.take_numbers(
            rows, _named(tool, columns, _NUMBERS), _named(tool, columns, frozenset(["Columns"]))
        )
        boundaries = message.get("boundaries")
        if tool.name == "join":
            result = _join(space, rows, boundaries, settings)
        else:
            exchange.place(space, rows, Path(boundaries) if boundaries else None)
            _check_geometry(tool, space)
            time = _time(message.get("time"), space.times)
            result = _call(tool, space, columns, settings, graph, time, tell)
    out = _written(tool, result, space, message, folder)
    return {**out, "summary": summary(result), "html": page(tool.name, result, notes)}


def run_study(message: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    """Run the study file at ``study`` into the folder ``out``."""
    from spatialccd.study import run_study as run

    study, out = Path(message["study"]), Path(message["out"])
    manifest = run(study, out, force=bool(message.get("force")), watch=_Watch(tell))
    for note in manifest["warnings"]:
        tell.log("warning", f"[{note['step']}] {note['message']}")
    files = [str(out / name) for name in manifest["outputs"]]
    text = f"{manifest['title']}: {len(files)} files in {out}"
    return {"files": files, "summary": text, "html": f"<p>{html.escape(text)}</p>"}


def _call(
    tool: catalog.Tool,
    space: Workspace,
    columns: Mapping[str, Any],
    settings: Mapping[str, Any],
    graph: Mapping[str, Any],
    time: Any,
    tell: Tell,
) -> Any:
    from spatialccd import neighbors

    if any("Graph" in p.types for p in tool.data):
        space.results["neighbors"] = neighbors(space.areas, **graph)
    given = space.give(tool, columns, time=time)
    takes_progress = any(p.name == "progress" for p in tool.parameters)
    progress = {"progress": tell.progress} if takes_progress else {}
    return catalog.function(tool)(**given.arguments, **settings, **progress)


def _named(tool: catalog.Tool, columns: Mapping[str, Any], types: frozenset[str]) -> list[str]:
    """List the columns named for the parameters that take one of `types`."""
    found: list[str] = []
    for parameter in tool.data:
        if types & set(parameter.types) and parameter.name in columns:
            names = columns[parameter.name]
            found += [names] if isinstance(names, str) else names
    return found


def _join(space: Workspace, rows: Any, boundaries: Any, settings: Mapping[str, Any]) -> Any:
    """Match a table to boundaries: here the two are the tool's data, not its ground."""
    from spatialccd import join
    from spatialccd.qgis import exchange

    if not boundaries:
        raise ParameterError("join needs a layer of boundaries beside the table; choose one")
    exchange.place(space, rows, None)
    joined = join(space.panel, exchange.read_rows(Path(boundaries)), **settings)
    space.panel, space.areas = joined.panel, joined.areas
    return joined


def _settings(tool: catalog.Tool, given: Mapping[str, Any]) -> dict[str, Any]:
    """Give settings in their types, checked by the form that study files use."""
    known = {p.name: p for p in tool.settings}
    typed = {n: _typed(known[n], v) if n in known else v for n, v in given.items()}
    problems: list[str] = []
    checked = _forms.check(_forms.form(tool.name, tool.settings), typed, tool.name, problems)
    if checked is None:
        raise ParameterError("; ".join(problems))
    settings: dict[str, Any] = checked.model_dump(exclude_unset=True)
    return settings


def _typed(parameter: catalog.Parameter, value: Any) -> Any:
    """Take apart what a line edit holds in one text: lists, tables and numbers."""
    if not isinstance(value, str):
        return value
    types = parameter.types
    if "table" in types and "=" in value:
        pairs = (item.split("=", 1) for item in value.split(","))
        return {name.strip(): _number(word.strip()) for name, word in pairs}
    listing = any(kind.startswith("list of") for kind in types)
    if listing and ("," in value or not {"text", "integer", "choice"} & set(types)):
        words = [word.strip() for word in value.split(",") if word.strip()]
        return [_number(word) for word in words] if "list of text" not in types else words
    return int(value) if "integer" in types and value.lstrip("-").isdigit() else value


def _number(word: str) -> Any:
    try:
        return int(word) if word.lstrip("-").isdigit() else float(word)
    except ValueError:
        return word


def _time(wanted: Any, times: list[Any]) -> Any:
    """Give the time named, in the type that the panel holds."""
    if wanted in (None, ""):
        return None
    return {str(time): time for time in times}.get(str(wanted), wanted)


def _check_geometry(tool: catalog.Tool, space: Workspace) -> None:
    layered = {"Areas", "Places", "Graph"}
    needs = any(p.required and layered & set(p.types) for p in tool.data)
    if needs and space.areas is None:
        raise ParameterError(
            f"{tool.name} needs to know where the units are; choose a layer with geometry, "
            "or a layer of boundaries beside the table"
        )


def _written(
    tool: catalog.Tool, result: Any, space: Workspace, message: Mapping[str, Any], folder: Path
) -> dict[str, Any]:
    if hasattr(result, "save"):
        figure = Path(message.get("figure") or folder / f"{tool.name}.png")
        result.save(figure)
        return {"figure": str(figure)}
    from spatialccd.qgis import exchange

    first = result[0] if isinstance(result, tuple) else result
    frame = first.to_frame() if hasattr(first, "to_frame") else first
    time = None
    if tool.on_one_time and space.times:
        time = _time(message.get("time"), space.times)
        time = space.times[-1] if time is None else time
    path = folder / "result.json"
    exchange.write_result(frame, space, time, path)
    return {"result": str(path)}


def summary(result: Any) -> str:
    """Give what a reader checks first, as text."""
    report = getattr(result, "report", result)
    text = getattr(report, "summary", None)
    return str(text()) if callable(text) else str(report)


def page(tool: str, result: Any, notes: list[str]) -> str:
    """Write the log of one run as HTML: the figures, the notes, and how they were made."""
    made = getattr(getattr(result, "report", result), "settings", None)
    versions = ", ".join(f"{n} {v}" for n, v in getattr(made, "versions", {}).items())
    listing = "".join(f"<li>{html.escape(note)}</li>" for note in notes)
    return (
        '<!doctype html><html><head><meta charset="utf-8">'
        f"<title>{html.escape(tool)}</title></head><body><h1>{html.escape(tool)}</h1>"
        + (f"<h2>Notes</h2><ul>{listing}</ul>" if listing else "")
        + f"<pre>{html.escape(summary(result))}</pre><p><small>{html.escape(versions)}</small></p>"
        "</body></html>\n"
    )


@contextmanager
def _told(tell: Tell) -> Iterator[list[str]]:
    """Pass the warnings of a job on, each once."""
    notes: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", SpatialCCDWarning)
        try:
            yield notes
        finally:
            found = [w.message for w in caught if issubclass(w.category, SpatialCCDWarning)]
            for text in dict.fromkeys(str(message) for message in found):
                notes.append(text)
                tell.log("warning", text)


@dataclass
class _Watch:
    """Passes a study's progress on: whole steps, and parts of the current one."""

    tell: Tell
    number: int = 0
    total: int = 1

    def begin(self, step: str, number: int, total: int) -> None:
        self.number, self.total = number, total
        self.tell.log("info", f"{number}/{total} {step}")
        self.tell.progress(number - 1, total)

    def progress(self, done: int, total: int) -> None:
        """Count a step's parts in hundredths of it."""
        share = done / total if total else 0
        self.tell.progress(round(100 * (self.number - 1 + share)), 100 * self.total)

    def end(self, step: str, *, reused: bool) -> None:
        if reused:
            self.tell.log("info", f"{step}: kept from the last run")


Run = Callable[[Mapping[str, Any], Tell], dict[str, Any]]
#: What a worker can be asked to do.
JOBS: dict[str, Run] = {"run": run_tool, "study": run_study}
