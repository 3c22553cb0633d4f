"""What ranks do under other methods, and when an indicator is left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from spatialccd._result import record
from spatialccd.errors import check_range
from spatialccd.index.comparison import RankComparison
from spatialccd.index.robustness import RankSensitivity
from spatialccd.report.charts import rows
from spatialccd.report.paper.chart import GRID, INK, LABEL, SMALL, check_result, color, paper
from spatialccd.report.paper.classes import pick_times
from spatialccd.report.paper.figure import Figure
from spatialccd.report.paper.layout import Width
from spatialccd.report.paper.style import in_house_style
from spatialccd.report.words.figures import METHODS
from spatialccd.report.words.language import Language
from spatialccd.report.words.marks import COMMA

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from spatialccd.report.paper.chart import Paper

_PALE = "#c9c9c9"
#: A row, and what the names at one end may take of the width, in mm and as a share.
_ROW, _NAMES = 3.2, 0.24


@in_house_style
def chart_ranks(
    ranks: RankComparison | RankSensitivity,
    *,
    time: int | str | None = None,
    highlight: int = 5,
    title: str | None = None,
    language: Language = "en",
    labels: Mapping[str, object] | None = None,
    width: Width = "double",
) -> Figure:
    """Draw the rank of each unit from method to method, the largest shifts in color.

    Of a sensitivity the methods are the ranking of all indicators and those
    with one left out.

    Parameters
    ----------
    ranks : RankComparison or RankSensitivity
        What ``rank_comparison`` or ``rank_sensitivity`` returns.
    time : int or str, optional
        The time to draw; the last one of a panel when omitted.
    highlight : int, default 5
        How many units are in color: those whose ranks differ most.
    title : str, optional
        Stands above it.
    language : {"en", "zh"}, default "en"
        Of all words but those of the data.
    labels : mapping of str to str or mapping, optional
        What variables are called: a name, or any of "en", "zh", "unit" and "unit_zh".
    width : {"single", "middle", "double"}, default "double"
        90, 140 or 190 mm.

    Returns
    -------
    Figure
        ``.table`` has the ranks drawn, one column a method.

    Raises
    ------
    ParameterError
        `ranks` is another result, or has no such time.

    Examples
    --------
    >>> from spatialccd import rank_comparison
    >>> units = pd.Index(list("abcd"), name="unit")
    >>> panel = pd.DataFrame({"jobs": [4.0, 3, 2, 1], "smoke": [1.0, 9, 2, 3]}, units)
    >>> both = {"jobs": "benefit", "smoke": "cost"}
    >>> found = rank_comparison(panel, both, methods=["equal", "cv"])
    >>> chart_ranks(found).table["equal"].to_list()
    [1.0, 2.0, 3.0, 4.0]
    """
    settings = record("chart_ranks", locals())
    check_result("ranks", ranks, RankComparison, RankSensitivity)
    check_range("highlight", highlight, 0)
    ((at, table),) = pick_times(ranks.ranks, time, "ranks")[-1:]
    table = table.dropna().sort_values(table.columns[0], kind="stable")
    spread = (table.max(axis=1) - table.min(axis=1)).sort_values(ascending=False, kind="stable")
    colored = [unit for unit in spread.index[:highlight] if spread[unit] > 0]
    n = len(table)
    tall = min(max(n * _ROW, 40.0), 200.0)
    sheet = paper(language, width, 24.0 + tall, labels=labels)
    (ax,) = sheet.panels(1, 1)
    shades = {unit: color(i) for i, unit in enumerate(colored)}
    for unit in sorted(table.index, key=lambda u: u in shades):
        _path(ax, table.loc[unit].to_numpy(dtype=float), shades.get(unit))
    _names(sheet, ax, table, shades)
    left_out = isinstance(ranks, RankSensitivity)
    words = [_method(sheet, name, left_out=left_out) for name in table]
    room = (sheet.width - 2 * _longest(sheet, table)) / (table.shape[1] - 1)
    words = [rows.broken(sheet, word, 0.94 * room) for word in words]
    ax.set_xticks(range(table.shape[1]), words)
    ax.set_ylim(n + 0.7, 0.3)
    ax.set_xlim(-0.05, table.shape[1] - 0.95)
    sheet.quiet(ax, grid="")
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    ax.tick_params(length=0)
    for place in range(table.shape[1]):
        ax.axvline(place, color=GRID, linewidth=0.6, zorder=0)
    ax.xaxis.tick_top()
    if at is not None:
        ax.set_xlabel(f"{sheet.say('Rank')}{COMMA[sheet.language]}{sheet.say(at)}", fontsize=LABEL)
    return Figure(settings=settings, figure=sheet.finished(title), table=table)


def _method(sheet: Paper, name: object, *, left_out: bool) -> str:
    """Call a method, or the indicator that was left out."""
    if not left_out:
        return sheet.say(METHODS.get(str(name), str(name)))
    return sheet.say("all indicators" if name == "all" else "without {}").format(sheet.name(name))


def _path(ax: Axes, ranks: Any, shade: str | None) -> None:
    """Draw one unit's ranks as a smooth line."""
    x, y = [], []
    for place in range(len(ranks) - 1):
        step = np.linspace(0, 1, 25)
        x.append(place + step)
        y.append(ranks[place] + (ranks[place + 1] - ranks[place]) * (3 * step**2 - 2 * step**3))
    if x:
        thick, above = (1.6, 3) if shade else (0.8, 1)
        line = ax.plot(np.concatenate(x), np.concatenate(y), color=shade or _PALE, zorder=above)
        line[0].set_linewidth(thick)
    ax.plot(range(len(ranks)), ranks, "o", color=shade or _PALE, markersize=3.2,
            zorder=4 if shade else 2)  # fmt: skip


def _called(sheet: Paper, units: pd.Index) -> str:
    """Call the units of a rank, in a line; of long names the middle is left out."""
    text = ", ".join(sheet.face.text(str(unit)) for unit in units)
    return rows.shortened(sheet, text, _NAMES, _ROW)


def _longest(sheet: Paper, table: pd.DataFrame) -> float:
    """Give the width in mm of the names at an end, with their ranks."""
    if len(table) > rows.NAMED:
        return 8.0
    ends = (table.iloc[:, 0], table.iloc[:, -1])
    words = [_called(sheet, own.index) for end in ends for _, own in end.groupby(end)]
    return max(sheet.ruler.text(w, sheet.face.font(SMALL))[0] for w in words) + 8.0


def _names(sheet: Paper, ax: Axes, table: pd.DataFrame, shades: dict[Any, str]) -> None:
    """Write the names at both ends, where rows are far enough apart."""
    if len(table) > rows.NAMED:
        ax.set_yticks([1, *range(10, len(table) + 1, 10)])
        return
    first, last = table.iloc[:, 0], table.iloc[:, -1]
    ax.set_yticks([])
    for ends, place, ha in ((first, 0.0, "right"), (last, table.shape[1] - 1.0, "left")):
        for rank, own in ends.groupby(ends):
            text = _called(sheet, own.index)
            shade = next((shades[unit] for unit in own.index if unit in shades), INK)
            label = f"{text}  {rank:g}" if ha == "right" else f"{rank:g}  {text}"
            ax.annotate(
                label, (place, rank), xytext=(-5 if ha == "right" else 5, 0),
                textcoords="offset points", ha=ha, va="center", fontsize=SMALL, color=shade,
                annotation_clip=False,
            )  # fmt: skip
