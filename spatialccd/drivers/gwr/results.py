"""What GWR and MGWR return."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from spatialccd.drivers.gwr._estimates import LocalEstimates
from spatialccd.drivers.gwr._summary import notes, write
from spatialccd.drivers.gwr._tables import bandwidth_table, coefficient_table, fit_table

if TYPE_CHECKING:
    import pandas as pd


class LocalRegression(LocalEstimates):
    """Coefficients that vary over space, and how far to trust them."""

    def notes(self) -> list[str]:
        """Say what a reader should know before quoting the figures."""
        return notes(self)

    def further(self) -> dict[str, pd.DataFrame]:
        """Give coefficients in short, bandwidths, figures of fit, and the global regression."""
        return {
            "coefficients": coefficient_table(self),
            "bandwidths": bandwidth_table(self),
            "fit": fit_table(self),
            "global": self.ols.copy(),
        }

    def summary(self) -> str:
        """Write settings, global regression, bandwidths, diagnostics and coefficients."""
        return write(self)


@dataclass(frozen=True, eq=False, kw_only=True)
class GWR(LocalRegression):
    """A geographically weighted regression: one bandwidth for all terms."""


@dataclass(frozen=True, eq=False, kw_only=True)
class MGWR(LocalRegression):
    """A multiscale geographically weighted regression: a bandwidth for each term.

    Attributes
    ----------
    start_bandwidth : float
        The GWR bandwidth that backfitting started from; it weights ``local_r2``.
    history : DataFrame
        By round: the bandwidth of each term and the score of change.
    converged : bool
        Whether the score of change fell below ``tol``.
    enp_error : Series
        Standard error of ``enp``; 0 unless inference is stochastic.
    se_error : float
        Relative standard error of ``se``; 0 unless inference is stochastic.
    """

    start_bandwidth: float
    history: pd.DataFrame
    converged: bool
    enp_error: pd.Series
    se_error: float


@dataclass(frozen=True, eq=False, kw_only=True)
class GTWR(LocalRegression):
    """A geographically and temporally weighted regression of a panel.

    Attributes
    ----------
    time_scale : float
        Units of distance (km on a geographic CRS) that count as much as one unit
        of time.
    scales : DataFrame
        What the search tried: time_scale, bandwidth, criterion.
    """

    time_scale: float
    scales: pd.DataFrame
