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
    QgsProcessingOutputBoolean,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFileDestination,
)
from qgis.PyQt.QtGui import QIcon

from . import catalog, client, environment, layers, parameters, styles
from .parameters import output_parameter
from .request import Request

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
        others = [other["name"].replace("_", " ") for other in self._tool["also"]]
        return [self._tool["station"], "spatialccd", *others]

    def shortHelpString(self):
        paragraphs = [self._tool["title"], *self._tool["help"].split("\n\n")]
        text = "".join(f"<p>{_line(text)}</p>" for text in paragraphs if text)
        others = "".join(
            f"<li><b>{catalog.display_name(other['name'])}</b>: {_line(other['title'])}</li>"
            for other in self._tool["also"]
        )
        return text + (
            f"<p>It can also give, from the same run:</p><ul>{others}</ul>" * bool(others)
        )

    def initAlgorithm(self, configuration=None):
        tool = self._tool
        for made in parameters.inputs(tool):
            self.addParameter(made)
        for part in (parameters.columns, parameters.before):
            for made in part(tool):
                self.addParameter(made)
        for made in parameters.settings(tool, catalog.catalog()["neighbors"]):
            self.addParameter(made)
        for made in parameters.after(tool):
            self.addParameter(made)
        self.addParameter(
            _figure(FIGURE, "Figure") if tool["draws"] else _layer(OUTPUT, self.displayName())
        )
        for other in tool["also"]:
            make = _figure if other["draws"] else _layer
            name = output_parameter(other)
            self.addParameter(make(name, catalog.display_name(other["name"]), optional=True))
        log = QgsProcessingParameterFileDestination(LOG, "Log", "HTML (*.html)", None, True)
        self.addParameter(log)
        self.addOutput(QgsProcessingOutputString(SUMMARY, "Summary"))
        kinds = {"number": QgsProcessingOutputNumber, "boolean": QgsProcessingOutputBoolean}
        for figure in tool["single"]:
            self.addOutput(kinds[figure["kind"]](figure["name"], figure["name"]))

    def canExecute(self):
        if environment.python():
            return True, ""
        return False, "QGIS does not know which Python has spatialccd. " + environment.ADVICE

    def processAlgorithm(self, given, context, feedback):
        request = Request(self._tool, given, self, context, feedback.isCanceled)
        folder = tempfile.mkdtemp(prefix="spatialccd-")
        try:
            answer = ask(request.write(folder), feedback)
            main = FIGURE if self._tool["draws"] else OUTPUT
            sources = request.source, request.boundaries
            results = {
                SUMMARY: answer["summary"],
                main: self._publish(answer, main, given, context, sources),
                **answer.get("single", {}),
            }
            for other in request.wanted:
                if other["name"] in answer["also"]:  # else a warning has said why not
                    name, part = output_parameter(other), answer["also"][other["name"]]
                    sources = request.sources_of(other)
                    results[name] = self._publish(part, name, given, context, sources)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        feedback.pushInfo(answer["summary"])
        log = self.parameterAsFileOutput(given, LOG, context)
        if log:
            with open(log, "w", encoding="utf-8") as file:
                file.write(answer["html"])
            results[LOG] = log
        return results

    def _publish(self, answer, name, given, context, sources):
        """Give the figure, or write the layer and have it styled once it is in the project."""
        if "figure" in answer:
            return answer["figure"]
        table = layers.Table(layers.read_result(answer["result"]), *sources)
        sink, ident = self.parameterAsSink(given, name, context, table.fields, table.wkb, table.crs)
        if sink is None:
            raise QgsProcessingException(self.invalidSinkError(given, name))
        for feature in table.features():
            if not sink.addFeature(feature, QgsFeatureSink.Flag.FastInsert):
                raise QgsProcessingException(self.writeFeatureError(sink, given, name))
        del sink
        if context.willLoadLayerOnCompletion(ident):
            details = context.layerToLoadOnCompletionDetails(ident)
            details.setPostProcessor(styles.Styler.kept_for(table.names, table.style))
        return ident


def _layer(name, label, optional=False):
    """Make the parameter of a result that is a layer; an optional one is made on request."""
    kind = QgsProcessing.SourceType.TypeVector
    return QgsProcessingParameterFeatureSink(name, label, kind, None, optional, not optional)


def _figure(name, label, optional=False):
    """Make the parameter of a result that is a picture."""
    kinds = "PNG (*.png);;PDF (*.pdf);;SVG (*.svg);;TIFF (*.tif);;EPS (*.eps);;JPG (*.jpg)"
    return QgsProcessingParameterFileDestination(name, label, kinds, None, optional, not optional)


def _line(text):
    """Write a paragraph as one line of HTML, its list items apart; QGIS breaks at every newline."""
    items = html.escape(text.replace("`", ""), quote=False).replace("\n- ", "<br>- ")
    return " ".join(items.split())
