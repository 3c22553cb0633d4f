"""Whether groups of units differ, by how much, and with what the differences go together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import numpy as np
import pandas as pd
from scipy import stats

from spatialccd import _align
from spatialccd._constant import is_constant
from spatialccd._result import Result, gap_note, record
from spatialccd.errors import DataError, ParameterError, check_choice, listed

if TYPE_CHECKING:
    from spatialccd._types import Columns, FloatArray, IntArray, Values

#: A table on its way: key of a row -> its figures.
_Rows: TypeAlias = "dict[tuple[Any, ...], dict[str, float]]"

PairCorrection = Literal["holm", "bonferroni", "none"]

_ALL = "All"
_MEAN = "mean"
_VALUE = "value"


@dataclass(frozen=True, eq=False, kw_only=True)
class GroupHeterogeneity(Result):
    """Figures of groups at each time, and tests whether they differ.

    Times end with "mean": the mean of each unit over all times.

    Attributes
    ----------
    table : DataFrame
        On (grouping, group, time), each grouping's group "All" last: n, mean,
        median, sd (divisor n, the absolute difference) and cv = sd / mean (the
        relative difference).
    tests : DataFrame
        On (grouping, time): Kruskal and Wallis's H, df, p and epsilon2 =
        H / (n - 1), the share of the ranks' variance between groups.
    pairs : DataFrame
        On (grouping, time, group_a, group_b): Dunn's z (positive where a ranks
        higher), p and p_adjusted.
    correlation : DataFrame
        On (variable, time), where there are structure variables: n, Spearman's
        rho and rho_p, Kendall's tau and tau_p.
    values : DataFrame
        On (unit, time), what was compared: value, and the group of each grouping.
    """

    table: pd.DataFrame
    tests: pd.DataFrame
    pairs: pd.DataFrame
    correlation: pd.DataFrame
    values: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give one row a grouping, group and time."""
        return self.table.copy()

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the tests of all groups, of pairs, and correlations where there are any."""
        tables = {"tests": self.tests, "pairs": self.pairs, "correlation": self.correlation}
        return {name: table for name, table in tables.items() if len(table)}

    def notes(self) -> list[str]:
        """Say what could not be compared or correlated."""
        return [
            *gap_note(self.table, ["cv"], "the mean is 0"),
            *gap_note(self.tests, ["H", "p"], "values do not differ between units"),
            *gap_note(
                self.correlation,
                ["rho", "rho_p"],
                "values do not differ between units, or two units are too few",
            ),
        ]

    def summary(self) -> str:
        """Write figures, tests and correlations."""
        parts = [super().summary(), self.tests.to_string(max_rows=60)]
        if len(self.correlation):
            parts.append(self.correlation.to_string(max_rows=60))
        return "\n\n".join(parts)


def group_heterogeneity(
    y: Values,
    groups: Columns,
    structure: Columns | None = None,
    *,
    correction: PairCorrection = "holm",
) -> GroupHeterogeneity:
    """Compare groups of units by one or more groupings, and by time.

    Parameters
    ----------
    y : Series
        Values on (unit, time) or unit, such as efficiencies.
    groups : DataFrame
        One grouping a column, such as location, size and type: the label of
        each unit, on unit or on the rows of y.
    structure : DataFrame, optional
        Variables to correlate y with by rank, on unit or on the rows of y.
    correction : {"holm", "bonferroni", "none"}, default "holm"
        Of Dunn's tests, for the number of pairs in a grouping and time.

    Returns
    -------
    GroupHeterogeneity
        ``.table``, ``.tests``, ``.pairs`` and ``.correlation``.

    Raises
    ------
    AlignmentError
        A unit of y has no label, or the other way round, or a value is missing.
    DataError
        A grouping has one group.
    ParameterError
        A group is called "All", a time "mean", or a grouping "value".

    Notes
    -----
    Times are tested each by itself, and the units' means over time once: rows
    of one unit are not independent, so that a test on all rows together would
    reject too often. Ties are corrected for in H and z.

    References
    ----------
    Kruskal and Wallis (1952), J. Am. Stat. Assoc. 47, 583-621. Dunn (1964),
    Technometrics 6, 241-252. Holm (1979), Scand. J. Stat. 6, 65-70. Tomczak and
    Tomczak (2014), Trends Sport Sci. 1, 19-25 for epsilon squared.

    Examples
    --------
    >>> y = pd.Series([0.2, 0.3, 0.4, 0.6, 0.7, 0.9], list("abcdef"))
    >>> groups = pd.DataFrame({"size": ["small"] * 3 + ["large"] * 3}, list("abcdef"))
    >>> group_heterogeneity(y, groups).tests.round(3)
                        H  df     p  epsilon2
    grouping time
    size     all    3.857   1  0.05     0.771
    """
    settings = record("group_heterogeneity", locals())
    check_choice("correction", correction, get_args(PairCorrection))
    (ordered,) = _align.align(y=y)
    _align.check_complete(ordered, "y")
    given = _spread(groups, ordered.index, "groups")
    orders = {name: [str(one) for one in _align.class_order(given[name])] for name in given}
    labels = given.astype(str)
    _check_labels(labels, ordered.index)
    times = list(_times(ordered))
    table: _Rows = {}
    tests: _Rows = {}
    pairs: _Rows = {}
    for grouping, column in labels.items():
        for time, values, rows in times:
            own = column.to_numpy()[rows]
            names = [name for name in orders[grouping] if (own == name).any()]
            codes = pd.Index(names).get_indexer(own)
            for name in names:
                table[grouping, name, time] = _figures(values[own == name])
            table[grouping, _ALL, time] = _figures(values)
            tests[grouping, time], found = _compare(values, codes, names, correction)
            pairs |= {(grouping, time, *pair): row for pair, row in found.items()}
    return GroupHeterogeneity(
        settings=settings,
        table=_in_order(_indexed(table, ["grouping", "group", "time"]), orders),
        tests=_indexed(tests, ["grouping", "time"]).astype({"df": int}),
        pairs=_indexed(pairs, ["grouping", "time", "group_a", "group_b"]),
        correlation=_correlate(ordered, structure),
        values=pd.concat([_compared(labels, *part) for part in times]),
    )


def _compared(labels: pd.DataFrame, time: Any, values: FloatArray, rows: IntArray) -> pd.DataFrame:
    """Give the values of one time, on (unit, time), beside their groups."""
    units = labels.index[rows].get_level_values(0)
    at = pd.Index([time] * len(rows), dtype=object)
    index = pd.MultiIndex.from_arrays([units, at], names=["unit", "time"])
    frame = labels.iloc[rows].set_axis(index)
    frame.insert(0, _VALUE, values)
    return frame


def _spread(frame: Any, index: pd.Index, role: str) -> pd.DataFrame:
    if not isinstance(frame, pd.DataFrame) or not frame.shape[1]:
        raise ParameterError(f"{role} must be a DataFrame of one column or more")
    known = _align.broadcast(frame, index, role)
    _align.check_complete(known, role, words=True)
    return known


def _check_labels(labels: pd.DataFrame, index: pd.Index) -> None:
    alone = [name for name in labels.columns if labels[name].nunique() < 2]
    if alone:
        raise DataError(f"{listed(alone)} has one group only: there is nothing to compare")
    if _VALUE in labels:
        raise ParameterError(f'a grouping is called "{_VALUE}", as what is compared; rename it')
    if (labels == _ALL).any().any():
        raise ParameterError(f'a group is called "{_ALL}", the name of all units; rename it')
    if index.nlevels > 1 and _MEAN in set(index.get_level_values(1)):
        raise ParameterError(f'a time is called "{_MEAN}", the name of all times; rename it')


def _times(y: pd.Series) -> Iterator[tuple[Any, FloatArray, IntArray]]:
    """Yield each time, its values, and the rows whose labels hold; then units' means.

    A unit's label for its mean is that of its last time.
    """
    rows = np.arange(len(y))
    values = y.to_numpy(dtype=float)
    if y.index.nlevels == 1:
        yield "all", values, rows
        return
    times = y.index.get_level_values(1)
    for time in _align.canonical(times.unique()):
        at = rows[times == time]
        yield time, values[at], at
    grouped = pd.Series(rows).groupby(pd.factorize(y.index.get_level_values(0))[0])
    last = grouped.last().to_numpy()
    means = np.array([values[own].mean() for own in grouped.indices.values()])
    yield _MEAN, means, last


def _figures(values: FloatArray) -> dict[str, float]:
    mean, sd = float(values.mean()), float(values.std())
    return {
        "n": values.size,
        "mean": mean,
        "median": float(np.median(values)),
        "sd": sd,
        "cv": sd / mean if mean else np.nan,
    }


def _compare(
    values: FloatArray, codes: IntArray, names: list[str], correction: PairCorrection
) -> tuple[dict[str, float], dict[tuple[str, str], dict[str, float]]]:
    """Kruskal and Wallis's test of all groups, and Dunn's of each pair."""
    n = values.size
    ranks = stats.rankdata(values)
    sizes = np.bincount(codes)
    means = np.bincount(codes, ranks) / sizes
    _, ties = np.unique(values, return_counts=True)
    # The variance of ranks with ties (divisor n - 1).
    variance = n * (n + 1) / 12 - float((ties**3 - ties).sum()) / (12 * (n - 1))
    if variance <= 1e-12 or len(names) < 2:
        return {"H": np.nan, "df": len(names) - 1, "p": np.nan, "epsilon2": np.nan}, {}
    H = float(sizes @ (means - (n + 1) / 2) ** 2) / variance
    df = len(names) - 1
    test = {"H": H, "df": df, "p": stats.chi2.sf(H, df), "epsilon2": H / (n - 1)}
    pairs = list(combinations(range(len(names)), 2))
    z = np.array(
        [
            (means[a] - means[b]) / np.sqrt(variance * (1 / sizes[a] + 1 / sizes[b]))
            for a, b in pairs
        ]
    )
    p = 2 * stats.norm.sf(np.abs(z))
    found = zip(pairs, z, p, _adjusted(p, correction), strict=True)
    return test, {
        (names[a], names[b]): {"z": one, "p": two, "p_adjusted": three}
        for (a, b), one, two, three in found
    }


def _adjusted(p: FloatArray, correction: PairCorrection) -> FloatArray:
    if correction == "none":
        return p
    if correction == "bonferroni":
        return np.minimum(p * p.size, 1.0)
    order = np.argsort(p)
    stepped = np.maximum.accumulate(p[order] * np.arange(p.size, 0, -1))
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


def _correlate(y: pd.Series, structure: Any) -> pd.DataFrame:
    """Correlate by rank at each time, and the units' means."""
    names = ["variable", "time"]
    columns = ["n", "rho", "rho_p", "tau", "tau_p"]
    if structure is None:
        empty = pd.MultiIndex.from_arrays([[], []], names=names)
        return pd.DataFrame(index=empty, columns=columns, dtype=float)
    spread = _spread(structure, y.index, "structure")
    found: _Rows = {}
    for name, column in spread.items():
        for (time, values, _), (_, others, _) in zip(_times(y), _times(column), strict=True):
            if is_constant(values) or is_constant(others):
                found[name, time] = {"n": values.size}
                continue
            rho, tau = stats.spearmanr(values, others), stats.kendalltau(values, others)
            figures = [values.size, rho.statistic, rho.pvalue, tau.statistic, tau.pvalue]
            found[name, time] = dict(zip(columns, figures, strict=True))
    return _indexed(found, names).reindex(columns=columns).astype({"n": int})


def _indexed(rows: _Rows, names: list[str]) -> pd.DataFrame:
    """Make a frame of rows by their keys; a key keeps its type ("mean" among years)."""
    levels = list(zip(*rows, strict=True)) or [()] * len(names)
    arrays = [pd.Index(list(level), dtype=object) for level in levels]
    return pd.DataFrame(list(rows.values()), pd.MultiIndex.from_arrays(arrays, names=names))


def _in_order(table: pd.DataFrame, orders: Mapping[Any, list[str]]) -> pd.DataFrame:
    """Put all times of a group together, the groups in order and all units last."""
    flat = table.index.to_frame(index=False)
    grouping = pd.factorize(flat["grouping"])[0]
    place = [
        len(orders[own]) if group == _ALL else orders[own].index(group)
        for own, group in zip(flat["grouping"], flat["group"], strict=True)
    ]
    order = np.lexsort([np.arange(len(flat)), place, grouping])
    return table.iloc[order].astype({"n": int})
