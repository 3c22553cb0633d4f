"""Dagum's Gini coefficient, decomposed by groups."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from spatialccd._result import Result, record
from spatialccd.dynamics._samples import (
    By,
    check_by,
    group_labels,
    group_order,
    numbers,
    times_of,
    warn_thin,
)
from spatialccd.errors import DataError, check_range, listed

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, Groups, IntArray, Values

_PARTS = ("G", "Gw", "Gnb", "Gt")


@dataclass(frozen=True, eq=False, kw_only=True)
class DagumGini(Result):
    """Dagum's decomposition; each figure by year when it was asked by year.

    Attributes
    ----------
    G, Gw, Gnb, Gt : float or Series
        Gini of all units, and what differences within groups, net differences
        between groups, and the overlap of groups contribute. By time when by year.
    table : DataFrame
        One row a year (one row "all" otherwise): ``G``, ``Gw``, ``Gnb``,
        ``Gt``, and their contributions ``share_w``, ``share_nb``, ``share_t``
        in percent of G.
    within : Series or DataFrame
        G_jj by group; time by group when by year.
    between : DataFrame
        G_jh, group by group, its diagonal 0; on (time, group) when by year.
    affluence : DataFrame
        D_jh, the relative economic affluence, shaped as ``between``.
    intervals : DataFrame or None
        Bootstrap interval of each part: columns (part, "low" or "high").
    """

    G: float | pd.Series
    Gw: float | pd.Series
    Gnb: float | pd.Series
    Gt: float | pd.Series
    table: pd.DataFrame
    within: pd.Series | pd.DataFrame
    between: pd.DataFrame
    affluence: pd.DataFrame
    intervals: pd.DataFrame | None

    def to_frame(self) -> pd.DataFrame:
        """Give one row a year: parts, contributions, each G_jj and each G_jh."""
        frame = self.table.copy()
        groups = list(self.between.columns)
        for j in groups:
            frame[f"within {j}"] = self.within[j]
        for j, h in combinations(groups, 2):
            if isinstance(self.within, pd.Series):
                frame[f"{j} - {h}"] = self.between.loc[j, h]
            else:
                frame[f"{j} - {h}"] = self.between[h].xs(j, level="group")
        if self.intervals is not None:
            for part, end in self.intervals.columns:
                frame[f"{part}_{end}"] = self.intervals[(part, end)]
        return frame


def dagum_gini(
    y: Values,
    groups: Groups,
    *,
    by: By | None = None,
    n_bootstrap: int = 0,
    confidence: float = 0.95,
    seed: int | None = None,
) -> DagumGini:
    """Decompose inequality into within groups, between groups, and their overlap.

    G = Gw + Gnb + Gt, with G_jh = E|y_j - y_h| / (mu_j + mu_h), p_j = n_j / n,
    s_j = n_j mu_j / (n mu), Gw = sum_j G_jj p_j s_j, and over pairs of groups
    Gnb = sum G_jh (p_j s_h + p_h s_j) D_jh, Gt the same with 1 - D_jh.

    Parameters
    ----------
    y : Series
        Values on unit or on (unit, time), such as D or a score.
    groups : Series
        Group of each unit (or row), such as its region.
    by : {"time"}, optional
        Decompose each year by itself. All rows at once when omitted.
    n_bootstrap : int, default 0
        Number of bootstrap samples for percentile intervals: units are drawn
        with replacement within their group, each with all its years.
    confidence : float, default 0.95
        Level of the intervals.
    seed : int, optional
        Seed of the bootstrap.

    Returns
    -------
    DagumGini
        ``.G``, ``.Gw``, ``.Gnb``, ``.Gt``, ``.within``, ``.between``.

    Raises
    ------
    DataError
        The mean of all values or of a group is zero or negative; ``cases``
        lists each.
    AlignmentError
        A unit has no group or no value.
    ParameterError
        ``by="time"`` without years.

    Warns
    -----
    ThinStrataWarning
        A group has one unit: its G_jj is 0 by definition.

    Notes
    -----
    Sums of differences are taken over sorted values with prefix sums: n log n
    steps a group, and no n x n matrix. Single negative values are allowed as
    long as means are positive, but then G may exceed 1.

    References
    ----------
    Dagum (1997), Empirical Economics 22(4), 515-531.

    Examples
    --------
    >>> import pandas as pd
    >>> y = pd.Series([2.0, 4, 7, 11, 1, 3, 3, 8, 10, 5, 9, 20])
    >>> region = pd.Series(list("AAAABBBBBCCC"))
    >>> result = dagum_gini(y, region)
    >>> round(result.G, 4), round(result.Gw, 4), round(result.Gnb, 4), round(result.Gt, 4)
    (0.3845, 0.1064, 0.1797, 0.0984)
    """
    settings = record("dagum_gini", locals())
    check_range("n_bootstrap", n_bootstrap, 0)
    check_range("confidence", confidence, 0, 1, open_low=True, open_high=True)
    values = numbers(y)
    check_by(values, by)
    labels = group_labels(groups, values.index)
    names = group_order(labels)
    codes = pd.Index(names).get_indexer(labels)
    periods = times_of(values.index, by)
    x = values.to_numpy()
    _check_means(x, codes, names, periods)
    parts = [_dagum(x[rows], codes[rows], len(names)) for _, rows in periods]
    intervals = None
    if n_bootstrap:
        draws = _bootstrap(x, codes, names, values.index, periods, n_bootstrap, seed)
        intervals = _percentiles(draws, confidence, [t for t, _ in periods])
    return _labeled(settings, parts, names, [t for t, _ in periods], intervals)


class _Decomposition(NamedTuple):
    parts: FloatArray  # (4,): G, Gw, Gnb, Gt
    G_jh: FloatArray  # (k, k), the diagonal holding G_jj
    D_jh: FloatArray  # (k, k)


def _dagum(y: FloatArray, codes: IntArray, k: int) -> _Decomposition:
    """Decompose values (n,) of groups coded 0..k-1; an absent group counts nothing."""
    n = np.bincount(codes, minlength=k).astype(float)
    total = np.bincount(codes, weights=y, minlength=k)
    present = n > 0
    mu = np.divide(total, n, out=np.zeros(k), where=present)
    above = _excess(y, codes, k)
    pairs = np.outer(n, n)
    both = np.outer(present, present)
    apart = np.divide(above + above.T, pairs, out=np.zeros((k, k)), where=both)
    means = mu[:, None] + mu[None, :]
    G_jh = np.divide(apart, means, out=np.full((k, k), np.nan), where=both)
    # |d - p| of the pair: the richer group stands first by definition.
    net = np.abs(above - above.T)
    D_jh = np.divide(net, above + above.T, out=np.zeros((k, k)), where=above + above.T > 0)
    p, s = n / n.sum(), total / total.sum()
    weight = np.nan_to_num(G_jh) * np.outer(p, s)
    off = weight - np.diag(np.diag(weight))
    G = above.sum() / (n.sum() * total.sum())
    parts = np.array([G, np.trace(weight), (off * D_jh).sum(), (off * (1 - D_jh)).sum()])
    return _Decomposition(parts, G_jh, D_jh)


def _excess(y: FloatArray, codes: IntArray, k: int) -> FloatArray:
    """Sum of (y_b - y_a) over pairs with y_b > y_a, a in group j, b in group h: (k, k)."""
    y = y - y.mean()  # differences do not change; prefix sums lose fewer digits
    found = np.zeros((k, k))
    for j in range(k):
        own = np.sort(y[codes == j])
        if len(own) == 0:
            continue
        below = np.searchsorted(own, y)
        prefix = np.concatenate([[0.0], np.cumsum(own)])
        found[j] = np.bincount(codes, weights=below * y - prefix[below], minlength=k)
    return np.maximum(found, 0.0)


def _bootstrap(
    x: FloatArray,
    codes: IntArray,
    names: Sequence[Hashable],
    index: pd.Index,
    periods: Sequence[tuple[Any, IntArray]],
    n_bootstrap: int,
    seed: int | None,
) -> FloatArray:
    """Parts (n_bootstrap, t, 4) of samples drawn within groups, units with all their years."""
    rng = np.random.default_rng(seed)
    units = index.get_level_values(0)
    unit_codes, unique = pd.factorize(units)
    rows_of = [np.flatnonzero(unit_codes == u) for u in range(len(unique))]
    # A unit belongs where its first row does; drawn rows keep their own group.
    home = np.array([codes[rows[0]] for rows in rows_of])
    members = [np.flatnonzero(home == j) for j in range(len(names))]
    period_of = np.empty(len(x), dtype=int)
    for number, (_, rows) in enumerate(periods):
        period_of[rows] = number
    draws = np.empty((n_bootstrap, len(periods), 4))
    for b in range(n_bootstrap):
        drawn = np.concatenate([rng.choice(m, size=len(m)) for m in members if len(m)])
        rows = np.concatenate([rows_of[u] for u in drawn])
        for number in range(len(periods)):
            here = rows[period_of[rows] == number]
            draws[b, number] = _dagum(x[here], codes[here], len(names)).parts
    return draws


def _percentiles(draws: FloatArray, confidence: float, times: Sequence[Any]) -> pd.DataFrame:
    tail = 100 * (1 - confidence) / 2
    low, high = np.percentile(draws, [tail, 100 - tail], axis=0)
    columns = pd.MultiIndex.from_product([_PARTS, ["low", "high"]], names=["part", "end"])
    values = np.stack([low, high], axis=-1).reshape(len(times), -1)
    return pd.DataFrame(values, index=_time_index(times), columns=columns)


def _labeled(
    settings: Any,
    found: Sequence[_Decomposition],
    names: Sequence[Hashable],
    times: Sequence[Any],
    intervals: pd.DataFrame | None,
) -> DagumGini:
    index = _time_index(times)
    table = pd.DataFrame([d.parts for d in found], index=index, columns=list(_PARTS))
    for part in ("w", "nb", "t"):
        table[f"share_{part}"] = 100 * table[f"G{part}"] / table["G"].where(table["G"] > 0)
    group = pd.Index(names, name="group")
    within = pd.DataFrame([np.diag(d.G_jh) for d in found], index=index, columns=group)
    square = []
    for d in found:
        between = d.G_jh.copy()
        np.fill_diagonal(between, 0.0)
        square.append((between, d.D_jh))
    between, affluence = (
        pd.concat([pd.DataFrame(s[i], group, group) for s in square], keys=index) for i in (0, 1)
    )
    single = times[0] is None
    parts = {part: float(table[part].iloc[0]) if single else table[part] for part in _PARTS}
    return DagumGini(
        settings=settings,
        **parts,
        table=table,
        within=within.iloc[0].rename("G_jj") if single else within,
        between=between.droplevel(0) if single else between,
        affluence=affluence.droplevel(0) if single else affluence,
        intervals=intervals,
    )


def _time_index(times: Sequence[Any]) -> pd.Index:
    return pd.Index(["all" if t is None else t for t in times], name="time")


def _check_means(
    x: FloatArray,
    codes: IntArray,
    names: Sequence[Hashable],
    periods: Sequence[tuple[Any, IntArray]],
) -> None:
    """Raise of every mean that is not positive; warn of groups of one."""
    cases = []
    smallest: dict[Any, int] = {}
    for time, rows in periods:
        n = np.bincount(codes[rows], minlength=len(names))
        mean = np.bincount(codes[rows], weights=x[rows], minlength=len(names)) / np.maximum(n, 1)
        for j, name in enumerate(names):
            if n[j]:
                smallest[name] = min(int(n[j]), smallest.get(name, len(x)))
                cases += [(time, name, mean[j])] if mean[j] <= 0 else []
    if cases:
        where = [f"{g}{'' if t is None else f' in {t}'} ({m:g})" for t, g, m in cases]
        raise DataError(
            f"a Gini coefficient needs positive means; these are not: {listed(where)}. "
            "Shift or rescale the values if that makes sense for them",
            pd.DataFrame(cases, columns=["time", "group", "mean"]),
        )
    warn_thin(smallest, 2, "inequality within a single unit is 0 by definition")
