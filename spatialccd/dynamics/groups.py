"""What groups of units have in common, year by year: the first table of a study."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from spatialccd import _align
from spatialccd._result import Result, record
from spatialccd.errors import ParameterError

if TYPE_CHECKING:
    from spatialccd._types import Groups, Values


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
        `y`. Without it there is the one group "All".
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
    (ordered,) = _align.align(y=y)
    _align.check_complete(ordered, "y")
    flat = pd.DataFrame({"y": ordered.to_numpy(dtype=float)})
    if ordered.index.nlevels > 1:
        flat["time"] = ordered.index.get_level_values(1)
    parts = [flat.assign(group="All")]
    if groups is not None:
        known = _align.broadcast(groups, ordered.index, "groups")
        _align.check_complete(known, "groups")
        if (known.astype(str) == "All").any():
            raise ParameterError('a group is called "All", the name of all units; rename it')
        parts.insert(0, flat.assign(group=known.astype(str).to_numpy()))
    keys = ["time", "group"] if ordered.index.nlevels > 1 else ["group"]
    table = pd.concat([_figures(part.groupby(keys, sort=True)["y"], threshold) for part in parts])
    if len(keys) > 1:  # years in order, within each the groups and then all units
        table = table.sort_index(level="time", sort_remaining=False, kind="stable")
    return GroupSummary(settings=settings, table=table)


def _figures(grouped: pd.api.typing.SeriesGroupBy, threshold: float | None) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "n": grouped.size(),
            "mean": grouped.mean(),
            "sd": grouped.std(ddof=0),
            "min": grouped.min(),
            "max": grouped.max(),
        }
    )
    table.insert(3, "cv", table["sd"] / table["mean"].where(table["mean"] != 0))
    if threshold is not None:
        table["reached"] = grouped.agg(lambda v: int((v >= threshold).sum()))
        table["share"] = table["reached"] / table["n"]
    return table
