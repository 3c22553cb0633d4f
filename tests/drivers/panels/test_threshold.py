"""Panel thresholds against known figures, sums of squares written out, and what is refused."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import (
    AlignmentError,
    EstimationError,
    PanelError,
    ParameterError,
    SingularDesignError,
)


@pytest.mark.compares("panel_threshold", against="Hansen's steps, made independently")
@pytest.mark.parametrize("name", ["y1", "y2"])
def test_the_simulated_case(shared: Path, name: str) -> None:
    folder = shared / "verify" / "threshold_sim"
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))["expected"][name]
    data = pd.read_csv(folder / "data.csv").set_index(["unit", "time"])
    data = data.sample(frac=1, random_state=2)
    fitted = sc.panel_threshold(
        data[name], data[["x"]], data["q"], data[["z"]], n_bootstrap=499, seed=3
    )
    first, double = fitted.tests.loc[1], expected["double"]
    assert first["F"] == pytest.approx(expected["F1"], abs=1e-6)
    assert first["squares"] == pytest.approx(expected["S1"], abs=1e-6)
    assert first["p"] == expected["bootstrap_F1"]["p"]
    crit = first[["crit_10", "crit_5", "crit_1"]].to_numpy()
    np.testing.assert_allclose(crit, expected["bootstrap_F1"]["crit_90_95_99"], rtol=0.2)
    second = fitted.tests.loc[2]
    assert second["F"] == pytest.approx(double["F2"], abs=1e-6)
    assert second["squares"] == pytest.approx(double["S2_refined"], abs=1e-6)
    if name == "y1":
        assert second["p"] > 0.05
        line, known = fitted.thresholds.loc[1], expected["confidence_set_95"]
        assert line["estimate"] == expected["gamma"]
        found = [line["low"], line["high"], line["values"]]
        assert found == [known["min"], known["max"], known["count"]]
        assert len(fitted.likelihood_ratio) == expected["candidates"]
        assert fitted.regimes["n"].iloc[0] == expected["n_low"]
        assert fitted.statistics["sigma2"] == pytest.approx(expected["sigma2"], abs=1e-8)
        known_terms = list(expected["coef"].values())
        np.testing.assert_allclose(fitted.coef, known_terms, atol=1e-8)
    else:
        assert fitted.thresholds["estimate"].tolist() == double["thresholds_sorted"]
        np.testing.assert_allclose(fitted.coef, double["coef"], atol=1e-8)
        one = sc.panel_threshold(
            data[name],
            data[["x"]],
            data["q"],
            data[["z"]],
            max_thresholds=1,
            n_bootstrap=19,
            confidence=0.99,
            seed=1,
        )
        assert one.thresholds.loc[1, "estimate"] == expected["gamma"]
    assert fitted.statistics["critical_value"] == pytest.approx(7.352276694, abs=1e-8)


def _made(
    cuts: tuple[float, ...] = (0.3, 0.7), *, n: int = 30, times: int = 6, k: int = 2
) -> dict[str, Any]:
    rng = np.random.default_rng(7)
    rows = pd.MultiIndex.from_product([range(n), range(2000, 2000 + times)], names=["unit", "time"])
    X = pd.DataFrame(rng.normal(size=(n * times, k)), rows, [f"x{j}" for j in range(k)])
    q = pd.Series(rng.uniform(size=n * times).round(2), rows, name="q")
    regime = np.digitize(q, cuts, right=True)
    y = (X.to_numpy() * (1 + regime)[:, None]).sum(axis=1) + np.repeat(rng.normal(size=n), times)
    return {"y": pd.Series(y + 0.5 * rng.normal(size=n * times), rows), "X": X, "q": q}


def _squares(data: dict[str, Any], cuts: tuple[float, ...], *, two_way: bool = False) -> float:
    """The sum of squares at given thresholds, by dummies."""
    regime = np.digitize(data["q"], sorted(cuts), right=True)
    X = data["X"].to_numpy()
    parts = [X * (regime == r)[:, None] for r in range(len(cuts) + 1)]
    index = data["y"].index
    parts.append(pd.get_dummies(index.get_level_values(0)).to_numpy(float))
    if two_way:
        parts.append(pd.get_dummies(index.get_level_values(1)).to_numpy(float)[:, 1:])
    design, y = np.column_stack(parts), data["y"].to_numpy()
    return float(((y - design @ np.linalg.lstsq(design, y, rcond=None)[0]) ** 2).sum())


@pytest.mark.parametrize("effects", ["unit", "two-way"])
def test_every_step_is_the_least_sum_of_squares(effects: str) -> None:
    data = _made()
    fitted = sc.panel_threshold(**data, effects=effects, max_thresholds=2, n_bootstrap=19, seed=1)
    two_way = effects == "two-way"
    values = np.unique(data["q"])
    least = int(np.ceil(0.05 * len(data["q"])))
    counts = {v: int((data["q"] <= v).sum()) for v in values}
    open_ = [v for v in values if least <= counts[v] <= len(data["q"]) - least]
    one = min(open_, key=lambda v: _squares(data, (v,), two_way=two_way))
    assert fitted.tests.loc[1, "squares"] == pytest.approx(
        _squares(data, (one,), two_way=two_way), rel=1e-9
    )
    beside = [v for v in open_ if abs(counts[v] - counts[one]) >= least]
    second = min(beside, key=lambda v: _squares(data, (one, v), two_way=two_way))
    again = [v for v in open_ if abs(counts[v] - counts[second]) >= least]
    first = min(again, key=lambda v: _squares(data, (v, second), two_way=two_way))
    assert fitted.thresholds["estimate"].tolist() == sorted([first, second])
    known = _squares(data, (first, second), two_way=two_way)
    assert fitted.tests.loc[2, "squares"] == pytest.approx(known, rel=1e-9)
    free = 29 * 5 if two_way else 30 * 5
    F = (fitted.tests.loc[1, "squares"] - known) / (known / free)
    assert fitted.tests.loc[2, "F"] == pytest.approx(F, rel=1e-9)
    assert (fitted.regimes["n"] >= least).all()
    inside = fitted.likelihood_ratio["inside"]
    assert (fitted.likelihood_ratio["LR"][inside] <= fitted.statistics["critical_value"]).all()


def test_three_thresholds_are_found_where_there_are_three() -> None:
    data = _made((0.25, 0.5, 0.75), n=60, k=1)
    fitted = sc.panel_threshold(**data, n_bootstrap=39, seed=1)
    assert fitted.thresholds["estimate"].tolist() == pytest.approx([0.25, 0.5, 0.75], abs=0.03)
    assert (fitted.tests["p"] == 1 / 40).all()
    assert [term for term in fitted.terms.index if "q > " in term]
    table = sc.regression_table(fitted).table
    assert ("fit", "units") in table.index


def test_a_grid_searches_quantiles_and_covers_the_same_place() -> None:
    data = _made((0.5,))
    plain = sc.panel_threshold(**data, max_thresholds=1, n_bootstrap=19, seed=1)
    coarse = sc.panel_threshold(**data, max_thresholds=1, n_bootstrap=19, seed=1, grid=20)
    assert len(coarse.likelihood_ratio) <= 20
    assert abs(coarse.thresholds.loc[1, "estimate"] - plain.thresholds.loc[1, "estimate"]) < 0.06


def test_units_of_measurement_do_not_matter() -> None:
    data = _made((0.5,))
    plain = sc.panel_threshold(**data, max_thresholds=2, n_bootstrap=19, seed=1)
    scaled = sc.panel_threshold(
        data["y"] * 1e5, data["X"] * 1e-6, data["q"], max_thresholds=2, n_bootstrap=19, seed=1
    )
    np.testing.assert_allclose(scaled.tests["F"], plain.tests["F"], rtol=1e-7)
    np.testing.assert_allclose(scaled.coef, plain.coef * 1e11, rtol=1e-7)


def test_what_cannot_be_searched_is_said() -> None:
    data = _made((0.5,))
    with pytest.raises(EstimationError, match="too few different values"):
        sc.panel_threshold(**{**data, "q": data["q"] * 0 + 1})
    with pytest.raises(PanelError, match="3 2004"):
        sc.panel_threshold(
            data["y"].drop((3, 2004)), data["X"].drop((3, 2004)), data["q"].drop((3, 2004))
        )
    with pytest.raises(AlignmentError, match="7, 2001"):
        sc.panel_threshold(data["y"], data["X"], data["q"].drop((7, 2001)))
    with pytest.raises(ParameterError, match="stands in X and in controls"):
        sc.panel_threshold(**data, controls=data["X"][["x0"]])
    with pytest.raises(SingularDesignError, match="linearly dependent"):
        sc.panel_threshold(**data, controls=pd.DataFrame({"c": data["X"]["x0"] * 2 + 1}))
    one = data["y"].index.get_level_values("time") == 2001
    with pytest.raises(PanelError, match="one time"):
        sc.panel_threshold(data["y"][one], data["X"][one], data["q"][one])
    with pytest.raises(ParameterError, match="trim"):
        sc.panel_threshold(**data, trim=0.6)
    with pytest.raises(EstimationError, match="regime"):
        sc.panel_threshold(**data, trim=0.4, max_thresholds=2, n_bootstrap=19, level=0.99, seed=1)


@pytest.mark.slow
def test_size_and_coverage() -> None:
    """Where there is no threshold .05 are found; where there is one its set holds it."""
    rng = np.random.default_rng(3)
    found, held = [], []
    rows = pd.MultiIndex.from_product([range(40), range(6)], names=["unit", "time"])
    for threshold, _ in itertools.product((False, True), range(60)):
        x, q = rng.normal(size=240), rng.uniform(size=240)
        y = x * np.where((q <= 0.5) & threshold, 0.0, 1.0) + rng.normal(size=240)
        fitted = sc.panel_threshold(
            pd.Series(y, rows),
            pd.DataFrame({"x": x}, rows),
            pd.Series(q, rows),
            max_thresholds=1,
            n_bootstrap=99 if not threshold else 19,
            seed=1,
        )
        if threshold:
            curve = fitted.likelihood_ratio.loc[1]
            at = curve.index[np.searchsorted(curve.index, 0.5, side="right") - 1]
            held.append(bool(curve.loc[at, "inside"]))
        else:
            found.append(fitted.tests.loc[1, "p"] <= 0.05)
    assert np.mean(found) < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 60)
    assert np.mean(held) > 0.95 - 3 * np.sqrt(0.05 * 0.95 / 60)
