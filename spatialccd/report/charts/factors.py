"""Charts of the factor detector: q of each factor, by year or group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from spatialccd._result import record
from spatialccd.drivers.geodetector.cells.results import CellDetector
from spatialccd.drivers.geodetector.factor import FactorDetector
from spatialccd.errors import ParameterError, check_range
from spatialccd.report.paper import palettes
from spatialccd.report.paper.chart import INK, LABEL, SMALL, check_result, color, pale, paper
from spatialccd.report.paper.figure import Figure
from spatialccd.report.paper.layout import WIDTHS, Width
from spatialccd.report.paper.numbers import number
from spatialccd.report.paper.style import in_house_style
from spatialccd.report.words.language import Language
from spatialccd.report.words.stars import STARS_NOTE, significance

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from spatialccd.report.paper.chart import Paper

_MOST_PANELS = 16
#: In mm: a bar, one that holds its figure, room between factors, the widest names.
_BAR, _TALL, _GAP, _NAMES = 1.5, 2.6, 1.6, 48.0


@in_house_style
def chart_factors(
    factors: FactorDetector | CellDetector,
    *,
    alpha: float = 0.05,
    title: str | None = None,
    language: Language = "en",
    labels: Mapping[str, object] | None = None,
    width: Width = "double",
    letters: bool = False,
) -> Figure:
    """Draw q of each factor as bars, by year or group, with intervals where there are any.

    The strongest factor, by the mean of its bars, stands on top. The last name in `by`
    gives the bars of a factor, the names before it a panel each. A pale bar is not
    significant by permutation; the line across a bar is the q to expect without any
    effect; the whisker is the interval of the share in the population. Up to three
    bars a factor have q and its stars beside them.

    Parameters
    ----------
    factors : FactorDetector or CellDetector
        What ``factor_detector`` or ``cell_detector`` returns.
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
    check_result("factors", factors, FactorDetector, CellDetector)
    check_range("alpha", alpha, 0, 1)
    found = factors.factors if isinstance(factors, CellDetector) else factors
    figures = found.to_frame()
    *outer, inner = [None, *found.by] if not found.by else list(found.by)
    panels = parts(figures, [name for name in outer if name])
    columns = min(len(panels), 2 if width == "double" else 1)
    shades = _shades(figures, inner)
    order = _order(figures)
    sheet = paper(language, width, 40.0, letters=letters, labels=labels)
    names = [sheet.wrap(name, min(_NAMES, WIDTHS[width] / 3)) for name in order]
    bar = _TALL if len(shades) <= 3 else _BAR
    tall = max(sum(max(sheet.height(n) + 0.8, bar * len(shades) + _GAP) for n in names), 12.0)
    rows = -(-len(panels) // columns)
    sheet.resize(14.0 + (tall + 9.0) * rows)
    axes = sheet.panels(len(panels), columns, share_x=True, share_y=True)
    for ax, (key, part) in zip(axes, panels, strict=True):
        _bars(sheet, ax, part, inner, shades, alpha, order, figured=bar >= _TALL)
        sheet.head(ax, ", ".join(sheet.say(v) for v in key.values()))
    axes[0].set_yticks(np.arange(len(order)), names)
    axes[0].set_ylim(len(order) - 0.5, -0.5)  # the strongest on top
    for ax in axes[-columns:]:
        ax.tick_params(labelbottom=True)
        ax.set_xlabel("q", fontsize=LABEL)
    _explain_bars(sheet, figures, inner, shades, alpha, figured=bar >= _TALL)
    return Figure(settings=settings, figure=sheet.finished(title), table=figures)


def parts(figures: pd.DataFrame, names: list[str]) -> list[tuple[dict[str, Any], pd.DataFrame]]:
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


def _shades(figures: pd.DataFrame, inner: str | None) -> dict[Any, str]:
    """Give a color to each bar of a factor: a ramp for times, apart for groups."""
    if inner is None:
        return {None: color(0)}
    values = list(figures[inner].unique())
    if pd.api.types.is_numeric_dtype(figures[inner]):
        return dict(zip(values, palettes.ramp("YlGnBu", len(values) + 1)[1:], strict=True))
    return {value: color(i) for i, value in enumerate(values)}


def _order(figures: pd.DataFrame) -> list[str]:
    """List the factors, the strongest first."""
    mean = figures.groupby("factor", sort=False)["q"].mean()
    return [str(name) for name in mean.sort_values(ascending=False, kind="stable").index]


def _bars(
    sheet: Paper,
    ax: Axes,
    part: pd.DataFrame,
    inner: str | None,
    shades: dict[Any, str],
    alpha: float,
    order: list[str],
    *,
    figured: bool,
) -> None:
    thick = 0.82 / len(shades)
    for i, (value, shade) in enumerate(shades.items()):
        rows = part if inner is None else part[part[inner] == value]
        rows = rows.set_index(rows["factor"].astype(str)).reindex(order)
        at = np.arange(len(order)) + (i - (len(shades) - 1) / 2) * thick
        bars = ax.barh(at, rows["q"], thick * 0.92, color=shade, edgecolor=INK, linewidth=0.3)
        p = rows.get("p_permutation")
        if p is not None:
            for bar, own in zip(bars, p, strict=True):
                bar.set_facecolor(shade if own <= alpha else pale(shade, 0.3))
        half = thick * 0.46
        ax.vlines(rows["expected_q"], at - half, at + half, color=INK, linewidth=0.9)
        if "q_low" in rows:
            ax.hlines(at, rows["q_low"], rows["q_high"], color=INK, linewidth=0.7)
        if figured:
            _write_q(ax, rows, at)
    ax.set_xlim(0, 1.18 if figured else 1.02)
    ax.set_xticks(np.linspace(0, 1, 6))
    sheet.quiet(ax, grid="x")
    ax.tick_params(axis="y", length=0)


def _write_q(ax: Axes, rows: pd.DataFrame, at: Any) -> None:
    """Write q and its stars after each bar and its whisker."""
    ends = rows[[c for c in ("q", "q_high", "expected_q") if c in rows]].max(axis=1)
    stars = rows.get("p_permutation", pd.Series(np.nan, rows.index))
    for y, end, q, p in zip(at, ends, rows["q"], stars, strict=True):
        if not np.isnan(q):
            ax.annotate(
                f"{number(q, 2)}{significance(p)}", (end, y), xytext=(2, 0),
                textcoords="offset points", va="center", fontsize=SMALL, color=INK,
            )  # fmt: skip


def _explain_bars(
    sheet: Paper,
    figures: pd.DataFrame,
    inner: str | None,
    shades: dict[Any, str],
    alpha: float,
    *,
    figured: bool,
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
                label=f"{sheet.say('pale')}{sheet.words.colon}p > {alpha:g}",
            )
        )  # fmt: skip
    handles.append(
        Line2D(
            [],
            [],
            color=INK,
            marker="|",
            linestyle="",
            label=sheet.say("q expected without effect"),
        )
    )
    if "q_low" in figures:
        handles.append(
            Line2D([], [], color=INK, marker="_", linestyle="", label=sheet.say("interval"))
        )
    if figured and "p_permutation" in figures:
        handles.append(Line2D([], [], linestyle="", label=STARS_NOTE))
    columns = sheet.columns([handle.get_label() for handle in handles])
    sheet.figure.legend(
        handles=handles, loc="outside lower center", ncols=columns,
        fontsize=SMALL, frameon=False,
    )  # fmt: skip
