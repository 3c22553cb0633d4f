"""Take the shift of Chinese map services out of coordinates.

Maps published online in China are drawn in GCJ-02: WGS 84 displaced by up to
700 m, by a smooth function that was never published officially but is known.
"""

from __future__ import annotations

import numpy as np

from spatialccd._types import FloatArray

#: Krasovsky's ellipsoid of 1940: semi-major axis (m) and squared eccentricity.
_AXIS, _ECCENTRICITY = 6_378_245.0, 0.006_693_421_622_965_943
#: Each round shrinks what is left a thousandfold, from 700 m to below a millimeter.
_ROUNDS = 4


def to_wgs84(xy: FloatArray) -> FloatArray:
    """Turn degrees in GCJ-02 into WGS 84.

    Parameters
    ----------
    xy : array of float, shape (n, 2)
        Longitude and latitude, inside China.

    Returns
    -------
    array of float, shape (n, 2)
        Rounded to 8 decimals (1 mm), so that equal points give equal points
        and areas which share a border go on sharing it.

    Examples
    --------
    >>> to_wgs84(np.array([[116.38404722, 39.91334546]])).round(6)
    array([[116.377817,  39.911954]])
    """
    wgs84 = xy
    for _ in range(_ROUNDS):  # the shift hardly varies over 700 m: look it up where we are now
        wgs84 = xy - _shift(wgs84)
    return np.asarray(np.round(wgs84, 8), dtype=float)


def _shift(wgs84: FloatArray) -> FloatArray:
    """Give the displacement at points of WGS 84, in degrees."""
    lon, lat = wgs84.T
    x, y = lon - 105.0, lat - 35.0
    xy, root = x * y, np.sqrt(np.abs(x))
    common = _waves(x, (20, 6), (20, 2))
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * xy + 0.1 * root
    east += common + _waves(x, (20, 1), (40, 1 / 3)) + _waves(x, (150, 1 / 12), (300, 1 / 30))
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * xy + 0.2 * root
    north += common + _waves(y, (20, 1), (40, 1 / 3)) + _waves(y, (160, 1 / 12), (320, 1 / 30))
    phi = np.radians(lat)
    flat = 1 - _ECCENTRICITY * np.sin(phi) ** 2
    meridian = _AXIS * (1 - _ECCENTRICITY) / flat**1.5
    parallel = _AXIS / np.sqrt(flat) * np.cos(phi)
    shift = np.column_stack([east / parallel, north / meridian])
    return np.asarray(np.degrees(shift), dtype=float)


def _waves(at: FloatArray, *terms: tuple[float, float]) -> FloatArray:
    """Sum sine waves of given height (m) and frequency."""
    total = sum(height * np.sin(frequency * np.pi * at) for height, frequency in terms)
    return np.asarray(total * 2 / 3, dtype=float)
