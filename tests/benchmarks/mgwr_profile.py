"""Profile of MGWR's hot loop on one thread: ``python -m tests.benchmarks.mgwr_profile``.

Times the sums for ten bandwidths and for all of them per (place, neighbor) pair,
and compares the bytes streamed with what one thread of this machine reads.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import numpy as np

from spatialccd.drivers.gwr import _loops
from spatialccd.drivers.gwr._neighbors import EPS, Neighbors
from spatialccd.drivers.gwr._space import Space

REPEATS = 15


def main() -> None:
    """Print nanoseconds a pair and gigabytes a second for several n."""
    block = np.ones(40_000_000)
    speed = block.nbytes / _best(block.sum) / 1e9
    print(f"one thread reads {speed:.1f} GB/s from memory")
    for n in (300, 1_000, 3_000, 8_000):
        rng = np.random.default_rng(n)
        space = Space(rng.uniform(0, 1e5, (n, 2)), False, "bisquare", False)
        rows = Neighbors(space)
        values = rng.normal(size=(1, n))
        points = np.unique(np.linspace(45, 0.63 * n, 10).round())
        counts, inverse, pairs = rows._support(points)
        out = np.empty((1, *counts.T.shape))
        size = rows.order.itemsize + rows.d2.itemsize
        table = (rows.order, rows.d2)
        took = _best(
            partial(_loops.weighted_sums, 0, n, *table, counts, inverse, values, 1, 0, out)
        )
        curve = np.zeros((4, n))
        whole = _best(
            partial(_loops.whole_curve, 0, n, *table, values[0], values[0], EPS, 0, curve)
        )
        rate = pairs * size / took / 1e9
        print(
            f"n = {n:>5}: ten bandwidths {took / pairs * 1e9:.2f} ns a pair, {rate:.1f} GB/s "
            f"({rate / speed:.0%} of what one thread reads); "
            f"whole curve {whole / n**2 * 1e9:.2f} ns a pair"
        )


def _best(call: Callable[[], object]) -> float:
    call()
    taken = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        call()
        taken.append(time.perf_counter() - started)
    return min(taken)


if __name__ == "__main__":
    main()
