"""What one covariate's smoother makes of a residual, Z of ``_exact``; inverses for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from spatialccd.errors import EstimationError

if TYPE_CHECKING:
    from spatialccd._types import FloatArray
    from spatialccd.drivers.gwr._kernel_sums import KernelSums

#: Below this size LAPACK inverts; above it, matrix products do.
_LEAF = 32
#: An inverse with larger entries is that of a singular matrix.
_SINGULAR = 1e9


class Response:
    """Z, (n, n), or (n, r) times (r, n).

    Parameters
    ----------
    left : (n, n) or (n, r)
    right : (r, n), optional
    """

    def __init__(self, left: FloatArray, right: FloatArray | None = None) -> None:
        self._left = left
        self._right = right

    def add_to(self, out: FloatArray) -> None:
        """Add Z."""
        out += self._left if self._right is None else self._left @ self._right

    def after(self, v: FloatArray) -> FloatArray:
        """Give v' Z."""
        product = v @ self._left
        return np.asarray(product if self._right is None else product @ self._right)

    def times(self, M: FloatArray, out: FloatArray) -> None:
        """Write Z M."""
        np.matmul(self._left, M if self._right is None else self._right @ M, out=out)


def respond(
    neighbors: KernelSums,
    x: FloatArray,
    bandwidth: float,
    factors: tuple[FloatArray, FloatArray] | None,
    room: FloatArray,
) -> Response:
    """Give Z = (I - A + x v')^-1 - I; where the weights have factors, by Woodbury's identity."""
    from spatialccd.drivers.gwr import _loops

    try:
        if factors is not None:
            left, right = factors[0], factors[1] * x
            left = left * (x / (left @ (right @ x)))[:, None]
            left = np.column_stack([left, -x])
            right = np.vstack([right, x / (x @ x)])
            inner = np.asarray(np.linalg.inv(np.eye(len(right)) - right @ left), dtype=float)
            check_unique(inner)
            return Response(left, inner @ right)
        K = neighbors.weights(bandwidth)
        _loops.shifted_smoother(K, x)
        invert(K, room)
    except np.linalg.LinAlgError:
        raise confounded() from None
    check_unique(K)
    K.flat[:: len(x) + 1] -= 1.0
    return Response(K)


def room_for(n: int) -> FloatArray:
    """Give what `invert` works in: memory taken anew at each step costs a tenth of its time."""
    return np.empty(3 * (n - n // 2) ** 2)


def invert(matrix: FloatArray, room: FloatArray) -> None:
    """Invert in place, by halves.

    No rows are exchanged between the halves, and none need be: I - A is an
    M-matrix scaled by x on both sides, and x v' adds a positive multiple of
    its null vector, so that no leading block is singular (Berman and Plemmons
    1994, ch. 6).
    """
    n = len(matrix)
    if n <= _LEAF:
        matrix[:] = np.linalg.inv(matrix)
        return
    half = n // 2
    other = n - half
    a, b = matrix[:half, :half], matrix[:half, half:]
    c, d = matrix[half:, :half], matrix[half:, half:]
    right, left, product = room[: 3 * other * other].reshape(3, other, other)
    right, left = right[:half], left[:, :half]
    invert(a, room)
    np.matmul(a, b, out=right)
    d -= np.matmul(c, right, out=product)
    invert(d, room[other * other :])
    np.negative(right, out=right)
    np.matmul(c, a, out=left)
    np.matmul(right, d, out=b)
    a -= np.matmul(b, left, out=product[:half, :half])
    np.matmul(d, left, out=c)
    np.negative(c, out=c)


def check_unique(inverse: FloatArray) -> None:
    if not max(inverse.max(initial=0.0), -inverse.min(initial=0.0)) < _SINGULAR:
        raise confounded()


def confounded() -> EstimationError:
    return EstimationError(
        "exact inference has no unique solution at these bandwidths: the covariates' "
        "surfaces are confounded; raise min_bandwidth, drop a covariate, or take "
        "inference='none'"
    )
