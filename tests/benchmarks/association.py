"""Speed of the association station, beside esda.

Run with: pytest tests/benchmarks/association.py --benchmark-enable -s

esda is timed in a process of its own, first with numba (compiling included,
as every new process pays it) and then without; the ratios are printed and
never asserted.
"""

from __future__ import annotations

import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import spatialccd as sc
from tests.association.data.make_esda_reference import grid

UNITS, PERMUTATIONS = 3107, 999

_ESDA = """
import sys, time
if {hide}:
    sys.modules["numba"] = None
import numpy as np, esda
from libpysal.graph import Graph
from tests.association.data.make_esda_reference import grid
focal, neighbor = grid(56)
kept = (focal < {n}) & (neighbor < {n})
graph = Graph.from_arrays(focal[kept], neighbor[kept], np.ones(kept.sum())).transform("R")
y = np.random.default_rng(0).normal(size={n})
start = time.perf_counter()
esda.Moran_Local(y, graph, permutations={m}, seed=1, n_jobs=1)
print(time.perf_counter() - start)
"""


@pytest.fixture(scope="module")
def graph() -> object:
    from libpysal.graph import Graph

    focal, neighbor = grid(56)
    kept = (focal < UNITS) & (neighbor < UNITS)
    return Graph.from_arrays(focal[kept], neighbor[kept], np.ones(kept.sum()))


@pytest.fixture(scope="module")
def y() -> pd.Series:
    return pd.Series(np.random.default_rng(0).normal(size=UNITS))


def _esda_seconds(*, hide: bool) -> float:
    script = _ESDA.format(hide=hide, n=UNITS, m=PERMUTATIONS)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def test_local_moran(benchmark: BenchmarkFixture, y: pd.Series, graph: object) -> None:
    result = benchmark(sc.local_moran, y, graph, n_permutations=PERMUTATIONS, seed=1)
    assert result.p_sim.notna().all()


def test_local_moran_beside_esda(y: pd.Series, graph: object) -> None:
    start = time.perf_counter()
    sc.local_moran(y, graph, n_permutations=PERMUTATIONS, seed=1)
    ours = time.perf_counter() - start
    for name, hide in (("with numba, new process", False), ("without numba", True)):
        theirs = _esda_seconds(hide=hide)
        print(f"\nesda {name}: {theirs:.2f} s, ours {ours:.2f} s, ratio {theirs / ours:.0f}")


def test_global_moran_of_ten_years(benchmark: BenchmarkFixture, graph: object) -> None:
    rows = pd.MultiIndex.from_product([range(UNITS), range(2010, 2020)], names=["unit", "time"])
    panel = pd.Series(np.random.default_rng(0).normal(size=len(rows)), index=rows)
    result = benchmark(sc.global_moran, panel, graph, n_permutations=PERMUTATIONS, seed=1)
    assert len(result.table) == 10


def test_local_getis_ord_with_every_pair_linked(benchmark: BenchmarkFixture) -> None:
    n = 1000
    places = pd.DataFrame(np.random.default_rng(0).uniform(0, 1e6, (n, 2)), columns=["x", "y"])
    dense = sc.neighbors(places, method="inverse_distance")
    values = pd.Series(np.random.default_rng(1).gamma(2, size=n))
    result = benchmark(sc.local_getis_ord, values, dense, n_permutations=PERMUTATIONS, seed=1)
    assert result.p_sim.notna().all()


@pytest.mark.filterwarnings("ignore::spatialccd.errors.IslandWarning")
def test_queen_neighbors_of_the_us_counties(benchmark: BenchmarkFixture) -> None:
    counties = sc.read_boundaries("us_counties")
    result = benchmark(sc.neighbors, counties)
    assert result.to_frame()["neighbors"].min() > 0
