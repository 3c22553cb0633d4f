"""Bandwidths and coefficients of MGWR by backfitting (Fotheringham et al. 2017).

Each round regresses one partial residual after another on one covariate. The
x-part of those regressions never changes, so it is kept for each bandwidth met.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from spatialccd.drivers.gwr._criteria import criterion
from spatialccd.drivers.gwr._families import scored
from spatialccd.drivers.gwr._kept import Kept
from spatialccd.drivers.gwr._search import BandwidthSearch, curve_of
from spatialccd.errors import SingularDesignError, listed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from spatialccd._types import FloatArray, Progress
    from spatialccd.drivers.gwr._kernel_sums import KernelSums
    from spatialccd.drivers.gwr._search import Curve

#: Rounds that bandwidths stand still before they are no longer searched (mgwr's rule).
STANDSTILL = 5
#: Below this share of the mean square a covariate is zero around a place.
_NOTHING = 1e-10
#: Of so many bandwidths the x-part is kept, fewer where that takes more bytes than this.
_KEPT, _FEWEST_KEPT, X_PARTS_BYTES = 320, 40, 5e7


@dataclass(frozen=True)
class Rules:
    """How one bandwidth is chosen; `known_noise` says that the noise has variance 1."""

    criterion: str
    search: str
    low: float
    high: float
    round_to: int | None
    known_noise: bool = False

    def score(self, n: int, rss: Any, trace: Any, left_out: Any) -> Any:
        """Give the criterion of regressions whose noise varies by as much as is left, or by 1."""
        if self.known_noise:
            return scored(self.criterion, n, rss, trace, left_out)
        return criterion(self.criterion, n, rss, trace, left_out)

    def rounded(self, bandwidth: float) -> float:
        """Give a bandwidth with the decimals that it is returned with."""
        return bandwidth if self.round_to is None else round(bandwidth, self.round_to) or bandwidth

    def searcher(self, *, fixed: bool, looks_ahead: int, looks_near: int = 0) -> BandwidthSearch:
        """Start a search."""
        return BandwidthSearch(
            self.low, self.high, not fixed, looks_ahead, looks_near, self.round_to
        )


@dataclass(frozen=True)
class Backfit:
    """What the backfitting ends with.

    Attributes
    ----------
    bandwidths : (k,)
    beta : (n, k)
    fitted : (n, k)
        Each covariate's part of the fit.
    history : (rounds, k)
        Bandwidths of each round.
    scales : (rounds, k)
        Time scales of each round; zeros where time has no part.
    change : (rounds,)
        Score of change of each round.
    curves : list of Curve
        Criterion by bandwidth of each covariate's last search.
    converged : bool
    """

    bandwidths: FloatArray
    beta: FloatArray
    fitted: FloatArray
    history: FloatArray
    scales: FloatArray
    change: FloatArray
    curves: list[Curve]
    converged: bool


class Known(NamedTuple):
    """What does not depend on y at one bandwidth.

    1 / sum w x^2 (n,), trace of the hat matrix, the places without an estimate (n,), and
    whether there is any.
    """

    share: FloatArray
    trace: float
    empty: Any
    lacking: bool


class Smooths(Protocol):
    """What backfitting asks of each covariate; see `Smoother`."""

    x: FloatArray

    @property
    def scale(self) -> float: ...

    def choose(self, y: FloatArray) -> float: ...

    def beta(self, y: FloatArray, bandwidth: float) -> FloatArray: ...

    def missing_at(self, bandwidth: float) -> Any: ...

    def curve(self, y: FloatArray) -> Curve: ...


class Smoother:
    """Regression of any partial residual on one covariate, no constant, around each place."""

    def __init__(self, neighbors: KernelSums, x: FloatArray, rules: Rules) -> None:
        self.neighbors = neighbors
        self.x = x
        self.rules = rules
        self.search = rules.searcher(
            fixed=neighbors.space.fixed,
            looks_ahead=neighbors.looks_ahead,
            looks_near=neighbors.looks_near,
        )
        self._known = Kept[float, Known](
            max(_FEWEST_KEPT, min(_KEPT, X_PARTS_BYTES / (9 * len(x))))
        )
        self._latest: tuple[FloatArray, FloatArray] | None = None
        self.score = np.inf

    @property
    def scale(self) -> float:
        """The time scale at which observations are near."""
        return float(self.neighbors.space.time_scale)

    def reweigh(self, x: FloatArray) -> None:
        """Take the covariate on other weights of the observations."""
        self.x = x
        self._known.clear()
        self._latest = None

    def forget(self) -> None:
        """Let go of the last pass."""
        self._latest = None

    def choose(self, y: FloatArray) -> float:
        """Search the bandwidth for partial residual y; `score` is then its criterion."""
        find = self.search.golden if self.rules.search == "golden" else self.search.exhaustive
        self._latest = None
        if self.rules.search == "exhaustive" and self.neighbors.whole_curves:
            points, scores = self.curve(y)
            self.score = float(scores.min())
            return float(points[np.argmin(scores)])
        best = find(lambda points: self.scores(y, points))
        self.score = min(self.search.visited.values())
        return best

    def scores(self, y: FloatArray, points: FloatArray) -> FloatArray:
        """Give the criterion at ascending bandwidths."""
        from spatialccd.drivers.gwr import _loops

        numerator, known = self._sums(y, points)
        beta = np.empty_like(numerator)
        rss, left_out = np.zeros((2, len(points)))
        shares = np.array([at.share for at in known])
        crossed = self.rules.criterion == "cv"
        _loops.fit_points(numerator, shares, self.x, y, crossed, beta, rss, left_out)
        trace = np.array([at.trace for at in known])
        score = self.rules.score(len(y), rss, trace, left_out)
        self._latest = (points, beta)
        lacking = np.array([at.lacking for at in known])
        return np.where(lacking | np.isnan(score), np.inf, score)

    def beta(self, y: FloatArray, bandwidth: float) -> FloatArray:
        """Give coefficients at one bandwidth, from the search's last pass when it is there."""
        if self._latest is not None:
            points, beta = self._latest
            self._latest = None
            place = int(np.searchsorted(points, bandwidth))
            if place < len(points) and points[place] == bandwidth:
                return np.asarray(beta[place])
        numerator, (known,) = self._sums(y, np.array([bandwidth]))
        return np.asarray(numerator[0] * known.share)

    def missing_at(self, bandwidth: float) -> Any:
        """Mark the places around which the covariate is zero throughout."""
        if bandwidth not in self._known:
            self._sums(self.x, np.array([bandwidth]))
        return self._known[bandwidth].empty

    def _sums(self, y: FloatArray, points: FloatArray) -> tuple[FloatArray, list[Known]]:
        """Give sum w x y at ascending bandwidths, (P, n), and what is known of each.

        Of bandwidths met first that is found in the same pass, which need not go beyond them.
        """
        met = {point: self._known.ask(point) for point in points.tolist() if point in self._known}
        fresh = [i for i, point in enumerate(points.tolist()) if point not in met]
        upto = fresh[-1] + 1 if fresh else 0
        values = self.x * (np.array([y, self.x]) if fresh else y[None])
        sums = self.neighbors.weighted_sums(values, points, upto)
        if fresh:
            met = self._learn(points[:upto], sums[1, :upto]) | met
        return sums[0], [met[point] for point in points.tolist()]

    def _learn(self, points: FloatArray, squares: FloatArray) -> dict[float, Known]:
        """Give the x-part of some bandwidths, and keep it; `squares` is sum w x^2 (P, n)."""
        found = dict(zip(points.tolist(), learned(self.x * self.x, squares), strict=True))
        for point, known in found.items():
            if point not in self._known:
                self._known.keep(point, known)
        return found

    def curve(self, y: FloatArray) -> Curve:
        """Give the criterion at every bandwidth, or at those visited where they are not whole."""
        if not self.neighbors.whole_curves:
            return curve_of(self.search.visited)
        rss, trace, left_out, gaps = self.neighbors.whole_curve(self.x, y)
        with np.errstate(invalid="ignore"):
            score = self.rules.score(len(y), rss, trace, left_out)
        score = np.where((gaps > 0) | np.isnan(score), np.inf, score)
        low, high = int(self.rules.low), int(self.rules.high)
        return np.arange(low, high + 1.0), score[low - 1 : high]


def learned(square: FloatArray, squares: FloatArray) -> list[Known]:
    """Give what does not depend on y: of x^2 (n,) and of its sums at P bandwidths (P, n)."""
    empty = squares <= _NOTHING * float(np.mean(square))
    with np.errstate(divide="ignore"):
        shares = 1.0 / squares
    traces = (shares @ square).tolist()
    return [
        Known(share.copy(), trace, gaps.copy(), bool(gaps.any()))
        for share, trace, gaps in zip(shares, traces, empty, strict=True)
    ]


def backfit(
    smoothers: Sequence[Smooths],
    y: FloatArray,
    start: FloatArray,
    given: FloatArray,
    *,
    tol: float,
    max_iter: int,
    units: pd.Index,
    names: list[str],
    curves: bool = True,
    progress: Progress | None = None,
    rework: Callable[[FloatArray], FloatArray] | None = None,
) -> Backfit:
    """Refine covariate after covariate until the fit stands still.

    Parameters
    ----------
    smoothers : sequence of Smooths
        One for each covariate.
    start : (n, k)
        Coefficients of the first fit.
    given : (k,)
        Bandwidths that are not searched; NaN where they are.
    tol : float
        Score of change that ends the rounds.
    units, names
        Labels for the error.
    curves : bool
        Also give the criterion curves of the last round.
    rework : callable, optional
        Given the coefficients at the start of a round, gives the y that it regresses, once
        the smoothers have the covariates on the same weights.

    Raises
    ------
    SingularDesignError
        A covariate is zero all around some places, at its bandwidth.
    """
    n, k = start.shape
    X = np.column_stack([smoother.x for smoother in smoothers])
    beta = start.copy()
    parts = X * beta
    fitted = parts.copy()
    residual = y - fitted.sum(axis=1)
    history: list[FloatArray] = []
    scales: list[FloatArray] = []
    changes: list[float] = []
    partial = np.empty((n, k))
    still = 0
    for _ in range(max_iter):
        if rework is not None:
            y = rework(beta)
            fitted = np.column_stack([smoother.x for smoother in smoothers]) * beta
            residual = y - fitted.sum(axis=1)
        bandwidths = history[-1].copy() if history else given.copy()
        for j, smoother in enumerate(smoothers):
            partial[:, j] = fitted[:, j] + residual
            searched = bool(np.isnan(given[j]))
            if searched and still < STANDSTILL:
                bandwidths[j] = smoother.choose(partial[:, j])
            known = history and (bandwidths[j], smoother.scale) == (history[-1][j], scales[-1][j])
            if not known:
                _check_estimable(smoother, bandwidths[j], names[j], units)
            beta[:, j] = smoother.beta(partial[:, j], bandwidths[j])
            fitted[:, j] = smoother.x * beta[:, j]
            residual = partial[:, j] - fitted[:, j]
        at = np.array([smoother.scale for smoother in smoothers])
        # On weights of each round bandwidths may go to and fro: those met before stand still too.
        back = 1 if rework is None else len(history)
        met = zip(history[-back:], scales[-back:], strict=True)
        still = still + 1 if any((b == bandwidths).all() and (s == at).all() for b, s in met) else 0
        history.append(bandwidths)
        scales.append(at)
        before, parts = parts, X * beta
        changes.append(_change(before, parts))
        if progress is not None:
            progress(len(changes), max_iter)
        if changes[-1] < tol:
            break
    return Backfit(
        history[-1],
        beta,
        fitted,
        np.array(history),
        np.array(scales),
        np.array(changes),
        [s.curve(partial[:, j]) for j, s in enumerate(smoothers)] if curves else [],
        changes[-1] < tol,
    )


def _change(before: FloatArray, after: FloatArray) -> float:
    """Score of change: root mean square step over the size of the fit (mgwr's SOC-f)."""
    step = float(((after - before) ** 2).sum()) / len(after)
    return float(np.sqrt(step / float((after.sum(axis=1) ** 2).sum())))


def _check_estimable(smoother: Smooths, bandwidth: float, name: str, units: pd.Index) -> None:
    empty = smoother.missing_at(bandwidth)
    if empty.any():
        raise SingularDesignError(
            f"{name} is zero all around {listed(units[empty])} even at bandwidth {bandwidth:g}: "
            "it has no local coefficient there; drop it or raise min_bandwidth"
        )
