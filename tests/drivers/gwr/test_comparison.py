"""Models side by side, against an independent least squares."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from esda import Moran
from libpysal.weights import KNN

import spatialccd as sc
from spatialccd.errors import ParameterError


@pytest.fixture(scope="module")
def sample():
    rng = np.random.default_rng(4)
    places = pd.DataFrame({"x": rng.uniform(0, 10, 80), "y": rng.uniform(0, 10, 80)})
    X = pd.DataFrame({"a": rng.normal(size=80), "b": rng.normal(size=80)})
    y = pd.Series(X["a"] * places["x"] / 5 + X["b"] + rng.normal(0, 0.3, 80), name="y")
    return y, X, places


@pytest.fixture(scope="module")
def compared(sample):
    y, X, places = sample
    near, far = (sc.gwr(y, X, places, bandwidth=b) for b in (30, 60))
    multi = sc.mgwr(y, X, places, bandwidths={"Intercept": 20, "a": 20, "b": 60})
    return sc.compare_models(near, far, multi=multi), near


@pytest.mark.compares("compare_models", against="statsmodels and esda")
def test_least_squares_agree_with_statsmodels_and_esda(compared, sample):
    y, X, places = sample
    z = (X - X.mean()) / X.std(ddof=0)
    fitted = sm.OLS((y - y.mean()) / y.std(ddof=0), sm.add_constant(z)).fit()
    ols = compared[0].table["OLS"]
    assert ols["r2"] == pytest.approx(fitted.rsquared, rel=1e-10)
    assert ols["adj_r2"] == pytest.approx(fitted.rsquared_adj, rel=1e-10)
    assert ols["rss"] == pytest.approx(fitted.ssr, rel=1e-10)
    assert ols["aic"] == pytest.approx(fitted.aic + 2, rel=1e-10)  # sigma is a parameter too
    weights = KNN.from_array(places.to_numpy(), k=8)
    weights.transform = "r"
    moran = Moran(fitted.resid, weights, permutations=0)
    assert ols["residual_moran"] == pytest.approx(moran.I, rel=1e-9)
    assert ols["residual_moran_p"] == pytest.approx(moran.p_norm, rel=1e-6)


def test_each_model_has_its_own_figures(compared):
    found, near = compared
    assert list(found.table.columns) == ["OLS", "GWR 1", "GWR 2", "multi"]
    assert found.table.loc["aicc", "GWR 1"] == near.aicc
    assert found.table.loc["ENP", "GWR 1"] == pytest.approx(near.enp.sum())
    assert found.bandwidths["GWR 2"].tolist() == [60.0] * 3
    assert found.bandwidths["multi"].tolist() == [20.0, 20.0, 60.0]
    assert found.unlike == ()


def test_models_of_other_rows_are_told(sample):
    y, X, places = sample
    part = y.index[:70]
    models = sc.compare_models(
        sc.gwr(y, X, places, bandwidth=30),
        sc.gwr(y[part], X.loc[part], places.loc[part], bandwidth=30),
    )
    assert models.unlike == ("GWR 2",)
    assert "OLS (GWR 2)" in models.table
    assert any("GWR 2" in note for note in models.notes())


def test_only_local_regressions_are_compared(sample):
    y, X, places = sample
    with pytest.raises(ParameterError, match="nothing"):
        sc.compare_models()
    with pytest.raises(ParameterError, match="b is no local"):
        sc.compare_models(sc.gwr(y, X, places, bandwidth=30), b=sc.panel_regression)
