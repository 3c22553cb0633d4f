"""A tool of the catalog as a Processing algorithm."""

import html
import os
import shutil
import tempfile

from qgis.core import (
    QgsFeatureSink,
    QgsProcessing,
    QgsProcessingAlgorithm,
    QgsProcessingException,
    QgsProcessingOutputString,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFileDestination,
)
from qgis.PyQt.QtGui import QIcon

from . import catalog, client, environment, layers, parameters, styles
from .parameters import AT_TIME, BOUNDARIES, BOUNDARIES_UNIT, INPUT, TIME, UNIT

OUTPUT, FIGURE, LOG, SUMMARY = "OUTPUT", "FIGURE", "LOG", "SUMMARY"
ICON = os.path.join(os.path.dirname(__file__), "icon.svg")


def ask(message, feedback):
    """Have the worker do one job; what goes wrong is one line for the user."""
    try:
        return client.run(
            message,
            environment.python(),
            environment.variables(),
            environment.ADVICE,
            lambda done, total: feedback.setProgress(100.0 * done / max(total, 1)),
            lambda level, text: _tell(feedback, level, text),
            feedback.isCanceled,
        )
    except client.Cancelled:
        raise QgsProcessingException("Stopped; nothing was changed.") from None
    except client.WorkerError as error:
        for case in error.cases:
            feedback.pushInfo(", ".join("{}: {}".format(*item) for item in case.items()))
        if error.detail:
            feedback.pushDebugInfo(error.detail)
        raise QgsProcessingException(str(error)) from None


def _tell(feedback, level, text):
    if level == "warning":
        feedback.pushWarning(text)
    else:
        feedback.pushInfo(text)


class ToolAlgorithm(QgsProcessingAlgorithm):
    """One tool: its form from the catalog, its figures from the worker."""

    def __init__(self, tool):
        super().__init__()
        self._tool = tool

    def createInstance(self):
        return ToolAlgorithm(self._tool)

    def name(self):
        return self._tool["name"]

    def displayName(self):
        return catalog.display_name(self._tool["name"])

    def group(self):
        return catalog.group(self._tool["station"])

    def groupId(self):
        return self._tool["station"]

    def icon(self):
        return QIcon(ICON)

    def shortDescription(self):
        return self._tool["title"]

    def tags(self):
        return [self._tool["station"], "spatialccd"]

    def shortHelpString(self):
        paragraphs = [self._tool["title"], *self._tool["help"].split("\n\n")]
        return "".join(f"<p>{_line(text)}</p>" for text in paragraphs if text)

    def initAlgorithm(self, configuration=None):
        neighbors = catalog.catalog()["neighbors"]
        for made in parameters.inputs(self._tool):
            self.addParameter(made)
        for made in parameters.columns(self._tool):
            self.addParameter(made)
        for made in parameters.settings(self._tool, neighbors):
            self.addParameter(made)
        if self._tool["draws"]:
            kinds = "PNG (*.png);;PDF (*.pdf);;SVG (*.svg)"
            self.addParameter(QgsProcessingParameterFileDestination(FIGURE, "Figure", kinds))
        else:
            kind = QgsProcessing.SourceType.TypeVector
            self.addParameter(QgsProcessingParameterFeatureSink(OUTPUT, "Result", kind))
        log = QgsProcessingParameterFileDestination(LOG, "Log", "HTML (*.html)", None, True)
        self.addParameter(log)
        self.addOutput(QgsProcessingOutputString(SUMMARY, "Summary"))

    def canExecute(self):
        if environment.python():
            return True, ""
        return False, "QGIS does not know which Python has spatialccd. " + environment.ADVICE

    def processAlgorithm(self, given, context, feedback):
        source = self._source(given, INPUT, context)
        boundaries = self._source(given, BOUNDARIES, context, optional=True)
        folder = tempfile.mkdtemp(prefix="spatialccd-")
        try:
            message = self._message(given, context, feedback, source, boundaries, folder)
            answer = ask(message, feedback)
            results = {SUMMARY: answer["summary"]}
            if self._tool["draws"]:
                results[FIGURE] = answer["figure"]
            else:
                content = layers.read_result(answer["result"])
                results[OUTPUT] = self._publish(content, given, context, source, boundaries)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        feedback.pushInfo(answer["summary"])
        log = self.parameterAsFileOutput(given, LOG, context)
        if log:
            with open(log, "w", encoding="utf-8") as file:
                file.write(answer["html"])
            results[LOG] = log
        return results

    def _source(self, given, name, context, optional=False):
        if self.parameterDefinition(name) is None:
            return None
        source = self.parameterAsSource(given, name, context)
        if source is None:
            if optional and not given.get(name):
                return None
            raise QgsProcessingException(self.invalidSourceError(given, name))
        if source.wkbType() != layers.NO_GEOMETRY and not source.sourceCrs().isValid():
            raise QgsProcessingException(
                f"The layer {source.sourceName()} has no coordinate reference system; set it in "
                "the layer's properties, under Source."
            )
        return source

    def _message(self, given, context, feedback, source, boundaries, folder):
        """Write the layers down and put together what the worker is asked."""
        tool, neighbors = self._tool, catalog.catalog()["neighbors"]
        columns = parameters.named_fields(tool, given, self, context)
        settings, graph = parameters.given_settings(tool, neighbors, given, self, context)
        unit = self._one_field(given, UNIT, context)
        time = self._one_field(given, TIME, context)
        names = {n for v in columns.values() for n in ([v] if isinstance(v, str) else v)}
        self._check_fields(source, [unit, time, *sorted(names)])
        lacking = [
            e["name"] for e in tool["columns"] if e["required"] and not columns.get(e["name"])
        ]
        if lacking:
            raise QgsProcessingException(f"Choose a field for {', '.join(lacking)}.")
        message = {
            "type": "run",
            "tool": tool["name"],
            "folder": folder,
            "settings": settings,
            "graph": graph,
            "columns": columns,
            "input": os.path.join(folder, "input.gpkg"),
        }
        places = tool["optional_places"]
        if places and self.parameterAsBool(given, places["name"], context):
            columns[places["name"]] = "areas"
        if tool["one_time"]:
            message["time"] = self.parameterAsString(given, AT_TIME, context)
        if tool["draws"]:
            message["figure"] = self.parameterAsFileOutput(given, FIGURE, context)
        cancelled = feedback.isCanceled
        self._write(source, message["input"], unit, time, sorted(names), cancelled)
        if boundaries is not None:
            code = self._one_field(given, BOUNDARIES_UNIT, context)
            self._check_fields(boundaries, [code])
            message["boundaries"] = os.path.join(folder, "boundaries.gpkg")
            named = _names_of_areas(boundaries)
            self._write(boundaries, message["boundaries"], code, "", named, cancelled)
        return message

    def _write(self, source, path, unit, time, names, cancelled):
        count = layers.write_exchange(source, path, unit, time, names, cancelled)
        if not count:
            raise QgsProcessingException(
                f"The layer {source.sourceName()} has no features to work on; if only selected "
                "features are to be used, select some."
            )

    def _one_field(self, given, name, context):
        if self.parameterDefinition(name) is None:
            return ""
        names = self.parameterAsFields(given, name, context)
        return names[0] if names else ""

    def _check_fields(self, source, names):
        """Say which field is not there: qgis_process and a model ask no form."""
        fields = source.fields()
        absent = [name for name in names if name and fields.lookupField(name) < 0]
        if absent:
            known = ", ".join(f.name() for f in fields)
            raise QgsProcessingException(
                f"The layer {source.sourceName()} has no field {', '.join(absent)}; "
                f"there are {known}."
            )

    def _publish(self, content, given, context, source, boundaries):
        """Write the result's layer and have it styled once it is in the project."""
        table = layers.Table(content, source, boundaries)
        sink, ident = self.parameterAsSink(
            given, OUTPUT, context, table.fields, table.wkb, table.crs
        )
        if sink is None:
            raise QgsProcessingException(self.invalidSinkError(given, OUTPUT))
        for feature in table.features():
            if not sink.addFeature(feature, QgsFeatureSink.Flag.FastInsert):
                raise QgsProcessingException(self.writeFeatureError(sink, given, OUTPUT))
        del sink
        if context.willLoadLayerOnCompletion(ident):
            details = context.layerToLoadOnCompletionDetails(ident)
            styler = styles.Styler.kept_for(table.names)
            details.setPostProcessor(styler)
        return ident


def _line(text):
    """Write a paragraph as one line of HTML, its list items apart; QGIS breaks at every newline."""
    items = html.escape(text, quote=False).replace("\n- ", "<br>- ")
    return " ".join(items.split())


def _names_of_areas(source):
    """List the text fields of boundaries: a table may name its units and not code them."""
    return [f.name() for f in source.fields() if not f.isNumeric() and "name" in f.name().lower()]
