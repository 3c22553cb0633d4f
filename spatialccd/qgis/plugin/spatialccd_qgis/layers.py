"""Features out to the worker, columns back by feature id."""

import difflib
import json

from qgis.core import (
    NULL,
    Qgis,
    QgsCoordinateTransformContext,
    QgsFeature,
    QgsFeatureRequest,
    QgsFeatureSink,
    QgsField,
    QgsFields,
    QgsGeometry,
    QgsVectorFileWriter,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QMetaType, QVariant

from .texts import say

#: From 3.38 on a field's type is a QMetaType.
_KINDS = QMetaType.Type if Qgis.QGIS_VERSION_INT >= 33800 else QVariant
_TYPES = {
    "integer": "LongLong",
    "number": "Double",
    "boolean": "Bool",
    "text": "QString" if Qgis.QGIS_VERSION_INT >= 33800 else "String",
}
ROW, UNIT, TIME = "_row", "_unit", "_time"
NO_GEOMETRY = QgsWkbTypes.Type.NoGeometry


def field(name, kind):
    """Make a field of a kind that the worker speaks of."""
    return QgsField(name, getattr(_KINDS, _TYPES[kind]))


def absent(fields, layer, names):
    """Say which fields a layer has not, each with the nearest that it has; or nothing.

    Parameters
    ----------
    fields : QgsFields
        Those of the layer.
    layer : str
        Its name.
    names : list of str
        The fields wanted; empty ones do not count.
    """
    known = [field.name() for field in fields]
    lacking = [n for n in dict.fromkeys(names) if n and fields.lookupField(n) < 0]
    if not lacking:
        return ""
    folded = {name.lower(): name for name in reversed(known)}
    words, hinted = [], 0
    for name in lacking:
        near = difflib.get_close_matches(name.lower(), list(folded), n=1)
        hint = say(" (did you mean {near}?)", near=folded[near[0]]) if near else ""
        words.append(name + hint)
        hinted += bool(hint)
    all_hinted = hinted == len(words)
    listing = "" if all_hinted else say("; there are {fields}", fields=", ".join(known))
    return say(
        "The layer {layer} has no field {fields}{listing}.",
        layer=layer,
        fields=", ".join(words),
        listing=listing,
    )


def write_exchange(source, path, unit, time, columns, is_cancelled):
    """Write what a tool needs of a source's features, as the worker reads it.

    Parameters
    ----------
    source : QgsProcessingFeatureSource
        The features; only those selected, where the user asked for that.
    path : str
        The GeoPackage to write.
    unit, time : str
        Fields with the code of a unit and the time of a row; empty for the
        feature id, and for no time.
    columns : list of str
        The fields that the tool takes.
    is_cancelled : callable
        Asked at every feature.

    Returns
    -------
    int
        The number of features written.
    """
    own = source.fields()
    fields = QgsFields()
    fields.append(field(ROW, "integer"))
    fields.append(_renamed(own, unit, UNIT) if unit else field(UNIT, "integer"))
    if time:
        fields.append(_renamed(own, time, TIME))
    places = [own.lookupField(name) for name in columns]
    for place in places:
        fields.append(QgsField(own.at(place)))
    writer = QgsVectorFileWriter.create(
        path,
        fields,
        _multi(source.wkbType()),
        source.sourceCrs(),
        QgsCoordinateTransformContext(),
        _options(),
    )
    if writer.hasError() != QgsVectorFileWriter.WriterError.NoError:
        raise OSError(writer.errorMessage())
    keys = [own.lookupField(name) for name in (unit, time) if name]
    count = 0
    for feature in source.getFeatures():
        if is_cancelled():
            break
        attributes = feature.attributes()
        first = [] if unit else [feature.id()]
        row = QgsFeature(fields)
        row.setAttributes(
            [feature.id(), *first, *(attributes[k] for k in keys), *(attributes[p] for p in places)]
        )
        if feature.hasGeometry():
            row.setGeometry(_plain(feature.geometry()))
        if not writer.addFeature(row, QgsFeatureSink.Flag.FastInsert):
            raise OSError(writer.errorMessage())
        count += 1
    del writer
    return count


def read_result(path):
    """Read what the worker wrote: the rows' features and areas, and the columns."""
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def longest_name(destination):
    """Give how many bytes a field's name may take where a result goes; None for no limit."""
    sink = getattr(destination, "sink", destination)
    path = sink.staticValue() if hasattr(sink, "staticValue") else sink
    return 10 if str(path).lower().endswith(".shp") else None


class Table:
    """A result as the fields and features of a layer.

    Attributes
    ----------
    fields, wkb, crs
        Of the layer: geometry is that of the units, the result's own, or none.
    names : dict of str to str
        The field of each column of the result: another name where the layer has that field.
    style : str
        The result's own style in the words of QGIS, or nothing.
    aliases : dict of str to str
        Of the user's fields, by the name they have here.
    cut : dict of str to str
        Names that a format had no room for, and what stands for each.
    """

    def __init__(self, result, source, boundaries, longest=None):
        self._result = result
        self._source = source
        self._on_rows = result["rows"] is not None
        areal = source if boundaries is None else boundaries
        self._areal = areal if result["areas"] is not None else None
        self._shapes = result.get("shapes")
        self.style = result.get("style", "")
        self._own = {f.id(): f.attributes() for f in source.getFeatures()} if self._on_rows else {}
        #: Columns that hold what a field of the user's holds: they are not written twice.
        self._echoes = self._echoed()
        self.fields = QgsFields()
        self.names, self.aliases, self.cut = {}, {}, {}
        for own in source.fields() if self._on_rows else []:
            echo = self._echoes.get(own.name())
            kept = field(own.name(), echo["type"]) if echo else QgsField(own)
            kept.setName(self._fit(own.name(), longest))
            self.fields.append(kept)
            if own.alias():
                self.aliases[kept.name()] = own.alias()
            if echo:
                self.names[own.name()] = kept.name()
        for column in self._added():
            name = self._fit(column["name"], longest)
            self.names[column["name"]] = name
            self.fields.append(field(name, column["type"]))
        self.crs = areal.sourceCrs()
        self.wkb = QgsWkbTypes.Type.NoGeometry
        if self._areal is not None:
            self.wkb = _multi(areal.wkbType())
        elif self._shapes is not None:
            self.wkb = QgsWkbTypes.parseType(self._shapes["kind"])

    def time_field(self, chosen):
        """Give the field of the times: the user's, or the result's own; or nothing."""
        if self._on_rows and chosen and self.fields.lookupField(chosen) >= 0:
            return chosen
        return self.names.get("time", "") if self._areal is not None else ""

    def _echoed(self):
        """Give the columns of the result that are fields of the layer, value by value."""
        fields = [f.name() for f in self._source.fields()] if self._on_rows else []
        found = {}
        for column in self._result["columns"]:
            if column["name"] in fields:
                place = fields.index(column["name"])
                own = (self._own[row][place] for row in self._result["rows"])
                if all(_alike(a, b) for a, b in zip(own, column["values"])):
                    found[column["name"]] = column
        return found

    def _added(self):
        """List the columns that the layer had not."""
        return [c for c in self._result["columns"] if c["name"] not in self._echoes]

    def _fit(self, name, longest):
        """Give a name no field has yet, short enough for a format; remember what was cut."""
        free = _free(name, self.fields, longest)
        if longest and len(name.encode("utf-8")) > longest:
            self.cut[name] = free
        return free

    def features(self):
        """Yield the features, in the order of the result."""
        result, added = self._result, self._added()
        echoes = [
            (self._source.fields().lookupField(name), column)
            for name, column in self._echoes.items()
        ]
        shapes = self._geometries()
        count = len(result["columns"][0]["values"]) if result["columns"] else 0
        for i in range(count):
            feature = QgsFeature(self.fields)
            before = list(self._own[result["rows"][i]]) if self._on_rows else []
            for place, column in echoes:
                before[place] = column["values"][i]
            feature.setAttributes([*before, *(c["values"][i] for c in added)])
            if shapes is not None:
                feature.setGeometry(shapes[i])
            yield feature

    def _geometries(self):
        """List the geometry of each row; None for a table."""
        if self._shapes is not None:
            return [_from_wkb(shape) for shape in self._shapes["wkb"]]
        if self._areal is None:
            return None
        request = QgsFeatureRequest().setNoAttributes()
        known = {f.id(): f.geometry() for f in self._areal.getFeatures(request)}
        found = [QgsGeometry(known[area]) for area in self._result["areas"]]
        for shape in found:
            shape.convertToMultiType()
        return found


def _alike(own, value):
    """Whether a field holds a value, be it as text."""
    if own is None or own == NULL or own == "":
        return value is None
    if value is None:
        return False
    if isinstance(value, (str, bool)):
        return own == value
    try:
        return float(own) == float(value)
    except (TypeError, ValueError):
        return False


def _from_wkb(text):
    shape = QgsGeometry()
    shape.fromWkb(bytes.fromhex(text))
    return shape


def _options():
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = "GPKG"
    options.layerName = "rows"
    # Names of its own: the layer may have a field called fid or geom.
    options.layerOptions = ["FID=_gpkg_fid", "GEOMETRY_NAME=_gpkg_geom", "SPATIAL_INDEX=NO"]
    options.datasourceOptions = ["VERSION=1.3"]
    return options


def _renamed(fields, name, new):
    renamed = QgsField(fields.at(fields.lookupField(name)))
    renamed.setName(new)
    return renamed


def _free(name, fields, longest=None):
    """Give a name that no field has yet, whatever its case, of so many bytes at most."""
    taken = {f.name().lower() for f in fields}
    free, number = _cut(name, longest), 1
    while free.lower() in taken:
        number += 1
        end = f"_{number}"
        free = _cut(name, longest and longest - len(end)) + end
    return free


def _cut(name, longest):
    """Give the beginning of a name that takes no more bytes."""
    return name.encode("utf-8")[:longest].decode("utf-8", "ignore") if longest else name


def _multi(wkb):
    if wkb == QgsWkbTypes.Type.NoGeometry:
        return wkb
    return QgsWkbTypes.multiType(QgsWkbTypes.linearType(QgsWkbTypes.flatType(wkb)))


def _plain(geometry):
    """Give a geometry of straight lines in two dimensions and of the Multi kind."""
    plain = QgsGeometry(geometry)
    plain.get().dropZValue()
    plain.get().dropMValue()
    if QgsWkbTypes.isCurvedType(plain.wkbType()):
        plain = QgsGeometry(plain.constGet().segmentize())
    plain.convertToMultiType()
    return plain
