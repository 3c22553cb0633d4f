"""The Moran scatterplot: each unit's value against its neighbors'."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from spatialccd._align import left_out, restore
from spatialccd._result import Result, record
from spatialccd._types import FloatArray
from spatialccd.association import _moments
from spatialccd.association._results import NO_NEIGHBORS
from spatialccd.association._weights import Weights, lattice, warn_alone
from spatialccd.association.moran import CLUSTERS, quadrants

if TYPE_CHECKING:
    from spatialccd._types import Graph, Values


@dataclass(frozen=True, eq=False, kw_only=True)
class MoranScatterplot(Result):
    """The points of a Moran scatterplot for each time, and the line through them.

    Attributes
    ----------
    table : DataFrame
        On the index of the values: z, the standard score within its time;
        lag, the weighted mean of the neighbors' z; quadrant.
    slopes : Series
        Slope of lag on z by time: Moran's I, when weights are row-standardized
        and no unit is without neighbors.
    shares : DataFrame
        Share of the units in each quadrant (column) and time (row).
    islands : Index
        Units without neighbors; they have no lag.
    dropped : Index
        Units that the graph left out, and so did every figure here.
    """

    table: pd.DataFrame
    slopes: pd.Series
    shares: pd.DataFrame
    islands: pd.Index
    dropped: pd.Index

    def notes(self) -> list[str]:
        """Name the units that carry no figure."""
        return left_out(self.dropped)

    def to_frame(self) -> pd.DataFrame:
        """One row a point."""
        return self.table.copy()

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the slope and the share of each quadrant by time."""
        return {"quadrants": self.shares.assign(slope=self.slopes)}


@dataclass(frozen=True)
class Points:
    """Scores and lags in canonical order, shape (n, T) each; NaN lags for islands."""

    z: FloatArray
    lag: FloatArray
    weights: Weights
    times: pd.Index


def moran_scatterplot(
    y: Values,
    graph: Graph,
    *,
    row_standardize: bool = True,
) -> MoranScatterplot:
    """Give the points of a Moran scatterplot for each time.

    Parameters
    ----------
    y : Series
        Values on (unit, time) or unit. Every time needs the same units.
    graph : Neighbors or libpysal Graph
        Who is whose neighbor, on the same units. Links of a unit to itself do not
        count.
    row_standardize : bool, default True
        Divide each unit's weights by their sum.

    Returns
    -------
    MoranScatterplot
        Units without neighbors have no lag and lie in no quadrant.

    Raises
    ------
    AlignmentError
        Units differ between `y` and `graph`, or values are missing.
    EstimationError
        `y` is constant in some time, or there are too few units or links.

    References
    ----------
    Anselin, L. (1996). The Moran scatterplot as an ESDA tool to assess local
    instability in spatial association.

    Examples
    --------
    >>> import pandas as pd
    >>> from libpysal.graph import Graph
    >>> ring = Graph.from_dicts({i: {(i - 1) % 8: 1, (i + 1) % 8: 1} for i in range(8)})
    >>> plot = moran_scatterplot(pd.Series([1.0, 2, 3, 4, 4, 3, 2, 1]), ring)
    >>> plot.slopes.round(3).to_dict()
    {'all': 0.7}
    >>> plot.shares.loc["all"].to_dict()
    {'High-High': 0.5, 'Low-Low': 0.5, 'High-Low': 0.0, 'Low-High': 0.0}
    """
    settings = record("moran_scatterplot", locals())
    points = scatter(y, graph, row_standardize=row_standardize)
    warn_alone(points.weights, graph)
    alone = points.weights.alone
    kind = np.where(alone[:, None], NO_NEIGHBORS, quadrants(points.z, points.lag))
    shares = pd.DataFrame(
        {name: (kind[~alone] == name).mean(axis=0) for name in CLUSTERS}, index=points.times
    )
    z, lag = points.z[~alone], points.lag[~alone]
    centered = z - z.mean(axis=0)
    slope = (centered * lag).sum(axis=0) / (centered**2).sum(axis=0)
    table = on_index({"z": points.z, "lag": points.lag, "quadrant": kind}, points, y.index)
    table["quadrant"] = pd.Categorical(
        table["quadrant"].fillna(NO_NEIGHBORS), categories=[*CLUSTERS, NO_NEIGHBORS]
    )
    return MoranScatterplot(
        settings=settings,
        table=table,
        slopes=pd.Series(slope, index=points.times, name="slope"),
        shares=shares,
        islands=points.weights.islands,
        dropped=points.weights.dropped,
    )


def scatter(y: pd.Series, graph: object, *, row_standardize: bool) -> Points:
    """Score the values of each time and average the neighbors' scores."""
    data = lattice(y, graph, row_standardize=row_standardize)
    z = _moments.standard_scores(data.values)
    lag = np.where(data.weights.alone[:, None], np.nan, data.weights.matrix @ z)
    return Points(z, lag, data.weights, data.times)


def on_index(columns: dict[str, npt.NDArray[Any]], points: Points, index: pd.Index) -> pd.DataFrame:
    """Put arrays of shape (n, T) back onto the caller's rows; dropped units get NaN."""
    units, times = points.weights.units, points.times
    if index.nlevels == 1:
        long = {name: array[:, 0] for name, array in columns.items()}
        return restore(pd.DataFrame(long, index=units), index)
    rows = pd.MultiIndex.from_product([units, times])
    long = {name: array.ravel() for name, array in columns.items()}
    return restore(pd.DataFrame(long, index=rows), index)
