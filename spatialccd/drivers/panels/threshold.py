"""Panel threshold regression: slopes that change where a variable passes a value."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._result import record
from spatialccd._spatial.sample import check_left
from spatialccd.drivers._estimates import (
    Regression,
    make_design,
    named,
    term_table,
)
from spatialccd.drivers.panels._layout import balanced
from spatialccd.drivers.panels._thresholds import Regimes
from spatialccd.errors import (
    EstimationError,
    PanelError,
    ParameterError,
    check_choice,
    check_range,
    listed,
)

if TYPE_CHECKING:
    from spatialccd._types import Columns, FloatArray, Progress, Values

ThresholdEffects = Literal["unit", "two-way"]
ThresholdCov = Literal["nonrobust", "cluster"]

_LEVELS = (0.10, 0.05, 0.01)


@dataclass(frozen=True, eq=False, kw_only=True)
class PanelThreshold(Regression):
    """A fitted panel threshold regression.

    Attributes
    ----------
    terms : DataFrame
        Slopes: of each covariate in each regime, from low to high, then of controls.
        Their errors take the thresholds as known.
    tests : DataFrame
        By number of thresholds: F against one fewer, p (bootstrap), its critical
        values at 10, 5 and 1 percent, and the sum of squares.
    thresholds : DataFrame
        By threshold: estimate, low and high of its confidence set, values (how many
        of the searched lie in it) and gaps (how many holes it has).
    likelihood_ratio : DataFrame
        On (threshold, value): LR, and whether the value is in the confidence set.
    regimes : DataFrame
        By regime: over and up_to (of the threshold variable) and n.
    statistics : Series
        n, units, times, sigma2, r2_within, critical_value (of LR).
    """

    tests: pd.DataFrame
    thresholds: pd.DataFrame
    likelihood_ratio: pd.DataFrame
    regimes: pd.DataFrame

    def further(self) -> dict[str, pd.DataFrame]:
        """Give tests, thresholds, regimes and figures of fit."""
        more = {"tests": self.tests, "thresholds": self.thresholds, "regimes": self.regimes}
        return {**more, **super().further()}

    def notes(self) -> list[str]:
        """Say what the confidence sets are like."""
        said = []
        if self.thresholds["gaps"].any():
            said.append("A confidence set has gaps: see likelihood_ratio for its values.")
        return said

    def summary(self) -> str:
        """Write terms, tests and thresholds."""
        tables = [self.tests, self.thresholds, self.regimes]
        return "\n\n".join([super().summary(), *(t.to_string() for t in tables)])


def panel_threshold(
    y: Values,
    X: Columns,
    q: Values,
    controls: Columns | None = None,
    *,
    max_thresholds: int = 3,
    effects: ThresholdEffects = "unit",
    trim: float = 0.05,
    grid: int | None = None,
    n_bootstrap: int = 300,
    level: float = 0.05,
    cov: ThresholdCov = "cluster",
    confidence: float = 0.95,
    seed: int | None = None,
    progress: Progress | None = None,
) -> PanelThreshold:
    """Find where slopes change with a threshold variable, and how often (Hansen 1999).

    y = mu_i + b1 x 1(q <= g) + b2 x 1(q > g) + d z + e, with one threshold to three.

    Parameters
    ----------
    y : Series
        What is explained, on (unit, time) with every unit at every time.
    X : DataFrame
        Covariates whose slopes differ between regimes.
    q : Series
        The threshold variable. It must not depend on y.
    controls : DataFrame, optional
        Covariates with one slope in all regimes.
    max_thresholds : int, default 3
        Thresholds are added as long as the next is significant, up to this many.
    effects : {"unit", "two-way"}, default "unit"
        Fixed effects of units, or of units and times.
    trim : float, default 0.05
        Least share of rows in each regime.
    grid : int, optional
        Search this many quantiles of q in place of every value.
    n_bootstrap : int, default 300
        Number of bootstrap samples for each p; whole units of residuals are drawn.
    level : float, default 0.05
        A further threshold is searched while p is at most this.
    cov : {"nonrobust", "cluster"}, default "cluster"
        Errors of slopes: of equal variance, or clustered by unit.
    confidence : float, default 0.95
        Level of the intervals.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    progress : Progress, optional
        Told of the tests made.

    Returns
    -------
    PanelThreshold
        ``.terms``, ``.tests``, ``.thresholds``, ``.likelihood_ratio``.

    Raises
    ------
    AlignmentError
        y, X, q and controls do not carry the same labels, or a value is missing.
    PanelError
        A unit lacks a time, or there is one time.
    SingularDesignError
        Within the effects covariates are linearly dependent.
    EstimationError
        No candidate leaves enough rows on both sides.

    Notes
    -----
    F compares sums of squares and has no table: p is that of the bootstrap, (1 +
    draws at or above F) / (draws + 1), made under the model with one threshold
    fewer, every search repeated in every draw. The confidence set is {g: LR(g) <= -2
    ln(1 - sqrt(c))}: 5.94, 7.35 and 10.59 for c = .90, .95 and .99 (the 6.53 printed
    in 1999 for 90% is that of 92.5%). Where the first test says no, the terms are
    those of one threshold all the same: read ``.tests`` first. No effect of y on q
    is allowed for.

    References
    ----------
    Hansen (1999), J. Econometrics 93, 345-368.

    Examples
    --------
    >>> rows = pd.MultiIndex.from_product([range(20), range(6)], names=["unit", "time"])
    >>> rng = np.random.default_rng(1)
    >>> X = pd.DataFrame({"x": rng.normal(size=120)}, rows)
    >>> q = pd.Series(rng.uniform(size=120), rows, name="q")
    >>> y = X["x"] * np.where(q <= 0.5, 1, 3) + 0.3 * rng.normal(size=120)
    >>> fitted = panel_threshold(y, X, q, max_thresholds=1, n_bootstrap=99, seed=1)
    >>> fitted.thresholds["estimate"].round(2).tolist(), fitted.tests["p"].tolist()
    ([0.49], [0.01])
    """
    settings = record("panel_threshold", locals())
    check_choice("effects", effects, get_args(ThresholdEffects))
    check_choice("cov", cov, get_args(ThresholdCov))
    check_range("max_thresholds", max_thresholds, 1, 3)
    check_range("trim", trim, 0, 0.5, open_low=True, open_high=True)
    check_range("n_bootstrap", n_bootstrap, 19)
    check_range("level", level, 0, 1, open_low=True, open_high=True)
    check_range("confidence", confidence, 0, 1, open_low=True, open_high=True)
    if grid is not None:
        check_range("grid", grid, 10)
    regimes, values, names, units = _lay_out(y, X, q, controls, effects, trim, grid)
    rows = regimes.sweep(values)
    s0, products = (part[0] for part in regimes.reduce(rows))
    rng = np.random.default_rng(seed)
    found: list[tuple[list[int], float]] = []
    lines: list[list[float]] = []
    previous, fitted = float(s0), np.zeros(len(rows))
    for count in range(1, max_thresholds + 1):
        at, squares = regimes.search(s0, products, found[-1][0] if found else [])
        design = regimes.design(at)
        line = design @ np.linalg.lstsq(design, rows[:, 0], rcond=None)[0]
        F = (previous - squares) / (squares / regimes.free)
        draws = rng.integers(0, units, size=(n_bootstrap, units))
        simulated = regimes.bootstrap(fitted, rows[:, 0] - line, count, draws)
        p = float((1 + (simulated >= F).sum()) / (n_bootstrap + 1))
        critical = np.quantile(simulated, [1 - a for a in _LEVELS])
        lines.append([F, p, *critical, squares])
        if progress is not None:
            progress(count, max_thresholds)
        if count > 1 and p > level:
            break
        found.append((at, squares))
        previous, fitted = squares, line
        if p > level:
            break
    at, squares = found[-1]
    tests = pd.DataFrame(
        lines,
        pd.RangeIndex(1, len(lines) + 1, name="thresholds"),
        ["F", "p", "crit_10", "crit_5", "crit_1", "squares"],
    )
    curve, table, critical_value = _sets(regimes, float(s0), products, at, squares, confidence)
    labels = _labels(str(q.name or "q"), np.sort(regimes.candidates[at]))
    terms, covariance = _terms(regimes, rows[:, 0], at, labels, names, cov, confidence)
    total = float((rows**2).sum())
    statistics = {
        "n": regimes.q.size,
        "units": units,
        "times": regimes.q.shape[1],
        "sigma2": squares / regimes.free,
        "r2_within": 1 - squares / total,
        "critical_value": critical_value,
    }
    return PanelThreshold(
        settings=settings,
        terms=terms,
        covariance=covariance,
        statistics=named(statistics),
        dependent=str(y.name or "y"),
        tests=tests,
        thresholds=table,
        likelihood_ratio=curve,
        regimes=_counts(regimes, at, labels),
    )


def _lay_out(
    y: Any, X: Any, q: Any, controls: Any, effects: str, trim: float, grid: int | None
) -> tuple[Regimes, FloatArray, tuple[list[str], list[str]], int]:
    """Check and align; give the regimes, y, the names of X and controls, and how many units."""
    if not isinstance(q, pd.Series):
        raise ParameterError("q must be one column (a Series)")
    frame = X
    if controls is not None:
        both = [str(name) for name in X.columns if name in set(controls.columns)]
        if both:
            raise ParameterError(
                f"{listed(both)} stands in X and in controls: one slope a regime, or one for all"
            )
        frame = pd.concat(_align.align(X=X, controls=controls), axis=1)
    design = make_design(y, frame, intercept=False)
    if design.index.nlevels != 2:
        raise PanelError("panel_threshold needs y on (unit, time)")
    units = design.index.get_level_values(0).unique()
    times = _align.canonical(design.index.get_level_values(1).unique())
    if len(times) < 2:
        raise PanelError("there is one time; effects of units take two or more")
    if len(units) < 2:
        raise PanelError("there is one unit; a threshold is of a panel of several")
    design = balanced(design, units, times)
    _align.align(y=y, q=q)
    _align.check_complete(q, "q")
    shape = (len(units), len(times))
    cut = q.reindex(design.index).to_numpy(dtype=float).reshape(shape)
    wide = design.X.reshape(*shape, -1)
    count = X.shape[1]
    check_left(design.y.reshape(shape), wide, design.dependent, effects)
    least = int(np.ceil(trim * cut.size))
    ordered = np.sort(cut, axis=None)
    values = np.unique(cut)
    if grid is not None:
        values = np.unique(np.quantile(ordered, np.linspace(trim, 1 - trim, grid), method="lower"))
    below = np.searchsorted(ordered, values, side="right")
    candidates = values[(below >= least) & (cut.size - below >= least)]
    if not len(candidates):
        raise EstimationError(
            f"no value of {q.name or 'q'} leaves {least} rows on both sides (trim={trim:g}): it "
            "has too few different values"
        )
    regimes = Regimes(
        X=wide[:, :, :count],
        Z=wide[:, :, count:],
        q=cut,
        candidates=candidates,
        least=least,
        by_time=effects == "two-way",
    )
    return regimes, design.y.reshape(shape), (design.names[:count], design.names[count:]), shape[0]


def _sets(
    regimes: Regimes,
    s0: float,
    products: FloatArray,
    at: list[int],
    squares: float,
    confidence: float,
) -> tuple[pd.DataFrame, pd.DataFrame, float]:
    """Give LR over the candidates of each threshold, others fixed, and the confidence sets."""
    critical = float(-2 * np.log(1 - np.sqrt(confidence)))
    s2 = squares / regimes.free
    curves, lines = {}, {}
    for number, own in enumerate(sorted(at), start=1):
        others = [g for g in at if g != own]
        ratio = (regimes.squares(s0, products, others) - squares) / s2
        open_ = np.isfinite(ratio)
        inside = (ratio <= critical)[open_]
        values = regimes.candidates[open_]
        curves[number] = pd.DataFrame(
            {"LR": np.maximum(ratio[open_], 0.0), "inside": inside},
            pd.Index(values, name="value"),
        )
        held = np.flatnonzero(inside)
        lines[number] = {
            "estimate": regimes.candidates[own],
            "low": values[held[0]],
            "high": values[held[-1]],
            "values": len(held),
            "gaps": int((np.diff(held) > 1).sum()),
        }
    table = pd.DataFrame.from_dict(lines, orient="index").rename_axis("threshold")
    return pd.concat(curves, names=["threshold"]), table, critical


def _labels(name: str, cuts: FloatArray) -> list[str]:
    """Write each regime, as in "q <= 0.5"."""
    ends = [f"{cut:.6g}" for cut in cuts]
    middle = [f"{low} < {name} <= {high}" for low, high in pairwise(ends)]
    return [f"{name} <= {ends[0]}", *middle, f"{name} > {ends[-1]}"]


def _terms(
    regimes: Regimes,
    y: FloatArray,
    at: list[int],
    labels: list[str],
    names: tuple[list[str], list[str]],
    cov: str,
    confidence: float,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Estimate slopes with the thresholds as they are."""
    design = regimes.design(at)
    terms = [f"{name}: {label}" for label in labels for name in names[0]] + names[1]
    bread = np.linalg.inv(design.T @ design)
    coef = bread @ design.T @ y
    e = y - design @ coef
    df = regimes.free - len(coef)
    covariance = bread * float(e @ e) / df
    if cov == "cluster":
        N, T = regimes.q.shape
        scores = (design * e[:, None]).reshape(N, T, -1).sum(axis=1)
        factor = N / (N - 1) * (N * T - 1) / (N * T - len(coef))
        covariance, df = bread @ (scores.T @ scores) @ bread * factor, N - 1
    table = term_table(terms, coef, covariance, confidence, df)
    return table, pd.DataFrame(covariance, terms, terms)


def _counts(regimes: Regimes, at: list[int], labels: list[str]) -> pd.DataFrame:
    cuts = np.sort(regimes.candidates[at])
    ends = [-np.inf, *cuts, np.inf]
    counts = np.histogram(np.digitize(regimes.q, cuts, right=True), np.arange(len(ends)) - 0.5)[0]
    return pd.DataFrame(
        {"over": ends[:-1], "up_to": ends[1:], "n": counts}, pd.Index(labels, name="regime")
    )
