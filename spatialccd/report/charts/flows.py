"""How units move between classes over the years (a Sankey or alluvial chart)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.patches import Patch, PathPatch, Rectangle
from matplotlib.path import Path

from spatialccd import _align
from spatialccd._result import Result, record
from spatialccd.errors import ParameterError
from spatialccd.report.charts import rows
from spatialccd.report.paper import palettes
from spatialccd.report.paper.chart import INK, LABEL, SMALL, check_result, pale, paper
from spatialccd.report.paper.classes import pick_times
from spatialccd.report.paper.figure import Figure
from spatialccd.report.paper.layout import Width
from spatialccd.report.paper.states import PLANS, States, states
from spatialccd.report.paper.style import in_house_style
from spatialccd.report.words.language import Language

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from spatialccd._types import Groups
    from spatialccd.association.lisa_dynamics import LisaTransitions
    from spatialccd.coupling.decoupling import Decoupling
    from spatialccd.coupling.degree import CoordinationGrades, CouplingCoordination
    from spatialccd.coupling.development import RelativeDevelopment
    from spatialccd.coupling.typology import CoordinationTypes
    from spatialccd.drivers.strata import Strata
    from spatialccd.dynamics.transitions import Markov, SpatialMarkov

#: Drawn when no times are asked for.
_USUAL = 4
#: A bar: of the way to the next, and in mm, what a count needs.
_BAR, _COUNT = 0.09, 5.0
#: Of the words of the legend, in mm.
_WORDS = 35.0


@in_house_style
def chart_flows(
    classes: Groups
    | CouplingCoordination
    | CoordinationGrades
    | CoordinationTypes
    | RelativeDevelopment
    | Decoupling
    | Markov
    | SpatialMarkov
    | LisaTransitions
    | Strata,
    *,
    column: str | None = None,
    time: Sequence[int] | None = None,
    title: str | None = None,
    language: Language = "en",
    labels: Mapping[str, object] | None = None,
    width: Width = "middle",
) -> Figure:
    """Draw how units move between classes over the years (a Sankey chart).

    A bar a time, cut by class; a band from bar to bar for the units that go
    from one class to another, in the color of the class that they come from.

    Parameters
    ----------
    classes : CouplingCoordination, Markov, Decoupling, LisaTransitions, ... or Series
        Labels, or a result that classifies units: on (unit, time).
    column : str, optional
        The factor, for strata of several.
    time : sequence of int, optional
        The times to draw, two or more; of more than four the first, the last and
        two between when omitted.
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
        ``.table`` has the units of each move: on (time, next, from, to).

    Raises
    ------
    ParameterError
        There are fewer than two times, or `classes` is another result.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([list("abc"), [1, 2]], names=["unit", "time"])
    >>> labels = pd.Series(["low", "high", "low", "low", "high", "high"], index, name="D")
    >>> chart_flows(labels).table["n"].to_dict()
    {(1, 2, 'high', 'high'): 1, (1, 2, 'low', 'high'): 1, (1, 2, 'low', 'low'): 1}
    """
    settings = record("chart_flows", locals())
    if isinstance(classes, Result):
        check_result("classes", classes, *PLANS)
    if column is None and type(classes).__name__ == "LisaTransitions":
        column = "state"
    found = states(classes, column, language)
    wide = _wide(found, time)
    order = [name for name in found.colors if (wide == name).to_numpy().any()]
    sheet = paper(language, width, 85.0, labels=labels)
    words = [rows.broken(sheet, found.words[name], _WORDS) for name in reversed(order)]
    ax = sheet.figure.add_subplot()
    table = _moves(wide, order)
    heights = {at: wide[at].value_counts().reindex(order, fill_value=0) for at in wide}
    gap = 0.02 * len(wide)
    bottoms = {at: _bottoms(counts, gap) for at, counts in heights.items()}
    legend = max(sheet.ruler.text(w, sheet.face.font(SMALL))[0] for w in words) + 12.0
    step = (sheet.width - legend) / (wide.shape[1] - 0.7)
    broad = max(_BAR, _COUNT / step)
    for place, at in enumerate(wide):
        _bar(ax, place, broad, heights[at], bottoms[at], found)
    for place, (at, after) in enumerate(zip(wide.columns[:-1], wide.columns[1:], strict=True)):
        moves = table.loc[(at, after), "n"]
        _bands(ax, (place, broad), moves, order, bottoms[at], bottoms[after], found)
    ax.set_xlim(-0.15, wide.shape[1] - 1 + 0.15)
    ax.set_xticks(range(wide.shape[1]), [sheet.say(at) for at in wide])
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.tick_params(labelsize=LABEL, length=0, labelcolor=INK)
    handles = [Patch(facecolor=found.colors[name]) for name in reversed(order)]
    sheet.figure.legend(
        handles=handles, loc="outside right center", fontsize=SMALL, frameon=False,
        title=rows.broken(sheet, found.heading, _WORDS), title_fontsize=SMALL, alignment="left",
        labels=words,
    )  # fmt: skip
    return Figure(settings=settings, figure=sheet.finished(title), table=table)


def _wide(found: States, time: Sequence[int] | None) -> pd.DataFrame:
    """Give the class of each unit at each time drawn; units lack none of them."""
    frame = found.frame
    if frame.shape[1] > 1:
        raise ParameterError(f"column= must name one of {', '.join(map(str, frame))}")
    labels = frame.iloc[:, 0]
    if labels.index.nlevels == 1:
        raise ParameterError("classes has one time; flows go from a time to the next")
    times = list(_align.canonical(labels.index.get_level_values(1).unique()))
    if time is None:
        chosen = times
        if len(times) > _USUAL:
            chosen = [times[i] for i in np.linspace(0, len(times) - 1, _USUAL).round().astype(int)]
    else:
        chosen = [at for at, _ in pick_times(labels, time, "classes")]
    if len(chosen) < 2:
        raise ParameterError("flows need two times or more; name them by time=")
    return labels.unstack(1)[chosen].sort_index()


def _moves(wide: pd.DataFrame, order: list[str]) -> pd.DataFrame:
    """Count the units of each move; those without a class at either time are in none."""
    parts = {}
    for at, after in zip(wide.columns[:-1], wide.columns[1:], strict=True):
        pairs = wide[[at, after]].dropna()
        counts = pairs.value_counts(sort=False)
        counts.index.names = ["from", "to"]
        parts[(at, after)] = counts.rename("n").to_frame()
    table = pd.concat(parts, names=["time", "next"])
    rank = {name: i for i, name in enumerate(order)}
    return table.sort_index(key=lambda level: level.map(lambda name: rank.get(name, name)))


def _bottoms(counts: pd.Series, gap: float) -> pd.Series:
    """Give where each class begins in its bar, the first class at the bottom."""
    spaces = np.where(counts > 0, gap, 0.0)
    above = np.cumsum(np.r_[0.0, counts.to_numpy(dtype=float) + spaces])[:-1]
    whole = float(counts.sum() + spaces.sum())
    return pd.Series(above - whole / 2, counts.index)


def _bar(
    ax: Axes, place: int, broad: float, counts: pd.Series, bottoms: pd.Series, found: States
) -> None:
    for name, n in counts.items():
        if not n:
            continue
        shade = found.colors[str(name)]
        corner = (place - broad / 2, bottoms[name])
        ax.add_patch(Rectangle(corner, broad, n, facecolor=shade, edgecolor="white", linewidth=0.4))
        if n >= 0.03 * counts.sum():
            ax.text(place, bottoms[name] + n / 2, f"{n}", ha="center", va="center", fontsize=SMALL,
                    color=palettes.ink_on(shade), zorder=4)  # fmt: skip
    ax.autoscale_view()


def _bands(
    ax: Axes,
    at: tuple[int, float],
    moves: pd.Series,
    order: list[str],
    left: pd.Series,
    right: pd.Series,
    found: States,
) -> None:
    """Draw the bands from a bar to the next, stacked in the order of the classes."""
    begun, ended = dict.fromkeys(order, 0.0), dict.fromkeys(order, 0.0)
    place, broad = at
    x0, x1 = place + broad / 2, place + 1 - broad / 2
    middle = (x0 + x1) / 2
    for source in order:
        for target in order:
            n = float(moves.get((source, target), 0))
            if not n:
                continue
            a, b = left[source] + begun[source], right[target] + ended[target]
            begun[source] += n
            ended[target] += n
            corners: list[Any] = [
                (x0, a), (middle, a), (middle, b), (x1, b),
                (x1, b + n), (middle, b + n), (middle, a + n), (x0, a + n), (x0, a),
            ]  # fmt: skip
            codes = [
                Path.MOVETO,
                *[Path.CURVE4] * 3,
                Path.LINETO,
                *[Path.CURVE4] * 3,
                Path.CLOSEPOLY,
            ]
            ax.add_patch(PathPatch(Path(corners, codes), facecolor=pale(found.colors[source], 0.45),
                                   linewidth=0, zorder=1))  # fmt: skip
