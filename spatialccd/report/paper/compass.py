"""The scale bar and the north arrow of a sheet, and the room they need."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle

from spatialccd.report.paper.fonts import Typeface
from spatialccd.report.paper.layout import Layout
from spatialccd.report.paper.legends import fraction
from spatialccd.report.paper.projection import Plane, round_length
from spatialccd.report.words.language import Language, say

Corner = tuple[float, float, float, float]
_TEXT = 6.0
#: Where bar and arrow look for room: the corners in order of preference.
_ORDER = {"bar": ("sw", "se", "nw", "ne"), "arrow": ("ne", "nw", "se", "sw")}


class Compass:
    """Scale bar and north arrow of the first map.

    Parameters
    ----------
    plane : Plane
        What is drawn.
    window : tuple of float
        Left, bottom, right, top of the map in map units.
    panel_width : float
        Of the map in mm.
    taken : sequence of tuple
        Boxes of the map that hold something else.
    """

    def __init__(
        self,
        plane: Plane,
        window: Corner,
        panel_width: float,
        taken: Sequence[Corner],
        face: Typeface,
        language: Language,
    ) -> None:
        self.plane, self.window, self.taken = plane, window, taken
        self.face, self.language = face, language
        #: Map units in a mm of paper.
        self.unit = (window[2] - window[0]) / panel_width
        self.meters, self.length = self._bar(panel_width)

    @cached_property
    def room(self) -> tuple[Corner, Corner] | None:
        """Boxes in the corners of the map where bar and arrow hide nothing, if there are any."""
        bar = self._free("bar", self.length / self.unit + 4, 6.0, self.taken)
        if bar is None:
            return None
        arrow = self._free("arrow", 6.0, 9.0, [*self.taken, bar])
        return None if arrow is None else (bar, arrow)

    def draw(self, figure: Figure, layout: Layout) -> float:
        """Draw both, in the first map or in the strip below the maps; give the bar's meters."""
        if self.room is not None:
            axes = next(axes for axes in figure.axes if axes.get_label() == "map 0")
            bar, arrow = self.room
        else:
            axes, bar, arrow = self._strip(figure, layout)
        self._draw_bar(axes, bar)
        self._draw_arrow(axes, arrow)
        return self.meters

    def _bar(self, panel_width: float) -> tuple[float, float]:
        """Give the bar's length on the ground and in map units.

        It holds at the center of the map: no flat map has one scale everywhere.
        """
        left, bottom, right, top = self.plane.bounds
        per_unit = self.plane.meters_per_unit((left + right) / 2, (bottom + top) / 2)
        meters = round_length(max(panel_width / 4.5, 11.0) * self.unit * per_unit)
        return meters, meters / per_unit

    def _free(
        self, what: str, width: float, height: float, taken: Sequence[Corner]
    ) -> Corner | None:
        """Find a corner with room for a box given in mm."""
        for corner in _ORDER[what]:
            box = _corner(self.window, corner, width * self.unit, height * self.unit, self.unit)
            if self.plane.is_free(box) and not any(_touch(box, other) for other in taken):
                return box
        return None

    def _draw_bar(self, axes: Axes, box: Corner) -> None:
        unit, length = self.unit, self.length
        x, y = box[0] + 2 * unit, box[1] + 0.6 * unit
        for half, color in enumerate(("black", "white")):
            left = x + half * length / 2
            axes.add_patch(
                Rectangle(
                    (left, y), length / 2, 0.9 * unit,
                    facecolor=color, edgecolor="black", linewidth=0.4, gid="scale bar",
                )
            )  # fmt: skip
        axes.text(
            x + length / 2, y + 1.5 * unit, self.face.text(self._words()),
            fontproperties=self.face.font(_TEXT), ha="center", va="bottom",
        )  # fmt: skip

    def _words(self) -> str:
        if self.meters >= 1000:
            return f"{self.meters / 1000:,.0f} {say('km', self.language)}"
        return f"{self.meters:,g} {say('m', self.language)}"

    def _draw_arrow(self, axes: Axes, box: Corner) -> None:
        """Point to true north as it is where the arrow stands."""
        unit = self.unit
        foot = np.array([(box[0] + box[2]) / 2, box[1] + 3.2 * unit])
        turn = np.deg2rad(self.plane.north(*foot))
        rotate = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])

        def spot(*points: tuple[float, float]) -> Any:
            return np.array(points) * unit @ rotate.T + foot

        line: dict[str, Any] = {"edgecolor": "black", "linewidth": 0.4, "gid": "north arrow"}
        left = spot((0, 2.6), (-1.5, -2.2), (0, -1.2))
        right = spot((0, 2.6), (1.5, -2.2), (0, -1.2))
        axes.add_patch(Polygon(left, facecolor="white", **line))
        axes.add_patch(Polygon(right, facecolor="black", **line))
        x, y = spot((0, 3.0))[0]
        axes.text(
            x, y, self.face.text(say("N", self.language)),
            fontproperties=self.face.font(_TEXT), ha="center", va="bottom",
        )  # fmt: skip

    def _strip(self, figure: Figure, layout: Layout) -> tuple[Axes, Corner, Corner]:
        """Make an axes below the maps, on the same scale, for bar and arrow."""
        unit = self.unit
        axes = figure.add_axes(fraction(figure, layout.strip), label="strip")
        left, below = self.window[0], self.window[1]
        right, top = left + layout.strip[2] * unit, below + layout.strip[3] * unit
        axes.set(xlim=(left, right), ylim=(below, top), xticks=[], yticks=[], frame_on=False)
        bar = (left, below + 1.5 * unit, left + self.length + 4 * unit, top)
        arrow = (bar[2] + 2 * unit, below, bar[2] + 8 * unit, top)
        return axes, bar, arrow


def _corner(window: Corner, corner: str, width: float, height: float, gap: float) -> Corner:
    left, bottom, right, top = window
    x = left if "w" in corner else right - width
    y = bottom + gap if "s" in corner else top - height
    return x, y, x + width, y + height


def _touch(one: Corner, other: Corner) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
