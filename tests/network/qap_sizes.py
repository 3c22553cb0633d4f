"""How often tests of networks find at 5% what is not there, by simulation.

    python -m tests.network.qap_sizes

prints the figures that the docstrings of ``qap_correlation`` and ``mrqap`` state; test_qap.py runs
a part of it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

import spatialccd as sc


def network(rng: np.random.Generator, n: int) -> pd.DataFrame:
    """Give a valued network whose senders and receivers differ."""
    sender, receiver = rng.normal(size=(2, n))
    return pd.DataFrame(sender[:, None] + receiver + rng.normal(size=(n, n)))


def sizes(runs: int, n: int = 25, n_permutations: int = 199) -> dict[str, float]:
    """Give the share of p that are 5% or less where y goes with nothing."""
    off = ~np.eye(n, dtype=bool)
    found: dict[str, list[float]] = {"qap": [], "pairs": [], "mrqap": []}
    for run in range(runs):
        rng = np.random.default_rng([run, n])  # not the stream that the tests draw from
        y, x = network(rng, n), network(rng, n)
        z = x + 0.5 * network(rng, n)  # goes with x, and y with neither
        given = {"n_permutations": n_permutations, "seed": run}
        found["qap"].append(sc.qap_correlation(y, x, **given).table["p_sim"].iloc[0])
        found["pairs"].append(stats.pearsonr(y.to_numpy()[off], x.to_numpy()[off]).pvalue)
        found["mrqap"].append(sc.mrqap(y, x=x, z=z, **given).table.loc["x", "p_sim"])
    return {name: float((np.array(p) <= 0.05).mean()) for name, p in found.items()}


if __name__ == "__main__":
    print(sizes(2000))
