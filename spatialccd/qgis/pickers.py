"""A tool's parameters as a form shows them: field pickers and settings."""

from __future__ import annotations

import re
from ast import literal_eval
from dataclasses import asdict
from typing import Any

from spatialccd import catalog
from spatialccd.qgis.words import words

#: The longest sentence of a label: a wider form would not fit QGIS's dialog.
_LABEL_WIDTH = 60
#: How a docstring says which rows a frame has: a form's fields need not be told.
_INDEX = r"(?:\bon )?(?:unit|\(unit, time\)|the (?:same )?(?:rows|index|units)(?: of `?y`?)?)"
_INDEXES = re.compile(
    rf"[,;]?\s*\bon {_INDEX}(?:,? or {_INDEX})*(?=[,;.:]| with |$)", re.IGNORECASE
)
#: What only a Python caller has, and what a form has in its place.
_PYTHON_WORDS = (
    (r"the names of their Series", "the names of their fields"),
    (r"\bA frame\b", "A table"),
    (r"\b(a|the) frame\b", r"\1 table"),
    (r"\bDataFrames?\b", "table"),
    (r"\bSeries\b", "field"),
    (r"\bccd\.(?=\w)", ""),
    (r"\bNone\b", "none"),
    (r"\bTrue\b", "ticked"),
    (r"\bFalse\b", "unticked"),
)
COLUMN_TYPES = frozenset(["Columns", "Values", "UnitValues", "UnitColumns", "Groups"])
#: Data of several columns that may hold labels: all other fields must be numbers.
_LABELS = frozenset(["strata", "groups", "lisa", "panel", "significant"])
#: Settings of how the work is done, not of what is done.
_TECHNICAL = frozenset(
    ["n_jobs", "memory_limit", "engine", "tol", "max_iter", "search", "row_standardize"]
)


def pickers(tool: catalog.Tool) -> list[dict[str, Any]]:
    """Describe the field pickers of a tool's data."""
    return [entry for p in tool.data for entry in _picker(tool, p)]


def _picker(tool: catalog.Tool, parameter: catalog.Parameter) -> list[dict[str, Any]]:
    """Describe the field picker of one data parameter, where it takes fields."""
    types = set(parameter.types)
    if not COLUMN_TYPES & types or parameter.many == "unnamed":
        return []
    if parameter.name == filled_by_words(tool):
        return []
    several = bool({"Columns", "UnitColumns"} & types or parameter.many)
    # A form has one picker for ``*scores, **named``, and tells of it in the words of the first.
    first = next(p for p in tool.data if p is parameter or (p.many and parameter.many))
    return [
        {
            "name": parameter.name,
            "label": label(tool.name, first),
            "zh": chinese(tool.name, first),
            "several": several,
            "numeric": not ("Groups" in types or parameter.name in _LABELS),
            "required": parameter.required or parameter.many == "named",
            "help": plain(first.help),
        }
    ]


def filled_by_words(tool: catalog.Tool) -> str | None:
    """Name the data parameter whose columns are those that get a word, such as a direction."""
    if not any(_is_by_word(p) for p in tool.settings):
        return None
    return next((p.name for p in tool.data if "Columns" in p.types), None)


def _is_by_word(parameter: catalog.Parameter) -> bool:
    """Whether it maps columns to words of a list: ``{"gdp": "benefit"}``."""
    return parameter.required and "table" in parameter.types and bool(parameter.choices)


def brief(text: str, width: int = _LABEL_WIDTH) -> str:
    """Give how a paragraph begins, as one line for a label, without the words of frames.

    What is too long ends with its last clause that fits; nothing is cut within one.

    Examples
    --------
    >>> brief("Values on unit or on (unit, time), such as ``D``. Missing ones are an error.")
    'Values, such as D'
    """
    sentence = " ".join(text.replace("`", "").split()).split(". ")[0].rstrip(".:;")
    sentence = _INDEXES.sub("", sentence).strip(" ,;")
    while len(sentence) > width:
        shorter = re.split(r"[,;:(](?!.*[,;:(])", sentence)[0].rstrip(" ,;:(")
        if shorter == sentence:
            return ""
        sentence = shorter
    return sentence[:1].upper() + sentence[1:]


def label(tool: str, parameter: catalog.Parameter) -> str:
    """Give a parameter's name in words, and the choices that a line of text takes."""
    known = words(tool, parameter)
    text = known.label if known else brief(parameter.help) or _spelled(parameter.name)
    return text + _taken_words(parameter)


def chinese(tool: str, parameter: catalog.Parameter) -> dict[str, str]:
    """Give label and help in Chinese; nothing for a parameter without an entry."""
    known = words(tool, parameter)
    if known is None:
        return {}
    return {"label": known.label_zh + _taken_words(parameter), "help": known.help_zh}


def _taken_words(parameter: catalog.Parameter) -> str:
    if parameter.choices and len(parameter.types) > 1 and not _is_by_word(parameter):
        return f" ({', '.join(map(str, parameter.choices))})"
    return ""


def _spelled(name: str) -> str:
    text = name.replace("_", " ")
    return text[:1].upper() + text[1:]


def setting(parameter: catalog.Parameter, tool: str = "") -> dict[str, Any]:
    """Describe one setting, and whether it is shown folded."""
    entry = asdict(parameter)
    for name in ("role", "many"):
        del entry[name]
    folded = parameter.name in _TECHNICAL or (parameter.nullable and parameter.name != "seed")
    return {
        **entry,
        "help": plain(parameter.help),
        "label": label(tool, parameter),
        "zh": chinese(tool, parameter),
        "advanced": folded and not parameter.required,
        "words": _is_by_word(parameter),
    }


def plain(text: str) -> str:
    """Give a docstring's paragraph in the words of a form: fields, not frames and Series."""
    text = _INDEXES.sub("", text.replace("``", "").replace("`", ""))
    text = re.sub(r'\{"[^{}]*\}', lambda found: _on_a_line(found[0]), text)
    for python, word in _PYTHON_WORDS:
        text = re.sub(python, word, text)
    return re.sub(
        r"(^|\. )(none|ticked|unticked)\b", lambda found: found[1] + found[2].capitalize(), text
    )


def _on_a_line(text: str) -> str:
    """Write a mapping as a form's line takes it.

    Examples
    --------
    >>> _on_a_line('{"density": 20, "warmth": [18, 24]}')
    'density=20,warmth=18:24'
    """
    try:
        table = literal_eval(text)
    except (ValueError, SyntaxError):
        return text
    parts = {
        key: ":".join(map(str, value)) if isinstance(value, list | tuple) else value
        for key, value in table.items()
    }
    return ",".join(f"{key}={value}" for key, value in parts.items())
