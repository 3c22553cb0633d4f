"""What the worker is asked to do in one run: layers written down, fields checked, names."""

import os

from qgis.core import QgsFeatureRequest, QgsProcessingException

from . import catalog, checks, guess, layers, matrices, provenance
from .parameters import (
    AT_TIME,
    BOUNDARIES,
    BOUNDARIES_UNIT,
    INPUT,
    TIME,
    UNIT,
    name_parameter,
    output_parameter,
    place_parameters,
)
from .texts import language, of, say
from .values import Values


class Request:
    """One run: its sources, and the message for the worker.

    Attributes
    ----------
    source, boundaries : QgsProcessingFeatureSource or None
        The layer with the figures, and that of the areas where there is one.
    wanted : list of dict
        The optional outputs that were asked for, as the catalog describes them.
    """

    def __init__(self, tool, given, algorithm, context, is_cancelled):
        self._tool = tool
        self._given = given
        self._algorithm = algorithm
        self._context = context
        self._is_cancelled = is_cancelled
        self._values = Values(tool, given, algorithm, context)
        self.wanted = [o for o in tool["also"] if given.get(output_parameter(o))]
        self.source = self._source(INPUT)
        self.boundaries = self._source(BOUNDARIES, optional=True)
        self._places = {o["name"]: self._new_places(o) for o in self.wanted if o["places"]}

    def telling(self, answer):
        """Say which year a run took of several, where it took one."""
        if not self._tool["one_time"] or answer.get("time") in (None, ""):
            return ""
        return say("Year: {time}", time=answer["time"])

    def sources_of(self, other):
        """Give the layers that the rows of an optional output belong to: its own, or the run's."""
        if other["name"] in self._places:
            return self._places[other["name"]], None
        return self.source, self.boundaries

    def write(self, folder):
        """Check what was chosen, write the layers to a folder, and give the message.

        Raises
        ------
        QgsProcessingException
            Fields are not there or were not chosen; all of them are named.
        """
        if self._tool["matrices"]:
            return self._write_matrices(folder)
        values, tool = self._values, self._tool
        columns, before = values.columns(), values.before()
        unit, time, code = (values.field(name) for name in (UNIT, TIME, BOUNDARIES_UNIT))
        names = _fields_of(tool, columns, before)
        self._check(columns, before, [unit, time, *names], code)
        self._check_years(unit, time)
        self.unit, self.time = unit, time
        self.variables = _about(tool, columns, before)
        graph = values.graph(catalog.catalog()["neighbors"])
        message = self._message(folder, columns, values.settings(), graph, before)
        message["input"] = os.path.join(folder, "input.gpkg")
        if tool["one_time"]:
            message["time"] = values.text(AT_TIME)
        if tool["draws"]:
            message["figure"] = self._figure("FIGURE")
            message["made_with"] = self._made_with()
        self._write(self.source, message["input"], unit, time, names)
        self._write_boundaries(message, code)
        return message

    def _message(self, folder, columns, settings, graph, before):
        """Give what every run tells the worker."""
        return {
            "type": "run",
            "language": language(),
            "tool": self._tool["tool"],
            "folder": folder,
            "columns": columns,
            "settings": settings,
            "graph": graph,
            "before": before,
            "also": [self._after(other, folder) for other in self.wanted],
        }

    def _write_boundaries(self, message, code):
        if self.boundaries is not None:
            message["boundaries"] = os.path.join(message["folder"], "boundaries.gpkg")
            named = _names_of_areas(self.boundaries)
            self._write(self.boundaries, message["boundaries"], code, "", named)

    def _write_matrices(self, folder):
        """Write the tables of units by units down, and give the message that reads them."""
        values, tool = self._values, self._tool
        self.unit, self.time, self.variables = "", "", []
        columns, before, settings = {}, [], values.settings()
        for entry, layer, fields in matrices.names(tool, (INPUT, UNIT)):
            source = self.source if layer == INPUT else self._source(layer, optional=True)
            if source is None:
                continue
            chosen = {name: values.field(field) for name, field in fields.items()}
            read = matrices.write(source, chosen, folder, self._is_cancelled)
            if entry["of"] is None:
                settings.update(read)
                self.variables.append(source.sourceName())
                continue
            name = (entry["named"] and values.text(name_parameter(entry))) or entry["name"]
            self.variables.append(name if entry["named"] else source.sourceName())
            step = {"tool": "read_matrix", "name": name, "columns": {}, "settings": read}
            before.append(step)
            if entry["named"]:
                columns.setdefault(entry["of"], []).append(name)
            else:
                columns[entry["of"]] = name
        message = self._message(folder, columns, settings, {}, before)
        code = values.field(BOUNDARIES_UNIT)
        if self.boundaries is not None:
            areas = self.boundaries
            problem = layers.absent(areas.fields(), areas.sourceName(), [code])
            if problem:
                raise QgsProcessingException(problem)
        self._write_boundaries(message, code)
        return message

    def _made_with(self):
        """Give how the layer of a map was made, which its small print tells."""
        layer = self._algorithm.parameterAsVectorLayer(self._given, INPUT, self._context)
        return provenance.read(layer) if layer is not None else {}

    def _check_years(self, unit, time):
        """Refuse a layer of several years that is taken for one: its copies touch each other."""
        if time:
            return
        if unit:
            count, rows = _twice(self.source, unit)
        elif self.source.wkbType() != layers.NO_GEOMETRY:
            count, rows = guess.repeated(self.source)
        else:
            return
        found = guess.fields_of(self.source) if count else None
        if not count or (unit and not found.time):
            return  # a code that stands twice for another reason is the worker's to tell
        raise QgsProcessingException(self._several_years(count, rows, unit, found))

    def _several_years(self, count, rows, unit, found):
        """Say what is repeated, which fields look like unit and year, and what to do."""
        what = say(
            "The layer {layer} has {count} units in {rows} rows, so each would count as a "
            "place of its own."
            if unit
            else "The layer {layer} draws {count} areas more than once, in {rows} rows, so each "
            "copy would count as a place of its own.",
            layer=self.source.sourceName(),
            count=count,
            rows=rows,
        )
        known = ""
        if found.unit and found.time:
            known = say(
                " It is a panel: {unit} looks like the unit and {time} like the year.",
                unit=found.unit,
                time=found.time,
            )
        elif found.time:
            known = say(" {time} looks like the year.", time=found.time)
        if not self._tool["takes_fields"]:
            return what + known + say(" Filter the layer to one year.")
        if not known:
            return what + say(" Keep one row for each.")
        return (
            what + known + say(" Choose them as Code of the unit and Year, or filter to one year.")
        )

    def _after(self, other, folder):
        """Give the step of one optional output, and write its layer down where it has one."""
        step = self._values.after(other)
        if other["draws"]:
            step["figure"] = self._figure(output_parameter(other))
        if other["name"] in self._places:
            step["layer"] = os.path.join(folder, other["name"] + ".gpkg")
            unit = self._values.field(place_parameters(other)[1])
            names = step["columns"][other["places"]["columns"]]
            self._write(self._places[other["name"]], step["layer"], unit, "", names)
        return step

    def _figure(self, name):
        return self._algorithm.parameterAsFileOutput(self._given, name, self._context)

    def _new_places(self, other):
        name, _ = place_parameters(other)
        if not self._given.get(name):
            label = self._algorithm.parameterDefinition(name).description()
            raise QgsProcessingException(
                say("Choose a layer for {label} (under Advanced).", label=label)
            )
        return self._source(name)

    def _source(self, name, optional=False):
        if self._algorithm.parameterDefinition(name) is None:
            return None
        source = self._algorithm.parameterAsSource(self._given, name, self._context)
        if source is None:
            if optional and not self._given.get(name):
                return None
            given = self._given.get(name)
            known = isinstance(given, str) and checks.missing_layer(given)
            raise QgsProcessingException(
                known or self._algorithm.invalidSourceError(self._given, name)
            )
        if source.wkbType() != layers.NO_GEOMETRY and not source.sourceCrs().isValid():
            raise QgsProcessingException(
                say(
                    "The layer {layer} has no coordinate reference system; set it in the layer's "
                    "properties, under Source.",
                    layer=source.sourceName(),
                )
            )
        return source

    def _check(self, columns, before, fields, code):
        """Say all that is not there or not chosen: qgis_process and a model ask no form."""
        values = self._values
        problems = [layers.absent(self.source.fields(), self.source.sourceName(), fields)]
        if self.boundaries is not None:
            areas = self.boundaries
            problems.append(layers.absent(areas.fields(), areas.sourceName(), [code]))
        for other in self.wanted:
            if other["name"] in self._places:
                unit = values.field(place_parameters(other)[1])
                same = columns.get(other["places"]["of"], [])
                new = self._places[other["name"]]
                problems.append(layers.absent(new.fields(), new.sourceName(), [unit, *same]))
        lacking = [
            of(entry, "label")
            for entry in self._tool["columns"]
            if entry["required"] and not columns.get(entry["name"])
        ]
        for step, asked in _pairs(before, self._tool["before"]):
            empty = asked["fills"] and not step["columns"][asked["fills"]]
            lacking += [of(asked, "label")] if empty else []
        if lacking:
            listing = ", ".join(dict.fromkeys(lacking))
            problems.append(say("Choose a field for {fields}.", fields=listing))
        if any(problems):
            raise QgsProcessingException(" ".join(problem for problem in problems if problem))

    def _write(self, source, path, unit, time, names):
        if not layers.write_exchange(source, path, unit, time, names, self._is_cancelled):
            raise QgsProcessingException(
                say(
                    "The layer {layer} has no features to work on; if only selected features are "
                    "to be used, select some.",
                    layer=source.sourceName(),
                )
            )


def _fields_of(tool, columns, before):
    """List the fields that a run takes of its layer."""
    own = {entry["name"] for entry in tool["columns"]} | {tool["fills"]}
    chosen = [value for name, value in columns.items() if name in own]
    chosen += [value for step in before for value in step["columns"].values()]
    return sorted({n for value in chosen for n in ([value] if isinstance(value, str) else value)})


def _about(tool, columns, before):
    """List the variables that a result is about: of a tool's first picker, or the subsystems."""
    named = [step["name"] for step in before if step.get("named")]
    if named:
        return named
    order = [entry["name"] for entry in tool["columns"]] + [tool["fills"]]
    first = next((columns[name] for name in order if columns.get(name)), [])
    return [first] if isinstance(first, str) else list(first)


def _twice(source, unit):
    """Count the units that stand in several rows, and these rows."""
    place = source.fields().lookupField(unit)
    request = QgsFeatureRequest().setFlags(QgsFeatureRequest.Flag.NoGeometry)
    seen = {}
    for feature in source.getFeatures(request):
        value = str(feature.attributes()[place])
        seen[value] = seen.get(value, 0) + 1
    copies = [count for count in seen.values() if count > 1]
    return len(copies), sum(copies)


def _pairs(before, asked):
    """Pair the steps taken with what the catalog says of them."""
    described = {step["name"]: step for step in asked["steps"]} if asked else {}
    return [(step, described[step["form"]]) for step in before]


def _names_of_areas(source):
    """List the text fields of boundaries: a table may name its units and not code them."""
    return [f.name() for f in source.fields() if not f.isNumeric() and "name" in f.name().lower()]
