"""Speed and memory of the detector on cells, beside DuckDB's own sums.

    python -m tests.benchmarks.cells                 # 10^8 rows, some 4 GB in a temporary folder
    python -m tests.benchmarks.cells 10_000_000      # fewer
    python -m tests.benchmarks.cells 10_000_000 quantile

Each measure is taken in a process of its own, whose peak of memory is printed. Nothing is asserted.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

FACTORS = ["rain", "slope", "light", "soil"]
_GROUP = 1_000_000

_MEASURE = """
import re, sys, time
from pathlib import Path
{setting_up}
start = time.perf_counter()
{work}
seconds = time.perf_counter() - start
peak = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
print(f"{{seconds:.1f}} {{peak / 2**20:.2f}}")
"""
_OURS = """
import pandas as pd
import spatialccd as sc
few = pd.DataFrame({"y": [1.0, 2, 3, 4], "x": [1.0, 2, 3, 5], "c": list("abab")})
sc.cell_detector(few, "y", ["x", "c"], method="quantile", k=2, n_permutations=9)  # compiles
"""
_TABLES = """
import pandas as pd
import spatialccd as sc
"""


def _write(path: Path, rows: int) -> None:
    """Write y and four factors, three of them numbers, group by group."""
    rng = np.random.default_rng(0)
    writer = None
    for first in range(0, rows, _GROUP):
        n = min(_GROUP, rows - first)
        rain, slope = rng.gamma(2.0, 300.0, n), rng.normal(20.0, 3.0, n)
        light = rng.lognormal(1.0, 1.0, n)
        soil = rng.integers(0, 8, n)
        y = np.sqrt(rain) + (slope > 21) * (soil % 3) + np.log(light) + rng.normal(0, 5, n)
        table = pa.table(
            {
                "y": y,
                "rain": rain,
                "slope": slope,
                "light": light,
                "soil": pa.DictionaryArray.from_arrays(soil, [f"soil {i}" for i in range(8)]),
            }
        )
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table)
    assert writer is not None
    writer.close()


def _measured(name: str, setting_up: str, work: str) -> None:
    """Run in a process of its own, and print seconds and peak."""
    code = _MEASURE.format(setting_up=setting_up, work=work)
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=False
    )
    if run.returncode:
        print(f"{name}: did not finish ({run.returncode}: {run.stderr[-200:].strip()})")
        return
    seconds, peak = run.stdout.split()[-2:]
    print(f"{name}: {seconds} s, peak {peak} GB", flush=True)


def _duckdb(path: Path) -> str:
    """Write what DuckDB needs to do for the same: quantiles, then sums by all strata crossed."""
    cut = ", ".join(f"quantile_cont({f}, [0.2, 0.4, 0.6, 0.8])" for f in FACTORS[:3])
    return f"""
import duckdb
limits = duckdb.sql("SELECT {cut} FROM '{path}'").fetchall()[0]
code = lambda f, q: " + ".join(f"({{f}} > {{x}})::INT" for x in q)
codes = ", ".join(f"{{code(f, q)}} AS {{f}}" for f, q in zip({FACTORS[:3]}, limits))
duckdb.sql(f"SELECT count(*), avg(y), var_samp(y), {{codes}}, soil FROM '{path}' "
           "GROUP BY ALL").fetchall()
"""


def main() -> None:
    """Write the rows, and measure."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 10**8
    methods = sys.argv[2:] or ["quantile", "natural_breaks"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cells.parquet"
        start = time.perf_counter()
        _write(path, rows)
        size, spent = path.stat().st_size / 2**30, time.perf_counter() - start
        print(f"{rows:,} rows, {size:.2f} GB, written in {spent:.0f} s", flush=True)
        for method in methods:
            for draws in (0, 999) if rows <= 20_000_000 else (999,):
                call = (
                    f"sc.cell_detector({str(path)!r}, 'y', {FACTORS}, method={method!r}, "
                    f"n_permutations={draws}, seed=1)"
                )
                _measured(f"{method}, {draws} permutations", _OURS, call)
        _measured("DuckDB: quantiles and one GROUP BY", "", _duckdb(path))
        if rows <= 20_000_000:
            table = f"""
f = pd.read_parquet({str(path)!r})
s = sc.stratify(f[{FACTORS}], method="quantile")
sc.factor_detector(f["y"], s, n_permutations=0)
sc.interaction_detector(f["y"], s, n_permutations=0)
"""
            _measured("stratify and both detectors for tables, quantile", _TABLES, table)


if __name__ == "__main__":
    main()
