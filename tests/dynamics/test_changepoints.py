from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import PanelError, ParameterError
from tests.dynamics.sizes import size
from tests.dynamics.test_trends import panel
from tests.toys import Toys


def test_flow_of_the_nile(shared: Path) -> None:
    folder = shared / "verify/mann_kendall_nile"
    data = pd.read_csv(folder / "data.csv")
    expected = json.loads((folder / "expected.json").read_text())["expected"]["pettitt"]
    row = sc.pettitt(panel(data["flow"], data["year"]), seed=1).table.iloc[0]
    assert expected["U_max"] == row["K"]
    assert row["last_before"] == expected["year"]
    assert row["p_approx"] == pytest.approx(expected["p_approx"], rel=1e-9)
    assert (row["p"], row["shift"]) == (1e-4, "down")


@pytest.mark.compares("pettitt", against="Pettitt (1979), by hand")
@pytest.mark.parametrize("seed", range(3))
def test_k_is_that_of_the_definition(seed: int) -> None:
    x = np.round(np.random.default_rng(seed).normal(size=12), 1)
    u = [sum(np.sign(x[i] - x[j]) for i in range(t) for j in range(t, 12)) for t in range(1, 12)]
    row = sc.pettitt(panel(x), n_permutations=99, seed=1).table.iloc[0]
    assert row["K"] == np.abs(u).max()
    assert row["last_before"] == 2000 + int(np.abs(u).argmax())
    split = row["last_before"] - 2000 + 1
    assert row["median_before"] == pytest.approx(np.median(x[:split]))
    assert row["median_after"] == pytest.approx(np.median(x[split:]))


def test_p_is_that_of_all_orders() -> None:
    x = np.array([1.0, 2, 2, 5, 7, 6])

    def k(order: tuple[float, ...]) -> float:
        table = np.sign(np.subtract.outer(np.array(order), np.array(order)))
        return float(max(abs(table[:t, t:].sum()) for t in range(1, 6)))

    exact = np.mean([k(order) >= k(tuple(x)) for order in itertools.permutations(x)])
    row = sc.pettitt(panel(x), n_permutations=20_000, seed=1).table.iloc[0]
    assert row["p"] == pytest.approx(exact, abs=0.01)


def test_a_unit_does_not_hang_on_its_company() -> None:
    x = np.random.default_rng(1).normal(size=(6, 15))
    whole = sc.pettitt(panel(x), seed=4, correction="none").table
    alone = sc.pettitt(panel(x).loc[["u003"]], seed=4, correction="none").table
    pd.testing.assert_frame_equal(alone, whole.loc[["u003"]])


def test_a_series_without_variation_has_no_change() -> None:
    x = np.stack([np.full(9, 0.3), np.arange(9.0)])
    result = sc.pettitt(panel(x), seed=1)
    flat = result.table.iloc[0]
    assert (flat["K"], flat["p"], flat["shift"]) == (0, 1, "no shift")
    assert pd.isna(flat["last_before"])
    assert any("one value" in note for note in result.notes())
    assert isinstance(result.table["last_before"].iloc[1], int)


def test_what_cannot_be_seen_is_said() -> None:
    short = sc.pettitt(panel([1, 1, 1, 5, 6, 7]), seed=1)
    assert any("6 times no change can be significant" in note for note in short.notes())
    assert short.table["p"].iloc[0] > 0.05
    late = sc.pettitt(panel([*np.tile([1, 0], 10), 9, 9]), seed=1, alpha=0.9)
    assert late.table["last_before"].iloc[0] == 2019
    assert any(note.endswith("three times on one side: u000") for note in late.notes())


def test_what_cannot_be_tested_is_refused(toys: Toys) -> None:
    with pytest.raises(PanelError, match="needs 5"):
        sc.pettitt(toys.panel["income"])
    with pytest.raises(PanelError, match="no years"):
        sc.pettitt(toys.year["income"])
    with pytest.raises(ParameterError, match="n_permutations"):
        sc.pettitt(panel(np.arange(9.0)), n_permutations=9)


def test_sizes_are_those_of_the_docstring() -> None:
    """The whole table: python -m tests.dynamics.sizes."""
    assert size("pettitt", 0.0, 30, 2000, seed=1) == pytest.approx(0.049, abs=0.015)
    assert size("pettitt", 0.5, 30, 2000, seed=1) == pytest.approx(0.343, abs=0.03)
