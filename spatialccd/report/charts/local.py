"""Charts of local regressions: how coefficients spread, how far bandwidths reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd

from spatialccd._result import record
from spatialccd.drivers.gwr.collinearity import LocalCollinearity
from spatialccd.drivers.gwr.intervals import CoefficientIntervals
from spatialccd.drivers.gwr.prediction import Prediction
from spatialccd.drivers.gwr.results import GTWR, GWR, MGTWR, MGWR
from spatialccd.errors import EstimationError, check_choice
from spatialccd.report.charts import rows
from spatialccd.report.paper.chart import INK, LABEL, SMALL, check_result, color, pale, paper
from spatialccd.report.paper.figure import Figure
from spatialccd.report.paper.layout import Width
from spatialccd.report.paper.style import in_house_style
from spatialccd.report.words.language import Language

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from spatialccd._types import FloatArray
    from spatialccd.report.paper.chart import Paper

Shape = Literal["box", "violin"]

_LINE = 0.7
_ROW = 8.0
#: Widest row that names, axis and shares leave in one piece.
_ONE, _TWO = color(0), color(1)


@in_house_style
def chart_local(
    local: MGWR | GWR | GTWR | MGTWR | CoefficientIntervals | LocalCollinearity | Prediction,
    *,
    kind: Shape = "box",
    columns: Sequence[str] | None = None,
    title: str | None = None,
    language: Language = "en",
    labels: Mapping[str, object] | None = None,
    width: Width = "middle",
) -> Figure:
    """Draw how local figures spread over the units, covariate by covariate.

    Boxes span the middle half, whiskers the last value within 1.5 times that
    span; a diamond is the coefficient of the global regression. At the right:
    the share of units whose coefficient is significant, above and below zero.

    Parameters
    ----------
    local : MGWR, GWR, GTWR, MGTWR, CoefficientIntervals, LocalCollinearity or Prediction
        Coefficients; of a collinearity the variance inflation of each covariate.
    kind : {"box", "violin"}, default "box"
        Boxes, or the whole density with its quartiles.
    columns : sequence of str, optional
        The covariates to draw; all, the intercept too, when omitted.
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
        ``.table`` has a row a covariate: n, mean, sd, min, q1, median, q3, max,
        and where the model tells them the shares significant above and below zero
        and the global coefficient.

    Raises
    ------
    ParameterError
        `local` is another result, or has no such covariate.

    References
    ----------
    Fotheringham, Brunsdon and Charlton (2002), Geographically Weighted Regression.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from spatialccd import gwr
    >>> places = gpd.GeoSeries.from_xy(np.arange(30.0) * 1000, np.zeros(30), crs=3857)
    >>> x = pd.DataFrame({"x": np.sin(np.arange(30.0))})
    >>> fitted = gwr(x["x"] * np.linspace(0, 1, 30), x, places, bandwidth=11)
    >>> chart_local(fitted, columns=["x"]).table[["n", "below"]]
          n  below
    term
    x    30    0.0
    """
    settings = record("chart_local", locals())
    check_result("local", local, GWR, MGWR, GTWR, MGTWR, CoefficientIntervals,
                 LocalCollinearity, Prediction)  # fmt: skip
    check_choice("kind", kind, get_args(Shape))
    figures = local.vif if isinstance(local, LocalCollinearity) else local.coef
    shown = list(figures.columns) if columns is None else list(columns)
    for name in shown:
        check_choice("columns", name, list(figures.columns))
    table = _spread(figures[shown]).join(_verdicts(local, shown))
    sheet = paper(language, width, 60.0, labels=labels)
    words = [_term(sheet, name) for name in shown]
    sheet.resize(14.0 + rows.height(sheet, words, least=_ROW))
    ax = sheet.figure.add_subplot()
    inflation = isinstance(local, LocalCollinearity)
    ax.axvline(10.0 if inflation else 0.0, color=INK, linewidth=0.6, zorder=1)
    parts = [figures[name].dropna().to_numpy(dtype=float) for name in shown]
    (_boxes if kind == "box" else _violins)(ax, parts)
    ax.set_ylim(len(shown) - 0.4, -0.6)
    ax.set_yticks(np.arange(len(shown)), rows.named(sheet, words))
    sheet.quiet(ax, grid="x")
    ax.tick_params(axis="y", length=0)
    heading = "Variance inflation factor" if inflation else "Local coefficient"
    ax.set_xlabel(sheet.say(heading), fontsize=LABEL)
    if "global" in table:
        ax.scatter(table["global"], np.arange(len(shown)), marker="D", s=12, color=_TWO, zorder=5)
        rows.explain(sheet, [rows.key(sheet.say("Global regression"), _TWO, "D")])
    if "above" in table:
        _write_shares(sheet, ax, table)
    return Figure(settings=settings, figure=sheet.finished(title), table=table)


@in_house_style
def chart_bandwidths(
    gwr: MGWR | GWR | GTWR | MGTWR,
    *,
    title: str | None = None,
    language: Language = "en",
    labels: Mapping[str, object] | None = None,
    width: Width = "middle",
) -> Figure:
    """Draw the bandwidth of each covariate with its interval: what is local, what is global.

    At the right stands the effective number of parameters (ENP): the more, the
    more local.

    Parameters
    ----------
    gwr : MGWR, GWR, GTWR or MGTWR
        The fitted model; its intervals are those of Li et al. (2020).
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
        ``.table`` has a row a term: bandwidth, low, high and enp.

    Raises
    ------
    ParameterError
        `gwr` is another result.
    EstimationError
        The model has no bandwidth that is a number.

    References
    ----------
    Li, Fotheringham, Oshan and Wolf (2020), Annals AAG 110(5): intervals of bandwidths.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from spatialccd import gwr
    >>> places = gpd.GeoSeries.from_xy(np.arange(30.0) * 1000, np.zeros(30), crs=3857)
    >>> x = pd.DataFrame({"x": np.sin(np.arange(30.0))})
    >>> fitted = gwr(x["x"] * np.linspace(0, 1, 30), x, places, bandwidth=11)
    >>> chart_bandwidths(fitted).table["bandwidth"].to_list()
    [11.0, 11.0]
    """
    settings = record("chart_bandwidths", locals())
    check_result("gwr", gwr, GWR, MGWR, GTWR, MGTWR)
    table = pd.DataFrame({"bandwidth": gwr.bandwidth}).join(gwr.interval).join(gwr.enp)
    table = table.astype(float).replace(np.inf, np.nan)
    if not np.isfinite(table["bandwidth"]).any():
        raise EstimationError("no term has a bandwidth that is a number: all are global")
    names = list(table.index)
    sheet = paper(language, width, 60.0, labels=labels)
    words = [_term(sheet, name) for name in names]
    sheet.resize(20.0 + rows.height(sheet, words, 2))
    ax = sheet.figure.add_subplot()
    dots = rows.Dots("", table["bandwidth"], _ONE, (table["low"], table["high"]))
    rows.draw(sheet, ax, names, [dots], words=words)
    fixed = bool(gwr.settings["fixed"])
    n = len(gwr.coef)
    if not fixed:
        ax.axvline(n, color=INK, linewidth=0.7, linestyle="--")
        ax.set_xlim(0, n * 1.04)
        handle = ax.plot([], [], color=INK, linewidth=0.7, linestyle="--",
                         label=f"{sheet.say('all units')} (n = {n:,})")  # fmt: skip
        rows.explain(sheet, handle)
    ax.set_xlabel(sheet.say(_unit(gwr, fixed=fixed)), fontsize=LABEL)
    for place, enp in enumerate(table["enp"]):
        _beside(ax, place, f"{enp:.1f}" if np.isfinite(enp) else "")
    _beside(ax, -1.0, "ENP")
    return Figure(settings=settings, figure=sheet.finished(title), table=table)


def _unit(gwr: Any, *, fixed: bool) -> str:
    if not fixed:
        return "Bandwidth (number of neighbors)"
    return "Bandwidth (km)" if gwr.great_circle else "Bandwidth (map units)"


def _term(sheet: Paper, name: object) -> str:
    return sheet.say(name) if name == "Intercept" else sheet.name(name)


def _spread(figures: pd.DataFrame) -> pd.DataFrame:
    """Describe each column."""
    known = figures.astype(float)
    return pd.DataFrame(
        {
            "n": known.count(),
            "mean": known.mean(),
            "sd": known.std(ddof=0),
            "min": known.min(),
            "q1": known.quantile(0.25),
            "median": known.median(),
            "q3": known.quantile(0.75),
            "max": known.max(),
        }
    ).rename_axis("term")


def _verdicts(local: Any, shown: list[str]) -> pd.DataFrame:
    """Give what the model says of each covariate: shares of units, the global coefficient."""
    if isinstance(local, CoefficientIntervals):
        above, below = local.low[shown] > 0, local.high[shown] < 0
    elif isinstance(local, GWR | MGWR | GTWR | MGTWR):
        sure = local.significant[shown].astype(bool)
        above, below = sure & (local.coef[shown] > 0), sure & (local.coef[shown] < 0)
    else:
        return pd.DataFrame(index=pd.Index(shown, name="term"))
    found = pd.DataFrame({"above": above.mean(), "below": below.mean()}).rename_axis("term")
    if isinstance(local, GWR | MGWR | GTWR | MGTWR):
        found["global"] = local.ols["coef"].reindex(shown)
    return found


def _write_shares(sheet: Paper, ax: Axes, table: pd.DataFrame) -> None:
    """Write shares of significant units at the right of each row."""
    for place, (above, below) in enumerate(table[["above", "below"]].itertuples(index=False)):
        _beside(ax, place, f"+{above:.0%}  \N{MINUS SIGN}{below:.0%}")
    _beside(ax, -1.0, sheet.say("significant"))


def _beside(ax: Axes, place: float, words: str) -> None:
    """Write at the right of a row; of row -1, above the first."""
    where: dict[str, Any] = {"xy": (1.0, place), "xycoords": ("axes fraction", "data")}
    if place < 0:
        where = {"xy": (1.0, 1.0), "xycoords": "axes fraction"}
    ax.annotate(
        words, **where, xytext=(4, 2 if place < 0 else 0), textcoords="offset points",
        ha="left", va="bottom" if place < 0 else "center", fontsize=SMALL, color=INK,
        annotation_clip=False,
    )  # fmt: skip


def _boxes(ax: Axes, parts: list[FloatArray]) -> None:
    there = [i for i, values in enumerate(parts) if values.size]
    drawn = ax.boxplot(
        [parts[i] for i in there], positions=there, widths=0.5, orientation="horizontal",
        patch_artist=True, manage_ticks=False, medianprops={"color": INK, "linewidth": 1.2},
        whiskerprops={"linewidth": _LINE, "color": _ONE},
        capprops={"linewidth": _LINE, "color": _ONE},
        flierprops={"marker": "o", "markersize": 1.8, "markeredgewidth": 0.4,
                    "markeredgecolor": _ONE},
    )  # fmt: skip
    for box in drawn["boxes"]:
        box.set(facecolor=pale(_ONE, 0.35), edgecolor=_ONE, linewidth=_LINE)


def _violins(ax: Axes, parts: list[FloatArray]) -> None:
    """Draw densities; what does not vary is a line at its value."""
    for i, values in enumerate(parts):
        if not values.size:
            continue
        q1, median, q3 = np.percentile(values, [25, 50, 75])
        if np.ptp(values) > 1e-9 * max(np.abs(values).max(), 1e-300):
            drawn: Any = ax.violinplot(
                [values], positions=[i], widths=0.75, orientation="horizontal", showextrema=False
            )
            drawn["bodies"][0].set(facecolor=pale(_ONE, 0.35), edgecolor=_ONE, linewidth=_LINE)
            drawn["bodies"][0].set_alpha(1)
        ax.hlines(i, q1, q3, color=_ONE, linewidth=2.2, zorder=3)
        ax.plot([median], [i], "o", color="white", markeredgecolor=INK, markersize=3, zorder=4)
