"""MGWR and GWR of very many places: ``python -m tests.benchmarks.scale 25000 50000 100000``.

Each size runs in a process of its own, which prints seconds, computed seconds and the peak of
memory; then the exponent with which computing grows. With ``--model gtwr`` or ``mgtwr`` sizes
are rows of a panel of 20 years. ``--engine pysal`` is mgwr, ``--engine fastgwr`` FastGWR on two
processes of MPI (``SPATIALCCD_FASTGWR`` names a Python that has it). ``--lines FILE`` keeps what
was printed, and ``--plot FILE`` draws all that it holds.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

Data = tuple[pd.Series, pd.DataFrame, pd.DataFrame]
_NAMES = {"native": "spatialccd", "pysal": "mgwr", "fastgwr": "FastGWR"}
_COLORS = ("#0072B2", "#D55E00", "#009E73")
_NUMBER = re.compile(r"\d+\.\d+|\b\d+\b")

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
    """Five terms on places that crowd in 300 towns, the covariates near to surfaces themselves.

    A covariate that is nearly a smooth surface can be told from the intercept and from the
    others by little; so backfitting takes many rounds.
    """
    rng = np.random.default_rng(1)
    xy = _crowded(n, rng)
    east, north = xy.T / 1e5
    trends = np.column_stack(
        [
            np.sin(3 * east) + north,
            np.cos(2 * north) + east,
            np.sin(2 * (east + north)),
            2 * east * north,
        ]
    )
    X = trends + 0.1 * rng.normal(size=(n, 1)) + 0.1 * rng.normal(size=(n, 4))
    return _answered(X, xy, rng)


def alike(n: int) -> Data:
    """Five terms on places that crowd in 300 towns, the covariates correlated by .985."""
    rng = np.random.default_rng(1)
    xy = _crowded(n, rng)
    shared, own = rng.normal(size=(n, 1)), rng.normal(size=(n, 4))
    return _answered(np.sqrt(0.985) * shared + np.sqrt(0.015) * own, xy, rng)


def _crowded(n: int, rng: np.random.Generator) -> np.ndarray:
    middle, town = rng.uniform(0, 1e5, (300, 2)), rng.integers(300, size=n)
    return middle[town] + rng.exponential(900, (n, 1)) * rng.normal(size=(n, 2))


def _answered(X: np.ndarray, xy: np.ndarray, rng: np.random.Generator) -> Data:
    """Give y by four surfaces of coefficients, and one of its own."""
    east, north = xy.T / 1e5
    surfaces = [np.cos(j * east) + np.sin((3 - j) * north) for j in range(4)]
    y = 2 * north + np.sin(6 * east) + (X * np.column_stack(surfaces)).sum(axis=1)
    return _labeled(y + rng.normal(size=len(xy)), X, xy)


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
    """Time one fit, and say who made it."""
    data = _made(n, kind, model)
    timed = fastgwr(data, model) if engine == "fastgwr" else ours(data, model, engine, inference)
    about = {"engine": engine, "model": model, "kind": kind, "inference": inference}
    return {"n": n, "terms": data[1].shape[1] + 1, **about, **timed}


def _made(n: int, kind: str, model: str) -> Data:
    make = (
        years
        if model in ("gtwr", "mgtwr")
        else {"waves": waves, "towns": towns, "alike": alike}[kind]
    )
    return make(n)


def ours(data: Data, model: str, engine: str, inference: str) -> dict[str, Any]:
    """Time one fit once the loops are compiled; the engine "pysal" is mgwr, called by us."""
    import spatialccd as sc

    warnings.simplefilter("ignore")

    def fit(data: Data) -> Any:
        settings = {"engine": engine, "n_jobs": 1 if engine == "pysal" else -1}
        if model.startswith("m"):
            settings |= {"inference": inference, "n_probes": 100, "seed": 1}
        return getattr(sc, model)(*data, **settings)

    if engine != "pysal":  # whose other processes are not counted: it runs in one
        fit(_made(300, "waves", model))
    since, busy = time.perf_counter(), _computed()
    found = fit(data)
    return {
        "seconds": round(time.perf_counter() - since, 2),
        "computed": round(_computed() - busy, 2),
        "peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2),
        "rounds": len(found.history) if model.startswith("m") else 0,
        "took": found.settings["engine"],
        "bandwidths": found.bandwidth.tolist(),
        "time_scales": np.atleast_1d(getattr(found, "time_scale", ())).tolist(),
        "r2": round(found.r2, 6),
    }


def fastgwr(data: Data, model: str) -> dict[str, Any]:
    """Time FastGWR's search and fit; the peak is the larger process's, and both hold all data."""
    python = os.environ["SPATIALCCD_FASTGWR"]
    asked = [python, "-c", "import fastgwr; print(fastgwr.__path__[0])"]
    home = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    y, X, places = data
    with tempfile.TemporaryDirectory() as folder:
        table, out = f"{folder}/data.csv", f"{folder}/out.csv"
        pd.concat([places, y, X], axis=1).to_csv(table, index=False)
        command = ["mpiexec", "--allow-run-as-root", "--oversubscribe", "-np", "2", python]
        command += [f"{home}/fastgwr_mpi.py", "-data", table, "-out", out, "-c", "-a"]
        command += ["-mgwr", "-estonly"] if model == "mgwr" else []
        one_each = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        before = _computed()
        told = subprocess.run(command, capture_output=True, text=True, check=True, env=one_each)
    lines = told.stdout.splitlines()

    def last(word: str) -> str:
        return next(line for line in reversed(lines) if line.startswith(word)).split(":", 1)[1]

    return {
        "seconds": float(last("Total Time Elapsed").split()[0]),
        "computed": round(_computed() - before, 2),
        "peak_gb": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6, 2),
        "rounds": sum(line.startswith("Iter:") for line in lines),
        "took": "fastgwr",
        "bandwidths": [
            float(word) for word in _NUMBER.findall(last("bws" if model == "mgwr" else "BW"))
        ],
        "r2": round(float(last("R2")), 6),
    }


def _computed() -> float:
    """Seconds of computing by this process and by those that it has waited for."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, who))


def main() -> None:
    """Run each size by itself, and tell how computing grows."""
    ask = argparse.ArgumentParser()
    ask.add_argument("sizes", type=int, nargs="*")
    ask.add_argument("--kind", default="waves", choices=["waves", "towns", "alike"])
    ask.add_argument("--model", default="mgwr", choices=["mgwr", "gwr", "mgtwr", "gtwr"])
    ask.add_argument("--engine", default="native")
    ask.add_argument("--inference", default="none")
    ask.add_argument("--lines", type=Path)
    ask.add_argument("--plot")
    asked = ask.parse_args()
    settings = (asked.kind, asked.model, asked.engine, asked.inference)
    if len(asked.sizes) == 1:
        _tell(run(asked.sizes[0], *settings), asked.lines)
    elif asked.sizes:
        _each_by_itself(asked.sizes, settings, asked.lines)
    if asked.plot:
        draw([json.loads(line) for line in asked.lines.read_text().splitlines()], asked.plot)


def _tell(one: dict[str, Any], lines: Path | None) -> None:
    print(json.dumps(one), flush=True)
    if lines is not None:
        with lines.open("a") as file:
            file.write(json.dumps(one) + "\n")


def _each_by_itself(sizes: list[int], settings: tuple[str, ...], lines: Path | None) -> None:
    names = ("--kind", "--model", "--engine", "--inference")
    words = [part for pair in zip(names, settings, strict=True) for part in pair]
    runs = []
    for n in sizes:
        command = [sys.executable, "-m", "tests.benchmarks.scale", str(n), *words]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        runs.append(json.loads(told.splitlines()[-1]))
        _tell(runs[-1], lines)
    print(f"computing grows with n to the power of {_exponent(runs):.2f}")


def _exponent(runs: list[dict[str, Any]]) -> float:
    sizes, computed = (np.log([float(one[key]) for one in runs]) for key in ("n", "computed"))
    return float(np.polyfit(sizes, computed, 1)[0])


def draw(runs: list[dict[str, Any]], path: str) -> None:
    """Plot computed seconds and memory against n, a line for each engine."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.9, 3.2), layout="constrained")
    panels = figure.subplots(1, 2)
    for (engine, name), color in zip(_NAMES.items(), _COLORS, strict=True):
        some = sorted((one for one in runs if one["engine"] == engine), key=lambda one: one["n"])
        for ax, key in zip(panels, ("computed", "peak_gb"), strict=True):
            ax.plot(
                *zip(*[(one["n"], one[key]) for one in some], strict=True),
                "o-",
                ms=4,
                color=color,
                label=name,
            )
    for ax, words in zip(panels, ("Computed seconds", "Peak of memory, GB"), strict=True):
        ax.set(xlabel="Places", ylabel=words, xscale="log", yscale="log")
        ax.grid(color="0.9")
        ax.set_axisbelow(True)
    panels[0].legend(frameon=False, fontsize=8)
    figure.savefig(path, dpi=150)


if __name__ == "__main__":
    main()
