"""Runs in QGIS's desktop (``qgis.bin --code``): Processing's batch dialog, as a user fills it.

It reads layers from ``LAYERS`` and writes ``batch.json`` and pictures to ``PICTURES``.
"""

import os

from desk import PICTURES, settle, tell
from processing.gui.BatchAlgorithmDialog import BatchAlgorithmDialog
from qgis.core import QgsApplication, QgsProcessingContext, QgsProject, QgsVectorLayer
from qgis.PyQt.QtWidgets import QTextEdit
from qgis.utils import iface

LAYERS = os.environ["LAYERS"]


def fill(panel, row, values):
    """Put values into a row of the table, and where its results go."""
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    for name, value in values.items():
        column = panel.parameter_to_column[name]
        if name == "OUTPUT":
            panel.tblParameters.cellWidget(row + 1, column).setValue(value)
        else:
            panel.wrappers[row][column].setParameterValue(value, context)


def run(tool, rows, name):
    """Run a batch; give the layers it added, by the names of their files, and its log."""
    project = QgsProject.instance()
    before = set(project.mapLayers())
    algorithm = QgsApplication.processingRegistry().createAlgorithmById(f"spatialccd:{tool}")
    dialog = BatchAlgorithmDialog(algorithm, iface.mainWindow())
    panel = dialog.mainWidget()
    for row, values in enumerate(rows):
        if row:
            panel.addRow()
        fill(panel, row, values)
    panel.checkLoadLayersOnCompletion.setChecked(True)
    dialog.resize(1200, 500)
    dialog.show()
    settle(1)
    dialog.grab().save(os.path.join(PICTURES, f"{name}_rows.png"))
    dialog.runAlgorithm()
    settle(60, lambda: "Batch execution completed" in said(dialog))
    settle(1)
    dialog.grab().save(os.path.join(PICTURES, f"{name}_log.png"))
    log = said(dialog)
    dialog.close()
    added = [project.mapLayer(key) for key in project.mapLayers() if key not in before]
    return {"log": log, "layers": sorted(map(told, added), key=lambda one: one["source"])}


def said(dialog):
    """Give the text of the dialog's log."""
    return "\n".join(widget.toPlainText() for widget in dialog.findChildren(QTextEdit))


def told(layer):
    fields = [field.name() for field in layer.fields()]
    figures = {
        name: [feature[name] for feature in layer.getFeatures()]
        for name in ("adcode", "I", "coef_D")
        if name in fields
    }
    return {
        "source": os.path.basename(layer.source().split("|")[0]),
        "rows": layer.featureCount(),
        "renderer": layer.renderer().type() if layer.isSpatial() else None,
        "figures": {
            name: [value if isinstance(value, (int, float, str)) else None for value in values]
            for name, values in figures.items()
        },
    }


def session():
    layer = QgsVectorLayer(f"{LAYERS}/provinces.gpkg", "provinces", "ogr")
    QgsProject.instance().addMapLayer(layer)
    common = {"INPUT": layer.id(), "UNIT_FIELD": "adcode", "seed": 1, "n_permutations": 99}
    out = [os.path.join(PICTURES, f"row{row}.gpkg") for row in range(3)]
    rows = [
        {"y": "D"},
        {"y": "D", "UNIT_FIELD": "region"},
        {"y": "指标"},
    ]  # provinces share regions
    local = [{**common, **row, "OUTPUT": path} for row, path in zip(rows, out, strict=True)]
    both = [{**common, "y": field, "OUTPUT": "TEMPORARY_OUTPUT"} for field in ("D", "指标")]
    return {
        "local": run("local_moran", local, "local"),
        "global": run("global_moran", both, "global"),
    }


tell(session, "batch.json")
