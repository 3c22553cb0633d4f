"""Writes results as the tables of a paper: Excel, LaTeX or HTML."""

from __future__ import annotations

import html
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from spatialccd._files import replacing
from spatialccd._result import Result
from spatialccd.errors import ParameterError, check_choice, check_range
from spatialccd.report._tabular import Table, brackets, lay_out, write_cell
from spatialccd.report.language import Language, check_language, say

if TYPE_CHECKING:
    from spatialccd._types import Columns

SUFFIXES = (".xlsx", ".tex", ".html")
_LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
        "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
        "<": r"$<$", ">": r"$>$", "≤": r"$\leq$", "≥": r"$\geq$",
    }
)  # fmt: skip
_WIDE = 8
_TEX_HEAD = (
    "% Needs \\usepackage{booktabs}, \\usepackage{longtable} and \\usepackage{graphicx};\n"
    "% Chinese needs \\usepackage{ctex} and XeLaTeX or LuaLaTeX.\n"
)


def write_tables(
    results: Mapping[str, Result | Columns],
    path: str | Path,
    *,
    language: Language = "en",
    digits: int = 3,
    max_rows: int = 100,
) -> Path:
    r"""Write results as tables: a workbook, LaTeX or HTML, by the suffix of the path.

    Estimates with a test beside them carry stars; the standard errors of
    coefficients stand in brackets. In the workbook both are number formats, so
    that every figure can be computed with.

    Parameters
    ----------
    results : mapping of str to Result or DataFrame
        By name; a sheet, or a table, each.
    path : str or Path
        Ends in .xlsx, .tex or .html. It is replaced as a whole or not at all.
    language : {"en", "zh"}, default "en"
        Of headings and notes.
    digits : int, default 3
        Decimals.
    max_rows : int, default 100
        LaTeX and HTML print the first rows of a longer table and say so. The
        workbook always holds every row.

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
    check_language(language)
    check_range("digits", digits, 0, 12)
    check_range("max_rows", max_rows, 1)
    if not results:
        raise ParameterError("results is empty: there is no table to write")
    tables = [lay_out(str(name), item, language) for name, item in results.items()]
    with replacing(path) as temporary:
        if path.suffix.lower() == ".xlsx":
            from spatialccd.report._workbook import write_workbook

            write_workbook(tables, temporary, language=language, digits=digits)
        elif path.suffix.lower() == ".tex":
            parts = [latex_table(table, language, digits, max_rows) for table in tables]
            temporary.write_text(_TEX_HEAD + "\n".join(parts), encoding="utf-8")
        else:
            parts = [html_table(table, language, digits, max_rows) for table in tables]
            temporary.write_text(_document("\n".join(parts), language), encoding="utf-8")
    return path


def latex_table(table: Table, language: Language, digits: int, max_rows: int) -> str:
    """Write one table with booktabs rules; a long one breaks over pages."""
    rows = _rows(table, digits, max_rows, latex=True)
    align = "".join("l" if kind == "text" else "r" for kind in _kinds(table))
    head = " & ".join(_tex(heading) for heading in _headings(table))
    body = "\n".join(" & ".join(row) + r" \\" for row in rows)
    notes = " ".join(_tex(note) for note in _notes(table, language, max_rows))
    caption = f"\\caption{{{_tex(table.title)}}}\\label{{tab:{_slug(table.name)}}}"
    if len(rows) > 45:
        return (
            f"{{\\scriptsize\n\\begin{{longtable}}{{{align}}}\n{caption}\\\\\n\\toprule\n"
            f"{head} \\\\\n\\midrule\n\\endhead\n\\bottomrule\n\\endfoot\n{body}\n"
            f"\\end{{longtable}}\n\\noindent {notes}\n}}\n"
        )
    tabular = (
        f"\\begin{{tabular}}{{{align}}}\n\\toprule\n{head} \\\\\n\\midrule\n{body}\n"
        "\\bottomrule\n\\end{tabular}"
    )
    if len(align) > _WIDE:
        tabular = f"\\resizebox{{\\textwidth}}{{!}}{{%\n{tabular}}}"
    return (
        f"\\begin{{table}}[htbp]\n\\centering\n\\small\n{caption}\n{tabular}\n\n"
        f"\\vspace{{2pt}}{{\\footnotesize {notes}}}\n\\end{{table}}\n"
    )


def html_table(table: Table, language: Language, digits: int, max_rows: int) -> str:
    """Write one table as HTML, without a heading of its own."""
    kinds = ["t" if kind == "text" else "n" for kind in _kinds(table)]
    head = "".join(
        f'<th class="{kind}">{html.escape(heading)}</th>'
        for kind, heading in zip(kinds, _headings(table), strict=True)
    )
    body = "\n".join(
        "<tr>"
        + "".join(f'<td class="{k}">{cell}</td>' for k, cell in zip(kinds, row, strict=True))
        + "</tr>"
        for row in _rows(table, digits, max_rows, latex=False)
    )
    notes = "".join(f"<p>{html.escape(n)}</p>" for n in _notes(table, language, max_rows))
    return (
        f"<figure class='table'><figcaption>{html.escape(table.title)}</figcaption>"
        f"<div class='scroll'><table><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table>"
        f"</div><div class='notes'>{notes}</div></figure>"
    )


# --- what LaTeX and HTML share -------------------------------------------------------------------


def _shown(table: Table) -> list[int]:
    """List the columns printed: a standard error goes below its coefficient."""
    names = list(table.frame.columns)
    return [i for i, name in enumerate(names) if not (brackets(table) and name == "se")]


def _kinds(table: Table) -> list[str]:
    return [table.kinds[i] for i in _shown(table)]


def _headings(table: Table) -> list[str]:
    return [table.headings[i] for i in _shown(table)]


def _rows(table: Table, digits: int, max_rows: int, *, latex: bool) -> list[list[str]]:
    escape = _tex if latex else html.escape
    shown = _shown(table)
    names = [table.frame.columns[i] for i in shown]
    rows: list[list[str]] = []
    for at in range(min(len(table.frame), max_rows)):
        row = []
        for i in shown:
            words = escape(write_cell(table.frame.iat[at, i], table.kinds[i], digits))
            stars = table.stars.iat[at, i]
            if stars:
                words += f"$^{{{stars}}}$" if latex else f"<sup>{stars}</sup>"
            row.append(words)
        rows.append(row)
        if brackets(table):
            error = write_cell(table.frame["se"].iat[at], "figure", digits)
            rows.append([f"({error})" if name == "coef" else "" for name in names])
    return rows


def _notes(table: Table, language: Language, max_rows: int) -> list[str]:
    notes = list(table.notes)
    if brackets(table):
        notes.append(say("Standard errors in brackets.", language))
    if len(table.frame) > max_rows:
        total = f"{len(table.frame):,}"
        notes.append(
            f"仅列前 {max_rows} 行，共 {total} 行。"
            if language == "zh"
            else f"The first {max_rows} of {total} rows."
        )
    return notes


def _tex(words: str) -> str:
    return words.translate(_LATEX)


def _slug(name: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in name)


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
