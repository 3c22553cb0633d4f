"""Rows that are no units: notes below the data, and totals among the units."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from spatialccd._types import BoolArray
from spatialccd.data.cells import is_missing
from spatialccd.data.names.lookup import china_names
from spatialccd.data.tables.grid import Table

_NOTE = re.compile(
    r"[(（\[【]?(?:注|备注|附注|說明|说明|资料来源|資料來源|数据来源|数据源|来源|來源|单位|出处|口径|更新时间|制表)"
    r"\s*\d*\s*[)）\]】]?\s*(?:[:：]|\d|①|$)"
    r"|(?:notes?|sources?|footnotes?|remarks?|legend|last updated?|data (?:from|extracted|source)"
    r"|updated|downloaded|copyright|see |extracted)\b"
    r"|[©*†‡①②③]|[(（]?\d[)）、]\s*\D|\d\.\s\D",
    re.IGNORECASE,
)
#: A sentence is no name of a unit.
_SENTENCE = re.compile(
    r".*[。；]$|.{40,}[.!]$|.{60,}|(?=(?:\S+\s+){4}).*\s(?:from|by|on|see|available|is|are|was|were"
    r"|may|not|includ\w+|exclud\w+)\s.*"
)
_TOTAL = re.compile(
    r"(?:全国|全國|总体|總體|全部|所有)?(?:合计|合計|总计|總計|共计|小计|小計|总和|总合|平均值?|均值|汇总|总体|全部地区)"
    r"|.{1,8}(?:合计|合計|总计|總計|小计|小計)"
    r"|全[国國省市区區县縣州球域]|世界|各地区|各省"
    r"|(?:grand |sub|national |country |overall )?-?(?:totals?|sum|average|mean)(?:\W.*)?"
    r"|overall|aggregate|nationwide|national|nation|all|world"
    r"|all (?:states|provinces|counties|regions|areas|units|countries|districts)"
    r"|(?:eu|ea)\d{2}(?:_\d{4})?|euro area.*|european union.*|oecd.*",
    re.IGNORECASE,
)
_REGION = re.compile(
    r"(?:东部|東部|中部|西部|东北|東北|华东|华北|华南|华中|华西|西南|西北|沿海|内陆|南方|北方|长三角|珠三角"
    r"|京津冀|长江经济带|黄河流域|长江流域)(?:地区|地區|区域|经济区|省份|合计)?"
    r"|(?:(?:north|south|east|west|midwest|northeast|northwest|southeast|southwest|central)(?:ern)?)"
    r" (?:region|area|china|states|provinces)",
    re.IGNORECASE,
)
_NATION = re.compile(
    r"united states(?: of america)?|us|usa|u\.s\.|u\.s\.a\.|china|prc|中国|中华人民共和国|美国"
)
_CENSUS_REGION = re.compile(r"northeast|midwest|south|west")
#: Georgia is left out: it is a country too.
_STATE = re.compile(
    "alabama|alaska|arizona|arkansas|california|colorado|connecticut|delaware|florida|hawaii|idaho"
    "|illinois|indiana|iowa|kansas|kentucky|louisiana|maine|maryland|massachusetts|michigan"
    "|minnesota|mississippi|missouri|montana|nebraska|nevada|new hampshire|new jersey|new mexico"
    "|new york|north carolina|north dakota|ohio|oklahoma|oregon|pennsylvania|rhode island"
    "|south carolina|south dakota|tennessee|texas|utah|vermont|virginia|washington|west virginia"
    "|wisconsin|wyoming"
)
#: Sums are printed rounded: so far from the sum of the others, relative to it.
_ROUNDING = 1e-6


#: How many rows from the bottom may be notes.
_TAIL = 200


def is_note(text: str) -> bool:
    """Tell a note or a source from the name of a unit.

    Examples
    --------
    >>> is_note("注：按当年价格计算"), is_note("Source: Census"), is_note("资阳市")
    (True, True, False)
    """
    return bool(_NOTE.match(text) or _SENTENCE.fullmatch(text))


def without_notes(table: Table, keys: Sequence[str]) -> tuple[Table, pd.Series]:
    """Take the rows of words below the data off a table.

    Such a row has no figure, and reads like a note or has no unit. What follows
    the first of them has no figures either.

    Returns
    -------
    Table, Series of text
        The rest, and the notes by their row.
    """
    tail = table.cells.tail(_TAIL)
    starts, follows = _wordy_rows(tail, [key for key in keys if key in tail])
    n_data = len(tail) - int(follows[::-1].cumprod().sum())
    found = np.flatnonzero(starts[n_data:])
    if not len(found):
        return table, pd.Series(dtype="str")
    rows = tail.index[n_data + int(found[0]) :]
    notes = tail.loc[rows].apply(lambda row: " ".join(row.dropna()), axis=1)
    return replace(table, cells=table.cells.iloc[: -len(rows)]), notes


def _wordy_rows(tail: pd.DataFrame, keys: Sequence[str]) -> tuple[BoolArray, BoolArray]:
    """Tell the rows that begin the notes, and those that may follow."""
    others = tail.drop(columns=[*keys])
    first = tail.bfill(axis=1).iloc[:, 0]
    words = tail.notna().sum(axis=1)
    narrow = words <= max(1, min(3, tail.shape[1] // 2))
    bare = others.isna().all(axis=1) | tail[[*keys]].isna().any(axis=1)
    wordy = ~others.apply(_holds_figure).any(axis=1) if others.shape[1] else bare
    note = first.map(is_note).astype(bool) & (bare | wordy)
    # Words that are no note by themselves are one where they are longer than any label above.
    labels = tail.loc[~narrow, [*keys]]
    longest = max([5, *(int(labels[key].str.len().max()) for key in keys if labels[key].any())])
    longer = (first.str.len() > longest) | tail[[*keys[:1]]].isna().any(axis=1)
    keyless = tail[[*keys]].isna().any(axis=1)
    alone = keyless & (words <= 1) & longer & ~_figure(first)
    return (note | alone).to_numpy(), (note | (narrow & bare)).to_numpy()


def _holds_figure(cells: pd.Series) -> pd.Series:
    """Tell figures, and marks of a missing one."""
    return _figure(cells) | is_missing(cells.fillna("0 "))


def _figure(cells: pd.Series) -> pd.Series:
    return cells.str.fullmatch(r"[-+\d.,]+").fillna(value=False).astype(bool)


def totals(panel: pd.DataFrame) -> list[str]:
    """Name the units that are sums of others: by their names, or by their figures.

    Returns
    -------
    list of str
        Labels of the units.
    """
    units = panel.index.get_level_values(0)
    labels = pd.Index(units.unique())
    if len(labels) < 2:
        return []
    names = {label: {_plain(label)} for label in labels}
    for column in panel.select_dtypes(include=["object", "string"]):
        first = panel[column].groupby(units, sort=False).first().dropna()
        for label, text in first.items():
            names[label].add(_plain(text))
    found = _totals_by_name(names)
    return [*found, *_totals_by_sum(panel, [label for label in labels if label not in found])]


def _plain(text: object) -> str:
    words = str(text).strip()
    if words.isdigit():
        return ""
    return (words if words.isascii() else words.replace(" ", "")).lower()


def _totals_by_name(names: dict[str, set[str]]) -> list[str]:
    every = set().union(*names.values())
    inside_china = bool(every & _provinces())
    inside_us = any(_STATE.fullmatch(name) for name in every)
    found = []
    for label, own in names.items():
        total = any(_TOTAL.fullmatch(name) or _REGION.fullmatch(name) for name in own)
        nation = (inside_china or inside_us) and any(_NATION.fullmatch(name) for name in own)
        region = inside_us and any(_CENSUS_REGION.fullmatch(name) for name in own)
        if total or nation or region:
            found.append(label)
    return found if len(found) < len(names) else []


@cache
def _provinces() -> frozenset[str]:
    """Names of the provinces of China, but for those that tables of countries list too."""
    with_china = ("71", "81", "82")
    return frozenset(
        _plain(name)
        for code, _, name in china_names()
        if code.endswith("0000") and not code.startswith(with_china)
    )


def _totals_by_sum(panel: pd.DataFrame, labels: Collection[str]) -> list[str]:
    """Name the units whose figures equal the sum of all others', at every time of a column."""
    numbers = [name for name in panel if is_numeric_dtype(panel[name].dtype)]
    known = panel.index.get_level_values(0).isin(labels)
    if len(labels) < 3 or not known.any() or panel.index.has_duplicates:
        return []
    found: dict[str, int] = {}
    for column in numbers:
        figures = panel[column] if known.all() else panel[column][known]
        grid = figures.unstack() if panel.index.nlevels > 1 else figures.to_frame()
        grid = grid.dropna(axis=1, how="any")
        grid = grid.loc[:, (grid > 0).all() & (grid.nunique() > 1)]
        if grid.shape[1] == 0:
            continue
        off = (2 * grid - grid.sum()).abs()
        equal = (off <= _ROUNDING * grid.sum()).all(axis=1)
        for label in grid.index[equal]:
            found[label] = found.get(label, 0) + grid.shape[1]
    # Among three units the third is often the sum of the two others by chance.
    enough = 1 if len(labels) > 3 else 3
    return [label for label, n in found.items() if n >= enough]
