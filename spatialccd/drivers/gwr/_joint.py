"""A bandwidth and a time scale searched together, where another time scale costs nothing.

Of a kernel that is a product (see ``_product``) bandwidth and time scale are two bandwidths, one
in space, b, and one in time, b / scale. The criterion is nearly the sum of a function of each, on
the log scale, so that parabolas along the two lead to its minimum in a few looks, from the lowest
of a grid over all of both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from spatialccd.drivers.gwr._clock import COARSE

if TYPE_CHECKING:
    from collections.abc import Callable

    from spatialccd._progress import Step
    from spatialccd.drivers.gwr._product import Product

#: Octaves between bandwidths of the grid, and octaves below the largest that are looked at.
_GRID, _MOST = 1.0, 16.0
#: How many of the grid's minima are looked at closer.
_STARTS = 3
#: Octaves of the steps: the first from the grid, the last, and the widest.
FIRST, _LAST, _WIDEST = 0.25, 1 / 32, 0.5
#: A parabola's lowest point is trusted up to so many steps away.
_TRUSTED = 4.0
#: Moves at most.
_MOVES = 60


class Pair(NamedTuple):
    """Octaves of bandwidth and of time scale; -inf: time has no part."""

    bandwidth: float
    scale: float


#: Ways to move: space alone, time alone (where its bandwidth falls), both.
_SPACE, _TIME, _BOTH = (1.0, 1.0), (0.0, 1.0), (1.0, 0.0)


class Joint:
    """Searches the least of a criterion over bandwidths and time scales.

    Parameters
    ----------
    score : callable
        Gives the criterion at a bandwidth and a time scale.
    unit : float
        Time scale of power 0.
    bounds : callable
        Gives the least and the largest bandwidth at a time scale.
    gain : float
        What a move must gain.

    Attributes
    ----------
    seen : dict
        The criterion by `Pair`.
    """

    def __init__(
        self,
        score: Callable[[float, float], float],
        unit: float,
        bounds: Callable[[float], tuple[float, float]],
        gain: float,
    ) -> None:
        self._score = score
        self._unit = unit
        self._bounds = bounds
        self._gain = gain
        self._ends: dict[float, tuple[float, float]] = {}
        self.seen: dict[Pair, float] = {}

    def bandwidth(self, at: Pair) -> float:
        """Give the bandwidth of a pair, in distance."""
        return float(2.0**at.bandwidth)

    def scale(self, at: Pair) -> float:
        """Give the time scale of a pair."""
        return float(self._unit * 2.0**at.scale)

    def pair(self, bandwidth: float, scale: float) -> Pair:
        """Give the pair of a bandwidth and a time scale."""
        power = np.log2(scale / self._unit) if scale > 0 else -np.inf
        return Pair(float(np.log2(bandwidth)), float(power))

    def at(self, pair: Pair) -> float:
        """Give the criterion at a pair."""
        if pair not in self.seen:
            self.seen[pair] = self._score(self.bandwidth(pair), self.scale(pair))
        return self.seen[pair]

    def gains(self, before: Pair, after: Pair) -> bool:
        """Tell whether one pair is lower than another by more than nothing."""
        return self.at(after) < self.at(before) - self._gain

    def everywhere(self, step: Step | None = None) -> Pair:
        """Give the best pair: of a grid, then around its lowest minima; `step` is told of rows."""
        rows = []
        for power in COARSE:
            rows.append(self._row(power))
            for pair in rows[-1]:
                self.at(pair)
            if step is not None:
                step(1)
        starts = sorted(self._minima(rows), key=self.at)[:_STARTS]
        return min((self.near(start, FIRST) for start in starts), key=self.at)

    def profile(self, power: float, bandwidth: float) -> Pair:
        """Give the best pair at one time scale, from the best seen there or from a bandwidth on."""
        row = [pair for pair in self.seen if pair.scale == power]
        start = min(row, key=self.at) if row else self._bound(bandwidth, power)
        return self.near(start, FIRST, held=True)

    def near(self, at: Pair, step: float = _LAST, *, held: bool = False) -> Pair:
        """Go down from a pair, by parabolas; where it is `held`, at its time scale."""
        for _ in range(_MOVES):
            lowest, jump, gain, far = self._look(at, step, held=held)
            best = lowest if gain < self._gain else min(lowest, jump, key=self.at)
            if self.gains(at, best):
                at = best
                step = min(2 * step, _WIDEST) if far else max(step / 4, _LAST)
            elif step <= _LAST:
                return at
            else:
                step = max(step / 4, _LAST)
        return at

    def _row(self, power: float) -> list[Pair]:
        """Give the grid at one time scale: the same bandwidths at each, as far as its bounds go."""
        low, high = self._range(power)
        first = np.ceil(low / _GRID)
        inner = np.arange(first, high / _GRID + 1e-9) * _GRID
        return [Pair(float(b), power) for b in (inner if len(inner) else [(low + high) / 2])]

    def _minima(self, rows: list[list[Pair]]) -> list[Pair]:
        """Give the pairs that are no higher than those beside them on the grid."""
        known = {(pair.bandwidth, i): self.at(pair) for i, row in enumerate(rows) for pair in row}
        found = []
        for i, row in enumerate(rows):
            for pair in row:
                beside = [
                    known.get((pair.bandwidth + b * _GRID, i + s), np.inf)
                    for b, s in ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1))
                ]
                if self.at(pair) <= min(beside):
                    found.append(pair)
        return found

    def _look(self, at: Pair, step: float, *, held: bool) -> tuple[Pair, Pair, float, bool]:
        """Look to both sides each way.

        Gives the lowest of what is there, where parabolas are lowest, what they promise, and
        whether that is further than a step.
        """
        still = at.scale == -np.inf
        ways = [_BOTH] if held else [_BOTH if still else _SPACE, _TIME]
        lowest, value = at, self.at(at)
        away, gain, far = np.zeros(2), 0.0, False
        for way in ways:
            sides = [self._moved(at, way, -step), self._moved(at, way, step)]
            if still and way is _TIME:
                sides = [self._bound(at.bandwidth, COARSE[1])]
            lowest = min(lowest, *sides, key=self.at)
            if len(sides) == 1 or not all(self._regular(at, way, step, sides)):
                continue
            below, above = (self.at(side) for side in sides)
            bend = below + above - 2 * value
            if not 0 < bend < np.inf:
                continue
            length = float(np.clip(0.5 * (below - above) / bend, -_TRUSTED, _TRUSTED))
            away += np.array(way) * length * step
            gain += 0.125 * (below - above) ** 2 / bend
            far |= abs(length) > 1
        jump = at if not gain else self._bound(at.bandwidth + away[0], at.scale + away[1])
        return lowest, jump, gain, far or (lowest != at and not gain)

    def _moved(self, at: Pair, way: tuple[float, float], step: float) -> Pair:
        return self._bound(at.bandwidth + way[0] * step, at.scale + way[1] * step)

    def _regular(
        self, at: Pair, way: tuple[float, float], step: float, sides: list[Pair]
    ) -> list[bool]:
        """Tell of both sides whether the bounds left them where they were meant to be."""
        meant = [(at.bandwidth + w * way[0], at.scale + w * way[1]) for w in (-step, step)]
        return [
            abs(side.bandwidth - b) < 1e-6 and (side.scale == s or abs(side.scale - s) < 1e-6)
            for side, (b, s) in zip(sides, meant, strict=True)
        ]

    def _bound(self, bandwidth: float, power: float) -> Pair:
        """Give the pair nearest to one meant; the digits left out make it known when met again."""
        power = -np.inf if power < COARSE[1] - 1 else min(round(power, 9), COARSE[-1])
        low, high = self._range(power)
        return Pair(min(max(round(bandwidth, 9), low), high), power)

    def _range(self, power: float) -> tuple[float, float]:
        if power not in self._ends:
            low, high = self._bounds(self._unit * 2.0**power)
            least = max(low, high * 2.0**-_MOST)
            self._ends[power] = float(np.log2(least)), float(np.log2(high))
        return self._ends[power]


def bounds_of(
    product: Product, low: float | None, high: float | None
) -> Callable[[float], tuple[float, float]]:
    """Give the bounds of bandwidths by time scale, as ``_design.rules`` has them of any kernel."""
    near, far, tick, span = product.gaps()

    def bounds(scale: float) -> tuple[float, float]:
        least = [gap for gap in (near, scale * tick) if gap > 0]
        at_least = min(least, default=0.0) / 2.0 if low is None else low
        at_most = 2.0 * float(np.hypot(far, scale * span)) if high is None else high
        return at_least, at_most

    return bounds
