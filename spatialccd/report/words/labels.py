"""What variables are called: the table ``[labels]`` of a study, or ``labels=``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from spatialccd.errors import ParameterError, did_you_mean, listed


@dataclass(frozen=True)
class Label:
    """The words for one variable; empty text where there are none.

    Attributes
    ----------
    en, zh : str
        Its name in English and in Chinese.
    unit, unit_zh : str
        What it is measured in, in English and in Chinese.
    order : tuple
        Of a variable of classes: the classes in their order, which all tables and
        figures keep. A study gives it to the column itself; in Python a column that is
        categorical has it.
    """

    en: str = ""
    zh: str = ""
    unit: str = ""
    unit_zh: str = ""
    order: tuple[str | int | float, ...] = ()


Labels = Mapping[str, Label]
_KEYS = tuple(field.name for field in fields(Label))


def read_labels(given: Mapping[str, object] | None) -> dict[str, Label]:
    """Read the words for variables, in the form that study files and Python share.

    Parameters
    ----------
    given : mapping or None
        By variable: its name as text, or a mapping with any of "en", "zh",
        "unit", "unit_zh" and "order", the classes of the variable in their order.

    Raises
    ------
    ParameterError
        A key is unknown, or a word is no text; all problems are in the message.

    Examples
    --------
    >>> read_labels({"gdp": "GDP per person", "size": {"zh": "规模", "unit": "ha"}})["size"]
    Label(en='', zh='规模', unit='ha', unit_zh='', order=())
    """
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise ParameterError(
            f"labels must be a table of variables, such as {{'gdp': 'GDP per person'}}, not "
            f"{type(given).__name__}"
        )
    problems: list[str] = []
    found = {str(name): _read(str(name), words, problems) for name, words in given.items()}
    if problems:
        raise ParameterError(f"labels: {'; '.join(problems)}")
    return found


def _read(name: str, words: Any, problems: list[str]) -> Label:
    if isinstance(words, Label):
        return words
    if isinstance(words, str):
        return Label(en=words, zh=words)
    if not isinstance(words, Mapping):
        problems.append(f"{name} = {words!r} is neither text nor a table with {listed(_KEYS)}")
        return Label()
    unknown = [str(key) for key in words if key not in _KEYS]
    problems += [
        f"{name} has no key {key!r}{did_you_mean(key, _KEYS) or f'; it takes {listed(_KEYS)}'}"
        for key in unknown
    ]
    problems += [
        f"{name}.{key} = {word!r} is no text"
        for key, word in words.items()
        if key in _KEYS and key != "order" and not isinstance(word, str)
    ]
    own = {key: word for key, word in words.items() if key in _KEYS}
    if "order" in own:
        own["order"] = _order(name, own["order"], problems)
    return Label(**own)


def _order(name: str, given: Any, problems: list[str]) -> tuple[Any, ...]:
    """Read the order of classes: a list of different ones."""
    if not isinstance(given, list | tuple) or any(isinstance(one, dict | list) for one in given):
        problems.append(f"{name}.order = {given!r} is no list of classes")
        return ()
    twice = [one for i, one in enumerate(given) if one in given[:i]]
    if twice:
        problems.append(f"{name}.order names {listed(twice)} twice")
    return tuple(given)


def with_units(labels: Labels, units: Mapping[str, str]) -> dict[str, Label]:
    """Add units of measurement, as a file's row of units has them; words given go before.

    Examples
    --------
    >>> with_units(read_labels({"gdp": "GDP"}), {"gdp": "yuan"})["gdp"].unit
    'yuan'
    """
    found = dict(labels)
    for name, unit in units.items():
        label = found.get(str(name), Label())
        if not label.unit:
            found[str(name)] = replace(label, unit=str(unit))
    return found
