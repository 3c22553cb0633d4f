"""What the worker is asked to do in one run: layers written down, fields checked, names."""

import os

from qgis.core import QgsProcessingException

from . import catalog, layers
from .parameters import (
    AT_TIME,
    BOUNDARIES,
    BOUNDARIES_UNIT,
    INPUT,
    TIME,
    UNIT,
    output_parameter,
    place_parameters,
)
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
        values, tool = self._values, self._tool
        columns, before = values.columns(), values.before()
        unit, time, code = (values.field(name) for name in (UNIT, TIME, BOUNDARIES_UNIT))
        names = _fields_of(tool, columns, before)
        self._check(columns, before, [unit, time, *names], code)
        message = {
            "type": "run",
            "tool": tool["name"],
            "folder": folder,
            "columns": columns,
            "settings": values.settings(),
            "graph": values.graph(catalog.catalog()["neighbors"]),
            "before": before,
            "also": [self._after(other, folder) for other in self.wanted],
            "input": os.path.join(folder, "input.gpkg"),
        }
        if tool["one_time"]:
            message["time"] = values.text(AT_TIME)
        if tool["draws"]:
            message["figure"] = self._figure("FIGURE")
        self._write(self.source, message["input"], unit, time, names)
        if self.boundaries is not None:
            message["boundaries"] = os.path.join(folder, "boundaries.gpkg")
            named = _names_of_areas(self.boundaries)
            self._write(self.boundaries, message["boundaries"], code, "", named)
        return message

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
            raise QgsProcessingException(f"Choose a layer for {label} (under Advanced).")
        return self._source(name)

    def _source(self, name, optional=False):
        if self._algorithm.parameterDefinition(name) is None:
            return None
        source = self._algorithm.parameterAsSource(self._given, name, self._context)
        if source is None:
            if optional and not self._given.get(name):
                return None
            raise QgsProcessingException(self._algorithm.invalidSourceError(self._given, name))
        if source.wkbType() != layers.NO_GEOMETRY and not source.sourceCrs().isValid():
            raise QgsProcessingException(
                f"The layer {source.sourceName()} has no coordinate reference system; set it in "
                "the layer's properties, under Source."
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
            entry["name"]
            for entry in self._tool["columns"]
            if entry["required"] and not columns.get(entry["name"])
        ]
        for step, asked in _pairs(before, self._tool["before"]):
            empty = asked["fills"] and not step["columns"][asked["fills"]]
            lacking += [asked["label"]] if empty else []
        if lacking:
            problems.append("Choose a field for {}.".format(", ".join(dict.fromkeys(lacking))))
        if any(problems):
            raise QgsProcessingException(" ".join(problem for problem in problems if problem))

    def _write(self, source, path, unit, time, names):
        if not layers.write_exchange(source, path, unit, time, names, self._is_cancelled):
            raise QgsProcessingException(
                f"The layer {source.sourceName()} has no features to work on; if only selected "
                "features are to be used, select some."
            )


def _fields_of(tool, columns, before):
    """List the fields that a run takes of its layer."""
    own = {entry["name"] for entry in tool["columns"]} | {tool["fills"]}
    chosen = [value for name, value in columns.items() if name in own]
    chosen += [value for step in before for value in step["columns"].values()]
    return sorted({n for value in chosen for n in ([value] if isinstance(value, str) else value)})


def _pairs(before, asked):
    """Pair the steps taken with what the catalog says of them."""
    described = {step["name"]: step for step in asked["steps"]} if asked else {}
    return [(step, described[step["form"]]) for step in before]


def _names_of_areas(source):
    """List the text fields of boundaries: a table may name its units and not code them."""
    return [f.name() for f in source.fields() if not f.isNumeric() and "name" in f.name().lower()]
