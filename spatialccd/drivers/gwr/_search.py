"""Golden-section and exhaustive search of one bandwidth.

Golden section visits the same bandwidths as mgwr 2.2.1, in the same order and
with its rounding, so that it ends at the same one. What it costs differs by engine.
Over sorted neighbors it is passes, not bandwidths: a pass takes the points of the whole
path that the search went last time, and when the search leaves that path, the points
that it can reach in its next steps, both ways at each fork. By moments it is bandwidths,
but those near to one another cost little more than one: each is taken when the search
comes to it, and those at its end in one pass.
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
_MAX_STEPS = 200
#: Forks looked ahead where bounds are so many times `near` apart at most: from `near` itself
#: to the end, where few points are left, whichever way the search goes.
_AHEAD = ((1, 12), (4, 2))
#: The end of last time's path has few points, so that it may be taken from farther bounds.
_PATH = 3

#: Gives the criterion at ascending bandwidths.
Score = Callable[[FloatArray], FloatArray]
#: Ascending bandwidths and the criterion at each.
Curve = tuple[FloatArray, FloatArray]


def curve_of(visited: dict[float, float]) -> Curve:
    """Put what a search visited into order."""
    points = np.array(sorted(visited), dtype=float)
    return points, np.array([visited[p] for p in points.tolist()], dtype=float)


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
    near : float
        From bounds so near to one another all that can yet be reached is taken in one pass;
        from three times that, the rest of the last path; from four, two forks.
    round_to : int or None
        Decimals of the bandwidth returned.
    visited : dict
        Score of each bandwidth of the last search, in the order visited.
    tol : float
        Difference of the scores of both sides at which golden section ends; mgwr's.
    """

    low: float
    high: float
    whole: bool
    depth: int = 4
    near: float = 0.0
    round_to: int | None = 2
    visited: dict[float, float] = field(default_factory=dict)
    tol: float = _SCORE_TOL

    def golden(self, score: Score) -> float:
        """Give the bandwidth at which golden section ends."""
        known: dict[float, float] = {}
        if self.visited and self.depth:
            self._evaluate(score, list(self.visited), known)
        path: dict[float, float] = {}
        width = abs(self.high - self.low)
        state = _Section(self.low, self.low + _DELTA * width, self.high - _DELTA * width, self.high)
        best = self.low
        for _ in range(_MAX_STEPS):
            state = self._rounded(state)
            if state.b not in known or state.d not in known:
                self._evaluate(score, self._next(state), known)
            left, right = path[state.b], path[state.d] = known[state.b], known[state.d]
            # Where no estimate exists on either side the way is to larger bandwidths.
            go_left = left <= right < np.inf or (left < np.inf and right == np.inf)
            best = state.b if go_left else state.d
            settled = left < np.inf and abs(left - right) <= self.tol
            if settled or (state.b == state.d and self.whole):
                break
            state = state.step(left=go_left)
        self.visited = path
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

    def _evaluate(self, score: Score, points: list[float], known: dict[float, float]) -> None:
        fresh = sorted({float(p) for p in points}.difference(known))
        known.update(zip(fresh, score(np.array(fresh)).tolist(), strict=True))

    def _next(self, state: _Section) -> list[float]:
        """Give the points to take when the search comes to a state where some are missing."""
        width = state.c - state.a
        if state.b in self.visited and state.d in self.visited and width <= _PATH * self.near:
            return [state.b, state.d, *(p for p in self.visited if state.a < p < state.c)]
        near = (forks for bound, forks in _AHEAD if width <= bound * self.near)
        return self._ahead(state, next(near, self.depth))

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
        return _Section(state.a, float(round(state.b)), float(round(state.d)), state.c)
