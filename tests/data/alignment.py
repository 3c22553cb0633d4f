"""Arguments for the alignment test of every public function of this station."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tests.toys import Toys


def _holed(toys: Toys) -> pd.DataFrame:
    """The toy panel with a hole and an absent row inside two series."""
    panel = toys.panel.copy()
    middle = toys.years[len(toys.years) // 2]
    panel.loc[(toys.units[min(3, len(toys.units) - 1)], middle), "income"] = float("nan")
    return panel.drop(index=[(toys.units[min(5, len(toys.units) - 1)], middle)])


@cache
def _raster() -> str:
    """A raster of 12 x 12 cells over the toy areas, written once."""
    import rasterio

    path = Path(tempfile.mkdtemp()) / "lights.tif"
    corner = rasterio.Affine(5_000, 0, 0, 0, -5_000, 60_000)
    how = {"width": 12, "height": 12, "count": 1, "dtype": "float64", "crs": "EPSG:3857"}
    with rasterio.open(path, "w", driver="GTiff", transform=corner, **how) as file:
        file.write(np.arange(144.0).reshape(12, 12), 1)
    return str(path)


CASES: dict[str, Any] = {
    "fill_missing": lambda toys: {"panel": _holed(toys)},
    "join": lambda toys: {"panel": toys.panel, "areas": toys.areas, "unmatched": "error"},
    "zonal_panel": lambda toys: {"areas": toys.areas, "rasters": {2015: _raster()}},
}

#: How the columns of ``to_frame()`` go with the scale of the panel.
LAWS: dict[str, dict[str, float]] = {"join": {"income|schools|smoke|forest": 1}}
