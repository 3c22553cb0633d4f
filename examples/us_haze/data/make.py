"""Makes the rasters and altitude.csv of this study from the data files of pvlib 0.16.1.

    pip download --no-deps pvlib==0.16.1, unzip it, and:  python make.py PVLIB_DATA_FOLDER

Needs h5py and rasterio. Cells of 1/12 degree; cut to the conterminous United States.
"""

from __future__ import annotations

import sys
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import rasterio

import spatialccd as sc

HERE = Path(__file__).parent
SOUTH, NORTH, WEST, EAST = 24, 50, -126, -66


def write(name: str, world: np.ndarray, scale: float, offset: float, nothing: int) -> None:
    """Cut a raster of the world, rows from north to south, and write it; no data is nan."""
    size = 180 / world.shape[0]
    rows = slice(int((90 - NORTH) / size), int((90 - SOUTH) / size))
    columns = slice(int((WEST + 180) / size), int((EAST + 180) / size))
    stored = world[rows, columns]
    values = (stored.astype("float32") * scale + offset).round(2)
    values[stored == nothing] = np.nan
    how = {"driver": "GTiff", "height": values.shape[0], "width": values.shape[1], "count": 1}
    corner = rasterio.Affine(size, 0, WEST, 0, -size, NORTH)
    with rasterio.open(
        HERE / name, "w", dtype="float32", crs="EPSG:4326", transform=corner,
        compress="deflate", predictor=3, nodata=np.nan, **how,
    ) as file:  # fmt: skip
        file.write(values, 1)


folder = Path(sys.argv[1])
with h5py.File(folder / "LinkeTurbidities.h5") as file:
    turbidity = file["LinkeTurbidity"]
    for month, name in ((0, "haze_january.tif"), (6, "haze_july.tif")):
        write(name, turbidity[:, :, month], 1 / 20, 0, 0)  # stored as 20 times the factor
with h5py.File(folder / "Altitude.h5") as file:
    write("altitude.tif", file["Altitude"][:], 28, -450, 255)  # stored as (m + 450) / 28

# The mean altitude of each county, at both months: what stays the same is the driver.
areas = sc.read_boundaries("us_counties")
altitude = sc.zonal_panel({1: HERE / "altitude.tif"}, areas, prefix="altitude").to_frame()
altitude = altitude["altitude_mean"].droplevel(1).dropna().round(1)  # no cells in Alaska, Hawaii
table = pd.concat(dict.fromkeys((1, 7), altitude), names=["month", "fips"]).swaplevel()
table.sort_index().to_csv(HERE / "altitude.csv", lineterminator="\n")
