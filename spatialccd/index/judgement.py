"""Weights from judgement (AHP), and several sets of weights made one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import optimize

from spatialccd import _align
from spatialccd._result import record
from spatialccd.errors import DataError, EstimationError, ParameterError, listed
from spatialccd.index.weights import Weights

if TYPE_CHECKING:
    from spatialccd._types import Columns, FloatArray

#: Consistency index of random matrices by size (Saaty 1980, Table 1-4), from 1 on.
_RANDOM_INDEX = (0, 0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
#: Above this ratio judgements contradict each other too much to be used.
_MAX_RATIO = 0.1
#: 1/3 is often typed 0.33: a_ij a_ji may miss 1 by this much.
_RECIPROCAL_TOLERANCE = 0.02
#: A sum of weights may miss 1 by this much, so that thirds can be typed.
_SUM_TOLERANCE = 1e-6
#: Shares nearer to 0 are 0.
_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False, kw_only=True)
class AHPWeights(Weights):
    """Weights from pairwise judgements and how consistent these are.

    Attributes
    ----------
    lambda_max : float
        Largest eigenvalue of the matrix; its size when fully consistent.
    consistency_index, consistency_ratio : float
        CI = (lambda_max - n) / (n - 1), and CR = CI over that of random matrices.
    """

    lambda_max: float
    consistency_index: float
    consistency_ratio: float

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the figures of consistency."""
        figures = {
            "lambda_max": self.lambda_max,
            "consistency_index": self.consistency_index,
            "consistency_ratio": self.consistency_ratio,
        }
        return {"consistency": pd.Series(figures).rename_axis("figure").to_frame("value")}


@dataclass(frozen=True, eq=False, kw_only=True)
class CombinedWeights(Weights):
    """Several sets of weights made one.

    Attributes
    ----------
    coefficients : Series
        Share of each set in the combination: none below 0, their sum 1, so that
        each combined weight lies between the smallest and the largest of the sets.
    unconstrained : Series
        The shares that solve the same equations without that bound, as papers
        print them; one below 0 takes a set away instead of adding it.
    """

    coefficients: pd.Series
    unconstrained: pd.Series

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the shares of the sets, beside those without a bound."""
        shares = {"coefficient": self.coefficients, "unconstrained": self.unconstrained}
        return {"shares": pd.DataFrame(shares)}

    def notes(self) -> list[str]:
        """Say where the equations alone would have left what the sets span."""
        below = self.unconstrained[self.unconstrained < -_ROUNDING]
        if below.empty:
            return []
        sets = listed(f"{name} ({share:.3g})" for name, share in below.items())
        return [f"without a bound at 0 the shares of these sets would be negative: {sets}"]


def ahp_weights(matrix: Columns, *, allow_inconsistent: bool = False) -> AHPWeights:
    """Weigh indicators by pairwise judgements (analytic hierarchy process).

    The weights are the principal eigenvector of the matrix of judgements.

    Parameters
    ----------
    matrix : DataFrame
        Square, indicators on both rows and columns; a cell says how many times
        the row matters more than the column (1, 3, 5, 7, 9 and reciprocals).
    allow_inconsistent : bool, default False
        Accept a consistency ratio above 0.1 instead of raising.

    Returns
    -------
    AHPWeights
        ``.weights``, ``.lambda_max``, ``.consistency_ratio``.

    Raises
    ------
    DataError
        The matrix is not positive and reciprocal; ``cases`` lists every pair.
    EstimationError
        The judgements are inconsistent (ratio above 0.1).
    ParameterError
        Fewer than 2 or more than 15 indicators.

    References
    ----------
    Saaty (1980), The Analytic Hierarchy Process, ch. 2-3.

    Examples
    --------
    >>> import pandas as pd
    >>> names = ["growth", "equity", "air"]
    >>> matrix = pd.DataFrame([[1, 2, 4], [1/2, 1, 2], [1/4, 1/2, 1]], names, names)
    >>> ahp_weights(matrix).weights.round(3).to_dict()
    {'growth': 0.571, 'equity': 0.286, 'air': 0.143}
    """
    settings = record("ahp_weights", locals())
    rows, _ = _align.align(rows=matrix, columns=matrix.T)
    names = pd.Index(list(matrix.columns), name="indicator")
    n = len(names)
    if not 2 <= n <= len(_RANDOM_INDEX):
        raise ParameterError(
            f"the matrix compares {n} indicators; AHP takes 2 to {len(_RANDOM_INDEX)}: "
            "split a longer list into subsystems"
        )
    judgements = rows[rows.index].to_numpy(dtype=float)
    _check_reciprocal(judgements, rows.index)
    weight, lambda_max = _principal(judgements)
    index = max(lambda_max - n, 0.0) / (n - 1)
    ratio = index / _RANDOM_INDEX[n - 1] if _RANDOM_INDEX[n - 1] else 0.0
    if ratio > _MAX_RATIO and not allow_inconsistent:
        raise EstimationError(
            f"the judgements contradict each other: consistency ratio {ratio:.3f}, above "
            f"{_MAX_RATIO}; revise them, or pass allow_inconsistent=True"
        )
    table = pd.DataFrame({"weight": weight}, index=rows.index).reindex(names)
    return AHPWeights(
        settings=settings,
        table=table,
        lambda_max=lambda_max,
        consistency_index=index,
        consistency_ratio=ratio,
    )


def combine_weights(*weights: Weights, **named: Weights) -> CombinedWeights:
    """Make several sets of weights one, the one closest to all (game theory).

    With W the sets as rows: the a >= 0 for which (W W') a is closest to
    diag(W W'), and w = sum a_i w_i / sum a.

    Parameters
    ----------
    *weights : Weights
        Two or more sets on the same indicators, such as entropy and AHP.
    **named : Weights
        Sets given by name.

    Returns
    -------
    CombinedWeights
        ``.weights``; ``.coefficients``, the share of each set, and
        ``.unconstrained``, what they would be without the bound at 0.

    Raises
    ------
    ParameterError
        Fewer than two sets, or weights that differ from year to year.
    AlignmentError
        The sets do not hold the same indicators.
    DataError
        Weights that are negative, or do not sum to 1; ``cases`` lists each.

    Notes
    -----
    The literature solves the equations without a >= 0. With three sets or more
    that are alike the solution can leave what is combined: three real sets gave
    the shares -6.6, 2.1 and 5.5, and a weight that is in none of them nor
    between any two. Shares are then no shares; so the equations are solved by
    least squares with a >= 0, which is the same solution wherever that has no
    negative share.

    References
    ----------
    Chen (2003), Fujian Computer 9, 15-16 (in Chinese).

    Examples
    --------
    >>> import pandas as pd
    >>> from spatialccd import critic_weights, entropy_weights
    >>> panel = pd.DataFrame(
    ...     {"x1": [3, 5, 2, 7], "x2": [10, 20, 15, 25], "x3": [1, 0, 4, 9]}, index=list("abcd")
    ... )
    >>> directions = {"x1": "benefit", "x2": "cost", "x3": "benefit"}
    >>> both = combine_weights(
    ...     entropy=entropy_weights(panel, directions), critic=critic_weights(panel, directions)
    ... )
    >>> both.weights.round(3).to_list(), both.coefficients.round(2).to_dict()
    ([0.309, 0.364, 0.327], {'entropy': 0.43, 'critic': 0.57})
    """
    settings = record("combine_weights", locals())
    sets = {f"w{i + 1}": one for i, one in enumerate(weights)} | named
    if len(sets) < 2:
        raise ParameterError(f"a combination needs two or more sets of weights, not {len(sets)}")
    series = {name: _one_set(name, one) for name, one in sets.items()}
    aligned = _align.align(**series)
    W = np.array([one.to_numpy(dtype=float) for one in aligned])
    share, free = _game(W)
    names = pd.Index(list(sets), name="set")
    order = pd.Index(next(iter(series.values())).index, name="indicator")
    columns = dict(zip(sets, W, strict=True)) | {"weight": share @ W}
    return CombinedWeights(
        settings=settings,
        table=pd.DataFrame(columns, index=aligned[0].index).reindex(order),
        coefficients=pd.Series(share, index=names, name="coefficient"),
        unconstrained=pd.Series(free, index=names, name="unconstrained"),
    )


def _one_set(name: str, given: Any) -> pd.Series:
    one = getattr(given, "weights", given)
    if not isinstance(one, pd.Series):
        raise ParameterError(
            f"{name} must be one set of weights by indicator, not {type(one).__name__}; weights "
            "that differ from year to year cannot be combined: pass pooled=True"
        )
    _align.check_complete(one, name)
    total = float(one.sum())
    negative = one[one < 0]
    if len(negative) or abs(total - 1) > _SUM_TOLERANCE:
        raise DataError(
            f"{name} is no set of weights: none may be negative, and they sum to 1; negative: "
            f"{listed(negative.index) or 'none'}, sum: {total:.6g}",
            one.rename("weight").rename_axis("indicator").reset_index(),
        )
    return one.astype(float) / total


def _game(W: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Shares (p,) of the sets `W` (p, k) closest to all, not below 0, and without that bound.

    Both sum to 1; the free ones are NaN where they cancel each other.
    """
    products = W @ W.T
    own = np.diag(products)
    # Two sets that are one leave the system singular: least squares splits them evenly.
    free = np.linalg.lstsq(products, own, rcond=None)[0]
    a = np.maximum(free, 0.0)
    if (free < -_ROUNDING * np.abs(free).max()).any():
        # Equal sets enter once, and share evenly here as well.
        _, first, which = np.unique(np.round(W, 12), axis=0, return_index=True, return_inverse=True)
        a = optimize.nnls(products[:, first], own)[0][which] / np.bincount(which)[which]
    total = free.sum()
    shown = free / total if abs(total) > _ROUNDING else np.full_like(free, np.nan)
    return np.asarray(a / a.sum()), np.asarray(shown)


def _principal(judgements: FloatArray) -> tuple[FloatArray, float]:
    """Principal eigenvector, summing to 1, and eigenvalue of a positive matrix (n, n)."""
    values, vectors = np.linalg.eig(judgements)
    largest = int(np.argmax(values.real))
    vector = np.abs(vectors[:, largest].real)
    return vector / vector.sum(), float(values[largest].real)


def _check_reciprocal(judgements: FloatArray, names: pd.Index) -> None:
    upper = np.triu(np.ones_like(judgements, dtype=bool))
    product = judgements * judgements.T
    with np.errstate(invalid="ignore"):
        wrong = ~((judgements > 0) & (np.abs(product - 1) <= _RECIPROCAL_TOLERANCE))
    rows, columns = np.nonzero((wrong | wrong.T) & upper)
    if len(rows) == 0:
        return
    cases = pd.DataFrame(
        {
            "row": names[rows],
            "column": names[columns],
            "judgement": judgements[rows, columns],
            "reverse": judgements[columns, rows],
        }
    )
    pairs = [
        f"{c.row} over {c.column}: {c.judgement:g} and {c.reverse:g}" for c in cases.itertuples()
    ]
    raise DataError(
        f"judgements must be positive and each the reciprocal of its reverse: {listed(pairs)}",
        cases,
    )
