"""Figures of groups over the years, as lines or as a heat map."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, get_args

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter

from spatialccd._result import record
from spatialccd.errors import DataError, check_choice
from spatialccd.report.charts import rows
from spatialccd.report.paper import palettes
from spatialccd.report.paper.chart import (
    GRID,
    INK,
    LABEL,
    SMALL,
    check_result,
    color,
    pale,
    paper,
)
from spatialccd.report.paper.figure import Figure
from spatialccd.report.paper.layout import Width
from spatialccd.report.paper.style import in_house_style
from spatialccd.report.paper.trends import ALL, PLANS, Trend, trends
from spatialccd.report.words.language import Language

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from spatialccd.association.bivariate import BivariateMoran
    from spatialccd.association.geary import GlobalGeary
    from spatialccd.association.hotspots import GlobalGetisOrd
    from spatialccd.association.joincount import JoinCounts
    from spatialccd.association.lee import LeeL
    from spatialccd.association.lisa_dynamics import LisaTransitions
    from spatialccd.association.moran import GlobalMoran
    from spatialccd.coupling.degree import CoordinationGrades, CouplingCoordination
    from spatialccd.coupling.mismatch import Mismatch
    from spatialccd.drivers.geodetector.factor import FactorDetector
    from spatialccd.drivers.geodetector.optimal_strata import OptimalStrata
    from spatialccd.drivers.geodetector.sesu import SESU
    from spatialccd.dynamics.convergence import SigmaConvergence, Variation
    from spatialccd.dynamics.groups import GroupSummary
    from spatialccd.dynamics.inequality import DagumGini
    from spatialccd.dynamics.rank_size import RankSize
    from spatialccd.dynamics.theil import Theil
    from spatialccd.efficiency.heterogeneity import GroupHeterogeneity
    from spatialccd.efficiency.malmquist import Malmquist
    from spatialccd.index.robustness import WeightStability
    from spatialccd.report.paper.chart import Paper

Style = Literal["lines", "heat"]

_PANELS_A_ROW = 3
_BAND = "#e3e3e3"
#: Rows of a heat map that still have room for their names, in mm.
_CELL = 3.4
_MOST_ROWS = 70


@in_house_style
def chart_trends(
    result: GroupSummary
    | Variation
    | SigmaConvergence
    | GroupHeterogeneity
    | Malmquist
    | Theil
    | DagumGini
    | GlobalMoran
    | BivariateMoran
    | LeeL
    | GlobalGeary
    | GlobalGetisOrd
    | JoinCounts
    | LisaTransitions
    | RankSize
    | Mismatch
    | WeightStability
    | CouplingCoordination
    | CoordinationGrades
    | FactorDetector
    | OptimalStrata
    | SESU,
    *,
    columns: Sequence[str] | None = None,
    style: Style = "lines",
    title: str | None = None,
    language: Language = "en",
    labels: Mapping[str, object] | None = None,
    width: Width | None = None,
    letters: bool = False,
) -> Figure:
    """Draw figures of groups over the years, as lines or as a heat map.

    A line a group, that of all units black; a grey band is what permutations
    give, and a dot outside it is filled. The heat map has a row a group (of D, a
    row a unit). A test of one time is drawn beside its permutations.

    Parameters
    ----------
    result : GroupSummary, Malmquist, Theil, SigmaConvergence, GlobalMoran, ...
        A result with figures by time.
    columns : sequence of str, optional
        Which figures, a panel each: "mean" or "cv" of groups, "tfpch" of a
        Malmquist index, "theil", "groups" or "share" of a Theil index; the usual
        ones when omitted.
    style : {"lines", "heat"}, default "lines"
        Lines over the years, or groups by years in color.
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
        ``.table`` is on (figure, time): a column a group.

    Raises
    ------
    ParameterError
        `result` is another result, or has no such figure.
    DataError
        There is no figure to draw.

    Examples
    --------
    >>> from spatialccd import group_summary
    >>> index = pd.MultiIndex.from_product([list("abc"), [1, 2]], names=["unit", "time"])
    >>> y = pd.Series([0.2, 0.3, 0.4, 0.4, 0.5, 0.7], index=index)
    >>> means = group_summary(y, pd.Series(["n", "n", "s"], list("abc")))
    >>> chart_trends(means).table.round(2).to_numpy().tolist()
    [[0.3, 0.5, 0.37], [0.35, 0.7, 0.47]]
    """
    settings = record("chart_trends", locals())
    check_result("result", result, *PLANS)
    check_choice("style", style, get_args(Style))
    wanted = trends(result, columns)
    if not any(trend.values.notna().to_numpy().any() for trend in wanted):
        raise DataError("there is no figure to draw: all are missing")
    across = min(len(wanted), _PANELS_A_ROW)
    width = width or ("middle" if across == 1 else "double")
    sheet = paper(language, width, _lines_height(wanted, across), letters=letters, labels=labels)
    (_heat if style == "heat" else _lines)(sheet, wanted, across)
    table = pd.concat(
        {_key(trend): trend.values for trend in wanted},
        names=["figure", wanted[0].values.index.name],
    )
    return Figure(settings=settings, figure=sheet.finished(title), table=table)


def _key(trend: Trend) -> str:
    return f"{trend.heading}: {trend.title}" if trend.title else trend.heading


# --- lines --------------------------------------------------------------------------------------


def _lines_height(wanted: list[Trend], columns: int) -> float:
    return 14.0 + 58.0 * math.ceil(len(wanted) / columns)


def _lines(sheet: Paper, wanted: list[Trend], columns: int) -> None:
    """Draw a panel a figure."""
    axes = sheet.panels(len(wanted), columns)
    groups = list(dict.fromkeys(str(g) for trend in wanted for g in trend.values if str(g)))
    shades = _shades(groups)
    for ax, trend in zip(axes, wanted, strict=True):
        sheet.head(ax, sheet.name(trend.title))
        alone = len(trend.values) == 1
        if alone and trend.simulated is not None:
            _distribution(sheet, ax, trend)
        elif alone:
            _dots(sheet, ax, trend, shades, columns)
        else:
            _draw_lines(sheet, ax, trend, shades)
    rows.explain(sheet, _entries(sheet, wanted, shades))


def _shades(groups: Sequence[str]) -> dict[str, str]:
    others = [group for group in groups if group != ALL]
    return {group: color(i) for i, group in enumerate(others)} | {ALL: INK, "": color(0)}


def _draw_lines(sheet: Paper, ax: Axes, trend: Trend, shades: dict[str, str]) -> None:
    """Draw a line a group over the years."""
    at = _places(ax, sheet, trend.values.index)
    if trend.band is not None:
        low, high = (end.to_numpy(dtype=float) for end in trend.band)
        ax.fill_between(at, low, high, color=_BAND, linewidth=0, zorder=0)
    if trend.reference is not None:
        ax.axhline(trend.reference, color=INK, linewidth=0.6, zorder=1)
    for group in trend.values:
        shade, own = shades[str(group)], trend.values[group].to_numpy(dtype=float)
        if trend.ends is not None:
            low, high = (end[group].to_numpy(dtype=float) for end in trend.ends)
            ax.fill_between(at, low, high, color=pale(shade, 0.18), linewidth=0, zorder=1)
        ax.plot(at, own, color=shade, linewidth=1.4 if str(group) == ALL else 1.1,
                linestyle="--" if str(group) == ALL else "-", zorder=3)  # fmt: skip
        filled = np.ones(len(own), dtype=bool)
        if trend.sure is not None:
            filled = trend.sure[group].to_numpy(dtype=bool)
        there = np.isfinite(own)
        ax.scatter(at[there], own[there], s=11, zorder=4, edgecolors=shade, linewidths=0.8,
                   facecolors=[shade if f else "white" for f in filled[there]])  # fmt: skip
    ax.set_ylabel(rows.broken(sheet, sheet.say(trend.heading), 46.0, LABEL), fontsize=LABEL)
    if trend.across:
        ax.set_xlabel(sheet.say(trend.across), fontsize=LABEL)
    sheet.quiet(ax)


def _places(ax: Axes, sheet: Paper, times: pd.Index) -> Any:
    """Give where times stand: years by their number, other times by their order."""
    if pd.api.types.is_numeric_dtype(times) and not pd.api.types.is_bool_dtype(times):
        at = times.to_numpy(dtype=float)
        rows.whole(ax.xaxis)
        ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:.0f}"))
        return at
    at = np.arange(len(times), dtype=float)
    step = max(1, math.ceil(len(times) / 8))
    ax.set_xticks(at[::step], [sheet.say(time) for time in times[::step]])
    return at


def _dots(sheet: Paper, ax: Axes, trend: Trend, shades: dict[str, str], columns: int) -> None:
    """Draw the groups of one time as dots on rows."""
    names = list(trend.values)
    shade = pd.Series([shades[str(name)] for name in names], names)
    ends = None if trend.ends is None else (trend.ends[0].iloc[0], trend.ends[1].iloc[0])
    words = [sheet.say(name) for name in names]
    dots = rows.Dots("", trend.values.iloc[0], shade, ends)
    rows.draw(sheet, ax, names, [dots], reference=trend.reference, share=0.3 / columns, words=words)
    ax.set_xlabel(rows.wrapped(sheet, sheet.say(trend.heading), 0.8 / columns), fontsize=LABEL)


def _distribution(sheet: Paper, ax: Axes, trend: Trend) -> None:
    """Draw what permutations give at one time, and where the figure stands in it."""
    simulated = trend.simulated.iloc[:, 0].to_numpy(dtype=float)  # type: ignore[union-attr]
    ax.hist(simulated, bins=min(40, max(8, len(simulated) // 12)), color="#bdbdbd", linewidth=0)
    observed = float(trend.values.iloc[0, 0])
    ax.axvline(observed, color=color(1), linewidth=1.4)
    ax.annotate(f"{observed:.3f}", (observed, 1.0), xycoords=("data", "axes fraction"),
                xytext=(0, 2), textcoords="offset points", ha="center", va="bottom",
                fontsize=SMALL, color=color(1))  # fmt: skip
    ax.margins(y=0.08)
    ax.set_xlabel(sheet.say(trend.heading), fontsize=LABEL)
    ax.set_ylabel(sheet.say("Number of permutations"), fontsize=LABEL)
    sheet.quiet(ax)


def _entries(sheet: Paper, wanted: list[Trend], shades: dict[str, str]) -> list[Any]:
    named = {str(g): None for trend in wanted if len(trend.values) > 1 for g in trend.values}
    handles: list[Any] = [
        Line2D([], [], color=shades[name], linewidth=1.4, marker="o", markersize=3,
               linestyle="--" if name == ALL else "-", label=sheet.say(name))
        for name in named if name
    ]  # fmt: skip
    means = {
        trend.band_means for trend in wanted if trend.band is not None and len(trend.values) > 1
    }
    handles += [Patch(facecolor=_BAND, label=sheet.say(words)) for words in sorted(means)]
    if any(_is_hollow(trend) for trend in wanted):
        handles.append(rows.key(sheet.say("not significant (5%)"), "#555555", filled=False))
    return handles


def _is_hollow(trend: Trend) -> bool:
    """Tell whether a dot is hollow: a figure of several times that is not significant."""
    if trend.sure is None or len(trend.values) == 1:
        return False
    return bool((trend.values.notna() & ~trend.sure.astype(bool)).to_numpy().any())


# --- heat map -----------------------------------------------------------------------------------


def _heat_height(sheet: Paper, tables: list[pd.DataFrame], columns: int) -> float:
    """Give the height in mm; rows are as high as their names."""
    n = max(map(len, tables))
    deep = min(n * _CELL, 210.0)
    if n <= _MOST_ROWS:
        names = [name for table in tables for name in _called(sheet, table, columns)]
        tallest = max(map(sheet.height, names)) + 0.9
        deep = min(n * max(_CELL if n > 8 else 6.0, tallest), 215.0)
    return 10.0 + (16.0 + deep) * math.ceil(len(tables) / columns)


def _called(sheet: Paper, table: pd.DataFrame, columns: int) -> list[str]:
    names = [sheet.say(name) or sheet.say("all") for name in table.index]
    return rows.named(sheet, names, 0.3 / columns)


def _heat(sheet: Paper, wanted: list[Trend], columns: int) -> None:
    """Draw a matrix a figure."""
    tables = [(t.values if t.cells is None else t.cells).T.astype(float) for t in wanted]
    sheet.resize(_heat_height(sheet, tables, columns))
    axes = sheet.panels(len(wanted), columns)
    for ax, trend, table in zip(axes, wanted, tables, strict=True):
        _cells(sheet, ax, trend, table, columns)


def _cells(sheet: Paper, ax: Axes, trend: Trend, table: pd.DataFrame, columns: int) -> None:
    """Draw one matrix; figures stand in the cells where these are large enough."""
    if trend.cells is not None:  # units: the highest of the last year on top
        table = table.sort_values(table.columns[-1], ascending=False, kind="stable")
    values = table.to_numpy()
    colormap, low, high = _scale(trend, values)
    image = ax.imshow(
        np.ma.masked_invalid(values), cmap=colormap, vmin=low, vmax=high, aspect="auto"
    )
    ax.set_facecolor("white")
    _write_cells(sheet, ax, image, values, columns)
    if len(table) <= _MOST_ROWS:
        ax.set_yticks(np.arange(len(table)), _called(sheet, table, columns))
    else:
        ax.set_yticks([])
    times = list(table.columns)
    step = max(1, math.ceil(len(times) * columns / 14))
    ax.set_xticks(np.arange(len(times))[::step], [sheet.say(time) for time in times[::step]])
    ax.tick_params(labelsize=SMALL, length=0, labelcolor=INK)
    for spine in ax.spines.values():
        spine.set_visible(False)
    bar = sheet.figure.colorbar(image, ax=ax, shrink=0.8, aspect=25, pad=0.02)
    bar.ax.tick_params(labelsize=SMALL, width=0.5, length=2, color=INK)
    bar.outline.set_visible(False)
    heading = "D" if trend.cells is not None else sheet.say(trend.heading)
    heading = f"{heading}{sheet.words.colon}{sheet.name(trend.title)}" if trend.title else heading
    sheet.head(ax, rows.wrapped(sheet, heading, 0.85 / columns))


def _scale(trend: Trend, values: Any) -> tuple[Any, float, float]:
    """Give colors that part at the figure of no change, where there is one."""
    known = values[np.isfinite(values)]
    if trend.reference is None:
        return mpl.colormaps["YlGnBu"], float(known.min()), float(known.max())
    reach = float(np.abs(known - trend.reference).max()) or 1.0
    return mpl.colormaps["RdBu_r"], trend.reference - reach, trend.reference + reach


def _write_cells(sheet: Paper, ax: Axes, image: Any, values: Any, columns: int) -> None:
    """Write figures into cells that are wide enough for them."""
    width_mm = float(sheet.figure.get_size_inches()[0]) * 25.4 / columns * 0.6 / values.shape[1]
    if width_mm < 6.0 or values.size > 400:
        return
    digits = 2 if np.nanmax(np.abs(values)) < 10 else 1 if np.nanmax(np.abs(values)) < 100 else 0
    for (i, j), value in np.ndenumerate(values):
        if not np.isfinite(value):
            ax.text(j, i, "–", ha="center", va="center", fontsize=SMALL, color=GRID)
            continue
        ink = palettes.ink_on(image.cmap(image.norm(value))[:3])
        ax.text(j, i, f"{value:.{digits}f}", ha="center", va="center", fontsize=SMALL, color=ink)
