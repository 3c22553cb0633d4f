"""How often intervals of local coefficients hold them, on surfaces that are known.

    python -m tests.drivers.gwr.coverage mgwr 40

`test_intervals` runs a small part.
"""

from __future__ import annotations

import sys
import warnings
from typing import Any

import numpy as np
import pandas as pd

import spatialccd as sc
from spatialccd.errors import BandwidthWarning

#: By name: the surfaces of the intercept and of two slopes over the unit square.
SURFACES = {
    # Fotheringham, Yang, Kang (2017): constant, plane, and a hill.
    "hill": lambda u, v: [3 + 0 * u, 1 + 2 * (u + v), 1 + 64 * u * (1 - u) * v * (1 - v)],
    "wave": lambda u, v: [np.sin(6 * u), 1 + u, 1 + 0 * v],
    "slopes": lambda u, v: [u + v, 2 * u, np.cos(3 * v)],
}


def covered(
    model: str, seed: int, *, surfaces: str, n: int, noise: float, low: float | None = None
) -> tuple[Any, Any]:
    """Give shares of places held, by term: by the intervals, and by coef and 1.96 se."""
    rng = np.random.default_rng(seed)
    u, v = rng.uniform(0, 1, (2, n))
    truth = np.column_stack(SURFACES[surfaces](u, v))
    X = rng.normal(size=(n, 2))
    y = pd.Series(truth[:, 0] + (truth[:, 1:] * X).sum(axis=1) + noise * rng.normal(size=n))
    places = pd.DataFrame({"x": 1000 * u, "y": 1000 * v})
    columns = pd.DataFrame(X, columns=["a", "b"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", BandwidthWarning)
        fit = getattr(sc, model)(y, columns, places, standardize=False, min_bandwidth=low, n_jobs=1)
    found = sc.coefficient_intervals(fit, n_draws=400, seed=seed, n_jobs=1)
    held = (found.low.to_numpy() <= truth) & (truth <= found.high.to_numpy())
    plain = np.abs(fit.coef.to_numpy() - truth) <= 1.96 * fit.se.to_numpy()
    return held.mean(axis=0), plain.mean(axis=0)


def main(model: str, runs: int) -> None:
    """Print coverage by surfaces, number of places, noise and lower bound."""
    for surfaces in SURFACES:
        for n, noise, low in [
            (100, 0.5, None),
            (225, 0.5, None),
            (225, 1.0, None),
            (225, 0.5, 12),
            (400, 1.0, 20),
        ]:
            kind = {"surfaces": surfaces, "n": n, "noise": noise, "low": low}
            both = np.mean([covered(model, s, **kind) for s in range(runs)], axis=0).round(3)
            print(model, kind, "intervals", both[0], "1.96 se", both[1], flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
