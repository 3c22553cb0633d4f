"""Sorted dots: the figure of each unit, with its interval, or before and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from spatialccd._result import record
from spatialccd.errors import DataError, check_choice, check_range
from spatialccd.report.charts import rows
from spatialccd.report.paper import palettes
from spatialccd.report.paper.chart import LABEL, check_result, color, paper
from spatialccd.report.paper.classes import pick_times
from spatialccd.report.paper.figure import Figure
from spatialccd.report.paper.layout import Width
from spatialccd.report.paper.shown import PLANS, Shown, shown, words_of
from spatialccd.report.paper.style import in_house_style
from spatialccd.report.words.language import Language

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from spatialccd.association.rates import SmoothedRates
    from spatialccd.coupling.degree import CoordinationGrades, CouplingCoordination
    from spatialccd.coupling.development import RelativeDevelopment
    from spatialccd.coupling.forecast_comparison import ForecastComparison
    from spatialccd.coupling.grey import GreyCoupling
    from spatialccd.coupling.metacoupling import Metacoupling
    from spatialccd.coupling.mismatch import Mismatch
    from spatialccd.coupling.uncertainty import CoordinationInterval
    from spatialccd.drivers.geodetector.gozh import SearchedDetector
    from spatialccd.drivers.geodetector.idsa import IDSA
    from spatialccd.drivers.geodetector.lesh import ShapleyShares
    from spatialccd.drivers.geodetector.spade import SPADE
    from spatialccd.drivers.gwr.collinearity import LocalCollinearity
    from spatialccd.drivers.gwr.intervals import CoefficientIntervals
    from spatialccd.drivers.gwr.prediction import Prediction
    from spatialccd.drivers.gwr.variability import SpatialVariability
    from spatialccd.dynamics.persistence import Hurst
    from spatialccd.dynamics.trends import MannKendall
    from spatialccd.efficiency.directional import DirectionalDistance
    from spatialccd.efficiency.envelopment import DEA
    from spatialccd.efficiency.malmquist import Malmquist
    from spatialccd.index.composite import CompositeIndex
    from spatialccd.index.ranking import Ranking
    from spatialccd.network.measures import NetworkMeasures
    from spatialccd.network.qap import MRQAP, QAPCorrelation
    from spatialccd.report.paper.chart import Paper

_MOST_PANELS = 4
#: Rows that are ours and not the data's.
_OURS = ("Intercept", "QAP correlation")
#: Intervals of what chance gives.
_CHANCE = "#b5b5b5"


@in_house_style
def chart_dots(
    result: CoordinationInterval
    | CouplingCoordination
    | CoordinationGrades
    | CompositeIndex
    | Ranking
    | GreyCoupling
    | Metacoupling
    | ForecastComparison
    | RelativeDevelopment
    | Mismatch
    | MannKendall
    | Hurst
    | DEA
    | DirectionalDistance
    | Malmquist
    | SmoothedRates
    | NetworkMeasures
    | QAPCorrelation
    | MRQAP
    | SpatialVariability
    | LocalCollinearity
    | Prediction
    | CoefficientIntervals
    | SearchedDetector
    | SPADE
    | IDSA
    | ShapleyShares,
    *,
    columns: Sequence[str] | None = None,
    time: int | str | Sequence[int] | None = None,
    top: int | None = None,
    title: str | None = None,
    language: Language = "en",
    labels: Mapping[str, object] | None = None,
    width: Width | None = None,
    letters: bool = False,
) -> Figure:
    """Draw the figure of each unit as a dot, the highest on top, with its interval.

    Serves D and its interval, trends and their slopes, efficiency, rankings,
    centralities. Several times stand on one row, pale to dark. A dot is hollow
    where the result says that it is not significant.

    Parameters
    ----------
    result : CoordinationInterval, MannKendall, DEA, Ranking, NetworkMeasures, ...
        A result with a figure of each unit (or term).
    columns : sequence of str, optional
        Other columns of the result's table than the usual ones, a panel each.
    time : int, str or sequence, optional
        The time to draw, or several; the last one of a panel when omitted.
    top : int, optional
        Only so many of the highest; all when omitted. More than 70 are drawn
        without their names.
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
        ``.table`` has the figures drawn, in their order.

    Raises
    ------
    ParameterError
        `result` is another result, or has no such column or time.
    DataError
        There is no figure to draw.

    References
    ----------
    Cleveland and McGill (1984), J. Am. Stat. Assoc. 79, 531-554: dots on a
    common scale are read best.

    Examples
    --------
    >>> from spatialccd import coordination_grades
    >>> D = pd.Series([0.45, 0.55, 0.52], pd.Index(list("abc"), name="unit"))
    >>> chart_dots(coordination_grades(D)).table["D"].to_list()
    [0.55, 0.52, 0.45]
    """
    settings = record("chart_dots", locals())
    check_result("result", result, *PLANS)
    if top is not None:
        check_range("top", top, 1)
    plan = shown(result)
    names = _columns(plan, columns)
    picked = _picked(plan, time)
    order = _order(picked, names[0], top)
    panels = [tuple(names)] if plan.together and columns is None else [(name,) for name in names]
    per_row = _per_row(plan, panels[0], picked)
    width = width or ("middle" if len(panels) == 1 else "double")
    sheet = paper(language, width, 60.0, letters=letters, labels=labels)
    words = [
        sheet.say(name) if plan.ours or str(name) in _OURS else sheet.name(name) for name in order
    ]
    share = rows.SHARE if len(panels) == 1 else 0.24
    sheet.resize(24.0 + rows.height(sheet, words, per_row, share=share))
    axes = sheet.panels(len(panels), len(panels), share_y=True)
    handles: dict[str, Any] = {}
    for i, (ax, panel) in enumerate(zip(axes, panels, strict=True)):
        sheet.head(ax)
        series, entries = _series(sheet, plan, panel, picked)
        handles |= entries
        beside = len(series) > 1 and bool(plan.ends)
        _join(ax, order, series, beside=beside)
        rows.draw(
            sheet, ax, order, series, reference=plan.reference, beside=beside,
            share=share, words=words,
        )  # fmt: skip
        heading = sheet.say(_heading(plan, panel))
        ax.set_xlabel(rows.wrapped(sheet, heading, 0.9 / len(panels)), fontsize=LABEL)
        if i:
            ax.tick_params(axis="y", labelleft=False)
    if len(order) > rows.NAMED:
        axes[0].set_ylabel(f"{len(order):,} {sheet.say('units')}", fontsize=LABEL)
    rows.explain(sheet, list(handles.values()))
    return Figure(settings=settings, figure=sheet.finished(title), table=_table(picked, order))


def _columns(plan: Shown, columns: Sequence[str] | None) -> list[str]:
    if columns is None:
        return list(plan.columns)[: None if plan.together else _MOST_PANELS]
    wanted = [columns] if isinstance(columns, str) else list(columns)
    for name in wanted:
        check_choice("columns", name, [str(c) for c in plan.frame.select_dtypes("number")])
    return wanted


def _picked(plan: Shown, time: Any) -> list[tuple[Any, pd.DataFrame]]:
    """Give the frame of each time wanted, with what is sure beside it."""
    frame = plan.frame.copy()
    if plan.sure is not None:
        frame["_sure"] = plan.sure
    picked = pick_times(frame, time, "result")
    return picked if time is not None else picked[-1:]


def _order(picked: Any, column: str, top: int | None) -> list[Any]:
    """Sort units by the last time's figure, the highest first; units without one are left out."""
    values = picked[-1][1][column].astype(float).replace([np.inf, -np.inf], np.nan).dropna()
    if values.empty:
        raise DataError(f"{column} has no figure to draw: all are missing")
    ordered = values.sort_index().sort_values(ascending=False, kind="stable")
    return list(ordered.index[:top])


def _per_row(plan: Shown, panel: Sequence[str], picked: Any) -> int:
    """Give how many dots stand beside each other in a row; those without intervals share a line."""
    return len(panel) * len(picked) if plan.ends else 1


def _series(
    sheet: Paper, plan: Shown, panel: Sequence[str], picked: Any
) -> tuple[list[rows.Dots], dict[str, Any]]:
    """Give the dots of a panel and what its legend says."""
    series: list[rows.Dots] = []
    handles: dict[str, Any] = {}
    shades = palettes.ramp("YlGnBu", len(picked) + 1)[1:] if len(picked) > 1 else [color(0)]
    for number, column in enumerate(panel):
        for (at, frame), shade in zip(picked, shades, strict=True):
            own: Any = color(number) if len(panel) > 1 else shade
            label = sheet.say(words_of(plan, column)) if len(panel) > 1 else str(at)
            if len(panel) > 1 or len(picked) > 1:
                handles[label] = rows.key(label, own)
            if plan.kind and len(picked) == 1:
                inks = {kind: palettes.drawn(fill) for kind, fill in plan.colors.items()}
                own = frame[plan.kind].astype(str).map(inks)
                there = set(frame[plan.kind].astype(str))
                handles |= {
                    kind: rows.key(sheet.say(kind), shade, filled=_is_sure(frame, plan, kind))
                    for kind, shade in inks.items()
                    if kind in there
                }
            ends = None
            if column in plan.ends:
                low, high = plan.ends[column]
                ends = (frame[low], frame[high])
            dots = rows.Dots(label, frame[column], own, ends, _filled(plan, frame, column))
            series.append(
                dots if plan.ends_mean == "interval" else replace(dots, ends_color=_CHANCE)
            )
    if plan.sure is not None and not plan.kind:
        handles["hollow"] = rows.key(sheet.say("not significant (5%)"), "#555555", filled=False)
    if any(column in plan.ends for column in panel) and plan.ends_mean != "interval":
        handles["ends"] = _line(sheet.say(plan.ends_mean))
    return series, handles


def _filled(plan: Shown, frame: pd.DataFrame, column: str) -> pd.Series | None:
    if plan.sure is None or column != plan.columns[0]:
        return None
    return frame["_sure"].astype(bool)


def _is_sure(frame: pd.DataFrame, plan: Shown, kind: str) -> bool:
    return plan.sure is None or bool(frame.loc[frame[plan.kind].astype(str) == kind, "_sure"].any())


def _line(label: str) -> Any:
    from matplotlib.lines import Line2D

    return Line2D([], [], color=_CHANCE, linewidth=0.9, label=label)


def _join(ax: Axes, order: list[Any], series: list[rows.Dots], *, beside: bool) -> None:
    """Join the dots of a row that are to be compared by a pale line."""
    if len(series) < 2 or beside:
        return
    values = pd.concat([one.values.reindex(order) for one in series], axis=1).astype(float)
    ax.hlines(np.arange(len(order)), values.min(axis=1), values.max(axis=1), color="#cfcfcf",
              linewidth=1.4, zorder=1)  # fmt: skip


def _heading(plan: Shown, panel: Sequence[str]) -> str:
    if len(panel) == 1:
        return words_of(plan, panel[0])
    return plan.together_heading


def _table(picked: Any, order: list[Any]) -> pd.DataFrame:
    """Give the rows drawn; several times on (unit, time)."""
    parts = {at: frame.drop(columns="_sure", errors="ignore").loc[order] for at, frame in picked}
    if len(parts) == 1:
        return next(iter(parts.values()))
    whole = pd.concat(parts, names=["time", "unit"]).swaplevel()
    return whole.sort_index(level="time", kind="stable", sort_remaining=False)
