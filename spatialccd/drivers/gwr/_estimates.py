"""The figures that every geographically weighted regression gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from spatialccd._result import Result

if TYPE_CHECKING:
    import pandas as pd

    from spatialccd.drivers.gwr._design import Design


@dataclass(frozen=True, eq=False, kw_only=True)
class LocalEstimates(Result):
    """Coefficients that vary over space, and how far to trust them.

    Attributes
    ----------
    coef, se, t : DataFrame
        On unit; columns "Intercept" and the covariates. On the scale fitted
        (z-scores with ddof 0 unless ``standardize=False``). se knows of noise
        alone, as mgwr's: bandwidths count as given and smoothing as unbiased, so
        that coef and 1.96 se hold a surface that bends in .4 to .9 of places
        instead of .95; see ``coefficient_intervals``.
    significant : DataFrame
        Whether ``|t|`` exceeds the critical value at .05 adjusted for multiple tests.
    coef_original : DataFrame
        Coefficients in the units of the data.
    bandwidth : Series
        By term: number of neighbors, or distance (km on a geographic CRS);
        infinite where one coefficient stands for all places.
    interval : DataFrame
        By term: low and high of the 95% bandwidth interval (Li et al. 2020).
    enp : Series
        Effective number of parameters of each term; they sum to tr S.
    critical_t : DataFrame
        By term, columns .1, .05 and .01: two-sided critical t, n - 1 degrees of
        freedom, alpha divided by the term's ENP (da Silva and Fotheringham 2016).
    sigma2, rss, log_likelihood, aicc, aic, bic : float
        On the scale fitted. Of counts and shares (`family`) sigma2 is 1, and
        the criteria are of the deviance.
    r2, adj_r2 : float
        Of the whole model; shares of the deviance of counts and shares.
    fitted, residuals : Series
        On unit, in the units of y.
    local_r2, leverage, cooks_distance : Series
        On unit; local_r2 is missing where y has one value all around. Of counts and
        shares it is the share of the deviance, and Cook's distance is of Pearson
        residuals.
    curve : DataFrame
        Columns term, bandwidth, criterion: the last search of each term, at every
        bandwidth where the kernel is an adaptive bisquare, else at those visited. With
        ``fixed_terms`` of a GWR of many units, at some of these.
    missed : DataFrame
        Terms ("all" where they share a bandwidth) whose golden section stopped
        short of the best bandwidth on ``curve``: bandwidth, best, and by how much
        the criterion differs. ``search="exhaustive"`` takes the best.
    ols : DataFrame
        By term: coef, se, t, p of the global regression, on the scale fitted; of the
        generalized linear model for counts and shares.
    ols_fit : Series
        rss, log_likelihood, aicc, aic, bic, r2, adj_r2 of the global regression, and
        residual_moran with its p as below.
    residual_moran : Series
        I, expected_I, z, p_norm of the residuals over 8 nearest neighbors.
    great_circle : bool
        Distances are over the sphere, in km, from a geographic CRS.
    inference : str
        exact, stochastic or none.
    design : Design
        The arrays fitted, for tools that go on from here.
    """

    coef: pd.DataFrame
    se: pd.DataFrame
    t: pd.DataFrame
    significant: pd.DataFrame
    coef_original: pd.DataFrame
    bandwidth: pd.Series
    interval: pd.DataFrame
    enp: pd.Series
    critical_t: pd.DataFrame
    sigma2: float
    rss: float
    log_likelihood: float
    aicc: float
    aic: float
    bic: float
    r2: float
    adj_r2: float
    fitted: pd.Series
    residuals: pd.Series
    local_r2: pd.Series
    leverage: pd.Series
    cooks_distance: pd.Series
    curve: pd.DataFrame
    missed: pd.DataFrame
    ols: pd.DataFrame
    ols_fit: pd.Series
    residual_moran: pd.Series
    great_circle: bool
    inference: str
    design: Design

    def to_frame(self) -> pd.DataFrame:
        """Give one row a unit: coef_, se_, t_, significant_ of each term, then the fit."""
        import pandas as pd

        parts = [
            part.add_prefix(f"{name}_")
            for name, part in (
                ("coef", self.coef),
                ("se", self.se),
                ("t", self.t),
                ("significant", self.significant),
            )
        ]
        unit = [self.fitted, self.residuals, self.local_r2, self.leverage, self.cooks_distance]
        return pd.concat([*parts, *unit], axis=1)
