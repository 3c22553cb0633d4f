"""A result's summary as a log shows it: tables folded to its width, without the words of Python."""

from __future__ import annotations

import re
from itertools import groupby, pairwise

#: Letters that QGIS's log has room for.
_WIDTH = 78
_DATA = re.compile(r"<(?:Series|DataFrame|GeoDataFrame)(?: (?P<name>[^:<>]+):)?[^<>]*>")


def readable(text: str, width: int = _WIDTH) -> str:
    """Fold tables that are wider than a log, and name data by its columns.

    Parameters
    ----------
    text : str
        A summary: sentences, and tables whose columns are set apart by spaces.
    width : int
        The longest line of a table.

    Examples
    --------
    >>> readable("tool(y=<Series urban: 170>, graph=<Neighbors>)")
    'tool(y=urban, graph=neighbors)'
    """
    text = _DATA.sub(lambda found: found["name"] or "table", text)
    text = re.sub(r"<(Neighbors|Graph)[^<>]*>", "neighbors", text)
    parts: list[str] = []
    for length, lines in groupby(text.split("\n"), key=len):
        block = list(lines)
        parts += _folded(block, width) if length > width and len(block) > 1 else block
    return "\n".join(parts)


def _folded(lines: list[str], width: int) -> list[str]:
    """Set a table's columns below each other, the first beside each part.

    >>> for line in _folded(["   aa  bb", "x   1   2", "y   3   4"], 6):
    ...     print(line)
       aa
    x   1
    y   3
    <BLANKLINE>
       bb
    x   2
    y   4
    """
    starts = _column_starts(lines)
    if len(starts) < 3:
        return lines
    columns = list(pairwise([*starts, len(lines[0])]))
    (_, edge), *rest = columns
    parts: list[list[tuple[int, int]]] = [[]]
    for column in rest:
        taken = edge + sum(b - a for a, b in parts[-1])
        if parts[-1] and taken + column[1] - column[0] > width:
            parts.append([])
        parts[-1].append(column)
    found: list[str] = []
    for part in parts:
        found += [""] * bool(found)
        found += [line[:edge] + "".join(line[a:b] for a, b in part) for line in lines]
    return found


def _column_starts(lines: list[str]) -> list[int]:
    """Find where columns begin: at blanks that all lines share, before a letter of any."""
    blank = [all(line[i] == " " for line in lines) for i in range(len(lines[0]))]
    ends = [i for i in range(1, len(blank)) if blank[i] and not blank[i - 1]]
    return [0, *ends]
