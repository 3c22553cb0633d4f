"""What holds a unit back: the obstacle degree of each indicator and subsystem."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from spatialccd import _align
from spatialccd._result import Result, record
from spatialccd.coupling._scores import aligned_parts, system_weights

if TYPE_CHECKING:
    from spatialccd.index.composite import CompositeIndex


@dataclass(frozen=True, eq=False, kw_only=True)
class ObstacleDegree(Result):
    """Shares of each indicator and subsystem in what a unit falls short of.

    Attributes
    ----------
    indicators : DataFrame
        On the caller's index, columns (system, indicator); rows sum to 1, or
        are 0 for a unit that falls short of nothing.
    systems : DataFrame
        The same by subsystem.
    """

    indicators: pd.DataFrame
    systems: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give one column a subsystem and, where there are several, one an indicator."""
        if self.systems.shape[1] == 1:
            return self.flat()
        return pd.concat([self.systems, self.flat()], axis=1)

    def further(self) -> dict[str, pd.DataFrame]:
        """Give the largest obstacles on average, by time."""
        return {"ranked": self.ranked()}

    def flat(self) -> pd.DataFrame:
        """Give one column an indicator; one that two subsystems share is told apart by them."""
        names = self.indicators.columns
        shared = names.get_level_values("indicator").duplicated(keep=False)
        labels = [
            f"{system}: {name}" if twice else name
            for (system, name), twice in zip(names, shared, strict=True)
        ]
        return self.indicators.set_axis(pd.Index(labels, name="indicator"), axis=1)

    def ranked(self, n: int = 5) -> pd.DataFrame:
        """Give the `n` largest obstacles on average, by year: time (or "all") by rank."""
        index = self.indicators.index
        by_name = self.flat()
        if index.nlevels > 1:
            mean = by_name.groupby(level=1).mean()
        else:
            mean = by_name.mean().to_frame("all").T
        order = np.argsort(-mean.to_numpy(), axis=1, kind="stable")[:, :n]
        names = by_name.columns.to_numpy()[order]
        shares = np.take_along_axis(mean.to_numpy(), order, axis=1)
        text = [
            [f"{name} ({100 * share:.1f}%)" for name, share in zip(row, own, strict=True)]
            for row, own in zip(names, shares, strict=True)
        ]
        ranks = pd.RangeIndex(1, order.shape[1] + 1, name="rank")
        return pd.DataFrame(text, index=mean.index, columns=ranks)


def obstacle_degree(
    *indices: CompositeIndex,
    weights: Sequence[float] | Mapping[str, float] | None = None,
    **named: CompositeIndex,
) -> ObstacleDegree:
    """Find what holds each unit back, by indicator and by subsystem.

    O_ij = (1 - z_ij) w_j / sum_j (1 - z_ij) w_j, with z the scaled indicators
    and w_j an indicator's weight times that of its subsystem.

    Parameters
    ----------
    *indices : CompositeIndex
        The subsystems, as ``composite_index`` gives them; one is enough.
    weights : sequence or mapping of float, optional
        Weights of the subsystems, in their order or by name; they sum to 1.
        Equal when omitted.
    **named : CompositeIndex
        More subsystems, given by name.

    Returns
    -------
    ObstacleDegree
        ``.indicators``, ``.systems``, ``.ranked()``.

    Raises
    ------
    ParameterError
        What is given is no CompositeIndex, or weights are not as said.
    AlignmentError
        The subsystems do not carry the same labels.

    Notes
    -----
    A unit that is best in everything falls short of nothing; its shares are 0.

    References
    ----------
    Lei, Qiu and Liu (2016), Transactions of the CSAE 32(13), 243-253 (in Chinese).

    Examples
    --------
    >>> import pandas as pd
    >>> from spatialccd import composite_index
    >>> panel = pd.DataFrame({"jobs": [1, 2, 3], "smoke": [5, 5, 1]}, index=list("abc"))
    >>> index = composite_index(panel, {"jobs": "benefit", "smoke": "cost"}, weights="equal")
    >>> obstacle_degree(index).indicators.droplevel(0, axis=1).round(3)
    indicator   jobs  smoke
    a          0.500  0.500
    b          0.333  0.667
    c          0.000  0.000
    """
    settings = record("obstacle_degree", locals())
    parts, caller = aligned_parts(indices, named)
    a = system_weights(weights, list(parts))
    gaps = pd.concat(
        {name: (1 - z) * w * share for (name, (z, w)), share in zip(parts.items(), a, strict=True)},
        axis=1,
        names=["system", "indicator"],
    )
    total = gaps.sum(axis=1)
    shares = gaps.div(total.where(total > 0), axis=0).fillna(0.0)
    restored = _align.restore(shares, caller)
    systems = restored.T.groupby(level="system", sort=False).sum().T
    return ObstacleDegree(settings=settings, indicators=restored, systems=systems)
