"""Which files a panel is read from, and the times that files and sheets are named after."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from spatialccd.data.tables.duplicates import is_figures
from spatialccd.data.tables.grid import Table
from spatialccd.data.tables.headers import split_names
from spatialccd.data.tables.times import Times, read_times
from spatialccd.errors import ParameterError

#: What a column of figures is called that says nothing of them.
_VALUE = re.compile(r"值|数值|数据|指标值|金额|values?|obs_value|amount|figures?|x", re.IGNORECASE)
_PATTERN = frozenset("*?[")


def find_files(path: str | Path | Sequence[str | Path]) -> list[Path]:
    """Give the files of a path, of a pattern such as ``data/*.csv``, or of several of either.

    Raises
    ------
    ParameterError
        A pattern meets no file, or there is nothing in the list.
    """
    given = [path] if isinstance(path, str | Path) else list(path)
    found: list[Path] = []
    for one in (Path(one).expanduser() for one in given):
        if one.exists() or not _PATTERN & set(one.name):
            found.append(one)
            continue
        met = sorted(p for p in one.parent.glob(one.name) if p.is_file() and p.name[0] not in ".~")
        if not met:
            raise ParameterError(f"no file in {one.parent} is named like {one.name}")
        found += met
    if not found:
        raise ParameterError("path= names no file")
    return [*dict.fromkeys(found)]


def times_of(tables: Sequence[Table]) -> Times | None:
    """Give the times that tables are named after; None where they are not, each after its own.

    Examples
    --------
    >>> cells = pd.DataFrame()
    >>> times_of([Table("a", name, cells) for name in ("2020年", "2021年")]).values.to_list()
    [2020, 2021]
    """
    labels = [str(table.sheet) for table in tables]
    timed = split_names(labels).timed
    if len(timed) < len(labels) or len({one.indicator for one in timed.values()}) > 1:
        return None
    tokens = pd.Series([timed[label].time for label in labels], dtype="str")
    times = read_times(tokens)
    if times.misfits.any() or times.values.nunique() < len(labels):
        return None
    return times


def one_an_indicator(tables: Sequence[Table], keys: Sequence[str]) -> list[Table] | None:
    """Give tables of one column of figures each, named after their indicators; None for others.

    They hold mostly the same units and times, so that they cannot go below each
    other. Their columns differ in name, or are all called "value" or the like and
    take the names of their tables.

    Examples
    --------
    >>> cells = pd.DataFrame({"u": ["a", "b"], "value": ["1", "2"]})
    >>> found = one_an_indicator([Table("a", name, cells) for name in ("gdp", "pop")], ["u"])
    >>> [list(table.cells) for table in found]
    [['u', 'gdp'], ['u', 'pop']]
    """
    if split_names([str(table.sheet) for table in tables]).timed:
        return None  # some are named after a time, some are not
    held = [{*map(tuple, table.cells[[*keys]].to_numpy())} for table in tables]
    if any(2 * len(held[0] & other) < min(len(held[0]), len(other)) for other in held[1:]):
        return None
    columns = []
    for table in tables:
        others = table.cells.drop(columns=[*keys])
        figures = [name for name in others if is_figures(others[name])]
        if len(figures) != 1:
            return None
        columns.append(figures[0])
    if len({*columns}) == len(columns):
        return list(tables)
    if len({*columns}) > 1 or not _VALUE.fullmatch(columns[0]):
        return None
    return [
        replace(
            table,
            cells=table.cells.rename(columns={columns[0]: str(table.sheet)}),
            units={str(table.sheet) if k == columns[0] else k: v for k, v in table.units.items()},
        )
        for table in tables
    ]
