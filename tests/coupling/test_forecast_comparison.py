"""Forecasters against their definitions and statsmodels; a backtest that sees no future."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.coupling import _forecasters as own
from spatialccd.errors import DataError, PanelError, ParameterError

_GREY = np.array([2.874, 3.278, 3.337, 3.390, 3.679])


def _panel(table: dict[str, np.ndarray], start: int = 2005) -> pd.Series:
    parts = {
        unit: pd.Series(x, range(start, start + len(x)), dtype=float) for unit, x in table.items()
    }
    return pd.concat(parts, names=["unit", "time"])


def test_order_one_is_the_grey_model() -> None:
    index = pd.MultiIndex.from_product([["u"], range(5)], names=["unit", "time"])
    wanted = sc.forecast_gm11(pd.Series(_GREY, index), horizon=3, upper=None).values["gm11"]
    np.testing.assert_allclose(own.grey_path(_GREY, 3, 1.0), wanted, rtol=1e-9)
    np.testing.assert_allclose(own.gm11(_GREY, 3), wanted[5:], rtol=1e-9)


@pytest.mark.parametrize("order", [0.05, 0.3, 0.5, 0.95, 1.0])
def test_accumulation_is_its_series_and_is_undone(order: float) -> None:
    from scipy.special import gamma

    k = np.arange(5)
    c = gamma(order + k) / (gamma(order) * gamma(k + 1))
    by_hand = [sum(c[i - j] * _GREY[j] for j in range(i + 1)) for i in range(5)]
    np.testing.assert_allclose(own.accumulate(_GREY, order), by_hand)
    np.testing.assert_allclose(own.accumulate(own.accumulate(_GREY, order), -order), _GREY)


def test_a_fractional_order_fits_no_worse_than_one() -> None:
    x = np.array([2.0, 2.6, 2.5, 2.9, 2.8, 3.1, 3.0])
    fit = {r: np.abs(own.grey_path(x, 0, r) - x).mean() for r in own._ORDERS}
    best = min(fit, key=lambda r: fit[r])
    np.testing.assert_allclose(own.fgm11(x, 2), own.grey_path(x, 2, best)[7:])
    assert fit[best] <= fit[1.0]


def test_grey_markov_corrects_what_comes_again() -> None:
    """Residuals in three turns: the state after the last is known."""
    base = 3 * 1.04 ** np.arange(12)
    x = base * np.tile([1.05, 0.95, 1.0], 4)
    plain, corrected = own.gm11(x, 1)[0], own.grey_markov(x, 1)[0]
    truth = 3 * 1.04**12 * 1.05
    assert abs(corrected - truth) < 0.3 * abs(plain - truth)


@pytest.mark.compares("compare_forecasts", against="statsmodels")
def test_statsmodels_gives_the_same() -> None:
    from statsmodels.tsa.arima.model import ARIMA
    from statsmodels.tsa.holtwinters import Holt, SimpleExpSmoothing

    x = np.cumsum(np.random.default_rng(2).normal(0.1, 0.2, 20)) + 5
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        simple = SimpleExpSmoothing(x, initialization_method="estimated").fit().forecast(2)
        damped = Holt(x, damped_trend=True, initialization_method="estimated").fit().forecast(2)
        fits = [ARIMA((x - x.mean()) / x.std(), order=o, trend="t").fit() for o in own._ARIMA]
    best = min(fits, key=lambda fit: fit.aicc)
    np.testing.assert_allclose(own.smoothing(x, 2), simple, rtol=1e-4)
    np.testing.assert_allclose(own.damped_trend(x, 2), damped, rtol=1e-3)
    np.testing.assert_allclose(own.arima(x, 2), x.mean() + x.std() * best.forecast(2))


def test_the_backtest_sees_no_future_and_names_the_winner() -> None:
    rng = np.random.default_rng(3)
    walk = {f"w{i}": 5 + np.cumsum(rng.normal(0, 0.3, 14)) for i in range(6)}
    line = {f"l{i}": 1 + 0.3 * np.arange(14) + rng.normal(0, 0.02, 14) for i in range(6)}
    methods = ("naive", "drift", "smoothing")
    straight = sc.compare_forecasts(_panel(line), methods=methods, upper=None)
    assert straight.figures["method"].iloc[0] == "drift"
    assert straight.figures.set_index("method").loc["drift", "units_won"] == 6
    assert (straight.by_unit["best"] == "drift").all()
    wandering = sc.compare_forecasts(_panel(walk), methods=("naive", "drift"), upper=None)
    np.testing.assert_allclose(wandering.by_unit.loc["w0", "naive"], _naive_mase(walk["w0"], 7, 3))
    changed = dict(walk)
    changed["w0"] = np.append(walk["w0"][:-1], 50.0)
    again = sc.compare_forecasts(_panel(changed), methods=("naive",), horizon=1, upper=None)
    before = sc.compare_forecasts(_panel(walk), methods=("naive",), horizon=1, upper=None)
    pd.testing.assert_frame_equal(again.by_unit.drop("w0"), before.by_unit.drop("w0"))


def _naive_mase(x: np.ndarray, first: int, horizon: int) -> float:
    found = []
    for origin in range(first, len(x)):
        scale = np.abs(np.diff(x[:origin])).mean()
        found += list(np.abs(x[origin : origin + horizon] - x[origin - 1]) / scale)
    return float(np.mean(found))


def test_forecasts_are_those_of_all_years_and_held() -> None:
    x = 0.5 * 1.06 ** np.arange(12)
    found = sc.compare_forecasts(_panel({"a": x}), methods=("naive", "gm11"), horizon=4)
    coming = found.forecasts.loc["a"].tail(4)
    np.testing.assert_allclose(coming["gm11"], np.minimum(own.gm11(x, 4), 1.0))
    assert (coming["best"] == coming[found.by_unit.loc["a", "best"]]).all()
    assert coming["observed"].isna().all()
    assert list(coming.index) == [2017, 2018, 2019, 2020]


def test_wrong_series_are_refused() -> None:
    x = np.arange(1.0, 11)
    with pytest.raises(DataError, match="gm11 needs positive"):
        sc.compare_forecasts(_panel({"a": x - 3}), methods=("gm11",))
    sc.compare_forecasts(_panel({"a": x - 3}), methods=("naive", "drift"), upper=None)
    with pytest.raises(PanelError, match=r"a \(6 years\)"):
        sc.compare_forecasts(_panel({"a": x[:6]}), methods=("naive",))
    with pytest.raises(ParameterError, match="did you mean 'arima'"):
        sc.compare_forecasts(_panel({"a": x}), methods=("armia",))
