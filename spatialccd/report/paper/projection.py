"""The plane a map is drawn on: its projection, its scale and where north is."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from matplotlib.path import Path as MplPath

from spatialccd._types import FloatArray
from spatialccd.data.layers.geometry import project_for_area
from spatialccd.data.layers.seam import cut_layer
from spatialccd.errors import GeometryError, GeometryWarning, ParameterError, listed
from spatialccd.report.paper.moved import DESCRIPTION, is_whole_country, moved

if TYPE_CHECKING:
    from spatialccd._types import Areas

_POLYGON, _POINT = 3, 0
_FEW = 200


@dataclass(frozen=True)
class Plane:
    """Areas in the coordinates they are drawn in.

    Attributes
    ----------
    units : Index
        In the order of `shapes`.
    shapes : ndarray of shapely geometries, (n,)
        Projected; polygons, or points for a layer of places.
    crs : pyproj CRS or None
        None for a layer without one: no scale, no north.
    description : str
        The projection in words.
    bounds : tuple of float
        Left, bottom, right, top of what is drawn.
    """

    units: pd.Index
    shapes: Any
    crs: Any
    description: str
    bounds: tuple[float, float, float, float]

    @cached_property
    def paths(self) -> tuple[list[MplPath], np.ndarray[Any, Any]]:
        """The polygons as matplotlib paths, and the row of `units` that each draws."""
        return polygon_paths(self.shapes)

    @cached_property
    def points(self) -> tuple[FloatArray, np.ndarray[Any, Any]]:
        """The point places, (m, 2), and the row of `units` of each."""
        parts, row = shapely.get_parts(self.shapes, return_index=True)
        is_point = shapely.get_type_id(parts) == _POINT
        return shapely.get_coordinates(parts[is_point]), row[is_point]

    @cached_property
    def anchors(self) -> FloatArray:
        """A place inside each unit, (n, 2): where its label or dot goes."""
        parts = _largest_part(self.shapes)
        inside = shapely.point_on_surface(parts)
        if len(parts) <= _FEW:  # the roomiest place is dearer to find
            roomy = shapely.area(parts) > 0
            circles = shapely.maximum_inscribed_circle(parts[roomy])
            inside[roomy] = shapely.get_point(circles, 0)
        return np.column_stack([shapely.get_x(inside), shapely.get_y(inside)])

    @cached_property
    def enlarged(self) -> str:
        """Say how much a Mercator map enlarges areas; "" for every other plane."""
        operation = None if self.crs is None else self.crs.coordinate_operation
        method = "" if operation is None else str(operation.method_name)
        if "Mercator" not in method or "Transverse" in method or "Oblique" in method:
            return ""
        left, bottom, right, top = self.bounds
        _, lat = self._to_lonlat([left, right], [bottom, top])
        far = max(lat, key=abs)
        times = 1 / math.cos(math.radians(float(far))) ** 2
        if times < 1.05:
            return ""
        place = f"{abs(far):.0f}° {'N' if far >= 0 else 'S'}"
        return f"Areas are drawn {times:.1f} times as large at {place} as at the equator."

    @cached_property
    def drawn_bounds(self) -> tuple[float, float, float, float]:
        """Left, bottom, right, top of the shapes within the bounds."""
        clipped = shapely.clip_by_rect(self.shapes, *self.bounds)
        bounds = shapely.total_bounds(clipped)
        left, bottom, right, top = bounds if np.isfinite(bounds).all() else self.bounds
        return (float(left), float(bottom), float(right), float(top))

    @cached_property
    def tree(self) -> Any:
        """The shapes as an STRtree, to find free room."""
        return shapely.STRtree(self.shapes)

    def is_free(self, box: tuple[float, float, float, float]) -> bool:
        """Tell whether nothing is drawn inside left, bottom, right, top."""
        return bool(self.tree.query(shapely.box(*box), predicate="intersects").size == 0)

    def meters_per_unit(self, x: float, y: float) -> float:
        """Give the ground length of one map unit eastward at a place of the map.

        Parameters
        ----------
        x, y : float
            In map units.
        """
        step = max(self.bounds[2] - self.bounds[0], 1e-9) / 2_000
        lon, lat = self._to_lonlat([x - step, x + step], [y, y])
        _, _, meters = self.crs.get_geod().inv(lon[0], lat[0], lon[1], lat[1])
        return float(meters / (2 * step))

    def north(self, x: float, y: float) -> float:
        """Give the direction of true north at a place, in degrees left of straight up."""
        lon, lat = self._to_lonlat([x], [y])
        to_map = _transformer(self.crs.geodetic_crs, self.crs)
        (x0, x1), (y0, y1) = to_map.transform([lon[0]] * 2, [lat[0] - 0.01, lat[0] + 0.01])
        return math.degrees(math.atan2(-(x1 - x0), y1 - y0))

    def project(self, geometry: Any) -> Any:
        """Bring a further layer (GeoDataFrame or GeoSeries) onto the plane."""
        shapes = geometry.geometry
        if self.crs is None or shapes.crs is None:
            return shapes.array
        return shapes.to_crs(self.crs).array

    def window(self, bounds: Sequence[float], role: str) -> tuple[float, float, float, float]:
        """Turn west, south, east, north in degrees into bounds on the plane."""
        west, south, east, north = _check_bounds(bounds, role)
        if self.crs is None:
            return (west, south, east, north)
        to_map = _transformer(self.crs.geodetic_crs, self.crs)
        left, bottom, right, top = to_map.transform_bounds(west, south, east, north, 41)
        return (left, bottom, right, top)

    def _to_lonlat(self, x: Sequence[float], y: Sequence[float]) -> tuple[Any, Any]:
        back = _transformer(self.crs, self.crs.geodetic_crs)
        lon, lat = back.transform(x, y)
        if not np.isfinite([lon, lat]).all():
            centre_x = (self.bounds[0] + self.bounds[2]) / 2
            centre_y = (self.bounds[1] + self.bounds[3]) / 2
            lon, lat = back.transform([centre_x] * len(x), [centre_y] * len(y))
        return lon, lat


def lay_out(areas: Areas, extent: Sequence[float] | None = None) -> Plane:
    """Bring areas onto the plane they are drawn on.

    Degrees are put on the equal-area plane that suits the extent; a layer in
    meters is drawn as it is.

    Raises
    ------
    GeometryError
        There is no geometry at all.
    """
    kept = areas.geometry[~(areas.geometry.is_empty | areas.geometry.isna())]
    if kept.empty:
        raise GeometryError("areas holds no geometry to draw", areas.index.to_frame(index=False))
    if len(kept) < len(areas):
        empty = areas.index.difference(kept.index)
        warnings.warn(
            f"{len(empty)} areas have no geometry and are not drawn: {listed(empty)}",
            GeometryWarning,
            stacklevel=4,
        )
    kept, description = _project(cut_layer(kept), extent)
    left, bottom, right, top = (float(b) for b in kept.total_bounds)
    plane = Plane(
        units=kept.index,
        shapes=shapely.force_2d(kept.array.to_numpy()),
        crs=kept.crs,
        description=description,
        bounds=(left, bottom, right, top),
    )
    if extent is None:
        return plane
    bounds = plane.window(extent, "extent")
    return Plane(plane.units, plane.shapes, plane.crs, plane.description, bounds)


def polygon_paths(shapes: Any) -> tuple[list[MplPath], np.ndarray[Any, Any]]:
    """Turn polygons into one compound path a shape, without a loop over vertices.

    Parameters
    ----------
    shapes : ndarray of shapely geometries, (n,)

    Returns
    -------
    paths : list of Path
        One for each shape that has polygons.
    rows : ndarray of int
        The position in `shapes` of each path.
    """
    parts, part_row = _flat_parts(shapes)
    polygon = shapely.get_type_id(parts) == _POLYGON
    # Agg fills by winding: a hole must run against its shell.
    parts, part_row = shapely.orient_polygons(parts[polygon]), part_row[polygon]
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    if not len(xy):
        return [], np.array([], dtype=np.intp)
    codes = np.full(len(xy), MplPath.LINETO, dtype=MplPath.code_type)
    first = np.r_[True, ring[1:] != ring[:-1]]
    codes[first] = MplPath.MOVETO
    codes[np.r_[first[1:], True]] = MplPath.CLOSEPOLY
    row = part_row[ring_part[ring]]
    cuts = np.flatnonzero(np.r_[True, row[1:] != row[:-1], True])
    paths = [MplPath(xy[a:b], codes[a:b]) for a, b in pairwise(cuts)]
    return paths, row[cuts[:-1]]


def round_length(meters: float) -> float:
    """Round down to 1, 2 or 5 times a power of ten.

    Examples
    --------
    >>> round_length(740_000), round_length(1_999)
    (500000.0, 1000.0)
    """
    power = 10.0 ** math.floor(math.log10(meters))
    return max(step * power for step in (1.0, 2.0, 5.0) if step * power <= meters)


def _project(shapes: Any, extent: Sequence[float] | None) -> tuple[Any, str]:
    """Put degrees on an equal-area plane that suits what is shown of them; give it in words."""
    if shapes.crs is None:
        warnings.warn(
            "areas has no CRS: drawn as it is, without scale bar and north arrow; "
            "set one with areas.set_crs(...)",
            GeometryWarning,
            stacklevel=5,
        )
        return shapes, ""
    if extent is None and is_whole_country(shapes):
        return moved(shapes), DESCRIPTION
    if extent is None or not shapes.crs.is_geographic:
        return project_for_area(shapes)
    shown = type(shapes)([shapely.box(*_check_bounds(extent, "extent"))], crs=shapes.crs)
    plane, description = project_for_area(shown)
    # An edge of half a degree is as good as straight on any of these planes.
    return shapes.segmentize(0.5).to_crs(plane.crs), description


def _transformer(source: Any, target: Any) -> Any:
    from pyproj import Transformer

    return Transformer.from_crs(source, target, always_xy=True)


def _flat_parts(shapes: Any) -> tuple[Any, Any]:
    """Take multi-parts and collections apart, collections of multi-parts too."""
    parts, row = shapely.get_parts(shapes, return_index=True)
    inner, outer = shapely.get_parts(parts, return_index=True)
    return inner, row[outer]


def _largest_part(shapes: Any) -> Any:
    """Give each unit's largest part, so that no label lands on an islet."""
    parts, row = _flat_parts(shapes)
    frame = pd.DataFrame({"row": row, "area": shapely.area(parts)})
    return parts[frame.groupby("row")["area"].idxmax().to_numpy()]


def _check_bounds(bounds: Sequence[float], role: str) -> tuple[float, float, float, float]:
    if len(bounds) == 4:
        west, south, east, north = (float(b) for b in bounds)
        if west < east and south < north:
            return west, south, east, north
    raise ParameterError(
        f"{role}={tuple(bounds)!r} must be west, south, east, north with west < east "
        "and south < north"
    )
