"""Names of units on a map, where there is room."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
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


#: So many names at most have a line that leads to them; more are a thicket.
_MOST_LINES = 40
#: How far from its unit such a name may stand, in mm, and in which directions.
_GAPS = (3.0, 5.0, 8.0, 12.0, 17.0)
_WAYS = [(math.cos(turn), math.sin(turn)) for turn in np.arange(16) * math.pi / 8]
#: The least that a line of a name in lines takes, in mm.
_NARROW = 9.0

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Placed:
    """A name and where its middle stands; `unit` is where a line to it begins, if there is one."""

    words: str
    at: tuple[float, float]
    unit: tuple[float, float] | None = None


@dataclass(frozen=True)
class Placing:
    """The names that found room, and how many did not."""

    placed: list[Placed]
    n_left_out: int


def place(
    plane: Plane,
    words: Sequence[str],
    font: FontProperties,
    ruler: Ruler,
    scale: float,
    window: Box,
    *,
    below: float = 0.0,
    taken: Sequence[Box] = (),
) -> Placing:
    """Find a place for each name, the largest units first.

    Inside its unit in one line, or in several; else beside it where nothing is drawn,
    with a line; else it is left out, and counted.

    Parameters
    ----------
    words : sequence of str
        In the order of ``plane.units``.
    scale : float
        Map units in a mm of paper.
    window : tuple of float
        Left, bottom, right, top of what is shown.
    below : float, default 0.0
        How far under a unit's place its name stands, in map units.
    taken : sequence of tuple
        Boxes that hold something else.
    """
    room = _Room(plane, window, [*taken], scale)
    sizes = shapely.area(plane.shapes)
    later, placed = [], []
    for row in (-sizes).argsort(kind="stable"):
        x, y = plane.anchors[row]
        if not words[row] or not (window[0] < x < window[2] and window[1] < y < window[3]):
            continue
        side = 2.5 * math.sqrt(sizes[row])  # what is longer reads as its neighbor's name
        tries = dict.fromkeys([words[row], ruler.wrap(words[row], font, _NARROW)])
        for tried in tries:
            width, height = (length * scale for length in ruler.text(tried, font))
            if width <= side or side == 0:
                box = _around(x, y - below, width, height)
                if room.is_untaken(box) and (tried == words[row] or height <= side / 2.5):
                    room.taken.append(box)
                    placed.append(Placed(tried, (x, y - below)))
                    break
        else:
            later.append((row, (x, y)))
    led = [_led(room, words[row], at, font, ruler, scale) for row, at in later[:_MOST_LINES]]
    found = [one for one in led if one is not None]
    return Placing([*placed, *found], len(later) - len(found))


class _Room:
    """What of a map is still free."""

    def __init__(self, plane: Plane, window: Box, taken: list[Box], scale: float) -> None:
        self.plane, self.window, self.taken = plane, window, taken
        self.gap = 0.4 * scale

    def is_untaken(self, box: Box) -> bool:
        return not any(
            box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in self.taken
        )

    def is_free(self, box: Box) -> bool:
        left, bottom, right, top = self.window
        inside = left < box[0] and bottom < box[1] and box[2] < right and box[3] < top
        return inside and self.is_untaken(box) and self.plane.is_free(box)

    def is_open(self, start: tuple[float, float], end: tuple[float, float]) -> bool:
        line = shapely.linestrings([start, end])
        return not any(shapely.intersects(line, shapely.box(*box)) for box in self.taken)


def _led(
    room: _Room,
    words: str,
    unit: tuple[float, float],
    font: FontProperties,
    ruler: Ruler,
    scale: float,
) -> Placed | None:
    """Find the nearest free place for a name, with a line from its unit."""
    for tried in dict.fromkeys([words, ruler.wrap(words, font, 3 * _NARROW)]):
        width, height = (length * scale for length in ruler.text(tried, font))
        for gap in _GAPS:
            for dx, dy in _WAYS:
                x = unit[0] + gap * scale * dx + np.sign(round(dx, 6)) * width / 2
                y = unit[1] + gap * scale * dy + np.sign(round(dy, 6)) * height / 2
                box = _around(x, y, width + room.gap, height + room.gap)
                end = (min(max(unit[0], box[0]), box[2]), min(max(unit[1], box[1]), box[3]))
                if room.is_free(box) and room.is_open(unit, end):
                    room.taken.append(box)
                    return Placed(tried, (float(x), float(y)), unit)
    return None


def _around(x: float, y: float, width: float, height: float) -> Box:
    return (x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def write(axes: Axes, placed: Sequence[Placed], font: FontProperties) -> None:
    """Write names where they were placed."""
    halo = [patheffects.withStroke(linewidth=1.0, foreground="white")]
    for one in placed:
        if one.unit is None:
            axes.text(
                *one.at, one.words, fontproperties=font, ha="center", va="center",
                path_effects=halo, clip_on=True, zorder=5,
            )  # fmt: skip
        else:
            axes.annotate(
                one.words, one.unit, xytext=one.at, fontproperties=font, ha="center",
                va="center", annotation_clip=True, zorder=5,
                arrowprops={"arrowstyle": "-", "linewidth": 0.35, "color": "#333333",
                            "shrinkA": 0, "shrinkB": 0},
            )  # fmt: skip
