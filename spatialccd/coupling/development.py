"""Which subsystem leads: relative development, and the scissors of two trends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._periods import counts_by_time, means_by_time
from spatialccd._result import Result, gap_note, record
from spatialccd.coupling._scores import aligned_scores
from spatialccd.errors import PanelError, ParameterError, check_choice, check_range, listed

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, IntArray, Values
    from spatialccd.index.composite import CompositeIndex

Trend = Literal["difference", "polynomial"]

#: Speeds, and ratios and their bounds, nearer than this are the same.
_SAME = 1e-12


@dataclass(frozen=True, eq=False, kw_only=True)
class RelativeDevelopment(Result):
    """The ratio of two scores, and who lags.

    Attributes
    ----------
    scores : DataFrame
        The two scores, on the caller's index.
    ratio : Series
        First score over second; infinite where only the second is 0, NaN
        where both are.
    band : Series
        Ordered categorical: the first system is "lagging", "synchronous" or "ahead".
    """

    scores: pd.DataFrame
    ratio: pd.Series
    band: pd.Series

    def to_frame(self) -> pd.DataFrame:
        """Give scores, ratio and band, one row as the caller's row."""
        return pd.concat([self.scores, self.ratio, self.band], axis=1)

    def further(self) -> dict[str, pd.DataFrame]:
        """Give how many rows are in each band, by time."""
        return {"bands": counts_by_time(self.band)}

    def notes(self) -> list[str]:
        """Say where there is no ratio."""
        return gap_note(self.to_frame(), ["ratio"], "both scores are 0, and the two are level")


@dataclass(frozen=True, eq=False, kw_only=True)
class ScissorsDifference(Result):
    """The angle between the trends of two scores.

    Attributes
    ----------
    speeds : DataFrame
        Slope of each score in score per year, on the caller's index. With
        ``trend="difference"`` a unit's first year has none (NaN).
    angle, degrees : Series
        The angle between the two slopes, in radians and in degrees.
    faster : Series
        Name of the score that rises faster (or falls slower), or "equal".
    """

    speeds: pd.DataFrame
    angle: pd.Series
    degrees: pd.Series
    faster: pd.Series

    def to_frame(self) -> pd.DataFrame:
        """Give speeds, angle, degrees and the faster score."""
        speeds = self.speeds.add_prefix("speed ")
        return pd.concat([speeds, self.angle, self.degrees, self.faster], axis=1)

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the mean speeds and angle by time, and how often each score was the faster."""
        figures = self.to_frame().drop(columns="faster")
        faster = self.faster[self.degrees.notna()]
        return {"means": means_by_time(figures), "faster": counts_by_time(faster)}

    def summary(self) -> str:
        """Write the mean speeds and angle by time, and how often each score was the faster."""
        write = "{:.4g}".format
        figures = [frame.to_string(float_format=write) for frame in self.further().values()]
        return "\n\n".join([repr(self.settings), *figures, *self.notes()])

    def notes(self) -> list[str]:
        """Say where there is no angle."""
        return gap_note(self.to_frame(), ["degrees"], "a first year has no change since one before")


def relative_development(
    a: Values | CompositeIndex,
    b: Values | CompositeIndex,
    *,
    bands: Sequence[float] = (0.8, 1.2),
    names: Sequence[str] | None = None,
) -> RelativeDevelopment:
    """Say whether one subsystem lags, keeps up with or leads the other.

    Parameters
    ----------
    a : Series or CompositeIndex
        Score of the first subsystem in [0, 1].
    b : Series or CompositeIndex
        Score of the second.
    bands : sequence of two floats, default (0.8, 1.2)
        Below the first a / b is "lagging", above the second "ahead", between
        them, bounds included, "synchronous".
    names : sequence of two str, optional
        What the scores are called; the names of their Series, or U1 and U2,
        when omitted.

    Returns
    -------
    RelativeDevelopment
        ``.ratio`` and ``.band``.

    Raises
    ------
    ParameterError
        `bands` are not two rising positive numbers.
    DataError, AlignmentError
        As ``coupling_coordination``.

    Examples
    --------
    >>> import pandas as pd
    >>> urban, ecology = pd.Series([0.3, 0.5, 0.9]), pd.Series([0.6, 0.5, 0.4])
    >>> relative_development(urban, ecology).band.to_list()
    ['lagging', 'synchronous', 'ahead']
    """
    settings = record("relative_development", locals())
    low, high = check_bands(bands)
    U, caller = pair_of_scores(a, b, names)
    first, second = U.to_numpy().T
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = first / second
    code = band_codes(ratio, low, high)
    band = pd.Categorical.from_codes(code, ["lagging", "synchronous", "ahead"], ordered=True)
    return RelativeDevelopment(
        settings=settings,
        scores=_align.restore(U, caller),
        ratio=_align.restore(pd.Series(ratio, U.index, name="ratio"), caller),
        band=_align.restore(pd.Series(band, U.index, name="band"), caller),
    )


def scissors_difference(
    a: Values | CompositeIndex,
    b: Values | CompositeIndex,
    *,
    trend: Trend = "difference",
    degree: int = 2,
    names: Sequence[str] | None = None,
) -> ScissorsDifference:
    """Measure the angle between the speeds of two scores, by unit and year.

    angle = arctan |(v1 - v2) / (1 + v1 v2)|, with v the slope of each score's
    trend in score per year; 0 <= angle < pi/2, and 0 for equal speeds.

    Parameters
    ----------
    a : Series or CompositeIndex
        Score of the first subsystem in [0, 1], on (unit, time).
    b : Series or CompositeIndex
        Score of the second.
    trend : {"difference", "polynomial"}, default "difference"
        Slope of a year: change since the unit's year before, over the years
        between; or derivative there of a polynomial fitted to the unit's years.
    degree : int, default 2
        Degree of the polynomial, 1 to 3. With 1 a unit has one speed.
    names : sequence of two str, optional
        What the scores are called; the names of their Series, or U1 and U2,
        when omitted.

    Returns
    -------
    ScissorsDifference
        ``.angle`` (radians), ``.degrees``, ``.faster``, ``.speeds``.

    Raises
    ------
    PanelError
        No years, or units with too few; all are named.
    ParameterError
        `degree` is not 1, 2 or 3, or times are no numbers.
    DataError, AlignmentError
        As ``coupling_coordination``.

    Examples
    --------
    >>> import pandas as pd
    >>> index = pd.MultiIndex.from_product([["x"], [2018, 2019, 2020]], names=["unit", "time"])
    >>> industry = pd.Series([0.1, 0.3, 0.5], index=index, name="industry")
    >>> ecology = pd.Series([0.4, 0.5, 0.6], index=index, name="ecology")
    >>> result = scissors_difference(industry, ecology)
    >>> result.degrees.round(2).to_list(), result.faster.to_list()[1:]
    ([nan, 5.6, 5.6], ['industry', 'industry'])
    """
    settings = record("scissors_difference", locals())
    check_choice("trend", trend, get_args(Trend))
    check_range("degree", degree, 1, 3)
    U, caller = pair_of_scores(a, b, names)
    time = _years_of_rows(U, 2 if trend == "difference" else degree + 1)
    unit = pd.factorize(U.index.get_level_values(0))[0]
    speeds = np.full(U.shape, np.nan)
    for rows in _runs(unit):
        own = U.to_numpy()[rows]
        if trend == "difference":
            speeds[rows[1:]] = np.diff(own, axis=0) / np.diff(time[rows])[:, None]
        else:
            speeds[rows] = _slopes(time[rows], own, degree)
    v1, v2 = speeds.T
    angle = angle_between(v1, v2)
    called = list(U.columns)
    ahead = np.where(v1 > v2, called[0], called[1]).astype(object)
    ahead[np.abs(v1 - v2) <= _SAME] = "equal"
    ahead[np.isnan(angle)] = None

    def back(values: Any, name: str) -> pd.Series:
        return _align.restore(pd.Series(values, index=U.index, name=name), caller)

    return ScissorsDifference(
        settings=settings,
        speeds=_align.restore(pd.DataFrame(speeds, U.index, called), caller),
        angle=back(angle, "angle"),
        degrees=back(np.degrees(angle), "degrees"),
        faster=back(ahead, "faster"),
    )


def angle_between(v1: FloatArray, v2: FloatArray) -> FloatArray:
    """Give the angle between two slopes, in radians, from 0 up to pi/2."""
    return np.asarray(np.arctan2(np.abs(v1 - v2), np.abs(1 + v1 * v2)))


def check_bands(bands: Sequence[float]) -> tuple[float, float]:
    """Give where a ratio parts into bands."""
    ends = tuple(bands)
    if len(ends) != 2 or not 0 < ends[0] < ends[1]:
        raise ParameterError(f"bands={ends!r} must be two rising positive numbers")
    return ends


def band_codes(compared: FloatArray, low: float, high: float) -> IntArray:
    """Give 0 below `low`, 2 above `high` and 1 between them, bounds included.

    A bound belongs to the middle even when rounding put a figure beyond it. Two
    scores of 0 are level, though their ratio does not exist.
    """
    below, above = compared < low - _SAME, compared > high + _SAME
    return np.asarray(1 - below.astype(int) + above.astype(int))


def pair_of_scores(a: Any, b: Any, names: Sequence[str] | None) -> tuple[pd.DataFrame, pd.Index]:
    """Give two scores as a frame in canonical order, and the caller's index."""
    if names is None:
        return aligned_scores((a, b), {})
    if isinstance(names, str) or len(set(names)) != 2 or len(names) != 2:
        raise ParameterError(f"names={names!r} must be two different names")
    return aligned_scores((), dict(zip(names, (a, b), strict=True)))


def _runs(unit: IntArray) -> list[IntArray]:
    """Give the rows of each unit; canonical order has them together, years rising."""
    edges = np.flatnonzero(np.diff(unit)) + 1
    return np.split(np.arange(len(unit)), edges)


def _slopes(time: FloatArray, scores: FloatArray, degree: int) -> FloatArray:
    """Take the derivative at `time` (t,) of polynomials fitted to `scores` (t, 2)."""
    middle = time.mean()
    found = np.empty_like(scores)
    for j in range(scores.shape[1]):
        fitted = np.polynomial.Polynomial.fit(time - middle, scores[:, j], degree)
        found[:, j] = fitted.deriv()(time - middle)
    return found


def _years_of_rows(U: pd.DataFrame, at_least: int) -> FloatArray:
    if U.index.nlevels == 1:
        raise PanelError("a speed needs years: give scores on (unit, time)")
    values = _align.time_values(U.index.get_level_values(1), "the scores")
    counts = U.groupby(level=0).size()
    short = counts[counts < at_least]
    if len(short):
        raise PanelError(
            f"a speed needs {at_least} years or more; these units have fewer: "
            f"{listed(f'{unit} ({n})' for unit, n in short.items())}",
            short.rename("years").reset_index(),
        )
    return values
