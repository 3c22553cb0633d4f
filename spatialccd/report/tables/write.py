"""Writes results as the tables of a paper: Excel, Word, LaTeX or HTML."""

from __future__ import annotations

import html
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from spatialccd._files import replacing
from spatialccd._result import Result
from spatialccd.errors import ParameterError, check_choice, check_range
from spatialccd.report.tables.columns import Table
from spatialccd.report.tables.gathered import lay_out_all, of_units
from spatialccd.report.tables.latex import HEAD, latex_table
from spatialccd.report.tables.printed import printed
from spatialccd.report.words.language import Language
from spatialccd.report.words.spoken import Words
from spatialccd.report.words.unit_names import unit_names

if TYPE_CHECKING:
    from spatialccd._types import Areas, Columns, Groups

SUFFIXES = (".xlsx", ".docx", ".tex", ".html")


def write_tables(
    results: Mapping[str, Result | Columns],
    path: str | Path,
    *,
    language: Language = "en",
    labels: Mapping[str, object] | None = None,
    areas: Areas | None = None,
    names: str | None = None,
    groups: Groups | None = None,
    place: str = "",
    digits: int = 3,
    max_rows: int = 100,
) -> Path:
    r"""Write results as tables: a workbook, Word, LaTeX or HTML, by the suffix of the path.

    Estimates with a test beside them carry stars; the standard errors of
    coefficients stand in brackets. In the workbook both are number formats, so
    that every figure can be computed with.

    Papers print years, factors or groups across: D by unit and year with the means
    of groups, q by year, region and factor, the indicator system with its weights.
    Such tables follow the result they are made of. A result of one row a unit and
    more than 40 of them is printed in short by Word and LaTeX; the workbook has
    every row.

    Parameters
    ----------
    results : mapping of str to Result or DataFrame
        By name; a sheet, or a table, each.
    path : str or Path
        Ends in .xlsx, .docx, .tex or .html. It is replaced as a whole or not at all.
    language : {"en", "zh"}, default "en"
        Of all words but those of the data.
    labels : mapping of str to str or mapping, optional
        What variables are called: a name, or any of "en", "zh", "unit" and "unit_zh".
    areas : GeoDataFrame, optional
        Areas on unit, whose names stand beside the codes of units.
    names : str, optional
        Column of `areas` with the names of units; a likely one when omitted.
    groups : Series, optional
        The group of each unit, such as its region: the table of D by unit and year
        has the units of a group together, and their mean.
    place : str, default ""
        What the units are of, for captions, such as "China".
    digits : int, default 3
        Decimals.
    max_rows : int, default 100
        Word, LaTeX and HTML print the first rows of a longer table and say so.
        The workbook always holds every row.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    ParameterError
        There are no results, or the suffix is another one.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> folder = Path(tempfile.mkdtemp())
    >>> frame = pd.DataFrame({"I": [0.31], "p_sim": [0.002]}, pd.Index([2020], name="time"))
    >>> text = write_tables({"moran": frame}, folder / "tables.tex").read_text()
    >>> print(next(line for line in text.splitlines() if line.startswith("2020")))
    2020 & 0.310$^{***}$ & 0.002 \\
    """
    path = Path(path)
    check_choice("the suffix of path", path.suffix.lower(), SUFFIXES)
    words = Words.of(language, labels, unit_names(areas, names, language))
    words = words.measured(*results.values())
    check_range("digits", digits, 0, 12)
    check_range("max_rows", max_rows, 1)
    if not results:
        raise ParameterError("results is empty: there is no table to write")
    tables = list(lay_out_all(results, words, groups=of_units(groups), place=place))
    with replacing(path) as temporary:
        if path.suffix.lower() == ".xlsx":
            from spatialccd.report.tables.workbook import write_workbook

            write_workbook(
                [t for t in tables if t.in_book], temporary, language=language, digits=digits
            )
        elif path.suffix.lower() == ".docx":
            from spatialccd.report.tables.word import write_word

            write_word(
                [t for t in tables if t.on_paper],
                temporary,
                language=language,
                digits=digits,
                max_rows=max_rows,
            )
        elif path.suffix.lower() == ".tex":
            parts = [
                latex_table(table, language, digits, max_rows) for table in tables if table.on_paper
            ]
            temporary.write_text(HEAD + "\n".join(parts), encoding="utf-8")
        else:
            parts = [html_table(table, language, digits, max_rows) for table in tables]
            temporary.write_text(_document("\n".join(parts), language), encoding="utf-8")
    return path


def html_table(table: Table, language: Language, digits: int, max_rows: int) -> str:
    """Write one table as HTML, without a heading of its own."""
    page = printed(table, language, digits, max_rows)
    kinds = ["t" if kind == "text" else "n" for kind in page.kinds]
    head = "".join(
        f'<th class="{kind}">{html.escape(heading)}</th>'
        for kind, heading in zip(kinds, page.headings, strict=True)
    )
    body = "\n".join(
        "<tr>"
        + "".join(
            f'<td class="{kind}">{html.escape(words)}{f"<sup>{stars}</sup>" if stars else ""}</td>'
            for kind, (words, stars) in zip(kinds, row, strict=True)
        )
        + "</tr>"
        for row in page.rows
    )
    notes = f"<p><code>{html.escape(page.call)}</code></p>" if page.call else ""
    notes += "".join(f"<p>{html.escape(note)}</p>" for note in page.notes)
    return (
        f"<figure class='table'><figcaption>{html.escape(table.caption)}</figcaption>"
        f"<div class='scroll'><table><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table>"
        f"</div><div class='notes'>{notes}</div></figure>"
    )


def _document(body: str, language: Language) -> str:
    lang = "zh-CN" if language == "zh" else "en"
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>Tables</title>'
        f"<style>{TABLE_STYLE}</style></head><body>{body}</body></html>"
    )


TABLE_STYLE = """
figure.table{margin:0 0 2em} figure.table figcaption{font-weight:600;margin-bottom:.4em}
table{border-collapse:collapse;font-size:.85rem;font-variant-numeric:tabular-nums;
border-top:1.5px solid #222;border-bottom:1.5px solid #222}
th{border-bottom:1px solid #222;font-weight:600} th,td{padding:.22em .7em;white-space:nowrap}
.n{text-align:right} .t{text-align:left} .notes{color:#666;font-size:.78rem}
.notes p{margin:.3em 0;overflow-wrap:anywhere}
"""
