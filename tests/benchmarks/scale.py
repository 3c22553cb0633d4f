"""MGWR and GWR of very many places: ``python -m tests.benchmarks.scale 25000 50000 100000``.

Each size runs in a process of its own, which prints seconds, computed seconds and the peak of
memory; then the exponent with which computing grows. ``--plot FILE`` draws it. With
``--model gtwr`` or ``mgtwr`` sizes are rows of a panel of 20 years.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
import warnings
from typing import Any

import numpy as np
import pandas as pd

Data = tuple[pd.Series, pd.DataFrame, pd.DataFrame]

YEARS = 20


def waves(n: int) -> Data:
    """Three surfaces on even places: one wavy, one slow, one that is the same everywhere."""
    rng = np.random.default_rng(0)
    xy = rng.uniform(0, 1e5, (n, 2))
    east, north = xy.T / 1e5
    X = rng.normal(size=(n, 2))
    y = np.sin(6 * east) + X[:, 0] * (1 + 0.8 * np.cos(3 * north)) + 0.5 * X[:, 1]
    return _labeled(y + 0.7 * rng.normal(size=n), X, xy)


def towns(n: int) -> Data:
    """Five correlated terms on places that crowd in 300 towns: many rounds of backfitting."""
    rng = np.random.default_rng(1)
    middle, town = rng.uniform(0, 1e5, (300, 2)), rng.integers(300, size=n)
    xy = middle[town] + rng.exponential(900, (n, 1)) * rng.normal(size=(n, 2))
    east, north = xy.T / 1e5
    shared = np.sin(3 * east) + np.cos(2 * north) + rng.normal(size=n)
    X = shared[:, None] * np.array([0.7, 0.6, 0.8, 0.5]) + rng.normal(size=(n, 4))
    surfaces = [np.cos(j * east) + np.sin((3 - j) * north) for j in range(4)]
    y = 2 * north + np.sin(6 * east) + (X * np.column_stack(surfaces)).sum(axis=1)
    return _labeled(y + rng.normal(size=n), X, xy)


def years(n: int) -> Data:
    """A panel of even places: one surface that moves, one that moves slowly, one that does not."""
    rng = np.random.default_rng(2)
    places = pd.DataFrame(rng.uniform(0, 1e5, (n // YEARS, 2)), columns=["x", "y"])
    rows = pd.MultiIndex.from_product([places.index, range(YEARS)], names=["unit", "time"])
    east, north = places.to_numpy().repeat(YEARS, axis=0).T / 1e5
    year = np.asarray(rows.get_level_values(1)) / YEARS
    X = pd.DataFrame(rng.normal(size=(len(rows), 2)), rows, columns=["x0", "x1"])
    y = np.sin(6 * east + 4 * year) + X["x0"] * (1 + 0.8 * np.cos(3 * north + year))
    return y + 0.5 * X["x1"] + 0.7 * rng.normal(size=len(rows)), X, places


def _labeled(y: np.ndarray, X: np.ndarray, xy: np.ndarray) -> Data:
    names = [f"x{j}" for j in range(X.shape[1])]
    return (
        pd.Series(y, name="y"),
        pd.DataFrame(X, columns=names),
        pd.DataFrame(xy, columns=["x", "y"]),
    )


def run(n: int, kind: str, model: str, engine: str, inference: str) -> dict[str, Any]:
    """Time one fit, once the loops are compiled."""
    import spatialccd as sc

    warnings.simplefilter("ignore")

    def fit(data: Data) -> Any:
        if model in ("gwr", "gtwr"):
            return getattr(sc, model)(*data, engine=engine)
        return getattr(sc, model)(*data, engine=engine, inference=inference, n_probes=100, seed=1)

    make = years if model in ("gtwr", "mgtwr") else {"waves": waves, "towns": towns}[kind]
    fit(make(300))
    data = make(n)
    since, busy = time.perf_counter(), time.process_time()
    found = fit(data)
    return {
        "n": n,
        "terms": data[1].shape[1] + 1,
        "seconds": round(time.perf_counter() - since, 1),
        "computed": round(time.process_time() - busy, 1),
        "peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2),
        "rounds": len(found.history) if model.startswith("m") else 0,
        "engine": found.settings["engine"],
        "bandwidths": found.bandwidth.tolist(),
        "time_scales": np.atleast_1d(getattr(found, "time_scale", ())).tolist(),
        "r2": round(found.r2, 6),
    }


def main() -> None:
    """Run each size by itself, and tell how computing grows."""
    ask = argparse.ArgumentParser()
    ask.add_argument("sizes", type=int, nargs="+")
    ask.add_argument("--kind", default="waves", choices=["waves", "towns"])
    ask.add_argument("--model", default="mgwr", choices=["mgwr", "gwr", "mgtwr", "gtwr"])
    ask.add_argument("--engine", default="native")
    ask.add_argument("--inference", default="none")
    ask.add_argument("--plot")
    asked = ask.parse_args()
    settings = (asked.kind, asked.model, asked.engine, asked.inference)
    if len(asked.sizes) == 1:
        print(json.dumps(run(asked.sizes[0], *settings)))
        return
    runs = []
    for n in asked.sizes:
        names = ("--kind", "--model", "--engine", "--inference")
        words = [part for pair in zip(names, settings, strict=True) for part in pair]
        command = [sys.executable, "-m", "tests.benchmarks.scale", str(n), *words]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        print(told.strip(), flush=True)
        runs.append(json.loads(told.splitlines()[-1]))
    sizes, computed = (np.log([float(one[key]) for one in runs]) for key in ("n", "computed"))
    exponent = float(np.polyfit(sizes, computed, 1)[0])
    print(f"computing grows with n to the power of {exponent:.2f}")
    if asked.plot:
        draw(runs, exponent, asked.plot)


def draw(runs: list[dict[str, Any]], exponent: float, path: str) -> None:
    """Plot computed seconds and memory against n."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.3, 3), layout="constrained")
    n = [one["n"] for one in runs]
    for ax, key, words in zip(
        figure.subplots(1, 2),
        ("computed", "peak_gb"),
        ("Computed seconds", "Peak, GB"),
        strict=True,
    ):
        took = [one[key] for one in runs]
        ax.plot(n, took, marker="o")
        ax.set(xlabel="Places", ylabel=words, xscale="log", yscale="log")
        ax.minorticks_off()
        ax.set_xticks(n, [f"{value:,}" for value in n], fontsize=7)
        ax.set_yticks(took, [f"{value:g}" for value in took], fontsize=7)
        ax.grid(color="0.9")
    figure.suptitle(f"Computing grows with n to the power of {exponent:.2f}", fontsize=10)
    figure.savefig(path, dpi=150)


if __name__ == "__main__":
    main()
