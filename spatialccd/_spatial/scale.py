"""The scale of a fit, and the way back: no unit of measurement moves a figure.

y and its regressors are divided by their spread, and where there is an intercept their means are
taken off: beside a covariate of 1e9, or one of 1e7 with a spread of 1, a matrix inverse keeps few
digits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from spatialccd._constant import center_and_scale

if TYPE_CHECKING:
    from spatialccd._spatial.sample import Sample
    from spatialccd._types import FloatArray


@dataclass(frozen=True)
class Scale:
    """What y and covariates were divided by; 1 where they were left as they are.

    Attributes
    ----------
    y : float
    columns : mapping of str to float
        By covariate; its lag has the same, so that both add up in an effect.
    """

    y: float = 1.0
    columns: Mapping[str, float] = field(default_factory=dict)

    def of(self, names: Sequence[str]) -> FloatArray:
        """Give what a parameter of the fit is multiplied by, to be one of the data.

        A slope by the unit of y over that of its covariate, the intercept by the one
        of y, sigma2 by its square; lags of y, of the error and phi have none.
        """
        slopes = {name: self.y / scale for name, scale in self.columns.items()}
        slopes |= {f"lag of {name}": unit for name, unit in slopes.items()}
        units = slopes | {"Intercept": self.y, "sigma2": self.y**2}
        return np.array([units.get(name, 1.0) for name in names])

    def estimate(self, names: Sequence[str], sample: Sample, theta: FloatArray) -> FloatArray:
        """Give parameters of the data, of those of the fit to `sample`."""
        found = self._back(names, sample) @ theta
        found[0] += self.y * sample.y_center
        return np.asarray(found)

    def covariance(
        self, names: Sequence[str], sample: Sample, covariance: FloatArray
    ) -> FloatArray:
        """Give the covariance of parameters of the data, of that of the fit to `sample`."""
        back = self._back(names, sample)
        return np.asarray(back @ covariance @ back.T)

    def log_likelihood(self, sample: Sample, value: float) -> float:
        """Give the log-likelihood of the data, of that of the fit to `sample`."""
        return value - sample.count * float(np.log(self.y))

    def _back(self, names: Sequence[str], sample: Sample) -> FloatArray:
        """Give what turns parameters of the fit into those of the data, but for a mean of y."""
        back = np.diag(self.of(names))
        if sample.center is not None:
            back[0, 1 : len(sample.center)] = -self.y * sample.center[1:]
            if "rho" in names:  # y - m = rho W (y - m) + ... + a - m (1 - rho)
                back[0, list(names).index("rho")] = -self.y * sample.y_center
        return back


def scaled(
    y: FloatArray, X: FloatArray, names: Sequence[str]
) -> tuple[FloatArray, FloatArray, Scale]:
    """Divide y (n,) and covariates (n, k) by their spreads; give these too."""
    _, spread = center_and_scale(np.column_stack([y, X]))
    scale = Scale(float(spread[0]), dict(zip(names, spread[1:].tolist(), strict=True)))
    return y / spread[0], X / spread[1:], scale
