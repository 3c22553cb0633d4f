"""Which files a panel is read from, and the times that files and sheets are named after."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from spatialccd.data.grid import Table
from spatialccd.data.headers import split_names
from spatialccd.data.times import read_times
from spatialccd.errors import ParameterError

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
    for one in map(Path, given):
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


def times_of(tables: Sequence[Table]) -> list[object] | None:
    """Give the times that tables are named after; None where they are not, each after its own.

    Examples
    --------
    >>> cells = pd.DataFrame()
    >>> times_of([Table("a", name, cells) for name in ("2020年", "2021年")])
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
    return list(times.values.tolist())
