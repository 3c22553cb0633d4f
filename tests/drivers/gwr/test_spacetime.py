"""Regressions over space and time."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import AlignmentError, ParameterError


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
