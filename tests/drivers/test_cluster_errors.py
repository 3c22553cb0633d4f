"""Clustered errors: one convention, Stata's, and what holds for few clusters."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.linalg import inv, sqrtm

import spatialccd as sc
from spatialccd._clusters import BiasReduced, sandwich, wild
from spatialccd.errors import ParameterError, ShortPanelWarning
from tests.drivers.panel_sizes import CASES, sizes

_UNITS, _TIMES = 9, 7
_ROWS = pd.MultiIndex.from_product([range(_UNITS), range(_TIMES)], names=["unit", "time"])
_UNIT = _ROWS.get_level_values(0).to_numpy()


@pytest.fixture(scope="module")
def panel() -> tuple[pd.Series, pd.DataFrame]:
    rng = np.random.default_rng(3)
    X = rng.normal(size=(len(_ROWS), 2)) + rng.normal(size=(_UNITS, 2))[_UNIT]
    y = X @ [1.0, -0.5] + rng.normal(size=_UNITS)[_UNIT] + rng.standard_t(4, size=len(_ROWS))
    return pd.Series(y, _ROWS, name="y"), pd.DataFrame(X, _ROWS, ["a", "b"])


def _dummies(*levels: Any) -> list[np.ndarray]:
    return [pd.get_dummies(level, drop_first=True).to_numpy(float) for level in levels]


@pytest.mark.compares("panel_regression", "spatial_regression", against="Stata: vce(cluster)")
@pytest.mark.parametrize("effects", ["none", "unit", "time", "two-way"])
@pytest.mark.parametrize("by", ["unit", "region"])
def test_errors_are_those_of_stata(
    panel: tuple[pd.Series, pd.DataFrame], effects: str, by: str
) -> None:
    """Least squares with dummies in statsmodels, its count of coefficients put right.

    statsmodels takes G / (G - 1) (n - 1) / (n - k) with every dummy in k; Stata leaves out those
    of effects that lie in one cluster each.
    """
    sm = pytest.importorskip("statsmodels.api")
    y, X = panel
    region = pd.Series(np.arange(_UNITS) // 2, range(_UNITS))
    codes = _UNIT if by == "unit" else region.to_numpy()[_UNIT]
    levels = {"unit": [_UNIT], "time": [_ROWS.get_level_values(1)]}
    levels |= {"none": [], "two-way": [*levels["unit"], *levels["time"]]}
    full = np.column_stack([np.ones(len(y)), X, *_dummies(*levels[effects])])
    peer = sm.OLS(y.to_numpy(), full).fit(cov_type="cluster", cov_kwds={"groups": codes})
    across = 0 if effects in ("none", "unit") else _TIMES - 1
    factor = np.sqrt((len(y) - full.shape[1]) / (len(y) - 3 - across))
    fitted = sc.panel_regression(y, X, None if by == "unit" else region, effects=effects)
    np.testing.assert_allclose(fitted.coef.iloc[1:], peer.params[1:3], rtol=1e-9)
    np.testing.assert_allclose(fitted.se.iloc[1:], peer.bse[1:3] * factor, rtol=1e-9)
    t = fitted.terms["statistic"].abs()
    groups = len(set(codes))
    np.testing.assert_allclose(fitted.terms["p"], 2 * stats.t.sf(t, groups - 1), rtol=1e-10)
    assert fitted.statistics["clusters"] == groups
    assert f"{groups} clusters" in fitted.notes()[0]
    assert "vce(cluster)" in fitted.summary()


@pytest.mark.compares("panel_regression", against="linearmodels")
def test_errors_are_those_of_linearmodels_where_it_counts_alike(
    panel: tuple[pd.Series, pd.DataFrame],
) -> None:
    lm = pytest.importorskip("linearmodels.panel")
    y, X = panel
    full = X.assign(Intercept=1.0)[["Intercept", "a", "b"]]
    for effects, model in (
        ("unit", lm.PanelOLS(y, full, entity_effects=True)),
        ("random", lm.RandomEffects(y, full)),
    ):
        peer = model.fit(cov_type="clustered", cluster_entity=True)
        # G / (G - 1) (n - 1) / n is what its option group_debias adds from 7.1 on.
        more = np.sqrt(_UNITS / (_UNITS - 1) * (len(y) - 1) / len(y))
        fitted = sc.panel_regression(y, X, effects=effects)
        np.testing.assert_allclose(fitted.se, peer.std_errors * more, rtol=1e-8)


def test_beta_convergence_and_panels_say_the_same() -> None:
    rng = np.random.default_rng(5)
    y = pd.Series(np.exp(rng.normal(size=(_UNITS, _TIMES)).cumsum(axis=1) / 5).ravel(), _ROWS)
    logs = np.log(y).unstack()
    growth = logs.diff(axis=1).shift(-1, axis=1).stack().dropna()
    X = np.log(y).loc[growth.index].to_frame("beta")
    for effects in ("none", "unit", "two-way"):
        with warnings.catch_warnings():  # of Nickell's bias, which both sides share
            warnings.simplefilter("ignore", ShortPanelWarning)
            found = sc.beta_convergence(y, span="annual", effects=effects)
        assert f"{_UNITS} clusters as by Stata's vce(cluster)" in " ".join(found.notes())
        grown = found.coefficients.loc["All"]
        fitted = sc.panel_regression(growth, X, effects=effects).terms
        for name in ("coef", "se", "p"):
            np.testing.assert_allclose(grown.loc["beta", name], fitted.loc["beta", name], rtol=1e-8)


def test_tobit_takes_z_and_names_its_clusters(panel: tuple[pd.Series, pd.DataFrame]) -> None:
    y, X = panel
    fitted = sc.tobit(y, X, lower=-1.0, cov="cluster")
    terms = fitted.terms
    np.testing.assert_allclose(terms["p"], 2 * stats.norm.sf(terms["statistic"].abs()), rtol=1e-9)
    assert "9 clusters as by Stata's vce(cluster)" in fitted.notes()[0]
    assert "few" in fitted.notes()[1]
    by_unit = sc.panel_tobit(y, X, lower=-1.0, cov="robust")
    assert by_unit.notes() == fitted.notes()
    assert sc.tobit(y, X, lower=-1.0).notes() == []


def test_clusters_that_would_not_be_used_are_refused(panel: tuple[pd.Series, pd.DataFrame]) -> None:
    y, X = panel
    region = pd.Series(np.arange(_UNITS) // 2, range(_UNITS))
    with pytest.raises(ParameterError, match="cov='cluster'"):
        sc.tobit(y, X, region, lower=-1.0)


def test_bias_reduced_errors_of_clusters_of_one_row_are_hc2() -> None:
    sm = pytest.importorskip("statsmodels.api")
    rng = np.random.default_rng(1)
    X = np.column_stack([np.ones(25), rng.normal(size=(25, 2))])
    peer = sm.OLS(rng.normal(size=25), X).fit()
    reduced = BiasReduced.of(X, peer.resid, np.arange(25))
    np.testing.assert_allclose(reduced.covariance, peer.cov_HC2, rtol=1e-9)


def test_bias_reduced_errors_of_two_samples_are_those_of_welch() -> None:
    """Bell and McCaffrey (2002): then CR2 is Welch's error; with equal variances their df.

    Under errors of one variance Satterthwaite's df are Welch's at equal sample variances.
    """
    rng = np.random.default_rng(2)
    first, second = rng.normal(size=6), rng.normal(size=11)
    X = np.column_stack([np.ones(17), np.repeat([0.0, 1.0], [6, 11])])
    y = np.concatenate([first, second])
    residual = y - X @ np.linalg.lstsq(X, y, rcond=None)[0]
    reduced = BiasReduced.of(X, residual, np.arange(17))
    parts = first.var(ddof=1) / 6, second.var(ddof=1) / 11
    assert reduced.covariance[1, 1] == pytest.approx(sum(parts))
    welch = (1 / 6 + 1 / 11) ** 2 / (1 / 6**2 / 5 + 1 / 11**2 / 10)
    assert reduced.df()[1] == pytest.approx(welch)


def test_bias_reduced_errors_by_their_definition() -> None:
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 7, 60)
    X = np.column_stack([np.ones(60), rng.normal(size=(60, 3)) + rng.normal(size=(7, 3))[codes]])
    y = rng.normal(size=60)
    bread = np.linalg.inv(X.T @ X)
    residual, hat = y - X @ bread @ X.T @ y, X @ bread @ X.T
    reduced = BiasReduced.of(X, residual, codes)
    covariance, parts = np.zeros((4, 4)), []
    for group in range(7):
        own = codes == group
        half = inv(sqrtm(np.eye(own.sum()) - hat[np.ix_(own, own)])).real
        score = bread @ X[own].T @ half @ residual[own]
        covariance += np.outer(score, score)
        taken = np.zeros((60, 4))
        taken[own] = half @ X[own] @ bread
        parts.append((np.eye(60) - hat) @ taken)
    np.testing.assert_allclose(reduced.covariance, covariance, rtol=1e-9)
    for at in ([1], [1, 2], [1, 2, 3]):
        chosen = [part[:, at] for part in parts]
        root = inv(sqrtm(sum(part.T @ part for part in chosen))).real
        inner = [(root @ a.T @ b @ root) for a in chosen for b in chosen]
        total = sum(np.trace(c) ** 2 + np.trace(c @ c) for c in inner)
        q, eta = len(at), len(at) * (len(at) + 1) / total
        coef = (bread @ X.T @ y)[at]
        t2 = coef @ np.linalg.solve(covariance[np.ix_(at, at)], coef)
        f = (eta - q + 1) / (eta * q) * t2
        found = reduced.wald(bread @ X.T @ y, at)
        np.testing.assert_allclose(found, (f, stats.f.sf(f, q, eta - q + 1)), rtol=1e-8)


def test_a_cluster_that_alone_fixes_a_coefficient_does_not_count() -> None:
    rng = np.random.default_rng(4)
    codes = np.repeat(np.arange(5), 6)
    X = np.column_stack([np.ones(30), rng.normal(size=30), codes == 2])
    y = rng.normal(size=30)
    residual = y - X @ np.linalg.lstsq(X, y, rcond=None)[0]
    reduced = BiasReduced.of(X, residual, codes)
    assert np.isfinite(reduced.covariance).all()
    assert np.isfinite(reduced.df()).all()


def test_wild_bootstrap_by_its_definition() -> None:
    rng = np.random.default_rng(6)
    codes = np.repeat(np.arange(5), 8)
    X = np.column_stack([np.ones(40), rng.normal(size=(40, 3))])
    y = rng.normal(size=40) + rng.normal(size=5)[codes]
    kept, at = X[:, :2], [2, 3]
    mean = kept @ np.linalg.lstsq(kept, y, rcond=None)[0]

    def statistic(values: np.ndarray) -> float:
        bread = np.linalg.inv(X.T @ X)
        coef = bread @ X.T @ values
        spread = sandwich(bread, X * (values - X @ coef)[:, None], codes, k=4)[np.ix_(at, at)]
        return float(coef[at] @ np.linalg.solve(spread, coef[at]))

    signs = np.array(np.meshgrid(*[[1, -1]] * 5)).reshape(5, -1).T
    every = np.array([statistic(mean + row[codes] * (y - mean)) for row in signs])
    assert wild(X, y, codes, at) == pytest.approx((every >= statistic(y) - 1e-9).mean())


def test_mundlak_of_one_mean_is_its_bias_reduced_t(panel: tuple[pd.Series, pd.DataFrame]) -> None:
    y, X = panel[0], panel[1][["a"]]
    means = X.groupby(level="unit").transform("mean").rename(columns={"a": "mean of a"})
    wider = sc.panel_regression(y, X.join(means), effects="random", cov="cr2").terms
    found = sc.panel_regression(y, X).statistics
    assert found["mundlak"] == pytest.approx(wider.loc["mean of a", "statistic"] ** 2, rel=1e-6)
    assert found["mundlak_p"] == pytest.approx(wider.loc["mean of a", "p"], rel=1e-6)


def test_mundlak_without_clusters_is_hausman_of_few_units(
    panel: tuple[pd.Series, pd.DataFrame],
) -> None:
    """Of a balanced panel it is Hausman's (fixed less random), by q and F of the units."""
    y, X = panel
    found = sc.panel_regression(y, X, effects="random", cov="nonrobust").statistics
    within = X - X.groupby(level="unit").transform("mean")
    between = X.groupby(level="unit").mean()
    own = np.column_stack([np.ones(_UNITS), between])
    b_within = np.linalg.lstsq(within, y - y.groupby(level="unit").transform("mean"), rcond=None)[0]
    b_between = np.linalg.lstsq(own, y.groupby(level="unit").mean(), rcond=None)[0][1:]
    left = (
        y.groupby(level="unit").mean()
        - own @ np.linalg.lstsq(own, y.groupby(level="unit").mean(), rcond=None)[0]
    )
    e = (y - y.groupby(level="unit").transform("mean")) - within @ b_within
    df_within = len(y) - _UNITS - 2
    spread = np.linalg.inv(own.T @ own)[1:, 1:] * (left @ left) / (_UNITS - 3)
    spread = spread + np.linalg.inv(within.T @ within) * (e @ e) / df_within
    apart = b_between - b_within
    f = apart @ np.linalg.solve(spread, apart) / 2
    assert found["mundlak"] == pytest.approx(f, rel=1e-6)
    assert found["mundlak_p"] == pytest.approx(stats.f.sf(f, 2, _UNITS - 3), rel=1e-6)


def test_more_means_than_clusters_can_tell_have_no_test() -> None:
    rng = np.random.default_rng(8)
    rows = pd.MultiIndex.from_product([range(4), range(8)], names=["unit", "time"])
    X = pd.DataFrame(rng.normal(size=(32, 3)), rows).add_prefix("x")
    found = sc.panel_regression(pd.Series(rng.normal(size=32), rows), X)
    assert np.isnan(found.statistics["mundlak_p"])
    assert any("Mundlak" in note for note in found.notes())


def _near(share: float, runs: int, low: float, high: float) -> bool:
    """Whether a share of runs goes with a size between low and high, but for chance (1 in 500)."""
    noise = 3.1 * np.sqrt(0.05 * 0.95 / runs)
    return low - noise <= share <= high + noise


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_sizes_of_panel_tests(case: tuple[int, int]) -> None:
    """In 1,000 runs (python -m tests.drivers.panel_sizes 1000) the t of x rejects .051 and .053 of
    8 units with one and two covariates, .054 and .053 of 31; Mundlak's .043, .041, .042, .053.
    """
    runs = 150
    found = sizes(*case, runs)
    assert _near(found["t"], runs, 0.03, 0.07)
    assert _near(found["mundlak"], runs, 0.03, 0.07)
