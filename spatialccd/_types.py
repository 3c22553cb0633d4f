"""Names for what public functions take.

The command line, the study file and QGIS hold no Python objects: they read
these names off a function's signature (see ``catalog``) to know what to ask
for. A parameter annotated ``Values`` is one column of a table, ``Areas`` a
layer, ``Graph`` a layer and a neighbor rule, and so on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

FloatArray: TypeAlias = npt.NDArray[np.float64]
IntArray: TypeAlias = npt.NDArray[np.int64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]

if TYPE_CHECKING:
    #: Several columns on unit, or on (unit, time).
    Columns: TypeAlias = pd.DataFrame
    #: One number a row, on unit or on (unit, time).
    Values: TypeAlias = pd.Series
    #: One number a unit: a single time.
    UnitValues: TypeAlias = pd.Series
    #: Several columns on unit: a single time.
    UnitColumns: TypeAlias = pd.DataFrame
    #: One label a unit or row, such as its region.
    Groups: TypeAlias = pd.Series
    #: Polygons on unit.
    Areas: TypeAlias = gpd.GeoDataFrame
    #: Polygons or points on unit, or a frame of two coordinate columns.
    Places: TypeAlias = gpd.GeoDataFrame | gpd.GeoSeries | pd.DataFrame
    #: Who is whose neighbor: a libpysal Graph, or what ``neighbors`` returns.
    Graph: TypeAlias = Any


class Progress(Protocol):
    """Told how far long work has come; it may raise ``Cancelled`` to stop it."""

    def __call__(self, done: int, total: int) -> None:
        """Take note that `done` of `total` parts are finished."""
