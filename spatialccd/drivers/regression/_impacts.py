"""Direct, indirect and total effects of a spatial regression."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from spatialccd._spatial.effects import KINDS, Multiplier, combine, p_values
from spatialccd.drivers._estimates import INTERCEPT

if TYPE_CHECKING:
    from spatialccd._spatial.operator import Operator
    from spatialccd._types import FloatArray

_PARAMETERS = (INTERCEPT, "rho", "lambda")


def impacts(
    names: list[str],
    coef: FloatArray,
    covariance: FloatArray,
    operator: Operator,
    n_draws: int,
    seed: int | None,
) -> tuple[pd.DataFrame, int]:
    """Table effects by covariate: the mean diagonal of dy/dx, the rest of its rows, the sum.

    dy/dx = (I - rho W)^-1 (b I + theta W). Without rho among `names` effects stay
    where they are.

    Returns
    -------
    DataFrame, int
        direct, indirect and total with _se and _p, a row for each covariate; how many
        draws had a rho outside its bounds, which has no equilibrium and no effects.
    """
    covariates = [
        name for name in names if name not in _PARAMETERS and not name.startswith("lag of ")
    ]
    own = [names.index(name) for name in covariates]
    if "rho" not in names:
        b, se = coef[own], np.sqrt(np.diag(covariance))[own]
        nothing, unknown = np.zeros_like(b), np.full_like(se, np.nan)
        value, spread = np.stack([b, nothing, b], axis=1), np.stack([se, unknown, se], axis=1)
        return _table(covariates, value, spread), 0
    lags = [f"lag of {name}" for name in covariates]
    around = [names.index(name) if name in names else -1 for name in lags]
    rho_at, multiplier = names.index("rho"), Multiplier(operator)
    theta = np.where(np.array(around) >= 0, coef[around], 0.0)
    value = combine(multiplier.means(1.0, float(coef[rho_at])), coef[own], theta)
    draws = _draws(names, coef, covariance, n_draws, seed)
    low, high = operator.bounds
    kept = draws[(draws[:, rho_at] > low) & (draws[:, rho_at] < high)]
    if len(kept) < 2:
        return _table(covariates, value, np.full_like(value, np.nan)), n_draws - len(kept)
    means = multiplier.many(np.ones(len(kept)), kept[:, rho_at])
    theta = np.where(np.array(around) >= 0, kept[:, around], 0.0)
    drawn = combine([mean[:, None] for mean in means.T], kept[:, own], theta)
    return _table(covariates, value, drawn.std(axis=0, ddof=1)), n_draws - len(kept)


def _draws(
    names: list[str], coef: FloatArray, covariance: FloatArray, n_draws: int, seed: int | None
) -> FloatArray:
    """Draw estimates, (n_draws, k).

    The intercept is in no effect; drawn along, it would tie the draws to the zero of X.
    """
    moving = [i for i, name in enumerate(names) if name != INTERCEPT]
    draws = np.tile(coef, (n_draws, 1))
    draws[:, moving] = np.random.default_rng(seed).multivariate_normal(
        coef[moving], covariance[np.ix_(moving, moving)], size=n_draws, method="cholesky"
    )
    return draws


def _table(covariates: list[str], value: FloatArray, se: FloatArray) -> pd.DataFrame:
    p = p_values(value, se)
    columns: dict[str, FloatArray] = {}
    for j, kind in enumerate(KINDS):
        columns |= {kind: value[:, j], f"{kind}_se": se[:, j], f"{kind}_p": p[:, j]}
    return pd.DataFrame(columns, pd.Index(covariates, name="term"))
