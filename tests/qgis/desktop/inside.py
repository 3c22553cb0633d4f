"""Runs in QGIS's Python, without a desktop: every tool, cancelling, two at once.

Usage: inside.py PLUGINS JOB FOLDER; what it found is printed as JSON in the last line.
"""

import json
import os
import subprocess
import sys
import threading
import time

PLUGINS, JOB, FOLDER = sys.argv[1:4]
sys.path[:0] = [PLUGINS, "/usr/share/qgis/python/plugins"]

from qgis.core import (  # noqa: E402
    QgsApplication,
    QgsFeature,
    QgsGeometry,
    QgsProcessingContext,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingFeedback,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
)

application = QgsApplication([], False)
application.initQgis()
import processing  # noqa: E402
from processing.core.Processing import Processing  # noqa: E402

Processing.initialize()
import spatialccd_qgis as ccd  # noqa: E402

plugin = ccd.classFactory(None)
plugin.initProcessing()


class Feedback(QgsProcessingFeedback):
    """Keeps what a tool says."""

    def __init__(self):
        super().__init__(False)
        self.errors = []

    def reportError(self, error, fatalError=False):  # noqa: N802
        self.errors.append(error)


def every_tool():
    """Run the calls that the test wrote down; tell which failed and how."""
    failed = {}
    with open(os.path.join(FOLDER, "calls.json"), encoding="utf-8") as file:
        calls = json.load(file)
    for name, values in calls.items():
        feedback = Feedback()
        try:
            processing.run(f"spatialccd:{name}", values, feedback=feedback)
        except Exception as error:
            failed[name] = feedback.errors or [str(error)]
    listed = [a.name() for a in plugin._provider.algorithms()]
    return {"failed": failed, "listed": listed}


def cells(count):
    """Give a layer of squares with random figures, one of them NULL-free text in Chinese."""
    import random

    random.seed(1)
    layer = QgsVectorLayer(
        "Polygon?crs=EPSG:3857&field=y:double&field=a:double&field=b:double&field=名:string",
        "cells",
        "memory",
    )
    features = []
    for i in range(count * count):
        x, y = divmod(i, count)
        feature = QgsFeature(layer.fields())
        feature.setGeometry(QgsGeometry.fromRect(QgsRectangle(x, y, x + 1, y + 1)))
        feature.setAttributes([random.random(), random.random(), random.random(), "格"])
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    QgsProject.instance().addMapLayer(layer)
    return layer


def children():
    """List the worker processes that this process has."""
    out = subprocess.run(
        ["ps", "--ppid", str(os.getpid()), "-o", "args="], capture_output=True, text=True
    ).stdout
    return [line for line in out.splitlines() if "spatialccd" in line]


def cancelled():
    """Stop an MGWR in its loop; tell how long that took and what it left."""
    layer = cells(40)
    before = [item.name() for item in QgsProject.instance().mapLayers().values()]
    feedback = Feedback()
    asked = []

    def stop():
        asked.append(time.monotonic())
        feedback.cancel()

    feedback.progressChanged.connect(
        lambda share: share > 0 and not asked and threading.Timer(0.3, stop).start()
    )
    message = ""
    try:
        values = {"INPUT": layer, "y": "y", "X": ["a", "b"], "OUTPUT": "memory:"}
        processing.run("spatialccd:mgwr", values, feedback=feedback)
    except Exception as error:
        message = feedback.errors[0] if feedback.errors else str(error)
    took = time.monotonic() - asked[0] if asked else None
    after = [item.name() for item in QgsProject.instance().mapLayers().values()]
    from spatialccd_qgis import client

    client.close()
    return {
        "took": took,
        "message": message,
        "same_project": before == after,
        "children": children(),
    }


def together():
    """Run two tools at once, each in a task; both give all of their rows."""
    from spatialccd_qgis import console

    layer = cells(55)
    jobs = [
        ccd.local_moran(layer, field=field, seed=1, n_permutations=99, wait=False)
        for field in ("a", "b")
    ]
    most = 0
    while console._Job._running:
        QgsApplication.processEvents()
        most = max(most, len(children()))
        time.sleep(0.02)
    found = QgsProject.instance().mapLayersByName("Local Moran")
    return {"jobs": len(jobs), "rows": [item.featureCount() for item in found], "workers": most}


def selected():
    """Run on the features selected only, and on a layer with a filter."""
    layer = cells(10)
    layer.selectByIds([f.id() for f in layer.getFeatures()][:30])
    source = QgsProcessingFeatureSourceDefinition(layer.id(), selectedFeaturesOnly=True)
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    values = {"INPUT": source, "y": "y", "seed": 1, "n_permutations": 99, "OUTPUT": "memory:"}
    some = processing.run("spatialccd:local_moran", values, context=context)["OUTPUT"]
    names = [field.name() for field in some.fields()]
    layer.removeSelection()
    feedback = Feedback()
    try:
        processing.run("spatialccd:local_moran", values, context=context, feedback=feedback)
        message = ""
    except Exception as error:
        message = feedback.errors[0] if feedback.errors else str(error)
    first = next(some.getFeatures())
    return {"rows": some.featureCount(), "names": names, "name": first["名"], "message": message}


found = {
    "every_tool": every_tool,
    "cancelled": cancelled,
    "together": together,
    "selected": selected,
}[JOB]()
plugin.unload()
print(json.dumps(found, ensure_ascii=False))
sys.stdout.flush()
os._exit(0)  # QGIS's own clean-up after Processing crashes on some builds
