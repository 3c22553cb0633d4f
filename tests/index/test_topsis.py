"""TOPSIS against the textbook's fighter aircraft and against pymcdm's figures for them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import ConstantWarning, ParameterError
from spatialccd.report.words.sentences import retell

#: Hwang and Yoon (1981): four aircraft; ratings in words stand on a scale of 1 to 9.
AIRCRAFT = pd.DataFrame(
    {
        "speed": [2.0, 2.5, 1.8, 2.2],
        "range": [1500.0, 2700, 2000, 1800],
        "payload": [20000.0, 18000, 21000, 20000],
        "cost": [5.5, 6.5, 4.5, 5.0],
        "reliability": [5.0, 3, 7, 5],
        "maneuverability": [9.0, 5, 7, 5],
    },
    index=["A1", "A2", "A3", "A4"],
)
DIRECTIONS = {name: "cost" if name == "cost" else "benefit" for name in AIRCRAFT}
WEIGHTS = dict(zip(AIRCRAFT, (0.2, 0.1, 0.1, 0.1, 0.2, 0.3), strict=True))


@pytest.mark.compares("topsis", against="a textbook's example")
def test_the_textbook_closeness_with_the_vector_norm() -> None:
    found = sc.topsis(AIRCRAFT, DIRECTIONS, weights=WEIGHTS, norm="vector")
    # Printed .643 .268 .613 .312; the digits beyond are pymcdm 1.4's.
    expected = [0.6432770005532701, 0.26838356771941185, 0.6135422900072309, 0.31229106558175435]
    np.testing.assert_allclose(found.score, expected, rtol=1e-12)
    assert found.rank.to_list() == [1, 4, 2, 3]
    plus = [0.05455744831303299, 0.11967930762346222, 0.0579767162518354, 0.10093671059896048]
    np.testing.assert_allclose(found.parts["d_plus"], plus, rtol=1e-12)


def test_scaling_by_the_range_ranks_otherwise() -> None:
    found = sc.topsis(AIRCRAFT, DIRECTIONS, weights=WEIGHTS)
    expected = [0.6127481841818694, 0.3660254037844387, 0.530641941323763, 0.35168953377730144]
    np.testing.assert_allclose(found.score, expected, rtol=1e-12)
    assert found.rank.to_list() == [1, 3, 2, 4]  # places 3 and 4 swap


@pytest.mark.compares("topsis", against="an independent implementation's case")
def test_entropy_topsis_against_the_case(shared: Path) -> None:
    case = json.loads((shared / "verify/topsis_textbook/expected.json").read_text())["expected"]
    found = sc.topsis(AIRCRAFT, DIRECTIONS)
    np.testing.assert_allclose(found.weights, case["entropy_weights_minmax"], rtol=1e-8)
    np.testing.assert_allclose(found.score, case["entropy_topsis_minmax_closeness"], rtol=1e-8)
    vector = sc.topsis(AIRCRAFT, DIRECTIONS, norm="vector").score
    np.testing.assert_allclose(vector, case["entropy_topsis_vector_closeness"], rtol=1e-8)


@pytest.mark.compares("gra_topsis", against="an independent implementation's case")
def test_gra_topsis_against_the_case() -> None:
    """Figures of another code of the same formula (no printed source divides the same way)."""
    found = sc.gra_topsis(AIRCRAFT, DIRECTIONS, weights=WEIGHTS, norm="vector")
    plus = [0.7623681513812074, 0.7106610474308924, 0.8001947498795915, 0.6926388408282221]
    np.testing.assert_allclose(found.parts["grade_plus"], plus, rtol=1e-12)
    minus = [0.7375906072870295, 0.8636416875853096, 0.7027031828066334, 0.794058611990041]
    np.testing.assert_allclose(found.parts["grade_minus"], minus, rtol=1e-12)
    closeness = [0.5985119076302139, 0.4001833482368886, 0.598570010554039, 0.4302998887277847]
    np.testing.assert_allclose(found.score, closeness, rtol=1e-12)


def test_all_share_on_distance_is_topsis_but_for_the_division() -> None:
    found = sc.gra_topsis(AIRCRAFT, DIRECTIONS, share=1.0)
    assert found.rank.to_list() == sc.topsis(AIRCRAFT, DIRECTIONS).rank.to_list()


def test_gra_topsis_leaves_a_constant_out_of_the_mean() -> None:
    plain = sc.gra_topsis(AIRCRAFT, DIRECTIONS)
    with pytest.warns(ConstantWarning):
        found = sc.gra_topsis(AIRCRAFT.assign(zero=0.0), DIRECTIONS | {"zero": "cost"})
    np.testing.assert_allclose(found.score, plain.score, rtol=1e-12)


@pytest.mark.parametrize(("name", "value"), [("rho", 0), ("rho", 1.1), ("share", -0.1)])
def test_gra_topsis_checks_its_settings(name: str, value: float) -> None:
    with pytest.raises(ParameterError, match=name):
        sc.gra_topsis(AIRCRAFT, DIRECTIONS, **{name: value})


@pytest.mark.parametrize("norm", ["range", "vector"])
def test_the_unit_of_measurement_does_not_matter(norm: str) -> None:
    other = AIRCRAFT.assign(range=AIRCRAFT["range"] * 1.852e-3, cost=AIRCRAFT["cost"] * 1e200)
    plain = sc.topsis(AIRCRAFT, DIRECTIONS, norm=norm).to_frame()
    pd.testing.assert_frame_equal(sc.topsis(other, DIRECTIONS, norm=norm).to_frame(), plain)


@pytest.mark.parametrize("norm", ["range", "vector"])
def test_best_in_everything_is_one_and_worst_zero(norm: str) -> None:
    panel = pd.DataFrame({"x": [1.0, 2, 3], "y": [9.0, 8, 7], "m": [5.0, 3, 2]}, list("abc"))
    directions = {"x": "benefit", "y": "cost", "m": "moderate"}
    found = sc.topsis(panel, directions, targets={"m": 2}, norm=norm, weights="equal")
    assert found.score.iloc[[0, 2]].to_list() == [0, 1]
    assert 0 < found.score["b"] < 1


@pytest.mark.parametrize("norm", ["range", "vector"])
def test_a_constant_weighs_nothing(norm: str) -> None:
    plain = sc.topsis(AIRCRAFT, DIRECTIONS, norm=norm)
    with pytest.warns(ConstantWarning, match="zero"):
        found = sc.topsis(AIRCRAFT.assign(zero=0.0), DIRECTIONS | {"zero": "cost"}, norm=norm)
    np.testing.assert_allclose(found.score, plain.score, rtol=1e-12)
    assert found.weights["zero"] == 0


def test_each_year_by_itself_is_said() -> None:
    years = pd.concat({1: AIRCRAFT, 2: AIRCRAFT * 2}, names=["time", "unit"]).swaplevel()
    found = sc.topsis(years, DIRECTIONS, pooled=False)
    alone = sc.topsis(AIRCRAFT, DIRECTIONS)
    for year in (1, 2):
        np.testing.assert_allclose(found.score.xs(year, level="time"), alone.score)
        np.testing.assert_allclose(found.rank.xs(year, level="time"), alone.rank)
    assert len(found.notes()) == len(alone.notes()) + 1
    assert found.further()["weights"].shape == (2, 6)
    for note in found.notes():
        assert retell(note, "zh") != note


def test_a_ranking_stands_for_a_subsystem() -> None:
    coupled = sc.coupling_coordination(a=sc.topsis(AIRCRAFT, DIRECTIONS), b=AIRCRAFT["speed"] / 3)
    assert coupled.scores["a"].equals(sc.topsis(AIRCRAFT, DIRECTIONS).score.rename("a"))


def test_an_unknown_norm_is_answered() -> None:
    with pytest.raises(ParameterError, match="did you mean 'vector'"):
        sc.topsis(AIRCRAFT, DIRECTIONS, norm="vectr")
