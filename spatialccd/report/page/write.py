"""Writes a study as one HTML page that opens offline."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from spatialccd import __version__
from spatialccd._files import replacing
from spatialccd._result import Result, versions
from spatialccd.data.blank import with_blank
from spatialccd.errors import ParameterError, check_range
from spatialccd.report.page.atlas import atlas
from spatialccd.report.page.pictures import pictures
from spatialccd.report.page.tables import PageTable, page_tables
from spatialccd.report.paper.figure import Figure
from spatialccd.report.tables.gathered import of_units
from spatialccd.report.words.findings import Told, findings
from spatialccd.report.words.language import Language, say
from spatialccd.report.words.methods import methods
from spatialccd.report.words.sentences import retell
from spatialccd.report.words.spoken import Words
from spatialccd.report.words.unit_names import unit_names

if TYPE_CHECKING:
    from spatialccd._types import Areas, Columns, Groups

_HERE = Path(__file__).parent


def write_page(
    results: Mapping[str, Result | Columns],
    path: str | Path,
    *,
    title: str,
    areas: Areas | None = None,
    figures: Mapping[str, Figure] | None = None,
    notes: str | Sequence[str] | None = None,
    warnings: Sequence[Mapping[str, str]] | None = None,
    names: str | None = None,
    max_rows: int = 60,
    workbook: str | Path | None = None,
    language: Language = "en",
    labels: Mapping[str, object] | None = None,
    groups: Groups | None = None,
    place: str = "",
) -> Path:
    """Write results as one HTML page: findings, an interactive map, figures, tables, methods.

    The page needs no network and no other file. It opens with what the results
    say, in sentences. Its map shows every column of every result on unit or
    (unit, time): choose result and time, hover or tap for values, click a unit
    for its series. Tables can be searched, sorted and downloaded, all rows of
    them. Without JavaScript the map is a picture and tables show their first
    rows; printed, every table is unfolded.

    Parameters
    ----------
    results : mapping of str to Result or DataFrame
        By name, in the order of the study. A join report is shown in words.
    path : str or Path
        Ends in .html. It is replaced as a whole or not at all.
    title : str
        Stands above it.
    areas : GeoDataFrame, optional
        Areas on unit for the interactive map; no map when omitted.
    figures : mapping of str to Figure, optional
        Maps and charts to show, by name.
    notes : str or sequence of str, optional
        Paragraphs that stand under the title.
    warnings : sequence of mapping, optional
        What a run warned of: mappings with "step" and "message".
    names : str, optional
        Column of `areas` with the names of units; a likely one when omitted.
    max_rows : int, default 60
        Longer tables show that many rows at first, and say so.
    workbook : str or Path, optional
        A workbook that `write_tables` wrote of the same results; the tables link to it.
    language : {"en", "zh"}, default "en"
        Of all words but those of the data.
    labels : mapping of str to str or mapping, optional
        What variables are called: a name, or any of "en", "zh", "unit" and "unit_zh".
    groups : Series, optional
        The group of each unit, such as its region: the table of D by unit and year
        has the units of a group together, and their mean.
    place : str, default ""
        What the units are of, for captions, such as "China".

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    ParameterError
        There is nothing to show, or the suffix is another one.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"I": [0.31]}, pd.Index([2020], name="time"))
    >>> path = write_page({"moran": frame}, Path(tempfile.mkdtemp()) / "p.html", title="A study")
    >>> "A study" in path.read_text(encoding="utf-8")
    True
    """
    path = Path(path)
    if path.suffix.lower() not in (".html", ".htm"):
        raise ParameterError(f"path ends in {path.suffix!r}; a page ends in .html")
    areas = None if areas is None else with_blank(areas)
    words = Words.of(language, labels, unit_names(areas, names, language)).measured(
        *results.values()
    )
    check_range("max_rows", max_rows, 1)
    figures = figures or {}
    if not results and not figures:
        raise ParameterError("results and figures are empty: there is nothing to show")
    tables = page_tables(results, max_rows, words, of_units(groups), place)
    parts = {
        "title": title,
        "language": language,
        "colon": words.colon,
        "notes": [notes] if isinstance(notes, str) else list(notes or ()),
        "warnings": _warnings(warnings or (), words),
        "steps": _steps([*results.items(), *figures.items()], words),
        "reports": _reports(results, words),
        "map": atlas(results, areas, words),
        "figures": pictures(figures, words, place),
        "findings": _findings(results, tables, words),
        "tables": tables,
        "table_words": {"count": say("{shown} of {found} rows shown, {total} in all", language)},
        "workbook": _link(workbook, path),
        "methods": methods(_tools(results), language),
        "settings": _settings([*results.items(), *figures.items()], words),
        "versions": {"spatialccd": __version__, **versions()},
    }
    text = _render(parts, language)
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8", errors="replace")  # as `pack` does
    return path


def _render(parts: Mapping[str, Any], language: Language) -> str:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    folder = _HERE / "templates"
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def read(name: str) -> Markup:
        """Give a file of ours as it is."""
        return Markup((_HERE / name).read_text(encoding="utf-8"))

    return environment.get_template("page.html.j2").render(
        **parts, read=read, say=lambda words: say(words, language)
    )


# --- parts ----------------------------------------------------------------------------------------


def _findings(
    results: Mapping[str, Any], tables: Sequence[PageTable], words: Words
) -> list[dict[str, Any]]:
    """Say what the results say, each with the number of the table it rests on."""
    numbers = {table.name: i for i, table in enumerate(tables, start=1)}
    return [
        {"text": one.text, "step": words.title(one.name), "table": numbers[one.name]}
        for one in findings(results, Told(words))
    ]


def _steps(items: Sequence[tuple[str, Any]], words: Words) -> list[dict[str, str]]:
    """List each result: its name, the tool that made it, and its size."""
    steps = []
    for name, item in items:
        frame = item.to_frame() if isinstance(item, Result) else item
        rows, columns = frame.shape
        steps.append(
            {
                "name": words.title(str(name)),
                "tool": item.settings.tool if isinstance(item, Result) else "",
                "size": f"{rows:,} × {columns}",
            }
        )
    return steps


def _warnings(given: Sequence[Mapping[str, str]], words: Words) -> list[dict[str, str]]:
    return [
        {"step": words.title(one["step"]), "message": retell(one["message"], words.language)}
        for one in given
    ]


def _reports(results: Mapping[str, Any], words: Words) -> list[dict[str, str]]:
    """Give what the data station says in words: the join, what was filled."""
    return [
        {"name": words.title(str(name)), "text": retell(item.summary(), words.language)}
        for name, item in results.items()
        if isinstance(item, Result) and type(item).__module__.startswith("spatialccd.data.")
    ]


def _link(workbook: str | Path | None, page: Path) -> str:
    """Give the way from the page to a file; empty text where there is none."""
    if workbook is None:
        return ""
    return quote(Path(os.path.relpath(workbook, page.parent)).as_posix())


def _tools(results: Mapping[str, Any]) -> list[str]:
    return [item.settings.tool for item in results.values() if isinstance(item, Result)]


def _settings(items: Sequence[tuple[str, Any]], words: Words) -> list[dict[str, Any]]:
    return [
        {
            "name": words.title(str(name)),
            "tool": item.settings.tool,
            "pairs": [(key, _brief(value)) for key, value in item.settings.items()],
        }
        for name, item in items
        if isinstance(item, Result)
    ]


def _brief(value: Any) -> str:
    words = "–" if value is None else str(value)
    return words if len(words) <= 160 else f"{words[:157]}..."
