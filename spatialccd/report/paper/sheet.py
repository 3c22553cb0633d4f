"""Puts colored areas, legend, scale bar and notes together into one figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from spatialccd.errors import GeometryWarning, warn
from spatialccd.report.paper import labels, links, palettes
from spatialccd.report.paper.chart import LABEL, SMALL, TITLE, letter
from spatialccd.report.paper.compass import Compass, Corner
from spatialccd.report.paper.fonts import Typeface
from spatialccd.report.paper.layout import (
    WIDTHS,
    Box,
    Heights,
    Layout,
    Ruler,
    Side,
    arrange,
)
from spatialccd.report.paper.legends import Legend, Ramp, fraction, place
from spatialccd.report.paper.palettes import EDGE, GROUND, NO_DATA, NO_DATA_HATCH
from spatialccd.report.paper.projection import lay_out, polygon_paths
from spatialccd.report.paper.windows import inset_size, windows
from spatialccd.report.paper.wishes import Sheet
from spatialccd.report.words.language import say
from spatialccd.report.words.marks import COLON, STOP
from spatialccd.report.words.sentences import retell

if TYPE_CHECKING:
    from spatialccd._types import Areas


@dataclass(frozen=True)
class Panel:
    """One map: the color of each unit that has a value, and its class.

    Attributes
    ----------
    title : str
        What stands above it.
    colors : Series of str
        On unit; units that are not in it have no data.
    classes : Series of str
        On unit, empty where the scale is continuous.
    ramp : Ramp, optional
        A continuous scale of its own, drawn below the map.
    links : DataFrame, optional
        Lines between units: origin, destination, width in points, color, and bent,
        whether it bends to the right of its way.
    """

    title: str
    colors: pd.Series
    classes: pd.Series
    ramp: Ramp | None = None
    links: pd.DataFrame | None = None


@dataclass(frozen=True)
class Drawn:
    """A finished sheet."""

    figure: Figure
    projection: str
    scale_bar: float


def compose(
    panels: Sequence[Panel],
    legend: Legend,
    areas: Areas,
    sheet: Sheet,
    *,
    bar_colors: Mapping[str, str],
    notes: Sequence[str],
) -> Drawn:
    """Draw panels on one sheet.

    Parameters
    ----------
    panels : sequence of Panel
        From left to right, top to bottom.
    legend : Legend
        One for all.
    areas : GeoDataFrame
        On unit; may hold more units than the panels.
    sheet : Sheet
        Title, language, width and so on.
    bar_colors : mapping
        Class to color: the bar of counts below each of several panels.
    notes : sequence of str
        Small print.
    """
    composer = _Composer(panels, legend, areas, sheet, bar_colors, notes)
    return composer.draw()


#: Height in mm of the strip for a scale bar that finds no room in the first map.
_STRIP = 10.5


class _Composer:
    """The parts of one sheet while it is drawn."""

    def __init__(
        self,
        panels: Sequence[Panel],
        legend: Legend,
        areas: Areas,
        sheet: Sheet,
        bar_colors: Mapping[str, str],
        notes: Sequence[str],
    ) -> None:
        self.panels, self.legend, self.sheet, self.face = panels, legend, sheet, sheet.face
        self.bar_colors = bar_colors if len(panels) > 1 else {}
        self.plane = lay_out(areas, sheet.part.extent)
        self.names = labels.names(areas, sheet.names, self.plane.units)
        self.notes = self._small_print(notes)
        self.left_out = ""
        marks = [letter(i) for i in range(len(panels))] if sheet.letters else [""] * len(panels)
        self.whole_heads = [f"{m} {p.title}".strip() for m, p in zip(marks, panels, strict=True)]
        self.heads = list(self.whole_heads)
        self.ruler = Ruler()
        self.window, self.inset = windows(self.plane, sheet)
        if sheet.part.inset is not None and self.inset is None:
            warn(
                f"nothing lies within inset={tuple(sheet.part.inset)!r}, which is left out; give "
                "the lines that belong there as overlay=",
                GeometryWarning,
            )
        titles = [sheet.title or "", *self.heads]
        self.face.check([*legend.texts(), *titles, *self.notes, *self.names])

    def draw(self) -> Drawn:
        layout = self._layout(strip=0.0)
        for _ in range(3):  # until titles and panels fit each other
            if not self._wrap_heads(layout.panels[0][2]):
                break
            layout = self._layout(strip=0.0)
        layout, compass = self._with_compass(layout)
        named = self._place_names(layout, compass)
        if named.n_left_out:  # the small print grows by a sentence
            self._tell_left_out(named.n_left_out)
            layout, compass = self._with_compass(self._layout(strip=0.0))
            named = self._place_names(layout, compass)
            self._tell_left_out(named.n_left_out)
            self.footer = self._wrap_footer(layout.size[0])
        figure = Figure(figsize=(layout.size[0] / 25.4, layout.size[1] / 25.4))
        for number, (panel, box) in enumerate(zip(self.panels, layout.panels, strict=True)):
            axes = self._map(figure, box, f"map {number}")
            self._paint(axes, panel)
            labels.write(axes, named.placed, self.face.font(SMALL))
            self._frame_panel(figure, panel, box, self.heads[number])
            if self.inset is not None:
                self._paint_inset(figure, panel, box, number, self.inset)
        scale_bar = compass.draw(figure, layout) if compass is not None else 0.0
        self.legend.draw(figure, layout.legend, layout.side, self.face, self.ruler)
        self._write(figure, layout)
        return Drawn(figure, self.plane.description, scale_bar)

    # --- paper ----------------------------------------------------------------------------------

    def _layout(self, strip: float) -> Layout:
        n = len(self.panels)
        width = WIDTHS[self.sheet.width or ("single" if n == 1 else "double")]
        rooms: dict[Side, float] = {"right": width * 0.35, "bottom": width - 4, "cell": 60.0}
        if n == 1:
            del rooms["cell"]
        sizes = {
            side: self.legend.size(side, room, self.face, self.ruler)
            for side, room in rooms.items()
        }
        self.footer = self._wrap_footer(width)
        title = self.ruler.wrap(
            self.face.text(self.sheet.title or ""), self.face.font(TITLE), width - 4
        )
        self.title = title
        heights = Heights(
            header=self.ruler.text(title, self.face.font(TITLE))[1] + 2 if title else 0.0,
            panel_title=self._title_height(),
            panel_foot=self._foot(),
            strip=strip,
            footer=self.ruler.text(self.footer, self.face.font(SMALL))[1] + 1.5,
        )
        left, bottom, right, top = self.window
        return arrange(n, (top - bottom) / (right - left), width, sizes, heights)

    def _with_compass(self, layout: Layout) -> tuple[Layout, Compass | None]:
        """Place bar and arrow; below the maps, on a sheet made higher, where they find no room."""
        compass = self._compass(layout)
        if compass is not None and not compass.room:
            layout = self._layout(strip=_STRIP)
            compass = self._compass(layout)
        return layout, compass

    def _wrap_footer(self, width: float) -> str:
        words = self.face.text("  ".join(self.notes))
        return self.ruler.wrap(words, self.face.font(SMALL), width - 4)

    def _title_height(self) -> float:
        """Give the height of the tallest title of a panel, in lines as broad as a panel."""
        if not any(self.heads):
            return 0.0
        font = self.face.font(LABEL, "bold")
        return max(4.0, max(self.ruler.text(head, font)[1] for head in self.heads) + 1.4)

    def _wrap_heads(self, width: float) -> bool:
        """Break the titles of panels into lines; tell whether that changed any."""
        font = self.face.font(LABEL, "bold")
        wrapped = [self.ruler.wrap(self.face.text(head), font, width) for head in self.whole_heads]
        changed, self.heads = wrapped != self.heads, wrapped
        return changed

    def _foot(self) -> float:
        if any(panel.ramp is not None for panel in self.panels):
            return 6.6
        return 3.6 if self.bar_colors else 0.0

    def _small_print(self, notes: Sequence[str]) -> list[str]:
        language = self.sheet.language
        lines = [*notes]
        if self.plane.description:
            words = retell(self.plane.description, language)
            lines.append(f"{say('Projection', language)}{COLON[language]}{words}{STOP[language]}")
            if self.plane.enlarged:
                lines.append(retell(self.plane.enlarged, language))
        if self.sheet.source:
            lines.append(f"{say('Source', language)}{COLON[language]}{self.sheet.source}")
        if self.sheet.note:
            lines.append(self.sheet.note)
        return lines

    def _write(self, figure: Figure, layout: Layout) -> None:
        if self.title:
            left, bottom, _, height = layout.header
            place(figure, left, bottom + height, self.title, self.face.font(TITLE, "bold"))
        left, bottom, _, _ = layout.footer
        place(figure, left, bottom, self.footer, self.face.font(SMALL), va="bottom")

    def _compass(self, layout: Layout) -> Compass | None:
        if self.plane.crs is None:
            return None
        taken = []
        if self.inset is not None:
            width, height = inset_size(self.window, self.inset)
            right, bottom = self.window[2], self.window[1]
            taken.append((right - width, bottom, right, bottom + height))
        panel_width = layout.panels[0][2]
        return Compass(self.plane, self.window, panel_width, taken, self.face, self.sheet.language)

    # --- maps -----------------------------------------------------------------------------------

    def _map(self, figure: Figure, box: Box, name: str) -> Axes:
        axes = figure.add_axes(fraction(figure, box), label=name)
        left, bottom, right, top = self.window
        axes.set(xlim=(left, right), ylim=(bottom, top), xticks=[], yticks=[], frame_on=False)
        return axes

    def _paint(self, axes: Axes, panel: Panel) -> None:
        colors = panel.colors.reindex(self.plane.units)
        known = colors.notna().to_numpy()
        paths, row = self.plane.paths
        thin = 0.35 if len(paths) <= 150 else max(0.06, 4.0 / np.sqrt(len(paths)) * 0.8)
        blank = [path for path, r in zip(paths, row, strict=True) if not known[r]]
        if blank:
            self._add(axes, blank, NO_DATA, EDGE, thin)
            # The hatch has the color of the edge, so it is a layer of its own.
            self._add(axes, blank, "none", NO_DATA_HATCH, 0.0, hatch="//////")
        drawn = [path for path, r in zip(paths, row, strict=True) if known[r]]
        fills = [palettes.parted(fill) for fill in colors.to_numpy()[row[known[row]]]]
        plain: Any = GROUND if self.sheet.dots else [color for color, _ in fills]
        self._add(axes, drawn, plain, EDGE, thin)
        for hatch in dict.fromkeys(pattern for _, pattern in fills if pattern):
            own = [path for path, fill in zip(drawn, fills, strict=True) if fill[1] == hatch]
            self._add(axes, own, "none", palettes.HATCH_INK, 0.0, hatch=hatch)
        self._dots(axes, colors)
        if panel.links is not None:
            links.draw(axes, self.plane, panel.links)
        if self.sheet.part.overlay is not None:
            self._overlay(axes)

    def _add(
        self, axes: Axes, paths: Sequence[Any], fill: Any, edge: str, line: float, hatch: str = ""
    ) -> None:
        if not paths:
            return
        collection = PathCollection(
            paths, facecolors=fill, edgecolors=edge, linewidths=line, hatch=hatch or None
        )
        collection.set_joinstyle("round")
        axes.add_collection(collection, autolim=False)

    def _dots(self, axes: Axes, colors: pd.Series) -> None:
        """Draw a dot for each place, or for each area if dots were asked for."""
        xy, row = self.plane.points
        if self.sheet.dots:
            xy, row = self.plane.anchors, np.arange(len(self.plane.units))
        if len(xy):
            fill = [palettes.parted(one)[0] for one in colors.fillna(NO_DATA).to_numpy()[row]]
            size = float(np.clip(6_000 / len(xy), 4, 60))
            axes.scatter(
                xy[:, 0], xy[:, 1], s=size, c=list(fill), edgecolors=EDGE, linewidths=0.3, zorder=3
            )

    def _overlay(self, axes: Axes) -> None:
        """Draw the user's own lines and outlines, unfilled, on top."""
        from matplotlib.collections import LineCollection
        from shapely import get_coordinates, get_parts, get_type_id

        parts = get_parts(np.asarray(self.plane.project(self.sheet.part.overlay)))
        paths, _ = polygon_paths(parts)
        self._add(axes, paths, "none", "#222222", 0.5)
        lines = [get_coordinates(part) for part in parts[get_type_id(parts) == 1]]
        axes.add_collection(LineCollection(lines, colors="#222222", linewidths=0.5), autolim=False)

    def _place_names(self, layout: Layout, compass: Compass | None) -> labels.Placing:
        """Find room for the names of units in a panel."""
        if not any(self.names):
            return labels.Placing([], 0)
        scale = (self.window[2] - self.window[0]) / layout.panels[0][2]
        words = [self.face.text(name) for name in self.names]
        below = 2.4 * scale if self.sheet.dots else 0.0
        taken = list(compass.room or ()) if compass is not None else []
        return labels.place(
            self.plane, words, self.face.font(SMALL), self.ruler, scale, self.window,
            below=below, taken=taken,
        )  # fmt: skip

    def _tell_left_out(self, n: int) -> None:
        """Say in the small print how many names found no room."""
        what = "1 name found no room." if n == 1 else f"{n} names found no room."
        kept = [note for note in self.notes if note != self.left_out]
        self.left_out = retell(what, self.sheet.language) if n else ""
        self.notes = [*kept, *([self.left_out] if n else [])]

    def _frame_panel(self, figure: Figure, panel: Panel, box: Box, head: str) -> None:
        if head:
            place(
                figure, box[0] + box[2] / 2, box[1] + box[3] + 0.6, head,
                self.face.font(LABEL, "bold"), ha="center", va="bottom",
            )  # fmt: skip
        if panel.ramp is not None:
            panel.ramp.draw_below(figure, box, self.face)
        if self.bar_colors:
            foot = (box[0] + box[2] * 0.1, box[1] - 3.4, box[2] * 0.8, 2.6)
            axes = figure.add_axes(fraction(figure, foot), label="counts")
            _count_bar(axes, panel.classes, self.bar_colors, foot[2], self.face)

    def _paint_inset(
        self, figure: Figure, panel: Panel, box: Box, number: int, inset: Corner
    ) -> None:
        left, bottom, right, top = inset
        width, height = inset_size(self.window, inset)
        scale = box[2] / (self.window[2] - self.window[0])
        where = (box[0] + box[2] - width * scale, box[1], width * scale, height * scale)
        axes = figure.add_axes(fraction(figure, where), label=f"inset {number}")
        axes.set(xlim=(left, right), ylim=(bottom, top), xticks=[], yticks=[])
        for spine in axes.spines.values():
            spine.set_linewidth(0.5)
        self._paint(axes, panel)


def _count_bar(
    axes: Axes, classes: pd.Series, colors: Mapping[str, str], width: float, face: Typeface
) -> None:
    """Draw how many units of a panel are in each class."""
    counts = classes.value_counts().reindex(list(colors), fill_value=0)
    total = max(int(counts.sum()), 1)
    start = 0
    for label, count in counts.items():
        if not count:
            continue
        axes.add_patch(
            Rectangle(
                (start, 0),
                count,
                1,
                facecolor=palettes.parted(colors[label])[0],
                edgecolor=EDGE,
                linewidth=0.25,
            )
        )
        if count / total * width > 1.25 * len(str(count)) + 0.4:
            axes.text(
                start + count / 2, 0.45, str(count), fontproperties=face.font(SMALL),
                ha="center", va="center", color=palettes.ink_on(colors[label]),
            )  # fmt: skip
        start += int(count)
    axes.set(xlim=(0, total), ylim=(0, 1), xticks=[], yticks=[], frame_on=False)
