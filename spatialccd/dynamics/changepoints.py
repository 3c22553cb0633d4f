"""When each unit changed its level: Pettitt's test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd
from scipy import stats

from spatialccd import _align, _trend
from spatialccd._result import Result, gap_note, record
from spatialccd.dynamics._samples import numbers, wide
from spatialccd.errors import check_choice, check_range, listed

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, Values

Correction = Literal["fdr", "none"]

#: From this length on the clearest change of level has a p below .05: 2 (4! 4!) / 8!.
_SEEN = 8


@dataclass(frozen=True, eq=False, kw_only=True)
class Pettitt(Result):
    """The time at which the level of each unit is likeliest to have changed.

    Attributes
    ----------
    table : DataFrame
        On unit: ``n`` values; ``K`` = max |U|; ``last_before`` and
        ``first_after``, the times on both sides of the change; ``median_before``
        and ``median_after``; ``p`` by permutation, ``p_adjusted`` for the number of
        units, ``p_approx`` by Pettitt's formula; ``shift``: "up", "down" or "no shift";
        ``at_end``: fewer than three times on one side.
    """

    table: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give one row a unit."""
        return self.table.copy()

    def notes(self) -> list[str]:
        """Say what p rests on, and which changes may be slopes."""
        found = [
            "p takes times as independent; a steady rise or fall, or a series that drifts, looks "
            "like a change of level in its middle"
        ]
        years = int(self.table["n"].max())
        if years < _SEEN:
            found.append(f"with {years} times no change can be significant at 5%; it takes {_SEEN}")
        ends = self.table["at_end"] & self.table["shift"].isin(["up", "down"])
        if ends.any():
            names = listed(self.table.index[ends])
            found.append(f"a change is claimed with fewer than three times on one side: {names}")
        flat = "one value at all times"
        return [*found, *gap_note(self.table, ["last_before"], flat)]


def pettitt(
    y: Values,
    *,
    n_permutations: int = 9999,
    seed: int | None = None,
    alpha: float = 0.05,
    correction: Correction = "fdr",
) -> Pettitt:
    """Find the time at which each unit changed its level, and test whether it did.

    U_t = sum_{i<=t<j} sgn(x_i - x_j); the change lies after the time at which |U| is
    largest, K. Where several times share K, after the first.

    Parameters
    ----------
    y : Series
        Values on (unit, time), five times or more; every unit has every time.
    n_permutations : int, default 9999
        Random orders of the times, the same for every unit.
    seed : int, optional
        Seed of the random draws; the same seed gives the same figures.
    alpha : float, default 0.05
        A change is claimed where the adjusted p is at most this.
    correction : {"fdr", "none"}
        For the number of units tested. fdr: Benjamini and Hochberg.

    Returns
    -------
    Pettitt
        ``.table`` on unit.

    Raises
    ------
    PanelError
        `y` is on unit only, has fewer than five times, or a unit lacks one.
    ParameterError
        A setting is out of range.

    Notes
    -----
    Not for series with a trend, which has no one time of change and is found to have
    one in its middle; nor for values that depend on the year before: of series that
    keep their level and have an autocorrelation of .5, the test at 5% calls .20
    changed with 10 years, .34 with 30 and .41 with 60; of independent years .04 to
    .05 (10,000 series each, tests/dynamics/sizes.py). With fewer than eight times p
    cannot go below .05.

    Pettitt's p = 2 exp(-6 K^2 / (n^3 + n^2)) is an approximation for small p; it is
    printed beside the permutation's because papers print it, and cut at 1.

    References
    ----------
    Pettitt (1979), Appl. Stat. 28(2), 126-135, equations 2.4 and 2.6.

    Examples
    --------
    >>> import pandas as pd
    >>> index = pd.MultiIndex.from_product([["a"], range(2001, 2011)], names=["unit", "time"])
    >>> y = pd.Series([1.0, 2, 1.5, 1.2, 1.8, 5, 6, 5.5, 5.2, 5.8], index=index)
    >>> pettitt(y, seed=1).table[["K", "last_before", "median_after", "shift"]]
             K  last_before  median_after shift
    unit
    a     25.0         2005           5.5    up
    """
    settings = record("pettitt", locals())
    check_range("n_permutations", n_permutations, 99)
    check_range("alpha", alpha, 0, 1, open_low=True, open_high=True)
    check_choice("correction", correction, get_args(Correction))
    panel = wide(numbers(y), 5)
    x, times = panel.to_numpy(), panel.columns
    n = len(times)
    ranks = stats.rankdata(_trend.tie_codes(x), axis=1)
    U = _u(ranks)
    K, at = np.abs(U).max(axis=1), np.abs(U).argmax(axis=1)
    p = _permuted(ranks, K, n_permutations, seed)
    before = np.arange(n) <= at[:, None]
    table = pd.DataFrame(
        {
            "n": n,
            "K": K,
            "last_before": times[at],
            "first_after": times[at + 1],
            "median_before": np.nanmedian(np.where(before, x, np.nan), axis=1),
            "median_after": np.nanmedian(np.where(before, np.nan, x), axis=1),
            "p": p,
            "p_adjusted": stats.false_discovery_control(p) if correction == "fdr" else p,
            "p_approx": np.minimum(1.0, 2 * np.exp(-6 * K**2 / (n**3 + n**2))),
        },
        index=panel.index,
    )
    up = U[np.arange(len(U)), at] < 0
    claimed = (table["p_adjusted"] <= alpha).to_numpy()
    table["shift"] = np.where(claimed, np.where(up, "up", "down"), "no shift")
    table["at_end"] = np.minimum(at + 1, n - 1 - at) < 3
    flat = pd.Series(K == 0, table.index)
    for name in ("last_before", "first_after") if flat.any() else ():
        table[name] = table[name].astype(object).mask(flat)  # years stay whole numbers
    return Pettitt(
        settings=settings,
        table=_align.restore(table, y.index.get_level_values(0).unique()),
    )


def _u(ranks: FloatArray) -> FloatArray:
    """U at the first T - 1 times of series of ranks (m, T), (m, T - 1)."""
    n = ranks.shape[1]
    passed = np.cumsum(ranks, axis=1)[:, :-1]
    return np.asarray(2 * passed - np.arange(1, n) * (n + 1), dtype=float)


def _permuted(ranks: FloatArray, K: FloatArray, count: int, seed: int | None) -> FloatArray:
    """Give p (n,) of K (n,): the share of random orders with as large a one.

    K depends on the values' ranks alone, so that series with the same ties have one
    distribution, and most have no ties.
    """
    rng = np.random.default_rng(seed)
    orders = np.argsort(rng.random((count, ranks.shape[1])), axis=1)
    known: dict[bytes, FloatArray] = {}
    p = np.empty(len(K))
    for i, row in enumerate(np.sort(ranks, axis=1)):
        key = row.tobytes()
        if key not in known:
            known[key] = np.sort(np.abs(_u(row[orders])).max(axis=1))
        reached = count - np.searchsorted(known[key], K[i] - 0.25)  # K is a whole number
        p[i] = (1 + reached) / (1 + count)
    return p
