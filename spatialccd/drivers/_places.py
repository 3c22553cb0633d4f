"""Where units are, as plain coordinates."""

from __future__ import annotations

from typing import Any

import numpy as np

from spatialccd._globe import EARTH_KM, central_angle
from spatialccd._types import FloatArray
from spatialccd.data.layers.crs import check_fit, is_degrees
from spatialccd.data.layers.geometry import longitudes
from spatialccd.data.layers.seam import cut_layer
from spatialccd.errors import ParameterError


def coordinates(placed: Any, role: str) -> FloatArray:
    """Give a point of each unit, (n, 2), for distances between neighbors.

    A frame holds the two coordinates; a layer gives a point inside each shape.
    In degrees the longitude is counted from the layer's western end, across the
    180th meridian where that is the shorter way, and shrunk to the scale of the
    latitude: right for choosing who is near, too rough for lengths.
    """
    shapes = getattr(placed, "geometry", None)
    if shapes is None:
        xy = np.asarray(placed, dtype=float)
        if xy.shape[1:] != (2,):
            raise ParameterError(f"{role} must be a layer, or a frame of two coordinate columns")
        return xy
    check_fit(placed, role)
    points = cut_layer(shapes, role).representative_point()
    xy = np.column_stack([points.x, points.y])
    if is_degrees(shapes.crs):
        west, _ = longitudes(xy[:, 0])
        xy[:, 0] = west + np.mod(xy[:, 0] - west, 360.0)
        xy[:, 0] *= np.cos(np.radians(xy[:, 1].mean()))
    return xy


def distances(placed: Any, role: str) -> FloatArray:
    """Give the distance of each unit to each, (n, n): meters where the layer is in degrees.

    Else straight, in the unit of its coordinates. Between points inside the shapes.
    """
    shapes = getattr(placed, "geometry", None)
    if shapes is None or shapes.crs is None or not shapes.crs.is_geographic:
        xy = coordinates(placed, role)
        return np.asarray(np.linalg.norm(xy[:, None] - xy, axis=2))
    check_fit(placed, role)
    points = shapes.representative_point()
    lon, lat = np.radians(points.x.to_numpy()), np.radians(points.y.to_numpy())
    return 1000 * EARTH_KM * central_angle(lon[:, None], lat[:, None], lon, lat)
