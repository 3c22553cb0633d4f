"""How far the cells of a workbook's sheets reach.

Readers hold every cell up to the last one, empty or not: one cell far away takes all memory.
"""

from __future__ import annotations

import io
import re
import zipfile

from spatialccd.errors import PanelError

#: Cells of one sheet that fit into memory, 24 bytes each while it is read.
_MOST_CELLS = 30_000_000

_PLACE = re.compile(rb"<(?:\w+:)?c [^>]{0,200}?\br=\"([A-Z]{1,3}\d{1,7})\"")
_LETTERS, _DIGITS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"0123456789"
_ODS = re.compile(rb"<(/?)table:(table|table-row|(?:covered-)?table-cell)(?=[\s/>])([^>]*)>")
_TIMES = re.compile(rb"number-(?:rows|columns)-repeated=\"(\d{1,9})\"")
#: Records of .xlsb: a row, the kinds of cells, the end of them (MS-XLSB 2.3.2).
_ROW, _CELLS, _END = 0, range(1, 12), 146


def check_extent(source: str, data: bytes) -> None:
    """Raise ``PanelError`` where a cell far away makes a sheet larger than any table."""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        for name in parts.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                rows, columns = _of_xlsx(parts.read(name))
            elif name.startswith("xl/worksheets/") and name.endswith(".bin"):
                rows, columns = _of_xlsb(parts.read(name))
            elif name == "content.xml":
                rows, columns = _of_ods(parts.read(name))
            else:
                continue
            if rows * columns > _MOST_CELLS:
                raise PanelError(
                    f"{source} has a cell in row {rows:,} and one in column {columns:,}: its sheet "
                    f"({name}) would hold {rows * columns:,} cells, most of them empty; delete "
                    "the rows and columns beyond the table and save it"
                )


def _of_xlsx(sheet: bytes) -> tuple[int, int]:
    """Give the last row and the last column that a sheet of .xlsx has a cell in."""
    places = {met[1] for met in _PLACE.finditer(sheet)}
    rows = [int(place.lstrip(_LETTERS)) for place in places]
    columns = [_number_of(letters) for letters in {p.rstrip(_DIGITS) for p in places}]
    return max(rows, default=0), max(columns, default=0)


def _number_of(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number


def _of_xlsb(sheet: bytes) -> tuple[int, int]:
    """Give the same of .xlsb, whose records each begin with kind and length."""
    rows = columns = at = 0
    while at < len(sheet):
        kind, at = _varying(sheet, at, most=2)
        length, at = _varying(sheet, at, most=4)
        if kind == _END:
            break
        if kind == _ROW:
            rows = max(rows, int.from_bytes(sheet[at : at + 4], "little") + 1)
        elif kind in _CELLS:
            columns = max(columns, int.from_bytes(sheet[at : at + 4], "little") + 1)
        at += length
    return rows, columns


def _varying(data: bytes, at: int, most: int) -> tuple[int, int]:
    """Read a number of 7 bits a byte, the eighth for more to come; give it and what follows."""
    number = 0
    for place, byte in enumerate(data[at : at + most]):
        number |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            return number, at + place + 1
    return number, at + most


def _of_ods(content: bytes) -> tuple[int, int]:
    """Give the last row and column with a value over the sheets of .ods, repeats counted."""
    rows = columns = row = column = repeat = 0
    filled = False
    for met in _ODS.finditer(content):
        closing, kind, rest = bool(met[1]), met[2], met[3]
        times = _TIMES.search(rest)
        number = int(times[1]) if times else 1
        if kind == b"table":
            row = 0
        elif kind == b"table-row":
            if closing:
                row += repeat
                rows = max(rows, row) if filled else rows
            elif rest.endswith(b"/"):
                row += number
            else:
                column, repeat, filled = 0, number, False
        elif not closing:
            column += number
            if b"office:" in rest or not rest.endswith(b"/"):  # a value, or text within it
                columns, filled = max(columns, column), True
    return rows, columns
