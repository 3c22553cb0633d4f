"""Places and planes: centroids, equal-area projections, meters.

What the stations that measure on the ground share. Layers that cross the
180th meridian (the Aleutians, Fiji) are handled: nothing here averages
longitudes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import shapely

from spatialccd._globe import degrees_of, unit_vectors
from spatialccd._types import FloatArray
from spatialccd.data.layers.crs import check_crs
from spatialccd.data.layers.seam import cut_layer
from spatialccd.errors import GeometryError, ParameterError, listed

if TYPE_CHECKING:
    from spatialccd._types import Areas, Places

#: Projections in words, by the name that the standard gives their method.
_METHODS = {
    "Albers Equal Area": "Albers equal-area conic",
    "Lambert Azimuthal Equal Area": "Lambert azimuthal equal-area",
    "Lambert Conic Conformal (2SP)": "Lambert conformal conic",
}
#: Edges longer than this (degrees) get vertices in between before they are bent.
_STEP = 0.5
#: From this width (degrees of longitude) on, a layer is mapped as its whole country.
_COUNTRY = 25.0
_LONGITUDE = frozenset(["lon", "long", "lng", "longitude"])
_LATITUDE = frozenset(["lat", "latitude"])


class Coordinates(NamedTuple):
    """Where places are.

    Attributes
    ----------
    xy : array of float, shape (n, 2)
        Meters (or the layer's unit) on a plane, or degrees of longitude and latitude.
    great_circle : bool
        Whether they are degrees, so that distances run over the globe.
    """

    xy: FloatArray
    great_circle: bool


class Projected(NamedTuple):
    """A layer on an equal-area plane, and the words that say which.

    Attributes
    ----------
    areas : GeoDataFrame or GeoSeries
        In meters.
    description : str
        For a caption, such as ``"Albers equal-area conic, 25° N and 47° N, 105° E"``.
    """

    areas: Any
    description: str


def coordinates(places: Places, role: str = "geometry") -> Coordinates:
    """Give the place of each row: its point, or the centroid of its polygons.

    Parameters
    ----------
    places : GeoDataFrame, GeoSeries or DataFrame
        A layer, or a table of two columns: ``lon`` and ``lat`` in degrees, or
        any other names for two coordinates on a plane, such as ``x`` and ``y``.
    role : str, default "geometry"
        The argument's name, for messages.

    Returns
    -------
    Coordinates
        In the order of the rows. Layers in degrees give degrees, everything
        else stays on its plane.

    Raises
    ------
    GeometryError
        Geometry or figures are missing, or the layer has no coordinate
        reference system or one that its coordinates cannot be in; ``cases``
        names every row.

    Warns
    -----
    GeometryWarning
        Areas in degrees were drawn across the 180th meridian and were cut there.

    Notes
    -----
    In degrees, the centroid is that of the polygon on the sphere: the sum over
    its edges of (half the edge's angle) x (the edge's unit normal), which is
    the integral of the position over the area inside (Brock 1975). It needs no
    projection, so it has no seam.

    Examples
    --------
    >>> table = pd.DataFrame({"lon": [116.4], "lat": [39.9]}, index=["Beijing"])
    >>> coordinates(table)
    Coordinates(xy=array([[116.4,  39.9]]), great_circle=True)
    """
    if not hasattr(places, "geometry"):
        return _from_table(places, role)
    shapes = places.geometry.to_numpy()
    lacking = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    if lacking.any():
        units = places.index[lacking]
        raise GeometryError(
            f"{role} is missing for {listed(units)}; draw or drop these rows",
            pd.DataFrame({"unit": units, "problem": "missing geometry"}),
        )
    check_crs(places, role)
    if not places.crs.is_geographic:
        return Coordinates(shapely.get_coordinates(shapely.centroid(shapes)), great_circle=False)
    shapes = cut_layer(places, role).geometry.to_numpy()
    return Coordinates(_centroidsunit_vectors(shapes), great_circle=True)


def check_meters(places: Places, purpose: str, role: str = "areas") -> None:
    """Raise ``GeometryError`` unless the layer's coordinates are meters.

    Parameters
    ----------
    places : GeoDataFrame or GeoSeries
        The layer.
    purpose : str
        What needs meters, for the message: "a distance band".
    role : str, default "areas"
        The argument's name, for the message.
    """
    check_crs(places, role)
    unit = str(places.crs.axis_info[0].unit_name)
    if unit != "metre":
        crs, description = _equal_area(places)
        raise GeometryError(
            f"{purpose} needs meters but the unit of {role} is the {unit} "
            f"({places.crs.to_string()})"
        ).advise(
            "reproject",
            f"convert it first: {role}.to_crs({crs!r})  # {description}",
            plane=crs if crs.startswith("EPSG") else description,
        )


def project_for_area(areas: Areas) -> Projected:
    """Put a layer on the equal-area plane that suits its extent.

    China as a whole goes on the Albers cone of its national atlases, the
    conterminous United States on that of the Geological Survey; other layers
    up to a hemisphere on Lambert's azimuthal projection about their middle,
    the world on Equal Earth. A layer in meters is left as its owner drew it.

    Parameters
    ----------
    areas : GeoDataFrame or GeoSeries
        With a coordinate reference system.

    Returns
    -------
    Projected
        The layer in meters, and a description of the plane.

    Examples
    --------
    >>> from spatialccd.data.boundaries import read_boundaries
    >>> project_for_area(read_boundaries("china_provinces")).description
    'Albers equal-area conic, parallels 25° N and 47° N, meridian 105° E'
    """
    check_crs(areas)
    if not areas.crs.is_geographic:
        return Projected(areas, describe(areas.crs))
    crs, description = _equal_area(areas)
    fine = areas.geometry.segmentize(_STEP)
    if _is_frame(areas):
        fine = areas.set_geometry(fine)
    return Projected(fine.to_crs(crs), description)


def describe(crs: Any) -> str:
    """Say what a plane is: by its name, or by its projection where it has none.

    Parameters
    ----------
    crs : pyproj CRS

    Examples
    --------
    >>> from pyproj import CRS
    >>> describe(CRS("EPSG:32650"))
    'WGS 84 / UTM zone 50N'
    >>> describe(CRS("+proj=laea +lat_0=30 +lon_0=-95 +units=m"))
    'Lambert azimuthal equal-area, centered on 30° N, 95° W'
    """
    name = str(crs.name)
    operation = crs.coordinate_operation
    if name.lower() not in ("unknown", "unnamed", "undefined", "") or operation is None:
        return name
    given = {parameter.name: float(parameter.value) for parameter in operation.params}
    lon, lat = (
        next((v for n, v in given.items() if n.startswith(f"{axis} of ")), None)
        for axis in ("Longitude", "Latitude")
    )
    parallels = [v for n, v in sorted(given.items()) if n.endswith("standard parallel")]
    method = _METHODS.get(operation.method_name, operation.method_name)
    words = [method]
    if parallels:
        words.append("parallels " + " and ".join(_degrees(v, "N", "S") for v in parallels))
        words += [f"meridian {_degrees(lon, 'E', 'W')}"] if lon is not None else []
    else:
        middle = [_degrees(lat, "N", "S")] if lat is not None else []
        middle += [_degrees(lon, "E", "W")] if lon is not None else []
        words += [f"centered on {', '.join(middle)}"] if middle else []
    return ", ".join(words)


def _equal_area(places: Places) -> tuple[str, str]:
    """Choose an equal-area reference system for a layer: what pyproj reads, and words."""
    degrees = places.geometry if places.crs.is_geographic else places.geometry.to_crs("EPSG:4326")
    # Without vertices along its edges, an area wider than the globe's half looks narrow.
    points = shapely.get_coordinates(shapely.segmentize(degrees.to_numpy(), _STEP))
    west, width = longitudes(points[:, 0])
    south, north = points[:, 1].min(), points[:, 1].max()
    east = west + width
    # China, with the South China Sea or without; not a part of the tropics by itself.
    if (
        width >= _COUNTRY
        and west >= 72 and east <= 137
        and south >= 0 and north <= 55
        and (south + north) / 2 >= 25
    ):  # fmt: skip
        return (
            "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +ellps=GRS80 +units=m +no_defs",
            "Albers equal-area conic, parallels 25° N and 47° N, meridian 105° E",
        )
    if width >= _COUNTRY and west >= -125 and east <= -66 and south >= 24 and north <= 50:
        return "EPSG:5070", "Albers equal-area conic for the conterminous United States (EPSG:5070)"
    lon, lat = _wrap(round(west + width / 2)), round((south + north) / 2)
    if width > 180:
        return (
            f"+proj=eqearth +lon_0={lon} +ellps=WGS84 +units=m +no_defs",
            f"Equal Earth, centered on {_degrees(lon, 'E', 'W')}",
        )
    return (
        f"+proj=laea +lat_0={lat} +lon_0={lon} +ellps=GRS80 +units=m +no_defs",
        "Lambert azimuthal equal-area, centered on "
        f"{_degrees(lat, 'N', 'S')}, {_degrees(lon, 'E', 'W')}",
    )


def longitudes(lon: FloatArray) -> tuple[float, float]:
    """Give the western end and the width of the shortest arc that holds all longitudes."""
    on_circle = np.unique(np.mod(lon, 360.0))
    gaps = np.diff(on_circle, append=on_circle[0] + 360.0)
    widest = int(gaps.argmax())
    west = on_circle[(widest + 1) % len(on_circle)]
    return _wrap(float(west)), float(360.0 - gaps[widest])


def _wrap(lon: float) -> float:
    """Bring a longitude into [-180, 180)."""
    return (lon + 180) % 360 - 180


def _degrees(value: float, positive: str, negative: str) -> str:
    return f"{abs(value):g}° {positive if value >= 0 else negative}"


def _centroidsunit_vectors(shapes: Any) -> FloatArray:
    """Give longitude and latitude of the centroids of points or polygons in degrees."""
    fine = shapely.segmentize(shapes, _STEP)
    # Shells one way round, holes the other: then the edges of a hole subtract.
    polygonal = shapely.get_dimensions(fine) == 2
    fine[polygonal] = shapely.orient_polygons(fine[polygonal])
    parts, part_owner = shapely.get_parts(fine, return_index=True)
    areal = shapely.get_dimensions(parts) == 2
    rings, ring_part = shapely.get_rings(parts[areal], return_index=True)
    ring_owner = part_owner[areal][ring_part]
    total = _ring_moments(rings, ring_owner, len(shapes))
    xy, point_part = shapely.get_coordinates(parts[~areal], return_index=True)
    np.add.at(total, part_owner[~areal][point_part], unit_vectors(xy))
    return degrees_of(total)


def _ring_moments(rings: Any, owner: Any, n: int) -> FloatArray:
    """Sum half the angle times the normal of every edge, by owner; shape (n, 3)."""
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    start, end = unit_vectors(xy[:-1][same]), unit_vectors(xy[1:][same])
    # For short edges the angle is its sine: angle x unit normal = cross product x (angle / sine).
    cross = np.cross(start, end)
    sine = np.linalg.norm(cross, axis=1)
    angle = np.arctan2(sine, np.einsum("ij,ij->i", start, end))
    stretch = np.divide(angle, sine, out=np.ones_like(sine), where=sine > 0)
    total = np.zeros((n, 3))
    np.add.at(total, owner[ring[:-1][same]], cross * stretch[:, None] / 2)
    return total


def _from_table(table: Any, role: str) -> Coordinates:
    if not isinstance(table, pd.DataFrame) or table.shape[1] != 2:
        raise ParameterError(
            f"{role} must be a layer, or a table of two columns such as lon and lat, "
            f"not {type(table).__name__}"
            + (f" of {table.shape[1]} columns" if isinstance(table, pd.DataFrame) else "")
        )
    names = [str(c).strip().lower() for c in table.columns]
    if names[0] in _LATITUDE and names[1] in _LONGITUDE:
        table, names = table.iloc[:, ::-1], names[::-1]
    try:
        xy = table.to_numpy(dtype=float)
    except (TypeError, ValueError):
        raise GeometryError(f"{role} has coordinates that are not numbers") from None
    great_circle = names[0] in _LONGITUDE and names[1] in _LATITUDE
    bad = ~np.isfinite(xy).all(axis=1)
    if great_circle:
        bad |= (np.abs(xy[:, 0]) > 360) | (np.abs(xy[:, 1]) > 90)
    if bad.any():
        units = table.index[bad]
        raise GeometryError(
            f"{role} has coordinates that are missing or out of range for {listed(units)}",
            pd.DataFrame({"unit": units, "problem": "coordinates"}),
        )
    return Coordinates(xy, great_circle)


def _is_frame(areas: Any) -> bool:
    return hasattr(areas, "set_geometry")
