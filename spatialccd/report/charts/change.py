"""Charts of what time did to single units: shifts of the level, forecasts, ranks and sizes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from spatialccd._result import record
from spatialccd.coupling.forecast import Forecast
from spatialccd.dynamics.changepoints import Pettitt
from spatialccd.dynamics.projection import MarkovProjection
from spatialccd.dynamics.rank_size import RankSize
from spatialccd.errors import DataError, ParameterError, listed
from spatialccd.report.charts import rows
from spatialccd.report.paper import palettes
from spatialccd.report.paper.chart import INK, LABEL, SMALL, check_result, color, pale, paper
from spatialccd.report.paper.classes import pick_times
from spatialccd.report.paper.figure import Figure
from spatialccd.report.paper.layout import Width
from spatialccd.report.paper.style import in_house_style
from spatialccd.report.words.language import Language

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from spatialccd.report.paper.chart import Paper

_PANELS_A_ROW = 3
#: Units of a forecast drawn when none are named.
_USUAL_UNITS = 6


@in_house_style
def chart_shifts(
    pettitt: Pettitt,
    *,
    title: str | None = None,
    language: Language = "en",
    labels: Mapping[str, object] | None = None,
    width: Width = "double",
    letters: bool = False,
) -> Figure:
    """Draw when the level of each unit is likeliest to have changed, and by how much.

    At the left a triangle between the last time before and the first after,
    filled where the change is significant; at the right the medians before
    (hollow) and after (filled).

    Parameters
    ----------
    pettitt : Pettitt
        What ``pettitt`` returns.
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
        ``.table`` has the rows drawn, in their order.

    Raises
    ------
    ParameterError
        `pettitt` is another result.
    DataError
        The times are no numbers, or no unit changes.

    Examples
    --------
    >>> from spatialccd import pettitt
    >>> index = pd.MultiIndex.from_product([["a"], range(2001, 2011)], names=["unit", "time"])
    >>> y = pd.Series([1.0, 2, 1.5, 1.2, 1.8, 5, 6, 5.5, 5.2, 5.8], index=index)
    >>> chart_shifts(pettitt(y, seed=1)).table["last_before"].to_list()
    [2005]
    """
    settings = record("chart_shifts", locals())
    check_result("pettitt", pettitt, Pettitt)
    table = pettitt.table.dropna(subset=["last_before"])
    if table.empty:
        raise DataError("no unit changes: each has one value")
    if not all(isinstance(at, int | float | np.number) for at in table["last_before"]):
        raise DataError("the times are no numbers: there is no axis for them; give years")
    middle = (table["last_before"].astype(float) + table["first_after"].astype(float)) / 2
    order = list(middle.sort_index().sort_values(kind="stable").index)
    table = table.loc[order]
    shade = table["shift"].map(palettes.SHIFTS).where(table["shift"] != "no shift", "#8c8c8c")
    up = table["median_after"] >= table["median_before"]
    claimed = table["shift"] != "no shift"
    sheet = paper(language, width, 60.0, letters=letters, labels=labels)
    sheet.resize(24.0 + rows.height(sheet, [str(unit) for unit in order], share=0.22))
    left, right = sheet.panels(2, 2, share_y=True)
    for ax in (left, right) if letters else ():
        sheet.head(ax)
    marked = [
        rows.Dots("", middle.where(up == rising), shade, filled=claimed, marker=marker)
        for rising, marker in ((True, "^"), (False, "v"))
    ]
    rows.draw(sheet, left, order, marked, beside=False, share=0.22)
    room = max(2.5, 0.06 * float(np.ptp(middle)))
    left.set_xlim(middle.min() - room, middle.max() + room)
    rows.whole(left.xaxis)
    left.set_xlabel(sheet.say("Time of the change"), fontsize=LABEL)
    medians = table[["median_before", "median_after"]].astype(float)
    right.hlines(np.arange(len(order)), medians.min(axis=1), medians.max(axis=1), color="#cfcfcf",
                 linewidth=1.4, zorder=1)  # fmt: skip
    both = [
        rows.Dots("", medians["median_before"], shade, filled=claimed & False),
        rows.Dots("", medians["median_after"], shade),
    ]
    rows.draw(sheet, right, order, both, beside=False, share=0.22)
    right.tick_params(axis="y", labelleft=False)
    right.set_xlabel(sheet.say("Median before (hollow) and after"), fontsize=LABEL)
    there = set(table["shift"])
    rows.explain(
        sheet,
        [
            rows.key(sheet.say(kind), "#8c8c8c" if kind == "no shift" else own,
                     {"up": "^", "down": "v"}.get(kind, "^"), filled=kind != "no shift")
            for kind, own in palettes.SHIFTS.items()
            if kind in there
        ],
    )  # fmt: skip
    return Figure(settings=settings, figure=sheet.finished(title), table=table)


@in_house_style
def chart_forecast(
    forecast: Forecast | MarkovProjection,
    *,
    units: Sequence[str] | None = None,
    title: str | None = None,
    language: Language = "en",
    labels: Mapping[str, object] | None = None,
    width: Width = "double",
    letters: bool = False,
) -> Figure:
    """Draw a forecast beside what was observed, or the shares of classes to come.

    Of a grey model a panel a unit: observed values, the model's and the naive
    forecast, and a band as wide as the mean error of the model's own forecasts
    of one year ahead; the model has no interval, and error grows with the
    distance. Of a Markov chain a line a class with its interval, and the long
    run at the right.

    Parameters
    ----------
    forecast : Forecast or MarkovProjection
        What ``forecast_gm11`` or ``project_markov`` returns.
    units : sequence of str, optional
        The units to draw; the first six when omitted.
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
        ``.table`` has the values drawn, with low and high.

    Raises
    ------
    ParameterError
        `forecast` is another result, or has no such unit.

    Examples
    --------
    >>> from spatialccd import forecast_gm11
    >>> index = pd.MultiIndex.from_product([["x"], range(2014, 2020)], names=["unit", "time"])
    >>> y = pd.Series([0.38, 0.40, 0.42, 0.45, 0.47, 0.50], index=index)
    >>> chart_forecast(forecast_gm11(y, horizon=1)).table["high"].round(3).iloc[-1]
    np.float64(0.532)
    """
    settings = record("chart_forecast", locals())
    check_result("forecast", forecast, Forecast, MarkovProjection)
    if isinstance(forecast, MarkovProjection):
        if units is not None:
            raise ParameterError("units= is for forecasts of units; a projection is of classes")
        sheet = _projection(forecast, paper(language, width, 80.0, letters=letters, labels=labels))
        return Figure(settings=settings, figure=sheet.finished(title), table=forecast.to_frame())
    table = _fanned(forecast, units)
    lines = math.ceil(table.index.get_level_values(0).nunique() / _PANELS_A_ROW)
    sheet = paper(language, width, 14.0 + 46.0 * lines, letters=letters, labels=labels)
    _fans(sheet, table)
    return Figure(settings=settings, figure=sheet.finished(title), table=table)


def _fanned(forecast: Forecast, units: Sequence[str] | None) -> pd.DataFrame:
    """Give the values of the units drawn, and the band of the years to come."""
    known = list(dict.fromkeys(forecast.values.index.get_level_values(0)))
    chosen = known[:_USUAL_UNITS]
    if units is not None:
        called = {str(unit): unit for unit in known}
        asked = [units] if isinstance(units, str) else [str(unit) for unit in units]
        lacking = [name for name in asked if name not in called]
        if lacking:
            raise ParameterError(f"the forecast has no unit {listed(lacking)}")
        chosen = [called[name] for name in asked]
    table = forecast.values.loc[chosen].copy()
    error = forecast.accuracy["mape_ahead"].reindex(table.index.get_level_values(0)).to_numpy()
    coming = table["observed"].isna().to_numpy()
    for name, sign in (("low", -1), ("high", 1)):
        table[name] = np.where(coming, table["gm11"] * (1 + sign * error / 100), np.nan)
    return table


def _fans(sheet: Paper, table: pd.DataFrame) -> None:
    """Draw a panel a unit."""
    units = list(dict.fromkeys(table.index.get_level_values(0)))
    columns = min(len(units), _PANELS_A_ROW)
    axes = sheet.panels(len(units), columns, share_x=True)
    names = {
        "observed": ("Observed", INK, "o", "-"),
        "gm11": ("GM(1,1)", color(1), "", "-"),
        "naive": ("Last value carried on", "#8c8c8c", "", ":"),
    }
    for ax, unit in zip(axes, units, strict=True):
        own = table.loc[unit]
        at = own.index.to_numpy(dtype=float)
        last = at[own["observed"].notna().to_numpy()][-1]
        ax.axvline(last, color="#bfbfbf", linewidth=0.6, linestyle="--")
        ax.fill_between(at, own["low"].to_numpy(dtype=float), own["high"].to_numpy(dtype=float),
                        color=pale(color(1), 0.2), linewidth=0)  # fmt: skip
        for name, (label, shade, marker, line) in names.items():
            ax.plot(at, own[name], line, color=shade, marker=marker, markersize=2.5, linewidth=1.1,
                    label=sheet.say(label))  # fmt: skip
        sheet.head(ax, unit)
        rows.whole(ax.xaxis, 6)
        sheet.quiet(ax)
    handles, _ = axes[0].get_legend_handles_labels()
    if table["low"].notna().any():
        handles.append(_patch(color(1), sheet.say("mean error of forecasts one year ahead")))
    rows.explain(sheet, handles)


def _projection(found: MarkovProjection, sheet: Paper) -> Paper:
    """Draw the shares of the classes by step, and in the long run at the right."""
    share = 100 * found.table.astype(float)
    steps = share.index.get_level_values(0).unique().to_numpy(dtype=float)
    classes = list(share.index.get_level_values(1).unique())
    shades = palettes.ramp("viridis", len(classes) + 1)[:-1]
    (ax,) = sheet.panels(1, 1)
    sheet.head(ax)
    run = steps[-1] + max(1.0, 0.12 * (steps[-1] - steps[0]))
    handles = []
    for i, (name, shade) in enumerate(zip(classes, shades, strict=True)):
        own = share.xs(name, level=1)
        low, high = (own[f"share_{end}"].to_numpy(dtype=float) for end in ("low", "high"))
        ax.fill_between(steps, low, high, color=pale(shade, 0.18), zorder=1, linewidth=0)
        handles += ax.plot(steps, own["share"], "-o", color=shade, markersize=3, linewidth=1.2,
                           label=sheet.say(name))  # fmt: skip
        limit = 100 * found.limit.loc[name].astype(float)
        moved = run + 0.12 * (i - (len(classes) - 1) / 2)
        ax.vlines(moved, limit["share_low"], limit["share_high"], color=shade, linewidth=1.0)
        ax.plot([moved], [limit["share"]], "D", color=shade, markersize=3.5)
    ax.axvline((steps[-1] + run) / 2, color="#bfbfbf", linewidth=0.6, linestyle="--")
    ticks = [step for step in steps if step == round(step)]
    ticks = ticks[:: max(1, math.ceil(len(ticks) / 10))]
    ax.set_xticks([*ticks, run], [*(f"{tick:.0f}" for tick in ticks), sheet.say("long run")])
    ax.set_xlabel(sheet.say("Steps from the last time of the data"), fontsize=LABEL)
    ax.set_ylabel(sheet.say("Share of the units (%)"), fontsize=LABEL)
    ax.set_ylim(bottom=0)
    sheet.quiet(ax)
    rows.explain(sheet, handles)
    return sheet


@in_house_style
def chart_rank_size(
    rank_size: RankSize,
    *,
    time: int | str | Sequence[int] | None = None,
    title: str | None = None,
    language: Language = "en",
    labels: Mapping[str, object] | None = None,
    width: Width = "middle",
) -> Figure:
    """Draw sizes against their ranks on logarithmic axes, with the line of each time.

    Parameters
    ----------
    rank_size : RankSize
        What ``rank_size`` returns.
    time : int, str or sequence, optional
        The time to draw, or several; the first and the last when omitted.
    title : str, optional
        Stands above it.
    language : {"en", "zh"}, default "en"
        Of all words but those of the data.
    labels : mapping of str to str or mapping, optional
        What variables are called: a name, or any of "en", "zh", "unit" and "unit_zh".
    width : {"single", "middle", "double"}, default "middle"
        90, 140 or 190 mm.

    Returns
    -------
    Figure
        ``.table`` has the points drawn: rank and size.

    Raises
    ------
    ParameterError
        `rank_size` is another result, or has no such time.

    References
    ----------
    Gabaix and Ibragimov (2011), J. Bus. Econ. Stat. 29, 24-39: the line is that
    of ln(rank - 1/2) on ln(size).

    Examples
    --------
    >>> from spatialccd import rank_size
    >>> cities = pd.Series([1000.0, 480, 350, 240, 210, 160, 150, 120], index=list("abcdefgh"))
    >>> chart_rank_size(rank_size(cities)).table["rank"].to_list()
    [1, 2, 3, 4, 5, 6, 7, 8]
    """
    settings = record("chart_rank_size", locals())
    check_result("rank_size", rank_size, RankSize)
    picked = pick_times(rank_size.points, time, "rank_size")
    if time is None and len(picked) > 2:
        picked = [picked[0], picked[-1]]
    sheet = paper(language, width, 85.0, labels=labels)
    (ax,) = sheet.panels(1, 1)
    shades = [color(i) for i in range(len(picked))]
    for (at, points), shade in zip(picked, shades, strict=True):
        _line(sheet, ax, rank_size, at, points, shade)
    ax.set(xscale="log", yscale="log")
    ax.set_xlabel(sheet.say("Size"), fontsize=LABEL)
    ax.set_ylabel(sheet.say("Rank"), fontsize=LABEL)
    sheet.quiet(ax)
    ax.tick_params(which="minor", length=0, labelsize=SMALL, labelcolor=INK)
    _plain_ticks(ax)
    rows.explain(sheet, ax.get_legend_handles_labels()[0])
    table = pd.concat([points for _, points in picked])
    return Figure(settings=settings, figure=sheet.finished(title), table=table)


def _line(
    sheet: Paper, ax: Axes, found: RankSize, at: Any, points: pd.DataFrame, shade: str
) -> None:
    """Draw the points of one time and the line through them."""
    row = found.table.loc["all" if at is None else at]
    words = f"b = {row['pareto']:.2f}, R² = {row['r2']:.2f}"
    label = words if at is None else f"{sheet.say(at)}{sheet.words.colon}{words}"
    size = points["size"].to_numpy(dtype=float)
    ax.scatter(size, points["rank"], s=10, color=shade, linewidths=0, zorder=3, label=label)
    if np.isfinite(row["pareto"]):
        logs, ranks = np.log(size), np.log(points["rank"].to_numpy(dtype=float) - 0.5)
        a = ranks.mean() + row["pareto"] * logs.mean()
        ends = np.array([size.min(), size.max()])
        ax.plot(ends, np.exp(a - row["pareto"] * np.log(ends)), color=shade, linewidth=0.9)


def _plain_ticks(ax: Axes) -> None:
    """Write 20 and not 2 x 10^1."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    for axis, most in ((ax.xaxis, 8), (ax.yaxis, 12)):
        low, high = axis.get_view_interval()
        close = 3 * math.log10(high / low) <= most
        subs = (1.0, 2.0, 5.0) if close else (1.0,)
        axis.set_major_locator(LogLocator(base=10, subs=subs, numticks=99 if close else most))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.12g}"))
        axis.set_minor_formatter(NullFormatter())


def _patch(shade: str, label: str) -> Any:
    from matplotlib.patches import Patch

    return Patch(facecolor=pale(shade, 0.2), label=label)
