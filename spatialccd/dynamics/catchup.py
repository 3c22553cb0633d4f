"""Beta convergence: whether those who start low grow faster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd
from scipy import stats

from spatialccd import _align
from spatialccd._result import Result, record
from spatialccd.dynamics._samples import ALL, group_labels, group_members, numbers, wide
from spatialccd.dynamics._spatial_growth import fit_spatial, spatial_tests
from spatialccd.errors import (
    DataError,
    PanelError,
    ParameterError,
    SingularDesignError,
    check_choice,
    listed,
)

if TYPE_CHECKING:
    from collections.abc import Hashable

    from spatialccd._types import (
        BoolArray,
        Columns,
        FloatArray,
        Graph,
        Groups,
        IntArray,
        Values,
    )

Span = Literal["whole", "annual"]
Effects = Literal["none", "unit", "two-way"]
Model = Literal["ols", "sar", "sem", "sdm", "slx"]


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
    """

    table: pd.DataFrame
    coefficients: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give one row a group."""
        return self.table.copy()


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

    ln(y_end / y_start) = a + beta ln y_start + c X + e; with a graph also growth of
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
        On the units of y. With ols all units are tested for a lag of growth and of
        the error (LM), not where the graph dropped islands; the other models need it.
    span : {"whole", "annual"}, default "whole"
        One growth from first to last year, or one from each year to the next.
    effects : {"none", "unit", "two-way"}, default "none"
        Effects of units, or of units and years, for ``span="annual"``.
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
        with groups.
    EstimationError
        With a graph: the likelihood rises up to a bound of rho or lambda, or rows of
        W do not add up to 1 under effects of years.

    Notes
    -----
    Standard errors are robust: HC1 for the whole span, clustered by unit for
    annual spans (small-sample factor G/(G-1) (N-1)/(N-K)); p from the t
    distribution with N - K and G - 1 degrees of freedom. T in the speed is the
    length of a span in years. With unit effects and few years beta is biased
    towards faster convergence (Nickell 1981). Models with a graph are estimated by
    exact maximum likelihood, effects swept by Lee and Yu's transformation, errors
    from the expected information and p from the normal distribution. Where growth
    depends on that of neighbors, beta alone is no speed: a level moves neighbors,
    and they move it again.

    References
    ----------
    Barro and Sala-i-Martin (1992), J. Polit. Econ. 100(2), 223-251. Rey and Montouri
    (1999), Reg. Stud. 33(2), 143-156.

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
    values = numbers(y)
    _check_positive(values)
    table = wide(values, 2)
    X = None if controls is None else _controls(controls, values.index)
    growth = _growth(table, X, span)
    labels = None if groups is None else group_labels(groups, values.index)
    members = _members(labels, growth.index)
    length = float(np.mean(growth["_years"]))
    summary, terms = {}, {}
    for name, rows in members.items():
        if model == "ols":
            terms[name], summary[name] = _fit(growth[rows], effects, span, str(name))
            summary[name] |= _speed(summary[name]["beta"], length)
            if name == ALL and graph is not None and not len(getattr(graph, "dropped", ())):
                summary[name] |= spatial_tests(
                    growth, graph, effects, row_standardize=row_standardize
                )
        else:
            terms[name], line = fit_spatial(
                growth, graph, model, effects, row_standardize=row_standardize
            )
            speed_direct = _speed(line["beta_direct"], length)["speed"]
            summary[name] = line | _speed(line["beta_total"], length)
            summary[name] |= {"speed_direct": speed_direct}
    return BetaConvergence(
        settings=settings,
        table=pd.DataFrame.from_dict(summary, orient="index").rename_axis("group"),
        coefficients=pd.concat(terms, names=["group", "term"]),
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
    design = np.column_stack([np.ones(len(X)), X.to_numpy(dtype=float)])
    y = growth["_growth"].to_numpy()
    absorbed = 0
    if effects != "none":
        design, absorbed = design[:, 1:], units.max()
        y, design = _demean(y, units), _demean(design, units)
        if effects == "two-way":
            # Each unit has each year, so that demeaning twice is exact.
            y, design, absorbed = _demean(y, times), _demean(design, times), absorbed + times.max()
    n, k = design.shape
    if n - k - absorbed < 1 + (effects != "none"):
        raise PanelError(
            f"the group {group!r} has {n} observations for {k + absorbed} terms; merge groups or "
            "drop controls"
        )
    coef, se = _robust(y, design, units if span == "annual" else None, absorbed, group)
    df = units.max() if span == "annual" else n - k
    t = coef / se
    names = ["Intercept", *X.columns] if effects == "none" else list(X.columns)
    terms = pd.DataFrame(
        {"coef": coef, "se": se, "t": t, "p": 2 * stats.t.sf(np.abs(t), df)}, index=names
    )
    residual = y - design @ coef
    line = terms.loc["beta"].rename({"coef": "beta"}).to_dict()
    line["r2"] = 1 - float(residual @ residual) / float(((y - y.mean()) ** 2).sum())
    return terms, line | {"n": n, "units": int(units.max()) + 1}


def _demean(values: FloatArray, codes: IntArray) -> FloatArray:
    """Take the mean of each code off; the overall mean goes with it."""
    frame = pd.DataFrame(values)
    return np.asarray(frame - frame.groupby(codes).transform("mean")).reshape(values.shape)


def _robust(
    y: FloatArray, X: FloatArray, clusters: IntArray | None, absorbed: int, group: str
) -> tuple[FloatArray, FloatArray]:
    """Least squares with HC1 errors, or clustered ones."""
    if np.linalg.matrix_rank(X) < X.shape[1]:
        raise SingularDesignError(
            f"in the group {group!r} the start level and the controls are linearly dependent "
            "(a control may be constant there); drop one"
        )
    bread = np.linalg.inv(X.T @ X)
    coef = bread @ X.T @ y
    scores = X * (y - X @ coef)[:, None]
    n, k = X.shape
    if clusters is None:
        factor = n / (n - k)
    else:
        count = clusters.max() + 1
        if count < 2:
            raise PanelError(f"the group {group!r} has one unit: no error can be clustered by unit")
        scores = np.asarray(pd.DataFrame(scores).groupby(clusters).sum())
        # Unit effects are nested in the clusters and cost no degrees of freedom.
        nested = count - 1 if absorbed else 0
        factor = count / (count - 1) * (n - 1) / (n - k - (absorbed - nested))
    variance = bread @ (scores.T @ scores) @ bread * factor
    return coef, np.sqrt(np.diag(variance))


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
