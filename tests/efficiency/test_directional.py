"""What a directional distance means as an efficiency, by the side that moves."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc


def _amounts(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    x = pd.DataFrame(rng.lognormal(size=(40, 2)), columns=["k", "l"])
    return x, pd.DataFrame(rng.lognormal(size=(40, 2)), columns=["y", "z"])


@pytest.mark.compares("directional_distance", against="radial efficiency")
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("side", ["input", "output", "none"])
def test_without_waste_the_score_is_the_radial_efficiency(side: str, seed: int) -> None:
    x, y = _amounts(seed)
    found = sc.directional_distance(x, y, orientation=side)
    theta = sc.dea(x, y, scale_efficiency=False).score
    np.testing.assert_allclose(found.score, theta, rtol=1e-6)
    d = found.distance
    by_side = {"input": 1 - d, "output": 1 / (1 + d), "none": (1 - d) / (1 + d)}
    np.testing.assert_allclose(found.score, by_side[side], rtol=1e-12)


@pytest.mark.parametrize("side", ["input", "output"])
def test_under_variable_returns_as_well(side: str) -> None:
    x, y = _amounts(5)
    found = sc.directional_distance(x, y, orientation=side, returns="vrs")
    theta = sc.dea(x, y, returns="vrs", orientation=side, scale_efficiency=False).score
    np.testing.assert_allclose(found.score, theta, rtol=1e-6)
