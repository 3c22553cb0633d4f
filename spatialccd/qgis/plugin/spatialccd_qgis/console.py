"""Calls for QGIS's Python console: layers in, styled layers out.

A call reads on the main thread, computes in the worker and adds the result on
the main thread; the desktop stays alive meanwhile, and the message bar shows
how far it is.
"""

import difflib
import os

from qgis.core import (
    QgsApplication,
    QgsMapLayer,
    QgsProcessing,
    QgsProcessingAlgRunnerTask,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingOutputLayerDefinition,
    QgsProcessingParameterField,
    QgsProject,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QEventLoop

from . import catalog, layouts, styles
from .parameters import AT_TIME, BOUNDARIES, BOUNDARIES_UNIT, INPUT, TIME, UNIT

#: What a call takes beside the tool's own parameters.
_WORDS = {
    "unit": UNIT,
    "time_field": TIME,
    "at": AT_TIME,
    "boundaries": BOUNDARIES,
    "boundaries_unit": BOUNDARIES_UNIT,
    "output": "OUTPUT",
    "figure": "FIGURE",
    "log": "LOG",
}


def call(name):
    """Give the function of a tool, ``run_study``, ``layout`` or ``atlas``."""
    if name == "run_study":
        return run_study
    if name in ("layout", "atlas"):
        return getattr(layouts, name)
    tool = next(tool for tool in catalog.tools() if tool["name"] == name)

    def run(layer, *, wait=True, **given):
        identifier = "spatialccd:" + name
        algorithm = _algorithm(identifier)
        values = _values(tool, algorithm, given)
        values[INPUT] = _layer(layer)
        job = _Job(identifier, values, catalog.display_name(name))
        return job.wait() if wait else job.task

    run.__name__ = run.__qualname__ = name
    run.__doc__ = _documentation(tool)
    return run


def run_study(study, out=None, *, force=False, wait=True):
    """Run a study.toml and add its layers to the project.

    Parameters
    ----------
    study : str
        The file.
    out : str, optional
        The folder to write to; ``results`` beside the file by default.
    force : bool, default False
        Make everything anew.
    wait : bool, default True
        Give the layers; else the task, which adds them when it ends.
    """
    study = os.path.abspath(os.path.expanduser(str(study)))
    out = out or os.path.join(os.path.dirname(study), "results")
    values = {"STUDY": study, "OUT": str(out), "FORCE": force}
    job = _Job("spatialccd:run_study", values, "Study", publish=lambda *_: _add_study(out))
    return job.wait() if wait else job.task


class _Feedback(QgsProcessingFeedback):
    """Keeps what a run says, and passes its warnings on."""

    def __init__(self):
        super().__init__(False)
        self.errors = []
        self.warnings = []

    def reportError(self, error, fatalError=False):
        self.errors.append(error)

    def pushWarning(self, warning):
        self.warnings.append(warning)


class _Job:
    """One call: a task in QGIS's task manager, and a line in the message bar."""

    #: Tasks that nobody waits for must live until they end.
    _running = []

    def __init__(self, identifier, values, title, publish=None):
        self._title = title
        self._publish = publish or self._add_layers
        self._feedback = _Feedback()
        self._context = QgsProcessingContext()
        self._context.setProject(QgsProject.instance())
        self._loop = None
        self._result = None
        self._ended = False
        algorithm = _algorithm(identifier)
        values = {**_destinations(algorithm), **values}
        agreed, problem = algorithm.checkParameterValues(values, self._context)
        if not agreed:
            raise QgsProcessingException(problem)
        self.task = QgsProcessingAlgRunnerTask(algorithm, values, self._context, self._feedback)
        self.task.executed.connect(self._end)
        self._bar = _show_progress(title, self._feedback, self.task)
        _Job._running.append(self)
        QgsApplication.taskManager().addTask(self.task)

    def wait(self):
        """Let the desktop go on until the task has ended; give its result or raise its error."""
        if not self._ended:
            self._loop = QEventLoop()
            self._loop.exec() if hasattr(self._loop, "exec") else self._loop.exec_()
        if self._feedback.errors:
            raise QgsProcessingException(self._feedback.errors[0])
        return self._result

    def _end(self, successful, results):
        _hide_progress(self._bar)
        try:
            if successful:
                for text in dict.fromkeys(self._feedback.warnings):
                    print("note:", text)
                print(results.get("SUMMARY", ""))
                self._result = self._publish(results, self._context)
            elif not self._feedback.errors:
                self._feedback.errors.append("Stopped; nothing was changed.")
            if self._feedback.errors and self._loop is None:
                _show_error(self._title, self._feedback.errors[0])
        finally:
            self._ended = True
            _Job._running.remove(self)
            if self._loop is not None:
                self._loop.quit()

    def _add_layers(self, results, context):
        """Put result layers into the project, styled; give the layer, or what there is."""
        added = None
        for ident, details in context.layersToLoadOnCompletion().items():
            layer = context.takeResultLayer(ident)
            if layer is None:
                continue
            layer.setName(self._title)
            QgsProject.instance().addMapLayer(layer)
            if details.postProcessor() is not None:
                details.postProcessor().postProcessLayer(layer, context, self._feedback)
            added = layer
        return added or results.get("OUTPUT") or results.get("FIGURE")


def _algorithm(identifier):
    algorithm = QgsApplication.processingRegistry().createAlgorithmById(identifier)
    if algorithm is None:
        raise QgsProcessingException(
            "The plugin spatialccd is not switched on; see Plugins, Manage and Install Plugins."
        )
    return algorithm


def _destinations(algorithm):
    """Give where results go that a call names no place for: the project, or a temporary file."""
    found = {}
    if algorithm.parameterDefinition("OUTPUT"):
        project = QgsProject.instance()
        found["OUTPUT"] = QgsProcessingOutputLayerDefinition("memory:", project)
    if algorithm.parameterDefinition("FIGURE"):
        found["FIGURE"] = QgsProcessing.TEMPORARY_OUTPUT
    return found


def _values(tool, algorithm, given):
    """Give Processing's parameters for the names of a call."""
    names = {d.name().lower(): d for d in algorithm.parameterDefinitions()}
    words = {s["name"]: s for s in tool["settings"] if s["words"]}
    values = {}
    for name, value in given.items():
        target = _WORDS.get(name, name)
        if name in ("field", "fields") and tool["columns"]:
            target = tool["columns"][0]["name"]
        if name in words:
            for word in words[name]["choices"]:
                chosen = [field for field, said in value.items() if said == word]
                values[f"{name}_{word}"] = chosen
            continue
        definition = names.get(target.lower())
        if definition is None:
            ours = [word for word, parameter in _WORDS.items() if parameter.lower() in names]
            known = [*ours, *words, *names]
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise TypeError(f"{tool['name']} takes no {name!r}{hint}")
        values[definition.name()] = _value(definition, value)
    return values


def _value(definition, value):
    if definition.name() == BOUNDARIES:
        return _layer(value)
    if isinstance(definition, QgsProcessingParameterField) or not isinstance(
        value, (list, tuple, dict)
    ):
        return value
    if isinstance(value, dict):
        return ",".join(f"{key}={item}" for key, item in value.items())
    return ",".join(str(item) for item in value)


def _layer(layer):
    """Give a vector layer: itself, the project's layer of that name, or a file."""
    if isinstance(layer, QgsMapLayer):
        return layer
    found = QgsProject.instance().mapLayersByName(str(layer))
    if len(found) > 1:
        raise ValueError(f"{len(found)} layers are called {layer!r}; pass the layer itself")
    if found:
        return found[0]
    path = os.path.expanduser(str(layer))
    if os.path.exists(path):
        return path
    known = [item.name() for item in QgsProject.instance().mapLayers().values()]
    near = difflib.get_close_matches(str(layer), known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known) or 'none'}"
    raise ValueError(f"no layer is called {layer!r} and there is no such file; {hint}")


def _add_study(folder):
    """Add the layers of a study's GeoPackage to the project, in a group of their own."""
    path = os.path.join(folder, "study.gpkg")
    whole = QgsVectorLayer(path, "study", "ogr")
    group = QgsProject.instance().layerTreeRoot().insertGroup(0, os.path.basename(folder))
    added = []
    for entry in whole.dataProvider().subLayers() if whole.isValid() else []:
        name = entry.split(whole.dataProvider().sublayerSeparator())[1]
        layer = QgsVectorLayer(f"{path}|layername={name}", name, "ogr")
        if not layer.isSpatial():  # tables of how it was made
            continue
        QgsProject.instance().addMapLayer(layer, False)
        group.addLayer(layer)
        if not layer.listStylesInDatabase()[0]:
            styles.apply(layer, {f.name(): f.name() for f in layer.fields()})
        added.append(layer)
    return added


def _interface():
    """Give QGIS's desktop, or None in a script."""
    from qgis import utils

    return utils.iface


def _show_progress(title, feedback, task):
    """Show a bar and a button to stop in the message bar; give what takes it away again."""
    iface = _interface()
    if iface is None:
        return None
    from qgis.PyQt.QtWidgets import QProgressBar, QPushButton

    message = iface.messageBar().createMessage("spatialccd", title)
    bar = QProgressBar()
    bar.setMaximum(100)
    feedback.progressChanged.connect(lambda share: bar.setValue(int(share)))
    stop = QPushButton("Stop")
    stop.clicked.connect(task.cancel)
    message.layout().addWidget(bar)
    message.layout().addWidget(stop)
    return iface.messageBar().pushWidget(message)


def _hide_progress(item):
    iface = _interface()
    if item is not None and iface is not None:
        iface.messageBar().popWidget(item)


def _show_error(title, text):
    iface = _interface()
    if iface is not None:
        iface.messageBar().pushCritical(f"spatialccd: {title}", text)


def _documentation(tool):
    """Write a tool's help for ``help(ccd.local_moran)``."""
    lines = [tool["title"], "", tool["help"], "", "Parameters", "----------"]
    lines += ["layer : QgsVectorLayer or str", "    A layer, its name in the project, or a file."]
    for entry in [*tool["columns"], *tool["settings"]]:
        lines += [entry["name"], "    " + entry["help"]]
    lines += ["unit, time_field, at : str", "    Fields of unit and year, and the one year to use."]
    lines += ["boundaries, boundaries_unit", "    The layer of areas, where `layer` is a table."]
    lines += ["wait : bool", "    Give the result, or at once the task."]
    return "\n".join(lines)
