"""What the plugin itself says, in the language that QGIS runs in."""

import re
from functools import lru_cache

from qgis.core import QgsApplication

from .chinese import CHINESE, FAULTS


def language():
    """Give "zh" where QGIS runs in Chinese, else "en"."""
    return "zh" if QgsApplication.locale().lower().startswith("zh") else "en"


def say(text, **values):
    """Give a sentence in QGIS's language, its ``{name}`` places filled in."""
    told = CHINESE.get(text, text) if language() == "zh" else text
    return told.format(**values)


def of(entry, key):
    """Give what the catalog calls, or says of, something in QGIS's language.

    Parameters
    ----------
    entry : dict
        With ``key`` in English and, under ``zh``, in Chinese.
    """
    chinese = entry.get("zh", {}).get(key) if language() == "zh" else None
    return chinese or entry[key]


def retell(text):
    """Give a fault of the process, or of a Python, in QGIS's language.

    It was worded where there is no QGIS; one without an entry stays as it is.
    """
    if language() != "zh":
        return text
    if text in CHINESE:
        return CHINESE[text]
    for pattern, chinese in _patterns():
        found = pattern.fullmatch(text)
        if found:
            return chinese.format(*(retell(part or "") for part in found.groups()))
    return text


@lru_cache(maxsize=None)
def _patterns():
    return [
        (re.compile(re.escape(template).replace(r"\{\}", "(.*?)")), FAULTS[template])
        for template in sorted(FAULTS, key=len, reverse=True)
    ]
