"""Areas drawn across the 180th meridian: cut, said, and measured right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely.geometry import MultiPolygon, Polygon, box

import spatialccd as sc
from spatialccd.data.layers.geometry import coordinates
from spatialccd.data.layers.seam import cut, cut_layer, is_across
from spatialccd.errors import GeometryWarning, IslandWarning

#: As they lie on the ground, in longitudes from 0 to 360.
TRUE = {
    "Fiji": box(177, -19, 183, -15),
    "Chukotka": Polygon([(160, 62), (175, 61), (181, 65), (190, 66), (187, 68), (178, 70)]),
    "a lake on the line": box(175, -5, 185, 5).difference(box(178, -2, 182, 2)),
    "a lake beside it": box(175, -5, 185, 5).difference(box(182, -2, 184, 2)),
    "Alaska's islands": MultiPolygon([box(172, 51, 174, 53), box(178, 51, 184, 53)]),
    "a coast to and fro": Polygon(
        [(179, 0), (181, 1), (179.5, 2), (181, 3), (181, 5), (178, 5), (178, 0)]
    ),
    "a corner on the line": Polygon([(178, 0), (180, 1), (182, 0), (182, 2), (178, 2)]),
}


def _drawn_through(shape: Any) -> Any:
    """Write longitudes from -180 to 180, as files do."""
    return shapely.transform(
        shape, lambda xy: np.column_stack([(xy[:, 0] + 180) % 360 - 180, xy[:, 1]])
    )


def _to_east(shape: Any) -> Any:
    parts = [
        shapely.transform(part, lambda xy, west=part.centroid.x < 0: xy + np.array([360 * west, 0]))
        for part in shapely.get_parts(shape)
    ]
    return shapely.union_all(parts)


@pytest.mark.parametrize("name", TRUE)
@pytest.mark.parametrize("way", ["ccw", "cw", "as it is", "reversed"])
def test_what_is_cut_is_what_was_there(name: str, way: str) -> None:
    true = TRUE[name]
    ways = {
        "ccw": shapely.orient_polygons(true),
        "cw": shapely.orient_polygons(true, exterior_cw=True),
        "as it is": true,
        "reversed": true.reverse(),
    }
    shapes = np.array([_drawn_through(ways[way]), box(0, 0, 1, 1)], dtype=object)
    across = is_across(shapes)
    assert across.tolist() == [True, False]
    found = cut(shapes, across)
    assert shapely.is_valid(found).all()
    assert shapely.bounds(found[0])[[0, 2]].tolist() == [-180, 180]
    # The package rounds the crossings to seven decimals, 1 cm.
    assert _to_east(found[0]).symmetric_difference(true).area < 1e-6
    assert found[1].equals(shapes[1])


def test_edges_that_are_meant_to_be_long_stay() -> None:
    shapes = np.array(
        [
            Polygon([(-180, -90), (-180, -78), (0, -70), (180, -78), (180, -90)]),
            box(177, -19, 180, -15),
            MultiPolygon([box(178, 0, 180, 1), box(-180, 0, -178, 1)]),
            box(-179, 40, 179, 41).segmentize(10),
        ],
        dtype=object,
    )
    assert not is_across(shapes).any()


@pytest.mark.parametrize("south", [True, False])
@pytest.mark.parametrize("turned", [True, False])
def test_an_area_around_a_pole_holds_the_nearer_pole(south: bool, turned: bool) -> None:
    cap = Polygon([(-170, 78), (-90, 75), (0, 70), (90, 68), (170, 78)])
    cap = shapely.transform(cap, lambda xy: xy * np.array([1, -1])) if south else cap
    shapes = np.array([cap.reverse() if turned else cap], dtype=object)
    (found,) = cut(shapes, is_across(shapes))
    assert found.is_valid
    assert found.covers(shapely.Point(10, -89 if south else 89))
    assert not found.intersects(shapely.Point(10, 0))


def _world() -> gpd.GeoDataFrame:
    shapes = {
        "FJI": _drawn_through(TRUE["Fiji"]),
        "TON": box(-176, -22, -174, -18),
        "BOL": box(-69, -22, -58, -10),
        "VUT": box(166, -20, 170, -13),
    }
    index = pd.Index(list(shapes), name="unit")
    return gpd.GeoDataFrame(geometry=list(shapes.values()), index=index, crs=4326)


def test_a_layer_in_memory_is_cut_and_says_so() -> None:
    areas = _world()
    before = areas.copy()
    with pytest.warns(GeometryWarning, match="1 area drawn across the 180th .* FJI") as said:
        done = cut_layer(areas)
    warning = next(w.message for w in said)
    assert isinstance(warning, GeometryWarning)
    assert warning.cases is not None
    assert warning.cases["unit"].tolist() == ["FJI"]
    assert done.crs == areas.crs
    pd.testing.assert_frame_equal(areas, before)
    assert cut_layer(done) is done


def test_a_file_is_cut_once_and_says_so(tmp_path: Path) -> None:
    _world().reset_index().to_file(tmp_path / "a.geojson")
    with pytest.warns(GeometryWarning, match="drawn across the 180th meridian were cut there: FJI"):
        areas = sc.read_boundaries(tmp_path / "a.geojson")
    with pytest.warns(IslandWarning):
        graph = sc.neighbors(areas, islands="keep")
    assert len(graph.links) == 0


def test_nobody_across_the_globe_is_a_neighbor() -> None:
    with pytest.warns() as said:
        graph = sc.neighbors(_world())
    kinds = {type(w.message) for w in said}
    assert {GeometryWarning, IslandWarning} <= kinds
    attached = set(zip(graph.attached["focal"], graph.attached["neighbor"], strict=True))
    assert ("TON", "FJI") in attached
    assert ("FJI", "BOL") not in attached


def test_centers_and_distances_lie_in_the_pacific() -> None:
    areas = _world()
    with pytest.warns(GeometryWarning):
        xy = coordinates(areas).xy
    assert abs(abs(xy[0, 0]) - 180) < 1e-6
    assert xy[0, 1] == pytest.approx(-17, abs=0.05)
    with pytest.warns(GeometryWarning):
        nearest = sc.neighbors(areas, method="knn", k=1).graph
    assert nearest["TON"].index.tolist() == ["FJI"]
    with pytest.warns(GeometryWarning):
        center = sc.mean_center(pd.Series([1.0, 1, 0, 1], areas.index), areas).path.iloc[0]
    assert 170 < center["x"] % 360 < 185


def test_chukotka_is_near_alaska_and_far_from_norway() -> None:
    shapes = {
        "Chukotka": _drawn_through(TRUE["Chukotka"]),
        "Alaska": box(-168, 60, -141, 70),
        "Kamchatka": box(156, 51, 162, 60),
        "Norway": box(5, 60, 12, 70),
    }
    areas = gpd.GeoDataFrame(geometry=list(shapes.values()), index=list(shapes), crs=4326)
    with pytest.warns(GeometryWarning):
        near = sc.neighbors(areas, method="knn", k=2).graph
    assert set(near["Chukotka"].index) == {"Alaska", "Kamchatka"}
    X = pd.DataFrame({"x": [1.0, 1.1, 5, 9]}, index=areas.index)
    with pytest.warns() as said:
        sc.spatial_strata(X, areas, k=2)
    linked = " ".join(str(w.message) for w in said)
    assert "Chukotka to Alaska" in linked or "Alaska to Chukotka" in linked


def test_a_shift_of_places_knows_no_seam() -> None:
    """The same places turned about the globe give the same permutations, hence the same p."""
    squares = [box(10 + i, j, 11 + i, j + 1) for i in range(6) for j in range(6)]
    names = [f"u{k:02d}" for k in range(36)]
    rng = np.random.default_rng(2)
    y = pd.Series(rng.normal(size=36), names)
    strata = pd.DataFrame({"s": np.repeat([1, 2, 3], 12)}, names)
    found = []
    for by in (0, 167):
        moved = [shapely.transform(s, lambda xy, by=by: xy + np.array([by, 0])) for s in squares]
        points = [_drawn_through(s.centroid) for s in moved]
        places = gpd.GeoDataFrame(geometry=points, index=names, crs=4326)
        q = sc.factor_detector(
            y, strata, places=places, restrict="shift", n_permutations=99, seed=1
        )
        found.append(q.to_frame())
    pd.testing.assert_frame_equal(found[0], found[1])
