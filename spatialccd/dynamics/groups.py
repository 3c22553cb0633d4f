"""What groups of units have in common, year by year: the first table of a study."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from spatialccd._result import Result, gap_note, record
from spatialccd.dynamics._samples import by_time_and_group, numbers, sample_table

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, Groups, Values


@dataclass(frozen=True, eq=False, kw_only=True)
class GroupSummary(Result):
    """Figures of each group at each time, and of all units together.

    Attributes
    ----------
    table : DataFrame
        On (time, group), the group "All" last; for a cross-section on group.
        n, mean, sd (divisor n), cv = sd / mean, min, max; and with a
        threshold ``reached``, how many units are at or above it, and
        ``share``, their part of the group.
    """

    table: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give one row a time and group."""
        return self.table.copy()

    def notes(self) -> list[str]:
        """Say where there is no cv."""
        return gap_note(self.table, ["cv"], "the mean is 0")

    def wide(self, figure: str = "mean") -> pd.DataFrame:
        """Give one figure with a row a group and a column a time, as papers print it."""
        if self.table.index.nlevels == 1:
            return self.table[[figure]]
        return self.table[figure].unstack("time").reindex(self._groups())

    def _groups(self) -> pd.Index:
        return self.table.index.get_level_values("group").unique()


def group_summary(
    y: Values, groups: Groups | None = None, *, threshold: float | None = None
) -> GroupSummary:
    """Give mean, spread and range of a value by group and time.

    Parameters
    ----------
    y : Series
        Values on (unit, time) or unit.
    groups : Series, optional
        The group of each unit, such as its region, on unit or on the rows of
        `y`; categories keep their order. Without it there is the one group "All".
    threshold : float, optional
        Also count the units at or above it, such as 0.5 for a coupling
        coordination that is no disorder.

    Returns
    -------
    GroupSummary
        ``.table`` on (time, group), ``.wide("mean")`` as papers print it.

    Raises
    ------
    AlignmentError
        A unit of `y` has no group, or the other way round, or values are missing.
    DataError
        `y` does not hold numbers.
    ParameterError
        A group is called "All", the name of all units together.

    Examples
    --------
    >>> D = pd.Series({"Beijing": 0.61, "Hebei": 0.49, "Gansu": 0.35})
    >>> region = pd.Series({"Beijing": "East", "Hebei": "East", "Gansu": "West"})
    >>> group_summary(D, region, threshold=0.5).table[["n", "mean", "share"]].round(3)
           n   mean  share
    group
    East   2  0.550  0.500
    West   1  0.350  0.000
    All    3  0.483  0.333
    """
    settings = record("group_summary", locals())
    values = numbers(y)
    samples = by_time_and_group(values, groups)
    table = sample_table([(time, group, _figures(x, threshold)) for time, group, x in samples])
    return GroupSummary(settings=settings, table=table)


def _figures(x: FloatArray, threshold: float | None) -> dict[str, float]:
    """Summarize a sample (n,)."""
    mean, sd = float(x.mean()), float(x.std())
    found = {
        "n": len(x),
        "mean": mean,
        "sd": sd,
        "cv": sd / mean if mean != 0 else np.nan,
        "min": float(x.min()),
        "max": float(x.max()),
    }
    if threshold is not None:
        reached = int((x >= threshold).sum())
        found |= {"reached": reached, "share": reached / len(x)}
    return found
