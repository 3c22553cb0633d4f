"""What a border is: hairs, near misses, overlaps, and the 180th meridian."""

from __future__ import annotations

import geopandas as gpd
import libpysal
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely import affinity
from shapely.geometry import box

import spatialccd as sc
from spatialccd.data.layers.contiguity import borders, faults, safe_tolerance
from spatialccd.errors import GeometryError, GeometryWarning
from tests.toys import square_grid

EXAMPLES = libpysal.__path__[0] + "/examples/"


def _published(path: str) -> set[tuple[str, str]]:
    """Read the pairs of a .gal file."""
    with open(EXAMPLES + path, encoding="ascii") as file:
        lines = [line.split() for line in file.read().splitlines()[1:] if line.strip()]
    return {
        (unit[0], other)
        for unit, others in zip(lines[::2], lines[1::2], strict=True)
        for other in others
    }


def _pairs(areas: gpd.GeoDataFrame, **how: object) -> set[tuple[str, str]]:
    links = sc.neighbors(areas, islands="keep", **how).links  # type: ignore[arg-type]
    return set(zip(links["focal"].astype(str), links["neighbor"].astype(str), strict=True))


def _apart(gap: float, size: float, crs: str, at: tuple[float, float]) -> gpd.GeoDataFrame:
    """Four squares, two by two, with a gap down the middle."""
    x, y = at
    cells = {
        "A": box(x, y, x + size, y + size),
        "B": box(x, y + size, x + size, y + 2 * size),
        "C": box(x + size + gap, y, x + 2 * size, y + size),
        "D": box(x + size + gap, y + size, x + 2 * size, y + 2 * size),
    }
    return gpd.GeoDataFrame(geometry=list(cells.values()), index=list(cells), crs=crs)


# --- published borders --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layer", "unit", "weights", "method"),
    [
        ("columbus/columbus.shp", "POLYID", "columbus/columbus.gal", "queen"),
        ("virginia/virginia.shp", "FIPS", "virginia/virginia_queen.gal", "queen"),
        ("virginia/virginia.shp", "POLY_ID", "virginia/virginia_rook.gal", "rook"),
        ("sids2/sids2.shp", "FIPS", "sids2/sids2.gal", "rook"),
        ("stl/stl_hom.shp", "POLY_ID_OG", "stl/stl_hom_rook.gal", "rook"),
    ],
)
def test_borders_at_the_defaults_are_those_published(
    layer: str, unit: str, weights: str, method: str
) -> None:
    areas = gpd.read_file(EXAMPLES + layer)
    areas.index = pd.Index(areas[unit].astype(float).astype(int).astype(str), name="unit")
    assert _pairs(areas, method=method) == _published(weights)


def test_borders_of_the_48_states_are_those_published() -> None:
    """The weights count the states by name, from 0."""
    areas = gpd.read_file(EXAMPLES + "us_income/us48.shp")
    areas.index = (areas["STATE_NAME"].rank().astype(int) - 1).astype(str)
    assert _pairs(areas) == _published("us_income/states48.gal")


def test_tokyo_has_all_its_borders_and_its_morans_i() -> None:
    """Gaps of up to 1 mm hide 27 of its 695 borders from strict geometry."""
    with pytest.warns(GeometryWarning, match="10 invalid geometries were repaired"):
        areas = sc.read_boundaries(EXAMPLES + "tokyo/tokyomet262.shp", unit="AreaID")
    table = pd.read_csv(EXAMPLES + "tokyo/Tokyomortality.csv")
    rate = (table["db2564"] / table["eb2564"]).set_axis(table["IDnum0"].astype(str))
    graph = sc.neighbors(areas)
    assert len(graph.links) // 2 == 695
    assert len(sc.neighbors(areas, snap=0).links) // 2 == 668
    found = sc.global_moran(rate, graph, n_permutations=99, seed=1).I.iloc[0]
    assert found == pytest.approx(0.16886, abs=5e-6)
    assert graph.snap == pytest.approx(0.0145, rel=0.01)
    assert graph.settings["snap"] == graph.snap
    assert "gaps up to 0.0145" in graph.summary()
    strata = sc.spatial_strata(rate.to_frame("rate"), areas, k=4)
    pd.testing.assert_frame_equal(
        strata.labels, sc.spatial_strata(rate.to_frame("rate"), graph=graph.graph, k=4).labels
    )


# --- hairs --------------------------------------------------------------------------------------

PLACES = [
    ("EPSG:32650", 1000.0, (400_000, 3_500_000)),
    ("EPSG:2263", 3000.0, (980_000, 200_000)),  # feet
    ("EPSG:4326", 0.5, (-71.0, -33.0)),
    ("EPSG:4490", 0.01, (116.0, 39.0)),
    ("EPSG:3857", 1e6, (0, 0)),
]
ALL = {(a, b) for a in "ABCD" for b in "ABCD" if a != b}
SIDES = {("A", "B"), ("B", "A"), ("C", "D"), ("D", "C")}


@pytest.mark.parametrize(("crs", "size", "at"), PLACES)
@pytest.mark.parametrize("method", ["queen", "rook"])
def test_a_hair_is_no_gap_in_any_system(
    crs: str, size: float, at: tuple[float, float], method: str
) -> None:
    areas = _apart(1e-8 * size, size, crs, at)
    expected = (
        ALL
        if method == "queen"
        else SIDES
        | {
            ("A", "C"),
            ("C", "A"),
            ("B", "D"),
            ("D", "B"),
        }
    )
    assert _pairs(areas, method=method) == expected
    assert _pairs(areas, method=method, snap=0) == SIDES


@pytest.mark.parametrize(("crs", "size", "at"), PLACES)
def test_a_little_more_is_named_with_its_width_and_what_to_do(
    crs: str, size: float, at: tuple[float, float]
) -> None:
    areas = _apart(1e-6 * size, size, crs, at)
    with pytest.warns(GeometryWarning, match="A and C .* a hair|a hair .*A and C") as said:
        result = sc.neighbors(areas)
    assert result.gaps[["focal", "neighbor"]].to_numpy().tolist() == [
        ["A", "C"],
        ["A", "D"],
        ["B", "C"],
        ["B", "D"],
    ]
    np.testing.assert_allclose(result.gaps["gap"], 1e-6 * size, rtol=0.01)
    message = next(str(w.message) for w in said)
    snap = float(message.partition("snap=")[2].partition(")")[0])
    assert _pairs(areas, snap=snap) == ALL
    assert _pairs(areas, snap=result.snap) == SIDES  # stated: not a word more
    X = pd.DataFrame({"x": [1.0, 1, 5, 5]}, areas.index)
    with pytest.warns() as also:
        sc.spatial_strata(X, areas, k=3)
    assert any("a hair" in str(w.message) for w in also)


def test_a_wide_gap_is_a_gap() -> None:
    assert _pairs(_apart(1.0, 1000.0, "EPSG:32650", (4e5, 3e6))) == SIDES


def test_the_tolerance_stays_below_the_narrowest_area() -> None:
    """A strip of 1 m in a layer of 100 km is not bridged."""
    shapes = np.array([box(0, 0, 1e5, 1e5), box(1e5, 0, 1e5 + 1, 1e5), box(1e5 + 1, 0, 2e5, 1e5)])
    assert safe_tolerance(shapes) == pytest.approx(1e-4, rel=1e-3)
    assert list(zip(*borders(shapes).touching, strict=True)) == [(0, 1), (1, 2)]


@pytest.mark.parametrize("turn", [0.0, 30.0, 123.4])
def test_hairs_left_by_a_turn_do_not_change_the_borders(turn: float) -> None:
    """Turned coordinates are rounded, each area's apart from its neighbor's."""
    areas = square_grid(7, 9)
    turned = areas.set_geometry([affinity.rotate(s, turn, origin=(0, 0)) for s in areas.geometry])
    for method in ("queen", "rook"):
        assert _pairs(turned, method=method) == _pairs(areas, method=method)


def test_corners_of_a_sound_layer_stay_corners() -> None:
    """At a corner borders part at any angle: the tolerance makes no line of it."""
    areas = sc.read_boundaries("us_counties")
    areas = areas[areas["state"].isin(["TX", "OK", "NM", "CO"])]
    assert _pairs(areas, method="rook") == _pairs(areas, method="rook", snap=0)
    assert _pairs(areas) == _pairs(areas, snap=0)


def test_rows_may_be_in_any_order() -> None:
    areas = _apart(1e-6 * 1000, 1000.0, "EPSG:32650", (4e5, 3e6))
    with pytest.warns(GeometryWarning, match="4 pairs"):
        plain = sc.neighbors(areas).gaps
    with pytest.warns(GeometryWarning, match="4 pairs"):
        turned = sc.neighbors(areas.iloc[::-1]).gaps
    pd.testing.assert_frame_equal(plain, turned)


# --- faults -------------------------------------------------------------------------------------


def test_overlaps_and_slivers_are_counted() -> None:
    row = [box(0, 0, 1, 1), box(0.99, 0, 2, 1), box(2, 0, 3, 1)]
    found = faults(np.array(row))
    assert list(zip(*found.overlapping, strict=True)) == [(0, 1)]
    assert found.overlap[0] == pytest.approx(0.01, rel=0.02)
    hole = shapely.Polygon([(1, 0.2), (1 + 2e-5, 0.5), (1, 0.8)])
    pair = np.array([box(0, 0, 1, 1), box(1, 0, 2, 1).difference(hole)])
    assert len(faults(pair).slivers) == 1
    assert len(faults(np.array([box(0, 0, 1, 1), box(1, 0, 2, 1)])).slivers) == 0


def test_borders_that_do_not_share_vertices_are_no_fault() -> None:
    shapes = np.array([box(0, 0, 2, 1), box(0, 1, 1, 2), box(1, 1, 2, 2)])
    found = faults(shapes)
    assert len(found.overlap) == 0
    assert len(found.slivers) == 0


# --- around the globe ---------------------------------------------------------------------------


@pytest.mark.parametrize("shift", [0, 360])
def test_areas_either_side_of_the_180th_meridian_touch(shift: float) -> None:
    shapes = [box(178, 0, 180, 2), box(-180, 0, -178, 2), box(-178, 0, -176, 2)]
    areas = gpd.GeoDataFrame(geometry=shapes, index=list("abc"), crs=4326)
    if shift:  # the same in longitudes from 0 to 360 has no seam there
        areas.geometry = [
            affinity.translate(s, 360) if s.bounds[0] < 0 else s for s in areas.geometry
        ]
    expected = {("a", "b"), ("b", "a"), ("b", "c"), ("c", "b")}
    for method in ("queen", "rook"):
        assert _pairs(areas, method=method) == expected
        turned = areas.set_axis(["c", "b", "a"])  # the western one comes first
        assert _pairs(turned, method=method) == expected


def test_greenwich_is_the_seam_of_longitudes_from_0_to_360() -> None:
    shapes = [box(0, 50, 2, 52), box(358, 50, 360, 52)]
    areas = gpd.GeoDataFrame(geometry=shapes, index=list("ab"), crs=4326)
    assert _pairs(areas) == {("a", "b"), ("b", "a")}


# --- copies -------------------------------------------------------------------------------------


def _panel_layer(unit: str = "省", time: str = "年份") -> gpd.GeoDataFrame:
    places = [box(100 + i, 30, 101 + i, 31) for i in range(3)]
    return gpd.GeoDataFrame(
        {
            "id": range(9),
            unit: ["甲", "乙", "丙"] * 3,
            time: [year for year in (2010, 2015, 2020) for _ in range(3)],
            "gdp": [1.0, 5, 2, 8, 4, 3, 9, 7, 6],
        },
        geometry=places * 3,
        crs="EPSG:4490",
    )


USES = {
    "neighbors": lambda layer: sc.neighbors(layer),
    "knn": lambda layer: sc.neighbors(layer, method="knn", k=2),
    "spatial_strata": lambda layer: sc.spatial_strata(layer[["gdp"]], layer, k=2),
    "mean_center": lambda layer: sc.mean_center(layer["gdp"], layer),
    "mgwr": lambda layer: sc.mgwr(layer["gdp"], layer[["id"]], layer),
}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize(("unit", "time"), [("省", "年份"), ("NAME_1", "Year"), ("k", "wave")])
def test_a_layer_of_a_panel_is_refused_by_the_names_of_its_columns(
    use: str, unit: str, time: str
) -> None:
    with pytest.raises(GeometryError, match=f"{unit!r} looks like the unit and {time!r}") as raised:
        USES[use](_panel_layer(unit, time))
    assert raised.value.cases is not None
    assert len(raised.value.cases) == 9
    layer = _panel_layer(unit, time).drop_duplicates(unit).set_index(unit)
    assert len(sc.neighbors(layer).links) == 4


def test_two_areas_drawn_alike_are_refused_without_a_guess() -> None:
    layer = square_grid(2, 2)
    layer.geometry = [*layer.geometry[:3], layer.geometry.iloc[0]]
    with pytest.raises(GeometryError, match="draws 1 polygon more than once, in 2 rows: A00, A03"):
        sc.neighbors(layer)


def test_a_panel_on_unit_and_time_may_repeat_its_places_where_that_is_meant() -> None:
    layer = _panel_layer().set_index(["省", "年份"])
    with pytest.raises(GeometryError, match="xs"):
        sc.neighbors(layer)
