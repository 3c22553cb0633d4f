"""Beta convergence: whether those who start low grow faster."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd
from scipy import stats

from spatialccd import _align
from spatialccd._clusters import convention
from spatialccd._result import Result, gap_note, record
from spatialccd.dynamics._least_squares import check_within, demean, one_speed, robust
from spatialccd.dynamics._samples import ALL, group_labels, group_members, numbers, wide
from spatialccd.errors import (
    DataError,
    PanelError,
    ParameterError,
    ShortPanelWarning,
    check_choice,
    listed,
)

if TYPE_CHECKING:
    from collections.abc import Hashable

    from spatialccd._types import BoolArray, Columns, FloatArray, Groups, Values

Span = Literal["whole", "annual"]
Effects = Literal["none", "unit", "two-way"]

#: Spans that differ by less, in years, are of one length: years may be fractions.
_SAME_SPAN = 1e-6


@dataclass(frozen=True, eq=False, kw_only=True)
class BetaConvergence(Result):
    """Growth against the level at the start, by group.

    Attributes
    ----------
    table : DataFrame
        By group, "All" last: ``beta`` with ``se``, ``t``, ``p``, ``r2``, ``n``
        observations and ``units``; ``speed`` = -ln(1 + beta) / T a year and
        ``half_life`` = ln 2 / speed in years (NaN where beta is not in (-1, 0)).
    coefficients : DataFrame
        On (group, term): ``coef``, ``se``, ``t``, ``p`` of every term.
    spans : tuple of float
        The lengths of the spans in years.
    n_spans : int
        How many spans a unit has.
    """

    table: pd.DataFrame
    coefficients: pd.DataFrame
    spans: tuple[float, ...]
    n_spans: int

    def to_frame(self) -> pd.DataFrame:
        """Give one row a group."""
        return self.table.copy()

    def notes(self) -> list[str]:
        """Say what beta is of where spans differ, and how far unit effects bias it."""
        found = gap_note(self.table, ["speed", "half_life"], "beta is not between -1 and 0")
        if self.settings["span"] == "annual":
            found.append(convention(int(self.table.loc[ALL, "units"])))
        if len(set(self.spans)) > 1:
            found.append(
                f"spans of {listed(f'{span:g}' for span in sorted(set(self.spans)))} years: growth "
                "is per year, and beta that of one year, from one speed fitted to all spans"
            )
        if self.settings["effects"] != "none":
            found.append(
                "unit effects bias beta towards convergence (Nickell 1981), the more the fewer "
                f"the years: with {self.n_spans} spans of one length a unit, random walks, which "
                f"converge to nothing, give beta about {random_walk_beta(self.n_spans):.3g}, and "
                "p knows nothing of it"
            )
        return found


def beta_convergence(
    y: Values,
    controls: Columns | None = None,
    groups: Groups | None = None,
    *,
    span: Span = "whole",
    effects: Effects = "none",
) -> BetaConvergence:
    """Test whether units that start low grow faster: absolute, conditional, by group.

    ln(y_end / y_start) = a + beta ln y_start + c X + e. Where spans differ in
    length growth is taken per year, and one speed v is fitted to all of them:
    ln(y_end / y_start) / T = a - (1 - exp(-v T)) / T ln y_start + c X + e,
    with beta = exp(-v) - 1, that of one year.

    Parameters
    ----------
    y : Series
        Positive values on (unit, time), such as D.
    controls : DataFrame, optional
        Conditions X that units converge under, on (unit, time) or unit; taken
        at the start of each span. Absolute convergence when omitted.
    groups : Series, optional
        Group of each unit; each is fitted by itself beside all units.
    span : {"whole", "annual"}, default "whole"
        One growth from first to last year, or one from each year to the next
        that the panel has.
    effects : {"none", "unit", "two-way"}, default "none"
        Effects of units, or of units and years, for ``span="annual"``. With
        few years they make beta look like convergence: see Notes.

    Returns
    -------
    BetaConvergence
        ``.table`` by group; ``.coefficients`` of every term.

    Raises
    ------
    DataError
        Values that are not positive; ``cases`` lists each.
    PanelError
        A unit lacks a year, or a group has fewer observations than terms.
    SingularDesignError
        A control is constant or depends on others.
    ParameterError
        Effects with ``span="whole"``.
    EstimationError
        Spans differ in length, and no one speed fits them.

    Warns
    -----
    ShortPanelWarning
        With unit effects beta is no lower than their bias alone may make it.

    Notes
    -----
    Standard errors are robust: HC1 for the whole span, clustered by unit for
    annual spans as by Stata's ``vce(cluster)`` (factor G / (G - 1) (n - 1) / (n - k),
    effects of units counted as one intercept); p from the t distribution with n - k
    and G - 1 degrees of freedom. T in the speed is the
    length of a span in years. With spans of different lengths the standard
    errors are those of the linearized equation, and se of beta by the delta method.

    Unit effects bias beta towards convergence, the more the fewer the years
    (Nickell 1981): of values that converge to nothing (random walks) beta comes
    to -3 / (T + 1) with T spans a unit, -.27 with ten, whatever the number of
    units, and the t test of beta = 0 rejects always. The warning compares beta
    with what random walks give (Harris and Tzavalis 1999, one-sided 5%; for
    spans of one length, and without controls); where it comes, beta is no
    evidence of convergence. Prefer ``effects="none"`` with controls, or the
    whole span.

    References
    ----------
    Barro and Sala-i-Martin (1992), J. Polit. Econ. 100(2), 223-251, eq 10, for
    one speed in spans of different lengths. Nickell (1981), Econometrica 49,
    1417-1426. Harris and Tzavalis (1999), J. Econometrics 91, 201-226, theorem 2.

    Examples
    --------
    >>> import pandas as pd
    >>> index = pd.MultiIndex.from_product([list("abcd"), [2010, 2020]], names=["unit", "time"])
    >>> y = pd.Series([1, 2.0, 2, 3.1, 4, 5.0, 8, 8.2], index=index)
    >>> beta_convergence(y).table[["beta", "speed", "half_life"]].round(3)
           beta  speed  half_life
    group
    All   -0.32  0.039     17.949
    """
    settings = record("beta_convergence", locals())
    check_choice("span", span, get_args(Span))
    check_choice("effects", effects, get_args(Effects))
    if effects != "none" and span == "whole":
        raise ParameterError("effects need several spans a unit: pass span='annual'")
    values = numbers(y)
    _check_positive(values)
    table = wide(values, 2)
    X = None if controls is None else _controls(controls, values.index)
    growth = _growth(table, X, span)
    labels = None if groups is None else group_labels(groups, values.index)
    members = _members(labels, growth.index)
    # Years are whole, or months as fractions of them: rounding is no difference.
    spans = tuple(dict.fromkeys(np.round(growth["_years"], 6).tolist()))
    n_spans = growth.index.get_level_values(1).nunique()
    summary, terms = {}, {}
    for name, rows in members.items():
        coefficients, summary[name] = _fit(growth[rows], effects, span, str(name))
        summary[name] |= _speed(summary[name]["beta"], spans[0] if len(spans) == 1 else 1.0)
        terms[name] = coefficients
    if effects != "none" and len(spans) == 1:
        _warn_bias({str(name): line for name, line in summary.items()}, n_spans)
    return BetaConvergence(
        settings=settings,
        table=pd.DataFrame.from_dict(summary, orient="index").rename_axis("group"),
        coefficients=pd.concat(terms, names=["group", "term"]),
        spans=spans,
        n_spans=n_spans,
    )


def random_walk_beta(n_spans: int) -> float:
    """Give what beta comes to with unit effects where nothing converges, of many units."""
    return -3 / (n_spans + 1)


def _warn_bias(lines: dict[str, dict[str, float]], n_spans: int) -> None:
    """Warn of groups whose beta random walks with unit effects would give as well."""
    T = n_spans
    variance = 3 * (17 * T**2 - 20 * T + 17) / (5 * (T - 1) * (T + 1) ** 3)
    doubtful = []
    for name, line in lines.items():
        z = (line["beta"] - random_walk_beta(T)) / np.sqrt(variance / line["units"])
        if line["beta"] < 0 and z > stats.norm.ppf(0.05):
            doubtful.append(f"{name} ({line['beta']:.3g})")
    if doubtful:
        warnings.warn(
            f"with unit effects and {T} spans a unit, values that converge to nothing give beta "
            f"about {random_walk_beta(T):.3g} (Nickell's bias): that of {listed(doubtful)} is no "
            "evidence of convergence, whatever its p",
            ShortPanelWarning,
            stacklevel=3,
        )


def _growth(table: pd.DataFrame, controls: pd.DataFrame | None, span: Span) -> pd.DataFrame:
    """Lay out one row a unit and span, on (unit, year of its start)."""
    when = _align.time_values(table.columns, "y")
    starts = range(len(when) - 1) if span == "annual" else [0]
    logs = np.log(table)
    parts = []
    for i in starts:
        j = i + 1 if span == "annual" else len(when) - 1
        start = table.columns[i]
        part = pd.DataFrame(
            {
                "_growth": logs.iloc[:, j] - logs.iloc[:, i],
                "_years": when[j] - when[i],
                "beta": logs.iloc[:, i],
            }
        )
        if controls is not None:
            part = part.join(controls.xs(start, level=1))
        part.index = pd.MultiIndex.from_product([table.index, [start]], names=["unit", "time"])
        parts.append(part)
    return pd.concat(parts).sort_index()


def _controls(controls: pd.DataFrame, index: pd.Index) -> pd.DataFrame:
    taken = {"beta", "Intercept"} & set(controls.columns)
    if taken:
        raise ParameterError(
            f"controls are called {listed(taken)}, names of the model; rename them"
        )
    spread = _align.broadcast(controls, index, "controls")
    _align.check_complete(spread, "controls")
    return spread.astype(float)


def _members(labels: pd.Series | None, index: pd.Index) -> dict[Hashable, BoolArray]:
    """Say which rows of growth belong to each group; all of them last."""
    groups = {} if labels is None else group_members(labels.reindex(index))
    return groups | {ALL: np.ones(len(index), dtype=bool)}


def _fit(
    growth: pd.DataFrame, effects: Effects, span: Span, group: str
) -> tuple[pd.DataFrame, dict[str, float]]:
    """Fit one group by least squares; give its terms and its line of the table."""
    X = growth.drop(columns=["_growth", "_years"])
    units = pd.factorize(growth.index.get_level_values(0))[0]
    times = pd.factorize(growth.index.get_level_values(1))[0]
    absorbed = 0 if effects == "none" else units.max()
    absorbed += times.max() if effects == "two-way" else 0

    def within(values: FloatArray) -> FloatArray:
        # Each unit has each year, so that demeaning twice is exact.
        values = values if effects == "none" else demean(values, units)
        return demean(values, times) if effects == "two-way" else values

    y, years = (growth[name].to_numpy(dtype=float) for name in ("_growth", "_years"))
    n, k = len(X), X.shape[1] + (effects == "none")
    if n - k - absorbed < 1 + (effects != "none"):
        raise PanelError(
            f"the group {group!r} has {n} observations for {k + absorbed} terms; merge groups or "
            "drop controls"
        )
    names = ["Intercept", *X.columns] if effects == "none" else list(X.columns)
    columns = np.column_stack([np.ones(n), X.to_numpy(dtype=float)])[:, effects != "none" :]
    clusters = units if span == "annual" else None
    if effects != "none":
        check_within(columns, within(columns), group)
    if np.ptp(years) < _SAME_SPAN:
        y, design = within(y), within(columns)
        coef, se = robust(y, design, clusters, absorbed, group)
        residual = y - design @ coef
    else:
        at = names.index("beta")
        rest = np.delete(columns, at, axis=1)
        robust(within(y), within(columns), clusters, absorbed, group)  # refuses what depends
        y = y / years
        v, flat, design = one_speed(y, columns[:, at], years, rest, within, group)
        # The speed takes the place of beta, after the intercept.
        order = [*range(1, at + 1), 0, *range(at + 1, k)]
        coef, se = robust(flat, design[:, order], clusters, absorbed, group)
        y, residual = within(y), flat - design[:, order] @ coef
        coef[at], se[at] = np.expm1(-v), np.exp(-v) * se[at]
    df = units.max() if span == "annual" else n - k
    t = np.divide(coef, se, out=np.sign(coef) * np.inf, where=se > 0)
    terms = pd.DataFrame(
        {"coef": coef, "se": se, "t": t, "p": 2 * stats.t.sf(np.abs(t), df)}, index=names
    )
    line = terms.loc["beta"].rename({"coef": "beta"}).to_dict()
    total = float(((y - y.mean()) ** 2).sum())
    line["r2"] = 1 - float(residual @ residual) / total if total > 0 else np.nan
    return terms, line | {"n": n, "units": int(units.max()) + 1}


def _speed(beta: float, length: float) -> dict[str, float]:
    if not -1 < beta < 0:
        return {"speed": np.nan, "half_life": np.nan}
    speed = -np.log1p(beta) / length
    return {"speed": speed, "half_life": np.log(2) / speed}


def _check_positive(values: pd.Series) -> None:
    wrong = values[values <= 0]
    if len(wrong):
        raise DataError(
            f"growth rates need positive values; {len(wrong)} are not: "
            f"{listed(f'{label}: {value:g}' for label, value in wrong.items())}",
            wrong.rename("value").reset_index(),
        )
