"""What a covariate does to a censored value itself, not to the latent one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd
from scipy.special import ndtr

from spatialccd._result import Result, record
from spatialccd.drivers._estimates import INTERCEPT, term_table
from spatialccd.errors import check_choice, check_range

if TYPE_CHECKING:
    from collections.abc import Callable

    from spatialccd._types import FloatArray
    from spatialccd.drivers.regression.panel_tobit import PanelTobit
    from spatialccd.drivers.regression.tobit import Tobit

Effect = Literal["observed", "uncensored", "probability"]
Point = Literal["average", "mean"]


@dataclass(frozen=True, eq=False, kw_only=True)
class MarginalEffects(Result):
    """The effect of each covariate on a censored value.

    Attributes
    ----------
    terms : DataFrame
        By covariate: coef (the effect), se, statistic (z), p, low, high.
    """

    terms: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give one row a covariate."""
        return self.terms.copy()


def marginal_effects(
    fitted: Tobit | PanelTobit,
    *,
    of: Effect = "observed",
    at: Point = "average",
    confidence: float = 0.95,
) -> MarginalEffects:
    """Give what one more of a covariate does to the censored value.

    Parameters
    ----------
    fitted : Tobit or PanelTobit
        What ``tobit`` or ``panel_tobit`` returns.
    of : {"observed", "uncensored", "probability"}, default "observed"
        On E[y | x], limits included; on E[y | x, between the limits]; or on
        the probability to lie between the limits.
    at : {"average", "mean"}, default "average"
        The mean of the effects of all rows, or the effect at mean covariates.
    confidence : float, default 0.95
        Level of the intervals.

    Returns
    -------
    MarginalEffects
        With errors by the delta method, from the covariance of the estimate.

    Notes
    -----
    Effects are derivatives, also of a covariate that is 0 or 1. The random
    effect of a panel is part of the latent variance.

    References
    ----------
    McDonald and Moffitt (1980), Rev. Econ. Stat. 62, 318-321. Greene (2018),
    Econometric Analysis, 8th ed., theorem 19.4.

    Examples
    --------
    >>> from spatialccd.drivers.regression.tobit import tobit
    >>> X = pd.DataFrame({"x": np.arange(8.0)})
    >>> fitted = tobit(pd.Series([0, 0, 0, 0.9, 1.2, 2.4, 2.6, 3.8]), X)
    >>> marginal_effects(fitted).to_frame()["coef"].round(2).to_dict()
    {'x': 0.5}
    """
    settings = record("marginal_effects", locals())
    check_choice("of", of, get_args(Effect))
    check_choice("at", at, get_args(Point))
    check_range("confidence", confidence, 0, 1, open_low=True, open_high=True)
    X = fitted.X.to_numpy(dtype=float)
    if at == "mean":
        X = X.mean(axis=0, keepdims=True)
    estimate = fitted.coef.to_numpy()
    slopes = np.array([name != INTERCEPT for name in fitted.X.columns])

    def effects(parameters: FloatArray) -> FloatArray:
        coef, logs = parameters[: X.shape[1]], parameters[X.shape[1] :]
        scale = np.sqrt(np.exp(2 * logs).sum())
        mean = _response(X @ coef, scale, fitted.limits, of).mean()
        return np.asarray(coef[slopes] * mean)

    jacobian = _jacobian(effects, estimate)
    covariance = jacobian @ fitted.covariance.to_numpy() @ jacobian.T
    names = [str(name) for name in fitted.X.columns[slopes]]
    return MarginalEffects(
        settings=settings,
        terms=term_table(names, effects(estimate), covariance, confidence),
    )


def _response(
    mean: FloatArray, scale: float, limits: tuple[float, float], of: Effect
) -> FloatArray:
    """Differentiate what is asked for by the latent mean, (n,)."""
    a, b = ((limit - mean) / scale for limit in limits)
    inside = ndtr(b) - ndtr(a)
    if of == "observed":
        return np.asarray(inside)
    density_a, density_b = (np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi) for z in (a, b))
    if of == "probability":
        return np.asarray((density_a - density_b) / scale)
    # At an infinite limit z * density is 0, not infinity times 0.
    edge_a, edge_b = (
        np.where(np.isfinite(z), np.nan_to_num(z) * density, 0.0)
        for z, density in ((a, density_a), (b, density_b))
    )
    shift = (density_a - density_b) / inside
    return np.asarray(1 + (edge_a - edge_b) / inside - shift**2)


def _jacobian(function: Callable[[FloatArray], FloatArray], at: FloatArray) -> FloatArray:
    """Central differences, (effects, parameters)."""
    columns = []
    for j in range(at.size):
        step = np.zeros(at.size)
        step[j] = 1e-5 * max(1.0, abs(at[j]))
        columns.append((function(at + step) - function(at - step)) / (2 * step[j]))
    return np.column_stack(columns)
