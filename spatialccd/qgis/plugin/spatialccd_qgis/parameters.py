"""Processing parameters from the catalog, and their values in the worker's words."""

from qgis.core import (
    QgsProcessing,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)

INPUT, UNIT, TIME, AT_TIME = "INPUT", "UNIT_FIELD", "TIME_FIELD", "AT_TIME"
BOUNDARIES, BOUNDARIES_UNIT = "BOUNDARIES", "BOUNDARIES_UNIT"
GRAPH = "graph_"
_LABEL_WIDTH = 46


def inputs(tool):
    """Give the parameters for the layers of a tool."""
    source = QgsProcessing.SourceType
    whole = tool["needs_geometry"] and not tool["columns"] and not tool["fills"]
    kind = source.TypeVectorAnyGeometry if whole else source.TypeVector
    yield QgsProcessingParameterFeatureSource(INPUT, "Layer or table with the figures", [kind])
    yield _field(UNIT, "Code of the unit (the feature id if none is chosen)", optional=True)
    if tool["columns"] or tool["fills"]:
        yield _field(TIME, "Year, where the table is in long form", optional=True)
    if tool["one_time"]:
        yield QgsProcessingParameterString(
            AT_TIME, "The one year to use (the last if empty)", None, False, True
        )
    if not whole:
        yield _folded(
            QgsProcessingParameterFeatureSource(
                BOUNDARIES,
                "Boundaries, where the figures are in a table",
                [source.TypeVectorAnyGeometry],
                None,
                True,
            )
        )
        yield _folded(
            _field(BOUNDARIES_UNIT, "Code of the boundaries", parent=BOUNDARIES, optional=True)
        )


def columns(tool):
    """Give the field pickers of a tool."""
    for entry in tool["columns"]:
        kind = QgsProcessingParameterField.DataType
        yield _helped(
            _field(
                entry["name"],
                _label(entry),
                several=entry["several"],
                kind=kind.Numeric if entry["numeric"] else kind.Any,
                optional=not entry["required"],
            ),
            entry,
        )


def settings(tool, neighbors):
    """Give the parameters for the settings of a tool, and of the neighbors it needs."""
    for entry in tool["settings"]:
        yield from _setting(entry, entry["name"])
    places = tool["optional_places"]
    if places:
        yield _folded(
            _helped(
                QgsProcessingParameterBoolean(
                    places["name"], "Take the places into account", False
                ),
                places,
            )
        )
    if tool["needs_graph"]:
        for entry in neighbors:
            for parameter in _setting(entry, GRAPH + entry["name"], "Neighbors: "):
                yield parameter if entry["name"] == "method" else _folded(parameter)


def named_fields(tool, parameters, algorithm, context):
    """Give the fields chosen, by data parameter, in the form the worker takes."""
    chosen = {}
    for entry in tool["columns"]:
        names = algorithm.parameterAsFields(parameters, entry["name"], context)
        if names:
            chosen[entry["name"]] = names if entry["several"] else names[0]
    if tool["fills"]:
        words = _words(tool, parameters, algorithm, context)
        chosen[tool["fills"]] = [name for table in words.values() for name in table]
    return chosen


def given_settings(tool, neighbors, parameters, algorithm, context):
    """Give two mappings: the settings of the tool that differ from nothing, and its neighbors'."""
    own = dict(_words(tool, parameters, algorithm, context))
    for entry in tool["settings"]:
        if not entry["words"]:
            _put(own, entry, entry["name"], parameters, algorithm, context)
    graph = {}
    if tool["needs_graph"]:
        for entry in neighbors:
            _put(graph, entry, GRAPH + entry["name"], parameters, algorithm, context)
    return own, graph


def _words(tool, parameters, algorithm, context):
    """Give the mappings of columns to words, such as directions, that pickers stand for."""
    found = {}
    for entry in tool["settings"]:
        if entry["words"]:
            found[entry["name"]] = {
                field: word
                for word in entry["choices"]
                for field in algorithm.parameterAsFields(
                    parameters, _word_name(entry, word), context
                )
            }
    return found


def _put(found, entry, name, parameters, algorithm, context):
    """Put one setting's value in, unless it was left empty."""
    if parameters.get(name) is None and entry["default"] is None:
        return
    kind = _kind(entry)
    if kind == "choice":
        value = algorithm.parameterAsEnumString(parameters, name, context)
    elif kind == "boolean":
        value = algorithm.parameterAsBool(parameters, name, context)
    elif kind == "integer":
        value = algorithm.parameterAsInt(parameters, name, context)
    elif kind == "number":
        value = algorithm.parameterAsDouble(parameters, name, context)
    else:
        value = algorithm.parameterAsString(parameters, name, context)
    if value != "":
        found[name[len(GRAPH) :] if name.startswith(GRAPH) else name] = value


def _setting(entry, name, prefix=""):
    """Give the parameters of one setting: one, or a picker for every word."""
    if entry["words"]:
        for word in entry["choices"]:
            label = "{}: {}".format(entry["name"].replace("_", " ").capitalize(), word)
            yield _helped(
                _field(_word_name(entry, word), label, several=True, optional=True), entry
            )
        return
    label = prefix + _label(entry)
    default = entry["default"]
    optional = not entry["required"] and _text(default) in (None, "")
    kind = _kind(entry)
    if kind == "choice":
        words = [str(word) for word in entry["choices"]]
        made = QgsProcessingParameterEnum(name, label, words, False, default, optional, True)
    elif kind == "boolean":
        made = QgsProcessingParameterBoolean(name, label, bool(default), optional)
    elif kind in ("integer", "number"):
        number = QgsProcessingParameterNumber.Type
        number = number.Integer if kind == "integer" else number.Double
        made = QgsProcessingParameterNumber(name, label, number, default, optional)
    else:
        made = QgsProcessingParameterString(name, label, _text(default), False, optional)
    made = _helped(made, entry)
    yield _folded(made) if entry["advanced"] else made


def _kind(entry):
    """Give the widget a setting gets: one that holds all it may be, or a line of text."""
    return entry["types"][0] if len(entry["types"]) == 1 else "text"


def _word_name(entry, word):
    return "{}_{}".format(entry["name"], word)


def _text(default):
    if isinstance(default, (list, tuple)):
        return ",".join(str(item) for item in default)
    return None if default is None else str(default)


def _label(entry):
    """Give a label of one line: the setting's name and how its paragraph begins."""
    sentence = " ".join(entry["help"].replace("`", "").split()).split(". ")[0].rstrip(".:;")
    if len(sentence) > _LABEL_WIDTH:
        sentence = sentence[:_LABEL_WIDTH].rsplit(" ", 1)[0] + " …"
    return "{} – {}".format(entry["name"], sentence)


def _field(name, label, parent=INPUT, several=False, kind=None, optional=False):
    kind = QgsProcessingParameterField.DataType.Any if kind is None else kind
    return QgsProcessingParameterField(name, label, None, parent, kind, several, optional)


def _helped(parameter, entry):
    parameter.setHelp(entry["help"])
    return parameter


def _folded(parameter):
    flag = QgsProcessingParameterDefinition.Flag.FlagAdvanced
    parameter.setFlags(parameter.flags() | flag)
    return parameter
