"""MGWR of counts and shares: beside statsmodels, dense fixed points and Gaussian MGWR."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

import spatialccd as sc
from spatialccd.errors import ConvergenceWarning, DataError, EstimationError, ParameterError
from tests.drivers.gwr.conftest import Field, make_field
from tests.drivers.gwr.family_sizes import covered, sample
from tests.drivers.gwr.test_families import KINDS, made

pytestmark = pytest.mark.filterwarnings("ignore::spatialccd.errors.BandwidthWarning")

#: Of fixed Gaussian kernels, by term.
REACH = {"Intercept": 350.0, "roads": 200.0, "schools": 600.0}


def _settings(kind: str, field: Field) -> tuple[pd.Series, dict[str, Any]]:
    y, settings = made(kind, field)
    kernel = {"kernel": "gaussian", "fixed": True, "standardize": False, "tol": 1e-13}
    return y, {**settings, **kernel}


@pytest.mark.compares("mgwr", against="statsmodels: GLM of counts and shares")
@pytest.mark.parametrize("kind", KINDS)
def test_bandwidths_beyond_everything_give_the_generalized_linear_model(
    field: Field, kind: str
) -> None:
    """From a start that is none; of weights 1e-13 short of 1 the coefficients keep 8 digits."""
    y, settings = _settings(kind, field)
    wide = dict.fromkeys(REACH, 1e9)
    fit = sc.mgwr(y, field.X, field.places, bandwidths=wide, start_bandwidth=400, **settings)
    family = sm.families.Poisson() if settings["family"] == "poisson" else sm.families.Binomial()
    offset = {"offset": np.log(settings["offset"])} if "offset" in settings else {}
    known = sm.GLM(y, sm.add_constant(field.X), family, **offset).fit(tol=1e-14)
    assert len(fit.history) > 5
    np.testing.assert_allclose(fit.coef, np.tile(known.params, (len(y), 1)), rtol=1e-8)
    np.testing.assert_allclose(fit.se, np.tile(known.bse, (len(y), 1)), rtol=1e-8)
    np.testing.assert_allclose(fit.enp, 1, rtol=1e-9)
    assert fit.aic == pytest.approx(known.deviance + 6, rel=1e-9)
    np.testing.assert_allclose(fit.ols["coef"], known.params, rtol=1e-8)


def _fixed_point(
    field: Field, kind: str, y: pd.Series, size: Any, reach: list[float]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Solve all terms at once, densely, on weights that follow: coefficients, se, ENP.

    f_j + S_j sum_l f_l = S_j z for every term j, l being the others (Buja et al. 1989), S_j the
    smoother with weights kernel times v; nothing is scaled, and nothing is backfitted.
    """
    X = np.column_stack([np.ones(len(y)), field.X])
    n, k = X.shape
    xy, values = field.places.to_numpy(), y.to_numpy(float)
    d2 = ((xy[:, None] - xy) ** 2).sum(axis=2)
    counts = kind in ("counts", "rates")
    rate = values.sum() / np.sum(size)
    eta = np.full(n, np.log(rate) if counts else np.log(rate / (1 - rate)))
    for _ in range(12):
        mean = size * np.exp(eta) if counts else 1 / (1 + np.exp(-eta))
        v = mean if counts else mean * (1 - mean)
        S = []
        for x, h in zip(X.T, reach, strict=True):
            weighted = np.exp(-d2 / (2 * h * h)) * v * x
            S.append(x[:, None] * weighted / (weighted @ x)[:, None])
        rows = [[np.eye(n) if i == j else S[i] for j in range(k)] for i in range(k)]
        R = np.linalg.solve(np.block(rows), np.vstack(S)).reshape(k, n, n)
        eta = R.sum(axis=0) @ (eta + (values - mean) / v)
    z = eta + (values - mean) / v
    beta = np.stack([(r @ z) / x for r, x in zip(R, X.T, strict=True)], axis=1)
    se = [np.sqrt((r**2 / v).sum(axis=1)) / np.abs(x) for r, x in zip(R, X.T, strict=True)]
    return beta, np.stack(se, axis=1), np.array([np.trace(r) for r in R])


@pytest.mark.compares("mgwr", against="the fixed point of local scoring as dense systems")
@pytest.mark.parametrize("kind", KINDS)
def test_the_end_is_the_fixed_point_of_dense_systems(kind: str) -> None:
    small = make_field(50, seed=4)
    y, settings = _settings(kind, small)
    fit = sc.mgwr(y, small.X, small.places, bandwidths=REACH, **settings)
    size = np.asarray(settings.get("offset", np.ones(50)))
    beta, se, enp = _fixed_point(small, kind, y, size, [*REACH.values()])
    np.testing.assert_allclose(fit.coef, beta, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(fit.se, se, rtol=1e-8)
    np.testing.assert_allclose(fit.enp, enp, rtol=1e-8)
    assert fit.leverage.sum() == pytest.approx(enp.sum(), rel=1e-8)


@pytest.mark.parametrize("kind", ["rates", "zero-one"])
def test_held_terms_are_those_of_a_kernel_beyond_everything(field: Field, kind: str) -> None:
    y, settings = _settings(kind, field)
    given = {"Intercept": 350.0, "roads": 200.0}
    held, wide = (
        sc.mgwr(y, field.X, field.places, **more, **settings)
        for more in (
            {"bandwidths": given, "fixed_terms": ["schools"], "start_bandwidth": 400},
            {"bandwidths": given | {"schools": 1e9}, "start_bandwidth": 400},
        )
    )
    np.testing.assert_allclose(held.coef, wide.coef, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(held.se, wide.se, rtol=1e-8)
    assert np.isinf(held.bandwidth["schools"])
    assert "global" in held.summary()


def test_many_counts_are_gaussian(field: Field) -> None:
    """Counts of 1e8 with a signal of a thousandth: their logarithm has variance 1e-8."""
    linear = 1e-3 * field.y
    y = pd.Series(np.random.default_rng(0).poisson(1e8 * np.exp(linear)), field.y.index)
    given: dict[str, Any] = {"bandwidths": {"Intercept": 60, "roads": 40, "schools": 150}}
    given |= {"standardize": False, "tol": 1e-12}
    counts = sc.mgwr(y, field.X, field.places, family="poisson", **given)
    plain = sc.mgwr(np.log(y / 1e8), field.X, field.places, **given)
    slopes = ["roads", "schools"]
    # The weights differ by the signal, a few thousandths.
    np.testing.assert_allclose(counts.coef[slopes], plain.coef[slopes], atol=2e-5)
    np.testing.assert_allclose(counts.se * 1e4, plain.se / plain.sigma2**0.5, rtol=5e-3)
    np.testing.assert_allclose(counts.enp, plain.enp, rtol=5e-3)


@pytest.mark.parametrize("family", ["poisson", "binomial"])
def test_scales_are_told_apart(family: str) -> None:
    """A slope that rises and falls is fitted near by, one that is the same everywhere is not."""
    field = make_field(400, seed=2)
    truth = 1.5 * np.sin(5 * field.places["x"] / 1000)
    y = drawn(family, 1 + truth * field.X["roads"] - 0.3 * field.X["schools"])
    fit = sc.mgwr(y, field.X, field.places, family=family, inference="none")
    assert 2 * fit.bandwidth["roads"] < fit.bandwidth["schools"]
    assert fit.bandwidth["schools"] > 200
    assert np.corrcoef(fit.coef["roads"], truth)[0, 1] > 0.9
    assert fit.converged


def drawn(family: str, linear: pd.Series) -> pd.Series:
    rng = np.random.default_rng(0)
    if family == "poisson":
        return pd.Series(rng.poisson(np.exp(linear)), linear.index)
    return (rng.uniform(size=len(linear)) < 1 / (1 + np.exp(-linear))).astype(float)


def test_bandwidths_that_go_to_and_fro_come_to_a_stand() -> None:
    """On these counts the intercept's would go from 72 to 98 neighbors and back, for good."""
    y, X, places = sample("poisson", 99, 100)
    fit = sc.mgwr(y, X, places, family="poisson", standardize=False, inference="none")
    assert fit.converged
    assert len(fit.history) < 50


def test_probes_estimate_what_is_exact(field: Field) -> None:
    y, settings = made("rates", field)
    exact, drawn = (
        sc.mgwr(y, field.X, field.places, inference=method, n_probes=2000, seed=1, **settings)
        for method in ("exact", "stochastic")
    )
    pd.testing.assert_frame_equal(exact.coef, drawn.coef)
    # Five times what a mean square of 2,000 signs is off by: 1.6%.
    np.testing.assert_allclose(drawn.se, exact.se, rtol=5 * drawn.se_error)
    assert (np.abs(drawn.enp - exact.enp) < 5 * drawn.enp_error + 1e-9).all()
    assert any("relative error" in note for note in drawn.notes())
    none = sc.mgwr(y, field.X, field.places, inference="none", **settings)
    assert none.se.isna().all(axis=None)
    assert none.significant.isna().all(axis=None)
    assert np.isnan(none.aicc)
    pd.testing.assert_frame_equal(none.coef, exact.coef)


@pytest.mark.parametrize("kind", KINDS)
def test_units_of_covariates_rows_and_threads_do_not_matter(field: Field, kind: str) -> None:
    y, settings = made(kind, field)
    fit = sc.mgwr(y, field.X, field.places, n_jobs=1, **settings)
    raw = sc.mgwr(y, field.X * [1e6, 1e-6], field.places, n_jobs=2, **settings)
    pd.testing.assert_series_equal(fit.bandwidth, raw.bandwidth)
    pd.testing.assert_series_equal(fit.fitted, raw.fitted, rtol=1e-8)
    order = np.random.default_rng(0).permutation(len(y))
    turned = sc.mgwr(y.iloc[order], field.X, field.places.iloc[order[::-1]], n_jobs=1, **settings)
    pd.testing.assert_frame_equal(turned.coef.loc[fit.coef.index], fit.coef)
    X = np.column_stack([np.ones(len(y)), field.X])
    linear = (fit.coef_original * X).sum(axis=1)
    mean = np.exp(linear) if settings["family"] == "poisson" else 1 / (1 + np.exp(-linear))
    np.testing.assert_allclose(fit.fitted, mean * settings.get("offset", 1.0), rtol=1e-10)
    np.testing.assert_allclose(fit.fitted + fit.residuals, y, rtol=1e-10, atol=1e-12)


def test_units_of_an_offset_move_the_intercept_alone(field: Field) -> None:
    y, settings = made("rates", field)
    size = settings.pop("offset")
    plain, tenfold = (
        sc.mgwr(y, field.X, field.places, offset=by * size, **settings) for by in (1, 10)
    )
    np.testing.assert_allclose(tenfold.coef["Intercept"], plain.coef["Intercept"] - np.log(10))
    pd.testing.assert_series_equal(tenfold.fitted, plain.fitted)
    np.testing.assert_allclose(tenfold.history, plain.history, rtol=1e-6)


@pytest.mark.parametrize("family", ["poisson", "binomial"])
def test_places_without_likeliest_coefficients_are_named(field: Field, family: str) -> None:
    y, settings = made("counts" if family == "poisson" else "zero-one", field)
    corner = (field.places["x"] < 500) & (field.places["y"] < 500)
    y = y.astype(float).mask(corner, 0.0)
    near = {"Intercept": 4, "roads": 150, "schools": 150}
    with pytest.raises(EstimationError, match=rf"local {family} likelihood .* around u0") as caught:
        sc.mgwr(y, field.X, field.places, bandwidths=near, **settings)
    named = [unit for unit in y.index if unit in str(caught.value)]
    assert set(named) & set(y.index[corner])


def test_rounds_that_run_out_are_told(field: Field) -> None:
    y, settings = made("counts", field)
    with pytest.warns(ConvergenceWarning, match="after 2 rounds"):
        fit = sc.mgwr(y, field.X, field.places, max_iter=2, **settings)
    assert not fit.converged
    assert "Backfitting had not converged." in fit.notes()


def test_what_does_not_go_with_a_family_is_said_at_once(field: Field) -> None:
    data = (field.y.abs().round(), field.X, field.places)
    with pytest.raises(ParameterError) as caught:
        sc.mgwr(*data, family="binomial", offset=data[0], engine="moments", client=object())
    for words in ("leave offset out", "take engine='sorted'", "leave client out"):
        assert words in str(caught.value)
    with pytest.raises(ParameterError, match="nor has the mgwr package"):
        sc.mgwr(*data, family="poisson", engine="pysal")
    with pytest.raises(ParameterError, match="family"):
        sc.mgwr(*data, family="gamma")
    with pytest.raises(DataError, match=r"whole numbers.*u0000"):
        sc.mgwr(field.y, field.X, field.places, family="poisson")


def test_tools_that_know_gaussian_fits_only_refuse(field: Field) -> None:
    y, settings = made("counts", field)
    fit = sc.mgwr(y, field.X, field.places, **settings)
    for tool, more in (
        (sc.coefficient_intervals, ()),
        (sc.spatial_variability, ()),
        (sc.predict_gwr, (field.X, field.places)),
    ):
        with pytest.raises(ParameterError, match="knows Gaussian fits only"):
            tool(fit, *more)


def test_the_result_says_what_it_is(field: Field) -> None:
    y, settings = made("counts", field)
    fit = sc.mgwr(y, field.X, field.places, **settings)
    text = fit.summary()
    for words in (
        "Multiscale",
        "Family: poisson, log link",
        "Global regression (poisson)",
        "Deviance explained",
    ):
        assert words in text
    assert fit.sigma2 == 1.0
    assert 0 < fit.r2 < 1
    assert fit.local_r2.notna().all()
    tables = fit.further()
    assert tables["bandwidths"]["alpha"].to_numpy() == pytest.approx(0.05 / fit.enp)
    assert (
        sc.compare_models(fit, sc.gwr(y, field.X, field.places, **settings))
        .table.notna()
        .any(axis=None)
    )


@pytest.mark.slow
@pytest.mark.parametrize("family", ["poisson", "binomial"])
def test_intervals_hold_coefficients_that_do_not_vary(family: str) -> None:
    held = np.mean([covered(family, seed, n=100, tool="mgwr")[0] for seed in range(60)])
    assert 0.92 < held < 0.98
