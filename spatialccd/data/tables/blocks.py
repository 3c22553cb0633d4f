"""Long text files in blocks of rows, packed column by column as they are read.

A cell as an object of Python takes some 60 bytes, packed its text and eight.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from spatialccd._types import FloatArray
from spatialccd.data.cells import tidy
from spatialccd.data.tables.grid import Block

#: What a cell may hold that `tidy` changes: blanks of any kind, an apostrophe or ="..." around it.
_APART = "\x01"  # no blank, as \x1f is
_UNTIDY = re.compile(rf"\s|(?:^|{_APART})['=]")
_ROWS = 5_000
#: A number without anything to think about: no sign of plus, no groups, no zero before digits.
_PLAIN = r"^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_LEADING_ZERO = r"^0\d+$"


def tidied(column: Sequence[str | None]) -> list[str | None]:
    """Tidy the cells of a column; None where blank."""
    joined = _APART.join([cell or "" for cell in column])
    if joined.isascii() and not _UNTIDY.search(joined):
        return [cell or None for cell in column]
    known = {cell: tidy(cell) or None if cell else None for cell in {*column}}
    return [known[cell] for cell in column]


def packed(rows: Iterable[Sequence[str | None]]) -> Iterator[Block]:
    """Pack rows, so many at a time.

    Examples
    --------
    >>> [block] = packed([["a", " 1"], ["b"], []])
    >>> block.rows, [column.to_pylist() for column in block.columns]
    (3, [['a', 'b', None], ['1', None, None]])
    """
    rows = iter(rows)
    while some := list(itertools.islice(rows, _ROWS)):
        columns = itertools.zip_longest(*some)
        yield Block([pa.array(tidied(c), pa.large_string()) for c in columns], len(some))


def table_of(columns: Sequence[Sequence[str | None]], below: Sequence[Block]) -> pd.DataFrame:
    """Join the tidy columns of the first rows, as many as there are, and the blocks below."""
    if not below:
        return pd.DataFrame(dict(enumerate(columns)), dtype="str")
    return pd.DataFrame(
        {
            i: pd.Series(
                pa.chunked_array(
                    [pa.array(top, pa.large_string()), *(_column(block, i) for block in below)]
                ),
                dtype="str",
            )
            for i, top in enumerate(columns)
        }
    )


def _column(block: Block, i: int) -> pa.Array:
    if i < len(block.columns):
        return block.columns[i]
    return pa.nulls(block.rows, pa.large_string())


def return_memory() -> None:
    """Give the memory of cells that were let go back to the system; Arrow keeps it for later."""
    pa.default_memory_pool().release_unused()


def plain_numbers(cells: pd.Series) -> FloatArray | None:
    """Read a column of plain numbers and blanks, without an object for each; None for any other.

    Arrow's nearest double of a text is Python's.

    Examples
    --------
    >>> plain_numbers(pd.Series(["1.5", None, "-2e3"], dtype="str"))
    array([ 1.5e+00,      nan, -2.0e+03])
    >>> plain_numbers(pd.Series(["1.5", "0101"], dtype="str")) is None
    True
    """
    texts = pa.chunked_array(pa.array(cells, pa.large_string(), from_pandas=True))
    if not pc.all(pc.match_substring_regex(texts, _PLAIN), min_count=0).as_py():
        return None
    if pc.any(pc.match_substring_regex(texts, _LEADING_ZERO), min_count=0).as_py():
        return None
    numbers = np.asarray(pc.cast(texts, pa.float64()).to_numpy(), dtype=float)
    return None if np.isinf(numbers).any() else numbers
