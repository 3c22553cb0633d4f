"""What of the plane a sheet shows: the window of its maps, and that of its inset."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from spatialccd.errors import ParameterError
from spatialccd.report.paper.compass import Corner
from spatialccd.report.paper.projection import Plane, lay_out
from spatialccd.report.paper.wishes import Part, Sheet

if TYPE_CHECKING:
    from spatialccd._types import Areas


def in_view(areas: Areas, sheet: Sheet) -> pd.Index:
    """Give the units that a sheet shows, in its map or its inset: all without an extent."""
    if sheet.part.extent is None:
        return areas.index
    plane = lay_out(areas, sheet.part.extent)
    seen = np.zeros(len(plane.units), dtype=bool)
    for window in windows(plane, sheet):
        if window is not None:
            seen |= shapely.intersects(plane.shapes, shapely.box(*window))
    if not seen.any():
        raise ParameterError(f"no unit lies within extent={tuple(sheet.part.extent)!r}")
    return areas.index[areas.index.isin(plane.units[seen])]


def windows(plane: Plane, sheet: Sheet) -> tuple[Corner, Corner | None]:
    """Give what the map and the inset show, in units of the plane."""
    window = _padded(plane.drawn_bounds if sheet.part.snug else plane.bounds)
    if sheet.part.inset is None:
        return window, None
    inset = plane.window(sheet.part.inset, "inset")
    if not _shows(plane, sheet.part, inset):
        return window, None
    return _with_room(window, inset, plane), inset


def _shows(plane: Plane, part: Part, window: Corner) -> bool:
    """Tell whether anything is drawn in a window."""
    if not plane.is_free(window):
        return True
    if part.overlay is None:
        return False
    lines = np.asarray(plane.project(part.overlay))
    return bool(shapely.intersects(lines, shapely.box(*window)).any())


def _padded(bounds: Corner) -> Corner:
    left, bottom, right, top = bounds
    pad = 0.015 * max(right - left, top - bottom) or 1.0
    return left - pad, bottom - pad, right + pad, top + pad


def inset_size(window: Corner, inset: Corner) -> tuple[float, float]:
    """Give width and height of the inset, in units of the main map."""
    height = 0.22 * (window[3] - window[1])
    return height * (inset[2] - inset[0]) / (inset[3] - inset[1]), height


def _with_room(window: Corner, inset: Corner, plane: Plane) -> Corner:
    """Widen the map to the right, by half at most, until the inset hides nothing."""
    left, bottom, right, top = window
    width, height = inset_size(window, inset)
    for wider in np.linspace(right, right + (right - left) / 2, 26):
        if plane.is_free((wider - width, bottom, wider, bottom + height)):
            return left, bottom, float(wider), top
    return window
