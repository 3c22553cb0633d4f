"""What a call from the console is given, in the words of Processing; and its help."""

import difflib
import inspect
import os

from qgis.core import (
    QgsMapLayer,
    QgsProcessing,
    QgsProcessingOutputLayerDefinition,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProject,
)

from .parameters import (
    AT_TIME,
    BOUNDARIES,
    BOUNDARIES_UNIT,
    GRAPH,
    TIME,
    UNIT,
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
    "output": ("OUTPUT", "The file of the result; a layer in memory when omitted."),
    "figure": ("FIGURE", "The picture to write; a temporary file when omitted."),
    "log": ("LOG", "An HTML file that tells how the figures were made."),
}


def values(tool, algorithm, given, output=None):
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

    Raises
    ------
    TypeError
        The tool takes no such argument; the message has the nearest for each.
    """
    names = {d.name().lower(): d for d in algorithm.parameterDefinitions()}
    words = _pickers_by_word(tool)
    aliases = _aliases(tool, output)
    found = _destinations(algorithm, output)
    unknown = []
    for name, value in given.items():
        definition = names.get(aliases.get(name, name).lower())
        if name in words:
            found.update(_chosen(name, words[name], value))
        elif name == "systems" and tool["before"]:
            found.update(_systems(tool, value))
        elif definition is not None:
            found[definition.name()] = _value(definition, value)
        else:
            unknown.append(name)
    if unknown:
        known = [*signature(tool["name"], [tool]).parameters, *names]
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
    if isinstance(given, QgsMapLayer):
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
    known = [item.name() for item in project.mapLayers().values()]
    near = difflib.get_close_matches(str(given), known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known) or 'none'}"
    raise ValueError(f"no layer is called {given!r} and there is no such file; {hint}")


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
    for entry in tool["settings"]:
        found[entry["name"]] = (empty if entry["words"] else entry["default"], entry["help"])
    if tool["needs_graph"]:
        found[GRAPH + "method"] = ("queen", "Who is whose neighbor; graph_… for more of it.")
    if tool["name"] == name:
        for other in tool["also"]:
            found[other["name"]] = (None, other["title"] + " True, or the file to write.")
    else:
        found.update(_described_other(_other(tool, name)))
        names = ", ".join(host["name"] for host in hosts)
        found["after"] = (tool["name"], f"The tool that makes what it goes on from: {names}.")
    for key in ("unit", "time_field", "at", "boundaries", "boundaries_unit"):
        needs = {"time_field": tool["takes_fields"], "at": tool["one_time"]}
        if needs.get(key, True):
            found[key] = (None, _WORDS[key][1])
    found["wait"] = (True, "Give the result; else at once the task, which adds it when it ends.")
    return found


def _described_steps(asked):
    found = {}
    if any(step["named"] for step in asked["steps"]):
        text = "The subsystems: by name, a mapping of fields to 'benefit' or 'cost'."
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
    wrong = [word for word in value.values() if word not in entry["choices"]]
    if wrong:
        raise ValueError(f"{name} takes {' and '.join(entry['choices'])}, not {wrong[0]!r}")
    return {
        word_parameter(name, word): [field for field, said in value.items() if said == word]
        for word in entry["choices"]
    }


def _systems(tool, systems):
    """Give the names and fields of subsystems."""
    steps = [step for step in tool["before"]["steps"] if step["named"]]
    if len(systems) > len(steps):
        raise ValueError(f"{tool['name']} takes up to {len(steps)} subsystems here")
    found = {}
    for step, (name, directions) in zip(steps, systems.items()):
        found[name_parameter(step)] = name
        entry = step["settings"][0]
        found.update(_chosen("{}_{}".format(step["name"], entry["name"]), entry, directions))
    return found


def _value(definition, value):
    if isinstance(definition, QgsProcessingParameterFeatureSource):
        return layer(value)
    if definition.isDestination() and value is True:
        return _place(definition)
    if isinstance(definition, QgsProcessingParameterField) or not isinstance(
        value, (list, tuple, dict)
    ):
        return value
    if isinstance(value, dict):
        return ",".join(f"{key}={item}" for key, item in value.items())
    return ",".join(str(item) for item in value)
