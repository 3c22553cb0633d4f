"""One timed MGWR run in a process of its own: ``python -m tests.benchmarks.mgwr_runs NAME``.

Prints one line of JSON: seconds of search and fit, of inference, bandwidths,
and the peak of memory. ``NAME:pysal`` runs mgwr 2.2.1 on the same data, with
n_jobs after a second colon.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[2]


class Data(NamedTuple):
    """A regression and how far to take it."""

    y: pd.Series
    X: pd.DataFrame
    places: Any
    inference: str


def generated(n: int, k: int, inference: str) -> Data:
    """Correlated covariates on scattered places: 20 to 60 rounds of backfitting."""
    rng = np.random.default_rng(n + k)
    unit = pd.Index([f"u{i:06d}" for i in range(n)], name="unit")
    places = pd.DataFrame(rng.uniform(0, 1e5, (n, 2)), index=unit, columns=["x", "y"])
    east, north = places.to_numpy().T / 1e5
    smooth = [np.sin((j + 1) * east) + np.cos((j + 2) * north) for j in range(k - 1)]
    X = np.column_stack(smooth) + rng.normal(size=(n, k - 1))
    X += 0.5 * X[:, :1]
    surface = np.column_stack([np.cos((j % 4) * east + (j % 3) * north) for j in range(k - 1)])
    y = 2 * north + np.sin(6 * east) + (X * surface).sum(axis=1) + rng.normal(size=n)
    return Data(
        pd.Series(y, unit, name="y"),
        pd.DataFrame(X, unit, [f"x{j}" for j in range(k - 1)]),
        places,
        inference,
    )


def berlin() -> Data:
    """2,203 flats, shipped inside the libpysal wheel."""
    from tests.parity import mgwr_cases

    case = mgwr_cases.berlin()
    return Data(case.y, case.X, case.places, "exact")


def us_counties() -> Data:
    """Turnout of US counties in 1980, from the examples of this checkout."""
    import geopandas as gpd

    table = pd.read_csv(
        ROOT / "examples" / "us_counties" / "data" / "elect80.csv", dtype={"fips": str}
    ).set_index("fips")
    areas = gpd.read_file(ROOT / "shapefiles" / "us_counties.gpkg")
    code = next(c for c in areas.columns if areas[c].astype(str).isin(table.index).mean() > 0.9)
    areas = areas.set_index(areas[code].astype(str))
    both = table.index.intersection(areas.index)
    covariates = ["pc_college", "pc_homeownership", "pc_income"]
    return Data(
        table.loc[both, "pc_turnout"], table.loc[both, covariates], areas.loc[both], "exact"
    )


def house(n: int, inference: str) -> Data:
    """Sales of houses in Lucas County: ``house`` of R's spData, written as CSV with its places."""
    path = os.environ["SPATIALCCD_HOUSE"]
    table = pd.read_csv(path)
    table.index = pd.Index([f"h{i:05d}" for i in range(len(table))], name="unit")
    if n < len(table):
        table = table.sample(n, random_state=1).sort_index()
    X = pd.DataFrame(
        {
            "age": table["age"],
            "beds": table["beds"],
            "log_lot": np.log(table["lotsize"]),
            "log_area": np.log(table["TLA"]),
        }
    )
    places = table[["long", "lat"]].set_axis(["x", "y"], axis=1)  # metres, whatever their names
    return Data(np.log(table["price"]).rename("log_price"), X, places, inference)


CASES: dict[str, Callable[[], Data]] = {
    "generated_1000": lambda: generated(1_000, 5, "exact"),
    "house_1000": lambda: house(1_000, "exact"),
    "berlin": berlin,
    "us_counties": us_counties,
    "generated_3000_k15": lambda: generated(3_000, 15, "none"),
    "generated_10000": lambda: generated(10_000, 5, "none"),
    "house": lambda: house(25_357, "stochastic"),
}


#: A run of a fraction of a second is taken this often, and its median told.
REPEATS = 7


def run_ours(data: Data) -> dict[str, Any]:
    """Time search and fit, then the whole with inference; the difference is inference."""
    import spatialccd as sc

    small = generated(200, 3, "exact")
    sc.mgwr(small.y, small.X, small.places, inference="exact")  # compiled code off the disk
    repeats = REPEATS if len(data.y) <= 1_000 else 1

    def timed(inference: str) -> tuple[float, float, sc.MGWR]:
        walls, cpus = [], []
        for _ in range(repeats):
            started, busy = time.perf_counter(), time.process_time()
            fit = sc.mgwr(data.y, data.X, data.places, inference=inference, seed=1)
            walls.append(time.perf_counter() - started)
            cpus.append(time.process_time() - busy)
        return statistics.median(walls), statistics.median(cpus), fit

    search, busy, fit = timed("none")
    whole = timed(data.inference)[0] if data.inference != "none" else float("nan")
    return {
        "search": search,
        "search_cpu": busy,
        "inference": whole - search,
        "rounds": len(fit.history),
        "bandwidths": fit.bandwidth.tolist(),
    }


def run_peer(data: Data, n_jobs: int) -> dict[str, Any]:
    """Time mgwr's search with its fit, and its replayed inference."""
    from mgwr.gwr import MGWR
    from mgwr.sel_bw import Sel_BW

    def z(values: np.ndarray) -> np.ndarray:
        return (values - values.mean(axis=0)) / values.std(axis=0)

    y, X = z(data.y.to_numpy()[:, None]), z(data.X.to_numpy())
    xy = data.places.to_numpy()
    started, busy = time.perf_counter(), time.process_time()
    selector = Sel_BW(xy, y, X, multi=True, n_jobs=n_jobs)
    bandwidths = selector.search()
    search, busy = time.perf_counter() - started, time.process_time() - busy
    started = time.perf_counter()
    MGWR(xy, y, X, selector, n_jobs=n_jobs).fit()
    return {
        "search": search,
        "search_cpu": busy,
        "inference": time.perf_counter() - started,
        "rounds": len(selector.bw[1]),
        "bandwidths": np.asarray(bandwidths, dtype=float).tolist(),
    }


def main(name: str, engine: str = "native", n_jobs: str = "1") -> None:
    """Run one case and print what it took."""
    warnings.simplefilter("ignore")
    data = CASES[name]()
    found = run_ours(data) if engine == "native" else run_peer(data, int(n_jobs))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    n, k = data.X.shape
    print(json.dumps({"n": n, "k": k + 1, "peak_gb": peak, **found}))


if __name__ == "__main__":
    main(*sys.argv[1].split(":"))
