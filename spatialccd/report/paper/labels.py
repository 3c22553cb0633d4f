"""Names of units on a map, where there is room."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties

from spatialccd.errors import ParameterError, check_choice
from spatialccd.report.paper.layout import Ruler
from spatialccd.report.paper.projection import Plane

if TYPE_CHECKING:
    from spatialccd._types import Areas


def names(areas: Areas, column: str | None, units: pd.Index) -> list[str]:
    """Give the name of each unit from a column of the layer; "unit" gives its label."""
    if column is None:
        return [""] * len(units)
    if column == "unit":
        return [str(unit) for unit in units]
    columns = [str(c) for c in areas.columns if c != areas.geometry.name]
    if not columns:
        raise ParameterError('areas has no column of names; use names="unit"')
    check_choice("names", column, [*columns, "unit"])
    return [str(name) if pd.notna(name) else "" for name in areas[column].reindex(units)]


def write(
    axes: Axes,
    plane: Plane,
    words: Sequence[str],
    font: FontProperties,
    ruler: Ruler,
    scale: float,
    *,
    below: float = 0.0,
) -> None:
    """Write names inside their units, largest first; one that would hit another is left out.

    Parameters
    ----------
    words : sequence of str
        In the order of ``plane.units``.
    scale : float
        Map units in a mm of paper.
    below : float, default 0.0
        How far under a unit's place its name stands, in map units.
    """
    from shapely import area

    halo = [patheffects.withStroke(linewidth=1.0, foreground="white")]
    taken: list[tuple[float, float, float, float]] = []
    for row in (-area(plane.shapes)).argsort(kind="stable"):
        if not words[row]:
            continue
        width, height = (side * scale for side in ruler.text(words[row], font))
        if width > 2.5 * math.sqrt(area(plane.shapes[row])) > 0:
            continue  # it would read as the name of its neighbor
        x, y = plane.anchors[row] - (0.0, below)
        box = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        if any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in taken):
            continue
        taken.append(box)
        axes.text(
            x, y, words[row], fontproperties=font, ha="center", va="center", path_effects=halo,
            clip_on=True, zorder=5,
        )  # fmt: skip
