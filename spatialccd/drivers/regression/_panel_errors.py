"""The errors of a linear panel regression, and the tests that rest on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import stats

from spatialccd._clusters import BiasReduced, across, convention, sandwich, wald, wild
from spatialccd.drivers._estimates import (
    FEW_CLUSTERS,
    Design,
    demeaned,
    effect_codes,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spatialccd._types import FloatArray, IntArray


@dataclass(frozen=True)
class Fitted:
    """A fitted panel regression as least squares of transformed rows.

    Attributes
    ----------
    peer : linearmodels result
    X : array, shape (n, k)
        With the effects taken off.
    y : array, shape (n,)
        Likewise.
    taken : int
        Coefficients that the effects cost, where they lie across clusters.
    """

    peer: Any
    X: FloatArray
    y: FloatArray
    taken: int

    @property
    def coef(self) -> FloatArray:
        """The coefficients, (k,)."""
        return np.asarray(self.peer.params, dtype=float)

    @property
    def residual(self) -> FloatArray:
        """Of the rows with the effects taken off, (n,)."""
        return np.asarray(self.y - self.X @ self.coef)


@dataclass(frozen=True)
class Errors:
    """The covariance of the coefficients and the degrees of freedom of their t.

    Attributes
    ----------
    covariance : array, shape (k, k)
    df : array, shape (k,)
    """

    covariance: FloatArray
    df: FloatArray

    def wald(self, fitted: Fitted, at: list[int]) -> tuple[float, float]:
        """Test that the coefficients `at` are all 0: F and its p."""
        some = np.ix_(at, at)
        coef = fitted.coef[at]
        f = float(coef @ np.linalg.solve(self.covariance[some], coef)) / len(at)
        return f, float(stats.f.sf(f, len(at), self.df[0]))


@dataclass(frozen=True)
class Clustered(Errors):
    """The same of clusters, by Stata's convention."""

    groups: int

    def wald(self, fitted: Fitted, at: list[int]) -> tuple[float, float]:
        """Test by F with (q, G - 1)."""
        return wald(fitted.coef[at], self.covariance[np.ix_(at, at)], self.groups)


@dataclass(frozen=True)
class Reduced(Errors):
    """The same of few clusters, by Bell and McCaffrey."""

    groups: int
    of: BiasReduced

    def wald(self, fitted: Fitted, at: list[int]) -> tuple[float, float]:
        """Test by Hotelling's T-squared."""
        return self.of.wald(fitted.coef, at)


def transformed(peer: Any, design: Design, effects: str, codes: IntArray | None) -> Fitted:
    """Take the effects off the rows, as the estimate did."""
    rows = np.column_stack([design.y, design.X])
    units = np.asarray(pd.factorize(design.index.get_level_values(0))[0])
    levels = effect_codes(design.index, effects)
    if effects == "random":
        theta = peer.theta.to_numpy(dtype=float).ravel()
        # In the canonical order of units, as rows are.
        means = pd.DataFrame(rows).groupby(units).transform("mean").to_numpy()
        rows = rows - theta[units][:, None] * means
    elif levels:
        rows = demeaned(rows, levels) + rows.mean(axis=0)
    counted = [] if codes is None else [level for level in levels if across(level, codes)]
    taken = sum(int(level.max()) for level in counted)
    return Fitted(peer, rows[:, 1:], rows[:, 0], taken)


def errors(fitted: Fitted, cov: str, codes: IntArray | None) -> Errors:
    """Give the errors asked for."""
    k = fitted.X.shape[1]
    if codes is None:
        covariance = fitted.peer.cov.to_numpy()
        return Errors(covariance, np.full(k, float(fitted.peer.df_resid)))
    groups = int(codes.max()) + 1
    if cov == "cr2":
        reduced = BiasReduced.of(fitted.X, fitted.residual, codes)
        return Reduced(reduced.covariance, reduced.df(), groups, reduced)
    bread = np.asarray(np.linalg.inv(fitted.X.T @ fitted.X), dtype=float)
    scores = fitted.X * fitted.residual[:, None]
    covariance = sandwich(bread, scores, codes, k=k + fitted.taken)
    return Clustered(covariance, np.full(k, groups - 1.0), groups)


def between(
    fitted: Fitted, found: Errors, at: list[int], codes: IntArray | None, units: int
) -> tuple[float, float]:
    """Test coefficients of what differs between units only: F and its p.

    Units are what such a test has many or few of, whatever the rows. Without
    clusters the units, less the coefficients between them, are the degrees of
    freedom. With clusters a single coefficient is tested by its bias-reduced t,
    several by a wild bootstrap: F with (q, G - 1) rejects .11 to .40 at 5% of 8
    units, and .08 to .13 of 31.
    """
    if codes is None:
        f, _ = found.wald(fitted, at)
        df = units - len(at) - 1
        return f, float(stats.f.sf(f, len(at), df)) if df > 0 else np.nan
    groups = int(codes.max()) + 1
    if groups <= len(at) + 1:
        return np.nan, np.nan
    if len(at) == 1:
        return BiasReduced.of(fitted.X, fitted.residual, codes).wald(fitted.coef, at)
    f, _ = found.wald(fitted, at)
    return f, wild(fitted.X, fitted.y, codes, at)


def remarks(
    found: Errors, index: pd.Index, effects: str, statistics: Mapping[str, float]
) -> tuple[str, ...]:
    """Say how the errors were made, and what the sample asks a reader to know."""
    said = []
    if isinstance(found, Clustered):
        said.append(convention(found.groups))
        if found.groups < FEW_CLUSTERS:
            said.append(
                f"{found.groups} clusters are few: the test of a coefficient can reject up to "
                "twice as often as its level says; cov='cr2' does not."
            )
    if isinstance(found, Reduced):
        said.append(
            f"Standard errors are clustered in {found.groups} clusters and bias-reduced (CR2, Bell "
            "and McCaffrey), t with the degrees of freedom of Satterthwaite."
        )
    times = pd.Series(0, index).groupby(level=0).size()
    if effects == "random" and times.min() < times.max():
        said.append(
            f"Units have {times.min()} to {times.max()} times: the variances are Swamy and Arora's "
            "with the harmonic mean of these numbers, as by Stata's xtreg, re; plm, and the option "
            "sa of Stata, weight units by their times (Baltagi and Chang) and differ."
        )
    if np.isnan(statistics["f_p"]):
        said.append("All slopes at once have no test (f): they are too many for the clusters.")
    if np.isnan(statistics.get("mundlak_p", 0.0)):
        said.append(
            "Mundlak's test is missing: no covariate varies both between units and within them, "
            "or units are too few for the means of as many covariates."
        )
    return tuple(said)
