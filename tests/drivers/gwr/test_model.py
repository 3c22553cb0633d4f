"""Small n, bounds, bad input, kernels, criteria and searches."""

from __future__ import annotations

import importlib.util

import numpy as np
import pandas as pd
import pytest
from mgwr.sel_bw import Sel_BW

import spatialccd as sc
from spatialccd.drivers.gwr._local import local_score
from spatialccd.drivers.gwr._neighbors import Neighbors
from spatialccd.errors import (
    AlignmentError,
    BandwidthWarning,
    ConvergenceWarning,
    EstimationError,
    ParameterError,
    RepeatedLocationWarning,
    SingularDesignError,
)
from tests.drivers.gwr.conftest import Field, make_field


def test_local_surfaces_are_found_at_their_scales(field: Field) -> None:
    fit = sc.mgwr(field.y, field.X, field.places)
    assert fit.bandwidth["roads"] < fit.bandwidth["schools"]
    truth = 2 * field.places["x"] / 1000
    assert np.corrcoef(fit.coef_original["roads"], truth)[0, 1] > 0.97
    assert fit.coef_original["schools"].sub(1).abs().max() < 0.2
    assert fit.aicc < fit.ols_fit["aicc"]
    assert abs(fit.residual_moran["z"]) < 3


@pytest.mark.parametrize("n", [31, 48])
@pytest.mark.filterwarnings("ignore::spatialccd.errors.BandwidthWarning")
def test_provinces_and_states_are_enough(n: int) -> None:
    rng = np.random.default_rng(n)
    data = make_field(n, seed=n)
    X = data.X.assign(**{f"more{j}": rng.normal(size=n) for j in range(3)})
    fit = sc.mgwr(data.y, X, data.places)
    assert fit.bandwidth.between(5, n).all()
    assert fit.se.gt(0).all(axis=None)
    assert 0 < fit.enp.sum() < n


def test_bandwidth_on_the_lower_bound_warns(field: Field) -> None:
    with pytest.warns(BandwidthWarning, match=r"roads.*lower bound 120"):
        sc.mgwr(field.y, field.X, field.places, min_bandwidth=120)


def test_repeated_places_warn_and_are_named(field: Field) -> None:
    places = field.places.copy()
    places.loc["u0003"] = places.loc["u0007"]
    with pytest.warns(RepeatedLocationWarning, match="u0003, u0007"):
        fit = sc.gwr(field.y, field.X, places, bandwidth=60)
    assert np.isfinite(fit.coef.to_numpy()).all()


def test_panel_stacked_on_the_same_places_keeps_ties_together(field: Field) -> None:
    """Two years at each place: a bandwidth that splits a tie counts it whole, as mgwr does."""
    small = field.take(60)
    index = pd.Index([f"{u}-{t}" for t in (1, 2) for u in small.y.index])
    y = pd.Series(np.r_[small.y, small.y + 0.1 * small.X["roads"]], index=index)
    X = pd.concat([small.X, small.X[::-1]]).set_axis(index)
    places = pd.concat([small.places, small.places]).set_axis(index)
    with pytest.warns(RepeatedLocationWarning):
        odd = sc.gwr(y, X, places, bandwidth=41)
    with pytest.warns(RepeatedLocationWarning):
        even = sc.gwr(y, X, places, bandwidth=42)
    pd.testing.assert_frame_equal(odd.coef, even.coef)


def test_constant_covariates_are_named(field: Field) -> None:
    X = field.X.assign(flat=3.0)
    with pytest.raises(SingularDesignError, match="flat"):
        sc.mgwr(field.y, X, field.places)
    with pytest.raises(SingularDesignError, match="y is 1"):
        sc.mgwr(field.y * 0 + 1, field.X, field.places)


def test_dependent_covariates_are_named_with_their_places(field: Field) -> None:
    twin = field.X.assign(paths=field.X["roads"] * 2 + 1)
    with pytest.raises(SingularDesignError, match=r"paths depends linearly on .*roads.* around u"):
        sc.mgwr(field.y, twin, field.places)


def test_covariate_that_is_zero_around_some_places_is_named(field: Field) -> None:
    port = (field.places["x"] > 900).astype(float) * (1 + field.X["roads"])
    X = field.X.assign(port=port)
    with pytest.raises(SingularDesignError, match="port"):
        sc.gwr(field.y, X, field.places, bandwidth=20, standardize=False)


def test_missing_values_are_named(field: Field) -> None:
    X = field.X.copy()
    X.loc["u0005", "roads"] = np.nan
    with pytest.raises(AlignmentError, match=r"u0005 \(roads\)"):
        sc.mgwr(field.y, X, field.places)


def test_unusable_columns_are_reported_at_once(field: Field) -> None:
    X = field.X.assign(name="a", Intercept=1.0)
    with pytest.raises(ParameterError, match=r"not numeric: name.*Intercept"):
        sc.mgwr(field.y, X, field.places)


def test_too_few_units(field: Field) -> None:
    few = field.take(5)
    with pytest.raises(EstimationError, match="5 units are too few"):
        sc.mgwr(few.y, few.X, few.places)


def test_names_of_bandwidths_are_checked(field: Field) -> None:
    with pytest.raises(ParameterError, match="did you mean 'roads'"):
        sc.mgwr(field.y, field.X, field.places, bandwidths={"road": 50})
    with pytest.raises(ParameterError, match="whole number"):
        sc.mgwr(field.y, field.X, field.places, bandwidths={"roads": 50.5})


def test_given_bandwidths_are_held_and_others_searched(field: Field) -> None:
    found = sc.mgwr(field.y, field.X, field.places)
    held = sc.mgwr(field.y, field.X, field.places, bandwidths={"roads": 60})
    assert held.bandwidth["roads"] == 60
    assert (held.history["roads"] == 60).all()
    again = sc.mgwr(field.y, field.X, field.places, bandwidths=found.bandwidth.to_dict(), tol=1e-10)
    converged = sc.mgwr(field.y, field.X, field.places, tol=1e-10)
    np.testing.assert_allclose(again.coef, converged.coef, atol=1e-7)


@pytest.mark.filterwarnings("ignore::spatialccd.errors.BandwidthWarning")
def test_exhaustive_search_is_never_worse_than_golden(field: Field) -> None:
    for criterion in ("aicc", "aic", "bic", "cv"):
        options = {"criterion": criterion, "min_bandwidth": 10}
        golden = sc.gwr(field.y, field.X, field.places, **options)
        exhaustive = sc.gwr(field.y, field.X, field.places, search="exhaustive", **options)
        best = exhaustive.curve["criterion"].min()
        assert best <= golden.curve["criterion"].min() + 1e-9
        assert len(exhaustive.curve) == 150 - 10 + 1
    multi = sc.mgwr(field.y, field.X, field.places, search="exhaustive")
    assert multi.missed.empty


def test_missed_minimum_is_said() -> None:
    """PctBlack of Georgia: the curve falls again at its end, past where golden section looks."""
    from tests.parity import mgwr_cases

    case = mgwr_cases.georgia()
    fit = sc.mgwr(case.y, case.X, case.places)
    assert fit.missed.loc["PctBlack", "best"] == 159
    assert "golden section ended at 117, the curve's minimum is at 159" in fit.summary()
    best = sc.mgwr(case.y, case.X, case.places, search="exhaustive")
    assert best.bandwidth["PctBlack"] == 159
    assert best.missed.empty


def test_criterion_curve_equals_separate_fits(field: Field) -> None:
    """The one-pass curve of a covariate equals its criterion computed bandwidth by bandwidth."""
    from spatialccd.drivers.gwr._backfit import Smoother
    from spatialccd.drivers.gwr._design import prepare, rules
    from spatialccd.drivers.gwr._neighbors import Neighbors

    design = prepare(
        field.y, field.X, field.places, kernel="bisquare", fixed=False, standardize=True
    )
    neighbors = Neighbors(design.space)
    for criterion in ("aicc", "cv"):
        bounds = rules(neighbors, 1, criterion=criterion, search="golden", low=5, high=None)
        smoother = Smoother(neighbors, np.ascontiguousarray(design.X[:, 1]), bounds)
        bandwidths, curve = smoother.curve(design.y)
        points = np.array([5.0, 17.0, 80.0, 149.0, 150.0])
        scores = smoother.scores(design.y, points)
        at = np.searchsorted(bandwidths, points)
        np.testing.assert_allclose(curve[at], scores, rtol=1e-9)


@pytest.mark.parametrize("kernel", ["bisquare", "gaussian", "exponential"])
@pytest.mark.parametrize("fixed", [False, True])
def test_local_regression_equals_weighted_least_squares(
    field: Field, kernel: str, *, fixed: bool
) -> None:
    """Solve one place by hand with dense weights."""
    bandwidth = 400.0 if fixed else 60
    fit = sc.gwr(
        field.y,
        field.X,
        field.places,
        kernel=kernel,
        fixed=fixed,
        bandwidth=bandwidth,
        standardize=False,
    )
    i = 11
    d = np.sqrt(((field.places - field.places.iloc[i]) ** 2).sum(axis=1)).to_numpy()
    h = bandwidth if fixed else np.sort(d)[59] * 1.0000001
    w = {
        "bisquare": np.where(d < h, (1 - (d / h) ** 2) ** 2, 0),
        "gaussian": np.exp(-0.5 * (d / h) ** 2),
        "exponential": np.exp(-d / h),
    }[kernel]
    X = np.column_stack([np.ones(150), field.X])
    operator = np.linalg.solve(X.T @ (w[:, None] * X), X.T * w)
    np.testing.assert_allclose(fit.coef.iloc[i], operator @ field.y, rtol=1e-9)
    se = np.sqrt(fit.sigma2 * (operator**2).sum(axis=1))
    np.testing.assert_allclose(fit.se.iloc[i], se, rtol=1e-9)
    assert fit.leverage.iloc[i] == pytest.approx(X[i] @ operator[:, i])
    mean = np.average(field.y, weights=w)
    tss, rss = w @ (field.y - mean) ** 2, w @ fit.residuals**2
    assert fit.local_r2.iloc[i] == pytest.approx(1 - rss / tss)


def test_geographic_places_are_measured_on_the_sphere(field: Field) -> None:
    degrees = pd.DataFrame(
        {"lon": 100 + field.places["x"] / 50, "lat": 30 + field.places["y"] / 50}
    )
    fit = sc.gwr(field.y, field.X, degrees, fixed=True, bandwidth=900.0)
    assert fit.great_circle
    assert "great-circle" in fit.summary()
    planar = sc.gwr(field.y, field.X, field.places, bandwidth=60)
    assert not planar.great_circle


def test_rounds_that_run_out_warn(field: Field) -> None:
    with pytest.warns(ConvergenceWarning, match="raise max_iter"):
        fit = sc.mgwr(field.y, field.X, field.places, max_iter=2)
    assert not fit.converged
    assert len(fit.history) == 2


def test_number_of_threads_does_not_move_a_figure(field: Field) -> None:
    one = sc.mgwr(field.y, field.X, field.places, n_jobs=1)
    all_ = sc.mgwr(field.y, field.X, field.places, n_jobs=-1)
    pd.testing.assert_frame_equal(one.coef, all_.coef, check_exact=True)


def test_progress_is_told_and_may_cancel(field: Field) -> None:
    told: list[tuple[int, int]] = []
    sc.mgwr(field.y, field.X, field.places, progress=lambda done, total: told.append((done, total)))
    assert told[0] == (1, 200)

    def stop(done: int, total: int) -> None:
        raise sc.errors.Cancelled

    with pytest.raises(sc.errors.Cancelled):
        sc.mgwr(field.y, field.X, field.places, progress=stop)


def test_settings_are_checked(field: Field) -> None:
    with pytest.raises(ParameterError, match="did you mean 'gaussian'"):
        sc.mgwr(field.y, field.X, field.places, kernel="gausian")
    with pytest.raises(ParameterError, match="not below max_bandwidth"):
        sc.mgwr(field.y, field.X, field.places, min_bandwidth=80, max_bandwidth=80)
    with pytest.raises(ParameterError, match="n_jobs=0"):
        sc.mgwr(field.y, field.X, field.places, n_jobs=0)
    with pytest.raises(ParameterError, match="did you mean 'poisson'"):
        sc.gwr(field.y, field.X, field.places, family="poison")


def test_summary_shows_both_regressions(field: Field) -> None:
    text = sc.mgwr(field.y, field.X, field.places).summary()
    for word in ("Global regression", "bandwidth", "ENP", "AICc", "roads", "Moran"):
        assert word in text
    assert max(map(len, text.splitlines())) <= 120


def test_the_peer_is_an_extra(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "mgwr" else find(name)
    )
    for fit in (sc.gwr, sc.mgwr):
        with pytest.raises(sc.errors.MissingDependencyError, match=r"spatialccd\[pysal\]"):
            fit(field.y, field.X, field.places, engine="pysal")
    sc.gwr(field.y, field.X, field.places, bandwidth=40)


def _wavy(seed: int) -> tuple[pd.Series, pd.DataFrame, pd.DataFrame]:
    """A surface of several waves, whose criterion has several minima."""
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 100, (120, 2))
    X = rng.normal(size=(120, 2))
    y = np.sin(xy[:, 0] / 8) * X[:, 0] + X[:, 1] * (xy[:, 1] > 50) + rng.normal(size=120)
    return (
        pd.Series(y),
        pd.DataFrame(X, columns=["a", "b"]),
        pd.DataFrame(xy, columns=["x", "y"]),
    )


@pytest.mark.filterwarnings("ignore::spatialccd.errors.BandwidthWarning")
@pytest.mark.parametrize("criterion", ["aicc", "cv"])
def test_golden_section_says_what_it_missed(criterion: str) -> None:
    missed = 0
    for seed in range(12):
        data = _wavy(seed)
        golden = sc.gwr(*data, criterion=criterion)
        whole = sc.gwr(*data, criterion=criterion, search="exhaustive")
        assert whole.missed.empty
        if golden.bandwidth.iloc[0] == whole.bandwidth.iloc[0]:
            assert golden.missed.empty
            continue
        missed += 1
        row = golden.missed.loc["all"]
        assert row["bandwidth"] == golden.bandwidth.iloc[0]
        assert row["best"] == whole.bandwidth.iloc[0]
        if criterion == "aicc":
            assert row["criterion_excess"] == pytest.approx(golden.aicc - whole.aicc, abs=1e-8)
        note = next(n for n in golden.notes() if "golden section ended" in n)
        assert "search='exhaustive'" in note
        assert note in golden.summary()
    assert missed >= 1


@pytest.mark.parametrize("criterion", ["aicc", "bic", "cv"])
def test_the_curve_of_gwr_is_its_criterion_at_each_bandwidth(criterion: str) -> None:
    """One pass of running sums against a fit at each bandwidth; some places are shared."""
    y, X, places = _wavy(3)
    places.iloc[7] = places.iloc[3]
    with pytest.warns(RepeatedLocationWarning):
        fit = sc.gwr(y, X, places, criterion=criterion, min_bandwidth=20)
    curve = fit.curve.set_index("bandwidth")["criterion"]
    assert len(curve) == 101
    neighbors = Neighbors(fit.design.space)
    for bandwidth in (20, 21, 57, 119, 120):
        alone = local_score(neighbors, fit.design.X, fit.design.y, bandwidth, criterion)
        assert curve[bandwidth] == pytest.approx(alone, rel=1e-12)


@pytest.mark.filterwarnings("ignore::spatialccd.errors.BandwidthWarning")
def test_bounds_of_mgwr_give_its_bandwidths() -> None:
    """Below 126 units our searches start lower: another way, and at times another end."""
    differ = 0
    for seed in range(4):
        y, X, places = _wavy(seed)
        theirs = sc.mgwr(y, X, places, bounds="mgwr", inference="none")
        ours = sc.mgwr(y, X, places, inference="none")
        design = theirs.design
        peer = Sel_BW(design.space.xy, design.y[:, None], design.X[:, 1:], multi=True, n_jobs=1)
        assert theirs.bandwidth.tolist() == peer.search(criterion="AICc").tolist()
        differ += not ours.bandwidth.equals(theirs.bandwidth)
        single = Sel_BW(design.space.xy, design.y[:, None], design.X[:, 1:], n_jobs=1)
        assert sc.gwr(y, X, places, bounds="mgwr").bandwidth.iloc[0] == single.search()
    assert differ
    few = make_field(45)
    with pytest.raises(ParameterError, match="bounds='mgwr' starts at 40"):
        sc.gwr(few.y, few.X, few.places, bounds="mgwr")
    with pytest.raises(ParameterError, match="did you mean 'mgwr'"):
        sc.mgwr(few.y, few.X, few.places, bounds="mgw")


@pytest.mark.filterwarnings("ignore::spatialccd.errors.BandwidthWarning")
def test_the_search_tells_how_far_it_is(field: Field) -> None:
    told: list[tuple[int, int]] = []
    sc.gwr(field.y, field.X, field.places, progress=lambda *at: told.append(at))
    assert told == sorted(told)
    assert len(told) > 1
    assert all(done <= total for done, total in told)
