"""Dagum's decomposition from sizes, sums and sums of differences, of one sample or of many."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, IntArray

#: The parts, in the order of arrays.
PARTS = ("G", "Gw", "Gnb", "Gt")


class Decomposition(NamedTuple):
    """The decomposition of k groups, with any leading dimensions of samples.

    Attributes
    ----------
    parts : array, shape (..., 4)
        G, Gw, Gnb, Gt.
    G_jh : array, shape (..., k, k)
        The diagonal holding G_jj; NaN where a group is absent.
    D_jh : array, shape (..., k, k)
    """

    parts: FloatArray
    G_jh: FloatArray
    D_jh: FloatArray


def dagum(y: FloatArray, codes: IntArray, k: int) -> Decomposition:
    """Decompose values (n,) of groups coded 0..k-1; an absent group counts nothing."""
    n = np.bincount(codes, minlength=k).astype(float)
    total = np.asarray(np.bincount(codes, weights=y, minlength=k), dtype=float)
    return decompose(n, total, _excess(y, codes, k))


def decompose(n: FloatArray, total: FloatArray, above: FloatArray) -> Decomposition:
    """Decompose from the size and the sum of each group, and sums of differences.

    Parameters
    ----------
    n, total : array, shape (..., k)
    above : array, shape (..., k, k)
        Sum of y_b - y_a over pairs with y_b > y_a, a in group j and b in group h.
    """
    present = n > 0
    mu = np.divide(total, n, out=np.zeros_like(total), where=present)
    pairs = _outer(n, n)
    both = present[..., :, None] & present[..., None, :]
    below = np.swapaxes(above, -1, -2)
    apart = np.divide(above + below, pairs, out=np.zeros_like(above), where=both)
    means = mu[..., :, None] + mu[..., None, :]
    G_jh = np.divide(apart, means, out=np.full_like(above, np.nan), where=both & (means != 0))
    # |d - p| of the pair: the richer group stands first by definition.
    net, sums = np.abs(above - below), above + below
    D_jh = np.divide(net, sums, out=np.zeros_like(above), where=sums > 0)
    whole = total.sum(axis=-1, keepdims=True)
    p = n / np.maximum(n.sum(axis=-1, keepdims=True), 1.0)
    s = np.divide(total, whole, out=np.zeros_like(total), where=whole != 0)
    weight = np.nan_to_num(G_jh) * _outer(p, s)
    within = np.trace(weight, axis1=-2, axis2=-1)
    off = weight * (1 - np.eye(n.shape[-1]))
    net_between, overlap = (off * D_jh).sum((-1, -2)), (off * (1 - D_jh)).sum((-1, -2))
    G = within + net_between + overlap
    return Decomposition(np.stack([G, within, net_between, overlap], axis=-1), G_jh, D_jh)


def _outer(a: FloatArray, b: FloatArray) -> FloatArray:
    return np.asarray(a[..., :, None] * b[..., None, :])


def _excess(y: FloatArray, codes: IntArray, k: int) -> FloatArray:
    """Sum of (y_b - y_a) over pairs with y_b > y_a, a in group j, b in group h: (k, k)."""
    y = y - y.mean()  # differences do not change; prefix sums lose fewer digits
    found = np.zeros((k, k))
    for j in range(k):
        own = np.sort(y[codes == j])
        if len(own) == 0:
            continue
        below = np.searchsorted(own, y)
        prefix = np.concatenate([[0.0], np.cumsum(own)])
        found[j] = np.bincount(codes, weights=below * y - prefix[below], minlength=k)
    return np.maximum(found, 0.0)
