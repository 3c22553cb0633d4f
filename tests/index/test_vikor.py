"""VIKOR against pymcdm's figures for the textbook's aircraft, and its compromise set."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import ConstantWarning, ParameterError
from spatialccd.index.vikor import _chosen
from spatialccd.report.words.sentences import retell
from tests.index.test_topsis import AIRCRAFT, DIRECTIONS, WEIGHTS


@pytest.mark.compares("vikor", against="pymcdm")
def test_pymcdm_gives_the_same() -> None:
    found = sc.vikor(AIRCRAFT, DIRECTIONS, weights=WEIGHTS)
    S = [0.42619047619047623, 0.7, 0.4083333333333333, 0.6190476190476191]
    R = [0.14285714285714288, 0.3, 0.2, 0.3]
    Q = [0.03061224489795927, 1.0, 0.18181818181818174, 0.8612244897959185]
    np.testing.assert_allclose(found.parts[["S", "R", "Q"]], np.c_[S, R, Q], atol=1e-12)
    np.testing.assert_allclose(found.score, 1 - np.array(Q), atol=1e-12)
    assert found.rank.to_list() == [1, 4, 2, 3]
    # The lead of .15 is less than 1 / (4 - 1): A1 and A3 are both a compromise.
    assert found.parts["compromise"].to_list() == [True, False, True, False]


@pytest.mark.parametrize(
    ("S", "R", "Q", "chosen"),
    [
        ([0.1, 0.5, 0.9], [0.2, 0.3, 0.4], [0.0, 0.6, 1.0], [1, 0, 0]),  # lead, first by both
        ([0.2, 0.1, 0.9], [0.3, 0.2, 0.4], [0.0, 0.6, 1.0], [1, 1, 0]),  # lead, first by neither
        ([0.1, 0.5, 0.9], [0.2, 0.3, 0.4], [0.0, 0.4, 1.0], [1, 1, 0]),  # no lead
        ([0.1, 0.5, 0.9], [0.2, 0.3, 0.4], [0.0, 0.5, 1.0], [1, 0, 0]),  # a lead of 1 / (m - 1)
        ([0.1, 0.1, 0.9], [0.2, 0.2, 0.4], [0.0, 0.0, 1.0], [1, 1, 0]),  # a tie
    ],
)
def test_the_compromise_set(S: list, R: list, Q: list, chosen: list[int]) -> None:
    found = _chosen(np.array(S), np.array(R), np.array(Q))
    assert found.astype(int).tolist() == chosen


def test_the_share_of_the_majority_moves_between_sum_and_worst() -> None:
    whole = sc.vikor(AIRCRAFT, DIRECTIONS, weights=WEIGHTS, majority=1.0)
    assert whole.rank.to_list() == whole.parts["S"].rank().to_list()
    worst = sc.vikor(AIRCRAFT, DIRECTIONS, weights=WEIGHTS, majority=0.0)
    assert worst.rank.to_list() == worst.parts["R"].rank().to_list()
    with pytest.raises(ParameterError, match="majority"):
        sc.vikor(AIRCRAFT, DIRECTIONS, majority=1.5)


def test_constants_weigh_nothing_and_two_rows_suffice() -> None:
    with pytest.warns(ConstantWarning):
        found = sc.vikor(AIRCRAFT.assign(k=1.0), DIRECTIONS | {"k": "cost"})
    np.testing.assert_allclose(found.score, sc.vikor(AIRCRAFT, DIRECTIONS).score)
    two = sc.vikor(AIRCRAFT[["speed", "range"]].iloc[:2], {"speed": "benefit", "range": "benefit"})
    assert two.score.to_list() == [0, 1]
    assert two.parts["compromise"].to_list() == [False, True]
    mirrored = pd.DataFrame({"x": [0.0, 1], "y": [1.0, 0]})
    tied = sc.vikor(mirrored, {"x": "benefit", "y": "benefit"}, weights="equal")
    assert tied.rank.to_list() == [1.5, 1.5]
    assert tied.parts["compromise"].all()
    assert all(retell(note, "zh") != note for note in tied.notes())
