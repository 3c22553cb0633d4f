from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point

import spatialccd as sc
from spatialccd.errors import AlignmentError, DataError, GeometryError, PanelError
from tests.toys import Toys


@pytest.fixture
def cloud() -> tuple[pd.Series, pd.DataFrame]:
    rng = np.random.default_rng(3)
    names = [f"p{i:02d}" for i in range(40)]
    xy = rng.normal(size=(40, 2)) @ np.array([[900.0, 500.0], [0.0, 200.0]])
    weights = pd.Series(rng.gamma(2.0, size=40), index=names)
    return weights, pd.DataFrame(xy, index=names, columns=["x", "y"])


@pytest.mark.compares("mean_center", against="the weighted mean")
def test_center_is_the_weighted_mean_and_its_moves_are_in_kilometers(toys: Toys) -> None:
    y = toys.panel["income"]
    result = sc.mean_center(y, toys.areas)
    xy = np.column_stack([toys.areas.centroid.x, toys.areas.centroid.y])
    for year in toys.years:
        w = y.xs(year, level="time").reindex(toys.units).to_numpy()
        np.testing.assert_allclose(
            result.path.loc[year, ["x", "y"]].astype(float), w @ xy / w.sum()
        )
    moved = np.hypot(*np.diff(result.path[["x", "y"]].to_numpy(), axis=0).T) / 1000
    np.testing.assert_allclose(result.path["distance"].iloc[1:], moved)
    assert result.layer.crs == toys.areas.crs
    assert result.layer.geometry.iloc[0].x == result.path["x"].iloc[0]


def test_center_on_the_globe() -> None:
    """Two towns on the equator meet half way; one degree there is 111.195 km."""
    index = pd.MultiIndex.from_product([["a", "b"], [1, 2, 3]], names=["unit", "time"])
    y = pd.Series([1.0, 1, 1, 0, 1, 1], index=index)
    towns = gpd.GeoSeries([Point(179, 0), Point(-179, 0)], index=["a", "b"], crs="EPSG:4326")
    result = sc.mean_center(y, towns)
    np.testing.assert_allclose(result.path["x"].abs(), [179, 180, 180])
    np.testing.assert_allclose(result.path["y"], 0, atol=1e-12)
    assert result.path.loc[2, "distance"] == pytest.approx(111.195, abs=1e-3)
    assert result.path.loc[2, "wind"] == "E"
    assert result.path.loc[3, "distance"] == 0
    assert np.isnan(result.path.loc[3, "bearing"])
    assert result.total == pytest.approx(111.195, abs=1e-3)


def test_globe_and_plane_agree_where_the_earth_is_nearly_flat() -> None:
    rng = np.random.default_rng(0)
    towns = gpd.GeoSeries(
        gpd.points_from_xy(114 + rng.random(20), 30 + rng.random(20)), crs="EPSG:4326"
    )
    y = pd.Series(rng.random(20))
    globe = sc.mean_center(y, towns).layer.to_crs("EPSG:32650").geometry.iloc[0]
    plane = sc.mean_center(y, towns.to_crs("EPSG:32650")).layer.geometry.iloc[0]
    assert globe.distance(plane) < 30


@pytest.mark.compares("standard_deviational_ellipse", against="Lefever (1926)")
def test_ellipse_agrees_with_the_formula_of_lefever(cloud: tuple[pd.Series, pd.DataFrame]) -> None:
    """The closed form with tan theta, as ArcGIS documents it, weights and sqrt(2) included."""
    y, places = cloud
    w = (y / y.sum()).to_numpy()
    x0, y0 = (places.to_numpy() - w @ places.to_numpy()).T
    A, C = w @ x0**2 - w @ y0**2, 2 * (w @ (x0 * y0))
    theta = np.arctan((A + np.hypot(A, C)) / C)
    sx = np.sqrt(2 * (w @ (x0 * np.cos(theta) - y0 * np.sin(theta)) ** 2))
    sy = np.sqrt(2 * (w @ (x0 * np.sin(theta) + y0 * np.cos(theta)) ** 2))
    row = sc.standard_deviational_ellipse(y, places).path.loc["all"]
    assert row["major"] == pytest.approx(max(sx, sy), rel=1e-10)
    assert row["minor"] == pytest.approx(min(sx, sy), rel=1e-10)
    assert row["rotation"] == pytest.approx(np.degrees(theta) % 180, rel=1e-10)
    one = sc.standard_deviational_ellipse(y, places, spread="one-sd").path.loc["all"]
    assert row["area"] == pytest.approx(2 * one["area"])
    assert row["flattening"] == pytest.approx(1 - row["minor"] / row["major"])


def test_ellipse_holds_two_thirds_of_a_normal_cloud() -> None:
    rng = np.random.default_rng(1)
    xy = rng.normal(size=(4000, 2)) * [3000.0, 1000.0]
    points = gpd.GeoSeries(gpd.points_from_xy(*xy.T), crs="EPSG:3857")
    result = sc.standard_deviational_ellipse(pd.Series(1.0, index=points.index), points)
    shape = result.layer.geometry.iloc[0]
    assert points.within(shape).mean() == pytest.approx(1 - np.exp(-1), abs=0.02)
    assert shape.area == pytest.approx(result.path["area"].iloc[0], rel=1e-3)
    assert result.path["rotation"].iloc[0] == pytest.approx(90, abs=2)


def test_path_over_years(toys: Toys) -> None:
    result = sc.standard_deviational_ellipse(toys.panel["income"], toys.areas)
    assert list(result.path.index) == toys.years
    alone = sc.standard_deviational_ellipse(toys.year["income"], toys.areas).path.iloc[0]
    np.testing.assert_allclose(result.path.loc[toys.years[-1]], alone)
    assert list(result.layer.columns) == [*result.path.columns, "geometry"]


def test_what_is_refused(toys: Toys) -> None:
    y = toys.panel["income"]
    degrees = toys.areas.to_crs("EPSG:4326")
    with pytest.raises(GeometryError, match="needs meters"):
        sc.standard_deviational_ellipse(y, degrees)
    table = pd.DataFrame({"lon": 1.0, "lat": np.arange(36.0)}, index=toys.units)
    with pytest.raises(GeometryError, match="in degrees"):
        sc.standard_deviational_ellipse(y, table)
    with pytest.raises(GeometryError, match="one line"):
        sc.standard_deviational_ellipse(y, table.rename(columns={"lon": "x", "lat": "y"}))
    with pytest.raises(GeometryError, match="no coordinate reference system"):
        sc.mean_center(y, toys.areas.set_crs(None, allow_override=True))
    with pytest.raises(DataError, match="must not be negative"):
        sc.mean_center(y - 30, toys.areas)
    with pytest.raises(DataError, match="all weights are zero in 2019"):
        sc.mean_center(y.where(y.index.get_level_values("time") != 2019, 0.0), toys.areas)
    with pytest.raises(PanelError, match="A00 2018"):
        sc.mean_center(y.iloc[1:], toys.areas)
    with pytest.raises(AlignmentError, match="A02"):
        sc.mean_center(y.drop("A02"), toys.areas)
