from __future__ import annotations

import itertools
import json
import statistics
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import spatialccd as sc
from spatialccd import _trend
from spatialccd.errors import PanelError, ParameterError
from tests.dynamics.sizes import size
from tests.toys import Toys


def panel(x: Any, times: Any = None, units: Any = None) -> pd.Series:
    """Lay series (n, T) out on (unit, time)."""
    x = np.atleast_2d(np.asarray(x, dtype=float))
    times = range(2000, 2000 + x.shape[1]) if times is None else times
    units = [f"u{i:03d}" for i in range(len(x))] if units is None else units
    return pd.Series(x.ravel(), pd.MultiIndex.from_product([units, times], names=["unit", "time"]))


@pytest.fixture
def peer() -> ModuleType:
    return pytest.importorskip("pymannkendall")


def _case(shared: Path, name: str) -> tuple[pd.DataFrame, dict[str, Any]]:
    folder = shared / "verify" / name
    expected = json.loads((folder / "expected.json").read_text())["expected"]
    return pd.read_csv(folder / "data.csv"), expected


def test_flow_of_the_nile(shared: Path) -> None:
    data, expected = _case(shared, "mann_kendall_nile")
    y = panel(data["flow"], data["year"])
    row = sc.mann_kendall(y).table.iloc[0]
    wanted = [expected[k] for k in ("S", "var_S", "z", "p", "tau_b", "sen_slope")]
    found = row[["S", "variance", "z", "p", "tau", "slope"]].to_numpy(dtype=float)
    np.testing.assert_allclose(found, wanted, rtol=1e-9)
    assert row["level_first"] == pytest.approx(expected["intercept_median"])  # its times are 0, 1..
    assert row["trend"] == "falling"
    corrected = sc.mann_kendall(y, method="hamed_rao").table.iloc[0]
    wanted = [expected["hamed_rao"][k] for k in ("var", "z", "p")]
    np.testing.assert_allclose(corrected[["variance", "z", "p"]].to_numpy(float), wanted, rtol=1e-9)


def test_temperature_at_nottingham_by_months(shared: Path) -> None:
    data, expected = _case(shared, "mann_kendall_nottem")
    y = panel(data["v"], pd.period_range("1920-01", periods=240, freq="M"))
    result = sc.mann_kendall(y, method="seasonal", seasons=12)
    row = result.table.iloc[0]
    wanted = [expected[k] for k in ("S", "var_S", "z", "p", "slope_per_year")]
    found = row[["S", "variance", "z", "p", "slope"]].to_numpy(dtype=float)
    np.testing.assert_allclose(found, wanted, rtol=1e-9)
    # The peer's tau counts tied pairs in its divisor (tau-a); ours is tau-b.
    assert row["S"] / (12 * 190) == pytest.approx(expected["tau"])
    assert row["tau"] > expected["tau"]
    assert abs(row["autocorrelation"]) < 0.5  # without the seasons, which would make it .8


@pytest.mark.compares("mann_kendall", against="pymannkendall")
@pytest.mark.parametrize("seed", range(4))
def test_agrees_with_pymannkendall(peer: ModuleType, seed: int) -> None:
    x = np.random.default_rng(seed).normal(size=(3, 24)).cumsum(axis=1)
    for lag in (None, 1, 3):
        table = sc.mann_kendall(panel(x), method="hamed_rao", lag=lag).table
        for row, own in zip(table.itertuples(), x, strict=True):
            known = peer.hamed_rao_modification_test(own, lag=lag)
            assert known.s == row.S
            assert row.variance == pytest.approx(known.var_s, rel=1e-9)
            assert row.p == pytest.approx(known.p, rel=1e-9)
    x = np.round(x)
    plain = sc.mann_kendall(panel(x)).table
    seasonal = sc.mann_kendall(panel(x), method="seasonal", seasons=4).table
    for i, own in enumerate(x):
        known = peer.original_test(own)
        assert plain["z"].iloc[i] == pytest.approx(known.z, rel=1e-9)
        assert plain["slope"].iloc[i] == pytest.approx(known.slope, rel=1e-9)
        known = peer.seasonal_test(own, period=4)
        assert seasonal["z"].iloc[i] == pytest.approx(known.z, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_ranks_of_residuals_are_tied_where_exact_numbers_are(seed: int) -> None:
    """The peer breaks ties of residuals by rounding (x - t / 3), and its variance with them."""
    x = np.round(np.random.default_rng(seed).normal(size=24).cumsum()).astype(int)
    pairs = list(itertools.combinations(range(24), 2))
    slope = statistics.median(Fraction(int(x[j] - x[i]), j - i) for i, j in pairs)
    exact = [int(v) - slope * t for t, v in enumerate(x)]
    ranks = stats.rankdata([sorted(set(exact)).index(e) for e in exact])
    d = ranks - ranks.mean()
    factor = 1.0
    for k in range(1, 24):
        r = (d[k:] * d[:-k]).sum() / (d * d).sum()
        if abs(r) > stats.norm.ppf(0.975) / np.sqrt(24):
            factor += 2 * (24 - k) * (23 - k) * (22 - k) * r / (24 * 23 * 22)
    found = {m: sc.mann_kendall(panel(x), method=m).table.iloc[0] for m in ("plain", "hamed_rao")}
    assert found["hamed_rao"]["variance"] == pytest.approx(found["plain"]["variance"] * factor)


@given(st.lists(st.integers(0, 4), min_size=3, max_size=6))
def test_exact_p_is_that_of_all_orders(values: list[int]) -> None:
    found = _trend.mann_kendall(np.array([values], dtype=float))

    def s(order: Any) -> int:
        return int(sum(np.sign(b - a) for a, b in itertools.combinations(order, 2)))

    all_s = np.array([s(order) for order in itertools.permutations(values)])
    assert found.s[0] == s(values)
    assert found.p[0] == pytest.approx(np.mean(np.abs(all_s) >= abs(s(values))))
    assert found.variance[0] == pytest.approx(np.mean(all_s.astype(float) ** 2))


@pytest.mark.compares("mann_kendall", against="scipy")
def test_tau_slope_and_interval_agree_with_scipy() -> None:
    rng = np.random.default_rng(5)
    times = np.array([2000, 2001, 2003, 2004, 2008, 2009, 2010, 2013, 2015, 2016, 2020, 2021])
    x = np.round(rng.normal(size=(5, 12)) + 0.1 * (times - 2000), 1)
    table = sc.mann_kendall(panel(x, times), alpha=0.1).table
    for row, own in zip(table.itertuples(), x, strict=True):
        assert row.tau == pytest.approx(stats.kendalltau(times, own).statistic)
        line = stats.theilslopes(own, times, alpha=0.9, method="separate")
        assert row.slope == pytest.approx(line.slope)
        assert row.level_first == pytest.approx(line.intercept + line.slope * 2000)
        assert row.slope_low == pytest.approx(line.low_slope)
        assert row.slope_high == pytest.approx(line.high_slope)


def test_values_that_differ_by_rounding_are_ties() -> None:
    row = sc.mann_kendall(panel([0.3, 0.1 + 0.2, 0.3, 0.1 + 0.2])).table.iloc[0]
    assert (row["S"], row["p"], row["trend"]) == (0, 1, "no trend")
    assert np.isnan(row["tau"])
    scaled = [sc.mann_kendall(panel([[1, 3, 2, 5.0]]) * k).table["S"].iloc[0] for k in (1e-9, 1e9)]
    assert scaled == [4, 4]


def test_many_units_are_tested_as_many() -> None:
    x = np.random.default_rng(2).normal(size=(400, 12))
    found = {how: sc.mann_kendall(panel(x), correction=how).table for how in ("fdr", "none")}
    assert (found["none"]["trend"] != "no trend").sum() > 8
    assert (found["fdr"]["trend"] != "no trend").sum() <= 1
    wanted = stats.false_discovery_control(found["none"]["p"])
    np.testing.assert_allclose(found["fdr"]["p_adjusted"], wanted)


def test_what_p_rests_on_is_said() -> None:
    noise, t = np.random.default_rng(3).normal(size=30), np.arange(30)
    walk = np.stack([noise + t, 3 * np.sin(t / 3) + t / 2])
    plain = sc.mann_kendall(panel(walk))
    assert any(note.endswith("before: u001") for note in plain.notes())
    assert not any("cannot tell" in note for note in plain.notes())
    assert any("8 times cannot tell" in n for n in sc.mann_kendall(panel(walk[:, :8])).notes())
    assert any("exact" in n for n in sc.mann_kendall(panel(walk[:, :8])).notes())


def test_a_negative_variance_is_no_p() -> None:
    # A saw's ranks are autocorrelated below -1/2 at lag 1, and its factor is below 0.
    saw = np.tile([1.0, -1.0], 5) + np.random.default_rng(1).normal(size=10) / 100
    result = sc.mann_kendall(panel(saw), method="hamed_rao", lag=1)
    row = result.table.iloc[0]
    assert np.isnan(row["p"])
    assert row["trend"] == "not tested"
    assert any("negative" in note for note in result.notes())


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"lag": 2}, "hamed_rao"),
        ({"seasons": 4}, "seasonal"),
        ({"method": "seasonal"}, "seasons=12"),
        ({"method": "hamed_rao", "lag": 0}, "lag"),
        ({"method": "hamed-rao"}, "did you mean"),
        ({"alpha": 5}, "alpha"),
        ({"method": "seasonal", "seasons": 7}, "two years"),
    ],
)
def test_settings_that_cannot_be_are_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ParameterError, match=words):
        sc.mann_kendall(panel(np.arange(12.0)), **settings)


def test_panels_that_cannot_be_tested_are_refused(toys: Toys) -> None:
    y = toys.panel["income"]
    with pytest.raises(PanelError, match="no years"):
        sc.mann_kendall(toys.year["income"])
    with pytest.raises(PanelError, match="lacks 1 years"):
        sc.mann_kendall(y.iloc[1:])
    with pytest.raises(PanelError, match="needs 10"):
        sc.mann_kendall(y, method="hamed_rao")
    gap = panel(np.arange(8.0), [1, 2, 3, 5, 6, 7, 8, 9])
    with pytest.raises(ParameterError, match="3 to 5"):
        sc.mann_kendall(gap, method="seasonal", seasons=4)


def test_sizes_are_those_of_the_docstring() -> None:
    """The whole table: python -m tests.dynamics.sizes."""
    assert size("mann_kendall", 0.0, 30, 2000) == pytest.approx(0.048, abs=0.015)
    assert size("mann_kendall", 0.5, 30, 2000) == pytest.approx(0.233, abs=0.03)
    assert size("mann_kendall", 0.5, 30, 2000, method="hamed_rao") == pytest.approx(0.22, abs=0.03)
