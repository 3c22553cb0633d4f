"""The names of a set of areas, to look names up in.

Names are compared by three forms, the strictest first (see ``folding``). A
suffix is left out only where it does not contradict the area's own: 吉林市 is a
city inside 吉林省, not the province.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from spatialccd.data.names import places
from spatialccd.data.names.folding import fold, plain, split_suffix, words_of
from spatialccd.data.names.places import LEVELS, Place, china_names

__all__ = ["Gazetteer", "Match", "china_names", "fold", "lookalikes", "plain", "split_suffix"]

#: What was compared: the name as it is, a shipped name, or a name less or more its suffix.
NAME, ALIAS, FREED, ADDED = "name", "alias", "name without suffix", "name with suffix"
#: "Kansas City" is no city called Kansas, so this one needs an area known to be a city.
_NEEDS_EVIDENCE = {"city"}
#: How many letters of a word of this length may differ in a suggestion: at least (length, letters).
_LATIN_SLIPS = ((12, 3), (8, 2), (4, 1), (0, 0))
_HAN_SLIPS = ((6, 2), (3, 1), (0, 0))
#: Shortest word that may be suggested for being a part of a name.
_PART = 4
#: What stands between a name and that of a larger place.
SEPARATOR = re.compile(r"[,，、/>·;；|()（）]")
_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True)
class Match:
    """An area that a name may mean.

    Attributes
    ----------
    unit : str
        The area's label.
    how : str
        What was compared, such as "name" or "alias".
    loose : bool
        Whether the name is properly that of another place, and only sometimes
        used for this one: Shanxi for 陕西, whose English name is Shaanxi.
    """

    unit: str
    how: str
    loose: bool = False


def lookalikes(name: str) -> str | None:
    """Say which places in China a name may mean, if several.

    Examples
    --------
    >>> lookalikes("Shanxi")
    "'Shanxi' may be 山西省 (140000) or 陕西省 (610000): use codes"
    """
    folded = plain(name)
    codes = sorted({code for code, _, other in china_names() if plain(other) == folded})
    if len(codes) < 2:
        return None
    full = {code: other for code, kind, other in china_names() if kind == "full"}
    meanings = " or ".join(f"{full.get(code, '?')} ({code})" for code in codes)
    return f"{name!r} may be {meanings}: use codes"


class Gazetteer:
    """All names of a set of areas, to look names up in.

    Parameters
    ----------
    names : mapping of str to iterable of str
        The names of each area, by its label. Areas that the shipped tables
        know, by code or by full name, go by the names there as well.
    parents : mapping of str to iterable of str, optional
        For each area, the names of what it lies in, such as its province, so
        that 徐州市鼓楼区 and "Washington County, Oregon" are each one place.
        The first digits of official codes say it too.
    """

    def __init__(
        self,
        names: Mapping[Any, Iterable[str]],
        parents: Mapping[Any, Iterable[str]] | None = None,
    ) -> None:
        own = {unit: list(given) for unit, given in names.items()}
        self._forms: tuple[dict[str, list[Match]], ...] = ({}, {}, {})
        self._kinds: dict[Any, set[str]] = {}
        self.names: dict[Any, list[str]] = {unit: [] for unit in own}
        for unit, given in own.items():
            for name in given:
                self._add(unit, name, NAME)
        codes = {unit: _code(unit) for unit in own}
        named = [[name for name in given if name != str(unit)] for unit, given in own.items()]
        self.country = places.country_of(list(codes.values()), named)
        self.places = {
            unit: place
            for (unit, code), given in zip(codes.items(), named, strict=True)
            if (place := _place(self.country, code, given)) is not None
        }
        for unit, place in self.places.items():
            self._add_known(unit, place)
        self._inside: dict[str, set[Any]] = {}
        for unit in own:
            self._add_parents(unit, (parents or {}).get(unit, ()))

    def _add(
        self, unit: Any, name: str, how: str, *, loose: bool = False, exact: bool = False
    ) -> None:
        self.names[unit].append(name)
        core, kind = split_suffix(name)
        if kind:
            self._kinds.setdefault(unit, set()).add(kind)
        # Toned pinyin tells Shānxī from Shǎnxī; without its accents it tells nothing.
        forms = [fold(name)] if exact else [fold(name), plain(name), core]
        for table, form in zip(self._forms, forms, strict=False):
            table.setdefault(form, []).append(Match(unit, how, loose))

    def _add_known(self, unit: Any, place: Place) -> None:
        """Add the shipped names of a place that one of the areas is."""
        for code in sorted(places.whole_of(place)):
            for kind, name in places.names_of(Place(place.country, code)):
                self._add(unit, name, ALIAS, loose=kind == "loose", exact=kind == "toned")
        if place.country == "us":
            if place.level == "state":
                self._kinds.setdefault(unit, set()).add("state")
            for name in places.county_names(place.code):
                self._add(unit, name, NAME)

    def _add_parents(self, unit: Any, given: Iterable[str]) -> None:
        above = list(self.places[unit].above) if unit in self.places else []
        for name in given:
            for form in (plain(name), split_suffix(name)[0]):
                self._inside.setdefault(form, set()).add(unit)
            known = places.places_called(name)
            full = [p for p in known if p.country == self.country or plain(p.name) == plain(name)]
            above += full if len(full) == 1 else []
        for place in above:
            for kind, name in places.names_of(place):
                if kind != "toned":
                    self._inside.setdefault(plain(name), set()).add(unit)

    def find(self, name: str) -> list[Match]:
        """Give every area that a name may mean, by the strictest form that finds any.

        A name that means none or several is tried once more as that of an area
        and of a larger place that it lies in, in either order. One that is an
        area's but for its spaces and may be read so as well ("Cass IA", which is
        not Cassia) means both.
        """
        found = self._find(name)
        if len(found) == 1 and self._has_words(found[0].unit, words_of(name)):
            return found
        inside = self._find_inside(name)
        if len(found) == 1 and inside:
            return list({match.unit: match for match in [*found, *inside]}.values())
        return inside or found

    def _find(self, name: str) -> list[Match]:
        core, kind = split_suffix(name)
        as_written, unaccented, cores = self._forms
        found = as_written.get(fold(name)) or unaccented.get(plain(name))
        if SEPARATOR.search(name):
            # "Cass, IA" is in Iowa, and not Cassia in Idaho: here the space between words counts.
            found = [m for m in found or [] if self._has_words(m.unit, words_of(name))]
        elif found is None:
            found = [
                replace(m, how=self._how(m, kind))
                for m in cores.get(core, [])
                if kind is None or self._may_be(m.unit, kind)
            ]
        best: dict[str, Match] = {}
        for match in sorted(found, key=lambda m: m.loose):
            best.setdefault(match.unit, match)
        return list(best.values())

    def _has_words(self, unit: Any, words: str) -> bool:
        return any(words_of(name) == words for name in self.names[unit])

    def _how(self, match: Match, kind: str | None) -> str:
        """Say whether a name that met an area by its core had a suffix more or less."""
        if kind is None:
            return ADDED
        return match.how if kind in self._kinds.get(match.unit, ()) else FREED

    def _find_inside(self, name: str) -> list[Match]:
        for parent, rest in splits(name) if self._inside else ():
            inside = self._within(parent)
            found = [match for match in self.find(rest) if match.unit in inside] if inside else []
            if found:
                return found
        return []

    def _within(self, parent: str) -> set[Any]:
        """Give the areas inside what a name means."""
        return self._inside.get(plain(parent)) or self._inside.get(split_suffix(parent)[0], set())

    def agrees(self, unit: Any, parent: str) -> bool | None:
        """Say whether an area lies in `parent`; None where that cannot be told.

        Names that neither the areas nor the shipped tables know tell nothing.
        """
        inside = self._within(parent)
        if inside:
            return unit in inside
        own = self.places.get(unit)
        known = [p for p in places.places_called(parent) if own and p.country == own.country]
        if own is None or not known:
            return None
        codes = {code for above in [own, *own.above] for code in places.whole_of(above)}
        same_level = {p.level for p in own.above} & {p.level for p in known}
        return any(p.code in codes for p in known) if same_level else None

    def larger(self, name: str, matches: Collection[Match] = ()) -> list[Place]:
        """Give the places above the areas' level that a name is the own name of.

        None where one of the areas is that place. `matches` is what the name
        finds: 河北 that finds 河北区 only by adding a suffix is the province.
        """
        own = {code for place in self.places.values() for code in places.whole_of(place)}
        added = bool(matches) and all(match.how == ADDED for match in matches)
        found = []
        for place in places.places_called(name):
            is_area = bool(places.whole_of(place) & own)
            known = self.country == place.country and self._is_above(place)
            if not is_area and (known or added or self._holds(place)):
                found.append(place)
        return found

    def _holds(self, place: Place) -> bool:
        return any(self._inside.get(plain(name)) for _, name in places.names_of(place))

    def _is_above(self, place: Place) -> bool:
        """Say whether some of the areas are of a lower level."""
        return any(LEVELS[own.level] > LEVELS[place.level] for own in self.places.values())

    def elsewhere(self, name: str, unit: Any) -> list[Place]:
        """Give places that `name` may mean as well as this area, which are not among the areas.

        Only those in a province of which the layer has other parts: in a layer of
        Jiangsu, Suzhou is no city of Anhui.
        """
        own = self.places.get(unit)
        codes = {place.code for place in self.places.values()}
        covered = {code[:2] for code in codes}
        return [
            place
            for place in places.places_called(name)
            if own and place.country == own.country and place.level == own.level
            if place.code not in codes and place.code[:2] in covered
        ]

    def suggest(self, name: str, units: Collection[Any], limit: int = 3) -> list[Any]:
        """Give the areas among `units` whose names are most like this one, best first.

        A name with a letter or two wrong, for its length, or one that is a whole
        word of the other's. The own name of another known place is like none, and
        a name that says in what it lies is like those in there only.
        """
        for parent, rest in splits(name):
            inside = self._within(parent)
            if inside:
                return self.suggest(rest, [unit for unit in units if unit in inside], limit)
        from rapidfuzz.distance import OSA
        from rapidfuzz.process import extract

        meant = {code for place in places.places_called(name) for code in places.whole_of(place)}
        owners = {u for u, place in self.places.items() if places.whole_of(place) & meant}
        if meant and self.country in ("cn", "us") and not owners.intersection(units):
            return []
        forms = [(plain(own), unit) for unit in units for own in self.names[unit]]
        forms += [(split_suffix(own)[0], unit) for unit in units for own in self.names[unit]]
        word = split_suffix(name)[0]
        slips = _slips(word)
        near = extract(
            word, [form for form, _ in forms], scorer=OSA.distance, score_cutoff=slips, limit=20
        )
        best = min((distance for _, distance, _ in near), default=0)
        close = [forms[i][1] for _, distance, i in near if distance == best]
        close = close or [u for u in units if any(_is_part(name, own) for own in self.names[u])]
        return list(dict.fromkeys(close))[:limit]

    def _may_be(self, unit: Any, kind: str) -> bool:
        known = self._kinds.get(unit)
        return kind in known if known else kind not in _NEEDS_EVIDENCE


def _code(unit: Any) -> str:
    """Write a label as an official code: those of one and four digits lost a zero."""
    text = str(unit).strip()
    return text.zfill(len(text) + 1) if text.isdigit() and len(text) in (1, 4) else text


def _place(country: str | None, code: str, names: list[str]) -> Place | None:
    """Say which known place an area is: by its code, where its names do not deny it, or by name."""
    han = [name for name in names if _HAN.search(name)]
    if len(code) == 6 and code.isdigit():
        place = Place("cn", code)
        known = {split_suffix(name)[0] for _, name in _all_names(place)}
        if known and (not han or known & {split_suffix(name)[0] for name in han}):
            return place
        return place if country == "cn" and place.level == "county" else None
    if country == "us" and len(code) in (2, 5) and code.isdigit():
        return _american(code, names)
    for name in names:
        full = [place for place in places.places_called(name) if plain(place.name) == plain(name)]
        chinese = [place for place in full if place.country == "cn" and _HAN.search(name)]
        states = [place for place in full if place.country == country == "us"]
        if len(chinese or states) == 1:
            return (chinese or states)[0]
    return None


def _american(code: str, names: list[str]) -> Place | None:
    """Give the state or county of a code, unless the area's names are of another place."""
    place = Place("us", code)
    county = len(code) == 5
    known = [name for _, name in places.names_of(place)]
    official = list(places.county_names(code)) if county else known
    cores = {split_suffix(name)[0] for name in official} | {plain(name) for name in official}
    own = {form for name in names for form in (split_suffix(name)[0], plain(name))}
    return place if official and (not own or cores & own) else None


def _all_names(place: Place) -> list[tuple[str, str]]:
    codes = places.whole_of(place)
    return [pair for code in codes for pair in places.names_of(Place(place.country, code))]


def _slips(word: str) -> int:
    """Say how many letters may differ for a word to be like this one."""
    allowed = _LATIN_SLIPS if word.isascii() else _HAN_SLIPS
    return next(slips for length, slips in allowed if len(word) >= length)


def _is_part(name: str, other: str) -> bool:
    """Say whether one name is whole words of the other: Dade of Miami-Dade."""
    one, two = (re.sub(r"\W+", " ", text).casefold().split() for text in (name, other))
    if not one or not two or one == two:
        return False
    shorter, longer = sorted((one, two), key=len)
    letters = len("".join(shorter))
    large = len(longer) == 2 or letters >= len("".join(longer)) / 2
    return len(shorter) < len(longer) and letters >= _PART and large and set(shorter) <= set(longer)


def splits(name: str) -> list[tuple[str, str]]:
    """Part a name into a larger place and one inside it, in every way it may be read.

    Examples
    --------
    >>> splits("Washington County, Oregon")
    [('Oregon', 'Washington County'), ('Washington County', 'Oregon')]
    >>> splits("徐州市鼓楼区")
    [('徐州', '市鼓楼区'), ('徐州市', '鼓楼区'), ('徐州市鼓', '楼区')]
    >>> splits("Cass IA")
    [('IA', 'Cass'), ('Cass', 'IA')]
    """
    parts = [part.strip() for part in SEPARATOR.split(name) if part.strip()]
    if len(parts) > 1:
        return [(parts[-1], ", ".join(parts[:-1])), (parts[0], ", ".join(parts[1:]))]
    if not _HAN.search(name):
        words = name.split()
        ways = [(" ".join(words[:i]), " ".join(words[i:])) for i in range(1, len(words))]
        return [(last, first) for first, last in ways] + ways
    name = fold(name)
    return [(name[:i], name[i:]) for i in range(2, len(name) - 1)]
