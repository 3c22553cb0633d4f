"""What ``spatialccd warm`` compiles is all that the tools need."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

_USE = """
import warnings
from tests.test_alignment import CASES, _run
from tests.toys import Toys
from spatialccd._compiled import dispatchers
for name in ("gwr", "mgwr", "gtwr", "predict_gwr", "local_collinearity", "malmquist"):
    _run(name, CASES[name](Toys()))
import numpy as np, pandas as pd
from spatialccd import gwr
rng = np.random.default_rng(2)
X = pd.DataFrame(rng.normal(size=(40, 2)), columns=["a", "b"])
gwr(X["a"] + rng.normal(size=40), X, pd.DataFrame(rng.uniform(size=(40, 2))), fixed_terms=["a"])
case = CASES["gwr"](Toys())
counts = case["y"].rank().round()
_run("gwr", case | {"y": counts, "family": "poisson", "bandwidth": len(counts)})
for module in (
    "spatialccd.drivers.gwr._loops",
    "spatialccd.drivers.gwr._likelihood_loops",
    "spatialccd.drivers.gwr._semiparametric_loops",
    "spatialccd.efficiency._simplex",
):
    for loop in dispatchers(module):
        made, signatures = sum(loop.stats.cache_misses.values()), len(loop.signatures)
        print(loop.__name__, made, signatures)
"""


@pytest.mark.slow
def test_after_it_no_tool_compiles_and_each_loop_has_one_version(
    tmp_path: Path, root: Path
) -> None:
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path), "PYTHONPATH": str(root)}

    def call(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *words],
            check=True,
            capture_output=True,
            text=True,
            env=environment,
            cwd=root,
        )

    first = call("-m", "spatialccd", "warm")
    assert "compiling the loops of local regressions for this machine, once" in first.stderr
    assert "compiling the loops of efficiency scores for this machine, once" in first.stderr
    assert "compiled, and kept" in first.stdout
    used = call("-c", _USE)
    assert "compiling" not in used.stderr
    loops = [line.split() for line in used.stdout.splitlines()]
    assert len(loops) > 15
    assert [name for name, made, _ in loops if made != "0"] == []
    assert [name for name, _, signatures in loops if int(signatures) > 1] == []
