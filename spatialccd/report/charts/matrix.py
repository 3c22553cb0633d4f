"""Tables of figures as matrices: densities of blocks, degrees of pairs, agreement of methods."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle

from spatialccd._result import record
from spatialccd.errors import ParameterError, check_choice
from spatialccd.report.charts import rows
from spatialccd.report.paper import palettes
from spatialccd.report.paper.chart import INK, LABEL, SMALL, check_result, paper
from spatialccd.report.paper.figure import Figure
from spatialccd.report.paper.layout import WIDTHS, Width
from spatialccd.report.paper.matrices import MOST_PANELS, PLANS, Matrix
from spatialccd.report.paper.style import in_house_style
from spatialccd.report.words.language import Language

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from spatialccd.association.joincount import JoinCounts
    from spatialccd.association.lisa_dynamics import LisaTransitions
    from spatialccd.coupling.grey import GreyCoupling
    from spatialccd.coupling.typology import CoordinationTypes
    from spatialccd.coupling.variants import VariantComparison
    from spatialccd.drivers.geodetector.ecological import EcologicalDetector
    from spatialccd.drivers.geodetector.gozh import SearchedDetector
    from spatialccd.drivers.geodetector.lesh import ShapleyShares
    from spatialccd.dynamics.inequality import DagumGini
    from spatialccd.index.comparison import RankComparison
    from spatialccd.index.grey import GreyRelation
    from spatialccd.network.blocks import Blocks
    from spatialccd.network.core import CorePeriphery
    from spatialccd.report.paper.chart import Paper

#: Seen on pale and on dark cells.
_FRAME = "#d55e00"
_PANELS_A_ROW = 3


@in_house_style
def chart_matrix(
    result: Blocks
    | CorePeriphery
    | GreyCoupling
    | GreyRelation
    | RankComparison
    | VariantComparison
    | CoordinationTypes
    | EcologicalDetector
    | SearchedDetector
    | ShapleyShares
    | JoinCounts
    | DagumGini
    | LisaTransitions,
    *,
    time: str | None = None,
    title: str | None = None,
    language: Language = "en",
    labels: Mapping[str, object] | None = None,
    width: Width | None = None,
    letters: bool = False,
) -> Figure:
    """Draw a result's table of rows by columns as a matrix, its figures in the cells.

    Densities of blocks with their image matrix (framed: above that of the whole
    network), grey relational degrees by pair, the correlation of rankings, types
    of coordination by grade and lag, moves between the states of a LISA, q of factors
    and pairs that a search found (framed: p of the search at most 5%).

    Parameters
    ----------
    result : Blocks, GreyCoupling, RankComparison, CoordinationTypes, JoinCounts, ...
        A result with such a table.
    time : str, optional
        The time or part to draw; all, up to nine, when omitted.
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
        ``.table`` has the matrices drawn, one below the other, by panel.

    Raises
    ------
    ParameterError
        `result` is another result, has no such time, or more than nine parts.

    Examples
    --------
    >>> from spatialccd import rank_comparison
    >>> units = pd.Index(list("abcd"), name="unit")
    >>> panel = pd.DataFrame({"jobs": [4.0, 3, 2, 1], "smoke": [1.0, 9, 2, 3]}, units)
    >>> both = {"jobs": "benefit", "smoke": "cost"}
    >>> found = rank_comparison(panel, both, methods=["equal", "cv"])
    >>> chart_matrix(found).table.to_numpy().round(2).tolist()
    [[1.0, 1.0], [1.0, 1.0]]
    """
    settings = record("chart_matrix", locals())
    check_result("result", result, *PLANS)
    panels = _panels(result, time)
    columns = min(len(panels), _PANELS_A_ROW if max(p.values.shape[1] for p in panels) <= 6 else 2)
    lines = math.ceil(len(panels) / columns)
    width = width or ("middle" if len(panels) == 1 else "double")
    deep = max(panel.values.shape[0] for panel in panels)
    cell = min(11.0, max(4.0, WIDTHS[width] * 0.62 / columns / panels[0].values.shape[1]))
    height = max(14.0 + lines * (deep * min(cell, 9.0) + 24.0), 62.0)
    sheet = paper(language, width, height, letters=letters, labels=labels)
    axes = sheet.panels(len(panels), columns)
    limits = _limits(panels)
    image: Any = None
    for ax, panel in zip(axes, panels, strict=True):
        image = _draw(sheet, ax, panel, limits, columns)
    bar = sheet.figure.colorbar(image, ax=axes, shrink=0.7, pad=0.02, aspect=25)
    room = max(0.85 * lines * deep * min(cell, 9.0), 26.0)
    bar.set_label(rows.broken(sheet, sheet.say(panels[0].heading), room, LABEL), fontsize=LABEL)
    bar.ax.tick_params(labelsize=SMALL, width=0.5, length=2, color=INK)
    bar.outline.set_visible(False)
    if panels[0].whole:
        rows.whole(bar.ax.yaxis)
    if panels[0].frame_means:
        frame = Rectangle((0, 0), 1, 1, facecolor="none", edgecolor=_FRAME, linewidth=1.2,
                          label=sheet.say(panels[0].frame_means))  # fmt: skip
        rows.explain(sheet, [frame])
    table = pd.concat([panel.values for panel in panels], keys=[p.title or "all" for p in panels])
    return Figure(settings=settings, figure=sheet.finished(title), table=table)


def _panels(result: Any, time: str | None) -> list[Matrix]:
    panels = next(plan(result) for kind, plan in PLANS.items() if isinstance(result, kind))
    if time is not None:
        check_choice("time", str(time), [panel.title for panel in panels])
        panels = [panel for panel in panels if panel.title == str(time)]
    if len(panels) > MOST_PANELS:
        names = ", ".join(panel.title for panel in panels)
        raise ParameterError(
            f"there are {len(panels)} parts and room for {MOST_PANELS}; name one by time=: {names}"
        )
    return panels


def _limits(panels: list[Matrix]) -> tuple[Any, float, float]:
    """Give colors and their ends, the same in every panel."""
    known = np.concatenate([panel.values.to_numpy(dtype=float).ravel() for panel in panels])
    known = known[np.isfinite(known)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    about = panels[0].about
    if about is not None:
        reach = max(high - about, about - low) or 1.0
        return mpl.colormaps["RdBu_r"], about - reach, about + reach
    if panels[0].whole or low >= 0:
        low = 0.0
    return mpl.colormaps["YlGnBu"], low, high if high > low else low + 1.0


def _draw(
    sheet: Paper, ax: Axes, panel: Matrix, limits: tuple[Any, float, float], columns: int
) -> Any:
    values = panel.values.to_numpy(dtype=float)
    colormap, low, high = limits
    image = ax.imshow(
        np.ma.masked_invalid(values), cmap=colormap, vmin=low, vmax=high, aspect="auto"
    )
    room = sheet.width * 0.62 / columns / values.shape[1]
    for (i, j), value in np.ndenumerate(values):
        if np.isfinite(value) and room >= 4.5:
            words = f"{value:{'.0f' if panel.whole else 'z.2f'}}".replace("-", "\N{MINUS SIGN}")
            ink = palettes.ink_on(image.cmap(image.norm(value))[:3])
            ax.text(j, i, words, ha="center", va="center", fontsize=SMALL, color=ink)
        if panel.framed is not None and bool(panel.framed.to_numpy()[i, j]):
            ax.add_patch(Rectangle((j - 0.46, i - 0.44), 0.92, 0.88, facecolor="none",
                                   edgecolor=_FRAME, linewidth=1.2))  # fmt: skip
    down = [_word(sheet, name, panel.words in ("rows", "both")) for name in panel.values.index]
    across = [_word(sheet, name, panel.words in ("columns", "both")) for name in panel.values]
    ax.set_yticks(range(len(down)), [rows.wrapped(sheet, w, 0.3 / columns) for w in down])
    _name_columns(sheet, ax, across, room)
    ax.tick_params(labelsize=SMALL, length=0, labelcolor=INK)
    for spine in ax.spines.values():
        spine.set_visible(False)
    sheet.head(ax, panel.title)
    return image


def _word(sheet: Paper, name: object, ours: bool) -> str:
    return sheet.say(name) if ours else sheet.name(name)


def _name_columns(sheet: Paper, ax: Axes, words: list[str], room: float) -> None:
    """Write the names of columns, broken into lines; on a slope where even that is too wide."""
    broken = [rows.broken(sheet, word, room * 0.95) for word in words]
    longest = max(len(piece) for text in broken for piece in text.split("\n"))
    if longest * 1.15 <= room or (max(text.count("\n") for text in broken) <= 3 and room > 14):
        ax.set_xticks(range(len(words)), broken)
        return
    ax.set_xticks(range(len(words)), [rows.broken(sheet, word, 34.0) for word in words])
    for tick in ax.get_xticklabels():
        tick.set(rotation=40, ha="right", rotation_mode="anchor")
