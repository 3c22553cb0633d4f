"""How often tests of one series find at 5% what is not there, by simulation.

    python -m tests.dynamics.sizes

prints the figures that the docstrings of ``mann_kendall``, ``pettitt`` and ``hurst`` state; their
tests run a part of it.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd

import spatialccd as sc


def series(rho: float, years: int, runs: int, seed: int = 1) -> pd.Series:
    """Give stationary Gaussian series without a trend, one a unit, of autocorrelation rho."""
    rng = np.random.default_rng([seed, years])
    noise = rng.normal(size=(runs, years))
    x = noise.copy()
    for t in range(1, years):
        x[:, t] = rho * x[:, t - 1] + np.sqrt(1 - rho**2) * noise[:, t]
    index = pd.MultiIndex.from_product([range(runs), range(years)], names=["unit", "time"])
    return pd.Series(x.ravel(), index)


def size(test: str, rho: float, years: int, runs: int, **settings: Any) -> float:
    """Give the share of series whose p is 5% or less."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table = getattr(sc, test)(series(rho, years, runs), **settings).to_frame()
    return float((table["p"] <= 0.05).mean())


if __name__ == "__main__":
    for years in (5, 10, 15, 30, 60):
        for rho in (0.0, 0.5):
            found = {"plain": size("mann_kendall", rho, years, 10_000)}
            if years >= 10:
                how = {"method": "hamed_rao"}
                found["hamed_rao"] = size("mann_kendall", rho, years, 10_000, **how)
                found["hamed_rao, 1 lag"] = size("mann_kendall", rho, years, 10_000, lag=1, **how)
            found["pettitt"] = size("pettitt", rho, years, 10_000, seed=1)
            if years >= 10:
                noise = sc.hurst(series(rho, years, 4000), seed=1).table
                found["hurst"] = float((noise["memory"] == "persistent").mean())
                found["hurst > .5"] = float((noise["H"] > 0.5).mean())
            print(years, rho, {name: round(share, 3) for name, share in found.items()})
