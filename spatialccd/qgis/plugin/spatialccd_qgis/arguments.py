"""What a call from the console is given, in the words of Processing; and its help."""

import difflib
import inspect
import os

from qgis.core import (
    QgsMapLayer,
    QgsProcessing,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingOutputLayerDefinition,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProject,
    QgsProperty,
    QgsVectorLayer,
)

from . import catalog, checks, matrices
from .indicators import to_cells
from .parameters import (
    AT_TIME,
    BOUNDARIES,
    BOUNDARIES_UNIT,
    GRAPH,
    INPUT,
    TIME,
    UNIT,
    indicators_parameter,
    name_parameter,
    place_parameters,
    word_parameter,
)

#: What a call takes beside the tool's own parameters: the parameter, and what it is.
_WORDS = {
    "unit": (UNIT, "The field with the code of the unit; the feature id when omitted."),
    "time_field": (TIME, "The field of the year, where the table is in long form."),
    "at": (AT_TIME, "The one year to use; the last when omitted."),
    "boundaries": (BOUNDARIES, "The layer of areas, where `layer` is a table."),
    "boundaries_unit": (BOUNDARIES_UNIT, "The field with the code of the boundaries."),
    "output": ("OUTPUT", "The file of the result, which is added styled; in memory when omitted."),
    "figure": ("FIGURE", "The picture to write; a temporary file when omitted."),
    "log": ("LOG", "An HTML file that tells how the figures were made."),
}


def values(tool, algorithm, given, output=None, fields=()):
    """Give Processing's values for the arguments of a call.

    Parameters
    ----------
    tool : dict
        From the catalog.
    algorithm : QgsProcessingAlgorithm
        The tool's.
    given : dict
        By the names that a call takes.
    output : str, optional
        The optional output that the call is about: its main one stays out of the project.
    fields : QgsFields, optional
        Those of the layer: a field may be named by its alias.

    Raises
    ------
    TypeError
        The tool takes no such argument; the message has the nearest for each.
    """
    names = {d.name().lower(): d for d in algorithm.parameterDefinitions()}
    words = _pickers_by_word(tool)
    aliases = _aliases(tool, output)
    found = _destinations(algorithm, output)
    by_alias = {field.alias(): field.name() for field in fields if field.alias()}
    unknown = []
    for name, value in given.items():
        definition = names.get(aliases.get(name, name).lower())
        if name in words:
            found.update(_chosen(name, words[name], _named(value, by_alias)))
        elif name == "systems" and tool["before"]:
            found.update(_systems(tool, value, by_alias))
        elif definition is not None:
            found[definition.name()] = _value(definition, value, by_alias)
        else:
            unknown.append(name)
    if unknown:
        known = [*signature(tool["name"], [tool]).parameters, *aliases]
        hints = []
        for name in unknown:
            near = difflib.get_close_matches(name, known, n=1)
            hints.append(f"{name!r}" + (f" (did you mean {near[0]!r}?)" if near else ""))
        raise TypeError(f"{tool['name']} takes no {', '.join(hints)}")
    return found


def _aliases(tool, output):
    """Give the parameters that a call has shorter names for."""
    found = {name: parameter for name, (parameter, _) in _WORDS.items()}
    if tool["columns"]:
        found.update(dict.fromkeys(("field", "fields"), tool["columns"][0]["name"]))
    if output:
        other = _other(tool, output.lower())
        own = [entry["name"] for entry in other["settings"]]
        found.update((name, "{}_{}".format(other["name"], name)) for name in own)
        if other["places"]:
            found.update(zip(("layer_new", "unit_new"), place_parameters(other)))
    return found


def layer(given):
    """Give a vector layer: itself, the project's layer of that name or id, or a file."""
    if isinstance(given, (QgsMapLayer, QgsProcessingFeatureSourceDefinition)):
        return given
    project = QgsProject.instance()
    found = project.mapLayersByName(str(given))
    if len(found) > 1:
        listing = "; ".join(f"{one.id()} from {one.publicSource()}" for one in found)
        raise ValueError(
            f"{len(found)} layers are called {given!r}; pass the layer itself, such as "
            f"iface.activeLayer(), or its id: {listing}"
        )
    if found or project.mapLayer(str(given)):
        return found[0] if found else project.mapLayer(str(given))
    path = os.path.expanduser(str(given))
    if os.path.exists(path.split("|")[0]):
        return path
    raise ValueError(checks.missing_layer(given))


def vector_layer(given):
    """Give a vector layer as an object: of a file one is opened.

    Raises
    ------
    ValueError
        There is none, or it is a raster.
    """
    found = layer(given)
    if isinstance(found, QgsProcessingFeatureSourceDefinition):
        found = layer(found.source.staticValue())
    if isinstance(found, str):
        found = QgsVectorLayer(found, os.path.splitext(os.path.basename(found))[0], "ogr")
    if not isinstance(found, QgsVectorLayer) or not found.isValid():
        raise ValueError(f"{given!r} is no vector layer that QGIS can open")
    return found


def selected_of(given):
    """Give the selected features of a layer as Processing takes them.

    Raises
    ------
    ValueError
        The layer is not in the project, or nothing of it is selected.
    """
    if isinstance(given, QgsProcessingFeatureSourceDefinition):
        return given
    found = layer(given)
    if isinstance(found, str) or QgsProject.instance().mapLayer(found.id()) is None:
        raise ValueError("selected=True takes a layer of the project; add it there first")
    if not found.selectedFeatureCount():
        raise ValueError(f"nothing is selected in the layer {found.name()}")
    return QgsProcessingFeatureSourceDefinition(found.id(), True)


def signature(name, hosts):
    """Give the signature of a call, for ``help`` and the console's tips."""
    described = _described(name, hosts)
    kinds = inspect.Parameter
    parameters = [kinds("layer", kinds.POSITIONAL_OR_KEYWORD)]
    for key, (default, _) in described.items():
        parameters.append(kinds(key, kinds.KEYWORD_ONLY, default=default))
    return inspect.Signature(parameters)


def documentation(name, hosts):
    """Write the help of a call."""
    tool = hosts[0]
    own = tool if tool["name"] == name else _other(tool, name)
    lines = [own["title"], "", *([own["help"], ""] if own.get("help") else [])]
    lines += ["Parameters", "----------"]
    lines += ["layer", "    A layer, its name or id in the project, or a file."]
    if tool["columns"]:
        many = tool["columns"][0]["several"]
        word, first = ("fields" if many else "field"), tool["columns"][0]["name"]
        lines += [word, f"    The same as {first}: the field, or its alias."]
    for key, (_, text) in _described(name, hosts).items():
        lines += [key, "    " + _short(text)]
    return "\n".join(lines)


def _described(name, hosts):
    """Give the arguments of a call after the layer: the default of each, and what it is."""
    tool = hosts[0]
    empty = inspect.Parameter.empty
    found = {}
    for entry in tool["columns"]:
        found[entry["name"]] = (empty if entry["required"] else None, entry["help"])
    if tool["before"]:
        found.update(_described_steps(tool["before"]))
    found.update(_described_matrices(tool))
    for entry in tool["settings"]:
        found[entry["name"]] = (empty if entry["words"] else entry["default"], entry["help"])
    if tool["needs_graph"]:
        for entry in catalog.catalog()["neighbors"]:
            found[GRAPH + entry["name"]] = (entry["default"], "Neighbors: " + entry["help"])
    if tool["name"] == name:
        for other in tool["also"]:
            found[other["name"]] = (None, other["title"] + " True, or the file to write.")
    else:
        found.update(_described_other(_other(tool, name)))
        names = ", ".join(host["name"] for host in hosts)
        found["after"] = (tool["name"], f"The tool that makes what it goes on from: {names}.")
    for key in ("unit", "time_field", "at", "boundaries", "boundaries_unit"):
        drawn = tool["on_units"] or not tool["matrices"]
        needs = {"time_field": tool["takes_fields"], "at": tool["one_time"]}
        needs.update(unit=not tool["matrices"], boundaries=drawn, boundaries_unit=drawn)
        if needs.get(key, True):
            found[key] = (None, _WORDS[key][1])
    own = tool["draws"] if tool["name"] == name else _other(tool, name)["draws"]
    found["figure" if own else "output"] = (None, _WORDS["figure" if own else "output"][1])
    found["log"] = (None, _WORDS["log"][1])
    if not own:
        found["name"] = (None, "What the layer is called; tool, variables and year when omitted.")
    found["selected"] = (False, "Take the selected features only.")
    found["wait"] = (True, "Give the result; else at once the task, which adds it when it ends.")
    return found


def _described_matrices(tool):
    """Give the arguments of tables of units by units: `layer` is the first of them."""
    found = {}
    for entry, layer, fields in matrices.names(tool, ("layer", "unit")):
        if layer != "layer":
            default = inspect.Parameter.empty if entry["required"] else None
            found[layer] = (default, entry["help"])
        if entry["named"]:
            found[name_parameter(entry)] = (None, "What it is called in the result.")
        for own in entry["fields"]:
            found[fields[own["name"]]] = (None, own["help"])
    return found


def _described_steps(asked):
    found = {}
    if any(step["named"] for step in asked["steps"]):
        most = sum(step["named"] for step in asked["steps"])
        text = (
            f"The subsystems, up to {most}: by name, a mapping of fields to 'benefit', 'cost' or "
            "'moderate'."
        )
        found["systems"] = (inspect.Parameter.empty, text)
    for step in asked["steps"]:
        if step["taken"] == "if ticked":
            found[step["name"]] = (step["ticked"], step["label"])
        if not step["named"]:
            for entry in [*step["columns"], *step["settings"]]:
                default = inspect.Parameter.empty if entry["required"] else entry.get("default")
                found["{}_{}".format(step["name"], entry["name"])] = (default, entry["help"])
    for entry in asked["shared"]:
        default = inspect.Parameter.empty if entry["words"] else entry["default"]
        found[asked["prefix"] + entry["name"]] = (default, entry["help"])
    return found


def _described_other(other):
    found = {}
    if other["places"]:
        found["layer_new"] = (inspect.Parameter.empty, "The layer of new places.")
        found["unit_new"] = (None, "The field with the code of the new places.")
    for entry in other["settings"]:
        found[entry["name"]] = (entry["default"], entry["help"])
    return found


def _other(tool, name):
    return next(other for other in tool["also"] if other["name"] == name)


def _short(text):
    return " ".join(text.split())


def _destinations(algorithm, output):
    """Give where results go that a call names no place for: the project, or a temporary file."""
    found = {}
    for name in ("OUTPUT", "FIGURE", output):
        definition = algorithm.parameterDefinition(name) if name else None
        if definition is not None:
            aside = output is not None and name != output
            found[name] = "memory:" if aside else _place(definition)
    return found


def _place(definition):
    """Give the place of a result that is to come into the project."""
    if isinstance(definition, QgsProcessingParameterFeatureSink):
        return QgsProcessingOutputLayerDefinition("memory:", QgsProject.instance())
    return QgsProcessing.TEMPORARY_OUTPUT


def _pickers_by_word(tool):
    """Give the settings that are mappings of fields to words, by the name a call has for them."""
    found = {entry["name"]: entry for entry in tool["settings"] if entry["words"]}
    for entry in tool["before"]["shared"] if tool["before"] else []:
        if entry["words"]:
            found[tool["before"]["prefix"] + entry["name"]] = entry
    return found


def _chosen(name, entry, value):
    """Give the fields of each word, from a mapping of fields to words."""
    _check_words(name, entry, value)
    return {
        word_parameter(name, word): [field for field, said in value.items() if said == word]
        for word in entry["choices"]
    }


def _check_words(name, entry, value):
    if not isinstance(value, dict):
        raise TypeError(f"{name} takes a mapping of fields to {' or '.join(entry['choices'])}")
    wrong = [word for word in value.values() if word not in entry["choices"]]
    if wrong:
        raise ValueError(f"{name} takes {' and '.join(entry['choices'])}, not {wrong[0]!r}")


def _systems(tool, systems, by_alias):
    """Give the names and the tables of indicators of subsystems."""
    steps = [step for step in tool["before"]["steps"] if step["named"]]
    if not isinstance(systems, dict):
        raise TypeError("systems takes {name: {field: 'benefit' or 'cost'}}")
    if len(systems) > len(steps):
        raise ValueError(f"{tool['name']} takes up to {len(steps)} subsystems here")
    found = {}
    for step, (name, directions) in zip(steps, systems.items()):
        found[name_parameter(step)] = name
        entry = step["indicators"]
        _check_words(f"systems[{name!r}]", entry, directions)
        found[indicators_parameter(step)] = to_cells(_named(directions, by_alias))
    return found


def _named(fields, by_alias):
    """Give fields by their names where they were given by their aliases."""
    if isinstance(fields, dict):
        return {by_alias.get(field, field): word for field, word in fields.items()}
    if isinstance(fields, (list, tuple)):
        return [by_alias.get(field, field) for field in fields]
    return by_alias.get(fields, fields)


def _value(definition, value, by_alias):
    if isinstance(definition, QgsProcessingParameterFeatureSource):
        return layer(value)
    if isinstance(definition, QgsProcessingParameterFeatureSink):
        return _sink(definition, value)
    if definition.isDestination():
        return _place(definition) if value is True else str(value)
    if isinstance(definition, QgsProcessingParameterField):
        own = definition.parentLayerParameterName() == INPUT
        return _named(value, by_alias) if own else value
    if isinstance(value, dict):
        return ",".join(f"{key}={_line(item)}" for key, item in value.items())
    return _line(value, ",")


def _line(value, between=":"):
    """Write a list on a line of text, as the forms take it."""
    if isinstance(value, (list, tuple)):
        return between.join(str(item) for item in value)
    return value


def _sink(definition, value):
    """Give the place of a layer that comes into the project, in memory or in a file."""
    if value is True or value is None:
        return _place(definition)
    if isinstance(value, QgsProcessingOutputLayerDefinition):
        return value
    path = (
        value
        if str(value).startswith("memory:")
        else os.path.abspath(os.path.expanduser(str(value)))
    )
    if not path.startswith("memory:") and not os.path.isdir(os.path.dirname(path)):
        raise ValueError(f"there is no folder {os.path.dirname(path)}")
    return QgsProcessingOutputLayerDefinition(QgsProperty.fromValue(path), QgsProject.instance())
