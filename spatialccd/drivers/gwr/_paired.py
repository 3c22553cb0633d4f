"""Regression of a partial residual on one covariate, by a kernel that is a product."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from spatialccd.drivers.gwr._backfit import Known, learned
from spatialccd.drivers.gwr._clock import COARSE
from spatialccd.drivers.gwr._criteria import criterion
from spatialccd.drivers.gwr._joint import FIRST, Joint, Pair, bounds_of
from spatialccd.drivers.gwr._search import curve_of
from spatialccd.drivers.gwr._timed import STANDS, Tried

if TYPE_CHECKING:
    from collections.abc import Callable

    from spatialccd._types import FloatArray
    from spatialccd.drivers.gwr._backfit import Rules
    from spatialccd.drivers.gwr._clock import Clock
    from spatialccd.drivers.gwr._search import Curve

#: What a move must gain in the criterion: far less than tells two fits apart, so that it ends.
_GAIN = 1e-4
#: Criteria of both sides at which a golden section ends: from where another way goes on, and where
#: its curve is shown.
_ROUGH, _FINE = 1e-2, 1e-6
#: Sums over places that are kept within one choice: a move along time needs no new ones.
_SPACES = 12
#: The x-part is kept of so many pairs of bandwidth and time scale, or of so many bytes.
_KEPT, _FEWEST_KEPT, _KEPT_BYTES = 2_000, 40, 1.2e8


class PairedSmoother:
    """As ``_timed.TimedSmoother``, where bandwidth and time scale are chosen together.

    The first choice tries all of ``_clock.COARSE`` and goes down from the best; later ones look
    around the last, and at all of them once more when it has stood still.

    Parameters
    ----------
    clock : Clock
        Of a kernel that is a product.
    x : (n,)
    bounds : callable
        Gives the rules of a bandwidth's search over some neighbors.
    asked : (low, high)
        Bounds that were asked for; None where the default stands.
    """

    searched = True

    def __init__(
        self,
        clock: Clock,
        x: FloatArray,
        bounds: Callable[[Any], Rules],
        asked: tuple[float | None, float | None],
    ) -> None:
        self.clock = clock
        self.x = x
        self._square = x * x
        self._bounds = bounds
        self._product = clock.product(clock.unit)
        self._rules = bounds(self._product)
        self._ends = bounds_of(self._product, *asked)
        self._known: dict[tuple[float, float], Known] = {}
        self._in_space: dict[tuple[float, bool], FloatArray] = {}
        self._at: Pair | None = None
        self._chosen = Tried(clock.unit, np.nan, np.inf)
        self._stood = 0
        self.tried: dict[float, Tried] = {}

    @property
    def scale(self) -> float:
        """The time scale chosen."""
        return self._chosen.scale

    @property
    def neighbors(self) -> Any:
        """Those at the time scale chosen."""
        return self.clock.at(self.scale)

    def choose(self, y: FloatArray) -> float:
        """Choose time scale and bandwidth for partial residual y."""
        self._in_space.clear()
        joint = Joint(lambda *at: self._score(y, *at), self.clock.unit, self._ends, _GAIN)
        if self._at is None:
            best = self._everywhere(joint, y)
        else:
            best = joint.near(self._at)
            self._stood = self._stood + 1 if best == self._at else 0
            if self._stood == STANDS:
                other = self._everywhere(joint, y)
                if joint.gains(best, other):
                    best, self._stood = other, 0
        self._at = best
        bandwidth = self._rules.rounded(joint.bandwidth(best))
        self._chosen = Tried(joint.scale(best), bandwidth, joint.at(best))
        return bandwidth

    def beta(self, y: FloatArray, bandwidth: float) -> FloatArray:
        """Give coefficients at a bandwidth and the time scale chosen."""
        self._in_space.clear()
        sums, known = self._sums(y, bandwidth, self.scale)
        return np.asarray(sums * known.share)

    def missing_at(self, bandwidth: float) -> Any:
        """Mark the places around which the covariate is zero throughout."""
        self._in_space.clear()
        return self._sums(self.x, bandwidth, self.scale)[1].empty

    def curve(self, y: FloatArray) -> Curve:
        """Give the criterion by bandwidth at the time scale chosen; try all scales once more."""
        self._in_space.clear()
        self.tried = {one.scale: one for one in self._rough(y)}
        bandwidth, scale = self._chosen.bandwidth, self.scale
        score = self._score(y, bandwidth, scale)
        self.tried[scale] = Tried(scale, bandwidth, score)
        _, visited = self._section(y, scale, _FINE)
        return curve_of(visited | {bandwidth: score})

    def _everywhere(self, joint: Joint, y: FloatArray) -> Pair:
        """Give the best of golden sections at all time scales, and go down from there."""
        best = min(self._rough(y), key=lambda one: one.score)
        return joint.near(joint.pair(best.bandwidth, best.scale), FIRST)

    def _rough(self, y: FloatArray) -> list[Tried]:
        """Search the bandwidth at each time scale of a coarse grid."""
        return [self._section(y, self.clock.scale(power), _ROUGH)[0] for power in COARSE]

    def _section(self, y: FloatArray, scale: float, tol: float) -> tuple[Tried, dict[float, float]]:
        """Search the bandwidth at a time scale; give the best, and those looked at."""
        search = self._bounds(self.clock.at(scale)).searcher(fixed=True, looks_ahead=0)
        search.tol = tol
        bandwidth = search.golden(
            lambda points: np.array([self._score(y, b, scale) for b in points.tolist()])
        )
        return Tried(scale, bandwidth, min(search.visited.values())), search.visited

    def _score(self, y: FloatArray, bandwidth: float, scale: float) -> float:
        """Give the criterion for partial residual y; infinite where it does not exist."""
        sums, known = self._sums(y, bandwidth, scale)
        if known.lacking:
            return float("inf")
        residual = y - self.x * (sums * known.share)
        left_out = np.nan
        if self._rules.criterion == "cv":
            left_out = float(((residual / (1.0 - self._square * known.share)) ** 2).sum())
        rss = float(residual @ residual)
        score = float(criterion(self._rules.criterion, len(y), rss, known.trace, left_out))
        return score if not np.isnan(score) else float("inf")

    def _sums(self, y: FloatArray, bandwidth: float, scale: float) -> tuple[FloatArray, Known]:
        """Give sum w x y (n,), and what is known of the pair."""
        product = self.clock.product(scale)
        known = self._known.get((bandwidth, scale))
        if known is None:
            if len(self._known) >= min(_KEPT, max(_FEWEST_KEPT, _KEPT_BYTES / (9 * len(y)))):
                self._known.pop(next(iter(self._known)))
            squares = self._summed(product, self._square, bandwidth, of_y=False)
            (known,) = learned(self._square, squares)
            self._known[bandwidth, scale] = known
        return self._summed(product, self.x * y, bandwidth, of_y=True)[0], known

    def _summed(
        self, product: Any, values: FloatArray, bandwidth: float, *, of_y: bool
    ) -> FloatArray:
        """Sum values around each place, (1, n); over places once for all time scales."""
        part = self._in_space.get((bandwidth, of_y))
        if part is None:
            if len(self._in_space) >= _SPACES:
                self._in_space.pop(next(iter(self._in_space)))
            part = product.in_space(product.table(values[None]), bandwidth)
            self._in_space[bandwidth, of_y] = part
        return np.asarray(product.in_time(part, bandwidth))
