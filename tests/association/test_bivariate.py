"""Bivariate Moran's I: identities, direction and refusals (figures: test_esda)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

from spatialccd.association.bivariate import bivariate_moran, local_bivariate_moran
from spatialccd.association.moran import global_moran, local_moran
from spatialccd.errors import AlignmentError, EstimationError
from tests.association.test_moran import _ring
from tests.toys import Toys


@pytest.mark.compares("bivariate_moran", against="univariate Moran's I")
def test_a_value_with_itself_is_the_univariate_figure(toys: Toys) -> None:
    y = toys.panel["income"]
    both = bivariate_moran(y, y, toys.graph, seed=1)
    pd.testing.assert_series_equal(both.I, global_moran(y, toys.graph, seed=1).I)
    np.testing.assert_allclose(both.table["r"], 1.0)
    year = toys.year["income"]
    pd.testing.assert_frame_equal(
        local_bivariate_moran(year, year, toys.graph, seed=1).table,
        local_moran(year, toys.graph, seed=1).table,
    )


def test_local_figures_have_the_global_one_as_mean(toys: Toys) -> None:
    x, y = toys.year["income"], toys.year["smoke"]
    local = local_bivariate_moran(x, y, toys.graph, seed=1).I
    assert local.mean() == pytest.approx(bivariate_moran(x, y, toys.graph, seed=1).I["all"])


def test_what_lies_around_a_unit_is_told_from_the_unit_itself() -> None:
    """Each unit looks at the next: x repeats the y of the neighbor, not the other way round."""
    ahead = Graph.from_dicts({i: {(i + 1) % 60: 1} for i in range(60)})
    y = pd.Series(np.random.default_rng(0).normal(size=60))
    x = pd.Series(np.roll(y, -1))
    assert bivariate_moran(x, y, ahead, seed=1).I["all"] == pytest.approx(1)
    assert abs(bivariate_moran(y, x, ahead, seed=1).I["all"]) < 0.3


def test_the_local_variance_is_that_of_random_others() -> None:
    rng = np.random.default_rng(3)
    x, y = pd.Series(rng.normal(size=9)), pd.Series(rng.normal(size=9))
    table = local_bivariate_moran(x, y, _ring(9), seed=1).table
    zx, zy = ((v - v.mean()) / v.std(ddof=0) for v in (x, y))
    others = np.delete(zy.to_numpy(), 4)
    lags = [(a + b) / 2 for i, a in enumerate(others) for b in np.delete(others, i)]
    assert table["expected_I"][4] == pytest.approx(zx[4] * np.mean(lags))
    assert table["variance_I"][4] == pytest.approx(zx[4] ** 2 * np.var(lags))


def test_what_cannot_be_used_is_named(toys: Toys) -> None:
    x, y = toys.year["income"], toys.year["smoke"]
    with pytest.raises(AlignmentError, match="A03"):
        bivariate_moran(x.drop("A03"), y, toys.graph)
    with pytest.raises(EstimationError, match="y has the same value"):
        local_bivariate_moran(x, y * 0, toys.graph)
