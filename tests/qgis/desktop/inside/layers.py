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


def panel(side, years):
    """Give `side` by `side` cells once for each year, with codes, scores and an alias."""
    numbers = random.Random(2)
    names = ("code:string", "year:int", "a:double", "b:double", "covariate:double")
    fields = "".join(f"&field={name}" for name in names)
    layer = QgsVectorLayer(f"Polygon?crs=EPSG:3857{fields}", "panel", "memory")
    features = []
    for year in years:
        for i in range(side * side):
            x, y = divmod(i, side)
            feature = QgsFeature(layer.fields())
            feature.setGeometry(QgsGeometry.fromRect(QgsRectangle(x, y, x + 1, y + 1)))
            values = [numbers.random() for _ in range(3)]
            feature.setAttributes([f"u{i:02}", year, *values])
            features.append(feature)
    layer.dataProvider().addFeatures(features)
    layer.setFieldAlias(layer.fields().lookupField("a"), "First score")
    return layer


def points(count):
    """Give points of which two lie at one place, as addresses do."""
    layer = QgsVectorLayer("Point?crs=EPSG:3857&field=y:double", "points", "memory")
    features = []
    for i in range(count):
        feature = QgsFeature(layer.fields())
        feature.setGeometry(QgsGeometry.fromWkt(f"Point ({max(i, 1)} 0)"))
        feature.setAttributes([i * i % 7 + 0.5])
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    return layer
