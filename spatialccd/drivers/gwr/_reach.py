"""How far bandwidths reach in space and in time, under the names that papers use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from spatialccd.drivers.gwr._everywhere import GLOBAL

if TYPE_CHECKING:
    from spatialccd.drivers.gwr._kernel_sums import KernelSums


def reaches(
    terms: Sequence[str], around: Sequence[KernelSums], bandwidths: Sequence[float]
) -> pd.DataFrame:
    """Describe the kernel of each term.

    Returns
    -------
    DataFrame
        By term: bandwidth; time_scale; tau, its square; spatial_bandwidth, the distance
        that the bandwidth is (of neighbors, the median over observations);
        temporal_bandwidth, the same in units of time, infinite where time has no part;
        times, how many times lie within it around an observation, a median too. A
        coefficient that is the same everywhere has no time scale, and reaches all.
    """
    rows = [
        _everything(near)
        if b == GLOBAL
        else (b, near.space.time_scale, near.space.time_scale**2, *_reach(near, b))
        for near, b in zip(around, bandwidths, strict=True)
    ]
    columns = ["bandwidth", "time_scale", "tau"]
    columns += ["spatial_bandwidth", "temporal_bandwidth", "times"]
    return pd.DataFrame(rows, index=pd.Index(terms, name="term"), columns=columns)


def _everything(near: KernelSums) -> tuple[float, ...]:
    times = len(np.unique(np.asarray(near.space.clock)))
    return GLOBAL, np.nan, np.nan, np.inf, np.inf, float(times)


def _reach(near: KernelSums, bandwidth: float) -> tuple[float, float, float]:
    space = near.space
    distance = near.reach(bandwidth)
    clock, scale = np.asarray(space.clock), space.time_scale
    late = np.unique(clock) - clock[:, None]
    within = np.abs(late) * scale < distance[:, None]
    if space.past:
        within &= late <= 0
    middle = float(np.median(distance))
    return middle, middle / scale if scale > 0 else np.inf, float(np.median(within.sum(axis=1)))
