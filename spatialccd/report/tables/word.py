"""Writes tables to a Word document, with three rules as journals print them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from spatialccd.report.tables.columns import Table
from spatialccd.report.tables.printed import Printed, printed
from spatialccd.report.words.language import Language

_LATIN, _CHINESE = "Times New Roman", "SimSun"
_TABLE, _NOTE, _LEAST = 9.0, 8.0, 6.5
#: A4 with usual margins: what text may fill upright and across, in mm.
_UPRIGHT, _ACROSS, _MARGIN = 160.0, 247.0, 25.0
#: Width of a character in parts of its height, in a typeface wider than Times, and of the
#: margins of a cell in mm.
_CHARACTER, _GAP = 0.6, 4.6
_MM = 25.4 / 72
_THICK, _THIN = 12, 6  # rules, in eighths of a point
#: Text that is a figure: that of a table of regressions.
_FIGURE = re.compile(r"^[(\[]?-\d")
_POWER = re.compile(r"^(-?[\d.,]+)e([+-])0*(\d+)$")


@dataclass(frozen=True)
class Part:
    """The columns of a table that stand beside each other, and how large."""

    columns: list[int]
    across: bool
    size: float


def write_word(
    tables: Sequence[Table], path: Path, *, language: Language, digits: int, max_rows: int
) -> None:
    """Write tables one after the other, each with a numbered caption and its notes.

    A table too wide for an upright page stands on one that lies across, in
    smaller type if need be; one too wide for that is continued, with its first
    columns repeated.
    """
    document = Document()
    _set_type(document)
    across: bool | None = None
    for number, table in enumerate(tables, start=1):
        page = printed(table, language, digits, max_rows, paper=True)
        for i, part in enumerate(fit(page)):
            if part.across != across:
                fresh = across is None
                section = document.sections[0] if fresh else document.add_section()
                across = part.across
                _lay(section, across=across)
            _caption(document, number, table.title if i else table.caption, language, again=i > 0)
            _draw(document, page, part)
        _notes(document, page)
    document.core_properties.author = "spatialccd"
    document.save(str(path))


def fit(page: Printed) -> list[Part]:
    """Choose page, type and parts that a table fits."""
    widths = page.wrapped_widths()
    everything = list(range(len(widths)))
    if _taken(widths, _TABLE) <= _UPRIGHT:
        return [Part(everything, False, _TABLE)]
    size = _TABLE
    while size > _LEAST and _taken(widths, size) > _ACROSS:
        size -= 0.5
    if _taken(widths, size) <= _ACROSS:
        return [Part(everything, True, size)]
    return [Part(columns, True, size) for columns in _parted(page, widths, size)]


def _parted(page: Printed, widths: list[int], size: float) -> Iterator[list[int]]:
    """Share columns out over parts; the leading columns of text say what a row is."""
    first = next((i for i, kind in enumerate(page.kinds) if kind != "text"), 1)
    keys = list(range(min(first, 3)))
    part = list(keys)
    for column in range(len(keys), len(widths)):
        trial = [*part, column]
        if len(part) > len(keys) and _taken([widths[i] for i in trial], size) > _ACROSS:
            yield part
            trial = [*keys, column]
        part = trial
    yield part


def _taken(widths: Sequence[int], size: float) -> float:
    """Give the width of columns in mm."""
    return sum(widths) * size * _CHARACTER * _MM + _GAP * len(widths)


# --- document -------------------------------------------------------------------------------------


def _set_type(document: Any) -> None:
    """Latin text in one typeface, Chinese in another; captions black."""
    for name in ("Normal", "Caption"):
        style = document.styles[name]
        style.font.name = _LATIN
        style.font.color.rgb = None
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _CHINESE)
        style.paragraph_format.space_after = Pt(0)
    document.styles["Normal"].font.size = Pt(_TABLE)


def _lay(section: Any, *, across: bool) -> None:
    """Set an A4 page upright or across."""
    width, height = (Mm(297), Mm(210)) if across else (Mm(210), Mm(297))
    section.orientation = WD_ORIENT.LANDSCAPE if across else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = width, height
    section.left_margin = section.right_margin = Mm(_MARGIN)
    section.top_margin = section.bottom_margin = Mm(_MARGIN)


def _caption(document: Any, number: int, title: str, language: Language, *, again: bool) -> None:
    """Write a caption whose number Word counts and lists; a continued table keeps its own."""
    paragraph = document.add_paragraph(style="Caption")
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.keep_with_next = True
    paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(6), Pt(3)
    _run(paragraph, "表" if language == "zh" else "Table ", 10.0, bold=True)
    switch = r"\c " if again else ""  # \c: the number before
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), rf" SEQ Table {switch}\* ARABIC ")
    paragraph._p.append(field)
    run = _run(paragraph, str(number), 10.0, bold=True)
    field.append(run._r)
    words = title
    if again:
        words += "（续）" if language == "zh" else " (continued)"
    _run(paragraph, f"{'　' if language == 'zh' else '. '}{words}", 10.0, bold=True)


def _notes(document: Any, page: Printed) -> None:
    for note in page.notes:
        if note:
            paragraph = document.add_paragraph()
            paragraph.paragraph_format.space_before = Pt(2)
            _run(paragraph, note, _NOTE)
    document.add_paragraph().paragraph_format.space_after = Pt(6)


# --- table ----------------------------------------------------------------------------------------


def _draw(document: Any, page: Printed, part: Part) -> None:
    """Draw the columns of a part: rules above, below and under the headings, none upright."""
    grid = document.add_table(rows=len(page.rows) + 1, cols=len(part.columns))
    grid.alignment = WD_TABLE_ALIGNMENT.CENTER
    grid.autofit = False
    rows = grid.rows
    widths = page.wrapped_widths()
    for column, at in zip(grid.columns, part.columns, strict=True):
        column.width = Mm(_taken([widths[at]], part.size))
    for cell, column in zip(rows[0].cells, part.columns, strict=True):
        _fill(cell, page.headings[column], "", page.kinds[column], part.size)
    for row, printed_row in zip(list(rows)[1:], page.rows, strict=True):
        for cell, column in zip(row.cells, part.columns, strict=True):
            words, stars = printed_row[column]
            _fill(cell, words, stars, page.kinds[column], part.size)
    for at, row in enumerate(rows):
        _keep_whole(row)
        if at < len(page.rows) and at not in page.starts:
            _keep_with_next(row)
        for cell, column in zip(row.cells, grid.columns, strict=True):
            cell.width = column.width
    _repeat_on_each_page(rows[0])
    _rule(rows[0], top=_THICK, bottom=_THIN)
    _rule(rows[-1], bottom=_THICK)


def _fill(cell: Any, words: str, stars: str, kind: str, size: float) -> None:
    paragraph = cell.paragraphs[0]
    text = kind == "text"
    paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT if text else WD_ALIGN_PARAGRAPH.RIGHT
    power = None if text else _POWER.match(words)
    if power:
        figure, sign, exponent = power.groups()
        _run(paragraph, f"{_minus(figure)}×10", size)
        _run(paragraph, f"{'−' if sign == '-' else ''}{exponent}", size, raised=True)
    else:
        _run(paragraph, words if text and not _FIGURE.match(words) else _minus(words), size)
    if stars:
        _run(paragraph, stars, size, raised=True)


def _minus(words: str) -> str:
    """Give a figure a true minus sign."""
    return re.sub(r"(?<![\w.])-(?=[\d.])", "−", words)


def _run(
    paragraph: Any, words: str, size: float, *, bold: bool = False, raised: bool = False
) -> Any:
    run = paragraph.add_run(words)
    run.font.size = Pt(size)
    run.bold = bold or None
    run.font.superscript = raised or None
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _CHINESE)
    return run


def _rule(row: Any, **sides: int) -> None:
    """Draw rules along a row, in eighths of a point."""
    for cell in row.cells:
        properties = cell._tc.get_or_add_tcPr()
        borders = properties.find(qn("w:tcBorders"))
        if borders is None:
            borders = OxmlElement("w:tcBorders")
            properties.append(borders)
        for side in ("top", "bottom"):
            if side in sides:
                border = OxmlElement(f"w:{side}")
                border.set(qn("w:val"), "single")
                border.set(qn("w:sz"), str(sides[side]))
                border.set(qn("w:color"), "000000")
                borders.append(border)


def _repeat_on_each_page(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _keep_with_next(row: Any) -> None:
    """Let no page end below a row: its group's label stands above."""
    for cell in row.cells:
        cell.paragraphs[0].paragraph_format.keep_with_next = True


def _keep_whole(row: Any) -> None:
    """Let no page end within a row."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
