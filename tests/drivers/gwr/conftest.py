"""A small regression with surfaces that are known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest


@dataclass(frozen=True)
class Field:
    """Data on scattered places; `roads` varies from west to east, `schools` does not."""

    y: pd.Series
    X: pd.DataFrame
    places: pd.DataFrame

    def take(self, n: int) -> Field:
        return Field(self.y[:n], self.X[:n], self.places[:n])


def make_field(n: int, seed: int = 0, noise: float = 0.3) -> Field:
    rng = np.random.default_rng(seed)
    unit = pd.Index([f"u{i:04d}" for i in range(n)], name="unit")
    places = pd.DataFrame(rng.uniform(0, 1000, (n, 2)), index=unit, columns=["x", "y"])
    X = pd.DataFrame(rng.normal(size=(n, 2)), index=unit, columns=["roads", "schools"])
    east, north = places["x"] / 1000, places["y"] / 1000
    y = np.sin(3 * north) + 2 * east * X["roads"] + X["schools"] + noise * rng.normal(size=n)
    return Field(y.rename("y"), X, places)


@pytest.fixture(scope="package")
def field() -> Field:
    return make_field(150)
