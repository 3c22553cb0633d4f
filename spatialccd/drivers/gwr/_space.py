"""Where observations are, in space and in time, and how near counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, IntArray

EARTH_KM = 6371.0
_KINDS = {"bisquare": 0, "gaussian": 1, "exponential": 2}


@dataclass(frozen=True)
class Space:
    """Where places are and how near counts.

    Attributes
    ----------
    xy : (n, 2)
        Coordinates; longitude and latitude in degrees when `great_circle`.
    great_circle : bool
        Distances over a sphere of 6,371 km, in km.
    kernel : str
        bisquare, gaussian or exponential.
    fixed : bool
        A bandwidth is a distance, not a number of neighbors.
    clock : (n,) or None
        Times of the observations, where they have any (GTWR, MGTWR).
    time_scale : float
        Units of distance that count as much as one unit of time.
    past : bool
        What comes later than a focal place has no weight there.
    """

    xy: FloatArray
    great_circle: bool
    kernel: str
    fixed: bool
    clock: FloatArray | None = None
    time_scale: float = 0.0
    past: bool = False

    @property
    def whole_curves(self) -> bool:
        """Whether one pass over the neighbors gives the criterion at every bandwidth."""
        return self.kernel == "bisquare" and not self.fixed

    @property
    def kind(self) -> int:
        """The kernel as the compiled loops know it."""
        return _KINDS[self.kernel]

    def squared(
        self,
        focal: FloatArray,
        when: FloatArray | None = None,
        among: IntArray | slice = slice(None),
    ) -> FloatArray:
        """Give squared distances from `focal` (m, 2) to every place, (m, n), or to some (m, p).

        They are infinite to what comes later, where only the past counts.
        """
        places = self.xy[among]
        if self.great_circle:
            d2 = _haversine(focal, places) ** 2
        else:
            d2 = (focal[:, :1] - places[..., 0]) ** 2
            d2 += (focal[:, 1:2] - places[..., 1]) ** 2
        if self.clock is not None and when is not None:
            late = self.clock[among] - when[:, None]
            if self.time_scale > 0:
                d2 += (self.time_scale * late) ** 2
            if self.past:
                d2[late > 0] = np.inf
        return d2


def _haversine(focal: FloatArray, places: FloatArray) -> FloatArray:
    """Great-circle distances in km, (m, n)."""
    lon, lat = np.radians(focal).T
    lon0, lat0 = np.radians(places[..., 0]), np.radians(places[..., 1])
    half = np.sin((lat0 - lat[:, None]) / 2) ** 2
    half += np.cos(lat)[:, None] * np.cos(lat0) * np.sin((lon0 - lon[:, None]) / 2) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(half)), dtype=float)
