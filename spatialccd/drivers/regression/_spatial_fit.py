"""The fit of a spatial regression in a scale of one, and its figures in the caller's."""

from __future__ import annotations

import io
import warnings
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from spatialccd._spatial.information import Curvature, inverse
from spatialccd._spatial.likelihood import Pooled
from spatialccd._spatial.sample import Sample, check_left
from spatialccd._spatial.search import maximize
from spatialccd.drivers._estimates import Design, demeaned
from spatialccd.drivers.regression._impacts import impacts
from spatialccd.drivers.regression._scaling import Scaled, peer, standardized

if TYPE_CHECKING:
    import pandas as pd

    from spatialccd._spatial.operator import Operator
    from spatialccd._types import FloatArray

RHO, LAMBDA = "rho", "lambda"


@dataclass(frozen=True)
class SpatialFit:
    """A fitted spatial regression.

    Attributes
    ----------
    scaled : Scaled
        The scale of the fit.
    operator : Operator
        The weights.
    lag : "rho", "lambda" or None
        The parameter of the weights.
    raw, raw_covariance : arrays, shapes (k,), (k, k)
        The coefficients in the scale of the fit, that parameter last.
    raw_residual : array, shape (n,)
        What X, and with rho the neighbors' y, leave of y; not filtered of lambda.
    raw_log_likelihood : float
    dependence : dict
        Of least squares: its tests of spatial dependence.
    """

    scaled: Scaled
    operator: Operator
    lag: str | None
    raw: FloatArray
    raw_covariance: FloatArray
    raw_residual: FloatArray
    raw_log_likelihood: float
    dependence: dict[str, float]

    @property
    def names(self) -> list[str]:
        """The terms, (k,)."""
        return [*self.scaled.design.names, *([self.lag] if self.lag else [])]

    @property
    def _back(self) -> FloatArray:
        back = self.scaled.back(more=int(self.lag is not None))
        if self.lag == RHO and self.scaled.intercept:
            back[0, -1] = -self.scaled.y_center  # y - m = rho W (y - m) + ... + a - m (1 - rho)
        return back

    @property
    def coef(self) -> FloatArray:
        """The coefficients on the data, (k,)."""
        found = self._back @ self.raw
        if self.scaled.intercept:
            found[0] += self.scaled.y_center
        return np.asarray(found)

    @property
    def covariance(self) -> FloatArray:
        """Of the coefficients on the data, (k, k)."""
        return np.asarray(self._back @ self.raw_covariance @ self._back.T)

    @property
    def df(self) -> int | None:
        """Degrees of freedom of t; None where tests are of z."""
        return None if self.lag else len(self.scaled.design.y) - len(self.names)

    @property
    def residual(self) -> FloatArray:
        """Of the rows of the design, (n,)."""
        return self.raw_residual * self.scaled.y_scale

    def effects(self, n_draws: int, seed: int | None) -> tuple[pd.DataFrame, int]:
        """Give direct, indirect and total effects on the data, and how many draws were left out."""
        table, rejected = impacts(
            self.names, self.raw, self.raw_covariance, self.operator, n_draws, seed
        )
        at = [self.names.index(name) for name in table.index]
        unit = self.scaled.y_scale / self.scaled.scale[at]
        figures = [name for name in table if not name.endswith("_p")]
        return table.assign(**{name: table[name] * unit for name in figures}), rejected

    def statistics(self) -> dict[str, float]:
        """Give the figures of fit; of OLS also the tests of spatial dependence."""
        observed, k = self.scaled.design.y, self.raw.size
        n = len(observed)
        value = self.raw_log_likelihood - n * float(np.log(self.scaled.y_scale))
        found: dict[str, float] = {
            "n": n,
            "r2": float(np.corrcoef(observed - self.raw_residual, observed)[0, 1] ** 2),
            "log_likelihood": value,
            "aic": 2 * k - 2 * value,
            "bic": k * float(np.log(n)) - 2 * value,
        }
        return found | self.dependence


def fit(design: Design, operator: Operator, lag: str | None, *, is_panel: bool) -> SpatialFit:
    """Fit y = X b + e (no lag), or with the lag of y (rho) or of the error (lambda).

    A mean of y goes into the intercept, and with rho only where all rows of the
    weights have one sum; a panel, its rows time by time, has no means left.
    """
    if is_panel:
        units = np.tile(np.arange(operator.size), len(design.y) // operator.size)
        columns = np.column_stack([design.y, design.X])
        columns = demeaned(columns - columns.mean(axis=0), [units])
        design = replace(design, y=columns[:, 0], X=columns[:, 1:])
    scaled = standardized(design, center_y=lag != RHO or operator.row_normalized)
    if lag is None:
        return _least_squares(scaled, operator)
    return _most_likely(scaled, operator, lag, is_panel=is_panel)


def _most_likely(scaled: Scaled, operator: Operator, lag: str, *, is_panel: bool) -> SpatialFit:
    """Find the maximum of the likelihood; a panel counts all rows (Elhorst 2014, 3.3)."""
    design = scaled.design
    y = design.y.reshape(-1, operator.size).T
    Z = np.moveaxis(design.X.reshape(*y.T.shape, -1), 0, 1)
    check_left(y, Z, design.dependent, "unit" if is_panel else "none")
    sample = Sample(y=y, Z=Z, operator=operator, by_unit=is_panel, by_time=False, transformed=False)
    likelihood = Pooled(sample, has_rho=lag == RHO, has_lambda=lag == LAMBDA)
    found = maximize(likelihood)
    names = [*design.names, lag, "sigma2"]
    covariance = inverse(Curvature(likelihood, found.theta).expected(), names)
    rho = found.theta[-2] if lag == RHO else 0.0
    residual = sample.sweep(y - rho * sample.lag(y) - Z @ found.theta[:-2])
    return SpatialFit(
        scaled=scaled,
        operator=operator,
        lag=lag,
        raw=found.theta[:-1],
        raw_covariance=covariance[:-1, :-1],
        raw_residual=residual.T.ravel(),
        raw_log_likelihood=found.value,
        dependence={},
    )


def _least_squares(scaled: Scaled, operator: Operator) -> SpatialFit:
    """Fit by least squares, with spreg's tests of what the neighbors have to do with it."""
    import spreg
    from libpysal.weights import WSP

    # spreg prints; islands are the caller's choice, and its own notes are on its future.
    with peer("spreg"), warnings.catch_warnings(), redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        w = WSP(sparse.csr_matrix(operator.matrix)).to_W(silence_warnings=True)
        found = spreg.OLS(
            scaled.design.y[:, None], scaled.design.X[:, 1:], w, spat_diag=True, moran=True
        )
    return SpatialFit(
        scaled=scaled,
        operator=operator,
        lag=None,
        raw=np.asarray(found.betas, dtype=float).ravel(),
        raw_covariance=np.asarray(found.vm, dtype=float),
        raw_residual=np.asarray(found.u, dtype=float).ravel(),
        raw_log_likelihood=float(found.logll),
        dependence=_dependence(found),
    )


def _dependence(peers: Any) -> dict[str, float]:
    """Give the tests of least squares for a lag of y or of the error."""
    found: dict[str, float] = {}
    _, found["moran_z"], found["moran_z_p"] = (float(v) for v in peers.moran_res)
    for name, attribute in {
        "lm_lag": "lm_lag",
        "lm_error": "lm_error",
        "robust_lm_lag": "rlm_lag",
        "robust_lm_error": "rlm_error",
        "lm_sarma": "lm_sarma",
    }.items():
        found[name], found[f"{name}_p"] = (float(v) for v in getattr(peers, attribute))
    return found
