"""What a caller may give for a source: taken for one kind, and looked at before it is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from spatialccd.data.stores.connections import DUCKDB
from spatialccd.drivers.geodetector.cells._rasters import RasterSource
from spatialccd.drivers.geodetector.cells._sources import (
    DaskSource,
    FrameSource,
    ParquetSource,
    RelationSource,
)
from spatialccd.drivers.strata import is_categorical
from spatialccd.errors import ParameterError, did_you_mean, listed, require

if TYPE_CHECKING:
    from spatialccd.drivers.geodetector.cells._sources import Source

_PARQUET = (".parquet", ".pq", ".geoparquet")
_TABLES = (".csv", ".tsv", ".xlsx", ".xls", ".xlsb", ".ods")
_QUERY = ("path", "sql", "table")


def as_source(source: Any, band: int) -> Source:
    """Take what the caller gave for a source.

    Raises
    ------
    ParameterError
        It is none, or files are not there or are not of one kind.
    """
    if isinstance(source, pd.DataFrame):
        return FrameSource(source.set_axis(source.columns, axis=1))
    kind = f"{type(source).__module__}.{type(source).__name__}"
    if kind.startswith("dask.dataframe.") and hasattr(source, "to_delayed"):
        return DaskSource(source)
    if "duckdb" in kind and hasattr(source, "project"):
        return RelationSource(source)
    if isinstance(source, Mapping):
        return _of_mapping(source, band)
    if isinstance(source, str | Path):
        path, _, table = str(source).rpartition("#")
        if path.lower().endswith(DUCKDB):
            return _query(Path(path).expanduser(), None, table)
        if str(source).lower().endswith(DUCKDB):
            return _query(Path(source).expanduser(), None, None)
        return _of_files([source], band)
    if isinstance(source, Sequence) and source and all(isinstance(s, str | Path) for s in source):
        return _of_files(source, band)
    raise ParameterError(
        f"source must be Parquet files, rasters by name, a DuckDB relation, a Dask frame or a "
        f"frame, not {type(source).__name__}"
    )


def _of_mapping(source: Mapping[Any, Any], band: int) -> Source:
    """Take a mapping: a query to a DuckDB file, or rasters by name."""
    if {"sql", "table"} & set(source):
        unknown = [key for key in source if key not in _QUERY]
        if unknown or "path" not in source or len(source) != 2:
            raise ParameterError(
                "a query takes path= (a DuckDB file) and one of sql= and table=; given: "
                f"{listed(source)}"
            )
        path = Path(str(source["path"])).expanduser()
        return _query(path, source.get("sql"), source.get("table"))
    return RasterSource({str(name): Path(str(p)).expanduser() for name, p in source.items()}, band)


def _of_files(source: Sequence[Any], band: int) -> Source:
    """Take files: all Parquet (a folder or a pattern stands for those in it), or all rasters."""
    paths = [found for given in source for found in _spelled_out(Path(str(given)).expanduser())]
    lost = [str(path) for path in paths if not path.is_file()]
    if lost:
        raise ParameterError(f"no file at {listed(lost)}; check the paths")
    parquet = [path.suffix.lower() in _PARQUET for path in paths]
    if all(parquet):
        return ParquetSource(paths)
    if any(parquet):
        raise ParameterError(
            f"source mixes Parquet with other files: {listed(p.name for p in paths)}"
        )
    tables = [path.name for path in paths if path.suffix.lower() in _TABLES]
    if tables:
        raise ParameterError(
            f"no raster, but a table: {listed(tables)}; write it as Parquet, or give the frame"
        )
    names = [path.stem for path in paths]
    if len(set(names)) < len(names):
        raise ParameterError(
            f"rasters of the same name: {listed(names)}; give each a name, as in dict(y='a/y.tif')"
        )
    return RasterSource(dict(zip(names, paths, strict=True)), band)


def _spelled_out(path: Path) -> list[Path]:
    """List the Parquet files of a folder, and the files of a pattern, sorted."""
    if path.is_dir():
        found = sorted(p for p in path.rglob("*") if p.suffix.lower() in _PARQUET)
        if not found:
            raise ParameterError(f"the folder {path} holds no Parquet file")
        return found
    if any(mark in path.name for mark in "*?[") and not path.exists():
        return sorted(path.parent.glob(path.name)) or [path]
    return [path]


def _query(path: Path, sql: str | None, table: str | None) -> RelationSource:
    """Open a DuckDB file to read, and ask it."""
    require("duckdb", "db")
    import duckdb

    if not path.is_file():
        raise ParameterError(f"no DuckDB file at {path}; check the path")
    connection = duckdb.connect(str(path), read_only=True)
    if sql is None and table is None:
        names = [row[0] for row in connection.execute("SHOW TABLES").fetchall()]
        if len(names) != 1:
            raise ParameterError(
                f"{path.name} holds {len(names)} tables; say which with #table, or with table= or "
                f"sql=: {listed(names, 20)}"
            )
        table = names[0]
    try:
        relation = connection.sql(sql) if sql is not None else connection.table(str(table))
    except duckdb.Error as error:
        raise ParameterError(f"{path.name} refuses {sql or table}: {error}") from error
    return RelationSource(relation, path.name, connection)


def check_asked(source: Source, y: str, factors: Sequence[str]) -> pd.DataFrame:
    """Give the columns asked for, without rows; raise unless they are there and y is numbers."""
    asked = [y, *factors]
    lost = [name for name in asked if name not in source.columns]
    if lost:
        hint = did_you_mean(lost[0], source.columns)
        raise ParameterError(
            f"{source.label} has no column {listed(lost)}{hint}; it has {listed(source.columns)}"
        )
    head = source.head(asked)
    if is_categorical(head[y]):
        raise ParameterError(f"y must hold numbers, not {head[y].dtype}")
    return head
