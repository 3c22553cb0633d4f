"""Processing parameters from the catalog; ``values`` reads what was given for them."""

from qgis.core import (
    QgsProcessing,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterMatrix,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)

from . import catalog, matrices
from .texts import language, of, say

INPUT, UNIT, TIME, AT_TIME = "INPUT", "UNIT_FIELD", "TIME_FIELD", "AT_TIME"
BOUNDARIES, BOUNDARIES_UNIT = "BOUNDARIES", "BOUNDARIES_UNIT"
GRAPH = "graph_"
#: Columns of the table of a subsystem's indicators.
INDICATOR_COLUMNS = ("Indicator", "Direction", "Weight", "Best value")
_BY_WORD = {
    "benefit": "Indicators of which more is better (benefit)",
    "cost": "Indicators of which less is better (cost)",
    "moderate": "Indicators of which a target is best (moderate)",
}
_INDICATORS_HELP = (
    "A row for each indicator: its field; benefit (more is better), cost (less is better) or "
    "moderate; its weight, where you give your own (they sum to 1); and for a moderate one the "
    "best value, or two ends as 18:24. On a line: gdp,benefit,,,smoke,cost,,"
)


def inputs(tool):
    """Give the parameters for the layers of a tool."""
    if tool["matrices"]:
        for made, folded in matrices.parameters(tool, (INPUT, UNIT)):
            yield _folded(made) if folded else made
        if tool["on_units"]:
            yield from _boundaries()
        return
    source = QgsProcessing.SourceType
    whole = tool["needs_geometry"] and not tool["takes_fields"]
    kind = source.TypeVectorAnyGeometry if whole else source.TypeVector
    yield QgsProcessingParameterFeatureSource(INPUT, say("Layer or table with the figures"), [kind])
    yield _field(UNIT, say("Code of the unit (the feature id if none is chosen)"), optional=True)
    if tool["takes_fields"]:
        yield _field(TIME, say("Year, where the table is in long form"), optional=True)
    if tool["one_time"]:
        yield QgsProcessingParameterString(
            AT_TIME, say("The one year to use (the last if empty)"), None, False, True
        )
    if not whole:
        yield from _boundaries()


def _boundaries():
    """Give the parameters of the layer of areas beside a table."""
    label = say("Boundaries, where the figures are in a table")
    areal = [QgsProcessing.SourceType.TypeVectorAnyGeometry]
    yield QgsProcessingParameterFeatureSource(BOUNDARIES, label, areal, None, True)
    code = say("Code of the boundaries")
    yield _field(BOUNDARIES_UNIT, code, parent=BOUNDARIES, optional=True)


def columns(tool):
    """Give the field pickers of a tool."""
    for entry in tool["columns"]:
        yield _picker(entry, entry["name"])


def before(tool):
    """Give the parameters of the steps whose results a tool takes."""
    asked = tool["before"] or {"steps": [], "shared": []}
    for step in asked["steps"]:
        for made in _of_step(step):
            yield _folded(made) if step["advanced"] else made
    for entry in asked["shared"]:
        yield from _setting(entry, asked["prefix"] + entry["name"])


def after(tool):
    """Give the parameters of the tools that go on from a result: all of them folded."""
    for other in tool["also"]:
        start = catalog.display_name(other["name"]) + ": "
        if other["places"]:
            layer, unit = place_parameters(other)
            kind = QgsProcessing.SourceType.TypeVectorAnyGeometry
            label = start + say("layer of new places, with the same fields")
            made = QgsProcessingParameterFeatureSource(layer, label, [kind], None, True)
            yield _folded(_helped(made, other["places"]))
            yield _folded(_field(unit, start + say("code of the new places"), layer, optional=True))
        for entry in other["settings"]:
            yield from _setting(entry, "{}_{}".format(other["name"], entry["name"]), start)


def output_parameter(other):
    """Name the optional output of a tool that goes on from a result."""
    return other["name"].upper()


def place_parameters(other):
    """Name the parameters of the layer, and of the code, of new places."""
    return output_parameter(other) + "_LAYER", output_parameter(other) + "_UNIT"


def name_parameter(step):
    """Name the parameter of what a step is called."""
    return step["name"] + "_name"


def indicators_parameter(step):
    """Name the parameter of the table of a subsystem's indicators."""
    return step["name"] + "_indicators"


def word_parameter(name, word):
    """Name the picker of the columns that get a word, such as a direction."""
    return f"{name}_{word}"


def settings(tool, neighbors):
    """Give the parameters for the settings of a tool, and of the neighbors it needs."""
    for entry in tool["settings"]:
        yield from _setting(entry, entry["name"])
    places = tool["optional_places"]
    if places:
        yield _folded(
            _helped(
                QgsProcessingParameterBoolean(
                    places["name"], say("Take the places into account"), False
                ),
                places,
            )
        )
    if tool["needs_graph"]:
        for entry in neighbors:
            for parameter in _setting(entry, GRAPH + entry["name"], say("Neighbors: ")):
                yield parameter if entry["name"] == "method" else _folded(parameter)


def _setting(entry, name, prefix=""):
    """Give the parameters of one setting: one, or a picker for every word."""
    if entry["words"]:
        for word in entry["choices"]:
            label = prefix + say(_BY_WORD.get(word, word))
            numeric = QgsProcessingParameterField.DataType.Numeric
            made = _field(
                word_parameter(name, word), label, several=True, kind=numeric, optional=True
            )
            yield _helped(made, entry)
        return
    label = prefix + of(entry, "label")
    default = entry["default"]
    if entry["name"] == "language" and language() in entry["choices"]:
        default = language()  # a figure speaks as QGIS does
    optional = not entry["required"] and _text(default) in (None, "")
    kind = kind_of(entry)
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


def kind_of(entry):
    """Give the widget a setting gets: one that holds all it may be, or a line of text."""
    return entry["types"][0] if len(entry["types"]) == 1 else "text"


def _of_step(step):
    """Give the parameters of one step before a tool."""
    start, prefix = of(step, "label") + ": ", step["name"] + "_"
    if step["named"]:
        yield QgsProcessingParameterString(
            name_parameter(step), start + say("name"), step["name"], False, True
        )
    if step["indicators"]:
        yield _indicators(step, start)
    if step["taken"] == "if ticked":
        label = "{}: {}".format(catalog.display_name(step["tool"]), of(step, "label"))
        yield QgsProcessingParameterBoolean(step["name"], label, step["ticked"])
    for entry in step["columns"]:
        yield _picker(entry, prefix + entry["name"], start)
    for entry in step["settings"]:
        yield from _setting(entry, prefix + entry["name"], start)


def _indicators(step, start):
    """Give the table of a subsystem's indicators: a row each, directions and perhaps weights."""
    made = QgsProcessingParameterMatrix(
        indicators_parameter(step),
        start + say("indicators, their directions and perhaps weights"),
        3,
        False,
        [say(column) for column in INDICATOR_COLUMNS],
        None,
        step["taken"] == "if filled",
    )
    return _helped(made, {"help": say(_INDICATORS_HELP)})


def _text(default):
    if isinstance(default, (list, tuple)):
        return ",".join(str(item) for item in default)
    return None if default is None else str(default)


def _field(name, label, parent=INPUT, several=False, kind=None, optional=False):
    kind = QgsProcessingParameterField.DataType.Any if kind is None else kind
    return QgsProcessingParameterField(name, label, None, parent, kind, several, optional)


def _picker(entry, name, start=""):
    kind = QgsProcessingParameterField.DataType
    made = _field(
        name,
        start + of(entry, "label"),
        several=entry["several"],
        kind=kind.Numeric if entry["numeric"] else kind.Any,
        optional=not entry["required"],
    )
    return _helped(made, entry)


def _helped(parameter, entry):
    parameter.setHelp(of(entry, "help"))
    return parameter


def _folded(parameter):
    flag = QgsProcessingParameterDefinition.Flag.FlagAdvanced
    parameter.setFlags(parameter.flags() | flag)
    return parameter
