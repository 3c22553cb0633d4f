"""Regressions over space and time."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import AlignmentError, ParameterError
from tests.drivers.gwr.mgtwr_example import example


@pytest.fixture(scope="module")
def panel() -> tuple[pd.Series, pd.DataFrame, pd.DataFrame]:
    """A coefficient that grows from west to east and from year to year."""
    rng = np.random.default_rng(4)
    unit = pd.Index([f"u{i:02d}" for i in range(50)], name="unit")
    places = pd.DataFrame(rng.uniform(0, 1000, (50, 2)), index=unit, columns=["x", "y"])
    rows = pd.MultiIndex.from_product([unit, range(2015, 2021)], names=["unit", "time"])
    X = pd.DataFrame({"roads": rng.normal(size=300)}, index=rows)
    east = places["x"].reindex(rows.get_level_values(0)).to_numpy() / 1000
    year = rows.get_level_values(1) - 2015
    y = pd.Series(X["roads"] * (east + year / 5) + rng.normal(size=300) / 5, rows, name="y")
    return y, X, places


def test_time_matters_where_it_matters(panel: tuple[pd.Series, pd.DataFrame, pd.DataFrame]) -> None:
    y, X, places = panel
    fit = sc.gtwr(y, X, places, min_bandwidth=15)
    still = sc.gtwr(y, X, places, time_scale=0.0, min_bandwidth=15)
    assert fit.aicc < still.aicc - 50
    assert fit.scales["criterion"].min() == pytest.approx(fit.aicc)
    by_year = fit.coef_original["roads"].groupby(level="time").mean()
    assert by_year.is_monotonic_increasing
    assert "units of distance" in fit.summary()


def test_without_time_it_is_gwr_of_the_stacked_panel(
    panel: tuple[pd.Series, pd.DataFrame, pd.DataFrame],
) -> None:
    y, X, places = panel
    still = sc.gtwr(y, X, places, time_scale=0.0, bandwidth=90)
    flat = pd.Index(["-".join(map(str, row)) for row in y.index])
    stacked = places.reindex(y.index.get_level_values(0)).set_axis(flat)
    with pytest.warns(sc.errors.RepeatedLocationWarning):
        gwr = sc.gwr(y.set_axis(flat), X.set_axis(flat), stacked, bandwidth=90)
    np.testing.assert_allclose(still.coef, gwr.coef, rtol=1e-9)


def test_distance_is_of_space_and_time(
    panel: tuple[pd.Series, pd.DataFrame, pd.DataFrame],
) -> None:
    """Time as a third coordinate: solve one row by hand."""
    y, X, places = panel
    fit = sc.gtwr(y, X, places, time_scale=100.0, bandwidth=400.0, fixed=True, standardize=False)
    i = 37
    xy = places.reindex(y.index.get_level_values(0)).to_numpy()
    time = y.index.get_level_values(1).to_numpy() * 100.0
    d2 = ((xy - xy[i]) ** 2).sum(axis=1) + (time - time[i]) ** 2
    w = np.where(d2 < 400**2, (1 - d2 / 400**2) ** 2, 0)
    design = np.column_stack([np.ones(len(y)), X])
    expected = np.linalg.solve(design.T @ (w[:, None] * design), (design.T * w) @ y)
    np.testing.assert_allclose(fit.coef.iloc[i], expected, rtol=1e-9)


def test_bad_panels(panel: tuple[pd.Series, pd.DataFrame, pd.DataFrame]) -> None:
    y, X, places = panel
    with pytest.raises(ParameterError, match="use gwr"):
        sc.gtwr(y.xs(2015, level="time"), X.xs(2015, level="time"), places)
    with pytest.raises(AlignmentError, match="u00"):
        sc.gtwr(y, X, places.drop("u00"))
    words = y.rename(index=lambda t: f"year {t}", level=1)
    with pytest.raises(ParameterError, match="must be numbers"):
        sc.gtwr(words, X.set_axis(words.index), places, bandwidth=60)


def test_prediction_at_observed_places_and_times_gives_the_fit(
    panel: tuple[pd.Series, pd.DataFrame, pd.DataFrame],
) -> None:
    y, X, places = panel
    fit = sc.gtwr(y, X, places, bandwidth=60, time_scale=80.0)
    whole = sc.predict_gwr(fit, X.iloc[::-1], places)
    np.testing.assert_allclose(whole.predicted.reindex(y.index), fit.fitted, atol=1e-9)
    for year in (2015, 2019):
        ahead = sc.predict_gwr(fit, X.xs(year, level="time"), places, time=year)
        expected = fit.fitted.xs(year, level="time")
        np.testing.assert_allclose(ahead.predicted, expected, atol=1e-9)
        np.testing.assert_allclose(ahead.coef, fit.coef.xs(year, level="time"), atol=1e-9)
        pd.testing.assert_frame_equal(
            ahead.to_frame(), sc.predict_gwr(fit, X, places, time=year).to_frame()
        )


@pytest.mark.compares("gtwr", against="weighted least squares, by hand")
def test_prediction_at_a_new_place_and_time_is_solved_by_hand(
    panel: tuple[pd.Series, pd.DataFrame, pd.DataFrame],
) -> None:
    y, X, places = panel
    options = {"time_scale": 100.0, "bandwidth": 400.0, "fixed": True, "standardize": False}
    fit = sc.gtwr(y, X, places, **options)
    there = pd.DataFrame({"x": [410.0, 700.0], "y": [333.0, 90.0]}, index=["p", "q"])
    new = pd.DataFrame({"roads": [0.7, -1.2]}, index=["p", "q"])
    ahead = sc.predict_gwr(fit, new, there, time=2017.5)
    xy = places.reindex(y.index.get_level_values(0)).to_numpy()
    late = (y.index.get_level_values(1).to_numpy() - 2017.5) * 100.0
    design = np.column_stack([np.ones(len(y)), X])
    for unit in ("p", "q"):
        d2 = ((xy - there.loc[unit].to_numpy()) ** 2).sum(axis=1) + late**2
        w = np.where(d2 < 400**2, (1 - d2 / 400**2) ** 2, 0)
        C = np.linalg.solve(design.T @ (w[:, None] * design), design.T * w)
        x = np.array([1.0, new.loc[unit, "roads"]])
        assert ahead.predicted[unit] == pytest.approx(x @ C @ y, rel=1e-9)
        spread = np.sqrt(fit.sigma2 * (1 + x @ C @ C.T @ x))
        assert ahead.se[unit] == pytest.approx(spread, rel=1e-8)


def test_years_left_out_are_predicted(
    panel: tuple[pd.Series, pd.DataFrame, pd.DataFrame],
) -> None:
    """One year of the middle and ten units, new to the model: near what was observed."""
    y, X, places = panel
    unit, year = y.index.get_level_values(0), y.index.get_level_values(1)
    new = (year == 2017) & (unit > "u39")
    known = (year != 2017) & (unit <= "u39")
    fit = sc.gtwr(y[known], X[known], places[:40], bandwidth=40, time_scale=150.0)
    ahead = sc.predict_gwr(fit, X[new], places[40:])
    error = ahead.predicted - y[new]
    assert 1 - (error**2).sum() / ((y[new] - y.mean()) ** 2).sum() > 0.85
    assert "outside" not in ahead.note
    late = sc.predict_gwr(fit, X[new].droplevel("time"), places[40:], time=2025)
    assert "2025: outside the times fitted (2015 to 2020)" in late.notes()[1]


def test_a_time_is_asked_for_and_refused_where_it_has_no_meaning(
    panel: tuple[pd.Series, pd.DataFrame, pd.DataFrame],
) -> None:
    y, X, places = panel
    fit = sc.gtwr(y, X, places, bandwidth=60, time_scale=80.0)
    at = X.xs(2016, level="time")
    with pytest.raises(ParameterError, match=r"say time=.*2015 until 2020"):
        sc.predict_gwr(fit, at, places)
    with pytest.raises(ParameterError, match="no row at time=1999"):
        sc.predict_gwr(fit, X, places, time=1999)
    still = sc.gwr(y.xs(2016, level="time"), at, places, bandwidth=30)
    with pytest.raises(ParameterError, match="says nothing to a GWR"):
        sc.predict_gwr(still, at, places, time=2016)
    with pytest.raises(ParameterError, match="X_new is a panel"):
        sc.predict_gwr(still, X, places)
    chosen = sc.predict_gwr(still, X, places, time=2016)
    pd.testing.assert_series_equal(chosen.predicted, sc.predict_gwr(still, at, places).predicted)
    with pytest.raises(ParameterError, match="no meaning for a GTWR"):
        sc.spatial_variability(fit)
    dates = y.set_axis(y.index.set_levels(pd.to_datetime(y.index.levels[1].astype(str)), level=1))
    with pytest.raises(ParameterError, match="must be numbers"):
        sc.gtwr(dates, X.set_axis(dates.index), places)


@pytest.mark.parametrize("weighting", ["kernel", "root"])
def test_collinearity_is_of_space_and_time(
    panel: tuple[pd.Series, pd.DataFrame, pd.DataFrame], weighting: str
) -> None:
    y, X, places = panel
    X = X.assign(schools=np.random.default_rng(1).normal(size=300))
    fit = sc.gtwr(y, X, places, time_scale=100.0, bandwidth=400.0, fixed=True)
    found = sc.local_collinearity(fit, weighting=weighting)
    i = 37
    xy = places.reindex(y.index.get_level_values(0)).to_numpy()
    time = y.index.get_level_values(1).to_numpy() * 100.0
    d2 = ((xy - xy[i]) ** 2).sum(axis=1) + (time - time[i]) ** 2
    w = np.where(d2 < 400**2, (1 - d2 / 400**2) ** 2, 0)
    weighted = fit.design.X * (w if weighting == "kernel" else np.sqrt(w))[:, None]
    weighted /= np.sqrt((weighted**2).sum(axis=0))
    assert found.condition_number.iloc[i] == pytest.approx(np.linalg.cond(weighted), rel=1e-9)
    assert ("W^(1/2) X, whose normal equations are solved" in found.notes()[0]) or (
        weighting == "root"
    )
    assert found.notes()[0] in found.summary()


def test_golden_section_that_missed_is_told(
    panel: tuple[pd.Series, pd.DataFrame, pd.DataFrame],
) -> None:
    y, X, places = panel
    golden = sc.gtwr(y, X, places, time_scale=20.0, min_bandwidth=15)
    whole = sc.gtwr(y, X, places, time_scale=20.0, min_bandwidth=15, search="exhaustive")
    assert whole.missed.empty
    best = golden.curve["criterion"].min()
    assert best == pytest.approx(whole.aicc, abs=1e-8)
    assert golden.missed.empty == (golden.aicc < best + 1e-6)


@pytest.mark.parametrize(
    ("bandwidth", "tau", "theirs", "ours", "trace"),
    [
        (0.9, 1.4, 13780.792562049754, 13782.95555773148, 529.1252561634979),
        (2.3, 10.1, 16461.58709937909, 16461.92347862191, 128.1886358094307),
    ],
)
def test_aicc_is_that_of_gwr_and_not_that_of_mgtwr(
    bandwidth: float, tau: float, theirs: float, ours: float, trace: float
) -> None:
    """mgtwr's own example: the fit is the same, the second penalty is not; see ``gtwr``."""
    y, X, places = example()
    fit = sc.gtwr(
        *(y, X, places),
        kernel="gaussian",
        fixed=True,
        bandwidth=bandwidth,
        time_scale=tau**0.5,
        standardize=False,
    )
    k = float(fit.enp.sum())
    assert k == pytest.approx(trace, rel=1e-9)
    assert fit.aicc == pytest.approx(ours, abs=1e-5)
    mgtwr = -2 * fit.log_likelihood + 2 * (k + 1) + 2 * k * (k + 1) / (1728 - k - 1)
    assert mgtwr == pytest.approx(theirs, abs=1e-5)
    assert "mgtwr puts tr S" in fit.summary()
