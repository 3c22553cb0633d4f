"""The bundled layers: what their README says of them holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from libpysal.graph import Graph

import spatialccd as sc
from spatialccd.data.layers.bundled import SHIPPED

#: Land borders of each unit of China with units of a higher code, from the atlas.
CHINA_BORDERS = {
    "Beijing": "Tianjin, Hebei",
    "Tianjin": "Hebei",
    "Hebei": "Shanxi, Inner Mongolia, Liaoning, Shandong, Henan",
    "Shanxi": "Inner Mongolia, Henan, Shaanxi",
    "Inner Mongolia": "Liaoning, Jilin, Heilongjiang, Shaanxi, Gansu, Ningxia",
    "Liaoning": "Jilin",
    "Jilin": "Heilongjiang",
    "Shanghai": "Jiangsu, Zhejiang",
    "Jiangsu": "Zhejiang, Anhui, Shandong",
    "Zhejiang": "Anhui, Fujian, Jiangxi",
    "Anhui": "Jiangxi, Shandong, Henan, Hubei",
    "Fujian": "Jiangxi, Guangdong",
    "Jiangxi": "Hubei, Hunan, Guangdong",
    "Shandong": "Henan",
    "Henan": "Hubei, Shaanxi",
    "Hubei": "Hunan, Chongqing, Shaanxi",
    "Hunan": "Guangdong, Guangxi, Chongqing, Guizhou",
    "Guangdong": "Guangxi, Hong Kong, Macao",
    "Guangxi": "Guizhou, Yunnan",
    "Chongqing": "Sichuan, Guizhou, Shaanxi",
    "Sichuan": "Guizhou, Yunnan, Xizang, Shaanxi, Gansu, Qinghai",
    "Guizhou": "Yunnan",
    "Yunnan": "Xizang",
    "Xizang": "Qinghai, Xinjiang",
    "Shaanxi": "Gansu, Ningxia",
    "Gansu": "Qinghai, Ningxia, Xinjiang",
    "Qinghai": "Xinjiang",
}

#: Counties without a neighbor on land.
COUNTY_ISLANDS = {
    *("02016", "15001", "15003", "15007", "25019", "53055", "60020", "66010"),
    *("69085", "69100", "69110", "69120", "72049", "72147", "78010"),
}


@pytest.fixture(scope="module")
def layers() -> dict[str, gpd.GeoDataFrame]:
    return {name: sc.read_boundaries(name) for name in SHIPPED}


def _borders(areas: gpd.GeoDataFrame, label: str) -> set[frozenset[str]]:
    graph = Graph.build_contiguity(areas, rook=False)
    names = areas[label].to_dict()
    links = graph.adjacency[graph.adjacency > 0].index
    return {frozenset((names[a], names[b])) for a, b in links}


@pytest.mark.parametrize("name", SHIPPED)
def test_every_layer_is_a_valid_coverage(name: str, layers: dict[str, Any]) -> None:
    shapes = layers[name].geometry.to_numpy()
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    assert (shapely.area(shapes) > 0).all()
    assert layers[name].index.is_unique


@pytest.mark.parametrize("name", SHIPPED)
def test_shapefile_and_geopackage_hold_the_same(
    name: str, layers: dict[str, Any], root: Path
) -> None:
    areas = layers[name]
    zipped = sc.read_boundaries(root / "shapefiles" / f"{name}.zip", unit=SHIPPED[name])
    assert zipped.crs.equals(areas.crs, ignore_axis_order=True)
    pd.testing.assert_index_equal(zipped.index, areas.index)
    same = zipped.rename(columns={"pinyin": "name_pinyin"})
    pd.testing.assert_frame_equal(
        pd.DataFrame(same.drop(columns="geometry")), pd.DataFrame(areas.drop(columns="geometry"))
    )
    assert shapely.equals(zipped.geometry.to_numpy(), areas.geometry.to_numpy()).all()
    assert all(len(c) <= 10 and c.isascii() for c in zipped.columns)


@pytest.mark.parametrize("name", SHIPPED)
def test_files_are_small_and_described(name: str, root: Path) -> None:
    folder = root / "shapefiles"
    for suffix in ("gpkg", "zip"):
        assert (folder / f"{name}.{suffix}").stat().st_size < 1.5e6
    assert pyogrio.list_layers(folder / f"{name}.gpkg").tolist() == [[name, "MultiPolygon"]]
    readme = (folder / "README.md").read_text(encoding="utf-8")
    with_fields = pyogrio.read_info(folder / f"{name}.gpkg")["fields"]
    assert all(f"`{field}`" in readme for field in with_fields)


def test_china_has_its_34_units_and_their_neighbors(layers: dict[str, Any]) -> None:
    china = layers["china_provinces"]
    assert len(china) == 34
    expected = {
        frozenset((unit, other))
        for unit, others in CHINA_BORDERS.items()
        for other in others.split(", ")
    }
    assert _borders(china, "name_en") == expected
    islands = Graph.build_contiguity(china, rook=False).isolates
    assert set(china.loc[islands, "name_en"]) == {"Hainan", "Taiwan"}


def test_china_regions_are_those_of_the_study(layers: dict[str, Any], root: Path) -> None:
    china = layers["china_provinces"]
    study = pd.read_csv(
        root / "examples/china_provinces/data/china_province_ccd_2011_2020.csv",
        dtype={"adcode": str},
    ).drop_duplicates("adcode")
    ours = china.loc[study["adcode"], "region"].to_numpy()
    assert (study["region"].str.removesuffix("ern").to_numpy() == ours).all()
    outside = china.index.difference(study["adcode"])
    assert list(china.loc[outside, "name_en"]) == ["Taiwan", "Hong Kong", "Macao"]
    assert china.loc[outside, ["region", "region_nbs"]].isna().all(axis=None)
    assert china["region_nbs"].value_counts().to_dict() == {
        "West": 12,
        "East": 10,
        "Central": 6,
        "Northeast": 3,
    }


def test_paracel_islands_belong_to_hainan(layers: dict[str, Any]) -> None:
    hainan = layers["china_provinces"].geometry["460000"]
    assert hainan.bounds[1] == pytest.approx(15.78, abs=0.01)


def test_china_agrees_with_an_independent_map(layers: dict[str, Any], shared: Path) -> None:
    """More than 90% in common with the boundaries of OCHA under the same code.

    Shanghai and Hong Kong are coasts and islands, drawn to different detail
    (80% and 77%); OCHA draws a sixth of Macao.
    """
    other = gpd.read_file(shared / "data/boundaries/china_provinces_ocha.gpkg")
    other = other.set_index("adcode").to_crs("ESRI:102025").geometry.make_valid()
    ours = layers["china_provinces"].geometry.to_crs("ESRI:102025")
    other = other.loc[ours.index]
    common = ours.intersection(other).area / ours.union(other).area
    assert (common.drop(["310000", "810000", "820000"]) > 0.9).all()
    assert (common[["310000", "810000"]] > 0.77).all()


def test_states_have_their_neighbors(layers: dict[str, Any]) -> None:
    """107 pairs of the 48 states, the two that meet at Four Corners included, and two of D.C."""
    borders = _borders(layers["us_states"], "abbr")
    assert len(borders) == 109
    assert frozenset(("AZ", "CO")) in borders
    assert frozenset(("MI", "WI")) in borders
    assert {next(iter(b - {"DC"})) for b in borders if "DC" in b} == {"MD", "VA"}
    assert {next(iter(b - {"ME"})) for b in borders if "ME" in b} == {"NH"}
    assert sum("MO" in b for b in borders) == sum("TN" in b for b in borders) == 8


def test_counties_have_no_false_islands(layers: dict[str, Any]) -> None:
    counties = layers["us_counties"]
    assert len(counties) == 3231
    assert set(Graph.build_contiguity(counties, rook=False).isolates) == COUNTY_ISLANDS


def test_counties_nest_in_states(layers: dict[str, Any]) -> None:
    counties, states = layers["us_counties"], layers["us_states"]
    assert (counties["state_fips"] == counties.index.str[:2]).all()
    area = pd.Series(shapely.area(counties.geometry.to_numpy()), counties.index)
    in_state = area.groupby(counties["state_fips"]).sum().loc[states.index]
    np.testing.assert_allclose(in_state, shapely.area(states.geometry.to_numpy()), rtol=1e-9)
    abbr = counties.drop_duplicates("state_fips").set_index("state_fips")["state"]
    assert (abbr.loc[states.index] == states["abbr"]).all()


def test_falls_church_is_an_area_again(layers: dict[str, Any]) -> None:
    """It borders Fairfax and Arlington and has its published 5.3 km2."""
    counties = layers["us_counties"]
    area = counties.loc[["51610"]].to_crs("EPSG:5070").area.iloc[0]
    assert area == pytest.approx(5.3e6, rel=0.05)
    graph = Graph.build_contiguity(counties[counties["state"] == "VA"], rook=True)
    assert set(graph["51610"].index) == {"51059", "51013"}


def test_counties_of_1980_that_are_gone(layers: dict[str, Any], root: Path) -> None:
    table = pd.read_csv(root / "examples/us_counties/data/elect80.csv", dtype={"fips": str})
    readme = (root / "examples/us_counties/README.md").read_text(encoding="utf-8")
    gone = sorted(set(table["fips"]) - set(layers["us_counties"].index))
    assert gone == ["12025", "46113", "51515", "51560", "51780"]
    assert all(code in readme for code in gone)


def test_indicators_follow_from_production(root: Path) -> None:
    folder = root / "examples/us_states/data"
    keys = ["fips", "state", "year"]
    production = pd.read_csv(folder / "production.csv", dtype={"fips": str}).set_index(keys)
    indicators = pd.read_csv(folder / "indicators.csv", dtype={"fips": str}).set_index(keys)
    assert production.index.equals(indicators.index)
    assert len(indicators) == 48 * 17
    per_worker = [c for c in indicators.columns if c.endswith("_per_worker")]
    assert len(per_worker) == 5
    for column in per_worker:
        stock = production[column.removesuffix("_per_worker")]
        np.testing.assert_allclose(
            indicators[column], stock / production["workers"], rtol=0, atol=5.1e-5
        )
    np.testing.assert_allclose(
        np.exp(indicators["log_workers"]), production["workers"] * 1000, rtol=6e-5
    )
    assert not set(indicators.index.unique("fips")) - set(sc.read_boundaries("us_states").index)
