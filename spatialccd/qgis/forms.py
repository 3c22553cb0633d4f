"""Which tools QGIS offers, and the ``catalog.json`` that its plugin makes forms from.

The catalog stays the only definition. What is added here is what a form needs
and a signature does not say: which settings are shown folded, which pickers
stand for a mapping of columns, and what the result is drawn as.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from spatialccd import catalog

PLUGIN = Path(__file__).parent / "plugin" / "spatialccd_qgis"
CATALOG = PLUGIN / "catalog.json"

_LAYERS = frozenset(["Areas", "Places"])
_COLUMN_TYPES = frozenset(["Columns", "Values", "UnitValues", "UnitColumns", "Groups"])
#: They take several Python objects of one kind, which a form has no way to hold.
_PYTHON_ONLY = frozenset(["combine_neighbors", "audit"])
#: Settings of how the work is done, not of what is done.
_TECHNICAL = frozenset(
    ["n_jobs", "memory_limit", "engine", "tol", "max_iter", "search", "row_standardize"]
)


def offered() -> list[catalog.Tool]:
    """List the tools that a layer and a form can feed, in the order of a study.

    Examples
    --------
    >>> names = [tool.name for tool in offered()]
    >>> "local_moran" in names, "read_panel" in names
    (True, False)
    """
    return [
        tool
        for tool in catalog.tools()
        if tool.name not in _PYTHON_ONLY and tool.returns != "Path" and _fed(tool)
    ]


def _fed(tool: catalog.Tool) -> bool:
    """Whether layers and columns are enough to call it."""
    if not tool.data:
        return False
    fillable = _COLUMN_TYPES | _LAYERS | {"Graph"}
    needed = [p for p in tool.data if p.required]
    inputs = needed or [p for p in tool.data if p.many == "named"]
    return bool(inputs) and all(fillable & set(p.types) for p in inputs)


def entries() -> dict[str, Any]:
    """Give everything the plugin reads: tools, neighbor settings and colors."""
    return {
        "tools": [_entry(tool) for tool in offered()],
        "neighbors": [_setting(p) for p in catalog.tool("neighbors").settings],
        "styles": _styles(),
    }


def to_json() -> str:
    """Write the plugin's catalog."""
    return json.dumps(entries(), ensure_ascii=False, indent=1) + "\n"


def write_catalog(path: Path = CATALOG) -> Path:
    """Write the plugin's catalog beside its code; a test fails while it is stale."""
    path.write_text(to_json(), encoding="utf-8")
    return path


def _entry(tool: catalog.Tool) -> dict[str, Any]:
    kinds = {name for p in tool.data for name in p.types}
    return {
        "name": tool.name,
        "station": tool.station,
        "title": tool.title,
        "help": tool.help,
        "returns": tool.returns,
        "draws": tool.returns in ("Map", "Figure"),
        "needs_geometry": bool(
            {"Graph"} & kinds or any(p.required and _LAYERS & set(p.types) for p in tool.data)
        ),
        "needs_graph": "Graph" in kinds,
        "one_time": tool.on_one_time,
        "columns": [entry for p in tool.data for entry in _picker(tool, p)],
        "settings": [_setting(p) for p in tool.settings],
        "fills": _filled_by_words(tool),
        "optional_places": _optional_places(tool),
    }


def _picker(tool: catalog.Tool, parameter: catalog.Parameter) -> list[dict[str, Any]]:
    """Describe the field picker of one data parameter, where it takes fields."""
    types = set(parameter.types)
    if not _COLUMN_TYPES & types or parameter.many == "unnamed":
        return []
    if parameter.name == _filled_by_words(tool):
        return []
    several = bool({"Columns", "UnitColumns"} & types or parameter.many)
    return [
        {
            "name": parameter.name,
            "several": several,
            "numeric": not {"Columns", "Groups"} & types,
            "required": parameter.required or parameter.many == "named",
            "help": parameter.help,
        }
    ]


def _filled_by_words(tool: catalog.Tool) -> str | None:
    """Name the data parameter whose columns are those that get a word, such as a direction."""
    if not any(_is_by_word(p) for p in tool.settings):
        return None
    return next((p.name for p in tool.data if "Columns" in p.types), None)


def _optional_places(tool: catalog.Tool) -> dict[str, str] | None:
    """Give the parameter by which a tool may be told where units are, where it need not know."""
    for parameter in tool.data:
        if parameter.name == "places" and not parameter.required:
            return {"name": parameter.name, "help": parameter.help}
    return None


def _is_by_word(parameter: catalog.Parameter) -> bool:
    """Whether it maps columns to words of a list: ``{"gdp": "benefit"}``."""
    return parameter.required and "table" in parameter.types and bool(parameter.choices)


def _setting(parameter: catalog.Parameter) -> dict[str, Any]:
    entry = asdict(parameter)
    for name in ("role", "many"):
        del entry[name]
    folded = parameter.name in _TECHNICAL or (parameter.nullable and parameter.name != "seed")
    return {**entry, "advanced": folded and not parameter.required, "words": _is_by_word(parameter)}


@cache
def _styles() -> dict[str, Any]:
    """Give the colors that figures use, so that a layer looks like the printed map."""
    from spatialccd.coupling.degree import GRADES
    from spatialccd.report import palettes

    colors = palettes.grade_colors(len(GRADES))
    return {
        "grades": [
            {**grade._asdict(), "color": color} for grade, color in zip(GRADES, colors, strict=True)
        ],
        "clusters": palettes.CLUSTERS,
        "diverging": palettes.ramp("RdBu", 7),
        "muted": palettes.MUTED,
        "edge": palettes.EDGE,
        "no_data": palettes.NO_DATA,
    }


if __name__ == "__main__":
    write_catalog()
