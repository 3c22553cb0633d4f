"""Open a file of areas: find it, make sure what it is, and read the one layer in it.

GDAL reads what a file's first bytes ask for, whatever its name: a text that is called
.gpkg can send it to other files and to the network. So a file must be what its name
says before GDAL sees it.
"""

from __future__ import annotations

import codecs
import mmap
import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyogrio
import shapely
from pyproj.exceptions import CRSError

from spatialccd.data.files import archive
from spatialccd.data.files.damage import DAMAGE
from spatialccd.data.layers import bundled, dbf
from spatialccd.errors import GeometryError, ParameterError, SpatialCCDError, did_you_mean, listed

if TYPE_CHECKING:
    import geopandas as gpd

_SUFFIXES = (".gpkg", ".shp", ".zip", ".geojson", ".json", ".fgb", ".parquet", ".gdb")
#: How a file of each kind begins.
_BEGINS = {
    ".gpkg": b"SQLite format 3\x00",
    ".shp": b"\x00\x00\x27\x0a",
    ".fgb": b"fgb",
    ".parquet": b"PAR1",
}
_JSON = (".geojson", ".json", ".topojson")
#: Texts that make GDAL open other files or the network.
_ELSEWHERE = re.compile(
    rb"(?i)<OGRVRT|<OGRWFS|<VRTDataset|WFS_Capabilities|/vsi\w+/|^\s*(WFS|OAPIF|PG|MySQL|MSSQL|"
    rb"OCI|CSW|Carto|Elasticsearch|AmigoCloud|PLScenes|https?|ftp):"
)
_HEAD = 4096
#: What readers of layers trip over besides.
_DAMAGE = (
    *DAMAGE, CRSError, shapely.errors.ShapelyError,
    *(e for e in vars(pyogrio.errors).values() if isinstance(e, type) and issubclass(e, Exception)),
)  # fmt: skip


def path_of(source: str | Path) -> Path:
    """Check that the file is there; a bare word may be a misspelled bundled name.

    Raises
    ------
    GeometryError
        There is no such file, or it is a folder.
    ParameterError
        The word is neither a file nor a bundled layer.
    """
    path = Path(source).expanduser()
    if path.is_file() or (path.is_dir() and path.suffix.lower() == ".gdb"):
        return path
    names = ", ".join(repr(n) for n in bundled.NAMES)
    if not path.suffix and path.name == str(source) and not path.is_dir():
        raise ParameterError(
            f"source={str(source)!r} is neither a file nor a bundled layer; bundled are {names}"
            f"{did_you_mean(source, bundled.NAMES)}"
        )
    if path.is_dir():
        inside = sorted(p.name for p in path.iterdir() if p.suffix.lower() in _SUFFIXES)
        found = f"it holds {listed(inside)}" if inside else "it holds no layer"
        raise GeometryError(f"{path} is a folder; name the file to read: {found}")
    siblings = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
    hint = did_you_mean(path.name, siblings) or "; check the path"
    raise GeometryError(f"no file at {path}{hint}")


def read_frame(
    path: Path, layer: str | None, encoding: str | None
) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Read the layer of a file.

    Parameters
    ----------
    path : Path
        A file that is there.
    layer, encoding
        As of ``read_boundaries``.

    Returns
    -------
    GeoDataFrame, list of str
        Every feature, unchecked; and what is to be said about the reading.

    Raises
    ------
    GeometryError
        The file is damaged, incomplete, or not of the kind its name says.
    ParameterError
        There is no such layer or encoding.
    """
    import geopandas as gpd

    if path.stat().st_size == 0:
        raise GeometryError(f"{path.name} is empty (0 bytes); copy or download it again")
    _check_encoding(encoding)
    suffix = path.suffix.lower()
    if suffix == ".zip":
        with archive.unpacked(path, layer) as (part, inside):
            return read_frame(part, inside, encoding)
    _check_kind(path)
    if suffix == ".parquet":
        try:
            return gpd.read_parquet(path), []
        except _DAMAGE as error:  # no Parquet file, or one without geometry
            raise GeometryError(_unreadable(path, str(error))) from error
    notes: list[str] = []
    try:
        layer = _layer(pyogrio.list_layers(path), path.name, layer)
        if suffix != ".shp":
            return _features(path, layer, encoding), notes
        if encoding is None:
            encoding, notes = dbf.table_encoding(path)
        frame = _features(path, layer, dbf.AS_BYTES if encoding else None)
        return (dbf.decoded(frame, encoding) if encoding else frame), notes
    except UnicodeDecodeError as error:
        raise ParameterError(
            f"encoding={encoding!r} does not read {path.name} ({error}); leave it out to have "
            "it found, or try 'utf-8', 'gb18030', 'big5' or 'cp1252'"
        ) from error
    except SpatialCCDError:
        raise
    except _DAMAGE as error:
        raise GeometryError(_unreadable(path, str(error))) from error


def _features(path: Path, layer: str | None, encoding: str | None) -> gpd.GeoDataFrame:
    import geopandas as gpd

    with warnings.catch_warnings():
        # Codes that are numbers but for one (100000_JD) are text, as codes should be.
        warnings.filterwarnings("ignore", "Could not parse column .* leaving as string")
        return gpd.read_file(path, layer=layer, encoding=encoding, engine="pyogrio")


def _check_encoding(encoding: str | None) -> None:
    if encoding is None:
        return
    try:
        codecs.lookup(encoding)
    except LookupError:
        raise ParameterError(
            f"encoding={encoding!r} is not known to Python; "
            "common: 'utf-8', 'gb18030', 'big5', 'cp1252'"
        ) from None


def _check_kind(path: Path) -> None:
    """Raise ``GeometryError`` unless a file is what its name says, and whole."""
    suffix = path.suffix.lower()
    if path.is_dir():
        return
    with path.open("rb") as file:
        head = file.read(_HEAD)
    begins = _BEGINS.get(suffix)
    if begins is not None and not head.startswith(begins):
        raise GeometryError(_unreadable(path, f"it is no {suffix} file{_what(head)}"))
    if suffix in _JSON:
        text = head.removeprefix(codecs.BOM_UTF8).lstrip()
        if not text.startswith((b"{", b"[", b"\x1e")):
            raise GeometryError(_unreadable(path, f"it is no JSON{_what(head)}"))
        _check_plain(path)
    elif begins is None and _ELSEWHERE.search(head):
        raise GeometryError(_unreadable(path, f"it holds no areas{_what(head)}"))
    if suffix == ".shp":
        dbf.check_parts(path)


def _what(head: bytes) -> str:
    """Say what a file is that is not what its name says, as far as that is plain."""
    if _ELSEWHERE.search(head):
        return " but a text that points to other files or the network, which are not opened"
    kinds = [suffix for suffix, begins in _BEGINS.items() if head.startswith(begins)]
    if kinds:
        return f" but a {kinds[0]} file: rename it"
    if head.startswith(b"PK\x03\x04"):
        return " but a zip archive: rename it to .zip"
    if head.lstrip()[:1] == b"<":
        return " but a page of the web or XML: was the download an error page?"
    return ""


def _check_plain(path: Path) -> None:
    """Raise ``GeometryError`` for the maps of ECharts, whose coordinates are letters."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        packed = text.find(b'"encodeOffsets"') >= 0
    if packed:
        raise GeometryError(
            f"{path.name} is in the compressed form of ECharts (UTF8Encoding), not GeoJSON; take "
            "the plain GeoJSON of the same map, such as DataV GeoAtlas gives, or open it in "
            "ECharts and save echarts.getMap(...).geoJSON"
        )


def _unreadable(path: Path, reason: str) -> str:
    beside = [path.with_suffix(suffix) for suffix in (".shx", ".dbf")]
    is_one = path.suffix.lower() == ".shp" and not reason.startswith("it is no")
    lost = [p.name for p in beside if is_one and not p.is_file()]
    if lost:
        return f"{path.name} needs the other parts of the shapefile: {listed(lost)} not found"
    reason = reason.partition(";")[0]  # GDAL goes on with advice for programmers
    return (
        f"{path.name} cannot be read as a layer ({reason}); use a file of the kinds "
        f"{', '.join(_SUFFIXES)}"
    )


def _layer(kinds: Any, source: str, layer: str | None) -> str | None:
    """Choose the one layer that has geometry, or check the one asked for."""
    names = [str(name) for name, kind in kinds if kind is not None]
    if layer is not None:
        if layer not in kinds[:, 0]:
            raise ParameterError(
                f"layer={layer!r} is not in {source}, which holds {listed(names, 20)}"
                f"{did_you_mean(layer, names)}"
            )
        return layer
    if len(names) > 1:
        raise ParameterError(
            f"{source} holds {len(names)} layers; say layer= with one of {listed(names, 20)}"
        )
    return names[0] if names else None
