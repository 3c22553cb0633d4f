"""Tables of figures as matrices: densities of blocks, degrees of pairs, agreement of methods."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle

from spatialccd._result import record
from spatialccd.association.joincount import JoinCounts
from spatialccd.association.lisa_dynamics import LisaTransitions
from spatialccd.coupling.grey import GreyCoupling
from spatialccd.coupling.typology import CoordinationTypes
from spatialccd.coupling.variants import VariantComparison
from spatialccd.drivers.geodetector.ecological import EcologicalDetector
from spatialccd.dynamics.inequality import DagumGini
from spatialccd.errors import ParameterError, check_choice
from spatialccd.index.comparison import RankComparison
from spatialccd.index.grey import GreyRelation
from spatialccd.network.blocks import Blocks
from spatialccd.network.core import CorePeriphery
from spatialccd.report.charts import rows
from spatialccd.report.paper import palettes
from spatialccd.report.paper.chart import INK, LABEL, SMALL, check_result, paper
from spatialccd.report.paper.figure import Figure
from spatialccd.report.paper.layout import WIDTHS, Width
from spatialccd.report.paper.style import in_house_style
from spatialccd.report.words.figures import METHODS
from spatialccd.report.words.language import Language

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from spatialccd.report.paper.chart import Paper

_MOST_PANELS = 9
#: Seen on pale and on dark cells.
_FRAME = "#d55e00"
_PANELS_A_ROW = 3


@dataclass(frozen=True)
class Matrix:
    """One matrix to draw.

    Attributes
    ----------
    values : DataFrame
        Rows by columns; missing cells stay empty.
    title : str
        Of the panel.
    heading : str
        What the figures are.
    framed : DataFrame of bool, optional
        Cells in a frame.
    frame_means : str
        What a frame says.
    whole : bool
        Figures are counts.
    about : float or None
        Where the colors part.
    words : str
        Translated are "rows", "columns", "both" or "" of the labels.
    """

    values: pd.DataFrame
    title: str
    heading: str
    framed: pd.DataFrame | None = None
    frame_means: str = ""
    whole: bool = False
    about: float | None = None
    words: str = ""


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
    of coordination by grade and lag, moves between the states of a LISA.

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
    bar.set_label(rows.broken(sheet, sheet.say(panels[0].heading), 0.55 * height), fontsize=LABEL)
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
    if len(panels) > _MOST_PANELS:
        names = ", ".join(panel.title for panel in panels)
        raise ParameterError(
            f"there are {len(panels)} parts and room for {_MOST_PANELS}; name one by time=: {names}"
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
            words = f"{value:.0f}" if panel.whole else f"{value:.2f}".replace("-", "\N{MINUS SIGN}")
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


# --- what is drawn of each result ---------------------------------------------------------------


def _blocks(found: Blocks) -> list[Matrix]:
    names = {n: f"{n}" for n in found.densities}
    image = found.image == 1
    values = found.densities.rename(index=names, columns=names)
    return [
        Matrix(values, "", "Density", framed=image,
               frame_means="denser than the whole network (image matrix: 1)")
    ]  # fmt: skip


def _core(found: CorePeriphery) -> list[Matrix]:
    return [Matrix(found.densities, "", "Density", words="both")]


def _grey_coupling(found: GreyCoupling) -> list[Matrix]:
    return [Matrix(found.degrees, "", "Grey relational degree")]


def _grey_relation(found: GreyRelation) -> list[Matrix]:
    """Give a matrix of references by factors; a frame is above what chance gives."""
    parts: list[tuple[Any, pd.DataFrame]] = [("", found.table)]
    others = list(range(2, found.table.index.nlevels))
    if others:
        parts = list(found.table.groupby(level=others, sort=False))
    panels = []
    for key, part in parts:
        flat = part.droplevel(others) if others else part
        values = flat["degree"].unstack(sort=False)
        beyond = (flat["degree"] > flat["chance_95"]).unstack(sort=False)
        title = str(key[0] if isinstance(key, tuple) else key)
        panels.append(
            Matrix(values, title, "Grey relational degree", framed=beyond,
                   frame_means="above 95% of random orders")
        )  # fmt: skip
    return panels


def _agreement(found: Any) -> list[Matrix]:
    """Give Spearman's correlations of methods, mirrored about the diagonal."""
    pairs = found.pairs["spearman"]
    others = list(range(2, pairs.index.nlevels))
    parts: list[tuple[Any, pd.Series]] = [("", pairs)]
    if others:
        parts = list(pairs.groupby(level=others, sort=True))
    panels = []
    for key, part in parts[-_MOST_PANELS:]:
        flat = part.droplevel(others) if others else part
        names = list(
            dict.fromkeys([*flat.index.get_level_values(0), *flat.index.get_level_values(1)])
        )
        values = pd.DataFrame(np.eye(len(names)), names, names)
        for (a, b), value in flat.items():
            values.loc[a, b] = values.loc[b, a] = value
        values = values.rename(index=METHODS, columns=METHODS)
        title = str(key[0] if isinstance(key, tuple) else key)
        panels.append(Matrix(values, title, "Spearman correlation of ranks", words="both"))
    return panels


def _types(found: CoordinationTypes) -> list[Matrix]:
    counts = found.counts
    heading = "Number of units"
    if counts.index.nlevels == 1:
        return [Matrix(_types_of(counts), "", heading, whole=True, words="both")]
    times = counts.index.get_level_values("time").unique()
    chosen = times if len(times) <= _MOST_PANELS else times[[0, len(times) // 2, len(times) - 1]]
    return [
        Matrix(_types_of(counts.xs(t, level="time")), str(t), heading, whole=True, words="both")
        for t in chosen
    ]


def _types_of(counts: pd.DataFrame) -> pd.DataFrame:
    """Put the best grade on top."""
    return counts.rename(index=str).iloc[::-1]


def _ecological(found: EcologicalDetector) -> list[Matrix]:
    """Give q of the row's factor less that of the column's; a frame where they differ."""
    figures = found.figures
    parts: list[tuple[Any, pd.DataFrame]] = [("", figures)]
    if found.by:
        parts = list(figures.groupby(list(found.by), sort=False))
    panels = []
    for key, part in parts:
        names = list(dict.fromkeys([*part["factor_a"], *part["factor_b"]]))
        values = pd.DataFrame(np.nan, names, names)
        differ = pd.DataFrame(False, names, names)
        for row in part.itertuples():
            values.loc[row.factor_b, row.factor_a] = row.q_b - row.q_a
            differ.loc[row.factor_b, row.factor_a] = bool(row.significant)
        title = ", ".join(map(str, key)) if isinstance(key, tuple) else str(key)
        panels.append(
            Matrix(
                values.iloc[1:, :-1],
                title,
                "Difference of q (row less column)",
                framed=differ.iloc[1:, :-1],
                frame_means="the two differ significantly",
                about=0.0,
            )
        )
    return panels


def _joins(found: JoinCounts) -> list[Matrix]:
    panels = []
    for time, part in found.table.groupby("time", sort=False):
        names = list(dict.fromkeys([*part["grade"], *part["neighbor"]]))
        values = pd.DataFrame(np.nan, names, names)
        sure = pd.DataFrame(False, names, names)
        for row in part.itertuples():
            values.loc[row.neighbor, row.grade] = row.z
            sure.loc[row.neighbor, row.grade] = row.p_sim <= 0.05
        title = "" if time == "all" else str(time)
        panels.append(
            Matrix(values, title, "z of the joins", framed=sure, frame_means="p ≤ 0.05", about=0.0,
                   words="both")
        )  # fmt: skip
    return panels


def _dagum(found: DagumGini) -> list[Matrix]:
    between = found.between
    heading = "Gini coefficient between groups"
    if between.index.nlevels == 1:
        return [Matrix(between, "", heading)]
    times = between.index.get_level_values(0).unique()
    chosen = times if len(times) <= _MOST_PANELS else times[[0, len(times) // 2, len(times) - 1]]
    return [Matrix(between.loc[time], str(time), heading) for time in chosen]


def _moves(found: LisaTransitions) -> list[Matrix]:
    return [Matrix(found.probabilities, "", "Probability", words="both")]


#: By class of result: the matrices drawn of it.
PLANS: dict[type, Callable[[Any], list[Matrix]]] = {
    Blocks: _blocks,
    CorePeriphery: _core,
    GreyCoupling: _grey_coupling,
    GreyRelation: _grey_relation,
    RankComparison: _agreement,
    VariantComparison: _agreement,
    CoordinationTypes: _types,
    EcologicalDetector: _ecological,
    JoinCounts: _joins,
    DagumGini: _dagum,
    LisaTransitions: _moves,
}
