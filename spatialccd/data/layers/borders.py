"""Layers in memory: what must hold before anything is measured on one.

Files are checked when they are read (``boundaries``); a layer that comes from
elsewhere is held to the same here, by every function that measures on it.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import pandas as pd

from spatialccd.data.layers.contiguity import Borders, borders
from spatialccd.data.layers.copies import check_single
from spatialccd.data.layers.crs import check_fit, is_degrees, unit_of
from spatialccd.data.layers.seam import cut_layer
from spatialccd.errors import GeometryWarning, counted, listed

if TYPE_CHECKING:
    from spatialccd._types import Places


def prepared(places: Places, role: str = "areas") -> Any:
    """Check a layer with one row a unit, and cut what is drawn across the 180th meridian.

    Parameters
    ----------
    places : GeoDataFrame, GeoSeries or DataFrame
        On unit; a table of coordinates comes back as it is.
    role : str, default "areas"
        The argument's name, for messages.

    Raises
    ------
    GeometryError
        The coordinates cannot be in the system stated, or the same polygon
        stands more than once.

    Warns
    -----
    GeometryWarning
        Areas were cut at the 180th meridian.
    """
    if not hasattr(places, "geometry"):
        return places
    check_fit(places, role)
    check_single(places, role)
    return cut_layer(places, role)


def layer_borders(
    areas: Any, *, rook: bool = False, snap: float | None = None
) -> tuple[Borders, pd.DataFrame]:
    """Find who borders on whom in a layer, and name the areas that nearly do.

    Parameters
    ----------
    areas : GeoDataFrame or GeoSeries
        Polygons on unit, `prepared`.
    rook, snap
        As of ``neighbors``.

    Returns
    -------
    Borders, DataFrame
        Positions of pairs; and the pairs that lie a hair apart: focal,
        neighbor, gap.

    Warns
    -----
    GeometryWarning
        Areas lie a hair apart; ``cases`` lists them.
    """
    degrees = is_degrees(areas.crs)
    found = borders(areas.geometry.to_numpy(), rook=rook, tolerance=snap, degrees=degrees)
    units = areas.index
    gaps = pd.DataFrame(
        {"focal": units[found.apart.i], "neighbor": units[found.apart.j], "gap": found.gap}
    )
    if len(gaps):
        unit = f" {unit_of(areas.crs)}" if areas.crs is not None else ""
        pairs = [f"{g.focal} and {g.neighbor} ({g.gap:.2g}{unit})" for g in gaps.itertuples()]
        message = (
            f"{counted(len(gaps), 'pair of areas lies', 'pairs of areas lie')} a hair apart and "
            f"count as not touching: {listed(pairs)}; if they touch on the ground, link them with "
            f"neighbors(..., snap={1.01 * found.gap.max():.3g}); if not, "
            f"snap={found.tolerance:.3g} says so"
        )
        warnings.warn(GeometryWarning(message, gaps), stacklevel=3)
    return found, gaps
