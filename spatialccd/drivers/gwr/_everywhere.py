"""The neighbors of a coefficient that is the same everywhere: all, each with weight one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from spatialccd.drivers.gwr._kernel_sums import KernelSums

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spatialccd._types import FloatArray

#: The bandwidth of such a coefficient.
GLOBAL = np.inf


class Everywhere(KernelSums):
    """Answers what ``KernelSums`` is asked, for a bandwidth that reaches beyond all places.

    Parameters
    ----------
    near : KernelSums
        Of the terms that do vary: the same observations, the same threads.
    m : int, optional
        Places to look from; the observations themselves by default.
    """

    looks_ahead = 1

    def __init__(self, near: KernelSums, m: int | None = None) -> None:
        self.space = near.space
        self.threads = near.threads
        self._m = len(near.space.xy) if m is None else m

    def weighted_sums(
        self, values: FloatArray, points: FloatArray, upto: int | None = None
    ) -> FloatArray:
        """Give the sum of each vector (c, n) at each bandwidth and place, (c, P, m)."""
        del upto
        sums = values.sum(axis=1)[:, None, None]
        return np.array(np.broadcast_to(sums, (len(values), len(points), self._m)))

    def smooth_many(self, values: Any, point: float, out: Any) -> None:
        """Write the sums of many columns (n, p) into each row of `out` (m, p)."""
        del point
        out[:] = values.sum(axis=0, dtype=np.float64)

    def weights(self, point: float, rows: slice = slice(None)) -> FloatArray:
        """Give the weights of some places, (m, n)."""
        del point
        return np.ones((len(range(*rows.indices(self._m))), len(self.space.xy)))

    def share_reached(self, point: float) -> float:
        """Give the share of all pairs that is reached."""
        del point
        return 1.0


def by_term(near: KernelSums, bandwidths: Sequence[float] | FloatArray) -> list[KernelSums]:
    """Give the neighbors of each term of a regression whose varying terms share theirs."""
    everywhere = Everywhere(near)
    return [everywhere if b == GLOBAL else near for b in bandwidths]
