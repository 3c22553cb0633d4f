"""Spatial panels against exact figures, other packages, the truth, and what is refused."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph
from scipy import sparse

import spatialccd as sc
from spatialccd import _align
from spatialccd._spatial import operator as operators
from spatialccd._spatial.information import Curvature
from spatialccd._spatial.operator import Operator
from spatialccd.drivers.panels._fit import fit, fit_random
from spatialccd.errors import (
    AlignmentError,
    ApproachWarning,
    EstimationError,
    PanelError,
    ParameterError,
    SingularDesignError,
)
from tests.drivers.panels import cigar
from tests.drivers.panels.simulate import Maker, coverage, delaunay
from tests.toys import Toys

_APPROACH = {"direct": "direct", "transform": "transformation"}
_FITS = [
    f"{effects}/{model}/{approach}"
    for effects in ("none", "unit", "time", "two-way")
    for model in ("sar", "sem", "sdm", "slx", "sac", "sdem", "gns")
    for approach in ("direct", "transform")
    if (effects == "two-way" or model in ("sar", "sem", "sdm"))
    and not (effects == "none" and approach == "transform")
]


@pytest.mark.compares("spatial_panel", against="exact likelihood: Cigar, 46 states x 30 years")
@pytest.mark.parametrize("case", _FITS)
def test_cigar_is_estimated_as_an_exact_likelihood_has_it(shared: Path, case: str) -> None:
    data, expected = cigar.read(shared)
    effects, model, approach = case.split("/")
    known = expected["fits"][case]
    asked = {} if effects == "none" else {"approach": _APPROACH[approach]}
    fitted = sc.spatial_panel(**data, model=model, effects=effects, seed=1, n_draws=10, **asked)
    near = {"check_names": False, "check_like": True, "rtol": 0}
    pd.testing.assert_series_equal(fitted.coef, cigar.terms(known["coef"]), atol=1e-8, **near)
    se = cigar.terms(known["se_expected_information"])
    pd.testing.assert_series_equal(fitted.se, se, atol=1e-8, **near)
    assert fitted.statistics["log_likelihood"] == pytest.approx(known["logL"], abs=1e-6)
    for term, kinds in known["effects"].items():
        for kind, figure in kinds.items():
            row = fitted.effects.loc[(term, kind)]
            assert row["value"] == pytest.approx(figure["value"], abs=1e-8)
            if figure["se_delta"] > 1e-9:
                assert row["se"] == pytest.approx(figure["se_delta"], abs=1e-8)
    other = sc.spatial_panel(
        **data, model=model, effects=effects, cov="observed", n_draws=10, **asked
    )
    se = cigar.terms(known["se_observed_information"])
    pd.testing.assert_series_equal(other.se, se, atol=1e-6, **near)
    if "bias_corrected" in known:
        corrected = sc.spatial_panel(
            **data, model=model, effects=effects, approach="corrected", n_draws=10
        )
        pd.testing.assert_series_equal(
            corrected.coef, cigar.terms(known["bias_corrected"]), atol=1e-8, **near
        )


def test_the_figures_that_the_issue_names(shared: Path) -> None:
    data, _ = cigar.read(shared)
    direct = sc.spatial_panel(**data, effects="two-way", approach="direct", n_draws=10)
    assert list(direct.coef[:3].round(6)) == [-0.994180, 0.462451, 0.189756]
    durbin = sc.spatial_panel(**data, model="sdm", effects="two-way", n_draws=20000, seed=1)
    assert list(durbin.effects.loc["logp", "value"].round(6)) == [-1.012168, -0.212611, -1.224779]
    drawn, delta = durbin.effects["se_simulated"], durbin.effects["se"]
    np.testing.assert_allclose(drawn, delta, rtol=0.02)
    low, high = durbin.effects["low_simulated"], durbin.effects["high_simulated"]
    assert ((low < durbin.effects["value"]) & (durbin.effects["value"] < high)).all()


@pytest.mark.compares("spatial_panel", against="exact likelihood: Cigar, random effects")
@pytest.mark.parametrize("case", ["unit-random/sar", "unit-random/sdm", "unit-random/sem"])
def test_cigar_with_random_effects(shared: Path, case: str) -> None:
    data, expected = cigar.read(shared)
    known = next(value for name, value in expected["random"].items() if name.startswith(case))
    model = case.split("/")[1]
    fitted = sc.spatial_panel(**data, model=model, effects="random", n_draws=10)
    pd.testing.assert_series_equal(
        fitted.coef, cigar.terms(known["coef"]), check_names=False, check_like=True, atol=1e-7
    )
    assert fitted.statistics["log_likelihood"] == pytest.approx(known["logL"], abs=1e-6)
    assert fitted.statistics["sigma_u"] ** 2 == pytest.approx(known["sigma_mu2"], abs=1e-7)


@pytest.mark.compares("spatial_panel", against="spatialreg (R) and Stata")
@pytest.mark.parametrize("model", ["sar", "sem", "sdm", "slx", "sac", "sdem", "gns"])
def test_a_cross_section_is_what_spatialreg_and_stata_print(shared: Path, model: str) -> None:
    folder = shared / "verify" / "spatial_panel_crosssection144"
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))["expected"]
    data = pd.read_csv(folder / "data.csv")
    place = data[["grid_row", "grid_col"]].to_numpy()
    near = np.abs(place[:, None] - place).sum(axis=2) == 1
    graph = cigar.graph_of(pd.DataFrame(near.astype(float)))
    fitted = sc.spatial_panel(
        data["y"], data[["x1", "x2"]], graph, model=model, effects="none", n_draws=10
    )
    known = expected["own"][model]
    pd.testing.assert_series_equal(
        fitted.coef, cigar.terms(known["coef"]), check_names=False, check_like=True, atol=1e-8
    )
    se = cigar.terms(known["se_expected_information"])
    pd.testing.assert_series_equal(fitted.se, se, check_names=False, check_like=True, atol=1e-7)
    for term, kinds in known["effects"].items():
        for kind, figure in kinds.items():
            row = fitted.effects.loc[(term, kind)]
            assert row["value"] == pytest.approx(figure["value"], abs=1e-7)
    for name, figure in expected["R_4.5.2_spatialreg_1.4-3"].items():
        kind, term = name.split("_", 1)
        term = {"const": "Intercept"}.get(term, term.replace("W_", "lag of "))
        if kind == model:
            assert fitted.coef[term] == pytest.approx(figure["estimate"], abs=1e-6)
            assert fitted.se[term] == pytest.approx(figure["se"], abs=1e-6)


# What spreg has and has right: the cross-section, and panels' coefficients. Its panels'
# log-likelihood is not the one its estimates maximize, and its variance has n - k.
def _spreg(y: np.ndarray, X: np.ndarray, W: Any, model: str, times: int) -> np.ndarray:
    spreg = pytest.importorskip("spreg")
    from libpysal.weights import WSP

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        w = WSP(W).to_W(silence_warnings=True)
        if times > 1:
            kind = spreg.Panel_FE_Lag if model == "sar" else spreg.Panel_FE_Error
            return np.ravel(kind(y, X, w, epsilon=1e-13).betas)
        if model == "sar":
            return np.ravel(
                spreg.ML_Lag(y, X, w, spat_diag=False, spat_impacts=None, epsilon=1e-13).betas
            )
        return np.ravel(spreg.ML_Error(y, X, w, epsilon=1e-13).betas)


@pytest.mark.compares("spatial_panel", "spatial_regression", against="spreg")
@pytest.mark.parametrize("times", [1, 4])
@pytest.mark.parametrize("model", ["sar", "sem"])
def test_agreement_with_spreg(model: str, times: int, capsys: pytest.CaptureFixture[str]) -> None:
    maker = Maker(49, max(times, 2), model)
    layout = maker(np.random.default_rng(5))
    X, y = layout.X[:, :times], layout.y[:, :times]
    by_time = (np.swapaxes(y, 0, 1).reshape(-1, 1), np.swapaxes(X, 0, 1).reshape(-1, 2))
    theirs = _spreg(*by_time, sparse.csr_matrix(layout.operator.matrix), model, times)
    rows = pd.MultiIndex.from_product([range(49), range(times)], names=["unit", "time"])
    frame = pd.DataFrame(X.reshape(-1, 2), rows, ["x", "z"]).assign(y=y.reshape(-1))
    frame = frame if times > 1 else frame.droplevel("time")
    graph = cigar.graph_of(pd.DataFrame(delaunay(49).toarray()))
    effects = "unit" if times > 1 else "none"
    ours = sc.spatial_panel(frame["y"], frame[["x", "z"]], graph, model=model, effects=effects)
    np.testing.assert_allclose(ours.coef.iloc[: len(theirs)], theirs, atol=1e-6)
    named = {"sar": "lag", "sem": "error"}[model]
    plain = sc.spatial_regression(frame["y"], frame[["x", "z"]], graph, model=named, seed=1)
    np.testing.assert_allclose(plain.coef, theirs, atol=1e-6)


def _panel(
    toys: Toys, times: int = 6, seed: int = 3
) -> tuple[pd.Series, pd.DataFrame, np.random.Generator]:
    rng = np.random.default_rng(seed)
    n = len(toys.units)
    W = _align.graph_matrix(toys.graph, toys.units).toarray()
    X = rng.normal(size=(n, times, 2))
    y = X @ [1.0, -0.5] + rng.normal(size=(n, 1)) + rng.normal(size=times)
    y = np.linalg.inv(np.eye(n) - 0.4 * W) @ (y + rng.normal(size=(n, times)))
    rows = pd.MultiIndex.from_product([toys.units, range(times)], names=["unit", "time"])
    frame = pd.DataFrame(X.reshape(-1, 2), rows, ["x", "z"])
    return pd.Series(y.reshape(-1), rows, name="y"), frame, rng


@pytest.mark.parametrize("model", ["sar", "sem", "sdm", "sac"])
@pytest.mark.parametrize("asymmetric", [False, True])
def test_sparse_factors_give_what_eigenvalues_give(
    toys: Toys, monkeypatch: pytest.MonkeyPatch, model: str, asymmetric: bool
) -> None:
    y, X, _ = _panel(toys)
    graph = Graph.build_knn(toys.areas.centroid, 3) if asymmetric else toys.graph
    settings = {"model": model, "effects": "two-way", "seed": 1, "n_draws": 200}
    plain = sc.spatial_panel(y, X, graph, **settings)
    monkeypatch.setattr(operators, "EIGENVALUES", 0)
    monkeypatch.setattr(operators, "COMPLEX_EIGENVALUES", 0)
    factored = sc.spatial_panel(y, X, graph, **settings)
    pd.testing.assert_frame_equal(factored.terms, plain.terms, rtol=1e-6, atol=1e-9)
    pd.testing.assert_frame_equal(factored.effects, plain.effects, rtol=1e-5, atol=1e-8)


def test_the_determinant_of_an_asymmetric_graph_takes_complex_roots(toys: Toys) -> None:
    graph = Graph.build_knn(toys.areas.centroid, 4)
    links = _align.graph_matrix(graph, toys.units, row_standardize=False)
    operator = Operator(links, row_standardize=True)
    known = np.linalg.slogdet(np.eye(len(toys.units)) - 0.5 * operator.matrix.toarray())[1]
    assert operator.log_determinant(0.5) == pytest.approx(known, abs=1e-12)
    wrong = np.log(np.abs(1 - 0.5 * operator.eigenvalues.real)).sum()
    assert abs(wrong - known) > 1e-3


def test_the_inverse_is_the_inverse(toys: Toys) -> None:
    for graph in (toys.graph, Graph.build_knn(toys.areas.centroid, 4)):
        links = _align.graph_matrix(graph, toys.units, row_standardize=False)
        for row_standardize in (True, False):
            operator = Operator(links, row_standardize=row_standardize)
            W = operator.matrix.toarray()
            rho = 0.3 * operator.bounds[1]
            known = W @ np.linalg.inv(np.eye(len(W)) - rho * W)
            np.testing.assert_allclose(operator.lagged_inverse(rho), known, atol=1e-12)


def test_robust_scores_are_those_of_the_likelihood_and_of_its_information() -> None:
    """Their sum is the slope, 0; their products come near the information (not the naive ones)."""
    maker = Maker(150, 8, "sar")
    rng, kept = np.random.default_rng(4), []
    for _ in range(12):
        found = fit(maker(rng), "sar", "two-way", "transformation")
        curvature = Curvature(found.likelihood, found.theta)
        scores, _ = curvature.scores()
        assert np.abs(scores.sum(axis=0)).max() < 1e-5 * len(scores)
        kept.append(np.diag(scores.T @ scores) / np.diag(curvature.expected()))
    np.testing.assert_allclose(np.mean(kept, axis=0), 1, atol=0.1)


def test_clustered_errors_hold_where_errors_go_on_over_time() -> None:
    maker = Maker(60, 6, "sar")
    rng, ratio = np.random.default_rng(2), []
    for _ in range(20):
        found = fit(maker(rng, 0.7), "sar", "two-way", "transformation")
        clustered, plain = (np.diag(found.covariance(c))[0] for c in ("cluster", "expected"))
        ratio.append(np.sqrt(clustered / plain))
    assert np.mean(ratio) > 1.1


@pytest.mark.parametrize("effects", ["none", "two-way"])
def test_conley_errors_are_sums_over_pairs(toys: Toys, effects: str) -> None:
    y, X, _ = _panel(toys)
    settings = {"model": "slx", "effects": effects, "seed": 1, "cov": "conley"}
    places = toys.shuffled(toys.areas)
    fitted = sc.spatial_panel(y, X, toys.graph, places=places, cutoff=25_000, **settings)
    W = _align.graph_matrix(toys.graph, toys.units).toarray()
    wide = X.to_numpy().reshape(36, 6, 2)
    Z = np.concatenate([wide, np.einsum("ij,jtk->itk", W, wide)], axis=2)
    v = y.to_numpy().reshape(36, 6)
    if effects == "none":
        Z = np.concatenate([np.ones((36, 6, 1)), Z], axis=2)
    else:
        Z = Z - Z.mean(axis=0) - Z.mean(axis=1, keepdims=True) + Z.mean(axis=(0, 1))
        v = v - v.mean(axis=0) - v.mean(axis=1, keepdims=True) + v.mean()
    rows = Z.reshape(216, -1)
    e = (v.reshape(-1) - rows @ np.linalg.lstsq(rows, v.reshape(-1), rcond=None)[0]).reshape(36, 6)
    xy = np.column_stack([toys.areas.centroid.x, toys.areas.centroid.y])
    meat = 0
    for i in range(36):
        for j in range(36):
            near = max(0.0, 1 - np.hypot(*(xy[i] - xy[j])) / 25_000)
            for t in range(6):
                for other in range(6) if i == j else [t]:
                    weight = 1.0 if i == j else near
                    meat = meat + weight * np.outer(Z[i, t] * e[i, t], Z[j, other] * e[j, other])
    bread = np.linalg.inv(rows.T @ rows)
    known = np.sqrt(np.diag(bread @ meat @ bread))
    np.testing.assert_allclose(fitted.se.iloc[:-1], known, rtol=1e-9)
    degrees = sc.spatial_panel(
        y, X, toys.graph, places=toys.areas.to_crs(4326), cutoff=25_000, **settings
    )
    assert not np.allclose(degrees.se, fitted.se, rtol=1e-12)
    np.testing.assert_allclose(degrees.se, fitted.se, rtol=0.02)  # near the equator


def test_where_rows_do_not_add_up_the_bias_is_corrected_and_it_is_said(toys: Toys) -> None:
    y, X, _ = _panel(toys)
    with pytest.warns(ApproachWarning, match="not row-standardized"):
        fitted = sc.spatial_panel(
            y, X, toys.graph, model="sdm", effects="two-way", row_standardize=False
        )
    assert any("not row-standardized" in note for note in fitted.notes())
    assert (fitted.settings["approach"], fitted.settings["cov"]) == ("corrected", "expected")
    asked = sc.spatial_panel(
        y,
        X,
        toys.graph,
        model="sdm",
        effects="two-way",
        approach="corrected",
        row_standardize=False,
    )
    pd.testing.assert_frame_equal(fitted.terms, asked.terms)
    with pytest.raises(EstimationError, match="effects='unit'"):
        sc.spatial_panel(y, X, toys.graph, model="sem", effects="time", row_standardize=False)


@pytest.mark.slow
def test_the_correction_without_row_standardization_takes_the_bias_off() -> None:
    maker = Maker(31, 10, "sar")
    links = delaunay(31)
    largest = np.abs(np.linalg.eigvalsh(links.toarray())).max()
    maker.operator = Operator(links / largest, row_standardize=False)
    maker.W = maker.operator.matrix.toarray()
    maker._out = np.linalg.inv(np.eye(31) - 0.4 * maker.W)
    raw = coverage(maker, 60, approach="direct").loc["rho", "bias"]
    taken = coverage(maker, 60, approach="transformation").loc["rho", "bias"]  # falls back
    assert raw < -0.03
    assert abs(taken) < 0.03


def test_an_island_is_named(toys: Toys) -> None:
    y, X, _ = _panel(toys)
    alone = toys.units[0]
    links = toys.graph.adjacency.reset_index()
    links = links[(links.focal != alone) & (links.neighbor != alone)]
    links = pd.concat([links, pd.DataFrame({"focal": [alone], "neighbor": [alone], "weight": 0.0})])
    graph = Graph(links.set_index(["focal", "neighbor"])["weight"])
    with pytest.warns(ApproachWarning, match=alone):
        fitted = sc.spatial_panel(y, X, graph, effects="two-way")
    assert any("without a neighbor" in note for note in fitted.notes())
    quiet = sc.spatial_panel(y, X, graph, model="sem", effects="unit")
    assert any("without a neighbor" in note for note in quiet.notes())


def test_what_a_panel_must_be(toys: Toys) -> None:
    y, X, rng = _panel(toys)
    with pytest.raises(PanelError, match="A03 2") as raised:
        sc.spatial_panel(y.drop(("A03", 2)), X.drop(("A03", 2)), toys.graph)
    assert len(raised.value.cases) == 1
    last = y.xs(5, level="time"), X.xs(5, level="time")
    with pytest.raises(PanelError, match="one time"):
        sc.spatial_panel(*last, toys.graph)
    one = y.index.get_level_values("time") == 3
    with pytest.raises(PanelError, match="one time"):
        sc.spatial_panel(y[one], X[one], toys.graph, effects="two-way")
    everywhere = X.assign(rate=X.index.get_level_values("time") * 1.5)
    with pytest.raises(SingularDesignError, match="rate, lag of rate is taken up by the two-way"):
        sc.spatial_panel(y, everywhere, toys.graph, model="sdm", effects="two-way")
    fixed = X.assign(area=pd.Series(rng.normal(size=36), toys.units).reindex(X.index, level=0))
    with pytest.raises(SingularDesignError, match="area is taken up by the unit"):
        sc.spatial_panel(y, fixed, toys.graph)
    country = pd.Series(rng.normal(size=6)).reindex(X.index.get_level_values(1)).to_numpy()
    with pytest.raises(SingularDesignError, match="lag of rate is constant or follows"):
        sc.spatial_panel(y, X.assign(rate=country), toys.graph, model="slx")
    with pytest.raises(AlignmentError, match="A05"):
        sc.spatial_panel(y.drop("A05"), X.drop("A05"), toys.graph)
    few = y.index.get_level_values("time") < 2
    many = pd.DataFrame(rng.normal(size=(72, 34)), y.index[few]).add_prefix("x")
    with pytest.raises(EstimationError, match="too few"):
        sc.spatial_panel(y[few], many, toys.graph)


def test_a_bound_is_told(toys: Toys) -> None:
    y, X, rng = _panel(toys)
    ring = Graph.from_dicts({i: {(i - 1) % 60: 1, (i + 1) % 60: 1} for i in range(60)})
    rows = pd.MultiIndex.from_product([range(60), range(6)], names=["unit", "time"])
    wave = np.cos(2 * np.pi * np.arange(60) / 60)[:, None] * rng.normal(size=6)
    smooth = pd.Series((wave + 1e-3 * rng.normal(size=(60, 6))).reshape(-1), rows)
    other = pd.DataFrame({"x": rng.normal(size=360)}, rows)
    with pytest.raises(EstimationError, match="rises up to the bound 1 of rho"):
        sc.spatial_panel(smooth, other, ring, effects="two-way")
    everyone = Graph.from_dicts({i: {j: 1 for j in range(60) if j != i} for i in range(60)})
    with pytest.raises(EstimationError, match=r"all pairs are neighbors|cannot be told apart"):
        sc.spatial_panel(smooth + other["x"], other, everyone, effects="two-way")
    noise = pd.Series(rng.normal(size=len(y)), y.index)
    noise -= 0.5 * noise.groupby(level=0).transform("mean")
    with pytest.raises(EstimationError, match="no random effect"):
        sc.spatial_panel(noise, X, toys.graph, effects="random")


def test_what_cannot_be_asked_for(toys: Toys) -> None:
    y, X, _ = _panel(toys)
    for settings, words in (
        ({"effects": "random", "cov": "cluster"}, "cov='observed' only"),
        ({"approach": "corrected", "cov": "observed"}, "second derivatives"),
        ({"effects": "random", "model": "gns"}, "takes sar, sem"),
        ({"effects": "none", "approach": "corrected"}, "nothing to correct"),
        ({"cov": "conley"}, "for model='slx'"),
        ({"cov": "conley", "model": "slx"}, "needs places and cutoff"),
        ({"cutoff": 10.0}, "need cov='conley'"),
        ({"model": "sdn"}, "did you mean 'sdm'"),
        ({"confidence": 1.0}, "confidence"),
    ):
        with pytest.raises(ParameterError, match=words):
            sc.spatial_panel(y, X, toys.graph, **settings)
    with pytest.raises(ParameterError, match="cov='cluster'"):
        sc.spatial_panel(y, X, toys.graph, toys.regions)
    loops = Graph.from_dicts({u: dict.fromkeys(toys.units, 1) for u in toys.units})
    with pytest.raises(EstimationError, match="their own neighbors"):
        sc.spatial_panel(y, X, loops)


def test_random_effects_with_fixed_years_are_theirs_without_when_years_do_nothing() -> None:
    layout = Maker(31, 10, "sar")(np.random.default_rng(8))
    found = fit_random(layout, "sar", years=True)
    assert found["rho"] == pytest.approx(0.4, abs=0.2)
    assert np.abs(found.likelihood.gradient(found.theta)).max() < 1e-6 * layout.y.size


def test_effects_are_rows_of_the_regression_table(toys: Toys) -> None:
    y, X, _ = _panel(toys)
    fitted = sc.spatial_panel(y, X, toys.graph, model="sdm", n_draws=10, seed=1)
    last = y.xs(5, level="time"), X.xs(5, level="time")
    once = sc.spatial_regression(*last, toys.graph, model="durbin", seed=1)
    table = sc.regression_table(panel=fitted, once=once, effects=True, digits=4)
    direct = fitted.effects.loc[("x", "direct")]
    assert table.table.loc[("effects", "x: direct"), "panel"].startswith(f"{direct['value']:.4f}")
    assert table.table.loc[("effects", "x: direct [se]"), "panel"] == f"({direct['se']:.4f})"
    indirect = once.effects.loc["z", "indirect"]
    assert table.table.loc[("effects", "z: indirect"), "once"].startswith(f"{indirect:.4f}")
    plain = sc.regression_table(panel=fitted)
    assert "effects" not in plain.table.index.get_level_values("part")


@pytest.mark.slow
@pytest.mark.parametrize(("n", "times", "runs"), [(31, 10, 120), (200, 5, 40)])
@pytest.mark.parametrize("model", ["sar", "sem", "sdm"])
def test_two_way_estimates_are_unbiased_and_their_intervals_cover(
    model: str, n: int, times: int, runs: int
) -> None:
    """Fewer runs than `simulate` makes: the bounds are .92-.97 widened by their noise."""
    found = coverage(Maker(n, times, model), runs)
    assert (found["bias"].abs() < 0.02 + 3 * found["noise"]).all()
    noise = 3 * np.sqrt(0.95 * 0.05 / runs)
    assert (found["coverage"] > 0.945 - noise).all()
    assert found["coverage"].mean() < 0.945 + noise
