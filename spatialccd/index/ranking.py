"""What every method that ranks rows against the best and the worst of them gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._result import Result, Settings
from spatialccd.index.composite import labeled_weights, pool_weights

if TYPE_CHECKING:
    from collections.abc import Callable

    from spatialccd._types import FloatArray
    from spatialccd.index.scaling import Prepared
    from spatialccd.index.weights import Scheme

#: Decimals of a score: what differs beyond them differs by rounding.
_DECIMALS = 12


@dataclass(frozen=True, eq=False, kw_only=True)
class Ranking(Result):
    """Rows ranked by several indicators at once.

    Attributes
    ----------
    score : Series
        In [0, 1], more is better, on the caller's index.
    rank : Series
        1 for the best of its year; ties share their mean rank.
    parts : DataFrame
        What the score is made of, such as the distances from best and worst.
    weights : Series or DataFrame
        Weight by indicator; time by indicator when each year has its own.
    remarks : tuple of str
        How the ranking is to be read.
    """

    score: pd.Series
    rank: pd.Series
    parts: pd.DataFrame
    weights: pd.Series | pd.DataFrame
    remarks: tuple[str, ...] = field(default=())

    def to_frame(self) -> pd.DataFrame:
        """Give score, rank and parts, one row as the caller's row."""
        return pd.concat([self.score, self.rank, self.parts], axis=1)

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the weights of the indicators."""
        frame = self.weights.to_frame() if isinstance(self.weights, pd.Series) else self.weights
        return {"weights": frame.copy()}

    def notes(self) -> list[str]:
        """Say how the ranking is to be read."""
        return list(self.remarks)


def rank_rows(
    settings: Settings,
    ready: Prepared,
    weights: Scheme | Mapping[str, float],
    caller: pd.Index,
    kernel: Callable[[FloatArray, FloatArray, FloatArray], dict[str, FloatArray]],
    remarks: list[str],
) -> Ranking:
    """Rank the rows of each pool by a kernel.

    The kernel takes figures (m, k) and scaled figures (m, k) of the rows of one
    pool and weights (k,), and gives columns (m,), ``score`` among them.
    """
    by_pool = pool_weights(ready, weights, shift=0.0)
    columns: dict[str, FloatArray] = {}
    for (_, rows), w in zip(ready.pools, by_pool, strict=True):
        for name, values in kernel(ready.x[rows], ready.z[rows], w).items():
            columns.setdefault(name, np.empty(len(ready.index)))[rows] = values
    table = pd.DataFrame(columns, index=ready.index)
    if ready.pools[0][0] is not None:
        remarks = [*remarks, "each year was ranked by itself: scores do not compare between years"]
    restored: pd.DataFrame = _align.restore(table, caller)
    return Ranking(
        settings=settings,
        score=restored["score"],
        rank=_align.restore(ranks(table["score"]), caller),
        parts=restored.drop(columns="score"),
        weights=labeled_weights(ready, by_pool),
        remarks=tuple(remarks),
    )


def ranks(score: pd.Series) -> pd.Series:
    """Rank each row in its year, 1 the best; scores equal but for rounding are ties."""
    rounded: Any = score.round(_DECIMALS)
    if score.index.nlevels > 1:
        rounded = rounded.groupby(level=1)
    found: pd.Series = rounded.rank(ascending=False)
    return found.rename("rank")
