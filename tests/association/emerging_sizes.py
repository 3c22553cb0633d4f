"""How many units get a pattern where there is none, by simulation.

    python -m tests.association.emerging_sizes

prints the figures that the docstring of ``emerging_hot_spots`` states; test_emerging.py runs
a part of it.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd

import spatialccd as sc
from tests.toys import Toys


def found(design: str, years: int, runs: int, side: int = 10, **settings: Any) -> pd.Series:
    """Give the share of units of each pattern where values are not alike between neighbors.

    "noise": independent over units and years. "lasting": a level of each unit, the same in all
    years, is three quarters of the variance. "rising": noise, and a rise of .2 a year everywhere.
    """
    toys = Toys(rows=side, columns=side)
    index = pd.MultiIndex.from_product([toys.units, range(years)], names=["unit", "time"])
    shares = []
    for run in range(runs):
        rng = np.random.default_rng([run, years])
        x = rng.normal(size=(len(toys.units), years))
        if design == "lasting":
            x = 0.5 * x + np.sqrt(0.75) * rng.normal(size=(len(toys.units), 1))
        if design == "rising":
            x = x + 0.2 * np.arange(years)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = sc.emerging_hot_spots(pd.Series(x.ravel(), index), toys.graph, **settings)
        shares.append(result.cluster.value_counts(normalize=True, sort=False))
    return pd.concat(shares, axis=1).mean(axis=1)


if __name__ == "__main__":
    for design in ("noise", "lasting", "rising"):
        for settings in (
            {},
            {"correction": "none"},
            {"steps_back": 1},
            {"steps_back": 1, "reference": "all"},
        ):
            shares = found(design, 12, 100, **settings)
            some = shares[shares > 0.005].round(3).to_dict()
            print(design, settings, round(1 - shares["No pattern"], 3), some)
