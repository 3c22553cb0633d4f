"""Exact and stochastic inference against each other, and the limits of memory."""

from __future__ import annotations

import numpy as np
import pytest

import spatialccd as sc
from spatialccd.drivers.gwr import _neighbors, _probes, _settled
from spatialccd.drivers.gwr._exact import exact_bytes
from spatialccd.drivers.gwr._inference import choose
from spatialccd.drivers.gwr._neighbors import Neighbors
from spatialccd.drivers.gwr._smoothing import Smoothing
from spatialccd.drivers.gwr._space import Space
from spatialccd.errors import ApproachWarning, ConvergenceWarning, EstimationError, ParameterError
from tests.drivers.gwr.conftest import Field


def test_exact_inference_equals_solving_for_all_parts_at_once(field: Field) -> None:
    """The k n x k n system of Li and Fotheringham (2020, p. 4), by brute force."""
    small = field.take(70)
    fit = sc.mgwr(small.y, small.X, small.places, min_bandwidth=12, tol=1e-12)
    design = fit.design
    neighbors = Neighbors(design.space)
    n, k = design.X.shape
    smoothers = []
    for j in range(k):
        x = design.X[:, j]
        weighted = neighbors.weights(float(fit.bandwidth.iloc[j])) * x
        smoothers.append((x / (weighted @ x))[:, None] * weighted)
    left = np.block([[np.eye(n) if i == j else smoothers[i] for j in range(k)] for i in range(k)])
    R = np.linalg.solve(left, np.vstack(smoothers)).reshape(k, n, n)
    np.testing.assert_allclose(fit.enp, np.trace(R, axis1=1, axis2=2), atol=1e-9)
    np.testing.assert_allclose(fit.leverage, R.sum(axis=0).diagonal(), atol=1e-9)
    np.testing.assert_allclose((R @ design.y).T / design.X, fit.coef, atol=1e-8)
    norms = np.sqrt((R**2).sum(axis=2)).T / np.abs(design.X)
    np.testing.assert_allclose(fit.se, norms * np.sqrt(fit.sigma2), rtol=1e-7)


def test_a_covariate_at_zero_has_a_standard_error(field: Field) -> None:
    X = field.X.copy()
    X.loc["u0010", "roads"] = 0.0
    fit = sc.mgwr(field.y, X, field.places, standardize=False)
    assert fit.se.loc["u0010", "roads"] > 0
    X.loc["u0010", "roads"] = 1e-5
    near = sc.mgwr(field.y, X, field.places, standardize=False)
    assert fit.se.loc["u0010", "roads"] == pytest.approx(near.se.loc["u0010", "roads"], rel=1e-3)


@pytest.mark.filterwarnings("ignore::spatialccd.errors.BandwidthWarning")
@pytest.mark.parametrize("kernel", ["bisquare", "gaussian"])
def test_stochastic_inference_agrees_within_its_error(field: Field, kernel: str) -> None:
    options = {"kernel": kernel, "min_bandwidth": 20}
    exact = sc.mgwr(field.y, field.X, field.places, **options)
    probed = sc.mgwr(
        field.y, field.X, field.places, inference="stochastic", n_probes=400, seed=3, **options
    )
    assert probed.inference == "stochastic"
    assert (np.abs(probed.enp - exact.enp) < 4 * probed.enp_error).all()
    ratio = probed.se / exact.se
    assert ratio.mean().sub(1).abs().max() < 0.05
    assert ratio.std().max() < 2.5 * probed.se_error
    assert f"{probed.se_error:.1%}" in probed.summary()


def test_error_of_probes_shrinks_with_their_root(field: Field) -> None:
    few, many = (
        sc.mgwr(field.y, field.X, field.places, inference="stochastic", n_probes=m, seed=3)
        for m in (50, 800)
    )
    assert few.se_error / many.se_error == pytest.approx(4)
    assert (few.enp_error / many.enp_error).mean() == pytest.approx(4, rel=0.3)


def test_probes_come_back_with_their_seed(field: Field) -> None:
    options = {"inference": "stochastic", "n_probes": 20}
    one = sc.mgwr(field.y, field.X, field.places, seed=1, **options)
    same = sc.mgwr(field.y, field.X, field.places, seed=1, **options)
    other = sc.mgwr(field.y, field.X, field.places, seed=2, **options)
    assert one.se.equals(same.se)
    assert not one.se.equals(other.se)


def test_without_inference_nothing_is_claimed(field: Field) -> None:
    fit = sc.mgwr(field.y, field.X, field.places, inference="none")
    assert fit.se.isna().all(axis=None)
    assert fit.significant.isna().all(axis=None)
    assert np.isnan(fit.aicc)
    assert fit.r2 > 0.9


def test_rows_beyond_the_limit_go_to_disk(field: Field) -> None:
    space = Space(field.places.to_numpy(), great_circle=False, kernel="bisquare", fixed=False)
    in_memory = Neighbors(space)
    on_disk = Neighbors(space, memory_limit=1e5)
    assert on_disk.on_disk
    values = field.y.to_numpy()[None]
    points = np.array([20.0, 90.0])
    np.testing.assert_array_equal(
        on_disk.weighted_sums(values, points), in_memory.weighted_sums(values, points)
    )


def test_exact_inference_beyond_the_limit_is_refused_with_the_figure(field: Field) -> None:
    options = {"memory_limit": 0.001}
    with pytest.raises(ParameterError, match=r"needs 0\.0 GB|needs .* GB"):
        sc.mgwr(field.y, field.X, field.places, inference="exact", **options)
    with pytest.warns(ApproachWarning, match="150 units and . terms.*memory_limit"):
        fit = sc.mgwr(field.y, field.X, field.places, inference="auto", seed=1, **options)
    assert fit.inference == "stochastic"
    with pytest.raises(ParameterError, match="too little for 150 units"):
        sc.mgwr(field.y, field.X, field.places, memory_limit=1e-5)


@pytest.mark.parametrize("free", [1e6, 1e9, 1e13])
def test_auto_goes_by_size_and_never_by_what_is_free(free: float) -> None:
    """The same call is exact everywhere, or says that it does not fit."""
    settings = {"memory_limit": None, "budget": free}
    small = exact_bytes(5_000, 6)
    if small > free:
        with pytest.raises(ParameterError, match="take inference='stochastic'"):
            choose("auto", 5_000, 6, **settings)
    else:
        assert choose("auto", 5_000, 6, **settings) == "exact"
    with pytest.warns(ApproachWarning, match=r"5,001 units.*differ from call to call unless seed="):
        assert choose("auto", 5_001, 6, **settings) == "stochastic"


def test_two_islands_of_places_have_no_common_surface(field: Field) -> None:
    """Kernels that never meet: any constant can move between two parts of the fit."""
    places = field.places.copy()
    places.loc[places["x"] > 500, "x"] += 1e6
    X = field.X.assign(shore=(places["x"] > 1000) + 0.01 * field.X["roads"])
    with pytest.raises(EstimationError, match="confounded"):
        sc.mgwr(
            field.y,
            X[["shore"]].round(0),
            places,
            fixed=True,
            bandwidths={"Intercept": 900.0, "shore": 900.0},
            start_bandwidth=1e7,
            inference="exact",
        )


def test_dense_products_sum_as_visits_do(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    space = Space(field.places.to_numpy(), great_circle=False, kernel="bisquare", fixed=False)
    neighbors = Neighbors(space)
    values = np.random.default_rng(0).normal(size=(150, 7)).astype(np.float32)
    found = []
    for share in (0.0, 1.0):
        monkeypatch.setattr(_neighbors, "_DENSE", share)
        found.append(np.empty_like(values))
        neighbors.smooth_many(values, 60.0, found[-1])
    expected = neighbors.weights(60.0) @ values
    for sums in found:
        np.testing.assert_allclose(sums, expected, atol=1e-5)  # single precision


@pytest.mark.parametrize("bandwidth", [12.0, 140.0])  # sparse, and full
def test_smoother_as_a_matrix(field: Field, bandwidth: float) -> None:
    space = Space(field.places.to_numpy(), great_circle=False, kernel="bisquare", fixed=False)
    neighbors = Neighbors(space)
    x = field.X["roads"].to_numpy()
    weighted = neighbors.weights(bandwidth) * x
    A = (x / (weighted @ x))[:, None] * weighted
    smoothing = Smoothing(neighbors, x, bandwidth)
    M = np.random.default_rng(0).normal(size=(150, 150))
    np.testing.assert_allclose(smoothing.times(x[:, None])[:, 0], x, rtol=1e-12)
    np.testing.assert_allclose(smoothing.times(M), A @ M, atol=1e-12)
    np.testing.assert_allclose(smoothing.after(M[:3]), M[:3] @ A, atol=1e-12)
    np.testing.assert_allclose(smoothing.plus(M), A + M, atol=1e-14)


def test_probes_that_do_not_settle_are_told(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_settled, "MAX_ROUNDS", 2)
    monkeypatch.setattr(_probes, "MAX_ROUNDS", 2)
    with pytest.warns(ConvergenceWarning, match="did not settle in 2 rounds"):
        sc.mgwr(field.y, field.X, field.places, inference="stochastic", seed=1)
