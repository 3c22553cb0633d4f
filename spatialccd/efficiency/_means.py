"""How efficient all units are together, by time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from spatialccd._periods import means_by_time, times_of

if TYPE_CHECKING:
    from collections.abc import Sequence


def listed_counts(counts: pd.Series) -> str:
    """Write counts by name, as in "B (3), A (1)"."""
    return ", ".join(f"{name} ({count})" for name, count in counts.items())


def score_means(
    table: pd.DataFrame, efficient: pd.Series, columns: Sequence[str] = ("score",)
) -> pd.DataFrame:
    """Give, by time, the rows with a score, those that are efficient, and means.

    Parameters
    ----------
    table : DataFrame
        On the caller's index.
    efficient : Series of bool
        Whether a row is on the frontier.
    columns : sequence of str
        What to average; a row counts where it has them all.
    """
    means = means_by_time(table[list(columns)])
    solved = table["score"].notna()
    on = efficient[solved].astype(bool)
    means.insert(1, "efficient", on.groupby(times_of(on)).sum().astype(int))
    lowest = table.loc[solved, "score"]
    means["min"] = lowest.groupby(times_of(lowest)).min()
    return means
