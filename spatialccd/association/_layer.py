"""Check a layer before its neighbors are sought, and turn it into points."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import shapely

from spatialccd._types import FloatArray
from spatialccd.association._links import MAX_LINKS, Matrix, Points
from spatialccd.errors import (
    GeometryError,
    ParameterError,
    RepeatedLocationWarning,
    listed,
)

_POLYGONS = ("Polygon", "MultiPolygon")


def check_geometry(areas: Any, *, polygons: bool) -> None:
    """Raise ``GeometryError`` naming every unit whose geometry cannot be used."""
    if not hasattr(areas, "geometry"):
        raise ParameterError(
            f"areas must be a layer (GeoDataFrame or GeoSeries), not {type(areas).__name__}"
        )
    shapes = areas.geometry.to_numpy()
    kinds = areas.geometry.geom_type.to_numpy()
    problems = np.full(len(shapes), None, dtype=object)
    problems[~shapely.is_valid(shapes)] = "invalid"
    if polygons:
        problems[~np.isin(kinds, _POLYGONS)] = "not a polygon"
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
    if areas.crs is None:
        raise GeometryError(
            "areas have no coordinate reference system, so distances have no meaning; "
            "say which it is: areas.set_crs('EPSG:...')"
        )
    xy = shapely.get_coordinates(shapely.centroid(areas.geometry.to_numpy()))
    return Points.on_sphere(xy) if areas.crs.is_geographic else Points.on_plane(xy)


def distance_unit(areas: Any) -> str | None:
    """Name the unit of a layer's distances; None when it has no reference system."""
    if areas.crs is None:
        return None
    return "metre" if areas.crs.is_geographic else str(areas.crs.axis_info[0].unit_name)


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
