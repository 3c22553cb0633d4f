"""Charts of spatial association: the Moran scatterplot."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._result import record
from spatialccd.association.scatterplot import MoranScatterplot
from spatialccd.errors import check_range
from spatialccd.report.paper import callouts, palettes
from spatialccd.report.paper.chart import INK, LABEL, SMALL, check_result, paper
from spatialccd.report.paper.classes import pick_times, stack
from spatialccd.report.paper.figure import Figure
from spatialccd.report.paper.layout import WIDTHS, Width
from spatialccd.report.paper.numbers import number
from spatialccd.report.paper.style import in_house_style
from spatialccd.report.words.language import Language

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from spatialccd._types import Groups

_QUADRANTS = ("High-High", "Low-Low", "High-Low", "Low-High")


@in_house_style
def chart_moran(
    scatterplot: MoranScatterplot,
    names: Groups | None = None,
    *,
    time: int | str | Sequence[int] | None = None,
    n_labels: int = 5,
    title: str | None = None,
    language: Language = "en",
    labels: Mapping[str, object] | None = None,
    width: Width | None = None,
    letters: bool = False,
) -> Figure:
    """Draw a Moran scatterplot: each unit's value against that of its neighbors.

    Both are standard scores; the slope of the line is Moran's I. Several times
    become panels on the same axes.

    Parameters
    ----------
    scatterplot : MoranScatterplot
        What ``moran_scatterplot`` gives.
    names : Series, optional
        What to call each unit; its label in the data when omitted.
    time : int, str or sequence, optional
        The time to draw, or several; all times of a panel when omitted.
    n_labels : int, default 5
        Name that many units a panel, those farthest from the middle. A name
        that finds no room among the others is left out; how many were is told
        below.
    title : str, optional
        Stands above it.
    language : {"en", "zh"}, default "en"
        Of all words but those of the data.
    labels : mapping of str to str or mapping, optional
        What variables are called: a name, or any of "en", "zh", "unit" and "unit_zh".
    width : {"single", "middle", "double"}, optional
        90, 140 or 190 mm; single for one panel and double for several when omitted.
    letters : bool, default False
        Write (a), (b), (c) and so on before the titles of the panels.

    Returns
    -------
    Figure
        ``.table`` has the points drawn: z, lag and quadrant.

    Raises
    ------
    ParameterError
        `scatterplot` is another result, or a time is not in it.
    AlignmentError
        A unit has no name in `names`.

    References
    ----------
    Anselin, L. (1996). The Moran scatterplot as an ESDA tool.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> from spatialccd import moran_scatterplot
    >>> ring = Graph.build_knn(pd.DataFrame({"x": range(6), "y": 0}).to_numpy(), k=2)
    >>> drawn = chart_moran(moran_scatterplot(pd.Series([1.0, 2, 3, 4, 4, 2]), ring))
    >>> drawn.table.columns.to_list()
    ['z', 'lag', 'quadrant']
    """
    settings = record("chart_moran", locals())
    check_result("scatterplot", scatterplot, MoranScatterplot)
    check_range("n_labels", n_labels, 0)
    picked = pick_times(scatterplot.table, time, "scatterplot")
    called = _called(names, picked[0][1].index)
    columns = 1 if len(picked) == 1 else min(len(picked), 3)
    rows = math.ceil(len(picked) / columns)
    width = width or ("single" if len(picked) == 1 else "double")
    sheet = paper(
        language, width, (WIDTHS[width] - 8) / columns * rows + 14, letters=letters, labels=labels
    )
    grid = sheet.panels(len(picked), columns, share_x=True, share_y=True)
    reach = _reach(picked)
    written = []
    for ax, (at, points) in zip(grid, picked, strict=True):
        slope = float(scatterplot.slopes.iloc[0] if at is None else scatterplot.slopes[at])
        _draw(ax, points, slope, reach)
        far = _farthest(points, n_labels)
        written.append(
            callouts.write(ax, called[far.index], far[["z", "lag"]].to_numpy(), size=SMALL, ink=INK)
        )
        words = f"I = {number(slope, 3)}"
        sheet.head(ax, words if at is None else f"{at}{sheet.words.colon}{words}")
        sheet.quiet(ax, grid="")
        ax.set_ylabel(sheet.say("Standard score of its neighbors"), fontsize=LABEL)
        ax.label_outer()
    for ax in grid[max(len(picked) - columns, 0) : len(picked)]:  # no panel below
        ax.tick_params(labelbottom=True)
        ax.set_xlabel(sheet.say("Standard score of the unit"), fontsize=LABEL)
    handles = grid[0].get_legend_handles_labels()[0]
    sheet.figure.legend(
        handles, [sheet.say(kind) for kind in _QUADRANTS], loc="outside lower center",
        ncols=4, fontsize=SMALL, frameon=False, handletextpad=0.1,
    )  # fmt: skip
    figure = sheet.finished(title)
    parts = [
        (ax, own, points[["z", "lag"]].dropna().to_numpy())
        for ax, (_, points), own in zip(grid, picked, written, strict=True)
    ]
    callouts.settle(sheet, figure, parts)
    return Figure(settings=settings, figure=figure, table=stack(picked))


def _draw(ax: Axes, points: pd.DataFrame, slope: float, reach: float) -> None:
    """Draw one panel: points by quadrant, the line and the middle."""
    ax.axhline(0, color=INK, linewidth=0.4)
    ax.axvline(0, color=INK, linewidth=0.4)
    size = float(np.clip(1_500 / len(points), 3, 16))
    for kind in _QUADRANTS:
        own = points[points["quadrant"] == kind]
        ax.scatter(
            own["z"], own["lag"], s=size, color=palettes.CLUSTERS[kind], edgecolors=INK,
            linewidths=0.2, label=kind, zorder=2,
        )  # fmt: skip
    ax.plot([-reach, reach], [-reach * slope, reach * slope], color=INK, linewidth=0.9, zorder=3)
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")


def _farthest(points: pd.DataFrame, n: int) -> pd.DataFrame:
    """Give the n points farthest from the middle, the farthest first."""
    far = (points["z"] ** 2 + points["lag"] ** 2).dropna().nlargest(n).index
    return points.loc[far]


def _called(names: pd.Series | None, units: pd.Index) -> pd.Series:
    """Give the name of each unit."""
    if names is None:
        return pd.Series(units.astype(str), units)
    own = _align.labels(_align.cross_section(names, "names"), "names")
    _align.check_within(units, own, "the points", "names")
    return names.reindex(units).astype(str)


def _reach(picked: Sequence[tuple[Any, pd.DataFrame]]) -> float:
    """Give how far the axes go, the same for every panel and both ways."""
    scores = np.concatenate([points[["z", "lag"]].to_numpy().ravel() for _, points in picked])
    return float(np.nanmax(np.abs(scores))) * 1.12
