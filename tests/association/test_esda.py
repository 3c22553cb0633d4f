"""Local statistics against esda's, from the table that make_esda_reference.py wrote."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

from spatialccd.association.bivariate import local_bivariate_moran
from spatialccd.association.geary import local_geary
from spatialccd.association.hotspots import local_getis_ord
from spatialccd.association.moran import local_moran
from tests.association.data.make_esda_reference import SIDE, grid

PERMUTATIONS = 9999
#: esda's p is the smaller tail alone.
SETTINGS = {"n_permutations": PERMUTATIONS, "seed": 1, "alternative": "directed"}


@pytest.fixture(scope="module")
def reference() -> pd.DataFrame:
    return pd.read_csv(Path(__file__).parent / "data" / "esda_reference.csv")


@pytest.fixture(scope="module")
def graph() -> Graph:
    focal, neighbor = grid(SIDE)
    return Graph.from_arrays(focal, neighbor, np.ones(len(focal)))


def _assert_within_monte_carlo_error(ours: pd.Series, theirs: pd.Series) -> None:
    """Both are means of as many draws: their difference has twice the variance of one."""
    p = (ours + theirs) / 2
    score = (ours - theirs) / np.sqrt(2 * p * (1 - p) / PERMUTATIONS)
    assert score.abs().max() < 4.5
    assert 0.7 < score.std() < 1.3


@pytest.mark.compares("local_moran", against="esda")
def test_local_moran(reference: pd.DataFrame, graph: Graph) -> None:
    table = local_moran(reference["y"], graph, **SETTINGS).table
    n = len(reference)
    np.testing.assert_allclose(table["I"] * (n - 1) / n, reference["moran_I"], rtol=1e-7)
    names = {1: "High-High", 2: "Low-High", 3: "Low-Low", 4: "High-Low"}
    assert table["quadrant"].tolist() == reference["moran_q"].map(names).tolist()
    _assert_within_monte_carlo_error(table["p_sim"], reference["moran_p"])


@pytest.mark.compares("local_getis_ord", against="esda")
@pytest.mark.parametrize(("star", "column"), [(True, "g_star"), (False, "g")])
def test_local_getis_ord(reference: pd.DataFrame, graph: Graph, *, star: bool, column: str) -> None:
    table = local_getis_ord(reference["y"], graph, star=star, **SETTINGS).table
    np.testing.assert_allclose(table["G"], reference[f"{column}_z"], rtol=1e-6)
    _assert_within_monte_carlo_error(table["p_sim"], reference[f"{column}_p"])


@pytest.mark.compares("local_geary", against="esda")
def test_local_geary(reference: pd.DataFrame, graph: Graph) -> None:
    table = local_geary(reference["y"], graph, **SETTINGS).table
    np.testing.assert_allclose(table["c"], reference["geary_c"], rtol=1e-7)
    _assert_within_monte_carlo_error(table["p_sim"], reference["geary_p"])


@pytest.mark.compares("local_bivariate_moran", against="esda")
def test_local_bivariate_moran(reference: pd.DataFrame, graph: Graph) -> None:
    y = reference["y"]
    x = pd.Series(y.to_numpy()[::-1], index=y.index)
    table = local_bivariate_moran(x, y, graph, **SETTINGS).table
    n = len(reference)
    np.testing.assert_allclose(table["I"] * (n - 1) / n, reference["bivariate_I"], rtol=1e-7)
    _assert_within_monte_carlo_error(table["p_sim"], reference["bivariate_p"])
