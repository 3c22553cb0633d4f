"""Find the layer or the tables in an archive, wherever they lie in there.

GDAL reads a zipped shapefile only from the archive's top. People zip the
folder; macOS adds shadow files; Chinese Windows writes file names in GBK
without saying so. So the layer's parts are unpacked to a temporary folder.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any

from spatialccd import _files
from spatialccd.errors import GeometryError, PanelError, ParameterError, did_you_mean, listed

#: How packed single files begin, and what unpacks them.
_PACKED: dict[bytes, Callable[[IO[bytes]], Any]] = {
    b"\x1f\x8b": gzip.open,
    b"BZh": bz2.open,
    b"\xfd7zXZ": lzma.open,
}
#: Bytes, and times its size, to which an archive may unpack: tables and layers shrink to a tenth,
#: what shrinks to a thousandth fills the memory and holds nothing.
_MOST, _TIMES = 2**29, 20
_CHUNK = 2**20
_TABLES = (
    ".csv",
    ".tsv",
    ".txt",
    ".tab",
    ".xlsx",
    ".xls",
    ".xlsb",
    ".ods",
    ".parquet",
    ".dta",
    ".sav",
)
_LAYERS = (".shp", ".gpkg", ".geojson", ".json", ".fgb", ".parquet")
_UTF8 = 0x800  # the flag of an entry whose name is UTF-8


@contextmanager
def unpacked(path: Path, layer: str | None) -> Iterator[tuple[Path, str | None]]:
    """Give the layer file of an archive, unpacked while the context lasts.

    Parameters
    ----------
    path : Path
        A .zip file.
    layer : str, optional
        Where the archive holds several files, which of them, by its name
        without suffix.

    Yields
    ------
    Path, str or None
        The file, and the layer to read in it: `layer`, unless that chose the file.

    Raises
    ------
    GeometryError
        The archive is damaged or holds no layer.
    ParameterError
        It holds several, and `layer` is none of them.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise GeometryError(f"{path.name} cannot be read as a zip archive ({error})") from error
    with archive, _files.scratch() as folder:
        names = {_name(entry): entry for entry in archive.infolist() if not entry.is_dir()}
        found = _layers([name for name in names if not _is_shadow(name)], path.name)
        chosen = found[0] if len(found) == 1 else _choose(found, path.name, layer)
        for name, entry in names.items():
            if name.with_suffix("") == chosen.with_suffix(""):
                part = folder / f"{chosen.stem}{name.suffix.lower()}"
                _copy(archive, entry, part, path)
        file = folder / f"{chosen.stem}{chosen.suffix.lower()}"
        yield file, layer if len(found) == 1 else None


def unpack_tables(source: str, data: bytes) -> dict[str, bytes] | None:
    """Unpack what holds tables: a .gz, .bz2 or .xz of one, or a .zip of one or several.

    Returns
    -------
    dict or None
        Bytes by file name; None where `data` is no archive (a workbook is a
        zip archive too, but not one of tables).

    Raises
    ------
    PanelError
        The archive is damaged, locked, or holds no table.
    """
    try:
        for mark, opener in _PACKED.items():
            if data.startswith(mark):
                with opener(io.BytesIO(data)) as file:
                    return {PurePosixPath(source).stem: _read(file, source, len(data))}
        if not data.startswith(b"PK\x03\x04"):
            return None
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {_name(entry): entry for entry in archive.infolist() if not entry.is_dir()}
            if any(str(name) in ("[Content_Types].xml", "mimetype") for name in names):
                return None
            found: dict[str, bytes] = {}
            for name, entry in names.items():
                if name.suffix.lower() in _TABLES and not _is_shadow(name):
                    taken = sum(len(part) for part in found.values())
                    with archive.open(entry) as file:
                        found[str(name)] = _read(file, source, len(data), taken)
    except zipfile.BadZipFile:
        return None  # a workbook that is damaged, as far as can be told: its reader says so
    except (OSError, EOFError, RuntimeError, zlib.error, lzma.LZMAError) as error:
        raise PanelError(f"{source} cannot be unpacked ({error}); unpack it first") from None
    if not found:
        raise PanelError(
            f"{source} is an archive without a table ({listed(map(str, names)) or 'nothing'}); "
            f"tables are {', '.join(_TABLES)}"
        )
    return found


def check_unpacked(source: str, data: bytes) -> None:
    """Raise ``PanelError`` where the parts of a workbook would unpack to far more than it holds."""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        size = sum(entry.file_size for entry in parts.infolist())
    if size > _most(len(data)):
        raise PanelError(_too_much(source, len(data)))


def _read(file: IO[bytes], source: str, packed: int, taken: int = 0) -> bytes:
    """Unpack one file, as far as all of them may go."""
    data = file.read(_most(packed) - taken + 1)
    if len(data) + taken > _most(packed):
        raise PanelError(_too_much(source, packed))
    return data


def _copy(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, part: Path, source: Path) -> None:
    """Unpack one part of a layer to the disk, piece by piece."""
    packed = source.stat().st_size
    try:
        with archive.open(entry) as file, part.open("wb") as copy:
            while chunk := file.read(_CHUNK):
                copy.write(chunk)
                if copy.tell() > _most(packed):
                    raise GeometryError(_too_much(source.name, packed))
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, zlib.error) as error:
        raise GeometryError(
            f"{source.name} cannot be unpacked ({error}); unpack it first"
        ) from error


def _most(packed: int) -> int:
    return max(_MOST, _TIMES * packed)


def _too_much(source: str, packed: int) -> str:
    return (
        f"{source} has {packed:,} bytes and would unpack to more than {_most(packed):,}; unpack it "
        "first if it is what you think, and give the file in it"
    )


def _layers(names: list[PurePosixPath], source: str) -> list[PurePosixPath]:
    found = [name for name in names if name.suffix.lower() in _LAYERS]
    if not found:
        raise GeometryError(
            f"{source} holds no layer ({listed(map(str, names)) or 'nothing'}); a layer is one of "
            f"{', '.join(_LAYERS)}"
        )
    return found


def _choose(found: list[PurePosixPath], source: str, layer: str | None) -> PurePosixPath:
    """Choose one of several files by its name without suffix."""
    stems = [name.stem for name in found]
    if layer is None:
        raise ParameterError(
            f"{source} holds {len(found)} layers; say layer= with one of {listed(stems, 20)}"
        )
    if stems.count(layer) != 1:
        raise ParameterError(
            f"layer={layer!r} is not one file of {source}, which holds "
            f"{listed(map(str, found), 20)}{did_you_mean(layer, set(stems) - {layer})}"
        )
    return found[stems.index(layer)]


def _is_shadow(name: PurePosixPath) -> bool:
    """Tell the resource forks that macOS puts into archives."""
    return name.parts[0] == "__MACOSX" or name.name.startswith("._")


def _name(entry: zipfile.ZipInfo) -> PurePosixPath:
    """Read an entry's name, as GBK where it is not declared as UTF-8 and fits."""
    name = entry.filename
    if not entry.flag_bits & _UTF8:
        try:
            name = name.encode("cp437").decode("gb18030")
        except UnicodeError:
            name = entry.filename
    return PurePosixPath(name)
