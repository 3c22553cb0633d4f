"""Theil's index, decomposed within and between groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._constant import is_constant
from spatialccd._result import Result, gap_note, record
from spatialccd.dynamics._samples import (
    By,
    check_by,
    group_labels,
    numbers,
    times_of,
)
from spatialccd.errors import DataError, check_choice, listed

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, Groups, IntArray, Values

Index = Literal["T", "L"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Theil(Result):
    """Theil's index and its parts.

    Attributes
    ----------
    table : DataFrame
        One row a year (one row "all" otherwise): ``theil``, ``within``,
        ``between``, and ``share_within``, ``share_between`` in percent.
    groups : DataFrame
        On (time, group): ``theil`` inside the group, ``weight`` (its share of
        the sum for T, of the units for L), and ``share``, what the group's own
        inequality contributes in percent.
    """

    table: pd.DataFrame
    groups: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give one row a year: parts, shares, and each group's index and share."""
        parts = [self.table]
        for column in ("theil", "share"):
            own = self.groups[column].unstack("group")
            own = own[self.groups.index.get_level_values("group").unique()]
            parts.append(own.add_prefix(f"{column} "))
        return pd.concat(parts, axis=1)

    def further(self) -> dict[str, pd.DataFrame]:
        """Give each group's index, weight and share by time."""
        return {"groups": self.groups.copy()}

    def notes(self) -> list[str]:
        """Say where there is nothing to share."""
        return gap_note(self.table, ["share_within", "share_between"], "units do not differ")


def theil(
    y: Values,
    groups: Groups,
    *,
    by: By | None = None,
    index: Index = "T",
) -> Theil:
    """Decompose Theil's index into within and between groups.

    T = mean[(y/mu) ln(y/mu)] = sum s_j T_j + sum s_j ln(mu_j/mu), s_j the share
    of the sum; L = mean[ln(mu/y)] = sum p_j L_j + sum p_j ln(mu/mu_j), p_j the
    share of the units.

    Parameters
    ----------
    y : Series
        Values on unit or on (unit, time); not negative for T, positive for L.
    groups : Series
        Group of each unit (or row), such as its region.
    by : {"time"}, optional
        Decompose each year by itself. All rows at once when omitted.
    index : {"T", "L"}, default "T"
        Theil's T, or L, the mean logarithmic deviation, which minds the low
        end more.

    Returns
    -------
    Theil
        ``.table`` and ``.groups``.

    Raises
    ------
    DataError
        Values outside the index's domain; ``cases`` lists each.
    AlignmentError
        A unit has no group or no value.

    References
    ----------
    Theil (1967), Economics and Information Theory, ch. 4. Shorrocks (1980),
    Econometrica 48, 613-625.

    Examples
    --------
    >>> import pandas as pd
    >>> y, region = pd.Series([1.0, 3, 2, 6]), pd.Series(list("aabb"))
    >>> theil(y, region).table[["theil", "within", "between"]].round(4)
           theil  within  between
    time
    all   0.1874  0.1308   0.0566
    """
    settings = record("theil", locals())
    check_choice("index", index, get_args(Index))
    values = numbers(y)
    check_by(values, by)
    _check_domain(values, index)
    labels = group_labels(groups, values.index)
    names = _align.class_order(labels)
    codes = pd.Index(names).get_indexer(labels)
    x = values.to_numpy()
    totals, by_group = [], []
    periods = times_of(values.index, by)
    for _, rows in periods:
        total, own = _decompose(x[rows], codes[rows], len(names), index)
        totals.append(total)
        by_group.append(pd.DataFrame(own, index=pd.Index(names, name="group")))
    times = pd.Index(["all" if t is None else t for t, _ in periods], name="time")
    table = pd.DataFrame(totals, index=times)
    whole = table["theil"].where(table["theil"] > 0)
    table["share_within"] = 100 * table["within"] / whole
    table["share_between"] = 100 * table["between"] / whole
    return Theil(settings=settings, table=table, groups=pd.concat(by_group, keys=times))


def _decompose(
    y: FloatArray, codes: IntArray, k: int, index: Index
) -> tuple[dict[str, float], dict[str, FloatArray]]:
    """Parts, and figures by group (k,), of values `y` (n,) of groups coded 0..k-1."""
    if is_constant(y):  # differences of rounding are none
        y = np.full_like(y, y.mean())
    n = np.bincount(codes, minlength=k).astype(float)
    sums = np.bincount(codes, weights=y, minlength=k)
    some = sums > 0
    mu = np.divide(sums, n, out=np.zeros(k), where=n > 0)
    whole = y.mean()
    own = _terms(y / np.where(some, mu, 1.0)[codes], index)
    inside = np.divide(
        np.bincount(codes, weights=own, minlength=k), n, out=np.zeros(k), where=n > 0
    )
    weight = sums / sums.sum() if index == "T" else n / n.sum()
    ratio = np.where(some, mu / whole, 1.0)
    between = float((weight * (np.log(ratio) if index == "T" else -np.log(ratio))).sum())
    within = float((weight * inside).sum())
    theil = float(_terms(y / whole, index).mean())
    if is_constant(y):
        theil = within = between = 0.0
        inside = np.zeros(k)
    share = 100 * weight * inside / theil if theil > 0 else np.full(k, np.nan)
    return (
        {"theil": theil, "within": within, "between": between},
        {"theil": inside, "weight": weight, "share": share},
    )


def _terms(ratio: FloatArray, index: Index) -> FloatArray:
    """Each value's term, from its ratio to the mean; 0 ln 0 = 0."""
    logs = np.log(ratio, out=np.zeros_like(ratio), where=ratio > 0)
    return np.asarray(ratio * logs if index == "T" else -logs)


def _check_domain(values: pd.Series, index: Index) -> None:
    wrong = values[values < 0] if index == "T" else values[values <= 0]
    if len(wrong):
        need = "values that are not negative" if index == "T" else "positive values"
        raise DataError(
            f"Theil's {index} needs {need}; {len(wrong)} are not: "
            f"{listed(f'{label}: {value:g}' for label, value in wrong.items())}",
            wrong.rename("value").reset_index(),
        )
    if not values.sum() > 0:
        raise DataError("every value is zero: Theil's index does not exist")
