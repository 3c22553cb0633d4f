"""Alaska, Hawaii and the territories beside the conterminous United States.

In place they would leave the other states a strip of the sheet. They are put on planes
of their own, at a stated scale, into the free corners below the map, as atlases do.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import shapely


class Place(NamedTuple):
    """Where a part of the country goes: on which plane, how large, and its middle, in meters."""

    states: tuple[str, ...]
    crs: str
    scale: float
    middle: tuple[float, float]


def _plane(lat: float, lon: float) -> str:
    return f"+proj=laea +lat_0={lat} +lon_0={lon} +ellps=GRS80 +units=m +no_defs"


#: On EPSG:5070, whose conterminous states reach from -2.36 to 2.26 and 0.27 to 3.17 million.
_PLACES = (
    Place(("02",), "EPSG:3338", 0.35, (-1_750_000, 130_000)),
    Place(("15",), _plane(20.5, -157.5), 1.0, (-680_000, 130_000)),
    Place(("66", "69"), _plane(16, 145), 0.6, (150_000, 130_000)),
    Place(("60",), _plane(-14, -170), 1.0, (560_000, 130_000)),
    Place(("72", "78"), _plane(18, -66), 1.0, (1_950_000, 130_000)),
)
_OUTER = frozenset(state for place in _PLACES for state in place.states)
#: So many of the 49 others make a layer one of the whole country.
_MOST = 40
CRS = "EPSG:5070"
DESCRIPTION = (
    "Albers equal-area conic for the conterminous United States (EPSG:5070); "
    "Alaska (0.35 of the scale), Hawaii and territories moved"
)


def is_whole_country(shapes: Any) -> bool:
    """Tell whether a layer in degrees is of the states or counties of all the United States."""
    codes = shapes.index.astype(str)
    if not shapes.crs.is_geographic or not codes.str.fullmatch(r"\d{2}|\d{5}").all():
        return False
    states = set(codes.str[:2])
    if len(states - _OUTER) < _MOST or not states & _OUTER:
        return False
    inner = shapes[~codes.str[:2].isin(_OUTER)]
    west, south, east, north = inner.total_bounds
    return bool(west > -126 and east < -66 and south > 24 and north < 50)


def moved(shapes: Any) -> Any:
    """Put a layer of the whole country on the plane of its conterminous states."""
    states = pd.Series(shapes.index.astype(str).str[:2], shapes.index)
    fine = shapes.segmentize(0.5)
    found = fine.to_crs(CRS)
    drawn = found.to_numpy().copy()
    for place in _PLACES:
        own = states.isin(place.states).to_numpy()
        if not own.any():
            continue
        own_shapes = fine[own].to_crs(place.crs).to_numpy()
        left, bottom, right, top = shapely.total_bounds(own_shapes)
        middle = np.array([(left + right) / 2, (bottom + top) / 2])
        drawn[own] = shapely.transform(
            own_shapes,
            lambda xy, at=middle, to=place: (xy - at) * to.scale + np.array(to.middle),
        )
    return type(shapes)(drawn, index=shapes.index, crs=CRS)
