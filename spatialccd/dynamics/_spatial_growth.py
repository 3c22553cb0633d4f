"""Growth against the level at the start, where growth depends on neighbors too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import stats

from spatialccd._spatial.effects import estimate
from spatialccd._spatial.information import Curvature, inverse
from spatialccd._spatial.likelihood import Pooled
from spatialccd._spatial.multipliers import chi2_p, multipliers
from spatialccd._spatial.operator import Operator, operator_of
from spatialccd._spatial.sample import Sample, check_left, means_off
from spatialccd._spatial.scale import Scale, scaled
from spatialccd._spatial.search import maximize
from spatialccd.errors import EstimationError, PanelError, SingularDesignError, listed

if TYPE_CHECKING:
    from spatialccd._types import FloatArray

LAG = "lag of "


def fit_spatial(
    growth: pd.DataFrame, graph: Any, model: str, effects: str, *, row_standardize: bool
) -> tuple[pd.DataFrame, dict[str, float]]:
    """Fit by exact maximum likelihood; give terms and the line of the table.

    Parameters
    ----------
    growth : DataFrame
        On (unit, start), all units at all starts: _growth, beta (the logarithm of
        the level) and controls.

    Returns
    -------
    terms : DataFrame
        coef, se, t (the z of the normal distribution) and p.
    line : dict
        beta, the total effect beta_total with its se and p, the direct one, rho or
        lambda.
    """
    units = growth.index.get_level_values(0).unique()
    shape = (len(units), len(growth) // len(units))
    sample, names, scale = _sample(growth, graph, units, shape, model, effects, row_standardize)
    likelihood = Pooled(sample, model in ("sar", "sdm"), model == "sem")
    optimum = maximize(likelihood)
    names = [*names, *likelihood.names, "sigma2"]
    covariance = inverse(Curvature(likelihood, optimum.theta).expected(), names)
    coef = scale.estimate(names, sample, optimum.theta)
    se = np.sqrt(np.diag(scale.covariance(names, sample, covariance)))
    t = coef / se
    terms = pd.DataFrame({"coef": coef, "se": se, "t": t, "p": 2 * stats.norm.sf(np.abs(t))}, names)
    terms.loc["sigma2", ["t", "p"]] = np.nan
    line: dict[str, float] = {
        "beta": terms.loc["beta", "coef"],
        "se": terms.loc["beta", "se"],
        "t": terms.loc["beta", "t"],
        "p": terms.loc["beta", "p"],
    }
    unit = float(scale.of(["beta"])[0])
    line |= _effects(sample.operator, names, optimum.theta, covariance, unit)
    for name in likelihood.names:
        line |= {
            f"spatial_{name}": terms.loc[name, "coef"],
            f"spatial_{name}_p": terms.loc[name, "p"],
        }
    e = likelihood.residuals(optimum.theta)
    swept = sample.sweep(sample.y)
    line["r2"] = 1 - float((e**2).sum()) / float(((swept - swept.mean()) ** 2).sum())
    value = scale.log_likelihood(sample, optimum.value)
    return terms, line | {"log_likelihood": value, "n": e.size, "units": len(units)}


def spatial_tests(
    growth: pd.DataFrame, graph: Any, effects: str, *, row_standardize: bool
) -> dict[str, float]:
    """Test the residuals of least squares for a lag of growth and of the error (LM, centered)."""
    units = growth.index.get_level_values(0).unique()
    shape = (len(units), len(growth) // len(units))
    sample, *_ = _sample(growth, graph, units, shape, "ols", effects, row_standardize)
    found = multipliers(sample, centered=True)
    line: dict[str, float] = {}
    for name in ("lm_lag", "lm_error"):
        value, df = found[name]
        line |= {name: value, f"{name}_p": chi2_p(value, df)}
    return line


def _sample(
    growth: pd.DataFrame,
    graph: Any,
    units: pd.Index,
    shape: tuple[int, int],
    model: str,
    effects: str,
    row_standardize: bool,
) -> tuple[Sample, list[str], Scale]:
    """Lay growth out in a scale of one; give the sample, its terms and the scale."""
    operator = operator_of(graph, units, row_standardize=row_standardize)
    by_unit, by_time = effects != "none", effects == "two-way"
    if by_time and model in ("sar", "sem", "sdm") and not operator.row_normalized:
        raise EstimationError(
            "rows of W do not add up to 1 (islands, or row_standardize=False): effects of years do "
            "not leave the likelihood then; link or drop islands (neighbors(islands=...)), or take "
            "effects='unit'"
        )
    columns = growth.drop(columns=["_growth", "_years"])
    names = list(columns.columns)
    y, X, scale = scaled(growth["_growth"].to_numpy(), columns.to_numpy(dtype=float), names)
    y, X = y.reshape(shape), X.reshape(*shape, -1)
    if model in ("sdm", "slx"):
        lagged = (operator.matrix @ X.reshape(shape[0], -1)).reshape(X.shape)
        X, names = np.concatenate([X, lagged], axis=2), [*names, *(LAG + n for n in names)]
    if effects == "none":
        X, names = np.concatenate([np.ones((*shape, 1)), X], axis=2), ["Intercept", *names]
    check_left(y, X, "growth", effects)
    center, y_center = None, 0.0
    if effects == "none":
        y_too = model not in ("sar", "sdm") or operator.row_normalized
        y, X, center, y_center = means_off(y, X, y_too=y_too)
    sample = Sample(
        y=y,
        Z=X,
        operator=operator,
        by_unit=by_unit,
        by_time=by_time,
        transformed=True,
        center=center,
        y_center=y_center,
    )
    if sample.count <= len(names) + 2:
        raise PanelError(
            f"{sample.count} observations are too few for {len(names)} terms and a spatial lag"
        )
    rows = sample.rows(X)
    size = np.where(np.abs(rows).max(axis=0) > 1e-12, np.abs(rows).max(axis=0), 1.0)
    rank = [np.linalg.matrix_rank((rows / size)[:, : j + 1]) for j in range(len(names))]
    gone = [name for j, name in enumerate(names) if rank[j] == (rank[j - 1] if j else 0)]
    if gone:
        raise SingularDesignError(
            f"{listed(gone)} is constant, follows from the terms before it or is taken up by the "
            "effects; drop it"
        )
    return sample, names, scale


def _effects(
    operator: Operator, names: list[str], theta: FloatArray, covariance: FloatArray, unit: float
) -> dict[str, float]:
    """Give the direct and the total effect of the level at the start, by the delta method.

    `unit` is what turns its slope in the fit into that of the data.
    """
    own = names.index("beta")
    around = names.index(LAG + "beta") if LAG + "beta" in names else -1
    rho = names.index("rho") if "rho" in names else -1

    def slopes(point: FloatArray) -> tuple[FloatArray, FloatArray]:
        t = point[..., [around]] if around >= 0 else 0 * point[..., [own]]
        return point[..., [own]], t

    def roots(point: FloatArray) -> tuple[Any, Any]:
        lag = point[..., rho] if rho >= 0 else 0 * point[..., own]
        return 1 + 0 * lag, lag

    found = estimate(operator, theta, covariance, slopes, roots, n_draws=2, seed=0, confidence=0.95)
    direct, total = unit * float(found.value[0, 0]), unit * float(found.value[0, 2])
    se = unit * float(found.se[0, 2])
    return {
        "beta_direct": direct,
        "beta_total": total,
        "se_total": se,
        "p_total": float(2 * stats.norm.sf(abs(total / se))),
    }
