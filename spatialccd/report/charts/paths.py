"""LISA time paths: how units move through the Moran scatterplot, and which way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from spatialccd._result import record
from spatialccd.association.lisa_dynamics import LisaPaths
from spatialccd.errors import DataError, check_range
from spatialccd.report.charts import rows
from spatialccd.report.paper import callouts, palettes
from spatialccd.report.paper.chart import GRID, INK, LABEL, SMALL, check_result, paper
from spatialccd.report.paper.figure import Figure
from spatialccd.report.paper.layout import Width
from spatialccd.report.paper.style import in_house_style
from spatialccd.report.words.language import Language

if TYPE_CHECKING:
    from spatialccd.report.paper.chart import Paper

#: Sectors of the rose, each 30 degrees.
_SECTORS = 12
_POLES = ("unit rises", "neighbors rise", "unit falls", "neighbors fall")
#: By quadrant of the direction: what the unit and its neighbors did.
_QUADRANTS = (
    "unit rises, neighbors rise",
    "unit falls, neighbors rise",
    "unit falls, neighbors fall",
    "unit rises, neighbors fall",
)


@in_house_style
def chart_paths(
    paths: LisaPaths,
    *,
    n_labels: int = 6,
    title: str | None = None,
    language: Language = "en",
    labels: Mapping[str, object] | None = None,
    width: Width = "double",
    letters: bool = False,
) -> Figure:
    """Draw LISA time paths, and a rose of the directions that units went.

    At the left the path of each unit through the Moran scatterplot, from a
    small dot to an arrow head; at the right how many units went which way.

    Parameters
    ----------
    paths : LisaPaths
        What ``lisa_paths`` returns.
    n_labels : int, default 6
        Name that many units a panel, those with the longest paths. A name that finds
        no room among the others is left out.
    title : str, optional
        Stands above it.
    language : {"en", "zh"}, default "en"
        Of all words but those of the data.
    labels : mapping of str to str or mapping, optional
        What variables are called: a name, or any of "en", "zh", "unit" and "unit_zh".
    width : {"single", "middle", "double"}, default "double"
        90, 140 or 190 mm.
    letters : bool, default False
        Write (a), (b), (c) and so on before the titles of the panels.

    Returns
    -------
    Figure
        ``.table`` is that of the result: length, tortuosity, angle and direction.

    Raises
    ------
    ParameterError
        `paths` is another result.
    DataError
        No unit has a path.

    References
    ----------
    Ye and Rey (2013), Annals of Regional Science 50, 315-339: figures 4 and 6.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> from spatialccd import lisa_paths
    >>> ring = Graph.from_dicts({i: {(i - 1) % 6: 1, (i + 1) % 6: 1} for i in range(6)})
    >>> index = pd.MultiIndex.from_product([range(6), [1, 2]], names=["unit", "time"])
    >>> y = pd.Series([1.0, 2, 3, 1, 2, 5, 4, 4, 1, 3, 2, 2], index)
    >>> chart_paths(lisa_paths(y, ring)).table["length"].round(2).to_list()
    [0.82, 1.43, 1.36, 1.01, 0.81, 0.57]
    """
    settings = record("chart_paths", locals())
    check_result("paths", paths, LisaPaths)
    check_range("n_labels", n_labels, 0)
    points = paths.points.dropna()
    if points.empty:
        raise DataError("no unit has a path: all are without neighbors")
    stacked = width == "single"
    sheet = paper(language, width, 150.0 if stacked else 92.0, letters=letters, labels=labels)
    shares = [1.25, 1.0]
    grid = (
        sheet.figure.add_gridspec(2, 1, height_ratios=shares)
        if stacked
        else sheet.figure.add_gridspec(1, 2, width_ratios=shares)
    )
    ax = sheet.figure.add_subplot(grid[0])
    sheet.head(ax)
    ends, names = _paths(sheet, ax, paths, points, n_labels)
    rose: Any = sheet.figure.add_subplot(grid[1], projection="polar")
    _rose(sheet, rose, paths.table)
    rows.explain(sheet, [rows.key(sheet.say(_short(name)), palettes.DIRECTIONS[name], "s")
                         for name in _QUADRANTS])  # fmt: skip
    figure = sheet.finished(title)
    callouts.settle(sheet, figure, [(ax, names, ends.to_numpy())])
    return Figure(settings=settings, figure=figure, table=paths.to_frame())


def _paths(
    sheet: Paper, ax: Any, paths: LisaPaths, points: pd.DataFrame, n_labels: int
) -> tuple[pd.DataFrame, Any]:
    """Draw the paths; give their ends and the names that were written."""
    ends = {}
    for unit, own in points.groupby(level=0, sort=False):
        own = own.sort_index(level=1)
        shade = _shade(paths.table.loc[unit, "angle"])
        z, lag = own["z"].to_numpy(), own["lag"].to_numpy()
        ax.plot(z, lag, color=shade, linewidth=0.8, zorder=2)
        ax.plot(z[:1], lag[:1], "o", color=shade, markersize=2, zorder=2)
        ax.annotate(
            "", (z[-1], lag[-1]), (z[-2], lag[-2]), zorder=3,
            arrowprops={"arrowstyle": "-|>,head_length=0.25,head_width=0.13", "color": shade,
                        "linewidth": 0.8, "shrinkA": 0, "shrinkB": 0},
        )  # fmt: skip
        ends[unit] = (z[-1], lag[-1])
    ax.axhline(0, color=INK, linewidth=0.4, zorder=1)
    ax.axvline(0, color=INK, linewidth=0.4, zorder=1)
    ax.set_aspect("equal", adjustable="datalim")
    ax.margins(0.06)
    ax.set_xlabel(sheet.say("Standard score of the unit"), fontsize=LABEL)
    ax.set_ylabel(sheet.say("Standard score of its neighbors"), fontsize=LABEL)
    sheet.quiet(ax, grid="")
    where = pd.DataFrame.from_dict(ends, orient="index", columns=["z", "lag"])
    far = paths.table["length"].reindex(where.index).nlargest(n_labels).index
    words = [sheet.face.text(str(unit)) for unit in far]
    written = callouts.write(ax, words, where.loc[far].to_numpy(), size=SMALL, ink=INK)
    return where, written


def _rose(sheet: Paper, rose: Any, table: pd.DataFrame) -> None:
    """Draw how many units went which way; right: the unit rose, up: its neighbors."""
    angle = table["angle"].dropna().to_numpy(dtype=float)
    width = 360 / _SECTORS
    counts = np.bincount((angle // width).astype(int) % _SECTORS, minlength=_SECTORS)
    middles = np.radians(width * (np.arange(_SECTORS) + 0.5))
    shades = [_shade(float(np.degrees(middle))) for middle in middles]
    rose.bar(middles, counts, np.radians(width) * 0.94, color=shades, linewidth=0, zorder=2)
    rose.set_xticks(
        np.radians([0, 90, 180, 270]),
        [
            rows.broken(sheet, sheet.say(words), room)
            for words, room in zip(_POLES, (9.0, 40.0, 9.0, 40.0), strict=True)
        ],
    )
    top = int(counts.max()) if len(angle) else 1
    step = max(1, int(np.ceil(top / 4)))
    rose.set_yticks(range(step, top + 1, step))
    rose.set_rlabel_position(22.5)
    rose.tick_params(labelsize=SMALL, pad=2, labelcolor=INK)
    rose.tick_params(axis="x", pad=5)
    rose.grid(color=GRID, linewidth=0.5)
    rose.spines["polar"].set_color(GRID)
    sheet.head(rose, "Number of units by direction")


def _shade(angle: float) -> str:
    """Give the color of a direction in degrees; grey for a unit that stayed."""
    if not np.isfinite(angle):
        return "#9a9a9a"
    return palettes.DIRECTIONS[_QUADRANTS[int(angle % 360 // 90)]]


def _short(name: str) -> str:
    """Call a quadrant by what unit and neighbors do together."""
    return {
        _QUADRANTS[0]: "both rise",
        _QUADRANTS[1]: "unit falls, neighbors rise",
        _QUADRANTS[2]: "both fall",
        _QUADRANTS[3]: "unit rises, neighbors fall",
    }[name]
