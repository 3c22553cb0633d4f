"""Several sets of weights side by side: each as by itself, in Python and in a study."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd import catalog
from spatialccd.errors import EstimationError, ParameterError
from spatialccd.workspace import Workspace
from tests.toys import Toys


@pytest.mark.compares("compare_graphs", against="each fit by itself")
def test_each_column_is_a_fit_by_itself(toys: Toys) -> None:
    y, X = toys.scores["economy"], toys.panel[["smoke", "forest"]]
    near = sc.neighbors(toys.areas, method="knn", k=3)
    settings = {"model": "sdm", "effects": "two-way", "seed": 1, "n_draws": 50}
    found = sc.compare_graphs(y, X, queen=toys.graph, near=near, **settings)
    for name, graph in {"queen": toys.graph, "near": near}.items():
        alone = sc.spatial_panel(y, X, graph, **settings)
        assert found.table.loc[name, "spatial_rho"] == alone.coef["rho"]
        pd.testing.assert_frame_equal(found.effects.loc[name], alone.effects)
    table = sc.regression_table(**found.fits, effects=True)
    assert table.table.columns.tolist() == ["queen", "near"]
    assert np.isfinite(found.table.to_numpy(dtype=float)).all()


def test_a_study_gives_all_steps_that_are_neighbors(toys: Toys) -> None:
    space = Workspace(panel=toys.scores.join(toys.panel), areas=toys.areas)
    space.results["queen"] = sc.neighbors(toys.areas)
    space.results["near"] = sc.neighbors(toys.areas, method="knn", k=3)
    tool = catalog.tool("compare_graphs")
    given = space.give(tool, {"y": "economy", "X": ["smoke", "forest"]})
    assert {"queen", "near"} <= set(given.arguments)
    one = space.give(tool, {"y": "economy", "X": ["smoke"], "graphs": ["near"]})
    assert "queen" not in one.arguments


def test_what_is_wrong_is_said_with_the_graph_it_is_about(toys: Toys) -> None:
    y, X = toys.scores["economy"], toys.panel[["smoke", "forest"]]
    with pytest.raises(ParameterError, match="no graphs"):
        sc.compare_graphs(y, X)
    whole = {u: {v: 1 for v in toys.units if v != u} for u in toys.units}
    from libpysal.graph import Graph

    with pytest.raises(EstimationError, match=r"^all: "):
        sc.compare_graphs(y, X, effects="two-way", queen=toys.graph, all=Graph.from_dicts(whole))
