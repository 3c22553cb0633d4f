"""Which tools QGIS offers, and the ``catalog.json`` that its plugin makes forms from.

The catalog stays the only definition. What is added here is what a form needs
and a signature does not say: which settings are shown folded, which pickers
stand for a mapping of columns, and what the result is drawn as.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from spatialccd import catalog
from spatialccd.qgis import composed, matrices, single
from spatialccd.qgis.pickers import COLUMN_TYPES, filled_by_words, pickers, plain, setting
from spatialccd.qgis.words import chinese
from spatialccd.qgis.words.choices import CHOICES
from spatialccd.qgis.words.tags import tags
from spatialccd.report.words.headings import QUESTIONS

PLUGIN = Path(__file__).parent / "plugin" / "spatialccd_qgis"
CATALOG = PLUGIN / "catalog.json"

_LAYERS = frozenset(["Areas", "Places"])
_PICTURES = frozenset(["Map", "Figure"])


def offered() -> list[catalog.Tool]:
    """List the tools that are algorithms: a layer and a form can feed them.

    They come in the order of a study.

    Examples
    --------
    >>> names = [tool.name for tool in offered()]
    >>> "local_moran" in names, "read_panel" in names
    (True, False)
    """
    return [
        tool
        for tool in catalog.tools()
        if tool.name not in composed.LEFT_OUT
        and (composed.is_composed(tool) or matrices.takes_matrices(tool) or _fed(tool))
    ]


def _fed(tool: catalog.Tool) -> bool:
    """Whether layers and columns are enough to call it."""
    if not tool.data:
        return False
    fillable = COLUMN_TYPES | _LAYERS | {"Graph"}
    needed = [p for p in tool.data if p.required]
    inputs = needed or [p for p in tool.data if p.many == "named"]
    return bool(inputs) and all(fillable & set(p.types) for p in inputs)


def entries() -> dict[str, Any]:
    """Give everything the plugin reads: tools, neighbor settings, words and colors."""
    return {
        "tools": [entry for tool in offered() for entry in (_entry(tool), *_variants(tool))],
        "neighbors": [setting(p, "neighbors") for p in catalog.tool("neighbors").settings],
        "choices_zh": CHOICES,
        "questions_zh": QUESTIONS,
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
    before = composed.before(tool)
    tables = matrices.matrices(tool)
    own = [] if before or tables else pickers(tool)
    fills = filled_by_words(tool)
    return {
        "name": tool.name,
        "tool": tool.name,
        "station": tool.station,
        "question": tool.question,
        "title": tool.title,
        "help": plain(tool.help),
        "zh": chinese(tool.name),
        "tags": tags(tool.name, tool.station),
        "returns": tool.returns,
        "draws": tool.returns in _PICTURES,
        "needs_geometry": bool(
            _makes_graph(tool) or any(p.required and _LAYERS & set(p.types) for p in tool.data)
        ),
        "needs_graph": _makes_graph(tool) and before is None,
        "one_time": tool.on_one_time and not tables,
        "takes_fields": bool(own or fills or before),
        "columns": own,
        "matrices": tables,
        "on_units": tool.name in matrices.ON_UNITS,
        "settings": [setting(p, tool.name) for p in matrices.settings(tool)],
        "fills": fills,
        "optional_places": _optional_places(tool),
        "before": before,
        "also": composed.also(tool),
        "single": [] if tool.returns in _PICTURES else single.described(tool),
    }


def _makes_graph(tool: catalog.Tool) -> bool:
    """Whether neighbors are found for a tool; not where a setting must ask for them (given=)."""
    asked = any(p.name == "given" for p in tool.settings)
    return any("Graph" in p.types and (p.required or not asked) for p in tool.data)


def _variants(tool: catalog.Tool) -> list[dict[str, Any]]:
    """Give the other forms of a tool: that which makes the scores it takes from indicators."""
    if tool.name not in composed.FROM_INDICATORS:
        return []
    variant = composed.FROM_INDICATORS[tool.name]
    return [
        {
            **_entry(tool),
            **variant,
            "columns": [],
            "before": composed.of_systems(tool.name),
            "takes_fields": True,
        }
    ]


def _optional_places(tool: catalog.Tool) -> dict[str, Any] | None:
    """Give the parameter by which a tool may be told where units are, where it need not know."""
    for parameter in tool.data:
        if parameter.name in ("places", "geometry") and not parameter.required:
            known = setting(parameter, tool.name)
            return {n: known[n] for n in ("name", "label", "help", "zh")}
    return None


@cache
def _styles() -> dict[str, Any]:
    """Give the colors that figures use, so that a layer looks like the printed map."""
    from spatialccd.coupling.degree import GRADES
    from spatialccd.report.layers.keys import KINDS
    from spatialccd.report.paper import palettes
    from spatialccd.report.words.language import say

    colors = palettes.grade_colors(len(GRADES))
    return {
        "grades": [
            {**grade._asdict(), "color": color} for grade, color in zip(GRADES, colors, strict=True)
        ],
        "clusters": palettes.CLUSTERS,
        "labels_zh": {
            word: say(word, "zh") for word in [*palettes.CLUSTERS, *(g.label for g in GRADES)]
        },
        "diverging": palettes.ramp("RdBu", 7),
        "kinds": KINDS,
        "muted": palettes.MUTED,
        "edge": palettes.EDGE,
        "ground": palettes.GROUND,
        "no_data": palettes.NO_DATA,
    }


if __name__ == "__main__":
    write_catalog()
