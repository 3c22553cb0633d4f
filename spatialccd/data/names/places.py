"""The places that are known by name: of China and of the United States, by their codes.

A place is given as its country and its code ("cn", "320100"), ("us", "06"). Its
level is told by the code: province, prefecture and county in China, state and
county in the United States.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from importlib import resources
from typing import NamedTuple

from spatialccd.data.names.folding import plain

#: Provinces of China that are one city: their code as a province and as a prefecture is one place.
_MUNICIPALITIES = ("11", "12", "31", "50")
#: States of which the one county is the whole.
_ONE_COUNTY = {"11": "11001", "66": "66010"}
#: How many of a layer's codes must be a country's for the layer to be of it.
_MOST = 0.8
#: How many of these must be in use, or have been since 2000.
_HALF = 0.5
LEVELS = {"province": 1, "state": 1, "prefecture": 2, "county": 3}


class Place(NamedTuple):
    """A place that the shipped tables know."""

    country: str
    code: str

    @property
    def level(self) -> str:
        """Say what it is: a province, prefecture, state or county."""
        if self.country == "us":
            return "state" if len(self.code) == 2 else "county"
        if self.code.endswith("0000"):
            return "province"
        known = self.code in _full("china_prefectures.csv")
        return "prefecture" if known or self.code.endswith("00") else "county"

    @property
    def name(self) -> str:
        """Its full name, or nothing."""
        return full_names().get(self, "")

    @property
    def above(self) -> list[Place]:
        """The places that it lies in, by the first digits of its code."""
        if self.country == "us":
            return [Place("us", self.code[:2])] if len(self.code) > 2 else []
        codes = [self.code[:2] + "0000", self.code[:4] + "00"]
        return [Place("cn", code) for code in codes if code != self.code]

    def describe(self) -> str:
        """Write its code with its name."""
        return f"{self.code} ({self.name})" if self.name else self.code


def read_table(name: str) -> list[dict[str, str]]:
    """Read a shipped table of places as rows of text."""
    file = resources.files("spatialccd.data.names") / "gazetteer" / name
    with file.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


@cache
def china_names() -> tuple[tuple[str, str, str], ...]:
    """Read the shipped table of names of China's provinces: code, kind and name."""
    rows = read_table("china_names.csv")
    return tuple((row["code"], row["kind"], row["name"]) for row in rows)


@cache
def names_of(place: Place) -> tuple[tuple[str, str], ...]:
    """Give the names of a place, each with its kind."""
    return tuple(_names().get(place, ()))


def places_called(name: str) -> list[Place]:
    """Give the places above the county that go by a name as it is, accents aside.

    Examples
    --------
    >>> [place.describe() for place in places_called("Suzhou")]
    ['320500 (苏州市)', '341300 (宿州市)']
    >>> places_called("Suzhou County")
    []
    """
    return list(_by_name().get(plain(name), ()))


def same_place(code: str) -> str | None:
    """Give the other code of a municipality: as a province, or as a prefecture.

    Examples
    --------
    >>> same_place("110100"), same_place("500000"), same_place("130100")
    ('110000', '500100', None)
    """
    if len(code) != 6 or code[:2] not in _MUNICIPALITIES or code[2:] not in ("0000", "0100"):
        return None
    return code[:2] + ("0100" if code.endswith("0000") else "0000")


def whole_of(place: Place) -> set[str]:
    """Give the codes that stand for the whole of a place: its own, and others it has."""
    if place.country == "us":
        return {place.code, _ONE_COUNTY.get(place.code, place.code)}
    return {place.code, same_place(place.code) or place.code}


def country_of(codes: Collection[str], names: Iterable[Collection[str]] = ()) -> str | None:
    """Say whose codes these are: "cn", "us", or neither.

    Two-digit codes are those of states only where most of the names are.

    Examples
    --------
    >>> country_of(["110105", "220104"]), country_of(["41067", "01129"]), country_of(["A", "B"])
    ('cn', 'us', None)
    """
    for country, length, parents, known in (
        ("cn", 6, {code[:2] for code, _, _ in china_names()}, _chinese_codes()),
        ("us", 5, set(_full("us_states.csv")), set(_counties())),
    ):
        shaped = [c for c in codes if len(c) == length and c.isdigit() and c[:2] in parents]
        # Postal codes and those of other countries may have the shape, not the numbers.
        in_use = sum(code in known for code in shaped)
        if codes and len(shaped) >= _MOST * len(codes) and in_use >= _HALF * len(shaped):
            return country
    states = {plain(name) for name in _full("us_states.csv").values()}
    named = [own for own in names if any(plain(name) in states for name in own)]
    return "us" if codes and len(named) >= _MOST * len(codes) else None


def name_of_code(country: str | None, code: str) -> str:
    """Give the name that a code has, or last had, in the shipped tables.

    Examples
    --------
    >>> name_of_code("us", "46113"), name_of_code("cn", "371202"), name_of_code("cn", "999999")
    ('Shannon County', '莱城区', '')
    """
    if country == "us" and len(code) == 5:
        return next(reversed(county_names(code)), "")
    if country == "cn" and code in _chinese_counties():
        return _chinese_counties()[code]
    return Place(country, code).name if country else ""


def county_names(code: str) -> tuple[str, ...]:
    """Give the names that the Census has written for a code of a county, the latest last."""
    return _counties().get(code, ())


@cache
def full_names() -> dict[Place, str]:
    """Give the full name of every place above the county."""
    return {
        place: name for place, names in _names().items() for kind, name in names if kind == "full"
    }


@cache
def _names() -> dict[Place, list[tuple[str, str]]]:
    found: dict[Place, list[tuple[str, str]]] = {}
    tables = (("cn", "china_names.csv"), ("cn", "china_prefectures.csv"), ("us", "us_states.csv"))
    for country, table in tables:
        for row in read_table(table):
            place = Place(country, row["code"])
            found.setdefault(place, []).append((row["kind"], row["name"]))
    return found


@cache
def _by_name() -> Mapping[str, list[Place]]:
    found: dict[str, list[Place]] = {}
    for place, names in _names().items():
        for kind, name in names:
            owners = found.setdefault(plain(name), [])
            if kind != "toned" and place not in owners:
                owners.append(place)
    return found


@cache
def _full(table: str) -> dict[str, str]:
    return {row["code"]: row["name"] for row in read_table(table) if row["kind"] == "full"}


@cache
def _counties() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for row in sorted(read_table("us_counties.csv"), key=lambda row: row["last"]):
        found[row["code"]] = (*found.get(row["code"], ()), row["name"])
    return found


@cache
def _chinese_counties() -> dict[str, str]:
    return {row["code"]: row["name"] for row in read_table("china_counties.csv")}


@cache
def _chinese_codes() -> set[str]:
    codes = {place.code for place in _names() if place.country == "cn"}
    return codes | set(_chinese_counties()) | {"110100", "120100", "310100", "500100"}
