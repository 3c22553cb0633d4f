"""What a file is on its way to a panel: a grid of raw cells, then a table with a header."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd
import pyarrow as pa


@dataclass(frozen=True)
class Block:
    """Rows of a long file, tidy, column by column: a cell takes the bytes of its text and eight.

    Attributes
    ----------
    columns : list of pyarrow.Array
        The cells of each column, null where blank; as long as the block has rows.
    rows : int
        How many rows.
    """

    columns: list[pa.Array]
    rows: int

    def filled(self) -> bool:
        """Whether any cell holds something."""
        return any(column.null_count < self.rows for column in self.columns)


@dataclass(frozen=True)
class Grid:
    """Rows of cells as text, nothing interpreted; rows may differ in length.

    Attributes
    ----------
    rows : list of list of str or None
        Row 1 of the file is the first.
    merges : list of ((row, column), (row, column))
        First and last cell of what is merged, counted from 0; a text file has none.
    below : list of Block
        The rows of a long text file that follow `rows`.
    """

    rows: list[list[str | None]]
    merges: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)
    below: list[Block] = field(default_factory=list)

    def filled(self) -> bool:
        """Whether any cell holds something."""
        return any(map(any, self.rows)) or any(block.filled() for block in self.below)

    def width(self) -> int:
        """Cells of the longest row."""
        return max([*map(len, self.rows), *(len(block.columns) for block in self.below)], default=0)


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
    units : dict of str to str
        Units of measurement, by the name of their column.
    notes : tuple of str
        What stands above the header and was left out of the cells.
    """

    source: str
    sheet: str | None
    cells: pd.DataFrame
    units: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


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
