"""Workbooks of Excel to rows of cells, sheet by sheet."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from spatialccd.data.cells import as_text
from spatialccd.errors import PanelError, ParameterError, did_you_mean, listed

Rows = list[list[Any]]

#: In a sheet's XML, a formula that carries no result.
_UNCALCULATED = re.compile(rb"</f>\s*(?:<v\s*/>|<v></v>)?\s*</c>")


def read_workbook(path: Path, data: bytes, sheets: Sequence[str] | None) -> dict[str | None, Rows]:
    """Read the cells of each sheet as text, formulas by their results.

    Parameters
    ----------
    path : Path
        For messages.
    data : bytes
        The file.
    sheets : sequence of str, optional
        Which sheets; all when not given. Empty ones are left out.

    Raises
    ------
    PanelError
        The file is damaged or empty, or was written by a program that does not
        calculate, so that its formulas have no results.
    ParameterError
        No such sheet.
    """
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    def rows(*, results: bool) -> dict[str | None, Rows]:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=results)
        try:
            _check_sheets(path, [sheet.title for sheet in book.worksheets], sheets)
            chosen = sheets or [sheet.title for sheet in book.worksheets]
            return {name: _rows(book[name]) for name in chosen}
        finally:
            book.close()

    try:
        found = rows(results=True)
        if _lacks_results(data):
            _check_calculated(path, found, rows(results=False))
    except (zipfile.BadZipFile, KeyError, InvalidFileException, OSError):
        raise PanelError(f"{path.name} is not a sound .xlsx workbook; save it anew") from None
    filled = {name: cells for name, cells in found.items() if any(map(any, cells))}
    if not filled:
        raise PanelError(f"{path.name} is empty")
    return filled


def _rows(sheet: Any) -> Rows:
    sheet.reset_dimensions()  # some programs note a size that is wrong
    return [[as_text(value) for value in row] for row in sheet.iter_rows(values_only=True)]


def _check_sheets(path: Path, names: Sequence[str], wanted: Sequence[str] | None) -> None:
    for name in wanted or ():
        if name not in names:
            raise ParameterError(
                f"{path.name} has no sheet {name!r}{did_you_mean(name, names)} "
                f"(its sheets: {listed(names)})"
            )


def _lacks_results(data: bytes) -> bool:
    """Tell quickly whether any sheet may hold a formula without a result."""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        names = [name for name in parts.namelist() if name.startswith("xl/worksheets/")]
        return any(_UNCALCULATED.search(parts.read(name)) for name in names)


def _check_calculated(
    path: Path, results: dict[str | None, Rows], formulas: dict[str | None, Rows]
) -> None:
    cases = [
        (sheet, row, column_letter(column), formula)
        for sheet, cells in formulas.items()
        for row, line in enumerate(cells, start=1)
        for column, formula in enumerate(line)
        if str(formula).startswith("=") and results[sheet][row - 1][column] is None
    ]
    if cases:
        places = (f"{sheet}!{column}{row}" for sheet, row, column, _ in cases)
        raise PanelError(
            f"{path.name} has {len(cases):,} formulas without a result ({listed(places)}); "
            "open it in Excel or LibreOffice and save it",
            pd.DataFrame(cases, columns=["sheet", "row", "column", "value"]),
        )


def column_letter(position: int) -> str:
    """Name a column as Excel does.

    Examples
    --------
    >>> column_letter(0), column_letter(27)
    ('A', 'AB')
    """
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
