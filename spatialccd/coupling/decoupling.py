"""Whether a pressure grows with what drives it: decoupling after Tapio."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._constant import ROUNDING
from spatialccd._result import Result, gap_note, record
from spatialccd.coupling.development import check_bands
from spatialccd.errors import (
    DataError,
    PanelError,
    ScoreWarning,
    check_choice,
    counted,
    listed,
    warn,
)

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, IntArray, Values

Base = Literal["previous", "first"]

#: Tapio's eight states, a growing driver first, and what has no state.
STATES = (
    "strong decoupling",
    "weak decoupling",
    "expansive coupling",
    "expansive negative decoupling",
    "recessive decoupling",
    "recessive coupling",
    "weak negative decoupling",
    "strong negative decoupling",
    "undefined",
)
_UNDEFINED = len(STATES) - 1
#: An elasticity on an edge belongs to coupling even when rounding put it beyond.
_EDGE = 1e-9


@dataclass(frozen=True, eq=False, kw_only=True)
class Decoupling(Result):
    """How a pressure changed beside its driver, by unit and time.

    Attributes
    ----------
    changes : DataFrame
        ``pressure_change`` and ``driver_change``, relative to the base, on the
        caller's index.
    elasticity : Series
        The first over the second; NaN where the driver did not change.
    state : Series
        One of ``STATES``, categorical; missing in a unit's first time.
    since : Series
        The time from which each change is counted.
    """

    changes: pd.DataFrame
    elasticity: pd.Series
    state: pd.Series
    since: pd.Series

    def to_frame(self) -> pd.DataFrame:
        """Give changes, elasticity, state and base, one row as the caller's row."""
        return pd.concat([self.changes, self.elasticity, self.state, self.since], axis=1)

    @property
    def counts(self) -> pd.DataFrame:
        """How many units are in each state, one row a time."""
        known = self.state.dropna()
        times = pd.Series(known.index.get_level_values(1), name="time")
        counts = pd.crosstab(times, pd.Series(known.array, name="state"))
        return counts.reindex(columns=list(STATES), fill_value=0)

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the number of units in each state."""
        return {"counts": self.counts}

    def notes(self) -> list[str]:
        """Say which rows have no elasticity."""
        later = self.to_frame()[self.state.notna()]
        reason = "the driver did not change, or a base is 0"
        return gap_note(later, ["elasticity"], reason)


def decoupling(
    pressure: Values,
    driver: Values,
    *,
    base: Base = "previous",
    bands: Sequence[float] = (0.8, 1.2),
) -> Decoupling:
    """Name how a pressure moves with its driver: the eight states of Tapio.

    e = (dP / P0) / (dG / G0), with P the pressure, G the driver, d the change
    since the base and 0 the value there. With a growing driver the state is
    strong decoupling (P falls), weak decoupling (e < 0.8), expansive coupling, or
    expansive negative decoupling (e > 1.2); with a shrinking driver strong
    negative decoupling (P rises), weak negative decoupling (e < 0.8), recessive
    coupling, or recessive decoupling (e > 1.2).

    Parameters
    ----------
    pressure : Series
        What is hoped to grow less, such as emissions or land built on, on
        (unit, time), in levels and not below 0.
    driver : Series
        What it grows with, such as GDP at constant prices or population.
    base : {"previous", "first"}, default "previous"
        Change since the unit's time before, or since its first time. For five-year
        periods give the panel with these years only.
    bands : sequence of two floats, default (0.8, 1.2)
        Elasticities from the first to the second, both included, are coupling.

    Returns
    -------
    Decoupling
        ``.elasticity``, ``.state``, ``.changes``, ``.counts``.

    Raises
    ------
    PanelError
        No times, or units with one only; all are named.
    DataError
        Values below 0, whose relative change has no meaning; ``cases`` lists each.
    ParameterError
        `bands` are not two rising positive numbers.
    AlignmentError
        Labels differ, or a value is missing.

    Warns
    -----
    ScoreWarning
        All values of the pressure or the driver lie in [0, 1], as scores do.

    Notes
    -----
    When not to use it: on scores of an index. A relative change depends on where
    zero lies, and scaling by the range puts zero at the worst value of the
    sample: other units in the sample, another state. And year by year where the
    driver hardly moves: e is then a small number over a smaller one; take longer
    periods.

    Where P does not change, the state is weak decoupling (weak negative
    decoupling when G shrinks). Where G does not change there is no state. Some
    papers count an e of exactly 0.8 as weak decoupling.

    References
    ----------
    Tapio (2005), Towards a theory of decoupling, Transp. Policy 12(2), 137-151.

    Examples
    --------
    >>> import pandas as pd
    >>> index = pd.MultiIndex.from_product([["x", "y"], [2015, 2020]], names=["unit", "time"])
    >>> carbon = pd.Series([100, 105, 100, 95], index=index)
    >>> gdp = pd.Series([100, 110, 100, 110], index=index)
    >>> decoupling(carbon, gdp).to_frame().xs(2020, level="time")[["elasticity", "state"]].round(2)
          elasticity              state
    unit
    x            0.5    weak decoupling
    y           -0.5  strong decoupling
    """
    settings = record("decoupling", locals())
    check_choice("base", base, get_args(Base))
    edges = check_bands(bands)
    P, G = _align.align(pressure=pressure, driver=driver)
    index = P.index
    for role, values in (("pressure", P), ("driver", G)):
        _check_levels(values, role)
    rows = _base_rows(index, base)
    later = rows >= 0
    dP, dG = (_relative_change(v.to_numpy(dtype=float), rows) for v in (P, G))
    with np.errstate(divide="ignore", invalid="ignore"):
        e = np.where(dG == 0, np.nan, dP / dG)
    codes = np.where(later, states(dP, dG, e, edges), -1)
    since = pd.Series(index.get_level_values(1)[rows], index=index)
    if pd.api.types.is_integer_dtype(since.dtype):
        since = since.astype("Int64")  # years stay whole beside a first time without a base
    since = since.where(later)

    def back(values: pd.Series | pd.DataFrame) -> pd.DataFrame:
        found: pd.DataFrame = _align.restore(values, pressure.index)
        return found

    state = pd.Categorical.from_codes(codes, list(STATES))
    table = {"elasticity": pd.Series(e, index), "state": pd.Series(state, index), "since": since}
    restored = {name: back(values.rename(name)) for name, values in table.items()}
    changes = pd.DataFrame({"pressure_change": dP, "driver_change": dG}, index=index)
    return Decoupling(settings=settings, changes=back(changes), **restored)


def states(dP: FloatArray, dG: FloatArray, e: FloatArray, bands: Sequence[float]) -> IntArray:
    """Give the place in ``STATES`` of each pair of relative changes; e alone does not name it."""
    low, high = bands[0] - _EDGE, bands[1] + _EDGE
    grows, shrinks = dG > 0, dG < 0
    conditions = [
        ~np.isfinite(e),
        grows & (dP < 0),
        grows & (e < low),
        grows & (e <= high),
        grows,
        shrinks & (dP > 0),
        shrinks & (e < low),
        shrinks & (e <= high),
    ]
    return np.select(conditions, [_UNDEFINED, 0, 1, 2, 3, 7, 6, 5], default=4)


def _relative_change(values: FloatArray, rows: IntArray) -> FloatArray:
    """Give the change of each value since that in its base row, over the latter.

    NaN without a base row and where the base is 0; a change no larger than
    rounding is 0.
    """
    before = np.where(rows >= 0, values[rows], np.nan)
    change = values - before
    change[np.abs(change) <= ROUNDING * np.maximum(np.abs(values), np.abs(before))] = 0.0
    return np.divide(change, before, out=np.full_like(change, np.nan), where=before > 0)


def _base_rows(index: pd.Index, base: Base) -> IntArray:
    """Give the row that each row's change is counted from; -1 for a unit's first time.

    Canonical order has the rows of a unit together, times rising.
    """
    if index.nlevels == 1:
        raise PanelError("a change needs times: give pressure and driver on (unit, time)")
    units = index.get_level_values(0)
    counts = pd.Series(1, index=units).groupby(level=0).size()
    lonely = counts[counts < 2]
    if len(lonely):
        raise PanelError(
            f"a change needs two times or more; these units have one: {listed(lonely.index)}",
            lonely.rename("times").reset_index(),
        )
    rows = np.arange(len(index))
    first = ~units.duplicated()
    start = np.maximum.accumulate(np.where(first, rows, 0))
    return np.where(first, -1, rows - 1 if base == "previous" else start)


def _check_levels(values: pd.Series, role: str) -> None:
    """Refuse what has no relative change, and warn of what looks like scores."""
    _align.check_complete(values, role)
    below = values[values < 0]
    if len(below):
        cells = listed(f"{label}: {value:g}" for label, value in below.items())
        raise DataError(
            f"{role} has {counted(len(below), 'value', 'values')} below 0, whose relative change "
            f"has no meaning: {cells}; give levels",
            below.rename("value").reset_index(),
        )
    if values.max() <= 1:
        warn(
            f"all values of {role} lie in [0, 1]: if they are scores scaled by their range, "
            "relative changes and states hang on the sample; give levels",
            ScoreWarning,
        )
