"""Regressions side by side, as papers print them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from spatialccd._result import Result, record
from spatialccd.drivers.regression._estimates import INTERCEPT, Regression
from spatialccd.errors import ParameterError, check_choice, check_range, listed

if TYPE_CHECKING:
    from spatialccd.drivers.regression.panel import PanelRegression
    from spatialccd.drivers.regression.panel_tobit import PanelTobit
    from spatialccd.drivers.regression.spatial import SpatialRegression
    from spatialccd.drivers.regression.tobit import Tobit

Below = Literal["se", "statistic", "p", "interval"]

#: What is not a covariate stands below them, in this order.
_LAST = (INTERCEPT, "rho", "lambda", "log_scale", "log_sigma_u")
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
        figure below it, then figures of fit; one column a regression.
    terms : DataFrame
        The numbers, on (regression, term): coef, se, statistic, p, low, high.
    """

    table: pd.DataFrame
    terms: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give the table as printed: a row without a name belongs to the one above it."""
        names = [
            "" if part == "terms" and row.endswith(f" [{self.settings['below']}]") else row
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
    *fitted: Tobit | PanelTobit | PanelRegression | SpatialRegression,
    below: Below = "se",
    digits: int = 3,
    levels: Sequence[float] = (0.1, 0.05, 0.01),
    **named: Tobit | PanelTobit | PanelRegression | SpatialRegression,
) -> RegressionTable:
    """Put regressions side by side, with stars.

    Parameters
    ----------
    *fitted : Tobit, PanelTobit, PanelRegression or SpatialRegression
        Called (1), (2), ... by their order.
    below : {"se", "statistic", "p", "interval"}, default "se"
        What stands below each coefficient, in brackets.
    digits : int, default 3
        Decimals; what would round to zero is written as in 1.23e-05.
    levels : sequence of float, default (0.1, 0.05, 0.01)
        One star for a p-value below the first, two for the second, and so on.
    **named : Tobit, PanelTobit, PanelRegression or SpatialRegression
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
            "panel_regression or spatial_regression return"
        )
    columns = {name: _column(model, below, digits, tuple(levels)) for name, model in models.items()}
    table = pd.DataFrame(columns).reindex(_rows(models, below)).fillna("")
    table.index = table.index.set_names(["part", "row"])
    return RegressionTable(
        settings=settings,
        table=table,
        terms=pd.concat({name: m.terms for name, m in models.items()}, names=["regression"]),
    )


def _column(model: Regression, below: Below, digits: int, levels: tuple[float, ...]) -> pd.Series:
    """Write one regression, on (part, row)."""
    cells = {("model", "dependent"): model.dependent}
    for term, row in model.terms.iterrows():
        stars = "*" * sum(row["p"] < level for level in levels)
        cells["terms", term] = f"{_number(row['coef'], digits)}{stars}"
        if below == "interval":
            inner = f"[{_number(row['low'], digits)}, {_number(row['high'], digits)}]"
        else:
            inner = f"({_number(row[below], digits)})"
        cells["terms", f"{term} [{below}]"] = inner
    for name in _FIT:
        if name in model.statistics:
            value = float(model.statistics[name])
            cells["fit", name] = f"{value:.0f}" if name in _COUNTS else _number(value, digits)
    return pd.Series(cells)


def _rows(models: Mapping[str, Regression], below: Below) -> list[tuple[str, str]]:
    """Give covariates in the order they first stand, then what is no covariate."""
    every = list(dict.fromkeys(term for model in models.values() for term in model.terms.index))
    ordered = [term for term in every if term not in _LAST]
    ordered += [term for term in _LAST if term in every]
    rows = [("model", "dependent")]
    for term in ordered:
        rows += [("terms", term), ("terms", f"{term} [{below}]")]
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
