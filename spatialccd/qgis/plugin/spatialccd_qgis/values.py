"""What was given for an algorithm's parameters, in the worker's words."""

from qgis.core import QgsProcessingException

from .indicators import of_cells
from .parameters import GRAPH, indicators_parameter, kind_of, name_parameter, word_parameter
from .texts import say


class Values:
    """Reads the values of one run."""

    def __init__(self, tool, given, algorithm, context):
        self._tool = tool
        self._given = given
        self._algorithm = algorithm
        self._context = context

    def field(self, name):
        """Give the one field chosen, or an empty text."""
        return self._one(name, self.fields(name))

    def _one(self, name, fields):
        """Give the only one of some fields: none of several is dropped in silence."""
        if len(fields) > 1:
            label = self._algorithm.parameterDefinition(name).description()
            words = ", ".join(fields)
            raise QgsProcessingException(
                say("{label} takes one field, not {fields}.", label=label, fields=words)
            )
        return next(iter(fields), "")

    def fields(self, name):
        """List the fields chosen; none where there is no such parameter."""
        if self._algorithm.parameterDefinition(name) is None:
            return []
        # Newer versions of QGIS have deprecated the one, older ones lack the other.
        ask = getattr(self._algorithm, "parameterAsStrings", self._algorithm.parameterAsFields)
        return ask(self._given, name, self._context)

    def text(self, name):
        """Give a text."""
        return self._algorithm.parameterAsString(self._given, name, self._context)

    def flag(self, name):
        """Tell whether something is ticked."""
        return self._algorithm.parameterAsBool(self._given, name, self._context)

    def columns(self):
        """Give the fields chosen by data parameter, in the form the worker takes."""
        tool = self._tool
        chosen = self._columns(tool["columns"])
        if tool["fills"]:
            chosen[tool["fills"]] = _keys(self._settings(tool["settings"]))
        places = tool["optional_places"]
        if places and self.flag(places["name"]):
            chosen[places["name"]] = "areas"
        for step in tool["before"]["steps"] if tool["before"] else []:
            if step["fits"]:
                chosen[step["fits"]] = step["name"]
        return chosen

    def settings(self):
        """Give the settings of the tool that differ from nothing."""
        return self._settings(self._tool["settings"])

    def graph(self, neighbors):
        """Give the settings of the neighbors that the tool needs."""
        return self._settings(neighbors, GRAPH) if self._tool["needs_graph"] else {}

    def before(self):
        """List the steps whose results the tool takes, without those left empty."""
        asked = self._tool["before"]
        if not asked:
            return []
        shared = self._settings(asked["shared"], asked["prefix"])
        return [self._step(step, shared) for step in asked["steps"] if self._is_taken(step)]

    def after(self, other):
        """Give the step that makes one of the optional outputs."""
        if other["part"]:
            return {"part": other["name"]}
        own = self.settings()
        settings = self._settings(other["settings"], other["name"] + "_")
        settings.update((name, own[name]) for name in other["shared"] if name in own)
        step = {"tool": other["name"], "settings": settings}
        if other["places"]:
            step["columns"] = {other["places"]["columns"]: self.columns()[other["places"]["of"]]}
        return step

    def _is_taken(self, step):
        if step["taken"] == "if ticked":
            return self.flag(step["name"])
        if step["taken"] == "if filled":
            return bool(self._indicators(step))
        return True

    def _step(self, step, shared):
        prefix = step["name"] + "_"
        settings = {**shared, **self._settings(step["settings"], prefix)}
        columns = self._columns(step["columns"], prefix)
        if step["indicators"]:
            settings.update(self._indicators(step))
        if step["fills"]:
            columns[step["fills"]] = _keys(settings)
        name = self.text(name_parameter(step)) if step["named"] else ""
        return {
            "name": name or step["name"],
            "tool": step["tool"],
            "columns": columns,
            "settings": settings,
            "form": step["name"],
            "named": step["named"],
        }

    def _indicators(self, step):
        """Give the settings that a table of indicators holds: directions, weights, targets."""
        name = indicators_parameter(step)
        return of_cells(self._algorithm.parameterAsMatrix(self._given, name, self._context))

    def _columns(self, entries, prefix=""):
        chosen = {}
        for entry in entries:
            names = self.fields(prefix + entry["name"])
            if names:
                one = entry["several"] or self._one(prefix + entry["name"], names)
                chosen[entry["name"]] = names if entry["several"] else one
        return chosen

    def _settings(self, entries, prefix=""):
        found = {}
        for entry in entries:
            value = self._words(entry, prefix) if entry["words"] else self._setting(entry, prefix)
            if value not in (None, ""):
                found[entry["name"]] = value
        return found

    def _words(self, entry, prefix):
        """Give the mapping of columns to words, such as directions, that pickers stand for."""
        return {
            field: word
            for word in entry["choices"]
            for field in self.fields(word_parameter(prefix + entry["name"], word))
        }

    def _setting(self, entry, prefix):
        """Give one setting's value; None where it was left empty."""
        name = prefix + entry["name"]
        if self._given.get(name) is None and entry["default"] is None:
            return None
        kind = kind_of(entry)
        algorithm, given, context = self._algorithm, self._given, self._context
        if kind == "choice":
            return algorithm.parameterAsEnumString(given, name, context)
        if kind == "boolean":
            return algorithm.parameterAsBool(given, name, context)
        if kind == "integer":
            return algorithm.parameterAsInt(given, name, context)
        if kind == "number":
            return algorithm.parameterAsDouble(given, name, context)
        return algorithm.parameterAsString(given, name, context)


def _keys(settings):
    """List the columns that got a word."""
    return list(settings.get("directions", {}))
