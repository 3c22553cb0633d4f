"""The cells and notes that LaTeX and HTML print of a table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from unicodedata import east_asian_width

from spatialccd.report.tables.columns import Kind, Table, brackets, write_cell
from spatialccd.report.words.language import Language, say

#: The words of each cell of a row, and its stars.
Row = list[tuple[str, str]]


@dataclass(frozen=True)
class Printed:
    """A table as text, with standard errors below their coefficients.

    Attributes
    ----------
    headings, kinds : list
        Of the columns printed.
    rows : list of list of (str, str)
        The words of each cell and its stars, neither escaped.
    call : str
        How it was made; empty for a frame.
    notes : list of str
        What stars and brackets mean, and what was cut.
    starts : list of int
        Rows before which a page may end: no coefficient is parted from its error, and
        the first row of a page says which group it is of.
    """

    headings: list[str]
    kinds: list[Kind]
    rows: list[Row]
    call: str
    notes: list[str]
    starts: list[int]

    def widths(self) -> list[int]:
        """Guess how wide each column is, in characters; Chinese counts twice."""
        return [max(*pair) for pair in zip(self._cells(), map(_length, self.headings), strict=True)]

    def wrapped_widths(self) -> list[int]:
        """Guess the same where headings may take two lines."""
        return [
            max(*pair) for pair in zip(self._cells(), map(_wrapped, self.headings), strict=True)
        ]

    def _cells(self) -> list[int]:
        rows = [[_length(_as_power(words) + stars) for words, stars in row] for row in self.rows]
        return [max(column, default=0) for column in zip(*rows, strict=True)] or [0] * len(
            self.headings
        )


#: Rows of a short table that stay together, and of a group's parts in a longer one.
_WHOLE, _PART = 25, 12
#: Width of a heading that stays on one line: four Chinese characters.
_SHORT = 8


def _wrapped(heading: str) -> int:
    """Give the width of a heading on two lines: it breaks between words, Chinese anywhere."""
    words = heading.split(" ")
    if len(words) == 1:
        whole = _length(heading)
        return whole if heading.isascii() or whole <= _SHORT else max((whole + 1) // 2, _SHORT)
    return min(
        max(_length(" ".join(words[:cut])), _length(" ".join(words[cut:])))
        for cut in range(1, len(words))
    )


def _as_power(words: str) -> str:
    """Write 3.8e+12 as long as it is in print, where the sign of times may be a wide one."""
    return re.sub(r"(?<=\d)e[+-]0*(\d+)$", r"×1000\1", words)


def _length(words: str) -> int:
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in words)


def printed(
    table: Table, language: Language, digits: int, max_rows: int, *, paper: bool = False
) -> Printed:
    """Write the first rows of a table as text.

    On `paper`, which nobody sorts, a label that the row above has too is printed
    once for rows that stay on one page, and counts among figures of fit are whole
    numbers.
    """
    names = list(table.frame.columns)
    shown = [i for i, name in enumerate(names) if not (brackets(table) and name == "se")]
    rows: list[Row] = []

    def kind(row: int, column: int) -> Kind:
        own = table.kinds[column]
        return "whole" if paper and own == "figure" and row in table.counts else own

    n = min(len(table.frame), max_rows)
    starts = _starts(table, n) if paper else list(range(n))
    at_row = []
    for at in range(n):
        at_row.append(len(rows))
        rows.append(
            [
                (
                    write_cell(table.frame.iat[at, i], kind(at, i), digits),
                    table.stars.iat[at, i],
                )
                for i in shown
            ]
        )
        if at not in starts:
            _say_once(table, rows, at, shown)
        if brackets(table):
            error = f"({write_cell(table.frame['se'].iat[at], 'figure', digits)})"
            rows.append([(error if names[i] == "coef" else "", "") for i in shown])
    return Printed(
        headings=[table.headings[i] for i in shown],
        kinds=[table.kinds[i] for i in shown],
        rows=rows,
        call=table.call,
        notes=_notes(table, language, max_rows),
        starts=[at_row[at] for at in starts],
    )


def _starts(table: Table, n: int) -> list[int]:
    """Give the rows before which a page may end: where a group begins, or a part of a long one."""
    most = _WHOLE if n <= _WHOLE else _PART
    starts: list[int] = []
    for at in range(n):
        same = [_is_same_above(table, at, column) for column in range(min(table.keys, 2))]
        taken = at - starts[-1] if starts else 0
        here = len(same) == 1 or not same[-1] or taken >= 2 * most if same else True
        if not (same and same[0]) or (taken >= most and here):
            starts.append(at)
    return starts


def _is_same_above(table: Table, at: int, column: int) -> bool:
    return at > 0 and _is_same(table.frame.iat[at, column], table.frame.iat[at - 1, column])


def _say_once(table: Table, rows: list[Row], at: int, shown: list[int]) -> None:
    """Leave out the labels of a row that the row above has too: its group, its year."""
    for place, column in enumerate(shown[: table.keys]):
        if not _is_same_above(table, at, column):
            return
        rows[-1][place] = ("", "")


def _is_same(value: Any, other: Any) -> bool:
    return bool(value == other)  # missing labels differ


def _notes(table: Table, language: Language, max_rows: int) -> list[str]:
    notes = list(table.notes)
    if brackets(table):
        notes.append(say("Standard errors in brackets.", language))
    if len(table.frame) > max_rows:
        total = f"{len(table.frame):,}"
        notes.append(
            f"仅列前 {max_rows} 行，共 {total} 行。"
            if language == "zh"
            else f"The first {max_rows} of {total} rows."
        )
    return notes
