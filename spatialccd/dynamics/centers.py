"""Where a value's center of gravity lies, how it spreads around it, and their path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._globe import EARTH_KM, central_angle, degrees_of, unit_vectors
from spatialccd._result import Result, record
from spatialccd.data.layers.borders import prepared
from spatialccd.data.layers.geometry import check_meters, coordinates
from spatialccd.dynamics._samples import numbers, wide
from spatialccd.errors import DataError, GeometryError, check_choice, listed

if TYPE_CHECKING:
    import geopandas as gpd

    from spatialccd._types import FloatArray, Places, Values

Spread = Literal["one-sd", "root-two"]

_WINDS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")
#: Points of a drawn ellipse.
_POINTS = 180


@dataclass(frozen=True, eq=False, kw_only=True)
class MeanCenter(Result):
    """The weighted center of each time, and how it moved.

    Attributes
    ----------
    path : DataFrame
        By time: ``x`` and ``y`` of the center (longitude and latitude for a
        layer in degrees); ``distance`` from the time before, in kilometers for
        a layer, in the table's unit for a table of planar coordinates;
        ``bearing`` of that move in degrees clockwise from north, and ``wind``.
    total : float
        Distance between first and last center.
    layer : GeoDataFrame
        The centers as points, with the same columns.
    """

    path: pd.DataFrame
    total: float
    layer: gpd.GeoDataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give one row a time."""
        return self.path.copy()


@dataclass(frozen=True, eq=False, kw_only=True)
class DeviationalEllipse(Result):
    """The standard deviational ellipse of each time.

    Attributes
    ----------
    path : DataFrame
        By time: ``x`` and ``y`` of the center; half axes ``major`` and
        ``minor`` in the layer's unit; ``rotation`` of the major axis in
        degrees clockwise from north, in [0, 180); ``area``; ``flattening`` =
        1 - minor / major.
    layer : GeoDataFrame
        The ellipses as polygons, with the same columns.
    """

    path: pd.DataFrame
    layer: gpd.GeoDataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give one row a time."""
        return self.path.copy()


def mean_center(y: Values, places: Places) -> MeanCenter:
    """Find the center of gravity of a value at each time, and how it moved.

    Parameters
    ----------
    y : Series
        Weights, not negative, on unit or on (unit, time), such as D.
    places : GeoDataFrame, GeoSeries or DataFrame
        Where units are, on unit: a layer (polygons count at their centroid), or
        a table of two coordinates.

    Returns
    -------
    MeanCenter
        ``.path`` by time, ``.layer`` of points.

    Raises
    ------
    AlignmentError
        Values and places do not hold the same units.
    DataError
        Weights are negative, or all zero at a time.
    PanelError
        A unit lacks a time.
    GeometryError
        A geometry is missing, or the layer has no coordinate reference system
        or one that its coordinates cannot be in, or draws a polygon twice.

    Warns
    -----
    GeometryWarning
        Areas were drawn across the 180th meridian and were cut there.

    Notes
    -----
    In degrees the center is the weighted mean of positions on the globe, put
    back on its surface, and distances are great circles: no projection is
    needed. On a plane it is the weighted mean of the coordinates.

    References
    ----------
    Lefever (1926), Am. J. Sociol. 32(1), 88-94.

    Examples
    --------
    >>> import pandas as pd
    >>> index = pd.MultiIndex.from_product([["a", "b"], [2010, 2020]], names=["unit", "time"])
    >>> y = pd.Series([1.0, 1.0, 1.0, 3.0], index=index)
    >>> towns = pd.DataFrame({"x": [0.0, 10.0], "y": [0.0, 0.0]}, index=["a", "b"])
    >>> mean_center(y, towns).path
            x    y  distance  bearing wind
    time
    2010  5.0  0.0       NaN      NaN  NaN
    2020  7.5  0.0       2.5     90.0    E
    """
    settings = record("mean_center", locals())
    weights, places = _weighted(y, places)
    xy, great_circle = coordinates(places, "places")
    w = weights.to_numpy().T
    centers = _on_globe(w, xy) if great_circle else w @ xy / w.sum(axis=1, keepdims=True)
    length, bearing = _moves(centers, great_circle)
    kilometer = 1.0 if great_circle or not hasattr(places, "crs") else _kilometer(places)
    path = pd.DataFrame(centers, index=_times(weights), columns=["x", "y"])
    path["distance"] = np.concatenate([[np.nan], length / kilometer])
    path["bearing"] = np.concatenate([[np.nan], bearing])
    path["wind"] = [
        None if np.isnan(b) else _WINDS[int(np.round(b / 45)) % 8] for b in path["bearing"]
    ]
    ends, _ = _moves(centers[[0, -1]], great_circle)
    import geopandas as gpd

    points = gpd.points_from_xy(path["x"], path["y"])
    return MeanCenter(
        settings=settings,
        path=path,
        total=float(ends[0] / kilometer),
        layer=gpd.GeoDataFrame(path, geometry=points, crs=_crs(places, great_circle)),
    )


def standard_deviational_ellipse(
    y: Values, places: Places, *, spread: Spread = "root-two"
) -> DeviationalEllipse:
    """Fit the ellipse that shows where a value gathers and along which line.

    Its axes are the principal axes of the weighted covariance of the places.

    Parameters
    ----------
    y : Series
        Weights, not negative, on unit or on (unit, time), such as D.
    places : GeoDataFrame, GeoSeries or DataFrame
        Where units are, on unit, in meters: a layer (polygons count at their
        centroid), or a table of two planar coordinates.
    spread : {"one-sd", "root-two"}, default "root-two"
        Half axes of one standard deviation along each axis, or sqrt(2) times
        that, as ArcGIS draws them: it holds 63% of a normal cloud.

    Returns
    -------
    DeviationalEllipse
        ``.path`` by time, ``.layer`` of polygons.

    Raises
    ------
    GeometryError
        The places are not in meters, or all lie on one line.
    AlignmentError, DataError, PanelError
        As ``mean_center``.

    References
    ----------
    Lefever (1926). Yuill (1971), Geogr. Ann. B 53(1), 28-39. Wang, Shi and
    Miao (2015), PLoS ONE 10(3), e0118537, on the factor sqrt(2).

    Examples
    --------
    >>> import pandas as pd
    >>> towns = pd.DataFrame({"x": [0.0, 4, 2, 2], "y": [0.0, 0, 1, -1]}, index=list("abcd"))
    >>> path = standard_deviational_ellipse(pd.Series(1.0, index=list("abcd")), towns).path
    >>> path[["major", "minor", "rotation"]].round(3)
          major  minor  rotation
    time
    all     2.0    1.0      90.0
    """
    settings = record("standard_deviational_ellipse", locals())
    check_choice("spread", spread, get_args(Spread))
    weights, places = _weighted(y, places)
    if hasattr(places, "crs"):
        check_meters(places, "a standard deviational ellipse", "places")
    xy, great_circle = coordinates(places, "places")
    if great_circle:
        raise GeometryError(
            "a standard deviational ellipse needs meters but places are in degrees; "
            "give projected coordinates"
        )
    factor = np.sqrt(2.0) if spread == "root-two" else 1.0
    rows = [_ellipse(w, xy, factor) for w in weights.to_numpy().T]
    path = pd.DataFrame(rows, index=_times(weights))
    import geopandas as gpd
    from shapely import Polygon

    shapes = [Polygon(_outline(row)) for row in rows]
    return DeviationalEllipse(
        settings=settings,
        path=path,
        layer=gpd.GeoDataFrame(path, geometry=shapes, crs=_crs(places, great_circle=False)),
    )


def _weighted(y: Any, places: Any) -> tuple[pd.DataFrame, Any]:
    """Give weights unit by time and places, both in canonical order of units."""
    values = numbers(y)
    table = values.to_frame("all") if values.index.nlevels == 1 else wide(values, 1)
    weights, where = _align.align(y=table, places=places)
    where = prepared(where, "places")
    wrong = values[values < 0]
    if len(wrong):
        raise DataError(
            f"weights must not be negative; {len(wrong)} are: "
            f"{listed(f'{label}: {value:g}' for label, value in wrong.items())}",
            wrong.rename("value").reset_index(),
        )
    empty = weights.columns[weights.sum() <= 0]
    if len(empty):
        raise DataError(f"all weights are zero in {listed(empty)}: there is no center")
    return weights, where


def _times(weights: pd.DataFrame) -> pd.Index:
    return pd.Index(weights.columns, name="time")


def _on_globe(w: FloatArray, degrees: FloatArray) -> FloatArray:
    """Weighted mean positions (t, 2) in degrees, of weights (t, n) at places (n, 2) in degrees."""
    return degrees_of(w @ unit_vectors(degrees))


def _moves(centers: FloatArray, great_circle: bool) -> tuple[FloatArray, FloatArray]:
    """Length and bearing (t - 1,) of the moves between centers (t, 2)."""
    if not great_circle:
        dx, dy = np.diff(centers, axis=0).T
        length = np.hypot(dx, dy)
        bearing = np.degrees(np.arctan2(dx, dy)) % 360
    else:
        lon, lat = np.radians(centers).T
        d = np.diff(lon)
        start, end = lat[:-1], lat[1:]
        length = EARTH_KM * central_angle(lon[:-1], start, lon[1:], end)
        east = np.sin(d) * np.cos(end)
        north = np.cos(start) * np.sin(end) - np.sin(start) * np.cos(end) * np.cos(d)
        bearing = np.degrees(np.arctan2(east, north)) % 360
    return length, np.where(length > 0, bearing, np.nan)


def _ellipse(w: FloatArray, xy: FloatArray, factor: float) -> dict[str, float]:
    """Center, half axes and rotation of the ellipse of weights (n,) at places (n, 2)."""
    share = w / w.sum()
    center = share @ xy
    away = xy - center
    variance, axes = np.linalg.eigh((away * share[:, None]).T @ away)
    if not variance[0] > 1e-12 * variance[1]:
        raise GeometryError("the places with weight lie on one line: they span no ellipse")
    minor, major = factor * np.sqrt(variance)
    along = axes[:, 1]
    return {
        "x": float(center[0]),
        "y": float(center[1]),
        "major": float(major),
        "minor": float(minor),
        "rotation": float(np.degrees(np.arctan2(along[0], along[1])) % 180),
        "area": float(np.pi * major * minor),
        "flattening": float(1 - minor / major),
    }


def _outline(ellipse: dict[str, float]) -> FloatArray:
    """Points (p, 2) on an ellipse."""
    turn = np.radians(ellipse["rotation"])
    along = np.array([np.sin(turn), np.cos(turn)])
    across = np.array([np.cos(turn), -np.sin(turn)])
    t = np.linspace(0, 2 * np.pi, _POINTS, endpoint=False)[:, None]
    middle = np.array([ellipse["x"], ellipse["y"]])
    outline = middle + ellipse["major"] * np.cos(t) * along + ellipse["minor"] * np.sin(t) * across
    return np.asarray(outline)


def _kilometer(places: Any) -> float:
    """Give the length of a kilometer in the layer's unit."""
    return 1000.0 / float(places.crs.axis_info[0].unit_conversion_factor)


def _crs(places: Any, great_circle: bool) -> Any:
    return getattr(places, "crs", "EPSG:4326" if great_circle else None)
