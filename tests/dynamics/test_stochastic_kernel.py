"""Stochastic kernels: rows integrate to 1, and a known law is found again."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import gaussian_kde

import spatialccd as sc
from spatialccd.errors import DataError, ParameterError
from tests.toys import Toys


def _chain(n: int, years: int, rho: float, seed: int) -> pd.Series:
    """Units that keep `rho` of their distance to 10, whose distribution stays as it is."""
    rng = np.random.default_rng(seed)
    values = [10 + rng.normal(size=n)]
    for _ in range(years - 1):
        noise = np.sqrt(1 - rho**2) * rng.normal(size=n)
        values.append(10 + rho * (values[-1] - 10) + noise)
    rows = pd.MultiIndex.from_product([range(n), range(years)], names=["unit", "time"])
    return pd.Series(np.array(values).T.ravel(), rows)


def test_rows_integrate_to_one_and_follow_the_law() -> None:
    found = sc.stochastic_kernel(_chain(400, 6, 0.6, 1), relative=False, points=121)
    step = found.conditional.columns[1] - found.conditional.columns[0]
    mass = found.conditional.dropna().sum(axis=1) * step
    inside = (
        found.ridge.set_index("x")["density"].loc[mass.index] > 0.2 * found.ridge["density"].max()
    )
    np.testing.assert_allclose(mass[inside], 1, atol=1e-3)
    ridge = found.ridge[found.ridge["x"].between(9, 11)]
    np.testing.assert_allclose(ridge["mean"], 10 + 0.6 * (ridge["x"] - 10), atol=0.15)
    wide = np.sqrt(1 - 0.6**2 + found.bandwidth["y"] ** 2)
    np.testing.assert_allclose(ridge["p95"] - ridge["p05"], 2 * 1.645 * wide, rtol=0.12)


@pytest.mark.compares("stochastic_kernel", against="the joint density over its margin")
def test_the_conditional_is_the_joint_density_over_its_margin() -> None:
    y = _chain(60, 2, 0.5, 2)
    table = y.unstack()
    found = sc.stochastic_kernel(y, relative=False, bandwidth=0.3, points=31)
    x, v = table[0].to_numpy(), table[1].to_numpy()

    def normal(z: np.ndarray) -> np.ndarray:
        return np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi)

    for row in (5, 15, 25):
        at = found.conditional.index[row]
        if found.conditional.loc[at].isna().all():
            continue
        weight = normal((at - x) / 0.3)
        joint = [
            (weight * normal((to - v) / 0.3)).mean() / 0.3**2 for to in found.conditional.columns
        ]
        np.testing.assert_allclose(found.conditional.loc[at], joint / (weight.mean() / 0.3))
    kde = gaussian_kde(x, bw_method=0.3 / x.std(ddof=1))
    np.testing.assert_allclose(found.ridge["density"], kde(found.ridge["x"]))


def test_the_long_run_is_the_distribution_that_stays() -> None:
    y = _chain(500, 5, 0.7, 3)
    found = sc.stochastic_kernel(y, relative=False)
    density = found.ergodic
    step = density.index[1] - density.index[0]
    assert (density * step).sum() == pytest.approx(1)
    mean = (density * density.index * step).sum()
    assert mean == pytest.approx(10, abs=0.2)


def test_neighbors_and_groups_are_the_means_of_the_others(toys: Toys) -> None:
    y = toys.panel["income"]
    around = sc.stochastic_kernel(y, toys.graph, given="neighbors", step=0, relative=False)
    rows = toys.graph.transform("r")
    lag = pd.concat(
        [pd.Series(rows.lag(own.droplevel(1)[rows.unique_ids])) for _, own in y.groupby(level=1)]
    )
    assert around.n == len(y)
    h = around.bandwidth["x"]
    assert around.ridge["x"].iloc[0] == pytest.approx(lag.min() - h)
    assert around.ridge["x"].iloc[-1] == pytest.approx(lag.max() + h)
    inside = sc.stochastic_kernel(y, groups=toys.regions, given="group", step=0, relative=False)
    spread = toys.regions.reindex(y.index.get_level_values(0)).to_numpy()
    sums = y.groupby([y.index.get_level_values(1), spread]).transform("sum")
    sizes = y.groupby([y.index.get_level_values(1), spread]).transform("size")
    others = (sums - y) / (sizes - 1)
    assert inside.ridge["x"].iloc[0] == pytest.approx(others.min() - inside.bandwidth["x"])
    later = sc.stochastic_kernel(y, toys.graph, given="neighbors", relative=False)
    assert later.n == len(y) * 2 // 3


def test_what_is_not_used_is_refused(toys: Toys) -> None:
    y = toys.panel["income"]
    with pytest.raises(ParameterError, match="graph="):
        sc.stochastic_kernel(y, given="neighbors")
    with pytest.raises(ParameterError, match="not used"):
        sc.stochastic_kernel(y, toys.graph)
    with pytest.raises(ParameterError, match="step"):
        sc.stochastic_kernel(y, step=0)
    alone = pd.Series(list(toys.units), toys.units, name="own")
    with pytest.raises(DataError, match="no unit has another"):
        sc.stochastic_kernel(y, groups=alone, given="group")


def test_the_chart_draws_the_ridge_and_the_diagonal() -> None:
    found = sc.stochastic_kernel(_chain(80, 3, 0.5, 4))
    drawn = sc.chart_stochastic_kernel(found, language="zh")
    diagonal, ridge = drawn.figure.axes[0].lines
    np.testing.assert_array_equal(diagonal.get_xdata(), diagonal.get_ydata())
    np.testing.assert_array_equal(ridge.get_ydata(), found.ridge["mean"])
    assert drawn.figure.axes[0].get_xlabel() == "前期值"
