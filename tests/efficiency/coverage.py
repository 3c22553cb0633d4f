"""How often intervals of Malmquist indices hold the truth, on frontiers that are known.

    python -m tests.efficiency.coverage

prints the figures that the docstring of ``malmquist`` quotes (eight minutes on two
cores); test_bootstrap.py runs a small part of it.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd

import spatialccd as sc

PARTS = ["effch", "techch", "pech", "sech", "tfpch"]
#: The frontier's own move between the two times.
SHIFT = 1.1


@dataclass(frozen=True)
class World:
    """A panel and what is true of it.

    Attributes
    ----------
    inputs, outputs : DataFrame
    unit : DataFrame
        The true change of each unit, by part.
    mean : dict
        The geometric mean that is true of the population, by part.
    """

    inputs: pd.DataFrame
    outputs: pd.DataFrame
    unit: pd.DataFrame
    mean: dict[str, float]


def world(n: int, rng: np.random.Generator) -> World:
    """Make y = SHIFT^t (x1 x2)^.5 exp(-u): constant returns, u half-normal and correlated in time.

    Both times' u have one distribution, so that effch has the mean 1.
    """
    u = 0.3 * np.abs(rng.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], n))
    first = rng.uniform(0, 1.2, (n, 2))
    X = np.exp(np.stack([first, first + rng.normal(0, 0.1, (n, 2))], axis=1))
    y = np.array([1.0, SHIFT]) * np.sqrt(X.prod(axis=2)) * np.exp(-u)
    rows = pd.MultiIndex.from_product([range(n), [0, 1]], names=["unit", "time"])
    effch = np.exp(u[:, 0] - u[:, 1])
    true = {"effch": effch, "techch": SHIFT, "pech": effch, "sech": 1.0, "tfpch": SHIFT * effch}
    return World(
        inputs=pd.DataFrame(X.reshape(-1, 2), rows, ["k", "l"]),
        outputs=pd.DataFrame({"y": y.ravel()}, rows),
        unit=pd.DataFrame(true, pd.RangeIndex(n, name="unit")),
        mean={"effch": 1.0, "techch": SHIFT, "pech": 1.0, "sech": 1.0, "tfpch": SHIFT},
    )


def coverage(n: int, worlds: int, n_bootstrap: int, seed: int) -> pd.DataFrame:
    """Give the share of 95% intervals that hold the truth: of units, and of their mean."""
    held: list[dict[str, tuple[float, bool]]] = []
    for number, rng in enumerate(np.random.default_rng(seed).spawn(worlds)):
        made = world(n, rng)
        result = sc.malmquist(
            made.inputs, made.outputs, n_bootstrap=n_bootstrap, seed=number, n_jobs=2
        )
        assert result.intervals is not None
        assert result.mean_intervals is not None
        by_unit = result.intervals.xs(1, level="time")
        mean = result.mean_intervals.loc[("All", 1)]
        held.append(
            {
                part: (
                    made.unit[part].between(by_unit[part, "low"], by_unit[part, "high"]).mean(),
                    mean[part, "low"] <= made.mean[part] <= mean[part, "high"],
                )
                for part in PARTS
            }
        )
    return pd.DataFrame(
        {part: np.mean([world[part] for world in held], axis=0) for part in PARTS},
        index=["unit", "mean"],
    )


def main() -> None:
    """Print the table."""
    warnings.simplefilter("ignore")
    for n in (25, 50, 100, 200):
        print(f"{n} units\n{coverage(n, 200, 300, seed=1).round(2)}\n", flush=True)


if __name__ == "__main__":
    main()
