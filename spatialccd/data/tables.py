"""Files to tables of raw cells, each with the row number it has in the file.

Nothing is interpreted here: a code keeps its zeros, a date its text. What the
cells mean is decided in ``panel``, where the row and the column of every bad
cell can be named.
"""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from spatialccd.data.cells import as_text, tidy
from spatialccd.data.encoding import decode, find_encoding
from spatialccd.data.workbook import column_letter, read_workbook
from spatialccd.errors import PanelError, ParameterError, closest, did_you_mean, listed

_DELIMITERS = (",", "\t", ";", "|")
_TEXT_SUFFIXES = (".csv", ".tsv", ".txt", ".tab")
_READS = "CSV, tab- or semicolon-separated text, .xlsx, .parquet and .dta"
#: How many rows from the top are searched for a header that is not in the first.
_HEADER_SEARCH = 20


@dataclass(frozen=True)
class Table:
    """One table of a file, its cells as text.

    Attributes
    ----------
    source : str
        File name, with the sheet's name for a workbook of several.
    sheet : str or None
        The sheet's name.
    cells : DataFrame of text
        Tidy cells, missing where blank; the index is the row number that a
        text editor or Excel shows.
    """

    source: str
    sheet: str | None
    cells: pd.DataFrame


def read_tables(
    path: Path,
    *,
    encoding: str | None = None,
    sheets: Sequence[str] | None = None,
    header: int | None = None,
    wanted: Collection[str] = (),
) -> list[Table]:
    """Read every table of a file: one, or one a sheet.

    The kind of file is told from its first bytes, not from its name.

    Parameters
    ----------
    path : Path
        The file.
    encoding, sheets : optional
        Of a text file; of a workbook (all of them when not given).
    header : int, optional
        Row number of the column names. When not given: the first row near the
        top that holds all `wanted` names, else row 1.
    wanted : collection of str
        Names of columns that the table must have.

    Raises
    ------
    ParameterError
        No such file or sheet, or a kind of file that is not read.
    PanelError
        The file is empty or damaged, or its rows do not fit its header.
    """
    data = _bytes(path)
    if data.startswith(b"PK\x03\x04"):
        rows = read_workbook(path, data, sheets)
    elif data.startswith(b"\xd0\xcf\x11\xe0"):
        raise ParameterError(f"{path.name} is a workbook of Excel 97-2003; save it as .xlsx")
    elif sheets is not None:
        raise ParameterError(f"{path.name} is not a workbook and has no sheets; leave sheet= out")
    elif data.startswith(b"PAR1"):
        return [_typed(path, _parquet(path, data), wanted)]
    elif data.startswith(b"<stata_dta>") or (path.suffix == ".dta" and data[0] in b"rqsnlm"):
        return [_typed(path, _stata(path, data), wanted)]
    elif path.suffix.lower() in _TEXT_SUFFIXES:
        rows = {None: _text(path, data, encoding)}
    else:
        raise ParameterError(f"{path.name} is of a kind that is not read; give {_READS}")
    headers = {sheet: header or _find_header(cells, wanted) for sheet, cells in rows.items()}
    names = {sheet: _names(cells, headers[sheet]) for sheet, cells in rows.items()}
    fit = [sheet for sheet in rows if {*wanted} <= {*names[sheet]}]
    if not fit:
        best = max(rows, key=lambda sheet: len({*wanted} & {*names[sheet]}))
        _check_body(_source(path, best, rows), rows[best], headers[best])
        _refuse(_source(path, best, rows), names[best], wanted)
    return [_table(_source(path, sheet, rows), sheet, rows[sheet], headers[sheet]) for sheet in fit]


def _source(path: Path, sheet: str | None, rows: Collection[str | None]) -> str:
    return f"{path.name} [{sheet}]" if len(rows) > 1 else path.name


def _refuse(source: str, names: Sequence[str], wanted: Collection[str]) -> None:
    """Say which of the columns wanted a table lacks, and which are nearest."""
    problems = []
    for name in wanted:
        if name not in names:
            near = closest(name, names)
            problems.append(f"no column {name!r}" + (f" (did you mean {near!r}?)" if near else ""))
    columns = listed((name for name in names if name), 20)
    raise ParameterError(f"{source} has {' and '.join(problems)}; its columns are {columns}")


def _bytes(path: Path) -> bytes:
    if not path.exists():
        folder = path.parent
        names = [p.name for p in folder.iterdir()] if folder.is_dir() else []
        hint = did_you_mean(path.name, names)
        missing = f"no file {path.name} in {folder}" if folder.is_dir() else f"no folder {folder}"
        raise ParameterError(f"{missing}{hint}")
    if path.is_dir():
        raise ParameterError(f"{path} is a folder; give the file")
    data = path.read_bytes()
    if not data.strip():
        raise PanelError(f"{path.name} is empty")
    return data


# --- text ----------------------------------------------------------------------------------------


def _text(path: Path, data: bytes, encoding: str | None) -> list[list[Any]]:
    text = decode(data, path.name, encoding)
    lines = io.StringIO(text, newline="")
    delimiter = _delimiter(text)
    csv.field_size_limit(10_000_000)
    try:
        return list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise PanelError(
            f"{path.name} cannot be split into cells: {error}; look for a quote that is not closed"
        ) from None


def _delimiter(text: str) -> str:
    """Choose the sign that splits most of the first rows into equally many cells."""
    sample = list(itertools.islice(io.StringIO(text, newline=""), 50))

    def score(delimiter: str) -> tuple[int, int]:
        widths = [len(row) for row in csv.reader(sample, delimiter=delimiter) if row]
        usual = max(set(widths), key=widths.count, default=0)
        return (widths.count(usual) if usual > 1 else 0, usual)

    return max(_DELIMITERS, key=score)


# --- typed files ---------------------------------------------------------------------------------


def _parquet(path: Path, data: bytes) -> pd.DataFrame:
    try:
        return pd.read_parquet(io.BytesIO(data))
    except (OSError, ValueError):
        raise PanelError(f"{path.name} is not a sound Parquet file; write it anew") from None


def _stata(path: Path, data: bytes) -> pd.DataFrame:
    try:
        frame = pd.read_stata(io.BytesIO(data))
    except ValueError as error:
        if "convert_categoricals" not in str(error) and "labels" not in str(error):
            raise PanelError(f"{path.name} cannot be read as Stata: {error}") from None
        # Two values share one label, which Stata allows: keep the values.
        frame = pd.read_stata(io.BytesIO(data), convert_categoricals=False)
    return _recode_stata(frame, data)


def _recode_stata(frame: pd.DataFrame, data: bytes) -> pd.DataFrame:
    """Undo Latin-1: before release 118 Stata noted no encoding, and pandas assumes that one."""
    release = data[28:31] if data.startswith(b"<stata_dta>") else b""
    if release.isdigit() and int(release) >= 118:
        return frame
    texts = frame.select_dtypes(exclude=["number", "datetime"])
    sample = "\n".join(str(value) for column in texts for value in texts[column].unique())
    try:
        encoding = find_encoding(sample.encode("latin-1"))
    except UnicodeEncodeError:
        return frame
    if encoding != "gb18030":
        return frame

    def recode(value: Any) -> Any:
        return value.encode("latin-1").decode(encoding) if isinstance(value, str) else value

    return frame.assign(**{c: texts[c].astype(object).map(recode) for c in texts})


def _typed(path: Path, frame: pd.DataFrame, wanted: Collection[str]) -> Table:
    """Bring a file with typed columns to cells of text; numbers stay exact in it."""
    if any(name is not None for name in frame.index.names):
        frame = frame.reset_index()
    if frame.empty:
        raise PanelError(f"{path.name} is empty")
    columns = {_name(name): _texts(frame.iloc[:, i]) for i, name in enumerate(frame)}
    if len(columns) < frame.shape[1]:
        raise PanelError(f"{path.name} has columns of the same name; rename them")
    if not {*wanted} <= {*columns}:
        _refuse(path.name, list(columns), wanted)
    cells = pd.DataFrame(columns).set_axis(pd.RangeIndex(1, len(frame) + 1), axis=0)
    return Table(path.name, None, cells[cells.notna().any(axis=1)])


def _texts(column: pd.Series) -> pd.Series:
    values = column.astype(object).where(column.notna(), None)
    texts = values.map(as_text, na_action="ignore").map(tidy, na_action="ignore").astype("str")
    return texts.where(texts != "")


# --- rows to a table -----------------------------------------------------------------------------


def _find_header(rows: list[list[Any]], wanted: Collection[str]) -> int:
    for number, row in enumerate(rows[:_HEADER_SEARCH], start=1):
        if wanted and {*wanted} <= {_name(cell) for cell in row}:
            return number
    return 1


def _name(cell: Any) -> str:
    return " ".join(str(cell or "").split())


def _names(rows: list[list[Any]], header: int) -> list[str]:
    return [_name(cell) for cell in rows[header - 1]] if header <= len(rows) else []


def _check_body(source: str, rows: list[list[Any]], header: int) -> None:
    if len(rows) < header:
        raise PanelError(f"{source} has no row {header}")
    if not any(map(any, rows[header:])):
        raise PanelError(f"{source} has no rows below its header (row {header})")


def _table(source: str, sheet: str | None, rows: list[list[Any]], header: int) -> Table:
    """Bring the rows of one sheet, or of a text file, to a table."""
    _check_body(source, rows, header)
    names = _names(rows, header)
    body = rows[header:]
    width = max(len(names), *(len(row) for row in body))
    names += [""] * (width - len(names))
    columns = itertools.zip_longest(*body)  # short rows end in blank cells
    tidied = [[tidy(cell) or None if cell else None for cell in column] for column in columns]
    tidied += [[None] * len(body)] * (width - len(tidied))
    cells = pd.DataFrame(dict(enumerate(tidied)), dtype="str")
    cells.index = pd.RangeIndex(header + 1, header + 1 + len(body))
    cells = cells[cells.notna().any(axis=1)]
    _check_header(source, names, cells, header)
    named = [i for i, name in enumerate(names) if name]
    return Table(source, sheet, cells[named].set_axis([names[i] for i in named], axis=1))


def _check_header(source: str, names: Sequence[str], cells: pd.DataFrame, header: int) -> None:
    nameless = [i for i, name in enumerate(names) if not name and cells[i].notna().any()]
    if nameless:
        cases = [
            (row, column_letter(i), value)
            for i in nameless
            for row, value in cells[i].dropna().items()
        ]
        raise PanelError(
            f"{source} has cells in columns without a name in row {header}: "
            f"{listed(f'{c}{r} {v!r}' for r, c, v in cases)}; name the columns, clear the cells, "
            "quote cells that hold a delimiter, or say in which row the names stand with header=",
            pd.DataFrame(cases, columns=["row", "column", "value"]),
        )
    used = [name for name in names if name]
    twice = sorted({name for name in used if used.count(name) > 1})
    if twice:
        raise PanelError(
            f"{source} has several columns named {listed(twice)}; give each its own name",
            pd.DataFrame({"column": twice}),
        )
