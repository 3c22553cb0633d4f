"""Charts of panels: effects with their intervals, thresholds, clubs."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import NormalDist
from typing import Any, Literal, get_args

import pandas as pd

from spatialccd._result import record
from spatialccd.drivers.panels.compare import GraphComparison
from spatialccd.drivers.panels.dynamic import DynamicSpatialPanel
from spatialccd.drivers.panels.spatial_panel import SpatialPanel
from spatialccd.drivers.panels.threshold import PanelThreshold
from spatialccd.drivers.regression.spatial import SpatialRegression
from spatialccd.dynamics.clubs import ConvergenceClubs
from spatialccd.errors import EstimationError, check_choice
from spatialccd.report.charts import rows
from spatialccd.report.paper.chart import INK, LABEL, SMALL, check_result, color, paper
from spatialccd.report.paper.figure import Figure
from spatialccd.report.paper.layout import Width
from spatialccd.report.paper.numbers import number
from spatialccd.report.paper.style import in_house_style
from spatialccd.report.words.language import Language

Run = Literal["short", "long"]

_KINDS = {"direct": "Direct effect", "indirect": "Indirect effect", "total": "Total effect"}
_LINE = 1.0


@in_house_style
def chart_effects(
    effects: SpatialPanel | DynamicSpatialPanel | SpatialRegression | GraphComparison,
    *,
    run: Run = "short",
    title: str | None = None,
    language: Language = "en",
    labels: Mapping[str, object] | None = None,
    width: Width = "double",
    letters: bool = False,
) -> Figure:
    """Draw direct, indirect and total effects with their intervals (a forest chart).

    Of a comparison of graphs the effects under each stand beside each other. A
    dot is filled where the interval leaves out zero.

    Parameters
    ----------
    effects : SpatialPanel, DynamicSpatialPanel, SpatialRegression or GraphComparison
        What spatial_panel, dynamic_spatial_panel, spatial_regression or
        compare_graphs returns.
    run : {"short", "long"}, default "short"
        Of a dynamic panel, the effects of the short run or of the long one.
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
        ``.table`` has a row an effect: value, low and high.

    Raises
    ------
    ParameterError
        `effects` is another result.
    EstimationError
        The long run of a panel that has none, or a regression without effects.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from libpysal.graph import Graph
    >>> from spatialccd import spatial_panel
    >>> ring = Graph.from_dicts({i: {(i - 1) % 9: 1, (i + 1) % 9: 1} for i in range(9)})
    >>> rows = pd.MultiIndex.from_product([range(9), range(4)], names=["unit", "time"])
    >>> X = pd.DataFrame({"x": np.random.default_rng(1).normal(size=36)}, rows)
    >>> y = 2 * X["x"] + np.random.default_rng(2).normal(size=36)
    >>> chart_effects(spatial_panel(y, X, ring, seed=1)).table["value"].round(1).to_dict()
    {('x', 'direct'): 2.3, ('x', 'indirect'): 0.2, ('x', 'total'): 2.5}
    """
    settings = record("chart_effects", locals())
    check_result(
        "effects", effects, SpatialPanel, DynamicSpatialPanel, SpatialRegression, GraphComparison
    )
    check_choice("run", run, get_args(Run))
    table = _effects(effects, run)
    terms = list(table.index.get_level_values("term").unique())
    graphs = list(table.index.get_level_values(0).unique()) if table.index.nlevels == 3 else [None]
    sheet = paper(language, width, 60.0, letters=letters, labels=labels)
    called = [sheet.name(term) for term in terms]
    tall = rows.height(sheet, called, len(graphs), share=0.24, least=5.4)
    sheet.resize(16.0 + tall)
    axes = sheet.panels(3, 3, share_y=True)
    for i, (ax, (kind, name)) in enumerate(zip(axes, _KINDS.items(), strict=True)):
        own = table.xs(kind, level="effect")
        dots = []
        for place, graph in enumerate(graphs):
            part = own if graph is None else own.loc[graph]
            apart = (part["low"] > 0) | (part["high"] < 0)
            shade = color(i if graph is None else place)
            dots.append(rows.Dots("", part["value"], shade, (part["low"], part["high"]), apart))
        rows.draw(sheet, ax, terms, dots, reference=0.0, share=0.24, words=called)
        sheet.head(ax, name)
        if i:
            ax.tick_params(axis="y", labelleft=False)
    if graphs != [None]:
        rows.explain(sheet, [rows.key(str(graph), color(n)) for n, graph in enumerate(graphs)])
    return Figure(settings=settings, figure=sheet.finished(title), table=table)


def _effects(effects: Any, run: Run) -> pd.DataFrame:
    """Give value, low and high on (term, effect), or on (graph, term, effect)."""
    if isinstance(effects, SpatialRegression):
        table = effects.effects
        if table.empty:
            raise EstimationError("the regression has no effects")
        reach = NormalDist().inv_cdf(0.975)
        parts = {}
        for kind in _KINDS:
            value, within = table[kind], reach * table[f"{kind}_se"]
            ends = {"value": value, "low": value - within, "high": value + within}
            parts[kind] = pd.DataFrame(ends)
        whole = pd.concat(parts, names=["effect", "term"]).swaplevel()
        order = [(term, kind) for term in table.index for kind in _KINDS]
        return whole.loc[order]
    table = effects.effects
    if run == "long":
        table = getattr(effects, "long_run", table.iloc[:0])
        if table.empty:
            raise EstimationError("there are no long-run effects: y does not settle, or is static")
    return table[["value", "low", "high"]]


@in_house_style
def chart_threshold(
    threshold: PanelThreshold,
    *,
    title: str | None = None,
    language: Language = "en",
    labels: Mapping[str, object] | None = None,
    width: Width = "double",
    letters: bool = False,
) -> Figure:
    """Draw the likelihood ratio of each threshold over the values that were searched.

    Values below the dashed line are in the confidence set.

    Parameters
    ----------
    threshold : PanelThreshold
        What panel_threshold returns.
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
        ``.table`` is the likelihood ratio on (threshold, value).

    Raises
    ------
    ParameterError
        `threshold` is another result.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from spatialccd import panel_threshold
    >>> rows = pd.MultiIndex.from_product([range(20), range(6)], names=["unit", "time"])
    >>> rng = np.random.default_rng(1)
    >>> X = pd.DataFrame({"x": rng.normal(size=120)}, rows)
    >>> q = pd.Series(rng.uniform(size=120), rows, name="q")
    >>> y = X["x"] * np.where(q <= 0.5, 1, 3) + 0.3 * rng.normal(size=120)
    >>> found = panel_threshold(y, X, q, max_thresholds=1, n_bootstrap=19, seed=1)
    >>> bool(chart_threshold(found).table["LR"].min() == 0)
    True
    """
    settings = record("chart_threshold", locals())
    check_result("threshold", threshold, PanelThreshold)
    curve, found = threshold.likelihood_ratio, threshold.thresholds
    sheet = paper(language, width, 65.0, letters=letters, labels=labels)
    critical = float(threshold.statistics["critical_value"])
    axes = sheet.panels(len(found), len(found), share_y=True)
    for i, (ax, nth) in enumerate(zip(axes, found.index, strict=True)):
        rows = curve.loc[nth]
        ax.plot(rows.index, rows["LR"], color=color(i), linewidth=_LINE)
        ax.axhline(critical, color=INK, linewidth=0.6, linestyle="--")
        estimate = float(found.loc[nth, "estimate"])
        ax.axvline(estimate, color=INK, linewidth=0.6)
        sheet.head(ax, number(estimate))
        ax.set_xlabel(sheet.say("Threshold variable"), fontsize=LABEL)
        sheet.quiet(ax)
    axes[0].set_ylabel(sheet.say("Likelihood ratio"), fontsize=LABEL)
    return Figure(settings=settings, figure=sheet.finished(title), table=curve)


@in_house_style
def chart_clubs(
    clubs: ConvergenceClubs,
    *,
    title: str | None = None,
    language: Language = "en",
    labels: Mapping[str, object] | None = None,
    width: Width = "double",
) -> Figure:
    """Draw the relative path of each convergence club: its mean over that of all units.

    Parameters
    ----------
    clubs : ConvergenceClubs
        What convergence_clubs returns.
    title : str, optional
        Stands above it.
    language : {"en", "zh"}, default "en"
        Of all words but those of the data.
    labels : mapping of str to str or mapping, optional
        What variables are called: a name, or any of "en", "zh", "unit" and "unit_zh".
    width : {"single", "middle", "double"}, default "double"
        90, 140 or 190 mm.

    Returns
    -------
    Figure
        ``.table`` has a row a time, a column a club.

    Raises
    ------
    ParameterError
        `clubs` is another result.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from spatialccd import convergence_clubs
    >>> t = np.arange(1, 31)
    >>> values = {f"u{i}": 1 + (i > 3) + 0.3 * i / t for i in range(8)}
    >>> y = pd.DataFrame(values, index=t).rename_axis("time").T.rename_axis("unit").stack()
    >>> chart_clubs(convergence_clubs(y, trend="none")).table.columns.tolist()
    ['1', '2']
    """
    settings = record("chart_clubs", locals())
    check_result("clubs", clubs, ConvergenceClubs)
    sheet = paper(language, width, 75.0, labels=labels)
    (ax,) = sheet.panels(1, 1)
    counts = clubs.members["club"].astype(str).value_counts()
    for i, name in enumerate(clubs.paths.columns):
        alone = name == "0"
        word = sheet.say("No club") if alone else f"{sheet.say('Club')} {name}"
        ax.plot(
            clubs.paths.index,
            clubs.paths[name],
            color=INK if alone else color(i),
            linestyle=":" if alone else "-",
            linewidth=_LINE,
            label=f"{word} ({counts[name]})",
        )
    ax.axhline(1, color=INK, linewidth=0.6)
    ax.set_ylabel(sheet.say("Relative to the mean of all units"), fontsize=LABEL)
    sheet.quiet(ax)
    ax.legend(fontsize=SMALL, frameon=False)
    return Figure(settings=settings, figure=sheet.finished(title), table=clubs.paths.copy())
