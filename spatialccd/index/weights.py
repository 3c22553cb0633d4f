"""Weights of indicators, from the data: entropy, CRITIC, variation, equal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from spatialccd._result import Result, record
from spatialccd.errors import PanelError, check_choice, check_range, listed
from spatialccd.index._targets import Target
from spatialccd.index.scaling import Direction, Prepared, prepare

if TYPE_CHECKING:
    from spatialccd._types import BoolArray, Columns, FloatArray

Scheme = Literal["entropy", "equal", "critic", "cv"]
Basis = Literal["raw", "scaled"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Weights(Result):
    """Weights of indicators and what they were made from.

    Attributes
    ----------
    table : DataFrame
        ``weight``, and the figures it comes from, on indicator, or on (time,
        indicator) when each year was weighted by itself.
    """

    table: pd.DataFrame

    @property
    def weights(self) -> pd.Series | pd.DataFrame:
        """Weight by indicator; a frame of time by indicator when years have their own."""
        weight = self.table["weight"]
        if weight.index.nlevels == 1:
            return weight
        names = weight.index.get_level_values("indicator").unique()
        return weight.unstack("indicator")[names]

    def to_frame(self) -> pd.DataFrame:
        """Give one row an indicator (and year)."""
        return self.table.copy()


def entropy_weights(
    panel: Columns,
    directions: Mapping[str, Direction],
    *,
    targets: Mapping[str, Target] | None = None,
    pooled: bool = True,
    shift: float = 0.0,
    interval: Sequence[float] | None = None,
) -> Weights:
    """Weigh indicators by how unevenly they are spread over the rows.

    With z the scaled indicator of m rows: p = z / sum z,
    e = -(1 / ln m) sum p ln p with 0 ln 0 = 0, w = (1 - e) / sum (1 - e).

    Parameters
    ----------
    panel : DataFrame
        Indicators on unit or on (unit, time).
    directions : mapping
        Indicator to "benefit", "cost" or "moderate".
    targets : mapping, optional
        What is best for each moderate indicator: a value, or two rising values
        between which all are best, such as ``{"density": 20, "warmth": [18, 24]}``;
        those of columns that `directions` does not name serve other subsystems.
    pooled : bool, default True
        One set of weights from all units and years. False gives each year its own.
    shift : float, default 0.0
        Added to z inside p only. The limit 0 ln 0 = 0 needs none, and it is
        not innocent: it moves the weights, 0.1 by a lot.
    interval : sequence of two floats, optional
        Scale to this interval instead of [0, 1], as some papers do to avoid zeros.

    Returns
    -------
    Weights
        ``.weights`` sum to 1; ``.table`` holds entropy and divergence too.

    Raises
    ------
    ParameterError, PanelError, AlignmentError
        As ``scale``.

    Warns
    -----
    ConstantWarning
        An indicator has one value only; its weight is 0.

    References
    ----------
    Shannon (1948). Zou, Yun and Sun (2006), J. Environ. Sci. 18(5), 1020-1023.

    Examples
    --------
    >>> import pandas as pd
    >>> panel = pd.DataFrame({"x1": [3, 5, 2, 7], "x2": [10, 20, 15, 25]}, index=list("abcd"))
    >>> directions = {"x1": "benefit", "x2": "cost"}
    >>> entropy_weights(panel, directions, interval=(0.002, 0.998)).weights.round(4)
    indicator
    x1    0.5453
    x2    0.4547
    Name: weight, dtype: float64
    """
    settings = record("entropy_weights", locals())
    ready = prepare(panel, directions, targets=targets, pooled=pooled, interval=interval)
    return Weights(settings=settings, table=weigh(ready, "entropy", shift=shift))


def equal_weights(
    panel: Columns,
    directions: Mapping[str, Direction],
    *,
    targets: Mapping[str, Target] | None = None,
    pooled: bool = True,
) -> Weights:
    """Give every indicator that varies the same weight.

    Parameters
    ----------
    panel : DataFrame
        Indicators on unit or on (unit, time).
    directions : mapping
        Indicator to "benefit", "cost" or "moderate".
    targets : mapping, optional
        What is best for each moderate indicator: a value, or two rising values
        between which all are best, such as ``{"density": 20, "warmth": [18, 24]}``;
        those of columns that `directions` does not name serve other subsystems.
    pooled : bool, default True
        One set of weights. False gives each year its own, which differ only
        where an indicator is constant in a year.

    Returns
    -------
    Weights
        ``.weights`` sum to 1.

    Raises
    ------
    ParameterError, PanelError, AlignmentError
        As ``scale``.

    Warns
    -----
    ConstantWarning
        An indicator has one value only; its weight is 0.

    Examples
    --------
    >>> import pandas as pd
    >>> panel = pd.DataFrame({"x1": [3, 5], "x2": [10, 20]}, index=["a", "b"])
    >>> equal_weights(panel, {"x1": "benefit", "x2": "cost"}).weights.to_list()
    [0.5, 0.5]
    """
    settings = record("equal_weights", locals())
    ready = prepare(panel, directions, targets=targets, pooled=pooled, interval=None)
    return Weights(settings=settings, table=weigh(ready, "equal"))


def critic_weights(
    panel: Columns,
    directions: Mapping[str, Direction],
    *,
    targets: Mapping[str, Target] | None = None,
    pooled: bool = True,
) -> Weights:
    """Weigh indicators by contrast and conflict: sd_j * sum_k (1 - r_jk).

    Parameters
    ----------
    panel : DataFrame
        Indicators on unit or on (unit, time).
    directions : mapping
        Indicator to "benefit", "cost" or "moderate". A cost is turned before it is correlated.
    targets : mapping, optional
        What is best for each moderate indicator: a value, or two rising values
        between which all are best, such as ``{"density": 20, "warmth": [18, 24]}``;
        those of columns that `directions` does not name serve other subsystems.
    pooled : bool, default True
        One set of weights from all units and years. False gives each year its own.

    Returns
    -------
    Weights
        ``.weights`` sum to 1; ``.table`` holds standard deviation and conflict too.

    Raises
    ------
    ParameterError, PanelError, AlignmentError
        As ``scale``; also when the indicators that vary are all perfectly correlated.

    Warns
    -----
    ConstantWarning
        An indicator has one value only; its weight is 0.

    References
    ----------
    Diakoulaki, Mavrotas and Papayannakis (1995), Comput. Oper. Res. 22(7),
    763-770.

    Examples
    --------
    >>> import pandas as pd
    >>> panel = pd.DataFrame({"x1": [3, 5, 2, 7], "x2": [10, 20, 15, 25]}, index=list("abcd"))
    >>> critic_weights(panel, {"x1": "benefit", "x2": "cost"}).weights.round(3).to_list()
    [0.508, 0.492]
    """
    settings = record("critic_weights", locals())
    ready = prepare(panel, directions, targets=targets, pooled=pooled, interval=None)
    return Weights(settings=settings, table=weigh(ready, "critic"))


def cv_weights(
    panel: Columns,
    directions: Mapping[str, Direction],
    *,
    targets: Mapping[str, Target] | None = None,
    pooled: bool = True,
    on: Basis = "raw",
) -> Weights:
    """Weigh indicators by their coefficient of variation, sd / mean.

    Parameters
    ----------
    panel : DataFrame
        Indicators on unit or on (unit, time).
    directions : mapping
        Indicator to "benefit", "cost" or "moderate"; it matters for ``on="scaled"`` only.
    targets : mapping, optional
        What is best for each moderate indicator: a value, or two rising values
        between which all are best, such as ``{"density": 20, "warmth": [18, 24]}``;
        those of columns that `directions` does not name serve other subsystems.
    pooled : bool, default True
        One set of weights from all units and years. False gives each year its own.
    on : {"raw", "scaled"}, default "raw"
        Take the coefficient of the figures as given, or after scaling to [0, 1].
        Raw figures need a positive mean.

    Returns
    -------
    Weights
        ``.weights`` sum to 1; ``.table`` holds mean and standard deviation too.

    Raises
    ------
    ParameterError, PanelError, AlignmentError
        As ``scale``; also a mean that is not positive.

    Warns
    -----
    ConstantWarning
        An indicator has one value only; its weight is 0.

    Examples
    --------
    >>> import pandas as pd
    >>> panel = pd.DataFrame({"x1": [3, 5, 2, 7], "x2": [10, 20, 15, 25]}, index=list("abcd"))
    >>> cv_weights(panel, {"x1": "benefit", "x2": "cost"}).weights.round(3).to_list()
    [0.586, 0.414]
    """
    settings = record("cv_weights", locals())
    check_choice("on", on, ("raw", "scaled"))
    ready = prepare(panel, directions, targets=targets, pooled=pooled, interval=None)
    return Weights(settings=settings, table=weigh(ready, "cv", on=on))


def weigh(
    ready: Prepared, scheme: Scheme, *, shift: float = 0.0, on: Basis = "raw"
) -> pd.DataFrame:
    """Give the table of weights of each pool by one scheme."""
    tables = []
    for (time, rows), constant in zip(ready.pools, ready.constant, strict=True):
        z = ready.z[rows]
        if scheme == "entropy":
            columns = _entropy(z, constant, shift)
        elif scheme == "critic":
            columns = _critic(z, constant)
        elif scheme == "cv":
            columns = _variation(ready.x[rows] if on == "raw" else z, constant)
        else:
            columns = {"weight": _share((~constant).astype(float))}
        _check_weight(columns, scheme, ready.indicators[~constant], time)
        tables.append(pd.DataFrame(columns, index=ready.indicators))
    return ready.by_pool(tables)


def _entropy(z: FloatArray, constant: BoolArray, shift: float) -> dict[str, FloatArray]:
    """Entropy, divergence and weight, each (k,), of scaled indicators `z` (m, k)."""
    check_range("shift", shift, 0)
    shares = z + shift
    # A constant at the lower end sums to zero: every share of it is the same.
    shares[:, constant] = 1.0
    shares = shares / shares.sum(axis=0)
    logs = np.log(shares, out=np.zeros_like(shares), where=shares > 0)
    entropy = -(shares * logs).sum(axis=0) / np.log(len(z))
    divergence = np.where(constant, 0.0, np.maximum(1.0 - entropy, 0.0))
    return {"entropy": entropy, "divergence": divergence, "weight": _share(divergence)}


def _critic(z: FloatArray, constant: BoolArray) -> dict[str, FloatArray]:
    """Give standard deviation, conflict, information and weight, each (k,)."""
    live = ~constant
    sd = z.std(axis=0, ddof=1)
    conflict = np.zeros(len(constant))
    correlation = np.atleast_2d(np.corrcoef(z[:, live], rowvar=False))
    # 1 - r of two columns that are one comes out near 1e-16: call it no conflict.
    apart = 1.0 - correlation
    conflict[live] = np.where(apart > 1e-12, apart, 0.0).sum(axis=1)
    information = np.where(live, sd, 0.0) * conflict
    return {
        "sd": sd,
        "conflict": conflict,
        "information": information,
        "weight": _share(information),
    }


def _variation(x: FloatArray, constant: BoolArray) -> dict[str, FloatArray]:
    """Mean, standard deviation, coefficient of variation and weight, each (k,)."""
    mean, sd = x.mean(axis=0), x.std(axis=0, ddof=1)
    # A mean that is not positive leaves NaN, which `_check_weight` reports by name.
    cv = np.divide(sd, mean, out=np.full_like(mean, np.nan), where=mean > 0)
    cv = np.where(constant, 0.0, cv)
    return {"mean": mean, "sd": sd, "cv": cv, "weight": _share(cv)}


def _share(amounts: FloatArray) -> FloatArray:
    total = amounts.sum()
    return amounts / total if total > 0 else np.full_like(amounts, np.nan)


def _check_weight(
    columns: Mapping[str, FloatArray], scheme: Scheme, varying: pd.Index, time: object
) -> None:
    if np.isfinite(columns["weight"]).all():
        return
    where = "" if time is None else f" in {time}"
    if scheme == "cv":
        raise PanelError(
            f"of the indicators {listed(varying)} one has a mean that is not positive{where}: "
            "sd / mean says nothing there; weigh scaled figures: on='scaled'"
        )
    if scheme == "critic":
        raise PanelError(
            f"the indicators {listed(varying)} are perfectly correlated{where}: CRITIC has "
            "nothing to tell them apart by; use entropy or equal weights"
        )
    raise PanelError(f"the indicators {listed(varying)} are spread evenly{where}: no weight exists")
