"""Whether covariates can be told apart around each place (and time)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from spatialccd._constant import ROUNDING
from spatialccd._result import Result, record
from spatialccd.drivers.gwr._around import around_terms
from spatialccd.drivers.gwr._design import INTERCEPT
from spatialccd.drivers.gwr._semiparametric import held_of
from spatialccd.drivers.gwr.results import GTWR, GWR, MGTWR, MGWR
from spatialccd.errors import check_choice

if TYPE_CHECKING:
    from spatialccd._types import FloatArray
    from spatialccd.drivers.gwr._design import Design

Weighting = Literal["kernel", "root"]

_NOTES = {
    "kernel": (
        "Condition numbers and variance decomposition are of W X, as in mgwr; of W^(1/2) X, whose "
        "normal equations are solved, they differ (weighting='root')."
    ),
    "root": (
        "Condition numbers and variance decomposition are of W^(1/2) X, whose normal equations are "
        "solved; mgwr prints those of W X (weighting='kernel')."
    ),
}

#: Numbers held at a time: rows of weights by observations by terms.
_BLOCK = 4_000_000


@dataclass(frozen=True, eq=False, kw_only=True)
class LocalCollinearity(Result):
    """Collinearity of the local designs.

    Attributes
    ----------
    condition_number : Series
        On unit; above 30 is a warning sign (Belsley et al. 1980). Of W X or of
        W^(1/2) X; see ``weighting``.
    vif : DataFrame
        On unit, by covariate: local variance inflation; above 10 is a warning sign.
    variance_decomposition : DataFrame
        On unit, by term: share of the coefficient's variance that goes with the
        largest condition index; two terms above .5 are confounded.
    """

    condition_number: pd.Series
    vif: pd.DataFrame
    variance_decomposition: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give one row a unit: condition_number, vif_ and vdp_ columns."""
        return pd.concat(
            [
                self.condition_number,
                self.vif.add_prefix("vif_"),
                self.variance_decomposition.add_prefix("vdp_"),
            ],
            axis=1,
        )

    def notes(self) -> list[str]:
        """Say which weighted design the condition numbers are of."""
        return [_NOTES[self.settings["weighting"]]]

    def summary(self) -> str:
        """Write the table and the note."""
        return "\n\n".join([super().summary(), *self.notes()])


def local_collinearity(
    result: GWR | MGWR | GTWR | MGTWR, *, weighting: Weighting = "kernel", n_jobs: int = -1
) -> LocalCollinearity:
    """Measure collinearity of the weighted covariates around each place.

    The columns of the local design are weighted and scaled to length 1; for
    MGWR each by the kernel of its own bandwidth, as mgwr 2.2.1 does. For a GTWR or
    MGTWR the kernel is that of space and time, and rows are on (unit, time).

    Parameters
    ----------
    result : GWR, MGWR, GTWR or MGTWR
        A fitted model.
    weighting : {"kernel", "root"}, default "kernel"
        What weights the columns for condition numbers and variance decomposition.
        kernel: W X, as mgwr 2.2.1. root: W^(1/2) X, the design whose normal
        equations X'WX are solved, as least squares has it. W X counts the nearest
        for more, so that the two differ, and a threshold of 30 means the one or
        the other: say which.
    n_jobs : int, default -1
        Threads; -1 for all.

    Returns
    -------
    LocalCollinearity
        Condition numbers, variance inflation, variance decomposition. The VIF of
        a covariate of an MGWR or MGTWR is taken within that covariate's own bandwidth; it is
        missing where the covariate has one value in it. What a GWR holds by ``fixed_terms``
        is no part of its local regressions, and has no column.

    References
    ----------
    Wheeler and Tiefelsdorf (2005), Journal of Geographical Systems 7, 161-187.
    Belsley, Kuh, Welsch (1980), Regression Diagnostics, Wiley, ch. 3.

    Examples
    --------
    >>> from spatialccd import gwr
    >>> rng = np.random.default_rng(0)
    >>> places = pd.DataFrame(rng.uniform(0, 100, (60, 2)), columns=["x", "y"])
    >>> X = pd.DataFrame(rng.normal(size=(60, 2)), columns=["roads", "schools"])
    >>> fit = gwr(X["roads"] + rng.normal(size=60), X, places)
    >>> bool(local_collinearity(fit).condition_number.max() < 5)
    True
    """
    settings = record("local_collinearity", locals())
    check_choice("weighting", weighting, get_args(Weighting))
    at = dict(zip(result.design.names, around_terms(result, n_jobs=n_jobs), strict=True))
    design = _solved_locally(result)
    n, k = design.X.shape
    covariates = [j for j, name in enumerate(design.names) if name != INTERCEPT]
    kernels = [(at[name], float(result.bandwidth[name])) for name in design.names]
    condition = np.empty(n)
    shares = np.empty((n, k))
    vif = np.ones((n, k))
    step = max(1, _BLOCK // (n * k))
    for first in range(0, n, step):
        rows = slice(first, min(first + step, n))
        by_kernel = {at: _normalized(at[0].weights(at[1], rows)) for at in dict.fromkeys(kernels)}
        weights = np.stack([by_kernel[at] for at in kernels], axis=2)
        if weighting == "root":
            weights = np.sqrt(weights)
        condition[rows], shares[rows] = _decompose(weights * design.X)
        inflation = {at: _inflation(w, design.X[:, covariates]) for at, w in by_kernel.items()}
        for place, j in enumerate(covariates):
            vif[rows, j] = inflation[kernels[j]][:, place]
    return LocalCollinearity(
        settings=settings,
        condition_number=design.series(condition, "condition_number"),
        vif=design.frame(vif)[[design.names[j] for j in covariates]],
        variance_decomposition=design.frame(shares),
    )


def _solved_locally(result: GWR | MGWR | GTWR | MGTWR) -> Design:
    """Give the design of the local regressions: that of a GWR lacks the terms it holds."""
    design = result.design
    if isinstance(result, MGWR | MGTWR):
        return design
    varying = ~held_of(result)
    names = [name for name, one in zip(design.names, varying, strict=True) if one]
    return replace(design, names=names, X=np.ascontiguousarray(design.X[:, varying]))


def _normalized(weights: FloatArray) -> FloatArray:
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _decompose(weighted: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give condition numbers (m,) and shares (m, k) of weighted designs (m, n, k)."""
    scaled = weighted / np.sqrt((weighted**2).sum(axis=1, keepdims=True))
    _, singular, right = np.linalg.svd(scaled, full_matrices=False)
    # Of columns that depend on one another the smallest is rounding, or zero.
    singular = np.maximum(singular, np.finfo(float).eps * singular[:, :1])
    parts = (right / singular[:, :, None]) ** 2  # (m, index, term)
    shares = parts[:, -1, :] / parts.sum(axis=1)
    return singular[:, 0] / singular[:, -1], shares


def _inflation(weights: FloatArray, X: FloatArray) -> FloatArray:
    """Give the diagonal of the inverse of the weighted correlation matrix, (m, k - 1).

    A covariate of one value within the kernel has none, and leaves the others' alone.
    """
    mean = weights @ X
    square = np.einsum("mi,ia,ia->ma", weights, X, X, optimize=True)
    cross = np.einsum("mi,ia,ib->mab", weights, X, X, optimize=True)
    cov = cross - mean[:, :, None] * mean[:, None, :]
    variance = np.einsum("maa->ma", cov)
    flat = variance <= ROUNDING * square
    sd = np.sqrt(np.where(flat, 1.0, variance))
    correlation = cov / (sd[:, :, None] * sd[:, None, :])
    either = flat[:, :, None] | flat[:, None, :]
    correlation = np.where(either, np.eye(X.shape[1]), correlation)
    roots, vectors = np.linalg.eigh(correlation)
    roots = np.maximum(roots, np.finfo(float).eps)
    found = np.einsum("mab,mb->ma", vectors**2, 1.0 / roots)
    return np.where(flat, np.nan, found)
