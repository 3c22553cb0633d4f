"""Speed of MGWR beside mgwr 2.2.1; ``pytest tests/benchmarks/test_mgwr_speed.py -s``.

Prints one table; nothing timed is asserted. What mgwr is timed on takes some
ten minutes. ``SPATIALCCD_HOUSE`` may name a CSV of spData's ``house``
(README.md says how to write it); its rows are left out otherwise.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pandas as pd

from tests.benchmarks.mgwr_runs import CASES, ROOT

WITH_PEER = ("house_1000", "generated_1000")


def test_speed_beside_mgwr() -> None:
    rows = []
    for name in CASES:
        if name.startswith("house") and not os.environ.get("SPATIALCCD_HOUSE"):
            continue
        ours = _run(name)
        row = {"case": name, **{key: ours[key] for key in ("n", "k", "rounds")}}
        row |= {"search+fit s": ours["search"], "inference s": ours["inference"]}
        row["peak GB"] = ours["peak_gb"]
        if name in WITH_PEER:
            # whichever number of jobs is faster for mgwr
            peers = [_run(f"{name}:pysal:{jobs}") for jobs in (1, -1)]
            peer = min(peers, key=lambda run: run["search"] + run["inference"])
            assert peer["bandwidths"] == ours["bandwidths"]
            whole = [run["search"] + run["inference"] for run in (peer, ours)]
            row |= {
                "mgwr search+fit s": peer["search"],
                "ratio": peer["search"] / ours["search"],
                "mgwr inference s": peer["inference"],
                "ratio inference": peer["inference"] / ours["inference"],
                "ratio all": whole[0] / whole[1],
            }
        rows.append(row)
    table = pd.DataFrame(rows).set_index("case")
    load = os.getloadavg()[1]
    print(f"\n{os.cpu_count()} cores, load {load:.1f}\n{table.T.to_string(na_rep='')}")


def _run(what: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.mgwr_runs", what],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))
