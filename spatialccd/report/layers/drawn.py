"""What results draw beside the units: centers, their moves, ellipses, links of neighbors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from spatialccd import _align
from spatialccd.association.neighbors import Neighbors
from spatialccd.data.layers.geometry import coordinates
from spatialccd.dynamics.centers import DeviationalEllipse, MeanCenter
from spatialccd.report.layers import qml

if TYPE_CHECKING:
    import geopandas as gpd

    from spatialccd._types import FloatArray

#: The layers of each class of results, that of its own table as "".
LAYERS: Mapping[str, tuple[str, ...]] = {
    "MeanCenter": ("", "moves"),
    "DeviationalEllipse": ("",),
    "Neighbors": ("links",),
}


@dataclass(frozen=True)
class Drawn:
    """One layer: its rows with their geometry, and its style as QGIS reads it."""

    frame: gpd.GeoDataFrame
    qml: str


def drawn(result: Any, areas: gpd.GeoDataFrame | None) -> dict[str, Drawn]:
    """Give the layers that a result draws, by part; none for a result of units.

    Parameters
    ----------
    result : Result
        Of any class.
    areas : GeoDataFrame or None
        Where units are; links need it.

    Returns
    -------
    dict of str to Drawn
        The layer of the result's own table under "".
    """
    if isinstance(result, MeanCenter):
        found = {"": _by_time(result.layer, "marker")}
        if len(result.path) > 1:
            found["moves"] = _by_time(_moves(result), "line")
        return found
    if isinstance(result, DeviationalEllipse):
        return {"": _by_time(result.layer, "outline")}
    if isinstance(result, Neighbors) and areas is not None:
        return {"links": Drawn(_links(result, areas), qml.plain_line())}
    return {}


def _by_time(layer: gpd.GeoDataFrame, shape: qml.Shape) -> Drawn:
    frame = layer.reset_index()
    return Drawn(frame, qml.by_time("time", frame["time"].tolist(), shape))


def _moves(centers: MeanCenter) -> gpd.GeoDataFrame:
    """Draw a line from each center to the next, labeled by the time it leads to."""
    degrees = centers.layer.crs is not None and centers.layer.crs.is_geographic
    xy = centers.path[["x", "y"]].to_numpy()
    columns = centers.layer.iloc[1:][["distance", "bearing", "wind"]]
    columns.insert(0, "since", centers.path.index[:-1])
    return _frame(columns, _lines(xy[:-1], xy[1:], degrees), centers.layer.crs)


def _links(neighbors: Neighbors, areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Draw a line from the middle of each unit to that of each neighbor."""
    xy, degrees = coordinates(areas, "areas")
    links = neighbors.links
    units = _align.labels(areas, "areas")
    start, end = (xy[units.get_indexer(links[name])] for name in ("focal", "neighbor"))
    return _frame(links, _lines(start, end, degrees), areas.crs)


def _lines(start: FloatArray, end: FloatArray, degrees: bool) -> Any:
    """Draw lines (m,) between points (m, 2), the short way round the globe."""
    end = end.copy()
    if degrees:
        end[:, 0] = start[:, 0] + (end[:, 0] - start[:, 0] + 180) % 360 - 180
    return shapely.linestrings(np.stack([start, end], axis=1))


def _frame(columns: Any, shapes: Any, crs: Any) -> gpd.GeoDataFrame:
    import geopandas as gpd

    return gpd.GeoDataFrame(columns, geometry=shapes, crs=crs)
