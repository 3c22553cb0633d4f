"""How small samples correct clustered errors: one convention for every station, that of Stata.

With G clusters, n rows and k coefficients the sandwich of the clusters' summed scores is
multiplied by

    G / (G - 1) * (n - 1) / (n - k)    for least squares, and by
    G / (G - 1)                        for maximum likelihood,

and least squares takes t with G - 1 degrees of freedom and F with (q, G - 1). Maximum likelihood
takes z, as Stata's intreg does (tobit, which is the same estimate there, prints t with the rows'
degrees of freedom). k counts the intercept and the effects that are taken up, but not those whose
levels each lie in one cluster, such as a unit's own effect where units are the clusters: as
``xtreg, fe vce(cluster)`` and reghdfe count.

References
----------
StataCorp, [P] _robust, methods and formulas. Cameron, A. C. and Miller, D. L. (2015). A
practitioner's guide to cluster-robust inference. J. Human Resources 50, 317-372, sections II.B
and VI. Bell, R. M. and McCaffrey, D. F. (2002). Bias reduction in standard errors for linear
regression with multi-stage samples. Survey Methodology 28, 169-181. Pustejovsky, J. E. and
Tipton, E. (2018). Small-sample methods for cluster-robust variance estimation and hypothesis
testing in fixed effects models. J. Business Econ. Stat. 36, 672-683. Joshi, M., Pustejovsky, J. E.
and Beretvas, S. N. (2022). Cluster wild bootstrapping to handle dependent effect sizes in
meta-analysis with a small number of studies. Res. Synth. Methods 13, 457-477.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from spatialccd._types import FloatArray, IntArray

#: Below this a square root of I - H has no inverse: the cluster alone fixes a coefficient.
_TAKEN = 1e-8
#: Up to as many clusters every pattern of signs is taken.
_ALL_SIGNS = 12
_DRAWS, _LOT = 1999, 100


def sandwich(
    bread: FloatArray, scores: FloatArray, codes: IntArray | None, *, k: int | None = None
) -> FloatArray:
    """Give the robust covariance of an estimate, clustered where there are `codes`.

    Parameters
    ----------
    bread : array, shape (p, p)
        (X'X)^-1, or the inverse of the observed information.
    scores : array, shape (n, p)
        X times the residual, or the gradient of each row's log-likelihood.
    codes : array of int, shape (n,), optional
        The cluster of each row, 0 to G - 1; each row is one when omitted.
    k : int, optional
        Coefficients of a least squares regression, with those taken up by effects
        that lie across clusters; none for maximum likelihood.
    """
    n = len(scores)
    if codes is not None:
        scores = np.asarray(pd.DataFrame(scores).groupby(codes).sum())
    groups = len(scores)
    factor = groups / (groups - 1)
    if k is not None:
        factor *= (n - 1) / (n - k)
    return np.asarray(bread @ (scores.T @ scores) @ bread * factor)


def convention(groups: int) -> str:
    """Say in a result how least squares with so many clusters corrects its errors."""
    return (
        f"Standard errors are clustered in {groups} clusters as by Stata's vce(cluster): factor "
        f"G/(G-1) (n-1)/(n-k), t with {groups - 1} degrees of freedom."
    )


def across(levels: IntArray, codes: IntArray) -> bool:
    """Say whether a level of an effect has rows in several clusters, and so costs a coefficient."""
    return bool((pd.Series(codes).groupby(levels).nunique() > 1).any())


def wald(coef: FloatArray, covariance: FloatArray, groups: int) -> tuple[float, float]:
    """Test that coefficients of least squares are all 0: F and its p with (q, G - 1).

    NaN where the clusters are too few for as many coefficients at once.
    """
    q = coef.size
    if np.linalg.matrix_rank(covariance, hermitian=True) < q:
        return np.nan, np.nan
    f = float(coef @ np.linalg.solve(covariance, coef)) / q
    return f, float(stats.f.sf(f, q, groups - 1))


@dataclass(frozen=True)
class BiasReduced:
    """Bell and McCaffrey's errors (CR2) of a least squares regression.

    Each cluster's residuals are multiplied by (I - H_gg)^-1/2, so that the covariance has no
    bias where errors are independent and of equal variance; the degrees of freedom are those of
    Satterthwaite under the same errors. Nothing larger than k x k is kept of a cluster.

    Attributes
    ----------
    covariance : array, shape (k, k)
    back : array, shape (k, k)
        From coefficients of the orthogonal columns Q of X to those of X.
    own, lost : array, shape (G, k, k)
        A cluster's part p_g = (I - H) A_g Q_g of the covariance has the inner products
        p_g' p_h = [g = h] own_g - lost_g' lost_h.
    """

    covariance: FloatArray
    back: FloatArray
    own: FloatArray
    lost: FloatArray

    @classmethod
    def of(cls, X: FloatArray, residual: FloatArray, codes: IntArray) -> BiasReduced:
        """Compute them of a design (effects taken off, rows in any order) and its residuals."""
        q, r = np.linalg.qr(X)
        back = np.linalg.inv(r)
        k, groups = X.shape[1], int(codes.max()) + 1
        squares, scores = np.zeros((groups, k, k)), np.zeros((groups, k))
        np.add.at(squares, codes, q[:, :, None] * q[:, None, :])
        np.add.at(scores, codes, q * residual[:, None])
        share, turn = np.linalg.eigh(squares)  # of Q_g' Q_g; a share of 1 leaves nothing to adjust
        share = np.clip(share, 0.0, 1.0)
        grown = np.where(share < 1 - _TAKEN, 1 / np.sqrt(np.maximum(1 - share, _TAKEN)), 0.0)

        def turned(values: FloatArray) -> FloatArray:
            return np.asarray((turn * values[:, None, :]) @ turn.transpose(0, 2, 1))

        adjusted = np.einsum("gst,gt->gs", turned(grown), scores)
        covariance = back @ (adjusted.T @ adjusted) @ back.T
        return cls(covariance, back, turned(share * grown**2), turned(share * grown))

    def df(self) -> FloatArray:
        """Give the degrees of freedom of each coefficient's t, shape (k,)."""
        return np.array([self._freedom([j]) for j in range(len(self.back))])

    def wald(self, coef: FloatArray, at: list[int]) -> tuple[float, float]:
        """Test that coefficients are all 0: Hotelling's T-squared as F, and its p (HTZ).

        NaN where clusters are too few for as many coefficients at once.
        """
        q, eta = len(at), self._freedom(at)
        some = self.covariance[np.ix_(at, at)]
        if eta - q + 1 <= 0 or np.linalg.matrix_rank(some, hermitian=True) < q:
            return np.nan, np.nan
        f = (eta - q + 1) / (eta * q) * float(coef[at] @ np.linalg.solve(some, coef[at]))
        return f, float(stats.f.sf(f, q, eta - q + 1))

    def _freedom(self, at: list[int]) -> float:
        """Match a Wishart distribution to the covariance (Pustejovsky and Tipton, eq. 12)."""
        q = len(at)
        chosen = self.back[at].T
        lost = self.lost @ chosen
        expected = (chosen.T @ self.own @ chosen).sum(axis=0) - np.einsum("gas,gat->st", lost, lost)
        values, vectors = np.linalg.eigh(expected)
        if values[0] <= _TAKEN * values[-1]:
            return 0.0
        whitened = chosen @ (vectors / np.sqrt(values))
        own = whitened.T @ self.own @ whitened
        lost = self.lost @ whitened
        inner = lost.transpose(0, 2, 1) @ lost
        # Sums over pairs of clusters of (trace of p_g' p_h)^2 and of the trace of its square.
        pairs = np.einsum("gas,gbt->asbt", lost, lost)
        trace = np.trace(own, axis1=1, axis2=2)
        total = (trace**2 - 2 * trace * np.trace(inner, axis1=1, axis2=2)).sum()
        total += (pairs**2).sum()
        total += np.einsum("gst,gts->", own - 2 * inner, own)
        total += np.einsum("asbt,atbs->", pairs, pairs)
        return float(q * (q + 1) / total)


def wild(X: FloatArray, y: FloatArray, codes: IntArray, at: list[int]) -> float:
    """Give the p-value of several coefficients of few clusters at once, by a wild bootstrap.

    The null is imposed, the residuals of a cluster keep or change their sign together
    (Rademacher), and Wald's statistic is that of clustered errors. All patterns of signs are
    taken where there are 2,048 or fewer, else 1,999 drawn from one stream, so that the same data
    give the same p. Joshi, Pustejovsky and Beretvas (2022) find it nearer to its level than
    Hotelling's T-squared, which with few clusters rejects too rarely.
    """
    k, groups = X.shape[1], int(codes.max()) + 1
    bread = np.linalg.inv(X.T @ X)
    kept = [j for j in range(k) if j not in at]
    null = y - X[:, kept] @ np.linalg.lstsq(X[:, kept], y, rcond=None)[0]
    scores, squares = np.zeros((groups, k)), np.zeros((groups, k, k))
    np.add.at(scores, codes, X * null[:, None])
    np.add.at(squares, codes, X[:, :, None] * X[:, None, :])
    full = scores
    scores, squares = full @ bread[:, at], bread[at] @ squares  # of the tested coefficients
    found = []
    for signs in _signs(groups):
        moved = signs @ full @ bread
        left = signs[:, :, None] * scores - np.einsum("gsk,mk->mgs", squares, moved)
        meat = np.einsum("mgs,mgt->mst", left, left)
        tested = moved[:, at]
        found.append(
            np.einsum("ms,ms->m", tested, np.linalg.solve(meat, tested[..., None])[..., 0])
        )
    statistics = np.concatenate(found)
    return float((statistics >= statistics[0] * (1 - 1e-9)).mean())


def _signs(groups: int) -> Iterator[FloatArray]:
    """Yield patterns of signs (m, G) in small lots, the first of them all pluses."""
    if groups <= _ALL_SIGNS:
        # The last cluster keeps its sign: to turn all is to turn none.
        minus = np.arange(2 ** (groups - 1))[:, None] >> np.arange(groups) & 1
        yield np.where(minus, -1.0, 1.0)
        return
    rng = np.random.default_rng(0)
    yield np.ones((1, groups))
    for start in range(0, _DRAWS, _LOT):
        yield rng.choice([-1.0, 1.0], size=(min(_LOT, _DRAWS - start), groups))
