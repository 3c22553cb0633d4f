"""The globe as a sphere: points on it, and the angle between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from spatialccd._types import FloatArray

#: Mean radius of the Earth in kilometers (IUGG).
EARTH_KM = 6371.0088


def unit_vectors(degrees: FloatArray) -> FloatArray:
    """Put longitudes and latitudes in degrees, (n, 2), on the unit sphere, (n, 3)."""
    lon, lat = np.radians(degrees).T
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def degrees_of(vectors: FloatArray) -> FloatArray:
    """Give longitudes and latitudes in degrees, (n, 2), of vectors (n, 3) of any length."""
    x, y, z = vectors.T
    lon, lat = np.arctan2(y, x), np.arctan2(z, np.hypot(x, y))
    return np.asarray(np.degrees(np.column_stack([lon, lat])), dtype=float)


def central_angle(
    lon: FloatArray, lat: FloatArray, other_lon: FloatArray, other_lat: FloatArray
) -> FloatArray:
    """Give the angle between places seen from the Earth's center, in radians as these are.

    Arrays broadcast. By the haversine, which keeps its digits for places close to each
    other; rounding may put it above 1 for those on opposite sides.
    """
    half = np.sin((other_lat - lat) / 2) ** 2
    half = half + np.cos(lat) * np.cos(other_lat) * np.sin((other_lon - lon) / 2) ** 2
    return np.asarray(2 * np.arcsin(np.sqrt(np.minimum(half, 1))), dtype=float)
