"""Lines between units on a map, and the places where they begin and end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.collections import PathCollection
from matplotlib.path import Path

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from spatialccd.report.paper.projection import Plane

#: How far a bent link leaves the straight line, as a share of its length.
_BEND = 0.16
_PLACE = "#333333"


def draw(axes: Axes, plane: Plane, links: pd.DataFrame) -> None:
    """Draw links in their order, the last on top, and a dot at each end.

    Parameters
    ----------
    plane : Plane
        Where the units are.
    links : DataFrame
        origin, destination, width in points, color, and bent.
    """
    row = {unit: i for i, unit in enumerate(plane.units)}
    begin = plane.anchors[[row[unit] for unit in links["origin"]]]
    end = plane.anchors[[row[unit] for unit in links["destination"]]]
    paths = [
        _path(*ends) for ends in zip(begin, end, links["bent"].to_numpy(dtype=bool), strict=True)
    ]
    lines = PathCollection(
        paths, facecolors="none", edgecolors=list(links["color"]), capstyle="round",
        linewidths=links["width"].to_numpy(dtype=float), zorder=3,
    )  # fmt: skip
    axes.add_collection(lines, autolim=False)
    ends = np.unique(np.concatenate([begin, end]), axis=0)
    size = float(np.clip(500 / len(ends), 2, 12))
    axes.scatter(ends[:, 0], ends[:, 1], s=size, color=_PLACE, linewidths=0, zorder=4)


def _path(begin: Any, end: Any, bent: bool) -> Path:
    """Give the curve from one place to another."""
    if not bent:
        return Path([begin, end])
    across = np.array([end[1] - begin[1], begin[0] - end[0]])  # to the right of the way
    return Path(
        [begin, (begin + end) / 2 + _BEND * across, end], [Path.MOVETO, Path.CURVE3, Path.CURVE3]
    )
