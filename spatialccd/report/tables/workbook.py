"""Writes tables to an Excel workbook: figures stay figures, stars are their number format."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from spatialccd._result import versions
from spatialccd.errors import DataError
from spatialccd.report.tables.columns import Kind, Table, endless
from spatialccd.report.words.language import Language, say

_MAX_ROWS = 1_048_576
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_HEADER_ROW = 4
#: Characters that Excel holds in a cell.
_LONGEST_CELL = 32_767


def write_workbook(tables: Sequence[Table], path: Path, *, language: Language, digits: int) -> None:
    """Write a sheet of contents, a sheet a table, and a sheet of versions."""
    from openpyxl import Workbook

    book = Workbook()
    contents = book.active
    contents.title = say("Contents", language)
    last = say("Versions", language)
    wanted = [t.title if language == "zh" else t.name for t in tables]
    names = sheet_names(wanted, taken=(contents.title, last))
    _write_contents(contents, tables, names, language)
    for table, name in zip(tables, names, strict=True):
        _write_sheet(book.create_sheet(name), table, digits)
    _write_versions(book.create_sheet(last), language)
    book.save(path)


def sheet_names(wanted: Sequence[str], taken: Sequence[str] = ()) -> list[str]:
    """Give names that Excel takes: at most 31 characters, each once, no brackets or slashes.

    Examples
    --------
    >>> sheet_names(["q [2011/2020]", "Q _2011_2020_"])
    ['q _2011_2020_', 'Q _2011_2020_ 2']
    """
    used = {"history", *(name.lower() for name in taken)}  # Excel keeps one name for itself
    found = []
    for name in wanted:
        base = _FORBIDDEN.sub("_", name).strip("' ")[:31].rstrip("' ") or "result"
        candidate, count = base, 1
        while candidate.lower() in used:
            count += 1
            candidate = f"{base[: 31 - len(str(count)) - 1]} {count}"
        used.add(candidate.lower())
        found.append(candidate)
    return found


def _write_contents(
    sheet: Any, tables: Sequence[Table], names: Sequence[str], language: Language
) -> None:
    from openpyxl.styles import Font

    sheet.append([say(w, language) for w in ("Sheet", "Rows", "Columns", "Settings")])
    for row, (table, name) in enumerate(zip(tables, names, strict=True), start=2):
        cells: list[Any] = [name, *table.frame.shape, table.call]
        for column, value in enumerate(cells, start=1):
            _write(sheet, row, column, value)
        link = sheet.cell(row, 1)
        quoted = name.replace("'", "''")
        link.hyperlink = f"#'{quoted}'!A1"
        link.font = Font(color="0563C1", underline="single")
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for letter, width in zip("ABCD", (32, 9, 9, 100), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"


def _write_sheet(sheet: Any, table: Table, digits: int) -> None:
    from openpyxl.styles import Alignment, Border, Font, Side
    from openpyxl.utils import get_column_letter

    rows, columns = table.frame.shape
    if rows + _HEADER_ROW > _MAX_ROWS:
        raise DataError(f"{table.name} has {rows:,} rows; Excel holds {_MAX_ROWS:,}: write .tex")
    _write(sheet, 1, 1, table.caption).font = Font(bold=True, size=12)
    for row, note in enumerate([table.call, " ".join(table.notes)], start=2):
        _write(sheet, row, 1, note).font = Font(italic=True, color="666666", size=9)
    line = Side(style="thin")
    for column, heading in enumerate(table.headings, start=1):
        cell = _write(sheet, _HEADER_ROW, column, heading)
        cell.font = Font(bold=True)
        cell.border = Border(top=line, bottom=line)
        text = table.kinds[column - 1] == "text"
        cell.alignment = Alignment(horizontal="left" if text else "right")
    for column, name in enumerate(table.frame.columns, start=1):
        kind = table.kinds[column - 1]
        values = table.frame[name].astype(object)
        values = values.where(values.notna(), None)
        for row, (value, stars) in enumerate(
            zip(values, table.stars[name], strict=True), start=_HEADER_ROW + 1
        ):
            cell = _write(sheet, row, column, _cell(value, kind))
            whole = kind == "figure" and row - _HEADER_ROW - 1 in table.counts
            if kind != "text":
                cell.number_format = _format("whole" if whole else kind, digits, name, stars)
        letter = get_column_letter(column)
        sheet.column_dimensions[letter].width = _width(table, column - 1, digits)
    sheet.freeze_panes = sheet.cell(_HEADER_ROW + 1, 1 + _leading_text(table))
    if columns:
        last = get_column_letter(columns)
        sheet.auto_filter.ref = f"A{_HEADER_ROW}:{last}{_HEADER_ROW + max(rows, 1)}"


def _write(sheet: Any, row: int, column: int, value: Any) -> Any:
    """Write one cell; text is text and no formula, and stays so when it is edited."""
    cell = sheet.cell(row, column)
    if isinstance(value, str):
        cell.value = value[:_LONGEST_CELL]
        cell.data_type = "s"  # openpyxl takes what begins with = for a formula
        cell.quotePrefix = value.startswith(("=", "+", "-", "@"))
    else:
        cell.value = value
    return cell


def _cell(value: Any, kind: Kind) -> Any:
    """Give what openpyxl takes."""
    if value is None:
        return None
    if kind == "text":
        return str(value)
    if math.isinf(value):
        return endless(value)
    return int(value) if kind == "whole" else float(value)


def _format(kind: Kind, digits: int, name: str, stars: str) -> str:
    if kind == "whole":
        return "0"
    figure = f"0.{'0' * digits}"
    if name == "se":
        return f"({figure})"
    return f'{figure}"{stars}"' if stars else figure


def _width(table: Table, column: int, digits: int) -> float:
    """Guess a width in characters; Chinese counts twice."""
    heading = sum(2 if ord(c) >= 0x2E80 else 1 for c in table.headings[column])
    if table.kinds[column] != "text":
        return max(heading + 3, digits + 8)
    longest = (
        table.frame.iloc[:200, column]
        .dropna()
        .map(lambda words: sum(2 if ord(c) >= 0x2E80 else 1 for c in str(words)))
    )
    return float(min(max(heading + 3, (longest.max() if len(longest) else 0) + 2), 48))


def _leading_text(table: Table) -> int:
    """Count the columns of labels at the left, which stay in view."""
    return 1 if table.kinds and table.kinds[0] == "text" else 0


def _write_versions(sheet: Any, language: Language) -> None:
    from openpyxl.styles import Font

    sheet.append([say("Package", language), say("Version", language)])
    for package, number in versions().items():
        sheet.append([package, number])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.column_dimensions["A"].width = 20
