"""Keeps the catalog between processes: reading it off the source takes a third of a second.

It stands beside the compiled bytecode, under a name that holds the state of the
source, as Python itself keeps modules. Where nothing can be written it is read
anew each time.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from spatialccd import _files
from spatialccd.catalog.model import Parameter, Tool
from spatialccd.catalog.source import PACKAGE


def load() -> tuple[Tool, ...] | None:
    """Give the catalog as kept for the source as it is now, or None."""
    try:
        entries = json.loads(_path().read_text(encoding="utf-8"))
        return tuple(_tool(entry) for entry in entries)
    except (OSError, ValueError, TypeError, KeyError):
        return None


def save(tools: tuple[Tool, ...]) -> None:
    """Keep the catalog, in place of those of earlier states of the source."""
    path = _path()
    try:
        for old in path.parent.glob("catalog-*.json"):
            old.unlink(missing_ok=True)
        with _files.replacing(path) as temporary:
            temporary.write_text(to_json(tools), encoding="utf-8")
    except OSError:
        return  # a read-only installation: the next process reads the source again


def to_json(tools: tuple[Tool, ...]) -> str:
    """Write tools as JSON."""
    return json.dumps([asdict(tool) for tool in tools], ensure_ascii=False, indent=1)


def _path() -> Path:
    state = hashlib.sha256()
    for path in sorted([*PACKAGE.rglob("*.py"), PACKAGE / "__init__.pyi"]):
        stat = path.stat()
        state.update(f"{path}|{stat.st_mtime_ns}|{stat.st_size}\n".encode())
    return PACKAGE / "__pycache__" / f"catalog-{state.hexdigest()[:16]}.json"


def _tool(entry: dict[str, Any]) -> Tool:
    """Make a tool of what JSON holds; what was a tuple came back as a list."""

    def with_tuples(fields: dict[str, Any]) -> dict[str, Any]:
        return {k: tuple(v) if isinstance(v, list) else v for k, v in fields.items()}

    parameters = tuple(Parameter(**with_tuples(fields)) for fields in entry.pop("parameters"))
    return Tool(**entry, parameters=parameters)
