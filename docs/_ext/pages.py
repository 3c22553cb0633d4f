"""Pages made from the package itself, so that they cannot tell another story than the code."""

from __future__ import annotations

import inspect
import json
import re
from itertools import groupby
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

import spatialccd
from spatialccd import catalog, errors
from spatialccd.report.words import headings
from spatialccd.study.schema import keys_page

#: Stations in the order of a study, and what each is for.
STATIONS = {
    "data": "From files to a panel and its areas",
    "index": "From indicators to the score of a subsystem",
    "coupling": "How far the scores rise together",
    "dynamics": "How it moves over the years",
    "efficiency": "What is made of what is put in",
    "association": "Where like meets like",
    "network": "Who is tied to whom",
    "drivers": "What explains it, and where",
    "consistency": "Whether published tables can be true",
    "report": "Maps, charts, tables and the page",
    "saved": "Keeping results",
}


def make(app: Sphinx, config: Any) -> None:
    """Write every page before Sphinx looks for them."""
    made = Path(app.srcdir) / "made"
    (made / "reference").mkdir(parents=True, exist_ok=True)
    pages = {
        "reference/functions.md": _functions(),
        "reference/catalog.md": _catalog(),
        "reference/study-keys.md": keys_page(),
        "reference/errors.md": _errors(),
        "reference/glossary.md": _glossary(),
        "validation-table.md": _validation(Path(app.srcdir)),
    }
    for station in STATIONS:
        text = _station(station)
        if text:
            pages[f"reference/{station}.rst"] = text
    for name, text in pages.items():
        path = made / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def _public() -> dict[str, list[str]]:
    """List the public names by station, in the order of `__init__.pyi`."""
    stub = Path(spatialccd.__file__).with_suffix(".pyi").read_text(encoding="utf-8")
    found: dict[str, list[str]] = {}
    for module, name in re.findall(r"^from \.([\w.]*) import (\w+) as \2$", stub, re.M):
        station = module.split(".")[0]
        found.setdefault(station if station in STATIONS else "report", []).append(name)
    return found


def _station(station: str) -> str:
    names = _public().get(station, [])
    functions = [name for name in names if inspect.isfunction(getattr(spatialccd, name))]
    classes = [name for name in names if inspect.isclass(getattr(spatialccd, name))]
    if not names:
        return ""
    title = f"{station.capitalize()}: {STATIONS[station][0].lower()}{STATIONS[station][1:]}"
    lines = [title, "=" * len(title), "", ".. currentmodule:: spatialccd", ""]
    for heading, members in (("Functions", functions), ("Results", classes)):
        if members:
            lines += [heading, "-" * len(heading), "", ".. autosummary::", "   :toctree: api", ""]
            lines += [f"   {name}" for name in members] + [""]
    return "\n".join(lines)


def _functions() -> str:
    stations = [station for station in STATIONS if _public().get(station)]
    toc = "\n".join(stations)
    return (
        "# Functions and results\n\nBy station, in the order of a study. Every function names its "
        "source, says when not to use it, and has an example that is run as a test.\n\n"
        f"```{{toctree}}\n:maxdepth: 1\n\n{toc}\n```\n"
    )


def _catalog() -> str:
    lines = [
        "# Catalog of tools", "",
        "Each tool is a function in Python, a command (`spatialccd TOOL --help`), a table of a "
        "study file, and, where QGIS can show what it gives, an algorithm there.", "",
    ]  # fmt: skip
    tools = sorted(catalog.tools(), key=lambda tool: list(STATIONS).index(tool.station))
    for station, members in groupby(tools, key=lambda tool: tool.station):
        lines += [f"## {STATIONS[station]}", "", "| Tool | What it does | 中文 |", "|---|---|---|"]
        for tool in members:
            title = tool.title.replace("|", "\\|").rstrip(".")
            chinese = headings.STEPS.get(tool.name, "")
            lines.append(f"| {{py:obj}}`~spatialccd.{tool.name}` | {title} | {chinese} |")
        lines.append("")
    return "\n".join(lines)


def _errors() -> str:
    lines = [
        "# Errors and warnings", "",
        "Errors say what was wrong, where, and what to do; those of data carry `.cases`, a table "
        "of every row at fault. On the command line they are one line and exit code 2.", "",
    ]  # fmt: skip
    for heading, base in (
        ("Errors", errors.SpatialCCDError),
        ("Warnings", errors.SpatialCCDWarning),
    ):
        lines += [f"## {heading}", "", "| Name | Kind of | What it means |", "|---|---|---|"]
        for name, kind in vars(errors).items():
            if inspect.isclass(kind) and issubclass(kind, base) and kind is not base:
                text = " ".join((inspect.getdoc(kind) or "").split("\n\n")[0].split())
                lines.append(f"| `{name}` | `{kind.__mro__[1].__name__}` | {text} |")
        lines.append("")
    return "\n".join(lines)


def _glossary() -> str:
    lines = [
        "# Glossary 术语", "",
        "The words that tables and figures print with `language=\"zh\"`.", "",
        "| English | 中文 |", "|---|---|",
    ]  # fmt: skip
    words = {name.replace("_", " "): chinese for name, chinese in headings.COLUMNS.items()}
    words |= {name.replace("_", " "): chinese for name, chinese in headings.STEPS.items()}
    lines += [f"| {english} | {words[english]} |" for english in sorted(words, key=str.lower)]
    return "\n".join(lines) + "\n"


def _validation(source: Path) -> str:
    known = json.loads((source / "validation.json").read_text(encoding="utf-8"))
    rows: list[tuple[str, dict[str, Any]]] = [
        (function, one) for one in known["comparisons"] for function in one["functions"]
    ]
    lines = [
        f"{len(known['comparisons'])} comparisons, measured on {known['date']} with Python "
        f"{known['python']} and numpy {known['numpy']}.", "",
        "| Function | Compared with | Figures | Largest difference | Relative |",
        "|---|---|---:|---:|---:|",
    ]  # fmt: skip
    for function, one in sorted(rows, key=lambda row: (row[0], row[1]["against"])):
        measured = ["verdicts", "", ""]
        if one["figures"]:
            measured = [str(one["figures"]), f"{one['absolute']:.1e}", f"{one['relative']:.1e}"]
        cells = [f"{{py:obj}}`~spatialccd.{function}`", one["against"], *measured]
        lines.append(f"| {' | '.join(cells)} |")
    return "---\norphan: true\n---\n\n" + "\n".join(lines) + "\n"


def _without_signature(
    app: Sphinx, what: str, name: str, thing: Any, options: Any, signature: str, returned: str
) -> tuple[str, str] | None:
    """Leave the arguments of results out: nobody makes one by hand."""
    return ("", "") if what == "class" else None


def _plain_bars(
    app: Sphinx, what: str, name: str, thing: Any, options: Any, lines: list[str]
) -> None:
    """Let |x| be an absolute value: to reStructuredText it would be a substitution."""
    for i, line in enumerate(lines):
        if not line.lstrip().startswith((">>>", "...")):
            parts = line.split("``")
            parts[::2] = [re.sub(r"(?<!\\)\|", r"\\|", part) for part in parts[::2]]
            lines[i] = "``".join(parts)


def setup(app: Sphinx) -> dict[str, bool]:
    """Make the pages when the build begins."""
    app.connect("autodoc-process-signature", _without_signature)
    app.connect("autodoc-process-docstring", _plain_bars, priority=400)  # before numpydoc
    app.connect("config-inited", make)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
