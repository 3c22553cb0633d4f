"""Text with a delimiter to a grid of cells."""

from __future__ import annotations

import csv
import io
import itertools
import re

from spatialccd.data.files.encoding import decode
from spatialccd.data.tables.grid import Grid
from spatialccd.errors import PanelError

_DELIMITERS = (",", "\t", ";", "|")
#: The first cell of Eurostat's files: the dimensions of the rows, then that of the columns.
_EUROSTAT = re.compile(r"(?P<key>[^\t\n\"\\]+)\\[^\t\n,]+\t")


def read_delimited(source: str, data: bytes, encoding: str | None) -> Grid:
    """Split a text file into cells; Eurostat's key column into its dimensions."""
    text = decode(data, source, encoding)
    met = _EUROSTAT.match(text)
    eurostat = met is not None and "," in met["key"].strip(",")
    csv.field_size_limit(10_000_000)
    # Blanks after a delimiter are no part of a cell, and a quote after them opens one.
    lines = csv.reader(
        io.StringIO(text, newline=""),
        delimiter="\t" if eurostat else _delimiter(text),
        strict=True,
        skipinitialspace=True,
    )
    try:
        rows: list[list[str | None]] = [list(row) for row in lines]
    except csv.Error as error:
        raise PanelError(
            f"{source} cannot be split into cells: {error}; look for a quote that is not closed"
        ) from None
    if eurostat:
        rows = [[*key_parts(row[0] or ""), *row[1:]] for row in rows if row]
    return Grid(rows)


def key_parts(key: str) -> list[str]:
    r"""Split Eurostat's key, and take the name of the columns' dimension off its last part.

    Examples
    --------
    >>> key_parts(r"freq,unit,geo\TIME_PERIOD"), key_parts("A,PC,AT")
    (['freq', 'unit', 'geo'], ['A', 'PC', 'AT'])
    """
    return key.partition("\\")[0].split(",")


def _delimiter(text: str) -> str:
    """Choose the sign that splits most of the first rows into equally many cells."""
    sample = list(itertools.islice(io.StringIO(text, newline=""), 50))

    def score(delimiter: str) -> tuple[int, int]:
        rows = csv.reader(sample, delimiter=delimiter, skipinitialspace=True)
        widths = [len(row) for row in rows if row]
        usual = max(set(widths), key=widths.count, default=0)
        return (widths.count(usual) if usual > 1 else 0, usual)

    return max(_DELIMITERS, key=score)
