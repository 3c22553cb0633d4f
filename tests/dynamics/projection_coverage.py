"""How often intervals of projected shares hold the expected share, by simulation.

    python -m tests.dynamics.projection_coverage

prints the figures that the docstring of ``project_markov`` states; test_projection.py runs a part.
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

import spatialccd as sc

#: Moves to the next class only, and more often up.
P = np.array([[0.85, 0.15, 0, 0], [0.05, 0.8, 0.15, 0], [0, 0.05, 0.8, 0.15], [0, 0, 0.05, 0.95]])


def coverage(units: int, years: int, runs: int, horizon: int = 5, n_draws: int = 399) -> np.ndarray:
    """Give the share of intervals that hold p_0 P^h, by step (from 1) and class."""
    index = pd.MultiIndex.from_product([range(units), range(years)], names=["unit", "time"])
    held = np.zeros((horizon, 4))
    for run in range(runs):
        rng = np.random.default_rng([run, units, years])
        x = np.zeros((units, years), dtype=int)
        x[:, 0] = rng.integers(0, 4, units)
        for t in range(1, years):
            x[:, t] = (rng.random((units, 1)) > P.cumsum(axis=1)[x[:, t - 1]]).sum(axis=1)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            chain = sc.markov(pd.Series(x.ravel(), index), bounds=[0, 1, 2])
            found = sc.project_markov(chain, horizon=horizon, n_draws=n_draws, seed=run).table
        start = np.bincount(x[:, -1], minlength=4) / units
        for h in range(1, horizon + 1):
            truth = start @ np.linalg.matrix_power(P, h)
            own = found.loc[h]
            held[h - 1] += ((own["share_low"] <= truth) & (truth <= own["share_high"])).to_numpy()
    return held / runs


if __name__ == "__main__":
    for units, years in ((31, 10), (300, 10), (31, 5)):
        print(units, years, coverage(units, years, 300)[[0, 4]].round(3).tolist())
