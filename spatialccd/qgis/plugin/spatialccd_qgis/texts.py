"""What the plugin itself says, in the language that QGIS runs in."""

from qgis.core import QgsApplication

from .chinese import CHINESE


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
