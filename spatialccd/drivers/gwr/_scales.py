"""The time scale, and the bandwidth, of a regression that has one of each for all terms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from spatialccd._progress import counter
from spatialccd.drivers.gwr._clock import COARSE
from spatialccd.drivers.gwr._design import Design, rules
from spatialccd.drivers.gwr._joint import Joint, bounds_of
from spatialccd.drivers.gwr._local import local_score, search_local

if TYPE_CHECKING:
    from spatialccd._types import Progress
    from spatialccd.drivers.gwr._backfit import Rules
    from spatialccd.drivers.gwr._clock import Clock
    from spatialccd.drivers.gwr._kernel_sums import KernelSums

#: Halvings of the step around the best of the coarse grid.
_REFINEMENTS = 6
#: What a move of that search must gain in the criterion, as a golden section's last step.
_GAIN = 1e-6
#: Octaves beside the best at which a search of both together looks for a bandwidth too.
_BESIDE = (-0.5, -0.25, 0.25, 0.5)


class Found(NamedTuple):
    """The best bandwidth at one time scale."""

    scale: float
    bandwidth: float
    score: float
    visited: dict[float, float]


@dataclass(frozen=True)
class ScaleSearch:
    """Finds the bandwidth for a time scale, and the time scale.

    Attributes
    ----------
    bandwidth, scale : float or None
        As given.
    bounds : (low, high)
        Of the bandwidth; None where the default stands.
    """

    design: Design
    clock: Clock
    bandwidth: float | None
    scale: float | None
    criterion: str
    method: str
    bounds: tuple[float | None, float | None]

    def run(self, progress: Progress | None = None) -> tuple[Found, list[Found]]:
        """Give the best, and all that were tried."""
        if self.scale is not None or not self.clock.ticks:
            tried = [self.at(float(self.scale or 0.0))]
        else:
            together = self.clock.by_product and self.bandwidth is None and self.method == "golden"
            tried = self._together(progress) if together else self._search(progress)
        return min(tried, key=lambda found: (found.score, found.scale)), tried

    def at(self, scale: float) -> Found:
        """Find the bandwidth at one time scale."""
        neighbors, X, y = self.clock.at(scale), self.design.X, self.design.y
        if self.bandwidth is not None:
            score = local_score(neighbors, X, y, self.bandwidth, self.criterion)
            return Found(scale, float(self.bandwidth), score, {})
        labels = {"units": self.design.units, "names": self.design.names}
        found, visited = search_local(neighbors, X, y, self.rules(neighbors), **labels)
        return Found(scale, found, min(visited.values()), visited)

    def placed(self, scale: float) -> Design:
        """Put the observations into space-time."""
        return replace(self.design, space=self.clock.at(scale).space)

    def rules(self, neighbors: KernelSums) -> Rules:
        """Give the bounds of the bandwidth."""
        low, high = self.bounds
        return rules(
            neighbors,
            self.design.X.shape[1],
            criterion=self.criterion,
            search=self.method,
            low=low,
            high=high,
        )

    def _search(self, progress: Progress | None) -> list[Found]:
        """Try a grid of time scales, then close in on the best by halves (on the log scale)."""
        total = len(COARSE) + 2 * _REFINEMENTS
        tried: dict[float, Found] = {}

        def attempt(power: float) -> None:
            tried[power] = self.at(self.clock.scale(power))
            if progress is not None:
                progress(len(tried), total)

        for power in COARSE:
            attempt(power)
        step = 0.5
        for _ in range(_REFINEMENTS):
            best = min(tried, key=lambda power: tried[power].score)
            best = max(best, COARSE[1])
            attempt(best - step)
            attempt(best + step)
            step /= 2
        return list(tried.values())

    def _together(self, progress: Progress | None) -> list[Found]:
        """Look for bandwidth and time scale at once; then at the time scales tried, and around it.

        A golden section at the best time scale tells whether a bandwidth was missed there.
        """
        X, y = self.design.X, self.design.y

        def criterion_at(bandwidth: float, scale: float) -> float:
            return local_score(self.clock.at(scale), X, y, bandwidth, self.criterion)

        bounds = bounds_of(self.clock.product(self.clock.unit), *self.bounds)
        joint = Joint(criterion_at, self.clock.unit, bounds, _GAIN)
        step = counter(progress, len(COARSE) + 1)
        best = joint.everywhere(step)
        section = self.at(joint.scale(best))
        sectioned = joint.pair(section.bandwidth, joint.scale(best))
        if joint.gains(best, sectioned):
            best = joint.near(sectioned)
            section = self.at(joint.scale(best))
        else:
            best = min(best, sectioned, key=joint.at)
        bandwidth = self.rules(self.clock.at(section.scale)).rounded(joint.bandwidth(best))
        score = criterion_at(bandwidth, section.scale)
        found = [Found(section.scale, bandwidth, score, section.visited | {bandwidth: score})]
        for power in (*COARSE, *(best.scale + step for step in _BESIDE)):
            pair = joint.profile(power, best.bandwidth)
            if pair.scale != best.scale:
                found.append(Found(joint.scale(pair), joint.bandwidth(pair), joint.at(pair), {}))
        step(1)
        return found
