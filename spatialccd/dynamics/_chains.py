"""Kernels of Markov chains: counts in, probabilities, long run and tests out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse, stats

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, IntArray


def count(codes: IntArray, k: int) -> IntArray:
    """Count moves (k, k) in class codes (n, t), from each time to the next."""
    moves = codes[:, :-1] * k + codes[:, 1:]
    return np.bincount(moves.ravel(), minlength=k * k).reshape(k, k)


def probabilities(counts: IntArray) -> FloatArray:
    """Divide rows (m, k) by their sums; an empty row is NaN."""
    sums = counts.sum(axis=1, keepdims=True)
    out = np.full(counts.shape, np.nan)
    return np.asarray(np.divide(counts, sums, out=out, where=sums > 0))


def steady_state(counts: IntArray) -> FloatArray:
    """Shares (k,) in the long run; NaN unless all paths end in one closed set of classes."""
    closed = closed_sets(counts)
    if len(closed) != 1:
        return np.full(len(counts), np.nan)
    inside = closed[0]
    own = with_absorbing(counts)[np.ix_(inside, inside)]
    m = len(inside)
    system = np.vstack([own.T - np.eye(m), np.ones(m)])
    shares = np.linalg.lstsq(system, np.append(np.zeros(m), 1.0), rcond=None)[0]
    found = np.zeros(len(counts))
    found[inside] = np.maximum(shares, 0.0)
    return found


def closed_sets(counts: IntArray) -> list[IntArray]:
    """List the sets of classes that, once entered, are never left."""
    P = with_absorbing(counts)
    reached = counts.sum(axis=0) + counts.sum(axis=1) > 0
    _, part = sparse.csgraph.connected_components(sparse.csr_array(P), connection="strong")
    leaves = (P > 0) & (part[:, None] != part[None, :])
    closed = {int(p) for p in part[reached]} - {int(p) for p in part[leaves.any(axis=1)]}
    return [np.flatnonzero(part == p) for p in sorted(closed)]


def with_absorbing(counts: IntArray) -> FloatArray:
    """Probabilities (k, k); a class reached and never left keeps its units, others have none."""
    P = probabilities(counts)
    P[np.isnan(P).any(axis=1)] = 0.0
    absorbing = (counts.sum(axis=0) > 0) & (counts.sum(axis=1) == 0)
    P[absorbing, absorbing] = 1.0
    return P


def sojourn(counts: IntArray) -> FloatArray:
    """Give the expected times (k,) in a class before it is left, 1 / (1 - p_ii)."""
    leave = 1 - np.diag(probabilities(counts))
    out = np.full(len(leave), np.inf)
    return np.asarray(np.divide(1.0, leave, out=out, where=leave != 0))


def homogeneity(counts: IntArray) -> dict[str, float]:
    """Test whether moves (r, i, j) in r regimes come from one matrix (i, j).

    Bickenbach and Bode (2003): only cells that occur count.
    """
    pooled = probabilities(counts.sum(axis=0))
    n = counts.sum(axis=2, keepdims=True)
    own = np.divide(counts, n, out=np.zeros(counts.shape), where=n > 0)
    cells = np.broadcast_to(np.nan_to_num(pooled) > 0, counts.shape) & (n > 0)
    gap = np.divide((own - pooled) ** 2, pooled, out=np.zeros(counts.shape), where=cells)
    Q = float((n * gap).sum())
    ratio = np.divide(own, pooled, out=np.ones(counts.shape), where=cells & (counts > 0))
    LR = float(2 * (counts * np.log(ratio)).sum())
    columns = (counts.sum(axis=0) > 0).sum(axis=1)
    regimes = (n[:, :, 0] > 0).sum(axis=0)
    df = int((np.maximum(columns - 1, 0) * np.maximum(regimes - 1, 0)).sum())
    p_Q, p_LR = (float(stats.chi2.sf(x, df)) if df else np.nan for x in (Q, LR))
    return {"Q": Q, "LR": LR, "df": df, "p_Q": p_Q, "p_LR": p_LR}
