"""What goes on from a fitted model: prediction, collinearity, spatial variability, the peer."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from mgwr.gwr import GWR as PEER_GWR
from mgwr.gwr import MGWR as PEER_MGWR
from mgwr.sel_bw import Sel_BW

import spatialccd as sc
from spatialccd.errors import ParameterError
from tests.drivers.gwr.conftest import Field


def _split(field: Field) -> tuple[Field, Field]:
    new = field.y.index[::10]
    old = field.y.index.difference(new)
    return (
        Field(field.y[old], field.X.loc[old], field.places.loc[old]),
        Field(field.y[new], field.X.loc[new], field.places.loc[new]),
    )


@pytest.mark.compares("predict_gwr", against="mgwr 2.2.1")
def test_gwr_prediction_equals_mgwr(field: Field) -> None:
    old, new = _split(field)
    fit = sc.gwr(old.y, old.X, old.places, bandwidth=50, standardize=False)
    ahead = sc.predict_gwr(fit, new.X, new.places)
    peer = PEER_GWR(
        old.places.to_numpy(), old.y.to_numpy()[:, None], old.X.to_numpy(), 50, n_jobs=1
    )
    expected = peer.predict(new.places.to_numpy(), new.X.to_numpy())
    np.testing.assert_allclose(ahead.predicted, expected.predictions.ravel(), rtol=1e-9)
    np.testing.assert_allclose(ahead.coef, expected.params, rtol=1e-8)


def test_prediction_is_near_what_was_left_out(field: Field) -> None:
    old, new = _split(field)
    for model in (sc.gwr, sc.mgwr):
        fit = model(old.y, old.X, old.places, min_bandwidth=15)
        ahead = sc.predict_gwr(fit, new.X, new.places)
        error = ahead.predicted - new.y
        assert 1 - (error**2).sum() / ((new.y - old.y.mean()) ** 2).sum() > 0.85
        if model is sc.gwr:
            assert (error.abs() < 3.5 * ahead.se).all()
        else:
            assert ahead.se.isna().all()
            assert "no standard errors" in ahead.summary()


def test_prediction_at_observed_places_gives_the_fit(field: Field) -> None:
    for fit in (
        sc.gwr(field.y, field.X, field.places, bandwidth=60),
        sc.mgwr(field.y, field.X, field.places, tol=1e-12),
    ):
        ahead = sc.predict_gwr(fit, field.X, field.places)
        np.testing.assert_allclose(ahead.predicted, fit.fitted, atol=1e-9)


def test_prediction_names_what_is_missing(field: Field) -> None:
    fit = sc.gwr(field.y, field.X, field.places, bandwidth=60)
    with pytest.raises(ParameterError, match="schools"):
        sc.predict_gwr(fit, field.X[["roads"]], field.places)
    degrees = field.places.div(100).set_axis(["lon", "lat"], axis=1)
    with pytest.raises(ParameterError, match="degrees"):
        sc.predict_gwr(fit, field.X, degrees)


@pytest.mark.compares("local_collinearity", against="mgwr 2.2.1")
def test_collinearity_equals_mgwr(field: Field) -> None:
    fit = sc.gwr(field.y, field.X, field.places, bandwidth=60, standardize=False)
    ours = sc.local_collinearity(fit)
    peer = PEER_GWR(
        field.places.to_numpy(), field.y.to_numpy()[:, None], field.X.to_numpy(), 60, n_jobs=1
    )
    _, vif, condition, shares = peer.fit().local_collinearity()
    np.testing.assert_allclose(ours.condition_number, condition.ravel(), rtol=1e-9)
    np.testing.assert_allclose(ours.vif, vif, rtol=1e-9)
    np.testing.assert_allclose(ours.variance_decomposition, shares, rtol=1e-8)


def test_collinearity_of_mgwr_equals_mgwr(field: Field) -> None:
    fit = sc.mgwr(field.y, field.X, field.places)
    ours = sc.local_collinearity(fit)
    design = fit.design
    y, X = design.y[:, None], design.X[:, 1:]
    selector = Sel_BW(design.space.xy, y, X, multi=True, n_jobs=1)
    selector.search(init_multi=fit.start_bandwidth)
    peer = PEER_MGWR(design.space.xy, y, X, selector, n_jobs=1).exact_fit()
    condition, shares = peer.local_collinearity()
    np.testing.assert_allclose(ours.condition_number, condition.ravel(), rtol=1e-9)
    np.testing.assert_allclose(ours.variance_decomposition, shares, rtol=1e-8)


def test_near_twins_show_up(field: Field) -> None:
    rng = np.random.default_rng(1)
    X = field.X.assign(paths=field.X["roads"] + 0.01 * rng.normal(size=150))
    found = sc.local_collinearity(sc.gwr(field.y, X, field.places, bandwidth=60))
    assert (found.condition_number > 30).all()
    assert (found.vif[["roads", "paths"]] > 100).all(axis=None)
    assert (found.vif["schools"] < 5).all()
    assert (found.variance_decomposition[["roads", "paths"]] > 0.9).all(axis=None)


@pytest.mark.filterwarnings("ignore::spatialccd.errors.BandwidthWarning")
def test_variability_tells_a_local_surface_from_a_global_one(field: Field) -> None:
    small = field.take(80)
    fit = sc.mgwr(small.y, small.X, small.places)
    tested = sc.spatial_variability(fit, n_permutations=39, seed=1).table
    assert tested.loc["roads", "p"] == pytest.approx(1 / 40)
    assert tested.loc["schools", "p"] > 0.1
    again = sc.spatial_variability(fit, n_permutations=39, seed=1).table
    pd.testing.assert_frame_equal(tested, again)


def test_variability_holds_a_given_bandwidth(field: Field) -> None:
    small = field.take(80)
    fit = sc.gwr(small.y, small.X, small.places, bandwidth=40)
    tested = sc.spatial_variability(fit, n_permutations=19, seed=2).table
    assert tested.loc["roads", "p"] == pytest.approx(0.05)


def test_peer_engine_gives_the_same_figures(field: Field) -> None:
    small = field.take(90)
    ours = sc.gwr(small.y, small.X, small.places, min_bandwidth=20)
    theirs = sc.gwr(small.y, small.X, small.places, min_bandwidth=20, engine="pysal", n_jobs=1)
    pd.testing.assert_frame_equal(ours.to_frame(), theirs.to_frame(), rtol=1e-8)
    pd.testing.assert_series_equal(ours.bandwidth, theirs.bandwidth)
    for name in ("aicc", "aic", "bic", "r2", "adj_r2", "sigma2", "rss", "log_likelihood"):
        assert getattr(ours, name) == pytest.approx(getattr(theirs, name), rel=1e-10)


@pytest.mark.filterwarnings("ignore::spatialccd.errors.BandwidthWarning")
def test_peer_engine_gives_the_same_multiscale_figures(field: Field) -> None:
    small = field.take(90)
    ours = sc.mgwr(small.y, small.X, small.places, tol=1e-8)
    theirs = sc.mgwr(small.y, small.X, small.places, tol=1e-8, engine="pysal", n_jobs=1)
    pd.testing.assert_series_equal(ours.bandwidth, theirs.bandwidth)
    pd.testing.assert_frame_equal(ours.coef, theirs.coef, rtol=1e-9)
    pd.testing.assert_frame_equal(ours.se, theirs.se, rtol=1e-5)
    with pytest.raises(ParameterError, match="cannot hold bandwidths"):
        sc.mgwr(small.y, small.X, small.places, bandwidths={"roads": 50}, engine="pysal")
