"""Find out the encoding of a shapefile's table, which it often does not say.

A shapefile names its encoding in a .cpg file beside it or in one byte of the
.dbf header. Most software writes the byte for "whatever this computer uses",
so without a .cpg GDAL takes Latin-1 and Chinese names turn to gibberish.
"""

from __future__ import annotations

from pathlib import Path

from spatialccd.data.encoding import find_encoding

#: Header bytes that do name a coding beyond doubt: the Chinese, Japanese and Korean ones.
_TELLING = {0x4D: "gb18030", 0x4E: "cp949", 0x4F: "cp950", 0x13: "cp932"}


def table_encoding(path: Path) -> str | None:
    """Give the encoding of a shapefile's table, or None where GDAL knows better.

    Parameters
    ----------
    path : Path
        Any part of a shapefile; of other files GDAL knows the encoding.
    """
    if path.suffix.lower() not in (".shp", ".dbf", ".shx"):
        return None
    beside = {p.suffix.lower(): p for p in path.parent.iterdir() if p.stem == path.stem}
    if ".cpg" in beside or ".dbf" not in beside:
        return None
    return _find(beside[".dbf"].read_bytes())


def _find(table: bytes) -> str | None:
    """Read the header of a dBase table and try the bytes of its text columns."""
    if len(table) < 33:
        return None
    if table[29] in _TELLING:
        return _TELLING[table[29]]
    n_rows = int.from_bytes(table[4:8], "little")
    start = int.from_bytes(table[8:10], "little")
    width = int.from_bytes(table[10:12], "little")
    cells: list[bytes] = []
    column = 1  # byte 0 of a row marks deletion
    for at in range(32, start - 1, 32):
        cells.append(table[at : at + 11].split(b"\0", 1)[0])  # the column's name
        length = table[at + 16]
        if table[at + 11 : at + 12] == b"C":
            starts = range(start + column, start + n_rows * width, max(width, 1))
            cells += [table[s : s + length].rstrip(b" \0") for s in starts]
        column += length
    text = b"\n".join(cell for cell in cells if not cell.isascii())
    return find_encoding(text) if text else None
