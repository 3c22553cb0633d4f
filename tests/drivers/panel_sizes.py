"""How often the tests of a panel reject what is true: python -m tests.drivers.panel_sizes 1000."""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd

import spatialccd as sc

#: Units, and covariates.
CASES = [(8, 1), (8, 2), (31, 1), (31, 2)]


def sizes(
    units: int, covariates: int, runs: int, first: int = 0, cov: str = "cluster"
) -> pd.Series:
    """Give the share of runs in which the t of x and Mundlak's test reject at 5%.

    y and X have effects of units and are related over ten years (.5 from each to the
    next), but not to each other; seeds are `first` and the ones after it.
    """
    rows = pd.MultiIndex.from_product([range(units), range(10)], names=["unit", "time"])
    hits = {"t": 0, "mundlak": 0}
    for seed in range(first, first + runs):
        rng = np.random.default_rng(seed)
        moving = rng.normal(size=(units, 10, covariates + 1))
        for t in range(1, 10):
            moving[:, t] += 0.5 * moving[:, t - 1]
        data = (moving + rng.normal(size=(units, 1, covariates + 1))).reshape(len(rows), -1)
        X = pd.DataFrame(data[:, 1:], rows).add_prefix("x")
        fitted = sc.panel_regression(pd.Series(data[:, 0], rows), X, cov=cov)
        hits["t"] += fitted.terms["p"].iloc[1] < 0.05
        hits["mundlak"] += fitted.statistics["mundlak_p"] < 0.05
    return pd.Series(hits) / runs


if __name__ == "__main__":
    for case in CASES:
        for kind in ("cluster",):
            print(*case, kind, sizes(*case, int(sys.argv[1]), cov=kind).to_dict(), flush=True)
