"""GWR of counts and shares: beside GWR4, mgwr, statsmodels and sums over all pairs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import libpysal
import mgwr.gwr as peer
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.optimize import linprog

import spatialccd as sc
from spatialccd.drivers.gwr._design import prepare
from spatialccd.drivers.gwr._families import Response
from spatialccd.drivers.gwr._likelihood import Likelihood
from spatialccd.drivers.gwr._neighbors import Neighbors
from spatialccd.errors import (
    AlignmentError,
    DataError,
    EstimationError,
    ParameterError,
    SingularDesignError,
)
from tests.drivers.gwr.conftest import Field, make_field
from tests.drivers.gwr.family_sizes import covered

pytestmark = pytest.mark.filterwarnings("ignore::spatialccd.errors.BandwidthWarning")

TOKYO = Path(os.path.dirname(libpysal.__file__)) / "examples" / "tokyo"
RATES = ["OCC_TEC", "OWNH", "POP65", "UNEMP"]
#: By case: y, family and offset.
KINDS = ["counts", "rates", "zero-one", "shares"]


def made(kind: str, field: Field) -> tuple[pd.Series, dict[str, Any]]:
    """Give y of a kind, and the settings that go with it."""
    rng = np.random.default_rng(3)
    n = len(field.y)
    east = field.places["x"] / 1000
    linear = 0.3 + 0.5 * field.X["roads"] * east - 0.3 * field.X["schools"]
    share = 1 / (1 + np.exp(-linear))
    size = pd.Series(rng.uniform(1, 20, n), field.y.index)
    if kind == "counts":
        return pd.Series(rng.poisson(np.exp(linear)), field.y.index), {"family": "poisson"}
    if kind == "rates":
        y = pd.Series(rng.poisson(size * np.exp(linear)), field.y.index)
        return y, {"family": "poisson", "offset": size}
    if kind == "zero-one":
        return (share > rng.uniform(size=n)).astype(float), {"family": "binomial"}
    return (share + 0.1 * rng.normal(size=n)).clip(0, 1), {"family": "binomial"}


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let mgwr climb until nothing moves; by itself it stops before (see the last test of it)."""
    monkeypatch.setattr(peer.GWR.fit, "__defaults__", (None, 0.0, 25, "iwls", False, None))


@pytest.mark.compares("gwr", against="GWR4: Tokyo mortality, Poisson")
@pytest.mark.parametrize(
    ("name", "settings", "figures"),
    [
        (
            "BS_NN_OFF",
            {"bandwidth": 100, "offset": "eb2564"},
            [25.145091, 311.245301, 367.110273, 451.261832, 0.675868],
        ),
        ("BS_NN", {"bandwidth": 50}, [51.2007, 13157.417, 13285.297, 13442.520, 0.746852]),
        (
            "GS_F",
            {"bandwidth": 8764.474458, "kernel": "gaussian", "fixed": True},
            [80.249343, 11050.508287, 11283.152841, 11497.364277, 0.787389],
        ),
        (
            "BS_F",
            {"bandwidth": 26029.625402, "fixed": True},
            [66.434760, 13115.103705, 13294.024739, 13485.035334, 0.747666],
        ),
    ],
)
def test_counts_of_tokyo_equal_gwr4(name: str, settings: dict[str, Any], figures: Any) -> None:
    """Nakaya et al. (2005); what GWR4 printed has six decimals and bandwidths that many."""
    data = pd.read_csv(TOKYO / "Tokyomortality.csv")
    table = pd.read_csv(TOKYO / f"tokyo_{name}_listwise.csv", skipinitialspace=True)
    table.columns = table.columns.str.strip()
    settings = settings | {"offset": data[settings["offset"]]} if "offset" in settings else settings
    fit = sc.gwr(
        data["db2564"],
        data[RATES],
        data[["X_CENTROID", "Y_CENTROID"]],
        family="poisson",
        standardize=False,
        **settings,
    )
    terms = ["Intercept", *RATES]
    for part, frame in (("est", fit.coef), ("se", fit.se)):
        np.testing.assert_allclose(frame, table[[f"{part}_{t}" for t in terms]], atol=3e-5)
    np.testing.assert_allclose(fit.local_r2, table["localpdev"], atol=1e-6)
    np.testing.assert_allclose(fit.leverage, table["Ginfluence"], atol=3e-6)
    np.testing.assert_allclose(fit.fitted, table["yhat"], atol=1e-4)
    trace = fit.enp.sum()
    ours = [trace, fit.aic - 2 * trace, fit.aicc, fit.bic, fit.r2]
    np.testing.assert_allclose(ours, figures, rtol=2e-6, atol=1e-6)


@pytest.mark.compares("gwr", against="GWR4: Tokyo mortality, global Poisson")
def test_global_counts_of_tokyo_equal_gwr4() -> None:
    data = pd.read_csv(TOKYO / "Tokyomortality.csv")
    places = data[["X_CENTROID", "Y_CENTROID"]]
    fit = sc.gwr(
        data["db2564"], data[RATES], places, family="poisson", standardize=False, bandwidth=262
    )
    known = [8.432403, -4.270431, -4.789311, -1.252659, 0.061305]
    np.testing.assert_allclose(fit.ols["coef"], known, atol=1e-6)
    errors = [0.061613, 0.156467, 0.046070, 0.178384, 0.010099]
    np.testing.assert_allclose(fit.ols["se"], errors, atol=1e-6)
    figures = fit.ols_fit[["deviance", "aic", "aicc", "bic", "r2"]]
    known = [24597.455544, 24607.455544, 24607.689919, 24625.297266, 0.526746]
    np.testing.assert_allclose(figures, known, atol=1e-6)


@pytest.mark.compares("gwr", against="mgwr 2.2.1, climbed to the end: counts and shares")
@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "space",
    [
        {"bandwidth": 50},
        {"bandwidth": 30, "kernel": "gaussian"},
        {"bandwidth": 500, "fixed": True},
        {"bandwidth": 250, "fixed": True, "kernel": "exponential"},
    ],
)
def test_figures_equal_mgwr(field: Field, kind: str, space: dict[str, Any]) -> None:
    small = field.take(80)
    y, settings = made(kind, small)
    both = [
        sc.gwr(y, small.X, small.places, n_jobs=1, engine=engine, **space, **settings)
        for engine in ("native", "pysal")
    ]
    ours, theirs = both
    for name in ("coef", "se", "t", "fitted", "leverage", "enp"):
        np.testing.assert_allclose(getattr(ours, name), getattr(theirs, name), rtol=1e-8)
    # mgwr divides raw residuals by sqrt(1 - h) alone; Pearson's have the variance of y there too.
    mean = ours.fitted
    variance = mean if settings["family"] == "poisson" else mean * (1 - mean)
    np.testing.assert_allclose(ours.cooks_distance * variance, theirs.cooks_distance, rtol=1e-8)
    if kind != "shares":  # of which mgwr's deviance takes each below 1 for 0
        for name in ("aicc", "aic", "bic", "r2", "adj_r2", "log_likelihood", "rss"):
            assert getattr(ours, name) == pytest.approx(getattr(theirs, name), rel=1e-8)


@pytest.mark.compares("gwr", against="mgwr 2.2.1, climbed to the end: bandwidths of counts, shares")
@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("rates", {"criterion": "aicc"}),
        ("counts", {"criterion": "bic", "kernel": "gaussian"}),
        ("zero-one", {"criterion": "aic"}),
        ("shares", {"criterion": "cv"}),
        ("counts", {"fixed": True, "min_bandwidth": 400, "max_bandwidth": 440}),
    ],
)
def test_search_visits_what_mgwr_visits(field: Field, kind: str, settings: Any) -> None:
    small = field.take(70)
    y, more = made(kind, small)
    ours, theirs = (
        sc.gwr(y, small.X, small.places, n_jobs=1, engine=engine, **settings, **more)
        for engine in ("native", "pysal")
    )
    pd.testing.assert_series_equal(ours.bandwidth, theirs.bandwidth)
    # mgwr keeps the better of each pair, once as it is and once to two decimals.
    known = ours.curve.set_index(ours.curve["bandwidth"].round(9))["criterion"]
    kept = theirs.curve[theirs.curve["bandwidth"].round(9).isin(known.index)]
    assert len(kept) >= len(theirs.curve) / 2
    np.testing.assert_allclose(kept["criterion"], known[kept["bandwidth"].round(9)], rtol=1e-8)


@pytest.mark.slow
@pytest.mark.usefixtures("settled")
@pytest.mark.compares("gwr", against="mgwr 2.2.1, climbed to the end: bandwidth of Tokyo mortality")
def test_bandwidth_of_tokyo_is_mgwrs_where_it_climbs_to_the_end() -> None:
    """By itself mgwr ends at 107 here, where its own AICc, climbed to the end, is no least one."""
    data = pd.read_csv(TOKYO / "Tokyomortality.csv")
    places = data[["X_CENTROID", "Y_CENTROID"]]
    options = {"family": "poisson", "offset": data["eb2564"], "min_bandwidth": 50, "n_jobs": 1}
    ours, theirs = (
        sc.gwr(data["db2564"], data[RATES], places, engine=engine, **options)
        for engine in ("native", "pysal")
    )
    assert set(ours.bandwidth) == set(theirs.bandwidth) == {95.0}
    assert ours.aicc == pytest.approx(theirs.aicc, rel=1e-9)


def test_mgwr_stops_before_the_maximum(field: Field) -> None:
    """It ends when one coefficient, any, moves by 1e-5 or less, and the others may still move.

    Who is right: the score, the derivative of the likelihood, is 0 at ours.
    """
    small = field.take(80)
    y, settings = made("counts", small)
    at = {"bandwidth": 200, "fixed": True, "kernel": "exponential", "standardize": False}
    ours, theirs = (
        sc.gwr(y, small.X, small.places, n_jobs=1, engine=engine, **at, **settings)
        for engine in ("native", "pysal")
    )
    scores = []
    for fit in (ours, theirs):
        X = np.column_stack([np.ones(80), small.X])
        weight = np.exp(-_distances(small) / 200)
        mean = np.exp(fit.coef.to_numpy() @ X.T)
        scores.append(np.abs((weight * (y.to_numpy() - mean)) @ X).max())
    assert scores[0] < 1e-11
    assert scores[1] > 1e-9
    assert ours.aicc == pytest.approx(theirs.aicc, abs=0.2)
    assert any("stops climbing" in note for note in theirs.notes())


def _distances(field: Field) -> np.ndarray:
    xy = field.places.to_numpy()
    return np.asarray(np.sqrt(((xy[:, None] - xy) ** 2).sum(axis=2)))


@pytest.mark.compares("gwr", against="statsmodels: weighted likelihoods of counts and shares")
@pytest.mark.parametrize("kind", KINDS)
def test_each_place_is_a_weighted_likelihood(field: Field, kind: str) -> None:
    """Dense: kernel weights of all pairs, and a generalized linear model with them at a place."""
    small = field.take(60)
    y, settings = made(kind, small)
    fit = sc.gwr(y, small.X, small.places, bandwidth=700, fixed=True, standardize=False, **settings)
    ratio = (_distances(small) / 700) ** 2
    weight = np.where(ratio < 1, (1 - ratio) ** 2, 0.0)
    size = np.asarray(settings.get("offset", np.ones(60)))
    family = sm.families.Poisson() if settings["family"] == "poisson" else sm.families.Binomial()
    offset = {"offset": np.log(size)} if settings["family"] == "poisson" else {}
    X = np.column_stack([np.ones(60), small.X])
    dense = np.array(
        [
            sm.GLM(y.to_numpy(float), X, family, freq_weights=w, **offset)
            .fit(tol=1e-14, tol_criterion="params")
            .params
            for w in weight[:20]
        ]
    )
    np.testing.assert_allclose(fit.coef.iloc[:20], dense, rtol=1e-8)
    # The deviance explained around a place, written out; 0 log 0 is 0.
    rate = (weight @ y.to_numpy(float)) / (weight @ size)
    alone, left = np.zeros(60), np.zeros(60)
    for i in range(60):
        for j in range(60):
            alone[i] += weight[i, j] * _deviance(kind, float(y.iloc[j]), rate[i] * size[j])
            left[i] += weight[i, j] * _deviance(kind, float(y.iloc[j]), float(fit.fitted.iloc[j]))
    np.testing.assert_allclose(fit.local_r2, 1 - left / alone, rtol=1e-9, atol=1e-12)


def _deviance(kind: str, y: float, mean: float) -> float:
    def relative(a: float, b: float) -> float:
        return a * np.log(a / b) if a > 0 else 0.0

    if kind in ("counts", "rates"):
        return 2 * (relative(y, mean) - (y - mean))
    return 2 * (relative(y, mean) + relative(1 - y, 1 - mean))


@pytest.mark.compares("gwr", against="statsmodels: GLM of counts and shares")
@pytest.mark.parametrize("kind", KINDS)
def test_the_global_model_is_the_generalized_linear_one(field: Field, kind: str) -> None:
    y, settings = made(kind, field)
    fit = sc.gwr(y, field.X, field.places, bandwidth=100, standardize=False, **settings)
    family = sm.families.Poisson() if settings["family"] == "poisson" else sm.families.Binomial()
    offset = {"offset": np.log(settings["offset"])} if "offset" in settings else {}
    known = sm.GLM(y, sm.add_constant(field.X), family, **offset).fit(tol=1e-14)
    np.testing.assert_allclose(fit.ols["coef"], known.params, rtol=1e-8)
    np.testing.assert_allclose(fit.ols["se"], known.bse, rtol=1e-8)
    np.testing.assert_allclose(fit.ols["p"], known.pvalues, rtol=1e-7)
    assert fit.ols_fit["deviance"] == pytest.approx(known.deviance, rel=1e-10)
    assert fit.ols_fit["r2"] == pytest.approx(1 - known.deviance / known.null_deviance, rel=1e-8)
    if kind != "shares":
        assert fit.ols_fit["log_likelihood"] == pytest.approx(known.llf, rel=1e-10)
    assert sc.compare_models(fit).table.loc["aicc"].notna().all()


@pytest.mark.parametrize("kind", KINDS)
def test_maxima_do_not_depend_on_the_start(field: Field, kind: str) -> None:
    """A search comes to a bandwidth from others; the same bandwidth given starts afresh."""
    y, settings = made(kind, field)
    design = prepare(
        y,
        field.X,
        field.places,
        kernel="bisquare",
        fixed=False,
        standardize=True,
        standardize_y=False,
    )
    size = np.asarray(settings.get("offset", np.ones(len(y))))
    response = Response(settings["family"], design.y, size)
    neighbors = Neighbors(design.space)
    fresh = Likelihood(neighbors, design, response).checked(70)
    walked = Likelihood(neighbors, design, response)
    for bandwidth in (150, 40, 90):
        walked.fit(bandwidth, full=False)
    again = walked.checked(70)
    np.testing.assert_allclose(again.beta, fresh.beta, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(again.leverage, fresh.leverage, rtol=1e-9, atol=1e-13)


@pytest.mark.parametrize("kind", ["rates", "zero-one"])
def test_far_starts_reach_the_same_maximum(field: Field, kind: str) -> None:
    """Newton's full steps would leave from here for good."""
    y, settings = made(kind, field)
    given = {"kernel": "bisquare", "fixed": False, "standardize": True, "standardize_y": False}
    design = prepare(y, field.X, field.places, **given)
    response = Response(
        settings["family"], design.y, np.asarray(settings.get("offset", np.ones(len(y))))
    )
    likelihood = Likelihood(Neighbors(design.space), design, response)
    known = likelihood.checked(70)
    for start in (-6.0, 6.0):
        likelihood._near = np.full_like(known.beta, start)
        again = likelihood.checked(70)
        np.testing.assert_allclose(again.beta, known.beta, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("kind", KINDS)
def test_units_of_covariates_rows_and_threads_do_not_matter(field: Field, kind: str) -> None:
    y, settings = made(kind, field)
    fit = sc.gwr(y, field.X, field.places, n_jobs=1, **settings)
    raw = sc.gwr(y, field.X * [1e6, 1e-6], field.places, standardize=False, n_jobs=2, **settings)
    pd.testing.assert_series_equal(fit.bandwidth, raw.bandwidth)
    pd.testing.assert_series_equal(fit.fitted, raw.fitted, rtol=1e-8)
    np.testing.assert_allclose(fit.coef_original["roads"] / 1e6, raw.coef["roads"], rtol=1e-7)
    order = np.random.default_rng(0).permutation(len(y))
    turned = sc.gwr(y.iloc[order], field.X, field.places.iloc[order[::-1]], n_jobs=1, **settings)
    pd.testing.assert_frame_equal(turned.coef.loc[fit.coef.index], fit.coef)


def test_the_search_takes_the_least_on_its_grid(field: Field) -> None:
    y, settings = made("counts", field)
    options = {"search": "exhaustive", "min_bandwidth": 40, "max_bandwidth": 60, **settings}
    told: list[tuple[int, int]] = []
    fit = sc.gwr(y, field.X, field.places, progress=lambda *at: told.append(at), **options)
    assert len(fit.curve) == 21
    singly = [sc.gwr(y, field.X, field.places, bandwidth=b, **settings).aicc for b in range(40, 61)]
    np.testing.assert_allclose(fit.curve["criterion"], singly, rtol=1e-11)
    assert fit.bandwidth.iloc[0] == 40 + np.argmin(singly)
    assert told[-1][0] == told[-1][1]


@pytest.mark.parametrize("engine", ["native", "pysal"])
@pytest.mark.parametrize("family", ["poisson", "binomial"])
def test_places_without_a_maximum_are_named(field: Field, family: str, engine: str) -> None:
    small = field.take(80)
    y = (small.places["x"] > 500).astype(float)
    with pytest.raises(EstimationError, match=rf"local {family} likelihood .* around u00"):
        sc.gwr(y, small.X, small.places, family=family, bandwidth=20, engine=engine, n_jobs=1)


def test_a_covariate_that_separates_is_found_where_the_place_itself_is_not_lost() -> None:
    """With x = 0 the linear predictor stays where it is, while the slope goes to infinity."""
    small = make_field(60)
    mark = pd.Series(np.r_[0.0, np.random.default_rng(1).choice([0.0, 0.0, 1.0], 59)])
    mark.index = small.y.index
    y = pd.Series(np.random.default_rng(2).integers(0, 2, 60).astype(float), small.y.index)
    y = y.where(mark == 0, 1.0)  # all ones where the mark is
    for family, y_ in (("binomial", y), ("poisson", 1 - y)):
        with pytest.raises(EstimationError, match="u0000"):
            sc.gwr(y_, mark.to_frame("mark"), small.places, family=family, bandwidth=60)
        with pytest.raises(EstimationError, match="u0000"):
            sc.gwr(y_, mark.to_frame("mark"), small.places, family=family)


def test_places_that_a_linear_program_separates_are_named(field: Field) -> None:
    """No maximum: some b has x'b >= 0 at all ones around, <= 0 at all zeros, and not 0 throughout.

    One place more is named: its one neighbor that is otherwise has a weight of 3e-4, and the
    maximum stands at a probability of 1 - 1e-15 or beyond.
    """
    small = field.take(60)
    y, settings = made("zero-one", small)
    with pytest.raises(EstimationError, match="no maximum") as caught:
        sc.gwr(y, small.X, small.places, bandwidth=450, fixed=True, standardize=False, **settings)
    near = _distances(small) < 450
    X = np.column_stack([np.ones(60), small.X]) * np.where(y == 1, 1.0, -1.0)[:, None]
    separated = [
        unit
        for unit, row in zip(small.y.index, near, strict=True)
        if -linprog(-X[row].sum(axis=0), -X[row], np.zeros(row.sum()), bounds=(-1, 1)).fun > 1e-9
    ]
    assert separated
    named = [unit for unit in small.y.index if unit in str(caught.value)]
    assert set(separated) < set(named)
    assert len(named) == len(separated) + 1


def test_search_passes_by_bandwidths_without_a_maximum(field: Field) -> None:
    y = (field.places["x"] + 250 * field.X["roads"] > 500).astype(float)
    fit = sc.gwr(y, field.X, field.places, family="binomial", min_bandwidth=8)
    assert np.isfinite(fit.coef.to_numpy()).all()
    assert np.isinf(fit.curve["criterion"]).any()


def test_dependent_covariates_are_named(field: Field) -> None:
    y, settings = made("counts", field)
    east = (field.places["x"] > 400).astype(float)
    with pytest.raises(SingularDesignError, match="east depends linearly on Intercept"):
        sc.gwr(y, field.X.assign(east=east), field.places, bandwidth=20, **settings)


def test_faults_of_y_and_of_its_offset_are_told_at_once(field: Field) -> None:
    nothing = pd.Series(0.0, field.X.index)
    below = nothing - 1.0 - np.arange(len(nothing))
    both = r"needs y whole numbers.*; offset must be above 0"
    for fit in (sc.gwr, sc.mgwr):
        with pytest.raises(DataError, match=both) as told:
            fit(below, field.X, field.places, family="poisson", offset=nothing)
        assert told.value.cases is not None
        assert told.value.cases[["y", "offset"]].notna().sum().tolist() == [len(nothing)] * 2


def test_offsets_are_checked_and_put_in_order(field: Field) -> None:
    y, settings = made("rates", field)
    size = settings.pop("offset")
    plain = sc.gwr(y, field.X, field.places, bandwidth=80, offset=size, **settings)
    turned = sc.gwr(y, field.X, field.places, bandwidth=80, offset=size[::-1], **settings)
    pd.testing.assert_frame_equal(turned.coef, plain.coef)
    tenfold = sc.gwr(y, field.X, field.places, bandwidth=80, offset=10 * size, **settings)
    np.testing.assert_allclose(tenfold.coef["Intercept"], plain.coef["Intercept"] - np.log(10))
    pd.testing.assert_series_equal(tenfold.fitted, plain.fitted)
    with pytest.raises(DataError, match=r"above 0.*not its logarithm.*u0004") as caught:
        sc.gwr(y, field.X, field.places, offset=size.where(size.index != "u0004", 0), **settings)
    assert caught.value.cases is not None
    with pytest.raises(AlignmentError, match="offset"):
        sc.gwr(y, field.X, field.places, offset=size.iloc[1:], **settings)
    with pytest.raises(AlignmentError, match="offset"):
        sc.gwr(y, field.X, field.places, offset=size.where(size.index != "u0004"), **settings)
    for family in ("gaussian", "binomial"):
        with pytest.raises(ParameterError, match="leave offset out"):
            sc.gwr(y, field.X, field.places, offset=size, family=family)
    with pytest.raises(ParameterError, match="moments"):
        sc.gwr(y, field.X, field.places, family="poisson", engine="moments")


def test_the_result_says_how_y_varies(field: Field) -> None:
    rng = np.random.default_rng(0)
    wild = pd.Series(rng.negative_binomial(1, 0.2, len(field.y)), field.y.index)
    fit = sc.gwr(wild, field.X, field.places, family="poisson", bandwidth=100)
    assert any("varies more than Poisson" in note for note in fit.notes())
    text = fit.summary()
    for word in ("Family: poisson, log link", "Global regression (poisson)", "Deviance explained"):
        assert word in text
    y, settings = made("shares", field)
    notes = sc.gwr(y, field.X, field.places, bandwidth=100, **settings).notes()
    assert any("one trial" in note for note in notes)
    y, settings = made("counts", field)
    assert sc.gwr(y, field.X, field.places, bandwidth=100, **settings).notes() == []


@pytest.mark.slow
@pytest.mark.parametrize("family", ["poisson", "binomial"])
def test_intervals_hold_coefficients_that_do_not_vary(family: str) -> None:
    held = np.mean([covered(family, seed, n=100)[0] for seed in range(60)])
    assert 0.92 < held < 0.98
