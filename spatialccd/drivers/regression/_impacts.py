"""Direct, indirect and total effects of a spatial regression."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse, stats
from scipy.sparse.linalg import splu

from spatialccd.drivers._estimates import INTERCEPT

if TYPE_CHECKING:
    from spatialccd._types import FloatArray


def impacts(
    names: list[str],
    coef: FloatArray,
    covariance: FloatArray,
    spectrum: Spectrum | None,
    n_draws: int,
    seed: int | None,
) -> pd.DataFrame:
    """Table effects by covariate: the mean diagonal of dy/dx, the rest of its rows, the sum.

    dy/dx = (I - rho W)^-1 (b I + theta W). The traces that this takes are sums
    over the eigenvalues e of W: of 1 / (1 - rho e), and of e / (1 - rho e). Without
    rho among `names` effects stay where they are, and `spectrum` may be None.
    """
    lagged = [name.removeprefix("lag of ") for name in names if name.startswith("lag of ")]
    covariates = [
        name
        for name in names
        if name not in (INTERCEPT, "rho", "lambda") and not name.startswith("lag of ")
    ]
    direct_of = [names.index(name) for name in covariates]
    lag_of = [names.index(f"lag of {name}") if name in lagged else -1 for name in covariates]
    rho_at = names.index("rho") if "rho" in names else -1
    own_lag = spectrum if rho_at >= 0 else None

    def effects(at: FloatArray) -> FloatArray:
        b = at[direct_of]
        if own_lag is None:
            return np.column_stack([b, np.zeros_like(b), b])
        theta = np.where(np.array(lag_of) >= 0, at[lag_of], 0.0)
        own, around, own_sum, around_sum = own_lag.means(float(at[rho_at]))
        direct, total = b * own + theta * around, b * own_sum + theta * around_sum
        return np.column_stack([direct, total - direct, total])

    estimate = effects(coef)
    if own_lag is None:
        se = np.column_stack([np.sqrt(np.diag(covariance))[direct_of]] * 3)
        se[:, 1] = np.nan
    else:
        rng = np.random.default_rng(seed)
        # The intercept is in no effect; drawn along, it would tie the draws to the zero of X.
        moving = [i for i, name in enumerate(names) if name != INTERCEPT]
        draws = np.tile(coef, (n_draws, 1))
        draws[:, moving] = rng.multivariate_normal(
            coef[moving], covariance[np.ix_(moving, moving)], size=n_draws, method="cholesky"
        )
        # A lag at or beyond 1 has no equilibrium, and no effects.
        draws = draws[np.abs(draws[:, rho_at]) < own_lag.largest]
        se = np.std([effects(draw) for draw in draws], axis=0, ddof=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2 * stats.norm.sf(np.abs(estimate / se))
    columns: dict[str, FloatArray] = {}
    for j, kind in enumerate(("direct", "indirect", "total")):
        columns |= {kind: estimate[:, j], f"{kind}_se": se[:, j], f"{kind}_p": p[:, j]}
    return pd.DataFrame(columns, pd.Index(covariates, name="term"))


class Spectrum:
    """I - rho W for any rho: its determinant, and what its inverse comes to in the mean."""

    def __init__(self, W: sparse.csr_array[np.float64]) -> None:
        self._W = W
        self._eigenvalues = np.linalg.eigvals(W.toarray())
        self._row_sums = np.asarray(W.sum(axis=1)).ravel()
        self.size = len(self._row_sums)
        radius = float(np.abs(self._eigenvalues).max())
        self.largest = 1.0 / radius if radius > 1e-9 else np.inf  # links without a way back

    def log_determinant(self, rho: float) -> float:
        """Give ln |I - rho W|."""
        return float(np.log(np.abs(1.0 - rho * self._eigenvalues)).sum())

    def means(self, rho: float) -> tuple[float, float, float, float]:
        """Give the mean diagonal of (I - rho W)^-1 and of it times W, then both mean row sums."""
        inverse = 1.0 / (1.0 - rho * self._eigenvalues)
        around = (self._eigenvalues * inverse).real.mean()
        return float(inverse.real.mean()), float(around), *self._sums(rho)

    def _sums(self, rho: float) -> tuple[float, float]:
        if np.allclose(self._row_sums, 1.0):  # then ones stay ones under W
            return 1.0 / (1.0 - rho), 1.0 / (1.0 - rho)
        n = self.size
        system = sparse.csc_array(sparse.eye_array(n) - rho * self._W)
        right = np.column_stack([np.ones(n), self._row_sums])
        own, lagged = splu(system).solve(right).mean(axis=0)
        return float(own), float(lagged)
