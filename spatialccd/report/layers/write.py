"""Writes areas and figures to where a study keeps its data: a file, PostGIS, DuckDB, SQLite."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from spatialccd import _align
from spatialccd._files import replacing
from spatialccd.data.layers.crs import check_crs
from spatialccd.data.stores import databases
from spatialccd.data.stores.connections import Database, engine_of, quoted, table_names, told
from spatialccd.errors import (
    AlignmentError,
    DataError,
    ParameterError,
    listed,
    require,
)

if TYPE_CHECKING:
    import geopandas as gpd

    from spatialccd._types import Areas, Columns

_DRIVERS = {".gpkg": "GPKG", ".geojson": "GeoJSON", ".fgb": "FlatGeobuf"}
_FILES = (".parquet", *_DRIVERS)


def write_layer(
    areas: Areas,
    target: str | Path | Mapping[str, object],
    values: Columns | None = None,
    *,
    table: str | None = None,
    replace: bool = False,
) -> str:
    """Write areas, with figures beside them, to a file or into a database.

    The areas keep their coordinate system: in GeoParquet and PostGIS it is part
    of the format, in DuckDB it stands as the comment of the column of geometry
    (as WKB), in SQLite in the tables ``geometry_columns`` and
    ``spatial_ref_sys`` that GDAL reads. `read_boundaries` reads all of them.

    Parameters
    ----------
    areas : GeoDataFrame
        Areas on unit; their own columns are written too.
    target : str, Path or mapping
        A file: .parquet, .gpkg, .geojson, .fgb. Or a database, with the name of
        the table to write: ``"postgresql://ann@host/study#results"``,
        ``"study.duckdb#results"``, ``"study.sqlite#results"``; or keys: `table`,
        and `url`, `url_env` (the environment variable that holds the URL) or
        `path`.
    values : DataFrame, optional
        Figures on unit or on (unit, time), such as ``result.to_frame()``,
        written beside the areas by label. Those on (unit, time) give one row a
        unit and time. Areas without a figure get none.
    table : str, optional
        The table of a database, where `target` does not name it.
    replace : bool, default False
        Whether a table or file that is there is replaced, as a whole or not at
        all. By default that is an error.

    Returns
    -------
    str
        Where it was written, without a password.

    Raises
    ------
    ParameterError
        The target is of a kind that is not written, or names no table.
    DataError
        It is there already, or two columns have one name.
    DatabaseError
        The database cannot be reached, or refuses.
    AlignmentError
        A unit of `values` is not among the areas, or stands twice.
    MissingDependencyError
        The package for this database is not installed.

    Examples
    --------
    >>> import tempfile
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> areas = gpd.GeoDataFrame(geometry=[box(0, 0, 1, 1)], index=["a"], crs="EPSG:4490")
    >>> figures = pd.DataFrame({"D": [0.5]}, index=["a"])
    >>> path = write_layer(areas, Path(tempfile.mkdtemp()) / "areas.parquet", figures)
    >>> gpd.read_parquet(path)[["unit", "D"]].values.tolist()
    [['a', 0.5]]
    """
    layer = _joined(areas, values)
    if not databases.is_target(target):
        return _write_file(layer, Path(str(target)).expanduser(), table, replace=replace)
    database = databases.as_source(target)
    name = table or database.table
    if not name or database.sql or (table and database.table and table != database.table):
        raise ParameterError(
            "name the one table to write: target='study.duckdb#results' or table='results'"
        )
    database = Database(database.url, table=name)
    writers = {"postgresql": _write_postgis, "duckdb": _write_duckdb, "sqlite": _write_sqlite}
    writers[database.kind](layer, database, replace=replace)
    return database.label


def _joined(areas: gpd.GeoDataFrame, values: pd.DataFrame | None) -> gpd.GeoDataFrame:
    """Put figures beside their areas, and the labels into columns."""
    units = _align.labels(areas, "areas")
    check_crs(areas)
    layer = areas.set_axis(units.rename("unit"), axis=0)
    if layer.geometry.name != "geometry":
        layer = layer.rename_geometry("geometry")
    if values is None:
        return layer.reset_index()
    rows = _align.labels(values, "values")
    shared = [str(c) for c in values.columns if c in layer.columns or c in ("unit", "time")]
    if shared:
        raise DataError(f"areas and values both have {listed(shared)}; rename one of them")
    unknown = rows.get_level_values(0).unique().difference(units, sort=False)
    if len(unknown):
        raise AlignmentError(
            f"units of values without an area: {listed(unknown)}; join them first",
            pd.DataFrame({"unit": unknown}),
        )
    names = ["unit", "time"][: rows.nlevels]
    figures = values.set_axis(rows.set_names(names), axis=0).reset_index()
    return layer.reset_index().merge(figures, on="unit", how="left")


def _write_file(layer: gpd.GeoDataFrame, path: Path, table: str | None, *, replace: bool) -> str:
    suffix = path.suffix.lower()
    if suffix not in _FILES:
        raise ParameterError(
            f"target ends in {path.suffix!r}; give a file that ends in {listed(_FILES)}, or a "
            "database: postgresql://..., .duckdb or .sqlite"
        )
    if table is not None and suffix != ".gpkg":
        raise ParameterError(f"table={table!r} has no place in {path.name}, which holds one layer")
    if path.exists() and not replace:
        raise DataError(f"{path} is there already; say replace=True, or another name")
    with replacing(path) as temporary:
        if suffix == ".parquet":
            layer.to_parquet(temporary, index=False)
        else:
            named = {"layer": table or path.stem} if suffix == ".gpkg" else {}
            layer.to_file(temporary, driver=_DRIVERS[suffix], engine="pyogrio", **named)
    return str(path)


def _write_postgis(layer: gpd.GeoDataFrame, database: Database, *, replace: bool) -> None:
    require("sqlalchemy", "db")
    require("geoalchemy2", "db")
    import sqlalchemy

    engine = engine_of(database)
    schema, _, name = str(database.table).rpartition(".")
    try:
        with told(database, sqlalchemy.exc.SQLAlchemyError), engine.begin() as connection:
            there = sqlalchemy.inspect(connection).has_table(name, schema=schema or None)
            _refuse_there(database, there=there and not replace)
            layer.to_postgis(
                name,
                connection,
                schema=schema or None,
                if_exists="replace" if replace else "fail",
                index=False,
            )
    finally:
        engine.dispose()


def _write_duckdb(layer: gpd.GeoDataFrame, database: Database, *, replace: bool) -> None:
    require("duckdb", "db")
    import duckdb

    table = quoted(str(database.table))
    schema, _, name = str(database.table).rpartition(".")
    flat = pd.DataFrame(layer.drop(columns="geometry")).assign(geometry=layer.geometry.to_wkb())
    crs = str(layer.crs.to_string()).replace("'", "''")
    path = str(Path(database.url).expanduser())
    with told(database, duckdb.Error), duckdb.connect(path) as connection:
        count = connection.execute(
            "SELECT count(*) FROM duckdb_tables() "
            "WHERE table_name = $name AND schema_name = $schema",
            {"name": name, "schema": schema or "main"},
        ).fetchall()
        _refuse_there(database, there=bool(count[0][0]) and not replace)
        connection.register("layer_to_write", flat)
        connection.begin()
        connection.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT * FROM layer_to_write")
        connection.execute(f"COMMENT ON COLUMN {table}.geometry IS '{crs}'")
        connection.commit()


def _write_sqlite(layer: gpd.GeoDataFrame, database: Database, *, replace: bool) -> None:
    path = Path(database.url).expanduser()
    there = path.exists() and database.table in table_names(Database(database.url))
    _refuse_there(database, there=there and not replace)
    with replacing(path) as temporary:  # a copy, so that it is whole or as it was
        if path.exists():
            shutil.copyfile(path, temporary)
        layer.to_file(
            temporary,
            driver="SQLite",
            layer=database.table,
            engine="pyogrio",
            mode="w",
            LAUNDER="NO",
        )


def _refuse_there(database: Database, *, there: bool) -> None:
    if there:
        raise DataError(f"{database.label} is there already; say replace=True, or another name")
