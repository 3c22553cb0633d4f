"""Rows split by year and group, and panels laid out unit by year."""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd.errors import DataError, PanelError, ParameterError, ThinStrataWarning, listed

if TYPE_CHECKING:
    from spatialccd._types import BoolArray, FloatArray

By = Literal["time"]

#: What all units together are called.
ALL = "All"


def check_by(y: pd.Series, by: str | None) -> None:
    """Check that what is asked by year has years."""
    if by not in (None, "time"):
        raise ParameterError(f"by={by!r} is not known; use 'time' or None")
    if by == "time" and y.index.nlevels == 1:
        raise ParameterError("by='time' needs values on (unit, time); these are on unit only")


def numbers(y: Any, role: str = "y") -> pd.Series:
    """Give a Series in canonical order, as floats, complete."""
    if not isinstance(y, pd.Series):
        raise ParameterError(f"{role} must be a Series, not {type(y).__name__}")
    (ordered,) = _align.align(**{role: y})
    if not len(ordered):
        raise DataError(f"{role} has no rows: there is nothing to measure")
    if not pd.api.types.is_numeric_dtype(ordered):
        raise DataError(f"{role} does not hold numbers but {ordered.dtype}; convert it first")
    _align.check_complete(ordered, role)
    return ordered.astype(float)


def group_labels(groups: Any, index: pd.Index, role: str = "groups") -> pd.Series:
    """Give the group of each row of `index`, complete, as text-sortable labels."""
    if not isinstance(groups, pd.Series):
        raise ParameterError(f"{role} must be a Series of labels, not {type(groups).__name__}")
    spread = _align.broadcast(groups, index, role)
    _align.check_complete(spread, role, words=True)
    return spread


def by_time_and_group(y: pd.Series, groups: Any) -> list[tuple[Any, Any, FloatArray]]:
    """List time, group and values (m,) of each sample, all units last in each time.

    Raises
    ------
    ParameterError
        A group has the name of all units together.
    """
    x = y.to_numpy()
    members = {} if groups is None else group_members(group_labels(groups, y.index))
    found: list[tuple[Any, Any, FloatArray]] = []
    for time, rows in times_of(y.index, "time"):
        for name, own in members.items():
            if own[rows].any():
                found.append((time, name, x[rows[own[rows]]]))
        found.append((time, ALL, x[rows]))
    return found


def group_members(labels: pd.Series) -> dict[Hashable, BoolArray]:
    """Say of each group which rows belong to it, groups in order; none may be called "All"."""
    members = {name: (labels == name).to_numpy() for name in _align.class_order(labels)}
    if ALL in members:
        raise ParameterError(f'a group is called "{ALL}", the name of all units; rename it')
    return members


def sample_table(samples: Sequence[tuple[Any, Any, dict[str, Any]]]) -> pd.DataFrame:
    """Table the figures of samples on (time, group); on group where there is no time."""
    table = pd.DataFrame([{"time": t, "group": g} | figures for t, g, figures in samples])
    if samples[0][0] is None:
        return table.drop(columns="time").set_index("group")
    return table.set_index(["time", "group"])


def times_of(index: pd.Index, by: str | None) -> list[tuple[Any, Any]]:
    """List pairs of time and the rows (m,) of that time; all rows once when `by` is None."""
    if by is None or index.nlevels == 1:
        return [(None, np.arange(len(index)))]
    times = index.get_level_values(1)
    return [(t, np.flatnonzero(times == t)) for t in _align.canonical(times.unique())]


def uneven_steps(index: pd.Index) -> list[str]:
    """Note where steps from one time to the next are not of one length."""
    times = _align.canonical(index.get_level_values(1).unique())
    try:
        steps = np.diff(_align.time_values(times, "y"))
    except ParameterError:  # times that are no numbers have no length between them
        return []
    # Months and leap years differ a little in length.
    if np.ptp(steps) <= 0.2 * steps.min():
        return []
    return [
        f"times are {steps.min():g} to {steps.max():g} years apart: a move counts as one whatever "
        "the years it took, so that probabilities are of no one span"
    ]


def warn_thin(counts: dict[Any, int], at_least: int, what: str) -> None:
    """Warn of groups with fewer than `at_least` units."""
    thin = [f"{label} ({n})" for label, n in counts.items() if n < at_least]
    if thin:
        warnings.warn(
            f"groups of fewer than {at_least} units: {listed(thin)}; {what}",
            ThinStrataWarning,
            stacklevel=3,
        )


def wide(y: pd.Series, at_least: int, role: str = "y") -> pd.DataFrame:
    """Lay a panel out unit by time; every unit must have every year.

    Raises
    ------
    PanelError
        No years, fewer than `at_least`, or a unit lacks one; ``cases`` lists each.
    """
    if y.index.nlevels != 2:
        raise PanelError(f"{role} has no years: it must be on (unit, time)")
    table = y.unstack(level=1)
    table = table[list(_align.canonical(table.columns))]
    if table.shape[1] < at_least:
        raise PanelError(
            f"{role} has {table.shape[1]} years ({listed(table.columns)}); "
            f"this needs {at_least} or more"
        )
    rows, columns = np.nonzero(table.isna().to_numpy())
    if len(rows):
        cases = pd.DataFrame({"unit": table.index[rows], "time": table.columns[columns]})
        places = [f"{c.unit} {c.time}" for c in cases.itertuples()]
        raise PanelError(
            f"{role} lacks {len(cases)} years: {listed(places)}; fill them (fill_missing) or drop "
            "the units",
            cases,
        )
    return table
