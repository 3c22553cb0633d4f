"""A user's own script in the console: spatialccd in QGIS's process (spatialccd.qgis.layers)."""

import json
import os
import traceback

from qgis.core import QgsFeature, QgsProject, QgsVectorLayer
from qgis.PyQt.QtCore import QDate, QTimer

LAYERS, PICTURES = os.environ["LAYERS"], os.environ["PICTURES"]


def script():
    from spatialccd.qgis import layers

    layers.prepare()
    import spatialccd as sc

    provinces = QgsVectorLayer(f"{LAYERS}/provinces.gpkg", "provinces", "ogr")
    areas = layers.to_geodataframe(provinces, unit="adcode")
    lisa = sc.local_moran(areas["D"], sc.neighbors(areas), seed=1).to_frame()
    back = layers.to_layer(areas[["name_zh", "geometry"]].join(lisa), "lisa")
    QgsProject.instance().addMapLayer(back)
    provinces.setSubsetString("\"region\" = 'Central'")
    odd = QgsVectorLayer("Point?field=日期:date&field=n:int", "odd", "memory")
    dated = QgsFeature(odd.fields())
    dated.setAttributes([QDate(2020, 2, 29), None])
    odd.dataProvider().addFeatures([dated])
    frame = layers.to_geodataframe(odd)
    return {
        "I": lisa["I"].to_dict(),
        "valid": back.isValid(),
        "crs": back.crs().authid(),
        "rows": back.featureCount(),
        "first": next(back.getFeatures())["name_zh"],
        "filtered": len(layers.to_geodataframe(provinces)),
        "odd": [str(frame["日期"].iloc[0]), frame["n"].iloc[0], frame.geometry.iloc[0]],
    }


def main():
    try:
        told = script()
    except BaseException:
        told = {"traceback": traceback.format_exc()}
    with open(os.path.join(PICTURES, "own.json"), "w", encoding="utf-8") as file:
        json.dump(told, file, ensure_ascii=False)
    os._exit(0)


QTimer.singleShot(1000, main)
