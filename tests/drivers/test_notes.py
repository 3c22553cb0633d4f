"""What a result says of itself where it is read."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd import _align
from spatialccd.errors import ThinStrataWarning
from spatialccd.report.words.sentences import retell
from tests.toys import Toys


def _noise(n: int = 31, seed: int = 1) -> tuple[pd.Series, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    labels = pd.DataFrame({"a": rng.integers(0, 3, n), "b": rng.integers(0, 3, n)})
    return pd.Series(rng.normal(size=n)), labels


def test_the_ecological_detector_says_what_it_cannot_tell() -> None:
    (note,) = sc.ecological_detector(*_noise()).notes()
    assert "little power: with 31 rows" in note
    # F of (30, 30) at 97.5% is 2.07: beside .3 another q must be 1 - .7 / 2.07.
    assert "q = 0.66 or more" in note
    assert note in sc.ecological_detector(*_noise()).summary()
    assert retell(note, "zh") != note


def test_the_ecological_detector_hardly_rejects() -> None:
    hits = [sc.ecological_detector(*_noise(seed=s)).figures["p"].iloc[0] < 0.1 for s in range(60)]
    assert not any(hits)


def test_an_interaction_says_what_p_synergy_means() -> None:
    few = sc.interaction_detector(*_noise(), n_permutations=19, seed=1)
    assert "n = 31" in few.notes()[0]
    assert "Judge by p_gain" in few.summary()
    for plain in (
        sc.interaction_detector(*_noise(), n_permutations=19, seed=1, null="no_effect"),
        sc.interaction_detector(*_noise(200), n_permutations=19, seed=1),
    ):
        assert plain.notes() == ['p_synergy says "more than chance", not "more than the sum".']
    assert sc.interaction_detector(*_noise(), n_permutations=0).notes() == []
    for note in [*few.notes(), *plain.notes()]:
        assert retell(note, "zh") != note


def test_bivariate_moran_says_where_both_are_autocorrelated() -> None:
    toys = Toys(8, 8)
    filtered = np.linalg.inv(np.eye(64) - 0.9 * _align.graph_matrix(toys.graph, toys.units))
    rng = np.random.default_rng(4)
    x, y = (pd.Series(filtered @ rng.normal(size=64), toys.units) for _ in range(2))
    found = sc.bivariate_moran(x, y, toys.graph, n_permutations=99, seed=1)
    for name, values in (("x", x), ("y", y)):
        alone = sc.global_moran(values, toys.graph, n_permutations=9, seed=1).table.iloc[0]
        assert found.own[f"I_{name}"].iloc[0] == pytest.approx(alone["I"])
        assert found.own[f"p_{name}"].iloc[0] == pytest.approx(alone["p_rand"])
    assert "each autocorrelated" in found.notes()[0]
    assert retell(found.notes()[0], "zh") != found.notes()[0]
    plain = pd.Series(rng.normal(size=64), toys.units)
    assert sc.bivariate_moran(x, plain, toys.graph, n_permutations=99, seed=1).notes() == []


def test_random_effects_of_an_unbalanced_panel_name_their_estimator() -> None:
    pytest.importorskip("linearmodels")
    rng = np.random.default_rng(0)
    rows = pd.MultiIndex.from_product([range(12), range(6)], names=["unit", "time"])
    X = pd.DataFrame(rng.normal(size=(72, 1)), rows, ["x"])
    y = X["x"] + np.repeat(rng.normal(size=12), 6) + rng.normal(size=72)
    kept = np.setdiff1d(np.arange(72), [5, 16, 17, 40])
    whole = sc.panel_regression(y, X, effects="random")
    assert not any("Swamy" in note for note in whole.notes())
    found = sc.panel_regression(y.iloc[kept], X.iloc[kept], effects="random")
    (note,) = (note for note in found.notes() if "Swamy" in note)
    assert "4 to 6 times" in note
    assert all(retell(note, "zh") != note for note in found.notes())
    # The formula that is named: means unweighted, the harmonic mean of the times.
    y, X = y.iloc[kept], X.iloc[kept]
    times = y.groupby(level=0).size()
    means = X.groupby(level=0).mean().assign(one=1.0)
    between = y.groupby(level=0).mean()
    left = between - means @ np.linalg.lstsq(means, between, rcond=None)[0]
    own = y - y.groupby(level=0).transform("mean")
    moved = X - X.groupby(level=0).transform("mean")
    e = own - moved.to_numpy() @ np.linalg.lstsq(moved, own, rcond=None)[0]
    sigma2_e = (e @ e) / (len(y) - 12 - 1)
    sigma2_u = (left @ left) / (12 - 2) - sigma2_e * (1 / times).mean()
    assert found.statistics["sigma_e"] == pytest.approx(np.sqrt(sigma2_e))
    assert found.statistics["sigma_u"] == pytest.approx(np.sqrt(sigma2_u))


def test_pairs_of_strata_without_a_test_are_told() -> None:
    labels = pd.DataFrame({"zone": list("aaabbbc")})
    y = pd.Series([1.0, 2, 3, 5, 5, 6, 9])
    with pytest.warns(ThinStrataWarning):
        found = sc.risk_detector(y, labels)
    assert found.notes()[0].startswith("2 of 3 pairs have no test")
    assert retell(found.notes()[0], "zh") != found.notes()[0]


@pytest.mark.parametrize("scale", [1e-150, 1e-12, 1e12, 1e150])
def test_tests_of_strata_know_no_scale(scale: float) -> None:
    y, labels = _noise(60)
    plain, moved = sc.risk_detector(y, labels), sc.risk_detector(y * scale, labels)
    np.testing.assert_allclose(moved.pairs["p"], plain.pairs["p"], rtol=1e-9)
    np.testing.assert_allclose(moved.means["sd"] / scale, plain.means["sd"], rtol=1e-9)
