"""How far the ranks that several methods give agree."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._constant import is_constant
from spatialccd._result import Result, gap_note, record
from spatialccd.errors import ParameterError, check_choice
from spatialccd.index.composite import composite_index
from spatialccd.index.ranking import ranks
from spatialccd.index.topsis import gra_topsis, topsis
from spatialccd.index.vikor import vikor

if TYPE_CHECKING:
    from spatialccd._types import Columns
    from spatialccd.index._targets import Target
    from spatialccd.index.scaling import Direction
    from spatialccd.index.weights import Scheme

Method = Literal[
    "entropy", "equal", "critic", "cv", "topsis", "topsis_vector", "gra_topsis", "vikor"
]


@dataclass(frozen=True, eq=False, kw_only=True)
class RankComparison(Result):
    """The ranks that methods give, and how far each two agree.

    Attributes
    ----------
    ranks : DataFrame
        Rank of each row in its year, 1 the best, one column a method, on the
        caller's index.
    scores : DataFrame
        The scores ranked, shaped as ``ranks``.
    pairs : DataFrame
        On (a, b), and the year: ``spearman``, ``kendall`` (tau-b), ``mean_shift``
        and ``largest_shift`` in ranks, and the ``unit`` that shifts most.
    """

    ranks: pd.DataFrame
    scores: pd.DataFrame
    pairs: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give one row a pair of methods (and year)."""
        return self.pairs.copy()

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the ranks."""
        return {"ranks": self.ranks.copy()}

    def notes(self) -> list[str]:
        """Say where ranks cannot be correlated."""
        return gap_note(self.pairs, ["spearman", "kendall"], "all units share one rank")


def rank_comparison(
    panel: Columns,
    directions: Mapping[str, Direction],
    *,
    targets: Mapping[str, Target] | None = None,
    methods: Sequence[Method] = ("entropy", "equal", "critic", "topsis", "vikor"),
    weights: Mapping[str, float] | None = None,
    pooled: bool = True,
) -> RankComparison:
    """Compare the ranks that several methods give to the same indicators.

    Parameters
    ----------
    panel : DataFrame
        Indicators on unit or on (unit, time).
    directions : mapping
        Indicator to "benefit" (more is better), "cost" (less is better) or
        "moderate" (neither: a target is best).
    targets : mapping, optional
        What is best for each moderate indicator: a value, or two rising values
        between which all are best, such as ``{"density": 20, "warmth": [18, 24]}``;
        those of columns that `directions` does not name serve other subsystems.
    methods : sequence of str
        Two or more of "entropy", "equal", "critic" and "cv", weighted sums by
        these weights; and "topsis", "topsis_vector" (its vector norm),
        "gra_topsis" and "vikor".
    weights : mapping, optional
        Your own weights by indicator for the methods that are not themselves a
        way of weighing; those of entropy when omitted.
    pooled : bool, default True
        Scale and weigh over all units and years. False treats each year by itself.

    Returns
    -------
    RankComparison
        ``.pairs``, ``.ranks``, ``.scores``.

    Raises
    ------
    ParameterError
        Fewer than two methods, one that is unknown, or one named twice.
    PanelError, AlignmentError
        As ``composite_index``.

    Notes
    -----
    When not to use it: to choose the method that gives the ranks one likes.
    Agreement does not make a method right either: those that share the weights
    of entropy agree because of these.

    References
    ----------
    OECD and JRC (2008), Handbook on Constructing Composite Indicators, step 7.

    Examples
    --------
    >>> import pandas as pd
    >>> panel = pd.DataFrame(
    ...     {"x": [1, 2, 3, 4], "y": [4, 1, 2, 3], "z": [1, 3, 2, 9]}, index=list("abcd")
    ... )
    >>> directions = dict.fromkeys("xyz", "benefit")
    >>> rank_comparison(panel, directions, methods=["equal", "topsis"]).ranks
       equal  topsis
    a    3.0     2.0
    b    4.0     4.0
    c    2.0     3.0
    d    1.0     1.0
    """
    settings = record("rank_comparison", locals())
    chosen = list(methods)
    for method in chosen:
        check_choice("methods", method, get_args(Method))
    if len(set(chosen)) != len(chosen) or len(chosen) < 2:
        raise ParameterError(f"methods={chosen!r} must be two or more different ones")
    makers = _makers(panel, directions, targets, weights, pooled)
    scores = pd.DataFrame({method: makers[method]() for method in chosen})
    table = scores.apply(ranks)
    by_time = {time: _pairs(part) for time, part in _align.by_time(table, "ranks")}
    if None in by_time:
        pairs = by_time[None]
    else:
        pairs = pd.concat(by_time, names=["time"]).reorder_levels(["a", "b", "time"])
    return RankComparison(settings=settings, ranks=table, scores=scores, pairs=pairs)


def _makers(
    panel: pd.DataFrame,
    directions: Mapping[str, Direction],
    targets: Mapping[str, Target] | None,
    weights: Mapping[str, float] | None,
    pooled: bool,
) -> dict[str, Callable[[], pd.Series]]:
    """Give what makes the scores of each method, by name."""
    own: Scheme | Mapping[str, float] = "entropy" if weights is None else weights
    common: dict[str, Any] = {"targets": targets, "pooled": pooled}

    def weighted(scheme: Scheme) -> Callable[[], pd.Series]:
        return lambda: composite_index(panel, directions, weights=scheme, **common).score

    return {
        "entropy": weighted("entropy"),
        "equal": weighted("equal"),
        "critic": weighted("critic"),
        "cv": weighted("cv"),
        "topsis": lambda: topsis(panel, directions, weights=own, **common).score,
        "topsis_vector": lambda: (
            topsis(panel, directions, weights=own, norm="vector", **common).score
        ),
        "gra_topsis": lambda: gra_topsis(panel, directions, weights=own, **common).score,
        "vikor": lambda: vikor(panel, directions, weights=own, **common).score,
    }


def _pairs(table: pd.DataFrame) -> pd.DataFrame:
    """Compare every two columns of ranks of one time."""
    rows = []
    for a, b in combinations(table.columns, 2):
        shift = (table[a] - table[b]).abs()
        still = is_constant(table[[a, b]].to_numpy()).any()
        largest = shift.max()
        rows.append(
            {
                "a": a,
                "b": b,
                "spearman": np.nan if still else table[a].corr(table[b], method="spearman"),
                "kendall": np.nan if still else table[a].corr(table[b], method="kendall"),
                "mean_shift": shift.mean(),
                "largest_shift": largest,
                # In canonical order: of several the first, whatever the order of the rows.
                "unit": _align.canonical(shift.index[shift == largest])[0],
            }
        )
    return pd.DataFrame(rows).set_index(["a", "b"])
