"""Gathers the tables of results: their own, what belongs to them, and what papers print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pandas as pd

from spatialccd._result import Result
from spatialccd.index.composite import CompositeIndex
from spatialccd.report.tables.arranged import (
    MOST_ROWS,
    MOST_UNITS,
    arranged,
    in_short,
    indicator_system,
    is_long,
    replaces_main,
)
from spatialccd.report.tables.columns import Table, lay_out, tell
from spatialccd.report.words.spoken import Words

#: The part of a result that papers print in rows, by what they are called there.
_ON_PAPER = {"effects": "effect rows"}


def lay_out_all(
    results: Mapping[str, Result | pd.DataFrame],
    words: Words,
    *,
    groups: pd.Series | None = None,
    place: str = "",
) -> Iterator[Table]:
    """Bring results into columns, each followed by what belongs to it.

    A result of one row a unit and more rows than a paper prints is for the
    workbook; Word and LaTeX print it in short.

    Parameters
    ----------
    results : mapping of str to Result or DataFrame
        By name.
    words : Words
    groups : Series, optional
        The group of each unit, for means by group.
    place : str
        What the units are of, for captions.
    """
    system = indicator_system(results)
    for name, item in results.items():
        if not isinstance(item, Result):
            yield lay_out(str(name), item, words, place=place)
            continue
        if system is not None and isinstance(item, CompositeIndex):
            yield lay_out("indicator_system", system, words, of=item, place=place)
            system = None
        yield from _of_result(str(name), item, words, groups, place, results)


def of_units(groups: pd.Series | None) -> pd.Series | None:
    """Give one group a unit, the last where a panel has one a time."""
    if groups is None or groups.index.nlevels == 1:
        return groups
    return groups.groupby(level=0).last()


def _of_result(
    name: str,
    item: Result,
    words: Words,
    groups: pd.Series | None,
    place: str,
    results: Mapping[str, Result | pd.DataFrame],
) -> Iterator[Table]:
    long = is_long(item)
    shaped = arranged(item, groups)
    main = lay_out(name, item, words, place=place)
    yield replace(main, on_paper=not long and not replaces_main(item))
    for part, one in shaped.items():
        table = lay_out(name, one.frame, words, of=item, part=part, p=one.p, place=place)
        notes = [tell(note, words.language) for note in one.notes]
        yield replace(table, notes=[*table.notes, *notes])
    if long and not shaped and not replaces_main(item):
        for part, one in in_short(item).items():
            table = lay_out(name, one.frame, words, of=item, part=part, place=place)
            yield replace(table, notes=[*main.notes, *table.notes], in_book=False)
    several = sum(isinstance(one, CompositeIndex) for one in results.values()) > 1
    for part, frame in item.further().items():
        table = lay_out(name, frame, words, of=item, part=part, place=place)
        printed = not _is_appendix(frame) and not (several and part == "indicators")
        yield replace(table, on_paper=printed and _ON_PAPER.get(part, part) not in shaped)


def _is_appendix(frame: pd.DataFrame) -> bool:
    """Tell whether a part has more rows than a paper prints: of units, or of anything."""
    by_unit = "unit" in frame.index.names or "unit" in frame.columns
    return len(frame) > (MOST_UNITS if by_unit else MOST_ROWS)
