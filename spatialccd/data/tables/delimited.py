"""Text with a delimiter to a grid of cells."""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Iterator

from spatialccd.data.files.encoding import open_text
from spatialccd.data.tables.blocks import packed
from spatialccd.data.tables.grid import Grid
from spatialccd.errors import PanelError

_DELIMITERS = (",", "\t", ";", "|")
#: The first cell of Eurostat's files: the dimensions of the rows, then that of the columns.
_EUROSTAT = re.compile(r"(?P<key>[^\t\n\"\\]+)\\[^\t\n,]+\t")


#: Bytes from which a file is packed as it is read.
_LONG = 2**22


def read_delimited(source: str, data: bytes, encoding: str | None, ahead: int) -> Grid:
    """Split a text file into cells; Eurostat's key column into its dimensions.

    Of a long file the first `ahead` rows stay as they stand, and the others are packed.
    """
    text = open_text(data, source, encoding)
    sample = list(itertools.islice(text, 50))
    met = _EUROSTAT.match(sample[0]) if sample else None
    eurostat = met is not None and "," in met["key"].strip(",")
    csv.field_size_limit(10_000_000)
    # Blanks after a delimiter are no part of a cell, and a quote after them opens one.
    lines = csv.reader(
        itertools.chain(sample, text),
        delimiter="\t" if eurostat else _delimiter(sample),
        strict=True,
        skipinitialspace=True,
    )
    rows: Iterator[list[str | None]] = map(list, _keys_split(lines) if eurostat else lines)
    try:
        if len(data) < _LONG:
            return Grid(list(rows))
        top = list(itertools.islice(rows, ahead))
        return Grid(top, below=list(packed(rows)))
    except csv.Error as error:
        raise PanelError(
            f"{source} cannot be split into cells: {error}; look for a quote that is not closed"
        ) from None


def _keys_split(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    return ([*key_parts(row[0]), *row[1:]] for row in rows if row)


def key_parts(key: str) -> list[str]:
    r"""Split Eurostat's key, and take the name of the columns' dimension off its last part.

    Examples
    --------
    >>> key_parts(r"freq,unit,geo\TIME_PERIOD"), key_parts("A,PC,AT")
    (['freq', 'unit', 'geo'], ['A', 'PC', 'AT'])
    """
    return key.partition("\\")[0].split(",")


def _delimiter(sample: list[str]) -> str:
    """Choose the sign that splits most of the first lines into equally many cells."""

    def score(delimiter: str) -> tuple[int, int]:
        rows = csv.reader(sample, delimiter=delimiter, skipinitialspace=True)
        widths = [len(row) for row in rows if row]
        usual = max(set(widths), key=widths.count, default=0)
        return (widths.count(usual) if usual > 1 else 0, usual)

    return max(_DELIMITERS, key=score)
