"""What the variables of a study are called, and which of its words name nothing."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from spatialccd.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spatialccd.report.words.labels import Labels
    from spatialccd.workspace import Workspace


def unknown_labels(labels: Labels, space: Workspace) -> str:
    """Say which of the words name no column, step or term of a study; nothing when all do."""
    if not labels:
        return ""
    known = {*space.column_names(), *space.results, *_terms(space)}
    lost = [name for name in labels if name not in known]
    if not lost:
        return ""
    named = "; ".join(f"{name!r}{did_you_mean(name, known)}" for name in lost)
    return f"[labels] names variables that this study does not have: {named}"


def worded(settings: Mapping[str, Any], labels: Labels) -> dict[str, Any]:
    """Give the settings of a figure with the study's words beside its own, as plain text."""
    own = dict(settings)
    if isinstance(own.get("labels"), str):  # the names of units on a map
        own.setdefault("names", own.pop("labels"))
    words = {name: asdict(label) for name, label in labels.items()} | own.pop("labels", {})
    return own | ({"labels": words} if words else {})


def _terms(space: Workspace) -> set[str]:
    """Give the columns and the words of every result, any of which may name a variable."""
    found: set[str] = set()
    for result in space.results.values():
        for frame in (result.to_frame(), *result.further().values()):
            for name in frame.columns:
                found |= {str(part) for part in (name if isinstance(name, tuple) else (name,))}
            words = [*frame.index.to_frame(index=False).items(), *frame.items()]
            for _, column in words:
                if column.dtype == object or str(column.dtype) in ("str", "string", "category"):
                    found |= {str(word) for word in column.dropna().unique()}
    return found
