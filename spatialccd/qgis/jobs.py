"""Does what a message asks for: one tool on layers, or one study.

A message holds names and words; the workspace and the forms of the command
line and of study files turn them into arguments, so the three doors agree.
"""

from __future__ import annotations

import html
import os
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from spatialccd import catalog
from spatialccd._result import Result
from spatialccd.errors import Cancelled, ParameterError, SpatialCCDError, SpatialCCDWarning
from spatialccd.qgis import advice, matrices
from spatialccd.qgis.log import readable
from spatialccd.qgis.steps import Step, checked, free
from spatialccd.qgis.words.errors import retell

if TYPE_CHECKING:
    from spatialccd.report.words.language import Language
    from spatialccd.workspace import Workspace


#: Rows up to this many are shown in a summary; of more, how they are spread.
_FEW = 20


class Tell(Protocol):
    """Where a job says how it goes; ``progress`` raises ``Cancelled`` to stop it."""

    def progress(self, done: int, total: int) -> None:
        """Tell that `done` of `total` parts are finished."""

    def log(self, level: str, text: str) -> None:
        """Tell something in words."""


def run_tool(message: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    """Run a tool on the layers a message names, with what comes before and after it.

    Parameters
    ----------
    message : mapping
        ``tool``, ``columns`` by data parameter, ``settings``, and perhaps
        ``figure``; ``input`` and perhaps ``boundaries``, paths of exchange files (no
        input where steps read all data); ``graph``, the settings of ``neighbors``;
        ``time``; ``folder`` to write to; ``before``, steps whose results the tool takes; ``also``,
        steps that go on from its result, perhaps with a ``layer`` of their own,
        or parts of it that are drawn (``{"part": "moves"}``).
    tell : Tell
        Told of progress and of warnings.

    Returns
    -------
    dict
        ``summary``, ``html``, and either ``result`` (the JSON file of columns)
        or ``figure`` (a picture); ``also``, the same for each of those steps by name.
    """
    step = Step.read(message)
    before = [Step.read(entry) for entry in message.get("before", [])]
    after = [Step.read(entry) for entry in message.get("also", []) if "tool" in entry]
    parts = [entry["part"] for entry in message.get("also", []) if "part" in entry]
    graph = checked(catalog.tool("neighbors"), message.get("graph", {}))
    folder = Path(message["folder"])
    language = message.get("language", "en")
    with _told(tell, language) as notes:
        from spatialccd.workspace import Workspace  # pandas: seconds, so not before the hello

        space = Workspace()
        boundaries = Path(message["boundaries"]) if message.get("boundaries") else None
        time = None
        if matrices.takes_matrices(step.tool):
            result = _of_matrices(space, step, before, boundaries, tell)
        elif step.tool.name == "join":
            result = _join(space, _read(message, [step]), boundaries, step.settings)
        else:
            rows = _read(message, [step, *before])
            time = _place(space, rows, boundaries, step, message.get("time"))
            _take_steps(space, before, tell)
            if not before and _goes_on_neighbors(step):
                step.check_geometry(space)
                if space.areas is not None:  # a tool that can do without goes without
                    space.results["neighbors"] = _neighbors(space, graph)
            step = step.made_with(message.get("made_with", {}))
            result = step.run(space, time, tell.progress)
        answer = step.write(result, space, time, folder)
        space.results = {step.name: result}  # those that come after go on from it alone
        results = {step.name: result}
        written = {}
        for one in after:
            with _spared(one.name, tell, language):
                made, about = _go_on(one, space, time, tell)
                written[one.name] = one.write(made, about, time, folder)
                results[one.name] = made
        for part in parts:
            with _spared(part, tell, language):
                written[part] = _write_part(part, result, space, folder)
    text = "\n\n".join(summary(one) for one in results.values() if not hasattr(one, "save"))
    told = {"summary": retell(text, language), "html": page(results, notes, language)}
    told = {name: told[name].replace(f"{folder}{os.sep}", "") for name in told}  # files of this job
    return {**answer, **told, "also": written, "time": _scalar(time), "made": origin(result)}


def _read(message: Mapping[str, Any], steps: list[Step]) -> Any:
    """Read the rows of the layer, with numbers where the steps need numbers."""
    from spatialccd.qgis import exchange

    if "input" not in message:
        raise ParameterError(f"{message['tool']} needs a layer with the figures")
    rows = exchange.read_rows(Path(message["input"]))
    strict, others = ([n for one in steps for n in one.numeric()[k]] for k in (0, 1))
    exchange.take_numbers(rows, strict, others)
    return rows


def _take_steps(space: Workspace, steps: list[Step], tell: Tell) -> None:
    """Run the steps whose results a tool takes, each under a name of its own."""
    for one in steps:
        if one.name in space.results:
            raise ParameterError(f"two of them are called {one.name!r}; give each its own name")
        space.results[one.name] = one.run(space, None, tell.progress)


def _of_matrices(
    space: Workspace, step: Step, before: list[Step], boundaries: Path | None, tell: Tell
) -> Any:
    """Run a tool on tables of units by units; there is no panel here, but perhaps areas."""
    from spatialccd.qgis import exchange

    _take_steps(space, before, tell)
    result = step.run(space, None, tell.progress)
    if boundaries is not None:
        space.areas = exchange.areas_of(result.to_frame().index, boundaries)
    return result


def _place(space: Workspace, rows: Any, boundaries: Path | None, step: Step, time: Any) -> Any:
    """Put rows into a workspace; give the time to take where the tool takes one."""
    from spatialccd.qgis import exchange

    exchange.place(space, rows, boundaries)
    if not step.tool.on_one_time or not space.times:
        return None
    if time in (None, ""):
        return space.times[-1]
    # What a form gives is text; the panel may hold numbers.
    return {str(known): known for known in space.times}.get(str(time), time)


def _go_on(step: Step, space: Workspace, time: Any, tell: Tell) -> tuple[Any, Workspace]:
    """Run a step that goes on from a result; give what it gives, and the rows it is about."""
    if step.layer is None:
        return step.run(space, time if step.tool.on_one_time else None, tell.progress), space
    from spatialccd.qgis import exchange
    from spatialccd.workspace import Workspace

    rows = exchange.read_rows(step.layer)
    exchange.take_numbers(rows, *step.numeric())
    other = Workspace()
    exchange.place(other, rows, None)
    if other.areas is not None and space.areas is not None:
        other.areas = other.areas.to_crs(space.areas.crs)
    other.results = space.results
    return step.run(other, None, tell.progress), other


def origin(result: Any) -> dict[str, Any]:
    """Give how a result was made, for the layer that shows it: its settings and versions."""
    settings = getattr(getattr(result, "report", result), "settings", None)
    if settings is None:
        return {}
    names = {p.name for p in catalog.tool(settings.tool).settings}
    resolved = {n: str(settings[n]) for n in settings if n in names and settings[n] is not None}
    if settings.tool == matrices.READER:  # the file was this job's own: the layer is the input
        resolved.pop("path", None)
    kept = {n: settings[n] for n in ("alpha", "correction", "n_permutations") if n in settings}
    return {"resolved": resolved, "level": kept, "versions": dict(settings.versions)}


def _scalar(time: Any) -> Any:
    return time.item() if hasattr(time, "item") else time


def _goes_on_neighbors(step: Step) -> bool:
    """Whether a tool takes neighbors; where one of its settings asks for them, only if it does."""
    given = next((p for p in step.tool.settings if p.name == "given"), None)
    asked = given is None or step.settings.get("given", given.default) == "neighbors"
    return asked and any("Graph" in p.types for p in step.tool.data)


def _neighbors(space: Workspace, settings: Mapping[str, Any]) -> Any:
    from spatialccd import neighbors

    return neighbors(space.areas, **settings)


def _write_part(part: str, result: Any, space: Workspace, folder: Path) -> dict[str, str]:
    from spatialccd.qgis import exchange

    path = free(folder, part, ".json")
    exchange.write_part(part, result, space, path)
    return {"result": str(path)}


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


def _join(space: Workspace, rows: Any, boundaries: Path | None, settings: Any) -> Any:
    """Match a table to boundaries: here the two are the tool's data, not its ground."""
    from spatialccd import join
    from spatialccd.qgis import exchange

    if boundaries is None:
        raise ParameterError("join needs a layer of boundaries beside the table; choose one")
    exchange.place(space, rows, None)
    panel = space.panel
    assert panel is not None
    if settings.get("crosswalk"):  # rows of old codes become one: they are no features any more
        panel = panel.drop(columns=exchange.ROW)
    joined = join(panel, exchange.read_rows(boundaries), **settings)
    space.panel, space.areas = joined.panel, joined.areas
    return joined


def summary(result: Any) -> str:
    """Give what a reader checks first, as text: not the rows, which the layer shows."""
    return readable(_summary(result))


def _summary(result: Any) -> str:
    report = getattr(result, "report", result)
    if type(report).summary is not Result.summary:
        return str(report.summary())
    frame = report.to_frame()
    if len(frame) <= _FEW:
        return str(report.summary())
    parts = [f"{report.settings!r}", f"{len(frame)} rows"]
    numbers = frame.select_dtypes("number")
    if len(numbers.columns):
        about = numbers.describe(percentiles=[0.5]).T.drop(columns="count")
        parts.append(about.to_string(float_format="{:.4g}".format))
    for name in frame.columns.difference(numbers.columns, sort=False):
        kinds = frame[name].value_counts(sort=False)
        if len(kinds) <= _FEW:
            parts.append(f"{name}: " + ", ".join(f"{kind} {n}" for kind, n in kinds.items()))
    return "\n\n".join(parts)


def page(results: Mapping[str, Any], notes: list[str], language: Language = "en") -> str:
    """Write the log of one run as HTML: the figures, the notes, and how they were made."""
    title = html.escape(next(iter(results)))
    made = [getattr(getattr(one, "report", one), "settings", None) for one in results.values()]
    versions = ", ".join(f"{n} {v}" for n, v in getattr(made[0], "versions", {}).items())
    listing = "".join(f"<li>{html.escape(note)}</li>" for note in notes)
    head = "说明" if language == "zh" else "Notes"
    sections = [
        f"<h{1 + bool(i)}>{html.escape(name)}</h{1 + bool(i)}>"
        + (f"<h2>{head}</h2><ul>{listing}</ul>" if listing and not i else "")
        + f"<pre>{html.escape(retell(summary(one), language))}</pre>"
        for i, (name, one) in enumerate(results.items())
    ]
    return (
        '<!doctype html><html><head><meta charset="utf-8">'
        f"<title>{title}</title></head><body>{''.join(sections)}"
        f"<p><small>{html.escape(versions)}</small></p></body></html>\n"
    )


@contextmanager
def _spared(name: str, tell: Tell, language: Language) -> Iterator[None]:
    """Let a run keep what it has when one of its optional outputs cannot be made."""
    try:
        yield
    except Cancelled:
        raise
    except SpatialCCDError as error:
        why = advice.message(error, language)
        tell.log("warning", retell(f"{name} was not made: {why}", language))


@contextmanager
def _told(tell: Tell, language: Language) -> Iterator[list[str]]:
    """Pass the warnings of a job on, each once."""
    notes: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", SpatialCCDWarning)
        try:
            yield notes
        finally:
            found = [w.message for w in caught if issubclass(w.category, SpatialCCDWarning)]
            for text in dict.fromkeys(retell(str(message), language) for message in found):
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


def give_boundaries(message: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    """Write boundaries that come with the package, by ``name``, to a layer in ``folder``."""
    from spatialccd import read_boundaries

    with _told(tell, message.get("language", "en")):
        areas = read_boundaries(message["name"])
    path = Path(message["folder"]) / "boundaries.gpkg"
    areas.reset_index().to_file(path, engine="pyogrio", VERSION="1.3")
    return {"layer": str(path)}


def write_tables(message: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    """Write the rows of layers as tables to ``path``."""
    from spatialccd import write_tables as write
    from spatialccd.qgis import exchange

    frames = {
        entry["name"]: exchange.read_table(
            Path(entry["input"]), entry["order"], entry["keys"], entry["columns"]
        )
        for entry in message["tables"]
    }
    language = message.get("language", "en")
    with _told(tell, language):
        path = write(
            frames,
            message["path"],
            language=language,
            digits=int(message["digits"]),
            max_rows=int(message["max_rows"]),
        )
    return {"path": str(path)}


Run = Callable[[Mapping[str, Any], Tell], dict[str, Any]]
#: What a worker can be asked to do.
JOBS: dict[str, Run] = {
    "run": run_tool,
    "study": run_study,
    "boundaries": give_boundaries,
    "tables": write_tables,
}
