"""Regressions side by side, as papers print them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd
from scipy import stats

from spatialccd._result import Result, record
from spatialccd.drivers._estimates import INTERCEPT, Regression
from spatialccd.errors import ParameterError, check_choice, check_range, listed

if TYPE_CHECKING:
    from spatialccd.drivers.panels.dynamic import DynamicSpatialPanel
    from spatialccd.drivers.panels.spatial_panel import SpatialPanel
    from spatialccd.drivers.panels.threshold import PanelThreshold
    from spatialccd.drivers.regression.panel import PanelRegression
    from spatialccd.drivers.regression.panel_tobit import PanelTobit
    from spatialccd.drivers.regression.spatial import SpatialRegression
    from spatialccd.drivers.regression.tobit import Tobit

Below = Literal["se", "statistic", "p", "interval"]

#: What is not a covariate stands below them, in this order.
_LAST = (INTERCEPT, "rho", "lambda", "phi", "sigma2", "log_scale", "log_sigma_u")
#: Parameters of scale: that they differ from zero says nothing, so they have no stars.
_SCALES = ("sigma2", "log_scale", "log_sigma_u")
#: Effects of a model with spatial lags, in the order papers print them.
_KINDS = ("direct", "indirect", "total")
_LONG = "long-run "
#: Figures of fit that papers print, where a model has them.
_FIT = (
    "n",
    "units",
    "r2",
    "r2_within",
    "log_likelihood",
    "aic",
    "bic",
    "scale",
    "sigma_u",
    "left_censored",
    "right_censored",
)
#: What to say of the figure below a coefficient.
_BRACKETS = {
    "se": "Standard errors in brackets.",
    "statistic": "Test statistics in brackets.",
    "p": "p-values in brackets.",
    "interval": "Confidence intervals in brackets.",
}
_COUNTS = ("n", "units", "times", "left_censored", "right_censored")


@dataclass(frozen=True, eq=False, kw_only=True)
class RegressionTable(Result):
    """Regressions side by side.

    Attributes
    ----------
    table : DataFrame
        Text on (part, row): of each term its coefficient with stars and the
        figure below it, effects where asked for, then figures of fit; one column a
        regression.
    terms : DataFrame
        The numbers, on (regression, term): coef, se, statistic, p, low, high.
    """

    table: pd.DataFrame
    terms: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give the table as printed: a row without a name belongs to the one above it."""
        names = [
            ""
            if part in ("terms", "effects") and row.endswith(f" [{self.settings['below']}]")
            else row
            for part, row in self.table.index
        ]
        frame = self.table.reset_index(drop=True)
        frame.insert(0, "term", names)
        return frame

    def notes(self) -> list[str]:
        """Say what stands in brackets, and what stars mean."""
        levels = self.settings["levels"]
        stars = [f"{'*' * (i + 1)} p < {level:g}" for i, level in enumerate(levels)]
        return [_BRACKETS[self.settings["below"]], *([", ".join(stars)] if stars else [])]

    def summary(self) -> str:
        """Write the table and its notes."""
        return "\n\n".join([self.to_frame().to_string(index=False), *self.notes()])


def regression_table(
    *fitted: Tobit
    | PanelTobit
    | PanelRegression
    | PanelThreshold
    | SpatialRegression
    | SpatialPanel
    | DynamicSpatialPanel,
    below: Below = "se",
    digits: int = 3,
    levels: Sequence[float] = (0.1, 0.05, 0.01),
    effects: bool = False,
    **named: Tobit
    | PanelTobit
    | PanelRegression
    | PanelThreshold
    | SpatialRegression
    | SpatialPanel
    | DynamicSpatialPanel,
) -> RegressionTable:
    """Put regressions side by side, with stars.

    Parameters
    ----------
    *fitted : Tobit, PanelTobit, PanelRegression, SpatialRegression, SpatialPanel, ...
        Called (1), (2), ... by their order.
    below : {"se", "statistic", "p", "interval"}, default "se"
        What stands below each coefficient, in brackets.
    digits : int, default 3
        Decimals; what would round to zero is written as in 1.23e-05.
    levels : sequence of float, default (0.1, 0.05, 0.01)
        One star for a p-value below the first, two for the second, and so on.
    effects : bool, default False
        Below the terms, direct, indirect and total effects of the models with
        spatial lags, with errors by the delta method (by draws for
        spatial_regression).
    **named : regressions as in fitted
        More regressions, called by their names: ``fixed=..., random=...``.

    Returns
    -------
    RegressionTable
        ``.table`` as printed, ``.terms`` in numbers; ``write_tables`` writes it
        as workbook, LaTeX or HTML.

    Raises
    ------
    ParameterError
        No regressions, or levels that do not fall.

    Examples
    --------
    >>> from spatialccd.drivers.regression.tobit import tobit
    >>> X = pd.DataFrame({"x": np.arange(8.0)})
    >>> y = pd.Series([0, 0, 0, 0.9, 1.2, 2.4, 2.6, 3.8])
    >>> regression_table(tobit=tobit(y, X)).table.loc["terms"].head(2)
               tobit
    row
    x       0.756***
    x [se]   (0.062)
    """
    settings = record("regression_table", locals())
    check_choice("below", below, get_args(Below))
    check_range("digits", digits, 0, 12)
    if list(levels) != sorted(set(levels), reverse=True):
        raise ParameterError(f"levels={levels!r} must fall, as in (0.1, 0.05, 0.01)")
    models = {f"({i + 1})": model for i, model in enumerate(fitted)} | named
    wrong = [name for name, model in models.items() if not isinstance(model, Regression)]
    if wrong or not models:
        raise ParameterError(
            f"{listed(wrong) or 'nothing'} is no regression; pass what tobit, panel_tobit, "
            "panel_regression, spatial_regression, spatial_panel or dynamic_spatial_panel return"
        )
    columns = {
        name: _column(model, below, digits, tuple(levels), effects=effects)
        for name, model in models.items()
    }
    rows = _rows(models, below, effects=effects)
    table = pd.DataFrame(columns).reindex(rows).fillna("")
    table.index = table.index.set_names(["part", "row"])
    return RegressionTable(
        settings=settings,
        table=table,
        terms=pd.concat({name: m.terms for name, m in models.items()}, names=["regression"]),
    )


def _column(
    model: Regression, below: Below, digits: int, levels: tuple[float, ...], *, effects: bool
) -> pd.Series:
    """Write one regression, on (part, row)."""
    cells = {("model", "dependent"): model.dependent}
    parts = {"terms": model.terms} | ({"effects": _effects(model)} if effects else {})
    for part, figures in parts.items():
        for name, row in figures.iterrows():
            tested = name not in _SCALES
            stars = "*" * sum(row["p"] < level for level in levels) if tested else ""
            cells[part, name] = f"{_number(row['coef'], digits)}{stars}"
            if below == "interval":
                inner = f"[{_number(row['low'], digits)}, {_number(row['high'], digits)}]"
            else:
                inner = f"({_number(row[below], digits)})"
            cells[part, f"{name} [{below}]"] = "" if inner in ("()", "[, ]") else inner
    for name in _FIT:
        if name in model.statistics:
            value = float(model.statistics[name])
            cells["fit", name] = f"{value:.0f}" if name in _COUNTS else _number(value, digits)
    return pd.Series(cells)


def _effects(model: Regression) -> pd.DataFrame:
    """Give direct, indirect and total effects in the form of terms; none of other models."""
    found = getattr(model, "effects", None)
    if not isinstance(found, pd.DataFrame):
        return model.terms.iloc[:0]
    if found.index.nlevels == 1:  # of a cross-section: one row a covariate
        found = pd.concat(
            {
                kind: pd.DataFrame({"value": found[kind], "se": found[f"{kind}_se"]})
                for kind in _KINDS
            }
        ).swaplevel()
        found["statistic"] = found["value"] / found["se"]
        found["p"] = 2 * stats.norm.sf(found["statistic"].abs())
        wide = stats.norm.ppf((1 + model.settings["confidence"]) / 2) * found["se"]
        found = found.assign(low=found["value"] - wide, high=found["value"] + wide)
    far = getattr(model, "long_run", None)
    if far is not None and len(far):  # of a dynamic model
        found = pd.concat([found, far.rename(index=_LONG.__add__, level="effect")])
    found = found.rename(columns={"value": "coef"})
    found.index = pd.Index([f"{term}: {kind}" for term, kind in found.index])
    return found


def _rows(
    models: Mapping[str, Regression], below: Below, *, effects: bool
) -> list[tuple[str, str]]:
    """Give covariates in the order they first stand, what is no covariate, then effects."""
    every = list(dict.fromkeys(term for model in models.values() for term in model.terms.index))
    ordered = [term for term in every if term not in _LAST]
    ordered += [term for term in _LAST if term in every]
    rows = [("model", "dependent")]
    for term in ordered:
        rows += [("terms", term), ("terms", f"{term} [{below}]")]
    if effects:
        found = [name for model in models.values() for name in _effects(model).index]
        for kind in (*_KINDS, *map(_LONG.__add__, _KINDS)):
            for name in dict.fromkeys(name for name in found if name.endswith(f": {kind}")):
                rows += [("effects", name), ("effects", f"{name} [{below}]")]
    return rows + [
        ("fit", name) for name in _FIT if any(name in m.statistics for m in models.values())
    ]


def _number(value: float, digits: int) -> str:
    """Write a number; what would round to zero keeps its first digits."""
    if not np.isfinite(value):
        return ""
    if value and abs(value) < 0.5 * 10.0**-digits:
        return f"{value:.{max(digits - 1, 0)}e}"
    return f"{value:.{digits}f}"
