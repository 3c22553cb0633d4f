"""Files to tables of raw cells, each with the row number it has in the file.

Nothing is interpreted here: a code keeps its zeros, a date its text. What the
cells mean is decided in ``panel``, where the row and the column of every bad
cell can be named.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import pandas as pd

from spatialccd.data.cells import tidy
from spatialccd.data.files.archive import unpack_tables
from spatialccd.data.tables import blocks
from spatialccd.data.tables.delimited import read_delimited
from spatialccd.data.tables.grid import Grid, Table, column_letter
from spatialccd.data.tables.header import Header, likely_header, name, read_header
from spatialccd.data.tables.typed import read_typed
from spatialccd.data.tables.workbook import check_sheets, read_workbook
from spatialccd.errors import PanelError, ParameterError, closest, did_you_mean, listed

_TEXT_SUFFIXES = (".csv", ".tsv", ".txt", ".tab")
_READS = (
    "CSV, tab- or semicolon-separated text, .xlsx, .xls, .xlsb, .ods, .parquet, .dta and .sav, "
    "each also in .zip or .gz"
)
#: Rows of a long text file among which its header is looked for.
_AHEAD = 1_000
_MOST_COLUMNS = 16_384  # as many as Excel has
_A_FIGURE = r"[+-]?\d[\d.,]*%?"
#: Cells between which a name of a column is a program's own for one without a name.
_UNNAMED = re.compile(r"|Unnamed: 0(?:\.\d+)?|\.\.\.1")


def read_tables(
    path: Path,
    *,
    encoding: str | None = None,
    sheets: Sequence[str] | None = None,
    header: int | Sequence[int] | None = None,
    wanted: Collection[str] = (),
) -> list[Table]:
    """Read every table of a file: one, or one a sheet or a file of an archive.

    The kind of file is told from its first bytes, not from its name.

    Parameters
    ----------
    path : Path
        The file.
    encoding, sheets : optional
        Of a text file; of a workbook or an archive (all of them when not given).
    header : int or sequence of int, optional
        Row number of the column names, or of each level of them. When not
        given: the first row near the top that holds all `wanted` names, else row 1.
    wanted : collection of str
        Names of columns that the table must have.

    Raises
    ------
    ParameterError
        No such file or sheet, or a kind of file that is not read.
    PanelError
        The file is empty or damaged, or its rows do not fit its header.
    """
    rows = [header] if isinstance(header, int) else header or [1]
    contents = _contents(path.name, _bytes(path), encoding, sheets, _AHEAD + max(rows))
    tables: list[Table] = []
    refused: list[Table] = []
    for sheet, content in contents.items():
        source = f"{path.name} [{sheet}]" if len(contents) > 1 else path.name
        if isinstance(content, pd.DataFrame):
            fits = {*wanted} <= {*content}
            (tables if fits else refused).append(Table(source, sheet, content))
            continue
        _check_width(source, content)
        found = read_header(content, wanted, header)
        if {*wanted} <= {*found.names}:
            tables.append(_table(source, sheet, content, found))
        else:
            refused.append(_refused(source, sheet, content, found, header))
    if not tables:
        best = max(refused, key=lambda table: len({*wanted} & {*table.cells}))
        if best.sheet in contents and isinstance(grid := contents[best.sheet], Grid):
            _check_body(best.source, grid, read_header(grid, wanted, header))
        _refuse(best, wanted)
    return tables


def first_rows(path: Path, n: int = 60) -> dict[str | None, list[list[str]]]:
    """Give the first rows of every sheet as they stand, tidy, before anything is made of them.

    Parameters
    ----------
    path : Path
        The file.
    n : int, default 60
        How many rows.

    Raises
    ------
    ParameterError
        No such file, or a kind of file that is not read.
    PanelError
        The file is empty or damaged.
    """
    found = {}
    for sheet, content in _contents(path.name, _bytes(path), None, None, n).items():
        if isinstance(content, pd.DataFrame):
            body = content.head(n).astype(object).to_numpy().tolist()
            rows = [list(map(str, content.columns)), *body]
        else:
            rows = content.rows[:n]
        found[sheet] = [["" if pd.isna(c) else tidy(str(c)) for c in row] for row in rows]
    return found


def _contents(
    source: str,
    data: bytes,
    encoding: str | None,
    sheets: Sequence[str] | None,
    ahead: int = _AHEAD,
) -> Mapping[str | None, Grid | pd.DataFrame]:
    """Read the grid of every sheet, or the one grid or typed table of a file without sheets."""
    parts = unpack_tables(source, data)
    if parts is not None:
        stems = {Path(part).stem: part for part in parts}
        stems = stems if len(stems) == len(parts) else {part: part for part in parts}
        if len(parts) > 1:
            check_sheets(source, [*stems], sheets)
            chosen = sheets or [*stems]
            found = {
                stem: _contents(stems[stem], parts[stems[stem]], encoding, None, ahead)
                for stem in chosen
            }
            return {
                stem if sheet is None else f"{stem} {sheet}": content
                for stem, inner in found.items()
                for sheet, content in inner.items()
            }
        (part,) = parts
        return _contents(Path(part).name, parts[part], encoding, sheets, ahead)
    if not data or data.isspace():
        raise PanelError(f"{source} is empty")
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return dict(read_workbook(source, data, sheets).items())
    if sheets is not None:
        raise ParameterError(f"{source} is not a workbook and has no sheets; leave sheet= out")
    typed = read_typed(source, data)
    if typed is not None:
        return {None: typed}
    if Path(source).suffix.lower() not in _TEXT_SUFFIXES:
        raise ParameterError(f"{source} is of a kind that is not read; give {_READS}")
    return {None: read_delimited(source, data, encoding, ahead)}


def _bytes(path: Path) -> bytes:
    if not path.exists():
        folder = path.parent
        names = [p.name for p in folder.iterdir()] if folder.is_dir() else []
        hint = did_you_mean(path.name, names)
        missing = f"no file {path.name} in {folder}" if folder.is_dir() else f"no folder {folder}"
        raise ParameterError(f"{missing}{hint}")
    if path.is_dir():
        raise ParameterError(f"{path} is a folder; give the file, or its files with a pattern")
    data = path.read_bytes()
    if not data or data.isspace():
        raise PanelError(f"{path.name} is empty")
    return data


# --- tables that lack a column -------------------------------------------------------------------


def _refused(
    source: str, sheet: str | None, grid: Grid, found: Header, header: int | Sequence[int] | None
) -> Table:
    """Give the columns that a table seems to have, for a message."""
    row = found.last if header is not None else likely_header(grid)
    at_row = grid.rows[row - 1] if row <= len(grid.rows) else []
    names = found.names if header is not None else [name(cell) for cell in at_row]
    cells = pd.DataFrame(columns=[one for one in dict.fromkeys(names) if one])
    above = (f"the header looks to be row {row}",) if header is None and row > 1 else ()
    return Table(source, sheet, cells, notes=above)


def _refuse(table: Table, wanted: Collection[str]) -> None:
    """Say which of the columns wanted a table lacks, and which are nearest."""
    names = [*table.cells]
    problems = []
    for one in wanted:
        if one not in names:
            near = closest(one, names)
            problems.append(f"no column {one!r}" + (f" (did you mean {near!r}?)" if near else ""))
    columns = listed(names, 20)
    if table.notes:
        raise ParameterError(
            f"{table.source} has {' and '.join(problems)}; {table.notes[0]}: {columns} "
            "(if the names stand in another row, say header=)"
        )
    raise ParameterError(f"{table.source} has {' and '.join(problems)}; its columns are {columns}")


# --- rows to a table -----------------------------------------------------------------------------


def _check_width(source: str, grid: Grid) -> None:
    width = grid.width()
    if width > _MOST_COLUMNS:
        raise PanelError(
            f"{source} has {width:,} columns, more than the {_MOST_COLUMNS:,} of a table; is the "
            "delimiter one that cells hold too, or does the table lie on its side?"
        )


def _check_body(source: str, grid: Grid, header: Header) -> None:
    if len(grid.rows) < header.last:
        raise PanelError(f"{source} has no row {header.last}")
    if not Grid(grid.rows[header.last :], below=grid.below).filled():
        raise _without_rows(source, header)


def _without_rows(source: str, header: Header) -> PanelError:
    return PanelError(f"{source} has no rows below its header (row {header.last})")


def _table(source: str, sheet: str | None, grid: Grid, header: Header) -> Table:
    """Bring the rows of one sheet, or of a text file, to a table."""
    _check_body(source, grid, header)
    body = grid.rows[header.last :]
    lengths = [*map(len, body), *(len(block.columns) for block in grid.below)]
    width = max(len(header.names), *lengths)
    names = header.names + [""] * (width - len(header.names))
    columns = [blocks.tidied(column) for column in itertools.zip_longest(*body)]
    columns += [[None] * len(body)] * (width - len(columns))
    _fill_merges(grid, header.last, columns)
    cells = blocks.table_of(columns, grid.below)
    cells.index = pd.RangeIndex(header.last + 1, header.last + 1 + len(cells))
    filled = cells.notna().any(axis=1)
    if not filled.any():  # of marks that tidying takes away, such as an apostrophe alone
        raise _without_rows(source, header)
    cells = cells if filled.all() else cells[filled]
    notes = _titles(grid, header)
    if (start := _counts_from(names, cells)) is not None:
        names[0], cells = "", cells.drop(columns=0)
        notes.append(f"the first column has no name and counts the rows from {start}: left out")
    _check_header(source, names, cells, header.first)
    named = [i for i, one in enumerate(names) if one]
    cells = cells[named].set_axis([names[i] for i in named], axis=1)
    return Table(source, sheet, cells, header.units, tuple(notes))


def _fill_merges(grid: Grid, begin: int, columns: list[list[str | None]]) -> None:
    """Fill words down the cells that are merged below them; a figure stands for one row only."""
    for (top, left), (bottom, right) in grid.merges:
        if left != right or top < begin or bottom - begin >= len(columns[left]):
            continue
        value = columns[left][top - begin]
        if value is not None and (not re.fullmatch(_A_FIGURE, value) or left == 0):
            columns[left][top - begin : bottom - begin + 1] = [value] * (bottom - top + 1)


def _titles(grid: Grid, header: Header) -> list[str]:
    rows = enumerate(grid.rows[: header.first - 1], start=1)
    return [f"row {n}: {' '.join(filter(None, map(name, row)))}" for n, row in rows if any(row)]


def _counts_from(names: Sequence[str], cells: pd.DataFrame) -> int | None:
    """Tell a first column without a name that counts the rows, as data frames write it."""
    if not names or not _UNNAMED.fullmatch(names[0]) or cells[0].isna().any():
        return None
    counts = pd.to_numeric(cells[0], errors="coerce")
    start = counts.iloc[0]
    return int(start) if start in (0, 1) and (counts.diff().iloc[1:] == 1).all() else None


def _check_header(source: str, names: Sequence[str], cells: pd.DataFrame, header: int) -> None:
    nameless = [
        i for i, one in enumerate(names) if not one and i in cells and cells[i].notna().any()
    ]
    if nameless:
        cases = [
            (row, column_letter(i), value)
            for i in nameless
            for row, value in cells[i].dropna().items()
        ]
        index = (
            "; the first column may be an index that another program wrote: write the file "
            "without it, or give the column a name"
            if nameless[0] == 0
            else ""
        )
        raise PanelError(
            f"{source} has cells in columns without a name in row {header}: "
            f"{listed(f'{c}{r} {v!r}' for r, c, v in cases)}; name the columns, clear the cells, "
            "quote cells that hold a delimiter, or say in which row the names stand with header="
            f"{index}",
            pd.DataFrame(cases, columns=["row", "column", "value"]),
        )
    used = [one for one in names if one]
    twice = sorted(one for one, times in Counter(used).items() if times > 1)
    if twice:
        raise PanelError(
            f"{source} has several columns named {listed(twice)}; give each its own name",
            pd.DataFrame({"column": twice}),
        )
