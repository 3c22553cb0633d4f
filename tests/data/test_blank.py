"""Areas without data: maps, page and layer draw them, analyses do not see them."""

from __future__ import annotations

import sqlite3

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

import spatialccd as sc
from spatialccd.data.blank import keep_blank, with_blank
from spatialccd.errors import JoinWarning


def _panel(units):
    return pd.DataFrame({"D": np.linspace(0.1, 0.9, len(units))}, pd.Index(units, name="unit"))


@pytest.fixture(scope="module")
def provinces():
    return sc.read_boundaries("china_provinces")


@pytest.fixture
def joined(provinces):
    units = provinces.index.drop(["710000", "810000", "820000"])
    with pytest.warns(JoinWarning, match="maps draw 3 of these areas as no data"):
        return sc.join(_panel(units), provinces)


def test_a_map_of_china_is_whole(joined):
    panel, areas, _ = joined
    drawn = sc.map_values(panel["D"], areas)
    assert drawn.legend.set_index("class").loc["No data", "n"] == 3
    assert len(areas) == 31  # an analysis sees no more


def test_every_output_has_them(joined, tmp_path):
    panel, areas, _ = joined
    path = sc.write_geopackage({"ccd": panel}, areas, tmp_path / "study.gpkg")
    layer = gpd.read_file(path, layer="results").set_index("unit")
    assert len(layer) == 34
    assert layer.loc["710000", "ccd_D"] != layer.loc["710000", "ccd_D"]
    assert layer.loc["710000", "name_zh"] == "台湾省"
    with sqlite3.connect(path) as database:
        ((style,),) = database.execute("SELECT styleQML FROM layer_styles").fetchall()
    assert "No data" in style  # QGIS draws them, instead of leaving a hole
    page = sc.write_page({"ccd": panel}, tmp_path / "page.html", title="A study", areas=areas)
    assert "Taiwan" in page.read_text(encoding="utf-8")


def test_they_follow_into_another_projection_and_through_a_file(joined, tmp_path):
    areas = joined.areas.to_crs("EPSG:3857")
    both = with_blank(areas)
    assert len(both) == 34
    assert both.crs == areas.crs
    assert both.loc["710000"].geometry.bounds[0] > 1e7  # meters
    sc.save(joined.areas, tmp_path / "areas.scc")
    pd.testing.assert_frame_equal(
        with_blank(sc.load(tmp_path / "areas.scc")), with_blank(joined.areas)
    )
    joined.areas.to_parquet(tmp_path / "areas.parquet")


def test_a_subset_is_a_layer_of_its_own(joined):
    east = joined.areas[joined.areas["region"] == "East"]
    assert with_blank(east) is east


def test_few_provinces_are_drawn_in_the_whole_country(provinces):
    with pytest.warns(JoinWarning):
        joined = sc.join(_panel(["310000", "320000", "330000", "340000"]), provinces)
    assert len(with_blank(joined.areas)) == 34


def test_provinces_are_known_by_name_too(provinces):
    layer = provinces.reset_index(drop=True).set_index("name_zh")
    layer.index.name = "unit"
    kept = keep_blank(layer.iloc[:20], layer)
    assert len(with_blank(kept)) == 34


def _grid(n):
    cells = {f"{x}-{y}": box(x, y, x + 1, y + 1) for x in range(n) for y in range(n)}
    return gpd.GeoDataFrame(geometry=list(cells.values()), index=list(cells), crs=3857)


def test_a_county_without_data_is_no_hole():
    layer = _grid(6)
    inner = keep_blank(layer.drop(index=["2-2", "3-4"]), layer)
    assert with_blank(inner).index[-2:].tolist() == ["2-2", "3-4"]
    corner = keep_blank(layer.drop(index=["0-0", "5-5", "4-5"]), layer)  # at the edge, bordering
    assert set(with_blank(corner).index) == set(layer.index)


def test_a_part_of_a_layer_is_drawn_without_the_rest():
    layer = _grid(6)
    part = layer.loc[["0-0", "0-1", "0-2", "1-0", "1-2", "2-0", "2-1", "2-2"]]
    assert with_blank(keep_blank(part, layer)).index[8:].tolist() == ["1-1"]
    assert len(with_blank(keep_blank(part, layer, "all"))) == 36
    assert with_blank(keep_blank(part, layer, "joined")).index.equals(part.index)


def test_a_far_off_area_is_not_drawn_unless_asked():
    layer = pd.concat(
        [_grid(4), gpd.GeoDataFrame(geometry=[box(90, 0, 91, 1)], index=["far"], crs=3857)]
    )
    kept = keep_blank(layer.drop(index=["far", "1-1"]), layer)
    assert with_blank(kept).index[-1] == "1-1"
    assert "far" in with_blank(keep_blank(layer.drop(index=["far"]), layer, "all")).index
