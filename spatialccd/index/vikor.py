"""VIKOR: the compromise between the good of all indicators and the regret of the worst."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from spatialccd._result import record
from spatialccd.errors import check_range
from spatialccd.index.ranking import rank_rows
from spatialccd.index.scaling import prepare

if TYPE_CHECKING:
    from spatialccd._types import BoolArray, Columns, FloatArray
    from spatialccd.index._targets import Target
    from spatialccd.index.ranking import Ranking
    from spatialccd.index.scaling import Direction
    from spatialccd.index.weights import Scheme

#: Figures no further apart than this are equal.
_HAIR = 1e-12


def vikor(
    panel: Columns,
    directions: Mapping[str, Direction],
    *,
    targets: Mapping[str, Target] | None = None,
    weights: Scheme | Mapping[str, float] = "entropy",
    majority: float = 0.5,
    pooled: bool = True,
) -> Ranking:
    """Rank rows by a compromise between all indicators and the worst of each (VIKOR).

    With z the indicators scaled by their range: S = sum_j w_j (1 - z_j) is what a
    row lacks in all, R = max_j w_j (1 - z_j) what it lacks in its worst, and
    Q = v (S - S_min) / (S_max - S_min) + (1 - v) (R - R_min) / (R_max - R_min).
    Small is good; the score is 1 - Q.

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
    weights : {"entropy", "equal", "critic", "cv"} or mapping, default "entropy"
        How indicators are weighed, or your own weights by indicator, which
        must sum to 1.
    majority : float, default 0.5
        The v of Q: 1 for all indicators together, 0 for the worst of each row.
    pooled : bool, default True
        Best and worst over all units and years. False ranks each year by itself.

    Returns
    -------
    Ranking
        ``.score``, 1 - Q; ``.rank`` in each year; ``.parts`` with S, R, Q and
        compromise: whether the row is in the compromise set of its pool.

    Raises
    ------
    ParameterError, PanelError, AlignmentError
        As ``composite_index``; `majority` out of [0, 1].

    Warns
    -----
    ConstantWarning
        An indicator has one value only. Its weight is 0.

    Notes
    -----
    When not to use it: as a measure of level. Q is 0 for the best row and 1 for
    the worst whatever their distance, and changes with the company.

    The compromise set holds the first row alone when its lead over the second is
    1 / (m - 1) or more and it is also first by S or by R; the first two when only
    the latter fails; and all rows within 1 / (m - 1) of the first when the former
    does. m is the number of rows in the pool.

    References
    ----------
    Opricovic and Tzeng (2004), Eur. J. Oper. Res. 156(2), 445-455.

    Examples
    --------
    >>> import pandas as pd
    >>> panel = pd.DataFrame({"income": [3, 5, 7], "smoke": [10, 30, 10]}, index=list("abc"))
    >>> directions = {"income": "benefit", "smoke": "cost"}
    >>> vikor(panel, directions, weights="equal").to_frame().round(3)
       score  rank     S    R      Q  compromise
    a  0.167   2.0  0.50  0.5  0.833       False
    b  0.000   3.0  0.75  0.5  1.000       False
    c  1.000   1.0  0.00  0.0  0.000        True
    """
    settings = record("vikor", locals())
    check_range("majority", majority, 0, 1)
    ready = prepare(panel, directions, targets=targets, pooled=pooled, interval=None)

    def compromise(_: FloatArray, z: FloatArray, w: FloatArray) -> dict[str, FloatArray]:
        lacks = w * (1 - z)
        S, R = lacks.sum(axis=1), lacks.max(axis=1)
        Q = majority * _from_best(S) + (1 - majority) * _from_best(R)
        chosen = _chosen(S, R, Q).astype(float)
        return {"score": 1 - Q, "S": S, "R": R, "Q": Q, "compromise": chosen}

    remark = "Q is relative to the rows given: 0 for the best of them and 1 for the worst"
    found = rank_rows(settings, ready, weights, panel.index, compromise, [remark])
    return replace(found, parts=found.parts.astype({"compromise": bool}))


def _from_best(values: FloatArray) -> FloatArray:
    """Scale from 0 for the smallest to 1 for the largest; 0 where all are alike."""
    spread = np.ptp(values)
    return (values - values.min()) / spread if spread > _HAIR else np.zeros_like(values)


def _chosen(S: FloatArray, R: FloatArray, Q: FloatArray) -> BoolArray:
    """Say which rows are in the compromise set; rows with equal Q share their place."""
    best = Q.min() + _HAIR >= Q
    advantage = 1 / (len(Q) - 1)
    others = Q[~best]
    ahead = best.sum() == 1 and others.min() - Q.min() >= advantage - _HAIR
    if not ahead:
        return np.asarray(Q - Q.min() < advantage - _HAIR)
    stable = (S[best] <= S.min() + _HAIR) | (R[best] <= R.min() + _HAIR)
    return best if stable.all() else np.asarray(others.min() + _HAIR >= Q)
