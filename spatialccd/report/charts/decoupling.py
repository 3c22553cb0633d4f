"""Tapio's chart: how a pressure changed beside its driver, in the fields of the eight states."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.patches import Patch, Polygon

from spatialccd._result import record
from spatialccd.coupling.decoupling import Decoupling
from spatialccd.errors import DataError, check_range
from spatialccd.report.charts import rows
from spatialccd.report.paper import callouts, palettes
from spatialccd.report.paper.chart import INK, LABEL, SMALL, check_result, pale, paper
from spatialccd.report.paper.classes import pick_times
from spatialccd.report.paper.figure import Figure
from spatialccd.report.paper.layout import WIDTHS, Width
from spatialccd.report.paper.style import in_house_style
from spatialccd.report.words.language import Language

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_PANELS = 9
#: How many times the largest of 90% of the changes still stands in its place.
_BEYOND = 3.0
_FAR = 50.0  # a slope that is upright on paper


@in_house_style
def chart_decoupling(
    decoupling: Decoupling,
    *,
    time: int | str | Sequence[int] | None = None,
    n_labels: int = 6,
    title: str | None = None,
    language: Language = "en",
    labels: Mapping[str, object] | None = None,
    width: Width | None = None,
    letters: bool = False,
) -> Figure:
    """Draw the change of a pressure against that of its driver, in Tapio's eight fields.

    Parameters
    ----------
    decoupling : Decoupling
        What ``decoupling`` returns.
    time : int, str or sequence, optional
        The time to draw, or several; of more than nine the last nine when omitted.
    n_labels : int, default 6
        Name that many units a panel, those farthest from the middle. A name
        that finds no room among the others is left out.
    title : str, optional
        Stands above it.
    language : {"en", "zh"}, default "en"
        Of all words but those of the data.
    labels : mapping of str to str or mapping, optional
        What variables are called: a name, or any of "en", "zh", "unit" and "unit_zh".
    width : {"single", "middle", "double"}, optional
        90, 140 or 190 mm; middle for one panel and double for several when omitted.
    letters : bool, default False
        Write (a), (b), (c) and so on before the titles of the panels.

    Returns
    -------
    Figure
        ``.table`` has the points drawn: both changes, elasticity and state.

    Raises
    ------
    ParameterError
        `decoupling` is another result, or has no such time.
    DataError
        No unit has a change.

    References
    ----------
    Tapio, P. (2005). Towards a theory of decoupling. Transport Policy 12, 137-151,
    figure 1.

    Examples
    --------
    >>> from spatialccd import decoupling
    >>> index = pd.MultiIndex.from_product([list("ab"), [1, 2]], names=["unit", "time"])
    >>> waste = pd.Series([10.0, 9.0, 10.0, 10.5], index, name="waste")
    >>> income = pd.Series([10.0, 12.0, 10.0, 11.0], index, name="income")
    >>> drawn = chart_decoupling(decoupling(waste, income))
    >>> drawn.table["state"].to_list()
    ['strong decoupling', 'weak decoupling']
    """
    settings = record("chart_decoupling", locals())
    check_result("decoupling", decoupling, Decoupling)
    check_range("n_labels", n_labels, 0)
    frame = decoupling.to_frame().dropna(subset=["pressure_change", "driver_change"])
    if frame.empty:
        raise DataError("no unit has a change: the first time has none before it")
    picked = pick_times(frame, time, "decoupling")
    if time is None:
        picked = picked[-_MOST_PANELS:]
    columns = min(len(picked), 3)
    lines = math.ceil(len(picked) / columns)
    width = width or ("middle" if len(picked) == 1 else "double")
    side = 85.0 if len(picked) == 1 else (WIDTHS[width] - 8) / columns
    sheet = paper(language, width, side * lines + 22.0, letters=letters, labels=labels)
    axes = sheet.panels(len(picked), columns, share_x=True, share_y=True)
    x, y = frame["driver_change"] * 100, frame["pressure_change"] * 100
    drawn_rows = pd.concat([part for _, part in picked])
    reach_x, reach_y = _reach(drawn_rows["driver_change"]), _reach(drawn_rows["pressure_change"])
    bands = decoupling.settings["bands"]
    written, beyond = [], 0
    for ax, (at, part) in zip(axes, picked, strict=True):
        _fields(ax, bands, reach_x, reach_y)
        points = pd.DataFrame({"x": x, "y": y}).loc[_rows(frame, at)]
        points.index = part.index
        outside = (points["x"].abs() > reach_x) | (points["y"].abs() > reach_y)
        beyond += int(outside.sum())
        points = points.clip(
            [-0.97 * reach_x, -0.97 * reach_y], [0.97 * reach_x, 0.97 * reach_y], axis=1
        )
        for there, marker in ((~outside, "o"), (outside, "^")):
            ax.scatter(
                points.loc[there, "x"], points.loc[there, "y"], s=13, marker=marker,
                edgecolors=INK, linewidths=0.4, zorder=4,
                c=[palettes.DECOUPLING[str(s)] for s in part.loc[there, "state"]],
            )  # fmt: skip
        far = ((points["x"] / reach_x) ** 2 + (points["y"] / reach_y) ** 2).nlargest(n_labels).index
        names = [sheet.face.text(str(unit)) for unit in far]
        written.append(
            (points, callouts.write(ax, names, points.loc[far].to_numpy(), size=SMALL, ink=INK))
        )
        ax.set(xlim=(-reach_x, reach_x), ylim=(-reach_y, reach_y))
        sheet.head(ax, "" if len(picked) == 1 else at)
        sheet.quiet(ax, grid="")
        ax.label_outer()
    for ax in axes[max(len(picked) - columns, 0) : len(picked)]:
        ax.tick_params(labelbottom=True)
        ax.set_xlabel(sheet.say("Change of the driver (%)"), fontsize=LABEL)
    for ax in axes[::columns]:
        ax.set_ylabel(sheet.say("Change of the pressure (%)"), fontsize=LABEL)
    note = ""
    if beyond:
        note = sheet.say("{} points lie beyond the axes, at their edge (triangles)").format(beyond)
    counts = drawn_rows["state"].astype(str).value_counts()
    rows.explain(
        sheet,
        [
            Patch(facecolor=shade, edgecolor=INK, linewidth=0.3,
                  label=f"{sheet.say(state)} ({counts.get(state, 0)})")
            for state, shade in palettes.DECOUPLING.items()
            if state != "undefined" or state in counts
        ],
        note,
    )  # fmt: skip
    figure = sheet.finished(title)
    parts = [(ax, own, points.to_numpy()) for ax, (points, own) in zip(axes, written, strict=True)]
    callouts.settle(sheet, figure, parts)
    return Figure(settings=settings, figure=figure, table=drawn_rows)


def _rows(frame: pd.DataFrame, at: object) -> pd.Index:
    if at is None:
        return frame.index
    return frame.index[frame.index.get_level_values(1) == at]


def _reach(changes: pd.Series) -> float:
    """Give how far an axis goes, the same both ways, in percent.

    A few changes far beyond the others stand at the edge, so that these can be read.
    """
    size = np.abs(changes.to_numpy(dtype=float))
    usual = _BEYOND * float(np.quantile(size, 0.9))
    return 112 * (min(float(size.max()), usual) if usual > 0 else float(size.max())) or 1.0


def _fields(ax: Axes, bands: Sequence[float], reach_x: float, reach_y: float) -> None:
    """Color the plane by state: rays from the middle part the eight."""
    low, high = bands
    right, left = (1.0, 0.0), (-1.0, 0.0)
    up, down = (0.0, 1.0), (0.0, -1.0)
    rays = {
        "strong decoupling": (down, right),
        "weak decoupling": (right, (1.0, low)),
        "expansive coupling": ((1.0, low), (1.0, high)),
        "expansive negative decoupling": ((1.0, high), up),
        "strong negative decoupling": (up, left),
        "weak negative decoupling": (left, (-1.0, -low)),
        "recessive coupling": ((-1.0, -low), (-1.0, -high)),
        "recessive decoupling": ((-1.0, -high), down),
    }
    size = _FAR * max(reach_x, reach_y)
    for state, (one, other) in rays.items():
        corners = [(0.0, 0.0), *((size * dx, size * dy) for dx, dy in (one, other))]
        if abs(one[0] * other[0] + one[1] * other[1]) < 1e-9:  # a quarter needs its far corner
            corners.insert(2, (size * (one[0] + other[0]), size * (one[1] + other[1])))
        ax.add_patch(Polygon(corners, facecolor=pale(palettes.DECOUPLING[state], 0.24), linewidth=0,
                             zorder=0))  # fmt: skip
    ax.axhline(0, color=INK, linewidth=0.5, zorder=1)
    ax.axvline(0, color=INK, linewidth=0.5, zorder=1)
    for slope in (low, high):
        ax.axline((0, 0), slope=slope, color=INK, linewidth=0.4, linestyle=":", zorder=1)
