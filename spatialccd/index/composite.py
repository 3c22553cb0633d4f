"""The score of a subsystem: a weighted sum of its scaled indicators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._periods import means_by_time, times_of
from spatialccd._result import Result, record
from spatialccd.errors import ParameterError, check_choice, did_you_mean
from spatialccd.index import _targets
from spatialccd.index._targets import Target
from spatialccd.index.scaling import Direction, Prepared, prepare
from spatialccd.index.weights import Scheme, weigh

if TYPE_CHECKING:
    from spatialccd._types import Columns, FloatArray


@dataclass(frozen=True, eq=False, kw_only=True)
class CompositeIndex(Result):
    """The score of a subsystem and what it is made of.

    Attributes
    ----------
    score : Series
        In [0, 1], named "score", on the caller's index.
    weights : Series or DataFrame
        Weight by indicator; time by indicator when each year has its own.
    scaled : DataFrame
        The scaled indicators, more is better, on the caller's index.
    """

    score: pd.Series
    weights: pd.Series | pd.DataFrame
    scaled: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give the score beside the scaled indicators."""
        return pd.concat([self.score, self.scaled], axis=1)

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the indicator system: direction, target where there is one, and weight."""
        return {"indicators": self._indicators(), "scores": means_by_time(self.score.to_frame())}

    def _indicators(self) -> pd.DataFrame:
        """Give one row an indicator; a weight a time where each has its own."""
        table = pd.DataFrame({"direction": self.settings["directions"]}).rename_axis("indicator")
        targets = self.settings.get("targets") or {}
        if targets:
            table["target"] = [_targets.written(targets.get(name)) for name in table.index]
        if isinstance(self.weights, pd.DataFrame):
            own = self.weights.T.rename_axis(None, axis=1)
            return table.join(own.set_axis([f"weight {time}" for time in own], axis=1))
        return table.assign(weight=self.weights.reindex(table.index))

    def summary(self) -> str:
        """Write the indicators with their weights, and the score by time."""
        table = self.score.to_frame()
        spread = table.groupby(times_of(table))["score"].describe()[["count", "mean", "min", "max"]]
        figures = [self._indicators().to_string(), spread.to_string()]
        return "\n\n".join([repr(self.settings), *figures, *self.notes()])

    def row_weights(self) -> pd.DataFrame:
        """Give the weights that each row was scored with, shaped as ``scaled``."""
        index, names = self.scaled.index, self.scaled.columns
        if isinstance(self.weights, pd.DataFrame):
            times = index.get_level_values(1)
            values = self.weights[list(names)].reindex(times).to_numpy()
        else:
            values = np.tile(self.weights.reindex(names).to_numpy(), (len(index), 1))
        return pd.DataFrame(values, index=index, columns=names)


def composite_index(
    panel: Columns,
    directions: Mapping[str, Direction],
    *,
    targets: Mapping[str, Target] | None = None,
    weights: Scheme | Mapping[str, float] = "entropy",
    pooled: bool = True,
    shift: float = 0.0,
    interval: Sequence[float] | None = None,
) -> CompositeIndex:
    """Score a subsystem: scale its indicators, weigh them, add them up.

    U = sum_j w_j z_j with z the scaled indicators and w the weights.

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
        must sum to 1 (the ``.weights`` of ``ahp_weights`` or
        ``combine_weights`` will do).
    pooled : bool, default True
        Scale and weigh over all units and years, so that years can be
        compared. False treats each year by itself.
    shift : float, default 0.0
        Added to the scaled values inside the entropy's shares only; scores do
        not hold it and stay in [0, 1].
    interval : sequence of two floats, optional
        Scale to this interval instead of [0, 1].

    Returns
    -------
    CompositeIndex
        ``.score``, ``.weights`` and ``.scaled``.

    Raises
    ------
    ParameterError, PanelError, AlignmentError
        As ``scale`` and the scheme; also weights of your own that do not name
        every indicator, are negative, or do not sum to 1.

    Warns
    -----
    ConstantWarning
        An indicator has one value only. Its weight is 0 whatever the scheme;
        weights of your own are shared out among the others in proportion.

    Examples
    --------
    >>> import pandas as pd
    >>> panel = pd.DataFrame({"x1": [3, 5, 2, 7], "x2": [10, 20, 15, 25]}, index=list("abcd"))
    >>> composite_index(panel, {"x1": "benefit", "x2": "cost"}, weights="equal").score.round(3)
    a    0.600
    b    0.467
    c    0.333
    d    0.500
    Name: score, dtype: float64
    """
    settings = record("composite_index", locals())
    ready = prepare(panel, directions, targets=targets, pooled=pooled, interval=interval)
    by_pool = pool_weights(ready, weights, shift=shift)
    score = np.empty(len(ready.index))
    for (_, rows), w in zip(ready.pools, by_pool, strict=True):
        score[rows] = np.clip(ready.z[rows] @ w, 0.0, 1.0)  # rounding may end a hair above 1
    labeled = pd.Series(score, index=ready.index, name="score")
    return CompositeIndex(
        settings=settings,
        score=_align.restore(labeled, panel.index),
        weights=labeled_weights(ready, by_pool),
        scaled=_align.restore(ready.frame(ready.z), panel.index),
    )


def pool_weights(
    ready: Prepared, weights: Scheme | Mapping[str, float], *, shift: float
) -> FloatArray:
    """Give the weights of each pool, (p, k), by a scheme or as the user set them."""
    if isinstance(weights, str):
        check_choice("weights", weights, get_args(Scheme))
        table = weigh(ready, weights, shift=shift)
        values: FloatArray = table["weight"].to_numpy().reshape(len(ready.pools), -1)
        return values
    own = own_weights(dict(weights), ready.indicators)
    spread = np.where(ready.constant, 0.0, own)
    totals = spread.sum(axis=1, keepdims=True)
    if (totals == 0).any():
        raise ParameterError(
            "weights lie on indicators that have one value only; weigh one that varies"
        )
    return np.asarray(spread / totals, dtype=float)


def own_weights(weights: Mapping[Any, float], names: pd.Index) -> FloatArray:
    """Check weights by name: all there, none negative, sum 1."""
    problems = []
    for name in weights:
        if name not in names:
            problems.append(f"{name!r} is no indicator{did_you_mean(name, names)}")
    problems += [f"{name!r} has no weight" for name in names if name not in weights]
    problems += [f"{name!r} has weight {w!r}" for name, w in weights.items() if not w >= 0]
    total = sum(weights.values())
    if not problems and abs(total - 1) > 1e-6:
        problems.append(f"they sum to {total:.6g}, not to 1")
    if problems:
        raise ParameterError(f"weights: {'; '.join(problems)}")
    return np.array([weights[name] for name in names], dtype=float)


def labeled_weights(ready: Prepared, by_pool: FloatArray) -> pd.Series | pd.DataFrame:
    """Give weights by indicator, or time by indicator when pools are years."""
    times = [time for time, _ in ready.pools]
    if times == [None]:
        return pd.Series(by_pool[0], index=ready.indicators, name="weight")
    index = pd.Index(times, name="time")
    return pd.DataFrame(by_pool, index=index, columns=ready.indicators)
