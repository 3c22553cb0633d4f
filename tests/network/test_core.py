from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import DataError, ParameterError
from spatialccd.network.core import best_core
from tests.network.test_measures import random_ties


def _fit(A: np.ndarray, core: np.ndarray, between: str) -> float:
    """Correlate ties with the ideal pattern cell by cell (Borgatti and Everett 2000)."""
    both, neither = np.outer(core, core), np.outer(~core, ~core)
    ideal = both if between == "ignored" else ~neither
    counted = ~np.eye(len(A), dtype=bool)
    if between == "ignored":
        counted &= both | neither
    if np.ptp(ideal[counted].astype(float)) == 0 or np.ptp(A[counted]) == 0:
        return -1.0
    return float(np.corrcoef(A[counted], ideal[counted])[0, 1])


@pytest.mark.compares("core_periphery", against="all splits")
@pytest.mark.parametrize("between", ["ignored", "tied"])
@pytest.mark.parametrize("seed", range(4))
def test_the_core_is_the_best_of_all_splits(between: str, seed: int) -> None:
    A = random_ties(seed, 8, 0.35).to_numpy().astype(float)
    splits = (np.array(c) for c in itertools.product([False, True], repeat=8) if 2 <= sum(c) <= 6)
    best = max(_fit(A, core, between) for core in splits)
    core, r, reached = best_core(A, between, 30, np.random.default_rng(1))
    assert r == pytest.approx(best)
    assert r == pytest.approx(_fit(A, core, between))
    assert reached >= 1


def test_a_core_that_was_put_there_is_found() -> None:
    rng = np.random.default_rng(2)
    core = np.arange(30) < 8
    share = np.where(np.outer(core, core), 0.9, np.where(np.outer(~core, ~core), 0.03, 0.3))
    A = (rng.random((30, 30)) < share).astype(int)
    np.fill_diagonal(A, 0)
    result = sc.core_periphery(pd.DataFrame(A), n_rewired=39, seed=1)
    assert ((result.table["part"] == "core") == core).all()
    assert result.densities.loc["core", "core"] == pytest.approx(A[:8, :8].sum() / 56)
    assert result.densities.loc["core", "periphery"] == pytest.approx(A[:8, 8:].mean())
    assert result.fit["observed"].iloc[0] == pytest.approx(_fit(A.astype(float), core, "ignored"))
    assert result.reached > 10


def test_random_networks_have_a_core_that_is_chance() -> None:
    found = [
        sc.core_periphery(random_ties(s, 16, 0.2), n_starts=5, n_rewired=19, seed=s).fit.iloc[0]
        for s in range(25)
    ]
    assert all(row["observed"] > 0.2 for row in found)  # every network has a best core
    assert np.mean([row["p"] <= 0.05 for row in found]) < 0.2


def test_what_has_no_core_is_refused() -> None:
    A = random_ties(1)
    with pytest.raises(ParameterError, match="between"):
        sc.core_periphery(A, between="some")  # type: ignore[arg-type]
    with pytest.raises(DataError, match="no ties"):
        sc.core_periphery(A * 0)
