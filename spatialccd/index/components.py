"""Weights from principal components."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from spatialccd._result import record
from spatialccd.errors import EstimationError, check_range, listed
from spatialccd.index.scaling import prepare
from spatialccd.index.weights import Weights

if TYPE_CHECKING:
    from spatialccd._types import BoolArray, Columns, FloatArray
    from spatialccd.index._targets import Target
    from spatialccd.index.scaling import Direction

#: Eigenvalues no further apart than this share of their sum have no vectors of their own.
_SAME = 1e-9


@dataclass(frozen=True, eq=False, kw_only=True)
class PCAWeights(Weights):
    """Weights from principal components, and what these are.

    Attributes
    ----------
    components : DataFrame
        ``eigenvalue``, ``share``, ``cumulative`` and ``kept`` by component (and year).
    adequacy : DataFrame
        ``kmo`` (Kaiser, Meyer and Olkin), and Bartlett's test of no correlation:
        ``chi2``, ``df``, ``p``; one row, or one a year.
    """

    components: pd.DataFrame
    adequacy: pd.DataFrame

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the components, and whether the data suit them."""
        return {"components": self.components.copy(), "adequacy": self.adequacy.copy()}

    def notes(self) -> list[str]:
        """Say where the data hardly suit components."""
        notes = []
        if (self.adequacy["kmo"] < 0.5).any():
            notes.append("KMO is below 0.5: the indicators share too little for components")
        if self.adequacy["kmo"].isna().any():
            notes.append(
                "KMO and Bartlett's test are missing: indicators are exact sums of others, or too "
                "few vary"
            )
        return notes


def pca_weights(
    panel: Columns,
    directions: Mapping[str, Direction],
    *,
    targets: Mapping[str, Target] | None = None,
    share: float | None = None,
    allow_negative: bool = False,
    pooled: bool = True,
) -> PCAWeights:
    """Weigh indicators by principal components, as is done with SPSS.

    Of the correlations of the directed indicators: with l_p the eigenvalues and
    e_p the vectors of the components kept, c_j = sum_p e_jp l_p / sum_p l_p and
    w = c / sum c. The sign of a component, which is arbitrary, is the one that
    makes its largest loading positive.

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
    share : float, optional
        Keep the components that together explain this share of the variance;
        those with an eigenvalue above 1 when omitted.
    allow_negative : bool, default False
        Give weights below 0 instead of raising. ``composite_index`` takes none.
    pooled : bool, default True
        One set of weights from all units and years. False gives each year its own.

    Returns
    -------
    PCAWeights
        ``.weights`` sum to 1; ``.components``, ``.adequacy``.

    Raises
    ------
    ParameterError, PanelError, AlignmentError
        As ``scale``; `share` out of range.
    EstimationError
        A weight is negative; components that are not distinct, whose vectors
        are arbitrary.

    Warns
    -----
    ConstantWarning
        An indicator has one value only; its weight is 0.

    Notes
    -----
    When not to use it: to say what matters. Components weigh what moves together,
    so three copies of one indicator get the weight of three, and an indicator
    unrelated to the others gets little however important. And where KMO is below
    0.5. A negative weight says that an indicator runs against the others although
    its direction says it should not: look at the direction; taking the absolute
    value is another method and no repair.

    References
    ----------
    OECD and JRC (2008), Handbook on Constructing Composite Indicators, step 6.
    Kaiser (1974), Psychometrika 39(1), 31-36: KMO. Bartlett (1951), Biometrika
    38(3/4), 337-344.

    Examples
    --------
    >>> import pandas as pd
    >>> panel = pd.DataFrame(
    ...     {"income": [3, 5, 4, 7, 6], "schools": [2, 4, 3, 5, 6], "smoke": [9, 5, 8, 3, 2]}
    ... )
    >>> directions = {"income": "benefit", "schools": "benefit", "smoke": "cost"}
    >>> pca_weights(panel, directions).weights.round(3).to_dict()
    {'income': 0.328, 'schools': 0.334, 'smoke': 0.338}
    """
    settings = record("pca_weights", locals())
    if share is not None:
        check_range("share", share, 0, 1, open_low=True)
    ready = prepare(panel, directions, targets=targets, pooled=pooled, interval=None)
    weights, components, adequacy = [], [], []
    for (time, rows), constant in zip(ready.pools, ready.constant, strict=True):
        z = ready.z[rows][:, ~constant]
        where = "" if time is None else f" in {time}"
        R = np.atleast_2d(np.corrcoef(z, rowvar=False))
        values, vectors = _components(R)
        kept = _kept(values, share, where)
        c = vectors[:, kept] @ values[kept] / values[kept].sum()
        _check_weights(c, ready.indicators[~constant], where, allow_negative)
        weight = np.zeros(len(constant))
        weight[~constant] = c / c.sum()
        weights.append(pd.DataFrame({"weight": weight}, index=ready.indicators))
        parts = {"eigenvalue": values, "share": values / values.sum()}
        table = pd.DataFrame(parts, index=pd.RangeIndex(1, len(values) + 1, name="component"))
        components.append(table.assign(cumulative=table["share"].cumsum(), kept=kept))
        adequacy.append(_adequacy(R, len(z)))
    times: list[Any] = [time for time, _ in ready.pools]
    by_year = times != [None]
    labels = pd.Index(times, name="time") if by_year else pd.Index(["all"], name="time")
    return PCAWeights(
        settings=settings,
        table=ready.by_pool(weights),
        components=pd.concat(components, keys=times, names=["time"]) if by_year else components[0],
        adequacy=pd.DataFrame(adequacy, index=labels),
    )


def _components(R: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give eigenvalues (k,), falling, and vectors (k, k) whose largest part is positive."""
    values, vectors = np.linalg.eigh(R)
    values, vectors = np.maximum(values[::-1], 0.0), vectors[:, ::-1]
    largest = np.abs(vectors).argmax(axis=0)
    signs = np.sign(vectors[largest, np.arange(len(values))])
    return values, vectors * signs


def _kept(values: FloatArray, share: float | None, where: str) -> BoolArray:
    """Say which components are kept, one at least; refuse arbitrary ones."""
    total = values.sum()
    if share is None:
        n = max(int((values > 1 + _SAME * total).sum()), 1)
    else:
        n = int(np.searchsorted(np.cumsum(values) / total, share - _SAME)) + 1
    n = min(n, len(values))
    gaps = -np.diff(values[: n + 1])
    if (gaps <= _SAME * total).any():
        raise EstimationError(
            f"components are not distinct{where}: two eigenvalues are equal, so that their "
            "vectors, and the weights, are arbitrary; use another scheme"
        )
    return np.arange(len(values)) < n


def _check_weights(c: FloatArray, names: pd.Index, where: str, allow_negative: bool) -> None:
    below = c < -_SAME
    if c.sum() <= _SAME:
        raise EstimationError(f"the weights{where} sum to 0 or less; check the directions")
    if below.any() and not allow_negative:
        cells = listed(
            f"{name} ({value:.3f})"
            for name, value in zip(names[below], c[below] / c.sum(), strict=True)
        )
        raise EstimationError(
            f"negative weights{where}: {cells}; these run against the other indicators: check "
            "their directions, leave them out, or pass allow_negative=True"
        )


def _adequacy(R: FloatArray, n: int) -> dict[str, float]:
    """Give KMO and Bartlett's test of correlations `R` (k, k) of `n` rows; NaN if singular."""
    from scipy import stats

    k = len(R)
    df = k * (k - 1) / 2
    if k < 2 or np.linalg.cond(R) > 1e12:
        return {"kmo": np.nan, "chi2": np.nan, "df": df, "p": np.nan}
    inverse = np.linalg.inv(R)
    scale = np.sqrt(np.diag(inverse))
    off = ~np.eye(k, dtype=bool)
    simple = float((R[off] ** 2).sum())
    partial = float(((inverse / np.outer(scale, scale))[off] ** 2).sum())
    chi2 = -(n - 1 - (2 * k + 5) / 6) * np.linalg.slogdet(R)[1]
    return {
        "kmo": simple / (simple + partial),
        "chi2": chi2,
        "df": df,
        "p": float(stats.chi2.sf(chi2, df)),
    }
