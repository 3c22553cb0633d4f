"""Tables of units by units: the layers that a tool takes them from, written down as .csv."""

import csv
import os
import re

from qgis.core import (
    NULL,
    QgsFeatureRequest,
    QgsProcessing,
    QgsProcessingException,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterString,
)

from . import layers
from .texts import of, say

_UNIT = "unit"
#: What GeoPackages number their rows in: no unit's column.
_ROW_NUMBER = "fid"


def names(tool, first):
    """Give of each table its entry, the parameter of its layer, and those of its fields.

    Parameters
    ----------
    tool : dict
        From the catalog.
    first : tuple of str
        The parameters of the first layer and of its labels, which all tools have.
    """
    for i, entry in enumerate(tool["matrices"]):
        start = "" if i == 0 else entry["name"] + "_"
        fields = {own["name"]: start + own["name"] for own in entry["fields"]}
        if i == 0:
            fields[_UNIT] = first[1]
        yield entry, first[0] if i == 0 else entry["name"], fields


def parameters(tool, first):
    """Give the parameters of a tool's tables; with each whether it is shown folded."""
    kind = QgsProcessing.SourceType.TypeVector
    for entry, layer, fields in names(tool, first):
        start = of(entry, "label") + ": "
        made = QgsProcessingParameterFeatureSource(
            layer, of(entry, "label"), [kind], None, not entry["required"]
        )
        made.setHelp(of(entry, "help"))
        yield made, entry["advanced"]
        if entry["named"]:
            title = start + say("name")
            named = QgsProcessingParameterString(entry["name"] + "_name", title, None, False, True)
            yield named, entry["advanced"]
        for own in entry["fields"]:
            picker = QgsProcessingParameterField(
                fields[own["name"]], start + of(own, "label"), None, layer, optional=True
            )
            picker.setHelp(of(own, "help"))
            yield picker, entry["advanced"]


def write(source, chosen, folder, is_cancelled):
    """Write a layer down as `read_matrix` reads it; give that tool's settings.

    Parameters
    ----------
    source : QgsProcessingFeatureSource
        The rows; only those selected, where the user asked for that.
    chosen : dict of str to str
        The fields, by the tool's settings; empty ones were not chosen.
    folder : str
        Where the file goes, under the layer's name.
    is_cancelled : callable
        Asked at every row.
    """
    known = [field.name() for field in source.fields()]
    problem = layers.absent(source.fields(), source.sourceName(), list(chosen.values()))
    if problem:
        raise QgsProcessingException(problem)
    settings = {name: field for name, field in chosen.items() if field}
    if set(settings) - {_UNIT}:  # a row a pair: the dialog's label of the rows does not count
        settings.pop(_UNIT, None)
        columns = list(dict.fromkeys(settings.values()))
    else:
        columns = [n for n in known if n.lower() != _ROW_NUMBER or n == chosen[_UNIT]]
    path = _free(folder, source.sourceName())
    places = [source.fields().lookupField(name) for name in columns]
    flags = QgsFeatureRequest().setFlags(QgsFeatureRequest.Flag.NoGeometry)
    with open(path, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(columns)
        for feature in source.getFeatures(flags):
            if is_cancelled():
                break
            row = feature.attributes()
            out.writerow([_text(row[place]) for place in places])
    return {"path": path, **settings}


def _text(value):
    """Write a value as it is read back; nothing for NULL."""
    if value is None or value == NULL:
        return ""
    return repr(value) if isinstance(value, float) else str(value)


def _free(folder, name):
    """Give a file that is not there yet."""
    start = re.sub(r"[^\w-]+", "_", name) or "table"
    path, number = os.path.join(folder, start + ".csv"), 1
    while os.path.exists(path):
        number += 1
        path = os.path.join(folder, f"{start}_{number}.csv")
    return path
