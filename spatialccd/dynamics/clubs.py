"""Convergence clubs: groups of units that the data find, each on a way of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._result import Result, record
from spatialccd.dynamics._logt import LogT, trend
from spatialccd.dynamics._samples import ALL, numbers, wide
from spatialccd.errors import DataError, ParameterError, check_choice, check_range, listed

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, IntArray, Values

Trend = Literal["hp", "none"]
Order = Literal["last", "last_half"]

#: What units of no club are called.
DIVERGENT = 0


@dataclass(frozen=True, eq=False, kw_only=True)
class ConvergenceClubs(Result):
    """Clubs of units that converge.

    Attributes
    ----------
    members : DataFrame
        By unit: club (from 1, the highest; 0 for none) and before_merging.
    clubs : DataFrame
        By club, with "All" for all units together: n, b (twice the speed at which
        relative spread falls), se, t (convergence is rejected at or below the
        critical value), a.
    merges : DataFrame
        By pair of neighboring clubs before merging: b and t of both together.
    paths : DataFrame
        Time by club: mean of units over the mean of all.
    """

    members: pd.DataFrame
    clubs: pd.DataFrame
    merges: pd.DataFrame
    paths: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give one row a unit."""
        return self.members.copy()

    def further(self) -> dict[str, pd.DataFrame]:
        """Give clubs, tests of merging and relative paths."""
        return {"clubs": self.clubs, "merges": self.merges, "paths": self.paths}

    def notes(self) -> list[str]:
        """Say what was searched, and how."""
        s = self.settings
        source = "the trend (Hodrick and Prescott)" if s["trend"] == "hp" else "the values"
        kind = "logarithms" if s["logs"] else "levels"
        return [
            f"Clubs of {source} of {kind}; the first {s['first'] - 1} times are left out; units "
            f"join at t > {s['cut']:g} (0.1 more where the club would not hold); long-run variance "
            "by the quadratic spectral kernel."
        ]

    def summary(self) -> str:
        """Write clubs with their members."""
        lines = [super().summary(), self.clubs.to_string()]
        for club, rows in self.members.groupby("club"):
            lines.append(f"{club or 'none'}: {listed(rows.index, limit=40)}")
        return "\n\n".join([*lines, *self.notes()])


def convergence_clubs(
    y: Values,
    *,
    trend: Trend = "hp",
    smoothing: float = 400.0,
    logs: bool = False,
    discard: float | None = None,
    cut: float = 0.0,
    critical: float = -1.65,
    order: Order = "last",
    merge: bool = True,
) -> ConvergenceClubs:
    """Find clubs of units that converge, by the log t test (Phillips and Sul 2007).

    h_it = X_it / mean_i X_it, H_t = mean_i (h_it - 1)^2; ln(H_1 / H_t) - 2 ln ln t = a
    + b ln t; convergence is rejected where t_b <= -1.65.

    Parameters
    ----------
    y : Series
        Positive values on (unit, time), twelve times or more.
    trend : {"hp", "none"}, default "hp"
        Take the trend of each unit first (Hodrick and Prescott), or values as they are.
    smoothing : float, default 400.0
        Of the trend; 400 is theirs for years.
    logs : bool, default False
        Take logarithms first; these must be positive too.
    discard : float, optional
        Share of the first times left out; 0.3 up to 50 times, 0.2 from 100, between
        them in between, when omitted.
    cut : float, default 0.0
        t over which a unit joins the core of a club.
    critical : float, default -1.65
        t at or below which convergence is rejected.
    order : {"last", "last_half"}, default "last"
        Units are tried from the highest down: by the last time, or by the mean of the
        last half.
    merge : bool, default True
        Join neighboring clubs that converge together.

    Returns
    -------
    ConvergenceClubs
        ``.members`` by unit, ``.clubs`` with their tests, ``.paths`` for charts.

    Raises
    ------
    DataError
        Values (or their trend, or logarithms) that are not positive; ``cases`` lists
        each.
    PanelError
        A unit lacks a year, or there are fewer than twelve.

    Notes
    -----
    A club can be found by chance, and the last one takes what is left: read t beside
    it. Other programs trim a third, or choose the bandwidth otherwise, and differ at
    the margin: print discard, cut and kernel. With 40 times the test rejects some .10
    where it says .05.

    References
    ----------
    Phillips and Sul (2007), Econometrica 75, 1771-1855; (2009), J. Appl.
    Econometrics 24, 1153-1185. Andrews (1991), Econometrica 59, 817-858.

    Examples
    --------
    >>> t = np.arange(1, 31)
    >>> high = {f"h{i}": 4 + i / t for i in range(4)}
    >>> low = {f"l{i}": 1 + 0.3 * i / t for i in range(4)}
    >>> y = pd.DataFrame(high | low, index=t).rename_axis("time").T.rename_axis("unit").stack()
    >>> convergence_clubs(y, trend="none").members["club"].tolist()
    [1, 1, 1, 1, 2, 2, 2, 2]
    """
    call = locals()
    check_choice("trend", trend, get_args(Trend))
    check_choice("order", order, get_args(Order))
    check_range("smoothing", smoothing, 0, open_low=True)
    if discard is not None:
        check_range("discard", discard, 0, 0.8, open_low=True)
    check_range("cut", cut, -5, 3)
    table = wide(numbers(y), 12)
    X = _prepared(table, trend, smoothing, logs=logs)
    T = X.shape[1]
    share = discard if discard is not None else float(np.interp(T, [50, 100], [0.3, 0.2]))
    first = max(int(np.floor(share * T)), 2)
    if T - first + 1 < 6:
        raise ParameterError(
            f"discard={share:g} leaves {T - first + 1} of {T} times; the test takes six or more"
        )
    test = LogT(X, first, critical)
    height = X[:, -1] if order == "last" else X[:, T // 2 :].mean(axis=1)
    found, alone = test.clubs(np.argsort(-height, kind="stable"), cut)
    merged = test.merge(found) if merge else found
    members = pd.DataFrame(
        {"club": _numbers(merged, len(X)), "before_merging": _numbers(found, len(X))}, table.index
    )
    units = y.index.get_level_values(0).unique()
    return ConvergenceClubs(
        settings=record("convergence_clubs", call, discard=share, first=first),
        members=_align.restore(members, units).rename_axis(table.index.name or "unit"),
        clubs=_tests(test, {ALL: np.arange(len(X)), **_named(merged)}),
        merges=_tests(
            test,
            {f"{i + 1} + {i + 2}": np.concatenate(found[i : i + 2]) for i in range(len(found) - 1)},
        ),
        paths=_paths(X, table.columns, merged, alone),
    )


def _prepared(table: pd.DataFrame, trend_: str, smoothing: float, *, logs: bool) -> FloatArray:
    """Check that values are positive, take logarithms and trends."""
    X = table
    _check_positive(X, "values")
    if logs:
        X = np.log(X)
        _check_positive(X, "logarithms of values")
    if trend_ == "hp":
        X = pd.DataFrame(trend(X.to_numpy(), smoothing), table.index, table.columns)
        _check_positive(X, "trends of values")
    return np.asarray(X, dtype=float)


def _check_positive(X: pd.DataFrame, what: str) -> None:
    rows, columns = np.nonzero(X.to_numpy() <= 0)
    if len(rows):
        cases = pd.DataFrame(
            {
                "unit": X.index[rows],
                "time": X.columns[columns],
                "value": X.to_numpy()[rows, columns],
            }
        )
        places = listed(f"{c.unit} {c.time}: {c.value:g}" for c in cases.itertuples())
        raise DataError(
            f"relative paths need positive {what}; {len(cases)} are not: {places}", cases
        )


def _numbers(clubs: list[IntArray], count: int) -> IntArray:
    """Give each unit the number of its club, 0 for none."""
    number = np.full(count, DIVERGENT)
    for i, club in enumerate(clubs, start=1):
        number[club] = i
    return number


def _named(clubs: list[IntArray]) -> dict[str, IntArray]:
    return {str(i): club for i, club in enumerate(clubs, start=1)}


def _tests(test: LogT, sets: dict[str, IntArray]) -> pd.DataFrame:
    lines = {}
    for name, units in sets.items():
        a, b, t = test.test(units)
        lines[name] = {"n": len(units), "b": b, "se": b / t if t else np.nan, "t": t, "a": a}
    table = pd.DataFrame.from_dict(lines, orient="index", columns=["n", "b", "se", "t", "a"])
    return table.rename_axis("club").astype({"n": int})


def _paths(X: FloatArray, times: pd.Index, clubs: list[IntArray], alone: IntArray) -> pd.DataFrame:
    relative = X / X.mean(axis=0)
    sets = _named(clubs) | ({str(DIVERGENT): alone} if len(alone) else {})
    return pd.DataFrame(
        {name: relative[units].mean(axis=0) for name, units in sets.items()},
        pd.Index(times, name="time"),
    ).rename_axis("club", axis=1)
