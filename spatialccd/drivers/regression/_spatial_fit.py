"""The fit of a spatial regression by spreg, in a scale of one, and its figures in the caller's."""

from __future__ import annotations

import io
import warnings
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from spatialccd.drivers._estimates import Design, demeaned
from spatialccd.drivers.regression._impacts import Spectrum, impacts
from spatialccd.drivers.regression._scaling import Scaled, peer, standardized

if TYPE_CHECKING:
    import pandas as pd

    from spatialccd._types import FloatArray

RHO, LAMBDA = "rho", "lambda"


@dataclass(frozen=True)
class SpatialFit:
    """A fitted spatial regression.

    Attributes
    ----------
    peer : spreg result
        In the scale of the fit.
    scaled : Scaled
        That scale.
    lag : "rho", "lambda" or None
        The parameter of the weights.
    spectrum : Spectrum or None
        Of the weights of the fit.
    size : float
        What the weights were divided by.
    """

    peer: Any
    scaled: Scaled
    lag: str | None
    spectrum: Spectrum | None
    size: float

    @property
    def names(self) -> list[str]:
        """The terms, (k,)."""
        return [*self.scaled.design.names, *([self.lag] if self.lag else [])]

    @property
    def _raw(self) -> tuple[FloatArray, FloatArray]:
        coef = np.asarray(self.peer.betas, dtype=float).ravel()
        return coef, np.asarray(self.peer.vm, dtype=float)[: coef.size, : coef.size]

    @property
    def _back(self) -> FloatArray:
        back = self.scaled.back(more=int(self.lag is not None))
        if self.lag is not None:
            back[-1, -1] = 1 / self.size
        if self.lag == RHO and self.scaled.intercept:
            back[0, -1] = -self.scaled.y_center  # y - m = rho W (y - m) + ... + a - m (1 - rho)
        return back

    @property
    def coef(self) -> FloatArray:
        """The coefficients on the data, (k,)."""
        found = self._back @ self._raw[0]
        if self.scaled.intercept:
            found[0] += self.scaled.y_center
        return np.asarray(found)

    @property
    def covariance(self) -> FloatArray:
        """Of the coefficients on the data, (k, k)."""
        return np.asarray(self._back @ self._raw[1] @ self._back.T)

    @property
    def df(self) -> int | None:
        """Degrees of freedom of t; None where tests are of z."""
        return None if self.lag else len(self.scaled.design.y) - len(self.names)

    @property
    def residual(self) -> FloatArray:
        """Of the rows of the design, (n,)."""
        return np.asarray(self.peer.u, dtype=float).ravel() * self.scaled.y_scale

    def effects(self, n_draws: int, seed: int | None) -> pd.DataFrame:
        """Give direct, indirect and total effects of the covariates, on the data."""
        table = impacts(self.names, *self._raw, self.spectrum, n_draws, seed)
        at = [self.names.index(name) for name in table.index]
        unit = self.scaled.y_scale / self.scaled.scale[at]
        figures = [name for name in table if not name.endswith("_p")]
        return table.assign(**{name: table[name] * unit for name in figures})

    def statistics(self) -> dict[str, float]:
        """Give the figures of fit; of OLS also the tests of spatial dependence."""
        coef, _ = self._raw
        n, k = len(self.scaled.design.y), coef.size
        predicted = np.asarray(self.peer.predy, dtype=float).ravel()
        observed = np.asarray(self.peer.y, dtype=float).ravel()
        if self.spectrum is None:
            log_likelihood = float(self.peer.logll)
        else:
            # spreg 1.9 states another figure for panels than its own estimates maximize.
            times = n / self.spectrum.size
            log_likelihood = times * self.spectrum.log_determinant(float(coef[-1])) - n / 2 * (
                np.log(2 * np.pi * float(np.asarray(self.peer.sig2).ravel()[0])) + 1
            )
        log_likelihood -= n * float(np.log(self.scaled.y_scale))
        found: dict[str, float] = {
            "n": n,
            "r2": float(np.corrcoef(predicted, observed)[0, 1] ** 2),
            "log_likelihood": log_likelihood,
            "aic": 2 * k - 2 * log_likelihood,
            "bic": k * float(np.log(n)) - 2 * log_likelihood,
        }
        return found if self.lag else found | _dependence(self.peer)


def fit(
    design: Design, W: sparse.csr_array[np.float64], lag: str | None, *, is_panel: bool
) -> SpatialFit:
    """Fit y = X b + e (no lag), or with the lag of y (rho) or of the error (lambda).

    A mean of y goes into the intercept, and with rho only where all rows of the
    weights have one sum; a panel has no means left.
    """
    sums = np.asarray(W.sum(axis=1)).ravel()
    even = bool(np.allclose(sums, 1.0, rtol=1e-12))
    if is_panel:
        units = np.tile(np.arange(W.shape[0]), len(design.y) // W.shape[0])
        columns = np.column_stack([design.y, design.X])
        columns = demeaned(columns - columns.mean(axis=0), [units])
        design = replace(design, y=columns[:, 0], X=columns[:, 1:])
    spectrum = Spectrum(W) if lag else None
    size = 1.0
    if spectrum and not even and np.isfinite(spectrum.largest):
        size = 1 / spectrum.largest  # spreg looks for the parameter between -1 and 1
        W = sparse.csr_array(W / size)
        spectrum = Spectrum(W)
    scaled = standardized(design, center_y=lag == LAMBDA or even, size=size)
    return SpatialFit(
        _by_spreg(scaled.design, W, lag, is_panel=is_panel), scaled, lag, spectrum, size
    )


def _by_spreg(
    design: Design, W: sparse.csr_array[np.float64], lag: str | None, *, is_panel: bool
) -> Any:
    import spreg
    from libpysal.weights import WSP

    # spreg prints; islands are the caller's choice, and its own notes are on its future.
    with peer("spreg"), warnings.catch_warnings(), redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        w = WSP(sparse.csr_matrix(W)).to_W(silence_warnings=True)
        y = design.y[:, None]
        if is_panel:
            kind = spreg.Panel_FE_Error if lag == LAMBDA else spreg.Panel_FE_Lag
            return kind(y, design.X, w, vm=True)
        X = design.X[:, 1:]
        if lag is None:
            return spreg.OLS(y, X, w, spat_diag=True, moran=True)
        if lag == LAMBDA:
            return spreg.ML_Error(y, X, w)
        return spreg.ML_Lag(y, X, w, spat_diag=False, spat_impacts=None)


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
