"""Runs in QGIS's desktop, twice at once: one call each, in the same profile."""

import os

import spatialccd_qgis as ccd
from desk import PICTURES, settle, tell
from qgis.core import QgsProject, QgsVectorLayer
from spatialccd_qgis import client

LAYERS, NAME, FIELD = os.environ["LAYERS"], os.environ["NAME"], os.environ["FIELD"]


def session():
    # Both are open before either computes.
    open(os.path.join(PICTURES, NAME + ".ready"), "w").close()
    settle(300, lambda: sum(name.endswith(".ready") for name in os.listdir(PICTURES)) == 2)
    layer = QgsVectorLayer(f"{LAYERS}/provinces.gpkg", "provinces", "ogr")
    QgsProject.instance().addMapLayer(layer)
    found = [ccd.local_moran("provinces", field=FIELD, unit="adcode", seed=1) for _ in range(3)]
    settle(0.5)
    return {
        "I": {f["adcode"]: f["I"] for f in found[-1].getFeatures()},
        "workers": [worker._process.pid for worker in client._idle],
    }


tell(session, NAME)
