"""The cells and notes that LaTeX and HTML print of a table."""

from __future__ import annotations

from dataclasses import dataclass
from unicodedata import east_asian_width

from spatialccd.report.tables.columns import Kind, Table, brackets, write_cell
from spatialccd.report.words.language import Language, say


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
    """

    headings: list[str]
    kinds: list[Kind]
    rows: list[list[tuple[str, str]]]
    call: str
    notes: list[str]

    def widths(self) -> list[int]:
        """Guess how wide each column is, in characters; Chinese counts twice."""
        cells = ([words + stars for words, stars in row] for row in self.rows)
        columns = zip(self.headings, *cells, strict=True)
        return [max(map(_length, column)) for column in columns]


def _length(words: str) -> int:
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in words)


def printed(table: Table, language: Language, digits: int, max_rows: int) -> Printed:
    """Write the first rows of a table as text."""
    names = list(table.frame.columns)
    shown = [i for i, name in enumerate(names) if not (brackets(table) and name == "se")]
    rows = []
    for at in range(min(len(table.frame), max_rows)):
        rows.append(
            [
                (write_cell(table.frame.iat[at, i], table.kinds[i], digits), table.stars.iat[at, i])
                for i in shown
            ]
        )
        if brackets(table):
            error = f"({write_cell(table.frame['se'].iat[at], 'figure', digits)})"
            rows.append([(error if names[i] == "coef" else "", "") for i in shown])
    return Printed(
        headings=[table.headings[i] for i in shown],
        kinds=[table.kinds[i] for i in shown],
        rows=rows,
        call=table.call,
        notes=_notes(table, language, max_rows),
    )


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
