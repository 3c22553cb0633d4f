"""Which name of a panel means which area: never one that may mean another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from spatialccd.data.names.lookup import ADDED, FREED, Gazetteer, Match
from spatialccd.data.names.match import (
    PARENT_COLUMN,
    SUGGESTED,
    Matching,
    fold_code,
    gazetteer_of,
    start,
)
from spatialccd.data.names.places import Place, places_called

if TYPE_CHECKING:
    import geopandas as gpd

#: Matches that needed a suffix taken off or added.
BY_SUFFIX = (FREED, ADDED)
#: Columns whose own name says that they hold official codes, and not those of the post.
_CODE_COLUMN = re.compile(
    r"(?i)^(ad|admin\w*|region|prefecture|city|county|unit)?_?code$|^(county_?)?(fips|geoid)\d*$"
    r"|区划|(行政|地区|区域|城市|区县|县|市|单位)代码"
)
_PIN = "say which area each means with aliases={name: code}"


def match_names(
    panel: pd.DataFrame, areas: gpd.GeoDataFrame, columns: list[str], aliases: Mapping[str, str]
) -> Matching:
    """Match names to areas; a name that may mean several is a fault, not a choice."""
    matching = start(panel.index, areas, columns, aliases)
    gazetteer = gazetteer_of(areas, columns)
    parents = _parents(panel, gazetteer.country)
    open_labels = [label for label in matching.labels if label not in matching.found]
    candidates: dict[Any, list[Match]] = {}
    for label in open_labels:
        found = _agreeing(gazetteer, gazetteer.find(str(label)), parents.get(label, []))
        larger = _larger(gazetteer, label, found, parents.get(label, []))
        if larger:
            _refuse_larger(matching, label, found, larger)
        else:
            candidates[label] = found
    for label, matches in candidates.items():
        if len(matches) == 1 and not matches[0].loose:
            _place(matching, gazetteer, label, matches[0], parents.get(label, []))
    for label, matches in candidates.items():
        if label not in matching.found:
            _place_ambiguous(matching, label, matches)
    free = matching.free
    for label, matches in candidates.items():
        if label not in matching.found:
            loose = [match.unit for match in matches]
            apart = [match.unit for match in gazetteer.find(str(label)) if match not in matches]
            near = gazetteer.suggest(str(label), free)
            matching.suggested[label] = list(dict.fromkeys([*loose, *apart, *near]))[:SUGGESTED]
    return matching


def _parents(panel: pd.DataFrame, country: str | None) -> dict[Any, list[str]]:
    """Give what each unit of the panel lies in: by such names, or the first digits of codes."""
    found: dict[Any, list[str]] = {}
    for column in panel:
        texts = not pd.api.types.is_numeric_dtype(panel[column])
        named = texts and PARENT_COLUMN.search(str(column))
        if not named and not (country and _CODE_COLUMN.search(str(column))):
            continue
        names = panel[column].dropna()
        names = names.astype(str) if named else names.map(partial(_province, str(country))).dropna()
        names.index = names.index.get_level_values(0)
        for label, own in names.groupby(level=0, sort=False):
            if own.nunique() == 1:
                found.setdefault(label, []).append(own.iloc[0])
    return found


def _province(country: str, code: Any) -> str | None:
    """Name the province or state of a code by its first digits."""
    text = fold_code(code)
    text = text.zfill(5) if country == "us" and len(text) == 4 else text
    prefix = f"{text[:2]}0000" if country == "cn" else text[:2]
    whole = text.isdigit() and len(text) == (6 if country == "cn" else 5)
    return Place(country, prefix).name or None if whole else None


def _agreeing(gazetteer: Gazetteer, matches: list[Match], parents: list[str]) -> list[Match]:
    """Keep the areas that lie in what the panel says; what neither side knows says nothing."""
    return [
        match
        for match in matches
        if all(gazetteer.agrees(match.unit, parent) is not False for parent in parents)
    ]


def _larger(
    gazetteer: Gazetteer, label: Any, matches: list[Match], parents: list[str]
) -> list[Place]:
    """Give the larger places that a label is the own name of.

    None where the panel says that it lies in another place: 海南 in 青海省 is no province.
    """
    larger = gazetteer.larger(str(label), matches)
    inside = [p for parent in parents for p in places_called(parent)]
    settled = bool(matches) and all(
        any(gazetteer.agrees(match.unit, parent) for parent in parents) for match in matches
    )
    return [] if settled and not set(inside) & set(larger) else larger


def _refuse_larger(
    matching: Matching, label: Any, matches: list[Match], larger: list[Place]
) -> None:
    """Note a label that is the name of something larger than the areas."""
    meanings = " or ".join(f"{p.describe()}, a {p.level}" for p in larger)
    near = f", not {' or '.join(matching.describe(m.unit) for m in matches)}" if matches else ""
    matching.fault(
        "names of larger units than the areas",
        f"leave these rows out of the panel, or {_PIN}",
        label,
        [match.unit for match in matches] or [None],
        f"{str(label)!r} is {meanings}{near}",
    )


def _place(
    matching: Matching, gazetteer: Gazetteer, label: Any, match: Match, parents: list[str]
) -> None:
    """Place a label that one area answers to, unless it is as well the name of one not there."""
    others = [] if parents else gazetteer.elsewhere(str(label), match.unit)
    if not others:
        matching.found[label] = (match.unit, match.how)
        return
    meanings = " or ".join(f"{place.describe()}, not among the areas" for place in others)
    _refuse_ambiguous(matching, label, [match], f"{matching.describe(match.unit)} or {meanings}")


def _place_ambiguous(matching: Matching, label: Any, matches: list[Match]) -> None:
    """Place a name that may mean several areas if the other labels leave one, else note it.

    "Shanxi" is 山西 where another label is 陕西; without one it may be either,
    since 陕西 is often printed so.
    """
    strict = [match for match in matches if not match.loose]
    if not strict or matching.is_faulty(label):
        return
    taken = {unit for unit, _ in matching.found.values()}
    if len(strict) == 1 and all(m.unit in taken for m in matches if m.loose):
        matching.found[label] = (strict[0].unit, strict[0].how)
        return
    meanings = " or ".join(matching.describe(match.unit) for match in matches)
    _refuse_ambiguous(matching, label, matches, meanings)


def _refuse_ambiguous(matching: Matching, label: Any, matches: list[Match], meanings: str) -> None:
    matching.fault(
        "names that may mean several areas",
        "use codes, or say which area each means with aliases={name: code}",
        label,
        [match.unit for match in matches],
        f"{str(label)!r} may be {meanings}",
    )
