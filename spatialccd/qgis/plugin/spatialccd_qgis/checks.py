"""Says what is wrong with the values of a run, in place of QGIS's "incorrect value"."""

import difflib
import os

from qgis.core import (
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterNumber,
    QgsProject,
)

from .texts import say


def with_words(algorithm, given):
    """Give values whose choices are words: qgis_process prints, and takes, their numbers."""
    found = dict(given)
    for definition in algorithm.parameterDefinitions():
        value = found.get(definition.name())
        if isinstance(definition, QgsProcessingParameterEnum) and value is not None:
            found[definition.name()] = _word(definition.options(), value)
    return found


def _word(options, value):
    text = str(value).strip()
    if text in options or not text.isdigit() or int(text) >= len(options):
        return value
    return options[int(text)]


def problems(algorithm, given, context):
    """List what is wrong, a sentence each; empty where it is nothing of these kinds."""
    found = []
    for definition in algorithm.parameterDefinitions():
        value = given.get(definition.name(), definition.defaultValue())
        if definition.checkValueIsAcceptable(value, context):
            continue
        found.append(_problem(definition, value))
    return [problem for problem in found if problem]


def _problem(definition, value):
    label = definition.description()
    if isinstance(definition, QgsProcessingParameterFeatureSource):
        return missing_layer(value) if value else say("Choose a layer for {label}.", label=label)
    if isinstance(definition, QgsProcessingParameterField):
        return say("Choose a field for {fields}.", fields=f"{label} ({definition.name()})")
    if isinstance(definition, QgsProcessingParameterEnum):
        words = ", ".join(definition.options())
        return say("{label} takes {words}, not {value}.", label=label, words=words, value=value)
    if isinstance(definition, QgsProcessingParameterNumber):
        return say("{label} takes a number, not {value}.", label=label, value=value)
    if definition.isDestination():
        return say("Say where {label} goes ({name}).", label=label, name=definition.name())
    return say(
        "{label} ({name}) does not take {value}.", label=label, name=definition.name(), value=value
    )


def missing_layer(value):
    """Say that there is no such layer, with the nearest that there is."""
    known = [layer.name() for layer in QgsProject.instance().mapLayers().values()]
    near = difflib.get_close_matches(str(value), known, n=1)
    if near:
        hint = say("did you mean {near}?", near=near[0])
    elif known:
        hint = say("there are {fields}", fields=", ".join(known))
    else:
        hint = say("the project has no layers")
    path = str(value).split("|")[0]
    if os.sep in path and not os.path.exists(path):
        return say("There is no file {path}.", path=path)
    return say("No layer is called {name} and there is no such file; {hint}", name=value, hint=hint)
