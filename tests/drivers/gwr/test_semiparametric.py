"""GWR some of whose coefficients are the same everywhere."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.drivers.gwr import _engine, _semiparametric_fit
from spatialccd.drivers.gwr._around import around_terms
from spatialccd.drivers.gwr._neighbors import Neighbors
from spatialccd.drivers.gwr._refit import coefficients_of_many
from spatialccd.errors import ParameterError, SingularDesignError
from tests.drivers.gwr.test_fixed_terms import HELD, N, sample

pytestmark = pytest.mark.filterwarnings("ignore::spatialccd.errors.BandwidthWarning")


def fitted(**settings: Any) -> Any:
    return sc.gwr(*sample(1), **{"fixed_terms": HELD, **settings})


@pytest.fixture(scope="module")
def mixed() -> Any:
    return fitted()


class Dense(NamedTuple):
    """What gives each coefficient from y, (n, k, n), and the hat matrix."""

    rows: np.ndarray
    hat: np.ndarray


def dense(design: Any, held: Any, weights: Any, seen: Any = None) -> Dense:
    """Build both from the formulas; at other places by `weights` (m, n) and covariates `seen`."""
    X, n = design.X, len(design.y)
    V, A = X[:, ~held], X[:, held]

    def local(w: Any) -> Any:
        return np.array([np.linalg.solve(V.T @ (v[:, None] * V), V.T * v) for v in w])

    own = Neighbors(design.space).weights(weights) if np.isscalar(weights) else weights[0]
    M = np.eye(n) - np.einsum("nk,nkj->nj", V, local(own))
    P = np.linalg.solve(A.T @ M.T @ M @ A, A.T @ M.T @ M)
    seen = X if seen is None else seen
    at = own if np.isscalar(weights) else weights[1]
    rows = np.empty((len(at), X.shape[1], n))
    rows[:, held] = P
    rows[:, ~held] = local(at) @ (np.eye(n) - A @ P)
    return Dense(rows, np.einsum("mk,mkn->mn", seen, rows))


def of(fit: Any, bandwidth: float | None = None) -> Dense:
    held = np.isinf(fit.bandwidth.to_numpy())
    return dense(fit.design, held, float(bandwidth or fit.bandwidth[~held].iloc[0]))


def criteria(y: Any, hat: Any) -> dict[str, float]:
    """Give rss and criteria of mgwr's formulas."""
    n, trace = len(y), np.trace(hat)
    rss = float(((y - hat @ y) ** 2).sum())
    deviance = n * np.log(rss / n) + n * np.log(2 * np.pi) + n
    return {
        "rss": rss,
        "aicc": deviance + 2 * n * (trace + 1) / (n - trace - 2),
        "aic": deviance + 2 * (trace + 1),
        "bic": deviance + np.log(n) * (trace + 1),
        "sigma2": rss / (n - trace),
    }


@pytest.mark.compares("gwr", against="a dense computation of the two steps")
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"kernel": "gaussian", "bandwidth": 30, "standardize": False},
        {"kernel": "exponential", "fixed": True, "bandwidth": 15.0},
        {"kernel": "bisquare", "fixed": True, "bandwidth": 45.0, "fixed_terms": ["a", "Intercept"]},
        {"fixed_terms": ["a", "b", "c"], "bandwidth": 25},
        {"fixed_terms": ["Intercept"], "bandwidth": 40},
    ],
)
def test_figures_are_those_of_the_dense_formulas(settings: dict[str, Any]) -> None:
    fit = fitted(**settings)
    rows, hat = of(fit)
    units, y = fit.design.units, fit.design.y
    told = {name: getattr(fit, name) for name in ("rss", "aicc", "aic", "bic", "sigma2")}
    expected = criteria(y, hat)
    np.testing.assert_allclose(list(told.values()), list(expected.values()), rtol=1e-10)
    np.testing.assert_allclose(fit.coef.reindex(units), rows @ y, rtol=1e-10, atol=1e-12)
    se = np.sqrt((rows**2).sum(axis=2) * expected["sigma2"])
    np.testing.assert_allclose(fit.se.reindex(units), se, rtol=1e-10)
    np.testing.assert_allclose(
        fit.enp, np.einsum("nk,nkn->k", fit.design.X, rows), rtol=1e-10, atol=1e-12
    )
    leverage, residual = np.diag(hat), y - hat @ y
    np.testing.assert_allclose(fit.leverage.reindex(units), leverage, rtol=1e-9, atol=1e-12)
    cooks = residual**2 * leverage / (expected["sigma2"] * np.trace(hat) * (1 - leverage) ** 2)
    np.testing.assert_allclose(fit.cooks_distance.reindex(units), cooks, rtol=1e-9, atol=1e-12)


def test_what_is_held_is_one_number_and_one_test(mixed: Any) -> None:
    assert np.isinf(mixed.bandwidth[HELD]).all()
    assert mixed.bandwidth[["Intercept", "a"]].nunique() == 1
    for table in (mixed.coef, mixed.se):
        assert np.ptp(table[HELD].to_numpy(), axis=0).max() == 0
    np.testing.assert_allclose(mixed.enp[HELD], 1, rtol=1e-12)
    assert mixed.interval.loc[HELD].isna().all(axis=None)
    assert mixed.interval.loc["a"].notna().all()
    alpha = mixed.further()["bandwidths"]["alpha"]
    assert (alpha[HELD] == 0.05).all()
    np.testing.assert_allclose(alpha["a"], 0.05 * 2 / mixed.enp[["Intercept", "a"]].sum())
    text = mixed.summary()
    assert text.count("global ") == 2
    assert "b, c: one coefficient for all places" in text
    assert "closed form" in text


@pytest.mark.compares("gwr", against="a dense computation of the two steps")
@pytest.mark.parametrize("criterion", ["aicc", "aic", "bic"])
def test_the_search_is_for_the_criterion_of_the_whole_model(criterion: str) -> None:
    fit = fitted(criterion=criterion, search="exhaustive", min_bandwidth=20, max_bandwidth=45)
    curve = fit.curve.set_index("bandwidth")["criterion"]
    assert curve.index.tolist() == list(range(20, 46))
    expected = [criteria(fit.design.y, of(fit, b).hat)[criterion] for b in curve.index]
    np.testing.assert_allclose(curve, expected, rtol=1e-10)
    assert fit.bandwidth["a"] == curve.idxmin()
    np.testing.assert_allclose(getattr(fit, criterion), curve.min(), rtol=1e-12)
    golden = fitted(criterion=criterion, min_bandwidth=20, max_bandwidth=45)
    np.testing.assert_allclose(golden.curve["criterion"], expected, rtol=1e-10)
    missed = golden.bandwidth["a"] != fit.bandwidth["a"]
    assert len(golden.missed) == int(missed)


def test_a_curve_that_costs_too_much_is_of_what_was_visited(
    monkeypatch: pytest.MonkeyPatch, mixed: Any
) -> None:
    monkeypatch.setattr(_semiparametric_fit, "_PAIRS", 1)
    short = fitted()
    assert len(short.curve) < len(mixed.curve)
    assert short.bandwidth.equals(mixed.bandwidth)


@pytest.mark.compares("gwr", against="ordinary least squares")
def test_a_kernel_that_reaches_everything_gives_the_global_regression() -> None:
    fit = fitted(kernel="gaussian", fixed=True, bandwidth=1e9)
    np.testing.assert_allclose(fit.coef.iloc[0], fit.ols["coef"], rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(fit.se.iloc[0], fit.ols["se"], rtol=1e-10)
    np.testing.assert_allclose(fit.aicc, fit.ols_fit["aicc"], rtol=1e-10)


def test_mgwr_ends_at_another_estimate_of_the_same_model() -> None:
    """Backfitted with one varying term: X'M X in place of X'M'M X, M = I - S."""
    held = ["a", "b", "c"]
    b = 30
    two_steps = fitted(fixed_terms=held, bandwidth=b)
    backfitted = sc.mgwr(*sample(1), fixed_terms=held, bandwidths={"Intercept": b}, tol=1e-12)
    design = two_steps.design
    weights = Neighbors(design.space).weights(b)
    M = np.eye(N) - weights / weights.sum(axis=1, keepdims=True)
    A, y = design.X[:, 1:], design.y
    for fit, left in ((two_steps, A.T @ M.T @ M), (backfitted, A.T @ M)):
        np.testing.assert_allclose(
            fit.coef[held].iloc[0], np.linalg.solve(left @ A, left @ y), rtol=1e-7
        )
    apart = (two_steps.coef[held] - backfitted.coef[held]).abs().iloc[0].max()
    assert 1e-4 < apart < 0.1


@pytest.mark.compares("predict_gwr", against="a dense computation of the two steps")
@pytest.mark.parametrize("terms", [HELD, ["Intercept", "c"]])
def test_prediction_at_new_places_is_that_of_the_dense_formulas(terms: list[str]) -> None:
    y, X, places = sample(3)
    fit = sc.gwr(y[:70], X[:70], places[:70], fixed_terms=terms, kernel="gaussian", bandwidth=30)
    ahead = sc.predict_gwr(fit, X[70:], places[70:])
    design, held = fit.design, np.isinf(fit.bandwidth.to_numpy())
    seen = (X[70:].to_numpy() - design.scale.X_mean[1:]) / design.scale.X_sd[1:]
    seen = np.column_stack([np.ones(20), seen])
    weights = [
        Neighbors(design.space, focal).weights(30)
        for focal in (design.space.xy, places[70:].to_numpy())
    ]
    rows, hat = dense(design, held, weights, seen)
    unit = design.scale.y_sd
    np.testing.assert_allclose(ahead.coef, rows @ design.y, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(
        ahead.predicted, hat @ design.y * unit + design.scale.y_mean, rtol=1e-10, atol=1e-12
    )
    se = np.sqrt(fit.sigma2 * (1 + (hat**2).sum(axis=1))) * unit
    np.testing.assert_allclose(ahead.se, se, rtol=1e-10)


def test_at_the_places_fitted_a_prediction_is_the_fit(mixed: Any) -> None:
    _, X, places = sample(1)
    again = sc.predict_gwr(mixed, X, places)
    np.testing.assert_allclose(again.predicted, mixed.fitted, rtol=1e-10)
    np.testing.assert_allclose(again.coef, mixed.coef, rtol=1e-10)


def test_many_responses_are_fitted_as_one(mixed: Any) -> None:
    Y = np.random.default_rng(5).normal(size=(N, 19))
    beta = coefficients_of_many(mixed, around_terms(mixed), Y)
    expected = np.einsum("nkj,jm->mnk", of(mixed).rows, Y)
    np.testing.assert_allclose(beta, expected, rtol=1e-9, atol=1e-11)


def test_tools_that_go_on_from_a_fit_know_what_is_held(mixed: Any) -> None:
    y, X, places = sample(1)
    for settings in ({}, {"null": "places"}, {"search": True}):
        tested = sc.spatial_variability(mixed, n_permutations=9, seed=1, **settings)
        assert list(tested.table.index) == ["Intercept", "a"]
        assert tested.table.loc["a", "p"] == 0.1
    intervals = sc.coefficient_intervals(mixed, n_draws=100, seed=1)
    assert np.ptp(intervals.low[HELD].to_numpy(), axis=0).max() < 1e-12
    assert np.ptp(intervals.low["a"]) > 0.1
    compared = sc.compare_models(mixed, sc.gwr(y, X, places))
    assert np.isinf(compared.bandwidths.loc[HELD, "GWR 1"]).all()
    assert compared.table.loc["ENP", "GWR 1"] < compared.table.loc["ENP", "GWR 2"]
    assert sc.chart_bandwidths(mixed).table.loc[HELD, "bandwidth"].isna().all()


def test_collinearity_is_that_of_the_local_regressions(mixed: Any) -> None:
    y, X, places = sample(1)
    alone = sc.gwr(y, X[["a"]], places, bandwidth=mixed.bandwidth["a"])
    found, expected = sc.local_collinearity(mixed), sc.local_collinearity(alone)
    pd.testing.assert_frame_equal(found.to_frame(), expected.to_frame())
    without = fitted(fixed_terms=["Intercept", "a"], bandwidth=40)
    assert sc.local_collinearity(without).vif.columns.tolist() == ["b", "c"]
    alone = sc.local_collinearity(fitted(fixed_terms=["a", "b", "c"], bandwidth=40))
    assert (alone.condition_number == 1).all()
    assert alone.vif.shape == (N, 0)


def test_threads_do_not_move_a_figure() -> None:
    one, two = (
        sc.gwr(*sample(2, 900), fixed_terms=HELD, bandwidth=200, n_jobs=jobs) for jobs in (1, 2)
    )
    pd.testing.assert_frame_equal(one.to_frame(), two.to_frame(), check_exact=True)
    assert one.aicc == two.aicc


def test_of_many_units_neighbors_are_sorted_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_engine, "MANY", 50)
    assert sc.gwr(*sample(1)).settings["engine"] == "moments"
    assert fitted().settings["engine"] == "sorted"


def test_a_map_has_the_terms_that_vary(mixed: Any) -> None:
    import geopandas as gpd

    _, _, places = sample(1)
    areas = gpd.GeoDataFrame(
        geometry=gpd.points_from_xy(places["x"] * 1e3, places["y"] * 1e3).buffer(2e3),
        index=places.index,
        crs=3857,
    )
    table = sc.map_bandwidths(mixed, areas).table
    assert set(table.index.get_level_values("covariate")) == {"Intercept", "a"}


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"fixed_terms": ["d"]}, "fixed_terms has names that are no term: d"),
        ({"fixed_terms": "b"}, "must be a list"),
        ({"fixed_terms": ["Intercept", "a", "b", "c"]}, "nothing would vary"),
        ({"criterion": "cv"}, "criterion='cv'"),
        ({"engine": "moments"}, "engine='moments'"),
        ({"client": object()}, "leave client out"),
        ({"bandwidth": 30.5}, "whole number"),
    ],
)
def test_what_cannot_be_is_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ParameterError, match=words):
        fitted(**settings)


@pytest.mark.parametrize(
    ("family", "words"), [("gaussian", "engine='pysal'"), ("poisson", "family='poisson'")]
)
def test_other_families_and_mgwr_are_refused(family: str, words: str) -> None:
    pytest.importorskip("mgwr")
    y, X, places = sample(1)
    with pytest.raises(ParameterError, match=f"fixed_terms and {words}"):
        sc.gwr(y.abs().round(), X, places, fixed_terms=HELD, family=family, engine="pysal")  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def two_towns() -> tuple[pd.Series, pd.DataFrame, pd.DataFrame]:
    """Give two groups of places far from one another, and a column that tells them apart."""
    y, X, places = sample(4)
    east = np.arange(N) % 2
    places = places.assign(x=places["x"] + 1e4 * east)
    return y, X.assign(east=east.astype(float)), places


def test_what_the_varying_terms_explain_cannot_be_held(two_towns: Any) -> None:
    with pytest.raises(SingularDesignError, match=r"east: no one coefficient.*Intercept, a"):
        sc.gwr(*two_towns, fixed_terms=["b", "c", "east"], bandwidth=30)
    with pytest.raises(SingularDesignError, match=r"east: no one coefficient.*bandwidth 40"):
        sc.gwr(*two_towns, fixed_terms=["b", "c", "east"], max_bandwidth=40)
    wide = sc.gwr(*two_towns, fixed_terms=["b", "c", "east"], search="exhaustive")
    assert wide.bandwidth["a"] > N / 2


def test_varying_terms_that_depend_on_one_another_are_named(two_towns: Any) -> None:
    with pytest.raises(SingularDesignError, match=r"east depends linearly on Intercept, a around"):
        sc.gwr(*two_towns, fixed_terms=["b", "c"], bandwidth=30)
    y, X, places = two_towns
    fit = sc.gwr(y, X, places, fixed_terms=["b", "c"], kernel="gaussian", bandwidth=60)
    assert np.isfinite(fit.aicc)


def coverage(runs: int, n: int = N) -> dict[str, float]:
    """Give how often 95% intervals hold the coefficients that are the same everywhere."""
    held = {"b": 0, "c": 0}
    for run in range(runs):
        fit = sc.gwr(*sample(10_000 + run, n), fixed_terms=HELD, standardize=False)
        width = fit.critical_t[0.05] * fit.se.iloc[0]
        for name, true in (("b", 0.7), ("c", -0.3)):
            held[name] += abs(fit.coef[name].iloc[0] - true) <= width[name]
    return {name: times / runs for name, times in held.items()}


def coverage_of_surfaces(runs: int, n: int = N) -> dict[str, float]:
    """Give at how many places ``coefficient_intervals`` hold the coefficients that vary."""
    held = {"Intercept": 0.0, "a": 0.0}
    for run in range(runs):
        y, X, places = sample(10_000 + run, n)
        fit = sc.gwr(y, X, places, fixed_terms=HELD, standardize=False)
        found = sc.coefficient_intervals(fit, n_draws=200, seed=1)
        truth = {"Intercept": np.sin(places["y"] / 20), "a": places["x"] / 50}
        for name, true in truth.items():
            held[name] += true.between(found.low[name], found.high[name]).mean() / runs
    return held


def test_intervals_of_what_varies_hold_it_at_most_places() -> None:
    """Of 500 samples .93 and .94 of places; here 6."""
    assert min(coverage_of_surfaces(6).values()) >= 0.8


def test_intervals_hold_what_is_the_same_everywhere() -> None:
    """Of 2,000 coefficients .963; here 60."""
    assert min(coverage(30).values()) >= 0.8


if __name__ == "__main__":
    import warnings

    warnings.simplefilter("ignore")
    print(coverage(1000), coverage_of_surfaces(500))
