"""Charts of the weights of indicators: one set or several, of all years or of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import pandas as pd
from matplotlib.colors import to_hex

from spatialccd._result import Result, record
from spatialccd.errors import ParameterError
from spatialccd.index.composite import CompositeIndex
from spatialccd.index.ranking import Ranking
from spatialccd.index.robustness import WeightStability
from spatialccd.index.weights import Weights
from spatialccd.report.charts import rows
from spatialccd.report.paper.chart import GRID, LABEL, SMALL, check_result, color, paper
from spatialccd.report.paper.figure import Figure
from spatialccd.report.paper.layout import Width
from spatialccd.report.paper.style import in_house_style
from spatialccd.report.words.language import Language

if TYPE_CHECKING:
    from spatialccd.index.components import PCAWeights
    from spatialccd.index.judgement import AHPWeights, CombinedWeights
    from spatialccd.index.projection import ProjectionWeights

#: More years than this are told apart by a ramp and not by the legend.
_MOST_NAMED = 12


@in_house_style
def chart_weights(
    *weights: Weights
    | PCAWeights
    | ProjectionWeights
    | AHPWeights
    | CombinedWeights
    | CompositeIndex
    | Ranking
    | WeightStability,
    title: str | None = None,
    language: Language = "en",
    labels: Mapping[str, object] | None = None,
    width: Width = "middle",
    **named: Weights
    | PCAWeights
    | ProjectionWeights
    | AHPWeights
    | CombinedWeights
    | CompositeIndex
    | Ranking
    | WeightStability,
) -> Figure:
    """Draw the weights of indicators, the heaviest on top; several sets beside each other.

    Weights of each year are dots from pale (first) to dark (last) on one line
    that spans them; weights with a range are drawn with it. A tick marks equal
    weights.

    Parameters
    ----------
    *weights : Weights, PCAWeights, ProjectionWeights, CompositeIndex, Ranking, ...
        Called (1), (2), ... by their order.
    title : str, optional
        Stands above it.
    language : {"en", "zh"}, default "en"
        Of all words but those of the data.
    labels : mapping of str to str or mapping, optional
        What variables are called: a name, or any of "en", "zh", "unit" and "unit_zh".
    width : {"single", "middle", "double"}, default "middle"
        90, 140 or 190 mm.
    **named : Weights, PCAWeights, ProjectionWeights, CompositeIndex, Ranking, ...
        More of them, called by their names.

    Returns
    -------
    Figure
        ``.table`` is on (set, time, indicator): weight, low and high. Time is
        "all" where there is one set for all years; low and high are missing where
        the weights have no range.

    Raises
    ------
    ParameterError
        There are no weights, or what is given is another result.

    Examples
    --------
    >>> from spatialccd import entropy_weights
    >>> panel = pd.DataFrame({"jobs": [1.0, 2, 9], "smoke": [5.0, 5, 1]}, index=list("abc"))
    >>> both = {"jobs": "benefit", "smoke": "cost"}
    >>> chart_weights(entropy_weights(panel, both)).table["weight"].round(2).to_list()
    [0.41, 0.59]
    """
    settings = record("chart_weights", locals())
    given = {f"({i})": one for i, one in enumerate(weights, start=1)} | dict(named)
    if not given:
        raise ParameterError("name the weights to draw")
    sets = {name: _by_time(one, name) for name, one in given.items()}
    table = pd.concat(sets, names=["set", "time", "indicator"])
    order = table.groupby(level="indicator")["weight"].mean().sort_values(ascending=False)
    names = list(order.index)
    sheet = paper(language, width, 60.0, labels=labels)
    called = [sheet.name(name) for name in names]
    sheet.resize(20.0 + rows.height(sheet, called, len(sets)))
    ax = sheet.figure.add_subplot()
    series, handles = [], []
    for i, (name, own) in enumerate(sets.items()):
        alone = len(sets) == 1
        dots, entries = _dots(own, name, color(i), alone=alone)
        series.append(dots)
        handles += entries
    rows.draw(sheet, ax, names, [one for dots in series for one in dots[:1]], words=called)
    _years(ax, names, series)
    ax.axvline(1 / len(names), color=GRID, linewidth=1.0, zorder=0)
    ax.text(1 / len(names), 1.0, sheet.say("equal"), transform=ax.get_xaxis_transform(),
            ha="center", va="bottom", fontsize=SMALL, color="#777777")  # fmt: skip
    ax.set_xlim(left=min(0.0, float(table["weight"].min()) * 1.05))
    ax.set_xlabel(sheet.say("Weight"), fontsize=LABEL)
    rows.explain(sheet, handles)
    return Figure(settings=settings, figure=sheet.finished(title), table=table)


def _dots(
    own: pd.DataFrame, label: str, shade: str, *, alone: bool
) -> tuple[list[rows.Dots], list[Any]]:
    """Give the dots of a set, that of its span first, and what the legend says of them."""
    by_time = own["weight"].unstack("time")
    if by_time.shape[1] == 1:
        flat = own.droplevel("time")
        ranged = flat["low"].notna().any()
        ends = (flat["low"], flat["high"]) if ranged else None
        one = rows.Dots("", flat["weight"], shade, ends, stem=not ranged)
        return [one], [] if alone else [rows.key(label, shade)]
    span = rows.Dots("", by_time.mean(axis=1) * float("nan"), "#b0b0b0" if alone else shade,
                     (by_time.min(axis=1), by_time.max(axis=1)))  # fmt: skip
    shades = _ramp(by_time.shape[1]) if alone else [shade] * by_time.shape[1]
    dots = [rows.Dots("", by_time[t], c) for t, c in zip(by_time, shades, strict=True)]
    if not alone:
        return [span, *dots], [rows.key(label, shade)]
    entries = [rows.key(str(t), c) for t, c in zip(by_time, shades, strict=True)]
    if len(entries) > _MOST_NAMED:
        entries = [entries[0], entries[-1]]
    return [span, *dots], entries


def _years(ax: Any, names: Sequence[str], series: Sequence[Sequence[rows.Dots]]) -> None:
    """Draw the dots of each year on the line of their set."""
    for i, dots in enumerate(series):
        offset = (i - (len(series) - 1) / 2) * 0.62 / len(series)
        for one in dots[1:]:
            ax.scatter(one.values.reindex(names), [k + offset for k in range(len(names))], s=9,
                       color=one.color, zorder=3, linewidths=0)  # fmt: skip


def _ramp(n: int) -> list[str]:
    colormap = mpl.colormaps["viridis_r"]
    return [to_hex(colormap(0.1 + 0.85 * i / (n - 1))) for i in range(n)]


def _by_time(given: Result, name: str) -> pd.DataFrame:
    """Give weights on (time, indicator) with their range where they have one."""
    check_result(name, given, Weights, CompositeIndex, Ranking, WeightStability)
    if isinstance(given, Weights):
        table = given.table
        found = pd.DataFrame({"weight": table["weight"]})
        found["low"] = table.get("lowest", float("nan"))
        found["high"] = table.get("highest", float("nan"))
    else:
        weights = given.by_year if isinstance(given, WeightStability) else given.weights  # type: ignore[attr-defined]
        flat = weights.stack() if isinstance(weights, pd.DataFrame) else weights
        found = pd.DataFrame({"weight": flat, "low": float("nan"), "high": float("nan")})
    if found.index.nlevels == 1:
        found = pd.concat({"all": found})
    found.index.names = ["time", "indicator"]
    return found.astype(float)
