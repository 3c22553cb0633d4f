"""Sums of squares over every candidate of a threshold, for data and for all draws at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from spatialccd._spatial.sample import without_means
from spatialccd.errors import EstimationError, ParameterError, SingularDesignError

if TYPE_CHECKING:
    from spatialccd._types import BoolArray, FloatArray, IntArray

#: Candidates times covariates up to which their cross products are held.
_LIMIT = 4000


@dataclass(frozen=True)
class Regimes:
    """The panel of a threshold regression, swept of its effects.

    Attributes
    ----------
    X : array, shape (N, T, K)
        What has a slope in each regime.
    Z : array, shape (N, T, M)
        What has one slope.
    q : array, shape (N, T)
        What the thresholds cut.
    candidates : array, shape (C,)
        Values of q that leave enough rows on both sides, in order.
    least : int
        Rows that each regime must hold.
    by_time : bool
        Sweep times beside units.
    """

    X: FloatArray
    Z: FloatArray
    q: FloatArray
    candidates: FloatArray
    least: int
    by_time: bool

    def sweep(self, values: FloatArray) -> FloatArray:
        """Take the means off and give rows, shape (N T, columns)."""
        wide = values if values.ndim == 3 else values[:, :, None]
        return without_means(wide, True, self.by_time).reshape(-1, wide.shape[2])

    @property
    def free(self) -> int:
        """Observations that count: N (T - 1), or (N - 1)(T - 1)."""
        N, T = self.q.shape
        return int((N - self.by_time) * (T - 1))

    @cached_property
    def base(self) -> FloatArray:
        """An orthonormal basis of what the model without thresholds holds."""
        columns = self.sweep(np.concatenate([self.X, self.Z], axis=2))
        basis, factor = np.linalg.qr(columns)
        scale = np.abs(np.diag(factor))
        if scale.min() < 1e-10 * scale.max():
            raise SingularDesignError(
                "within the effects the covariates and controls are linearly dependent, or one "
                "does not vary; drop it"
            )
        return np.asarray(basis)

    @cached_property
    def low(self) -> FloatArray:
        """X 1(q <= g) less what the base holds, for each candidate g: (N T, C, K)."""
        N, T, K = self.X.shape
        C = len(self.candidates)
        if C * K > _LIMIT:
            raise ParameterError(
                f"{C} candidates for {K} covariates are too many to search in every draw; pass "
                f"grid={_LIMIT // K} or fewer quantiles"
            )
        scale = np.sqrt((self.X**2).mean(axis=(0, 1)))
        below = self.q[:, :, None] <= self.candidates
        columns = (self.X / scale)[:, :, None, :] * below[:, :, :, None]
        swept = self.sweep(columns.reshape(N, T, C * K))
        return np.asarray(swept - self.base @ (self.base.T @ swept)).reshape(N * T, C, K)

    @cached_property
    def products(self) -> FloatArray:
        """Cross products of `low`, shape (C, K, C, K)."""
        rows, C, K = self.low.shape
        flat = self.low.reshape(rows, C * K)
        return np.asarray(flat.T @ flat).reshape(C, K, C, K)

    def reduce(self, Y: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Give S0 of each column of Y, (N T, B), and its products with `low`, (B, C, K)."""
        left = Y - self.base @ (self.base.T @ Y)
        rows, C, K = self.low.shape
        products = (self.low.reshape(rows, C * K).T @ left).T.reshape(-1, C, K)
        return (left**2).sum(axis=0), products

    def allowed(self, fixed: list[int]) -> BoolArray:
        """Say which candidates leave enough rows in every regime beside those fixed."""
        counts = np.searchsorted(np.sort(self.q, axis=None), self.candidates, side="right")
        held = np.array([0, *sorted(counts[fixed]), self.q.size])
        place = np.searchsorted(held, counts)
        return np.asarray(
            (counts - held[np.maximum(place - 1, 0)] >= self.least)
            & (held[np.minimum(place, len(held) - 1)] - counts >= self.least)
        )

    def squares(self, s0: float, product: FloatArray, fixed: list[int]) -> FloatArray:
        """Give S at every candidate beside the fixed ones, infinite where not allowed, (C,)."""
        C, K = product.shape
        found = np.full(C, np.inf)
        open_ = np.flatnonzero(self.allowed(fixed))
        if not len(open_):
            return found
        blocks = len(fixed) + 1
        at = np.column_stack([open_, *(np.full(len(open_), f) for f in fixed)]).astype(int)
        # (candidates, block, k, block, k): the cross products of each set of thresholds.
        gram = self.products[at[:, :, None], :, at[:, None, :], :]
        gram = gram.transpose(0, 1, 3, 2, 4).reshape(len(open_), blocks * K, blocks * K)
        right = product[at].reshape(len(open_), blocks * K)
        ridge = 1e-13 * np.einsum("cii->c", gram)[:, None, None] * np.eye(blocks * K)
        solved = np.linalg.solve(gram + ridge, right[:, :, None])[:, :, 0]
        found[open_] = s0 - (right * solved).sum(axis=1)
        return found

    def search(self, s0: float, product: FloatArray, before: list[int]) -> tuple[list[int], float]:
        """Add a threshold to those before, then find each of these again once."""
        squares = self.squares(s0, product, before)
        if not np.isfinite(squares).any():
            raise EstimationError(
                "no candidate leaves enough rows in every regime; lower trim, or search fewer "
                "thresholds"
            )
        found = [*before, int(np.argmin(squares))]
        best = float(squares.min())
        for j in range(len(before)):
            others = [g for i, g in enumerate(found) if i != j]
            squares = self.squares(s0, product, others)
            found[j], best = int(np.argmin(squares)), float(squares.min())
        return found, best

    def sequence(self, s0: float, product: FloatArray, count: int) -> list[tuple[list[int], float]]:
        """Find one threshold, two, ... up to `count`; give each set and its S."""
        found: list[tuple[list[int], float]] = []
        before: list[int] = []
        for _ in range(count):
            found.append(self.search(s0, product, before))
            before = found[-1][0]
        return found

    def design(self, at: list[int]) -> FloatArray:
        """Give the swept columns of the model: x in each regime from low q to high, then z."""
        cuts = [-np.inf, *np.sort(self.candidates[at]), np.inf]
        inside = [(self.q > low) & (self.q <= high) for low, high in pairwise(cuts)]
        parts = [self.X * rows[:, :, None] for rows in inside]
        return self.sweep(np.concatenate([*parts, self.Z], axis=2))

    def bootstrap(
        self, fitted: FloatArray, residuals: FloatArray, count: int, draws: IntArray
    ) -> FloatArray:
        """Give F of `count` thresholds against one fewer in each draw, (B,).

        Parameters
        ----------
        fitted : array, shape (N T,)
            Of the model with one threshold fewer; 0 for the first, which F does not see.
        residuals : array, shape (N T,)
            Of the model with `count`; whole units of it are drawn.
        draws : array, shape (B, N)
        """
        N, T = self.q.shape
        drawn = residuals.reshape(N, T)[draws].reshape(len(draws), N * T)
        s0, products = self.reduce((fitted + drawn).T)
        found = np.empty(len(draws))
        for b in range(len(draws)):
            squares = [s0[b], *(s for _, s in self.sequence(s0[b], products[b], count))]
            found[b] = (squares[-2] - squares[-1]) / (squares[-1] / self.free)
        return found
