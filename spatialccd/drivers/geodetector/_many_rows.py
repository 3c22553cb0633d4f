"""Permutations of very many rows, by strata that are shuffled instead of values.

Rows that lie in the same stratum of every factor are alike to all of them. What
is shuffled is therefore the number of each row's cell (two bytes, so that a
million rows stay in a processor's cache), and the values are added up in their
order, by cell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from spatialccd._jit import compiled
from spatialccd.drivers.geodetector import _kernels as kernels

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, IntArray

#: Rows from which this is taken: below, the draws are those of all other tools.
MANY = 200_000


def exceedances(
    z: FloatArray,
    factors: Sequence[tuple[IntArray, int]],
    stacked: kernels.Stack,
    q: FloatArray,
    m: int,
    rng: np.random.Generator,
    step: Callable[[int], None],
) -> FloatArray:
    """Count the draws of `m` that give each factor (D,) a q as large as `q`.

    Parameters
    ----------
    z : ndarray (n,)
        y, centered and scaled.
    factors : sequence of (codes (n,), number of strata)
        The factors, D of them.
    stacked : Stack
        The same, stacked.
    q : ndarray (D,)
        What was observed.
    m : int
        Number of permutations.
    rng : Generator
        Where the draws come from.
    step : callable
        Told 1 as each is done.
    """
    cells, strata = joint_cells(factors)
    n_cells = strata.shape[1]
    member = members(stacked, strata)
    square_of_sum, total = z.sum() ** 2 / z.size, z @ z - z.sum() ** 2 / z.size
    exceeded = np.zeros(q.size)
    sums = np.empty(n_cells)
    for _ in range(m):
        _shuffled_sums(cells, z, rng.random(z.size), sums)
        drawn = kernels.q_of_sums(stacked, (member @ sums)[:, None], square_of_sum, total)
        exceeded += drawn[:, 0] >= q - kernels.TOLERANCE
        step(1)
    return exceeded


def members(stacked: kernels.Stack, strata: IntArray) -> Any:
    """Say which cells each stratum holds, (G, cells) of 1 and 0, from their strata (D, cells)."""
    starts = np.repeat(stacked.starts, stacked.counts)
    rows = np.arange(stacked.sizes.size)
    factor = np.searchsorted(stacked.starts, rows, side="right") - 1
    return sparse.csr_array((strata[factor] == (rows - starts)[:, None]).astype(float))


def joint_cells(factors: Sequence[tuple[IntArray, int]]) -> tuple[IntArray, IntArray]:
    """Give the cell of each row (n,), and the stratum of each factor in each cell (D, cells)."""
    cells, count = kernels.compact(factors[0][0])
    for codes, strata in factors[1:]:
        cells, count = kernels.compact(cells * strata + codes)
    first = np.empty(count, dtype=np.int64)
    first[cells[::-1]] = np.arange(cells.size)[::-1]
    small = np.uint16 if count <= 2**16 else np.uint32
    return cells.astype(small), np.stack([codes[first] for codes, _ in factors])


@compiled(nogil=True)
def _shuffled_sums(cells: IntArray, z: FloatArray, uniform: FloatArray, sums: FloatArray) -> None:
    """Shuffle `cells` in place (Fisher and Yates, by `uniform`), and add `z` up by cell."""
    for i in range(cells.size - 1, 0, -1):
        j = int(uniform[i] * (i + 1))
        cells[i], cells[j] = cells[j], cells[i]
    sums[:] = 0.0
    for i in range(cells.size):
        sums[cells[i]] += z[i]
