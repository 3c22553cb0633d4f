"""Statistics of rasters by area: by hand on a small grid, and by exactextract's own call."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Polygon, box

import spatialccd as sc
from spatialccd.errors import Cancelled, GapWarning, GeometryError, ParameterError

rasterio = pytest.importorskip("rasterio", reason="the extra 'raster' is not installed")
exactextract = pytest.importorskip("exactextract", reason="the extra 'raster' is not installed")

GRID = np.arange(1.0, 13.0).reshape(3, 4)


def _raster(
    path: Path,
    values: np.ndarray,
    *,
    crs: str | None = "EPSG:3857",
    nodata: float | None = None,
    corner: tuple[float, float] = (0.0, 3.0),
    size: float = 1.0,
) -> Path:
    bands = values if values.ndim == 3 else values[None]
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=bands.shape[2],
        height=bands.shape[1],
        count=len(bands),
        dtype=bands.dtype,
        crs=crs,
        nodata=nodata,
        transform=rasterio.Affine(size, 0, corner[0], 0, -size, corner[1]),
    ) as file:
        file.write(bands)
    return path


def _areas(shapes: dict[str, Any], crs: str = "EPSG:3857") -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        geometry=list(shapes.values()), index=pd.Index(list(shapes), name="unit"), crs=crs
    )


@pytest.fixture
def areas() -> gpd.GeoDataFrame:
    """A covers a corner of four cells in quarters and more; B one whole row; C a triangle."""
    return _areas(
        {
            "A": box(0.5, 1.5, 2.0, 3.0),
            "B": box(0.0, 0.0, 4.0, 1.0),
            "C": Polygon([(2, 1), (4, 1), (4, 3)]),
        }
    )


def test_sums_by_hand(tmp_path: Path, areas: gpd.GeoDataFrame) -> None:
    """The shares of the cells of A: .5 1 / .25 .5; of C: 0 .5 above, .5 1 below."""
    later = _raster(tmp_path / "b.tif", GRID * 10)
    files = {2016: later, 2015: _raster(tmp_path / "a.tif", GRID)}
    found = sc.zonal_panel(files, areas, statistics=["sum", "mean", "count", "max"])
    panel = found.panel
    assert list(panel.index) == [(u, t) for u in "ABC" for t in (2015, 2016)]
    assert list(panel.columns) == ["sum", "mean", "count", "max"]
    a = 0.5 * 1 + 1 * 2 + 0.25 * 5 + 0.5 * 6
    c = 0.5 * 4 + 0.5 * 7 + 1 * 8
    by_hand = {"A": (a, 2.25, 6), "B": (9.0 + 10 + 11 + 12, 4, 12), "C": (c, 2, 8)}
    for unit, (total, cells, top) in by_hand.items():
        row = panel.loc[(unit, 2015)]
        assert row["sum"] == pytest.approx(total, rel=1e-12)
        assert row["count"] == pytest.approx(cells, rel=1e-12)
        assert row["mean"] == pytest.approx(total / cells, rel=1e-12)
        assert row["max"] == top
    np.testing.assert_allclose(panel.xs(2016, level=1)["sum"], 10 * panel.xs(2015, level=1)["sum"])
    np.testing.assert_allclose(found.covered, 1.0)


def test_cells_without_data_count_for_nothing_and_are_told(
    tmp_path: Path, areas: gpd.GeoDataFrame
) -> None:
    holed = GRID.copy()
    holed[0, 1] = holed[2] = -9999  # a cell of A, and all of B
    file = _raster(tmp_path / "a.tif", holed, nodata=-9999)
    with pytest.warns(GapWarning, match=r"2 of 3 areas .* \(B 0%, A 56%\)") as said:
        found = sc.zonal_panel({2015: file}, areas, statistics=["sum", "mean", "count"])
    a = 0.5 * 1 + 0.25 * 5 + 0.5 * 6
    assert found.panel.loc[("A", 2015), "sum"] == pytest.approx(a)
    assert found.panel.loc[("A", 2015), "mean"] == pytest.approx(a / 1.25)
    assert found.panel.loc[("B", 2015)].isna().tolist() == [True, True, False]
    assert found.panel.loc[("B", 2015), "count"] == 0
    assert found.covered.loc[("A", 2015)] == pytest.approx(1.25 / 2.25)
    assert said[0].message.cases["unit"].tolist() == ["A", "B"]  # type: ignore[union-attr]


@pytest.mark.parametrize("dtype", ["uint8", "int16", "float32"])
def test_no_data_is_that_of_the_file_in_every_type(
    dtype: str, tmp_path: Path, areas: gpd.GeoDataFrame
) -> None:
    values = GRID.astype(dtype)
    values[0, 0] = 255 if dtype == "uint8" else -999
    file = _raster(tmp_path / "a.tif", values, nodata=float(values[0, 0]))
    with pytest.warns(GapWarning, match="1 of 3 areas"):
        found = sc.zonal_panel({2015: file}, areas, statistics=["sum"])
    assert found.panel["sum"].tolist() == pytest.approx([2 + 1.25 + 3, 42, 13.5])


def test_areas_are_brought_to_the_rasters_coordinates(tmp_path: Path) -> None:
    """Each raster has its own; the areas of a third system meet both."""
    values = np.arange(400.0).reshape(20, 20)
    degrees = _raster(tmp_path / "d.tif", values, crs="EPSG:4326", corner=(100, 40), size=0.1)
    shape = box(100.33, 38.41, 101.17, 39.29)
    geographic = _areas({"A": shape}, "EPSG:4326")
    utm = geographic.to_crs("EPSG:32647")
    there = sc.zonal_panel({1: degrees}, geographic, statistics=["mean", "sum"])
    from_utm = sc.zonal_panel({1: degrees}, utm, statistics=["mean", "sum"])
    np.testing.assert_allclose(there.panel, from_utm.panel, rtol=1e-6)
    # The same field on a grid of meters, a value at each center.
    from pyproj import Transformer

    east, south, width, height = 605_000.0, 4_245_000.0, 95, 115
    x = east + 1000 * (np.arange(width) + 0.5)
    y = south + 1000 * (np.arange(height, 0, -1) - 0.5)
    back = Transformer.from_crs(32647, 4326, always_xy=True)
    lon, lat = back.transform(*np.meshgrid(x, y))
    row, column = (np.floor(d / 0.1).astype(int).clip(0, 19) for d in (40 - lat, lon - 100))
    field = values[row, column]
    corner = (east, south + 1000 * height)
    meters = _raster(tmp_path / "u.tif", field, crs="EPSG:32647", corner=corner, size=1000)
    both = sc.zonal_panel({1: degrees, 2: meters}, geographic)
    assert both.panel.loc[("A", 2), "mean"] == pytest.approx(
        both.panel.loc[("A", 1), "mean"], rel=0.01
    )


@pytest.mark.compares("zonal_panel", against="exactextract")
def test_figures_are_those_of_exactextracts_own_call(tmp_path: Path) -> None:
    """Real polygons, a masked raster, every statistic, plain and weighted."""
    rng = np.random.default_rng(3)
    states = sc.read_boundaries("us_states").loc[["06", "08", "19", "48", "36"]].to_crs(4269)
    values = rng.gamma(2.0, 10.0, size=(260, 600)).round(0)
    values[rng.random(values.shape) < 0.05] = -1
    where = {"crs": "EPSG:4269", "corner": (-125.0, 50.0), "size": 0.1}
    file = _raster(tmp_path / "v.tif", values, nodata=-1, **where)  # type: ignore[arg-type]
    people = _raster(tmp_path / "w.tif", rng.random(values.shape), **where)  # type: ignore[arg-type]
    every = ["mean", "sum", "min", "max", "median", "stdev", "variance", "count", "majority"]
    every += ["minority", "variety", "coefficient_of_variation"]
    with pytest.warns(GapWarning):
        found = sc.zonal_panel({2020: file}, states, statistics=every)  # type: ignore[arg-type]
    own = exactextract.exact_extract(str(file), states.reset_index(), every, output="pandas")
    np.testing.assert_allclose(found.panel, own[every].astype(float), rtol=1e-12)
    weighted = ["mean", "sum", "stdev", "variance"]
    with pytest.warns(GapWarning):
        found = sc.zonal_panel({2020: file}, states, statistics=weighted, weights=people)  # type: ignore[arg-type]
    operations = [f"weighted_{s}" for s in weighted]
    own = exactextract.exact_extract(
        str(file), states.reset_index(), operations, weights=str(people), output="pandas"
    )
    np.testing.assert_allclose(found.panel, own[operations], rtol=1e-12)


def test_weights_by_hand(tmp_path: Path, areas: gpd.GeoDataFrame) -> None:
    weights = np.array([[1.0, 2, 0, 1], [4, 0, 1, 1], [1, 1, 1, 5]])
    found = sc.zonal_panel(
        {2015: _raster(tmp_path / "a.tif", GRID)},
        areas,
        statistics=["mean", "sum"],
        weights=_raster(tmp_path / "w.tif", weights),
        prefix="pm",
    )
    shares = np.array([0.5 * 1, 1 * 2, 0.25 * 4])
    total = shares @ np.array([1, 2, 5])
    assert found.panel.loc[("A", 2015)].tolist() == pytest.approx([total / shares.sum(), total])
    assert list(found.panel.columns) == ["pm_mean", "pm_sum"]


def test_rows_are_by_label_and_memory_by_window(
    tmp_path: Path, areas: gpd.GeoDataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = _raster(tmp_path / "a.tif", GRID)
    whole = sc.zonal_panel({2015: file}, areas, statistics=["sum", "median"]).panel
    shuffled = sc.zonal_panel({2015: file}, areas.iloc[[2, 0, 1]], statistics=["sum", "median"])
    pd.testing.assert_frame_equal(shuffled.panel.loc[whole.index], whole)
    monkeypatch.setattr("spatialccd.data.zonal._CELLS", 2)
    small = sc.zonal_panel({2015: file}, areas, statistics=["sum", "median"]).panel
    pd.testing.assert_frame_equal(small, whole)


def test_progress_is_told_and_may_stop(tmp_path: Path, areas: gpd.GeoDataFrame) -> None:
    files = {t: _raster(tmp_path / f"{t}.tif", GRID) for t in (2015, 2016)}
    seen: list[tuple[int, int]] = []
    sc.zonal_panel(files, areas, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (6, 6)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)

    def stop(done: int, total: int) -> None:
        raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        sc.zonal_panel(files, areas, progress=stop)


def test_what_is_wrong_is_said(tmp_path: Path, areas: gpd.GeoDataFrame) -> None:
    file = _raster(tmp_path / "a.tif", GRID)
    with pytest.raises(ParameterError, match=r"no raster at .*b\.tif, .*c\.tif"):
        sc.zonal_panel({1: tmp_path / "b.tif", 2: tmp_path / "c.tif"}, areas)
    with pytest.raises(ParameterError, match="did you mean 'mean'"):
        sc.zonal_panel({1: file}, areas, statistics=["means"])  # type: ignore[list-item]
    with pytest.raises(ParameterError, match="min cannot be weighted"):
        sc.zonal_panel({1: file}, areas, statistics=["min"], weights=file)
    with pytest.raises(ParameterError, match=r"band=2 is not in a\.tif, which has 1"):
        sc.zonal_panel({1: file}, areas, band=2)
    with pytest.raises(ParameterError, match="a time twice"):
        sc.zonal_panel({"1": file, 1: file}, areas)  # type: ignore[dict-item]
    with pytest.raises(GeometryError, match="areas has no coordinate reference system"):
        sc.zonal_panel({1: file}, areas.set_crs(None, allow_override=True))
    plain = _raster(tmp_path / "p.tif", GRID, crs=None)
    with pytest.raises(GeometryError, match=r"p\.tif states no coordinate reference system"):
        sc.zonal_panel({1: plain}, areas)
    with pytest.raises(GeometryError, match="lie apart"):
        sc.zonal_panel({1: _raster(tmp_path / "far.tif", GRID, corner=(1e6, 1e6))}, areas)
    shifted = _raster(tmp_path / "s.tif", GRID, corner=(0.3, 3.0))
    with pytest.raises(GeometryError, match="lie on another grid"):
        sc.zonal_panel({1: file}, areas, weights=shifted)
    (tmp_path / "no.tif").write_text("words")
    with pytest.raises(GeometryError, match="cannot be read as a raster"):
        sc.zonal_panel({1: tmp_path / "no.tif"}, areas)


def test_a_band_of_several(tmp_path: Path, areas: gpd.GeoDataFrame) -> None:
    file = _raster(tmp_path / "a.tif", np.stack([GRID, GRID * 2]))
    assert sc.zonal_panel({1: file}, areas, band=2).panel["mean"].iloc[1] == 21.0


def test_a_raster_that_points_elsewhere_is_not_followed(tmp_path: Path) -> None:
    """Called .tif or .vrt, a text of GDAL's would open other files and the network."""
    inside = "<SimpleSource><SourceFilename>/vsicurl/http://127.0.0.1:9/a.tif</SourceFilename>"
    for name in ("a.tif", "a.vrt"):
        (tmp_path / name).write_text(
            '<VRTDataset rasterXSize="2" rasterYSize="2"><SRS>EPSG:4326</SRS>'
            "<GeoTransform>0,1,0,2,0,-1</GeoTransform>"
            f'<VRTRasterBand dataType="Float64" band="1">{inside}</SimpleSource></VRTRasterBand>'
            "</VRTDataset>"
        )
        unit = pd.Index(["a"], name="unit")
        areas = gpd.GeoDataFrame(geometry=[box(0, 0, 2, 2)], index=unit, crs=4326)
        with pytest.raises(GeometryError, match=f"{name} is a text that points to other files"):
            sc.zonal_panel({2020: tmp_path / name}, areas)
