"""The words of QGIS's forms in two languages: labels, helps, tags, choices.

A parameter's English help is its docstring's. What a docstring cannot give stands
here: a label of a few words, and both in Chinese (``parameters.txt``).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

from spatialccd import catalog
from spatialccd.qgis.words import figures

PARAMETERS = Path(__file__).with_name("parameters.txt")


class Words(NamedTuple):
    """What a form says of a parameter."""

    label: str
    label_zh: str
    help_zh: str


@cache
def table() -> dict[str, Words]:
    """Read the words of all parameters, by name, or by tool and name."""
    lines = PARAMETERS.read_text(encoding="utf-8").splitlines()
    rows = (line.split(" | ") for line in lines if line and not line.startswith("#"))
    return {name: Words(*rest) for name, *rest in rows}


def words(tool: str, parameter: catalog.Parameter) -> Words | None:
    """Give the words of a parameter: those of the tool alone, else those of its name.

    Examples
    --------
    >>> seed = next(p for p in catalog.tool("local_moran").settings if p.name == "seed")
    >>> words("local_moran", seed).label_zh
    '随机种子'
    """
    return table().get(f"{tool}.{parameter.name}") or table().get(parameter.name)


def chinese(tool: str) -> dict[str, str]:
    """Give a tool's name and what it does in Chinese.

    Examples
    --------
    >>> chinese("local_moran")["name"]
    '局部莫兰指数'
    """
    from spatialccd.report.words.headings import STEPS  # the worker greets before these come
    from spatialccd.report.words.methods_zh import TEXTS

    return {"name": STEPS.get(tool, ""), "help": TEXTS.get(tool) or figures.TEXTS.get(tool, "")}
