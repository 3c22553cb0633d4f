"""Neighbors by border and by distance, islands, and bad layers."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from libpysal.graph import Graph
from shapely import affinity
from shapely.geometry import Point, Polygon, box

from spatialccd.association._links import Points
from spatialccd.association.neighbors import neighbors
from spatialccd.data.boundaries import read_boundaries
from spatialccd.errors import (
    AlignmentError,
    GeometryError,
    IslandWarning,
    ParameterError,
    RepeatedLocationWarning,
)
from tests.toys import Toys, square_grid


def _pairs(graph: Graph) -> pd.Series:
    links = graph.adjacency
    return links[links != 0].sort_index()


def _with_island(rows: int = 3) -> gpd.GeoDataFrame:
    areas = square_grid(rows, rows)
    far = affinity.translate(areas.geometry.iloc[-1], xoff=50_000)
    return areas.set_geometry([*areas.geometry.iloc[:-1], far])


@pytest.mark.compares("neighbors", against="libpysal")
@pytest.mark.parametrize(("method", "rook"), [("queen", False), ("rook", True)])
def test_borders_agree_with_libpysal(toys: Toys, method: str, rook: bool) -> None:
    ours = neighbors(toys.areas, method=method).graph
    theirs = Graph.build_contiguity(toys.areas, rook=rook)
    pd.testing.assert_series_equal(_pairs(ours), _pairs(theirs), check_dtype=False)


@pytest.mark.compares("neighbors", against="libpysal: irregular areas")
def test_borders_of_irregular_areas_agree_with_libpysal() -> None:
    rng = np.random.default_rng(4)
    points = gpd.GeoSeries.from_xy(rng.uniform(0, 9e4, 80), rng.uniform(0, 9e4, 80), crs=3857)
    areas = gpd.GeoDataFrame(geometry=points.voronoi_polygons().to_numpy(), crs=3857)
    for method, rook in (("queen", False), ("rook", True)):
        theirs = Graph.build_contiguity(areas, rook=rook)
        ours = neighbors(areas, method=method).graph
        pd.testing.assert_series_equal(_pairs(ours), _pairs(theirs), check_dtype=False)


@pytest.mark.compares("neighbors", against="libpysal: nearest neighbors")
@pytest.mark.parametrize("k", [1, 4, 8])
def test_knn_agrees_with_libpysal(k: int) -> None:
    rng = np.random.default_rng(0)
    places = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*rng.uniform(0, 1e5, (2, 40))), crs=3857)
    ours = neighbors(places, method="knn", k=k).graph
    theirs = Graph.build_knn(places, k=k)
    pd.testing.assert_series_equal(_pairs(ours), _pairs(theirs), check_dtype=False)


@pytest.mark.compares("neighbors", against="libpysal: a distance band")
def test_a_distance_band_agrees_with_libpysal(toys: Toys) -> None:
    centers = toys.areas.set_geometry(toys.areas.centroid)
    ours = neighbors(toys.areas, method="distance_band", threshold=15_000).graph
    theirs = Graph.build_distance_band(centers, threshold=15_000)
    pd.testing.assert_series_equal(_pairs(ours), _pairs(theirs), check_dtype=False)


def test_inverse_distance_falls_with_its_power_up_to_the_threshold(toys: Toys) -> None:
    result = neighbors(toys.areas, method="inverse_distance", power=2, threshold=25_000)
    around = result.graph["A00"]
    assert around.index.tolist() == ["A01", "A02", "A06", "A07", "A08", "A12", "A13"]
    assert around["A08"] == pytest.approx(1 / (20_000**2 + 10_000**2))


@pytest.mark.parametrize("kernel", ["gaussian", "exponential", "bisquare", "triangular"])
def test_kernels_fall_from_one_as_their_formula_says(toys: Toys, kernel: str) -> None:
    h = 30_000.0
    result = neighbors(toys.areas, method="kernel", kernel=kernel, bandwidth=h)
    u = 10_000 / h
    expected = {
        "gaussian": np.exp(-(u**2) / 2),
        "exponential": np.exp(-u),
        "bisquare": (1 - u**2) ** 2,
        "triangular": 1 - u,
    }[kernel]
    assert result.graph["A00"]["A01"] == pytest.approx(expected)


def test_an_adaptive_kernel_gives_each_unit_k_neighbors() -> None:
    rng = np.random.default_rng(1)
    places = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*rng.uniform(0, 1e5, (2, 30))), crs=3857)
    result = neighbors(places, method="kernel", kernel="bisquare", k=5)
    assert (result.to_frame()["neighbors"] == 5).all()
    assert result.links["weight"].between(0, 1, inclusive="neither").all()


def test_degrees_are_measured_along_the_great_circle() -> None:
    # One degree of longitude is 111.195 km at the equator and half that at 60 degrees north.
    places = gpd.GeoDataFrame(
        geometry=[Point(0, 0), Point(1, 0), Point(0, 60), Point(1, 60)], crs=4326
    )
    result = neighbors(places, method="inverse_distance")
    assert 1 / result.graph[0][1] == pytest.approx(111_195, rel=1e-4)
    assert 1 / result.graph[2][3] == pytest.approx(55_598, rel=1e-3)
    assert result.distance_unit == "m"
    band = neighbors(places, method="distance_band", threshold=112_000)
    assert band.to_frame()["neighbors"].tolist() == [1, 1, 1, 1]


def test_a_threshold_in_degrees_is_refused_with_the_distances_in_meters() -> None:
    places = gpd.GeoDataFrame(geometry=[Point(0, 0), Point(1, 0), Point(3, 0)], crs=4326)
    with pytest.raises(ParameterError, match="111,195 m apart, and from 222,390 on every unit"):
        neighbors(places, method="distance_band", threshold=2)


def test_places_either_side_of_the_date_line_are_near() -> None:
    places = gpd.GeoDataFrame(
        geometry=[Point(179.9, 10), Point(-179.9, 10), Point(170, 10)], crs=4326
    )
    assert neighbors(places, method="knn", k=1).graph[0].index.tolist() == [1]


def test_a_band_without_threshold_leaves_no_unit_alone() -> None:
    result = neighbors(_with_island(), method="distance_band")
    assert (result.to_frame()["neighbors"] > 0).all()
    assert len(result.islands) == 0


def test_second_order_reaches_across_two_borders_and_not_back() -> None:
    result = neighbors(square_grid(1, 5), order=2)
    assert result.to_frame()["neighbors"].tolist() == [2, 3, 4, 3, 2]


def test_snap_bridges_gaps_and_rook_still_needs_a_line() -> None:
    areas = square_grid(2, 2)
    apart = areas.set_geometry([affinity.scale(shape, 0.999, 0.999) for shape in areas.geometry])
    with pytest.warns(IslandWarning):
        assert len(neighbors(apart, islands="keep").links) == 0
    assert len(neighbors(apart, snap=20).links) == 12
    assert len(neighbors(apart, method="rook", snap=20).links) == 8


def test_an_island_is_attached_both_ways_to_its_nearest() -> None:
    with pytest.warns(IslandWarning, match="A08"):
        result = neighbors(_with_island())
    assert result.islands.tolist() == ["A08"]
    assert result.graph["A08"].index.tolist() == ["A05"]
    assert "A08" in result.graph["A05"].index
    assert result.attached[["focal", "neighbor"]].to_numpy().tolist() == [["A08", "A05"]]
    assert "attached       A08 to A05" in result.summary()


def test_an_island_is_kept_or_dropped_as_asked() -> None:
    with pytest.warns(IslandWarning, match="kept"):
        kept = neighbors(_with_island(), islands="keep")
    assert kept.graph.isolates.tolist() == ["A08"]
    with pytest.warns(IslandWarning, match="dropped"):
        dropped = neighbors(_with_island(), islands="drop")
    assert "A08" not in dropped.graph.unique_ids
    assert dropped.dropped.tolist() == ["A08"]
    frame = dropped.to_frame()
    assert frame.loc["A08", ["neighbors", "component", "dropped"]].tolist() == [0, -1, True]
    assert frame.index.equals(kept.to_frame().index)
    assert "dropped        1: A08" in dropped.summary()


def test_components_are_counted() -> None:
    areas = square_grid(1, 4)
    split = areas.set_geometry(
        [*areas.geometry.iloc[:2], *areas.geometry.iloc[2:].translate(xoff=9e4)]
    )
    result = neighbors(split)
    assert result.to_frame()["component"].tolist() == [0, 0, 1, 1]
    assert "components     2" in result.summary()


def test_the_graph_follows_the_order_of_the_caller(toys: Toys) -> None:
    shuffled = toys.shuffled(toys.areas)
    result = neighbors(shuffled)
    assert result.graph.unique_ids.tolist() == shuffled.index.tolist()
    pd.testing.assert_series_equal(_pairs(result.graph), _pairs(neighbors(toys.areas).graph))


def test_equal_distances_are_settled_by_label_not_by_row(toys: Toys) -> None:
    plain = neighbors(toys.areas, method="knn", k=3).graph
    shuffled = neighbors(toys.shuffled(toys.areas), method="knn", k=3).graph
    pd.testing.assert_series_equal(_pairs(plain), _pairs(shuffled))


def test_repeated_places_are_each_others_nearest_and_warned_of() -> None:
    places = gpd.GeoDataFrame(
        geometry=[Point(0, 0)] * 3 + [Point(1, 0), Point(9, 9)], index=list("abcde"), crs=3857
    )
    with pytest.warns(RepeatedLocationWarning, match="a, b, c"):
        result = neighbors(places, method="knn", k=2)
    assert sorted(result.graph["a"].index) == ["b", "c"]
    assert result.to_frame()["neighbors"].tolist() == [2] * 5
    with pytest.raises(GeometryError, match="infinite") as raised:
        neighbors(places, method="inverse_distance")
    assert raised.value.cases is not None
    assert raised.value.cases["unit"].tolist() == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("given_settings", "message"),
    [
        ({"method": "quen"}, "did you mean 'queen'"),
        ({"method": "knn"}, "needs k"),
        ({"method": "knn", "k": 36}, "with 36 units it must be 1 to 35"),
        ({"method": "knn", "k": 0}, "must be 1 to 35"),
        ({"method": "queen", "k": 4}, "does not read k"),
        ({"method": "kernel"}, "either k or bandwidth"),
        ({"method": "kernel", "k": 4, "bandwidth": 1e4}, "either k or bandwidth"),
        ({"method": "kernel", "k": 35}, "must be 1 to 34"),
        ({"method": "distance_band", "threshold": -1}, "threshold"),
        (
            {"method": "distance_band", "threshold": 2},
            "2 m links no two units; the nearest two are 10,000 m apart",
        ),
        ({"method": "inverse_distance", "power": 0}, "power"),
        ({"islands": "attach"}, "islands"),
    ],
)
def test_a_wrong_setting_says_what_is_allowed(
    toys: Toys, given_settings: dict[str, object], message: str
) -> None:
    with pytest.raises(ParameterError, match=message):
        neighbors(toys.areas, **given_settings)


def test_all_pairs_of_very_many_units_are_refused() -> None:
    areas = square_grid(70, 70, size=1.0)
    with pytest.raises(ParameterError, match="give a threshold"):
        neighbors(areas, method="inverse_distance")


def test_unusable_geometry_is_named_all_at_once() -> None:
    areas = square_grid(1, 5)
    shapes = list(areas.geometry)
    shapes[0], shapes[1], shapes[3] = None, Polygon(), Point(0, 0)
    shapes[2] = Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    with pytest.raises(GeometryError, match="4 geometries") as raised:
        neighbors(areas.set_geometry(gpd.GeoSeries(shapes, index=areas.index, crs=3857)))
    assert raised.value.cases is not None
    assert raised.value.cases["problem"].tolist() == [
        "missing or empty",
        "missing or empty",
        "invalid",
        "not a polygon",
    ]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-8, 8), st.integers(-8, 8)), min_size=5, max_size=25),
    st.integers(1, 4),
    st.booleans(),
)
def test_knn_finds_the_nearest_also_where_places_repeat(
    at: list[tuple[int, int]], k: int, degrees: bool
) -> None:
    xy = np.array(at, dtype=float)
    places = Points.on_sphere(xy) if degrees else Points.on_plane(xy)
    found, distance = places.nearest(k)
    every = np.arange(len(xy))
    for i in every:
        assert i not in found[i]
        assert len(set(found[i])) == k
        others = places.distance(np.full(len(xy) - 1, i), np.delete(every, i))
        np.testing.assert_allclose(np.sort(others)[:k], distance[i], atol=1e-5)


def test_distances_need_a_reference_system_and_borders_do_not() -> None:
    areas = square_grid(2, 2).set_crs(None, allow_override=True)
    assert len(neighbors(areas).links) == 12
    with pytest.raises(GeometryError, match="set_crs"):
        neighbors(areas, method="knn", k=1)


def test_one_unit_and_repeated_labels_are_refused() -> None:
    with pytest.raises(ParameterError, match="at least 2"):
        neighbors(square_grid(1, 1))
    areas = square_grid(1, 2)
    areas.index = pd.Index(["a", "a"])
    with pytest.raises(AlignmentError, match="more than once"):
        neighbors(areas)


def test_overlapping_areas_are_neighbors() -> None:
    areas = gpd.GeoDataFrame(geometry=[box(0, 0, 2, 2), box(1, 1, 3, 3)], crs=3857)
    assert len(neighbors(areas).links) == 2


def test_an_island_goes_to_the_nearest_border_not_the_nearest_center() -> None:
    """A long mainland is nearer than a small one beyond it, though its center is farther."""
    shapes = {
        "island": box(0, 0, 1, 1),
        "long": box(-20, 1.2, 21, 10),
        "small": box(2, -2, 3, -1),
        "other": box(3, -2, 4, -1),
    }
    for crs in (3857, 4326):
        areas = gpd.GeoDataFrame(geometry=list(shapes.values()), index=list(shapes), crs=crs)
        with pytest.warns(IslandWarning, match="island, long"):
            assert neighbors(areas).graph["island"].index.tolist() == ["long"]
    with pytest.warns(IslandWarning):
        assert len(neighbors(areas.set_crs(None, allow_override=True)).attached) == 2


def test_hainan_is_attached_to_guangdong_and_taiwan_to_fujian() -> None:
    with pytest.warns(IslandWarning, match="460000, 710000"):
        result = neighbors(read_boundaries("china_provinces"))
    pairs = result.attached.set_index("focal")["neighbor"].to_dict()
    assert pairs == {"460000": "440000", "710000": "350000"}


def test_a_table_of_longitude_and_latitude_will_do_for_distances() -> None:
    table = pd.DataFrame({"lon": [0.0, 1.0, 3.0], "lat": [0.0, 0.0, 0.0]}, index=list("abc"))
    result = neighbors(table, method="inverse_distance")
    assert 1 / result.graph["a"]["b"] == pytest.approx(111_195, rel=1e-4)
    assert result.distance_unit == "m"
    plane = neighbors(table.set_axis(["x", "y"], axis=1), method="inverse_distance")
    assert plane.graph["a"]["b"] == 1
    with pytest.raises(ParameterError, match="layer of polygons"):
        neighbors(table)
