"""Checks what was written for a tool, in a file or on a line, against the catalog."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache, reduce
from operator import or_
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from spatialccd import catalog
from spatialccd.errors import ParameterError, closest, did_you_mean, listed

STRICT = ConfigDict(extra="forbid", arbitrary_types_allowed=True)
_MOST_KEYS = 2_000
_SETTINGS: dict[str, Any] = {
    "boolean": bool,
    "integer": int,
    "number": float,
    "text": str,
    "path": str,
    "table": dict[str, Any],
    "table of path": dict[str, str],
    "list of number": list[float],
    "list of integer": list[int],
    "list of text": list[str],
    "list of text or path": list[str],
}


@cache
def tool_form(tool: catalog.Tool) -> type[BaseModel]:
    """Give the form of a tool's table: its inputs and settings, a name, and which rows count."""
    return form(
        tool.name,
        (*tool.data, *tool.settings),
        name=(str, None),
        time=(int | str | list[int] | list[str], None),
        where=(str, None),
        for_each=(str | list[str], None),
    )


def form(
    title: str, parameters: Iterable[catalog.Parameter], **others: tuple[Any, Any]
) -> type[BaseModel]:
    """Make the form of some parameters, and of fields of its own."""
    fields: dict[str, Any] = {**others, **{p.name: _field(p) for p in parameters}}
    return create_model(title, __config__=STRICT, **fields)


def _field(parameter: catalog.Parameter) -> Any:
    """Give a parameter's type and default in the form pydantic takes.

    Data is never required here: what a table leaves out may come from an
    earlier step, which only the workspace can tell.
    """
    if parameter.role != "setting":
        return (str | list[str], None)
    words: Any = Literal.__getitem__(parameter.choices) if parameter.choices else Any
    kinds: list[Any] = [
        words if name == "choice" else _SETTINGS.get(name, Any) for name in parameter.types
    ]
    kind = reduce(or_, [*kinds, None] if parameter.nullable else kinds)
    return (kind, ... if parameter.required else parameter.default)


def number_or_word(word: str) -> int | float | str:
    """Read one word of a line of text: a number where it is one; 007 stays a code.

    Examples
    --------
    >>> number_or_word("0.4"), number_or_word("12"), number_or_word("007"), number_or_word("cost")
    (0.4, 12, '007', 'cost')
    """
    digits = word.lstrip("-")
    if digits.isdigit():
        return word if len(digits) > 1 and digits.startswith("0") else int(word)
    try:
        return float(word)
    except ValueError:
        return word


def table_of_line(name: str, text: str, *, plain: bool = False) -> dict[str, Any]:
    """Read a table off one line, ``key=value,key=value``, its numbers as numbers.

    With `plain`, values are text whatever they look like: the paths of files.

    Raises
    ------
    ParameterError
        A part between commas has no "=", or a key stands twice.

    Examples
    --------
    >>> table_of_line("weights", "income=0.4, smoke=0.6")
    {'income': 0.4, 'smoke': 0.6}
    """
    parts = text.split(",")
    bare = [part.strip() for part in parts if "=" not in part]
    if bare:
        raise ParameterError(
            f"{name}={text!r}: {listed(repr(part) for part in bare)} lacks a key; write "
            "key=value,key=value (two ends of an interval as 18:24)"
        )
    pairs = [part.split("=", 1) for part in parts]
    check_once(name, (key.strip() for key, _ in pairs))
    read = str if plain else number_or_word
    return {key.strip(): read(word.strip()) for key, word in pairs}


def check_once(name: str, keys: Iterable[str]) -> None:
    """Raise ``ParameterError`` where a key stands twice: the last would count and no other."""
    twice = [key for key, times in Counter(keys).items() if times > 1]
    if twice:
        words = "has more than one value" if len(twice) == 1 else "have more than one value each"
        raise ParameterError(f"{name}: {listed(map(repr, twice))} {words}; give one")


def check(model: type[BaseModel], given: Any, table: str, problems: list[str]) -> Any:
    """Validate one table; note every problem in the words of the file."""
    if not isinstance(given, dict):
        problems.append(f"[{table}] must be a table, not {given!r}"[:300])
        return None
    if len(given) > _MOST_KEYS:
        problems.append(f"[{table}] holds {len(given):,} keys; no tool takes so many")
        return None
    try:
        return model.model_validate({key: _unset(model, key, v) for key, v in given.items()})
    except ValidationError as error:
        problems += _worded(error, model, table)
        return None


def _unset(model: type[BaseModel], key: str, value: Any) -> Any:
    """Take the word "none" as None where None is allowed: TOML has no other way to say it."""
    found = model.model_fields.get(key)
    kinds = getattr(found.annotation, "__args__", ()) if found else ()
    says_none = isinstance(value, str) and value.lower() == "none"
    allowed = type(None) in kinds and "none" not in _literal_words(model, key)
    return None if says_none and allowed else value


def _worded(error: ValidationError, model: type[BaseModel], table: str) -> list[str]:
    """Word pydantic's findings: one sentence a key, the nearest valid word where one is near."""
    found: dict[str, str] = {}
    for item in error.errors():
        key = str(item["loc"][0]) if item["loc"] else table
        words = [repr(w) for w in _literal_words(model, key)]
        if item["type"] == "extra_forbidden":
            fields = model.model_fields
            hint = did_you_mean(key, fields) or f"; it takes {listed(fields)}"
            found[key] = f"[{table}] has no key {key!r}{hint}"
        elif item["type"] == "missing":
            found[key] = f"[{table}] lacks the key {key!r}"
        elif words:
            value = item["input"]
            near = closest(value, [w.strip("'") for w in words])
            hint = f" did you mean {near!r}?" if near else ""
            where = ".".join(str(part) for part in item["loc"][:2]) if table == "systems" else key
            found[key] = f"[{table}] {where} = {value!r} is not known;{hint} use {', '.join(words)}"
        else:
            reason = item["msg"][0].lower() + item["msg"][1:]
            earlier = (
                f"{found[key]}, or " if key in found else f"[{table}] {key} = {item['input']!r}: "
            )
            found[key] = earlier + reason
    return list(found.values())


def _literal_words(model: type[BaseModel], key: str) -> tuple[Any, ...]:
    """Give the words a key allows, where it allows words."""
    found = model.model_fields.get(key)
    return tuple(_words_in(found.annotation)) if found else ()


def _words_in(annotation: Any) -> Iterator[Any]:
    if getattr(annotation, "__origin__", None) is Literal:
        yield from annotation.__args__
        return
    for inner in getattr(annotation, "__args__", ()):
        yield from _words_in(inner)
