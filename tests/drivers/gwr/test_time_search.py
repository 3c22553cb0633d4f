"""The search of bandwidth and time scale together, beside mgtwr's on its example and dense sums."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.drivers.gwr import _exact
from spatialccd.drivers.gwr._neighbors import Neighbors
from spatialccd.drivers.gwr._product import Product
from spatialccd.drivers.gwr._space import Space
from spatialccd.errors import BandwidthWarning
from tests.drivers.gwr.mgtwr_example import example, mean

TERMS = ("Intercept", "x1", "x2")
HELD = {"kernel": "gaussian", "fixed": True, "standardize": False}


def _dense(
    y: pd.Series, X: pd.DataFrame, places: pd.DataFrame
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Give y, x, and squared distances in space and in time."""
    xy = places.loc[y.index.get_level_values(0)].to_numpy(float)
    t = y.index.get_level_values(1).to_numpy(float)
    x = np.column_stack([np.ones(len(y)), X])
    return y.to_numpy(), x, ((xy[:, None] - xy) ** 2).sum(axis=2), (t[:, None] - t) ** 2


def _aicc(y: np.ndarray, fitted: np.ndarray, trace: float) -> float:
    n, rss = len(y), ((y - fitted) ** 2).sum()
    return n * (np.log(rss / n) + np.log(2 * np.pi)) + n * (n + trace) / (n - 2 - trace)


@pytest.mark.filterwarnings("ignore::spatialccd.errors.BandwidthWarning")
@pytest.mark.compares("gtwr", against="mgtwr 2.0.5 at the pair it finds, and dense sums")
def test_at_the_pair_that_mgtwr_finds_a_dense_gtwr_is_the_same_and_ours_is_lower() -> None:
    """mgtwr's search ends at b = .8, tau = 1; its AICc has tr S where tr S + 1 belongs."""
    y, x, apart, late = _dense(*example())
    w = np.exp(-0.5 * (apart + 1.0 * late) / 0.8**2)
    crossed = np.einsum("ij,ja,jb->iab", w, x, x, optimize=True)
    beta = np.linalg.solve(crossed, (w @ (x * y[:, None]))[:, :, None])[:, :, 0]
    trace = np.einsum("ia,ia->", x, np.linalg.solve(crossed, x[:, :, None])[:, :, 0])
    fitted = (x * beta).sum(axis=1)
    fit = sc.gtwr(*example(), **HELD, bandwidth=0.8, time_scale=1.0)
    found = fit.coef.reindex(example()[0].index)
    np.testing.assert_allclose(found, beta, rtol=1e-8)
    assert fit.aicc == pytest.approx(_aicc(y, fitted, trace), abs=1e-7)
    assert fit.r2 == pytest.approx(0.9862024248909625, abs=1e-12)
    assert float(fit.enp.sum()) == pytest.approx(603.554235979603, abs=1e-8)
    k = float(fit.enp.sum())
    theirs = -2 * fit.log_likelihood + 2 * (k + 1) + 2 * k * (k + 1) / (1728 - k - 1)
    assert theirs == pytest.approx(13749.050577638545, abs=1e-7)
    assert sc.gtwr(*example(), **HELD).aicc < fit.aicc - 5


@pytest.mark.filterwarnings("ignore::spatialccd.errors.BandwidthWarning")
@pytest.mark.compares("mgtwr", against="dense projections at the scales that mgtwr finds")
def test_at_the_scales_that_mgtwr_finds_a_dense_mgtwr_is_the_same_and_ours_is_lower() -> None:
    """The projections R_j solve R_j + A_j sum of the others = A_j, all at once; five times of it.

    At the scales of mgtwr's example. Of all twelve times the same takes a minute, and agrees.
    """
    y, X, places = example()
    early = y.index.get_level_values("time") < 5
    y, X = y[early], X[early]
    values, x, apart, late = _dense(y, X, places)
    bandwidths, taus = (0.9, 0.7, 0.5), (3.6, 0.2, 0.8)
    n = len(y)
    system, right = np.eye(3 * n), np.empty((3 * n, n))
    for j, (b, tau) in enumerate(zip(bandwidths, taus, strict=True)):
        a = np.exp(-0.5 * (apart + tau * late) / b**2) * x[:, j]
        a *= (x[:, j] / (a @ x[:, j]))[:, None]
        rows = slice(j * n, (j + 1) * n)
        right[rows] = a
        for other in {0, 1, 2} - {j}:
            system[rows, other * n : (other + 1) * n] = a
    R = np.linalg.solve(system, right).reshape(3, n, n)
    fit = sc.mgtwr(
        *(y, X, places),
        **HELD,
        bandwidths=dict(zip(TERMS, bandwidths, strict=True)),
        time_scales=dict(zip(TERMS, np.sqrt(taus), strict=True)),
        tol=1e-12,
        max_iter=5000,
    )
    coef = np.array([R[j] @ values / x[:, j] for j in range(3)]).T
    np.testing.assert_allclose(fit.coef.reindex(y.index), coef, atol=1e-6)
    np.testing.assert_allclose(fit.enp, [np.trace(one) for one in R], rtol=1e-8)
    dense = _aicc(values, (x * coef).sum(axis=1), float(sum(np.trace(one) for one in R)))
    assert fit.aicc == pytest.approx(dense, abs=1e-5)
    assert sc.mgtwr(y, X, places, **HELD).aicc < dense - 50


def test_cross_validation_comes_nearer_to_the_truth_than_mgtwr() -> None:
    """Its MGTWR has an R2 of .9973 there, 3.4 from the true values; AICc stops at .9958 and 4.1."""
    with pytest.warns(BandwidthWarning, match=r"^Intercept: bandwidth on the lower bound 0\.5"):
        fit = sc.mgtwr(*example(), **HELD, criterion="cv")
    away = fit.fitted.reindex(mean().index) - mean()
    assert fit.r2 > 0.999
    assert np.sqrt((away**2).mean()) < 2.0


def test_a_bandwidth_is_on_the_bound_of_its_own_time_scale() -> None:
    """Where a year counts as less than a cell, neighbors are nearer; x2 ends at .54 by itself."""
    with pytest.warns(BandwidthWarning, match=r"^x1: bandwidth on the lower bound 0\.5") as told:
        sc.mgtwr(*example(), **HELD)
    assert len([one for one in told if one.category is BandwidthWarning]) == 1


@pytest.fixture(scope="module")
def panel() -> tuple[pd.Series, pd.DataFrame, pd.DataFrame]:
    """Three coefficients: over space, over time, and over neither."""
    rng = np.random.default_rng(11)
    unit = pd.Index([f"u{i:02d}" for i in range(40)], name="unit")
    places = pd.DataFrame(rng.uniform(0, 1, (40, 2)), index=unit, columns=["x", "y"])
    rows = pd.MultiIndex.from_product([unit, range(2015, 2021)], names=["unit", "time"])
    X = pd.DataFrame(rng.normal(size=(240, 3)), rows, ["roads", "schools", "trade"])
    east = places["x"].reindex(rows.get_level_values(0)).to_numpy() * 4
    year = np.asarray(rows.get_level_values(1)) - 2017.5
    y = X["roads"] * east + X["schools"] * year + X["trade"] + rng.normal(size=240)
    return pd.Series(y, rows, name="y"), X, places


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("criterion", ["aicc", "cv"])
def test_no_pair_of_a_fine_grid_is_lower_than_the_one_found(
    panel: tuple[pd.Series, pd.DataFrame, pd.DataFrame], causal: bool, criterion: str
) -> None:
    y, X, places = panel
    held = {"kernel": "gaussian", "fixed": True, "causal": causal, "criterion": criterion}
    fit = sc.gtwr(y, X[["roads", "schools"]], places, **held)
    best = fit.scales["criterion"].min()
    assert fit.scales["time_scale"].is_monotonic_increasing
    assert fit.curve["criterion"].min() == pytest.approx(best, abs=1e-9)
    for step in (2.0**-0.02, 2.0**0.02, 2.0**-0.7, 2.0**0.7):
        for b, s in ((step, 1.0), (1.0, step), (step, step), (step, 1 / step)):
            other = sc.gtwr(
                *(y, X[["roads", "schools"]], places),
                **held,
                bandwidth=float(fit.bandwidth.iloc[0]) * b,
                time_scale=fit.time_scale * s,
            )
            assert other.scales["criterion"].min() > best - 1e-4


def test_terms_find_where_they_vary_and_end_at_a_minimum(
    panel: tuple[pd.Series, pd.DataFrame, pd.DataFrame],
) -> None:
    told: list[tuple[int, int]] = []
    fit = sc.mgtwr(
        *panel, kernel="gaussian", fixed=True, progress=lambda done, of: told.append((done, of))
    )
    assert fit.converged
    assert told[0] == (0, 200)
    assert told[-1] == (len(fit.history), 200)
    reach = fit.space_time
    assert reach.loc["schools", "spatial_bandwidth"] > 2 * reach.loc["roads", "spatial_bandwidth"]
    assert reach.loc["roads", "temporal_bandwidth"] > 2 * reach.loc["schools", "temporal_bandwidth"]
    for term, rows in fit.scales.groupby("term"):
        taken = rows.loc[rows["time_scale"] == fit.time_scale[term], "criterion"]
        assert taken.iloc[0] < rows["criterion"].min() + 1e-2
        curve = fit.curve[fit.curve["term"] == term]
        assert curve["criterion"].min() == pytest.approx(taken.iloc[0], abs=1e-2)


@pytest.mark.parametrize("past", [False, True])
def test_inference_of_a_term_that_stands_still_needs_no_inverse_of_all_rows(past: bool) -> None:
    """Its weights have as many factors as places; the figures are those of full matrices."""
    rng = np.random.default_rng(6)
    place, time = np.divmod(rng.permutation(240)[:220], 8)
    xy, t = rng.uniform(0, 9, (30, 2))[place], time.astype(float)
    X = np.column_stack([np.ones(220), rng.normal(size=(220, 3))])
    spaces = [
        Space(xy, False, "gaussian", True, clock=t, time_scale=scale, past=past)
        for scale in (0.0, 1.0, 0.0, 2.0)
    ]
    bandwidths, y = np.array([1.0, 1.5, 3.0, 2.0]), rng.normal(size=220)
    assert (Product(spaces[0]).factors(1.0) is None) == past
    quick = _exact.exact([Product(space) for space in spaces], X, y, bandwidths)
    whole = _exact.exact([Neighbors(space) for space in spaces], X, y, bandwidths)
    np.testing.assert_allclose(quick.leverage, whole.leverage, atol=1e-10)
    np.testing.assert_allclose(quick.variance, whole.variance, rtol=1e-8)
    assert quick.rss == pytest.approx(whole.rss, rel=1e-10)
