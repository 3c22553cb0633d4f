"""What every tool is called, takes and gives, for the doors that are not Python.

A tool is a public function. Its signature and its docstring are its only
definition: the catalog reads both from the source text, so that the command
line, the study file and QGIS can never disagree with Python, and so that
listing the tools imports none of them (pandas and numba take seconds).

- Which functions are tools, and in which order: ``spatialccd/__init__.pyi``.
- What a parameter is: its annotation. Names from ``spatialccd._types`` mark
  data (``Values`` is one column of a table, ``Areas`` a layer, ...); a class of
  results stands for an earlier step; everything else is a setting.
- What it is for: its paragraph under ``Parameters``.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from spatialccd.catalog import kept, questions
from spatialccd.catalog.model import Parameter, Tool
from spatialccd.catalog.source import DATA, read_tools
from spatialccd.errors import ParameterError, did_you_mean

__all__ = [
    "DATA",
    "Parameter",
    "Tool",
    "by_question",
    "function",
    "result_class",
    "to_json",
    "tool",
    "tools",
]


@cache
def tools() -> tuple[Tool, ...]:
    """List every tool in the order of a study.

    Examples
    --------
    >>> [tool.name for tool in tools() if tool.station == "data"][0]
    'read_panel'
    """
    found = kept.load()
    if found is None:
        found = read_tools()
        kept.save(found)
    return found


def by_question() -> dict[str, dict[str, list[Tool]]]:
    """Sort the tools by station and question, stations in the order of a study.

    Examples
    --------
    >>> [tool.name for tool in by_question()["dynamics"]["Where is the center?"]]
    ['mean_center', 'standard_deviational_ellipse']
    """
    found: dict[str, dict[str, list[Tool]]] = {}
    for one in tools():
        found.setdefault(one.station, {}).setdefault(one.question, []).append(one)
    return {
        station: {q: parts[q] for q in questions.in_order(station) if q in parts}
        for station, parts in found.items()
    }


def tool(name: str) -> Tool:
    """Give one tool by name.

    Raises
    ------
    ParameterError
        No tool has that name; the message has the nearest one.

    Examples
    --------
    >>> tool("global_moran").station
    'association'
    """
    for found in tools():
        if found.name == name:
            return found
    hint = did_you_mean(name, [t.name for t in tools()])
    raise ParameterError(f"no tool is called {name!r}{hint} (spatialccd catalog lists them)")


def function(of: Tool) -> Any:
    """Import a tool's function."""
    from importlib import import_module

    return getattr(import_module(of.module), of.name)


def result_class(of: Tool) -> Any:
    """Import the class of a tool's result.

    Examples
    --------
    >>> result_class(tool("composite_index")).__name__
    'CompositeIndex'
    """
    from importlib import import_module

    return getattr(import_module("spatialccd"), of.returns)


def to_json() -> str:
    """Write the catalog as JSON, the form that QGIS reads.

    Examples
    --------
    >>> "global_moran" in to_json()
    True
    """
    return kept.to_json(tools())
