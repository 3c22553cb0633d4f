"""Regression of a partial residual on one covariate around each place and time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from spatialccd.drivers.gwr._backfit import Smoother
from spatialccd.drivers.gwr._clock import COARSE, FINE
from spatialccd.drivers.gwr._everywhere import Everywhere

if TYPE_CHECKING:
    from collections.abc import Callable

    from spatialccd._types import FloatArray
    from spatialccd.drivers.gwr._backfit import Rules
    from spatialccd.drivers.gwr._clock import Clock
    from spatialccd.drivers.gwr._kernel_sums import KernelSums
    from spatialccd.drivers.gwr._search import Curve

#: Choices that stand still before all time scales are tried once more.
STANDS = 2


class Tried(NamedTuple):
    """The best bandwidth at one time scale."""

    scale: float
    bandwidth: float
    score: float


class HeldSmoother(Smoother):
    """As `TimedSmoother`, of a coefficient that is the same everywhere and always.

    Nothing of it is chosen. Its time scale, of the observations beside it, moves no figure.

    Parameters
    ----------
    clock : Clock
    x : (n,)
    bounds : callable
        Gives the rules of a bandwidth's search over some neighbors.
    scale : float
        Of neighbors that are at hand.
    """

    searched = False

    def __init__(
        self, clock: Clock, x: FloatArray, bounds: Callable[[KernelSums], Rules], scale: float
    ) -> None:
        near = clock.at(scale)
        super().__init__(Everywhere(near), x, bounds(near))
        self.clock = clock
        self.tried: dict[float, Tried] = {}


class TimedSmoother:
    """As `Smoother`, with a time scale of its own that is chosen along with the bandwidth.

    The first choice tries all of `COARSE` and refines the best; later ones look around the
    last, and at all of them once more when it has stood still.

    Parameters
    ----------
    clock : Clock
    x : (n,)
    bounds : callable
        Gives the rules of a bandwidth's search over some neighbors.
    bandwidth, scale : float
        As given; NaN where they are chosen.
    """

    def __init__(
        self,
        clock: Clock,
        x: FloatArray,
        bounds: Callable[[KernelSums], Rules],
        *,
        bandwidth: float,
        scale: float,
    ) -> None:
        self.x = x
        self.clock = clock
        self._bounds = bounds
        self.tried: dict[float, Tried] = {}
        self._bandwidth = bandwidth
        self._held = not np.isnan(scale) or not clock.ticks
        self._power: float | None = None
        self._scale = 0.0 if np.isnan(scale) else float(scale)
        self._at: dict[float, Smoother] = {}
        self._stood = 0

    @property
    def scale(self) -> float:
        """The time scale chosen."""
        return self._scale

    @property
    def neighbors(self) -> Any:
        """Those at the time scale chosen."""
        return self.clock.at(self.scale)

    @property
    def searched(self) -> bool:
        """Whether there is anything to choose."""
        return bool(np.isnan(self._bandwidth)) or not self._held

    def choose(self, y: FloatArray) -> float:
        """Choose time scale and bandwidth for partial residual y."""
        self.tried = {}
        before = self.scale
        if self._held:
            best = self._try(self.scale, y)
        else:
            self._power = self._around(y, self._power)
            best = self.tried[self.clock.scale(self._power)]
            self._stood = self._stood + 1 if best.scale == before else 0
            if self._stood == STANDS:
                self._power = self._everywhere(y)
                best = self.tried[self.clock.scale(self._power)]
        self._scale = best.scale
        for scale, smoother in self._at.items():
            if scale != best.scale:
                smoother.forget()
        return best.bandwidth

    def beta(self, y: FloatArray, bandwidth: float) -> FloatArray:
        """As `Smoother.beta`, at the time scale chosen."""
        return self._smoother(self.scale).beta(y, bandwidth)

    def missing_at(self, bandwidth: float) -> Any:
        """As `Smoother.missing_at`."""
        return self._smoother(self.scale).missing_at(bandwidth)

    def curve(self, y: FloatArray) -> Curve:
        """Give the criterion by bandwidth at the time scale chosen, once all scales were tried."""
        if not self._held:
            self.tried = {}
            self._everywhere(y)
        return self._smoother(self.scale).curve(y)

    def _everywhere(self, y: FloatArray) -> float:
        """Give the power whose time scale is best: of all, then of steps around the best."""
        powers = set(COARSE) if self._power is None else {*COARSE, self._power}
        return self._refined(y, min(powers, key=lambda power: self._score(power, y)), FINE)

    def _around(self, y: FloatArray, last: float | None) -> float:
        """Give the best power near the last, where there is one."""
        if last is None:
            return self._everywhere(y)
        # What stands still is looked at closely, what moves from further off.
        return self._refined(y, last, FINE[-1:] if self._stood else (1.0, *FINE))

    def _refined(self, y: FloatArray, best: float, steps: tuple[float, ...]) -> float:
        for step in steps:
            sides = [best - step, best + step] if best > -np.inf else [COARSE[1]]
            sides = [-np.inf if p < COARSE[1] - 1 else min(p, COARSE[-1]) for p in sides]
            best = min((best, *sides), key=lambda power: self._score(power, y))
        return best

    def _score(self, power: float, y: FloatArray) -> float:
        return self._try(self.clock.scale(power), y).score

    def _try(self, scale: float, y: FloatArray) -> Tried:
        """Find the best bandwidth at a time scale."""
        if scale not in self.tried:
            smoother = self._smoother(scale)
            if np.isnan(self._bandwidth):
                bandwidth = smoother.choose(y)
                score = smoother.score
            else:
                bandwidth = self._bandwidth
                score = float(smoother.scores(y, np.array([bandwidth]))[0])
            self.tried[scale] = Tried(scale, bandwidth, score)
        return self.tried[scale]

    def _smoother(self, scale: float) -> Smoother:
        neighbors = self.clock.at(scale)
        known = self._at.get(scale)
        if known is None or known.neighbors is not neighbors:  # those before were let go
            known = self._at[scale] = Smoother(neighbors, self.x, self._bounds(neighbors))
        return known
