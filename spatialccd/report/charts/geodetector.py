"""Charts of the geodetectors: q of each factor, and of each pair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from spatialccd._result import record
from spatialccd.drivers.geodetector.factor import FactorDetector
from spatialccd.drivers.geodetector.interaction import TYPES, InteractionDetector
from spatialccd.errors import ParameterError, check_choice, check_range
from spatialccd.report.paper import palettes
from spatialccd.report.paper.chart import INK, LABEL, SMALL, check_result, color, pale, paper
from spatialccd.report.paper.figure import Figure
from spatialccd.report.paper.layout import WIDTHS, Width
from spatialccd.report.paper.style import in_house_style
from spatialccd.report.words.language import Language

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from spatialccd.report.paper.chart import Paper

#: A mark for each way in which two factors work together.
_MARKS = dict(zip(TYPES, ("v", "1", "_", "+", "o", "^"), strict=True))
_MOST_PANELS = 16
#: In mm: what a small letter takes, the largest cell of a triangle, room for its labels.
_LETTER, _CELL, _NAMES = 1.3, 14.0, 16.0
_MM_PER_INCH = 25.4


@in_house_style
def chart_factors(
    factors: FactorDetector,
    *,
    alpha: float = 0.05,
    title: str | None = None,
    language: Language = "en",
    labels: Mapping[str, object] | None = None,
    width: Width = "double",
    letters: bool = False,
) -> Figure:
    """Draw q of each factor as bars, by year or group, with intervals where there are any.

    The last name in `by` gives the bars of a factor, the names before it a
    panel each. A pale bar is not significant by permutation; the line across a
    bar is the q to expect without any effect; the whisker is the interval of
    the share in the population.

    Parameters
    ----------
    factors : FactorDetector
        What ``factor_detector`` returns.
    alpha : float, default 0.05
        Bars with a larger permutation p are pale.
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
        ``.table`` is the result's ``to_frame``.

    Raises
    ------
    ParameterError
        `factors` is another result, or there are more than 16 panels.

    Examples
    --------
    >>> from spatialccd import factor_detector
    >>> y = pd.Series([1, 2, 1, 2, 5, 6, 5, 6.0])
    >>> found = factor_detector(y, pd.DataFrame({"zone": list("NNNNSSSS")}), seed=1)
    >>> chart_factors(found).table["q"].round(2).to_list()
    [0.94]
    """
    settings = record("chart_factors", locals())
    check_result("factors", factors, FactorDetector)
    check_range("alpha", alpha, 0, 1)
    figures = factors.to_frame()
    *outer, inner = [None, *factors.by] if not factors.by else list(factors.by)
    panels = _parts(figures, [name for name in outer if name])
    columns = min(len(panels), 2 if width != "single" else 1)
    rows = -(-len(panels) // columns)
    sheet = paper(language, width, 15.0 + 48.0 * rows, letters=letters, labels=labels)
    axes = sheet.panels(len(panels), columns, share_y=True)
    shades = _shades(figures, inner)
    for ax, (key, part) in zip(axes, panels, strict=True):
        _bars(sheet, ax, part, inner, shades, alpha)
        sheet.head(ax, ", ".join(sheet.say(v) for v in key.values()))
    for ax in axes[::columns]:
        ax.set_ylabel("q", fontsize=LABEL)
    _explain_bars(sheet, figures, inner, shades, alpha)
    return Figure(settings=settings, figure=sheet.finished(title), table=figures)


@in_house_style
def chart_interactions(
    interactions: InteractionDetector,
    *,
    time: int | str | Sequence[int] | None = None,
    alpha: float = 0.05,
    title: str | None = None,
    language: Language = "en",
    labels: Mapping[str, object] | None = None,
    width: Width | None = None,
    letters: bool = False,
) -> Figure:
    """Draw q of each pair of factors as a triangle of colors with a mark for its type.

    Single factors stand on the diagonal. A mark is bold where the permutation p
    of what it says is small: of the synergy for nonlinear enhancement, of the
    gain for every other type.

    Parameters
    ----------
    interactions : InteractionDetector
        What ``interaction_detector`` returns.
    time : int, str or sequence, optional
        The time to draw, or several; all times of a panel when omitted.
    alpha : float, default 0.05
        Marks with a larger permutation p are thin.
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
        `interactions` is another result or has no such time, or there are more
        than 16 panels.

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
    check_result("interactions", interactions, InteractionDetector)
    check_range("alpha", alpha, 0, 1)
    figures = _at_times(interactions.to_frame(), interactions.by, time)
    panels = _parts(figures, list(interactions.by))
    inner = figures[interactions.by[-1]].nunique() if interactions.by else 1
    columns = min(inner if inner > 1 else len(panels), 4)
    rows = -(-len(panels) // columns)
    names = list(dict.fromkeys([*figures["factor_a"], *figures["factor_b"]]))
    paper_width = width or ("single" if len(panels) == 1 else "double")
    side = min((WIDTHS[paper_width] - 22.0) / columns, _CELL * len(names) + _NAMES)
    sheet = paper(
        language,
        paper_width,
        min(22.0 + (side + 4.0) * rows, 235.0),
        letters=letters,
        labels=labels,
    )
    axes = sheet.panels(len(panels), columns)
    cell_mm = min(side, 210.0 / rows) * 0.75 / len(names)
    for ax, (key, part) in zip(axes, panels, strict=True):
        _triangle(sheet, ax, part, names, alpha, cell_mm)
        sheet.head(ax, ", ".join(sheet.say(v) for v in key.values()))
    _explain_marks(sheet, axes, figures, alpha)
    return Figure(settings=settings, figure=sheet.finished(title), table=figures)


def _parts(figures: pd.DataFrame, names: list[str]) -> list[tuple[dict[str, Any], pd.DataFrame]]:
    """Split figures by the names, in the order of the result."""
    if not names:
        return [({}, figures)]
    groups = figures.groupby(names, sort=False, observed=True)
    found = [(dict(zip(names, key, strict=True)), part) for key, part in groups]
    if len(found) > _MOST_PANELS:
        raise ParameterError(
            f"{len(found)} panels do not fit on one sheet (at most {_MOST_PANELS}); "
            "draw fewer times or groups"
        )
    return found


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


# --- bars ---------------------------------------------------------------------------------------


def _shades(figures: pd.DataFrame, inner: str | None) -> dict[Any, str]:
    """Give a color to each bar of a factor: a ramp for times, apart for groups."""
    if inner is None:
        return {None: color(0)}
    values = list(figures[inner].unique())
    if pd.api.types.is_numeric_dtype(figures[inner]):
        return dict(zip(values, palettes.ramp("YlGnBu", len(values) + 1)[1:], strict=True))
    return {value: color(i) for i, value in enumerate(values)}


def _bars(
    sheet: Paper,
    ax: Axes,
    part: pd.DataFrame,
    inner: str | None,
    shades: dict[Any, str],
    alpha: float,
) -> None:
    names = list(part["factor"].unique())
    thick = 0.82 / len(shades)
    for i, (value, shade) in enumerate(shades.items()):
        rows = part if inner is None else part[part[inner] == value]
        rows = rows.set_index("factor").reindex(names)
        at = np.arange(len(names)) + (i - (len(shades) - 1) / 2) * thick
        bars = ax.bar(at, rows["q"], thick * 0.92, color=shade, edgecolor=INK, linewidth=0.3)
        if "p_permutation" in rows:
            for bar, p in zip(bars, rows["p_permutation"], strict=True):
                bar.set_facecolor(shade if p <= alpha else pale(shade, 0.3))
        half = thick * 0.46
        ax.hlines(rows["expected_q"], at - half, at + half, color=INK, linewidth=0.9)
        if "q_low" in rows:
            ax.vlines(at, rows["q_low"], rows["q_high"], color=INK, linewidth=0.7)
    ax.set_xticks(np.arange(len(names)), [sheet.say(name) for name in names])
    ax.set_ylim(0, 1.02)
    sheet.quiet(ax)
    ax.tick_params(axis="x", length=0)
    room = ax.get_window_extent().width / ax.figure.dpi * _MM_PER_INCH / len(names)
    if max(map(len, names)) * _LETTER > room:
        ax.tick_params(axis="x", labelrotation=30)


def _explain_bars(
    sheet: Paper, figures: pd.DataFrame, inner: str | None, shades: dict[Any, str], alpha: float
) -> None:
    handles: list[Any] = [
        Patch(facecolor=shade, edgecolor=INK, linewidth=0.3, label=sheet.say(value))
        for value, shade in shades.items()
        if inner is not None
    ]
    if "p_permutation" in figures:
        handles.append(
            Patch(
                facecolor=pale(color(0), 0.3), edgecolor=INK, linewidth=0.3,
                label=f"{sheet.say('pale')}: p > {alpha:g}",
            )
        )  # fmt: skip
    handles.append(
        Line2D([], [], color=INK, linewidth=0.9, label=sheet.say("q expected without effect"))
    )
    if "q_low" in figures:
        handles.append(
            Line2D([], [], color=INK, marker="|", linestyle="", label=sheet.say("interval"))
        )
    sheet.figure.legend(
        handles=handles, loc="outside lower center", ncols=min(len(handles), 7),
        fontsize=SMALL, frameon=False,
    )  # fmt: skip


# --- triangle -----------------------------------------------------------------------------------


def _triangle(
    sheet: Paper, ax: Axes, part: pd.DataFrame, names: list[str], alpha: float, cell_mm: float
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
    size = min(SMALL, cell_mm * 0.72)
    figures_fit = size >= 3.2
    for row, column in product(range(len(names)), repeat=2):
        q = grid[row, column]
        if figures_fit and not np.isnan(q):
            at = row - (0.2 if row != column else 0.0)
            ax.text(
                column, at, f"{q:.2f}", ha="center", va="center",
                fontsize=size, color="white" if q > 0.55 else INK,
            )  # fmt: skip
    p = _mark_p(part)
    for (a, b, q, kind), small in zip(
        part[["factor_a", "factor_b", "q", "type"]].itertuples(index=False), p <= alpha, strict=True
    ):
        if pd.isna(kind):
            continue
        ax.plot(
            place[a], place[b] + (0.26 if figures_fit else 0.0), _MARKS[kind],
            markersize=min(cell_mm * 0.62, 4.5), markeredgewidth=1.2 if small else 0.5,
            color="white" if q > 0.55 else INK, fillstyle="full" if small else "none",
        )  # fmt: skip
    labels = [sheet.say(name) for name in names]
    ax.set_xticks(range(len(names)), labels, rotation=45 if max(map(len, names)) > 4 else 0)
    ax.set_yticks(range(len(names)), labels)
    ax.tick_params(labelsize=SMALL, length=0, labelcolor=INK)
    for spine in ax.spines.values():
        spine.set_visible(False)


def _mark_p(part: pd.DataFrame) -> pd.Series:
    """Give the p-value behind the type of each pair; NaN without permutations."""
    if "p_gain" not in part:
        return pd.Series(np.nan, part.index)
    return part["p_synergy"].where(part["type"] == "Nonlinear enhance", part["p_gain"])


def _explain_marks(sheet: Paper, axes: Any, figures: pd.DataFrame, alpha: float) -> None:
    used = [kind for kind in TYPES if (figures["type"] == kind).any()]
    handles = [
        Line2D([], [], color=INK, marker=_MARKS[k], linestyle="", markersize=4, label=sheet.say(k),
               fillstyle="none", markeredgewidth=0.6)
        for k in used
    ]  # fmt: skip
    if "p_gain" in figures:
        bold = f"{sheet.say('bold')}: p ≤ {alpha:g}"
        handles.append(
            Line2D([], [], color=INK, marker="^", linestyle="", markersize=4, label=bold,
                   markeredgewidth=1.2)
        )  # fmt: skip
    scale = ScalarMappable(Normalize(0, 1), palettes.scheme("YlGnBu"))
    bar = sheet.figure.colorbar(scale, ax=list(axes), shrink=0.6, aspect=25, pad=0.02)
    bar.set_label("q", fontsize=LABEL, rotation=0)
    bar.ax.tick_params(labelsize=SMALL, width=0.5, length=2, color=INK)
    bar.outline.set_visible(False)
    sheet.figure.legend(
        handles=handles, loc="outside lower center", ncols=min(len(handles), 4),
        fontsize=SMALL, frameon=False,
    )  # fmt: skip
