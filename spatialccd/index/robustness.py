"""How far weights and ranks hang on a year or on one indicator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._constant import is_constant
from spatialccd._result import Result, gap_note, record
from spatialccd.errors import PanelError, ParameterError, check_choice
from spatialccd.index._targets import Target
from spatialccd.index.composite import pool_weights
from spatialccd.index.scaling import Direction, Prepared, prepare
from spatialccd.index.weights import Scheme, weigh

if TYPE_CHECKING:
    from spatialccd._types import Columns


@dataclass(frozen=True, eq=False, kw_only=True)
class WeightStability(Result):
    """Weights of each year beside those of all years.

    Attributes
    ----------
    pooled : Series
        Weight by indicator from all years at once.
    by_year : DataFrame
        Weight, time by indicator, from each year alone.
    agreement : Series
        Spearman correlation of each year's weights with the pooled ones.
    """

    pooled: pd.Series
    by_year: pd.DataFrame
    agreement: pd.Series

    def to_frame(self) -> pd.DataFrame:
        """Give one row an indicator: pooled weight, and its spread over the years."""
        mean = self.by_year.mean()
        sd = self.by_year.std()
        return pd.DataFrame(
            {
                "pooled": self.pooled,
                "mean": mean,
                "sd": sd,
                "minimum": self.by_year.min(),
                "maximum": self.by_year.max(),
                "cv": sd / mean.where(mean > 0),
            }
        )

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the weights of each year, and how each agrees with those of all."""
        return {"by year": self.by_year.copy(), "agreement": self.agreement.to_frame()}

    def notes(self) -> list[str]:
        """Say what has no relative spread, and which years agree with nothing."""
        return [
            *gap_note(self.to_frame(), ["cv"], "the weight is 0"),
            *gap_note(
                self.agreement.to_frame(), ["spearman"], "weights do not differ between indicators"
            ),
        ]


@dataclass(frozen=True, eq=False, kw_only=True)
class RankSensitivity(Result):
    """What happens to the ranks when one indicator is left out.

    Attributes
    ----------
    table : DataFrame
        On the indicator left out, or on (indicator, time): ``spearman`` and
        ``kendall`` with the full ranking, ``mean_shift`` and ``largest_shift``
        in places, and the ``unit`` that moves most.
    ranks : DataFrame
        Rank of each row in its year, 1 the best: "all" and one column for
        each indicator left out.
    """

    table: pd.DataFrame
    ranks: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give one row an indicator left out (and year)."""
        return self.table.copy()

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the ranks without each indicator."""
        return {"ranks": self.ranks.copy()}

    def notes(self) -> list[str]:
        """Say where ranks cannot be correlated."""
        return gap_note(self.table, ["spearman", "kendall"], "all units share one rank")


def weight_stability(
    panel: Columns,
    directions: Mapping[str, Direction],
    *,
    targets: Mapping[str, Target] | None = None,
    scheme: Scheme = "entropy",
    shift: float = 0.0,
    interval: Sequence[float] | None = None,
) -> WeightStability:
    """Compare the weights that each year alone would give with those of all years.

    Parameters
    ----------
    panel : DataFrame
        Indicators on (unit, time).
    directions : mapping
        Indicator to "benefit", "cost" or "moderate".
    targets : mapping, optional
        What is best for each moderate indicator: a value, or two rising values
        between which all are best, such as ``{"density": 20, "warmth": [18, 24]}``;
        those of columns that `directions` does not name serve other subsystems.
    scheme : {"entropy", "equal", "critic", "cv"}, default "entropy"
        How indicators are weighed.
    shift : float, default 0.0
        Added inside the entropy's shares only.
    interval : sequence of two floats, optional
        Scale to this interval instead of [0, 1].

    Returns
    -------
    WeightStability
        ``.by_year``, ``.pooled``, ``.agreement``.

    Raises
    ------
    ParameterError, PanelError, AlignmentError
        As ``entropy_weights``; also a panel of one year.

    Warns
    -----
    ConstantWarning
        An indicator has one value only, in a year or in all.

    Examples
    --------
    >>> import pandas as pd
    >>> index = pd.MultiIndex.from_product([list("abc"), [1, 2]], names=["unit", "time"])
    >>> panel = pd.DataFrame({"x": [1, 2, 3, 4, 6, 5], "y": [3, 1, 2, 2, 5, 9]}, index=index)
    >>> weight_stability(panel, {"x": "benefit", "y": "benefit"}).by_year.round(3)
    indicator      x      y
    time
    1          0.483  0.517
    2          0.362  0.638
    """
    settings = record("weight_stability", locals())
    check_choice("scheme", scheme, get_args(Scheme))
    yearly = prepare(panel, directions, targets=targets, pooled=False, interval=interval)
    if len(yearly.pools) < 2:
        raise PanelError("the panel has one year only: there are no years to compare weights of")
    whole = prepare(panel, directions, targets=targets, pooled=True, interval=interval)
    pooled = weigh(whole, scheme, shift=shift)["weight"].rename("pooled")
    long = weigh(yearly, scheme, shift=shift)["weight"]
    by_year = long.unstack("indicator")[list(pooled.index)]
    agreement = _correlated(by_year.T, pooled, "spearman").rename("spearman")
    return WeightStability(settings=settings, pooled=pooled, by_year=by_year, agreement=agreement)


def rank_sensitivity(
    panel: Columns,
    directions: Mapping[str, Direction],
    *,
    targets: Mapping[str, Target] | None = None,
    weights: Scheme | Mapping[str, float] = "entropy",
    pooled: bool = True,
    shift: float = 0.0,
    interval: Sequence[float] | None = None,
) -> RankSensitivity:
    """Leave out one indicator at a time and see how far units move in rank.

    Parameters
    ----------
    panel : DataFrame
        Indicators on unit or on (unit, time).
    directions : mapping
        Indicator to "benefit", "cost" or "moderate"; two or more.
    targets : mapping, optional
        What is best for each moderate indicator: a value, or two rising values
        between which all are best, such as ``{"density": 20, "warmth": [18, 24]}``;
        those of columns that `directions` does not name serve other subsystems.
    weights : {"entropy", "equal", "critic", "cv"} or mapping, default "entropy"
        As in ``composite_index``; made anew without the indicator left out,
        your own in proportion.
    pooled : bool, default True
        Scale and weigh over all units and years.
    shift : float, default 0.0
        Added inside the entropy's shares only.
    interval : sequence of two floats, optional
        Scale to this interval instead of [0, 1].

    Returns
    -------
    RankSensitivity
        ``.table`` and ``.ranks``.

    Raises
    ------
    ParameterError, PanelError, AlignmentError
        As ``composite_index``; also fewer than two indicators.

    Examples
    --------
    >>> import pandas as pd
    >>> panel = pd.DataFrame(
    ...     {"x": [1, 2, 3, 4], "y": [4, 1, 2, 3], "z": [1, 3, 2, 4]}, index=list("abcd")
    ... )
    >>> directions = dict.fromkeys("xyz", "benefit")
    >>> rank_sensitivity(panel, directions, weights="equal").table[["largest_shift", "unit"]]
               largest_shift unit
    indicator
    x                    1.5    a
    y                    1.0    b
    z                    1.0    a
    """
    settings = record("rank_sensitivity", locals())
    if len(directions) < 2:
        raise ParameterError("leaving one indicator out needs two or more indicators")
    ready = prepare(panel, directions, targets=targets, pooled=pooled, interval=interval)
    ranks = pd.DataFrame({"all": _ranks(ready, weights, shift)}, index=ready.index)
    for j, name in enumerate(ready.indicators):
        rest = weights
        if not isinstance(weights, str):
            rest = _rescaled(weights, str(name))
        ranks[name] = _ranks(_without(ready, j), rest, shift)
    tables = {time: _compare(part) for time, part in _align.by_time(ranks, "ranks")}
    if None in tables:
        table = tables[None]
    else:
        table = pd.concat(tables, names=["time"]).swaplevel().sort_index(level="time")
        table = table.reindex(ready.indicators, level="indicator")
    return RankSensitivity(settings=settings, table=table, ranks=_align.restore(ranks, panel.index))


def _without(ready: Prepared, j: int) -> Prepared:
    keep = np.arange(len(ready.indicators)) != j
    return replace(
        ready,
        x=ready.x[:, keep],
        z=ready.z[:, keep],
        constant=ready.constant[:, keep],
        targets=ready.targets[:, keep],
        indicators=ready.indicators[keep],
    )


def _rescaled(weights: Mapping[str, float], dropped: str) -> dict[str, float]:
    rest = {name: float(w) for name, w in dict(weights).items() if name != dropped}
    total = sum(rest.values())
    if not total > 0:
        raise ParameterError(f"all weight lies on {dropped!r}: without it there is no score")
    return {name: w / total for name, w in rest.items()}


def _ranks(ready: Prepared, weights: Scheme | Mapping[str, float], shift: float) -> pd.Series:
    """Rank each row in its year by its score, 1 the best, ties sharing their mean rank."""
    score = np.empty(len(ready.index))
    for (_, rows), w in zip(ready.pools, pool_weights(ready, weights, shift=shift), strict=True):
        # Scores equal but for rounding are ties.
        score[rows] = np.round(ready.z[rows] @ w, 12)
    labeled = pd.Series(score, index=ready.index)
    if ready.index.nlevels == 1:
        return labeled.rank(ascending=False)
    return labeled.groupby(level=1).rank(ascending=False)


def _correlated(
    columns: pd.DataFrame, one: pd.Series, method: Literal["spearman", "kendall"]
) -> pd.Series:
    """Correlate each column with one; NaN where either does not vary."""
    varies = ~is_constant(columns.to_numpy())
    if is_constant(one.to_numpy()):
        varies[:] = False
    found = columns.loc[:, varies].corrwith(one, method=method)
    return found.reindex(columns.columns).astype(float)


def _compare(ranks: pd.DataFrame) -> pd.DataFrame:
    """Compare each column of ranks on unit with the first."""
    full = ranks["all"]
    others = ranks.drop(columns="all")
    shift = others.sub(full, axis=0).abs()
    return pd.DataFrame(
        {
            "spearman": _correlated(others, full, "spearman"),
            "kendall": _correlated(others, full, "kendall"),
            "mean_shift": shift.mean(),
            "largest_shift": shift.max(),
            "unit": shift.idxmax(),
        }
    ).rename_axis("indicator")
