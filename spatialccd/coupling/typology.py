"""Types of coordination: how far two subsystems are, and which of them lags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._result import Result, gap_note, record
from spatialccd.coupling.degree import Variant, check_grades, classify, coupling
from spatialccd.coupling.development import band_codes, check_bands, pair_of_scores
from spatialccd.errors import check_choice, check_range, counted

if TYPE_CHECKING:
    from spatialccd._types import Values
    from spatialccd.index.composite import CompositeIndex

Criterion = Literal["ratio", "difference"]

#: Which of two subsystems lags.
LAGS = ("first lags", "synchronous", "second lags")
#: The three broad classes of D and where they begin (Liao 1999).
BROAD = {"Disorder": 0.0, "Transition": 0.4, "Coordination": 0.6}


@dataclass(frozen=True, eq=False, kw_only=True)
class CoordinationTypes(Result):
    """The class of D and the lagging subsystem of each row.

    Attributes
    ----------
    scores : DataFrame
        The two scores, on the caller's index.
    D : Series
        Coupling coordination degree.
    ratio : Series
        First score over second, or first less second, as `criterion` says.
        The ratio is infinite where only the second is 0, NaN where both are.
    grade : Series
        The class of D, ordered categorical.
    lag : Series
        "first lags", "synchronous" or "second lags", categorical.
    """

    scores: pd.DataFrame
    D: pd.Series
    ratio: pd.Series
    grade: pd.Series
    lag: pd.Series

    def to_frame(self) -> pd.DataFrame:
        """Give scores, D, ratio or difference, grade and lag, one row as the caller's row."""
        return pd.concat([self.scores, self.D, self.ratio, self.grade, self.lag], axis=1)

    @property
    def counts(self) -> pd.DataFrame:
        """The table of types: how many rows are in each grade (and time) by lag."""
        keys = [self.grade.rename("grade").reset_index(drop=True)]
        if self.grade.index.nlevels > 1:
            keys.insert(0, pd.Series(self.grade.index.get_level_values(1), name="time"))
        lag = self.lag.reset_index(drop=True)
        counts = pd.crosstab(keys, lag, dropna=False).reindex(columns=list(LAGS), fill_value=0)
        return counts.rename_axis(columns="lag")

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the table of types."""
        return {"counts": self.counts}

    def notes(self) -> list[str]:
        """Say which subsystem is the first, and where there is no ratio or an endless one."""
        first, second = self.scores.columns
        notes = [f"first is {first}, second is {second}"]
        endless = int(np.isinf(self.ratio).sum())
        if endless:
            rows = counted(endless, "row", "rows")
            notes.append(f"in {rows} the second score is 0: the second lags")
        missing = gap_note(
            self.to_frame(), [str(self.ratio.name)], "both scores are 0, and the two are level"
        )
        return [*notes, *missing]


def coordination_types(
    a: Values | CompositeIndex,
    b: Values | CompositeIndex,
    *,
    criterion: Criterion = "ratio",
    bands: Sequence[float] = (0.8, 1.2),
    margin: float = 0.1,
    variant: Variant = "standard",
    grades: Mapping[str, float] | Sequence[tuple[str, float]] | None = None,
    names: Sequence[str] | None = None,
) -> CoordinationTypes:
    """Name the type of each row by the class of D and the subsystem that lags.

    The table of papers, three classes of D by three of relative development:
    a / b below 0.8 is "first lags", above 1.2 "second lags", between them, both
    included, "synchronous".

    Parameters
    ----------
    a : Series or CompositeIndex
        Score of the first subsystem in [0, 1], on unit or on (unit, time).
    b : Series or CompositeIndex
        Score of the second.
    criterion : {"ratio", "difference"}, default "ratio"
        Compare a / b with `bands`, or a - b with `margin`.
    bands : sequence of two floats, default (0.8, 1.2)
        Where the ratio parts, for ``criterion="ratio"``.
    margin : float, default 0.1
        For ``criterion="difference"``: scores no further apart are synchronous.
    variant : {"standard", "wang", "fan"}, default "standard"
        The formula of C in D = sqrt(C T), T the mean of the two scores.
    grades : mapping or pairs of str and float, optional
        Classes of D, label and lower bound, rising from 0; disorder, transition
        from 0.4 and coordination from 0.6 when omitted.
    names : sequence of two str, optional
        What the scores are called; the names of their Series, or U1 and U2,
        when omitted.

    Returns
    -------
    CoordinationTypes
        ``.grade`` and ``.lag`` of each row, ``.counts``, the table.

    Raises
    ------
    ParameterError
        `bands`, `margin` or `grades` that are not as said.
    DataError, AlignmentError
        As ``coupling_coordination``.

    Notes
    -----
    When not to use it: on two scores that were scaled over different samples or
    years. Their ratio compares two rulers; and in low scores it swings: 0.02
    beside 0.03 "lags" as 0.4 beside 0.6 does. The difference does not.

    References
    ----------
    Liao (1999), Tropical Geography 19(2), 171-177 (in Chinese): the classes.

    Examples
    --------
    >>> import pandas as pd
    >>> urban, ecology = pd.Series([0.1, 0.5, 0.9]), pd.Series([0.2, 0.5, 0.4])
    >>> coordination_types(urban, ecology).to_frame()[["grade", "lag"]]
              grade          lag
    0      Disorder   first lags
    1  Coordination  synchronous
    2  Coordination  second lags
    """
    settings = record("coordination_types", locals())
    check_choice("criterion", criterion, get_args(Criterion))
    check_choice("variant", variant, get_args(Variant))
    check_range("margin", margin, 0, 1)
    low, high = check_bands(bands)
    table = check_grades(BROAD if grades is None else grades)
    U, caller = pair_of_scores(a, b, names)
    values = U.to_numpy(dtype=float)
    first, second = values.T
    D = np.sqrt(coupling(values, variant) * values.mean(axis=1))
    if criterion == "ratio":
        with np.errstate(divide="ignore", invalid="ignore"):
            compared = first / second
        codes = band_codes(compared, low, high)
    else:
        compared = first - second
        codes = band_codes(compared, -margin, margin)
    columns = {
        "D": pd.Series(D, U.index, name="D"),
        "ratio": pd.Series(compared, U.index, name=criterion),
        "grade": pd.Series(classify(D, table), U.index, name="grade"),
        "lag": pd.Series(pd.Categorical.from_codes(codes, list(LAGS)), U.index, name="lag"),
    }
    restored = {name: _align.restore(column, caller) for name, column in columns.items()}
    return CoordinationTypes(settings=settings, scores=_align.restore(U, caller), **restored)
