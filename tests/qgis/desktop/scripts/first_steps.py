"""Runs in QGIS's desktop (``qgis.bin --code``): the first minutes after an install from a zip.

``GOOD`` is a Python that has spatialccd.
"""

import os

import spatialccd_qgis as ccd
from desk import PICTURES, settle, tell
from qgis.core import QgsProject, QgsVectorLayer
from qgis.utils import iface, plugins
from spatialccd_qgis import environment

LAYERS, GOOD = os.environ["LAYERS"], os.environ["GOOD"]


def failure(call):
    try:
        call()
    except Exception as error:
        return str(error)
    return ""


def session():
    told = {"python": environment.python()}
    bar = iface.messageBar()
    told["bar"] = [item.text() for item in bar.items()]
    layer = QgsVectorLayer(f"{LAYERS}/provinces.gpkg", "provinces", "ogr")
    QgsProject.instance().addMapLayer(layer)
    told["call"] = failure(lambda: ccd.local_moran("provinces", field="D", seed=1))
    plugin = plugins["spatialccd_qgis"]
    plugin.set_up()
    dialog = plugin._dialog
    for path in ("/no/such/python", "/bin/false"):
        dialog.path.setCurrentText(path)
        dialog.use()
    told["refused"] = [dialog.told.toPlainText(), environment.python()]
    dialog.path.setCurrentText(GOOD)
    told["tested"] = dialog.test()
    dialog.use()
    settle(1)
    dialog.grab().save(os.path.join(PICTURES, "set_up.png"))
    told["taken"] = environment.python()
    told["rows"] = ccd.local_moran("provinces", field="D", seed=1).featureCount()
    return told


tell(session, "first.json")
