from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import DataError
from tests.toys import Toys


@pytest.fixture
def sample() -> tuple[pd.Series, pd.Series]:
    rng = np.random.default_rng(2)
    return pd.Series(rng.gamma(2.0, size=80)), pd.Series(rng.integers(0, 4, 80))


@pytest.mark.compares("theil", against="inequality (PySAL)")
def test_agrees_with_pysal_inequality(sample: tuple[pd.Series, pd.Series]) -> None:
    peer = pytest.importorskip("inequality.theil")
    y, group = sample
    decomposed = peer.TheilD(y.to_numpy(), group.to_numpy())
    row = sc.theil(y, group).table.loc["all"]
    assert row["theil"] == pytest.approx(float(np.squeeze(decomposed.T)), rel=1e-12)
    assert row["between"] == pytest.approx(float(np.squeeze(decomposed.bg)), rel=1e-12)
    assert row["within"] == pytest.approx(float(np.squeeze(decomposed.wg)), rel=1e-12)


@pytest.mark.parametrize("index", ["T", "L"])
def test_parts_by_their_definition(sample: tuple[pd.Series, pd.Series], index: str) -> None:
    y, group = sample
    result = sc.theil(y, group, index=index)
    mu = y.mean()
    parts = [part for _, part in y.groupby(group)]
    if index == "T":
        whole = (y / mu * np.log(y / mu)).mean()
        weight = np.array([part.sum() / y.sum() for part in parts])
        own = np.array([(p / p.mean() * np.log(p / p.mean())).mean() for p in parts])
        between = sum(w * np.log(p.mean() / mu) for w, p in zip(weight, parts, strict=True))
    else:
        whole = np.log(mu / y).mean()
        weight = np.array([len(part) / len(y) for part in parts])
        own = np.array([np.log(p.mean() / p).mean() for p in parts])
        between = sum(w * np.log(mu / p.mean()) for w, p in zip(weight, parts, strict=True))
    row = result.table.loc["all"]
    np.testing.assert_allclose(row["theil"], whole, rtol=1e-12)
    np.testing.assert_allclose(row["between"], between, rtol=1e-11)
    np.testing.assert_allclose(row["within"] + row["between"], row["theil"], rtol=1e-12)
    groups = result.groups.loc["all"]
    np.testing.assert_allclose(groups["theil"], own, rtol=1e-12)
    assert groups["share"].sum() + row["share_between"] == pytest.approx(100)


def test_by_year_is_each_year_alone(toys: Toys) -> None:
    y = toys.panel["income"]
    result = sc.theil(y, toys.regions, by="time")
    for year in toys.years:
        alone = sc.theil(y.xs(year, level="time"), toys.regions)
        np.testing.assert_allclose(result.to_frame().loc[year], alone.to_frame().iloc[0])


def test_zero_counts_nothing_in_t_and_is_refused_in_l() -> None:
    y, group = pd.Series([0.0, 2.0, 1.0, 1.0]), pd.Series(list("aabb"))
    assert sc.theil(y, group).table["theil"].iloc[0] == pytest.approx(2 * np.log(2) / 4)
    with pytest.raises(DataError, match="Theil's L needs positive values; 1 are not: 0: 0"):
        sc.theil(y, group, index="L")
    with pytest.raises(DataError, match="not negative"):
        sc.theil(y - 1, group)
    with pytest.raises(DataError, match="every value is zero"):
        sc.theil(y * 0, group)
