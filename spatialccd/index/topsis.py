"""TOPSIS: how near each row is to the best of all, and how far from the worst."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from spatialccd._grey import coefficients, extremes
from spatialccd._result import record
from spatialccd.errors import check_choice, check_range
from spatialccd.index.ranking import rank_rows
from spatialccd.index.scaling import prepare

if TYPE_CHECKING:
    from collections.abc import Callable

    from spatialccd._types import BoolArray, Columns, FloatArray
    from spatialccd.index._targets import Target
    from spatialccd.index.ranking import Ranking
    from spatialccd.index.scaling import Direction, Prepared
    from spatialccd.index.weights import Scheme

Norm = Literal["range", "vector"]

_RELATIVE = (
    "closeness is relative to the rows given: leaving one out can change the order of the others"
)


def topsis(
    panel: Columns,
    directions: Mapping[str, Direction],
    *,
    targets: Mapping[str, Target] | None = None,
    weights: Scheme | Mapping[str, float] = "entropy",
    norm: Norm = "range",
    pooled: bool = True,
) -> Ranking:
    """Rank rows by their distances from the best and the worst of all (TOPSIS).

    v_ij = w_j r_ij, with r the indicators on one scale; d+ and d- are the
    Euclidean distances of a row from the best and the worst value of each
    column, and the score is the closeness d- / (d+ + d-). With the weights of
    entropy, the default, this is entropy-TOPSIS.

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
        must sum to 1. A scheme weighs the indicators scaled by their range,
        whatever `norm` says.
    norm : {"range", "vector"}, default "range"
        What brings indicators to one scale: their range, as the papers of this
        field do; or x / sqrt(sum x^2), as textbooks do. They rank differently.
        A moderate indicator enters "vector" as its nearness to the target.
    pooled : bool, default True
        Best and worst over all units and years, so that years can be compared.
        False ranks each year by itself.

    Returns
    -------
    Ranking
        ``.score``, the closeness in [0, 1]; ``.rank`` in each year; ``.parts``
        with d_plus and d_minus; ``.weights``.

    Raises
    ------
    ParameterError, PanelError, AlignmentError
        As ``composite_index``.

    Warns
    -----
    ConstantWarning
        An indicator has one value only. Its weight is 0.

    Notes
    -----
    When not to use it: to say how good a row is by itself. Best and worst are
    those of the rows given, so closeness changes with the company: leaving out
    one of ten random rows changed the order of the others in 55% of trials.

    Some papers weigh inside the distance, sqrt(sum w (r - r+)^2). That is
    another ranking, with sqrt(w) for w, and is not offered under this name.

    References
    ----------
    Hwang and Yoon (1981), Multiple Attribute Decision Making, ch. 3.

    Examples
    --------
    >>> import pandas as pd
    >>> panel = pd.DataFrame({"income": [3, 5, 7], "smoke": [10, 30, 10]}, index=list("abc"))
    >>> directions = {"income": "benefit", "smoke": "cost"}
    >>> topsis(panel, directions, weights="equal").to_frame().round(3)
       score  rank  d_plus  d_minus
    a  0.500   2.0   0.500    0.500
    b  0.309   3.0   0.559    0.250
    c  1.000   1.0   0.000    0.707
    """
    settings = record("topsis", locals())
    check_choice("norm", norm, get_args(Norm))
    ready = prepare(panel, directions, targets=targets, pooled=pooled, interval=None)
    weighted = _weighted(ready, directions, norm)

    def closeness(x: FloatArray, z: FloatArray, w: FloatArray) -> dict[str, FloatArray]:
        d_plus, d_minus = _distances(weighted(x, z, w))
        # Some column varies (``prepare`` sees to it): the two are never both 0.
        return {"score": d_minus / (d_plus + d_minus), "d_plus": d_plus, "d_minus": d_minus}

    return rank_rows(settings, ready, weights, panel.index, closeness, [_RELATIVE])


def gra_topsis(
    panel: Columns,
    directions: Mapping[str, Direction],
    *,
    targets: Mapping[str, Target] | None = None,
    weights: Scheme | Mapping[str, float] = "entropy",
    norm: Norm = "range",
    rho: float = 0.5,
    share: float = 0.5,
    pooled: bool = True,
) -> Ranking:
    """Rank rows by distance and by grey relation to the best and the worst (GRA-TOPSIS).

    With v as in ``topsis``: R+ and R- are the grey relational degrees of a row to
    best and worst, (min + rho max) / (|v - v*| + rho max) averaged over the
    indicators, min and max over the whole table. Each of d+, d-, R+ and R- is
    divided by its largest value; S+ = a d- + (1 - a) R+, S- = a d+ + (1 - a) R-,
    and the score is S+ / (S+ + S-).

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
        As in ``topsis``. Indicators of weight 0 are in no figure.
    norm : {"range", "vector"}, default "range"
        As in ``topsis``.
    rho : float, default 0.5
        Distinguishing coefficient, above 0 and up to 1.
    share : float, default 0.5
        The share a of distance beside relation, 0 to 1.
    pooled : bool, default True
        Best and worst over all units and years. False ranks each year by itself.

    Returns
    -------
    Ranking
        ``.score``; ``.rank`` in each year; ``.parts`` with d_plus, d_minus,
        grade_plus (R+) and grade_minus (R-) before they are divided.

    Raises
    ------
    ParameterError, PanelError, AlignmentError
        As ``topsis``; `rho` or `share` out of range.

    Warns
    -----
    ConstantWarning
        An indicator has one value only. Its weight is 0.

    Notes
    -----
    When not to use it: beside figures of another paper, unless that divides the
    four parts in the same way; authors differ, by sums, by largest values or not
    at all. And where TOPSIS is meant: R averages the same distances in another
    form and adds no information.

    References
    ----------
    Hwang and Yoon (1981), ch. 3. Deng (1989), J. Grey Syst. 1(1), 1-24.

    Examples
    --------
    >>> import pandas as pd
    >>> panel = pd.DataFrame({"income": [3, 5, 7], "smoke": [10, 30, 10]}, index=list("abc"))
    >>> directions = {"income": "benefit", "smoke": "cost"}
    >>> gra_topsis(panel, directions, weights="equal").score.round(3).to_dict()
    {'a': 0.435, 'b': 0.278, 'c': 0.818}
    """
    settings = record("gra_topsis", locals())
    check_choice("norm", norm, get_args(Norm))
    check_range("rho", rho, 0, 1, open_low=True)
    check_range("share", share, 0, 1)
    ready = prepare(panel, directions, targets=targets, pooled=pooled, interval=None)
    weighted = _weighted(ready, directions, norm)

    def closeness(x: FloatArray, z: FloatArray, w: FloatArray) -> dict[str, FloatArray]:
        v = weighted(x, z, w)[:, w > 0]
        parts = dict(zip(("d_plus", "d_minus"), _distances(v), strict=True))
        for name, ideal in (("grade_plus", v.max(axis=0)), ("grade_minus", v.min(axis=0))):
            distance = np.abs(v - ideal)
            parts[name] = coefficients(distance, extremes(distance, rho, (0, 1))).mean(axis=1)
        d_plus, d_minus, R_plus, R_minus = (part / part.max() for part in parts.values())
        near = share * d_minus + (1 - share) * R_plus
        far = share * d_plus + (1 - share) * R_minus
        return {"score": near / (near + far), **parts}

    return rank_rows(settings, ready, weights, panel.index, closeness, [_RELATIVE])


def _weighted(
    ready: Prepared, directions: Mapping[str, str], norm: Norm
) -> Callable[[FloatArray, FloatArray, FloatArray], FloatArray]:
    """Give the function that brings figures to one scale, more is better, and weighs them."""
    cost = np.array([directions[name] == "cost" for name in ready.indicators])
    moderate = ~np.isnan(ready.targets[0])

    def weighted(x: FloatArray, z: FloatArray, w: FloatArray) -> FloatArray:
        if norm == "range":
            return np.asarray(w * z)
        # Nearness to a target is a benefit already; a cost is turned, so that more is better.
        turned = np.where(cost, -1.0, 1.0) * x
        return np.asarray(w * _unit_length(np.where(moderate, z, turned), w > 0))

    return weighted


def _distances(v: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give the distances (m,) from best and worst of `v` (m, k), more is better."""
    d_plus = np.linalg.norm(v.max(axis=0) - v, axis=1)
    return d_plus, np.linalg.norm(v - v.min(axis=0), axis=1)


def _unit_length(x: FloatArray, used: BoolArray) -> FloatArray:
    """Divide each column by its length; columns of no weight may be all zeros."""
    largest = np.abs(x).max(axis=0)
    scaled = np.divide(x, largest, out=np.zeros_like(x), where=used & (largest > 0))
    length = np.linalg.norm(scaled, axis=0)
    return np.asarray(np.divide(scaled, length, out=np.zeros_like(x), where=length > 0))
