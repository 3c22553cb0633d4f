"""The path of a center and its ellipses, drawn on the areas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib import patheffects
from matplotlib.collections import PathCollection
from matplotlib.patches import Rectangle

from spatialccd._result import record
from spatialccd.data.blank import with_blank
from spatialccd.dynamics.centers import DeviationalEllipse, MeanCenter
from spatialccd.report.paper import palettes
from spatialccd.report.paper.chart import INK, SMALL, Paper, check_result, paper
from spatialccd.report.paper.figure import Figure
from spatialccd.report.paper.layout import Width
from spatialccd.report.paper.numbers import number
from spatialccd.report.paper.projection import Plane, lay_out, round_length
from spatialccd.report.paper.style import in_house_style
from spatialccd.report.words.language import Language
from spatialccd.report.words.marks import STOP
from spatialccd.report.words.sentences import retell

if TYPE_CHECKING:
    from spatialccd._types import Areas


@in_house_style
def map_centers(
    centers: MeanCenter | DeviationalEllipse,
    areas: Areas,
    *,
    title: str | None = None,
    language: Language = "en",
    labels: Mapping[str, object] | None = None,
    width: Width = "middle",
    letters: bool = False,
) -> Figure:
    """Map the path of a center of gravity, or of standard deviational ellipses.

    Parameters
    ----------
    centers : MeanCenter or DeviationalEllipse
        What ``mean_center`` or ``standard_deviational_ellipse`` returns.
    areas : GeoDataFrame
        Areas to draw beneath.
    title : str, optional
        Stands above it.
    language : {"en", "zh"}, default "en"
        Of all words but those of the data.
    labels : mapping of str to str or mapping, optional
        What variables are called: a name, or any of "en", "zh", "unit" and "unit_zh".
    width : {"single", "middle", "double"}, default "middle"
        90, 140 or 190 mm.
    letters : bool, default False
        Write (a), (b), (c) and so on before the titles of the panels.

    Returns
    -------
    Figure
        The whole map; beside it the path of the centers enlarged, which a frame
        marks. ``.table`` has the figures by time.

    Raises
    ------
    ParameterError
        `centers` is another result.
    GeometryError
        `areas` cannot be drawn.

    Examples
    --------
    >>> import geopandas as gpd, pandas as pd
    >>> from shapely.geometry import box
    >>> from spatialccd import mean_center
    >>> cells = [box(0, 0, 9, 9), box(9, 0, 18, 9)]
    >>> areas = gpd.GeoDataFrame(geometry=cells, index=["a", "b"], crs=3857)
    >>> center = mean_center(pd.Series([1.0, 3.0], ["a", "b"]), areas)
    >>> map_centers(center, areas).table["x"].to_list()
    [11.25]
    """
    settings = record("map_centers", locals())
    check_result("centers", centers, MeanCenter, DeviationalEllipse)
    plane = lay_out(with_blank(areas))
    left, bottom, right, top = plane.bounds
    enlarged = len(centers.path) > 1
    share = 0.58 if enlarged else 0.94
    sheet = paper(language, width, 100.0, letters=letters, labels=labels)
    notes = sheet.wrap(_notes(sheet, plane, enlarged), sheet.width - 4)
    n_rows = -(-len(centers.path) // 8) if isinstance(centers, DeviationalEllipse) else 0
    height = sheet.width * share * (top - bottom) / (right - left)
    sheet.resize(
        min(max(height, 45.0), 190.0)
        + 8.0
        + sheet.height(notes)
        + 3.4 * n_rows
        + (7.0 if title else 0.0)
    )
    axes = sheet.figure.subplots(
        1, 2 if enlarged else 1, squeeze=False, width_ratios=[3, 2] if enlarged else None
    )[0]
    _ground(axes[0], plane)
    shapes = plane.project(centers.layer)
    colors = mpl.colormaps["viridis"](np.linspace(0.0, 0.9, len(shapes)))
    if isinstance(centers, DeviationalEllipse):
        _ellipses(sheet, axes[0], centers, shapes, colors)
    xy = np.array([(shape.centroid.x, shape.centroid.y) for shape in shapes])
    axes[0].scatter(*xy.T, s=9, c=colors, zorder=5, edgecolors="white", linewidths=0.3)
    _bar(sheet, axes[0], plane)
    if enlarged:
        _path(sheet, axes[1], xy, [str(t) for t in centers.path.index], colors, plane)
        _mark(axes[0], axes[1])
    for ax in axes if letters else ():
        sheet.head(ax)
    if notes:
        sheet.figure.supxlabel(notes, fontsize=SMALL)
    return Figure(settings=settings, figure=sheet.finished(title), table=centers.to_frame())


def _notes(sheet: Paper, plane: Plane, enlarged: bool) -> str:
    """Name the projection, and say what the frame is."""
    words = []
    if enlarged:
        words.append(sheet.say("Frame: the part that is enlarged."))
    if plane.description:
        said = retell(plane.description, sheet.language)
        words.append(f"{sheet.say('Projection')}{sheet.words.colon}{said}{STOP[sheet.language]}")
    if plane.enlarged:
        words.append(retell(plane.enlarged, sheet.language))
    return "  ".join(words)


def _mark(whole: Any, part: Any) -> None:
    """Frame on the whole map what the other map enlarges."""
    (left, right), (bottom, top) = part.get_xlim(), part.get_ylim()
    whole.add_patch(
        Rectangle(
            (left, bottom), right - left, top - bottom, facecolor="none", edgecolor=INK,
            linewidth=0.6, zorder=6,
        )
    )  # fmt: skip


def _ground(ax: Any, plane: Plane) -> None:
    """Draw the areas, pale, without axes."""
    paths, _ = plane.paths
    ax.add_collection(
        PathCollection(paths, facecolors=palettes.GROUND, edgecolors="#b5b5b5", linewidths=0.3)
    )
    left, bottom, right, top = plane.bounds
    gap = 0.02 * max(right - left, top - bottom)
    ax.set(xlim=(left - gap, right + gap), ylim=(bottom - gap, top + gap), aspect="equal")
    ax.axis("off")


def _ellipses(sheet: Paper, ax: Any, centers: DeviationalEllipse, shapes: Any, colors: Any) -> None:
    for i, (time, shape) in enumerate(zip(centers.path.index, shapes, strict=True)):
        ends = i in (0, len(shapes) - 1)
        x, y = shape.exterior.xy
        ax.plot(x, y, color=colors[i], linewidth=1.3 if ends else 0.6, label=sheet.say(time))
    sheet.figure.legend(loc="outside right center", fontsize=SMALL, frameon=False)


def _path(sheet: Paper, ax: Any, xy: Any, times: list[str], colors: Any, plane: Plane) -> None:
    """Draw the moves enlarged, with arrows, years and a bar of length."""
    for i in range(len(xy) - 1):
        ax.annotate(
            "", xy[i + 1], xy[i],
            arrowprops={"arrowstyle": "-|>", "color": colors[i + 1], "linewidth": 0.8,
                        "shrinkA": 2, "shrinkB": 2, "mutation_scale": 6},
        )  # fmt: skip
    ax.scatter(*xy.T, s=8, c=colors, zorder=5, linewidths=0)
    for i in {0, len(xy) - 1}:
        ax.annotate(times[i], xy[i], xytext=(5, -8), textcoords="offset points", fontsize=SMALL)
    span = max(np.ptp(xy, axis=0).max(), 1e-9)
    middle = (xy.max(axis=0) + xy.min(axis=0)) / 2
    ax.set(
        xlim=(middle[0] - 0.7 * span, middle[0] + 0.7 * span),
        ylim=(middle[1] - 0.7 * span, middle[1] + 0.7 * span),
        aspect="equal", xticks=[], yticks=[],
    )  # fmt: skip
    for spine in ax.spines.values():
        spine.set(color=INK, linewidth=0.5)
    _bar(sheet, ax, plane)


def _bar(sheet: Paper, ax: Any, plane: Plane) -> None:
    """Draw a bar of length at the lower left, true at the middle of the map."""
    if plane.crs is None:
        return
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    meters = plane.meters_per_unit((left + right) / 2, (bottom + top) / 2)
    length = round_length(0.35 * (right - left) * meters)
    words = f"{number(length / 1000 if length >= 1000 else length)} " + sheet.say(
        "km" if length >= 1000 else "m"
    )
    x, y = left + 0.05 * (right - left), bottom + 0.05 * (top - bottom)
    ends = ax.plot([x, x + length / meters], [y, y], color=INK, linewidth=1.2, zorder=7)
    halo = [patheffects.withStroke(linewidth=1.5, foreground="white")]
    ends[0].set_path_effects(halo)
    ax.annotate(
        words, (x, y), xytext=(0, 3), textcoords="offset points", fontsize=SMALL, zorder=7,
        path_effects=halo,
    )  # fmt: skip
