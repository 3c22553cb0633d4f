"""Writes results into a GeoPackage that QGIS opens colored."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from spatialccd import _align
from spatialccd._files import replacing
from spatialccd._result import Result
from spatialccd.association.neighbors import Neighbors
from spatialccd.data.blank import with_blank
from spatialccd.data.layers.crs import check_fit
from spatialccd.errors import DataError, GeometryError, ParameterError
from spatialccd.report.layers.drawn import Drawn, drawn
from spatialccd.report.layers.keys import Key, classes, columns_on_units
from spatialccd.report.layers.qml import Geometry, style
from spatialccd.report.words.language import Language
from spatialccd.report.words.spoken import Words

if TYPE_CHECKING:
    from spatialccd._types import Areas, Columns

LAYER = "results"
#: QGIS 3.22 warns about version 1.4 of the format, which newer GDAL writes by itself.
_VERSION = "1.3"
#: What SQLite holds in one table, less a few for geometry and key.
_MAX_FIELDS = 1990
_STYLES = """
CREATE TABLE layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256),
    f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
    useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
    update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now'))
)
"""
#: The extension of the format that names columns (OGC 12-128, annex F.9).
_SCHEMA = """
CREATE TABLE IF NOT EXISTS gpkg_extensions (
    table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL,
    scope TEXT NOT NULL, CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name)
);
CREATE TABLE gpkg_data_columns (
    table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT,
    description TEXT, mime_type TEXT, constraint_name TEXT,
    CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
    CONSTRAINT gdc_tn UNIQUE (table_name, name)
);
CREATE TABLE gpkg_data_column_constraints (
    constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC,
    min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
    CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value)
);
INSERT INTO gpkg_extensions VALUES
    ('gpkg_data_columns', NULL, 'gpkg_schema',
     'http://www.geopackage.org/spec121/#extension_schema', 'read-write'),
    ('gpkg_data_column_constraints', NULL, 'gpkg_schema',
     'http://www.geopackage.org/spec121/#extension_schema', 'read-write');
"""
#: Links of neighbors up to this many are drawn; more are a blot, and a large file.
_MAX_LINKS = 100_000
_FIRST = ("grade", "D", "cluster", "score")


@dataclass(frozen=True)
class Field:
    """One column of the layer and where it comes from; `verdict` is a column of its result."""

    name: str
    result: str
    column: str
    time: str
    values: pd.Series
    key: Key | None
    words: str
    verdict: str = ""


@dataclass(frozen=True)
class Style:
    """A style saved in the file, for one of its layers."""

    layer: str
    name: str
    qml: str
    default: bool
    description: str


def write_geopackage(
    results: Mapping[str, Result | Columns],
    areas: Areas,
    path: str | Path,
    *,
    language: Language = "en",
    labels: Mapping[str, object] | None = None,
) -> Path:
    """Write areas with every result as columns, and a saved QGIS style for each column.

    The layer ``results`` has one row a unit; the column of a panel's result
    becomes one column a time, such as ``ccd_D_2020``. Mean centers and their
    moves, ellipses, and the links of neighbors (up to 100,000) are layers of
    their own. The table ``fields`` says where each column comes from, the table
    ``made`` how each result was made. Other results that are not on units (a
    Moran's I, a q) belong into ``write_tables``.

    Parameters
    ----------
    results : mapping of str to Result or DataFrame
        By name. Those on unit or (unit, time) become columns.
    areas : GeoDataFrame
        On unit; its own columns are kept. Units without a figure get none.
    path : str or Path
        Ends in .gpkg. It is replaced as a whole or not at all.
    language : {"en", "zh"}, default "en"
        Of all words but those of the data.
    labels : mapping of str to str or mapping, optional
        What variables are called: a name, or any of "en", "zh", "unit" and "unit_zh".
        The names of columns stay; QGIS shows the words in their place.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    ParameterError
        The suffix is another one, or no result is on the units of `areas` or
        draws a layer.
    AlignmentError
        A unit stands twice in `areas`.
    DataError
        More columns than a GeoPackage holds.

    Examples
    --------
    >>> import tempfile
    >>> import geopandas as gpd
    >>> from shapely.geometry import box
    >>> areas = gpd.GeoDataFrame(geometry=[box(0, 0, 1, 1)], index=["a"], crs=3857)
    >>> path = Path(tempfile.mkdtemp()) / "study.gpkg"
    >>> frame = pd.DataFrame({"D": [0.5]}, index=["a"])
    >>> path = write_geopackage({"ccd": frame}, areas, path)
    >>> gpd.read_file(path, layer="results")["ccd_D"].to_list()
    [0.5]
    """
    path = Path(path)
    if path.suffix.lower() != ".gpkg":
        raise ParameterError(f"path ends in {path.suffix!r}; a GeoPackage ends in .gpkg")
    words = Words.of(language, labels).measured(*results.values())
    areas = with_blank(areas)
    units = _align.labels(areas, "areas")
    check_fit(areas)
    fields = _fields(results, units, words)
    others = _drawn(results, areas)
    if not fields and not others:
        raise ParameterError("no result is on the units of areas: there is nothing to write")
    layers = ({LAYER: _layer(areas, fields)} if fields else {}) | {
        name: one.frame for name, one in others.items()
    }
    styles = (_styles(layers[LAYER], fields, words) if fields else []) + [
        Style(name, name, one.qml, True, name) for name, one in others.items()
    ]
    with replacing(path) as temporary:
        _write(layers, _tables(results, fields), temporary)
        _add_styles(temporary, styles)
        _add_aliases(temporary, fields)
    return path


def _fields(results: Mapping[str, Any], units: pd.Index, words: Words) -> list[Field]:
    """List the columns that results on units give, each with a name of its own."""
    found: list[Field] = []
    taken = {"fid", "geom"}
    for column in columns_on_units(results, units):
        key = classes(column, words)  # over all times, so that they compare
        for at, values in _align.by_time(column.values, column.result):
            time = "" if at is None else str(at)
            parts = (column.result, column.name, time)
            name = _free("_".join(part for part in parts if part), taken)
            heading = f"{words.heading(column.name, column.among)} {time}".strip()
            spoken = f"{words.title(column.result)}{words.colon}{heading}"
            found.append(Field(name, *parts, _plain(values), key, spoken, column.verdict))
    if len(found) > _MAX_FIELDS:
        raise DataError(
            f"the results make {len(found):,} columns; a GeoPackage holds {_MAX_FIELDS:,}: "
            "write fewer results or times at once"
        )
    return found


def _layer(areas: Areas, fields: Sequence[Field]) -> Any:
    """Put the fields beside the columns of the areas; the unit's label comes first."""
    geometry = areas.geometry
    if (geometry.is_empty | geometry.isna()).all():
        raise GeometryError("areas holds no geometry to write")
    wide = pd.concat([f.values.reindex(areas.index).rename(f.name) for f in fields], axis=1)
    taken = {name.lower() for name in wide.columns} | {"fid", "geom"}
    own = areas.drop(columns=geometry.name)
    own.columns = [_free(str(column), taken) for column in own.columns]
    unit = pd.Series(areas.index.astype(str), areas.index, name=_free("unit", taken))
    layer = pd.concat([unit, own.apply(_plain), wide], axis=1)
    return type(areas)(layer, geometry=geometry, crs=areas.crs).reset_index(drop=True)


def _drawn(results: Mapping[str, Any], areas: Areas) -> dict[str, Drawn]:
    """Give the layers that results draw of their own, by a name that no table has."""
    found: dict[str, Drawn] = {}
    taken = {LAYER, "fields", "made", "layer_styles"}
    for result, item in results.items():
        if isinstance(item, Neighbors) and item.graph.n_edges > _MAX_LINKS:
            continue
        for part, one in drawn(item, areas).items():
            found[_free(f"{result}_{part}" if part else str(result), taken)] = one
    return found


def _tables(results: Mapping[str, Any], fields: Sequence[Field]) -> dict[str, pd.DataFrame]:
    """Say where each column comes from, and how each result was made."""
    origins = [(f.name, f.result, f.column, f.time) for f in fields]
    made = [
        (str(name), item.settings.tool, repr(item.settings), str(item.settings.versions))
        for name, item in results.items()
        if isinstance(item, Result)
    ]
    return {
        "fields": pd.DataFrame(origins, columns=["field", "result", "column", "time"]),
        "made": pd.DataFrame(made, columns=["result", "tool", "call", "versions"]),
    }


def _write(layers: Mapping[str, Any], tables: Mapping[str, pd.DataFrame], path: Path) -> None:
    import pyogrio

    for name, layer in layers.items():
        options: dict[str, Any] = {"append": True} if path.exists() else {"VERSION": _VERSION}
        pyogrio.write_dataframe(
            layer, path, layer=name, geometry_name="geom", driver="GPKG", **options
        )
    for name, table in tables.items():
        if len(table):
            pyogrio.write_dataframe(table, path, layer=name, driver="GPKG", append=True)


def _styles(layer: Any, fields: Sequence[Field], words: Words) -> list[Style]:
    """Make a style for each column; the one shown first is the default."""
    styled = [field for field in fields if field.key is not None]
    first = max(styled, key=_prominence, default=None)
    points = layer.geom_type.dropna().isin(["Point", "MultiPoint"]).all()
    geometry: Geometry = "marker" if points else "fill"
    aliases = {field.name: field.words for field in fields}
    blank = words.say("No data")
    named = {(field.result, field.column, field.time): field.name for field in fields}
    return [
        Style(
            layer=LAYER,
            name=field.name,
            qml=style(
                field.name,
                field.key,
                geometry,
                # The aliases of one style stay when another is chosen: they are no symbology.
                aliases if field is first else {},
                verdict=named.get((field.result, field.verdict, field.time), ""),
                blank=blank if layer[field.name].isna().any() else "",
            ),
            default=field is first,
            description=f"{field.result}: {field.column} {field.time}".strip(),
        )
        for field in styled
        if field.key is not None
    ]


def _add_styles(path: Path, styles: Sequence[Style]) -> None:
    """Save the styles where QGIS looks for them."""
    if not styles:
        return
    rows = [
        ("", "", one.layer, "geom", one.name, one.qml, one.default, one.description, "", None)
        for one in styles
    ]
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(_STYLES)
        database.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) "
            "VALUES ('layer_styles', 'attributes', 'layer_styles', 0)"
        )
        database.executemany(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, "
            "f_geometry_column, styleName, styleQML, useAsDefault, description, owner, ui) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            rows,
        )


def _add_aliases(path: Path, fields: Sequence[Field]) -> None:
    """Write the words for columns where GDAL 3.7 and later look for them (extension "schema")."""
    rows = [(LAYER, field.name, field.words) for field in fields]
    if not rows:
        return
    with closing(sqlite3.connect(path)) as database, database:
        database.executescript(_SCHEMA)
        database.executemany(
            "INSERT INTO gpkg_data_columns (table_name, column_name, title) VALUES (?, ?, ?)",
            rows,
        )


def _prominence(field: Field) -> tuple[int, str]:
    """Rank columns as the default style: the grade of the last time before all."""
    rank = len(_FIRST) - _FIRST.index(field.column) if field.column in _FIRST else 0
    return rank, field.time


def _free(name: str, taken: set[str]) -> str:
    """Make a name unlike those taken; SQLite does not tell case apart."""
    base = re.sub(r'["\x00-\x1f]', "_", name)
    candidate, count = base, 1
    while candidate.lower() in taken:
        count += 1
        candidate = f"{base}_{count}"
    taken.add(candidate.lower())
    return candidate


def _plain(values: pd.Series) -> pd.Series:
    """Give text or figures: what a GeoPackage column can hold."""
    if pd.api.types.is_bool_dtype(values):
        return values.map({True: "yes", False: "no"}).astype(object)
    if pd.api.types.is_numeric_dtype(values):
        return values
    text = values.astype(object)
    return text.where(text.isna(), text.astype(str)).where(text.notna(), None)
