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
from spatialccd.dynamics._growth import check_positive, condition, lay_out, members
from spatialccd.dynamics._least_squares import (
    check_within,
    demean,
    one_speed,
    robust,
    t_statistics,
)
from spatialccd.dynamics._samples import ALL, group_labels, numbers, wide
from spatialccd.dynamics._spatial_growth import fit_spatial, spatial_tests
from spatialccd.errors import (
    PanelError,
    ParameterError,
    ShortPanelWarning,
    check_choice,
    listed,
)

if TYPE_CHECKING:
    from spatialccd._types import Columns, FloatArray, Graph, Groups, Values

Span = Literal["whole", "annual"]
Effects = Literal["none", "unit", "two-way"]
Model = Literal["ols", "sar", "sem", "sdm", "slx"]

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
        Of ols with a graph also ``lm_lag`` and ``lm_error`` with ``_p``. Of the other
        models also ``beta_direct``, ``beta_total`` (what all units' levels do,
        with ``se_total`` and ``p_total``), ``spatial_rho`` or ``spatial_lambda``; speed and
        half-life are those of the total; ``speed_direct`` that of the direct one.
    coefficients : DataFrame
        On (group, term): ``coef``, ``se``, ``t``, ``p`` of every term.
    spans : tuple of float
        The lengths of the spans in years.
    n_spans : int
        How many spans a unit has.
    dropped : Index
        Units that the graph had dropped; they are in no figure.
    """

    table: pd.DataFrame
    coefficients: pd.DataFrame
    spans: tuple[float, ...]
    n_spans: int
    dropped: pd.Index

    def to_frame(self) -> pd.DataFrame:
        """Give one row a group."""
        return self.table.copy()

    def further(self) -> dict[str, pd.DataFrame]:
        """Give every term of each regression."""
        return {"coefficients": self.coefficients.copy()}

    def notes(self) -> list[str]:
        """Say what beta is of where spans differ, and how far unit effects bias it."""
        found = _align.left_out(self.dropped)
        found += gap_note(self.table, ["speed", "half_life"], "beta is not between -1 and 0")
        if self.settings["span"] == "annual" and self.settings["model"] == "ols":
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
    graph: Graph | None = None,
    *,
    span: Span = "whole",
    effects: Effects = "none",
    model: Model = "ols",
    row_standardize: bool = True,
) -> BetaConvergence:
    """Test whether units that start low grow faster: absolute, conditional, by group.

    ln(y_end / y_start) = a + beta ln y_start + c X + e. Where spans differ in
    length growth is taken per year, and one speed v is fitted to all of them:
    ln(y_end / y_start) / T = a - (1 - exp(-v T)) / T ln y_start + c X + e,
    with beta = exp(-v) - 1, that of one year. With a graph also growth of
    neighbors (rho), their start (lag of beta) or their error (lambda).

    Parameters
    ----------
    y : Series
        Positive values on (unit, time), such as D.
    controls : DataFrame, optional
        Conditions X that units converge under, on (unit, time) or unit; taken
        at the start of each span. Absolute convergence when omitted.
    groups : Series, optional
        Group of each unit; each is fitted by itself beside all units, by ols.
    graph : Neighbors or libpysal Graph, optional
        Who is whose neighbor, on the same units. With ols all units are tested for a
        lag of growth and of the error (LM); the
        other models need it.
    span : {"whole", "annual"}, default "whole"
        One growth from first to last year, or one from each year to the next
        that the panel has.
    effects : {"none", "unit", "two-way"}, default "none"
        Effects of units, or of units and years, for ``span="annual"``. With
        few years they make beta look like convergence: see Notes.
    model : {"ols", "sar", "sem", "sdm", "slx"}, default "ols"
        How growth depends on neighbors: not (ols), on their growth (sar),
        their error (sem), their growth, start and controls (sdm), or their start and
        controls (slx).
    row_standardize : bool, default True
        Divide each unit's weights by their sum.

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
        Effects with ``span="whole"``; a model other than ols without a graph, or
        with groups; a graph where spans differ in length.
    EstimationError
        Spans differ in length, and no one speed fits them. With a graph: the likelihood
        rises up to a bound of rho or lambda, or rows of W do not add up to 1 under
        effects of years.

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
    Models with a graph are estimated by exact maximum likelihood, effects swept by
    Lee and Yu's transformation, errors from the expected information and p from the
    normal distribution. Where growth depends on that of neighbors, beta alone is no
    speed: a level moves neighbors, and they move it again.

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
    1417-1426. Harris and Tzavalis (1999), J. Econometrics 91, 201-226, theorem 2. Rey
    and Montouri (1999), Reg. Stud. 33(2), 143-156.

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
    check_choice("model", model, get_args(Model))
    _check_model(model, graph, groups)
    (y, controls, groups), dropped = _align.without_dropped(
        graph, y=y, controls=controls, groups=groups
    )
    values = numbers(y)
    check_positive(values)
    table = wide(values, 2)
    X = None if controls is None else condition(controls, values.index)
    growth = lay_out(table, X, span)
    labels = None if groups is None else group_labels(groups, values.index)
    parts = members(labels, growth.index)
    # Years are whole, or months as fractions of them: rounding is no difference.
    spans = tuple(dict.fromkeys(np.round(growth["_years"], 6).tolist()))
    n_spans = growth.index.get_level_values(1).nunique()
    _check_even(spans, graph)
    summary, terms = {}, {}
    for name, rows in parts.items():
        if model == "ols":
            terms[name], summary[name] = _fit(growth[rows], effects, span, str(name))
            summary[name] |= _speed(summary[name]["beta"], spans[0] if len(spans) == 1 else 1.0)
            if name == ALL and graph is not None:
                summary[name] |= spatial_tests(
                    growth, graph, effects, row_standardize=row_standardize
                )
        else:
            terms[name], line = fit_spatial(
                growth, graph, model, effects, row_standardize=row_standardize
            )
            speed_direct = _speed(line["beta_direct"], spans[0])["speed"]
            summary[name] = line | _speed(line["beta_total"], spans[0])
            summary[name] |= {"speed_direct": speed_direct}
    if model == "ols" and effects != "none" and len(spans) == 1:
        _warn_bias({str(name): line for name, line in summary.items()}, n_spans)
    return BetaConvergence(
        settings=settings,
        table=pd.DataFrame.from_dict(summary, orient="index").rename_axis("group"),
        coefficients=pd.concat(terms, names=["group", "term"]),
        spans=spans,
        n_spans=n_spans,
        dropped=dropped,
    )


def _check_model(model: str, graph: object, groups: object) -> None:
    if model == "ols":
        return
    if graph is None:
        raise ParameterError(f"model={model!r} needs a graph")
    if groups is not None:
        raise ParameterError(
            f"groups are not fitted with model={model!r}, since links cross them; fit each group "
            "by itself with neighbors among its units"
        )


def _check_even(spans: tuple[float, ...], graph: object) -> None:
    if graph is not None and len(spans) > 1:
        raise ParameterError(
            f"spans of {listed(f'{span:g}' for span in sorted(spans))} years: with a graph they "
            "must be of one length; take years that are evenly apart, or span='whole'"
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
    t = t_statistics(coef, se)
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
