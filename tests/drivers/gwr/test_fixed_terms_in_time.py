"""Coefficients that are the same everywhere and at all times, in MGTWR."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import ParameterError
from tests.drivers.gwr.test_multiscale_time import Panel, _weights

pytestmark = pytest.mark.filterwarnings("ignore::spatialccd.errors.BandwidthWarning")

UNITS, TIMES, HELD = 20, range(2015, 2019), ["b", "c"]
SCALES = {"Intercept": 8.0, "a": 0.0}
BANDWIDTHS: dict[str, dict[str, float]] = {
    "bisquare": {"Intercept": 30, "a": 45},
    "gaussian": {"Intercept": 25.0, "a": 40.0},
}


def sample(seed: int, units: int = UNITS) -> Panel:
    """Give y of a slope that rises to the east, a level that moves, and two that are constant."""
    rng = np.random.default_rng(seed)
    unit = pd.Index([f"u{i:02d}" for i in range(units)], name="unit")
    places = pd.DataFrame(rng.uniform(0, 100, (units, 2)), unit, ["x", "y"])
    rows = pd.MultiIndex.from_product([unit, TIMES], names=["unit", "time"])
    X = pd.DataFrame(rng.normal(size=(len(rows), 3)), rows, ["a", "b", "c"])
    east, north = places.reindex(rows.get_level_values(0)).to_numpy().T
    year = np.asarray(rows.get_level_values(1)) - 2016.5
    y = X["a"] * east / 50 + 0.7 * X["b"] - 0.3 * X["c"] + np.sin(north / 20) + 0.4 * year
    return (y + 0.5 * rng.normal(size=len(rows))).rename("y"), X, places


def fitted(kernel: str = "bisquare", data: Panel | None = None, **settings: Any) -> Any:
    given = {
        "kernel": kernel,
        "fixed": kernel == "gaussian",
        "bandwidths": BANDWIDTHS[kernel],
        "time_scales": SCALES,
        "fixed_terms": HELD,
        "tol": 1e-13,
        "max_iter": 2000,
    }
    return sc.mgtwr(*(data or sample(1)), **{**given, **settings})


@pytest.fixture(scope="module")
def mixed() -> Any:
    return fitted()


def projections(data: Panel, kernel: str) -> np.ndarray:
    """Solve f_j + A_j sum_l f_l = A_j y for all terms as one dense system, (k, n, n)."""
    y, X, _ = data
    n = len(y)
    x = np.column_stack([np.ones(n), X])
    smoothers = []
    for j, name in enumerate(["Intercept", *X.columns]):
        if name in HELD:
            w = np.ones((n, n))
        else:
            b, gauss = BANDWIDTHS[kernel][name], kernel == "gaussian"
            w = _weights(data, b, SCALES[name], fixed=gauss, causal=False, gauss=gauss)
        weighted = w * x[:, j]
        smoothers.append(weighted * (x[:, j] / (weighted @ x[:, j]))[:, None])
    k = len(smoothers)
    rows = [[np.eye(n) if i == j else smoothers[i] for j in range(k)] for i in range(k)]
    solution, *_ = np.linalg.lstsq(np.block(rows), np.vstack(smoothers), rcond=None)
    return solution.reshape(k, n, n)


@pytest.mark.parametrize("kernel", ["bisquare", "gaussian"])
@pytest.mark.compares("mgtwr", against="the backfitting's limit as one dense system")
def test_all_is_that_of_the_dense_system(kernel: str) -> None:
    """1e-10 of coefficients of the order of 1; standard errors to nine figures."""
    data = sample(1)
    fit = fitted(kernel, data, standardize=False)
    R = projections(data, kernel)
    y, X, _ = data
    x = np.column_stack([np.ones(len(y)), X])
    beta = np.stack([r @ y.to_numpy() for r in R]).T / x
    np.testing.assert_allclose(fit.coef, beta, rtol=0, atol=1e-10)
    enp = np.array([np.trace(r) for r in R])
    np.testing.assert_allclose(fit.enp, enp, rtol=1e-9)
    np.testing.assert_allclose(fit.enp[HELD], 1, rtol=1e-9)
    residual = y.to_numpy() - np.sum(R, axis=0) @ y.to_numpy()
    sigma2 = float(residual @ residual) / (len(y) - enp.sum())
    assert fit.sigma2 == pytest.approx(sigma2, rel=1e-9)
    se = np.sqrt(np.stack([(r**2).sum(axis=1) for r in R]).T / x**2 * sigma2)
    np.testing.assert_allclose(fit.se, se, rtol=1e-8)


@pytest.mark.compares("mgtwr", against="mgwr with fixed_terms, of one time")
def test_of_one_time_it_is_mgwr() -> None:
    y, X, places = sample(2, 90)
    now = y.index.get_level_values(1) == 2016
    one = sc.mgtwr(y[now], X[now], places, fixed_terms=HELD)
    flat = sc.mgwr(y[now].droplevel(1), X[now].droplevel(1), places, fixed_terms=HELD)
    assert one.bandwidth.to_list() == flat.bandwidth.to_list()
    for part in ("coef", "se", "t"):
        np.testing.assert_allclose(
            getattr(one, part).droplevel(1), getattr(flat, part), rtol=1e-9, atol=1e-9
        )
    assert one.aicc == pytest.approx(flat.aicc, rel=1e-9)


def test_a_kernel_that_reaches_beyond_everything_gives_the_same() -> None:
    far = {"bandwidths": {**BANDWIDTHS["gaussian"], "b": 1e9, "c": 1e9}}
    wide = fitted("gaussian", fixed_terms=(), time_scales={**SCALES, "b": 1.0, "c": 1.0}, **far)
    held = fitted("gaussian")
    np.testing.assert_allclose(held.coef, wide.coef, atol=1e-11)
    np.testing.assert_allclose(held.se, wide.se, rtol=1e-9)


def test_what_is_held_is_one_number_and_has_no_time_scale(mixed: Any) -> None:
    for table in (mixed.coef, mixed.se, mixed.coef_original):
        assert np.ptp(table[HELD].to_numpy(), axis=0).max() < 1e-10
    assert np.isinf(mixed.bandwidth[HELD]).all()
    assert mixed.interval.loc[HELD].isna().all(axis=None)
    assert mixed.time_scale[HELD].isna().all()
    assert mixed.tau[HELD].isna().all()
    assert mixed.time_scale[["Intercept", "a"]].to_list() == [8.0, 0.0]
    assert mixed.history[["time_scale_b", "time_scale_c"]].isna().all(axis=None)
    reach = mixed.space_time.loc["b"]
    assert reach[["time_scale", "tau"]].isna().all()
    assert np.isinf(reach[["bandwidth", "spatial_bandwidth", "temporal_bandwidth"]]).all()
    assert reach["times"] == len(TIMES)
    table = mixed.further()["bandwidths"]
    assert table.loc[HELD, ["time_scale", "tau"]].isna().all(axis=None)


def test_it_is_told_in_words(mixed: Any) -> None:
    text = mixed.summary()
    assert text.count("global ") == 2
    kernels = text.split("Kernel in space and time")[1].split("Local regression")[0]
    assert kernels.count("none") == 4
    assert "b, c: one coefficient for all places and times, as fixed_terms has it." in text
    assert "so many units of distance: Intercept 8, a 0." in text


def test_the_others_are_searched() -> None:
    found = sc.mgtwr(
        *sample(3), fixed_terms=HELD, start_bandwidth=40, start_time_scale=8.0, min_bandwidth=12
    )
    assert found.converged
    assert np.isfinite(found.bandwidth[["Intercept", "a"]]).all()
    assert set(found.scales["term"]) == {"Intercept", "a"}
    assert set(found.curve["term"]) == {"Intercept", "a"}


@pytest.mark.parametrize("kernel", ["bisquare", "gaussian"])
def test_random_probes_agree(kernel: str) -> None:
    exact = fitted(kernel)
    random = fitted(kernel, inference="stochastic", n_probes=800, seed=1)
    np.testing.assert_allclose(random.se.mean(), exact.se.mean(), rtol=0.08)


def test_the_intercept_can_be_held_and_one_varying_term_is_enough() -> None:
    held = fitted(fixed_terms=["Intercept", *HELD], bandwidths={"a": 45}, time_scales={"a": 5.0})
    assert held.start_bandwidth == 45
    assert held.start_time_scale == 5.0
    assert np.isfinite(held.bandwidth).sum() == 1
    assert np.isfinite(held.se).all(axis=None)


def test_what_goes_on_from_a_fit_knows_what_is_held(mixed: Any) -> None:
    y, X, places = sample(1)
    whole = sc.predict_gwr(mixed, X, places)
    np.testing.assert_allclose(whole.predicted.reindex(y.index), mixed.fitted, atol=1e-7)
    later = sc.predict_gwr(mixed, X.xs(2016, level=1), places + 1.5, time=2016.5)
    for name in HELD:
        np.testing.assert_allclose(later.coef[name], mixed.coef[name].iloc[0], atol=1e-10)
    assert sc.local_collinearity(mixed).condition_number.notna().all()
    intervals = sc.coefficient_intervals(mixed, n_draws=100, seed=1)
    assert np.ptp(intervals.low[HELD].to_numpy(), axis=0).max() < 1e-5
    assert np.isinf(sc.compare_models(mixed).bandwidths.loc[HELD]).all(axis=None)
    assert sc.chart_bandwidths(mixed).table.loc[HELD, "bandwidth"].isna().all()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"fixed_terms": ["d"]}, "fixed_terms has names that are no term: d"),
        ({"fixed_terms": ["Intercept", "a", "b", "c"], "bandwidths": None}, "nothing would vary"),
        ({"bandwidths": {"b": 40}}, "b: in fixed_terms"),
        ({"time_scales": {"c": 3.0}}, "c: in fixed_terms, the same at all times"),
        ({"causal": True}, "the future counts too"),
    ],
)
def test_what_cannot_be_is_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ParameterError, match=words):
        fitted(**settings)


def coverage(
    runs: int, units: int = UNITS, first: int = 0, low: float | None = None
) -> dict[str, float]:
    """Give how often 95% intervals hold the coefficients that are the same everywhere."""
    held = {"b": 0, "c": 0}
    for run in range(first, first + runs):
        fit = sc.mgtwr(
            *sample(10_000 + run, units),
            fixed_terms=HELD,
            standardize=False,
            start_bandwidth=40,
            start_time_scale=8.0,
            min_bandwidth=low,
            n_jobs=1,
        )
        width = fit.critical_t[0.05] * fit.se.iloc[0]
        for name, true in (("b", 0.7), ("c", -0.3)):
            held[name] += abs(fit.coef[name].iloc[0] - true) <= width[name]
    return {name: times / runs for name, times in held.items()}


def test_intervals_hold_what_is_the_same_everywhere() -> None:
    """Of 2,000 coefficients .926 where bandwidths start at 20 rows; here 40."""
    assert min(coverage(20).values()) >= 0.75


if __name__ == "__main__":
    import warnings

    warnings.simplefilter("ignore")
    for low in (20, None):  # None: 26 rows
        print(low, coverage(1000, low=low), flush=True)
