"""Charts of efficiency: boxes of groups, with what the tests say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd

from spatialccd._result import record
from spatialccd.efficiency.heterogeneity import GroupHeterogeneity
from spatialccd.errors import ParameterError, check_choice, check_range, listed
from spatialccd.report.paper.chart import INK, LABEL, SMALL, check_result, color, pale, paper
from spatialccd.report.paper.figure import Figure
from spatialccd.report.paper.layout import Width
from spatialccd.report.paper.letters import letters
from spatialccd.report.paper.style import in_house_style
from spatialccd.report.words.language import Language
from spatialccd.report.words.stars import STARS_NOTE, significance

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from spatialccd._types import FloatArray
    from spatialccd.report.paper.chart import Paper

Along = Literal["group", "time"]

_PANELS_A_ROW = 3
#: Of the box's edge; whiskers end at the last value within 1.5 times the box.
_LINE = 0.7


@in_house_style
def chart_heterogeneity(
    heterogeneity: GroupHeterogeneity,
    *,
    along: Along = "group",
    grouping: str | None = None,
    time: int | str | None = None,
    order: Sequence[str] | None = None,
    label: str = "Value",
    alpha: float = 0.05,
    title: str | None = None,
    language: Language = "en",
    labels: Mapping[str, object] | None = None,
    width: Width = "double",
    letters: bool = False,
) -> Figure:
    """Draw the values of each group as boxes, by group or year by year.

    Boxes span the middle half, with the median; whiskers reach the last value
    within 1.5 times that span.

    Parameters
    ----------
    heterogeneity : GroupHeterogeneity
        What ``group_heterogeneity`` returns.
    along : {"group", "time"}, default "group"
        group: the groups of one time side by side, every unit a dot, and letters
        by Dunn's tests. time: the groups beside each other year by year, and
        stars by Kruskal and Wallis's test of each year.
    grouping : str, optional
        One grouping; a panel for each when omitted.
    time : int or str, optional
        The time drawn along groups: "mean", the units' means over time, when omitted.
    order : sequence of str, optional
        The groups in the order wanted, such as small, medium, large.
    label : str, default "Value"
        What the values are.
    alpha : float, default 0.05
        Level of the letters: groups that share one do not differ.
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
        ``.table`` has a row a box: n, the ends of whiskers and box, the median,
        and along groups the letters.

    Raises
    ------
    ParameterError
        `heterogeneity` is another result, a grouping, time or group is not in
        it, or there are no times to go along.

    References
    ----------
    Dunn (1964), Technometrics 6, 241-252. Piepho (2004), J. Comput. Graph.
    Stat. 13, 456-466 for the letters.

    Examples
    --------
    >>> from spatialccd import group_heterogeneity
    >>> y = pd.Series([0.2, 0.3, 0.4, 0.6, 0.7, 0.9], list("abcdef"))
    >>> groups = pd.DataFrame({"size": ["small"] * 3 + ["large"] * 3}, list("abcdef"))
    >>> drawn = chart_heterogeneity(group_heterogeneity(y, groups), order=["small", "large"])
    >>> drawn.table[["n", "median", "letters"]]
                          n  median letters
    grouping group time
    size     small all    3     0.3       b
             large all    3     0.7       a
    """
    settings = record("chart_heterogeneity", locals())
    check_result("heterogeneity", heterogeneity, GroupHeterogeneity)
    check_choice("along", along, get_args(Along))
    check_range("alpha", alpha, 0, 1, open_low=True, open_high=True)
    known = list(heterogeneity.tests.index.get_level_values("grouping").unique())
    if grouping is not None:
        check_choice("grouping", grouping, known)
    panels = [grouping] if grouping is not None else known
    groups = {name: _ordered(heterogeneity, name, order, alone=len(panels) == 1) for name in panels}
    times = _times(heterogeneity, along, time)
    columns = min(len(panels), _PANELS_A_ROW) if along == "group" else 1
    rows = -(-len(panels) // columns)
    sheet = paper(language, width, 70.0 * rows, letters=letters, labels=labels)
    axes = sheet.panels(len(panels), columns, share_y=True)
    boxes = []
    for ax, name in zip(axes, panels, strict=True):
        draw = _along_groups if along == "group" else _along_times
        boxes.append(draw(sheet, ax, heterogeneity, name, groups[name], times, alpha))
        sheet.quiet(ax)
    for ax in axes[::columns]:
        ax.set_ylabel(sheet.say(label), fontsize=LABEL)
    sheet.figure.supxlabel(_note(sheet, heterogeneity, along, alpha), fontsize=SMALL, color=INK)
    table = pd.concat(boxes).set_index(["grouping", "group", "time"])
    return Figure(settings=settings, figure=sheet.finished(title), table=table)


def _along_groups(
    sheet: Paper,
    ax: Axes,
    found: GroupHeterogeneity,
    grouping: str,
    groups: list[str],
    times: list[Any],
    alpha: float,
) -> pd.DataFrame:
    """Draw the groups of one time: boxes, a dot a unit, letters above."""
    time = times[0]
    parts = [_values(found, grouping, group, time) for group in groups]
    marks = _letters_of(found, grouping, groups, parts, time, alpha)
    at = np.arange(len(groups), dtype=float)
    _boxes(ax, parts, at, 0.55, [color(i) for i in range(len(groups))], outliers=False)
    spread = np.ptp(np.concatenate(parts)) or 1.0
    for i, values in enumerate(parts):
        ax.plot(i + _beside(values), values, "o", color=pale(color(i), 0.7), markersize=2, mew=0)
        ax.text(
            i, values.max() + 0.04 * spread, marks[groups[i]],
            ha="center", va="bottom", fontsize=LABEL, color=INK,
        )  # fmt: skip
    names = [f"{sheet.say(g)}\n(n={values.size})" for g, values in zip(groups, parts, strict=True)]
    ax.set_xticks(at, names)
    ax.set_xlim(-0.6, len(groups) - 0.4)
    ax.margins(y=0.1)
    test = found.tests.loc[(grouping, time)]
    words = [sheet.say(grouping)]
    if time != "all":
        words.append(sheet.say("mean over time" if time == "mean" else time))
    if not np.isnan(test["p"]):
        words.append(f"H({test['df']:.0f}) = {test['H']:.2f}, {_p(test)}")
    sheet.head(ax, "; ".join(words))
    return _table(grouping, groups, [time] * len(groups), parts).assign(
        letters=[marks[group] for group in groups]
    )


def _along_times(
    sheet: Paper,
    ax: Axes,
    found: GroupHeterogeneity,
    grouping: str,
    groups: list[str],
    times: list[Any],
    alpha: float,  # noqa: ARG001 - letters would not fit
) -> pd.DataFrame:
    """Draw the groups beside each other at each time, stars above."""
    tables = []
    room = 0.84 / len(groups)
    for i, group in enumerate(groups):
        parts = [_values(found, grouping, group, time) for time in times]
        at = np.arange(len(times)) + (i - (len(groups) - 1) / 2) * room
        _boxes(ax, parts, at, 0.8 * room, [color(i)] * len(times), outliers=True)
        tables.append(_table(grouping, [group] * len(times), times, parts))
        ax.plot([], [], "s", color=pale(color(i), 0.6), label=sheet.say(group))
    low, high = ax.get_ylim()
    for place, time in enumerate(times):
        stars = significance(float(found.tests.loc[(grouping, time), "p"]))
        ax.text(place, high, stars, ha="center", va="bottom", fontsize=SMALL, color=INK)
    ax.set_ylim(low, high + 0.05 * (high - low))
    ax.set_xticks(np.arange(len(times)), [sheet.say(time) for time in times])
    ax.set_xlim(-0.6, len(times) - 0.4)
    for place in range(1, len(times)):
        ax.axvline(place - 0.5, color="#eeeeee", linewidth=0.5, zorder=0)
    ax.legend(
        loc="lower left", bbox_to_anchor=(0, 1.0), ncols=len(groups), fontsize=SMALL,
        frameon=False, title=sheet.say(grouping), title_fontsize=SMALL, handletextpad=0.2,
        alignment="left", borderaxespad=0.2,
    )  # fmt: skip
    return pd.concat(tables)


def _boxes(
    ax: Axes,
    parts: list[FloatArray],
    at: Any,
    width: float,
    colors: list[str],
    *,
    outliers: bool,
) -> None:
    there = [i for i, values in enumerate(parts) if values.size]
    drawn = ax.boxplot(
        [parts[i] for i in there], positions=at[there], widths=width, patch_artist=True,
        manage_ticks=False, showfliers=outliers, medianprops={"color": INK, "linewidth": 1.2},
        whiskerprops={"linewidth": _LINE}, capprops={"linewidth": _LINE},
        flierprops={"marker": "o", "markersize": 1.8, "markeredgewidth": 0.4},
    )  # fmt: skip
    for i, box in zip(there, drawn["boxes"], strict=True):
        box.set(facecolor=pale(colors[i], 0.35), edgecolor=colors[i], linewidth=_LINE)
    for i, flier in zip(there, drawn["fliers"], strict=False):
        flier.set(markeredgecolor=colors[i])
    for k in ("whiskers", "caps"):
        for number, line in enumerate(drawn[k]):
            line.set_color(colors[there[number // 2]])


def _beside(values: FloatArray) -> FloatArray:
    """Put dots beside each other, the same way each time: by rank, in turns."""
    turns = np.array([0.0, -0.12, 0.12, -0.06, 0.06, -0.18, 0.18])
    moved = np.empty(values.size)
    moved[np.argsort(values, kind="stable")] = turns[np.arange(values.size) % turns.size]
    return moved


def _letters_of(
    found: GroupHeterogeneity,
    grouping: str,
    groups: list[str],
    parts: list[FloatArray],
    time: Any,
    alpha: float,
) -> dict[str, str]:
    """Give groups letters, the highest mean rank an "a"; none where there is no test."""
    if np.isnan(found.tests.loc[(grouping, time), "p"]):
        return dict.fromkeys(groups, "")
    ranks = pd.Series(np.concatenate(parts)).rank().to_numpy()
    ends = np.cumsum([values.size for values in parts])[:-1]
    mean = {g: own.mean() for g, own in zip(groups, np.split(ranks, ends), strict=True)}
    p = found.pairs.loc[(grouping, time), "p_adjusted"].to_dict()
    return letters(sorted(groups, key=lambda group: -mean[group]), p, alpha)


def _values(found: GroupHeterogeneity, grouping: str, group: str, time: Any) -> FloatArray:
    own = found.values[found.values[grouping] == group]
    at = own.index.get_level_values("time") == time
    return np.asarray(own.loc[at, "value"], dtype=float)


def _ordered(
    found: GroupHeterogeneity, grouping: str, order: Sequence[str] | None, *, alone: bool
) -> list[str]:
    present = set(found.values[grouping])
    rows = found.table.index
    groups = rows.get_level_values("group")[rows.get_level_values("grouping") == grouping]
    names = [str(name) for name in groups.unique() if name in present]
    if order is None:
        return names
    wanted = [str(name) for name in order]
    if alone and set(wanted) != set(names):
        raise ParameterError(
            f"order must name each group of {grouping} once: {listed(names)}; "
            f"it is {listed(wanted)}"
        )
    return sorted(names, key=lambda name: wanted.index(name) if name in wanted else len(wanted))


def _times(found: GroupHeterogeneity, along: Along, time: int | str | None) -> list[Any]:
    every = list(found.tests.index.get_level_values("time").unique())
    if along == "time":
        if len(every) == 1:
            raise ParameterError("there are no times to go along; use along='group'")
        return every[:-1]
    if time is None:
        return [every[-1]]
    called = {str(known): known for known in every}
    check_choice("time", str(time), list(called))
    return [called[str(time)]]


def _table(
    grouping: str, groups: list[str], times: list[Any], parts: list[FloatArray]
) -> pd.DataFrame:
    rows = []
    for group, time, values in zip(groups, times, parts, strict=True):
        row: dict[str, Any] = {"grouping": grouping, "group": group, "time": time}
        row["n"] = values.size
        if values.size:
            q1, median, q3 = np.percentile(values, [25, 50, 75])
            inside = values[(values >= q1 - 1.5 * (q3 - q1)) & (values <= q3 + 1.5 * (q3 - q1))]
            row |= {"low": inside.min(), "q1": q1, "median": median, "q3": q3}
            row["high"] = inside.max()
        rows.append(row)
    return pd.DataFrame(rows)


def _p(test: pd.Series) -> str:
    return "p < 0.001" if test["p"] < 0.001 else f"p = {test['p']:.3f}"


def _note(sheet: Paper, found: GroupHeterogeneity, along: Along, alpha: float) -> str:
    test = sheet.say("Kruskal-Wallis test")
    if along == "time":
        return f"{test}: {STARS_NOTE}"
    correction = found.settings["correction"]
    how = "Dunn" if correction == "none" else f"Dunn, {str(correction).capitalize()}"
    alike = sheet.say("Groups that share a letter do not differ")
    return f"H: {test}. {alike} ({how}, p < {alpha:g})."
