"""Loops over the rows of a block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from spatialccd._compiled import announce
from spatialccd._jit import compiled

if TYPE_CHECKING:
    from spatialccd._types import FloatArray, IntArray

_ALL_BUT_SIGN = np.int64(0x7FFFFFFFFFFFFFFF)
_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_30, _27, _31 = np.uint64(30), np.uint64(27), np.uint64(31)


@compiled(nogil=True)
def add_up(
    codes: Any,
    strides: IntArray,
    starts: IntArray,
    z: FloatArray,
    counts: IntArray,
    sums: FloatArray,
    squares: FloatArray,
) -> None:
    """Add 1, z and z squared to the cell of each row, in each of several tables.

    Parameters
    ----------
    codes : ndarray (D, n)
        The stratum of each row by each factor.
    strides : ndarray (C, D)
        How far a stratum of a factor lies from the next in each table; 0 where it has no part.
    starts : ndarray (C,)
        Where each table begins.
    z : ndarray (n,)
        What is added up.
    counts, sums, squares : ndarray (cells,)
        Where to; changed in place.
    """
    for i in range(z.size):
        value = z[i]
        for c in range(starts.size):
            cell = starts[c]
            for d in range(codes.shape[0]):
                cell += strides[c, d] * codes[d, i]
            counts[cell] += 1
            sums[cell] += value
            squares[cell] += value * value


@compiled(nogil=True)
def code_numbers(x: FloatArray, inner: FloatArray, out: Any) -> None:
    """Write the class of each value: the number of `inner` limits that lie below it."""
    for i in range(x.size):
        found = 0
        for j in range(inner.size):
            found += x[i] > inner[j]
        out[i] = found


@compiled(nogil=True)
def count_keys(bits: IntArray, shift: int, counts: IntArray) -> None:
    """Count numbers by the first bits of their keys, which order as the numbers do.

    `bits` are the numbers, seen as whole numbers. Those of negative ones run the wrong way.
    """
    half = counts.size // 2
    for i in range(bits.size):
        key = bits[i] ^ ((bits[i] >> 63) & _ALL_BUT_SIGN)
        counts[(key >> shift) + half] += 1


@compiled(nogil=True)
def count_within(
    bits: IntArray, opened: IntArray, upper: int, lower: int, counts: IntArray
) -> None:
    """Count the keys in some bins (B,), ascending, by their next bits: `counts` (B, 2^bits)."""
    mask = counts.shape[1] - 1
    for i in range(bits.size):
        key = bits[i] ^ ((bits[i] >> 63) & _ALL_BUT_SIGN)
        head = key >> upper
        for j in range(opened.size):
            if opened[j] == head:
                counts[j, (key >> lower) & mask] += 1
                break


@compiled(nogil=True)
def keys_within(bits: IntArray, opened: IntArray, upper: int, out: IntArray) -> int:
    """Write the keys that lie in some bins (B,), and give how many there are."""
    found = 0
    for i in range(bits.size):
        key = bits[i] ^ ((bits[i] >> 63) & _ALL_BUT_SIGN)
        head = key >> upper
        for j in range(opened.size):
            if opened[j] == head:
                out[found] = key
                found += 1
                break
    return found


@compiled(nogil=True)
def draw_numbers(rows: IntArray, seed: Any, out: Any) -> None:
    """Give each row a random number that depends on its position and `seed` only.

    The output of SplitMix64 (Steele, Lea and Flood 2014) at that step: no two rows have the same.
    """
    for i in range(rows.size):
        z = seed + np.uint64(rows[i] + 1) * _STEP
        z = (z ^ (z >> _30)) * _FIRST
        z = (z ^ (z >> _27)) * _SECOND
        out[i] = z ^ (z >> _31)


@compiled(nogil=True)
def shuffle_within(
    cells: Any, edges: IntArray, z: FloatArray, uniform: FloatArray, sums: FloatArray
) -> None:
    """Shuffle `cells` in place between `edges` (Fisher and Yates), and add `z` up by cell."""
    for s in range(edges.size - 1):
        low = edges[s]
        for i in range(edges[s + 1] - 1, low, -1):
            j = low + int(uniform[i] * (i - low + 1))
            cells[i], cells[j] = cells[j], cells[i]
    sums[:] = 0.0
    for i in range(cells.size):
        sums[cells[i]] += z[i]


announce(__name__, "the loops of the detector on cells")
