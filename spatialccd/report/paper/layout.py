"""Places the parts of a figure on paper, in millimeters, so that none overlaps another."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from spatialccd.errors import ParameterError

MM_PER_INCH = 25.4
#: A column, one and a half, and the page of most journals.
WIDTHS = {"single": 90.0, "middle": 140.0, "double": 190.0}
Width = Literal["single", "middle", "double"]
_MAX_HEIGHT = 235.0
_GAP = 2.5
_MARGIN = 1.5
#: Chinese marks that no line begins with, and those that no line ends with.
_CLOSING, _OPENING = "，。、；：？！）》〉」』】”’％…", "（《〈「『【“‘"
#: Fine enough that hinting, which rounds widths to dots, does not matter.
_RULER_DPI = 300

Box = tuple[float, float, float, float]
Side = Literal["right", "bottom", "cell"]


@dataclass(frozen=True)
class Layout:
    """Where everything goes: boxes are (left, bottom, width, height) in mm.

    Attributes
    ----------
    size : tuple of float
        Width and height of the figure.
    panels : tuple of Box
        The maps alone, without their titles.
    legend, strip, footer, header : Box
        ``strip`` is for a scale bar that finds no room in the first map.
    side : {"right", "bottom", "cell"}
        Where the legend stands.
    """

    size: tuple[float, float]
    panels: tuple[Box, ...]
    legend: Box
    strip: Box
    footer: Box
    header: Box
    side: Side


@dataclass(frozen=True)
class Heights:
    """Heights in mm of the parts whose size does not depend on the maps."""

    header: float = 0.0
    panel_title: float = 0.0
    panel_foot: float = 0.0
    strip: float = 0.0
    footer: float = 0.0


def arrange(
    n: int,
    aspect: float,
    width: float,
    legends: Mapping[Side, tuple[float, float]],
    heights: Heights,
) -> Layout:
    """Choose the grid of panels and the side of the legend that use the paper best.

    Parameters
    ----------
    n : int
        Number of panels.
    aspect : float
        Height over width of one map.
    width : float
        Of the figure in mm.
    legends : mapping
        Size in mm of the legend at the right, at the bottom, or in a free cell.
    heights : Heights
        Heights of everything else.

    Raises
    ------
    ParameterError
        The panels would be too small to read.
    """
    candidates = [
        _try(n, columns, side, aspect, width, size, heights)
        for columns in range(1, min(n, 7) + 1)
        for side, size in legends.items()
    ]
    fitting = [c for c in candidates if c is not None]
    if not fitting:
        raise ParameterError(
            f"{n} maps and their legend do not fit on {width:g} x {_MAX_HEIGHT:g} mm; "
            "draw fewer times or columns, or use a wider sheet"
        )
    return max(fitting, key=lambda c: _merit(c, n))


def _merit(layout: Layout, n: int) -> float:
    """Share of the paper that is map, leaning towards larger panels and sheets not too tall."""
    panel = layout.panels[0]
    used = n * panel[2] * panel[3] / (layout.size[0] * layout.size[1])
    lean = math.sqrt(panel[2] / layout.size[0])
    tall = min(1.0, 0.9 * layout.size[0] / layout.size[1]) if n > 1 else 1.0
    return used * lean * tall


def _try(
    n: int,
    columns: int,
    side: Side,
    aspect: float,
    width: float,
    legend: tuple[float, float],
    heights: Heights,
) -> Layout | None:
    rows = math.ceil(n / columns)
    if side == "cell" and rows * columns == n:
        return None
    beside = legend[0] + _GAP if side == "right" else 0.0
    below = legend[1] + _GAP if side == "bottom" else 0.0
    fixed = 2 * _MARGIN + heights.header + heights.strip + heights.footer + below
    extra = heights.panel_title + heights.panel_foot
    inner = width - 2 * _MARGIN - beside
    panel_w = (inner - (columns - 1) * _GAP) / columns
    room = (_MAX_HEIGHT - fixed - (rows - 1) * _GAP) / rows - extra
    panel_w = min(panel_w, room / aspect)
    panel_h = panel_w * aspect
    if panel_w < 12 or (side == "cell" and not _fits_cell(n, columns, panel_w, panel_h, legend)):
        return None
    grid_w = columns * panel_w + (columns - 1) * _GAP
    grid_h = rows * (panel_h + extra) + (rows - 1) * _GAP
    body_h = max(grid_h, legend[1]) if side == "right" else grid_h
    height = fixed + body_h
    left = _MARGIN + max(0.0, (inner - grid_w) / 2)
    top = height - _MARGIN - heights.header - (body_h - grid_h) / 2
    panels = tuple(
        (
            left + (i % columns) * (panel_w + _GAP),
            top - (i // columns) * (panel_h + extra + _GAP) - heights.panel_title - panel_h,
            panel_w,
            panel_h,
        )
        for i in range(n)
    )
    body_bottom = height - _MARGIN - heights.header - body_h
    return Layout(
        size=(width, height),
        panels=panels,
        legend=_legend_box(side, legend, panels, width, body_bottom, body_h, heights),
        strip=(left, body_bottom - heights.strip, grid_w, heights.strip),
        footer=(_MARGIN, _MARGIN, width - 2 * _MARGIN, heights.footer),
        header=(_MARGIN, height - _MARGIN - heights.header, width - 2 * _MARGIN, heights.header),
        side=side,
    )


def _legend_box(
    side: Side,
    legend: tuple[float, float],
    panels: tuple[Box, ...],
    width: float,
    body_bottom: float,
    body_h: float,
    heights: Heights,
) -> Box:
    if side == "right":
        return (
            width - _MARGIN - legend[0],
            body_bottom + (body_h - legend[1]) / 2,
            legend[0],
            legend[1],
        )
    if side == "bottom":
        bottom = body_bottom - heights.strip - _GAP - legend[1]
        return ((width - legend[0]) / 2, bottom, legend[0], legend[1])
    last = panels[-1]
    left = last[0] + last[2] + _GAP
    top = last[1] + last[3]
    return (left, top - legend[1], legend[0], legend[1])


def _fits_cell(
    n: int, columns: int, panel_w: float, panel_h: float, legend: tuple[float, float]
) -> bool:
    empty = -n % columns
    return legend[0] <= empty * (panel_w + _GAP) - _GAP and legend[1] <= panel_h + 4


class Ruler:
    """Measures text in mm before the figure it goes into exists."""

    def __init__(self) -> None:
        self._figure = Figure(figsize=(10, 10), dpi=_RULER_DPI)
        self._renderer: Any = FigureCanvasAgg(self._figure).get_renderer()  # type: ignore[no-untyped-call]

    def text(self, words: str, font: FontProperties) -> tuple[float, float]:
        """Give width and height of words."""
        artist = self._figure.text(0, 0, words, fontproperties=font)
        box = artist.get_window_extent(self._renderer)
        artist.remove()
        return _mm(box.width), _mm(box.height)

    def legend(self, **options: object) -> tuple[float, float]:
        """Give width and height of a matplotlib legend."""
        artist = self._figure.legend(**options)
        box = artist.get_window_extent(self._renderer)
        artist.remove()
        return _mm(box.width), _mm(box.height)

    def wrap(self, words: str, font: FontProperties, width: float) -> str:
        """Break words into lines of at most `width` mm; Chinese breaks anywhere."""
        width *= 0.96  # on a coarse screen hinting makes small letters wider
        lines, line = [], ""
        for piece in _pieces(words):
            if line and self.text((line + piece).rstrip(), font)[0] > width:
                lines.append(line.rstrip())
                line = piece.lstrip()
            else:
                line += piece
        return "\n".join([*lines, line.rstrip()])


def _mm(dots: float) -> float:
    return dots / _RULER_DPI * MM_PER_INCH


def _pieces(words: str) -> list[str]:
    """Split where a line may break: after a space or "_", and around each Chinese character.

    No line begins with what closes or ends with what opens.
    """
    pieces: list[str] = []
    fresh = True
    for c in words:
        wide = ord(c) >= 0x2E80 or c in _OPENING + _CLOSING
        held = bool(pieces) and pieces[-1][-1] in _OPENING
        if pieces and (held or c in _CLOSING or not (fresh or wide)):
            pieces[-1] += c
        else:
            pieces.append(c)
        fresh = (wide and c not in _OPENING) or c in " _/"
    return pieces
