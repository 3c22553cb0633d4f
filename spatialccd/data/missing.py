"""Filling the holes of a panel, each filled value with what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from spatialccd._align import canonical, labels
from spatialccd._result import Result, record
from spatialccd._types import BoolArray, FloatArray, IntArray
from spatialccd.errors import ParameterError, check_choice, check_range

if TYPE_CHECKING:
    from spatialccd._types import Columns

Method = Literal["interpolate", "growth", "forward", "backward", "mean"]
Ends = Literal["keep", "nearest", "trend"]


@dataclass(frozen=True, eq=False, kw_only=True)
class FilledPanel(Result):
    """A panel whose short gaps are filled, and the account of it.

    Attributes
    ----------
    panel : DataFrame
        The rows given, in their order, then the rows that were absent.
    filled : DataFrame
        One row a filled value: unit, time, column, value, method, and the
        first and last known time it rests on (from_time, to_time).
    remaining : DataFrame
        One row a value or row still missing: unit, time, column and why.
    """

    panel: pd.DataFrame
    filled: pd.DataFrame
    remaining: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give the filled values, one row each."""
        return self.filled.copy()

    def summary(self) -> str:
        """Count what was filled and what remains, by column."""
        counts = pd.DataFrame(
            {
                "filled": self.filled["column"].value_counts(),
                "remaining": self.remaining["column"].value_counts(),
            }
        )
        table = counts.reindex(self.panel.columns).fillna(0).astype(int)
        lines = [repr(self.settings), "", table[table.any(axis=1)].to_string()]
        if len(self.remaining):
            why = self.remaining["reason"].value_counts()
            lines += ["", "Still missing:", *(f"  {n:,} {reason}" for reason, n in why.items())]
        return "\n".join(lines)


def fill_missing(
    panel: Columns,
    *,
    method: Method = "interpolate",
    limit: int = 2,
    ends: Ends = "keep",
) -> FilledPanel:
    """Fill short gaps in each unit's series, and list every value filled.

    A gap is a run of missing values of one unit in one column, over the times
    of the panel; a (unit, time) without a row is a gap in every column. Gaps
    longer than `limit` are left whole, for a line drawn across them would be
    the method's figure and not the unit's. Values of other units are never
    used.

    Parameters
    ----------
    panel : DataFrame
        Indicators on (unit, time).
    method : {"interpolate", "growth", "forward", "backward", "mean"}
        "interpolate" draws a straight line over time between the known values
        on both sides; "growth" the curve of constant growth between them
        (positive values only); "forward" repeats the last known value;
        "backward" the next; "mean" takes the mean of the unit's known values.
    limit : int, default 2
        The longest gap to fill, in times.
    ends : {"keep", "nearest", "trend"}
        What "interpolate" and "growth" do with gaps at the start or the end of
        a series, which have a known value on one side only: leave them, repeat
        the nearest value, or follow the straight line fitted to all the
        unit's known values (at least 3).

    Returns
    -------
    FilledPanel
        ``.panel``, ``.filled`` (what, and from what) and ``.remaining`` (what
        is still missing, and why). Text that is the same at all of a unit's
        times, such as its region, is carried to its added rows.

    Raises
    ------
    ParameterError
        The panel has a single time, or a setting is out of range.
    AlignmentError
        Rows without a label, or two rows of one label.

    Notes
    -----
    Times that are neither numbers nor dates count as equally spaced.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([["A"], [2011, 2012, 2013]], names=["unit", "time"])
    >>> holed = pd.DataFrame({"gdp": [10.0, np.nan, 14.0]}, index=index)
    >>> fill_missing(holed).filled
      unit  time column  value       method  from_time  to_time
    0    A  2012    gdp   12.0  interpolate       2011     2013
    """
    settings = record("fill_missing", locals())
    check_choice("method", method, get_args(Method))
    check_choice("ends", ends, get_args(Ends))
    check_range("limit", limit, 1)
    index = labels(panel, "panel")
    if index.nlevels != 2:
        raise ParameterError("panel must be on (unit, time): a single time has no series to fill")
    if ends != "keep" and method not in ("interpolate", "growth"):
        raise ParameterError(f"ends={ends!r} goes with method='interpolate' or 'growth' only")
    grid = _grid(index)
    whole = panel.reindex(grid)
    shape = tuple(len(level) for level in grid.levels)
    x = _positions(grid.levels[1])
    parts = []
    for name in panel.columns:
        column = whole[name].infer_objects()  # numbers kept as objects are numbers
        if pd.api.types.is_numeric_dtype(column):
            values = column.to_numpy(dtype=float, na_value=np.nan).reshape(shape)
            found = _fill_numbers(values, x, method, limit, ends)
        else:
            found = _fill_text(column, shape)
        if column.isna().any():  # else integers stay integers
            dtype = None if pd.api.types.is_numeric_dtype(column) else column.dtype
            whole[name] = pd.Series(found.values.ravel(), index=grid, dtype=dtype)
        parts.append(_account(found, grid, name))
    filled = pd.concat([part for part, _ in parts], ignore_index=True)
    remaining = pd.concat([rest for _, rest in parts], ignore_index=True)
    return FilledPanel(
        settings=settings,
        panel=_rows_kept(whole, index, filled),
        filled=filled,
        remaining=remaining,
    )


@dataclass(frozen=True)
class _Filled:
    """One column on the grid of units x times.

    ``values`` is the column after filling; ``before`` and ``after`` hold, for
    each filled cell, the positions of the times it rests on (-1 elsewhere);
    ``method`` how it was filled; ``reason`` why a cell is still missing.
    """

    values: np.ndarray
    before: IntArray
    after: IntArray
    method: np.ndarray
    reason: np.ndarray


def _fill_numbers(
    values: FloatArray, x: FloatArray, method: Method, limit: int, ends: Ends
) -> _Filled:
    """Fill a (n units, n times) matrix along its rows.

    Parameters
    ----------
    values : (n, T) array
        NaN where missing.
    x : (T,) array
        When the times are.
    """
    gap = np.isnan(values)
    before, after = _neighbors(gap)
    inside = (before >= 0) & (after < values.shape[1])
    short = gap & (after - before - 1 <= limit)
    out, how = values.copy(), np.full(values.shape, "", dtype=object)
    estimates: list[tuple[FloatArray, BoolArray, str]] = [
        (_estimate(values, x, method, before, after), gap, method)
    ]
    if ends != "keep":
        estimates.append((_extend(values, x, ends, before, after), ~inside, ends))
    for figures, where, name in estimates:
        filled = short & where & np.isfinite(figures)
        out[filled] = figures[filled]
        how[filled] = name
    known = ~np.asarray(gap.all(axis=1, keepdims=True))
    reason = _reasons(np.isnan(out), known, inside, short)
    return _Filled(out, *_rests_on(gap, before, after, how), how, reason)


def _estimate(
    values: FloatArray, x: FloatArray, method: Method, before: IntArray, after: IntArray
) -> FloatArray:
    """Give the method's figure for every cell; NaN where it has none."""
    first, last = _bounds(values, before, after)
    if method == "forward":
        return first
    if method == "backward":
        return last
    if method == "mean":
        return np.broadcast_to(_row_means(values), values.shape)
    n_times = values.shape[1]
    start, stop = x[np.maximum(before, 0)], x[np.minimum(after, n_times - 1)]
    share = np.divide(x - start, stop - start, out=np.zeros_like(values), where=stop > start)
    if method == "interpolate":
        line: FloatArray = first + share * (last - first)
        return line
    positive = (first > 0) & (last > 0)
    growth = np.divide(last, first, out=np.full_like(values, np.nan), where=positive)
    curve: FloatArray = first * growth**share
    return curve


def _extend(
    values: FloatArray, x: FloatArray, ends: Ends, before: IntArray, after: IntArray
) -> FloatArray:
    """Give the figure of a gap at the start or the end of a series."""
    if ends == "trend":
        return _trend(values, x)
    first, last = _bounds(values, before, after)
    return np.where(np.isnan(first), last, first)


def _bounds(values: FloatArray, before: IntArray, after: IntArray) -> tuple[FloatArray, FloatArray]:
    """Last known value before and first known value after each cell; NaN where there is none."""
    n_times = values.shape[1]
    first = np.take_along_axis(values, np.maximum(before, 0), axis=1)
    last = np.take_along_axis(values, np.minimum(after, n_times - 1), axis=1)
    return np.where(before >= 0, first, np.nan), np.where(after < n_times, last, np.nan)


def _neighbors(gap: BoolArray) -> tuple[IntArray, IntArray]:
    """Positions of the last known value at or before each cell (-1) and the next one (T)."""
    n_times = gap.shape[1]
    position = np.broadcast_to(np.arange(n_times), gap.shape)
    before = np.maximum.accumulate(np.where(gap, -1, position), axis=1)
    after = np.minimum.accumulate(np.where(gap, n_times, position)[:, ::-1], axis=1)[:, ::-1]
    return before, after


def _row_means(values: FloatArray) -> FloatArray:
    known = ~np.isnan(values)
    n = known.sum(axis=1, keepdims=True)
    total = np.where(known, values, 0.0).sum(axis=1, keepdims=True)
    means: FloatArray = np.divide(total, n, out=np.full(total.shape, np.nan), where=n > 0)
    return means


def _trend(values: FloatArray, x: FloatArray) -> FloatArray:
    """Evaluate each row's least-squares line; NaN for rows of fewer than 3 known values."""
    known = ~np.isnan(values)
    middle = _row_means(np.where(known, x, np.nan))
    dx = np.where(known, x - middle, np.nan)
    mean = _row_means(values)
    covered = np.nansum(dx**2, axis=1, keepdims=True)
    together = np.nansum(dx * (values - mean), axis=1, keepdims=True)
    enough = known.sum(axis=1, keepdims=True) >= 3
    slope = np.divide(together, covered, out=np.full(mean.shape, np.nan), where=enough)
    line: FloatArray = mean + slope * (x - middle)
    return line


def _rests_on(
    gap: BoolArray, before: IntArray, after: IntArray, how: np.ndarray
) -> tuple[IntArray, IntArray]:
    """Positions of the known times that each filled cell rests on."""
    n_times = gap.shape[1]
    first = np.argmin(gap, axis=1)[:, None]
    last = n_times - 1 - np.argmin(gap[:, ::-1], axis=1)[:, None]
    over_all = np.isin(how, ["mean", "trend"])
    start = np.where(over_all, first, np.where(before >= 0, before, after))
    stop = np.where(over_all, last, np.where(after < n_times, after, before))
    start = np.where(how == "backward", after, start)
    stop = np.where(how == "forward", before, stop)
    return start, stop


def _reasons(
    missing: BoolArray, known: BoolArray, inside: BoolArray, short: BoolArray
) -> np.ndarray:
    """Say why each cell that is still missing is."""
    reason = np.full(missing.shape, "", dtype=object)
    reason[missing] = "this method needs other known values"
    reason[missing & ~inside] = "at the start or end of the series"
    reason[missing & ~short] = "in a gap longer than the limit"
    reason[missing & ~known] = "no value of this unit is known"
    return reason


def _fill_text(column: pd.Series, shape: tuple[int, ...]) -> _Filled:
    """Carry text that is the same at all of a unit's times to the times without it."""
    values = column.to_numpy(dtype=object).reshape(shape)
    gap = column.isna().to_numpy().reshape(shape)
    by_unit = column.groupby(level=0, sort=False)
    constant = (by_unit.nunique() == 1).to_numpy()[:, None]
    out = np.where(gap & constant, by_unit.first().to_numpy(dtype=object)[:, None], values)
    how = np.where(gap & constant, "constant", "")
    start, stop = _rests_on(gap, *_neighbors(gap), np.where(gap & constant, "mean", ""))
    reason = np.where(gap & ~constant, "text that changes over time, or is not known", "")
    return _Filled(out, start, stop, how.astype(object), reason.astype(object))


def _account(
    found: _Filled, grid: pd.MultiIndex, name: object
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """List the filled cells of one column, and those still missing."""
    times = grid.levels[1]
    filled = np.flatnonzero(found.method.ravel() != "")
    keys = grid[filled].to_frame(index=False).set_axis(["unit", "time"], axis=1)
    account = keys.assign(
        column=str(name),
        value=found.values.ravel()[filled],
        method=found.method.ravel()[filled],
        from_time=times[found.before.ravel()[filled]],
        to_time=times[found.after.ravel()[filled]],
    )
    left = np.flatnonzero(found.reason.ravel() != "")
    rest = grid[left].to_frame(index=False).set_axis(["unit", "time"], axis=1)
    return account, rest.assign(column=str(name), reason=found.reason.ravel()[left])


def _rows_kept(whole: pd.DataFrame, index: pd.MultiIndex, filled: pd.DataFrame) -> pd.DataFrame:
    """Keep the caller's rows in the caller's order, then the added rows that got a value."""
    touched = pd.MultiIndex.from_frame(filled[["unit", "time"]], names=index.names)
    added = canonical(touched.unique().difference(index))
    return whole.reindex(index.append(added))


def _grid(index: pd.MultiIndex) -> pd.MultiIndex:
    """Every unit at every time, both in canonical order."""
    levels = [canonical(index.get_level_values(i).unique()) for i in (0, 1)]
    return pd.MultiIndex.from_product(levels, names=index.names)


def _positions(times: pd.Index) -> FloatArray:
    """Where the times lie on a line."""
    if pd.api.types.is_numeric_dtype(times):
        return np.asarray(times, dtype=float)
    if isinstance(times, pd.DatetimeIndex):
        return np.asarray((times - times[0]).total_seconds(), dtype=float)
    return np.arange(len(times), dtype=float)
