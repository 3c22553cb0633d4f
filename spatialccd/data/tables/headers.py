"""Names of columns that hold a time: gdp_2011, 2011年gdp, 2011, gdp 2011-12, 2020Q1.

A number in a name is a time by its place and its company: at the end or at the
start of the name, and in the names of other columns too. The year of a price
base (GDP at 2010 prices), a size (elev1500m) or a name (pop1564) is none.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

_Y = r"(?<!\d)(?:1[5-9]\d\d|2[01]\d\d)"
_MONTH_NAME = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_TOKEN = re.compile(
    rf"""
    {_Y}[-/]\d{{1,2}}[-/]\d{{1,2}}(?:[T ][\d:]+)?(?!\d)
  | {_Y}\s?年\s?\d{{1,2}}\s?月\s?\d{{1,2}}\s?日
  | {_Y}\s?年\s?\d{{1,2}}\s?月份?(?!\s*[-—~至])
  | {_Y}\s?年?\s?第?[一二三四1-4]\s?季度?
  | {_Y}\s?年?\s?[上下]半年
  | {_Y}[-_ ]?[QqHhSs][1-4](?![A-Za-z0-9])
  | (?<![A-Za-z\d])(?:[Qq][1-4]|[1-4][Qq])[-_ ]?{_Y}(?!\d)
  | {_Y}[Mm](?:0[1-9]|1[0-2])(?!\d)
  | ^{_Y}[Mm][1-9]$  # elsewhere m2 may be square meters
  | (?:FY\s?)?{_Y}\s?[-–—/~至]\s?(?:\d{{4}}|\d{{1,2}})(?![\d月])(?:\s?年度?)?
  | {_Y}_(?:\d{{4}}|\d\d)(?![A-Za-z\d])
  | {_Y}\.(?:0[1-9]|1[0-2])(?!\d)
  | (?<=[_ .-])(?:19|20)\d\d(?:0[1-9]|1[0-2])$
  | (?<![A-Za-z]){_MONTH_NAME}[-_ ]?{_Y}(?!\d)
  | {_Y}[-_ ]?{_MONTH_NAME}(?![A-Za-z])
  | ^(?:19|20)\d\d(?:0[1-9]|1[0-2])$
  | (?:FY\s?)?{_Y}(?!\d)(?:\s?年(?:度|末|底)?)?(?:\s*\[YR\d{{4}}\])?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_BASE_AFTER = re.compile(
    r"[\s_]*(?:不变|可比|为?基[期年]|价格?计|价格?\s*[)）\]】]|prices?\b|constant|const\b|base\b|=\s*100|us\$|\$|dollars?)",
    re.IGNORECASE,
)
_BASE_BEFORE = re.compile(r"(?:prices? of|constant|base(?: year)?|以|按)[\s_(（]*$", re.IGNORECASE)
_EDGES = " _-.:：/,，"
_OPEN, _CLOSE = "(（[【", ")）]】"
_EMPTY_BRACKETS = re.compile(rf"[{re.escape(_OPEN)}]\s*[{re.escape(_CLOSE)}]")
_UNIT_AT_END = re.compile(
    rf"\s*[{re.escape(_OPEN)}][^{re.escape(_OPEN + _CLOSE)}]*[{re.escape(_CLOSE)}]\s*$"
)
#: What stands before a plain year where a program wants names to begin with a letter.
_PREFIXES = ("x", "y", "yr", "year", "fy", "年", "年份")
#: What is left of a time that was not read: Q1, 01, 3月, 1-3月, 一季度.
_REST_OF_TIME = re.compile(
    rf"[QHMS]?\d{{1,2}}|\d{{1,2}}\s*[-—~至]\s*\d{{1,2}}\s*月?|\d{{1,2}}\s*月份?|第?[一二三四1-4]季度?"
    rf"|[上下]半年|前[一二三]季度?|{_MONTH_NAME}",
    re.IGNORECASE,
)
#: What may be a year of two digits: 98, gdp98, gdp_98, 98年, 98年gdp.
_SHORT_YEAR = re.compile(r"(?P<before>\D*)(?P<year>\d+)(?P<after>年?\D*)")
#: A year so far from those of other columns is no year of the same study.
_NEAR = 30


@dataclass(frozen=True)
class TimedName:
    """A column name that holds a time.

    Attributes
    ----------
    indicator : str
        What is left of the name; blank for a plain time.
    time : str
        The time as it is written.
    """

    indicator: str
    time: str


@dataclass(frozen=True)
class Split:
    """Column names told apart.

    Attributes
    ----------
    timed : dict of str to TimedName
        The columns whose names hold a time.
    names : list of str
        Those whose numbers were taken for a part of the name.
    lone : list of str
        Those whose time stands in no other column, though it is near.
    """

    timed: dict[str, TimedName]
    names: list[str]
    lone: list[str]


@dataclass(frozen=True)
class _Candidate:
    """One number of a name that may be its time.

    Attributes
    ----------
    found : TimedName
        What the name would be parted into.
    place : int
        3 for a plain time, 2 for one set apart at an end of the name, 1 for one
        at an end, 0 for one in the middle.
    followed : bool
        Whether letters or, within brackets, words follow: a size, a price base.
    """

    found: TimedName
    place: int
    followed: bool

    @property
    def year(self) -> int:
        return int(re.search(r"\d{4}", self.found.time)[0])  # type: ignore[index]


def split_names(names: Iterable[str]) -> Split:
    """Part column names into indicator and time.

    Examples
    --------
    >>> found = split_names(["gdp_2019", "gdp_2020", "pop1564", "region"])
    >>> [(name, one.indicator, one.time) for name, one in found.timed.items()]
    [('gdp_2019', 'gdp', '2019'), ('gdp_2020', 'gdp', '2020')]
    >>> found.names
    ['pop1564']
    """
    candidates = {name: _candidates(name) for name in names}
    company = _company(candidates)
    chosen = {
        name: max(found, key=lambda c: (company[c.found.indicator], c.place))
        for name, found in candidates.items()
        if found
    }
    company = _company({name: [one] for name, one in chosen.items()})
    established = _established(chosen, company)
    split = Split({}, [n for n, c in candidates.items() if not c and _holds_year(n)], [])
    for name, one in chosen.items():
        verdict = _judge(one, company[one.found.indicator], established)
        if verdict == "name":
            split.names.append(name)
            continue
        split.timed[name] = one.found
        if verdict == "lone":
            split.lone.append(name)
    return split


def is_rest_of_time(indicator: str) -> bool:
    """Tell an indicator's name that is a part of a time: Q1, 01, 3月.

    Examples
    --------
    >>> is_rest_of_time("Q1"), is_rest_of_time("1-3月"), is_rest_of_time("SO2")
    (True, True, False)
    """
    return bool(_REST_OF_TIME.fullmatch(indicator))


def short_years(names: Iterable[str]) -> list[str]:
    """Give the names that end in years of two digits: gdp98, gdp99, gdp00.

    Three or more in order say so, where they go from 99 on to 00 or all lie from
    70 to 99: v01, v02, v03 may be questions, and x1 to x99 variables.

    Examples
    --------
    >>> short_years(["region", "98", "99", "00"]), short_years(["v01", "v02", "v03"])
    (['98', '99', '00'], [])
    """
    runs = defaultdict(list)
    for name in names:
        found = _SHORT_YEAR.fullmatch(name)
        if found:
            runs[found["before"], found["after"]].append((found["year"], name))
    short = []
    for run in runs.values():
        if any(len(digits) != 2 for digits, _ in run):
            continue
        years = [int(digits) + 100 * (int(digits) < 70) for digits, _ in run]
        steps = {later - earlier for earlier, later in pairwise(years)}
        if len(run) > 2 and len(steps) == 1 and steps <= {1, 2, 5} and years[0] < 100:
            short += [name for _, name in run]
    return short


def _holds_year(name: str) -> bool:
    return bool(re.search(rf"{_Y}(?!\d)", name))


def _candidates(name: str) -> list[_Candidate]:
    found = []
    for token in _TOKEN.finditer(name):
        before, after = name[: token.start()], name[token.end() :]
        if _BASE_AFTER.match(after) or _BASE_BEFORE.search(before):
            continue
        rest = _UNIT_AT_END.sub("", after) if after[:1] not in _CLOSE or not after else after
        at_end = rest.strip(_EDGES + _CLOSE) == ""
        at_start = before.strip(_EDGES + _OPEN) == ""
        plain = (at_start or before.strip(_EDGES).lower() in _PREFIXES) and after.strip(
            _EDGES + _CLOSE
        ) == ""
        apart_before = before[-1:] in (*_EDGES, *_OPEN)
        apart_after = after[:1] in (*_EDGES, *_CLOSE, *_OPEN) or not token[0][-1].isdigit()
        if _spans_years(token[0]) and not plain:
            continue
        if plain:
            place = 3
        elif (at_end and apart_before) or (at_start and apart_after):
            place = 2
        else:
            place = 1 if at_end or at_start else 0
        left, right = before.rstrip(_EDGES), after.lstrip(_EDGES)
        gap = "" if left == "" or right[:1] in ("", *_CLOSE, *_OPEN) else " "
        indicator = _EMPTY_BRACKETS.sub("", f"{left}{gap}{right}").strip(_EDGES)
        timed = TimedName("" if plain and at_start else indicator, token[0].strip())
        within = max(map(before.rfind, _OPEN)) > max(map(before.rfind, _CLOSE))
        joined = bool(re.match(r"[A-Za-z]", after)) and token[0][-1].isdigit()
        followed = joined or (within and not at_end)
        found.append(_Candidate(timed, place, followed))
    return found


def _spans_years(token: str) -> bool:
    """Tell a span of several years: growth 2010-2015 is a name, not the year 2015."""
    found = re.fullmatch(r"\D*(\d{4})\s?[-–—/~至_]\s?(\d{4})\D*", token)
    return found is not None and int(found[2]) != int(found[1]) + 1


def _company(candidates: dict[str, list[_Candidate]]) -> Counter[str]:
    """Count the different times that each indicator has."""
    times = defaultdict(set)
    for found in candidates.values():
        for one in found:
            times[one.found.indicator].add(one.found.time)
    return Counter({indicator: len(some) for indicator, some in times.items()})


def _established(chosen: dict[str, _Candidate], company: Counter[str]) -> set[int]:
    """Give the years that are times beyond doubt."""
    shared = Counter(c.year for c in chosen.values() if c.place)
    clear = {
        c.year
        for c in chosen.values()
        if c.place == 3
        or (c.place and (company[c.found.indicator] > 1 or shared[c.year] > 1))
        or (c.place == 2 and len({one.year for one in chosen.values() if one.place == 2}) == 1)
    }
    if clear:
        return clear
    if len({c.year for c in chosen.values()}) == 1:
        return {c.year for c in chosen.values() if c.place}
    inner = sorted(c.year for c in chosen.values() if company[c.found.indicator] > 1)
    together = bool(inner) and inner[-1] - inner[0] < 2 * len(set(inner)) and len(set(inner)) > 1
    return {*inner} if together else {c.year for c in chosen.values() if c.place == 2}


def _judge(one: _Candidate, company: int, established: set[int]) -> str:
    """Say whether a number is a "time", a "name", or a "lone" time."""
    if one.place == 3 or (one.place and one.year in established):
        return "time"
    if one.place == 0:
        known = one.year in established and (company > 1 or not one.followed)
        return "time" if known else "name"
    near = bool(established) and any(abs(one.year - year) <= _NEAR for year in established)
    return "lone" if near else "name"
