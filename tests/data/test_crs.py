"""Coordinates that cannot be in the system stated, from files and in memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import CRS
from shapely.geometry import box

import spatialccd as sc
from spatialccd.data.layers.crs import misfit, strays
from spatialccd.errors import GeometryError, GeometryWarning
from tests.test_alignment import CASES, TOOLS, _map, _run
from tests.toys import Toys

#: What is declared, the bounds, and what the message must say they look like.
WRONG = [
    ("EPSG:32648", (100, 30, 102, 31), "look like degrees"),
    ("EPSG:32717", (-80, -5, -75, 1), "look like degrees"),
    ("EPSG:2193", (166, -47, 178, -34), "look like degrees"),
    ("EPSG:3035", (5, 47, 15, 55), "look like degrees"),
    ("EPSG:3857", (100, 30, 102, 31), "look like degrees"),
    ("EPSG:27700", (-5, 50, 1, 58), "look like degrees"),
    ("EPSG:2193", (0, 0, 6000, 9000), "pixels"),
    ("EPSG:2154", (0, 0, 800, 600), "pixels"),
    ("EPSG:5070", (-999, -999, 9851, 7000), None),
    ("EPSG:4326", (0, 0, 800, 600), "pixels"),
    ("EPSG:4326", (4e5, 3e6, 6e5, 4e6), "not degrees.*look like meters"),
    ("EPSG:4490", (39, 115, 41, 119), "latitude before longitude"),
    ("EPSG:4490", (39, 75, 41, 80), "latitude before longitude"),
    ("EPSG:4269", (40, -75, 41, -74), "latitude before longitude"),
    ("EPSG:4258", (47, 5, 55, 15), None),
    ("EPSG:4547", (3.4e6, 4e5, 3.6e6, 6e5), "northing before easting"),
    ("EPSG:4547", (3.94e7, 3.4e6, 3.96e7, 3.6e6), "another system"),
    ("EPSG:32633", (4e6, 3e6, 4.2e6, 3.2e6), "another system"),
]
RIGHT = [
    ("EPSG:4326", (-180, -90, 180, 90)),
    ("EPSG:4326", (0, -60, 360, 80)),
    ("EPSG:4269", (-179.1, -14.4, 179.8, 71.4)),
    ("EPSG:4490", (73.5, 3.8, 135.1, 53.6)),
    ("EPSG:2193", (1.2e6, 4.8e6, 2e6, 6.2e6)),
    ("EPSG:32760", (1e5, 8e6, 9e5, 8.1e6)),
    ("EPSG:25833", (8e5, 7.7e6, 1.1e6, 7.9e6)),
    ("EPSG:3857", (0, 0, 10, 10)),
    ("EPSG:3857", (-2e7, -1e7, 2e7, 1e7)),
    ("EPSG:3031", (-2e6, -2e6, 2e6, 2e6)),
    ("EPSG:2263", (9e5, 1e5, 1e6, 2e5)),
    ("+proj=laea +lat_0=30 +lon_0=110", (100, 30, 102, 31)),
]


@pytest.mark.parametrize(("crs", "bounds", "look"), WRONG)
def test_coordinates_that_cannot_be(crs: str, bounds: Any, look: str | None) -> None:
    found = misfit(CRS(crs), [box(*bounds)])
    if look is None:  # possible by the figures alone
        return
    areas = gpd.GeoDataFrame(geometry=_halves(bounds), index=["a", "b"], crs=crs)
    with pytest.raises(GeometryError, match=look) as raised:
        sc.neighbors(areas)
    assert found in str(raised.value)
    assert crs in found


def _halves(bounds: tuple[float, float, float, float]) -> list[Any]:
    west, south, east, north = bounds
    middle = (west + east) / 2
    return [box(west, south, middle, north), box(middle, south, east, north)]


@pytest.mark.parametrize(("crs", "bounds"), RIGHT)
def test_coordinates_that_can_be(crs: str, bounds: Any) -> None:
    assert misfit(CRS(crs), [box(*bounds)]) == ""


@pytest.mark.parametrize("crs", ["ESRI:54030", "EPSG:8857", "ESRI:54009", "EPSG:6933", "EPSG:3035"])
def test_a_map_of_the_world_is_not_refused_for_its_corners(crs: str) -> None:
    world = gpd.GeoSeries([box(-180, -80, 0, 80), box(0, -80, 180, 80)], crs=4326).segmentize(1)
    plane = world.to_crs(crs)
    assert misfit(plane.crs, plane.to_numpy()) == ""


@pytest.mark.parametrize("name", ["us_counties", "china_provinces"])
@pytest.mark.parametrize("crs", ["EPSG:3857", "ESRI:102025", "EPSG:5070", "EPSG:4326"])
def test_real_layers_pass_where_they_belong(name: str, crs: str) -> None:
    if (name, crs) in {("us_counties", "ESRI:102025"), ("china_provinces", "EPSG:5070")}:
        pytest.skip("not their part of the world")
    areas = sc.read_boundaries(name).to_crs(crs)
    assert misfit(areas.crs, areas.geometry.to_numpy()) == ""


@pytest.mark.parametrize(("crs", "bounds", "look"), [case for case in WRONG if case[2]])
def test_files_are_refused_as_layers_in_memory_are(
    crs: str, bounds: Any, look: str, tmp_path: Path
) -> None:
    layer = gpd.GeoDataFrame({"code": ["a", "b"]}, geometry=_halves(bounds), crs=crs)
    layer.to_file(tmp_path / "a.gpkg")
    with pytest.raises(GeometryError, match=look):
        sc.read_boundaries(tmp_path / "a.gpkg", unit="code")


def test_what_to_do_depends_on_who_said_it(tmp_path: Path) -> None:
    layer = gpd.GeoDataFrame({"code": ["a"]}, geometry=[box(100, 30, 102, 31)], crs=32648)
    layer.to_file(tmp_path / "a.shp")
    with pytest.raises(GeometryError, match="write it again with the right one"):
        sc.read_boundaries(tmp_path / "a.shp", unit="code")
    (tmp_path / "a.prj").unlink()
    with pytest.raises(GeometryError, match="say another crs="):
        sc.read_boundaries(tmp_path / "a.shp", unit="code", crs="EPSG:32648")
    assert len(sc.read_boundaries(tmp_path / "a.shp", unit="code", crs="EPSG:4326")) == 1


def test_a_layer_beside_the_area_of_its_system_is_read_with_a_word(tmp_path: Path) -> None:
    """Official maps of northern Norway are in zone 33, though it ends at 18 degrees east."""
    finnmark = [box(8e5, 7.7e6, 9e5, 7.9e6), box(9e5, 7.7e6, 1.1e6, 7.9e6)]
    guam = [box(144.6, 13.2, 144.8, 13.7), box(144.8, 13.2, 145, 13.7)]
    for crs, shapes in (("EPSG:25833", finnmark), ("EPSG:4269", guam)):
        layer = gpd.GeoDataFrame({"code": ["a", "b"]}, geometry=shapes, crs=crs)
        layer.to_file(tmp_path / "a.gpkg")
        with pytest.warns(GeometryWarning, match=f"outside the area that {crs} is for"):
            areas = sc.read_boundaries(tmp_path / "a.gpkg", unit="code")
        assert len(sc.neighbors(areas).links) == 2
    assert strays(CRS(4326), [box(0, 0, 1, 1)]) == ""


def _in_degrees_or_what(data: Any) -> Any:
    """Leave the toys' meters and declare degrees."""
    return data.set_crs(4326, allow_override=True) if hasattr(data, "crs") else data


TAKE_AREAS = [
    name
    for name in TOOLS
    if any(isinstance(v, gpd.GeoDataFrame) for v in CASES[name](Toys()).values())
]


@pytest.mark.parametrize("name", TAKE_AREAS)
def test_every_function_that_takes_areas_refuses_meters_declared_as_degrees(
    name: str, toys: Toys
) -> None:
    arguments = _map(CASES[name](toys), _in_degrees_or_what)
    with pytest.raises(GeometryError, match="not degrees, though EPSG:4326 is declared"):
        _run(name, arguments)


def test_there_are_many_of_them() -> None:
    assert {"neighbors", "join", "mgwr", "map_values", "spatial_strata"} <= set(TAKE_AREAS)


def test_swapped_axes_put_right_are_read(tmp_path: Path) -> None:
    shapes = [box(39, 115, 40, 117), box(39, 117, 40, 119)]
    turned = [shapely.transform(s, lambda xy: xy[:, ::-1]) for s in shapes]
    layer = gpd.GeoDataFrame({"code": ["a", "b"]}, geometry=turned, crs="EPSG:4490")
    layer.to_file(tmp_path / "a.gpkg")
    areas = sc.read_boundaries(tmp_path / "a.gpkg", unit="code")
    np.testing.assert_array_equal(areas.total_bounds, [115, 39, 119, 40])
    assert isinstance(areas.index, pd.Index)
