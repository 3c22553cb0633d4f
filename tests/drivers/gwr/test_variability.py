"""Spatial variability: sizes under autocorrelated errors, power, nulls, and what is refused."""

from __future__ import annotations

import os

import numpy as np
import pandas as pd
import pytest
from scipy.special import gamma, kv

import spatialccd as sc
from spatialccd.drivers.gwr._error_model import ErrorModel, Kind
from spatialccd.drivers.gwr._neighbors import Neighbors
from spatialccd.drivers.gwr._refit import coefficients_of_many
from spatialccd.drivers.gwr._space import Space
from spatialccd.errors import ParameterError
from tests.drivers.gwr.conftest import Field
from tests.drivers.gwr.sizes import ROUGH, rejected, sample

#: SIZES_SAMPLES=1000 takes four minutes on one core.
_SAMPLES = int(os.environ.get("SIZES_SAMPLES", "300"))

_QUIET = pytest.mark.filterwarnings("ignore::spatialccd.errors.BandwidthWarning")


@pytest.mark.slow
@pytest.mark.parametrize("model", ["gwr", "mgwr"])
def test_constant_slopes_are_rejected_as_often_as_promised(model: str) -> None:
    """At 5%, each slope, within three deviations of so many samples: .03 to .07 of 1,000."""
    shares = np.mean([rejected(model, 10_000 + s) for s in range(_SAMPLES)], axis=0)
    noise = 3 * np.sqrt(0.05 * 0.95 / _SAMPLES)
    assert (np.abs(shares - 0.05) <= noise).all(), shares


@pytest.mark.parametrize("covariates", [(0.0, 1.0), ROUGH])
@pytest.mark.parametrize("model", ["gwr", "mgwr"])
def test_constant_slopes_are_seldom_rejected(model: str, covariates: tuple[float, float]) -> None:
    """20 samples of three slopes: 3 rejections of 60 expected, 11 or more once in 2,000."""
    found = [rejected(model, 500 + s, draws=39, covariates=covariates) for s in range(20)]
    assert np.sum(found) < 11


@pytest.mark.parametrize("model", ["gwr", "mgwr"])
def test_a_slope_that_varies_is_found(model: str) -> None:
    found = np.sum([rejected(model, 900 + s, draws=39, slope=2.0) for s in range(10)], axis=0)
    assert found[0] >= 8
    assert found[1:].max() <= 3


@_QUIET
def test_bandwidths_are_held_unless_the_search_is_asked_for() -> None:
    y, X, places = sample(3)
    fit = sc.gwr(y, X, places)
    held = sc.spatial_variability(fit, null="places", n_permutations=39, seed=1)
    given = sc.gwr(y, X, places, bandwidth=float(fit.bandwidth.iloc[0]))
    again = sc.spatial_variability(given, null="places", n_permutations=39, seed=1)
    pd.testing.assert_frame_equal(held.table, again.table)
    searched = sc.spatial_variability(fit, null="places", search=True, n_permutations=39, seed=1)
    assert not searched.table["expected_sd"].equals(held.table["expected_sd"])
    assert "held in each draw" in held.summary()
    assert "searched anew" in searched.summary()


@_QUIET
def test_multiscale_bandwidths_are_held_too() -> None:
    y, X, places = sample(3)
    fit = sc.mgwr(y, X, places)
    for null in ("places", "autocorrelated"):
        held = sc.spatial_variability(fit, null=null, n_permutations=9, seed=1)
        given = sc.mgwr(
            y, X, places, bandwidths=fit.bandwidth.to_dict(), start_bandwidth=fit.start_bandwidth
        )
        again = sc.spatial_variability(given, null=null, n_permutations=9, seed=1)
        pd.testing.assert_frame_equal(held.table, again.table, rtol=1e-3)


@pytest.mark.compares("spatial_variability", against="each permutation fitted again")
def test_permuted_places_are_refitted_by_hand(field: Field) -> None:
    small = field.take(60)
    fit = sc.gwr(small.y, small.X, small.places, bandwidth=30)
    found = sc.spatial_variability(fit, null="places", n_permutations=5, seed=4).table
    X, y = fit.design.X, fit.design.y
    W = Neighbors(fit.design.space).weights(30.0)
    rng = np.random.default_rng(4)
    spreads = []
    for _ in range(5):
        order = rng.permutation(60)
        weighted = X[order].T[None] * W[:, None, :]
        right = (weighted @ y[order])[:, :, None]
        spreads.append(np.linalg.solve(weighted @ X[order], right)[:, :, 0].std(axis=0))
    np.testing.assert_allclose(found["expected_sd"], np.mean(spreads, axis=0), rtol=1e-8)


@_QUIET
@pytest.mark.parametrize("model", ["gwr", "mgwr"])
def test_the_null_is_stated_and_what_the_intercept_tells(model: str) -> None:
    fit = getattr(sc, model)(*sample(5))
    found = sc.spatial_variability(fit, n_permutations=9, seed=1)
    assert found.table.loc["Intercept", "p"] > 0.05
    assert found.table["expected_sd"].gt(0).all()
    for words in ("every slope is the same everywhere", "Intercept's p is large"):
        assert words in found.summary()
    assert found.notes() == [note for note in found.notes() if note in found.summary()]
    dealt = sc.spatial_variability(fit, null="places", n_permutations=9, seed=1)
    assert dealt.table.loc["Intercept", "p"] <= 0.2
    assert "independent" in dealt.notes()[0]


@_QUIET
def test_many_responses_are_fitted_as_one_is(field: Field) -> None:
    small = field.take(80)
    for fit in (
        sc.gwr(small.y, small.X, small.places),
        sc.mgwr(small.y, small.X, small.places, tol=1e-10),
    ):
        Y = np.column_stack([fit.design.y, np.random.default_rng(0).normal(size=80)])
        around = [Neighbors(fit.design.space)] * len(fit.bandwidth)
        beta = coefficients_of_many(fit, around, Y)
        np.testing.assert_allclose(beta[0], fit.coef, atol=1e-4)


def test_errors_are_learned_and_drawn_as_they_are() -> None:
    """Each sample tells its range roughly; several together are near the truth."""
    learned = []
    for seed in range(8):
        y, X, places = sample(seed, n=120)
        design = sc.gwr(y, X, places, bandwidth=120).design
        rng = np.random.default_rng(seed)
        model = ErrorModel.of(design.y, design.X, design.space, rng)
        learned.append([model.correlation_at(distance) for distance in (5.0, 20.0)])
    np.testing.assert_allclose(np.mean(learned, axis=0), np.exp([-0.25, -1.0]), atol=0.15)


@pytest.mark.parametrize("smoothness", [0.5, 1.5, 2.5])
def test_draws_have_the_covariance_of_their_kind(smoothness: float) -> None:
    """Against scipy's Bessel functions, which Matern's correlation is defined by."""
    places = sample(1, n=60)[2].to_numpy()
    space = Space(places, great_circle=False, kernel="bisquare", fixed=False)
    kind = Kind(smoothness, 15.0, 0.2, 3.0)
    drawn = ErrorModel(space, [kind], np.ones(1)).draw(20_000, np.random.default_rng(0))
    d = np.sqrt(space.squared(places)) + 1e-9
    a = np.sqrt(2 * smoothness) * d / 15.0
    matern = 2 ** (1 - smoothness) / gamma(smoothness) * a**smoothness * kv(smoothness, a)
    expected = 3.0 * (0.8 * matern + 0.2 * np.eye(60))
    np.testing.assert_allclose(np.cov(drawn), expected, atol=0.15)


def test_settings_of_the_test_are_checked(field: Field) -> None:
    fit = sc.gwr(field.y, field.X, field.places, bandwidth=60)
    with pytest.raises(ParameterError, match="did you mean 'places'"):
        sc.spatial_variability(fit, null="place")
    with pytest.raises(ParameterError, match="n_permutations"):
        sc.spatial_variability(fit, n_permutations=0)


def test_progress_of_the_test_is_told(field: Field) -> None:
    fit = sc.mgwr(field.y, field.X, field.places)
    told: list[tuple[int, int]] = []
    sc.spatial_variability(
        fit, n_permutations=120, seed=1, progress=lambda done, m: told.append((done, m))
    )
    assert told == [(i + 1, 120) for i in range(120)]
