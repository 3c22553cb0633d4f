"""The header of a table: in which rows the names stand, and the units below them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from spatialccd.data.cells import fold_width, grouped_number, tidy
from spatialccd.data.tables.grid import Grid
from spatialccd.data.tables.headers import split_names
from spatialccd.data.tables.notes import is_note

#: How many rows from the top are searched for a header that is not in the first.
_SEARCH = 20
_UNIT_LABEL = frozenset(["单位", "计量单位", "unit", "units", "unit of measure", "(unit)", "单 位"])
_UNIT_IN_NAME = re.compile(r"^(.*\S)\s*[(（\[]([^()（）\[\]]{1,12})[)）\]]$")
_LONGEST_UNIT = 24


@dataclass(frozen=True)
class Header:
    """Names of columns, and where they stand.

    Attributes
    ----------
    names : list of str
        By column; blank where there is none.
    first, last : int
        The rows it takes, units included; the body begins below.
    units : dict of str to str
        Units of measurement by name, from a row of their own or from the
        brackets of a header of two levels.
    """

    names: list[str]
    first: int
    last: int
    units: dict[str, str]


def read_header(
    grid: Grid, wanted: Collection[str], header: int | Sequence[int] | None = None
) -> Header:
    """Read the names of a grid's columns.

    Parameters
    ----------
    grid : Grid
        The rows.
    wanted : collection of str
        Names of columns that tell the header from a title: it is the first row
        near the top that has them all, else row 1.
    header : int or sequence of int, optional
        Its row, or its rows, where they are known.
    """
    if header is not None and not isinstance(header, int):
        levels = [_row(grid, number) for number in header]
        measured: dict[str, str] = {}
        return Header(_joined(levels, wanted, measured), min(header), max(header), measured)
    first = header or _find(grid, wanted)
    names = [name(cell) for cell in _row(grid, first)]
    if header is None:
        below = _row(grid, first + 1)
        if _is_second_level(names, below, wanted):
            units: dict[str, str] = {}
            return Header(_joined([names, below], wanted, units), first, first + 1, units)
        above = _row(grid, first - 1) if first > 1 else []
        if _repeats(names) and sum(map(bool, above)) > 1:
            units = {}
            return Header(_joined([above, names], wanted, units), first - 1, first, units)
    found = _units_row(names, _row(grid, first + 1), wanted)
    return Header(names, first, first + (found is not None), found or {})


def likely_header(grid: Grid) -> int:
    """Give the row that looks most like a header: the first that is as wide as the rows below."""
    widths = [sum(bool(tidy(cell or "")) for cell in row) for row in grid.rows[: _SEARCH + 30]]
    common = Counter(width for width in widths if width > 1).most_common(1)
    usual = common[0][0] if common else 0
    return next((i for i, width in enumerate(widths, 1) if width >= usual > 1), 1)


def name(cell: str | None) -> str:
    """Fold the spaces and line breaks of a name."""
    return " ".join(str(cell or "").split())


def _row(grid: Grid, number: int) -> list[str | None]:
    return grid.rows[number - 1] if 1 <= number <= len(grid.rows) else []


def _find(grid: Grid, wanted: Collection[str]) -> int:
    for number, row in enumerate(grid.rows[:_SEARCH], start=1):
        if wanted and {*wanted} <= {name(cell) for cell in row}:
            return number
    return 1


# --- two levels ----------------------------------------------------------------------------------


def _is_second_level(
    names: Sequence[str], below: Sequence[str | None], wanted: Collection[str]
) -> bool:
    """Tell a row of sub-names: blank below the keys, words or times under groups of columns."""
    cells = [name(cell) for cell in below]
    if not wanted or any(c for n, c in zip(names, cells, strict=False) if n in wanted and c != n):
        return False
    pairs = [(top, sub) for top, sub in zip_longest(names, cells, fillvalue="") if sub]
    pairs = [(top, sub) for top, sub in pairs if top not in wanted]
    if not pairs or any(_is_figure(sub) for _, sub in pairs):
        return False
    grouped = any(not top for top, _ in pairs)
    times = all(_is_time(sub) for _, sub in pairs) and not any(_is_time(top) for top, _ in pairs)
    return grouped or times


def _repeats(names: Sequence[str]) -> bool:
    used = [name for name in names if name]
    return len(set(used)) < len(used)


def _joined(
    levels: Sequence[Sequence[str | None]], wanted: Collection[str], units: dict[str, str]
) -> list[str]:
    """Join the levels of each column: a group's name counts for the blank cells right of it."""
    found = []
    groups = [""] * (len(levels) - 1)
    for cells in zip_longest(*levels, fillvalue=None):
        own = [name(cell) for cell in cells]
        key = next((cell for cell in own if cell in wanted), None)
        if key is not None:
            groups = [""] * len(groups)
            found.append(key)
            continue
        for i, cell in enumerate(own[:-1]):
            if cell or not own[-1]:
                groups[i] = cell
        parts = dict.fromkeys(part for part in (*groups, own[-1]) if part)
        found.append("\x1f".join(parts))
    return _without_units(found, units)


def _without_units(joined: list[str], units: dict[str, str]) -> list[str]:
    """Take the units off the parts of names of two levels, where the names stay different."""
    short, measured = [], []
    for one in joined:
        unit, parts = "", []
        for part in one.split("\x1f"):
            found = None if _is_time(part) else _UNIT_IN_NAME.match(part)
            parts.append(found[1] if found and not _is_time(found[2]) else part)
            unit = found[2] if found and parts[-1] != part else unit
        short.append("_".join(parts))
        measured.append((next((p for p in parts if not _is_time(p)), parts[0]), unit))
    if _repeats(short):
        return [one.replace("\x1f", "_") for one in joined]
    units |= {indicator: unit for indicator, unit in measured if unit}
    return short


# --- units ---------------------------------------------------------------------------------------


def _units_row(
    names: Sequence[str], below: Sequence[str | None], wanted: Collection[str]
) -> dict[str, str] | None:
    """Read a row of units: no key, or the word "unit" for one, and short words under the rest."""
    cells = [tidy(cell or "") for cell in below]
    keys = [c for n, c in zip(names, cells, strict=False) if n in wanted and c]
    if not wanted or any(c.lower() not in _UNIT_LABEL for c in keys):
        return None
    found = {n: c for n, c in zip(names, cells, strict=False) if n and c and n not in wanted}
    if not found or any(
        _is_figure(c) or _is_time(c) or is_note(c) or len(c) > _LONGEST_UNIT for c in found.values()
    ):
        return None
    return {n: c.strip("()（）[]") or c for n, c in found.items()}


def _is_figure(cell: str) -> bool:
    number = grouped_number(fold_width(cell), ".")
    return number == number and not _is_time(cell)


def _is_time(cell: str) -> bool:
    timed = split_names([cell]).timed if cell else {}
    return any(not one.indicator for one in timed.values())
