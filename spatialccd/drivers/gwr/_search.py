"""Golden-section and exhaustive search of one bandwidth.

Golden section visits the same bandwidths as mgwr 2.2.1, in the same order and
with its rounding, so that it ends at the same one. It costs less in two ways.

- Passes over the neighbors are what costs, not bandwidths. A pass takes all
  points in doubt on the path that the search went last time; when the search
  leaves that path, it takes the points within reach of its next steps.
- A comparison of two bandwidths need not be made anew while it cannot have
  turned: the caller bounds how far each score can have moved since it was known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from spatialccd._types import FloatArray

#: mgwr's section; 1 - golden ratio to five digits.
_DELTA = 0.38197
_SCORE_TOL = 1e-6
#: Scores further apart than this neither tie nor differ by rounding.
_MARGIN = 2e-6
_MAX_STEPS = 200

#: Gives the criterion at ascending bandwidths.
Score = Callable[[FloatArray], FloatArray]
#: Gives bounds that the criterion at one bandwidth is known to lie between.
Bounds = Callable[[float], tuple[float, float]]


def unbounded(point: float) -> tuple[float, float]:  # noqa: ARG001 - one of many Bounds
    """Know nothing of a score."""
    return -np.inf, np.inf


class _Section(NamedTuple):
    """One state of the search: bounds a < c, inner points b < d."""

    a: float
    b: float
    d: float
    c: float

    def step(self, *, left: bool) -> _Section:
        """Keep the left or the right part."""
        if left:
            c = self.d
            return _Section(self.a, self.a + _DELTA * abs(c - self.a), self.b, c)
        a = self.b
        return _Section(a, self.d, self.c - _DELTA * abs(self.c - a), self.c)


@dataclass
class BandwidthSearch:
    """Searches one bandwidth again and again, as backfitting does.

    Attributes
    ----------
    low, high : float
        Bounds.
    whole : bool
        Bandwidths are numbers of neighbors.
    depth : int
        Forks looked ahead in one pass.
    round_to : int or None
        Decimals of the bandwidth returned.
    visited : dict
        Score of each bandwidth of the last search, in the order visited; as last
        computed, which is earlier where the comparison was certain.
    """

    low: float
    high: float
    whole: bool
    depth: int = 4
    round_to: int | None = 2
    visited: dict[float, float] = field(default_factory=dict)
    _trail: list[tuple[float, float]] = field(default_factory=list)

    def golden(self, score: Score, bounds: Bounds = unbounded) -> float:
        """Give the bandwidth at which golden section ends."""
        known: dict[float, float] = {}
        self._evaluate(score, self._doubtful(bounds), known)
        visited: dict[float, float] = {}
        trail: list[tuple[float, float]] = []
        width = abs(self.high - self.low)
        state = _Section(self.low, self.low + _DELTA * width, self.high - _DELTA * width, self.high)
        best = self.low
        for _ in range(_MAX_STEPS):
            state = self._rounded(state)
            b, d = state.b, state.d
            trail.append((b, d))
            go_left = _certain(b, d, known, bounds)
            settled = self.whole and b == d
            if go_left is None and not settled:
                self._evaluate(score, self._ahead(state, self.depth), known)
                left, right = known[b], known[d]
                # Where no estimate exists on either side the way is to larger bandwidths.
                go_left = left <= right and left < np.inf
                settled = left < np.inf and abs(left - right) <= _SCORE_TOL
            visited |= {p: known.get(p, self.visited.get(p, np.inf)) for p in (b, d)}
            best = b if go_left or b == d else d
            if settled:
                break
            state = state.step(left=bool(go_left))
        self.visited, self._trail = visited, trail
        return round(best, self.round_to) if self.round_to is not None else best

    def exhaustive(self, score: Score) -> float:
        """Give the best of all whole bandwidths, or of a fine grid refined twice."""
        points = (
            np.arange(self.low, self.high + 1)
            if self.whole
            else np.linspace(self.low, self.high, 201)
        )
        self.visited = {}
        self._evaluate(score, list(points), self.visited)
        best = min(self.visited, key=lambda p: (self.visited[p], p))
        for _ in range(0 if self.whole else 2):
            grid = np.sort(list(self.visited))
            place = int(np.searchsorted(grid, best))
            near = grid[max(place - 1, 0)], grid[min(place + 1, len(grid) - 1)]
            self._evaluate(score, list(np.linspace(*near, 41)), self.visited)
            best = min(self.visited, key=lambda p: (self.visited[p], p))
        return best

    def _doubtful(self, bounds: Bounds) -> list[float]:
        """Give the points of the last path whose comparison may have turned."""
        return [
            p
            for b, d in self._trail
            if b != d and _certain(b, d, {}, bounds) is None
            for p in (b, d)
        ]

    def _evaluate(self, score: Score, points: list[float], known: dict[float, float]) -> None:
        fresh = np.unique([p for p in points if p not in known])
        if not fresh.size:
            return
        known.update(zip(fresh.tolist(), score(fresh).tolist(), strict=True))

    def _ahead(self, state: _Section, depth: int) -> list[float]:
        """Give the points of this state and of all states `depth` forks on."""
        state = self._rounded(state)
        points = [state.b, state.d]
        if depth == 0 or state.b == state.d:
            return points
        for left in (True, False):
            points += self._ahead(state.step(left=left), depth - 1)
        return points

    def _rounded(self, state: _Section) -> _Section:
        if not self.whole:
            return state
        return state._replace(b=float(np.round(state.b)), d=float(np.round(state.d)))


def _certain(b: float, d: float, known: dict[float, float], bounds: Bounds) -> bool | None:
    """Tell whether b scores clearly less than d (True), more (False), or nobody knows (None)."""
    low_b, high_b = (known[b], known[b]) if b in known else bounds(b)
    low_d, high_d = (known[d], known[d]) if d in known else bounds(d)
    if high_b < low_d - _MARGIN:
        return True
    if high_d < low_b - _MARGIN:
        return False
    return None
