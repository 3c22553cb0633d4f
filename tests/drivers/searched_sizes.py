"""How often detectors that search find at 5% what is not there, by simulation.

    python -m tests.drivers.searched_sizes [runs]

prints the figures that the docstrings of ``lesh``, ``rgd``, ``spade``, ``idsa`` and ``sesu`` state;
test_sought_strata.py runs a part of it.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd

import spatialccd as sc

_N, _DRAWS = 60, 99
TOOLS = ("lesh", "rgd", "spade", "idsa", "sesu")


def noise(run: int, n: int) -> tuple[pd.Series, pd.DataFrame, pd.DataFrame]:
    """Give a value that goes with nothing, three factors that go together, and places."""
    rng = np.random.default_rng([run, n])
    places = pd.DataFrame(rng.uniform(size=(n, 2)), columns=["x", "y"])
    common = rng.normal(size=n)
    X = pd.DataFrame({name: common + rng.normal(size=n) for name in ("a", "b", "c")})
    return pd.Series(rng.normal(size=n), name="y"), X, places


def sizes(runs: int, tools: tuple[str, ...] = TOOLS) -> dict[str, float]:
    """Give the share of p that are 5% or less.

    Of one factor; of the best overlay of idsa; of sesu at its largest cells, on a plane of 144.
    """
    found: dict[str, list[float]] = {tool: [] for tool in tools}
    for run in range(runs):
        y, X, places = noise(run, _N)
        given = {"n_permutations": _DRAWS, "seed": run}
        if "lesh" in tools:
            found["lesh"].append(sc.lesh(y, X, **given).figures["p_search"].iloc[0])
        if "rgd" in tools:
            figures = sc.rgd(y, X, pairwise=False, **given).figures
            found["rgd"].append(figures["p_search"].iloc[0])
        if "spade" in tools:
            figures = sc.spade(y, X, places, **given).figures
            found["spade"].append(figures["p_permutation"].iloc[0])
        if "idsa" in tools:
            figures = sc.idsa(y, X, places, k_range=(3, 4), **given).figures
            found["idsa"].append(figures["p_search"].iloc[0])
        if "sesu" in tools:
            y, X, places = noise(run, 144)
            figures = sc.sesu(y, X, 100_000 * places, k=3, **given).figures
            found["sesu"].append(figures["p_permutation"].iloc[-1])
    return {name: float((np.array(p) <= 0.05).mean()) for name, p in found.items()}


if __name__ == "__main__":
    print(sizes(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
