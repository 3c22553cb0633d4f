"""How often intervals of D hold the D of all indicators that could have been chosen.

    python -m tests.coupling.coverage

prints the table that the docstring of ``bootstrap_coordination`` sums up;
test_uncertainty.py runs some designs with fewer samples.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import pandas as pd

import spatialccd as sc

_UNITS, _ALL = 31, 400


@cache
def _world(seed: int, *, long_tails: bool) -> list[pd.DataFrame]:
    """Give all indicators of two subsystems: a level of each unit, and noise of its size."""
    rng = np.random.default_rng(seed)
    shared, frames = rng.normal(size=_UNITS), []
    for _ in range(2):
        level = 0.6 * shared + 0.8 * rng.normal(size=_UNITS)
        values = level[:, None] + rng.normal(size=(_UNITS, _ALL))
        frames.append(pd.DataFrame(np.exp(0.7 * values) if long_tails else values))
    return frames


def _index(frame: pd.DataFrame, columns: Sequence[int], weights: str) -> sc.CompositeIndex:
    chosen = frame[list(columns)].rename(columns=str)
    return sc.composite_index(chosen, dict.fromkeys(chosen, "benefit"), weights=weights)


def coverage(
    k: int, runs: int, *, long_tails: bool = False, weights: str = "equal", n_bootstrap: int = 299
) -> float:
    """Give the share of units and runs whose interval holds the D of all indicators."""
    held = []
    for run in range(runs):
        first, second = _world(run, long_tails=long_tails)
        everything = [_index(frame, range(_ALL), weights) for frame in (first, second)]
        truth = sc.coupling_coordination(a=everything[0], b=everything[1]).D
        rng = np.random.default_rng([run, k])
        chosen = [
            _index(frame, rng.choice(_ALL, k, replace=False).tolist(), weights)
            for frame in (first, second)
        ]
        table = sc.bootstrap_coordination(
            a=chosen[0], b=chosen[1], n_bootstrap=n_bootstrap, seed=run
        ).table
        held.append(((table["low"] <= truth) & (truth <= table["high"])).mean())
    return float(np.mean(held))


def main() -> None:
    """Print the coverage of each design."""
    for weights in ("equal", "entropy"):
        for long_tails in (False, True):
            for k in (3, 5, 8, 15):
                share = coverage(k, 60, long_tails=long_tails, weights=weights)
                print(
                    f"{weights:8s} long tails {long_tails!s:6s} k = {k:2d}  {share:.3f}", flush=True
                )


if __name__ == "__main__":
    main()
