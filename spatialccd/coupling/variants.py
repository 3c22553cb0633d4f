"""How much a coupling coordination hangs on the formula and on the weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, get_args

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._result import Result, gap_note, record
from spatialccd.coupling._scores import aligned_scores, system_weights
from spatialccd.coupling.degree import Variant, check_grades, classify, coupling

if TYPE_CHECKING:
    from spatialccd._types import Values
    from spatialccd.index.composite import CompositeIndex


_CORRELATED = ("spearman", "kendall")


@dataclass(frozen=True, eq=False, kw_only=True)
class VariantComparison(Result):
    """D under each variant and weighting, and how far they agree.

    Attributes
    ----------
    D : DataFrame
        On the caller's index; one column a variant ("standard"), and one a
        variant and weighting ("standard, urban first") where weights were given.
    grade : DataFrame
        The class of each D, shaped as ``D``.
    pairs : DataFrame
        On (a, b), or (a, b, time): ``spearman`` and ``kendall`` correlation of
        D over units, ``mean_difference`` (b minus a), ``regraded``, how many
        units change class, and ``share_regraded``.
    changed : DataFrame
        The rows of ``grade`` that are not the same in every column.
    """

    D: pd.DataFrame
    grade: pd.DataFrame
    pairs: pd.DataFrame
    changed: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give one row a pair (and year)."""
        return self.pairs.copy()

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the rows whose class is not the same everywhere."""
        return {"changed": self.changed.copy()}

    def notes(self) -> list[str]:
        """Say where nothing can be correlated."""
        return gap_note(self.pairs, _CORRELATED, "values do not differ between units")


def compare_variants(
    *scores: Values | CompositeIndex,
    weightings: Mapping[str, Sequence[float]] | None = None,
    grades: Mapping[str, float] | Sequence[tuple[str, float]] | None = None,
    **named: Values | CompositeIndex,
) -> VariantComparison:
    """Compare D between the three formulas of C, and between weights of the subsystems.

    Parameters
    ----------
    *scores : Series or CompositeIndex
        Score of each subsystem in [0, 1], on unit or on (unit, time).
    weightings : mapping of str to sequence of float, optional
        Weights of the subsystems to try beside equal ones: a name and numbers
        that sum to 1, in the order of the subsystems.
    grades : mapping or pairs of str and float, optional
        Classes of D, label and lower bound; the ten at steps of 0.1 when omitted.
    **named : Series or CompositeIndex
        More subsystems, given by name.

    Returns
    -------
    VariantComparison
        ``.pairs``, ``.changed``, ``.D``, ``.grade``.

    Raises
    ------
    ParameterError, DataError, AlignmentError
        As ``coupling_coordination``.

    References
    ----------
    Wang, Kong, Ren, Zhi and Dai (2021), J. Nat. Resour. 36(3), 793-810.

    Examples
    --------
    >>> import pandas as pd
    >>> urban, ecology = pd.Series([0.3, 0.5, 0.9]), pd.Series([0.6, 0.5, 0.4])
    >>> compare_variants(urban=urban, ecology=ecology).pairs[["spearman", "regraded"]]
                   spearman  regraded
    a        b
    standard wang       0.5         2
             fan        0.5         2
    wang     fan        1.0         0
    """
    settings = record("compare_variants", locals())
    table = check_grades(grades)
    U, caller = aligned_scores(scores, named)
    values = U.to_numpy(dtype=float)
    schemes = {"": system_weights(None, list(U.columns))}
    for name, given in (weightings or {}).items():
        schemes[name] = system_weights(given, list(U.columns))
    D = pd.DataFrame(
        {
            f"{variant}, {name}" if name else variant: np.sqrt(
                coupling(values, variant) * (values @ a)
            )
            for name, a in schemes.items()
            for variant in get_args(Variant)
        },
        index=U.index,
    )
    grade = D.apply(lambda column: pd.Series(classify(column.to_numpy(), table), index=D.index))
    by_time = {
        time: _pairs(part, grade.loc[_rows(grade.index, time)])
        for time, part in _align.by_time(D, "D")
    }
    pairs = by_time[None] if None in by_time else _stacked(by_time)
    differs = grade.astype(str).nunique(axis=1) > 1
    restored = _align.restore(grade, caller)
    return VariantComparison(
        settings=settings,
        D=_align.restore(D, caller),
        grade=restored,
        pairs=pairs,
        changed=restored[_align.restore(differs, caller).to_numpy()],
    )


def _rows(index: pd.Index, time: object) -> np.ndarray:
    if time is None:
        return np.ones(len(index), dtype=bool)
    return np.asarray(index.get_level_values(1) == time)


def _pairs(D: pd.DataFrame, grade: pd.DataFrame) -> pd.DataFrame:
    """Compare every two columns of one time."""
    spearman, kendall = D.corr("spearman"), D.corr("kendall")
    rows = []
    for a, b in combinations(D.columns, 2):
        regraded = int((grade[a].to_numpy() != grade[b].to_numpy()).sum())
        rows.append(
            {
                "a": a,
                "b": b,
                "spearman": spearman.loc[a, b],
                "kendall": kendall.loc[a, b],
                "mean_difference": float((D[b] - D[a]).mean()),
                "regraded": regraded,
                "share_regraded": regraded / len(D),
            }
        )
    return pd.DataFrame(rows).set_index(["a", "b"])


def _stacked(by_time: Mapping[object, pd.DataFrame]) -> pd.DataFrame:
    stacked = pd.concat(by_time, names=["time"])
    return stacked.reorder_levels(["a", "b", "time"])
