from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import AlignmentError, DataError, GeometryError, ParameterError
from tests.network.alignment import _gravity
from tests.toys import Toys


def random_places(run: int, n: int = 30) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give independent lognormal masses and places."""
    rng = np.random.default_rng(run)
    index = pd.RangeIndex(n, name="unit")
    masses = pd.DataFrame(rng.lognormal(size=(n, 3)), index, ["people", "product", "own"])
    return masses, pd.DataFrame(rng.random((n, 2)), index, ["x", "y"])


@pytest.mark.compares("gravity_network", against="the formula, by hand")
def test_strength_is_that_of_the_formula(toys: Toys) -> None:
    result = sc.gravity_network(**_gravity(toys))
    year, centers = toys.year, toys.areas.geometry.centroid
    for i, j in (("A00", "A17"), ("A17", "A00"), ("A20", "A21")):
        d = centers[i].distance(centers[j]) / abs(year.loc[i, "forest"] - year.loc[j, "forest"])
        m = [np.sqrt(year.loc[u, "income"] * year.loc[u, "schools"]) for u in (i, j)]
        k = year.loc[i, "schools"] / (year.loc[i, "schools"] + year.loc[j, "schools"])
        assert result.strength.loc[i, j] == pytest.approx(k * m[0] * m[1] / d**2)
    row = result.strength.loc["A08"].drop("A08")  # the diagonal is no pair
    assert result.ties.loc["A08"].drop("A08").tolist() == (row > row.mean()).astype(int).tolist()
    assert np.trace(result.ties) == 0


def test_distances_in_degrees_run_over_the_globe() -> None:
    places = gpd.GeoSeries.from_xy([0, 90, 180, 0], [0, 0, 0, 90], index=list("abcd"), crs=4326)
    masses = pd.DataFrame({"people": [1.0, 1, 1, 1]}, list("abcd"))
    strength = sc.gravity_network(masses, places, exponent=1, seed=1).strength
    quarter = 6371.0088 * np.pi / 2
    wanted = [0, 1 / quarter, 1 / (2 * quarter), 1 / quarter]
    np.testing.assert_allclose(strength.loc["a"], wanted, rtol=1e-9)


def test_units_of_measure_move_no_tie(toys: Toys) -> None:
    given = _gravity(toys)
    scaled = {**given, "masses": given["masses"] * 1e6, "wealth": given["wealth"] / 1e4}
    plain, other = (sc.gravity_network(**g) for g in (given, scaled))
    pd.testing.assert_frame_equal(plain.ties, other.ties)
    pd.testing.assert_frame_equal(plain.formula, other.formula)


def test_chance_makes_the_networks_that_papers_print() -> None:
    figures = []
    for run in range(40):
        masses, places = random_places(run)
        result = sc.gravity_network(
            masses,
            places,
            wealth=masses["product"] / masses["people"],
            share="own",
            n_permutations=99,
            seed=run,
        )
        figures.append(result.formula)
        assert result.formula.loc["density", "p05"] < result.formula.loc["density", "p95"]
    observed = pd.concat([f["observed"] for f in figures], axis=1)
    assert observed.loc["density"].mean() == pytest.approx(0.142, abs=0.02)
    assert observed.loc["reciprocity"].mean() == pytest.approx(0.474, abs=0.05)
    # Masses at random places: a network is among those of the formula.
    within = [
        f.loc["density", "p05"] <= f.loc["density", "observed"] <= f.loc["density", "p95"]
        for f in figures
    ]
    assert np.mean(within) > 0.75


def test_equal_wealth_and_the_formula_are_said() -> None:
    masses, places = random_places(1, n=6)
    wealth = pd.Series([1.0, 1, 2, 3, 4, 5], masses.index)
    result = sc.gravity_network(masses, places, wealth=wealth, seed=1)
    assert result.strength.loc[0, 1] == 0
    assert any(note.startswith("1 pairs have equal wealth") for note in result.notes())
    assert any("picture of its formula" in note for note in result.notes())


def test_what_makes_no_network_is_refused() -> None:
    masses, places = random_places(1, n=6)
    none = masses.copy()
    none.loc[[0, 1], "own"] = 0
    with pytest.raises(DataError, match="2 masses are not positive") as raised:
        sc.gravity_network(none, places)
    assert len(raised.value.cases) == 2
    named = masses["own"].map(str)
    with pytest.raises(DataError, match="not so: own, wealth="):
        sc.gravity_network(masses.assign(own=named), places, wealth=named)
    with pytest.raises(GeometryError, match="0 and 1"):
        sc.gravity_network(masses, places.iloc[[0, 0, 2, 3, 4, 5]].set_axis(range(6)))
    with pytest.raises(ParameterError, match="share='gdp'"):
        sc.gravity_network(masses, places, share="gdp")
    with pytest.raises(AlignmentError, match="missing from places: 5"):
        sc.gravity_network(masses, places.drop(5))
    with pytest.raises(ParameterError, match="needs 4"):
        sc.gravity_network(masses.head(3), places.head(3))
