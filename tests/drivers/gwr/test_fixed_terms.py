"""Coefficients that are the same everywhere, in MGWR."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.drivers.gwr._neighbors import Neighbors
from spatialccd.errors import ParameterError

pytestmark = pytest.mark.filterwarnings("ignore::spatialccd.errors.BandwidthWarning")

N, HELD = 90, ["b", "c"]


def sample(seed: int, n: int = N) -> tuple[pd.Series, pd.DataFrame, pd.DataFrame]:
    """Give y of a slope that rises to the east, and of two that are .7 and -.3 everywhere."""
    rng = np.random.default_rng(seed)
    units = pd.Index([f"U{i:03d}" for i in range(n)], name="unit")
    places = pd.DataFrame(rng.uniform(0, 100, (n, 2)), units, ["x", "y"])
    X = pd.DataFrame(rng.normal(size=(n, 3)), units, ["a", "b", "c"])
    y = X["a"] * places["x"] / 50 + 0.7 * X["b"] - 0.3 * X["c"] + np.sin(places["y"] / 20)
    return y + 0.5 * rng.normal(size=n), X, places


def fitted(**settings: Any) -> Any:
    return sc.mgwr(*sample(1), **{"fixed_terms": HELD, **settings})


@pytest.fixture(scope="module")
def mixed() -> Any:
    return fitted()


def projections(fit: Any) -> np.ndarray:
    """Solve f_j + A_j sum_l f_l = A_j y for all terms at once, as a dense system (k, n, n)."""
    design = fit.design
    n, k = design.X.shape
    near = Neighbors(design.space)
    smoothers = []
    for x, b in zip(design.X.T, fit.bandwidth, strict=True):
        weighted = (np.ones((n, n)) if np.isinf(b) else near.weights(b)) * x
        smoothers.append(weighted * (x / (weighted @ x))[:, None])
    rows = [[np.eye(n) if i == j else smoothers[i] for j in range(k)] for i in range(k)]
    solution, *_ = np.linalg.lstsq(np.block(rows), np.vstack(smoothers), rcond=None)
    return solution.reshape(k, n, n)


@pytest.mark.compares("mgwr", against="the backfitting's limit as one dense system")
def test_inference_is_that_of_the_dense_system(mixed: Any) -> None:
    R, X = projections(mixed), mixed.design.X
    se = np.sqrt(np.stack([(r**2).sum(axis=1) for r in R]).T / X**2 * mixed.sigma2)
    order = mixed.design.units
    np.testing.assert_allclose(mixed.enp, [np.trace(r) for r in R], rtol=1e-9)
    np.testing.assert_allclose(mixed.se.reindex(order), se, rtol=1e-8)
    np.testing.assert_allclose(mixed.enp[HELD], 1, rtol=1e-9)


def test_what_is_held_is_one_number_with_one_error(mixed: Any) -> None:
    assert np.isinf(mixed.bandwidth[HELD]).all()
    assert np.isfinite(mixed.bandwidth[["Intercept", "a"]]).all()
    for table in (mixed.coef, mixed.se, mixed.coef_original):
        assert np.ptp(table[HELD].to_numpy(), axis=0).max() < 1e-10
    assert mixed.interval.loc[HELD].isna().all(axis=None)
    text = mixed.summary()
    assert text.count("global ") == 2
    assert "b, c: one coefficient for all places" in text


def test_a_kernel_that_reaches_beyond_everything_gives_the_same() -> None:
    wide = fitted(
        fixed_terms=(), kernel="gaussian", fixed=True, bandwidths=dict.fromkeys(HELD, 1e9)
    )
    held = fitted(kernel="gaussian", fixed=True)
    np.testing.assert_allclose(held.coef, wide.coef, atol=1e-12)
    np.testing.assert_allclose(held.se, wide.se, rtol=1e-10)


def test_moments_and_random_probes_agree(mixed: Any) -> None:
    moments = fitted(engine="moments", inference="none")
    np.testing.assert_allclose(moments.coef, mixed.coef, atol=1e-11)
    random = fitted(inference="stochastic", n_probes=800, seed=1)
    np.testing.assert_allclose(random.se.mean(), mixed.se.mean(), rtol=0.08)


def test_one_varying_term_is_enough_and_the_intercept_can_be_held() -> None:
    held = fitted(fixed_terms=["Intercept", "b", "c"])
    assert np.isfinite(held.bandwidth).sum() == 1
    R = projections(held)
    np.testing.assert_allclose(held.enp, [np.trace(r) for r in R], rtol=1e-8)


def test_what_goes_on_from_a_fit_knows_what_is_held(mixed: Any) -> None:
    y, X, places = sample(1)
    del y
    predicted = sc.predict_gwr(mixed, X, places)
    np.testing.assert_allclose(predicted.coef, mixed.coef.reindex(X.index), atol=1e-3)
    assert np.ptp(predicted.coef[HELD].to_numpy(), axis=0).max() < 1e-12
    tested = sc.spatial_variability(mixed, n_permutations=19, seed=1)
    assert list(tested.table.index) == ["Intercept", "a"]
    assert sc.local_collinearity(mixed).condition_number.notna().all()
    intervals = sc.coefficient_intervals(mixed, n_draws=100, seed=1)
    assert np.ptp(intervals.low[HELD].to_numpy(), axis=0).max() < 1e-5
    compared = sc.compare_models(mixed)
    assert np.isinf(compared.bandwidths.loc[HELD]).all(axis=None)


def test_charts_and_maps_leave_its_bandwidth_out(mixed: Any) -> None:
    import geopandas as gpd

    _, _, places = sample(1)
    areas = gpd.GeoDataFrame(
        geometry=gpd.points_from_xy(places["x"] * 1e3, places["y"] * 1e3).buffer(2e3),
        index=places.index,
        crs=3857,
    )
    table = sc.map_bandwidths(mixed, areas).table
    assert set(table.index.get_level_values("covariate")) == {"Intercept", "a"}
    assert sc.chart_bandwidths(mixed).table.loc[HELD, "bandwidth"].isna().all()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"fixed_terms": ["d"]}, "fixed_terms has names that are no term: d"),
        ({"fixed_terms": "b"}, "must be a list"),
        ({"fixed_terms": ["Intercept", "a", "b", "c"]}, "nothing would vary"),
        ({"bandwidths": {"b": 40}}, "b: in fixed_terms"),
        ({"engine": "pysal"}, "fixed_terms"),
    ],
)
def test_what_cannot_be_is_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ParameterError, match=words):
        fitted(**settings)


def coverage(runs: int, n: int = N) -> dict[str, float]:
    """Give how often 95% intervals hold the coefficients that are the same everywhere."""
    held = {"b": 0, "c": 0}
    for run in range(runs):
        fit = sc.mgwr(*sample(10_000 + run, n), fixed_terms=HELD, standardize=False)
        width = fit.critical_t[0.05] * fit.se.iloc[0]
        for name, true in (("b", 0.7), ("c", -0.3)):
            held[name] += abs(fit.coef[name].iloc[0] - true) <= width[name]
    return {name: times / runs for name, times in held.items()}


def test_intervals_hold_what_is_the_same_everywhere() -> None:
    """Of 2,000 coefficients .944; here 60."""
    assert min(coverage(30).values()) >= 0.8


if __name__ == "__main__":
    import warnings

    warnings.simplefilter("ignore")
    print(coverage(1000))
