"""Do the p-values and intervals hold what they promise? Simulated, with fixed seeds.

Many data sets run in one call: each is a "time" of a panel, and ``by="time"``.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.ndimage import gaussian_filter

import spatialccd as sc
from spatialccd.errors import ThinStrataWarning
from tests.toys import square_grid


def _panel(values: np.ndarray, units: Any = None) -> pd.Series:
    """Lay data sets (n, runs) out as a panel."""
    n, runs = values.shape
    units = [f"U{i:04d}" for i in range(n)] if units is None else units
    index = pd.MultiIndex.from_product([units, range(runs)], names=["unit", "time"])
    return pd.Series(values.ravel(), index, name="y")


def _strata(index: pd.MultiIndex, **factors: np.ndarray) -> pd.DataFrame:
    units = index.get_level_values(0).unique()
    return pd.DataFrame(factors, index=units)


@pytest.mark.slow
def test_size_of_the_factor_detector_at_31_provinces() -> None:
    """31 units, 6 strata, no effect, 2,000 data sets: 4-6 % below .05, and E[q] = 5/30.

    The noncentral p rejects 1 %: it is no test at all. (Over 16,000 data sets:
    .049 by permutation, .049 by the central F, .010 by the noncentral one.)
    """
    y = _panel(np.random.default_rng(1).normal(size=(31, 2000)))
    strata = _strata(y.index, zone=np.arange(31) % 6)
    found = sc.factor_detector(y, strata, by="time", n_permutations=199, seed=1).to_frame()
    assert 0.04 <= (found["p_permutation"] <= 0.05).mean() <= 0.06
    assert 0.04 <= (found["p_f"] <= 0.05).mean() <= 0.06
    assert (found["p_ncf"] <= 0.05).mean() < 0.02
    # 4 standard errors of the mean of 2,000 q
    error = 4 * found["q"].std() / np.sqrt(2000)
    assert found["q"].mean() == pytest.approx(5 / 30, abs=error)
    assert found["adjusted_q"].mean() == pytest.approx(0, abs=2 * error)


@pytest.mark.parametrize("null", ["stronger_factor", "no_effect"])
def test_noise_looks_like_nonlinear_enhancement_and_the_p_values_know(null: Any) -> None:
    y = _panel(np.random.default_rng(3).normal(size=(31, 800)))
    strata = _strata(y.index, a=np.arange(31) % 3, b=np.arange(31) // 11)
    found = sc.interaction_detector(
        y, strata, by="time", n_permutations=99, seed=1, null=null
    ).to_frame()
    assert (found["type"] == "Nonlinear enhance").mean() > 0.9
    assert 0.03 <= (found["p_gain"] <= 0.05).mean() <= 0.07
    assert 0.03 <= (found["p_synergy"] <= 0.05).mean() <= 0.07


def test_beside_a_strong_factor_only_the_conditional_permutation_keeps_its_size() -> None:
    """a explains most of y and b nothing: permuting all of y never rejects, so it has no power."""
    a = np.arange(31) % 3
    y = _panel(2 * a[:, None] + np.random.default_rng(4).normal(size=(31, 600)))
    strata = _strata(y.index, a=a, b=np.arange(31) // 11)
    share = {}
    for null in ("no_effect", "stronger_factor"):
        found = sc.interaction_detector(
            y, strata, by="time", n_permutations=99, seed=1, null=null
        ).to_frame()
        share[null] = (found["p_gain"] <= 0.05).mean()
    assert share["no_effect"] < 0.01
    assert 0.03 <= share["stronger_factor"] <= 0.07


@pytest.mark.parametrize(("n", "groups", "step"), [(31, 6, 0.3), (31, 3, 0.6), (100, 4, 1.0)])
def test_bootstrap_intervals_cover_the_share_in_the_population(
    n: int, groups: int, step: float
) -> None:
    zone = np.arange(n) % groups
    means = step * np.arange(groups)
    truth = means.var() / (means.var() + 1)
    noise = np.random.default_rng(1).normal(size=(n, 400))
    y = _panel(means[zone][:, None] + noise)
    found = sc.factor_detector(
        y, _strata(y.index, zone=zone), by="time", n_permutations=0, n_bootstrap=299, seed=1
    ).to_frame()
    covered = ((found["q_low"] <= truth) & (truth <= found["q_high"])).mean()
    assert 0.92 <= covered <= 0.98


@pytest.mark.slow
def test_autocorrelation_breaks_plain_permutation_and_a_shift_mends_it() -> None:
    """Smooth y and strata that know nothing of each other, on a 12 x 12 grid.

    Share of 300 data sets with p <= .05 (what is promised: .05):

    ===========  ======  ======  ======
    smoothing    plain   blocks  shift
    ===========  ======  ======  ======
    none          .03     .04     .03
    one cell      .40     .26     .08
    two cells     .82     .58     .14
    ===========  ======  ======  ======

    Blocks of nine cells keep what varies between them; a shift keeps almost
    all. It is exact on a torus; here the map's edges, joined by the shift, do
    not match, which the last row shows.
    """
    side, runs = 12, 300
    areas = square_grid(side, side)
    areas.index = pd.Index([f"U{i:03d}" for i in range(side**2)], name="unit")
    row, column = np.divmod(np.arange(side**2), side)
    blocks = pd.Series(row // 3 * 4 + column // 3, areas.index, name="block")
    expected = {0.01: (0.03, 0.04, 0.03), 1.0: (0.40, 0.26, 0.08), 2.0: (0.82, 0.58, 0.14)}
    for smoothing, shares in expected.items():
        rng = np.random.default_rng(2)
        y = _panel(_fields(rng, side, runs, smoothing), areas.index)
        ranks = _fields(rng, side, runs, smoothing).argsort(axis=0).argsort(axis=0)
        strata = pd.DataFrame({"zone": (ranks * 4 // side**2).ravel()}, y.index)
        rules: list[dict[str, Any]] = [
            {},
            {"restrict": "blocks", "blocks": blocks},
            {"restrict": "shift", "places": areas},
        ]
        for rule, share in zip(rules, shares, strict=True):
            found = sc.factor_detector(
                y, strata, by="time", n_permutations=39, seed=1, **rule
            ).to_frame()
            assert (found["p_permutation"] <= 0.05).mean() == pytest.approx(share, abs=0.025)


def _fields(rng: np.random.Generator, side: int, runs: int, smoothing: float) -> np.ndarray:
    """Noise on a grid, smoothed: (cells, runs)."""
    fields = [
        gaussian_filter(rng.normal(size=(side, side)), smoothing, mode="constant").ravel()
        for _ in range(runs)
    ]
    return np.stack(fields, axis=1)


def test_size_of_the_search_for_optimal_strata() -> None:
    """Pure noise, 2,000 y at n = 31: p_search rejects 3-7 %, the plain p of the winner far more.

    The largest q of the search has a mean of .30 and a 95th percentile of .49
    (METHODS): a "significant" .4 is what the search finds in nothing.
    """
    from spatialccd.drivers.geodetector import _kernels as kernels
    from spatialccd.drivers.geodetector import optimal_strata as module

    methods = ("equal_interval", "natural_breaks", "quantile", "geometric", "standard_deviation")
    rng = np.random.default_rng(6)
    p_search, p_plain, largest = [], [], []
    for _ in range(20):  # twenty factors, a hundred y each
        x = pd.Series(rng.normal(10, 2, size=31), name="x")
        tries = module._tries(x, methods, range(3, 9), ())
        stack = module._stack(tries)
        strata = np.array([t.codes.max() + 1 for t in tries])
        for _ in range(100):
            z = kernels.standardize(rng.normal(size=31))
            q = kernels.q_statistics(stack, z[:, None])[:, 0]

            def draw(generator: np.random.Generator, m: int) -> np.ndarray:
                return generator.permuted(np.tile(np.arange(31), (m, 1)), axis=1)

            best = q.max(keepdims=True)
            _, p = module._p_search(tries, best, z, draw, 99, rng, lambda _: None)
            p_search.append(p[0])
            F = kernels.f_statistics(best, strata[[q.argmax()]], 31)
            p_plain.append(kernels.p_central(F, strata[[q.argmax()]], 31)[0])
            largest.append(best[0])
    assert 0.03 <= np.mean(np.array(p_search) <= 0.05) <= 0.07
    assert np.mean(np.array(p_plain) <= 0.05) > 0.15
    assert np.mean(largest) == pytest.approx(0.30, abs=0.02)
    assert np.quantile(largest, 0.95) == pytest.approx(0.49, abs=0.03)


def test_a_part_without_any_usable_factor_is_empty_in_every_column() -> None:
    rng = np.random.default_rng(1)
    y = _panel(rng.normal(size=(12, 2)))
    strata = pd.DataFrame({"zone": np.repeat(range(12), 2) % 3}, y.index)
    strata.loc[(slice(None), 1), "zone"] = 0
    with pytest.warns(ThinStrataWarning, match=r"zone \(1\): one stratum only"):
        found = sc.factor_detector(
            y, strata, by="time", n_permutations=9, n_bootstrap=9, seed=1
        ).to_frame()
    figures = ["q", "q_low", "q_high", "expected_q", "adjusted_q", "p_permutation", "F", "p_f"]
    assert found.loc[1, figures].isna().all()
    assert found.loc[0, figures].notna().all()


def test_very_many_rows_are_permuted_as_few_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """There strata are shuffled and not y: the share of all 5,040 arrangements comes out."""
    values = np.array([1.0, 3.0, 2.0, 7.0, 4.0, 9.0, 5.0])
    strata = {"x": np.array([0, 0, 1, 1, 2, 2, 2]), "z": np.array([0, 1, 0, 1, 0, 1, 0])}
    every = np.array(list(itertools.permutations(values)))
    exact = []
    for codes in strata.values():
        squares = [every[:, codes == c].sum(axis=1) ** 2 / (codes == c).sum() for c in set(codes)]
        between = np.sum(squares, axis=0)
        exact.append(np.mean(between >= between[0] - 1e-9))
    units = pd.Index(list("abcdefg"), name="unit")
    monkeypatch.setattr("spatialccd.drivers.geodetector.factor.MANY", 0)
    with pytest.warns(ThinStrataWarning):
        found = sc.factor_detector(
            pd.Series(values, units, name="y"),
            pd.DataFrame(strata, units),
            n_permutations=20_000,
            seed=1,
        )
    assert found.figures["p_permutation"].to_numpy() == pytest.approx(exact, abs=0.014)
