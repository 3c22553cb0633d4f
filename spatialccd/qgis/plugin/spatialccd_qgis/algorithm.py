"""A tool of the catalog as a Processing algorithm."""

import html
import os
import shutil
import tempfile

from qgis.core import (
    NULL,
    QgsFeatureSink,
    QgsProcessing,
    QgsProcessingAlgorithm,
    QgsProcessingException,
    QgsProcessingOutputBoolean,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFileDestination,
)
from qgis.PyQt.QtGui import QIcon

from . import catalog, checks, client, environment, helps, layers, parameters, provenance, styles
from .parameters import output_parameter
from .request import Request
from .texts import language, of, retell, say

OUTPUT, FIGURE, LOG = "OUTPUT", "FIGURE", "LOG"
ICON = os.path.join(os.path.dirname(__file__), "icon.svg")


def ask(message, feedback):
    """Have the worker do one job; what goes wrong is one line for the user."""
    try:
        return client.run(
            message,
            environment.python(),
            environment.variables(),
            say(environment.ADVICE),
            lambda done, total: feedback.setProgress(100.0 * done / max(total, 1)),
            lambda level, text: _tell(feedback, level, text),
            feedback.isCanceled,
        )
    except client.Cancelled:
        raise QgsProcessingException(say("Stopped; nothing was changed.")) from None
    except client.WorkerError as error:
        for case in error.cases:
            feedback.pushInfo(", ".join("{}: {}".format(*item) for item in case.items()))
        if error.detail:
            feedback.pushDebugInfo(error.detail)
        raise QgsProcessingException(retell(str(error))) from None


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
        return catalog.group(self._tool["station"], self._tool["question"])

    def groupId(self):
        return catalog.group_id(self._tool["station"], self._tool["question"])

    def takes_matrices(self):
        """Tell whether its layers are tables of units by units."""
        return bool(self._tool["matrices"])

    def icon(self):
        return QIcon(ICON)

    def shortDescription(self):
        return _summary(self._tool)

    def tags(self):
        names = [self._tool["name"], *(other["name"] for other in self._tool["also"])]
        chinese = [other["zh"].get("name", "") for other in (self._tool, *self._tool["also"])]
        words = [name.replace("_", " ") for name in names] + [word for word in chinese if word]
        return [self._tool["station"], "spatialccd", *words, *self._tool["tags"]]

    def helpUrl(self):
        return helps.address(self._tool["name"])

    def shortHelpString(self):
        help_text = of(self._tool, "help")
        first = [] if language() == "zh" and self._tool["zh"].get("help") else [self._tool["title"]]
        paragraphs = [*first, *help_text.split("\n\n")]
        text = "".join(f"<p>{_line(text)}</p>" for text in paragraphs if text)
        others = "".join(
            f"<li><b>{catalog.display_name(other['name'])}</b>: {_line(_summary(other))}</li>"
            for other in self._tool["also"]
        )
        more = say("It can also give, from the same run:")
        return text + f"<p>{more}</p><ul>{others}</ul>" * bool(others)

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
            _figure(FIGURE, say("Figure")) if tool["draws"] else _layer(OUTPUT, self.displayName())
        )
        for other in tool["also"]:
            make = _figure if other["draws"] else _layer
            name = output_parameter(other)
            self.addParameter(make(name, catalog.display_name(other["name"]), optional=True))
        log = QgsProcessingParameterFileDestination(LOG, say("Log"), "HTML (*.html)", None, True)
        self.addParameter(log)
        kinds = {"number": QgsProcessingOutputNumber, "boolean": QgsProcessingOutputBoolean}
        for figure in tool["single"]:
            self.addOutput(kinds[figure["kind"]](figure["name"], figure["name"]))

    def canExecute(self):
        if environment.python():
            return True, ""
        return False, say(environment.UNKNOWN) + " " + say(environment.ADVICE)

    def checkParameterValues(self, given, context):
        """Name the layer or the field that is not there, where QGIS says "incorrect value"."""
        given = checks.with_words(self, given)
        agreed, problem = super().checkParameterValues(given, context)
        if agreed:
            return agreed, problem
        words = checks.problems(self, given, context)
        return False, " ".join(words) if words else problem

    def createCustomParametersWidget(self, parent=None):
        """Give the dialog that guesses the fields of unit and year; QGIS's own in a batch."""
        from .dialog import ToolDialog

        return ToolDialog(self, parent=parent)

    def processAlgorithm(self, given, context, feedback):
        given = checks.with_words(self, given)
        request = Request(self._tool, given, self, context, feedback.isCanceled)
        folder = tempfile.mkdtemp(prefix="spatialccd-")
        try:
            message = request.write(folder)
            answer = ask(message, feedback)
            # First the words, then the layers: a table in the log keeps its columns.
            for text in (answer["summary"], request.telling(answer)):
                _tell_table(feedback, text)
            main = FIGURE if self._tool["draws"] else OUTPUT
            run = _Run(request, message, answer, given, context, feedback)
            sources = request.source, request.boundaries
            results = {
                main: self._publish(run, answer, main, self._tool["name"], sources),
                **answer.get("single", {}),
            }
            for other in request.wanted:
                if other["name"] in answer["also"]:  # else a warning has said why not
                    name, part = output_parameter(other), answer["also"][other["name"]]
                    sources = request.sources_of(other)
                    results[name] = self._publish(run, part, name, other["name"], sources)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        log = self.parameterAsFileOutput(given, LOG, context)
        if log:
            with open(log, "w", encoding="utf-8") as file:
                file.write(answer["html"])
            results[LOG] = log
        return results

    def _publish(self, run, answer, name, what, sources):
        """Give the figure, or write the layer and have it styled once it is in the project."""
        if "figure" in answer:
            return answer["figure"]
        longest = layers.longest_name(run.given.get(name))
        table = layers.Table(layers.read_result(answer["result"]), *sources, longest)
        if table.cut:
            run.feedback.pushWarning(_cut_names(table.cut))
        sink, ident = self.parameterAsSink(
            run.given, name, run.context, table.fields, table.wkb, table.crs
        )
        if sink is None:
            raise QgsProcessingException(self.invalidSinkError(run.given, name))
        time = table.time_field(run.request.time)
        times = set()
        for feature in table.features():
            if time:
                times.add(feature[time])
            if not sink.addFeature(feature, QgsFeatureSink.Flag.FastInsert):
                raise QgsProcessingException(self.writeFeatureError(sink, run.given, name))
        del sink
        if run.context.willLoadLayerOnCompletion(ident):
            details = run.context.layerToLoadOnCompletionDetails(ident)
            details.name = _named(run, what, times)
            made = provenance.described(run.message, run.answer, run.request.source)
            made["fields"] = table.names
            made["keys"] = [key for key in (run.request.unit, run.request.time) if key]
            details.setPostProcessor(
                styles.Styler.kept_for(table.names, table.style, time, table.aliases, made)
            )
        return ident


class _Run:
    """What belongs to one run: who asked for what, and what came back."""

    def __init__(self, request, message, answer, given, context, feedback):
        self.request = request
        self.message = message
        self.answer = answer
        self.given = given
        self.context = context
        self.feedback = feedback


def _named(run, what, times):
    """Call a layer by its tool, its variables, and the year that is drawn."""
    title = provenance.title(what, run.request.variables)
    known = [time for time in times if time not in (None, NULL)]
    drawn = max(known) if known else run.answer.get("time")
    return title if drawn in (None, "") else f"{title}, {_short(drawn)}"


def _short(time):
    text = str(time)
    return text[:-2] if text.endswith(".0") else text


def _cut_names(cut):
    listing = ", ".join(f"{long} → {short}" for long, short in cut.items())
    return say(
        "A shapefile has names of 10 bytes at most; these were cut: {names}. A GeoPackage keeps "
        "them whole.",
        names=listing,
    )


def _tell_table(feedback, text):
    """Tell figures in letters of one width: QGIS's log runs spaces together elsewhere."""
    if text:
        feedback.pushConsoleInfo(text.replace("  ", " \u00a0").replace("\n ", "\n\u00a0"))


def _summary(entry):
    """Say in a sentence what something does."""
    if language() == "zh" and entry["zh"].get("help"):
        return entry["zh"]["help"].split("。")[0] + "。"
    return entry["title"]


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
