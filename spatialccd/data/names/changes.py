"""Changes of codes that are known: which code came after which, and from which year.

Tables of the folder gazetteer, whose README.md has their sources: counties of
the United States, counties of China, prefectures of China, since 2000.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

import pandas as pd

from spatialccd.data.names.places import read_table

#: The shipped crosswalks, by the name that a join takes.
CROSSWALKS = {
    "us_counties": "us_county_changes.csv",
    "china_counties": "china_county_changes.csv",
    "china_prefectures": "china_prefecture_changes.csv",
}
_COUNTRIES = {"us": ("us_counties",), "cn": ("china_counties", "china_prefectures")}


def successors(country: str | None, code: str) -> list[str]:
    """Give the codes that came after this one, and after those, the nearest first.

    Examples
    --------
    >>> successors("us", "46113"), successors("us", "02261"), successors("cn", "310108")
    (['46102'], ['02063', '02066'], ['310106'])
    """
    found: list[str] = []
    due = [code]
    while due:
        after = _after(country).get(due.pop(0), ())
        fresh = [new for new in after if new not in found and new != code]
        found += fresh
        due += fresh
    return found


@cache
def _after(country: str | None) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in _COUNTRIES.get(country or "", ()):
        for row in read_table(CROSSWALKS[name]):
            found.setdefault(row["old"], []).append(row["new"])
    return found


def shipped_crosswalk(name: str, areas: Collection[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give a shipped crosswalk toward these areas: the changes to apply, and those not one to one.

    Parameters
    ----------
    name : {"us_counties", "china_counties", "china_prefectures"}
        Which.
    areas : collection of str
        The areas' codes. A code that is among them is left as it is.

    Returns
    -------
    changes : DataFrame
        old, new, weight, from_year, in the order of the years.
    shared : DataFrame
        The same of codes that were shared out among several; they have no weight.
    """
    rows = pd.DataFrame(read_table(CROSSWALKS[name]))
    rows = rows[~rows["old"].isin(list(areas))]
    rows["weight"] = pd.to_numeric(rows["weight"])
    rows["from_year"] = pd.to_numeric(rows["from_year"]).astype(float)
    rows = rows.sort_values(["from_year", "old"], kind="stable").reset_index(drop=True)
    wanted = rows[["old", "new", "weight", "from_year"]]
    shared = rows["weight"].isna()
    return wanted[~shared], wanted[shared]
