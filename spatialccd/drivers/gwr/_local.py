"""Geographically weighted regression with one bandwidth: search, fit, diagnostics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from spatialccd.drivers.gwr._criteria import criterion
from spatialccd.errors import SingularDesignError, listed

if TYPE_CHECKING:
    import pandas as pd

    from spatialccd._types import FloatArray, IntArray
    from spatialccd.drivers.gwr._backfit import Rules
    from spatialccd.drivers.gwr._neighbors import Neighbors


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
    neighbors: Neighbors,
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
    neighbors: Neighbors,
    X: FloatArray,
    y: FloatArray,
    rules: Rules,
    *,
    units: pd.Index,
    names: list[str],
) -> tuple[float, dict[float, float]]:
    """Give the best common bandwidth and the criterion at those visited.

    Raises
    ------
    SingularDesignError
        No bandwidth allowed gives every place an estimate.
    """

    def score(points: FloatArray) -> FloatArray:
        return np.array([local_score(neighbors, X, y, float(p), rules.criterion) for p in points])

    # A bandwidth more costs a whole pass here: nothing is looked ahead for.
    search = rules.searcher(fixed=neighbors.space.fixed, kernel=neighbors.space.kernel)
    search.depth = 0
    best = search.golden(score) if rules.search == "golden" else search.exhaustive(score)
    if not np.isfinite(min(search.visited.values())):
        local = neighbors.local_systems(X, y, rules.high, focal=X, full=False)
        if (local.dependent >= 0).any():
            raise singular(local.dependent, rules.high, units, names)
        raise SingularDesignError(
            f"{len(y)} units are too few for {X.shape[1]} local coefficients: no bandwidth "
            "leaves degrees of freedom; drop covariates"
        )
    return best, search.visited


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
    neighbors: Neighbors, X: FloatArray, y: FloatArray, bandwidth: float, name: str
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
