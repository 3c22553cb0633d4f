"""Layers to GeoDataFrames and back, for a script of your own inside QGIS's Python.

The plugin never needs this. It works where the dependencies of spatialccd are
on ``PYTHONPATH`` *before* QGIS starts, for the same minor version of Python:
QGIS loads numpy early, and a second numpy cannot be loaded beside it. Call
`prepare` before the first ``import geopandas``. On exit such a process may
crash after everything was saved, because two copies of PROJ clean up.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from spatialccd.errors import MissingDependencyError, ParameterError, closest

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from qgis.core import QgsVectorLayer

_OLDEST_NUMPY = 2
#: Wheels that bring a PROJ, GDAL or GEOS of their own beside those of QGIS.
_BUNDLED = ("pyproj", "pyogrio", "shapely")


def prepare() -> None:
    """Load the packages that bring their own PROJ, GDAL and GEOS apart from those of QGIS.

    Raises
    ------
    MissingDependencyError
        They are not there, or QGIS has loaded a numpy that is too old for them.
    """
    import numpy as np

    line = "start QGIS with the site-packages of your environment first on PYTHONPATH"
    if int(np.__version__.split(".")[0]) < _OLDEST_NUMPY:
        raise MissingDependencyError(f"QGIS has loaded numpy {np.__version__}; {line}")
    deep = getattr(os, "RTLD_DEEPBIND", 0)  # Linux: prefer the library a wheel brought along
    flags = sys.getdlopenflags() if hasattr(sys, "getdlopenflags") else None
    if flags is not None:
        sys.setdlopenflags(flags | deep)
    try:
        for name in _BUNDLED:
            __import__(name)
    except ImportError as error:
        raise MissingDependencyError(f"QGIS's Python has no {error.name}; {line}") from error
    finally:
        if flags is not None:
            sys.setdlopenflags(flags)


def to_geodataframe(
    layer: QgsVectorLayer,
    *,
    unit: str | None = None,
    fields: Sequence[str] | None = None,
    selected: bool = False,
) -> gpd.GeoDataFrame:
    """Give a layer's features as a GeoDataFrame on unit.

    Parameters
    ----------
    layer : QgsVectorLayer
        Any vector layer of QGIS; its filter is respected.
    unit : str, optional
        The field that becomes the index, as text; the feature id when omitted.
    fields : sequence of str, optional
        The fields to take; all when omitted.
    selected : bool, default False
        Take the selected features only.

    Returns
    -------
    GeoDataFrame
        NULL is a missing value, dates are timestamps, and a feature without
        geometry has none.

    Raises
    ------
    ParameterError
        The layer has no such field.
    """
    import geopandas as gpd
    import pandas as pd
    import shapely
    from qgis.PyQt.QtCore import QDate, QDateTime

    known = [field.name() for field in layer.fields()]
    names = list(known if fields is None else fields)
    for name in [*names, *([unit] if unit else [])]:
        if name not in known:
            near = closest(name, known)
            hint = f"; did you mean {near!r}?" if near else f"; there are {', '.join(known)}"
            raise ParameterError(f"the layer has no field {name!r}{hint}")

    def plain(value: Any) -> Any:
        if value is None or (hasattr(value, "isNull") and value.isNull()):
            return None
        if isinstance(value, QDate | QDateTime):
            form = "yyyy-MM-dd" if isinstance(value, QDate) else "yyyy-MM-ddTHH:mm:ss.zzz"
            return pd.Timestamp(value.toString(form))
        return value

    features = list(layer.getSelectedFeatures() if selected else layer.getFeatures())
    table = {name: [plain(f[name]) for f in features] for name in names}
    shapes = [bytes(f.geometry().asWkb()) if f.hasGeometry() else None for f in features]
    index = [str(plain(f[unit])) for f in features] if unit else [f.id() for f in features]
    return gpd.GeoDataFrame(
        table,
        geometry=shapely.from_wkb(shapes),
        index=pd.Index(index, name="unit"),
        crs=layer.crs().toWkt() if layer.crs().isValid() else None,
    )


def to_layer(frame: gpd.GeoDataFrame | pd.DataFrame, name: str = "result") -> QgsVectorLayer:
    """Give a frame as a memory layer, its index as the first fields.

    Parameters
    ----------
    frame : GeoDataFrame or DataFrame
        What a result's ``to_frame()`` gives, perhaps with a geometry; without
        one it becomes a table.
    name : str, default "result"
        The layer's name.

    Returns
    -------
    QgsVectorLayer
        Not yet in the project: ``QgsProject.instance().addMapLayer(layer)``.
    """
    import pandas as pd
    from qgis.core import QgsCoordinateReferenceSystem, QgsFeature, QgsGeometry, QgsVectorLayer

    shapes = getattr(frame, "geometry", None) if hasattr(frame, "set_geometry") else None
    columns = frame.drop(columns=shapes.name) if shapes is not None else frame
    table = pd.DataFrame(columns).reset_index()
    kinds = {"b": "bool", "i": "int8", "u": "int8", "f": "double", "M": "datetime"}
    definition = "&".join(
        f"field={column}:{kinds.get(getattr(table[column].dtype, 'kind', 'O'), 'string')}"
        for column in table.columns
    )
    layer = QgsVectorLayer(f"{_kind(shapes)}?{definition}", name, "memory")
    if shapes is not None and shapes.crs is not None:
        layer.setCrs(QgsCoordinateReferenceSystem.fromWkt(shapes.crs.to_wkt()))
    features = []
    for place, row in enumerate(table.astype(object).itertuples(index=False)):
        feature = QgsFeature(layer.fields())
        feature.setAttributes([None if pd.isna(v) else _item(v) for v in row])
        shape = None if shapes is None else shapes.iloc[place]
        if shape is not None:
            geometry = QgsGeometry()
            geometry.fromWkb(shape.wkb)
            geometry.convertToMultiType()
            feature.setGeometry(geometry)
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    layer.updateExtents()
    return layer


def _kind(shapes: Any) -> str:
    """Name the Multi kind of geometry that holds all shapes."""
    if shapes is None:
        return "None"
    kinds = {str(kind).removeprefix("Multi") for kind in shapes.geom_type.dropna()}
    if len(kinds) > 1:
        raise ParameterError(f"a layer holds one kind of geometry, not {', '.join(sorted(kinds))}")
    return f"Multi{kinds.pop()}" if kinds else "MultiPolygon"


def _item(value: Any) -> Any:
    """Give a value as Qt takes it."""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value.item() if hasattr(value, "item") else value
