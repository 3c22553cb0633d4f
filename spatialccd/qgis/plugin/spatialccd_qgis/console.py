"""Calls for QGIS's Python console: layers in, styled layers out.

A call reads on the main thread, computes in the worker and adds the result on
the main thread; the desktop stays alive meanwhile, and the message bar shows
how far it is.
"""

import os

from qgis.core import (
    QgsApplication,
    QgsProcessingAlgRunnerTask,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingUtils,
    QgsProject,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QEventLoop

from . import arguments, catalog, layouts, materials, styles, threads
from .parameters import INPUT
from .texts import say

#: Calls that are no tools, and where they are.
OTHERS = {
    "layout": layouts.layout,
    "atlas": layouts.atlas,
    "boundaries": materials.boundaries,
    "write_tables": materials.write_tables,
}


def call(name):
    """Give the function of a tool, or one of the calls that are none."""
    if name == "run_study":
        return run_study
    if name in OTHERS:
        return OTHERS[name]
    called = name
    hosts = {tool["name"]: tool for tool in catalog.calls()[name]}

    def run(layer, *, wait=True, after=None, name=None, selected=False, **given):
        threads.check_main()
        tool = hosts[_choose("after", after, hosts)] if after else next(iter(hosts.values()))
        algorithm = _algorithm("spatialccd:" + tool["name"])
        output = None if tool["name"] == called else called.upper()
        fields = arguments.vector_layer(layer).fields()
        values = arguments.values(tool, algorithm, given, output, fields)
        values[INPUT] = arguments.selected_of(layer) if selected else arguments.layer(layer)
        job = _Job(algorithm, values, catalog.display_name(called), output=output, name=name)
        return job.wait() if wait else job.task

    run.__name__ = run.__qualname__ = called
    run.__doc__ = arguments.documentation(called, list(hosts.values()))
    run.__signature__ = arguments.signature(called, list(hosts.values()))
    return run


def _choose(what, word, known):
    if word not in known:
        raise ValueError(f"{what}={word!r} is not known; use {' or '.join(map(repr, known))}")
    return word


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
    threads.check_main()
    study = os.path.abspath(os.path.expanduser(str(study)))
    out = out or os.path.join(os.path.dirname(study), "results")
    values = {"STUDY": study, "OUT": str(out), "FORCE": force}
    algorithm = _algorithm("spatialccd:run_study")
    job = _Job(algorithm, values, "Study", publish=lambda *_: _add_study(out))
    return job.wait() if wait else job.task


class _Feedback(QgsProcessingFeedback):
    """Keeps what a run says, and passes its warnings on."""

    def __init__(self):
        super().__init__(False)
        self.errors = []
        self.warnings = []
        self.figures = []

    def reportError(self, error, fatalError=False):
        self.errors.append(error)

    def pushWarning(self, warning):
        self.warnings.append(warning)

    def pushConsoleInfo(self, info):
        self.figures.append(info.replace("\u00a0", " "))


class _Job:
    """One call: a task in QGIS's task manager, and a line in the message bar."""

    #: Tasks that nobody waits for must live until they end.
    _running = []

    def __init__(self, algorithm, values, title, output=None, publish=None, name=None):
        self._title = title
        self._name = name
        self._output = output or ("OUTPUT" if algorithm.parameterDefinition("OUTPUT") else "FIGURE")
        self._publish = publish or self._add_layers
        self._feedback = _Feedback()
        self._context = QgsProcessingContext()
        self._context.setProject(QgsProject.instance())
        self._loop = None
        self._result = None
        self._ended = False
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
            self._loop.exec()
        if self._feedback.errors:
            raise QgsProcessingException(self._feedback.errors[0])
        return self._result

    def _end(self, successful, results):
        _hide_progress(self._bar)
        try:
            if successful:
                for text in dict.fromkeys(self._feedback.warnings):
                    print(say("note:"), text)
                for text in self._feedback.figures:
                    print(text)
                self._result = self._publish(results, self._context)
            elif not self._feedback.errors:
                self._feedback.errors.append(say("Stopped; nothing was changed."))
            if self._feedback.errors and self._loop is None:
                _show_error(self._title, self._feedback.errors[0])
        finally:
            self._ended = True
            _Job._running.remove(self)
            if self._loop is not None:
                self._loop.quit()

    def _add_layers(self, results, context):
        """Put result layers into the project, styled; give what was asked for."""
        names = {ident: name for name, ident in results.items() if isinstance(ident, str)}
        given = results.get(self._output)
        for ident, details in context.layersToLoadOnCompletion().items():
            layer = _taken(ident, context)
            own = names.get(ident) == self._output
            layer.setName((self._name if own else None) or details.name)
            QgsProject.instance().addMapLayer(layer)
            if details.postProcessor() is not None:
                details.postProcessor().postProcessLayer(layer, context, self._feedback)
            given = layer if own else given
        return given


def _taken(ident, context):
    """Take a result out of a run: a layer in memory, or one of a file, which is opened now."""
    layer = QgsProcessingUtils.mapLayerFromString(ident, context)
    if layer is None:
        raise QgsProcessingException(say("QGIS cannot open {path}.", path=ident))
    return context.takeResultLayer(layer.id()) or layer


def _algorithm(identifier):
    algorithm = QgsApplication.processingRegistry().createAlgorithmById(identifier)
    if algorithm is None:
        raise QgsProcessingException(
            say(
                "The plugin spatialccd is not switched on; see Plugins, Manage and Install Plugins."
            )
        )
    return algorithm


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
        node = group.insertLayer(0, layer)  # the areas come first, and go to the bottom
        node.setItemVisibilityChecked(not name.endswith("_links"))  # hundreds of lines
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
    stop = QPushButton(say("Stop"))
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
