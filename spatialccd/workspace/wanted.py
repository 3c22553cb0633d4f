"""Says what a tool needs, where something else or nothing was named."""

from __future__ import annotations

from typing import Any

from spatialccd import catalog
from spatialccd.workspace.given import ONE_COLUMN, SEVERAL_COLUMNS


def unfit(owner: str, held: Any, tool: catalog.Tool, types: set[str]) -> str:
    """Say what holds what, and what the tool needs."""
    kind = getattr(getattr(held, "settings", None), "tool", None) or type(held).__name__
    return f"{owner} holds what {kind} gives; {tool.name} needs {given_by(types)}"


def given_by(types: set[str]) -> str:
    """Name the tools whose results are of these types, and columns where these will do."""
    givers = [tool.name for tool in catalog.tools() if tool.returns in types]
    kinds = [f"what {' or '.join(givers)} gives"] if givers else []
    if types & ONE_COLUMN:
        kinds.append("a column (of a saved file: NAME.scc:COLUMN)")
    elif types & SEVERAL_COLUMNS:
        kinds.append("columns (of a saved file: NAME.scc:COLUMN)")
    return ", or ".join(kinds) or " or ".join(sorted(types))


def wanted(types: set[str]) -> str:
    """Say what must be named."""
    if types & SEVERAL_COLUMNS:
        return "its columns"
    if types & ONE_COLUMN:
        return "its column"
    return f"{given_by(types)}: an earlier step, or a file that --out NAME.scc or save() wrote"
