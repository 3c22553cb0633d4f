"""Check a layer before its neighbors are sought, and turn it into points."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import shapely
from scipy.spatial import KDTree

from spatialccd._types import FloatArray, IntArray
from spatialccd.association._links import MAX_LINKS, Matrix, Points
from spatialccd.data.layers.crs import unit_of
from spatialccd.data.layers.geometry import coordinates
from spatialccd.errors import (
    GeometryError,
    ParameterError,
    RepeatedLocationWarning,
    listed,
)

_POLYGONS = ("Polygon", "MultiPolygon")
#: Edges longer than this (degrees) get vertices in between before they are measured.
_STEP = 0.1


def check_polygons(areas: Any) -> None:
    """Raise ``GeometryError`` naming every unit that is not a sound polygon."""
    if not hasattr(areas, "geometry"):
        raise ParameterError(
            f"areas must be a layer of polygons for queen and rook, not {type(areas).__name__}"
        )
    shapes = areas.geometry.to_numpy()
    problems = np.full(len(shapes), None, dtype=object)
    problems[~shapely.is_valid(shapes)] = "invalid"
    problems[~np.isin(areas.geometry.geom_type.to_numpy(), _POLYGONS)] = "not a polygon"
    problems[shapely.is_missing(shapes) | shapely.is_empty(shapes)] = "missing or empty"
    cases = pd.DataFrame({"unit": areas.index, "problem": problems}).dropna()
    if len(cases):
        found = "; ".join(
            f"{problem}: {listed(rows['unit'])}"
            for problem, rows in cases.groupby("problem", sort=True)
        )
        raise GeometryError(
            f"areas have {len(cases)} geometries that cannot be used ({found}); "
            "repair or drop them first",
            cases.reset_index(drop=True),
        )


def points(areas: Any) -> Points:
    """Give the centroids, on the plane of the layer or on the sphere."""
    xy, great_circle = coordinates(areas, "areas")
    return Points.on_sphere(xy) if great_circle else Points.on_plane(xy)


def nearest_by_border(areas: Any, alone: IntArray, k: int) -> tuple[IntArray, FloatArray]:
    """Find the k areas whose border is nearest to that of each area asked about.

    On the plane the distance is exact. In degrees it runs along the great
    circle between the borders' vertices, with more of them on long edges.

    Parameters
    ----------
    areas : GeoDataFrame, n rows
    alone : array of int, shape (a,)
        Positions of the areas asked about.
    k : int

    Returns
    -------
    (array of int, array), shape (a, k)
        Positions, nearest first, and distances.
    """
    shapes = areas.geometry.to_numpy()
    if areas.crs is None or not areas.crs.is_geographic:
        distance = shapely.distance(shapes[alone][:, None], shapes[None, :])
    else:
        lonlat, owner = shapely.get_coordinates(
            shapely.segmentize(shapes, _STEP), return_index=True
        )
        vertices = Points.on_sphere(lonlat)
        distance = np.full((len(alone), len(shapes)), np.inf)
        for row, unit in enumerate(alone):
            chord, _ = KDTree(vertices.xyz[owner == unit]).query(vertices.xyz)
            np.minimum.at(distance[row], owner, vertices.arc(chord))
    distance[np.arange(len(alone)), alone] = np.inf
    found = np.argsort(distance, axis=1, kind="stable")[:, :k]
    return found, np.take_along_axis(distance, found, axis=1)


def distance_unit(areas: Any) -> str:
    """Name the unit of a layer's distances; "m" for one in degrees."""
    crs = getattr(areas, "crs", None)
    if crs is not None and not crs.is_geographic:
        return unit_of(crs)
    known = crs is not None or (not hasattr(areas, "geometry") and points(areas).great_circle)
    return "m" if known else "unit of the coordinates"


def warn_repeated(places: Points, units: pd.Index) -> None:
    """Warn when units share one place."""
    shared = units[pd.DataFrame(places.xyz).duplicated(keep=False).to_numpy()]
    if len(shared):
        warnings.warn(
            f"{len(shared)} units share a place with another: {listed(shared)}; "
            "they are each other's nearest at distance 0",
            RepeatedLocationWarning,
            stacklevel=4,
        )


def check_apart(places: Points, units: pd.Index) -> None:
    """Raise ``GeometryError`` when two places coincide: their inverse distance is infinite."""
    at = pd.DataFrame(places.xyz)
    repeated = at.duplicated(keep=False).to_numpy()
    if repeated.any():
        place = at[repeated].groupby(list(at.columns), sort=False).ngroup()
        raise GeometryError(
            f"units share one place, where inverse distance is infinite: "
            f"{listed(units[repeated])}; merge them or use another method",
            pd.DataFrame({"unit": units[repeated], "place": place.to_numpy()}),
        )


def check_size(n: int) -> None:
    """Raise ``ParameterError`` when linking all pairs would not fit in memory."""
    if n * (n - 1) > MAX_LINKS:
        raise ParameterError(
            f"{n} units make {n * (n - 1):,} links when all pairs are linked, more than "
            f"{MAX_LINKS:,}; give a threshold, k, or a kernel that ends (bisquare)"
        )


def check_reach(matrix: Matrix, places: Points, name: str, value: float | None, unit: str) -> None:
    """Raise ``ParameterError`` when a distance is so short that it links nobody."""
    n = len(places)
    if matrix.nnz or n < 2:
        return
    nearest: FloatArray = places.nearest(1)[1]
    raise ParameterError(
        f"{name}={value!r} {unit} links no two units; the nearest two are {nearest.min():,.6g} "
        f"{unit} apart, and from {nearest.max():,.6g} on every unit has a neighbor"
    )
