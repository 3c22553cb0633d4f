"""Projection pursuit: Q by its definition, its top by a grid, and what the search tells."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import ConstantWarning, ConvergenceWarning, ParameterError
from spatialccd.index.projection import quality
from spatialccd.report.words.sentences import retell


def _weights(data: pd.DataFrame, **settings: object) -> sc.ProjectionWeights:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        directions = dict.fromkeys(data, "benefit")
        return sc.projection_pursuit_weights(data, directions, seed=1, **settings)


@pytest.mark.compares("projection_pursuit_weights", against="the definition")
@pytest.mark.parametrize("seed", range(5))
def test_quality_by_its_definition(seed: int) -> None:
    p = np.random.default_rng(seed).choice([0.0, 0.5, 0.51, 0.9, 1.0, 1.02, 2.0], 40)
    S = p.std(ddof=1)
    r = np.abs(p[:, None] - p)
    D = np.where(r < 0.1 * S, 0.1 * S - r, 0).sum()
    assert quality(p) == pytest.approx(S * D, rel=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_a_grid_of_directions_finds_nothing_better(seed: int) -> None:
    data = pd.DataFrame(np.random.default_rng(seed).uniform(size=(25, 2)), columns=["x", "y"])
    z = ((data - data.min()) / (data.max() - data.min())).to_numpy()
    angles = np.linspace(0, np.pi / 2, 4001)
    grid = max(quality(z @ [np.cos(t), np.sin(t)]) for t in angles)
    found = _weights(data)
    assert found.search["best"].item() >= grid * 0.999
    assert found.search["best"].item() >= found.search["second"].item()
    a = np.sqrt(found.weights.to_numpy())
    assert quality(z @ a) == pytest.approx(found.search["best"].item())


def test_two_clumps_draw_the_weight_and_the_seed_repeats_it() -> None:
    rng = np.random.default_rng(3)
    clumps = np.repeat([0.0, 1.0], 20) + rng.normal(0, 0.005, 40)
    data = pd.DataFrame({"clumps": clumps, "even": rng.permutation(np.linspace(0, 1, 40))})
    found = _weights(data)
    assert found.weights["clumps"] > 0.95
    assert found.weights.sum() == pytest.approx(1)
    pd.testing.assert_frame_equal(found.table, _weights(data).table)
    assert (found.table["lowest"] <= found.table["weight"] + 1e-15).all()
    assert (found.table["highest"] >= found.table["weight"] - 1e-15).all()


def test_weights_that_the_data_do_not_settle_are_said() -> None:
    u, v = np.random.default_rng(0).uniform(size=(2, 12))
    u = np.round(u)  # one clumps, and stands in either column by turns: Q does not tell them apart
    data = pd.DataFrame({"x": np.r_[u, v], "y": np.r_[v, u]})
    with pytest.warns(ConvergenceWarning, match="give other weights: x, y") as raised:
        sc.projection_pursuit_weights(data, {"x": "benefit", "y": "benefit"}, seed=1)
    told = retell(str(raised[0].message), "zh")
    assert told.startswith("与最优解同样好的其他起点给出不同的权重：x")


def test_constants_years_and_settings() -> None:
    data = pd.DataFrame(np.random.default_rng(1).uniform(size=(20, 2)), columns=["x", "y"])
    with pytest.warns(ConstantWarning):
        found = _weights(data.assign(k=1.0))
    assert found.weights["k"] == 0
    np.testing.assert_allclose(found.weights[["x", "y"]], _weights(data).weights)
    years = pd.concat({1: data, 2: data**2}, names=["time", "unit"]).swaplevel()
    by_year = _weights(years, pooled=False)
    np.testing.assert_allclose(by_year.weights.loc[1], _weights(data).weights)
    assert list(by_year.search.index) == [1, 2]
    with pytest.raises(ParameterError, match="n_starts"):
        _weights(data, n_starts=1)
