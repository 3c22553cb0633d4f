"""Charts of panels: what is drawn is what the results hold, in both languages."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import spatialccd as sc
from spatialccd.errors import EstimationError, ParameterError
from tests.dynamics.test_clubs import _made as clubs_of
from tests.toys import Toys


@pytest.fixture
def panel(toys: Toys) -> dict[str, object]:
    rng = np.random.default_rng(0)
    rows = pd.MultiIndex.from_product([toys.units, range(8)], names=["unit", "time"])
    X = pd.DataFrame(rng.normal(size=(288, 2)), rows, ["income", "roads"])
    return {"y": X["income"] + rng.normal(size=288), "X": X, "graph": toys.graph}


def test_effects_are_drawn_with_their_intervals(panel: dict[str, object]) -> None:
    fitted = sc.spatial_panel(**panel, model="sdm", seed=1)
    drawn = sc.chart_effects(fitted)
    pd.testing.assert_frame_equal(drawn.table, fitted.effects[["value", "low", "high"]])
    axes = drawn.figure.axes
    assert [ax.get_title() for ax in axes] == ["Direct effect", "Indirect effect", "Total effect"]
    points = axes[2].collections[-1].get_offsets()[:, 0]
    known = fitted.effects["value"].xs("total", level="effect")
    np.testing.assert_allclose(points, known[["income", "roads"]])
    assert [tick.get_text() for tick in axes[0].get_yticklabels()] == ["income", "roads"]
    with pytest.raises(EstimationError, match="no long-run"):
        sc.chart_effects(fitted, run="long")
    dynamic = sc.dynamic_spatial_panel(**panel, seed=1)
    long = sc.chart_effects(dynamic, run="long").table["value"]
    pd.testing.assert_series_equal(long, dynamic.long_run["value"])
    with pytest.raises(ParameterError, match="SpatialPanel"):
        sc.chart_effects(sc.convergence_clubs(clubs_of((6,), 20, 1).stack(), trend="none"))


def test_a_threshold_is_where_the_ratio_is_zero(panel: dict[str, object]) -> None:
    y, X = panel["y"], panel["X"]
    q = X["roads"].rename("q")
    bent = y + 2 * X["income"] * (q > 0)
    found = sc.panel_threshold(bent, X[["income"]], q, n_bootstrap=19, seed=1)
    drawn = sc.chart_threshold(found)
    line = drawn.figure.axes[0].lines[0]
    at = line.get_xdata()[int(np.argmin(line.get_ydata()))]
    assert at == found.thresholds["estimate"].iloc[0]
    assert drawn.figure.axes[0].lines[1].get_ydata()[0] == found.statistics["critical_value"]


def test_clubs_have_a_line_each_and_units_of_none_a_dotted_one() -> None:
    found = sc.convergence_clubs(clubs_of((6, 5), 40, 1).stack(), trend="none")
    drawn = sc.chart_clubs(found)
    (ax,) = drawn.figure.axes
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["Club 1 (5)", "Club 2 (6)"]
    np.testing.assert_allclose(ax.lines[0].get_ydata(), found.paths["1"])


def test_effects_of_a_cross_section_and_of_several_graphs(panel: dict[str, object]) -> None:
    y, X, graph = panel["y"].xs(0, level=1), panel["X"].xs(0, level=1), panel["graph"]
    fitted = sc.spatial_regression(y, X, graph, model="lag")
    table = sc.chart_effects(fitted).table
    np.testing.assert_allclose(table["value"].xs("total", level="effect"), fitted.effects["total"])
    half = (table["high"] - table["low"]).xs("direct", level="effect") / 2
    np.testing.assert_allclose(half / fitted.effects["direct_se"], 1.959964, rtol=1e-6)
    both = sc.compare_graphs(panel["y"], panel["X"], queen=graph, ring=graph, seed=1)
    drawn = sc.chart_effects(both)
    assert [t.get_text() for t in drawn.figure.legends[0].get_texts()] == ["queen", "ring"]
