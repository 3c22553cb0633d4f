"""Observations in space and time, at one time scale after another."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from spatialccd._constant import is_constant
from spatialccd.drivers.gwr._backfit import X_PARTS_BYTES
from spatialccd.drivers.gwr._discs import Discs
from spatialccd.drivers.gwr._neighbors import Neighbors, pairs_bytes
from spatialccd.drivers.gwr._product import Product

if TYPE_CHECKING:
    from spatialccd._types import FloatArray
    from spatialccd.drivers.gwr._kernel_sums import KernelSums
    from spatialccd.drivers.gwr._space import Space

#: Time scales tried first, as powers of 2 times `Clock.unit`: none at all, then each double the
#: one before. At the last a time apart is as far as half of the map and more.
COARSE = (-np.inf, *(float(e) for e in range(-5, 5)))
#: Steps by which the best of them is then refined: down to a twelfth.
FINE = (0.5, 0.25, 0.125)
_PLACES = 200


class Clock:
    """Neighbors in space and time at any time scale; those met last are kept.

    Parameters
    ----------
    space : Space
        Observations with their times.
    engine : {"sorted", "moments", "product"}
        What answers; see `engine_named`.
    n_jobs : int
        Threads; -1 for all.
    memory_limit : float
        Bytes that all of them may hold together; beyond it they are kept on disk.
    at_once : int
        How many are asked at the same time.
    """

    def __init__(
        self,
        space: Space,
        engine: str = "sorted",
        *,
        n_jobs: int = -1,
        memory_limit: float = np.inf,
        at_once: int = 1,
    ) -> None:
        self.space = space
        self._n_jobs = n_jobs
        n = len(space.xy)
        self._share = memory_limit / (at_once + 1)
        # Moments hold nothing of a time scale; who asks holds what does not change there.
        each = at_once * X_PARTS_BYTES if engine == "moments" else pairs_bytes(n, n)
        room = memory_limit / (2.0 * each)
        self._kept = int(min(max(at_once + 1, room), 4 * len(COARSE) * at_once))
        self._shared: Product | Discs | None = None
        if engine != "sorted":
            self._shared = (Product if engine == "product" else Discs)(space, n_jobs=n_jobs)
        self._known: dict[float, KernelSums] = {}
        self.unit = self._natural()

    @property
    def by_product(self) -> bool:
        """Whether the kernel is one of places times one of times, whose scales cost nothing."""
        return isinstance(self._shared, Product)

    @property
    def times(self) -> FloatArray:
        """Those of the observations."""
        return np.asarray(self.space.clock, dtype=float)

    @property
    def ticks(self) -> bool:
        """Whether there is more than one time."""
        return not is_constant(self.times)

    def scale(self, power: float) -> float:
        """Give the time scale of a power of 2."""
        return float(self.unit * 2.0**power)

    def at(self, scale: float) -> KernelSums:
        """Give what answers at a time scale."""
        found = self._known.pop(scale, None)
        if found is None:
            while len(self._known) >= self._kept:
                self._known.pop(next(iter(self._known)))
            found = self._made(replace(self.space, time_scale=scale))
        self._known[scale] = found
        return found

    def product(self, scale: float) -> Product:
        """Give the same where the kernel is a product."""
        found = self.at(scale)
        assert isinstance(found, Product)
        return found

    def _made(self, space: Space) -> KernelSums:
        if self._shared is not None:
            return self._shared.at(space.time_scale)
        return Neighbors(space, n_jobs=self._n_jobs, memory_limit=self._share)

    def _natural(self) -> float:
        """Give the median distance in space over the spread of time."""
        xy = self.space.xy
        distance = np.sqrt(self.space.squared(xy[:: max(1, len(xy) // _PLACES)]))
        distance = distance[distance > 0]
        if not self.ticks or not distance.size:
            return 0.0
        return float(np.median(distance) / self.times.std())
