"""Bytes to text: which encoding a file is in.

Statistical yearbooks come as UTF-8 with or without a byte order mark, as
UTF-16 ("Unicode text" of Excel) and, most of all, as GBK. Guessers of
encodings need long text; a table of 31 names is short. So the strict codings
are tried first, Chinese and Korean are told from their most common characters,
and Windows' Western coding from its letters, before a guesser is asked.
"""

from __future__ import annotations

import codecs
import io
import itertools
import re
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import IO

from spatialccd.errors import (
    EncodingGuessWarning,
    PanelError,
    ParameterError,
    did_you_mean,
)

_MARKS = (
    # UTF-32 first: its little-endian mark begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: GB18030 holds all of GBK and GB2312, so a file said to be either is read as it.
_CHINESE = {"gb2312", "gbk", "cp936", "hz", "gb18030"}
_KNOWN = ("utf-8", "gb18030", "gbk", "utf-16", "big5", "shift_jis", "cp1252", "latin-1")
#: Letters that tables in two-byte UTF-8 are written in: Latin, Greek, Cyrillic, Hebrew, Arabic.
_LETTERS = ((0xA0, 0x17F), (0x370, 0x3FF), (0x400, 0x45F), (0x5D0, 0x5EA), (0x60C, 0x6D5))
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_FOREIGN = re.compile(r"[^\x00-\x7f]")
#: Share of the non-ASCII characters that must be in everyday Chinese use.
_PLAUSIBLE = 0.9
#: Rows of GB2312: the first of hanzi, and the last that Korean's hangul comes out in.
_HANZI, _LAST_HANGUL = 0xB0, 0xC8
#: Of so many different hanzi, Chinese keeps to those 25 of its 40 usual rows once in 10,000.
_TELLING = 20
#: Syllables of Korean tables and places. By chance one hanzi in 20 comes out as one of them, so
#: that of 4 different ones at least 3 do once in 2,000 tables.
_HANGUL = frozenset(
    "가각간강개거건결경계고공과관광교구국군권금기김나남내년노농단달당대도동두득등라량러력로료류률리림마만면명목무문"
    "물미민박반발방배별병보복봉부북분비사산삼상생서석선설성세소속송수순시식신실아안암액양어업여역연영예오옥온완외용"
    "우울원월위유율은음읍의이인일임자장재전점정제조종주중증지진차창천철청체초총추축출충치코택통특파판평포표품하학한"
    "함합해행현호화황회효후별값율건설"
)
#: Codings that tables come in, before their rare sisters (HP's, Apple's, JIS of 2004).
_COMMON = (
    *(
        "cp932",
        "euc_jp",
        "big5",
        "cp950",
        "euc_kr",
        "cp949",
        "cp1250",
        "cp1251",
        "koi8_r",
        "koi8_u",
    ),
    *("cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp874", "iso8859_2"),
    *("iso8859_5", "iso8859_7", "cp850", "cp852", "cp866"),
)
_FEW_HANGUL, _MOST_HANGUL = 4, 0.7
#: What cp1252 holds beside letters that a table may: quotes, dashes, signs of money and of number.
_WESTERN_SIGNS = frozenset("€‚„…‘’“”–—«»°ºª²³·½§¿¡£\u00a0")
#: Letters that stand at these bytes in Turkish and in Icelandic text: which, cannot be told.
_TURKISH_OR_ICELANDIC = frozenset("ÐðÝýÞþ")


def decode(data: bytes, source: str, encoding: str | None = None) -> str:
    """Turn a file's bytes into text.

    Parameters
    ----------
    data : bytes
        The whole file.
    source : str
        Its name, for messages.
    encoding : str, optional
        What the caller says it is; found out when not given.

    Raises
    ------
    ParameterError
        Python knows no such encoding.
    PanelError
        The bytes are not in that encoding; the message says which they are in.

    Examples
    --------
    >>> decode("北京市,1".encode("gbk"), "a.csv")
    '北京市,1'
    """
    return _strip_mark(data.decode(_coding(data, source, encoding)))


def open_text(data: bytes, source: str, encoding: str | None = None) -> Iterator[str]:
    r"""Give a file's lines, their ends kept, without holding all of them as text.

    Parameters and errors are those of `decode`.

    Examples
    --------
    >>> list(open_text("\ufeff地区,x\r\n北京,1".encode(), "a.csv"))
    ['地区,x\r\n', '北京,1']
    """
    name = _coding(data, source, encoding)
    if codecs.lookup(name).incrementaldecoder is None:
        lines: IO[str] = io.StringIO(data.decode(name), newline="")
    else:
        lines = io.TextIOWrapper(io.BytesIO(data), name, newline="")
    first = next(lines, "")
    return itertools.chain([_strip_mark(first)] if first else [], lines)


def _coding(data: bytes, source: str, encoding: str | None) -> str:
    """Find the encoding, or check the one that is given, whose bytes these must be."""
    if encoding is not None:
        return _checked(data, source, encoding)
    found = find_encoding(data)
    if found is None and b"\0" in data:
        raise PanelError(f"{source} is not text")
    return found or _guess(data, source)


def _checked(data: bytes, source: str, encoding: str) -> str:
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        raise ParameterError(
            f"encoding={encoding!r} is not known to Python (common: {', '.join(_KNOWN)})"
            f"{did_you_mean(encoding, _KNOWN)}"
        ) from None
    try:
        name = "gb18030" if name in _CHINESE else name
        data.decode(name)
    except UnicodeDecodeError as error:
        found = find_encoding(data)
        line = data[: error.start].count(b"\n") + 1
        advice = f"it reads as {found}: leave encoding= out" if found else "try another encoding="
        raise PanelError(
            f"{source} is not in {encoding}: byte 0x{data[error.start]:02X} in line {line} "
            f"does not fit; {advice}"
        ) from None
    return name


def find_encoding(data: bytes) -> str | None:
    """Name the encoding when the bytes leave no reasonable doubt, else None."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    wide = _wide(data)
    if wide:
        return wide
    if data.isascii():
        return "utf-8"
    texts = {}
    with suppress(UnicodeDecodeError):
        texts["utf-8"] = data.decode("utf-8")
        if _is_usual(texts["utf-8"]):
            return "utf-8"
    with suppress(UnicodeDecodeError):
        texts["gb18030"] = data.decode("gb18030")
    chinese = "gb18030" in texts and _is_chinese(texts["gb18030"]) and not _as_korean(data)
    if "utf-8" in texts and not chinese:
        return "utf-8"
    return "gb18030" if chinese else None


def _wide(data: bytes) -> str | None:
    """Tell UTF-16 without its mark: commas and digits leave every other byte zero."""
    even, odd = data[0::2].count(0), data[1::2].count(0)
    if even == odd:
        return None
    name = "utf-16-le" if odd > even else "utf-16-be"
    try:
        text = data.decode(name)
    except UnicodeDecodeError:
        return None
    return name if "\n" in text and not _CONTROL.search(text) else None


def _is_usual(text: str) -> bool:
    """Tell UTF-8 from GBK that happens to be valid UTF-8, as 一 is (U+04BB there).

    Only a few names can be; what they come out as are letters of no table.
    """
    codes = {ord(c) for c in set(text) if not c.isascii()}
    return any(code > 0x7FF or any(a <= code <= b for a, b in _LETTERS) for code in codes)


def _is_chinese(text: str) -> bool:
    """Tell Chinese from other bytes that GB18030 happens to accept.

    Other codings (Big5, Latin-1, Shift-JIS) decode to rare characters; real
    Chinese tables use those of GB2312, the everyday set of 1980. Its rows of
    kana, Greek and Cyrillic are excluded: they are what Japanese comes out as.
    Korean comes out as hanzi of the first 25 rows alone, which Chinese of any
    length does not keep to.
    """
    counts = Counter(_FOREIGN.findall(text))
    rows = {character: _row(character) for character in counts}
    usual = sum(n for c, n in counts.items() if rows[c] >= _HANZI or rows[c] in (0xA1, 0xA3))
    hanzi = [row for row in rows.values() if row >= _HANZI]
    korean = len(hanzi) >= _TELLING and max(hanzi) <= _LAST_HANGUL
    return bool(counts) and not korean and usual >= _PLAUSIBLE * counts.total()


def _as_korean(data: bytes) -> bool:
    """Tell Korean: all is hangul, and most of it of the syllables that tables are written in."""
    try:
        text = data.decode("euc_kr")
    except UnicodeDecodeError:
        return False
    found = {c for c in text if not c.isascii()}
    hangul = {c for c in found if "가" <= c <= "힣"}
    usual = len(hangul & _HANGUL)
    return len(hangul) >= _FEW_HANGUL and hangul == found and usual >= _MOST_HANGUL * len(hangul)


def _is_western(data: bytes) -> bool:
    """Tell cp1252: single letters with accents among plain ones, and no signs of other kinds.

    Codings of several bytes a character, and of other alphabets, come out as
    long runs of accents and as signs that stand in no name.
    """
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return False
    foreign = set(_FOREIGN.findall(text))
    letters = {c for c in foreign if c.isalpha() and c not in "ªº"}
    if not letters or foreign - letters - _WESTERN_SIGNS or letters & _TURKISH_OR_ICELANDIC:
        return False
    if re.search(r"[ìò][^\W\d_]", text):  # Italian's stand at the end of words; these are Czech
        return False
    runs = re.findall(r"[^\W\d_]+", text)
    foreign_words = [run for run in runs if not run.isascii()]
    return all(
        sum(not c.isascii() for c in word) <= max(1, len(word) // 2) for word in foreign_words
    )


def _row(character: str) -> int:
    """Give the row of GB2312 that a character stands in; 0 for none."""
    try:
        return character.encode("gb2312")[0]
    except UnicodeEncodeError:
        return 0


def _guess(data: bytes, source: str) -> str:
    """Take Korean, Western or the best guess of charset-normalizer, and say that it is one."""
    if _as_korean(data):
        name = "euc_kr"
    elif _is_western(data):
        name = "cp1252"
    else:
        from charset_normalizer import from_bytes

        best = from_bytes(data, cp_isolation=list(_COMMON)).best() or from_bytes(data).best()
        name = best.encoding if best else "latin-1"
    warnings.warn(
        f"{source} was read as {name}, which is a guess; if names look wrong, say encoding=",
        EncodingGuessWarning,
        stacklevel=2,
    )
    return name


def _strip_mark(text: str) -> str:
    return text.removeprefix("\ufeff")
