"""Words that users gave, as names of files, and in a form that every reader can show."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

#: What Windows takes for a device, with any suffix.
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|clock\$|(com|lpt)[0-9¹²³])(\..*)?")
#: Bytes of a name that leave room for numbers and suffixes on every file system.
_LONGEST = 120

#: Signs that are not seen and that terminals, XML and Excel obey or refuse: control characters,
#: what turns the direction of writing, and halves of characters.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def visible(text: str) -> str:
    r"""Write signs that are not seen by their number; nothing obeys them then.

    Examples
    --------
    >>> visible("Ann\x1b[31m")
    'Ann\\x1b[31m'
    """
    return _UNSEEN.sub(lambda met: ascii(met[0])[1:-1], text)


def file_names(wanted: Iterable[str]) -> dict[str, str]:
    """Give each name a form that every system takes for a file's, each once.

    Letters and digits of all scripts stay, so that names can be read; other signs
    become _. Names that would be one but for signs or case are numbered.

    Examples
    --------
    >>> list(file_names(["map 2020", "Map/2020", "CON", "../..", "省域"]).values())
    ['map_2020', 'Map_2020_2', 'CON_', 'unnamed', '省域']
    """
    used: set[str] = set()
    found: dict[str, str] = {}
    for name in wanted:
        base = _plain(name)
        candidate, count = base, 1
        while _folded(candidate) in used:
            count += 1
            candidate = f"{base}_{count}"
        used.add(_folded(candidate))
        found[name] = candidate
    return found


def _plain(name: str) -> str:
    words = unicodedata.normalize("NFC", name)
    plain = re.sub(r"[^\w\-]+", "_", words).strip("_-") or "unnamed"
    short = plain.encode("utf-8", "replace")[:_LONGEST].decode("utf-8", "ignore").rstrip("_-")
    return f"{short}_" if _DEVICES.fullmatch(short) else short


def _folded(name: str) -> str:
    """Give what two names share that a file system may take for one."""
    return unicodedata.normalize("NFKC", name).casefold()
