"""Forest charts: the coefficients of one regression, or of several side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, Literal, get_args

import pandas as pd

from spatialccd._result import Result, record
from spatialccd.drivers.panels.dynamic import DynamicSpatialPanel
from spatialccd.drivers.panels.spatial_panel import SpatialPanel
from spatialccd.drivers.panels.threshold import PanelThreshold
from spatialccd.drivers.regression.effects import MarginalEffects
from spatialccd.drivers.regression.mediation import Mediation
from spatialccd.drivers.regression.panel import PanelRegression
from spatialccd.drivers.regression.panel_tobit import PanelTobit
from spatialccd.drivers.regression.quantile import QuantileRegression
from spatialccd.drivers.regression.spatial import SpatialRegression
from spatialccd.drivers.regression.tobit import Tobit
from spatialccd.dynamics.catchup import BetaConvergence
from spatialccd.errors import ParameterError, check_choice
from spatialccd.report.charts import rows
from spatialccd.report.paper.chart import LABEL, check_result, color, paper
from spatialccd.report.paper.figure import Figure
from spatialccd.report.paper.layout import Width
from spatialccd.report.paper.style import in_house_style
from spatialccd.report.words.language import Language

if TYPE_CHECKING:
    from spatialccd.report.paper.chart import Paper

Axis = Literal["shared", "each"]

_REGRESSIONS = (
    Tobit, PanelTobit, PanelRegression, PanelThreshold, SpatialRegression, SpatialPanel,
    DynamicSpatialPanel,
)  # fmt: skip
#: Terms that are no slopes: drawn when they are named.
_NO_SLOPES = ("Intercept", "sigma2", "log_scale", "log_sigma_u", "phi")
_SYMBOLS = {"rho": ("ρ", "lag of the dependent"), "lambda": ("λ", "lag of the error")}
_LAG, _THROUGH = "lag of ", "through "
#: Terms that are ours and not the data's.
_OWN_WORDS = ("Intercept", "All", "direct", "indirect", "total", "lagged y", "lag of lagged y")
_PANELS_A_ROW = 3


@in_house_style
def chart_forest(
    *fitted: Tobit
    | PanelTobit
    | PanelRegression
    | PanelThreshold
    | SpatialRegression
    | SpatialPanel
    | DynamicSpatialPanel
    | QuantileRegression
    | MarginalEffects
    | Mediation
    | BetaConvergence,
    terms: Sequence[str] | None = None,
    axis: Axis = "shared",
    title: str | None = None,
    language: Language = "en",
    labels: Mapping[str, object] | None = None,
    width: Width = "middle",
    letters: bool = False,
    **named: Tobit
    | PanelTobit
    | PanelRegression
    | PanelThreshold
    | SpatialRegression
    | SpatialPanel
    | DynamicSpatialPanel
    | QuantileRegression
    | MarginalEffects
    | Mediation
    | BetaConvergence,
) -> Figure:
    """Draw coefficients with their intervals, those of several regressions beside each other.

    A dot is filled where the interval leaves out zero.

    Parameters
    ----------
    *fitted : Tobit, PanelRegression, SpatialPanel, QuantileRegression, Mediation, ...
        Called (1), (2), ... by their order. Of quantiles each is a series; of a
        mediation the effects are drawn, of a convergence beta by group.
    terms : sequence of str, optional
        The terms to draw, in this order; all slopes when omitted.
    axis : {"shared", "each"}, default "shared"
        One axis for all terms, or a panel with its own axis for each, where
        covariates are of very different units.
    title : str, optional
        Stands above it.
    language : {"en", "zh"}, default "en"
        Of all words but those of the data.
    labels : mapping of str to str or mapping, optional
        What variables are called: a name, or any of "en", "zh", "unit" and "unit_zh".
    width : {"single", "middle", "double"}, default "middle"
        90, 140 or 190 mm.
    letters : bool, default False
        Write (a), (b), (c) and so on before the titles of the panels.
    **named : Tobit, PanelRegression, SpatialPanel, QuantileRegression, Mediation, ...
        More of them, called by their names.

    Returns
    -------
    Figure
        ``.table`` is on (regression, term): coef, low and high.

    Raises
    ------
    ParameterError
        There is no regression, one of them is another result, or none has a
        term that was named.

    References
    ----------
    Lewis and Clarke (2001). Forest plots. BMJ 322: 1479-1480.

    Examples
    --------
    >>> import numpy as np
    >>> from spatialccd import tobit
    >>> X = pd.DataFrame({"x": np.arange(9.0), "z": [1, 0, 2, 1, 0, 2, 1, 0, 3.0]})
    >>> y = (0.1 * X["x"] + 0.02 * X["z"] ** 2 - 0.25).clip(lower=0)
    >>> chart_forest(tobit(y, X)).table.index.to_list()
    [('(1)', 'x'), ('(1)', 'z')]
    """
    settings = record("chart_forest", locals())
    check_choice("axis", axis, get_args(Axis))
    estimates = _side_by_side(fitted, named)
    shown = _terms(estimates, terms)
    table = pd.concat(
        {name: part.reindex(shown).dropna(how="all") for name, part in estimates.items()},
        names=["regression", "term"],
    )
    series = {
        name: (color(i), part.reindex(shown)) for i, (name, part) in enumerate(estimates.items())
    }
    draw = _one_axis if axis == "shared" else _own_axes
    sheet = draw(paper(language, width, 60.0, letters=letters, labels=labels), shown, series)
    if len(series) > 1:
        rows.explain(sheet, [rows.key(name, c) for name, (c, _) in series.items()])
    return Figure(settings=settings, figure=sheet.finished(title), table=table)


def _one_axis(sheet: Paper, terms: list[str], series: Any) -> Paper:
    """Draw a row a term, the regressions beside each other in it."""
    words = [_called(sheet, term) for term in terms]
    sheet.resize(18.0 + rows.height(sheet, words, len(series)))
    ax = sheet.figure.add_subplot()
    sheet.head(ax)
    dots = [_dots(part, shade) for shade, part in series.values()]
    rows.draw(sheet, ax, terms, dots, reference=0.0, words=words)
    ax.set_xlabel(sheet.say("Coefficient and its interval"), fontsize=LABEL)
    return sheet


def _own_axes(sheet: Paper, terms: list[str], series: Any) -> Paper:
    """Draw a panel a term, a row a regression."""
    columns = min(len(terms), _PANELS_A_ROW)
    lines = -(-len(terms) // columns)
    sheet.resize(12.0 + (16.0 + rows.height(sheet, list(series), share=0.2)) * lines)
    axes = sheet.panels(len(terms), columns, share_y=True)
    for ax, term in zip(axes, terms, strict=True):
        for i, (name, (shade, part)) in enumerate(series.items()):
            own = part.loc[[term]].set_axis([name])
            line = 0.0 if i == 0 else None
            rows.draw(sheet, ax, list(series), [_dots(own, shade)], reference=line, share=0.2)
        sheet.head(ax, _called(sheet, term))
        ax.locator_params(axis="x", nbins=4)
        ax.label_outer()
        ax.tick_params(labelbottom=True)
    return sheet


def _called(sheet: Paper, term: str) -> str:
    """Call a term as papers do; a covariate keeps its name."""
    if term in _SYMBOLS:
        symbol, words = _SYMBOLS[term]
        return f"{symbol} ({sheet.say(words)})"
    if term.startswith(_LAG) and term not in _OWN_WORDS:
        return sheet.say("W × {}").format(sheet.name(term.removeprefix(_LAG)))
    if term.startswith(_THROUGH):
        return sheet.say("through {}").format(sheet.name(term.removeprefix(_THROUGH)))
    return sheet.say(term) if term in _OWN_WORDS else sheet.name(term)


def _dots(part: pd.DataFrame, shade: str) -> rows.Dots:
    apart = (part["low"] > 0) | (part["high"] < 0)
    return rows.Dots("", part["coef"], shade, (part["low"], part["high"]), filled=apart)


def _side_by_side(fitted: Sequence[Result], named: Mapping[str, Result]) -> dict[str, pd.DataFrame]:
    """Give coef, low and high of each series by its name."""
    given = {f"({i})": result for i, result in enumerate(fitted, start=1)} | dict(named)
    if not given:
        raise ParameterError("name a regression to draw")
    found: dict[str, pd.DataFrame] = {}
    for name, result in given.items():
        parts = _estimates(result, name)
        for own, part in parts.items():
            called = (
                own if len(given) == 1 and len(parts) > 1 else " ".join(filter(None, (name, own)))
            )
            found[called] = part[["coef", "low", "high"]].astype(float)
    return found


def _estimates(result: Result, name: str) -> dict[str, pd.DataFrame]:
    """Give the estimates of a result by series; one without a name where there is one."""
    check_result(name, result, *_REGRESSIONS, QuantileRegression, MarginalEffects, Mediation,
                 BetaConvergence)  # fmt: skip
    if isinstance(result, QuantileRegression):
        terms = result.terms
        return {
            f"q = {q:g}": terms.xs(q, level=0) for q in terms.index.get_level_values(0).unique()
        }
    if isinstance(result, Mediation):
        return {"": result.table.rename(columns={"value": "coef"})}
    if isinstance(result, BetaConvergence):
        reach = NormalDist().inv_cdf(0.975) * result.table["se"]
        beta = result.table["beta"]
        return {"": pd.DataFrame({"coef": beta, "low": beta - reach, "high": beta + reach})}
    return {"": result.terms}  # type: ignore[attr-defined]


def _terms(estimates: Mapping[str, pd.DataFrame], wanted: Sequence[str] | None) -> list[str]:
    known = list(dict.fromkeys(t for part in estimates.values() for t in part.index))
    if wanted is None:
        return [term for term in known if term not in _NO_SLOPES] or known
    asked = [wanted] if isinstance(wanted, str) else list(wanted)
    for term in asked:
        check_choice("terms", term, known)
    return asked
