"""Weights from principal components against scikit-learn, and KMO by its definition."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import PCA

import spatialccd as sc
from spatialccd.errors import ConstantWarning, EstimationError, ParameterError
from spatialccd.report.words.sentences import retell


def _data(n: int = 60, seed: int = 1) -> pd.DataFrame:
    """Two factors behind five indicators, one of them a cost."""
    rng = np.random.default_rng(seed)
    f, g = rng.normal(size=(2, n))
    noise = rng.normal(size=(n, 5))
    data = {
        "a": f + 0.5 * noise[:, 0],
        "b": f + 0.7 * noise[:, 1],
        "c": -f - 0.6 * noise[:, 2],
        "d": g + 0.3 * f + 0.4 * noise[:, 3],
        "e": g + 0.3 * f + 0.6 * noise[:, 4],
    }
    return pd.DataFrame(data) * [1, 10, 100, 1e-3, 1] + 7


DIRECTIONS = {name: "cost" if name == "c" else "benefit" for name in "abcde"}


@pytest.mark.parametrize(("share", "n"), [(None, 2), (0.5, 1), (0.8, 2)])
def test_scikit_learn_gives_the_same(share: float | None, n: int) -> None:
    data = _data()
    found = sc.pca_weights(data, DIRECTIONS, share=share)
    directed = data.assign(c=-data["c"])
    model = PCA(n).fit((directed - directed.mean()) / directed.std(ddof=0))
    vectors = model.components_.T
    vectors = vectors * np.sign(vectors[np.abs(vectors).argmax(axis=0), np.arange(n)])
    share_of = model.explained_variance_ratio_
    c = vectors @ share_of / share_of.sum()
    np.testing.assert_allclose(found.weights, c / c.sum(), rtol=1e-9)
    assert found.weights.sum() == pytest.approx(1)
    assert found.components["kept"].sum() == n
    np.testing.assert_allclose(found.components["share"][:n], share_of, rtol=1e-9)


@pytest.mark.compares("pca_weights", against="Kaiser (1974), Bartlett (1951)")
def test_kmo_and_bartlett_by_their_definitions() -> None:
    """Partial correlations as those of residuals; the determinant as a product of eigenvalues."""
    data = _data()
    found = sc.pca_weights(data, DIRECTIONS)
    x = data.assign(c=-data["c"]).to_numpy()
    R, partial = np.corrcoef(x, rowvar=False), np.zeros((5, 5))
    for i in range(5):
        for j in range(5):
            if i != j:
                rest = np.c_[np.ones(60), np.delete(x, [i, j], axis=1)]
                left = [v - rest @ np.linalg.lstsq(rest, v, rcond=None)[0] for v in x[:, [i, j]].T]
                partial[i, j] = np.corrcoef(left)[0, 1]
    simple = (R**2).sum() - 5
    row = found.adequacy.loc["all"]
    assert row["kmo"] == pytest.approx(simple / (simple + (partial**2).sum()), rel=1e-9)
    chi2 = -(59 - 15 / 6) * np.log(np.linalg.eigvalsh(R)).sum()
    assert row["chi2"] == pytest.approx(chi2, rel=1e-9)
    assert row["df"] == 10
    assert row["p"] < 1e-6


def test_an_indicator_against_the_others_is_refused_unless_allowed() -> None:
    wrong = dict.fromkeys("abc", "benefit")
    with pytest.raises(EstimationError, match=r"negative weights: c \(-"):
        sc.pca_weights(_data(), wrong)
    assert sc.pca_weights(_data(), wrong, allow_negative=True).weights["c"] < 0


def test_equal_eigenvalues_are_refused() -> None:
    data = pd.DataFrame({"x": [1.0, 1, -1, -1], "y": [1.0, -1, 1, -1]})
    with pytest.raises(EstimationError, match="not distinct"):
        sc.pca_weights(data, {"x": "benefit", "y": "benefit"})


def test_constants_copies_and_years() -> None:
    data = _data()
    with pytest.warns(ConstantWarning):
        found = sc.pca_weights(data.assign(k=1.0), DIRECTIONS | {"k": "cost"})
    assert found.weights["k"] == 0
    np.testing.assert_allclose(found.weights.drop("k"), sc.pca_weights(data, DIRECTIONS).weights)
    copied = sc.pca_weights(data.assign(a2=2 * data["a"]), DIRECTIONS | {"a2": "benefit"})
    assert copied.adequacy["kmo"].isna().all()
    assert copied.weights["a2"] == pytest.approx(copied.weights["a"])
    assert all(retell(note, "zh") != note for note in copied.notes())
    years = pd.concat({1: data, 2: _data(seed=2)}, names=["time", "unit"]).swaplevel()
    by_year = sc.pca_weights(years, DIRECTIONS, pooled=False)
    np.testing.assert_allclose(by_year.weights.loc[1], sc.pca_weights(data, DIRECTIONS).weights)
    assert list(by_year.adequacy.index) == [1, 2]


def test_weights_serve_an_index_and_unrelated_indicators_are_noted() -> None:
    data = _data()
    own = sc.pca_weights(data, DIRECTIONS).weights
    assert sc.composite_index(data, DIRECTIONS, weights=own).score.between(0, 1).all()
    noise = pd.DataFrame(np.random.default_rng(4).normal(size=(30, 3)), columns=list("xyz"))
    found = sc.pca_weights(noise, dict.fromkeys("xyz", "benefit"), allow_negative=True)
    assert found.adequacy["kmo"].item() < 0.6
    with pytest.raises(ParameterError, match="share"):
        sc.pca_weights(data, DIRECTIONS, share=0)
