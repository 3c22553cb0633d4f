"""Coupling C, coordination index T, coupling coordination D and its grade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._constant import is_constant
from spatialccd._periods import counts_by_time, means_by_time
from spatialccd._result import Result, record
from spatialccd.coupling._scores import aligned_scores, check_unit_interval, system_weights
from spatialccd.errors import DataError, ParameterError, check_choice, listed

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, Values
    from spatialccd.index.composite import CompositeIndex

Variant = Literal["standard", "wang", "fan"]


class Grade(NamedTuple):
    """One class of D: what it is called and where it begins."""

    label: str
    lower: float
    label_zh: str


#: The ten classes in common use (Liao 1999; Table 1 of the 31-province study).
GRADES = (
    Grade("Extreme disorder", 0.0, "极度失调"),
    Grade("Severe disorder", 0.1, "严重失调"),
    Grade("Moderate disorder", 0.2, "中度失调"),
    Grade("Mild disorder", 0.3, "轻度失调"),
    Grade("Near disorder", 0.4, "濒临失调"),
    Grade("Barely coordinated", 0.5, "勉强协调"),
    Grade("Primary coordination", 0.6, "初级协调"),
    Grade("Intermediate coordination", 0.7, "中级协调"),
    Grade("Good coordination", 0.8, "良好协调"),
    Grade("Quality coordination", 0.9, "优质协调"),
)

#: D on a class's lower bound belongs to it even when rounding put it a hair below.
_HAIR = 1e-12


@dataclass(frozen=True, eq=False, kw_only=True)
class CouplingCoordination(Result):
    """How strongly subsystems are coupled, and how well coordinated.

    Attributes
    ----------
    scores : DataFrame
        The score of each subsystem as it entered C and T (rescaled where this was
        asked for), on the caller's index.
    C, T, D : Series
        Coupling, coordination index and coupling coordination, all in [0, 1].
    grade : Series
        The class of D, ordered categorical.
    plain : DataFrame or None
        D and grade of the same scores without `rescale`, where it was asked for.
    """

    scores: pd.DataFrame
    C: pd.Series
    T: pd.Series
    D: pd.Series
    grade: pd.Series
    plain: pd.DataFrame | None = None

    def to_frame(self) -> pd.DataFrame:
        """Give scores, C, T, D and grade, one row as the caller's row."""
        return pd.concat([self.scores, self.C, self.T, self.D, self.grade], axis=1)

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the means by time, and how many rows are in each grade."""
        means = means_by_time(self.to_frame().drop(columns="grade"))
        tables = {"means": means, "grades": _by_grade(self.grade)}
        return tables if self.plain is None else {**tables, "without rescale": self.plain.copy()}

    def notes(self) -> list[str]:
        """Say where scores were rescaled, and how D stands to that of the scores as they are."""
        interval = self.settings.get("rescale")
        if interval is None or self.plain is None:
            return []
        low, high = interval
        before, moved = self.plain["D"], self.plain["grade"].astype(str) != self.grade.astype(str)
        return [
            f"each subsystem's scores were put into [{low:g}, {high:g}] by their range over these "
            "rows: D and grades do not compare with those of other samples or years",
            f"without rescale D runs from {before.min():.3f} to {before.max():.3f}, with it from "
            f"{self.D.min():.3f} to {self.D.max():.3f}; {int(moved.sum())} of {len(moved)} rows "
            f"change their grade, and the orders correlate by {_rank_correlation(before, self.D)}",
        ]


@dataclass(frozen=True, eq=False, kw_only=True)
class CoordinationGrades(Result):
    """The class of each coupling coordination degree, and how many are in each.

    Attributes
    ----------
    D : Series
        The degrees, on the caller's index.
    grade : Series
        The class of each, ordered categorical.
    """

    D: pd.Series
    grade: pd.Series

    def to_frame(self) -> pd.DataFrame:
        """Give D and grade, one row as the caller's row."""
        return pd.concat([self.D, self.grade], axis=1)

    def further(self) -> dict[str, pd.DataFrame]:
        """Give how many rows are in each grade."""
        return {"grades": _by_grade(self.grade)}

    @property
    def counts(self) -> pd.DataFrame:
        """How many units are in each class, one row a time."""
        return grade_counts(self.grade)


def _by_grade(grade: pd.Series) -> pd.DataFrame:
    """Count rows with grades down and times across."""
    counts = counts_by_time(grade).T.rename_axis("grade")
    return counts.set_axis([str(time) for time in counts.columns], axis=1)


def coupling_coordination(
    *scores: Values | CompositeIndex,
    variant: Variant = "standard",
    weights: Sequence[float] | Mapping[str, float] | None = None,
    rescale: Sequence[float] | None = None,
    grades: Mapping[str, float] | Sequence[tuple[str, float]] | None = None,
    **named: Values | CompositeIndex,
) -> CouplingCoordination:
    """Measure how far two or more subsystems rise together.

    D = sqrt(C T), where T = sum a_i U_i is the weighted mean of the scores and
    C, in [0, 1], is the coupling:

    - "standard": [prod U / (mean U)^k]^(1/k), the geometric over the
      arithmetic mean; 2 sqrt(U1 U2) / (U1 + U2) for two subsystems.
    - "wang": sqrt{[1 - mean_{i<j} |U_i - U_j|] [prod U_i / max U]^(1/(k-1))},
      which spreads C more evenly over [0, 1].
    - "fan": 1 - 2 sd(U), sd with divisor k.

    About half of the papers audited by Wang et al. (2021) print a C that is
    none of these (a lost root or factor), so the variant is named in the result.

    Parameters
    ----------
    *scores : Series or CompositeIndex
        Score of each subsystem in [0, 1], on unit or on (unit, time).
    variant : {"standard", "wang", "fan"}, default "standard"
        The formula of C.
    weights : sequence or mapping of float, optional
        The weights a of the subsystems in T, in their order or by name; they
        sum to 1. Equal when omitted.
    rescale : sequence of two floats, optional
        Put each subsystem's scores into this interval by their range, over all
        rows given, before C and T are made of them; (0.01, 0.99) is what SPSSAU
        does. None when omitted, and see the Notes before using it.
    grades : mapping or pairs of str and float, optional
        Classes of D, label and lower bound, rising from 0; the ten at steps of
        0.1 when omitted. A class holds its lower bound; the last holds 1 too.
    **named : Series or CompositeIndex
        More subsystems, given by name: ``urban=..., ecology=...``.

    Returns
    -------
    CouplingCoordination
        ``.C``, ``.T``, ``.D``, ``.grade`` and ``.scores``.

    Raises
    ------
    ParameterError
        Fewer than two subsystems, or weights, grades or `rescale` that are not as
        said.
    DataError
        Scores outside [0, 1]; ``cases`` lists every one. With `rescale`, a
        subsystem with one score only.
    AlignmentError
        The subsystems do not carry the same labels, or a score is missing.

    Notes
    -----
    When not to use ``rescale``: to say how well coordinated places are. It
    stretches every subsystem over the whole interval, whatever its real spread:
    31 places with scores from 0.3 to 0.7 had a D of 0.56 to 0.83 without it and of
    0.15 to 0.99 with it, and 68% changed their grade (their order hardly moved).
    It is there to repeat figures that were made so.

    Where all scores are 0 the standard C is 0/0; there C = 0 for every variant,
    by convention, and D = 0.

    References
    ----------
    Wang, Kong, Ren, Zhi and Dai (2021), Research on misuses and modification of
    coupling coordination degree model in China, J. Nat. Resour. 36(3), 793-810.
    Fan, Ke and Cao (2024), Statistics & Decision 40(22), 41-46.

    Examples
    --------
    >>> import pandas as pd
    >>> urban, ecology = pd.Series([0.3, 0.5], list("ab")), pd.Series([0.6, 0.5], list("ab"))
    >>> coupling_coordination(urban=urban, ecology=ecology).to_frame().round(3)
       urban  ecology      C     T      D               grade
    a    0.3      0.6  0.943  0.45  0.651  Primary coordination
    b    0.5      0.5  1.000  0.50  0.707  Intermediate coordination
    """
    settings = record("coupling_coordination", locals())
    check_choice("variant", variant, get_args(Variant))
    table = check_grades(grades)
    U, caller = aligned_scores(scores, named)
    a = system_weights(weights, list(U.columns))
    plain = None
    if rescale is not None:
        given = U.to_numpy(dtype=float)
        D = np.sqrt(coupling(given, variant) * (given @ a))
        plain = pd.DataFrame({"D": D, "grade": classify(D, table)}, U.index)
        U = _rescaled(U, rescale)
    values = U.to_numpy(dtype=float)
    C = coupling(values, variant)
    T = values @ a
    D = np.sqrt(C * T)
    grade = classify(D, table)

    def back(column: FloatArray | pd.Categorical, name: str) -> pd.Series:
        return _align.restore(pd.Series(column, index=U.index, name=name), caller)

    return CouplingCoordination(
        settings=settings,
        scores=_align.restore(U, caller),
        C=back(C, "C"),
        T=back(T, "T"),
        D=back(D, "D"),
        grade=back(grade, "grade"),
        plain=None if plain is None else _align.restore(plain, caller),
    )


def _rank_correlation(one: pd.Series, other: pd.Series) -> str:
    """Write Spearman's correlation of two columns; that of a constant one does not exist."""
    if is_constant(one.to_numpy()) or is_constant(other.to_numpy()):
        return "nothing, as D is constant"
    return f"{one.corr(other, method='spearman'):.2f}"


def coordination_grades(
    D: Values, *, grades: Mapping[str, float] | Sequence[tuple[str, float]] | None = None
) -> CoordinationGrades:
    """Name the class of published or own coupling coordination degrees.

    Parameters
    ----------
    D : Series
        Coupling coordination degree in [0, 1], on unit or on (unit, time).
    grades : mapping or pairs of str and float, optional
        Classes of D, label and lower bound, rising from 0; the ten at steps of
        0.1 when omitted. A class holds its lower bound; the last holds 1 too.

    Returns
    -------
    CoordinationGrades
        ``.grade`` of each row, ``.counts`` by time.

    Raises
    ------
    ParameterError
        Grades that do not rise from 0.
    DataError
        Degrees outside [0, 1]; ``cases`` lists every one.
    AlignmentError
        A degree is missing.

    References
    ----------
    Liao (1999), Tropical Geography 19(2), 171-177 (in Chinese): the ten classes.

    Examples
    --------
    >>> import pandas as pd
    >>> coordination_grades(pd.Series([0.5, 0.399], index=["a", "b"])).grade.to_list()
    ['Barely coordinated', 'Mild disorder']
    """
    settings = record("coordination_grades", locals())
    table = check_grades(grades)
    (ordered,) = _align.align(D=D)
    _align.check_complete(ordered, "D")
    check_unit_interval(ordered.to_frame("D"), "coupling coordination degrees")
    grade = classify(ordered.to_numpy(dtype=float), table)
    labeled = pd.Series(grade, index=ordered.index, name="grade")
    return CoordinationGrades(
        settings=settings,
        D=D.rename("D"),
        grade=_align.restore(labeled, D.index),
    )


def _rescaled(U: pd.DataFrame, interval: Sequence[float]) -> pd.DataFrame:
    """Put each column into an interval by its range."""
    ends = tuple(interval)
    if len(ends) != 2 or not 0 <= ends[0] < ends[1] <= 1:
        raise ParameterError(
            f"rescale={ends!r} must be two rising numbers in [0, 1], such as (0.01, 0.99)"
        )
    still = U.columns[is_constant(U.to_numpy(dtype=float))]
    if len(still):
        raise DataError(
            f"subsystems with one score only have no range to rescale: {listed(still)}; "
            "leave rescale out"
        )
    spread = U.max() - U.min()
    return (ends[0] + (ends[1] - ends[0]) * (U - U.min()) / spread).clip(*ends)


def grade_counts(grade: pd.Series) -> pd.DataFrame:
    """Count the units of each class, one row a time (one row for a cross-section)."""
    times = grade.index.get_level_values(1) if grade.index.nlevels > 1 else ["all"] * len(grade)
    counts = pd.crosstab(pd.Series(times, name="time"), pd.Series(grade.array), dropna=False)
    return counts.reindex(columns=list(grade.cat.categories), fill_value=0)


def coupling(U: FloatArray, variant: Variant) -> FloatArray:
    """Coupling C (m,) of scores `U` (m, k) in [0, 1]."""
    k = U.shape[1]
    top = U.max(axis=1)
    some = top > 0
    if variant == "fan":
        return np.where(some, np.clip(1 - 2 * (U - top[:, None]).std(axis=1), 0.0, 1.0), 0.0)
    # Scores over the largest: equal scores become exact ones, tiny ones do not underflow.
    V = np.divide(U, top[:, None], out=np.zeros_like(U), where=some[:, None])
    with np.errstate(divide="ignore"):
        logs = np.log(V)
    if variant == "standard":
        mean = np.where(some, V.mean(axis=1), 1.0)
        return np.asarray(np.minimum(np.exp(logs.mean(axis=1)) / mean, 1.0))
    first, second = np.triu_indices(k, 1)
    apart = np.abs(U[:, first] - U[:, second]).mean(axis=1)
    together = np.exp(logs.sum(axis=1) / (k - 1))
    return np.asarray(np.sqrt((1 - apart) * together))


def check_grades(
    grades: Mapping[str, float] | Sequence[tuple[str, float]] | None,
) -> dict[str, float]:
    """Give classes as label to lower bound, rising from 0."""
    if grades is None:
        return {grade.label: grade.lower for grade in GRADES}
    table = {str(label): float(lower) for label, lower in dict(grades).items()}
    bounds = list(table.values())
    rising = all(a < b for a, b in pairwise(bounds))
    if len(bounds) < 2 or bounds[0] != 0 or not rising or not bounds[-1] < 1:
        raise ParameterError(
            f"grades={table!r} must be two or more labels with lower bounds that rise from 0 "
            "and end below 1"
        )
    return table


def classify(D: FloatArray, table: Mapping[str, float]) -> pd.Categorical:
    """Give the class of each D (m,)."""
    bounds = np.array(list(table.values()))
    codes = np.searchsorted(bounds, D + _HAIR, side="right") - 1
    return pd.Categorical.from_codes(codes, categories=list(table), ordered=True)
