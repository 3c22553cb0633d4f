"""From fitted arrays to the labeled result: diagnostics, tests and intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import sparse, special

from spatialccd._constant import ROUNDING
from spatialccd.drivers.gwr._criteria import criterion, log_likelihood

if TYPE_CHECKING:
    from spatialccd._types import BoolArray, FloatArray
    from spatialccd.drivers.gwr._design import Design
    from spatialccd.drivers.gwr._kernel_sums import KernelSums
    from spatialccd.drivers.gwr._search import Curve

ALPHAS = (0.1, 0.05, 0.01)
_MORAN_NEIGHBORS = 8


def shared_parts(
    design: Design,
    neighbors: KernelSums,
    *,
    beta: FloatArray,
    enp: FloatArray,
    variance: FloatArray,
    leverage: FloatArray,
    sigma2: float | None,
    local_bandwidth: float,
    tests: FloatArray,
) -> dict[str, Any]:
    """Give the fields that GWR and MGWR results have in common.

    Parameters
    ----------
    enp : (k,)
        NaN when nothing was inferred.
    variance : (n, k)
        Var(beta) / sigma^2.
    leverage : (n,)
    sigma2 : float or None
        RSS / (n - tr S) by default.
    local_bandwidth : float
        Bandwidth whose kernel weights the local R2.
    tests : (k,)
        Independent tests that each term's t values amount to.
    """
    n = len(design.y)
    fitted = (design.X * beta).sum(axis=1)
    residual = design.y - fitted
    rss = float(residual @ residual)
    total = float(((design.y - design.y.mean()) ** 2).sum())
    trace = float(enp.sum())
    sigma2 = rss / (n - trace) if sigma2 is None else sigma2
    r2 = 1.0 - rss / total
    return {
        **tested(design, beta, np.sqrt(variance * sigma2), tests),
        "enp": pd.Series(enp, index=design.terms, name="enp"),
        "sigma2": sigma2,
        "rss": rss,
        "log_likelihood": log_likelihood(n, rss),
        **{name: float(criterion(name, n, rss, trace, np.nan)) for name in ("aicc", "aic", "bic")},
        "r2": r2,
        "adj_r2": 1.0 - (1.0 - r2) * (n - 1.0) / (n - trace - 1.0),
        "fitted": design.series(in_units_of_y(fitted, design), "fitted"),
        "residuals": design.series(residual * unit_of_y(design), "residual"),
        "local_r2": design.series(
            _local_r2(neighbors, design.y, residual, local_bandwidth), "local_r2"
        ),
        "leverage": design.series(leverage, "leverage"),
        "cooks_distance": design.series(
            _cooks(residual, leverage, sigma2, trace), "cooks_distance"
        ),
        **_global_regression(design, neighbors),
        "residual_moran": residual_moran(neighbors, residual),
        "great_circle": design.space.great_circle,
        "design": design,
    }


def tested(
    design: Design, beta: FloatArray, se: FloatArray, tests: FloatArray
) -> dict[str, pd.DataFrame]:
    """Give coefficients with what is certain of them; missing where nothing was inferred."""
    with np.errstate(invalid="ignore", divide="ignore"):
        t = beta / se
    critical = critical_values(tests, len(beta))
    significant = design.frame(np.abs(t) >= critical[:, ALPHAS.index(0.05)])
    if np.isnan(tests).any():
        significant = significant.astype("boolean").mask(significant.notna())
    return {
        "coef": design.frame(beta),
        "se": design.frame(se),
        "t": design.frame(t),
        "significant": significant,
        "coef_original": design.frame(original_scale(beta, design)),
        "critical_t": pd.DataFrame(critical, index=design.terms, columns=list(ALPHAS)),
    }


def curve_frame(curves: list[Curve], names: list[str]) -> pd.DataFrame:
    """Stack criterion curves, terms in the order of their names: term, bandwidth, criterion."""
    order = sorted(range(len(names)), key=names.__getitem__)
    points, scores = zip(*(curves[j] for j in order), strict=True)
    terms = pd.Index([names[j] for j in order])
    return pd.DataFrame(
        {
            "term": terms.repeat([len(p) for p in points]),
            "bandwidth": np.concatenate(points),
            "criterion": np.concatenate(scores),
        }
    )


def intervals(curves: list[Curve], terms: pd.Index) -> pd.DataFrame:
    """Give 95% intervals of bandwidths from Akaike weights (Li et al. 2020).

    The bandwidths of largest weight are taken until their weights sum to .95;
    the interval spans them. A bandwidth given by the user has none.
    """
    rows = []
    for points, scores in curves:
        known = np.isfinite(scores)
        if not known.any():
            rows.append((np.nan, np.nan))
            continue
        points, scores = points[known], scores[known]
        weight = np.exp(-0.5 * (scores - scores.min()))
        order = np.argsort(scores, kind="stable")
        share = np.cumsum(weight[order]) / weight.sum()
        kept = points[order[: int(np.searchsorted(share, 0.95)) + 1]]
        rows.append((kept.min(), kept.max()))
    return pd.DataFrame(rows, index=terms, columns=["low", "high"])


def missed_minima(bandwidths: FloatArray, curves: list[Curve], names: list[str]) -> pd.DataFrame:
    """Give the terms for which a better bandwidth than the one found lies on the curve."""
    rows = []
    for name, found, (points, scores) in zip(names, bandwidths, curves, strict=True):
        at = np.flatnonzero(points == found)
        if not at.size:
            continue
        excess = scores[at[0]] - scores.min()
        if excess > 1e-6:
            rows.append((name, found, points[np.argmin(scores)], excess))
    columns = ["term", "bandwidth", "best", "criterion_excess"]
    return pd.DataFrame(rows, columns=columns).set_index("term")


def tests_of(enp: FloatArray, held: BoolArray) -> FloatArray:
    """Give how many independent tests the t values of each term amount to, at one bandwidth.

    The terms that vary share out their effective parameters, as mgwr's GWR does; one that is
    held is one coefficient and one test.
    """
    return np.where(held, 1.0, enp[~held].sum() / (~held).sum())


def critical_values(tests: FloatArray, n: int) -> FloatArray:
    """Two-sided critical values at alpha / tests, n - 1 degrees of freedom, (k, 3)."""
    adjusted = np.array(ALPHAS) / tests[:, None]
    return np.asarray(special.stdtrit(n - 1, 1.0 - adjusted / 2.0))


def unit_of_y(design: Design) -> float:
    """Give how many units of y one unit of the scale fitted is."""
    return design.scale.y_sd if design.standardized else 1.0


def in_units_of_y(fitted: FloatArray, design: Design) -> FloatArray:
    """Bring fitted values back to the units of y."""
    if not design.standardized:
        return fitted
    return fitted * design.scale.y_sd + design.scale.y_mean


def original_scale(beta: FloatArray, design: Design) -> FloatArray:
    """Give coefficients in the units of the data."""
    if not design.standardized:
        return beta
    scale = design.scale
    raw = beta * scale.y_sd / scale.X_sd
    raw[:, 0] += scale.y_mean - raw[:, 1:] @ scale.X_mean[1:]
    return raw


def _local_r2(
    neighbors: KernelSums, y: FloatArray, residual: FloatArray, bandwidth: float
) -> FloatArray:
    """Share of the kernel-weighted variance of y around each place that is explained; or NaN."""
    columns = np.array([np.ones_like(y), y, y * y, residual * residual])
    sums = neighbors.weighted_sums(columns, np.array([bandwidth]))
    weight, first, second, unexplained = sums[:, 0]
    total = second - first**2 / weight
    # Where y has one value all around, nothing is there to be explained.
    some = total > ROUNDING * second
    return np.where(some, 1.0 - unexplained / np.where(some, total, 1.0), np.nan)


def _cooks(residual: FloatArray, leverage: FloatArray, sigma2: float, trace: float) -> FloatArray:
    """Cook's distance with tr S in place of the number of parameters."""
    with np.errstate(divide="ignore", invalid="ignore"):
        standardized = residual / np.sqrt(sigma2 * (1.0 - leverage))
        return standardized**2 * leverage / (trace * (1.0 - leverage))


def _global_regression(design: Design, neighbors: KernelSums) -> dict[str, Any]:
    X, y = design.X, design.y
    n, k = X.shape
    size = np.sqrt((X * X).sum(axis=0))  # raw columns may differ by any power of ten
    inverse = np.linalg.inv((X / size).T @ (X / size)) / np.outer(size, size)
    coef = inverse @ (X.T @ y)
    residual = y - X @ coef
    rss = float(residual @ residual)
    se = np.sqrt(np.diag(inverse) * rss / (n - k))
    t = coef / se
    r2 = 1.0 - rss / float(((y - y.mean()) ** 2).sum())
    table = pd.DataFrame(
        {"coef": coef, "se": se, "t": t, "p": 2 * special.stdtr(n - k, -np.abs(t))},
        index=design.terms,
    )
    fit = {
        "rss": rss,
        "log_likelihood": log_likelihood(n, rss),
        **{name: float(criterion(name, n, rss, k, np.nan)) for name in ("aicc", "aic", "bic")},
        "r2": r2,
        "adj_r2": 1.0 - (1.0 - r2) * (n - 1) / (n - k),
    }
    moran = residual_moran(neighbors, residual)
    fit |= {"residual_moran": moran["I"], "residual_moran_p": moran["p_norm"]}
    return {"ols": table, "ols_fit": pd.Series(fit, name="ols")}


def residual_moran(neighbors: KernelSums, residual: FloatArray) -> pd.Series:
    """Moran's I over the 8 nearest, row-standardized; moments under normality."""
    n = len(residual)
    others = neighbors.fewest - 1 if neighbors.space.past else n - 1
    nearest = neighbors.nearest(min(_MORAN_NEIGHBORS, others))
    k = nearest.shape[1]
    centered = residual - residual.mean()
    value = float(centered @ centered[nearest].mean(axis=1)) / float(centered @ centered)
    links = np.bincount(nearest.ravel(), minlength=n) / k
    one = sparse.csr_array((np.ones(n * k), nearest.ravel(), np.arange(n + 1) * k), shape=(n, n))
    mutual = one.multiply(one.T).sum() / k**2
    s1 = n / k + mutual
    s2 = float(((1.0 + links) ** 2).sum())
    expected = -1.0 / (n - 1)
    variance = (n**2 * s1 - n * s2 + 3 * n**2) / ((n**2 - 1) * n**2) - expected**2
    z = (value - expected) / np.sqrt(variance)
    return pd.Series(
        {"I": value, "expected_I": expected, "z": z, "p_norm": 2 * special.ndtr(-abs(z))},
        name="residual_moran",
    )
