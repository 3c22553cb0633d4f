"""The shift of Chinese map services, against published pairs of points."""

from __future__ import annotations

import numpy as np

from spatialccd.data.layers.gcj02 import _shift, to_wgs84

#: WGS 84 and GCJ-02 as longitude and latitude, from the tests of eviltransform.
PAIRS = np.array(
    [
        [121.5272106, 31.1774276, 121.531541859215, 31.17530398364597],
        [113.912316, 22.543847, 113.9171764808363, 22.540796131694766],
        [116.377817, 39.911954, 116.38404722455657, 39.91334545536069],
    ]
)


def test_published_pairs() -> None:
    wgs84, gcj02 = PAIRS[:, :2], PAIRS[:, 2:]
    np.testing.assert_allclose(wgs84 + _shift(wgs84), gcj02, rtol=0, atol=1e-9)
    np.testing.assert_allclose(to_wgs84(gcj02), wgs84, rtol=0, atol=1e-8)


def test_the_way_back_is_exact_everywhere() -> None:
    lon, lat = np.meshgrid(np.linspace(73, 135, 200), np.linspace(18, 54, 150))
    wgs84 = np.column_stack([lon.ravel(), lat.ravel()])
    np.testing.assert_allclose(to_wgs84(wgs84 + _shift(wgs84)), wgs84, rtol=0, atol=1e-8)
