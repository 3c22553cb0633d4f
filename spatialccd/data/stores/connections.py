"""Connections to databases: what is asked of them, and what goes wrong, without a password."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pandas as pd

from spatialccd.errors import DatabaseError, ParameterError, did_you_mean, listed, require

POSTGRES = re.compile(r"^postgres(?:ql)?(?:\+\w+)?://", re.IGNORECASE)
DUCKDB = (".duckdb", ".ddb")
SQLITE = (".sqlite", ".sqlite3", ".db")
_PASSWORD = re.compile(r"(?<=://)([^/@:]*):([^@]*)@")
_BOUND = re.compile(r"(?<![:\w]):([A-Za-z_]\w*)")
_LITERAL = re.compile(r"('(?:[^']|'')*')")
_SYSTEM = ("spatial_ref_sys", "geometry_columns", "geography_columns", "sqlite_sequence")
#: What GDAL calls its number of a row in SQLite, which is no column of the data.
_ROW_NUMBERS = ("ogc_fid",)
_UNREACHABLE = re.compile(r"(?i)connect|authentication|timeout|resolve|could not translate")


@dataclass(frozen=True, repr=False)
class Database:
    """Where to connect, and what to ask for.

    Attributes
    ----------
    url : str
        A URL, or the path of a DuckDB or SQLite file. It may hold a password:
        print ``label``, which does not.
    table, sql : str or None
        What to read.
    parameters : mapping
        Values of the query's ``:name`` marks.
    """

    url: str
    table: str | None = None
    sql: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """Say whose database it is: "postgresql", "duckdb" or "sqlite"."""
        if POSTGRES.match(self.url):
            return "postgresql"
        return "duckdb" if self.url.lower().endswith(DUCKDB) else "sqlite"

    @property
    def label(self) -> str:
        """Name the table or query and its database, without a password."""
        where = redact(self.url) if self.kind == "postgresql" else Path(self.url).name
        return f"{where} [{self.table or 'query'}]"

    def __repr__(self) -> str:
        """Write it without a password."""
        return f"<Database: {self.label}>"


def redact(url: str) -> str:
    """Take the password out of a URL.

    Examples
    --------
    >>> redact("postgresql://ann:secret@localhost:5432/study")
    'postgresql://ann:***@localhost:5432/study'
    """
    return re.sub(r"(?i)(password=)[^&]*", r"\1***", _PASSWORD.sub(r"\1:***@", url))


def fetch(database: Database) -> pd.DataFrame:
    """Read a table or query whole.

    Raises
    ------
    DatabaseError
        The database cannot be reached or opened, or refuses the query; no
        password is in the message.
    MissingDependencyError
        The package for its kind is not installed; the message has the line.
    """
    if database.sql is None and database.table is None:
        names = table_names(database)
        if len(names) != 1:
            raise ParameterError(
                f"{database.label} holds {len(names)} tables; say which with #table, or with "
                f"table= or sql=: {listed(names, 20)}"
            )
        database = Database(database.url, table=names[0])
    elif database.sql is None:
        _check_table(database)
    with connected(database) as (run, quote):
        sql = database.sql or f"SELECT * FROM {quote(str(database.table))}"
        _check_parameters(sql, database)
        frame = run(sql, database.parameters)
        if database.kind == "sqlite" and database.sql is None:
            frame = frame.drop(columns=[c for c in frame if str(c).lower() in _ROW_NUMBERS])
    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        raise DatabaseError(
            f"{database.label} has several columns named {listed(twice.unique())}; name the "
            "columns in sql=, each by its own name"
        )
    return frame


def _check_parameters(sql: str, database: Database) -> None:
    """Check that each ``:name`` of a query has a value, and each value a place."""
    wanted, given = set(_BOUND.findall(_LITERAL.sub("''", sql))), set(database.parameters)
    if wanted - given:
        raise ParameterError(f"parameters= lacks a value for {listed(sorted(wanted - given))}")
    if given - wanted:
        raise ParameterError(
            f"parameters= has {listed(sorted(given - wanted))}, which sql= does not name "
            "(write it as :name)"
        )


def _check_table(database: Database) -> None:
    names = table_names(database)
    short = [name.rpartition(".")[2] for name in names]
    if database.table not in names and database.table not in short:
        raise DatabaseError(
            f"no table {database.table!r} in {_where(database)}"
            f"{did_you_mean(database.table, [*names, *short])}; it has {listed(names, 20)}"
        )


def table_names(database: Database) -> list[str]:
    """List the tables and views of a database, those of other schemas by schema.table."""
    if database.kind == "sqlite":
        sql = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name"
    else:
        home = "public" if database.kind == "postgresql" else "main"
        sql = (
            f"SELECT CASE table_schema WHEN '{home}' THEN table_name "
            "ELSE table_schema || '.' || table_name END AS name "
            "FROM information_schema.tables "
            "WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1"
        )
    with connected(database) as (run, _):
        return [name for name in run(sql, {})["name"] if name not in _SYSTEM]


def _where(database: Database) -> str:
    return redact(database.url) if database.kind == "postgresql" else Path(database.url).name


@contextmanager
def connected(database: Database) -> Iterator[tuple[Any, Any]]:
    """Open a database to read: what runs a query with its parameters, and what quotes a name."""
    opened = {"postgresql": _postgresql, "duckdb": _duckdb, "sqlite": _sqlite}[database.kind]
    with opened(database) as pair:
        yield pair


@contextmanager
def _postgresql(database: Database) -> Iterator[tuple[Any, Any]]:
    import sqlalchemy

    engine = engine_of(database)
    try:
        with told(database, sqlalchemy.exc.SQLAlchemyError), engine.connect() as connection:

            def run(sql: str, parameters: Mapping[str, Any]) -> pd.DataFrame:
                marked = _marked(sql, _same if parameters else _escaped, _escaped)
                found = connection.execute(sqlalchemy.text(marked), dict(parameters))
                return pd.DataFrame(found.fetchall(), columns=list(found.keys()))

            yield run, quoted
    finally:
        engine.dispose()


def engine_of(database: Database) -> Any:
    """Make the engine of a PostGIS database, by psycopg where the URL names no driver."""
    require("sqlalchemy", "db")
    import sqlalchemy

    url = re.sub(r"^postgres(?:ql)?(?=://)", "postgresql+psycopg", database.url)
    if url.startswith("postgresql+psycopg:"):
        require("psycopg", "db")
    try:
        # A server without an encoding of its own (SQL_ASCII) would give bytes for text.
        encoded = {"client_encoding": "utf8"} if url.startswith("postgresql+psycopg") else {}
        return sqlalchemy.create_engine(url, hide_parameters=True, connect_args=encoded)
    except (sqlalchemy.exc.ArgumentError, ValueError) as error:
        raise ParameterError(
            f"{redact(database.url)} is not the URL of a database ({scrubbed(error, database)}); "
            "write postgresql://user:password@host:5432/database"
        ) from None


def _marked(sql: str, mark: Callable[[str], str], quoted: Callable[[str], str]) -> str:
    """Rewrite the ``:name`` marks of a query, and what looks like them in quotes."""
    parts = _LITERAL.split(sql)
    return "".join(quoted(part) if i % 2 else mark(part) for i, part in enumerate(parts))


def _escaped(part: str) -> str:
    """Keep colons that are no mark, such as those of a time in quotes, from SQLAlchemy."""
    return re.sub(r"(?<!:):(?=\w)", r"\\:", part)


def _dollars(part: str) -> str:
    """Write the marks as DuckDB does."""
    return _BOUND.sub(r"$\1", part)


def _same(part: str) -> str:
    return part


@contextmanager
def _duckdb(database: Database) -> Iterator[tuple[Any, Any]]:
    require("duckdb", "db")
    import duckdb

    path = _existing(database)
    with told(database, duckdb.Error), duckdb.connect(str(path), read_only=True) as connection:

        def run(sql: str, parameters: Mapping[str, Any]) -> pd.DataFrame:
            marked = _marked(sql, _dollars if parameters else _same, _same)
            found = connection.execute(marked, dict(parameters) or None)
            names = [column[0] for column in found.description]
            return pd.DataFrame(found.fetchall(), columns=names)

        yield run, quoted


@contextmanager
def _sqlite(database: Database) -> Iterator[tuple[Any, Any]]:
    path = _existing(database)
    uri = f"{path.resolve().as_uri()}?mode=ro"
    with told(database, sqlite3.Error), closing(sqlite3.connect(uri, uri=True)) as connection:

        def run(sql: str, parameters: Mapping[str, Any]) -> pd.DataFrame:
            found = connection.execute(sql, dict(parameters))
            names = [column[0] for column in found.description or ()]
            return pd.DataFrame(found.fetchall(), columns=names)

        yield run, quoted


def _existing(database: Database) -> Path:
    path = Path(database.url).expanduser()
    if not path.is_file():
        names = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        raise ParameterError(
            f"no file {path.name} in {path.parent}{did_you_mean(path.name, names)}"
        )
    return path


def quoted(name: str) -> str:
    """Write the name of a table, with its schema where it has one, for a query."""
    parts = name.split(".", 1)
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts)


@contextmanager
def told(database: Database, kind: type[Exception]) -> Iterator[None]:
    """Word a driver's error without the password, and without the chain that may hold it."""
    try:
        yield
    except kind as error:
        words = scrubbed(getattr(error, "orig", None) or error, database)
        unreachable = _UNREACHABLE.search(words)
        advice = (
            "check that the server runs and that host, port, user and password of its URL are right"
            if unreachable
            else "check the table or query"
        )
        raise DatabaseError(f"{_where(database)}: {words}; {advice}") from None


def scrubbed(error: object, database: Database) -> str:
    """Write an error in one line, without the password of the database's URL."""
    text = " ".join(str(error).split()).replace(database.url, redact(database.url))
    found = _PASSWORD.search(database.url)
    for secret in {found[2], unquote(found[2])} if found else ():
        text = text.replace(secret, "***") if secret else text
    return redact(text)[:500]
