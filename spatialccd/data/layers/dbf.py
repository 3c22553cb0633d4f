"""The parts of a shapefile: do they belong together, and in what encoding is the table.

A shapefile names its encoding in a .cpg file beside it or in one byte of the
.dbf header. Most software writes the byte for "whatever this computer uses",
so without a .cpg GDAL takes Latin-1 and Chinese names turn to gibberish; and
a .cpg may say what some program takes for granted, not what the text is in.
GDAL knows encodings by fewer names than Python, and drops without a word what it
cannot convert; so it is made to hand over the bytes, and they are decoded here.
"""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from spatialccd.data.files.encoding import find_encoding
from spatialccd.errors import GeometryError

#: In which a character is a byte.
AS_BYTES = "ISO-8859-1"
#: Header bytes that do name a coding beyond doubt: the Chinese, Japanese and Korean ones.
_TELLING = {0x4D: "gb18030", 0x4E: "cp949", 0x4F: "cp950", 0x13: "cp932"}
#: Codings of Latin letters, in which any bytes make some text.
_LATIN = re.compile(r"iso8859-(1|2|3|4|9|10|13|14|15|16)$|cp(1250|1252|1254|1257|437|850|858)$|mac")
#: Names in Latin letters hold single accents; three foreign letters in a row are another coding.
_RUN = re.compile(rb"[\x80-\xff]{3,}")
_FOREIGN = re.compile(rb"[\x80-\xff]")
#: What ArcGIS calls codings in a .cpg.
_ESRI = {"65001": "utf-8", "88591": "iso8859-1", "936": "gb18030", "54936": "gb18030"}


class _Table(NamedTuple):
    """The header of a dBase table: rows, where they start, and their width in bytes."""

    n_rows: int
    start: int
    width: int


def check_parts(path: Path) -> None:
    """Raise ``GeometryError`` unless a shapefile's parts hold equally many areas.

    Parameters
    ----------
    path : Path
        The .shp file.
    """
    parts = _parts(path)
    if not {".shp", ".shx", ".dbf"} <= set(parts):
        return
    n_shapes = (_stated_size(parts[".shx"]) - 100) // 8
    with parts[".dbf"].open("rb") as file:
        table = _header(file.read(32))
    if table is None:
        raise GeometryError(f"{parts['.dbf'].name} is no dBase table; copy the shapefile again")
    there = (parts[".dbf"].stat().st_size - table.start) // max(table.width, 1)
    problems = []
    if table.n_rows != n_shapes:
        problems.append(
            f"{parts['.dbf'].name} holds {table.n_rows} rows for the {n_shapes} shapes of "
            f"{path.name}"
        )
    if there < table.n_rows:
        problems.append(
            f"{parts['.dbf'].name} ends after {max(there, 0)} of its {table.n_rows} rows"
        )
    for part in (parts[".shp"], parts[".shx"]):
        size, whole = part.stat().st_size, _stated_size(part)
        if size < whole:
            problems.append(f"{part.name} ends after {size:,} of its {whole:,} bytes")
    if problems:
        raise GeometryError(
            f"the parts of the shapefile do not belong together: {'; '.join(problems)}; copy all "
            "of them again from one source"
        )


def _stated_size(part: Path) -> int:
    """Read the size that the header of a .shp or .shx states, in words of two bytes."""
    with part.open("rb") as file:
        return int.from_bytes(file.read(28)[24:28], "big") * 2


def table_encoding(path: Path) -> tuple[str | None, list[str]]:
    """Find the encoding of a shapefile's table, and what is to be said about it.

    Parameters
    ----------
    path : Path
        The .shp file.

    Returns
    -------
    str or None, list of str
        Python's name of it, None where only GDAL knows; notes where a .cpg is not
        believed.

    Raises
    ------
    GeometryError
        The text cannot be in the encoding that the .cpg names.
    """
    parts = _parts(path)
    if ".dbf" not in parts:
        return None, []
    table = parts[".dbf"].read_bytes()
    if ".cpg" not in parts:
        return _find(table), []
    return _against(parts[".cpg"], _texts(table))


def decoded(frame: Any, encoding: str) -> Any:
    """Decode a table that was read as Latin-1: its texts and the names of its columns.

    Parameters
    ----------
    frame : DataFrame
        Whose text holds one character a byte.
    encoding : str
        What the bytes are in.

    Raises
    ------
    UnicodeDecodeError
        They are not.
    """
    frame = frame.rename(columns={c: _decode(str(c).encode(AS_BYTES), encoding) for c in frame})
    for name, column in frame.items():
        if pd.api.types.is_string_dtype(column) or column.dtype == object:
            frame[name] = column.map(
                lambda v: _decode(v.encode(AS_BYTES), encoding) if isinstance(v, str) else v,
                na_action="ignore",
            )
    return frame


def _decode(cell: bytes, encoding: str) -> str:
    """Decode one cell; a character that its width cut in two is left out."""
    return codecs.getincrementaldecoder(_chinese(encoding))().decode(cell, final=False)


def _chinese(encoding: str) -> str:
    """GB18030 holds all of GBK and GB2312."""
    name = codecs.lookup(encoding).name
    return "gb18030" if name in ("gbk", "gb2312") else name


def _against(cpg: Path, texts: list[bytes]) -> tuple[str | None, list[str]]:
    """Hold what a .cpg says against the text."""
    said = cpg.read_text(encoding="ascii", errors="replace").strip()
    declared = _codec(said)
    if declared is None:
        return None, []
    found = find_encoding(b"\n".join(texts)) if texts else None
    try:
        for text in texts:
            _decode(text, declared)
    except UnicodeDecodeError:
        reads = f"it reads as {found}; say encoding={found!r}" if found else "say encoding="
        raise GeometryError(
            f"{cpg.name} is wrong: it says {said}, which the names and texts of the table are not "
            f"in; {reads}{'' if found else ' with what it is'}, or correct the .cpg"
        ) from None
    latin = bool(_LATIN.match(declared))
    if (found == "utf-8" and declared != "utf-8") or (found == "gb18030" and latin):
        note = (
            f"{cpg.name} says {said}, but the text is in {found} and was read so; say "
            f"encoding={found!r} to confirm it, or encoding={declared!r} if the .cpg is right"
        )
        return found, [note]
    joined = b"\n".join(texts)
    if latin and sum(map(len, _RUN.findall(joined))) > len(_FOREIGN.findall(joined)) / 2:
        return declared, [
            f"{cpg.name} says {said}, but the text does not look like it; if names look wrong, "
            "say encoding= with what it is (common: 'gb18030', 'big5', 'cp949', 'cp932', 'cp1251')"
        ]
    return declared, []


def _codec(said: str) -> str | None:
    """Give Python's name of what a .cpg says; None where it has none."""
    word = said.lower().removeprefix("ansi ").removeprefix("oem ").removeprefix("cp").strip()
    for name in (_ESRI.get(word), f"cp{word}" if word.isdigit() else None, said, word):
        if name:
            try:
                return codecs.lookup(name).name
            except LookupError:
                continue
    return None


def _parts(path: Path) -> dict[str, Path]:
    """Find the files of one shapefile by their suffixes, whatever the case."""
    return {p.suffix.lower(): p for p in path.parent.iterdir() if p.stem == path.stem}


def _find(table: bytes) -> str | None:
    """Find the encoding of a dBase table by its header, or by the bytes of its texts."""
    if _header(table) is None:
        return None
    if table[29] in _TELLING:
        return _TELLING[table[29]]
    texts = _texts(table)
    return find_encoding(b"\n".join(texts)) if texts else None


def _header(table: bytes) -> _Table | None:
    if len(table) < 32:
        return None
    return _Table(
        int.from_bytes(table[4:8], "little"),
        int.from_bytes(table[8:10], "little"),
        int.from_bytes(table[10:12], "little"),
    )


def _texts(table: bytes) -> list[bytes]:
    """Take the texts of a dBase table that are not plain ASCII, names of columns too."""
    header = _header(table)
    if header is None:
        return []
    cells: list[bytes] = []
    column = 1  # byte 0 of a row marks deletion
    for at in range(32, header.start - 1, 32):
        cells.append(_uncut(table[at : at + 11].split(b"\0", 1)[0], 10))  # the column's name
        length = table[at + 16]
        if table[at + 11 : at + 12] == b"C":
            end = header.start + header.n_rows * header.width
            starts = range(header.start + column, end, max(header.width, 1))
            cells += [_uncut(table[s : s + length].rstrip(b" \0"), length) for s in starts]
        column += length
    return [cell for cell in cells if not cell.isascii()]


def _uncut(cell: bytes, width: int) -> bytes:
    """Take the half of a character from the end of a cell that is full."""
    if len(cell) < width or cell.isascii():
        return cell
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return _decode(cell, encoding).encode(encoding)
    return cell
