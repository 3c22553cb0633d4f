"""A y lagged in time and space: the bias of its estimate, and whether it settles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from spatialccd._spatial.information import Curvature
from spatialccd._spatial.likelihood import Pooled

if TYPE_CHECKING:
    from spatialccd._types import FloatArray


def corrected(likelihood: Pooled, theta: FloatArray) -> FloatArray:
    """Take the bias of demeaned units off: theta + Sigma^-1 a / T (Yu, de Jong and Lee 2008).

    With K = ((1 - tau) I - (rho + eta) W)^-1 and G = W (I - rho W)^-1 a holds, per
    unit, tr K, tr W K, 0, tau tr G K + eta tr G W K + tr G, and 1 / (2 s2). Under
    effects of times W is swept of its unit root.

    Parameters
    ----------
    theta : array
        tau, eta, slopes of covariates, rho, s2.
    """
    s = likelihood.sample
    w = _counted(s.operator.all_eigenvalues, swept=s.determinant.swept)
    tau, eta, rho, s2 = theta[0], theta[1], theta[-2], theta[-1]
    K = 1 / ((1 - tau) - (rho + eta) * w)
    G = w / (1 - rho * w)
    a = np.zeros(len(theta))
    a[0], a[1] = K.sum().real, (w * K).sum().real
    a[-2] = (tau * G * K + eta * G * w * K + G).sum().real
    a[:-1] /= s.units
    a[-1] = 1 / (2 * s2)
    information = Curvature(likelihood, theta).expected()
    return np.asarray(theta + s.units * np.linalg.solve(information, a))


def largest_root(eigenvalues: FloatArray, theta: FloatArray) -> float:
    """Give the largest |eigenvalue| of A = (I - rho W)^-1 (tau I + eta W); stable below 1."""
    tau, eta, rho = theta[0], theta[1], theta[-2]
    return float(np.abs((tau + eta * eigenvalues) / (1 - rho * eigenvalues)).max())


def _counted(eigenvalues: FloatArray, *, swept: bool) -> FloatArray:
    """Take one unit root out where times are swept."""
    if not swept:
        return eigenvalues
    return np.delete(eigenvalues, int(np.argmin(np.abs(eigenvalues - 1))))
