"""Indicators from rasters: what lies in each area, cell by cell and by the share that it covers."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd
import shapely

from spatialccd._align import labels
from spatialccd._result import Result, record
from spatialccd.data.layers import raster
from spatialccd.data.layers.crs import check_crs
from spatialccd.errors import (
    GapWarning,
    GeometryError,
    ParameterError,
    check_choice,
    listed,
    require,
)

if TYPE_CHECKING:
    import geopandas as gpd

    from spatialccd._types import Areas, Progress

Statistic = Literal[
    "mean",
    "sum",
    "min",
    "max",
    "median",
    "stdev",
    "variance",
    "coefficient_of_variation",
    "count",
    "majority",
    "minority",
    "variety",
]
_WEIGHTED = ("mean", "sum", "stdev", "variance")
#: Cells read at a time: 80 MB of floating-point numbers, and as much for their coverage.
_CELLS = 10_000_000
#: An area with less than this share of its land under cells that have values is told of.
_WHOLE = 0.99


@dataclass(frozen=True, eq=False, kw_only=True)
class ZonalPanel(Result):
    """Statistics of rasters by area and time.

    Attributes
    ----------
    panel : DataFrame
        On (unit, time), or on unit for one raster without a time; a column
        for each statistic.
    covered : Series
        On the same rows: the share of the area under cells that have a value,
        0-1. A sum over less than the whole is a sum over less.
    """

    panel: pd.DataFrame
    covered: pd.Series

    def to_frame(self) -> pd.DataFrame:
        """Give the statistics on (unit, time)."""
        return self.panel.copy()

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the share of each area that has values."""
        return {"covered": self.covered.to_frame()}


def zonal_panel(
    rasters: Mapping[str, str | Path],
    areas: Areas,
    *,
    statistics: Sequence[Statistic] = ("mean",),
    weights: str | Path | None = None,
    band: int = 1,
    prefix: str | None = None,
    progress: Progress | None = None,
) -> ZonalPanel:
    """Make indicators of areas from rasters: night lights, greenness, dust, elevation.

    Each cell counts by the share of it that lies in the area, computed exactly
    from the polygon, so that small areas and long coasts are no matter of luck.
    Cells without data (the raster's own mark, or its mask) count for nothing.
    The areas are brought to the coordinate system of each raster, never the
    raster to theirs, so that no cell is changed.

    Parameters
    ----------
    rasters : mapping of str to path
        Files that GDAL reads (GeoTIFF and others), by their time:
        ``{2015: "ntl_2015.tif", 2016: "ntl_2016.tif"}``. Times that are whole
        numbers become so. They may differ in grid and coordinate system.
    areas : GeoDataFrame
        Areas on unit.
    statistics : list of {"mean", "sum", "min", "max", "median", "stdev", "variance", \
"coefficient_of_variation", "count", "majority", "minority", "variety"}
        What to compute from the cells of each area. ``"count"`` is the number
        of cells that have a value, by their shares; the sum is in the raster's
        unit, so a density has to be weighted by cell areas.
    weights : path, optional
        A raster on the same grid that weighs the cells, such as population:
        the mean, sum, stdev and variance are then the weighted ones. A cell
        without a weight that has a value makes them missing.
    band : int, default 1
        The band to read of each raster, counted from 1.
    prefix : str, optional
        What to call the columns: ``prefix="ntl"`` gives ntl_mean, ntl_sum. When
        not given they are called as the statistics.
    progress : callable, optional
        Called with areas done and all areas of all rasters.

    Returns
    -------
    ZonalPanel
        ``.panel`` on (unit, time), and ``.covered``: the share of each area
        under cells that have values.

    Raises
    ------
    ParameterError
        No such file, band or statistic, or weights for a statistic that takes
        none.
    GeometryError
        A raster or the areas have no coordinate system, a raster is rotated, a
        grid of weights is another, or a raster and the areas lie apart.
    MissingDependencyError
        exactextract or rasterio is not installed; the message has the line.

    Warns
    -----
    GapWarning
        Areas with values under less than 99 % of their land; ``cases`` lists
        them.

    Notes
    -----
    The engine is exactextract (Baston, 2023, https://github.com/isciences/exactextract);
    ``tests/data/test_zonal.py`` compares with its own call and with sums by hand. Cells
    are read in windows of at most 10 million, so memory does not grow with the
    raster. In degrees a cell of the north is smaller than one of the south: for a
    mean over land across many latitudes, give the cells' areas as `weights` or
    an equal-area raster.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import geopandas as gpd, numpy as np, rasterio
    >>> from shapely import box
    >>> areas = gpd.GeoDataFrame(
    ...     geometry=[box(0, 0, 1.5, 2), box(1.5, 0, 2, 2)],
    ...     index=pd.Index(["A", "B"], name="unit"),
    ...     crs="EPSG:3857",
    ... )
    >>> grid = dict(driver="GTiff", width=2, height=2, count=1, dtype="float64", crs="EPSG:3857")
    >>> with TemporaryDirectory() as folder:
    ...     file = f"{folder}/lights.tif"
    ...     corner = rasterio.Affine(1, 0, 0, 0, -1, 2)
    ...     with rasterio.open(file, "w", transform=corner, **grid) as raster:
    ...         raster.write(np.array([[1.0, 2.0], [3.0, 4.0]]), 1)
    ...     zonal_panel({2015: file}, areas, statistics=["mean", "sum"]).panel
                   mean  sum
    unit time
    A    2015  2.333333  7.0
    B    2015  3.000000  3.0
    """
    settings = record("zonal_panel", locals())
    wanted: list[str] = [statistics] if isinstance(statistics, str) else list(statistics)
    _check(rasters, wanted, weights)
    require("exactextract", "raster")
    require("rasterio", "raster")
    unit = labels(areas, "areas")
    frames, shares = {}, {}
    for number, (time, path) in enumerate(rasters.items()):
        told = _told(progress, number, len(rasters), len(areas))
        with _opened(path, band) as grid, _opened(weights, 1) as weighing:
            shapes = _shapes(areas, grid, path)
            _check_grids(grid, weighing, weights)
            found = _extract(grid, weighing, shapes, wanted, told)
        found.index = shares_index = unit
        frames[_time(time)] = found[wanted].add_prefix(f"{prefix}_" if prefix else "")
        shares[_time(time)] = pd.Series(found["covered"].to_numpy(), shares_index)
    panel, covered = _stacked(frames, unit), _stacked(shares, unit).rename("covered")
    _tell(covered)
    return ZonalPanel(settings=settings, panel=panel, covered=covered)


def _check(rasters: Mapping[Any, Any], wanted: list[str], weights: Any) -> None:
    """Check the arguments, all files at once."""
    if not isinstance(rasters, Mapping) or not rasters:
        raise ParameterError(
            f"rasters={rasters!r} must give a file for each time: {{2015: 'ntl_2015.tif'}}"
        )
    if not wanted:
        raise ParameterError(f"statistics is empty; give some of {', '.join(get_args(Statistic))}")
    for statistic in wanted:
        check_choice("statistics", statistic, get_args(Statistic))
    plain = [statistic for statistic in wanted if statistic not in _WEIGHTED]
    if weights is not None and plain:
        raise ParameterError(
            f"{listed(plain)} cannot be weighted; with weights= use {', '.join(_WEIGHTED)}, and "
            "compute the others in a call of their own"
        )
    times = [_time(time) for time in rasters]
    if len(set(times)) < len(times):
        raise ParameterError(f"rasters give a time twice: {listed(times)}")
    paths = [*rasters.values(), *([weights] if weights is not None else [])]
    lost = [str(path) for path in paths if not Path(path).expanduser().is_file()]
    if lost:
        raise ParameterError(f"no raster at {listed(lost)}; check the paths")


def _time(time: Any) -> Any:
    """Take a time written as a whole number for that number: keys of a file are text."""
    text = str(time).strip()
    return int(text) if text.lstrip("-").isdigit() else time


@contextmanager
def _opened(path: str | Path | None, band: int) -> Iterator[Any]:
    """Open a raster and one of its bands; nothing where there is no path."""
    if path is None:
        yield None
        return
    from exactextract.raster import RasterioRasterSource

    path = Path(path).expanduser()
    with raster.opened(path, band) as dataset:
        if dataset.crs is None:
            raise GeometryError(
                f"{path.name} states no coordinate reference system; write it into the file, for "
                f"example with: gdal_edit.py -a_srs EPSG:4326 {path.name}"
            )
        if dataset.transform.b or dataset.transform.d or dataset.transform.e > 0:
            raise GeometryError(
                f"{path.name} is rotated or upside down; make it upright with: gdalwarp "
                f"{path.name} upright.tif"
            )
        yield RasterioRasterSource(dataset, band, name="value")


def _shapes(areas: gpd.GeoDataFrame, grid: Any, path: Any) -> gpd.GeoDataFrame:
    """Bring the areas to the raster's coordinates, each with its row number."""
    import geopandas as gpd

    check_crs(areas)
    geometry = areas.geometry.to_crs(grid.ds.crs.to_wkt())
    shapes = gpd.GeoDataFrame(
        {"row": np.arange(len(areas))}, geometry=geometry.to_numpy(), crs=geometry.crs
    )
    west, south, east, north = shapes.total_bounds
    left, bottom, right, top = grid.ds.bounds
    if not (west < right and east > left and south < top and north > bottom):
        raise GeometryError(
            f"{Path(path).name} and the areas lie apart: in {grid.ds.crs.to_string()} the raster "
            f"reaches from ({left:g}, {bottom:g}) to ({right:g}, {top:g}), the areas from "
            f"({west:g}, {south:g}) to ({east:g}, {north:g}); check the coordinate systems of both"
        )
    return shapes


def _check_grids(grid: Any, weighing: Any, weights: Any) -> None:
    """Check that the weights lie on the raster's own grid."""
    if weighing is None:
        return
    ours, theirs = grid.ds, weighing.ds
    alike = ours.crs == theirs.crs and np.allclose(ours.res, theirs.res, rtol=1e-6)
    corners = np.subtract(
        (ours.transform.c, ours.transform.f), (theirs.transform.c, theirs.transform.f)
    )
    steps = corners / ours.res
    if not alike or np.abs(steps - np.round(steps)).max() > 1e-3:
        raise GeometryError(
            f"weights {Path(weights).name} lie on another grid than {Path(ours.name).name}; bring "
            f"them to it, for example with: rio warp {Path(weights).name} aligned.tif --like "
            f"{Path(ours.name).name}"
        )


def _extract(
    grid: Any,
    weighing: Any,
    shapes: gpd.GeoDataFrame,
    wanted: list[str],
    told: Callable[[float, str], None] | bool,
) -> pd.DataFrame:
    """Compute the statistics, rows in the order of `shapes`, and the share that has values."""
    from exactextract import exact_extract

    names = [f"weighted_{s}" if weighing is not None else s for s in wanted]
    operations = [f"{s}={operation}" for s, operation in zip(wanted, names, strict=True)]
    found = exact_extract(
        grid,
        shapes,
        ["cells_with_values=count", *operations],
        weights=weighing,
        include_cols=["row"],
        output="pandas",
        max_cells_in_memory=_CELLS,
        progress=told,
    ).set_index("row")
    found = found.reindex(shapes["row"]).astype(float)
    width, height = grid.ds.res
    size = shapely.area(shapes.geometry.to_numpy())  # in the grid's units, degrees or meters
    share = found["cells_with_values"].to_numpy() * width * height / size
    found["covered"] = np.minimum(share, 1.0)
    # Nothing is known of an area without a value: its sum is missing and no zero.
    empty = found["cells_with_values"] == 0
    found.loc[empty, [s for s in wanted if s not in ("count", "variety")]] = np.nan
    return found


def _told(
    progress: Progress | None, number: int, rasters: int, areas: int
) -> Callable[[float, str], None] | bool:
    """Give what exactextract calls with the fraction done of one raster."""
    if progress is None:
        return False

    def told(fraction: float, _message: str) -> None:
        progress(number * areas + round(fraction * areas), rasters * areas)

    return told


def _stacked(by_time: dict[Any, Any], unit: pd.Index) -> Any:
    """Put the times side by side: all times of a unit, then of the next."""
    stacked = pd.concat(by_time, names=["time"]).swaplevel()
    index = pd.MultiIndex.from_product([unit, sorted(by_time, key=_order)], names=["unit", "time"])
    return stacked.reindex(index)


def _order(time: Any) -> tuple[bool, Any]:
    return (isinstance(time, str), time)


def _tell(covered: pd.Series) -> None:
    """Warn of areas that are not under cells with values, or only in part."""
    part = covered[covered < _WHOLE]
    if part.empty:
        return
    cases = part.reset_index()
    least = part.groupby(level=0).min().sort_values()
    places = listed(f"{unit} {share:.0%}" for unit, share in least.items())
    warnings.warn(
        GapWarning(
            f"{len(least):,} of {covered.index.get_level_values(0).nunique():,} areas have values "
            f"under less than 99% of their land ({places}): statistics are those of that part, and "
            "missing where there is none; check the raster's extent and its mark of no data",
            cases,
        ),
        stacklevel=3,
    )
