"""Legends that know their size before the figure is laid out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, Normalize
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from spatialccd.report.paper.fonts import Typeface
from spatialccd.report.paper.layout import Box, Ruler, Side
from spatialccd.report.paper.palettes import EDGE, HATCH_INK, NO_DATA, NO_DATA_HATCH, parted
from spatialccd.report.paper.ticks import PlainTicks

TEXT, HEADING = 6.5, 7.0
_GAP = 3.0
#: A heading that was measured in a line stays in that line when it is drawn.
_SLACK = 1.06
#: How much of its room a legend fills: another program may set words a little wider.
_FULL = 0.92


class Legend(Protocol):
    """What the layout asks of a legend."""

    def texts(self) -> list[str]:
        """List every word it prints."""

    def size(self, side: Side, room: float, face: Typeface, ruler: Ruler) -> tuple[float, float]:
        """Give width and height in mm when no more than `room` mm wide."""

    def draw(self, figure: Figure, box: Box, side: Side, face: Typeface, ruler: Ruler) -> None:
        """Draw it into a box of the figure, in mm."""


@dataclass(frozen=True)
class Entry:
    """One color and what it means."""

    label: str
    color: str
    no_data: bool = False
    line: float = 0.0

    def patch(self, face: Typeface) -> Patch | Line2D:
        """Give the colored box that stands in the legend, or a line of that many points."""
        if self.line:
            return Line2D(
                [], [], color=self.color, linewidth=self.line, label=face.text(self.label)
            )
        color, pattern = parted(self.color)
        options: dict[str, Any] = {"edgecolor": EDGE, "linewidth": 0.4}
        if self.no_data:
            options |= {"hatch": "//////", "edgecolor": NO_DATA_HATCH}
        elif pattern:
            options |= {"hatch": pattern, "edgecolor": HATCH_INK}
        return Patch(facecolor=color, label=face.text(self.label), **options)


@dataclass(frozen=True)
class Swatches:
    """Boxes of color with labels."""

    title: str
    entries: Sequence[Entry]

    def texts(self) -> list[str]:
        """List every word it prints."""
        return [self.title, *(entry.label for entry in self.entries)]

    def size(self, side: Side, room: float, face: Typeface, ruler: Ruler) -> tuple[float, float]:
        """Give width and height in mm when no more than `room` mm wide."""
        if not self.entries:
            return 0.0, 0.0
        return ruler.legend(**self._options(side, _FULL * room, room, face, ruler))

    def draw(self, figure: Figure, box: Box, side: Side, face: Typeface, ruler: Ruler) -> None:
        """Draw it into a box of the figure, in mm."""
        if not self.entries:
            return
        left, bottom, _, _ = fraction(figure, box)
        room = box[2] + 0.1  # as wide as it was measured: in as many columns
        figure.legend(
            loc="lower left",
            bbox_to_anchor=(left, bottom),
            **self._options(side, room, _SLACK * room, face, ruler),
        )

    def _options(
        self, side: Side, room: float, room_of_heading: float, face: Typeface, ruler: Ruler
    ) -> dict[str, Any]:
        words, font = face.text(self.title), face.font(HEADING)
        heading = ruler.wrap(words, font, max(room_of_heading, 30.0))
        options: dict[str, Any] = {
            "handles": [entry.patch(face) for entry in self.entries],
            "title": heading or None,
            "prop": face.font(TEXT),
            "title_fontproperties": face.font(HEADING),
            "alignment": "left",
            "frameon": False,
            "borderpad": 0,
            "borderaxespad": 0,
            "handlelength": 1.7,
            "handleheight": 1.0,
            "labelspacing": 0.45,
            "columnspacing": 1.4,
        }
        if side != "bottom":
            return options
        for columns in range(min(len(self.entries), 6), 1, -1):
            if ruler.legend(**options, ncols=columns)[0] <= room:
                return options | {"ncols": columns}
        return options


@dataclass(frozen=True)
class Ramp:
    """A continuous scale, and boxes for what has no place on it."""

    title: str
    colormap: Colormap
    norm: Normalize
    extra: Swatches = field(default_factory=lambda: Swatches("", ()))

    def texts(self) -> list[str]:
        """List every word it prints."""
        return [self.title, *self.extra.texts()]

    def size(self, side: Side, room: float, face: Typeface, ruler: Ruler) -> tuple[float, float]:
        """Give width and height in mm when no more than `room` mm wide."""
        title = ruler.text(self._title(face, ruler, room), face.font(HEADING))
        bar = self._bar(side, room)
        below = self.extra.size(side, room, face, ruler)
        width = max(bar[0], title[0], below[0])
        gap = _GAP if self.extra.entries else 0.0
        return width, title[1] + 1.2 + bar[1] + gap + below[1]

    def draw(self, figure: Figure, box: Box, side: Side, face: Typeface, ruler: Ruler) -> None:
        """Draw it into a box of the figure, in mm."""
        left, bottom, width, height = box
        title = self._title(face, ruler, _SLACK * width)
        place(figure, left, bottom + height, title, face.font(HEADING))
        title_h = ruler.text(title, face.font(HEADING))[1]
        bar = self._bar(side, width)
        top = bottom + height - title_h - 1.2
        if side == "bottom":
            where = (left + 3, top - 3, bar[0] - 6, 3.0)
        else:
            where = (left, top - bar[1] + 1.5, 3.5, bar[1] - 3)
        self._draw_bar(figure, where, face.font(TEXT), horizontal=side == "bottom")
        self.extra.draw(figure, (left, bottom, width, 0.0), side, face, ruler)

    def draw_below(self, figure: Figure, box: Box, face: Typeface) -> None:
        """Draw the bar alone below a map that fills a box, in mm."""
        left, bottom, width, _ = box
        where = (left + 0.14 * width, bottom - 2.8, 0.72 * width, 1.8)
        self._draw_bar(figure, where, face.font(TEXT - 0.5), horizontal=True)

    def _draw_bar(
        self, figure: Figure, where: Box, font: FontProperties, *, horizontal: bool
    ) -> None:
        axes = figure.add_axes(fraction(figure, where), label="color bar")
        colorbar = figure.colorbar(
            ScalarMappable(self.norm, self.colormap),
            cax=axes,
            orientation="horizontal" if horizontal else "vertical",
        )
        colorbar.outline.set_linewidth(0.4)
        colorbar.ax.tick_params(length=1.5, width=0.4, pad=1.5)
        colorbar.locator = _few_ticks()
        colorbar.formatter = PlainTicks()
        colorbar.update_ticks()
        for label in [*colorbar.ax.get_xticklabels(), *colorbar.ax.get_yticklabels()]:
            label.set_fontproperties(font)

    def _title(self, face: Typeface, ruler: Ruler, room: float) -> str:
        return ruler.wrap(face.text(self.title), face.font(HEADING), max(room, 30.0))

    def _bar(self, side: Side, room: float) -> tuple[float, float]:
        """Width and height of the bar with its figures."""
        return (min(70.0, room), 7.0) if side == "bottom" else (14.0, 38.0)


@dataclass(frozen=True)
class Square:
    """Two variables at once: a grid of colors with an axis for each."""

    title: str
    across: str
    upward: str
    colors: Sequence[Sequence[str]]
    extra: Swatches = field(default_factory=lambda: Swatches("", ()))

    _side = 18.0
    #: What the names of the axes may take: along the side, and across.
    _along, _across = 26.0, 40.0

    def texts(self) -> list[str]:
        """List every word it prints."""
        return [self.title, self.across, self.upward, *self.extra.texts()]

    def size(self, side: Side, room: float, face: Typeface, ruler: Ruler) -> tuple[float, float]:
        """Give width and height in mm when no more than `room` mm wide."""
        across, _, left, tall = self._measured(face, ruler)
        below = self.extra.size(side, room, face, ruler)
        title_w, title_h = ruler.text(self._wrapped(face, ruler), face.font(HEADING))
        across_w, across_h = ruler.text(across, face.font(TEXT))
        width = max(self._side + left, across_w + left, title_w, below[0])
        gap = _GAP if self.extra.entries else 0.0
        return width, title_h + 1.5 + tall + 0.8 + across_h + gap + below[1]

    def draw(self, figure: Figure, box: Box, side: Side, face: Typeface, ruler: Ruler) -> None:
        """Draw it into a box of the figure, in mm."""
        left, bottom, width, height = box
        across, upward, line, tall = self._measured(face, ruler)
        title = self._wrapped(face, ruler)
        place(figure, left, bottom + height, title, face.font(HEADING))
        top = bottom + height - ruler.text(title, face.font(HEADING))[1] - 1.5
        top -= (tall - self._side) / 2
        where = (left + line, top - self._side, self._side, self._side)
        axes = figure.add_axes(fraction(figure, where), label="legend square")
        k = len(self.colors)
        for row, colors in enumerate(self.colors):
            for column, color in enumerate(colors):
                axes.add_patch(Rectangle((column, row), 1, 1, facecolor=color, edgecolor="white"))
        axes.set(xlim=(0, k), ylim=(0, k), xticks=[], yticks=[], frame_on=False)
        foot = top - self._side - (tall - self._side) / 2 - 0.8
        place(figure, left + line, foot, across, face.font(TEXT))
        middle = top - self._side / 2
        place(figure, left, middle, upward, face.font(TEXT), va="center", rotation=90)
        self.extra.draw(figure, (left, bottom, width, 0.0), side, face, ruler)

    def _wrapped(self, face: Typeface, ruler: Ruler) -> str:
        return ruler.wrap(face.text(self.title), face.font(HEADING), 36.0)

    def _measured(self, face: Typeface, ruler: Ruler) -> tuple[str, str, float, float]:
        """Give the names of the axes in lines, the room left of the square, and its height."""
        font = face.font(TEXT)
        across = ruler.wrap(f"{face.text(self.across)} →", font, self._across)
        upward = ruler.wrap(f"{face.text(self.upward)} →", font, self._along)
        along, left = ruler.text(upward, font)
        return across, upward, left + 1.0, max(self._side, along)


def no_data(label: str) -> Entry:
    """Give the entry of areas without a value."""
    return Entry(label, NO_DATA, no_data=True)


def place(
    figure: Figure,
    x: float,
    y: float,
    words: str,
    font: FontProperties,
    *,
    ha: str = "left",
    va: str = "top",
    rotation: float = 0.0,
) -> None:
    """Write words at a place of the figure given in mm."""
    width, height = size_mm(figure)
    figure.text(x / width, y / height, words, fontproperties=font, ha=ha, va=va, rotation=rotation)


def size_mm(figure: Figure) -> tuple[float, float]:
    """Give width and height of a figure in mm."""
    width, height = figure.get_size_inches()
    return float(width) * 25.4, float(height) * 25.4


def fraction(figure: Figure, box: Box) -> Box:
    """Give a box in millimeters as the fractions of the figure that matplotlib wants."""
    width, height = size_mm(figure)
    return box[0] / width, box[1] / height, box[2] / width, box[3] / height


def _few_ticks() -> Any:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(nbins=5)
