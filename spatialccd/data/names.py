"""Names of places: folded, freed of official suffixes, and looked up.

Three forms of a name are compared, the strictest first: as written (case,
width, spaces and punctuation folded), without accents, and without the suffix
that says what kind of place it is (省, 自治区, Province, County ...). A suffix
is left out only where it does not contradict the area's own: 吉林市 is a city
inside 吉林省, not the province.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

#: Official suffixes by kind; the longest is tried first.
_KINDS = {
    "special region": ("特别行政区", "特別行政區", "special administrative region", "sar"),
    "region": ("自治区", "自治區", "autonomous region", "zizhiqu"),
    "province": ("省", "province", "sheng"),
    "autonomous prefecture": ("自治州", "autonomous prefecture", "zizhizhou"),
    "prefecture": ("地区", "地區", "prefecture", "diqu"),
    "league": ("盟", "league"),
    "city": ("市", "municipality", "city", "shi"),
    "autonomous county": ("自治县", "自治縣", "autonomous county", "zizhixian"),
    "autonomous banner": ("自治旗", "autonomous banner"),
    "county": ("县", "縣", "county", "xian"),
    "banner": ("旗", "banner"),
    "district": ("新区", "林区", "矿区", "特区", "区", "區", "district", "qu"),
    "parish": ("parish",),
    "borough": ("borough",),
    "census area": ("census area",),
    "state": ("state",),
}
_SUFFIXES = sorted(
    ((suffix, kind) for kind, suffixes in _KINDS.items() for suffix in suffixes),
    key=lambda pair: -len(pair[0]),
)
#: "Kansas City" is no city called Kansas, so this one needs an area known to be a city.
_NEEDS_EVIDENCE = {"city"}
_PEOPLES = re.compile(
    "(?:(?:壮|回|维吾尔|藏|蒙古|苗|土家|彝|侗|布依|瑶|白|朝鲜|哈尼|黎|哈萨克|傣|畲|傈僳|东乡|仡佬|拉祜|佤|水|"
    "纳西|羌|土|仫佬|锡伯|柯尔克孜|景颇|达斡尔|撒拉|布朗|毛南|塔吉克|普米|怒|鄂温克|裕固|保安|独龙|满|"
    "各|壯|維吾爾)族)+$|(?:维吾尔|維吾爾)$"
)
_LATIN_PEOPLES = re.compile(r" (?:zhuang|hui|uygur|uyghur|uighur)(?:zu)?$")


#: How alike, of 100, a name must be to be suggested.
_NEAR = 60
#: How much less alike than the best a further suggestion may be.
_MARGIN = 10


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


def fold(text: str) -> str:
    """Fold case, width, spaces and punctuation; accents stay.

    Examples
    --------
    >>> fold("Ｎei-Mongol ") == fold("NEI MONGOL")
    True
    >>> fold("St. Louis")
    'saintlouis'
    """
    return _words(text).replace(" ", "")


def plain(text: str) -> str:
    """Fold a name and take its accents off.

    Examples
    --------
    >>> plain("Doña Ana"), plain("Shǎnxī")
    ('donaana', 'shanxi')
    """
    parts = unicodedata.normalize("NFD", fold(text))
    return unicodedata.normalize("NFC", "".join(c for c in parts if not unicodedata.combining(c)))


def split_suffix(text: str) -> tuple[str, str | None]:
    """Part a name from its official suffix: the core, and what kind the suffix says it is.

    Examples
    --------
    >>> split_suffix("广西壮族自治区")
    ('广西', 'region')
    >>> split_suffix("Autauga County")
    ('autauga', 'county')
    >>> split_suffix("城区")
    ('城区', None)
    """
    words = _words(text)
    for suffix, kind in _SUFFIXES:
        latin = suffix.isascii()
        if not words.endswith(f" {suffix}" if latin else suffix):
            continue
        core = words.removesuffix(suffix).strip()
        freed = (_LATIN_PEOPLES if latin else _PEOPLES).sub("", core)
        core = freed if len(freed) > 1 else core
        if len(core) > 1:
            return plain(core), kind
    return plain(words), None


@cache
def china_names() -> tuple[tuple[str, str, str], ...]:
    """Read the shipped table of names in China: code, kind and name."""
    file = resources.files("spatialccd.data") / "china_names.csv"
    with file.open(encoding="utf-8") as lines:
        return tuple((row["code"], row["kind"], row["name"]) for row in csv.DictReader(lines))


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
    places = " or ".join(f"{full.get(code, '?')} ({code})" for code in codes)
    return f"{name!r} may be {places}: use codes"


class Gazetteer:
    """All names of a set of areas, to look names up in.

    Parameters
    ----------
    names : mapping of str to iterable of str
        The names of each area, by its label. Areas whose label is a code of
        the shipped table go by the names there as well.
    parents : mapping of str to iterable of str, optional
        For each area, the names of what it lies in, such as its province, so
        that 徐州市鼓楼区 and "Washington County, Oregon" are each one place.
    """

    def __init__(
        self,
        names: Mapping[str, Iterable[str]],
        parents: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        self._forms: tuple[dict[str, list[Match]], ...] = ({}, {}, {})
        self._kinds: dict[str, set[str]] = {}
        self.names: dict[str, list[str]] = {unit: [] for unit in names}
        for unit, own in names.items():
            for name in own:
                self._add(unit, name, "name")
        for code, kind, name in china_names():
            if code in names:
                self._add(code, name, "alias", loose=kind == "loose", exact=kind == "toned")

        self._inside: dict[str, set[str]] = {}
        for unit, above in (parents or {}).items():
            for name in above:
                for form in (plain(name), split_suffix(name)[0]):
                    self._inside.setdefault(form, set()).add(unit)

    def _add(
        self, unit: str, name: str, how: str, *, loose: bool = False, exact: bool = False
    ) -> None:
        self.names[unit].append(name)
        core, kind = split_suffix(name)
        if kind:
            self._kinds.setdefault(unit, set()).add(kind)
        # Toned pinyin tells Shānxī from Shǎnxī; without its accents it tells nothing.
        forms = [fold(name)] if exact else [fold(name), plain(name), core]
        for table, form in zip(self._forms, forms, strict=False):
            table.setdefault(form, []).append(Match(unit, how, loose))

    def find(self, name: str) -> list[Match]:
        """Give every area that a name may mean, by the strictest form that finds any.

        A name that means none or several is tried once more as that of a
        larger place followed, or after a comma preceded, by that of the area.
        """
        found = self._find(name)
        return found if len(found) == 1 else self._find_inside(name) or found

    def _find(self, name: str) -> list[Match]:
        core, kind = split_suffix(name)
        as_written, unaccented, cores = self._forms
        found = as_written.get(fold(name)) or unaccented.get(plain(name))
        if found is None:
            found = [m for m in cores.get(core, []) if kind is None or self._may_be(m.unit, kind)]
        best: dict[str, Match] = {}
        for match in sorted(found, key=lambda m: m.loose):
            best.setdefault(match.unit, match)
        return list(best.values())

    def _find_inside(self, name: str) -> list[Match]:
        for parent, rest in _splits(name) if self._inside else ():
            inside = self._inside.get(plain(parent)) or self._inside.get(split_suffix(parent)[0])
            found = [match for match in self.find(rest) if match.unit in inside] if inside else []
            if found:
                return found
        return []

    def suggest(self, name: str, units: Collection[str], limit: int = 3) -> list[str]:
        """Give the areas among `units` whose names are most like this one, best first."""
        from rapidfuzz import fuzz, process

        forms = [(plain(own), unit) for unit in units for own in self.names[unit]]
        forms += [(split_suffix(own)[0], unit) for unit in units for own in self.names[unit]]
        word = split_suffix(name)[0]
        near = process.extract(
            word, [form for form, _ in forms], scorer=fuzz.ratio, score_cutoff=_NEAR, limit=20
        )
        best = near[0][1] if near else 0.0
        close = [forms[i][1] for _, score, i in near if score >= best - _MARGIN]
        return list(dict.fromkeys(close))[:limit]

    def _may_be(self, unit: str, kind: str) -> bool:
        known = self._kinds.get(unit)
        return kind in known if known else kind not in _NEEDS_EVIDENCE


def _splits(name: str) -> list[tuple[str, str]]:
    """Part a name into a larger place and one inside it, in every way it may be read.

    Examples
    --------
    >>> _splits("Washington County, Oregon")
    [('Oregon', 'Washington County'), ('Washington County', 'Oregon')]
    >>> _splits("徐州市鼓楼区")
    [('徐州', '市鼓楼区'), ('徐州市', '鼓楼区'), ('徐州市鼓', '楼区')]
    """
    parts = [part.strip() for part in re.split(r"[,，、/>·]", name) if part.strip()]
    if len(parts) > 1:
        return [(parts[-1], ", ".join(parts[:-1])), (parts[0], ", ".join(parts[1:]))]
    if name.isascii():
        return []
    name = fold(name)
    return [(name[:i], name[i:]) for i in range(2, len(name) - 1)]


def _words(text: str) -> str:
    """Fold a name but for the spaces between its words."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = re.sub(r"[^\w\s]|_", " ", text.replace("'", "").replace("’", ""))
    return " ".join("saint" if word == "st" else word for word in text.split())
