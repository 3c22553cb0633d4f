"""Golden section goes the same way however many of its points one pass takes."""

from __future__ import annotations

import numpy as np
import pytest

from spatialccd._types import FloatArray
from spatialccd.drivers.gwr._search import BandwidthSearch


class _Counted:
    """A criterion that counts its passes."""

    def __init__(self, best: float, waves: float) -> None:
        self.best, self.waves, self.passes = best, waves, 0
        self.points: list[float] = []

    def __call__(self, points: FloatArray) -> FloatArray:
        assert (np.diff(points) > 0).all()
        self.passes += 1
        self.points += points.tolist()
        return np.abs(np.log(points / self.best)) * 100 + self.waves * np.sin(points)


@pytest.mark.parametrize("waves", [0.0, 5.0])
@pytest.mark.parametrize("best", [60.0, 777.0, 5_000.0, 20_000.0])
def test_the_path_is_the_same_however_far_a_pass_looks(best: float, waves: float) -> None:
    plain, near = (
        BandwidthSearch(50, 20_000, True, depth=0),
        BandwidthSearch(50, 20_000, True, depth=0, near=64),
    )
    one, other = _Counted(best, waves), _Counted(best, waves)
    assert plain.golden(one) == near.golden(other)
    assert plain.visited == near.visited
    assert other.passes <= one.passes - 4


def test_a_path_that_is_known_is_one_pass_where_passes_are_dear() -> None:
    search, score = BandwidthSearch(50, 20_000, True, depth=4), _Counted(900, 0)
    found = search.golden(score)
    score.passes = 0
    assert search.golden(score) == found
    assert score.passes == 1


def test_no_bandwidth_is_looked_at_that_the_search_left_where_bandwidths_are_dear() -> None:
    search, score = BandwidthSearch(50, 20_000, True, depth=0, near=40), _Counted(900, 0)
    search.golden(score)
    score.best = 1_500.0
    score.points.clear()
    found = search.golden(score)
    assert found == BandwidthSearch(50, 20_000, True).golden(_Counted(1_500, 0))
    assert all(p in search.visited or abs(p - found) < 160 for p in score.points)
    score.passes = 0
    assert search.golden(score) == found
    assert score.passes <= len(search.visited) - 7
