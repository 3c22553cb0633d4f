"""GWR some of whose coefficients are the same everywhere, in closed form.

y = X_a a + X_v b(place) + e. With S the hat matrix of a GWR on X_v alone and Z = (I - S) X_a, what
the varying terms cannot follow of the columns X_a,

    a = P y,   P = (Z'Z)^-1 Z' (I - S),

and b is that GWR of y - X_a a. With C_i the rows of it that give the coefficients at place i,
b_i = C_i (I - X_a P) y. All that follows are products of these with a few columns: S is never
held, each product is one pass over the neighbors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.linalg import solve_triangular

from spatialccd.drivers.gwr._criteria import criterion
from spatialccd.drivers.gwr._everywhere import GLOBAL
from spatialccd.drivers.gwr._local import singular
from spatialccd.errors import SingularDesignError, listed

if TYPE_CHECKING:
    import pandas as pd

    from spatialccd._types import BoolArray, FloatArray, IntArray
    from spatialccd.drivers.gwr._design import Design
    from spatialccd.drivers.gwr._estimates import LocalEstimates
    from spatialccd.drivers.gwr._kernel_sums import KernelSums

#: Responses that one pass takes.
_TOGETHER = 8
#: A column of which the varying terms leave so small a share (of its length) is one of them.
_NOTHING = 1e-6


class Solutions(NamedTuple):
    """Local regressions of r responses at m places; see `_semiparametric_loops`."""

    beta: FloatArray
    own: FloatArray
    dependent: IntArray


class Figures(NamedTuple):
    """A fit at one bandwidth, each (n, k): coefficients, their variances over sigma^2, leverage."""

    beta: FloatArray
    variance: FloatArray
    leverage: FloatArray


class Semiparametric:
    """The linear maps of one model at one bandwidth.

    Parameters
    ----------
    near : KernelSums
        Of the observations.
    design : Design
    held : (k,)
        Which terms have one coefficient for all places.
    bandwidth : float

    Attributes
    ----------
    one : (a, n)
        P above: it gives the coefficients that are the same everywhere.

    Raises
    ------
    SingularDesignError
        Terms that vary depend on one another around places it names, or the terms that vary
        explain a column that is held.
    """

    def __init__(self, near: KernelSums, design: Design, held: BoolArray, bandwidth: float) -> None:
        self.near, self.design, self.held, self.bandwidth = near, design, held, bandwidth
        self._varying, self._columns = parted(design.X, held)
        found = solve(near, self._varying, self._columns, bandwidth)
        self._check_told(found.dependent, design.units)
        self._followed = found.beta
        left = self._columns - _products(self._varying, found.beta)
        Q, R = np.linalg.qr(left)
        self._check_left(R)
        self.one = solve_triangular(
            R, (Q - _transposed(near, self._varying, found, Q, bandwidth)).T
        )

    def coefficients(self, Y: FloatArray) -> FloatArray:
        """Give the coefficients (m, n, k) of responses Y (n, m)."""
        a = self.one @ Y
        rest = Y - self._columns @ a
        beta = np.empty((Y.shape[1], *self.design.X.shape))
        beta[:, :, self.held] = a.T[:, None]
        for first in range(0, Y.shape[1], _TOGETHER):
            some = slice(first, first + _TOGETHER)
            local = solve(self.near, self._varying, rest[:, some], self.bandwidth).beta
            beta[some][:, :, ~self.held] = local.transpose(1, 0, 2)
        return beta

    def figures(self) -> Figures:
        """Give the coefficients of the design's own y, and what tells how sure they are."""
        a, X = self.one @ self.design.y, self._varying
        local = self.near.local_systems(
            X, self.design.y - self._columns @ a, self.bandwidth, focal=X, full=True
        )
        G, P = self._followed, self.one  # G: what C_i gives of X_a, (n, a, varying)
        F = solve(self.near, X, np.ascontiguousarray(P.T), self.bandwidth).beta
        square = P @ P.T
        beta, variance, leverage = np.empty((3, *self.design.X.shape))
        beta[:, self.held], beta[:, ~self.held] = a, local.beta
        variance[:, self.held] = np.diag(square)
        # Rows of |C_i (I - X_a P)|^2.
        variance[:, ~self.held] = (
            local.variance
            - 2.0 * (G * F).sum(axis=1)
            + np.einsum("nav,ab,nbv->nv", G, square, G, optimize=True)
        )
        leverage[:, self.held] = self._columns * P.T
        leverage[:, ~self.held] = local.leverage - X * np.einsum("nav,an->nv", G, P)
        return Figures(beta, variance, leverage)

    def elsewhere(
        self, around: KernelSums, focal: FloatArray, units: pd.Index
    ) -> tuple[FloatArray, FloatArray]:
        """Give coefficients (m, k) at places that `around` looks from, and the fit's variance.

        `focal` (m, k) has the covariates there; the variance (m,) is over sigma^2.

        Raises
        ------
        SingularDesignError
            Terms that vary depend on one another around some of them.
        """
        a = self.one @ self.design.y
        here, columns = parted(focal, self.held)
        local = around.local_systems(
            self._varying,
            self.design.y - self._columns @ a,
            self.bandwidth,
            focal=here,
            full=True,
        )
        self._check_told(local.dependent, units)
        both = np.column_stack([self._columns, self.one.T])
        found = solve(around, self._varying, both, self.bandwidth, focal=here).beta
        followed, cross = np.split(_products(here, found), 2, axis=1)
        left = columns - followed
        spread = local.spread + 2.0 * (left * cross).sum(axis=1)
        spread += np.einsum("ma,ab,mb->m", left, self.one @ self.one.T, left)
        beta = np.empty(focal.shape)
        beta[:, self.held], beta[:, ~self.held] = a, local.beta
        return beta, spread

    def _check_told(self, dependent: IntArray, units: pd.Index) -> None:
        """Raise where terms that vary cannot be told apart."""
        if (dependent >= 0).any():
            names = [n for n, held in zip(self.design.names, self.held, strict=True) if not held]
            raise singular(dependent, self.bandwidth, units, names)

    def _check_left(self, R: FloatArray) -> None:
        """Raise where nothing is left of a column once the varying terms follow it."""
        length = np.sqrt((self._columns**2).sum(axis=0))
        names = np.array(self.design.names)
        gone = names[self.held][np.abs(np.diag(R)) <= _NOTHING * length]
        if gone.size:
            raise SingularDesignError(
                f"{listed(gone)}: no one coefficient for all places can be told at bandwidth "
                f"{self.bandwidth:g}, because the terms that vary ({listed(names[~self.held])}) "
                "and the fixed ones before explain it around every place; take it out of "
                "fixed_terms or of X, or raise min_bandwidth"
            )


def held_of(result: LocalEstimates) -> BoolArray:
    """Tell which terms of a fit have one coefficient for all places, (k,)."""
    return np.asarray(result.bandwidth == GLOBAL)


def common_bandwidth(result: LocalEstimates) -> float:
    """Give the one bandwidth of all terms that vary."""
    return float(result.bandwidth.to_numpy()[~held_of(result)][0])


def parted(X: FloatArray, held: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Give the columns that vary and those that are held."""
    return np.ascontiguousarray(X[:, ~held]), np.ascontiguousarray(X[:, held])


def solve(
    near: KernelSums,
    X: FloatArray,
    Y: FloatArray,
    bandwidth: float,
    *,
    focal: FloatArray | None = None,
) -> Solutions:
    """Regress the columns of Y (n, r) on X around each focal place."""
    from spatialccd.drivers.gwr._semiparametric_loops import local_solutions

    focal = X if focal is None else focal
    m, k = focal.shape
    found = Solutions(np.zeros((m, Y.shape[1], k)), np.zeros((m, k)), np.full(m, -1))
    products = _cross_products(X, Y)
    arguments = (products, focal, near.space.kind, *found)
    near.over_kernel(local_solutions, bandwidth, arguments, products.shape[1])
    return found


def score(near: KernelSums, design: Design, held: BoolArray, bandwidth: float, name: str) -> float:
    """Give the criterion of the whole model at one bandwidth; infinite where it does not exist.

    Two passes: tr H = tr S + a - tr Q' S Q, Q an orthonormal base of (I - S) X_a.
    """
    X, columns = parted(design.X, held)
    both = np.column_stack([design.y, columns])
    found = solve(near, X, both, bandwidth)
    if (found.dependent >= 0).any():
        return float("inf")
    left = both - _products(X, found.beta)
    Q, R = np.linalg.qr(left[:, 1:])
    if (np.abs(np.diag(R)) <= _NOTHING * np.sqrt((columns**2).sum(axis=0))).any():
        return float("inf")
    residual = left[:, 0] - Q @ (Q.T @ left[:, 0])
    again = _products(X, solve(near, X, Q, bandwidth).beta)
    trace = float((X * found.own).sum()) + Q.shape[1] - float((Q * again).sum())
    found_at = criterion(name, len(design.y), float(residual @ residual), trace, np.nan)
    return float(found_at) if not np.isnan(found_at) else float("inf")


def _products(X: FloatArray, beta: FloatArray) -> FloatArray:
    """Give what local coefficients (m, r, k) make of the covariates (m, k), (m, r)."""
    return np.asarray(np.einsum("mk,mrk->mr", X, beta))


def _transposed(
    near: KernelSums, X: FloatArray, found: Solutions, V: FloatArray, bandwidth: float
) -> FloatArray:
    """Give S' V, (n, c)."""
    from spatialccd.drivers.gwr._semiparametric_loops import transposed

    V = np.ascontiguousarray(V)
    arguments = (X, found.own, V, near.space.kind)
    return np.asarray(near.parts_over_kernel(transposed, bandwidth, arguments, V.shape))


def _cross_products(X: FloatArray, Y: FloatArray) -> FloatArray:
    """Give x_a x_b for a >= b, then x_a y of each response, by observation."""
    lower = np.tril_indices(X.shape[1])
    own = X[:, lower[0]] * X[:, lower[1]]
    mixed = (Y[:, :, None] * X[:, None]).reshape(len(X), -1)
    return np.ascontiguousarray(np.hstack([own, mixed]))
