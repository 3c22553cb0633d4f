"""Speed of the efficiency station: 300 units, 18 years, 3 inputs, 2 outputs.

Run with: pytest tests/benchmarks/test_efficiency_speed.py --benchmark-enable -s

DEAPack (GPL, where it is installed: set DEAPACK_PYTHON to its interpreter) does
the Malmquist index of the first times in a process of its own; the ratio is
printed and never asserted. The figures of both are compared in
tests/efficiency/test_deapack.py.
"""

from __future__ import annotations

import os
import subprocess
import time

import numpy as np
import pandas as pd
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import spatialccd as sc

UNITS, TIMES, PEER_TIMES = 300, 18, 3

_PEER = """
import time, numpy as np, pandas as pd, deapack as dp
rng = np.random.default_rng(0)
rows = pd.MultiIndex.from_product([range({units}), range({times})], names=["unit", "time"])
data = pd.DataFrame(rng.uniform(1, 10, (len(rows), 5)), rows, list("klmyz")).reset_index()
given = dp.DEAData.from_frame(
    data[data["time"] < {part}], inputs=list("klm"), outputs=list("yz"), dmu="unit", period="time"
)
start = time.perf_counter()
dp.FGNZEnhancedMalmquistProductivityIndex().fit(given)
print(time.perf_counter() - start)
"""


@pytest.fixture(scope="module")
def data() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    rows = pd.MultiIndex.from_product([range(UNITS), range(TIMES)], names=["unit", "time"])
    return pd.DataFrame(rng.uniform(1, 10, (len(rows), 5)), rows, list("klmyz"))


def _everything(data: pd.DataFrame) -> sc.Malmquist:
    inputs, outputs = data[list("klm")], data[list("yz")]
    for returns in ("crs", "vrs"):
        sc.dea(inputs, outputs, returns=returns, scale_efficiency=False, n_jobs=2)
    return sc.malmquist(inputs, outputs, n_jobs=2)


def test_dea_and_malmquist(benchmark: BenchmarkFixture, data: pd.DataFrame) -> None:
    result = benchmark.pedantic(_everything, (data,), rounds=1)
    assert result.tfpch.notna().all()


def test_malmquist_beside_deapack(data: pd.DataFrame) -> None:
    python = os.environ.get("DEAPACK_PYTHON")
    if not python:
        pytest.skip("DEAPACK_PYTHON does not name an interpreter with DEAPack")
    part = data[data.index.get_level_values("time") < PEER_TIMES]
    start = time.perf_counter()
    sc.malmquist(part[list("klm")], part[list("yz")])
    ours = time.perf_counter() - start
    script = _PEER.format(units=UNITS, times=TIMES, part=PEER_TIMES)
    done = subprocess.run([python, "-c", script], capture_output=True, text=True, check=True)
    theirs = float(done.stdout)
    print(f"\nDEAPack {theirs:.1f} s, ours {ours:.1f} s, ratio {theirs / ours:.0f}")
