"""Areas across the 180th meridian: cut where they were drawn through it.

In degrees a polygon of Fiji may run from 179 to -179, which plain geometry takes
for a belt around the globe that touches Bolivia. No border is longer than half the
globe, so a longer edge is the sign of it. Such polygons are cut at the
meridian into a part on either side (by the package ``antimeridian``).
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from spatialccd._types import BoolArray, FloatArray
from spatialccd.errors import GeometryWarning, counted, listed

if TYPE_CHECKING:
    import numpy.typing as npt

    from spatialccd._types import Places

#: An edge longer than this (degrees of longitude) goes the other way round.
_HALF = 180.0
#: One of this length follows a parallel around the whole globe, as Antarctica's southern end does.
_WHOLE = 360.0
_ROUNDING = 1e-9


def cut_layer(places: Places, role: str = "areas") -> Places:
    """Cut the areas of a layer in degrees that are drawn across the 180th meridian.

    Parameters
    ----------
    places : GeoDataFrame or GeoSeries
        A layer; one that is not in degrees comes back as it is.
    role : str, default "areas"
        The argument's name, for the warning.

    Returns
    -------
    GeoDataFrame or GeoSeries
        The layer itself when nothing is cut, otherwise a copy.

    Warns
    -----
    GeometryWarning
        Areas were cut; it names them.
    """
    crs = getattr(places, "crs", None)
    if crs is None or not crs.is_geographic:
        return places
    shapes = places.geometry.to_numpy()
    across = is_across(shapes)
    if not across.any():
        return places
    units = places.index[across]
    message = (
        f"{role}: {counted(len(units), 'area', 'areas')} drawn across the 180th meridian (by an "
        f"edge of more than 180 degrees of longitude), cut there: {listed(units)}"
    )
    cases = pd.DataFrame({"unit": units, "problem": "drawn across the 180th meridian"})
    warnings.warn(GeometryWarning(message, cases), stacklevel=4)
    return _with(places, cut(shapes, across))


def is_across(shapes: npt.NDArray[np.object_]) -> BoolArray:
    """Tell which polygons in degrees have an edge longer than half the globe, shape (n,)."""
    bounds = shapely.bounds(shapes)
    across = np.zeros(len(shapes), dtype=bool)
    wide = np.flatnonzero(bounds[:, 2] - bounds[:, 0] > _HALF)
    wide = wide[shapely.get_dimensions(shapes[wide]) == 2]
    for at in wide:
        xy, ring = shapely.get_coordinates(
            shapely.get_rings(shapely.get_parts(shapes[at])), return_index=True
        )
        step = np.abs(np.diff(xy[:, 0]))[ring[1:] == ring[:-1]]
        across[at] = ((step > _HALF) & (np.abs(step - _WHOLE) > _ROUNDING)).any()
    return across


def cut(shapes: npt.NDArray[np.object_], across: BoolArray) -> npt.NDArray[np.object_]:
    """Cut the polygons that `across` marks at the 180th meridian; the others stay."""
    import antimeridian

    done = shapes.copy()
    for at in np.flatnonzero(across):
        parts = shapely.MultiPolygon([_oriented(p) for p in shapely.get_parts(shapes[at])])
        # Plane geometry, as everywhere in a layer of degrees; the way round is right by now.
        done[at] = antimeridian.fix_multi_polygon(parts, fix_winding=False, great_circle=False)
    return done


def _oriented(polygon: shapely.Polygon) -> shapely.Polygon:
    """Run the shell counterclockwise and holes clockwise, as seen on the globe.

    The package goes by the way round, which files of shapes do not keep to.
    """
    return shapely.Polygon(
        _ring(polygon.exterior, 1.0), [_ring(hole, -1.0) for hole in polygon.interiors]
    )


def _ring(ring: shapely.LinearRing, turn: float) -> FloatArray:
    """Give a ring's coordinates, counterclockwise (`turn` 1) or clockwise (-1)."""
    xy: FloatArray = shapely.get_coordinates(ring)
    step = np.diff(xy[:, 0])
    jump = (np.abs(step) > _HALF) & (np.abs(np.abs(step) - _WHOLE) > _ROUNDING)
    lon = xy[:, 0] - _WHOLE * np.concatenate([[0.0], np.cumsum(np.sign(step) * jump)])
    lat = xy[:, 1]
    around = lon[-1] - lon[0]
    if abs(around) > _HALF:  # around a pole, the nearer one: the north pole eastward
        found = around * np.sign(lat.mean())
    else:
        found = np.sum(lon[:-1] * lat[1:] - lon[1:] * lat[:-1])
    return xy if found * turn > 0 else xy[::-1]


def _with(places: Any, shapes: npt.NDArray[np.object_]) -> Any:
    """Give a copy of a layer with other shapes."""
    if hasattr(places, "set_geometry"):
        return places.set_geometry(shapes, crs=places.crs)
    return type(places)(shapes, index=places.index, crs=places.crs)
