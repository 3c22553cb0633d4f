"""Reads the parts of a numpydoc docstring that a form or a help page shows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from inspect import cleandoc


@dataclass(frozen=True)
class Docstring:
    """A docstring's first sentence, its paragraphs, and its parameters."""

    title: str
    body: str
    parameters: dict[str, str]


def parse(text: str) -> Docstring:
    """Take a numpydoc docstring apart.

    Examples
    --------
    >>> doc = parse('''Add numbers.
    ...
    ... Parameters
    ... ----------
    ... a, b : int
    ...     What to add.
    ... ''')
    >>> doc.title, doc.parameters
    ('Add numbers.', {'a': 'What to add.', 'b': 'What to add.'})
    """
    sections = _sections(cleandoc(text).splitlines())
    opening = "\n".join(sections[""]).strip()
    title, _, body = opening.partition("\n\n")
    return Docstring(
        title=" ".join(title.split()),
        body=body.strip(),
        parameters=_parameters(sections.get("Parameters", [])),
    )


def _sections(lines: list[str]) -> dict[str, list[str]]:
    """Lines by underlined heading; those before the first stand under ''."""
    found: dict[str, list[str]] = {"": []}
    current = ""
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        if line and re.fullmatch(r"-{3,}", below):
            current = line
            found[current] = []
        elif not re.fullmatch(r"-{3,}", line):
            found[current].append(line)
    return found


def _parameters(lines: list[str]) -> dict[str, str]:
    paragraphs: dict[str, list[str]] = {}
    names: list[str] = []
    for line in lines:
        if line and not line[0].isspace():
            names = [name.strip().lstrip("*") for name in line.split(":")[0].split(",")]
            paragraphs |= {name: [] for name in names}
        else:
            for name in names:
                paragraphs[name].append(line.strip())
    return {name: " ".join(" ".join(text).split()) for name, text in paragraphs.items()}
