"""Panels and boundaries from where studies keep them: PostGIS, DuckDB, SQLite, folders of Parquet.

What is asked of a database is a table or a query; values go in as bound
parameters, never as text. A password is used and not kept: what is said and
written names a database without it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from spatialccd import _files
from spatialccd.data.stores.connections import (
    DUCKDB,
    POSTGRES,
    SQLITE,
    Database,
    connected,
    fetch,
    redact,
)
from spatialccd.errors import GeometryError, ParameterError, did_you_mean, listed

if TYPE_CHECKING:
    import geopandas as gpd

_URL = re.compile(r"^[a-z][a-z0-9]*(\+\w+)?://", re.IGNORECASE)
_KEYS = ("sql", "table", "url", "url_env", "path", "parameters")
_HEX_WKB = re.compile(r"0[01][0-9A-Fa-f]{40,}")


def is_database(source: Any) -> bool:
    """Say whether a source is a database, or a folder of Parquet files.

    Examples
    --------
    >>> is_database("study.duckdb"), is_database({"sql": "SELECT 1"}), is_database("study.csv")
    (True, True, False)
    """
    if isinstance(source, Mapping):
        return True
    if not isinstance(source, str | Path):  # several files
        return False
    text = str(source)
    if _URL.match(text):
        return True
    return _file_of(text)[0].lower().endswith((*DUCKDB, *SQLITE)) or _is_folder(source)


def is_target(target: Any) -> bool:
    """Say whether what is written goes into a database."""
    text = str(target)
    named = _URL.match(text) or _file_of(text)[0].lower().endswith((*DUCKDB, *SQLITE))
    return isinstance(target, Mapping) or bool(named)


def as_source(source: Any) -> Database:
    """Take a URL, a file or a table of keys for a database and what to read in it.

    Parameters
    ----------
    source : str, Path or mapping
        ``"postgresql://ann@host/study#table"``, ``"study.duckdb#table"``,
        ``"study.sqlite#table"``, or keys: `sql` or `table`; `url`, `url_env`
        (the name of an environment variable that holds the URL) or `path`;
        and `parameters`.

    Raises
    ------
    ParameterError
        A key is unknown, lacking, or given beside another that excludes it.
    """
    if not isinstance(source, Mapping):
        url, table = _file_of(str(source))
        _check_kind(url)
        return Database(url, table=table)
    unknown = [key for key in source if key not in _KEYS]
    if unknown:
        raise ParameterError(
            f"a database has no key {unknown[0]!r}{did_you_mean(unknown[0], _KEYS)}; "
            f"it takes {listed(_KEYS)}"
        )
    places = [key for key in ("url", "url_env", "path") if source.get(key)]
    asked = [key for key in ("sql", "table") if source.get(key)]
    if len(places) != 1:
        raise ParameterError(
            "name a database by one of url, url_env (the environment variable that holds its URL) "
            f"or path; given: {listed(places) or 'none'}"
        )
    if len(asked) > 1:
        raise ParameterError("give sql or table, not both")
    url = str(source[places[0]])
    if places[0] == "url_env":
        url = _from_environment(url)
    _check_kind(url)
    parameters = dict(source.get("parameters") or {})
    return Database(url, source.get("table"), source.get("sql"), parameters)


def located(source: Any, folder: Path) -> Any:
    """Take the files that a study file names as relative to its folder.

    Raises
    ------
    ParameterError
        A URL holds a password: a study file is shared.
    """
    if isinstance(source, Mapping):
        found = dict(source)
        if found.get("path"):
            found["path"] = str(folder / str(found["path"]))
        _refuse_password(str(found.get("url") or ""))
        return found
    _refuse_password(str(source))
    return source if _URL.match(str(source)) else str(folder / str(source))


def _refuse_password(url: str) -> None:
    if redact(url) != url:
        raise ParameterError(
            f"{redact(url)} holds a password, and a study file is shared: put the URL into an "
            "environment variable, and name that with url_env="
        )


def _from_environment(name: str) -> str:
    url = os.environ.get(name)
    if not url:
        raise ParameterError(
            f"url_env={name!r}: the environment has no such variable; set it to the database's URL "
            f"before the run, such as: export {name}=postgresql://user:password@host/database"
        )
    return url


def _file_of(text: str) -> tuple[str, str | None]:
    """Part a URL or file from the table named after #."""
    url, mark, table = text.rpartition("#")
    named = mark and (_URL.match(url) or url.lower().endswith((*DUCKDB, *SQLITE)))
    return (url, table or None) if named else (text, None)


def _check_kind(url: str) -> None:
    if POSTGRES.match(url) or url.lower().endswith((*DUCKDB, *SQLITE)):
        return
    kind = redact(url).partition("://")[0] if _URL.match(url) else Path(url).suffix or url
    raise ParameterError(
        f"a database of the kind {kind!r} is not read; give postgresql://..., or a file that ends "
        f"in {', '.join((*DUCKDB, *SQLITE))}"
    )


def _is_folder(source: Any) -> bool:
    """Say whether a source is a folder of Parquet files and of nothing else but notes on them."""
    path = Path(str(source)).expanduser()
    if not path.is_dir():
        return False
    inside = (p for p in path.rglob("*") if p.is_file() and p.name[0] not in "._")
    found = False
    for file in inside:  # the first of another kind ends the search
        if file.suffix.lower() != ".parquet":
            return False
        found = True
    return found


# --- reading -------------------------------------------------------------------------------------


@contextmanager
def as_parquet(source: Any) -> Iterator[Path]:
    """Give what a database holds as a Parquet file, for as long as it is read.

    Columns of geometry are no indicators, and left out.
    """
    if not isinstance(source, Mapping) and _is_folder(source):
        path = Path(str(source)).expanduser()
        frame, name = pd.read_parquet(path), path.name
    else:
        database = as_source(source)
        frame, name = fetch(database), database.label
    frame = frame.drop(columns=[c for c in frame if _is_geometry(frame[c])])
    for column in [name for name in frame if frame[name].dtype == object]:
        frame[column] = frame[column].map(_plain, na_action="ignore")
    with _files.scratch() as folder:
        file = folder / name.rpartition("/")[2].replace("\0", "")
        frame.to_parquet(file)
        yield file


def read_layer(source: Any, crs: str | None) -> tuple[gpd.GeoDataFrame, str]:
    """Read areas: the one column of geometry, and its coordinate system where it is stated.

    Returns
    -------
    GeoDataFrame, str
        The layer as it is, and how to call it.
    """
    import geopandas as gpd
    import shapely

    if not isinstance(source, Mapping) and _is_folder(source):
        path = Path(str(source)).expanduser()
        try:
            return gpd.read_parquet(path), path.name
        except ValueError as error:
            raise GeometryError(f"{path.name} holds no GeoParquet ({error})") from error
    database = as_source(source)
    frame = fetch(database)
    columns = [str(c) for c in frame if _is_geometry(frame[c])]
    if len(columns) != 1:
        found = f"{len(columns)} columns of geometry ({listed(columns)})" if columns else "none"
        raise GeometryError(
            f"{database.label} must have one column of geometry and has {found}; name the columns "
            "in sql=, with the geometry as PostGIS gives it or as WKB"
        )
    raw = frame[columns[0]].map(_as_wkb, na_action="ignore")
    shapes = shapely.from_wkb(raw.where(raw.notna(), None).to_numpy(dtype=object))
    numbers = {int(n) for n in shapely.get_srid(shapes) if n > 0}
    if len(numbers) > 1:
        raise GeometryError(f"{database.label} mixes coordinate systems: EPSG {listed(numbers)}")
    stated = f"EPSG:{numbers.pop()}" if numbers else _stated_crs(database, columns[0])
    layer = gpd.GeoDataFrame(frame.drop(columns=columns), geometry=shapes, crs=stated)
    return (layer.set_crs(crs) if layer.crs is None and crs else layer), database.label


# --- geometry ------------------------------------------------------------------------------------


def _plain(value: Any) -> Any:
    """Write what a table of indicators cannot hold, such as a list, as text."""
    return value if isinstance(value, str | int | float | bool) else str(value)


def _is_geometry(column: pd.Series) -> bool:
    """Say whether every value of a column is a geometry as bytes (WKB), or as PostGIS prints it."""
    import shapely

    values = column.dropna()
    if values.empty or values.dtype.kind in "iufbmM":
        return False
    first = values.iloc[0]
    if not isinstance(first, bytes | bytearray | memoryview) and not (
        isinstance(first, str) and _HEX_WKB.fullmatch(first)
    ):
        return False
    try:
        shapely.from_wkb(values.map(_as_wkb).to_numpy(dtype=object))
    except (shapely.errors.GEOSException, TypeError):
        return False
    return True


def _as_wkb(value: Any) -> Any:
    return value if isinstance(value, str) else bytes(value)


def _stated_crs(database: Database, column: str) -> str | None:
    """Find the coordinate system beside a column of WKB: what ``write_layer`` or GDAL notes."""
    if database.table is None:
        return None
    if database.kind == "duckdb":
        schema, _, table = database.table.rpartition(".")
        sql = (
            "SELECT comment AS crs FROM duckdb_columns() WHERE table_name = :table "
            "AND column_name = :column AND schema_name = :schema"
        )
        values = {"table": table, "column": column, "schema": schema or "main"}
    elif database.kind == "sqlite":
        if not {"geometry_columns", "spatial_ref_sys"} <= _all_names(database):
            return None
        sql = (
            "SELECT s.auth_name || ':' || s.auth_srid AS crs FROM geometry_columns g JOIN "
            "spatial_ref_sys s ON g.srid = s.srid WHERE lower(f_table_name) = lower(:table)"
        )
        values = {"table": database.table}
    else:
        return None
    with connected(database) as (run, _):
        found = run(sql, values)["crs"].dropna()
    return str(found.iloc[0]).upper() if len(found) else None


def _all_names(database: Database) -> set[str]:
    with connected(database) as (run, _):
        return set(run("SELECT name FROM sqlite_master", {})["name"])


def digest(source: Any, frame: pd.DataFrame) -> dict[str, str]:
    """Give the hash of what a database gave, by its label: other data make a study's steps anew."""
    label = Path(str(source)).name if not isinstance(source, Mapping) and _is_folder(source) else ""
    label = label or as_source(source).label
    table = pd.DataFrame(frame.drop(columns="geometry", errors="ignore"))
    hashed = pd.util.hash_pandas_object(table.astype(str), index=True).to_numpy().tobytes()
    total = sha256(repr([(str(name), str(kind)) for name, kind in table.dtypes.items()]).encode())
    total.update(hashed)
    if hasattr(frame, "geometry"):
        total.update(str(frame.crs).encode())
        total.update(frame.geometry.to_wkb().sum())
    return {label: total.hexdigest()}
