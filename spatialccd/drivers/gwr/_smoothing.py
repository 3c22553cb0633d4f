"""The smoother of one covariate as a matrix: row i gives the fit at place i."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from spatialccd.drivers.gwr._product import Product

if TYPE_CHECKING:
    from spatialccd._types import FloatArray
    from spatialccd.drivers.gwr._kernel_sums import KernelSums

#: Where a bandwidth reaches more than this share of all pairs, full matrices multiply faster.
_FULL = 0.35
#: Columns to a block: with n of a thousand or two it stays in the nearest caches.
_COLUMNS = 64


class Smoothing:
    """A, (n, n): fitted values are A y, with A x = x.

    Parameters
    ----------
    neighbors : KernelSums
        Observations around observations.
    x : (n,)
    bandwidth : float
    """

    def __init__(self, neighbors: KernelSums, x: FloatArray, bandwidth: float) -> None:
        self._threads = neighbors.threads
        self._rows: Any = None
        self._full: FloatArray | None = None
        self._product: Product | None = None
        if isinstance(neighbors, Product):
            self._product, self._point, self._x = neighbors, bandwidth, x
            self._share = x / neighbors.weighted_sums((x * x)[None], np.array([bandwidth]))[0, 0]
            return
        if neighbors.share_reached(bandwidth) > _FULL:
            self._full = neighbors.weights(bandwidth)
            self._full *= x
            self._full *= (x / (self._full @ x))[:, None]
            return
        self._rows = neighbors.sparse_weights(bandwidth)
        self._rows.data *= x[self._rows.indices]
        self._rows.data *= np.repeat(x / (self._rows @ x), np.diff(self._rows.indptr))
        self._columns = self._rows.T.tocsr()

    def times(self, M: FloatArray) -> FloatArray:
        """Give A M."""
        if self._product is not None:
            sums = self._product.times(self._x[:, None] * M, self._point)
            sums *= self._share[:, None]
            return sums
        if self._full is not None:
            return self._full @ M
        out = np.empty(M.shape)
        self._multiply(self._rows, M, out)
        return out

    def after(self, M: FloatArray) -> FloatArray:
        """Give M A."""
        if self._product is not None:
            sums = self._product.after(M * self._share, self._point)
            sums *= self._x
            return sums
        if self._full is not None:
            return M @ self._full
        out = np.empty(M.shape)
        self._multiply(self._columns, M.T, out.T)
        return out

    def plus(self, M: FloatArray) -> FloatArray:
        """Give A + M."""
        if self._product is not None:
            weights = self._product.weights(self._point)
            weights *= self._x
            weights *= self._share[:, None]
            weights += M
            return weights
        if self._full is not None:
            return self._full + M
        out = M.copy()
        row = np.repeat(np.arange(len(M)), np.diff(self._rows.indptr))
        out[row, self._rows.indices] += self._rows.data
        return out

    def _multiply(self, A: Any, M: FloatArray, out: FloatArray) -> None:
        """Write A M, block after block of columns."""
        from spatialccd.drivers.gwr import _loops

        def columns(start: int, stop: int) -> None:
            block = np.ascontiguousarray(M[:, start:stop])
            product = np.empty_like(block)
            _loops.sparse_product(A.indptr, A.indices, A.data, block, product)
            out[:, start:stop] = product

        edges = [*range(0, M.shape[1], _COLUMNS), M.shape[1]]
        self._threads.deal(columns, pairwise(edges))
