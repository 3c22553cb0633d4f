"""Figures of all units by period, as reports print what is on units."""

from __future__ import annotations

import pandas as pd

#: The one row of what is on units alone.
ALL = "all"


def means_by_time(table: pd.DataFrame) -> pd.DataFrame:
    """Give the number of rows with every figure, and the mean of each column, by time.

    Examples
    --------
    >>> rows = pd.MultiIndex.from_product([["a", "b"], [1, 2]], names=["unit", "time"])
    >>> means_by_time(pd.DataFrame({"D": [0.25, 0.5, 0.75, 1]}, rows)).loc[2].to_dict()
    {'n': 2.0, 'D': 0.75}
    """
    whole = table[table.notna().all(axis=1)].astype(float)
    times = times_of(whole)
    means = whole.groupby(times, observed=True).mean()
    means.insert(0, "n", whole.groupby(times, observed=True).size())
    return means


def counts_by_time(kinds: pd.Series) -> pd.DataFrame:
    """Count the rows of each kind by time; kinds in their order, those of nobody too.

    Examples
    --------
    >>> kinds = pd.Series(["up", "down", "up"], list("abc")).astype("category")
    >>> counts_by_time(kinds).loc["all"].to_dict()
    {'down': 1, 'up': 2}
    """
    known = kinds.dropna()
    counts = pd.crosstab(times_of(known), known.to_numpy(), dropna=False)
    ordered = isinstance(kinds.dtype, pd.CategoricalDtype)
    order = list(kinds.cat.categories) if ordered else list(counts.columns)
    counts = counts.reindex(columns=order, fill_value=0)
    counts.columns = pd.Index([str(kind) for kind in counts.columns])
    return counts.rename_axis(index="time")


def times_of(table: pd.DataFrame | pd.Series) -> pd.Index:
    """Give the time of each row; the word "all" where rows have none."""
    if table.index.nlevels > 1:
        return table.index.get_level_values(1).rename("time")
    return pd.Index([ALL] * len(table), name="time")
