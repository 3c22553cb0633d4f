"""Charts of coupling: grades over the years, obstacles, scissors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd

from spatialccd._result import record
from spatialccd.coupling.degree import CoordinationGrades, CouplingCoordination, grade_counts
from spatialccd.coupling.development import ScissorsDifference, angle_between
from spatialccd.coupling.obstacles import ObstacleDegree
from spatialccd.errors import ParameterError, check_choice, check_range
from spatialccd.report.paper import palettes
from spatialccd.report.paper.chart import GRID, INK, LABEL, SMALL, check_result, color, pale, paper
from spatialccd.report.paper.figure import Figure
from spatialccd.report.paper.layout import Width
from spatialccd.report.paper.numbers import number
from spatialccd.report.paper.style import in_house_style
from spatialccd.report.words.language import Language

if TYPE_CHECKING:
    from spatialccd.report.paper.chart import Paper

Kind = Literal["bar", "radar"]


@in_house_style
def chart_grades(
    ccd: CouplingCoordination | CoordinationGrades,
    *,
    title: str | None = None,
    language: Language = "en",
    labels: Mapping[str, object] | None = None,
    width: Width = "middle",
    grayscale: bool = False,
) -> Figure:
    """Draw how many units are in each grade, year by year.

    Parameters
    ----------
    ccd : CouplingCoordination or CoordinationGrades
        The result; its grades on (unit, time), or on unit for a single bar.
    title : str, optional
        Stands above it.
    language : {"en", "zh"}, default "en"
        Of all words but those of the data.
    labels : mapping of str to str or mapping, optional
        What variables are called: a name, or any of "en", "zh", "unit" and "unit_zh".
    width : {"single", "middle", "double"}, default "middle"
        90, 140 or 190 mm.
    grayscale : bool, default False
        Draw in grays that keep their order in print without color, with a hatch on one
        side: disorder, or low and cold.

    Returns
    -------
    Figure
        ``.table`` has the counts, one row a year.

    Raises
    ------
    ParameterError
        `ccd` is another result.

    Examples
    --------
    >>> from spatialccd import coordination_grades
    >>> drawn = chart_grades(coordination_grades(pd.Series([0.45, 0.55, 0.52])))
    >>> drawn.table.loc["all", "Barely coordinated"]
    np.int64(2)
    """
    settings = record("chart_grades", locals())
    check_result("ccd", ccd, CouplingCoordination, CoordinationGrades)
    counts = grade_counts(ccd.grade)
    shown = counts.columns[counts.any()]
    fills = palettes.gray_grades if grayscale else palettes.grade_colors
    colors = dict(zip(counts.columns, fills(counts.shape[1]), strict=True))
    sheet = paper(language, width, 85.0, labels=labels)
    ax = sheet.figure.add_subplot()
    at = np.arange(len(counts))
    beside = width != "single"
    names = [sheet.say(grade) for grade in shown]
    room = (sheet.width - 14.0 - (36.0 if beside else 0.0)) / len(counts)
    base = np.zeros(len(counts))
    for grade in shown:
        height = counts[grade].to_numpy()
        bars = ax.bar(
            at, height, 0.8, base, color=palettes.parted(colors[grade])[0],
            hatch=palettes.parted(colors[grade])[1] or None, label=sheet.say(grade),
            edgecolor=palettes.HATCH_INK if grayscale else "white", linewidth=0.5,
        )  # fmt: skip
        # A figure needs a bar as high and as broad as its digits.
        least = 2.6 * counts.sum(axis=1).max() / 62.0
        numbers = [str(n) if n >= least and 1.4 * len(str(n)) < 0.8 * room else "" for n in height]
        sheet.number_bars(ax, bars, numbers, palettes.ink_on(colors[grade]), halo=grayscale)
        base = base + height
    sheet.ticks(ax, at, [sheet.say(t) for t in counts.index], room)
    ax.set_ylabel(sheet.say("Number of units"), fontsize=LABEL)
    sheet.quiet(ax)
    if beside:
        sheet.figure.legend(loc="outside right center", fontsize=SMALL, frameon=False, reverse=True)
    else:
        sheet.figure.legend(
            loc="outside lower center", ncols=sheet.columns(names), fontsize=SMALL, frameon=False
        )
    return Figure(settings=settings, figure=sheet.finished(title), table=counts)


@in_house_style
def chart_obstacles(
    obstacles: ObstacleDegree,
    *,
    kind: Kind = "bar",
    top: int = 10,
    title: str | None = None,
    language: Language = "en",
    labels: Mapping[str, object] | None = None,
    width: Width = "middle",
) -> Figure:
    """Draw the largest obstacles, first year beside last.

    Parameters
    ----------
    obstacles : ObstacleDegree
        What ``obstacle_degree`` returns.
    kind : {"bar", "radar"}, default "bar"
        Bars, longest on top, or a radar.
    top : int, default 10
        How many indicators, by the mean of all rows.
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
        ``.table`` has the mean share of each indicator by year, in percent.

    Raises
    ------
    ParameterError
        `obstacles` is another result, or a radar is asked of fewer than three
        indicators.

    Examples
    --------
    >>> from spatialccd import composite_index, obstacle_degree
    >>> panel = pd.DataFrame({"jobs": [1, 2, 3], "smoke": [5, 5, 1]}, index=list("abc"))
    >>> index = composite_index(panel, {"jobs": "benefit", "smoke": "cost"}, weights="equal")
    >>> chart_obstacles(obstacle_degree(index)).table.round(1).loc["all"].to_dict()
    {'smoke': 38.9, 'jobs': 27.8}
    """
    settings = record("chart_obstacles", locals())
    check_result("obstacles", obstacles, ObstacleDegree)
    check_choice("kind", kind, get_args(Kind))
    check_range("top", top, 1)
    shares = 100 * obstacles.flat()
    by_year = (
        shares.groupby(level=1).mean()
        if shares.index.nlevels > 1
        else shares.mean().to_frame("all").T
    )
    table = by_year[shares.mean().sort_values(ascending=False, kind="stable").index[:top]]
    table = table.rename_axis(index="time", columns="indicator")
    ends = table if len(table) == 1 else table.iloc[[0, -1]]
    if kind == "radar" and table.shape[1] < 3:
        raise ParameterError("a radar needs three or more indicators; draw bars")
    sheet = paper(language, width, 100.0, labels=labels)
    (_radar if kind == "radar" else _bars)(sheet, ends)
    return Figure(settings=settings, figure=sheet.finished(title), table=table)


@in_house_style
def chart_scissors(
    scissors: ScissorsDifference,
    *,
    unit: str | int | None = None,
    title: str | None = None,
    language: Language = "en",
    labels: Mapping[str, object] | None = None,
    width: Width = "middle",
) -> Figure:
    """Draw the speeds of two scores, and the angle between the two lines, over the years.

    Parameters
    ----------
    scissors : ScissorsDifference
        What ``scissors_difference`` returns.
    unit : str or int, optional
        One unit. When omitted, the mean of the units' speeds in each year above,
        and below the angle between these two: where units part in opposite
        directions it is 0. Each unit's own angle is in the result.
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
        ``.table`` has the speeds and their angle (degrees) by year, as drawn.

    Raises
    ------
    ParameterError
        `scissors` is another result, or has no such unit.

    Examples
    --------
    >>> from spatialccd import scissors_difference
    >>> index = pd.MultiIndex.from_product([["x"], [2018, 2019, 2020]], names=["unit", "time"])
    >>> a, b = pd.Series([0.1, 0.3, 0.5], index=index), pd.Series([0.4, 0.5, 0.6], index=index)
    >>> chart_scissors(scissors_difference(a, b)).table["degrees"].round(1).to_list()
    [5.6, 5.6]
    """
    settings = record("chart_scissors", locals())
    check_result("scissors", scissors, ScissorsDifference)
    figures = pd.concat([scissors.speeds, scissors.degrees], axis=1).dropna()
    if unit is not None:
        if unit not in figures.index.get_level_values(0):
            raise ParameterError(f"the result has no unit {unit!r}")
        table = figures.xs(unit, level=0).sort_index()
    else:
        table = figures.groupby(level=1).mean()
        first, second = (table[name].to_numpy() for name in scissors.speeds.columns)
        table["degrees"] = np.degrees(angle_between(first, second))
    sheet = paper(language, width, 95.0, labels=labels)
    above, below = sheet.figure.subplots(2, 1, sharex=True, height_ratios=[2, 1])
    for i, name in enumerate(scissors.speeds.columns):
        above.plot(table.index, table[name], "-o", markersize=2.5, linewidth=1.2,
                   color=color(i), label=sheet.say(name))  # fmt: skip
    first, second = (table[name].to_numpy() for name in scissors.speeds.columns)
    above.fill_between(table.index, first, second, color=pale(GRID, 0.6), linewidth=0)
    above.axhline(0, color=INK, linewidth=0.6)
    speed, angle = ("Speed (score per year)", "Angle (degrees)")
    if unit is None:
        speed, angle = ("Mean speed (score per year)", "Angle between mean speeds (degrees)")
    above.set_ylabel(sheet.wrap(speed, 40.0, LABEL), fontsize=LABEL)
    said = [sheet.say(name) for name in scissors.speeds.columns]
    above.legend(
        fontsize=SMALL, frameon=False, loc="lower left", bbox_to_anchor=(0, 1.0),
        ncols=sheet.columns(said), borderaxespad=0.2,
    )  # fmt: skip
    below.bar(table.index, table["degrees"], 0.6, color=color(6))
    below.set_ylabel(sheet.wrap(angle, 22.0, LABEL), fontsize=LABEL)
    below.set_xticks(table.index[:: max(1, len(table) // 10)])
    for ax in (above, below):
        sheet.quiet(ax)
    return Figure(settings=settings, figure=sheet.finished(title), table=table)


def _bars(sheet: Paper, ends: pd.DataFrame) -> None:
    ax = sheet.figure.add_subplot()
    names = list(ends.columns[::-1])
    said = [sheet.wrap(name, sheet.width * 0.36) for name in names]
    sheet.resize(20.0 + sum(max(7.0, sheet.height(words) + 1.5) for words in said))
    at = np.arange(len(names))
    height = 0.8 / len(ends)
    for i, time in enumerate(ends.index):
        offset = 0.4 - height * (i + 0.5)
        shares = ends.loc[time, names].to_numpy()
        ax.barh(at + offset, shares, height * 0.92, color=color(i), label=sheet.say(time))
        for y, share in zip(at + offset, shares, strict=True):
            ax.annotate(
                number(share, 1), (share, y), xytext=(2, 0), textcoords="offset points",
                va="center", fontsize=SMALL,
            )  # fmt: skip
    ax.set_yticks(at, said)
    ax.set_xlabel(sheet.say("Obstacle degree (%)"), fontsize=LABEL)
    sheet.quiet(ax, grid="x")
    ax.margins(x=0.09)
    if len(ends) > 1:
        sheet.figure.legend(loc="outside upper right", ncols=2, fontsize=SMALL, frameon=False)


def _radar(sheet: Paper, ends: pd.DataFrame) -> None:
    ax: Any = sheet.figure.add_subplot(projection="polar")
    angle = np.linspace(0, 2 * np.pi, ends.shape[1], endpoint=False)
    for i, time in enumerate(ends.index):
        ring = np.append(ends.loc[time].to_numpy(), ends.loc[time].iloc[0])
        ax.plot(np.append(angle, 0.0), ring, color=color(i), linewidth=1.2, label=sheet.say(time))
    ax.set_theta_offset(np.pi / 2)
    ax.set_theta_direction(-1)
    room = max(0.17 * sheet.width, 15.0)
    ax.set_xticks(angle, [sheet.wrap(name, room) for name in ends.columns], fontsize=SMALL)
    for turn, label in zip(angle, ax.get_xticklabels(), strict=True):  # away from the ring
        side = np.sin(turn)
        aside = "left" if side > 0.3 else "right" if side < -0.3 else "center"
        label.set_horizontalalignment(aside)
    ax.tick_params(labelsize=SMALL)
    ax.set_rlabel_position(180 / ends.shape[1])
    ax.grid(color=GRID, linewidth=0.5)
    ax.spines["polar"].set_color(GRID)
    if len(ends) > 1:
        sheet.figure.legend(loc="outside lower center", ncols=2, fontsize=SMALL, frameon=False)
