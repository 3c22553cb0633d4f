"""MGTWR beside backfitting written out, beside mgwr, and beside what mgtwr printed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.drivers.gwr._neighbors import Neighbors
from spatialccd.drivers.gwr._product import Product, fits
from spatialccd.drivers.gwr._space import Space
from spatialccd.errors import EstimationError, ParameterError
from tests.drivers.gwr.mgtwr_example import example

Panel = tuple[pd.Series, pd.DataFrame, pd.DataFrame]
TERMS = ("Intercept", "roads", "schools")


@pytest.fixture(scope="module")
def panel() -> Panel:
    """One coefficient grows from west to east, another from year to year."""
    rng = np.random.default_rng(5)
    unit = pd.Index([f"u{i:02d}" for i in range(36)], name="unit")
    places = pd.DataFrame(rng.uniform(0, 1000, (36, 2)), index=unit, columns=["x", "y"])
    rows = pd.MultiIndex.from_product([unit, range(2015, 2020)], names=["unit", "time"])
    X = pd.DataFrame(rng.normal(size=(180, 2)), rows, list(TERMS[1:]))
    east = places["x"].reindex(rows.get_level_values(0)).to_numpy() / 250
    year = np.asarray(rows.get_level_values(1)) - 2017.0
    y = X["roads"] * east + X["schools"] * year + rng.normal(size=180)
    return pd.Series(y, rows, name="y"), X, places


def _weights(
    panel: Panel, b: float, scale: float, *, fixed: bool, causal: bool, gauss: bool = False
) -> np.ndarray:
    """Write the kernel out, row by row."""
    y, _, places = panel
    xy = places.reindex(y.index.get_level_values(0)).to_numpy()
    t = y.index.get_level_values(1).to_numpy(dtype=float)
    w = np.zeros((len(y), len(y)))
    for i in range(len(y)):
        d = np.sqrt(((xy - xy[i]) ** 2).sum(axis=1) + (scale * (t - t[i])) ** 2)
        seen = t <= t[i] if causal else np.ones(len(y), bool)
        h = b if fixed else np.sort(d[seen])[min(int(b), seen.sum()) - 1] * 1.0000001
        w[i] = np.exp(-0.5 * (d / h) ** 2) if gauss else np.where(d < h, (1 - (d / h) ** 2) ** 2, 0)
        w[i, ~seen] = 0
    return w


def _backfitted(panel: Panel, smoothers: list[np.ndarray], start: np.ndarray) -> np.ndarray:
    """Backfit with weights given until it stands, on columns as they are."""
    y, X, _ = panel
    x = np.column_stack([np.ones(len(y)), X])
    f = x * start
    for _ in range(2000):
        before = f.copy()
        for j, w in enumerate(smoothers):
            partial = y.to_numpy() - f.sum(axis=1) + f[:, j]
            f[:, j] = x[:, j] * (w @ (x[:, j] * partial)) / (w @ x[:, j] ** 2)
        if np.abs(f - before).max() < 1e-14:
            break
    return f / x


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize(
    ("fixed", "gauss", "bandwidths"),
    [(False, False, (60, 45, 70)), (True, False, (500, 450, 600)), (True, True, (250, 200, 300))],
)
@pytest.mark.compares("mgtwr", against="backfitting written out")
def test_coefficients_and_inference_are_those_of_backfitting_written_out(
    panel: Panel, fixed: bool, gauss: bool, bandwidths: tuple[float, ...], causal: bool
) -> None:
    y, X, places = panel
    scales = (80.0, 0.0, 150.0)
    fit = sc.mgtwr(
        *panel,
        kernel="gaussian" if gauss else "bisquare",
        fixed=fixed,
        bandwidths=dict(zip(TERMS, bandwidths, strict=True)),
        time_scales=dict(zip(TERMS, scales, strict=True)),
        causal=causal,
        standardize=False,
        tol=1e-13,
        max_iter=2000,
    )
    kernels = [
        _weights(panel, b, s, fixed=fixed, causal=causal, gauss=gauss)
        for b, s in zip(bandwidths, scales, strict=True)
    ]
    expected = _backfitted(panel, kernels, np.zeros((len(y), 3)))
    np.testing.assert_allclose(fit.coef, expected, rtol=0, atol=1e-9)
    # The projections: what backfitting makes of each unit vector.
    rows = []
    for i in range(0, len(y), 40):
        unit = pd.Series(0.0, y.index)
        unit.iloc[i] = 1.0
        rows.append(_backfitted((unit, X, places), kernels, np.zeros((len(y), 3))))
    assert fit.enp.sum() == pytest.approx(float(fit.leverage.sum()))
    x = np.column_stack([np.ones(len(y)), X])
    for i, effect in zip(range(0, len(y), 40), rows, strict=True):
        assert fit.leverage.iloc[i] == pytest.approx((x * effect)[i].sum(), abs=1e-8)
    assert fit.tau.to_list() == pytest.approx([s**2 for s in scales])
    assert fit.bandwidth.to_list() == list(bandwidths)


@pytest.mark.compares("mgtwr", against="mgwr, of one time")
def test_of_one_time_it_is_mgwr(panel: Panel) -> None:
    y, X, places = panel
    now = y.index.get_level_values(1) == 2016
    one = sc.mgtwr(y[now], X[now], places, min_bandwidth=6)
    flat = sc.mgwr(y[now].droplevel(1), X[now].droplevel(1), places, min_bandwidth=6)
    assert one.bandwidth.to_list() == flat.bandwidth.to_list()
    for part in ("coef", "se", "t"):
        np.testing.assert_allclose(
            getattr(one, part).droplevel(1), getattr(flat, part), rtol=1e-9, atol=1e-9
        )
    assert one.aicc == pytest.approx(flat.aicc, rel=1e-9)
    assert (one.time_scale == 0).all()


def test_wide_kernels_give_the_global_regression(panel: Panel) -> None:
    """Everything near: MGTWR, GTWR and least squares are one."""
    wide = {"kernel": "gaussian", "fixed": True, "standardize": False}
    many = sc.mgtwr(
        *panel,
        **wide,
        bandwidths=dict.fromkeys(TERMS, 1e7),
        time_scales=dict.fromkeys(TERMS, 50.0),
        tol=1e-13,
    )
    one = sc.gtwr(*panel, **wide, bandwidth=1e7, time_scale=50.0)
    np.testing.assert_allclose(many.coef, one.coef, atol=1e-6)
    np.testing.assert_allclose(many.coef.iloc[0], many.ols["coef"], atol=1e-6)
    assert many.enp.sum() == pytest.approx(3, abs=1e-4)


def test_each_covariate_finds_its_own_scales(panel: Panel) -> None:
    fit = sc.mgtwr(*panel, start_bandwidth=60, start_time_scale=50, min_bandwidth=15)
    assert fit.converged
    # schools change from year to year alike everywhere, roads stand still.
    assert fit.time_scale["schools"] > 5 * fit.time_scale["roads"]
    single = sc.gtwr(*panel, bandwidth=46)
    assert fit.aicc < single.aicc - 20
    assert {"bandwidth_roads", "time_scale_schools", "change"} <= set(fit.history)
    tried = fit.scales[fit.scales["term"] == "schools"]
    at = tried.loc[tried["criterion"].idxmin()]
    assert at["time_scale"] == pytest.approx(fit.time_scale["schools"])
    table = fit.further()["space_time"]
    finite = table["time_scale"] > 0
    np.testing.assert_allclose(
        table["temporal_bandwidth"][finite],
        (table["spatial_bandwidth"] / table["time_scale"])[finite],
    )
    assert np.isinf(table["temporal_bandwidth"][~finite]).all()
    assert "Multiscale geographically and temporally" in fit.summary()


def test_prediction_at_observed_rows_is_the_fit_and_elsewhere_is_smoothed(panel: Panel) -> None:
    y, X, places = panel
    fit = sc.mgtwr(
        *panel,
        bandwidths=dict.fromkeys(TERMS, 60),
        time_scales=dict(zip(TERMS, (80.0, 0.0, 150.0), strict=True)),
        tol=1e-12,
        inference="none",
    )
    whole = sc.predict_gwr(fit, X.iloc[::-1], places)
    np.testing.assert_allclose(whole.predicted.reindex(y.index), fit.fitted, atol=1e-7)
    assert whole.se.isna().all()
    assert whole.notes()[0].startswith("MGTWR predictions have no standard errors")
    with pytest.raises(ParameterError, match="a MGTWR predicts for a time"):
        sc.predict_gwr(fit, X.xs(2016, level=1), places)
    there = pd.DataFrame({"x": [410.0], "y": [333.0]}, index=["p"])
    new = pd.DataFrame({"roads": [0.7], "schools": [-1.0]}, index=["p"])
    ahead = sc.predict_gwr(fit, new, there, time=2016.5)
    xy = places.reindex(y.index.get_level_values(0)).to_numpy()
    late = y.index.get_level_values(1).to_numpy() - 2016.5
    x = fit.design.X[:, 2]
    d = np.sqrt(((xy - there.to_numpy()) ** 2).sum(axis=1) + (150 * late) ** 2)
    order = fit.design.units.get_indexer(y.index)
    w = np.clip(1 - (d / (np.sort(d)[59] * 1.0000001)) ** 2, 0, None) ** 2
    inner = np.zeros(len(y))
    inner[order] = w
    part = x * fit.coef["schools"].reindex(fit.design.units)
    rest = fit.design.y - (fit.design.X * fit.coef.reindex(fit.design.units)).sum(axis=1)
    by_hand = (inner * x * (part + rest)).sum() / (inner * x * x).sum()
    assert ahead.coef.loc["p", "schools"] == pytest.approx(by_hand, rel=1e-9)


def test_what_comes_later_does_not_move_a_causal_fit(panel: Panel) -> None:
    y, X, places = panel
    held: dict[str, Any] = {
        "bandwidths": dict.fromkeys(TERMS, 30),
        "time_scales": dict.fromkeys(TERMS, 90.0),
        "causal": True,
        "standardize": False,
        "tol": 1e-12,
    }
    fit = sc.mgtwr(*panel, **held)
    early = y.index.get_level_values(1) <= 2017
    changed = y.where(early, y * -7)
    np.testing.assert_allclose(sc.mgtwr(changed, X, places, **held).coef[early], fit.coef[early])
    single = {"bandwidth": 30, "time_scale": 90.0, "causal": True, "standardize": False}
    np.testing.assert_allclose(
        sc.gtwr(changed, X, places, **single).coef[early],
        sc.gtwr(*panel, **single).coef[early],
    )
    assert any("past count" in note for note in fit.notes())
    with pytest.raises(ParameterError, match="2010: before all times"):
        sc.predict_gwr(fit, X.xs(2016, level=1), places, time=2010)
    few = (y.index.get_level_values(1) > 2015) | (y.index.get_level_values(0) < "u04")
    with pytest.raises(EstimationError, match="4 rows for 3 local coefficients"):
        sc.mgtwr(y[few], X[few], places, **held)


def test_a_causal_gtwr_searches(panel: Panel) -> None:
    """The whole curve in one pass is that of bandwidths one by one."""
    fit = sc.gtwr(*panel, time_scale=60.0, causal=True, search="exhaustive", min_bandwidth=15)
    at = fit.curve.set_index("bandwidth")["criterion"]
    for bandwidth in (fit.bandwidth.iloc[0], 45, 110, 180):
        one = sc.gtwr(*panel, time_scale=60.0, causal=True, bandwidth=bandwidth)
        assert one.aicc == pytest.approx(at[bandwidth], rel=1e-9)


@pytest.mark.parametrize("search", ["golden", "exhaustive"])
def test_causal_searches_of_a_covariate_agree(panel: Panel, search: str) -> None:
    held: dict[str, Any] = {
        "time_scales": dict.fromkeys(TERMS, 60.0),
        "causal": True,
        "start_bandwidth": 60,
    }
    held["min_bandwidth"] = 6
    fit = sc.mgtwr(*panel, **held, search=search, start_time_scale=60.0, inference="none")
    for term, bandwidth in fit.bandwidth.items():
        curve = fit.curve[fit.curve["term"] == term].set_index("bandwidth")["criterion"]
        if search == "exhaustive":
            assert curve[bandwidth] <= curve.min() + 1e-6
        assert np.isfinite(curve[bandwidth])


def test_what_cannot_be_fitted_is_refused(panel: Panel) -> None:
    y, X, places = panel
    with pytest.raises(ParameterError, match="for one time use mgwr"):
        sc.mgtwr(y.xs(2015, level=1), X.xs(2015, level=1), places)
    with pytest.raises(ParameterError, match=r"time_scales has names .*: road .*mean 'roads'"):
        sc.mgtwr(*panel, time_scales={"road": 3})
    with pytest.raises(ParameterError, match="time_scales"):
        sc.mgtwr(*panel, time_scales={"roads": -1})
    fit = sc.gtwr(*panel, bandwidth=60, time_scale=80.0)
    assert fit.tau == pytest.approx(6400)
    with pytest.raises(ParameterError, match="no meaning for a GTWR"):
        sc.spatial_variability(fit)


def test_tools_after_it_use_the_kernel_of_each_term(panel: Panel) -> None:
    y, _, _ = panel
    scales = (80.0, 0.0, 150.0)
    fit = sc.mgtwr(
        *panel,
        bandwidths=dict.fromkeys(TERMS, 60),
        time_scales=dict(zip(TERMS, scales, strict=True)),
    )
    found = sc.local_collinearity(fit)
    i = 37
    kernels = [_weights(panel, 60, s, fixed=False, causal=False)[i] for s in scales]
    order = fit.design.units.get_indexer(y.index)
    weighted = fit.design.X[order] * np.column_stack(kernels)
    weighted /= np.sqrt((weighted**2).sum(axis=0))
    assert found.condition_number.iloc[i] == pytest.approx(np.linalg.cond(weighted), rel=1e-9)
    sure = sc.coefficient_intervals(fit, n_draws=100, seed=1)
    assert (sure.low < sure.high).all().all()
    assert list(sc.compare_models(fit).table.columns) == ["OLS", "MGTWR"]
    with pytest.raises(ParameterError, match="no meaning for a MGTWR"):
        sc.spatial_variability(fit)
    assert sc.chart_bandwidths(fit).table["bandwidth"].to_list() == [60.0] * 3


@pytest.mark.compares("mgtwr", against="mgtwr 2.0.5: R2 of its example, backfitted to the end")
def test_at_the_scales_of_mgtwr_r2_is_that_of_its_backfitting_carried_on() -> None:
    """Its own .99729 is where it stops, at a change of 8e-5."""
    terms = ("Intercept", "x1", "x2")
    fit = sc.mgtwr(
        *example(),
        kernel="gaussian",
        fixed=True,
        standardize=False,
        bandwidths=dict(zip(terms, (0.9, 0.7, 0.5), strict=True)),
        time_scales=dict(zip(terms, np.sqrt([3.6, 0.2, 0.8]), strict=True)),
        start_bandwidth=0.9,
        start_time_scale=1.4**0.5,
        tol=1e-9,
        max_iter=2000,
        inference="none",
    )
    assert fit.r2 == pytest.approx(0.997250652109, abs=1e-9)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::spatialccd.errors.BandwidthWarning")
def test_the_search_finds_better_than_mgtwr_on_its_example() -> None:
    """GTWR: mgtwr ends at (.9, 1.4) with AICc 13,782.96. MGTWR: 12,542.87 at its scales."""
    held = {"kernel": "gaussian", "fixed": True, "standardize": False}
    data = example()
    one = sc.gtwr(*data, **held)
    assert one.bandwidth.iloc[0] == pytest.approx(0.82598, abs=2e-4)
    assert one.tau == pytest.approx(1.0757, abs=1e-3)
    assert one.aicc == pytest.approx(13746.381268, abs=1e-4)
    many = sc.mgtwr(*data, **held)
    assert many.aicc < 12_542 - 200


def test_a_product_of_kernels_is_the_kernel(panel: Panel) -> None:
    """Gaussian sums by places and times are those over all pairs; rows may lack."""
    y, _, places = panel
    rng = np.random.default_rng(2)
    for past, kept in ((False, 180), (True, 180), (True, 150)):
        rows = np.sort(rng.permutation(180)[:kept])
        xy = places.reindex(y.index.get_level_values(0)).to_numpy()[rows]
        t = y.index.get_level_values(1).to_numpy(dtype=float)[rows]
        space = Space(xy, False, "gaussian", True, clock=t, time_scale=90.0, past=past)
        assert fits(space)
        quick, whole = Product(space), Neighbors(space)
        np.testing.assert_allclose(quick.weights(200.0), whole.weights(200.0), atol=1e-15)
        np.testing.assert_array_equal(
            quick.weights(200.0, slice(7, 90)), quick.weights(200.0)[7:90]
        )
        M, w = rng.normal(size=(kept, 70)), whole.weights(200.0)
        np.testing.assert_allclose(quick.times(M, 200.0), w @ M, atol=1e-12)
        np.testing.assert_allclose(quick.after(M.T, 200.0), M.T @ w, atol=1e-12)
        v = rng.normal(size=(2, kept))
        points = np.array([150.0, 400.0])
        expected = whole.weighted_sums(v, points, 1)
        got = quick.weighted_sums(v, points, 1)
        np.testing.assert_allclose(got[0], expected[0], atol=1e-12)
        np.testing.assert_allclose(got[1, :1], expected[1, :1], atol=1e-12)
        np.testing.assert_allclose(quick.distance_range(), whole.distance_range(), rtol=1e-12)
        np.testing.assert_array_equal(quick.nearest(5), whole.nearest(5))
        assert quick.fewest == whole.fewest
        X = np.column_stack([np.ones(kept), rng.normal(size=kept)])
        systems = (X, v[0], 200.0)
        for one, other in zip(
            quick.local_systems(*systems, focal=X, full=True),
            whole.local_systems(*systems, focal=X, full=True),
            strict=True,
        ):
            np.testing.assert_allclose(one, other, atol=1e-11)
