"""Layers that tests make for themselves."""

import random

from qgis.core import QgsFeature, QgsGeometry, QgsRectangle, QgsVectorLayer

FIELDS = ("y:double", "a:double", "b:double", "名:string")


def cells(side, crs="EPSG:3857"):
    """Give a square of `side` by `side` cells with random figures and a text in Chinese."""
    numbers = random.Random(1)
    fields = "".join(f"&field={field}" for field in FIELDS)
    layer = QgsVectorLayer(f"Polygon?crs={crs}{fields}", "cells", "memory")
    features = []
    for i in range(side * side):
        x, y = divmod(i, side)
        feature = QgsFeature(layer.fields())
        feature.setGeometry(QgsGeometry.fromRect(QgsRectangle(x, y, x + 1, y + 1)))
        feature.setAttributes([*(numbers.random() for _ in range(3)), "格"])
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    return layer


def without_crs(side):
    """Give cells of a layer that does not say where they are."""
    from qgis.core import QgsCoordinateReferenceSystem

    layer = cells(side)
    layer.setCrs(QgsCoordinateReferenceSystem())
    return layer


def with_null(side, field="y", rows=(3, 7)):
    """Give cells with NULL in some rows of a field."""
    from qgis.core import NULL

    layer = cells(side)
    place = layer.fields().lookupField(field)
    ids = [feature.id() for feature in layer.getFeatures()]
    layer.dataProvider().changeAttributeValues({ids[row]: {place: NULL} for row in rows})
    return layer
