"""Grey relational degrees against two textbooks, and what independent noise gives."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd._grey import coefficients, extremes
from spatialccd.errors import PanelError, ParameterError
from spatialccd.report.words.sentences import retell


@pytest.mark.compares("grey_relation", against="Deng's textbook, 30 degrees")
def test_the_thirty_degrees_of_the_textbook(shared: Path) -> None:
    folder = shared / "verify" / "grey_textbook"
    data = pd.read_csv(folder / "investments.csv", index_col="period")
    expected = json.loads((folder / "expected.json").read_text())["expected"]
    references, factors = (data[expected[f"example1_{axis}"]] for axis in ("rows", "columns"))
    table = sc.grey_relation(references, factors, normalize="initial", n_permutations=0).table
    np.testing.assert_allclose(
        table["degree"], np.ravel(expected["example1_grades"]), atol=expected["tolerance"]
    )
    assert "chance_mean" not in table
    best = table.xs("income", level="reference")["rank"].idxmin()
    assert best == "inv_transport"


def test_a_loop_over_rows_gives_the_same() -> None:
    rng = np.random.default_rng(3)
    X0, X = rng.uniform(1, 2, (7, 2)), rng.uniform(1, 2, (7, 3))
    X0, X = (x / x.mean(axis=0) for x in (X0, X))
    D = [[[abs(X0[t, r] - X[t, f]) for t in range(7)] for f in range(3)] for r in range(2)]
    frames = pd.DataFrame(X0, columns=list("ab")), pd.DataFrame(X, columns=list("xyz"))
    for over_what in ("reference", "all"):
        table = sc.grey_relation(*frames, extremes=over_what, rho=0.3, n_permutations=0).table
        for r, ref in enumerate("ab"):
            over = np.ravel(D[r] if over_what == "reference" else D)
            for f, name in enumerate("xyz"):
                xi = [(over.min() + 0.3 * over.max()) / (d + 0.3 * over.max()) for d in D[r][f]]
                assert table.loc[(ref, name), "degree"] == pytest.approx(np.mean(xi), rel=1e-12)


@pytest.mark.parametrize(("rho", "noise"), [(0.1, 0.33), (0.5, 0.63), (0.9, 0.74)])
def test_independent_noise_has_the_degrees_the_docstring_warns_of(rho: float, noise: float) -> None:
    rng = np.random.default_rng(1)
    means = []
    for _ in range(200):
        data = pd.DataFrame(rng.uniform(size=(10, 6)), columns=list("yabcde"))
        table = sc.grey_relation(
            data[["y"]], data[list("abcde")], normalize="range", rho=rho, n_permutations=0
        ).table
        means.append(table["degree"].mean())
    assert np.mean(means) == pytest.approx(noise, abs=0.03)


def test_chance_is_what_the_degree_is_without_relation() -> None:
    """Of independent series about one in twenty lies above chance_95: no more than it says."""
    above = []
    for seed in range(50):
        data = pd.DataFrame(
            np.random.default_rng(seed).uniform(1, 2, (20, 5)), columns=list("yabcd")
        )
        table = sc.grey_relation(data[["y"]], data[list("abcd")], n_permutations=99, seed=1).table
        above += (table["degree"] > table["chance_95"]).to_list()
    assert 0.01 < np.mean(above) < 0.09


def test_a_near_series_lies_above_chance_and_ranks_first() -> None:
    rng = np.random.default_rng(2)
    y = rng.uniform(1, 2, 40)
    near, noise = y + rng.normal(0, 0.02, 40), rng.uniform(1, 2, 40)
    data = pd.DataFrame({"y": y, "near": near, "noise": noise})
    result = sc.grey_relation(data[["y"]], data[["near", "noise"]], seed=1)
    table = result.table.droplevel("reference")
    assert table.loc["near", "degree"] > table.loc["near", "chance_95"]
    assert table["rank"].to_list() == [1, 2]
    again = sc.grey_relation(data[["y"]], data[["near", "noise"]], seed=1)
    pd.testing.assert_frame_equal(again.table, result.table)
    assert retell(result.notes()[0], "zh") != result.notes()[0]


def test_each_unit_or_time_can_have_its_own() -> None:
    index = pd.MultiIndex.from_product([list("pq"), [1, 2, 3]], names=["unit", "time"])
    data = pd.DataFrame(
        np.random.default_rng(5).uniform(1, 2, (6, 3)), index=index, columns=list("yab")
    )
    for by, labels in (("unit", list("pq")), ("time", [1, 2, 3])):
        table = sc.grey_relation(data[["y"]], data[["a", "b"]], by=by, n_permutations=9).table
        for label in labels:
            own = data.xs(label, level=by)
            alone = sc.grey_relation(own[["y"]], own[["a", "b"]], n_permutations=0).table
            np.testing.assert_allclose(table.xs(label, level=by)["degree"], alone["degree"])


@pytest.mark.parametrize(
    ("change", "setting", "error", "message"),
    [
        ({"a": 1.0}, {"normalize": "range"}, PanelError, "cannot be scaled: a; they are constant"),
        ({"a": -1.0}, {}, PanelError, "cannot be scaled: a; their mean is not positive"),
        ({"y": [0, 1, 2]}, {"normalize": "initial"}, PanelError, "y; their first value is not"),
        ({}, {"rho": 0}, ParameterError, "rho"),
        ({}, {"by": "unit"}, ParameterError, "needs a panel"),
    ],
)
def test_what_has_no_degree_is_told(
    change: dict[str, Any], setting: dict[str, Any], error: type[Exception], message: str
) -> None:
    data = pd.DataFrame({"y": [1.0, 2, 4], "a": [3.0, 1, 2]}).assign(**change)
    with pytest.raises(error, match=message):
        sc.grey_relation(data[["y"]], data[["a"]], **setting)


def test_a_series_is_not_compared_with_itself_nor_by_a_first_row_of_many_units() -> None:
    index = pd.MultiIndex.from_product([list("pq"), [1, 2]], names=["unit", "time"])
    data = pd.DataFrame({"y": [1.0, 2, 4, 3], "a": [3.0, 1, 2, 5]}, index=index)
    with pytest.raises(ParameterError, match="more than once in references and factors: y"):
        sc.grey_relation(data[["y"]], data)
    with pytest.raises(ParameterError, match="by='unit'"):
        sc.grey_relation(data[["y"]], data[["a"]], normalize="initial")


def test_series_that_coincide_are_at_one() -> None:
    same = np.zeros((3, 1, 2))
    assert (coefficients(same, extremes(same, 0.5, (0, 2))) == 1).all()
