"""Geary's c against spdep, its moments, and its clusters."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

from spatialccd.association.geary import global_geary, local_geary
from spatialccd.errors import EstimationError
from tests.association.columbus import Columbus
from tests.association.test_moran import _ring
from tests.toys import Toys


@pytest.mark.compares("global_geary", against="spdep (R): Columbus")
def test_figures_are_those_of_spdep(columbus: Columbus) -> None:
    row = global_geary(columbus.crime, columbus.graph, seed=1).table.loc["all"]
    assert row["C"] == pytest.approx(columbus.expected["geary_C"], abs=1e-10)
    assert row["z"] == pytest.approx(columbus.expected["geary_z"], abs=1e-6)


@pytest.mark.parametrize("kind", ["symmetric", "one-way"])
def test_the_variance_is_that_of_all_orders(kind: str) -> None:
    links = {0: {1: 1, 2: 2}, 1: {0: 1}, 2: {3: 1}, 3: {4: 3}, 4: {5: 1}, 5: {0: 1, 3: 1}}
    graph = _ring(6) if kind == "symmetric" else Graph.from_dicts(links)
    y = np.array([1.0, 5, 2, 8, 3, 3.5])
    row = global_geary(pd.Series(y), graph, row_standardize=False, n_permutations=9).table.loc[
        "all"
    ]
    w = graph.sparse.toarray()
    every = []
    for order in itertools.permutations(range(6)):
        x = y[list(order)]
        squares = (w * (x[:, None] - x) ** 2).sum()
        every.append(5 * squares / (2 * w.sum() * ((x - x.mean()) ** 2).sum()))
    assert np.mean(every) == pytest.approx(1)
    assert row["variance"] == pytest.approx(np.var(every), rel=1e-10)


def test_local_figures_sum_to_the_global_one(toys: Toys) -> None:
    y, n = toys.year["income"], 36
    local = local_geary(y, toys.graph, seed=1).c.sum()
    overall = global_geary(toys.panel["income"], toys.graph, seed=1).C[2020]
    # sum of c_i = sum w (z_i - z_j)^2, and S0 = n for standardized rows
    assert local * (n - 1) / (2 * n * n) == pytest.approx(overall)


def test_greater_means_alike() -> None:
    y = pd.Series(np.sin(np.arange(40) / 40 * 2 * np.pi))
    greater = global_geary(y, _ring(40), seed=1, alternative="greater").table.loc["all"]
    less = global_geary(y, _ring(40), seed=1, alternative="less").table.loc["all"]
    assert greater[["p_sim", "p_rand", "p_norm"]].max() <= 0.001
    assert less[["p_sim", "p_rand", "p_norm"]].min() > 0.99


def test_clusters_tell_likeness_from_contrast() -> None:
    rng = np.random.default_rng(2)
    y = pd.Series(np.r_[np.full(30, 4.0), np.full(30, -4.0), rng.normal(size=60)])
    y += rng.normal(scale=0.2, size=120)
    y.iloc[[15, 45]] = [-6.0, 6.0]
    cluster = local_geary(y, _ring(120, reach=3), n_permutations=9999, seed=1).cluster
    assert (cluster.iloc[4:12] == "High-High").all()
    assert (cluster.iloc[34:42] == "Low-Low").all()
    assert (cluster.iloc[[15, 45]] == "Negative").all()


def test_values_without_variation_are_refused(toys: Toys) -> None:
    flat = pd.Series(3.0, index=toys.units)
    for function in (global_geary, local_geary):
        with pytest.raises(EstimationError, match="same value everywhere"):
            function(flat, toys.graph)
