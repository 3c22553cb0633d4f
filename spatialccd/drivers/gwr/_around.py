"""The neighbors that each term of a fitted model is smoothed over."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from spatialccd.drivers.gwr._everywhere import GLOBAL, Everywhere
from spatialccd.drivers.gwr._neighbors import Neighbors
from spatialccd.drivers.gwr.results import MGTWR

if TYPE_CHECKING:
    from spatialccd._types import FloatArray
    from spatialccd.drivers.gwr._estimates import LocalEstimates
    from spatialccd.drivers.gwr._kernel_sums import KernelSums


def around_terms(
    result: LocalEstimates,
    *,
    focal: FloatArray | None = None,
    when: FloatArray | None = None,
    n_jobs: int = -1,
) -> list[KernelSums]:
    """Give the neighbors of each term; terms of one time scale share them.

    Parameters
    ----------
    focal : (m, 2), optional
        Places to look from; the observations themselves by default.
    when : (m,), optional
        Their times.
    """
    space = result.design.space
    varying = {name: space.time_scale for name, b in result.bandwidth.items() if b != GLOBAL}
    if isinstance(result, MGTWR):
        varying = {name: float(result.time_scale[name]) for name in varying}
    known = {
        scale: Neighbors(replace(space, time_scale=scale), focal, when=when, n_jobs=n_jobs)
        for scale in set(varying.values())
    }
    everywhere = Everywhere(next(iter(known.values())), None if focal is None else len(focal))
    return [known[varying[name]] if name in varying else everywhere for name in result.design.names]
