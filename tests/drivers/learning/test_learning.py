"""Ensembles: what packages give, labeled; regions held out; explanations that add up."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.drivers.learning._ensembles import make_recipe, make_rows, predict, spatial_folds
from spatialccd.errors import DataError, ParameterError
from tests.drivers.learning.coverage import coverage

Field = tuple[pd.Series, pd.DataFrame, pd.DataFrame]
_FAST = {"n_trees": 30, "n_jobs": 1, "seed": 1}


@pytest.fixture(scope="module")
def field() -> tuple[pd.Series, pd.DataFrame, pd.DataFrame]:
    """One hundred places: a coefficient that grows to the east, a step, and noise."""
    rng = np.random.default_rng(8)
    units = pd.Index([f"U{i:03d}" for i in range(100)], name="unit")
    places = pd.DataFrame(rng.uniform(size=(100, 2)), units, ["x", "y"])
    X = pd.DataFrame(rng.normal(size=(100, 3)), units, ["slope", "step", "noise"])
    y = 2 * places["x"] * X["slope"] + (X["step"] > 0) + 0.1 * rng.normal(size=100)
    return y.rename("y"), X, places


@pytest.mark.compares("tree_ensemble", against="shap: additivity")
@pytest.mark.parametrize("model", ["random_forest", "xgboost", "lightgbm"])
def test_shap_values_add_to_what_the_model_says(field: Field, model: str) -> None:
    y, X, places = field
    found = sc.tree_ensemble(y, X, places, model=model, **_FAST)
    total = found.base + found.shap.sum(axis=1)
    np.testing.assert_allclose(total, found.predictions["fitted"], atol=1e-5)
    again = sc.tree_ensemble(y, X, places, model=model, **_FAST)
    pd.testing.assert_frame_equal(again.to_frame(), found.to_frame())
    scores = found.scores.set_index("judged")["r2"]
    assert scores["in sample"] > scores["spatial folds"]
    assert found.importance["feature"].iloc[-1] == "noise"


def test_regions_are_held_out_whole(field: Field) -> None:
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.model_selection import LeaveOneGroupOut, cross_val_predict

    y, X, places = field
    regions = pd.Series(np.where(places["x"] < 0.5, "west", "east"), y.index, name="region")
    found = sc.tree_ensemble(y, X, places, regions, **_FAST)
    assert (found.predictions["fold"] == regions).all()
    seed = int(np.random.default_rng(1).integers(2**31))
    forest = RandomForestRegressor(30, min_samples_leaf=2, random_state=seed)
    z, target = (X - X.mean()) / X.std(ddof=0), (y - y.mean()) / y.std(ddof=0)
    wanted = cross_val_predict(
        forest, z.to_numpy(), target.to_numpy(), groups=regions, cv=LeaveOneGroupOut()
    )
    np.testing.assert_allclose(
        found.predictions["predicted"], y.mean() + y.std(ddof=0) * wanted, rtol=1e-9
    )
    error = y - found.predictions["predicted"]
    stated = found.scores.set_index("judged").loc["spatial folds"]
    assert stated["rmse"] == pytest.approx(np.sqrt((error**2).mean()))
    assert stated["r2"] == pytest.approx(1 - (error**2).sum() / ((y - y.mean()) ** 2).sum())


def test_all_times_of_a_unit_are_in_one_fold(field: Field) -> None:
    y, X, places = field
    both = {2020: (y, X), 2021: (y + 1, X)}
    panel_y = pd.concat({t: a for t, (a, _) in both.items()}, names=["time"]).swaplevel()
    panel_X = pd.concat({t: b for t, (_, b) in both.items()}, names=["time"]).swaplevel()
    found = sc.tree_ensemble(panel_y.sort_index(), panel_X.sort_index(), places, **_FAST)
    assert (found.predictions["fold"].groupby(level=0).nunique() == 1).all()
    assert found.predictions["fold"].nunique() == 5
    east = pd.Series(places["x"] > 0.5, y.index).map({True: "east", False: "west"})
    rows = panel_y.sort_index().index
    spread = pd.Series(east.reindex(rows.get_level_values(0)).to_numpy(), rows)
    by_unit = sc.tree_ensemble(panel_y.sort_index(), panel_X.sort_index(), places, east, **_FAST)
    by_row = sc.tree_ensemble(panel_y.sort_index(), panel_X.sort_index(), places, spread, **_FAST)
    pd.testing.assert_frame_equal(by_unit.to_frame(), by_row.to_frame())
    spread.iloc[0] = "west" if spread.iloc[0] == "east" else "east"
    with pytest.raises(ParameterError, match="change over time: U000"):
        sc.tree_ensemble(panel_y.sort_index(), panel_X.sort_index(), places, spread, **_FAST)


def test_random_folds_flatter_where_near_places_are_alike() -> None:
    rng = np.random.default_rng(3)
    places = pd.DataFrame(rng.uniform(size=(150, 2)), columns=["x", "y"])
    smooth = np.sin(7 * places["x"]) + np.cos(6 * places["y"])
    X = pd.DataFrame(
        {"a": smooth.sample(frac=1, random_state=1).to_numpy(), "b": rng.normal(size=150)}
    )
    found = sc.tree_ensemble(smooth, X, places, location=True, **_FAST)
    r2 = found.scores.set_index("judged")["r2"]
    assert r2["random folds"] > r2["spatial folds"] + 0.3


def test_units_of_measurement_do_not_matter(field: Field) -> None:
    y, X, places = field
    found = sc.tree_ensemble(y, X, places, **_FAST)
    moved = sc.tree_ensemble(2.0**40 * y, X * 2.0**-30, places, **_FAST)
    np.testing.assert_allclose(moved.shap / 2.0**40, found.shap, atol=1e-9)
    pd.testing.assert_series_equal(moved.scores["r2"], found.scores["r2"], rtol=1e-9)


# --- GeoShapley -----------------------------------------------------------------------------------


@pytest.mark.compares("geo_shapley", against="geoshapley")
def test_parts_are_those_of_the_package_and_add_up(field: Field) -> None:
    from geoshapley import GeoShapleyExplainer

    y, X, places = field
    found = sc.geo_shapley(y, X, places, background=10, **_FAST)
    rows = make_rows(y, X, places, location=True)
    recipe = make_recipe("random_forest", 30, None, 2, 0.1, 1, 1)
    fitted = recipe.fit(rows.X, rows.y)
    total = found.base + found.parts.sum(axis=1)
    np.testing.assert_allclose(total, rows.as_given(predict(fitted, rows.X)), rtol=1e-4)
    drawn = np.random.default_rng(recipe.seed).permutation(100)[:10]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        direct = GeoShapleyExplainer(lambda A: predict(fitted, A), rows.X[drawn], exact=True)
        own = direct.explain(pd.DataFrame(rows.X), n_jobs=1)
    np.testing.assert_allclose(found.parts["geo"], rows.amounts(own.geo), atol=1e-9)
    np.testing.assert_allclose(
        found.parts["geo_slope"], rows.amounts(own.geo_intera[:, 0]), atol=1e-9
    )


def test_local_effects_follow_the_coefficient_that_changes(field: Field) -> None:
    y, X, places = field
    found = sc.geo_shapley(
        y, X, places, model="xgboost", background=10, n_bootstrap=4, coefficients=True, **_FAST
    )
    truth = 2 * places["x"] * X["slope"]
    assert np.corrcoef(found.effects["effect_slope"], truth)[0, 1] > 0.8
    assert np.corrcoef(found.coef["slope"], places["x"])[0, 1] > 0.5
    low, high = found.effects["effect_slope_low"], found.effects["effect_slope_high"]
    assert (low <= high).all()
    assert found.effects["different_slope"].equals((low > 0) | (high < 0))
    assert found.effects["different_slope"].mean() > found.effects["different_noise"].mean()


# --- curves ---------------------------------------------------------------------------------------


@pytest.mark.compares("response_curves", against="scikit-learn")
def test_curves_are_means_of_predictions_and_find_the_step(field: Field) -> None:
    y, X, places = field
    found = sc.response_curves(y, X, places, n_bootstrap=40, **_FAST)
    rows = make_rows(y, X, places, location=False)
    fitted = make_recipe("random_forest", 30, None, 5, 0.05, 1, 1).fit(rows.X, rows.y)
    own = found.curves.query("feature == 'step' and kind == 'partial_dependence'")
    means = []
    for value in own["value"]:
        moved = rows.X.copy()
        moved[:, 1] = (value - X["step"].mean()) / X["step"].std(ddof=0)
        means.append(rows.as_given(predict(fitted, moved)).mean())
    np.testing.assert_allclose(own["effect"], np.array(means) - np.mean(means), atol=1e-6)
    step = found.thresholds.query("feature == 'step' and clear")
    assert len(step) == 1
    assert abs(step["threshold"].iloc[0]) < 0.25
    assert step["low"].iloc[0] <= step["threshold"].iloc[0] + 0.2
    assert not found.thresholds.query("feature == 'noise'")["clear"].any()
    drawn = sc.chart_response_curves(found)
    lines = [line for line in drawn.figure.axes[1].lines if line.get_label() == "ale"]
    ale = found.curves.query("feature == 'step' and kind == 'ale'")
    np.testing.assert_allclose(lines[0].get_ydata(), ale["effect"])
    alone = sc.chart_response_curves(found, kind="ale", language="zh")
    assert set(alone.table["kind"]) == {"ale"}


# --- comparison -----------------------------------------------------------------------------------


@pytest.mark.compares("compare_predictions", against="each model by itself")
def test_models_are_compared_on_the_same_regions(field: Field) -> None:
    from sklearn.linear_model import LinearRegression

    y, X, places = field
    found = sc.compare_predictions(
        y, X, places, models=("ols", "gwr", "random_forest"), folds=3, **_FAST
    )
    rows = make_rows(y, X, places, location=False)
    fold, names = spatial_folds(
        rows, 3, None, make_recipe("random_forest", 30, None, 2, 0.05, 1, 1).seed
    )
    for one, name in enumerate(names):
        out = fold == one
        assert (found.predictions["region"][out] == name).all()
        linear = LinearRegression().fit(X[~out], y[~out]).predict(X[out])
        np.testing.assert_allclose(found.predictions["ols"][out], linear, rtol=1e-9)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            local = sc.gwr(y[~out], X[~out], places[~out], n_jobs=1)
            there = sc.predict_gwr(local, X[out], places[out], n_jobs=1).predicted
        np.testing.assert_allclose(found.predictions["gwr"][out], there, rtol=1e-4)
    table = found.to_frame().set_index("model")
    assert table["won"].sum() == 3
    assert table["rmse"].is_monotonic_increasing
    error = found.predictions["observed"] - found.predictions["ols"]
    assert table.loc["ols", "rmse"] == pytest.approx(np.sqrt((error**2).mean()))


def test_wrong_questions_are_refused(field: Field) -> None:
    y, X, places = field
    with pytest.raises(DataError, match="noise has one value only"):
        sc.tree_ensemble(y, X.assign(noise=1.0), places)
    with pytest.raises(DataError, match="fewer than the 20"):
        sc.tree_ensemble(y[:10], X[:10], places[:10])
    with pytest.raises(ParameterError, match="did you mean 'random_forest'"):
        sc.tree_ensemble(y, X, places, model="random_forrest")
    with pytest.raises(ParameterError, match="no feature rain"):
        sc.response_curves(y, X, places, features=["rain"])
    with pytest.raises(ParameterError, match="one region"):
        sc.tree_ensemble(y, X, places, pd.Series("all", y.index))


@pytest.mark.slow
def test_intervals_of_geoshapley_fall_short_for_a_feature_with_an_effect() -> None:
    """More samples: python -m tests.drivers.learning.coverage 40."""
    found = coverage(1)
    assert 0.5 < found["rain"] < 0.95
    assert found["noise"] > 0.9
