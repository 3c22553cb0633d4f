"""How often intervals of GeoShapley hold the effect that they are of, by simulation.

    python -m tests.drivers.learning.coverage [runs]

prints the figures that the docstring of ``geo_shapley`` states; test_learning.py runs a part of it.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd

import spatialccd as sc


def coverage(runs: int, n: int = 60, n_bootstrap: int = 30) -> dict[str, float]:
    """Give the share of units whose 95% interval holds the effect, and of 0 for what has none.

    The effect is slope x (value - mean): ``rain`` has a slope that rises from west to east,
    ``noise`` none.
    """
    held: dict[str, list[float]] = {"rain": [], "noise": [], "called different": []}
    for run in range(runs):
        rng = np.random.default_rng([run, n])
        places = pd.DataFrame(rng.uniform(size=(n, 2)), columns=["x", "y"])
        X = pd.DataFrame(rng.normal(size=(n, 2)), columns=["rain", "noise"])
        slope = 1 + places["x"]
        y = slope * X["rain"] + places["y"] + 0.5 * pd.Series(rng.normal(size=n))
        found = sc.geo_shapley(
            y, X, places, n_trees=30, background=20, n_bootstrap=n_bootstrap, n_jobs=1, seed=run
        ).effects
        true = {"rain": slope * X["rain"], "noise": 0.0 * X["noise"]}
        for name, effect in true.items():
            inside = (found[f"effect_{name}_low"] <= effect) & (
                effect <= found[f"effect_{name}_high"]
            )
            held[name].append(float(inside.mean()))
        held["called different"].append(float(found["different_noise"].mean()))
    return {name: float(np.mean(shares)) for name, shares in held.items()}


if __name__ == "__main__":
    print(coverage(int(sys.argv[1]) if len(sys.argv) > 1 else 2))
