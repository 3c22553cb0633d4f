"""The Moran scatterplot and moves through it over the years."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

from spatialccd.association.lisa_dynamics import lisa_paths, lisa_transitions
from spatialccd.association.moran import global_moran, local_moran
from spatialccd.association.neighbors import neighbors
from spatialccd.association.scatterplot import moran_scatterplot
from spatialccd.errors import EstimationError, IslandWarning, ParameterError
from tests.association.test_moran import _ring
from tests.association.test_neighbors import _with_island
from tests.toys import Toys


def _panel(*years: list[float]) -> pd.Series:
    rows = pd.MultiIndex.from_product([range(len(years[0])), range(2000, 2000 + len(years))])
    rows.names = ["unit", "time"]
    return pd.Series(np.array(years, dtype=float).T.ravel(), index=rows)


@pytest.mark.compares("moran_scatterplot", against="Moran's I as slope")
def test_the_scatterplot_has_morans_i_as_slope(toys: Toys) -> None:
    y = toys.panel["income"]
    plot = moran_scatterplot(y, toys.graph)
    moran = global_moran(y, toys.graph, n_permutations=9).I
    pd.testing.assert_series_equal(plot.slopes, moran, check_names=False)
    assert plot.table.index.equals(y.index)
    local = local_moran(y.xs(2019, level="time"), toys.graph, n_permutations=99).table
    points = plot.table.xs(2019, level="time")
    np.testing.assert_allclose(points[["z", "lag"]], local[["z", "lag"]])
    assert points["quadrant"].tolist() == local["quadrant"].tolist()
    np.testing.assert_allclose(plot.shares.sum(axis=1), 1)


def test_an_island_is_not_in_the_plot() -> None:
    areas = _with_island(4)
    y = pd.Series(np.arange(16.0), index=areas.index)
    for policy in ("keep", "drop"):
        with pytest.warns(IslandWarning):
            graph = neighbors(areas, islands=policy)
        row = moran_scatterplot(y, graph).table.loc["A15"]
        assert row["quadrant"] == "No neighbors"
        assert np.isnan(row["lag"])


def test_each_kind_of_move_is_named() -> None:
    """The mean is 22/12 in both years, so one high neighbor of two lifts the lag above it."""
    before = [3.0, 3, 3, 1, 1, 1, 3, 1, 3, 1, 1, 1]
    after = [3.0, 1, 3, 1, 3, 3, 1, 1, 1, 1, 3, 1]
    result = lisa_transitions(_panel(before, after), _ring(12))
    moves = result.moves.xs(2001, level="time")
    assert moves.loc[[9, 1, 7, 4, 6]].to_numpy().tolist() == [
        ["Low-High", "Low-High", "none"],
        ["High-High", "Low-High", "unit"],
        ["Low-High", "Low-Low", "neighbors"],
        ["Low-Low", "High-High", "both alike"],
        ["High-Low", "Low-High", "both unlike"],
    ]
    assert (
        result.counts.loc["Low-Low", "High-High"]
        == ((moves["before"] == "Low-Low") & (moves["after"] == "High-High")).sum()
    )


def test_kinds_follow_from_the_states(toys: Toys) -> None:
    moves = lisa_transitions(toys.panel["income"], toys.graph).moves
    side = {"High": 1, "Low": 0}
    for _, move in moves.iterrows():
        (a, b), (c, d) = move["before"].split("-"), move["after"].split("-")
        own, around = side[c] - side[a], side[d] - side[b]
        expected = {(False, False): "none", (True, False): "unit", (False, True): "neighbors"}.get(
            (own != 0, around != 0), "both alike" if own == around else "both unlike"
        )
        assert move["kind"] == expected


@pytest.mark.compares("lisa_transitions", against="counts of moves")
def test_counts_shares_and_probabilities_agree(toys: Toys) -> None:
    result = lisa_transitions(toys.panel["income"], toys.graph)
    assert result.counts.to_numpy().sum() == 36 * 2 == len(result.moves)
    total = result.probabilities.sum(axis=1)
    assert total[result.counts.sum(axis=1) > 0].to_numpy() == pytest.approx(1)
    assert result.shares.index.tolist() == [2019, 2020, "all"]
    np.testing.assert_allclose(result.shares.sum(axis=1), 1)
    expected = (result.moves["kind"] == "none").mean()
    assert result.shares.loc["all", "none"] == pytest.approx(expected)


def test_clusters_are_those_of_each_year(toys: Toys) -> None:
    y = toys.panel["income"]
    settings = {"seed": 3, "correction": "none", "alpha": 0.1}
    result = lisa_transitions(y, toys.graph, states="cluster", **settings)
    last = local_moran(y.xs(2020, level="time"), toys.graph, **settings).cluster
    after = result.moves.xs(2020, level="time")["after"]
    assert after.tolist() == last.reindex(after.index).tolist()
    assert "Not significant" in result.counts.index
    assert result.states.index.equals(y.index)
    assert result.states.xs(2020, level="time").tolist() == last.tolist()


def test_islands_make_no_move() -> None:
    graph = Graph.from_dicts({0: {1: 1}, 1: {0: 1, 2: 1}, 2: {1: 1, 3: 1}, 3: {2: 1}, 4: {4: 0}})
    y = _panel([1, 2, 3, 4, 5], [2, 1, 4, 3, 9])
    with pytest.warns(IslandWarning):
        result = lisa_transitions(y, graph)
    assert result.moves.loc[(4, 2001)].isna().all()
    assert set(result.states.loc[4]) == {"No neighbors"}
    assert result.counts.to_numpy().sum() == 4
    with pytest.warns(IslandWarning):
        paths = lisa_paths(y, graph).table
    assert paths.loc[4].isna().all()
    assert paths["length"].mean() == pytest.approx(1)


def test_a_path_there_and_back_has_no_tortuosity_and_a_straight_one_has_one() -> None:
    year = [1.0, 2, 4, 8, 5, 3]
    other = [2.0, 1, 5, 7, 6, 2]
    back = lisa_paths(_panel(year, other, year), _ring(6)).table
    assert back[["tortuosity", "angle"]].isna().all(axis=None)
    assert set(back["direction"]) == {"unit stays, neighbors stay"}
    straight = lisa_paths(_panel(year, other), _ring(6)).table
    np.testing.assert_allclose(straight["tortuosity"], 1)


@pytest.mark.compares("lisa_paths", against="the definitions, by hand")
def test_paths_are_those_computed_by_hand(toys: Toys) -> None:
    y = toys.panel["income"]
    plot = moran_scatterplot(y, toys.graph).table
    table = lisa_paths(y, toys.graph).table
    lengths = {}
    for unit in toys.units:
        points = plot.loc[unit][["z", "lag"]].to_numpy()
        lengths[unit] = np.linalg.norm(np.diff(points, axis=0), axis=1).sum()
    length = pd.Series(lengths)
    np.testing.assert_allclose(table["length"], length / length.mean())
    start, end = plot.loc["A09"][["z", "lag"]].to_numpy()[[0, -1]]
    across, up = end - start
    assert table.loc["A09", "tortuosity"] == pytest.approx(length["A09"] / np.hypot(across, up))
    assert np.cos(np.radians(table.loc["A09", "angle"])) == pytest.approx(
        across / np.hypot(across, up)
    )
    assert 0 <= table["angle"].min() <= table["angle"].max() < 360
    rises = table["direction"].str.startswith("unit rises")
    assert (rises == ((table["angle"] < 90) | (table["angle"] > 270))).all()


@pytest.mark.parametrize("function", [lisa_paths, lisa_transitions])
def test_what_cannot_be_used_is_refused(function: object, toys: Toys) -> None:
    with pytest.raises(ParameterError, match="at least two"):
        function(toys.year["income"], toys.graph)  # type: ignore[operator]
    flat = toys.panel["income"].copy()
    flat.loc[:, [2019]] = 1.0
    with pytest.raises(EstimationError, match="in 2019"):
        function(flat, toys.graph)  # type: ignore[operator]
