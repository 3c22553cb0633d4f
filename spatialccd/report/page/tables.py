"""The tables of the page: their first rows in print, all rows for its script."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from spatialccd._result import Result
from spatialccd.report.page.packed import pack
from spatialccd.report.tables.columns import Kind, Table, brackets, endless
from spatialccd.report.tables.gathered import lay_out_all
from spatialccd.report.tables.printed import Printed, printed
from spatialccd.report.words.spoken import Words

if TYPE_CHECKING:
    from spatialccd._types import Columns

#: Decimals in print.
_DIGITS = 3
#: Figures kept for sorting and downloading: enough for print to come out the same again. A figure
#: below 1 keeps that many digits, one above that many decimals.
_SIGNIFICANT = 8
_DECIMALS = 7


@dataclass(frozen=True)
class PageTable:
    """One table of the page.

    Attributes
    ----------
    name : str
        What the caller called the result, and the part of it.
    title : str
        In words.
    caption : str
        What it shows, where, when, how made and of how many units.
    page : Printed
        Its first rows as text.
    total : int
        Rows in all.
    cut : bool
        Whether some of them are not in print; the last note says so.
    data : str
        All rows, packed: headings, kinds, columns, stars, and where standard errors stand below
        their coefficients.
    """

    name: str
    title: str
    caption: str
    page: Printed
    total: int
    cut: bool
    data: str


def page_tables(
    results: Mapping[str, Result | Columns],
    max_rows: int,
    words: Words,
    groups: pd.Series | None = None,
    place: str = "",
) -> list[PageTable]:
    """Lay every result out as a table, and what it prints further."""
    return [
        PageTable(
            name=table.name,
            title=table.title,
            caption=table.caption,
            page=printed(table, words.language, _DIGITS, max_rows),
            total=len(table.frame),
            cut=len(table.frame) > max_rows,
            data=pack(_all_rows(table, max_rows)),
        )
        for table in lay_out_all(results, words, groups=groups, place=place)
    ]


def _all_rows(table: Table, max_rows: int) -> dict[str, Any]:
    names = list(table.frame.columns)
    below = [names.index("coef"), names.index("se")] if brackets(table) else None
    return {
        "name": table.name,
        "headings": table.headings,
        "kinds": table.kinds,
        "digits": _DIGITS,
        "shown": max_rows,
        "columns": [
            _cells(table.frame[name], kind) for name, kind in zip(names, table.kinds, strict=True)
        ],
        "stars": {
            i: list(table.stars[name])
            for i, name in enumerate(names)
            if (table.stars[name] != "").any()
        },
        "below": below,
    }


def _cells(column: pd.Series, kind: Kind) -> Sequence[Any]:
    return [_cell(value, kind) for value in column]


def _cell(value: Any, kind: Kind) -> Any:
    """Give a cell as JSON has it: text, a number, or null; infinity as text."""
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    if kind == "text":
        return str(value)
    number = float(value)
    if math.isinf(number):
        return endless(number)
    if kind == "whole":
        return int(value)
    return round(number, _DECIMALS) if abs(number) > 1 else float(f"{number:.{_SIGNIFICANT}g}")
