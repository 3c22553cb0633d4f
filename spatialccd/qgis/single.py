"""Single figures of a result, such as AICc: outputs that a model or a batch can go on with."""

from __future__ import annotations

import math
from dataclasses import fields, is_dataclass
from importlib import import_module
from typing import Any

from spatialccd import catalog

#: What an attribute of a result is to QGIS, by its annotation; some hold no value at times.
_KINDS = {
    **dict.fromkeys(("float", "int", "float | None", "int | None"), "number"),
    "bool": "boolean",
}


def described(tool: catalog.Tool) -> list[dict[str, str]]:
    """Give name and kind of each single figure that a tool's result has.

    Examples
    --------
    >>> [entry["name"] for entry in described(catalog.tool("mean_center"))]
    ['total']
    """
    kinds = _kinds(getattr(import_module(tool.module), tool.returns, None))
    return [{"name": name, "kind": kind} for name, kind in kinds.items()]


def values(result: Any) -> dict[str, Any]:
    """Give the single figures of a result; one that is not finite is None."""
    found = {name: getattr(result, name) for name in _kinds(type(result))}
    return {
        name: value if value is not None and math.isfinite(value) else None
        for name, value in found.items()
    }


def _kinds(cls: Any) -> dict[str, str]:
    if not is_dataclass(cls):
        return {}
    return {field.name: _KINDS[str(field.type)] for field in fields(cls) if field.type in _KINDS}
