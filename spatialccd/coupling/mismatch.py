"""Whether two amounts lie in the same places: the mismatch of their shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._result import Result, gap_note, record
from spatialccd.errors import DataError, counted, listed

if TYPE_CHECKING:
    from spatialccd._types import Values


@dataclass(frozen=True, eq=False, kw_only=True)
class Mismatch(Result):
    """How far the shares of two amounts part, by unit and in all.

    Attributes
    ----------
    table : DataFrame
        ``share_a``, ``share_b``, ``ratio`` of the two, and ``excess``, their
        difference, on the caller's index; shares are of the row's time.
    index : Series
        The mismatch of each time, in [0, 1], on time ("all" for a cross-section).
    """

    table: pd.DataFrame
    index: pd.Series

    def to_frame(self) -> pd.DataFrame:
        """Give shares, ratio and excess, one row as the caller's row."""
        return self.table.copy()

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the mismatch of each time."""
        return {"mismatch": self.index.to_frame()}

    def notes(self) -> list[str]:
        """Say where there is no ratio."""
        return gap_note(self.table, ["ratio"], "both shares are 0")


def mismatch_index(a: Values, b: Values) -> Mismatch:
    """Measure how far two amounts lie in different places.

    With a_i and b_i the shares of unit i in the total of its time:
    M = sum_i |a_i - b_i| / 2, the share of one amount that would have to move for
    both to lie alike; 0 when they do, 1 when they share no unit. Locally the ratio
    a_i / b_i says how many times its share of b a unit has of a.

    Parameters
    ----------
    a : Series
        An amount that can be summed over units, such as residents, on unit or on
        (unit, time), not below 0.
    b : Series
        Another, such as hospital beds.

    Returns
    -------
    Mismatch
        ``.index`` by time, ``.table`` by unit.

    Raises
    ------
    DataError
        Amounts below 0, or a time in which all are 0; all are named.
    AlignmentError
        Labels differ, or a value is missing.

    Notes
    -----
    When not to use it: on rates, densities or scores, whose sum means nothing.
    And to compare studies of units of other sizes: merging units can only lower M.

    References
    ----------
    Hoover (1941), Interstate redistribution of population, J. Econ. Hist. 1(2),
    199-205.

    Examples
    --------
    >>> import pandas as pd
    >>> people, beds = pd.Series([60, 30, 10], list("xyz")), pd.Series([50, 20, 30], list("xyz"))
    >>> result = mismatch_index(people, beds)
    >>> result.index.round(3).to_dict(), result.table["ratio"].round(2).to_list()
    ({'all': 0.2}, [1.2, 1.5, 0.33])
    """
    settings = record("mismatch_index", locals())
    A, B = _align.align(a=a, b=b)
    shares = pd.DataFrame({f"share_{k}": _shares(v, k) for k, v in (("a", A), ("b", B))})
    first, second = shares.to_numpy().T
    with np.errstate(divide="ignore", invalid="ignore"):
        table = shares.assign(ratio=first / second, excess=first - second)
    times = _times(shares.index)
    M = table["excess"].abs().groupby(times.to_numpy()).sum() / 2
    M.index = pd.Index(list(M.index), name="time")
    return Mismatch(
        settings=settings,
        table=_align.restore(table, a.index),
        index=M.clip(0.0, 1.0).rename("mismatch"),
    )


def _times(index: pd.Index) -> pd.Index:
    if index.nlevels > 1:
        return index.get_level_values(1)
    return pd.Index(["all"] * len(index))


def _shares(values: pd.Series, role: str) -> pd.Series:
    """Give each amount's share in the total of its time."""
    _align.check_complete(values, role)
    below = values[values < 0]
    if len(below):
        cells = listed(f"{label}: {value:g}" for label, value in below.items())
        raise DataError(
            f"{role} has {counted(len(below), 'amount', 'amounts')} below 0: {cells}; a share "
            "is of amounts",
            below.rename("value").reset_index(),
        )
    times = _times(values.index)
    # Over the largest first, so that a total cannot overflow.
    scaled = values.astype(float) / (values.max() or 1.0)
    total = scaled.groupby(times.to_numpy()).transform("sum")
    empty = times[(total == 0).to_numpy()].unique()
    if len(empty):
        where = "" if values.index.nlevels == 1 else f" in {listed(empty)}"
        raise DataError(f"all amounts of {role} are 0{where}: there are no shares")
    return scaled / total
