from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

import spatialccd as sc
from spatialccd.dynamics._dagum import dagum, decompose
from spatialccd.dynamics._dagum_intervals import Sample, _jackknifed
from spatialccd.errors import AlignmentError, DataError, ParameterError, ThinStrataWarning
from tests.dynamics.coverage import POPULATIONS, coverage
from tests.toys import Toys


def plain_gini(y: np.ndarray) -> float:
    return float(np.abs(y[:, None] - y[None, :]).sum() / (2 * len(y) ** 2 * y.mean()))


@pytest.mark.compares("dagum_gini", against="Mussard's program (published example)")
def test_agrees_with_mussard(shared: Path) -> None:
    case = shared / "verify" / "dagum_gini"
    expected = json.loads((case / "expected.json").read_text())["expected"]["small"]
    data = pd.read_csv(case / "small.csv")
    result = sc.dagum_gini(data["y"].astype(float), data["g"])
    for part in ("G", "Gw", "Gnb", "Gt"):
        assert getattr(result, part) == pytest.approx(expected[part], rel=1e-12)
    np.testing.assert_allclose(result.within, expected["Gjj"], rtol=1e-12)
    np.testing.assert_allclose(result.between, expected["Gjh"], rtol=1e-12)
    np.testing.assert_allclose(result.affluence, expected["Djh"], rtol=1e-12)


_samples = st.lists(st.tuples(st.floats(0.001, 1e4), st.integers(0, 3)), min_size=2, max_size=40)


@given(sample=_samples)
@settings(max_examples=200, deadline=None)
@pytest.mark.filterwarnings("ignore::spatialccd.errors.ThinStrataWarning")
def test_parts_sum_to_the_plain_gini(sample: list[tuple[float, int]]) -> None:
    y = pd.Series([value for value, _ in sample])
    group = pd.Series([f"g{code}" for _, code in sample])
    result = sc.dagum_gini(y, group)
    assert result.Gw + result.Gnb + result.Gt == pytest.approx(result.G, abs=1e-12)
    assert pytest.approx(plain_gini(y.to_numpy()), abs=1e-10) == result.G
    assert min(result.Gw, result.Gnb, result.Gt) >= -1e-12


@pytest.mark.compares("dagum_gini", against="Dagum (1997), by pairs")
def test_each_part_by_its_definition() -> None:
    """Every sum of the definition written out over pairs, without sorting."""
    rng = np.random.default_rng(4)
    y, group = rng.gamma(2.0, size=60), rng.integers(0, 3, 60)
    parts = [y[group == j] for j in range(3)]
    n, mu = np.array([len(p) for p in parts]), np.array([p.mean() for p in parts])
    p, s = n / n.sum(), n * mu / y.sum()
    Gnb = Gt = 0.0
    for j in range(3):
        for h in range(j):
            rich, poor = (j, h) if mu[j] >= mu[h] else (h, j)
            gap = parts[rich][:, None] - parts[poor][None, :]
            d, q = np.maximum(gap, 0).mean(), np.maximum(-gap, 0).mean()
            weight = np.abs(gap).mean() / (mu[j] + mu[h]) * (p[j] * s[h] + p[h] * s[j])
            Gnb += weight * (d - q) / (d + q)
            Gt += weight * (1 - (d - q) / (d + q))
    result = sc.dagum_gini(pd.Series(y), pd.Series(group))
    assert pytest.approx(Gnb, rel=1e-12) == result.Gnb
    assert pytest.approx(Gt, rel=1e-12) == result.Gt
    assert pytest.approx(sum(plain_gini(x) * p[j] * s[j] for j, x in enumerate(parts))) == result.Gw


def test_groups_that_do_not_overlap_have_no_transvariation() -> None:
    result = sc.dagum_gini(pd.Series([1.0, 2, 10, 11]), pd.Series(list("aabb")))
    assert result.Gt == pytest.approx(0, abs=1e-15)
    assert result.affluence.loc["a", "b"] == 1


def test_by_year_is_each_year_alone(toys: Toys) -> None:
    y = toys.panel["income"]
    result = sc.dagum_gini(y, toys.regions, by="time")
    assert list(result.to_frame().index) == toys.years
    for year in toys.years:
        alone = sc.dagum_gini(y.xs(year, level="time"), toys.regions)
        assert result.G[year] == pytest.approx(alone.G)
        np.testing.assert_allclose(result.within.loc[year], alone.within)
        np.testing.assert_allclose(result.between.loc[year], alone.between)
        row = result.to_frame().loc[year]
        assert row["Central - East"] == pytest.approx(alone.between.loc["Central", "East"])
        assert row[["share_w", "share_nb", "share_t"]].sum() == pytest.approx(100)


def test_bootstrap_intervals_hold_the_estimate_and_follow_the_seed(toys: Toys) -> None:
    y = toys.panel["income"]
    first, again, other = (
        sc.dagum_gini(y, toys.regions, by="time", n_bootstrap=99, seed=seed) for seed in (1, 1, 2)
    )
    assert first.intervals is not None
    pd.testing.assert_frame_equal(first.intervals, again.intervals)
    assert not first.intervals.equals(other.intervals)
    frame = first.to_frame()
    assert (frame["G_low"] <= frame["G"]).all()
    assert (frame["G"] <= frame["G_high"]).all()


def test_bootstrap_of_units_that_are_all_alike_has_no_width() -> None:
    y, group = pd.Series([1.0] * 4 + [3.0] * 4), pd.Series(list("aaaabbbb"))
    intervals = sc.dagum_gini(y, group, n_bootstrap=20, seed=0).intervals
    assert intervals is not None
    assert intervals[("G", "low")].iloc[0] == pytest.approx(intervals[("G", "high")].iloc[0])


def test_means_that_are_not_positive_are_named() -> None:
    y = pd.Series([1.0, -1.0, 2.0, 3.0])
    with pytest.raises(DataError, match=r"a \(0\)") as raised:
        sc.dagum_gini(y, pd.Series(list("aabb")))
    assert raised.value.cases is not None
    assert raised.value.cases["group"].to_list() == ["a"]


def test_a_group_of_one_is_warned_of() -> None:
    with pytest.warns(ThinStrataWarning, match=r"b \(1\)"):
        result = sc.dagum_gini(pd.Series([1.0, 2.0, 5.0]), pd.Series(list("aab")))
    assert result.within["b"] == 0


def test_units_without_a_group_and_years_that_are_not_there(toys: Toys) -> None:
    y = toys.panel["income"]
    with pytest.raises(AlignmentError, match="A00"):
        sc.dagum_gini(y, toys.regions.iloc[1:])
    with pytest.raises(AlignmentError, match="A03"):
        sc.dagum_gini(y, toys.regions.where(toys.units != "A03"))
    with pytest.raises(ParameterError, match="needs values on"):
        sc.dagum_gini(toys.year["income"], toys.regions, by="time")


def test_three_thousand_units_need_no_matrix_of_pairs() -> None:
    """Sorting and prefix sums: memory stays far below the 72 MB of one n x n matrix."""
    rng = np.random.default_rng(0)
    y, group = pd.Series(rng.gamma(2.0, size=3000)), pd.Series(rng.integers(0, 9, 3000))
    sc.dagum_gini(y, group)  # what is loaded on first use is not the method's
    tracemalloc.start()
    sc.dagum_gini(y, group)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10e6


def _less(y: np.ndarray, code: np.ndarray, keep: np.ndarray, k: int) -> np.ndarray:
    """Parts of the rows kept, each counted more so that its group keeps its size."""
    more = np.bincount(code, minlength=k) / np.bincount(code[keep], minlength=k)
    y, code = y[keep], code[keep]
    member = np.eye(k)[code] * more
    above = member.T @ np.maximum(y[None, :] - y[:, None], 0) @ member
    return decompose(member.sum(axis=0), member.T @ y, above).parts


def _brute(y: np.ndarray, code: np.ndarray, unit: np.ndarray, k: int) -> tuple[np.ndarray, ...]:
    """Bias-corrected parts and standard errors by leaving out one unit after another."""
    home = code[np.unique(unit, return_index=True)[1]]
    whole = dagum(y, code, k).parts
    bias, variance = np.zeros(4), np.zeros(4)
    for group in range(k):
        members = np.flatnonzero(home == group)
        left = np.array([_less(y, code, unit != u, k) for u in members])
        m = len(members)
        bias += (m - 1) * (left.mean(axis=0) - whole)
        variance += (m - 1) / m * ((left - left.mean(axis=0)) ** 2).sum(axis=0)
    return whole, whole - bias, np.sqrt(variance)


@pytest.mark.parametrize("years", [1, 3])
def test_the_jackknife_is_that_of_one_unit_less_at_a_time(years: int) -> None:
    """In the data, and in a draw where units stand more than once; rows of a unit go together."""
    rng = np.random.default_rng(5)
    unit = np.repeat(np.arange(14), years)
    y = rng.gamma(2.0, size=unit.size).round(1)  # with ties
    code = np.repeat([0, 1, 2], [4, 5, 5])[unit]
    sample = Sample(y, np.eye(3)[code], unit, np.eye(3)[code[::years]])
    counts = np.vstack([np.ones(14), rng.multinomial(4, [0.25] * 4).tolist()
                        + rng.multinomial(5, [0.2] * 5).tolist()
                        + rng.multinomial(5, [0.2] * 5).tolist()])  # fmt: skip
    found = _jackknifed(sample, counts)
    for b, row in enumerate(counts.astype(int)):
        copies = np.repeat(np.arange(14), row)
        rows = np.concatenate([np.flatnonzero(unit == u) for u in copies])
        again = np.repeat(np.arange(len(copies)), years)
        for ours, theirs in zip(found, _brute(y[rows], code[rows], again, 3), strict=True):
            np.testing.assert_allclose(ours[b], theirs, atol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("size", [10, 31])
def test_intervals_hold_the_truth(size: int) -> None:
    """Three groups; 200 runs of the 1,000 of tests/dynamics/coverage.py (standard error .015)."""
    shares = coverage(POPULATIONS["overlapping"], size, 200, n_bootstrap=199)
    assert shares.between(0.89, 0.985).all(), shares.to_dict()


@pytest.mark.parametrize("factor", [1e-12, 1e12])
def test_intervals_do_not_depend_on_the_unit_of_measurement(toys: Toys, factor: float) -> None:
    y = toys.panel["income"]
    plain, scaled = (
        sc.dagum_gini(v, toys.regions, by="time", n_bootstrap=49, seed=1).intervals
        for v in (y, y * factor)
    )
    np.testing.assert_allclose(plain, scaled, rtol=1e-9)


def test_groups_that_do_not_overlap_are_told_of() -> None:
    y = pd.Series([1.0, 2, 3, 4, 10, 12, 14, 17])
    result = sc.dagum_gini(y, pd.Series(list("aaaabbbb")), n_bootstrap=49, seed=1)
    assert result.intervals is not None
    assert (result.intervals["Gt"].to_numpy() == 0).all()
    assert result.notes() == [
        "intervals without width: Gt all; units of a group do not differ, or groups do not "
        "overlap, in the sample, which does not say that they never do"
    ]
