"""Whether each unit rises or falls over the years, and how fast: Mann-Kendall and Sen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd
from scipy import stats

from spatialccd import _align, _trend
from spatialccd._constant import ROUNDING
from spatialccd._result import Result, gap_note, record
from spatialccd.dynamics._samples import numbers, wide
from spatialccd.errors import ParameterError, check_choice, check_range, listed

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, Values

Method = Literal["plain", "hamed_rao", "seasonal"]
Correction = Literal["fdr", "none"]

#: Up to this length autocorrelation can be neither seen nor put right.
_SHORT = 15
#: Steps between times may differ by this share, as months and leap years do.
_UNEVEN = 0.2
#: Lags that count in Hamed and Rao's factor are beyond this level.
_LAG_LEVEL = 0.05


@dataclass(frozen=True, eq=False, kw_only=True)
class MannKendall(Result):
    """The trend of each unit.

    Attributes
    ----------
    table : DataFrame
        On unit: ``n`` values; ``S``; its ``variance`` without a trend; ``z``;
        two-sided ``p``, and ``p_adjusted`` for the number of units; ``tau``
        (tau-b); Sen's ``slope`` a year with ``slope_low`` and ``slope_high`` at
        confidence 1 - alpha; ``level_first``, the line's value in the first time;
        ``autocorrelation`` of what the line leaves over, from each time to the
        next; ``trend``: "rising", "falling", "no trend" or "not tested".
    """

    table: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give one row a unit."""
        return self.table.copy()

    def notes(self) -> list[str]:
        """Say what p rests on, and where it cannot be trusted or does not exist."""
        years = int(self.table["n"].max())
        if self.settings["method"] == "plain":
            first = (
                "p takes times as independent; where a time depends on the one before, a series "
                "that only drifts looks like a trend"
            )
        elif self.settings["method"] == "hamed_rao":
            first = (
                "Hamed and Rao's variance allows for autocorrelation in long series; in short "
                "ones p stays too small"
            )
        else:
            first = "p takes seasons, and years of one season, as independent"
        found = [first]
        if years <= _SHORT:
            found.append(
                f"{years} times cannot tell a trend from autocorrelation, with either variance"
            )
        claimed = self.table["trend"].isin(["rising", "falling"])
        drifting = self.table["autocorrelation"] > stats.norm.ppf(0.95) / np.sqrt(years)
        if self.settings["method"] != "hamed_rao" and (claimed & drifting).any():
            names = listed(self.table.index[claimed & drifting])
            found.append(
                f"a trend is claimed of units whose times depend on the one before: {names}"
            )
        if years < _trend.EXACT_BELOW and self.settings["method"] == "plain":
            found.append(f"p is exact: with {years} times the normal score is too coarse")
        return [
            *found,
            *gap_note(self.table, ["tau"], "one value at all times"),
            *gap_note(
                self.table,
                ["p"],
                "autocorrelation makes Hamed and Rao's variance negative; say a smaller lag",
            ),
        ]


def mann_kendall(
    y: Values,
    *,
    method: Method = "plain",
    lag: int | None = None,
    seasons: int | None = None,
    alpha: float = 0.05,
    correction: Correction = "fdr",
) -> MannKendall:
    """Test each unit for a trend (Mann-Kendall), and measure its slope (Sen).

    S = sum_{i<j} sgn(x_j - x_i), with the variance that ties leave. The slope is
    the median of (x_j - x_i) / (t_j - t_i), in units of `y` a year.

    Parameters
    ----------
    y : Series
        Values on (unit, time), three times or more; every unit has every time.
    method : {"plain", "hamed_rao", "seasonal"}
        plain: times are independent. hamed_rao: the variance grows with the
        autocorrelation of the ranks of what the slope leaves over, at lags where it
        is significant at 5%; ten times or more. seasonal: S and its variance are
        summed over seasons, and only times of one season are compared.
    lag : int, optional
        Longest lag of hamed_rao; all when omitted.
    seasons : int, optional
        Number of seasons a year, 12 for months; needed by, and only for, seasonal.
        Times must then follow each other in even steps, and the k-th belongs to
        season k modulo `seasons`.
    alpha : float, default 0.05
        A trend is claimed where the adjusted p is at most this; 1 - alpha is the
        confidence of the slope's interval.
    correction : {"fdr", "none"}
        For the number of units tested. fdr: Benjamini and Hochberg.

    Returns
    -------
    MannKendall
        ``.table`` on unit.

    Raises
    ------
    PanelError
        `y` is on unit only, has too few times, or a unit lacks one.
    ParameterError
        A setting that `method` does not use, times that are no numbers, or (seasonal)
        steps between times that are not even.

    Notes
    -----
    Not for values that depend on the year before, as scores of coupling and most of
    what economies do. Of series without a trend and an autocorrelation of .5 the
    plain test at 5% calls .17 a trend with 10 years, .23 with 30 and .24 with 60;
    Hamed and Rao's .19, .22 and .18 (.18, .18 and .13 with one lag). Of independent
    years they call .04 to .05, and .07 to .09, a trend (10,000 series each,
    tests/dynamics/sizes.py). Nor for values that turn: a rise and a fall cancel. The
    seasonal test takes seasons as independent of each other.

    Below ten times p is that of the exact distribution of S, ties counted. With
    three times it cannot go below .33, with four below .08.

    References
    ----------
    Mann (1945), Econometrica 13, 245-259. Kendall (1975), Rank Correlation Methods.
    Sen (1968), J. Am. Stat. Assoc. 63, 1379-1389. Hamed and Rao (1998), J. Hydrol.
    204, 182-196, equation 8. Hirsch, Slack and Smith (1982), Water Resour. Res. 18,
    107-121.

    Examples
    --------
    >>> import pandas as pd
    >>> index = pd.MultiIndex.from_product([list("ab"), range(2001, 2007)], names=["unit", "time"])
    >>> y = pd.Series([1.0, 3, 2, 4, 5, 6, 2, 1, 2, 1, 2, 1], index=index)
    >>> mann_kendall(y).table[["S", "p", "tau", "slope", "trend"]].round(3)
             S      p    tau  slope     trend
    unit
    a     13.0  0.017  0.867    1.0    rising
    b     -3.0  0.700 -0.258    0.0  no trend
    """
    settings = record("mann_kendall", locals())
    check_choice("method", method, get_args(Method))
    check_choice("correction", correction, get_args(Correction))
    check_range("alpha", alpha, 0, 1, open_low=True, open_high=True)
    _check_used(method, lag, seasons)
    panel = wide(numbers(y), {"plain": 3, "hamed_rao": 10, "seasonal": 3}[method])
    x, t = panel.to_numpy(), _align.time_values(panel.columns, "y")
    if method == "seasonal":
        figures = _seasonal(x, t, _season_codes(t, int(seasons or 0)), alpha)
    else:
        figures = _plain(x, t, alpha, x.shape[1] if lag is None else lag, method == "hamed_rao")
    slope = figures["slope"]
    left = x - slope[:, None] * (t - t[0])
    if method == "seasonal":
        left = _without_seasons(left, int(seasons or 0))
    figures["level_first"] = np.median(x, axis=1) - slope * (np.median(t) - t[0])
    figures["autocorrelation"] = _autocorrelations(left)[:, 0]
    table = pd.DataFrame({"n": x.shape[1], **figures}, index=panel.index)
    table.insert(5, "p_adjusted", _adjusted(figures["p"], correction))
    table["trend"] = _in_words(table, alpha)
    return MannKendall(
        settings=settings,
        table=_align.restore(table, y.index.get_level_values(0).unique()),
    )


def _check_used(method: str, lag: int | None, seasons: int | None) -> None:
    """Raise where a setting is given that the method does not use, or one is lacking."""
    if lag is not None and method != "hamed_rao":
        raise ParameterError(f"lag={lag} is used by method='hamed_rao' only")
    if lag is not None:
        check_range("lag", lag, 1)
    if (seasons is None) == (method == "seasonal"):
        raise ParameterError(
            "method='seasonal' needs the number of seasons a year: seasons=12 for months"
            if seasons is None
            else f"seasons={seasons} is used by method='seasonal' only"
        )
    if seasons is not None:
        check_range("seasons", seasons, 2)


def _plain(
    x: FloatArray, t: FloatArray, alpha: float, lag: int, allow_for_lags: bool
) -> dict[str, FloatArray]:
    """Test series (n, T) as wholes."""
    s, variance, z, p = _trend.mann_kendall(x)
    slopes = _trend.pair_slopes(x, t)
    slope = np.median(slopes, axis=1)
    if allow_for_lags:
        variance = variance * _hamed_rao(x - slope[:, None] * (t - t[0]), lag)
        z = _trend.score(s, variance)
        p = 2 * stats.norm.sf(np.abs(z))
        variance = np.where(variance < 0, np.nan, variance)
    return _figures(s, variance, z, p, _trend.tau_denominator(_trend.tie_codes(x)), slopes, alpha)


def _seasonal(
    x: FloatArray, t: FloatArray, season: FloatArray, alpha: float
) -> dict[str, FloatArray]:
    """Test series (n, T) within seasons (T,), and add up."""
    parts = [(x[:, season == k], t[season == k]) for k in np.unique(season)]
    codes = [_trend.tie_codes(own) for own, _ in parts]
    s = np.sum([_trend.kendall_s(c) for c in codes], axis=0)
    variance = np.sum([_trend.kendall_variance(c) for c in codes], axis=0)
    slopes = np.hstack([_trend.pair_slopes(own, when) for own, when in parts])
    z = _trend.score(s, variance)
    p = 2 * stats.norm.sf(np.abs(z))
    denominator = np.sum([_trend.tau_denominator(c) for c in codes], axis=0)
    return _figures(s, variance, z, p, denominator, slopes, alpha)


def _figures(
    s: FloatArray,
    variance: FloatArray,
    z: FloatArray,
    p: FloatArray,
    denominator: FloatArray,
    slopes: FloatArray,
    alpha: float,
) -> dict[str, FloatArray]:
    """Name the figures (n,) of a test, in the order of the table."""
    tau = np.divide(s, denominator, out=np.full(s.shape, np.nan), where=denominator > 0)
    low, high = _trend.sen_interval(slopes, variance, alpha)
    return {
        "S": s,
        "variance": variance,
        "z": z,
        "p": p,
        "tau": tau,
        "slope": np.median(slopes, axis=1),
        "slope_low": low,
        "slope_high": high,
    }


def _season_codes(t: FloatArray, seasons: int) -> FloatArray:
    """Give the season of each time (T,), by place; steps must be even."""
    steps = np.diff(t)
    uneven = np.flatnonzero(np.abs(steps - np.median(steps)) > _UNEVEN * np.median(steps))
    if len(uneven):
        where = listed(f"{t[k]:.6g} to {t[k + 1]:.6g}" for k in uneven)
        raise ParameterError(
            f"method='seasonal' needs times in even steps, to know their season; not so: {where}"
        )
    if len(t) < 2 * seasons:
        raise ParameterError(
            f"{len(t)} times hold less than two years of {seasons} seasons: nothing to compare"
        )
    return np.arange(len(t), dtype=float) % seasons


def _without_seasons(x: FloatArray, seasons: int) -> FloatArray:
    """Take from series (n, T) the median of each season."""
    left = x.copy()
    for k in range(seasons):
        left[:, k::seasons] -= np.median(x[:, k::seasons], axis=1, keepdims=True)
    return left


def _hamed_rao(left: FloatArray, lag: int) -> FloatArray:
    """Factor of the variance (Hamed and Rao 1998, equation 8) of residuals (n, T), (n,)."""
    n = left.shape[1]
    ranks = stats.rankdata(_trend.tie_codes(left), axis=1)
    r = _autocorrelations(ranks)[:, :lag]
    r = np.where(np.abs(r) > stats.norm.ppf(1 - _LAG_LEVEL / 2) / np.sqrt(n), r, 0.0)
    k = np.arange(1, r.shape[1] + 1)
    weights = (n - k) * (n - k - 1) * (n - k - 2)
    return np.asarray(1 + 2 / (n * (n - 1) * (n - 2)) * (weights * r).sum(axis=1), dtype=float)


def _autocorrelations(x: FloatArray) -> FloatArray:
    """Autocorrelations of series (n, T) at lags 1 to T - 1; 0 for a series without variation."""
    centered = x - x.mean(axis=1, keepdims=True)
    total = (centered**2).sum(axis=1, keepdims=True)
    lags = range(1, x.shape[1])
    products = np.column_stack([(centered[:, k:] * centered[:, :-k]).sum(axis=1) for k in lags])
    size = (np.abs(x).max(axis=1, keepdims=True) * ROUNDING) ** 2 * x.shape[1]
    found: FloatArray = np.zeros(products.shape)
    np.divide(products, total, out=found, where=total > size)
    return found


def _adjusted(p: FloatArray, correction: str) -> FloatArray:
    """Adjust p (n,) for the number of tests; where there is none there is no test."""
    adjusted = p.copy()
    known = ~np.isnan(p)
    if correction == "fdr" and known.any():
        adjusted[known] = stats.false_discovery_control(p[known])
    return adjusted


def _in_words(table: pd.DataFrame, alpha: float) -> FloatArray:
    """Say what each unit does, (n,)."""
    sure = table["p_adjusted"] <= alpha
    return np.select(
        [table["p"].isna(), sure & (table["S"] > 0), sure & (table["S"] < 0)],
        ["not tested", "rising", "falling"],
        default="no trend",
    )
