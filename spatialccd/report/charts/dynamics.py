"""Charts of dynamics: densities, Dagum's parts, moves between classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, get_args

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.colors import to_hex

from spatialccd._result import record
from spatialccd.dynamics.density import KernelDensity
from spatialccd.dynamics.inequality import DagumGini
from spatialccd.dynamics.transitions import Markov, SpatialMarkov
from spatialccd.errors import ParameterError, check_choice
from spatialccd.report.paper.chart import INK, LABEL, SMALL, check_result, color, pale, paper
from spatialccd.report.paper.figure import Figure
from spatialccd.report.paper.layout import Width
from spatialccd.report.paper.style import in_house_style
from spatialccd.report.words.language import Language

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from spatialccd.report.paper.chart import Paper

Style = Literal["ridgeline", "surface"]

#: How far a ridge may reach into the one above, in rows.
_OVERLAP = 2.2
_PANELS_A_ROW = 3


@in_house_style
def chart_density(
    density: KernelDensity,
    *,
    style: Style = "ridgeline",
    label: str = "D",
    title: str | None = None,
    language: Language = "en",
    labels: Mapping[str, object] | None = None,
    width: Width = "double",
    letters: bool = False,
) -> Figure:
    """Draw densities year by year: a ridge a year, or one surface, by group.

    Parameters
    ----------
    density : KernelDensity
        What ``kernel_density`` returns, by year.
    style : {"ridgeline", "surface"}, default "ridgeline"
        Curves above one another, or a surface over values and years.
    label : str, default "D"
        What the values are.
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
        ``.save(path)``; ``.table`` is the table of shape numbers.

    Raises
    ------
    ParameterError
        `density` is another result, or a surface is asked of one year.

    Examples
    --------
    >>> from spatialccd import kernel_density
    >>> index = pd.MultiIndex.from_product([list("abc"), [1, 2]], names=["unit", "time"])
    >>> y = pd.Series([0.2, 0.3, 0.4, 0.4, 0.5, 0.7], index=index)
    >>> chart_density(kernel_density(y)).table["n"].to_list()
    [3, 3]
    """
    settings = record("chart_density", locals())
    check_result("density", density, KernelDensity)
    check_choice("style", style, get_args(Style))
    groups = _by_group(density.density)
    if style == "surface" and min(len(curves.columns) for _, curves in groups) < 2:
        raise ParameterError("a surface needs densities of two or more years; draw a ridgeline")
    # Solids need room for three axes, which a third of a page is not.
    columns = min(len(groups), 2 if style == "surface" else _PANELS_A_ROW)
    rows = -(-len(groups) // columns)
    sheet = paper(language, width, 75.0 * rows, letters=letters, labels=labels)
    options = {"projection": "3d"} if style == "surface" else {}
    axes = [sheet.figure.add_subplot(rows, columns, i + 1, **options) for i in range(len(groups))]
    top = float(density.density.to_numpy().max())
    for ax, (name, curves) in zip(axes, groups, strict=True):
        draw = _surface if style == "surface" else _ridges
        own = top if style == "surface" else float(curves.to_numpy().max())
        draw(sheet, ax, curves, density.shape, name, own, label)
        head = "" if name is None else sheet.say(name)
        if style == "ridgeline":  # each panel has its own scale of heights
            head = sheet.words.beside(head, f"{sheet.say('tallest peak')} {own:.3g}").lstrip()
        sheet.head(ax, head)
    return Figure(settings=settings, figure=sheet.finished(title), table=density.shape)


@in_house_style
def chart_dagum(
    dagum: DagumGini,
    *,
    title: str | None = None,
    language: Language = "en",
    labels: Mapping[str, object] | None = None,
    width: Width = "middle",
) -> Figure:
    """Draw what differences within, between and across groups contribute, by year.

    Parameters
    ----------
    dagum : DagumGini
        What ``dagum_gini`` returns, best with ``by="time"``.
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
        Stacked Gw, Gnb and Gt, whose sum is G, with each one's share of G
        written in its bar; intervals of G where the result has them.

    Raises
    ------
    ParameterError
        `dagum` is another result.

    Examples
    --------
    >>> from spatialccd import dagum_gini
    >>> dagum = dagum_gini(pd.Series([2.0, 4, 1, 3]), pd.Series(list("aabb")))
    >>> list(chart_dagum(dagum).table.columns[:4])
    ['G', 'Gw', 'Gnb', 'Gt']
    """
    settings = record("chart_dagum", locals())
    check_result("dagum", dagum, DagumGini)
    sheet = paper(language, width, 80.0, labels=labels)
    ax = sheet.figure.add_subplot()
    table = dagum.table
    at = np.arange(len(table))
    base = np.zeros(len(table))
    parts = {"w": "Within groups", "nb": "Between groups, net", "t": "Overlap of groups"}
    for i, (part, words) in enumerate(parts.items()):
        height = table[f"G{part}"].to_numpy()
        bars = ax.bar(at, height, 0.72, base, color=color(i), label=sheet.say(words))
        share = table[f"share_{part}"]
        numbers = ["" if np.isnan(s) or s < 8 else f"{s:.0f}%" for s in share]
        sheet.number_bars(ax, bars, numbers, "white")
        base = base + height
    if dagum.intervals is not None:
        low, high = (dagum.intervals[("G", end)].to_numpy() for end in ("low", "high"))
        whiskers = np.maximum([base - low, high - base], 0.0)
        ax.errorbar(at, base, whiskers, fmt="none", ecolor=INK, elinewidth=0.7, capsize=2)
    ax.set_xticks(at, [sheet.say(t) for t in table.index])
    ax.set_ylabel(sheet.say("Dagum Gini coefficient"), fontsize=LABEL)
    sheet.quiet(ax)
    sheet.figure.legend(loc="outside lower center", ncols=3, fontsize=SMALL, frameon=False)
    return Figure(settings=settings, figure=sheet.finished(title), table=dagum.to_frame())


@in_house_style
def chart_transitions(
    markov: Markov | SpatialMarkov,
    *,
    title: str | None = None,
    language: Language = "en",
    labels: Mapping[str, object] | None = None,
    width: Width = "double",
    letters: bool = False,
) -> Figure:
    """Draw the probabilities of moving between classes as heat maps.

    Parameters
    ----------
    markov : Markov or SpatialMarkov
        What ``markov`` or ``spatial_markov`` returns; one panel a lag class.
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
        ``.table`` has the number of moves from each class and their shares.

    Raises
    ------
    ParameterError
        `markov` is another result.

    Examples
    --------
    >>> from spatialccd import markov
    >>> index = pd.MultiIndex.from_product([list("abc"), [1, 2]], names=["unit", "time"])
    >>> chain = markov(pd.Series([1.0, 1, 1, 2, 2, 2], index=index), bounds=[1])
    >>> chart_transitions(chain).table["n"].to_list()
    [2, 1]
    """
    settings = record("chart_transitions", locals())
    check_result("markov", markov, Markov, SpatialMarkov)
    if isinstance(markov, Markov):
        panels = {None: (markov.probabilities, markov.counts)}
    else:
        panels = {
            lag: (markov.probabilities.loc[lag], markov.counts.loc[lag])
            for lag in markov.probabilities.index.get_level_values("lag").unique()
        }
    columns = min(len(panels), 2)
    rows = -(-len(panels) // columns)
    sheet = paper(
        language, width, (85.0 if columns == 1 else 75.0) * rows, letters=letters, labels=labels
    )
    axes = sheet.panels(len(panels), columns)
    for ax, (lag, (shares, counts)) in zip(axes, panels.items(), strict=True):
        image = _heat(sheet, ax, shares, counts)
        under = str(lag).replace("<=", "≤").replace(">=", "≥")
        sheet.head(ax, "" if lag is None else f"{sheet.say('Spatial lag')} {under}")
    bar = sheet.figure.colorbar(image, ax=axes, shrink=0.7, pad=0.02)
    bar.set_label(sheet.say("Probability"), fontsize=LABEL)
    bar.ax.tick_params(labelsize=SMALL)
    return Figure(settings=settings, figure=sheet.finished(title), table=markov.to_frame())


def _by_group(density: pd.DataFrame) -> list[tuple[Any, pd.DataFrame]]:
    if density.columns.nlevels == 1:
        return [(None, density)]
    groups = density.columns.get_level_values(0).unique()
    return [(group, density[group]) for group in groups]


def _ridges(
    sheet: Paper,
    ax: Axes,
    curves: pd.DataFrame,
    shape: pd.DataFrame,
    group: Any,
    top: float,
    label: str,
) -> None:
    """Draw a curve a year, the first at the top; a tick marks each highest peak."""
    x = curves.index.to_numpy()
    colors = mpl.colormaps["viridis"](np.linspace(0.0, 0.9, curves.shape[1]))
    rows = curves.shape[1]
    for i, time in enumerate(curves.columns):
        base = rows - 1 - i
        line = base + _OVERLAP * curves[time].to_numpy() / top
        ax.fill_between(
            x, base, line, color=pale(to_hex(colors[i]), 0.75), linewidth=0, zorder=i + 2
        )
        ax.plot(x, line, color="white", linewidth=0.7, zorder=i + 2)
        peak = shape.loc[time if group is None else (group, time)]
        height = base + _OVERLAP * peak["peak_height"] / top
        ax.plot([peak["peak_at"]] * 2, [base, height], color="white", linewidth=0.5, zorder=i + 2)
    ax.set_yticks(np.arange(rows), [str(time) for time in curves.columns[::-1]])
    ax.set_xlabel(sheet.wrap(label, sheet.width / 3.5, LABEL), fontsize=LABEL)
    sheet.quiet(ax, grid="x")


def _surface(
    sheet: Paper,
    ax: Any,
    curves: pd.DataFrame,
    shape: pd.DataFrame,  # noqa: ARG001 - ridges mark its peaks
    group: Any,  # noqa: ARG001
    top: float,
    label: str,
) -> None:
    """Draw density over values and years."""
    x, years = np.meshgrid(curves.index.to_numpy(), np.arange(curves.shape[1]))
    ax.plot_surface(
        x, years, curves.to_numpy().T, cmap="viridis", vmin=0, vmax=top,
        rstride=1, cstride=4, linewidth=0.1, edgecolor="white", antialiased=True,
    )  # fmt: skip
    step = max(1, curves.shape[1] // 5)
    ticks = np.arange(0, curves.shape[1], step)
    ax.set_yticks(ticks, [str(curves.columns[i]) for i in ticks])
    ax.set_zlim(0, top)
    from matplotlib.ticker import MaxNLocator

    ax.xaxis.set_major_locator(MaxNLocator(4))
    ax.zaxis.set_major_locator(MaxNLocator(4))
    words = sheet.wrap(label, 30.0)
    ax.set_xlabel(words, fontsize=SMALL, labelpad=-5 + 3 * words.count("\n"))
    ax.set_zlabel(sheet.say("Density"), fontsize=SMALL, labelpad=-6)
    ax.tick_params(labelsize=SMALL, pad=-2)
    ax.view_init(elev=28, azim=-60)
    ax.set_box_aspect((1.0, 1.2, 0.7), zoom=0.8)


def _heat(sheet: Paper, ax: Axes, shares: pd.DataFrame, counts: pd.DataFrame) -> Any:
    """Draw one matrix; each cell has its share, each row its number of moves."""
    values = shares.to_numpy(dtype=float)
    image = ax.imshow(np.nan_to_num(values), cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for (i, j), share in np.ndenumerate(values):
        if not np.isnan(share) and share > 0:
            ink = "white" if share > 0.6 else INK
            ax.text(j, i, f"{share:.2f}", ha="center", va="center", fontsize=SMALL, color=ink)
    n = counts.sum(axis=1)
    rows = [sheet.words.beside(sheet.say(c), f"n={n[c]}") for c in shares.index]
    ax.set_yticks(np.arange(len(rows)), rows)
    ax.set_xticks(np.arange(len(rows)), [sheet.say(c) for c in shares.columns], rotation=25)
    for tick in ax.get_xticklabels():
        tick.set(ha="right", rotation_mode="anchor")
    sheet.quiet(ax, grid="")
    ax.set_xlabel(sheet.say("To"), fontsize=LABEL)
    ax.set_ylabel(sheet.say("From"), fontsize=LABEL)
    return image
