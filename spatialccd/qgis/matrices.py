"""Tools that take tables of units by units: in QGIS each is a layer without geometry.

Such a layer is what `read_matrix` reads from a file: square, with a row and a column
for each unit, or with a row a pair. The plugin writes it down as .csv, and the worker
reads that as a step before the tool.
"""

from __future__ import annotations

from typing import Any

from spatialccd import catalog
from spatialccd.qgis.pickers import setting
from spatialccd.qgis.words import words

#: The tool that reads a table of units by units, and the setting that is the layer here.
READER, _PATH = "read_matrix", "path"
_KIND = "UnitMatrix"
#: Tools whose rows are units, which boundaries beside the table can draw.
ON_UNITS = frozenset(["network_measures", "concor_blocks", "core_periphery"])
#: Networks that a tool takes by name: so many, and so many of them not folded.
_MOST_NAMED = 5
_SHOWN_NAMED = 2


def takes_matrices(tool: catalog.Tool) -> bool:
    """Whether all of a tool's data are tables of units by units.

    Examples
    --------
    >>> takes_matrices(catalog.tool("mrqap")), takes_matrices(catalog.tool("mgwr"))
    (True, False)
    """
    if tool.name == READER:
        return True
    return bool(tool.data) and all(_KIND in p.types for p in tool.data)


def matrices(tool: catalog.Tool) -> list[dict[str, Any]]:
    """Describe the tables of units by units that a tool takes, and the fields of each.

    Examples
    --------
    >>> [entry["name"] for entry in matrices(catalog.tool("qap_correlation"))]
    ['first', 'second']
    """
    if not takes_matrices(tool):
        return []
    if tool.name == READER:
        return [_matrix(tool, next(p for p in tool.settings if p.name == _PATH))]
    return [entry for p in tool.data for entry in _entries(tool, p)]


def settings(tool: catalog.Tool) -> tuple[catalog.Parameter, ...]:
    """Give the settings that a form asks for: of the reader none, its layer and fields say all."""
    return () if tool.name == READER else tool.settings


def _entries(tool: catalog.Tool, parameter: catalog.Parameter) -> list[dict[str, Any]]:
    """Describe one parameter; one of many by name as that many tables."""
    entry = _matrix(tool, parameter)
    if not parameter.many:
        return [entry]
    return [
        {
            **entry,
            "name": f"{parameter.name}{i}",
            "label": f"{entry['label']} {i}",
            "zh": {**entry["zh"], "label": f"{entry['zh']['label']} {i}"} if entry["zh"] else {},
            "required": i == 1,
            "named": True,
            "advanced": i > _SHOWN_NAMED,
        }
        for i in range(1, _MOST_NAMED + 1)
    ]


def _matrix(tool: catalog.Tool, parameter: catalog.Parameter) -> dict[str, Any]:
    told = setting(parameter, tool.name)
    reader = catalog.tool(READER)
    known = words(tool.name, parameter)
    return {
        "name": parameter.name,
        "of": parameter.name if tool.name != READER else None,
        "label": known.label if known else told["label"],
        "help": told["help"],
        "zh": told["zh"],
        "required": parameter.required,
        "named": False,
        "advanced": False,
        "fields": [
            {name: own[name] for name in ("name", "label", "help", "zh")}
            for own in (setting(p, READER) for p in reader.settings if p.name != _PATH)
        ],
    }
