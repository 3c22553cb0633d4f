"""Figures along an axis as papers print them."""

from __future__ import annotations

import re
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import ScalarFormatter

from spatialccd.report.paper.numbers import number

#: The whole part of a figure that is long enough for separators.
_LONG = re.compile(r"(?<![\d.])\d{5,}")


class PlainTicks(ScalarFormatter):
    """Each figure whole, 1,500,000 or 2×10⁻⁹, in place of a factor at the end of the axis."""

    def __init__(self) -> None:
        super().__init__(useOffset=False)

    def __call__(self, x: float, pos: int | None = None) -> str:
        """Write the figure of one tick."""
        if super().get_offset():  # matplotlib would leave out a power of ten
            return number(x)
        return _LONG.sub(lambda found: f"{int(found[0]):,}", super().__call__(x, pos))

    def get_offset(self) -> str:
        """Give nothing: no figure is to be multiplied in the head."""
        return ""


def write_plain(figure: Figure) -> None:
    """Put plain figures on every axis of a chart that has matplotlib's own."""
    for axes in figure.axes:
        sides: list[Any] = [axes.xaxis, axes.yaxis, getattr(axes, "zaxis", None)]
        for axis in sides:
            if axis is not None and type(axis.get_major_formatter()) is ScalarFormatter:
                axis.set_major_formatter(PlainTicks())
