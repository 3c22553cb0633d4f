"""How often coef and 1.96 se of counts and shares hold coefficients that do not vary.

    python -m tests.drivers.gwr.family_sizes gwr poisson 400

`test_families` and `test_scoring` run a small part.
"""

from __future__ import annotations

import sys
import warnings
from typing import Any

import numpy as np
import pandas as pd

import spatialccd as sc
from spatialccd.errors import BandwidthWarning

#: By family: the intercept and two slopes, the same everywhere.
TRUTH = {"poisson": [1.0, 0.3, -0.2], "binomial": [0.2, 0.7, -0.5]}


def sample(family: str, seed: int, n: int) -> tuple[pd.Series, pd.DataFrame, pd.DataFrame]:
    """Give y, covariates and places."""
    rng = np.random.default_rng(seed)
    places = pd.DataFrame(rng.uniform(0, 1000, (n, 2)), columns=["x", "y"])
    X = pd.DataFrame(rng.normal(size=(n, 3)), columns=["a", "b", "nothing"])
    linear = TRUTH[family][0] + X.to_numpy() @ np.array([*TRUTH[family][1:], 0.0])
    if family == "poisson":
        return pd.Series(rng.poisson(np.exp(linear)).astype(float)), X, places
    return pd.Series((rng.uniform(size=n) < 1.0 / (1.0 + np.exp(-linear))).astype(float)), X, places


def covered(
    family: str, seed: int, *, n: int, bandwidth: float | None = None, tool: str = "gwr"
) -> tuple[Any, Any]:
    """Give shares of places held, and of places significant though 0, by term.

    A third slope is 0: it says how often a coefficient that is nothing is significant
    somewhere, which the adjusted level keeps rare.
    """
    y, X, places = sample(family, seed, n)
    truth = np.array([*TRUTH[family], 0.0])
    given: dict[str, Any] = {"bandwidth": bandwidth}
    if tool == "mgwr":
        terms = ["Intercept", *X.columns] if bandwidth else []
        given = {"bandwidths": dict.fromkeys(terms, bandwidth)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", BandwidthWarning)
        fit = getattr(sc, tool)(y, X, places, family=family, standardize=False, n_jobs=1, **given)
    held = (fit.coef - truth).abs() <= 1.96 * fit.se
    return held.to_numpy().mean(axis=0), bool(fit.significant["nothing"].any())


def main(tool: str, family: str, runs: int) -> None:
    """Print coverage by number of places and bandwidth."""
    for n, bandwidth in [(100, None), (200, None), (100, 70), (200, 100)]:
        options: Any = {"n": n, "bandwidth": bandwidth, "tool": tool}
        each = [covered(family, seed, **options) for seed in range(runs)]
        held = np.mean([one for one, _ in each], axis=0)
        somewhere = np.mean([one for _, one in each])
        print(
            tool,
            family,
            n,
            bandwidth,
            "held",
            held.round(3),
            held.mean().round(4),
            "significant somewhere",
            somewhere.round(3),
            flush=True,
        )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
