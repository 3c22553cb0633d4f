"""How certain coefficients are, whichever way it was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spatialccd._types import FloatArray


@dataclass(frozen=True)
class Inference:
    """Effective parameters and unscaled variances.

    Attributes
    ----------
    method : str
        exact, stochastic or none.
    enp : (k,)
    enp_error : (k,)
        Standard error of `enp`; zeros when exact.
    variance : (n, k)
        Var(beta) / sigma^2.
    se_error : float
        Relative standard error of its root; 0 when exact.
    leverage : (n, k)
        Diagonals of R_j; NaN when stochastic.
    rss : float
        Of the limit that the backfitting converges to; of its last round when
        that limit is not computed.
    """

    method: str
    enp: FloatArray
    enp_error: FloatArray
    variance: FloatArray
    se_error: float
    leverage: FloatArray
    rss: float
