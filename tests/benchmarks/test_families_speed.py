"""Speed of Poisson GWR beside mgwr 2.2.1; ``pytest tests/benchmarks/test_families_speed.py -s``.

On the mortality of Tokyo (262 places, 5 terms, offset), which libpysal carries: the search and the
fit, ours before and after the peer's. Nothing timed is asserted. mgwr ends at another bandwidth,
for it stops before the likelihoods' maxima; both look at some nine.
"""

from __future__ import annotations

import os
import time
import warnings
from pathlib import Path
from typing import Any

import libpysal
import pandas as pd

import spatialccd as sc

TOKYO = Path(os.path.dirname(libpysal.__file__)) / "examples" / "tokyo" / "Tokyomortality.csv"


def _timed(engine: str, **settings: Any) -> dict[str, Any]:
    data = pd.read_csv(TOKYO)
    start, used = time.perf_counter(), time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = sc.gwr(
            data["db2564"],
            data[["OCC_TEC", "OWNH", "POP65", "UNEMP"]],
            data[["X_CENTROID", "Y_CENTROID"]],
            family="poisson",
            offset=data["eb2564"],
            min_bandwidth=50,
            engine=engine,
            n_jobs=1,
            **settings,
        )
    seconds = {"s": time.perf_counter() - start, "of processor": time.process_time() - used}
    return seconds | {"bandwidth": fit.bandwidth.iloc[0]}


def test_speed_of_counts_beside_mgwr() -> None:
    _timed("native")  # compiles
    engines = ["native", "pysal", "native"]
    table = pd.DataFrame([_timed(engine) for engine in engines], index=engines)
    peer = table.loc["pysal"]
    for column in ("s", "of processor"):
        table[f"ratio, {column}"] = peer[column] / table[column]
    print(f"\n{os.cpu_count()} cores, load {os.getloadavg()[1]:.1f}\n{table.to_string()}")
