"""Whether a spread narrows (sigma) and whether the low catch up (beta)."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd
from scipy import stats

from spatialccd import _align
from spatialccd._constant import ROUNDING, is_constant
from spatialccd._result import Result, gap_note, record
from spatialccd.dynamics._autocorrelation import durbin_watson
from spatialccd.dynamics._least_squares import t_statistics
from spatialccd.dynamics._samples import by_time_and_group, numbers, sample_table, wide
from spatialccd.errors import ParameterError, ShortPanelWarning, check_choice, listed

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, Groups, Values

Measure = Literal["cv", "sd", "sd_log"]

#: Below this p a trend, or a dependence, is called one.
_LEVEL = 0.05
_NO_TREND = "no trend"


@dataclass(frozen=True, eq=False, kw_only=True)
class Variation(Result):
    """Measures of spread by year and group.

    Attributes
    ----------
    table : DataFrame
        On (time, group), the group "All" last (on group for a cross-section):
        ``n``, ``mean``, ``sd`` (divisor n), ``cv`` = sd / mean, ``sd_log`` (sd
        of logarithms), ``gini``, ``range``, ``ratio`` = max / min, ``iqr``.
        What a sample does not have (the logarithm of 0) is NaN.
    """

    table: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give one row a year and group."""
        return self.table.copy()

    def notes(self) -> list[str]:
        """Say which measures samples do not have."""
        return [
            *gap_note(self.table, ["cv", "gini"], "the mean is not positive"),
            *gap_note(self.table, ["sd_log", "ratio"], "a value is not positive"),
        ]


@dataclass(frozen=True, eq=False, kw_only=True)
class SigmaConvergence(Result):
    """The spread of each group over the years, and its trend.

    Attributes
    ----------
    spread : DataFrame
        Time by group, "All" last.
    trend : DataFrame
        By group: spread in the ``first`` and ``last`` year, ``change`` in
        percent, ``slope`` a year with ``se``, ``t`` and two-sided ``p``, and
        ``verdict``: "converges", "diverges" or "no trend" at the 5% level;
        ``durbin_watson`` of what the trend leaves over and ``p_durbin_watson``
        against positive autocorrelation, NaN with fewer than five years or
        where nothing is left over.
    """

    spread: pd.DataFrame
    trend: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give one row a group: the trend. The figures by year are in ``spread``."""
        return self.trend.copy()

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the spread by time and group."""
        return {"spread": self.spread.copy()}

    def notes(self) -> list[str]:
        """Say what p and verdict take for granted."""
        return [
            "p and verdict take years as independent; where a year's spread depends on the year "
            "before (small p_durbin_watson) p is too small, and a spread that only drifts looks "
            "like a trend",
            *gap_note(self.trend, ["slope", "p"], "the units of the group do not differ"),
            *gap_note(self.trend, ["change"], "the first year has no spread"),
        ]


def variation(y: Values, groups: Groups | None = None) -> Variation:
    """Measure how far units differ, by year and group.

    Parameters
    ----------
    y : Series
        Values on unit or on (unit, time).
    groups : Series, optional
        Group of each unit (or row).

    Returns
    -------
    Variation
        ``.table`` on (time, group).

    Raises
    ------
    AlignmentError
        A value is missing, or a unit has no group.
    ParameterError
        A group is called "All", the name of all units together.

    Examples
    --------
    >>> import pandas as pd
    >>> variation(pd.Series([1.0, 2.0, 3.0])).table[["mean", "sd", "cv", "gini"]].round(3)
           mean     sd     cv   gini
    group
    All     2.0  0.816  0.408  0.222
    """
    settings = record("variation", locals())
    values = numbers(y)
    samples = by_time_and_group(values, groups)
    table = sample_table([(time, group, _spread(x)) for time, group, x in samples])
    return Variation(settings=settings, table=table)


def sigma_convergence(
    y: Values, groups: Groups | None = None, *, measure: Measure = "cv"
) -> SigmaConvergence:
    """Test whether the spread of a value narrows over the years.

    The spread of each year is regressed on the year; a slope below 0 that
    differs from it at the 5% level is called convergence.

    Parameters
    ----------
    y : Series
        Values on (unit, time), three years or more.
    groups : Series, optional
        Group of each unit (or row); each is tested beside all units.
    measure : {"cv", "sd", "sd_log"}, default "cv"
        Coefficient of variation, standard deviation (divisor n), or standard
        deviation of logarithms.

    Returns
    -------
    SigmaConvergence
        ``.trend`` by group, ``.spread`` by year.

    Raises
    ------
    PanelError
        Fewer than three years, units that lack one, or times that are no numbers.
    ParameterError
        The measure does not exist for these values (a mean that is not
        positive, the logarithm of what is not positive).

    Warns
    -----
    ShortPanelWarning
        A group has a trend, and what that leaves over depends on the year
        before, so that its p is too small.

    Notes
    -----
    A group of one has no spread: its trend is NaN and its verdict "no trend".

    The test takes years as independent, and spreads seldom are: units keep their
    places from year to year. Of 30 units over ten years whose spread does not
    change, with an autocorrelation of 0, .5, .8 and .95 from year to year, it
    found a trend at 5% in .05, .10, .30 and .47 of cases
    (tests/dynamics/test_autocorrelation.py). With ten years Durbin and Watson's
    test sees only strong dependence: no warning is no proof of independence.

    References
    ----------
    Barro and Sala-i-Martin (1992), J. Polit. Econ. 100(2), 223-251. Durbin and
    Watson (1971), Biometrika 58, 1-19. Imhof (1961), Biometrika 48, 419-426.

    Examples
    --------
    >>> import pandas as pd
    >>> index = pd.MultiIndex.from_product([list("ab"), [1, 2, 3, 4]], names=["unit", "time"])
    >>> y = pd.Series([1.0, 1.1, 1.3, 1.5, 3.0, 2.7, 2.4, 2.1], index=index)
    >>> sigma_convergence(y).trend[["first", "last", "slope", "verdict"]].round(3)
           first   last  slope    verdict
    group
    All      0.5  0.167 -0.112  converges
    """
    settings = record("sigma_convergence", locals())
    check_choice("measure", measure, get_args(Measure))
    values = numbers(y)
    times = wide(values, 3).columns
    spread = pd.DataFrame(
        {
            (time, group): [_spread(x)[measure]]
            for time, group, x in by_time_and_group(values, groups)
        }
    ).T[0]
    spread.index.names = ["time", "group"]
    names = list(dict.fromkeys(spread.index.get_level_values("group")))
    spread = spread.unstack("group")[names]
    if spread.isna().any(axis=None):
        raise ParameterError(
            f"measure={measure!r} does not exist for these values (a mean or a value is not "
            "positive); use measure='sd'"
        )
    trend = {
        group: _trend(_align.time_values(times, "y"), spread[group].to_numpy()) for group in names
    }
    table = pd.DataFrame.from_dict(trend, orient="index").rename_axis("group")
    _warn_dependent(table)
    return SigmaConvergence(settings=settings, spread=spread, trend=table)


def _warn_dependent(trend: pd.DataFrame) -> None:
    """Warn of groups that are said to have a trend, and whose spread depends on the year before."""
    claimed = trend["verdict"] != _NO_TREND
    dependent = trend[claimed & (trend["p_durbin_watson"] < _LEVEL)]
    if len(dependent):
        words = (f"{name} ({d:.2f})" for name, d in dependent["durbin_watson"].items())
        warnings.warn(
            f"the spread of {listed(words)} depends on the year before (Durbin and Watson's d in "
            "brackets, 2 without dependence): p of its trend is too small, and the verdict may be "
            "chance; report the change from first to last year, or use more years",
            ShortPanelWarning,
            stacklevel=3,
        )


def _spread(x: FloatArray) -> dict[str, float]:
    """Measure the spread of a sample (n,)."""
    mean, sd, n = float(x.mean()), float(x.std()), len(x)
    low, high = float(x.min()), float(x.max())
    if is_constant(x):  # a spread of rounding would be taken for one
        sd, high, x = 0.0, low, np.full(n, low)
    ranks = 2 * np.arange(1, n + 1) - n - 1
    quartiles = np.percentile(x, [25, 75])
    return {
        "n": n,
        "mean": mean,
        "sd": sd,
        "cv": sd / mean if mean > 0 else np.nan,
        "sd_log": float(np.log(x / low).std()) if low > 0 else np.nan,
        "gini": float((ranks * (np.sort(x) - low)).sum() / (n * n * mean)) if mean > 0 else np.nan,
        "range": high - low,
        "ratio": high / low if low > 0 else np.nan,
        "iqr": float(quartiles[1] - quartiles[0]),
    }


def _trend(time: FloatArray, spread: FloatArray) -> dict[str, Any]:
    """Regress the spread (t,) of one group on time (t,)."""
    found: dict[str, Any] = {"first": spread[0], "last": spread[-1]}
    found["change"] = 100 * (spread[-1] / spread[0] - 1) if spread[0] > 0 else np.nan
    if not spread.any():
        tests = ["slope", "se", "t", "p", "durbin_watson", "p_durbin_watson"]
        return found | {"verdict": _NO_TREND} | dict.fromkeys(tests, np.nan)
    fit = stats.linregress(time, spread)
    t = t_statistics(np.array([fit.slope]), np.array([fit.stderr])).item()
    sure = fit.pvalue < _LEVEL
    verdict = ("converges" if fit.slope < 0 else "diverges") if sure else _NO_TREND
    residual = spread - fit.intercept - fit.slope * time
    d = p_d = np.nan
    if np.abs(residual).max() > ROUNDING * np.abs(spread).max():
        d, p_d = durbin_watson(residual, np.column_stack([np.ones(len(time)), time]))
    return found | {
        "slope": fit.slope,
        "se": fit.stderr,
        "t": t,
        "p": fit.pvalue,
        "verdict": verdict,
        "durbin_watson": d,
        "p_durbin_watson": p_d,
    }
