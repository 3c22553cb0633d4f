"""Sums by the moments of a tree against sums over all pairs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.spatial import KDTree

import spatialccd as sc
from spatialccd.drivers.gwr._discs import Discs, windows
from spatialccd.drivers.gwr._neighbors import Neighbors
from spatialccd.drivers.gwr._space import Space
from spatialccd.errors import ParameterError
from tests.drivers.gwr.answers import check_answers


def _places(kind: str, n: int = 700) -> np.ndarray:
    rng = np.random.default_rng(4)
    match kind:
        case "uniform":
            return rng.uniform(0, 1000, (n, 2))
        case "far from the origin":
            return rng.uniform(0, 1000, (n, 2)) + np.array([4.5e6, 5.1e6])
        case "clustered":
            return rng.normal(size=(8, 2))[rng.integers(8, size=n)] * 100 + rng.normal(size=(n, 2))
        case "repeated":
            return rng.uniform(0, 10, (n // 7, 2))[rng.integers(n // 7, size=n)]
        case "grid":
            return np.argwhere(np.ones((26, 27))).astype(float)[:n]
        case "line":
            return np.column_stack([rng.uniform(0, 100, n), np.zeros(n)])
        case "outliers":
            xy = rng.uniform(0, 1, (n, 2))
            xy[:3] = [[1e4, 0], [0, 1e5], [-1e4, -1e4]]
            return xy
    raise AssertionError(kind)


KINDS = ["uniform", "far from the origin", "clustered", "repeated", "grid", "line", "outliers"]


def _both(kind: str, *, fixed: bool = False) -> tuple[Discs, Neighbors]:
    xy = np.ascontiguousarray(_places(kind))
    space = Space(xy, great_circle=False, kernel="bisquare", fixed=fixed)
    return Discs(space, n_jobs=2), Neighbors(space, n_jobs=1)


@pytest.mark.parametrize("kind", KINDS)
def test_sums_are_those_over_all_pairs(kind: str) -> None:
    discs, _ = _both(kind)
    n = len(discs.space.xy)
    rng = np.random.default_rng(1)
    values = np.array([rng.normal(size=n), np.ones(n), rng.exponential(size=n)])
    # By themselves, and together where they are close to one another.
    points = np.array([3.0, 9, 40, 41, 43, 260, 400, 401, n - 2, n])
    ours = discs.weighted_sums(values, points)
    xy = discs.space.xy
    d2 = ((xy[:, None] - xy) ** 2).sum(axis=2)
    for p, point in enumerate(points.astype(int)):
        h2 = np.sort(d2, axis=1)[:, point - 1, None] * 1.0000001**2
        with np.errstate(invalid="ignore", divide="ignore"):
            share = np.where(d2 < h2, d2 / h2, np.nan)
        theirs = values @ np.nan_to_num((1 - share) ** 2).T
        # As large as the polynomial's terms: those that nearly cancel are far out in the disc.
        terms = np.abs(values) @ np.nan_to_num((1 + share) ** 2).T
        assert (np.abs(ours[:, p] - theirs) <= 1e-12 * terms).all()


@pytest.mark.parametrize("kind", KINDS)
def test_radii_are_those_of_sorted_neighbors(kind: str) -> None:
    discs, pairs = _both(kind)
    # What is known of fewer and of more neighbors guides the search: either, both, close by.
    for point in (300, 2, 33, 5, 34, 36, 35, len(pairs.d2), 299):
        h2 = discs._back(discs._squared_radii(float(point)))
        np.testing.assert_allclose(h2, pairs.d2[:, point - 1] * 1.0000001**2, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("known", [(), (150,), (420,), (150, 160, 420)])
def test_radii_of_close_bandwidths_are_found_together(kind: str, known: tuple[int, ...]) -> None:
    discs, pairs = _both(kind)
    for point in known:
        discs._squared_radii(float(point))
    ranks = np.array([158, 160, 161, 162, 190, 225, 285])
    h2 = np.array([discs._back(at) for at in discs._window(ranks.astype(float).tolist())])
    theirs = pairs.d2[:, ranks - 1].T * 1.0000001**2
    np.testing.assert_allclose(h2, theirs, rtol=1e-9, atol=1e-12)


def test_bandwidths_are_parted_where_they_can_be_summed_together() -> None:
    close, apart = [500.0, 501.0, 520.0], [30_000.0, 61_000.0]
    assert windows([*close, *apart]) == [close, *([point] for point in apart)]
    many = np.arange(1000.0, 1100).tolist()
    assert [point for window in windows(many) for point in window] == many
    assert windows([]) == []


@pytest.mark.parametrize("clusters", [0, 12])
def test_radii_of_many_places_are_exact(clusters: int) -> None:
    rng = np.random.default_rng(7)
    n = 6_000
    xy = rng.uniform(0, 1e5, (n, 2))
    if clusters:
        xy = xy[rng.integers(clusters, size=n)] + rng.exponential(900, (n, 1)) * rng.normal(
            size=(n, 2)
        )
    discs = Discs(Space(xy, great_circle=False, kernel="bisquare", fixed=False), n_jobs=2)
    tree = KDTree(xy)
    for point in (2_000, 5_990, 40, 900, 901):
        h2 = discs._back(discs._squared_radii(float(point)))
        known = tree.query(xy, [point])[0][:, 0]
        np.testing.assert_allclose(np.sqrt(h2), known * 1.0000001, rtol=1e-13)


def test_fixed_distances_reach_as_far() -> None:
    discs, pairs = _both("uniform", fixed=True)
    values = np.random.default_rng(2).normal(size=(1, len(pairs.d2)))
    points = np.array([20.0, 300.0, 5000.0])
    np.testing.assert_allclose(
        discs.weighted_sums(values, points), pairs.weighted_sums(values, points), atol=1e-9
    )
    assert discs.distance_range() == pytest.approx(pairs.distance_range(), rel=1e-12)


def test_local_systems_and_smoothing_are_those_over_all_pairs() -> None:
    discs, pairs = _both("clustered")
    check_answers(discs, pairs)


def test_nearest_others_are_those_of_sorted_neighbors() -> None:
    discs, pairs = _both("uniform")
    assert (np.sort(discs.nearest(8), axis=1) == np.sort(pairs.nearest(8), axis=1)).all()


def _study(n: int = 500) -> tuple[pd.Series, pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(5)
    places = pd.DataFrame(rng.uniform(0, 100, (n, 2)), columns=["x", "y"])
    X = pd.DataFrame(rng.normal(size=(n, 2)), columns=["a", "b"])
    y = np.sin(places["x"] / 15) + X["a"] * places["y"] / 50 + X["b"] + rng.normal(size=n) / 3
    return y, X, places


@pytest.mark.parametrize("fixed", [False, True])
def test_mgwr_is_the_same_by_both_engines(fixed: bool) -> None:
    y, X, places = _study()
    ours = sc.mgwr(y, X, places, engine="moments", inference="none", fixed=fixed)
    theirs = sc.mgwr(y, X, places, engine="sorted", inference="none", fixed=fixed)
    pd.testing.assert_series_equal(ours.bandwidth, theirs.bandwidth, atol=1e-9)
    np.testing.assert_allclose(ours.coef, theirs.coef, atol=1e-9)
    np.testing.assert_allclose(ours.local_r2, theirs.local_r2, atol=1e-9)
    np.testing.assert_allclose(ours.residual_moran, theirs.residual_moran, atol=1e-9)
    assert ours.settings["engine"] == "moments"


def test_gwr_is_the_same_by_both_engines() -> None:
    y, X, places = _study()
    ours = sc.gwr(y, X, places, engine="moments")
    theirs = sc.gwr(y, X, places, engine="sorted")
    assert ours.bandwidth["a"] == theirs.bandwidth["a"]
    for name in ("coef", "se", "t", "leverage"):
        np.testing.assert_allclose(getattr(ours, name), getattr(theirs, name), rtol=1e-7, atol=1e-9)


def test_stochastic_inference_agrees_within_its_error() -> None:
    y, X, places = _study(300)
    bandwidths = {"Intercept": 60, "a": 80, "b": 250}
    settings = {"bandwidths": bandwidths, "inference": "stochastic", "n_probes": 50, "seed": 1}
    ours = sc.mgwr(y, X, places, engine="moments", **settings)
    theirs = sc.mgwr(y, X, places, engine="sorted", **settings)
    np.testing.assert_allclose(ours.enp, theirs.enp, rtol=1e-3)
    np.testing.assert_allclose(ours.se, theirs.se, rtol=1e-2)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"kernel": "gaussian"}, "bisquare"),
        ({"inference": "exact"}, "stochastic"),
        ({"search": "exhaustive"}, "golden"),
    ],
)
def test_what_moments_cannot_do_is_said(settings: dict[str, str], words: str) -> None:
    y, X, places = _study(60)
    with pytest.raises(ParameterError, match=words):
        sc.mgwr(y, X, places, engine="moments", **settings)


@pytest.mark.parametrize(
    "settings", [{"family": "poisson"}, {"engine": "pysal"}, {"fixed_terms": ["a"]}]
)
def test_what_no_cluster_shares_is_said(settings: dict[str, Any]) -> None:
    y, X, places = _study(60)
    with pytest.raises(ParameterError, match="leave client out"):
        sc.gwr(y.rank(), X, places, client=object(), **settings)
