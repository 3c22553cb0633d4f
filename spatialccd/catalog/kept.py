"""Keeps the catalog between processes: reading it off the source takes a third of a second.

It stands beside the compiled bytecode, as Python itself keeps modules; for an
installation that its user cannot write to, in the user's cache folder. Its name
holds the place and the state of the source, so that another installation's
catalog, or that of changed source, is never taken for this one's. Where nothing
can be written it is read anew each time.
"""

from __future__ import annotations

import hashlib
import json
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from spatialccd import _files
from spatialccd.catalog.model import Parameter, Tool
from spatialccd.catalog.source import PACKAGE


def load() -> tuple[Tool, ...] | None:
    """Give the catalog as kept for the source as it is now, or None."""
    name = _name()
    for folder in _folders():
        with suppress(OSError, ValueError, TypeError, KeyError):
            entries = json.loads((folder / name).read_text(encoding="utf-8"))
            return tuple(_tool(entry) for entry in entries)
    return None


def save(tools: tuple[Tool, ...]) -> None:
    """Keep the catalog, in place of those of earlier states of the same source."""
    name = _name()
    for folder in _folders():
        with suppress(OSError):  # a folder that cannot be written to: try the next
            with _files.replacing(folder / name) as temporary:
                temporary.write_text(to_json(tools), encoding="utf-8")
            for old in folder.glob(f"{name.rpartition('-')[0]}-*.json"):
                if old.name != name:
                    old.unlink(missing_ok=True)
            return


def to_json(tools: tuple[Tool, ...]) -> str:
    """Write tools as JSON."""
    return json.dumps([asdict(tool) for tool in tools], ensure_ascii=False, indent=1)


def _name() -> str:
    """Name the file by where the source is, and by its state."""
    place = hashlib.sha256(str(PACKAGE).encode())
    state = hashlib.sha256(sys.version.encode())  # ast writes text a little differently by version
    for path in sorted([*PACKAGE.rglob("*.py"), PACKAGE / "__init__.pyi"]):
        stat = path.stat()
        state.update(f"{path}|{stat.st_mtime_ns}|{stat.st_size}\n".encode())
    return f"catalog-{place.hexdigest()[:16]}-{state.hexdigest()[:16]}.json"


def _folders() -> list[Path]:
    """Give the folders to keep the catalog in, the best first."""
    folders = [PACKAGE / "__pycache__"]
    with suppress(RuntimeError):  # an account without a home folder
        folders.append(_files.user_cache())
    return folders


def _tool(entry: dict[str, Any]) -> Tool:
    """Make a tool of what JSON holds; what was a tuple came back as a list."""

    def with_tuples(fields: dict[str, Any]) -> dict[str, Any]:
        return {k: tuple(v) if isinstance(v, list) else v for k, v in fields.items()}

    parameters = tuple(Parameter(**with_tuples(fields)) for fields in entry.pop("parameters"))
    return Tool(**entry, parameters=parameters)
