"""Speed of the efficiency station: 300 units, 18 years, 3 inputs, 2 outputs, beside DEAPack.

Run with: pytest tests/benchmarks/test_efficiency_speed.py --benchmark-enable -s

DEAPack (GPL) comes with the extra `deapack`. Both do the same work in the same
process, one after the other, and give the same figures; ratios are printed and
never asserted. Without it only our own times are printed.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np
import pandas as pd
from pytest_benchmark.fixture import BenchmarkFixture

import spatialccd as sc

UNITS, TIMES = 300, 18
#: How many years DEAPack is given; take fewer where there is no time for all.
PEER_TIMES = int(os.environ.get("DEAPACK_TIMES", TIMES))
_INPUTS, _OUTPUTS = list("klm"), list("yz")


def _panel(units: int, times: int) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    rows = pd.MultiIndex.from_product([range(units), range(times)], names=["unit", "time"])
    return pd.DataFrame(rng.uniform(1, 10, (len(rows), 5)), rows, [*_INPUTS, *_OUTPUTS])


def _scores(data: pd.DataFrame, returns: str, n_jobs: int) -> pd.Series:
    how = {"returns": returns, "scale_efficiency": False, "n_jobs": n_jobs}
    return sc.dea(data[_INPUTS], data[_OUTPUTS], **how).score


def _change(data: pd.DataFrame, n_jobs: int) -> pd.Series:
    return sc.malmquist(data[_INPUTS], data[_OUTPUTS], n_jobs=n_jobs).tfpch


_OURS: dict[str, Callable[[pd.DataFrame, int], pd.Series]] = {
    "DEA, CRS": lambda data, n_jobs: _scores(data, "crs", n_jobs),
    "DEA, VRS": lambda data, n_jobs: _scores(data, "vrs", n_jobs),
    "Malmquist, adjacent": _change,
}


def _peer(work: str, data: pd.DataFrame) -> pd.Series:
    """Do the same work by DEAPack; its DEA takes one year at a time."""
    import deapack as dp

    flat = data.reset_index()
    roles = {"inputs": _INPUTS, "outputs": _OUTPUTS, "dmu": "unit"}
    if work.startswith("Malmquist"):
        model: Any = dp.FGNZEnhancedMalmquistProductivityIndex()
        table = model.fit(dp.DEAData.from_frame(flat, period="time", **roles)).summary_frame
        rows = pd.MultiIndex.from_frame(table[["dmu_id", "period"]], names=["unit", "time"])
        return pd.Series(table["productivity_change"].astype(float).to_numpy(), rows)
    model = dp.RadialDEA(orientation="input", returns_to_scale=work[-3:].lower())
    parts = {
        year: model.fit(dp.DEAData.from_frame(own, **roles)).summary_frame.set_index("dmu_id")
        for year, own in flat.groupby("time")
    }
    return pd.concat({year: part["efficiency"].astype(float) for year, part in parts.items()})


def _timed(work: Callable[[], pd.Series]) -> tuple[float, pd.Series]:
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


def test_dea_and_malmquist_beside_deapack() -> None:
    data = _panel(UNITS, TIMES)
    part = data[data.index.get_level_values("time") < PEER_TIMES]
    print(f"\n{UNITS} units, {TIMES} years (the peer {PEER_TIMES}), load {os.getloadavg()[0]:.1f}")
    for work, run in _OURS.items():
        run(_panel(UNITS, 2), 2)  # starts the processes
        two, _ = _timed(lambda run=run: run(data, 2))
        one, ours = _timed(lambda run=run: run(part, 1))
        line = f"{work}: 2 processes {two:.1f} s, 1 process {one:.1f} s"
        if find_spec("deapack") is not None:
            theirs, found = _timed(lambda work=work: _peer(work, part))
            if not work.startswith("Malmquist"):
                found = found.rename_axis(["time", "unit"]).swaplevel()
            apart = float(np.abs(ours - found.reindex(ours.index)).max())
            assert apart < 1e-6
            line += f", DEAPack {theirs:.1f} s: {theirs / one:.1f} times; apart {apart:.0e}"
        print(line, flush=True)


def test_bootstrap(benchmark: BenchmarkFixture) -> None:
    data = _panel(48, 17)
    given = data[_INPUTS], data[["y"]]
    sc.malmquist(*given, n_bootstrap=2, seed=0)  # compiles, or finds what was compiled
    result = benchmark.pedantic(
        lambda: sc.malmquist(*given, n_bootstrap=999, seed=0, n_jobs=2), rounds=1
    )
    assert result.intervals is not None
