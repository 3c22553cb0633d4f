from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import DataError, PanelError, ParameterError


def series(*values: float, start: int = 2010, unit: str = "u") -> pd.Series:
    index = pd.MultiIndex.from_product(
        [[unit], range(start, start + len(values))], names=["unit", "time"]
    )
    return pd.Series(values, index=index)


def test_by_hand() -> None:
    """a and b from the normal equations of x0(k) = b - a z(k), written out."""
    x = np.array([2.874, 3.278, 3.337, 3.390, 3.679])
    z = np.cumsum(x)[:-1] + x[1:] / 2
    n, sz, szz, sx, szx = 4, z.sum(), (z * z).sum(), x[1:].sum(), (z * x[1:]).sum()
    a = (sz * sx - n * szx) / (n * szz - sz**2)
    b = (szz * sx - sz * szx) / (n * szz - sz**2)
    result = sc.forecast_gm11(series(*x), horizon=2, upper=None)
    row = result.accuracy.loc["u"]
    assert row["a"] == pytest.approx(a)
    assert row["b"] == pytest.approx(b)
    cumulated = (x[0] - b / a) * np.exp(-a * np.arange(7)) + b / a
    np.testing.assert_allclose(result.values["gm11"], np.diff(cumulated, prepend=0.0))


@pytest.mark.compares("forecast_gm11", against="Deng's textbook")
def test_textbook_example() -> None:
    """The series of Deng's textbook, with a = -0.0372 and b = 3.0654 as printed there."""
    row = sc.forecast_gm11(series(2.874, 3.278, 3.337, 3.390, 3.679), upper=None).accuracy.loc["u"]
    assert row["a"] == pytest.approx(-0.0372, abs=5e-5)
    assert row["b"] == pytest.approx(3.0654, abs=5e-4)
    assert row["grade"] == "good"


def test_geometric_growth_is_nearly_exact_and_beats_the_naive() -> None:
    result = sc.forecast_gm11(series(*(0.3 * 1.03 ** np.arange(8))), horizon=3)
    coming = result.values["gm11"].iloc[-3:]
    np.testing.assert_allclose(coming, 0.3 * 1.03 ** np.arange(8, 11), rtol=2e-3)
    row = result.accuracy.loc["u"]
    assert row["better"] == "gm11"
    assert row["naive_mape_ahead"] == pytest.approx(100 * 0.03 / 1.03)
    assert result.values["naive"].iloc[-1] == pytest.approx(0.3 * 1.03**7)


def test_a_constant_series_stays() -> None:
    result = sc.forecast_gm11(series(0.5, 0.5, 0.5, 0.5, 0.5), horizon=2)
    np.testing.assert_allclose(result.values["gm11"], 0.5)
    assert result.accuracy.loc["u", "grade"] == "good"


def test_noise_is_graded_down_and_loses_to_the_naive() -> None:
    result = sc.forecast_gm11(series(0.5, 0.2, 0.8, 0.3, 0.7, 0.2, 0.9, 0.3))
    assert result.accuracy.loc["u", "grade"] == "unqualified"


def test_forecasts_are_held_at_one_unless_unbounded() -> None:
    rising = series(0.6, 0.7, 0.8, 0.9)
    assert sc.forecast_gm11(rising).values["gm11"].max() == 1
    assert sc.forecast_gm11(rising, upper=None).values["gm11"].max() > 1
    assert np.isnan(sc.forecast_gm11(rising).accuracy.loc["u", "mape_ahead"])


def test_times_go_on_as_they_came() -> None:
    values = series(0.3, 0.4, 0.5, 0.6)
    values.index = values.index.set_levels([2000, 2005, 2010, 2015], level="time")
    times = sc.forecast_gm11(values, horizon=2).values.index.get_level_values("time")
    assert times.to_list() == [2000, 2005, 2010, 2015, 2020, 2025]


def test_refuses_all_at_once() -> None:
    short, gap = series(0.1, 0.2, 0.3, unit="short"), series(0.1, 0.2, 0.3, 0.4, 0.5, unit="gap")
    both = pd.concat([short, gap.drop(("gap", 2011))])
    with pytest.raises(PanelError, match=r"gap \(years are missing.*short \(3 years\)") as raised:
        sc.forecast_gm11(both)
    assert raised.value.cases is not None
    with pytest.raises(DataError, match="1 are not") as raised_data:
        sc.forecast_gm11(series(0.1, 0.0, 0.3, 0.4))
    assert raised_data.value.cases is not None
    with pytest.raises(ParameterError, match="horizon=0"):
        sc.forecast_gm11(series(0.1, 0.2, 0.3, 0.4), horizon=0)
    with pytest.raises(ParameterError, match="on \\(unit, time\\)"):
        sc.forecast_gm11(pd.Series([0.1, 0.2, 0.3, 0.4]))
