from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import AlignmentError, DataError, ParameterError, SingularDesignError
from spatialccd.report.words.sentences import retell
from tests.network.alignment import _gravity
from tests.network.qap_sizes import sizes
from tests.network.test_measures import coleman, expected, florentine
from tests.toys import Toys


@pytest.mark.compares("qap_correlation", against="Florentine families (published)")
def test_families_that_marry_do_business(shared: Path) -> None:
    known = expected(shared)["florentine"]
    marriage, business = (florentine(shared, tie) for tie in ("marriage", "business"))
    row = sc.qap_correlation(marriage, business, n_permutations=4999, seed=1).table.iloc[0]
    assert row["r"] == pytest.approx(known["qap_r"], rel=1e-9)
    assert row["n_pairs"] == 120
    one_sided, null = known["p_one_sided"], known["sd_of_null"]
    assert row["p_greater"] == pytest.approx(one_sided["value"], abs=one_sided["tolerance"])
    assert row["sd_sim"] == pytest.approx(null["value"], abs=2 * null["tolerance"])


def test_friends_in_fall_are_friends_in_spring(shared: Path) -> None:
    known = expected(shared)["coleman"]
    fall, spring = coleman(shared, "fall"), coleman(shared, "spring")
    r = sc.qap_correlation(fall, spring, n_permutations=99, seed=1).table["r"].iloc[0]
    assert r == pytest.approx(known["graph_correlation"], rel=1e-9)
    two_path = (fall @ fall > 0).astype(int)
    result = sc.mrqap(spring, fall=fall, back=fall.T, two_path=two_path, n_permutations=299, seed=1)
    np.testing.assert_allclose(result.table["coef"], known["mrqap"]["beta"], rtol=1e-9)
    np.testing.assert_allclose(result.table["t"], known["mrqap"]["t"], rtol=1e-9)
    assert result.r2 == pytest.approx(known["mrqap"]["R2"], rel=1e-9)
    assert (result.table["p_sim"].iloc[1:] < 0.01).all()
    assert np.isnan(result.table.loc["Intercept", "p_sim"])
    assert result.binary


def _matrices(seed: int, n: int = 7, symmetric: bool = False) -> list[pd.DataFrame]:
    rng = np.random.default_rng(seed)
    found = [pd.DataFrame(rng.normal(size=(n, n))) for _ in range(3)]
    return [A + A.T for A in found] if symmetric else found


@pytest.mark.compares("mrqap", against="statsmodels")
@pytest.mark.parametrize("symmetric", [False, True])
def test_least_squares_is_that_of_statsmodels(symmetric: bool) -> None:
    api = pytest.importorskip("statsmodels.api")
    y, a, b = _matrices(1, symmetric=symmetric)
    pairs = np.triu(np.ones((7, 7), bool), 1) if symmetric else ~np.eye(7, dtype=bool)
    fit = api.OLS(
        y.to_numpy()[pairs], api.add_constant(np.c_[a.to_numpy()[pairs], b.to_numpy()[pairs]])
    ).fit()
    result = sc.mrqap(y, a=a, b=b, n_permutations=99, seed=1)
    np.testing.assert_allclose(result.table["coef"], fit.params)
    np.testing.assert_allclose(result.table["t"], fit.tvalues)
    assert result.pairs == pairs.sum()
    assert not result.binary


@pytest.mark.parametrize("symmetric", [False, True])
def test_simulated_t_is_that_of_a_whole_regression(symmetric: bool) -> None:
    """Each permutation by least squares of y on the moved residuals and the others."""
    from spatialccd.network import qap

    y, a, b = (A.to_numpy() for A in _matrices(2, symmetric=symmetric))
    kept = np.triu(np.ones((7, 7), bool), 1) if symmetric else ~np.eye(7, dtype=bool)
    X = np.column_stack([np.ones(kept.sum()), a[kept], b[kept]])
    stream = np.random.SeedSequence(5)
    simulated = qap._semi_partialed(a, X, y[kept], 1, kept, 5, stream, lambda _: None)
    others = X[:, [0, 2]]
    left = np.zeros((7, 7))
    left[kept] = a[kept] - others @ np.linalg.lstsq(others, a[kept], rcond=None)[0]
    left = left + left.T if symmetric else left
    rng = np.random.default_rng(np.random.SeedSequence(5))
    for t in simulated:
        order = rng.permutation(7)
        moved = np.column_stack([left[np.ix_(order, order)][kept], others])
        assert qap._least_squares(moved, y[kept])[1][0] == pytest.approx(t)


def test_one_network_makes_one_test() -> None:
    """With nothing else to explain it, the regression's t orders permutations as r does."""
    y, a, _ = _matrices(3, n=12)
    alone = sc.mrqap(y, a=a, n_permutations=3999, seed=1).table.loc["a", "p_sim"]
    r = sc.qap_correlation(y, a, n_permutations=3999, seed=1).table["p_sim"].iloc[0]
    assert alone == pytest.approx(r, abs=0.03)


def test_level_is_kept_where_least_squares_loses_it() -> None:
    """The whole table: python -m tests.network.qap_sizes."""
    found = sizes(150, n_permutations=99)
    assert found["qap"] < 0.1
    assert found["mrqap"] < 0.1
    assert found["pairs"] > 0.25


def test_a_gravity_network_is_called_one(toys: Toys) -> None:
    network = sc.gravity_network(**_gravity(toys))
    gap = toys.year["forest"].to_numpy()
    distance = pd.DataFrame(np.abs(np.subtract.outer(gap, gap)), toys.units, toys.units)
    given = {"n_permutations": 99, "seed": 1}
    notes = [
        *sc.qap_correlation(network, distance, **given).notes(),
        *sc.mrqap(network, distance=distance, **given).notes(),
    ]
    assert sum("is a gravity network" in note for note in notes) == 2
    told = [retell(note, "zh") for note in notes]
    assert sum(note.startswith("'first' 是") or note.startswith("'y' 是") for note in told) == 2
    # And rightly so: wealth stands in the formula.
    assert sc.qap_correlation(network, distance, **given).table["p_sim"].iloc[0] <= 0.05
    plain = sc.qap_correlation(network.ties, distance, **given)
    assert plain.table.equals(sc.qap_correlation(network, distance, **given).table)


def test_what_cannot_be_tested_is_refused() -> None:
    y, a, b = _matrices(4)
    with pytest.raises(ParameterError, match="name the networks"):
        sc.mrqap(y)
    with pytest.raises(SingularDesignError, match="before them: c"):
        sc.mrqap(y, a=a, b=b, c=a - 2 * b)
    with pytest.raises(DataError, match="one value in every pair: b"):
        sc.mrqap(y, a=a, b=b * 0)
    with pytest.raises(AlignmentError, match="missing"):
        sc.qap_correlation(y, a.drop(index=3, columns=3))
    with pytest.raises(ParameterError, match="may not be called"):
        sc.mrqap(y, Intercept=a)
