"""Times as tables write them: years, years of account, quarters, months, days.

All times of a column, or of a header, are read together, for a single one may
mean two things: 2009-10 is October 2009 or the year from 2009 to 2010. What is
read by a rule is said; what the rule cannot tell is a fault.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from spatialccd.data.cells import fold_width

_YEAR = re.compile(r"(?:公元|西元)?(\d{1,4})(?:\.0+)?\s*(?:年度?|年末|年底)?(?:\s*\[YR\d{4}\])?")
_NAMED_BY_END = re.compile(r"(?:FY|财年|財年)\s?(\d{4})", re.IGNORECASE)
_RANGE = re.compile(
    r"(FY\s?)?(\d{4})\s?[-–—/~至_]\s?(?:FY\s?)?(\d{4}|\d{2})\s?(?:年度?|财年)?", re.IGNORECASE
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CHINESE = {"一": 1, "二": 2, "三": 3, "四": 4, "上": 1, "下": 2}
#: Each pattern with the months that one step of it takes; 0 is a month by its name.
_PARTS = (
    (re.compile(r"(?P<year>\d{4})\s?[-/_年Mm.]\s?(?P<part>\d{1,2})\s?(?:月份?)?"), 1),
    (re.compile(r"(?P<year>(?:19|20)\d\d)(?P<part>0[1-9]|1[0-2])"), 1),
    (re.compile(r"(?P<part>[A-Za-z]{3,9})\.?[-_ ]?(?P<year>\d{4})"), 0),
    (re.compile(r"(?P<year>\d{4})[-_ ]?(?P<part>[A-Za-z]{3,9})\.?"), 0),
    (re.compile(r"(?P<year>\d{4})\s?[-_/ 年]?\s?[Qq](?P<part>[1-4])"), 3),
    (re.compile(r"[Qq](?P<part>[1-4])\s?[-_/ ]?\s?(?P<year>\d{4})"), 3),
    (re.compile(r"(?P<part>[1-4])[Qq]\s?[-_/ ]?\s?(?P<year>\d{4})"), 3),
    (re.compile(r"(?P<year>\d{4})\s?年?\s?第?(?P<part>[一二三四1-4])\s?季度?"), 3),
    (re.compile(r"(?P<year>\d{4})\s?[-_ ]?[HhSs](?P<part>[12])"), 6),
    (re.compile(r"(?P<year>\d{4})\s?年?\s?(?P<part>[上下])半年"), 6),
)
_CHINESE_DATE = re.compile(r"(\d{4})\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?日")
_DAY = re.compile(r"\d{4}[-/]\d{1,2}[-/]\d{1,2}")
_SAYS_YEAR = re.compile(r"year|yr|annum|jahr|ann[ée]e|年", re.IGNORECASE)
_SAYS_STEP = re.compile(r"period|wave|round|month|week|day|step|期|月|周|轮|日", re.IGNORECASE)
#: Two digits from here on are of the 1900s, below the other of the 2000s; between is not guessed.
_NINETEEN, _TWENTY = 50, 30


@dataclass(frozen=True)
class Times:
    """Times that were read together.

    Attributes
    ----------
    values : Series
        Integers, time stamps (the first day of a month, quarter or half-year)
        or text; missing where a cell does not fit.
    misfits : Series of bool
        The cells that hold another kind of time than most do.
    rule : str
        How they were read, where that is a choice; blank where there is none.
    advice : str
        What to do about the misfits.
    """

    values: pd.Series
    misfits: pd.Series
    rule: str = ""
    advice: str = "write all times alike"


def read_times(cells: pd.Series, name: str = "") -> Times:
    """Read tidy cells as times.

    Years such as 2011, 2011.0 or 2011年 become integers. So do years of account
    (2009-10, 2009/2010), each named by the year in which it begins, and years of
    two digits, where they can be told. Months, quarters and half-years become the
    time stamp of their first day; days become time stamps, or years where all fall
    on one day of the year. Other labels, such as 2011-2015, stay text.

    Parameters
    ----------
    cells : Series of text
        The cells.
    name : str
        Their column's name, which may say that small numbers are no years.

    Examples
    --------
    >>> times = read_times(pd.Series(["2011年", "2012.0", "average"]))
    >>> times.values[~times.misfits].to_list(), times.misfits.to_list()
    ([2011, 2012], [False, False, True])
    >>> read_times(pd.Series(["2009-10", "2010-11"])).values.to_list()
    [2009, 2010]
    >>> list(read_times(pd.Series(["2020Q1", "2020Q3"])).values.dt.month)
    [1, 7]
    """
    known_cells = cells.dropna()
    folded = {text: fold_width(text) for text in known_cells.unique()}
    distinct = pd.Series([*dict.fromkeys(folded.values())], dtype="str")
    readers: tuple[Callable[[pd.Series], Times | None], ...] = (
        lambda texts: _years(texts, name),
        _accounts,
        _parts,
        _days,
    )
    for reader in readers:
        found = reader(distinct)
        if found is None:
            continue
        known = dict(zip(distinct, found.values, strict=True))
        read = pd.Series([known[folded[text]] for text in known_cells], index=known_cells.index)
        read = read.astype(found.values.dtype)
        misfits = read.isna().reindex(cells.index, fill_value=False)
        return Times(read.reindex(cells.index), misfits, found.rule, found.advice)
    alone = {text: _is_known(one) for text, one in folded.items()}
    known_as = known_cells.map(alone).astype(bool)
    few = known_as.all() or known_as.mean() <= 0.5  # all: of several kinds, none of them most
    odd = known_as if few else ~known_as
    return Times(cells, odd.reindex(cells.index, fill_value=False))


def _is_known(text: str) -> bool:
    """Whether a text by itself is a year, a part of one or a day: not a label of its own kind."""
    year = _YEAR.fullmatch(text)
    return bool((year and len(year[1]) == 4) or _part(text) or _DAY.match(text))


def _read(distinct: pd.Series, read: Callable[[str], int | pd.Timestamp | None]) -> pd.Series:
    return pd.Series([read(text) for text in distinct], index=distinct.index, dtype=object)


def _most(values: pd.Series) -> bool:
    return bool(values.notna().sum() * 2 > len(values))


def _times(values: pd.Series, rule: str = "", advice: str = Times.advice) -> Times:
    return Times(values, values.isna(), rule, advice)


# --- years ---------------------------------------------------------------------------------------


def _years(distinct: pd.Series, name: str) -> Times | None:
    texts = distinct.str.extract(f"^{_YEAR.pattern}$", expand=False)
    if not _most(texts):
        return None
    known = texts.dropna()
    long = known.str.len() == 4
    if long.any():
        return _times(pd.to_numeric(texts.where(texts.str.len() == 4)).astype("Int64"))
    return _short_years(texts, name)


def _short_years(texts: pd.Series, name: str) -> Times:
    """Read numbers of fewer than four digits: years cut short, or the steps of a study."""
    numbers = pd.to_numeric(texts).astype("Int64")
    known = texts.dropna()
    low, high = int(numbers.min()), int(numbers.max())
    padded = bool(known.str.startswith("0").any() and (known.str.len() == 2).all())
    two_digits = bool((known.str.len() == 2).all())
    ends = bool(high >= _NINETEEN and low < _TWENTY and not numbers.between(30, 49).any())
    if low >= 70 and 100 <= high <= 130:
        advice = "if they are years of the Republic (民國), add 1911 to each"
        return _times(numbers.where(numbers < 0), advice=advice)
    if _SAYS_STEP.search(name) and not _SAYS_YEAR.search(name):
        return _times(numbers)
    if not (two_digits or (ends and high <= 99)):
        return _times(numbers)  # 1, 2, 3: steps as they stand
    told = not padded or high > 12 or bool(_SAYS_YEAR.search(name))
    years = numbers.where(~numbers.between(_TWENTY, _NINETEEN - 1))
    years = years + years.ge(_NINETEEN).map({True: 1900, False: 2000}).astype("Int64")
    if not told or years.isna().sum() > texts.isna().sum():
        advice = "write years with four digits, or name the column 'period' if they are steps"
        return _times(numbers.where(numbers < 0), advice=advice)
    first, last = int(years.min()), int(years.max())
    return _times(years, f"years of two digits are read as {first} to {last}")


def _accounts(distinct: pd.Series) -> Times | None:
    """Read years of account, school years, seasons: each reaches into the next."""
    by_end = distinct.str.extract(f"^{_NAMED_BY_END.pattern}$", expand=False, flags=re.IGNORECASE)
    if _most(by_end):
        years = pd.to_numeric(by_end).astype("Int64")
        return _times(years, "years of account (FY2010) keep the year they are named by")

    def begins(text: str) -> int | None:
        found = _RANGE.fullmatch(text)
        if not found:
            return None
        first, last = int(found[2]), int(found[3])
        return first if last in (first + 1, (first + 1) % 100) else None

    years = _read(distinct, begins).astype("Int64")
    if not _most(years):
        return None
    example = distinct[years.notna()].iloc[0]
    if len(distinct) == 1 and _is_month(example):
        advice = f"{example} may be a month or a year of account: write {example}-01 or FY{example}"
        return _times(years.where(years < 0), advice=advice)
    first = int(years[years.notna()].iloc[0])
    rule = f"years of account are named by the year in which they begin ({example} is {first})"
    return _times(years, rule)


def _is_month(text: str) -> bool:
    return bool(re.fullmatch(r"\d{4}\s?[-–—/_]\s?(?:0[1-9]|1[0-2])", text))


# --- parts of a year -----------------------------------------------------------------------------


def _parts(distinct: pd.Series) -> Times | None:
    """Read months, quarters and half-years; all must be of one kind."""
    found = [_part(text) for text in distinct]
    steps = pd.Series([None if part is None else part[1] for part in found], dtype="Int64")
    if not _most(steps):
        return None
    usual = int(steps.mode()[0])
    stamps = [part[0] if part and part[1] == usual else None for part in found]
    return _times(pd.Series(pd.to_datetime(stamps), index=distinct.index))


def _part(text: str) -> tuple[pd.Timestamp, int] | None:
    for pattern, step in _PARTS:
        found = pattern.fullmatch(text)
        if not found:
            continue
        part = found["part"]
        if step == 0:
            is_name = part[:3].lower() in _MONTHS
            month = _MONTHS.index(part[:3].lower()) + 1 if is_name else 0
        else:
            number = _CHINESE[part] if part in _CHINESE else int(part)
            month = (number - 1) * step + 1 if number else 0
        year = int(found["year"])
        if 1 <= month <= 12 and 1500 <= year < 2200:
            return pd.Timestamp(year, month, 1), step or 1
    return None


def _days(distinct: pd.Series) -> Times | None:
    texts = distinct.str.replace(
        f"^{_CHINESE_DATE.pattern}$", lambda m: f"{m[1]}-{int(m[2]):02}-{int(m[3]):02}", regex=True
    ).str.replace("/", "-")
    texts = texts.str.replace(
        r"^(\d{4})-(\d{1,2})-(\d{1,2})$",
        lambda m: f"{m[1]}-{int(m[2]):02}-{int(m[3]):02}",
        regex=True,
    )
    texts = texts.where(texts.str.match(_DAY))  # pandas takes 2019 for the first of January
    dates = pd.to_datetime(texts, errors="coerce", format="ISO8601")
    if not _most(dates):
        return None
    if dates.dropna().dt.strftime("%m-%d %H:%M:%S").nunique() == 1:
        return _times(dates.dt.year.astype("Int64"))
    return _times(dates)
