"""Names of places: folded, and freed of accents and official suffixes.

Three forms of a name are compared, the strictest first: as written (case,
width, spaces and punctuation folded), without accents and in simplified
characters, and without the suffix that says what kind of place it is (省,
自治区, Province, County ...).
"""

from __future__ import annotations

import csv
import re
import unicodedata
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
    "borough": ("city and borough", "borough"),
    "municipio": ("municipio",),
    "planning region": ("planning region",),
    "census area": ("census area",),
    "state": ("state",),
}
_SUFFIXES = sorted(
    ((suffix, kind) for kind, suffixes in _KINDS.items() for suffix in suffixes),
    key=lambda pair: -len(pair[0]),
)
_PEOPLES = re.compile(
    "(?:(?:壮|回|维吾尔|藏|蒙古|苗|土家|彝|侗|布依|瑶|白|朝鲜|哈尼|黎|哈萨克|傣|畲|傈僳|东乡|仡佬|拉祜|佤|水|"
    "纳西|羌|土|仫佬|锡伯|柯尔克孜|景颇|达斡尔|撒拉|布朗|毛南|塔吉克|普米|怒|鄂温克|裕固|保安|独龙|满|"
    "各|壯|維吾爾)族)+$|(?:维吾尔|維吾爾|蒙古|哈萨克|柯尔克孜|锡伯|塔吉克)$"
)
_LATIN_PEOPLES = re.compile(
    r"(?: (?:and|zhuang|hui|uygur|uyghur|uighur|tujia|miao|tibetan|zang|qiang|yi|dai|bai|lisu|"
    r"jingpo|hani|buyei|bouyei|dong|korean|mongol|mongolian|kazak|kazakh|kirgiz|kyrgyz)(?:zu)?)+$"
)
#: Letters that are no letter with an accent.
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ħ": "h"}
)
#: Marks that are written as apostrophes, or left out.
_APOSTROPHES = str.maketrans("", "", "'’‘`´ʻʼʽ")
#: Words that are also written short.
_SHORT_WORDS = {"st": "saint", "ste": "sainte"}


def fold(text: str) -> str:
    """Fold case, width, spaces and punctuation; accents stay.

    Examples
    --------
    >>> fold("Ｎei-Mongol ") == fold("NEI MONGOL")
    True
    >>> fold("St. Louis")
    'saintlouis'
    """
    return words_of(text).replace(" ", "")


def plain(text: str) -> str:
    """Fold a name, take its accents off, and write it in simplified characters.

    Examples
    --------
    >>> plain("Doña Ana"), plain("Shǎnxī"), plain("廣州")
    ('donaana', 'shanxi', '广州')
    >>> plain("Łódź"), plain("Diyarbakır"), plain("King & Queen")
    ('lodz', 'diyarbakir', 'kingandqueen')
    """
    parts = unicodedata.normalize("NFD", fold(text).translate(_LETTERS))
    bare = unicodedata.normalize("NFC", "".join(c for c in parts if not unicodedata.combining(c)))
    return bare if bare.isascii() else bare.translate(_simplified())


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
    words = words_of(text)
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
def _simplified() -> dict[int, str]:
    """Read the traditional characters that stand for one simplified each, to translate by."""
    file = resources.files("spatialccd.data.names") / "gazetteer" / "han_variants.csv"
    with file.open(encoding="utf-8") as lines:
        return {ord(row["traditional"]): row["simplified"] for row in csv.DictReader(lines)}


def words_of(text: str) -> str:
    """Fold a name but for the spaces between its words.

    Examples
    --------
    >>> words_of("Cass, IA"), words_of("Cassia")
    ('cass ia', 'cassia')
    """
    text = unicodedata.normalize("NFKC", text).casefold().translate(_APOSTROPHES)
    text = re.sub(r"[^\w\s]|_", " ", text.replace("&", " and "))
    return " ".join(_SHORT_WORDS.get(word, word) for word in text.split())
