"""Raster files: opened as what they are, and as nothing that sends the reader elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from spatialccd.errors import GeometryError, ParameterError

#: Kinds of rasters that are one file; others are texts that send GDAL elsewhere (VRT, WMS).
_DRIVERS = [
    "GTiff", "COG", "HFA", "AAIGrid", "EHdr", "ENVI", "netCDF", "HDF5", "HDF4", "JP2OpenJPEG",
    "PNG", "JPEG", "ERS", "SRTMHGT", "GRIB", "GSAG", "GSBG", "GS7BG", "SAGA", "RST", "BIL",
]  # fmt: skip
_POINTS = re.compile(rb"(?i)<VRTDataset|<GDAL_W|<WC?S_GDAL|/vsi\w+/|https?://")
_HEAD = 65_536


@contextmanager
def opened(path: str | Path, band: int) -> Iterator[Any]:
    """Open a raster that has a band of that number, counted from 1.

    Raises
    ------
    GeometryError
        It cannot be read, or points to other files.
    ParameterError
        It has no such band.
    """
    import rasterio

    path = Path(path).expanduser()
    try:
        with rasterio.Env():  # rasterio.open itself takes one driver in some versions
            dataset = rasterio.io.DatasetReader(str(path), driver=_DRIVERS)
    except rasterio.errors.RasterioIOError as error:
        with path.open("rb") as file:
            head = file.read(_HEAD)
        if _POINTS.search(head):
            raise GeometryError(
                f"{path.name} is a text that points to other files or the network, which are not "
                f"opened; make one raster of it, with: gdal_translate {path.name} one.tif"
            ) from error
        raise GeometryError(f"{path.name} cannot be read as a raster ({error})") from error
    with dataset:
        if not 1 <= band <= dataset.count:
            raise ParameterError(f"band={band} is not in {path.name}, which has {dataset.count}")
        yield dataset
