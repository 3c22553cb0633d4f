"""Numbers that are names of classes: a cut or a distance of them is told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import CodesWarning
from tests.toys import Toys

_SOIL = np.array([1, 2, 3, 7, 9, 20, 21])


def _codes(n: int = 120, dtype: str = "int64") -> pd.Series:
    return pd.Series(_SOIL[np.random.default_rng(6).integers(0, 7, n)], name="soil").astype(dtype)


@pytest.mark.parametrize("dtype", ["int64", "float64", "Int64", "int64[pyarrow]", "uint8"])
@pytest.mark.parametrize("method", ["natural_breaks", "quantile", "equal_interval", "head_tail"])
def test_codes_that_are_cut_are_told(dtype: str, method: str) -> None:
    X = _codes(dtype=dtype).to_frame()
    with pytest.warns(CodesWarning, match=r"soil \(7 into \d\).*categorical=\['soil'\]"):
        sc.stratify(X, method=method)
    labels = sc.stratify(X, method=method, categorical=["soil"]).labels["soil"]
    assert labels.nunique() == 7


def test_codes_in_a_panel_cut_time_by_time_are_told() -> None:
    rows = pd.MultiIndex.from_product([range(40), [2019, 2020, 2021]], names=["unit", "time"])
    with pytest.warns(CodesWarning, match="soil"):
        sc.stratify(_codes().to_frame().set_axis(rows), pooled=False)


def test_what_is_no_code_or_is_not_merged_is_not_told() -> None:
    rng = np.random.default_rng(1)
    X = pd.DataFrame(
        {
            "amount": rng.normal(size=120),
            "halves": rng.integers(0, 9, 120) / 2,
            "many": rng.integers(0, 90, 120),
            "dummy": rng.integers(0, 2, 120),
        }
    )
    sc.stratify(X)  # warnings are errors here
    sc.stratify(_codes().to_frame(), k=7)
    sc.stratify(_codes().to_frame(), breaks={"soil": [5, 15]})
    sc.stratify(_codes().astype("category").to_frame())
    sc.stratify(pd.DataFrame({"each": range(12)}), k=3)


def test_the_search_for_strata_tells_too() -> None:
    X = _codes().to_frame()
    y = X["soil"] * 7 % 5 + np.random.default_rng(2).normal(size=120)
    with pytest.warns(CodesWarning, match=r"soil \(7 into"):
        sc.optimal_strata(y, X, n_permutations=0, k_range=(3, 5))
    found = sc.optimal_strata(y, X, n_permutations=0, categorical=["soil"])
    q = sc.factor_detector(y, X, n_permutations=0).to_frame()["q"].iloc[0]
    assert found.best["q"].iloc[0] == pytest.approx(q)


def test_regions_of_codes_are_told(toys: Toys) -> None:
    X = pd.DataFrame({"soil": _codes(36).to_numpy()}, toys.units)
    with pytest.warns(CodesWarning, match="soil.*0 and 1 for each class"):
        sc.spatial_strata(X, graph=toys.graph, k=3)
