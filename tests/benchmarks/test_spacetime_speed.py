"""Speed of GTWR and MGTWR beside mgtwr; ``pytest tests/benchmarks/test_spacetime_speed.py -s``.

On the 1,728 rows of mgtwr's own example, columns as they are: the same model. Each run has a
process of its own and one thread, ours before and after the peer's; nothing timed is asserted. The
peer's MGTWR takes some minutes. AICc counts tr S + 1 parameters throughout, for both.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from tests.drivers.gwr.mgtwr_example import example

ROOT = Path(__file__).parents[2]
_KERNEL = {"kernel": "gaussian", "fixed": True}
_OURS = {**_KERNEL, "standardize": False, "n_jobs": 1}
_ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def ours(model: str) -> dict[str, float]:
    """Time search, fit and inference of ours, compiled before."""
    y, X, places = example()
    fit = getattr(sc, model)
    few = y.index[y.index.get_level_values("time") < 3]
    fit(y[few], X.loc[few], places, **_OURS)  # compiles
    start, used = time.perf_counter(), time.process_time()
    found = fit(y, X, places, **_OURS)
    return {**_since(start, used), "r2": found.r2, "aicc": found.aicc}


def theirs(model: str) -> dict[str, float]:
    """Time the same of mgtwr."""
    from mgtwr import model as fits
    from mgtwr import sel

    y, X, places = example()
    unit, t = y.index.get_level_values("unit"), y.index.get_level_values("time")
    given = (
        places.loc[unit].to_numpy(float),
        t.to_numpy(float)[:, None],
        X.to_numpy(float),
        y.to_numpy(float)[:, None],
    )
    start, used = time.perf_counter(), time.process_time()
    if model == "gtwr":
        bandwidth, tau = sel.SearchGTWRParameter(*given, **_KERNEL).search(tau_max=20)
        found = fits.GTWR(*given, bandwidth, tau, **_KERNEL).fit()
    else:
        search = sel.SearchMGTWRParameter(*given, **_KERNEL)
        search.search(multi_bw_min=[0.1], tol_multi=1e-4)
        found = fits.MGTWR(*given, search, **_KERNEL).fit()
    n, k = len(given[-1]), float(found.tr_S) + 1
    aicc = -2 * float(found.llf) + 2 * k * n / (n - k - 1)
    return {**_since(start, used), "r2": float(found.R2), "aicc": aicc}


def _since(start: float, used: float) -> dict[str, float]:
    """Give seconds by the clock, and those computed, which other work disturbs less."""
    return {"seconds": time.perf_counter() - start, "cpu": time.process_time() - used}


def test_speed_beside_mgtwr() -> None:
    pytest.importorskip("mgtwr")
    rows = {}
    for model in ("gtwr", "mgtwr"):
        before, peer, after = (_run(whose, model) for whose in ("ours", "theirs", "ours"))
        np.testing.assert_equal(before["r2"], after["r2"])
        rows[model] = {
            "ours before, s": before["seconds"],
            "mgtwr, s": peer["seconds"],
            "ours after, s": after["seconds"],
            "ratio": peer["seconds"] / np.mean([before["seconds"], after["seconds"]]),
            "ratio of CPU seconds": peer["cpu"] / np.mean([before["cpu"], after["cpu"]]),
            "R2": before["r2"],
            "mgtwr's R2": peer["r2"],
            "AICc": before["aicc"],
            "mgtwr's AICc": peer["aicc"],
        }
        print(f"\n{model}: {rows[model]}", flush=True)
    table = pd.DataFrame(rows)
    print(f"\n{os.cpu_count()} cores, load {os.getloadavg()[1]:.1f}\n{table.to_string()}")


def _run(whose: str, model: str) -> dict[str, Any]:
    done = subprocess.run(
        [
            sys.executable,
            "-W",
            "ignore",
            "-m",
            "tests.benchmarks.test_spacetime_speed",
            whose,
            model,
        ],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, **dict.fromkeys(_ONE_THREAD, "1")},
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    print(json.dumps({"ours": ours, "theirs": theirs}[sys.argv[1]](sys.argv[2])))
