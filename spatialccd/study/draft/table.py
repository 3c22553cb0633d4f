"""Finds out how a table is to be read: which columns hold units and times, and the layout."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spatialccd.data.panel import read_panel
from spatialccd.data.tables.headers import split_names
from spatialccd.data.tables.notes import totals
from spatialccd.data.tables.reader import first_rows
from spatialccd.errors import PanelError, ParameterError, SpatialCCDWarning, listed
from spatialccd.study.draft import words

if TYPE_CHECKING:
    import pandas as pd

#: How many rows from the top may be titles.
_TITLES = 20
#: How many columns are tried as the units.
_TRIED = 4
_YEAR = re.compile(r"(19|20)\d\d(\.0)?年?")


@dataclass(frozen=True)
class Read:
    """A table, and the settings of ``read_panel`` that read it.

    Attributes
    ----------
    panel : DataFrame
    settings : dict
        Beside the path.
    said : list of str
        What reading it told.
    """

    panel: pd.DataFrame
    settings: dict[str, Any]
    said: list[str] = field(default_factory=list)


def find_reading(path: Path, given: dict[str, Any]) -> Read:
    """Try the likely columns of units and times until the table reads as a panel.

    Parameters
    ----------
    path : Path
    given : dict
        Settings of ``read_panel`` that are known, such as unit.

    Raises
    ------
    PanelError
        No reading fits; the message has what stood in the way of the likeliest.
    """
    failed: list[str] = []
    for sheet, rows in first_rows(path).items():
        for settings in _readings(rows, given):
            for sheets in ({}, {"sheet": sheet} if sheet is not None else None):
                if sheets is None or (sheets and "sheet" in given):
                    continue
                try:
                    return _with_drops(path, {**settings, **sheets})
                except (PanelError, ParameterError) as error:
                    failed.append(f"{_written(settings)}: {error}")
    if not failed:
        raise PanelError(
            f"{path.name}: no column looks like one of units (codes or names of places); say which "
            "with --unit"
        )
    raise PanelError(
        f"{path.name} could not be read as a table of units and times; tried {failed[0]}. Say how "
        "with --unit and --time, or see read_panel"
    )


def _with_drops(path: Path, settings: dict[str, Any]) -> Read:
    """Read, leave out totals among the units, and take note of what is told."""
    panel, said = _read(path, settings)
    drop = totals(panel)
    if drop and "drop_units" not in settings:
        settings = {**settings, "drop_units": drop}
        panel, said = _read(path, settings)
    return Read(panel, settings, said)


def _read(path: Path, settings: dict[str, Any]) -> tuple[pd.DataFrame, list[str]]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", SpatialCCDWarning)
        panel = read_panel(path, **settings)
    return panel, [
        str(item.message) for item in caught if issubclass(item.category, SpatialCCDWarning)
    ]


def _written(settings: dict[str, Any]) -> str:
    return listed(f"{name}={value!r}" for name, value in settings.items())


def _readings(rows: list[list[str]], given: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield settings to try, the likeliest first."""
    number = _header(rows)
    names = [name for name in rows[number] if name]
    body = rows[number + 1 :]
    columns = {
        name: [row[i] for row in body if i < len(row) and row[i]]
        for i, name in enumerate(rows[number])
        if name
    }
    times = [given["time"]] if given.get("time") else [n for n in names if _is_time(n, columns[n])]
    units = [given["unit"]] if given.get("unit") else _units(columns, times)
    years_across = bool(split_names(names).timed) or any(
        split_names([cell]).timed for cell in (body[0] if body else []) if cell
    )
    value = _value_name(rows[:number])
    for unit in units:
        if times:
            yield {**given, "unit": unit, "time": times[0]}
            yield {**given, "unit": unit, "time": times[0], "layout": "tidy"}
        elif years_across:
            yield {**given, "unit": unit, "layout": "wide"}
            yield {**given, "unit": unit, "layout": "wide", "value": value}
            yield {**given, "unit": unit, "layout": "tidy"}
        yield {**given, "unit": unit}


def _value_name(above: list[list[str]]) -> str:
    """Call the one indicator of a table whose columns are years after its title."""
    titles = [cell for row in above for cell in row if cell]
    return titles[0][:40] if titles else "value"


def _header(rows: list[list[str]]) -> int:
    """Find the row of the names: the first with two names, one of which is of units or times."""
    for number, row in enumerate(rows[:_TITLES]):
        filled = [cell for cell in row if cell]
        if len(filled) > 1 and any(
            words.is_code(c) or words.is_unit(c) or words.is_time(c) for c in filled
        ):
            return number
    wide = max((sum(map(bool, row)) for row in rows), default=0)
    return next((i for i, row in enumerate(rows) if sum(map(bool, row)) == wide), 0)


def _is_time(name: str, cells: list[str]) -> bool:
    if words.is_time(name):
        return True
    return bool(cells) and all(_YEAR.fullmatch(cell) for cell in cells) and len(set(cells)) < 100


def _units(columns: dict[str, list[str]], times: list[str]) -> list[str]:
    """List the columns that may hold the units: codes before names, telling names before others."""

    def rank(name: str) -> tuple[int, int]:
        cells = columns[name]
        if words.is_code(name) and all(_is_code_like(cell) for cell in cells):
            return (0, 0)
        if words.is_code(name) or words.is_unit(name):
            return (1, -len(set(cells)))
        is_text = cells and not any(re.fullmatch(r"[-+\d.,%\s]+", cell) for cell in cells)
        return (2, -len(set(cells))) if is_text else (9, 0)

    ranked = sorted((name for name in columns if name not in times and columns[name]), key=rank)
    return [name for name in ranked if rank(name)[0] < 9][:_TRIED]


def _is_code_like(cell: str) -> bool:
    return re.fullmatch(r"[A-Za-z]{0,4}\d{1,12}(\.0)?|[A-Z]{2,3}\d*", cell) is not None
