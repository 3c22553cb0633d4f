"""Dynamic spatial panels against exact figures, the truth, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

import spatialccd as sc
from spatialccd._spatial.dynamics import corrected, largest_root
from spatialccd.drivers.panels._layout import Layout, lay_out
from spatialccd.drivers.panels.dynamic import (
    _after_the_first,
    covariance_of,
    fit_dynamic,
)
from spatialccd.errors import EstimationError, PanelError
from tests.drivers.panels import cigar
from tests.drivers.panels.simulate import Maker
from tests.toys import Toys

_CASES = ["unit/dynamic_sar", "unit/dynamic_sdm", "two-way/dynamic_sar", "two-way/dynamic_sdm"]
_TERMS = {"y_lag": "lagged y", "W_y_lag": "lag of lagged y"}


def _terms(found: dict[str, float]) -> pd.Series:
    return cigar.terms({_TERMS.get(name, name): value for name, value in found.items()})


@pytest.mark.compares("dynamic_spatial_panel", against="Yu, de Jong and Lee (2008) on Cigar")
@pytest.mark.parametrize("case", _CASES)
def test_cigar(shared: Path, case: str) -> None:
    data, expected = cigar.read(shared)
    known = expected["dynamic"][case]
    effects, model = case.split("/dynamic_")
    fitted = sc.dynamic_spatial_panel(**data, model=model, effects=effects, seed=1, n_draws=20)
    near = {"check_names": False, "check_like": True, "rtol": 0}
    pd.testing.assert_series_equal(fitted.coef, _terms(known["bias_corrected"]), atol=1e-8, **near)
    assert fitted.statistics["log_likelihood"] == pytest.approx(known["logL_raw"], abs=1e-5)
    root = fitted.statistics["largest_root"]
    assert root == pytest.approx(known["max_abs_eigenvalue_of_A"], abs=1e-8)
    raw = sc.dynamic_spatial_panel(
        **data, model=model, effects=effects, approach="direct", n_draws=20
    )
    pd.testing.assert_series_equal(raw.coef, _terms(known["raw"]), atol=1e-8, **near)
    pd.testing.assert_series_equal(raw.se, _terms(known["se_expected_at_raw"]), atol=1e-8, **near)
    for name, runs in known["effects_bias_corrected"].items():
        for kind in ("direct", "total"):
            value = fitted.effects.loc[(name, kind), "value"]
            assert value == pytest.approx(runs["short"][kind], abs=1e-8)
            if root < 1:
                value = fitted.long_run.loc[(name, kind), "value"]
                assert value == pytest.approx(runs["long"][kind], rel=1e-7)
    assert fitted.stable == (case != "unit/dynamic_sdm")
    if not fitted.stable:
        assert fitted.long_run.empty
        assert any("no long-run effects" in note for note in fitted.notes())
    else:
        table = sc.regression_table(fitted, effects=True).table
        assert ("effects", "logp: long-run direct") in table.index


_TRUTH = {"lagged y": 0.4, "lag of lagged y": 0.1, "x": 1.0, "z": -0.5, "rho": 0.3, "sigma2": 1.0}


def _made(maker: Maker, rng: np.random.Generator, times: int) -> Layout:
    """Make y = .3 W y + .4 y_-1 + .1 W y_-1 + x - .5 z + effects + e, begun 40 times before."""
    n, W = maker.n, maker.W
    out = np.linalg.inv(np.eye(n) - 0.3 * W)
    unit, whole = rng.normal(size=n), times + 41
    X = rng.normal(size=(n, whole, 2))
    y = np.zeros((n, whole))
    for t in range(1, whole):
        past = 0.4 * y[:, t - 1] + 0.1 * W @ y[:, t - 1]
        y[:, t] = out @ (past + X[:, t] @ [1.0, -0.5] + unit + rng.normal() + rng.normal(size=n))
    rows = pd.MultiIndex.from_product([range(n), range(times + 1)], names=["unit", "time"])
    units, years = pd.RangeIndex(n), pd.RangeIndex(times + 1)
    kept = slice(whole - times - 1, None)
    return Layout(y[:, kept], X[:, kept], ["x", "z"], units, years, maker.operator, rows, "y")


def _coverage(runs: int, *, n: int, times: int, approach: str) -> pd.DataFrame:
    rng, maker = np.random.default_rng(5), Maker(n, times, "sar")
    truth, errors, held = pd.Series(_TRUTH), [], []
    for _ in range(runs):
        after, start = _after_the_first(_made(maker, rng, times))
        found = fit_dynamic(after, start, "sar", "two-way", approach)
        error = found.theta - truth[found.names].to_numpy()
        errors.append(error)
        held.append(np.abs(error) < 1.96 * np.sqrt(np.diag(covariance_of(found))))
    return pd.DataFrame(
        {"bias": np.mean(errors, axis=0), "coverage": np.mean(held, axis=0)}, found.names
    )


@pytest.mark.slow
def test_the_correction_takes_the_bias_of_few_times_off() -> None:
    raw = _coverage(80, n=31, times=10, approach="direct")
    better = _coverage(80, n=31, times=10, approach="corrected")
    assert raw.loc["lagged y", "bias"] < -0.06
    assert abs(better.loc["lagged y", "bias"]) < 0.03
    assert raw.loc["lagged y", "coverage"] < 0.7
    assert better.loc["lagged y", "coverage"] > 0.91 - 0.1
    assert (better["coverage"].drop("lagged y") > 0.94 - 0.08).all()


def test_the_correction_of_many_units_is_what_matrices_give() -> None:
    """The traces over eigenvalues against those of matrices written out."""
    maker = Maker(25, 6, "sar")
    after, start = _after_the_first(_made(maker, np.random.default_rng(1), 6))
    raw = fit_dynamic(after, start, "sar", "unit", "direct")
    tau, eta, rho = raw.theta[0], raw.theta[1], raw.theta[-2]
    identity, W = np.eye(25), maker.W
    out = np.linalg.inv(identity - rho * W)
    A = out @ (tau * identity + eta * W)
    K, G = np.linalg.inv(identity - A) @ out, W @ out
    a = np.zeros(len(raw.theta))
    a[0], a[1] = np.trace(K) / 25, np.trace(W @ K) / 25
    a[-2] = (tau * np.trace(G @ K) + eta * np.trace(G @ W @ K) + np.trace(G)) / 25
    a[-1] = 1 / (2 * raw.theta[-1])
    known = raw.theta + 25 * covariance_of(raw) @ a
    np.testing.assert_allclose(corrected(raw.likelihood, raw.theta), known, rtol=1e-9)
    root = np.abs(np.linalg.eigvals(A)).max()
    assert largest_root(maker.operator.all_eigenvalues, raw.theta) == pytest.approx(root)


def test_what_cannot_be_estimated_is_said(toys: Toys) -> None:
    y, X = toys.scores["economy"], toys.panel[["smoke", "forest"]]
    with pytest.raises(PanelError, match="3 times; a y lagged in time takes four"):
        sc.dynamic_spatial_panel(y, X, toys.graph)
    rng = np.random.default_rng(0)
    rows = pd.MultiIndex.from_product([toys.units, [2000, 2001, 2002, 2005, 2006]])
    y = pd.Series(rng.normal(size=len(rows)), rows)
    X = pd.DataFrame({"x": rng.normal(size=len(rows))}, rows)
    with pytest.raises(PanelError, match=r"steps of \[1.0, 3.0\]"):
        sc.dynamic_spatial_panel(y, X, toys.graph)
    even = y.rename(index={2005: 2003, 2006: 2004}), X.rename(index={2005: 2003, 2006: 2004})
    with pytest.raises(EstimationError, match="do not add up to 1"):
        sc.dynamic_spatial_panel(*even, toys.graph, row_standardize=False)
    with pytest.raises(PanelError, match="A00 2003"):
        sc.dynamic_spatial_panel(
            even[0].drop(("A00", 2003)), even[1].drop(("A00", 2003)), toys.graph
        )


def test_laying_out_leaves_the_first_time_as_a_start(toys: Toys) -> None:
    y, X = toys.scores["economy"], toys.panel[["smoke"]]
    layout = lay_out(y, X, toys.graph, row_standardize=True)
    after, start = _after_the_first(layout)
    assert after.times.tolist() == [2019, 2020]
    np.testing.assert_array_equal(start[:, 1], after.y[:, 0])
    assert after.residuals(after.y).loc[("A03", 2020)] == pytest.approx(y.loc[("A03", 2020)])


def test_a_graph_of_points_serves(toys: Toys) -> None:
    rng = np.random.default_rng(0)
    rows = pd.MultiIndex.from_product([toys.units, range(8)])
    y = pd.Series(rng.normal(size=len(rows)), rows)
    X = pd.DataFrame({"x": rng.normal(size=len(rows))}, rows)
    knn = Graph.build_knn(toys.areas.centroid, 3)
    fitted = sc.dynamic_spatial_panel(y, X, knn, seed=1, n_draws=50)
    assert fitted.stable
    assert fitted.residuals.index.isin(rows).all()
