"""Emerging hot spots: the 17 classes, the scores they rest on, and how often chance gives one."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd import _trend
from spatialccd.association.emerging import NO_PATTERN, PATTERNS, patterns
from spatialccd.errors import EstimationError, ParameterError, ShortPanelWarning
from tests.association.emerging_sizes import found
from tests.toys import Toys


@pytest.fixture
def long() -> Toys:
    return Toys(rows=7, columns=7, years=12)


def _classes(z: np.ndarray) -> list[str]:
    tested = _trend.mann_kendall(z)
    sign = np.where(tested.p <= 0.05, np.sign(tested.z), 0).astype(int)
    return [name.lower() for name in patterns(z > 1.959964, z < -1.959964, sign)]


@pytest.mark.compares("emerging_hot_spots", against="the rules of ArcGIS's 17 classes")
def test_all_classes_are_those_of_the_published_rules(shared: Path) -> None:
    folder = shared / "verify/mann_kendall_emerging"
    expected = json.loads((folder / "expected.json").read_text())["expected"]
    z = pd.read_csv(folder / "data.csv").pivot(index="series", columns="step", values="z")
    classes = dict(zip(z.index, _classes(z.to_numpy()), strict=True))
    first_match = {name: options[0] for name, options in expected["ambiguous"].items()}
    assert classes == {**expected["classes"], **first_match}
    assert len(set(expected["classes"].values())) == 17


#: Score by step: h hot, c cold, . neither; and the trend.
_CASES = {
    "New hot spot": ("c........h", 0),
    "Consecutive hot spot": ("..c...hhhh", 1),
    "Intensifying hot spot": ("hhh.hhhhhh", 1),
    "Persistent hot spot": ("hhhhhhhhhh", 0),
    "Diminishing hot spot": ("chhhhhhhhh", -1),
    "Sporadic hot spot": ("h.hhhhhh.h", 0),
    "Oscillating hot spot": ("h..c.h...h", 0),
    "Historical hot spot": ("hhhhchhhhhhhhhhhhhh.", -1),
    NO_PATTERN: ("h..hhh....", 0),
}


@pytest.mark.parametrize("name", _CASES)
def test_each_class_hot_and_cold(name: str) -> None:
    steps, trend = _CASES[name]
    hot = np.array([[letter == "h" for letter in steps]])
    cold = np.array([[letter == "c" for letter in steps]])
    assert patterns(hot, cold, np.array([trend])).tolist() == [name]
    mirrored = patterns(cold, hot, np.array([-trend])).tolist()
    assert mirrored == [name.replace("hot", "cold")]


def test_what_a_unit_is_goes_before_what_it_was() -> None:
    hot = np.array([[True] * 9 + [False]])
    for first, second, name in ((hot, ~hot, "New cold spot"), (~hot, hot, "New hot spot")):
        assert patterns(first, second, np.array([0])).tolist() == [name]


def test_scores_are_those_of_each_year_alone(long: Toys) -> None:
    y = long.panel["income"]
    steps = sc.emerging_hot_spots(y, long.graph).steps
    for year in (2018, 2029):
        own = sc.local_getis_ord(y.xs(year, level=1), long.graph, n_permutations=99, seed=1)
        now = steps.xs(year, level="time")
        np.testing.assert_allclose(now["G"], own.G, rtol=1e-10)
        np.testing.assert_allclose(now["p_norm"], own.table["p_norm"], rtol=1e-10)


@pytest.mark.parametrize("reference", ["step", "all"])
def test_scores_over_steps_are_those_of_the_definition(long: Toys, reference: str) -> None:
    """Equation 15 with every (unit, step) as a place of its own."""
    y = long.panel["income"]
    result = sc.emerging_hot_spots(y, long.graph, steps_back=2, reference=reference)
    x = y.unstack().to_numpy()
    w = long.graph.sparse.toarray() + np.eye(49)
    for t in (0, 1, 7):
        window = range(max(0, t - 2), t + 1)
        places = x.ravel() if reference == "all" else x[:, list(window)].ravel()
        for i in (0, 24):
            weights = np.concatenate([w[i] for _ in window])
            values = np.concatenate([x[:, s] for s in window])
            n, mean, sd = len(places), places.mean(), places.std()
            spread = sd * np.sqrt((n * (weights**2).sum() - weights.sum() ** 2) / (n - 1))
            wanted = (weights @ values - mean * weights.sum()) / spread
            assert result.steps.loc[(long.units[i], 2018 + t), "G"] == pytest.approx(wanted)


def test_spots_do_what_was_put_there(long: Toys) -> None:
    rng = np.random.default_rng(4)
    x = pd.DataFrame(rng.normal(size=(49, 12)), long.units, range(12))
    corner = [long.units[r * 7 + c] for r in range(3) for c in range(3)]
    other = [long.units[r * 7 + c] for r in range(4, 7) for c in range(4, 7)]
    x.loc[corner] += 6
    x.loc[other, range(9, 12)] -= 6
    y = x.stack().rename_axis(["unit", "time"])
    result = sc.emerging_hot_spots(y, long.graph)
    assert result.cluster[long.units[8]] in PATTERNS[2:5]
    assert result.cluster[long.units[40]] == "Consecutive cold spot"
    assert result.table.loc[long.units[8], "hot"] == 12
    assert (result.steps["state"] == "hot").sum() == result.table["hot"].sum()
    assert str(result.cluster.cat.categories[-1]) == "No neighbors"


def test_what_short_panels_cannot_show_is_said(toys: Toys, long: Toys) -> None:
    with pytest.warns(ShortPanelWarning, match="3 times"):
        sc.emerging_hot_spots(toys.panel["income"], toys.graph)
    with pytest.raises(ParameterError, match="at least three"):
        sc.emerging_hot_spots(toys.year["income"], toys.graph)
    with pytest.raises(ParameterError, match="steps_back"):
        sc.emerging_hot_spots(long.panel["income"], long.graph, steps_back=12)
    with pytest.raises(EstimationError, match="same value everywhere"):
        sc.emerging_hot_spots(long.panel["income"] * 0, long.graph)
    everywhere = sc.emerging_hot_spots(long.panel["income"], long.graph, reference="all")
    assert any("late steps hot everywhere" in note for note in everywhere.notes())


def test_islands_have_no_pattern_of_their_own(long: Toys) -> None:
    from libpysal.graph import Graph

    links = long.graph.adjacency.drop("A00", level=0).drop("A00", level=1).reset_index()
    graph = Graph.from_arrays(
        [*links["focal"], "A00"], [*links["neighbor"], "A00"], [*links["weight"], 0]
    )
    with pytest.warns(sc.errors.IslandWarning, match="A00"):
        result = sc.emerging_hot_spots(long.panel["income"], graph)
    assert result.cluster["A00"] == "No neighbors"
    assert result.table.loc["A00"].drop("cluster").isna().all()
    assert result.steps.loc["A00"].isna().all(axis=None)


def test_the_map_has_its_own_legend(long: Toys) -> None:
    result = sc.emerging_hot_spots(long.panel["income"], long.graph)
    drawn = sc.map_lisa(result, long.areas, language="zh")
    assert drawn.legend["n"].sum() == 49
    assert "Not significant" not in set(drawn.legend["class"])


def test_chance_gives_what_the_docstring_says() -> None:
    """The whole table: python -m tests.association.emerging_sizes."""
    plain = found("noise", 12, 15, correction="none")
    assert 1 - plain["No pattern"] == pytest.approx(0.05, abs=0.02)
    assert 1 - found("noise", 12, 15)["No pattern"] < 0.01
    rising = found("rising", 12, 5, steps_back=1, reference="all")
    assert rising["Consecutive hot spot"] + rising["New hot spot"] > 0.8
