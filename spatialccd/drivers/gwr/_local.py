"""Geographically weighted regression with one bandwidth: search, fit, diagnostics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from spatialccd.drivers.gwr._criteria import criterion
from spatialccd.drivers.gwr._search import curve_of
from spatialccd.errors import SingularDesignError, listed

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from spatialccd._types import FloatArray, IntArray, Progress
    from spatialccd.drivers.gwr._backfit import Rules
    from spatialccd.drivers.gwr._design import Design
    from spatialccd.drivers.gwr._kernel_sums import KernelSums
    from spatialccd.drivers.gwr._search import Curve


#: Bandwidths that are looked at for one that golden section missed.
_LOOKED_AT = 1_000


@dataclass(frozen=True)
class LocalFit:
    """A GWR at one bandwidth.

    Attributes
    ----------
    beta : (n, k)
    fitted : (n,)
    residual : (n,)
    leverage : (n, k)
        Each covariate's share of the hat matrix's diagonal.
    variance : (n, k)
        Var(beta) / sigma^2; zeros when only the fit was asked for.
    """

    bandwidth: float
    beta: FloatArray
    fitted: FloatArray
    residual: FloatArray
    leverage: FloatArray
    variance: FloatArray


def fit_local(
    neighbors: KernelSums,
    X: FloatArray,
    y: FloatArray,
    bandwidth: float,
    *,
    units: pd.Index,
    names: list[str],
    full: bool,
) -> LocalFit:
    """Fit GWR at one bandwidth.

    Raises
    ------
    SingularDesignError
        Covariates depend linearly on one another around some places.
    """
    local = neighbors.local_systems(X, y, bandwidth, focal=X, full=full)
    if (local.dependent >= 0).any():
        raise singular(local.dependent, bandwidth, units, names)
    fitted = (X * local.beta).sum(axis=1)
    return LocalFit(bandwidth, local.beta, fitted, y - fitted, local.leverage, local.variance)


def search_local(
    neighbors: KernelSums,
    X: FloatArray,
    y: FloatArray,
    rules: Rules,
    *,
    units: pd.Index,
    names: list[str],
    progress: Progress | None = None,
) -> tuple[float, dict[float, float]]:
    """Give the best common bandwidth and the criterion at those looked at.

    `progress` is told how many bandwidths were looked at, and about how many will be.

    Raises
    ------
    SingularDesignError
        No bandwidth allowed gives every place an estimate.
    """
    if rules.search == "exhaustive" and neighbors.whole_curves:
        points = np.arange(rules.low, rules.high + 1.0)
        scores = local_scores(neighbors, X, y, points, rules.criterion)
        best = float(points[np.argmin(scores)])
        _check_any(neighbors, X, y, scores, rules, units, names)
        return best, dict(zip(points.tolist(), scores.tolist(), strict=True))
    best, visited = search_one_by_one(
        lambda point: local_score(neighbors, X, y, point, rules.criterion),
        rules,
        fixed=neighbors.space.fixed,
        progress=progress,
    )
    _check_any(neighbors, X, y, list(visited.values()), rules, units, names)
    return best, visited


def search_one_by_one(
    score_of: Callable[[float], float], rules: Rules, *, fixed: bool, progress: Progress | None
) -> tuple[float, dict[float, float]]:
    """Give the best bandwidth and the criterion at those looked at, each a fit of its own."""
    # Golden section keeps .618 of the range a step; the last steps look at bandwidths known.
    width = rules.high - rules.low
    expected = 2 + int(np.log(max(width, 2.0)) / 0.48)
    if rules.search == "exhaustive":
        expected = 280 if fixed else 1 + int(width)  # a grid of 201, refined twice by 39
    looked = 0

    def score(points: FloatArray) -> FloatArray:
        nonlocal looked
        scores = []
        for point in points:
            scores.append(score_of(float(point)))
            looked += 1
            if progress is not None:
                progress(min(looked, expected), expected)
        return np.array(scores)

    # A bandwidth more costs a whole pass here: nothing is looked ahead for.
    search = rules.searcher(fixed=fixed, looks_ahead=0)
    best = search.golden(score) if rules.search == "golden" else search.exhaustive(score)
    return best, search.visited


def search_with_curve(
    neighbors: KernelSums, design: Design, rules: Rules, progress: Progress | None = None
) -> tuple[float, Curve]:
    """Give the bandwidth that the search ends at, and the criterion as far as it is known."""
    labels = {"units": design.units, "names": design.names}
    best, visited = search_local(neighbors, design.X, design.y, rules, **labels, progress=progress)
    return best, curve_beyond(neighbors, design, rules, visited)


def curve_beyond(
    neighbors: KernelSums, design: Design, rules: Rules, visited: dict[float, float]
) -> Curve:
    """Give the criterion at the bandwidths visited, and at those a golden section passed by.

    Where one pass gives them: so that it shows what was missed. Of more than a
    thousand bandwidths each second is looked at, or third, and so on.
    """
    if rules.search == "exhaustive" or not neighbors.whole_curves:
        return curve_of(visited)
    step = -(-int(rules.high - rules.low) // _LOOKED_AT)
    points = np.arange(rules.low, rules.high + 1.0, step)
    scores = local_scores(neighbors, design.X, design.y, points, rules.criterion)
    return curve_of(dict(zip(points.tolist(), scores.tolist(), strict=True)) | visited)


def local_scores(
    neighbors: KernelSums, X: FloatArray, y: FloatArray, points: FloatArray, name: str
) -> FloatArray:
    """Give the criterion of GWR at ascending bandwidths in one pass; adaptive bisquare only."""
    rss, trace, left_out, gaps = neighbors.local_curve(X, y, points)
    with np.errstate(divide="ignore", invalid="ignore"):
        score = criterion(name, len(y), rss, trace, left_out)
    return np.where((gaps > 0) | np.isnan(score), np.inf, score)


def _check_any(
    neighbors: KernelSums,
    X: FloatArray,
    y: FloatArray,
    scores: FloatArray | list[float],
    rules: Rules,
    units: pd.Index,
    names: list[str],
) -> None:
    """Raise where no bandwidth gives every place an estimate, and say why."""
    if np.isfinite(scores).any():
        return
    local = neighbors.local_systems(X, y, rules.high, focal=X, full=False)
    if (local.dependent >= 0).any():
        raise singular(local.dependent, rules.high, units, names)
    raise SingularDesignError(
        f"{len(y)} units are too few for {X.shape[1]} local coefficients: no bandwidth "
        "leaves degrees of freedom; drop covariates"
    )


def singular(
    dependent: IntArray, bandwidth: float, units: pd.Index, names: list[str]
) -> SingularDesignError:
    """Word the error: which covariate, where."""
    parts = []
    for column in np.unique(dependent[dependent >= 0]):
        where = units[dependent == column]
        earlier = ", ".join(names[:column]) or "nothing"
        parts.append(f"{names[column]} depends linearly on {earlier} around {listed(where)}")
    return SingularDesignError(
        f"local designs are singular at bandwidth {bandwidth:g}: {'; '.join(parts)}; "
        "drop a covariate or raise min_bandwidth"
    )


def local_score(
    neighbors: KernelSums, X: FloatArray, y: FloatArray, bandwidth: float, name: str
) -> float:
    """Give the criterion of GWR at one bandwidth; infinite where it does not exist."""
    local = neighbors.local_systems(X, y, bandwidth, focal=X, full=False)
    if (local.dependent >= 0).any():
        return float("inf")
    residual = y - (X * local.beta).sum(axis=1)
    leverage = local.leverage.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        left_out = float(((residual / (1.0 - leverage)) ** 2).sum())
        score = criterion(name, len(y), float(residual @ residual), leverage.sum(), left_out)
    return float(score) if not np.isnan(score) else float("inf")
