"""How often tests of spatial variability reject slopes that are the same everywhere.

    python -m tests.drivers.gwr.sizes gwr 1000

Errors are autocorrelated (exponential covariance, range a fifth of the map, no nugget),
covariates are not, or in the same way. `test_variability` runs fewer samples.
"""

from __future__ import annotations

import sys
import warnings
from typing import Any

import numpy as np
import pandas as pd

import spatialccd as sc
from spatialccd.errors import BandwidthWarning

#: What covariates and errors may be like: range (0: independent), and smoothness.
INDEPENDENT, ROUGH, SMOOTH = (0.0, 1.0), (20.0, 1.0), (20.0, 2.0)


def surface(rng: np.random.Generator, d: Any, kind: tuple[float, float], m: int) -> Any:
    """Draw m surfaces (n, m) of covariance exp(-(d / range)^power)."""
    reach, power = kind
    white = rng.normal(size=(len(d), m))
    if not reach:
        return white
    covariance = np.exp(-((d / reach) ** power)) + 1e-6 * np.eye(len(d))
    return np.linalg.cholesky(covariance) @ white


def sample(
    seed: int,
    *,
    n: int = 80,
    covariates: tuple[float, float] = INDEPENDENT,
    errors: tuple[float, float] = ROUGH,
    slope: float = 0.0,
) -> tuple[pd.Series, pd.DataFrame, pd.DataFrame]:
    """Draw y, X and places; the first covariate's slope grows by `slope` from west to east."""
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 100, (n, 2))
    d = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    X = surface(rng, d, covariates, 3)
    varying = slope * (xy[:, 0] / 100 - 0.5) * X[:, 0]
    y = 1 + X @ [1, -1, 0.5] + varying + surface(rng, d, errors, 1)[:, 0]
    return pd.Series(y), pd.DataFrame(X, columns=list("abc")), pd.DataFrame(xy, columns=["x", "y"])


def rejected(model: str, seed: int, *, draws: int = 99, options: Any = None, **kind: Any) -> Any:
    """Tell which slopes are found to vary at 5% in one sample, (3,)."""
    y, X, places = sample(seed, **kind)
    settings = {} if model == "gwr" else {"inference": "none"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", BandwidthWarning)
        fit = getattr(sc, model)(y, X, places, n_jobs=1, **settings)
        found = sc.spatial_variability(
            fit, n_permutations=draws, seed=seed, n_jobs=1, **(options or {})
        )
    return (found.table["p"] <= 0.05).to_numpy()[1:]


def main(model: str, runs: int, first: int = 0) -> None:
    """Print the share of samples in which each slope is rejected."""
    rough = {"covariates": ROUGH}
    cases: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        ("errors autocorrelated", {}, {}),
        ("covariates too", rough, {}),
        ("errors smooth", {"errors": SMOOTH}, {}),
        ("errors independent", {"errors": INDEPENDENT}, {}),
        ("first slope varies", {"slope": 1.5}, {}),
        ("places: errors autocorrelated", {}, {"null": "places"}),
        ("places: covariates too", rough, {"null": "places"}),
    ]
    for name, kind, options in cases[first:]:
        shares = np.mean(
            [rejected(model, 10_000 + s, options=options, **kind) for s in range(runs)], axis=0
        )
        print(f"{model} {name}: {shares.round(3).tolist()} of {runs}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *map(int, sys.argv[3:]))
