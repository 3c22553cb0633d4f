"""Sums over balls in space and time by the moments of trees, against sums over all pairs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.drivers.gwr._clock import Clock
from spatialccd.drivers.gwr._discs import Discs
from spatialccd.drivers.gwr._engine import engine_named
from spatialccd.drivers.gwr._neighbors import Neighbors
from spatialccd.drivers.gwr._space import Space
from spatialccd.errors import ParameterError
from tests.drivers.gwr.answers import check_answers

EPS = 1.0000001


def _rows(kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Give places and times of some 700 rows."""
    rng = np.random.default_rng(4)
    units, times = 100, np.arange(2010.0, 2017)
    match kind:
        case "uniform":
            xy = rng.uniform(0, 1000, (units, 2))
        case "clustered":
            xy = rng.normal(size=(6, 2))[rng.integers(6, size=units)] * 300
            xy += rng.normal(size=(units, 2))
        case "repeated":
            xy = rng.uniform(0, 1000, (units // 4, 2))[rng.integers(units // 4, size=units)]
        case "grid":
            xy = np.argwhere(np.ones((10, 10))) * 70.0
        case "line":
            xy = np.column_stack([rng.uniform(0, 1000, units), np.zeros(units)])
        case "unbalanced":
            xy = rng.uniform(0, 1000, (units, 2))
            times = np.array([1.0, 2.5, 3, 10, 11, 12.25, 30])
        case "each its own time":
            return rng.uniform(0, 1000, (300, 2)), rng.uniform(0, 6, 300)
        case _:
            raise AssertionError(kind)
    where, when = np.repeat(xy, len(times), axis=0), np.tile(times, units)
    if kind == "unbalanced":
        kept = rng.permutation(len(when))[:450]
        kept = kept[(when[kept] != 10) | (kept % 9 == 0)]  # few have the fourth time
        where, when = where[kept], when[kept]
    return np.ascontiguousarray(where), when


KINDS = [
    "uniform", "clustered", "repeated", "grid", "line", "unbalanced", "each its own time"
]  # fmt: skip
SCALES = [0.0, 60.0, 1e6]


def _space(kind: str, *, past: bool = False, fixed: bool = False, scale: float = 60.0) -> Space:
    xy, clock = _rows(kind)
    return Space(xy, False, "bisquare", fixed, clock, scale, past)


def _squared(space: Space) -> np.ndarray:
    return space.squared(space.xy, space.clock)


def _kth(d2: np.ndarray, point: int) -> np.ndarray:
    """Give the squared distance to the k-th neighbor, or to the farthest that is seen."""
    seen = np.isfinite(d2).sum(axis=1)
    return np.sort(d2, axis=1)[np.arange(len(d2)), np.minimum(point, seen) - 1]


@pytest.mark.parametrize("past", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_radii_are_those_of_all_pairs(kind: str, past: bool) -> None:
    balls = Discs(_space(kind, past=past), n_jobs=2)
    n = len(balls.space.xy)
    for scale in SCALES:
        at = balls.at(scale)
        d2 = _squared(at.space)
        # What is known of fewer and of more neighbors guides the search: either, both, close by.
        for point in (n // 2, 3, 33, 34, n, 1, n - 1):
            h2 = at._back(at._squared_radii(float(point)))
            np.testing.assert_allclose(h2, _kth(d2, point) * EPS**2, rtol=1e-13, atol=1e-300)
        close = [n // 4 + step for step in (0, 1, 2, 5, 40)]
        for point, h2 in zip(close, at._window([float(b) for b in close]), strict=True):
            np.testing.assert_allclose(
                at._back(h2), _kth(d2, point) * EPS**2, rtol=1e-13, atol=1e-300
            )


@pytest.mark.parametrize("past", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_sums_are_those_over_all_pairs(kind: str, past: bool) -> None:
    balls = Discs(_space(kind, past=past), n_jobs=2)
    n = len(balls.space.xy)
    rng = np.random.default_rng(1)
    values = np.array([rng.normal(size=n), np.ones(n), rng.exponential(size=n)])
    points = np.array([3.0, 40, n // 2, n // 2 + 1, n // 2 + 60, n - 1, n])
    for scale in SCALES:
        at = balls.at(scale)
        d2 = _squared(at.space)
        ours = at.weighted_sums(values, points)
        for p, point in enumerate(points.astype(int)):
            h2 = _kth(d2, point)[:, None] * EPS**2
            with np.errstate(invalid="ignore", divide="ignore"):
                share = np.where(d2 < h2, d2 / h2, np.nan)
            theirs = values @ np.nan_to_num((1 - share) ** 2).T
            terms = np.abs(values) @ np.nan_to_num((1 + share) ** 2).T
            assert (np.abs(ours[:, p] - theirs) <= 1e-12 * terms).all()


@pytest.mark.parametrize("past", [False, True])
def test_large_panels_are_summed_over_whole_nodes(past: bool) -> None:
    """Trees so deep, and balls so wide, that most of what they hold is taken by moments."""
    rng = np.random.default_rng(6)
    places, times = rng.uniform(0, 1000, (500, 2)), np.arange(5.0)
    clock = np.tile(times, len(places))
    space = Space(np.repeat(places, 5, axis=0), False, "bisquare", False, clock, 90.0, past)
    balls, n = Discs(space, n_jobs=2), len(clock)
    values, d2 = rng.normal(size=(2, n)), _squared(space)
    for point in (n // 3, n // 50, n):
        h2 = _kth(d2, point)[:, None] * EPS**2
        share = np.where(d2 < h2, d2 / h2, np.nan)
        theirs = values @ np.nan_to_num((1 - share) ** 2).T
        terms = np.abs(values) @ np.nan_to_num((1 + share) ** 2).T
        ours = balls.weighted_sums(values, np.array([float(point)]))[:, 0]
        assert (np.abs(ours - theirs) <= 1e-12 * terms).all()


@pytest.mark.parametrize("past", [False, True])
@pytest.mark.parametrize("kind", ["uniform", "repeated", "unbalanced"])
def test_questions_are_answered_as_by_sorted_neighbors(kind: str, past: bool) -> None:
    space = _space(kind, past=past)
    balls, pairs = Discs(space, n_jobs=2), Neighbors(space, n_jobs=1)
    check_answers(balls, pairs)
    np.testing.assert_allclose(balls.reach(90.0), pairs.reach(90.0), rtol=1e-12)
    assert balls.fewest == pairs.fewest


@pytest.mark.parametrize("past", [False, True])
@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("kind", KINDS)
def test_nearest_and_farthest_are_those_of_sorted_neighbors(
    kind: str, scale: float, past: bool
) -> None:
    """Ties too: in a panel the year before and the year after are as near."""
    space = _space(kind, past=past, scale=scale)
    balls, pairs = Discs(space, n_jobs=1), Neighbors(space, n_jobs=1)
    k = min(8, pairs.fewest - 1) if past else 8
    if k:
        np.testing.assert_array_equal(balls.nearest(k), pairs.nearest(k))
    assert balls.distance_range() == pairs.distance_range()


@pytest.mark.parametrize("past", [False, True])
def test_fixed_distances_reach_as_far(past: bool) -> None:
    space = _space("unbalanced", past=past, fixed=True)
    balls, pairs = Discs(space, n_jobs=2), Neighbors(space, n_jobs=1)
    values = np.random.default_rng(2).normal(size=(2, len(space.xy)))
    points = np.array([20.0, 300.0, 5000.0])
    np.testing.assert_allclose(
        balls.weighted_sums(values, points), pairs.weighted_sums(values, points), atol=1e-9
    )


def test_time_scales_share_trees_and_radii_stay_apart() -> None:
    balls = Discs(_space("uniform"), n_jobs=1)
    near, far = balls.at(10.0), balls.at(200.0)
    assert near.forest is far.forest
    assert (near.reach(50.0) < far.reach(50.0)).all()
    assert balls.at(10.0)._squared_radii(50.0) is near._squared_radii(50.0)


def _panel(units: int = 60, times: int = 6) -> tuple[pd.Series, pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(5)
    unit = pd.RangeIndex(units, name="unit")
    places = pd.DataFrame(rng.uniform(0, 100, (units, 2)), index=unit, columns=["x", "y"])
    rows = pd.MultiIndex.from_product([unit, range(2010, 2010 + times)], names=["unit", "time"])
    rows = rows[rng.permutation(len(rows))[: int(0.93 * len(rows))]]
    X = pd.DataFrame(rng.normal(size=(len(rows), 2)), rows, columns=["a", "b"])
    where = places.reindex(rows.get_level_values(0))
    year = np.asarray(rows.get_level_values(1)) - 2010
    y = np.sin(where["x"].to_numpy() / 20) + X["a"] * (where["y"].to_numpy() / 50 + year / 5)
    return y + X["b"] + rng.normal(size=len(rows)) / 3, X, places


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"causal": True, "min_bandwidth": 30},
        {"fixed": True},
        {"time_scale": 0.0},
        {"bandwidth": 70},
    ],
)
def test_gtwr_is_the_same_by_both_engines(settings: dict[str, Any]) -> None:
    y, X, places = _panel()
    ours = sc.gtwr(y, X, places, engine="moments", **settings)
    theirs = sc.gtwr(y, X, places, engine="sorted", **settings)
    assert ours.time_scale == theirs.time_scale
    pd.testing.assert_series_equal(ours.bandwidth, theirs.bandwidth, rtol=1e-12)
    pd.testing.assert_frame_equal(ours.scales, theirs.scales, rtol=1e-9)
    pd.testing.assert_frame_equal(ours.space_time, theirs.space_time, rtol=1e-12)
    np.testing.assert_allclose(ours.coef, theirs.coef, atol=1e-9)
    for name in ("se", "t", "leverage", "local_r2", "residual_moran"):
        np.testing.assert_allclose(getattr(ours, name), getattr(theirs, name), rtol=1e-7, atol=1e-9)
    assert (ours.settings["engine"], theirs.settings["engine"]) == ("moments", "sorted")
    assert "moments in a tree" in ours.summary()


@pytest.mark.filterwarnings("ignore::spatialccd.errors.BandwidthWarning")
@pytest.mark.parametrize(
    "settings", [{}, {"causal": True, "time_scales": {"a": 8.0}}, {"fixed": True}]
)
def test_mgtwr_is_the_same_by_both_engines(settings: dict[str, Any]) -> None:
    y, X, places = _panel(40, 5)
    settings = {"inference": "none", "max_iter": 4, "min_bandwidth": 25, **settings}
    told: list[tuple[int, int]] = []
    with pytest.warns(sc.errors.ConvergenceWarning):
        ours = sc.mgtwr(
            y, X, places, engine="moments", progress=lambda *one: told.append(one), **settings
        )
    with pytest.warns(sc.errors.ConvergenceWarning):
        theirs = sc.mgtwr(y, X, places, engine="sorted", **settings)
    pd.testing.assert_series_equal(ours.time_scale, theirs.time_scale)
    pd.testing.assert_series_equal(ours.bandwidth, theirs.bandwidth, rtol=1e-12)
    np.testing.assert_allclose(ours.coef, theirs.coef, atol=1e-9)
    np.testing.assert_allclose(ours.history, theirs.history, rtol=1e-7)
    assert (0, 4) in told
    assert told[-1] == (4, 4)
    assert ours.settings["engine"] == "moments"


def test_stochastic_inference_agrees_within_its_error() -> None:
    y, X, places = _panel()
    settings = {
        "bandwidths": {"Intercept": 60, "a": 80, "b": 250},
        "time_scales": {"Intercept": 5.0, "a": 9.0, "b": 0.0},
        "n_probes": 50,
        "seed": 1,
    }
    ours = sc.mgtwr(y, X, places, engine="moments", inference="auto", **settings)
    theirs = sc.mgtwr(y, X, places, engine="sorted", inference="stochastic", **settings)
    assert ours.inference == "stochastic"
    np.testing.assert_allclose(ours.enp, theirs.enp, rtol=1e-3)
    np.testing.assert_allclose(ours.se, theirs.se, rtol=1e-2)


def test_coefficients_held_everywhere_are_those_of_sorted_neighbors() -> None:
    y, X, places = _panel(40, 5)
    settings: dict[str, Any] = {
        "fixed_terms": [X.columns[0]],
        "start_bandwidth": 60,
        "start_time_scale": 8.0,
        "inference": "stochastic",
        "n_probes": 50,
        "seed": 1,
    }
    ours = sc.mgtwr(y, X, places, engine="moments", **settings)
    theirs = sc.mgtwr(y, X, places, engine="sorted", **settings)
    pd.testing.assert_series_equal(ours.bandwidth, theirs.bandwidth)
    pd.testing.assert_series_equal(ours.time_scale, theirs.time_scale)
    np.testing.assert_allclose(ours.coef, theirs.coef, atol=1e-9)
    np.testing.assert_allclose(ours.se, theirs.se, rtol=1e-2)  # single precision on the way


def test_progress_is_told_each_time_scale() -> None:
    y, X, places = _panel(30, 4)
    told: list[tuple[int, int]] = []
    sc.gtwr(y, X, places, engine="moments", bandwidth=60, progress=lambda *one: told.append(one))
    assert told[0] == (1, told[-1][1])
    assert [done for done, _ in told] == list(range(1, len(told) + 1))


@pytest.mark.parametrize("tool", [sc.gtwr, sc.mgtwr])
@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"kernel": "gaussian"}, "bisquare"),
        ({"search": "exhaustive"}, "golden"),
        ({"kernel": "gaussian", "fixed": True, "search": "exhaustive"}, "bisquare.*golden"),
    ],
)
def test_what_moments_cannot_do_is_said(tool: Any, settings: dict[str, Any], words: str) -> None:
    y, X, places = _panel(30, 4)
    with pytest.raises(ParameterError, match=words):
        tool(y, X, places, engine="moments", **settings)


def test_what_moments_of_a_panel_cannot_do_is_said() -> None:
    y, X, places = _panel(30, 4)
    with pytest.raises(ParameterError, match="stochastic"):
        sc.mgtwr(y, X, places, engine="moments", inference="exact")
    for tool in (sc.gtwr, sc.mgtwr):
        with pytest.raises(ParameterError, match="engine"):
            tool(y, X, places, engine="pysal")


def test_native_goes_by_rows_and_by_what_was_asked() -> None:
    n, times = 3_000, 20
    rng = np.random.default_rng(0)
    space = Space(rng.uniform(size=(n, 2)), False, "bisquare", False, np.arange(n) % times + 0.0)

    def named(space: Space, search: str = "golden", **asked: Any) -> str:
        return engine_named("native", space, search=search, **asked)

    assert named(space) == "moments"
    assert named(space, "exhaustive") == "sorted"
    assert named(space, inference="exact") == "sorted"
    assert named(replace(space, kernel="exponential")) == "sorted"
    assert named(replace(space, great_circle=True)) == "sorted"
    assert named(replace(space, clock=np.arange(n) + 0.0)) == "sorted"
    few = replace(space, xy=space.xy[:1000], clock=np.arange(1000) % times + 0.0)
    assert named(few) == "sorted"
    assert engine_named("sorted", space, search="golden") == "sorted"


def test_a_product_of_kernels_is_named_and_is_that_of_sorted_neighbors() -> None:
    y, X, places = _panel(30, 4)
    settings = {"kernel": "gaussian", "fixed": True, "bandwidth": 30.0, "time_scale": 8.0}
    ours = sc.gtwr(y, X, places, **settings)
    theirs = sc.gtwr(y, X, places, engine="sorted", **settings)
    assert (ours.settings["engine"], theirs.settings["engine"]) == ("product", "sorted")
    np.testing.assert_allclose(ours.coef, theirs.coef, atol=1e-9)


def test_a_clock_of_moments_keeps_no_pairs() -> None:
    clock = Clock(_space("uniform"), "moments", n_jobs=1, memory_limit=1e9, at_once=3)
    assert isinstance(clock.at(7.0), Discs)
    assert clock.at(7.0) is clock.at(7.0)
    assert not clock.by_product
