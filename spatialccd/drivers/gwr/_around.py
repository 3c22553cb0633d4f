"""The neighbors that each term of a fitted model is smoothed over."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from spatialccd.drivers.gwr._everywhere import GLOBAL, Everywhere
from spatialccd.drivers.gwr._neighbors import Neighbors
from spatialccd.drivers.gwr.results import MGTWR

if TYPE_CHECKING:
    from spatialccd._types import FloatArray
    from spatialccd.drivers.gwr._estimates import LocalEstimates


def around_terms(
    result: LocalEstimates,
    *,
    focal: FloatArray | None = None,
    when: FloatArray | None = None,
    n_jobs: int = -1,
) -> list[Any]:
    """Give the neighbors of each term; terms of one time scale share them.

    Parameters
    ----------
    focal : (m, 2), optional
        Places to look from; the observations themselves by default.
    when : (m,), optional
        Their times.
    """
    space = result.design.space
    terms = result.design.names
    scales = [space.time_scale] * len(terms)
    if isinstance(result, MGTWR):
        scales = [float(result.time_scale[name]) for name in terms]
    known = {
        scale: Neighbors(replace(space, time_scale=scale), focal, when=when, n_jobs=n_jobs)
        for scale in set(scales)
    }
    m = None if focal is None else len(focal)
    return [
        Everywhere(known[scale], m) if result.bandwidth[name] == GLOBAL else known[scale]
        for name, scale in zip(terms, scales, strict=True)
    ]
