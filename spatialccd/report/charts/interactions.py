"""Charts of the interaction detector: q of each pair of factors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.lines import Line2D

from spatialccd._result import record
from spatialccd.drivers.geodetector.cells.results import CellDetector
from spatialccd.drivers.geodetector.interaction import TYPES, InteractionDetector
from spatialccd.errors import ParameterError, check_choice, check_range
from spatialccd.report.charts import bubbles
from spatialccd.report.charts.factors import parts
from spatialccd.report.paper import palettes
from spatialccd.report.paper.chart import INK, LABEL, SMALL, check_result, paper
from spatialccd.report.paper.figure import Figure
from spatialccd.report.paper.layout import WIDTHS, Width
from spatialccd.report.paper.numbers import number
from spatialccd.report.paper.style import in_house_style
from spatialccd.report.words.language import Language

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from spatialccd.report.paper.chart import Paper

#: A mark for each way in which two factors work together.
_MARKS = dict(zip(TYPES, ("v", "1", "_", "+", "o", "^"), strict=True))
Style = Literal["triangle", "bubbles"]
#: In mm: the widest names; the largest cell, one that reads well, one that holds its figure;
#: the color bar, or the words of the key.
_NAMES, _CELL, _READABLE, _FIGURE, _SCALE = 48.0, 12.0, 7.5, 5.4, 16.0


@in_house_style
def chart_interactions(
    interactions: InteractionDetector | CellDetector,
    *,
    time: int | str | Sequence[int] | None = None,
    alpha: float = 0.05,
    style: Style = "triangle",
    title: str | None = None,
    language: Language = "en",
    labels: Mapping[str, object] | None = None,
    width: Width | None = None,
    letters: bool = False,
) -> Figure:
    """Draw q of each pair of factors as a triangle of colors or bubbles, with its type.

    Factors are numbered where their names stand. Single factors stand on the diagonal.
    A cell has the color of q and a mark for the type; a bubble is as large as q and
    has the color of the type. A mark, or the edge of a bubble, is bold where the
    permutation p of what it says is small: of the synergy for nonlinear
    enhancement, of the gain for every other type. Of a ``cell_detector`` that permuted a
    sample of its rows it is that of the gain throughout, as the key then says.

    Parameters
    ----------
    interactions : InteractionDetector or CellDetector
        What ``interaction_detector`` or ``cell_detector`` returns.
    time : int, str or sequence, optional
        The time to draw, or several; all times of a panel when omitted.
    alpha : float, default 0.05
        Marks and edges with a larger permutation p are thin.
    style : {"triangle", "bubbles"}, default "triangle"
        Cells in the color of q with marks, or bubbles as large as q.
    title : str, optional
        Stands above it.
    language : {"en", "zh"}, default "en"
        Of all words but those of the data.
    labels : mapping of str to str or mapping, optional
        What variables are called: a name, or any of "en", "zh", "unit" and "unit_zh".
    width : {"single", "middle", "double"}, optional
        90, 140 or 190 mm; single for one part and double for several when omitted.
    letters : bool, default False
        Write (a), (b), (c) and so on before the titles of the panels.

    Returns
    -------
    Figure
        ``.table`` is the part of the result's ``to_frame`` that is drawn.

    Raises
    ------
    ParameterError
        `interactions` is another result, holds no pairs or has no such time, or there
        are more than 16 panels.

    Examples
    --------
    >>> from spatialccd import interaction_detector
    >>> y = pd.Series([1, 1, 9, 9, 9, 9, 1, 1.0])
    >>> labels = pd.DataFrame({"dry": [0, 0, 0, 0, 1, 1, 1, 1], "high": [0, 0, 1, 1] * 2})
    >>> drawn = chart_interactions(interaction_detector(y, labels, seed=1))
    >>> drawn.table["type"].to_list()
    ['Nonlinear enhance']
    """
    settings = record("chart_interactions", locals())
    check_result("interactions", interactions, InteractionDetector, CellDetector)
    check_range("alpha", alpha, 0, 1)
    check_choice("style", style, get_args(Style))
    found = interactions.interactions if isinstance(interactions, CellDetector) else interactions
    figures = _at_times(found.to_frame(), found.by, time)
    panels = parts(figures, list(found.by))
    names = list(dict.fromkeys([*figures["factor_a"], *figures["factor_b"]]))
    paper_width = width or ("single" if len(panels) == 1 else "double")
    sheet = paper(language, paper_width, 40.0, letters=letters, labels=labels)
    room = min(_NAMES, 0.35 * WIDTHS[paper_width])
    key = [sheet.wrap(words, room) for words in _keyed(sheet, names)]
    left = max(sheet.ruler.text(words, sheet.face.font(SMALL))[0] for words in key) + 3.0
    columns, cell = _grid(len(panels), len(names), WIDTHS[paper_width] - left - _SCALE)
    beside = cell >= _READABLE
    if not beside:  # the names stand below, and cells get their room
        columns, cell = _grid(len(panels), len(names), WIDTHS[paper_width] - _SCALE - 4.0)
    below = "" if beside else sheet.wrap("  ".join(_keyed(sheet, names)), sheet.width - 4)
    rows = -(-len(panels) // columns)
    tall = sheet.height(below) + 14.0 if below else 14.0
    sheet.resize(min((cell * len(names) + 11.0) * rows + tall, 235.0))
    axes = sheet.panels(len(panels), columns)
    for i, (ax, (own, part)) in enumerate(zip(axes, panels, strict=True)):
        sure = _mark_p(part) <= alpha
        (bubbles.draw if style == "bubbles" else _triangle)(ax, part, names, sure, cell)
        _number_axes(ax, len(names))
        ax.set_yticks(range(len(names)), key if beside and i % columns == 0 else _numbers(names))
        sheet.head(ax, ", ".join(sheet.say(v) for v in own.values()))
    if style == "bubbles":
        bubbles.key(axes[columns - 1], len(names))
        entries = bubbles.explain(sheet, figures, alpha)
    else:
        _color_bar(sheet, axes)
        entries = _marks(sheet, figures, alpha)
    sheet.figure.legend(
        handles=entries, loc="outside lower center", fontsize=SMALL, frameon=False,
        ncols=sheet.columns([entry.get_label() for entry in entries]),
    )  # fmt: skip
    if below:
        sheet.figure.supxlabel(below, fontsize=SMALL)
    return Figure(settings=settings, figure=sheet.finished(title), table=figures)


def _keyed(sheet: Paper, names: Sequence[str]) -> list[str]:
    """Put its number before each name, in a way that a line does not break between them."""
    return [f"{i + 1}\u00a0{sheet.say(name)}" for i, name in enumerate(names)]


def _numbers(names: Sequence[str]) -> list[str]:
    return [str(i + 1) for i in range(len(names))]


def _grid(n: int, factors: int, room: float) -> tuple[int, float]:
    """Choose how many panels stand in a row, so that figures fit into cells; give a cell in mm."""
    fitting = [
        (columns, min((room - 5.0 * (columns - 1)) / columns / factors, _CELL))
        for columns in range(min(n, 4), 0, -1)
    ]
    readable = [one for one in fitting if one[1] >= _READABLE]
    even = [one for one in readable if n % one[0] == 0]
    return (even or readable or fitting[-1:])[0]


def _at_times(figures: pd.DataFrame, by: Sequence[str], time: Any) -> pd.DataFrame:
    if time is None:
        return figures
    if "time" not in by:
        raise ParameterError(f"the result is not split by time; leave out time={time!r}")
    wanted = [time] if isinstance(time, str) or not isinstance(time, Sequence) else list(time)
    known = figures["time"].astype(str)
    for one in wanted:
        check_choice("time", str(one), list(known.unique()))
    return figures[known.isin([str(one) for one in wanted])].reset_index(drop=True)


def _number_axes(ax: Axes, n: int) -> None:
    """Write the numbers of the factors below."""
    ax.set_xticks(range(n), [str(i + 1) for i in range(n)])
    ax.tick_params(labelsize=SMALL, length=0, labelcolor=INK)
    for spine in ax.spines.values():
        spine.set_visible(False)


def _triangle(
    ax: Axes, part: pd.DataFrame, names: list[str], sure: pd.Series, cell_mm: float
) -> None:
    """Color each pair by q; its figure and its mark stand inside where there is room."""
    place = {name: i for i, name in enumerate(names)}
    grid = np.full((len(names), len(names)), np.nan)
    for a, b, q, q_a, q_b in part[["factor_a", "factor_b", "q", "q_a", "q_b"]].itertuples(
        index=False
    ):
        i, j = place[a], place[b]
        grid[j, i], grid[i, i], grid[j, j] = q, q_a, q_b
    ax.imshow(grid, cmap=palettes.scheme("YlGnBu"), norm=Normalize(0, 1), aspect="equal")
    figures_fit = cell_mm >= _FIGURE
    for row, column in product(range(len(names)), repeat=2):
        q = grid[row, column]
        if figures_fit and not np.isnan(q):
            at = row - (0.2 if row != column else 0.0)
            ax.text(
                column, at, number(q, 2), ha="center", va="center",
                fontsize=SMALL, color="white" if q > 0.55 else INK,
            )  # fmt: skip
    for (a, b, q, kind), small in zip(
        part[["factor_a", "factor_b", "q", "type"]].itertuples(index=False), sure, strict=True
    ):
        if pd.isna(kind):
            continue
        ax.plot(
            place[a], place[b] + (0.27 if figures_fit else 0.0), _MARKS[kind],
            markersize=min(cell_mm * 0.55, 4.0), markeredgewidth=1.2 if small else 0.5,
            color="white" if q > 0.55 else INK, fillstyle="full" if small else "none",
        )  # fmt: skip


def _mark_p(part: pd.DataFrame) -> pd.Series:
    """Give the p-value behind the type of each pair; NaN without permutations."""
    if "p_gain" not in part:
        return pd.Series(np.nan, part.index)
    if "p_synergy" not in part:
        return part["p_gain"]
    return part["p_synergy"].where(part["type"] == "Nonlinear enhance", part["p_gain"])


def _marks(sheet: Paper, figures: pd.DataFrame, alpha: float) -> list[Any]:
    """Give the entries of the legend: a mark for each type, and what bold says."""
    used = [kind for kind in TYPES if (figures["type"] == kind).any()]
    handles = [
        Line2D([], [], color=INK, marker=_MARKS[k], linestyle="", markersize=4, label=sheet.say(k),
               fillstyle="none", markeredgewidth=0.6)
        for k in used
    ]  # fmt: skip
    if "p_gain" in figures:
        bold = bubbles.boldness(sheet, figures, alpha)
        handles.append(
            Line2D([], [], color=INK, marker="^", linestyle="", markersize=4, label=bold,
                   markeredgewidth=1.2)
        )  # fmt: skip
    return handles


def _color_bar(sheet: Paper, axes: Any) -> None:
    scale = ScalarMappable(Normalize(0, 1), palettes.scheme("YlGnBu"))
    bar = sheet.figure.colorbar(scale, ax=list(axes), shrink=0.6, aspect=25, pad=0.02)
    bar.set_label("q", fontsize=LABEL, rotation=0)
    bar.ax.tick_params(labelsize=SMALL, width=0.5, length=2, color=INK)
    bar.outline.set_visible(False)
