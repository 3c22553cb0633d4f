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
        found = {
            "coefficients": coefficient_table(self),
            "bandwidths": bandwidth_table(self),
            "fit": fit_table(self),
            "global": self.ols.copy(),
        }
        if isinstance(self, GTWR | MGTWR):
            found["space_time"] = self.space_time.copy()
        return found

    def summary(self) -> str:
        """Write settings, global regression, bandwidths, diagnostics and coefficients."""
        return write(self)


@dataclass(frozen=True, eq=False, kw_only=True)
class GWR(LocalRegression):
    """A geographically weighted regression: one bandwidth for all terms that vary."""


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
    tau : float
        Its square, by which papers and mgtwr weigh time: d^2 = d_s^2 + tau d_t^2.
    scales : DataFrame
        What the search tried: time_scale, bandwidth, criterion.
    space_time : DataFrame
        One row: bandwidth, time_scale, tau; spatial_bandwidth, the distance that the
        bandwidth is (of neighbors, the median over rows); temporal_bandwidth, the same
        in units of time, infinite where time has no part; times, the median number of
        times within it.
    """

    time_scale: float
    tau: float
    scales: pd.DataFrame
    space_time: pd.DataFrame


@dataclass(frozen=True, eq=False, kw_only=True)
class MGTWR(LocalRegression):
    """A multiscale geographically and temporally weighted regression of a panel.

    Attributes
    ----------
    time_scale : Series
        By term: units of distance (km on a geographic CRS) that count as much as one
        unit of time; missing where ``fixed_terms`` holds the coefficient at all times.
    tau : Series
        Its square, by which papers and mgtwr weigh time: d^2 = d_s^2 + tau d_t^2.
    space_time : DataFrame
        By term: bandwidth, time_scale, tau; spatial_bandwidth, the distance that the
        bandwidth is (of neighbors, the median over rows); temporal_bandwidth, the same
        in units of time, infinite where time has no part; times, the median number of
        times within it.
    scales : DataFrame
        What each term's search tried last: term, time_scale, bandwidth, criterion.
    start_bandwidth, start_time_scale : float
        Those of the GTWR that backfitting started from; they weight ``local_r2``.
    history : DataFrame
        By round: bandwidth and time scale of each term, and the score of change.
    converged : bool
        Whether the score of change fell below ``tol``.
    enp_error : Series
        Standard error of ``enp``; 0 unless inference is stochastic.
    se_error : float
        Relative standard error of ``se``; 0 unless inference is stochastic.
    """

    time_scale: pd.Series
    tau: pd.Series
    space_time: pd.DataFrame
    scales: pd.DataFrame
    start_bandwidth: float
    start_time_scale: float
    history: pd.DataFrame
    converged: bool
    enp_error: pd.Series
    se_error: float
