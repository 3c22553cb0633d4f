"""How a result layer is called, and what it tells about its making."""

import json
import os

from qgis.core import QgsLayerMetadata

from . import catalog
from .texts import say

#: The layer's property that says how it was made: tool, settings, input, versions.
MADE = "spatialccd/made"
#: What a layer is called before the year that is drawn is said.
TITLE = "spatialccd/title"
_SHOWN = 3


def title(name, columns, fallback=()):
    """Call a result by its tool and the variables it is about.

    Parameters
    ----------
    name : str
        The tool's.
    columns : list of str
        The variables.
    """
    variables = list(dict.fromkeys(columns or fallback))
    words = ", ".join(variables[:_SHOWN])
    if len(variables) > _SHOWN:
        words += say(" and {count} more", count=len(variables) - _SHOWN)
    return f"{catalog.display_name(name)}: {words}" if words else catalog.display_name(name)


def described(message, answer, source):
    """Give what a layer is to know of its making.

    Parameters
    ----------
    message, answer : dict
        To the worker and from it.
    source : QgsProcessingFeatureSource
        The layer with the figures.
    """
    made = {
        "tool": message["tool"],
        "input": source.sourceName(),
        "columns": message["columns"],
        "settings": _settings(message["settings"]),
    }
    if message["graph"]:
        made["neighbors"] = message["graph"]
    if message["before"]:
        made["before"] = [
            {
                **{key: step[key] for key in ("name", "tool", "columns")},
                "settings": _settings(step["settings"]),
            }
            for step in message["before"]
        ]
    return {**made, **answer.get("made", {})}


def _settings(settings):
    """Give settings without the folder of a run, whose files are called as their layers are."""
    if "path" not in settings:
        return settings
    return {**settings, "path": os.path.basename(settings["path"])}


def write(layer, made):
    """Write how a layer was made into its metadata, where QGIS shows it, and into a property."""
    layer.setCustomProperty(MADE, json.dumps(made, ensure_ascii=False))
    metadata = QgsLayerMetadata(layer.metadata())
    metadata.setTitle(layer.name())
    metadata.setAbstract(_sentence(made))
    metadata.setType("dataset")
    versions = ", ".join(f"{name} {text}" for name, text in made.get("versions", {}).items())
    metadata.setHistory([_sentence(made), *([versions] if versions else [])])
    layer.setMetadata(metadata)


def read(layer):
    """Give how a layer was made; nothing for one that is not ours."""
    try:
        return json.loads(layer.customProperty(MADE, "") or "{}")
    except ValueError:
        return {}


def _sentence(made):
    settings = ", ".join(f"{name}={value}" for name, value in made.get("resolved", {}).items())
    return say(
        "Made by spatialccd {version}, {tool}({settings}), from the layer {input}.",
        version=made.get("versions", {}).get("spatialccd", ""),
        tool=made["tool"],
        settings=settings or ", ".join(f"{k}={v}" for k, v in made["settings"].items()),
        input=made["input"],
    )
