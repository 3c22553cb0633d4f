"""Speed of the geodetectors, beside py-geodetector.

Run with: pytest tests/benchmarks/geodetector.py --benchmark-enable -s

py-geodetector installs a module of a common name and other versions of what it
needs, so it lives in an environment of its own; name its Python:
    python -m venv peer && peer/bin/pip install py-geodetector matplotlib
    GEODETECTOR_PYTHON=peer/bin/python pytest tests/benchmarks/geodetector.py -s
Ratios are printed and never asserted.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import spatialccd as sc

UNITS, FACTORS, STRATA, PERMUTATIONS = 3000, 10, 6, 999

_PEER = """
import sys, time
import pandas as pd
from geodetector import GeoDetector
data = pd.read_csv(sys.argv[1])
start = time.perf_counter()
model = GeoDetector(data, "y", [c for c in data if c != "y"])
factor = model.factor_detector()
model.interaction_detector()
model.ecological_detector()
model.risk_detector()
print(time.perf_counter() - start)
factor.T.iloc[:, 0].to_csv(sys.argv[2])
"""


def _data(n: int) -> tuple[pd.Series, pd.DataFrame]:
    rng = np.random.default_rng(0)
    strata = pd.DataFrame(
        rng.integers(1, STRATA + 1, (n, FACTORS)), columns=[f"x{i}" for i in range(FACTORS)]
    )
    return strata["x0"] + pd.Series(rng.normal(size=n), name="y"), strata


def _seconds(call: Callable[[], object], times: int = 5) -> float:
    """The best of a few, after one for what is loaded on first use."""
    call()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return min(taken)


def _four_detectors(y: pd.Series, strata: pd.DataFrame) -> pd.Series:
    found = sc.factor_detector(y, strata, n_permutations=0)
    sc.interaction_detector(y, strata, n_permutations=0)
    sc.risk_detector(y, strata)
    sc.ecological_detector(y, strata)
    return found.q


def test_four_detectors_without_permutations(benchmark: BenchmarkFixture) -> None:
    y, strata = _data(UNITS)
    assert len(benchmark(_four_detectors, y, strata)) == FACTORS


def test_permutations_of_factors_and_pairs(benchmark: BenchmarkFixture) -> None:
    y, strata = _data(UNITS)

    def both() -> int:
        one = sc.factor_detector(y, strata, n_permutations=PERMUTATIONS, seed=1)
        two = sc.interaction_detector(y, strata, n_permutations=PERMUTATIONS, seed=1)
        return len(one.to_frame()) + len(two.to_frame())

    assert benchmark(both) == FACTORS + FACTORS * (FACTORS - 1) // 2


def test_factor_detector_of_a_hundred_thousand(benchmark: BenchmarkFixture) -> None:
    y, strata = _data(100_000)
    found = benchmark(sc.factor_detector, y, strata, n_permutations=0)
    assert found.q.notna().all()


@pytest.mark.parametrize("null", ["no_effect", "stronger_factor"])
def test_both_nulls_of_the_interaction(benchmark: BenchmarkFixture, null: str) -> None:
    y, strata = _data(UNITS)
    found = benchmark(sc.interaction_detector, y, strata, null=null, seed=1)
    assert found.to_frame()["p_gain"].notna().all()


def test_search_for_optimal_strata(benchmark: BenchmarkFixture) -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.gamma(2, size=(UNITS, FACTORS)))
    X.columns = X.columns.map(str)
    found = benchmark.pedantic(
        sc.optimal_strata, (pd.Series(rng.normal(size=UNITS)), X), {"seed": 1}, rounds=1
    )
    assert found.best["p_search"].notna().all()


def test_beside_py_geodetector(tmp_path: Path) -> None:
    peer = os.environ.get("GEODETECTOR_PYTHON")
    if not peer:
        pytest.skip("GEODETECTOR_PYTHON names no environment with py-geodetector")
    y, strata = _data(UNITS)
    strata.assign(y=y).to_csv(tmp_path / "data.csv", index=False)
    done = subprocess.run(
        [peer, "-W", "ignore", "-c", _PEER, str(tmp_path / "data.csv"), str(tmp_path / "q.csv")],
        capture_output=True,
        text=True,
        check=True,
    )
    theirs = float(done.stdout)
    ours = _seconds(lambda: _four_detectors(y, strata))
    permuted = _seconds(
        lambda: [
            sc.factor_detector(y, strata, seed=1),
            sc.interaction_detector(y, strata, seed=1),
        ],
        times=2,
    )
    print(
        f"\nfour detectors, n = {UNITS}, {FACTORS} factors:\n"
        f"  py-geodetector, no permutations  {theirs:7.3f} s\n"
        f"  spatialccd, no permutations      {ours:7.3f} s   ratio {theirs / ours:.0f}\n"
        f"  spatialccd, {PERMUTATIONS} permutations     {permuted:7.3f} s   "
        f"ratio {theirs / permuted:.1f}"
    )
    found = pd.read_csv(tmp_path / "q.csv", index_col=0).iloc[:, 0]
    np.testing.assert_allclose(_four_detectors(y, strata).reindex(found.index), found, atol=1e-9)
