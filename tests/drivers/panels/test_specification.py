"""Tests of specification against exact figures, their size, and the way they point."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import spatialccd as sc
from spatialccd._spatial import multipliers as multiplier_tests
from spatialccd._spatial.multipliers import multipliers
from spatialccd.drivers.panels import specification
from spatialccd.drivers.panels._contrasts import random_or_fixed
from spatialccd.drivers.panels._layout import lay_out, make_sample
from spatialccd.errors import EstimationError, PanelError
from tests.drivers.panels import cigar
from tests.drivers.panels.simulate import Maker, random_sizes, sizes
from tests.toys import Toys


def _named(name: str) -> str:
    return name.replace("rlm_", "robust_lm_")


@pytest.mark.compares("specification_tests", against="Elhorst (2014), Cigar: LM")
@pytest.mark.parametrize("effects", ["none", "unit", "time", "two-way"])
def test_lagrange_multipliers_of_cigar_in_both_forms(shared: Path, effects: str) -> None:
    data, expected = cigar.read(shared)
    found = sc.specification_tests(**data, effects=effects, n_permutations=19, n_draws=0, seed=1)
    known = expected["lm"][effects]
    for name, value in known["published_form"].items():
        if "lm_" in name:
            row = found.table.loc[_named(name)]
            assert row["published"] == pytest.approx(value, abs=1e-6)
            centered = known.get("centred_form", known["published_form"])[name]
            assert row["statistic"] == pytest.approx(centered, abs=1e-6)
    if effects == "unit":
        cd = found.table.loc["pesaran_cd", "statistic"]
        assert cd == pytest.approx(known["pesaran_cd_of_ols_residuals"], abs=1e-6)
    if effects in ("time", "two-way"):
        assert "pesaran_cd" not in found.table.index
        assert any("void" in note for note in found.notes())


@pytest.mark.compares("specification_tests", against="exact likelihood: Cigar, tests")
def test_restrictions_effects_and_hausman_of_cigar(shared: Path) -> None:
    data, expected = cigar.read(shared)
    found = sc.specification_tests(**data, n_permutations=99, n_draws=99, seed=1)
    for approach, column in (("transform", "statistic"), ("direct", "published")):
        for name, value in expected["sdm_restrictions"][approach].items():
            if name != "df":
                assert found.table.loc[name.lower(), column] == pytest.approx(value, abs=1e-6)
    for given, name in (("joint_unit_given_time", "units"), ("joint_time_given_unit", "times")):
        known = expected["effects_tests"][given]
        assert found.table.loc[f"lr_{name}", "statistic"] == pytest.approx(known["LR"], abs=1e-5)
        row = found.table.loc[f"f_{name}"]
        assert row["statistic"] == pytest.approx(known["F"], abs=1e-6)
        assert [row["df"], row["df_2"]] == known["F_df"]
    for model in ("sar", "sdm"):
        known = expected["random"][f"unit-random,time-fixed(F_n)/{model}"]
        for test, key in (("hausman", "hausman_observed_information"), ("mundlak", "mundlak_wald")):
            row = found.table.loc[f"{test}_{model}"]
            assert row["statistic"] == pytest.approx(known[key], abs=1e-5)
            assert row["df"] == known[key.split("_")[0] + "_df"]
            if test == "hausman":  # the same statistic, judged by drawn panels and as published
                assert row["published"] == row["statistic"]
                assert row["published_p"] == pytest.approx(
                    stats.chi2.sf(row["statistic"], row["df"]), abs=1e-12
                )
                assert row["p"] * 100 == pytest.approx(round(row["p"] * 100), abs=1e-9)
    assert found.model == "sdm"
    assert found.effects == "two-way"
    assert "LR against sar 18.189 (p 0.000), against sem 7.319" in found.recommend()
    assert "Hausman 3.190" in found.recommend()
    assert (found.moran["I"] > found.moran["I_sdm"]).mean() > 0.7


@pytest.mark.compares("specification_tests", against="spdep (R)")
def test_a_cross_sections_multipliers_are_those_of_spdep(shared: Path) -> None:
    folder = shared / "verify" / "spatial_panel_crosssection144"
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))["expected"]["lm"]
    data = pd.read_csv(folder / "data.csv")
    place = data[["grid_row", "grid_col"]].to_numpy()
    near = np.abs(place[:, None] - place).sum(axis=2) == 1
    graph = cigar.graph_of(pd.DataFrame(near.astype(float)))
    layout = lay_out(data["y"], data[["x1", "x2"]], graph, row_standardize=True)
    sample, _ = make_sample(layout, "sar", "none", "direct")
    for centered in (True, False):
        for name, (value, _) in multipliers(sample, centered=centered).items():
            assert value == pytest.approx(expected[name.replace("robust_", "r")], abs=1e-7)


def test_centered_multipliers_hold_for_any_row_sums_where_these_are_1(toys: Toys) -> None:
    """The general traces against those of a swept matrix written out."""
    layout = Maker(20, 5, "sar")(np.random.default_rng(1))
    uneven = np.random.default_rng(2).uniform(size=(20, 20))
    np.fill_diagonal(uneven, 0)
    for W in (layout.operator.matrix.toarray(), uneven):
        layout.operator.matrix = type(layout.operator.matrix)(W)
        sample, _ = make_sample(layout, "sar", "two-way", "transformation")
        sweep = np.eye(20) - 1 / 20
        swept = sweep @ W @ sweep
        trace, spread = multiplier_tests._traces(sample, centered=True)
        assert trace == pytest.approx(np.trace(swept), abs=1e-10)
        assert spread == pytest.approx(np.trace(swept @ swept + swept.T @ swept), abs=1e-9)


@pytest.mark.parametrize(
    ("p", "model"),
    [
        ({"lm_lag": 0.5, "lm_error": 0.3}, "ols"),
        ({"lr_sdm_sar": 0.01, "lr_sdm_sem": 0.01}, "sdm"),
        ({"lr_sdm_sem": 0.01, "robust_lm_lag": 0.01}, "sar"),
        ({"lr_sdm_sem": 0.01, "robust_lm_error": 0.01}, "sdm"),
        ({"lr_sdm_sar": 0.01, "robust_lm_error": 0.01}, "sem"),
        ({"lr_sdm_sar": 0.01, "lm_error": 0.5}, "sdm"),
        ({"lm_error": 0.5}, "sar"),
        ({"robust_lm_lag": 0.02, "robust_lm_error": 0.01}, "sem"),
        ({}, "sdm"),
    ],
)
def test_the_decision_tree(p: dict[str, float], model: str) -> None:
    names = [
        "lm_lag", "lm_error", "robust_lm_lag", "robust_lm_error", "lr_sdm_sar", "lr_sdm_sem",
        "wald_sdm_sar", "wald_sdm_sem", "f_units", "f_times", "hausman_sdm", "mundlak_sdm",
        "hausman_sar", "mundlak_sar",
    ]  # fmt: skip
    table = pd.DataFrame({"statistic": 1.0, "p": 0.5}, names)
    table.loc[["lm_lag", "lm_error"], "p"] = 0.01
    table.loc[list(p), "p"] = list(p.values())
    chosen, effects, path = specification._recommend(table, 0.05)
    assert chosen == model
    assert effects == "none"
    assert all("1.000" in step or "significant" in step or "At 0.05" in step for step in path)


def test_effects_and_random_ones_are_chosen_by_their_tests() -> None:
    layout = Maker(31, 8, "sar")(np.random.default_rng(3))
    rows = {"index": layout.index}
    graph = cigar.graph_of(pd.DataFrame((layout.operator.matrix.toarray() > 0).astype(float)))
    X = pd.DataFrame(layout.X.reshape(-1, 2), columns=layout.names, **rows)
    found = sc.specification_tests(
        pd.Series(layout.y.reshape(-1), **rows), X, graph, n_permutations=19, n_draws=0, seed=1
    )
    assert found.effects == "two-way"
    assert found.table.loc["mundlak_sar", "p"] < 0.05  # the maker lets x go with the unit
    assert "fixed effects of units" in found.recommend()


def test_no_hausman_test_is_said_and_not_made_positive(shared: Path) -> None:
    data, _ = cigar.read(shared)
    layout = lay_out(**data, row_standardize=True)
    lines, published, said = random_or_fixed(layout, "sdm", years=False)
    assert not published
    assert np.isnan(lines["hausman_sdm"][0])
    assert "not positive definite" in said[0]
    assert lines["mundlak_sdm"][0] > 0


def test_mundlak_is_tested_where_units_have_no_effect_beyond_their_means(toys: Toys) -> None:
    y, X = toys.scores["economy"], toys.panel[["smoke", "forest"]]
    found = sc.specification_tests(y, X, toys.graph, n_permutations=19, n_draws=0, seed=1)
    assert np.isnan(found.table.loc["hausman_sar", "p"])
    assert any("no random effect" in note for note in found.notes())
    # Within units the toys' income does not follow smoke as it does between them.
    p, df = found.table.loc["mundlak_sar", ["p", "df"]]
    assert p < 0.01
    assert df == 2
    assert "fixed effects of units" in found.recommend()


def test_what_cannot_be_tested_is_said(toys: Toys) -> None:
    y, X = toys.scores["economy"], toys.panel[["smoke", "forest"]]
    with pytest.raises(EstimationError, match="do not add up to 1"):
        sc.specification_tests(y, X, toys.graph, row_standardize=False)
    unit = sc.specification_tests(
        y,
        X,
        toys.graph,
        row_standardize=False,
        effects="unit",
        n_permutations=19,
        n_draws=0,
        seed=1,
    )
    assert unit.table["statistic"].notna().any()
    with pytest.raises(PanelError, match="one time"):
        sc.specification_tests(y.xs(2018, level=1), X.xs(2018, level=1), toys.graph, effects="none")


def test_moran_by_time_is_that_of_the_graph(toys: Toys) -> None:
    y, X = toys.scores["economy"], toys.panel[["smoke", "forest"]]
    found = sc.specification_tests(
        y, X, toys.graph, effects="none", n_permutations=199, n_draws=0, seed=1
    )
    frame = X.assign(one=1.0)
    b = np.linalg.lstsq(frame.to_numpy(), y.to_numpy(), rcond=None)[0]
    e = y - frame.to_numpy() @ b
    ours = sc.global_moran(e, toys.graph, n_permutations=199, seed=1).to_frame()
    np.testing.assert_allclose(found.moran["I"], ours["I"], atol=1e-12)
    np.testing.assert_allclose(found.moran["p_sim"], ours["p_sim"], atol=0.12)


@pytest.mark.slow
def test_sizes_of_the_tests() -> None:
    found = sizes(150)
    noise = 3 * np.sqrt(0.05 * 0.95 / 150)
    held = found[[name for name in found.index if not name.startswith("published")]]
    assert (held < 0.06 + noise).all()
    assert found["published lm_error"] > 0.09
    random = random_sizes(100)
    noise = 3 * np.sqrt(0.05 * 0.95 / 100)
    assert random["mundlak_sar"] < 0.07 + noise
    assert random["hausman_sar"] < 0.05 + noise
    assert random["published hausman_sar"] > random["hausman_sar"]
