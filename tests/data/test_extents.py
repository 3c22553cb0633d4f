"""A cell far away must not make a workbook fill the memory, whatever its kind."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import openpyxl
import pytest

import spatialccd as sc
from spatialccd.data.tables.extents import _of_ods, _of_xlsb
from spatialccd.errors import PanelError

ROWS = [("unit", "time", "gdp"), ("A", 2010, 1.5), ("B", 2010, 2.5)]
FAR = (1_048_576, 16_384)


def xlsx(path: Path, far: tuple[int, int] | None) -> None:
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    if far:
        book.active.cell(*far, "x")
    book.save(path)


def ods(path: Path, far: tuple[int, int] | None) -> None:
    """Write cells as LibreOffice does: what is empty is one tag that says how often."""
    lines = ["".join(_ods_cell(value) for value in row) for row in ROWS]
    rows = "".join(f"<table:table-row>{line}</table:table-row>" for line in lines)
    down = (far or FAR)[0] - len(ROWS) - 1
    rows += (
        f'<table:table-row table:number-rows-repeated="{down}">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    if far:
        rows += (
            f'<table:table-row><table:table-cell table:number-columns-repeated="{far[1] - 1}"/>'
            f"{_ods_cell('x')}</table:table-row>"
        )
    names = "office table text"
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in names.split()
    )
    with zipfile.ZipFile(path, "w") as parts:
        parts.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        parts.writestr(
            "META-INF/manifest.xml",
            '<?xml version="1.0"?><manifest:manifest xmlns:manifest='
            '"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        parts.writestr(
            "content.xml",
            f'<?xml version="1.0"?><office:document-content {spaces}><office:body>'
            f'<office:spreadsheet><table:table table:name="a">{rows}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )


def _ods_cell(value: object) -> str:
    kind = "string" if isinstance(value, str) else "float"
    given = "" if kind == "string" else f' office:value="{value}"'
    return (
        f'<table:table-cell office:value-type="{kind}"{given}><text:p>{value}</text:p>'
        "</table:table-cell>"
    )


def record(kind: int, content: bytes = b"") -> bytes:
    """Give a record of .xlsb: kind and length, 7 bits a byte."""
    head = bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7])
    length = len(content)
    size = bytes([length]) if length < 128 else bytes([length & 127 | 128, length >> 7])
    return head + size + content


def xlsb(path: Path, far: tuple[int, int] | None) -> None:
    """Write what calamine needs of a binary workbook, by the published layout (MS-XLSB)."""
    rows = [(i, list(enumerate(row))) for i, row in enumerate(ROWS)]
    rows += [(far[0] - 1, [(far[1] - 1, "x")])] if far else []
    sheet = record(129) + record(148, struct.pack("<4I", 0, len(ROWS) - 1, 0, 2)) + record(145)
    for number, cells in rows:
        sheet += record(0, struct.pack("<2I", number, 0) + bytes(9))
        for column, value in cells:
            head = struct.pack("<2I", column, 0)
            if isinstance(value, str):
                sheet += record(6, head + _wide(value))
            else:
                sheet += record(5, head + struct.pack("<d", value))
    sheet += record(146) + record(130)
    bound = struct.pack("<2I", 0, 1) + _wide("rId1") + _wide("a")
    book = record(131) + record(143) + record(156, bound) + record(144) + record(132)
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    with zipfile.ZipFile(path, "w") as parts:
        parts.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}/content-types"><Default Extension="bin" '
            'ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>',
        )
        parts.writestr("xl/workbook.bin", book)
        parts.writestr(
            "xl/_rels/workbook.bin.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
            f'Type="{office}/worksheet" Target="worksheets/sheet1.bin"/></Relationships>',
        )
        parts.writestr("xl/worksheets/sheet1.bin", sheet)


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


WRITERS = {".xlsx": xlsx, ".ods": ods, ".xlsb": xlsb}


@pytest.mark.parametrize("suffix", WRITERS)
def test_a_sound_workbook_of_each_kind_is_read(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"table{suffix}"
    WRITERS[suffix](path, None)
    panel = sc.read_panel(path, unit="unit", time="time")
    assert panel["gdp"].tolist() == [1.5, 2.5]


@pytest.mark.parametrize("suffix", WRITERS)
@pytest.mark.parametrize("far", [FAR, (1_048_576, 4_000), (40_000, 16_384)])
def test_a_cell_far_away_is_refused_with_its_place(
    suffix: str, far: tuple[int, int], tmp_path: Path
) -> None:
    path = tmp_path / f"table{suffix}"
    WRITERS[suffix](path, far)
    with pytest.raises(PanelError, match=rf"row {far[0]:,} and one in column {far[1]:,}"):
        sc.read_panel(path, unit="unit", time="time")


def test_what_is_damaged_ends() -> None:
    assert _of_xlsb(b"\xff" * 7) == (0, 0)
    assert _of_xlsb(record(0, b"\x01")) == (2, 0)
    assert _of_ods(b"<table:table-row><table:table-cell office:value='1'/>") == (0, 1)
