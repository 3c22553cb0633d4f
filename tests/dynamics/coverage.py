"""How often intervals of Dagum's parts hold the parts of the population, by simulation.

    python -m tests.dynamics.coverage

prints the table that the docstring of ``dagum_gini`` sums up; test_coverage.py
runs the first two designs with fewer samples.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

import spatialccd as sc
from spatialccd.dynamics._dagum import PARTS, dagum

#: Draws a number of values of one group.
Draw = Callable[[np.random.Generator, int], np.ndarray]


def _lognormal(mean: float, sd: float) -> Draw:
    return lambda rng, n: rng.lognormal(mean, sd, n)


def _beta(a: float, b: float) -> Draw:
    return lambda rng, n: rng.beta(a, b, n)


#: Populations of three groups, each of a share of a third.
POPULATIONS: dict[str, list[Draw]] = {
    "overlapping": [_lognormal(m, 0.4) for m in (0.0, 0.2, 0.4)],
    "degrees in [0, 1]": [_beta(6, 4), _beta(5, 5), _beta(4, 6)],
    "apart": [_lognormal(m, 0.3) for m in (0.0, 0.7, 1.4)],
    "alike": [_lognormal(0.0, 0.4)] * 3,
    "long tails": [_lognormal(m, 0.8) for m in (0.0, 0.2, 0.4)],
}


def truth(groups: Sequence[Draw], n: int = 200_000) -> np.ndarray:
    """Give the parts of the population, (4,)."""
    rng = np.random.default_rng(0)
    y = np.concatenate([draw(rng, n) for draw in groups])
    return dagum(y, np.repeat(np.arange(len(groups)), n), len(groups)).parts


def coverage(
    groups: Sequence[Draw], size: int, runs: int, n_bootstrap: int = 499, confidence: float = 0.95
) -> pd.Series:
    """Give the share of intervals that hold the truth, by part."""
    parts = truth(groups)
    label = pd.Series(np.repeat(np.arange(len(groups)), size))
    held = np.zeros(4)
    for run in range(runs):
        rng = np.random.default_rng([run, size])
        y = pd.Series(np.concatenate([draw(rng, size) for draw in groups]))
        found = sc.dagum_gini(y, label, n_bootstrap=n_bootstrap, confidence=confidence, seed=run)
        ends = found.intervals.to_numpy().reshape(4, 2)
        held += (ends[:, 0] <= parts) & (parts <= ends[:, 1])
    return pd.Series(held / runs, PARTS)


def main() -> None:
    """Print the coverage of each design."""
    for name, groups in POPULATIONS.items():
        for size in (10, 31):
            shares = coverage(groups, size, 1_000)
            print(f"{name:18s} 3 x {size}  {shares.round(3).to_dict()}", flush=True)


if __name__ == "__main__":
    main()
