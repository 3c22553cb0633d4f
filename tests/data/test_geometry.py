"""Centroids on plane and sphere, equal-area planes, and the check for meters."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from shapely.geometry import MultiPolygon, Point, Polygon, box

import spatialccd as sc
from spatialccd.data.layers.crs import check_crs
from spatialccd.data.layers.geometry import check_meters, coordinates, project_for_area
from spatialccd.errors import GeometryError, ParameterError
from tests.toys import Toys

GEOD = Geod(ellps="GRS80")


def _degrees(*shapes: object, crs: str = "EPSG:4326") -> gpd.GeoDataFrame:
    index = pd.Index([f"A{i}" for i in range(len(shapes))], name="unit")
    return gpd.GeoDataFrame(geometry=list(shapes), index=index, crs=crs)


def _shifted(areas: gpd.GeoDataFrame, by: float) -> gpd.GeoDataFrame:
    """Turn a layer about the axis of the earth; longitudes stay within +-180."""
    turned = [
        shapely.transform(shape, lambda xy: xy + np.array([by, 0.0])) for shape in areas.geometry
    ]
    seam = box(180, -90, 540, 90)
    halves = []
    for shape in turned:
        east = shapely.transform(shape.intersection(seam), lambda xy: xy - [360.0, 0.0])
        parts = [*shapely.get_parts(shape.difference(seam)), *shapely.get_parts(east)]
        halves.append(MultiPolygon([part for part in parts if shapely.area(part) > 0]))
    return areas.set_geometry(halves, crs=areas.crs)


# --- places -----------------------------------------------------------------------------------


def test_centroids_on_a_plane_are_those_of_geopandas(toys: Toys) -> None:
    found = coordinates(toys.areas)
    centroid = toys.areas.geometry.centroid
    np.testing.assert_array_equal(found.xy, np.column_stack([centroid.x, centroid.y]))
    assert not found.great_circle


def test_points_stay_where_they_are() -> None:
    xy = [[116.4, 39.9], [-77.0, 38.9], [179.9, -18.0]]
    found = coordinates(_degrees(*map(Point, xy)))
    np.testing.assert_allclose(found.xy, xy, atol=1e-12)
    assert found.great_circle


def test_the_centroid_of_an_octant_is_known() -> None:
    """An eighth of the globe is symmetric: its centroid is (1, 1, 1) / sqrt 3."""
    octant = Polygon([(0, 0), (90, 0), (90, 90), (0, 90)])
    expected = [[45.0, np.degrees(np.arctan(1 / np.sqrt(2)))]]
    np.testing.assert_allclose(coordinates(_degrees(octant)).xy, expected, atol=1e-9)


def test_a_hole_counts_against_the_area() -> None:
    """As the polygon of what is left, computed by an equal-area projection about it."""
    shape = box(100, 30, 104, 32).difference(box(102.5, 30.2, 103.8, 31.8))
    for turned in (shape, shape.reverse(), shapely.orient_polygons(shape, exterior_cw=True)):
        found = coordinates(_degrees(turned)).xy[0]
        plane = "+proj=laea +lat_0=31 +lon_0=102 +ellps=sphere"
        local = gpd.GeoSeries([shape.segmentize(0.05)], crs="EPSG:4326").to_crs(plane)
        expected = local.centroid.to_crs("EPSG:4326")[0]
        assert GEOD.inv(*found, expected.x, expected.y)[2] < 30


@pytest.mark.parametrize("name", ["china_provinces", "us_counties"])
def test_centroids_in_degrees_agree_with_local_projections(name: str) -> None:
    """Within .5% of an area's width of the centroid on Lambert's plane about each area."""
    areas = sc.read_boundaries(name)
    areas = areas.iloc[:: len(areas) // 30]
    found = coordinates(areas)
    assert found.great_circle
    for (lon, lat), shape in zip(found.xy, areas.geometry, strict=True):
        plane = f"+proj=laea +lat_0={lat} +lon_0={lon} +ellps=GRS80"
        local = gpd.GeoSeries([shape.segmentize(0.5)], crs=areas.crs).to_crs(plane)
        off = np.hypot(local.centroid.x, local.centroid.y)[0]
        assert off < 0.005 * np.sqrt(local.area[0])


def test_the_aleutians_lie_in_the_pacific() -> None:
    """Aleutians West (02016) is cut at the 180th meridian; a mean of longitudes is Ireland's."""
    areas = sc.read_boundaries("us_counties").loc[["02016"]]
    (lon, lat) = coordinates(areas).xy[0]
    assert lon == pytest.approx(-173.6, abs=0.5)
    assert lat == pytest.approx(52.95, abs=0.2)
    naive = shapely.centroid(areas.geometry.iloc[0]).x
    assert abs(naive - lon) > 30


@settings(max_examples=25, deadline=None)
@given(st.floats(60, 180), st.floats(0.1, 20), st.floats(-60, 60))
def test_turning_the_globe_turns_the_centroid(by: float, width: float, south: float) -> None:
    areas = _degrees(box(0, south, width, south + width), Point(width, south).buffer(width / 3))
    here, there = coordinates(areas).xy, coordinates(_shifted(areas, by)).xy
    off = (there[:, 0] - here[:, 0] - by + 180) % 360 - 180
    np.testing.assert_allclose(off, 0, atol=1e-4)
    np.testing.assert_allclose(there[:, 1], here[:, 1], atol=1e-4)


@pytest.mark.parametrize(
    ("columns", "great_circle", "expected"),
    [
        (["lon", "lat"], True, [1.0, 2.0]),
        (["Longitude", "Latitude"], True, [1.0, 2.0]),
        (["lat", "lng"], True, [2.0, 1.0]),
        (["x", "y"], False, [1.0, 2.0]),
        (["east", "north"], False, [1.0, 2.0]),
    ],
)
def test_a_table_of_two_columns(
    columns: list[str], great_circle: bool, expected: list[float]
) -> None:
    found = coordinates(pd.DataFrame([[1, 2]], columns=columns, index=["A"]))
    assert found.great_circle is great_circle
    assert found.xy.tolist() == [expected]


@pytest.mark.parametrize(
    ("places", "error", "message"),
    [
        (pd.DataFrame({"lon": [1.0]}), ParameterError, "DataFrame of 1 columns"),
        (np.zeros((3, 2)), ParameterError, "not ndarray"),
        (pd.DataFrame({"x": ["a"], "y": [1]}), GeometryError, "not numbers"),
        (pd.DataFrame({"x": [1, np.nan], "y": [1, 2]}, ["A", "B"]), GeometryError, "for B"),
        (pd.DataFrame({"lon": [1, 2], "lat": [95, 2]}, ["A", "B"]), GeometryError, "for A"),
        (_degrees(Point(1, 2), None, Polygon()), GeometryError, "missing for A1, A2"),
        (_degrees(Point(1, 2)).set_crs(None, allow_override=True), GeometryError, "no coordinate"),
    ],
)
def test_places_that_are_none(places: object, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        coordinates(places)  # type: ignore[arg-type]


# --- planes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("extent", "description"),
    [
        ((73.5, 18, 134.8, 53.5), "Albers equal-area conic, parallels 25° N and 47° N"),
        ((-124.7, 24.5, -67, 49.4), "Albers .* conterminous United States \\(EPSG:5070\\)"),
        ((116, 30, 122, 35), "Lambert azimuthal equal-area, centered on 32° N, 119° E"),
        ((-85.6, 30.4, -80.8, 35), "Lambert azimuthal equal-area, centered on 33° N, 83° W"),
        ((-75, -55, -35, 10), "Lambert azimuthal equal-area, centered on 22° S, 55° W"),
        ((-170, -60, 170, 75), "Equal Earth"),
    ],
)
def test_the_plane_suits_the_extent(extent: tuple[float, ...], description: str) -> None:
    projected = project_for_area(_degrees(box(*extent)))
    assert pd.Series([projected.description]).str.match(description).all()
    assert not projected.areas.crs.is_geographic


@pytest.mark.parametrize("name", ["china_provinces", "us_states"])
def test_areas_on_the_plane_are_those_of_the_ellipsoid(name: str) -> None:
    areas = sc.read_boundaries(name)
    projected = project_for_area(areas)
    fine = areas.geometry.segmentize(0.01)
    true = np.array([abs(GEOD.geometry_area_perimeter(shape)[0]) for shape in fine])
    np.testing.assert_allclose(projected.areas.area, true, rtol=1e-3)
    pd.testing.assert_index_equal(projected.areas.index, areas.index)


def test_alaska_stays_in_one_piece() -> None:
    areas = sc.read_boundaries("us_counties")
    alaska = project_for_area(areas[areas["state"] == "AK"])
    west, _, east, _ = alaska.areas.total_bounds
    assert east - west < 4e6
    assert alaska.description == "Lambert azimuthal equal-area, centered on 61° N, 159° W"


def test_a_series_is_projected_too(toys: Toys) -> None:
    series = sc.read_boundaries("us_states").geometry
    assert isinstance(project_for_area(series).areas, gpd.GeoSeries)
    assert project_for_area(toys.areas).areas is toys.areas


# --- meters -----------------------------------------------------------------------------------


def test_metres_are_asked_for(toys: Toys) -> None:
    check_meters(toys.areas, "a distance band")
    with pytest.raises(
        GeometryError,
        match=r"a distance band needs meters but the unit of areas is the degree \(EPSG:4326\)",
    ) as raised:
        check_meters(_degrees(box(116, 30, 122, 35)), "a distance band")
    advice = str(raised.value).partition("to_crs('")[2].partition("')")[0]
    check_meters(_degrees(box(116, 30, 122, 35)).to_crs(advice), "a distance band")


def test_feet_are_not_metres() -> None:
    feet = _degrees(box(-74, 40, -73, 41)).to_crs("EPSG:2263")
    with pytest.raises(GeometryError, match="is the US survey foot"):
        check_meters(feet, "a distance band")


def test_a_layer_must_say_its_system() -> None:
    layer = _degrees(box(0, 0, 1, 1)).set_crs(None, allow_override=True)
    with pytest.raises(GeometryError, match=r"areas.set_crs\('EPSG"):
        check_crs(layer)


@pytest.mark.parametrize(
    "bounds",
    [(73.5, 18, 134.8, 53.5), (116, 30, 122, 35), (-75, -55, -35, 10), (-170, -50, 179, 70)],
)
def test_a_plane_of_our_own_keeps_its_name_when_it_is_read_again(bounds):
    areas = gpd.GeoSeries([box(*bounds)], index=["a"], crs=4326)
    plane = project_for_area(areas)
    assert project_for_area(plane.areas).description == plane.description
