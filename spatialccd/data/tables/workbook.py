"""Workbooks (.xlsx, .xls, .xlsb, .ods) to grids of cells, sheet by sheet."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from spatialccd.data.cells import as_text
from spatialccd.data.files.archive import check_unpacked
from spatialccd.data.files.damage import DAMAGE
from spatialccd.data.tables.extents import check_extent
from spatialccd.data.tables.grid import Grid, column_letter
from spatialccd.errors import PanelError, ParameterError, SpatialCCDError, did_you_mean, listed

#: In a sheet's XML, a formula that carries no result, and a cell that holds an error.
_UNCALCULATED = re.compile(rb"</f>\s*(?:<v\s*/>|<v></v>)?\s*</c>")
_ERROR = re.compile(rb"<c [^>]*t=\"e\"")


def read_workbook(source: str, data: bytes, sheets: Sequence[str] | None) -> dict[str, Grid]:
    """Read the cells of each sheet as text, formulas by their results.

    Parameters
    ----------
    source : str
        The file's name, for messages.
    data : bytes
        The file.
    sheets : sequence of str, optional
        Which sheets; all when not given. Empty ones are left out.

    Raises
    ------
    PanelError
        The file is damaged, empty or locked, or was written by a program that
        does not calculate, so that its formulas have no results.
    ParameterError
        No such sheet.
    """
    # calamine reads all four kinds, twenty times as fast as openpyxl, but leaves cells with an
    # error blank: those of .xlsx are taken from the sheet's own XML.
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        if data.startswith(b"PK"):
            check_unpacked(source, data)
            check_extent(source, data)
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        check_sheets(source, book.sheet_names, sheets)
        found = {}
        for name in sheets or _worksheets(book):
            sheet = book.get_sheet_by_name(name)
            cells = sheet.to_python(skip_empty_area=False)
            rows = [[as_text(value) or None for value in row] for row in cells]
            found[name] = Grid(rows, list(sheet.merged_cell_ranges or ()))
        if data.startswith(b"PK"):
            _add_errors(source, data, found)
    except PasswordError:
        raise PanelError(f"{source} is locked with a password; save it without one") from None
    except SpatialCCDError:
        raise
    except (CalamineError, *DAMAGE) as error:  # type: ignore[misc] # it ships no types
        kind = Path(source).suffix.lower() or (".xlsx" if data.startswith(b"PK") else ".xls")
        raise PanelError(
            f"{source} is not a sound {kind} workbook ({error}); open it and save it as .xlsx"
        ) from None
    filled = {name: grid for name, grid in found.items() if grid.filled()}
    if not filled:
        raise PanelError(f"{source} is empty")
    return filled


def _worksheets(book: Any) -> list[str]:
    """Name the sheets that hold cells; charts and macros are sheets too."""
    from python_calamine import SheetTypeEnum

    return [one.name for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]


def check_sheets(source: str, names: Sequence[str], wanted: Sequence[str] | None) -> None:
    """Raise ``ParameterError`` for a sheet (or a file of an archive) that is not there."""
    for name in wanted or ():
        if name not in names:
            raise ParameterError(
                f"{source} has no sheet {name!r}{did_you_mean(name, names)} "
                f"(its sheets: {listed(names)})"
            )


def _add_errors(source: str, data: bytes, found: dict[str, Grid]) -> None:
    """Look for what calamine leaves blank: errors, and formulas that were never calculated."""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        names = [n for n in parts.namelist() if n.startswith("xl/worksheets/")]
        marks = [
            (b't="e"' in s and _ERROR.search(s), _UNCALCULATED.search(s))
            for s in map(parts.read, names)
        ]
    if any(error for error, _ in marks):
        for name, rows in _openpyxl_rows(data, found, results=True).items():
            for row, line in zip(found[name].rows, rows, strict=False):
                for column, value in enumerate(line):
                    if isinstance(value, str) and value.startswith("#") and column < len(row):
                        row[column] = value
    if any(uncalculated for _, uncalculated in marks):
        _check_calculated(source, found, _openpyxl_rows(data, found, results=False))


def _openpyxl_rows(
    data: bytes, names: dict[str, Grid], *, results: bool
) -> dict[str, list[list[Any]]]:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data), read_only=True, data_only=results)
    try:
        found = {}
        for name in names:
            book[name].reset_dimensions()  # some programs note a size that is wrong
            found[name] = [list(row) for row in book[name].iter_rows(values_only=True)]
        return found
    finally:
        book.close()


def _check_calculated(
    source: str, results: dict[str, Grid], formulas: dict[str, list[list[Any]]]
) -> None:
    def result(sheet: str, row: int, column: int) -> str | None:
        rows = results[sheet].rows
        return rows[row][column] if row < len(rows) and column < len(rows[row]) else None

    cases = [
        (sheet, row + 1, column_letter(column), formula)
        for sheet, cells in formulas.items()
        for row, line in enumerate(cells)
        for column, formula in enumerate(line)
        if str(formula).startswith("=") and result(sheet, row, column) is None
    ]
    if cases:
        places = (f"{sheet}!{column}{row}" for sheet, row, column, _ in cases)
        raise PanelError(
            f"{source} has {len(cases):,} formulas without a result ({listed(places)}); "
            "open it in Excel or LibreOffice and save it",
            pd.DataFrame(cases, columns=["sheet", "row", "column", "value"]),
        )
