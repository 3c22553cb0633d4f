"""Reads what comes in on a line: a message of known fields and types, or words on what is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import IO, Any

#: Characters of a line: names, paths and settings take far fewer.
LONGEST = 2**24
#: Lists in lists of settings; deeper ones are no message of ours.
_DEEPEST = 40
#: Of each field: its types, and of a list those of its items.
_FIELDS: dict[str, tuple[type, ...]] = {
    "type": (str,),
    "id": (str, int),
    "tool": (str,),
    "name": (str,),
    "part": (str,),
    "columns": (dict,),
    "settings": (dict,),
    "graph": (dict,),
    "before": (list,),
    "also": (list,),
    "folder": (str,),
    "input": (str,),
    "boundaries": (str,),
    "layer": (str,),
    "figure": (str,),
    "time": (str, int, float),
    "study": (str,),
    "out": (str,),
    "force": (bool,),
}
_NEEDED = {
    "run": ("id", "tool", "folder"),
    "study": ("id", "study", "out"),
    "cancel": ("id",),
}
_STEPS = ("before", "also")


class NotAMessage(ValueError):  # noqa: N818 - said to the other side, never raised beyond
    """A line is no message; the text says why."""


def lines(source: IO[str]) -> Iterator[str | None]:
    """Yield the lines that come in; None for one that is too long to be held."""
    while line := source.readline(LONGEST):
        if len(line) < LONGEST or line.endswith("\n"):
            yield line
            continue
        while (rest := source.readline(LONGEST)) and not rest.endswith("\n"):
            pass
        yield None


def read(line: str | None) -> dict[str, Any]:
    """Read one line.

    Raises
    ------
    NotAMessage
        The line is too long, is not JSON in UTF-8, is nested too deep, or lacks a field
        or has one of another type.

    Examples
    --------
    >>> read('{"type": "cancel", "id": "7"}')
    {'type': 'cancel', 'id': '7'}
    >>> read('{"type": "cancel", "id": ["7"]}')
    Traceback (most recent call last):
    spatialccd.qgis.messages.NotAMessage: not a message: id is a list and should be a str or an int
    """
    if line is None:
        raise NotAMessage(f"not a message: longer than {LONGEST:,} characters")
    try:
        line.encode("utf-8")  # what was no UTF-8 stands in it as lone surrogates
        message = json.loads(line)
    except (ValueError, RecursionError):
        raise NotAMessage(f"not a message: {line[:200]!r}") from None
    if not isinstance(message, dict):
        raise NotAMessage(f"not a message: {line[:200]!r}")
    if not _is_shallow(message):
        raise NotAMessage(f"not a message: nested deeper than {_DEEPEST}")
    problems = list(_problems(message))
    if message.get("type") is None:
        problems.append("it has no type")
    elif isinstance(message["type"], str):
        needed = _NEEDED.get(message["type"], ())
        problems += [f"it has no {name}" for name in needed if message.get(name) is None]
    if problems:
        raise NotAMessage(f"not a message: {'; '.join(problems)}")
    for step in (s for several in _STEPS for s in message.get(several) or ()):
        _leave_out_empty(step)
    _leave_out_empty(message)
    return message


def _leave_out_empty(message: dict[str, Any]) -> None:
    """Take null as what was not given."""
    for name in [name for name, value in message.items() if value is None]:
        del message[name]


def _problems(message: Mapping[str, Any], where: str = "") -> Iterator[str]:
    """Say which fields are of other types than they should be; those of steps too."""
    for name, types in _FIELDS.items():
        value = message.get(name)
        wrong = not isinstance(value, types) or (isinstance(value, bool) and bool not in types)
        if value is not None and wrong:
            wanted = " or ".join(f"a{'n' if t is int else ''} {t.__name__}" for t in types)
            yield f"{where}{name} is a {type(value).__name__} and should be {wanted}"
    for several in () if where else _STEPS:
        steps = message.get(several)
        for i, step in enumerate(steps if isinstance(steps, list) else []):
            if isinstance(step, dict):
                yield from _problems(step, f"{several}[{i}].")
            else:
                yield f"{several}[{i}] is a {type(step).__name__} and should be a dict"


def _is_shallow(value: Any, depth: int = 0) -> bool:
    if not isinstance(value, dict | list):
        return True
    inner = value.values() if isinstance(value, dict) else value
    return depth < _DEEPEST and all(_is_shallow(one, depth + 1) for one in inner)
